/* Modules `cjson` and `cjson.safe`: lua-cjson, linked in. In a sandbox only encode, decode and null
 * are there: its settings would let a script lift the limit on nesting and end the C stack. As it
 * builds its text outside the state's memory cap, and would follow a table that holds itself many
 * times over, a value is measured before it is encoded. As it loses its buffer where the state runs
 * out of memory while it decodes, the state may pass its cap for the length of that call, and a
 * text is short. It loses data (every number is decoded to a float, integers above 14 digits are
 * damaged in encoding, an empty array comes back as an object): `json` does not. */
#include "script/state.h"
#include "script/strand.h"

enum { DECODE_MAX = 1 << 20 /* bytes; the values of it take 40 MiB at the very most */ };

/* In lua-cjson's archive; its header names only the first. */
int luaopen_cjson(lua_State *L);
int luaopen_cjson_safe(lua_State *L);

/* encode(value) -> text: measured, then lua-cjson's own (the upvalue)   [-1, +1, raises] */
static int bounded_encode(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_settop(L, 1);
    json_measure(L, 1);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, 1, LUA_MULTRET);
    return lua_gettop(L);
}

static void end_lenience(void *vm)
{
    ((struct vm *)vm)->is_lenient = false;
}

/* decode(text) -> value   [-1, +1 or +2, raises] */
static int bounded_decode(lua_State *L)
{
    size_t len;
    (void)luaL_checklstring(L, 1, &len);
    luaL_argcheck(L, len <= DECODE_MAX, 1, "more than 1 MiB of JSON: use `json`");
    vm_charge(L, len / 2);
    void **slot = box_push(L, end_lenience);
    *slot = vm_of(L);
    int top = lua_gettop(L);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushvalue(L, 1);
    vm_of(L)->is_lenient = true;
    lua_call(L, 1, LUA_MULTRET);
    return lua_gettop(L) - top;
}

static void copy_wrapped(lua_State *L, const char *name, lua_CFunction wrapper)
{
    lua_getfield(L, -2, name);
    lua_pushcclosure(L, wrapper, 1);
    lua_setfield(L, -2, name);
}

/* Pushes the module: all of it in an open state.   [-0, +1, raises] */
static int open_bounded(lua_State *L, lua_CFunction open)
{
    static const char *const copied[] = { "null", "_NAME", "_VERSION", NULL };
    lua_pushcfunction(L, open);
    lua_call(L, 0, 1); // cjson
    if (vm_of(L)->is_open) {
        return 1;
    }
    lua_newtable(L); // cjson bounded
    for (const char *const *name = copied; *name != NULL; name++) {
        lua_getfield(L, -2, *name);
        lua_setfield(L, -2, *name);
    }
    copy_wrapped(L, "encode", bounded_encode);
    copy_wrapped(L, "decode", bounded_decode);
    return 1;
}

int luaopen_cjson_bounded(lua_State *L)
{
    return open_bounded(L, luaopen_cjson);
}

int luaopen_cjson_safe_bounded(lua_State *L)
{
    return open_bounded(L, luaopen_cjson_safe);
}
