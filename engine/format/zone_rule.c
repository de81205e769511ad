/*
 * The rule of a zone file for the time after its last transition. It names two dates of every year
 * on which the clocks change; what holds at a moment is what the latest of them left behind, and
 * the dates are counted out for the years around that moment. Pure; any thread.
 */
#include "format/zone_rule.h"

#include "base/ascii.h"
#include "base/days.h"

enum { DAY_S = 86400 };

struct scan {
    const char *at;
    const char *end;
};

static bool take_char(struct scan *s, char c)
{
    if (s->at < s->end && *s->at == c) {
        s->at++;
        return true;
    }
    return false;
}

static int take_number(struct scan *s, int max, int *out)
{
    const char *first = s->at;
    int value = 0;
    while (s->at < s->end && ascii_is_digit(*s->at) && s->at - first < 4) {
        value = value * 10 + (*s->at++ - '0');
    }
    *out = value;
    return s->at > first && value <= max ? 0 : -1;
}

/* "CET", "<-03>": only its end is of interest. */
static int skip_abbreviation(struct scan *s)
{
    const char *first = s->at;
    if (take_char(s, '<')) {
        while (s->at < s->end && *s->at != '>') {
            s->at++;
        }
        return take_char(s, '>') ? 0 : -1;
    }
    while (s->at < s->end && ascii_is_alpha(*s->at)) {
        s->at++;
    }
    return s->at - first >= 3 ? 0 : -1;
}

/* "[+-]hh[:mm[:ss]]" in seconds. */
static int take_time(struct scan *s, int max_hours, int64_t *out)
{
    int parts[3] = { 0 };
    int sign = 1;
    if (take_char(s, '-')) {
        sign = -1;
    } else {
        (void)take_char(s, '+');
    }
    if (take_number(s, max_hours, &parts[0]) == -1) {
        return -1;
    }
    for (int i = 1; i < 3 && take_char(s, ':'); i++) {
        if (take_number(s, 59, &parts[i]) == -1) {
            return -1;
        }
    }
    *out = sign * ((int64_t)parts[0] * 3600 + parts[1] * 60 + parts[2]);
    return 0;
}

static int take_month_rule(struct scan *s, struct zone_rule_date *out)
{
    out->kind = RULE_MONTH;
    if (take_number(s, 12, &out->month) == -1 || out->month < 1 || !take_char(s, '.') ||
        take_number(s, 5, &out->week) == -1 || out->week < 1 || !take_char(s, '.')) {
        return -1;
    }
    return take_number(s, 6, &out->day);
}

static int take_rule_date(struct scan *s, struct zone_rule_date *out)
{
    int rc;
    if (take_char(s, 'M')) {
        rc = take_month_rule(s, out);
    } else if (take_char(s, 'J')) {
        out->kind = RULE_JULIAN;
        rc = take_number(s, 365, &out->day) == 0 && out->day >= 1 ? 0 : -1;
    } else {
        out->kind = RULE_DAY;
        rc = take_number(s, 365, &out->day);
    }
    out->time_s = 2 * 3600;
    if (rc == 0 && take_char(s, '/')) {
        rc = take_time(s, 167, &out->time_s);
    }
    return rc;
}

/* "CET-1CEST,M3.5.0,M10.5.0/3". POSIX counts offsets west of UTC. */
int zone_rule_parse(const char *text, size_t len, struct zone_rule *out)
{
    struct scan s = { text, text + len };
    int64_t west;
    *out = (struct zone_rule){ .is_set = true };
    if (skip_abbreviation(&s) == -1 || take_time(&s, 24, &west) == -1) {
        return -1;
    }
    out->std_s = (int32_t)-west;
    if (s.at == s.end) {
        return 0;
    }
    out->has_dst = true;
    out->dst_s = out->std_s + 3600;
    if (skip_abbreviation(&s) == -1) {
        return -1;
    }
    if (s.at < s.end && *s.at != ',') {
        if (take_time(&s, 24, &west) == -1) {
            return -1;
        }
        out->dst_s = (int32_t)-west;
    }
    if (!take_char(&s, ',') || take_rule_date(&s, &out->start) == -1 || !take_char(&s, ',') ||
        take_rule_date(&s, &out->end) == -1) {
        return -1;
    }
    return s.at == s.end ? 0 : -1;
}

