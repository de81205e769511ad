#pragma once

#include "store/store.h"
#include "store/wait.h"

/* One run of a recipe for one event. */
enum run_state {
    RUN_QUEUED, /* until due_us; RUN_BLOCKED: behind another run of its key */
    RUN_RUNNING,
    RUN_WAITING, /* for a retry or a timer, until due_us */
    RUN_PARKED,  /* for a person, or for a connection that is broken */
    RUN_DONE,
    RUN_DEAD,
    RUN_CANCELLED,
    RUN_SKIPPED, /* its `if` said no, or another run stands for it: err says which */
    RUN_STATE_COUNT
};
#define RUN_BLOCKED INT64_MAX
const char *run_state_name(enum run_state s);

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
    bool is_backfill; /* one of many that were retried at once; until it ends or is parked */
    struct err err;   /* kind ERR_NONE: none */
};
void run_row_fini(struct run_row *row);

/* What becomes of the runs of one (recipe, key). "Begun" is a run that was claimed or made RUNNING.
 */
enum run_mode {
    RUN_MODE_QUEUE,   /* one at once, in the order of arrival */
    RUN_MODE_LATEST,  /* those that have not begun are skipped for the newest */
    RUN_MODE_DROP,    /* while one has not ended, a new one is skipped */
    RUN_MODE_PARALLEL /* no order; the mode of runs without a key, whatever is said */
};

/* A run to be made with its event. Unless `state` is an end, what it is made as depends on the
 * earlier runs of its (recipe, key) that have not ended:
 * - with settle_us it becomes QUEUED and due that long after now; one that settles and has not
 * begun is skipped, and this one takes over its due time. Without a key that counts for the recipe.
 * - LATEST skips the earlier ones that have not begun; DROP skips this one if there is any;
 * - where one is left, and the mode is not PARALLEL, it becomes QUEUED and blocked. */
struct run_seed {
    struct id id;
    char *recipe;
    char *version;
    char *key;
    enum run_mode mode;
    int64_t settle_us;    /* 0: at once */
    enum run_state state; /* RUNNING: the maker begins it at once; attempts is then 1. Out too */
    int64_t due_us;       /* of QUEUED and WAITING; out too */
    struct err err;       /* for DEAD and SKIPPED: why */
    bool is_backfill;
    bool is_blocked;         /* out */
    bool is_paused;          /* out: it is SKIPPED, as its recipe is paused */
    struct id displaced;     /* out: the newest run that it took the place of, which was skipped */
    int64_t displaced_count; /* out: how many there were */
    bool is_kept;            /* private: the next two hold what was given */
    enum run_state given_state;
    int64_t given_due_us;
};
/* Why a run is skipped that its recipe would have liked to do. */
#define RUN_SKIP_BUSY     "another run of its key has not ended" /* DROP */
#define RUN_SKIP_SETTLING "a newer event took its place while it settled"
#define RUN_SKIP_NEWER    "a newer event of its key took its place" /* LATEST */
#define RUN_SKIP_PAUSED   "the recipe is paused"
void run_seed_fini(struct run_seed *seed);

/* A line of the journal: one step, or one effect within it, of one run. A later row of the same
 * path replaces it, but started_us stays, and so does input where the new one is NULL. A row that
 * is DONE stays DONE: one of another state does not replace it (run_save.was_woken tells). */
enum journal_state { JOURNAL_STARTED, JOURNAL_DONE, JOURNAL_FAILED, JOURNAL_WAITING };
const char *journal_state_name(enum journal_state s);
struct journal_row {
    char *path; /* "follow_up" a step, "follow_up/1" its first effect */
    enum journal_state state;
    int attempts;
    int64_t started_us;
    int64_t ended_us; /* 0: not ended */
    int64_t due_us;   /* of WAITING: until when; 0: no time */
    bool is_date;     /* that time was given as one; else it is a while from when it began */
    char *input;      /* JSON text or NULL */
    char *output;     /* JSON text or NULL */
    char *error;      /* JSON text or NULL; store/tries.h says what is in it */
    char *made;       /* what the effect made, as a text that no other thing has; or NULL. Written,
                         not read */
    bool is_sent;   /* of STARTED: started_us is of the call that goes out now, and replaces that of
                         one before. Written, not read */
    bool fails_run; /* it FAILED, and no `on_error` passed over it: so it ended the run */
};
void journal_row_fini(struct journal_row *row);

