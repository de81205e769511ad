/* Schedules the coroutines in which runs wait (strands). One function, strands_run, resumes;
 * everything else only puts strands in its queue. A strand's memory is kept by the queue after its
 * end and used again, and its generation only grows: so a wake that comes too late reads valid
 * memory, sees another generation, and does nothing. The coroutine itself is never used again. The
 * queue owns the strands, a strand's registry reference owns its coroutine. Loop thread. */
#include "script/strand.h"

#include <assert.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "script/state.h"

enum {
    RUN_COUNT = 256,  /* strands resumed in one turn of the loop */
    RUN_US = 5 * 1000 /* and the time after which no further one is */
};

enum strand_state {
    STRAND_FREE,
    STRAND_READY, /* in the queue: new, preempted or woken */
    STRAND_RUNNING,
    STRAND_WAITING, /* parked by strand_wait */
    STRAND_ENDING   /* its call-back runs */
};

struct strand {
    struct owner owner;
    struct strands *queue;
    struct list link;    /* in ready or spare; in none while it waits */
    struct list vm_link; /* vm.strands */
    struct list all_link;
    enum strand_state state;
    uint64_t generation; /* of the wait that is to come or goes on; never falls */
    bool is_parked;      /* strand_wait was called, and the wait is not over */
    bool is_woken;       /* the wake came before the strand was parked */
    lua_State *co;
    int ref;      /* the coroutine in the registry */
    int nargs;    /* of body, on the coroutine's stack at the first resume */
    int64_t used; /* of the budget, since the last wait */
    strand_end_fn end;
    void *ud;
};

struct strands {
    struct list ready;
    struct list spare;
    struct list all;
};

struct strands *strands_new(void)
{
    struct strands *q = xmalloc(sizeof *q);
    list_init(&q->ready);
    list_init(&q->spare);
    list_init(&q->all);
    return q;
}

/* --- boxes --- */

static const char BOX_METATABLE[] = "engine.box";

struct box {
    void *ptr;
    void (*close)(void *ptr);
};

/* __close and __gc: both release, the second finds nothing.   [-n, +0, -] */
static int box_release(lua_State *L)
{
    struct box *box = lua_touserdata(L, 1);
    void *ptr = box->ptr;
    box->ptr = NULL;
    if (ptr != NULL) {
        box->close(ptr);
    }
    return 0;
}

void **box_push(lua_State *L, void (*close)(void *ptr))
{
    luaL_checkstack(L, 3, "a box");
    struct box *box = lua_newuserdatauv(L, sizeof *box, 0); // box
    *box = (struct box){ .close = close };
    luaL_setmetatable(L, BOX_METATABLE);
    lua_toclose(L, -1);
    return &box->ptr;
}

void box_open(lua_State *L)
{
    luaL_newmetatable(L, BOX_METATABLE); // mt
    lua_pushcfunction(L, box_release);
    lua_setfield(L, -2, "__close");
    lua_pushcfunction(L, box_release);
    lua_setfield(L, -2, "__gc");
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
}

/* --- start and end --- */

static struct strand *take_spare(struct strands *q)
{
    struct list *link = list_pop(&q->spare);
    if (link != NULL) {
        return list_entry(link, struct strand, link);
    }
    struct strand *s = xcalloc(1, sizeof *s);
    list_init(&s->link);
    list_init(&s->vm_link);
    list_push_back(&q->all, &s->all_link);
    s->generation = 1;
    return s;
}

static void make_ready(struct strand *s)
{
    s->state = STRAND_READY;
    list_push_back(&s->queue->ready, &s->link);
}

static int finish_body(lua_State *L, int status, lua_KContext ctx)
{
    (void)ctx;
    return status == LUA_OK || status == LUA_YIELD ? lua_gettop(L) : lua_error(L);
}

/* The coroutine's own function: calls (f, …) protected, so that an error closes what is open here,
 * inside the coroutine and under the hook. An error out of the hook itself would leave hooks off in
 * a coroutine that dies of it.   [-n, +n, raises, yields] */
static int body(lua_State *L)
{
    return finish_body(L, lua_pcallk(L, lua_gettop(L) - 1, LUA_MULTRET, 0, 0, finish_body), 0);
}

