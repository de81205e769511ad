/* The breaker in virtual time. */
#include "fixture.h"

#include "service/breaker.h"

static bool enter(struct breaker *b, bool *is_trial)
{
    return breaker_enter(b, "crm", is_trial, NULL) == 0;
}

static void fail_times(struct breaker *b, int times)
{
    for (int i = 0; i < times; i++) {
        breaker_report(b, false, true);
    }
}

static void five_failures_in_a_row_open_it(void **state)
{
    struct breaker b = { .failures = 0 };
    bool is_trial;
    fail_times(&b, 4);
    breaker_report(&b, false, false);
    fail_times(&b, 4);
    assert_true(enter(&b, &is_trial));
    fail_times(&b, 1);
    struct err e = ERR_INIT;
    assert_int_equal(breaker_check(&b, "crm", &e), -1);
    assert_int_equal(e.kind, ERR_UNAVAILABLE);
    assert_int_equal(e.retry_at_us, fix_wall_us + 5 * SECOND);
    assert_contains(e.message, "crm");
}

static void after_the_pause_one_call_decides(void **state)
{
    struct breaker b = { .failures = 0 };
    bool is_trial, other;
    fail_times(&b, 5);
    fix_mono_us += 5 * SECOND;
    assert_true(enter(&b, &is_trial));
    assert_true(is_trial);
    assert_false(enter(&b, &other));
    breaker_report(&b, is_trial, false);
    assert_true(enter(&b, &is_trial));
    assert_false(is_trial);
    assert_false(breaker_is_open(&b));
}

static void the_pause_doubles_up_to_a_minute(void **state)
{
    static const int pauses[] = { 5, 10, 20, 40, 60, 60 };
    struct breaker b = { .failures = 0 };
    bool is_trial;
    fail_times(&b, 5);
    for (size_t i = 0; i < sizeof pauses / sizeof *pauses; i++) {
        fix_mono_us += pauses[i] * SECOND - 1;
        assert_false(enter(&b, &is_trial));
        fix_mono_us += 1;
        assert_true(enter(&b, &is_trial));
        breaker_report(&b, is_trial, true);
    }
}

static void calls_that_were_under_way_do_not_lengthen_the_pause(void **state)
{
    struct breaker b = { .failures = 0 };
    bool is_trial;
    fail_times(&b, 20);
    fix_mono_us += 5 * SECOND;
    assert_true(enter(&b, &is_trial));
    breaker_report(&b, false, true); /* not the trial */
    breaker_report(&b, is_trial, false);
    assert_false(breaker_is_open(&b));
}

static void a_trial_that_is_cancelled_leaves_room_for_another(void **state)
{
    struct breaker b = { .failures = 0 };
    bool is_trial;
    fail_times(&b, 5);
    fix_mono_us += 5 * SECOND;
    assert_true(enter(&b, &is_trial));
    breaker_release(&b, is_trial);
    assert_true(enter(&b, &is_trial));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH(test) cmocka_unit_test_setup_teardown(test, fix_setup, fix_teardown)
        WITH(five_failures_in_a_row_open_it),
        WITH(after_the_pause_one_call_decides),
        WITH(the_pause_doubles_up_to_a_minute),
        WITH(calls_that_were_under_way_do_not_lengthen_the_pause),
        WITH(a_trial_that_is_cancelled_leaves_room_for_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
