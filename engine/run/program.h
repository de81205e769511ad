#pragma once

#include "format/json.h"
#include "recipe/rights.h"
#include "script/strand.h"
#include "script/vm.h"

/* One version of one recipe, ready to run: a sandboxed Lua state of its own with the compiled plan.
 * It is kept by the recipe set for as long as it is the newest, and by each of its runs. */
struct program;

struct program_opts {
    const char *hash;   /* of the bundle */
    const char *bundle; /* recipe/recipe.h */
    size_t bundle_len;
    const luaL_Reg *act; /* the functions that act, ended by a NULL name */
};

struct program *program_new(const struct program_opts *o, struct err *e); /* one reference */
/* The same in a state of its own, for one run that does not fit in beside others; one reference. */
struct program *program_new_alone(const struct program *p, struct err *e);
void program_ref(struct program *p);
void program_unref(struct program *p); /* the last one frees the state */

const char *program_name(const struct program *p); /* the recipe's; borrowed, as is the hash */
const char *program_hash(const struct program *p);
const json_t *program_plan(const struct program *p);
struct rights *program_rights(const struct program *p); /* what its runs may touch; borrowed */
struct vm *
program_vm(const struct program *p); /* for tests that make its allocator fail; borrowed */

/* A run of it is in memory (1), or no more (-1). */
void program_add_run(struct program *p, int by);
int program_runs(const struct program *p);
/* Whether one more run has room in the state: others leave half of its cap. Always where there are
 * none. */
bool program_has_room(struct program *p);

/* Whether program_decide has anything to look at: the recipe says `if` or `key`. */
bool program_has_conditions(const struct program *p);
/* Looks at an event without any effect: whether the recipe wants it, and the key that orders its
 * runs (yours, or NULL). Where it does not want it, *e says why: ERR_CANCELLED, "if: event.amount >
 * 100 (event.amount is 5)". An expression that fails: -1. */
int program_decide(struct program *p, const json_t *event, const json_t *meta, int64_t now_us,
                   bool *is_wanted, char **key, struct err *e);
/* What a walk begins with; borrowed. */
struct program_input {
    const json_t *event;
    const char *connection, *type; /* of the event; or NULL */
    int64_t now_us;
};
/* Makes the strand that walks the recipe. end(ud, …) is called when it is over. */
struct strand *program_start(struct program *p, struct strands *q, const struct program_input *in,
                             strand_end_fn end, void *ud, struct err *e);
