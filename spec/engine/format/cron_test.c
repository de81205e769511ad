/* Cron expressions: what is read, and what is refused with what to write in its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "format/calendar.h"
#include "format/cron.h"

static struct cron parsed(const char *text)
{
    struct cron c;
    size_t offset;
    struct err e = ERR_INIT;
    if (cron_parse(text, &c, &offset, &e) == -1) {
        fail_msg("%s: %s", text, e.message);
    }
    return c;
}

static void numbers_lists_ranges_and_steps_are_sets(void **state)
{
    struct cron c = parsed("0,30 9-17/4 1-3,15 */6 1-5");
    assert_true(c.minutes == (UINT64_C(1) | UINT64_C(1) << 30));
    assert_int_equal(c.hours, 1 << 9 | 1 << 13 | 1 << 17);
    assert_int_equal(c.days, 1 << 1 | 1 << 2 | 1 << 3 | 1 << 15);
    assert_int_equal(c.months, 1 << 1 | 1 << 7);
    assert_int_equal(c.weekdays, 0x3e);
}

static void a_star_of_day_or_weekday_is_not_given(void **state)
{
    struct cron c = parsed("*\t*  * * *");
    assert_true(c.minutes == (UINT64_C(1) << 60) - 1);
    assert_int_equal(c.hours, (1 << 24) - 1);
    assert_int_equal(c.months, CALENDAR_ALL_MONTHS);
    assert_int_equal(c.days, 0);
    assert_int_equal(c.weekdays, 0);
    c = parsed("0 9 1-31 * *");
    assert_int_equal(c.days, 0);
    c = parsed("0 9 * * mon-sun");
    assert_int_equal(c.weekdays, 0);
    c = parsed("0 9 */2 * 1"); /* a step is given: either fits */
    assert_int_equal(c.days, 0xaaaaaaaa);
    assert_int_equal(c.weekdays, 1 << 1);
}

static void names_stand_for_numbers(void **state)
{
    struct cron c = parsed("0 9 * JAN-mar,December Mon,friday");
    assert_int_equal(c.months, 0x100e);
    assert_int_equal(c.weekdays, 1 << 1 | 1 << 5);
}

static void sunday_is_0_and_7_and_ends_a_week_or_begins_it(void **state)
{
    assert_int_equal(parsed("0 9 * * 0").weekdays, 1 << 7);
    assert_int_equal(parsed("0 9 * * 7").weekdays, 1 << 7);
    assert_int_equal(parsed("0 9 * * 0-2").weekdays, 0x86);
    assert_int_equal(parsed("0 9 * * sun-tue").weekdays, 0x86);
    assert_int_equal(parsed("0 9 * * fri-sun").weekdays, 0xe0);
    assert_int_equal(parsed("0 9 * * */2").weekdays, 0xd4 & 0xfe); /* 0 2 4 6 */
}

static void l_is_the_last_day_of_the_month(void **state)
{
    assert_int_equal(parsed("0 9 L * *").days, CALENDAR_LAST_DAY);
    assert_int_equal(parsed("0 9 15,l * *").days, CALENDAR_LAST_DAY | 1 << 15);
    assert_int_equal(parsed("0 9 30,L 2 *").days, CALENDAR_LAST_DAY | 1 << 30);
}

static void a_wildcard_or_step_in_minute_or_hour_goes_on_in_real_time(void **state)
{
    static const char *const real[] = {
        "* 9 * * *",       "0 * * * *",      "*/15 9 * * *", "0 */2 * * *",
        "0-30/10 9 * * *", "0 9-17/2 * * *", "0-59 9 * * *", "0 0-23 * * *",
    };
    static const char *const fixed[] = {
        "0 9 * * *",
        "0,30 9 * * *",
        "0-29 9-17 * * *",
        "0 9 */2 */2 */2",
    };
    for (size_t i = 0; i < sizeof real / sizeof real[0]; i++) {
        assert_true(parsed(real[i]).is_real_time);
    }
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        assert_false(parsed(fixed[i]).is_real_time);
    }
}

