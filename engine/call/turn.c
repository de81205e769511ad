/*
 * Says for runs that wait in the store how many of them may come: what the limiter has room for, and
 * what the breaker lets in. It promises nothing: who comes asks both again. Loop thread.
 */
#include "call/turn.h"

#include "call/call_state.h"
#include "connection/health.h"
#include "limit/limiter.h"

enum { LOOK_US = 100 * 1000 }; /* the limiter's room changes with each answer */

static int64_t lesser(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

void call_turns(struct call_set *k, struct connection *c, struct call_turns *out)
{
    int64_t again_us;
    int64_t let_in = health_room(c, &again_us);
    struct limiter *l = limits_limiter(k->limits, c);
    out->events = lesser(let_in, limiter_room(l, false));
    out->backfills = lesser(let_in, limiter_room(l, true));
    out->again_us = let_in == 0 ? again_us : LOOK_US;
}
