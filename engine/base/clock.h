#pragma once

#include <stddef.h>
#include <stdint.h>

/* The only source of time and randomness. Both can be replaced, so that tests run in virtual time
 * and from a seed. Wall time is microseconds since 1970 UTC; monotonic time has no meaning but its
 * differences. The two never mix. */
struct clock {
    int64_t (*wall_us)(void *ud);
    int64_t (*mono_us)(void *ud);
    void (*random)(void *ud, void *out, size_t len);
    void *ud;
};

int64_t clock_wall_us(void);
int64_t clock_mono_us(void);
void clock_random(void *out, size_t len); /* cryptographically strong unless replaced */
uint64_t clock_random_below(uint64_t n);  /* 0 … n-1, unbiased; n > 0 */

/* NULL puts the system's clock back. The table is borrowed. Not for use while threads run. */
void clock_replace(const struct clock *c);
