/*
 * What people ask of a run, or of many: to go on from where it failed, to end, or to take for known
 * what nobody could find out. Each is one change of the run's row and of its journal in one
 * transaction; the engine that works on the store hears of it as of any change. Writer thread, or
 * that of store_exec.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "format/json.h"
#include "store/db.h"
#include "store/ops.h"
#include "store/rows.h"
#include "store/tries.h"

static const char cancel_run[] =
    "update run"
    " set state = 6, due_us = 0, updated_us = $1, parked_for = null"
    " where id = $2";

static const char requeue_run[] =
    "update run"
    " set state = 0, due_us = $1, updated_us = $2, error_kind = null, error_message = null,"
    " error_status = null, error_retry_us = null, error_detail = null, parked_for = null,"
    " version = case when $3 = 1 then null else version end, is_backfill = $4, lost = 0"
    " where id = $5";

/* A row is the step's, or below it, or a group's that the step stands in. */
#define OF_STEP(path, step)                                                                        \
    "(" path " = " step " or substr(" path ", 1, length(" step ") + 1) = " step                    \
    " || '/'"                                                                                      \
    " or substr(" step ", 1, length(" path ") + 1) = " path " || '/')"

/* Of a cause only what this leaves alone is asked: it may be opened before what is below it. */
static const char reopen_failed[] =
    "update journal"
    " set state = 3, attempts = 0, due_us = 0"
    " where run_id = $1"
    " and state = 2"
    " and (" OF_STEP("path", "$2")
    " or exists ("
    "   select 1"
    "   from journal as cause"
    "   where cause.run_id = $1"
    "   and cause.fails_run = 1"
    "   and " OF_STEP("journal.path", "cause.path") "))";

/* Only rows of steps that failed have an error; a `wait` has none, and keeps its time. */
static const char hurry_retries[] =
    "update journal"
    " set due_us = 0"
    " where run_id = $1"
    " and state = 3"
    " and due_us > 0"
    " and error is not null";

/* Another try is due at once; a wait finds that its time is over. (It has one: a row without is of a
 * wait that has not begun.) */
static const char skip_waits[] =
    "update journal"
    " set due_us = case when error is null then $1 else 0 end"
    " where run_id = $2"
    " and state = 3"
    " and due_us > 0";

static const char select_unknown[] =
    "select path, error, started_us"
    " from journal"
    " where run_id = $1"
    " and state = 0"
    " order by $2 is not null and " OF_STEP("path", "$2") " desc, number"
    " limit 1";

static const char resolve_row[] =
    "update journal"
    " set state = $1, ended_us = $2, output = $3, error = $4"
    " where run_id = $5"
    " and path = $6";

static const char select_stuck[] =
    "select id"
    " from run"
    " where state in (3, 5)"
    " and (1 << state) & $1 <> 0"
    " and ($2 is null or recipe = $2)"
    " and ($3 is null or error_kind = $3)"
    " and ($4 is null or error_message = $4)"
    " order by id"
    " limit $5";

static const char release_parked[] =
    "update run"
    " set state = 0, due_us = $1, updated_us = $1, error_kind = null, error_message = null,"
    " error_status = null, error_retry_us = null, error_detail = null, parked_for = null"
    " where state in (3, 5)"
    " and state = 3"
    " and (parked_for = $2 or substr(parked_for, 1, length($2) + 1) = $2 || '/'"
    " and not exists (select 1 from connection where connection.name = run.parked_for"
    " and connection.state in ('broken', 'suspended')))";

static int refuse_ask(const struct standing *now, const char *what, struct err *e)
{
    if (now->is_blocked) {
        return err_set(e, ERR_CONFLICT, "the run waits behind another one of its key; %s that one",
                       what);
    }
    return err_set(e, ERR_CONFLICT, "the run is %s; there is nothing to %s",
                   run_state_name(now->state), what);
}

/* --- cancel --- */

static int end_cancelled(struct db *db, const struct id *id, const struct standing *before,
                         int64_t now_us, struct err *e)
{
    struct query *q = db_query(db, cancel_run);
    query_bind_int(q, 1, now_us);
    query_bind_id(q, 2, id);
    if (query_run(q, e) == -1) {
        return -1;
    }
    struct id released;
    return run_finish_change(db, id, before, RUN_CANCELLED, now_us, &released, e);
}

static int cancel(struct db *db, const struct run_ask *ask, const struct standing *before,
                  struct err *e)
{
    return run_has_ended(before->state) ? refuse_ask(before, "cancel", e)
                                        : end_cancelled(db, &ask->id, before, ask->op.now_us, e);
}

int run_cancel(struct db *db, const struct id *id, int64_t now_us, struct err *e)
{
    struct standing before;
    if (standing_read(db, id, &before, e) == -1) {
        return -1;
    }
    int result = end_cancelled(db, id, &before, now_us, e);
    standing_fini(&before);
    return result;
}

