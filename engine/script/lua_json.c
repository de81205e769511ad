/* JSON and Lua: jansson's values as Lua values, Lua values as jansson's, and the module `json` for scripts. Unlike
 * lua-cjson it keeps integers exact and arrays apart from objects: a table that came from an array carries the
 * metatable json.array. What is being built outside Lua hangs on a box, so that an error leaks nothing; and
 * as it lies outside the state's memory cap, its values and bytes are counted. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "script/state.h"
#include "script/strand.h"
#include "script/vm.h"

static const char ARRAY_METATABLE[] = "json.array";

enum {
    DECODE_MAX = 4 << 20,   /* bytes of one text for json.decode: in memory it becomes some ten times that */
    VALUE_COST = 8          /* instructions charged for one value */
};

static const char NULL_NAME[] = "null";

/* --- JSON to Lua ------------------------------------------------------------------------------ */

/* Sets the metatable that marks the table on top as an array.   [-0, +0, raises] */
static void mark_array(lua_State *L)
{
    if (luaL_newmetatable(L, ARRAY_METATABLE)) { // table mt
        lua_pushliteral(L, "array");
        lua_setfield(L, -2, "__metatable");
    }
    lua_setmetatable(L, -2); // table
}

static bool is_array(lua_State *L, int index)
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
    const char *key;
    size_t key_len;
    json_t *item;
    json_object_keylen_foreach((json_t *)v, key, key_len, item) {
        if (drop_nulls && json_is_null(item)) {
            continue;
        }
        lua_pushlstring(L, key, key_len);
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
    mark_array(L);
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

/* --- Lua to JSON ------------------------------------------------------------------------------ */

struct encoder {
    lua_State *L;
    bool functions_are_true;
    int depth;
    size_t nodes;
    size_t bytes;
};

static void refuse(lua_State *L, enum err_kind kind, const char *text)
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
        refuse(n->L, ERR_TOO_LARGE, "a value is too large for JSON (over 500,000 parts or 16 MiB of text)");
    }
    if (n->nodes % 64 == 0) {
        vm_charge(n->L, 64 * VALUE_COST);
    }
}

/* A new value may be NULL only where its text is not UTF-8.   [-0, +0, raises] */
static json_t *checked(struct encoder *n, json_t *v)
{
    if (v == NULL) {
        refuse(n->L, ERR_INVALID, "a text is not UTF-8: JSON has no other");
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
        refuse(n->L, ERR_INVALID, "JSON has no infinite numbers and no NaN");
    }
    return json_real(number);
}

static json_t *make_text(struct encoder *n, int index)
{
    size_t len;
    const char *text = lua_tolstring(n->L, index, &len);
    count_value(n, len);
    return checked(n, json_stringn(text, len));
}

/* What a table is in JSON: an array where it carries the mark or its keys are 1 … n, else an object. A marked
 * one may have holes, which become null. Returns the array's length, or -1.   [-0, +0, raises] */
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
    if (is_array(L, index)) {
        if (has_other) {
            refuse(L, ERR_INVALID, "a table that is marked as an array has a key that is no position");
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
        refuse(L, ERR_INVALID, "a table has a key that is neither a text nor a whole number: JSON has no such keys");
    }
    const char *name = lua_tolstring(L, -1, len);
    count_value(n, *len);
    return name;
}

static json_t *make_empty(struct encoder *n, int index, lua_Integer *length);
static void fill(struct encoder *n, int index, lua_Integer length, json_t *into);

/* Makes the value at index and everything in it, attached to `array` or, under the name, to `object`, before
 * it is filled: so the root owns all of it at any time.   [-0, +0, raises] */
static void attach(struct encoder *n, json_t *into, const char *name, size_t name_len, int index)
{
    lua_Integer length = -1;
    json_t *v = make_empty(n, index, &length);
    if (json_is_array(into)) {
        (void)json_array_append_new(into, v); /* fails only on memory, which aborts, or on itself */
    } else if (json_object_setn_new(into, name, name_len, v) == -1) {
        refuse(n->L, ERR_INVALID, "a key is not UTF-8: JSON has no other");
    }
    fill(n, index, length, v);
}

static void fill_array(struct encoder *n, int index, lua_Integer count, json_t *array)
{
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(n->L, index, i);
        attach(n, array, NULL, 0, lua_gettop(n->L));
        lua_pop(n->L, 1);
    }
}

static void fill_object(struct encoder *n, int index, json_t *object)
{
    lua_State *L = n->L;
    lua_Integer count = keys_push_sorted(L, index); // keys
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(L, -1, i);
        lua_pushvalue(L, -1); // keys key key
        lua_rawget(L, index); // keys key value
        lua_insert(L, -2); // keys value key
        size_t len;
        const char *name = member_name(n, &len);
        if (json_object_getn(object, name, len) != NULL) {
            refuse(L, ERR_INVALID, "a table has the same key as a number and as a text");
        }
        attach(n, object, name, len, lua_gettop(L) - 1);
        lua_pop(L, 2);
    }
    lua_pop(L, 1);
}

