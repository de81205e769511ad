/* Runs the branches of a run side by side. A fork lies in a box on the stack of the strand that
 * joins it, so closing that strand closes the branches, deepest first. The functions still to start
 * and the results stand in tables of the registry.
 *
 * A branch that is at rest (run/active.h) never ends in this attempt: the fork then never comes
 * back, and the run is concluded once nothing in it is busy. Loop thread. */
#include "run/lua_fork.h"

#include <limits.h>
#include <stdlib.h>

#include "base/mem.h"
#include "run/active.h"
#include "run/lua_call.h"
#include "script/strand.h"

struct fork {
    struct run *run;
    struct wake wake;
    struct branch **branches; /* by index - 1; NULL: not begun, or over */
    int count;
    int begun;
    int ended;
    lua_State *main; /* for letting go of the two references in the registry */
    int functions;
    int results;
};

static void fork_close(void *ud)
{
    struct fork *f = ud;
    for (int i = 0; i < f->count; i++) {
        struct branch *b = f->branches[i];
        f->branches[i] = NULL;
        if (b != NULL && b->strand != NULL) {
            strand_cancel(b->strand);
        }
        branch_free(b);
    }
    luaL_unref(f->main, LUA_REGISTRYINDEX, f->results);
    luaL_unref(f->main, LUA_REGISTRYINDEX, f->functions);
    free(f->branches);
    free(f);
}

static void branch_ended(void *ud, lua_State *L, int count, const struct err *e);

/* Begins the next function as a branch.   [-0, +0, raises] */
static void begin_branch(struct fork *f, lua_State *L)
{
    luaL_checkstack(L, 4, "a branch");
    int index = f->begun + 1;
    lua_rawgeti(L, LUA_REGISTRYINDEX, f->functions); // functions
    lua_rawgeti(L, -1, index);                       // functions function
    struct branch *b = f->branches[index - 1]; /* there already where a try to begin it failed */
    b = b != NULL ? b : branch_new(f->run);
    b->fork = f;
    b->index = index;
    f->branches[index - 1] = b; /* before what may raise: the box frees it */
    b->strand = strand_start(runner_strands(f->run->runner), L, 0, branch_ended, b); // functions
    lua_pop(L, 1);
    f->begun = index;
    f->run->busy++;
}

/* results[index] = {ok, value or error}.   [-0, +0, raises] */
static void keep_result(lua_State *L, const struct fork *f, int index, int count,
                        const struct err *e)
{
    int first = lua_gettop(L) - count + 1;
    lua_rawgeti(L, LUA_REGISTRYINDEX, f->results); // … results
    lua_createtable(L, 2, 0);                      // … results pair
    lua_pushboolean(L, e == NULL);
    lua_rawseti(L, -2, 1);
    if (e != NULL) {
        vm_push_err(L, e);
    } else if (count > 0) {
        lua_pushvalue(L, first);
    } else {
        lua_pushnil(L);
    }
    lua_rawseti(L, -2, 2);
    lua_rawseti(L, -2, index); // … results
    lua_pop(L, 1);
}

/* What may raise comes first: then this is called once more, with that error in place of the
 * results. */
static void branch_ended(void *ud, lua_State *L, int count, const struct err *e)
{
    struct branch *b = ud;
    struct fork *f = b->fork;
    struct run *run = b->run;
    if (e != NULL && run_put_off_memory(run, e)) { /* nobody who joins it hears of that */
        f->branches[b->index - 1] = NULL;
        branch_free(b);
        run_add_busy(run, -1);
        return;
    }
    keep_result(L, f, b->index, count, e);
    if (f->begun < f->count) {
        begin_branch(f, L);
    }
    f->branches[b->index - 1] = NULL;
    branch_free(b);
    f->ended++;
    if (f->ended == f->count) {
        run->busy++; /* whoever joins goes on */
        strand_wake(f->wake);
    }
    run_add_busy(run, -1);
}

static int fork_finish(lua_State *L, int status, lua_KContext ctx)
{
    struct fork *f = (struct fork *)ctx;
    lua_rawgeti(L, LUA_REGISTRYINDEX, f->results);
    return 1;
}

/* How many functions the list at index 1 has: each is looked at, whatever its length says of itself.
 *   [-0, +0, raises] */
static int count_functions(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_Unsigned length = lua_rawlen(L, 1);
    int count = 0;
    luaL_argcheck(L, length <= INT_MAX, 1, "too long");
    for (lua_Unsigned i = 1; i <= length; i++) {
        bool is_function = lua_rawgeti(L, 1, (lua_Integer)i) == LUA_TFUNCTION;
        lua_pop(L, 1);
        luaL_argcheck(L, is_function, 1, "a list of functions is wanted");
        count++;
    }
    return count;
}

/* act.fork(functions, at_once) -> {{ok, value or error} of each}   [-2, +1, raises, yields] */
int act_fork(lua_State *L)
{
    struct branch *b = act_branch(L);
    lua_Integer at_once = luaL_checkinteger(L, 2);
    luaL_argcheck(L, at_once >= 1, 2, "at least one at once");
    lua_settop(L, 2);
    int count = count_functions(L);
    (void)strand_wake_of(L); /* raises where nobody can wait */
    if (count == 0) {
        lua_newtable(L);
        return 1;
    }
    void **slot = box_push(L, fork_close); // functions at_once box
    struct fork *f = *slot = xcalloc(1, sizeof *f);
    *f = (struct fork){ .run = b->run,
                        .count = count,
                        .functions = LUA_NOREF,
                        .results = LUA_NOREF,
                        .branches = xcalloc((size_t)count, sizeof *f->branches) };
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
    f->main = lua_tothread(L, -1);
    lua_pop(L, 1);
    lua_pushvalue(L, 1);
    f->functions = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_createtable(L, count, 0);
    f->results = luaL_ref(L, LUA_REGISTRYINDEX);
    f->wake = strand_wake_of(L);
    while (f->begun < count && f->begun < at_once) {
        begin_branch(f, L);
    }
    run_add_busy(b->run, -1);
    return strand_wait(L, (lua_KContext)f, fork_finish);
}
