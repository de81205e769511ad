/* What a script finds without asking: the sandbox's globals are the lists below and nothing else.
 * Scripts see them through a proxy, so that one script of a recipe cannot change them for the
 * others, and new ones cannot be made; reading one that is not there is an error, as it can only be
 * a mistake. Left out are io, os, debug, load, coroutine, package and collectgarbage (the outside
 * and the machine), string.dump (bytecode), and math.random (a replay must take the way it took;
 * the engine gives random numbers that are journalled). An open state has all of Lua. */
#include <string.h>

#include <lualib.h>

#include "base/log.h"
#include "script/state.h"

enum { PRINT_COST = 500 }; /* instructions: a line of the log is work */

static const char *const BASE_NAMES[] = {
    "assert", "error",  "getmetatable", "ipairs", "rawequal", "rawget",
    "rawlen", "select", "tostring",     "type",   NULL,
};
static const char *const MATH_NAMES[] = {
    "abs",  "acos", "asin", "atan", "ceil", "cos",  "deg",        "exp",        "floor",
    "fmod", "huge", "log",  "max",  "min",  "modf", "maxinteger", "mininteger", "pi",
    "rad",  "sin",  "sqrt", "tan",  "type", "ult",  "tointeger",  NULL,
};
static const char *const STRING_NAMES[] = {
    "byte", "char",    "format", "len",    "lower", "pack", "packsize",
    "rep",  "reverse", "sub",    "unpack", "upper", NULL,
};
static const char *const TABLE_NAMES[] = { "concat", "insert", "move",   "pack",
                                           "remove", "sort",   "unpack", NULL };
static const char *const UTF8_NAMES[] = { "char", "charpattern", "codepoint", "codes",
                                          "len",  "offset",      NULL };

/* --- proxies --- */

/* Key of a proxy's metatable: the table behind it. */
static const char BEHIND = 'b';
static const char PROXIES = 'p'; /* registry: table -> its proxy */

/* proxy.name = value   [-3, +0, raises] */
static int refuse_change(lua_State *L)
{
    const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : luaL_typename(L, 2);
    return luaL_error(L, "cannot set '%s': globals and libraries are fixed; use a local", name);
}

/* pairs(proxy): those of the table behind it, which stays there.   [-1, +3, raises] */
static int frozen_pairs(lua_State *L)
{
    lua_settop(L, 1);
    bounds_walk(L, lua_upvalueindex(1), true);
    lua_pushvalue(L, 1);
    lua_pushnil(L);
    return 3;
}

static int frozen_len(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)lua_rawlen(L, lua_upvalueindex(1)));
    return 1;
}

/* proxy[key]: a table comes as a proxy, too   [-2, +1, raises] */
static int frozen_index(lua_State *L)
{
    lua_settop(L, 2);
    lua_gettable(L, lua_upvalueindex(1));
    globals_freeze_value(L);
    return 1;
}

/* Pushes the table behind the proxy at index, or nothing where it is no proxy.
 *   [-0, +0 or +1, raises] */
static bool push_behind(lua_State *L, int index)
{
    if (!lua_istable(L, index) || !lua_getmetatable(L, index)) {
        return false;
    }
    bool is_proxy = lua_rawgetp(L, -1, &BEHIND) == LUA_TTABLE; // mt behind
    lua_remove(L, -2);                                         // behind
    if (!is_proxy) {
        lua_pop(L, 1);
    }
    return is_proxy;
}

void globals_thaw(lua_State *L, int index)
{
    if (lua_istable(L, index) && push_behind(L, index)) {
        lua_replace(L, index);
    }
}

/* Whether the value at index is a table that nothing protects.   [-0, +0, -] */
static bool is_bare_table(lua_State *L, int index)
{
    if (!lua_istable(L, index)) {
        return false;
    }
    bool has_metatable = lua_getmetatable(L, index);
    lua_pop(L, has_metatable ? 1 : 0);
    return !has_metatable;
}

