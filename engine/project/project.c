/* Loads ladle.yaml: the keys of the project, its connections (connection.c) and the values of
 * recipes' inputs. Holes for the environment are filled here, those for secrets by project_fill
 * once the vault is open. Errors are all recorded with their place; a project with errors is not
 * handed out. Used at start and by commands, on one thread. */

#include "project/project.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/secret.h"
#include "format/date.h"
#include "format/url.h"
#include "project/check.h"
#include "project/connection.h"
#include "project/connection_webhook.h"
#include "project/folder.h"
#include "project/hole.h"
#include "project/literal.h"
#include "project/policy.h"

#define SECOND_US        INT64_C(1000000)
#define DAY_US           (86400 * SECOND_US)
#define RETENTION_MAX_US (3653 * DAY_US) /* as long as a duration can be */

static const char *const WORDS[] = { "listen",      "public_url", "store",     "timezone",
                                     "connections", "inputs",     "retention", "trusted_proxies",
                                     "tls",         NULL };
static const char *const RETENTION_WORDS[] = { "events", "runs", "dead", "records", NULL };

enum { FILL_DEPTH_MAX = JSON_DEPTH_MAX, CONNECTIONS_MAX = 500, PROXIES_MAX = 64 };

/* --- simple keys --- */

/* The text of a key with its holes filled, or NULL: not there, or an error. Yours. */
static char *read_text(struct diags *d, const struct yaml *root, const char *word)
{
    const struct yaml *y = yaml_get(root, word);
    if (y == NULL) {
        return NULL;
    }
    char *what = xasprintf("`%s`", word);
    json_t *v = hole_fill(d, y, what);
    if (v != NULL && !json_is_string(v)) {
        check_error(d, y, NULL, "%s cannot hold a secret", what);
    }
    char *text = json_is_string(v) ? xstrdup(json_string_value(v)) : NULL;
    json_decref(v);
    free(what);
    return text;
}

static bool is_port(const char *text)
{
    size_t len = strlen(text);
    return len >= 1 && len <= 5 && strspn(text, "0123456789") == len &&
           strtol(text, NULL, 10) <= 65535;
}

static bool is_address(const char *host)
{
    unsigned char out[sizeof(struct in6_addr)];
    size_t len = strlen(host);
    if (len > 2 && host[0] == '[' && host[len - 1] == ']') {
        char *inner = xstrndup(host + 1, len - 2);
        bool is_valid = inet_pton(AF_INET6, inner, out) == 1;
        free(inner);
        return is_valid;
    }
    return inet_pton(AF_INET, host, out) == 1;
}

/* "127.0.0.1:8420", "[::1]:0"; "localhost" is the loopback address. Takes text, which may be NULL.
 */
static char *read_listen(struct diags *d, const struct yaml *root, char *text)
{
    if (text == NULL) {
        return xstrdup("127.0.0.1:8420");
    }
    char *colon = strrchr(text, ':');
    char *host = colon != NULL ? xstrndup(text, (size_t)(colon - text)) : xstrdup("");
    bool is_local = strcmp(host, "localhost") == 0;
    char *listen = NULL;
    if (colon != NULL && is_port(colon + 1) && (is_local || is_address(host))) {
        listen = xasprintf("%s%s", is_local ? "127.0.0.1" : host, colon);
    } else {
        check_error(d, yaml_get(root, "listen"),
                    "such as 127.0.0.1:8420, 0.0.0.0:8420 or [::]:8420",
                    "`%.80s` is no address and port to listen on", text);
        listen = xstrdup("");
    }
    free(host);
    free(text);
    return listen;
}

