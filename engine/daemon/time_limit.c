/* Ends the process when a stop takes too long: a SIGALRM, whose handler does nothing but what a
 * handler may do. */
#include "daemon/time_limit.h"

#include <assert.h>
#include <signal.h>
#include <unistd.h>

#include "base/fault.h"

static void end_process(int signum)
{
    static const char text[] =
        "ladle: the stop took too long (does the disk not answer?): ended as by a crash; what was "
        "acknowledged is stored\n";
    ssize_t n = write(STDERR_FILENO, text, sizeof text - 1);
    (void)n; /* nothing more can be done */
    _exit(1);
}

void time_limit_set(unsigned seconds)
{
    struct sigaction a = { .sa_handler = end_process };
    int rc = sigaction(SIGALRM, &a, NULL);
    assert(rc == 0);      /* fails only for a bad signal number */
    (void)alarm(seconds); /* says what was left of an earlier one */
}

void time_limit_clear(void)
{
    (void)alarm(0); /* as above */
}
