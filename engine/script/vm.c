/* A Lua state with limits: an allocator that counts and refuses, a count hook that preempts and
 * stops, and the one way in. A limit that was passed is fatal to what runs: it is remembered in the
 * meter, the hook goes on raising, and the sandbox's pcall hands it on, so that no script can carry
 * on past it. This file and strand.c are the only ones that call lua_pcall and lua_resume. The vm
 * owns its state and its strands; loop thread. */
#include "script/vm.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <lualib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "script/state.h"

enum {
    DEFAULT_MEMORY = 32 << 20,
    DEFAULT_BUDGET = 20 * 1000 * 1000,
    CHUNK_MAX = 1 << 20, /* bytes of one source text */
    BIG_BLOCK = 4096     /* allocations from here on are refused once the budget is gone */
};

struct owner *owner_of(lua_State *L)
{
    return *(struct owner **)lua_getextraspace(L);
}

struct vm *vm_of(lua_State *L)
{
    return owner_of(L)->vm;
}

size_t vm_memory(const struct vm *vm)
{
    return vm->memory;
}

size_t vm_memory_max(const struct vm *vm)
{
    return vm->memory_max;
}

void vm_fail_alloc_after(struct vm *vm, int64_t count)
{
    vm->allocs_left = count;
}

/* --- memory --- */

/* Whether the state may grow by this block. Large blocks cost time that no instruction counts
 * (copies, joins), so they are charged here; the hook sees the sum. */
static bool may_grow(struct vm *vm, int kind, size_t old, size_t size)
{
    if (vm->is_lenient) {
        return true;
    }
    if (vm->allocs_left >= 0 && vm->allocs_left-- == 0) {
        vm->allocs_left = 0; /* and so does every later one */
        return false;
    }
    if (vm->is_open) {
        return true;
    }
    size_t room = vm->memory < vm->memory_max ? vm->memory_max - vm->memory : 0;
    if (size - old > room || (kind == LUA_TSTRING && size > STRING_MAX)) {
        return false;
    }
    vm->meter.used += (int64_t)((size - old) / BYTES_PER_UNIT);
    if (vm->depth > 0 && size >= BIG_BLOCK && vm->meter.used > vm->budget) {
        vm->meter.fatal = ERR_BUDGET;
        return false;
    }
    return true;
}

/* lua_Alloc. Shrinking never fails, as Lua expects. A new block has its kind in old_size. */
static void *allocate(void *ud, void *block, size_t old_size, size_t size)
{
    struct vm *vm = ud;
    size_t old = block != NULL ? old_size : 0;
    if (size == 0) {
        free(block);
        vm->memory -= old;
        return NULL;
    }
    if (size > old && !may_grow(vm, block == NULL ? (int)old_size : LUA_TNIL, old, size)) {
        return NULL;
    }
    void *result = realloc(block, size);
    if (result == NULL) {
        return size <= old ? block : NULL;
    }
    vm->memory += size - old; /* modulo: right for shrinking, too */
    return result;
}

/* --- instructions --- */

struct meter meter_begin(struct vm *vm, int64_t used)
{
    struct meter outer = vm->meter;
    vm->depth++;
    vm->stretches++;
    vm->meter = (struct meter){
        .used = used,
        .slice_end = used + SLICE,
        .deadline_us = clock_mono_us() + ENTRY_US,
    };
    return outer;
}

void meter_end(struct vm *vm, const struct meter *outer)
{
    assert(vm->depth > 0);
    vm->depth--;
    vm->meter = *outer;
}

static void set_budget_error(const struct vm *vm, struct err *e)
{
    (void)err_set(e, ERR_BUDGET,
                  "the script ran too long: over %lld instructions or %d s without waiting",
                  (long long)vm->budget, ENTRY_US / 1000000);
}

static void set_memory_error(const struct vm *vm, struct err *e)
{
    (void)err_set(e, ERR_MEMORY, "the script needs more memory than it may have (%zu KiB)",
                  vm->memory_max >> 10);
}

static bool is_spent(const struct vm *vm)
{
    const struct meter *m = &vm->meter;
    return m->used > vm->budget || m->fatal == ERR_BUDGET || clock_mono_us() > m->deadline_us;
}

const char *state_expression_place(const lua_Debug *ar)
{
    static const char mark[] = "=expr:";
    bool is_one = strncmp(ar->source, mark, sizeof mark - 1) == 0;
    return is_one ? ar->source + sizeof mark - 1 : NULL;
}

