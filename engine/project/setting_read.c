/* Reads a map of ladle.yaml by the rows of settings.c, in one walk. A value is read by the kind of
 * its row, a text then by its form: the functions of FORMS say what is wrong, the row gives the
 * example that stands behind the message. Files are read here, so only at start and in commands. */
#include "project/setting_read.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "crypto/sign.h"
#include "format/date.h"
#include "format/duration.h"
#include "format/url.h"
#include "net/listener.h"
#include "project/folder.h"
#include "project/hole.h"
#include "project/literal.h"

enum { KEY_FILE_MAX = 16 << 10 };

/* --- forms --- */

/* The text in its normal form, or NULL and e. Yours. */
typedef json_t *(*form_fn)(const struct setting_reader *r, const char *text, struct err *e);

static json_t *read_address_setting(const struct setting_reader *r, const char *text, struct err *e)
{
    const char *port = strrchr(text, ':');
    bool is_local = port != NULL && strncmp(text, "localhost:", 10) == 0;
    (void)r;
    if (listener_check(text, e) == -1) {
        return NULL;
    }
    return is_local ? json_sprintf("127.0.0.1%s", port) : json_string(text);
}

static json_t *read_url(const struct setting_reader *r, const char *text, struct err *e)
{
    struct url u;
    (void)r;
    if (url_parse(text, strlen(text), &u, e) == -1) {
        return NULL;
    }
    url_fini(&u);
    return json_string(text);
}

static json_t *read_url_path(const struct setting_reader *r, const char *text, struct err *e)
{
    return text[0] == '/' ? json_string(text) : read_url(r, text, e);
}

static json_t *read_network(const struct setting_reader *r, const char *text, struct err *e)
{
    struct cidr network;
    (void)r;
    return cidr_parse(text, &network, e) == 0 ? json_string(text) : NULL;
}

static json_t *read_zone(const struct setting_reader *r, const char *text, struct err *e)
{
    (void)r;
    return zone_get(text, e) != NULL ? json_string(text) : NULL;
}

static json_t *read_store(const struct setting_reader *r, const char *text, struct err *e)
{
    (void)r;
    if (strncmp(text, "postgres:", 9) == 0 || strncmp(text, "postgresql:", 11) == 0) {
        (void)err_set(e, ERR_CONFIG, "a PostgreSQL store is not part of this version");
        return NULL;
    }
    if (strncmp(text, "sqlite:", 7) != 0 || text[7] == '\0') {
        (void)err_set(e, ERR_CONFIG, "`%.80s` is no store", text);
        return NULL;
    }
    return json_string(text);
}

static json_t *read_file_name(const struct setting_reader *r, const char *text, struct err *e)
{
    if (text[0] == '\0') {
        (void)err_set(e, ERR_CONFIG, "the name of the file is empty");
        return NULL;
    }
    return text[0] == '/' ? json_string(text) : json_sprintf("%s/%s", r->folder, text);
}

/* A key that is written out instead of a file's name, in the form of Standard Webhooks, is looked
 * at by who uses it. */
static json_t *read_public_key(const struct setting_reader *r, const char *text, struct err *e)
{
    if (strncmp(text, "whpk_", 5) == 0) {
        return json_string(text);
    }
    char *path = text[0] == '/' ? xstrdup(text) : xasprintf("%s/%s", r->folder, text);
    size_t len = 0;
    char *pem = folder_read(path, KEY_FILE_MAX, &len, e);
    struct sign_key *key = pem != NULL ? sign_key_parse(pem, len, e) : NULL;
    json_t *v = key != NULL ? json_stringn(pem, len) : NULL;
    sign_key_free(key);
    free(pem);
    free(path);
    return v;
}

static json_t *read_date(const struct setting_reader *r, const char *text, struct err *e)
{
    int64_t us = 0;
    char normal[DATE_TEXT];
    (void)r;
    if (date_parse(text, strlen(text), NULL, &us, e) == -1) {
        return NULL;
    }
    date_format(us, normal);
    return json_string(normal);
}

static const form_fn FORMS[FORM_COUNT] = {
    [FORM_ADDRESS] = read_address_setting,
    [FORM_URL] = read_url,
    [FORM_URL_PATH] = read_url_path,
    [FORM_NETWORK] = read_network,
    [FORM_ZONE] = read_zone,
    [FORM_STORE] = read_store,
    [FORM_FILE] = read_file_name,
    [FORM_DATE] = read_date,
    [FORM_PUBLIC_KEY] = read_public_key,
};

/* --- messages --- */

