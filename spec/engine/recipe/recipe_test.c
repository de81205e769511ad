/* The recipe loader: what a good recipe becomes, and what each mistake says. The expected errors
 * are whole, place included, so that a message cannot drift away from its node unseen. */

#include "fixture.h"

/* Five lines: what follows begins at line 6. */
#define HEAD "recipe: r\nneeds:\n  crm: crm\nwhen:\n  - crm.contact_created\n"
#define PING "do:\n  - step: a\n    use: crm.ping\n"

static struct recipe *load(const char *text, const struct project *p, char **errors)
{
    struct diags *d = diags_new("r.yaml");
    struct recipe *r = recipe_parse("r.yaml", text, strlen(text), p, &hooks, d);
    *errors = diags_text(d);
    diags_free(d);
    return r;
}

static struct recipe *accept(const char *text)
{
    char *errors = NULL;
    struct recipe *r = load(text, NULL, &errors);
    assert_string_equal(errors, "");
    assert_non_null(r);
    free(errors);
    return r;
}

static void refuse(const char *text, const char *expected)
{
    char *errors = NULL;
    struct recipe *r = load(text, NULL, &errors);
    assert_string_equal(errors, expected);
    assert_null(r);
    free(errors);
}

/* Compares one part of the plan with JSON text. */
static void assert_plan(const struct recipe *r, const char *path, const char *expected)
{
    json_t *want = parse(expected);
    json_t *got = json_path(r->plan, path);
    char *text = got != NULL ? json_text(got, NULL) : xstrdup("(missing)");
    if (!json_equal(want, got)) {
        fail_msg("%s is %s", path, text);
    }
    free(text);
    json_decref(want);
}

/* --- good recipes --- */

static void a_whole_recipe_becomes_a_plan(void **state)
{
    struct recipe *r = accept(
        "recipe: follow-up\n"
        "summary: Create a task\n"
        "needs:\n  crm: crm\n"
        "inputs:\n  days: { type: integer, default: 2, label: Days }\n"
        "when:\n  - crm.contact_created\n  - records.activity_added\n"
        "if: = event.ok\n"
        "key: ${event.id}\n"
        "mode: queue\n"
        "do:\n"
        "  - step: first\n    use: crm.get_contact\n    with: { contactId: = event.id }\n"
        "  - step: second\n    use: scripts.score\n    if: true\n"
        "    each: = steps.first.list\n    as: answer\n    timeout: 2 min\n"
        "    retry: once\n    on_error: continue\n"
        "    with: { answers: [1, \"2\", = answer.x] }\n"
        "  - step: third\n    stop: because ${steps.second}\n"
        "on_error:\n  - step: tell\n    use: crm.ping\n    with: { text: \"${error.message}\" }\n");
    assert_string_equal(r->name, "follow-up");
    assert_plan(r, "needs", "{\"crm\":\"crm\"}");
    assert_plan(r, "inputs", "{\"days\":{\"default\":2,\"label\":\"Days\",\"type\":\"integer\"}}");
    assert_plan(r, "when",
                "[{\"connection\":\"crm\",\"event\":\"contact_created\"},"
                "{\"connection\":\"records\",\"event\":\"activity_added\"}]");
    assert_plan(r, "if", "{\"t\":\"expr\",\"s\":\"event.ok\",\"line\":10}");
    assert_plan(r, "key", "{\"t\":\"text\",\"parts\":[[\"event\",\"id\"]]}");
    assert_plan(r, "mode", "\"queue\"");
    assert_plan(r, "do.0.use", "{\"connection\":\"crm\",\"operation\":\"get_contact\"}");
    assert_plan(
        r, "do.0.with",
        "{\"t\":\"map\",\"v\":{\"contactId\":{\"t\":\"expr\",\"s\":\"event.id\",\"line\":16}}}");
    assert_plan(r, "do.0.retry.tries", "8");
    assert_plan(r, "do.1.use", "{\"script\":\"score\"}");
    assert_plan(r, "do.1.if", "{\"t\":\"lit\",\"v\":true}");
    assert_plan(r, "do.1.as", "\"answer\"");
    assert_plan(r, "do.1.timeout_us", "120000000");
    assert_plan(r, "do.1.retry.tries", "1");
    assert_plan(r, "do.1.on_error", "\"continue\"");
    assert_plan(r, "do.1.line", "17");
    assert_plan(r, "do.1.with.v.answers.v",
                "[{\"t\":\"lit\",\"v\":1},{\"t\":\"lit\",\"v\":\"2\"},{\"t\":\"expr\",\"s\":"
                "\"answer.x\",\"line\":25}]");
    assert_plan(r, "do.2.stop", "{\"t\":\"text\",\"parts\":[\"because \",[\"steps\",\"second\"]]}");
    assert_plan(r, "on_error.0.with.v.text",
                "{\"t\":\"text\",\"parts\":[[\"error\",\"message\"]]}");
    assert_int_equal(json_get_int(r->inputs, "days", 0), 2);
    recipe_free(r);
}

static void the_bundle_holds_all_that_a_run_needs(void **state)
{
    struct recipe *r = accept(HEAD
                              "do:\n"
                              "  - step: a\n    use: scripts.score\n"
                              "    with: { answers: '= map_each(\"contact\", event.list)' }\n");
    struct err e = ERR_INIT;
    json_t *bundle = json_parse(r->bundle, r->bundle_len, &e);
    assert_non_null(bundle);
    assert_true(json_equal(json_path(bundle, "plan"), r->plan));
    assert_string_equal(json_path_text(bundle, "timezone"), "UTC");
    json_t *scripts = json_path(bundle, "scripts");
    assert_int_equal(json_object_size(scripts), 3);
    assert_non_null(json_object_get(scripts, "score"));
    assert_non_null(json_object_get(scripts, "util"));
    assert_non_null(json_object_get(scripts, "deep.more"));
    json_t *map = parse(
        "[{\"from\":[\"contactId\"],\"to\":\"contact_id\"},"
        "{\"from\":[\"a\",\"b\"],\"to\":\"c\",\"convert\":\"date\"}]");
    assert_true(json_equal(json_path(bundle, "maps.contact"), map));
    json_decref(map);
    json_decref(bundle);
    recipe_free(r);
}

static void the_hash_follows_the_content_of_the_bundle(void **state)
{
    struct recipe *a = accept(HEAD PING);
    struct recipe *b = accept(HEAD PING);
    struct recipe *c = accept(HEAD "do:\n  - step: b\n    use: crm.ping\n");
    assert_int_equal(strlen(a->hash), 64);
    assert_string_equal(a->hash, b->hash);
    assert_string_not_equal(a->hash, c->hash);
    recipe_free(a);
    recipe_free(b);
    recipe_free(c);
}

