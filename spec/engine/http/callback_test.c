/* The way back from an authorisation, with a real server and a browser of our own, in virtual time;
 * the token endpoint is the test. */
#include "../service/fixture.h"

#include "../service/lua_table.h"
#include "http/callback.h"
#include "net/http_server.h"
#include "token/token_flow.h"

/* What stands between a browser and the callback. */
struct stage {
    struct fixture *f;
    struct callback *callback;
    struct http_server *server;
    struct http_client *browser;
};

struct page {
    bool is_done;
    int status; /* 0: the connection broke */
    char body[4000];
};

static void on_request(void *ud, struct exchange *x)
{
    struct stage *s = ud;
    assert_true(callback_handles(exchange_path(x)));
    callback_handle(s->callback, x);
}

static void open_stage(struct stage *s, struct fixture *f)
{
    struct err e = ERR_INIT;
    fix_start(f);
    s->f = f;
    s->callback = callback_new(&(struct callback_opts){ .service = f->service,
                                                        .store = f->store,
                                                        .vault = f->vault,
                                                        .base_url = "https://me.test" });
    s->server = http_server_new(
        f->loop,
        &(struct http_server_opts){
            .listen = "127.0.0.1:0", .body_max = 1000, .on_request = on_request, .ud = s },
        &e);
    assert_non_null(s->server);
    s->browser = http_client_new(f->loop, &(struct http_client_opts){ .user_agent = "browser" });
}

static void close_stage(struct stage *s)
{
    s->browser->free(s->browser);
    http_server_free(s->server);
    callback_free(s->callback);
}

static struct connection *add(struct fixture *f, const char *name, const char *more)
{
    char config[600];
    snprintf(config, sizeof config,
             "{'auth':'oauth','client_id':'app-1','client_secret':'secret-1','account':'team',"
             "'base_url':'https://api.test','token_url':'/token','authorize_url':'/login'%s}",
             more);
    return fix_add(f, name, fix_connector(f, "http", connector_file("http")), config);
}

/* The state of a new link of this connection. */
static void begin(struct stage *s, const char *name, char state[64])
{
    struct err e = ERR_INIT;
    struct token_flow flow;
    struct token_link l = { .redirect_uri = "https://me.test/oauth/callback" };
    char *link = NULL;
    assert_int_equal(token_flow_begin(service_find(s->f->service, name), &l, &flow, &link, &e), 0);
    snprintf(state, 64, "%.43s", strstr(link, "&state=") + 7);
    bool is_written = false;
    struct flow_put *put = token_flow_put(&flow, s->f->vault);
    put->op.done = fix_barrier_done;
    put->op.ud = &is_written;
    store_submit(s->f->store, &put->op);
    while (!is_written) {
        loop_turn(s->f->loop, true);
    }
    flow_put_free(put);
    free(link);
    token_flow_fini(&flow);
}

static void on_page(void *ud, const struct http_response *res, const struct err *e)
{
    struct page *p = ud;
    p->is_done = true;
    p->status = res != NULL ? res->status : 0;
    snprintf(p->body, sizeof p->body, "%s", res != NULL ? buf_text(&res->body) : "");
}

static struct http_call *visit(struct stage *s, const char *rest, struct page *p)
{
    char url[600];
    snprintf(url, sizeof url, "http://%s/oauth/callback%s", http_server_address(s->server), rest);
    *p = (struct page){ .is_done = false };
    return s->browser->send(
        s->browser, &(struct http_request){ .method = "GET", .url = url, .may_be_private = true },
        on_page, p);
}

static void wait_page(struct stage *s, struct page *p)
{
    while (!p->is_done) {
        loop_turn(s->f->loop, true);
    }
}

static void wait_sent(struct stage *s, size_t count)
{
    while (s->f->http.count < count) {
        loop_turn(s->f->loop, true);
    }
}

static void visit_state(struct stage *s, const char *state, struct page *p)
{
    char rest[200];
    snprintf(rest, sizeof rest, "?code=code-1&state=%s", state);
    (void)visit(s, rest, p);
}

static void get(struct stage *s, const char *rest, struct page *p)
{
    (void)visit(s, rest, p);
    wait_page(s, p);
}

