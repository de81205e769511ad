/* From an operation and its input to what goes over the wire. */
#include "../service/fixture.h"

#include "../service/lua_table.h"
#include "base/log.h"
#include "call/request.h"

struct made {
    struct request r;
    struct err e;
    int rc;
};

static struct made make_with_key(struct connection *c, const char *op, const char *input,
                                 const char *key)
{
    struct made m = { .rc = 0 };
    const struct operation *o = connector_operation(connection_connector(c), op);
    assert_non_null(o);
    json_t *v = fix_json(input);
    m.rc = request_check(c, o, v, &m.e);
    if (m.rc == 0) {
        m.rc = request_build(&m.r, c, o, v, key, &m.e);
    }
    json_decref(v);
    return m;
}

static struct made make(struct connection *c, const char *op, const char *input)
{
    return make_with_key(c, op, input, NULL);
}

static void expect(struct connection *c, const char *op, const char *input, const char *method,
                   const char *url, const char *body)
{
    struct made m = make(c, op, input);
    if (m.rc == -1) {
        print_error("%s\n", m.e.message);
    }
    assert_int_equal(m.rc, 0);
    assert_string_equal(m.r.method, method);
    assert_string_equal(m.r.url, url);
    json_t *want = body != NULL ? fix_json(body) : NULL;
    json_t *got = m.r.body != NULL ? json_parse(m.r.body, m.r.body_len, NULL) : NULL;
    if (!(want == NULL ? got == NULL : json_equal(want, got))) {
        print_error("body %s\n", m.r.body);
        fail();
    }
    json_decref(want);
    json_decref(got);
    request_fini(&m.r);
}

static void refuse(struct connection *c, const char *op, const char *input, const char *message)
{
    struct made m = make(c, op, input);
    assert_int_equal(m.rc, -1);
    assert_contains(m.e.message, message);
    assert_contains(m.e.message, op);
    request_fini(&m.r);
}

static const char *header(const struct request *r, const char *name)
{
    for (size_t i = 0; i < r->header_count; i++) {
        if (strcasecmp(r->names[i], name) == 0) {
            return r->values[i];
        }
    }
    return NULL;
}

static struct connection *crm(struct fixture *f)
{
    return fix_add(f, "crm", fix_connector(f, "highlevel", connector_file("highlevel")),
                   "{'auth':'token','location':'L1','base_url':'https://api.test/'}");
}

#define HOST "https://api.test"

