/*
 * Holds the days and the times of day of a timetable as sets of bits. Looking for the next that
 * fits walks over days, past a month at a time where the month does not fit, and over the words of
 * the set of minutes. Pure; any thread.
 */
#include "format/calendar.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "base/days.h"

enum { SHORT_NAME = 3, WORD_BITS = 64 };

static const char *const weekday_names[] = { "Monday", "Tuesday",  "Wednesday", "Thursday",
                                             "Friday", "Saturday", "Sunday" };
static const char *const month_names[] = { "January",   "February", "March",    "April",
                                           "May",       "June",     "July",     "August",
                                           "September", "October",  "November", "December" };

/* --- times of a day --- */

void calendar_add_time(struct calendar *c, int minute)
{
    assert(minute >= 0 && minute < CALENDAR_MINUTES);
    c->minutes[minute / WORD_BITS] |= UINT64_C(1) << minute % WORD_BITS;
}

bool calendar_has_time(const struct calendar *c, int minute)
{
    return c->minutes[minute / WORD_BITS] >> minute % WORD_BITS & 1;
}

int calendar_period_s(const struct calendar *c)
{
    if (c->every_s > 0) {
        return c->every_s;
    }
    int count = 0;
    for (int i = 0; i < CALENDAR_WORDS; i++) {
        count += __builtin_popcountll(c->minutes[i]);
    }
    if (count == 0 || CALENDAR_MINUTES % count != 0) {
        return 0;
    }
    int period = CALENDAR_MINUTES / count;
    for (int minute = 0; minute < CALENDAR_MINUTES; minute += period) {
        if (!calendar_has_time(c, minute)) {
            return 0;
        }
    }
    return period * 60;
}

bool calendar_is_around_the_clock(const struct calendar *c)
{
    if (calendar_period_s(c) != 0) {
        return true;
    }
    for (int minute = 60; minute < CALENDAR_MINUTES; minute++) {
        if (calendar_has_time(c, minute) != calendar_has_time(c, minute % 60)) {
            return false;
        }
    }
    return true;
}

/* The first minute of the set from that one on, or -1. */
static int next_minute(const struct calendar *c, int minute)
{
    while (minute < CALENDAR_MINUTES) {
        uint64_t rest = c->minutes[minute / WORD_BITS] >> minute % WORD_BITS;
        if (rest != 0) {
            return minute + __builtin_ctzll(rest);
        }
        minute += WORD_BITS - minute % WORD_BITS;
    }
    return -1;
}

/* The first second of a day that fits, from that one on, or -1. */
static int next_second(const struct calendar *c, int second)
{
    if (c->every_s > 0) {
        int next = (second + c->every_s - 1) / c->every_s * c->every_s;
        return next < CALENDAR_DAY_S ? next : -1;
    }
    int minute = next_minute(c, (second + 59) / 60);
    return minute == -1 ? -1 : minute * 60;
}

/* --- days --- */

static bool is_excepted(const struct calendar *c, int64_t day)
{
    size_t low = 0;
    size_t high = c->except_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->except[middle] < day) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < c->except_count && c->except[low] == day;
}

int calendar_weekday(int64_t day)
{
    int64_t since_monday = day + 3; /* 1970-01-01 was a Thursday */
    return (int)(since_monday - days_floor_div(since_monday, 7) * 7) + 1;
}

/* Whether that day of the month fits, given that its month does. */
static bool fits_date(const struct calendar *c, int64_t day, int day_of_month, int month_days)
{
    if (c->days == 0 && c->weekdays == 0) {
        return true;
    }
    bool is_last = day_of_month == month_days && (c->days & CALENDAR_LAST_DAY) != 0;
    return is_last || (c->days >> day_of_month & 1) != 0 ||
           (c->weekdays >> calendar_weekday(day) & 1) != 0;
}

/* The first day of [day, last] that fits but for `except`, or last + 1. */
static int64_t next_fitting_day(const struct calendar *c, int64_t day, int64_t last)
{
    if (c->every_days > 0) {
        int64_t past = day - c->first_day;
        return day + days_floor_div(past + c->every_days - 1, c->every_days) * c->every_days - past;
    }
    while (day <= last) {
        int year;
        int month;
        int day_of_month;
        days_to_date(day, &year, &month, &day_of_month);
        int month_days = days_in_month(year, month);
        if ((c->months >> month & 1) == 0) {
            day += month_days - day_of_month + 1;
        } else if (fits_date(c, day, day_of_month, month_days)) {
            return day;
        } else {
            day++;
        }
    }
    return last + 1;
}

/* The first day of [day, last] that fits, or one after last. */
static int64_t next_day(const struct calendar *c, int64_t day, int64_t last)
{
    day = next_fitting_day(c, day, last);
    while (day <= last && is_excepted(c, day)) {
        day = next_fitting_day(c, day + 1, last);
    }
    return day;
}

bool calendar_next(const struct calendar *c, int64_t from_s, int64_t until_s, int64_t *found_s)
{
    int64_t first = days_floor_div(from_s, CALENDAR_DAY_S);
    int64_t last = days_floor_div(until_s, CALENDAR_DAY_S);
    int64_t day = next_day(c, first, last);
    int second = next_second(c, day == first ? (int)(from_s - first * CALENDAR_DAY_S) : 0);
    if (second == -1) { /* nothing more on the first day */
        day = next_day(c, first + 1, last);
        second = next_second(c, 0);
    }
    *found_s = day * CALENDAR_DAY_S + second;
    return second != -1 && *found_s <= until_s;
}

/* --- names --- */

/* The number of a name or of its first three letters, from 1; or 0. */
static int find_name(const char *const *names, int count, const char *text, size_t len)
{
    for (int i = 0; i < count; i++) {
        bool is_length = len == SHORT_NAME || len == strlen(names[i]);
        if (is_length && strncasecmp(names[i], text, len) == 0) {
            return i + 1;
        }
    }
    return 0;
}

int calendar_weekday_number(const char *text, size_t len)
{
    return find_name(weekday_names, 7, text, len);
}

int calendar_month_number(const char *text, size_t len)
{
    return find_name(month_names, 12, text, len);
}

const char *calendar_weekday_name(int weekday)
{
    assert(weekday >= 1 && weekday <= 7);
    return weekday_names[weekday - 1];
}

const char *calendar_month_name(int month)
{
    assert(month >= 1 && month <= 12);
    return month_names[month - 1];
}
