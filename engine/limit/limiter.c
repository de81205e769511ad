/*
 * Holds calls back, so that one account of a service never gets more than its limits allow. Each
 * window that the service counts in is a log of calls (rate_window.c). The service counts a call at
 * some moment between its first byte and its answer, so it counts here as if it were made now for
 * as long as it is granted or under way, and as made when its answer comes. So whatever the network
 * does, no window of the service's holds more calls than one of ours, and none of ours more than
 * the limit. The price is that a service which answers slowly is called at most `limit` times in a
 * window and an answer.
 *
 * The service's own count arrives in headers. Where it is higher than ours (another program uses
 * the same account) the difference is added to the window. One that starts without knowing
 * anything lets one call go alone, and learns from its answer; without an answer it goes on being
 * careful for one window.
 *
 * What must outlive the process is kept ahead: a state names, beside the calls that were made, a
 * number that may be made before the next state is committed (a fifth of the smallest limit). A new
 * one is asked for when half of them are granted. So a crash leaves at most that number unknown, it
 * counts as used, and while nothing is called nothing is written.
 *
 * Two fair queues wait, events and backfills; one timer serves them. Loop thread.
 */
#include "limit/limiter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "format/date.h"
#include "limit/rate_window.h"

enum {
    WINDOWS_MAX = 4,
    LEASE_PART = 5,           /* a crash leaves at most such a part of the smallest limit unknown */
    MARGIN_US = 200 * 1000,   /* for two clocks that do not run alike */
    CLOSED_MAX_S = 24 * 3600, /* the longest that a service may shut us out at a time */
    RATE_DEFAULT_US = 10 * 1000 * 1000, /* after a 429 that says nothing */
    DAILY_RETRY_US =
        15 * 60 * 1000 * 1000, /* the day's calls are used up and nothing says until when */
};
static const int64_t day_us = 24LL * 3600 * 1000 * 1000;

enum limit_class { CLASS_EVENT, CLASS_BACKFILL, CLASS_COUNT };

/* How many, and how many of these for backfills. */
struct tally {
    int64_t all;
    int64_t backfills;
};

struct limiter {
    struct limiter_opts o;
    struct rate_window windows[WINDOWS_MAX];
    size_t window_count;
    struct tally reserved;  /* granted, not yet sent */
    struct tally in_flight; /* sent, not yet answered */
    int64_t closed_us;      /* monotonic time until which the service shut us out */
    bool is_learning;
    int64_t learning_us; /* monotonic time at which the careful phase ends by itself */
    size_t waiting;      /* in both queues */
    int streak;          /* slots that events got while a backfill waited */
    struct fair_queue queues[CLASS_COUNT];
    struct timer timer;
    /* What may be granted before the next state is committed. */
    int64_t granted;    /* since the process began */
    int64_t may_grant;  /* until `granted` is that */
    int64_t kept_limit; /* may_grant of the state that is being kept */
    bool is_keeping;
};

static void serve_queues(struct limiter *l);

static void tally_change(struct tally *t, const struct limiter_wait *w, int by)
{
    t->all += by;
    t->backfills += w->is_backfill ? by : 0;
}

/* --- the lease --- */

static void ask_to_keep(struct limiter *l)
{
    if (!l->is_keeping) {
        l->is_keeping = true;
        l->o.keep(l->o.ud, l);
    }
}

/* How many calls one state foresees. */
static int64_t lease_of(const struct limiter *l)
{
    int64_t least = RATE_WINDOW_EXACT;
    for (size_t i = 0; i < l->window_count; i++) {
        least = l->windows[i].limit < least ? l->windows[i].limit : least;
    }
    return (least + LEASE_PART - 1) / LEASE_PART;
}

/* Whether the next call is one that the committed state foresees. */
static bool is_foreseen(struct limiter *l)
{
    if (l->o.keep == NULL || l->window_count == 0) {
        return true;
    }
    if (l->may_grant - l->granted <= lease_of(l) / 2) {
        ask_to_keep(l);
    }
    return l->granted < l->may_grant;
}

/* --- granting --- */

static int64_t share_of(const struct rate_window *w, enum limit_class class)
{
    int64_t kept = w->limit / LIMITER_EVENTS_SHARE;
    return class == CLASS_EVENT ? w->limit : w->limit - kept;
}