static void every_operation_of_highlevel_is_sent_as_documented(void **state)
{
    static const struct {
        const char *op, *input, *method, *url, *body;
    } cases[] = {
        { "get_contact", "{'contactId':'c1'}", "GET", "/contacts/c1", NULL },
        { "get_contacts", "{'limit':20,'query':'a b&c','startAfter':1631087949919}", "GET",
          "/contacts/?limit=20&query=a%20b%26c&startAfter=1631087949919&locationId=L1", NULL },
        { "get_contacts_by_business_id", "{'businessId':'b1','skip':0}", "GET",
          "/contacts/business/b1?skip=0&locationId=L1", NULL },
        { "search_contacts_advanced", "{'query':'x'}", "POST", "/contacts/search",
          "{'query':'x','locationId':'L1','pageLimit':100}" },
        { "create_contact", "{'email':'a@b.c','tags':['x']}", "POST", "/contacts/",
          "{'email':'a@b.c','tags':['x'],'locationId':'L1'}" },
        { "upsert_contact", "{'phone':'+1555','locationId':'L2'}", "POST", "/contacts/upsert",
          "{'phone':'+1555','locationId':'L2'}" },
        { "update_contact", "{'contactId':'c1','tags':['x'],'replace_tags':true}", "PUT",
          "/contacts/c1", "{'tags':['x']}" },
        { "delete_contact", "{'contactId':'c1'}", "DELETE", "/contacts/c1", NULL },
        { "get_all_tasks", "{'contactId':'c1'}", "GET", "/contacts/c1/tasks", NULL },
        { "get_task", "{'contactId':'c1','taskId':'t1'}", "GET", "/contacts/c1/tasks/t1", NULL },
        { "create_task",
          "{'contactId':'c1','title':'Call','dueDate':'2026-11-25T11:00:00+01:00','completed':"
          "false}",
          "POST", "/contacts/c1/tasks",
          "{'title':'Call','dueDate':'2026-11-25T10:00:00Z','completed':false}" },
        { "update_task", "{'contactId':'c1','taskId':'t1','title':'x'}", "PUT",
          "/contacts/c1/tasks/t1", "{'title':'x'}" },
        { "update_task_completed", "{'contactId':'c1','taskId':'t1','completed':true}", "PUT",
          "/contacts/c1/tasks/t1/completed", "{'completed':true}" },
        { "delete_task", "{'contactId':'c1','taskId':'t1'}", "DELETE", "/contacts/c1/tasks/t1",
          NULL },
        { "get_all_notes", "{'contactId':'c1'}", "GET", "/contacts/c1/notes", NULL },
        { "get_note", "{'contactId':'c1','id':'n1'}", "GET", "/contacts/c1/notes/n1", NULL },
        { "create_note", "{'contactId':'c1','body':'x'}", "POST", "/contacts/c1/notes",
          "{'body':'x'}" },
        { "update_note", "{'contactId':'c1','id':'n1','pinned':true}", "PUT",
          "/contacts/c1/notes/n1", "{'pinned':true}" },
        { "delete_note", "{'contactId':'c1','id':'n1'}", "DELETE", "/contacts/c1/notes/n1", NULL },
        { "add_tags", "{'contactId':'c1','tags':['a']}", "POST", "/contacts/c1/tags",
          "{'tags':['a']}" },
        { "remove_tags", "{'contactId':'c1','tags':['a']}", "DELETE", "/contacts/c1/tags",
          "{'tags':['a']}" },
        { "get_appointments_for_contact", "{'contactId':'c1'}", "GET", "/contacts/c1/appointments",
          NULL },
    };
    struct connection *c = crm(*state);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char url[200];
        snprintf(url, sizeof url, HOST "%s", cases[i].url);
        expect(c, cases[i].op, cases[i].input, cases[i].method, url, cases[i].body);
    }
    assert_int_equal(sizeof cases / sizeof *cases, 22);
}

static void each_request_names_the_version_of_the_api(void **state)
{
    struct made m = make(crm(*state), "get_contact", "{'contactId':'c1'}");
    assert_string_equal(header(&m.r, "Version"), "2021-07-28");
    assert_string_equal(header(&m.r, "Accept"), "application/json");
    assert_null(header(&m.r, "Content-Type"));
    assert_true(m.r.may_have_token);
    request_fini(&m.r);
}

static void what_highlevel_would_refuse_is_refused_before_it_is_sent(void **state)
{
    struct connection *c = crm(*state);
    refuse(c, "update_contact", "{'contactId':'c1','tags':['a']}", "add_tags");
    refuse(c, "update_contact", "{'contactId':'c1','locationId':'L'}", "locationId: is unknown");
    refuse(c, "update_contact", "{'contactId':'c1','gender':'x'}", "gender: is unknown");
    refuse(c, "update_contact", "{'contactId':'c1','companyName':'x'}", "companyName: is unknown");
    refuse(c, "upsert_contact", "{'email':'a@b.c','tags':['a']}", "overwrite");
    refuse(c, "upsert_contact", "{'firstName':'a'}", "needs email or phone");
    refuse(c, "create_task", "{'contactId':'c1','title':'x','dueDate':'2026-11-25'}",
           "completed: is missing");
}

static void dates_inside_objects_and_lists_are_sent_in_utc_too(void **state)
{
    json_t *table = fix_json(
        "{'name':'x','base_url':'https://api.test','auth':{'kinds':['none']},"
        "'operations':{'plan':{'method':'POST','path':'/','input':{"
        "'at':{'1':'object','fields':{'from':['date']}},"
        "'on':{'1':'list','of':['date']}}}}}");
    struct connection *c = fix_add(*state, "x", fix_connector(*state, "x", table), "{}");
    expect(c, "plan", "{'at':{'from':'2026-11-25T10:00:00+01:00'},'on':['2026-11-25T10:00:00.5Z']}",
           "POST", "https://api.test/",
           "{'at':{'from':'2026-11-25T09:00:00Z'},'on':['2026-11-25T10:00:00Z']}");
}

