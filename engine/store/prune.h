#pragma once

#include "store/store.h"

/* How long rows are kept after their last change; microseconds. Runs that have not ended are kept,
 * an event as long as one of its runs is and never less than PRUNE_KEY_MIN_US (for its dedupe key),
 * a version as long as a run names it or it is the newest of its recipe. */
struct retention {
    int64_t events_us;
    int64_t runs_us; /* done, cancelled and skipped ones, with their journals; and what became of
                        the occurrences of schedules */
    int64_t dead_us;
    int64_t duplicates_us;
    int64_t versions_us; /* since they were put last */
    int64_t records_us;  /* since they were deleted; the others are kept for ever */
};
#define PRUNE_KEY_MIN_US (INT64_C(4) * 24 * 60 * 60 * 1000000)

enum prune_phase {
    PRUNE_RUNS,
    PRUNE_EVENTS,
    PRUNE_DUPLICATES,
    PRUNE_RECORDS,
    PRUNE_VERSIONS,
    PRUNE_OCCURRENCES,
    PRUNE_OVER
};
enum { PRUNE_VERSIONS_MAX = 32, PRUNE_HASH_MAX = 80 };

/* How far a sweep has come. */
struct prune_mark {
    enum prune_phase phase;
    struct id after;   /* the last id that was looked at in this phase */
    int64_t schedule;  /* … of which the occurrences were looked at */
    int unnamed_count; /* versions that no run named so far */
    char unnamed[PRUNE_VERSIONS_MAX][PRUNE_HASH_MAX];
};

/* One step of a sweep through the store: looks at `limit` rows and deletes those whose time is
 * over; the journal of a run goes with it, and counts. Gives a little of the file back where much
 * of it is free. Submit it, and again as long as prune_again says so. */
struct prune {
    struct store_op op;
    struct retention keep;
    int limit;
    int64_t deleted;           /* out: rows, of this step */
    struct retention before;   /* private: the times that `keep` means now */
    struct retention ids;      /* private: ids of what is older are of no later time */
    struct prune_mark from;    /* private */
    struct prune_mark reached; /* private */
};
void prune_init(struct prune *p, const struct retention *keep, int limit);
/* To be called when a step is done without an error: moves on. False: the sweep is through, the
 * next step begins another. */
bool prune_again(struct prune *p);
