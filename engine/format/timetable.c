/*
 * Computes the next occurrence of a timetable. The calendar knows local times only; here they meet
 * the zone. Of fixed times the calendar gives the local time, and what is looked for is the first
 * moment at which the zone's clocks show this time or a later one: that is the moment itself, the
 * end of a gap, or the first of two. In real time it is the other way round: from one change of the
 * clocks to the next the offset is the same, and what fits between them are moments. Nothing is
 * kept between two questions. Loop thread, as zones are.
 */
#include "format/timetable.h"

#include <stdlib.h>

#include "format/timetable_impl.h"

enum { LOOK_AHEAD_DAYS = 40 * 366, WARN_DAYS = 400, LONGEST_GAP_S = 3 * 3600 };

#define DAY_US       (INT64_C(86400) * TIMETABLE_US)
#define YEAR_ONE_US  INT64_C(-62135596800000000) /* 0001-01-01 */
#define YEAR_LAST_US INT64_C(253402300799999999) /* the end of 9999 */

static int64_t floor_second(int64_t us)
{
    return us / TIMETABLE_US - (us % TIMETABLE_US < 0);
}

/* What the zone's clocks show at that second. */
static int64_t local_second(const struct timetable *t, int64_t second)
{
    return second + zone_offset_s(t->zone, second * TIMETABLE_US);
}

static struct civil civil_of(int64_t local_s)
{
    return civil_from_us(local_s * TIMETABLE_US, NULL);
}

/* --- fixed times --- */

/* The occurrence of a local time. */
static struct occurrence resolve_local(const struct timetable *t, int64_t local_s)
{
    struct occurrence o = { .wall = civil_of(local_s), .kind = OCCURRENCE_NORMAL };
    o.planned_us = civil_to_us(&o.wall, t->zone);
    int64_t second = o.planned_us / TIMETABLE_US;
    if (local_second(t, second) != local_s) {
        int gap_s = zone_offset_s(t->zone, o.planned_us) - zone_offset_s(t->zone, o.planned_us - 1);
        o.kind = gap_s > LONGEST_GAP_S ? OCCURRENCE_SKIPPED : OCCURRENCE_MOVED;
    }
    return o;
}

/* What falls on one moment is one occurrence: of a time that was moved there and one that is there
 * by itself it is the latter. */
static void prefer_normal(const struct timetable *t, struct occurrence *o)
{
    int64_t local_s = local_second(t, o->planned_us / TIMETABLE_US);
    int64_t found_s;
    if (o->kind != OCCURRENCE_NORMAL && calendar_next(&t->calendar, local_s, local_s, &found_s)) {
        o->kind = OCCURRENCE_NORMAL;
        o->wall = civil_of(local_s);
    }
}

/* All local times up to the one that the clocks show are past; of the later ones those that came
 * already, before the clocks were put back, are passed over. */
static bool next_fixed(const struct timetable *t, int64_t after_us, int64_t end_us,
                       struct occurrence *out)
{
    int64_t local_s = local_second(t, floor_second(after_us));
    int64_t end_s = local_second(t, floor_second(end_us));
    while (calendar_next(&t->calendar, local_s + 1, end_s, &local_s)) {
        *out = resolve_local(t, local_s);
        if (out->planned_us > after_us) {
            prefer_normal(t, out);
            return true;
        }
    }
    return false;
}

/* --- real time --- */

static bool next_real(const struct timetable *t, int64_t after_us, int64_t end_us,
                      struct occurrence *out)
{
    int64_t second = floor_second(after_us) + 1;
    int64_t end = floor_second(end_us);
    while (second <= end) {
        int64_t us = second * TIMETABLE_US;
        int offset_s = zone_offset_s(t->zone, us);
        int64_t change = zone_next_change_us(t->zone, us) / TIMETABLE_US;
        int64_t last = change - 1 < end ? change - 1 : end;
        int64_t local_s;
        if (calendar_next(&t->calendar, second + offset_s, last + offset_s, &local_s)) {
            *out = (struct occurrence){ .planned_us = (local_s - offset_s) * TIMETABLE_US,
                                        .wall = civil_of(local_s),
                                        .kind = OCCURRENCE_NORMAL };
            return true;
        }
        second = last + 1;
    }
    return false;
}

/* --- both --- */

/* The moment of a bound, or that of the same local time so many days later. */
static int64_t bound_us(const struct timetable *t, const struct timetable_bound *b, int days)
{
    if (!b->is_local) {
        return b->us;
    }
    struct civil c = civil_from_us(b->us, NULL);
    civil_add_days(&c, days);
    return civil_to_us(&c, t->zone);
}

/* The last moment that belongs to the timetable. */
static int64_t last_us(const struct timetable *t)
{
    if (!t->until.is_set) {
        return YEAR_LAST_US;
    }
    return t->until.is_day ? bound_us(t, &t->until, 1) - 1 : bound_us(t, &t->until, 0);
}

static int64_t min_us(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t max_us(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

bool timetable_next(const struct timetable *t, int64_t after_us, struct occurrence *out)
{
    int64_t first = t->from.is_set ? bound_us(t, &t->from, 0) : YEAR_ONE_US;
    after_us = min_us(max_us(after_us, first - 1), YEAR_LAST_US);
    int64_t last = last_us(t);
    int64_t end = min_us(YEAR_LAST_US, after_us + LOOK_AHEAD_DAYS * DAY_US);
    bool is_found = t->is_real_time ? next_real(t, after_us, min_us(end, last), out)
                                    : next_fixed(t, after_us, min_us(end, last + DAY_US), out);
    if (!is_found || out->planned_us > last) {
        return false;
    }
    out->due_us = out->planned_us + t->delay_us;
    return true;
}

void timetable_free(struct timetable *t)
{
    if (t == NULL) {
        return;
    }
    free((void *)t->calendar.except);
    free(t);
}

/* --- what changes of the clocks do --- */

/* Whether a time of the timetable lies in what that change leaves out or repeats. */
static bool is_concerned(const struct timetable *t, int64_t change_us,
                         struct timetable_warning *out)
{
    int64_t second = change_us / TIMETABLE_US;
    int before_s = zone_offset_s(t->zone, change_us - 1);
    int after_s = zone_offset_s(t->zone, change_us);
    int64_t low = second + (before_s < after_s ? before_s : after_s);
    int64_t high = second + (before_s < after_s ? after_s : before_s);
    int64_t local_s;
    if (!calendar_next(&t->calendar, low, high - 1, &local_s)) {
        return false;
    }
    *out = (struct timetable_warning){ .change_us = change_us,
                                       .is_gap = before_s < after_s,
                                       .wall = civil_of(local_s),
                                       .kind = resolve_local(t, local_s).kind };
    return true;
}

bool timetable_warning(const struct timetable *t, int64_t after_us, struct timetable_warning *out)
{
    if (t->is_real_time && calendar_is_around_the_clock(&t->calendar)) {
        return false;
    }
    int64_t first = t->from.is_set ? bound_us(t, &t->from, 0) : YEAR_ONE_US;
    int64_t change = min_us(max_us(after_us, first - 1), YEAR_LAST_US);
    int64_t last = min_us(last_us(t), change + WARN_DAYS * DAY_US);
    while ((change = zone_next_change_us(t->zone, change)) <= last) {
        if (is_concerned(t, change, out)) {
            return true;
        }
    }
    return false;
}
