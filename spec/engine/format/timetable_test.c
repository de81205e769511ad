/* Timetables: what their words mean, when they come, and what changes of the clocks do to them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "format/timetable.h"

#define US     INT64_C(1000000)
#define DAY_US (INT64_C(86400) * US)

static int forget(void **state)
{
    zone_forget_all();
    unsetenv("LADLE_ZONEINFO");
    return 0;
}

/* The words of texts like "at=09:00|17:30"; what they point into is valid until the next call. */
static struct timetable_words words_of(const char *const *texts)
{
    static char copies[TIMETABLE_WORDS][512];
    static const char *items[TIMETABLE_WORDS][8];
    struct timetable_words w = { .seed = "a schedule" };
    for (; *texts != NULL; texts++) {
        size_t name_len = strcspn(*texts, "=");
        enum timetable_word word = 0;
        while (strlen(timetable_word_name(word)) != name_len ||
               strncmp(timetable_word_name(word), *texts, name_len) != 0) {
            word++;
            assert_true(word < TIMETABLE_WORDS);
        }
        snprintf(copies[word], sizeof copies[word], "%s", *texts + name_len + 1);
        w.word[word].items = items[word];
        for (char *at = copies[word]; at != NULL;) {
            items[word][w.word[word].count++] = at;
            at = strchr(at, '|');
            if (at != NULL) {
                *at++ = '\0';
            }
        }
    }
    return w;
}

static struct timetable *made_of(const char *const *texts)
{
    struct timetable_words w = words_of(texts);
    struct timetable *t;
    struct timetable_place place;
    struct err e = ERR_INIT;
    if (timetable_parse(&w, &t, &place, &e) == -1) {
        fail_msg("%s: %s", timetable_word_name(place.word), e.message);
    }
    return t;
}

#define MADE(...) made_of((const char *const[]){ __VA_ARGS__, NULL })

/* The moment of that text in RFC 3339. */
static int64_t utc(const char *text)
{
    int64_t us = 0;
    struct err e = ERR_INIT;
    if (date_parse(text, strlen(text), NULL, &us, &e) == -1) {
        fail_msg("%s", e.message);
    }
    return us;
}

static const char *const kinds[] = { "normal", "moved", "skipped" };

/* The next `count` occurrences from that moment on, one a line: "planned kind local". */
static void assert_next(const struct timetable *t, const char *from, int count,
                        const char *expected)
{
    char told[2048] = "";
    size_t len = 0;
    struct occurrence o = { .planned_us = utc(from) - 1 };
    for (int i = 0; i < count && timetable_next(t, o.planned_us, &o); i++) {
        char planned[DATE_TEXT];
        date_format(o.planned_us, planned);
        planned[16] = '\0'; /* to the minute */
        len +=
            (size_t)snprintf(told + len, sizeof told - len, "%sZ %s %02d-%02d %02d:%02d\n", planned,
                             kinds[o.kind], o.wall.month, o.wall.day, o.wall.hour, o.wall.minute);
    }
    assert_string_equal(told, expected);
}

/* How many there are from one moment to before another. */
static int count_between(const struct timetable *t, const char *from, const char *to)
{
    int count = 0;
    struct occurrence o = { .planned_us = utc(from) - 1 };
    while (timetable_next(t, o.planned_us, &o) && o.planned_us < utc(to)) {
        count++;
    }
    return count;
}

/* --- forms --- */

static void times_of_day_come_on_their_days(void **state)
{
    struct timetable *t = MADE("at=17:30|9:00", "on=mon|thu", "timezone=Europe/Amsterdam");
    assert_next(t, "2026-01-01T00:00Z", 3,
                "2026-01-01T08:00Z normal 01-01 09:00\n" /* a Thursday */
                "2026-01-01T16:30Z normal 01-01 17:30\n"
                "2026-01-05T08:00Z normal 01-05 09:00\n");
    timetable_free(t);
    t = MADE("at=09:00", "on=weekends");
    assert_next(t, "2026-01-01T00:00Z", 3,
                "2026-01-03T09:00Z normal 01-03 09:00\n"
                "2026-01-04T09:00Z normal 01-04 09:00\n"
                "2026-01-10T09:00Z normal 01-10 09:00\n");
    timetable_free(t);
    t = MADE("at=09:00", "on=15|last day");
    assert_next(t, "2026-02-01T00:00Z", 3,
                "2026-02-15T09:00Z normal 02-15 09:00\n"
                "2026-02-28T09:00Z normal 02-28 09:00\n"
                "2026-03-15T09:00Z normal 03-15 09:00\n");
    timetable_free(t);
}

static void an_interval_comes_by_the_clock(void **state)
{
    struct timetable *t = MADE("every=15 min");
    assert_next(t, "2026-01-01T10:07Z", 2,
                "2026-01-01T10:15Z normal 01-01 10:15\n"
                "2026-01-01T10:30Z normal 01-01 10:30\n");
    timetable_free(t);
    /* The zone's clocks, which are a half hour off. */
    t = MADE("every=2 h", "timezone=Asia/Kolkata");
    assert_next(t, "2026-01-01T00:00Z", 2,
                "2026-01-01T00:30Z normal 01-01 06:00\n"
                "2026-01-01T02:30Z normal 01-01 08:00\n");
    timetable_free(t);
    t = MADE("every=40 s");
    struct occurrence o;
    assert_true(timetable_next(t, utc("2026-01-01T10:00:40Z"), &o));
    assert_int_equal(o.planned_us, utc("2026-01-01T10:01:20Z"));
    assert_true(timetable_next(t, utc("2026-01-01T10:01:19.999Z"), &o));
    assert_int_equal(o.planned_us, utc("2026-01-01T10:01:20Z"));
    timetable_free(t);
}

