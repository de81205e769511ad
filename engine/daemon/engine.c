/*
 * Starts the parts of the engine (parts.c), turns its loop and stops them.
 *
 * A stop asks all parts to take on nothing new, and then closes them from the top, each once it is
 * idle: requests that were read are answered, then events have their runs, then runs are over, then
 * what they called is, and the store is the last. For GRACE_US all of that takes the time it needs;
 * then what is under way is cut off: runs are put back, and only what must be written is waited
 * for. After another DISK_US the store gives up what it cannot write. So the end comes from the
 * parts themselves, with every operation back where it belongs; the time limit behind it is for a
 * disk that does not answer at all. Loop thread.
 */
#include "daemon/engine.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon/announce.h"
#include "daemon/parts.h"
#include "daemon/time_limit.h"
#include "format/date.h"
#include "script/catalog.h"

enum {
    GRACE_US = 5000000,
    DISK_US = 2000000,
    LIMIT_S = 10, /* what container runtimes give before they kill */
};

/* --- a turn of the loop --- */

static void close_idle(struct engine *en)
{
    size_t count;
    const struct part *all = parts_all(&count);
    while (en->open_count > 0) {
        const struct part *top = &all[en->open_count - 1];
        if (top->is_idle != NULL && !top->is_idle(en)) {
            return;
        }
        top->close(en);
        en->open_count--;
    }
    loop_stop(en->loop);
}

/* The order of a turn: the loop has called back what came in and fired what is due, and the door has
 * taken requests. Now schedules that are due are looked at, the strands that were woken run, what runs did is submitted, and behind this
 * the store hands all that was submitted to its writer, as one batch. */
static bool turn_engine(void *ud)
{
    struct engine *en = ud;
    bool has_due = en->schedules != NULL && schedules_turn(en->schedules);
    bool has_more = (en->strands != NULL && strands_run(en->strands)) || has_due;
    if (en->runner != NULL) {
        runner_turn(en->runner);
    }
    if (en->is_stopping) {
        close_idle(en);
    }
    return has_more;
}

/* --- stop --- */

static void on_disk_time_over(struct timer *t)
{
    struct engine *en = list_entry(t, struct engine, stop_timer);
    if (!store_is_idle(en->store)) {
        log_error("engine", "the disk takes nothing: what could not be stored is left out");
    }
    store_give_up(en->store);
}

static void on_grace_over(struct timer *t)
{
    struct engine *en = list_entry(t, struct engine, stop_timer);
    size_t count;
    const struct part *all = parts_all(&count);
    for (size_t i = en->open_count; i > 0; i--) {
        if (all[i - 1].cut != NULL) {
            all[i - 1].cut(en);
        }
    }
    t->fn = on_disk_time_over;
    timer_start(t, DISK_US);
}

static void begin_stop(struct engine *en)
{
    size_t count;
    const struct part *all = parts_all(&count);
    en->is_stopping = true;
    time_limit_set(LIMIT_S);
    for (size_t i = en->open_count; i > 0; i--) {
        if (all[i - 1].quiesce != NULL) {
            all[i - 1].quiesce(en);
        }
    }
    timer_start(&en->stop_timer, GRACE_US);
}

static void on_engine_signal(void *ud, int signum)
{
    struct engine *en = ud;
    if (en->is_stopping) {
        _exit(128 + signum);
    }
    if (en->has_failed) {
        log_info("engine", "stopping: nothing had begun");
        en->is_stopping = true;
        return;
    }
    FAULT("engine.stopping");
    log_info("engine", "stopping: finishing what is in flight (again to stop at once)");
    begin_stop(en);
}

/* --- start --- */

static int open_parts(struct engine *en, struct err *e)
{
    size_t count;
    const struct part *all = parts_all(&count);
    for (size_t i = 0; i < count; i++) {
        en->open_count = i + 1; /* one that fails half-way is closed, too */
        if (all[i].open(en, e) == -1) {
            return -1;
        }
    }
    return 0;
}

static int start_parts(struct engine *en, struct err *e)
{
    size_t count;
    const struct part *all = parts_all(&count);
    for (size_t i = 0; i < count; i++) {
        if (all[i].start != NULL && all[i].start(en, e) == -1) {
            return -1;
        }
    }
    return 0;
}

/* Signals from the first moment on: one that comes while the parts are opened is seen by the first
 * turn. */
static int watch_signals(struct engine *en, struct err *e)
{
    return loop_on_signal(en->loop, SIGTERM, on_engine_signal, en, e) == -1
               ? -1
               : loop_on_signal(en->loop, SIGINT, on_engine_signal, en, e);
}

struct engine *engine_new(const struct engine_opts *o, struct err *e)
{
    struct engine *en = xcalloc(1, sizeof *en);
    en->opts = *o;
    en->project = o->project;
    en->recipes = o->recipes;
    en->diags = o->diags;
    en->loop = loop_new();
    timer_init(&en->stop_timer, en->loop, on_grace_over);
    if (watch_signals(en, e) == -1 || open_parts(en, e) == -1) {
        en->has_failed = true;
        loop_turn(en->loop, false); /* a signal that came meanwhile would go with the loop */
        *e = en->is_stopping ? ERR_INIT : *e;
        engine_free(en);
        return NULL;
    }
    loop_add_tick(en->loop, turn_engine, en);
    return en;
}

int engine_run(struct engine *en, void (*ready)(void *ud, const char *address), void *ud,
               struct err *e)
{
    int rc = start_parts(en, e);
    if (rc == 0) {
        ready(ud, http_server_address(en->server));
        announce(&(struct announcement){ .project = en->project,
                                         .recipes = en->recipes,
                                         .service = en->service,
                                         .address = http_server_address(en->server) });
    } else {
        begin_stop(en);
    }
    loop_run(en->loop);
    return rc;
}

void engine_free(struct engine *en)
{
    size_t count;
    const struct part *all = parts_all(&count);
    for (; en->open_count > 0; en->open_count--) { /* none is left after engine_run */
        all[en->open_count - 1].close(en);
    }
    timer_stop(&en->stop_timer);
    time_limit_clear();
    loop_remove_tick(en->loop, turn_engine, en);
    expr_forget();
    zone_forget_all();
    loop_free(en->loop);
    free(en);
}
