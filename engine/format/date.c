/*
 * Dates: between moments (microseconds since 1970 UTC), civil time in a zone, and text. Everything
 * is counted through day numbers (base/days.h), never through the C library's broken-down time.
 * Pure but for the zones that it is handed; any thread.
 */
#include "format/date.h"

#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/days.h"

enum { DAY_S = 86400, US = 1000000, YEAR_LIMIT = 200000, SHOWN_IN_ERROR = 60 };

/* Seconds whose microseconds fit into 64 bits. */
#define SECONDS_LIMIT INT64_C(9000000000000)

static int64_t clamp(int64_t value, int64_t low, int64_t high)
{
    return value < low ? low : value > high ? high : value;
}

/* --- civil time --- */

static struct civil civil_at_offset(int64_t wall_us, int offset_s)
{
    int64_t seconds = days_floor_div(wall_us, US);
    int64_t local = seconds + offset_s;
    int64_t days = days_floor_div(local, DAY_S);
    int day_s = (int)(local - days * DAY_S);
    struct civil c = { .hour = day_s / 3600,
                       .minute = day_s / 60 % 60,
                       .second = day_s % 60,
                       .us = (int)((wall_us % US + US) % US) };
    days_to_date(days, &c.year, &c.month, &c.day);
    return c;
}

struct civil civil_from_us(int64_t wall_us, const struct zone *z)
{
    return civil_at_offset(wall_us, zone_offset_s(z, wall_us));
}

/* Days since 1970 of a date whose month may lie outside 1 … 12. */
static int64_t civil_days(const struct civil *c)
{
    int64_t months = clamp(c->year, -YEAR_LIMIT, YEAR_LIMIT) * 12 + c->month - 1;
    int64_t year = days_floor_div(months, 12);
    return days_from_date(year, (int)(months - year * 12) + 1, 1) + c->day - 1;
}

/* Whether the zone's clocks have that offset at the second t. */
static bool has_offset(const struct zone *z, int64_t t, int offset)
{
    return zone_offset_s(z, t * US) == offset;
}

/* The first second of (low, high] with that offset, where the seconds before have another one. */
static int64_t find_change(const struct zone *z, int64_t low, int64_t high, int offset)
{
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (has_offset(z, middle, offset)) {
            high = middle;
        } else {
            low = middle;
        }
    }
    return high;
}

/* The UTC second of a local second. The offsets a day before and after are the candidates: a zone
 * that changes twice in two days does not exist. Sets is_gap where no clock shows that time. */
static int64_t utc_of_local(int64_t local, const struct zone *z, bool *is_gap)
{
    int before = zone_offset_s(z, (local - DAY_S) * US);
    int after = zone_offset_s(z, (local + DAY_S) * US);
    int64_t early = local - before;
    int64_t late = local - after;
    *is_gap = false;
    if (has_offset(z, early, before)) {
        /* In a fold both are right, and the offset before is the larger: this is the first. */
        return early;
    }
    if (has_offset(z, late, after)) {
        return late;
    }
    *is_gap = true;
    return find_change(z, late, early, after);
}

int64_t civil_to_us(const struct civil *c, const struct zone *z)
{
    int64_t local = civil_days(c) * DAY_S + (int64_t)c->hour * 3600 + (int64_t)c->minute * 60 +
                    c->second + days_floor_div(c->us, US);
    local = clamp(local, -SECONDS_LIMIT, SECONDS_LIMIT);
    bool is_gap;
    int64_t t = utc_of_local(local, z, &is_gap);
    return t * US + (is_gap ? 0 : c->us - days_floor_div(c->us, US) * US);
}

int civil_weekday(const struct civil *c)
{
    int64_t days = civil_days(c) + 3; /* 1970-01-01 was a Thursday */
    return (int)(days - days_floor_div(days, 7) * 7) + 1;
}

void civil_add_days(struct civil *c, int64_t days)
{
    const int64_t limit = INT64_C(366) * YEAR_LIMIT;
    days_to_date(civil_days(c) + clamp(days, -limit, limit), &c->year, &c->month, &c->day);
}

/* --- text --- */

static char *put_two(char *out, int value)
{
    out[0] = (char)('0' + value / 10);
    out[1] = (char)('0' + value % 10);
    return out + 2;
}

static char *put_year(char *out, int year)
{
    if (year < 0 || year > 9999) {
        return out + snprintf(out, DATE_TEXT, "%04d", year); /* 7 bytes at most */
    }
    return put_two(put_two(out, year / 100), year % 100);
}

/* Two digits behind a mark. */
static char *put_part(char *out, char mark, int value)
{
    *out = mark;
    return put_two(out + 1, value);
}

/* "2026-11-23T10:15:30.000" of what the clocks show at wall_us + offset: 30 bytes with the largest
 * year. By hand, as each event and each run has some dates. */
static size_t format_local(int64_t wall_us, int offset_s, char out[DATE_TEXT])
{
    struct civil c = civil_at_offset(wall_us, offset_s);
    int millisecond = c.us / 1000;
    char *at = put_year(out, c.year);
    at = put_part(at, '-', c.month);
    at = put_part(at, '-', c.day);
    at = put_part(at, 'T', c.hour);
    at = put_part(at, ':', c.minute);
    at = put_part(at, ':', c.second);
    at = put_part(at, '.', millisecond / 10);
    *at++ = (char)('0' + millisecond % 10);
    *at = '\0';
    return (size_t)(at - out);
}

