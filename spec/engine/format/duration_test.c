/* Durations: every unit, exact fractions, refusals, and texts that read back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "format/duration.h"

#define SECOND INT64_C(1000000)

static void assert_duration(const char *text, int64_t expected_us)
{
    struct err e = ERR_INIT;
    int64_t us = -1;
    if (duration_parse(text, strlen(text), &us, &e) == -1) {
        fail_msg("%s", e.message);
    }
    assert_int_equal(us, expected_us);
}

static void every_unit_is_known(void **state)
{
    assert_duration("500ms", SECOND / 2);
    assert_duration("30s", 30 * SECOND);
    assert_duration("1 sec", SECOND);
    assert_duration("1 second", SECOND);
    assert_duration("2 seconds", 2 * SECOND);
    assert_duration("5m", 300 * SECOND);
    assert_duration("5 min", 300 * SECOND);
    assert_duration("1 minute", 60 * SECOND);
    assert_duration("5 minutes", 300 * SECOND);
    assert_duration("2h", 7200 * SECOND);
    assert_duration("1 hour", 3600 * SECOND);
    assert_duration("3 hours", 10800 * SECOND);
    assert_duration("1d", 86400 * SECOND);
    assert_duration("1 day", 86400 * SECOND);
    assert_duration("2 days", 172800 * SECOND);
    assert_duration("1w", 604800 * SECOND);
    assert_duration("1 week", 604800 * SECOND);
    assert_duration("2 weeks", 1209600 * SECOND);
    assert_duration("0s", 0);
}

static void several_parts_add_up(void **state)
{
    assert_duration("1h 30m", 5400 * SECOND);
    assert_duration("1h30m", 5400 * SECOND);
    assert_duration("  1 day  2 h 3 min 4 s 5 ms ", 93784 * SECOND + 5000);
}

static void decimals_are_exact(void **state)
{
    assert_duration("1.5h", 5400 * SECOND);
    assert_duration("0.001s", 1000);
    assert_duration("0.125 ms", 125);
    assert_duration("2.25 days", 194400 * SECOND);
}

static void ten_years_are_the_most(void **state)
{
    int64_t us;
    struct err e = ERR_INIT;
    assert_duration("3653 days", INT64_C(3653) * 86400 * SECOND);
    assert_int_equal(duration_parse("3653 days 1 ms", 14, &us, &e), -1);
    assert_non_null(strstr(e.message, "10 years"));
    assert_int_equal(duration_parse("999999999 w", 11, &us, &e), -1);
    assert_int_equal(duration_parse("600 w", 5, &us, &e), -1);
}

static void what_is_no_duration_is_refused(void **state)
{
    static const char *const wrong[] = {
        "",        " ",     "5",   "s",      "5 x",    "-5s", "5s 3",        "1.s",
        "1.2345s", ".5s",   "5 S", "5 mins", "1e3s",   "5s,", "9999999999s", "1 h,2",
        "5\ts",    "1..5s", "1 0", "५s",     "5 secs",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        int64_t us = 77;
        struct err e = ERR_INIT;
        assert_int_equal(duration_parse(wrong[i], strlen(wrong[i]), &us, &e), -1);
        assert_int_equal(e.kind, ERR_INVALID);
        assert_int_equal(us, 77);
    }
    int64_t us;
    assert_int_equal(duration_parse("5s\0", 3, &us, NULL), -1);
}

static void a_bare_number_is_told_that_its_unit_is_missing(void **state)
{
    int64_t us;
    struct err e = ERR_INIT;
    assert_int_equal(duration_parse("30", 2, &us, &e), -1);
    assert_non_null(strstr(e.message, "unit is missing"));
}

static void assert_format(int64_t us, const char *expected)
{
    char out[64];
    duration_format(us, out, sizeof out);
    assert_string_equal(out, expected);
}

static void the_two_largest_units_are_shown(void **state)
{
    assert_format(0, "0 s");
    assert_format(250, "250 us");
    assert_format(500000, "500 ms");
    assert_format(1500000, "1 s 500 ms");
    assert_format(45 * SECOND, "45 s");
    assert_format(5400 * SECOND, "1 h 30 min");
    assert_format(86400 * SECOND, "1 day");
    assert_format(172800 * SECOND, "2 days");
    assert_format(90061 * SECOND, "1 day 1 h");
    assert_format(86700 * SECOND, "1 day");
    assert_format(-90 * SECOND, "-1 min 30 s");
    assert_format(INT64_MIN, "-106751991 days 4 h");
}

static void what_is_shown_reads_back(void **state)
{
    const int64_t values[] = { 0, 500000, 1500000, 45 * SECOND, 5400 * SECOND, 176400 * SECOND };
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        char out[64];
        duration_format(values[i], out, sizeof out);
        assert_duration(out, values[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_unit_is_known),
        cmocka_unit_test(several_parts_add_up),
        cmocka_unit_test(decimals_are_exact),
        cmocka_unit_test(ten_years_are_the_most),
        cmocka_unit_test(what_is_no_duration_is_refused),
        cmocka_unit_test(a_bare_number_is_told_that_its_unit_is_missing),
        cmocka_unit_test(the_two_largest_units_are_shown),
        cmocka_unit_test(what_is_shown_reads_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
