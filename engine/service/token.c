/*
 * The token of one connection. Its life: new (nobody authorised it) → connected → broken (the
 * service refuses to refresh it: a person must authorise it again), and back to connected.
 *
 * A refresh goes through three phases, one at a time: LOOKING reads the stored token again, as
 * another process may have refreshed it; ASKING sends the refresh token; COMMITTING writes the new
 * pair. Only then is the pair used, so that a crash never leaves us with a pair that only memory
 * knew. All calls that need the new token wait in one list.
 *
 * How a refresh can end: a new pair; a refusal (4xx), which breaks the connection; anything else
 * (no connection, 5xx, a lost answer), after which the old access token serves as long as it is
 * valid and the refresh is tried again, later and later. If the answer was lost the refresh token
 * may be spent: then the next try is refused, and the connection is broken with a reason that says
 * so. If the commit fails the pair is kept, and the commit tried again; the spent refresh token is
 * not sent once more.
 *
 * The refresh happens ahead of the expiry, by a timer with jitter, so that calls hardly ever wait.
 * Loop thread.
 */
#include "service/token.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "format/date.h"
#include "service/health.h"
#include "service/token_state.h"
#include "store/secret_row.h"

enum {
    SECOND_US = 1000 * 1000,
    SLACK_US = 30 * SECOND_US,  /* a token that expires sooner may expire on the way */
    AHEAD_US = 600 * SECOND_US, /* how long before its expiry a token is refreshed, at most */
    RETRY_FIRST_US = SECOND_US,
    RETRY_LONGEST_US = 60 * SECOND_US,
};
static const int64_t sleep_max_us = 3600LL * SECOND_US; /* the wall clock may jump: look again */

static void become_idle(struct token *t);
static void begin(struct token *t);

/* --- small things --- */

static const char *state_name(enum token_state s)
{
    static const char *const names[] = { "new", "connected", "broken" };
    return names[s];
}

static void set_state(struct token *t, enum token_state state, const char *reason)
{
    if (t->state != state) {
        t->since_us = clock_wall_us();
    }
    t->state = state;
    char *copy = reason != NULL ? xstrdup(reason) : NULL;
    free(t->reason);
    t->reason = copy;
}

static int64_t lifetime_part(const struct token *t, int parts, int64_t most)
{
    int64_t part = t->pair.lifetime_us / parts;
    return t->pair.lifetime_us > 0 && part < most ? part : most;
}

static bool is_valid(const struct token *t)
{
    if (t->pair.access == NULL) {
        return false;
    }
    return t->pair.expires_us == 0 ||
           clock_wall_us() + lifetime_part(t, 10, SLACK_US) < t->pair.expires_us;
}

/* Whether a new token can be had without a person. */
static bool can_renew(const struct token *t)
{
    return t->pair.refresh != NULL || t->is_self_granted;
}

static int say_broken(const struct token *t, struct err *e)
{
    return err_set(e, ERR_AUTH, "%s is broken: %s; run `ladle connect %s`", t->c->name,
                   t->reason != NULL ? t->reason : "the service refuses its token", t->c->name);
}

static void count_refresh(const char *result)
{
    metric_add(metrics_counter("ladle_token_refreshes_total", "Token refreshes by their end",
                               "result", result),
               1);
}

/* Wakes all who wait; e NULL: the token is good. */
static void wake(struct token *t, const struct err *e)
{
    struct list waiters;
    list_init(&waiters);
    list_splice(&waiters, &t->waiters);
    for (struct list *link = list_pop(&waiters); link != NULL; link = list_pop(&waiters)) {
        struct token_wait *w = list_entry(link, struct token_wait, link);
        w->ready(w, e);
    }
}

/* Goes on for those who still wait, where nothing is under way. */
static void serve_waiters(struct token *t)
{
    if (t->phase == PHASE_IDLE && !list_is_empty(&t->waiters)) {
        begin(t);
    }
}

static void tell_recovered(struct token *t)
{
    struct service *s = t->c->service;
    if (s->on_recover != NULL) {
        s->on_recover(s->on_recover_ud, t->c);
    }
}

/* Arms the timer for the next thing to do unasked: a refresh ahead of the expiry, or another try.
 */