struct strand *strand_start(struct strands *q, lua_State *L, int nargs, strand_end_fn end, void *ud)
{
    luaL_checkstack(L, 4, "a strand");
    lua_State *co = lua_newthread(L); // f … co
    if (!lua_checkstack(co, nargs + 2)) {
        luaL_error(L, "too many arguments");
    }
    int ref = luaL_ref(L, LUA_REGISTRYINDEX); // f …
    lua_pushcfunction(co, body);
    lua_xmove(L, co, nargs + 1); // on co: body f …
    struct strand *s = take_spare(q);
    s->owner = (struct owner){ .vm = vm_of(L), .strand = s };
    *(struct owner **)lua_getextraspace(co) = &s->owner;
    s->queue = q;
    s->co = co;
    s->ref = ref;
    s->nargs = nargs + 1;
    s->used = 0;
    s->end = end;
    s->ud = ud;
    list_push_back(&s->owner.vm->strands, &s->vm_link);
    make_ready(s);
    return s;
}

/* Lets go of the coroutine and keeps the memory; wakes that are under way become stale. */
static void retire(struct strand *s)
{
    luaL_unref(s->owner.vm->main, LUA_REGISTRYINDEX, s->ref);
    list_remove(&s->link);
    list_remove(&s->vm_link);
    s->generation++;
    s->is_parked = s->is_woken = false;
    s->co = NULL;
    s->state = STRAND_FREE;
    list_push_back(&s->queue->spare, &s->link);
}

/* Closes what the coroutine has open: its boxes abort what is in flight. Scripts' own __close run
 * here, too, so that is metered. */
static void close_coroutine(struct strand *s)
{
    struct meter outer = meter_begin(s->owner.vm, 0);
    (void)lua_resetthread(s->co); /* an error in a __close has nobody left to hear it */
    meter_end(s->owner.vm, &outer);
}

void strand_cancel(struct strand *s)
{
    assert(s->state != STRAND_RUNNING && s->state != STRAND_FREE);
    if (s->state == STRAND_ENDING) {
        return; /* it is over already, and its end is being told */
    }
    list_remove(&s->link);
    s->state = STRAND_ENDING;
    close_coroutine(s);
    retire(s);
}

void strands_drop(struct vm *vm)
{
    while (!list_is_empty(&vm->strands)) {
        strand_cancel(list_entry(vm->strands.next, struct strand, vm_link));
    }
}

void strands_free(struct strands *q)
{
    if (q == NULL) {
        return;
    }
    list_each (it, &q->all) {
        struct strand *s = list_entry(it, struct strand, all_link);
        if (s->state != STRAND_FREE) {
            strand_cancel(s);
        }
    }
    list_each_safe (it, &q->all) {
        free(list_entry(it, struct strand, all_link));
    }
    free(q);
}

struct ending {
    struct strand *strand;
    int count;
    const struct err *error;
};

/* On the main state, protected: the coroutine takes no calls any more.   [-1, +0, raises] */
static int strand_ended(lua_State *L)
{
    const struct ending *n = lua_touserdata(L, 1);
    if (n->error == NULL) {
        luaL_checkstack(L, n->count + LUA_MINSTACK, "results");
        lua_xmove(n->strand->co, L, n->count);
    }
    n->strand->end(n->strand->ud, L, n->error == NULL ? n->count : 0, n->error);
    return 0;
}

/* Whoever waits for the end must hear of it, most of all where it is the memory that is used up: so
 * what it takes to tell is not refused, but only counts. */
static void end_with_error(struct strand *s, const struct err *error)
{
    struct err e = ERR_INIT;
    struct ending n = { .strand = s, .error = error };
    struct vm *vm = s->owner.vm;
    bool was_lenient = vm->is_lenient;
    vm->is_lenient = true;
    if (s->end != NULL && vm_enter(vm, strand_ended, &n, &e) == -1) {
        log_error("script", "the end of a strand failed: %s", e.message);
    }
    vm->is_lenient = was_lenient;
}