static void days_and_weeks_are_counted_from_a_monday_or_from(void **state)
{
    struct timetable *t = MADE("every=2 days", "at=09:00");
    assert_next(t, "2001-01-01T00:00Z", 2,
                "2001-01-01T09:00Z normal 01-01 09:00\n"
                "2001-01-03T09:00Z normal 01-03 09:00\n");
    timetable_free(t);
    t = MADE("every=2 weeks");
    assert_next(t, "2026-01-01T00:00Z", 2,
                "2026-01-12T00:00Z normal 01-12 00:00\n" /* a Monday; 2001-01-01 and 1306 weeks */
                "2026-01-26T00:00Z normal 01-26 00:00\n");
    timetable_free(t);
    t = MADE("every=2 weeks", "at=09:00", "from=2026-01-07");
    assert_next(t, "2020-01-01T00:00Z", 2,
                "2026-01-07T09:00Z normal 01-07 09:00\n"
                "2026-01-21T09:00Z normal 01-21 09:00\n");
    timetable_free(t);
}

static void days_without_are_left_out(void **state)
{
    struct timetable *t = MADE("at=09:00", "except=2026-12-26|2026-12-25");
    assert_next(t, "2026-12-24T00:00Z", 2,
                "2026-12-24T09:00Z normal 12-24 09:00\n"
                "2026-12-27T09:00Z normal 12-27 09:00\n");
    timetable_free(t);
    t = MADE("every=12 h", "except=2026-12-25", "timezone=America/New_York");
    assert_next(t, "2026-12-25T00:00Z", 2,
                "2026-12-26T05:00Z normal 12-26 00:00\n"
                "2026-12-26T17:00Z normal 12-26 12:00\n");
    timetable_free(t);
}

static void from_and_until_are_days_or_moments_and_belong_to_it(void **state)
{
    struct timetable *t =
        MADE("at=00:00|12:00", "timezone=America/New_York", "from=2026-01-02", "until=2026-01-03");
    assert_next(t, "2025-01-01T00:00Z", 9,
                "2026-01-02T05:00Z normal 01-02 00:00\n"
                "2026-01-02T17:00Z normal 01-02 12:00\n"
                "2026-01-03T05:00Z normal 01-03 00:00\n"
                "2026-01-03T17:00Z normal 01-03 12:00\n");
    timetable_free(t);
    t = MADE("at=00:00|12:00", "timezone=America/New_York", "from=2026-01-02T00:01",
             "until=2026-01-03T05:00Z");
    assert_next(t, "2025-01-01T00:00Z", 9,
                "2026-01-02T17:00Z normal 01-02 12:00\n"
                "2026-01-03T05:00Z normal 01-03 00:00\n");
    timetable_free(t);
    t = MADE("every=1 h", "until=2026-01-01T02:30");
    assert_next(t, "2026-01-01T00:00Z", 9,
                "2026-01-01T00:00Z normal 01-01 00:00\n"
                "2026-01-01T01:00Z normal 01-01 01:00\n"
                "2026-01-01T02:00Z normal 01-01 02:00\n");
    timetable_free(t);
}

static void jitter_delays_all_of_one_schedule_by_the_same(void **state)
{
    struct timetable_words w =
        words_of((const char *const[]){ "every=5 min", "jitter=1 min", NULL });
    struct timetable_place place;
    int64_t delays[200];
    int64_t sum = 0;
    for (int i = 0; i < 200; i++) {
        char seed[32];
        struct timetable *t;
        struct occurrence first;
        struct occurrence second;
        snprintf(seed, sizeof seed, "schedule %d", i / 2);
        w.seed = seed;
        assert_int_equal(timetable_parse(&w, &t, &place, NULL), 0);
        assert_true(timetable_next(t, utc("2026-01-01T00:00Z"), &first));
        assert_true(timetable_next(t, first.planned_us, &second));
        assert_int_equal(first.planned_us, utc("2026-01-01T00:05Z"));
        delays[i] = first.due_us - first.planned_us;
        assert_int_equal(second.due_us - second.planned_us, delays[i]);
        assert_true(delays[i] >= 0 && delays[i] <= 60 * US);
        sum += delays[i];
        timetable_free(t);
    }
    for (int i = 0; i < 200; i += 2) {
        assert_int_equal(delays[i], delays[i + 1]); /* the same seed */
    }
    /* Spread: the mean of a hundred is 30 s, with a deviation of 1.7 s. */
    assert_true(sum / 200 > 20 * US && sum / 200 < 40 * US);
}

static void without_jitter_it_is_due_when_planned(void **state)
{
    struct timetable *t = MADE("every=5 min");
    struct occurrence o;
    assert_true(timetable_next(t, 0, &o));
    assert_int_equal(o.due_us, o.planned_us);
    timetable_free(t);
}

/* --- changes of the clocks: the vectors, with tzdata 2025b --- */

