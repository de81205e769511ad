/* Authorisations under way: of two who change one, one wins; old ones go. */
#include "fixture.h"

#include "store/flow_row.h"
#include "store/secret_row.h"

static struct flow_put *put_of(const char *name, const char *before, const char *sealed)
{
    struct flow_put *p = flow_put_new(name, (uint8_t *)fix_copy(sealed), strlen(sealed));
    if (before != NULL) {
        p->before = (uint8_t *)fix_copy(before);
        p->before_len = strlen(before);
    }
    return p;
}

static void put(struct fixture *f, const char *name, const char *before, const char *sealed)
{
    struct flow_put *p = put_of(name, before, sealed);
    fix_exec(f, &p->op);
    flow_put_free(p);
}

static void refused(struct fixture *f, const char *name, const char *before, const char *sealed)
{
    struct flow_put *p = put_of(name, before, sealed);
    struct err e = fix_exec_error(f, &p->op);
    assert_int_equal(e.kind, ERR_CONFLICT);
    flow_put_free(p);
}

static void assert_row(struct fixture *f, const char *name, const char *sealed)
{
    struct secret_get *g = secret_get_new(name);
    fix_exec(f, &g->op);
    assert_int_equal(g->len, sealed != NULL ? strlen(sealed) : 0);
    if (sealed != NULL) {
        assert_memory_equal(g->sealed, sealed, g->len);
    }
    secret_get_free(g);
}

static void a_flow_is_changed_by_who_read_it_last(void **state)
{
    struct fixture *f = *state;
    put(f, "flow:a", NULL, "pending");
    put(f, "flow:a", "pending", "taken");
    refused(f, "flow:a", "pending", "taken too");
    assert_row(f, "flow:a", "taken");
    put(f, "flow:a", "taken", "done");
    assert_row(f, "flow:a", "done");
}

static void a_new_flow_takes_no_others_place(void **state)
{
    struct fixture *f = *state;
    put(f, "flow:a", NULL, "pending");
    refused(f, "flow:a", NULL, "mine");
    refused(f, "flow:b", "pending", "taken"); /* it is gone */
    assert_row(f, "flow:a", "pending");
    assert_row(f, "flow:b", NULL);
}

static void a_new_flow_takes_away_those_of_yesterday_and_no_other_secret(void **state)
{
    struct fixture *f = *state;
    put(f, "flow:old", NULL, "pending");
    struct secret_put *other = secret_put_new("flows", (uint8_t *)fix_copy("x"), 1);
    fix_exec(f, &other->op);
    secret_put_free(other);
    fix_now_us += FLOW_KEEP_US - 1;
    put(f, "flow:young", NULL, "pending");
    assert_row(f, "flow:old", "pending");
    fix_now_us += 2;
    put(f, "flow:new", NULL, "pending");
    assert_row(f, "flow:old", NULL);
    assert_row(f, "flow:young", "pending");
    assert_row(f, "flows", "x");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_flow_is_changed_by_who_read_it_last, fix_setup,
                                        fix_teardown),
        cmocka_unit_test_setup_teardown(a_new_flow_takes_no_others_place, fix_setup, fix_teardown),
        cmocka_unit_test_setup_teardown(
            a_new_flow_takes_away_those_of_yesterday_and_no_other_secret, fix_setup, fix_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
