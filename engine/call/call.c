/*
 * Makes one API call to a service, from its start to the classified answer. It passes through
 * stages, each of which waits for something: the loop (so that nothing happens within call_start),
 * the token, the limiter, its owner (who commits that the call has begun), the answer. The call
 * owns what it holds at each stage, so that call_cancel undoes exactly that.
 *
 * The promise about outcomes is made here (P4): once the bytes of an operation that is not
 * idempotent may have left, every end that does not tell what happened is ERR_UNKNOWN: no answer,
 * an answer that broke off or makes no sense, and the statuses by which a server or a gateway says
 * that it failed on the way (500, 502, 504 …). A 503 says that the service took nothing.
 *
 * A probe is a call of the operation that lists, with another way to read the output. Loop thread.
 */
#include "call/call.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "call/answer.h"
#include "call/batch.h"
#include "call/cache.h"
#include "call/call_state.h"
#include "connection/account.h"
#include "connection/health.h"
#include "connector/classify.h"
#include "token/token.h"

enum { TIMEOUT_DEFAULT_US = 30 * 1000 * 1000 };

static void need_token(struct service_call *call, uint64_t refused);

/* --- the end --- */

static void call_free(struct service_call *call)
{
    list_remove(&call->link);
    timer_stop(&call->timer);
    request_fini(&call->request);
    probe_free(call->probe);
    assert(list_is_empty(&call->followers));
    list_remove(&call->follow_link);
    account_let_go(call->c);
    json_decref(call->input);
    free(call->early);
    free(call->cache_key);
    free(call->key);
    free(call->group);
    free(call);
}

static void count_end(struct connection *root, enum err_kind end)
{
    if (root->calls_by_end[end] == NULL) {
        const struct metric_label labels[2] = {
            { "connection", root->name },
            { "outcome", end == ERR_NONE ? "ok" : err_kind_name(end) },
        };
        root->calls_by_end[end] = metrics_counter_by(
            "ladle_calls_total", "API calls by their end: `ok` or the kind of the error.", labels);
    }
    metric_add(root->calls_by_end[end], 1);
}

static void count_time(struct connection *root, int64_t us)
{
    if (root->call_seconds == NULL) {
        root->call_seconds = metrics_histogram(
            "ladle_call_seconds", "Time from sending a call to its end.", "connection", root->name);
    }
    metric_observe_us(root->call_seconds, us);
}

/* An account has no metrics of its own. */
static void count_call(const struct service_call *call, const struct err *e)
{
    struct connection *root = connection_root(call->c);
    count_end(root, e == NULL ? ERR_NONE : e->kind);
    if (call->was_sent) {
        count_time(root, clock_mono_us() - call->sent_us);
    }
    log_debug("call", "%s.%s: %s", call->c->name, call->op->name, e == NULL ? "ok" : e->message);
}

void call_finish(struct service_call *call, json_t *output, const struct err *e, const char *answer)
{
    if (call->cache_key != NULL && call->stage != STAGE_FOLLOWING && call->was_sent && e == NULL) {
        cache_keep(call->set->cache, call, output);
    }
    while (!list_is_empty(&call->followers)) {
        call_finish(list_entry(call->followers.next, struct service_call, follow_link), output, e,
                    answer);
    }
    count_call(call, e);
    call->done(call->ud, output, e, answer);
    call_free(call);
}

static void fail_call(struct service_call *call, const struct err *e)
{
    call_finish(call, NULL, e, NULL);
}

/* --- calls that go together --- */

void call_follow(struct service_call *call, struct service_call *leader)
{
    call->stage = STAGE_FOLLOWING;
    list_push_back(&leader->followers, &call->follow_link);
}

/* From the beginning again. */
static void restart(struct service_call *call)
{
    request_fini(&call->request);
    call->many = NULL;
    call->was_sent = false;
    call->stage = STAGE_START;
    timer_start(&call->timer, 0);
}

