/* One API call from start to end, and what it means when the end does not come. */
#include "../service/fixture.h"

#include "../service/lua_table.h"
#include "base/log.h"

static struct connection *crm(struct fixture *f)
{
    struct connector *hl = fix_connector(f, "highlevel", connector_file("highlevel"));
    struct connection *c = fix_add(f, "crm", hl,
                                   "{'auth':'token','token':'pit-123456','location':'L1',"
                                   "'base_url':'https://api.test'}");
    fix_start(f);
    return c;
}

static struct connection *shop(struct fixture *f)
{
    struct connection *c =
        fix_add(f, "shop", fix_connector(f, "http", connector_file("http")),
                "{'base_url':'https://api.test','token':'key-123456','header':'X-Api-Key'}");
    fix_start(f);
    return c;
}

/* An OAuth connection with access-1; the exchange is request 0. */
static void exchanged(void *ud, const struct err *e)
{
    assert_null(e);
}

static struct connection *oauth(struct fixture *f)
{
    struct connector *hl = fix_connector(f, "highlevel", connector_file("highlevel"));
    struct connection *c =
        fix_add(f, "crm", hl,
                "{'auth':'oauth','client_id':'app','client_secret':'client-secret',"
                "'location':'L1','base_url':'https://api.test'}");
    fix_start(f);
    struct secret *code = secret_new("code", 4);
    token_exchange_code(c, &(struct token_code){ .code = code }, exchanged, NULL);
    secret_free(code);
    fix_settle(f);
    fix_answer(f, 0, 200, NULL,
               "{'access_token':'access-1','refresh_token':'refresh-1','expires_in':86399}");
    fix_settle(f);
    return c;
}

#define TASK "{'contactId':'c1','title':'Call','dueDate':'2026-11-25T10:00:00Z','completed':false}"

/* --- the way through --- */

static void a_call_goes_out_with_its_token_and_brings_its_output(void **state)
{
    struct fixture *f = *state;
    struct outcome o = { .count = 0 };
    fix_call(f, crm(f), "get_contact", "{'contactId':'c1'}", &o);
    assert_int_equal(f->http.count, 1);
    assert_string_equal(sent_header(&f->http.sent[0], "Authorization"), "Bearer pit-123456");
    assert_int_equal(o.count, 0);
    fix_answer(f, 0, 200, NULL, "{'contact':{'id':'c1'},'traceId':'t'}");
    assert_int_equal(o.count, 1);
    assert_int_equal(o.err.kind, ERR_NONE);
    assert_string_equal(json_path_text(o.output, "contact.id"), "c1");
    outcome_fini(&o);
}

static void nothing_happens_within_call_start(void **state)
{
    struct fixture *f = *state;
    struct outcome o = { .count = 0 };
    struct connection *c = crm(f);
    const struct operation *op = connector_operation(connection_connector(c), "get_contact");
    (void)call_start(service_calls(f->service), &(struct call_opts){
                                                    .connection = c,
                                                    .operation = op,
                                                    .input = json_object(),
                                                    .done = fix_done,
                                                    .ud = &o,
                                                });
    assert_int_equal(o.count, 0);
    fix_turn(f);
    assert_int_equal(o.count, 1);
    assert_int_equal(o.err.kind, ERR_INVALID);
    assert_contains(o.err.message, "input of get_contact: contactId: is missing");
    assert_int_equal(f->http.count, 0);
    outcome_fini(&o);
}

static void the_callers_input_is_not_changed(void **state)
{
    struct fixture *f = *state;
    struct outcome o = { .count = 0 };
    struct connection *c = crm(f);
    json_t *input = fix_json("{'query':'x'}");
    (void)call_start(
        service_calls(f->service),
        &(struct call_opts){
            .connection = c,
            .operation = connector_operation(connection_connector(c), "search_contacts_advanced"),
            .input = json_incref(input),
            .done = fix_done,
            .ud = &o,
        });
    fix_settle(f);
    assert_int_equal(json_object_size(input), 1);
    assert_non_null(strstr(f->http.sent[0].body, "\"locationId\":\"L1\""));
    fix_answer(f, 0, 200, NULL, "{'contacts':[]}");
    json_decref(input);
    outcome_fini(&o);
}