static void a_date_without_an_offset_is_local_to_the_project(void **state)
{
    struct fixture *f = *state;
    struct connection *c = crm(f);
    f->service->env.zone = zone_get("Europe/Amsterdam", NULL);
    expect(c, "update_task", "{'contactId':'c','taskId':'t','dueDate':'2026-11-25 10:00'}", "PUT",
           HOST "/contacts/c/tasks/t", "{'dueDate':'2026-11-25T09:00:00Z'}");
    expect(c, "update_task", "{'contactId':'c','taskId':'t','dueDate':'2026-07-01T10:00:00-05:00'}",
           "PUT", HOST "/contacts/c/tasks/t", "{'dueDate':'2026-07-01T15:00:00Z'}");
    zone_forget_all();
}

static void a_value_cannot_change_the_path(void **state)
{
    struct connection *c = crm(*state);
    expect(c, "get_contact", "{'contactId':'../x?y#z%2e'}", "GET",
           HOST "/contacts/..%2Fx%3Fy%23z%252e", NULL);
    refuse(c, "get_contact", "{'contactId':'..'}", "contactId: must be an id");
    refuse(c, "get_contact", "{'contactId':''}", "contactId: must be an id");
}

static void a_location_that_nobody_gives_is_missed_by_name(void **state)
{
    struct fixture *f = *state;
    struct connection *c = fix_add(
        f, "crm", fix_connector(f, "highlevel", connector_file("highlevel")), "{'auth':'token'}");
    refuse(c, "get_contacts", "{}", "`location` on connection crm");
}

/* --- http --- */

static struct connection *shop(struct fixture *f, const char *config)
{
    return fix_add(f, "shop", fix_connector(f, "http", connector_file("http")), config);
}

static void a_free_call_goes_where_its_url_says(void **state)
{
    struct connection *c = shop(
        *state, "{'base_url':'https://api.test/v1','allow_hosts':['files.test','*.cdn.test']}");
    expect(c, "get", "{'url':'orders','query':{'page':2,'tag':['a','b']}}", "GET",
           HOST "/v1/orders?page=2&tag=a&tag=b", NULL);
    expect(c, "get", "{'url':'/orders?x=1#top','query':{'y':'2'}}", "GET",
           HOST "/v1/orders?x=1&y=2", NULL);
    expect(c, "post", "{'url':'https://api.test/other','json':{'a':[1,null]}}", "POST",
           HOST "/other", "{'a':[1,null]}");
    expect(c, "put", "{'url':'https://files.test/a','json':1}", "PUT", "https://files.test/a", "1");
    expect(c, "get", "{'url':'https://eu.cdn.test/a'}", "GET", "https://eu.cdn.test/a", NULL);
}

static void a_free_call_goes_nowhere_else(void **state)
{
    struct connection *c = shop(
        *state, "{'base_url':'https://api.test/v1','allow_hosts':['files.test','*.cdn.test']}");
    static const char *const urls[] = {
        "https://evil.test/",       "http://api.test/",
        "https://api.test:8443/",   "https://api.test.evil.test/",
        "https://files.test:8443/", "https://cdn.test/",
        "https://xcdn.test/",       "https://api.test@evil.test/",
        "file:///etc/passwd",       "https://127.0.0.1/",
    };
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        char input[200];
        snprintf(input, sizeof input, "{'url':'%s'}", urls[i]);
        struct made m = make(c, "get", input);
        if (m.rc == 0) {
            print_error("%s is let through\n", urls[i]);
        }
        assert_int_equal(m.rc, -1);
    }
}

static void the_token_stays_with_its_own_host(void **state)
{
    struct connection *c =
        shop(*state,
             "{'base_url':'https://api.test','allow_hosts':['files.test'],'token':'0123456789'}");
    struct made own = make(c, "get", "{'url':'/a'}"),
                other = make(c, "get", "{'url':'https://files.test/a'}");
    assert_true(own.r.may_have_token);
    assert_false(other.r.may_have_token);
    request_fini(&own.r);
    request_fini(&other.r);
}