static void a_fixed_time_in_a_gap_comes_at_the_first_moment_after_it(void **state)
{
    struct timetable *t = MADE("cron=30 2 * * *", "timezone=Europe/Amsterdam");
    assert_next(t, "2026-03-28T12:00Z", 2,
                "2026-03-29T01:00Z moved 03-29 02:30\n"
                "2026-03-30T00:30Z normal 03-30 02:30\n");
    timetable_free(t);
    t = MADE("cron=30 2 * * *", "timezone=America/New_York");
    assert_next(t, "2026-03-08T00:00Z", 1, "2026-03-08T07:00Z moved 03-08 02:30\n");
    timetable_free(t);
    t = MADE("cron=15 2 * * *", "timezone=Australia/Lord_Howe");
    assert_next(t, "2026-10-03T00:00Z", 1, "2026-10-03T15:30Z moved 10-04 02:15\n");
    timetable_free(t);
    t = MADE("cron=0 0 * * *", "timezone=America/Santiago");
    assert_next(t, "2026-09-06T00:00Z", 1, "2026-09-06T04:00Z moved 09-06 00:00\n");
    timetable_free(t);
    t = MADE("cron=0 0 * * *", "timezone=Asia/Beirut");
    assert_next(t, "2026-03-28T00:00Z", 1, "2026-03-28T22:00Z moved 03-29 00:00\n");
    timetable_free(t);
    t = MADE("cron=30 1 * * *", "timezone=Antarctica/Troll");
    assert_next(t, "2026-03-29T00:00Z", 1, "2026-03-29T01:00Z moved 03-29 01:30\n");
    timetable_free(t);
    t = MADE("cron=30 2 * * *", "timezone=Antarctica/Troll");
    assert_next(t, "2026-03-29T00:00Z", 1, "2026-03-29T01:00Z moved 03-29 02:30\n");
    timetable_free(t);
}

static void a_fixed_time_that_comes_twice_counts_the_first_time(void **state)
{
    struct timetable *t = MADE("cron=30 2 * * *", "timezone=Europe/Amsterdam");
    assert_next(t, "2026-10-25T00:00Z", 2,
                "2026-10-25T00:30Z normal 10-25 02:30\n"
                "2026-10-26T01:30Z normal 10-26 02:30\n");
    /* Also for who asks between the two, when the clocks show an earlier time again. */
    assert_next(t, "2026-10-25T00:45Z", 1, "2026-10-26T01:30Z normal 10-26 02:30\n");
    assert_next(t, "2026-10-25T01:10Z", 1, "2026-10-26T01:30Z normal 10-26 02:30\n");
    timetable_free(t);
    t = MADE("cron=30 1 * * *", "timezone=America/New_York");
    assert_next(t, "2026-11-01T00:00Z", 2,
                "2026-11-01T05:30Z normal 11-01 01:30\n"
                "2026-11-02T06:30Z normal 11-02 01:30\n");
    timetable_free(t);
    t = MADE("cron=45 1 * * *", "timezone=Australia/Lord_Howe");
    assert_next(t, "2026-04-04T00:00Z", 2,
                "2026-04-04T14:45Z normal 04-05 01:45\n"
                "2026-04-05T15:15Z normal 04-06 01:45\n");
    timetable_free(t);
    t = MADE("cron=30 2 * * *", "timezone=Africa/Casablanca");
    assert_next(t, "2026-02-15T00:00Z", 2,
                "2026-02-15T01:30Z normal 02-15 02:30\n"
                "2026-02-16T02:30Z normal 02-16 02:30\n");
    timetable_free(t);
}

static void a_wildcard_or_step_goes_on_in_real_time(void **state)
{
    static const char *const forms[] = { "cron=*/15 * * * *", "every=15 min" };
    for (int i = 0; i < 2; i++) {
        struct timetable *t = MADE(forms[i], "timezone=Europe/Amsterdam");
        assert_int_equal(count_between(t, "2026-03-28T23:00Z", "2026-03-29T22:00Z"), 92);
        assert_int_equal(count_between(t, "2026-10-24T22:00Z", "2026-10-25T23:00Z"), 100);
        assert_int_equal(count_between(t, "2026-06-01T22:00Z", "2026-06-02T22:00Z"), 96);
        timetable_free(t);
    }
    /* What no clock shows does not come, what they show twice comes twice. */
    struct timetable *t = MADE("cron=*/30 2 * * *", "timezone=Europe/Amsterdam");
    assert_next(t, "2026-03-29T00:00Z", 1, "2026-03-30T00:00Z normal 03-30 02:00\n");
    assert_next(t, "2026-10-25T00:00Z", 5,
                "2026-10-25T00:00Z normal 10-25 02:00\n"
                "2026-10-25T00:30Z normal 10-25 02:30\n"
                "2026-10-25T01:00Z normal 10-25 02:00\n"
                "2026-10-25T01:30Z normal 10-25 02:30\n"
                "2026-10-26T01:00Z normal 10-26 02:00\n");
    timetable_free(t);
}

static void a_gap_of_more_than_three_hours_is_a_row_that_is_skipped(void **state)
{
    struct timetable *t = MADE("cron=0 9 * * *", "timezone=Pacific/Apia");
    assert_next(t, "2011-12-29T12:00Z", 3,
                "2011-12-29T19:00Z normal 12-29 09:00\n"
                "2011-12-30T10:00Z skipped 12-30 09:00\n"
                "2011-12-30T19:00Z normal 12-31 09:00\n");
    timetable_free(t);
    /* Three hours are not more: Casey went from +8 to +11. */
    t = MADE("at=03:00", "timezone=Antarctica/Casey");
    assert_next(t, "2009-10-17T12:00Z", 1, "2009-10-17T18:00Z moved 10-18 03:00\n");
    timetable_free(t);
}

