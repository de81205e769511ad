/*
 * The journal: what each run did, one row for a step or an effect, under its path. A row is written
 * when an effect begins and replaced when it ends; its number, taken when the path is first
 * written, keeps the order in which they began, which times cannot (two steps may begin in one
 * microsecond). The writing is part of run_save and record_put, on their thread.
 */
#include <assert.h>
#include <stdlib.h>

#include "store/db.h"
#include "store/ops.h"
#include "store/rows.h"

static const char upsert_row[] =
    "insert into journal (run_id, path, number, state, attempts, started_us, ended_us, input,"
    " output, error)"
    " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    " on conflict (run_id, path) do update"
    " set state = excluded.state, attempts = excluded.attempts, ended_us = excluded.ended_us,"
    " input = coalesce(excluded.input, journal.input), output = excluded.output,"
    " error = excluded.error";

static const char select_rows[] =
    "select path, state, attempts, started_us, ended_us, input, output, error"
    " from journal"
    " where run_id = $1"
    " order by number";

static_assert(JOURNAL_FAILED == 2 && JOURNAL_WAITING == 3, "states are stored");

/* 2 is JOURNAL_FAILED, 3 JOURNAL_WAITING; a step's effects and items stand below its name. */
static const char reopen_step[] =
    "update journal"
    " set state = 3"
    " where run_id = $1"
    " and state = 2"
    " and (path = $2 or substr(path, 1, length($2) + 1) = $2 || '/')";

const char *journal_state_name(enum journal_state s)
{
    switch (s) {
    case JOURNAL_STARTED:
        return "started";
    case JOURNAL_DONE:
        return "done";
    case JOURNAL_FAILED:
        return "failed";
    case JOURNAL_WAITING:
        return "waiting";
    }
    return "unknown";
}

void journal_row_fini(struct journal_row *row)
{
    free(row->path);
    free(row->input);
    free(row->output);
    free(row->error);
    *row = (struct journal_row){ 0 };
}

static int write_row(struct db *db, const struct id *run_id, const struct journal_row *row,
                     int64_t now_us, struct err *e)
{
    struct query *q = db_query(db, upsert_row);
    query_bind_id(q, 1, run_id);
    query_bind_text(q, 2, row->path);
    query_bind_int(q, 3, db_next_number(db, now_us));
    query_bind_int(q, 4, row->state);
    query_bind_int(q, 5, row->attempts);
    query_bind_int(q, 6, row->started_us);
    query_bind_int(q, 7, row->ended_us);
    query_bind_text(q, 8, row->input);
    query_bind_text(q, 9, row->output);
    query_bind_text(q, 10, row->error);
    return query_run(q, e);
}

int journal_write(struct db *db, const struct id *run_id, const struct journal_row *rows,
                  size_t count, int64_t now_us, struct err *e)
{
    for (size_t i = 0; i < count; i++) {
        if (write_row(db, run_id, &rows[i], now_us, e) == -1) {
            return -1;
        }
    }
    return 0;
}

int journal_reopen(struct db *db, const struct id *run_id, const char *step, struct err *e)
{
    struct query *q = db_query(db, reopen_step);
    query_bind_id(q, 1, run_id);
    query_bind_text(q, 2, step);
    return query_run(q, e);
}

static void read_row(struct query *q, struct journal_row *row)
{
    row->path = query_text(q, 0);
    row->state = (enum journal_state)query_int(q, 1);
    row->attempts = (int)query_int(q, 2);
    row->started_us = query_int(q, 3);
    row->ended_us = query_int(q, 4);
    row->input = query_text(q, 5);
    row->output = query_text(q, 6);
    row->error = query_text(q, 7);
}

int journal_read(struct db *db, const struct id *run_id, struct journal_row **rows, size_t *count,
                 struct err *e)
{
    struct query *q = db_query(db, select_rows);
    query_bind_id(q, 1, run_id);
    int rc;
    while ((rc = query_next(q, e)) == 1) {
        *rows = rows_grow(*rows, *count, sizeof(**rows));
        read_row(q, &(*rows)[*count]);
        (*count)++;
    }
    return rc;
}
