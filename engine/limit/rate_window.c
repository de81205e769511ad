/*
 * Counts the calls in one window of a limit. The window slides, and is a log of calls: exact times
 * in a ring where the limit is small, counts by a 256th of the window where it is large (then the
 * oldest part counts whole, which errs on the safe side: a part holds at least as long as each of
 * its calls). Loop thread.
 */
#include "limit/rate_window.h"

#include <stdlib.h>

#include "base/mem.h"

struct rate_slot {
    int64_t at_us;
    bool is_backfill;
};

struct rate_part {
    int64_t calls;
    int64_t backfills;
};

/* One more than a window has: the oldest is only partly inside. */
enum { PARTS = RATE_WINDOW_PARTS + 1 };

void rate_window_init(struct rate_window *w, int64_t requests, int64_t per_us, int64_t now)
{
    *w = (struct rate_window){ .requests = requests, .limit = requests, .per_us = per_us };
    if (requests <= RATE_WINDOW_EXACT) {
        w->slots = xcalloc((size_t)requests, sizeof *w->slots);
        return;
    }
    w->parts = xcalloc(PARTS, sizeof *w->parts);
    w->part_us = (per_us + RATE_WINDOW_PARTS - 1) / RATE_WINDOW_PARTS;
    w->origin_us = now - 2 * PARTS * w->part_us; /* what is restored lies before now */
    w->newest = (now - w->origin_us) / w->part_us;
}

void rate_window_fini(struct rate_window *w)
{
    free(w->slots);
    free(w->parts);
}

/* --- the ring --- */

static void drop_oldest(struct rate_window *w)
{
    w->backfills -= w->slots[w->head].is_backfill;
    w->head = (w->head + 1) % (size_t)w->requests;
    w->count--;
}

static void expire(struct rate_window *w, int64_t now)
{
    while (w->count > 0 && now - w->slots[w->head].at_us >= w->per_us) {
        drop_oldest(w);
    }
}

static void add_slot(struct rate_window *w, int64_t at_us, bool is_backfill)
{
    if (w->count == (size_t)w->requests) { /* more than granted: only a service's own count */
        drop_oldest(w);
    }
    w->slots[(w->head + w->count) % (size_t)w->requests] =
        (struct rate_slot){ .at_us = at_us, .is_backfill = is_backfill };
    w->count++;
    w->backfills += is_backfill;
}

/* --- the parts --- */

static struct rate_part *window_part(struct rate_window *w, int64_t number)
{
    return &w->parts[number % PARTS];
}

/* Moves the parts on to `now`, emptying those that begin again. */
static void turn_window(struct rate_window *w, int64_t now)
{
    int64_t number = (now - w->origin_us) / w->part_us;
    int64_t steps = number - w->newest;
    for (int64_t i = 0; i < steps && i < PARTS; i++) {
        *window_part(w, number - i) = (struct rate_part){ .calls = 0 };
    }
    w->newest = number > w->newest ? number : w->newest;
}

/* The time at which a part's last call may have been made. */
static int64_t part_end_us(const struct rate_window *w, int64_t number)
{
    return w->origin_us + (number + 1) * w->part_us - 1;
}

/* --- both --- */

int64_t rate_window_used(struct rate_window *w, int64_t now, bool only_backfills)
{
    if (w->slots != NULL) {
        expire(w, now);
        return only_backfills ? w->backfills : (int64_t)w->count;
    }
    turn_window(w, now);
    int64_t sum = 0;
    for (int i = 0; i < PARTS; i++) {
        sum += only_backfills ? w->parts[i].backfills : w->parts[i].calls;
    }
    return sum;
}

int64_t rate_window_used_then(struct rate_window *w, int64_t now, int64_t in_us,
                              bool only_backfills)
{
    int64_t used = rate_window_used(w, now, only_backfills);
    for (size_t i = 0; i < w->count; i++) { /* of the ring, from the oldest */
        const struct rate_slot *s = &w->slots[(w->head + i) % (size_t)w->requests];
        if (now + in_us - s->at_us < w->per_us) {
            break;
        }
        used -= only_backfills ? s->is_backfill : 1;
    }
    for (int64_t i = w->newest - PARTS + 1; w->parts != NULL && i <= w->newest; i++) {
        if (w->origin_us + (i + PARTS) * w->part_us <= now + in_us) {
            used -= only_backfills ? window_part(w, i)->backfills : window_part(w, i)->calls;
        }
    }
    return used;
}

