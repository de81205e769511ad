/* The rows of limiters. */
#include "fixture.h"

#include "store/limit_row.h"

#define DAY INT64_C(86400000000)

static void put(struct fixture *f, const char *key, const char *state, int64_t kept_us)
{
    struct limit_put *p = limit_put_new();
    p->row = (struct limit_row){ .key = xstrdup(key), .state = xstrdup(state), .kept_us = kept_us };
    fix_exec(f, &p->op);
    limit_put_free(p);
}

static void a_row_is_replaced(void **state)
{
    struct fixture *f = *state;
    put(f, "b", "{}", 1);
    put(f, "a", "{\"open\":1}", 1);
    put(f, "a", "{\"open\":2}", 2);
    struct limit_list *l = limit_list_new();
    fix_exec(f, &l->op);
    assert_int_equal(l->count, 2);
    assert_string_equal(l->rows[0].key, "a");
    assert_string_equal(l->rows[0].state, "{\"open\":2}");
    assert_int_equal(l->rows[0].kept_us, 2);
    limit_list_free(l);
}

static void a_row_that_no_window_reaches_back_to_goes(void **state)
{
    struct fixture *f = *state;
    put(f, "old", "{}", DAY);
    put(f, "recent", "{}", 21 * DAY);
    put(f, "new", "{}", 42 * DAY);
    struct limit_list *l = limit_list_new();
    fix_exec(f, &l->op);
    assert_int_equal(l->count, 2);
    assert_string_equal(l->rows[0].key, "new");
    limit_list_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_row_is_replaced, fix_setup, fix_teardown),
        cmocka_unit_test_setup_teardown(a_row_that_no_window_reaches_back_to_goes, fix_setup,
                                        fix_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
