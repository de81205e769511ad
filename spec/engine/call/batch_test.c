/* Calls that wait for the limit and ask the same go as one. */
#include "../service/fixture.h"

#include "../service/lua_table.h"
#include "base/log.h"

enum { MANY = 200 };

#define BULK "https://api.test/contacts/bulk/tags/update/add"

static struct connection *crm(struct fixture *f)
{
    struct connector *hl = fix_connector(f, "highlevel", connector_file("highlevel"));
    struct connection *c = fix_add(f, "crm", hl,
                                   "{'auth':'token','token':'pit-123456','location':'L1',"
                                   "'base_url':'https://api.test'}");
    fix_start(f);
    return c;
}

/* Only starts the call: those that are started in one turn wait for the limit together. */
static struct service_call *start(struct fixture *f, struct connection *c, const char *op,
                                  const char *input, struct outcome *o)
{
    return call_start(service_calls(f->service),
                      &(struct call_opts){
                          .connection = c,
                          .operation = connector_operation(connection_connector(c), op),
                          .input = fix_json(input),
                          .done = fix_done,
                          .ud = o,
                      });
}

static struct service_call *add_tag(struct fixture *f, struct connection *c, int contact,
                                    const char *tag, struct outcome *o)
{
    char input[100];
    snprintf(input, sizeof input, "{'contactId':'c%d','tags':['%s']}", contact, tag);
    return start(f, c, "add_tags", input, o);
}

/* A limiter that knows nothing lets one call go alone. */
static struct connection *warm_crm(struct fixture *f)
{
    struct connection *c = crm(f);
    struct outcome o = { .count = 0 };
    fix_call(f, c, "get_contact", "{'contactId':'c1'}", &o);
    fix_answer(f, 0, 200, NULL, "{'contact':{'id':'c1'}}");
    outcome_fini(&o);
    fix_settle(f);
    return c;
}

static void fini_all(struct outcome *o, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        outcome_fini(&o[i]);
    }
}

static void calls_that_wait_go_as_one_and_each_gets_its_part(void **state)
{
    struct fixture *f = *state;
    struct connection *c = crm(f);
    struct outcome o[3] = { { .count = 0 } };
    for (int i = 0; i < 3; i++) {
        add_tag(f, c, i, "hot", &o[i]);
    }
    fix_settle(f);
    assert_int_equal(f->http.count, 1);
    assert_string_equal(f->http.sent[0].url, BULK);
    assert_contains(f->http.sent[0].body, "\"contacts\":[\"c0\",\"c1\",\"c2\"]");
    assert_contains(f->http.sent[0].body, "\"tags\":[\"hot\"]");
    assert_contains(f->http.sent[0].body, "\"locationId\":\"L1\"");
    fix_answer(f, 0, 201, NULL,
               "{'succeded':true,'errorCount':1,'responses':["
               "{'contactId':'c1','type':'error','message':'contact is deleted'},"
               "{'contactId':'c0','type':'success','oldTags':['old'],'tagsAdded':['hot']},"
               "{'contactId':'c2','type':'success','oldTags':[],'tagsAdded':['hot']}]}");
    json_t *tags = fix_json("['old','hot']");
    assert_true(json_equal(json_object_get(o[0].output, "tags"), tags));
    json_decref(tags);
    assert_int_equal(o[1].err.kind, ERR_INVALID);
    assert_contains(o[1].err.message, "contact is deleted");
    assert_int_equal(json_array_size(json_object_get(o[2].output, "tags")), 1);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(o[i].count, 1);
    }
    fini_all(o, 3);
}