static void what_falls_on_one_moment_is_one_occurrence(void **state)
{
    struct timetable *t = MADE("cron=0,15,30 2 * * *", "timezone=Europe/Amsterdam");
    assert_next(t, "2026-03-28T12:00Z", 2,
                "2026-03-29T01:00Z moved 03-29 02:00\n"
                "2026-03-30T00:00Z normal 03-30 02:00\n");
    timetable_free(t);
    t = MADE("at=02:30|03:00", "timezone=Europe/Amsterdam");
    assert_next(t, "2026-03-28T12:00Z", 2,
                "2026-03-29T01:00Z normal 03-29 03:00\n"
                "2026-03-30T00:30Z normal 03-30 02:30\n");
    timetable_free(t);
    t = MADE("at=00:00", "timezone=Pacific/Apia"); /* the day after begins at the change */
    assert_next(t, "2011-12-29T12:00Z", 2,
                "2011-12-30T10:00Z normal 12-31 00:00\n"
                "2011-12-31T10:00Z normal 01-01 00:00\n");
    timetable_free(t);
}

static void what_is_moved_belongs_to_the_day_it_stands_for(void **state)
{
    struct timetable *t = MADE("at=00:00", "timezone=Asia/Beirut", "except=2026-03-29");
    assert_next(t, "2026-03-28T00:00Z", 1, "2026-03-29T21:00Z normal 03-30 00:00\n");
    timetable_free(t);
    t = MADE("at=00:00", "timezone=Asia/Beirut", "until=2026-03-28");
    assert_next(t, "2026-03-28T00:00Z", 1, "");
    timetable_free(t);
    t = MADE("at=00:00", "timezone=Asia/Beirut", "from=2026-03-29");
    assert_next(t, "2026-03-28T00:00Z", 1, "2026-03-28T22:00Z moved 03-29 00:00\n");
    timetable_free(t);
}

/* --- limits --- */

static void leap_days_are_found_and_the_end_of_time_is_not_passed(void **state)
{
    struct timetable *t = MADE("cron=0 9 29 2 *");
    assert_next(t, "2026-01-01T00:00Z", 2,
                "2028-02-29T09:00Z normal 02-29 09:00\n"
                "2032-02-29T09:00Z normal 02-29 09:00\n");
    assert_next(t, "2096-03-01T00:00Z", 1, "2104-02-29T09:00Z normal 02-29 09:00\n");
    struct occurrence o;
    assert_false(timetable_next(t, INT64_MAX, &o));
    assert_true(timetable_next(t, INT64_MIN, &o));
    assert_int_equal(o.planned_us, utc("0004-02-29T09:00Z"));
    timetable_free(t);
    t = MADE("cron=*/30 2 29 2 *", "timezone=Europe/Amsterdam");
    assert_next(t, "2096-03-01T00:00Z", 1, "2104-02-29T01:00Z normal 02-29 02:00\n");
    assert_true(timetable_next(t, INT64_MIN, &o));
    assert_false(timetable_next(t, INT64_MAX, &o));
    timetable_free(t);
}

static void a_timetable_that_is_over_has_no_next(void **state)
{
    struct timetable *t = MADE("at=09:00", "until=2026-01-01");
    struct occurrence o;
    assert_true(timetable_next(t, utc("2025-12-31T12:00Z"), &o));
    assert_false(timetable_next(t, o.planned_us, &o));
    timetable_free(t);
}

static void new_data_of_a_zone_hold_from_the_next_question_on(void **state)
{
    char folder[] = "/tmp/timetable_test_XXXXXX";
    char path[64];
    zone_forget_all();
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/Made", folder);
    assert_int_equal(symlink("/usr/share/zoneinfo/Asia/Tokyo", path), 0);
    setenv("LADLE_ZONEINFO", folder, 1);
    struct timetable *t = MADE("at=09:00", "timezone=Made", "from=2026-01-02");
    assert_next(t, "2026-01-01T00:00Z", 1, "2026-01-02T00:00Z normal 01-02 09:00\n");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink("/usr/share/zoneinfo/Asia/Kolkata", path), 0);
    size_t changed;
    assert_int_equal(zone_reload_if_changed(&changed, NULL), 0);
    assert_int_equal(changed, 1);
    assert_next(t, "2026-01-01T00:00Z", 1, "2026-01-02T03:30Z normal 01-02 09:00\n");
    timetable_free(t);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

/* --- words that are wrong --- */

