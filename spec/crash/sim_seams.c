/* The simulator's hold on the engine. What makes a run depend on nothing but its seed:
 *
 *   time, randomness    virtual, one generator
 *   the store           its writer is a thread, so the loop never takes a turn while it works:
 *                       seams_await_store blocks until the batch of the last turn is handed back.
 *                       Reads go to the writer too, as two threads would come back in any order.
 *   the network         each request is a question to the world, which says at once what will
 *                       happen and when; a timer of the loop makes it happen
 *
 * Loop thread, but for the wrapped loop_wake, which the writer calls. */
#include "sim_seams.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "sim_wire.h"

enum { CRASHED = 70, TIMEOUT_US = 30000000 }; /* base/fault.c; net/http_client.h */

static struct seams held;

static pthread_t loop_thread;
static sem_t handed_back;

struct seams *seams(void)
{
    return &held;
}

/* --- clock --- */

static int64_t wall(void *ud)
{
    return held.wall_us;
}

static int64_t mono(void *ud)
{
    return held.mono_us;
}

/* xorshift64*: Vigna, "An experimental exploration of Marsaglia's xorshift generators". */
static uint64_t next_random(void)
{
    held.random ^= held.random >> 12;
    held.random ^= held.random << 25;
    held.random ^= held.random >> 27;
    return held.random * UINT64_C(2685821657736338717);
}

static void fill_random(void *ud, void *out, size_t len)
{
    unsigned char *bytes = out;
    for (size_t i = 0; i < len; i++) {
        bytes[i] = (unsigned char)(next_random() >> 56);
    }
}

static const struct clock virtual_clock = { wall, mono, fill_random, NULL };

void seams_init(const struct seams *s, uint64_t seed)
{
    static const int64_t boot_us = INT64_C(1795000000000000); /* the two clocks never mix */
    held = *s;
    held.mono_us = s->wall_us - boot_us;
    held.random = seed * UINT64_C(0x9e3779b97f4a7c15) | 1;
    *held.shown_us = held.wall_us;
    loop_thread = pthread_self();
    int rc = sem_init(&handed_back, 0, 0);
    assert(rc == 0);
    clock_replace(&virtual_clock);
}

void seams_pass(int64_t us)
{
    assert(us >= 0);
    held.wall_us += us;
    held.mono_us += us;
    *held.shown_us = held.wall_us;
}

uint64_t seams_random_below(uint64_t n)
{
    return next_random() % n; /* the bias does not matter here */
}

/* --- loop and store --- */

void __real_loop_wake(struct loop *l);
void __wrap_loop_wake(struct loop *l);
void __wrap_loop_wake(struct loop *l)
{
    __real_loop_wake(l);
    if (!pthread_equal(pthread_self(), loop_thread)) {
        (void)sem_post(&handed_back); /* fails only past a count that is never reached */
    }
}

void __real_loop_stop(struct loop *l);
void __wrap_loop_stop(struct loop *l);
void __wrap_loop_stop(struct loop *l)
{
    held.is_stopped = true;
    __real_loop_stop(l);
}

void __wrap_loop_run(struct loop *l);
void __wrap_loop_run(struct loop *l)
{
    held.drive(l);
}

void __real_store_submit(struct store *s, struct store_op *op);
void __wrap_store_submit(struct store *s, struct store_op *op);
void __wrap_store_submit(struct store *s, struct store_op *op)
{
    held.submitted++;
    __real_store_submit(s, op);
}

void __wrap_store_submit_read(struct store *s, struct store_op *op);
void __wrap_store_submit_read(struct store *s, struct store_op *op)
{
    __wrap_store_submit(s, op);
}

bool seams_await_store(void)
{
    if (held.submitted == 0) {
        return false;
    }
    held.submitted = 0;
    int rc;
    do {
        rc = sem_wait(&handed_back);
    } while (rc == -1 && errno == EINTR);
    assert(rc == 0);
    return true;
}

/* --- parts of the engine --- */

struct store *__real_store_open(const struct store_opts *o, struct err *e);
struct store *__wrap_store_open(const struct store_opts *o, struct err *e);
struct store *__wrap_store_open(const struct store_opts *o, struct err *e)
{
    return held.store = __real_store_open(o, e);
}

struct service *__real_service_new(const struct service_opts *o);
struct service *__wrap_service_new(const struct service_opts *o);
struct service *__wrap_service_new(const struct service_opts *o)
{
    return held.service = __real_service_new(o);
}

