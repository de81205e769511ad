/* Fault points: counted, failing when told to, crashing with their own exit code, traced. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fault.h"

static char trace_path[] = "/tmp/fault_test_XXXXXX";

static int disarm(void **state)
{
    fault_disarm();
    return 0;
}

static void nothing_is_armed_at_first(void **state)
{
    FAULT("test.nothing");
    assert_false(FAULT_FAILS("test.nothing"));
}

static void a_fault_fails_once_at_the_passage_it_names(void **state)
{
    assert_int_equal(fault_arm("test.a=fail@3", NULL), 0);
    assert_int_equal(fault_pass("test.a"), 0);
    assert_int_equal(fault_pass("test.other"), 0);
    assert_int_equal(fault_pass("test.a"), 0);
    assert_int_equal(fault_pass("test.a"), 1);
    assert_int_equal(fault_pass("test.a"), 0);
}

static void without_a_number_the_first_passage_is_meant(void **state)
{
    assert_int_equal(fault_arm("test.b=fail", NULL), 0);
    assert_int_equal(fault_pass("test.b"), 1);
    assert_int_equal(fault_pass("test.b"), 0);
}

static void a_star_fails_always_from_its_passage_on(void **state)
{
    assert_int_equal(fault_arm("test.c=fail*@2", NULL), 0);
    assert_int_equal(fault_pass("test.c"), 0);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(fault_pass("test.c"), 1);
    }
}

static void a_share_fails_that_many_in_a_hundred_always_the_same_ones(void **state)
{
    int first[1000], failed = 0;
    for (int turn = 0; turn < 2; turn++) {
        assert_int_equal(fault_arm("test.share=fail%10", NULL), 0);
        for (int i = 0; i < 1000; i++) {
            int result = fault_pass("test.share");
            assert_true(turn == 0 || result == first[i]);
            first[i] = result;
            failed += result;
        }
        fault_disarm();
    }
    assert_in_range(failed, 120, 280);
    static const char *const wrong[] = { "a=fail%0",  "a=fail%101",    "a=crash%5",
                                         "a=stall%5", "a=fail%5..+1s", "a=fail%" };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(fault_arm(wrong[i], NULL), -1);
    }
}

static void a_span_fails_from_its_passage_on_until_it_is_over(void **state)
{
    assert_int_equal(fault_arm("test.span=fail@2..+40ms", NULL), 0);
    assert_int_equal(fault_pass("test.span"), 0);
    assert_int_equal(fault_pass("test.span"), 1);
    int failed = 0;
    while (fault_pass("test.span") == 1) {
        failed++;
    }
    assert_true(failed > 0);
    assert_int_equal(fault_pass("test.span"), 0);
}

static int64_t real_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void a_passage_that_is_held_up_goes_on_when_its_time_is_over(void **state)
{
    assert_int_equal(fault_arm("test.slow=stall@2..+30ms", NULL), 0);
    int64_t began_ms = real_ms();
    assert_int_equal(fault_pass("test.slow"), 0);
    assert_int_equal(fault_pass("test.slow"), 0);
    assert_true(real_ms() - began_ms >= 30);
}

static volatile sig_atomic_t signals;

static void count_signal(int signum)
{
    signals++;
}

static void a_stop_is_a_SIGTERM_to_the_process(void **state)
{
    struct sigaction old, ours = { .sa_handler = count_signal };
    assert_int_equal(sigaction(SIGTERM, &ours, &old), 0);
    assert_int_equal(fault_arm("test.stop=stop@2", NULL), 0);
    for (int i = 1; i <= 3; i++) {
        assert_int_equal(fault_pass("test.stop"), 0);
        assert_int_equal(signals, i > 1);
    }
    assert_int_equal(sigaction(SIGTERM, &old, NULL), 0);
}

static void several_faults_count_apart(void **state)
{
    assert_int_equal(fault_arm("test.d=fail@2,,test.e=fail", NULL), 0);
    assert_int_equal(fault_pass("test.e"), 1);
    assert_int_equal(fault_pass("test.d"), 0);
    assert_int_equal(fault_pass("test.d"), 1);
    assert_int_equal(fault_arm("test.f=fail", NULL), 0);
    assert_int_equal(fault_pass("test.f"), 1);
}

static void a_crash_ends_the_process_with_70_at_once(void **state)
{
    fflush(NULL);
    pid_t child = fork();
    assert_int_not_equal(child, -1);
    if (child == 0) {
        if (fault_arm("test.crash=crash@2", NULL) == -1) {
            _exit(1);
        }
        FAULT("test.crash");
        FAULT("test.crash");
        _exit(2);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 70);
}

static void a_spec_that_is_not_one_is_refused_and_arms_nothing(void **state)
{
    static const char *const wrong[] = {
        "x",
        "x=",
        "=fail",
        "x=burn",
        "x=fail@",
        "x=fail@0",
        "x=fail@-1",
        "x=fail@1x",
        "ok=fail,x=bad",
        "x=crash*",
        "x=fail@99999999999999999999",
        "x=fail@1..",
        "x=fail@1..+",
        "x=fail@1..+5",
        "x=fail@1..+0s",
        "x=fail@1..+5m",
        "x=fail@1+5s",
        "x=fail*@1..+5s",
        "x=crash@1..+5s",
        "x=stop..+5s",
        "x=stall",
        "x=stall@2",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct err e = ERR_INIT;
        assert_int_equal(fault_arm(wrong[i], &e), -1);
        assert_int_equal(e.kind, ERR_INVALID);
    }
    assert_int_equal(fault_pass("ok"), 0);
    assert_int_equal(fault_pass("x"), 0);
    assert_int_equal(fault_arm(NULL, NULL), 0);
    assert_int_equal(fault_arm("", NULL), 0);
}

static void more_faults_than_there_is_room_for_are_refused(void **state)
{
    char spec[4096] = "";
    size_t len = 0;
    for (int i = 0; i < 33; i++) {
        len += (size_t)snprintf(spec + len, sizeof spec - len, "test.%d=fail,", i);
    }
    struct err e = ERR_INIT;
    assert_int_equal(fault_arm(spec, &e), -1);
    assert_int_equal(e.kind, ERR_INVALID);
}

/* The trace file's text, yours to read until the next call. */
static const char *read_trace(void)
{
    static char text[4096];
    FILE *f = fopen(trace_path, "r");
    assert_non_null(f);
    size_t len = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[len] = '\0';
    return text;
}