/* The moment in that year, in seconds of local time before the change. */
static int64_t rule_date_s(const struct zone_rule_date *r, int64_t year)
{
    int64_t day = days_from_date(year, 1, 1);
    switch (r->kind) {
    case RULE_DAY:
        day += r->day;
        break;
    case RULE_JULIAN:
        /* Counts no 29 February: March 1 is day 60 in every year. */
        day += r->day - 1 + (r->day >= 60 && days_in_month(year, 2) == 29);
        break;
    case RULE_MONTH: {
        day = days_from_date(year, r->month, 1);
        int64_t weekday = ((day + 4) % 7 + 7) % 7; /* 0 Sunday; 1970-01-01 was a Thursday */
        day += (r->day - weekday + 7) % 7 + 7 * (r->week - 1);
        if (day >= days_from_date(year, r->month, 1) + days_in_month(year, r->month)) {
            day -= 7; /* week 5 is the last one */
        }
        break;
    }
    }
    return day * DAY_S + r->time_s;
}

/* The offset that the latest change up to t left behind, over the years around t: a change may
 * lie a week beyond its year. Where both fall together, summer time begins (RFC 8536, 3.3.1:
 * all year). */
int32_t zone_rule_offset_s(const struct zone_rule *r, int64_t t)
{
    if (!r->has_dst) {
        return r->std_s;
    }
    int64_t days = (t + r->std_s) / DAY_S;
    int year;
    int month;
    int day;
    days_to_date(days, &year, &month, &day);
    int64_t latest = INT64_MIN;
    int32_t offset = r->std_s;
    for (int64_t y = (int64_t)year - 1; y <= (int64_t)year + 1; y++) {
        int64_t end = rule_date_s(&r->end, y) - r->dst_s;
        int64_t start = rule_date_s(&r->start, y) - r->std_s;
        if (end <= t && end > latest) {
            latest = end;
            offset = r->std_s;
        }
        if (start <= t && start >= latest) {
            latest = start;
            offset = r->dst_s;
        }
    }
    return offset;
}

/* The first change of the clocks by the rule after t; INT64_MAX where it has none. */
int64_t zone_rule_next_change_s(const struct zone_rule *r, int64_t t)
{
    if (!r->has_dst) {
        return INT64_MAX;
    }
    int year;
    int month;
    int day;
    days_to_date(t / DAY_S, &year, &month, &day);
    int64_t next = INT64_MAX;
    for (int64_t y = (int64_t)year - 1; y <= (int64_t)year + 2; y++) {
        const int64_t dates[] = { rule_date_s(&r->start, y) - r->std_s,
                                  rule_date_s(&r->end, y) - r->dst_s };
        for (int i = 0; i < 2; i++) {
            int64_t at = dates[i];
            if (at > t && at < next && zone_rule_offset_s(r, at) != zone_rule_offset_s(r, at - 1)) {
                next = at;
            }
        }
    }
    return next;
}

static bool is_same_date(const struct zone_rule_date *a, const struct zone_rule_date *b)
{
    return a->kind == b->kind && a->month == b->month && a->week == b->week && a->day == b->day &&
           a->time_s == b->time_s;
}

bool zone_rule_is_same(const struct zone_rule *a, const struct zone_rule *b)
{
    return a->is_set == b->is_set && a->has_dst == b->has_dst && a->std_s == b->std_s &&
           a->dst_s == b->dst_s && is_same_date(&a->start, &b->start) &&
           is_same_date(&a->end, &b->end);
}
