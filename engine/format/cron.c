/*
 * Reads cron expressions. A field is read into a set of bits, whatever way it is written. What a
 * cron does not know is told by what to write in its place: people copy expressions from other
 * programs, and a guess would run at a time that nobody meant. Pure; any thread.
 */
#include "format/cron.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/days.h"
#include "format/calendar.h"

enum { SHOWN_IN_ERROR = 60, HINT_MAX = 200, MAX_DIGITS = 2 };

enum { MINUTE, HOUR, DAY, MONTH, WEEKDAY, FIELDS };

/* What a field counts. Of weekdays "*" is 0 to 6, and 7 is Sunday as well. */
static const struct field {
    const char *name;
    int low, high;
    int star_high;
    const char *values; /* for people */
} fields[FIELDS] = {
    [MINUTE] = { "minute", 0, 59, 59, "0 to 59" },
    [HOUR] = { "hour", 0, 23, 23, "0 to 23" },
    [DAY] = { "day", 1, 31, 31, "1 to 31 or L" },
    [MONTH] = { "month", 1, 12, 12, "1 to 12 or jan to dec" },
    [WEEKDAY] = { "weekday", 0, 7, 6, "0 to 7 or mon to sun" },
};

struct span {
    const char *at;
    size_t len;
};

struct parse {
    const char *text;
    size_t *offset;
    struct err *e;
    const struct field *field; /* that is read now */
    struct span item;          /* … and which item of its list */
    uint64_t set;              /* its values so far */
    bool has_star_or_step;
    bool has_last_day;
};

/* --- errors --- */

/* `"PART"` and the rest of the message; the error points at the part. Returns -1. */
static int __attribute__((format(printf, 3, 4)))
refuse(struct parse *p, struct span part, const char *fmt, ...)
{
    char why[HINT_MAX];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(why, sizeof why, fmt, ap); /* cut where it is too long */
    va_end(ap);
    *p->offset = (size_t)(part.at - p->text);
    int shown = (int)(part.len < SHOWN_IN_ERROR ? part.len : SHOWN_IN_ERROR);
    return err_set(p->e, ERR_INVALID, "\"%.*s\" %s", shown, part.at, why);
}

static bool has_char(struct span s, const char *chars)
{
    for (size_t i = 0; i < s.len; i++) {
        if (strchr(chars, s.at[i]) != NULL) {
            return true;
        }
    }
    return false;
}

/* A number of at most two digits, or -1. */
static int read_cron_number(struct span s)
{
    int value = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (!ascii_is_digit(s.at[i]) || i == MAX_DIGITS) {
            return -1;
        }
        value = value * 10 + (s.at[i] - '0');
    }
    return s.len > 0 ? value : -1;
}

/* Fields as a set: those without names, for what a name may hold too. */
enum { IN_DAY = 1 << DAY, IN_NUMBERS = 1 << MINUTE | 1 << HOUR | IN_DAY };
enum { IN_ANY = IN_NUMBERS | 1 << MONTH | 1 << WEEKDAY };

/* What other programs know, by a character that no value of these fields has. */
static const struct unknown {
    const char *chars;
    int fields;
    const char *why;
} unknowns[] = {
    { "?", IN_ANY, "is not supported: write *" },
    { "#", IN_ANY, "is not supported: a weekday is that of every week, mon or 1-5" },
    { "Ww", IN_DAY, "is not supported: a day is a number, or L for the last of the month" },
    { "Ll", IN_NUMBERS | 1 << WEEKDAY,
      "is not supported: L is the last day of the month, by itself or in a "
      "list of days, as in \"0 9 15,L * *\"" },
    { "Hh~", IN_NUMBERS,
      "is not supported: write a number, and `jitter:` to "
      "spread what comes at the same time" },
};

/* What stands in a field and is no value of it. */
static int refuse_value(struct parse *p, struct span part)
{
    const struct field *f = p->field;
    if (part.len == 0) {
        *p->offset = (size_t)(part.at - p->text);
        return err_set(p->e, ERR_INVALID,
                       "the %s has a list, a range or a step with an empty place", f->name);
    }
    for (size_t i = 0; i < sizeof unknowns / sizeof unknowns[0]; i++) {
        bool is_here = (unknowns[i].fields >> (f - fields) & 1) != 0;
        if (is_here && has_char(p->item, unknowns[i].chars)) {
            return refuse(p, p->item, "%s", unknowns[i].why);
        }
    }
    return refuse(p, part, "is no %s: write %s, *, a list 1,2, a range 1-5, or a step */5", f->name,
                  f->values);
}

/* --- one field --- */

/* Takes what is before the first `mark` off s; has_mark says whether there was one. */
static struct span cut(struct span *s, char mark, bool *has_mark)
{
    const char *end = memchr(s->at, mark, s->len);
    *has_mark = end != NULL;
    struct span first = { s->at, end != NULL ? (size_t)(end - s->at) : s->len };
    size_t used = first.len + (end != NULL ? 1 : 0);
    s->at += used;
    s->len -= used;
    return first;
}