static void enter_level(struct encoder *n)
{
    if (++n->depth > JSON_DEPTH_MAX) {
        refuse(n->L, ERR_INVALID, "a table is nested over 64 levels deep, or contains itself");
    }
    luaL_checkstack(n->L, 12, "JSON");
}

/* Fills the empty array (of that length) or object from the table at index.   [-0, +0, raises] */
static void fill(struct encoder *n, int index, lua_Integer length, json_t *into)
{
    if (!json_is_array(into) && !json_is_object(into)) {
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

/* The value at index; a table as an empty array, whose length goes to *length, or object.   [-0, +0, raises] */
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
    if (type == LUA_TBOOLEAN || (type == LUA_TFUNCTION && n->functions_are_true)) {
        return json_boolean(type == LUA_TFUNCTION || lua_toboolean(L, index));
    }
    if (type == LUA_TNIL || (type == LUA_TLIGHTUSERDATA && lua_touserdata(L, index) == NULL)) {
        return json_null();
    }
    struct err e = ERR_INIT;
    (void)err_set(&e, ERR_INVALID, "a %s cannot be written as JSON", lua_typename(L, type));
    (void)vm_raise(L, &e);
    return NULL;
}

/* --- the root while it is built ----------------------------------------------------------------- */

static int anchor_gc(lua_State *L)
{
    json_t **slot = lua_touserdata(L, 1);
    json_decref(*slot);
    *slot = NULL;
    return 0;
}

/* Pushes a userdata that owns a json_t until it is taken out. Not a box: those are closed in the order of the stack,
 * and vm_to_json leaves nothing there.   [-0, +1, raises] */
static json_t **push_anchor(lua_State *L)
{
    json_t **slot = lua_newuserdatauv(L, sizeof *slot, 0); // anchor
    *slot = NULL;
    if (luaL_newmetatable(L, "engine.json")) { // anchor mt
        lua_pushcfunction(L, anchor_gc);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2); // anchor
    return slot;
}

static json_t *convert(lua_State *L, int index, bool functions_are_true)
{
    struct encoder n = { .L = L, .functions_are_true = functions_are_true };
    luaL_checkstack(L, 12, "JSON");
    index = lua_absindex(L, index);
    json_t **slot = push_anchor(L); // anchor
    lua_Integer length = -1;
    *slot = make_empty(&n, index, &length);
    fill(&n, index, length, *slot);
    vm_charge(L, n.bytes / BYTES_PER_UNIT);
    json_t *v = *slot;
    *slot = NULL;
    lua_pop(L, 1);
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

/* --- measuring -------------------------------------------------------------------------------- */

static void measure(struct encoder *n, int index)
{
    lua_State *L = n->L;
    size_t len = 0;
    if (lua_type(L, index) == LUA_TSTRING) {
        (void)lua_tolstring(L, index, &len);
    }
    count_value(n, len);
    if (lua_type(L, index) != LUA_TTABLE) {
        return;
    }
    enter_level(n);
    lua_pushnil(L);
    while (lua_next(L, index) != 0) { // key value
        measure(n, lua_gettop(L));
        lua_pop(L, 1);
    }
    n->depth--;
}

void json_measure(lua_State *L, int index)
{
    struct encoder n = { .L = L };
    luaL_checkstack(L, 12, "JSON");
    measure(&n, lua_absindex(L, index));
}

/* --- module json ------------------------------------------------------------------------------ */

static void release_json(void *ptr)
{
    json_decref(ptr);
}

static json_t *parse(lua_State *L, struct err *e)
{
    size_t len;
    const char *text = luaL_checklstring(L, 1, &len);
    if (len > DECODE_MAX) {
        (void)err_set(e, ERR_TOO_LARGE, "a JSON text of more than %d MiB", DECODE_MAX >> 20);
        return NULL;
    }
    vm_charge(L, len / 2);
    return json_parse(text, len, e);
}

/* json.decode(text) -> value   [-1, +1, raises invalid, too_large] */
static int json_lua_decode(lua_State *L)
{
    struct err e = ERR_INIT;
    void **slot = box_push(L, release_json); // text box
    *slot = parse(L, &e);
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
    *slot = parse(L, &e);
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
    luaL_argcheck(L, is_array(L, 1) || !lua_getmetatable(L, 1), 1, "the table has a metatable of its own");
    mark_array(L);
    return 1;
}

/* json.is_array(value) -> boolean   [-1, +1, -] */
static int json_lua_is_array(lua_State *L)
{
    lua_pushboolean(L, is_array(L, 1));
    return 1;
}

/* tostring(json.null) -> "null"   [-1, +1, raises] */
static int null_tostring(lua_State *L)
{
    lua_pushstring(L, lua_touserdata(L, 1) == NULL ? NULL_NAME : "light userdata");
    return 1;
}

static const luaL_Reg functions[] = {
    { "array", json_lua_array },   { "decode", json_lua_decode },         { "encode", json_lua_encode },
    { "is_array", json_lua_is_array }, { "try_decode", json_lua_try_decode }, { NULL, NULL },
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
