/* Days and times of day, without a zone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/days.h"
#include "format/calendar.h"

static int64_t local(int year, int month, int day, int hour, int minute)
{
    return days_from_date(year, month, day) * CALENDAR_DAY_S + hour * 3600 + minute * 60;
}

static struct calendar at_nine(void)
{
    struct calendar c = { .months = CALENDAR_ALL_MONTHS };
    calendar_add_time(&c, 9 * 60);
    return c;
}

/* The first that fits from there on, within ten years; -1 where there is none. */
static int64_t next(const struct calendar *c, int64_t from_s)
{
    int64_t found;
    return calendar_next(c, from_s, from_s + INT64_C(3653) * CALENDAR_DAY_S, &found) ? found : -1;
}

static void a_time_that_is_now_fits(void **state)
{
    struct calendar c = at_nine();
    assert_int_equal(next(&c, local(2026, 1, 1, 9, 0)), local(2026, 1, 1, 9, 0));
    assert_int_equal(next(&c, local(2026, 1, 1, 9, 0) + 1), local(2026, 1, 2, 9, 0));
    assert_int_equal(next(&c, local(2026, 1, 1, 8, 59)), local(2026, 1, 1, 9, 0));
    assert_int_equal(next(&c, local(1901, 1, 1, 9, 0) + 1), local(1901, 1, 2, 9, 0));
}

static void nothing_is_found_beyond_the_end(void **state)
{
    struct calendar c = at_nine();
    int64_t found;
    int64_t from = local(2026, 1, 1, 9, 1);
    assert_false(calendar_next(&c, from, local(2026, 1, 2, 8, 59), &found));
    assert_true(calendar_next(&c, from, local(2026, 1, 2, 9, 0), &found));
    assert_false(calendar_next(&c, from, from - 1, &found));
}

static void the_first_and_the_last_minute_of_a_day_are_found(void **state)
{
    struct calendar c = { .months = CALENDAR_ALL_MONTHS };
    calendar_add_time(&c, 0);
    calendar_add_time(&c, CALENDAR_MINUTES - 1);
    assert_int_equal(next(&c, local(2026, 1, 1, 0, 1)), local(2026, 1, 1, 23, 59));
    assert_int_equal(next(&c, local(2026, 1, 1, 23, 59) + 1), local(2026, 1, 2, 0, 0));
}

static void seconds_go_around_from_midnight(void **state)
{
    struct calendar c = { .months = CALENDAR_ALL_MONTHS, .every_s = 90 };
    assert_int_equal(next(&c, local(2026, 1, 1, 0, 1)), local(2026, 1, 1, 0, 1) + 30);
    assert_int_equal(next(&c, local(2026, 1, 1, 23, 59)), local(2026, 1, 2, 0, 0));
}

static void where_day_and_weekday_are_given_either_fits(void **state)
{
    struct calendar c = at_nine();
    c.days = 1u << 15;
    c.weekdays = 1u << 1;
    assert_int_equal(next(&c, local(2026, 1, 13, 0, 0)), local(2026, 1, 15, 9, 0)); /* Thursday */
    assert_int_equal(next(&c, local(2026, 1, 16, 0, 0)), local(2026, 1, 19, 9, 0)); /* Monday */
}

static void the_last_day_of_a_month_knows_leap_years(void **state)
{
    struct calendar c = at_nine();
    c.days = CALENDAR_LAST_DAY;
    assert_int_equal(next(&c, local(2026, 2, 1, 0, 0)), local(2026, 2, 28, 9, 0));
    assert_int_equal(next(&c, local(2028, 2, 1, 0, 0)), local(2028, 2, 29, 9, 0));
    assert_int_equal(next(&c, local(2028, 3, 1, 0, 0)), local(2028, 3, 31, 9, 0));
}

static void leap_days_are_found_over_a_century_without_one(void **state)
{
    struct calendar c = at_nine();
    c.months = 1u << 2;
    c.days = 1u << 29;
    assert_int_equal(next(&c, local(2096, 3, 1, 0, 0)), local(2104, 2, 29, 9, 0));
}

