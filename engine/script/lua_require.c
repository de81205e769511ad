/* `require`: a module is found by name among those built in, then by the vm's find_module, run
 * once, and kept. Names are parts of letters, digits, _ and - with a dot or a slash between them,
 * so none can leave its folder. Modules that are built in, and the engine's own lib.*, are handed
 * out read-only. An open state keeps Lua's require and gets a searcher. */
#include <stdlib.h>
#include <string.h>

#include "script/state.h"
#include "script/strand.h"

static const char LOADED[] = "engine.loaded";   /* registry: name -> module */
static const char PRELOAD[] = "engine.preload"; /* registry: name -> function that makes it */
static const char LOADING[] = "engine.loading"; /* registry: name -> the stretch that loads it */

enum { NAME_MAX_LEN = 100 };

static bool is_name_char(char c)
{
    bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return is_letter || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/* Parts with one dot or slash between two of them. */
static bool is_module_name(const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < len; i++) {
        bool is_divider = name[i] == '.' || name[i] == '/';
        if (!is_name_char(name[i]) &&
            !(is_divider && i > 0 && is_name_char(name[i - 1]) && i + 1 < len)) {
            return false;
        }
    }
    return len > 0 && len <= NAME_MAX_LEN;
}

/* Pushes "@scripts/lib/walk.lua" for lib.walk: the name that errors show.   [-0, +1, raises] */
static const char *push_chunk_name(lua_State *L, const char *name)
{
    const char *prefix = strncmp(name, "scripts", 7) == 0 ? "@" : "@scripts/";
    luaL_gsub(L, name, ".", "/");                                // path
    lua_pushfstring(L, "%s%s.lua", prefix, lua_tostring(L, -1)); // path chunk
    lua_remove(L, -2);                                           // chunk
    return lua_tostring(L, -1);
}

/* Whether the chunk of module `name` is the engine's own. */
static bool is_our_module(const struct vm *vm, const char *name)
{
    return vm->is_ours == NULL || vm->is_ours(vm->ud, name);
}

/* Pushes the function of a module from find_module, or nothing.   [-0, +0 or +1, raises] */
static bool push_found(lua_State *L, const char *name)
{
    struct vm *vm = vm_of(L);
    if (vm->find_module == NULL) {
        return false;
    }
    const char *chunk = push_chunk_name(L, name); // chunk
    void **slot = box_push(L, free);              // chunk box
    size_t len = 0;
    *slot = vm->find_module(vm->ud, name, &len);
    if (*slot == NULL) {
        return false;
    }
    if (is_our_module(vm, name)) {
        vm_load(L, *slot, len, chunk); // chunk box function
    } else {
        vm_load_guest(L, *slot, len, chunk);
    }
    return true;
}

/* find(name) -> function or nothing. A C function of its own, so that its box is closed before the
 * module runs.
 *   [-1, +0 or +1, raises] */
static int find_file(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, PRELOAD); // name preload
    if (lua_getfield(L, -1, name) != LUA_TNIL) {
        return 1;
    }
    return push_found(L, name) ? 1 : 0;
}

/* --- the sandbox's --- */

/* __close of the mark that a module is being loaded   [-2, +0, raises] */
static int loading_close(lua_State *L)
{
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LOADING); // mark … loading
    lua_getiuservalue(L, 1, 1);
    lua_pushnil(L);
    lua_rawset(L, -3);
    return 0;
}

/* Notes that the module is being loaded, until the calling C function ends. Where there is not even
 * memory to take the note back, its number is that of a metered stretch that is over: a module
 * loads within one, as it cannot wait.   [-0, +1, raises] */
static void mark_loading(lua_State *L, const char *name)
{
    (void)lua_newuserdatauv(L, 0, 1); // mark
    lua_pushstring(L, name);
    lua_setiuservalue(L, -2, 1);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, loading_close);
    lua_setfield(L, -2, "__close");
    lua_setmetatable(L, -2); // mark
    lua_toclose(L, -1);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LOADING); // mark loading
    lua_pushinteger(L, vm_of(L)->stretches);
    lua_setfield(L, -2, name);
    lua_pop(L, 1); // mark
}

