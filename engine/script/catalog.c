/* What connectors and actions say about themselves: their file is run in a sandboxed state of its
 * own, which is thrown away, and the table that it returns becomes JSON, each function in it
 * a mark. Nothing is kept; callers cache. */
#include "script/catalog.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "script/state.h"
#include "script/vm.h"

bool catalog_is_function(const json_t *v)
{
    return json_object_size(v) == 1 && json_is_true(json_object_get(v, CATALOG_FUNCTION));
}

struct reading {
    const char *path; /* "connectors/highlevel" */
    const char *name; /* what the table must say; NULL: nothing */
    const char *text;
    size_t len;
    json_t *table; /* out */
};

/* Runs the file and takes its table.   [-1, +0, raises] */
static int run_catalog_table(lua_State *L)
{
    struct reading *r = lua_touserdata(L, 1);
    const char *chunk = lua_pushfstring(L, "@scripts/%s.lua", r->path);
    if (source_is_built_in(r->path)) {
        vm_load(L, r->text, r->len, chunk);
    } else {
        vm_load_guest(L, r->text, r->len, chunk);
    }
    lua_call(L, 0, 1); // … table
    if (lua_type(L, -1) != LUA_TTABLE) {
        return luaL_error(L, "scripts/%s.lua: a file like this returns a table, not a %s", r->path,
                          luaL_typename(L, -1));
    }
    r->table = json_of_table(L, -1);
    return 0;
}

static int check_name(const struct reading *r, struct err *e)
{
    const char *name = json_get_text(r->table, "name");
    if (r->name == NULL) {
        return 0;
    }
    if (name == NULL || strcmp(name, r->name) != 0) {
        return err_set(e, ERR_SCRIPT,
                       "scripts/%s.lua: its name is '%s' and must be '%s', as the file's", r->path,
                       name != NULL ? name : "", r->name);
    }
    return 0;
}

static int run_catalog_file(const char *project_folder, struct reading *r, struct err *e)
{
    struct vm_opts opts = { .find_module = source_find_module,
                            .is_ours = source_is_ours,
                            .ud = (void *)project_folder };
    struct vm *vm = vm_new(&opts, e);
    if (vm == NULL) {
        return -1;
    }
    int rc = vm_enter(vm, run_catalog_table, r, e);
    vm_free(vm);
    return rc == 0 ? check_name(r, e) : rc;
}

static int load_only(lua_State *L)
{
    const struct reading *r = lua_touserdata(L, 1);
    const char *chunk = lua_pushfstring(L, "@scripts/%s.lua", r->path);
    vm_load(L, r->text, r->len, chunk);
    return 0;
}

int catalog_compile(const char *project_folder, const char *path, struct err *e)
{
    size_t len;
    char *text = source_find(project_folder, path, &len);
    if (text == NULL) {
        return err_set(e, ERR_NOT_FOUND, "there is no scripts/%s.lua", path);
    }
    struct reading r = { .path = path, .text = text, .len = len };
    struct vm *vm = vm_new(&(struct vm_opts){ .find_module = NULL }, e);
    int rc = vm != NULL ? vm_enter(vm, load_only, &r, e) : -1;
    vm_free(vm);
    free(text);
    return rc;
}

/* The table of the file at `path`; NULL on error. Yours. */
static json_t *read_catalog(const char *project_folder, const char *path, const char *name,
                            struct err *e)
{
    size_t len;
    char *text = source_find(project_folder, path, &len);
    if (text == NULL) {
        (void)err_set(e, ERR_NOT_FOUND, "there is no scripts/%s.lua", path);
        return NULL;
    }
    struct reading r = { .path = path, .name = name, .text = text, .len = len };
    if (run_catalog_file(project_folder, &r, e) == -1) {
        json_decref(r.table);
        r.table = NULL;
    }
    free(text);
    return r.table;
}

/* Where the connection chooses how deliveries are verified, the table gets what it can choose from:
 * webhook.schemes, the presets of lib/signatures.lua. */
static int add_schemes(const char *project_folder, json_t *table, struct err *e)
{
    json_t *webhook = json_object_get(table, "webhook");
    const char *verify = json_get_text(webhook, "verify");
    if (verify == NULL || strcmp(verify, "config") != 0) {
        return 0;
    }
    json_t *schemes = read_catalog(project_folder, "lib/signatures", "signatures", e);
    json_object_set_new(webhook, "schemes", json_incref(json_object_get(schemes, "presets")));
    json_decref(schemes);
    return schemes != NULL ? 0 : -1;
}

json_t *catalog_connector(const char *project_folder, const char *name, struct err *e)
{
    char *path = xasprintf("connectors/%s", name);
    json_t *table = read_catalog(project_folder, path, name, e);
    free(path);
    if (table != NULL && add_schemes(project_folder, table, e) == -1) {
        json_decref(table);
        return NULL;
    }
    return table;
}

json_t *catalog_part(const char *project_folder, const char *path, struct err *e)
{
    char *full = xasprintf("connectors/%s", path);
    json_t *table = read_catalog(project_folder, full, NULL, e);
    free(full);
    return table;
}

/* The last part of a path is the action's own name. */
json_t *catalog_action(const char *project_folder, const char *name, struct err *e)
{
    const char *slash = strrchr(name, '/');
    return read_catalog(project_folder, name, slash != NULL ? slash + 1 : name, e);
}