static void months_that_do_not_fit_are_passed(void **state)
{
    struct calendar c = at_nine();
    c.months = 1u << 7;
    assert_int_equal(next(&c, local(2026, 8, 31, 23, 0)), local(2027, 7, 1, 9, 0));
}

static void counted_days_go_both_ways_from_their_first(void **state)
{
    struct calendar c = at_nine();
    c.every_days = 3;
    c.first_day = days_from_date(2026, 1, 10);
    assert_int_equal(next(&c, local(2026, 1, 10, 0, 0)), local(2026, 1, 10, 9, 0));
    assert_int_equal(next(&c, local(2026, 1, 10, 10, 0)), local(2026, 1, 13, 9, 0));
    assert_int_equal(next(&c, local(2026, 1, 1, 0, 0)), local(2026, 1, 1, 9, 0));
    assert_int_equal(next(&c, local(2026, 1, 2, 0, 0)), local(2026, 1, 4, 9, 0));
}

static void excepted_days_are_left_out(void **state)
{
    const int64_t except[] = { days_from_date(2026, 1, 1), days_from_date(2026, 1, 2),
                               days_from_date(2026, 1, 4) };
    struct calendar c = at_nine();
    c.except = except;
    c.except_count = 3;
    assert_int_equal(next(&c, local(2025, 12, 31, 9, 1)), local(2026, 1, 3, 9, 0));
    assert_int_equal(next(&c, local(2026, 1, 3, 9, 1)), local(2026, 1, 5, 9, 0));
}

static void a_period_goes_around_from_midnight(void **state)
{
    struct calendar c = { .months = CALENDAR_ALL_MONTHS };
    for (int minute = 0; minute < CALENDAR_MINUTES; minute += 90) {
        calendar_add_time(&c, minute);
    }
    assert_int_equal(calendar_period_s(&c), 5400);
    calendar_add_time(&c, 1);
    assert_int_equal(calendar_period_s(&c), 0);
    assert_false(calendar_is_around_the_clock(&c));
    c = at_nine();
    assert_int_equal(calendar_period_s(&c), 0);
    c = (struct calendar){ .months = CALENDAR_ALL_MONTHS };
    for (int hour = 0; hour < 24; hour++) {
        calendar_add_time(&c, hour * 60 + 5);
    }
    assert_int_equal(calendar_period_s(&c), 0); /* not from midnight */
    assert_true(calendar_is_around_the_clock(&c));
}

static void names_are_known_short_and_in_full_in_any_case(void **state)
{
    assert_int_equal(calendar_weekday_number("mon", 3), 1);
    assert_int_equal(calendar_weekday_number("SUNDAY", 6), 7);
    assert_int_equal(calendar_weekday_number("sundays", 7), 0);
    assert_int_equal(calendar_weekday_number("su", 2), 0);
    assert_int_equal(calendar_weekday_number("", 0), 0);
    assert_int_equal(calendar_month_number("May", 3), 5);
    assert_int_equal(calendar_month_number("december", 8), 12);
    assert_int_equal(calendar_month_number("decembre", 8), 0);
    assert_string_equal(calendar_weekday_name(7), "Sunday");
    assert_string_equal(calendar_month_name(1), "January");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_time_that_is_now_fits),
        cmocka_unit_test(nothing_is_found_beyond_the_end),
        cmocka_unit_test(the_first_and_the_last_minute_of_a_day_are_found),
        cmocka_unit_test(seconds_go_around_from_midnight),
        cmocka_unit_test(where_day_and_weekday_are_given_either_fits),
        cmocka_unit_test(the_last_day_of_a_month_knows_leap_years),
        cmocka_unit_test(leap_days_are_found_over_a_century_without_one),
        cmocka_unit_test(months_that_do_not_fit_are_passed),
        cmocka_unit_test(counted_days_go_both_ways_from_their_first),
        cmocka_unit_test(excepted_days_are_left_out),
        cmocka_unit_test(a_period_goes_around_from_midnight),
        cmocka_unit_test(names_are_known_short_and_in_full_in_any_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
