/* A window never holds less than was called in it: limit/rate_window.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "limit/rate_window.h"

enum { CALLS = 600 };

#define PER_US INT64_C(1000000)

/* Pseudo-random gaps, the same in every run: mostly bursts, now and then most of a window. */
static int64_t gap_us(int i)
{
    uint32_t n = (uint32_t)i * 2654435761u;
    return n >> 28 == 0 ? (int64_t)(n >> 8) % PER_US : (int64_t)(n >> 16) % 5000;
}

static int64_t called_within(const int64_t *calls, int count, int64_t now)
{
    int64_t within = 0;
    for (int i = 0; i < count; i++) {
        within += now - calls[i] < PER_US;
    }
    return within;
}

/* Adds calls, and looks at the last moment at which each still counts. The most that was counted
 * beyond what was called. */
static int64_t excess(int64_t requests)
{
    struct rate_window w;
    int64_t calls[CALLS], now = 5 * PER_US, most = 0;
    rate_window_init(&w, requests, PER_US, now);
    int looked = 0;
    for (int i = 0; i < CALLS; i++) {
        now += gap_us(i);
        for (; looked < i && calls[looked] + PER_US <= now; looked++) {
            int64_t last = calls[looked] + PER_US - 1;
            int64_t more = rate_window_used(&w, last, false) - called_within(calls, i, last);
            assert_true(more >= 0);
            most = more > most ? more : most;
        }
        calls[i] = now;
        rate_window_add(&w, now, 1, false);
        assert_true(rate_window_used(&w, now, false) >= called_within(calls, i + 1, now));
    }
    rate_window_fini(&w);
    return most;
}

static void a_call_counts_up_to_the_end_of_its_window(void **state)
{
    assert_int_equal(excess(RATE_WINDOW_EXACT), 0); /* each with its own time */
}

static void a_large_window_counts_a_part_too_much_and_never_one_too_few(void **state)
{
    assert_in_range(excess(RATE_WINDOW_EXACT + 1), 1, CALLS / 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_counts_up_to_the_end_of_its_window),
        cmocka_unit_test(a_large_window_counts_a_part_too_much_and_never_one_too_few),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
