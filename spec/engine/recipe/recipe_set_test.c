/* All recipes of a folder: which files count, how errors of one file leave the others alone, and
 * how recipes call each other. */

#include <sys/stat.h>

#include "fixture.h"
#include "../../support/text_file.h"

#define GOOD(name)                                                                                 \
    "recipe: " name "\nwhen:\n  - records.activity_added\ndo:\n  - step: a\n    stop: x\n"

/* Steps that follow begin at line 5. */
#define STARTS(name) "recipe: " name "\nwhen:\n  - records.activity_added\ndo:\n"
/* The same of a recipe that is only called: at line 3. */
#define PART(name)       "recipe: " name "\ndo:\n"
#define CALL(step, name) "  - step: " step "\n    call: " name "\n"
#define STOP             "  - step: z\n    stop: x\n"

static char folder[64];
static const char *const FILES[] = {
    "ladle.yaml",         "recipes/a.yaml",     "recipes/b.yaml",         "recipes/c.yaml",
    "recipes/c.yml",      "recipes/p0.yaml",    "recipes/p1.yaml",        "recipes/p2.yaml",
    "recipes/p3.yaml",    "recipes/p4.yaml",    "recipes/p5.yaml",        "recipes/p6.yaml",
    "recipes/p7.yaml",    "recipes/p8.yaml",    "recipes/p9.yaml",        "recipes/a_test.yaml",
    "recipes/.d.yaml",    "recipes/README.md",  "recipes/maps/m.yaml",    "recipes/uses_map.yaml",
    "recipes/maps/m.yml", "recipes/old/x.yaml", "recipes/old/deep/y.yml", "recipes/old/z.txt",
};

static int make_folder(const char *name)
{
    char *path = xasprintf("%s/%s", folder, name);
    int rc = mkdir(path, 0700);
    free(path);
    return rc;
}

static int folder_up(void **state)
{
    (void)snprintf(folder, sizeof folder, "/tmp/ladle-recipes-XXXXXX");
    if (mkdtemp(folder) == NULL || make_folder("recipes") != 0 ||
        make_folder("recipes/maps") != 0) {
        return -1;
    }
    return world_up(state);
}

static int folder_down(void **state)
{
    static const char *const folders[] = { "recipes/maps", "recipes/old/deep", "recipes/old",
                                           "recipes", "." };
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        char *path = xasprintf("%s/%s", folder, FILES[i]);
        (void)unlink(path); /* not every test makes every file */
        free(path);
    }
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char *path = xasprintf("%s/%s", folder, folders[i]);
        (void)rmdir(path);
        free(path);
    }
    (void)rmdir(folder);
    return world_down(state);
}

static struct recipe_set load(json_t *inputs)
{
    struct project p = { .folder = folder, .timezone = (char *)"UTC", .inputs = inputs };
    struct recipe_set set;
    struct err e = ERR_INIT;
    p.connections = json_object();
    assert_int_equal(recipe_set_load(&set, &p, &hooks, &e), 0);
    json_decref(p.connections);
    return set;
}

static void assert_errors(const struct recipe_set *set, size_t index, const char *file,
                          const char *expected)
{
    assert_true(index < set->diag_count);
    assert_string_equal(set->diags[index]->file, file);
    char *text = diags_text(set->diags[index]);
    assert_string_equal(text, expected);
    free(text);
}

static void tests_and_hidden_files_are_passed_over(void **state)
{
    text_file_put(folder, "recipes/b.yaml", GOOD("two"));
    text_file_put(folder, "recipes/a.yaml", GOOD("one"));
    text_file_put(folder, "recipes/a_test.yaml", "nonsense\n");
    text_file_put(folder, "recipes/maps/m.yaml", "map: m\nfields:\n  - a -> b\n");
    text_file_put(folder, "recipes/.d.yaml", "nonsense\n");
    text_file_put(folder, "recipes/README.md", "nonsense\n");
    struct recipe_set set = load(NULL);
    assert_int_equal(set.diag_count, 0);
    assert_int_equal(set.count, 2);
    assert_string_equal(set.recipes[0]->name, "one");
    assert_string_equal(set.recipes[0]->file, "recipes/a.yaml");
    recipe_set_fini(&set);
}

