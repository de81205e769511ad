/* The module `host` for trusted scripts: HTTP both ways. serve{} puts a Lua function behind the
 * engine's own server, fetch{} sends a request with the engine's own client; so what tests and the
 * sandbox see is what the engine does. A request waits in the queue of jobs for its turn; it is
 * answered when the function returns, or later by a timer of ours where that asks for a delay. A
 * function may itself wait (fetch, sleep_ms): others are then handled inside of it. Loop thread. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <lauxlib.h>

#include "base/mem.h"
#include "host/host_impl.h"
#include "net/http_server.h"
#include "script/strand.h"

enum { SERVE_BODY_MAX = 16 << 20, DELAY_MAX_MS = 600 * 1000, TIMEOUT_MAX_MS = 600 * 1000 };

static const char SERVER_TYPE[] = "host.server";

struct host_server {
    struct host_thing thing;
    struct http_server *server;
    int on_request; /* in the registry */
};

/* --- answers --- */

/* An answer that waits for its time. It belongs to the exchange, so it goes with a connection that
 * breaks off. */
struct delayed {
    struct timer timer;
    struct exchange *exchange;
    int status;
    bool is_drop;
    char *content_type; /* or NULL */
    char *body;
    size_t body_len;
};

static void delayed_free(void *ud)
{
    struct delayed *d = ud;
    timer_stop(&d->timer);
    free(d->content_type);
    free(d->body);
    free(d);
}

/* The answer frees `d`, so what it is made of is taken out first. */
static void delayed_fired(struct timer *t)
{
    struct delayed *d = list_entry(t, struct delayed, timer);
    if (d->is_drop) {
        exchange_drop(d->exchange);
        return;
    }
    char *content_type = d->content_type;
    char *body = d->body;
    d->content_type = d->body = NULL;
    exchange_answer(d->exchange, d->status, content_type, body, d->body_len);
    free(content_type);
    free(body);
}

struct answer {
    int status;
    bool is_drop;
    int64_t delay_ms;
    const char *content_type; /* borrowed from the table */
    const char *body;
    size_t body_len;
};

static void answer_later(struct host *h, struct exchange *x, const struct answer *a)
{
    struct delayed *d = xcalloc(1, sizeof *d);
    d->exchange = x;
    d->status = a->status;
    d->is_drop = a->is_drop;
    d->content_type = a->content_type != NULL ? xstrdup(a->content_type) : NULL;
    d->body = xmemdup(a->body, a->body_len);
    d->body_len = a->body_len;
    timer_init(&d->timer, h->loop, delayed_fired);
    exchange_set_data(x, d, delayed_free);
    timer_start(&d->timer, a->delay_ms * 1000);
}

static void answer_now(struct exchange *x, const struct answer *a)
{
    if (a->is_drop) {
        exchange_drop(x);
    } else {
        exchange_answer(x, a->status, a->content_type, a->body, a->body_len);
    }
}

/* Whether a header can be written as it is. */
static bool is_clean(const char *text, size_t len)
{
    return strlen(text) == len && strpbrk(text, "\r\n") == NULL;
}

/* Adds the headers of the table at `index` to the answer; the content type is kept apart.
 *   [-0, +0, raises] */
static void read_answer_headers(lua_State *L, int index, struct exchange *x, struct answer *a)
{
    if (lua_getfield(L, index, "headers") == LUA_TNIL) { // headers
        lua_pop(L, 1);
        return;
    }
    luaL_checktype(L, -1, LUA_TTABLE);
    for (lua_pushnil(L); lua_next(L, -2) != 0; lua_pop(L, 1)) { // headers name value
        size_t name_len, value_len;
        if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TSTRING) {
            luaL_error(L, "'headers' must hold texts");
        }
        const char *name = lua_tolstring(L, -2, &name_len);
        const char *value = lua_tolstring(L, -1, &value_len);
        if (!is_clean(name, name_len) || !is_clean(value, value_len)) {
            luaL_error(L, "a header holds a line break");
        }
        if (strcasecmp(name, "content-type") == 0) {
            a->content_type = value;
        } else {
            exchange_add_header(x, name, value);
        }
    }
    lua_pop(L, 1);
}

/* Reads {status, headers, body, delay_ms, drop} at `index`, whose texts stay borrowed.
 *   [-0, +1, raises] */
