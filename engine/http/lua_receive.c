/* Calls a connector's `receive`: pure Lua on bytes from outside, under the memory cap and the
 * budget of its state. Loop thread. */
#include <stdlib.h>

#include "base/mem.h"
#include "http/receive.h"
#include "script/catalog.h"
#include "script/vm.h"

static const char RECEIVE = 'r'; /* registry key */

struct receiver {
    char *folder;
    char *module;
    struct vm *vm;
    /* of the call at hand */
    const char *body;
    size_t len;
    const char *content_type;
    json_t *result;
};

static char *find_receive(void *ud, const char *name, size_t *len)
{
    return source_find_module(((struct receiver *)ud)->folder, name, len);
}

/* require 'connectors.NAME'.receive is kept in the registry.   [-0, +0, raises] */
static int load_receive(lua_State *L)
{
    const struct receiver *r = lua_touserdata(L, 1);
    lua_getglobal(L, "require");
    lua_pushstring(L, r->module);
    lua_call(L, 1, 1);              // connector
    lua_getfield(L, -1, "receive"); // connector receive
    luaL_checktype(L, -1, LUA_TFUNCTION);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &RECEIVE);
    return 0;
}

struct receiver *receiver_new(const char *project_folder, const char *connector, struct err *e)
{
    struct receiver *r = xcalloc(1, sizeof *r);
    r->folder = xstrdup(project_folder);
    r->module = xasprintf("connectors.%s", connector);
    r->vm = vm_new(
        &(struct vm_opts){ .find_module = find_receive, .is_ours = source_is_ours, .ud = r }, e);
    if (r->vm == NULL || vm_enter(r->vm, load_receive, r, e) == -1) {
        err_prefix(e, "connector %s", connector);
        receiver_free(r);
        return NULL;
    }
    return r;
}

void receiver_free(struct receiver *r)
{
    if (r == NULL) {
        return;
    }
    if (r->vm != NULL) {
        vm_free(r->vm);
    }
    free(r->folder);
    free(r->module);
    free(r);
}

static int call(lua_State *L)
{
    struct receiver *r = lua_touserdata(L, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &RECEIVE);
    lua_pushlstring(L, r->body, r->len);
    lua_pushstring(L, r->content_type);
    lua_call(L, 2, 1);
    r->result = vm_to_json(L, -1);
    return 0;
}

json_t *receiver_call(struct receiver *r, const char *body, size_t len, const char *content_type,
                      struct err *e)
{
    r->body = body;
    r->len = len;
    r->content_type = content_type;
    r->result = NULL;
    return vm_enter(r->vm, call, r, e) == 0 ? r->result : NULL;
}
