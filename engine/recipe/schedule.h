#pragma once

#include "format/timetable.h"
#include "project/check.h"

/* A schedule among the triggers of a recipe: the words of a timetable (format/timetable.h), and what
 * becomes of occurrences that cannot start a run when they are due:
 *
 *   missed    what was due while nothing could start it: last (the newest one, late), all, none
 *   within    a missed one that is later than this is passed over in any case
 *   overlap   while a run of an earlier occurrence has not ended: skip, queue, parallel, replace */

/* Reads an item of `when` that is a map. The trigger of the plan (recipe.h), yours; NULL where
 * something is wrong. `seen` keeps which times were read before: two schedules of one recipe with the
 * same ones are an error. */
json_t *schedule_read(struct check *c, const struct yaml *y, const char *recipe, json_t *seen);

/* The timetable of a trigger of the plan; yours. NULL and an error where it cannot be made any more:
 * its zone is gone from this machine. */
struct timetable *schedule_timetable(const json_t *trigger, const char *recipe, struct err *e);
