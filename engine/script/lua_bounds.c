/* Charges the work of Lua's own functions to the budget of a script. The count hook counts
 * instructions, and a C function is one instruction however long it takes: table.move over 10^15
 * positions, or rep of an empty text, would stop the engine. So each function that loops is
 * wrapped: the wrapper charges what the call can cost, then runs the original on the same stack
 * frame. What is left (comparing two long texts, reading a number out of one) is bounded by
 * STRING_MAX and by the time limit of an entry. */
#include "format/json.h"
#include "script/state.h"

/* What a call can cost, from its arguments.   [-0, +0, raises] */
typedef uint64_t (*cost_fn)(lua_State *L);

/* Positions first … last, as many as an integer can say. */
static uint64_t span(lua_Integer first, lua_Integer last)
{
    return last < first ? 0 : (uint64_t)last - (uint64_t)first + 1;
}

/* The length of the table at index 1. A __len of a script could say anything, twice differently.
 *   [-0, +0, raises] */
static lua_Integer checked_length(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    if (luaL_getmetafield(L, 1, "__len") != LUA_TNIL) {
        luaL_error(L, "the functions of `table` do not take tables with __len");
    }
    return (lua_Integer)lua_rawlen(L, 1);
}

static uint64_t concat_cost(lua_State *L)
{
    lua_Integer length = checked_length(L);
    return span(luaL_optinteger(L, 3, 1), luaL_optinteger(L, 4, length));
}

/* insert(t, value) and remove(t) work at the end, where nothing is shifted; else what lies behind
 * the position is. */
static uint64_t insert_cost(lua_State *L)
{
    lua_Integer length = checked_length(L);
    return lua_gettop(L) > 2 ? span(lua_tointeger(L, 2), length) : 0;
}

static uint64_t remove_cost(lua_State *L)
{
    lua_Integer length = checked_length(L);
    return lua_isnoneornil(L, 2) ? 0 : span(lua_tointeger(L, 2), length);
}

static uint64_t move_cost(lua_State *L)
{
    return span(luaL_checkinteger(L, 2), luaL_checkinteger(L, 3));
}

static uint64_t sort_cost(lua_State *L)
{
    uint64_t length = (uint64_t)checked_length(L);
    uint64_t levels = 1;
    for (uint64_t n = length; n > 1; n /= 2) {
        levels++;
    }
    return length * levels;
}

static uint64_t unpack_cost(lua_State *L)
{
    lua_Integer length = lua_type(L, 1) == LUA_TTABLE ? checked_length(L) : 0;
    return span(luaL_optinteger(L, 2, 1), luaL_optinteger(L, 3, length));
}

/* What would be too long a text is refused where it is allocated; of an empty text any number of
 * copies is not. */
static uint64_t rep_cost(lua_State *L)
{
    size_t len;
    size_t separator_len;
    lua_Integer count = luaL_checkinteger(L, 2);
    (void)luaL_checklstring(L, 1, &len);
    (void)luaL_optlstring(L, 3, "", &separator_len);
    bool is_too_long = len + separator_len > 0 && count > STRING_MAX;
    return count > 0 && !is_too_long ? (uint64_t)count / 4 : 0;
}

/* All texts among the arguments are read once. */
static uint64_t text_cost(lua_State *L)
{
    uint64_t bytes = 0;
    for (int i = lua_gettop(L); i > 0; i--) {
        bytes += lua_type(L, i) == LUA_TSTRING ? lua_rawlen(L, i) : 0;
    }
    return bytes / 4;
}

enum { SHOWN_MAX = 64 /* characters of a text in an error */ };

/* Lua makes floats of texts that hold large whole numbers, which have other digits: such a text is
 * an id, or was one when it came (format/json.h). */
static uint64_t arithmetic_cost(lua_State *L)
{
    for (int i = lua_gettop(L); i > 0; i--) {
        size_t len;
        const char *text = lua_type(L, i) == LUA_TSTRING ? lua_tolstring(L, i, &len) : NULL;
        if (text != NULL && json_is_big_integer(text, len)) {
            luaL_error(L,
                       "%s is a whole number of more than 64 bits: it can be compared and joined "
                       "as a text, and not computed with",
                       len <= SHOWN_MAX ? text : "this text");
        }
    }
    return text_cost(L);
}

struct bound {
    const char *name;
    cost_fn cost;
};

