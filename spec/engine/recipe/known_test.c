/* What `ladle check` knows of the values that a recipe uses: which inputs, results of steps and
 * fields of events there are, what is an error and what only a warning. */

#include "fixture.h"

/* Lines 1 to 5. */
#define HEAD      "recipe: r\nneeds:\n  crm: crm\nwhen:\n  - crm.visit_made\n"
#define ON(event) "recipe: r\nneeds:\n  crm: crm\nwhen:\n  - crm." event "\n"
/* One step from line 7 on, whose value `v` stands in line 10. */
#define STEP(v) "do:\n  - step: a\n    use: crm.ping\n    with:\n      v: " v "\n"

static void check(const char *text, const char *errors, const char *warnings)
{
    recipe_free(load_told(text, NULL, errors, warnings));
}

static void fine(const char *text)
{
    check(text, "", "");
}

/* --- inputs --- */

#define INPUTS                                                                                     \
    "inputs:\n  days: { type: integer, default: 2 }\n  who: { type: object, default: {} }\n"

static void an_input_that_is_not_declared_is_an_error(void **state)
{
    fine(HEAD INPUTS STEP("= inputs.days + inputs[\"days\"]\n      w: ${inputs.who.name}"));
    check(HEAD INPUTS STEP("= inputs.dayz"),
          "13:10 this recipe has no input `dayz` (did you mean `days`?)\n", "");
    check(HEAD INPUTS STEP("\"${inputs.dayz}\""),
          "13:10 this recipe has no input `dayz` (did you mean `days`?)\n", "");
    check(HEAD INPUTS STEP("= inputs['until']"),
          "13:10 this recipe has no input `until` (it has days, who)\n", "");
    check(HEAD STEP("= inputs.days"),
          "10:10 this recipe has no input `days` (inputs are declared under `inputs`)\n", "");
    check(HEAD INPUTS "if: = inputs.dayz\n" STEP("1"),
          "9:5 this recipe has no input `dayz` (did you mean `days`?)\n", "");
}

static void an_input_has_fields_only_where_its_type_has_some(void **state)
{
    check(HEAD INPUTS STEP("= inputs.days.number"),
          "13:10 `inputs.days` is an integer, and has no fields\n", "");
}

/* --- events --- */

static void a_field_that_no_event_is_known_to_have_is_a_warning(void **state)
{
    fine(
        HEAD STEP("= event.id .. event.visit.place .. event.tags[1] .. event['visit'].guest.name"));
    check(HEAD STEP("= event.ib"), "",
          "10:10 no event that starts this recipe is known to have `ib` (did you mean `id`?)\n");
    check(HEAD STEP("\"${event.visit.plaze}\""), "",
          "10:10 `event.visit` has no `plaze` (did you mean `place`?)\n");
    check(HEAD "if: = event.nothing\n" STEP("1"), "",
          "6:5 no event that starts this recipe is known to have `nothing` "
          "(it has id, tags, visit, owner, custom)\n");
}

static void a_date_has_what_came_beside_it(void **state)
{
    fine(HEAD STEP("= event.visit.place_raw .. event.id_raw"));
    check(HEAD STEP("= event.visit._raw"), "",
          "10:10 `event.visit` has no `_raw` (it has place, guest)\n");
}

static void a_value_of_another_kind_has_no_fields(void **state)
{
    check(
        HEAD STEP("= event.tags.first"), "",
        "10:10 `event.tags` is a list, and has no fields (take one of its items, such as first(…), "
        "or go through them with `each`)\n");
    check(HEAD STEP("= event.id.x"), "", "10:10 `event.id` is a text, and has no fields\n");
}

static void what_the_engine_fetches_is_known(void **state)
{
    fine(HEAD STEP("= event.owner.name .. event.custom[\"Roof area\"]"));
}