/* Whoever followed this call goes by itself. */
static void let_followers_go(struct service_call *call, bool are_alone)
{
    while (!list_is_empty(&call->followers)) {
        struct service_call *other =
            list_entry(call->followers.next, struct service_call, follow_link);
        list_remove(&other->follow_link);
        other->is_alone |= are_alone;
        restart(other);
    }
}

/* A request for many was refused: each goes alone, and so do those to come. */
static void part_batch(struct service_call *call)
{
    log_info("call", "%s takes no %s; calls go one by one", call->c->name, call->many->name);
    call->c->refuses_batches = true;
    let_followers_go(call, true);
    call->is_alone = true;
    restart(call);
}

/* --- the answer --- */

/* An end that does not tell what happened, for an operation that must not be repeated blindly. */
static void make_unknown(const struct service_call *call, struct err *e)
{
    char message[ERR_MESSAGE_MAX];
    (void)snprintf(message, sizeof message, "%s", e->message);
    int status = e->status;
    (void)err_set(e, ERR_UNKNOWN, "%s was sent, and whether it took effect is unknown: %s",
                  call->op->name, message);
    e->status = status;
}

/* Statuses by which a server or a gateway says that it did nothing with the request: it does not
 * know how, takes nothing just now, or (52x, as a large CDN has them) did not reach the server.
 * What other 5xx leave behind nobody knows. */
static bool is_untouched(int status)
{
    return status == 501 || status == 503 || status == 505 || (status >= 521 && status <= 523) ||
           status == 525 || status == 526;
}

static bool tells_nothing(const struct err *e)
{
    bool is_senseless = e->kind == ERR_PROTOCOL || e->kind == ERR_TOO_LARGE;
    return e->kind == ERR_UNKNOWN || (is_senseless && e->status < 300) ||
           (e->status >= 500 && !is_untouched(e->status));
}

/* Turns what client and answer say into what it means for this operation. */
static void judge_answer(const struct service_call *call, struct err *e)
{
    if (!tells_nothing(e)) {
        return;
    }
    if (!call->is_idempotent) {
        make_unknown(call, e);
    } else if (e->kind == ERR_UNKNOWN) {
        e->kind = ERR_TIMEOUT; /* the same call again does no harm */
    }
}

/* Tells the breaker whether the service could serve this call. */
static void report_to_breaker(const struct service_call *call, const struct err *e,
                              const struct http_response *res)
{
    char why[64] = "";
    bool is_down =
        res != NULL ? res->status >= 500 : e->kind == ERR_UNREACHABLE || e->kind == ERR_UNKNOWN;
    if (res != NULL) {
        (void)snprintf(why, sizeof why, "%.40s was answered %d", call->op->name, res->status);
    }
    health_report(call->c, call->is_trial, is_down, res != NULL ? why : e->message);
}

static void succeed_call(struct service_call *call, json_t *output)
{
    if (call->many != NULL) {
        batch_finish(call, output);
        return;
    }
    if (call->probe == NULL) {
        call_finish(call, output, NULL, NULL);
        return;
    }
    json_t *effect = probe_find(call->probe, output);
    call_finish(call, effect, NULL, NULL);
    json_decref(effect);
}

/* Whether the answer says, by the connector's table, that the token which was sent is stale: then a
 * new one is fetched, or the connection is broken. */
static bool is_stale(const struct service_call *call, const struct err *e)
{
    const json_t *auth = json_object_get(connector_table(call->c->connector), "auth");
    size_t i;
    json_t *one;
    json_array_foreach (json_object_get(auth, "stale"), i, one) {
        if (json_integer_value(one) == e->status) {
            return e->kind == ERR_AUTH && call->has_token && token_is_renewable(call->c->token);
        }
    }
    return false;
}

/* A service that does not let a connection in: what a person can do. That an account is not let in
 * is its parent's. */
