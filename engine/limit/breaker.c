/*
 * The breaker of one connection: closed, open until a time, then half open for one call, and closed
 * again with a slow start. The pause doubles from one opening to the next and falls back at the
 * first success.
 *
 * Time after the opening, and after the slow start began, is counted in seconds, of which the n-th
 * has room for 2^n calls. While it is open each who asks is promised a place in the seconds that
 * follow it, and waits in the store for that; in the slow start a second lets in what it has room
 * for, and who comes too much is promised a place further on. A promise is a time to come back, not
 * a right. Embedded in the connection; loop thread.
 */
#include "limit/breaker.h"

#include "base/clock.h"

static const int64_t second_us = 1000 * 1000;

static int64_t full_rate(const struct breaker *b)
{
    return b->rate > 0 && b->rate < BREAKER_RATE_MAX ? b->rate : BREAKER_RATE_MAX;
}

static int64_t room_of(const struct breaker *b, int64_t second)
{
    int64_t room = second < 7 ? INT64_C(1) << second : BREAKER_RATE_MAX;
    return room < full_rate(b) ? room : full_rate(b);
}

/* The number of the second after `from_us` that it is now; -1: not yet. */
static int64_t second_since(int64_t from_us)
{
    int64_t passed = clock_mono_us() - from_us;
    return passed < 0 ? -1 : passed / second_us;
}

/* A place in a later second after from_us; its monotonic time. */
static int64_t promise(struct breaker *b, int64_t from_us)
{
    int64_t now = second_since(from_us);
    if (b->promised.number <= now) {
        b->promised = (struct breaker_second){ .number = now + 1 };
    } else if (b->promised.calls >= room_of(b, b->promised.number)) {
        b->promised = (struct breaker_second){ .number = b->promised.number + 1 };
    }
    int64_t place = b->promised.calls++;
    return from_us + b->promised.number * second_us +
           place * second_us / room_of(b, b->promised.number);
}

static int refuse_call(struct breaker *b, const char *name, int64_t from_us, struct err *e)
{
    int64_t wait_us = promise(b, from_us) - clock_mono_us();
    if (b->is_starting) {
        (void)err_set(e, ERR_UNAVAILABLE, "%s: not called yet, as the service has just come back",
                      name);
    } else {
        (void)err_set(e, ERR_UNAVAILABLE,
                      "%s: not called, as its last %d calls found the service down", name,
                      b->failures);
    }
    if (e != NULL) {
        e->retry_at_us = clock_wall_us() + wait_us;
    }
    return -1;
}

/* Ends a slow start that has reached the full rate. */
static void end_start(struct breaker *b)
{
    if (b->is_starting && room_of(b, second_since(b->start_us)) == full_rate(b)) {
        b->is_starting = false;
        b->since_us = 0;
    }
}

static bool has_room(const struct breaker *b)
{
    int64_t now = second_since(b->start_us);
    return b->let_in.number != now || b->let_in.calls < room_of(b, now);
}

int breaker_check(struct breaker *b, const char *name, struct err *e)
{
    end_start(b);
    if (b->is_starting) {
        return has_room(b) ? 0 : refuse_call(b, name, b->start_us, e);
    }
    if (b->pause_us > 0 && (b->is_trying || clock_mono_us() < b->open_until_us)) {
        return refuse_call(b, name, b->open_until_us, e);
    }
    return 0;
}

int breaker_enter(struct breaker *b, const char *name, bool *is_trial, struct err *e)
{
    if (breaker_check(b, name, e) == -1) {
        return -1;
    }
    if (b->is_starting) {
        int64_t now = second_since(b->start_us);
        b->let_in.calls = b->let_in.number == now ? b->let_in.calls + 1 : 1;
        b->let_in.number = now;
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
    b->since_us = b->since_us > 0 ? b->since_us : clock_wall_us();
    b->is_starting = false;
    b->promised = (struct breaker_second){ .number = -1 };
}

static void start_slowly(struct breaker *b)
{
    b->pause_us = 0;
    b->is_trying = false;
    b->is_starting = true;
    b->start_us = clock_mono_us();
    b->let_in = b->promised = (struct breaker_second){ .number = -1 };
}

void breaker_report(struct breaker *b, bool is_trial, bool is_down)
{
    end_start(b);
    breaker_release(b, is_trial);
    if (!is_down) {
        b->failures = 0;
        if (b->pause_us > 0) {
            start_slowly(b);
        }
        return;
    }
    b->failures++;
    /* Calls that were under way when it opened end later and do not lengthen the pause. */
    if (is_trial ? b->pause_us > 0 : b->pause_us == 0 && b->failures >= BREAKER_FAILURES) {
        open_again(b);
    }
}

void breaker_release(struct breaker *b, bool is_trial)
{
    if (is_trial) {
        b->is_trying = false;
    }
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
    b->promised = (struct breaker_second){ .number = -1 };
}
