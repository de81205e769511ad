/* Loads ladle.yaml: the keys of the project, its connections (connection.c) and the values of
 * recipes' inputs. Holes for the environment are filled here, those for secrets by project_fill
 * once the vault is open. Errors are all recorded with their place; a project with errors is not
 * handed out. Used at start and by commands, on one thread. */

#include "project/project.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/secret.h"
#include "format/duration.h"
#include "project/connection.h"
#include "project/connection_webhook.h"
#include "project/folder.h"
#include "project/hole.h"
#include "project/setting_read.h"

enum { FILL_DEPTH_MAX = JSON_DEPTH_MAX };

/* --- connections --- */

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
    const struct setting *k = setting_find(settings_of_project(), "connections");
    json_t *connections = json_object();
    if (y == NULL || !check_kind(d, y, YAML_MAP, "`connections`")) {
        return connections;
    }
    if (y->count > k->most) {
        check_error(d, y, NULL, "there are more than %zu connections", k->most);
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

/* --- the whole --- */

static char *copy_of(const json_t *settings, const char *key)
{
    const char *text = json_get_text(settings, key);
    return text != NULL ? xstrdup(text) : NULL;
}

/* The networks of `trusted_proxies`, in p. */
static void take_proxies(struct project *p, const json_t *list)
{
    size_t i;
    json_t *network;
    p->trusted_proxies = xcalloc(json_array_size(list) + 1, sizeof *p->trusted_proxies);
    json_array_foreach ((json_t *)list, i, network) {
        struct cidr *at = &p->trusted_proxies[p->trusted_count];
        p->trusted_count += cidr_parse(json_string_value(network), at, NULL) == 0; /* as read */
    }
}

static int64_t period_of(const json_t *settings, const char *word)
{
    const char *text = json_get_text(json_object_get(settings, "retention"), word);
    int64_t us = 0;
    (void)duration_parse(text, strlen(text), &us, NULL); /* the reader took it for one */
    return us;
}

static struct retention retention_of(const json_t *settings)
{
    int64_t events_us = period_of(settings, "events");
    return (struct retention){
        .events_us = events_us,
        .duplicates_us = events_us,
        .versions_us = events_us,
        .runs_us = period_of(settings, "runs"),
        .dead_us = period_of(settings, "dead"),
        .records_us = period_of(settings, "records"),
    };
}

static void check_public_url(struct diags *d, const struct yaml *root, const char *text)
{
    struct url u;
    if (text == NULL || url_parse(text, strlen(text), &u, NULL) == -1) {
        return;
    }
    if (u.query != NULL) {
        check_error(d, yaml_get(root, "public_url"), NULL, "`public_url` has no query");
    }
    url_fini(&u);
}

static struct project *read_project(const char *folder, const struct yaml *root,
                                    const struct project_hooks *h, struct diags *d)
{
    const struct setting_reader r = { .diags = d, .folder = folder, .fills_in_defaults = true };
    json_t *settings = setting_read_map(&r, settings_of_project(), root, "ladle.yaml");
    struct project *p = xcalloc(1, sizeof *p);
    *p = (struct project){
        .folder = xstrdup(folder),
        .hooks = h,
        .listen = copy_of(settings, "listen"),
        .public_url = copy_of(settings, "public_url"),
        .tls_certificate = copy_of(json_object_get(settings, "tls"), "certificate"),
        .tls_key = copy_of(json_object_get(settings, "tls"), "key"),
        .store = copy_of(settings, "store"),
        .timezone = copy_of(settings, "timezone"),
        .connections = read_connections(d, h, folder, root),
        .inputs = json_incref(json_object_get(settings, "inputs")),
        .retention = retention_of(settings),
    };
    check_public_url(d, root, p->public_url);
    take_proxies(p, json_object_get(settings, "trusted_proxies"));
    json_decref(settings);
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
