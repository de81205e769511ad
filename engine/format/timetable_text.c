/*
 * What a timetable says, for people as a sentence, for the store as a normal form. Both are made
 * from the sets of days and times and not from the words, so that two ways to write one thing read
 * the same. Pure.
 */
#include <stdio.h>

#include "base/buf.h"
#include "format/duration.h"
#include "format/timetable_impl.h"

enum {
    TEXT_MAX = 16 * 1024,
    HOUR = 60,
    FEW_TIMES = 3,   /* are named one by one, also where they are evenly far from each other */
    SOME_TIMES = 12, /* are named one by one, also where they are the same minutes of some hours */
    FEW_DATES = 3,
    SHORTEST_MONTH = 28,
    WEEKDAYS = 0x3e, /* bits 1 Monday … 5 Friday */
};

#define ALL_HOURS   ((UINT64_C(1) << 24) - 1)
#define ALL_MINUTES ((UINT64_C(1) << 60) - 1)
#define DAY_US      (INT64_C(86400) * TIMETABLE_US)

/* The times of a day as numbers, and as minutes of hours where they are all of these at all of
 * those. */
struct times {
    int count;
    int minute[CALENDAR_MINUTES];
    uint64_t hours, minutes_of_hour;
    bool is_grid;
};

static struct times times_of(const struct calendar *c)
{
    struct times t = { .count = 0 };
    for (int minute = 0; minute < CALENDAR_MINUTES; minute++) {
        if (calendar_has_time(c, minute)) {
            t.minute[t.count++] = minute;
            t.hours |= UINT64_C(1) << minute / HOUR;
            t.minutes_of_hour |= UINT64_C(1) << minute % HOUR;
        }
    }
    t.is_grid = t.count == __builtin_popcountll(t.hours) * __builtin_popcountll(t.minutes_of_hour);
    return t;
}

/* --- lists --- */

/* What goes before item i of n: "a, b and c". */
static const char *joint(int i, int n)
{
    return i == 0 ? "" : i == n - 1 ? " and " : ", ";
}

struct range {
    int low, high;
};

/* The set as ranges; of two values each is one. */
static int ranges_of(uint64_t set, struct range out[64])
{
    int count = 0;
    for (int bit = 0; bit < 64; bit++) {
        if ((set >> bit & 1) == 0) {
            continue;
        }
        int high = bit;
        while (high < 63 && (set >> (high + 1) & 1) != 0) {
            high++;
        }
        if (high - bit < 2) {
            high = bit;
        }
        out[count++] = (struct range){ bit, high };
        bit = high;
    }
    return count;
}

/* "0, 15 to 20 and 45". */
static void put_numbers(struct buf *b, uint64_t set)
{
    struct range ranges[64];
    int count = ranges_of(set, ranges);
    for (int i = 0; i < count; i++) {
        (void)buf_printf(b, "%s%d", joint(i, count), ranges[i].low);
        if (ranges[i].high > ranges[i].low) {
            (void)buf_printf(b, " to %d", ranges[i].high);
        }
    }
}

/* "0,15-20,45", as cron writes it. */
static void put_set(struct buf *b, uint64_t set)
{
    struct range ranges[64];
    int count = ranges_of(set, ranges);
    for (int i = 0; i < count; i++) {
        (void)buf_printf(b, "%s%d", i == 0 ? "" : ",", ranges[i].low);
        if (ranges[i].high > ranges[i].low) {
            (void)buf_printf(b, "-%d", ranges[i].high);
        }
    }
}

/* "January and July" or "Monday and Friday", of the bits from 1 on. */
static void put_names(struct buf *b, unsigned set, int max, const char *(*name)(int))
{
    int count = __builtin_popcount(set);
    for (int bit = 1, i = 0; bit <= max; bit++) {
        if ((set >> bit & 1) != 0) {
            (void)buf_printf(b, "%s%s", joint(i++, count), name(bit));
        }
    }
}

/* --- times --- */

/* "every 15 minutes", "every hour". */
static void put_period(struct buf *b, int seconds)
{
    static const struct {
        int s;
        const char *name;
    } units[] = { { 3600, "hour" }, { 60, "minute" }, { 1, "second" } };
    int i = 0;
    while (seconds % units[i].s != 0) {
        i++;
    }
    int count = seconds / units[i].s;
    if (count == 1) {
        (void)buf_printf(b, "every %s", units[i].name);
    } else {
        (void)buf_printf(b, "every %d %ss", count, units[i].name);
    }
}

