/* The host: an open Lua state beside a loop, and the part of the module `host` that is about time.
 * The idea is that a trusted script is written top to bottom: what takes time (fetch, sleep_ms,
 * wait) turns the loop until it is done, so servers and timers of the same script go on meanwhile,
 * and no coroutine is needed. Callbacks run inside such a turn; an error that one raises comes out
 * of the call that turned the loop. The host owns vm, loop, client and all things. Loop thread. */
#include "host/host.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "host/host_impl.h"
#include "script/catalog.h"
#include "script/strand.h"

/* The longest wait that a script may ask for: a year. More is a mistake in the unit. */
static const int64_t WAIT_MAX_MS = 366LL * 86400 * 1000;

/* --- things --- */

void host_thing_init(struct host_thing *t, struct host *h, void (*close)(struct host_thing *t))
{
    t->host = h;
    t->close = close;
    t->slot = NULL;
    list_push_back(&h->things, &t->link);
}

void host_thing_fini(struct host_thing *t)
{
    list_remove(&t->link);
    if (t->slot != NULL) {
        *t->slot = NULL;
        t->slot = NULL;
    }
}

struct host_thing **host_thing_push(lua_State *L, const char *type)
{
    struct host_thing **slot = lua_newuserdatauv(L, sizeof *slot, 0);
    *slot = NULL;
    luaL_setmetatable(L, type);
    return slot;
}

struct host_thing *host_thing_at(lua_State *L, int index, const char *type)
{
    struct host_thing **slot = luaL_checkudata(L, index, type);
    return *slot;
}

/* __gc: the thing lives on in the loop.   [-0, +0, -] */
static int thing_gc(lua_State *L)
{
    struct host_thing **slot = lua_touserdata(L, 1);
    if (slot != NULL && *slot != NULL) {
        (*slot)->slot = NULL;
        *slot = NULL;
    }
    return 0;
}

void host_thing_type(lua_State *L, const char *type, const luaL_Reg *methods)
{
    if (luaL_newmetatable(L, type)) { // mt
        lua_pushcfunction(L, thing_gc);
        lua_setfield(L, -2, "__gc");
        lua_newtable(L); // mt methods
        luaL_setfuncs(L, methods, 0);
        lua_setfield(L, -2, "__index"); // mt
    }
    lua_pop(L, 1);
}

/* --- helpers of the bindings --- */

struct host *host_of(lua_State *L)
{
    return lua_touserdata(L, lua_upvalueindex(1));
}

void host_set_functions(lua_State *L, struct host *h, const luaL_Reg *functions)
{
    lua_pushlightuserdata(L, h);
    luaL_setfuncs(L, functions, 1);
}

int host_push_failure(lua_State *L, const struct err *e)
{
    lua_pushnil(L);
    vm_push_err(L, e);
    return 2;
}

const char *host_field_text(lua_State *L, int index, const char *name, size_t *len)
{
    int type = lua_getfield(L, index, name);
    if (type != LUA_TNIL && type != LUA_TSTRING) {
        luaL_error(L, "'%s' must be a text, not a %s", name, lua_typename(L, type));
    }
    return lua_tolstring(L, -1, len);
}

int64_t host_field_int(lua_State *L, int index, const char *name, int64_t otherwise, int64_t max)
{
    int type = lua_getfield(L, index, name);
    int is_integer = 1;
    int64_t value = type == LUA_TNIL ? otherwise : lua_tointegerx(L, -1, &is_integer);
    if (type != LUA_TNIL && (!is_integer || value < 0 || value > max)) {
        luaL_error(L, "'%s' must be a whole number from 0 to %I", name, (LUAI_UACINT)max);
    }
    lua_pop(L, 1);
    return value;
}

/* --- the loop and Lua --- */

void host_job_init(struct host_job *j, void (*run)(struct host_job *j))
{
    list_init(&j->link);
    j->run = run;
}