/* "such as listen: 0.0.0.0:8420"; yours. NULL where the row has no example. */
static char *example_of(const struct setting *k)
{
    return k->example != NULL ? xasprintf("such as %s: %s", k->name, k->example) : NULL;
}

static void refuse_setting(const struct setting_reader *r, const struct setting *k,
                           const struct yaml *y, const char *what, const char *why)
{
    char *example = example_of(k);
    check_error(r->diags, y, example, "%s: %s", what, why);
    free(example);
}

static void refuse_word(const struct setting_reader *r, const struct setting *k,
                        const struct yaml *y, const char *what, const char *text)
{
    char *words = setting_words(k->words);
    check_unknown(r->diags, y, text, k->words, "%s is %s, not `%s`", what, words, SHOW(y));
    free(words);
}

/* Whether the node is of the kind that the row wants: one value, a list or a map. */
static bool fits_words(const struct setting_reader *r, const struct setting *k,
                       const struct yaml *y, enum yaml_kind kind, const char *what)
{
    if (y->kind == kind && !yaml_is_empty(y)) {
        return true;
    }
    char *takes = setting_what(k), *example = example_of(k);
    if (yaml_is_empty(y)) {
        check_error(r->diags, y, example, "%s has no value: it takes %s", what, takes);
    } else {
        check_error(r->diags, y, example, "%s takes %s, not %s", what, takes,
                    y->kind == YAML_SCALAR ? "one value" : SHOW(y));
    }
    free(example);
    free(takes);
    return false;
}

/* --- one value --- */

static json_t *read_flag(const struct setting_reader *r, const struct yaml *y, const char *what,
                         const char *text)
{
    json_t *boolean = json_pack("[s]", "boolean");
    json_t *v = literal_read(r->diags, y, what, text, strlen(text), y->is_plain, boolean);
    json_decref(boolean);
    return v;
}

static json_t *read_duration(const struct setting_reader *r, const struct setting *k,
                             const struct yaml *y, const char *what, const char *text)
{
    struct err e = ERR_INIT;
    int64_t us = 0;
    if (k->words != NULL && word_is_in(k->words, text)) {
        return json_string(text);
    }
    if (duration_parse(text, strlen(text), &us, &e) == -1) {
        refuse_setting(r, k, y, what, e.message);
        return NULL;
    }
    if (us < k->min_us) {
        char least[48];
        duration_format(k->min_us, least, sizeof least);
        check_error(r->diags, y, NULL, "%s is %s at least", what, least);
        return NULL;
    }
    return json_string(text);
}

static json_t *read_setting_text(const struct setting_reader *r, const struct setting *k,
                                 const struct yaml *y, const char *what, const char *text)
{
    struct err e = ERR_INIT;
    if (k->words != NULL && !word_is_in(k->words, text)) {
        refuse_word(r, k, y, what, text);
        return NULL;
    }
    json_t *v = FORMS[k->form] != NULL ? FORMS[k->form](r, text, &e) : json_string(text);
    if (v == NULL) {
        refuse_setting(r, k, y, what, e.message);
    }
    return v;
}

/* A text that waits for a secret is looked at once it is filled (connection/connection.h). */
static json_t *read_open(const struct setting_reader *r, const struct setting *k,
                         const struct yaml *y, const char *what, json_t *open)
{
    if (!r->may_hold_secrets) {
        check_error(r->diags, y, "secrets belong to connections", "%s cannot hold a secret", what);
    } else if (k->kind != SETTING_TEXT) {
        char *takes = setting_what(k);
        check_error(r->diags, y, NULL, "%s takes %s, and a secret is always text", what, takes);
        free(takes);
    } else {
        return open;
    }
    json_decref(open);
    return NULL;
}

static json_t *read_scalar(const struct setting_reader *r, const struct setting *k,
                           const struct yaml *y, const char *what)
{
    json_t *filled = fits_words(r, k, y, YAML_SCALAR, what) ? hole_fill(r->diags, y, what) : NULL;
    if (filled == NULL || hole_is_open(filled)) {
        return filled != NULL ? read_open(r, k, y, what, filled) : NULL;
    }
    const char *text = json_string_value(filled);
    json_t *v = k->kind == SETTING_FLAG       ? read_flag(r, y, what, text)
                : k->kind == SETTING_DURATION ? read_duration(r, k, y, what, text)
                                              : read_setting_text(r, k, y, what, text);
    json_decref(filled);
    return v;
}

/* A scalar stays raw text: who knows its type reads it. */
static json_t *read_any_setting(const struct setting_reader *r, const struct yaml *y,
                                const char *what)
{
    static const struct setting text = { .kind = SETTING_TEXT };
    return y->kind == YAML_SCALAR ? read_scalar(r, &text, y, what)
                                  : literal_tree(r->diags, y, what, NULL);
}

