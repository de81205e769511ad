/* Checks how a connection verifies its webhooks: the preset that it names with the keys that go
 * with it, public keys and the time in which they count, the networks that may send. What a preset
 * takes and needs stands in its table (scripts/lib/signatures.lua), so nothing here knows a
 * service. */

#include "project/connection_webhook.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "crypto/sign.h"
#include "format/date.h"
#include "format/url.h"
#include "project/folder.h"
#include "project/hole.h"

enum { KEY_FILE_MAX = 16 << 10, ITEMS_MAX = 200 };

static const char *const WEBHOOK_WORDS[] = { "public_keys", "allow_from", "token", "accept_rsa",
                                             NULL };
static const char *const KEY_WORDS[] = { "file", "from", "until", NULL };

/* --- public keys --- */

/* A key that is written out instead of a file's name: Standard Webhooks' form. */
static bool is_written_out(const char *text)
{
    return strncmp(text, "whpk_", 5) == 0;
}

/* A public key's file as PEM text; NULL with the error recorded. */
static json_t *read_key_text(struct diags *d, const char *folder, const struct yaml *y)
{
    json_t *name = hole_fill(d, y, "`public_keys`");
    if (!json_is_string(name) || is_written_out(json_string_value(name))) {
        return name;
    }
    const char *file = json_string_value(name);
    char *path = file[0] == '/' ? xstrdup(file) : xasprintf("%s/%s", folder, file);
    size_t len = 0;
    struct err e = ERR_INIT;
    char *pem = folder_read(path, KEY_FILE_MAX, &len, &e);
    struct sign_key *key = pem != NULL ? sign_key_parse(pem, len, &e) : NULL;
    json_t *text = key != NULL ? json_stringn(pem, len) : NULL;
    if (text == NULL) {
        check_error(d, y, "a public key in PEM form, Ed25519 or RSA", "%s", e.message);
    }
    sign_key_free(key);
    free(pem);
    free(path);
    json_decref(name);
    return text;
}

/* A date is its first moment in UTC. */
static void read_bound(struct diags *d, const struct yaml *map, const char *word, json_t *out)
{
    const struct yaml *y = yaml_get(map, word);
    json_t *v = y != NULL ? hole_fill(d, y, word) : NULL;
    int64_t us = 0;
    struct err e = ERR_INIT;
    if (json_is_string(v) &&
        date_parse(json_string_value(v), json_string_length(v), NULL, &us, &e) == 0) {
        char text[DATE_TEXT];
        date_format(us, text);
        (void)json_object_set_new(out, word, json_string(text));
    } else if (y != NULL) {
        check_error(d, y, "such as 2027-01-01", "`%s` takes a date: %s", word, e.message);
    }
    json_decref(v);
}

/* keys/a.pem, or {file: keys/a.pem, from: 2026-09-01, until: 2027-01-01}. */
static json_t *read_public_key(struct diags *d, const char *folder, const struct yaml *y)
{
    if (y->kind != YAML_MAP) {
        return read_key_text(d, folder, y);
    }
    const struct yaml *file = yaml_get(y, "file");
    check_words(d, y, KEY_WORDS, "`public_keys`");
    if (file == NULL) {
        check_error(d, y, NULL, "a key of `public_keys` needs `file`");
        return NULL;
    }
    json_t *out = json_object();
    (void)json_object_set_new(out, "key", read_key_text(d, folder, file));
    read_bound(d, y, "from", out);
    read_bound(d, y, "until", out);
    return out;
}

/* --- the map `webhook` --- */

static json_t *read_network(struct diags *d, const char *folder, const struct yaml *y)
{
    (void)folder;
    json_t *text = hole_fill(d, y, "`allow_from`");
    struct cidr network;
    struct err e = ERR_INIT;
    if (json_is_string(text) && cidr_parse(json_string_value(text), &network, &e) != 0) {
        check_error(d, y, "such as 203.0.113.0/24 or 2001:db8::1", "%s", e.message);
    }
    return text;
}

static void read_items(struct diags *d, const char *folder, const struct yaml *map,
                       const char *word,
                       json_t *(*read_item)(struct diags *, const char *, const struct yaml *),
                       json_t *out)
{
    const struct yaml *y = yaml_get(map, word);
    if (y == NULL || !check_kind(d, y, YAML_LIST, word)) {
        return;
    }
    if (y->count == 0 || y->count > ITEMS_MAX) {
        check_error(d, y, NULL, "`%s` has 1 to %d items", word, ITEMS_MAX);
        return;
    }
    json_t *list = json_array();
    for (size_t i = 0; i < y->count; i++) {
        (void)json_array_append_new(list, read_item(d, folder, y->items[i]));
    }
    (void)json_object_set_new(out, word, list);
}

static void read_switch(struct diags *d, const struct yaml *map, const char *word, json_t *out)
{
    const struct yaml *y = yaml_get(map, word);
    if (y != NULL && (yaml_is(y, "true") || yaml_is(y, "false"))) {
        (void)json_object_set_new(out, word, json_boolean(yaml_is(y, "true")));
    } else if (y != NULL) {
        check_error(d, y, NULL, "`%s` is true or false", word);
    }
}

