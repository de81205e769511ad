#pragma once

#include "connection/connection_state.h"
#include "crypto/vault.h"

/* The values of a token, as they lie in the vault. */
enum { TOKEN_MAX = 16 * 1024 }; /* bytes of one token; JWTs of a few KiB are common */

/* Where a token is from. Stores of before do not say it. */
enum token_origin { TOKEN_FROM_UNKNOWN, TOKEN_FROM_PERSON, TOKEN_FROM_GRANT };

struct token_pair {
    enum token_origin origin;
    struct secret *access;
    struct secret *refresh; /* NULL: a token that a person gave */
    int64_t expires_us;     /* wall time; 0: never or unknown */
    int64_t lifetime_us;    /* from its making; 0: unknown */
    char *scopes;           /* space separated, or NULL */
    char *account;          /* or NULL */
};

void token_pair_fini(struct token_pair *p); /* scrubs; may be used again */

/* Whether the scopes of a token, parted by blanks or commas, have this one. */
bool token_pair_has_scope(const char *scopes, const char *scope, size_t len);

/* "token:crm"; yours. */
char *token_pair_name(const char *connection);
void token_pair_seal(const struct token_pair *p, const struct vault *v, const char *name,
                     uint8_t **sealed, size_t *len);
/* A token as JSON text; NULL where it is empty, too long or no text. Yours. */
struct secret *token_pair_secret(const json_t *v);
int token_pair_open(struct token_pair *out, const struct vault *v, const char *name,
                    const uint8_t *sealed, size_t len, struct err *e);
