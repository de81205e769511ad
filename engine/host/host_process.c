/* The module `host`: child processes, for tests and the demo that start the real program. A process
 * that is still there when the host ends is killed. Loop thread. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <lauxlib.h>

#include "base/mem.h"
#include "host/host_impl.h"
#include "net/process.h"

enum { ARGS_MAX = 256, ENV_MAX = 1024, WAIT_MAX_MS = 24 * 3600 * 1000, KILL_US = 2000000 };

static const char PROCESS_TYPE[] = "host.process";

struct host_process {
    struct host_thing thing;
    struct process *process;
    bool has_exited;
    int64_t code;
    int signum;
};

static void stop_waiting(struct timer *t)
{
    (void)t; /* the loop has woken up, that is all */
}

/* Kills a process and collects its end, but for one that the system holds on to. */
static void end_process(struct host_process *p)
{
    struct timer t;
    process_kill(p->process, SIGKILL);
    timer_init(&t, p->thing.host->loop, stop_waiting);
    timer_start(&t, KILL_US);
    while (!p->has_exited && timer_is_armed(&t)) {
        loop_turn(p->thing.host->loop, true);
    }
    timer_stop(&t);
}

static void process_close(struct host_thing *t)
{
    struct host_process *p = list_entry(t, struct host_process, thing);
    if (!p->has_exited) {
        end_process(p);
    }
    process_free(p->process);
    host_thing_fini(&p->thing);
    free(p);
}

void host_process_kill_all(struct host *h)
{
    list_each (it, &h->things) {
        struct host_thing *t = list_entry(it, struct host_thing, link);
        struct host_process *p = list_entry(t, struct host_process, thing);
        if (t->close == process_close && !p->has_exited) {
            process_kill(p->process, SIGKILL);
        }
    }
}

static void on_host_exit(void *ud, int64_t status, int signum)
{
    struct host_process *p = ud;
    p->has_exited = true;
    p->code = status;
    p->signum = signum;
}

static struct host_process *check_process(lua_State *L)
{
    struct host_thing *thing = host_thing_at(L, 1, PROCESS_TYPE);
    if (thing == NULL) {
        luaL_error(L, "the process is closed");
    }
    return list_entry(thing, struct host_process, thing);
}

/* --- spawn --- */

/* A NULL-terminated list of borrowed texts in memory of Lua's.   [-0, +1, raises] */
static const char **push_list(lua_State *L, size_t count)
{
    const char **list = lua_newuserdatauv(L, (count + 1) * sizeof *list, 0);
    memset((void *)list, 0, (count + 1) * sizeof *list);
    return list;
}

/* The texts of options.argv; they stay borrowed from that table.   [-0, +2, raises] */
static const char **read_argv(lua_State *L)
{
    if (lua_getfield(L, 1, "argv") != LUA_TTABLE) { // argv
        luaL_error(L, "'argv' must be a list of texts");
    }
    int table = lua_gettop(L);
    lua_Unsigned count = lua_rawlen(L, table);
    if (count == 0 || count > ARGS_MAX) {
        luaL_error(L, "'argv' must hold 1 to %d texts", ARGS_MAX);
    }
    const char **argv = push_list(L, (size_t)count); // argv list
    for (lua_Unsigned i = 0; i < count; i++) {
        if (lua_rawgeti(L, table, (lua_Integer)i + 1) != LUA_TSTRING) {
            luaL_error(L, "'argv' must be a list of texts");
        }
        argv[i] = lua_tostring(L, -1);
        lua_pop(L, 1);
    }
    return argv;
}

/* Puts our own environment into the table at `all`, NAME -> VALUE.   [-0, +0, raises] */
static void copy_environment(lua_State *L, int all)
{
    for (char **entry = environ; *entry != NULL; entry++) {
        const char *equals = strchr(*entry, '=');
        if (equals != NULL) {
            lua_pushlstring(L, *entry, (size_t)(equals - *entry));
            lua_pushstring(L, equals + 1);
            lua_rawset(L, all);
        }
    }
}

/* Puts options.env over it; false takes a name out.   [-0, +0, raises] */
static void merge_environment(lua_State *L, int env, int all)
{
    for (lua_pushnil(L); lua_next(L, env) != 0; lua_pop(L, 1)) { // name value
        bool is_removal = lua_isboolean(L, -1) && !lua_toboolean(L, -1);
        if (lua_type(L, -2) != LUA_TSTRING || (!is_removal && lua_type(L, -1) != LUA_TSTRING)) {
            luaL_error(L, "'env' must map names to texts, or to false");
        }
        lua_pushvalue(L, -2);
        if (is_removal) {
            lua_pushnil(L);
        } else {
            lua_pushvalue(L, -2);
        }
        lua_rawset(L, all);
    }
}

/* "NAME=VALUE" of each pair of `all`, kept alive in the table that is pushed.   [-0, +2, raises] */
static const char **push_environment(lua_State *L, int all)
{
    lua_newtable(L); // texts
    int texts = lua_gettop(L);
    const char **list = push_list(L, ENV_MAX); // texts list
    size_t count = 0;
    for (lua_pushnil(L); lua_next(L, all) != 0; lua_pop(L, 1)) {
        if (count == ENV_MAX) {
            luaL_error(L, "more than %d environment variables", ENV_MAX);
        }
        list[count] = lua_pushfstring(L, "%s=%s", lua_tostring(L, -2), lua_tostring(L, -1));
        lua_rawseti(L, texts, (lua_Integer)++count);
    }
    return list;
}