static char *read_public_url(struct diags *d, const struct yaml *root)
{
    char *text = read_text(d, root, "public_url");
    struct url u;
    struct err e = ERR_INIT;
    if (text == NULL) {
        return NULL;
    }
    if (url_parse(text, strlen(text), &u, &e) != 0) {
        check_error(d, yaml_get(root, "public_url"), "such as https://hooks.example.com", "%s",
                    e.message);
        return text;
    }
    if (u.query != NULL) {
        check_error(d, yaml_get(root, "public_url"), NULL, "`public_url` has no query");
    }
    url_fini(&u);
    return text;
}

/* A file that `tls` names, as an absolute path. Yours, or NULL with the error recorded. */
static char *read_tls_file(struct diags *d, const struct yaml *map, const char *word,
                           const char *folder)
{
    char *text = read_text(d, map, word);
    if (text == NULL || text[0] == '\0') {
        check_error(d, map, "tls: { certificate: tls/cert.pem, key: tls/key.pem }",
                    "`tls` needs `%s`, a file in PEM form", word);
        free(text);
        return NULL;
    }
    char *path = text[0] == '/' ? xstrdup(text) : xasprintf("%s/%s", folder, text);
    free(text);
    return path;
}

static void read_tls(struct diags *d, const struct yaml *root, struct project *p)
{
    static const char *const words[] = { "certificate", "key", NULL };
    const struct yaml *y = yaml_get(root, "tls");
    if (y != NULL && check_kind(d, y, YAML_MAP, "`tls`")) {
        check_words(d, y, words, "`tls`");
        p->tls_certificate = read_tls_file(d, y, "certificate", p->folder);
        p->tls_key = read_tls_file(d, y, "key", p->folder);
    }
}

/* The networks of `trusted_proxies`, in p. */
static void read_proxies(struct diags *d, const struct yaml *root, struct project *p)
{
    const struct yaml *y = yaml_get(root, "trusted_proxies");
    if (y == NULL || !check_kind(d, y, YAML_LIST, "`trusted_proxies`")) {
        return;
    }
    if (y->count == 0 || y->count > PROXIES_MAX) {
        check_error(d, y, NULL, "`trusted_proxies` has 1 to %d items", PROXIES_MAX);
        return;
    }
    p->trusted_proxies = xcalloc(y->count, sizeof *p->trusted_proxies);
    for (size_t i = 0; i < y->count; i++) {
        json_t *text = hole_fill(d, y->items[i], "`trusted_proxies`");
        struct err e = ERR_INIT;
        const char *network = json_is_string(text) ? json_string_value(text) : "";
        if (cidr_parse(network, &p->trusted_proxies[p->trusted_count++], &e) == -1) {
            check_error(d, y->items[i], "such as 10.0.0.0/8 or 127.0.0.1", "%s", e.message);
        }
        json_decref(text);
    }
}

/* Takes text, which may be NULL. */
static char *read_store(struct diags *d, const struct yaml *root, char *text)
{
    if (text == NULL) {
        return xstrdup("sqlite:data/ladle.db");
    }
    if (strncmp(text, "postgres:", 9) == 0 || strncmp(text, "postgresql:", 11) == 0) {
        check_error(d, yaml_get(root, "store"), "store: sqlite:data/ladle.db",
                    "a PostgreSQL store is not part of this version");
    } else if (strncmp(text, "sqlite:", 7) != 0 || text[7] == '\0') {
        check_error(d, yaml_get(root, "store"), "store: sqlite:data/ladle.db",
                    "`%.80s` is no store", text);
    }
    return text;
}

/* Takes text, which may be NULL. */
static char *read_timezone(struct diags *d, const struct yaml *root, char *text)
{
    struct err e = ERR_INIT;
    if (text == NULL) {
        return xstrdup("UTC");
    }
    if (zone_get(text, &e) == NULL) {
        check_error(d, yaml_get(root, "timezone"), NULL, "%s", e.message);
    }
    return text;
}

/* --- retention --- */

