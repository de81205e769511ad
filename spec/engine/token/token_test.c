/* Tokens: refreshed early, once, and committed before they are used. */
#include "../service/fixture.h"

#include "../service/lua_table.h"
#include "base/log.h"
#include "store/event.h"
#include "store/lease_row.h"
#include "token/token_pair.h"
#include "token/token_state.h"

#define CONFIG                                                                                     \
    "{'auth':'oauth','client_id':'app-1','client_secret':'client-secret-1','location':'L1',"       \
    "'base_url':'https://api.test'}"

static struct connection *crm(struct fixture *f)
{
    return fix_add(f, "crm", fix_connector(f, "highlevel", connector_file("highlevel")), CONFIG);
}

struct asked {
    int count;
    struct err err;
};

static void on_asked(void *ud, const struct err *e)
{
    struct asked *a = ud;
    a->count++;
    a->err = e != NULL ? *e : ERR_INIT;
}

static void exchange(struct connection *c, const char *code, const char *redirect_uri,
                     struct asked *a)
{
    struct secret *value = secret_new(code, strlen(code));
    token_exchange_code(c, &(struct token_code){ .code = value, .redirect_uri = redirect_uri },
                        on_asked, a);
    secret_free(value);
}

/* A connection with the pair access-1, refresh-1, good for `lifetime_s`. The exchange is request 0.
 */
static struct connection *connected(struct fixture *f, int lifetime_s)
{
    struct asked a = { .count = 0 };
    struct connection *c = crm(f);
    fix_start(f);
    exchange(c, "code-1", "https://me.test/cb", &a);
    fix_settle(f);
    char body[300];
    snprintf(body, sizeof body,
             "{'access_token':'access-1','refresh_token':'refresh-1','expires_in':%d,"
             "'scope':'contacts.readonly contacts.write','locationId':'L1'}",
             lifetime_s);
    fix_answer(f, 0, 200, NULL, body);
    fix_settle(f);
    assert_int_equal(a.count, 1);
    assert_int_equal(a.err.kind, ERR_NONE);
    return c;
}

static bool has_field(const struct sent *s, const char *field)
{
    return s->body != NULL && strstr(s->body, field) != NULL;
}

static const char *state_of(struct connection *c)
{
    static char text[32];
    json_t *v = connection_json(c);
    snprintf(text, sizeof text, "%s", json_get_text(v, "state"));
    json_decref(v);
    return text;
}

struct waiter {
    struct token_wait wait;
    int count;
    struct err err;
};

static void on_ready(struct token_wait *w, const struct err *e)
{
    struct waiter *one = list_entry(w, struct waiter, wait);
    one->count++;
    one->err = e != NULL ? *e : ERR_INIT;
}

static int get(struct connection *c, uint64_t refused, struct waiter *w)
{
    *w = (struct waiter){ .wait.ready = on_ready };
    list_init(&w->wait.link);
    return token_get(c->token, refused, &w->wait, &w->err);
}

#define NEW_PAIR(n)                                                                                \
    "{'access_token':'access-" #n "','refresh_token':'refresh-" #n "','expires_in':86399}"

/* --- ladle connect --- */

static void a_code_is_exchanged_for_a_pair_that_survives_a_restart(void **state)
{
    struct fixture *f = *state;
    struct connection *c = connected(f, 86399);
    const struct sent *s = &f->http.sent[0];
    assert_string_equal(s->url, "https://api.test/oauth/token");
    assert_string_equal(sent_header(s, "Content-Type"), "application/x-www-form-urlencoded");
    assert_true(has_field(s, "grant_type=authorization_code") && has_field(s, "code=code-1") &&
                has_field(s, "client_id=app-1") && has_field(s, "client_secret=client-secret-1") &&
                has_field(s, "user_type=Location") &&
                has_field(s, "redirect_uri=https%3A%2F%2Fme.test%2Fcb"));
    assert_int_equal(f->recovered, 1);
    json_t *v = connection_json(c);
    assert_string_equal(json_get_text(v, "state"), "connected");
    assert_string_equal(json_get_text(v, "account"), "L1");
    assert_string_equal(json_get_text(v, "expires_at"), "2026-11-24T09:59:59.000Z");
    json_decref(v);
    fix_restart(f);
    c = crm(f);
    fix_start(f);
    assert_string_equal(secret_bytes(token_access(c->token)), "access-1");
    assert_string_equal(state_of(c), "connected");
}

static void a_refused_code_changes_nothing(void **state)
{
    struct fixture *f = *state;
    struct asked a = { .count = 0 };
    struct connection *c = connected(f, 86399);
    exchange(c, "old", NULL, &a);
    fix_settle(f);
    fix_answer(f, 1, 400, NULL,
               "{'error':'invalid_grant','error_description':'the code is spent'}");
    assert_int_equal(a.count, 1);
    assert_int_equal(a.err.kind, ERR_AUTH);
    assert_contains(a.err.message, "the code is spent");
    assert_string_equal(state_of(c), "connected");
    assert_string_equal(secret_bytes(token_access(c->token)), "access-1");
}

