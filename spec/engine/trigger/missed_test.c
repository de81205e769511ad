/* What becomes of an occurrence, by its lateness, the policy and whether a newer one is due. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "trigger/missed.h"

#define MINUTE INT64_C(60000000)

static enum missed_verdict judge(enum missed_policy policy, int64_t within_us, int64_t late_us,
                                 bool is_newest)
{
    return missed_judge(&(struct missed_rule){ .policy = policy, .within_us = within_us }, late_us,
                        is_newest);
}

static void up_to_the_grace_nothing_was_missed(void **state)
{
    for (int policy = MISSED_LAST; policy <= MISSED_NONE; policy++) {
        assert_int_equal(judge(policy, 0, MISSED_GRACE_US, false), MISSED_NOT);
        assert_int_equal(judge(policy, 1, MISSED_GRACE_US, false), MISSED_NOT);
        assert_int_not_equal(judge(policy, 0, MISSED_GRACE_US + 1, false), MISSED_NOT);
    }
}

static void each_policy_decides_by_whether_it_is_the_newest(void **state)
{
    assert_int_equal(judge(MISSED_LAST, 0, MINUTE, true), MISSED_RUNS_LATE);
    assert_int_equal(judge(MISSED_LAST, 0, MINUTE, false), MISSED_LEFT_OUT);
    assert_int_equal(judge(MISSED_ALL, 0, MINUTE, true), MISSED_RUNS_LATE);
    assert_int_equal(judge(MISSED_ALL, 0, MINUTE, false), MISSED_RUNS_LATE);
    assert_int_equal(judge(MISSED_NONE, 0, MINUTE, true), MISSED_LEFT_OUT);
    assert_int_equal(judge(MISSED_NONE, 0, MINUTE, false), MISSED_LEFT_OUT);
}

static void within_bounds_the_lateness(void **state)
{
    assert_int_equal(judge(MISSED_LAST, MINUTE, MINUTE, true), MISSED_RUNS_LATE);
    assert_int_equal(judge(MISSED_LAST, MINUTE, MINUTE + 1, true), MISSED_LEFT_OUT);
    assert_int_equal(judge(MISSED_ALL, MINUTE, MINUTE + 1, false), MISSED_LEFT_OUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(up_to_the_grace_nothing_was_missed),
        cmocka_unit_test(each_policy_decides_by_whether_it_is_the_newest),
        cmocka_unit_test(within_bounds_the_lateness),
    };
    return cmocka_run_group_tests_name("missed", tests, NULL, NULL);
}
