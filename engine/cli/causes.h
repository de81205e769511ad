#pragma once

#include "cli/run_filter.h"
#include "store/run.h"

/* Dead and parked runs of one recipe that ended in the same state by the same error: one fault of a
 * service, however many runs it stopped. */
struct cause {
    int number;             /* from 1: the cause with the oldest run first */
    struct run_row example; /* its newest run; id, recipe, step, state and err only */
    size_t total;           /* all of its runs */
    size_t count;           /* those that pass the filter */
    int64_t last_us;        /* when the newest change was */
};

/* All causes of a store. Numbers do not depend on a filter, and a new cause gets the last one, so
 * what `ladle dead` prints is what `ladle retry --group` takes; they move up when a cause is gone.
 */
struct causes;

/* Reads them; the filter says only what `count` counts. NULL: error. Yours. */
struct causes *causes_read(struct store *s, const struct run_filter *f, struct err *e);
void causes_free(struct causes *all);
int causes_count(const struct causes *all);
/* By number; NULL where there is none. Borrowed, as is the next. */
const struct cause *causes_get(const struct causes *all, int number);
/* That of a run, or NULL. */
const struct cause *causes_find(const struct causes *all, const struct run_row *row);
