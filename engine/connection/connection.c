/*
 * The settings of a connection: the address that it calls, what of them is secret, whose account it
 * is for. They are read once. Loop thread.
 */
#include "connection/connection_state.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "connection/account.h"
#include "connection/health.h"
#include "format/url.h"

/* --- settings --- */

const char *connection_text(const struct connection *c, const char *key)
{
    return json_get_text(c->config, key);
}

char *connection_url(const struct connection *c, const char *text)
{
    if (text == NULL || (*text == '/' && c->base_url == NULL)) {
        return NULL;
    }
    return *text == '/' ? xasprintf("%s%s", c->base_url, text) : xstrdup(text);
}

static bool is_strict(const struct connection *c)
{
    const char *network = json_get_text(connector_table(c->connector), "network");
    return network != NULL && strcmp(network, "strict") == 0;
}

bool connection_may_be_private(const struct connection *c, const char *url, bool is_explicit)
{
    if (json_get_bool(c->config, "allow_private", false)) {
        return true;
    }
    struct url parsed;
    if (is_strict(c) || !is_explicit || url_parse(url, strlen(url), &parsed, NULL) == -1) {
        return false;
    }
    bool is_loopback = ip_is_loopback(parsed.host);
    url_fini(&parsed);
    return is_loopback;
}

/* A host that is a private address as it is written; what a name resolves to is seen when it is
 * called. */
static bool is_private_host(const char *host)
{
    struct cidr address;
    return ip_is_loopback(host) || (cidr_parse(host, &address, NULL) == 0 && ip_is_private(host));
}

int connection_check_address(const struct connection *c, const char *key, const char *url,
                             bool is_explicit, struct err *e)
{
    struct url parsed;
    if (connection_may_be_private(c, url, is_explicit) ||
        url_parse(url, strlen(url), &parsed, NULL) == -1) {
        return 0; /* who uses a URL that is none says so */
    }
    bool is_private = is_private_host(parsed.host);
    if (is_private) {
        (void)err_set(e, ERR_CONFIG,
                      "`%s`: %s is a private address; `allow_private: true` lets the connection "
                      "use it",
                      key, parsed.host);
    }
    url_fini(&parsed);
    return is_private ? err_about(e, key) : 0;
}

/* The base URL without a slash at the end, checked; NULL where there is none. */
static int read_base_url(struct connection *c, struct err *e)
{
    const char *own = connection_text(c, "base_url");
    const char *text = own != NULL ? own : json_get_text(connector_table(c->connector), "base_url");
    if (text == NULL) {
        return 0;
    }
    struct url parsed;
    if (url_parse(text, strlen(text), &parsed, e) == -1) {
        e->kind = ERR_CONFIG;
        (void)err_prefix(e, "`base_url`");
        return err_about(e, "base_url");
    }
    bool is_fine = parsed.query == NULL;
    url_fini(&parsed);
    if (!is_fine) {
        (void)err_set(e, ERR_CONFIG, "`base_url` has no query");
        return err_about(e, "base_url");
    }
    size_t len = strlen(text);
    while (len > 0 && text[len - 1] == '/') {
        len--;
    }
    c->base_url = xstrndup(text, len);
    c->may_be_private = connection_may_be_private(c, text, own != NULL);
    return connection_check_address(c, "base_url", text, own != NULL, e);
}

static struct secret *take_secret(json_t *config, const char *key)
{
    const char *text = json_get_text(config, key);
    struct secret *s = text != NULL ? secret_new(text, strlen(text)) : NULL;
    json_forget_member(config, key);
    return s;
}

static void drop_secrets(struct connection *c)
{
    json_forget_member(c->config, "token");
    json_forget_member(c->config, "token_next");
    json_forget_member(c->config, "secret");
    json_forget_member(c->config, "secrets");
    json_forget_member(c->config, "secret_previous");
    json_forget_member(json_object_get(c->config, "webhook"), "token");
}

static bool names_a_secret(const char *header)
{
    static const char *const words[] = { "auth", "key", "token", "secret", "cookie", "pass", NULL };
    for (const char *const *w = words; *w != NULL; w++) {
        if (strcasestr(header, *w) != NULL) {
            return true;
        }
    }
    return false;
}

