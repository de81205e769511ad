/*
 * Runs: how their state changes, and the order of runs that share a key. Everything here runs
 * inside an op's transaction; structs are made and freed on the loop. run_make.c makes runs,
 * run_ask.c does what people ask for, run_read.c claims and lists.
 *
 * Of the runs of one (recipe, key) that have not ended, the first is active and the others are
 * blocked: queued with a due time that never comes (RUN_BLOCKED). Whatever ends the active one
 * releases the blocked one with the smallest id, which is the one that arrived first, in the same
 * transaction. So: where some are blocked, one is active. The unique index run_active (schema.c)
 * refuses a second active one, whatever the code does. Runs of the mode PARALLEL stand outside of
 * this: they are neither active nor blocked in this sense, so here they have no key at all.
 *
 * A running run has the due time RUN_HELD, which never comes either: what an engine left behind is
 * found through the index of due times. SQL here writes RUN_BLOCKED as 9223372036854775807, states
 * and modes as numbers: a partial index is used only where the query repeats its condition
 * literally.
 */
#include "store/run.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/db.h"
#include "store/ops.h"
#include "store/rows.h"

/* The numbers in SQL and in stores that exist. */
static_assert(RUN_QUEUED == 0 && RUN_RUNNING == 1 && RUN_WAITING == 2 && RUN_PARKED == 3 &&
                  RUN_DONE == 4 && RUN_DEAD == 5 && RUN_CANCELLED == 6 && RUN_SKIPPED == 7,
              "states are stored");
static_assert((int)COUNTER_EVENT == COUNTER_RUN_STATE + (int)RUN_STATE_COUNT, "one counter each");

static const char select_active[] =
    "select 1"
    " from run"
    " where recipe = $1"
    " and order_key = $2"
    " and mode < 3"
    " and state < 4"
    " and due_us < 9223372036854775807"
    " limit 1";

static const char select_standing[] =
    "select state, due_us, recipe, case when mode < 3 then order_key end, is_woken, step"
    " from run"
    " where id = $1";

static const char update_run[] =
    "update run"
    " set state = $1, attempts = $2, step = $3, due_us = $4, updated_us = $5, error_kind = $6,"
    " error_message = $7, error_status = $8, error_retry_us = $9, error_detail = $10,"
    " parked_for = $11, is_backfill = case when $1 < 3 then is_backfill else 0 end"
    " where id = $12";

/* The end that most runs come to: of one that runs, and keeps no order. */
static const char end_well[] =
    "update run"
    " set state = 4, attempts = $1, step = null, due_us = 0, updated_us = $2, error_kind = null,"
    " error_message = null, error_status = null, error_retry_us = null, error_detail = null,"
    " parked_for = null, is_backfill = 0"
    " where id = $3"
    " and state = 1"
    " and due_us = 9223372036854775806"
    " and (order_key is null or mode = 3)";

/* A run that settles still does so until its time. */
static const char release_first[] =
    "update run"
    " set due_us = max($1, settle_until_us), updated_us = $1"
    " where id = ("
    "   select id"
    "   from run"
    "   where recipe = $2"
    "   and order_key = $3"
    "   and state < 4"
    "   and due_us = 9223372036854775807"
    "   order by id"
    "   limit 1)"
    " returning id";

static const char requeue_held[] =
    "update run"
    " set state = 0, due_us = $1, updated_us = $1"
    " where state < 3"
    " and due_us = 9223372036854775806";

static const char *const state_names[RUN_STATE_COUNT] = {
    [RUN_QUEUED] = "queued",       [RUN_RUNNING] = "running", [RUN_WAITING] = "waiting",
    [RUN_PARKED] = "parked",       [RUN_DONE] = "done",       [RUN_DEAD] = "dead",
    [RUN_CANCELLED] = "cancelled", [RUN_SKIPPED] = "skipped",
};

const char *run_state_name(enum run_state s)
{
    return (unsigned)s < RUN_STATE_COUNT ? state_names[s] : "unknown";
}

bool run_has_ended(enum run_state s)
{
    return s >= RUN_DONE;
}