static void schedule(struct token *t)
{
    bool has_work = t->next.access != NULL ||
                    (t->state == STATE_CONNECTED && can_renew(t) && t->refresh_at_us > 0);
    if (!has_work || t->phase != PHASE_IDLE) {
        timer_stop(&t->timer);
        return;
    }
    int64_t at = t->next.access != NULL || t->retry_at_us > t->refresh_at_us ? t->retry_at_us
                                                                             : t->refresh_at_us;
    int64_t left = at - clock_wall_us();
    /* Never at once: what only looks at connections (`ladle connections`) is gone by then. */
    left = left < SECOND_US ? SECOND_US : left < sleep_max_us ? left : sleep_max_us;
    timer_start(&t->timer, left);
}

static void on_timer(struct timer *timer)
{
    struct token *t = list_entry(timer, struct token, timer);
    int64_t now = clock_wall_us();
    if (t->phase != PHASE_IDLE || now < t->retry_at_us ||
        (t->next.access == NULL && now < t->refresh_at_us)) {
        schedule(t);
        return;
    }
    begin(t);
}

/* Makes the pair the one in use. */
static void adopt(struct token *t, struct token_pair *pair)
{
    token_pair_fini(&t->pair);
    t->pair = *pair;
    *pair = (struct token_pair){ .access = NULL };
    t->generation++;
    t->failures = 0;
    t->retry_at_us = 0;
    t->was_lost = false;
    set_state(t, STATE_CONNECTED, NULL);
    int64_t ahead = lifetime_part(t, 3, AHEAD_US);
    int64_t jitter = (int64_t)clock_random_below((uint64_t)(ahead / 5) + 1);
    t->refresh_at_us = t->pair.expires_us > 0 ? t->pair.expires_us - ahead - jitter : 0;
}

/* --- the store --- */

static char *copy_or_null(const char *text)
{
    return text != NULL ? xstrdup(text) : NULL;
}

static struct connection_put *put_of(const struct token *t, const struct token_pair *pair)
{
    struct connection_put *put = connection_put_new();
    put->row = (struct connection_row){
        .name = xstrdup(t->c->name),
        .state = xstrdup(state_name(t->state)),
        .reason = copy_or_null(t->reason),
        .scopes = copy_or_null(pair->scopes),
        .account = copy_or_null(pair->account),
        .since_us = t->since_us,
        .expires_us = pair->expires_us,
    };
    return put;
}

static void state_written(struct store_op *op, const struct err *e)
{
    struct connection_put *put = list_entry(op, struct connection_put, op);
    if (e != NULL) {
        log_warn("token", "the state of %s was not stored: %s", put->row.name, e->message);
    }
    connection_put_free(put);
}

static void mark_broken(struct token *t, const char *reason)
{
    set_state(t, STATE_BROKEN, reason);
    log_error("token", "%s is broken: %s; run `ladle connect %s`", t->c->name, reason, t->c->name);
    health_tell_broken(t->c, reason, t->since_us);
    struct connection_put *put = put_of(t, &t->pair);
    put->op.done = state_written;
    store_submit(t->c->service->o.store, &put->op);
}

/* The refresh came to nothing for now. */
static void fail_for_now(struct token *t, const struct err *e)
{
    int64_t delay = RETRY_FIRST_US;
    for (int i = 0; i < t->failures && delay < RETRY_LONGEST_US; i++) {
        delay *= 2;
    }
    delay = delay < RETRY_LONGEST_US ? delay : RETRY_LONGEST_US;
    delay += (int64_t)clock_random_below((uint64_t)delay / 4 + 1);
    t->failures++;
    int64_t asked_us = e->retry_at_us;
    t->retry_at_us = clock_wall_us() + delay;
    t->retry_at_us = asked_us > t->retry_at_us ? asked_us : t->retry_at_us;
    t->last = *e;
    t->last.retry_at_us = t->retry_at_us;
    count_refresh(err_kind_name(e->kind));
    log_warn("token", "%s: its token was not refreshed: %s", t->c->name, e->message);
    struct err copy = t->last;
    become_idle(t);
    wake(t, &copy);
    token_answer_ask(t, &copy);
}

