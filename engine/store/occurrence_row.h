#pragma once

#include "store/store.h"

/* The ledger of schedules. A schedule is known by its recipe and its identity (timetable_identity),
 * and each of its occurrences has one row, whatever became of it. `reached_us` of the schedule says
 * up to which planned time all of them have theirs; it moves in the transaction that writes the row,
 * the event and the run. What comes next follows from it and from the timetable, and is stored
 * nowhere. */
enum occurrence_state {
    OCCURRENCE_RAN,
    OCCURRENCE_LATE,    /* it ran, and was missed before; `why` says how that came */
    OCCURRENCE_LEFT,    /* "skipped": it started nothing; `why` */
    OCCURRENCE_BACKFILL /* "backfilled", by whom says `why` */
};
const char *occurrence_state_name(enum occurrence_state s);

/* Why occurrences were left out. */
#define OCCURRENCE_WHY_OVERLAP "overlap" /* a run of an earlier one has not ended: run_id */

struct schedule_row {
    int64_t number;
    char *recipe;
    char *identity;
    char *label;        /* what people call it */
    char *file;         /* of the recipe */
    int64_t reached_us; /* of one that is new: the moment at which it was seen first */
    int64_t off_us;     /* not in force since then; 0: it is, or was caught up with */
    char *off_why;      /* or NULL */
};
void schedule_row_fini(struct schedule_row *row);

/* At start: these schedules are in force, and no others. Those that are not known begin now; the
 * others are filled in. Those that are known and not among them are off from now on. */
struct schedule_sync {
    struct store_op op;
    struct schedule_row *rows; /* in: recipe, identity, label, file; out: the rest; owned */
    size_t count;
    const char *const *broken; /* files with errors, ended by NULL: why schedules of these are off;
                                  borrowed, or NULL */
};
#define SCHEDULE_OFF_BROKEN "the recipe was broken"
#define SCHEDULE_OFF_GONE   "the schedule was not in force"
#define SCHEDULE_OFF_PAUSED "the recipe was paused"
struct schedule_sync *schedule_sync_new(size_t count); /* rows are to be filled in */
void schedule_sync_free(struct schedule_sync *s);

/* While a run of an earlier occurrence of the schedule has not ended. */
enum overlap {
    OVERLAP_SKIP,
    OVERLAP_QUEUE, /* the run's key keeps the order; nothing to do here */
    OVERLAP_PARALLEL,
    OVERLAP_REPLACE /* that run is cancelled */
};

/* What an event of a schedule is written with (event_put.occurrence). */
struct occurrence_note {
    /* in */
    int64_t schedule;
    int64_t planned_us;
    enum occurrence_state state; /* not LEFT */
    int64_t late_us;
    const char *why; /* or NULL; borrowed until done */
    enum overlap overlap;
    struct id backfill; /* of BACKFILL: whose it is */
    /* out */
    enum {
        OCCURRENCE_STARTED, /* event and run are written */
        OCCURRENCE_BLOCKED, /* left out: `other` is in the way */
        OCCURRENCE_KNOWN,   /* it has its row already: nothing is written */
        OCCURRENCE_PAUSED,  /* the recipe is paused: nothing is written */
        OCCURRENCE_ENDED    /* the backfill is none any more: nothing is written */
    } outcome;
    int64_t paused_us; /* PAUSED: since then */
    struct id other;   /* BLOCKED; STARTED: a run that was cancelled for it, or zero */
};

/* Occurrences of one schedule that start nothing, in order; all of them or none. Where some were
 * missed, the event ladle.schedule_missed tells of it. */
struct occurrence_left {
    int64_t planned_us;
    int64_t late_us;
    const char *why; /* static */
    bool is_missed;
};
struct occurrence_leave {
    struct store_op op;
    int64_t schedule;
    struct occurrence_left *rows; /* owned */
    size_t count;
    bool is_caught_up; /* nothing is due behind them: the schedule is off no more */
    struct id news_id;
    char *recipe, *label; /* for the news; owned */
    bool is_paused;       /* out: the recipe is, since paused_us; nothing is written */
    int64_t paused_us;
    bool has_emitted;     /* out: an event is to be routed */
    int64_t missed_count; /* out */
};
struct occurrence_leave *occurrence_leave_new(int64_t schedule, const char *recipe,
                                              const char *label);
struct occurrence_left *occurrence_leave_add(struct occurrence_leave *l); /* zeroed; borrowed */
void occurrence_leave_free(struct occurrence_leave *l);

/* The clock was set back, to before what the schedule had reached: from there on it begins anew.
 * Rows of occurrences that ran stay, so that none runs twice. */
struct schedule_rewind {
    struct store_op op;
    int64_t schedule;
    int64_t to_us;
};
void schedule_rewind_init(struct schedule_rewind *r, int64_t schedule, int64_t to_us);

/* --- reading --- */

struct occurrence_row {
    char *recipe;
    char *label;
    int64_t planned_us;
    enum occurrence_state state;
    int64_t late_us;
    char *why;        /* or NULL */
    struct id run_id; /* the run that it started, or the one that was in the way; or zero */
};

/* What was: newest first, page by page. With `identity` of that schedule, else of all, or of all of
 * the recipe. */
struct occurrence_list {
    struct store_op op;
    /* in; texts are borrowed, NULL: all */
    const char *recipe, *identity;
    int64_t before_us; /* 0: from the newest; with it … */
    int64_t before_schedule;
    int limit;
    /* out */
    struct occurrence_row *rows;
    size_t count;
    int64_t last_schedule; /* of the last row */
};
struct occurrence_list *occurrence_list_new(void);
void occurrence_list_free(struct occurrence_list *l);
