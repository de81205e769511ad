#pragma once

#include "store/event.h"
#include "store/run.h"
#include "store/query.h"

/* What an op of one file does inside the op of another, in its transaction. Writer thread. */

/* Inserts the event, or, where its dedupe key is taken, a row without payload that names the first
 * one: then *original is that one's id, else zero. */
int event_add(struct db *db, const struct event_row *row, struct id *original, struct err *e);

/* Makes the run of a seed. Sets seed->is_blocked. ERR_CONFLICT where this event has a run of that
 * recipe. */
int run_add(struct db *db, const struct id *event_id, int replay, struct run_seed *seed,
            int64_t now_us, struct err *e);

/* What run_save does. */
int run_apply(struct db *db, struct run_save *save, int64_t now_us, struct err *e);

/* Columns of a run in the order in which run_read reads them, from column `first` of the row. */
#define RUN_COLUMNS                                                                                \
    "run.id, run.recipe, run.version, run.event_id, run.order_key, run.state, run.attempts,"       \
    " run.step, run.due_us, run.created_us, run.updated_us, run.error_kind, run.error_message,"    \
    " run.error_status, run.error_retry_us, run.error_detail"
enum { RUN_COLUMN_COUNT = 16 };
void run_read(struct query *q, int first, struct run_row *row);

/* Changes the state's counters. */
void run_count_state(struct db *db, enum run_state from, enum run_state to);

/* A running run is due at this moment, which never comes: it is held by an engine. */
#define RUN_HELD (RUN_BLOCKED - 1)

int journal_write(struct db *db, const struct id *run_id, const struct journal_row *rows,
                  size_t count, int64_t now_us, struct err *e);
/* Rows of that step that failed for good, its effects' and items' too, wait for another try. */
int journal_reopen(struct db *db, const struct id *run_id, const char *step, struct err *e);
/* Appends to *rows, in the order in which they began. */
int journal_read(struct db *db, const struct id *run_id, struct journal_row **rows, size_t *count,
                 struct err *e);