static void private_addresses_need_a_word(void **state)
{
    struct fixture *f = *state;
    struct connector *http = fix_connector(f, "http", connector_file("http"));
    struct connection *strict = fix_add(f, "a", http, "{'base_url':'http://inner.test:9000'}");
    struct connection *open =
        fix_add(f, "b", http, "{'base_url':'http://127.0.0.1:9000','allow_private':true}");
    struct connector *hl = fix_connector(f, "highlevel", connector_file("highlevel"));
    struct connection *staging =
        fix_add(f, "c", hl, "{'auth':'token','base_url':'http://127.0.0.1:9000'}");
    struct connection *inner =
        fix_add(f, "d", hl, "{'auth':'token','base_url':'http://inner.test:9000'}");
    struct made m[] = { make(strict, "get", "{'url':'/'}"), make(open, "get", "{'url':'/'}"),
                        make(staging, "get_contact", "{'contactId':'c'}"),
                        make(inner, "get_contact", "{'contactId':'c'}") };
    assert_false(m[0].r.may_be_private);
    assert_true(m[1].r.may_be_private);
    assert_true(m[2].r.may_be_private);
    assert_false(m[3].r.may_be_private);
    for (int i = 0; i < 4; i++) {
        request_fini(&m[i].r);
    }
}

static void one_body_of_three_kinds_is_sent(void **state)
{
    struct connection *c = shop(*state, "{'base_url':'https://api.test'}");
    struct made form = make(c, "post", "{'url':'/','form':{'a':'x y','b':1}}");
    assert_string_equal(form.r.body, "a=x%20y&b=1");
    assert_string_equal(header(&form.r, "Content-Type"), "application/x-www-form-urlencoded");
    struct made text =
        make(c, "post", "{'url':'/','text':'<a/>','headers':{'content-type':'application/xml'}}");
    assert_string_equal(text.r.body, "<a/>");
    assert_string_equal(header(&text.r, "Content-Type"), "application/xml");
    refuse(c, "post", "{'url':'/','text':'a','form':{}}", "one of json, form and text");
    struct made null = make(c, "post", "{'url':'/','json':null}");
    assert_string_equal(null.r.body, "null");
    request_fini(&form.r);
    request_fini(&text.r);
    request_fini(&null.r);
}

static void a_header_cannot_break_out_of_its_line(void **state)
{
    struct connection *c =
        shop(*state, "{'base_url':'https://api.test','headers':{'X-App':'ladle'}}");
    refuse(c, "get", "{'url':'/','headers':{'X':'a\\r\\nHost: evil'}}", "headers: 'X'");
    refuse(c, "get", "{'url':'/','headers':{'X y':'a'}}", "headers");
    refuse(c, "get", "{'url':'/','headers':{'Host':'evil'}}", "headers: 'Host'");
    refuse(c, "get", "{'url':'/','headers':{'X':{}}}", "headers");
    struct made m = make(c, "get", "{'url':'/','headers':{'x-app':'mine','X-N':5}}");
    assert_string_equal(header(&m.r, "X-App"), "mine");
    assert_string_equal(header(&m.r, "X-N"), "5");
    request_fini(&m.r);
}

/* --- the others --- */

static void an_engine_is_called_at_its_own_address(void **state)
{
    struct fixture *f = *state;
    struct connector *cc =
        fix_connector(f, "convertcalculator", connector_file("convertcalculator"));
    struct connection *c =
        fix_add(f, "calc", cc, "{'secret':'0123456789','engine_url':'http://127.0.0.1:7000/e/1'}");
    expect(c, "run_engine", "{'inputs':{'A':1}}", "POST", "http://127.0.0.1:7000/e/1", "{'A':1}");
    expect(c, "run_engine", "{'inputs':{'A':1},'wrap':'data'}", "POST", "http://127.0.0.1:7000/e/1",
           "{'data':{'A':1}}");
    expect(c, "run_engine", "{'inputs':{'A':1},'method':'GET'}", "GET",
           "http://127.0.0.1:7000/e/1?A=1", NULL);
    expect(c, "run_engine", "{'inputs':{},'engine_url':'https://app.convertcalculator.com/e/2'}",
           "POST", "https://app.convertcalculator.com/e/2", "{}");
    refuse(c, "run_engine", "{'inputs':{},'engine_url':'https://evil.test/'}", "evil.test");
    refuse(c, "run_engine", "{'inputs':{},'engine_url':'http://app.convertcalculator.com/'}",
           "allow_hosts");
    struct connection *none = fix_add(f, "calc2", cc, "{'secret':'0123456789'}");
    refuse(none, "run_engine", "{'inputs':{}}", "engine_url");
}