void host_job_queue(struct host *h, struct host_job *j)
{
    list_push_back(&h->jobs, &j->link);
}

void host_job_cancel(struct host_job *j)
{
    list_remove(&j->link);
}

void host_enter(struct host *h, lua_CFunction fn, void *ud)
{
    struct err e = ERR_INIT;
    if (vm_enter(h->vm, fn, ud, &e) == 0) {
        return;
    }
    if (h->error.kind == ERR_NONE) {
        h->error = e;
    } else {
        log_error("host", "%s", e.message);
    }
}

/* Stops at an error; what is left runs in the next turn. */
static void run_jobs(struct host *h)
{
    while (h->error.kind == ERR_NONE && !list_is_empty(&h->jobs)) {
        h->has_acted = true;
        struct host_job *j = list_entry(list_pop(&h->jobs), struct host_job, link);
        j->run(j);
    }
}

void host_turn(lua_State *L, struct host *h, bool may_wait)
{
    bool has_acted = h->has_acted;
    h->has_acted = false;
    loop_turn(h->loop, may_wait && !has_acted && list_is_empty(&h->jobs));
    run_jobs(h);
    if (h->error.kind != ERR_NONE) {
        struct err e = h->error;
        h->error = ERR_INIT;
        (void)vm_raise(L, &e);
    }
}

struct deadline {
    struct timer timer;
    bool is_over;
};

static void deadline_fired(struct timer *t)
{
    struct deadline *d = list_entry(t, struct deadline, timer);
    d->is_over = true;
}

static void deadline_close(void *ptr)
{
    struct deadline *d = ptr;
    timer_stop(&d->timer);
    free(d);
}

bool host_wait(lua_State *L, struct host *h, bool (*is_done)(void *ud), void *ud,
               int64_t timeout_ms)
{
    void **box = box_push(L, deadline_close);
    struct deadline *d = xcalloc(1, sizeof *d);
    *box = d;
    timer_init(&d->timer, h->loop, deadline_fired);
    if (timeout_ms >= 0) {
        timer_start(&d->timer, timeout_ms * 1000);
    }
    while (!is_done(ud) && !d->is_over) {
        host_turn(L, h, true);
    }
    return is_done(ud);
}

static int64_t check_ms(lua_State *L, int index)
{
    lua_Integer ms = luaL_checkinteger(L, index);
    luaL_argcheck(L, ms >= 0 && ms <= WAIT_MAX_MS, index, "milliseconds up to a year expected");
    return ms;
}

/* --- timers --- */

static const char TIMER_TYPE[] = "host.timer";

struct host_timer {
    struct host_thing thing;
    struct host_job job;
    struct timer timer;
    int fn; /* in the registry */
};

static void timer_close(struct host_thing *t)
{
    struct host_timer *timer = list_entry(t, struct host_timer, thing);
    timer_stop(&timer->timer);
    host_job_cancel(&timer->job);
    host_thing_fini(&timer->thing);
    free(timer);
}

/* [-0, +0, raises]; the function's reference is given up before it is called, and may call
 * anything. */
static int run_timer(lua_State *L)
{
    int fn = *(int *)lua_touserdata(L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, fn);
    luaL_unref(L, LUA_REGISTRYINDEX, fn);
    lua_call(L, 0, 0);
    return 0;
}

static void timer_fired(struct timer *t)
{
    struct host_timer *timer = list_entry(t, struct host_timer, timer);
    host_job_queue(timer->thing.host, &timer->job);
}

static void timer_run(struct host_job *j)
{
    struct host_timer *timer = list_entry(j, struct host_timer, job);
    struct host *h = timer->thing.host;
    int fn = timer->fn;
    timer_close(&timer->thing);
    host_enter(h, run_timer, &fn);
}