static void types_come_from_the_schema(void **state)
{
    struct recipe *r =
        accept(HEAD
               "do:\n  - step: a\n    use: crm.create_task\n    with:\n"
               "      contactId: 0044\n      title: no\n      dueDate: 2026-11-25\n"
               "      completed: false\n      count: \"7\"\n      price: 1.50\n"
               "      color: null\n      tags: [yes, 12]\n      owner: { id: 9 }\n"
               "      extra: { a: 1, b: true, c: \"1\", d: 010, e: no, f: [2.5] }\n");
    assert_plan(r, "do.0.with.v.contactId.v", "\"0044\"");
    assert_plan(r, "do.0.with.v.title.v", "\"no\"");
    assert_plan(r, "do.0.with.v.dueDate.v", "\"2026-11-25\"");
    assert_plan(r, "do.0.with.v.completed.v", "false");
    assert_plan(r, "do.0.with.v.count.v", "7");
    assert_plan(r, "do.0.with.v.price.v", "1.5");
    assert_plan(r, "do.0.with.v.color.v", "null");
    assert_plan(r, "do.0.with.v.tags.v",
                "[{\"t\":\"lit\",\"v\":\"yes\"},{\"t\":\"lit\",\"v\":\"12\"}]");
    assert_plan(r, "do.0.with.v.owner.v.id.v", "\"9\"");
    assert_plan(r, "do.0.with.v.extra.v.a.v", "1");
    assert_plan(r, "do.0.with.v.extra.v.b.v", "true");
    assert_plan(r, "do.0.with.v.extra.v.c.v", "\"1\"");
    assert_plan(r, "do.0.with.v.extra.v.d.v", "\"010\"");
    assert_plan(r, "do.0.with.v.extra.v.e.v", "\"no\"");
    assert_plan(r, "do.0.with.v.extra.v.f.v.0.v", "2.5");
    recipe_free(r);
}

static void a_text_keeps_a_written_out_hole(void **state)
{
    struct recipe *r =
        accept(HEAD
               "do:\n  - step: a\n    use: crm.ping\n    with:\n"
               "      a: cost $${x} now\n      b: ${event.tags.1}$${\n      c: $5\n");
    assert_plan(r, "do.0.with.v.a", "{\"t\":\"lit\",\"v\":\"cost ${x} now\"}");
    assert_plan(r, "do.0.with.v.b", "{\"t\":\"text\",\"parts\":[[\"event\",\"tags\",1],\"${\"]}");
    assert_plan(r, "do.0.with.v.c", "{\"t\":\"lit\",\"v\":\"$5\"}");
    recipe_free(r);
}

static void a_quoted_expression_is_an_expression(void **state)
{
    struct recipe *r = accept(HEAD "key: '= event[\"a: b\"]'\n" PING);
    assert_plan(r, "key.s", "\"event[\\\"a: b\\\"]\"");
    recipe_free(r);
}

static void with_may_be_one_expression(void **state)
{
    struct recipe *r =
        accept(HEAD "do:\n  - step: a\n    use: crm.create_task\n    with: = event.task\n");
    assert_plan(r, "do.0.with.t", "\"expr\"");
    recipe_free(r);
}

static void steps_below_on_error_see_the_error_and_earlier_steps(void **state)
{
    struct recipe *r = accept(HEAD
                              "do:\n  - step: a\n    use: crm.ping\n"
                              "  - step: b\n    use: crm.ping\n    on_error:\n"
                              "      - step: c\n        use: crm.ping\n"
                              "        with: { x: \"${steps.a.id} ${error.kind}\" }\n"
                              "  - step: d\n    use: crm.ping\n    with: { x: = steps.c.id }\n");
    assert_plan(r, "do.1.on_error.0.step", "\"c\"");
    recipe_free(r);
}

static void modes_and_settle_stand_in_the_plan_where_they_are_said(void **state)
{
    static const char *const modes[] = { "queue", "latest", "drop", "parallel" };
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        char *text = xasprintf(HEAD "key: = event.id\nmode: %s\nsettle: 30s\n" PING, modes[i]);
        char *mode = xasprintf("\"%s\"", modes[i]);
        struct recipe *r = accept(text);
        assert_plan(r, "mode", mode);
        assert_plan(r, "settle_us", "30000000");
        recipe_free(r);
        free(mode);
        free(text);
    }
    struct recipe *r = accept(HEAD "mode: parallel\nsettle: 1 min\n" PING);
    assert_plan(r, "settle_us", "60000000");
    recipe_free(r);
    r = accept(HEAD "key: = event.id\n" PING);
    assert_null(json_object_get(r->plan, "mode"));
    assert_null(json_object_get(r->plan, "settle_us"));
    recipe_free(r);
}

static void waits_become_nodes(void **state)
{
    struct recipe *r =
        accept(HEAD
               "do:\n"
               "  - step: a\n    wait: 2 days\n"
               "  - step: b\n    wait: 2026-11-25T10:00:00Z\n    on_error: continue\n"
               "  - step: c\n    wait: = in_days(2)\n    if: = event.late\n"
               "  - step: d\n    wait: ${event.hours} h\n"
               "  - step: e\n    wait_for: crm.note_created\n    timeout: 1 week\n"
               "    with: { contact.id: = event.id, tags.1: hot, done: true }\n"
               "    on_error:\n      - step: f\n        stop: = error.kind\n"
               "  - step: g\n    wait_for: records.activity_added\n    with: { id: 1 }\n"
               "  - step: h\n    stop: = steps.e.body\n");
    assert_plan(r, "do.0", "{\"step\":\"a\",\"line\":7,\"wait\":{\"t\":\"lit\",\"v\":\"2 days\"}}");
    assert_plan(r, "do.1.wait.v", "\"2026-11-25T10:00:00Z\"");
    assert_plan(r, "do.1.on_error", "\"continue\"");
    assert_plan(r, "do.2.wait.t", "\"expr\"");
    assert_plan(r, "do.2.if.s", "\"event.late\"");
    assert_plan(r, "do.3.wait.t", "\"text\"");
    assert_plan(r, "do.4.wait_for", "{\"connection\":\"crm\",\"event\":\"note_created\"}");
    assert_plan(r, "do.4.timeout_us", "604800000000");
    assert_plan(r, "do.4.with",
                "{\"t\":\"map\",\"v\":{"
                "\"contact.id\":{\"t\":\"expr\",\"s\":\"event.id\",\"line\":20},"
                "\"tags.1\":{\"t\":\"lit\",\"v\":\"hot\"},\"done\":{\"t\":\"lit\",\"v\":true}}}");
    assert_plan(r, "do.4.on_error.0.stop.s", "\"error.kind\"");
    assert_plan(r, "do.5.timeout_us", "2592000000000");
    recipe_free(r);
}

static void groups_and_branches_hold_steps(void **state)
{
    struct recipe *r =
        accept(HEAD
               "do:\n"
               "  - step: group\n    if: = event.ok\n    on_error: continue\n    do:\n"
               "      - step: a\n        use: crm.ping\n"
               "      - step: b\n        use: crm.ping\n        with: { x: = steps.a.id }\n"
               "  - step: both\n    parallel:\n"
               "      - step: c\n        use: crm.ping\n        with: { x: = steps.b.id }\n"
               "      - step: d\n        do:\n          - step: e\n            wait: 1 h\n"
               "  - step: f\n    stop: = steps.c.id .. steps.b.id\n");
    assert_plan(r, "do.0.do.1.with.v.x.s", "\"steps.a.id\"");
    assert_plan(r, "do.0.on_error", "\"continue\"");
    assert_null(json_path(r->plan, "do.0.retry"));
    assert_plan(r, "do.1.parallel.0.step", "\"c\"");
    assert_plan(r, "do.1.parallel.1.do.0.wait.v", "\"1 h\"");
    assert_null(json_path(r->plan, "do.1.at_once"));
    recipe_free(r);
}

