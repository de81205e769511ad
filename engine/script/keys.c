/* The keys of a table in an order that is the same in every process: Lua's own order depends on
 * addresses, and a run that is replayed must take the way that it took before. Numbers come first,
 * then texts by bytes, then the rest as Lua gives them. The array and the table it sorts with
 * belong to Lua, so an error leaks nothing. */
#include <stdlib.h>
#include <string.h>

#include "script/state.h"

struct key {
    const char *text; /* NULL: not a text; lives as long as the table's key */
    size_t len;
    lua_Number number;
    lua_Integer integer; /* tells apart what is one as a float */
    lua_Integer rank;    /* 0: a number, 1: a text, 2 and more: others, as they came */
    lua_Integer place;   /* in the unsorted array, from 1 */
};

static int compare_texts(const struct key *a, const struct key *b)
{
    size_t shorter = a->len < b->len ? a->len : b->len;
    int order = memcmp(a->text, b->text, shorter);
    if (order != 0) {
        return order;
    }
    return (a->len > b->len) - (a->len < b->len);
}

static int compare(const void *pa, const void *pb)
{
    const struct key *a = pa;
    const struct key *b = pb;
    if (a->rank != b->rank) {
        return a->rank < b->rank ? -1 : 1;
    }
    if (a->rank == 1) {
        return compare_texts(a, b);
    }
    if (a->number != b->number) {
        return a->number < b->number ? -1 : 1;
    }
    if (a->integer != b->integer) {
        return a->integer < b->integer ? -1 : 1;
    }
    return (a->place > b->place) - (a->place < b->place);
}

static struct key sort_key(lua_State *L, int index, lua_Integer place)
{
    struct key k = { .place = place, .rank = 1 + place };
    if (lua_type(L, index) == LUA_TNUMBER) {
        k.number = lua_tonumber(L, index);
        k.integer = lua_tointeger(L, index);
        k.rank = 0;
    } else if (lua_type(L, index) == LUA_TSTRING) {
        k.text = lua_tolstring(L, index, &k.len);
        k.rank = 1;
    }
    return k;
}

static lua_Integer count_keys(lua_State *L, int table)
{
    lua_Integer count = 0;
    lua_pushnil(L);
    while (lua_next(L, table) != 0) {
        lua_pop(L, 1);
        count++;
    }
    return count;
}

int keys_push_few(lua_State *L, int index, int order[KEYS_FEW])
{
    int table = lua_absindex(L, index);
    struct key keys[KEYS_FEW];
    int count = 0;
    luaL_checkstack(L, KEYS_FEW + 3, "keys");
    int first = lua_gettop(L) + 1;
    lua_pushnil(L);
    while (lua_next(L, table) != 0) { // keys … key value
        lua_pop(L, 1);
        if (count == KEYS_FEW) {
            lua_settop(L, first - 1);
            return -1;
        }
        struct key key = sort_key(L, -1, count + 1);
        int at = count++;
        for (; at > 0 && compare(&key, &keys[at - 1]) < 0; at--) {
            keys[at] = keys[at - 1];
        }
        keys[at] = key;
        lua_pushvalue(L, -1);
    }
    vm_charge(L, (uint64_t)count * 4);
    for (int i = 0; i < count; i++) {
        order[i] = first - 1 + (int)keys[i].place;
    }
    return count;
}

lua_Integer keys_push_sorted(lua_State *L, int index)
{
    int table = lua_absindex(L, index);
    luaL_checkstack(L, 6, "keys");
    lua_Integer count = count_keys(L, table);
    vm_charge(L, (uint64_t)count * 4);
    lua_createtable(L, (int)count, 0);                                            // sorted
    struct key *keys = lua_newuserdatauv(L, (size_t)count * sizeof *keys + 1, 0); // sorted keys
    lua_createtable(L, (int)count, 0);                                            // sorted keys raw
    lua_Integer place = 0;
    lua_pushnil(L); // sorted keys raw key
    /* Of a weak table the collector may have taken some meanwhile: there are not more than before.
     */
    while (lua_next(L, table) != 0) {
        keys[place] = sort_key(L, -2, place + 1);
        lua_pop(L, 1);
        lua_pushvalue(L, -1);
        lua_rawseti(L, -3, ++place);
    }
    qsort(keys, (size_t)place, sizeof *keys, compare);
    for (lua_Integer i = 0; i < place; i++) {
        lua_rawgeti(L, -1, keys[i].place);
        lua_rawseti(L, -4, i + 1);
    }
    lua_pop(L, 2); // sorted
    return place;
}
