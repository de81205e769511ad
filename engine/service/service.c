/*
 * The list of connections: made from the project's configuration when the engine starts, loaded
 * from the store, and there until the end. What a connection can do stands in the other files of
 * this folder; here it is put together and taken apart. The service owns the connections and what
 * is in flight; connectors, loop, client, store and vault are borrowed. Loop thread.
 */
#include "service/service.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "format/url.h"
#include "service/account.h"
#include "service/cache.h"
#include "service/call_list.h"
#include "service/connection.h"
#include "service/health.h"
#include "service/limits.h"
#include "store/secret_row.h"

enum { CONNECTIONS_MAX = 1000 };

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
        return err_prefix(e, "connection %s: base_url", c->name);
    }
    bool is_fine = parsed.query == NULL;
    url_fini(&parsed);
    if (!is_fine) {
        return err_set(e, ERR_CONFIG, "connection %s: base_url may have no query", c->name);
    }
    size_t len = strlen(text);
    while (len > 0 && text[len - 1] == '/') {
        len--;
    }
    c->base_url = xstrndup(text, len);
    c->may_be_private = connection_may_be_private(c, text, own != NULL);
    return 0;
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
        return err_set(e, ERR_CONFIG, "connection %s: the sink rest needs a base_url", c->name);
    }
    return 0;
}

static int fill_in(struct connection *c, struct err *e)
{
    const json_t *table = connector_table(c->connector);
    if (read_base_url(c, e) == -1 || check_sink(c, e) == -1 || account_prepare(c, e) == -1) {
        return -1;
    }
    c->token = token_new(c, e);
    c->verifier = c->token != NULL ? verifier_new(c->name, table, c->config, e) : NULL;
    if (c->verifier == NULL || hook_watch_init(c, e) == -1) {
        return -1;
    }
    c->client_secret = take_secret(c->config, "client_secret");
    drop_secrets(c);
    take_headers(c);
    return 0;
}

/* --- connections --- */

void connection_free(struct connection *c)
{
    hook_watch_fini(c);
    health_fini(c);
    if (c->parent != NULL && c->limiter != NULL) {
        limits_let_go(c->service->limits, c);
    }
    token_free(c->token);
    verifier_free(c->verifier);
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

struct connection *service_add(struct service *s, const char *name, struct connector *c,
                               json_t *config, struct err *e)
{
    if (map_get(s->by_name, name) != NULL) {
        (void)err_set(e, ERR_CONFIG, "connection %s is there twice", name);
        return NULL;
    }
    if (s->count == CONNECTIONS_MAX) {
        (void)err_set(e, ERR_CONFIG, "more than %d connections", CONNECTIONS_MAX);
        return NULL;
    }
    struct connection *made = xcalloc(1, sizeof *made);
    made->service = s;
    made->name = xstrdup(name);
    made->connector = c;
    made->config = config != NULL ? json_deep_copy(config) : json_object();
    health_init(made);
    if (fill_in(made, e) == -1) {
        connection_free(made);
        return NULL;
    }
    s->connections = xrealloc(s->connections, (s->count + 1) * sizeof *s->connections);
    s->connections[s->count++] = made;
    (void)map_put(s->by_name, made->name, made);
    return made;
}

struct connection *service_find(const struct service *s, const char *name)
{
    return map_get(s->by_name, name);
}

bool service_next(const struct service *s, size_t *pos, struct connection **out)
{
    if (*pos >= s->count) {
        return false;
    }
    *out = s->connections[(*pos)++];
    return true;
}

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
    return token_is_broken(c->token);
}

struct limiter *connection_limiter(struct connection *c)
{
    bool is_other = c->limiter_generation != token_generation(c->token) && c->parent == NULL;
    if (c->limiter == NULL || is_other) { /* that of an account is the same with each token */
        c->limiter = limits_of(c->service->limits, c);
        c->limiter_generation = token_generation(c->token);
    }
    return c->limiter;
}

bool connection_is_local(const struct connection *c, const struct operation *op)
{
    const char *sink = connection_text(c, "sink");
    return json_object_get(op->table, "store") != NULL &&
           (sink == NULL || strcmp(sink, "local") == 0);
}

json_t *connection_json(const struct connection *c)
{
    json_t *out = json_object();
    json_object_set_new(out, "name", json_string(c->name));
    json_object_set_new(out, "connector", json_string(connector_name(c->connector)));
    token_describe(c->token, out);
    json_object_set_new(out, "waiting", json_integer(c->waiting));
    json_object_set_new(out, "breaker", health_json(c));
    return out;
}

/* --- the service --- */

/* Whose leases are this process's; others never guess it. */
static void make_owner(struct service *s)
{
    uint64_t number;
    clock_random(&number, sizeof number);
    (void)snprintf(s->owner, sizeof s->owner, "%s:%016" PRIx64, s->o.is_engine ? "engine" : "tool",
                   number); /* it fits */
}

struct service *service_new(const struct service_opts *o)
{
    struct service *s = xcalloc(1, sizeof *s);
    s->o = *o;
    s->by_name = map_new();
    account_init(s);
    make_owner(s);
    s->limits = limits_new(s);
    s->cache = cache_new();
    s->news = xcalloc(1, sizeof *s->news);
    s->news->refs = 1;
    list_init(&s->calls);
    return s;
}

void service_free(struct service *s)
{
    if (s == NULL) {
        return;
    }
    call_cancel_all(s);
    s->news->fn = NULL;
    account_fini(s);
    for (size_t i = 0; i < s->count; i++) {
        connection_free(s->connections[i]);
    }
    free(s->connections);
    limits_free(s->limits);
    cache_free(s->cache);
    news_unref(s->news);
    map_free(s->by_name, NULL);
    free(s);
}

void service_on_recover(struct service *s, void (*fn)(void *ud, struct connection *c), void *ud)
{
    s->on_recover = fn;
    s->on_recover_ud = ud;
}

void service_on_event(struct service *s, void (*fn)(void *ud), void *ud)
{
    s->news->fn = fn;
    s->news->ud = ud;
}

static const struct connection_row *find_row(const struct connection_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->rows[i].name, name) == 0) {
            return &list->rows[i];
        }
    }
    return NULL;
}

/* Leases that an engine left are of one that is dead. */
static int abandon_leases(struct service *s, struct err *e)
{
    struct lease_abandon abandon;
    lease_abandon_init(&abandon);
    return s->o.is_engine ? store_exec(s->o.store, &abandon.op, e) : 0;
}

int service_load(struct service *s, struct err *e)
{
    struct connection_list *list = connection_list_new();
    int rc = limits_load(s->limits, e) == -1 || abandon_leases(s, e) == -1
                 ? -1
                 : store_exec(s->o.store, &list->op, e);
    for (size_t i = 0; rc == 0 && i < s->count; i++) {
        struct connection *c = s->connections[i];
        rc = token_load(c->token, find_row(list, c->name), e);
        health_load(c, find_row(list, c->name));
    }
    connection_list_free(list);
    return rc == 0 ? account_load(s, e) : -1;
}

void service_refresh(struct service *s)
{
    for (size_t i = 0; i < s->count; i++) {
        token_reload(s->connections[i]->token);
    }
}