static void add_access_remedy(const struct service_call *call, struct err *e)
{
    if (e->kind != ERR_AUTH || e->status != 401 || call->op == &call->c->exchange) {
        return;
    }
    char message[ERR_MESSAGE_MAX];
    (void)snprintf(message, sizeof message, "%s", e->message);
    char *remedy = token_remedy(call->c->token);
    (void)err_set(e, ERR_AUTH, "%.200s; %s", message, remedy);
    e->status = 401;
    free(remedy);
}

static void fail_with_answer(struct service_call *call, struct err *e,
                             const struct http_response *res, int64_t retry_at_us)
{
    if (is_stale(call, e)) {
        e->kind = ERR_EXPIRED;
    }
    if (e->kind == ERR_EXPIRED && !call->has_refreshed) {
        call->has_refreshed = true;
        need_token(call, call->generation);
        return;
    }
    if (e->kind == ERR_AUTH && call->op != &call->c->exchange) { /* that is about an account */
        token_note_refusal(call->c->token, e->message);
    }
    if (e->kind == ERR_EXPIRED) {
        e->kind = ERR_AUTH; /* a new token did not help either */
    }
    add_access_remedy(call, e);
    int64_t retry_after_us = e->kind == ERR_UNAVAILABLE ? limiter_retry_after(res) : 0;
    e->retry_at_us = retry_at_us > retry_after_us ? retry_at_us : retry_after_us;
    judge_answer(call, e);
    if (call->many != NULL && !err_is_retryable(e->kind) && e->kind != ERR_AUTH) {
        part_batch(call);
        return;
    }
    char *answer = classify_answer(res);
    call_finish(call, NULL, e, answer);
    free(answer);
}

static void call_answered(void *ud, const struct http_response *res, const struct err *failed)
{
    struct service_call *call = ud;
    struct err e = failed != NULL ? *failed : ERR_INIT;
    FAULT("call.answered");
    call->http = NULL;
    int64_t retry_at_us = limiter_answered(call->limiter, &call->limiter_wait, res);
    report_to_breaker(call, &e, res);
    if (res == NULL) {
        (void)err_prefix(&e, "%s.%s", call->c->name, call->op->name);
        judge_answer(call, &e);
        fail_call(call, &e);
        return;
    }
    json_t *output = NULL;
    const struct operation *op = call->many != NULL ? call->many : call->op;
    if (answer_read(call->c, op, call->request.host, res, &output, &e) == -1) {
        /* A 200 that says "remaining: 0" closes the limiter too, but is no reason for this call to
         * wait. */
        fail_with_answer(call, &e, res, e.kind == ERR_RATE_LIMITED ? retry_at_us : 0);
        return;
    }
    succeed_call(call, output);
    json_decref(output);
}

/* --- sending --- */

/* "Bearer …"; yours, to be scrubbed. NULL where no token goes with the request, or the recipe fills
 * that header itself. */
static char *token_value(const struct service_call *call, const char **header)
{
    const struct secret *access = token_access(call->c->token);
    const char *scheme;
    request_token_header(call->c, header, &scheme);
    if (access == NULL || !call->request.may_have_token ||
        request_has_header(&call->request, *header)) {
        return NULL;
    }
    return xasprintf("%s%s%s", scheme, *scheme != '\0' ? " " : "", secret_bytes(access));
}

static void transmit(struct service_call *call)
{
    struct http_header headers[REQUEST_HEADERS_MAX + 1];
    size_t count_of = call->request.header_count;
    for (size_t i = 0; i < count_of; i++) {
        headers[i] = (struct http_header){ call->request.names[i], call->request.values[i] };
    }
    const char *header = NULL;
    char *value = token_value(call, &header);
    if (value != NULL) {
        headers[count_of++] = (struct http_header){ header, value };
    }
    struct http_request r = {
        .method = call->request.method,
        .url = call->request.url,
        .headers = headers,
        .header_count = count_of,
        .body = call->request.body,
        .body_len = call->request.body_len,
        .timeout_us = call->timeout_us,
        .may_be_private = call->request.may_be_private,
    };
    call->stage = STAGE_SENDING;
    call->was_sent = true;
    call->has_token = value != NULL;
    call->sent_us = clock_mono_us();
    call->generation = token_generation(call->c->token);
    limiter_sent(call->limiter, &call->limiter_wait);
    struct http_client *http = call->set->env->http;
    call->http = http->send(http, &r, call_answered, call);
    FAULT("call.sent");
    if (value != NULL) {
        secret_scrub(value, strlen(value));
    }
    free(value);
}

