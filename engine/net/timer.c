/*
 * Timers: a binary heap of pointers to timers that their owners embed, ordered by due time and,
 * where that is equal, by the order of their start. Each timer knows its place, so that stopping
 * one costs O(log n) without a search. Times are of the monotonic clock of base/clock.h, so that
 * virtual time works; how long to sleep is loop.c's matter. The heap owns only its array. Loop
 * thread.
 */
#include "net/timer.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/plural.h"

enum { HEAP_FIRST = 64 };

static bool is_before(const struct timer *a, const struct timer *b)
{
    return a->due_us != b->due_us ? a->due_us < b->due_us : a->order < b->order;
}

static void put_at(struct timer_heap *h, size_t at, struct timer *t)
{
    h->items[at] = t;
    t->index = (int)at;
}

static void sift_up(struct timer_heap *h, size_t at)
{
    struct timer *t = h->items[at];
    while (at > 1 && is_before(t, h->items[at / 2])) {
        put_at(h, at, h->items[at / 2]);
        at /= 2;
    }
    put_at(h, at, t);
}

static void sift_down(struct timer_heap *h, size_t at)
{
    struct timer *t = h->items[at];
    for (size_t child = at * 2; child <= h->len; child = at * 2) {
        if (child < h->len && is_before(h->items[child + 1], h->items[child])) {
            child++;
        }
        if (!is_before(h->items[child], t)) {
            break;
        }
        put_at(h, at, h->items[child]);
        at = child;
    }
    put_at(h, at, t);
}

static void insert_timer(struct timer_heap *h, struct timer *t)
{
    if (h->len + 1 >= h->cap) {
        assert(h->cap < INT_MAX / 2);
        h->cap = h->cap == 0 ? HEAP_FIRST : h->cap * 2;
        h->items = xrealloc(h->items, h->cap * sizeof(*h->items));
    }
    t->order = h->next_order++;
    put_at(h, ++h->len, t);
    sift_up(h, h->len);
}

static void take_out_timer(struct timer_heap *h, struct timer *t)
{
    size_t at = (size_t)t->index;
    assert(at <= h->len && h->items[at] == t);
    struct timer *last = h->items[h->len--];
    t->index = 0;
    if (last == t) {
        return;
    }
    put_at(h, at, last);
    sift_up(h, at);
    sift_down(h, (size_t)last->index);
}

void timer_heap_fini(struct timer_heap *h)
{
    if (h->len > 0) {
        log_warn("loop", "freed with %zu %s armed", h->len,
                 plural((int64_t)h->len, "timer", "timers"));
    }
    while (h->len > 0) {
        take_out_timer(h, h->items[h->len]);
    }
    free(h->items);
    *h = (struct timer_heap){ 0 };
}

struct timer *timer_heap_peek(const struct timer_heap *h)
{
    return h->len > 0 ? h->items[1] : NULL;
}

void timer_heap_fire(struct timer_heap *h, int64_t now_us)
{
    uint64_t first_new = h->next_order;
    struct timer *t = timer_heap_peek(h);
    /* A new timer is never due before an older one that is due: its start was not before now_us. */
    while (t != NULL && t->due_us <= now_us && t->order < first_new) {
        take_out_timer(h, t);
        t->fn(t); /* may free t */
        t = timer_heap_peek(h);
    }
}

void timer_init(struct timer *t, struct loop *l, void (*fn)(struct timer *))
{
    *t = (struct timer){ .fn = fn, .loop = l };
}

void timer_start(struct timer *t, int64_t delay_us)
{
    timer_stop(t);
    int64_t now = clock_mono_us();
    int64_t delay = delay_us > 0 ? delay_us : 0;
    t->due_us = delay > INT64_MAX - now ? INT64_MAX : now + delay;
    insert_timer(loop_timers(t->loop), t);
}

void timer_stop(struct timer *t)
{
    if (t->index != 0) {
        take_out_timer(loop_timers(t->loop), t);
    }
}

bool timer_is_armed(const struct timer *t)
{
    return t->index != 0;
}
