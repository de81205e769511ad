#pragma once

#include "net/loop.h"
#include "store/prune.h"
#include "store/store.h"

/* Keeps house: sweeps the store for rows whose time is over, a few at a time, so that no commit
 * waits for it. Loop thread. */
struct keeper;

struct keeper *keeper_new(struct loop *l, struct store *s, const struct retention *keep);
void keeper_start(struct keeper *k); /* the first sweep comes a second later */
/* Before the store is closed: no further step is begun; one in flight is let go. */
void keeper_stop(struct keeper *k);
void keeper_free(struct keeper *k); /* after the store is closed */
