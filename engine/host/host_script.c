/* Runs a trusted script on a host: a file from the command line, or a module of the program with
 * its options. Errors are given a traceback by Lua's own xpcall, so that the one protected call of
 * C stays in script/. Loop thread. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#include "base/buf.h"
#include "host/host_impl.h"

enum { SCRIPT_MAX = 1 << 20, READ_STEP = 1 << 16 };

/* --- a file --- */

static int read_stream(FILE *in, struct buf *out)
{
    char chunk[READ_STEP];
    size_t count;
    while ((count = fread(chunk, 1, sizeof chunk, in)) > 0) {
        if (buf_append(out, chunk, count) == -1) {
            return -1;
        }
    }
    return ferror(in) ? -1 : 0;
}

static int read_script(const char *path, struct buf *out, struct err *e)
{
    bool is_stdin = strcmp(path, "-") == 0;
    FILE *in = is_stdin ? stdin : fopen(path, "rbe");
    if (in == NULL) {
        return err_set(e, ERR_IO, "cannot open %s: %m", path);
    }
    int rc = read_stream(in, out);
    if (rc == -1) {
        rc = out->is_full ? err_set(e, ERR_TOO_LARGE, "%s: a script of more than %d KiB", path,
                                    SCRIPT_MAX >> 10)
                          : err_set(e, ERR_IO, "cannot read %s: %m", path);
    }
    if (!is_stdin) {
        (void)fclose(in); /* only read */
    }
    return rc;
}

/* Where the program begins: behind a first line like "#!/usr/bin/env lua", whose end is kept so
 * that lines count. */
static size_t skip_hash_line(const struct buf *text)
{
    if (text->len == 0 || text->data[0] != '#') {
        return 0;
    }
    const char *end = memchr(text->data, '\n', text->len);
    return end != NULL ? (size_t)(end - text->data) : text->len;
}

struct file_run {
    const char *path;
    const struct buf *text;
    int argc;
    char **argv;
    int code;
};

/* [-0, +0, raises] */
static void set_arg(lua_State *L, const struct file_run *r)
{
    lua_createtable(L, r->argc, 1); // arg
    lua_pushstring(L, r->path);
    lua_rawseti(L, -2, 0);
    for (int i = 0; i < r->argc; i++) {
        lua_pushstring(L, r->argv[i]);
        lua_rawseti(L, -2, i + 1);
    }
    lua_setglobal(L, "arg");
}

/* xpcall's handler: a text gets a traceback, an error object stays as it is.   [-1, +1, raises] */
static int add_traceback(lua_State *L)
{
    if (lua_type(L, 1) == LUA_TSTRING || lua_isnumber(L, 1)) {
        luaL_traceback(L, L, lua_tostring(L, 1), 1);
    }
    return 1;
}

/* The results of xpcall lie above `base`.   [-0, +0, raises] */
static void push_results(lua_State *L, int base, struct file_run *r)
{
    if (lua_toboolean(L, base + 1)) {
        return;
    }
    if (lua_type(L, base + 2) != LUA_TSTRING) {
        lua_pushvalue(L, base + 2);
        (void)lua_error(L);
    }
    (void)fflush(stdout);
    (void)fprintf(stderr, "ladle lua: %s\n", lua_tostring(L, base + 2));
    r->code = 1;
}

static int run_script_file(lua_State *L)
{
    struct file_run *r = lua_touserdata(L, 1);
    set_arg(L, r);
    int base = lua_gettop(L);
    luaL_checkstack(L, r->argc + 8, "too many arguments");
    lua_getglobal(L, "xpcall");
    size_t start = skip_hash_line(r->text);
    lua_pushfstring(L, "@%s", r->path);
    vm_load(L, buf_text(r->text) + start, r->text->len - start,
            lua_tostring(L, -1)); // xpcall name chunk
    lua_remove(L, -2);
    lua_pushcfunction(L, add_traceback); // xpcall chunk handler
    for (int i = 0; i < r->argc; i++) {
        lua_pushstring(L, r->argv[i]);
    }
    lua_call(L, 2 + r->argc, LUA_MULTRET);
    push_results(L, base, r);
    return 0;
}

int host_run_file(struct host *h, const char *path, int argc, char **argv, int *code, struct err *e)
{
    struct buf text;
    buf_init(&text, SCRIPT_MAX);
    struct file_run r = { .path = path, .text = &text, .argc = argc, .argv = argv };
    int rc = read_script(path, &text, e);
    if (rc == 0) {
        rc = vm_enter(h->vm, run_script_file, &r, e);
    }
    buf_fini(&text);
    *code = r.code;
    return rc;
}

/* --- a module --- */

struct module_run {
    const char *module;
    const json_t *options;
    int code;
};

static int run_main_module(lua_State *L)
{
    struct module_run *r = lua_touserdata(L, 1);
    lua_getglobal(L, "require");
    lua_pushstring(L, r->module);
    lua_call(L, 1, 1); // module
    lua_getfield(L, -1, "run");
    vm_push_json(L, r->options, true);
    lua_call(L, 1, 1);
    r->code = (int)luaL_optinteger(L, -1, 0);
    return 0;
}

int host_run_module(struct host *h, const char *module, const json_t *options, int *code,
                    struct err *e)
{
    struct module_run r = { .module = module, .options = options };
    int rc = vm_enter(h->vm, run_main_module, &r, e);
    *code = r.code;
    return rc;
}
