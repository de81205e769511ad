#pragma once

#include "token/token_pair.h"

/* OAuth 2.0 (RFC 6749) as data: how a connection's service is asked for a token, and what its
 * answer means. Each setting is the connection's own where ladle.yaml has it, else that of `auth`
 * in the connector's table (scripts/connectors/README.md). Loop thread. */

/* A setting that is any value, or NULL; a text, or NULL; whether a text is `value`. Borrowed. */
json_t *token_setting(const struct connection *c, const char *key);
const char *token_setting_text(const struct connection *c, const char *key);
bool token_setting_is(const struct connection *c, const char *key, const char *value);
/* Whether it fetches its tokens itself, with nothing but its client id and secret (RFC 6749, 4.4).
 */
bool token_is_self_granted(const struct connection *c);
/* The scopes that are asked for, parted by `separator`, "" for none. Yours. */
char *token_scopes_wanted(const struct connection *c, const char *separator);
const char *token_scope_separator(const struct connection *c); /* in links and requests; borrowed */

/* One request to the token endpoint. */
struct token_grant {
    const char *type;  /* "refresh_token", "authorization_code", "client_credentials" */
    const char *field; /* the name that `value` goes under; NULL: none */
    const struct secret *value;
    const char *redirect_uri;      /* or NULL */
    const struct secret *verifier; /* of PKCE, or NULL */
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
/* Reads an answer. `before` is the pair that was refreshed: what the answer leaves out (a refresh
 * token that stays good, scopes, account) is as it was; NULL for a new authorisation, where scopes
 * that the answer leaves out are those asked for. ERR_AUTH: the service refuses, and would again.
 * ERR_RATE_LIMITED, ERR_UNAVAILABLE: not just now. ERR_PROTOCOL: a success without a token. */
int token_grant_read(struct token_pair *out, const struct connection *c,
                     const struct http_response *res, const struct token_pair *before,
                     struct err *e);
/* Reads the body of an answer that is known to be a success. ERR_PROTOCOL. */
int token_grant_read_body(struct token_pair *out, const struct connection *c, const json_t *body,
                          struct err *e);