static void items_of_nested_lists_are_all_seen(void **state)
{
    struct recipe *r = accept(
        HEAD
        "do:\n"
        "  - step: outer\n    each: = event.contacts\n    as: task\n    parallel: 4\n    do:\n"
        "      - step: inner\n        each: = task.list\n        as: x\n        parallel: 64\n"
        "        use: crm.ping\n        with: { a: = task.id, b: \"${x.id} ${task.id}\" }\n"
        "        on_error:\n          - step: late\n            use: crm.ping\n"
        "            with: { c: = task.id, d: \"${task.id}\" }\n");
    assert_plan(r, "do.0.at_once", "4");
    assert_plan(r, "do.0.as", "\"task\"");
    assert_plan(r, "do.0.do.0.at_once", "64");
    assert_plan(r, "do.0.do.0.with.v.b",
                "{\"t\":\"text\",\"parts\":[[\"x\",\"id\"],\" \",[\"task\",\"id\"]]}");
    recipe_free(r);
    refuse(HEAD
           "do:\n  - step: outer\n    each: [1]\n    as: task\n    do:\n"
           "      - step: a\n        use: crm.ping\n"
           "  - step: b\n    use: crm.ping\n    with: { a: = task.id }\n",
           "15:16 unknown name `task` (did you mean `steps`?)\n");
}

static void a_call_names_a_recipe_and_its_inputs(void **state)
{
    struct recipe *r = accept(HEAD
                              "do:\n  - step: a\n    call: other-one\n"
                              "    with: { id: = event.id, n: 2 }\n"
                              "  - step: b\n    stop: = steps.a.x\n");
    assert_plan(r, "do.0.call", "\"other-one\"");
    assert_plan(r, "do.0.with.v.n.v", "2");
    recipe_free(r);
}

static void the_engine_tells_of_itself_without_a_need(void **state)
{
    struct recipe *r = accept(
        "recipe: tell\nwhen:\n  - ladle.run_dead\n  - ladle.run_parked\n"
        "do:\n  - step: a\n    stop: ${event.run.error.message}\n");
    assert_plan(r, "when.0", "{\"connection\":\"ladle\",\"event\":\"run_dead\"}");
    recipe_free(r);
}

/* Whoever changes what a bundle holds gives every recipe a new version: that is seen here. */
static void the_same_recipe_has_the_same_hash_in_every_build(void **state)
{
    struct recipe *r = accept(HEAD
                              "key: = event.id\n"
                              "do:\n  - step: a\n    use: crm.ping\n    each: = event.list\n"
                              "    on_error: continue\n");
    assert_string_equal(r->hash,
                        "07bd9fa455df14e1865b5e4e996e35f4ae378c4f86768dcce490e3df0730dc28");
    recipe_free(r);
}

/* --- refused --- */

static void an_empty_recipe_names_every_word_that_is_missing(void **state)
{
    refuse("summary: x\n",
           "1:1 a recipe needs `recipe` (it begins with `recipe: its-name`)\n"
           "1:1 a recipe needs `do` (a list of steps)\n");
}

static void all_errors_of_a_file_come_at_once(void **state)
{
    refuse(
        "recipe: Bad Name\nsumary: x\nneeds:\n  crm: crn\nwhen:\n  - crm.contact_create\n"
        "do:\n  - step: a\n    use: crm.pin\n  - step: a\n    use: crm\n    rety: once\n",
        "1:9 `Bad Name` is no valid name for a recipe "
        "(a name has lower-case letters, digits, `_` and `-`, and begins with a letter)\n"
        "2:1 unknown word `sumary` in a recipe (did you mean `summary`?)\n"
        "4:8 there is no connector `crn`\n"
        "10:11 there is already a step called `a`\n"
        "11:10 `use` takes connection.name, not `crm` "
        "(such as crm.create_task, records.upsert_task or scripts.score_lead)\n"
        "12:5 unknown word `rety` in a step (did you mean `retry`?)\n");
}

static void names_of_operations_and_events_are_looked_up(void **state)
{
    refuse(
        "recipe: r\nneeds:\n  crm: crm\nwhen:\n  - crm.contact_create\n  - shop.order\n"
        "do:\n  - step: a\n    use: crm.create_tsk\n  - step: b\n    use: crmm.ping\n"
        "  - step: c\n    use: ladle.sleep\n  - step: d\n    use: scripts.missing\n"
        "  - step: e\n    use: scripts.util\n",
        "5:5 crm has no event `contact_create` (did you mean `contact_created`?)\n"
        "6:5 `shop` is no connection of this recipe: `needs` does not name it\n"
        "9:10 crm has no operation `create_tsk` (did you mean `create_task`?)\n"
        "11:10 `crmm` is no connection of this recipe: `needs` does not name it (did you mean "
        "`crm`?)\n"
        "13:10 ladle has no operation `sleep`\n"
        "15:10 there is no scripts/missing.lua "
        "(a script returns a table with name, summary, input, output and run)\n"
        "17:10 scripts/util.lua does not load "
        "(mend the script; its own error is told with file and line)\n");
}

static void fields_are_checked_against_the_schema(void **state)
{
    refuse(HEAD
           "do:\n  - step: a\n    use: crm.create_task\n    with:\n"
           "      contactID: 1\n      title: this title is much too long\n      dueDate: soon\n"
           "      completed: yes\n      count: 1.5\n      price: cheap\n      color: green\n"
           "      tags: red\n      owner: { name: x }\n",
           "8:10 crm.create_task needs `contactId`\n"
           "10:7 crm.create_task has no field `contactID` (did you mean `contactId`?)\n"
           "11:14 `title` is longer than 20 characters\n"
           "12:16 `dueDate` takes a date, not `soon` (such as 2026-11-25T10:00:00Z or 2026-11-25)\n"
           "13:18 `completed` takes true or false, not `yes` (only true and false are booleans)\n"
           "14:14 `count` takes an integer, not `1.5` (digits only, without quotes or a unit)\n"
           "15:14 `price` takes a number, not `cheap`\n"
           "16:14 `color` is one of: red, blue\n"
           "17:13 `tags` takes a list, not `red` (write it as a list: [one, two], or one `- ` line "
           "per item)\n"
           "18:14 `owner` needs `id`\n"
           "18:16 `owner` has no field `name`\n");
}

static void forms_and_counts_are_checked_when_they_are_written(void **state)
{
    refuse(HEAD
           "do:\n  - step: a\n    use: crm.find\n    with:\n"
           "      email: jane@home@work\n      since: soon\n      tags: [a, b, c]\n",
           "10:14 `email` is no e-mail address (such as jane@example.com)\n"
           "11:14 `since` is no date with a time (such as 2026-11-25T10:00:00Z)\n"
           "12:13 `tags` has more than 2 items\n");
}

static void one_of_several_fields_must_be_given(void **state)
{
    static const char message[] = "8:10 crm.find needs `email` or `phone`\n";
    refuse(HEAD "do:\n  - step: a\n    use: crm.find\n", message);
    refuse(HEAD "do:\n  - step: a\n    use: crm.find\n    with: { tags: [a] }\n", message);
    recipe_free(
        accept(HEAD "do:\n  - step: a\n    use: crm.find\n    with: { phone: = event.p }\n"));
    recipe_free(accept(HEAD "do:\n  - step: a\n    use: crm.find\n    with: = event.fields\n"));
}

static void a_step_without_fields_names_those_that_it_needs(void **state)
{
    refuse(HEAD "do:\n  - step: a\n    use: crm.get_contact\n",
           "8:10 crm.get_contact needs `contactId`\n");
}