/* options.env over our own; NULL where there is none.   [-0, +n, raises] */
static const char **read_env(lua_State *L)
{
    if (lua_getfield(L, 1, "env") == LUA_TNIL) {
        return NULL;
    }
    luaL_checktype(L, -1, LUA_TTABLE);
    int env = lua_gettop(L);
    lua_newtable(L);
    int all = lua_gettop(L);
    copy_environment(L, all);
    merge_environment(L, env, all);
    return push_environment(L, all);
}

/* host.spawn{argv=, env=, cwd=, output=} -> process   [-1, +1, raises]
 * env is put over our own environment, false takes a name out; output is a file that gets stdout
 * and stderr. */
static int host_spawn(lua_State *L)
{
    struct host *h = host_of(L);
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checkstack(L, 16, "spawn");
    struct process_opts o = { .on_exit = on_host_exit };
    o.argv = read_argv(L);
    o.env = read_env(L);
    o.cwd = host_field_text(L, 1, "cwd", NULL);
    o.output_path = host_field_text(L, 1, "output", NULL);
    struct host_thing **slot = host_thing_push(L, PROCESS_TYPE); // process
    struct host_process *p = xcalloc(1, sizeof *p);
    struct err e = ERR_INIT;
    o.ud = p;
    p->process = process_spawn(h->loop, &o, &e);
    if (p->process == NULL) {
        free(p);
        return vm_raise(L, &e);
    }
    host_thing_init(&p->thing, h, process_close);
    p->thing.slot = slot;
    *slot = &p->thing;
    return 1;
}

/* --- methods --- */

/* process:pid() -> number   [-1, +1, raises] */
static int process_lua_pid(lua_State *L)
{
    lua_pushinteger(L, process_pid(check_process(L)->process));
    return 1;
}

static const struct {
    const char *name;
    int signum;
} signals[] = {
    { "TERM", SIGTERM }, { "KILL", SIGKILL }, { "INT", SIGINT },   { "HUP", SIGHUP },
    { "STOP", SIGSTOP }, { "CONT", SIGCONT }, { "USR1", SIGUSR1 }, { "USR2", SIGUSR2 },
};

static int check_signal(lua_State *L, int index)
{
    if (lua_isnoneornil(L, index)) {
        return SIGTERM;
    }
    if (lua_isinteger(L, index)) {
        lua_Integer signum = lua_tointeger(L, index);
        luaL_argcheck(L, signum > 0 && signum < NSIG, index, "no such signal");
        return (int)signum;
    }
    const char *name = luaL_checkstring(L, index);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        if (strcmp(name, signals[i].name) == 0) {
            return signals[i].signum;
        }
    }
    return luaL_argerror(L, index, "no such signal");
}

/* process:kill([signal]): "TERM" where none is named; one that has ended is left alone
 *   [-2, +0, raises] */
static int process_lua_kill(lua_State *L)
{
    struct host_process *p = check_process(L);
    int signum = check_signal(L, 2);
    if (!p->has_exited) {
        process_kill(p->process, signum);
    }
    return 0;
}

static bool has_exited(void *ud)
{
    return ((struct host_process *)ud)->has_exited;
}

/* process:is_running() -> boolean; looks at what has happened so far   [-1, +1, raises] */
static int process_lua_is_running(lua_State *L)
{
    struct host_process *p = check_process(L);
    host_turn(L, p->thing.host, false);
    lua_pushboolean(L, !p->has_exited);
    return 1;
}

/* process:wait([timeout_ms]) -> code, signal | nil, error   [-2, +2, raises] */
static int process_lua_wait(lua_State *L)
{
    struct host_process *p = check_process(L);
    int64_t timeout_ms = luaL_optinteger(L, 2, WAIT_MAX_MS);
    luaL_argcheck(L, timeout_ms >= 0 && timeout_ms <= WAIT_MAX_MS, 2,
                  "milliseconds up to a day expected");
    if (!host_wait(L, p->thing.host, has_exited, p, timeout_ms)) {
        struct err e = ERR_INIT;
        (void)err_set(&e, ERR_TIMEOUT, "process %d still runs after %lld ms",
                      process_pid(p->process), (long long)timeout_ms);
        return host_push_failure(L, &e);
    }
    lua_pushinteger(L, p->code);
    lua_pushinteger(L, p->signum);
    return 2;
}

static const luaL_Reg process_methods[] = {
    { "is_running", process_lua_is_running },
    { "kill", process_lua_kill },
    { "pid", process_lua_pid },
    { "wait", process_lua_wait },
    { NULL, NULL },
};

static const luaL_Reg process_functions[] = {
    { "spawn", host_spawn },
    { NULL, NULL },
};

void host_process_open(lua_State *L, struct host *h)
{
    host_thing_type(L, PROCESS_TYPE, process_methods);
    host_set_functions(L, h, process_functions);
}