static void an_api_key_goes_into_the_header_that_it_belongs_in(void **state)
{
    struct fixture *f = *state;
    struct outcome o = { .count = 0 };
    fix_call(f, shop(f), "get", "{'url':'/orders'}", &o);
    assert_string_equal(sent_header(&f->http.sent[0], "X-Api-Key"), "key-123456");
    assert_null(sent_header(&f->http.sent[0], "Authorization"));
    fix_answer(f, 0, 200, "x-page: 1", "{'a':[1]}");
    assert_int_equal(json_get_int(o.output, "status", 0), 200);
    assert_string_equal(json_path_text(o.output, "headers.x-page"), "1");
    assert_int_equal(json_integer_value(json_path(o.output, "body.a.0")), 1);
    outcome_fini(&o);
}

static void a_header_that_the_recipe_fills_itself_is_not_sent_twice(void **state)
{
    struct fixture *f = *state;
    struct outcome o = { .count = 0 };
    struct service_call *call =
        fix_call(f, shop(f), "get", "{'url':'/','headers':{'x-api-key':'mine'}}", &o);
    assert_string_equal(sent_header(&f->http.sent[0], "X-Api-Key"), "mine");
    assert_int_equal(f->http.sent[0].header_count, 1);
    (void)call_cancel(call);
}

static void a_body_that_is_no_json_stays_text(void **state)
{
    struct fixture *f = *state;
    struct outcome o = { .count = 0 };
    fix_call(f, shop(f), "get", "{'url':'/'}", &o);
    fix_answer(f, 0, 200, "content-type: text/plain", "5400");
    assert_string_equal(json_get_text(o.output, "body"), "5400");
    fix_call(f, service_find(f->service, "shop"), "get", "{'url':'/'}", &o);
    fix_answer(f, 1, 204, NULL, NULL);
    assert_string_equal(json_get_text(o.output, "body"), "");
    outcome_fini(&o);
}

static void an_answer_of_400_and_above_is_an_error(void **state)
{
    struct fixture *f = *state;
    struct outcome o = { .count = 0 };
    fix_call(f, shop(f), "get", "{'url':'/'}", &o);
    fix_answer(f, 0, 404, NULL, "{'message':'no such order'}");
    assert_int_equal(o.err.kind, ERR_NOT_FOUND);
    assert_contains(o.err.message, "no such order");
    assert_contains(o.answer, "no such order");
    outcome_fini(&o);
}

static void what_is_gone_already_was_deleted(void **state)
{
    struct fixture *f = *state;
    struct outcome o = { .count = 0 };
    fix_call(f, crm(f), "delete_task", "{'contactId':'c1','taskId':'t1'}", &o);
    fix_answer(f, 0, 404, NULL, "{'message':'Task not found'}");
    assert_int_equal(o.err.kind, ERR_NONE);
    assert_true(json_get_bool(o.output, "succeded", false));
    outcome_fini(&o);
}

static void a_record_that_was_sent_says_where_to(void **state)
{
    struct fixture *f = *state;
    struct outcome o = { .count = 0 };
    struct connection *c =
        fix_add(f, "records", fix_connector(f, "records", connector_file("records")),
                "{'sink':'rest','base_url':'https://api.test'}");
    fix_start(f);
    fix_call(f, c, "upsert_contact", "{'contact_id':'c1'}", &o);
    fix_answer(f, 0, 201, NULL, "{}");
    assert_string_equal(json_get_text(o.output, "sent_to"), "api.test");
    assert_int_equal(json_get_int(o.output, "status", 0), 201);
    fix_call(f, c, "upsert_contact", "{'contact_id':'c1'}", &o);
    fix_answer(f, 1, 409, NULL, "{'message':'there'}");
    assert_string_equal(json_get_text(o.output, "change"), "same");
    outcome_fini(&o);
}

/* --- tokens --- */