/* --- retry --- */

/* A run that goes on. */
struct requeue {
    struct id id;
    int64_t due_us;
    int64_t now_us;
    bool take_newest;
    bool skip_waits;
    bool is_backfill; /* one of many */
};

/* A dead run let go of its key, so another may be active now. */
static int decide_due(struct db *db, struct requeue *r, const struct standing *before,
                      struct err *e)
{
    if (before->key == NULL || before->state != RUN_DEAD) {
        return 0;
    }
    int rc = run_is_active(db, before->recipe, before->key, e);
    if (rc == 1) {
        r->due_us = RUN_BLOCKED;
    }
    return rc == -1 ? -1 : 0;
}

static int requeue(struct db *db, const struct requeue *r, const struct standing *before,
                   struct err *e)
{
    struct query *q = db_query(db, requeue_run);
    query_bind_int(q, 1, r->due_us);
    query_bind_int(q, 2, r->now_us);
    query_bind_int(q, 3, r->take_newest);
    query_bind_int(q, 4, r->is_backfill);
    query_bind_id(q, 5, &r->id);
    if (query_run(q, e) == -1) {
        return -1;
    }
    run_count_state(db, before->state, RUN_QUEUED);
    return 0;
}

/* What failed for good: in a dead run the step that it stands at, and in any the branches that fail
 * it, or will once the others are over. What `on_error` passed over stays so. */
static int reopen(struct db *db, const struct requeue *r, const struct standing *before,
                  struct err *e)
{
    struct query *q = db_query(db, r->skip_waits ? skip_waits : hurry_retries);
    int at = 1;
    if (r->skip_waits) {
        query_bind_int(q, at++, r->now_us);
    }
    query_bind_id(q, at, &r->id);
    if (query_run(q, e) == -1) {
        return -1;
    }
    q = db_query(db, reopen_failed);
    query_bind_id(q, 1, &r->id);
    query_bind_text(q, 2, before->state == RUN_DEAD ? before->step : NULL);
    return query_run(q, e);
}

static int retry(struct db *db, struct requeue *r, const struct standing *before, struct err *e)
{
    if (before->state != RUN_DEAD && before->state != RUN_PARKED && before->state != RUN_WAITING) {
        return refuse_ask(before, "retry", e);
    }
    if (decide_due(db, r, before, e) == -1 || reopen(db, r, before, e) == -1) {
        return -1;
    }
    return requeue(db, r, before, e);
}

/* --- resolve --- */

static int check_asked_output(const struct run_ask *ask, struct err *e)
{
    if (ask->as != RESOLVE_DONE || ask->output == NULL) {
        return 0;
    }
    json_t *output = json_parse_own(ask->output, strlen(ask->output), e);
    if (output == NULL) {
        return err_prefix(e, "the output");
    }
    json_decref(output);
    return 0;
}

/* The row whose outcome is unknown: its path, and what it tells of its tries. */
static int find_unknown_row(struct db *db, const struct id *id, const char *step,
                            struct journal_row *row, struct err *e)
{
    struct query *q = db_query(db, select_unknown);
    query_bind_id(q, 1, id);
    query_bind_text(q, 2, step);
    int rc = query_next(q, e);
    if (rc == 1) {
        *row = (struct journal_row){ .path = query_text(q, 0),
                                     .error = query_text(q, 1),
                                     .started_us = query_int(q, 2) };
    }
    query_end(q);
    if (rc == 0) {
        return err_set(e, ERR_CONFLICT,
                       "the run has no call whose outcome is unknown; `ladle retry` "
                       "goes on with it");
    }
    return rc == 1 ? 0 : -1;
}

/* What the row says of errors once its outcome is known. */
static char *error_after(const struct run_ask *ask, const struct journal_row *row)
{
    switch (ask->as) {
    case RESOLVE_DONE:
        return tries_of_done(row, NULL);
    case RESOLVE_SKIP:
        return tries_of_done(row, "skipped");
    case RESOLVE_NOT_DONE:
        break;
    }
    return row->error != NULL ? xstrdup(row->error) : NULL;
}

static int write_outcome(struct db *db, const struct run_ask *ask, const struct journal_row *row,
                         struct err *e)
{
    bool is_done = ask->as != RESOLVE_NOT_DONE;
    struct query *q = db_query(db, resolve_row);
    query_bind_int(q, 1, is_done ? JOURNAL_DONE : JOURNAL_WAITING);
    query_bind_int(q, 2, is_done ? ask->op.now_us : 0);
    if (ask->as == RESOLVE_DONE) {
        query_bind_text(q, 3, ask->output != NULL ? ask->output : "{}");
    }
    char *error = error_after(ask, row);
    query_bind_text(q, 4, error);
    query_bind_id(q, 5, &ask->id);
    query_bind_text(q, 6, row->path);
    int result = query_run(q, e);
    free(error);
    return result;
}

