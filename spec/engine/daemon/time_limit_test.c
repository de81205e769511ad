/* The last resort of a stop: a process that hangs ends, one that ends in time is left alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/time_limit.h"

/* The exit code of a child in which that happens; 128 and the signal where one ends it. */
static int end_of(void (*act)(void))
{
    (void)fflush(NULL);
    pid_t child = fork();
    assert_int_not_equal(child, -1);
    if (child == 0) {
        act();
        _exit(7);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void hang(void)
{
    time_limit_set(1);
    for (;;) {
        (void)pause();
    }
}

static void end_in_time(void)
{
    time_limit_set(1);
    time_limit_clear();
    (void)sleep(2); /* a limit that still stood would end it */
}

static void what_hangs_is_ended_with_1(void **state)
{
    (void)state;
    assert_int_equal(end_of(hang), 1);
}

static void what_ends_in_time_is_left_alone(void **state)
{
    (void)state;
    assert_int_equal(end_of(end_in_time), 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_hangs_is_ended_with_1),
        cmocka_unit_test(what_ends_in_time_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