#define TOKEN(team) "{'access_token':'a','refresh_token':'r','team':'" team "'}"

static const char *state_name(struct stage *s, const char *name)
{
    static char text[32];
    json_t *v = connection_json(service_find(s->f->service, name));
    snprintf(text, sizeof text, "%s", json_get_text(v, "state"));
    json_decref(v);
    return text;
}

/* --- a flow of ours --- */

static void a_code_is_exchanged_with_what_the_link_said(void **state)
{
    struct stage s;
    struct page p;
    char text[64];
    add(*state, "shop", "");
    open_stage(&s, *state);
    begin(&s, "shop", text);
    visit_state(&s, text, &p);
    wait_sent(&s, 1);
    const char *body = s.f->http.sent[0].body;
    assert_contains(body, "code=code-1");
    assert_contains(body, "redirect_uri=https%3A%2F%2Fme.test%2Foauth%2Fcallback");
    assert_contains(body, "code_verifier=");
    assert_false(p.is_done); /* not before the token is stored */
    fix_answer(s.f, 0, 200, NULL, TOKEN("T1"));
    wait_page(&s, &p);
    assert_int_equal(p.status, 200);
    assert_contains(p.body, "shop is connected");
    assert_contains(p.body, "Account: T1");
    assert_string_equal(state_name(&s, "shop"), "connected");
    close_stage(&s);
}

static void a_link_that_is_too_old_is_refused(void **state)
{
    struct stage s;
    struct page p;
    char text[64];
    add(*state, "shop", "");
    open_stage(&s, *state);
    begin(&s, "shop", text);
    fix_wall_us += TOKEN_FLOW_LIFE_US;
    visit_state(&s, text, &p);
    wait_page(&s, &p);
    assert_int_equal(p.status, 400);
    assert_contains(p.body, "older than ten minutes");
    assert_contains(p.body, "ladle connect shop");
    assert_int_equal(s.f->http.count, 0);
    close_stage(&s);
}

static void of_two_visits_with_one_state_one_is_exchanged(void **state)
{
    struct stage s;
    struct page first, second;
    char text[64];
    add(*state, "shop", "");
    open_stage(&s, *state);
    begin(&s, "shop", text);
    visit_state(&s, text, &first);
    visit_state(&s, text, &second);
    while (!first.is_done && !second.is_done) {
        loop_turn(s.f->loop, true);
    }
    wait_sent(&s, 1);
    fix_answer(s.f, 0, 200, NULL, TOKEN("T1"));
    wait_page(&s, &first);
    wait_page(&s, &second);
    assert_int_equal(first.status + second.status, 200 + 409);
    assert_int_equal(s.f->http.count, 1);
    close_stage(&s);
}

static void a_browser_that_goes_away_stops_nothing(void **state)
{
    struct stage s;
    struct page p, again;
    char text[64], rest[200];
    add(*state, "shop", "");
    open_stage(&s, *state);
    begin(&s, "shop", text);
    snprintf(rest, sizeof rest, "?code=code-1&state=%s", text);
    struct http_call *call = visit(&s, rest, &p);
    wait_sent(&s, 1);
    (void)s.browser->cancel(s.browser, call);
    fix_settle(s.f);
    fix_answer(s.f, 0, 200, NULL, TOKEN("T1"));
    fix_settle(s.f);
    assert_string_equal(state_name(&s, "shop"), "connected");
    visit_state(&s, text, &again);
    wait_page(&s, &again);
    assert_int_equal(again.status, 409);
    assert_contains(again.body, "It worked");
    close_stage(&s);
}

static void what_is_in_flight_at_the_end_is_let_go(void **state)
{
    struct stage s;
    struct page reading, asking;
    char one[64], two[64];
    add(*state, "shop", "");
    add(*state, "desk", "");
    open_stage(&s, *state);
    begin(&s, "shop", one);
    begin(&s, "desk", two);
    visit_state(&s, one, &asking);
    wait_sent(&s, 1);
    visit_state(&s, two, &reading);
    while (http_server_open_count(s.server) < 2) {
        loop_turn(s.f->loop, true);
    }
    close_stage(&s); /* the sanitizer tells what is left */
}

