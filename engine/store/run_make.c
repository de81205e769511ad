/*
 * Making the runs of an event: whether a run begins, waits for a burst to end, stands behind
 * another one of its key, or is skipped. All of that is decided in the transaction that stores the
 * event, by what is there at that moment.
 *
 * Settling: the first run of a burst is due when the burst shall end, settle_until_us. A later one
 * takes its place and its time, so of a burst the newest runs, and a stream that never pauses is
 * run once in each settle time. run_settling is the index of runs that may be folded like that.
 * Writer thread; private fields of the seed keep what was given, as exec may run twice.
 */
#include <assert.h>

#include "store/db.h"
#include "store/ops.h"

static_assert(RUN_MODE_QUEUE == 0 && RUN_MODE_LATEST == 1 && RUN_MODE_DROP == 2 &&
                  RUN_MODE_PARALLEL == 3,
              "modes are stored");

static const char insert_run[] =
    "insert into run (id, recipe, version, event_id, replay, order_key, mode, state, attempts,"
    " due_us, settle_until_us, created_us, updated_us, error_kind, error_message, error_status,"
    " error_retry_us, error_detail, is_backfill)"
    " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13, $14, $15, $16, $17, "
    "$18)";

#define SELECT_SETTLING                                                                            \
    "select id, settle_until_us"                                                                   \
    " from run"                                                                                    \
    " where recipe = $1"                                                                           \
    " and state = 0"                                                                               \
    " and settle_until_us > 0"                                                                     \
    " and attempts = 0"

static const char select_settling_key[] = SELECT_SETTLING " and order_key = $2";
static const char select_settling_recipe[] = SELECT_SETTLING " and order_key is null";

#define SKIP_RUN                                                                                   \
    "update run"                                                                                   \
    " set state = 7, due_us = 0, updated_us = $1, error_kind = $2, error_message = $3"

static const char skip_run[] = SKIP_RUN " where id = $4 returning id";

/* One for each index: the active one, and the blocked ones. */
static const char skip_active[] = SKIP_RUN
    " where recipe = $4"
    " and order_key = $5"
    " and mode < 3"
    " and state < 4"
    " and due_us < 9223372036854775807"
    " and state = 0"
    " and attempts = 0"
    " returning id";
static const char skip_blocked[] = SKIP_RUN
    " where recipe = $4"
    " and order_key = $5"
    " and state < 4"
    " and due_us = 9223372036854775807"
    " and attempts = 0"
    " returning id";

/* What is stored for a seed. */
struct making {
    struct run_seed *seed;
    const char *key; /* that keeps an order; NULL: none */
    int64_t settle_until_us;
    int64_t now_us;
};

static void begin_run_seed(struct run_seed *seed)
{
    if (!seed->is_kept) {
        seed->is_kept = true;
        seed->given_state = seed->state;
        seed->given_due_us = seed->due_us;
    }
    seed->state = seed->given_state;
    seed->due_us = seed->given_due_us;
    seed->is_blocked = false;
    seed->is_paused = false;
    seed->displaced = (struct id){ { 0 } };
    seed->displaced_count = 0;
}

/* --- runs that make room --- */

static void bind_skip(struct query *q, int64_t now_us, const char *why)
{
    query_bind_int(q, 1, now_us);
    query_bind_text(q, 2, err_kind_name(ERR_CANCELLED));
    query_bind_text(q, 3, why);
}

/* Queued runs have no waits, and what takes their place does so at once: nothing else to do. */
static int finish_skip(struct db *db, struct query *q, struct run_seed *seed, struct err *e)
{
    int64_t skipped = 0;
    int rc;
    while ((rc = query_next(q, e)) == 1) {
        struct id id = query_id(q, 0);
        seed->displaced = id_cmp(&id, &seed->displaced) > 0 ? id : seed->displaced;
        skipped++;
    }
    if (rc == -1) {
        return -1;
    }
    seed->displaced_count += skipped;
    tally_add(db, COUNTER_RUN_STATE + RUN_QUEUED, -skipped);
    tally_add(db, COUNTER_RUN_STATE + RUN_SKIPPED, skipped);
    return 0;
}

/* 1 where a run settles that can be folded into this one, 0, or -1. */
static int find_settling(struct db *db, const struct run_seed *seed, struct id *id,
                         int64_t *until_us, struct err *e)
{
    struct query *q =
        db_query(db, seed->key != NULL ? select_settling_key : select_settling_recipe);
    query_bind_text(q, 1, seed->recipe);
    if (seed->key != NULL) {
        query_bind_text(q, 2, seed->key);
    }
    int rc = query_next(q, e);
    if (rc == 1) {
        *id = query_id(q, 0);
        *until_us = query_int(q, 1);
    }
    query_end(q);
    return rc;
}