static void what_is_wrong_is_named_by_word_item_and_byte(void **state)
{
    static const struct {
        const char *words[5];
        enum timetable_word word;
        size_t item, offset;
        const char *message; /* a part of it */
    } wrong[] = {
        { { "on=1" }, TIMETABLE_WORDS, 0, 0, "needs one of `at: \"09:00\"`, `every: 15 min`" },
        { { "at=09:00", "cron=* * * * *" }, TIMETABLE_CRON, 0, 0, "does not go with `at`" },
        { { "every=1 h", "cron=* * * * *" }, TIMETABLE_CRON, 0, 0, "does not go with `every`" },
        { { "every=1 h", "at=09:00" }, TIMETABLE_AT, 0, 0, "does not go with `every: 1 h`" },
        { { "every=2 days", "on=mon" }, TIMETABLE_ON, 0, 0, "does not go with `every`" },
        { { "cron=* * * * *", "on=mon" }, TIMETABLE_ON, 0, 0, "does not go with `cron`" },
        { { "cron=0 9 * * foo" }, TIMETABLE_CRON, 0, 8, "\"foo\" is no weekday" },
        { { "at=09:00|9" }, TIMETABLE_AT, 1, 0, "\"9\" is no time of day" },
        { { "at=9am" }, TIMETABLE_AT, 0, 0, "24-hour clock" },
        { { "at=24:00" }, TIMETABLE_AT, 0, 0, "\"24:00\" is no time of day" },
        { { "at=09:60" }, TIMETABLE_AT, 0, 0, "is no time of day" },
        { { "at=09:00:00" }, TIMETABLE_AT, 0, 0, "is no time of day" },
        { { "at=009:00" }, TIMETABLE_AT, 0, 0, "is no time of day" },
        { { "at=09:0" }, TIMETABLE_AT, 0, 0, "is no time of day" },
        { { "at=" }, TIMETABLE_AT, 0, 0, "is no time of day" },
        { { "at=09:00", "on=mon|tuseday" }, TIMETABLE_ON, 1, 0, "did you mean \"tuesday\"?" },
        { { "at=09:00", "on=1st" }, TIMETABLE_ON, 0, 0, "\"1st\" is no day: write every day" },
        { { "at=09:00", "on=0" }, TIMETABLE_ON, 0, 0, "is no day" },
        { { "at=09:00", "on=32" }, TIMETABLE_ON, 0, 0, "is no day" },
        { { "every=7 min" }, TIMETABLE_EVERY, 0, 0, "write 6 min or 8 min" },
        { { "every=11 h" }, TIMETABLE_EVERY, 0, 0, "write 8 h or 12 h" },
        { { "every=13 h" }, TIMETABLE_EVERY, 0, 0, "write 12 h or 1 day" },
        { { "every=7 s" }, TIMETABLE_EVERY, 0, 0, "write 6 s or 8 s" },
        { { "every=500 ms" }, TIMETABLE_EVERY, 0, 0, "from 1 s on" },
        { { "every=1.5 s" }, TIMETABLE_EVERY, 0, 0, "a whole number of seconds" },
        { { "every=36 h" }, TIMETABLE_EVERY, 0, 0, "whole days or weeks" },
        { { "every=367 days" }, TIMETABLE_EVERY, 0, 0, "366 days at most" },
        { { "every=1 month" }, TIMETABLE_EVERY, 0, 0, "write `at` with `on: 1`" },
        { { "every=soon" }, TIMETABLE_EVERY, 0, 0, "\"soon\" is not a duration" },
        { { "every=1 h|2 h" }, TIMETABLE_EVERY, 1, 0, "`every` takes one value" },
        { { "at=09:00", "timezone=Mars" }, TIMETABLE_TIMEZONE, 0, 0, "no time zone \"Mars\"" },
        { { "at=09:00", "except=2026-12-25|25.12.2026" }, TIMETABLE_EXCEPT, 1, 0, "is no day" },
        { { "at=09:00", "except=2026-12-25T09:00" }, TIMETABLE_EXCEPT, 0, 0, "is no day" },
        { { "at=09:00", "except=1234567890" }, TIMETABLE_EXCEPT, 0, 0, "is no day" },
        { { "at=09:00", "from=tomorrow" }, TIMETABLE_FROM, 0, 0, "no day and no moment" },
        { { "at=09:00", "from=1767225600" }, TIMETABLE_FROM, 0, 0, "no day and no moment" },
        { { "at=09:00", "until=2026-02-30" }, TIMETABLE_UNTIL, 0, 0, "no day and no moment" },
        { { "at=09:00", "from=2026-01-02", "until=2026-01-01" },
          TIMETABLE_UNTIL,
          0,
          0,
          "no time of the schedule lies between" },
        { { "at=09:00", "on=mon", "from=2026-01-06", "until=2026-01-11" },
          TIMETABLE_UNTIL,
          0,
          0,
          "no time of the schedule lies between" },
        { { "at=09:00", "jitter=0 s" }, TIMETABLE_JITTER, 0, 0, "1 s to 1 day" },
        { { "at=09:00", "jitter=2 days" }, TIMETABLE_JITTER, 0, 0, "1 s to 1 day" },
        { { "at=09:00", "jitter=5" }, TIMETABLE_JITTER, 0, 0, "the unit is missing" },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct timetable_words w = words_of(wrong[i].words);
        struct timetable *t;
        struct timetable_place at = { .offset = 99 };
        struct err e = ERR_INIT;
        if (timetable_parse(&w, &t, &at, &e) == 0) {
            fail_msg("%zu was accepted: %s", i, wrong[i].words[0]);
        }
        assert_null(t);
        if (strstr(e.message, wrong[i].message) == NULL || at.word != wrong[i].word ||
            at.item != wrong[i].item || at.offset != wrong[i].offset) {
            fail_msg("%zu: %s, item %zu, byte %zu: %s", i, timetable_word_name(at.word), at.item,
                     at.offset, e.message);
        }
    }
}

static void a_word_has_a_maximum_of_items(void **state)
{
    const char *items[TIMETABLE_ITEMS_MAX + 1];
    struct timetable_words w = { .seed = NULL };
    struct timetable *t;
    struct timetable_place place;
    struct err e = ERR_INIT;
    for (size_t i = 0; i <= TIMETABLE_ITEMS_MAX; i++) {
        items[i] = "09:00";
    }
    w.word[TIMETABLE_AT].items = items;
    w.word[TIMETABLE_AT].count = TIMETABLE_ITEMS_MAX;
    assert_int_equal(timetable_parse(&w, &t, &place, &e), 0);
    timetable_free(t);
    w.word[TIMETABLE_AT].count++;
    assert_int_equal(timetable_parse(&w, &t, &place, &e), -1);
    assert_int_equal(place.item, TIMETABLE_ITEMS_MAX);
    assert_non_null(strstr(e.message, "`at` takes 400 values at most"));
}

