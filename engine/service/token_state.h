#pragma once

#include "crypto/sign.h"
#include "service/token_pair.h"
#include "store/secret_row.h"

/* For the token's own files: what a token is made of. token.c keeps it fresh, token_ask.c does what
 * a person asks for. Loop thread. */
enum token_kind { KIND_NONE, KIND_STATIC, KIND_OAUTH };
enum token_state { STATE_NEW, STATE_CONNECTED, STATE_BROKEN };
enum token_phase { PHASE_IDLE, PHASE_LOOKING, PHASE_ASKING, PHASE_COMMITTING };

/* What a person asked for with `ladle connect`. */
struct ask {
    token_done_fn done; /* NULL: nothing is asked */
    void *ud;
    enum token_kind kind; /* that it is good for */
    const char *type;     /* of the grant; NULL: the value is the token itself */
    const char *field;
    struct secret *value;
    char *redirect_uri; /* or NULL */
};

struct token {
    struct connection *c;
    enum token_kind kind;
    bool is_configured; /* the token stands in the configuration, not in the store */
    enum token_state state;
    char *reason; /* of broken */
    int64_t since_us;
    struct token_pair pair; /* in use; pair.access NULL: none */
    struct token_pair next; /* granted and not yet committed */
    /* Digests of the sealed bytes that are stored, and of those being written: a token that is
     * stored again has others, even if it is the same token. */
    char stored[SIGN_SHA256_HEX + 1];
    char storing[SIGN_SHA256_HEX + 1];
    uint64_t generation;   /* of pair, from 1 */
    int64_t refresh_at_us; /* wall; 0: never */
    enum token_phase phase;
    int failures;        /* refreshes in a row that came to nothing */
    int64_t retry_at_us; /* wall */
    bool was_lost;       /* the answer to the last refresh did not come */
    bool wants_reload;
    struct err last;
    struct ask ask;
    struct list waiters;
    struct timer timer;
    struct timer ask_timer; /* begins what was asked for from the loop */
    struct http_call *http;
    struct secret_get *reading;
    struct connection_put *writing;
};

/* Writes t->next and the state that goes with it; then answers who waits and who asked. */
void token_commit(struct token *t);
/* Sends a request to the token endpoint, and commits what it brings. */
void token_send(struct token *t, const struct token_grant *g);

/* --- token_ask.c --- */
void token_begin_ask(struct timer *timer);
void token_answer_ask(struct token *t, const struct err *e); /* nothing where nobody asks */
void token_ask_fini(struct ask *ask);
