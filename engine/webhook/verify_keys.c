/*
 * Reads what a rule checks deliveries with: the connection's secrets, and public keys of the
 * connection or else of the connector. Several of each may be valid at once, so that one can be
 * exchanged for another without a gap: while both are there, either fits. A key may have a time of
 * its own. Secrets are kept as the bytes that they stand for; the settings' own texts are dropped
 * by the service afterwards.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/plural.h"
#include "format/date.h"
#include "webhook/verify_rule.h"

/* --- secrets --- */

/* The key that a secret's text stands for: itself, or bytes in base64 behind a prefix. NULL: it is
 * not of that form. Yours. */
static struct secret *decode_secret(const struct rule *r, const char *text)
{
    const char *prefix = json_get_text(r->table, "secret_prefix");
    size_t skip = prefix != NULL && strncmp(text, prefix, strlen(prefix)) == 0 ? strlen(prefix) : 0;
    if (json_get_text(r->table, "secret_encoding") == NULL) {
        return secret_new(text + skip, strlen(text) - skip);
    }
    struct buf bytes;
    buf_init(&bytes, SIGNATURE_MAX);
    int rc = base64_decode(&bytes, text + skip, strlen(text) - skip, NULL);
    struct secret *s = rc == 0 && bytes.len > 0 ? secret_new(buf_text(&bytes), bytes.len) : NULL;
    if (bytes.data != NULL) {
        secret_scrub(bytes.data, bytes.cap);
    }
    buf_fini(&bytes);
    return s;
}

/* `what` is the setting. */
static int add_secret(struct rule *r, const json_t *v, const char *what, struct err *e)
{
    const char *text = json_is_string(v) ? json_string_value(v) : NULL;
    if (text == NULL || *text == '\0') {
        return 0;
    }
    if (r->secret_count == SECRETS_MAX) {
        (void)err_set(e, ERR_CONFIG, "there are more than %d secrets", SECRETS_MAX);
        return err_about(e, what);
    }
    int64_t least = json_get_int(r->table, "secret_min", 1);
    if ((int64_t)strlen(text) < least) {
        (void)err_set(e, ERR_CONFIG, "`%s` is too short: a secret has %lld %s at least", what,
                      (long long)least, plural(least, "character", "characters"));
        return err_about(e, what);
    }
    struct secret *s = decode_secret(r, text);
    if (s == NULL) {
        (void)err_set(e, ERR_CONFIG, "`%s` is not in base64, as this scheme writes its secrets",
                      what);
        return err_about(e, what);
    }
    r->secrets[r->secret_count++] = s;
    return 0;
}

int rule_read_secrets(struct rule *r, const json_t *config, struct err *e)
{
    if (r->kind == RULE_OPEN) {
        return 0;
    }
    json_t *token = json_object_get(json_object_get(config, "webhook"), "token");
    if (add_secret(r, token, "webhook.token", e) == -1 ||
        add_secret(r, json_object_get(config, "secret"), "secret", e) == -1 ||
        add_secret(r, json_object_get(config, "secret_previous"), "secret_previous", e) == -1) {
        return -1;
    }
    size_t i;
    json_t *one;
    json_array_foreach (json_object_get(config, "secrets"), i, one) {
        if (add_secret(r, one, "secrets", e) == -1) {
            return -1;
        }
    }
    return 0;
}

/* --- public keys --- */

/* "whpk_" and 32 bytes in base64: the raw form of an Ed25519 key. */
static struct sign_key *parse_raw_key(const char *text, struct err *e)
{
    struct buf bytes;
    buf_init(&bytes, 32);
    int rc = base64_decode(&bytes, text, strlen(text), NULL);
    struct sign_key *key = rc == 0 && bytes.len == 32
                               ? sign_key_new_public((const uint8_t *)buf_text(&bytes), e)
                               : NULL;
    if (key == NULL) {
        (void)err_set(e, ERR_CONFIG, "this is not an Ed25519 key: 32 bytes in base64");
    }
    buf_fini(&bytes);
    return key;
}

static struct sign_key *parse_key(const struct rule *r, const char *text, struct err *e)
{
    const char *prefix = json_get_text(r->table, "key_prefix");
    bool is_raw = prefix != NULL && strncmp(text, prefix, strlen(prefix)) == 0;
    return is_raw ? parse_raw_key(text + strlen(prefix), e) : sign_key_parse(text, strlen(text), e);
}

static int read_bound(const json_t *v, const char *word, int64_t *us, struct err *e)
{
    const char *text = json_get_text(v, word);
    return text == NULL || date_parse(text, strlen(text), NULL, us, e) == 0
               ? 0
               : err_prefix(e, "%s", word);
}

/* Keys of another kind are for another rule. In the settings `file` holds the text of the file. */
static int add_key(struct rule *r, const json_t *v, struct err *e)
{
    const char *text = json_is_string(v) ? json_string_value(v) : json_get_text(v, "file");
    struct dated_key k = { .key = parse_key(r, text != NULL ? text : "", e) };
    if (k.key == NULL || read_bound(v, "from", &k.from_us, e) == -1 ||
        read_bound(v, "until", &k.until_us, e) == -1) {
        sign_key_free(k.key);
        return -1;
    }
    if (sign_key_is_ed25519(k.key) != r->is_ed25519) {
        sign_key_free(k.key);
        return 0;
    }
    if (r->key_count == KEYS_MAX) {
        sign_key_free(k.key);
        return err_set(e, ERR_CONFIG, "more than %d keys", KEYS_MAX);
    }
    r->keys[r->key_count++] = k;
    return 0;
}

/* The connection's own keys take the place of the connector's. */
int rule_read_keys(struct rule *r, const json_t *config, struct err *e)
{
    json_t *own = json_object_get(json_object_get(config, "webhook"), "public_keys");
    bool is_own = json_array_size(own) > 0;
    size_t i;
    json_t *one;
    json_array_foreach (is_own ? own : json_object_get(r->table, "keys"), i, one) {
        if (add_key(r, one, e) == -1) {
            (void)err_prefix(e, "%s[%zu]", is_own ? "public_keys" : "keys", i + 1);
            return err_about(e, "webhook.public_keys");
        }
    }
    return 0;
}