/* --- texts --- */

/* What each is told as, and its normal form: the same for the same, however it was written. */
static void a_timetable_reads_as_a_sentence_and_has_a_normal_form(void **state)
{
    static const struct {
        const char *words[6];
        const char *sentence, *identity;
    } told[] = {
        { { "at=09:00", "on=weekdays", "timezone=Europe/Amsterdam" },
          "every weekday at 09:00 in Europe/Amsterdam",
          "0 9 * * 1-5 fixed Europe/Amsterdam" },
        { { "cron=0 9 * * mon-fri", "timezone=Europe/Amsterdam" },
          "every weekday at 09:00 in Europe/Amsterdam",
          "0 9 * * 1-5 fixed Europe/Amsterdam" },
        { { "at=9:00", "on=tue|fri|mon|wed|thu", "timezone=Europe/Amsterdam" },
          "every weekday at 09:00 in Europe/Amsterdam",
          "0 9 * * 1-5 fixed Europe/Amsterdam" },
        { { "every=15 min" }, "every 15 minutes", "every 900 s * * * real UTC" },
        { { "cron=*/15 * * * *" }, "every 15 minutes", "every 900 s * * * real UTC" },
        { { "cron=0,15,30,45 * * * *" }, "every 15 minutes", "every 900 s * * * real UTC" },
        { { "every=60 s" }, "every minute", "every 60 s * * * real UTC" },
        { { "cron=* * * * *" }, "every minute", "every 60 s * * * real UTC" },
        { { "every=1 h" }, "every hour", "every 3600 s * * * real UTC" },
        { { "every=2 h" }, "every 2 hours in UTC", "every 7200 s * * * real UTC" },
        { { "cron=0 */2 * * *" }, "every 2 hours in UTC", "every 7200 s * * * real UTC" },
        { { "every=90 s" }, "every 90 seconds", "every 90 s * * * real UTC" },
        { { "cron=*/15 * * * sun" },
          "every 15 minutes, every Sunday in UTC",
          "every 900 s * * 7 real UTC" },
        { { "at=00:00" }, "every day at 00:00 in UTC", "0 0 * * * fixed UTC" },
        { { "every=24 h" }, "every day at 00:00 in UTC", "0 0 * * * fixed UTC" },
        { { "at=00:00", "on=every day|mon|3" },
          "every day at 00:00 in UTC",
          "0 0 * * * fixed UTC" },
        { { "every=1 week" }, "every Monday at 00:00 in UTC", "0 0 * * 1 fixed UTC" },
        { { "every=7 days", "at=08:00", "from=2026-01-07" },
          "every Wednesday at 08:00 in UTC, from 2026-01-07",
          "0 8 * * 3 fixed UTC" },
        { { "every=2 days" },
          "every 2 days at 00:00 in UTC, counted from 2001-01-01",
          "0 0 every 2 days from 1 fixed UTC" },
        { { "every=2 weeks", "at=09:00", "from=2026-03-04" },
          "every 2 weeks on Wednesday at 09:00 in UTC, from 2026-03-04",
          "0 9 every 14 days from 6 fixed UTC" },
        { { "at=09:00|17:30", "on=mon|thu" },
          "every Monday and Thursday at 09:00 and 17:30 in UTC",
          "at 09:00,17:30 * * 1,4 fixed UTC" },
        { { "at=09:00", "on=1|15|last day" },
          "on the 1st, 15th and last day of every month at 09:00 in UTC",
          "0 9 1,15,L * * fixed UTC" },
        { { "at=09:00", "on=31" },
          "on the 31st of every month that has it at 09:00 in UTC",
          "0 9 31 * * fixed UTC" },
        { { "cron=0 9 L jan,jul *" },
          "on the last day of January and July at 09:00 in UTC",
          "0 9 L 1,7 * fixed UTC" },
        { { "cron=0 9 1-7,22,23 12 mon" },
          "on the 1st to 7th, 22nd and 23rd of the month and every Monday in December at 09:00 in "
          "UTC",
          "0 9 1-7,22,23 12 1 fixed UTC" },
        { { "cron=0 9 * 12 *" }, "every day in December at 09:00 in UTC", "0 9 * 12 * fixed UTC" },
        { { "cron=0 9-17 * * *" },
          "every hour from 09:00 to 17:00 in UTC",
          "0 9-17 * * * fixed UTC" },
        { { "cron=*/20 9-16 * * sat,sun" },
          "every 20 minutes from 09:00 to 16:40, every Saturday and Sunday in UTC",
          "0,20,40 9-16 * * 6,7 real UTC" },
        { { "cron=5,10 * * * *" },
          "at minutes 5 and 10 of every hour in UTC",
          "5,10 * * * * real UTC" },
        { { "cron=0-4,30 6,12,18 * * *" },
          "at minutes 0 to 4 and 30 of the hours 6, 12 and 18 in UTC",
          "0-4,30 6,12,18 * * * fixed UTC" },
        { { "at=09:00", "except=2026-12-26|2026-12-25", "from=2026-01-01", "until=2026-12-31T18:00",
            "jitter=10 min" },
          "every day at 09:00 in UTC, from 2026-01-01, until 2026-12-31 18:00, except on "
          "2026-12-25 "
          "and 2026-12-26, up to 10 min later",
          "0 9 * * * fixed UTC" },
    };
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        struct timetable *t = made_of(told[i].words);
        char *sentence = timetable_sentence(t);
        char *identity = timetable_identity(t);
        assert_string_equal(sentence, told[i].sentence);
        assert_string_equal(identity, told[i].identity);
        free(sentence);
        free(identity);
        timetable_free(t);
    }
}

