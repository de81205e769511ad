/* Checks what a connection may say: the keys that all connectors share (settings.h), and those that
 * the connector's own table names under `config`, whose values are filled (hole.h) and read as the
 * type that stands there. What goes together is looked at last; OAuth in connection_oauth.c,
 * webhooks in connection_webhook.c. Results belong to the caller; the connector's table is borrowed
 * from the hooks. */

#include "project/connection.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/plural.h"
#include "connector/account_words.h"
#include "connector/schema.h"
#include "project/connection_oauth.h"
#include "project/connection_webhook.h"
#include "project/hole.h"
#include "project/setting_read.h"
#include "project/literal.h"

enum { LIST_MAX = 200 };

struct reader {
    struct diags *diags;
    const struct project_hooks *hooks;
    const char *folder;
    const char *connector; /* its name, or NULL where it could not be read */
    json_t *table;         /* the connector's table, or NULL */
    json_t *config;        /* the result */
};

static json_t *config_schema(const struct reader *r)
{
    return json_object_get(r->table, "config");
}

/* --- values of the connector's own keys --- */

static json_t *read_declared_value(struct reader *r, const struct yaml *y, const char *what,
                                   const json_t *descriptor);

static json_t *read_scalar(struct reader *r, const struct yaml *y, const char *what,
                           const json_t *descriptor)
{
    json_t *filled = hole_fill(r->diags, y, what);
    if (filled == NULL) {
        return NULL;
    }
    if (hole_is_open(filled)) {
        if (literal_takes_text(descriptor)) {
            return filled;
        }
        check_error(r->diags, y, NULL, "%s takes %s, and a secret is always text", what,
                    literal_type_name(descriptor));
        json_decref(filled);
        return NULL;
    }
    json_t *v = literal_read(r->diags, y, what, json_string_value(filled),
                             json_string_length(filled), y->is_plain, descriptor);
    json_decref(filled);
    return v;
}

static json_t *read_value_list(struct reader *r, const struct yaml *y, const char *what,
                               const json_t *descriptor)
{
    const json_t *of = json_is_object(descriptor) ? json_object_get(descriptor, "of") : NULL;
    json_t *list = json_array();
    if (y->count > LIST_MAX) {
        check_error(r->diags, y, NULL, "%s has more than %d items", what, LIST_MAX);
        return list;
    }
    for (size_t i = 0; i < y->count; i++) {
        (void)json_array_append_new(list, read_declared_value(r, y->items[i], what, of));
    }
    return list;
}

static json_t *read_map(struct reader *r, const struct yaml *y, const char *what,
                        const json_t *descriptor)
{
    const json_t *fields =
        json_is_object(descriptor) ? json_object_get(descriptor, "fields") : NULL;
    json_t *map = json_object();
    for (size_t i = 0; i < y->count; i++) {
        const struct yaml *key = y->keys[i];
        const json_t *field = json_object_get(fields, key->text);
        if (fields != NULL && field == NULL) {
            check_unknown_member(r->diags, key, key->text, fields, "unknown key `%s` in %s",
                                 SHOW(key), what);
            continue;
        }
        (void)json_object_set_new(map, key->text, read_declared_value(r, y->items[i], what, field));
    }
    if (hole_is_open(map)) {
        check_error(r->diags, y, NULL, "%s cannot be a map with the one key `%s`", what,
                    y->keys[0]->text);
    }
    return map;
}

static json_t *read_declared_value(struct reader *r, const struct yaml *y, const char *what,
                                   const json_t *descriptor)
{
    const char *type = descriptor != NULL ? schema_type(descriptor) : NULL;
    bool is_any = type == NULL || strcmp(type, "any") == 0;
    if (y->kind == YAML_LIST && (is_any || strcmp(type, "list") == 0)) {
        return read_value_list(r, y, what, descriptor);
    }
    if (y->kind == YAML_MAP && (is_any || strcmp(type, "object") == 0)) {
        return read_map(r, y, what, descriptor);
    }
    if (y->kind == YAML_SCALAR) {
        return read_scalar(r, y, what, descriptor);
    }
    check_error(r->diags, y, NULL, "%s takes %s, not %s", what, literal_type_name(descriptor),
                SHOW(y));
    return NULL;
}

/* --- keys --- */

/* Every key that this connection may have; the array is yours, NULL-terminated. */
static const char **all_keys(const struct reader *r)
{
    json_t *schema = config_schema(r);
    const char **words = xcalloc(SETTINGS_MAX + json_object_size(schema) + 1, sizeof *words);
    size_t count = 0;
    for (const struct setting *k = settings_of_connection(); k->name != NULL; k++) {
        words[count++] = k->name;
    }
    const char *name;
    json_t *descriptor;
    json_object_foreach (schema, name, descriptor) {
        words[count++] = name;
    }
    return words;
}

static void refuse_key(struct reader *r, const struct yaml *key)
{
    const char **words = all_keys(r);
    check_unknown(r->diags, key, key->text, words, "unknown key `%s` in a connection of %s",
                  SHOW(key), r->connector);
    free(words);
}

