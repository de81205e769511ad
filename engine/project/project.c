/* Loads ladle.yaml: the keys of the project, its connections (connection.c) and the values of
 * recipes' inputs. Holes for the environment are filled here, those for secrets by fill.c once the
 * vault is open. Errors are all recorded with their place; a project with errors is not
 * handed out, but to `ladle check`. Used at start and by commands, on one thread. */

#include "project/project.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "format/duration.h"
#include "project/connection.h"
#include "project/connection_webhook.h"
#include "project/folder.h"
#include "project/setting_read.h"

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

/* Where they cannot be read at all there are none, rather than an empty list: what recipes need is
 * not missed then. */
static void read_connections(struct project *p, struct diags *d, const struct yaml *root)
{
    const struct yaml *y = yaml_get(root, "connections");
    const struct setting *k = setting_find(settings_of_project(), "connections");
    if (y != NULL && !check_kind(d, y, YAML_MAP, "`connections`")) {
        return;
    }
    p->connections = json_object();
    p->faulty = json_object();
    if (y == NULL) {
        return;
    }
    if (y->count > k->most) {
        check_error(d, y, NULL, "there are more than %zu connections", k->most);
        return;
    }
    for (size_t i = 0; i < y->count; i++) {
        const struct yaml *key = y->keys[i];
        size_t before = check_count(d);
        if (check_connection_name(d, key)) {
            json_t *config = connection_read(d, p->hooks, p->folder, y->items[i], key->text);
            check_records(d, key, config);
            check_url_is_known(d, p->hooks, root, key, config);
            (void)json_object_set_new(p->connections, key->text, config);
        }
        if (check_count(d) > before) {
            (void)json_object_set_new(p->faulty, key->text, json_true());
        }
    }
}

/* --- the whole --- */

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
        .listen = json_copy_text(settings, "listen"),
        .public_url = json_copy_text(settings, "public_url"),
        .tls_certificate = json_copy_text(json_object_get(settings, "tls"), "certificate"),
        .tls_key = json_copy_text(json_object_get(settings, "tls"), "key"),
        .store = json_copy_text(settings, "store"),
        .timezone = json_copy_text(settings, "timezone"),
        .inputs = json_incref(json_object_get(settings, "inputs")),
        .retention = retention_of(settings),
    };
    read_connections(p, d, root);
    check_public_url(d, root, p->public_url);
    take_proxies(p, json_object_get(settings, "trusted_proxies"));
    json_decref(settings);
    return p;
}

/* Never NULL: of a file that is no map nothing is known but the folder. */
static struct project *parse_project(const char *folder, const char *text, size_t len,
                                     const struct project_hooks *h, struct diags *d)
{
    struct yaml nothing = { .kind = YAML_MAP };
    struct diags *told = diags_new(""); /* with this the file was told of already */
    diags_set_text(d, text, len);
    struct yaml *root = yaml_parse(text, len, d);
    bool is_map = root != NULL && check_kind(d, root, YAML_MAP, "ladle.yaml");
    struct project *p = read_project(folder, is_map ? root : &nothing, h, is_map ? d : told);
    if (!is_map) {
        json_decref(p->connections);
        p->connections = NULL;
    }
    diags_free(told);
    p->tree = root;
    return p;
}

/* The text of ladle.yaml; NULL with the error recorded. Yours. */
static char *read_ladle_yaml(const char *folder, size_t *len, struct diags *d)
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

struct project *project_read(const char *folder, const struct project_hooks *h, struct diags *d)
{
    char *absolute = realpath(folder, NULL);
    if (absolute == NULL) {
        diags_add(d, 0, 0, NULL, "cannot open the folder %s: %s", folder, strerror(errno));
        return NULL;
    }
    size_t len = 0;
    char *text = read_ladle_yaml(absolute, &len, d);
    struct project *p = text != NULL ? parse_project(absolute, text, len, h, d) : NULL;
    if (p != NULL) {
        p->typed = xstrdup(folder);
        p->text = text;
        p->text_len = len;
    }
    free(absolute);
    return p;
}

struct project *project_load(const char *folder, const struct project_hooks *h, struct diags *d)
{
    size_t before = check_count(d);
    struct project *p = project_read(folder, h, d);
    if (check_count(d) == before) {
        return p;
    }
    project_free(p);
    return NULL;
}

/* --- places --- */

char *project_shown_in(const char *folder, const char *file)
{
    size_t len = folder != NULL ? strlen(folder) : 0;
    while (len > 1 && folder[len - 1] == '/') {
        len--;
    }
    if (len == 0 || strcmp(folder, ".") == 0) {
        return xstrdup(file);
    }
    return xasprintf("%.*s%s%s", (int)len, folder, folder[len - 1] == '/' ? "" : "/", file);
}

char *project_shown(const struct project *p, const char *file)
{
    return project_shown_in(p != NULL ? p->typed : NULL, file);
}

/* The key of that name, and its value; false where the map does not have it. */
static bool step_into(const struct yaml **map, const char *name, size_t len,
                      const struct yaml **key)
{
    for (size_t i = 0; *map != NULL && (*map)->kind == YAML_MAP && i < (*map)->count; i++) {
        if (strncmp((*map)->keys[i]->text, name, len) == 0 && (*map)->keys[i]->text[len] == '\0') {
            *key = (*map)->keys[i];
            *map = (*map)->items[i];
            return true;
        }
    }
    return false;
}

const struct yaml *project_place(const struct project *p, const char *path)
{
    const struct yaml *map = p->tree, *key = NULL;
    while (*path != '\0') {
        size_t len = strcspn(path, ".");
        if (!step_into(&map, path, len, &key)) {
            break;
        }
        path += len + (path[len] == '.');
    }
    return key;
}

void project_free(struct project *p)
{
    if (p == NULL) {
        return;
    }
    free(p->folder);
    free(p->typed);
    free(p->listen);
    free(p->public_url);
    free(p->trusted_proxies);
    free(p->tls_certificate);
    free(p->tls_key);
    free(p->store);
    free(p->timezone);
    json_decref(p->connections);
    json_decref(p->inputs);
    json_decref(p->faulty);
    yaml_tree_free(p->tree);
    free(p->text);
    free(p);
}