static int resolve_run(struct db *db, const struct run_ask *ask, struct requeue *r,
                       const struct standing *before, struct err *e)
{
    if (before->state != RUN_PARKED) {
        return refuse_ask(before, "resolve", e);
    }
    if (check_asked_output(ask, e) == -1) {
        return -1;
    }
    struct journal_row row;
    if (find_unknown_row(db, &ask->id, before->step, &row, e) == -1) {
        return -1;
    }
    int result = write_outcome(db, ask, &row, e);
    journal_row_fini(&row);
    return result == 0 ? requeue(db, r, before, e) : -1;
}

/* --- one run --- */

static int ask_exec(struct store_op *op, struct db *db, struct err *e)
{
    struct run_ask *ask = list_entry(op, struct run_ask, op);
    struct standing before;
    if (standing_read(db, &ask->id, &before, e) == -1) {
        return -1;
    }
    struct requeue r = { .id = ask->id,
                         .due_us = op->now_us,
                         .now_us = op->now_us,
                         .take_newest = ask->take_newest,
                         .skip_waits = ask->skip_waits };
    int result = -1;
    switch (ask->what) {
    case RUN_REQUEST_RETRY:
        result = retry(db, &r, &before, e);
        break;
    case RUN_REQUEST_CANCEL:
        result = cancel(db, ask, &before, e);
        break;
    case RUN_REQUEST_RESOLVE:
        result = resolve_run(db, ask, &r, &before, e);
        break;
    }
    standing_fini(&before);
    return result;
}

void run_ask_init(struct run_ask *ask, struct id id, enum run_request what)
{
    *ask = (struct run_ask){ .op.exec = ask_exec, .id = id, .what = what };
}

/* --- many --- */

enum { STATES_STUCK = 1 << RUN_PARKED | 1 << RUN_DEAD };

static int find_stuck(struct db *db, const struct run_ask_many *ask, struct id **ids, size_t *count,
                      struct err *e)
{
    struct query *q = db_query(db, select_stuck);
    query_bind_int(q, 1, ask->states != 0 ? ask->states : STATES_STUCK);
    query_bind_text(q, 2, ask->recipe);
    query_bind_text(q, 3, ask->kind != ERR_NONE ? err_kind_name(ask->kind) : NULL);
    query_bind_text(q, 4, ask->message);
    query_bind_int(q, 5, rows_limit(ask->limit));
    int rc;
    while ((rc = query_next(q, e)) == 1) {
        *ids = rows_grow(*ids, *count, sizeof(**ids));
        (*ids)[(*count)++] = query_id(q, 0);
    }
    return rc;
}

static int retry_found(struct db *db, struct requeue *r, struct err *e)
{
    struct standing before;
    if (standing_read(db, &r->id, &before, e) == -1) {
        return -1;
    }
    int result = retry(db, r, &before, e);
    standing_fini(&before);
    return result;
}

static int ask_many_exec(struct store_op *op, struct db *db, struct err *e)
{
    struct run_ask_many *ask = list_entry(op, struct run_ask_many, op);
    struct id *ids = NULL;
    size_t count = 0;
    int64_t due_us = ask->first_due_us > 0 ? ask->first_due_us : op->now_us;
    int result = find_stuck(db, ask, &ids, &count, e);
    for (size_t i = 0; i < count && result == 0; i++) {
        struct requeue r = { .id = ids[i],
                             .due_us = due_us,
                             .now_us = op->now_us,
                             .take_newest = ask->take_newest,
                             .is_backfill = true };
        result = retry_found(db, &r, e);
        due_us += ask->spacing_us;
    }
    free(ids);
    ask->count = (int)count;
    ask->next_due_us = due_us;
    return result;
}

void run_ask_many_init(struct run_ask_many *ask)
{
    *ask = (struct run_ask_many){ .op.exec = ask_many_exec, .limit = ROWS_LIMIT_MAX };
}

/* --- a connection that works again --- */

/* All are due at the same moment, and claims then go by id, which is the order of arrival. */
static int release_exec(struct store_op *op, struct db *db, struct err *e)
{
    struct run_release *r = list_entry(op, struct run_release, op);
    struct query *q = db_query(db, release_parked);
    query_bind_int(q, 1, op->now_us);
    query_bind_text(q, 2, r->connection);
    int64_t count = query_change(q, e);
    if (count == -1) {
        return -1;
    }
    r->count = count;
    tally_add(db, COUNTER_RUN_STATE + RUN_PARKED, -count);
    tally_add(db, COUNTER_RUN_STATE + RUN_QUEUED, count);
    return 0;
}

void run_release_init(struct run_release *r, const char *connection)
{
    *r = (struct run_release){ .op.exec = release_exec, .connection = connection };
}
