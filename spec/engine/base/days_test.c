/* Day numbers: known dates, and every day of many years there and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/days.h"

static void known_dates_have_their_day_numbers(void **state)
{
    assert_int_equal(days_from_date(1970, 1, 1), 0);
    assert_int_equal(days_from_date(1969, 12, 31), -1);
    assert_int_equal(days_from_date(2000, 3, 1), 11017);
    assert_int_equal(days_from_date(1, 1, 1), -719162);
    assert_int_equal(days_from_date(9999, 12, 31), 2932896);
}

static void every_day_from_1583_to_2500_counts_up_by_one_and_comes_back(void **state)
{
    int64_t expected = days_from_date(1583, 1, 1);
    for (int year = 1583; year <= 2500; year++) {
        for (int month = 1; month <= 12; month++) {
            for (int day = 1; day <= days_in_month(year, month); day++, expected++) {
                int y;
                int m;
                int d;
                assert_int_equal(days_from_date(year, month, day), expected);
                days_to_date(expected, &y, &m, &d);
                assert_true(y == year && m == month && d == day);
            }
        }
    }
}

static void a_day_outside_its_month_counts_on(void **state)
{
    assert_int_equal(days_from_date(2026, 1, 32), days_from_date(2026, 2, 1));
    assert_int_equal(days_from_date(2026, 3, 0), days_from_date(2026, 2, 28));
}

static void leap_years_follow_the_gregorian_rule(void **state)
{
    assert_int_equal(days_in_month(2024, 2), 29);
    assert_int_equal(days_in_month(2026, 2), 28);
    assert_int_equal(days_in_month(1900, 2), 28);
    assert_int_equal(days_in_month(2000, 2), 29);
    assert_int_equal(days_in_month(2000, 12), 31);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_dates_have_their_day_numbers),
        cmocka_unit_test(every_day_from_1583_to_2500_counts_up_by_one_and_comes_back),
        cmocka_unit_test(a_day_outside_its_month_counts_on),
        cmocka_unit_test(leap_years_follow_the_gregorian_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
