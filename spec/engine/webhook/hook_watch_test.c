/* Who is told when verification fails, and when nothing comes: once each time, and not for noise.
 */
#include "../service/fixture.h"

#include "../service/lua_table.h"
#include "base/log.h"
#include "connection/health.h"
#include "store/event.h"
#include "webhook/hook_watch.h"

static struct connection *door(struct fixture *f, const char *more)
{
    char *config = xasprintf("{'verify':'github','secret':'0123456789'%s}", more);
    struct connection *c =
        fix_add(f, "door", fix_connector(f, "webhook", connector_file("webhook")), config);
    free(config);
    fix_start(f);
    service_start(f->service);
    fix_settle(f);
    return c;
}

static void count(struct connection *c, enum refusal why, int times)
{
    for (int i = 0; i < times; i++) {
        hook_watch_count(c, why);
    }
}

static void done(struct store_op *op, const struct err *e)
{
    assert_null(e);
    *(bool *)op->ud = true;
}

static void wait_for_op(struct fixture *f, struct store_op *op)
{
    bool is_done = false;
    op->done = done;
    op->ud = &is_done;
    store_submit(f->store, op);
    while (!is_done) {
        loop_turn(f->loop, true);
    }
}

/* Events of the engine of a type, the payload of the newest into *payload. */
static int told(struct fixture *f, const char *type, json_t **payload)
{
    fix_settle(f);
    struct event_list *list = event_list_new();
    list->connection = "ladle";
    list->type = type;
    list->limit = 100;
    list->with_payload = true;
    wait_for_op(f, &list->op);
    int rows = (int)list->count;
    if (payload != NULL && rows > 0) {
        *payload = json_parse(list->rows[0].payload, list->rows[0].payload_len, NULL);
    }
    event_list_free(list);
    return rows;
}

static void store_event(struct fixture *f, const char *connection, int64_t received_us)
{
    struct event_put *put = event_put_new();
    put->event = (struct event_row){ .id = id_new(),
                                     .connection = xstrdup(connection),
                                     .type = xstrdup("received"),
                                     .received_us = received_us,
                                     .is_routed = true,
                                     .payload = xstrdup("{}"),
                                     .payload_len = 2 };
    wait_for_op(f, &put->op);
    event_put_free(put);
}

/* What the watch tells under that name; yours, or NULL. */
static char *watched(const struct connection *c, const char *key)
{
    json_t *v = c->describe_webhook(c);
    const char *text = json_get_text(v, key);
    char *copy = text != NULL ? xstrdup(text) : NULL;
    json_decref(v);
    return copy;
}

static bool is_failing(const struct connection *c)
{
    char *since = watched(c, "failing_since");
    bool is_failing = since != NULL;
    free(since);
    return is_failing;
}

/* --- failing verification --- */

static void five_that_do_not_fit_are_told_once(void **state)
{
    struct fixture *f = *state;
    struct connection *c = door(f, "");
    json_t *payload = NULL;
    count(c, REFUSED_WRONG, 4);
    assert_int_equal(told(f, "verification_failing", NULL), 0);
    count(c, REFUSED_WRONG, 40);
    assert_int_equal(told(f, "verification_failing", &payload), 1);
    assert_string_equal(json_get_text(payload, "connection"), "door");
    assert_string_equal(json_get_text(payload, "connector"), "webhook");
    assert_contains(json_get_text(payload, "reason"), "5 of 5 signed deliveries");
    assert_string_equal(json_get_text(payload, "since"), "2026-11-23T10:00:00.000Z");
    json_decref(payload);
}

static void what_cannot_be_read_and_what_is_old_count_too(void **state)
{
    struct fixture *f = *state;
    struct connection *c = door(f, "");
    count(c, REFUSED_STALE, 3);
    count(c, REFUSED_MALFORMED, 2);
    assert_int_equal(told(f, "verification_failing", NULL), 1);
}

static void strangers_without_a_signature_are_no_alarm(void **state)
{
    struct fixture *f = *state;
    struct connection *c = door(f, "");
    count(c, REFUSED_UNSIGNED, 1000);
    count(c, REFUSED_SENDER, 1000);
    assert_int_equal(told(f, "verification_failing", NULL), 0);
    assert_false(is_failing(c));
}