static void committed(struct store_op *op, const struct err *e)
{
    struct connection_put *put = list_entry(op, struct connection_put, op);
    struct token *t = op->ud;
    connection_put_free(put);
    if (t == NULL) {
        return;
    }
    t->writing = NULL;
    if (e != NULL) {
        struct err failed = *e;
        (void)err_prefix(&failed, "%s: the new token could not be stored", t->c->name);
        fail_for_now(t, &failed);
        return;
    }
    FAULT("token.committed");
    count_refresh("ok");
    log_info("token", "%s: new token stored", t->c->name);
    bool is_news = t->state != STATE_CONNECTED || t->ask.done != NULL;
    memcpy(t->stored, t->storing, sizeof t->stored);
    adopt(t, &t->next);
    token_second_done(t);
    become_idle(t);
    wake(t, NULL);
    token_answer_ask(t, NULL);
    if (is_news) {
        tell_recovered(t);
    }
}

/* Writes t->next and the state "connected" that goes with it. */
void token_commit(struct token *t)
{
    t->phase = PHASE_COMMITTING;
    t->next.origin = t->kind == KIND_OAUTH ? TOKEN_FROM_GRANT : TOKEN_FROM_PERSON;
    struct connection_put *put = put_of(t, &t->next);
    free(put->row.state);
    free(put->row.reason);
    put->row.state = xstrdup(state_name(STATE_CONNECTED));
    put->row.reason = NULL;
    put->row.since_us = t->state == STATE_CONNECTED ? t->since_us : clock_wall_us();
    put->token_name = token_pair_name(t->c->name);
    token_pair_seal(&t->next, t->c->service->o.vault, put->token_name, &put->sealed, &put->len);
    sign_sha256_hex(put->sealed, put->len, t->storing);
    token_second_fill(t, put);
    put->op.done = committed;
    put->op.ud = t;
    t->writing = put;
    FAULT("token.before_commit");
    store_submit(t->c->service->o.store, &put->op);
}

/* --- asking --- */

static void refused(struct token *t, const struct err *e)
{
    struct err broken = *e;
    if (t->ask.done != NULL) { /* what a person tried changes nothing */
        become_idle(t);
        token_answer_ask(t, e);
        serve_waiters(t);
        return;
    }
    char reason[400];
    (void)snprintf(reason, sizeof reason, "%.300s%s", e->message,
                   t->was_lost && !t->is_self_granted
                       ? " (the answer to the refresh before this one was lost)"
                       : "");
    count_refresh("refused");
    mark_broken(t, reason);
    (void)say_broken(t, &broken);
    broken.status = e->status;
    become_idle(t);
    wake(t, &broken);
}

void token_give_up(struct token *t, const char *reason)
{
    struct err broken = ERR_INIT;
    mark_broken(t, reason);
    (void)say_broken(t, &broken);
    become_idle(t);
    wake(t, &broken);
}

/* Of what the request asked for: the pair that it is to replace, NULL for a new authorisation. */
static const struct token_pair *replaced(const struct token *t, struct token_pair *by_hand)
{
    if (t->ask.done == NULL) {
        return &t->pair;
    }
    if (t->ask.field == NULL || strcmp(t->ask.field, "refresh_token") != 0) {
        return NULL;
    }
    *by_hand = (struct token_pair){ .refresh = t->ask.value };
    return by_hand;
}

static void answered(struct token *t, const struct http_response *res)
{
    struct token_pair pair, by_hand;
    struct err e = ERR_INIT;
    if (token_grant_read(&pair, t->c, res, replaced(t, &by_hand), &e) == 0) {
        if (token_check_ask(t, &pair, &e) == -1) {
            token_pair_fini(&pair);
            refused(t, &e);
            return;
        }
        token_pair_fini(&t->next);
        t->next = pair;
        token_commit(t);
    } else if (e.kind == ERR_AUTH) {
        refused(t, &e);
    } else {
        t->was_lost = t->was_lost || e.kind == ERR_PROTOCOL;
        fail_for_now(t, &e);
    }
}

