/* Dates: text and moments, and civil time across gaps and folds. Zone files are in zone_test.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "format/date.h"

#define US INT64_C(1000000)

static const struct zone *amsterdam;

static int setup(void **state)
{
    amsterdam = zone_get("Europe/Amsterdam", NULL);
    return amsterdam != NULL ? 0 : -1;
}

static int teardown(void **state)
{
    zone_forget_all();
    return 0;
}

/* The moment of that text in RFC 3339. */
static int64_t at(const char *text)
{
    int64_t us = 0;
    struct err e = ERR_INIT;
    if (date_parse(text, strlen(text), NULL, &us, &e) == -1) {
        fail_msg("%s", e.message);
    }
    return us;
}

static void assert_utc(int64_t us, const char *expected)
{
    char out[DATE_TEXT];
    date_format(us, out);
    assert_string_equal(out, expected);
}

static void moments_print_in_utc_with_milliseconds(void **state)
{
    assert_utc(0, "1970-01-01T00:00:00.000Z");
    assert_utc(-1, "1969-12-31T23:59:59.999Z");
    assert_utc(INT64_C(1795428930123999), "2026-11-23T10:15:30.123Z");
    assert_utc(INT64_C(253402300799999999), "9999-12-31T23:59:59.999Z");
    assert_utc(INT64_C(-62135596800) * US, "0001-01-01T00:00:00.000Z");
}

static void the_largest_moments_print_without_harm(void **state)
{
    assert_utc(INT64_MAX, "294247-01-10T04:00:54.775Z");
    assert_utc(INT64_MIN, "-290308-12-21T19:59:05.224Z");
    char out[DATE_TEXT];
    date_format_zone(INT64_MAX, amsterdam, out);
    date_format_zone(INT64_MIN, amsterdam, out);
}

static void moments_print_with_the_offset_of_their_zone(void **state)
{
    char out[DATE_TEXT];
    date_format_zone(at("2026-11-23T10:15:30.250Z"), amsterdam, out);
    assert_string_equal(out, "2026-11-23T11:15:30.250+01:00");
    date_format_zone(at("2026-07-01T22:30:00Z"), amsterdam, out);
    assert_string_equal(out, "2026-07-02T00:30:00.000+02:00");
    date_format_zone(at("2026-07-01T22:30:00Z"), NULL, out);
    assert_string_equal(out, "2026-07-01T22:30:00.000+00:00");
    date_format_zone(at("2026-01-15T12:00:00Z"), zone_get("America/St_Johns", NULL), out);
    assert_string_equal(out, "2026-01-15T08:30:00.000-03:30");
}

/* Amsterdam was 19 min 32 s (in newer data 17 min 30 s) ahead before 1937: RFC 3339 knows no
 * seconds. */
static void an_offset_with_seconds_still_names_the_same_moment(void **state)
{
    int64_t moment = at("1900-06-01T12:00:00Z");
    char out[DATE_TEXT];
    date_format_zone(moment, amsterdam, out);
    assert_int_equal(at(out), moment);
}

static void every_form_of_rfc_3339_is_read(void **state)
{
    const int64_t moment = INT64_C(1795428930) * US;
    assert_int_equal(at("2026-11-23T10:15:30Z"), moment);
    assert_int_equal(at("2026-11-23t10:15:30z"), moment);
    assert_int_equal(at("2026-11-23 10:15:30Z"), moment);
    assert_int_equal(at("2026-11-23T11:15:30+01:00"), moment);
    assert_int_equal(at("2026-11-23T11:15:30+0100"), moment);
    assert_int_equal(at("2026-11-23T05:45:30-04:30"), moment);
    assert_int_equal(at("2026-11-23T10:15:30.5Z"), moment + US / 2);
    assert_int_equal(at("2026-11-23T10:15:30.123456789Z"), moment + 123456);
    assert_int_equal(at("2026-11-23T10:15Z"), moment - 30 * US);
    assert_int_equal(at("2026-11-23T10:15:30"), moment);
    assert_int_equal(at("2026-11-23"), at("2026-11-23T00:00:00Z"));
    assert_int_equal(at("2016-12-31T23:59:60Z"), at("2017-01-01T00:00:00Z"));
    assert_int_equal(at("0001-01-01"), INT64_C(-62135596800) * US);
    assert_int_equal(at("9999-12-31"), INT64_C(253402214400) * US);
    assert_int_equal(at("2024-02-29"), at("2024-03-01") - 86400 * US);
}

static void digits_are_seconds_or_milliseconds(void **state)
{
    assert_int_equal(at("1795428930"), INT64_C(1795428930) * US);
    assert_int_equal(at("1795428930123"), INT64_C(1795428930123) * 1000);
    assert_int_equal(at("999999999"), INT64_C(999999999) * US);
    assert_int_equal(at("253402300799999"), INT64_C(253402300799999) * 1000);
}