/* host.after(ms, fn) -> timer   [-2, +1, raises] */
static int host_after(lua_State *L)
{
    struct host *h = host_of(L);
    int64_t ms = check_ms(L, 1);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    struct host_thing **slot = host_thing_push(L, TIMER_TYPE);
    lua_pushvalue(L, 2);
    int fn = luaL_ref(L, LUA_REGISTRYINDEX);
    struct host_timer *timer = xcalloc(1, sizeof *timer);
    timer->fn = fn;
    host_thing_init(&timer->thing, h, timer_close);
    timer->thing.slot = slot;
    *slot = &timer->thing;
    host_job_init(&timer->job, timer_run);
    timer_init(&timer->timer, h->loop, timer_fired);
    timer_start(&timer->timer, ms * 1000);
    return 1;
}

/* timer:stop(); may be called twice   [-1, +0, raises] */
static int timer_lua_stop(lua_State *L)
{
    struct host_thing *thing = host_thing_at(L, 1, TIMER_TYPE);
    if (thing != NULL) {
        struct host_timer *timer = list_entry(thing, struct host_timer, thing);
        int fn = timer->fn;
        timer_close(thing);
        luaL_unref(L, LUA_REGISTRYINDEX, fn);
    }
    return 0;
}

static const luaL_Reg timer_methods[] = {
    { "stop", timer_lua_stop },
    { NULL, NULL },
};

/* --- run, turn, sleep --- */

/* The first signal ends host.run(); where nothing runs, or at the second one, it does what it
 * always did. */
static void on_host_signal(void *ud, int signum)
{
    struct host *h = ud;
    if (h->run_depth == 0 || h->signum != 0) {
        (void)signal(signum, SIG_DFL); /* cannot fail for SIGINT and SIGTERM */
        (void)raise(signum);
        return;
    }
    h->signum = signum;
    h->is_stopped = true;
}

static void watch_host_signals(lua_State *L, struct host *h)
{
    if (h->has_signals) {
        return;
    }
    struct err e = ERR_INIT;
    if (loop_on_signal(h->loop, SIGTERM, on_host_signal, h, &e) == -1 ||
        loop_on_signal(h->loop, SIGINT, on_host_signal, h, &e) == -1) {
        (void)vm_raise(L, &e);
    }
    h->has_signals = true;
}

static void leave_run(void *ptr)
{
    struct host *h = ptr;
    h->run_depth--;
}

/* host.run(): until host.stop() or a signal; the signal's number, or nothing
 *   [-0, +0|1, raises] */
static int host_run(lua_State *L)
{
    struct host *h = host_of(L);
    watch_host_signals(L, h);
    void **box = box_push(L, leave_run);
    h->run_depth++;
    *box = h;
    h->is_stopped = false;
    h->signum = 0;
    while (!h->is_stopped) {
        host_turn(L, h, true);
    }
    h->is_stopped = false;
    if (h->signum == 0) {
        return 0;
    }
    lua_pushinteger(L, h->signum);
    return 1;
}

/* host.stop(): host.run() returns after this turn   [-0, +0, -] */
static int host_stop(lua_State *L)
{
    host_of(L)->is_stopped = true;
    return 0;
}

static void turn_over(struct timer *t)
{
    (void)t; /* the loop has woken up, that is all */
}

static void turn_close(void *ptr)
{
    struct timer *t = ptr;
    timer_stop(t);
    free(t);
}

/* host.turn(ms): one turn of the loop, which waits at most ms for something to happen
 *   [-1, +0, raises] */
static int host_lua_turn(lua_State *L)
{
    struct host *h = host_of(L);
    int64_t ms = lua_isnoneornil(L, 1) ? 0 : check_ms(L, 1);
    if (ms == 0) {
        host_turn(L, h, false);
        return 0;
    }
    void **box = box_push(L, turn_close);
    struct timer *t = xcalloc(1, sizeof *t);
    *box = t;
    timer_init(t, h->loop, turn_over);
    timer_start(t, ms * 1000);
    host_turn(L, h, true);
    return 0;
}

static bool never(void *ud)
{
    (void)ud;
    return false;
}