/* A number or a name of the field; -1 after refusing it. */
static int read_cron_value(struct parse *p, struct span s)
{
    const struct field *f = p->field;
    int value = read_cron_number(s);
    int name = 0;
    if (f == &fields[MONTH]) {
        name = calendar_month_number(s.at, s.len);
    } else if (f == &fields[WEEKDAY]) {
        name = calendar_weekday_number(s.at, s.len);
    }
    value = name != 0 ? name : value;
    return value >= f->low && value <= f->high ? value : refuse_value(p, s);
}

/* "22-2" in two parts that run forwards. */
static int refuse_backwards(struct parse *p, struct span part, int low, int high)
{
    const struct field *f = p->field;
    return refuse(p, part, "runs backwards: write %d-%d,%d-%d", low, f->star_high, f->low, high);
}

/* "*", "9", "9-17": the range that it stands for. */
static int read_range(struct parse *p, struct span s, int *low, int *high)
{
    struct span whole = s;
    bool is_range;
    if (s.len == 1 && s.at[0] == '*') {
        *low = p->field->low;
        *high = p->field->star_high;
        p->has_star_or_step = true;
        return 0;
    }
    struct span first = cut(&s, '-', &is_range);
    *low = *high = read_cron_value(p, first);
    if (*low == -1 || !is_range) {
        return *low == -1 ? -1 : 0;
    }
    *high = read_cron_value(p, s);
    if (*high == -1) {
        return -1;
    }
    if (p->field == &fields[WEEKDAY] && *low == 7 && *high < 7) {
        *low = 0; /* "sun-tue" */
    }
    return *low <= *high ? 0 : refuse_backwards(p, whole, *low, *high);
}

/* The step behind "/", which has to come around within the range. */
static int read_cron_step(struct parse *p, struct span item, struct span s, int low, int high)
{
    int step = read_cron_number(s);
    if (step < 1) {
        return refuse(p, item, "has no step: behind / stands a number from 1 on");
    }
    if (low == high && low + step <= p->field->star_high) {
        return refuse(p, item, "is a step without a range: write %d-%d/%d", low,
                      p->field->star_high, step);
    }
    if (step > high - low) {
        return refuse(p, item, "has a step that never comes around: the %s runs from %d to %d",
                      p->field->name, low, high);
    }
    p->has_star_or_step = true;
    return step;
}

static bool is_letter_l(struct span s)
{
    return s.len == 1 && (s.at[0] == 'L' || s.at[0] == 'l');
}

static int read_item(struct parse *p, struct span item)
{
    p->item = item;
    if (p->field == &fields[DAY] && is_letter_l(item)) {
        p->has_last_day = true;
        return 0;
    }
    int low;
    int high;
    bool has_step;
    struct span rest = item;
    if (read_range(p, cut(&rest, '/', &has_step), &low, &high) == -1) {
        return -1;
    }
    int step = has_step ? read_cron_step(p, item, rest, low, high) : 1;
    if (step == -1) {
        return -1;
    }
    for (int value = low; value <= high; value += step) {
        p->set |= UINT64_C(1) << value;
    }
    return 0;
}

static int read_cron_field(struct parse *p, int index, struct span field)
{
    p->field = &fields[index];
    p->set = 0;
    p->has_star_or_step = false;
    bool has_more = true;
    while (has_more) {
        if (read_item(p, cut(&field, ',', &has_more)) == -1) {
            return -1;
        }
    }
    return 0;
}

/* All values from low to high. */
static uint64_t range_set(int low, int high)
{
    return (UINT64_MAX >> (63 - high)) & (UINT64_MAX << low);
}

/* "*" and nothing else says nothing of the day. */
static bool is_star(struct span s)
{
    return s.len == 1 && s.at[0] == '*';
}

static void keep_field(struct parse *p, int index, struct span field, struct cron *out)
{
    switch (index) {
    case MINUTE:
        out->minutes = p->set;
        out->is_real_time |= p->has_star_or_step || p->set == range_set(0, 59);
        break;
    case HOUR:
        out->hours = (uint32_t)p->set;
        out->is_real_time |= p->has_star_or_step || p->set == range_set(0, 23);
        break;
    case DAY:
        out->days = is_star(field) ? 0 : (uint32_t)p->set;
        out->days |= p->has_last_day ? CALENDAR_LAST_DAY : 0;
        break;
    case MONTH:
        out->months = (uint16_t)p->set;
        break;
    default: /* WEEKDAY: Sunday is 7 here */
        p->set |= (p->set & 1) << 7;
        out->weekdays = is_star(field) ? 0 : (uint8_t)(p->set & CALENDAR_ALL_WEEKDAYS);
        break;
    }
}

