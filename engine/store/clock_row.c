/*
 * What a wall clock that was set means for the rows: all that lie ahead by a duration move, and the
 * jump is noted, so that ages can be told from what has really passed. One row of `clock` holds the
 * moment that the rows stand for: a wall time, the time since the machine's start that belongs to
 * it, and which start that was. It changes in the transaction that moves them, so a crash at any
 * moment leaves rows and moment that fit.
 *
 * A wait for a date is marked in the journal (is_date) and does not move. A run's own due time is
 * the soonest of its branches': where one of them waits for a date, it moves back only. So a run
 * may be claimed too early, finds in its journal that its waits are not over, and waits on; it is
 * never claimed too late.
 *
 * SQL here writes RUN_HELD as 9223372036854775806, and states as numbers, as run.c does. Writer
 * thread.
 */
#include "store/clock_row.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/commit_row.h"
#include "store/db.h"

static const char select_moment[] =
    "select wall_us, boot_us, boot"
    " from clock";

static const char upsert_moment[] =
    "insert into clock (id, wall_us, boot_us, boot)"
    " values (0, $1, $2, $3)"
    " on conflict (id) do update"
    " set wall_us = excluded.wall_us, boot_us = excluded.boot_us, boot = excluded.boot";

/* Runs that have not ended: two partial indexes find them. */
#define OPEN_RUNS                                                                                  \
    " (select id from run where state < 3 and due_us >= 0"                                         \
    "  union all"                                                                                  \
    "  select id from run where state in (3, 5) and state = 3)"

static const char move_runs[] =
    "update run"
    " set due_us = due_us + $1,"
    " settle_until_us = case when settle_until_us > 0 then settle_until_us + $1 else 0 end"
    " where state < 3"
    " and due_us < 9223372036854775806"
    " and ($1 < 0 or not exists ("
    "   select 1"
    "   from journal"
    "   where run_id = run.id"
    "   and journal.state = 3"
    "   and is_date = 1))";

/* Of those that are blocked: their time to settle. */
static const char move_settling[] =
    "update run"
    " set settle_until_us = settle_until_us + $1"
    " where order_key is not null"
    " and state < 4"
    " and due_us = 9223372036854775807"
    " and settle_until_us > 0";

static const char move_waits[] =
    "update journal"
    " set due_us = due_us + $1"
    " where run_id in" OPEN_RUNS
    " and state = 3"
    " and is_date = 0"
    " and due_us > 0";

/* Calls whose outcome is unknown: one that seems to lie ahead would not be looked for till then. */
static const char move_calls[] =
    "update journal"
    " set started_us = started_us + $1"
    " where run_id in" OPEN_RUNS
    " and state = 0"
    " and started_us > $2";

static const char move_limits[] =
    "update limiter"
    " set kept_us = kept_us + $1";

static const char move_leases[] =
    "update lease"
    " set until_us = until_us + $1"
    " where until_us > 0";

static const char move_tokens[] =
    "update connection"
    " set expires_us = expires_us + $1"
    " where expires_us > 0";

/* random() gives any 64 bits. */
static const char spread_due[] =
    "update run"
    " set due_us = $1 + (random() & 9223372036854775807) % $2"
    " where state < 3"
    " and due_us > $3"
    " and due_us <= $1";

static const char insert_jump[] =
    "insert into jump (at_us, by_us)"
    " values ($1, $2)";

static const char delete_old_jumps[] =
    "delete from jump"
    " where number <= (select max(number) from jump) - $1";

static const char select_jumps[] =
    "select at_us, by_us"
    " from jump"
    " order by number desc";

enum {
    JUMPS_KEPT = 64,
    IDS_SLACK_US = 1000 * 1000 * 1000, /* four thousand million ids that were made meanwhile */
};

/* A moment of both clocks. */
struct moment {
    int64_t wall_us;
    int64_t boot_us;
    int64_t boot;
};

static struct moment moment_now(int64_t wall_us)
{
    return (struct moment){ .wall_us = wall_us,
                            .boot_us = clock_since_boot_us(),
                            .boot = (int64_t)clock_boot() };
}

/* 1: there is one, 0, or -1. */
static int read_moment(struct db *db, struct moment *m, struct err *e)
{
    struct query *q = db_query(db, select_moment);
    int rc = query_next(q, e);
    if (rc == 1) {
        *m = (struct moment){ query_int(q, 0), query_int(q, 1), query_int(q, 2) };
    }
    query_end(q);
    return rc;
}

static int write_moment(struct db *db, const struct moment *m, struct err *e)
{
    struct query *q = db_query(db, upsert_moment);
    query_bind_int(q, 1, m->wall_us);
    query_bind_int(q, 2, m->boot_us);
    query_bind_int(q, 3, m->boot);
    return query_run(q, e);
}

static int move_column(struct db *db, const char *sql, int64_t by_us, struct err *e)
{
    struct query *q = db_query(db, sql);
    query_bind_int(q, 1, by_us);
    return query_run(q, e);
}

static int move_started(struct db *db, int64_t now_us, int64_t by_us, struct err *e)
{
    struct query *q = db_query(db, move_calls);
    query_bind_int(q, 1, by_us);
    query_bind_int(q, 2, now_us);
    return query_run(q, e);
}

static int spread_due_runs(struct db *db, int64_t now_us, int64_t by_us, struct err *e)
{
    struct query *q = db_query(db, spread_due);
    query_bind_int(q, 1, now_us);
    query_bind_int(q, 2, CLOCK_SPREAD_US);
    query_bind_int(q, 3, now_us - by_us);
    return query_run(q, e);
}

