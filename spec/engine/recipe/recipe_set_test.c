/* All recipes of a folder: which files count, and how errors of one file leave the others alone. */

#include <sys/stat.h>

#include "fixture.h"

#define GOOD(name)                                                                                 \
    "recipe: " name "\nwhen:\n  - records.activity_added\ndo:\n  - step: a\n    stop: x\n"

static char folder[64];
static const char *const FILES[] = { "ladle.yaml",           "recipes/a.yaml",
                                     "recipes/b.yaml",       "recipes/c.yml",
                                     "recipes/a_test.yaml",  "recipes/maps/m.yaml",
                                     "recipes/.d.yaml",      "recipes/README.md",
                                     "recipes/uses_map.yaml" };

static void write_file(const char *name, const char *text)
{
    char *path = xasprintf("%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fputs(text, f) >= 0, 1);
    assert_int_equal(fclose(f), 0);
    free(path);
}

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
    if (!mkdtemp(folder) || make_folder("recipes") != 0 || make_folder("recipes/maps") != 0) {
        return -1;
    }
    return world_up(state);
}

static int folder_down(void **state)
{
    static const char *const folders[] = { "recipes/maps", "recipes", "." };
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
    write_file("recipes/b.yaml", GOOD("two"));
    write_file("recipes/a.yaml", GOOD("one"));
    write_file("recipes/a_test.yaml", "nonsense\n");
    write_file("recipes/maps/m.yaml", "map: m\nfields:\n  - a -> b\n");
    write_file("recipes/.d.yaml", "nonsense\n");
    write_file("recipes/README.md", "nonsense\n");
    struct recipe_set set = load(NULL);
    assert_int_equal(set.diag_count, 0);
    assert_int_equal(set.count, 2);
    assert_string_equal(set.recipes[0]->name, "one");
    assert_string_equal(set.recipes[0]->file, "recipes/a.yaml");
    recipe_set_fini(&set);
}

static void a_broken_file_does_not_hide_the_others(void **state)
{
    write_file("recipes/a.yaml", "recipe: [\n");
    write_file("recipes/b.yaml", GOOD("two"));
    struct recipe_set set = load(NULL);
    assert_int_equal(set.count, 1);
    assert_int_equal(set.diag_count, 1);
    assert_string_equal(set.diags[0]->file, "recipes/a.yaml");
    recipe_set_fini(&set);
}

static void two_recipes_cannot_have_one_name(void **state)
{
    write_file("recipes/a.yaml", GOOD("same"));
    write_file("recipes/b.yaml", GOOD("same"));
    struct recipe_set set = load(NULL);
    assert_int_equal(set.count, 1);
    assert_errors(&set, 0, "recipes/b.yaml",
                  "1:9 there is already a recipe `same`, in recipes/a.yaml\n");
    recipe_set_fini(&set);
}

static void a_yml_file_is_not_passed_over_in_silence(void **state)
{
    write_file("recipes/c.yml", GOOD("one"));
    struct recipe_set set = load(NULL);
    assert_errors(&set, 0, "recipes/c.yml",
                  "0:0 the name of a recipe's file ends in .yaml (rename it)\n");
    recipe_set_fini(&set);
}

static void inputs_for_a_recipe_that_is_not_there_are_told(void **state)
{
    json_t *inputs = parse("{\"one\":{},\"tow\":{}}");
    write_file("ladle.yaml", "inputs:\n  one: {}\n  tow: {}\n");
    write_file("recipes/a.yaml",
               "recipe: one\nwhen:\n  - records.activity_added\ndo:\n  - step: a\n    stop: x\n");
    struct recipe_set set = load(inputs);
    assert_errors(&set, 0, "ladle.yaml",
                  "3:3 `inputs` gives values to `tow`, and there is no such recipe\n");
    recipe_set_fini(&set);
    json_decref(inputs);
}

static void maps_come_from_the_recipes_folder(void **state)
{
    write_file("recipes/maps/m.yaml", "map: m\nfields:\n  - a -> b\n");
    write_file("recipes/uses_map.yaml",
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
    write_file("recipes/a.yaml", GOOD("one"));
    write_file("recipes/maps/m.yaml", "map: m\nfields:\n  - a -> b | dat\n");
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_up, folder_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(tests_and_hidden_files_are_passed_over),
        TEST(a_broken_file_does_not_hide_the_others),
        TEST(two_recipes_cannot_have_one_name),
        TEST(a_yml_file_is_not_passed_over_in_silence),
        TEST(inputs_for_a_recipe_that_is_not_there_are_told),
        TEST(maps_come_from_the_recipes_folder),
        TEST(a_field_map_is_checked_though_no_recipe_uses_it),
        TEST(a_project_without_recipes_is_fine),
    };
    return cmocka_run_group_tests_name("recipe_set", tests, NULL, NULL);
}