/* Raises the error with the place in the script, or of the expression, where the budget ended.
 *   [-0, +0, raises] */
static void raise_budget(lua_State *L, struct vm *vm)
{
    struct err e = ERR_INIT;
    lua_Debug ar;
    vm->meter.fatal = ERR_BUDGET;
    set_budget_error(vm, &e);
    for (int level = 0; lua_getstack(L, level, &ar); level++) {
        if (lua_getinfo(L, "Sl", &ar) && ar.currentline > 0) {
            const char *place = state_expression_place(&ar);
            (void)(place != NULL ? err_prefix(&e, "%s", place)
                                 : err_prefix(&e, "%s:%d", ar.short_src, ar.currentline));
            break;
        }
    }
    (void)vm_raise(L, &e);
}

static void on_count(lua_State *L, lua_Debug *ar)
{
    (void)ar;
    struct vm *vm = vm_of(L);
    struct meter *m = &vm->meter;
    m->used += HOOK_COUNT;
    if (is_spent(vm)) {
        raise_budget(L, vm);
    }
    if (m->used >= m->slice_end && lua_isyieldable(L)) {
        lua_yield(L, 0);
    }
}

int vm_doom(lua_State *L, const struct err *e)
{
    vm_of(L)->meter.fatal = e->kind;
    return vm_raise(L, e);
}

void vm_charge(lua_State *L, uint64_t units)
{
    struct vm *vm = vm_of(L);
    if (vm->is_open) {
        return;
    }
    uint64_t room = vm->meter.used < vm->budget ? (uint64_t)(vm->budget - vm->meter.used) : 0;
    vm->meter.used += (int64_t)(units < room ? units : room + 1);
    if (units > room) {
        raise_budget(L, vm);
    }
}

void vm_charge_bytes(lua_State *L, uint64_t bytes)
{
    vm_charge(L, bytes / BYTES_PER_UNIT);
}

/* --- protected calls --- */

static int read_lua_error(lua_State *L)
{
    vm_read_err(L, 1, lua_touserdata(L, 2));
    return 0;
}

/* Even reading an error may need memory, so that is a protected call of its own. */
void vm_explain(struct vm *vm, lua_State *L, int status, struct err *e)
{
    struct err read = ERR_INIT;
    set_memory_error(vm, &read);
    if (status != LUA_ERRMEM && lua_checkstack(L, 4)) {
        lua_pushcfunction(L, read_lua_error); // … error read_error
        lua_pushvalue(L, -2);
        lua_pushlightuserdata(L, &read); // … error read_error error read
        if (lua_pcall(L, 2, 0, 0) != LUA_OK) {
            lua_pop(L, 1);
        }
    }
    if (vm->meter.fatal == ERR_BUDGET && read.kind != ERR_BUDGET) {
        set_budget_error(vm, &read);
    }
    if (e != NULL) {
        *e = read;
    }
}

static int call_protected(struct vm *vm, lua_CFunction fn, void *ud, struct err *e)
{
    lua_State *L = vm->main;
    lua_pushcfunction(L, fn);
    lua_pushlightuserdata(L, ud);
    int status = lua_pcall(L, 1, 0, 0);
    if (status != LUA_OK) {
        vm_explain(vm, L, status, e);
        lua_pop(L, 1);
    }
    return status == LUA_OK ? 0 : -1;
}

/* An entry out of an entry goes on counting on its meter. */
int vm_enter(struct vm *vm, lua_CFunction fn, void *ud, struct err *e)
{
    if (!lua_checkstack(vm->main, 8)) {
        set_memory_error(vm, e);
        return -1;
    }
    if (vm->depth > 0) {
        return call_protected(vm, fn, ud, e);
    }
    struct meter outer = meter_begin(vm, 0);
    int rc = call_protected(vm, fn, ud, e);
    meter_end(vm, &outer);
    return rc;
}

/* Whether the error on top ends the script: no memory, no budget, or cancelled. */
static bool is_fatal(lua_State *L, int status)
{
    if (status == LUA_ERRMEM || vm_of(L)->meter.fatal != ERR_NONE) {
        return true;
    }
    struct err e = ERR_INIT;
    vm_read_err(L, -1, &e);
    return e.kind == ERR_CANCELLED;
}