static int note_jump(struct db *db, int64_t now_us, int64_t by_us, struct err *e)
{
    struct query *q = db_query(db, insert_jump);
    query_bind_int(q, 1, now_us);
    query_bind_int(q, 2, by_us);
    return query_run(q, e) == -1 ? -1 : move_column(db, delete_old_jumps, JUMPS_KEPT, e);
}

/* now_us is a time of the new clock. */
static int move_rows_by(struct db *db, int64_t now_us, int64_t by_us, struct err *e)
{
    static const char *const moves[] = { move_runs,   move_settling, move_waits,
                                         move_limits, move_leases,   move_tokens };
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++) {
        if (move_column(db, moves[i], by_us, e) == -1) {
            return -1;
        }
    }
    if (by_us < 0 && move_started(db, now_us, by_us, e) == -1) {
        return -1;
    }
    if (by_us > 0 && spread_due_runs(db, now_us, by_us, e) == -1) {
        return -1;
    }
    return commit_set_highest(db, now_us, e) == -1 ? -1 : note_jump(db, now_us, by_us, e);
}

/* --- at a start --- */

/* Since then the machine was not started again, so its own time tells what has really passed. */
static bool is_same_boot(const struct moment *then, const struct moment *now)
{
    return then->boot == now->boot && now->boot != 0 && now->boot_us >= then->boot_us;
}

/* A machine that was started in between may have been off for any time: only a clock that is behind
 * the last commit was set. */
static int take_after_boot(struct db *db, struct clock_take *c, struct err *e)
{
    int64_t highest_us;
    if (commit_read(db, COMMIT_HIGHEST, &highest_us, e) == -1) {
        return -1;
    }
    int64_t off_us = c->op.now_us - highest_us;
    c->by_us = off_us <= -CLOCK_JUMP_US ? off_us : 0;
    return off_us >= CLOCK_SETTLES_US ? note_jump(db, c->op.now_us, 0, e) : 0; /* or it was off */
}

static int take_jump(struct db *db, struct clock_take *c, const struct moment *then,
                     const struct moment *now, struct err *e)
{
    if (!is_same_boot(then, now)) {
        return take_after_boot(db, c, e);
    }
    int64_t by_us = now->wall_us - then->wall_us - (now->boot_us - then->boot_us);
    c->by_us = by_us >= CLOCK_JUMP_US || by_us <= -CLOCK_JUMP_US ? by_us : 0;
    return 0;
}

static int take_exec(struct store_op *op, struct db *db, struct err *e)
{
    struct clock_take *c = list_entry(op, struct clock_take, op);
    struct moment now = moment_now(op->now_us);
    struct moment then;
    c->by_us = 0;
    int rc = read_moment(db, &then, e);
    if (rc == -1 || (rc == 1 && take_jump(db, c, &then, &now, e) == -1)) {
        return -1;
    }
    if (c->by_us != 0 && move_rows_by(db, op->now_us, c->by_us, e) == -1) {
        return -1;
    }
    return write_moment(db, &now, e);
}

void clock_take_init(struct clock_take *c)
{
    *c = (struct clock_take){ .op.exec = take_exec };
}

/* --- while an engine runs --- */

static int move_exec(struct store_op *op, struct db *db, struct err *e)
{
    const struct clock_move *c = list_entry(op, struct clock_move, op);
    struct moment now = { .wall_us = op->now_us, .boot_us = c->boot_us, .boot = c->boot };
    return move_rows_by(db, op->now_us, c->by_us, e) == -1 ? -1 : write_moment(db, &now, e);
}

struct clock_move *clock_move_new(int64_t by_us)
{
    struct clock_move *c = xcalloc(1, sizeof *c);
    c->op.exec = move_exec;
    c->op.must_land = true;
    c->by_us = by_us;
    c->boot_us = clock_since_boot_us();
    c->boot = (int64_t)clock_boot();
    return c;
}

void clock_move_free(struct clock_move *c)
{
    free(c);
}

/* --- ages --- */

/* After a clock went back, ids go on from where they were until it has come there again. */
static void pass_ids(int64_t at_us, int64_t by_us, int64_t *ids_us)
{
    int64_t ahead_us = at_us - by_us + IDS_SLACK_US;
    *ids_us = by_us < 0 && ahead_us > *ids_us ? ahead_us : *ids_us;
}

int clock_before(struct db *db, int64_t now_us, int64_t keep_us, int64_t *before_us,
                 int64_t *ids_us, struct err *e)
{
    int64_t before = keep_us < now_us ? now_us - keep_us : 0;
    int64_t ids = 0;
    bool is_newest = true;
    bool is_later = true; /* all jumps so far came after `before` */
    struct query *q = db_query(db, select_jumps);
    int rc;
    while ((rc = query_next(q, e)) == 1) {
        int64_t at_us = query_int(q, 0), by_us = query_int(q, 1);
        bool is_fresh = is_newest && now_us >= at_us && now_us - at_us < CLOCK_SETTLES_US;
        before = is_fresh ? 0 : before;
        is_newest = false;
        is_later = is_later && before < at_us;
        before -= is_later ? by_us : 0; /* it lies before the jump, in the time of that clock */
        pass_ids(at_us, by_us, &ids);
    }
    *before_us = before > 0 ? before : 0;
    *ids_us = ids > *before_us ? ids : *before_us;
    return rc;
}