/* Which effect made this: the run and the path of the row that is DONE, or nothing. A read. */
struct made_find {
    struct store_op op;
    char *made;
    struct id run; /* out; zero: none */
    char *path;    /* out, or NULL */
};
struct made_find *made_find_new(const char *made);
void made_find_free(struct made_find *f);

/* Writes journal rows, ends and registers waits and, where `has_state`, writes the run's new state;
 * one transaction. A final state (PARKED is none) takes the run's waits away and lets the next run
 * of the key go: it becomes QUEUED and due, and `released` names it. Strings are owned. A run that
 * was cancelled meanwhile by another process keeps that state, takes the rows, and was_cancelled
 * says so, with or without has_state. ERR_NOT_FOUND; ERR_CONFLICT for a new state of a run that has
 * ended otherwise, or that is blocked; ERR_INVALID for a wait whose match is no object: then
 * nothing is written.
 *
 * Events wake runs at any moment, so a save may come too late: a row that an event has made DONE
 * stays as it is, and a run that was woken since it was claimed becomes QUEUED and due where it
 * should have become WAITING. was_woken says that either happened.
 *
 * DEAD and PARKED also write an unrouted event of the engine itself (connection "ladle", type
 * run_dead or run_parked), unless the run's own event was one: has_emitted. */
struct run_save {
    struct store_op op;
    struct id id;
    struct journal_row *rows;
    size_t row_count;
    struct wait_row *waits;
    size_t wait_count;
    char **ended_waits; /* paths */
    size_t ended_wait_count;
    bool has_state;
    enum run_state state;
    int attempts;
    char *step;
    int64_t due_us;
    struct err err;
    char *parked_for; /* of PARKED: the connection whose repair lets it go on, or NULL */
    char *turn_of;    /* of WAITING: the connection at which it waits for its turn, or NULL; it goes
                         * on with that, or at due_us (RUN_BLOCKED: with its turn only) */
    bool is_backfill; /* of WAITING: it leaves the turns of others to them (limit/limiter.h) */
    struct id released; /* out; zero: none */
    bool was_cancelled; /* out */
    bool was_woken;     /* out */
    bool has_emitted;   /* out */
};
struct run_save *run_save_new(void);
void run_save_free(struct run_save *save);
/* Adds a zeroed row to fill in; borrowed until the next one is added. */
struct journal_row *run_save_add(struct run_save *save);
/* The same for a wait. One of the same path is replaced; one whose row is DONE is not registered.
 */
struct wait_row *run_save_add_wait(struct run_save *save);
/* Takes the wait of that path away, after its time limit for example; none is no error. Nothing may
 * follow from it before the save is committed without was_woken. */
void run_save_end_wait(struct run_save *save, const char *path);

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
    char *turn_of; /* the connection at which it has its turn, or NULL */
};
void run_load_fini(struct run_load *load);

/* Takes the runs that are due, oldest due first: they become RUNNING, attempts + 1. With turn_of
 * those that wait for their turn at this connection, whatever their due time is: recipes take
 * turns, and of one recipe the run that arrived first goes first, so that runs end one after
 * another. */
struct run_claim {
    struct store_op op;
    int limit;
    int64_t now_us;
    size_t bytes_max;      /* of the events of all; 0: any. One is taken whatever its size */
    bool was_cut;          /* out: others were left, as that was reached */
    char *turn_of;         /* owned; NULL: what is due */
    int backfill_first;    /* of turn_of: so many backfills before the others, */
    int backfill_max;      /* and so many at most */
    char *after_recipe;    /* of turn_of: the recipe that had the last turn, in and out; owned */
    bool has_more;         /* out, of turn_of: others still wait */
    struct run_load *runs; /* out */
    size_t count;
    int64_t next_due_us; /* out: when the next one is due, 0: none */
};
struct run_claim *run_claim_new(int limit, int64_t now_us);
void run_claim_free(struct run_claim *claim);