static void a_date_without_an_offset_is_local_to_the_zone(void **state)
{
    int64_t us;
    assert_int_equal(date_parse("2026-07-01T10:00", 16, amsterdam, &us, NULL), 0);
    assert_int_equal(us, at("2026-07-01T08:00Z"));
    assert_int_equal(date_parse("2026-12-01", 10, amsterdam, &us, NULL), 0);
    assert_int_equal(us, at("2026-11-30T23:00Z"));
    assert_int_equal(date_parse("2026-07-01T10:00Z", 17, amsterdam, &us, NULL), 0);
    assert_int_equal(us, at("2026-07-01T10:00Z"));
}

static void what_is_no_date_is_refused(void **state)
{
    static const char *const wrong[] = {
        "",
        "2026",
        "202611",
        "20261123",
        "2026-11",
        "2026-13-01",
        "2026-00-01",
        "2026-02-29",
        "2026-11-31",
        "2026-11-00",
        "0000-01-01",
        "26-11-23",
        "2026-1-2",
        "2026-11-23T",
        "2026-11-23Z",
        "2026-11-23T24:00:00Z",
        "2026-11-23T10:60Z",
        "2026-11-23T10:15:61Z",
        "2026-11-23T10:15:30.Z",
        "2026-11-23T10:15:30,5Z",
        "2026-11-23T10Z",
        "2026-11-23T10:15:30+1",
        "2026-11-23T10:15:30+24:00",
        "2026-11-23T10:15:30+01:60",
        "2026-11-23T10:15:30Z ",
        " 2026-11-23",
        "2026-11-23T10:15:30ZZ",
        "23/11/2026",
        "tomorrow",
        "1795428930123456",
        "-1795428930",
        "999999999999999",
        "2026-11-23TT",
        "+02026-11-23",
        "2026-11-23T10:15:30 +01:00",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        int64_t us;
        struct err e = ERR_INIT;
        if (date_parse(wrong[i], strlen(wrong[i]), NULL, &us, &e) == 0) {
            fail_msg("\"%s\" was accepted", wrong[i]);
        }
        assert_int_equal(e.kind, ERR_INVALID);
    }
    int64_t us;
    assert_int_equal(date_parse("2026-11-23\0", 11, NULL, &us, NULL), -1);
    assert_int_equal(date_parse("2026-11-23T10:15:30\0", 20, NULL, &us, NULL), -1);
}

static int64_t local(int year, int month, int day, int hour, int minute)
{
    struct civil c = { .year = year, .month = month, .day = day, .hour = hour, .minute = minute };
    return civil_to_us(&c, amsterdam);
}

/* On 2026-03-29 the clocks go from 02:00 to 03:00, at 01:00 UTC. */
static void a_time_in_the_gap_is_the_moment_after_it(void **state)
{
    assert_int_equal(local(2026, 3, 29, 1, 59), at("2026-03-29T00:59Z"));
    assert_int_equal(local(2026, 3, 29, 2, 0), at("2026-03-29T01:00Z"));
    assert_int_equal(local(2026, 3, 29, 2, 30), at("2026-03-29T01:00Z"));
    assert_int_equal(local(2026, 3, 29, 2, 59), at("2026-03-29T01:00Z"));
    assert_int_equal(local(2026, 3, 29, 3, 0), at("2026-03-29T01:00Z"));
    assert_int_equal(local(2026, 3, 29, 3, 1), at("2026-03-29T01:01Z"));
}

/* On 2026-10-25 they go from 03:00 back to 02:00, at 01:00 UTC. */
static void a_time_in_the_fold_is_the_first_of_both(void **state)
{
    assert_int_equal(local(2026, 10, 25, 1, 59), at("2026-10-24T23:59Z"));
    assert_int_equal(local(2026, 10, 25, 2, 0), at("2026-10-25T00:00Z"));
    assert_int_equal(local(2026, 10, 25, 2, 30), at("2026-10-25T00:30Z"));
    assert_int_equal(local(2026, 10, 25, 3, 0), at("2026-10-25T02:00Z"));
}

/* After the last transition of the file the rule in its footer counts. */
static void gaps_and_folds_are_known_in_2050(void **state)
{
    assert_int_equal(local(2050, 3, 27, 2, 30), at("2050-03-27T01:00Z"));
    assert_int_equal(local(2050, 10, 30, 2, 30), at("2050-10-30T00:30Z"));
    assert_int_equal(local(2050, 7, 1, 12, 0), at("2050-07-01T10:00Z"));
    assert_int_equal(local(2050, 1, 1, 12, 0), at("2050-01-01T11:00Z"));
}

