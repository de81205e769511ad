#pragma once

#include "connection/connection_state.h"
#include "crypto/vault.h"
#include "store/flow_row.h"
#include "token/token.h"

/* An authorisation from the link that a person opens to the callback that brings the code: what the
 * callback is checked against. It lies sealed in the store, found by a digest of its state, so it
 * survives a restart, and who reads the store cannot finish it. Loop thread. */
enum token_flow_state {
    FLOW_PENDING, /* the link was shown */
    FLOW_TAKEN,   /* its code is being exchanged, or was when the process ended */
    FLOW_DONE,
    FLOW_FAILED
};

#define TOKEN_FLOW_LIFE_US (INT64_C(600) * 1000000)

struct token_flow {
    char *name; /* of its row */
    char *connection;
    char *redirect_uri;      /* as in the link; or NULL */
    struct secret *verifier; /* of PKCE; or NULL */
    int64_t expires_us;      /* wall */
    enum token_flow_state state;
    char *message;   /* of FAILED: why; or NULL */
    uint8_t *sealed; /* as it is in the store; NULL: not yet */
    size_t len;
};

void token_flow_fini(struct token_flow *f); /* scrubs; may be used again */

/* Begins one: a state of 32 random bytes and, where the service takes it, a PKCE verifier. *link is
 * the link to open, yours. `l` says the rest of the link; its state and challenge are ignored.
 * Errors of token_authorize_url. The flow is to be written before the link is shown. */
int token_flow_begin(const struct connection *c, const struct token_link *l, struct token_flow *out,
                     char **link, struct err *e);
/* The row of the flow with this state; yours. NULL where it cannot be one. */
char *token_flow_name(const char *state);
/* ERR_CONFIG where it cannot be opened. */
int token_flow_open(struct token_flow *out, const struct vault *v, const char *name,
                    const uint8_t *sealed, size_t len, struct err *e);
bool token_flow_is_expired(const struct token_flow *f);
/* The op that writes the flow as it is now over what was read. Yours. Once it is committed, call
 * token_flow_written before the next. */
struct flow_put *token_flow_put(const struct token_flow *f, const struct vault *v);
void token_flow_written(struct token_flow *f, const struct flow_put *p);
/* Sets the state, and the message of one that failed (copied; or NULL). */
void token_flow_set(struct token_flow *f, enum token_flow_state state, const char *message);

/* Whether a callback's `iss` (RFC 9207; or NULL) is that of the connection's service, where the
 * settings say what that is. */
bool token_issuer_fits(const struct connection *c, const char *iss);
/* base64url of the SHA-256 of a verifier (RFC 7636, 4.2). Yours. */
char *token_flow_challenge(const struct secret *verifier);
/* "https://hooks.example.com/oauth/callback": what the connection says, else below the engine's
 * address as browsers call it, or NULL. Yours; NULL where none can be told. */
char *token_redirect_uri(const struct connection *c, const char *base_url);
