/* Module dates: the same moments and texts as format/date.h, with every argument checked. */
#include "snippet.h"

#include "format/date.h"

static void check(struct vm *vm, const char *code, const char *result)
{
    char full[1024];
    snprintf(full, sizeof full, "local dates = require 'dates' %s", code);
    expect(vm, full, result);
}

static void check_error(struct vm *vm, const char *code, enum err_kind kind, const char *part)
{
    char full[1024];
    snprintf(full, sizeof full, "local dates = require 'dates' %s", code);
    expect_error(vm, full, kind, part);
}

static void texts_become_moments_and_back(void **state)
{
    check(*state, "return dates.parse('1970-01-01T00:00:01Z')", "1000000");
    check(*state, "return dates.format(1000000)", "1970-01-01T00:00:01.000Z");
    check(*state, "return dates.format(dates.parse('2026-11-23T10:00:00Z'), 'Europe/Amsterdam')",
          "2026-11-23T11:00:00.000+01:00");
    check(*state,
          "return dates.parse('2026-07-01', 'Europe/Amsterdam') - dates.parse('2026-07-01')",
          "-7200000000");
}

static void civil_time_goes_both_ways(void **state)
{
    check(*state,
          "local c = dates.civil(dates.parse('2026-11-23T10:15:30.5Z'), 'Europe/Amsterdam')\n"
          "return table.concat({ c.year, c.month, c.day, c.hour, c.min, c.sec, c.us, c.weekday }, "
          "' ')",
          "2026 11 23 11 15 30 500000 1");
    check(*state,
          "return dates.format(dates.from_civil({ year = 2026, month = 11, day = 25, hour = 10 }, "
          "'Europe/Amsterdam'))",
          "2026-11-25T09:00:00.000Z");
    check(*state, "return dates.from_civil({ year = 1970, month = 1, day = 1 })", "0");
}

static void a_day_is_a_day_of_the_clock(void **state)
{
    check(*state,
          "local us = dates.parse('2026-10-24T10:00', 'Europe/Amsterdam')\n"
          "return dates.format(dates.add_days(us, 1, 'Europe/Amsterdam'), 'Europe/Amsterdam')",
          "2026-10-25T10:00:00.000+01:00");
    check(*state, "return dates.add_days(0, -1)", "-86400000000");
}

static void durations_are_parsed(void **state)
{
    check(*state, "return dates.parse_duration('1h 30m')", "5400000000");
    check(*state, "return dates.format_duration(5400000000)", "1 h 30 min");
    check_error(*state, "dates.parse_duration('soon')", ERR_INVALID, "");
    check_error(*state, "dates.parse_duration('5')", ERR_INVALID, "");
}

static void wrong_input_is_an_error(void **state)
{
    check_error(*state, "dates.parse('yesterday')", ERR_INVALID, "");
    check_error(*state, "dates.parse('2026-01-01', 'Nowhere/City')", ERR_INVALID, "Nowhere/City");
    check_error(*state, "dates.parse('2026-01-01', '../../etc/passwd')", ERR_INVALID, "");
    check_error(*state, "dates.format(math.maxinteger)", ERR_SCRIPT, "1 to 9999");
    check_error(*state, "dates.format('x')", ERR_SCRIPT, "number expected");
    check_error(*state, "dates.format(1.5)", ERR_SCRIPT, "integer");
    check_error(*state, "dates.add_days(0, 1 << 60)", ERR_SCRIPT, "too many days");
    check_error(*state, "dates.add_days(dates.parse('9999-12-31'), 1)", ERR_SCRIPT, "1 to 9999");
    check_error(*state, "dates.from_civil({ year = 2026, month = 13, day = 1 })", ERR_SCRIPT,
                "'month'");
    check_error(*state, "dates.from_civil({ year = 2026, month = 2, day = 29 })", ERR_SCRIPT,
                "'day'");
    check_error(*state, "dates.from_civil({ year = 2026, month = 2 })", ERR_SCRIPT, "'day'");
    check_error(*state, "dates.from_civil({ year = 2026.5, month = 2, day = 1 })", ERR_SCRIPT,
                "'year'");
    check_error(*state, "dates.from_civil(1)", ERR_SCRIPT, "table expected");
}

static int forget(void **state)
{
    (void)state;
    zone_forget_all();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        sandbox_test(texts_become_moments_and_back), sandbox_test(civil_time_goes_both_ways),
        sandbox_test(a_day_is_a_day_of_the_clock),   sandbox_test(durations_are_parsed),
        sandbox_test(wrong_input_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, forget);
}