static bool is_loading(lua_State *L, const char *name)
{
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LOADING); // loading
    lua_getfield(L, -1, name);                       // loading number
    bool is_now = lua_isinteger(L, -1) && lua_tointeger(L, -1) == vm_of(L)->stretches;
    lua_pop(L, 2);
    return is_now;
}

/* What several share who do not know each other: C modules, the engine's lib, connectors. */
static bool is_shared(const char *name, bool is_built_in)
{
    static const char *const folders[] = { "lib.", "lib/", "connectors.", "connectors/" };
    bool is_one = is_built_in;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        is_one = is_one || strncmp(name, folders[i], strlen(folders[i])) == 0;
    }
    return is_one;
}

/* Pushes what the module returns, `true` for nothing.   [-0, +1, raises] */
static void run_module(lua_State *L, const char *name)
{
    lua_pushcfunction(L, find_file);
    lua_pushstring(L, name);
    lua_call(L, 1, 1); // function
    if (lua_isnil(L, -1)) {
        luaL_error(L, "there is no module '%s'", name);
    }
    bool is_built_in = lua_iscfunction(L, -1);
    lua_pushstring(L, name);
    lua_call(L, 1, 1); // module
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        lua_pushboolean(L, true);
    }
    if (is_shared(name, is_built_in)) {
        globals_freeze_value(L);
    }
}

/* require(name) -> module   [-1, +1, raises] */
static int sandbox_require(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1);
    lua_settop(L, 1);
    if (!is_module_name(name)) {
        return luaL_error(L, "'%s' is no name of a module: letters, digits, _ - and dots", name);
    }
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LOADED); // name loaded
    if (lua_getfield(L, -1, name) != LUA_TNIL) {    // name loaded module
        return 1;
    }
    if (is_loading(L, name)) {
        return luaL_error(L, "module '%s' requires itself", name);
    }
    mark_loading(L, name); // name loaded nil mark
    run_module(L, name);   // name loaded nil mark module
    lua_pushvalue(L, -1);
    lua_setfield(L, 2, name);
    return 1;
}

void require_push(lua_State *L)
{
    lua_pushcfunction(L, sandbox_require);
}

/* require(name) of a script: its own modules, and those made in C   [-1, +1, raises] */
static int guest_require(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1);
    lua_settop(L, 1);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, PRELOAD); // name preload
    bool is_made_in_c = lua_getfield(L, -1, name) != LUA_TNIL;
    lua_settop(L, 1);
    if (!is_made_in_c && is_module_name(name) && is_our_module(vm_of(L), name)) {
        return luaL_error(L,
                          "'%s' is a part of the engine: a script can require json, dates, cjson "
                          "and files of its own project",
                          name);
    }
    return sandbox_require(L);
}

void require_push_guest(lua_State *L)
{
    lua_pushcfunction(L, guest_require);
}

/* --- an open state --- */

/* A searcher for package.searchers: (name) -> loader | why not   [-1, +1, raises] */
static int search_module(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1);
    if (!is_module_name(name) || !push_found(L, name)) {
        lua_pushfstring(L, "no script '%s'", name);
    }
    return 1;
}

void require_open(lua_State *L)
{
    lua_getglobal(L, "package");
    lua_getfield(L, -1, "searchers"); // package searchers
    lua_pushcfunction(L, search_module);
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
    lua_pop(L, 2);
}

void vm_add_module(lua_State *L, const char *name, lua_CFunction open)
{
    luaL_checkstack(L, 3, "a module");
    luaL_getsubtable(L, LUA_REGISTRYINDEX, vm_of(L)->is_open ? LUA_PRELOAD_TABLE : PRELOAD);
    lua_pushcfunction(L, open);
    lua_setfield(L, -2, name);
    lua_pop(L, 1);
}