/* Whether a text holds something that the log may not show. */
static bool holds_a_secret(const json_t *text)
{
    char *copy = xstrndup(json_string_value(text), json_string_length(text));
    size_t len = strlen(copy);
    bool is = log_redact(copy, len) > 0;
    secret_scrub(copy, len);
    free(copy);
    return is;
}

/* Takes the values of `headers` that hold keys out of the settings. */
static void take_headers(struct connection *c)
{
    json_t *headers = json_object_get(c->config, "headers");
    const char *name;
    json_t *v;
    void *next;
    json_object_foreach_safe(headers, next, name, v)
    {
        if (!json_is_string(v) || !(names_a_secret(name) || holds_a_secret(v))) {
            continue;
        }
        c->header_secrets =
            xrealloc(c->header_secrets, (c->header_secret_count + 1) * sizeof *c->header_secrets);
        c->header_secrets[c->header_secret_count++] = (struct header_secret){
            .name = xstrdup(name),
            .value = secret_new(json_string_value(v), json_string_length(v)),
        };
        json_forget_member(headers, name);
    }
}

static int check_sink(const struct connection *c, struct err *e)
{
    const char *sink = connection_text(c, "sink");
    if (sink != NULL && strcmp(sink, "rest") == 0 && c->base_url == NULL) {
        (void)err_set(e, ERR_CONFIG, "`sink: rest` needs a `base_url`");
        return err_about(e, "sink");
    }
    return 0;
}

/* An operation that goes where its input says, and nowhere by itself. */
static bool is_free(const json_t *operation)
{
    const json_t *free_parts = json_object_get(operation, "free");
    return free_parts != NULL && json_object_get(free_parts, "hosts") == NULL &&
           json_object_get(free_parts, "url_config") == NULL;
}

/* A connection that tells nothing, and whose calls may go nowhere, is good for nothing. */
static int check_reach(const struct connection *c, struct err *e)
{
    const json_t *table = connector_table(c->connector);
    const json_t *operations = json_object_get(table, "operations");
    if (c->base_url != NULL || json_object_get(c->config, "allow_hosts") != NULL ||
        json_object_get(table, "webhook") != NULL || json_object_size(operations) == 0) {
        return 0;
    }
    const char *name;
    json_t *operation;
    json_object_foreach ((json_t *)operations, name, operation) {
        if (!is_free(operation)) {
            return 0;
        }
    }
    return err_set(e, ERR_CONFIG,
                   "it needs `base_url`, or `allow_hosts` for whole URLs: else its calls may go "
                   "nowhere");
}

void connection_hide_secrets(struct connection *c)
{
    c->client_secret = take_secret(c->config, "client_secret");
    drop_secrets(c);
    take_headers(c);
}

/* --- beginning and end --- */

struct connection *connection_new(const struct connection_env *env, const char *name,
                                  struct connector *connector, const json_t *config, struct err *e)
{
    struct connection *c = xcalloc(1, sizeof *c);
    c->env = env;
    c->name = xstrdup(name);
    c->connector = connector;
    c->config = config != NULL ? json_deep_copy(config) : json_object();
    health_init(c);
    if (read_base_url(c, e) == -1 || check_sink(c, e) == -1 || check_reach(c, e) == -1) {
        connection_free(c);
        return NULL;
    }
    account_prepare(c);
    return c;
}

void connection_free(struct connection *c)
{
    health_fini(c);
    if (c->parent == NULL) {
        secret_free(c->client_secret);
    }
    for (size_t i = 0; i < c->header_secret_count; i++) {
        free(c->header_secrets[i].name);
        secret_free(c->header_secrets[i].value);
    }
    free(c->header_secrets);
    json_forget(c->config);
    json_decref(c->auth);
    free(c->base_url);
    free(c->account);
    free(c->name);
    free(c);
}

/* --- what it is --- */

const char *connection_name(const struct connection *c)
{
    return c->name;
}

struct connector *connection_connector(const struct connection *c)
{
    return c->connector;
}

json_t *connection_config(const struct connection *c)
{
    return c->config;
}

bool connection_is_broken(const struct connection *c)
{
    return c->trouble != NULL;
}

bool connection_is_local(const struct connection *c, const struct operation *op)
{
    const char *sink = connection_text(c, "sink");
    return op->is_local && (sink == NULL || strcmp(sink, "local") == 0);
}
