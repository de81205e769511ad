/*
 * The ledger of schedules (occurrence_row.h). The primary key of `occurrence`, schedule and planned
 * time, is promise P8 said to the database. A row that started a run is open until the next
 * occurrence finds that its run has ended; the partial index holds only those, so whether one is in
 * the way costs the same however long the history is.
 *
 * The states of a run are written as numbers, as in run.c: below 4 it has not ended. Ops run on the
 * writer or reader thread, structs live on the loop.
 */
#include "store/occurrence_row.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/mem.h"
#include "format/date.h"
#include "store/db.h"
#include "store/ops.h"
#include "store/rows.h"

static_assert(OCCURRENCE_RAN == 0 && OCCURRENCE_LATE == 1 && OCCURRENCE_LEFT == 2 &&
                  OCCURRENCE_BACKFILL == 3,
              "states are stored");

/* --- schedules --- */

static const char insert_schedule[] =
    "insert into schedule (recipe, identity, label, file, reached_us, seen_us, off_us)"
    " values ($1, $2, $3, $4, $5, $5, 0)"
    " on conflict (recipe, identity) do update"
    " set label = excluded.label, file = excluded.file, seen_us = excluded.seen_us";

#define SCHEDULE_COLUMNS "number, recipe, identity, label, file, reached_us, off_us, off_why"

static const char select_schedule[] = "select " SCHEDULE_COLUMNS
                                      " from schedule"
                                      " where recipe = $1"
                                      " and identity = $2";

static const char select_vanished[] =
    "select number, file"
    " from schedule"
    " where seen_us <> $1"
    " and off_us = 0";

static const char set_off[] =
    "update schedule"
    " set off_us = $1, off_why = $2"
    " where number = $3";

static const char reach[] =
    "update schedule"
    " set reached_us = $1"
    " where number = $2"
    " and reached_us < $1";

static const char set_on[] =
    "update schedule"
    " set off_us = 0, off_why = null"
    " where number = $1"
    " and off_us <> 0";

static const char rewind_schedule[] =
    "update schedule"
    " set reached_us = $1"
    " where number = $2"
    " and reached_us > $1";

/* --- occurrences --- */

/* One that was left out can still be backfilled. */
static const char insert_occurrence[] =
    "insert into occurrence (schedule, planned_us, state, is_open, late_us, why, run_id, made_us)"
    " values ($1, $2, $3, $4, $5, $6, $7, $8)"
    " on conflict (schedule, planned_us) do update"
    " set state = excluded.state, late_us = excluded.late_us, why = excluded.why,"
    " run_id = excluded.run_id, made_us = excluded.made_us"
    " where occurrence.state = 2"
    " and excluded.state = 3";

static const char select_known[] =
    "select state"
    " from occurrence"
    " where schedule = $1"
    " and planned_us = $2";

static const char close_ended[] =
    "update occurrence"
    " set is_open = 0"
    " where schedule = $1"
    " and is_open = 1"
    " and not exists ("
    "   select 1"
    "   from run"
    "   where run.id = occurrence.run_id"
    "   and run.state < 4)";

static const char select_open[] =
    "select run_id"
    " from occurrence"
    " where schedule = $1"
    " and is_open = 1"
    " order by planned_us desc"
    " limit 1";

static const char delete_ahead[] =
    "delete from occurrence"
    " where schedule = $1"
    " and planned_us > $2"
    " and state = 2";

static const char list_occurrences[] =
    "select schedule.recipe, schedule.label, planned_us, state, late_us, why, run_id, schedule"
    " from occurrence"
    " join schedule on schedule.number = occurrence.schedule"
    " where ($1 is null or schedule.recipe = $1)"
    " and ($2 is null or schedule.identity = $2)"
    " and (planned_us < $3 or planned_us = $3 and schedule < $4)"
    " order by planned_us desc, schedule desc"
    " limit $5";

const char *occurrence_state_name(enum occurrence_state s)
{
    static const char *const names[] = { "ran", "late", "skipped", "backfilled" };
    return names[s];
}

