#pragma once

#include "store/event.h"
#include "store/occurrence_row.h"
#include "store/pause_row.h"
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
    " run.error_status, run.error_retry_us, run.error_detail, run.is_backfill"
enum { RUN_COLUMN_COUNT = 17 };
void run_read(struct query *q, int first, struct run_row *row);

/* Changes the state's counters. */
void run_count_state(struct db *db, enum run_state from, enum run_state to);

bool run_has_ended(enum run_state s);
/* The due time to store for a run that is not blocked. */
int64_t run_due_for(enum run_state state, int64_t due_us);
/* Binds five parameters from `first` on; all null where there is no error. */
void run_bind_error(struct query *q, int first, const struct err *err);

/* 1 where a run of this recipe and key is active and keeps the order, 0 where none is, or -1. */
int run_is_active(struct db *db, const char *recipe, const char *key, struct err *e);

/* Where a run stands before it is changed. */
struct standing {
    enum run_state state;
    bool is_blocked;
    bool is_woken; /* an event ended one of its waits since it was claimed */
    char *recipe;  /* NULL where there is no key */
    char *key;     /* NULL: none, or one whose order does not count */
    char *step;    /* or NULL */
};
/* ERR_NOT_FOUND. */
int standing_read(struct db *db, const struct id *id, struct standing *s, struct err *e);
void standing_fini(struct standing *s);

/* After the run's own row was changed: counts, and, where it ended, takes its waits away and lets
 * the next of its key go (*released, else zero). */
int run_finish_change(struct db *db, const struct id *id, const struct standing *before,
                      enum run_state to, int64_t now_us, struct id *released, struct err *e);

/* Writes the event that tells of a run that is DEAD or PARKED now. has_emitted: false where the run
 * came from an event of the engine. */
struct run_news {
    const struct id *run;
    enum run_state state;
    int attempts;
    const char *step;
    const struct err *err;
};
int engine_event_add(struct db *db, const struct run_news *news, int64_t now_us, bool *has_emitted,
                     struct err *e);

/* An event of the engine itself that has no key, to be routed. */
int engine_event_put(struct db *db, const struct id *id, const char *type, const json_t *payload,
                     int64_t now_us, struct err *e);

/* Ends a run that has not ended as CANCELLED, and lets the next of its key go. */
int run_cancel(struct db *db, const struct id *id, int64_t now_us, struct err *e);

/* Writes the row of an occurrence that starts this run, unless it must not start; n->outcome says
 * so. */
int occurrence_apply(struct db *db, struct occurrence_note *n, const struct run_seed *seed,
                     int64_t now_us, struct err *e);

/* 1 where the recipe is paused, 0, or -1. */
int pause_find(struct db *db, const char *recipe, int64_t *since_us, struct err *e);

/* Moves a backfill on: 1, 0 where it was ended meanwhile, or -1. */
int64_t backfill_reach(struct db *db, const struct id *id, int64_t planned_us, struct err *e);

/* Ends and registers the waits of a save. */
int waits_save(struct db *db, const struct run_save *save, struct err *e);
/* Takes all waits of a run away. */
int waits_clear(struct db *db, const struct id *run_id, struct err *e);
/* Ends the waits that an event matches; fills put->woken. */
int waits_wake(struct db *db, struct event_put *put, struct err *e);
void woken_clear(struct event_put *put);

/* Whether a value is sealed under the key that the store's secrets are sealed under; 0 also where
 * the store has no key yet. ERR_CONFLICT: under another one. */
int key_check(struct db *db, const uint8_t *sealed, size_t len, struct err *e);

/* A running run is due at this moment, which never comes: it is held by an engine. */
#define RUN_HELD (RUN_BLOCKED - 1)
/* A run that waits for its turn, and for no time. */
#define RUN_TURN (RUN_BLOCKED - 2)

/* What a claim has found, for run_turn.c: RUN_COLUMNS and then these, of run joined with event. */
#define RUN_LOAD_COLUMNS                                                                           \
    RUN_COLUMNS ", event.connection, event.type, event.headers, event.payload, event.received_us"
void run_load_read(struct query *q, struct run_load *load);
/* It is RUNNING now, and its journal is read. */
int run_load_hold(struct db *db, struct run_load *load, int64_t now_us, struct err *e);
/* Whether another run has room in the claim, by the bytes of its events. */
static inline bool run_claim_has_room(struct run_claim *claim)
{
    size_t bytes = 0;
    for (size_t i = 0; i < claim->count && claim->bytes_max > 0; i++) {
        bytes += claim->runs[i].payload_len;
    }
    claim->was_cut = claim->bytes_max > 0 && bytes >= claim->bytes_max;
    return !claim->was_cut;
}
/* Takes the runs whose turn it is, as the claim asks for them. */
int run_take_turns(struct db *db, struct run_claim *claim, int64_t now_us, struct err *e);

/* *has_kept becomes true where a row that is DONE was kept as it is. */
int journal_write(struct db *db, const struct run_save *save, int64_t now_us, bool *has_kept,
                  struct err *e);
/* Appends to *rows, in the order in which they began. */
int journal_read(struct db *db, const struct id *run_id, struct journal_row **rows, size_t *count,
                 struct err *e);

/* In the transaction that stores a new token: ends the lease of `owner`. ERR_CONFLICT where another
 * has taken it meanwhile and has stored a token other than the expected one (lease_row.h). */
int lease_settle(struct db *db, const char *name, const char *owner, const char *expected,
                 struct err *e);
/* Ends whatever lease there is. */
int lease_forget(struct db *db, const char *name, struct err *e);

/* Writes what an event says of an account of a parent; nothing where it says nothing. */
struct account_note;
int account_apply(struct db *db, const struct account_note *a, int64_t now_us, struct err *e);
