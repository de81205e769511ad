/* Metrics: the text format, escaping, and the limit on series. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/metrics.h"
#include "base/utf8.h"

static char *printed;

static int forget(void **state)
{
    metrics_reset();
    free(printed);
    printed = NULL;
    return 0;
}

static const char *print_all(void)
{
    struct buf out;
    buf_init(&out, 4 << 20);
    assert_int_equal(metrics_print(&out), 0);
    free(printed);
    printed = buf_take(&out, NULL);
    return printed;
}

static void nothing_is_printed_at_first(void **state)
{
    assert_string_equal(print_all(), "");
}

static void counters_and_gauges_print_with_help_and_type(void **state)
{
    metric_add(metrics_counter("ladle_events_total", "Events.", "connection", "crm"), 2);
    metric_add(metrics_counter("ladle_events_total", "ignored", "connection", "shop"), 1);
    metric_add(metrics_counter("ladle_events_total", NULL, "connection", "crm"), 3);
    metric_set(metrics_gauge("ladle_runs", "Active\nruns \\.", NULL, NULL), -4);
    assert_string_equal(print_all(),
                        "# HELP ladle_events_total Events.\n"
                        "# TYPE ladle_events_total counter\n"
                        "ladle_events_total{connection=\"crm\"} 5\n"
                        "ladle_events_total{connection=\"shop\"} 1\n"
                        "# HELP ladle_runs Active\\nruns \\\\.\n"
                        "# TYPE ladle_runs gauge\n"
                        "ladle_runs -4\n");
}

static void a_series_is_the_same_on_each_call(void **state)
{
    struct metric *m = metrics_gauge("g", "", "l", "v");
    assert_ptr_equal(metrics_gauge("g", "", "l", "v"), m);
    assert_ptr_not_equal(metrics_gauge("g", "", "l", "w"), m);
    metric_set(m, 7);
    metric_add(m, -2);
    assert_int_equal(metric_value(m), 5);
}

static void a_counter_may_have_two_labels(void **state)
{
    const struct metric_label ok[2] = { { "connection", "crm" }, { "outcome", "ok" } };
    const struct metric_label timeout[2] = { { "connection", "crm" }, { "outcome", "timeout" } };
    metric_add(metrics_counter_by("c", "", ok), 2);
    metric_add(metrics_counter_by("c", "", timeout), 1);
    metric_add(metrics_counter_by("c", "", ok), 1);
    assert_non_null(strstr(print_all(),
                           "c{connection=\"crm\",outcome=\"ok\"} 3\n"
                           "c{connection=\"crm\",outcome=\"timeout\"} 1\n"));
}

static void label_values_are_escaped_and_cannot_forge_a_series(void **state)
{
    metric_add(metrics_counter("c", "", "l", "a\"} 1\nfake{x=\"\\\xff"), 1);
    assert_non_null(strstr(print_all(), "c{l=\"a\\\"} 1\\nfake{x=\\\"\\\\\xef\xbf\xbd\"} 1\n"));
}

static void long_label_values_are_cut_between_characters(void **state)
{
    char value[1000];
    memset(value, 'x', 999);
    memcpy(value + 119, "\xc3\xa9", 2);
    value[999] = '\0';
    metric_add(metrics_counter("c", "", "l", value), 1);
    const char *text = print_all();
    assert_true(strlen(text) < 200);
    assert_true(utf8_is_valid(text, strlen(text)));
}

static void a_histogram_counts_cumulatively(void **state)
{
    struct metric *m = metrics_histogram("ladle_call_seconds", "Calls.", "op", "get");
    metric_observe_us(m, 0);
    metric_observe_us(m, 1000);
    metric_observe_us(m, 1001);
    metric_observe_us(m, 59000000);
    metric_observe_us(m, 61000000);
    assert_int_equal(metric_value(m), 5);
    const char *text = print_all();
    assert_non_null(strstr(text, "# TYPE ladle_call_seconds histogram\n"));
    assert_non_null(strstr(text, "ladle_call_seconds_bucket{op=\"get\",le=\"0.001\"} 2\n"));
    assert_non_null(strstr(text, "ladle_call_seconds_bucket{op=\"get\",le=\"0.0025\"} 3\n"));
    assert_non_null(strstr(text, "ladle_call_seconds_bucket{op=\"get\",le=\"30\"} 3\n"));
    assert_non_null(strstr(text, "ladle_call_seconds_bucket{op=\"get\",le=\"60\"} 4\n"));
    assert_non_null(strstr(text, "ladle_call_seconds_bucket{op=\"get\",le=\"+Inf\"} 5\n"));
    assert_non_null(strstr(text, "ladle_call_seconds_sum{op=\"get\"} 120.002001\n"));
    assert_non_null(strstr(text, "ladle_call_seconds_count{op=\"get\"} 5\n"));
}

static void a_histogram_without_a_label_has_no_empty_braces(void **state)
{
    metric_observe_us(metrics_histogram("h", "", NULL, NULL), 5);
    const char *text = print_all();
    assert_non_null(strstr(text, "h_bucket{le=\"0.001\"} 1\n"));
    assert_non_null(strstr(text, "h_sum 0.000005\nh_count 1\n"));
}

static void what_is_beyond_the_limit_is_counted_under_other(void **state)
{
    for (int i = 0; i < METRICS_SERIES_MAX + 500; i++) {
        char value[32];
        snprintf(value, sizeof value, "peer-%d", i);
        metric_add(metrics_counter("c", "", "l", value), 1);
    }
    assert_int_equal(metric_value(metrics_counter("c", "", "l", "other")), 500);
    assert_int_equal(metric_value(metrics_counter("c", "", "l", "peer-1")), 1);
    /* A series without a label is ours, so it always has a place. */
    metric_set(metrics_gauge("g", "", NULL, NULL), 3);
    assert_non_null(strstr(print_all(), "\ng 3\n"));
}

static void a_full_buffer_is_reported(void **state)
{
    metric_add(metrics_counter("c", "", "l", "v"), 1);
    struct buf out;
    buf_init(&out, 20);
    assert_int_equal(metrics_print(&out), -1);
    buf_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(nothing_is_printed_at_first, forget),
        cmocka_unit_test_teardown(counters_and_gauges_print_with_help_and_type, forget),
        cmocka_unit_test_teardown(a_series_is_the_same_on_each_call, forget),
        cmocka_unit_test_teardown(a_counter_may_have_two_labels, forget),
        cmocka_unit_test_teardown(label_values_are_escaped_and_cannot_forge_a_series, forget),
        cmocka_unit_test_teardown(long_label_values_are_cut_between_characters, forget),
        cmocka_unit_test_teardown(a_histogram_counts_cumulatively, forget),
        cmocka_unit_test_teardown(a_histogram_without_a_label_has_no_empty_braces, forget),
        cmocka_unit_test_teardown(what_is_beyond_the_limit_is_counted_under_other, forget),
        cmocka_unit_test_teardown(a_full_buffer_is_reported, forget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