void schedule_row_fini(struct schedule_row *row)
{
    free(row->recipe);
    free(row->identity);
    free(row->label);
    free(row->file);
    free(row->off_why);
    *row = (struct schedule_row){ 0 };
}

static void read_schedule(struct query *q, struct schedule_row *row)
{
    row->number = query_int(q, 0);
    row->recipe = query_text(q, 1);
    row->identity = query_text(q, 2);
    row->label = query_text(q, 3);
    row->file = query_text(q, 4);
    row->reached_us = query_int(q, 5);
    row->off_us = query_int(q, 6);
    row->off_why = query_text(q, 7);
}

/* --- which are in force --- */

static int put_schedule(struct db *db, const struct schedule_row *row, int64_t now_us,
                        struct err *e)
{
    struct query *q = db_query(db, insert_schedule);
    query_bind_text(q, 1, row->recipe);
    query_bind_text(q, 2, row->identity);
    query_bind_text(q, 3, row->label);
    query_bind_text(q, 4, row->file);
    query_bind_int(q, 5, now_us);
    return query_run(q, e);
}

static int get_schedule(struct db *db, struct schedule_row *row, struct err *e)
{
    struct query *q = db_query(db, select_schedule);
    query_bind_text(q, 1, row->recipe);
    query_bind_text(q, 2, row->identity);
    struct schedule_row found = { 0 };
    int rc = query_next(q, e);
    if (rc == 1) {
        read_schedule(q, &found);
    }
    query_end(q);
    if (rc == 1) {
        schedule_row_fini(row);
        *row = found;
    }
    return rc == 1 ? 0 : -1;
}

static bool is_in(const char *const *texts, const char *text)
{
    for (; texts != NULL && *texts != NULL; texts++) {
        if (strcmp(*texts, text) == 0) {
            return true;
        }
    }
    return false;
}

static int turn_off(struct db *db, const struct schedule_sync *s, const struct schedule_row *row,
                    struct err *e)
{
    struct query *q = db_query(db, set_off);
    query_bind_int(q, 1, s->op.now_us);
    query_bind_text(q, 2, is_in(s->broken, row->file) ? SCHEDULE_OFF_BROKEN : SCHEDULE_OFF_GONE);
    query_bind_int(q, 3, row->number);
    return query_run(q, e);
}

static int turn_off_others(struct db *db, const struct schedule_sync *s, struct err *e)
{
    struct schedule_row *gone = NULL;
    size_t count = 0;
    struct query *q = db_query(db, select_vanished);
    query_bind_int(q, 1, s->op.now_us);
    int rc;
    while ((rc = query_next(q, e)) == 1) {
        gone = rows_grow(gone, count, sizeof *gone);
        gone[count++] =
            (struct schedule_row){ .number = query_int(q, 0), .file = query_text(q, 1) };
    }
    for (size_t i = 0; i < count; i++) {
        rc = rc == 0 ? turn_off(db, s, &gone[i], e) : rc;
        schedule_row_fini(&gone[i]);
    }
    free(gone);
    return rc;
}

static int sync_exec(struct store_op *op, struct db *db, struct err *e)
{
    struct schedule_sync *s = list_entry(op, struct schedule_sync, op);
    for (size_t i = 0; i < s->count; i++) {
        if (put_schedule(db, &s->rows[i], op->now_us, e) == -1 ||
            get_schedule(db, &s->rows[i], e) == -1) {
            return -1;
        }
    }
    return turn_off_others(db, s, e);
}

struct schedule_sync *schedule_sync_new(size_t count)
{
    struct schedule_sync *s = xcalloc(1, sizeof *s);
    s->op.exec = sync_exec;
    s->rows = xcalloc(count + 1, sizeof *s->rows);
    s->count = count;
    return s;
}

static void free_schedules(struct schedule_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        schedule_row_fini(&rows[i]);
    }
    free(rows);
}

void schedule_sync_free(struct schedule_sync *s)
{
    if (s != NULL) {
        free_schedules(s->rows, s->count);
        free(s);
    }
}

