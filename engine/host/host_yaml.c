/* The module `host`: YAML with its places, so that what is read from a file can be told of where it
 * stands. The types are the reader's affair: scalars come as their text. Loop thread. */
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#include "base/mem.h"
#include "format/diag.h"
#include "format/yaml.h"
#include "host/host_impl.h"
#include "script/strand.h"

enum { TEXT_MAX = 256 << 10 };

static json_t *node_json(const struct yaml *y);

static json_t *yaml_list_json(const struct yaml *y)
{
    json_t *items = json_array();
    for (size_t i = 0; i < y->count; i++) {
        json_array_append_new(items, node_json(y->items[i]));
    }
    return items;
}

static json_t *keys_json(const struct yaml *y)
{
    json_t *keys = json_array();
    for (size_t i = 0; i < y->count; i++) {
        json_array_append_new(keys, node_json(y->keys[i]));
    }
    return keys;
}

/* {line, column, text, is_plain} | {line, column, items} | {line, column, keys, items}. Its depth
 * is the parser's. */
static json_t *node_json(const struct yaml *y)
{
    json_t *node = json_pack("{s:i, s:i}", "line", y->line, "column", y->column);
    if (y->kind == YAML_SCALAR) {
        json_object_set_new(node, "text", json_stringn(y->text, y->len));
        json_object_set_new(node, "is_plain", json_boolean(y->is_plain));
        return node;
    }
    if (y->kind == YAML_MAP) {
        json_object_set_new(node, "keys", keys_json(y));
    }
    json_object_set_new(node, "items", yaml_list_json(y));
    return node;
}

struct parsed {
    struct diags *diags;
    struct yaml *tree;
    json_t *json;
};

static void parsed_close(void *ud)
{
    struct parsed *p = ud;
    json_decref(p->json);
    yaml_tree_free(p->tree);
    diags_free(p->diags);
    free(p);
}

/* host.parse_yaml(file, text) -> tree | nil, problems ({line, column, message, hint} each); JSON is
 * YAML too.   [-2, +1|2, raises] */
static int host_parse_yaml(lua_State *L)
{
    size_t len;
    const char *file = luaL_checkstring(L, 1), *text = luaL_checklstring(L, 2, &len);
    void **box = box_push(L, parsed_close);
    struct parsed *p = xcalloc(1, sizeof *p);
    *box = p;
    p->diags = diags_new(file);
    p->tree = yaml_parse(text, len, p->diags);
    if (p->tree == NULL || p->diags->count > 0) {
        p->json = diags_json(p->diags);
        lua_pushnil(L);
        vm_push_json(L, p->json, true);
        return 2;
    }
    p->json = node_json(p->tree);
    vm_push_json(L, p->json, true);
    return 1;
}

/* One problem, the table on top, into d.   [-0, +0, raises] */
static void add_problem(lua_State *L, struct diags *d)
{
    int line = (int)host_field_int(L, -1, "line", 0, INT32_MAX);
    int column = (int)host_field_int(L, -1, "column", 0, INT32_MAX);
    const char *message = host_field_text(L, -1, "message", NULL); // problem message
    const char *hint = host_field_text(L, -2, "hint", NULL);       // problem message hint
    diags_add(d, line, column, hint, "%s", message != NULL ? message : "");
    lua_pop(L, 2);
}

static void text_close(void *ud)
{
    struct buf *text = ud;
    buf_fini(text);
    free(text);
}

/* host.show_problems(file, text, problems) -> what `ladle check` would print of them
 *   [-3, +1, raises] */
static int host_show_problems(lua_State *L)
{
    size_t len;
    const char *file = luaL_checkstring(L, 1), *text = luaL_checklstring(L, 2, &len);
    luaL_checktype(L, 3, LUA_TTABLE);
    void **box = box_push(L, parsed_close);
    struct parsed *p = xcalloc(1, sizeof *p);
    *box = p;
    p->diags = diags_new(file);
    diags_set_text(p->diags, text, len);
    lua_Integer count = luaL_len(L, 3);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(L, 3, i);
        luaL_argcheck(L, lua_istable(L, -1), 3, "a list of problems expected");
        add_problem(L, p->diags);
        lua_pop(L, 1);
    }
    void **out_box = box_push(L, text_close);
    struct buf *out = xcalloc(1, sizeof *out);
    buf_init(out, TEXT_MAX);
    *out_box = out;
    diags_print(p->diags, out);
    lua_pushlstring(L, buf_text(out), out->len);
    return 1;
}

static const luaL_Reg yaml_functions[] = {
    { "parse_yaml", host_parse_yaml },
    { "show_problems", host_show_problems },
    { NULL, NULL },
};

void host_yaml_open(lua_State *L, struct host *h)
{
    host_set_functions(L, h, yaml_functions);
}
