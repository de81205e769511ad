#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* Spares a service that is down, and the runs that would wait for it: after BREAKER_FAILURES
 * calls in a row that it could not serve, no call is made for a while; then one is, and its end
 * decides. Loop thread. */
enum {
    BREAKER_FAILURES = 5,
    BREAKER_FIRST_US = 5 * 1000 * 1000,
    BREAKER_LONGEST_US = 60 * 1000 * 1000
};

struct breaker {
    int failures;          /* in a row */
    int64_t pause_us;      /* of the last opening; 0: closed */
    int64_t open_until_us; /* monotonic */
    bool is_trying;        /* the one call is under way */
};

/* Whether a call may be made; else ERR_UNAVAILABLE with retry_at_us. Changes nothing. */
int breaker_check(const struct breaker *b, const char *name, struct err *e);
/* The same, and the caller makes the call: it must end with breaker_report or breaker_release,
 * given *is_trial, which says that this is the one call of a half-open breaker. */
int breaker_enter(struct breaker *b, const char *name, bool *is_trial, struct err *e);
/* How the call ended. */
void breaker_report(struct breaker *b, bool is_trial, bool is_down);
/* It was not made, or nobody learned how it ended. */
void breaker_release(struct breaker *b, bool is_trial);
bool breaker_is_open(const struct breaker *b);