static void read_answer(lua_State *L, int index, struct exchange *x, struct answer *a)
{
    luaL_checktype(L, index, LUA_TTABLE);
    a->status = (int)host_field_int(L, index, "status", 200, 599);
    if (a->status < 200) {
        luaL_error(L, "'status' must be from 200 to 599");
    }
    a->delay_ms = host_field_int(L, index, "delay_ms", 0, DELAY_MAX_MS);
    lua_getfield(L, index, "drop");
    a->is_drop = lua_toboolean(L, -1);
    lua_pop(L, 1);
    read_answer_headers(L, index, x, a);
    a->body = host_field_text(L, index, "body", &a->body_len);
    if (a->body == NULL) {
        a->body = "";
        a->body_len = 0;
    }
}

/* --- requests --- */

static void set_lua_field(lua_State *L, const char *name, const char *value)
{
    lua_pushstring(L, value);
    lua_setfield(L, -2, name);
}

static void json_close(void *ptr)
{
    json_decref(ptr);
}

/* Sets a field to a JSON object, and frees that also where Lua runs out of memory.
 *   [-0, +1, raises] */
static void set_json(lua_State *L, int table, const char *name, json_t *value)
{
    void **box = box_push(L, json_close);
    *box = value;
    vm_push_json(L, value, false);
    lua_setfield(L, table, name);
}

/* {method, path, query, headers, body, peer}   [-0, +1, raises]
 * , and boxes above it that the caller's end closes */
static int push_request(lua_State *L, struct exchange *x)
{
    size_t len = 0;
    const char *body = exchange_body(x, &len);
    lua_createtable(L, 0, 6); // request
    int request = lua_gettop(L);
    set_lua_field(L, "method", exchange_method(x));
    set_lua_field(L, "path", exchange_path(x));
    set_lua_field(L, "peer", exchange_peer(x));
    lua_pushlstring(L, body != NULL ? body : "", len);
    lua_setfield(L, request, "body");
    set_json(L, request, "query", exchange_query_all(x));
    set_json(L, request, "headers", exchange_headers(x));
    return request;
}

/* A request on its way through Lua. It belongs to the exchange, and goes with one that ends before
 * it was handled. */
struct request {
    struct host_job job;
    struct host *host;
    int on_request;
    struct exchange *exchange; /* NULL: ended meanwhile, as its server was closed */
    bool is_running;
};

static void request_gone(void *ud)
{
    struct request *r = ud;
    r->exchange = NULL;
    if (!r->is_running) {
        host_job_cancel(&r->job);
        free(r);
    }
}

/* Answers, unless the function has closed the server. Nothing raises from here on. */
static void request_answer(struct request *r, const struct answer *a)
{
    struct exchange *x = r->exchange;
    r->exchange = NULL;
    exchange_set_data(x, NULL, NULL);
    if (a->delay_ms > 0) {
        answer_later(r->host, x, a);
    } else {
        answer_now(x, a);
    }
}

/* Calls the script's function.   [-0, +0, raises] */
static int handle_request(lua_State *L)
{
    struct request *r = lua_touserdata(L, 1);
    struct answer a = { 0 };
    int request = push_request(L, r->exchange);
    lua_rawgeti(L, LUA_REGISTRYINDEX, r->on_request);
    lua_pushvalue(L, request);
    lua_call(L, 1, 1); // … answer
    if (r->exchange != NULL) {
        read_answer(L, lua_gettop(L), r->exchange, &a);
        request_answer(r, &a);
    }
    return 0;
}

static void request_run(struct host_job *j)
{
    struct request *r = list_entry(j, struct request, job);
    struct err e = ERR_INIT;
    r->is_running = true;
    if (vm_enter(r->host->vm, handle_request, r, &e) == -1 && r->exchange != NULL) {
        struct exchange *x = r->exchange;
        exchange_set_data(x, NULL, NULL);
        exchange_answer_error(x, 500, &e);
    }
    free(r);
}

static void on_script_request(void *ud, struct exchange *x)
{
    struct host_server *server = ud;
    struct request *r = xcalloc(1, sizeof *r);
    r->host = server->thing.host;
    r->on_request = server->on_request;
    r->exchange = x;
    host_job_init(&r->job, request_run);
    exchange_set_data(x, r, request_gone);
    host_job_queue(r->host, &r->job);
}

/* --- serve --- */

static void server_close(struct host_thing *t)
{
    struct host_server *server = list_entry(t, struct host_server, thing);
    http_server_free(server->server); /* answers what is open */
    host_thing_fini(&server->thing);
    free(server);
}

/* server:close(); may be called twice   [-1, +0, raises] */
static int server_lua_close(lua_State *L)
{
    struct host_thing *thing = host_thing_at(L, 1, SERVER_TYPE);
    if (thing != NULL) {
        int on_request_ref = list_entry(thing, struct host_server, thing)->on_request;
        server_close(thing);
        luaL_unref(L, LUA_REGISTRYINDEX, on_request_ref);
    }
    return 0;
}

