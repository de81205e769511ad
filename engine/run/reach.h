#pragma once

#include "run/active.h"

/* Asks, for every binding that acts, whether the run may: what its version says (recipe/rights.h) is
 * the one answer, whatever the Lua code that calls has become. */

bool reach_may_call(struct run *run, const char *connection, const char *operation);
bool reach_may_wait(const struct run *run, const char *connection, const char *event);
/* Whether the connection is one that the recipe has to do with at all: its calls, its triggers. */
bool reach_has(const struct run *run, const char *connection);

/* What a run was refused. */
struct denial {
    const char *connection, *name; /* of the operation, event or setting */
    const char *remedy;            /* what to change, as a sentence without a dot */
};

/* Ends the run: DEAD, of the kind `forbidden`, whoever would catch an error. The step's row says it,
 * and a metric counts it. Used as `return reach_deny(…)`.   [-0, +0, raises] */
int reach_deny(lua_State *L, struct branch *b, const struct denial *d);
/* The same for calls, with the words for them. */
int reach_deny_call(lua_State *L, struct branch *b, const char *connection, const char *operation);
