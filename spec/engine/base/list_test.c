/* The intrusive list. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/list.h"

struct item {
    int value;
    struct list link;
};

static int value_of(struct list *link)
{
    return list_entry(link, struct item, link)->value;
}

/* The values in their order as one decimal number. */
static int digits(struct list *head)
{
    int all = 0;
    list_each (it, head) {
        all = all * 10 + value_of(it);
    }
    return all;
}

static void items_stand_in_the_order_of_pushing(void **state)
{
    struct list head;
    struct item items[] = { { .value = 1 }, { .value = 2 }, { .value = 3 } };
    list_init(&head);
    assert_true(list_is_empty(&head));
    list_push_back(&head, &items[0].link);
    list_push_back(&head, &items[1].link);
    list_push_front(&head, &items[2].link);
    assert_int_equal(digits(&head), 312);
    assert_int_equal(value_of(list_pop(&head)), 3);
    assert_int_equal(digits(&head), 12);
}

static void removing_twice_does_no_harm(void **state)
{
    struct list head;
    struct item items[] = { { .value = 1 }, { .value = 2 } };
    list_init(&head);
    list_push_back(&head, &items[0].link);
    list_push_back(&head, &items[1].link);
    list_remove(&items[0].link);
    list_remove(&items[0].link);
    assert_int_equal(digits(&head), 2);
    list_remove(&items[1].link);
    assert_true(list_is_empty(&head));
    assert_null(list_pop(&head));
}

static void a_walk_may_remove_where_it_stands(void **state)
{
    struct list head;
    struct item items[] = { { .value = 1 }, { .value = 2 }, { .value = 3 }, { .value = 4 } };
    list_init(&head);
    for (int i = 0; i < 4; i++) {
        list_push_back(&head, &items[i].link);
    }
    list_each_safe (it, &head) {
        if (value_of(it) % 2 == 0) {
            list_remove(it);
        }
    }
    assert_int_equal(digits(&head), 13);
}

static void splicing_moves_all_to_the_end(void **state)
{
    struct list to;
    struct list from;
    struct item items[] = { { .value = 1 }, { .value = 2 }, { .value = 3 } };
    list_init(&to);
    list_init(&from);
    list_splice(&to, &from);
    assert_true(list_is_empty(&to));
    list_push_back(&to, &items[0].link);
    list_push_back(&from, &items[1].link);
    list_push_back(&from, &items[2].link);
    list_splice(&to, &from);
    assert_int_equal(digits(&to), 123);
    assert_true(list_is_empty(&from));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_stand_in_the_order_of_pushing),
        cmocka_unit_test(removing_twice_does_no_harm),
        cmocka_unit_test(a_walk_may_remove_where_it_stands),
        cmocka_unit_test(splicing_moves_all_to_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
