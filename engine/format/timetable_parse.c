/*
 * The words of a timetable, read into the one form that all of them have: a set of days, a set of
 * times, a zone, and its ends. Each word is read by a function of its own, so that an error can say
 * which item of which word it is about; the first error ends it. Loop thread, as zones are.
 */
#include "format/timetable.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/mem.h"
#include "format/cron.h"
#include "format/diag.h"
#include "format/duration.h"
#include "format/timetable_impl.h"

enum { WHY_MAX = 300, SHOWN_IN_ERROR = 60, DAYS_MAX = 366, DAY_TEXT = 10 /* 2026-12-25 */ };

#define DAY_US (INT64_C(86400) * TIMETABLE_US)

static const char *const word_names[TIMETABLE_WORDS] = {
    [TIMETABLE_AT] = "at",
    [TIMETABLE_ON] = "on",
    [TIMETABLE_EVERY] = "every",
    [TIMETABLE_CRON] = "cron",
    [TIMETABLE_TIMEZONE] = "timezone",
    [TIMETABLE_EXCEPT] = "except",
    [TIMETABLE_FROM] = "from",
    [TIMETABLE_UNTIL] = "until",
    [TIMETABLE_JITTER] = "jitter",
};

struct parse {
    const struct timetable_words *words;
    struct timetable *t;
    struct timetable_place *place;
    struct err *e;
};

static bool is_word_given(const struct parse *p, enum timetable_word word)
{
    return p->words->word[word].count > 0;
}

/* The next text to be read; errors are about it. */
static const char *begin_text(struct parse *p, enum timetable_word word, size_t item)
{
    *p->place = (struct timetable_place){ .word = word, .item = item };
    return p->words->word[word].items[item];
}

/* An error about the text that is read now: `"TEXT" why`. */
static int __attribute__((format(printf, 2, 3))) refuse(struct parse *p, const char *fmt, ...)
{
    char why[WHY_MAX];
    const struct timetable_place *at = p->place;
    const char *text = p->words->word[at->word].items[at->item];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(why, sizeof why, fmt, ap); /* cut where it is too long */
    va_end(ap);
    return err_set(p->e, ERR_INVALID, "\"%.*s\" %s", SHOWN_IN_ERROR, text, why);
}

static int64_t floor_day(int64_t us)
{
    return us / DAY_US - (us % DAY_US < 0);
}

/* --- at --- */

/* One or two digits up to `max` at *text, which is moved behind them; or -1. */
static int take_number(const char **text, int max)
{
    int value = 0;
    int digits = 0;
    for (; digits < 2 && ascii_is_digit(**text); digits++, (*text)++) {
        value = value * 10 + (**text - '0');
    }
    return digits > 0 && value <= max ? value : -1;
}

static int read_at(struct parse *p, size_t item)
{
    const char *text = begin_text(p, TIMETABLE_AT, item);
    const char *rest = text;
    int hour = take_number(&rest, 23);
    bool has_minute =
        hour != -1 && rest[0] == ':' && ascii_is_digit(rest[1]) && ascii_is_digit(rest[2]);
    rest += has_minute;
    int minute = has_minute ? take_number(&rest, 59) : -1;
    if (minute == -1 || *rest != '\0') {
        return refuse(p,
                      "is no time of day: write hours and minutes by the 24-hour clock, 00:00 "
                      "to 23:59, as in \"09:00\"");
    }
    calendar_add_time(&p->t->calendar, hour * 60 + minute);
    return 0;
}

/* --- on --- */

static const char *const day_words[] = {
    "every day", "weekdays", "weekends", "last day", "monday", "tuesday",
    "wednesday", "thursday", "friday",   "saturday", "sunday", NULL,
};

enum { WEEKDAYS = 0x3e, WEEKENDS = 0xc0 }; /* bits 1 Monday … 7 Sunday */

static bool is_word(const char *text, const char *word)
{
    return strcmp(text, word) == 0;
}

/* A day of the month from 1 to 31, or 0. */
static int day_of_month(const char *text)
{
    const char *rest = text;
    int day = take_number(&rest, 31);
    return day > 0 && *rest == '\0' ? day : 0;
}

