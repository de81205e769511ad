#pragma once

#include "format/timetable.h"
#include "recipe/recipe.h"

/* The schedules of recipes, for people and as JSON. */

/* Calls fn for each schedule of the recipe with its timetable, borrowed; a timetable that cannot be
 * made (its zone is gone) is passed over. */
struct shown_schedule {
    const struct recipe *recipe;
    const char *label;
    int line;
    const struct timetable *times;
};
void schedule_view_each(const struct recipe *r,
                        void (*fn)(void *ud, const struct shown_schedule *s), void *ud);

/* The next one after that moment that a clock of the zone shows; false where there is none. */
bool schedule_view_next(const struct timetable *t, int64_t after_us, struct occurrence *o);
/* "Mon 2026-11-30 09:00", as the zone's clocks show it. */
enum { SCHEDULE_WALL_TEXT = 40 };
void schedule_view_wall(const struct occurrence *o, char out[SCHEDULE_WALL_TEXT]);
/* {file line recipe schedule sentence next:[UTC]}; yours. */
json_t *schedule_view_json(const struct shown_schedule *s, int64_t after_us, int count);
/* "every weekday at 09:00 in Europe/Amsterdam\n      = next Mon …, Tue …\n" with what stands before
 * the first line; yours. */
char *schedule_view_text(const struct shown_schedule *s, int64_t after_us, int count);