static void a_few_among_many_that_fit_are_no_alarm(void **state)
{
    struct fixture *f = *state;
    struct connection *c = door(f, "");
    count(c, REFUSED_NOT, 40);
    count(c, REFUSED_WRONG, 10); /* a fifth, not more */
    assert_int_equal(told(f, "verification_failing", NULL), 0);
    count(c, REFUSED_WRONG, 1);
    assert_int_equal(told(f, "verification_failing", NULL), 1);
}

static void failures_that_are_far_apart_are_no_alarm(void **state)
{
    struct fixture *f = *state;
    struct connection *c = door(f, "");
    for (int i = 0; i < 20; i++) {
        count(c, REFUSED_WRONG, 1);
        fix_pass(f, 4 * 60 * SECOND);
    }
    assert_false(is_failing(c));
}

static void it_is_over_when_deliveries_fit_again(void **state)
{
    struct fixture *f = *state;
    struct connection *c = door(f, "");
    count(c, REFUSED_WRONG, 50);
    assert_true(is_failing(c));
    count(c, REFUSED_NOT, 2);
    count(c, REFUSED_WRONG, 1);
    count(c, REFUSED_NOT, 2);
    assert_true(is_failing(c));
    count(c, REFUSED_NOT, 1);
    assert_false(is_failing(c));
    /* Again, and more than an hour later: another episode. */
    fix_pass(f, 61 * 60 * SECOND);
    count(c, REFUSED_WRONG, 5);
    assert_int_equal(told(f, "verification_failing", NULL), 2);
}

/* Forged and honest deliveries in turn: begun and ended over and over. */
static void noise_makes_no_storm(void **state)
{
    struct fixture *f = *state;
    struct connection *c = door(f, "");
    for (int i = 0; i < 600; i++) {
        count(c, REFUSED_WRONG, 8);
        count(c, REFUSED_NOT, 4);
        fix_wall_us += 12 * SECOND;
        fix_mono_us += 12 * SECOND;
    }
    int events = told(f, "verification_failing", NULL); /* two hours */
    assert_true(events >= 1 && events <= 2);
}

static void an_episode_outlives_a_restart(void **state)
{
    struct fixture *f = *state;
    struct connection *c = door(f, "");
    count(c, REFUSED_WRONG, 5);
    fix_pass(f, 2 * SECOND);
    fix_settle(f);
    fix_restart(f);
    c = door(f, "");
    assert_true(is_failing(c));
    count(c, REFUSED_WRONG, 20);
    assert_int_equal(told(f, "verification_failing", NULL), 1);
    json_t *v = health_json(c);
    assert_string_equal(json_path_text(v, "webhook.failing_since"), "2026-11-23T10:00:00.000Z");
    json_decref(v);
    count(c, REFUSED_NOT, 3);
    assert_false(is_failing(c));
}

static void refusals_are_logged_once_in_ten_seconds(void **state)
{
    struct fixture *f = *state;
    struct connection *c = door(f, "");
    uint64_t unlogged = 0;
    int lines = 0;
    for (int i = 0; i < 100; i++) {
        lines += hook_watch_may_log(c, &unlogged);
    }
    assert_int_equal(lines, 1);
    fix_pass(f, 10 * SECOND);
    assert_true(hook_watch_may_log(c, &unlogged));
    assert_int_equal(unlogged, 99);
}

/* --- silence --- */

#define HOUR   (3600 * SECOND)
#define EXPECT ",'expect_every':'1 day'"

static void a_silence_is_told_once_after_the_time_that_is_said(void **state)
{
    struct fixture *f = *state;
    struct connection *c = door(f, EXPECT);
    json_t *payload = NULL;
    store_event(f, "other", fix_wall_us);
    count(c, REFUSED_NOT, 1);
    fix_pass(f, 20 * HOUR);
    count(c, REFUSED_NOT, 1);
    fix_pass(f, 23 * HOUR);
    fix_pass(f, HOUR - SECOND);
    assert_int_equal(told(f, "connection_silent", NULL), 0);
    fix_pass(f, SECOND);
    assert_int_equal(told(f, "connection_silent", &payload), 1);
    assert_contains(json_get_text(payload, "reason"), "nothing came for 1 day");
    assert_string_equal(json_get_text(payload, "since"), "2026-11-24T06:00:00.000Z");
    json_decref(payload);
    for (int i = 0; i < 5; i++) {
        fix_pass(f, 24 * HOUR);
    }
    assert_int_equal(told(f, "connection_silent", NULL), 1);
    count(c, REFUSED_NOT, 1);
    fix_pass(f, 23 * HOUR);
    assert_int_equal(told(f, "connection_silent", NULL), 1);
    fix_pass(f, HOUR);
    assert_int_equal(told(f, "connection_silent", NULL), 2);
}

