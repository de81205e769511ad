#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* A cron expression of five fields: minute hour day month weekday. A field is "*", a number, a range
 * "9-17", a step over a range or over "*" (behind a slash), or a list of these by commas. Months and
 * weekdays may be names (jan, mon, in full, in any case), 0 and 7 are Sunday, and "L" among the days
 * is the last of the month. Where day and weekday are both given, either fits, as in every cron. All
 * else that one cron or another knows (seconds, "?", "W", "#", "@daily") is refused with what to
 * write in its place, and so is what would never come and what cannot be meant. */
enum { CRON_TEXT_MAX = 256 };

struct cron {
    uint64_t minutes; /* bits 0 … 59 */
    uint32_t hours;   /* bits 0 … 23 */
    uint32_t days;    /* bits 1 … 31, CALENDAR_LAST_DAY; 0: every day, as far as weekdays says */
    uint16_t months;  /* bits 1 … 12 */
    uint8_t weekdays; /* bits 1 Monday … 7 Sunday; 0: every one, as far as days says */
    /* Minute or hour has a "*" or a step, or all its values: such a schedule goes on in real time
     * when the clocks change, where one of fixed times is moved. */
    bool is_real_time;
};

/* 0, or -1 and ERR_INVALID; then *offset is the byte of the text that the error is about. */
int cron_parse(const char *text, struct cron *out, size_t *offset, struct err *e);