static void put_time(struct buf *b, int minute)
{
    (void)buf_printf(b, "%02d:%02d", minute / HOUR, minute % HOUR);
}

/* The distance in minutes of times that are evenly far from each other; else 0. */
static int distance_of(const struct times *t)
{
    for (int i = 2; i < t->count; i++) {
        if (t->minute[i] - t->minute[i - 1] != t->minute[1] - t->minute[0]) {
            return 0;
        }
    }
    return t->count > 1 ? t->minute[1] - t->minute[0] : 0;
}

/* "at 09:00 and 17:30". */
static void put_times(struct buf *b, const struct times *t)
{
    (void)buf_puts(b, "at ");
    for (int i = 0; i < t->count; i++) {
        (void)buf_puts(b, joint(i, t->count));
        put_time(b, t->minute[i]);
    }
}

/* "at minutes 5 and 35 of every hour", "of the hours 9 to 17". */
static void put_grid(struct buf *b, const struct times *t)
{
    bool is_one = __builtin_popcountll(t->minutes_of_hour) == 1;
    (void)buf_printf(b, "at minute%s ", is_one ? "" : "s");
    put_numbers(b, t->minutes_of_hour);
    if (t->hours == ALL_HOURS) {
        (void)buf_puts(b, " of every hour");
        return;
    }
    (void)buf_printf(b, " of the hour%s ", __builtin_popcountll(t->hours) == 1 ? "" : "s");
    put_numbers(b, t->hours);
}

/* The times of a day; whether they are times of the clock, which go behind the days, and not a
 * distance, which goes before them. */
static bool put_day_times(struct buf *b, const struct timetable *t)
{
    int period_s = calendar_period_s(&t->calendar);
    if (t->is_real_time && period_s != 0) {
        put_period(b, period_s);
        return false;
    }
    struct times times = times_of(&t->calendar);
    if (times.is_grid && times.hours == ALL_HOURS) {
        put_grid(b, &times);
        return false;
    }
    int distance = distance_of(&times);
    bool divides_hour = distance > 0 && (HOUR % distance == 0 || distance % HOUR == 0);
    if (times.count > FEW_TIMES && divides_hour) {
        put_period(b, distance * 60);
        (void)buf_puts(b, " from ");
        put_time(b, times.minute[0]);
        (void)buf_puts(b, " to ");
        put_time(b, times.minute[times.count - 1]);
        return false;
    }
    if (times.is_grid && times.count > SOME_TIMES) {
        put_grid(b, &times);
        return false;
    }
    put_times(b, &times);
    return true;
}

/* --- days --- */

static const char *ordinal_end(int n)
{
    if (n >= 11 && n <= 13) {
        return "th";
    }
    return n % 10 == 1 ? "st" : n % 10 == 2 ? "nd" : n % 10 == 3 ? "rd" : "th";
}

static void put_ordinal(struct buf *b, int n)
{
    (void)buf_printf(b, "%d%s", n, ordinal_end(n));
}

/* "on the 1st, 15th and last day of every month". */
static void put_days_of_month(struct buf *b, const struct calendar *c)
{
    struct range ranges[64];
    int last = (c->days & CALENDAR_LAST_DAY) != 0;
    int count = ranges_of(c->days & ~(uint32_t)CALENDAR_LAST_DAY, ranges);
    (void)buf_puts(b, "on the ");
    for (int i = 0; i < count; i++) {
        (void)buf_puts(b, joint(i, count + last));
        put_ordinal(b, ranges[i].low);
        if (ranges[i].high > ranges[i].low) {
            (void)buf_puts(b, " to ");
            put_ordinal(b, ranges[i].high);
        }
    }
    if (last) {
        (void)buf_printf(b, "%slast day", joint(count, count + 1));
    }
    (void)buf_puts(b, " of ");
    if (c->months == CALENDAR_ALL_MONTHS) {
        bool is_rare = !last && ranges[0].low > SHORTEST_MONTH;
        (void)buf_puts(b, is_rare ? "every month that has it" : "every month");
    } else if (c->weekdays != 0) {
        (void)buf_puts(b, "the month"); /* they are named behind the weekdays, for both */
    } else {
        put_names(b, c->months, 12, calendar_month_name);
    }
}