/* The results of pcall lie above `ctx` values that are not results. */
static int finish_pcall(lua_State *L, int status, lua_KContext ctx)
{
    if (status == LUA_OK || status == LUA_YIELD) {
        return lua_gettop(L) - (int)ctx;
    }
    if (is_fatal(L, status)) {
        return lua_error(L);
    }
    lua_pushboolean(L, false); // … error false
    lua_insert(L, -2);         // … false error
    return 2;
}

/* pcall(f, …) -> true, … | false, error   [-n, +n, raises what is fatal, yields] */
int vm_lua_pcall(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_pushboolean(L, true);
    lua_insert(L, 1); // true f …
    int status = lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, finish_pcall);
    return finish_pcall(L, status, 0);
}

/* The message handler of xpcall: asks the script's (the upvalue), but for a fatal error. That one
 * may come out of the hook, and what is called from there runs without hooks: for ever, if it
 * likes.   [-1, +1, raises] */
static int handle(lua_State *L)
{
    lua_settop(L, 1);
    if (vm_of(L)->meter.fatal != ERR_NONE) {
        return 1;
    }
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, 1, 1);
    return 1;
}

/* xpcall(f, handler, …) -> true, … | false, handled   [-n, +n, raises what is fatal, yields] */
int vm_lua_xpcall(lua_State *L)
{
    int count = lua_gettop(L);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushvalue(L, 2);
    lua_pushcclosure(L, handle, 1);
    lua_replace(L, 2);
    lua_pushboolean(L, true);
    lua_pushvalue(L, 1);
    lua_rotate(L, 3, 2); // f handler true f …
    int status = lua_pcallk(L, count - 2, LUA_MULTRET, 2, 2, finish_pcall);
    return finish_pcall(L, status, 2);
}

static int collect(lua_State *L)
{
    lua_gc(L, LUA_GCCOLLECT);
    return 0;
}

void vm_collect(struct vm *vm)
{
    assert(vm->depth == 0);
    (void)vm_enter(vm, collect, NULL, NULL); /* what a __gc of a script raises is a warning */
}

/* --- life --- */

static int on_panic(lua_State *L)
{
    const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "an error object";
    log_error("script", "Lua raised outside a protected call: %s", text);
    return 0; /* Lua aborts */
}

static int fill_state(lua_State *L)
{
    box_open(L);
    error_open(L);
    json_open(L);
    if (vm_of(L)->is_open) {
        globals_open(L);
    } else {
        globals_sandbox(L);
    }
    return 0;
}

static struct vm *vm_alloc(const struct vm_opts *o)
{
    struct vm *vm = xcalloc(1, sizeof *vm);
    *vm = (struct vm){
        .owner = { .vm = vm },
        .is_open = o->is_open,
        .memory_max = o->memory_max != 0 ? o->memory_max : DEFAULT_MEMORY,
        .budget = o->budget != 0 ? o->budget : DEFAULT_BUDGET,
        .allocs_left = -1,
        .find_module = o->find_module,
        .is_ours = o->is_ours,
        .ud = o->ud,
    };
    list_init(&vm->strands);
    return vm;
}

struct vm *vm_new(const struct vm_opts *o, struct err *e)
{
    struct vm *vm = vm_alloc(o);
    vm->main = lua_newstate(allocate, vm);
    if (vm->main == NULL) {
        set_memory_error(vm, e);
        free(vm);
        return NULL;
    }
    lua_atpanic(vm->main, on_panic);
    *(struct owner **)lua_getextraspace(vm->main) = &vm->owner;
    if (vm_enter(vm, fill_state, NULL, e) == -1) {
        vm_free(vm);
        return NULL;
    }
    if (!vm->is_open) {
        lua_sethook(vm->main, on_count, LUA_MASKCOUNT, HOOK_COUNT);
    }
    return vm;
}

void vm_free(struct vm *vm)
{
    if (vm == NULL) {
        return;
    }
    assert(vm->depth == 0);
    strands_drop(vm);
    lua_close(vm->main);
    assert(vm->memory == 0);
    free(vm);
}

void vm_load(lua_State *L, const char *text, size_t len, const char *chunk_name)
{
    if (len > CHUNK_MAX) {
        luaL_error(L, "%s: a source text of more than %d KiB", chunk_name + 1, CHUNK_MAX >> 10);
    }
    vm_charge(L, len);
    if (luaL_loadbufferx(L, text, len, chunk_name, "t") != LUA_OK) {
        (void)lua_error(L);
    }
}

void vm_load_guest(lua_State *L, const char *text, size_t len, const char *chunk_name)
{
    vm_load(L, text, len, chunk_name);
    globals_confine(L);
}
