#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "script/vm.h"

/* What the files of script/ share of a vm; nobody else includes this. */

enum {
    HOOK_COUNT = 1000,        /* instructions between two looks at the meter: about 5 µs */
    SLICE = 100 * 1000,       /* instructions after which a strand lets others go first: 1 ms */
    BYTES_PER_UNIT = 16,      /* of C's work that are charged as one instruction */
    STRING_MAX = 8 << 20,     /* one text of a sandbox; a body of HTTP_BODY_MAX still fits */
    ENTRY_US = 10 * 1000000,  /* one entry; only stops what instructions do not count */
    JSON_NODES_MAX = 500000,  /* values in one tree that leaves Lua */
    JSON_BYTES_MAX = 16 << 20 /* text in such a tree */
};

/* Found through lua_getextraspace: a strand's coroutine has its own, all others share the vm's. */
struct owner {
    struct vm *vm;
    struct strand *strand; /* NULL: not a strand's coroutine */
};

/* What one entry, or one resume of a strand, has used up. */
struct meter {
    int64_t used;        /* instructions, and charges of C functions */
    int64_t slice_end;   /* `used` at which a strand yields */
    int64_t deadline_us; /* monotonic */
    enum err_kind fatal; /* the error that no pcall may swallow, or ERR_NONE */
};

struct vm {
    struct owner owner;
    lua_State *main;
    bool is_open;
    size_t memory;
    size_t memory_max;
    int64_t budget;
    bool is_lenient;     /* allocations do not fail; what they take counts afterwards */
    int64_t allocs_left; /* -1: no fault is planned */
    struct meter meter;
    int depth;           /* metered stretches that go on */
    int64_t stretches;   /* that were begun */
    struct list strands; /* of this vm; struct strand.vm_link */
    char *(*find_module)(void *ud, const char *name, size_t *len);
    bool (*is_ours)(void *ud, const char *name);
    void *ud;
};

struct owner *owner_of(lua_State *L);

/* Begins a metered stretch, `used` of its budget gone already; gives back the meter of what it
 * interrupts, which meter_end puts in its place again. */
struct meter meter_begin(struct vm *vm, int64_t used);
void meter_end(struct vm *vm, const struct meter *outer);
/* Counts work that C does for a script and that no instruction counts; raises past the budget.
 *   [-0, +0, raises] */
void vm_charge(lua_State *L, uint64_t units);
void vm_charge_bytes(lua_State *L, uint64_t bytes);
/* What a failed call means: the error on top of L, or what the meter says. Never raises; pops
 * nothing. */
void vm_explain(struct vm *vm, lua_State *L, int status, struct err *e);
/* The sandbox's pcall and xpcall. */
int vm_lua_pcall(lua_State *L);
int vm_lua_xpcall(lua_State *L);

/* The place of an expression, "recipes/a.yaml:14", if lua_getinfo(L, "S", ar) told of one: its chunk
 * is called "=expr:" and the place. NULL for any other function. Borrowed from ar. */
const char *state_expression_place(const lua_Debug *ar);

/* Make the metatables of boxes, errors and JSON: when the state is made, so that no later lack of
 * memory leaves one half made.   [-0, +0, raises] */
void box_open(lua_State *L);
void error_open(lua_State *L);
void json_open(lua_State *L);

/* globals.c: fills a new state; called inside a protected call.   [-0, +0, raises] */
void globals_open(lua_State *L);
void globals_sandbox(lua_State *L);
/* Replaces the table on top by one that can be read and not changed, as can the tables that are read
 * out of it, and that hands the table behind it to nobody. Tables in it that have a metatable stay as
 * they are.   [-1, +1, raises] */
void globals_freeze(lua_State *L);
/* The same, where the value on top is a table without a metatable.   [-1, +1, raises] */
void globals_freeze_value(lua_State *L);
/* Puts the table behind it into the place of a proxy at index, for C that reads it and hands it to
 * nobody; leaves other values.   [-0, +0, raises] */
void globals_thaw(lua_State *L, int index);
/* Gives the function on top, a chunk, the globals of those who are not the engine: the same, but
 * with a `require` that knows only what is theirs.   [-0, +0, raises] */
void globals_confine(lua_State *L);

/* lua_require.c: puts `require` on the stack, and the one that guests have.   [-0, +1, raises] */
void require_push(lua_State *L);
void require_push_guest(lua_State *L);
/* Adds find_module to Lua's own require.   [-0, +0, raises] */
void require_open(lua_State *L);

/* lua_bounds.c: the standard functions whose time a budget must bound, in the table on top. */
void bounds_table(lua_State *L); /*   [-0, +0, raises] */
void bounds_string(lua_State *L);
void bounds_utf8(lua_State *L);
void bounds_tonumber(lua_State *L, int base); /* from the table at base */
int bounds_pairs(lua_State *L);               /* the sandbox's pairs */
/* Pushes the function that pairs walks the table at index with; is_frozen: tables in it come as
 * globals_freeze makes them.   [-0, +1, raises] */
void bounds_walk(lua_State *L, int index, bool is_frozen);

/* keys.c: the keys of the table at index in a fixed order (numbers, texts, others as they come), as
 * an array. Returns how many; the order is the same in every process.   [-0, +1, raises] */
lua_Integer keys_push_sorted(lua_State *L, int index);
/* The same without a table: pushes the keys, whose places on the stack stand in `order`, and
 * returns their number; -1, and nothing pushed, where there are more than KEYS_FEW.
 *   [-0, +n, raises] */
enum { KEYS_FEW = 16 };
int keys_push_few(lua_State *L, int index, int order[KEYS_FEW]);

/* lua_text.c: find, match, gmatch and gsub that count their steps, into the table on top. */
void text_install(lua_State *L);

/* vm_json.c: the mark of an array, set on the table on top.   [-0, +0, raises] */
void json_mark_array(lua_State *L);
bool json_is_marked(lua_State *L, int index);
/* As vm_to_json, with functions as catalog.h has them. */
json_t *json_of_table(lua_State *L, int index);
/* Raises where the value is nested too deep or too large to leave Lua.   [-0, +0, raises] */
void json_measure(lua_State *L, int index);

/* The modules of every state; lua_date.c, lua_cjson.c. luaopen_json is in vm.h. */
int luaopen_dates(lua_State *L);
int luaopen_cjson_bounded(lua_State *L);
int luaopen_cjson_safe_bounded(lua_State *L);

/* strand.c: closes every strand of the vm without a call-back. */
void strands_drop(struct vm *vm);