static void a_refresh_token_given_by_hand_is_kept_where_the_answer_has_none(void **state)
{
    struct fixture *f = *state;
    struct asked a = { .count = 0 };
    struct connection *c = crm(f);
    fix_start(f);
    struct secret *value = secret_new("refresh-0", 9);
    token_exchange_refresh(c, value, on_asked, &a);
    secret_free(value);
    fix_settle(f);
    assert_true(has_field(&f->http.sent[0], "refresh_token=refresh-0"));
    fix_answer(f, 0, 200, NULL, "{'accessToken':'access-1','expiresIn':'60'}");
    fix_settle(f);
    assert_int_equal(a.count, 1);
    fix_pass(f, 61 * SECOND);
    struct waiter w;
    assert_int_equal(get(c, 0, &w), 0);
    fix_settle(f);
    assert_true(has_field(&f->http.sent[1], "refresh_token=refresh-0"));
    token_cancel(c->token, &w.wait);
}

static void a_private_token_is_stored_and_a_refused_one_breaks_the_connection(void **state)
{
    struct fixture *f = *state;
    struct asked a = { .count = 0 };
    struct connector *hl = fix_connector(f, "highlevel", connector_file("highlevel"));
    struct connection *c = fix_add(f, "crm", hl, "{'auth':'token'}");
    fix_start(f);
    struct waiter w;
    assert_int_equal(get(c, 0, &w), -1);
    assert_int_equal(w.err.kind, ERR_AUTH);
    assert_contains(w.err.message, "ladle connect crm");
    struct secret *value = secret_new("pit-12345", 9);
    token_store(c, value, on_asked, &a);
    secret_free(value);
    fix_settle(f);
    assert_int_equal(a.count, 1);
    assert_int_equal(get(c, 0, &w), 1);
    assert_int_equal(get(c, token_generation(c->token), &w), 0);
    fix_settle(f);
    assert_int_equal(w.count, 1);
    assert_true(connection_is_broken(c));
    assert_contains(w.err.message, "ladle connect crm");
    fix_restart(f);
    c = fix_add(f, "crm", fix_connector(f, "highlevel", connector_file("highlevel")),
                "{'auth':'token'}");
    fix_start(f);
    assert_true(connection_is_broken(c));
}

static void what_does_not_fit_the_settings_is_refused(void **state)
{
    struct fixture *f = *state;
    struct asked a = { .count = 0 };
    struct connection *c = crm(f);
    fix_start(f);
    struct secret *value = secret_new("pit-12345", 9);
    token_store(c, value, on_asked, &a);
    secret_free(value);
    assert_int_equal(a.count, 0); /* never at once */
    fix_turn(f);
    assert_int_equal(a.count, 1);
    assert_int_equal(a.err.kind, ERR_CONFIG);
}

/* --- refresh --- */

static void all_who_wait_share_one_refresh(void **state)
{
    struct fixture *f = *state;
    struct connection *c = connected(f, 3600);
    fix_wall_us += 3600 * SECOND; /* it was asleep: no timer could refresh ahead */
    struct waiter w[20];
    for (int i = 0; i < 20; i++) {
        assert_int_equal(get(c, 0, &w[i]), 0);
    }
    fix_settle(f);
    assert_int_equal(f->http.count, 2);
    assert_true(has_field(&f->http.sent[1], "grant_type=refresh_token") &&
                has_field(&f->http.sent[1], "refresh_token=refresh-1"));
    fix_answer(f, 1, 200, NULL, NEW_PAIR(2));
    fix_settle(f);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(w[i].count, 1);
        assert_int_equal(w[i].err.kind, ERR_NONE);
    }
    assert_string_equal(secret_bytes(token_access(c->token)), "access-2");
    assert_int_equal(f->http.count, 2);
}

static void a_pair_is_not_used_before_it_is_committed(void **state)
{
    struct fixture *f = *state;
    struct connection *c = connected(f, 3600);
    fix_wall_us += 3600 * SECOND;
    struct waiter w;
    assert_int_equal(get(c, 0, &w), 0);
    fix_settle(f);
    struct sent *s = &f->http.sent[1];
    struct http_response res = { .status = 200 };
    buf_init(&res.body, 1000);
    buf_puts(&res.body,
             "{\"access_token\":\"access-2\",\"refresh_token\":\"refresh-2\",\"expires_in\":3600}");
    s->done(s->ud, &res, NULL);
    s->done = NULL;
    buf_fini(&res.body);
    assert_int_equal(w.count, 0); /* the answer is there, the commit is not */
    assert_string_equal(secret_bytes(token_access(c->token)), "access-1");
    fix_settle(f);
    assert_int_equal(w.count, 1);
    assert_string_equal(secret_bytes(token_access(c->token)), "access-2");
}

static void a_refresh_happens_ahead_of_the_expiry_by_itself(void **state)
{
    struct fixture *f = *state;
    struct connection *c = connected(f, 86399);
    struct waiter w;
    for (int i = 0; i < 142; i++) {
        fix_pass(f, 600 * SECOND);
    }
    fix_pass(f,
             478 * SECOND); /* 12 min and 1 s before the end: 10 min, and a jitter of at most 2 */
    fix_settle(f);
    assert_int_equal(f->http.count, 1);
    fix_pass(f, 122 * SECOND);
    fix_settle(f);
    assert_int_equal(f->http.count, 2);
    assert_int_equal(get(c, 0, &w), 1); /* nobody waits meanwhile */
    fix_answer(f, 1, 200, NULL, NEW_PAIR(2));
    fix_settle(f);
    assert_string_equal(secret_bytes(token_access(c->token)), "access-2");
}