static void a_broken_file_does_not_hide_the_others(void **state)
{
    text_file_put(folder, "recipes/a.yaml", "recipe: [\n");
    text_file_put(folder, "recipes/b.yaml", GOOD("two"));
    struct recipe_set set = load(NULL);
    assert_int_equal(set.count, 1);
    assert_int_equal(set.diag_count, 1);
    assert_string_equal(set.diags[0]->file, "recipes/a.yaml");
    recipe_set_fini(&set);
}

static void two_recipes_cannot_have_one_name(void **state)
{
    text_file_put(folder, "recipes/a.yaml", GOOD("same"));
    text_file_put(folder, "recipes/b.yaml", GOOD("same"));
    struct recipe_set set = load(NULL);
    assert_int_equal(set.count, 1);
    assert_errors(&set, 0, "recipes/b.yaml",
                  "1:9 there is already a recipe `same`, in recipes/a.yaml\n");
    recipe_set_fini(&set);
}

static void a_yml_file_is_not_passed_over_in_silence(void **state)
{
    text_file_put(folder, "recipes/c.yml", GOOD("one"));
    struct recipe_set set = load(NULL);
    assert_errors(&set, 0, "recipes/c.yml",
                  "0:0 the name of a recipe's file ends in .yaml (rename it)\n");
    recipe_set_fini(&set);
}

static void a_yml_file_among_the_maps_is_told_too(void **state)
{
    text_file_put(folder, "recipes/maps/m.yml", "map: m\n");
    struct recipe_set set = load(NULL);
    assert_errors(&set, 0, "recipes/maps/m.yml",
                  "0:0 the name of a field map's file ends in .yaml (rename it)\n");
    recipe_set_fini(&set);
}

static void recipes_in_a_folder_of_the_folder_are_told_as_not_read(void **state)
{
    static const char told[] =
        "0:0 this file is not read: recipes lie in recipes/ itself, not in a folder there "
        "(move it to recipes/, or take it away)\n";
    assert_int_equal(make_folder("recipes/old"), 0);
    assert_int_equal(make_folder("recipes/old/deep"), 0);
    text_file_put(folder, "recipes/a.yaml", GOOD("one"));
    text_file_put(folder, "recipes/old/x.yaml", GOOD("two"));
    text_file_put(folder, "recipes/old/deep/y.yml", GOOD("three"));
    text_file_put(folder, "recipes/old/z.txt", "nothing\n");
    struct recipe_set set = load(NULL);
    assert_int_equal(set.count, 1);
    assert_int_equal(set.diag_count, 0);
    assert_int_equal(set.warned_count, 2);
    static const char *const files[] = { "recipes/old/deep/y.yml", "recipes/old/x.yaml" };
    for (size_t i = 0; i < 2; i++) {
        char *text = warnings_text(set.warned[i]);
        assert_string_equal(set.warned[i]->file, files[i]);
        assert_string_equal(text, told);
        free(text);
    }
    recipe_set_fini(&set);
}

static void a_recipe_with_a_warning_is_a_recipe(void **state)
{
    text_file_put(folder, "recipes/a.yaml",
                  "recipe: one\nwhen:\n  - records.activity_added\ndo:\n"
                  "  - step: a\n    stop: Hi {{contact.name}}\n");
    text_file_put(folder, "recipes/b.yaml",
                  "recipe: two\nwhen:\n  - records.activity_added\ndo:\n"
                  "  - step: a\n    stop: Hi {{contact.name}} ${x}\n");
    struct recipe_set set = load(NULL);
    assert_int_equal(set.count, 1);
    assert_int_equal(set.warned_count, 1);
    assert_int_equal(set.warned[0]->warning_count, 1);
    assert_int_equal(set.diag_count, 1);
    assert_int_equal(set.diags[0]->warning_count, 1);
    recipe_set_fini(&set);
}