static int64_t window_delay(struct limiter *l, struct rate_window *w, int64_t now,
                            enum limit_class class)
{
    int64_t open = l->reserved.all + l->in_flight.all;
    bool has_room = rate_window_used(w, now, false) + open < w->limit;
    if (has_room && class == CLASS_BACKFILL) {
        open = l->reserved.backfills + l->in_flight.backfills;
        has_room = rate_window_used(w, now, true) + open < share_of(w, class);
    }
    if (has_room) {
        return 0;
    }
    int64_t relief = rate_window_relief(w, now);
    return relief > 0 ? relief : MARGIN_US; /* all are under way: each answer serves the queue */
}

/* How long until another call of that class may be granted; 0: now. */
static int64_t delay(struct limiter *l, int64_t now, enum limit_class class)
{
    if (now < l->closed_us) {
        return l->closed_us - now;
    }
    if (l->is_learning && now >= l->learning_us) {
        l->is_learning = false;
    }
    if (l->is_learning && l->reserved.all + l->in_flight.all > 0) {
        return l->learning_us - now;
    }
    int64_t longest = 0;
    for (size_t i = 0; i < l->window_count; i++) {
        int64_t one = window_delay(l, &l->windows[i], now, class);
        longest = one > longest ? one : longest;
    }
    return longest;
}

static struct limiter_wait *pop(struct limiter *l, enum limit_class class)
{
    struct fair_entry *entry = fair_queue_pop(&l->queues[class]);
    l->waiting -= entry != NULL;
    return entry != NULL ? list_entry(entry, struct limiter_wait, entry) : NULL;
}

static void grant(struct limiter *l, enum limit_class class)
{
    bool backfill_waits = !fair_queue_is_empty(&l->queues[CLASS_BACKFILL]);
    l->streak = class == CLASS_EVENT && backfill_waits ? l->streak + 1 : 0;
    struct limiter_wait *w = pop(l, class);
    tally_change(&l->reserved, w, 1);
    l->granted++;
    w->ready(w, NULL);
}

static void push_wait(struct limiter *l, struct limiter_wait *w)
{
    fair_queue_push(&l->queues[w->is_backfill ? CLASS_BACKFILL : CLASS_EVENT], &w->entry, w->group);
    l->waiting++;
}

static int say_closed(const struct limiter *l, int64_t wait_us, struct err *e)
{
    (void)err_set(e, ERR_RATE_LIMITED, "%s: the service takes no more calls for %lld s", l->o.name,
                  (long long)((wait_us + 999999) / 1000000));
    if (e != NULL) {
        e->retry_at_us = clock_wall_us() + wait_us;
    }
    return -1;
}

static void refuse_wait(struct limiter *l, struct limiter_wait *w, int64_t wait_us)
{
    struct err e = ERR_INIT;
    (void)say_closed(l, wait_us, &e);
    w->ready(w, &e);
}

/* Sends those of a class away who do not wait for so long; the others keep their order. */
static void refuse_impatient(struct limiter *l, enum limit_class class, int64_t wait_us)
{
    struct list patient;
    list_init(&patient);
    for (struct limiter_wait *w = pop(l, class); w != NULL; w = pop(l, class)) {
        if (wait_us > (w->is_short ? LIMITER_WAIT_SHORT_US : LIMITER_WAIT_MAX_US)) {
            refuse_wait(l, w, wait_us);
        } else {
            list_push_back(&patient, &w->entry.link);
        }
    }
    for (struct list *link = list_pop(&patient); link != NULL; link = list_pop(&patient)) {
        push_wait(l, list_entry(link, struct limiter_wait, entry.link));
    }
}

/* Which class has the next slot; CLASS_COUNT: none has one now, and wait_us says when. A class that
 * nobody waits in never has one. */
static enum limit_class choose_class(struct limiter *l, int64_t wait_us[CLASS_COUNT])
{
    int64_t now = clock_mono_us();
    for (int c = 0; c < CLASS_COUNT; c++) {
        bool is_wanted = !fair_queue_is_empty(&l->queues[c]);
        wait_us[c] = is_wanted ? delay(l, now, (enum limit_class)c) : INT64_MAX;
    }
    bool has_turn = wait_us[CLASS_EVENT] > 0 || l->streak >= LIMITER_EVENTS_SHARE - 1;
    if (wait_us[CLASS_BACKFILL] == 0 && has_turn) {
        return CLASS_BACKFILL;
    }
    return wait_us[CLASS_EVENT] == 0 ? CLASS_EVENT : CLASS_COUNT;
}