/* The commit that takes the flow, then that of the lease; after that the code is sent. */
static void while_the_store_is_full_a_link_stays_good(void **state)
{
    struct stage s;
    struct page p;
    char text[64];
    add(*state, "shop", "");
    open_stage(&s, *state);
    begin(&s, "shop", text);
    fix_arm("store.commit_full=fail,store.commit_full=fail@3");
    visit_state(&s, text, &p);
    wait_page(&s, &p);
    assert_int_equal(p.status, 503);
    assert_contains(p.body, "Reload this page");
    visit_state(&s, text, &p);
    wait_page(&s, &p);
    assert_int_equal(p.status, 502);
    assert_contains(p.body, "Reload this page");
    fault_disarm();
    assert_int_equal(s.f->http.count, 0);
    visit_state(&s, text, &p);
    wait_sent(&s, 1);
    fix_arm("store.commit_full=fail,store.commit_full=fail@3"); /* the token, and how it ended */
    fix_answer(s.f, 0, 200, NULL, TOKEN("T1"));
    wait_page(&s, &p);
    fault_disarm();
    assert_int_equal(p.status, 200);
    assert_string_equal(state_name(&s, "shop"), "connected");
    fix_await_store(s.f);
    visit_state(&s, text, &p);
    wait_page(&s, &p);
    assert_contains(p.body, "It worked");
    close_stage(&s);
}

static void a_late_stop_tells_who_is_on_the_way_back_and_keeps_what_comes(void **state)
{
    struct stage s;
    struct page p;
    char text[64];
    add(*state, "shop", "");
    open_stage(&s, *state);
    begin(&s, "shop", text);
    assert_true(callback_is_idle(s.callback));
    visit_state(&s, text, &p);
    wait_sent(&s, 1);
    assert_false(callback_is_idle(s.callback));
    callback_cut(s.callback);
    assert_true(callback_is_idle(s.callback));
    wait_page(&s, &p);
    assert_int_equal(p.status, 503);
    assert_contains(p.body, "ladle connections");
    fix_answer(s.f, 0, 200, NULL, TOKEN("T1"));
    fix_settle(s.f);
    assert_string_equal(state_name(&s, "shop"), "connected");
    close_stage(&s);
}

static void what_a_service_says_is_shown_as_text(void **state)
{
    struct stage s;
    struct page p;
    char text[64], rest[300];
    add(*state, "shop", "");
    open_stage(&s, *state);
    begin(&s, "shop", text);
    snprintf(rest, sizeof rest, "?error=access_denied&error_description=%%3Cb%%3E%%0A%%22&state=%s",
             text);
    get(&s, rest, &p);
    assert_int_equal(p.status, 403);
    assert_contains(p.body, "access_denied: &#60;b&#62; &#34;");
    assert_null(strstr(p.body, "<b>"));
    close_stage(&s);
}

static void a_callback_of_another_service_is_refused(void **state)
{
    struct stage s;
    struct page p;
    char text[64], rest[300];
    add(*state, "shop", ",'issuer':'https://id.test'");
    open_stage(&s, *state);
    begin(&s, "shop", text);
    visit_state(&s, text, &p); /* names none */
    wait_page(&s, &p);
    assert_int_equal(p.status, 400);
    snprintf(rest, sizeof rest, "?code=c&state=%s&iss=https%%3A%%2F%%2Fevil.test", text);
    get(&s, rest, &p);
    assert_int_equal(p.status, 400);
    assert_contains(p.body, "another service");
    assert_int_equal(s.f->http.count, 0);
    snprintf(rest, sizeof rest, "?code=c&state=%s&iss=https%%3A%%2F%%2Fid.test", text);
    (void)visit(&s, rest, &p);
    wait_sent(&s, 1);
    fix_answer(s.f, 0, 200, NULL, TOKEN("T1"));
    wait_page(&s, &p);
    assert_int_equal(p.status, 200);
    close_stage(&s);
}

/* --- what began elsewhere --- */

