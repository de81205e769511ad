/*
 * The event loop: libuv for descriptors, signals and the wake-up from other threads, and a turn of
 * our own around it, so that the order is visible in one function: poll and its callbacks, due
 * timers, ticks; the sleep is the poll of the next turn. libuv's timers only end that sleep; what
 * is due is decided by the clock of base/clock.h, which tests replace.
 *
 * Each libuv handle is the first field of a struct that the heap owns until the handle's close
 * callback, which libuv calls one turn later; so one free_handle serves them all. Everything runs
 * on the loop thread but loop_wake.
 */
#include "net/loop.h"

#include <assert.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <uv.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "net/timer.h"
#include "net/uv_loop.h"

struct tick {
    struct list link;
    bool (*fn)(void *ud);
    void *ud;
    bool is_removed; /* while the ticks are walked; freed after the walk */
};

struct wake {
    struct list link;
    void (*fn)(void *ud); /* NULL: taken off; freed at the next wake, as one may be under way */
    void *ud;
};

struct loop {
    uv_loop_t uv;
    uv_async_t waker;
    uv_timer_t sleeper; /* ends the sleep when the earliest timer is due */
    struct timer_heap timers;
    struct list ticks;
    struct list wakes;
    bool is_walking_ticks;
    bool has_more;  /* a tick asked not to sleep */
    bool has_again; /* loop_again did */
    bool is_stopped;
};

struct watch {
    uv_poll_t poll; /* first: see free_handle */
    void (*fn)(void *ud, int events);
    void *ud;
    int events;
};

struct alarm {
    uv_timer_t timer; /* first: see free_handle */
    void (*fn)(void *ud);
    void *ud;
};

struct signal_watch {
    uv_signal_t signal; /* first: see free_handle */
    void (*fn)(void *ud, int signum);
    void *ud;
};

static void free_handle(uv_handle_t *h)
{
    free(h);
}

uv_loop_t *loop_uv(struct loop *l)
{
    return &l->uv;
}

struct timer_heap *loop_timers(struct loop *l)
{
    return &l->timers;
}

/* --- wake-up --- */

static void on_uv_wake(uv_async_t *a)
{
    struct loop *l = a->data;
    list_each_safe (it, &l->wakes) {
        struct wake *w = list_entry(it, struct wake, link);
        if (w->fn != NULL) {
            w->fn(w->ud);
        } else {
            list_remove(it);
            free(w);
        }
    }
}

void loop_on_wake(struct loop *l, void (*fn)(void *ud), void *ud)
{
    struct wake *w = xmalloc(sizeof(*w));
    *w = (struct wake){ .fn = fn, .ud = ud };
    list_push_back(&l->wakes, &w->link);
}

void loop_off_wake(struct loop *l, void (*fn)(void *ud), void *ud)
{
    list_each (it, &l->wakes) {
        struct wake *w = list_entry(it, struct wake, link);
        if (w->fn == fn && w->ud == ud) {
            w->fn = NULL;
        }
    }
}

void loop_wake(struct loop *l)
{
    int rc = uv_async_send(&l->waker);
    assert(rc == 0); /* fails only on a handle that is not an async */
}

/* --- ticks --- */

void loop_add_tick(struct loop *l, bool (*fn)(void *ud), void *ud)
{
    struct tick *t = xmalloc(sizeof(*t));
    *t = (struct tick){ .fn = fn, .ud = ud };
    list_push_back(&l->ticks, &t->link);
}

static void sweep_ticks(struct loop *l)
{
    list_each_safe (it, &l->ticks) {
        struct tick *t = list_entry(it, struct tick, link);
        if (t->is_removed) {
            list_remove(it);
            free(t);
        }
    }
}

void loop_remove_tick(struct loop *l, bool (*fn)(void *ud), void *ud)
{
    list_each (it, &l->ticks) {
        struct tick *t = list_entry(it, struct tick, link);
        t->is_removed = t->is_removed || (t->fn == fn && t->ud == ud);
    }
    if (!l->is_walking_ticks) {
        sweep_ticks(l);
    }
}

