/* The link at which a person authorises a connection. */
#include "../service/fixture.h"

#include "../service/lua_table.h"

#define APP "'auth':'oauth','client_id':'app-1','client_secret':'s','base_url':'https://api.test'"

static struct connection *crm(struct fixture *f)
{
    return fix_add(f, "crm", fix_connector(f, "highlevel", connector_file("highlevel")),
                   "{" APP "}");
}

static void refuses(const struct connection *c, const struct token_link *l, enum err_kind kind,
                    const char *part)
{
    struct err e = ERR_INIT;
    assert_null(token_authorize_url(c, l, &e));
    assert_int_equal(e.kind, kind);
    assert_contains(e.message, part);
}

static void gives(const struct connection *c, const struct token_link *l, const char *url)
{
    struct err e = ERR_INIT;
    char *link = token_authorize_url(c, l, &e);
    if (link == NULL) {
        print_error("%s\n", e.message);
    }
    assert_string_equal(link, url);
    free(link);
}

static void it_carries_what_the_service_needs(void **state)
{
    struct fixture *f = *state;
    gives(crm(f),
          &(struct token_link){ .redirect_uri = "https://me.test/cb?x=1", .state = "st ate" },
          "https://marketplace.gohighlevel.com/v2/oauth/chooselocation?response_type=code"
          "&client_id=app-1&redirect_uri=https%3A%2F%2Fme.test%2Fcb%3Fx%3D1&state=st%20ate"
          "&scope=contacts.readonly%20contacts.write");
}

static void it_leads_to_the_white_label_host_where_that_is_asked_for(void **state)
{
    struct fixture *f = *state;
    gives(crm(f), &(struct token_link){ .is_white_label = true },
          "https://marketplace.leadconnectorhq.com/v2/oauth/chooselocation?response_type=code"
          "&client_id=app-1&scope=contacts.readonly%20contacts.write");
}

static void an_install_link_is_used_with_our_state_and_address(void **state)
{
    struct fixture *f = *state;
    gives(crm(f),
          &(struct token_link){
              .redirect_uri = "https://me.test/cb",
              .state = "ours",
              .install_link = "https://marketplace.leadconnectorhq.com/oauth/chooselocation?state="
                              "theirs&redirect_uri=https%3A%2F%2Fevil.test&client_id=app-1&"
                              "version_id=v7&scope=contacts.readonly&response_type=token" },
          "https://marketplace.leadconnectorhq.com/oauth/chooselocation?client_id=app-1"
          "&version_id=v7&scope=contacts.readonly&response_type=code"
          "&redirect_uri=https%3A%2F%2Fme.test%2Fcb&state=ours");
}

static void an_install_link_of_another_host_or_app_is_refused(void **state)
{
    struct fixture *f = *state;
    struct connection *c = crm(f);
    refuses(c,
            &(struct token_link){ .install_link =
                                      "https://evil.test/v2/oauth/chooselocation?client_id=app-1" },
            ERR_INVALID, "evil.test");
    refuses(c,
            &(struct token_link){ .install_link =
                                      "http://marketplace.gohighlevel.com/x?client_id=app-1" },
            ERR_INVALID, "not where this service is authorised");
    refuses(c,
            &(struct token_link){ .install_link =
                                      "https://marketplace.gohighlevel.com/x?client_id=app-2" },
            ERR_INVALID, "another app");
    refuses(c,
            &(struct token_link){
                .install_link =
                    "https://marketplace.gohighlevel.com/x?client_id=app-2&client_id=app-1" },
            ERR_INVALID, "another app");
    refuses(c, &(struct token_link){ .install_link = "crm" }, ERR_INVALID, "the install link");
}

static void a_challenge_and_further_parameters_are_added(void **state)
{
    struct fixture *f = *state;
    struct connection *c = fix_add(f, "shop", fix_connector(f, "http", connector_file("http")),
                                   "{" APP
                                   ",'token_url':'/token','authorize_url':'/login?tenant=7',"
                                   "'scopes':['a','b'],'scope_separator':',',"
                                   "'params':{'authorize':{'prompt':'consent','state':'x'}}}");
    gives(c, &(struct token_link){ .challenge = "abc", .state = "ours" },
          "https://api.test/login?tenant=7&response_type=code&client_id=app-1&state=ours"
          "&code_challenge=abc&code_challenge_method=S256&scope=a%2Cb&prompt=consent");
    refuses(c, &(struct token_link){ .is_white_label = true }, ERR_CONFIG, "white-label");
}

static void what_no_person_authorises_has_none(void **state)
{
    struct fixture *f = *state;
    struct connection *in = fix_add(f, "in", fix_connector(f, "webhook", connector_file("webhook")),
                                    "{'verify':'none'}");
    refuses(in, &(struct token_link){ .state = "x" }, ERR_CONFIG, "its auth is not oauth");
    struct connection *own = fix_add(f, "own", fix_connector(f, "http", connector_file("http")),
                                     "{" APP ",'token_url':'/t','grant':'client_credentials'}");
    refuses(own, &(struct token_link){ .state = "x" }, ERR_CONFIG, "fetches its tokens itself");
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, fix_setup, fix_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(it_carries_what_the_service_needs),
        WITH(it_leads_to_the_white_label_host_where_that_is_asked_for),
        WITH(an_install_link_is_used_with_our_state_and_address),
        WITH(an_install_link_of_another_host_or_app_is_refused),
        WITH(a_challenge_and_further_parameters_are_added),
        WITH(what_no_person_authorises_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
