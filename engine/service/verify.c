/*
 * Who sent a delivery. A verifier is a list of rules, from the connector's table (the service
 * dictates the scheme) or from the connection's `verify` (the person chooses it); one that fits is
 * enough, so that two keys or two schemes can be valid while a service changes over. Everything is
 * checked over the bytes as they came, and compared in constant time. Immutable after verifier_new;
 * loop thread.
 */
#include "service/verify.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "crypto/sign.h"
#include "format/url.h"
#include "service/connection.h"

enum { RULES_MAX = 4, KEYS_MAX = 8, NETWORKS_MAX = 64, SIGNATURE_MAX = 4096 };

enum rule_kind { RULE_OPEN, RULE_TOKEN, RULE_HMAC, RULE_KEY };

struct rule {
    enum rule_kind kind;
    const char *header; /* borrowed from table; NULL: the token is in the address */
    const char *prefix; /* "sha256=", "" for none */
    bool is_hex;
    enum sign_hash hash;
    json_t *table; /* owned */
};

struct verifier {
    struct rule rules[RULES_MAX];
    size_t rule_count;
    struct sign_key *keys[KEYS_MAX];
    size_t key_count;
    struct cidr networks[NETWORKS_MAX];
    size_t network_count;
    struct secret *secret; /* of token and hmac */
};

/* --- settings --- */

static int read_kind(struct rule *r, const char *kind, struct err *e)
{
    if (strcmp(kind, "none") == 0) {
        r->kind = RULE_OPEN;
    } else if (strcmp(kind, "token") == 0) {
        r->kind = RULE_TOKEN;
    } else if (strcmp(kind, "ed25519") == 0 || strcmp(kind, "rsa_sha256") == 0) {
        r->kind = RULE_KEY;
    } else if (strncmp(kind, "hmac_", 5) == 0 && sign_hash_parse(kind + 5, &r->hash) == 0) {
        r->kind = RULE_HMAC;
    } else {
        return err_set(
            e, ERR_CONFIG,
            "verify: '%s' is not one of none, token, hmac_sha1, hmac_sha256, hmac_sha512", kind);
    }
    return 0;
}

/* Takes the rule's table. */
static int add_rule(struct verifier *v, json_t *table, struct err *e)
{
    struct rule *r = &v->rules[v->rule_count++];
    const char *kind = json_get_text(table, "kind");
    const char *prefix = json_get_text(table, "prefix");
    const char *encoding = json_get_text(table, "encoding");
    *r = (struct rule){
        .header = json_get_text(table, "header"),
        .prefix = prefix != NULL ? prefix : "",
        .table = table,
    };
    if (read_kind(r, kind != NULL ? kind : "", e) == -1) {
        return -1;
    }
    r->is_hex = encoding != NULL ? strcmp(encoding, "hex") == 0 : r->kind == RULE_HMAC;
    if (encoding != NULL && !r->is_hex && strcmp(encoding, "base64") != 0) {
        return err_set(e, ERR_CONFIG, "encoding: '%s' is not one of hex, base64", encoding);
    }
    if ((r->kind == RULE_HMAC || r->kind == RULE_KEY) && r->header == NULL) {
        return err_set(e, ERR_CONFIG, "verify: %s needs the `header` that the signature is in",
                       kind);
    }
    return 0;
}

static void copy_setting(json_t *to, const json_t *from, const char *key)
{
    json_t *v = json_object_get(from, key);
    if (v != NULL) {
        json_object_set(to, key, v);
    }
}

/* The rule that the connection's own settings make. */
static int add_own_rule(struct verifier *v, const json_t *webhook, const json_t *config,
                        struct err *e)
{
    const char *said = json_get_text(config, "verify");
    const char *kind = said != NULL ? said : json_get_text(webhook, "verify_default");
    if (kind == NULL) {
        return err_set(e, ERR_CONFIG, "verify is missing: say none, token or hmac_sha256");
    }
    json_t *table = json_object();
    json_object_set_new(table, "kind", json_string(kind));
    copy_setting(table, config, "header");
    copy_setting(table, config, "encoding");
    copy_setting(table, config, "prefix");
    return add_rule(v, table, e);
}

static int add_keys(struct verifier *v, const json_t *list, const char *what, struct err *e)
{
    size_t i;
    json_t *one;
    json_array_foreach (list, i, one) {
        if (v->key_count == KEYS_MAX) {
            return err_set(e, ERR_CONFIG, "%s: more than %d keys", what, KEYS_MAX);
        }
        const char *pem = json_is_string(one) ? json_string_value(one) : "";
        struct sign_key *key = sign_key_parse(pem, strlen(pem), e);
        if (key == NULL) {
            return err_prefix(e, "%s[%zu]", what, i + 1);
        }
        v->keys[v->key_count++] = key;
    }
    return 0;
}

