#pragma once

#include "trigger/schedules.h"

/* Backfills that are under way: occurrences of the past are started one after the other, at the rate
 * that was asked for, as runs that leave room for what happens now. What is left of one after a stop
 * goes on with the next start. Loop thread. */
struct backfills;

struct backfills_opts {
    struct loop *loop;
    struct store *store;
    struct router *router;
    const struct schedules *schedules;
};

struct backfills *backfills_new(const struct backfills_opts *o);
void backfills_free(struct backfills *b); /* it is idle; NULL is allowed */
/* Looks for backfills in the store: at start, and when another process has changed it. */
void backfills_look(struct backfills *b);
void backfills_quiesce(struct backfills *b);
bool backfills_is_idle(const struct backfills *b);