static void a_field_of_any_of_several_events_is_fine(void **state)
{
    fine(HEAD "  - crm.visit_moved\n" STEP("= event.moved_to or event.visit.place"));
    check(HEAD "  - crm.visit_moved\n" STEP("= event.moved"), "",
          "11:10 no event that starts this recipe is known to have `moved` "
          "(it has id, tags, visit, owner, custom, moved_to)\n");
    fine(HEAD "  - crm.contact_created\n" STEP("= event.whatever"));
}

static void a_derived_event_has_the_fields_of_what_it_comes_from(void **state)
{
    fine(ON("long_visit") STEP("= event.hours + len(event.visit.place) + len(event.custom)"));
    check(ON("long_visit") STEP("= event.minutes"), "",
          "10:10 no event that starts this recipe is known to have `minutes` "
          "(it has hours, id, tags, visit, owner, custom)\n");
}

static void a_sample_tells_which_fields_there_are(void **state)
{
    fine(ON("sampled") STEP("= event.body.of.any.kind"));
    check(
        ON("sampled") STEP("= event.bodi"), "",
        "10:10 no event that starts this recipe is known to have `bodi` (did you mean `body`?)\n");
}

static void an_event_that_can_be_anything_has_any_field(void **state)
{
    fine(ON("contact_created") STEP("= event.whatever.it.is"));
}

static void what_is_awaited_is_checked_too(void **state)
{
    fine(HEAD
         "do:\n  - step: w\n    wait_for: crm.visit_moved\n    with: { id: = event.id }\n"
         "  - step: a\n    stop: = steps.w.moved_to\n");
    check(HEAD
          "do:\n  - step: w\n    wait_for: crm.visit_moved\n    with: { visit.id: = event.id }\n"
          "  - step: a\n    stop: = steps.w.moved\n",
          "",
          "9:13 crm.visit_moved is not known to have `visit` (it has id, moved_to)\n"
          "11:11 `steps.w` has no `moved`: crm.visit_moved does not give it "
          "(it has id, moved_to)\n");
}

/* --- results of steps --- */

#define TASK                                                                                       \
    "do:\n  - step: t\n    use: crm.create_task\n    with: { contactId: a, title: b, dueDate: "    \
    "2026-11-25, completed: true }\n"
#define STOP(v) "  - step: z\n    stop: " v "\n"

static void what_a_service_is_not_known_to_answer_is_a_warning(void **state)
{
    fine(HEAD TASK STOP("= steps.t.task.id"));
    check(
        HEAD TASK STOP("= steps.t.tsk.id"), "",
        "11:11 `steps.t` has no `tsk`: crm.create_task does not give it (did you mean `task`?)\n");
    check(HEAD TASK STOP("${steps.t.task.titel}"), "",
          "11:11 `steps.t.task` has no `titel` (did you mean `title`?)\n");
    check(HEAD TASK STOP("= steps['t'].task.title.x"), "",
          "11:11 `steps.t.task.title` is a text, and has no fields\n");
    fine(HEAD "do:\n  - step: t\n    use: crm.ping\n" STOP("= steps.t.any.thing"));
    fine(HEAD "do:\n  - step: t\n    use: crm.touch\n" STOP("= steps.t.any.thing"));
    fine(HEAD "do:\n  - step: t\n    use: crm.list_tasks\n" STOP(
        "= steps.t.succeeded and steps.t.tasks[1].title"));
}

static void what_the_engine_makes_is_known_for_certain(void **state)
{
    fine(HEAD
         "do:\n  - step: t\n    use: crm.call\n" STOP("= steps.t.body.x or steps.t.headers.y"));
    check(HEAD "do:\n  - step: t\n    use: crm.call\n" STOP("= steps.t.code"),
          "10:11 `steps.t` has no `code`: crm.call does not give it "
          "(it has status, headers, body)\n",
          "");
    check(HEAD
          "do:\n  - step: t\n    use: records.upsert_task\n"
          "    with: { contact_id: a, task_id: b }\n" STOP("= steps.t.recrd.id"),
          "11:11 `steps.t` has no `recrd`: records.upsert_task does not give it "
          "(did you mean `record`?)\n",
          "");
}