static void end_with_results(struct strand *s, int count)
{
    struct err e = ERR_INIT;
    struct ending n = { .strand = s, .count = count };
    if (s->end != NULL && vm_enter(s->owner.vm, strand_ended, &n, &e) == -1) {
        end_with_error(s, &e);
    }
}

static void finish_strand(struct strand *s, int status, int count, const struct err *error)
{
    s->state = STRAND_ENDING;
    if (status == LUA_OK) {
        end_with_results(s, count);
    } else {
        close_coroutine(s); /* body closed it, unless it could not even be resumed */
        end_with_error(s, error);
    }
    retire(s);
}

/* --- waits --- */

void *strand_data(lua_State *L)
{
    struct strand *s = owner_of(L)->strand;
    return s != NULL ? s->ud : NULL;
}

struct wake strand_wake_of(lua_State *L)
{
    struct strand *s = owner_of(L)->strand;
    if (s == NULL || s->state != STRAND_RUNNING || s->co != L) {
        luaL_error(L, "this waits, and only a running recipe can wait");
        return (struct wake){ .strand = NULL };
    }
    if (!lua_isyieldable(L)) {
        luaL_error(L, "cannot wait here: in a function of sort or gsub, or while a module loads");
    }
    s->is_woken = false;
    return (struct wake){ .strand = s, .generation = ++s->generation };
}

void strand_wake(struct wake w)
{
    struct strand *s = w.strand;
    if (s == NULL || s->generation != w.generation) {
        return;
    }
    if (s->state == STRAND_WAITING) {
        make_ready(s);
    } else if (!s->is_parked) { /* in an ending strand it means nothing any more */
        s->is_woken = true;
    }
}

int strand_wait(lua_State *L, lua_KContext ctx, lua_KFunction k)
{
    struct strand *s = owner_of(L)->strand;
    assert(s != NULL && s->co == L && s->state == STRAND_RUNNING);
    s->is_parked = true;
    return lua_yieldk(L, 0, ctx, k);
}

/* After a yield: parked, or preempted by the count hook. */
static void park(struct strand *s)
{
    if (s->is_parked && !s->is_woken) {
        s->state = STRAND_WAITING;
    } else {
        make_ready(s);
    }
}

/* A strand that comes back from its wait has a new generation and a new budget. */
static void end_wait(struct strand *s)
{
    if (s->is_parked) {
        s->generation++;
        s->is_parked = s->is_woken = false;
        s->used = 0;
    }
}

/* Reads the error that the coroutine died of; its own stack takes no calls any more. */
static void explain_strand(struct strand *s, int status, struct err *e)
{
    lua_State *L = s->owner.vm->main;
    if (!lua_checkstack(L, 8)) {
        status = LUA_ERRMEM;
    }
    if (status == LUA_ERRMEM) {
        vm_explain(s->owner.vm, L, status, e);
        return;
    }
    lua_xmove(s->co, L, 1);
    vm_explain(s->owner.vm, L, status, e);
    lua_pop(L, 1);
}

static void resume_strand(struct strand *s)
{
    struct vm *vm = s->owner.vm;
    struct err e = ERR_INIT;
    int count = 0;
    int nargs = s->nargs;
    end_wait(s);
    s->nargs = 0;
    s->state = STRAND_RUNNING;
    struct meter outer = meter_begin(vm, s->used);
    int status = lua_resume(s->co, vm->main, nargs, &count);
    if (status != LUA_OK && status != LUA_YIELD) {
        explain_strand(s, status, &e);
    }
    s->used = vm->meter.used;
    meter_end(vm, &outer);
    if (status == LUA_YIELD) {
        lua_pop(s->co, count);
        park(s);
    } else {
        finish_strand(s, status, count, &e);
    }
}

bool strands_run(struct strands *q)
{
    int64_t end_us = clock_mono_us() + RUN_US;
    for (int i = 0; i < RUN_COUNT && !list_is_empty(&q->ready); i++) {
        if (i > 0 && clock_mono_us() >= end_us) {
            break;
        }
        resume_strand(list_entry(list_pop(&q->ready), struct strand, link));
    }
    return !list_is_empty(&q->ready);
}