static int add_rules(struct verifier *v, const json_t *webhook, const json_t *config, struct err *e)
{
    json_t *rules = json_object_get(webhook, "verify");
    if (json_is_string(rules)) { /* "config" */
        return add_own_rule(v, webhook, config, e);
    }
    json_t *own_keys = json_object_get(json_object_get(config, "webhook"), "public_keys");
    if (json_array_size(own_keys) > 0 && add_keys(v, own_keys, "webhook.public_keys", e) == -1) {
        return -1;
    }
    size_t i;
    json_t *table;
    json_array_foreach (rules, i, table) {
        if (i >= RULES_MAX || add_rule(v, json_incref(table), e) == -1) {
            return i >= RULES_MAX
                       ? err_set(e, ERR_CONFIG, "webhook.verify: at most %d schemes", RULES_MAX)
                       : -1;
        }
        if (json_array_size(own_keys) == 0 &&
            add_keys(v, json_object_get(table, "keys"), "keys", e) == -1) {
            return -1;
        }
    }
    return 0;
}

static int add_networks(struct verifier *v, const json_t *list, struct err *e)
{
    size_t i;
    json_t *one;
    json_array_foreach (list, i, one) {
        if (v->network_count == NETWORKS_MAX) {
            return err_set(e, ERR_CONFIG, "webhook.allow_from: more than %d networks",
                           NETWORKS_MAX);
        }
        if (!json_is_string(one) ||
            cidr_parse(json_string_value(one), &v->networks[v->network_count++], e) == -1) {
            return err_prefix(e, "webhook.allow_from[%zu]", i + 1);
        }
    }
    return 0;
}

static int add_secret(struct verifier *v, const json_t *config, struct err *e)
{
    const char *text = json_get_text(json_object_get(config, "webhook"), "token");
    text = text != NULL ? text : json_get_text(config, "secret");
    if (text != NULL && *text != '\0') {
        v->secret = secret_new(text, strlen(text));
    }
    for (size_t i = 0; i < v->rule_count; i++) {
        bool needs_secret = v->rules[i].kind == RULE_TOKEN || v->rules[i].kind == RULE_HMAC;
        if (needs_secret && (v->secret == NULL || secret_len(v->secret) < 8)) {
            return err_set(e, ERR_CONFIG, "verify: %s needs a `secret` of at least 8 characters",
                           json_get_text(v->rules[i].table, "kind"));
        }
        if (v->rules[i].kind == RULE_KEY && v->key_count == 0) {
            return err_set(e, ERR_CONFIG, "verify: no public key");
        }
    }
    return 0;
}

struct verifier *verifier_new(const char *name, const json_t *connector_table, const json_t *config,
                              struct err *e)
{
    struct verifier *v = xcalloc(1, sizeof *v);
    json_t *webhook = json_object_get(connector_table, "webhook");
    if (webhook == NULL) {
        return v; /* nothing comes in */
    }
    if (add_rules(v, webhook, config, e) == -1 ||
        add_networks(v, json_object_get(json_object_get(config, "webhook"), "allow_from"), e) ==
            -1 ||
        add_secret(v, config, e) == -1) {
        if (e != NULL) {
            e->kind = ERR_CONFIG; /* whatever a key or a network is wrong with */
        }
        (void)err_prefix(e, "connection %s", name);
        verifier_free(v);
        return NULL;
    }
    return v;
}

void verifier_free(struct verifier *v)
{
    if (v == NULL) {
        return;
    }
    for (size_t i = 0; i < v->rule_count; i++) {
        json_decref(v->rules[i].table);
    }
    for (size_t i = 0; i < v->key_count; i++) {
        sign_key_free(v->keys[i]);
    }
    secret_free(v->secret);
    free(v);
}

/* --- deliveries --- */

static int check_sender(const struct verifier *v, const struct delivery *d, struct err *e)
{
    for (size_t i = 0; i < v->network_count; i++) {
        if (d->peer != NULL && cidr_contains(&v->networks[i], d->peer)) {
            return 0;
        }
    }
    return v->network_count == 0 ? 0
                                 : err_set(e, ERR_FORBIDDEN, "%s is not in webhook.allow_from",
                                           d->peer != NULL ? d->peer : "the sender's address");
}