static void what_a_script_does_not_declare_is_a_warning(void **state)
{
    check(HEAD "do:\n  - step: t\n    use: scripts.score\n    with: { answers: [] }\n" STOP(
              "= steps.t.scores"),
          "",
          "11:11 `steps.t` has no `scores`: scripts.score does not give it "
          "(did you mean `score`?)\n");
}

static void the_result_of_a_list_is_a_list(void **state)
{
    fine(HEAD "do:\n  - step: t\n    use: crm.call\n    each: = event.tags\n" STOP(
        "= steps.t[1].status + len(steps.t)"));
    check(
        HEAD
        "do:\n  - step: t\n    use: crm.call\n    each: = event.tags\n" STOP("= steps.t.status"),
        "11:11 `steps.t` is a list, and has no fields (take one of its items, such as first(…), or "
        "go through them with `each`)\n",
        "");
    check(HEAD
          "do:\n  - step: t\n    use: crm.call\n    each: = event.tags\n" STOP("= steps.t[1].code"),
          "11:11 `steps.t[1]` has no `code`: crm.call does not give it "
          "(it has status, headers, body)\n",
          "");
}

static void the_result_of_pages_is_two_numbers(void **state)
{
    fine(HEAD "do:\n  - step: t\n    use: crm.ping\n    each: = pages(crm.list_tasks, {})\n" STOP(
        "= steps.t.items + steps.t.pages"));
    check(HEAD "do:\n  - step: t\n    use: crm.ping\n    each: = pages(crm.list_tasks, {})\n" STOP(
              "= steps.t.tasks"),
          "11:11 `steps.t` has no `tasks` (it has items, pages)\n", "");
    check(HEAD "do:\n  - step: t\n    use: crm.ping\n    each: = pages(crm.list_tasks, {})\n" STOP(
              "= steps.t[1].title"),
          "11:11 `steps.t` is no list\n", "");
    fine(HEAD
         "do:\n  - step: t\n    use: crm.ping\n"
         "    each: = event.id and pages(crm.list_tasks, {}) or event.tags\n" STOP(
             "= steps.t.items or steps.t[1]"));
}

static void a_group_with_each_gives_the_results_of_its_steps(void **state)
{
#define GROUP                                                                                      \
    "do:\n  - step: g\n    each: = event.tags\n    do:\n      - step: one\n        use: "          \
    "crm.call\n"
    fine(HEAD GROUP STOP("= steps.g[1].one.status"));
    check(HEAD GROUP STOP("= steps.g[1].two"), "13:11 `steps.g[1]` has no `two` (it has one)\n",
          "");
}

static void a_step_without_a_result_is_not_referred_to(void **state)
{
    check(HEAD "do:\n  - step: g\n    do:\n      - step: one\n        use: crm.ping\n" STOP(
              "= steps.g.one"),
          "12:11 step `g` is a group, and gives no result: its steps do\n", "");
    check(HEAD "do:\n  - step: b\n    parallel:\n      - step: one\n        use: crm.ping\n" STOP(
              "= steps.b"),
          "12:11 step `b` has branches, and gives no result: the steps in them do\n", "");
    check(HEAD "do:\n  - step: w\n    wait: 1 h\n" STOP("${steps.w.until}"),
          "10:11 step `w` waits, and gives no result\n", "");
    check(HEAD "do:\n  - step: s\n    if: = event.id\n    stop: x\n" STOP("= steps.s"),
          "11:11 step `s` ends the run, and gives no result\n", "");
}

static void a_step_that_comes_later_is_named(void **state)
{
    check(HEAD
          "do:\n  - step: a\n    on_error: continue\n    do:\n      - step: b\n"
          "        stop: = steps.z\n" STOP("x"),
          "11:15 step `z` comes later, in line 12: its result is not there yet\n", "");
    check(HEAD "do:\n  - step: a\n    stop: = steps.z\n    if: = steps.y.x\n",
          "8:11 no step before this one is called `z`\n"
          "9:9 no step before this one is called `y`\n",
          "");
}