/* Fixed times and real time differ when the clocks change, so they are not the same schedule. */
static void a_list_and_a_step_of_the_same_times_are_two_schedules(void **state)
{
    struct timetable *step = MADE("cron=*/30 9 * * *");
    struct timetable *list = MADE("cron=0,30 9 * * *");
    char *of_step = timetable_identity(step);
    char *of_list = timetable_identity(list);
    assert_string_not_equal(of_step, of_list);
    free(of_step);
    free(of_list);
    timetable_free(step);
    timetable_free(list);
}

static void assert_warning(const char *const *words, const char *after, const char *expected)
{
    struct timetable *t = made_of(words);
    struct timetable_warning w;
    if (!timetable_warning(t, utc(after), &w)) {
        assert_null(expected);
    } else {
        char *text = timetable_warning_text(t, &w);
        assert_non_null(expected);
        assert_string_equal(text, expected);
        free(text);
    }
    timetable_free(t);
}

#define WARNS(after, expected, ...)                                                                \
    assert_warning((const char *const[]){ __VA_ARGS__, NULL }, after, expected)

static void a_time_in_a_gap_or_a_repeat_is_warned_of(void **state)
{
    static const char amsterdam[] = "timezone=Europe/Amsterdam";
    WARNS("2026-01-01T00:00Z",
          "on 2026-03-29 the clocks in Europe/Amsterdam go from 02:00 to 03:00: 02:30 comes at "
          "03:00",
          "at=02:30", amsterdam);
    WARNS("2026-03-29T01:00Z",
          "on 2026-10-25 the clocks in Europe/Amsterdam go back from 03:00 to 02:00: 02:30 comes "
          "the first time only",
          "at=02:30", amsterdam);
    WARNS("2026-01-01T00:00Z",
          "on 2026-03-29 the clocks in Europe/Amsterdam go from 02:00 to 03:00: what falls between "
          "is left out",
          "cron=*/15 2 * * *", amsterdam);
    WARNS("2026-03-29T01:00Z",
          "on 2026-10-25 the clocks in Europe/Amsterdam go back from 03:00 to 02:00: what falls "
          "between comes twice",
          "cron=*/15 2 * * *", amsterdam);
    WARNS("2011-01-01T00:00Z",
          "on 2011-12-30 the clocks in Pacific/Apia go from 2011-12-30 00:00 to 2011-12-31 00:00: "
          "09:00 is skipped",
          "at=09:00", "timezone=Pacific/Apia");
    /* The clocks change on Sundays; 03:00 is the first moment after it, and comes once. */
    WARNS("2026-01-01T00:00Z", NULL, "at=02:30", "on=weekdays", amsterdam);
    WARNS("2026-01-01T00:00Z", NULL, "at=03:00", amsterdam);
    WARNS("2026-01-01T00:00Z", NULL, "at=02:30", "timezone=Asia/Tokyo");
    WARNS("2026-01-01T00:00Z", NULL, "every=15 min", amsterdam);
    WARNS("2026-01-01T00:00Z", NULL, "cron=5 * * * *", amsterdam);
    /* Behind its end, before its beginning, and on a day without. */
    WARNS("2026-01-01T00:00Z", NULL, "at=02:30", "until=2026-03-01", amsterdam);
    WARNS("2026-01-01T00:00Z", NULL, "at=02:30", "except=2026-03-29|2026-10-25", amsterdam);
    WARNS("2026-01-01T00:00Z",
          "on 2031-03-30 the clocks in Europe/Amsterdam go from 02:00 to 03:00: 02:30 comes at "
          "03:00",
          "at=02:30", "from=2031-01-01", amsterdam);
}

/* --- properties --- */

static uint64_t random_state;

static int below(int n)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int)((random_state >> 33) % (uint64_t)n);
}

/* A field of a cron expression: a star, a step, a number, a list or a range. */
static size_t put_field(char *out, size_t size, int low, int high)
{
    int first = low + below(high - low);
    int second = first + 1 + below(high - first);
    switch (below(6)) {
    case 0:
    case 1:
        return (size_t)snprintf(out, size, "* ");
    case 2:
        return (size_t)snprintf(out, size, "*/%d ", 1 + below((high - low) / 2));
    case 3:
        return (size_t)snprintf(out, size, "%d ", first);
    case 4:
        return (size_t)snprintf(out, size, "%d,%d ", first, second);
    default:
        return (size_t)snprintf(out, size, "%d-%d ", first, second);
    }
}

static struct timetable *any_cron(const char *zone)
{
    char cron[100] = "cron=";
    char word[80];
    for (;;) {
        size_t len = strlen("cron=");
        len += put_field(cron + len, sizeof cron - len, 0, 59);
        len += put_field(cron + len, sizeof cron - len, 0, 23);
        len += put_field(cron + len, sizeof cron - len, 1, 31);
        len += put_field(cron + len, sizeof cron - len, 1, 12);
        put_field(cron + len, sizeof cron - len, 0, 6);
        snprintf(word, sizeof word, "timezone=%s", zone);
        struct timetable_words w = words_of((const char *const[]){ cron, word, NULL });
        struct timetable *t;
        struct timetable_place place;
        if (timetable_parse(&w, &t, &place, NULL) == 0) {
            return t;
        }
    }
}