static void asked(void *ud, const struct http_response *res, const struct err *failed)
{
    struct token *t = ud;
    t->http = NULL;
    if (failed != NULL) {
        struct err e = *failed;
        t->was_lost = e.kind == ERR_UNKNOWN;
        e.kind = t->was_lost ? ERR_UNAVAILABLE : e.kind; /* the call that waits was not sent */
        (void)err_prefix(&e, "the token endpoint of %s", t->c->name);
        fail_for_now(t, &e);
    } else {
        answered(t, res);
    }
}

void token_send(struct token *t, const struct token_grant *g)
{
    struct err e = ERR_INIT;
    t->phase = PHASE_ASKING;
    struct token_sending how = { .done = asked, .ud = t };
    if (token_grant_send(t->c, g, &how, &e) == -1) {
        fail_for_now(t, &e);
        return;
    }
    t->http = how.call;
}

static void refresh(struct token *t)
{
    if (t->is_self_granted) {
        token_send(t, &(struct token_grant){ .type = "client_credentials" });
        return;
    }
    token_send(t, &(struct token_grant){
                      .type = "refresh_token",
                      .field = "refresh_token",
                      .value = t->pair.refresh,
                  });
}

/* --- looking --- */

/* Takes the stored pair into use if it was stored by somebody else. */
static bool take_stored(struct token *t, const struct secret_get *get)
{
    struct token_pair stored = { .access = NULL };
    struct err e = ERR_INIT;
    char digest[SIGN_SHA256_HEX + 1];
    if (get->sealed == NULL) {
        return false;
    }
    sign_sha256_hex(get->sealed, get->len, digest);
    if (strcmp(digest, t->stored) == 0) {
        return false;
    }
    if (token_pair_open(&stored, t->c->service->o.vault, get->name, get->sealed, get->len, &e) ==
        -1) {
        log_warn("token", "%s: %s", t->c->name, e.message);
        return false;
    }
    log_info("token", "%s: took over the token that another process stored", t->c->name);
    memcpy(t->stored, digest, sizeof t->stored);
    adopt(t, &stored);
    return true;
}

/* After a look that was asked for by token_reload, or that found another process's pair. */
static void go_on(struct token *t, bool is_new)
{
    t->wants_reload = false;
    become_idle(t);
    if (is_new) {
        tell_recovered(t);
    }
    if (is_new && is_valid(t)) {
        wake(t, NULL);
    }
    serve_waiters(t);
}

static void looked(struct store_op *op, const struct err *e)
{
    struct secret_get *get = list_entry(op, struct secret_get, op);
    struct token *t = op->ud;
    if (t == NULL) {
        secret_get_free(get);
        return;
    }
    t->reading = NULL;
    bool is_new = e == NULL && take_stored(t, get);
    secret_get_free(get);
    if (t->wants_reload || is_new) {
        go_on(t, is_new);
    } else if (e != NULL) {
        fail_for_now(t, e); /* what cannot be read cannot be committed either */
    } else if (t->kind == KIND_STATIC) {
        token_second_use(t);
    } else {
        refresh(t);
    }
}

void token_look(struct token *t)
{
    t->phase = PHASE_LOOKING;
    char *name = token_pair_name(t->c->name);
    t->reading = secret_get_new(name);
    free(name);
    t->reading->op.done = looked;
    t->reading->op.ud = t;
    store_submit_read(t->c->service->o.store, &t->reading->op);
}

/* Goes on with what is to be done: commit a pair that is at hand, switch to a second token, or
 * refresh. */
static void begin(struct token *t)
{
    assert(t->phase == PHASE_IDLE);
    if (t->next.access != NULL) {
        token_commit(t);
    } else if (t->kind == KIND_STATIC) {
        token_second_look(t);
    } else {
        token_look(t);
    }
}

static void become_idle(struct token *t)
{
    t->phase = PHASE_IDLE;
    if (t->wants_reload) {
        token_look(t);
        return;
    }
    schedule(t);
}

void token_reload(struct token *t)
{
    if (t->kind == KIND_NONE || t->is_configured) {
        return;
    }
    t->wants_reload = true;
    if (t->phase == PHASE_IDLE) {
        token_look(t);
    }
}

/* --- for calls --- */

/* Of a pair without refresh token that the service refuses, or that has expired. */
static int break_pair(struct token *t, bool is_refused, struct err *e)
{
    mark_broken(t, is_refused ? "the service refuses its token"
                              : "its access token has expired, and it has no refresh token");
    return say_broken(t, e);
}