static void a_step_below_on_error_has_no_result_of_what_failed(void **state)
{
    check(HEAD
          "do:\n  - step: a\n    use: crm.ping\n    on_error:\n      - step: b\n"
          "        stop: = steps.a.x\n",
          "11:15 step `a` has no result here: this place is a part of it\n", "");
    fine(HEAD
         "do:\n  - step: a\n    use: crm.ping\n    on_error:\n      - step: b\n"
         "        use: crm.ping\n" STOP("= steps.b.x or steps.a.x"));
    fine(HEAD
         "do:\n  - step: a\n    parallel:\n      - step: b\n        use: crm.ping\n"
         "    on_error:\n      - step: c\n        use: crm.ping\n        with: { x: = steps.b.y "
         "}\n");
}

/* --- the rest of what values can see --- */

static void meta_error_and_now_are_known_for_certain(void **state)
{
    fine(HEAD STEP("= meta.id .. meta.received_at .. meta.headers['x-id'] .. now"));
    check(HEAD STEP("= meta.recieved_at"),
          "10:10 `meta` has no `recieved_at` (did you mean `received_at`?)\n", "");
    fine(HEAD STEP("= meta.location")); /* what the connector calls an account */
    check(HEAD STEP("= meta.agency"),
          "10:10 `meta` has no `agency` (it has id, type, connection, received_at, event_type, "
          "found_by, headers, location)\n",
          "");
    check(HEAD STEP("= now.year"), "10:10 `now` is a text, and has no fields\n", "");
    check(HEAD
          "do:\n  - step: a\n    use: crm.ping\n    on_error:\n      - step: b\n"
          "        stop: = error.text\n",
          "11:15 `error` has no `text` (it has kind, message, status, detail, step)\n", "");
}

static void the_item_has_the_name_that_it_was_given(void **state)
{
    fine(HEAD
         "do:\n  - step: a\n    each: = event.tags\n    use: crm.ping\n    with: { x: = item }\n");
    check(HEAD
          "do:\n  - step: a\n    each: = event.tags\n    as: tag\n    use: crm.ping\n"
          "    with: { x: = item.a, y: \"${item}\" }\n",
          "11:16 the item is called `tag` here: `as` says so (did you mean `tag`?)\n"
          "11:29 the item is called `tag` here: `as` says so (did you mean `tag`?)\n",
          "");
}

static void a_function_s_own_names_are_not_held_against_it(void **state)
{
    fine(HEAD STEP("\"= (function(event) return event.nothing end)(1)\""));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_up, world_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_input_that_is_not_declared_is_an_error),
        TEST(an_input_has_fields_only_where_its_type_has_some),
        TEST(a_field_that_no_event_is_known_to_have_is_a_warning),
        TEST(a_date_has_what_came_beside_it),
        TEST(a_value_of_another_kind_has_no_fields),
        TEST(what_the_engine_fetches_is_known),
        TEST(a_field_of_any_of_several_events_is_fine),
        TEST(a_derived_event_has_the_fields_of_what_it_comes_from),
        TEST(a_sample_tells_which_fields_there_are),
        TEST(an_event_that_can_be_anything_has_any_field),
        TEST(what_is_awaited_is_checked_too),
        TEST(what_a_service_is_not_known_to_answer_is_a_warning),
        TEST(what_the_engine_makes_is_known_for_certain),
        TEST(what_a_script_does_not_declare_is_a_warning),
        TEST(the_result_of_a_list_is_a_list),
        TEST(the_result_of_pages_is_two_numbers),
        TEST(a_group_with_each_gives_the_results_of_its_steps),
        TEST(a_step_without_a_result_is_not_referred_to),
        TEST(a_step_that_comes_later_is_named),
        TEST(a_step_below_on_error_has_no_result_of_what_failed),
        TEST(meta_error_and_now_are_known_for_certain),
        TEST(the_item_has_the_name_that_it_was_given),
        TEST(a_function_s_own_names_are_not_held_against_it),
    };
    return cmocka_run_group_tests_name("known", tests, NULL, NULL);
}
