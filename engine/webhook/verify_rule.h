#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/secret.h"
#include "crypto/sign.h"
#include "webhook/verify.h"

/* One way to tell who sent a delivery: for the files verify*.c only. A rule is read once from a
 * scheme's table and the connection's settings (verify_rule.c, verify_keys.c), and then held
 * against deliveries (verify_check.c). Immutable after that. */
enum {
    SECRETS_MAX = 8,
    KEYS_MAX = 8,
    SIGNATURES_MAX = 8,   /* in one header */
    SIGNATURE_MAX = 4096, /* characters of such a header */
    FACT_MAX = 256,       /* characters of an id or a timestamp */
};

enum rule_kind { RULE_OPEN, RULE_TOKEN, RULE_BASIC, RULE_HMAC, RULE_KEY };

/* Where a value stands: a header, or one piece of it. Texts are borrowed from the rule's table. */
struct place {
    const char *header; /* NULL: nowhere */
    char split;         /* what parts several values, or NUL: there is one */
    const char *prefix; /* of the value; "" for none */
};

/* A public key and the time in which it counts. */
struct dated_key {
    struct sign_key *key;
    int64_t from_us, until_us; /* until is past the end; 0: without a bound */
};

struct rule {
    enum rule_kind kind;
    enum sign_hash hash;
    bool is_ed25519; /* of RULE_KEY; else RSA */
    bool is_hex;
    struct place signature, id, timestamp;
    int64_t tolerance_us;                /* 0: as old as it may be */
    const char *signed_text;             /* "{id}.{timestamp}.{body}" */
    const char *body_digest;             /* or NULL */
    const char *user;                    /* of RULE_BASIC */
    struct secret *secrets[SECRETS_MAX]; /* as bytes, ready for use */
    size_t secret_count;
    struct dated_key keys[KEYS_MAX];
    size_t key_count;
    json_t *table; /* owned */
};

/* Reads a rule; `scheme` is the preset that it is of, or NULL where the connector itself says the
 * rule. r is to be freed by rule_fini in any case. */
int rule_read(struct rule *r, const json_t *table, const json_t *scheme, const json_t *config,
              struct err *e);
void rule_fini(struct rule *r);
/* Whether the rule has what it needs; one that has not is left out where another one has. */
bool rule_is_usable(const struct rule *r);

/* Secrets and public keys of the connection into a rule. */
int rule_read_secrets(struct rule *r, const json_t *config, struct err *e);
int rule_read_keys(struct rule *r, const json_t *config, struct err *e);

/* Holds a delivery against it. */
enum refusal rule_check(const struct rule *r, const struct delivery *d, struct err *e);

/* What a signature is made of, beside the body. */
struct signed_facts {
    const char *id, *timestamp; /* of text that ends in NUL; or "" */
    const char *url;            /* or NULL */
    const char *content_type;   /* or NULL: JSON */
    const char *body;
    size_t len;
};
/* The text that is signed, into out, which is empty; where it is the body alone nothing is copied
 * and out stays so. *text and *len tell where it is. ERR_INVALID. */
int rule_signed_text(const struct rule *r, const struct signed_facts *f, struct buf *out,
                     const char **text, size_t *len, struct err *e);
bool is_form_type(const char *content_type);
