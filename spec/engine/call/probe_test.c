/* Looking for an effect of unknown outcome. */
#include "../service/fixture.h"

#include "../service/lua_table.h"
#include "base/log.h"
#include "call/probe.h"

static struct connection *crm(struct fixture *f)
{
    struct connector *hl = fix_connector(f, "highlevel", connector_file("highlevel"));
    struct connection *c = fix_add(f, "crm", hl,
                                   "{'auth':'token','token':'pit-123456','location':'L1',"
                                   "'base_url':'https://api.test'}");
    fix_start(f);
    return c;
}

static struct service_call *start_probe(struct fixture *f, struct connection *c, const char *op,
                                        const char *input, struct outcome *o)
{
    struct service_call *call =
        call_probe(service_calls(f->service),
                   &(struct call_opts){
                       .connection = c,
                       .operation = connector_operation(connection_connector(c), op),
                       .input = fix_json(input),
                       .done = fix_done,
                       .ud = o,
                   },
                   fix_wall_us - 10 * SECOND);
    fix_settle(f);
    return call;
}

#define TASK                                                                                       \
    "{'contactId':'c1','title':'Call "                                                             \
    "Jane','dueDate':'2026-11-25T11:00:00+01:00','completed':false}"

/* What a probe for TASK makes of a list of tasks: the id of the one found, or "". */
static void expect(struct fixture *f, struct connection *c, const char *tasks, const char *id)
{
    struct outcome o = { .count = 0 };
    char body[1000];
    (void)start_probe(f, c, "create_task", TASK, &o);
    snprintf(body, sizeof body, "{'tasks':[%s]}", tasks);
    fix_answer(f, f->http.count - 1, 200, NULL, body);
    assert_int_equal(o.count, 1);
    assert_int_equal(o.err.kind, ERR_NONE);
    const char *found = json_path_text(o.output, "task.id");
    assert_string_equal(found != NULL ? found : "", id);
    assert_true(found != NULL || json_is_null(o.output));
    outcome_fini(&o);
}

static void the_effect_is_the_item_that_is_equal_in_what_was_sent(void **state)
{
    struct fixture *f = *state;
    struct connection *c = crm(f);
    expect(f, c,
           "{'id':'t1','title':'Call Jane','dueDate':'2026-11-25T10:00:00.000Z','completed':false}",
           "t1");
    expect(f, c, "{'id':'t1','title':' Call Jane\\n','dueDate':'2026-11-25T10:00:00.000Z'}", "t1");
    expect(f, c,
           "{'id':'t1','title':'Call jane','dueDate':'2026-11-25T10:00:00.000Z','completed':false}",
           "");
    expect(f, c,
           "{'id':'t1','title':'Call Jane','dueDate':'2026-11-25T10:00:01.000Z','completed':false}",
           "");
    expect(f, c,
           "{'id':'t1','title':'Call Jane','dueDate':'2026-11-25T10:00:00.000Z','completed':true}",
           "");
    expect(f, c, "", "");
    expect(f, c, "1,null,[]", "");
    assert_string_equal(f->http.sent[0].url, "https://api.test/contacts/c1/tasks");
    assert_string_equal(f->http.sent[0].method, "GET");
}

static void dated(char out[200], const char *id, const char *date)
{
    snprintf(out, 200,
             "{'id':'%s','title':'Call "
             "Jane','dueDate':'2026-11-25T10:00:00Z','completed':false,'dateAdded':'%s'}",
             id, date);
}

static void an_item_that_is_older_than_the_call_is_not_its_effect(void **state)
{
    struct fixture *f = *state;
    struct connection *c = crm(f);
    char old[200], recent[200], newest[200], all[700];
    dated(old, "t1", "2026-11-23T09:00:00.000Z");
    dated(recent, "t2", "2026-11-23T09:59:55.000Z");
    dated(newest, "t3", "2026-11-23T09:59:57.000Z");
    expect(f, c, old, "");
    snprintf(all, sizeof all, "%s,%s,%s", newest, recent, old);
    expect(f, c, all, "t3");
}

static void a_probe_waits_until_what_was_sent_has_arrived(void **state)
{
    struct fixture *f = *state;
    struct outcome o = { .count = 0 };
    struct connection *c = crm(f);
    (void)call_probe(service_calls(f->service),
                     &(struct call_opts){
                         .connection = c,
                         .operation = connector_operation(connection_connector(c), "create_task"),
                         .input = fix_json(TASK),
                         .done = fix_done,
                         .ud = &o,
                     },
                     fix_wall_us);
    fix_pass(f, 5 * SECOND - 1);
    fix_settle(f);
    assert_int_equal(f->http.count, 0);
    fix_pass(f, 1);
    fix_settle(f);
    assert_int_equal(f->http.count, 1);
    fix_answer(f, 0, 200, NULL, "{'tasks':[]}");
    outcome_fini(&o);
}

