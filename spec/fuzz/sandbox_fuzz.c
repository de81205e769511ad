/* Scripts as input, in a sandbox with little memory and a small budget. Whatever the script does,
 * it ends; afterwards it holds no function of Lua that reaches the machine or changes the state
 * from inside (a reference state says which those are); the globals lead to the same functions and
 * tables as before; and the state still runs an honest script. The corpus is a list of attempts to
 * get out. */
#include "fuzz.h"

#include <lualib.h>

#include "base/log.h"
#include "script/vm.h"

enum { MEMORY_MAX = 4 << 20, BUDGET = 300 * 1000, SEEN_MAX = 1 << 14, FORBIDDEN_MAX = 256 };

/* --- what a script must never hold --- */

static struct {
    lua_CFunction functions[FORBIDDEN_MAX];
    size_t count;
} forbidden;

/* Notes the C functions of the table on top.   [-1, +0, raises] */
static void forbid_table(lua_State *L)
{
    luaL_checktype(L, -1, LUA_TTABLE);
    for (lua_pushnil(L); lua_next(L, -2) != 0; lua_pop(L, 1)) {
        if (lua_iscfunction(L, -1)) {
            FUZZ_CHECK(forbidden.count < FORBIDDEN_MAX);
            forbidden.functions[forbidden.count++] = lua_tocfunction(L, -1);
        }
    }
    lua_pop(L, 1);
}

static void forbid_function(lua_State *L)
{
    FUZZ_CHECK(lua_iscfunction(L, -1));
    forbidden.functions[forbidden.count++] = lua_tocfunction(L, -1);
    lua_pop(L, 1);
}

/* The functions have one address in every state of the process. */
static void forbid(lua_State *L)
{
    static const char *const libraries[] = { "io", "os", "debug", "package", "coroutine" };
    static const char *const globals[] = { "load",         "loadfile", "dofile", "collectgarbage",
                                           "setmetatable", "rawset",   "require" };
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
        lua_getglobal(L, libraries[i]);
        forbid_table(L);
    }
    for (size_t i = 0; i < sizeof globals / sizeof *globals; i++) {
        lua_getglobal(L, globals[i]);
        forbid_function(L);
    }
    lua_getglobal(L, "string");
    lua_getfield(L, -1, "dump");
    forbid_function(L);
    lua_getglobal(L, "math");
    lua_getfield(L, -1, "random");
    forbid_function(L);
    lua_getfield(L, -1, "randomseed");
    forbid_function(L);
}

static void open_reference(void)
{
    lua_State *L = luaL_newstate();
    FUZZ_CHECK(L != NULL);
    luaL_openlibs(L);
    forbid(L);
    lua_close(L);
}

static bool is_forbidden(lua_CFunction f)
{
    for (size_t i = 0; i < forbidden.count; i++) {
        if (forbidden.functions[i] == f) {
            return true;
        }
    }
    return false;
}

/* --- all that can be reached from a value --- */

/* Pointers of functions and tables, found by walking from the top of the stack through all that a
 * script could get at: fields, metatables, and not upvalues, which only debug could show. */
struct reach {
    const void *seen[SEEN_MAX];
    size_t count;
    bool is_cut; /* there were more than SEEN_MAX */
};

static bool note(struct reach *r, const void *p)
{
    for (size_t i = 0; i < r->count; i++) {
        if (r->seen[i] == p) {
            return false;
        }
    }
    if (r->count == SEEN_MAX) {
        r->is_cut = true;
        return false;
    }
    r->seen[r->count++] = p;
    return true;
}