/* The header's value without the prefix; NULL and *e where there is none to check. */
static const char *signature_text(const struct rule *r, const struct delivery *d, struct err *e)
{
    const char *text = d->header != NULL ? d->header(d->ud, r->header) : NULL;
    if (text == NULL || *text == '\0' || strcmp(text, "N/A") == 0) {
        (void)err_set(e, ERR_AUTH, "the header %s is missing", r->header);
        return NULL;
    }
    size_t prefix = strlen(r->prefix);
    if (strncmp(text, r->prefix, prefix) != 0 || strlen(text) > SIGNATURE_MAX) {
        (void)err_set(e, ERR_AUTH, "the header %s has not the form expected", r->header);
        return NULL;
    }
    return text + prefix;
}

static int decode_signature(const struct rule *r, const struct delivery *d, struct buf *out,
                            struct err *e)
{
    const char *text = signature_text(r, d, e);
    if (text == NULL) {
        return -1;
    }
    int rc = r->is_hex ? hex_decode(out, text, strlen(text), NULL)
                       : base64_decode(out, text, strlen(text), NULL);
    return rc == 0 ? 0
                   : err_set(e, ERR_AUTH, "the header %s is not %s", r->header,
                             r->is_hex ? "hexadecimal" : "base64");
}

static bool hmac_fits(const struct verifier *v, const struct rule *r, const struct delivery *d,
                      const struct buf *sig)
{
    uint8_t digest[SIGN_DIGEST_MAX];
    size_t len =
        sign_hmac(r->hash, secret_bytes(v->secret), secret_len(v->secret), d->body, d->len, digest);
    return sign_equal(digest, len, buf_text(sig), sig->len);
}

static bool key_fits(const struct verifier *v, const struct delivery *d, const struct buf *sig)
{
    for (size_t i = 0; i < v->key_count; i++) {
        if (sign_verify(v->keys[i], d->body, d->len, (const uint8_t *)buf_text(sig), sig->len)) {
            return true;
        }
    }
    return false;
}

static int check_signature(const struct verifier *v, const struct rule *r, const struct delivery *d,
                           struct err *e)
{
    struct buf sig;
    buf_init(&sig, SIGNATURE_MAX);
    int rc = decode_signature(r, d, &sig, e);
    if (rc == 0 && !(r->kind == RULE_HMAC ? hmac_fits(v, r, d, &sig) : key_fits(v, d, &sig))) {
        rc = err_set(e, ERR_AUTH, "the signature in %s does not fit the body", r->header);
    }
    buf_fini(&sig);
    return rc;
}

static int check_token(const struct verifier *v, const struct rule *r, const struct delivery *d,
                       struct err *e)
{
    const char *text = d->path_token;
    if (r->header != NULL) {
        text = signature_text(r, d, e);
        if (text == NULL) {
            return -1;
        }
    }
    if (text != NULL &&
        sign_equal(text, strlen(text), secret_bytes(v->secret), secret_len(v->secret))) {
        return 0;
    }
    return r->header != NULL
               ? err_set(e, ERR_AUTH, "the token in %s is wrong", r->header)
               : err_set(e, ERR_NOT_FOUND, "the token in the address is missing or wrong");
}

static int check_rule(const struct verifier *v, const struct rule *r, const struct delivery *d,
                      struct err *e)
{
    switch (r->kind) {
    case RULE_OPEN:
        return 0;
    case RULE_TOKEN:
        return check_token(v, r, d, e);
    case RULE_HMAC:
    case RULE_KEY:
        return check_signature(v, r, d, e);
    }
    return err_set(e, ERR_INTERNAL, "no such rule");
}

int verify_webhook(const struct connection *c, const struct delivery *d, struct err *e)
{
    const struct verifier *v = c->verifier;
    if (check_sender(v, d, e) == -1) {
        return -1;
    }
    if (v->rule_count == 0) {
        return err_set(e, ERR_NOT_FOUND, "%s takes no webhooks", c->name);
    }
    for (size_t i = 0; i < v->rule_count; i++) {
        if (check_rule(v, &v->rules[i], d, e) == 0) {
            return 0;
        }
    }
    return -1;
}

_Bool verify_is_open(const struct connection *c)
{
    return c->verifier->rule_count > 0 && c->verifier->rules[0].kind == RULE_OPEN;
}

const json_t *verify_rule(const struct connection *c)
{
    return c->verifier->rule_count > 0 ? c->verifier->rules[0].table : NULL;
}

const struct secret *verify_secret(const struct connection *c)
{
    return c->verifier->secret;
}
