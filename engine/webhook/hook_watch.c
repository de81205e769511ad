/*
 * Notices when a connection's webhooks fail verification, or stop coming. Failing verification:
 * deliveries are counted by minute, for fifteen minutes. An episode begins with at least FAILS_MIN
 * that do not fit where they are more than a fifth of all that are signed, and ends when some fit
 * in a row or the share has sunk; then the counting begins anew. What an attacker can do is to be
 * told of once an hour.
 *
 * Silence: one timer per connection that expects something, never moved by a delivery: when it
 * rings it looks at when something came last, and goes on from there. The moment is asked of the
 * store at the start, so a silence goes on over a restart; the event's key is made of it, so it is
 * stored once.
 */
#include "webhook/hook_watch.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "connection/connection_state.h"
#include "connection/health.h"
#include "format/date.h"
#include "format/duration.h"
#include "format/json.h"
#include "store/event.h"

enum { FAILS_MIN = 5, GOOD_IN_ROW = 3, HOOK_MINUTES = 15 };

#define MINUTE_US   INT64_C(60000000)
#define TELL_GAP_US (60 * MINUTE_US)
#define LOG_GAP_US  (10 * INT64_C(1000000))
#define RECHECK_US  INT64_C(1000000)
#define SAME_US     INT64_C(1000000) /* between a delivery's coming and its row in the store */

struct hook_watch {
    struct connection *c;
    struct {
        int64_t minute; /* of the monotonic clock: whose counts these are */
        uint32_t good, bad;
    } slots[HOOK_MINUTES];
    uint32_t good_in_row;
    int64_t failing_since_us; /* wall; 0: all is well */
    int64_t told_us;          /* when verification_failing was told last; 0: never */
    int64_t expect_us;        /* something has to come within that time; 0: nothing is expected */
    int64_t last_us;          /* wall; when something came last, or since when it is awaited */
    int64_t silent_since_us;  /* wall; 0: not silent */
    struct timer silence;
    struct inquiry *inquiry; /* of the store, under way; or NULL */
    int64_t logged_us;       /* monotonic; of the last line about a refusal */
    uint64_t unlogged;       /* refusals since then */
};

/* --- failing verification --- */

static uint32_t *slot(struct hook_watch *w, bool is_good)
{
    int64_t minute = clock_mono_us() / MINUTE_US;
    size_t i = (size_t)(minute % HOOK_MINUTES);
    if (w->slots[i].minute != minute) {
        w->slots[i].minute = minute;
        w->slots[i].good = 0;
        w->slots[i].bad = 0;
    }
    return is_good ? &w->slots[i].good : &w->slots[i].bad;
}

static void sum(const struct hook_watch *w, uint64_t *good, uint64_t *bad)
{
    int64_t minute = clock_mono_us() / MINUTE_US;
    *good = 0;
    *bad = 0;
    for (size_t i = 0; i < HOOK_MINUTES; i++) {
        if (minute - w->slots[i].minute < HOOK_MINUTES) {
            *good += w->slots[i].good;
            *bad += w->slots[i].bad;
        }
    }
}

static void begin_episode(struct connection *c, uint64_t good, uint64_t bad)
{
    struct hook_watch *w = c->watch;
    int64_t now_us = clock_wall_us();
    char reason[160];
    (void)snprintf(reason, sizeof reason,
                   "%" PRIu64 " of %" PRIu64
                   " signed deliveries of the last 15 minutes did not fit: "
                   "has the service changed its key or secret?",
                   bad, good + bad); /* it fits */
    w->failing_since_us = now_us;
    if (w->told_us == 0 || now_us - w->told_us >= TELL_GAP_US || now_us < w->told_us) {
        w->told_us = now_us;
        log_error("hooks", "%s: verification fails: %s", c->name, reason);
        health_emit(c, "verification_failing", reason, now_us);
    }
    health_touch(c);
}

static void end_episode(struct connection *c)
{
    struct hook_watch *w = c->watch;
    log_info("hooks", "%s: deliveries fit again", c->name);
    w->failing_since_us = 0;
    memset(w->slots, 0, sizeof w->slots);
    health_touch(c);
}

static void count_good(struct connection *c)
{
    struct hook_watch *w = c->watch;
    uint64_t good, bad;
    (*slot(w, true))++;
    w->good_in_row++;
    if (w->failing_since_us == 0) {
        return;
    }
    sum(w, &good, &bad);
    if (w->good_in_row >= GOOD_IN_ROW || bad * 5 <= good + bad) {
        end_episode(c);
    }
}

static void count_bad(struct connection *c)
{
    struct hook_watch *w = c->watch;
    uint64_t good, bad;
    (*slot(w, false))++;
    w->good_in_row = 0;
    if (w->failing_since_us != 0) {
        return;
    }
    sum(w, &good, &bad);
    if (bad >= FAILS_MIN && bad * 5 > good + bad) {
        begin_episode(c, good, bad);
    }
}

/* --- silence --- */

static void note_life(struct connection *c)
{
    struct hook_watch *w = c->watch;
    w->last_us = clock_wall_us();
    if (w->silent_since_us != 0) {
        w->silent_since_us = 0;
        log_info("hooks", "%s: events come again", c->name);
        health_touch(c);
    }
    if (w->expect_us > 0 && !timer_is_armed(&w->silence)) {
        timer_start(&w->silence, w->expect_us);
    }
}