/* host.sleep_ms(ms): the loop goes on meanwhile   [-1, +0, raises] */
static int host_sleep_ms(lua_State *L)
{
    (void)host_wait(L, host_of(L), never, NULL, check_ms(L, 1));
    return 0;
}

/* host.now_ms() -> milliseconds since 1970   [-0, +1, -] */
static int host_now_ms(lua_State *L)
{
    lua_pushinteger(L, clock_wall_us() / 1000);
    return 1;
}

/* host.mono_ms() -> milliseconds of a clock that never jumps   [-0, +1, -] */
static int host_mono_ms(lua_State *L)
{
    lua_pushinteger(L, clock_mono_us() / 1000);
    return 1;
}

static const luaL_Reg time_functions[] = {
    { "after", host_after },       { "mono_ms", host_mono_ms },
    { "now_ms", host_now_ms },     { "run", host_run },
    { "sleep_ms", host_sleep_ms }, { "stop", host_stop },
    { "turn", host_lua_turn },     { NULL, NULL },
};

/* --- life --- */

/* require 'host' -> the module   [-n, +1, raises] */
static int open_host(lua_State *L)
{
    struct host *h = host_of(L);
    host_thing_type(L, TIMER_TYPE, timer_methods);
    lua_newtable(L); // module
    host_set_functions(L, h, time_functions);
    host_http_open(L, h);
    host_process_open(L, h);
    host_file_open(L, h);
    host_yaml_open(L, h);
    host_crypto_open(L, h);
    host_system_open(L, h);
    return 1;
}

static void close_things(struct host *h)
{
    while (!list_is_empty(&h->things)) {
        struct host_thing *t = list_entry(h->things.next, struct host_thing, link);
        t->close(t);
    }
}

/* os.exit(code, close): also ends the children, which nobody would wait for
 *   [-n, never returns] */
static int host_exit(lua_State *L)
{
    struct host *h = host_of(L);
    int code = EXIT_SUCCESS;
    if (lua_isboolean(L, 1)) {
        code = lua_toboolean(L, 1) ? EXIT_SUCCESS : EXIT_FAILURE;
    } else {
        code = (int)luaL_optinteger(L, 1, EXIT_SUCCESS);
    }
    host_process_kill_all(h);
    host_files_close(h);
    exit(code);
}

static int install_host(lua_State *L)
{
    struct host *h = lua_touserdata(L, 1);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE); // preload
    lua_pushlightuserdata(L, h);
    lua_pushcclosure(L, open_host, 1);
    lua_setfield(L, -2, "host");
    lua_getglobal(L, "os"); // preload os
    lua_pushlightuserdata(L, h);
    lua_pushcclosure(L, host_exit, 1);
    lua_setfield(L, -2, "exit");
    return 0;
}

struct host *host_new(const char *folder, struct err *e)
{
    struct host *h = xcalloc(1, sizeof *h);
    h->folder = folder != NULL ? xstrdup(folder) : NULL;
    h->error = ERR_INIT;
    list_init(&h->things);
    list_init(&h->jobs);
    h->vm = vm_new(
        &(struct vm_opts){ .is_open = true, .find_module = source_find_module, .ud = h->folder },
        e);
    if (h->vm == NULL) {
        host_free(h);
        return NULL;
    }
    h->loop = loop_new();
    h->http = http_client_new(h->loop,
                              &(struct http_client_opts){ .user_agent = "ladle/" LADLE_VERSION });
    if (vm_enter(h->vm, install_host, h, e) == -1) {
        host_free(h);
        return NULL;
    }
    return h;
}

void host_free(struct host *h)
{
    if (h == NULL) {
        return;
    }
    close_things(h);
    host_files_close(h);
    if (h->http != NULL) {
        h->http->free(h->http);
    }
    vm_free(h->vm);
    if (h->loop != NULL) {
        loop_free(h->loop);
    }
    free(h->folder);
    free(h);
}
