#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Which days, and which times of these days: what a schedule says of the clock on the wall, before
 * any zone has a say. Local time is seconds since 1970-01-01T00:00 on that wall. Pure; any
 * thread. */
enum {
    CALENDAR_DAY_S = 86400,
    CALENDAR_MINUTES = 1440,
    CALENDAR_WORDS = (CALENDAR_MINUTES + 63) / 64,
    CALENDAR_LAST_DAY = 1,        /* of `days`: bit 0 is the last day of the month */
    CALENDAR_ALL_MONTHS = 0x1ffe, /* bits 1 … 12 */
    CALENDAR_ALL_WEEKDAYS = 0xfe, /* bits 1 … 7 */
};

struct calendar {
    /* The days. Of `days` and `weekdays` the one that is given decides, where both are given either
     * fits, where none is all days fit. */
    uint16_t months;       /* bits 1 … 12 */
    uint32_t days;         /* bits 1 … 31 and CALENDAR_LAST_DAY; 0: not given */
    uint8_t weekdays;      /* bits 1 Monday … 7 Sunday; 0: not given */
    int every_days;        /* over 0: in place of the three above, each so many days … */
    int64_t first_day;     /* … counted from this one, in days since 1970, both ways */
    const int64_t *except; /* days that do not fit, rising; borrowed */
    size_t except_count;
    /* The times of a day. */
    uint64_t minutes[CALENDAR_WORDS]; /* bit m: m minutes past midnight */
    int every_s; /* over 0: in place of the minutes, its multiples since midnight */
};

void calendar_add_time(struct calendar *c, int minute); /* 0 … CALENDAR_MINUTES - 1 */
bool calendar_has_time(const struct calendar *c, int minute);
/* The distance of the times of a day in seconds, where they go around the clock from midnight at even
 * distances, as each 15 minutes do; else 0. */
int calendar_period_s(const struct calendar *c);
/* Whether each hour of a day has the same times, or they have a period. */
bool calendar_is_around_the_clock(const struct calendar *c);
/* The earliest local second of [from_s, until_s] that fits, or false. Costs a few nanoseconds a
 * month and a day that it passes. */
bool calendar_next(const struct calendar *c, int64_t from_s, int64_t until_s, int64_t *found_s);

int calendar_weekday(int64_t day); /* 1 Monday … 7 Sunday, of a day since 1970 */
/* The number of "mon" or "Monday", 1 … 7, of "jan" or "January", 1 … 12, in any case; or 0. */
int calendar_weekday_number(const char *text, size_t len);
int calendar_month_number(const char *text, size_t len);
const char *calendar_weekday_name(int weekday); /* "Monday" of 1; borrowed */
const char *calendar_month_name(int month);     /* "January" of 1; borrowed */
