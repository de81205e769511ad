/* Any OAuth 2.0 service from its settings: how it is asked, and what its answers mean. */
#include "../service/fixture.h"

#include "../service/lua_table.h"
#include "token/token_grant.h"

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

/* A connection of http with OAuth and these further settings (", 'client':'basic'"). */
static struct connection *shop(struct fixture *f, const char *more)
{
    char config[1000];
    snprintf(config, sizeof config,
             "{'auth':'oauth','client_id':'app 1','client_secret':'s/ecret',"
             "'base_url':'https://api.test','token_url':'https://id.test/token',"
             "'authorize_url':'https://id.test/authorize','scopes':['read','write']%s}",
             more);
    return fix_add(f, "shop", fix_connector(f, "http", connector_file("http")), config);
}

static void exchange(struct fixture *f, struct connection *c, struct asked *a)
{
    struct secret *code = secret_new("code-1", 6), *verifier = secret_new("verifier-1", 10);
    *a = (struct asked){ .count = 0 };
    token_exchange_code(c,
                        &(struct token_code){ .code = code,
                                              .redirect_uri = "https://me.test/cb",
                                              .verifier = verifier },
                        on_asked, a);
    secret_free(code);
    secret_free(verifier);
    fix_settle(f);
}

static struct asked exchange_answered(struct fixture *f, const char *more, int status,
                                      const char *body)
{
    struct asked a;
    struct connection *c = shop(f, more);
    fix_start(f);
    exchange(f, c, &a);
    fix_answer(f, 0, status, NULL, body);
    fix_settle(f);
    assert_int_equal(a.count, 1);
    return a;
}