static int read_on(struct parse *p, size_t item)
{
    const char *text = begin_text(p, TIMETABLE_ON, item);
    struct calendar *c = &p->t->calendar;
    int weekday = calendar_weekday_number(text, strlen(text));
    int day = day_of_month(text);
    if (is_word(text, "every day")) {
        c->weekdays |= CALENDAR_ALL_WEEKDAYS;
    } else if (is_word(text, "weekdays")) {
        c->weekdays |= WEEKDAYS;
    } else if (is_word(text, "weekends")) {
        c->weekdays |= WEEKENDS;
    } else if (is_word(text, "last day")) {
        c->days |= CALENDAR_LAST_DAY;
    } else if (weekday != 0) {
        c->weekdays |= (uint8_t)(1u << weekday);
    } else if (day != 0) {
        c->days |= UINT32_C(1) << day;
    } else {
        const char *close = diag_closest(text, day_words);
        return refuse(p,
                      "is no day: write every day, weekdays, weekends, monday or mon, 1 to 31, "
                      "last day, or a list of these%s%s%s",
                      close != NULL ? "; did you mean \"" : "", close != NULL ? close : "",
                      close != NULL ? "\"?" : "");
    }
    return 0;
}

/* --- every --- */

/* Refuses s seconds, and names the closest numbers of the same unit that divide a day. */
static int refuse_period(struct parse *p, int64_t s)
{
    char less[32];
    char more[32];
    const int64_t unit = s % 3600 == 0 ? 3600 : s % 60 == 0 ? 60 : 1;
    int64_t below = s;
    int64_t above = s;
    while (CALENDAR_DAY_S % below != 0) {
        below -= unit;
    }
    while (CALENDAR_DAY_S % above != 0) {
        above += unit;
    }
    duration_format(below * TIMETABLE_US, less, sizeof less);
    duration_format(above * TIMETABLE_US, more, sizeof more);
    return refuse(p,
                  "does not divide a day, so it would come at other times each day: write %s or "
                  "%s",
                  less, more);
}

/* Less than a day: what divides it. */
static int read_period(struct parse *p, int64_t us)
{
    int64_t s = us / TIMETABLE_US;
    if (us % TIMETABLE_US != 0 || s < 1) {
        return refuse(p, "is not possible: it is a whole number of seconds, from 1 s on");
    }
    if (CALENDAR_DAY_S % s != 0) {
        return refuse_period(p, s);
    }
    p->t->is_real_time = true;
    p->t->calendar.every_s = (int)s;
    return 0;
}

/* Whole days. Each seventh is a weekday and each one every day, so that they are the same however
 * they are written. */
static int read_days(struct parse *p, int64_t us)
{
    struct calendar *c = &p->t->calendar;
    if (us % DAY_US != 0 || us > DAYS_MAX * DAY_US) {
        return refuse(p,
                      "is not possible: from a day on it is whole days or weeks, %d days at "
                      "most; for months write `at` with `on: 1`",
                      DAYS_MAX);
    }
    int64_t first = TIMETABLE_FIRST_DAY;
    if (p->t->from.is_set) {
        int offset_s = p->t->from.is_local ? 0 : zone_offset_s(p->t->zone, p->t->from.us);
        first = floor_day(p->t->from.us + (int64_t)offset_s * TIMETABLE_US);
    }
    int64_t days = us / DAY_US;
    if (days == 7) {
        c->weekdays = (uint8_t)(1u << calendar_weekday(first));
    } else if (days > 1) {
        c->every_days = (int)days;
        c->first_day = first;
    }
    if (!is_word_given(p, TIMETABLE_AT)) {
        calendar_add_time(c, 0);
    }
    return 0;
}

static int read_every(struct parse *p)
{
    const char *text = begin_text(p, TIMETABLE_EVERY, 0);
    int64_t us;
    if (strstr(text, "month") != NULL) {
        return refuse(p, "is not possible: for months write `at` with `on: 1`");
    }
    if (duration_parse(text, strlen(text), &us, p->e) == -1) {
        return -1;
    }
    if (us >= DAY_US) {
        return read_days(p, us);
    }
    if (is_word_given(p, TIMETABLE_AT)) {
        begin_text(p, TIMETABLE_AT, 0);
        return refuse(p,
                      "does not go with `every: %.*s`: `at` stands by itself, or beside an "
                      "`every` of whole days",
                      SHOWN_IN_ERROR, text);
    }
    return read_period(p, us);
}

/* --- cron --- */