static void an_install_needs_a_connection_that_takes_it(void **state)
{
    struct stage s;
    struct page p;
    add(*state, "shop", "");
    open_stage(&s, *state);
    get(&s, "?code=theirs", &p);
    assert_int_equal(p.status, 400);
    assert_contains(p.body, "accept_installs");
    get(&s, "/shop?code=theirs", &p);
    assert_int_equal(p.status, 400);
    assert_int_equal(s.f->http.count, 0);
    close_stage(&s);
}

static void of_several_that_take_installs_the_address_names_one(void **state)
{
    struct stage s;
    struct page p;
    add(*state, "shop", ",'accept_installs':true");
    add(*state, "desk",
        ",'accept_installs':true,'redirect_uri':'https://me.test/oauth/callback/desk'");
    open_stage(&s, *state);
    get(&s, "?code=theirs", &p);
    assert_int_equal(p.status, 400);
    (void)visit(&s, "/desk?code=theirs", &p);
    wait_sent(&s, 1);
    assert_contains(s.f->http.sent[0].body, "callback%2Fdesk");
    fix_answer(s.f, 0, 200, NULL, TOKEN("T1"));
    wait_page(&s, &p);
    assert_int_equal(p.status, 200);
    assert_contains(p.body, "desk is connected");
    assert_string_equal(state_name(&s, "shop"), "new");
    close_stage(&s);
}

static void an_install_cannot_put_another_account_in_its_place(void **state)
{
    struct stage s;
    struct page p;
    add(*state, "shop", ",'accept_installs':true");
    open_stage(&s, *state);
    (void)visit(&s, "?code=ours", &p);
    wait_sent(&s, 1);
    fix_answer(s.f, 0, 200, NULL, TOKEN("T1"));
    wait_page(&s, &p);
    assert_int_equal(p.status, 200);
    (void)visit(&s, "?code=theirs", &p);
    wait_sent(&s, 2);
    fix_answer(s.f, 1, 200, NULL, TOKEN("T2"));
    wait_page(&s, &p);
    assert_int_equal(p.status, 502);
    assert_contains(p.body, "nothing was changed");
    assert_string_equal(token_account(service_find(s.f->service, "shop")->token), "T1");
    close_stage(&s);
}

/* Of a service that says nothing of accounts nobody can tell whose token it is. */
static void an_install_that_names_no_account_replaces_nothing(void **state)
{
    struct stage s;
    struct page p;
    add(*state, "shop", ",'accept_installs':true");
    open_stage(&s, *state);
    (void)visit(&s, "?code=ours", &p);
    wait_sent(&s, 1);
    fix_answer(s.f, 0, 200, NULL, "{'access_token':'at-1','expires_in':3600}");
    wait_page(&s, &p);
    assert_int_equal(p.status, 200);
    (void)visit(&s, "?code=theirs", &p);
    wait_sent(&s, 2);
    fix_answer(s.f, 1, 200, NULL, "{'access_token':'at-2','expires_in':3600}");
    wait_page(&s, &p);
    assert_int_equal(p.status, 502);
    assert_contains(p.body, "nothing was changed");
    assert_string_equal(secret_bytes(token_access(service_find(s.f->service, "shop")->token)),
                        "at-1");
    close_stage(&s);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, fix_setup, fix_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(a_code_is_exchanged_with_what_the_link_said),
        WITH(a_link_that_is_too_old_is_refused),
        WITH(of_two_visits_with_one_state_one_is_exchanged),
        WITH(a_browser_that_goes_away_stops_nothing),
        WITH(what_is_in_flight_at_the_end_is_let_go),
        WITH(while_the_store_is_full_a_link_stays_good),
        WITH(a_late_stop_tells_who_is_on_the_way_back_and_keeps_what_comes),
        WITH(what_a_service_says_is_shown_as_text),
        WITH(a_callback_of_another_service_is_refused),
        WITH(an_install_needs_a_connection_that_takes_it),
        WITH(of_several_that_take_installs_the_address_names_one),
        WITH(an_install_cannot_put_another_account_in_its_place),
        WITH(an_install_that_names_no_account_replaces_nothing),
    };
    (void)alarm(60); /* a page that never comes ends the test, too */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
