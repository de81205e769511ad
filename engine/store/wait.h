#pragma once

#include "store/store.h"

/* A run that waits for an event: the event of that connection and name whose fields all have the
 * values in `match`, a JSON object of at least one member, "path.to.field": value. Values are equal
 * as JSON is, whole numbers whatever their notation; a field that is missing is equal to nothing. A
 * wait is registered with run_save_add_wait, beside the journal row of its path (WAITING, with the
 * time limit as due_us), and goes with run_save_end_wait, with the event, or with the run's end. */
struct wait_row {
    char *path; /* in the journal of the run */
    char *connection;
    char *event;
    char *match; /* JSON text */
};
void wait_row_fini(struct wait_row *row);

/* A wait that an event ended: the journal row of that path is DONE, its output the payload. */
struct woken {
    struct id run;
    char *path;
};

/* How many waits there are; quick at any number. */
struct wait_count {
    struct store_op op;
    int64_t count; /* out */
};
void wait_count_init(struct wait_count *c);