/* What the connector's table says of a key goes before the key that all have. */
static void read_connection_key(struct reader *r, const struct yaml *key, const struct yaml *y)
{
    const struct setting_reader shared = { .diags = r->diags,
                                           .folder = r->folder,
                                           .may_hold_secrets = true };
    const json_t *own = json_object_get(config_schema(r), key->text);
    const struct setting *known = setting_find(settings_of_connection(), key->text);
    char *what = xasprintf("`%s`", key->text);
    json_t *v = NULL;
    if (own != NULL) {
        v = read_declared_value(r, y, what, own);
    } else if (known != NULL) {
        v = setting_read(&shared, known, y, what);
    } else if (r->table != NULL) {
        refuse_key(r, key); /* of an unknown connector nobody knows the keys: that is told once */
    }
    (void)json_object_set_new(r->config, key->text, v); /* NULL after an error: left out */
    free(what);
}

/* --- what the connector's table limits --- */

static const struct yaml *value_of(const struct yaml *y, const struct reader *r, const char *key)
{
    return json_get_text(r->config, key) != NULL ? yaml_get(y, key) : NULL;
}

/* `auth` is one of the connector's kinds. */
static void check_auth(struct reader *r, const struct yaml *y)
{
    const struct yaml *said = value_of(y, r, "auth");
    const json_t *kinds = json_path(r->table, "auth.kinds");
    size_t i;
    json_t *kind;
    json_array_foreach ((json_t *)kinds, i, kind) {
        if (said == NULL || json_equal(kind, json_object_get(r->config, "auth"))) {
            return;
        }
    }
    if (said != NULL && json_array_size(kinds) > 0) {
        check_error(r->diags, said, NULL, "the connector %s has no auth `%s`", r->connector,
                    SHOW(said));
    }
}

static void check_verify(struct reader *r, const struct yaml *y)
{
    const struct yaml *said = value_of(y, r, "verify");
    if (said != NULL) {
        webhook_check_scheme(r->diags, said, r->connector, r->table,
                             json_get_text(r->config, "verify"));
    }
}

/* --- the whole --- */

static void find_connector(struct reader *r, const struct yaml *y)
{
    const struct yaml *name = yaml_get(y, "connector");
    if (name == NULL) {
        check_error(r->diags, y, "such as connector: highlevel", "a connection needs `connector`");
        return;
    }
    if (!check_name(r->diags, name, "a connector") || r->hooks == NULL ||
        r->hooks->find_connector == NULL) {
        return;
    }
    if (strcmp(name->text, "ladle") == 0) {
        check_error(r->diags, name, "recipes use ladle.… without a connection",
                    "`ladle` is the engine itself: it is there without an entry");
        return;
    }
    r->connector = name->text;
    r->table = r->hooks->find_connector(r->hooks->ud, name->text);
    if (!r->table) {
        check_no_connector(r->diags, r->hooks, name, name->text);
    }
}

/* The second token of a configuration takes over from the first, and goes the same way. */
static void check_second_token(struct reader *r, const struct yaml *y)
{
    const struct yaml *second = yaml_get(y, "token_next");
    if (second != NULL && yaml_get(y, "token") == NULL) {
        check_error(r->diags, second, "or store it: ladle connect NAME --token - --next",
                    "`token_next` goes with `token`");
    }
}

/* A parent's token is OAuth's, and an account's comes from it. */
static void check_parent(struct reader *r, const struct yaml *y)
{
    struct account_words words = account_words(r->table);
    const struct yaml *parent = words.parent != NULL ? yaml_get(y, words.parent) : NULL;
    const char *auth = json_get_text(r->config, "auth");
    if (parent == NULL) {
        return;
    }
    if (yaml_get(y, words.one) != NULL) {
        char *hint = xasprintf("`%s` is for all of its %ss, `%s` for one", words.parent, words.one,
                               words.one);
        check_error(r->diags, parent, hint, "`%s` and `%s` do not go together", words.parent,
                    words.one);
        free(hint);
    }
    if (yaml_get(y, "token") != NULL || (auth != NULL && strcmp(auth, "oauth") != 0)) {
        check_error(r->diags, parent, "say auth: oauth, and leave `token` out",
                    "%s %s's connection needs OAuth: %s %s's token is given for no other",
                    plural_article(words.parent), words.parent, plural_article(words.one),
                    words.one);
    }
}

static void check_missing(struct reader *r, const struct yaml *y)
{
    check_second_token(r, y);
    check_parent(r, y);
    const char *name;
    json_t *descriptor;
    json_object_foreach (config_schema(r), name, descriptor) {
        if (schema_is_required(descriptor) && yaml_get(y, name) == NULL) {
            check_error(r->diags, y, NULL, "a connection of %s needs `%s`", r->connector, name);
        }
    }
}

json_t *connection_read(struct diags *d, const struct project_hooks *h, const char *folder,
                        const struct yaml *y, const char *name)
{
    struct reader r = { .diags = d, .hooks = h, .folder = folder, .config = json_object() };
    char *what = xasprintf("the connection `%s`", name);
    bool is_map = check_kind(d, y, YAML_MAP, what);
    free(what);
    if (!is_map) {
        return r.config;
    }
    find_connector(&r, y);
    for (size_t i = 0; i < y->count; i++) {
        read_connection_key(&r, y->keys[i], y->items[i]);
    }
    if (r.connector != NULL && r.table == NULL) {
        (void)json_object_del(r.config, "connector"); /* it was told: recipes need not miss it */
    }
    check_auth(&r, y);
    check_verify(&r, y);
    check_missing(&r, y);
    connection_check_oauth(d, r.table, r.config, y);
    webhook_check(d, y, r.connector, r.table, r.config);
    return r.config;
}
