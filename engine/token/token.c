/*
 * Keeps the token of one connection fresh. Its life: new (nobody authorised it) → connected →
 * broken (the service refuses to refresh it: a person must authorise it again), and back to
 * connected.
 *
 * A refresh goes through phases, one at a time: LOOKING reads the stored token again, as another
 * process may have refreshed it; LEASING makes sure that no other process does so now
 * (token_lease.c); ASKING sends the refresh token; COMMITTING writes the new pair. Only then is the
 * pair used, so that a crash never leaves us with a pair that only memory knew. All calls that need
 * the new token wait in one list.
 *
 * How a refresh can end: a new pair; a refusal (4xx), which breaks the connection, or suspends it
 * where the connector knows the words as those of a state that passes; anything else
 * (no connection, 5xx, a lost answer), after which the old access token serves as long as it is
 * valid and the refresh is tried again, later and later. If the answer was lost the refresh token
 * may be spent: then the next try is refused, and the connection is broken with a reason that says
 * so. The commit of a new pair must land, as the refresh token before it is spent: while the store
 * cannot take it all who need the token wait.
 *
 * The refresh happens ahead of the expiry, by a timer with jitter, so that calls hardly ever wait.
 * Loop thread.
 */
#include "token/token.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "connection/account.h"
#include "connection/health.h"
#include "store/account_row.h"
#include "store/secret_row.h"
#include "token/token_state.h"

enum {
    SECOND_US = 1000 * 1000,
    SLACK_US = 30 * SECOND_US,  /* a token that expires sooner may expire on the way */
    AHEAD_US = 600 * SECOND_US, /* how long before its expiry a token is refreshed, at most */
    RETRY_FIRST_US = SECOND_US,
    RETRY_LONGEST_US = 60 * SECOND_US,
};
#define PAUSE_FIRST_US   (3600LL * SECOND_US) /* of a connection that is suspended */
#define PAUSE_LONGEST_US (24LL * 3600 * SECOND_US)
static const int64_t sleep_max_us = 3600LL * SECOND_US; /* the wall clock may jump: look again */

static void begin_due(struct token *t);

/* --- small things --- */

const char *token_state_name(enum token_state s)
{
    static const char *const names[] = { "new", "connected", "broken", "suspended" };
    return names[s];
}

void token_set_state(struct token *t, enum token_state state, const char *reason)
{
    if (t->state != state) {
        t->since_us = clock_wall_us();
    }
    t->state = state;
    t->c->trouble =
        state == STATE_BROKEN || state == STATE_SUSPENDED ? token_state_name(state) : NULL;
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
    return t->pair.refresh != NULL || t->is_self_granted || t->c->parent != NULL;
}

static int say_broken(const struct token *t, struct err *e)
{
    const char *reason = t->reason != NULL ? t->reason : "the service refuses its token";
    if (t->state == STATE_SUSPENDED) {
        return err_set(e, ERR_AUTH, "%s is suspended: %s; it is tried again by itself", t->c->name,
                       reason);
    }
    char *remedy = token_remedy(t);
    (void)err_set(e, ERR_AUTH, "%s is broken: %.300s; %s", t->c->name, reason, remedy);
    free(remedy);
    return -1;
}

static void count_refresh(const char *result)
{
    metric_add(
        metrics_counter("ladle_token_refreshes_total",
                        "Token refreshes by their end: `ok`, `refused` or the kind of the error.",
                        "result", result),
        1);
}

/* Wakes all who wait; e NULL: the token is good. */
static void wake_waiters(struct token *t, const struct err *e)
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
        begin_due(t);
    }
}

void token_tell_recovered(struct token *t)
{
    if (t->news->recovered != NULL) {
        t->news->recovered(t->news->ud, t->c);
    }
}

/* Arms the timer for the next thing to do unasked: a refresh ahead of the expiry, or another try.
 */
void token_schedule(struct token *t)
{
    bool is_retry = t->state == STATE_SUSPENDED;
    bool has_work =
        is_retry || (t->state == STATE_CONNECTED && can_renew(t) && t->refresh_at_us > 0);
    if (!has_work || t->phase != PHASE_IDLE) {
        timer_stop(&t->timer);
        return;
    }
    int64_t at = is_retry || t->retry_at_us > t->refresh_at_us ? t->retry_at_us : t->refresh_at_us;
    int64_t left = at - clock_wall_us();
    /* Never at once: what only looks at connections (`ladle connections`) is gone by then. */
    left = left < SECOND_US ? SECOND_US : left < sleep_max_us ? left : sleep_max_us;
    timer_start(&t->timer, left);
}

