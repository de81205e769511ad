#pragma once

#include "call/call_set.h"

/* How many calls of a connection may begin now: what its limit has within about a second, what its
 * breaker lets in, and how many seats its host has. INT64_MAX: any number. Loop thread. */
struct call_turns {
    int64_t events;
    int64_t backfills;
    int64_t again_us; /* after how long to ask again, where it is none */
};
void call_turns(struct call_set *k, struct connection *c, struct call_turns *out);
