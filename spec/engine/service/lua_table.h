#pragma once

/* The table of a connector's Lua file as JSON, the way script/catalog.c hands it to service/,
 * which lies below script/: so these tests read the file with Lua's own API. */

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "format/json.h"

static inline json_t *lua_value(lua_State *L, int index);

static inline json_t *lua_list(lua_State *L, int index)
{
    json_t *out = json_array();
    lua_Integer count = luaL_len(L, index);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_geti(L, index, i);
        json_array_append_new(out, lua_value(L, lua_gettop(L)));
        lua_pop(L, 1);
    }
    return out;
}

static inline json_t *lua_object(lua_State *L, int index)
{
    json_t *out = json_object();
    for (lua_pushnil(L); lua_next(L, index) != 0; lua_pop(L, 1)) {
        lua_pushvalue(L, -2);
        json_object_set_new(out, lua_tostring(L, -1), lua_value(L, lua_gettop(L) - 1));
        lua_pop(L, 1);
    }
    return out;
}

static inline bool lua_is_list(lua_State *L, int index)
{
    lua_Integer count = 0;
    for (lua_pushnil(L); lua_next(L, index) != 0; lua_pop(L, 1)) {
        count++;
    }
    return count > 0 && luaL_len(L, index) == count;
}

static inline json_t *lua_value(lua_State *L, int index)
{
    luaL_checkstack(L, 10, NULL);
    switch (lua_type(L, index)) {
    case LUA_TBOOLEAN:
        return json_boolean(lua_toboolean(L, index));
    case LUA_TNUMBER:
        return lua_isinteger(L, index) ? json_integer(lua_tointeger(L, index))
                                       : json_real(lua_tonumber(L, index));
    case LUA_TSTRING:
        return json_string(lua_tostring(L, index));
    case LUA_TFUNCTION:
        return json_true();
    case LUA_TTABLE:
        return lua_is_list(L, index) ? lua_list(L, index) : lua_object(L, index);
    default:
        return json_null();
    }
}

static inline int lua_no_module(lua_State *L)
{
    lua_newtable(L);
    return 1;
}

/* "connectors/highlevel"; yours. */
static inline json_t *lua_file(const char *name)
{
    char path[160];
    snprintf(path, sizeof path, "scripts/%s.lua", name);
    lua_State *L = luaL_newstate();
    luaL_openlibs(L);
    luaL_requiref(L, "json", lua_no_module, 0);
    lua_settop(L, 0);
    if (luaL_dofile(L, path) != LUA_OK) {
        print_error("%s\n", lua_tostring(L, -1));
        fail();
    }
    json_t *out = lua_value(L, 1);
    lua_close(L);
    return out;
}

/* "highlevel"; yours. */
static inline json_t *connector_file(const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "connectors/%s", name);
    json_t *table = lua_file(path);
    json_t *signatures = lua_file("lib/signatures");
    json_t *webhook = json_object_get(table, "webhook");
    if (json_is_string(json_object_get(webhook, "verify"))) {
        json_object_set(webhook, "schemes", json_object_get(signatures, "presets"));
    }
    json_decref(signatures);
    return table;
}