static void a_value_must_be_written(void **state)
{
    refuse(HEAD "do:\n  - step: a\n    use: crm.get_contact\n    with:\n      contactId:\n",
           "10:17 `contactId` has no value (write \"\" for an empty text)\n");
}

static void a_mode_needs_a_key_unless_it_is_parallel(void **state)
{
    refuse(HEAD "mode: latest\n" PING,
           "6:7 `mode: latest` needs a `key` (such as key: = event.id)\n");
    refuse(HEAD "mode: queue\n" PING,
           "6:7 `mode: queue` needs a `key` (such as key: = event.id)\n");
    refuse(HEAD "key: = event.id\nmode: lastest\n" PING,
           "7:7 there is no mode `lastest`: queue, latest, drop or parallel "
           "(did you mean `latest`?)\n");
    refuse(HEAD "mode: [drop]\n" PING, "6:7 `mode` takes one value, not a list\n");
}

static void settle_is_a_duration(void **state)
{
    refuse(HEAD "settle: 30\n" PING,
           "6:9 `settle`: \"30\" is not a duration: the unit is missing; "
           "write for example 30s, 5 min or 2 days\n");
    refuse(HEAD "settle: 8 days\n" PING, "6:9 `settle` is between 100 ms and 7 days\n");
}

static void waits_are_checked(void **state)
{
    refuse(
        HEAD
        "do:\n"
        "  - step: a\n    wait: 2\n"
        "  - step: b\n    wait: soon\n"
        "  - step: c\n    wait: 0 s\n"
        "  - step: d\n    wait: 2026-13-45\n"
        "  - step: e\n    wait: [1 h]\n"
        "  - step: f\n    wait: 1 h\n    retry: once\n    each: [1]\n    with: { a: 1 }\n",
        "8:11 `wait`: \"2\" is not a duration: the unit is missing; write for example 30s, 5 min "
        "or 2 days\n"
        "10:11 `wait` takes a duration or a date, not `soon` "
        "(such as 2 days, or 2026-11-25T10:00:00Z)\n"
        "12:11 `wait` is longer than nothing (such as 2 days)\n"
        "14:11 `wait` takes a duration or a date, not `2026-13-45` "
        "(such as 2 days, or 2026-11-25T10:00:00Z)\n"
        "16:11 `wait` takes a text, not a list\n"
        "19:12 `retry` has no meaning beside `wait`\n"
        "20:11 `each` has no meaning beside `wait` "
        "(put the step into a group: `do` can have `each`)\n"
        "21:11 `with` has no meaning beside `wait`\n");
}

static void wait_for_names_an_event_and_how_to_know_it(void **state)
{
    refuse(HEAD
           "do:\n"
           "  - step: a\n    wait_for: crm.contact_create\n    with: { id: 1 }\n"
           "  - step: b\n    wait_for: crm\n    with: {}\n"
           "  - step: c\n    wait_for: crm.note_created\n"
           "  - step: d\n    wait_for: crm.note_created\n    with: = event\n    retry: once\n"
           "  - step: e\n    wait_for: crm.note_created\n    with: { a..b: 1, c: [1], d: }\n"
           "    timeout: 2 years\n"
           "  - step: f\n    wait_for: crm.note_created\n    with: { a: 1 }\n"
           "    timeout: 400 days\n",
           "8:15 crm has no event `contact_create` (did you mean `contact_created`?)\n"
           "11:15 `wait_for` takes connection.name, not `crm` (such as crm.contact_created)\n"
           "12:11 `with` of `wait_for` has 1 to 16 fields\n"
           "14:15 `wait_for` needs `with`: the fields that tell which event it is "
           "(such as with: { contactId: = event.id })\n"
           "17:11 `with` takes a map, not one value "
           "(a map has one line `name: value` per entry, indented)\n"
           "18:12 `retry` has no meaning beside `wait_for`\n"
           "21:13 `a..b` is no path to a field (such as contact.id)\n"
           "21:25 `c` takes one value, not a list\n"
           "21:33 `d` has no value (write \"\" for an empty text)\n"
           "22:14 `timeout`: \"2 years\" is not a duration: "
           "the units are ms, s, min, h, days and weeks\n"
           "26:14 `timeout` is between 100 ms and 365 days\n");
}

static void how_many_at_once_is_a_number_beside_each(void **state)
{
    refuse(
        HEAD
        "do:\n"
        "  - step: a\n    use: crm.ping\n    parallel: 4\n"
        "  - step: b\n    use: crm.ping\n    each: [1]\n    parallel: 65\n"
        "  - step: c\n    use: crm.ping\n    each: [1]\n    parallel: many\n"
        "  - step: d\n    parallel: 4\n"
        "  - step: e\n    each: [1]\n    parallel: 4\n"
        "  - step: f\n    each: [1]\n    parallel:\n      - step: g\n        use: crm.ping\n",
        "9:15 `parallel` says how many items of `each` at once, and there is none "
        "(each: = steps.tasks.tasks)\n"
        "13:15 `parallel` is between 1 and 64 items at once\n"
        "17:15 `parallel` beside `each` takes an integer, not `many` "
        "(digits only, without quotes or a unit)\n"
        "19:15 `parallel` takes a list, not one value "
        "(a list has one line per item, each beginning with `- `)\n"
        "20:5 a step needs one of `use`, `do`, `parallel`, `wait`, `wait_for`, `call` and `stop` "
        "(such as use: crm.get_contact)\n"
        "24:11 `each` has no meaning beside `parallel` "
        "(put the step into a group: `do` can have `each`)\n");
}

static void branches_do_not_see_each_other(void **state)
{
    refuse(
        HEAD
        "do:\n  - step: both\n    parallel:\n"
        "      - step: a\n        use: crm.ping\n        on_error: continue\n"
        "      - step: b\n        use: crm.ping\n        with: { x: = steps.a.id }\n"
        "      - step: c\n        use: crm.ping\n        with: { x: = error.kind }\n"
        "  - step: d\n    use: crm.ping\n    with: { x: '= steps.a.id .. steps.b.id' }\n"
        "  - step: e\n    parallel: []\n",
        "14:20 step `a` stands in another branch of `both`, and branches do not see each other's "
        "results\n"
        "17:20 `error` is there only below `on_error`\n"
        "22:15 `parallel` has 1 to 64 steps (a branch of several steps is a step with `do`)\n");
}

static void results_of_a_group_with_each_stay_in_it(void **state)
{
    refuse(HEAD
           "do:\n  - step: group\n    each: = event.list\n    do:\n"
           "      - step: a\n        use: crm.ping\n"
           "      - step: b\n        use: crm.ping\n        with: { x: = steps.a.id }\n"
           "    on_error:\n      - step: c\n        use: crm.ping\n"
           "        with: { x: \"${steps.a.id} ${item.id}\" }\n"
           "  - step: d\n    use: crm.ping\n    with: { x: = steps.b.id, y: = steps.group }\n",
           "18:20 step `a` is done for each item of `group`: its results are seen there only, and "
           "later `steps.group` is the list of them\n"
           "18:20 `item` is there only in a step with `each`\n"
           "21:16 step `b` is done for each item of `group`: its results are seen there only, and "
           "later `steps.group` is the list of them\n");
}

static void names_are_unique_in_the_whole_recipe(void **state)
{
    refuse(HEAD
           "do:\n  - step: a\n    do:\n      - step: a\n        stop: x\n"
           "  - step: b\n    parallel:\n      - step: c\n        stop: x\n"
           "      - step: c\n        stop: x\n",
           "9:15 there is already a step called `a`\n"
           "15:15 there is already a step called `c`\n");
}