/* Connections that were authorised in one moment are not refreshed in one moment. */
static void the_moment_of_a_refresh_is_drawn_from_two_minutes(void **state)
{
    struct fixture *f = *state;
    struct connection *c = connected(f, 86399);
    int64_t least = INT64_MAX, most = 0;
    for (size_t i = 1; i <= 30; i++) {
        struct waiter w;
        int64_t ahead_us = c->token->pair.expires_us - c->token->refresh_at_us;
        least = ahead_us < least ? ahead_us : least;
        most = ahead_us > most ? ahead_us : most;
        assert_int_equal(get(c, token_generation(c->token), &w), 0);
        fix_settle(f);
        fix_answer(f, i, 200, NULL, NEW_PAIR(2));
        fix_settle(f);
    }
    assert_in_range(least, 600 * SECOND, 630 * SECOND);
    assert_in_range(most, 690 * SECOND, 720 * SECOND);
}

static void a_token_that_would_expire_on_the_way_is_not_used(void **state)
{
    struct fixture *f = *state;
    struct connection *c = connected(f, 3600);
    struct waiter w;
    fix_wall_us += 3569 * SECOND;
    assert_int_equal(get(c, 0, &w), 1);
    fix_wall_us += 2 * SECOND;
    assert_int_equal(get(c, 0, &w), 0);
    token_cancel(c->token, &w.wait);
}

/* Answers whatever is asked for with 503, second by second; how often it was. */
static size_t refuse_for(struct fixture *f, int seconds)
{
    size_t before = f->http.count;
    for (int i = 0; i < seconds; i++) {
        fix_pass(f, SECOND);
        fix_settle(f);
        for (size_t k = before; k < f->http.count; k++) {
            if (f->http.sent[k].done != NULL) {
                fix_answer(f, k, 503, NULL, "down");
            }
        }
    }
    return f->http.count - before;
}

static void a_refresh_that_fails_is_tried_less_and_less_often_but_once_a_minute(void **state)
{
    struct fixture *f = *state;
    (void)connected(f, 3600);
    fix_pass(f, 3000 * SECOND + 1);
    assert_in_range(refuse_for(f, 60), 4, 8);
    assert_in_range(refuse_for(f, 600), 7, 12);
}

static size_t count_events(struct fixture *f, const char *type)
{
    struct event_list *list = event_list_new();
    bool is_read = false;
    list->type = type;
    list->op.done = fix_barrier_done;
    list->op.ud = &is_read;
    store_submit_read(f->store, &list->op);
    while (!is_read) {
        loop_turn(f->loop, true);
    }
    size_t count = list->count;
    event_list_free(list);
    return count;
}

static void a_refused_refresh_breaks_the_connection_with_a_remedy(void **state)
{
    struct fixture *f = *state;
    struct connection *c = connected(f, 3600);
    fix_wall_us += 3600 * SECOND;
    struct waiter w;
    assert_int_equal(get(c, 0, &w), 0);
    fix_settle(f);
    fix_answer(f, 1, 400, NULL,
               "{'error':'invalid_grant','error_description':'the refresh token is spent'}");
    fix_settle(f);
    assert_int_equal(w.err.kind, ERR_AUTH);
    assert_contains(w.err.message, "the refresh token is spent");
    assert_contains(w.err.message, "ladle connect crm");
    assert_true(connection_is_broken(c));
    assert_int_equal(count_events(f, "connection_broken"), 1);
    assert_int_equal(get(c, 0, &w), -1);
    fix_pass(f, 7200 * SECOND);
    fix_settle(f);
    assert_int_equal(f->http.count, 2); /* nothing is tried any more */
    fix_restart(f);
    c = crm(f);
    fix_start(f);
    assert_true(connection_is_broken(c));
    json_t *v = connection_json(c);
    assert_contains(json_get_text(v, "reason"), "spent");
    json_decref(v);
}

static void a_connection_that_is_authorised_again_recovers(void **state)
{
    struct fixture *f = *state;
    struct connection *c = connected(f, 3600);
    fix_wall_us += 3600 * SECOND;
    struct waiter w;
    assert_int_equal(get(c, 0, &w), 0);
    fix_settle(f);
    fix_answer(f, 1, 401, NULL, "{'message':'no'}");
    fix_settle(f);
    struct asked a = { .count = 0 };
    exchange(c, "code-2", NULL, &a);
    fix_settle(f);
    fix_answer(f, 2, 200, NULL, NEW_PAIR(3));
    fix_settle(f);
    assert_int_equal(a.count, 1);
    assert_int_equal(f->recovered, 2);
    assert_false(connection_is_broken(c));
    assert_int_equal(get(c, 0, &w), 1);
}

static void a_service_that_is_down_leaves_the_old_token_in_use(void **state)
{
    struct fixture *f = *state;
    struct connection *c = connected(f, 3600);
    struct waiter w;
    fix_pass(f, 3000 * SECOND + 1); /* the refresh ahead of the expiry */
    fix_settle(f);
    assert_int_equal(f->http.count, 2);
    fix_answer(f, 1, 503, NULL, "down");
    assert_int_equal(get(c, 0, &w), 1);
    assert_string_equal(state_of(c), "connected");
    /* Tried again, later and later. */
    fix_pass(f, 2 * SECOND);
    fix_settle(f);
    assert_int_equal(f->http.count, 3);
    fix_break(f, 2, ERR_UNREACHABLE);
    fix_pass(f, SECOND);
    fix_settle(f);
    assert_int_equal(f->http.count, 3);
    fix_pass(f, 2 * SECOND);
    fix_settle(f);
    assert_int_equal(f->http.count, 4);
    fix_answer(f, 3, 200, NULL, NEW_PAIR(2));
    fix_settle(f);
    assert_string_equal(secret_bytes(token_access(c->token)), "access-2");
}