static int read_cron(struct parse *p)
{
    struct cron cron;
    if (cron_parse(begin_text(p, TIMETABLE_CRON, 0), &cron, &p->place->offset, p->e) == -1) {
        return -1;
    }
    struct calendar *c = &p->t->calendar;
    c->months = cron.months;
    c->days = cron.days;
    c->weekdays = cron.weekdays;
    for (int minute = 0; minute < CALENDAR_MINUTES; minute++) {
        if ((cron.hours >> minute / 60 & 1) != 0 && (cron.minutes >> minute % 60 & 1) != 0) {
            calendar_add_time(c, minute);
        }
    }
    p->t->is_real_time = cron.is_real_time;
    return 0;
}

/* --- zone, ends, jitter --- */

static int read_zone(struct parse *p)
{
    const char *name =
        is_word_given(p, TIMETABLE_TIMEZONE) ? begin_text(p, TIMETABLE_TIMEZONE, 0) : "UTC";
    p->t->zone = zone_get(name, p->e);
    if (p->t->zone == NULL) {
        return -1;
    }
    (void)snprintf(p->t->zone_name, sizeof p->t->zone_name, "%s", name); /* zone_get knows it */
    return 0;
}

/* Reads "2026-12-25", or the same with a time of day, as date_parse does; but a year comes first, so
 * that the digits of an epoch are none. */
static bool parse_date(const char *text, size_t len, int64_t *us)
{
    return len >= DAY_TEXT && text[4] == '-' && date_parse(text, len, NULL, us, NULL) == 0;
}

/* "2026-12-25" as a day since 1970. */
static int read_day(struct parse *p, const char *text, int64_t *day)
{
    int64_t us;
    size_t len = strlen(text);
    if (len != DAY_TEXT || !parse_date(text, len, &us)) {
        return refuse(p, "is no day: write it as in 2026-12-25");
    }
    *day = floor_day(us);
    return 0;
}

