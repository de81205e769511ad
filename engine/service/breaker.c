/*
 * The breaker of one connection: closed, open until a time, then half open for one call. The pause
 * doubles from one opening to the next and falls back at the first success. Embedded in the
 * connection; loop thread.
 */
#include "service/breaker.h"

#include "base/clock.h"

enum {
    TRIAL_WAIT_US = 1000 * 1000
}; /* how long the others are sent away while the one call is under way */

static int refuse(const struct breaker *b, const char *name, int64_t wait_us, struct err *e)
{
    (void)err_set(e, ERR_UNAVAILABLE, "%s: not called, as its last %d calls found the service down",
                  name, b->failures);
    if (e != NULL) {
        e->retry_at_us = clock_wall_us() + wait_us;
    }
    return -1;
}

int breaker_check(const struct breaker *b, const char *name, struct err *e)
{
    if (b->pause_us == 0) {
        return 0;
    }
    int64_t left_us = b->open_until_us - clock_mono_us();
    if (left_us > 0) {
        return refuse(b, name, left_us, e);
    }
    return b->is_trying ? refuse(b, name, TRIAL_WAIT_US, e) : 0;
}

int breaker_enter(struct breaker *b, const char *name, bool *is_trial, struct err *e)
{
    if (breaker_check(b, name, e) == -1) {
        return -1;
    }
    *is_trial = b->pause_us > 0;
    b->is_trying = *is_trial;
    return 0;
}

static void open_again(struct breaker *b)
{
    int64_t doubled = b->pause_us * 2;
    b->pause_us = b->pause_us == 0               ? BREAKER_FIRST_US
                  : doubled < BREAKER_LONGEST_US ? doubled
                                                 : BREAKER_LONGEST_US;
    b->open_until_us = clock_mono_us() + b->pause_us;
}

void breaker_report(struct breaker *b, bool is_trial, bool is_down)
{
    breaker_release(b, is_trial);
    if (!is_down) {
        *b = (struct breaker){ .failures = 0 };
        return;
    }
    b->failures++;
    /* Calls that were under way when it opened end later and do not lengthen the pause. */
    if (is_trial || (b->pause_us == 0 && b->failures >= BREAKER_FAILURES)) {
        open_again(b);
    }
}

void breaker_release(struct breaker *b, bool is_trial)
{
    if (is_trial) {
        b->is_trying = false;
    }
}

bool breaker_is_open(const struct breaker *b)
{
    return b->pause_us > 0;
}