static void a_contact_is_looked_for_by_its_address_in_any_case(void **state)
{
    struct fixture *f = *state;
    struct outcome o = { .count = 0 };
    struct connection *c = crm(f);
    (void)start_probe(f, c, "create_contact", "{'email':'Jane@Example.com','firstName':'Jane'}",
                      &o);
    assert_contains(f->http.sent[0].url, "https://api.test/contacts/?");
    assert_contains(f->http.sent[0].url, "locationId=L1");
    assert_contains(f->http.sent[0].url, "query=Jane%40Example.com");
    fix_answer(f, 0, 200, NULL,
               "{'contacts':[{'id':'c9','email':'jane@example.com','dateAdded':'2026-11-23T09:59:"
               "58.000Z'}]}");
    assert_string_equal(json_path_text(o.output, "contact.id"), "c9");
    outcome_fini(&o);
}

static void what_cannot_be_looked_for_stays_unknown(void **state)
{
    struct fixture *f = *state;
    struct outcome o = { .count = 0 };
    struct connection *c = crm(f);
    (void)start_probe(f, c, "create_contact", "{'firstName':'Jane'}", &o);
    assert_int_equal(o.err.kind, ERR_UNKNOWN);
    struct connection *shop = fix_add(f, "shop", fix_connector(f, "http", connector_file("http")),
                                      "{'base_url':'https://a.test'}");
    (void)start_probe(f, shop, "post", "{'url':'/'}", &o);
    assert_int_equal(o.count, 2);
    assert_int_equal(o.err.kind, ERR_UNKNOWN);
    assert_contains(o.err.message, "cannot be looked for");
    assert_int_equal(f->http.count, 0);
    outcome_fini(&o);
}

static json_t *find_part(void *ud, const char *path)
{
    json_t *parts = ud;
    return json_object_get(parts, path);
}

/* In a part of a connector the name may be that of any file, so it can lead nowhere. */
static void what_cannot_be_looked_for_with_anything_stays_unknown(void **state)
{
    struct fixture *f = *state;
    json_t *parts = fix_json(
        "{'x/index':{'operations':{'make':'part'}},'x/part':{'operations':{'make':{"
        "'method':'POST','path':'/','input':{'t':['string']},"
        "'probe':{'list':'gone','items':'i','as':'t','match':['t']}}}}}");
    struct connector *x = fix_connector(f, "x", fix_json("{'name':'x','areas':true}"));
    connector_set_areas(x, &(struct areas){ .find = find_part, .ud = parts });
    struct connection *c = fix_add(f, "x", x, "{'auth':'none','base_url':'https://api.test'}");
    struct outcome o = { .count = 0 };
    fix_start(f);
    (void)start_probe(f, c, "make", "{'t':'a'}", &o);
    assert_int_equal(o.count, 1);
    assert_int_equal(o.err.kind, ERR_UNKNOWN);
    assert_contains(o.err.message, "there is no operation 'gone' to look for it with");
    assert_int_equal(f->http.count, 0);
    outcome_fini(&o);
    json_decref(parts);
}

static void what_may_be_repeated_need_not_be_looked_for(void **state)
{
    struct fixture *f = *state;
    struct outcome o = { .count = 0 };
    struct connection *c = crm(f);
    (void)start_probe(f, c, "update_contact", "{'contactId':'c1'}", &o);
    assert_int_equal(o.count, 1);
    assert_true(json_is_null(o.output));
    assert_int_equal(f->http.count, 0);
    outcome_fini(&o);
}

static void a_probe_that_fails_is_an_error_as_any_call(void **state)
{
    struct fixture *f = *state;
    struct outcome o = { .count = 0 };
    (void)start_probe(f, crm(f), "create_task", TASK, &o);
    fix_answer(f, 0, 503, NULL, "");
    assert_int_equal(o.err.kind, ERR_UNAVAILABLE);
    outcome_fini(&o);
}

static void a_cancelled_probe_leaves_nothing_unknown_behind(void **state)
{
    struct fixture *f = *state;
    struct outcome o = { .count = 0 };
    struct service_call *call = start_probe(f, crm(f), "create_task", TASK, &o);
    assert_int_equal(f->http.count, 1);
    assert_false(call_cancel(call));
    assert_int_equal(o.count, 0);
}

int main(void)
{
    log_set_level(LOG_OFF);
    const struct CMUnitTest tests[] = {
#define WITH(test) cmocka_unit_test_setup_teardown(test, fix_setup, fix_teardown)
        WITH(the_effect_is_the_item_that_is_equal_in_what_was_sent),
        WITH(an_item_that_is_older_than_the_call_is_not_its_effect),
        WITH(a_probe_waits_until_what_was_sent_has_arrived),
        WITH(a_contact_is_looked_for_by_its_address_in_any_case),
        WITH(what_cannot_be_looked_for_stays_unknown),
        WITH(what_cannot_be_looked_for_with_anything_stays_unknown),
        WITH(what_may_be_repeated_need_not_be_looked_for),
        WITH(a_probe_that_fails_is_an_error_as_any_call),
        WITH(a_cancelled_probe_leaves_nothing_unknown_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