void rate_window_add(struct rate_window *w, int64_t at_us, int64_t n, bool is_backfill)
{
    if (w->slots == NULL) {
        turn_window(w, at_us);
        int64_t number = (at_us - w->origin_us) / w->part_us;
        if (w->newest - number < PARTS) {
            window_part(w, number)->calls += n;
            window_part(w, number)->backfills += is_backfill ? n : 0;
        }
        return;
    }
    for (int64_t i = 0; i < n && i < w->requests; i++) {
        add_slot(w, at_us, is_backfill);
    }
}

int64_t rate_window_relief(struct rate_window *w, int64_t now)
{
    if (w->slots != NULL) {
        expire(w, now);
        return w->count > 0 ? w->slots[w->head].at_us + w->per_us - now : -1;
    }
    turn_window(w, now);
    for (int64_t i = w->newest - PARTS + 1; i <= w->newest; i++) {
        if (window_part(w, i)->calls > 0) {
            return w->origin_us + (i + PARTS) * w->part_us - now;
        }
    }
    return -1;
}

/* --- the state --- */

/* Gathers calls into groups by their age. */
struct gathering {
    json_t *out;
    const struct rate_window *w;
    int64_t now;
    int64_t group; /* number of the open one, by age; -1: none */
    int64_t at_us, calls, backfills;
};

static void close_group(struct gathering *g)
{
    if (g->calls > 0) {
        int64_t age_ms = g->now > g->at_us ? (g->now - g->at_us) / 1000 : 0;
        json_array_append_new(g->out, json_pack("[I, I, I]", (json_int_t)age_ms,
                                                (json_int_t)g->calls, (json_int_t)g->backfills));
    }
    g->calls = g->backfills = 0;
}

static void gather(struct gathering *g, int64_t at_us, int64_t calls, int64_t backfills)
{
    int64_t age = g->now > at_us ? g->now - at_us : 0;
    int64_t group = age / (g->w->per_us / (RATE_WINDOW_STATE - 1) + 1);
    if (group != g->group) {
        close_group(g);
    }
    g->group = group;
    g->at_us = at_us;
    g->calls += calls;
    g->backfills += backfills;
}

json_t *rate_window_state(struct rate_window *w, int64_t now)
{
    struct gathering g = { .out = json_array(), .w = w, .now = now, .group = -1 };
    (void)rate_window_used(w, now, false); /* drops what is outside */
    for (size_t i = 0; i < w->count; i++) {
        const struct rate_slot *s = &w->slots[(w->head + i) % (size_t)w->requests];
        gather(&g, s->at_us, 1, s->is_backfill);
    }
    for (int64_t i = w->newest - PARTS + 1; w->parts != NULL && i <= w->newest; i++) {
        if (window_part(w, i)->calls > 0) {
            gather(&g, part_end_us(w, i), window_part(w, i)->calls, window_part(w, i)->backfills);
        }
    }
    close_group(&g);
    return g.out;
}

static int64_t number_at(const json_t *list, size_t i)
{
    int64_t n = json_integer_value(json_array_get(list, i));
    return n > 0 ? n : 0;
}

void rate_window_restore(struct rate_window *w, const json_t *state, int64_t age_us, int64_t now)
{
    size_t i;
    json_t *group;
    json_array_foreach (state, i, group) {
        int64_t age_ms = number_at(group, 0);
        if (age_us >= w->per_us || age_ms >= w->per_us / 1000 + 1) {
            continue;
        }
        int64_t age = age_us + age_ms * 1000;
        int64_t calls = number_at(group, 1), backfills = number_at(group, 2);
        backfills = backfills < calls ? backfills : calls;
        if (age < w->per_us) {
            rate_window_add(w, now - age, backfills, true);
            rate_window_add(w, now - age, calls - backfills, false);
        }
    }
}