/* Raw, so that no metamethod runs.   [-1, +0] */
static void walk(lua_State *L, struct reach *r, int depth)
{
    int type = lua_type(L, -1);
    lua_CFunction f = type == LUA_TFUNCTION ? lua_tocfunction(L, -1) : NULL;
    FUZZ_CHECK(f == NULL || !is_forbidden(f));
    bool is_new = (type == LUA_TFUNCTION || type == LUA_TTABLE || type == LUA_TUSERDATA) &&
                  depth < 100 && note(r, lua_topointer(L, -1));
    if (is_new && lua_checkstack(L, 6) && lua_getmetatable(L, -1)) {
        walk(L, r, depth + 1);
    }
    if (is_new && type == LUA_TTABLE) {
        for (lua_pushnil(L); lua_next(L, -2) != 0;) {
            walk(L, r, depth + 1);
            lua_pushvalue(L, -1);
            walk(L, r, depth + 1);
        }
    }
    lua_pop(L, 1);
}

struct attempt {
    const char *code;
    size_t len;
    struct reach before, after, held;
};

/* Globals and the metatable of texts; modules first, so that they are made.   [-0, +0, raises] */
static void walk_globals(lua_State *L, struct reach *r)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    walk(L, r, 0);
    lua_pushliteral(L, "");
    FUZZ_CHECK(lua_getmetatable(L, -1));
    walk(L, r, 0);
    lua_pop(L, 1);
}

static int look_before(lua_State *L)
{
    struct attempt *a = lua_touserdata(L, 1);
    static const char make[] = "require 'json' require 'dates' require 'cjson' return 1";
    vm_load(L, make, sizeof make - 1, "=make");
    lua_call(L, 0, 0);
    walk_globals(L, &a->before);
    return 0;
}

static int look_after(lua_State *L)
{
    struct attempt *a = lua_touserdata(L, 1);
    walk_globals(L, &a->after);
    return 0;
}

static int try_out(lua_State *L)
{
    struct attempt *a = lua_touserdata(L, 1);
    vm_load(L, a->code, a->len, "=fuzz");
    lua_call(L, 0, LUA_MULTRET);
    while (lua_gettop(L) > 1) {
        walk(L, &a->held, 0); // a cut walk only looks less far
    }
    return 0;
}

static int be_honest(lua_State *L)
{
    static const char code[] =
        "local t = {} for i = 1, 20 do t[i] = i * 2 end table.sort(t, function(a, b) return a > b "
        "end) return #t == 20 and t[1] == 40 and ('a1'):gsub('%d', 'b') == 'ab' and "
        "require('json').encode({ a = 1 }) == '{\"a\":1}' and pcall(error) == false";
    vm_load(L, code, sizeof code - 1, "=honest");
    lua_call(L, 0, 1);
    FUZZ_CHECK(lua_toboolean(L, -1));
    return 0;
}

/* --- the oracle --- */

static void enter(struct vm *vm, lua_CFunction fn, struct attempt *a)
{
    struct err e = ERR_INIT;
    if (vm_enter(vm, fn, a, &e) == -1) {
        (void)fprintf(stderr, "%s: %s\n", err_kind_name(e.kind), e.message);
        abort();
    }
}

static void attempt(struct vm *vm, struct attempt *a)
{
    struct err e = ERR_INIT;
    enter(vm, look_before, a);
    if (vm_enter(vm, try_out, a, &e) == -1) {
        FUZZ_CHECK(e.kind != ERR_NONE && e.message[0] != '\0');
    }
    FUZZ_CHECK(vm_memory(vm) <= MEMORY_MAX + (64 << 10));
    enter(vm, look_after, a);
    FUZZ_CHECK(a->after.count == a->before.count && !a->before.is_cut);
    for (size_t i = 0; i < a->after.count; i++) {
        FUZZ_CHECK(!note(&a->before, a->after.seen[i]));
    }
    enter(vm, be_honest, a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct attempt a;
    struct err e = ERR_INIT;
    struct fuzz_input in = fuzz_input(data, size);
    char *code = fuzz_rest(&in);
    if (forbidden.count == 0) {
        open_reference();
        log_set_level(LOG_OFF);
    }
    a = (struct attempt){ .code = code, .len = size };
    struct vm *vm = vm_new(&(struct vm_opts){ .memory_max = MEMORY_MAX, .budget = BUDGET }, &e);
    FUZZ_CHECK(vm != NULL);
    attempt(vm, &a);
    vm_free(vm);
    free(code);
    return 0;
}
