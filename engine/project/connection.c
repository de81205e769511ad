/* Checks what a connection may say: the keys that all connectors share, and those that the
 * connector's own table names under `config`. A value is filled (hole.h), read as the type of its
 * key, and looked at once more where the type alone says too little: addresses, durations;
 * webhooks in connection_webhook.c. Results belong to the caller; the connector's table is borrowed
 * from the hooks. */

#include "project/connection.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "connector/schema.h"
#include "format/duration.h"
#include "format/url.h"
#include "project/connection_oauth.h"
#include "project/connection_webhook.h"
#include "project/hole.h"
#include "project/literal.h"

enum { LIST_MAX = 200, PERIOD_MIN_US = 60 * 1000 * 1000 };

struct reader {
    struct diags *diags;
    const struct project_hooks *hooks;
    const char *folder;
    const char *connector; /* its name, or NULL where it could not be read */
    json_t *table;         /* the connector's table, or NULL */
    json_t *config;        /* the result */
};

typedef void (*check_fn)(struct reader *r, const struct yaml *y, const json_t *v);

/* --- checks beyond the type --- */

static void check_url(struct reader *r, const struct yaml *y, const json_t *v)
{
    struct url u;
    struct err e = ERR_INIT;
    if (url_parse(json_string_value(v), json_string_length(v), &u, &e) == 0) {
        url_fini(&u);
    } else {
        check_error(r->diags, y, "such as https://api.example.com", "%s", e.message);
    }
}

/* A whole URL, or a path below base_url. */
static void check_url_or_path(struct reader *r, const struct yaml *y, const json_t *v)
{
    if (json_string_value(v)[0] != '/') {
        check_url(r, y, v);
    }
}

static void check_auth(struct reader *r, const struct yaml *y, const json_t *v)
{
    const json_t *kinds = json_object_get(json_object_get(r->table, "auth"), "kinds");
    size_t i;
    json_t *kind;
    json_array_foreach ((json_t *)kinds, i, kind) {
        if (json_equal(kind, (json_t *)v)) {
            return;
        }
    }
    static const char *const known[] = { "oauth", "token", "none", NULL };
    if (json_array_size(kinds) > 0) {
        check_unknown(r->diags, y, json_string_value(v), known, "the connector %s has no auth `%s`",
                      r->connector, SHOW(y));
    }
}

static void check_choice(struct reader *r, const struct yaml *y, const json_t *v,
                         const char *const *choices, const char *what)
{
    for (size_t i = 0; choices[i] != NULL; i++) {
        if (strcmp(choices[i], json_string_value(v)) == 0) {
            return;
        }
    }
    check_unknown(r->diags, y, json_string_value(v), choices, "there is no %s `%s`", what, SHOW(y));
}

static void check_verify(struct reader *r, const struct yaml *y, const json_t *v)
{
    webhook_check_scheme(r->diags, y, r->connector, r->table, json_string_value(v));
}

static void check_period(struct reader *r, const struct yaml *y, const json_t *v)
{
    struct err e = ERR_INIT;
    int64_t us = 0;
    if (duration_parse(json_string_value(v), json_string_length(v), &us, &e) == -1) {
        check_error(r->diags, y, "such as 1 day", "%s", e.message);
    } else if (us < PERIOD_MIN_US) {
        check_error(r->diags, y, "such as 1 day",
                    "a minute is the shortest time to wait for events");
    }
}

static void check_tolerance(struct reader *r, const struct yaml *y, const json_t *v)
{
    struct err e = ERR_INIT;
    int64_t us;
    const char *text = json_string_value(v);
    if (strcmp(text, "off") != 0 && duration_parse(text, strlen(text), &us, &e) == -1) {
        check_error(r->diags, y, "such as 5 minutes, or off", "%s", e.message);
    }
}

static void check_encoding(struct reader *r, const struct yaml *y, const json_t *v)
{
    static const char *const encodings[] = { "hex", "base64", NULL };
    check_choice(r, y, v, encodings, "encoding");
}

/* --- the keys that all connectors share --- */

struct known_key {
    const char *name;
    const char *type;
    check_fn check; /* of a text without open holes; may be NULL */
};

static const struct known_key KEYS[] = {
    { "connector", "string", NULL },
    { "auth", "string", check_auth },
    { "client_id", "string", NULL },
    { "client_secret", "string", NULL },
    { "token", "string", NULL },
    { "token_next", "string", NULL },
    { "location", "string", NULL },
    { "base_url", "string", check_url },
    { "token_url", "string", check_url_or_path },
    { "authorize_url", "string", check_url_or_path },
    { "redirect_uri", "string", check_url },
    { "engine_url", "string", check_url },
    { "scopes", "list", NULL },
    { "webhook", "object", NULL },
    { "verify", "string", check_verify },
    { "header", "string", NULL },
    { "prefix", "string", NULL },
    { "encoding", "string", check_encoding },
    { "timestamp", "string", NULL },
    { "signed", "string", NULL },
    { "tolerance", "string", check_tolerance },
    { "expect_every", "string", check_period },
    { "user", "string", NULL },
    { "secret", "string", NULL },
    { "accept_installs", "boolean", NULL },
    { "secrets", "list", NULL },
    { "secret_previous", "string", NULL },
    { "allow_private", "boolean", NULL },
    { "allow_hosts", "list", NULL },
};
enum { KEY_COUNT = sizeof KEYS / sizeof *KEYS };

