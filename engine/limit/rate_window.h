#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/json.h"

/* How many calls were made in the last so many microseconds: one window of a service's limits.
 * Calls of backfills are counted on their own, too. Times are monotonic. Loop thread. */
struct rate_window {
    int64_t requests;  /* as the connector has it */
    int64_t limit;     /* the same, or less where the service says so */
    int64_t per_us;    /* its length */
    int64_t origin_us; /* of the parts' numbers: before anything that counts */
    /* up to RATE_WINDOW_EXACT calls: a ring of the last `requests` */
    struct rate_slot *slots;
    size_t head, count;
    int64_t backfills; /* of those */
    /* larger limits: counts by a RATE_WINDOW_PARTS-th of the window */
    struct rate_part *parts;
    int64_t part_us;
    int64_t newest; /* number of the newest part since origin_us */
};

enum { RATE_WINDOW_EXACT = 1000, RATE_WINDOW_PARTS = 256 };

void rate_window_init(struct rate_window *w, int64_t requests, int64_t per_us, int64_t now);
void rate_window_fini(struct rate_window *w);

/* The calls of backfills, or of all. */
int64_t rate_window_used(struct rate_window *w, int64_t now, bool only_backfills);
/* The same as it will be in_us later, where no call is added. */
int64_t rate_window_used_then(struct rate_window *w, int64_t now, int64_t in_us,
                              bool only_backfills);
/* `n` calls at the time at_us, which is no earlier than that of any call before. */
void rate_window_add(struct rate_window *w, int64_t at_us, int64_t n, bool is_backfill);
/* How long until it holds less than it does now (microseconds); -1 where it is empty. */
int64_t rate_window_relief(struct rate_window *w, int64_t now);

/* [[age in ms, calls, of these backfills], …] from the oldest, in RATE_WINDOW_STATE groups at most.
 * Where a group holds several times the youngest counts for all. New reference. */
enum { RATE_WINDOW_STATE = 33 };
json_t *rate_window_state(struct rate_window *w, int64_t now);
/* Into an empty window: what had that state age_us ago. What makes no sense is left out. */
void rate_window_restore(struct rate_window *w, const json_t *state, int64_t age_us, int64_t now);
