#pragma once

#include <stdint.h>

#include "base/err.h"

/* How many there are of what, without counting rows. Ops add to the sums of their transaction; what
 * an op that failed has added is dropped with it; at the commit the sums go into the table
 * `counter`, one row each. */
enum counter {
    COUNTER_RUN_STATE, /* + enum run_state, eight of them */
    COUNTER_EVENT = 8, /* duplicates not included */
    COUNTER_DUPLICATE,
    COUNTER_UNROUTED,
    COUNTER_WAIT,
    COUNTER_COUNT
};

struct db;
struct tally {
    int64_t sums[COUNTER_COUNT];
};

/* Adds to a counter of the transaction that is open. */
void tally_add(struct db *db, int counter, int64_t n);
/* Writes the sums and sets them to zero; within the transaction, just before its commit. */
int tally_flush(struct db *db, struct err *e);
/* What is committed, with what this transaction wrote. */
int tally_read(struct db *db, int64_t totals[COUNTER_COUNT], struct err *e);