/* --- an occurrence that starts a run --- */

static int reach_time(struct db *db, int64_t schedule, int64_t planned_us, struct err *e)
{
    struct query *q = db_query(db, reach);
    query_bind_int(q, 1, planned_us);
    query_bind_int(q, 2, schedule);
    return query_run(q, e);
}

/* What is told of an occurrence in its row. */
struct outcome {
    const struct occurrence_note *note;
    bool is_open;
    const struct id *run;
    int64_t now_us;
};

/* 1 where it was written, 0 where it is there already, or -1. */
static int64_t add_occurrence(struct db *db, const struct outcome *o, struct err *e)
{
    const struct occurrence_note *n = o->note;
    struct query *q = db_query(db, insert_occurrence);
    query_bind_int(q, 1, n->schedule);
    query_bind_int(q, 2, n->planned_us);
    query_bind_int(q, 3, n->state);
    query_bind_int(q, 4, o->is_open);
    query_bind_int(q, 5, n->late_us);
    query_bind_text(q, 6, n->why);
    query_bind_id(q, 7, o->run);
    query_bind_int(q, 8, o->now_us);
    return query_change(q, e);
}

/* 1 where a run of the schedule has not ended, which *run names; 0, or -1. */
static int find_open(struct db *db, int64_t schedule, struct id *run, struct err *e)
{
    struct query *q = db_query(db, close_ended);
    query_bind_int(q, 1, schedule);
    if (query_run(q, e) == -1) {
        return -1;
    }
    q = db_query(db, select_open);
    query_bind_int(q, 1, schedule);
    int rc = query_next(q, e);
    *run = rc == 1 ? query_id(q, 0) : (struct id){ { 0 } };
    query_end(q);
    return rc;
}

/* 1 where it has its row and cannot start any more; 0, or -1. */
static int is_known(struct db *db, const struct occurrence_note *n, struct err *e)
{
    struct query *q = db_query(db, select_known);
    query_bind_int(q, 1, n->schedule);
    query_bind_int(q, 2, n->planned_us);
    int rc = query_next(q, e);
    bool may_start =
        rc == 1 && n->state == OCCURRENCE_BACKFILL && query_int(q, 0) == OCCURRENCE_LEFT;
    query_end(q);
    return may_start ? 0 : rc;
}

static int leave_for(struct db *db, struct occurrence_note *n, int64_t now_us, struct err *e)
{
    struct occurrence_note left = *n;
    left.state = OCCURRENCE_LEFT;
    left.why = OCCURRENCE_WHY_OVERLAP;
    n->outcome = OCCURRENCE_BLOCKED;
    struct outcome o = { .note = &left, .run = &n->other, .now_us = now_us };
    return add_occurrence(db, &o, e) == -1 ? -1 : 0;
}

static int cancel_all_open(struct db *db, struct occurrence_note *n, int64_t now_us, struct err *e)
{
    struct id run = n->other;
    int rc = 1;
    while (rc == 1) {
        if (run_cancel(db, &run, now_us, e) == -1) {
            return -1;
        }
        rc = find_open(db, n->schedule, &run, e);
    }
    return rc;
}

/* A backfill neither is in the way of other occurrences nor finds one in its own. */
static int make_way(struct db *db, struct occurrence_note *n, int64_t now_us, struct err *e)
{
    n->other = (struct id){ { 0 } };
    if (n->state == OCCURRENCE_BACKFILL) {
        return 0;
    }
    int rc = find_open(db, n->schedule, &n->other, e);
    if (rc == 1 && n->overlap == OVERLAP_SKIP) {
        return leave_for(db, n, now_us, e);
    }
    if (rc == 1 && n->overlap == OVERLAP_REPLACE) {
        return cancel_all_open(db, n, now_us, e);
    }
    n->other = (struct id){ { 0 } };
    return rc == -1 ? -1 : 0;
}