void token_on_timer(struct timer *timer)
{
    struct token *t = list_entry(timer, struct token, timer);
    int64_t now = clock_wall_us();
    bool is_retry = t->state == STATE_SUSPENDED;
    if (t->phase != PHASE_IDLE || now < t->retry_at_us || (!is_retry && now < t->refresh_at_us)) {
        token_schedule(t);
        return;
    }
    begin_due(t);
}

/* Makes the pair the one in use. */
void token_adopt(struct token *t, struct token_pair *pair)
{
    token_pair_fini(&t->pair);
    t->pair = *pair;
    *pair = (struct token_pair){ .access = NULL };
    t->generation++;
    t->failures = 0;
    t->retry_at_us = 0;
    t->was_lost = false;
    token_set_state(t, STATE_CONNECTED, NULL);
    int64_t ahead = lifetime_part(t, 3, AHEAD_US);
    int64_t jitter = (int64_t)clock_random_below((uint64_t)(ahead / 5) + 1);
    t->refresh_at_us = t->pair.expires_us > 0 ? t->pair.expires_us - ahead - jitter : 0;
}

/* --- the store --- */

struct connection_put *token_put(const struct token *t, const struct token_pair *pair)
{
    struct connection_put *put = connection_put_new();
    put->row = (struct connection_row){
        .name = xstrdup(t->c->name),
        .state = xstrdup(token_state_name(t->state)),
        .reason = xstrdup_or_null(t->reason),
        .scopes = xstrdup_or_null(pair->scopes),
        .account = xstrdup_or_null(pair->account != NULL ? pair->account : t->c->account),
        .since_us = t->since_us,
        .expires_us = pair->expires_us,
    };
    if (t->has_lease) {
        memcpy(put->lease_owner, t->c->env->owner, sizeof put->lease_owner);
        memcpy(put->lease_expected, t->stored, sizeof put->lease_expected);
    }
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

static bool is_under_way(const struct token *t)
{
    return t->http != NULL || t->has_exchange || t->writing != NULL || t->leasing != NULL;
}

/* Writes the state that it is in; a lease ends with it, but for that of a refresh that goes on. */
static void write_token_state(struct token *t)
{
    struct connection_put *put = token_put(t, &t->pair);
    if (is_under_way(t)) {
        put->lease_owner[0] = '\0';
    } else {
        t->has_lease = false;
    }
    put->op.must_land = true;
    put->op.done = state_written;
    store_submit(t->c->env->store, &put->op);
}

static void mark_broken(struct token *t, const char *reason)
{
    token_set_state(t, STATE_BROKEN, reason);
    char *remedy = token_remedy(t);
    log_error("token", "%s is broken: %s; %s", t->c->name, reason, remedy);
    free(remedy);
    health_emit(t->c, "connection_broken", reason, t->since_us);
    write_token_state(t);
}

/* --- suspended --- */

/* Whether the service says, in words that the connector knows, that it is for a while. */
static bool is_suspension(const struct token *t, const char *message)
{
    size_t i;
    json_t *words;
    json_array_foreach (json_object_get(t->c->auth, "suspended"), i, words) {
        if (strcasestr(message, json_string_value(words)) != NULL) {
            return true;
        }
    }
    return false;
}

static int64_t pause_us(struct token *t)
{
    bool was_well = t->state == STATE_CONNECTED && clock_wall_us() - t->since_us > PAUSE_LONGEST_US;
    t->pauses = was_well ? 0 : t->pauses;
    int64_t pause = PAUSE_FIRST_US;
    for (int i = 0; i < t->pauses && pause < PAUSE_LONGEST_US; i++) {
        pause *= 2;
    }
    t->pauses++;
    pause = pause < PAUSE_LONGEST_US ? pause : PAUSE_LONGEST_US;
    return pause + (int64_t)clock_random_below((uint64_t)pause / 10);
}

void token_suspend(struct token *t, const char *reason)
{
    bool is_news = t->state != STATE_SUSPENDED;
    t->retry_at_us = clock_wall_us() + pause_us(t);
    token_set_state(t, STATE_SUSPENDED, reason);
    if (is_news) {
        log_warn("token", "%s is suspended: %s; it is tried again by itself", t->c->name, reason);
        health_emit(t->c, "connection_broken", reason, t->since_us);
    }
    write_token_state(t);
    token_schedule(t);
}

void token_note_refusal(struct token *t, const char *message)
{
    if (t->state == STATE_CONNECTED && is_suspension(t, message)) {
        token_suspend(t, message);
    }
}

/* What it has may serve again: the service says what it thinks of it at the next call. */
static void resume_token(struct token *t)
{
    token_set_state(t, STATE_CONNECTED, NULL);
    t->retry_at_us = 0;
    write_token_state(t);
    token_schedule(t);
    token_tell_recovered(t);
}

/* The refresh came to nothing for now. */
void token_fail(struct token *t, const struct err *e)
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
    token_end_lease(t);
    count_refresh(err_kind_name(e->kind));
    log_warn("token", "%s: its token was not refreshed: %s", t->c->name, e->message);
    struct err copy = t->last;
    token_become_idle(t);
    wake_waiters(t, &copy);
    token_answer_ask(t, &copy);
}

