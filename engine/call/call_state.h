#pragma once

#include "call/call.h"
#include "call/probe.h"
#include "call/request.h"
#include "call/seats.h"
#include "connection/connection_state.h"
#include "net/timer.h"
#include "token/token.h"

/* What a call is made of, for the files that share its way: call.c, cache.c, batch.c. */
enum call_stage {
    STAGE_START, /* waits for the loop */
    STAGE_TOKEN,
    STAGE_LIMIT,
    STAGE_SEAT,  /* has a slot of the limiter, and waits for a connection to the host */
    STAGE_OWNER, /* has both */
    STAGE_SENDING,
    STAGE_FOLLOWING, /* another call goes for it too */
};

struct call_set {
    const struct connection_env *env;
    struct list calls; /* struct service_call: not ended */
    struct limits *limits;
    struct cache *cache;
    struct seats *seats;
};

struct service_call {
    struct list link; /* in the set */
    struct call_set *set;
    struct connection *c;
    const struct operation *op;
    json_t *input;
    int64_t timeout_us;
    char *key;
    void (*before_send)(void *ud, struct service_call *call);
    void (*done)(void *ud, json_t *output, const struct err *e, const char *answer);
    void *ud;
    enum call_stage stage;
    struct timer timer;
    struct token_wait token_wait;
    struct limiter *limiter; /* from STAGE_LIMIT on */
    struct limiter_wait limiter_wait;
    struct seat_wait seat;
    char *group; /* or NULL */
    struct request request;
    struct http_call *http;
    struct probe *probe; /* NULL: a call of its own */
    struct err *early;   /* it can only fail; or NULL */
    bool is_idempotent;
    bool may_be_put_off;
    bool is_announced; /* before_send has had its turn */
    bool was_sent;
    bool has_token; /* the request carries it */
    bool has_refreshed;
    bool is_trial;                /* of a half-open breaker */
    uint64_t generation;          /* of the token that it was sent with */
    int64_t sent_us;              /* monotonic */
    bool is_fresh;                /* not from the cache */
    char *cache_key;              /* NULL: its answer is not kept */
    const struct operation *many; /* it was folded: what goes out is a request of this one */
    bool is_alone;                /* not to be folded again */
    struct list followers;        /* calls that get their answer of this one */
    struct list follow_link;      /* in another's followers */
};

/* Ends the call with output (borrowed) or e, and frees it. It holds nothing of limiter, token or
 * client any more. */
void call_finish(struct service_call *call, json_t *output, const struct err *e,
                 const char *answer);
/* The call gives up its place in the limiter's queue. */
void call_leave_limit(struct service_call *call);
/* The service has not said what became of this one of many: it goes again, by itself. */
void call_go_alone(struct service_call *call);
/* The call waits for `leader`, and ends when that ends. It holds nothing. */
void call_follow(struct service_call *call, struct service_call *leader);