static void words_of_an_action_belong_to_an_action(void **state)
{
    refuse(HEAD
           "do:\n"
           "  - step: a\n    with: { x: 1 }\n    retry: once\n    timeout: 1 s\n    do:\n"
           "      - step: b\n        stop: x\n"
           "  - step: c\n    call: Other One\n    each: [1]\n    with: = event\n"
           "  - step: d\n    on_error: continue\n    stop: x\n",
           "8:11 `with` has no meaning beside `do`\n"
           "9:12 `retry` has no meaning beside `do`\n"
           "10:14 `timeout` has no meaning beside `do`\n"
           "15:11 `Other One` is no valid name for a recipe "
           "(a name has lower-case letters, digits, `_` and `-`, and begins with a letter)\n"
           "16:11 `each` has no meaning beside `call` "
           "(put the step into a group: `do` can have `each`)\n"
           "17:11 `with` of `call` takes a map, not one value "
           "(a map has one line `name: value` per entry, indented)\n"
           "19:15 `on_error` has no meaning beside `stop`\n");
}

static void the_engine_is_no_connection_to_need(void **state)
{
    refuse(
        "recipe: r\nneeds:\n  ladle: ladle\n  me: ladle\nwhen:\n  - ladle.run_dad\n"
        "do:\n  - step: a\n    stop: x\n",
        "3:3 `ladle` is a name of the engine's own (it is there without a line in `needs`)\n"
        "4:3 `ladle` is a name of the engine's own (it is there without a line in `needs`)\n"
        "6:5 ladle has no event `run_dad` (did you mean `run_dead`?)\n");
}

static void a_recipe_has_a_limit_of_steps_however_they_are_nested(void **state)
{
    struct buf text;
    buf_init(&text, 1 << 20);
    assert_int_equal(buf_puts(&text, HEAD "do:\n"), 0);
    for (int i = 0; i < 600; i++) {
        assert_int_equal(buf_printf(&text,
                                    "  - step: s%d\n    do:\n      - step: t%d\n"
                                    "        stop: x\n",
                                    i, i),
                         0);
    }
    refuse(buf_text(&text),
           "1007:11 a recipe has at most 500 steps "
           "(put some into a recipe of their own, and `call` it)\n");
    buf_fini(&text);
}

static void an_expression_is_compiled_when_it_is_loaded(void **state)
{
    refuse(HEAD "if: = a @ b\n" PING, "6:5 unexpected symbol near `@`\n");
    refuse(HEAD "do:\n  - step: a\n    use: crm.ping\n    with: { x: = task.id }\n",
           "9:16 unknown name `task` (did you mean `steps`?)\n");
}

static void a_comment_behind_an_expression_is_an_error_that_says_so(void **state)
{
    refuse(HEAD "key: = event.id # the contact\n" PING,
           "6:6 ` #` begins a comment, so this expression ends before it "
           "(quote the whole expression, or put the comment on a line of its own)\n");
    refuse(HEAD "key: = #event.list\n" PING,
           "6:6 ` #` begins a comment, so this expression ends before it "
           "(quote the whole expression, or put the comment on a line of its own)\n");
}

static void an_expression_needs_its_blank(void **state)
{
    refuse(HEAD "key: =event.id\n" PING,
           "6:6 an expression begins with `= `: an equals sign and a blank "
           "(for a text that begins with = put it in quotes)\n");
}

static void a_hole_holds_a_path_and_nothing_else(void **state)
{
    refuse(
        HEAD
        "do:\n  - step: a\n    use: crm.ping\n    with:\n"
        "      a: hello ${event.name or 'you'}\n      b: ${evnt.id}\n      c: ${event.id\n"
        "      d: ${}\n      e: ${item.x}\n      f: ${error.kind}\n      g: ${event..x}\n",
        "10:10 `${…}` holds a path such as event.firstName and nothing else "
        "(for a computed value write the whole value as an expression: = …)\n"
        "11:10 `${…}` begins with event, meta, inputs, steps, item, now or error, not with `evnt` "
        "(did you mean `event`?)\n"
        "12:10 `${` is not closed (close it with }, or write $${ for the characters ${)\n"
        "13:10 `${…}` holds a path such as event.firstName and nothing else "
        "(for a computed value write the whole value as an expression: = …)\n"
        "14:10 `item` is there only in a step with `each`\n"
        "15:10 `error` is there only below `on_error`\n"
        "16:10 `${…}` holds a path such as event.firstName and nothing else "
        "(for a computed value write the whole value as an expression: = …)\n");
}

static void double_braces_are_no_hole(void **state)
{
    refuse(HEAD
           "if: \"{{ event.ok }}\"\ndo:\n  - step: a\n    use: crm.ping\n    with:\n"
           "      a: Hello {{contact.name}}, {{ event.name }}\n"
           "      b: \"{{ upper(inputs.x) }}\"\n      c: '= \"{{ event.x }}\"'\n",
           "6:5 `{{ }}` holds no value here "
           "(write ${event.firstName}, or the whole value as an expression: = …)\n"
           "11:10 `{{ }}` holds no value here "
           "(write ${event.firstName}, or the whole value as an expression: = …)\n"
           "12:10 `{{ }}` holds no value here "
           "(write ${event.firstName}, or the whole value as an expression: = …)\n");
    refuse(
        HEAD "do:\n  - step: a\n    use: crm.ping\n    with:\n      a: {{ event.name }}\n",
        "10:11 a key must be a text (there is no `{{ }}` here: a value is written as ${…}; a text "
        "that begins with { or [ must be in quotes)\n");
}

static void a_template_for_others_is_sent_with_a_warning(void **state)
{
    static const char text[] = HEAD
        "do:\n  - step: a\n    use: crm.ping\n    with:\n      a: Hello {{contact.name}}\n"
        "      b: '= \"Hello {{contact.name}}\"'\n      c: a }} b {{ c\n";
    struct diags *d = diags_new("r.yaml");
    struct recipe *r = recipe_parse("r.yaml", text, strlen(text), NULL, &hooks, d);
    char *told = warnings_text(d);
    assert_non_null(r);
    assert_plan(r, "do.0.with.v.a", "{\"t\":\"lit\",\"v\":\"Hello {{contact.name}}\"}");
    assert_string_equal(told,
                        "10:10 `{{ }}` is sent as it is: nothing is filled in (a value is written "
                        "as ${event.firstName}; where the braces are meant, write the text as an "
                        "expression: = \"…\")\n");
    free(told);
    recipe_free(r);
    diags_free(d);
}

static void a_hole_cannot_stand_for_a_number(void **state)
{
    refuse(HEAD
           "do:\n  - step: a\n    use: crm.create_task\n    with:\n      contactId: x\n"
           "      title: x\n      dueDate: ${event.due}\n      completed: ${event.done}\n",
           "13:18 `completed` takes true or false, and a value with `${…}` is always text "
           "(write the value as an expression, such as = inputs.days)\n");
}