static void records_are_sent_to_the_rest_sink_with_a_key_of_their_own(void **state)
{
    struct fixture *f = *state;
    struct connector *records = fix_connector(f, "records", connector_file("records"));
    struct connection *c =
        fix_add(f, "records", records, "{'sink':'rest','base_url':'https://api.test'}");
    const struct operation *upsert = connector_operation(records, "upsert_task");
    assert_false(connection_is_local(c, upsert));
    struct made m = make_with_key(c, "upsert_task",
                                  "{'task_id':'t1','contact_id':'c1','title':'x'}", "run:step");
    assert_string_equal(m.r.url, HOST "/contacts/c1/tasks/t1");
    assert_string_equal(m.r.method, "PUT");
    assert_string_equal(header(&m.r, "Idempotency-Key"), "run:step");
    request_fini(&m.r);
    expect(c, "delete_contact", "{'contact_id':'c1'}", "DELETE",
           HOST "/contacts/c1?source=highlevel", NULL);
    expect(c, "list_tasks", "{'contact_id':'c1'}", "GET", HOST "/tasks?contact_id=c1&limit=100",
           NULL);
    struct connection *local = fix_add(f, "local", records, "{}");
    assert_true(connection_is_local(local, upsert));
}

static void every_record_operation_can_be_sent(void **state)
{
    struct fixture *f = *state;
    struct connector *records = fix_connector(f, "records", connector_file("records"));
    struct connection *c =
        fix_add(f, "records", records, "{'sink':'rest','base_url':'https://api.test'}");
    for (const char *const *name = connector_operation_names(records); *name != NULL; name++) {
        bool is_list = strncmp(*name, "list_", 5) == 0;
        bool has_contact = strstr(*name, "upsert_task") != NULL || strstr(*name, "append_") != NULL;
        const char *kind = strstr(*name, "contact") != NULL    ? "contact"
                           : strstr(*name, "task") != NULL     ? "task"
                           : strstr(*name, "activity") != NULL ? "activity"
                                                               : "submission";
        char input[200];
        snprintf(input, sizeof input, is_list ? "{}" : "{'%s_id':'x'%s}", kind,
                 has_contact ? ",'contact_id':'c'" : "");
        struct made m = make(c, *name, input);
        if (m.rc == -1) {
            print_error("%s\n", m.e.message);
        }
        assert_int_equal(m.rc, 0);
        assert_non_null(json_object_get(connector_operation(records, *name)->table, "store"));
        request_fini(&m.r);
    }
}