static void an_expired_token_is_refreshed_once_and_the_call_sent_again(void **state)
{
    struct fixture *f = *state;
    struct outcome o = { .count = 0 };
    fix_call(f, oauth(f), "get_contact", "{'contactId':'c1'}", &o);
    fix_answer(f, 1, 401, NULL, "{'message':'Invalid JWT'}");
    fix_settle(f);
    fix_answer(f, 2, 200, NULL,
               "{'access_token':'access-2','refresh_token':'refresh-2','expires_in':86399}");
    fix_settle(f);
    assert_int_equal(f->http.count, 4);
    assert_string_equal(sent_header(&f->http.sent[3], "Authorization"), "Bearer access-2");
    fix_answer(f, 3, 401, NULL, "{'message':'Invalid JWT'}");
    assert_int_equal(o.count, 1);
    assert_int_equal(o.err.kind, ERR_AUTH); /* not once more */
    assert_int_equal(f->http.count, 4);
    outcome_fini(&o);
}

static void a_connection_without_a_token_says_what_to_do(void **state)
{
    struct fixture *f = *state;
    struct outcome o = { .count = 0 };
    struct connection *c =
        fix_add(f, "crm", fix_connector(f, "highlevel", connector_file("highlevel")),
                "{'auth':'token','location':'L1'}");
    fix_start(f);
    fix_call(f, c, "get_contact", "{'contactId':'c1'}", &o);
    assert_int_equal(o.err.kind, ERR_AUTH);
    assert_contains(o.err.message, "ladle connect crm");
    assert_int_equal(f->http.count, 0);
    outcome_fini(&o);
}

/* --- before_send --- */

struct owner {
    struct outcome o; /* first: fix_done takes it */
    struct service_call *call;
    int announced;
};

static void on_before_send(void *ud, struct service_call *call)
{
    struct owner *w = ud;
    w->announced++;
    w->call = call;
}

static void announce(struct fixture *f, struct connection *c, const char *op, const char *input,
                     struct owner *w)
{
    *w = (struct owner){ .announced = 0 };
    w->call = call_start(service_calls(f->service),
                         &(struct call_opts){
                             .connection = c,
                             .operation = connector_operation(connection_connector(c), op),
                             .input = fix_json(input),
                             .before_send = on_before_send,
                             .done = fix_done,
                             .ud = w,
                         });
    fix_settle(f);
}

static void nothing_is_sent_before_the_owner_says_go(void **state)
{
    struct fixture *f = *state;
    struct owner w;
    announce(f, crm(f), "create_task", TASK, &w);
    assert_int_equal(w.announced, 1);
    fix_pass(f, 5 * SECOND);
    fix_settle(f);
    assert_int_equal(f->http.count, 0);
    call_go(w.call);
    assert_int_equal(f->http.count, 1);
    fix_answer(f, 0, 201, NULL, "{'task':{'id':'t1'}}");
    assert_string_equal(json_path_text(w.o.output, "task.id"), "t1");
    outcome_fini(&w.o);
}

static void the_owner_is_asked_once_even_if_the_token_expires(void **state)
{
    struct fixture *f = *state;
    struct owner w;
    announce(f, oauth(f), "create_task", TASK, &w);
    call_go(w.call);
    fix_answer(f, 1, 401, NULL, "{'message':'Invalid JWT'}");
    fix_settle(f);
    fix_answer(f, 2, 200, NULL,
               "{'access_token':'access-2','refresh_token':'refresh-2','expires_in':86399}");
    fix_settle(f);
    assert_int_equal(w.announced, 1);
    fix_answer(f, 3, 201, NULL, "{'task':{'id':'t1'}}");
    assert_int_equal(w.o.err.kind, ERR_NONE);
    outcome_fini(&w.o);
}

static void a_wrong_input_is_refused_before_the_owner_is_asked(void **state)
{
    struct fixture *f = *state;
    struct owner w;
    announce(f, crm(f), "create_task",
             "{'contactId':'..','title':'x','dueDate':'2026-11-25','completed':true}", &w);
    assert_int_equal(w.announced, 0);
    assert_int_equal(w.o.err.kind, ERR_INVALID);
    outcome_fini(&w.o);
}

/* --- outcomes --- */

/* How a call of `op` ends when it breaks with `kind`, or is answered with `status` and `body`. */
static struct err end_of(struct fixture *f, struct connection *c, const char *op, const char *input,
                         enum err_kind kind, int status, const char *body)
{
    struct outcome o = { .count = 0 };
    fix_call(f, c, op, input, &o);
    if (o.count == 0 && status == 0) {
        fix_break(f, f->http.count - 1, kind);
    } else if (o.count == 0) {
        fix_answer(f, f->http.count - 1, status, NULL, body);
    }
    assert_int_equal(o.count, 1);
    struct err e = o.err;
    outcome_fini(&o);
    breaker_report(&c->breaker, false, false); /* not the subject here */
    fix_pass(f, 61 * SECOND);
    return e;
}