static bool has(const struct sent *s, const char *field)
{
    return s->body != NULL && strstr(s->body, field) != NULL;
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

static int get(struct connection *c, struct waiter *w)
{
    *w = (struct waiter){ .wait.ready = on_ready };
    list_init(&w->wait.link);
    return token_get(c->token, 0, &w->wait, &w->err);
}

/* --- the request --- */

static void a_client_is_named_in_the_body_with_the_verifier(void **state)
{
    struct fixture *f = *state;
    (void)exchange_answered(f, "", 200, "{'access_token':'a'}");
    const struct sent *s = &f->http.sent[0];
    assert_string_equal(s->url, "https://id.test/token");
    assert_null(sent_header(s, "Authorization"));
    assert_string_equal(s->body,
                        "grant_type=authorization_code&code=code-1"
                        "&redirect_uri=https%3A%2F%2Fme.test%2Fcb"
                        "&code_verifier=verifier-1&client_id=app%201"
                        "&client_secret=s%2Fecret");
}

static void a_client_is_named_in_basic_as_the_rfc_says(void **state)
{
    struct fixture *f = *state;
    (void)exchange_answered(f, ",'client':'basic','encoding':'json','params':{'token':{'aud':'x'}}",
                            200, "{'access_token':'a'}");
    const struct sent *s = &f->http.sent[0];
    assert_string_equal(sent_header(s, "Content-Type"), "application/json");
    assert_string_equal(sent_header(s, "Authorization"),
                        "Basic YXBwJTIwMTpzJTJGZWNyZXQ="); /* app%201:s%2Fecret */
    assert_true(has(s, "\"aud\":\"x\""));
    assert_false(has(s, "client_id") || has(s, "ecret"));
}

static void a_public_client_shows_no_secret(void **state)
{
    struct fixture *f = *state;
    (void)exchange_answered(f, ",'client':'none'", 200, "{'access_token':'a'}");
    assert_true(has(&f->http.sent[0], "client_id=app%201"));
    assert_false(has(&f->http.sent[0], "ecret"));
    assert_null(sent_header(&f->http.sent[0], "Authorization"));
}

static void a_refresh_has_parameters_of_its_own(void **state)
{
    struct fixture *f = *state;
    struct asked a;
    struct connection *c = shop(f, ",'params':{'token':{'aud':'x'},'refresh':{'mode':'y'}}");
    fix_start(f);
    exchange(f, c, &a);
    fix_answer(f, 0, 200, NULL, "{'access_token':'a','refresh_token':'r','expires_in':60}");
    fix_settle(f);
    fix_pass(f, 61 * SECOND);
    struct waiter w;
    assert_int_equal(get(c, &w), 0);
    fix_settle(f);
    assert_true(has(&f->http.sent[0], "aud=x") && !has(&f->http.sent[0], "mode=y"));
    assert_true(has(&f->http.sent[1], "mode=y") && !has(&f->http.sent[1], "aud=x"));
    token_cancel(c->token, &w.wait);
}

/* --- the answer --- */

static void the_fields_of_an_answer_are_where_the_settings_say(void **state)
{
    struct fixture *f = *state;
    (void)exchange_answered(f,
                            ",'scope_separator':',','account':'data.team.id','answer':"
                            "{'access':'data.token','expires_in':'data.ttl','scope':'data.perms'}",
                            200,
                            "{'data':{'token':'deep','ttl':'120','perms':'read,write',"
                            "'team':{'id':'T1'}}}");
    struct connection *c = service_find(f->service, "shop");
    assert_string_equal(secret_bytes(token_access(c->token)), "deep");
    json_t *v = connection_json(c);
    assert_string_equal(json_get_text(v, "scopes"), "read write");
    assert_string_equal(json_get_text(v, "account"), "T1");
    assert_string_equal(json_get_text(v, "expires_at"), "2026-11-23T10:02:00.000Z");
    json_decref(v);
}

static void scopes_that_the_answer_leaves_out_are_those_asked_for(void **state)
{
    struct fixture *f = *state;
    (void)exchange_answered(f, "", 200, "{'access_token':'a','refresh_token':'r','expires_in':60}");
    struct connection *c = service_find(f->service, "shop");
    json_t *v = connection_json(c);
    assert_string_equal(json_get_text(v, "scopes"), "read write");
    json_decref(v);
    fix_pass(f, 61 * SECOND);
    struct waiter w;
    assert_int_equal(get(c, &w), 0);
    fix_settle(f);
    fix_answer(f, 1, 200, NULL, "{'access_token':'b','expires_in':60}");
    fix_settle(f);
    assert_int_equal(w.count, 1);
    v = connection_json(c);
    assert_string_equal(json_get_text(v, "scopes"), "read write"); /* a refresh forgets none */
    json_decref(v);
}

static void a_refusal_is_told_with_its_code_and_what_to_do(void **state)
{
    struct fixture *f = *state;
    struct asked a = exchange_answered(
        f, "", 401, "{'error':'invalid_client','error_description':'who are you'}");
    assert_int_equal(a.err.kind, ERR_AUTH);
    assert_int_equal(a.err.status, 401);
    assert_contains(a.err.message, "401 invalid_client: who are you; check client_id");
}

static void an_error_in_a_200_is_a_refusal_too(void **state)
{
    struct fixture *f = *state;
    struct asked a = exchange_answered(f, "", 200,
                                       "{'error':'bad_verification_code',"
                                       "'error_description':'The code is incorrect or expired.'}");
    assert_int_equal(a.err.kind, ERR_AUTH);
    assert_contains(a.err.message, "bad_verification_code: The code is incorrect");
}

static void a_server_that_cannot_now_is_no_refusal(void **state)
{
    struct fixture *f = *state;
    struct asked a = exchange_answered(f, "", 400, "{'error':'temporarily_unavailable'}");
    assert_int_equal(a.err.kind, ERR_UNAVAILABLE);
}

static void a_redirection_is_no_refusal(void **state)
{
    struct fixture *f = *state;
    struct asked a = exchange_answered(f, "", 302, "");
    assert_int_equal(a.err.kind, ERR_UNAVAILABLE);
}

/* --- an account --- */

static void a_token_of_another_account_changes_nothing(void **state)
{
    struct fixture *f = *state;
    struct asked a = exchange_answered(f, ",'location':'L1','account':'loc'", 200,
                                       "{'access_token':'a','loc':'L2'}");
    assert_int_equal(a.err.kind, ERR_CONFLICT);
    assert_contains(a.err.message, "L1");
    assert_contains(a.err.message, "L2");
    assert_null(token_access(service_find(f->service, "shop")->token));
}

static void an_install_from_outside_keeps_the_account(void **state)
{
    struct fixture *f = *state;
    (void)exchange_answered(f, ",'account':'loc'", 200, "{'access_token':'a','loc':'L1'}");
    struct connection *c = service_find(f->service, "shop");
    struct secret *code = secret_new("code-2", 6);
    struct asked a = { .count = 0 };
    struct token_code install = { .code = code, .is_install = true };
    token_exchange_code(c, &install, on_asked, &a);
    fix_settle(f);
    fix_answer(f, 1, 200, NULL, "{'access_token':'theirs','loc':'L2'}");
    fix_settle(f);
    assert_int_equal(a.err.kind, ERR_CONFLICT);
    assert_string_equal(secret_bytes(token_access(c->token)), "a");
    install.is_install = false; /* a person of ours may change it */
    token_exchange_code(c, &install, on_asked, &a);
    fix_settle(f);
    fix_answer(f, 2, 200, NULL, "{'access_token':'ours','loc':'L2'}");
    fix_settle(f);
    assert_int_equal(a.count, 2);
    assert_int_equal(a.err.kind, ERR_NONE);
    assert_string_equal(secret_bytes(token_access(c->token)), "ours");
    secret_free(code);
}

static void a_code_waits_for_the_refresh_that_is_under_way(void **state)
{
    struct fixture *f = *state;
    struct asked a;
    struct connection *c = shop(f, "");
    fix_start(f);
    exchange(f, c, &a);
    fix_answer(f, 0, 200, NULL, "{'access_token':'a','refresh_token':'r','expires_in':60}");
    fix_settle(f);
    fix_pass(f, 61 * SECOND);
    struct waiter w;
    assert_int_equal(get(c, &w), 0);
    fix_settle(f);
    exchange(f, c, &a);
    fix_pass(f, SECOND);
    fix_settle(f);
    assert_int_equal(f->http.count, 2);
    fix_answer(f, 1, 400, NULL, "{'error':'invalid_grant'}");
    fix_settle(f);
    assert_int_equal(w.err.kind, ERR_AUTH); /* the refusal is the refresh's, not the person's */
    assert_int_equal(a.count, 0);
    assert_true(connection_is_broken(c));
    fix_pass(f, SECOND);
    fix_settle(f);
    fix_answer(f, 2, 200, NULL, "{'access_token':'b','refresh_token':'r2','expires_in':60}");
    fix_settle(f);
    assert_int_equal(a.count, 1);
    assert_int_equal(a.err.kind, ERR_NONE);
    assert_false(connection_is_broken(c));
}

/* --- client credentials --- */

#define OWN_GRANT ",'grant':'client_credentials'"

static void client_credentials_are_fetched_when_they_are_needed(void **state)
{
    struct fixture *f = *state;
    struct connection *c = shop(f, OWN_GRANT);
    fix_start(f);
    assert_int_equal(f->http.count, 0);
    struct waiter w, second;
    assert_int_equal(get(c, &w), 0);
    assert_int_equal(get(c, &second), 0);
    fix_settle(f);
    assert_int_equal(f->http.count, 1);
    assert_string_equal(f->http.sent[0].body,
                        "grant_type=client_credentials&scope=read%20write&client_id=app%201"
                        "&client_secret=s%2Fecret");
    fix_answer(f, 0, 200, NULL, "{'access_token':'a','refresh_token':'no use','expires_in':3600}");
    fix_settle(f);
    assert_true(w.count == 1 && second.count == 1);
    assert_int_equal(w.err.kind, ERR_NONE);
    assert_int_equal(get(c, &w), 1);
    fix_pass(f, 3600 * SECOND - 300 * SECOND); /* ahead of the expiry, unasked */
    fix_settle(f);
    assert_int_equal(f->http.count, 2);
    assert_true(has(&f->http.sent[1], "grant_type=client_credentials"));
    assert_int_equal(get(c, &w), 1); /* nobody waits meanwhile */
}

static void client_credentials_that_are_refused_break_the_connection_once(void **state)
{
    struct fixture *f = *state;
    struct connection *c = shop(f, OWN_GRANT);
    fix_start(f);
    struct waiter w;
    assert_int_equal(get(c, &w), 0);
    fix_settle(f);
    fix_answer(f, 0, 401, NULL, "{'error':'invalid_client'}");
    assert_int_equal(w.count, 1);
    assert_int_equal(w.err.kind, ERR_AUTH);
    assert_contains(w.err.message, "check client_id");
    assert_int_equal(get(c, &w), -1);
    assert_int_equal(f->http.count, 1);
    struct asked a = { .count = 0 };
    token_fetch(c, on_asked, &a); /* `ladle connect`, once the secret is right */
    fix_settle(f);
    fix_answer(f, 1, 200, NULL, "{'access_token':'a','expires_in':3600}");
    fix_settle(f);
    assert_int_equal(a.err.kind, ERR_NONE);
    assert_int_equal(get(c, &w), 1);
}

static void client_credentials_take_no_code(void **state)
{
    struct fixture *f = *state;
    struct asked a;
    struct connection *c = shop(f, OWN_GRANT);
    fix_start(f);
    exchange(f, c, &a);
    assert_int_equal(a.count, 1);
    assert_int_equal(a.err.kind, ERR_CONFIG);
    assert_int_equal(f->http.count, 0);
}

/* --- calls --- */

static void a_401_of_a_free_url_renews_the_token_that_was_sent(void **state)
{
    struct fixture *f = *state;
    struct asked a;
    struct outcome o = { .count = 0 };
    struct connection *c = shop(f, ",'allow_hosts':['other.test']");
    fix_start(f);
    exchange(f, c, &a);
    fix_answer(f, 0, 200, NULL, "{'access_token':'a','refresh_token':'r','expires_in':9999}");
    fix_settle(f);
    fix_call(f, c, "get", "{'url':'/x'}", &o);
    assert_string_equal(sent_header(&f->http.sent[1], "Authorization"), "Bearer a");
    fix_answer(f, 1, 401, NULL, "{}");
    fix_settle(f);
    assert_true(has(&f->http.sent[2], "grant_type=refresh_token"));
    fix_answer(f, 2, 200, NULL, "{'access_token':'b','refresh_token':'r2','expires_in':9999}");
    fix_settle(f);
    assert_string_equal(sent_header(&f->http.sent[3], "Authorization"), "Bearer b");
    fix_answer(f, 3, 200, NULL, "{}");
    assert_int_equal(o.count, 1);
    assert_int_equal(o.err.kind, ERR_NONE);
    fix_call(f, c, "get", "{'url':'https://other.test/x'}", &o);
    assert_null(sent_header(&f->http.sent[4], "Authorization"));
    fix_answer(f, 4, 401, NULL, "{}"); /* nothing that our token could mend */
    assert_int_equal(o.err.kind, ERR_AUTH);
    assert_int_equal(f->http.count, 5);
    outcome_fini(&o);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, fix_setup, fix_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(a_client_is_named_in_the_body_with_the_verifier),
        WITH(a_client_is_named_in_basic_as_the_rfc_says),
        WITH(a_public_client_shows_no_secret),
        WITH(a_refresh_has_parameters_of_its_own),
        WITH(the_fields_of_an_answer_are_where_the_settings_say),
        WITH(scopes_that_the_answer_leaves_out_are_those_asked_for),
        WITH(a_refusal_is_told_with_its_code_and_what_to_do),
        WITH(an_error_in_a_200_is_a_refusal_too),
        WITH(a_server_that_cannot_now_is_no_refusal),
        WITH(a_redirection_is_no_refusal),
        WITH(a_token_of_another_account_changes_nothing),
        WITH(an_install_from_outside_keeps_the_account),
        WITH(a_code_waits_for_the_refresh_that_is_under_way),
        WITH(client_credentials_are_fetched_when_they_are_needed),
        WITH(client_credentials_that_are_refused_break_the_connection_once),
        WITH(client_credentials_take_no_code),
        WITH(a_401_of_a_free_url_renews_the_token_that_was_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