static void what_is_not_supported_is_refused_with_what_to_write(void **state)
{
    static const struct {
        const char *text;
        size_t offset;
        const char *message; /* a part of it */
    } wrong[] = {
        { "", 0, "five fields, minute hour day month weekday" },
        { "0 9 * *", 0, "this one has 4" },
        { "0 0 9 * * *", 0, "this one has 6; seconds and years are not among them" },
        { "@daily", 0, "\"@daily\" is not supported: write \"0 0 * * *\"" },
        { "@weekly", 0, "write \"0 0 * * sun\"" },
        { "@reboot", 0, "\"@reboot\" is not supported: write five fields" },
        { "@every 5m", 0, "or `every: 15 min` in place of `cron`" },
        { "CRON_TZ=UTC 0 9 * * *", 0, "write the zone as `timezone:`" },
        { "0 9 ? * *", 4, "\"?\" is not supported: write *" },
        { "0 9 15W * *", 4, "\"15W\" is not supported: a day is a number, or L" },
        { "0 9 LW * *", 4, "\"LW\" is not supported" },
        { "0 9 L-3 * *", 4, "\"L-3\" is not supported: L is the last day of the month" },
        { "0 L * * *", 2, "\"L\" is not supported: L is the last day of the month" },
        { "0 9 * * 5L", 8, "\"5L\" is not supported: L is the last day of the month" },
        { "0 9 * * mon,fri#2", 12, "\"fri#2\" is not supported" },
        { "H 9 * * *", 0, "`jitter:`" },
        { "60 9 * * *", 0, "\"60\" is no minute: write 0 to 59, *, a list 1,2" },
        { "0 24 * * *", 2, "\"24\" is no hour: write 0 to 23" },
        { "0 9 0 * *", 4, "\"0\" is no day: write 1 to 31 or L" },
        { "0 9 32 * *", 4, "\"32\" is no day" },
        { "0 9 * 13 *", 6, "\"13\" is no month: write 1 to 12 or jan to dec" },
        { "0 9 * foo *", 6, "\"foo\" is no month" },
        { "0 9 * * 8", 8, "\"8\" is no weekday: write 0 to 7 or mon to sun" },
        { "mon 9 * * *", 0, "\"mon\" is no minute" },
        { "-5 9 * * *", 0, "the minute has a list, a range or a step with an empty place" },
        { "0, 9 * * *", 2, "an empty place" },
        { "5- 9 * * *", 2, "an empty place" },
        { "000 9 * * *", 0, "\"000\" is no minute" },
        { "1.5 9 * * *", 0, "\"1.5\" is no minute" },
        { "1-2-3 9 * * *", 2, "\"2-3\" is no minute" },
        { "*-5 9 * * *", 0, "\"*\" is no minute" },
        { "0 22-2 * * *", 2, "\"22-2\" runs backwards: write 22-23,0-2" },
        { "0 9 * * fri-mon", 8, "\"fri-mon\" runs backwards: write 5-6,0-1" },
        { "*/0 9 * * *", 0, "\"*/0\" has no step" },
        { "*/ 9 * * *", 0, "\"*/\" has no step" },
        { "*/5/5 9 * * *", 0, "\"*/5/5\" has no step" },
        { "*/60 9 * * *", 0, "\"*/60\" has a step that never comes around" },
        { "0 9-12/4 * * *", 2, "the hour runs from 9 to 12" },
        { "5/15 * * * *", 0, "\"5/15\" is a step without a range: write 5-59/15" },
        { "5/90 * * * *", 0, "\"5/90\" has a step that never comes around" },
        { "0 9 30 2 *", 4, "\"30\" never comes: the longest of these months has 29 days" },
        { "0 9 31 4,jun,9,11 *", 4, "\"31\" never comes: the longest of these months has 30 days" },
        { "0 9 1-31 * mon", 4, "write * for the day" },
        { "0 9 */1,L * mon", 4, "write * for the day" },
        { "0 9 1 * 0-6", 8, "write * for the weekday" },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct cron c;
        size_t offset = 99;
        struct err e = ERR_INIT;
        if (cron_parse(wrong[i].text, &c, &offset, &e) == 0) {
            fail_msg("\"%s\" was accepted", wrong[i].text);
        }
        assert_int_equal(e.kind, ERR_INVALID);
        if (strstr(e.message, wrong[i].message) == NULL || offset != wrong[i].offset) {
            fail_msg("\"%s\": byte %zu, %s", wrong[i].text, offset, e.message);
        }
    }
}

/* What a message says to write is good. */
static void remedies_work_when_typed(void **state)
{
    static const char *const remedies[] = {
        "0 0 * * *",       "0 0 * * sun",     "0 0 1 jan *",
        "0 * * * *",       "0 9 15,L * *",    "0 22-23,0-2 * * *",
        "0 9 * * 5-6,0-1", "5-59/15 * * * *", "0 9 * * mon-fri",
    };
    for (size_t i = 0; i < sizeof remedies / sizeof remedies[0]; i++) {
        (void)parsed(remedies[i]);
    }
}

static void days_that_come_in_some_month_are_accepted(void **state)
{
    (void)parsed("0 9 29 2 *");
    (void)parsed("0 9 31 2,3 *");
    (void)parsed("0 9 30 2 mon"); /* either fits, and Mondays come */
}

static void an_expression_has_an_end(void **state)
{
    char text[CRON_TEXT_MAX + 20];
    size_t len = 0;
    while (len < CRON_TEXT_MAX - 10) {
        len += (size_t)snprintf(text + len, sizeof text - len, "%s1", len > 0 ? "," : "");
    }
    snprintf(text + len, sizeof text - len, " 9 * * *");
    (void)parsed(text);
    struct cron c;
    size_t offset;
    struct err e = ERR_INIT;
    snprintf(text + len, sizeof text - len, ",1,1,1,1 9 * * *");
    assert_int_equal(cron_parse(text, &c, &offset, &e), -1);
    assert_non_null(strstr(e.message, "at most 256 bytes"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_lists_ranges_and_steps_are_sets),
        cmocka_unit_test(a_star_of_day_or_weekday_is_not_given),
        cmocka_unit_test(names_stand_for_numbers),
        cmocka_unit_test(sunday_is_0_and_7_and_ends_a_week_or_begins_it),
        cmocka_unit_test(l_is_the_last_day_of_the_month),
        cmocka_unit_test(a_wildcard_or_step_in_minute_or_hour_goes_on_in_real_time),
        cmocka_unit_test(what_is_not_supported_is_refused_with_what_to_write),
        cmocka_unit_test(remedies_work_when_typed),
        cmocka_unit_test(days_that_come_in_some_month_are_accepted),
        cmocka_unit_test(an_expression_has_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