static void settings_that_cannot_work_are_refused(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *connector, *config, *message, *setting;
    } cases[] = {
        { "records", "{'sink':'rest'}", "`sink: rest` needs a `base_url`", "sink" },
        { "http", "{}", "needs `base_url`, or `allow_hosts`", "" },
        { "http", "{'base_url':'ftp://x'}", "`base_url`: not a usable URL", "base_url" },
        { "http", "{'base_url':'https://x?y=1'}", "`base_url` has no query", "base_url" },
        { "http", "{'base_url':'http://127.0.0.1:9000'}", "127.0.0.1 is a private", "base_url" },
        { "http", "{'base_url':'http://localhost'}", "localhost is a private", "base_url" },
        { "highlevel", "{'auth':'token','base_url':'https://[fe80::1]/x'}", "fe80::1 is a private",
          "base_url" },
        { "http", "{'base_url':'https://x.test','auth':'oauth','token_url':'http://10.1.2.3/t'}",
          "`token_url`: 10.1.2.3 is a private address; `allow_private: true`", "token_url" },
        { "webhook", "{'verify':'none','auth':'oauth'}", "has no auth `oauth`", "auth" },
        { "webhook", "{'verify':'none','expect_every':'soon'}", "`expect_every`", "expect_every" },
        { "webhook", "{}", "`verify` is missing", "" },
        { "webhook", "{'verify':'hmac_sha256','secret':'0123456789'}", "the `header`", "verify" },
        { "webhook", "{'verify':'token'}", "needs a `secret`", "verify" },
        { "webhook", "{'verify':'magic'}", "no way to verify `magic`", "verify" },
        { "webhook", "{'verify':'token','secret':'short'}", "`secret` is too short", "secret" },
        { "webhook", "{'verify':'none','webhook':{'allow_from':['x']}}",
          "`allow_from`: ", "webhook.allow_from" },
        { "highlevel", "{'auth':'token','webhook':{'public_keys':['x']}}", "public_keys[1]",
          "webhook.public_keys" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err e = ERR_INIT;
        json_t *table = connector_file(cases[i].connector), *config = fix_json(cases[i].config);
        struct connector *c = connector_new(cases[i].connector, table);
        if (service_add(f->service, "x", c, config, &e) != NULL) {
            print_error("%s %s is taken\n", cases[i].connector, cases[i].config);
            fail();
        }
        assert_int_equal(e.kind, ERR_CONFIG);
        assert_contains(e.message, cases[i].message);
        assert_string_equal(e.detail, cases[i].setting);
        connector_free(c);
        json_decref(table);
        json_decref(config);
    }
}

static void a_connections_secrets_are_not_in_its_settings(void **state)
{
    struct fixture *f = *state;
    struct connection *c =
        fix_add(f, "in", fix_connector(f, "webhook", connector_file("webhook")),
                "{'verify':'token','secret':'top-secret-1','client_secret':'top-secret-2',"
                "'token':'top-secret-3','webhook':{'token':'top-secret-4'}}");
    size_t len;
    char *text = json_text(connection_config(c), &len);
    assert_null(strstr(text, "top-secret"));
    free(text);
}

static void a_key_in_the_headers_of_the_settings_is_not_logged(void **state)
{
    struct connection *c = shop(*state,
                                "{'base_url':'https://api.test','headers':"
                                "{'X-Api-Key':'a-very-secret-key','Accept':'application/json'}}");
    struct made m = make(c, "get", "{'url':'/'}");
    assert_string_equal(header(&m.r, "X-Api-Key"), "a-very-secret-key");
    char text[] = "sent a-very-secret-key as application/json";
    assert_int_equal(log_redact(text, strlen(text)), 1);
    assert_null(strstr(text, "a-very-secret-key"));
    assert_non_null(strstr(text, "application/json"));
    request_fini(&m.r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH(test) cmocka_unit_test_setup_teardown(test, fix_setup, fix_teardown)
        WITH(every_operation_of_highlevel_is_sent_as_documented),
        WITH(each_request_names_the_version_of_the_api),
        WITH(what_highlevel_would_refuse_is_refused_before_it_is_sent),
        WITH(dates_inside_objects_and_lists_are_sent_in_utc_too),
        WITH(a_date_without_an_offset_is_local_to_the_project),
        WITH(a_value_cannot_change_the_path),
        WITH(a_location_that_nobody_gives_is_missed_by_name),
        WITH(a_free_call_goes_where_its_url_says),
        WITH(a_free_call_goes_nowhere_else),
        WITH(the_token_stays_with_its_own_host),
        WITH(private_addresses_need_a_word),
        WITH(one_body_of_three_kinds_is_sent),
        WITH(a_header_cannot_break_out_of_its_line),
        WITH(an_engine_is_called_at_its_own_address),
        WITH(records_are_sent_to_the_rest_sink_with_a_key_of_their_own),
        WITH(every_record_operation_can_be_sent),
        WITH(settings_that_cannot_work_are_refused),
        WITH(a_connections_secrets_are_not_in_its_settings),
        WITH(a_key_in_the_headers_of_the_settings_is_not_logged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
