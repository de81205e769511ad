/* A token that is stored, and `auth` changed in ladle.yaml since: it is not shown to the service,
 * the state says that the connection is to be authorised, and changing it back brings the token
 * back. */
#include "../service/fixture.h"

#include "../service/lua_table.h"
#include "base/log.h"

static const char TOKEN[] = "{'auth':'token','location':'L1'}";
static const char OAUTH[] =
    "{'auth':'oauth','location':'L1','client_id':'id','client_secret':'sssssssssss'}";

static struct connection *crm(struct fixture *f, const char *config)
{
    log_set_level(LOG_OFF);
    struct connection *c =
        fix_add(f, "crm", fix_connector(f, "highlevel", connector_file("highlevel")), config);
    fix_start(f);
    return c;
}

static int asked; /* how often what was asked for was done */

static void on_asked(void *ud, const struct err *e)
{
    asked += e == NULL;
}

static void assert_asked(struct fixture *f)
{
    fix_settle(f);
    assert_int_equal(asked, 1);
    asked = 0;
}

static void store_token(struct fixture *f, struct connection *c)
{
    struct secret *value = secret_new("pit-first", 9);
    token_store(c, value, on_asked, NULL);
    secret_free(value);
    assert_asked(f);
}

/* A pair that the service grants. */
static void store_pair(struct fixture *f, struct connection *c)
{
    struct secret *value = secret_new("refresh-0", 9);
    token_exchange_refresh(c, value, on_asked, NULL);
    secret_free(value);
    fix_settle(f);
    fix_answer(f, f->http.count - 1, 200, NULL,
               "{'access_token':'access-1','refresh_token':'refresh-1','expires_in':86400,"
               "'locationId':'L1'}");
    assert_asked(f);
}

static void assert_state(struct connection *c, const char *state, const char *reason)
{
    json_t *v = json_object();
    token_describe(c->token, v);
    assert_string_equal(json_get_text(v, "state"), state);
    if (reason != NULL) {
        assert_contains(json_get_text(v, "reason"), reason);
        assert_contains(json_get_text(v, "remedy"), "ladle connect crm");
    }
    json_decref(v);
}

/* What `ladle connections` reads. */
static void assert_row(struct fixture *f, const char *state)
{
    struct connection_list *list = connection_list_new();
    bool is_read = false;
    list->op.done = fix_barrier_done;
    list->op.ud = &is_read;
    store_submit(f->store, &list->op);
    while (!is_read) {
        loop_turn(f->loop, true);
    }
    assert_int_equal(list->count, 1);
    assert_string_equal(list->rows[0].state, state);
    connection_list_free(list);
}

static void assert_no_call(struct fixture *f, struct connection *c)
{
    struct outcome o = { .count = 0 };
    (void)fix_call(f, c, "get_contact", "{'contactId':'c1'}", &o);
    assert_int_equal(o.count, 1);
    assert_int_equal(o.err.kind, ERR_AUTH);
    assert_int_equal(f->http.count, 0);
    outcome_fini(&o);
}

static void check(struct fixture *f, void (*store)(struct fixture *, struct connection *),
                  const char *config, const char *other)
{
    store(f, crm(f, config));
    fix_restart(f);
    struct connection *c = crm(f, other);
    assert_state(c, "new", "another kind");
    assert_row(f, "new");
    assert_no_call(f, c);
    fix_restart(f);
    c = crm(f, config);
    assert_state(c, "connected", NULL);
}

static void a_private_token_is_none_of_oauth(void **state)
{
    check(*state, store_token, TOKEN, OAUTH);
}

static void a_granted_pair_is_no_private_token(void **state)
{
    check(*state, store_pair, OAUTH, TOKEN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fix_setup, fix_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_private_token_is_none_of_oauth),
        TEST(a_granted_pair_is_no_private_token),
    };
    return cmocka_run_group_tests_name("service/token_kind", tests, NULL, NULL);
}