/* The connections at which runs wait for their turn. */
struct run_turns {
    struct store_op op;
    char **names; /* out */
    size_t count;
};
struct run_turns *run_turns_new(void);
void run_turns_free(struct run_turns *t);

/* At start, with the store held exclusively: runs left RUNNING by a process that died become QUEUED
 * and due (`count`); one to which that happened RUN_LOST_MAX times, with no attempt of it that ended
 * in between, is PARKED (`parked`), as it may be what ends the process. */
enum { RUN_LOST_MAX = 3 };
struct run_recover {
    struct store_op op;
    int64_t count, parked; /* out */
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

/* Which of these runs were cancelled: for who has them in memory. */
struct run_cancels {
    struct store_op op;
    struct id *ids; /* owned */
    size_t count;
    bool *is_cancelled; /* out: of each */
};
struct run_cancels *run_cancels_new(size_t count); /* the ids are to be filled in */
void run_cancels_free(struct run_cancels *c);

/* Counts of runs by state, of events, of duplicates (which are not in events); quick at any size.
 */
struct run_counts {
    struct store_op op;
    int64_t by_state[RUN_STATE_COUNT];
    int64_t events, duplicates, unrouted;
};
void run_counts_init(struct run_counts *c);

/* What a person asks for.
 * RETRY: a dead, parked or waiting run goes on from its failed step, now; a dead one whose key
 * another run has taken meanwhile is blocked and goes next. The rows of the step that a dead one
 * stands at, and of all steps that fail the run, of what is below them and of the groups that they
 * stand in which are FAILED become WAITING with no tries used. Rows that wait for another try wait
 * no longer; with `skip_waits` neither do those that wait for a time or an event, whose time is then
 * over. CANCEL: a run that has not ended ends as cancelled, and the next of its key goes on.
 * RESOLVE: the STARTED row of a parked run (that of its step, else the earliest) gets its outcome,
 * and the run goes on. `take_newest` drops its version. ERR_NOT_FOUND; ERR_CONFLICT with the state
 * that it is in, or where nothing is unknown; ERR_INVALID for an output that is no JSON. */
enum run_request { RUN_REQUEST_RETRY, RUN_REQUEST_CANCEL, RUN_REQUEST_RESOLVE };
enum resolve_as {
    RESOLVE_DONE,     /* it took effect: DONE, with `output` or {} */
    RESOLVE_NOT_DONE, /* it did not: WAITING, so it is sent again */
    RESOLVE_SKIP      /* leave it: DONE without output, with the error kind "skipped" */
};
struct run_ask {
    struct store_op op;
    struct id id;
    enum run_request what;
    bool take_newest;
    bool skip_waits;    /* of RETRY */
    enum resolve_as as; /* of RESOLVE */
    const char *output; /* of RESOLVE_DONE: JSON text or NULL; borrowed */
};
void run_ask_init(struct run_ask *ask, struct id id, enum run_request what);

/* RETRY for many, the oldest first: dead and parked runs that have all that is given. Until they
 * end or are parked again they are backfills, which leave room for what just happened. The first is
 * due at first_due_us, each further one spacing_us later. Asked again with next_due_us until
 * `count` is less than the limit, it goes through all of them. */
struct run_ask_many {
    struct store_op op;
    /* in; texts are borrowed */
    unsigned states;      /* 1 << RUN_DEAD, 1 << RUN_PARKED; 0: both */
    const char *recipe;   /* NULL: all */
    enum err_kind kind;   /* ERR_NONE: all */
    const char *message;  /* of the error; NULL: all */
    int64_t first_due_us; /* 0: now */
    int64_t spacing_us;
    int limit; /* 1 … 1000 */
    bool take_newest;
    /* out */
    int count;
    int64_t next_due_us;
};
void run_ask_many_init(struct run_ask_many *ask);

/* A connection works again: the runs that were parked for it are queued, the oldest is claimed
 * first. With a parent go the runs of its accounts that are neither broken nor suspended. */
struct run_release {
    struct store_op op;
    const char *connection; /* borrowed */
    int64_t count;          /* out */
};
void run_release_init(struct run_release *r, const char *connection);

/* Recipe versions by content hash, so that a run ends on what it began with. Putting one that is
 * there notes that it is in use: only versions that were put long ago are pruned. */
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