static void who_needs_a_token_while_the_service_is_down_learns_when_to_try(void **state)
{
    struct fixture *f = *state;
    struct connection *c = connected(f, 3600);
    fix_wall_us += 3600 * SECOND;
    struct waiter w;
    assert_int_equal(get(c, 0, &w), 0);
    fix_settle(f);
    fix_answer(f, 1, 503, "retry-after: 20", "down");
    assert_int_equal(w.count, 1);
    assert_int_equal(w.err.kind, ERR_UNAVAILABLE);
    assert_int_equal(w.err.retry_at_us, fix_wall_us + 20 * SECOND);
    assert_int_equal(get(c, 0, &w), -1);
    assert_true(w.err.retry_at_us > fix_wall_us);
    assert_int_equal(f->http.count, 2);
}

static void an_answer_without_sense_is_a_failure_that_passes(void **state)
{
    static const char *const bodies[] = { "", "<html>maintenance</html>", "{}" };
    struct fixture *f = *state;
    struct connection *c = connected(f, 3600);
    size_t sent = 1;
    fix_pass(f, 3700 * SECOND);
    for (int i = 0; i < 3; i++) {
        struct waiter w;
        fix_settle(f);
        assert_int_equal(get(c, 0, &w), 0);
        assert_int_equal(f->http.count, sent + 1);
        fix_answer(f, sent++, 200, NULL, bodies[i]);
        fix_settle(f);
        assert_int_equal(w.err.kind, ERR_UNAVAILABLE);
        assert_true(w.err.retry_at_us > fix_wall_us);
        assert_false(connection_is_broken(c));
        fix_pass(f, w.err.retry_at_us - fix_wall_us);
    }
    fix_settle(f);
    fix_answer(f, sent, 200, NULL, NEW_PAIR(2));
    fix_settle(f);
    struct waiter w;
    assert_int_equal(get(c, 0, &w), 1);
}

static void after_a_lost_answer_the_old_token_serves_and_one_more_refresh_decides(void **state)
{
    struct fixture *f = *state;
    struct connection *c = connected(f, 3600);
    struct waiter w;
    fix_pass(f, 3000 * SECOND + 1);
    fix_settle(f);
    fix_break(f, 1, ERR_UNKNOWN);
    assert_int_equal(get(c, 0, &w), 1);
    fix_pass(f, 2 * SECOND);
    fix_settle(f);
    assert_int_equal(f->http.count, 3);
    fix_answer(f, 2, 400, NULL, "{'error':'invalid_grant'}");
    fix_settle(f);
    assert_true(connection_is_broken(c));
    json_t *v = connection_json(c);
    assert_contains(json_get_text(v, "reason"), "was lost");
    json_decref(v);
}

/* Nor does the row of the lease: who refreshes next has to know, too. */
static void a_lost_answer_is_not_forgotten_over_a_try_that_reached_nobody(void **state)
{
    struct fixture *f = *state;
    struct connection *c = connected(f, 3600);
    fix_pass(f, 3000 * SECOND + 1);
    fix_settle(f);
    fix_break(f, 1, ERR_UNKNOWN);
    fix_settle(f);
    fix_pass(f, 2 * SECOND);
    fix_settle(f);
    fix_break(f, 2, ERR_UNREACHABLE);
    fix_settle(f);
    fix_pass(f, 4 * SECOND);
    fix_settle(f);
    fix_answer(f, 3, 400, NULL, "{'error':'invalid_grant'}");
    fix_settle(f);
    json_t *v = connection_json(c);
    assert_contains(json_get_text(v, "reason"), "was lost");
    json_decref(v);
}

/* It is a code that is gone, not the refresh token. */
static void a_code_whose_answer_is_lost_says_nothing_of_the_refresh_token(void **state)
{
    struct fixture *f = *state;
    struct connection *c = connected(f, 3600);
    struct asked a = { .count = 0 };
    exchange(c, "code-2", "https://me.test/cb", &a);
    fix_settle(f);
    fix_break(f, 1, ERR_UNKNOWN);
    fix_settle(f);
    assert_int_equal(a.count, 1);
    fix_pass(f, 3000 * SECOND + 1);
    fix_settle(f);
    fix_answer(f, 2, 400, NULL, "{'error':'invalid_grant'}");
    fix_settle(f);
    json_t *v = connection_json(c);
    assert_null(strstr(json_get_text(v, "reason"), "was lost"));
    json_decref(v);
}

static void a_token_that_the_service_refuses_is_refreshed_once_for_all(void **state)
{
    struct fixture *f = *state;
    struct connection *c = connected(f, 86399);
    uint64_t old = token_generation(c->token);
    struct waiter w[3];
    assert_int_equal(get(c, old, &w[0]), 0);
    assert_int_equal(get(c, old, &w[1]), 0);
    fix_settle(f);
    fix_answer(f, 1, 200, NULL, NEW_PAIR(2));
    fix_settle(f);
    assert_int_equal(w[0].count + w[1].count, 2);
    assert_int_equal(get(c, old, &w[2]), 1); /* its token is older than the one in use */
    assert_int_equal(f->http.count, 2);
}

