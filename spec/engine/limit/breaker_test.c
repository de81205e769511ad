/* The breaker in virtual time. */
#include "../service/fixture.h"

#include "limit/breaker.h"

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

static void fix_pass_time(int64_t us)
{
    fix_wall_us += us;
    fix_mono_us += us;
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
    assert_int_equal(breaker_state(&b), BREAKER_CLOSED);
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
    assert_int_equal(breaker_state(&b), BREAKER_CLOSED);
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

/* --- coming back --- */

static void open_and_return(struct breaker *b)
{
    bool is_trial;
    fail_times(b, 5);
    fix_pass_time(5 * SECOND);
    assert_true(enter(b, &is_trial));
    assert_int_equal(breaker_state(b), BREAKER_HALF_OPEN);
    breaker_report(b, is_trial, false);
}

static void a_service_that_is_back_is_called_at_a_growing_rate(void **state)
{
    static const int expected[] = { 1, 2, 4, 8, 16, 32, 64 };
    struct breaker b = { .failures = 0 };
    bool is_trial;
    open_and_return(&b);
    for (size_t s = 0; s < sizeof expected / sizeof *expected; s++) {
        int let_in = 0;
        for (int i = 0; i < 200; i++) {
            let_in += enter(&b, &is_trial);
        }
        assert_int_equal(let_in, expected[s]);
        fix_pass_time(SECOND);
    }
    for (int i = 0; i < 1000; i++) {
        assert_true(enter(&b, &is_trial));
    }
    assert_int_equal(b.since_us, 0);
}

static void the_slow_start_ends_at_the_rate_of_the_limits(void **state)
{
    struct breaker b = { .rate = 4 };
    bool is_trial;
    open_and_return(&b);
    fix_pass_time(2 * SECOND);
    for (int i = 0; i < 100; i++) {
        assert_true(enter(&b, &is_trial));
    }
}

static void who_waits_is_told_a_time_of_its_own_in_order(void **state)
{
    struct breaker b = { .failures = 0 };
    int64_t last_us = 0;
    fail_times(&b, 5);
    int in_second[10] = { 0 };
    for (int i = 0; i < 400; i++) {
        struct err e = ERR_INIT;
        assert_int_equal(breaker_check(&b, "crm", &e), -1);
        assert_int_equal(e.status, 0);
        assert_true(e.retry_at_us > last_us);
        last_us = e.retry_at_us;
        in_second[(e.retry_at_us - fix_wall_us) / SECOND - 5]++;
    }
    static const int expected[] = { 1, 2, 4, 8, 16, 32, 64, 128, 128, 17 };
    assert_memory_equal(in_second, expected, sizeof expected);
}

static void who_comes_while_one_call_tries_is_sent_to_a_later_second(void **state)
{
    struct breaker b = { .failures = 0 };
    bool is_trial;
    fail_times(&b, 5);
    fix_pass_time(5 * SECOND);
    assert_true(enter(&b, &is_trial));
    struct err e = ERR_INIT;
    assert_int_equal(breaker_check(&b, "crm", &e), -1);
    assert_int_equal(e.retry_at_us, fix_wall_us + SECOND);
}

static void one_break_lasts_until_the_slow_start_is_over(void **state)
{
    struct breaker b = { .failures = 0 };
    open_and_return(&b);
    int64_t since_us = b.since_us;
    assert_true(since_us > 0);
    fail_times(&b, 5);
    assert_int_equal(breaker_state(&b), BREAKER_OPEN);
    assert_int_equal(b.since_us, since_us);
}

static void a_restart_does_not_close_it(void **state)
{
    struct breaker b = { .failures = 0 };
    bool is_trial;
    breaker_restore(&b, fix_wall_us - SECOND, fix_wall_us + 3 * SECOND);
    assert_int_equal(breaker_opens_until(&b), fix_wall_us + 3 * SECOND);
    assert_false(enter(&b, &is_trial));
    fix_pass_time(3 * SECOND);
    assert_true(enter(&b, &is_trial));
    assert_true(is_trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH(test) cmocka_unit_test_setup_teardown(test, fix_setup, fix_teardown)
        WITH(five_failures_in_a_row_open_it),
        WITH(after_the_pause_one_call_decides),
        WITH(the_pause_doubles_up_to_a_minute),
        WITH(calls_that_were_under_way_do_not_lengthen_the_pause),
        WITH(a_service_that_is_back_is_called_at_a_growing_rate),
        WITH(the_slow_start_ends_at_the_rate_of_the_limits),
        WITH(who_waits_is_told_a_time_of_its_own_in_order),
        WITH(who_comes_while_one_call_tries_is_sent_to_a_later_second),
        WITH(one_break_lasts_until_the_slow_start_is_over),
        WITH(a_restart_does_not_close_it),
        WITH(a_trial_that_is_cancelled_leaves_room_for_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
