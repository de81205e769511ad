/*
 * Reads and writes durations as people write them ("5 min"). The units stand in one table; a number
 * is read as thousandths, so that "1.5h" is exact, and everything is counted in microseconds. Pure;
 * any thread.
 */
#include "format/duration.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"

enum { NUMBER_DIGITS_MAX = 9, SHOWN_IN_ERROR = 60 };

#define MS              INT64_C(1000)
#define SECOND          (1000 * MS)
#define MINUTE          (60 * SECOND)
#define HOUR            (60 * MINUTE)
#define DAY             (24 * HOUR)
#define DURATION_MAX_US (3653 * DAY) /* ten years with three leap days */

static const struct unit {
    const char *name;
    int64_t us;
} units[] = {
    { "ms", MS },          { "s", SECOND },      { "sec", SECOND }, { "second", SECOND },
    { "seconds", SECOND }, { "m", MINUTE },      { "min", MINUTE }, { "minute", MINUTE },
    { "minutes", MINUTE }, { "h", HOUR },        { "hour", HOUR },  { "hours", HOUR },
    { "d", DAY },          { "day", DAY },       { "days", DAY },   { "w", 7 * DAY },
    { "week", 7 * DAY },   { "weeks", 7 * DAY },
};

struct scan {
    const char *at;
    const char *end;
};

static void skip_spaces(struct scan *s)
{
    while (s->at < s->end && *s->at == ' ') {
        s->at++;
    }
}

/* "12", "1.5", "0.125" as thousandths; -1 where there is none. */
static int64_t scan_number(struct scan *s)
{
    int64_t value = 0;
    int digits = 0;
    for (; s->at < s->end && ascii_is_digit(*s->at); s->at++, digits++) {
        if (digits == NUMBER_DIGITS_MAX) {
            return -1;
        }
        value = value * 10 + (*s->at - '0');
    }
    if (digits == 0) {
        return -1;
    }
    value *= 1000;
    if (s->at == s->end || *s->at != '.') {
        return value;
    }
    s->at++;
    int64_t scale = 100;
    const char *first = s->at;
    for (; s->at < s->end && ascii_is_digit(*s->at) && scale > 0; s->at++, scale /= 10) {
        value += scale * (*s->at - '0');
    }
    return s->at > first && (s->at == s->end || !ascii_is_digit(*s->at)) ? value : -1;
}

/* The unit's length in microseconds; 0 where there is none. */
static int64_t scan_unit(struct scan *s)
{
    const char *first = s->at;
    while (s->at < s->end && *s->at >= 'a' && *s->at <= 'z') {
        s->at++;
    }
    size_t len = (size_t)(s->at - first);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strlen(units[i].name) == len && memcmp(units[i].name, first, len) == 0) {
            return units[i].us;
        }
    }
    return 0;
}

static int refuse_duration(const char *text, size_t len, const char *why, struct err *e)
{
    int shown = (int)(len < SHOWN_IN_ERROR ? len : SHOWN_IN_ERROR);
    return err_set(e, ERR_INVALID, "\"%.*s\" is not a duration: %s", shown, text, why);
}

int duration_parse(const char *text, size_t len, int64_t *us, struct err *e)
{
    struct scan s = { .at = text, .end = text + len };
    int64_t total = 0;
    skip_spaces(&s);
    if (s.at == s.end) {
        return refuse_duration(text, len, "it is empty; write for example 30s, 5 min or 2 days", e);
    }
    while (s.at < s.end) {
        int64_t thousandths = scan_number(&s);
        if (thousandths == -1) {
            return refuse_duration(text, len,
                                   "a number with up to 9 digits and 3 decimals is expected", e);
        }
        skip_spaces(&s);
        if (s.at == s.end) {
            return refuse_duration(
                text, len, "the unit is missing; write for example 30s, 5 min or 2 days", e);
        }
        int64_t unit = scan_unit(&s);
        if (unit == 0) {
            return refuse_duration(text, len, "the units are ms, s, min, h, days and weeks", e);
        }
        /* thousandths < 10^12, unit / 1000 < 10^9 */
        if (thousandths > DURATION_MAX_US / (unit / 1000) ||
            total > DURATION_MAX_US - thousandths * (unit / 1000)) {
            return refuse_duration(text, len, "it is longer than 10 years", e);
        }
        total += thousandths * (unit / 1000);
        skip_spaces(&s);
    }
    *us = total;
    return 0;
}

static const struct {
    const char *one;
    const char *many;
    int64_t us;
} steps[] = {
    { "day", "days", DAY }, { "h", "h", HOUR }, { "min", "min", MINUTE },
    { "s", "s", SECOND },   { "ms", "ms", MS }, { "us", "us", 1 },
};

enum { STEPS = sizeof steps / sizeof steps[0] };

void duration_format(int64_t us, char *out, size_t size)
{
    uint64_t left = us < 0 ? 0 - (uint64_t)us : (uint64_t)us;
    const char *sign = us < 0 ? "-" : "";
    size_t i = 0;
    while (i < STEPS && left < (uint64_t)steps[i].us) {
        i++;
    }
    if (i == STEPS) {
        (void)snprintf(out, size, "0 s"); /* a short buffer cuts it, as callers know */
        return;
    }
    uint64_t large = left / (uint64_t)steps[i].us;
    uint64_t rest = left % (uint64_t)steps[i].us;
    uint64_t small = i + 1 < STEPS ? rest / (uint64_t)steps[i + 1].us : 0;
    const char *name = large == 1 ? steps[i].one : steps[i].many;
    if (small == 0) {
        (void)snprintf(out, size, "%s%" PRIu64 " %s", sign, large, name);
    } else {
        (void)snprintf(out, size, "%s%" PRIu64 " %s %" PRIu64 " %s", sign, large, name, small,
                       small == 1 ? steps[i + 1].one : steps[i + 1].many);
    }
}
