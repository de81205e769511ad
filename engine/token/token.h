#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/list.h"
#include "base/secret.h"
#include "format/json.h"

/* What a connection shows to its service: nothing, a token that a person gave (with a second one
 * that takes over when the service refuses it), or an OAuth pair that refreshes itself. At most one
 * refresh is under way; a new pair is committed before it is used, and a refresh token that worked
 * is never sent again (promise P7), unless the process dies between the answer and the commit. Loop
 * thread. */
struct connection;
struct connection_row;
struct token;

/* What a token tells and asks of those above it; borrowed, and outlives the token. */
struct token_news {
    /* The connection works again, or has a new token: runs that wait for it may go on. May be NULL. */
    void (*recovered)(void *ud, struct connection *c);
    /* Asks for the token of an account, by a call of its parent: done is called once, later, with
     * what the service answered (borrowed) or with e. May be NULL where there are no parents. */
    void (*exchange)(void *ud, struct connection *account,
                     void (*done)(void *ud, json_t *output, const struct err *e,
                                  const char *answer),
                     void *done_ud);
    void *ud;
};

/* ERR_CONFIG where `auth` and the settings beside it do not fit the connector. */
struct token *token_new(struct connection *c, const struct token_news *news, struct err *e);
void token_free(struct token *t); /* nobody may wait any more */

/* --- for calls --- */

struct token_wait {
    struct list link; /* private */
    /* In the loop; e NULL: token_access is good. */
    void (*ready)(struct token_wait *w, const struct err *e);
};

/* 1: token_access may be used now. 0: a refresh is under way, w->ready is called later. -1:
 * ERR_AUTH (a person must help), or what stood in the way of the refresh, with retry_at_us.
 * `refused` is the generation of the token that the service just refused, 0: none. */
int token_get(struct token *t, uint64_t refused, struct token_wait *w, struct err *e);
void token_cancel(struct token *t, struct token_wait *w); /* may be called twice */
/* Borrowed; NULL: the connection needs none. */
const struct secret *token_access(const struct token *t);
uint64_t token_generation(const struct token *t);
/* Whether another token can be had by itself once the service refuses this one. */
bool token_is_renewable(const struct token *t);
const char *token_account(const struct token *t); /* that the token says, or NULL; borrowed */

/* --- state --- */

/* A person must help, or it is suspended. */
bool token_is_broken(const struct token *t);
/* What a person can do so that the service lets the connection in, by its kind of authorisation:
 * "run `ladle connect crm`". Without the dot at its end; yours. */
char *token_remedy(const struct token *t);
/* Whether a person gives the connection its token: `auth: token`. */
bool token_is_given(const struct connection *c);
/* 0 where a person can authorise it without a change of ladle.yaml; ERR_CONFIG with the remedy where
 * it shows no token, or has it in ladle.yaml. */
int token_check_connect(const struct connection *c, struct err *e);
/* The service said this of a call with the token: suspends the connection where the connector knows
 * the words. */
void token_note_refusal(struct token *t, const char *message);
/* Adds state, reason, since, remedy, expires_at, scopes and account. */
void token_describe(const struct token *t, json_t *out);
/* Reads what is stored, at once; before store_start. row: the state that is stored, or NULL. */
int token_load(struct token *t, const struct connection_row *row, struct err *e);
/* Another process may have stored a new token: looks, in the background. */
void token_reload(struct token *t);

/* Something is under way that a stop is to wait for; is_late: the commit of what was granted. */
bool token_is_busy(const struct token *t, bool is_late);

/* --- of a parent's accounts (token_account.c) --- */

bool token_is_quiet(const struct token *t); /* nothing is under way, nor to be tried again */
/* It is suspended and has no token: the app is not installed there. */
bool token_is_removed(const struct token *t);
/* The app was removed; with `keeps` what it has may serve again. The row is written already. */
void token_remove(struct token *t, bool keeps);
/* The app was installed: it is tried again, and runs that wait for it go on. */
void token_reinstall(struct token *t);
/* Its parent works again: what was broken is tried when it is needed. */
void token_revive(struct token *t);

/* --- for `ladle connect` --- */

typedef void (*token_done_fn)(void *ud, const struct err *e);

/* The address at which a person authorises a connection. Members may be NULL. */
struct token_link {
    const char *redirect_uri;
    const char *state;
    const char *challenge;    /* of PKCE, S256 */
    bool is_white_label;      /* at the service's other host */
    const char *install_link; /* that the service shows for the app; it has the app's scopes */
};
/* Yours. NULL and ERR_CONFIG where the connection has no OAuth that a person takes part in, or no
 * second host; ERR_INVALID where the install link is not of this service and this client. */
char *token_authorize_url(const struct connection *c, const struct token_link *l, struct err *e);

struct token_code {
    const struct secret *code;
    const char *redirect_uri;      /* as in the link, or NULL */
    const struct secret *verifier; /* of PKCE, or NULL */
    bool is_install; /* began at the service: only for the account that the connection has */
};
/* Each stores the token, committed, then calls done from the loop, once; one at a time
 * (token_is_asked). A refresh that is under way is waited for, at most half a minute:
 * ERR_UNREACHABLE then, as where the service cannot be reached and nothing was sent. What fails
 * changes nothing: ERR_AUTH where the service refuses, ERR_CONFLICT where the token is of another
 * account than the connection, ERR_STORE or ERR_STORE_FULL where the store cannot take it now; what
 * the service has granted by then waits until it can. They need a running loop and a started store.
 */
bool token_is_asked(const struct connection *c);
/* Whether this error of one of them says that nothing was sent: a code is not used up. */
bool token_was_not_sent(const struct err *e);
/* Who asked is gone: what has begun goes on, and nobody is told of its end. */
void token_disown(struct connection *c);
void token_exchange_code(struct connection *c, const struct token_code *code, token_done_fn done,
                         void *ud);
void token_exchange_refresh(struct connection *c, const struct secret *refresh_token,
                            token_done_fn done, void *ud);
/* The scopes that were asked for and not granted, space separated; "" for none, or where the
 * service does not say what it granted. Yours. */
char *token_scopes_missing(const struct connection *c);
/* The first token of a connection with client credentials, which fetches all others by itself. */
void token_fetch(struct connection *c, token_done_fn done, void *ud);
void token_store(struct connection *c, const struct secret *token, token_done_fn done, void *ud);
/* Stores a second private token beside the one in use. ERR_CONFLICT where there is none in use, or
 * it is the same. */
void token_store_next(struct connection *c, const struct secret *token, token_done_fn done,
                      void *ud);
