#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* Spares a service that is down, and the runs that would wait for it: after BREAKER_FAILURES
 * calls in a row that it could not serve, no call is made for a while, BREAKER_LONGEST_US at most;
 * then one is, and its end decides. When the service is back calls begin with one, and each good
 * answer lets two more begin, so it doubles as fast as the service answers. That is over with as
 * many good answers as its limits allow in a second, or after BREAKER_START_US. Who comes too much
 * is sent away, and asks breaker_room when to come again. Loop thread.
 */
enum {
    BREAKER_FAILURES = 5,
    BREAKER_FAILURES_EARLY = 2, /* in the slow start: it is not back */
    BREAKER_FIRST_US = 1000 * 1000,
    BREAKER_LONGEST_US = 10 * 1000 * 1000,
    BREAKER_START_US = 4 * 1000 * 1000, /* of a service that answers slowly */
    BREAKER_LOOK_US = 100 * 1000,       /* what depends on answers is looked at again after that */
    BREAKER_RATE_MAX = 128              /* calls a second at which every slow start is over */
};

enum breaker_state { BREAKER_CLOSED, BREAKER_OPEN, BREAKER_HALF_OPEN };

/* Embedded by its owner; zeroed: closed. */
struct breaker {
    int64_t rate;          /* the owner's: calls a second that the service allows, 0: any number */
    int failures;          /* in a row */
    int64_t pause_us;      /* of the last opening; 0: closed */
    int64_t open_until_us; /* monotonic */
    int64_t since_us;      /* wall time at which it opened first; 0: all is well */
    bool is_trying;        /* the one call is under way */
    bool is_starting;      /* closed, in the slow start */
    int64_t start_us;      /* of the slow start; monotonic */
    int64_t good;          /* answers in it */
    int64_t may_begin;     /* calls that it lets in before the next of them */
};

/* How many calls may begin now, INT64_MAX: any number. Where that is none, *again_us says after how
 * long to ask again. */
int64_t breaker_room(struct breaker *b, int64_t *again_us);
/* Whether a call may be made; else ERR_UNAVAILABLE with retry_at_us and status 0. */
int breaker_check(struct breaker *b, const char *name, struct err *e);
/* The same, and the caller makes the call: it must end with breaker_report or breaker_release,
 * given *is_trial, which says that this is the one call of a half-open breaker. */
int breaker_enter(struct breaker *b, const char *name, bool *is_trial, struct err *e);
/* How the call ended. */
void breaker_report(struct breaker *b, bool is_trial, bool is_down);
/* It was not made, or nobody learned how it ended. */
void breaker_release(struct breaker *b, bool is_trial);

enum breaker_state breaker_state(const struct breaker *b);
const char *breaker_state_name(enum breaker_state s); /* "closed", "open", "half_open" */
/* Wall time at which the next call may be made; 0: it is not open. */
int64_t breaker_opens_until(const struct breaker *b);
/* As it was before a restart: open since and until these wall times. */
void breaker_restore(struct breaker *b, int64_t since_us, int64_t until_us);