static int settle_run(struct db *db, struct making *m, struct err *e)
{
    struct run_seed *seed = m->seed;
    seed->state = RUN_QUEUED;
    m->settle_until_us = m->now_us + seed->settle_us;
    struct id older;
    int rc = find_settling(db, seed, &older, &m->settle_until_us, e);
    seed->due_us = m->settle_until_us;
    if (rc != 1) {
        return rc;
    }
    struct query *q = db_query(db, skip_run);
    bind_skip(q, m->now_us, RUN_SKIP_SETTLING);
    query_bind_id(q, 4, &older);
    return finish_skip(db, q, seed, e);
}

static int skip_older(struct db *db, const struct making *m, const char *sql, struct err *e)
{
    struct query *q = db_query(db, sql);
    bind_skip(q, m->now_us, RUN_SKIP_NEWER);
    query_bind_text(q, 4, m->seed->recipe);
    query_bind_text(q, 5, m->key);
    return finish_skip(db, q, m->seed, e);
}

/* --- the run itself --- */

/* Looks whether another run of the key is active, and what follows from it. */
static int stand_in_line(struct db *db, struct making *m, struct err *e)
{
    struct run_seed *seed = m->seed;
    int rc = run_is_active(db, seed->recipe, m->key, e);
    if (rc != 1) {
        return rc;
    }
    if (seed->mode == RUN_MODE_DROP) {
        seed->state = RUN_SKIPPED;
        return 0;
    }
    seed->state = RUN_QUEUED;
    seed->due_us = RUN_BLOCKED;
    seed->is_blocked = true;
    return 0;
}

/* 1 where the recipe is paused: then the run is skipped. */
static int skip_if_paused(struct db *db, struct run_seed *seed, struct err *e)
{
    int64_t since_us;
    int rc = pause_find(db, seed->recipe, &since_us, e);
    if (rc == 1) {
        seed->is_paused = true;
        seed->state = RUN_SKIPPED;
    }
    return rc;
}

static int decide_run(struct db *db, struct making *m, struct err *e)
{
    struct run_seed *seed = m->seed;
    if (run_has_ended(seed->state)) {
        return 0;
    }
    int rc = skip_if_paused(db, seed, e);
    if (rc != 0) {
        return rc == 1 ? 0 : -1;
    }
    if (seed->settle_us > 0 && settle_run(db, m, e) == -1) {
        return -1;
    }
    if (m->key == NULL) {
        return 0;
    }
    if (seed->mode == RUN_MODE_LATEST &&
        (skip_older(db, m, skip_active, e) == -1 || skip_older(db, m, skip_blocked, e) == -1)) {
        return -1;
    }
    return stand_in_line(db, m, e);
}

/* Why the run was skipped, where it was this file that did it. */
static struct err reason_of_skip(const struct run_seed *seed)
{
    struct err reason = seed->err;
    if (seed->state == RUN_SKIPPED && seed->given_state != RUN_SKIPPED) {
        (void)err_set(&reason, ERR_CANCELLED, "%s",
                      seed->is_paused ? RUN_SKIP_PAUSED : RUN_SKIP_BUSY);
    }
    return reason;
}

static int insert_run_row(struct db *db, const struct id *event_id, int replay,
                          const struct making *m, struct err *e)
{
    const struct run_seed *seed = m->seed;
    struct err reason = reason_of_skip(seed);
    struct query *q = db_query(db, insert_run);
    query_bind_id(q, 1, &seed->id);
    query_bind_text(q, 2, seed->recipe);
    query_bind_text(q, 3, seed->version);
    query_bind_id(q, 4, event_id);
    query_bind_int(q, 5, replay);
    query_bind_text(q, 6, seed->key);
    query_bind_int(q, 7, seed->mode);
    query_bind_int(q, 8, seed->state);
    query_bind_int(q, 9, seed->state == RUN_RUNNING);
    query_bind_int(q, 10, seed->is_blocked ? RUN_BLOCKED : run_due_for(seed->state, seed->due_us));
    query_bind_int(q, 11, m->settle_until_us);
    query_bind_int(q, 12, m->now_us);
    run_bind_error(q, 13, &reason);
    query_bind_int(q, 18, seed->is_backfill);
    return query_run(q, e);
}

static int emit_start_news(struct db *db, const struct making *m, struct err *e)
{
    bool has_emitted;
    struct run_news news = { .run = &m->seed->id, .state = RUN_DEAD, .err = &m->seed->err };
    return engine_event_add(db, &news, m->now_us, &has_emitted, e);
}

int run_add(struct db *db, const struct id *event_id, int replay, struct run_seed *seed,
            int64_t now_us, struct err *e)
{
    assert(!id_is_zero(&seed->id));
    begin_run_seed(seed);
    struct making m = { .seed = seed,
                        .key = seed->mode != RUN_MODE_PARALLEL ? seed->key : NULL,
                        .now_us = now_us };
    if (decide_run(db, &m, e) == -1 || insert_run_row(db, event_id, replay, &m, e) == -1) {
        return -1;
    }
    tally_add(db, COUNTER_RUN_STATE + (int)seed->state, 1);
    return seed->state == RUN_DEAD ? emit_start_news(db, &m, e) : 0;
}