static void a_refused_delivery_is_no_sign_of_life(void **state)
{
    struct fixture *f = *state;
    struct connection *c = door(f, EXPECT);
    fix_pass(f, 12 * HOUR);
    count(c, REFUSED_WRONG, 1);
    fix_pass(f, 12 * HOUR);
    assert_int_equal(told(f, "connection_silent", NULL), 1);
}

static void a_silence_goes_on_over_restarts(void **state)
{
    struct fixture *f = *state;
    struct connection *c = door(f, EXPECT);
    (void)c;
    for (int i = 0; i < 3; i++) { /* eight hours each, and no process sees the day */
        fix_pass(f, 8 * HOUR - 2 * SECOND);
        fix_pass(f, 2 * SECOND);
        fix_settle(f);
        fix_restart(f);
        c = door(f, EXPECT);
    }
    assert_int_equal(told(f, "connection_silent", NULL), 1);
    fix_pass(f, 2 * SECOND);
    fix_restart(f);
    c = door(f, EXPECT);
    fix_pass(f, 48 * HOUR);
    assert_int_equal(told(f, "connection_silent", NULL), 1);
}

static void the_store_knows_when_something_came_last(void **state)
{
    struct fixture *f = *state;
    struct connection *c = door(f, EXPECT);
    fix_pass(f, HOUR);
    store_event(f, "door", fix_wall_us);
    fix_restart(f);
    c = door(f, EXPECT);
    char now[DATE_TEXT];
    date_format(fix_wall_us, now);
    char *awaited_since = watched(c, "awaited_since");
    assert_string_equal(awaited_since, now);
    free(awaited_since);
    fix_pass(f, 23 * HOUR);
    assert_int_equal(told(f, "connection_silent", NULL), 0);
    fix_pass(f, HOUR);
    assert_int_equal(told(f, "connection_silent", NULL), 1);
}

static void a_look_that_fails_once_is_made_again(void **state)
{
    struct fixture *f = *state;
    struct connection *c = door(f, EXPECT);
    store_event(f, "door", fix_wall_us);
    fix_restart(f);
    fix_pass(f, HOUR);
    fix_arm("store.read=fail");
    c = door(f, EXPECT);
    fix_await_store(f);
    char an_hour_ago[DATE_TEXT];
    date_format(fix_wall_us - HOUR, an_hour_ago);
    char *awaited_since = watched(c, "awaited_since");
    assert_string_equal(awaited_since, an_hour_ago);
    free(awaited_since);
}

static void nothing_is_expected_where_nothing_is_said(void **state)
{
    struct fixture *f = *state;
    struct connection *c = door(f, "");
    fix_pass(f, 1000 * HOUR);
    assert_int_equal(told(f, "connection_silent", NULL), 0);
    assert_null(c->describe_webhook(c));
}

int main(void)
{
    log_set_level(LOG_OFF);
    const struct CMUnitTest tests[] = {
#define WITH(test) cmocka_unit_test_setup_teardown(test, fix_setup, fix_teardown)
        WITH(five_that_do_not_fit_are_told_once),
        WITH(what_cannot_be_read_and_what_is_old_count_too),
        WITH(strangers_without_a_signature_are_no_alarm),
        WITH(a_few_among_many_that_fit_are_no_alarm),
        WITH(failures_that_are_far_apart_are_no_alarm),
        WITH(it_is_over_when_deliveries_fit_again),
        WITH(noise_makes_no_storm),
        WITH(an_episode_outlives_a_restart),
        WITH(refusals_are_logged_once_in_ten_seconds),
        WITH(a_silence_is_told_once_after_the_time_that_is_said),
        WITH(a_refused_delivery_is_no_sign_of_life),
        WITH(a_silence_goes_on_over_restarts),
        WITH(the_store_knows_when_something_came_last),
        WITH(a_look_that_fails_once_is_made_again),
        WITH(nothing_is_expected_where_nothing_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
