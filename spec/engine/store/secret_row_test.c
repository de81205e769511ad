/* Sealed secrets and the state of connections. */
#include "fixture.h"

static void put_secret(struct fixture *f, const char *name, const char *sealed)
{
    struct secret_put *p =
        secret_put_new(name, (uint8_t *)fix_copy(sealed), sealed != NULL ? strlen(sealed) : 0);
    fix_exec(f, &p->op);
    secret_put_free(p);
}

static void assert_secret(struct fixture *f, const char *name, const char *sealed)
{
    struct secret_get *g = secret_get_new(name);
    fix_exec(f, &g->op);
    if (sealed == NULL) {
        assert_null(g->sealed);
    } else {
        assert_int_equal(g->len, strlen(sealed));
        assert_memory_equal(g->sealed, sealed, g->len);
    }
    secret_get_free(g);
}

static void a_secret_is_replaced_and_removed(void **state)
{
    struct fixture *f = *state;
    assert_secret(f, "user:a", NULL);
    put_secret(f, "user:a", "one");
    assert_secret(f, "user:a", "one");
    put_secret(f, "user:a", "two");
    assert_secret(f, "user:a", "two");
    put_secret(f, "user:a", NULL);
    assert_secret(f, "user:a", NULL);
}

static void removing_a_secret_that_is_not_there_says_so(void **state)
{
    struct fixture *f = *state;
    struct secret_put *p = secret_put_new("user:a", NULL, 0);
    struct err e = fix_exec_error(f, &p->op);
    assert_int_equal(e.kind, ERR_NOT_FOUND);
    assert_non_null(strstr(e.message, "user:a"));
    secret_put_free(p);
}

static void sealed_bytes_may_hold_zeros(void **state)
{
    struct fixture *f = *state;
    uint8_t *sealed = xmemdup("\0a\0", 3);
    struct secret_put *p = secret_put_new("user:a", sealed, 3);
    fix_exec(f, &p->op);
    secret_put_free(p);
    struct secret_get *g = secret_get_new("user:a");
    fix_exec(f, &g->op);
    assert_int_equal(g->len, 3);
    assert_memory_equal(g->sealed, "\0a\0", 3);
    secret_get_free(g);
}

static void a_list_is_sorted_and_keeps_to_its_prefix(void **state)
{
    struct fixture *f = *state;
    put_secret(f, "user:b", "x");
    fix_now_us += 5;
    put_secret(f, "user:a", "x");
    put_secret(f, "token:crm", "x");
    put_secret(f, "USER:d", "x");
    put_secret(f, "user_:c", "x");
    struct secret_list *l = secret_list_new("user:");
    fix_exec(f, &l->op);
    assert_int_equal(l->count, 2);
    assert_string_equal(l->names[0], "user:a");
    assert_string_equal(l->names[1], "user:b");
    assert_int_equal(l->updated_us[0], fix_now_us);
    assert_int_equal(l->updated_us[1], fix_now_us - 5);
    secret_list_free(l);
    l = secret_list_new("_ser"); /* a letter like any other */
    fix_exec(f, &l->op);
    assert_int_equal(l->count, 0);
    secret_list_free(l);
    l = secret_list_new(NULL);
    fix_exec(f, &l->op);
    assert_int_equal(l->count, 5);
    secret_list_free(l);
}

static struct connection_put *new_connection(const char *name, const char *state_name)
{
    struct connection_put *p = connection_put_new();
    p->row.name = xstrdup(name);
    p->row.state = xstrdup(state_name);
    p->row.since_us = clock_wall_us();
    return p;
}

static void a_token_and_the_state_that_it_leads_to_are_written_together(void **state)
{
    struct fixture *f = *state;
    struct connection_put *p = new_connection("crm", "connected");
    p->row.scopes = xstrdup("contacts.write");
    p->row.account = xstrdup("loc1");
    p->row.expires_us = 77;
    p->token_name = xstrdup("token:crm");
    p->sealed = (uint8_t *)xstrdup("sealed");
    p->len = 6;
    fix_exec(f, &p->op);
    connection_put_free(p);
    assert_secret(f, "token:crm", "sealed");
    struct connection_list *l = connection_list_new();
    fix_exec(f, &l->op);
    assert_int_equal(l->count, 1);
    assert_string_equal(l->rows[0].name, "crm");
    assert_string_equal(l->rows[0].state, "connected");
    assert_null(l->rows[0].reason);
    assert_string_equal(l->rows[0].scopes, "contacts.write");
    assert_string_equal(l->rows[0].account, "loc1");
    assert_int_equal(l->rows[0].since_us, fix_now_us);
    assert_int_equal(l->rows[0].expires_us, 77);
    connection_list_free(l);
}

static void a_token_whose_state_cannot_be_written_is_not_written(void **state)
{
    struct fixture *f = *state;
    struct err e = ERR_INIT;
    put_secret(f, "token:crm", "before");
    struct connection_put *p = new_connection("crm", "connected");
    free(p->row.state);
    p->row.state = NULL; /* which the table refuses */
    p->token_name = xstrdup("token:crm");
    p->sealed = (uint8_t *)xstrdup("after");
    p->len = 5;
    assert_int_equal(store_exec(f->store, &p->op, &e), -1);
    connection_put_free(p);
    assert_secret(f, "token:crm", "before");
}

static void a_state_without_a_token_leaves_the_token_alone(void **state)
{
    struct fixture *f = *state;
    put_secret(f, "token:crm", "sealed");
    struct connection_put *p = new_connection("crm", "broken");
    p->row.reason = xstrdup("the refresh token is used up");
    fix_exec(f, &p->op);
    connection_put_free(p);
    assert_secret(f, "token:crm", "sealed");
    p = new_connection("crm", "new");
    p->token_name = xstrdup("token:crm");
    fix_exec(f, &p->op);
    connection_put_free(p);
    assert_secret(f, "token:crm", NULL);
}

static void connections_come_by_name(void **state)
{
    struct fixture *f = *state;
    const char *const names[] = { "shop", "crm", "inbox" };
    for (int i = 0; i < 3; i++) {
        struct connection_put *p = new_connection(names[i], "new");
        fix_exec(f, &p->op);
        connection_put_free(p);
    }
    struct connection_list *l = connection_list_new();
    fix_exec(f, &l->op);
    assert_int_equal(l->count, 3);
    assert_string_equal(l->rows[0].name, "crm");
    assert_string_equal(l->rows[1].name, "inbox");
    assert_string_equal(l->rows[2].name, "shop");
    connection_list_free(l);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fix_setup, fix_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_secret_is_replaced_and_removed),
        TEST(removing_a_secret_that_is_not_there_says_so),
        TEST(sealed_bytes_may_hold_zeros),
        TEST(a_list_is_sorted_and_keeps_to_its_prefix),
        TEST(a_token_and_the_state_that_it_leads_to_are_written_together),
        TEST(a_token_whose_state_cannot_be_written_is_not_written),
        TEST(a_state_without_a_token_leaves_the_token_alone),
        TEST(connections_come_by_name),
    };
    return cmocka_run_group_tests_name("store/secret_row", tests, NULL, NULL);
}
