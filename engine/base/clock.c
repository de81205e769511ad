/*
 * Time and randomness, through one replaceable table: nothing else in the engine asks the system
 * for either, so that a test can run a year in a moment and a simulator can run everything from a
 * seed. Holds one borrowed pointer, set before threads start. The system's own functions may be
 * called from any thread.
 *
 * A clock that is held is the time since the boot and one number, the offset, which the loop's
 * thread changes and others read.
 *
 * A test of the whole program sets its clock through a file that LADLE_CLOCK names: its first eight
 * bytes are microseconds that the wall clock is off by, read at every look at the clock. Only where
 * faults are compiled in (base/fault.h).
 */
#include "base/clock.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

enum { RANDOM_FEW = 16, RANDOM_STOCK = 256, BOOT_ID_TEXT = 36 };

static int64_t read_us(clockid_t id)
{
    struct timespec ts = { 0 };
    int rc = clock_gettime(id, &ts);
    assert(rc == 0); /* both clocks exist on every Linux */
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* --- the file of a test --- */

#ifndef NO_FAULTS
static const _Atomic int64_t *shift; /* or NULL */
static pthread_once_t shift_once = PTHREAD_ONCE_INIT;

static void find_shift(void)
{
    const char *path = getenv("LADLE_CLOCK");
    int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd == -1) {
        return;
    }
    void *at = mmap(NULL, sizeof *shift, PROT_READ, MAP_SHARED, fd, 0);
    shift = at != MAP_FAILED ? at : NULL;
    (void)close(fd); /* it was only read */
}

static int64_t shift_us(void)
{
    (void)pthread_once(&shift_once, find_shift); /* cannot fail */
    return shift != NULL ? atomic_load_explicit(shift, memory_order_relaxed) : 0;
}
#else
static int64_t shift_us(void)
{
    return 0;
}
#endif

/* --- the system's --- */

static int64_t system_wall_us(void *ud)
{
    return read_us(CLOCK_REALTIME) + shift_us();
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

/* --- the clock that does not jump --- */

static uint64_t replaced_boot = 1;
static atomic_bool is_held;
static _Atomic int64_t offset_us; /* of a clock that is held: wall time less time since the boot */

int64_t clock_since_boot_us(void)
{
    return current == &system_clock ? read_us(CLOCK_BOOTTIME) : current->mono_us(current->ud);
}

/* FNV-1a of the text that the kernel gives each start of the machine. */
static uint64_t read_boot(void)
{
    char text[BOOT_ID_TEXT];
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    ssize_t len = fd != -1 ? read(fd, text, sizeof text) : 0;
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (ssize_t i = 0; i < len; i++) {
        hash = (hash ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
    }
    if (fd != -1) {
        (void)close(fd); /* it was only read */
    }
    return len == sizeof text ? hash : 0;
}

uint64_t clock_boot(void)
{
    return current == &system_clock ? read_boot() : replaced_boot;
}

void clock_replace_boot(uint64_t boot)
{
    replaced_boot = boot;
}

static int64_t told_us(void)
{
    return current->wall_us(current->ud);
}

void clock_hold(void)
{
    atomic_store(&offset_us, told_us() - clock_since_boot_us());
    atomic_store(&is_held, true);
}

void clock_let_go(void)
{
    atomic_store(&is_held, false);
}

int64_t clock_look(void)
{
    if (!atomic_load(&is_held)) {
        return 0;
    }
    int64_t offset = told_us() - clock_since_boot_us();
    int64_t by_us = offset - atomic_load(&offset_us);
    atomic_store(&offset_us, offset);
    return by_us >= CLOCK_JUMP_US || by_us <= -CLOCK_JUMP_US ? by_us : 0;
}

int64_t clock_wall_us(void)
{
    if (!atomic_load_explicit(&is_held, memory_order_relaxed)) {
        return told_us();
    }
    return clock_since_boot_us() + atomic_load_explicit(&offset_us, memory_order_relaxed);
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
