/*
 * Notices when the service behind a connection goes down or comes back, stores that, and tells it
 * as an event. A breaker changes its state within a call; here the change is seen by comparing
 * before and after, and what follows from it is done. The text in the store is written by a timer,
 * one write at a time, the newest text wins; a process that dies leaves what it wrote last, and the
 * next one goes on from there, so that a restart does not set a crowd on a service that is down.
 * All of it must land.
 *
 * An event of the engine has a key made of connection and moment, so it is stored once. Loop
 * thread.
 */
#include "connection/health.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "base/utf8.h"
#include "connection/account.h"
#include "connection/connection_state.h"
#include "format/date.h"
#include "format/json.h"
#include "store/event.h"

enum { WRITE_EVERY_US = 1000 * 1000, REASON_MAX = 300 };

/* --- events --- */

static struct news *news_ref(struct news *n)
{
    n->refs++;
    return n;
}

void news_unref(struct news *n)
{
    if (--n->refs == 0) {
        free(n);
    }
}

static void emitted(struct store_op *op, const struct err *e)
{
    struct event_put *put = list_entry(op, struct event_put, op);
    struct news *news = op->ud;
    if (e != NULL) {
        log_warn("health", "the event %s was not stored: %s", put->event.type, e->message);
    }
    event_put_free(put);
    if (e == NULL && news->fn != NULL) {
        news->fn(news->ud);
    }
    news_unref(news);
}

static json_t *date_or_null(int64_t us)
{
    char text[DATE_TEXT];
    if (us > 0) {
        date_format(us, text);
    }
    return us > 0 ? json_string(text) : json_null();
}

void health_emit(struct connection *c, const char *type, const char *reason, int64_t since_us)
{
    json_t *payload = json_object();
    json_object_set_new(payload, "connection", json_string(c->name));
    json_object_set_new(payload, "connector", json_string(connector_name(c->connector)));
    json_object_set_new(payload, "reason", json_text_or_null(reason));
    json_object_set_new(payload, "since", date_or_null(since_us));
    if (c->trouble != NULL) {
        json_object_set_new(payload, "state", json_string(c->trouble));
    }
    if (c->account != NULL) {
        json_object_set_new(payload, connection_account_words(c).one, json_string(c->account));
    }
    char *key = xasprintf("%s:%s:%lld", type, c->name, (long long)since_us);
    struct event_put *put = event_emit_new(type, key, payload);
    put->op.must_land = true;
    put->op.done = emitted;
    put->op.ud = news_ref(c->env->news);
    store_submit(c->env->store, &put->op);
    free(key);
    json_decref(payload);
}

/* --- the text in the store --- */

json_t *health_json(const struct connection *c)
{
    const struct breaker *b = &c->breaker;
    bool is_closed = breaker_state(b) == BREAKER_CLOSED;
    json_t *v = json_object();
    json_object_set_new(v, "state", json_string(breaker_state_name(breaker_state(b))));
    json_object_set_new(v, "since", date_or_null(is_closed ? 0 : b->since_us));
    json_object_set_new(v, "opens_until", date_or_null(breaker_opens_until(b)));
    json_object_set_new(v, "reason", json_text_or_null(is_closed ? NULL : c->down_reason));
    json_t *webhook = c->describe_webhook != NULL ? c->describe_webhook(c) : NULL;
    if (webhook != NULL) {
        json_object_set_new(v, "webhook", webhook);
    }
    return v;
}

static void health_written(struct store_op *op, const struct err *e)
{
    struct connection_health *put = list_entry(op, struct connection_health, op);
    struct connection *c = op->ud;
    if (e != NULL) {
        log_warn("health", "the state of %s was not stored: %s", put->name, e->message);
    }
    connection_health_free(put);
    if (c == NULL) {
        return;
    }
    c->health_writing = NULL;
    if (c->is_health_dirty) {
        timer_start(&c->health_timer, WRITE_EVERY_US);
    }
}

/* NULL for a breaker that is closed, with no word on webhooks: there is nothing to say. */
static char *health_text(const struct connection *c)
{
    size_t len;
    json_t *v = health_json(c);
    bool is_quiet =
        breaker_state(&c->breaker) == BREAKER_CLOSED && json_object_get(v, "webhook") == NULL;
    char *text = is_quiet ? NULL : json_text(v, &len);
    json_decref(v);
    return text;
}

