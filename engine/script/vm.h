#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lua.h>
#include <lauxlib.h>

#include "base/err.h"
#include "format/json.h"

/* A Lua state with a cap on its memory and a budget of instructions. Sandboxed: the globals are an
 * explicit list (script/globals.c); no io, os, debug, load, coroutine, package, collectgarbage. */
struct vm;

struct vm_opts {
    size_t memory_max; /* bytes; 0: 32 MiB */
    int64_t budget;    /* instructions per entry, and of a strand between waits; 0: 20 million */
    bool is_open;      /* all of Lua's libraries, no cap, no budget: `ladle lua`, the sandbox */
    /* Finds the text of require'd module `name`; yours to free; NULL: not there. */
    char *(*find_module)(void *ud, const char *name, size_t *len);
    /* Whether that module is the engine's own. One that is not cannot require those that are, but for
     * json, dates and what else was added in C. NULL: all are. */
    bool (*is_ours)(void *ud, const char *name);
    void *ud;
};

struct vm *vm_new(const struct vm_opts *o, struct err *e);
void vm_free(struct vm *vm); /* its strands must have ended, or are cancelled without a call-back */
struct vm *vm_of(lua_State *L);
size_t vm_memory(const struct vm *vm);
size_t vm_memory_max(const struct vm *vm);
/* Gives back what nobody uses any more; not from within an entry. */
void vm_collect(struct vm *vm);
/* For tests: after `count` more allocations every further one fails; -1: none does. */
void vm_fail_alloc_after(struct vm *vm, int64_t count);

/* The one way in for C: runs fn(L) in protected mode on the main state with `ud` as light userdata
 * at index 1, under the budget. A Lua error becomes *e (an error table's kind is kept; ERR_MEMORY
 * and ERR_BUDGET are told apart). */
int vm_enter(struct vm *vm, lua_CFunction fn, void *ud, struct err *e);
/* Loads a text chunk (never bytecode) named chunk_name ("=expr:3", "@scripts/a.lua") and pushes the
 * function; to be called inside vm_enter or a protected call. Raises the syntax error. */
void vm_load(lua_State *L, const char *text, size_t len, const char *chunk_name);
/* The same for a text that is not the engine's own (vm_opts.is_ours). */
void vm_load_guest(lua_State *L, const char *text, size_t len, const char *chunk_name);

/* Raises *e as an error table {kind, message, status, retry_at, detail}, and reads one (or any
 * error value) back. */
int vm_raise(lua_State *L, const struct err *e); /* [-0, +0, raises] */
/* The same, and no pcall keeps it: what runs ends, up to the next wait of something else.
 *   [-0, +0, raises] */
int vm_doom(lua_State *L, const struct err *e);
void vm_push_err(lua_State *L, const struct err *e);
void vm_read_err(lua_State *L, int index, struct err *e);

/* JSON to Lua. Objects and arrays keep apart (arrays carry the metatable json.array), integers stay
 * integers, null is json.null; with drop_nulls members of objects that are null are left out.
 * Raises only for lack of memory. */
void vm_push_json(lua_State *L, const json_t *v, bool drop_nulls);
/* Lua to JSON; yours. Raises ERR_INVALID for functions, NaN, texts that are not UTF-8, cycles and
 * more than JSON_DEPTH_MAX levels, ERR_TOO_LARGE for over 500,000 values or 16 MiB of text; never
 * leaks. The keys of an object come sorted. */
json_t *vm_to_json(lua_State *L, int index);
int luaopen_json(lua_State *L);

/* Makes `require(name)` give what `open` pushes, built on the first call; in a sandbox it cannot be
 * changed by scripts.   [-0, +0, raises] */
void vm_add_module(lua_State *L, const char *name, lua_CFunction open);
