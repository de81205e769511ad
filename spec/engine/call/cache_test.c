/* Answers that serve others who ask the same, and calls that go together. */
#include "../service/fixture.h"

#include "../service/lua_table.h"
#include "base/log.h"
#include "call/cache.h"

#define FIELDS "{'customFields':[{'id':'f1','name':'Roof area'}]}"

static struct connection *crm(struct fixture *f)
{
    struct connector *hl = fix_connector(f, "highlevel", connector_file("highlevel"));
    struct connection *c = fix_add(f, "crm", hl,
                                   "{'auth':'token','token':'pit-123456','location':'L1',"
                                   "'base_url':'https://api.test'}");
    fix_start(f);
    return c;
}

static struct service_call *ask(struct fixture *f, struct connection *c, const char *input,
                                bool is_fresh, struct outcome *o)
{
    struct service_call *call = call_start(
        service_calls(f->service),
        &(struct call_opts){
            .connection = c,
            .operation = connector_operation(connection_connector(c), "get_custom_fields"),
            .input = fix_json(input),
            .is_fresh = is_fresh,
            .done = fix_done,
            .ud = o,
        });
    fix_settle(f);
    return call;
}

static void an_answer_serves_who_asks_the_same_until_it_is_old(void **state)
{
    struct fixture *f = *state;
    struct connection *c = crm(f);
    struct outcome o = { .count = 0 };
    ask(f, c, "{}", false, &o);
    fix_answer(f, 0, 200, NULL, FIELDS);
    fix_pass(f, 599 * SECOND);
    ask(f, c, "{'locationId':'L1'}", false, &o); /* what the connection fills in is the same */
    assert_int_equal(o.count, 2);
    assert_int_equal(f->http.count, 1);
    assert_string_equal(json_path_text(o.output, "customFields.0.name"), "Roof area");
    fix_pass(f, 2 * SECOND);
    ask(f, c, "{}", false, &o);
    assert_int_equal(f->http.count, 2);
    fix_answer(f, 1, 200, NULL, FIELDS);
    outcome_fini(&o);
}

static void another_input_and_another_connection_ask_for_themselves(void **state)
{
    struct fixture *f = *state;
    struct connection *c = crm(f);
    struct connection *other = fix_add(f, "other", connection_connector(c),
                                       "{'auth':'token','token':'pit-654321','location':'L1',"
                                       "'base_url':'https://api.test'}");
    struct outcome o = { .count = 0 };
    ask(f, c, "{}", false, &o);
    fix_answer(f, 0, 200, NULL, FIELDS);
    ask(f, c, "{'model':'opportunity'}", false, &o);
    ask(f, other, "{}", false, &o);
    assert_int_equal(f->http.count, 3);
    fix_answer(f, 1, 200, NULL, FIELDS);
    fix_answer(f, 2, 200, NULL, FIELDS);
    outcome_fini(&o);
}

static void ignore_end(void *ud, const struct err *e)
{
    assert_null(e);
}

/* Another token may be another person's, or of another account that the service does not name. */
static void an_answer_is_for_those_with_the_same_token(void **state)
{
    struct fixture *f = *state;
    struct connector *hl = fix_connector(f, "highlevel", connector_file("highlevel"));
    struct connection *c =
        fix_add(f, "crm", hl, "{'auth':'token','location':'L1','base_url':'https://api.test'}");
    struct outcome o = { .count = 0 };
    fix_start(f);
    for (size_t i = 0; i < 2; i++) {
        struct secret *token = secret_new(i == 0 ? "pit-111111" : "pit-222222", 10);
        token_store(c, token, ignore_end, NULL);
        secret_free(token);
        fix_settle(f);
        ask(f, c, "{}", false, &o);
        assert_int_equal(f->http.count, i + 1);
        fix_answer(f, i, 200, NULL, FIELDS);
        ask(f, c, "{}", false, &o);
        assert_int_equal(f->http.count, i + 1);
    }
    assert_int_equal(o.count, 4);
    outcome_fini(&o);
}