struct runner *__real_runner_new(const struct runner_opts *o);
struct runner *__wrap_runner_new(const struct runner_opts *o);
struct runner *__wrap_runner_new(const struct runner_opts *o)
{
    return held.runner = __real_runner_new(o);
}

struct router *__real_router_new(const struct router_opts *o);
struct router *__wrap_router_new(const struct router_opts *o);
struct router *__wrap_router_new(const struct router_opts *o)
{
    return held.router = __real_router_new(o);
}

/* --- HTTP --- */

struct client {
    struct http_client client;
    struct loop *loop;
    struct list calls; /* in flight */
};

struct flight {
    struct list link;
    struct timer timer;
    json_t *fate; /* what the world said */
    http_done_fn done;
    void *ud;
};

static void flight_free(struct flight *f)
{
    timer_stop(&f->timer);
    list_remove(&f->link);
    json_decref(f->fate);
    free(f);
}

static void answer(struct flight *f)
{
    struct http_response res = { .status = (int)json_get_int(f->fate, "status", 0) };
    const char *name;
    json_t *value;
    json_object_foreach (json_object_get(f->fate, "headers"), name, value) {
        res.headers[res.header_count++] = (struct http_header){ name, json_string_value(value) };
    }
    buf_init(&res.body, HTTP_BODY_MAX);
    (void)buf_puts(&res.body, json_get_text(f->fate, "body")); /* the sandbox's are small */
    f->done(f->ud, &res, NULL);
    buf_fini(&res.body);
}

static void fail(struct flight *f, const char *kind)
{
    struct err e = ERR_INIT;
    (void)err_set(&e, err_kind_parse(kind), "the connection broke");
    f->done(f->ud, NULL, &e);
}

static void arrive(struct timer *t)
{
    struct flight *f = list_entry(t, struct flight, timer);
    const char *broken = json_get_text(f->fate, "broken");
    if (broken != NULL) {
        fail(f, broken);
    } else {
        answer(f);
    }
    flight_free(f);
}

/* An answer that comes too late is none: the call ends at its time-out, and nobody knows. */
static int64_t arrival_us(json_t *fate, const struct http_request *r)
{
    int64_t delay_us = json_get_int(fate, "delay_us", 0);
    int64_t timeout_us = r->timeout_us > 0 ? r->timeout_us : TIMEOUT_US;
    if (delay_us < timeout_us) {
        return delay_us;
    }
    json_object_set_new(fate, "broken", json_string(err_kind_name(ERR_UNKNOWN)));
    return timeout_us;
}

static json_t *describe(const struct http_request *r)
{
    json_t *headers = json_object();
    for (size_t i = 0; i < r->header_count; i++) {
        json_object_set_new(headers, r->headers[i].name, json_string(r->headers[i].value));
    }
    return json_pack("{s:s, s:I, s:s, s:s, s:o, s:s%}", "do", "http", "now_us",
                     (json_int_t)held.wall_us, "method", r->method, "url", r->url, "headers",
                     headers, "body", r->body != NULL ? r->body : "", r->body_len);
}

static struct http_call *client_send(struct http_client *c, const struct http_request *r,
                                     http_done_fn done, void *ud)
{
    struct client *client = list_entry(c, struct client, client);
    json_t *fate = wire_ask(held.world, describe(r));
    if (json_get_bool(fate, "die", false)) {
        _exit(CRASHED);
    }
    struct flight *f = xcalloc(1, sizeof *f);
    *f = (struct flight){ .fate = fate, .done = done, .ud = ud };
    timer_init(&f->timer, client->loop, arrive);
    timer_start(&f->timer, arrival_us(fate, r));
    list_push_back(&client->calls, &f->link);
    return (struct http_call *)f;
}

static bool client_cancel(struct http_client *c, struct http_call *call)
{
    flight_free((struct flight *)call);
    return true; /* the world has it already */
}

static void client_free(struct http_client *c)
{
    struct client *client = list_entry(c, struct client, client);
    list_each_safe (it, &client->calls) {
        flight_free(list_entry(it, struct flight, link));
    }
    free(client);
}

struct http_client *__wrap_http_client_new(struct loop *l, const struct http_client_opts *o);
struct http_client *__wrap_http_client_new(struct loop *l, const struct http_client_opts *o)
{
    struct client *c = xcalloc(1, sizeof *c);
    c->client =
        (struct http_client){ .send = client_send, .cancel = client_cancel, .free = client_free };
    c->loop = l;
    list_init(&c->calls);
    return &c->client;
}