static bool has_waiters(const struct limiter *l)
{
    return !fair_queue_is_empty(&l->queues[CLASS_EVENT]) ||
           !fair_queue_is_empty(&l->queues[CLASS_BACKFILL]);
}

/* Sends away who would wait too long, and comes back for the others. */
static void put_off(struct limiter *l, const int64_t wait_us[CLASS_COUNT])
{
    int64_t soonest = INT64_MAX;
    for (int c = 0; c < CLASS_COUNT; c++) {
        if (wait_us[c] == INT64_MAX) {
            continue;
        }
        if (wait_us[c] > LIMITER_WAIT_SHORT_US) {
            refuse_impatient(l, (enum limit_class)c, wait_us[c]);
        }
        bool is_waited_for = !fair_queue_is_empty(&l->queues[c]);
        soonest = is_waited_for && wait_us[c] < soonest ? wait_us[c] : soonest;
    }
    if (soonest != INT64_MAX) {
        timer_start(&l->timer, soonest);
    }
}

/* Serves the queues as far as it goes, and arms the timer for the rest. A waiter may call back in
 * here. */
static void serve_queues(struct limiter *l)
{
    while (has_waiters(l)) {
        int64_t wait_us[CLASS_COUNT];
        enum limit_class class = choose_class(l, wait_us);
        if (class == CLASS_COUNT) {
            put_off(l, wait_us);
            return;
        }
        if (!is_foreseen(l)) {
            return; /* limiter_kept goes on */
        }
        grant(l, class);
    }
}

static void on_limiter_timer(struct timer *t)
{
    serve_queues(list_entry(t, struct limiter, timer));
}

/* --- construction --- */

static void add_windows(struct limiter *l, int64_t now)
{
    size_t i;
    json_t *one;
    json_array_foreach (l->o.limits, i, one) {
        if (i < WINDOWS_MAX) {
            int64_t requests = json_get_int(one, "requests", 1);
            rate_window_init(&l->windows[l->window_count++], requests,
                             json_get_int(one, "per_ms", 1) * 1000 + MARGIN_US, now);
        }
    }
}

struct limiter *limiter_new(const struct limiter_opts *o)
{
    struct limiter *l = xcalloc(1, sizeof *l);
    int64_t now = clock_mono_us();
    l->o = *o;
    for (int c = 0; c < CLASS_COUNT; c++) {
        fair_queue_init(&l->queues[c]);
    }
    timer_init(&l->timer, o->loop, on_limiter_timer);
    add_windows(l, now);
    l->o.limits = NULL;
    l->is_learning = l->window_count > 0 && json_get_text(o->headers, "remaining") != NULL;
    l->learning_us = now + (l->window_count > 0 ? l->windows[0].per_us : 0);
    return l;
}

void limiter_free(struct limiter *l)
{
    if (l == NULL) {
        return;
    }
    timer_stop(&l->timer);
    for (size_t i = 0; i < l->window_count; i++) {
        rate_window_fini(&l->windows[i]);
    }
    for (int c = 0; c < CLASS_COUNT; c++) {
        fair_queue_fini(&l->queues[c]);
    }
    free(l);
}

int64_t limiter_rate(const struct limiter *l)
{
    const struct rate_window *shortest = NULL;
    for (size_t i = 0; i < l->window_count; i++) {
        const struct rate_window *w = &l->windows[i];
        shortest = shortest == NULL || w->per_us < shortest->per_us ? w : shortest;
    }
    if (shortest == NULL) {
        return 0;
    }
    int64_t rate = shortest->limit * 1000 / (shortest->per_us / 1000 + 1);
    return rate > 0 ? rate : 1;
}

/* --- for calls --- */

/* Looks at the queue at the end of this turn of the loop rather than now. */
static void serve_soon(struct limiter *l)
{
    if (has_waiters(l)) {
        timer_start(&l->timer, 0);
    }
}