static void inputs_for_a_recipe_that_is_not_there_are_told(void **state)
{
    text_file_put(folder, "ladle.yaml", "inputs:\n  one: {}\n  tow: {}\n");
    text_file_put(folder, "recipes/a.yaml", GOOD("one"));
    struct diags *d = diags_new("ladle.yaml");
    struct project *p = project_load(folder, &hooks, d);
    assert_non_null(p);
    struct recipe_set set;
    struct err e = ERR_INIT;
    assert_int_equal(recipe_set_load(&set, p, &hooks, &e), 0);
    assert_int_equal(set.diag_count, 0);
    assert_non_null(set.unknown);
    char *file = xasprintf("%s/ladle.yaml", folder), *text = diags_text(set.unknown);
    assert_string_equal(set.unknown->file, file);
    assert_string_equal(text, "3:3 `inputs` gives values to `tow`, and there is no such recipe\n");
    free(text);
    free(file);
    recipe_set_fini(&set);
    project_free(p);
    diags_free(d);
}

static void maps_come_from_the_recipes_folder(void **state)
{
    text_file_put(folder, "recipes/maps/m.yaml", "map: m\nfields:\n  - a -> b\n");
    text_file_put(folder, "recipes/uses_map.yaml",
                  "recipe: one\nwhen:\n  - records.activity_added\ndo:\n  - step: a\n"
                  "    stop: = map_fields(\"m\", event).b\n");
    struct recipe_set set = load(NULL);
    assert_int_equal(set.diag_count, 0);
    assert_non_null(
        strstr(set.recipes[0]->bundle, "\"maps\":{\"m\":[{\"from\":[\"a\"],\"to\":\"b\"}]}"));
    recipe_set_fini(&set);
}

static void a_field_map_is_checked_though_no_recipe_uses_it(void **state)
{
    text_file_put(folder, "recipes/a.yaml", GOOD("one"));
    text_file_put(folder, "recipes/maps/m.yaml", "map: m\nfields:\n  - a -> b | dat\n");
    struct recipe_set set = load(NULL);
    assert_int_equal(set.count, 1);
    assert_errors(&set, 0, "recipes/maps/m.yaml",
                  "3:5 there is no converter `dat` (did you mean `date`?)\n");
    recipe_set_fini(&set);
}

static void a_project_without_recipes_is_fine(void **state)
{
    struct project p = { .folder = (char *)"/nonexistent", .timezone = (char *)"UTC" };
    struct recipe_set set;
    struct err e = ERR_INIT;
    assert_int_equal(recipe_set_load(&set, &p, &hooks, &e), 0);
    assert_int_equal(set.count, 0);
    recipe_set_fini(&set);
}

/* --- calls --- */

static json_t *bundle_of(const struct recipe_set *set, size_t index)
{
    assert_true(index < set->count);
    struct err e = ERR_INIT;
    json_t *bundle = json_parse(set->recipes[index]->bundle, set->recipes[index]->bundle_len, &e);
    assert_non_null(bundle);
    return bundle;
}