static void civil_time_comes_back_from_every_hour_of_two_years(void **state)
{
    for (int64_t t = at("2026-01-01T00:00Z"); t < at("2028-01-01T00:00Z"); t += 1800 * US) {
        struct civil c = civil_from_us(t + 7, amsterdam);
        int64_t back = civil_to_us(&c, amsterdam);
        /* Only the second pass through a fold maps to the first. */
        assert_true(back == t + 7 || back == t + 7 - 3600 * US);
        assert_int_equal(c.us, 7);
    }
}

/* Samoa skipped 2011-12-30 whole. */
static void a_gap_of_a_whole_day_is_left_behind(void **state)
{
    const struct zone *apia = zone_get("Pacific/Apia", NULL);
    struct civil c = { .year = 2011, .month = 12, .day = 30, .hour = 12 };
    assert_int_equal(civil_to_us(&c, apia), at("2011-12-30T10:00Z"));
    c = civil_from_us(at("2011-12-30T10:00Z"), apia);
    assert_int_equal(c.day, 31);
    assert_int_equal(c.hour, 0);
}

static void fields_outside_their_range_count_on(void **state)
{
    struct civil c = { .year = 2026, .month = 14, .day = 32, .hour = 25, .minute = -1, .us = -1 };
    assert_int_equal(civil_to_us(&c, NULL), at("2027-03-05T00:59:00Z") - 1);
    c = (struct civil){ .year = 2026, .month = 0, .day = 1 };
    assert_int_equal(civil_to_us(&c, NULL), at("2025-12-01"));
    c = (struct civil){
        .year = INT32_MAX, .month = INT32_MAX, .day = INT32_MAX, .hour = INT32_MAX
    };
    assert_true(civil_to_us(&c, amsterdam) > 0);
    c = (struct civil){
        .year = INT32_MIN, .month = INT32_MIN, .day = INT32_MIN, .hour = INT32_MIN
    };
    assert_true(civil_to_us(&c, amsterdam) < 0);
}

static void weekdays_are_counted_from_monday(void **state)
{
    struct civil c = { .year = 2026, .month = 11, .day = 23 };
    assert_int_equal(civil_weekday(&c), 1);
    c.day = 29;
    assert_int_equal(civil_weekday(&c), 7);
    c = (struct civil){ .year = 1970, .month = 1, .day = 1 };
    assert_int_equal(civil_weekday(&c), 4);
    c = (struct civil){ .year = 1969, .month = 12, .day = 28 };
    assert_int_equal(civil_weekday(&c), 7);
}

static void adding_days_crosses_months_and_years(void **state)
{
    struct civil c = { .year = 2026, .month = 12, .day = 30, .hour = 10 };
    civil_add_days(&c, 3);
    assert_true(c.year == 2027 && c.month == 1 && c.day == 2 && c.hour == 10);
    civil_add_days(&c, -3);
    assert_true(c.year == 2026 && c.month == 12 && c.day == 30);
    civil_add_days(&c, INT64_MAX);
    civil_add_days(&c, INT64_MIN);
}

/* Two days later at ten is two days later at ten, also where a day has 23 hours. */
static void adding_days_keeps_the_hour_across_the_change(void **state)
{
    struct civil c = civil_from_us(at("2026-03-28T09:00Z"), amsterdam);
    assert_int_equal(c.hour, 10);
    civil_add_days(&c, 2);
    assert_int_equal(civil_to_us(&c, amsterdam), at("2026-03-30T08:00Z"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments_print_in_utc_with_milliseconds),
        cmocka_unit_test(the_largest_moments_print_without_harm),
        cmocka_unit_test(moments_print_with_the_offset_of_their_zone),
        cmocka_unit_test(an_offset_with_seconds_still_names_the_same_moment),
        cmocka_unit_test(every_form_of_rfc_3339_is_read),
        cmocka_unit_test(digits_are_seconds_or_milliseconds),
        cmocka_unit_test(a_date_without_an_offset_is_local_to_the_zone),
        cmocka_unit_test(what_is_no_date_is_refused),
        cmocka_unit_test(a_time_in_the_gap_is_the_moment_after_it),
        cmocka_unit_test(a_time_in_the_fold_is_the_first_of_both),
        cmocka_unit_test(gaps_and_folds_are_known_in_2050),
        cmocka_unit_test(civil_time_comes_back_from_every_hour_of_two_years),
        cmocka_unit_test(a_gap_of_a_whole_day_is_left_behind),
        cmocka_unit_test(fields_outside_their_range_count_on),
        cmocka_unit_test(weekdays_are_counted_from_monday),
        cmocka_unit_test(adding_days_crosses_months_and_years),
        cmocka_unit_test(adding_days_keeps_the_hour_across_the_change),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