static void of_whom_the_answer_says_nothing_goes_again_alone(void **state)
{
    struct fixture *f = *state;
    struct connection *c = crm(f);
    struct outcome o[3] = { { .count = 0 } };
    for (int i = 0; i < 3; i++) {
        add_tag(f, c, i, "hot", &o[i]);
    }
    fix_settle(f);
    fix_answer(
        f, 0, 201, NULL,
        "{'responses':[{'contactId':'c1','type':'success','oldTags':[],'tagsAdded':['hot']}]}");
    fix_settle(f);
    assert_int_equal(o[1].err.kind, ERR_NONE);
    assert_int_equal(f->http.count, 3);
    for (size_t i = 1; i < 3; i++) {
        assert_null(strstr(f->http.sent[i].url, "bulk"));
        fix_answer(f, i, 201, NULL, "{'tags':['hot']}");
    }
    for (int i = 0; i < 3; i++) {
        assert_int_equal(o[i].count, 1);
        assert_int_equal(o[i].err.kind, ERR_NONE);
    }
    fini_all(o, 3);
}

static void a_call_that_need_not_wait_goes_as_it_is(void **state)
{
    struct fixture *f = *state;
    struct connection *c = crm(f);
    struct outcome o = { .count = 0 };
    fix_call(f, c, "add_tags", "{'contactId':'c1','tags':['hot']}", &o);
    assert_string_equal(f->http.sent[0].url, "https://api.test/contacts/c1/tags");
    fix_answer(f, 0, 201, NULL, "{'tags':['hot']}");
    assert_int_equal(o.err.kind, ERR_NONE);
    outcome_fini(&o);
}

static void what_is_not_the_same_does_not_go_along(void **state)
{
    struct fixture *f = *state;
    struct connection *c = warm_crm(f);
    struct outcome o[3] = { { .count = 0 } };
    add_tag(f, c, 1, "hot", &o[0]);
    add_tag(f, c, 2, "cold", &o[1]);
    start(f, c, "remove_tags", "{'contactId':'c3','tags':['hot']}", &o[2]);
    fix_settle(f);
    assert_int_equal(f->http.count, 4);
    fini_all(o, 3);
}

/* The limit is 100 in 10 seconds, and one request takes 100 contacts. */
static void two_hundred_calls_under_the_limit_need_few_requests(void **state)
{
    struct fixture *f = *state;
    struct connection *c = warm_crm(f);
    struct outcome *o = xcalloc(MANY, sizeof *o);
    for (int i = 0; i < MANY; i++) {
        add_tag(f, c, i, "hot", &o[i]);
    }
    fix_settle(f);
    assert_in_range(f->http.count, 3, 5);
    for (size_t i = 1; i < f->http.count; i++) {
        struct err e = ERR_INIT;
        const char *body = f->http.sent[i].body;
        json_t *sent = json_parse(body, strlen(body), &e), *responses = json_array();
        size_t k;
        json_t *id;
        json_array_foreach (json_object_get(sent, "contacts"), k, id) {
            json_array_append_new(responses,
                                  json_pack("{s:O, s:s, s:[], s:[s]}", "contactId", id, "type",
                                            "success", "oldTags", "tagsAdded", "hot"));
        }
        json_t *answer = json_pack("{s:o}", "responses", responses);
        size_t len;
        char *text = json_text(answer, &len);
        fix_answer(f, i, 201, NULL, text);
        free(text);
        json_decref(answer);
        json_decref(sent);
    }
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(o[i].count, 1);
        assert_int_equal(o[i].err.kind, ERR_NONE);
    }
    fini_all(o, MANY);
    free(o);
}

static void refused_as_a_whole_each_goes_alone_and_so_do_later_ones(void **state)
{
    struct fixture *f = *state;
    struct connection *c = crm(f);
    struct outcome o[4] = { { .count = 0 } };
    add_tag(f, c, 0, "hot", &o[0]);
    add_tag(f, c, 1, "hot", &o[1]);
    fix_settle(f);
    fix_answer(f, 0, 403, NULL, "{'message':'no'}");
    fix_settle(f);
    assert_int_equal(f->http.count, 3);
    fix_answer(f, 1, 201, NULL, "{'tags':['hot']}");
    fix_answer(f, 2, 201, NULL, "{'tags':['hot']}");
    assert_int_equal(o[0].err.kind, ERR_NONE);
    assert_int_equal(o[1].err.kind, ERR_NONE);
    add_tag(f, c, 2, "hot", &o[2]);
    add_tag(f, c, 3, "hot", &o[3]);
    fix_settle(f);
    assert_int_equal(f->http.count, 5);
    fini_all(o, 4);
}