/* "every weekday", "every Monday and Friday". */
static void put_weekdays(struct buf *b, const struct calendar *c)
{
    if (c->weekdays == WEEKDAYS) {
        (void)buf_puts(b, "every weekday");
        return;
    }
    (void)buf_puts(b, "every ");
    put_names(b, c->weekdays, 7, calendar_weekday_name);
}

/* "every 3 days", "every 2 weeks on Monday". */
static void put_every_days(struct buf *b, const struct calendar *c)
{
    if (c->every_days % 7 != 0) {
        (void)buf_printf(b, "every %d days", c->every_days);
        return;
    }
    const char *weekday = calendar_weekday_name(calendar_weekday(c->first_day));
    (void)buf_printf(b, "every %d weeks on %s", c->every_days / 7, weekday);
}

static void put_days(struct buf *b, const struct calendar *c)
{
    if (c->every_days > 0) {
        put_every_days(b, c);
        return;
    }
    if (c->days != 0) {
        put_days_of_month(b, c);
    }
    if (c->days != 0 && c->weekdays != 0) {
        (void)buf_puts(b, " and ");
    }
    if (c->weekdays != 0) {
        put_weekdays(b, c);
    }
    if (c->days == 0 && c->weekdays == 0) {
        (void)buf_puts(b, "every day");
    }
    if (c->months != CALENDAR_ALL_MONTHS && (c->days == 0 || c->weekdays != 0)) {
        (void)buf_puts(b, " in ");
        put_names(b, c->months, 12, calendar_month_name);
    }
}

static bool is_every_day(const struct calendar *c)
{
    return c->every_days == 0 && c->days == 0 && c->weekdays == 0 &&
           c->months == CALENDAR_ALL_MONTHS;
}

/* --- the sentence --- */

/* "2026-12-25" or "2026-12-25 18:00". */
static void put_wall(struct buf *b, const struct civil *c, bool has_time)
{
    (void)buf_printf(b, "%04d-%02d-%02d", c->year, c->month, c->day);
    if (has_time) {
        (void)buf_printf(b, " %02d:%02d", c->hour, c->minute);
        if (c->second != 0) {
            (void)buf_printf(b, ":%02d", c->second);
        }
    }
}

static void put_bound(struct buf *b, const char *word, const struct timetable *t,
                      const struct timetable_bound *bound)
{
    if (!bound->is_set) {
        return;
    }
    struct civil c = civil_from_us(bound->us, bound->is_local ? NULL : t->zone);
    (void)buf_printf(b, ", %s ", word);
    put_wall(b, &c, !bound->is_day);
}

static void put_day(struct buf *b, int64_t day)
{
    struct civil c = civil_from_us(day * DAY_US, NULL);
    put_wall(b, &c, false);
}

static void put_except(struct buf *b, const struct calendar *c)
{
    int count = (int)c->except_count;
    if (count > FEW_DATES) {
        (void)buf_printf(b, ", except on %d days", count);
        return;
    }
    for (int i = 0; i < count; i++) {
        (void)buf_puts(b, i == 0 ? ", except on " : joint(i, count));
        put_day(b, c->except[i]);
    }
}

/* What goes around the clock within the hour every day is the same in all zones, to a reader. */
static bool has_zone(const struct timetable *t)
{
    int period_s = calendar_period_s(&t->calendar);
    return !(t->is_real_time && period_s != 0 && period_s <= 3600 && is_every_day(&t->calendar));
}

char *timetable_sentence(const struct timetable *t)
{
    struct buf times;
    struct buf b;
    const struct calendar *c = &t->calendar;
    buf_init(&times, TEXT_MAX);
    buf_init(&b, TEXT_MAX);
    bool is_clock = put_day_times(&times, t);
    if (is_clock) {
        put_days(&b, c);
        (void)buf_printf(&b, " %s", buf_text(&times));
    } else {
        (void)buf_puts(&b, buf_text(&times));
        if (!is_every_day(c)) {
            (void)buf_puts(&b, ", ");
            put_days(&b, c);
        }
    }
    if (has_zone(t)) {
        (void)buf_printf(&b, " in %s", t->zone_name);
    }
    if (c->every_days > 0 && !t->from.is_set) {
        (void)buf_puts(&b, ", counted from ");
        put_day(&b, c->first_day);
    }
    put_bound(&b, "from", t, &t->from);
    put_bound(&b, "until", t, &t->until);
    put_except(&b, c);
    if (t->jitter_us > 0) {
        char jitter[32];
        duration_format(t->jitter_us, jitter, sizeof jitter);
        (void)buf_printf(&b, ", up to %s later", jitter);
    }
    buf_fini(&times);
    return buf_take(&b, NULL);
}

