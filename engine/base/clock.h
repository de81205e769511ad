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

/* --- what survives a wall clock that is put forward or back --- */

/* Time since the machine was started, its sleep included, which nobody can set; and a number that
 * tells this start of the machine from all others (0: nobody knows). */
int64_t clock_since_boot_us(void);
uint64_t clock_boot(void);

/* From here on clock_wall_us goes by time since the boot and does not jump; it stays behind, or
 * ahead of, the system's clock when that is set, until clock_look says so. For the engine: what it
 * has stored of times to come moves in the same moment (store/clock_row.h). */
void clock_hold(void);
void clock_let_go(void);
/* Follows the system's clock: by how much that was set since the last look, 0 where it was not by
 * as much as CLOCK_JUMP_US (what is less, as NTP makes it, is followed in silence). */
int64_t clock_look(void);
#define CLOCK_JUMP_US (INT64_C(2) * 1000 * 1000)

/* NULL puts the system's clock back. The table is borrowed. Not for use while threads run. */
void clock_replace(const struct clock *c);
/* What clock_boot gives beside a replaced clock, whose mono_us counts from then on; 1 at first. */
void clock_replace_boot(uint64_t boot);
