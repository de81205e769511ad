/*
 * Lets one process at a time refresh a token, of all that work on a store. Before anything is sent
 * the lease of the token is taken in the store, in one transaction with the comparison that the
 * token is still the one we know. Who does not get it waits for a moment and looks at the stored
 * token again, until there is a new one or the lease is over; it never sends. The lease ends with
 * the commit of the new token, or is given back. What a holder that died left behind says that its
 * answer may have been lost. Loop thread.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/log.h"
#include "base/mem.h"
#include "token/token_state.h"

enum {
    SECOND_US = 1000 * 1000,
    LOOK_FIRST_US = 100 * 1000,
    LOOK_LONGEST_US = 2 * SECOND_US,
};

/* Looks again after a while: longer each time, and with jitter, until the lease is over at the
 * latest. */
static void wait_for_other(struct token *t)
{
    int64_t delay = LOOK_FIRST_US;
    for (int i = 0; i < t->looks && delay < LOOK_LONGEST_US; i++) {
        delay *= 2;
    }
    delay = delay < LOOK_LONGEST_US ? delay : LOOK_LONGEST_US;
    if (t->looks++ == 0 && t->ask.done != NULL) { /* a person sits there */
        log_warn("token",
                 "%s: another process asks for its token, or died meanwhile; waiting for "
                 "that to be over, at most %d seconds",
                 t->c->name, (LEASE_LENGTH_US + LEASE_SLACK_US) / SECOND_US);
    } else if (t->looks == 1) {
        log_info("token", "%s: another process refreshes its token", t->c->name);
    }
    t->phase = PHASE_WAITING;
    timer_start(&t->lease_timer, delay / 2 + (int64_t)clock_random_below((uint64_t)delay));
}

static void look_again(struct timer *timer)
{
    struct token *t = list_entry(timer, struct token, lease_timer);
    assert(t->phase == PHASE_WAITING);
    if (t->ask.done != NULL) { /* a person's token replaces whatever there is */
        token_lease(t, t->leased);
    } else {
        token_look(t);
    }
}

static void lease_answered(struct store_op *op, const struct err *e)
{
    struct lease_take *l = list_entry(op, struct lease_take, op);
    struct token *t = op->ud;
    struct lease_take copy = *l;
    lease_take_free(l);
    if (t == NULL) {
        return;
    }
    t->leasing = NULL;
    if (e != NULL) {
        token_fail(t, e);
    } else if (copy.verdict == LEASE_STALE && t->ask.done == NULL) {
        token_look(t);
    } else if (copy.verdict == LEASE_HELD) {
        wait_for_other(t);
    } else {
        FAULT("token.leased");
        t->looks = 0;
        t->has_lease = copy.verdict == LEASE_TAKEN;
        t->was_lost |= copy.is_unclear && t->ask.done == NULL;
        t->leased(t);
    }
}

void token_lease(struct token *t, void (*go)(struct token *))
{
    const struct connection_env *env = t->c->env;
    if (t->lease_timer.fn == NULL) {
        timer_init(&t->lease_timer, env->loop, look_again);
    }
    t->phase = PHASE_LEASING;
    t->leased = go;
    t->leasing = lease_take_new(t->c->name, env->owner);
    memcpy(t->leasing->expected, t->stored, sizeof t->stored);
    t->leasing->op.must_land = t->ask.done == NULL; /* a person can be told that it failed */
    t->leasing->op.done = lease_answered;
    t->leasing->op.ud = t;
    store_submit(env->store, &t->leasing->op);
}

static void ended(struct store_op *op, const struct err *e)
{
    struct lease_end *l = list_entry(op, struct lease_end, op);
    if (e != NULL) {
        log_warn("token", "the lease of %s was not given back: %s", l->name, e->message);
    }
    lease_end_free(l);
}

void token_end_lease(struct token *t)
{
    if (!t->has_lease) {
        return;
    }
    t->has_lease = false;
    struct lease_end *l = lease_end_new(t->c->name, t->c->env->owner, t->was_lost);
    l->op.must_land = true;
    l->op.done = ended;
    store_submit(t->c->env->store, &l->op);
}

void token_lease_fini(struct token *t)
{
    timer_stop(&t->lease_timer);
    if (t->leasing != NULL) {
        t->leasing->op.ud = NULL; /* the store hands it back when nobody is there any more */
    }
}