static const struct bound TABLE_BOUNDS[] = {
    { "concat", concat_cost },
    { "insert", insert_cost },
    { "move", move_cost },
    { "remove", remove_cost },
    { "sort", sort_cost },
    { "unpack", unpack_cost },
    { NULL, NULL },
};
static const struct bound STRING_BOUNDS[] = {
    { "byte", text_cost }, { "format", text_cost },
    { "pack", text_cost }, { "packsize", text_cost },
    { "rep", rep_cost },   { "unpack", text_cost },
    { NULL, NULL },
};
static const struct bound UTF8_BOUNDS[] = {
    { "codepoint", text_cost },
    { "len", text_cost },
    { "offset", text_cost },
    { NULL, NULL },
};
static const struct bound ARITHMETIC_BOUNDS[] = {
    { "__add", arithmetic_cost }, { "__sub", arithmetic_cost },  { "__mul", arithmetic_cost },
    { "__div", arithmetic_cost }, { "__mod", arithmetic_cost },  { "__pow", arithmetic_cost },
    { "__unm", arithmetic_cost }, { "__idiv", arithmetic_cost }, { NULL, NULL },
};
static const struct bound TONUMBER_BOUND = { "tonumber", text_cost };

/* A wrapped function: the original and its bound are the upvalues. The original finds its arguments
 * where it expects them, and its errors name the function that the script called. */
static int bounded(lua_State *L)
{
    const struct bound *bound = lua_touserdata(L, lua_upvalueindex(2));
    int count = lua_gettop(L);
    uint64_t cost = bound->cost(L);
    lua_settop(L, count);
    vm_charge(L, cost);
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

/* Wraps the function on top.   [-1, +1, raises] */
static void wrap(lua_State *L, const struct bound *bound)
{
    lua_pushlightuserdata(L, (void *)bound);
    lua_pushcclosure(L, bounded, 2);
}

/* Wraps the functions of the table on top.   [-0, +0, raises] */
static void wrap_all(lua_State *L, const struct bound *bounds)
{
    for (; bounds->name != NULL; bounds++) {
        lua_getfield(L, -1, bounds->name);
        wrap(L, bounds);
        lua_setfield(L, -2, bounds->name);
    }
}

void bounds_table(lua_State *L)
{
    wrap_all(L, TABLE_BOUNDS);
}

void bounds_string(lua_State *L)
{
    wrap_all(L, STRING_BOUNDS);
    lua_pushliteral(L, "");
    lua_getmetatable(L, -1); // string "" mt
    wrap_all(L, ARITHMETIC_BOUNDS);
    lua_pop(L, 2);
}

void bounds_utf8(lua_State *L)
{
    wrap_all(L, UTF8_BOUNDS);
}

void bounds_tonumber(lua_State *L, int base)
{
    lua_getfield(L, base, "tonumber");
    wrap(L, &TONUMBER_BOUND);
    lua_setfield(L, -2, "tonumber");
}

/* --- pairs --- */

/* next of a walk: upvalues are the sorted keys, the place, the table, which no script needs to hold,
 * and whether it is frozen; keys that are gone meanwhile are left out.   [-2, +2 or +1, raises] */
static int next_pair(lua_State *L)
{
    lua_Integer place = lua_tointeger(L, lua_upvalueindex(2));
    while (lua_rawgeti(L, lua_upvalueindex(1), ++place) != LUA_TNIL) { // … key
        lua_pushvalue(L, -1);
        if (lua_rawget(L, lua_upvalueindex(3)) != LUA_TNIL) { // … key value
            lua_pushinteger(L, place);
            lua_replace(L, lua_upvalueindex(2));
            if (lua_toboolean(L, lua_upvalueindex(4))) {
                globals_freeze_value(L);
            }
            return 2;
        }
        lua_pop(L, 2);
    }
    return 1;
}

void bounds_walk(lua_State *L, int index, bool is_frozen)
{
    index = lua_absindex(L, index);
    (void)keys_push_sorted(L, index); // … keys
    lua_pushinteger(L, 0);
    lua_pushvalue(L, index);
    lua_pushboolean(L, is_frozen);
    lua_pushcclosure(L, next_pair, 4); // … next
}

/* pairs(t): in the order of keys.c, which is the same in every replay; keys added on the way are
 * not seen.
 *   [-1, +3, raises] */
int bounds_pairs(lua_State *L)
{
    luaL_checkany(L, 1);
    if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
        lua_pushvalue(L, 1);
        lua_call(L, 1, 3);
        return 3;
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    bounds_walk(L, 1, false); // … next
    lua_pushvalue(L, 1);
    lua_pushnil(L);
    return 3;
}
