#pragma once

#include "net/loop.h"
#include "store/run.h"

/* Says in the log why runs end: a line for each that died, was parked, skipped or cancelled, with
 * its recipe, the end of its id, the step, the reason and what to do. A service that is down ends
 * many runs for one reason, and a picky recipe skips most events: of runs that ended alike the first
 * is told at once, and how many more there were every ten seconds. Loop thread. */
struct end_log;

struct run_end {
    const char *recipe;
    struct id id;
    enum run_state state; /* any; only the four above are told */
    const char *step;     /* where it stood, or NULL */
    const struct err *why;
    int64_t count; /* runs that ended so, of which `id` is the newest; 0 is 1 */
};

struct end_log *end_log_new(struct loop *l);
/* Tells what was only counted so far. */
void end_log_free(struct end_log *g);
/* Copies what it keeps. */
void end_log_tell(struct end_log *g, const struct run_end *end);