static void a_failure_that_passes_is_everybodys(void **state)
{
    struct fixture *f = *state;
    struct connection *c = crm(f);
    struct outcome o[2] = { { .count = 0 } };
    add_tag(f, c, 0, "hot", &o[0]);
    add_tag(f, c, 1, "hot", &o[1]);
    fix_settle(f);
    fix_break(f, 0, ERR_UNKNOWN);
    assert_int_equal(o[0].err.kind, ERR_TIMEOUT);
    assert_int_equal(o[1].err.kind, ERR_TIMEOUT);
    fini_all(o, 2);
}

static void giving_up_one_is_no_matter_of_the_others(void **state)
{
    struct fixture *f = *state;
    struct connection *c = crm(f);
    struct outcome o[3] = { { .count = 0 } };
    struct service_call *leader = add_tag(f, c, 0, "hot", &o[0]);
    struct service_call *along = add_tag(f, c, 1, "hot", &o[1]);
    add_tag(f, c, 2, "hot", &o[2]);
    fix_settle(f);
    (void)call_cancel(along);
    (void)call_cancel(leader);
    assert_true(f->http.sent[0].is_cancelled);
    fix_settle(f);
    assert_int_equal(f->http.count, 2);
    fix_answer(f, 1, 201, NULL, "{'tags':['hot']}");
    assert_int_equal(o[0].count + o[1].count, 0);
    assert_int_equal(o[2].count, 1);
    fini_all(o, 3);
}

static void one_business_for_many_contacts_is_one_call(void **state)
{
    struct fixture *f = *state;
    struct connection *c = crm(f);
    struct outcome o[2] = { { .count = 0 } };
    start(f, c, "add_remove_contact_from_business", "{'ids':['c1'],'businessId':'b1'}", &o[0]);
    start(f, c, "add_remove_contact_from_business", "{'ids':['c2','c1'],'businessId':'b1'}", &o[1]);
    fix_settle(f);
    assert_int_equal(f->http.count, 1);
    assert_contains(f->http.sent[0].body, "\"ids\":[\"c1\",\"c2\"]");
    fix_answer(f, 0, 200, NULL, "{'success':true,'ids':['c1','c2']}");
    assert_int_equal(json_array_size(json_object_get(o[0].output, "ids")), 1);
    assert_int_equal(json_array_size(json_object_get(o[1].output, "ids")), 2);
    fini_all(o, 2);
}

static void who_is_not_in_the_list_of_what_was_done_is_told_so(void **state)
{
    struct fixture *f = *state;
    struct connection *c = crm(f);
    struct outcome o[2] = { { .count = 0 } };
    start(f, c, "add_remove_contact_from_business", "{'ids':['c1'],'businessId':'b1'}", &o[0]);
    start(f, c, "add_remove_contact_from_business", "{'ids':['c2'],'businessId':'b1'}", &o[1]);
    fix_settle(f);
    fix_answer(f, 0, 200, NULL, "{'success':true,'ids':['c2']}");
    assert_int_equal(o[0].err.kind, ERR_INVALID);
    assert_int_equal(o[1].err.kind, ERR_NONE);
    fini_all(o, 2);
}

static void ignore_end(void *ud, const struct err *e)
{
    assert_null(e);
}

/* A connection whose token can be refreshed; the exchange is request 0, a first call request 1. */
static struct connection *warm_oauth_crm(struct fixture *f)
{
    struct connector *hl = fix_connector(f, "highlevel", connector_file("highlevel"));
    struct connection *c = fix_add(f, "crm", hl,
                                   "{'auth':'oauth','client_id':'app','client_secret':'s',"
                                   "'location':'L1','base_url':'https://api.test'}");
    struct secret *code = secret_new("code-1", 6);
    struct outcome o = { .count = 0 };
    fix_start(f);
    token_exchange_code(c, &(struct token_code){ .code = code }, ignore_end, NULL);
    secret_free(code);
    fix_settle(f);
    fix_answer(f, 0, 200, NULL,
               "{'access_token':'a1','refresh_token':'r1','expires_in':86399,'locationId':'L1'}");
    fix_settle(f);
    fix_call(f, c, "get_contact", "{'contactId':'c1'}", &o);
    fix_answer(f, 1, 200, NULL, "{'contact':{'id':'c1'}}");
    outcome_fini(&o);
    fix_settle(f);
    return c;
}

