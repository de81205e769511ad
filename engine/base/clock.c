/*
 * Time and randomness, through one replaceable table: nothing else in the engine asks the system
 * for either, so that a test can run a year in a moment and a simulator can run everything from a
 * seed. Holds one borrowed pointer, set before threads start. The system's own functions may be
 * called from any thread.
 */
#include "base/clock.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

enum { RANDOM_FEW = 16, RANDOM_STOCK = 256 };

static int64_t read_us(clockid_t id)
{
    struct timespec ts = { 0 };
    int rc = clock_gettime(id, &ts);
    assert(rc == 0); /* both clocks exist on every Linux */
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static int64_t system_wall_us(void *ud)
{
    return read_us(CLOCK_REALTIME);
}

static int64_t system_mono_us(void *ud)
{
    return read_us(CLOCK_MONOTONIC);
}

/* Ends the process where the kernel has no random numbers: going on with weak ones would be
 * worse. */
static void ask_kernel(unsigned char *at, size_t len)
{
    while (len > 0) {
        ssize_t n = getrandom(at, len, 0);
        if (n == -1 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            abort();
        }
        at += n;
        len -= (size_t)n;
    }
}

/* A few bytes (an id takes ten) come from a stock, one call of the kernel for many; what was handed
 * out is overwritten there. Keys are longer, and never lie in it. */
static void system_random(void *ud, void *out, size_t len)
{
    static _Thread_local unsigned char stock[RANDOM_STOCK];
    static _Thread_local size_t left;
    if (len > RANDOM_FEW) {
        ask_kernel(out, len);
        return;
    }
    if (left < len) {
        ask_kernel(stock, sizeof stock);
        left = sizeof stock;
    }
    left -= len;
    memcpy(out, stock + left, len);
    memset(stock + left, 0, len);
}

static const struct clock system_clock = { system_wall_us, system_mono_us, system_random, NULL };
static const struct clock *current = &system_clock;

int64_t clock_wall_us(void)
{
    return current->wall_us(current->ud);
}

int64_t clock_mono_us(void)
{
    return current->mono_us(current->ud);
}

void clock_random(void *out, size_t len)
{
    current->random(current->ud, out, len);
}

uint64_t clock_random_below(uint64_t n)
{
    assert(n > 0);
    /* Values in the incomplete last stretch of 2^64 would favour small results: draw again. */
    uint64_t surplus = (UINT64_MAX % n + 1) % n;
    uint64_t value;
    do {
        clock_random(&value, sizeof value);
    } while (surplus != 0 && value > UINT64_MAX - surplus);
    return value % n;
}

void clock_replace(const struct clock *c)
{
    current = c != NULL ? c : &system_clock;
}