static void tell_silence(struct connection *c)
{
    struct hook_watch *w = c->watch;
    char span[40], reason[120];
    duration_format(w->expect_us, span, sizeof span);
    (void)snprintf(reason, sizeof reason, "nothing came for %s (expect_every)", span); /* it fits */
    w->silent_since_us = w->last_us;
    log_warn("hooks", "%s: %s", c->name, reason);
    health_emit(c, "connection_silent", reason, w->last_us);
    health_touch(c);
}

/* By the wall clock: what counts is when the event came, also before a restart. */
static void on_silence(struct timer *t)
{
    struct hook_watch *w = list_entry(t, struct hook_watch, silence);
    struct connection *c = w->c;
    int64_t left_us = w->last_us + w->expect_us - clock_wall_us();
    if (left_us > 0) {
        timer_start(t, left_us < RECHECK_US ? RECHECK_US : left_us);
    } else if (w->silent_since_us == 0) {
        tell_silence(c);
    }
}

/* When something came last, asked of the store. */
struct inquiry {
    struct connection *c; /* NULL: it is gone */
    struct event_list *list;
    char *name; /* list borrows it */
};

static void take_last(struct connection *c, int64_t stored_us)
{
    struct hook_watch *w = c->watch;
    int64_t now_us = clock_wall_us();
    int64_t last_us = stored_us > w->last_us ? stored_us : w->last_us;
    w->last_us = last_us > 0 && last_us <= now_us ? last_us : now_us;
    if (w->last_us - w->silent_since_us > SAME_US) {
        w->silent_since_us =
            0; /* something came since, and the process ended before it was noted */
    }
    health_touch(c);
    timer_start(&w->silence, 0);
}

static void found_last(struct store_op *op, const struct err *e)
{
    struct inquiry *q = op->ud;
    if (e != NULL) {
        log_warn("hooks", "%s: when something came last is not known: %s", q->name, e->message);
    }
    if (q->c != NULL) {
        q->c->watch->inquiry = NULL;
        take_last(q->c, q->list->count > 0 ? q->list->rows[0].received_us : 0);
    }
    event_list_free(q->list);
    free(q->name);
    free(q);
}

static void ask_last(struct connection *c)
{
    struct inquiry *q = xcalloc(1, sizeof *q);
    *q = (struct inquiry){ .c = c, .list = event_list_new(), .name = xstrdup(c->name) };
    q->list->connection = q->name;
    q->list->limit = 1;
    q->list->op.must_land = true;
    q->list->op.done = found_last;
    q->list->op.ud = q;
    c->watch->inquiry = q;
    store_submit_read(c->env->store, &q->list->op);
}

void hook_watch_start(struct connection *c)
{
    if (c->watch->expect_us > 0) {
        ask_last(c);
    }
}

/* --- deliveries --- */

void hook_watch_count(struct connection *c, enum refusal why)
{
    switch (why) {
    case REFUSED_NOT:
        count_good(c);
        note_life(c);
        break;
    case REFUSED_MALFORMED:
    case REFUSED_WRONG:
    case REFUSED_STALE:
        count_bad(c);
        break;
    case REFUSED_SENDER:
    case REFUSED_UNSIGNED:
        break;
    }
}

bool hook_watch_may_log(struct connection *c, uint64_t *unlogged)
{
    struct hook_watch *w = c->watch;
    int64_t now_us = clock_mono_us();
    *unlogged = w->unlogged;
    if (w->logged_us != 0 && now_us - w->logged_us < LOG_GAP_US) {
        w->unlogged++;
        return false;
    }
    w->logged_us = now_us;
    w->unlogged = 0;
    return true;
}

/* --- beginning and end --- */

static void put_date(json_t *v, const char *key, int64_t us)
{
    char text[DATE_TEXT];
    if (us > 0) {
        date_format(us, text);
        json_object_set_new(v, key, json_string(text));
    }
}

/* The moment that something is awaited from matters where the store has no event to tell it. */
static json_t *describe_silence(const struct connection *c)
{
    const struct hook_watch *w = c->watch;
    json_t *v = json_object();
    put_date(v, "failing_since", w->failing_since_us);
    put_date(v, "told", w->told_us);
    put_date(v, "silent_since", w->silent_since_us);
    put_date(v, "awaited_since", w->expect_us > 0 ? w->last_us : 0);
    if (json_object_size(v) == 0) {
        json_decref(v);
        return NULL;
    }
    return v;
}

int hook_watch_init(struct connection *c, struct err *e)
{
    const char *text = json_get_text(c->config, "expect_every");
    struct hook_watch *w = c->watch = xcalloc(1, sizeof *w);
    w->c = c;
    c->describe_webhook = describe_silence;
    timer_init(&w->silence, c->env->loop, on_silence);
    if (text != NULL && duration_parse(text, strlen(text), &w->expect_us, e) == -1) {
        e->kind = ERR_CONFIG;
        (void)err_prefix(e, "`expect_every`");
        return err_about(e, "expect_every");
    }
    return 0;
}

void hook_watch_fini(struct connection *c)
{
    struct hook_watch *w = c->watch;
    c->watch = NULL;
    if (w == NULL) {
        return;
    }
    timer_stop(&w->silence);
    if (w->inquiry != NULL) {
        w->inquiry->c = NULL;
    }
    free(w);
}

void hook_watch_load(struct connection *c, const json_t *stored)
{
    struct hook_watch *w = c->watch;
    w->failing_since_us = json_get_date(stored, "failing_since");
    w->told_us = json_get_date(stored, "told");
    if (w->expect_us > 0) {
        w->silent_since_us = json_get_date(stored, "silent_since");
        w->last_us = json_get_date(stored, "awaited_since");
    }
}