static void only_earlier_steps_have_results(void **state)
{
    refuse(
        HEAD
        "if: = steps.a.ok\ndo:\n  - step: a\n    use: crm.ping\n    with: { x: = steps.a.id }\n"
        "  - step: second\n    use: crm.ping\n    with: { x: \"${steps.third.id}\", y: '= "
        "steps[\"secnd\"]' }\n"
        "  - step: third\n    use: crm.ping\n    with: { x: '= \"steps.none\" .. steps.second.x -- "
        "steps.no' }\n",
        "6:5 there are no results of steps at this place (it is looked at before the first step)\n"
        "10:16 step `a` has no result here: this place is a part of it\n"
        "13:16 step `third` comes later, in line 14: its result is not there yet\n"
        "13:40 no step before this one is called `secnd`\n");
}

static void field_maps_are_found_and_checked(void **state)
{
    refuse(HEAD
           "do:\n  - step: a\n    use: crm.ping\n    with:\n"
           "      a: '= map_fields(\"contat\", event)'\n      b: = map_fields(event.map, event)\n"
           "      c: '= map_each(\"broken\", event)'\n",
           "10:10 there is no field map recipes/maps/contat.yaml (a field map is a file in "
           "recipes/maps)\n"
           "11:10 a field map's name stands in quotes as the first argument "
           "(write map_fields(\"contact\", value))\n"
           "12:10 recipes/maps/broken.yaml:3:5: `a => b` is no line of a field map "
           "(write `from -> to` or `from -> to | converter`)\n");
}

static void retry_policies_are_checked(void **state)
{
    refuse(HEAD
           "do:\n"
           "  - step: a\n    use: crm.ping\n    retry: patint\n"
           "  - step: b\n    use: crm.ping\n    retry: { tries: 0, first: 5, factor: x, "
           "jitter: half, max: 3 }\n"
           "  - step: c\n    use: crm.ping\n    retry: { first: 2h, longest: 1h, for: "
           "[invalid, rate_limit] }\n"
           "  - step: d\n    use: crm.ping\n    timeout: 2 days\n",
           "9:12 there is no retry policy `patint`: standard, patient, once, or a policy in full "
           "(did you mean `patient`?)\n"
           "12:21 `tries` is between 1 and 100\n"
           "12:31 `first`: \"5\" is not a duration: the unit is missing; "
           "write for example 30s, 5 min or 2 days\n"
           "12:42 `factor` takes a number, not `x`\n"
           "12:53 `jitter` is full or none, not `half`\n"
           "12:59 unknown word `max` in a retry policy\n"
           "15:12 the first delay is longer than the longest\n"
           "15:44 `invalid` is final: another try cannot help\n"
           "15:53 there is no kind of error `rate_limit` (did you mean `rate_limited`?)\n"
           "18:14 `timeout` is between 100 ms and 1 h\n");
}

static void an_unknown_outcome_parks_unless_the_step_says_again(void **state)
{
    struct recipe *r = accept(HEAD
                              "do:\n  - step: a\n    use: crm.ping\n    on_unknown: again\n"
                              "  - step: b\n    use: crm.ping\n    on_unknown: park\n"
                              "  - step: c\n    use: crm.ping\n");
    assert_plan(r, "do.0.on_unknown", "\"again\"");
    assert_plan(r, "do.1.on_unknown", "\"park\"");
    assert_null(json_path(r->plan, "do.2.on_unknown"));
    recipe_free(r);
    refuse(
        HEAD
        "do:\n  - step: a\n    use: crm.ping\n    on_unknown: retry\n"
        "  - step: b\n    wait: 1 h\n    on_unknown: again\n"
        "  - step: c\n    use: crm.ping\n    on_unknown: [again]\n",
        "9:17 `on_unknown` is again or park, not `retry` (again, if doing it twice does no harm)\n"
        "12:17 `on_unknown` has no meaning beside `wait`\n"
        "15:17 `on_unknown` is again or park, not `a list` (again, if doing it twice does no "
        "harm)\n");
}

static void a_policy_in_full_replaces_only_what_it_says(void **state)
{
    struct recipe *r =
        accept(HEAD
               "do:\n  - step: a\n    use: crm.ping\n"
               "    retry: { tries: 3, first: 2h, factor: 1.5, jitter: none, for: [unavailable] }\n"
               "  - step: b\n    use: crm.ping\n    retry: patient\n");
    assert_plan(r, "do.0.retry",
                "{\"tries\":3,\"first_us\":7200000000,\"longest_us\":7200000000,"
                "\"factor\":1.5,\"jitter\":\"none\",\"kinds\":[\"unavailable\"]}");
    assert_plan(r, "do.1.retry",
                "{\"tries\":32,\"first_us\":30000000,\"longest_us\":21600000000,"
                "\"factor\":3.0,\"jitter\":\"full\"}");
    recipe_free(r);
}

static void a_step_does_one_thing(void **state)
{
    refuse(HEAD
           "do:\n  - step: a\n  - step: b\n    use: crm.ping\n    stop: x\n"
           "  - step: c\n    stop: done\n    retry: once\n  - use: crm.ping\n  - step: e\n    "
           "use: crm.ping\n    as: x\n"
           "  - step: f\n    use: crm.ping\n    each: [1]\n    as: event\n  - text\n"
           "  - step: g\n    use: crm.ping\n    on_error: retry\n",
           "7:5 a step needs one of `use`, `do`, `parallel`, `wait`, `wait_for`, `call` and `stop` "
           "(such as use: crm.get_contact)\n"
           "10:11 a step does one thing: `use` or `stop`, not both (make it a step of its own)\n"
           "13:12 `retry` has no meaning beside `stop`\n"
           "14:5 a step without a name (begin it with `- step: name`)\n"
           "17:9 `as` names the item of `each`, and there is none (each: = steps.tasks.tasks)\n"
           "21:9 `event` cannot name the item: it means something else\n"
           "22:5 a step takes a map, not one value "
           "(a map has one line `name: value` per entry, indented)\n"
           "25:15 `on_error` of a step is continue, fail or a list of steps\n");
}

static void conditions_are_expressions(void **state)
{
    refuse(HEAD "if: event.ok\n" PING,
           "6:5 `if` takes an expression, true or false, not `event.ok` "
           "(write `= ` before it)\n");
}

static void inputs_are_declared_with_types(void **state)
{
    refuse(HEAD
           "inputs:\n  days: { type: int, default: 2 }\n  a-b: { type: string, default: x }\n"
           "  n: { type: integer, default: two }\n  d: 5\n  t: { default: x, min: 1 }\n" PING,
           "7:17 there is no type `int`: string, integer, number, boolean, date, list or object\n"
           "8:3 `a-b` cannot be written in an expression (use `_`: inputs.follow_up_days)\n"
           "9:32 `default` takes an integer, not `two` (digits only, without quotes or a unit)\n"
           "10:6 the input `d` takes a map, not one value "
           "(a map has one line `name: value` per entry, indented)\n"
           "11:6 an input needs `type` (such as { type: integer, default: 2 })\n"
           "11:20 unknown word `min` in an input\n");
}

static void shapes_are_checked_everywhere(void **state)
{
    refuse(
        "recipe: [a]\nsummary: {}\nneeds: crm\ninputs: []\nwhen: crm.x\ndo: {}\non_error: "
        "continue\n",
        "1:9 a recipe takes one value, not a list\n"
        "2:10 `summary` takes one value, not a map\n"
        "3:8 `needs` takes a map, not one value (a map has one line `name: value` per entry, "
        "indented)\n"
        "4:9 `inputs` takes a map, not a list (a map has one line `name: value` per entry, "
        "indented)\n"
        "5:7 `when` takes a list, not one value (a list has one line per item, each beginning "
        "with `- `)\n"
        "6:5 `do` takes a list, not a map (a list has one line per item, each beginning with `- "
        "`)\n"
        "7:11 `on_error` of a recipe is a list of steps (continue and fail belong to a step)\n");
}