static void an_outcome_that_nobody_knows_is_called_unknown(void **state)
{
    static const struct {
        enum err_kind kind;
        int status;
        const char *body;
        enum err_kind create, update;
    } cases[] = {
        { ERR_UNREACHABLE, 0, NULL, ERR_UNREACHABLE, ERR_UNREACHABLE },
        { ERR_TLS, 0, NULL, ERR_TLS, ERR_TLS },
        { ERR_UNKNOWN, 0, NULL, ERR_UNKNOWN, ERR_TIMEOUT },
        { ERR_PROTOCOL, 0, NULL, ERR_UNKNOWN, ERR_PROTOCOL },
        { ERR_TOO_LARGE, 0, NULL, ERR_UNKNOWN, ERR_TOO_LARGE },
        { ERR_NONE, 500, "", ERR_UNKNOWN, ERR_UNAVAILABLE },
        { ERR_NONE, 502, "", ERR_UNKNOWN, ERR_UNAVAILABLE },
        { ERR_NONE, 504, "", ERR_UNKNOWN, ERR_UNAVAILABLE },
        { ERR_NONE, 524, "", ERR_UNKNOWN, ERR_UNAVAILABLE },
        { ERR_NONE, 522, "", ERR_UNAVAILABLE, ERR_UNAVAILABLE },
        { ERR_NONE, 503, "", ERR_UNAVAILABLE, ERR_UNAVAILABLE },
        { ERR_NONE, 429, "", ERR_RATE_LIMITED, ERR_RATE_LIMITED },
        { ERR_NONE, 422, "", ERR_INVALID, ERR_INVALID },
        { ERR_NONE, 302, "", ERR_PROTOCOL, ERR_PROTOCOL },
        { ERR_NONE, 201, "garbage", ERR_UNKNOWN, ERR_PROTOCOL },
        { ERR_NONE, 200, "{}", ERR_UNKNOWN, ERR_PROTOCOL },
    };
    struct fixture *f = *state;
    struct connection *c = crm(f);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err create =
            end_of(f, c, "create_task", TASK, cases[i].kind, cases[i].status, cases[i].body);
        struct err update = end_of(f, c, "get_task", "{'contactId':'c','taskId':'t'}",
                                   cases[i].kind, cases[i].status, cases[i].body);
        if (create.kind != cases[i].create || update.kind != cases[i].update) {
            print_error("case %zu: %s, %s\n", i, create.message, update.message);
        }
        assert_int_equal(create.kind, cases[i].create);
        assert_int_equal(update.kind, cases[i].update);
    }
}

static void a_post_that_may_be_repeated_times_out_instead(void **state)
{
    struct fixture *f = *state;
    struct connection *c = shop(f);
    struct err e =
        end_of(f, c, "post", "{'url':'/','json':{},'idempotent':true}", ERR_UNKNOWN, 0, NULL);
    assert_int_equal(e.kind, ERR_TIMEOUT);
    assert_null(strstr(f->http.sent[0].body, "idempotent"));
    e = end_of(f, c, "post", "{'url':'/','json':{}}", ERR_UNKNOWN, 0, NULL);
    assert_int_equal(e.kind, ERR_UNKNOWN);
}

static void a_refused_call_says_when_it_makes_sense_again(void **state)
{
    struct fixture *f = *state;
    struct outcome o = { .count = 0 };
    struct connection *c = crm(f);
    fix_call(f, c, "get_contact", "{'contactId':'c1'}", &o);
    fix_answer(f, 0, 429, "retry-after: 7", "");
    assert_int_equal(o.err.retry_at_us, fix_wall_us + 7 * SECOND);
    fix_call(f, c, "get_contact", "{'contactId':'c1'}", &o);
    assert_int_equal(f->http.count, 1); /* nobody else calls meanwhile */
    fix_pass(f, 7 * SECOND);
    assert_int_equal(f->http.count, 2);
    fix_answer(f, 1, 503, "retry-after: 3", "");
    assert_int_equal(o.err.retry_at_us, fix_wall_us + 3 * SECOND);
    outcome_fini(&o);
}

