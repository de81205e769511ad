/*
 * Lets runs wait in the store for their turn at a connection, and takes them out again. A gate is
 * what is known here of one connection: how many runs in memory are at its calls, and whether rows
 * wait. It is there as long as one of both is the case. Whoever comes to a gate at which rows wait
 * is sent to them, whether there is room or not: they are older. Only one that was taken from there
 * passes.
 *
 * Rows are taken one claim at a time for each gate, as many as call_turns and the bound leave room
 * for. That is an estimate: a run that was taken and is refused after all goes back to the others,
 * where its age keeps its place. A claim that leaves no others closes the gate, unless runs are on
 * their way to it. Loop thread.
 */
#include "run/turns.h"

#include <assert.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "call/turn.h"
#include "connection/account.h"
#include "limit/limiter.h"
#include "run/active.h"
#include "service/accounts.h"

enum {
    CLAIM_MAX = 256,
    SETTLE_US = 5 * 1000,                      /* what was taken has come to its calls by then */
    LOOK_US = 20 * 1000,                       /* where the bound is reached */
    LATER_US = 1000 * 1000,                    /* the longest between two looks */
    BACKFILL_TURNS = LIMITER_EVENTS_SHARE - 1, /* others, before a backfill has a turn */
};

struct gate {
    struct list link; /* turns.waiting, while has_rows */
    struct turns *turns;
    char *name;
    size_t held;             /* runs at its calls */
    size_t unsaved;          /* runs that are being written as waiting */
    bool has_rows;           /* or may have */
    struct run_claim *claim; /* in flight, or NULL */
    int64_t look_us;         /* monotonic: not before */
    char *last_recipe;       /* that had a turn; or NULL */
    int64_t streak;          /* turns of others since the last backfill's */
};

struct turns {
    struct turns_opts o;
    struct map *gates;
    struct list waiting;
    size_t held; /* at all gates */
    struct timer timer;
    bool may_look;
};

static struct gate *gate_of(struct turns *t, const char *name)
{
    struct gate *g = map_get(t->gates, name);
    if (g == NULL) {
        g = xcalloc(1, sizeof *g);
        g->turns = t;
        g->name = xstrdup(name);
        list_init(&g->link);
        (void)map_put(t->gates, name, g); /* was absent */
    }
    return g;
}

static void gate_free(void *ud)
{
    struct gate *g = ud;
    list_remove(&g->link);
    free(g->name);
    free(g->last_recipe);
    free(g);
}

static void drop_if_idle(struct gate *g)
{
    if (g->held == 0 && g->unsaved == 0 && !g->has_rows && g->claim == NULL) {
        (void)map_remove(g->turns->gates, g->name);
        gate_free(g);
    }
}

static void note_rows(struct gate *g)
{
    if (!g->has_rows) {
        g->has_rows = true;
        g->look_us = clock_mono_us() + SETTLE_US;
        list_push_back(&g->turns->waiting, &g->link);
        g->turns->may_look = true;
    }
}

/* --- those in memory --- */

/* How many more may be at this gate's calls. */
static size_t bound_room(const struct turns *t, const struct gate *g)
{
    size_t left = RUNNER_ACTIVE_MAX > t->held ? RUNNER_ACTIVE_MAX - t->held : 0;
    return left > g->held ? left - g->held : 0;
}

int turns_enter(struct turns *t, const char *connection, bool has_turn, struct err *e)
{
    struct gate *g = gate_of(t, connection);
    int rc = 0;
    if (g->has_rows && !has_turn) {
        rc = err_set(e, ERR_TURN, "waits for its turn; other runs wait for %s already", connection);
    } else if (bound_room(t, g) == 0) {
        rc = err_set(e, ERR_TURN, "waits for its turn; %zu runs wait for answers of %s", g->held,
                     connection);
    } else {
        g->held++;
        t->held++;
    }
    drop_if_idle(g);
    return rc;
}

void turns_leave(struct turns *t, const char *connection)
{
    struct gate *g = map_get(t->gates, connection);
    assert(g != NULL && g->held > 0);
    g->held--;
    t->held--;
    drop_if_idle(g);
}

void turns_await(struct turns *t, const char *connection)
{
    struct gate *g = gate_of(t, connection);
    g->unsaved++;
    note_rows(g);
}

void turns_written(struct turns *t, const char *connection)
{
    struct gate *g = map_get(t->gates, connection);
    assert(g != NULL && g->unsaved > 0);
    g->unsaved--;
    drop_if_idle(g);
}

/* --- taking --- */