/* Whether a member of the table on top is one.   [-0, +0, raises] */
static bool has_bare_tables(lua_State *L)
{
    lua_pushnil(L);
    while (lua_next(L, -2) != 0) { // table key value
        bool is_bare = is_bare_table(L, -1);
        lua_pop(L, is_bare ? 2 : 1);
        if (is_bare) {
            return true;
        }
    }
    return false;
}

void globals_freeze(lua_State *L)
{
    luaL_checkstack(L, 6, "a library");
    bool is_deep = has_bare_tables(L);
    lua_newtable(L);          // table proxy
    lua_createtable(L, 0, 6); // table proxy mt
    lua_pushvalue(L, -3);
    if (is_deep) {
        lua_pushcclosure(L, frozen_index, 1);
    }
    lua_setfield(L, -2, "__index"); /* the table itself is quicker where that is enough */
    lua_pushvalue(L, -3);
    lua_rawsetp(L, -2, &BEHIND);
    lua_pushcfunction(L, refuse_change);
    lua_setfield(L, -2, "__newindex");
    lua_pushvalue(L, -3);
    lua_pushcclosure(L, frozen_pairs, 1);
    lua_setfield(L, -2, "__pairs");
    lua_pushvalue(L, -3);
    lua_pushcclosure(L, frozen_len, 1);
    lua_setfield(L, -2, "__len");
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2); // table proxy
    lua_remove(L, -2);       // proxy
}

/* Proxies are made when they are asked for, as a connector's table has thousands of tables in it,
 * and kept in a weak table, so that one table always has the same. */
void globals_freeze_value(lua_State *L)
{
    if (!is_bare_table(L, -1)) {
        return;
    }
    luaL_checkstack(L, 6, "a library");
    lua_rawgetp(L, LUA_REGISTRYINDEX, &PROXIES); // table proxies
    lua_pushvalue(L, -2);
    if (lua_rawget(L, -2) == LUA_TNIL) { // table proxies nil
        lua_pop(L, 1);
        lua_pushvalue(L, -2);
        globals_freeze(L); // table proxies proxy
        lua_pushvalue(L, -3);
        lua_pushvalue(L, -2);
        lua_rawset(L, -4);
    }
    lua_replace(L, -3); // proxy proxies
    lua_pop(L, 1);
}

static void make_proxies(lua_State *L)
{
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "k");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &PROXIES);
}

/* --- functions of our own --- */

/* print(…): one line of the log   [-n, +0, raises] */
static int sandbox_print(lua_State *L)
{
    int count = lua_gettop(L);
    luaL_Buffer b;
    vm_charge(L, PRINT_COST);
    luaL_buffinit(L, &b);
    for (int i = 1; i <= count; i++) {
        if (i > 1) {
            luaL_addchar(&b, '\t');
        }
        (void)luaL_tolstring(L, i, NULL);
        luaL_addvalue(&b);
    }
    luaL_pushresult(&b);
    log_info("script", "%s", lua_tostring(L, -1));
    return 0;
}

/* next(table, key): as Lua's, and of a proxy what lies behind it   [-2, +2 or +1, raises] */
static int sandbox_next(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 2);
    bool is_proxy = push_behind(L, 1);
    if (is_proxy) {
        lua_replace(L, 1);
    }
    if (lua_next(L, 1) != 0) {
        if (is_proxy) {
            globals_freeze_value(L);
        }
        return 2;
    }
    lua_pushnil(L);
    return 1;
}

/* setmetatable(table, metatable): as Lua's, but for __gc, which runs where no budget counts
 *   [-2, +1, raises] */