static void a_service_that_is_down_is_left_alone_for_a_while(void **state)
{
    struct fixture *f = *state;
    struct outcome o = { .count = 0 };
    struct connection *c = crm(f);
    for (int i = 0; i < 5; i++) {
        fix_call(f, c, "get_contact", "{'contactId':'c1'}", &o);
        fix_answer(f, f->http.count - 1, 503, NULL, "");
    }
    fix_call(f, c, "get_contact", "{'contactId':'c1'}", &o);
    assert_int_equal(f->http.count, 5);
    assert_int_equal(o.err.kind, ERR_UNAVAILABLE);
    assert_int_equal(o.err.retry_at_us, fix_wall_us + 5 * SECOND);
    fix_pass(f, 5 * SECOND);
    fix_call(f, c, "get_contact", "{'contactId':'c1'}", &o);
    fix_answer(f, 5, 200, NULL, "{'contact':{}}");
    assert_int_equal(o.err.kind, ERR_NONE);
    outcome_fini(&o);
}

static void a_service_that_nobody_reaches_is_left_alone_for_a_while(void **state)
{
    struct fixture *f = *state;
    struct outcome o = { .count = 0 };
    struct connection *c = crm(f);
    for (int i = 0; i < 5; i++) {
        fix_call(f, c, "get_contact", "{'contactId':'c1'}", &o);
        fix_break(f, f->http.count - 1, ERR_UNREACHABLE);
    }
    fix_call(f, c, "get_contact", "{'contactId':'c1'}", &o);
    assert_int_equal(f->http.count, 5);
    assert_int_equal(o.err.kind, ERR_UNAVAILABLE);
    outcome_fini(&o);
}

/* --- slots --- */

/* A service that takes two calls in ten seconds. */
static struct connection *mill(struct fixture *f)
{
    struct connection *c = fix_add(
        f, "mill",
        fix_connector(
            f, "mill",
            fix_json("{'name':'mill','base_url':'https://mill.test','auth':{'kinds':['none']},"
                     "'limits':[{'requests':2,'per_ms':10000}],"
                     "'operations':{'look':{'method':'GET','path':'/look'}}}")),
        "{'connector':'mill','auth':'none'}");
    fix_start(f);
    return c;
}

static void a_call_that_is_cancelled_on_its_way_counts_until_it_is_out_of_the_window(void **state)
{
    struct fixture *f = *state;
    struct connection *c = mill(f);
    struct outcome o[4] = { { .count = 0 } };
    for (int i = 0; i < 2; i++) {
        assert_true(call_cancel(fix_call(f, c, "look", "{}", &o[i])));
    }
    for (int i = 2; i < 4; i++) {
        fix_call(f, c, "look", "{}", &o[i]);
    }
    fix_pass(f, 9 * SECOND);
    fix_settle(f);
    assert_int_equal(f->http.count, 2); /* the service may have seen them */
    fix_pass(f, 2 * SECOND);
    fix_settle(f);
    assert_int_equal(f->http.count, 4);
}

static void a_call_that_the_breaker_sends_away_gives_its_slot_back(void **state)
{
    struct fixture *f = *state;
    struct connection *c = mill(f);
    struct outcome o[4] = { { .count = 0 } };
    for (size_t i = 0; i < 4; i++) {
        fix_call(f, c, "look", "{}", &o[i]);
        if (i < 2) {
            fix_answer(f, i, 200, NULL, "{}");
        }
    }
    fix_pass(f, 9 * SECOND); /* the others wait for the limit */
    for (int i = 0; i < BREAKER_FAILURES; i++) {
        breaker_report(&c->breaker, false, true);
    }
    fix_pass(f, 2 * SECOND);
    fix_settle(f);
    assert_int_equal(o[2].err.kind, ERR_UNAVAILABLE);
    assert_int_equal(o[3].err.kind, ERR_UNAVAILABLE);
    fix_pass(f, BREAKER_FIRST_US);
    fix_call(f, c, "look", "{}", &o[0]);
    assert_int_equal(f->http.count, 3);
    for (int i = 0; i < 4; i++) {
        outcome_fini(&o[i]);
    }
}

/* --- cancelling --- */