/* --- a change of the clocks --- */

/* "02:00"; "2011-12-30 00:00" where the day is another behind the change. */
static void put_clock(struct buf *b, const struct civil *c, bool has_date)
{
    if (has_date) {
        put_wall(b, c, true);
    } else {
        put_time(b, c->hour * HOUR + c->minute);
    }
}

/* What becomes of the times in it. */
static void put_outcome(struct buf *b, const struct timetable *t, const struct timetable_warning *w,
                        const struct civil *new)
{
    if (t->is_real_time) {
        (void)buf_printf(b, "what falls between %s", w->is_gap ? "is left out" : "comes twice");
        return;
    }
    put_time(b, w->wall.hour * HOUR + w->wall.minute);
    if (!w->is_gap) {
        (void)buf_puts(b, " comes the first time only");
    } else if (w->kind == OCCURRENCE_SKIPPED) {
        (void)buf_puts(b, " is skipped");
    } else {
        (void)buf_puts(b, " comes at ");
        put_time(b, new->hour *HOUR + new->minute);
    }
}

char *timetable_warning_text(const struct timetable *t, const struct timetable_warning *w)
{
    struct buf b;
    int before_s = zone_offset_s(t->zone, w->change_us - 1);
    struct civil old = civil_from_us(w->change_us + (int64_t)before_s * TIMETABLE_US, NULL);
    struct civil new = civil_from_us(w->change_us, t->zone);
    bool has_dates = old.day != new.day;
    buf_init(&b, TEXT_MAX);
    (void)buf_puts(&b, "on ");
    put_wall(&b, &w->wall, false);
    (void)buf_printf(&b, " the clocks in %s go %sfrom ", t->zone_name, w->is_gap ? "" : "back ");
    put_clock(&b, &old, has_dates);
    (void)buf_puts(&b, " to ");
    put_clock(&b, &new, has_dates);
    (void)buf_puts(&b, ": ");
    put_outcome(&b, t, w, &new);
    return buf_take(&b, NULL);
}

/* --- the normal form --- */

/* A set of cron's, or "*" where it is all. */
static void put_cron_field(struct buf *b, uint64_t set, uint64_t all)
{
    if (set == all) {
        (void)buf_putc(b, '*');
    } else {
        put_set(b, set);
    }
    (void)buf_putc(b, ' ');
}

static void put_normal_times(struct buf *b, const struct timetable *t)
{
    struct times times = times_of(&t->calendar);
    int period_s = calendar_period_s(&t->calendar);
    if (t->is_real_time && period_s != 0) {
        (void)buf_printf(b, "every %d s ", period_s);
    } else if (times.is_grid) {
        put_cron_field(b, times.minutes_of_hour, ALL_MINUTES);
        put_cron_field(b, times.hours, ALL_HOURS);
    } else {
        for (int i = 0; i < times.count; i++) {
            (void)buf_puts(b, i == 0 ? "at " : ",");
            put_time(b, times.minute[i]);
        }
        (void)buf_putc(b, ' ');
    }
}

/* Days that are counted are told by where in the count 1970-01-01 stands, as any of them may be the
 * first. */
static void put_normal_days(struct buf *b, const struct calendar *c)
{
    if (c->every_days > 0) {
        int64_t phase = (c->first_day % c->every_days + c->every_days) % c->every_days;
        (void)buf_printf(b, "every %d days from %d ", c->every_days, (int)phase);
        return;
    }
    uint32_t days = c->days & ~(uint32_t)CALENDAR_LAST_DAY;
    if (c->days == CALENDAR_LAST_DAY) {
        (void)buf_puts(b, "L ");
    } else if (days != c->days) {
        put_set(b, days);
        (void)buf_puts(b, ",L ");
    } else {
        put_cron_field(b, days, 0);
    }
    put_cron_field(b, c->months, CALENDAR_ALL_MONTHS);
    put_cron_field(b, c->weekdays, 0);
}

char *timetable_identity(const struct timetable *t)
{
    struct buf b;
    buf_init(&b, TEXT_MAX);
    put_normal_times(&b, t);
    put_normal_days(&b, &t->calendar);
    (void)buf_printf(&b, "%s %s", t->is_real_time ? "real" : "fixed", t->zone_name);
    return buf_take(&b, NULL);
}