void run_row_fini(struct run_row *row)
{
    free(row->recipe);
    free(row->version);
    free(row->key);
    free(row->step);
    *row = (struct run_row){ 0 };
}

void run_seed_fini(struct run_seed *seed)
{
    free(seed->recipe);
    free(seed->version);
    free(seed->key);
    *seed = (struct run_seed){ 0 };
}

void run_count_state(struct db *db, enum run_state from, enum run_state to)
{
    tally_add(db, COUNTER_RUN_STATE + (int)from, -1);
    tally_add(db, COUNTER_RUN_STATE + (int)to, 1);
}

/* It tells also who holds the run. */
int64_t run_due_for(enum run_state state, int64_t due_us)
{
    switch (state) {
    case RUN_RUNNING:
        return RUN_HELD;
    case RUN_QUEUED:
    case RUN_WAITING:
        return due_us < RUN_HELD ? due_us : RUN_HELD - 1;
    case RUN_PARKED:
    case RUN_DONE:
    case RUN_DEAD:
    case RUN_CANCELLED:
    case RUN_SKIPPED:
    case RUN_STATE_COUNT:
        break;
    }
    return 0;
}

void run_bind_error(struct query *q, int first, const struct err *err)
{
    if (err->kind == ERR_NONE) {
        return;
    }
    query_bind_text(q, first, err_kind_name(err->kind));
    query_bind_text(q, first + 1, err->message);
    query_bind_int(q, first + 2, err->status);
    query_bind_int(q, first + 3, err->retry_at_us);
    query_bind_text(q, first + 4, err->detail);
}

static void copy_text(char *out, size_t size, const char *text)
{
    (void)snprintf(out, size, "%s", text != NULL ? text : ""); /* what was stored fitted */
}

static void read_run_error(struct query *q, int first, struct err *err)
{
    *err = ERR_INIT;
    const char *kind = query_peek_text(q, first);
    if (kind == NULL) {
        return;
    }
    err->kind = err_kind_parse(kind);
    copy_text(err->message, sizeof err->message, query_peek_text(q, first + 1));
    err->status = (int)query_int(q, first + 2);
    err->retry_at_us = query_int(q, first + 3);
    copy_text(err->detail, sizeof err->detail, query_peek_text(q, first + 4));
}

void run_read(struct query *q, int first, struct run_row *row)
{
    row->id = query_id(q, first);
    row->recipe = query_text(q, first + 1);
    row->version = query_text(q, first + 2);
    row->event_id = query_id(q, first + 3);
    row->key = query_text(q, first + 4);
    row->state = (enum run_state)query_int(q, first + 5);
    row->attempts = (int)query_int(q, first + 6);
    row->step = query_text(q, first + 7);
    row->due_us = query_int(q, first + 8);
    if (row->due_us == RUN_HELD) {
        row->due_us = 0;
    }
    row->created_us = query_int(q, first + 9);
    row->updated_us = query_int(q, first + 10);
    read_run_error(q, first + 11, &row->err);
    row->is_backfill = query_int(q, first + 16) != 0;
}

/* --- keys --- */

int run_is_active(struct db *db, const char *recipe, const char *key, struct err *e)
{
    struct query *q = db_query(db, select_active);
    query_bind_text(q, 1, recipe);
    query_bind_text(q, 2, key);
    int rc = query_next(q, e);
    query_end(q);
    return rc;
}

/* Lets the first blocked run of the key go, where no other is active. */
static int release(struct db *db, const char *recipe, const char *key, int64_t now_us,
                   struct id *released, struct err *e)
{
    int rc = run_is_active(db, recipe, key, e);
    if (rc != 0) {
        return rc == 1 ? 0 : -1;
    }
    struct query *q = db_query(db, release_first);
    query_bind_int(q, 1, now_us);
    query_bind_text(q, 2, recipe);
    query_bind_text(q, 3, key);
    rc = query_next(q, e);
    if (rc == 1) {
        *released = query_id(q, 0);
        rc = query_run(q, e);
    }
    return rc;
}

/* --- changing --- */

void standing_fini(struct standing *s)
{
    free(s->recipe);
    free(s->key);
    free(s->step);
}