static void a_call_can_be_cancelled_at_every_stage(void **state)
{
    struct fixture *f = *state;
    struct connection *c = crm(f);
    struct owner w;
    const struct operation *op = connector_operation(connection_connector(c), "create_task");
    struct service_call *call = call_start(service_calls(f->service), &(struct call_opts){
                                                                          .connection = c,
                                                                          .operation = op,
                                                                          .input = fix_json(TASK),
                                                                          .done = fix_done,
                                                                          .ud = &w.o,
                                                                      });
    assert_false(call_cancel(call)); /* before it began */
    announce(f, c, "create_task", TASK, &w);
    assert_false(call_cancel(w.call)); /* its owner has not said go */
    announce(f, c, "create_task", TASK, &w);
    call_go(w.call);
    assert_true(call_cancel(w.call)); /* its bytes are out */
    assert_true(f->http.sent[0].is_cancelled);
    fix_turn(f);
    assert_int_equal(w.o.count, 0);
}

static void a_cancelled_call_gives_its_slot_back(void **state)
{
    struct fixture *f = *state;
    struct connection *c = crm(f);
    struct owner w;
    for (int i = 0; i < 300; i++) { /* three times the limit */
        announce(f, c, "create_task", TASK, &w);
        assert_int_equal(w.announced, 1);
        (void)call_cancel(w.call);
    }
}

static void the_service_ends_with_calls_at_every_stage(void **state)
{
    struct fixture *f = *state;
    struct connection *c = oauth(f);
    struct outcome o[3] = { { .count = 0 } };
    struct owner w;
    fix_call(f, c, "get_contact", "{'contactId':'c1'}",
             &o[0]); /* sent; the only one until its answer is there */
    fix_call(f, c, "get_contact", "{'contactId':'c1'}", &o[1]);
    announce(f, c, "create_task", TASK, &w);
    (void)call_start(service_calls(f->service),
                     &(struct call_opts){
                         .connection = c,
                         .operation = connector_operation(connection_connector(c), "get_contact"),
                         .input = json_object(),
                         .done = fix_done,
                         .ud = &o[2],
                     });
    fix_restart(f);
    assert_int_equal(o[0].count + o[1].count + o[2].count + w.o.count, 0);
}

/* --- limits --- */

static void calls_of_all_kinds_share_the_limit_of_their_connection(void **state)
{
    struct fixture *f = *state;
    struct connection *c = crm(f);
    struct outcome o[150] = { { .count = 0 } };
    fix_call(f, c, "get_contact", "{'contactId':'c1'}", &o[0]);
    fix_answer(f, 0, 200, "x-ratelimit-remaining: 99", "{'contact':{}}");
    for (int i = 1; i < 150; i++) {
        fix_call(f, c, i % 2 == 0 ? "get_all_tasks" : "get_contact", "{'contactId':'c1'}", &o[i]);
    }
    assert_int_equal(f->http.count, 100);
    json_t *v = connection_json(c);
    assert_int_equal(json_get_int(v, "waiting", -1), 50);
    json_decref(v);
    for (int i = 1; i < 100; i++) {
        fix_answer(f, (size_t)i, 422, NULL, "");
    }
    fix_pass(f, 10 * SECOND);
    fix_settle(f);
    assert_int_equal(f->http.count, 100);
    fix_pass(f, SECOND / 5);
    fix_settle(f); /* what was kept before is used up */
    assert_int_equal(f->http.count, 150);
    for (int i = 0; i < 150; i++) {
        outcome_fini(&o[i]);
    }
}

/* Another connection, with a location of its own where it is given. */
static struct connection *second(struct fixture *f, const char *token, const char *location)
{
    char config[200];
    snprintf(config, sizeof config,
             "{'auth':'token','token':'%s','location':'%s','base_url':'https://api.test'}", token,
             location);
    return fix_add(f, "crm2", f->connectors[0], config);
}

static int sent_by_two(struct fixture *f, const char *token, const char *location)
{
    struct outcome o[120] = { { .count = 0 } };
    struct connection *c = crm(f);
    struct connection *other = second(f, token, location);
    for (int i = 0; i < 120; i++) {
        fix_call(f, i % 2 == 0 ? c : other, "get_contact", "{'contactId':'c1'}", &o[i]);
        if (i < 2 && f->http.count > (size_t)i) {
            fix_answer(f, (size_t)i, 200, NULL, "{'contact':{}}");
        }
    }
    for (int i = 0; i < 120; i++) {
        outcome_fini(&o[i]);
    }
    return (int)f->http.count;
}

