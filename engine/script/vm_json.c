/* JSON and Lua: jansson's values as Lua values, and Lua values as jansson's. Unlike lua-cjson it
 * keeps integers exact and arrays apart from objects: a table that came from an array carries the
 * metatable json.array. What is being built outside Lua hangs on a userdata, so that an error
 * leaks nothing; as it lies outside the state's memory cap, its values and bytes are counted. */
#include <math.h>

#include "base/utf8.h"
#include "script/catalog.h"
#include "script/state.h"
#include "script/vm.h"

static const char ARRAY_METATABLE[] = "json.array";
static const char ANCHOR_METATABLE[] = "engine.json";

enum { VALUE_COST = 8 /* instructions charged for one value */ };

/* --- JSON to Lua --- */

void json_mark_array(lua_State *L)
{
    luaL_setmetatable(L, ARRAY_METATABLE);
}

bool json_is_marked(lua_State *L, int index)
{
    if (lua_type(L, index) != LUA_TTABLE || !lua_getmetatable(L, index)) {
        return false;
    }
    luaL_getmetatable(L, ARRAY_METATABLE);
    bool is_same = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return is_same;
}

static void push_object(lua_State *L, const json_t *v, bool drop_nulls)
{
    lua_createtable(L, 0, (int)json_object_size(v)); // object
    json_t *o = (json_t *)v;                         /* only read */
    for (void *it = json_object_iter(o); it != NULL; it = json_object_iter_next(o, it)) {
        const json_t *item = json_object_iter_value(it);
        if (drop_nulls && json_is_null(item)) {
            continue;
        }
        lua_pushlstring(L, json_object_iter_key(it), json_object_iter_key_len(it));
        vm_push_json(L, item, drop_nulls); // object key item
        lua_rawset(L, -3);
    }
}