static void the_trace_holds_each_name_with_its_passages(void **state)
{
    fault_pass("trace.one");
    fault_fails("trace.two");
    fault_pass("trace.one");
    fault_trace_flush();
    fault_trace_flush();
    const char *text = read_trace();
    const char *first = strstr(text, "trace.one 2\n");
    assert_non_null(first);
    assert_null(strstr(first + 1, "trace.one"));
    assert_non_null(strstr(text, "trace.two 1 fails\n"));
}

static void the_trace_goes_on_where_it_was_flushed(void **state)
{
    fault_pass("trace.more");
    fault_trace_flush();
    fault_pass("trace.more");
    fault_pass("trace.more");
    fault_trace_flush();
    assert_non_null(strstr(read_trace(), "trace.more 1\ntrace.more 2\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(nothing_is_armed_at_first, disarm),
        cmocka_unit_test_teardown(a_fault_fails_once_at_the_passage_it_names, disarm),
        cmocka_unit_test_teardown(without_a_number_the_first_passage_is_meant, disarm),
        cmocka_unit_test_teardown(a_star_fails_always_from_its_passage_on, disarm),
        cmocka_unit_test_teardown(a_share_fails_that_many_in_a_hundred_always_the_same_ones,
                                  disarm),
        cmocka_unit_test_teardown(a_span_fails_from_its_passage_on_until_it_is_over, disarm),
        cmocka_unit_test_teardown(a_passage_that_is_held_up_goes_on_when_its_time_is_over, disarm),
        cmocka_unit_test_teardown(a_stop_is_a_SIGTERM_to_the_process, disarm),
        cmocka_unit_test_teardown(several_faults_count_apart, disarm),
        cmocka_unit_test_teardown(a_crash_ends_the_process_with_70_at_once, disarm),
        cmocka_unit_test_teardown(a_spec_that_is_not_one_is_refused_and_arms_nothing, disarm),
        cmocka_unit_test_teardown(more_faults_than_there_is_room_for_are_refused, disarm),
        cmocka_unit_test_teardown(the_trace_holds_each_name_with_its_passages, disarm),
        cmocka_unit_test_teardown(the_trace_goes_on_where_it_was_flushed, disarm),
    };
    int fd = mkstemp(trace_path);
    if (fd == -1 || setenv("LADLE_FAULT_TRACE", trace_path, 1) == -1) {
        return 1;
    }
    close(fd);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(trace_path);
    return failed;
}
