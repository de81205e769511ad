/*
 * The breaker of one connection: closed, open until a time, then half open for one call, and closed
 * again with a slow start. The pause doubles from one opening to the next and falls back at the
 * first success.
 *
 * The slow start goes by answers, not by time: a service that can do it is at its full rate within
 * a few round trips, and one that cannot is given no more than twice what it has answered. Whoever
 * is sent away waits in the store (run/turns.h), so nobody is promised a moment here. Embedded in
 * the connection; loop thread.
 */
#include "limit/breaker.h"

#include "base/clock.h"

static int64_t full_rate(const struct breaker *b)
{
    return b->rate > 0 && b->rate < BREAKER_RATE_MAX ? b->rate : BREAKER_RATE_MAX;
}

/* Ends a slow start that has reached the full rate, or has taken its time. */
static void end_start(struct breaker *b)
{
    if (b->is_starting &&
        (b->good >= full_rate(b) || clock_mono_us() - b->start_us >= BREAKER_START_US)) {
        b->is_starting = false;
        b->since_us = 0;
    }
}

int64_t breaker_room(struct breaker *b, int64_t *again_us)
{
    int64_t left = b->open_until_us - clock_mono_us();
    end_start(b);
    *again_us = BREAKER_LOOK_US;
    if (b->is_starting) {
        return b->may_begin;
    }
    if (b->pause_us == 0) {
        return INT64_MAX;
    }
    if (left > 0) {
        *again_us = left;
        return 0;
    }
    return b->is_trying ? 0 : 1;
}

static int refuse_call(const struct breaker *b, const char *name, int64_t again_us, struct err *e)
{
    if (b->is_starting) {
        (void)err_set(e, ERR_UNAVAILABLE, "%s: not called yet, as the service has just come back",
                      name);
    } else {
        (void)err_set(e, ERR_UNAVAILABLE,
                      "%s: not called, as its last %d calls found the service down", name,
                      b->failures);
    }
    if (e != NULL) {
        e->retry_at_us = clock_wall_us() + again_us;
    }
    return -1;
}

int breaker_check(struct breaker *b, const char *name, struct err *e)
{
    int64_t again_us;
    return breaker_room(b, &again_us) > 0 ? 0 : refuse_call(b, name, again_us, e);
}

int breaker_enter(struct breaker *b, const char *name, bool *is_trial, struct err *e)
{
    if (breaker_check(b, name, e) == -1) {
        return -1;
    }
    b->may_begin -= b->is_starting;
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
    b->since_us = b->since_us > 0 ? b->since_us : clock_wall_us();
    b->is_starting = false;
}

static void note_good(struct breaker *b)
{
    b->failures = 0;
    if (b->pause_us > 0) {
        b->pause_us = 0;
        b->is_trying = false;
        b->is_starting = true;
        b->start_us = clock_mono_us();
        b->good = b->may_begin = 0;
    }
    if (b->is_starting) {
        b->good++;
        b->may_begin += 2;
    }
}

void breaker_report(struct breaker *b, bool is_trial, bool is_down)
{
    end_start(b);
    b->is_trying = b->is_trying && !is_trial;
    if (!is_down) {
        note_good(b);
        return;
    }
    b->failures++;
    int enough = b->is_starting ? BREAKER_FAILURES_EARLY : BREAKER_FAILURES;
    /* Calls that were under way when it opened end later and do not lengthen the pause. */
    if (is_trial ? b->pause_us > 0 : b->pause_us == 0 && b->failures >= enough) {
        open_again(b);
    }
}

void breaker_release(struct breaker *b, bool is_trial)
{
    b->is_trying = b->is_trying && !is_trial;
    b->may_begin += b->is_starting && !is_trial;
}

enum breaker_state breaker_state(const struct breaker *b)
{
    return b->pause_us == 0 ? BREAKER_CLOSED : b->is_trying ? BREAKER_HALF_OPEN : BREAKER_OPEN;
}

const char *breaker_state_name(enum breaker_state s)
{
    static const char *const names[] = { "closed", "open", "half_open" };
    return names[s];
}

int64_t breaker_opens_until(const struct breaker *b)
{
    return b->pause_us > 0 ? clock_wall_us() + b->open_until_us - clock_mono_us() : 0;
}

void breaker_restore(struct breaker *b, int64_t since_us, int64_t until_us)
{
    int64_t left = until_us - clock_wall_us();
    left = left < BREAKER_LONGEST_US ? left : BREAKER_LONGEST_US; /* the wall clock may jump */
    b->failures = BREAKER_FAILURES;
    b->pause_us = BREAKER_FIRST_US;
    b->since_us = since_us;
    b->open_until_us = clock_mono_us() + (left > 0 ? left : 0);
}
