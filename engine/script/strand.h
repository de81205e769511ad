#pragma once

#include "script/vm.h"

/* A strand is a coroutine that the engine schedules. It waits through strand_wait only; a loop
 * callback wakes it, which puts it in the queue of ready strands; strands_run, called once per turn
 * of the loop, drains that queue. No callback ever resumes. */
struct strand;
struct strands; /* the queue of ready strands, one per loop */

struct strands *strands_new(void);
void strands_free(struct strands *q); /* cancels what is left; no wake may come after it */
/* Resumes ready strands, at most 256 and 5 ms; true where some are left. */
bool strands_run(struct strands *q);

/* Called when the strand ends: the values that it returned lie on top of L (count of them), or e
 * says why it failed. L is valid during the call only; may start other strands, may not free the
 * vm. May raise (it runs protected): where it does so on being handed results, it is called once
 * more with that error; so convert first, act then. After it the strand is gone. */
typedef void (*strand_end_fn)(void *ud, lua_State *L, int count, const struct err *e);

/* Makes a strand of the function and its `nargs` arguments on top of L (the vm's main state, inside
 * vm_enter), pops them, and puts it in the queue. */
struct strand *strand_start(struct strands *q, lua_State *L, int nargs, strand_end_fn end,
                            void *ud);
/* Closes the coroutine: boxes abort what is in flight. `end` is not called. Not from inside the
 * strand itself. */
void strand_cancel(struct strand *s);
void *strand_data(lua_State *L); /* the ud of the running strand that owns L, or NULL outside one */

/* A wait. strand_wake_of names the wait that the running strand is about to begin, and raises where
 * it cannot wait; so it comes before anything is started, and once for each wait: what was named
 * before is stale then. strand_wake ends that wait and no later one (a stale wake is ignored, also
 * when the strand has ended); it may come before strand_wait. */
struct wake {
    struct strand *strand;
    uint64_t generation;
};
struct wake strand_wake_of(lua_State *L);
void strand_wake(struct wake w);
/* Parks the running strand until it is woken, then continues in k. Used as `return strand_wait(L,
 * ctx, k)`, after strand_wake_of (a strand that nobody can wake is only ever cancelled). */
int strand_wait(lua_State *L, lua_KContext ctx, lua_KFunction k);

/* A box owns what a binding has in flight: a userdata with one pointer, pushed and marked to be
 * closed. close(ptr) runs once: when the C function returns, raises, or the strand is cancelled.
 * close calls no Lua. Set *slot to NULL once there is nothing left to release. */
void **box_push(lua_State *L, void (*close)(void *ptr));
