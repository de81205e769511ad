#pragma once

#include "store/store.h"

/* One run of a recipe for one event. */
enum run_state {
    RUN_QUEUED, /* until due_us; RUN_BLOCKED: behind another run of its key */
    RUN_RUNNING,
    RUN_WAITING, /* for a retry or a timer, until due_us */
    RUN_PARKED,  /* for a person */
    RUN_DONE,
    RUN_DEAD,
    RUN_CANCELLED,
    RUN_SKIPPED, /* its `if` said no */
    RUN_STATE_COUNT
};
#define RUN_BLOCKED INT64_MAX
const char *run_state_name(enum run_state s);
int run_state_parse(const char *name, enum run_state *out);

struct run_row {
    struct id id;
    char *recipe;
    char *version; /* content hash of the bundle; NULL: the newest when it is claimed */
    struct id event_id;
    char *key; /* order key, or NULL */
    enum run_state state;
    int attempts;   /* claims that began to walk */
    char *step;     /* where it is, or NULL */
    int64_t due_us; /* of QUEUED and WAITING, else 0 */
    int64_t created_us;
    int64_t updated_us;
    struct err err; /* kind ERR_NONE: none */
};
void run_row_fini(struct run_row *row);

/* A run to be made with its event. With a key and an earlier run of the same (recipe, key) that has
 * not ended, it is made as QUEUED and blocked, whatever `state` says (unless `state` is an end). */
struct run_seed {
    struct id id;
    char *recipe;
    char *version;
    char *key;
    enum run_state state; /* RUNNING: the maker begins it at once; attempts is then 1 */
    int64_t due_us;
    struct err err;  /* for DEAD */
    bool is_blocked; /* out */
};
void run_seed_fini(struct run_seed *seed);

/* A line of the journal: one step, or one effect within it, of one run. A later row of the same
 * path replaces it, but started_us stays, and so does input where the new one is NULL. */
enum journal_state { JOURNAL_STARTED, JOURNAL_DONE, JOURNAL_FAILED, JOURNAL_WAITING };
const char *journal_state_name(enum journal_state s);
struct journal_row {
    char *path; /* "follow_up" a step, "follow_up/1" its first effect */
    enum journal_state state;
    int attempts;
    int64_t started_us;
    int64_t ended_us; /* 0: not ended */
    char *input;      /* JSON text or NULL */
    char *output;     /* JSON text or NULL */
    char *error;      /* JSON text or NULL */
};
void journal_row_fini(struct journal_row *row);

/* Writes journal rows and, where `has_state`, the run's new state; one transaction. A final state
 * (PARKED is none) lets the next run of the key go: it becomes QUEUED and due, and `released` names
 * it. Strings are owned. A run that was cancelled meanwhile by another process keeps that state,
 * takes the rows, and was_cancelled says so, with or without has_state. ERR_NOT_FOUND; ERR_CONFLICT
 * for a new state of a run that has ended otherwise, or that is blocked: then nothing is written.
 */
struct run_save {
    struct store_op op;
    struct id id;
    struct journal_row *rows;
    size_t row_count;
    bool has_state;
    enum run_state state;
    int attempts;
    char *step;
    int64_t due_us;
    struct err err;
    struct id released; /* out; zero: none */
    bool was_cancelled; /* out */
};
struct run_save *run_save_new(void);
void run_save_free(struct run_save *save);
/* Adds a zeroed row to fill in; borrowed until the next one is added. */
struct journal_row *run_save_add(struct run_save *save);

/* All that is needed to go on with a run. */
struct run_load {
    struct run_row run;
    char *connection; /* of the event */
    char *type;
    char *headers;
    char *payload;
    size_t payload_len;
    int64_t received_us;
    struct journal_row *rows;
    size_t row_count;
};
void run_load_fini(struct run_load *load);

/* Takes the runs that are due, oldest due first: they become RUNNING, attempts + 1. */
struct run_claim {
    struct store_op op;
    int limit;
    int64_t now_us;
    struct run_load *runs; /* out */
    size_t count;
    int64_t next_due_us; /* out: when the next one is due, 0: none */
};
struct run_claim *run_claim_new(int limit, int64_t now_us);
void run_claim_free(struct run_claim *claim);

/* At start, with the store held exclusively: runs left RUNNING by a process that died become QUEUED
 * and due. `count` out. */
struct run_recover {
    struct store_op op;
    int64_t count;
};
void run_recover_init(struct run_recover *r);

struct run_list {
    struct store_op op;
    /* in */
    const char *recipe; /* NULL: all; borrowed, as are the others */
    unsigned states;    /* bits 1 << enum run_state; 0: all */
    struct id event_id; /* zero: all */
    struct id before;
    int limit;
    struct id only; /* just this one, with its journal */
    /* out, newest first */
    struct run_row *rows;
    size_t count;
    struct journal_row *journal; /* of `only`, in the order they began */
    size_t journal_count;
};
struct run_list *run_list_new(void);
void run_list_free(struct run_list *list);

/* Counts of runs by state, of events, of duplicates (which are not in events); quick at any size.
 */
struct run_counts {
    struct store_op op;
    int64_t by_state[RUN_STATE_COUNT];
    int64_t events, duplicates, unrouted;
};
void run_counts_init(struct run_counts *c);

/* What a person asks for. RETRY: a dead, parked or waiting run goes on from its failed step, now; a
 * dead one whose key another run has taken meanwhile is blocked and goes next. CANCEL: a run that
 * has not ended ends as cancelled, and the next of its key goes on. `take_newest` drops its
 * version. ERR_NOT_FOUND, or ERR_CONFLICT with the state that it is in. */
enum run_request { RUN_REQUEST_RETRY, RUN_REQUEST_CANCEL };
struct run_ask {
    struct store_op op;
    struct id id;
    enum run_request what;
    bool take_newest;
};
void run_ask_init(struct run_ask *ask, struct id id, enum run_request what);

/* Recipe versions by content hash, so that a run ends on what it began with. */
struct version_put {
    struct store_op op;
    const char *hash, *recipe, *bundle; /* borrowed until done */
    size_t bundle_len;
};
void version_put_init(struct version_put *v);
struct version_get {
    struct store_op op;
    const char *hash;
    char *bundle; /* out, yours; ERR_NOT_FOUND */
    size_t bundle_len;
};
void version_get_init(struct version_get *v);