static struct connection_health *submit_health(struct connection *c, void *ud)
{
    struct connection_health *put = connection_health_new(c->name, health_text(c));
    put->op.must_land = true;
    put->op.done = health_written;
    put->op.ud = ud;
    store_submit(c->env->store, &put->op);
    c->is_health_dirty = false;
    return put;
}

static void on_health_timer(struct timer *t)
{
    struct connection *c = list_entry(t, struct connection, health_timer);
    if (c->is_health_dirty && c->health_writing == NULL) {
        c->health_writing = submit_health(c, c);
    }
}

/* --- changes --- */

void health_touch(struct connection *c)
{
    c->is_health_dirty = true;
    if (c->health_writing == NULL && !timer_is_armed(&c->health_timer)) {
        timer_start(&c->health_timer, WRITE_EVERY_US);
    }
}

static void show_gauge(const struct connection *c)
{
    metric_set(metrics_gauge("ladle_breaker_state",
                             "0: the service is called; 1: it is down and not called; 2: one call "
                             "tries. There once it was down.",
                             "connection", c->name),
               breaker_state(&c->breaker));
}

static void changed(struct connection *c, enum breaker_state before, int64_t since_before_us)
{
    enum breaker_state now = breaker_state(&c->breaker);
    if (now == before) {
        return;
    }
    show_gauge(c);
    if (now == BREAKER_OPEN && since_before_us == 0) {
        log_warn("health", "%s: not called for a while: %s", c->name,
                 c->down_reason != NULL ? c->down_reason : "the service is down");
        health_emit(c, "breaker_open", c->down_reason, c->breaker.since_us);
    } else if (now == BREAKER_CLOSED) {
        log_info("health", "%s: the service is back", c->name);
    }
    health_touch(c);
}

/* The breaker of an account is its parent's: the service behind them is one. */

int health_check(struct connection *c, struct err *e)
{
    c = connection_root(c);
    return breaker_check(&c->breaker, c->name, e);
}

int health_enter(struct connection *c, bool *is_trial, struct err *e)
{
    c = connection_root(c);
    enum breaker_state before = breaker_state(&c->breaker);
    int rc = breaker_enter(&c->breaker, c->name, is_trial, e);
    changed(c, before, c->breaker.since_us);
    return rc;
}

static void note_reason(struct connection *c, const char *why)
{
    char *text = xstrndup(why, utf8_cut(why, strlen(why), REASON_MAX));
    (void)log_redact(text, strlen(text));
    free(c->down_reason);
    c->down_reason = text;
}

void health_report(struct connection *one, bool is_trial, bool is_down, const char *why)
{
    struct connection *c = connection_root(one);
    enum breaker_state before = breaker_state(&c->breaker);
    int64_t since_us = c->breaker.since_us;
    if (is_down) {
        note_reason(c, why);
    }
    c->breaker.rate = one->limiter != NULL ? limiter_rate(one->limiter) : 0;
    breaker_report(&c->breaker, is_trial, is_down);
    changed(c, before, since_us);
}

void health_release(struct connection *c, bool is_trial)
{
    c = connection_root(c);
    enum breaker_state before = breaker_state(&c->breaker);
    breaker_release(&c->breaker, is_trial);
    changed(c, before, c->breaker.since_us);
}

/* --- beginning and end --- */

void health_init(struct connection *c)
{
    timer_init(&c->health_timer, c->env->loop, on_health_timer);
}

void health_load(struct connection *c, const struct connection_row *row)
{
    if (row == NULL || row->health == NULL) {
        return;
    }
    json_t *v = json_parse_own(row->health, strlen(row->health), NULL);
    int64_t since_us = json_get_date(v, "since");
    if (since_us > 0) {
        const char *reason = json_get_text(v, "reason");
        note_reason(c, reason != NULL ? reason : "it was so before the restart");
        breaker_restore(&c->breaker, since_us, json_get_date(v, "opens_until"));
        show_gauge(c);
    }
    json_decref(v);
}

void health_fini(struct connection *c)
{
    timer_stop(&c->health_timer);
    if (c->health_writing != NULL) {
        c->health_writing->op.ud = NULL; /* the store hands it back when nobody is there any more */
        c->health_writing = NULL;
    }
    if (c->is_health_dirty) {
        (void)submit_health(c, NULL);
    }
    free(c->down_reason);
    c->down_reason = NULL;
}
