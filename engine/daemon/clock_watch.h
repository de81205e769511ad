#pragma once

#include <stdint.h>

#include "net/loop.h"
#include "store/store.h"

/* Looks every second whether the system's clock was set, and lets all follow that go by it: the rows
 * of the store, and what is in memory (on_jump). Says so in the log, once a jump. Loop thread. */
struct clock_watch;

/* What the store remembers against what the clock says now; for the start, before anything is due.
 * From here on the engine's clock is held (base/clock.h). */
int clock_watch_take(struct store *s, struct err *e);

struct clock_watch *clock_watch_new(struct loop *l, struct store *s,
                                    void (*on_jump)(void *ud, int64_t by_us), void *ud);
void clock_watch_start(struct clock_watch *w);
void clock_watch_quiesce(struct clock_watch *w);
bool clock_watch_is_idle(const struct clock_watch *w);
void clock_watch_free(struct clock_watch *w); /* it is idle; NULL is allowed */