/* The refusal comes when there is a new token: it is about the one before. */
static void a_refusal_that_comes_late_asks_for_no_further_refresh(void **state)
{
    struct fixture *f = *state;
    struct connection *c = connected(f, 86399);
    struct outcome o[2] = { { .count = 0 } };
    fix_call(f, c, "get_contact", "{'contactId':'c1'}", &o[0]);
    fix_answer(f, 1, 200, NULL, "{'contact':{}}");
    fix_settle(f); /* its limiter has learned */
    outcome_fini(&o[0]);
    for (size_t i = 0; i < 2; i++) {
        fix_call(f, c, "get_contact", i == 0 ? "{'contactId':'c1'}" : "{'contactId':'c2'}", &o[i]);
    }
    assert_int_equal(f->http.count, 4);
    fix_answer(f, 2, 401, NULL, "{'message':'Invalid JWT'}");
    fix_settle(f);
    fix_answer(f, 4, 200, NULL, NEW_PAIR(2));
    fix_settle(f);
    fix_answer(f, 3, 401, NULL, "{'message':'Invalid JWT'}");
    fix_settle(f);
    assert_int_equal(f->http.count, 7); /* both calls once more, and no other refresh */
    for (size_t i = 5; i < 7; i++) {
        assert_string_equal(sent_header(&f->http.sent[i], "Authorization"), "Bearer access-2");
        fix_answer(f, i, 200, NULL, "{'contact':{}}");
    }
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(o[i].err.kind, ERR_NONE);
        outcome_fini(&o[i]);
    }
}

static void who_cancels_is_not_woken(void **state)
{
    struct fixture *f = *state;
    struct connection *c = connected(f, 3600);
    fix_wall_us += 3600 * SECOND;
    struct waiter w;
    assert_int_equal(get(c, 0, &w), 0);
    token_cancel(c->token, &w.wait);
    fix_settle(f);
    fix_answer(f, 1, 200, NULL, NEW_PAIR(2));
    fix_settle(f);
    assert_int_equal(w.count, 0);
}

/* Another process writes a pair under the connection's name. */
static void store_elsewhere(struct fixture *f, const char *access)
{
    struct token_pair p = {
        .access = secret_new(access, strlen(access)),
        .refresh = secret_new("refresh-9", 9),
        .expires_us = fix_wall_us + 86400 * SECOND,
        .lifetime_us = 86400 * SECOND,
    };
    struct secret_put *put = secret_put_new("token:crm", NULL, 0);
    token_pair_seal(&p, f->vault, "token:crm", &put->sealed, &put->len);
    bool is_done = false;
    put->op.done = fix_barrier_done;
    put->op.ud = &is_done;
    store_submit(f->store, &put->op);
    while (!is_done) {
        loop_turn(f->loop, true);
    }
    secret_put_free(put);
    token_pair_fini(&p);
}

static void a_pair_that_another_process_stored_is_taken_instead_of_a_refresh(void **state)
{
    struct fixture *f = *state;
    struct connection *c = connected(f, 3600);
    fix_wall_us += 3600 * SECOND;
    store_elsewhere(f, "access-9");
    struct waiter w;
    assert_int_equal(get(c, 0, &w), 0);
    fix_settle(f);
    assert_int_equal(w.count, 1);
    assert_int_equal(w.err.kind, ERR_NONE);
    assert_string_equal(secret_bytes(token_access(c->token)), "access-9");
    assert_int_equal(f->http.count, 1);
}

/* The master key was changed by another process, and this one has not read the new one yet. */
/* --- the lease --- */

/* What another process is told that asks for the lease; free with lease_take_free. */
static struct lease_take *take_as_other(struct fixture *f, const struct connection *c)
{
    struct lease_take *l = lease_take_new("crm", "other");
    bool is_done = false;
    memcpy(l->expected, c->token->stored, sizeof l->expected);
    l->op.done = fix_barrier_done;
    l->op.ud = &is_done;
    store_submit(f->store, &l->op);
    while (!is_done) {
        loop_turn(f->loop, true);
    }
    return l;
}

static void a_refresh_that_came_to_nothing_gives_its_lease_back(void **state)
{
    struct fixture *f = *state;
    struct connection *c = connected(f, 3600);
    struct waiter w;
    fix_wall_us += 3600 * SECOND;
    assert_int_equal(get(c, 0, &w), 0);
    fix_settle(f);
    struct lease_take *l = take_as_other(f, c);
    assert_int_equal(l->verdict, LEASE_HELD);
    lease_take_free(l);
    fix_answer(f, 1, 503, NULL, "down");
    fix_settle(f);
    l = take_as_other(f, c);
    assert_int_equal(l->verdict, LEASE_TAKEN);
    assert_false(l->is_unclear);
    lease_take_free(l);
}

static void of_a_process_that_died_with_its_refresh_the_answer_may_be_lost(void **state)
{
    struct fixture *f = *state;
    struct connection *c = connected(f, 3600);
    struct waiter w;
    lease_take_free(take_as_other(f, c)); /* and is never heard of again */
    fix_wall_us += 3600 * SECOND;
    assert_int_equal(get(c, 0, &w), 0);
    fix_settle(f);
    fix_answer(f, 1, 400, NULL, "{'error':'invalid_grant'}");
    fix_settle(f);
    assert_contains(w.err.message, "was lost");
}