static void an_event_of_a_connection_without_webhooks_cannot_come(void **state)
{
    refuse(
        "recipe: r\nneeds:\n  m: mute\nwhen:\n  - m.spoke\ndo:\n  - step: a\n"
        "    wait_for: m.spoke\n    with: { a: b }\n",
        "5:5 m.spoke cannot come: mute takes no webhooks (the connector's table needs `webhook`)\n"
        "8:15 m.spoke cannot come: mute takes no webhooks "
        "(the connector's table needs `webhook`)\n");
}

/* --- with a project --- */

static void an_event_that_the_connection_s_rule_never_fits_cannot_come(void **state)
{
    static const char text[] =
        "recipe: r\nneeds:\n  crm: crm\nwhen:\n  - crm.lead\ndo:\n  - step: a\n    stop: x\n";
    static const struct {
        const char *connections, *errors;
    } cases[] = {
        { "{\"crm\":{\"connector\":\"crm\"}}", "" },
        { "{\"crm\":{\"connector\":\"crm\",\"new_lead\":{\"tags\":[\"vip\"]}}}", "" },
        { "{\"crm\":{\"connector\":\"crm\",\"new_lead\":{\"tags\":[]}}}",
          "5:5 crm.lead cannot come: nothing fits the connection's rule for it "
          "(in ladle.yaml, give the connection a condition, such as `new_lead.tags`)\n" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct project p = { .folder = (char *)"/nowhere", .timezone = (char *)"UTC" };
        p.connections = parse(cases[i].connections);
        char *errors = NULL;
        struct recipe *r = load(text, &p, &errors);
        assert_string_equal(errors, cases[i].errors);
        recipe_free(r);
        free(errors);
        json_decref(p.connections);
    }
}

static void needs_are_bound_to_connections_of_the_project(void **state)
{
    struct project p = { .folder = (char *)"/nowhere", .timezone = (char *)"Europe/Amsterdam" };
    p.connections =
        parse("{\"crmm\":{\"connector\":\"crm\"},\"hook\":{\"connector\":\"webhook\"}}");
    char *errors = NULL;
    assert_null(
        load("recipe: r\nneeds:\n  crm: crm\n  hook: crm\nwhen:\n  - crm.contact_created\n" PING,
             &p, &errors));
    assert_string_equal(
        errors,
        "3:3 ladle.yaml has no connection `crm` (did you mean `crmm`?)\n"
        "4:9 the connection `hook` of ladle.yaml is of the connector webhook, not crm\n");
    free(errors);
    json_decref(p.connections);
}

static void the_workspace_needs_no_entry_in_the_project(void **state)
{
    struct project p = { .folder = (char *)"/nowhere", .timezone = (char *)"UTC" };
    p.connections = json_object();
    char *errors = NULL;
    struct recipe *r = load(
        "recipe: r\nneeds:\n  records: records\nwhen:\n"
        "  - records.activity_added\ndo:\n  - step: a\n    stop: x\n",
        &p, &errors);
    assert_string_equal(errors, "");
    recipe_free(r);
    free(errors);
    json_decref(p.connections);
}

static void what_the_connection_fills_in_is_not_missing(void **state)
{
    struct project p = { .folder = (char *)"/nowhere", .timezone = (char *)"UTC" };
    const char *text = HEAD
        "do:\n  - step: a\n    use: crm.create_task\n"
        "    with: { contactId: x, title: x, dueDate: 2026-01-01, completed: true }\n";
    char *errors = NULL;
    p.connections = parse("{\"crm\":{\"connector\":\"crm\",\"location\":\"L1\"}}");
    struct recipe *r = load(text, &p, &errors);
    assert_string_equal(errors, "");
    recipe_free(r);
    free(errors);
    json_decref(p.connections);

    p.connections = parse("{\"crm\":{\"connector\":\"crm\"}}");
    assert_null(load(text, &p, &errors));
    assert_string_equal(errors, "8:10 crm.create_task needs `place`\n");
    free(errors);
    json_decref(p.connections);
}

static void the_project_gives_inputs_as_the_declared_types(void **state)
{
    const char *text = HEAD
        "inputs:\n  days: { type: integer, default: 2 }\n  zip: { type: string }\n"
        "  tags: { type: list, default: [a] }\n" PING;
    struct project p = { .folder = (char *)"/nowhere", .timezone = (char *)"UTC" };
    p.connections = parse("{\"crm\":{\"connector\":\"crm\"}}");
    p.inputs = parse("{\"r\":{\"days\":\"5\",\"zip\":\"0044\",\"tags\":[\"x\",1]}}");
    char *errors = NULL;
    struct recipe *r = load(text, &p, &errors);
    assert_string_equal(errors, "");
    json_t *want = parse("{\"days\":5,\"zip\":\"0044\",\"tags\":[\"x\",1]}");
    assert_true(json_equal(r->inputs, want));
    json_decref(want);
    recipe_free(r);
    free(errors);
    json_decref(p.inputs);

    p.inputs = parse("{\"r\":{\"days\":\"many\",\"dayz\":\"5\",\"tags\":\"x\"}}");
    assert_null(load(text, &p, &errors));
    assert_string_equal(
        errors,
        "7:3 the value that ladle.yaml gives to `days` takes an integer, not `many` "
        "(digits only, without quotes or a unit)\n"
        "7:3 ladle.yaml gives an input `dayz`, which this recipe does not have "
        "(did you mean `days`?)\n"
        "8:3 the input `zip` has no value "
        "(give it a default here, or a value below `inputs` in ladle.yaml)\n"
        "9:3 the value that ladle.yaml gives to `tags` takes a list, not `x` "
        "(write it as a list: [one, two], or one `- ` line per item)\n");
    free(errors);
    json_decref(p.inputs);
    json_decref(p.connections);
}

/* --- any bytes --- */

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static void broken_bytes_never_crash_the_loader(void **state)
{
    const char *good = HEAD
        "if: = has(event.tags, \"x\")\nkey: ${event.id}\ninputs:\n  d: { type: integer, default: 2 "
        "}\n"
        "do:\n  - step: a\n    use: crm.create_task\n    each: = event.list\n    as: x\n"
        "    with: { contactId: \"= x.id\", title: '${x.id} ${', tags: [a, b], owner: { id: 1 } }\n"
        "    retry: { tries: 3, for: [timeout] }\n    on_error:\n      - step: b\n        stop: = "
        "error.kind\n";
    size_t len = strlen(good);
    char *text = xmalloc(len + 1);
    uint32_t seed = 7;
    for (int i = 0; i < 4000; i++) {
        memcpy(text, good, len + 1);
        for (uint32_t n = next_random(&seed) % 6 + 1; n > 0; n--) {
            text[next_random(&seed) % len] =
                "\n: -{}[]=$#'\"\\\x01\xff\xc3xa0.|>&*!%@`"[next_random(&seed) % 30];
        }
        struct diags *d = diags_new("r.yaml");
        size_t cut = next_random(&seed) % 4 == 0 ? next_random(&seed) % len : len;
        struct recipe *r = recipe_parse("r.yaml", text, cut, NULL, &hooks, d);
        assert_true((r != NULL) == (d->count + d->dropped == 0));
        recipe_free(r);
        diags_free(d);
    }
    free(text);
}

/* --- any recipe --- */

static uint32_t below(uint32_t *seed, uint32_t n)
{
    return next_random(seed) % n;
}

static void put_words(struct buf *out, uint32_t *seed, int indent)
{
    static const char *const lines[] = {
        "use: crm.ping",
        "use: scripts.score",
        "stop: x",
        "wait: 2 days",
        "wait: = event.x",
        "wait: never",
        "wait_for: crm.note_created",
        "wait_for: x",
        "call: other",
        "call: = event.x",
        "call: r",
        "with: { answers: [1], a.b: = item.x }",
        "with: = event",
        "with: {}",
        "each: = event.list",
        "each: x",
        "as: thing",
        "as: event",
        "retry: patient",
        "retry: { tries: 3 }",
        "timeout: 2 days",
        "on_error: continue",
        "on_error: fail",
        "on_error: []",
        "if: = steps.s1.ok",
        "if: x",
        "parallel: 4",
        "parallel: 0",
        "parallel: []",
        "do: []",
        "do: x",
        "do:",
        "settle: 1 s",
        "with: { x: \"${steps.s2.a} ${thing.x} ${error.kind}\" }",
    };
    for (uint32_t n = below(seed, 4) + 1; n > 0; n--) {
        (void)buf_printf(out, "%*s%s\n", indent, "",
                         lines[below(seed, sizeof lines / sizeof *lines)]);
    }
}

/* Steps of random words, nested under random ones; a full buffer cuts the text. */
static void put_steps(struct buf *out, uint32_t *seed, int depth)
{
    static const char *const inner[] = { "do", "parallel", "on_error", "each" };
    int indent = 2 + depth * 4;
    for (uint32_t n = below(seed, 3) + 1; n > 0; n--) {
        (void)buf_printf(out, "%*s- step: s%u\n", indent, "", below(seed, 40));
        put_words(out, seed, indent + 2);
        if (depth < 6 && below(seed, 2) == 0) {
            (void)buf_printf(out, "%*s%s:\n", indent + 2, "", inner[below(seed, 4)]);
            put_steps(out, seed, depth + 1);
        }
    }
}

static void random_recipes_never_crash_the_loader(void **state)
{
    static const char *const heads[] = { "", "mode: drop\n", "key: = event.id\nmode: latest\n",
                                         "settle: 5 min\n", "mode: x\nsettle: x\n" };
    uint32_t seed = 11;
    int good = 0;
    for (int i = 0; i < 4000; i++) {
        struct buf text;
        buf_init(&text, 64 << 10);
        (void)buf_printf(&text, HEAD "%sdo:\n", heads[below(&seed, 5)]);
        put_steps(&text, &seed, 0);
        struct diags *d = diags_new("r.yaml");
        struct recipe *r = recipe_parse("r.yaml", buf_text(&text), text.len, NULL, &hooks, d);
        assert_true((r != NULL) == (d->count + d->dropped == 0));
        good += r != NULL;
        recipe_free(r);
        diags_free(d);
        buf_fini(&text);
    }
    assert_true(good > 0); /* else the words never come together to anything */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_recipe_becomes_a_plan),
        cmocka_unit_test(the_bundle_holds_all_that_a_run_needs),
        cmocka_unit_test(the_hash_follows_the_content_of_the_bundle),
        cmocka_unit_test(types_come_from_the_schema),
        cmocka_unit_test(a_text_keeps_a_written_out_hole),
        cmocka_unit_test(a_quoted_expression_is_an_expression),
        cmocka_unit_test(with_may_be_one_expression),
        cmocka_unit_test(steps_below_on_error_see_the_error_and_earlier_steps),
        cmocka_unit_test(modes_and_settle_stand_in_the_plan_where_they_are_said),
        cmocka_unit_test(waits_become_nodes),
        cmocka_unit_test(groups_and_branches_hold_steps),
        cmocka_unit_test(items_of_nested_lists_are_all_seen),
        cmocka_unit_test(a_call_names_a_recipe_and_its_inputs),
        cmocka_unit_test(the_engine_tells_of_itself_without_a_need),
        cmocka_unit_test(the_same_recipe_has_the_same_hash_in_every_build),
        cmocka_unit_test(an_empty_recipe_names_every_word_that_is_missing),
        cmocka_unit_test(all_errors_of_a_file_come_at_once),
        cmocka_unit_test(names_of_operations_and_events_are_looked_up),
        cmocka_unit_test(fields_are_checked_against_the_schema),
        cmocka_unit_test(forms_and_counts_are_checked_when_they_are_written),
        cmocka_unit_test(one_of_several_fields_must_be_given),
        cmocka_unit_test(a_step_without_fields_names_those_that_it_needs),
        cmocka_unit_test(a_value_must_be_written),
        cmocka_unit_test(a_mode_needs_a_key_unless_it_is_parallel),
        cmocka_unit_test(settle_is_a_duration),
        cmocka_unit_test(waits_are_checked),
        cmocka_unit_test(wait_for_names_an_event_and_how_to_know_it),
        cmocka_unit_test(how_many_at_once_is_a_number_beside_each),
        cmocka_unit_test(branches_do_not_see_each_other),
        cmocka_unit_test(results_of_a_group_with_each_stay_in_it),
        cmocka_unit_test(names_are_unique_in_the_whole_recipe),
        cmocka_unit_test(words_of_an_action_belong_to_an_action),
        cmocka_unit_test(the_engine_is_no_connection_to_need),
        cmocka_unit_test(a_recipe_has_a_limit_of_steps_however_they_are_nested),
        cmocka_unit_test(an_expression_is_compiled_when_it_is_loaded),
        cmocka_unit_test(a_comment_behind_an_expression_is_an_error_that_says_so),
        cmocka_unit_test(an_expression_needs_its_blank),
        cmocka_unit_test(a_hole_holds_a_path_and_nothing_else),
        cmocka_unit_test(double_braces_are_no_hole),
        cmocka_unit_test(a_template_for_others_is_sent_with_a_warning),
        cmocka_unit_test(a_hole_cannot_stand_for_a_number),
        cmocka_unit_test(only_earlier_steps_have_results),
        cmocka_unit_test(field_maps_are_found_and_checked),
        cmocka_unit_test(retry_policies_are_checked),
        cmocka_unit_test(an_unknown_outcome_parks_unless_the_step_says_again),
        cmocka_unit_test(a_policy_in_full_replaces_only_what_it_says),
        cmocka_unit_test(a_step_does_one_thing),
        cmocka_unit_test(conditions_are_expressions),
        cmocka_unit_test(inputs_are_declared_with_types),
        cmocka_unit_test(shapes_are_checked_everywhere),
        cmocka_unit_test(an_event_of_a_connection_without_webhooks_cannot_come),
        cmocka_unit_test(an_event_that_the_connection_s_rule_never_fits_cannot_come),
        cmocka_unit_test(needs_are_bound_to_connections_of_the_project),
        cmocka_unit_test(the_workspace_needs_no_entry_in_the_project),
        cmocka_unit_test(what_the_connection_fills_in_is_not_missing),
        cmocka_unit_test(the_project_gives_inputs_as_the_declared_types),
        cmocka_unit_test(broken_bytes_never_crash_the_loader),
        cmocka_unit_test(random_recipes_never_crash_the_loader),
    };
    return cmocka_run_group_tests_name("recipe", tests, world_up, world_down);
}
