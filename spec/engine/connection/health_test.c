/* What follows from a breaker that opens and closes: the store's text, the gauge, the events. */
#include "../service/fixture.h"

#include "../service/lua_table.h"
#include "base/log.h"
#include "connection/health.h"
#include "store/event.h"

static struct connection *shop(struct fixture *f)
{
    struct connection *c = fix_add(f, "shop", fix_connector(f, "http", connector_file("http")),
                                   "{'base_url':'https://api.test'}");
    fix_start(f);
    return c;
}

#define GET "{'url':'/x'}"

static void call(struct fixture *f, struct connection *c, int status)
{
    struct outcome o = { .count = 0 };
    size_t before = f->http.count;
    fix_call(f, c, "get", GET, &o);
    assert_int_equal(f->http.count, before + 1);
    fix_answer(f, before, status, NULL, "");
    outcome_fini(&o);
}

static struct err refused(struct fixture *f, struct connection *c)
{
    struct outcome o = { .count = 0 };
    size_t before = f->http.count;
    fix_call(f, c, "get", GET, &o);
    assert_int_equal(f->http.count, before);
    struct err e = o.err;
    outcome_fini(&o);
    return e;
}

static void open_breaker(struct fixture *f, struct connection *c)
{
    for (int i = 0; i < BREAKER_FAILURES; i++) {
        call(f, c, 503);
    }
    assert_int_equal(breaker_state(&c->breaker), BREAKER_OPEN);
}

static void listed(struct store_op *op, const struct err *e)
{
    assert_null(e);
    *(bool *)op->ud = true;
}

static void wait_for_op(struct fixture *f, struct store_op *op)
{
    bool is_done = false;
    op->done = listed;
    op->ud = &is_done;
    store_submit(f->store, op);
    while (!is_done) {
        loop_turn(f->loop, true);
    }
}

/* How many events of the engine there are of a type; the payload of the newest into *payload. */
static int events_of(struct fixture *f, const char *type, json_t **payload)
{
    struct event_list *list = event_list_new();
    list->connection = "ladle";
    list->type = type;
    list->limit = 100;
    list->with_payload = true;
    wait_for_op(f, &list->op);
    int count = (int)list->count;
    if (payload != NULL && count > 0) {
        *payload = json_parse(list->rows[0].payload, list->rows[0].payload_len, NULL);
    }
    event_list_free(list);
    return count;
}

/* The stored text of the only connection; yours, or NULL. */
static char *stored_text(struct fixture *f)
{
    struct connection_list *list = connection_list_new();
    wait_for_op(f, &list->op);
    char *text =
        list->count > 0 && list->rows[0].health != NULL ? xstrdup(list->rows[0].health) : NULL;
    connection_list_free(list);
    return text;
}

static int told;

static void on_event(void *ud)
{
    told++;
}

static void a_breaker_that_opens_is_an_event_once(void **state)
{
    struct fixture *f = *state;
    struct connection *c = shop(f);
    json_t *payload = NULL;
    told = 0;
    service_on_event(f->service, on_event, NULL);
    open_breaker(f, c);
    fix_settle(f);
    assert_int_equal(told, 1);
    assert_int_equal(events_of(f, "breaker_open", &payload), 1);
    assert_string_equal(json_get_text(payload, "connection"), "shop");
    assert_contains(json_get_text(payload, "reason"), "get was answered 503");
    assert_string_equal(json_get_text(payload, "since"), "2026-11-23T10:00:00.000Z");
    json_decref(payload);
    fix_pass(f, 5 * SECOND);
    call(f, c, 503); /* still down: the same break */
    fix_settle(f);
    assert_int_equal(events_of(f, "breaker_open", NULL), 1);
    fix_pass(f, 10 * SECOND);
    call(f, c, 200);
    fix_pass(f, 60 * SECOND); /* it is over */
    open_breaker(f, c);
    fix_settle(f);
    assert_int_equal(events_of(f, "breaker_open", NULL), 2);
}

static void who_is_sent_away_learns_when_to_come_back(void **state)
{
    struct fixture *f = *state;
    struct connection *c = shop(f);
    open_breaker(f, c);
    struct err first = refused(f, c), second = refused(f, c);
    assert_int_equal(first.kind, ERR_UNAVAILABLE);
    assert_int_equal(first.status, 0);
    assert_int_equal(first.retry_at_us, fix_wall_us + BREAKER_FIRST_US);
    assert_int_equal(second.retry_at_us, fix_wall_us + BREAKER_FIRST_US);
}

static void the_store_knows_of_it_within_a_second(void **state)
{
    struct fixture *f = *state;
    struct connection *c = shop(f);
    open_breaker(f, c);
    char *text = stored_text(f);
    assert_null(text);
    fix_pass(f, SECOND);
    fix_settle(f);
    text = stored_text(f);
    assert_contains(text, "\"state\":\"open\"");
    assert_contains(text, "\"opens_until\":\"2026-11-23T10:00:01.000Z\"");
    free(text);
    fix_pass(f, 5 * SECOND);
    call(f, c, 200);
    fix_pass(f, SECOND);
    fix_settle(f);
    assert_null(stored_text(f));
}