json_t *webhook_read(struct diags *d, const char *folder, const struct yaml *y)
{
    if (!check_kind(d, y, YAML_MAP, "`webhook`")) {
        return NULL;
    }
    check_words(d, y, WEBHOOK_WORDS, "`webhook`");
    json_t *out = json_object();
    read_items(d, folder, y, "public_keys", read_public_key, out);
    read_items(d, folder, y, "allow_from", read_network, out);
    read_switch(d, y, "accept_rsa", out);
    const struct yaml *token = yaml_get(y, "token");
    if (token != NULL) {
        (void)json_object_set_new(out, "token", hole_fill(d, token, "`token`"));
    }
    return out;
}

/* --- presets --- */

static json_t *schemes_of(const json_t *table)
{
    return json_object_get(json_object_get(table, "webhook"), "schemes");
}

void webhook_check_scheme(struct diags *d, const struct yaml *y, const char *connector,
                          const json_t *table, const char *name)
{
    json_t *schemes = schemes_of(table);
    if (table == NULL || json_object_get(schemes, name) != NULL) {
        return;
    }
    if (schemes == NULL) {
        check_error(d, y, "leave it out",
                    "the connector %s says itself how its webhooks are verified", connector);
        return;
    }
    check_unknown_member(d, y, name, schemes, "there is no way to verify `%s`", SHOW(y));
}

/* The preset's name: said, or the connector's default; NULL where the connector's table fixes how
 * its webhooks are verified. */
static const char *scheme_name(const json_t *table, const json_t *config)
{
    const char *said = json_get_text(config, "verify");
    const char *usual = json_get_text(json_object_get(table, "webhook"), "verify_default");
    return schemes_of(table) == NULL ? NULL : said != NULL ? said : usual;
}

static bool list_has(const json_t *list, const char *word)
{
    size_t i;
    json_t *one;
    json_array_foreach ((json_t *)list, i, one) {
        if (json_is_string(one) && strcmp(json_string_value(one), word) == 0) {
            return true;
        }
    }
    return false;
}

/* Settings that a preset does not take are ones that its service dictates. */
static void check_taken(struct diags *d, const struct yaml *y, const json_t *scheme,
                        const char *name)
{
    static const char *const settings[] = { "header", "prefix",    "encoding", "timestamp",
                                            "signed", "tolerance", "user",     NULL };
    for (size_t i = 0; i < y->count; i++) {
        const char *key = y->keys[i]->text;
        if (word_is_in(settings, key) && !list_has(json_object_get(scheme, "takes"), key)) {
            check_error(d, y->keys[i], NULL, "`%s` does not go with `verify: %s`", key, name);
        }
    }
}

static void check_needed(struct diags *d, const struct yaml *y, const json_t *scheme,
                         const char *name)
{
    size_t i;
    json_t *key;
    json_array_foreach (json_object_get(scheme, "needs"), i, key) {
        const char *word = json_string_value(key);
        if (yaml_get(y, word) == NULL) {
            check_error(d, y,
                        strcmp(word, "header") == 0 ? "the header that holds the signature" : NULL,
                        "`verify: %s` needs `%s`", name, word);
        }
    }
}

static bool has_secret(const struct yaml *y)
{
    const struct yaml *webhook = yaml_get(y, "webhook");
    return yaml_get(y, "secret") != NULL || yaml_get(y, "secrets") != NULL ||
           (webhook != NULL && webhook->kind == YAML_MAP && yaml_get(webhook, "token") != NULL);
}

/* A key stands for a rule of public keys, a secret for any other. */
static bool has_credential(const struct yaml *y, const json_t *rules)
{
    const struct yaml *webhook = yaml_get(y, "webhook");
    bool has_key =
        webhook != NULL && webhook->kind == YAML_MAP && yaml_get(webhook, "public_keys") != NULL;
    size_t i;
    json_t *rule;
    json_array_foreach ((json_t *)rules, i, rule) {
        const char *kind = json_get_text(rule, "kind");
        bool is_key = kind != NULL && strcmp(kind, "ed25519") == 0;
        bool is_open = kind != NULL && strcmp(kind, "none") == 0;
        if (is_open || (is_key ? has_key : has_secret(y))) {
            return true;
        }
    }
    return false;
}

void webhook_check(struct diags *d, const struct yaml *y, const char *connector,
                   const json_t *table, const json_t *config)
{
    const char *name = scheme_name(table, config);
    const json_t *scheme = name != NULL ? json_object_get(schemes_of(table), name) : NULL;
    if (name == NULL && schemes_of(table) != NULL && yaml_get(y, "verify") == NULL) {
        check_error(
            d, y, "verify: stripe, github, token, hmac_sha256 …, or none if anybody may post to it",
            "a connection of %s needs `verify`", connector);
    }
    if (scheme == NULL) {
        return;
    }
    check_taken(d, y, scheme, name);
    check_needed(d, y, scheme, name);
    if (!has_credential(y, json_object_get(scheme, "rules"))) {
        check_error(d, y, "such as secret: ${secret.hook_secret}",
                    "`verify: %s` needs a secret: `secret` or `webhook.token`", name);
    }
}

bool webhook_needs_url(const json_t *table, const json_t *config)
{
    const char *name = scheme_name(table, config);
    const json_t *scheme = name != NULL ? json_object_get(schemes_of(table), name) : NULL;
    size_t i;
    json_t *rule;
    json_array_foreach (json_object_get(scheme, "rules"), i, rule) {
        const char *text = json_get_text(rule, "signed");
        if (text != NULL && strstr(text, "{url}") != NULL) {
            return true;
        }
    }
    const char *own = json_get_text(config, "signed");
    return own != NULL && strstr(own, "{url}") != NULL;
}