/* How far the schedule, or the backfill, has come. */
static int move_on(struct db *db, struct occurrence_note *n, struct err *e)
{
    if (n->state != OCCURRENCE_BACKFILL) {
        return reach_time(db, n->schedule, n->planned_us, e);
    }
    int64_t moved = backfill_reach(db, &n->backfill, n->planned_us, e);
    if (moved == 0) {
        n->outcome = OCCURRENCE_ENDED;
    }
    return moved == -1 ? -1 : 0;
}

int occurrence_apply(struct db *db, struct occurrence_note *n, const struct run_seed *seed,
                     int64_t now_us, struct err *e)
{
    n->outcome = OCCURRENCE_STARTED;
    int rc = pause_find(db, seed->recipe, &n->paused_us, e);
    if (rc != 0) {
        n->outcome = OCCURRENCE_PAUSED;
        return rc == 1 ? 0 : -1;
    }
    rc = is_known(db, n, e);
    if (rc == 1) {
        n->outcome = OCCURRENCE_KNOWN;
    } else if (rc == 0) {
        rc = make_way(db, n, now_us, e);
    }
    if (rc == -1 || move_on(db, n, e) == -1) {
        return -1;
    }
    FAULT("store.occurrence");
    if (n->outcome != OCCURRENCE_STARTED) {
        return 0;
    }
    bool is_open = n->state != OCCURRENCE_BACKFILL;
    struct outcome o = { .note = n, .is_open = is_open, .run = &seed->id, .now_us = now_us };
    return add_occurrence(db, &o, e) == -1 ? -1 : 0;
}

/* --- occurrences that start nothing --- */

static int leave_one(struct db *db, const struct occurrence_leave *l,
                     const struct occurrence_left *row, struct err *e)
{
    static const struct id no_run;
    struct occurrence_note n = { .schedule = l->schedule,
                                 .planned_us = row->planned_us,
                                 .state = OCCURRENCE_LEFT,
                                 .late_us = row->late_us,
                                 .why = row->why };
    struct outcome o = { .note = &n, .run = &no_run, .now_us = l->op.now_us };
    return add_occurrence(db, &o, e) == -1 ? -1 : 0;
}

static void set_time(json_t *v, const char *name, int64_t us)
{
    char text[DATE_TEXT];
    date_format(us, text);
    json_object_set_new(v, name, json_string(text));
}

/* From the first that was missed to the last. */
static json_t *describe_missed(const struct occurrence_leave *l,
                               const struct occurrence_left *first,
                               const struct occurrence_left *last)
{
    json_t *v = json_object();
    json_object_set_new(v, "recipe", json_string(l->recipe));
    json_object_set_new(v, "schedule", json_string(l->label));
    set_time(v, "due_at", last->planned_us);
    set_time(v, "first_at", first->planned_us);
    json_object_set_new(v, "count", json_integer(l->missed_count));
    json_object_set_new(v, "reason", json_string(last->why));
    return v;
}

static int tell_missed(struct db *db, struct occurrence_leave *l, struct err *e)
{
    const struct occurrence_left *first = NULL;
    const struct occurrence_left *last = NULL;
    l->missed_count = 0;
    for (size_t i = 0; i < l->count; i++) {
        if (l->rows[i].is_missed) {
            first = first != NULL ? first : &l->rows[i];
            last = &l->rows[i];
            l->missed_count++;
        }
    }
    l->has_emitted = last != NULL;
    if (last == NULL) {
        return 0;
    }
    json_t *payload = describe_missed(l, first, last);
    int result = engine_event_put(db, &l->news_id, "schedule_missed", payload, l->op.now_us, e);
    json_decref(payload);
    return result;
}

static int catch_up(struct db *db, const struct occurrence_leave *l, struct err *e)
{
    if (!l->is_caught_up) {
        return 0;
    }
    struct query *q = db_query(db, set_on);
    query_bind_int(q, 1, l->schedule);
    return query_run(q, e);
}