static void called_recipes_stand_in_the_bundle(void **state)
{
    text_file_put(folder, "recipes/a.yaml", STARTS("a") "  - step: one\n    do:\n      - step: two\n"
                                             "        parallel:\n          - step: three\n"
                                             "            call: b\n" STOP);
    text_file_put(folder, "recipes/b.yaml", PART("b") "  - step: s\n    use: scripts.score\n"
                                           "    with: { answers: [1] }\n" CALL("t", "c"));
    text_file_put(folder, "recipes/c.yaml",
                  "recipe: c\ninputs:\n  n: { type: integer, default: 7 }\ndo:\n"
                  "  - step: m\n    stop: = map_fields(\"contact\", event).x\n");
    struct recipe_set set = load(NULL);
    assert_int_equal(set.diag_count, 0);
    assert_int_equal(set.count, 3);
    json_t *bundle = bundle_of(&set, 0);
    assert_int_equal(json_object_size(json_object_get(bundle, "calls")), 2);
    assert_string_equal(json_path_text(bundle, "calls.b.plan.recipe"), "b");
    assert_string_equal(json_path_text(bundle, "calls.c.plan.do.0.step"), "m");
    assert_int_equal(json_integer_value(json_path(bundle, "calls.c.inputs.n")), 7);
    assert_non_null(json_path(bundle, "scripts.score"));
    assert_non_null(json_path(bundle, "scripts.util"));
    assert_non_null(json_path(bundle, "maps.contact"));
    assert_null(json_path(bundle, "calls.b.plan.when"));
    json_decref(bundle);
    bundle = bundle_of(&set, 2);
    assert_null(json_object_get(bundle, "calls"));
    json_decref(bundle);
    recipe_set_fini(&set);
}

static void a_change_in_a_called_recipe_is_a_new_version_of_the_caller(void **state)
{
    text_file_put(folder, "recipes/a.yaml", STARTS("a") CALL("x", "b"));
    text_file_put(folder, "recipes/b.yaml", PART("b") CALL("y", "c"));
    text_file_put(folder, "recipes/c.yaml", PART("c") STOP);
    struct recipe_set before = load(NULL);
    struct recipe_set same = load(NULL);
    text_file_put(folder, "recipes/c.yaml", PART("c") "  - step: z\n    stop: other\n");
    struct recipe_set after = load(NULL);
    assert_string_equal(before.recipes[0]->hash, same.recipes[0]->hash);
    assert_string_not_equal(before.recipes[0]->hash, after.recipes[0]->hash);
    recipe_set_fini(&before);
    recipe_set_fini(&same);
    recipe_set_fini(&after);
}

static void a_call_is_checked_against_the_inputs(void **state)
{
    text_file_put(folder, "recipes/a.yaml", STARTS("a") "  - step: x\n    call: other\n"
                                             "    with: { days: soon, nam: x }\n"
                                             "  - step: y\n    call: other\n    with: { id: 0044 }\n"
                                             "  - step: w\n    call: othr\n");
    text_file_put(folder, "recipes/b.yaml",
                  "recipe: other\ninputs:\n  id: { type: string, label: Whose }\n"
                  "  days: { type: integer, default: 2 }\n  name: { type: string }\ndo:\n" STOP);
    json_t *inputs = parse("{\"other\":{\"name\":\"given\"}}");
    struct recipe_set set = load(inputs);
    assert_int_equal(set.diag_count, 1);
    assert_errors(&set, 0, "recipes/a.yaml",
                  "6:11 the recipe `other` needs `id` (Whose)\n"
                  "7:19 `days` takes an integer, not `soon` "
                  "(digits only, without quotes or a unit)\n"
                  "7:25 the recipe `other` has no field `nam` (did you mean `name`?)\n"
                  "12:11 there is no recipe `othr` (did you mean `other`?)\n");
    recipe_set_fini(&set);
    json_decref(inputs);
}

static void an_input_has_the_type_that_the_called_recipe_says(void **state)
{
    text_file_put(folder, "recipes/a.yaml",
                  STARTS("a") "  - step: y\n    call: b\n    with: { id: 0044 }\n");
    text_file_put(folder, "recipes/b.yaml",
                  "recipe: b\ninputs:\n  id: { type: string }\ndo:\n" STOP);
    struct recipe_set set = load(NULL);
    assert_int_equal(set.diag_count, 0);
    assert_string_equal(json_path_text(set.recipes[0]->plan, "do.0.with.v.id.v"), "0044");
    assert_null(json_object_get(set.recipes[1]->inputs, "id"));
    recipe_set_fini(&set);
}