/* Its commit is under way while the stored token is looked at: the lease finds it out. */
static void a_pair_that_is_stored_before_the_lease_is_taken_is_not_asked_for(void **state)
{
    struct fixture *f = *state;
    struct connection *c = connected(f, 3600);
    struct waiter w;
    bool is_stored = false;
    uint8_t *sealed;
    size_t len;
    struct token_pair pair = { .access = secret_new("access-9", 8),
                               .refresh = secret_new("refresh-9", 9),
                               .lifetime_us = 3600 * SECOND,
                               .expires_us = fix_wall_us + 7200 * SECOND };
    token_pair_seal(&pair, f->vault, "token:crm", &sealed, &len);
    token_pair_fini(&pair);
    struct secret_put *put = secret_put_new("token:crm", sealed, len);
    put->op.done = fix_barrier_done;
    put->op.ud = &is_stored;
    fix_wall_us += 3600 * SECOND;
    fix_arm("store.before_commit=stall@1..+300ms");
    store_submit(f->store, &put->op);
    assert_int_equal(get(c, 0, &w), 0);
    fix_settle(f);
    fault_disarm();
    assert_true(is_stored);
    secret_put_free(put);
    assert_int_equal(w.count, 1);
    assert_string_equal(secret_bytes(token_access(c->token)), "access-9");
    assert_int_equal(f->http.count, 1);
}

static void what_cannot_be_opened_yet_stops_the_refresh_until_it_can(void **state)
{
    struct fixture *f = *state;
    struct connection *c = connected(f, 3600);
    struct key *key =
        key_parse("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", 64);
    struct vault *fresh = vault_of(key);
    struct token_pair pair = { .access = secret_new("access-9", 8),
                               .refresh = secret_new("refresh-9", 9),
                               .expires_us = fix_wall_us + 7200 * SECOND };
    uint8_t *sealed;
    size_t len;
    token_pair_seal(&pair, fresh, "token:crm", &sealed, &len);
    token_pair_fini(&pair);
    struct secret_put *put = secret_put_new("token:crm", sealed, len);
    bool is_written = false;
    put->op.done = fix_barrier_done;
    put->op.ud = &is_written;
    store_submit(f->store, &put->op);
    while (!is_written) {
        loop_turn(f->loop, true);
    }
    secret_put_free(put);
    fix_wall_us += 3600 * SECOND;
    struct waiter w;
    assert_int_equal(get(c, 0, &w), 0);
    fix_settle(f);
    assert_int_equal(w.count, 1);
    assert_int_equal(w.err.kind, ERR_UNAVAILABLE);
    assert_true(w.err.retry_at_us > fix_wall_us);
    assert_int_equal(f->http.count, 1); /* no refresh token was sent */
    vault_replace(f->vault, fresh);
    service_refresh(f->service);
    fix_settle(f);
    assert_string_equal(secret_bytes(token_access(c->token)), "access-9");
    assert_int_equal(f->http.count, 1);
}

static void a_broken_connection_recovers_when_another_process_connects_it(void **state)
{
    struct fixture *f = *state;
    struct connection *c = crm(f);
    fix_start(f);
    struct waiter w;
    assert_int_equal(get(c, 0, &w), -1);
    store_elsewhere(f, "access-9");
    service_refresh(f->service);
    fix_settle(f);
    assert_int_equal(get(c, 0, &w), 1);
    assert_int_equal(f->recovered, 1);
    service_refresh(f->service); /* the same pair again is no news */
    fix_settle(f);
    assert_int_equal(f->recovered, 1);
}

static void the_same_token_stored_again_mends_a_broken_connection(void **state)
{
    struct fixture *f = *state;
    struct connector *hl = fix_connector(f, "highlevel", connector_file("highlevel"));
    struct connection *c = fix_add(f, "crm", hl, "{'auth':'token'}");
    struct waiter w;
    fix_start(f);
    store_elsewhere(f, "pit-123456");
    service_refresh(f->service);
    fix_settle(f);
    assert_int_equal(get(c, 0, &w), 1);
    fix_restart(f);
    c = fix_add(f, "crm", fix_connector(f, "highlevel", connector_file("highlevel")),
                "{'auth':'token'}");
    fix_start(f);
    service_refresh(f->service);
    fix_settle(f);
    assert_int_equal(token_generation(c->token), 2); /* what was loaded is no news */
    store_elsewhere(f, "pit-123456");
    service_refresh(f->service);
    fix_settle(f);
    assert_int_equal(token_generation(c->token), 3);
}

static void a_pair_that_cannot_be_stored_waits_until_it_can(void **state)
{
    struct fixture *f = *state;
    struct connection *c = connected(f, 3600);
    fix_wall_us += 3600 * SECOND;
    struct waiter w;
    assert_int_equal(get(c, 0, &w), 0);
    fix_settle(f);
    fix_arm("store.commit_full=fail*");
    fix_answer(f, 1, 200, NULL, NEW_PAIR(2));
    fix_settle(f);
    fix_pass(f, 60 * SECOND);
    fix_settle(f);
    assert_int_equal(w.count, 0); /* the old pair is spent, the new one is not there yet */
    assert_string_equal(secret_bytes(token_access(c->token)), "access-1");
    fault_disarm();
    while (w.count == 0) {
        loop_turn(f->loop, true);
    }
    assert_int_equal(w.err.kind, ERR_NONE);
    assert_string_equal(secret_bytes(token_access(c->token)), "access-2");
    assert_int_equal(f->http.count, 2); /* the spent refresh token was not sent again */
}