static int leave_exec(struct store_op *op, struct db *db, struct err *e)
{
    struct occurrence_leave *l = list_entry(op, struct occurrence_leave, op);
    int rc = pause_find(db, l->recipe, &l->paused_us, e);
    l->is_paused = rc == 1;
    if (rc != 0) {
        return rc == 1 ? 0 : -1;
    }
    for (size_t i = 0; i < l->count; i++) {
        if (leave_one(db, l, &l->rows[i], e) == -1) {
            return -1;
        }
    }
    FAULT("store.occurrence");
    if (l->count > 0 && reach_time(db, l->schedule, l->rows[l->count - 1].planned_us, e) == -1) {
        return -1;
    }
    return tell_missed(db, l, e) == -1 ? -1 : catch_up(db, l, e);
}

struct occurrence_leave *occurrence_leave_new(int64_t schedule, const char *recipe,
                                              const char *label)
{
    struct occurrence_leave *l = xcalloc(1, sizeof *l);
    l->op.exec = leave_exec;
    l->schedule = schedule;
    l->recipe = xstrdup(recipe);
    l->label = xstrdup(label);
    l->news_id = id_new();
    return l;
}

struct occurrence_left *occurrence_leave_add(struct occurrence_leave *l)
{
    l->rows = rows_grow(l->rows, l->count, sizeof *l->rows);
    return &l->rows[l->count++];
}

void occurrence_leave_free(struct occurrence_leave *l)
{
    if (l != NULL) {
        free(l->rows);
        free(l->recipe);
        free(l->label);
        free(l);
    }
}

/* --- a clock that was set back --- */

static int rewind_exec(struct store_op *op, struct db *db, struct err *e)
{
    const struct schedule_rewind *r = list_entry(op, struct schedule_rewind, op);
    struct query *q = db_query(db, delete_ahead);
    query_bind_int(q, 1, r->schedule);
    query_bind_int(q, 2, r->to_us);
    if (query_run(q, e) == -1) {
        return -1;
    }
    q = db_query(db, rewind_schedule);
    query_bind_int(q, 1, r->to_us);
    query_bind_int(q, 2, r->schedule);
    return query_run(q, e);
}

void schedule_rewind_init(struct schedule_rewind *r, int64_t schedule, int64_t to_us)
{
    *r = (struct schedule_rewind){ .op.exec = rewind_exec, .schedule = schedule, .to_us = to_us };
}

/* --- reading --- */

static void clear_occurrences(struct occurrence_list *l)
{
    for (size_t i = 0; i < l->count; i++) {
        free(l->rows[i].recipe);
        free(l->rows[i].label);
        free(l->rows[i].why);
    }
    free(l->rows);
    l->rows = NULL;
    l->count = 0;
}

static void read_occurrence(struct query *q, struct occurrence_row *row)
{
    row->recipe = query_text(q, 0);
    row->label = query_text(q, 1);
    row->planned_us = query_int(q, 2);
    row->state = (enum occurrence_state)query_int(q, 3);
    row->late_us = query_int(q, 4);
    row->why = query_text(q, 5);
    row->run_id = query_id(q, 6);
}

static int occurrence_list_exec(struct store_op *op, struct db *db, struct err *e)
{
    struct occurrence_list *l = list_entry(op, struct occurrence_list, op);
    clear_occurrences(l);
    struct query *q = db_query(db, list_occurrences);
    query_bind_text(q, 1, l->recipe);
    query_bind_text(q, 2, l->identity);
    query_bind_int(q, 3, l->before_us != 0 ? l->before_us : INT64_MAX);
    query_bind_int(q, 4, l->before_schedule);
    query_bind_int(q, 5, rows_limit(l->limit));
    int rc;
    while ((rc = query_next(q, e)) == 1) {
        l->rows = rows_grow(l->rows, l->count, sizeof *l->rows);
        read_occurrence(q, &l->rows[l->count++]);
        l->last_schedule = query_int(q, 7);
    }
    return rc;
}

struct occurrence_list *occurrence_list_new(void)
{
    struct occurrence_list *l = xcalloc(1, sizeof *l);
    l->op.exec = occurrence_list_exec;
    l->limit = 100;
    return l;
}

void occurrence_list_free(struct occurrence_list *l)
{
    if (l != NULL) {
        clear_occurrences(l);
        free(l);
    }
}
