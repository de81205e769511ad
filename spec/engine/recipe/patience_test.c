/* Steps that give their call less time than the service usually takes. */

#include "fixture.h"

#define STEP(use, timeout)                                                                         \
    "recipe: r\nneeds:\n  crm: crm\nwhen:\n  - crm.visit_made\ndo:\n  - step: a\n    use: " use    \
    "\n    timeout: " timeout "\n"

static void warns(const char *text, const char *expected)
{
    recipe_free(load_told(text, NULL, "", expected));
}

static void a_timeout_below_the_usual_answer_is_warned_of_where_it_stands(void **state)
{
    warns(
        STEP("crm.ping", "2 s"),
        "9:14 an answer of crm.ping usually takes up to 4 s: a call that is cut off before it may "
        "have taken effect (give it more, or leave `timeout` out)\n");
    warns(
        STEP("crm.ping", "3999 ms"),
        "9:14 an answer of crm.ping usually takes up to 4 s: a call that is cut off before it may "
        "have taken effect (give it more, or leave `timeout` out)\n");
    warns(STEP("crm.ping", "4 s"), "");
    warns(STEP("crm.ping", "1 min"), "");
}

static void where_nothing_is_known_nothing_is_warned_of(void **state)
{
    warns(STEP("crm.create_note", "1 s"), "");
    warns(
        "recipe: r\nneeds:\n  crm: crm\nwhen:\n  - crm.visit_made\ndo:\n  - step: a\n"
        "    use: crm.ping\n",
        "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_up, world_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_timeout_below_the_usual_answer_is_warned_of_where_it_stands),
        TEST(where_nothing_is_known_nothing_is_warned_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