static void a_recipe_without_when_starts_only_where_it_is_called(void **state)
{
    text_file_put(folder, "recipes/a.yaml", STARTS("a") CALL("x", "b"));
    text_file_put(folder, "recipes/b.yaml", PART("b") STOP);
    text_file_put(folder, "recipes/c.yaml", PART("c") STOP);
    struct recipe_set set = load(NULL);
    assert_int_equal(set.diag_count, 0);
    assert_true(set.recipes[0]->can_start);
    assert_true(set.recipes[1]->can_start);
    assert_false(set.recipes[2]->can_start);
    recipe_set_fini(&set);
}

static void a_part_whose_caller_is_broken_or_gone_is_fine(void **state)
{
    text_file_put(folder, "recipes/a.yaml", STARTS("a") CALL("x", "b") "    with: { gone: 1 }\n");
    text_file_put(folder, "recipes/b.yaml", PART("b") STOP);
    struct recipe_set set = load(NULL);
    assert_int_equal(set.broken, 1);
    assert_int_equal(set.count, 1);
    assert_string_equal(set.recipes[0]->name, "b");
    recipe_set_fini(&set);
    char *caller = xasprintf("%s/recipes/a.yaml", folder);
    assert_int_equal(unlink(caller), 0);
    free(caller);
    set = load(NULL);
    assert_int_equal(set.broken, 0);
    assert_int_equal(set.count, 1);
    recipe_set_fini(&set);
}

static void a_recipe_that_calls_a_broken_one_is_broken_too(void **state)
{
    text_file_put(folder, "recipes/a.yaml", STARTS("a") CALL("x", "b"));
    text_file_put(folder, "recipes/b.yaml", PART("b") CALL("y", "c"));
    text_file_put(folder, "recipes/c.yaml", PART("c") "  - step: z\n    stopp: x\n");
    text_file_put(folder, "recipes/d.yaml", STARTS("d") STOP);
    struct recipe_set set = load(NULL);
    assert_int_equal(set.broken, 3);
    assert_int_equal(set.count, 1);
    assert_string_equal(set.recipes[0]->name, "d");
    char *errors = diags_text(set.diags[0]);
    assert_non_null(strstr(errors, "the recipe `c` has errors: recipes/c.yaml:"));
    free(errors);
    recipe_set_fini(&set);
}

static void a_recipe_that_is_only_called_has_no_runs_of_its_own(void **state)
{
    text_file_put(folder, "recipes/a.yaml", STARTS("a") CALL("x", "b"));
    text_file_put(folder, "recipes/b.yaml",
                  "recipe: b\nif: true\nkey: = event.id\nsettle: 1 s\ndo:\n" STOP
                  "on_error:\n  - step: y\n    stop: x\n");
    struct recipe_set set = load(NULL);
    assert_errors(&set, 1, "recipes/b.yaml",
                  "2:5 `if` has no meaning in a recipe without `when` "
                  "(give it a list of triggers, or put it at the step that calls the recipe)\n"
                  "3:6 `key` has no meaning in a recipe without `when` "
                  "(give it a list of triggers, or put it at the step that calls the recipe)\n"
                  "4:9 `settle` has no meaning in a recipe without `when` "
                  "(give it a list of triggers, or put it at the step that calls the recipe)\n"
                  "9:3 `on_error` has no meaning in a recipe without `when` "
                  "(give it a list of triggers, or put it at the step that calls the recipe)\n");
    recipe_set_fini(&set);
}

