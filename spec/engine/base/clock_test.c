/* The clock and randomness: real ones by default, others where a test puts them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"

struct fake {
    int64_t wall_us;
    int64_t mono_us;
    const uint64_t *values;
    size_t next;
};

static int64_t fake_wall(void *ud)
{
    return ((struct fake *)ud)->wall_us;
}

static int64_t fake_mono(void *ud)
{
    return ((struct fake *)ud)->mono_us;
}

static void fake_random(void *ud, void *out, size_t len)
{
    struct fake *f = ud;
    uint64_t value = f->values[f->next++];
    memcpy(out, &value, len < sizeof value ? len : sizeof value);
}

static int put_back(void **state)
{
    clock_replace(NULL);
    return 0;
}

static void the_systems_clock_is_after_2024_and_monotonic_time_does_not_fall(void **state)
{
    assert_true(clock_wall_us() > INT64_C(1704067200000000));
    int64_t first = clock_mono_us();
    assert_true(clock_mono_us() >= first);
}

static void a_replaced_clock_answers_for_all(void **state)
{
    const uint64_t values[] = { 42 };
    struct fake f = { .wall_us = 123, .mono_us = 456, .values = values };
    const struct clock c = { fake_wall, fake_mono, fake_random, &f };
    clock_replace(&c);
    assert_int_equal(clock_wall_us(), 123);
    assert_int_equal(clock_mono_us(), 456);
    uint64_t out = 0;
    clock_random(&out, sizeof out);
    assert_int_equal(out, 42);
}

static void random_bytes_differ_from_call_to_call(void **state)
{
    unsigned char a[32] = { 0 };
    unsigned char b[32] = { 0 };
    clock_random(a, sizeof a);
    clock_random(b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
    clock_random(a, 0);
}

static int compare_numbers(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Among them some that are longer, so that draws from the stock and from the kernel alternate. */
static void small_draws_are_never_the_same(void **state)
{
    static uint64_t drawn[4000];
    unsigned char key[32];
    for (size_t i = 0; i < sizeof drawn / sizeof *drawn; i++) {
        unsigned char odd[3];
        clock_random(odd, sizeof odd);
        clock_random(&drawn[i], sizeof drawn[i]);
        clock_random(key, i % sizeof key);
    }
    qsort(drawn, sizeof drawn / sizeof *drawn, sizeof *drawn, compare_numbers);
    assert_int_not_equal(drawn[0], 0);
    for (size_t i = 1; i < sizeof drawn / sizeof *drawn; i++) {
        assert_int_not_equal(drawn[i - 1], drawn[i]);
    }
}

static void a_random_number_stays_below_its_bound_and_reaches_all_below(void **state)
{
    int seen[7] = { 0 };
    for (int i = 0; i < 2000; i++) {
        uint64_t value = clock_random_below(7);
        assert_true(value < 7);
        seen[value]++;
    }
    for (int i = 0; i < 7; i++) {
        assert_true(seen[i] > 0);
    }
    assert_int_equal(clock_random_below(1), 0);
}

/* 2^64 is 1 more than a multiple of 3: the largest value would favour 0. */
static void a_value_that_would_favour_small_numbers_is_drawn_again(void **state)
{
    const uint64_t values[] = { UINT64_MAX, 5 };
    struct fake f = { .values = values };
    const struct clock c = { fake_wall, fake_mono, fake_random, &f };
    clock_replace(&c);
    assert_int_equal(clock_random_below(3), 2);
    assert_int_equal(f.next, 2);
}

static void a_power_of_two_needs_one_draw(void **state)
{
    const uint64_t values[] = { UINT64_MAX };
    struct fake f = { .values = values };
    const struct clock c = { fake_wall, fake_mono, fake_random, &f };
    clock_replace(&c);
    assert_int_equal(clock_random_below(8), 7);
    assert_int_equal(f.next, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_systems_clock_is_after_2024_and_monotonic_time_does_not_fall),
        cmocka_unit_test_teardown(a_replaced_clock_answers_for_all, put_back),
        cmocka_unit_test(random_bytes_differ_from_call_to_call),
        cmocka_unit_test(small_draws_are_never_the_same),
        cmocka_unit_test(a_random_number_stays_below_its_bound_and_reaches_all_below),
        cmocka_unit_test_teardown(a_value_that_would_favour_small_numbers_is_drawn_again, put_back),
        cmocka_unit_test_teardown(a_power_of_two_needs_one_draw, put_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