void call_go(struct service_call *call)
{
    assert(call->stage == STAGE_OWNER);
    call->is_announced = true;
    transmit(call);
}

static void show_waiting(const struct service_call *call, int by)
{
    struct connection *root = connection_root(call->c);
    if (root->limiter_waiting == NULL) {
        root->limiter_waiting =
            metrics_gauge("ladle_limiter_waiting", "Calls that wait for their service's limit.",
                          "connection", root->name);
    }
    root->waiting += by;
    metric_add(root->limiter_waiting, by);
}

static void slot_ready(struct limiter_wait *w, const struct err *failed)
{
    struct service_call *call = list_entry(w, struct service_call, limiter_wait);
    struct err e = ERR_INIT;
    show_waiting(call, -1);
    if (failed != NULL) {
        fail_call(call, failed);
        return;
    }
    if (health_enter(call->c, &call->is_trial, &e) == -1) {
        limiter_release(call->limiter, &call->limiter_wait);
        fail_call(call, &e);
        return;
    }
    call->stage = STAGE_OWNER;
    if (call->before_send != NULL && !call->is_announced) {
        call->before_send(call->ud, call);
    } else {
        (void)batch_fold(call);
        transmit(call);
    }
}

void call_leave_limit(struct service_call *call)
{
    limiter_cancel(call->limiter, &call->limiter_wait);
    show_waiting(call, -1);
}

static void need_slot(struct service_call *call)
{
    call->stage = STAGE_LIMIT;
    call->limiter = limits_limiter(call->set->limits, call->c);
    show_waiting(call, 1);
    limiter_wait(call->limiter, &call->limiter_wait);
}

static void token_ready(struct token_wait *w, const struct err *failed)
{
    struct service_call *call = list_entry(w, struct service_call, token_wait);
    if (failed != NULL) {
        fail_call(call, failed);
    } else {
        need_slot(call);
    }
}

static void need_token(struct service_call *call, uint64_t refused)
{
    struct err e = ERR_INIT;
    call->stage = STAGE_TOKEN;
    int rc = token_get(call->c->token, refused, &call->token_wait, &e);
    if (rc == -1) {
        fail_call(call, &e);
    } else if (rc == 1) {
        need_slot(call);
    }
}

/* --- the beginning --- */

static int prepare_request(struct service_call *call, struct err *e)
{
    if (account_check(call->c, call->op, call->input, e) == -1 ||
        request_check(call->c, call->op, call->input, e) == -1) {
        return -1;
    }
    call->is_idempotent = operation_is_idempotent(call->op, call->input);
    if (request_build(&call->request, call->c, call->op, call->input, call->key, e) == -1) {
        return -1;
    }
    return health_check(call->c, e); /* before it waits for anything else */
}

static void begin_call(struct timer *t)
{
    struct service_call *call = list_entry(t, struct service_call, timer);
    struct err e = ERR_INIT;
    if (call->early != NULL) {
        fail_call(call, call->early);
    } else if (call->is_known_absent) {
        call_finish(call, json_null(), NULL, NULL);
    } else if (prepare_request(call, &e) == -1) {
        fail_call(call, &e);
    } else if (!cache_take(call->set->cache, call)) {
        need_token(call, 0);
    }
}