/* --- the whole --- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Splits at blanks; how many fields there are, of which at most `max` are kept. */
static size_t split_fields(const char *text, struct span *out, size_t max)
{
    size_t count = 0;
    while (*text != '\0') {
        size_t len = 0;
        while (text[len] != '\0' && !is_blank(text[len])) {
            len++;
        }
        if (len > 0 && count < max) {
            out[count] = (struct span){ text, len };
        }
        count += len > 0;
        text += len > 0 ? len : 1;
    }
    return count;
}

static const struct {
    const char *name;
    const char *instead;
} nicknames[] = {
    { "@hourly", "0 * * * *" },     { "@daily", "0 0 * * *" },   { "@midnight", "0 0 * * *" },
    { "@weekly", "0 0 * * sun" },   { "@monthly", "0 0 1 * *" }, { "@yearly", "0 0 1 jan *" },
    { "@annually", "0 0 1 jan *" },
};

static int refuse_nickname(struct parse *p, struct span word)
{
    for (size_t i = 0; i < sizeof nicknames / sizeof nicknames[0]; i++) {
        if (strlen(nicknames[i].name) == word.len &&
            memcmp(nicknames[i].name, word.at, word.len) == 0) {
            return refuse(p, word, "is not supported: write \"%s\"", nicknames[i].instead);
        }
    }
    return refuse(p, word,
                  "is not supported: write five fields, minute hour day month weekday, "
                  "or `every: 15 min` in place of `cron`");
}

static int refuse_count(struct parse *p, size_t count)
{
    *p->offset = 0;
    const char *hint = count > FIELDS ? "; seconds and years are not among them, and "
                                        "`every: 30 s` is for what comes more than once a minute"
                                      : "";
    return err_set(p->e, ERR_INVALID,
                   "a cron expression has five fields, minute hour day month weekday, as in "
                   "\"0 9 * * mon-fri\"; this one has %zu%s",
                   count, hint);
}

/* An expression that has a day, but no month with such a day: 30 February. */
static int check_days(struct parse *p, const struct cron *c, struct span field)
{
    if (c->days == 0 || c->weekdays != 0 || (c->days & CALENDAR_LAST_DAY) != 0) {
        return 0;
    }
    int day = __builtin_ctz(c->days);
    int longest = 0;
    for (int month = 1; month <= 12; month++) {
        int len = days_in_month(2000, month); /* a leap year */
        if ((c->months >> month & 1) != 0 && len > longest) {
            longest = len;
        }
    }
    return day <= longest
               ? 0
               : refuse(p, field, "never comes: the longest of these months has %d days", longest);
}

/* Either fits where both are given, so one that always fits makes the other mean nothing; and one
 * that always fits says nothing by itself. */
static int check_either(struct parse *p, struct cron *c, const struct span *parts)
{
    bool is_every_day = (c->days | CALENDAR_LAST_DAY) == (uint32_t)range_set(0, 31);
    bool is_every_weekday = c->weekdays == CALENDAR_ALL_WEEKDAYS;
    if (is_every_day && c->weekdays != 0) {
        return refuse(p, parts[DAY],
                      "is every day, and either of day and weekday fits: write * for the day");
    }
    if (is_every_weekday && c->days != 0) {
        return refuse(p, parts[WEEKDAY],
                      "is every weekday, and either of day and weekday fits: write * for the "
                      "weekday");
    }
    c->days = is_every_day ? 0 : c->days;
    c->weekdays = is_every_weekday ? 0 : c->weekdays;
    return 0;
}

int cron_parse(const char *text, struct cron *out, size_t *offset, struct err *e)
{
    struct parse p = { .text = text, .offset = offset, .e = e };
    struct span parts[FIELDS];
    *offset = 0;
    if (strnlen(text, CRON_TEXT_MAX + 1) > CRON_TEXT_MAX) {
        return err_set(e, ERR_INVALID, "a cron expression has at most %d bytes", CRON_TEXT_MAX);
    }
    size_t count = split_fields(text, parts, FIELDS);
    if (count > 0 && parts[0].at[0] == '@') {
        return refuse_nickname(&p, parts[0]);
    }
    if (count > 0 && has_char(parts[0], "=")) {
        return refuse(&p, parts[0], "is not supported: write the zone as `timezone:`");
    }
    if (count != FIELDS) {
        return refuse_count(&p, count);
    }
    *out = (struct cron){ .is_real_time = false };
    for (int i = 0; i < FIELDS; i++) {
        if (read_cron_field(&p, i, parts[i]) == -1) {
            return -1;
        }
        keep_field(&p, i, parts[i], out);
    }
    if (check_days(&p, out, parts[DAY]) == -1) {
        return -1;
    }
    return check_either(&p, out, parts);
}