/* Takes the reference of the function; gives it back where nothing can listen.
 *   [-0, +0, raises] */
static struct host_server *server_new(lua_State *L, struct host *h,
                                      const struct http_server_opts *o, int ref)
{
    struct err e = ERR_INIT;
    struct host_server *server = xcalloc(1, sizeof *server);
    struct http_server_opts opts = *o;
    opts.ud = server;
    server->on_request = ref;
    server->server = http_server_new(h->loop, &opts, &e);
    if (server->server == NULL) {
        free(server);
        luaL_unref(L, LUA_REGISTRYINDEX, ref);
        (void)vm_raise(L, &e);
    }
    host_thing_init(&server->thing, h, server_close);
    return server;
}

/* host.serve{listen=, on_request=, body_max=} -> address, server   [-1, +2, raises]
 * on_request(request) returns {status=, headers=, body=, delay_ms=, drop=}; its errors are answered
 * with 500. */
static int host_serve(lua_State *L)
{
    struct host *h = host_of(L);
    luaL_checktype(L, 1, LUA_TTABLE);
    struct http_server_opts o = { .on_request = on_script_request };
    o.body_max = (size_t)host_field_int(L, 1, "body_max", SERVE_BODY_MAX, SERVE_BODY_MAX);
    o.listen = host_field_text(L, 1, "listen", NULL);
    if (o.listen == NULL) {
        o.listen = "127.0.0.1:0";
    }
    if (lua_getfield(L, 1, "on_request") != LUA_TFUNCTION) {
        return luaL_error(L, "'on_request' must be a function");
    }
    int ref = luaL_ref(L, LUA_REGISTRYINDEX);
    struct host_thing **slot = host_thing_push(L, SERVER_TYPE); // server
    struct host_server *server = server_new(L, h, &o, ref);
    server->thing.slot = slot;
    *slot = &server->thing;
    lua_pushstring(L, http_server_address(server->server));
    lua_insert(L, -2); // address server
    return 2;
}

/* --- fetch --- */

/* A call that is out. Its result waits in the registry for who waits, or for the job that hands it
 * to the call-back. */
struct fetch {
    struct host_thing thing;
    struct host_job job;
    struct http_call *call;
    int callback; /* in the registry, or LUA_NOREF */
    int result;   /* in the registry: {response} or {nil, error} */
    bool is_done;
};

static void fetch_close(struct host_thing *t)
{
    struct fetch *f = list_entry(t, struct fetch, thing);
    if (f->call != NULL) {
        f->thing.host->http->cancel(f->thing.host->http, f->call);
    }
    host_job_cancel(&f->job);
    host_thing_fini(&f->thing);
    free(f);
}

/* {status, headers, body}   [-0, +1, raises] */
static void push_response(lua_State *L, const struct http_response *res)
{
    lua_createtable(L, 0, 3); // response
    lua_pushinteger(L, res->status);
    lua_setfield(L, -2, "status");
    lua_pushlstring(L, buf_text(&res->body), res->body.len);
    lua_setfield(L, -2, "body");
    lua_createtable(L, 0, (int)res->header_count); // response headers
    for (size_t i = 0; i < res->header_count; i++) {
        lua_pushstring(L, res->headers[i].value);
        lua_setfield(L, -2, res->headers[i].name);
    }
    lua_setfield(L, -2, "headers");
}

struct fetch_end {
    struct fetch *fetch;
    const struct http_response *response; /* or NULL */
    const struct err *error;
};

/* What the client lends during its call is copied into Lua.   [-0, +0, raises] */
static int keep_result(lua_State *L)
{
    const struct fetch_end *end = lua_touserdata(L, 1);
    lua_createtable(L, 2, 0); // result
    if (end->response != NULL) {
        push_response(L, end->response);
        lua_rawseti(L, -2, 1);
    } else {
        vm_push_err(L, end->error);
        lua_rawseti(L, -2, 2);
    }
    end->fetch->result = luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
}

/* response | nil, error; gives the reference up   [-0, +2, raises] */
static int push_result(lua_State *L, int result)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, result); // result
    luaL_unref(L, LUA_REGISTRYINDEX, result);
    luaL_checktype(L, -1, LUA_TTABLE);
    lua_rawgeti(L, -1, 1);
    lua_rawgeti(L, -2, 2); // result response error
    lua_remove(L, -3);
    return 2;
}

static void fetch_done(void *ud, const struct http_response *res, const struct err *e)
{
    struct fetch *f = ud;
    f->call = NULL;
    f->is_done = true;
    host_enter(f->thing.host, keep_result,
               &(struct fetch_end){ .fetch = f, .response = res, .error = e });
    if (f->callback != LUA_NOREF) {
        host_job_queue(f->thing.host, &f->job);
    }
}