int token_get(struct token *t, uint64_t refused_generation, struct token_wait *w, struct err *e)
{
    bool is_refused = refused_generation != 0 && refused_generation == t->generation;
    if (t->kind == KIND_NONE) {
        return is_refused ? err_set(e, ERR_AUTH, "%s: the service asks for a token", t->c->name)
                          : 1;
    }
    if (t->state == STATE_BROKEN) {
        return say_broken(t, e);
    }
    if (t->pair.access == NULL && !t->is_self_granted) {
        return err_set(e, ERR_AUTH, "%s is not connected; run `ladle connect %s`", t->c->name,
                       t->c->name);
    }
    if (!is_refused && (t->kind == KIND_STATIC || is_valid(t))) {
        return 1;
    }
    if (t->kind == KIND_OAUTH && !can_renew(t)) {
        return break_pair(t, is_refused, e);
    }
    if (t->phase == PHASE_IDLE && t->retry_at_us > clock_wall_us()) {
        *e = t->last;
        return -1;
    }
    list_push_back(&t->waiters, &w->link);
    if (t->phase == PHASE_IDLE) {
        begin(t);
    }
    return 0;
}

void token_cancel(struct token *t, struct token_wait *w)
{
    (void)t;
    list_remove(&w->link);
}

const struct secret *token_access(const struct token *t)
{
    return t->pair.access;
}

uint64_t token_generation(const struct token *t)
{
    return t->generation;
}

bool token_is_oauth(const struct token *t)
{
    return t->kind == KIND_OAUTH;
}

const char *token_account(const struct token *t)
{
    return t->pair.account;
}

bool token_is_broken(const struct token *t)
{
    return t->state == STATE_BROKEN;
}

/* --- making and loading --- */

static bool is_kind(const struct connection *c, const char *kind)
{
    json_t *kinds =
        json_object_get(json_object_get(connector_table(c->connector), "auth"), "kinds");
    size_t i;
    json_t *one;
    json_array_foreach (kinds, i, one) {
        if (strcmp(json_string_value(one), kind) == 0) {
            return true;
        }
    }
    return json_array_size(kinds) == 0 && strcmp(kind, "none") == 0;
}

/* What `auth` says; without it: a token where one is given, else the connector's weakest way. */
static const char *auth_kind(const struct connection *c, bool has_token)
{
    const char *said = connection_text(c, "auth");
    if (said != NULL) {
        return said;
    }
    if (has_token && is_kind(c, "token")) {
        return "token";
    }
    return is_kind(c, "none") ? "none" : is_kind(c, "oauth") ? "oauth" : "token";
}

struct token *token_new(struct connection *c, struct err *e)
{
    const char *given = connection_text(c, "token");
    const char *kind = auth_kind(c, given != NULL);
    if (!is_kind(c, kind)) {
        (void)err_set(e, ERR_CONFIG, "connection %s: the connector %s has no auth '%s'", c->name,
                      connector_name(c->connector), kind);
        return NULL;
    }
    struct token *t = xcalloc(1, sizeof *t);
    t->c = c;
    t->kind = strcmp(kind, "oauth") == 0   ? KIND_OAUTH
              : strcmp(kind, "token") == 0 ? KIND_STATIC
                                           : KIND_NONE;
    t->is_self_granted = t->kind == KIND_OAUTH && token_is_self_granted(c);
    t->state = t->kind == KIND_NONE ? STATE_CONNECTED : STATE_NEW;
    t->generation = 1;
    list_init(&t->waiters);
    timer_init(&t->timer, c->service->o.loop, on_timer);
    timer_init(&t->ask_timer, c->service->o.loop, token_begin_ask);
    if (t->kind == KIND_STATIC && given != NULL) {
        t->is_configured = true;
        t->pair.access = secret_new(given, strlen(given));
        t->state = STATE_CONNECTED;
        token_second_init(t);
    }
    return t;
}

