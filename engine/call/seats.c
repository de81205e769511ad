/* Seats at the hosts of services. Those who wait stand in one line for each host. A seat that comes
 * free is given away by a timer of no length, not by who left it: so no call begins within the end
 * of another.
 *
 * Who has waited for SEATS_WAIT_US is sent away with a moment of its own: moments of one host follow
 * each other as quickly as seats came free of late, so that a crowd comes back one by one and in its
 * order, not all at once. */
#include "call/seats.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"

enum {
    HELD_FIRST_US = 1000 * 1000, /* what a call takes, before one has ended */
    HELD_SHARE = 8,              /* of the last one in the mean */
    AWAY_MAX_US = 60 * 1000 * 1000,
};

struct seats {
    struct map *hosts; /* origin -> struct seat_host; none that nobody waits for or sits at */
    struct list lines; /* hosts that somebody waits for */
    struct timer timer;
    bool is_closed;
};

struct seat_host {
    struct list link; /* in lines */
    char *origin;
    struct list waiting; /* struct seat_wait */
    int seated, waiting_count;
    int64_t held_us;      /* how long a seat was held, as a mean of the last ones */
    bool has_served;      /* else held_us is a guess */
    int64_t last_away_us; /* monotonic: the moment that was told last */
};

static void serve(struct timer *t);

struct seats *seats_new(struct loop *l)
{
    struct seats *s = xcalloc(1, sizeof *s);
    s->hosts = map_new();
    list_init(&s->lines);
    timer_init(&s->timer, l, serve);
    return s;
}

void seats_free(struct seats *s)
{
    assert(map_len(s->hosts) == 0);
    timer_stop(&s->timer);
    map_free(s->hosts, NULL);
    free(s);
}

char *seats_origin(const char *url)
{
    const char *host = strstr(url, "://");
    size_t len = host != NULL ? (size_t)(host - url) + 3 : 0;
    return xstrndup(url, len + strcspn(url + len, "/?#"));
}

int64_t seats_room(const struct seats *s, const char *origin, int64_t within_us)
{
    const struct seat_host *h = map_get(s->hosts, origin);
    if (h == NULL) {
        return SEATS_PER_HOST;
    }
    int64_t soon = h->has_served ? SEATS_PER_HOST * within_us / (h->held_us + 1) : 0;
    int64_t room = SEATS_PER_HOST + soon - h->seated - h->waiting_count;
    return room > 0 ? room : 0;
}

static struct seat_host *host_of(struct seats *s, const char *origin)
{
    struct seat_host *h = map_get(s->hosts, origin);
    if (h == NULL) {
        h = xcalloc(1, sizeof *h);
        h->origin = xstrdup(origin);
        h->held_us = HELD_FIRST_US;
        list_init(&h->link);
        list_init(&h->waiting);
        (void)map_put(s->hosts, h->origin, h);
    }
    return h;
}

static void drop_if_unused(struct seats *s, struct seat_host *h)
{
    if (h->seated == 0 && list_is_empty(&h->waiting)) {
        list_remove(&h->link);
        (void)map_remove(s->hosts, h->origin);
        free(h->origin);
        free(h);
    }
}

static void quit_line(struct seat_host *h, struct seat_wait *w)
{
    list_remove(&w->link);
    h->waiting_count--;
    if (list_is_empty(&h->waiting)) {
        list_remove(&h->link);
    }
}

static void sit(struct seat_host *h, struct seat_wait *w)
{
    h->seated++;
    w->is_seated = true;
    w->since_us = clock_mono_us();
}

/* When the next one who is sent away is to come again. */
static int64_t next_moment(struct seat_host *h, int64_t now_us)
{
    int64_t next_us = h->last_away_us + h->held_us / SEATS_PER_HOST;
    next_us = next_us > now_us + SEATS_WAIT_US ? next_us : now_us + SEATS_WAIT_US;
    h->last_away_us = next_us < now_us + AWAY_MAX_US ? next_us : now_us + AWAY_MAX_US;
    return h->last_away_us - now_us;
}

static void send_away(struct seats *s, struct seat_wait *w)
{
    struct seat_host *h = w->host;
    struct err e = ERR_INIT;
    int64_t delay_us = next_moment(h, clock_mono_us());
    (void)err_set(&e, ERR_UNAVAILABLE, "waits for its turn: %d calls to %s are under way",
                  h->seated, h->origin);
    (void)snprintf(e.detail, sizeof e.detail, "%s", SEATS_TURN);
    e.retry_at_us = clock_wall_us() + delay_us;
    quit_line(h, w);
    w->host = NULL;
    drop_if_unused(s, h);
    w->ready(w, &e);
}

static struct seat_wait *first_of(const struct seat_host *h)
{
    return list_entry(h->waiting.next, struct seat_wait, link);
}

/* Seats the next one, or sends it away; either may take or leave seats meanwhile. False: there is
 * none to seat. */
static bool seat_one(struct seats *s)
{
    list_each (link, &s->lines) {
        struct seat_host *h = list_entry(link, struct seat_host, link);
        struct seat_wait *w = first_of(h);
        if (h->seated < SEATS_PER_HOST && !s->is_closed) {
            quit_line(h, w);
            sit(h, w);
            w->ready(w, NULL);
            return true;
        }
        if (s->is_closed || clock_mono_us() >= w->since_us + SEATS_WAIT_US) {
            send_away(s, w);
            return true;
        }
    }
    return false;
}

/* For the next one whose time is over; a seat that comes free is told of by seats_leave. */
static void arm(struct seats *s)
{
    int64_t due_us = INT64_MAX;
    list_each (link, &s->lines) {
        int64_t end_us =
            first_of(list_entry(link, struct seat_host, link))->since_us + SEATS_WAIT_US;
        due_us = end_us < due_us ? end_us : due_us;
    }
    int64_t now_us = clock_mono_us();
    if (due_us != INT64_MAX) {
        timer_start(&s->timer, due_us > now_us ? due_us - now_us : 0);
    }
}

static void serve(struct timer *t)
{
    struct seats *s = list_entry(t, struct seats, timer);
    while (seat_one(s)) {
    }
    arm(s);
}

bool seats_take(struct seats *s, const char *origin, struct seat_wait *w)
{
    struct seat_host *h = host_of(s, origin);
    assert(w->host == NULL);
    w->host = h;
    w->is_seated = false;
    list_init(&w->link);
    if (h->seated < SEATS_PER_HOST && list_is_empty(&h->waiting)) {
        sit(h, w);
        return true;
    }
    w->since_us = clock_mono_us();
    if (list_is_empty(&h->waiting)) {
        list_push_back(&s->lines, &h->link);
    }
    list_push_back(&h->waiting, &w->link);
    h->waiting_count++;
    if (s->is_closed) {
        timer_start(&s->timer, 0);
    } else if (!timer_is_armed(&s->timer)) {
        arm(s);
    }
    return false;
}

void seats_leave(struct seats *s, struct seat_wait *w)
{
    struct seat_host *h = w->host;
    if (h == NULL) {
        return;
    }
    w->host = NULL;
    if (w->is_seated) {
        h->seated--;
        h->held_us += (clock_mono_us() - w->since_us - h->held_us) / HELD_SHARE;
        h->has_served = true;
    } else {
        quit_line(h, w);
    }
    if (w->is_seated && !list_is_empty(&h->waiting)) {
        timer_start(&s->timer, 0);
    }
    drop_if_unused(s, h);
}

void seats_close(struct seats *s)
{
    s->is_closed = true;
    timer_start(&s->timer, 0);
}
