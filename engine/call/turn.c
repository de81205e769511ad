/*
 * Says for runs that wait in the store how many of them may come: what the limiter has room for, what
 * the breaker lets in, and how many seats its host has by the next look. It promises nothing: who
 * comes asks them again. Loop thread.
 */
#include "call/turn.h"

#include <stdlib.h>

#include "call/call_state.h"
#include "call/seats.h"
#include "connection/health.h"
#include "limit/limiter.h"

enum { LOOK_US = 100 * 1000 }; /* the limiter's room changes with each answer */

static int64_t lesser(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Where the connection's calls go as a rule; a call may go elsewhere, and asks there. */
static int64_t seats_left(const struct call_set *k, const struct connection *c)
{
    if (c->base_url == NULL) {
        return INT64_MAX;
    }
    char *origin = seats_origin(c->base_url);
    int64_t room = seats_room(k->seats, origin, LOOK_US);
    free(origin);
    return room;
}

void call_turns(struct call_set *k, struct connection *c, struct call_turns *out)
{
    int64_t again_us = 0;
    int64_t let_in = lesser(health_room(c, &again_us), seats_left(k, c));
    struct limiter *l = limits_limiter(k->limits, c);
    out->events = lesser(let_in, limiter_room(l, false));
    out->backfills = lesser(let_in, limiter_room(l, true));
    out->again_us = again_us > 0 ? again_us : LOOK_US;
}
