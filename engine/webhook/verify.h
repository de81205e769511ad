#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/secret.h"
#include "crypto/sign.h"
#include "format/json.h"

/* Whether a delivery comes from the service: by a token that only it knows, an HMAC, or an
 * Ed25519 or RSA signature over what was sent, as the connector's table or the connection's
 * `verify` says (scripts/lib/signatures.lua). Loop thread. */
struct connection;
struct verifier;

/* A delivery as it arrived. All of it is borrowed. */
struct delivery {
    const char *(*header)(void *ud, const char *name); /* any case; NULL where it is not there */
    const char *(*query)(void *ud, const char *name);  /* decoded; or NULL: there is no query */
    void *ud;
    const char *path_token; /* what follows /hooks/<connection>/, or NULL */
    const char *peer;       /* the sender's address, or NULL: unknown */
    const char *url;        /* the public one, as the sender called it, or NULL: unknown */
    const char *body;
    size_t len;
};

/* Why a delivery is not let in, from the least telling to the most: of several schemes the last one
 * counts. */
enum refusal {
    REFUSED_NOT,       /* it is let in */
    REFUSED_SENDER,    /* the address is not in allow_from */
    REFUSED_UNSIGNED,  /* no signature, no token; also an empty one and "N/A" */
    REFUSED_MALFORMED, /* there is one, but it cannot be read */
    REFUSED_WRONG,     /* it does not fit: a forgery, or a key that has changed */
    REFUSED_STALE,     /* it fits, and is older (or newer) than the tolerance */
};
const char *refusal_name(enum refusal r); /* "sender", "unsigned" …: for metrics */

/* REFUSED_NOT, or why not, and *e: ERR_AUTH (401), ERR_NOT_FOUND the token in the address is
 * missing or wrong (404, as if there were nothing), ERR_FORBIDDEN the sender (403). Closed: what is
 * missing, empty or "N/A" is wrong. The message holds nothing of what was sent. */
enum refusal verify_webhook(const struct connection *c, const struct delivery *d, struct err *e);

/* Reads the settings once; config still has its secrets. NULL and ERR_CONFIG, about the setting
 * (err_about). */
struct verifier *verifier_new(const json_t *connector_table, const json_t *config, struct err *e);
void verifier_free(struct verifier *v);

/* Whether the sender is to be asked for user and password. */
bool verify_is_basic(const struct connection *c);
/* Whether the address is part of what is signed, so that `url` of a delivery matters. */
bool verify_signs_url(const struct connection *c);
/* The header in which a token stands as it is, and which must not be stored; or NULL. Borrowed. */
const char *verify_token_header(const struct connection *c);
/* The token at the end of the address, or NULL where there is none. Borrowed. */
const struct secret *verify_path_token(const struct connection *c);
/* The query field that has to hold the SHA-256 of a body that is no form, or NULL. Borrowed. */
const char *verify_body_digest(const struct connection *c);

/* --- what else the connection's scheme says of deliveries (scheme.c) --- */

/* The id that tells this delivery from its repeats, or NULL: the scheme knows none, or it is not
 * there. event may be NULL. Yours. */
char *scheme_id(const struct connection *c, const struct delivery *d, const json_t *event);
/* The event's type in the sender's own words, or NULL. Yours. */
char *scheme_type(const struct connection *c, const struct delivery *d, const json_t *event);
/* What a sender that tries out the address wants back, or NULL where this is no such try.
 * Borrowed from event. */
const char *scheme_challenge(const struct connection *c, const json_t *event);
/* {status, content_type?, body}: what it wants to read in place of our own answer, or NULL. */
const json_t *scheme_answer(const struct connection *c);

/* --- signing as the service would, for samples (verify_make.c) --- */

struct signing {
    const struct sign_key *key; /* private, for a scheme of public keys; or NULL */
    const char *url;            /* the public one, with its query */
    const char *content_type;
    const char *body;
    size_t len;
    const char *id; /* of the delivery, in the headers that the scheme has for it */
};
/* Whether samples for this connection are signed by a key of ours. */
bool verify_needs_key(const struct connection *c);
/* The headers of the delivery, name -> text; {} where there is nothing to sign. NULL and ERR_CONFIG
 * where it cannot be signed. Yours. */
json_t *verify_sign(const struct connection *c, const struct signing *s, struct err *e);