void limiter_wait(struct limiter *l, struct limiter_wait *w)
{
    bool is_first = fair_queue_is_empty(&l->queues[w->is_backfill ? CLASS_BACKFILL : CLASS_EVENT]);
    push_wait(l, w);
    if (is_first) {
        serve_soon(l);
    }
}

void limiter_cancel(struct limiter *l, struct limiter_wait *w)
{
    l->waiting -= w->entry.group != NULL;
    fair_queue_remove(&l->queues[w->is_backfill ? CLASS_BACKFILL : CLASS_EVENT], &w->entry);
}

/* Of those that one window has within a time. What is under way counts from its answer on, so it is
 * no room within any time. */
static int64_t window_room(struct limiter *l, struct rate_window *w, int64_t now, bool is_backfill)
{
    int64_t in_us = LIMITER_WAIT_SHORT_US;
    int64_t open = l->reserved.all + l->in_flight.all;
    int64_t room = w->limit - rate_window_used_then(w, now, in_us, false) - open;
    if (is_backfill) {
        open = l->reserved.backfills + l->in_flight.backfills;
        int64_t share = share_of(w, CLASS_BACKFILL) - rate_window_used_then(w, now, in_us, true);
        room = share - open < room ? share - open : room;
    }
    return room;
}

int64_t limiter_room(struct limiter *l, bool is_backfill)
{
    int64_t now = clock_mono_us();
    int64_t room = INT64_MAX;
    if (l->closed_us - now > LIMITER_WAIT_SHORT_US) {
        return 0;
    }
    for (size_t i = 0; i < l->window_count; i++) {
        int64_t one = window_room(l, &l->windows[i], now, is_backfill);
        room = one < room ? one : room;
    }
    if (l->is_learning && now < l->learning_us) {
        int64_t alone = 1 - l->reserved.all - l->in_flight.all;
        room = alone < room ? alone : room;
    }
    if (room == INT64_MAX) {
        return room;
    }
    return room > (int64_t)l->waiting ? room - (int64_t)l->waiting : 0;
}

int limiter_check(struct limiter *l, bool is_backfill, struct err *e)
{
    if (limiter_room(l, is_backfill) > 0) {
        return 0;
    }
    int64_t wait_us = delay(l, clock_mono_us(), is_backfill ? CLASS_BACKFILL : CLASS_EVENT);
    /* Others wait already for what is free sooner. */
    return say_closed(l, wait_us > LIMITER_WAIT_SHORT_US ? wait_us : LIMITER_WAIT_SHORT_US, e);
}

void limiter_sent(struct limiter *l, const struct limiter_wait *w)
{
    tally_change(&l->reserved, w, -1);
    tally_change(&l->in_flight, w, 1);
}

void limiter_release(struct limiter *l, const struct limiter_wait *w)
{
    tally_change(&l->reserved, w, -1);
    serve_soon(l);
}

/* --- over a restart --- */

static json_t *window_state(struct rate_window *w, int64_t now)
{
    return json_pack("{s:I, s:I, s:o}", "limit", (json_int_t)w->limit, "per_us",
                     (json_int_t)w->per_us, "calls", rate_window_state(w, now));
}

json_t *limiter_state(struct limiter *l, bool is_last)
{
    int64_t now = clock_mono_us();
    int64_t lease = is_last ? 0 : lease_of(l);
    int64_t open = l->reserved.all + l->in_flight.all + lease;
    json_t *windows = json_array();
    for (size_t i = 0; i < l->window_count; i++) {
        json_array_append_new(windows, window_state(&l->windows[i], now));
    }
    int64_t closed_us = l->closed_us > now ? l->closed_us - now : 0;
    l->kept_limit = l->granted + lease;
    return json_pack("{s:o, s:I, s:I}", "windows", windows, "open", (json_int_t)open, "closed_us",
                     (json_int_t)closed_us);
}

void limiter_kept(struct limiter *l)
{
    l->is_keeping = false;
    l->may_grant = l->kept_limit;
    serve_soon(l);
}

/* With what the service said of it, as long as that makes sense beside the connector's table. */
static void restore_window(struct rate_window *w, const json_t *state, int64_t age_us, int64_t now)
{
    int64_t limit = json_get_int(state, "limit", w->limit);
    int64_t per_us = json_get_int(state, "per_us", w->per_us);
    if (limit > 0 && limit < w->limit) {
        w->limit = limit;
    }
    if (w->slots != NULL && per_us > 0 && per_us <= CLOSED_MAX_S * 1000000LL + MARGIN_US) {
        w->per_us = per_us;
    }
    rate_window_restore(w, json_object_get(state, "calls"), age_us, now);
}