/* --- lists and maps --- */

static json_t *read_setting_list(const struct setting_reader *r, const struct setting *k,
                                 const struct yaml *y, const char *what)
{
    if (!fits_words(r, k, y, YAML_LIST, what)) {
        return NULL;
    }
    if (y->count == 0 || y->count > k->most) {
        check_error(r->diags, y, NULL, "%s has 1 to %zu items", what, k->most);
        return NULL;
    }
    struct setting item = *k->of; /* in messages an item goes by its list's name and example */
    item.name = k->name;
    item.example = item.example != NULL ? item.example : k->example;
    json_t *list = json_array();
    for (size_t i = 0; i < y->count; i++) {
        (void)json_array_append_new(list, setting_read(r, &item, y->items[i], what));
    }
    return list;
}

static json_t *read_names(const struct setting_reader *r, const struct setting *k,
                          const struct yaml *y, const char *what)
{
    if (!fits_words(r, k, y, YAML_MAP, what)) {
        return NULL;
    }
    json_t *map = json_object();
    for (size_t i = 0; i < y->count; i++) {
        const struct yaml *name = y->keys[i];
        if (check_name(r->diags, name, k->of->name)) {
            char *subject = xasprintf("`%s`", name->text);
            (void)json_object_set_new(map, name->text,
                                      setting_read(r, k->of, y->items[i], subject));
            free(subject);
        }
    }
    return map;
}

json_t *setting_read(const struct setting_reader *r, const struct setting *k, const struct yaml *y,
                     const char *what)
{
    if (k->otherwise != NULL && y->kind != YAML_SCALAR) {
        return setting_read(r, k->otherwise, y, what);
    }
    switch (k->kind) {
    case SETTING_TEXT:
    case SETTING_FLAG:
    case SETTING_DURATION:
        return read_scalar(r, k, y, what);
    case SETTING_LIST:
        return read_setting_list(r, k, y, what);
    case SETTING_MAP:
        return fits_words(r, k, y, YAML_MAP, what) ? setting_read_map(r, k->keys, y, what) : NULL;
    case SETTING_NAMES:
        return read_names(r, k, y, what);
    case SETTING_VALUE:
        return read_any_setting(r, y, what);
    }
    return NULL;
}

/* --- a map with keys of its own --- */

static void check_unknown_keys(const struct setting_reader *r, const struct setting *keys,
                               const struct yaml *y, const char *what)
{
    const char *names[SETTINGS_MAX + 1] = { NULL };
    for (size_t i = 0; keys[i].name != NULL; i++) {
        assert(i < SETTINGS_MAX);
        names[i] = keys[i].name;
    }
    for (size_t i = 0; i < y->count; i++) {
        const struct yaml *key = y->keys[i];
        if (setting_find(keys, key->text) == NULL) {
            check_unknown(r->diags, key, key->text, names, "unknown key `%s` in %s", SHOW(key),
                          what);
        }
    }
}

/* The default as if the file said it. */
static json_t *usual_value(const struct setting_reader *r, const struct setting *k)
{
    struct diags *d = diags_new("");
    struct yaml *y = yaml_parse(k->usual, strlen(k->usual), d);
    json_t *v = y != NULL ? setting_read(r, k, y, k->name) : NULL;
    assert(v !=
           NULL); /* a row whose default is none would be a bug, which every start would show */
    yaml_tree_free(y);
    diags_free(d);
    return v;
}

static json_t *read_map_member(const struct setting_reader *r, const struct setting *k,
                               const struct yaml *map, const char *what)
{
    const struct yaml *y = yaml_get(map, k->name);
    json_t *v = NULL;
    if (y != NULL) {
        char *subject = xasprintf("`%s`", k->name);
        v = setting_read(r, k, y, subject);
        free(subject);
    } else if (k->is_needed) {
        char *example = example_of(k);
        check_error(r->diags, map, example, "%s needs `%s`", what, k->name);
        free(example);
    }
    return v != NULL || k->usual == NULL || !r->fills_in_defaults ? v : usual_value(r, k);
}

json_t *setting_read_map(const struct setting_reader *r, const struct setting *keys,
                         const struct yaml *y, const char *what)
{
    json_t *map = json_object();
    check_unknown_keys(r, keys, y, what);
    for (const struct setting *k = keys; k->name != NULL; k++) {
        if (!k->is_read_apart) {
            (void)json_object_set_new(map, k->name, read_map_member(r, k, y, what));
        }
    }
    return map;
}