/* An answer that was lost stays lost until there is a new pair, whatever the tries after it come
 * to. What a person tried does not spend the connection's own refresh token. */
static void note_lost(struct token *t, bool is_lost)
{
    t->was_lost = t->was_lost || (is_lost && t->ask.done == NULL);
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
    if (e != NULL && e->kind == ERR_CONFLICT) { /* that of another process is the newer one */
        log_warn("token", "%s", e->message);
        token_pair_fini(&t->next);
        t->has_lease = false;
        token_look(t);
        return;
    }
    if (e != NULL) { /* what was granted is lost; at a stop, on a disk that takes nothing */
        struct err failed = *e;
        (void)err_prefix(&failed, "%s: the new token could not be stored", t->c->name);
        token_pair_fini(&t->next);
        t->second.is_switching = false;
        note_lost(t, true);
        token_fail(t, &failed);
        return;
    }
    FAULT("token.committed");
    count_refresh("ok");
    log_info("token", "%s: new token stored", t->c->name);
    bool is_news = t->state != STATE_CONNECTED || t->ask.done != NULL;
    memcpy(t->stored, t->storing, sizeof t->stored);
    t->has_lease = false;
    token_adopt(t, &t->next);
    token_second_done(t);
    token_become_idle(t);
    wake_waiters(t, NULL);
    token_answer_ask(t, NULL);
    if (is_news) {
        token_tell_recovered(t);
    }
}

/* Writes t->next and the state "connected" that goes with it. It must land, unless it is the token
 * that a person has: who can be told, and has it still. */
void token_commit(struct token *t)
{
    t->phase = PHASE_COMMITTING;
    t->next.origin = t->kind == KIND_OAUTH ? TOKEN_FROM_GRANT : TOKEN_FROM_PERSON;
    struct connection_put *put = token_put(t, &t->next);
    free(put->row.state);
    free(put->row.reason);
    put->row.state = xstrdup(token_state_name(STATE_CONNECTED));
    put->row.reason = NULL;
    put->row.since_us = t->state == STATE_CONNECTED ? t->since_us : clock_wall_us();
    put->token_name = token_pair_name(t->c->name);
    token_pair_seal(&t->next, t->c->env->vault, put->token_name, &put->sealed, &put->len);
    sign_sha256_hex(put->sealed, put->len, t->storing);
    token_second_fill(t, put);
    put->op.must_land = t->ask.done == NULL || t->ask.type != NULL;
    put->op.done = committed;
    put->op.ud = t;
    t->writing = put;
    FAULT("token.before_commit");
    store_submit(t->c->env->store, &put->op);
}

/* --- asking --- */

/* Ends the refresh with the state that it led to. */
static void tell_refused(struct token *t, int status)
{
    struct err broken = ERR_INIT;
    (void)say_broken(t, &broken);
    broken.status = status;
    token_become_idle(t);
    wake_waiters(t, &broken);
}

void token_give_up(struct token *t, const char *reason)
{
    mark_broken(t, reason);
    tell_refused(t, 0);
}