/* The lease, then the new pair; before them the look at the stored one. */
static void a_refresh_goes_on_whichever_operation_of_the_store_fails(void **state)
{
    static const char *const faults[] = { "store.read=fail", "store.commit_full=fail",
                                          "store.commit_full=fail@2" };
    struct fixture *f = *state;
    struct connection *c = connected(f, 3600);
    for (size_t i = 0; i < 3; i++) {
        fix_wall_us += 3600 * SECOND;
        struct waiter w;
        fix_arm(faults[i]);
        assert_int_equal(get(c, 0, &w), 0);
        while (f->http.count < i + 2) {
            loop_turn(f->loop, true);
        }
        fix_answer(f, i + 1, 200, NULL,
                   "{'access_token':'new','refresh_token':'new','expires_in':3600}");
        while (w.count == 0) {
            loop_turn(f->loop, true);
        }
        fault_disarm();
        assert_int_equal(w.err.kind, ERR_NONE);
    }
    assert_int_equal(f->http.count, 4);
}

static void a_person_is_told_at_once_that_the_store_takes_no_token(void **state)
{
    struct fixture *f = *state;
    struct connection *c = fix_add(
        f, "crm", fix_connector(f, "highlevel", connector_file("highlevel")), "{'auth':'token'}");
    fix_start(f);
    for (int at = 1; at <= 3; at++) { /* the lease, the token, none */
        struct asked a = { .count = 0 };
        struct secret *token = secret_new("pit-123456", 10);
        char fault[60];
        snprintf(fault, sizeof fault, "store.commit_full=fail@%d", at);
        fix_arm(fault);
        token_store(c, token, on_asked, &a);
        secret_free(token);
        while (a.count == 0) {
            loop_turn(f->loop, true);
        }
        fault_disarm();
        assert_int_equal(a.err.kind, at < 3 ? ERR_STORE_FULL : ERR_NONE);
        assert_string_equal(state_of(c), at < 3 ? "new" : "connected");
        fix_settle(f);
    }
}

static void a_code_that_the_full_store_kept_from_being_sent_is_not_used_up(void **state)
{
    struct fixture *f = *state;
    struct connection *c = crm(f);
    struct asked a = { .count = 0 };
    fix_start(f);
    fix_arm("store.commit_full=fail"); /* of the lease */
    exchange(c, "code-1", NULL, &a);
    while (a.count == 0) {
        loop_turn(f->loop, true);
    }
    assert_true(token_was_not_sent(&a.err));
    assert_int_equal(f->http.count, 0);
}

static void what_a_code_brought_waits_until_it_can_be_stored(void **state)
{
    struct fixture *f = *state;
    struct connection *c = crm(f);
    struct asked a = { .count = 0 };
    fix_start(f);
    exchange(c, "code-1", NULL, &a);
    fix_settle(f);
    fix_arm("store.commit_full=fail*");
    fix_answer(f, 0, 200, NULL, NEW_PAIR(1));
    fix_settle(f);
    assert_int_equal(a.count, 0);
    fault_disarm();
    fix_await_store(f);
    assert_int_equal(a.count, 1);
    assert_int_equal(a.err.kind, ERR_NONE);
    assert_string_equal(state_of(c), "connected");
}

static void a_refusal_is_known_after_a_restart_although_a_commit_fails(void **state)
{
    struct fixture *f = *state;
    struct connection *c = connected(f, 3600);
    fix_wall_us += 3600 * SECOND;
    struct waiter w;
    assert_int_equal(get(c, 0, &w), 0);
    fix_settle(f);
    fix_arm("store.commit_full=fail");
    fix_answer(f, 1, 400, NULL, "{'error':'invalid_grant','error_description':'gone'}");
    fix_await_store(f);
    fault_disarm();
    fix_restart(f);
    c = crm(f);
    fix_start(f);
    assert_string_equal(state_of(c), "broken");
}

static void a_stop_waits_for_the_commit_of_what_was_granted_also_when_it_is_late(void **state)
{
    struct fixture *f = *state;
    struct connection *c = connected(f, 3600);
    fix_wall_us += 3600 * SECOND;
    struct waiter w;
    assert_true(service_is_idle(f->service));
    assert_int_equal(get(c, 0, &w), 0);
    fix_settle(f);
    assert_false(service_is_idle(f->service)); /* it is asked for */
    token_cancel(c->token, &w.wait);
    fix_arm("store.commit_full=fail*");
    fix_answer(f, 1, 200, NULL, NEW_PAIR(2));
    fix_settle(f);
    service_cut(f->service);
    assert_false(service_is_idle(f->service)); /* it is to be stored */
    fault_disarm();
    fix_await_store(f);
    assert_true(service_is_idle(f->service));
    assert_string_equal(secret_bytes(token_access(c->token)), "access-2");
}

static void a_late_stop_does_not_wait_for_an_answer(void **state)
{
    struct fixture *f = *state;
    struct connection *c = connected(f, 3600);
    fix_wall_us += 3600 * SECOND;
    struct waiter w;
    assert_int_equal(get(c, 0, &w), 0);
    fix_settle(f);
    assert_false(service_is_idle(f->service));
    service_cut(f->service);
    assert_true(service_is_idle(f->service));
    token_cancel(c->token, &w.wait);
}