struct refs {
    int callback;
    int result;
};

static int call_back(lua_State *L)
{
    struct refs refs = *(struct refs *)lua_touserdata(L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, refs.callback);
    luaL_unref(L, LUA_REGISTRYINDEX, refs.callback);
    lua_call(L, push_result(L, refs.result), 0);
    return 0;
}

static void fetch_run(struct host_job *j)
{
    struct fetch *f = list_entry(j, struct fetch, job);
    struct host *h = f->thing.host;
    struct refs refs = { .callback = f->callback, .result = f->result };
    fetch_close(&f->thing);
    host_enter(h, call_back, &refs);
}

static void add_header(lua_State *L, struct http_request *r, struct http_header *headers)
{
    size_t name_len, value_len;
    if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TSTRING) {
        luaL_error(L, "'headers' must hold texts");
    }
    const char *name = lua_tolstring(L, -2, &name_len);
    const char *value = lua_tolstring(L, -1, &value_len);
    if (!is_clean(name, name_len) || !is_clean(value, value_len)) {
        luaL_error(L, "a header holds a line break");
    }
    if (r->header_count == HTTP_HEADERS_MAX) {
        luaL_error(L, "more than %d headers", HTTP_HEADERS_MAX);
    }
    headers[r->header_count++] = (struct http_header){ .name = name, .value = value };
}

/* Reads {method, url, headers, body, timeout_ms} at index 1; all texts stay borrowed from it.
 *   [-0, +n, raises] */
static void read_request(lua_State *L, struct http_request *r, struct http_header *headers)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    r->timeout_us = host_field_int(L, 1, "timeout_ms", 30000, TIMEOUT_MAX_MS) * 1000;
    r->method = host_field_text(L, 1, "method", NULL);
    r->url = host_field_text(L, 1, "url", NULL);
    r->body = host_field_text(L, 1, "body", &r->body_len);
    if (r->url == NULL) {
        luaL_error(L, "'url' is missing");
    }
    if (r->method == NULL) {
        r->method = r->body != NULL ? "POST" : "GET";
    }
    if (lua_getfield(L, 1, "headers") != LUA_TNIL) {
        luaL_checktype(L, -1, LUA_TTABLE);
        for (lua_pushnil(L); lua_next(L, -2) != 0; lua_pop(L, 1)) {
            add_header(L, r, headers);
        }
    }
    r->headers = headers;
    r->may_be_private = true;
}

static struct fetch *fetch_start(struct host *h, const struct http_request *r, int callback)
{
    struct fetch *f = xcalloc(1, sizeof *f);
    f->callback = callback;
    f->result = LUA_NOREF;
    host_thing_init(&f->thing, h, fetch_close);
    host_job_init(&f->job, fetch_run);
    f->call = h->http->send(h->http, r, fetch_done, f);
    return f;
}

static void fetch_box_close(void *ptr)
{
    fetch_close(ptr);
}

static bool fetch_is_done(void *ud)
{
    return ((struct fetch *)ud)->is_done;
}

/* Turns the loop until the answer is there.   [-0, +2, raises] */
static int fetch_wait(lua_State *L, struct host *h, const struct http_request *r)
{
    void **box = box_push(L, fetch_box_close);
    struct fetch *f = fetch_start(h, r, LUA_NOREF);
    *box = &f->thing;
    (void)host_wait(L, h, fetch_is_done, f, -1); /* the client has a time-out of its own */
    return push_result(L, f->result);
}

/* host.fetch(options[, callback]) -> {status, headers, body} | nil, error   [-2, +0|2, raises] */
static int host_fetch(lua_State *L)
{
    struct host *h = host_of(L);
    struct http_header headers[HTTP_HEADERS_MAX];
    struct http_request r = { 0 };
    bool is_waiting = lua_isnoneornil(L, 2);
    lua_settop(L, 2);
    read_request(L, &r, headers);
    if (is_waiting) {
        return fetch_wait(L, h, &r);
    }
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushvalue(L, 2);
    (void)fetch_start(h, &r, luaL_ref(L, LUA_REGISTRYINDEX)); /* freed when it is done */
    return 0;
}

static const luaL_Reg server_methods[] = {
    { "close", server_lua_close },
    { NULL, NULL },
};

static const luaL_Reg http_functions[] = {
    { "fetch", host_fetch },
    { "serve", host_serve },
    { NULL, NULL },
};

void host_http_open(lua_State *L, struct host *h)
{
    host_thing_type(L, SERVER_TYPE, server_methods);
    host_set_functions(L, h, http_functions);
}
