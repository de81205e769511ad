#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/list.h"
#include "format/json.h"
#include "limit/fair_queue.h"
#include "net/http_client.h"
#include "net/loop.h"

/* Keeps calls within a service's limits (promise P6): in no window of the length that the service
 * counts in does it see more calls than it allows. Who shares a limit shares a limiter (limits.h).
 *
 * It is fair between groups (recipes), and keeps room for events: backfills never take more than
 * four fifths of a window, and while both wait at most every fifth slot. Loop thread. */
struct limiter;

enum {
    /* How long a call waits in memory at most; where the limit is closed for longer the call fails
     * with ERR_RATE_LIMITED and the time at which it makes sense. */
    LIMITER_WAIT_MAX_US = 60 * 1000 * 1000,
    /* The same for a call that can be put off, as its run can wait in the store. */
    LIMITER_WAIT_SHORT_US = 1000 * 1000,
    LIMITER_EVENTS_SHARE = 5 /* one of so many calls is kept for what is no backfill */
};

/* One call's place in the queue, and then its slot; embedded by its owner, zeroed but for: */
struct limiter_wait {
    struct fair_entry entry; /* private */
    const char *group;       /* borrowed while it waits; may be NULL */
    bool is_backfill;
    bool is_short; /* waits LIMITER_WAIT_SHORT_US at most */
    /* Called in the loop: e NULL: the slot is the caller's, who must call limiter_sent or
     * limiter_release. */
    void (*ready)(struct limiter_wait *w, const struct err *e);
};

struct limiter_opts {
    struct loop *loop;
    const char *name;      /* in messages; borrowed */
    const json_t *limits;  /* a connector's list of {requests, per_ms}, or NULL; read at once */
    const json_t *headers; /* its rate_headers, or NULL; borrowed */
    /* Asks to keep limiter_state, and then to call limiter_kept. Until that has happened only so
     * many calls go as the state before it foresaw. NULL: nothing is kept. */
    void (*keep)(void *ud, struct limiter *l);
    void *ud;
};
struct limiter *limiter_new(const struct limiter_opts *o);
void limiter_free(struct limiter *l); /* nobody may wait any more */

/* Queues; ready is called later, never from within. */
void limiter_wait(struct limiter *l, struct limiter_wait *w);
/* How many calls of that kind may begin within LIMITER_WAIT_SHORT_US, beside those that wait already;
 * INT64_MAX: any number. */
int64_t limiter_room(struct limiter *l, bool is_backfill);
/* The same as an error where that is none: ERR_RATE_LIMITED with retry_at_us and status 0. */
int limiter_check(struct limiter *l, bool is_backfill, struct err *e);
/* While it waits; may be called twice. */
void limiter_cancel(struct limiter *l, struct limiter_wait *w);
void limiter_sent(struct limiter *l, const struct limiter_wait *w);    /* its call goes out now */
void limiter_release(struct limiter *l, const struct limiter_wait *w); /* the slot is not used */

/* What an answer (or NULL: none came) says of the limit. Every sent call must end with one
 * limiter_answered. Returns the wall time before which a call makes no sense, 0: at once. */
int64_t limiter_answered(struct limiter *l, const struct limiter_wait *w,
                         const struct http_response *res);

/* Calls a second by its shortest window, at least 1; 0: any number. What a day allows says nothing of
 * how fast calls may come now. */
int64_t limiter_rate(const struct limiter *l);

/* --- over a restart --- */

/* What has to be known of this limiter after a crash at any moment from now on: its windows, and
 * how many calls may have been made that are not in them. Or, with is_last, after a clean stop. New
 * reference. */
json_t *limiter_state(struct limiter *l, bool is_last);
/* The answer to opts.keep: the state is committed. */
void limiter_kept(struct limiter *l);
/* Into a new limiter: the state that was kept at that wall time. Calls that may have been made
 * count as made. */
void limiter_restore(struct limiter *l, const json_t *state, int64_t kept_us);

/* The time that a Retry-After header names (seconds, or an HTTP date), as wall time; 0 where
 * there is none that makes sense. */
int64_t limiter_retry_after(const struct http_response *res);