static const struct known_key *find_key(const char *name)
{
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (strcmp(KEYS[i].name, name) == 0) {
            return &KEYS[i];
        }
    }
    return NULL;
}

static json_t *config_schema(const struct reader *r)
{
    return json_object_get(r->table, "config");
}

/* engine_url is known here for its check only: a connector has it where its table says so. */
static bool is_key_of(const struct reader *r, const char *name)
{
    if (json_object_get(config_schema(r), name) != NULL) {
        return true;
    }
    return find_key(name) != NULL && strcmp(name, "engine_url") != 0;
}

/* The descriptor of a key: the connector's own, else that of the shared key. Yours. */
static json_t *descriptor_of(const struct reader *r, const char *name)
{
    json_t *own = json_object_get(config_schema(r), name);
    if (own != NULL) {
        return json_incref(own);
    }
    const struct known_key *key = find_key(name);
    if (strcmp(key->type, "list") == 0) {
        return json_pack("{s:s, s:[s]}", "1", "list", "of", "string");
    }
    return json_pack("[s]", key->type);
}

/* --- values --- */

static json_t *read_value(struct reader *r, const struct yaml *y, const char *what,
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

static json_t *read_list(struct reader *r, const struct yaml *y, const char *what,
                         const json_t *descriptor)
{
    const json_t *of = json_is_object(descriptor) ? json_object_get(descriptor, "of") : NULL;
    json_t *list = json_array();
    if (y->count > LIST_MAX) {
        check_error(r->diags, y, NULL, "%s has more than %d items", what, LIST_MAX);
        return list;
    }
    for (size_t i = 0; i < y->count; i++) {
        (void)json_array_append_new(list, read_value(r, y->items[i], what, of));
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
        (void)json_object_set_new(map, key->text, read_value(r, y->items[i], what, field));
    }
    if (hole_is_open(map)) {
        check_error(r->diags, y, NULL, "%s cannot be a map with the one key `%s`", what,
                    y->keys[0]->text);
    }
    return map;
}

static json_t *read_value(struct reader *r, const struct yaml *y, const char *what,
                          const json_t *descriptor)
{
    const char *type = descriptor != NULL ? schema_type(descriptor) : NULL;
    bool is_any = type == NULL || strcmp(type, "any") == 0;
    if (y->kind == YAML_LIST && (is_any || strcmp(type, "list") == 0)) {
        return read_list(r, y, what, descriptor);
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
    const char **words = xcalloc(KEY_COUNT + json_object_size(schema) + 1, sizeof *words);
    size_t count = 0;
    for (size_t i = 0; i < KEY_COUNT; i++) {
        words[count++] = KEYS[i].name;
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
                  SHOW(key), r->connector != NULL ? r->connector : "an unknown connector");
    free(words);
}

static void read_known(struct reader *r, const struct yaml *key, const struct yaml *y)
{
    const char *name = key->text;
    if (strcmp(name, "webhook") == 0) {
        (void)json_object_set_new(r->config, "webhook", webhook_read(r->diags, r->folder, y));
        return;
    }
    char *what = xasprintf("`%s`", name);
    json_t *descriptor = descriptor_of(r, name);
    json_t *v = read_value(r, y, what, descriptor);
    const struct known_key *known = find_key(name);
    bool has_enum = json_object_get(descriptor, "enum") != NULL; /* the connector's own choices */
    if (known != NULL && known->check && !has_enum && json_is_string(v)) {
        known->check(r, y, v);
    }
    (void)json_object_set_new(r->config, name, v); /* NULL, where there was an error, is left out */
    json_decref(descriptor);
    free(what);
}

static void read_key(struct reader *r, const struct yaml *key, const struct yaml *y)
{
    if (is_key_of(r, key->text)) {
        read_known(r, key, y);
    } else if (r->table != NULL) {
        refuse_key(r, key);
    }
    /* Of an unknown connector nobody knows the keys: that error is told once. */
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

/* An agency's token is OAuth's, and a location's comes from it. */
static void check_agency(struct reader *r, const struct yaml *y)
{
    const struct yaml *agency = yaml_get(y, "agency");
    const char *auth = json_get_text(r->config, "auth");
    if (agency == NULL) {
        return;
    }
    if (yaml_get(y, "location") != NULL) {
        check_error(r->diags, agency, "`agency` is for all of its locations, `location` for one",
                    "`agency` and `location` do not go together");
    }
    if (yaml_get(y, "token") != NULL || (auth != NULL && strcmp(auth, "oauth") != 0)) {
        check_error(r->diags, agency, "say auth: oauth, and leave `token` out",
                    "an agency's connection needs OAuth: a location's token is given for no other");
    }
}

static void check_missing(struct reader *r, const struct yaml *y)
{
    check_second_token(r, y);
    check_agency(r, y);
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
        read_key(&r, y->keys[i], y->items[i]);
    }
    check_missing(&r, y);
    connection_check_oauth(d, r.table, r.config, y);
    webhook_check(d, y, r.connector, r.table, r.config);
    return r.config;
}