static void push_array(lua_State *L, const json_t *v, bool drop_nulls)
{
    size_t count = json_array_size(v);
    lua_createtable(L, (int)count, 0); // array
    for (size_t i = 0; i < count; i++) {
        vm_push_json(L, json_array_get(v, i), drop_nulls);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    json_mark_array(L);
}

/* The depth of v is bounded by those who make json_t: JSON_DEPTH_MAX. */
void vm_push_json(lua_State *L, const json_t *v, bool drop_nulls)
{
    luaL_checkstack(L, 4, "JSON");
    if (v == NULL) {
        lua_pushnil(L);
        return;
    }
    switch (json_typeof(v)) {
    case JSON_OBJECT:
        push_object(L, v, drop_nulls);
        break;
    case JSON_ARRAY:
        push_array(L, v, drop_nulls);
        break;
    case JSON_STRING:
        lua_pushlstring(L, json_string_value(v), json_string_length(v));
        break;
    case JSON_INTEGER:
        lua_pushinteger(L, json_integer_value(v));
        break;
    case JSON_REAL:
        lua_pushnumber(L, json_real_value(v));
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        lua_pushboolean(L, json_is_true(v));
        break;
    case JSON_NULL:
        lua_pushlightuserdata(L, NULL);
        break;
    }
}

/* --- Lua to JSON --- */

struct encoder {
    lua_State *L;
    bool marks_functions;
    int depth;
    size_t nodes;
    size_t bytes;
};

static void raise_kind(lua_State *L, enum err_kind kind, const char *text)
{
    struct err e = ERR_INIT;
    (void)err_set(&e, kind, "%s", text);
    (void)vm_raise(L, &e);
}

/* Counts one value and its bytes; raises past the limits.   [-0, +0, raises] */
static void count_value(struct encoder *n, size_t bytes)
{
    n->nodes++;
    n->bytes += bytes;
    if (n->nodes > JSON_NODES_MAX || n->bytes > JSON_BYTES_MAX) {
        raise_kind(n->L, ERR_TOO_LARGE,
                   "a value is too large for JSON (over 500,000 parts or 16 MiB of text)");
    }
    if (n->nodes % 64 == 0) {
        vm_charge(n->L, 64 * VALUE_COST);
    }
}

/* A new value may be NULL only where its text is not UTF-8.   [-0, +0, raises] */
static json_t *checked(struct encoder *n, json_t *v)
{
    if (v == NULL) {
        raise_kind(n->L, ERR_INVALID, "a text is not UTF-8: JSON has no other");
    }
    return v;
}

static json_t *make_number(struct encoder *n, int index)
{
    if (lua_isinteger(n->L, index)) {
        return json_integer(lua_tointeger(n->L, index));
    }
    lua_Number number = lua_tonumber(n->L, index);
    if (!isfinite(number)) {
        raise_kind(n->L, ERR_INVALID, "JSON has no infinite numbers and no NaN");
    }
    return json_real(number);
}

static json_t *make_text(struct encoder *n, int index)
{
    size_t len;
    const char *text = lua_tolstring(n->L, index, &len);
    count_value(n, len);
    return checked(n, utf8_is_valid(text, len) ? json_stringn_nocheck(text, len) : NULL);
}

/* What a table is in JSON: an array where it carries the mark or its keys are 1 … n, else an
 * object. A marked one may have holes, which become null. Returns the array's length, or -1.
 *   [-0, +0, raises] */
static lua_Integer list_length(lua_State *L, int index)
{
    lua_Integer length = 0;
    lua_Integer count = 0;
    bool has_other = false;
    lua_pushnil(L);
    while (lua_next(L, index) != 0) { // key value
        lua_pop(L, 1);
        lua_Integer key = lua_isinteger(L, -1) ? lua_tointeger(L, -1) : 0;
        has_other = has_other || key < 1;
        length = key > length ? key : length;
        count++;
    }
    if (json_is_marked(L, index)) {
        if (has_other) {
            raise_kind(L, ERR_INVALID,
                       "a table that is marked as an array has a key that is no position");
        }
        return length;
    }
    return !has_other && count == length && count > 0 ? length : -1;
}

/* The name of a member: a text, or a whole number in decimal; replaces a number on top by its text.
 *   [-1, +1, raises] */
static const char *member_name(struct encoder *n, size_t *len)
{
    lua_State *L = n->L;
    if (lua_type(L, -1) != LUA_TSTRING && !lua_isinteger(L, -1)) {
        raise_kind(L, ERR_INVALID, "a table has a key that is neither a text nor a whole number");
    }
    const char *name = lua_tolstring(L, -1, len);
    count_value(n, *len);
    return name;
}

static json_t *make_empty(struct encoder *n, int index, lua_Integer *length);
static void fill_members(struct encoder *n, int index, lua_Integer length, json_t *into);

/* Makes the value at index and everything in it, attached to `array` or, under the name, to
 * `object`, before it is filled: so the root owns all of it at any time.   [-0, +0, raises] */
static void attach(struct encoder *n, json_t *into, const char *name, size_t name_len, int index)
{
    lua_Integer length = -1;
    globals_thaw(n->L, index);
    json_t *v = make_empty(n, index, &length);
    if (json_is_array(into)) {
        (void)json_array_append_new(into, v); /* fails only on memory, which aborts, or on itself */
    } else {
        (void)json_object_setn_new_nocheck(into, name, name_len, v); /* as above */
    }
    fill_members(n, index, length, v);
}

static void fill_array(struct encoder *n, int index, lua_Integer count, json_t *array)
{
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(n->L, index, i);
        attach(n, array, NULL, 0, lua_gettop(n->L));
        lua_pop(n->L, 1);
    }
}

/* The member whose key is on top.   [-1, +0, raises] */
static void fill_member(struct encoder *n, int index, json_t *object)
{
    lua_State *L = n->L;
    lua_pushvalue(L, -1); // key key
    lua_rawget(L, index); // key value
    lua_insert(L, -2);    // value key
    size_t len;
    const char *name = member_name(n, &len);
    if (!utf8_is_valid(name, len)) {
        raise_kind(L, ERR_INVALID, "a key is not UTF-8: JSON has no other");
    }
    if (json_object_getn(object, name, len) != NULL) {
        raise_kind(L, ERR_INVALID, "a table has the same key as a number and as a text");
    }
    attach(n, object, name, len, lua_gettop(L) - 1);
    lua_pop(L, 2);
}

static void fill_object(struct encoder *n, int index, json_t *object)
{
    lua_State *L = n->L;
    int order[KEYS_FEW];
    int few = keys_push_few(L, index, order); // key …, or nothing
    for (int i = 0; i < few; i++) {
        lua_pushvalue(L, order[i]);
        fill_member(n, index, object);
    }
    if (few >= 0) {
        lua_pop(L, few);
        return;
    }
    lua_Integer count = keys_push_sorted(L, index); // keys
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(L, -1, i);
        fill_member(n, index, object);
    }
    lua_pop(L, 1);
}

static void enter_level(struct encoder *n)
{
    if (++n->depth > JSON_DEPTH_MAX) {
        raise_kind(n->L, ERR_INVALID, "a table is nested over 64 levels deep, or contains itself");
    }
    luaL_checkstack(n->L, 12, "JSON");
}

