/*
 * Notices a clock that was set. The engine's clock is held and follows the system's here only, in
 * one moment of the loop: the rows are moved by an operation that stands in the store's queue
 * between those that still went by the clock before and those that go by the new one. Loop thread.
 */
#include "daemon/clock_watch.h"

#include <assert.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "format/duration.h"
#include "store/clock_row.h"

enum { LOOK_EVERY_US = 1000 * 1000 };

struct clock_watch {
    struct store *store;
    void (*on_jump)(void *ud, int64_t by_us);
    void *ud;
    struct timer timer;
    size_t in_flight;
};

static void tell_jump(int64_t by_us)
{
    char length[64];
    duration_format(((by_us < 0 ? -by_us : by_us) + 500000) / 1000000 * 1000000, length,
                    sizeof length);
    log_warn("clock",
             "the clock was set %s by %s: waits move with it, and nothing is deleted for "
             "an hour",
             by_us < 0 ? "back" : "forward", length);
}

int clock_watch_take(struct store *s, struct err *e)
{
    struct clock_take take;
    clock_hold();
    clock_take_init(&take);
    if (store_exec(s, &take.op, e) == -1) {
        return -1;
    }
    if (take.by_us != 0) {
        tell_jump(take.by_us);
    }
    return 0;
}

static void rows_moved(struct store_op *op, const struct err *e)
{
    struct clock_watch *w = op->ud;
    w->in_flight--;
    if (e != NULL) { /* a stop: the next start finds the same jump */
        log_warn("clock", "what is due could not be moved: %s", e->message);
    }
    clock_move_free(list_entry(op, struct clock_move, op));
}

static void look_at_clock(struct timer *t)
{
    struct clock_watch *w = list_entry(t, struct clock_watch, timer);
    int64_t by_us = clock_look();
    timer_start(t, LOOK_EVERY_US);
    if (by_us == 0) {
        return;
    }
    tell_jump(by_us);
    struct clock_move *move = clock_move_new(by_us);
    move->op.done = rows_moved;
    move->op.ud = w;
    w->in_flight++;
    store_submit(w->store, &move->op);
    w->on_jump(w->ud, by_us);
}

struct clock_watch *clock_watch_new(struct loop *l, struct store *s,
                                    void (*on_jump)(void *ud, int64_t by_us), void *ud)
{
    struct clock_watch *w = xcalloc(1, sizeof *w);
    w->store = s;
    w->on_jump = on_jump;
    w->ud = ud;
    timer_init(&w->timer, l, look_at_clock);
    return w;
}

void clock_watch_start(struct clock_watch *w)
{
    timer_start(&w->timer, LOOK_EVERY_US);
}

void clock_watch_quiesce(struct clock_watch *w)
{
    timer_stop(&w->timer);
}

bool clock_watch_is_idle(const struct clock_watch *w)
{
    return w->in_flight == 0;
}

void clock_watch_free(struct clock_watch *w)
{
    if (w != NULL) {
        assert(clock_watch_is_idle(w));
        timer_stop(&w->timer);
        free(w);
    }
}