static void connections_to_one_account_share_a_limit(void **state)
{
    assert_int_equal(sent_by_two(*state, "pit-123456", "L1"), 100);
}

static void another_account_has_a_limit_of_its_own(void **state)
{
    assert_int_equal(sent_by_two(*state, "pit-123456", "L2"), 120);
}

static void a_limit_is_remembered_over_a_restart(void **state)
{
    struct fixture *f = *state;
    struct connection *c = crm(f);
    struct outcome o[200] = { { .count = 0 } };
    for (int i = 0; i < 60; i++) {
        fix_call(f, c, "get_contact", "{'contactId':'c1'}", &o[i]);
        fix_answer(f, (size_t)i, 200, NULL, "{'contact':{}}");
    }
    fix_restart(f);
    c = crm(f);
    for (int i = 60; i < 160; i++) {
        fix_call(f, c, "get_contact", "{'contactId':'c1'}", &o[i]);
    }
    assert_int_equal(f->http.count, 40);
    for (int i = 0; i < 160; i++) {
        outcome_fini(&o[i]);
    }
}

static void a_field_with_two_spellings_is_there_under_both(void **state)
{
    struct fixture *f = *state;
    struct connection *c = crm(f);
    struct outcome o = { .count = 0 };
    fix_call(f, c, "delete_note", "{'contactId':'c1','id':'n1'}", &o);
    fix_answer(f, 0, 200, NULL, "{'succeeded':true}");
    assert_true(json_is_true(json_object_get(o.output, "succeded")));
    fix_call(f, c, "delete_note", "{'contactId':'c1','id':'n1'}", &o);
    fix_answer(f, 1, 200, NULL, "{'succeded':false}");
    assert_true(json_is_false(json_object_get(o.output, "succeeded")));
    outcome_fini(&o);
}

int main(void)
{
    log_set_level(LOG_OFF);
    const struct CMUnitTest tests[] = {
#define WITH(test) cmocka_unit_test_setup_teardown(test, fix_setup, fix_teardown)
        WITH(a_call_goes_out_with_its_token_and_brings_its_output),
        WITH(nothing_happens_within_call_start),
        WITH(a_field_with_two_spellings_is_there_under_both),
        WITH(the_callers_input_is_not_changed),
        WITH(an_api_key_goes_into_the_header_that_it_belongs_in),
        WITH(a_header_that_the_recipe_fills_itself_is_not_sent_twice),
        WITH(a_body_that_is_no_json_stays_text),
        WITH(an_answer_of_400_and_above_is_an_error),
        WITH(what_is_gone_already_was_deleted),
        WITH(a_record_that_was_sent_says_where_to),
        WITH(an_expired_token_is_refreshed_once_and_the_call_sent_again),
        WITH(a_connection_without_a_token_says_what_to_do),
        WITH(nothing_is_sent_before_the_owner_says_go),
        WITH(the_owner_is_asked_once_even_if_the_token_expires),
        WITH(a_wrong_input_is_refused_before_the_owner_is_asked),
        WITH(an_outcome_that_nobody_knows_is_called_unknown),
        WITH(a_post_that_may_be_repeated_times_out_instead),
        WITH(a_refused_call_says_when_it_makes_sense_again),
        WITH(a_service_that_is_down_is_left_alone_for_a_while),
        WITH(a_service_that_nobody_reaches_is_left_alone_for_a_while),
        WITH(a_call_that_is_cancelled_on_its_way_counts_until_it_is_out_of_the_window),
        WITH(a_call_that_the_breaker_sends_away_gives_its_slot_back),
        WITH(a_call_can_be_cancelled_at_every_stage),
        WITH(a_cancelled_call_gives_its_slot_back),
        WITH(the_service_ends_with_calls_at_every_stage),
        WITH(calls_of_all_kinds_share_the_limit_of_their_connection),
        WITH(connections_to_one_account_share_a_limit),
        WITH(another_account_has_a_limit_of_its_own),
        WITH(a_limit_is_remembered_over_a_restart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