static int sandbox_setmetatable(lua_State *L)
{
    if (lua_type(L, 2) == LUA_TTABLE) {
        lua_pushliteral(L, "__gc");
        if (lua_rawget(L, 2) != LUA_TNIL) {
            return luaL_error(L, "a script's metatable cannot have __gc");
        }
        lua_pop(L, 1);
    }
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

/* rawset(table, key, value) -> table: as Lua's, but not into a proxy   [-3, +1, raises] */
static int sandbox_rawset(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checkany(L, 2);
    luaL_checkany(L, 3);
    lua_settop(L, 3);
    if (luaL_getmetafield(L, 1, "__metatable") == LUA_TBOOLEAN) {
        lua_settop(L, 2);
        return refuse_change(L);
    }
    lua_settop(L, 3);
    lua_rawset(L, 1);
    return 1;
}

/* fail(kind, message): raises an error of that kind   [-2, +0, raises] */
static int lua_fail(lua_State *L)
{
    struct err e = ERR_INIT;
    const char *kind = luaL_checkstring(L, 1);
    enum err_kind parsed = err_kind_parse(kind);
    if (strcmp(err_kind_name(parsed), kind) != 0 || parsed == ERR_NONE) {
        return luaL_error(L, "fail: there is no kind of error '%s'", kind);
    }
    (void)err_set(&e, parsed, "%s", luaL_checkstring(L, 2));
    return vm_raise(L, &e);
}

/* --- the nil rule --- */

/* Whether the function that indexes (the caller of this C function) is an expression. */
static bool is_expression(lua_State *L)
{
    lua_Debug ar;
    return lua_getstack(L, 1, &ar) && lua_getinfo(L, "S", &ar) &&
           state_expression_place(&ar) != NULL;
}

/* nil.name and null.name: nil in an expression, else the usual error   [-2, +1, raises] */
static int index_missing(lua_State *L)
{
    if (is_expression(L)) {
        lua_pushnil(L);
        return 1;
    }
    const char *what = lua_isnil(L, 1) ? "nil" : "null";
    if (lua_type(L, 2) == LUA_TSTRING) {
        return luaL_error(L, "attempt to index a %s value (its field '%s')", what,
                          lua_tostring(L, 2));
    }
    return luaL_error(L, "attempt to index a %s value", what);
}

/* Gives the value on top, and with it all values of its type, a metatable with the rule.
 *   [-1, +0, raises] */
static void set_nil_rule(lua_State *L)
{
    lua_createtable(L, 0, 3); // value mt
    lua_pushcfunction(L, index_missing);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2); // value
    lua_pop(L, 1);
}

static void set_nil_rules(lua_State *L)
{
    lua_pushnil(L);
    set_nil_rule(L);
    lua_pushlightuserdata(L, NULL);
    set_nil_rule(L);
}

/* --- putting it together --- */

static const struct luaL_Reg MODULES[] = {
    { "cjson", luaopen_cjson_bounded },
    { "cjson.safe", luaopen_cjson_safe_bounded },
    { "dates", luaopen_dates },
    { "json", luaopen_json },
    { NULL, NULL },
};

static void add_modules(lua_State *L)
{
    for (const luaL_Reg *m = MODULES; m->name != NULL; m++) {
        vm_add_module(L, m->name, m->func);
    }
}

/* Copies the members named from the table at `from` to the one on top.   [-0, +0, raises] */
static void copy_names(lua_State *L, int from, const char *const *names)
{
    for (; *names != NULL; names++) {
        lua_getfield(L, from, *names);
        lua_setfield(L, -2, *names);
    }
}

/* Pushes a table with the members named of Lua's own library.   [-0, +1, raises] */
static void push_library(lua_State *L, lua_CFunction open, const char *const *names)
{
    lua_pushcfunction(L, open);
    lua_call(L, 0, 1); // all
    lua_newtable(L);   // all some
    copy_names(L, lua_absindex(L, -2), names);
    lua_remove(L, -2); // some
}

/* The string library is also what texts index, and there it cannot be reached to be changed.
 *   [-0, +0, raises] */
static void set_string_methods(lua_State *L)
{
    lua_pushliteral(L, "");  // string ""
    lua_getmetatable(L, -1); // string "" mt
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 2);
}