static struct service_call *call_new(struct call_set *k, const struct call_opts *o)
{
    struct service_call *call = xcalloc(1, sizeof *call);
    call->set = k;
    call->c = o->connection;
    account_hold_again(call->c);
    call->op = o->operation;
    call->timeout_us = o->timeout_us > 0 ? o->timeout_us : o->operation->timeout_us;
    call->timeout_us = call->timeout_us > 0 ? call->timeout_us : TIMEOUT_DEFAULT_US;
    call->key = o->idempotency_key != NULL ? xstrdup(o->idempotency_key) : NULL;
    call->done = o->done;
    call->ud = o->ud;
    call->token_wait.ready = token_ready;
    call->group = o->group != NULL ? xstrdup(o->group) : NULL;
    call->limiter_wait = (struct limiter_wait){ .group = call->group,
                                                .is_backfill = o->is_backfill,
                                                .ready = slot_ready };
    list_init(&call->token_wait.link);
    list_init(&call->followers);
    list_init(&call->follow_link);
    timer_init(&call->timer, k->env->loop, begin_call);
    list_push_back(&k->calls, &call->link);
    return call;
}

/* A copy, as it is filled in and changed: only its members, where the schema says nothing of what
 * is within them. */
static json_t *own_input(const struct operation *op, json_t *input)
{
    if (input == NULL) {
        return json_object();
    }
    return op->is_nested ? json_deep_copy(input) : json_copy(input);
}

struct service_call *call_start(struct call_set *k, const struct call_opts *o)
{
    struct service_call *call = call_new(k, o);
    call->before_send = o->before_send;
    call->is_fresh = o->is_fresh;
    call->input = own_input(o->operation, o->input);
    json_decref(o->input);
    timer_start(&call->timer, 0);
    return call;
}

struct service_call *call_probe(struct call_set *k, const struct call_opts *o, int64_t since_us)
{
    struct service_call *call = call_new(k, o);
    int64_t delay_us = 0;
    if (operation_is_idempotent(o->operation, o->input)) {
        call->is_known_absent = true;
    } else {
        struct err e = ERR_INIT;
        call->probe = probe_new(o->connection, o->operation, o->input, since_us, &e);
        call->early = call->probe == NULL ? xmemdup(&e, sizeof e) : NULL;
    }
    if (call->probe != NULL) {
        call->op = probe_operation(call->probe);
        call->input = probe_input(call->probe);
        delay_us = probe_earliest_us(call->probe) - clock_wall_us();
    }
    json_decref(o->input);
    timer_start(&call->timer, delay_us > 0 ? delay_us : 0);
    return call;
}

bool call_cancel(struct service_call *call)
{
    struct connection *c = call->c;
    bool was_sent = call->was_sent && call->probe == NULL;
    switch (call->stage) {
    case STAGE_START:
    case STAGE_FOLLOWING:
        break;
    case STAGE_TOKEN:
        token_cancel(c->token, &call->token_wait);
        break;
    case STAGE_LIMIT:
        call_leave_limit(call);
        break;
    case STAGE_OWNER:
        limiter_release(call->limiter, &call->limiter_wait);
        health_release(c, call->is_trial);
        break;
    case STAGE_SENDING:
        call->set->env->http->cancel(call->set->env->http, call->http);
        (void)limiter_answered(call->limiter, &call->limiter_wait, NULL);
        health_release(c, call->is_trial);
        break;
    }
    let_followers_go(call, false);
    call_free(call);
    return was_sent;
}

/* --- all of them --- */

struct call_set *call_set_new(const struct connection_env *env)
{
    struct call_set *k = xcalloc(1, sizeof *k);
    k->env = env;
    k->limits = limits_new(env);
    k->cache = cache_new();
    list_init(&k->calls);
    return k;
}

void call_set_cancel(struct call_set *k)
{
    while (!list_is_empty(&k->calls)) {
        (void)call_cancel(list_entry(k->calls.next, struct service_call, link));
    }
}

void call_set_free(struct call_set *k)
{
    assert(list_is_empty(&k->calls));
    limits_free(k->limits);
    cache_free(k->cache);
    free(k);
}

struct limits *call_set_limits(struct call_set *k)
{
    return k->limits;
}