static int compare_days(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static int read_except(struct parse *p)
{
    size_t count = p->words->word[TIMETABLE_EXCEPT].count;
    int64_t *days = xcalloc(count, sizeof *days);
    p->t->calendar.except = days;
    for (size_t i = 0; i < count; i++) {
        if (read_day(p, begin_text(p, TIMETABLE_EXCEPT, i), &days[i]) == -1) {
            return -1;
        }
    }
    qsort(days, count, sizeof *days, compare_days);
    p->t->calendar.except_count = count;
    return 0;
}

/* A day or a moment, local where it says no offset. */
static int read_bound(struct parse *p, enum timetable_word word, struct timetable_bound *out)
{
    const char *text = begin_text(p, word, 0);
    size_t len = strlen(text);
    if (!parse_date(text, len, &out->us)) {
        return refuse(p, "is no day and no moment: write 2026-12-25 or 2026-12-25T18:00");
    }
    out->is_set = true;
    out->is_day = len == DAY_TEXT;
    out->is_local = strpbrk(text + DAY_TEXT, "Zz+-") == NULL;
    return 0;
}

/* Always the same for the same seed, and spread evenly over different ones: FNV-1a, 64 bits, with
 * the end of MurmurHash3, as FNV's upper bits of short texts are alike. */
static uint64_t hash_text(const char *text)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (; *text != '\0'; text++) {
        h = (h ^ (uint8_t)*text) * UINT64_C(0x100000001b3);
    }
    h = (h ^ h >> 33) * UINT64_C(0xff51afd7ed558ccd);
    h = (h ^ h >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    return h ^ h >> 33;
}

static int read_jitter(struct parse *p)
{
    const char *text = begin_text(p, TIMETABLE_JITTER, 0);
    int64_t us;
    if (duration_parse(text, strlen(text), &us, p->e) == -1) {
        return -1;
    }
    if (us < TIMETABLE_US || us > DAY_US) {
        return refuse(p, "is no jitter: it is 1 s to 1 day");
    }
    const int64_t ms = us / 1000; /* whole milliseconds, as dates are shown with them */
    const char *seed = p->words->seed != NULL ? p->words->seed : "";
    p->t->jitter_us = us;
    p->t->delay_us = (int64_t)(hash_text(seed) % (uint64_t)(ms + 1)) * 1000;
    return 0;
}

/* --- the whole --- */

static bool takes_many(enum timetable_word word)
{
    return word == TIMETABLE_AT || word == TIMETABLE_ON || word == TIMETABLE_EXCEPT;
}

static int check_counts(struct parse *p)
{
    for (enum timetable_word word = 0; word < TIMETABLE_WORDS; word++) {
        size_t count = p->words->word[word].count;
        if (count > 1 && !takes_many(word)) {
            begin_text(p, word, 1);
            return refuse(p, "is one too many: `%s` takes one value", word_names[word]);
        }
        if (count > TIMETABLE_ITEMS_MAX) {
            begin_text(p, word, TIMETABLE_ITEMS_MAX);
            return refuse(p, "is one too many: `%s` takes %d values at most", word_names[word],
                          TIMETABLE_ITEMS_MAX);
        }
    }
    return 0;
}

/* Which words stand beside each other. */
static int check_word_pairs(struct parse *p)
{
    bool is_at = is_word_given(p, TIMETABLE_AT);
    bool is_every = is_word_given(p, TIMETABLE_EVERY);
    bool is_cron = is_word_given(p, TIMETABLE_CRON);
    if (!is_at && !is_every && !is_cron) {
        *p->place = (struct timetable_place){ .word = TIMETABLE_WORDS };
        return err_set(p->e, ERR_INVALID,
                       "a schedule needs one of `at: \"09:00\"`, `every: 15 min` and "
                       "`cron: \"0 9 * * mon-fri\"`");
    }
    if (is_cron && (is_at || is_every)) {
        begin_text(p, TIMETABLE_CRON, 0);
        return refuse(p, "does not go with `%s`: `cron` says days and times by itself",
                      is_at ? "at" : "every");
    }
    if (is_word_given(p, TIMETABLE_ON) && (is_cron || is_every)) {
        begin_text(p, TIMETABLE_ON, 0);
        return refuse(p, "does not go with `%s`: `on` stands beside `at`",
                      is_cron ? "cron" : "every");
    }
    return 0;
}

static int read_word_list(struct parse *p, enum timetable_word word,
                          int (*read)(struct parse *p, size_t item))
{
    for (size_t i = 0; i < p->words->word[word].count; i++) {
        if (read(p, i) == -1) {
            return -1;
        }
    }
    return 0;
}

/* Days that always fit say nothing: then neither is given. */
static void drop_every_day(struct calendar *c)
{
    bool is_every_day = (c->days | CALENDAR_LAST_DAY) == UINT32_MAX;
    if (is_every_day || c->weekdays == CALENDAR_ALL_WEEKDAYS) {
        c->days = 0;
        c->weekdays = 0;
    }
}

/* `from` before `every`, which counts days from it; the zone before all. */
static int read_timetable_words(struct parse *p)
{
    struct timetable *t = p->t;
    if (check_counts(p) == -1 || check_word_pairs(p) == -1 || read_zone(p) == -1 ||
        (is_word_given(p, TIMETABLE_FROM) && read_bound(p, TIMETABLE_FROM, &t->from) == -1) ||
        (is_word_given(p, TIMETABLE_UNTIL) && read_bound(p, TIMETABLE_UNTIL, &t->until) == -1) ||
        read_word_list(p, TIMETABLE_AT, read_at) == -1 ||
        read_word_list(p, TIMETABLE_ON, read_on) == -1 ||
        (is_word_given(p, TIMETABLE_EVERY) && read_every(p) == -1) ||
        (is_word_given(p, TIMETABLE_CRON) && read_cron(p) == -1) ||
        (is_word_given(p, TIMETABLE_EXCEPT) && read_except(p) == -1) ||
        (is_word_given(p, TIMETABLE_JITTER) && read_jitter(p) == -1)) {
        return -1;
    }
    drop_every_day(&t->calendar);
    return 0;
}

/* Between its ends there has to be something. Without them there always is: cron_parse refuses what
 * never comes. */
static int check_ends(struct parse *p)
{
    struct occurrence first;
    if (!p->t->from.is_set || !p->t->until.is_set || timetable_next(p->t, INT64_MIN, &first)) {
        return 0;
    }
    begin_text(p, TIMETABLE_UNTIL, 0);
    return refuse(p, "leaves nothing: no time of the schedule lies between `from` and `until`");
}

int timetable_parse(const struct timetable_words *w, struct timetable **out,
                    struct timetable_place *place, struct err *e)
{
    struct timetable *t = xcalloc(1, sizeof *t);
    struct parse p = { .words = w, .t = t, .place = place, .e = e };
    t->calendar.months = CALENDAR_ALL_MONTHS;
    *out = NULL;
    if (read_timetable_words(&p) == -1 || check_ends(&p) == -1) {
        timetable_free(t);
        return -1;
    }
    *out = t;
    return 0;
}

const char *timetable_word_name(enum timetable_word word)
{
    return word < TIMETABLE_WORDS ? word_names[word] : "";
}