void token_refuse(struct token *t, const struct err *e)
{
    if (t->ask.done != NULL) { /* what a person tried changes nothing */
        token_end_lease(t);
        token_become_idle(t);
        token_answer_ask(t, e);
        serve_waiters(t);
        return;
    }
    count_refresh("refused");
    if (t->c->parent != NULL && !t->is_exchanging && !is_suspension(t, e->message)) {
        token_exchange(t);
        return;
    }
    char reason[400];
    (void)snprintf(reason, sizeof reason, "%.300s%s", e->message,
                   t->was_lost && !t->is_self_granted
                       ? " (the answer to the refresh before this one was lost)"
                       : "");
    t->was_lost = false;
    if (is_suspension(t, e->message)) {
        token_suspend(t, reason);
    } else if (token_is_removed(t)) { /* what was under way when the app went is no news */
        token_suspend(t, ACCOUNT_REMOVED_REASON);
    } else {
        mark_broken(t, reason);
    }
    tell_refused(t, e->status);
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

static void refresh_answered(struct token *t, const struct http_response *res)
{
    struct token_pair pair, by_hand;
    struct err e = ERR_INIT;
    if (token_grant_read(&pair, t->c, res, replaced(t, &by_hand), &e) == 0) {
        if (token_check_ask(t, &pair, &e) == -1) {
            token_pair_fini(&pair);
            token_refuse(t, &e);
            return;
        }
        token_pair_fini(&t->next);
        t->next = pair;
        token_commit(t);
    } else if (e.kind == ERR_AUTH) {
        token_refuse(t, &e);
    } else {
        note_lost(t, e.kind == ERR_PROTOCOL);
        token_fail(t, &e);
    }
}

static void asked(void *ud, const struct http_response *res, const struct err *failed)
{
    struct token *t = ud;
    t->http = NULL;
    if (failed != NULL) {
        struct err e = *failed;
        bool is_lost = e.kind == ERR_UNKNOWN;
        note_lost(t, is_lost);
        e.kind = is_lost ? ERR_UNAVAILABLE : e.kind; /* the call that waits was not sent */
        (void)err_prefix(&e, "the token endpoint of %s", t->c->name);
        token_fail(t, &e);
    } else {
        refresh_answered(t, res);
    }
}

void token_send(struct token *t, const struct token_grant *g)
{
    struct err e = ERR_INIT;
    t->phase = PHASE_ASKING;
    struct token_sending how = { .done = asked, .ud = t };
    if (token_grant_send(t->c, g, &how, &e) == -1) {
        token_fail(t, &e);
        return;
    }
    t->http = how.call;
}

/* With the lease. An account that has nothing to refresh, or does not know whether that is spent,
 * gets its token from its parent's. */
static void refresh(struct token *t)
{
    if (t->is_self_granted) {
        token_send(t, &(struct token_grant){ .type = "client_credentials" });
        return;
    }
    if (t->c->parent != NULL && (t->pair.refresh == NULL || t->was_lost)) {
        token_exchange(t);
        return;
    }
    if (t->pair.refresh == NULL) {
        token_give_up(t, "its access token has expired, and it has no refresh token");
        return;
    }
    token_send(t, &(struct token_grant){
                      .type = "refresh_token",
                      .field = "refresh_token",
                      .value = t->pair.refresh,
                  });
}

/* --- looking --- */

/* Takes the stored pair into use if it was stored by somebody else: 1; 0: it is the one in use; -1:
 * it cannot be opened. Then nothing may be sent: ours may be spent. While the master key is changed
 * that lasts until the new one is read. */
static int take_stored(struct token *t, const struct secret_get *get, struct err *e)
{
    struct token_pair stored = { .access = NULL };
    struct err why = ERR_INIT;
    char digest[SIGN_SHA256_HEX + 1];
    if (get->sealed == NULL) {
        return 0;
    }
    sign_sha256_hex(get->sealed, get->len, digest);
    if (strcmp(digest, t->stored) == 0) {
        return 0;
    }
    if (token_pair_open(&stored, t->c->env->vault, get->name, get->sealed, get->len, &why) == -1) {
        return err_set(e, ERR_UNAVAILABLE, "%s: its stored token cannot be read: %s", t->c->name,
                       why.message);
    }
    if (!t->is_unknown) {
        log_info("token", "%s: took over the token that another process stored", t->c->name);
    }
    memcpy(t->stored, digest, sizeof t->stored);
    token_adopt(t, &stored);
    return 1;
}

/* The first look at an account's rows. */
static void know(struct token *t, const struct secret_get *get)
{
    t->is_unknown = false;
    if (get->state != NULL && strcmp(get->state, "broken") == 0) {
        token_set_state(t, STATE_BROKEN, get->reason);
    } else if (get->state != NULL && strcmp(get->state, "suspended") == 0) {
        token_set_state(t, STATE_SUSPENDED, get->reason);
        t->retry_at_us = clock_wall_us() + pause_us(t);
    }
}

/* After a look that was asked for by token_reload, that found another process's pair, or that found
 * an account which does not work. */
static void go_on(struct token *t, bool is_changed, bool is_news)
{
    t->wants_reload = false;
    token_become_idle(t);
    if (is_news) {
        token_tell_recovered(t);
    }
    if (is_changed && token_is_broken(t)) {
        struct err e = ERR_INIT;
        (void)say_broken(t, &e);
        wake_waiters(t, &e);
    } else if (is_changed && is_valid(t)) {
        wake_waiters(t, NULL);
    }
    serve_waiters(t);
}

static void token_read(struct store_op *op, const struct err *e)
{
    struct secret_get *get = list_entry(op, struct secret_get, op);
    struct token *t = op->ud;
    if (t == NULL) {
        secret_get_free(get);
        return;
    }
    t->reading = NULL;
    bool is_first = t->is_unknown;
    struct err why = e != NULL ? *e : ERR_INIT;
    int taken = e == NULL ? take_stored(t, get, &why) : -1;
    bool is_new = taken == 1;
    if (e == NULL && is_first) {
        know(t, get);
    }
    token_second_seen(t, get);
    secret_get_free(get);
    bool is_stuck = is_first && token_is_broken(t);
    if (t->wants_reload || is_new || is_stuck) {
        go_on(t, is_new || is_stuck, is_new && !is_first);
    } else if (taken == -1) {
        token_fail(t, &why); /* what cannot be read cannot be committed either */
    } else if (t->kind == KIND_STATIC) {
        token_second_use(t);
    } else {
        token_lease(t, refresh);
    }
}

void token_look(struct token *t)
{
    t->phase = PHASE_LOOKING;
    char *name = token_pair_name(t->c->name);
    t->reading = secret_get_new(name);
    free(name);
    t->reading->connection = t->is_unknown ? xstrdup(t->c->name) : NULL;
    token_second_ask(t, t->reading);
    t->reading->op.must_land = true;
    t->reading->op.done = token_read;
    t->reading->op.ud = t;
    store_submit_read(t->c->env->store, &t->reading->op);
}

/* Goes on with what is to be done: try again what was suspended, switch to a second token, or
 * refresh. */
static void begin_due(struct token *t)
{
    assert(t->phase == PHASE_IDLE);
    if (t->state == STATE_SUSPENDED && is_valid(t)) {
        resume_token(t);
    } else if (t->kind == KIND_STATIC) {
        token_second_look(t);
    } else {
        token_look(t);
    }
}

void token_become_idle(struct token *t)
{
    t->phase = PHASE_IDLE;
    if (t->wants_reload) {
        token_look(t);
        return;
    }
    token_schedule(t);
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

static int say_needed(const struct token *t, const char *why, struct err *e)
{
    char *remedy = token_remedy(t);
    (void)err_set(e, ERR_AUTH, "%s: %s; %s", t->c->name, why, remedy);
    free(remedy);
    return -1;
}

int token_get(struct token *t, uint64_t refused_generation, struct token_wait *w, struct err *e)
{
    bool is_refused = refused_generation != 0 && refused_generation == t->generation;
    if (t->kind == KIND_NONE) {
        return is_refused ? say_needed(t, "the service asks for a token", e) : 1;
    }
    if (token_is_broken(t)) {
        return say_broken(t, e);
    }
    if (t->pair.access == NULL && !t->is_self_granted && t->c->parent == NULL) {
        return say_needed(t, "it is not connected", e);
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
        begin_due(t);
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

const char *token_account(const struct token *t)
{
    return t->pair.account;
}

bool token_is_busy(const struct token *t, bool is_late)
{
    bool is_asked = t->ask.done != NULL || t->next_ask.done != NULL;
    return t->writing != NULL || (!is_late && (t->phase != PHASE_IDLE || is_asked));
}

bool token_is_broken(const struct token *t)
{
    return t->state == STATE_BROKEN || t->state == STATE_SUSPENDED;
}
