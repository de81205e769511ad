/* Deletes from the store what is over and older than `retention` says. One sweep after the other:
 * each step is an operation of the store that looks at a bounded number of rows. The next step is
 * submitted only when the last is done and a little time has passed, so events and runs always come
 * first. For the same reason a step need not land: it is made again after a while. */
#include "daemon/keeper.h"

#include <assert.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/plural.h"

enum {
    STEP_ROWS = 200,
    STEP_PAUSE_US = 20000,
    FIRST_PAUSE_US = 1000000,      /* an engine that never lives for a minute keeps house, too */
    AGAIN_PAUSE_US = 10 * 1000000, /* after a step that failed */
    SWEEP_PAUSE_US = 60 * 1000000,
};

struct keeper {
    struct store *store;
    struct timer timer;
    struct prune prune;
    bool is_in_flight;
    bool is_stopped;
    int64_t deleted; /* of this sweep */
};

static void next_step(struct keeper *k, int64_t pause_us)
{
    if (!k->is_stopped) {
        timer_start(&k->timer, pause_us);
    }
}

static void step_done(struct store_op *op, const struct err *e)
{
    struct keeper *k = op->ud;
    k->is_in_flight = false;
    if (e != NULL) {
        if (e->kind != ERR_STORE && e->kind != ERR_STORE_FULL) { /* these the store logs itself */
            log_warn("store", "could not look for rows whose time is over: %s", e->message);
        }
        next_step(k, AGAIN_PAUSE_US);
        return;
    }
    k->deleted += k->prune.deleted;
    if (prune_again(&k->prune)) {
        /* Where a step found all that it may delete, rows come faster than a rest allows. */
        next_step(k, k->prune.deleted >= STEP_ROWS ? 0 : STEP_PAUSE_US);
        return;
    }
    if (k->deleted > 0) {
        log_info("store", "%lld %s over are gone", (long long)k->deleted,
                 plural(k->deleted, "row whose time was", "rows whose time was"));
    }
    k->deleted = 0;
    next_step(k, SWEEP_PAUSE_US);
}

static void begin_step(struct timer *t)
{
    struct keeper *k = list_entry(t, struct keeper, timer);
    k->prune.op.done = step_done;
    k->prune.op.ud = k;
    k->is_in_flight = true;
    store_submit(k->store, &k->prune.op);
}

struct keeper *keeper_new(struct loop *l, struct store *s, const struct retention *keep)
{
    struct keeper *k = xcalloc(1, sizeof *k);
    k->store = s;
    timer_init(&k->timer, l, begin_step);
    prune_init(&k->prune, keep, STEP_ROWS);
    return k;
}

void keeper_start(struct keeper *k)
{
    next_step(k, FIRST_PAUSE_US);
}

void keeper_quiesce(struct keeper *k)
{
    k->is_stopped = true;
    timer_stop(&k->timer);
}

bool keeper_is_idle(const struct keeper *k)
{
    return !k->is_in_flight;
}

void keeper_free(struct keeper *k)
{
    if (k != NULL) {
        assert(keeper_is_idle(k));
        timer_stop(&k->timer);
        free(k);
    }
}