int standing_read(struct db *db, const struct id *id, struct standing *s, struct err *e)
{
    *s = (struct standing){ 0 };
    struct query *q = db_query(db, select_standing);
    query_bind_id(q, 1, id);
    int rc = query_next(q, e);
    if (rc == 1) {
        s->state = (enum run_state)query_int(q, 0);
        s->is_blocked = query_int(q, 1) == RUN_BLOCKED;
        s->key = query_text(q, 3);
        s->recipe = s->key != NULL ? query_text(q, 2) : NULL; /* needed with a key only */
        s->is_woken = query_int(q, 4) != 0;
        s->step = query_text(q, 5);
    }
    query_end(q);
    if (rc == 0) {
        char text[ID_TEXT + 1];
        id_format(id, text);
        return err_set(e, ERR_NOT_FOUND, "there is no run %s", text);
    }
    return rc == 1 ? 0 : -1;
}

int run_finish_change(struct db *db, const struct id *id, const struct standing *before,
                      enum run_state to, int64_t now_us, struct id *released, struct err *e)
{
    *released = (struct id){ { 0 } };
    run_count_state(db, before->state, to);
    if (!run_has_ended(to)) {
        return 0;
    }
    if (waits_clear(db, id, e) == -1) {
        return -1;
    }
    return before->key != NULL ? release(db, before->recipe, before->key, now_us, released, e) : 0;
}

static int write_run_state(struct db *db, const struct run_save *save, enum run_state state,
                           int64_t due_us, int64_t now_us, struct err *e)
{
    struct query *q = db_query(db, update_run);
    query_bind_int(q, 1, state);
    query_bind_int(q, 2, save->attempts);
    query_bind_text(q, 3, save->step);
    query_bind_int(q, 4, run_due_for(state, due_us));
    query_bind_int(q, 5, now_us);
    run_bind_error(q, 6, &save->err);
    query_bind_text(q, 11, state == RUN_PARKED ? save->parked_for : NULL);
    query_bind_id(q, 12, &save->id);
    return query_run(q, e);
}

static int check_change(const struct standing *before, const struct run_save *save, struct err *e)
{
    if (!save->has_state || (!run_has_ended(before->state) && !before->is_blocked)) {
        return 0;
    }
    return err_set(e, ERR_CONFLICT, "the run is %s and cannot become %s",
                   before->is_blocked ? "blocked" : run_state_name(before->state),
                   run_state_name(save->state));
}

static int emit_end_news(struct db *db, struct run_save *save, int64_t now_us, struct err *e)
{
    if (save->state != RUN_DEAD && save->state != RUN_PARKED) {
        return 0;
    }
    struct run_news news = { .run = &save->id,
                             .state = save->state,
                             .attempts = save->attempts,
                             .step = save->step,
                             .err = &save->err };
    return engine_event_add(db, &news, now_us, &save->has_emitted, e);
}

/* A run that was woken must not go to sleep: it has not seen yet what woke it. */
static int apply_state(struct db *db, const struct standing *before, struct run_save *save,
                       int64_t now_us, struct err *e)
{
    bool must_go_on = save->state == RUN_WAITING && before->is_woken;
    enum run_state state = must_go_on ? RUN_QUEUED : save->state;
    int64_t due_us = must_go_on ? now_us : save->due_us;
    save->was_woken = save->was_woken || must_go_on;
    if (write_run_state(db, save, state, due_us, now_us, e) == -1 ||
        run_finish_change(db, &save->id, before, state, now_us, &save->released, e) == -1) {
        return -1;
    }
    return emit_end_news(db, save, now_us, e);
}

/* Waits before rows: what is wrong with a wait is found before anything is written. */
static int apply(struct db *db, const struct standing *before, struct run_save *save,
                 int64_t now_us, struct err *e)
{
    if (!run_has_ended(before->state) && waits_save(db, save, e) == -1) {
        return -1;
    }
    if (journal_write(db, save, now_us, &save->was_woken, e) == -1) {
        return -1;
    }
    return save->has_state && !save->was_cancelled ? apply_state(db, before, save, now_us, e) : 0;
}

