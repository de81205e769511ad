/*
 * The limiter of one connection. Each window that the service counts in is a log of sends: exact
 * send times in a ring where the limit is small, counts by a 256th of the window where it is large
 * (then the oldest part counts whole, which errs on the safe side). A slot that was granted and not
 * yet used counts as if it were sent now, because the time that matters is the one at which the
 * bytes go, and between the grant and the bytes lies a commit. So at every send the window that
 * ends there holds at most the limit.
 *
 * The service's own count arrives in headers. Where it is higher than ours (another program uses
 * the same account, or this process is young) the difference is added to the ring. A process that
 * has just started cannot know what the one before it sent, so it lets one call go alone, and
 * learns from its answer; without an answer it goes on being careful for one window.
 *
 * Waiters queue in order; one timer serves the first. Loop thread.
 */
#include "service/limiter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "format/date.h"

enum {
    WINDOWS_MAX = 4,
    RING_MAX = 1000,                    /* up to this limit send times are exact */
    PARTS = 256,                        /* of a window with a larger limit */
    MARGIN_US = 200 * 1000,             /* for what the network adds to the distance of two calls */
    CLOSED_MAX_S = 24 * 3600,           /* the longest that a service may shut us out at a time */
    RATE_DEFAULT_US = 10 * 1000 * 1000, /* after a 429 that says nothing */
    DAILY_RETRY_US =
        15 * 60 * 1000 * 1000, /* the day's calls are used up and nothing says until when */
};

struct window {
    int64_t requests; /* as the connector has it */
    int64_t limit;    /* the same, or less where the service says so */
    int64_t per_us;   /* with the margin */
    /* limits up to RING_MAX */
    int64_t *sent_us; /* ring of the last `requests` sends */
    size_t head, count;
    /* larger limits */
    int64_t *parts;
    int64_t part_us;
    int64_t newest; /* number of the newest part since the clock began */
};

struct limiter {
    struct loop *loop;
    const char *name;
    const json_t *headers;
    struct window windows[WINDOWS_MAX];
    size_t window_count;
    int64_t reserved;  /* granted, not yet sent */
    int64_t in_flight; /* sent, not yet answered */
    int64_t closed_us; /* monotonic time until which the service shut us out */
    bool is_learning;
    int64_t learning_us; /* monotonic time at which the careful phase ends by itself */
    struct list waiters;
    struct timer timer;
};

/* --- windows --- */

static void window_init(struct window *w, int64_t requests, int64_t per_ms)
{
    *w = (struct window){ .requests = requests,
                          .limit = requests,
                          .per_us = per_ms * 1000 + MARGIN_US };
    if (requests <= RING_MAX) {
        w->sent_us = xcalloc((size_t)requests, sizeof *w->sent_us);
    } else {
        w->parts =
            xcalloc(PARTS + 1, sizeof *w->parts); /* one more: the oldest is only partly inside */
        w->part_us = (w->per_us + PARTS - 1) / PARTS;
    }
}

static void window_fini(struct window *w)
{
    free(w->sent_us);
    free(w->parts);
}

/* Moves the parts on to `now`, emptying those that begin again. */
static void window_turn(struct window *w, int64_t now)
{
    int64_t number = now / w->part_us;
    int64_t steps = number - w->newest;
    for (int64_t i = 0; i < steps && i <= PARTS; i++) {
        w->parts[(number - i) % (PARTS + 1)] = 0;
    }
    if (steps > 0) {
        w->newest = number;
    }
}

static void window_expire(struct window *w, int64_t now)
{
    while (w->count > 0 && now - w->sent_us[w->head] >= w->per_us) {
        w->head = (w->head + 1) % (size_t)w->requests;
        w->count--;
    }
}

static int64_t window_used(struct window *w, int64_t now)
{
    if (w->sent_us != NULL) {
        window_expire(w, now);
        return (int64_t)w->count;
    }
    window_turn(w, now);
    int64_t sum = 0;
    for (int i = 0; i <= PARTS; i++) {
        sum += w->parts[i];
    }
    return sum;
}

static void window_add(struct window *w, int64_t now)
{
    if (w->sent_us == NULL) {
        window_turn(w, now);
        w->parts[w->newest % (PARTS + 1)]++;
        return;
    }
    window_expire(w, now);
    if (w->count ==
        (size_t)w->requests) { /* a call more than granted: only a service's own count does that */
        w->head = (w->head + 1) % (size_t)w->requests;
        w->count--;
    }
    w->sent_us[(w->head + w->count++) % (size_t)w->requests] = now;
}

