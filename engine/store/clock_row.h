#pragma once

#include "store/store.h"

/* Time as the store knows it. Order in the store never comes from a clock (ids and the journal's
 * numbers only rise); what does is when something is due. A wall clock that is set, forward or
 * back, is noticed: while an engine runs by clock_look, and at a start by what the store remembers:
 * a moment of both clocks, and the highest wall time of any commit, for a machine that was started
 * since. Then all that was to come after a while moves with the clock, in one transaction, so a
 * wait of five minutes takes five minutes. What was to come at a date stays where it is, and where
 * that makes it due at once, it comes within CLOCK_SPREAD_US. */
#define CLOCK_SPREAD_US  (INT64_C(60) * 1000 * 1000)
#define CLOCK_SETTLES_US (INT64_C(3600) * 1000 * 1000) /* so long nothing is deleted after a jump */

/* At the start of an engine, before anything is due: op.done is not used. */
struct clock_take {
    struct store_op op;
    int64_t by_us; /* out: by how much the clock was set since the last engine; 0: it was not, or,
                      forward, while the machine was off */
};
void clock_take_init(struct clock_take *c);

/* While an engine runs: the clock was set by by_us. Must land. */
struct clock_move {
    struct store_op op;
    int64_t by_us;
    int64_t boot_us; /* private */
    int64_t boot;    /* private */
};
struct clock_move *clock_move_new(int64_t by_us);
void clock_move_free(struct clock_move *c);

/* --- writer thread --- */

/* *before_us: the wall time before which is what is older than keep_us, in time that has really
 * passed. 0 where nothing is, or where a clock was set within CLOCK_SETTLES_US and may be set back.
 * *ids_us: none of its ids is of a later time. */
int clock_before(struct db *db, int64_t now_us, int64_t keep_us, int64_t *before_us,
                 int64_t *ids_us, struct err *e);