static bool run_ticks(struct loop *l)
{
    bool has_more = false;
    l->is_walking_ticks = true;
    list_each (it, &l->ticks) {
        struct tick *t = list_entry(it, struct tick, link);
        if (!t->is_removed && t->fn(t->ud)) {
            has_more = true;
        }
    }
    l->is_walking_ticks = false;
    sweep_ticks(l);
    return has_more;
}

/* --- the turn --- */

/* libuv runs its timers before the poll as well as behind it. What fired before it may have started
 * something that prepare_sleep has not seen: uv_stop then makes that poll return at once. */
static void on_sleep_over(uv_timer_t *t)
{
    uv_stop(t->loop);
}

int64_t loop_next_due_us(const struct loop *l)
{
    const struct timer *t = timer_heap_peek(&l->timers);
    return t != NULL ? t->due_us : -1;
}

/* Whether the next poll may sleep; arms what ends the sleep in time, in milliseconds rounded up:
 * one that wakes too late by less than one is better than one that wakes twice. */
static bool prepare_sleep(struct loop *l)
{
    if (l->has_more || l->has_again || l->is_stopped) {
        return false;
    }
    int64_t due_us = loop_next_due_us(l);
    if (due_us == -1) {
        uv_timer_stop(&l->sleeper);
        return true;
    }
    int64_t wait_us = due_us - clock_mono_us();
    if (wait_us <= 0) {
        return false;
    }
    uv_update_time(&l->uv); /* uv_timer_start counts from the time that is cached there */
    uint64_t wait_ms = (uint64_t)(wait_us / 1000) + (wait_us % 1000 != 0);
    (void)uv_timer_start(&l->sleeper, on_sleep_over, wait_ms,
                         0); /* fails only without a callback */
    return true;
}

void loop_turn(struct loop *l, bool may_wait)
{
    bool may_sleep = may_wait && prepare_sleep(l);
    l->has_again = false;
    (void)uv_run(&l->uv, may_sleep ? UV_RUN_ONCE : UV_RUN_NOWAIT); /* says only what is alive */
    timer_heap_fire(&l->timers, clock_mono_us());
    l->has_more = run_ticks(l);
}

void loop_again(struct loop *l)
{
    l->has_again = true;
}

void loop_run(struct loop *l)
{
    l->is_stopped = false;
    while (!l->is_stopped) {
        loop_turn(l, true);
    }
}

void loop_stop(struct loop *l)
{
    l->is_stopped = true;
}

/* --- signals, descriptors, alarms --- */

static void on_uv_signal(uv_signal_t *s, int signum)
{
    struct signal_watch *w = (struct signal_watch *)s;
    w->fn(w->ud, signum);
}

int loop_on_signal(struct loop *l, int signum, void (*fn)(void *ud, int signum), void *ud,
                   struct err *e)
{
    struct signal_watch *w = xcalloc(1, sizeof(*w));
    w->fn = fn;
    w->ud = ud;
    int rc = uv_signal_init(&l->uv, &w->signal);
    if (rc != 0) {
        free(w);
        return err_set(e, ERR_IO, "watch signal %d: %s", signum, uv_strerror(rc));
    }
    rc = uv_signal_start(&w->signal, on_uv_signal, signum);
    if (rc != 0) {
        uv_close((uv_handle_t *)&w->signal, free_handle);
        return err_set(e, ERR_IO, "watch signal %d: %s", signum, uv_strerror(rc));
    }
    return 0;
}

static void on_poll(uv_poll_t *p, int status, int events)
{
    struct watch *w = (struct watch *)p;
    if (status < 0) {
        w->events = 0; /* libuv has stopped the poll */
        w->fn(w->ud, LOOP_READ | LOOP_WRITE);
        return;
    }
    int ours = (events & UV_READABLE ? LOOP_READ : 0) | (events & UV_WRITABLE ? LOOP_WRITE : 0);
    w->fn(w->ud, ours);
}

struct watch *watch_new(struct loop *l, int fd, void (*fn)(void *ud, int events), void *ud)
{
    struct watch *w = xcalloc(1, sizeof(*w));
    w->fn = fn;
    w->ud = ud;
    int rc = uv_poll_init(&l->uv, &w->poll, fd);
    if (rc != 0) {
        log_error("loop", "watch descriptor %d: %s", fd, uv_strerror(rc));
        free(w);
        return NULL;
    }
    return w;
}

