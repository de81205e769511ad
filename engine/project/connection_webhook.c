/* Checks how a connection verifies its webhooks: the preset that it names, with the keys that go
 * with it. What a preset takes and needs stands in its table (scripts/lib/signatures.lua), so
 * nothing here knows a service. */

#include "project/connection_webhook.h"
#include "format/json.h"

#include <string.h>

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

/* Settings that a preset does not take are ones that its service dictates. */
static void check_taken(struct diags *d, const struct yaml *y, const json_t *scheme,
                        const char *name)
{
    static const char *const settings[] = { "header", "prefix",    "encoding", "timestamp",
                                            "signed", "tolerance", "user",     NULL };
    for (size_t i = 0; i < y->count; i++) {
        const char *key = y->keys[i]->text;
        if (word_is_in(settings, key) &&
            !json_list_has_text(json_object_get(scheme, "takes"), key)) {
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
