#pragma once

#include "crypto/vault.h"
#include "service/connection.h"

/* The values of a token: as they lie in the vault, and as an authorisation server gives them. */
struct token_pair {
    struct secret *access;
    struct secret *refresh; /* NULL: a token that a person gave */
    int64_t expires_us;     /* wall time; 0: never or unknown */
    int64_t lifetime_us;    /* from its making; 0: unknown */
    char *scopes;           /* space separated, or NULL */
    char *account;          /* or NULL */
};

void token_pair_fini(struct token_pair *p); /* scrubs; may be used again */

/* "token:crm"; yours. */
char *token_pair_name(const char *connection);
void token_pair_seal(const struct token_pair *p, const struct vault *v, const char *name,
                     uint8_t **sealed, size_t *len);
int token_pair_open(struct token_pair *out, const struct vault *v, const char *name,
                    const uint8_t *sealed, size_t len, struct err *e);

/* --- grants --- */

/* One request to the token endpoint. */
struct token_grant {
    const char *type;  /* "refresh_token", "authorization_code" */
    const char *field; /* the name that `value` goes under */
    const struct secret *value;
    const char *redirect_uri; /* or NULL */
};

/* Who is told of the answer, and what is under way. */
struct token_sending {
    http_done_fn done; /* as in net/http_client.h */
    void *ud;
    struct http_call *call; /* out */
};

/* ERR_CONFIG where the connection names no endpoint or no client. */
int token_grant_send(struct connection *c, const struct token_grant *g, struct token_sending *how,
                     struct err *e);
/* Reads a 2xx answer. `refresh` is the token that was used: kept where the answer has no new
 * one. ERR_PROTOCOL. */
int token_grant_read(struct token_pair *out, const struct connection *c,
                     const struct http_response *res, const struct secret *refresh, struct err *e);
