#pragma once

#include "crypto/sign.h"
#include "store/lease_row.h"
#include "store/secret_row.h"
#include "token/token.h"
#include "token/token_grant.h"

/* For the token's own files: what a token is made of. token.c keeps it fresh, token_lease.c sees to
 * it that one process at a time does, token_account.c gets that of a parent's account, token_ask.c
 * does what a person asks for, token_second.c switches to a second private token. Loop thread. */
enum token_kind { KIND_NONE, KIND_STATIC, KIND_OAUTH };
enum token_state { STATE_NEW, STATE_CONNECTED, STATE_BROKEN, STATE_SUSPENDED };
enum token_phase {
    PHASE_IDLE,
    PHASE_LOOKING, /* at the stored token */
    PHASE_LEASING, /* asks the store for the lease */
    PHASE_WAITING, /* another process has it: looks again after a while */
    PHASE_ASKING,
    PHASE_COMMITTING
};

/* What a person asked for with `ladle connect`. */
struct ask {
    token_done_fn done; /* NULL: nothing is asked */
    void *ud;
    enum token_kind kind; /* that it is good for */
    const char *type;     /* of the grant; NULL: the value is the token itself */
    const char *field;    /* NULL: the grant has no value */
    struct secret *value;
    char *redirect_uri;      /* or NULL */
    struct secret *verifier; /* of PKCE, or NULL */
    bool keeps_account;      /* the new token must be of the account that the old one is of */
    bool is_next;            /* the value is to be the second token */
};

/* The token that takes over when the service refuses the one in use; private tokens only. */
struct token_second {
    struct secret *configured; /* `token_next` of ladle.yaml, not used yet; or NULL */
    bool is_stored;            /* one is in the store, as far as the last look at the token saw */
    struct token_pair found;   /* that the last look found in the store; access NULL: none */
    int64_t found_us;          /* when it was stored */
    bool is_switching;         /* the commit under way is the switch */
    struct secret_put *writing;
};

struct token {
    struct connection *c;
    const struct token_news *news;
    enum token_kind kind;
    bool is_configured;   /* the token stands in the configuration, not in the store */
    bool is_self_granted; /* by client credentials: no person is needed */
    enum token_state state;
    char *reason; /* of broken and suspended */
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
    int pauses;          /* times in a row that it was suspended */
    bool is_unknown;     /* of an account: nobody has looked at its rows yet */
    bool is_exchanging;  /* of an account: asks with its parent's token */
    bool has_exchange;   /* and that call is under way */
    bool has_lease;
    int looks;                      /* while another process had the lease */
    void (*leased)(struct token *); /* what to do with the lease */
    struct lease_take *leasing;
    struct timer lease_timer;
    bool wants_reload;
    struct err last;
    struct ask ask;
    struct ask next_ask; /* until what is under way is over */
    int ask_tries;       /* how often it looked */
    struct token_second second;
    struct list waiters;
    struct timer timer;
    struct timer ask_timer; /* begins next_ask from the loop */
    struct http_call *http;
    struct secret_get *reading;
    struct connection_put *writing;
};

/* --- token.c --- */
const char *token_state_name(enum token_state s);
void token_set_state(struct token *t, enum token_state state, const char *reason);
/* Makes the pair the one in use; takes it. */
void token_adopt(struct token *t, struct token_pair *pair);
/* Nothing is under way any more. */
void token_become_idle(struct token *t);
/* The row that says its state, with what is told of the pair; a lease ends with it. Yours. */
struct connection_put *token_put(const struct token *t, const struct token_pair *pair);
/* What is set going again from the loop. */
void token_on_timer(struct timer *timer);
/* The refresh came to nothing, and is tried again later. */
void token_fail(struct token *t, const struct err *e);
/* The service refuses for good: breaks the connection, or suspends it where it says so in words
 * that the connector knows. */
void token_refuse(struct token *t, const struct err *e);
/* It is not let in for a while; a wait of an hour, and longer each time, then it is tried again. */
void token_suspend(struct token *t, const char *reason);
/* Arms the timer for the next thing to do unasked. */
void token_schedule(struct token *t);
/* Runs that wait for the connection may go on. */
void token_tell_recovered(struct token *t);
/* Writes t->next and the state that goes with it; then answers who waits and who asked. */
void token_commit(struct token *t);
/* Sends a request to the token endpoint, and commits what it brings. */
void token_send(struct token *t, const struct token_grant *g);
/* Reads the stored token again, and goes on with what is to be done. */
void token_look(struct token *t);
/* Nothing helps but a person: breaks the connection, and tells who waits. */
void token_give_up(struct token *t, const char *reason);

/* --- token_lease.c --- */
/* Calls go(t) once this process alone may ask for a new token; until then another process is waited
 * for, and looked whether it has stored one. */
void token_lease(struct token *t, void (*go)(struct token *));
/* Nothing new came of it. */
void token_end_lease(struct token *t);
void token_lease_fini(struct token *t);

/* --- token_account.c --- */
/* Asks for an account's token with that of its parent, and commits what comes. */
void token_exchange(struct token *t);

/* --- token_ask.c --- */
void token_begin_ask(struct timer *timer);
void token_answer_ask(struct token *t, const struct err *e); /* nothing where nobody asks */
/* Whether what was granted to who asks is of the account that the connection is for. */
int token_check_ask(const struct token *t, const struct token_pair *granted, struct err *e);
void token_ask_fini(struct ask *ask);

/* --- token_second.c --- */
/* A look at the stored token is to tell of a second one, too; and what it told. */
void token_second_ask(const struct token *t, struct secret_get *get);
void token_second_seen(struct token *t, const struct secret_get *get);
/* Takes `token_next` of the configuration. */
void token_second_init(struct token *t);
void token_second_fini(struct token *t);
/* Of a configured token: takes the second one at once where the first was refused in an earlier
 * life. Before store_start. */
int token_second_load(struct token *t, struct err *e);
/* The service refused the token in use: looks for a second one, then at the stored token
 * (token_look), and then token_second_use is to be called. */
void token_second_look(struct token *t);
/* Commits the switch to the second token that was found, or gives up. */
void token_second_use(struct token *t);
/* Makes the commit of a new token that of the switch, where it is one. */
void token_second_fill(const struct token *t, struct connection_put *put);
/* The switch is committed. */
void token_second_done(struct token *t);
/* Stores the value that was asked for as the second token. */
void token_second_store(struct token *t);