static void turns_claimed(struct store_op *op, const struct err *e)
{
    struct gate *g = op->ud;
    struct turns *t = g->turns;
    struct run_claim *claim = g->claim;
    g->claim = NULL;
    runner_add_in_flight(t->o.runner, -1);
    g->look_us = clock_mono_us() + (e == NULL ? SETTLE_US : LATER_US);
    t->may_look = true;
    free(g->last_recipe);
    g->last_recipe = claim->after_recipe;
    claim->after_recipe = NULL;
    for (size_t i = 0; e == NULL && i < claim->count; i++) {
        g->streak = claim->runs[i].run.is_backfill ? 0
                    : g->streak < BACKFILL_TURNS   ? g->streak + 1
                                                   : BACKFILL_TURNS;
        t->o.take(t->o.runner, &claim->runs[i]);
    }
    if (e == NULL && !claim->has_more && g->unsaved == 0) {
        g->has_rows = false;
        list_remove(&g->link);
    }
    run_claim_free(claim);
    drop_if_idle(g);
}

static int bounded_room(int64_t a, size_t room)
{
    return a < (int64_t)room ? (int)(a > 0 ? a : 0) : (int)room;
}

static void claim_turns(struct gate *g, const struct call_turns *turns, size_t room,
                        size_t bytes_max)
{
    struct turns *t = g->turns;
    struct run_claim *claim = run_claim_new(bounded_room(turns->events, room), clock_wall_us());
    claim->turn_of = xstrdup(g->name);
    claim->after_recipe = g->last_recipe;
    g->last_recipe = NULL;
    claim->backfill_max = bounded_room(turns->backfills, room);
    claim->backfill_first = (int)((g->streak + claim->limit) / (BACKFILL_TURNS + 1));
    claim->bytes_max = bytes_max;
    claim->op.must_land = true;
    claim->op.done = turns_claimed;
    claim->op.ud = g;
    g->claim = claim;
    runner_add_in_flight(t->o.runner, 1);
    store_submit(runner_store(t->o.runner), &claim->op);
}

/* What the connection has room for; any number where it is not there any more: its runs end by
 * saying so. */
static void ask_room(const struct gate *g, struct call_turns *out)
{
    struct service *s = runner_service(g->turns->o.runner);
    struct connection *c = accounts_hold_named(s, g->name);
    *out = (struct call_turns){ .events = INT64_MAX, .backfills = INT64_MAX };
    if (c != NULL) {
        call_turns(service_calls(s), c, out);
        account_let_go(c);
    }
}

/* Returns how many were asked for. */
static size_t look_at_gate(struct gate *g, size_t room, size_t bytes_max)
{
    struct call_turns turns;
    size_t bound = bound_room(g->turns, g);
    size_t most = room < bound ? room : bound;
    most = most < CLAIM_MAX ? most : CLAIM_MAX;
    ask_room(g, &turns);
    if (most > 0 && turns.events > 0) {
        claim_turns(g, &turns, most, bytes_max);
        return (size_t)g->claim->limit;
    }
    int64_t wait_us = most == 0 ? LOOK_US : turns.again_us;
    g->look_us = clock_mono_us() + (wait_us < LATER_US ? wait_us : LATER_US);
    return 0;
}

void turns_turn(struct turns *t, size_t room, size_t bytes_max)
{
    if (!t->may_look) {
        return;
    }
    int64_t now = clock_mono_us();
    int64_t next_us = INT64_MAX;
    t->may_look = false;
    list_each_safe (link, &t->waiting) {
        struct gate *g = list_entry(link, struct gate, link);
        if (g->claim == NULL && g->look_us <= now) {
            room -= look_at_gate(g, room, bytes_max);
        }
        if (g->claim == NULL) {
            next_us = g->look_us < next_us ? g->look_us : next_us;
        }
    }
    if (next_us != INT64_MAX) {
        timer_start(&t->timer, next_us > now ? next_us - now : 0);
    }
}

static void on_look_timer(struct timer *timer)
{
    list_entry(timer, struct turns, timer)->may_look = true;
}

/* --- life --- */

static void gates_found(struct store_op *op, const struct err *e)
{
    struct run_turns *list = list_entry(op, struct run_turns, op);
    struct turns *t = op->ud;
    runner_add_in_flight(t->o.runner, -1);
    if (e != NULL) {
        log_error("run", "runs that wait for their turn were not looked for: %s", e->message);
    }
    for (size_t i = 0; e == NULL && i < list->count; i++) {
        note_rows(gate_of(t, list->names[i]));
    }
    run_turns_free(list);
}

void turns_start(struct turns *t)
{
    struct run_turns *list = run_turns_new();
    list->op.must_land = true;
    list->op.done = gates_found;
    list->op.ud = t;
    runner_add_in_flight(t->o.runner, 1);
    store_submit(runner_store(t->o.runner), &list->op);
}

struct turns *turns_new(const struct turns_opts *o)
{
    struct turns *t = xcalloc(1, sizeof *t);
    t->o = *o;
    t->gates = map_new();
    list_init(&t->waiting);
    timer_init(&t->timer, o->loop, on_look_timer);
    return t;
}

void turns_free(struct turns *t)
{
    if (t != NULL) {
        timer_stop(&t->timer);
        map_free(t->gates, gate_free);
        free(t);
    }
}
