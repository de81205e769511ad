#pragma once

#include "call/call_set.h"

/* One API call from start to classified answer: token → limiter → a connection (seats.h) → breaker →
 * before_send → send → classify. */
struct service_call;

struct call_opts {
    struct connection *connection;
    const struct operation *operation;
    json_t *input;     /* reference taken */
    const char *group; /* who shares the limit in turns: the recipe's name, or NULL; borrowed during
                          the call to call_start */
    bool is_backfill;  /* not about something that just happened: leaves room for calls that are */
    /* Its run can wait in the store: where the limit, the breaker or the queue for a connection would
     * hold it up for more than about a second, and nothing was announced yet, it ends with ERR_TURN
     * at once. */
    bool may_be_put_off;
    bool is_fresh;      /* the answer is not to be one that was kept for a while (cache.h) */
    int64_t timeout_us; /* from sending on; 0: the operation's, else 30 s */
    const char *idempotency_key; /* borrowed during the call to call_start; sent where the operation
                                    names a header; or NULL */
    /* For operations that are not idempotent: called when all is ready and before the first byte is
     * sent; the owner commits its "started" record and then calls call_go. NULL: goes at once. */
    void (*before_send)(void *ud, struct service_call *call);
    /* Called once, in the loop, never from within call_start. output (borrowed) or e; kinds: see
     * err.h. ERR_UNKNOWN: sent, and the end does not tell whether it took effect (no answer, a
     * senseless one, a 500 or 504 …); only for what is not idempotent by operation and input
     * (ERR_TIMEOUT, ERR_UNAVAILABLE else). answer: of an error, the body's first 2 KiB with secrets
     * removed, or NULL. */
    void (*done)(void *ud, json_t *output, const struct err *e, const char *answer);
    void *ud;
};

/* Validates the input against the operation's schema, then waits for its turn. Never NULL: an
 * error comes through done. */
struct service_call *call_start(struct call_set *k, const struct call_opts *o);
void call_go(struct service_call *call);
/* done is not called any more. Where bytes may have left the outcome is unknown: true. */
bool call_cancel(struct service_call *call);

/* Looks for an effect of unknown outcome, as the operation's probe says: output as probe_read has it.
 * Errors as any call; ERR_UNKNOWN where it cannot be looked for. `since_us`: wall time at which the
 * effect was started; `mark`: it was sent with this one, or NULL. */
struct service_call *call_probe(struct call_set *k, const struct call_opts *o, int64_t since_us,
                                const char *mark);
