#pragma once

#include "net/loop.h"
#include "store/prune.h"
#include "store/store.h"

/* Keeps house: sweeps the store for rows whose time is over, a few at a time, so that no commit
 * waits for it. Loop thread. */
struct keeper;

struct keeper *keeper_new(struct loop *l, struct store *s, const struct retention *keep);
void keeper_start(struct keeper *k);         /* the first sweep comes a second later */
void keeper_quiesce(struct keeper *k);       /* no further step is begun */
bool keeper_is_idle(const struct keeper *k); /* no step is on its way */
void keeper_free(struct keeper *k);          /* it is idle; NULL is allowed */