void limiter_restore(struct limiter *l, const json_t *state, int64_t kept_us)
{
    int64_t now = clock_mono_us(), wall = clock_wall_us();
    int64_t age_us = wall > kept_us ? wall - kept_us : 0; /* the wall clock may have gone back */
    int64_t open = json_get_int(state, "open", 0);
    int64_t closed_us = json_get_int(state, "closed_us", 0) - age_us;
    const json_t *windows = json_object_get(state, "windows");
    for (size_t i = 0; i < l->window_count; i++) {
        restore_window(&l->windows[i], json_array_get(windows, i), age_us, now);
        rate_window_add(&l->windows[i], now, open, false);
    }
    if (closed_us > 0) {
        l->closed_us = now + (closed_us < day_us ? closed_us : day_us);
    }
    l->is_learning = false;
}

/* --- what the service says --- */

/* The number in the header that the connector calls `what`, or -1. */
static int64_t header_number(const struct limiter *l, const struct http_response *res,
                             const char *what)
{
    const char *name = json_get_text(l->o.headers, what);
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

/* Whether the window of bursts tells by itself when there is room again: its count is the service's
 * (learn_window). */
static bool has_exact_window(const struct limiter *l)
{
    return l->window_count > 0 && l->windows[0].slots != NULL;
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
    if (!is_refused && (header_number(l, res, "remaining") != 0 || has_exact_window(l))) {
        return 0;
    }
    if (interval_ms > 0 && interval_ms <= CLOSED_MAX_S * 1000LL) {
        return interval_ms * 1000 + MARGIN_US;
    }
    return l->window_count > 0 ? l->windows[0].per_us : is_refused ? RATE_DEFAULT_US : 0;
}

/* What the service says of its own window is nearer to the truth than the connector's table: how
 * many it allows (never more than the table), and how many it has counted. Those of them that we do
 * not know of were made by somebody else, and count as made now. */
static void learn(struct limiter *l, struct rate_window *w, int64_t max, int64_t remaining)
{
    if (max > 0) {
        w->limit = max < w->requests ? max : w->requests;
    }
    if (remaining < 0) {
        return;
    }
    int64_t now = clock_mono_us();
    int64_t theirs = (max > 0 ? max : w->requests) - remaining;
    theirs = theirs < w->limit ? theirs : w->limit;
    int64_t ours = rate_window_used(w, now, false) + l->in_flight.all;
    rate_window_add(w, now, theirs > ours ? theirs - ours : 0, false);
}

static void learn_all(struct limiter *l, const struct http_response *res)
{
    int64_t interval_ms = header_number(l, res, "interval_ms");
    if (has_exact_window(l)) {
        if (interval_ms > 0 && interval_ms <= CLOSED_MAX_S * 1000LL) {
            l->windows[0].per_us = interval_ms * 1000 + MARGIN_US;
        }
        learn(l, &l->windows[0], header_number(l, res, "max"), header_number(l, res, "remaining"));
    }
    for (size_t i = 1; i < l->window_count; i++) {
        if (l->windows[i].per_us == day_us + MARGIN_US) {
            learn(l, &l->windows[i], header_number(l, res, "daily_max"),
                  header_number(l, res, "daily_remaining"));
        }
    }
}

int64_t limiter_answered(struct limiter *l, const struct limiter_wait *w,
                         const struct http_response *res)
{
    int64_t wait_us = 0, now = clock_mono_us();
    tally_change(&l->in_flight, w, -1);
    for (size_t i = 0; i < l->window_count; i++) {
        rate_window_add(&l->windows[i], now, 1, w->is_backfill);
    }
    if (res != NULL) {
        l->is_learning = false;
        learn_all(l, res);
        wait_us = closed_for(l, res);
    }
    int64_t until = now + wait_us;
    if (wait_us > 0 && until > l->closed_us) {
        l->closed_us = until;
    }
    serve_soon(l);
    return wait_us > 0 ? clock_wall_us() + wait_us : 0;
}