void token_free(struct token *t)
{
    if (t == NULL) {
        return;
    }
    timer_stop(&t->timer);
    timer_stop(&t->ask_timer);
    token_ask_fini(&t->ask);
    token_ask_fini(&t->next_ask);
    if (t->http != NULL) {
        t->c->service->o.http->cancel(t->c->service->o.http, t->http);
    }
    /* The store hands these back later; then nobody is there any more. */
    if (t->reading != NULL) {
        t->reading->op.ud = NULL;
    }
    if (t->writing != NULL) {
        t->writing->op.ud = NULL;
    }
    token_pair_fini(&t->pair);
    token_pair_fini(&t->next);
    token_second_fini(t);
    free(t->reason);
    free(t);
}

/* `auth` was changed in ladle.yaml since this token was stored. */
static bool is_of_other_kind(const struct token *t, const struct token_pair *pair)
{
    return pair->origin == (t->kind == KIND_OAUTH ? TOKEN_FROM_PERSON : TOKEN_FROM_GRANT);
}

/* The token is left where it is: `auth` may be changed back. */
static int give_up_pair(struct token *t, struct token_pair *pair, struct err *e)
{
    set_state(t, STATE_NEW, "its token is of another kind than `auth` in ladle.yaml says");
    log_warn("token", "%s: %s; run `ladle connect %s`", t->c->name, t->reason, t->c->name);
    token_pair_fini(pair);
    struct connection_put *put = put_of(t, pair);
    int rc = store_exec(t->c->service->o.store, &put->op, e);
    connection_put_free(put);
    return rc;
}

static int load_pair(struct token *t, struct err *e)
{
    char *name = token_pair_name(t->c->name);
    struct secret_get *get = secret_get_new(name);
    free(name);
    struct token_pair pair = { .access = NULL };
    int rc = store_exec(t->c->service->o.store, &get->op, e);
    if (rc == 0 && get->sealed != NULL) {
        rc = token_pair_open(&pair, t->c->service->o.vault, get->name, get->sealed, get->len, e);
        sign_sha256_hex(get->sealed, get->len, t->stored);
    }
    secret_get_free(get);
    if (rc == -1 || pair.access == NULL) {
        return rc;
    }
    if (is_of_other_kind(t, &pair)) {
        return give_up_pair(t, &pair, e);
    }
    adopt(t, &pair);
    return 0;
}

int token_load(struct token *t, const struct connection_row *row, struct err *e)
{
    if (t->kind == KIND_NONE || t->is_configured) {
        return token_second_load(t, e);
    }
    if (load_pair(t, e) == -1) {
        return err_prefix(e, "connection %s", t->c->name);
    }
    if (row != NULL && row->state != NULL && strcmp(row->state, "broken") == 0) {
        set_state(t, STATE_BROKEN, row->reason);
    }
    if (row != NULL && row->since_us > 0) {
        t->since_us = row->since_us;
    }
    schedule(t);
    return 0;
}

static void set_date(json_t *out, const char *key, int64_t us)
{
    char text[DATE_TEXT];
    if (us > 0) {
        date_format(us, text);
    }
    json_object_set_new(out, key, us > 0 ? json_string(text) : json_null());
}

static void set_text(json_t *out, const char *key, const char *text)
{
    json_object_set_new(out, key, text != NULL ? json_string(text) : json_null());
}

/* What a person sees: while a token is refreshed that is the news. */
static const char *shown_state(const struct token *t)
{
    bool is_refreshing = t->phase == PHASE_ASKING || t->phase == PHASE_COMMITTING;
    return t->state == STATE_CONNECTED && is_refreshing ? "refreshing" : state_name(t->state);
}

static json_t *remedy(const struct token *t)
{
    bool is_first_use = t->state == STATE_NEW && t->is_self_granted;
    if (t->state == STATE_CONNECTED || is_first_use) {
        return json_null();
    }
    return t->is_configured ? json_string("put a new token into ladle.yaml")
                            : json_sprintf("run `ladle connect %s`", t->c->name);
}

void token_describe(const struct token *t, json_t *out)
{
    set_text(out, "state", shown_state(t));
    json_object_set_new(out, "remedy", remedy(t));
    set_text(out, "reason", t->reason);
    set_date(out, "since", t->since_us);
    set_date(out, "expires_at", t->pair.expires_us);
    set_text(out, "scopes", t->pair.scopes);
    set_text(out, "account", t->pair.account);
}
