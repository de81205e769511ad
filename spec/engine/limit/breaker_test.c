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
    assert_int_equal(e.retry_at_us, fix_wall_us + BREAKER_FIRST_US);
    assert_contains(e.message, "crm");
}

static void after_the_pause_one_call_decides(void **state)
{
    struct breaker b = { .failures = 0 };
    bool is_trial, other;
    fail_times(&b, 5);
    fix_mono_us += BREAKER_FIRST_US;
    assert_true(enter(&b, &is_trial));
    assert_true(is_trial);
    assert_false(enter(&b, &other));
    breaker_report(&b, is_trial, false);
    assert_true(enter(&b, &is_trial));
    assert_false(is_trial);
    assert_int_equal(breaker_state(&b), BREAKER_CLOSED);
}

static void it_is_tried_again_ten_seconds_after_the_last_look_at_the_latest(void **state)
{
    static const int pauses[] = { 1, 2, 4, 8, 10, 10 };
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
    fix_mono_us += BREAKER_FIRST_US;
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
    fix_mono_us += BREAKER_FIRST_US;
    assert_true(enter(&b, &is_trial));
    breaker_release(&b, is_trial);
    assert_true(enter(&b, &is_trial));
}

/* --- coming back --- */

static void open_and_return(struct breaker *b)
{
    bool is_trial;
    fail_times(b, 5);
    fix_pass_time(BREAKER_FIRST_US);
    assert_true(enter(b, &is_trial));
    assert_int_equal(breaker_state(b), BREAKER_HALF_OPEN);
    breaker_report(b, is_trial, false);
}

/* Enters as often as it may; how often that was. */
static int enter_all(struct breaker *b, int most)
{
    bool is_trial;
    int let_in = 0;
    while (let_in < most && enter(b, &is_trial)) {
        let_in++;
    }
    return let_in;
}

static void good_answers(struct breaker *b, int count)
{
    for (int i = 0; i < count; i++) {
        breaker_report(b, false, false);
    }
}

static void each_good_answer_lets_two_more_calls_begin(void **state)
{
    struct breaker b = { .failures = 0 };
    int under_way = 1; /* the trial's answer counts */
    open_and_return(&b);
    for (int expected = 2; expected <= 64; expected *= 2) {
        under_way = enter_all(&b, 1000);
        assert_int_equal(under_way, expected);
        good_answers(&b, under_way);
    }
    good_answers(&b, 2);
    assert_int_equal(enter_all(&b, 1000), 1000);
    assert_int_equal(b.since_us, 0);
}

static void the_slow_start_ends_at_the_rate_of_the_limits(void **state)
{
    struct breaker b = { .rate = 4 };
    open_and_return(&b);
    good_answers(&b, enter_all(&b, 100));
    assert_int_not_equal(enter_all(&b, 100), 100);
    good_answers(&b, 1);
    assert_int_equal(enter_all(&b, 100), 100);
}

static void a_service_that_answers_slowly_is_at_its_rate_within_five_seconds(void **state)
{
    struct breaker b = { .rate = 100 };
    open_and_return(&b);
    assert_int_equal(enter_all(&b, 100), 2);
    fix_pass_time(4 * SECOND);
    assert_int_equal(enter_all(&b, 100), 100);
}

static void a_service_that_is_not_back_is_spared_again_after_two_failures(void **state)
{
    struct breaker b = { .failures = 0 };
    open_and_return(&b);
    assert_int_equal(enter_all(&b, 100), 2);
    fail_times(&b, 2);
    assert_int_equal(breaker_state(&b), BREAKER_OPEN);
}

static void a_call_that_was_not_made_leaves_its_place_to_another(void **state)
{
    struct breaker b = { .failures = 0 };
    open_and_return(&b);
    assert_int_equal(enter_all(&b, 100), 2);
    breaker_release(&b, false);
    assert_int_equal(enter_all(&b, 100), 1);
}

static void who_comes_too_much_learns_when_to_ask_again(void **state)
{
    struct breaker b = { .failures = 0 };
    bool is_trial;
    int64_t again_us;
    assert_true(breaker_room(&b, &again_us) == INT64_MAX);
    fail_times(&b, 5);
    fix_pass_time(BREAKER_FIRST_US / 4);
    assert_int_equal(breaker_room(&b, &again_us), 0);
    assert_int_equal(again_us, BREAKER_FIRST_US * 3 / 4);
    fix_pass_time(again_us);
    assert_int_equal(breaker_room(&b, &again_us), 1);
    assert_true(enter(&b, &is_trial));
    struct err e = ERR_INIT;
    assert_int_equal(breaker_check(&b, "crm", &e), -1);
    assert_int_equal(e.retry_at_us, fix_wall_us + BREAKER_LOOK_US);
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
        WITH(it_is_tried_again_ten_seconds_after_the_last_look_at_the_latest),
        WITH(calls_that_were_under_way_do_not_lengthen_the_pause),
        WITH(each_good_answer_lets_two_more_calls_begin),
        WITH(the_slow_start_ends_at_the_rate_of_the_limits),
        WITH(a_service_that_answers_slowly_is_at_its_rate_within_five_seconds),
        WITH(a_service_that_is_not_back_is_spared_again_after_two_failures),
        WITH(a_call_that_was_not_made_leaves_its_place_to_another),
        WITH(who_comes_too_much_learns_when_to_ask_again),
        WITH(one_break_lasts_until_the_slow_start_is_over),
        WITH(a_restart_does_not_close_it),
        WITH(a_trial_that_is_cancelled_leaves_room_for_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