static int64_t read_period(struct diags *d, const struct yaml *map, const char *word, int days)
{
    const struct yaml *y = yaml_get(map, word);
    if (y == NULL) {
        return days * DAY_US;
    }
    char *what = xasprintf("`%s`", word);
    int64_t us = policy_duration(d, y, what, SECOND_US, RETENTION_MAX_US);
    free(what);
    return us;
}

static struct retention read_retention(struct diags *d, const struct yaml *root)
{
    const struct yaml *y = yaml_get(root, "retention");
    struct yaml empty = { .kind = YAML_MAP };
    if (y == NULL || !check_kind(d, y, YAML_MAP, "`retention`")) {
        y = &empty;
    }
    check_words(d, y, RETENTION_WORDS, "`retention`");
    int64_t events_us = read_period(d, y, "events", 30);
    return (struct retention){
        .events_us = events_us,
        .duplicates_us = events_us,
        .versions_us = events_us,
        .runs_us = read_period(d, y, "runs", 30),
        .dead_us = read_period(d, y, "dead", 180),
        .records_us = read_period(d, y, "records", 90),
    };
}

/* --- connections and inputs --- */

static bool check_connection_name(struct diags *d, const struct yaml *key)
{
    if (!check_name(d, key, "a connection")) {
        return false;
    }
    if (strcmp(key->text, "scripts") == 0 || strcmp(key->text, "ladle") == 0) {
        check_error(d, key, NULL, "`%s` is a name of the engine's own", key->text);
        return false;
    }
    return true;
}

/* Recipes use records.… without a line in `needs`, so that name means one thing only. */
static void check_records(struct diags *d, const struct yaml *key, const json_t *config)
{
    const char *connector = json_get_text(config, "connector");
    if (strcmp(key->text, "records") == 0 && connector != NULL &&
        strcmp(connector, "records") != 0) {
        check_error(d, key, NULL, "the connection `records` is of the connector records");
    }
}

/* A scheme that signs the address that it calls needs to know it. */
static void check_url_is_known(struct diags *d, const struct project_hooks *h,
                               const struct yaml *root, const struct yaml *at, const json_t *config)
{
    const char *connector = json_get_text(config, "connector");
    bool can_ask = connector != NULL && h != NULL && h->find_connector != NULL;
    const json_t *table = can_ask ? h->find_connector(h->ud, connector) : NULL;
    if (webhook_needs_url(table, config) && yaml_get(root, "public_url") == NULL) {
        check_error(
            d, at, "such as public_url: https://hooks.example.com",
            "`verify: %s` needs `public_url`, as the sender signs the address that it calls",
            json_get_text(config, "verify"));
    }
}

static json_t *read_connections(struct diags *d, const struct project_hooks *h, const char *folder,
                                const struct yaml *root)
{
    const struct yaml *y = yaml_get(root, "connections");
    json_t *connections = json_object();
    if (y == NULL || !check_kind(d, y, YAML_MAP, "`connections`")) {
        return connections;
    }
    if (y->count > CONNECTIONS_MAX) {
        check_error(d, y, NULL, "there are more than %d connections", CONNECTIONS_MAX);
        return connections;
    }
    for (size_t i = 0; i < y->count; i++) {
        const struct yaml *key = y->keys[i];
        if (check_connection_name(d, key)) {
            json_t *config = connection_read(d, h, folder, y->items[i], key->text);
            check_records(d, key, config);
            check_url_is_known(d, h, root, key, config);
            (void)json_object_set_new(connections, key->text, config);
        }
    }
    return connections;
}

/* A scalar stays raw text: the recipe's declaration knows its type. */
static json_t *read_input(struct diags *d, const struct yaml *y, const char *what)
{
    if (y->kind != YAML_SCALAR) {
        return literal_tree(d, y, what, NULL);
    }
    json_t *v = hole_fill(d, y, what);
    if (v != NULL && !json_is_string(v)) {
        check_error(d, y, "secrets belong to connections", "an input cannot hold a secret");
        json_decref(v);
        return NULL;
    }
    return v;
}

