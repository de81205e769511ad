#pragma once

#include "format/calendar.h"
#include "format/timetable.h"

/* The inside of a timetable, for the files that read it, compute with it and tell of it. */
enum {
    TIMETABLE_ZONE_MAX = 64,
    TIMETABLE_US = 1000000,
    TIMETABLE_FIRST_DAY = 11323, /* 2001-01-01, a Monday, in days since 1970 */
};

/* One end of the time in which it holds. It is a local time where it was written as one, so that it
 * stays right when the data of the zone change. */
struct timetable_bound {
    bool is_set;
    bool is_local;
    bool is_day; /* a whole day */
    int64_t us;  /* wall time, or local time where is_local */
};

struct timetable {
    struct calendar calendar; /* its `except` is ours */
    bool is_real_time;        /* else of fixed times */
    const struct zone *zone;
    char zone_name[TIMETABLE_ZONE_MAX + 1];
    struct timetable_bound from, until;
    int64_t jitter_us; /* 0: none */
    int64_t delay_us;  /* … and what it came to */
};