void watch_set(struct watch *w, int events)
{
    if (events == w->events) {
        return;
    }
    w->events = events;
    if (events == 0) {
        (void)uv_poll_stop(&w->poll); /* always 0 */
        return;
    }
    int theirs = (events & LOOP_READ ? UV_READABLE : 0) | (events & LOOP_WRITE ? UV_WRITABLE : 0);
    int rc = uv_poll_start(&w->poll, theirs, on_poll);
    assert(rc == 0); /* fails only where another watch has taken the descriptor */
}

void watch_free(struct watch *w)
{
    if (w != NULL) {
        uv_close((uv_handle_t *)&w->poll, free_handle);
    }
}

static void on_uv_alarm(uv_timer_t *t)
{
    struct alarm *a = (struct alarm *)t;
    uv_stop(t->loop); /* see on_sleep_over */
    a->fn(a->ud);     /* may free a */
}

struct alarm *alarm_new(struct loop *l, void (*fn)(void *ud), void *ud)
{
    struct alarm *a = xcalloc(1, sizeof(*a));
    a->fn = fn;
    a->ud = ud;
    (void)uv_timer_init(&l->uv, &a->timer); /* always 0 */
    return a;
}

void alarm_set(struct alarm *a, int64_t delay_ms)
{
    if (delay_ms < 0) {
        (void)uv_timer_stop(&a->timer); /* always 0 */
        return;
    }
    uv_update_time(a->timer.loop); /* see prepare_sleep */
    (void)uv_timer_start(&a->timer, on_uv_alarm, (uint64_t)delay_ms, 0);
}

void alarm_free(struct alarm *a)
{
    if (a != NULL) {
        uv_close((uv_handle_t *)&a->timer, free_handle);
    }
}

/* --- life --- */

static void ignore_broken_pipes(void)
{
    struct sigaction ignore = { .sa_handler = SIG_IGN };
    int rc = sigaction(SIGPIPE, &ignore, NULL);
    assert(rc == 0); /* fails only for a bad signal number */
}

/* Each connection is a descriptor; the soft limit is often 1024 where the hard one is far higher.
 */
static void raise_descriptor_limit(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files); /* fewer will have to do */
    }
}

struct loop *loop_new(void)
{
    struct loop *l = xcalloc(1, sizeof(*l));
    list_init(&l->ticks);
    list_init(&l->wakes);
    int rc = uv_loop_init(&l->uv);
    if (rc == 0) {
        rc = uv_async_init(&l->uv, &l->waker, on_uv_wake);
    }
    if (rc != 0) {
        log_error("loop", "start: %s", uv_strerror(rc));
        abort(); /* no descriptors or no memory before anything has begun */
    }
    (void)uv_timer_init(&l->uv, &l->sleeper); /* always 0 */
    l->waker.data = l;
    ignore_broken_pipes();
    raise_descriptor_limit();
    return l;
}

/* Signals and children that nobody waits for any more stay until here; the rest is somebody's bug,
 * and his memory: it is closed all the same, so that the end of the program is an orderly one. */
static void close_handle(uv_handle_t *h, void *ud)
{
    struct loop *l = ud;
    if (uv_is_closing(h)) {
        return;
    }
    bool is_embedded = h == (uv_handle_t *)&l->waker || h == (uv_handle_t *)&l->sleeper;
    if (h->type == UV_POLL || (h->type == UV_TIMER && !is_embedded)) {
        log_warn("loop", "freed with an open %s", uv_handle_type_name(h->type));
    }
    uv_close(h, is_embedded ? NULL : free_handle);
}

void loop_free(struct loop *l)
{
    if (l == NULL) {
        return;
    }
    timer_heap_fini(&l->timers);
    uv_walk(&l->uv, close_handle, l);
    (void)uv_run(&l->uv, UV_RUN_DEFAULT); /* until every close callback was called */
    int rc = uv_loop_close(&l->uv);
    assert(rc == 0);
    list_each (it, &l->ticks) {
        list_entry(it, struct tick, link)->is_removed = true;
    }
    sweep_ticks(l);
    for (struct list *it = list_pop(&l->wakes); it != NULL; it = list_pop(&l->wakes)) {
        free(list_entry(it, struct wake, link));
    }
    free(l);
}