/* The request for many waits for the limit once more, with a new token. Whoever gets a slot before
 * must not take it along: those that follow it would be told of contacts that nobody sent. */
static void what_was_folded_is_not_taken_along_by_another(void **state)
{
    struct fixture *f = *state;
    struct connection *c = warm_oauth_crm(f);
    struct outcome o[4] = { { .count = 0 } };
    add_tag(f, c, 0, "hot", &o[0]);
    add_tag(f, c, 1, "hot", &o[1]);
    fix_settle(f);
    assert_int_equal(f->http.count, 3);
    fix_answer(f, 2, 401, "x-ratelimit-remaining: 0\nx-ratelimit-interval-milliseconds: 10000",
               "{'message':'Invalid JWT'}");
    add_tag(f, c, 2, "hot", &o[2]);
    add_tag(f, c, 3, "hot", &o[3]);
    fix_settle(f);
    assert_int_equal(f->http.count, 4);
    fix_answer(f, 3, 200, NULL,
               "{'access_token':'a2','refresh_token':'r2','expires_in':86399,'locationId':'L1'}");
    fix_settle(f);
    fix_pass(f, 11 * SECOND);
    fix_settle(f);
    assert_int_equal(f->http.count, 6);
    assert_contains(f->http.sent[4].body, "\"contacts\":[\"c2\",\"c3\"]");
    assert_contains(f->http.sent[5].body, "\"contacts\":[\"c0\",\"c1\"]");
    fini_all(o, 4);
}

/* More objects than a request takes go as they came, and nobody goes along. */
static void one_that_is_too_large_takes_nobody_along(void **state)
{
    struct fixture *f = *state;
    struct connection *c = crm(f);
    struct outcome o[2] = { { .count = 0 } };
    json_t *ids = json_array();
    for (int i = 0; i < 101; i++) {
        json_array_append_new(ids, json_sprintf("c%d", i));
    }
    call_start(service_calls(f->service),
               &(struct call_opts){
                   .connection = c,
                   .operation = connector_operation(connection_connector(c),
                                                    "add_remove_contact_from_business"),
                   .input = json_pack("{s:o, s:s}", "ids", ids, "businessId", "b1"),
                   .done = fix_done,
                   .ud = &o[0],
               });
    start(f, c, "add_remove_contact_from_business", "{'ids':['d1'],'businessId':'b1'}", &o[1]);
    fix_settle(f);
    assert_contains(f->http.sent[0].body, "\"c100\"");
    assert_null(strstr(f->http.sent[0].body, "\"d1\""));
    fini_all(o, 2);
}

int main(void)
{
    log_set_level(LOG_OFF);
    const struct CMUnitTest tests[] = {
#define WITH(test) cmocka_unit_test_setup_teardown(test, fix_setup, fix_teardown)
        WITH(calls_that_wait_go_as_one_and_each_gets_its_part),
        WITH(of_whom_the_answer_says_nothing_goes_again_alone),
        WITH(a_call_that_need_not_wait_goes_as_it_is),
        WITH(what_is_not_the_same_does_not_go_along),
        WITH(two_hundred_calls_under_the_limit_need_few_requests),
        WITH(refused_as_a_whole_each_goes_alone_and_so_do_later_ones),
        WITH(a_failure_that_passes_is_everybodys),
        WITH(giving_up_one_is_no_matter_of_the_others),
        WITH(one_business_for_many_contacts_is_one_call),
        WITH(who_is_not_in_the_list_of_what_was_done_is_told_so),
        WITH(what_was_folded_is_not_taken_along_by_another),
        WITH(one_that_is_too_large_takes_nobody_along),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