static void a_call_gives_the_results_of_the_steps_that_it_calls(void **state)
{
    text_file_put(folder, "recipes/a.yaml",
               STARTS("a") CALL("x", "b") "  - step: y\n    stop: = steps.x.one.id\n"
                                          "  - step: z\n    stop: = steps.x.many or steps.x.late\n"
                                          "  - step: w\n    stop: = steps.x.inner\n");
    text_file_put(folder, "recipes/b.yaml",
               PART("b") "  - step: one\n    use: scripts.score\n    with: { answers: [] }\n"
                         "    on_error:\n      - step: late\n        stop: x\n"
                         "  - step: many\n    each: [1]\n    do:\n      - step: inner\n"
                         "        stop: x\n");
    struct recipe_set set = load(NULL);
    assert_errors(&set, 0, "recipes/a.yaml",
                  "12:11 `steps.x` has no `inner` (it has one, late, many)\n");
    recipe_set_fini(&set);
}

static void a_circle_of_calls_is_named(void **state)
{
    text_file_put(folder, "recipes/a.yaml", STARTS("a") STOP "  - step: x\n    call: b\n");
    text_file_put(folder, "recipes/b.yaml", STARTS("b") "  - step: x\n    stop: x\n    if: false\n"
                                             "  - step: y\n    use: records.upsert_task\n"
                                             "    with: { contact_id: a, task_id: b }\n"
                                             "    on_error:\n      - step: w\n        call: c\n");
    text_file_put(folder, "recipes/c.yaml", STARTS("c") CALL("x", "b"));
    struct recipe_set set = load(NULL);
    assert_int_equal(set.count, 0);
    assert_errors(&set, 0, "recipes/a.yaml",
                  "8:11 the calls go round in a circle: a → b → c → b "
                  "(a recipe cannot call one that leads back to it)\n");
    assert_errors(&set, 1, "recipes/b.yaml",
                  "13:15 the calls go round in a circle: b → c → b "
                  "(a recipe cannot call one that leads back to it)\n");
    assert_errors(&set, 2, "recipes/c.yaml",
                  "6:11 the calls go round in a circle: c → b → c "
                  "(a recipe cannot call one that leads back to it)\n");
    recipe_set_fini(&set);
}

static void a_recipe_does_not_call_itself(void **state)
{
    text_file_put(folder, "recipes/a.yaml", STARTS("a") CALL("x", "a"));
    struct recipe_set set = load(NULL);
    assert_errors(&set, 0, "recipes/a.yaml",
                  "6:11 the calls go round in a circle: a → a "
                  "(a recipe cannot call one that leads back to it)\n");
    recipe_set_fini(&set);
}

static void errors_of_a_called_recipe_are_told_at_the_call(void **state)
{
    text_file_put(folder, "recipes/a.yaml", STARTS("a") CALL("x", "b"));
    text_file_put(folder, "recipes/b.yaml", PART("b") CALL("y", "c"));
    text_file_put(folder, "recipes/c.yaml",
                  PART("c") "  - step: z\n    wait: soon\n    rety: once\n");
    struct recipe_set set = load(NULL);
    assert_int_equal(set.count, 0);
    assert_errors(&set, 0, "recipes/a.yaml",
                  "6:11 the recipe `c` has errors: recipes/c.yaml:4:11: "
                  "`wait` takes a duration or a date, not `soon`\n");
    assert_errors(&set, 1, "recipes/b.yaml",
                  "4:11 the recipe `c` has errors: recipes/c.yaml:4:11: "
                  "`wait` takes a duration or a date, not `soon`\n");
    recipe_set_fini(&set);
}

/* p0 calls p1, and so on up to p<last>, which calls none. */
static void write_chain(int last)
{
    for (int i = 0; i <= last; i++) {
        char *file = xasprintf("recipes/p%d.yaml", i);
        char *call = i < last ? xasprintf(CALL("x", "p%d"), i + 1) : xstrdup(STOP);
        char *text = xasprintf("recipe: p%d\nwhen:\n  - records.activity_added\ndo:\n%s", i, call);
        text_file_put(folder, file, text);
        free(text);
        free(call);
        free(file);
    }
}