static json_t *read_recipe_inputs(struct diags *d, const struct yaml *y, const char *recipe)
{
    json_t *values = json_object();
    char *what = xasprintf("`inputs` of %s", recipe);
    if (check_kind(d, y, YAML_MAP, what)) {
        for (size_t i = 0; i < y->count; i++) {
            const struct yaml *key = y->keys[i];
            if (check_name(d, key, "an input")) {
                (void)json_object_set_new(values, key->text, read_input(d, y->items[i], what));
            }
        }
    }
    free(what);
    return values;
}

static json_t *read_inputs(struct diags *d, const struct yaml *root)
{
    const struct yaml *y = yaml_get(root, "inputs");
    if (y == NULL || !check_kind(d, y, YAML_MAP, "`inputs`")) {
        return NULL;
    }
    json_t *inputs = json_object();
    for (size_t i = 0; i < y->count; i++) {
        const struct yaml *key = y->keys[i];
        if (check_name(d, key, "a recipe")) {
            (void)json_object_set_new(inputs, key->text,
                                      read_recipe_inputs(d, y->items[i], key->text));
        }
    }
    return inputs;
}

/* --- the whole --- */

static struct project *read_project(const char *folder, const struct yaml *root,
                                    const struct project_hooks *h, struct diags *d)
{
    struct project *p = xcalloc(1, sizeof *p);
    check_words(d, root, WORDS, "ladle.yaml");
    *p = (struct project){
        .folder = xstrdup(folder),
        .hooks = h,
        .listen = read_listen(d, root, read_text(d, root, "listen")),
        .public_url = read_public_url(d, root),
        .store = read_store(d, root, read_text(d, root, "store")),
        .timezone = read_timezone(d, root, read_text(d, root, "timezone")),
        .connections = read_connections(d, h, folder, root),
        .inputs = read_inputs(d, root),
        .retention = read_retention(d, root),
    };
    read_proxies(d, root, p);
    read_tls(d, root, p);
    return p;
}

static struct project *parse_project(const char *folder, const char *text, size_t len,
                                     const struct project_hooks *h, struct diags *d)
{
    size_t before = check_count(d);
    diags_set_text(d, text, len);
    struct yaml *root = yaml_parse(text, len, d);
    struct project *p = NULL;
    if (root != NULL && check_kind(d, root, YAML_MAP, "ladle.yaml")) {
        p = read_project(folder, root, h, d);
    }
    yaml_tree_free(root);
    if (check_count(d) == before) {
        return p;
    }
    project_free(p);
    return NULL;
}

/* The text of ladle.yaml; NULL with the error recorded. Yours. */
static char *read_file(const char *folder, size_t *len, struct diags *d)
{
    struct err e = ERR_INIT;
    char *path = xasprintf("%s/ladle.yaml", folder);
    char *text = folder_read(path, YAML_BYTES_MAX, len, &e);
    if (text == NULL && e.kind == ERR_NOT_FOUND) {
        diags_add(d, 0, 0, "go to a project folder, or name one with -C FOLDER",
                  "there is no ladle.yaml in %s", folder);
    } else if (text == NULL) {
        diags_add(d, 0, 0, NULL, "%s", e.message);
    }
    free(path);
    return text;
}

struct areas project_areas(const struct project_hooks *h)
{
    return (struct areas){ .find = h != NULL ? h->find_part : NULL,
                           .ud = h != NULL ? h->ud : NULL };
}

struct project *project_load(const char *folder, const struct project_hooks *h, struct diags *d)
{
    char *absolute = realpath(folder, NULL);
    if (absolute == NULL) {
        diags_add(d, 0, 0, NULL, "cannot open the folder %s: %s", folder, strerror(errno));
        return NULL;
    }
    size_t len = 0;
    char *text = read_file(absolute, &len, d);
    struct project *p = text != NULL ? parse_project(absolute, text, len, h, d) : NULL;
    free(text);
    free(absolute);
    return p;
}