/* Writes that the run is done, without a look at it first. 1: written; 0: it does not run any more,
 * or others wait for its end; -1 on error. */
static int64_t try_end(struct db *db, const struct run_save *save, int64_t now_us, struct err *e)
{
    if (!save->has_state || save->state != RUN_DONE || save->err.kind != ERR_NONE ||
        save->wait_count > 0 || save->ended_wait_count > 0) {
        return 0;
    }
    struct query *q = db_query(db, end_well);
    query_bind_int(q, 1, save->attempts);
    query_bind_int(q, 2, now_us);
    query_bind_id(q, 3, &save->id);
    return query_change(q, e);
}

static int apply_end(struct db *db, struct run_save *save, int64_t now_us, struct err *e)
{
    static const struct standing ran = { .state = RUN_RUNNING };
    return journal_write(db, save, now_us, &save->was_woken, e) == -1
               ? -1
               : run_finish_change(db, &save->id, &ran, RUN_DONE, now_us, &save->released, e);
}

int run_apply(struct db *db, struct run_save *save, int64_t now_us, struct err *e)
{
    save->was_cancelled = save->was_woken = save->has_emitted = false;
    save->released = (struct id){ { 0 } };
    int64_t has_ended = try_end(db, save, now_us, e);
    if (has_ended != 0) {
        return has_ended == 1 ? apply_end(db, save, now_us, e) : -1;
    }
    struct standing before;
    if (standing_read(db, &save->id, &before, e) == -1) {
        return -1;
    }
    save->was_cancelled = before.state == RUN_CANCELLED;
    int result = save->was_cancelled ? 0 : check_change(&before, save, e);
    if (result == 0) {
        result = apply(db, &before, save, now_us, e);
    }
    standing_fini(&before);
    return result;
}

static int save_exec(struct store_op *op, struct db *db, struct err *e)
{
    return run_apply(db, list_entry(op, struct run_save, op), op->now_us, e);
}

struct run_save *run_save_new(void)
{
    struct run_save *save = xcalloc(1, sizeof(*save));
    save->op.exec = save_exec;
    return save;
}

void run_save_free(struct run_save *save)
{
    if (save == NULL) {
        return;
    }
    for (size_t i = 0; i < save->row_count; i++) {
        journal_row_fini(&save->rows[i]);
    }
    for (size_t i = 0; i < save->wait_count; i++) {
        wait_row_fini(&save->waits[i]);
    }
    for (size_t i = 0; i < save->ended_wait_count; i++) {
        free(save->ended_waits[i]);
    }
    free(save->rows);
    free(save->waits);
    free(save->ended_waits);
    free(save->step);
    free(save->parked_for);
    free(save);
}

struct journal_row *run_save_add(struct run_save *save)
{
    size_t count = save->row_count++;
    save->rows = rows_grow(save->rows, count, sizeof(*save->rows));
    return &save->rows[count];
}

struct wait_row *run_save_add_wait(struct run_save *save)
{
    size_t count = save->wait_count++;
    save->waits = rows_grow(save->waits, count, sizeof(*save->waits));
    return &save->waits[count];
}

void run_save_end_wait(struct run_save *save, const char *path)
{
    size_t count = save->ended_wait_count++;
    save->ended_waits = rows_grow(save->ended_waits, count, sizeof(*save->ended_waits));
    save->ended_waits[count] = xstrdup(path);
}

/* --- after a crash --- */

static int recover_exec(struct store_op *op, struct db *db, struct err *e)
{
    struct run_recover *r = list_entry(op, struct run_recover, op);
    struct query *q = db_query(db, requeue_held);
    query_bind_int(q, 1, op->now_us);
    int64_t count = query_change(q, e);
    if (count == -1) {
        return -1;
    }
    r->count = count;
    tally_add(db, COUNTER_RUN_STATE + RUN_RUNNING, -count);
    tally_add(db, COUNTER_RUN_STATE + RUN_QUEUED, count);
    return 0;
}

void run_recover_init(struct run_recover *r)
{
    *r = (struct run_recover){ .op.exec = recover_exec };
}