static int64_t local_us(const struct zone *z, int64_t us)
{
    return us + zone_offset_s(z, us) * US;
}

/* What must hold of an occurrence, and of the question that it answers. */
static void check_occurrence(const struct timetable *t, const struct zone *z, int64_t after_us,
                             const struct occurrence *o)
{
    int64_t wall_us = civil_to_us(&o->wall, NULL);
    struct occurrence same;
    assert_true(o->planned_us > after_us);
    assert_true(local_us(z, o->planned_us) >= wall_us); /* never early */
    assert_int_equal(local_us(z, o->planned_us) == wall_us, o->kind == OCCURRENCE_NORMAL);
    if (o->kind != OCCURRENCE_NORMAL) {
        assert_true(local_us(z, o->planned_us - US) < wall_us); /* the first moment after it */
    }
    /* Whoever asks at any moment between the last and this one is told the same. */
    int64_t between = after_us + (o->planned_us - after_us) / 1000 * below(1000);
    assert_true(timetable_next(t, between, &same));
    assert_int_equal(same.planned_us, o->planned_us);
    assert_true(timetable_next(t, o->planned_us - 1, &same));
    assert_int_equal(same.planned_us, o->planned_us);
    assert_memory_equal(&same.wall, &o->wall, sizeof same.wall);
}

static void occurrences_rise_are_never_early_and_do_not_depend_on_who_asks(void **state)
{
    static const char *const zones[] = {
        "UTC",
        "Europe/Amsterdam",
        "America/New_York",
        "Australia/Lord_Howe",
        "America/Santiago",
        "Asia/Beirut",
        "Africa/Casablanca",
        "Antarctica/Troll",
        "Pacific/Apia",
        "Asia/Gaza",
        "Europe/Dublin",
    };
    random_state = 20260329;
    for (int i = 0; i < 600; i++) {
        const char *zone = zones[i % (int)(sizeof zones / sizeof zones[0])];
        const struct zone *z = zone_get(zone, NULL);
        struct timetable *t = any_cron(zone);
        struct occurrence o;
        int64_t after = utc("2011-12-20T00:00Z") + below(20 * 365) * DAY_US + below(86400) * US;
        for (int n = 0; n < 100 && timetable_next(t, after, &o); n++) {
            check_occurrence(t, z, after, &o);
            after = o.planned_us;
        }
        timetable_free(t);
    }
}

/* The normal form of fixed times is a cron expression, and that is the same schedule. */
static void a_normal_form_is_its_own_normal_form(void **state)
{
    random_state = 7;
    int count = 0;
    for (int i = 0; i < 600; i++) {
        struct timetable *t = any_cron("Europe/Amsterdam");
        char *identity = timetable_identity(t);
        char *fixed = strstr(identity, " fixed ");
        if (fixed != NULL) {
            char cron[200];
            *fixed = '\0';
            snprintf(cron, sizeof cron, "cron=%s", identity);
            struct timetable *again = MADE(cron, "timezone=Europe/Amsterdam");
            *fixed = ' ';
            char *same = timetable_identity(again);
            assert_string_equal(same, identity);
            free(same);
            timetable_free(again);
            count++;
        }
        free(identity);
        timetable_free(t);
    }
    assert_true(count > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_of_day_come_on_their_days),
        cmocka_unit_test(an_interval_comes_by_the_clock),
        cmocka_unit_test(days_and_weeks_are_counted_from_a_monday_or_from),
        cmocka_unit_test(days_without_are_left_out),
        cmocka_unit_test(from_and_until_are_days_or_moments_and_belong_to_it),
        cmocka_unit_test(jitter_delays_all_of_one_schedule_by_the_same),
        cmocka_unit_test(without_jitter_it_is_due_when_planned),
        cmocka_unit_test(a_fixed_time_in_a_gap_comes_at_the_first_moment_after_it),
        cmocka_unit_test(a_fixed_time_that_comes_twice_counts_the_first_time),
        cmocka_unit_test(a_wildcard_or_step_goes_on_in_real_time),
        cmocka_unit_test(a_gap_of_more_than_three_hours_is_a_row_that_is_skipped),
        cmocka_unit_test(what_falls_on_one_moment_is_one_occurrence),
        cmocka_unit_test(what_is_moved_belongs_to_the_day_it_stands_for),
        cmocka_unit_test(leap_days_are_found_and_the_end_of_time_is_not_passed),
        cmocka_unit_test(a_timetable_that_is_over_has_no_next),
        cmocka_unit_test_teardown(new_data_of_a_zone_hold_from_the_next_question_on, forget),
        cmocka_unit_test(what_is_wrong_is_named_by_word_item_and_byte),
        cmocka_unit_test(a_word_has_a_maximum_of_items),
        cmocka_unit_test(a_timetable_reads_as_a_sentence_and_has_a_normal_form),
        cmocka_unit_test(a_list_and_a_step_of_the_same_times_are_two_schedules),
        cmocka_unit_test(a_time_in_a_gap_or_a_repeat_is_warned_of),
        cmocka_unit_test(occurrences_rise_are_never_early_and_do_not_depend_on_who_asks),
        cmocka_unit_test_teardown(a_normal_form_is_its_own_normal_form, forget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