void project_free(struct project *p)
{
    if (p == NULL) {
        return;
    }
    free(p->folder);
    free(p->listen);
    free(p->public_url);
    free(p->trusted_proxies);
    free(p->tls_certificate);
    free(p->tls_key);
    free(p->store);
    free(p->timezone);
    json_decref(p->connections);
    json_decref(p->inputs);
    free(p);
}

/* --- secrets --- */

struct filler {
    char *(*find)(void *ud, const char *name);
    void *ud;
    struct err *err;
};

static json_t *fill(const struct filler *f, const json_t *v, int depth);

static void free_secret(char *text)
{
    if (text != NULL) {
        secret_scrub(text, strlen(text));
        free(text);
    }
}

static json_t *fill_secret(const struct filler *f, const char *name)
{
    char *text = f->find(f->ud, name);
    json_t *v = text != NULL ? json_string(text) : NULL;
    if (text == NULL) {
        (void)err_set(f->err, ERR_CONFIG, "the secret `%s` is not set: run `ladle secret set %s`",
                      name, name);
    } else if (v == NULL) {
        (void)err_set(f->err, ERR_CONFIG, "the secret `%s` is not UTF-8", name);
    }
    free_secret(text);
    return v;
}

static size_t text_length(const json_t *parts)
{
    size_t len = 0;
    size_t i;
    json_t *part;
    json_array_foreach ((json_t *)parts, i, part) {
        len += json_string_length(part);
    }
    return len;
}

/* The parts, all texts by now, as one. */
static json_t *join(const json_t *parts)
{
    size_t max = text_length(parts);
    struct buf out;
    buf_init(&out, max + 1);
    size_t i;
    json_t *part;
    json_array_foreach ((json_t *)parts, i, part) {
        (void)buf_append(&out, json_string_value(part), json_string_length(part)); /* it fits */
    }
    json_t *v = json_stringn(buf_text(&out), out.len);
    if (out.data != NULL) {
        secret_scrub(out.data, out.len);
    }
    buf_fini(&out);
    return v;
}

static json_t *fill_join(const struct filler *f, const json_t *parts, int depth)
{
    json_t *texts = fill(f, parts, depth + 1);
    json_t *v = texts != NULL ? join(texts) : NULL;
    json_forget(texts);
    return v;
}

static json_t *fill_list(const struct filler *f, const json_t *list, int depth)
{
    json_t *out = json_array();
    size_t i;
    json_t *item;
    json_array_foreach ((json_t *)list, i, item) {
        if (json_array_append_new(out, fill(f, item, depth + 1)) != 0) {
            json_decref(out);
            return NULL;
        }
    }
    return out;
}

static json_t *fill_map(const struct filler *f, const json_t *map, int depth)
{
    json_t *out = json_object();
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)map, key, value) {
        if (json_object_set_new(out, key, fill(f, value, depth + 1)) != 0) {
            json_decref(out);
            return NULL;
        }
    }
    return out;
}

static json_t *fill(const struct filler *f, const json_t *v, int depth)
{
    if (depth > FILL_DEPTH_MAX) {
        (void)err_set(f->err, ERR_CONFIG, "a connection is nested too deeply");
        return NULL;
    }
    if (hole_is_open(v)) {
        const char *name = json_get_text(v, "secret");
        return name != NULL ? fill_secret(f, name)
                            : fill_join(f, json_object_get(v, "join"), depth);
    }
    if (json_is_array(v)) {
        return fill_list(f, v, depth);
    }
    return json_is_object(v) ? fill_map(f, v, depth) : json_incref((json_t *)v);
}

json_t *project_fill(const json_t *config, char *(*find)(void *ud, const char *name), void *ud,
                     struct err *e)
{
    struct filler f = { .find = find, .ud = ud, .err = e };
    return fill(&f, config, 0);
}
