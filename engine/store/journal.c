/*
 * The journal: what each run did, one row for a step or an effect, under its path. A row is written
 * when an effect begins and replaced when it ends; its number, taken when the path is first
 * written, keeps the order in which they began, which times cannot (two steps may begin in one
 * microsecond). A row that begins again keeps the error of the try before. What is DONE was
 * executed, or came as an event, and stays (promise P3), whatever a run that has not heard of it
 * writes. The writing is part of run_save and record_put, on their thread.
 */
#include <assert.h>
#include <stdlib.h>

#include "store/db.h"
#include "store/ops.h"
#include "store/rows.h"

static_assert(JOURNAL_STARTED == 0 && JOURNAL_DONE == 1 && JOURNAL_FAILED == 2 &&
                  JOURNAL_WAITING == 3,
              "states are stored");

static const char upsert_row[] =
    "insert into journal (run_id, path, number, state, attempts, started_us, ended_us, due_us,"
    " input, output, error, fails_run)"
    " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
    " on conflict (run_id, path) do update"
    " set state = excluded.state, attempts = excluded.attempts, ended_us = excluded.ended_us,"
    " due_us = excluded.due_us, input = coalesce(excluded.input, journal.input),"
    " output = excluded.output, fails_run = excluded.fails_run, error = case"
    "   when excluded.state = 0 then coalesce(excluded.error, journal.error)"
    "   else excluded.error end"
    " where journal.state <> 1 or excluded.state = 1";

static const char select_rows[] =
    "select path, state, attempts, started_us, ended_us, due_us, input, output, error,"
    " fails_run"
    " from journal"
    " where run_id = $1"
    " order by number";

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

/* 1 where it was written, 0 where a row that is DONE stays, or -1. */
static int64_t write_row(struct db *db, const struct id *run_id, const struct journal_row *row,
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
    query_bind_int(q, 8, row->due_us);
    query_bind_text(q, 9, row->input);
    query_bind_text(q, 10, row->output);
    query_bind_text(q, 11, row->error);
    query_bind_int(q, 12, row->fails_run);
    return query_change(q, e);
}

int journal_write(struct db *db, const struct run_save *save, int64_t now_us, bool *has_kept,
                  struct err *e)
{
    for (size_t i = 0; i < save->row_count; i++) {
        int64_t written = write_row(db, &save->id, &save->rows[i], now_us, e);
        if (written == -1) {
            return -1;
        }
        *has_kept = *has_kept || written == 0;
    }
    return 0;
}

static void read_journal_row(struct query *q, struct journal_row *row)
{
    row->path = query_text(q, 0);
    row->state = (enum journal_state)query_int(q, 1);
    row->attempts = (int)query_int(q, 2);
    row->started_us = query_int(q, 3);
    row->ended_us = query_int(q, 4);
    row->due_us = query_int(q, 5);
    row->input = query_text(q, 6);
    row->output = query_text(q, 7);
    row->error = query_text(q, 8);
    row->fails_run = query_int(q, 9) != 0;
}

int journal_read(struct db *db, const struct id *run_id, struct journal_row **rows, size_t *count,
                 struct err *e)
{
    struct query *q = db_query(db, select_rows);
    query_bind_id(q, 1, run_id);
    int rc;
    while ((rc = query_next(q, e)) == 1) {
        *rows = rows_grow(*rows, *count, sizeof(**rows));
        read_journal_row(q, &(*rows)[*count]);
        (*count)++;
    }
    return rc;
}