/* How long until the window has room; 0: now. */
static int64_t window_delay(struct window *w, int64_t now, int64_t reserved)
{
    if (window_used(w, now) + reserved < w->limit) {
        return 0;
    }
    if (w->sent_us == NULL || w->count == 0) {
        return w->parts != NULL ? w->part_us : MARGIN_US;
    }
    return w->sent_us[w->head] + w->per_us - now;
}

/* --- granting --- */

/* How long until another call may be granted; 0: now; -1: not before one that is in flight has
 * ended. */
static int64_t delay(struct limiter *l, int64_t now)
{
    if (now < l->closed_us) {
        return l->closed_us - now;
    }
    if (l->is_learning && now >= l->learning_us) {
        l->is_learning = false;
    }
    if (l->is_learning && l->reserved + l->in_flight > 0) {
        return l->learning_us - now;
    }
    int64_t longest = 0;
    for (size_t i = 0; i < l->window_count; i++) {
        int64_t one = window_delay(&l->windows[i], now, l->reserved);
        longest = one > longest ? one : longest;
    }
    return longest;
}

static void refuse_all(struct limiter *l, int64_t wait_us)
{
    struct err e = ERR_INIT;
    (void)err_set(&e, ERR_RATE_LIMITED, "%s: the service takes no more calls for %lld s", l->name,
                  (long long)(wait_us / 1000000));
    e.retry_at_us = clock_wall_us() + wait_us;
    struct list waiters;
    list_init(&waiters);
    list_splice(&waiters, &l->waiters);
    for (struct list *link = list_pop(&waiters); link != NULL; link = list_pop(&waiters)) {
        struct limiter_wait *w = list_entry(link, struct limiter_wait, link);
        w->ready(w, &e);
    }
}

/* Serves the queue as far as it goes, and arms the timer for the rest. A waiter may call back in
 * here. */
static void serve(struct limiter *l)
{
    while (!list_is_empty(&l->waiters)) {
        int64_t wait_us = delay(l, clock_mono_us());
        if (wait_us > LIMITER_WAIT_MAX_US) {
            refuse_all(l, wait_us);
            return;
        }
        if (wait_us > 0) {
            timer_start(&l->timer, wait_us);
            return;
        }
        struct limiter_wait *w = list_entry(list_pop(&l->waiters), struct limiter_wait, link);
        l->reserved++;
        w->ready(w, NULL);
    }
}

static void on_timer(struct timer *t)
{
    serve(list_entry(t, struct limiter, timer));
}

struct limiter *limiter_new(struct loop *loop, const char *name, const json_t *limits,
                            const json_t *headers)
{
    struct limiter *l = xcalloc(1, sizeof *l);
    l->loop = loop;
    l->name = name;
    l->headers = headers;
    list_init(&l->waiters);
    timer_init(&l->timer, loop, on_timer);
    size_t i;
    json_t *one;
    json_array_foreach (limits, i, one) {
        if (i < WINDOWS_MAX) {
            window_init(&l->windows[l->window_count++], json_get_int(one, "requests", 1),
                        json_get_int(one, "per_ms", 1));
        }
    }
    l->is_learning = l->window_count > 0 && json_get_text(headers, "remaining") != NULL;
    l->learning_us = clock_mono_us() + (l->window_count > 0 ? l->windows[0].per_us : 0);
    return l;
}

void limiter_free(struct limiter *l)
{
    if (l == NULL) {
        return;
    }
    timer_stop(&l->timer);
    for (size_t i = 0; i < l->window_count; i++) {
        window_fini(&l->windows[i]);
    }
    free(l);
}

/* Looks at the queue at the end of this turn of the loop rather than now. */
static void serve_soon(struct limiter *l)
{
    if (!list_is_empty(&l->waiters)) {
        timer_start(&l->timer, 0);
    }
}

void limiter_wait(struct limiter *l, struct limiter_wait *w)
{
    bool is_first = list_is_empty(&l->waiters);
    list_push_back(&l->waiters, &w->link);
    if (is_first) {
        serve_soon(l);
    }
}

void limiter_cancel(struct limiter *l, struct limiter_wait *w)
{
    (void)l;
    list_remove(&w->link);
}

void limiter_sent(struct limiter *l)
{
    int64_t now = clock_mono_us();
    l->reserved--;
    l->in_flight++;
    for (size_t i = 0; i < l->window_count; i++) {
        window_add(&l->windows[i], now);
    }
}

void limiter_release(struct limiter *l)
{
    l->reserved--;
    serve_soon(l);
}

/* --- what the service says --- */

