#pragma once

#include <stddef.h>

#include "base/err.h"
#include "base/secret.h"
#include "format/json.h"

/* Whether a delivery comes from the service: by a token that only it knows, an HMAC, or an
 * Ed25519 signature over the body's bytes, as the connector's table or the connection's `verify`
 * says. Loop thread. */
struct connection;
struct verifier;

/* A delivery as it arrived. All of it is borrowed. */
struct delivery {
    const char *(*header)(void *ud, const char *name); /* any case; NULL where it is not there */
    void *ud;
    const char *path_token; /* what follows /hooks/<connection>/, or NULL */
    const char *peer;       /* the sender's address, or NULL */
    const char *body;
    size_t len;
};

/* 0, or -1: ERR_AUTH a signature or a token in a header is missing or wrong (401); ERR_NOT_FOUND
 * the token in the address is missing or wrong (404, as if there were nothing); ERR_FORBIDDEN
 * the sender's address is not in allow_from (403). Closed: what is missing, empty or "N/A" is
 * wrong. */
int verify_webhook(const struct connection *c, const struct delivery *d, struct err *e);

/* Reads the settings once; config still has its secrets. ERR_CONFIG. NULL on error. */
struct verifier *verifier_new(const char *name, const json_t *connector_table, const json_t *config,
                              struct err *e);
void verifier_free(struct verifier *v);

/* Whether deliveries are taken from anybody (verify: none). */
_Bool verify_is_open(const struct connection *c);
/* What `ladle send` needs to sign a sample as the connection expects: {kind, header, encoding,
 * prefix, hash}; borrowed rule of the first scheme, NULL: none. The secret is lent by
 * verify_secret. */
const json_t *verify_rule(const struct connection *c);
const struct secret *verify_secret(const struct connection *c); /* of token and hmac; or NULL */
