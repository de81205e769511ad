/* One error for both languages: struct err as a Lua table {kind, message, status, retry_at, detail}
 * and back. The table prints as its message. Reading never runs a script's code: no metamethod is
 * asked. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "script/state.h"
#include "script/vm.h"

static const char ERROR_METATABLE[] = "engine.error";

/* tostring(error) -> message   [-1, +1, raises] */
static int error_tostring(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_pushliteral(L, "message");
    lua_rawget(L, 1);
    return 1;
}

void error_open(lua_State *L)
{
    luaL_newmetatable(L, ERROR_METATABLE); // mt
    lua_pushcfunction(L, error_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
}

void vm_push_err(lua_State *L, const struct err *e)
{
    luaL_checkstack(L, 3, "an error");
    lua_createtable(L, 0, 5); // error
    lua_pushstring(L, err_kind_name(e->kind));
    lua_setfield(L, -2, "kind");
    lua_pushstring(L, e->message);
    lua_setfield(L, -2, "message");
    if (e->status != 0) {
        lua_pushinteger(L, e->status);
        lua_setfield(L, -2, "status");
    }
    if (e->retry_at_us != 0) {
        lua_pushinteger(L, e->retry_at_us);
        lua_setfield(L, -2, "retry_at");
    }
    if (e->detail[0] != '\0') {
        lua_pushstring(L, e->detail);
        lua_setfield(L, -2, "detail");
    }
    luaL_setmetatable(L, ERROR_METATABLE);
}

int vm_raise(lua_State *L, const struct err *e)
{
    vm_push_err(L, e);
    return lua_error(L);
}

/* Pushes a field without asking metamethods.   [-0, +1, raises] */
static int push_raw_field(lua_State *L, int table, const char *name)
{
    lua_pushstring(L, name);
    return lua_rawget(L, table);
}

/* Copies a text field, cut to size; leaves out alone where it is no text.   [-0, +0, raises] */
static bool copy_field(lua_State *L, int table, const char *name, char *out, size_t size)
{
    bool is_text = push_raw_field(L, table, name) == LUA_TSTRING;
    if (is_text) {
        size_t len;
        const char *text = lua_tolstring(L, -1, &len);
        size_t kept = len < size ? len : size - 1;
        memcpy(out, text, kept);
        out[kept] = '\0';
    }
    lua_pop(L, 1);
    return is_text;
}

static int64_t int_field(lua_State *L, int table, const char *name)
{
    (void)push_raw_field(L, table, name);
    int is_int;
    lua_Integer value = lua_type(L, -1) == LUA_TNUMBER ? lua_tointegerx(L, -1, &is_int) : 0;
    lua_pop(L, 1);
    return value;
}

/* A kind that a script made up is a script's error. */
static enum err_kind kind_of_name(const char *name)
{
    enum err_kind kind = err_kind_parse(name);
    bool is_known = strcmp(err_kind_name(kind), name) == 0;
    return is_known && kind != ERR_NONE ? kind : ERR_SCRIPT;
}

static void read_error_table(lua_State *L, int table, struct err *e)
{
    char kind[32];
    char message[ERR_RAW_MAX];
    luaL_checkstack(L, 2, "an error");
    if (!copy_field(L, table, "kind", kind, sizeof kind)) {
        kind[0] = '\0';
    }
    if (!copy_field(L, table, "message", message, sizeof message)) {
        (void)err_set(e, kind_of_name(kind), "the script raised a table without a message");
    } else {
        (void)err_set(e, kind_of_name(kind), "%s", message);
    }
    int64_t status = int_field(L, table, "status");
    e->status = status >= 100 && status <= 999 ? (int)status : 0;
    e->retry_at_us = int_field(L, table, "retry_at");
    if (copy_field(L, table, "detail", message, sizeof message)) {
        size_t len = strlen(message);
        (void)log_redact(message, len); /* before it is cut */
        (void)snprintf(e->detail, sizeof e->detail, "%.*s", ERR_DETAIL_MAX - 1, message);
    }
}

void vm_read_err(lua_State *L, int index, struct err *e)
{
    struct err read = ERR_INIT;
    index = lua_absindex(L, index);
    switch (lua_type(L, index)) {
    case LUA_TTABLE:
        read_error_table(L, index, &read);
        break;
    case LUA_TSTRING:
        (void)err_set(&read, ERR_SCRIPT, "%s", lua_tostring(L, index));
        break;
    default:
        (void)err_set(&read, ERR_SCRIPT, "the script raised a %s value", luaL_typename(L, index));
        break;
    }
    if (e != NULL) {
        *e = read;
    }
}
