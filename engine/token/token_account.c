/*
 * Gets the token of a parent's account. It is asked for with the parent's token, as a call of the
 * parent (so it waits for that token, for the parent's limit and for the breaker), and then lives
 * like any other: refreshed with its own refresh token where it has one. Where that is refused, or
 * an answer was lost, it is asked for again in the same way, which does no harm. Loop thread.
 */
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "connection/connection_state.h"
#include "store/account_row.h"
#include "token/token_state.h"

/* The parent's token did not do: it is broken, or lacks a scope. That is not the account's trouble;
 * a person has to help, and then all accounts go on. */
static bool is_of_agency(const struct token *t, const struct err *e)
{
    return token_is_broken(t->c->parent->token) || e->status == 401;
}

/* An answer that says what will be said again. */
static bool is_refusal(const struct err *e)
{
    return e->status >= 400 && e->status < 500 && !err_is_retryable(e->kind);
}

/* The answer must be for the account that was asked for. */
static int read_pair(struct token *t, const json_t *output, struct err *e)
{
    struct token_pair pair = { .access = NULL };
    if (token_grant_read_body(&pair, t->c, output, e) == -1) {
        return -1;
    }
    if (pair.account != NULL && strcmp(pair.account, t->c->account) != 0) {
        (void)err_set(e, ERR_PROTOCOL, "the service gave a token of %.64s", pair.account);
        token_pair_fini(&pair);
        return -1;
    }
    token_pair_fini(&t->next);
    t->next = pair;
    return 0;
}

static void account_exchanged(void *ud, json_t *output, const struct err *e, const char *answer)
{
    struct token *t = ud;
    t->has_exchange = false;
    struct err bad = e != NULL ? *e : ERR_INIT;
    if (e == NULL && read_pair(t, output, &bad) == 0) {
        t->is_exchanging = false;
        token_commit(t);
    } else if (is_refusal(&bad) && !is_of_agency(t, &bad)) {
        token_refuse(t, &bad);
        t->is_exchanging = false;
    } else {
        bad.kind = is_of_agency(t, &bad) ? ERR_AUTH : bad.kind;
        t->is_exchanging = false;
        t->was_lost = false; /* to ask again does no harm */
        token_fail(t, &bad);
    }
}

void token_exchange(struct token *t)
{
    t->phase = PHASE_ASKING;
    t->is_exchanging = true;
    t->has_exchange = true;
    t->news->exchange(t->news->ud, t->c, account_exchanged, t);
}

/* --- what becomes of an account --- */

bool token_is_quiet(const struct token *t)
{
    return t->phase == PHASE_IDLE && list_is_empty(&t->waiters) && !t->wants_reload &&
           t->state != STATE_SUSPENDED;
}

bool token_is_removed(const struct token *t)
{
    return t->state == STATE_SUSPENDED && t->pair.access == NULL;
}

void token_remove(struct token *t, bool keeps)
{
    if (!keeps) {
        token_pair_fini(&t->pair);
        t->stored[0] = '\0';
    }
    t->is_unknown = false;
    token_suspend(t, ACCOUNT_REMOVED_REASON);
}

void token_reinstall(struct token *t)
{
    if (token_is_broken(t)) {
        token_set_state(t, t->pair.access != NULL ? STATE_CONNECTED : STATE_NEW, NULL);
    }
    t->pauses = 0;
    t->retry_at_us = 0;
    token_schedule(t);
    token_tell_recovered(t);
}

void token_revive(struct token *t)
{
    if (t->state == STATE_BROKEN) {
        token_set_state(t, t->pair.access != NULL ? STATE_CONNECTED : STATE_NEW, NULL);
    }
    t->retry_at_us = t->state == STATE_SUSPENDED ? t->retry_at_us : 0;
}
