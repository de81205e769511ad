#pragma once

#include "recipe/recipe.h"
#include "trigger/router.h"

/* The schedules of all recipes: when an occurrence is due it becomes an event of connection "ladle",
 * type "schedule", which starts its recipe and no other. Occurrences are computed from the timetable
 * and from how far the ledger has come (store/occurrence_row.h), so whatever the engine missed is
 * found by the same look as what is due now. Loop thread. */
struct schedules;

struct schedules_opts {
    struct loop *loop;
    struct store *store;
    struct runner *runner;
    struct router *router;
    int64_t
        keep_us; /* how long the ledger keeps rows: what was missed before, and more than a month
                        ago, is not looked for */
};

struct schedules *schedules_new(const struct schedules_opts *o);
void schedules_free(struct schedules *s); /* it is idle; NULL is allowed */

/* Adds the schedules of a recipe that the runner has. */
int schedules_add(struct schedules *s, const struct recipe *r, struct err *e);
/* Finds out how far each has come; once, after all were added and before the store is started.
 * `broken` are the files of recipes with errors, ended by NULL. */
int schedules_sync(struct schedules *s, const char *const *broken, struct err *e);
void schedules_start(struct schedules *s);
/* Once in a turn of the loop, before the runner's: handles what is due, a bounded number of them.
 * True: there is more. */
bool schedules_turn(struct schedules *s);
/* Another process has changed the store: a recipe that was paused may go on. */
void schedules_store_changed(struct schedules *s);
/* A stop: nothing further is begun. */
void schedules_quiesce(struct schedules *s);
bool schedules_is_idle(const struct schedules *s);

/* The schedule of that number, for backfills; NULL: it is not in force. Borrowed. */
struct schedule;
const struct schedule *schedules_find(const struct schedules *s, int64_t number);
const struct timetable *schedule_times(const struct schedule *c);
const char *schedule_recipe(const struct schedule *c);
const char *schedule_label(const struct schedule *c);
/* One more of what became of occurrences, for the metrics. */
void schedules_count(enum occurrence_state state, int64_t n);
