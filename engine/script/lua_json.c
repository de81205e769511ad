/* Module `json` for scripts: decode, try_decode, encode, array, is_array and null, over jansson.
 * What it holds outside Lua while it works sits in boxes, so an error leaks nothing. */
#include <stdlib.h>

#include "script/state.h"
#include "script/strand.h"
#include "script/vm.h"

enum { DECODE_MAX = 4 << 20 /* bytes of one text: what is made of it lies outside the cap */ };

static void release_json(void *ptr)
{
    json_decref(ptr);
}

/* How many values a text can hold: what is parted by commas and brackets outside of texts. */
static size_t count_parts(const char *text, size_t len)
{
    size_t count = 1;
    bool is_text = false;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '"') {
            is_text = !is_text;
        } else if (is_text) {
            i += text[i] == '\\';
        } else {
            count += text[i] == ',' || text[i] == '[' || text[i] == '{';
        }
    }
    return count;
}

static json_t *parse_argument(lua_State *L, struct err *e)
{
    size_t len;
    const char *text = luaL_checklstring(L, 1, &len);
    vm_charge(L, len / 2);
    if (len > DECODE_MAX || count_parts(text, len) > JSON_NODES_MAX) {
        (void)err_set(e, ERR_TOO_LARGE, "a JSON text of more than %d MiB or %d values",
                      DECODE_MAX >> 20, JSON_NODES_MAX);
        return NULL;
    }
    return json_parse(text, len, e);
}

/* json.decode(text) -> value   [-1, +1, raises invalid, too_large] */
static int json_lua_decode(lua_State *L)
{
    struct err e = ERR_INIT;
    void **slot = box_push(L, release_json); // text box
    *slot = parse_argument(L, &e);
    if (*slot == NULL) {
        return vm_raise(L, &e);
    }
    vm_push_json(L, *slot, false);
    return 1;
}

/* json.try_decode(text) -> value | nil, error   [-1, +1 or +2, raises for lack of memory] */
static int json_lua_try_decode(lua_State *L)
{
    struct err e = ERR_INIT;
    void **slot = box_push(L, release_json); // text box
    *slot = parse_argument(L, &e);
    if (*slot == NULL) {
        lua_pushnil(L);
        vm_push_err(L, &e);
        return 2;
    }
    vm_push_json(L, *slot, false);
    return 1;
}

static bool wants_pretty(lua_State *L, int options)
{
    if (lua_isnoneornil(L, options)) {
        return false;
    }
    luaL_checktype(L, options, LUA_TTABLE);
    lua_getfield(L, options, "pretty");
    bool is_pretty = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return is_pretty;
}

static void add_line(luaL_Buffer *b, int depth)
{
    luaL_addchar(b, '\n');
    for (int i = 0; i < depth; i++) {
        luaL_addlstring(b, "  ", 2);
    }
}

/* The end of a JSON text that begins at p with its quote. */
static const char *text_end(const char *p)
{
    for (p++; *p != '"'; p++) {
        p += *p == '\\';
    }
    return p + 1;
}

/* Adds compact JSON with line breaks and an indentation of two.   [-0, +?, raises] */
static void add_pretty(luaL_Buffer *b, const char *p)
{
    int depth = 0;
    while (*p != '\0') {
        const char *end = *p == '"' ? text_end(p) : p + 1;
        bool is_open = *p == '{' || *p == '[';
        bool is_close = *p == '}' || *p == ']';
        if (is_close) {
            add_line(b, --depth);
        }
        end += is_open && (*end == '}' || *end == ']'); /* nothing in it: "{}" */
        bool is_empty = is_open && end == p + 2;
        luaL_addlstring(b, p, (size_t)(end - p));
        if (*p == ':') {
            luaL_addchar(b, ' ');
        } else if (*p == ',' || (is_open && !is_empty)) {
            depth += is_open;
            add_line(b, depth);
        }
        p = end;
    }
}

/* json.encode(value [, {pretty = true}]) -> text   [-2, +1, raises invalid, too_large] */
static int json_lua_encode(lua_State *L)
{
    luaL_checkany(L, 1);
    bool is_pretty = wants_pretty(L, 2);
    void **slot = box_push(L, release_json);
    *slot = vm_to_json(L, 1);
    void **text = box_push(L, free);
    *text = json_text(*slot, NULL);
    if (!is_pretty) {
        lua_pushstring(L, *text);
        return 1;
    }
    luaL_Buffer b;
    luaL_buffinit(L, &b);
    add_pretty(&b, *text);
    luaL_pushresult(&b);
    return 1;
}

/* json.array([table]) -> table: marks a table as an array, so that it stays one when it is empty.
 *   [-1, +1, raises] */
static int json_lua_array(lua_State *L)
{
    if (lua_isnoneornil(L, 1)) {
        lua_settop(L, 0);
        lua_newtable(L);
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    luaL_argcheck(L, json_is_marked(L, 1) || !lua_getmetatable(L, 1), 1,
                  "the table has a metatable of its own");
    json_mark_array(L);
    return 1;
}

/* json.is_array(value) -> boolean   [-1, +1, -] */
static int json_lua_is_array(lua_State *L)
{
    lua_pushboolean(L, json_is_marked(L, 1));
    return 1;
}

/* tostring(json.null) -> "null"   [-1, +1, raises] */
static int null_tostring(lua_State *L)
{
    lua_pushstring(L, lua_touserdata(L, 1) == NULL ? "null" : "light userdata");
    return 1;
}

static const luaL_Reg functions[] = {
    { "array", json_lua_array },           { "decode", json_lua_decode },
    { "encode", json_lua_encode },         { "is_array", json_lua_is_array },
    { "try_decode", json_lua_try_decode }, { NULL, NULL },
};

int luaopen_json(lua_State *L)
{
    luaL_newlib(L, functions); // json
    lua_pushlightuserdata(L, NULL);
    if (lua_getmetatable(L, -1)) { // json null mt
        lua_pushcfunction(L, null_tostring);
        lua_setfield(L, -2, "__tostring");
        lua_pop(L, 1);
    }
    lua_setfield(L, -2, "null"); // json
    return 1;
}