void date_format(int64_t wall_us, char out[DATE_TEXT])
{
    size_t len = format_local(wall_us, 0, out);
    memcpy(out + len, "Z", 2);
}

void date_format_zone(int64_t wall_us, const struct zone *z, char out[DATE_TEXT])
{
    /* RFC 3339 has no seconds in offsets; of an old one they are left out, and the time fits to
     * it. */
    int minutes = zone_offset_s(z, wall_us) / 60;
    size_t len = format_local(wall_us, minutes * 60, out);
    int size = minutes < 0 ? -minutes : minutes;
    (void)snprintf(out + len, DATE_TEXT - len, "%c%02d:%02d", minutes < 0 ? '-' : '+',
                   size / 60 % 100, size % 60); /* 36 bytes with the largest year */
}

struct scan {
    const char *at;
    const char *end;
};

static bool take_one_of(struct scan *s, const char *chars)
{
    if (s->at < s->end && *s->at != '\0' && strchr(chars, *s->at) != NULL) {
        s->at++;
        return true;
    }
    return false;
}

/* Exactly n digits, between low and high. */
static bool take_digits(struct scan *s, int n, int low, int high, int *out)
{
    int value = 0;
    if (s->end - s->at < n) {
        return false;
    }
    for (int i = 0; i < n; i++) {
        if (!ascii_is_digit(s->at[i])) {
            return false;
        }
        value = value * 10 + (s->at[i] - '0');
    }
    s->at += n;
    *out = value;
    return value >= low && value <= high;
}

/* Nine or ten digits are seconds, 11 to 15 milliseconds: 1973 to 2286, and 1970 to 9999. Fewer
 * could be a year or a date without dashes, and are refused. */
static bool parse_epoch(const char *text, size_t len, int64_t *wall_us)
{
    if (len < 9 || len > 15) {
        return false;
    }
    int64_t value = 0;
    for (size_t i = 0; i < len; i++) {
        if (!ascii_is_digit(text[i])) {
            return false;
        }
        value = value * 10 + (text[i] - '0');
    }
    *wall_us = len <= 10 ? value * US : value * 1000;
    return *wall_us < INT64_C(253402300800) * US;
}

static bool take_date(struct scan *s, struct civil *c)
{
    return take_digits(s, 4, 1, 9999, &c->year) && take_one_of(s, "-") &&
           take_digits(s, 2, 1, 12, &c->month) && take_one_of(s, "-") &&
           take_digits(s, 2, 1, days_in_month(c->year, c->month), &c->day);
}

/* ".123456789": digits beyond the microsecond are dropped. */
static bool take_fraction(struct scan *s, struct civil *c)
{
    const char *first = s->at;
    int scale = US / 10;
    for (; s->at < s->end && ascii_is_digit(*s->at); s->at++, scale /= 10) {
        c->us += (*s->at - '0') * scale;
    }
    return s->at > first;
}

/* "10:15", "10:15:30", "10:15:30.25"; a leap second counts as the second after it. */
static bool take_clock(struct scan *s, struct civil *c)
{
    if (!take_digits(s, 2, 0, 23, &c->hour) || !take_one_of(s, ":") ||
        !take_digits(s, 2, 0, 59, &c->minute)) {
        return false;
    }
    if (!take_one_of(s, ":")) {
        return true;
    }
    return take_digits(s, 2, 0, 60, &c->second) && (!take_one_of(s, ".") || take_fraction(s, c));
}

/* "Z", "+01:00", "-0530". */
static bool take_offset(struct scan *s, int *offset_s)
{
    *offset_s = 0;
    if (take_one_of(s, "Zz")) {
        return true;
    }
    bool is_west = s->at < s->end && *s->at == '-';
    int hours;
    int minutes;
    if (!take_one_of(s, "+-") || !take_digits(s, 2, 0, 23, &hours)) {
        return false;
    }
    (void)take_one_of(s, ":"); /* may be left out */
    if (!take_digits(s, 2, 0, 59, &minutes)) {
        return false;
    }
    *offset_s = (hours * 60 + minutes) * 60 * (is_west ? -1 : 1);
    return true;
}

static bool parse_text(struct scan s, const struct zone *z, int64_t *wall_us)
{
    struct civil c = { 0 };
    if (!take_date(&s, &c)) {
        return false;
    }
    if (s.at < s.end && (!take_one_of(&s, "Tt ") || !take_clock(&s, &c))) {
        return false;
    }
    if (s.at == s.end) {
        *wall_us = civil_to_us(&c, z);
        return true;
    }
    int offset_s;
    if (!take_offset(&s, &offset_s) || s.at != s.end) {
        return false;
    }
    c.second -= offset_s;
    *wall_us = civil_to_us(&c, NULL);
    return true;
}

int date_parse(const char *text, size_t len, const struct zone *z, int64_t *wall_us, struct err *e)
{
    if (parse_epoch(text, len, wall_us) ||
        parse_text((struct scan){ text, text + len }, z, wall_us)) {
        return 0;
    }
    int shown = (int)(len < SHOWN_IN_ERROR ? len : SHOWN_IN_ERROR);
    return err_set(e, ERR_INVALID,
                   "\"%.*s\" is not a date; write 2026-11-23 or 2026-11-23T10:15:00+01:00", shown,
                   text);
}
