#pragma once

#include <stddef.h>
#include <stdint.h>

#include "net/loop.h"

/* The armed timers of one loop: a binary heap by due time, then by order of start. For loop.c only;
 * everybody else uses the functions of loop.h. */
struct timer_heap {
    struct timer **items; /* items[1] is the earliest; items[0] is not used */
    size_t len;
    size_t cap;
    uint64_t next_order;
};

void timer_heap_fini(struct timer_heap *h); /* disarms what is left, with a warning in the log */
struct timer *timer_heap_peek(const struct timer_heap *h); /* the earliest, or NULL */
/* Fires what is due at now_us, in order. A timer that is started meanwhile waits for the next call,
 * so that one that starts itself again with no delay cannot hold up the loop. */
void timer_heap_fire(struct timer_heap *h, int64_t now_us);

struct timer_heap *loop_timers(struct loop *l);
