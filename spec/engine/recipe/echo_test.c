/* Recipes that answer their own effect: which are warned of, and what counts as a way out. */

#include "fixture.h"

#define ON(event)  "recipe: r\nneeds:\n  crm: crm\nwhen:\n  - crm." event "\n"
#define NOTE(name) "  - step: " name "\n    use: crm.create_note\n"
#define WAY_OUT                                                                                    \
    " (an `if` that tells its own changes from others stops it; one of a step, or a `stop` "       \
    "before "                                                                                      \
    "it, too)\n"

static void warns(const char *text, const char *expected)
{
    recipe_free(load_told(text, NULL, "", expected));
}

static void a_step_that_brings_its_own_event_is_warned_of(void **state)
{
    warns(ON("note_created") "do:\n" NOTE("a"),
          "8:10 crm.create_note brings crm.note_created, which starts this recipe again, without "
          "end" WAY_OUT);
    warns(ON("visit_made") "  - crm.note_created\nif: true\ndo:\n  - step: g\n    do:\n      - step: b\n"
                           "        if: true\n        use: crm.create_note\n",
          "13:14 crm.create_note brings crm.note_created, which starts this recipe again, without "
          "end" WAY_OUT);
    warns(ON("visit_made") "do:\n" NOTE("a"), "");
    warns(ON("note_created") "do:\n  - step: a\n    use: crm.ping\n", "");
}

static void a_derived_event_is_brought_by_what_it_comes_from(void **state)
{
    warns(ON("lead") "do:\n  - step: a\n    use: crm.touch\n    with: { kind: new }\n",
          "8:10 crm.touch brings crm.lead, which starts this recipe again, without end" WAY_OUT);
    warns(ON("lead") "do:\n  - step: a\n    use: crm.touch\n    with: { kind: old }\n", "");
    warns(ON("lead") "do:\n  - step: a\n    use: crm.touch\n    with: { kind: = event.kind }\n",
          "");
}

static void what_a_call_brings_may_depend_on_its_fields(void **state)
{
    warns(
        ON("visit_moved") "do:\n  - step: a\n    use: crm.touch\n    with: { place: = event.id }\n",
        "8:10 crm.touch brings crm.visit_moved, which starts this recipe again, without "
        "end" WAY_OUT);
    warns(ON("visit_moved") "do:\n  - step: a\n    use: crm.touch\n    with: { x: 1 }\n", "");
    warns(ON("visit_moved") "do:\n  - step: a\n    use: crm.touch\n", "");
    warns(ON("visit_moved") "do:\n  - step: a\n    use: crm.touch\n    with: = event\n", "");
}

static void a_condition_may_stop_it(void **state)
{
    warns(ON("note_created") "if: = event.ok\ndo:\n" NOTE("a"), "");
    warns(ON("note_created") "do:\n" NOTE("a") "    if: = event.ok\n", "");
    warns(ON("note_created") "do:\n  - step: g\n    if: = event.ok\n    do:\n      - step: a\n"
                             "        use: crm.create_note\n",
          "");
    warns(ON("note_created") "do:\n" NOTE("a") "    each: = event.list\n", "");
    warns(ON("note_created") "do:\n  - step: s\n    if: = event.ok\n    stop: x\n" NOTE("a"), "");
    warns(ON("note_created") "do:\n  - step: p\n    use: crm.ping\n    on_error:\n      - step: a\n"
                             "        use: crm.create_note\n",
          "");
    warns(ON("note_created") "do:\n  - step: p\n    use: crm.ping\non_error:\n" NOTE("a"), "");
}

static void a_condition_of_another_step_does_not(void **state)
{
    warns(ON("note_created") "do:\n  - step: p\n    if: = event.ok\n    use: crm.ping\n" NOTE("a"),
          "11:10 crm.create_note brings crm.note_created, which starts this recipe again, without "
          "end" WAY_OUT);
    warns(ON("note_created") "do:\n  - step: g\n    if: = event.ok\n    do:\n      - step: p\n"
                             "        use: crm.ping\n        on_error:\n          - step: q\n"
                             "            use: crm.ping\n" NOTE("a"),
          "16:10 crm.create_note brings crm.note_created, which starts this recipe again, without "
          "end" WAY_OUT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_up, world_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_step_that_brings_its_own_event_is_warned_of),
        TEST(a_derived_event_is_brought_by_what_it_comes_from),
        TEST(what_a_call_brings_may_depend_on_its_fields),
        TEST(a_condition_may_stop_it),
        TEST(a_condition_of_another_step_does_not),
    };
    return cmocka_run_group_tests_name("echo", tests, NULL, NULL);
}
