/* What becomes of a failed try: run/retry.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "run/retry.h"

enum { NOW = 1000000000 };

/* The same numbers in every run: all of a draw's range is seen in a few hundred draws. */
static void random_known(void *ud, void *out, size_t len)
{
    static uint64_t state = UINT64_C(88172645463325252);
    unsigned char *bytes = out;
    for (size_t i = 0; i < len; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes[i] = (unsigned char)(state >> 24);
    }
}

static json_t *policy(const char *jitter)
{
    return json_pack("{s:i, s:i, s:i, s:i, s:s}", "tries", 4, "first_us", 1000000, "longest_us",
                     5000000, "factor", 2, "jitter", jitter);
}

static struct retry_plan decide(json_t *p, int tries, enum err_kind kind, int64_t retry_at_us,
                                bool has_probe)
{
    struct err e = { .kind = kind,
                     .retry_at_us = retry_at_us,
                     .status = kind == ERR_UNAVAILABLE ? 503 : 0 };
    struct retry_plan plan = retry_decide(p, tries, &e, has_probe, NOW);
    json_decref(p);
    return plan;
}

static void a_delay_doubles_up_to_the_longest(void **state)
{
    int64_t expected[] = { 1000000, 2000000, 4000000, 5000000, 5000000 };
    for (int tries = 1; tries <= 5; tries++) {
        json_t *p = policy("none");
        json_object_set_new(p, "tries", json_integer(9));
        struct retry_plan plan = decide(p, tries, ERR_UNAVAILABLE, 0, false);
        assert_int_equal(plan.verdict, RETRY_AGAIN);
        assert_int_equal(plan.due_us - NOW, expected[tries - 1]);
    }
}

enum { DRAWS = 400 };

/* The earliest and the latest of many plans for the same failure. */
static void draw(const json_t *policy, enum err_kind kind, int64_t retry_at_us,
                 int64_t *earliest_us, int64_t *latest_us)
{
    static const struct clock c = { .random = random_known };
    clock_replace(&c);
    *earliest_us = INT64_MAX;
    *latest_us = 0;
    for (int i = 0; i < DRAWS; i++) {
        int64_t due_us = decide(json_deep_copy(policy), 2, kind, retry_at_us, false).due_us;
        *earliest_us = due_us < *earliest_us ? due_us : *earliest_us;
        *latest_us = due_us > *latest_us ? due_us : *latest_us;
    }
    clock_replace(NULL);
}

/* A policy whose second delay is that long. */
static json_t *policy_of(const char *jitter, int64_t delay_us)
{
    json_t *p = policy(jitter);
    json_object_set_new(p, "first_us", json_integer(delay_us / 2));
    return p;
}

static void jitter_spreads_delays_over_all_that_the_bound_allows_and_no_further(void **state)
{
    int64_t earliest_us, latest_us;
    json_t *p = policy_of("full", 2000000);
    draw(p, ERR_UNAVAILABLE, 0, &earliest_us, &latest_us);
    json_decref(p);
    assert_in_range(earliest_us - NOW, 1000, 100000);
    assert_in_range(latest_us - NOW, 1900000, 2000000);
    p = policy_of("full", 2000); /* so short that the ends are met */
    draw(p, ERR_UNAVAILABLE, 0, &earliest_us, &latest_us);
    json_decref(p);
    assert_in_range(earliest_us - NOW, 1000, 1010);
    assert_in_range(latest_us - NOW, 1990, 2000);
}

static void who_is_told_the_same_moment_comes_a_little_apart_and_never_before(void **state)
{
    int64_t told_us = NOW + 60000000, earliest_us, latest_us;
    json_t *p = policy("none");
    draw(p, ERR_RATE_LIMITED, told_us, &earliest_us, &latest_us);
    json_decref(p);
    assert_in_range(earliest_us - told_us, 0, 20000);
    assert_in_range(latest_us - told_us, 200000, 250000);
}

static void the_last_try_is_final(void **state)
{
    assert_int_equal(decide(policy("none"), 3, ERR_UNAVAILABLE, 0, false).verdict, RETRY_AGAIN);
    assert_int_equal(decide(policy("none"), 4, ERR_UNAVAILABLE, 0, false).verdict, RETRY_FINAL);
}

static void an_error_that_repeats_is_final_at_once(void **state)
{
    assert_int_equal(decide(policy("none"), 1, ERR_INVALID, 0, false).verdict, RETRY_FINAL);
    assert_int_equal(decide(policy("none"), 1, ERR_SCRIPT, 0, false).verdict, RETRY_FINAL);
    assert_int_equal(decide(policy("none"), 1, ERR_DUPLICATE, 0, false).verdict, RETRY_FINAL);
}

static void what_the_service_says_wins_over_the_policy(void **state)
{
    struct retry_plan plan = decide(policy("none"), 1, ERR_RATE_LIMITED, NOW + 60000000, false);
    assert_true(plan.due_us >= NOW + 60000000);
}

static void an_open_breaker_uses_up_no_try(void **state)
{
    struct err e = { .kind = ERR_UNAVAILABLE, .retry_at_us = NOW + 9000000 };
    json_t *p = policy("none");
    struct retry_plan plan = retry_decide(p, 4, &e, false, NOW);
    json_decref(p);
    assert_int_equal(plan.verdict, RETRY_AGAIN);
    assert_false(plan.is_counted);
}

static void an_unknown_outcome_is_looked_for_or_parked(void **state)
{
    struct retry_plan plan = decide(policy("none"), 1, ERR_UNKNOWN, 0, true);
    assert_int_equal(plan.verdict, RETRY_AGAIN);
    assert_true(plan.due_us >= NOW + 3000000); /* the service may still be at it */
    assert_int_equal(decide(policy("none"), 1, ERR_UNKNOWN, 0, false).verdict, RETRY_PARK);
    assert_int_equal(decide(policy("none"), 4, ERR_UNKNOWN, 0, true).verdict, RETRY_PARK);
}

static void a_broken_connection_parks(void **state)
{
    assert_int_equal(decide(policy("none"), 1, ERR_AUTH, 0, false).verdict, RETRY_PARK);
}

static void a_policy_may_name_the_kinds_that_it_is_for(void **state)
{
    json_t *p = policy("none");
    json_object_set_new(p, "kinds", json_pack("[s]", "rate_limited"));
    assert_int_equal(decide(json_incref(p), 1, ERR_UNAVAILABLE, 0, false).verdict, RETRY_FINAL);
    assert_int_equal(decide(p, 1, ERR_RATE_LIMITED, 0, false).verdict, RETRY_AGAIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_delay_doubles_up_to_the_longest),
        cmocka_unit_test(jitter_spreads_delays_over_all_that_the_bound_allows_and_no_further),
        cmocka_unit_test(who_is_told_the_same_moment_comes_a_little_apart_and_never_before),
        cmocka_unit_test(the_last_try_is_final),
        cmocka_unit_test(an_error_that_repeats_is_final_at_once),
        cmocka_unit_test(what_the_service_says_wins_over_the_policy),
        cmocka_unit_test(an_open_breaker_uses_up_no_try),
        cmocka_unit_test(an_unknown_outcome_is_looked_for_or_parked),
        cmocka_unit_test(a_broken_connection_parks),
        cmocka_unit_test(a_policy_may_name_the_kinds_that_it_is_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