/* Adds Lua's own libraries, cut down, to the table on top.   [-0, +0, raises] */
static void add_libraries(lua_State *L)
{
    push_library(L, luaopen_string, STRING_NAMES);
    bounds_string(L);
    text_install(L);
    set_string_methods(L);
    globals_freeze(L);
    lua_setfield(L, -2, "string");
    push_library(L, luaopen_table, TABLE_NAMES);
    bounds_table(L);
    globals_freeze(L);
    lua_setfield(L, -2, "table");
    push_library(L, luaopen_math, MATH_NAMES);
    globals_freeze(L);
    lua_setfield(L, -2, "math");
    push_library(L, luaopen_utf8, UTF8_NAMES);
    bounds_utf8(L);
    globals_freeze(L);
    lua_setfield(L, -2, "utf8");
}

static const luaL_Reg OWN_FUNCTIONS[] = {
    { "fail", lua_fail },        { "next", sandbox_next },
    { "pairs", bounds_pairs },   { "pcall", vm_lua_pcall },
    { "print", sandbox_print },  { "rawset", sandbox_rawset },
    { "xpcall", vm_lua_xpcall }, { NULL, NULL },
};

/* Adds the functions to the table on top; Lua's own base functions lie at index `base`.
 *   [-0, +0, raises] */
static void add_functions(lua_State *L, int base)
{
    copy_names(L, base, BASE_NAMES);
    luaL_setfuncs(L, OWN_FUNCTIONS, 0);
    bounds_tonumber(L, base);
    lua_getfield(L, base, "setmetatable");
    lua_pushcclosure(L, sandbox_setmetatable, 1);
    lua_setfield(L, -2, "setmetatable");
    require_push(L);
    lua_setfield(L, -2, "require");
    lua_pushliteral(L, LUA_VERSION);
    lua_setfield(L, -2, "_VERSION");
}

/* A global that is not there   [-2, +0, raises] */
static int refuse_global(lua_State *L)
{
    return luaL_error(L, "there is no '%s' in scripts", luaL_tolstring(L, 2, NULL));
}

/* Makes reading what is not in the table on top an error.   [-0, +0, raises] */
static void refuse_others(lua_State *L)
{
    lua_createtable(L, 0, 1); // globals mt
    lua_pushcfunction(L, refuse_global);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2); // globals
}

static const char GUEST = 'g'; /* registry: the globals of guests */

/* Keeps a copy of the globals on top in which `require` is the one of guests.   [-0, +0, raises] */
static void keep_guest_globals(lua_State *L)
{
    lua_newtable(L); // globals copy
    lua_pushnil(L);
    while (lua_next(L, -3) != 0) { // globals copy key value
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, -4);
    }
    require_push_guest(L);
    lua_setfield(L, -2, "require");
    refuse_others(L);
    globals_freeze(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &GUEST); // globals
}

void globals_confine(lua_State *L)
{
    if (vm_of(L)->is_open) {
        return;
    }
    lua_rawgetp(L, LUA_REGISTRYINDEX, &GUEST); // chunk globals
    (void)lua_setupvalue(L, -2, 1);            // the first of a chunk is _ENV
}

void globals_sandbox(lua_State *L)
{
    set_nil_rules(L);
    make_proxies(L);
    lua_pushcfunction(L, luaopen_base);
    lua_call(L, 0, 1); // base
    int base = lua_gettop(L);
    lua_newtable(L); // base globals
    add_functions(L, base);
    add_libraries(L);
    keep_guest_globals(L);
    refuse_others(L);
    globals_freeze(L); // base proxy
    lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    lua_pop(L, 1);
    add_modules(L);
}

void globals_open(lua_State *L)
{
    set_nil_rules(L);
    luaL_openlibs(L);
    lua_register(L, "fail", lua_fail);
    require_open(L);
    add_modules(L);
}