/* The number in the header that the connector calls `what`, or -1. */
static int64_t header_number(const struct limiter *l, const struct http_response *res,
                             const char *what)
{
    const char *name = json_get_text(l->headers, what);
    const char *text = name != NULL ? http_response_header(res, name) : NULL;
    if (text == NULL || *text < '0' || *text > '9' || strlen(text) > 15) {
        return -1;
    }
    char *end;
    long long n = strtoll(text, &end, 10);
    return *end == '\0' ? n : -1;
}

/* RFC 9110, 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT", the only form that is still sent. -1 where
 * it is not that. */
static int64_t http_date(const char *text)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct civil c = { .year = 0 };
    char month[4];
    if (sscanf(text, "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT", &c.day, month, &c.year,
               &c.hour, &c.minute, &c.second) != 6) {
        return -1;
    }
    const char *at = strstr(months, month);
    if (at == NULL || strlen(month) != 3 || (at - months) % 3 != 0 || c.year < 1970 || c.day < 1 ||
        c.day > 31 || c.hour > 23 || c.minute > 59 || c.second > 60) {
        return -1;
    }
    c.month = (int)(at - months) / 3 + 1;
    return civil_to_us(&c, NULL);
}

int64_t limiter_retry_after(const struct http_response *res)
{
    const char *text = http_response_header(res, "retry-after");
    int64_t now = clock_wall_us();
    if (text == NULL || *text == '\0') {
        return 0;
    }
    int64_t until = 0;
    if (strspn(text, "0123456789") == strlen(text) && strlen(text) < 10) {
        until = now + strtoll(text, NULL, 10) * 1000000;
    } else {
        until = http_date(text);
    }
    int64_t latest = now + (int64_t)CLOSED_MAX_S * 1000000;
    return until <= now ? 0 : until < latest ? until : latest;
}

/* How long the service shuts us out by what this answer says; 0: not at all. */
static int64_t closed_for(const struct limiter *l, const struct http_response *res)
{
    int64_t retry_at = limiter_retry_after(res);
    int64_t interval_ms = header_number(l, res, "interval_ms");
    bool is_refused = res->status == 429;
    if (is_refused && retry_at > 0) {
        return retry_at - clock_wall_us();
    }
    if (header_number(l, res, "daily_remaining") == 0) {
        int64_t reset_ms = header_number(l, res, "daily_reset_ms");
        return reset_ms > 0 && reset_ms <= CLOSED_MAX_S * 1000LL ? reset_ms * 1000 : DAILY_RETRY_US;
    }
    if (!is_refused && header_number(l, res, "remaining") != 0) {
        return 0;
    }
    if (interval_ms > 0 && interval_ms <= CLOSED_MAX_S * 1000LL) {
        return interval_ms * 1000 + MARGIN_US;
    }
    return l->window_count > 0 ? l->windows[0].per_us : is_refused ? RATE_DEFAULT_US : 0;
}

/* What the service says of its own window is nearer to the truth than the connector's table. */
static void take_over_window(struct limiter *l, const struct http_response *res)
{
    int64_t max = header_number(l, res, "max");
    int64_t interval_ms = header_number(l, res, "interval_ms");
    struct window *w = &l->windows[0];
    if (max > 0) {
        w->limit = max < w->requests ? max : w->requests;
    }
    if (interval_ms > 0 && interval_ms <= CLOSED_MAX_S * 1000LL) {
        w->per_us = interval_ms * 1000 + MARGIN_US;
    }
}

/* Adds what the service counted and we did not, as if it were sent now. */
static void take_over_count(struct limiter *l, const struct http_response *res)
{
    int64_t remaining = header_number(l, res, "remaining");
    int64_t max = header_number(l, res, "max");
    struct window *w = &l->windows[0];
    if (remaining < 0) {
        return;
    }
    int64_t used = (max > 0 ? max : w->requests) - remaining;
    used = used < w->limit ? used : w->limit;
    int64_t now = clock_mono_us();
    for (int64_t n = window_used(w, now); n < used; n++) {
        window_add(w, now);
    }
}

int64_t limiter_answered(struct limiter *l, const struct http_response *res)
{
    int64_t wait_us = 0;
    l->in_flight--;
    if (res != NULL) {
        l->is_learning = false;
        if (l->window_count > 0 && l->windows[0].sent_us != NULL) {
            take_over_window(l, res);
            take_over_count(l, res);
        }
        wait_us = closed_for(l, res);
    }
    int64_t until = clock_mono_us() + wait_us;
    if (wait_us > 0 && until > l->closed_us) {
        l->closed_us = until;
    }
    serve_soon(l);
    return wait_us > 0 ? clock_wall_us() + wait_us : 0;
}
