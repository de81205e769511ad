/* An authorisation from its link to its callback: what is kept, where, and for how long. */
#include "../service/fixture.h"

#include "../service/lua_table.h"
#include "token/token_flow.h"

#define APP "'auth':'oauth','client_id':'app-1','client_secret':'s','base_url':'https://api.test'"

static struct connection *shop(struct fixture *f)
{
    return fix_add(f, "shop", fix_connector(f, "http", connector_file("http")),
                   "{" APP ",'token_url':'/token','authorize_url':'/login'}");
}

/* Begins one, and what its link says of state and challenge. */
static void begin(struct fixture *f, struct token_flow *flow, char state[64], char challenge[64])
{
    struct err e = ERR_INIT;
    char *link = NULL;
    struct token_link l = { .redirect_uri = "https://me.test/cb" };
    assert_int_equal(token_flow_begin(shop(f), &l, flow, &link, &e), 0);
    const char *at = strstr(link, "&state="), *other = strstr(link, "&code_challenge=");
    assert_non_null(at);
    assert_non_null(other);
    snprintf(state, 64, "%.*s", (int)strcspn(at + 7, "&"), at + 7);
    snprintf(challenge, 64, "%.*s", (int)strcspn(other + 16, "&"), other + 16);
    free(link);
}

static void write_flow(struct fixture *f, struct token_flow *flow)
{
    struct err e = ERR_INIT;
    struct flow_put *p = token_flow_put(flow, f->vault);
    assert_int_equal(store_exec(f->store, &p->op, &e), 0);
    token_flow_written(flow, p);
    flow_put_free(p);
}

static struct token_flow read_flow(struct fixture *f, const char *state)
{
    struct err e = ERR_INIT;
    struct token_flow flow;
    char *name = token_flow_name(state);
    struct secret_get *get = secret_get_new(name);
    assert_int_equal(store_exec(f->store, &get->op, &e), 0);
    assert_non_null(get->sealed);
    assert_int_equal(token_flow_open(&flow, f->vault, name, get->sealed, get->len, &e), 0);
    secret_get_free(get);
    free(name);
    return flow;
}

static void a_challenge_is_that_of_the_rfc(void **state)
{
    /* RFC 7636, appendix B. */
    const char *verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    struct secret *s = secret_new(verifier, strlen(verifier));
    char *challenge = token_flow_challenge(s);
    assert_string_equal(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    free(challenge);
    secret_free(s);
}

static void a_flow_is_found_by_its_state_after_a_restart(void **state)
{
    struct fixture *f = *state;
    struct token_flow flow;
    char text[64], challenge[64];
    begin(f, &flow, text, challenge);
    assert_int_equal(strlen(text), 43);
    write_flow(f, &flow);
    char *own = token_flow_challenge(flow.verifier);
    assert_string_equal(challenge, own);
    token_flow_fini(&flow);
    fix_restart(f);
    flow = read_flow(f, text);
    char *kept = token_flow_challenge(flow.verifier);
    assert_string_equal(kept, own);
    assert_string_equal(flow.connection, "shop");
    assert_string_equal(flow.redirect_uri, "https://me.test/cb");
    assert_int_equal(flow.state, FLOW_PENDING);
    assert_false(token_flow_is_expired(&flow));
    fix_wall_us += TOKEN_FLOW_LIFE_US;
    assert_true(token_flow_is_expired(&flow));
    token_flow_fini(&flow);
    free(kept);
    free(own);
}

static void the_store_has_neither_state_nor_verifier_in_clear(void **state)
{
    struct fixture *f = *state;
    struct token_flow flow;
    char text[64], challenge[64], command[600];
    begin(f, &flow, text, challenge);
    write_flow(f, &flow);
    snprintf(command, sizeof command, "grep -aqF -e '%s' -e '%s' '%s'/ladle.db*", text,
             secret_bytes(flow.verifier), f->folder);
    assert_int_equal(WEXITSTATUS(system(command)), 1);
    snprintf(command, sizeof command, "grep -aqF 'flow:' '%s'/ladle.db*", f->folder);
    assert_int_equal(WEXITSTATUS(system(command)), 0); /* the look looks at the right place */
    token_flow_fini(&flow);
}

static void two_flows_have_nothing_in_common(void **state)
{
    struct fixture *f = *state;
    struct token_flow a, b;
    char one[64], two[64], challenge[64], other[64];
    begin(f, &a, one, challenge);
    struct err e = ERR_INIT;
    char *link = NULL;
    assert_int_equal(token_flow_begin(service_find(f->service, "shop"), &(struct token_link){ 0 },
                                      &b, &link, &e),
                     0);
    snprintf(two, sizeof two, "%.43s", strstr(link, "&state=") + 7);
    snprintf(other, sizeof other, "%.43s", strstr(link, "&code_challenge=") + 16);
    assert_string_not_equal(one, two);
    assert_string_not_equal(challenge, other);
    free(link);
    token_flow_fini(&a);
    token_flow_fini(&b);
}

static void of_two_who_take_a_flow_one_wins(void **state)
{
    struct fixture *f = *state;
    struct token_flow flow;
    char text[64], challenge[64];
    struct err e = ERR_INIT;
    begin(f, &flow, text, challenge);
    write_flow(f, &flow);
    struct token_flow other = read_flow(f, text);
    token_flow_set(&flow, FLOW_TAKEN, NULL);
    write_flow(f, &flow);
    token_flow_set(&other, FLOW_TAKEN, NULL);
    struct flow_put *p = token_flow_put(&other, f->vault);
    assert_int_equal(store_exec(f->store, &p->op, &e), -1);
    assert_int_equal(e.kind, ERR_CONFLICT);
    flow_put_free(p);
    token_flow_set(&flow, FLOW_FAILED, "the service said no");
    write_flow(f, &flow);
    token_flow_fini(&other);
    token_flow_fini(&flow);
    flow = read_flow(f, text);
    assert_int_equal(flow.state, FLOW_FAILED);
    assert_string_equal(flow.message, "the service said no");
    assert_null(flow.verifier); /* of no use any more */
    token_flow_fini(&flow);
}

static void what_cannot_be_a_state_has_no_row(void **state)
{
    assert_null(token_flow_name(""));
    assert_null(token_flow_name("short"));
    assert_null(token_flow_name("0123456789012345678901234567890123456789012345"));
}

static void the_way_back_is_said_or_made(void **state)
{
    static const struct {
        const char *more, *base_url, *expected;
    } cases[] = {
        { ",'redirect_uri':'https://a.test/x'", "https://b.test", "https://a.test/x" },
        { "", "https://b.test/", "https://b.test/oauth/callback" },
        { "", NULL, NULL },
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char config[300], name[8];
        snprintf(name, sizeof name, "c%zu", i);
        snprintf(config, sizeof config, "{" APP "%s}", cases[i].more);
        struct connection *c =
            fix_add(f, name, fix_connector(f, "highlevel", connector_file("highlevel")), config);
        char *uri = token_redirect_uri(c, cases[i].base_url);
        assert_true((uri == NULL) == (cases[i].expected == NULL));
        if (uri != NULL) {
            assert_string_equal(uri, cases[i].expected);
        }
        free(uri);
    }
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, fix_setup, fix_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(a_challenge_is_that_of_the_rfc),
        WITH(a_flow_is_found_by_its_state_after_a_restart),
        WITH(the_store_has_neither_state_nor_verifier_in_clear),
        WITH(two_flows_have_nothing_in_common),
        WITH(of_two_who_take_a_flow_one_wins),
        WITH(what_cannot_be_a_state_has_no_row),
        WITH(the_way_back_is_said_or_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