static void who_asks_for_a_fresh_answer_gets_one_once_in_ten_seconds(void **state)
{
    struct fixture *f = *state;
    struct connection *c = crm(f);
    struct outcome o = { .count = 0 };
    ask(f, c, "{}", false, &o);
    fix_answer(f, 0, 200, NULL, FIELDS);
    fix_pass(f, 11 * SECOND);
    ask(f, c, "{}", true, &o);
    assert_int_equal(f->http.count, 2);
    fix_answer(f, 1, 200, NULL, FIELDS);
    ask(f, c, "{}", true, &o);
    assert_int_equal(f->http.count, 2);
    assert_int_equal(o.count, 3);
    outcome_fini(&o);
}

static void an_error_is_not_kept(void **state)
{
    struct fixture *f = *state;
    struct connection *c = crm(f);
    struct outcome o = { .count = 0 };
    ask(f, c, "{}", false, &o);
    fix_answer(f, 0, 503, NULL, NULL);
    assert_int_equal(o.err.kind, ERR_UNAVAILABLE);
    ask(f, c, "{}", false, &o);
    assert_int_equal(f->http.count, 2);
    fix_answer(f, 1, 200, NULL, FIELDS);
    assert_int_equal(o.err.kind, ERR_NONE);
    outcome_fini(&o);
}

static void of_many_that_ask_the_same_at_once_one_goes(void **state)
{
    struct fixture *f = *state;
    struct connection *c = crm(f);
    struct outcome first = { .count = 0 }, second = { .count = 0 }, third = { .count = 0 };
    ask(f, c, "{}", false, &first);
    ask(f, c, "{}", false, &second);
    struct service_call *given_up = ask(f, c, "{}", false, &third);
    assert_int_equal(f->http.count, 1);
    assert_false(call_cancel(given_up));
    fix_answer(f, 0, 200, NULL, FIELDS);
    assert_int_equal(first.count, 1);
    assert_int_equal(second.count, 1);
    assert_int_equal(third.count, 0);
    assert_string_equal(json_path_text(second.output, "customFields.0.id"), "f1");
    outcome_fini(&first);
    outcome_fini(&second);
}

static void who_followed_a_call_that_was_given_up_goes_by_itself(void **state)
{
    struct fixture *f = *state;
    struct connection *c = crm(f);
    struct outcome first = { .count = 0 }, second = { .count = 0 };
    struct service_call *leader = ask(f, c, "{}", false, &first);
    ask(f, c, "{}", false, &second);
    assert_true(call_cancel(leader));
    fix_settle(f);
    assert_int_equal(f->http.count, 2);
    fix_answer(f, 1, 200, NULL, FIELDS);
    assert_int_equal(first.count, 0);
    assert_int_equal(second.count, 1);
    outcome_fini(&second);
}

/* Answers of 300 KiB each: twenty of them are more than is kept. */
static void what_is_kept_is_bounded(void **state)
{
    struct fixture *f = *state;
    struct connection *c = crm(f);
    struct outcome o = { .count = 0 };
    char *filler = xmalloc((300 << 10) + 1), input[40];
    memset(filler, 'x', 300 << 10);
    filler[300 << 10] = '\0';
    char *body = xasprintf("{'customFields':[{'id':'%s'}]}", filler);
    for (int i = 0; i < 20; i++) {
        snprintf(input, sizeof input, "{'locationId':'L%d'}", i);
        ask(f, c, input, false, &o);
        fix_answer(f, (size_t)i, 200, NULL, body);
    }
    ask(f, c, "{'locationId':'L19'}", false, &o);
    assert_int_equal(f->http.count, 20);
    ask(f, c, "{'locationId':'L0'}", false, &o);
    assert_int_equal(f->http.count, 21);
    fix_answer(f, 20, 200, NULL, FIELDS);
    free(filler);
    free(body);
    outcome_fini(&o);
}

int main(void)
{
    log_set_level(LOG_OFF);
    const struct CMUnitTest tests[] = {
#define WITH(test) cmocka_unit_test_setup_teardown(test, fix_setup, fix_teardown)
        WITH(an_answer_serves_who_asks_the_same_until_it_is_old),
        WITH(another_input_and_another_connection_ask_for_themselves),
        WITH(an_answer_is_for_those_with_the_same_token),
        WITH(who_asks_for_a_fresh_answer_gets_one_once_in_ten_seconds),
        WITH(an_error_is_not_kept),
        WITH(of_many_that_ask_the_same_at_once_one_goes),
        WITH(who_followed_a_call_that_was_given_up_goes_by_itself),
        WITH(what_is_kept_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
