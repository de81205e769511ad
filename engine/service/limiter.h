#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/list.h"
#include "format/json.h"
#include "net/http_client.h"
#include "net/loop.h"

/* Keeps the calls of one connection within the service's limits (promise P6): in no window of
 * the length that the service counts in are more calls sent than it allows. Two connections to one
 * account do not know of each other but through what the service's headers say. Loop thread. */
struct limiter;

/* How long a call waits in memory at most; where the limit is closed for longer the call fails
 * with ERR_RATE_LIMITED and the time at which it makes sense, so that the run waits in the
 * store. */
enum { LIMITER_WAIT_MAX_US = 60 * 1000 * 1000 };

/* One call's place in the queue; embedded by its owner. */
struct limiter_wait {
    struct list link; /* private */
    /* Called in the loop: e NULL: the slot is the caller's, who must call limiter_sent or
     * limiter_release. */
    void (*ready)(struct limiter_wait *w, const struct err *e);
};

/* `limits` is a connector's list of {requests, per_ms}, `headers` its rate_headers; both may be
 * NULL, and are borrowed. `name` stands in messages and is borrowed. */
struct limiter *limiter_new(struct loop *l, const char *name, const json_t *limits,
                            const json_t *headers);
void limiter_free(struct limiter *l); /* nobody may wait any more */

/* Queues, first come first served; ready is called later, never from within. */
void limiter_wait(struct limiter *l, struct limiter_wait *w);
/* While it waits; may be called twice. */
void limiter_cancel(struct limiter *l, struct limiter_wait *w);
void limiter_sent(struct limiter *l);    /* the slot's call goes out now */
void limiter_release(struct limiter *l); /* the slot is not used */

/* What an answer (or NULL: none came) says of the limit. Every sent call must end with one
 * limiter_answered. Returns the wall time before which a call makes no sense, 0: at once. */
int64_t limiter_answered(struct limiter *l, const struct http_response *res);

/* The time that a Retry-After header names (seconds, or an HTTP date), as wall time; 0 where
 * there is none that makes sense. */
int64_t limiter_retry_after(const struct http_response *res);