static void calls_lie_only_so_deep_in_each_other(void **state)
{
    write_chain(8);
    struct recipe_set set = load(NULL);
    assert_int_equal(set.diag_count, 0);
    recipe_set_fini(&set);
    write_chain(9);
    set = load(NULL);
    assert_int_equal(set.diag_count, 1);
    assert_errors(&set, 0, "recipes/p0.yaml",
                  "1:9 calls of recipes lie more than 8 deep in each other\n");
    recipe_set_fini(&set);
}

/* The shorter way is met first, and the longer one counts. */
static void the_longest_way_counts_for_the_depth(void **state)
{
    write_chain(8);
    text_file_put(folder, "recipes/a.yaml", STARTS("a") CALL("x", "p8") CALL("y", "p0"));
    struct recipe_set set = load(NULL);
    assert_int_equal(set.diag_count, 1);
    assert_errors(&set, 0, "recipes/a.yaml",
                  "1:9 calls of recipes lie more than 8 deep in each other\n");
    recipe_set_fini(&set);
}

/* A recipe that is loaded by itself finds the others as well. */
static void one_file_of_a_project_finds_what_it_calls(void **state)
{
    text_file_put(folder, "recipes/a.yaml", STARTS("a") CALL("x", "b"));
    text_file_put(folder, "recipes/b.yaml", PART("b") STOP);
    struct project p = { .folder = folder, .timezone = (char *)"UTC" };
    p.connections = json_object();
    static const char *const names[] = { "recipes/a.yaml", "recipes/b.yaml" };
    for (size_t i = 0; i < 2; i++) {
        char *path = xasprintf("%s/%s", folder, names[i]);
        struct diags *d = diags_new(names[i]);
        struct recipe *r = recipe_load(path, &p, &hooks, d);
        assert_non_null(r);
        assert_int_equal(strstr(r->bundle, "\"calls\":{\"b\":") != NULL, i == 0);
        recipe_free(r);
        diags_free(d);
        free(path);
    }
    json_decref(p.connections);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_up, folder_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(tests_and_hidden_files_are_passed_over),
        TEST(a_broken_file_does_not_hide_the_others),
        TEST(two_recipes_cannot_have_one_name),
        TEST(a_yml_file_is_not_passed_over_in_silence),
        TEST(a_yml_file_among_the_maps_is_told_too),
        TEST(recipes_in_a_folder_of_the_folder_are_told_as_not_read),
        TEST(a_recipe_with_a_warning_is_a_recipe),
        TEST(inputs_for_a_recipe_that_is_not_there_are_told),
        TEST(maps_come_from_the_recipes_folder),
        TEST(a_field_map_is_checked_though_no_recipe_uses_it),
        TEST(a_project_without_recipes_is_fine),
        TEST(called_recipes_stand_in_the_bundle),
        TEST(a_change_in_a_called_recipe_is_a_new_version_of_the_caller),
        TEST(a_call_is_checked_against_the_inputs),
        TEST(an_input_has_the_type_that_the_called_recipe_says),
        TEST(a_recipe_without_when_starts_only_where_it_is_called),
        TEST(a_part_whose_caller_is_broken_or_gone_is_fine),
        TEST(a_recipe_that_calls_a_broken_one_is_broken_too),
        TEST(a_recipe_that_is_only_called_has_no_runs_of_its_own),
        TEST(a_call_gives_the_results_of_the_steps_that_it_calls),
        TEST(a_circle_of_calls_is_named),
        TEST(a_recipe_does_not_call_itself),
        TEST(errors_of_a_called_recipe_are_told_at_the_call),
        TEST(calls_lie_only_so_deep_in_each_other),
        TEST(the_longest_way_counts_for_the_depth),
        TEST(one_file_of_a_project_finds_what_it_calls),
    };
    return cmocka_run_group_tests_name("recipe_set", tests, NULL, NULL);
}