static void who_asked_and_is_gone_is_told_nothing_and_the_token_is_stored(void **state)
{
    struct fixture *f = *state;
    struct connection *c = crm(f);
    struct asked a = { .count = 0 };
    fix_start(f);
    exchange(c, "code-1", NULL, &a);
    fix_settle(f);
    token_disown(c);
    fix_answer(f, 0, 200, NULL, NEW_PAIR(1));
    fix_settle(f);
    assert_int_equal(a.count, 0);
    assert_string_equal(state_of(c), "connected");
    exchange(c, "code-2", NULL, &a);
    token_disown(c); /* before it has begun */
    fix_pass(f, SECOND);
    fix_settle(f);
    assert_int_equal(f->http.count, 1);
    assert_false(token_is_asked(c));
}

static void tokens_are_nowhere_in_the_store_in_clear(void **state)
{
    struct fixture *f = *state;
    (void)connected(f, 3600);
    char command[500];
    snprintf(command, sizeof command,
             "cat '%s'/ladle.db* | grep -a -c -e access-1 -e refresh-1 -e client-secret-1 "
             ">/dev/null",
             f->folder);
    assert_int_not_equal(system(command), 0);
}

static void a_stored_token_under_another_key_is_an_error_that_says_so(void **state)
{
    struct fixture *f = *state;
    (void)connected(f, 3600);
    char key[300];
    fix_close(f);
    snprintf(key, sizeof key, "%s/key", f->folder);
    assert_int_equal(unlink(key), 0);
    fix_open(f);
    (void)crm(f);
    struct err e = ERR_INIT;
    assert_int_equal(service_load(f->service, &e), -1);
    assert_int_equal(e.kind, ERR_CONFIG);
    assert_contains(e.message, "connection crm");
}

static void a_service_that_ends_during_a_refresh_lets_go_of_it(void **state)
{
    struct fixture *f = *state;
    struct connection *c = connected(f, 3600);
    fix_wall_us += 3600 * SECOND;
    struct waiter w;
    assert_int_equal(get(c, 0, &w), 0);
    token_cancel(c->token, &w.wait);
    fix_restart(f); /* while the store is read */
    c = crm(f);
    fix_start(f);
    assert_int_equal(get(c, 0, &w), 0);
    fix_settle(f);
    token_cancel(c->token, &w.wait);
    fix_restart(f); /* while the service is asked */
}

int main(void)
{
    log_set_level(LOG_OFF);
    const struct CMUnitTest tests[] = {
#define WITH(test) cmocka_unit_test_setup_teardown(test, fix_setup, fix_teardown)
        WITH(a_code_is_exchanged_for_a_pair_that_survives_a_restart),
        WITH(a_refused_code_changes_nothing),
        WITH(a_refresh_token_given_by_hand_is_kept_where_the_answer_has_none),
        WITH(a_private_token_is_stored_and_a_refused_one_breaks_the_connection),
        WITH(what_does_not_fit_the_settings_is_refused),
        WITH(all_who_wait_share_one_refresh),
        WITH(a_pair_is_not_used_before_it_is_committed),
        WITH(a_refresh_happens_ahead_of_the_expiry_by_itself),
        WITH(the_moment_of_a_refresh_is_drawn_from_two_minutes),
        WITH(a_token_that_would_expire_on_the_way_is_not_used),
        WITH(a_refresh_that_fails_is_tried_less_and_less_often_but_once_a_minute),
        WITH(a_refused_refresh_breaks_the_connection_with_a_remedy),
        WITH(a_connection_that_is_authorised_again_recovers),
        WITH(a_service_that_is_down_leaves_the_old_token_in_use),
        WITH(who_needs_a_token_while_the_service_is_down_learns_when_to_try),
        WITH(an_answer_without_sense_is_a_failure_that_passes),
        WITH(after_a_lost_answer_the_old_token_serves_and_one_more_refresh_decides),
        WITH(a_lost_answer_is_not_forgotten_over_a_try_that_reached_nobody),
        WITH(a_code_whose_answer_is_lost_says_nothing_of_the_refresh_token),
        WITH(a_token_that_the_service_refuses_is_refreshed_once_for_all),
        WITH(a_refusal_that_comes_late_asks_for_no_further_refresh),
        WITH(who_cancels_is_not_woken),
        WITH(a_pair_that_another_process_stored_is_taken_instead_of_a_refresh),
        WITH(a_refresh_that_came_to_nothing_gives_its_lease_back),
        WITH(of_a_process_that_died_with_its_refresh_the_answer_may_be_lost),
        WITH(a_pair_that_is_stored_before_the_lease_is_taken_is_not_asked_for),
        WITH(what_cannot_be_opened_yet_stops_the_refresh_until_it_can),
        WITH(a_broken_connection_recovers_when_another_process_connects_it),
        WITH(the_same_token_stored_again_mends_a_broken_connection),
        WITH(a_pair_that_cannot_be_stored_waits_until_it_can),
        WITH(a_refresh_goes_on_whichever_operation_of_the_store_fails),
        WITH(a_person_is_told_at_once_that_the_store_takes_no_token),
        WITH(a_code_that_the_full_store_kept_from_being_sent_is_not_used_up),
        WITH(what_a_code_brought_waits_until_it_can_be_stored),
        WITH(a_refusal_is_known_after_a_restart_although_a_commit_fails),
        WITH(a_stop_waits_for_the_commit_of_what_was_granted_also_when_it_is_late),
        WITH(a_late_stop_does_not_wait_for_an_answer),
        WITH(who_asked_and_is_gone_is_told_nothing_and_the_token_is_stored),
        WITH(tokens_are_nowhere_in_the_store_in_clear),
        WITH(a_stored_token_under_another_key_is_an_error_that_says_so),
        WITH(a_service_that_ends_during_a_refresh_lets_go_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