static void a_full_disk_holds_the_news_of_it_up_and_loses_none(void **state)
{
    struct fixture *f = *state;
    struct connection *c = shop(f);
    told = 0;
    service_on_event(f->service, on_event, NULL);
    for (int i = 0; i < BREAKER_FAILURES - 1; i++) {
        call(f, c, 503);
    }
    struct outcome o = { .count = 0 };
    fix_call(f, c, "get", GET, &o);
    fix_arm("store.commit_full=fail"); /* of the event */
    fix_answer(f, f->http.count - 1, 503, NULL, "");
    outcome_fini(&o);
    fix_await_store(f);
    assert_int_equal(told, 1);
    assert_int_equal(events_of(f, "breaker_open", NULL), 1);
    fault_disarm();
    fix_arm("store.commit_full=fail"); /* of the text */
    fix_pass(f, SECOND);
    fix_await_store(f);
    char *text = stored_text(f);
    assert_contains(text, "\"state\":\"open\"");
    free(text);
}

static void a_restart_goes_on_with_what_the_store_knows(void **state)
{
    struct fixture *f = *state;
    struct connection *c = shop(f);
    open_breaker(f, c);
    fix_restart(f); /* at the end it is written at once */
    c = shop(f);
    assert_int_equal(refused(f, c).kind, ERR_UNAVAILABLE);
    json_t *v = connection_json(c);
    assert_string_equal(json_path_text(v, "breaker.state"), "open");
    assert_contains(json_path_text(v, "breaker.reason"), "503");
    json_decref(v);
    fix_pass(f, 5 * SECOND);
    call(f, c, 200);
    assert_int_equal(breaker_state(&c->breaker), BREAKER_CLOSED);
}

static void its_state_and_the_calls_are_metrics(void **state)
{
    struct fixture *f = *state;
    struct connection *c = shop(f);
    struct metric *gauge = metrics_gauge("ladle_breaker_state", "", "connection", "shop");
    open_breaker(f, c);
    assert_int_equal(metric_value(gauge), BREAKER_OPEN);
    (void)refused(f, c);
    fix_pass(f, 5 * SECOND);
    struct outcome o = { .count = 0 };
    fix_call(f, c, "get", GET, &o);
    assert_int_equal(metric_value(gauge), BREAKER_HALF_OPEN);
    fix_answer(f, f->http.count - 1, 200, NULL, "");
    outcome_fini(&o);
    assert_int_equal(metric_value(gauge), BREAKER_CLOSED);
    const struct metric_label ok[2] = { { "connection", "shop" }, { "outcome", "ok" } };
    const struct metric_label bad[2] = { { "connection", "shop" }, { "outcome", "unavailable" } };
    assert_int_equal(metric_value(metrics_counter_by("ladle_calls_total", "", ok)), 1);
    assert_int_equal(metric_value(metrics_counter_by("ladle_calls_total", "", bad)), 6);
    assert_int_equal(
        metric_value(metrics_histogram("ladle_call_seconds", "", "connection", "shop")), 6);
}

static void one_call_tries_and_the_others_wait(void **state)
{
    struct fixture *f = *state;
    struct connection *c = shop(f);
    open_breaker(f, c);
    fix_pass(f, 5 * SECOND);
    struct outcome o = { .count = 0 };
    fix_call(f, c, "get", GET, &o);
    struct err e = refused(f, c);
    assert_int_equal(e.retry_at_us, fix_wall_us + BREAKER_LOOK_US);
    fix_answer(f, f->http.count - 1, 200, NULL, "");
    outcome_fini(&o);
    fix_call(f, c, "get", GET, &o);
    fix_call(f, c, "get", GET, &o); /* two for the one that was answered */
    assert_contains(refused(f, c).message, "just come back");
    outcome_fini(&o);
}

static void a_token_that_breaks_is_an_event_and_says_what_to_do(void **state)
{
    struct fixture *f = *state;
    struct connection *c =
        fix_add(f, "crm", fix_connector(f, "highlevel", connector_file("highlevel")),
                "{'auth':'token','token':'pit-123456','location':'L1',"
                "'base_url':'https://api.test'}");
    fix_start(f);
    struct outcome o = { .count = 0 };
    json_t *payload = NULL;
    fix_call(f, c, "get_contact", "{'contactId':'c1'}", &o);
    fix_answer(f, 0, 401, NULL, "{'message':'Invalid JWT'}");
    fix_settle(f);
    assert_int_equal(o.err.kind, ERR_AUTH);
    outcome_fini(&o);
    assert_int_equal(events_of(f, "connection_broken", &payload), 1);
    assert_string_equal(json_get_text(payload, "connection"), "crm");
    assert_contains(json_get_text(payload, "reason"), "refuses its token");
    assert_string_equal(json_get_text(payload, "state"), "broken");
    json_decref(payload);
    json_t *v = connection_json(c);
    assert_string_equal(json_get_text(v, "state"), "broken");
    assert_contains(json_get_text(v, "remedy"), "ladle.yaml");
    json_decref(v);
    fix_call(f, c, "get_contact", "{'contactId':'c1'}", &o);
    outcome_fini(&o);
    fix_settle(f);
    assert_int_equal(events_of(f, "connection_broken", NULL), 1);
}

int main(void)
{
    log_set_level(LOG_OFF);
    const struct CMUnitTest tests[] = {
#define WITH(test) cmocka_unit_test_setup_teardown(test, fix_setup, fix_teardown)
        WITH(a_breaker_that_opens_is_an_event_once),
        WITH(who_is_sent_away_learns_when_to_come_back),
        WITH(the_store_knows_of_it_within_a_second),
        WITH(a_full_disk_holds_the_news_of_it_up_and_loses_none),
        WITH(a_restart_goes_on_with_what_the_store_knows),
        WITH(its_state_and_the_calls_are_metrics),
        WITH(one_call_tries_and_the_others_wait),
        WITH(a_token_that_breaks_is_an_event_and_says_what_to_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
