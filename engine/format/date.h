#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Dates as people and services write them. Time is microseconds since 1970 UTC. */
enum { DATE_TEXT = 40 };

/* A time zone from the system's zone files (TZif, RFC 8536), read once and kept; never through
 * TZ. */
struct zone;

/* "Europe/Amsterdam", "UTC". Borrowed, lives until zone_forget_all. NULL and ERR_CONFIG where there
 * is none. */
const struct zone *zone_get(const char *name, struct err *e);
void zone_forget_all(void); /* frees; at exit */
/* Looks at the files of all zones in use and reads what is new: pointers to zones stay good, and
 * tell what the files say now. *changed: how many tell something else than before; what was
 * computed from them is to be computed anew. -1 where a file is gone or damaged; then its zone
 * stays as it was, the others are read all the same, and it is told once for each state of the
 * file. Touches files: not for every turn of the loop. */
int zone_reload_if_changed(size_t *changed, struct err *e);
int zone_offset_s(const struct zone *z, int64_t wall_us); /* seconds east of UTC at that moment */
/* The first moment after that one at which the zone's offset becomes another; INT64_MAX where there
 * is none. */
int64_t zone_next_change_us(const struct zone *z, int64_t after_us);

/* Civil time, month and day from 1. Fields outside their range count on into the next larger
 * one. */
struct civil {
    int year, month, day, hour, minute, second, us;
};

struct civil civil_from_us(int64_t wall_us, const struct zone *z); /* z NULL: UTC */
/* The moment at which the zone's clocks show this. In a gap: the moment after it; in a fold: the
 * first. */
int64_t civil_to_us(const struct civil *c, const struct zone *z);
int civil_weekday(const struct civil *c); /* 1 Monday … 7 Sunday */
void civil_add_days(struct civil *c, int64_t days);

/* "2026-11-23T10:15:30.000Z": RFC 3339 in UTC with milliseconds. */
void date_format(int64_t wall_us, char out[DATE_TEXT]);
/* The same with the zone's offset, "…+01:00". */
void date_format_zone(int64_t wall_us, const struct zone *z, char out[DATE_TEXT]);
/* RFC 3339, with or without seconds and fraction, "T" or a space; without an offset it is local to
 * z (NULL: UTC). Also "2026-11-23" (midnight in z), and epoch time as digits: 9 or 10 are seconds,
 * 11 to 15 milliseconds. 0, or -1 and ERR_INVALID. Years 1 to 9999. */
int date_parse(const char *text, size_t len, const struct zone *z, int64_t *wall_us, struct err *e);