/* Fills the empty array (of that length) or object from the table at index.   [-0, +0, raises] */
static void fill_members(struct encoder *n, int index, lua_Integer length, json_t *into)
{
    if (lua_type(n->L, index) != LUA_TTABLE) {
        return;
    }
    enter_level(n);
    if (json_is_array(into)) {
        fill_array(n, index, length, into);
    } else {
        fill_object(n, index, into);
    }
    n->depth--;
}

/* The value at index; a table as an empty array, whose length goes to *length, or object.
 *   [-0, +0, raises] */
static json_t *make_empty(struct encoder *n, int index, lua_Integer *length)
{
    lua_State *L = n->L;
    int type = lua_type(L, index);
    if (type == LUA_TSTRING) {
        return make_text(n, index);
    }
    count_value(n, 0);
    if (type == LUA_TTABLE) {
        *length = list_length(L, index);
        return *length >= 0 ? json_array() : json_object();
    }
    if (type == LUA_TNUMBER) {
        return make_number(n, index);
    }
    if (type == LUA_TBOOLEAN) {
        return json_boolean(lua_toboolean(L, index));
    }
    if (type == LUA_TFUNCTION && n->marks_functions) {
        return json_pack("{s:b}", CATALOG_FUNCTION, 1);
    }
    if (type == LUA_TNIL || (type == LUA_TLIGHTUSERDATA && lua_touserdata(L, index) == NULL)) {
        return json_null();
    }
    struct err e = ERR_INIT;
    (void)err_set(&e, ERR_INVALID, "a %s cannot be written as JSON", lua_typename(L, type));
    (void)vm_raise(L, &e);
    return NULL;
}

/* --- the root while it is built --- */

static int anchor_gc(lua_State *L)
{
    json_t **slot = lua_touserdata(L, 1);
    json_decref(*slot);
    *slot = NULL;
    return 0;
}

/* Pushes a userdata that owns a json_t until it is taken out. Not a box: those are closed in the
 * order of the stack, and vm_to_json leaves nothing there.   [-0, +1, raises] */
static json_t **push_anchor(lua_State *L)
{
    json_t **slot = lua_newuserdatauv(L, sizeof *slot, 0); // anchor
    *slot = NULL;
    luaL_setmetatable(L, ANCHOR_METATABLE);
    return slot;
}

static json_t *convert(lua_State *L, int index, bool marks_functions)
{
    struct encoder n = { .L = L, .marks_functions = marks_functions };
    luaL_checkstack(L, 12, "JSON");
    lua_pushvalue(L, index); // value
    index = lua_gettop(L);
    globals_thaw(L, index);
    json_t **slot = push_anchor(L); // value anchor
    lua_Integer length = -1;
    *slot = make_empty(&n, index, &length);
    fill_members(&n, index, length, *slot);
    vm_charge(L, n.bytes / BYTES_PER_UNIT);
    json_t *v = *slot;
    *slot = NULL;
    lua_pop(L, 2);
    return v;
}

json_t *vm_to_json(lua_State *L, int index)
{
    return convert(L, index, false);
}

json_t *json_of_table(lua_State *L, int index)
{
    return convert(L, index, true);
}

/* --- measuring --- */

static size_t text_len(lua_State *L, int index)
{
    return lua_type(L, index) == LUA_TSTRING ? lua_rawlen(L, index) : 0;
}

static void measure_table(struct encoder *n, int index)
{
    lua_State *L = n->L;
    count_value(n, text_len(L, index));
    if (lua_type(L, index) != LUA_TTABLE) {
        return;
    }
    enter_level(n);
    lua_pushnil(L);
    while (lua_next(L, index) != 0) { // key value
        count_value(n, text_len(L, -2));
        measure_table(n, lua_gettop(L));
        lua_pop(L, 1);
    }
    n->depth--;
}

void json_measure(lua_State *L, int index)
{
    struct encoder n = { .L = L };
    luaL_checkstack(L, 12, "JSON");
    measure_table(&n, lua_absindex(L, index));
}

void json_open(lua_State *L)
{
    luaL_newmetatable(L, ARRAY_METATABLE); // mt
    lua_pushliteral(L, "array");
    lua_setfield(L, -2, "__metatable");
    luaL_newmetatable(L, ANCHOR_METATABLE); // … mt
    lua_pushcfunction(L, anchor_gc);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 2);
}
