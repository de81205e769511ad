/* The recipes that come with ladle, and the ladle.yaml of this repository: they load without an
 * error with the real connectors, and do what their comments say. The cases stand in shipped.lua;
 * here are the means: the recipes' bundles, the walker, the samples of events, and the connectors'
 * schemas, against which every call is held. Runs in the repository's folder. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "connector/schema.h"
#include "project/folder.h"
#include "recipe/recipe.h"
#include "script/catalog.h"
#include "script/vm.h"

enum { FILE_MAX = 1 << 20, CONNECTORS_MAX = 8 };

/* --- the catalogue --- */

static struct {
    char *names[CONNECTORS_MAX];
    json_t *tables[CONNECTORS_MAX];
    size_t count;
} known;

static json_t *find_connector(void *ud, const char *name)
{
    for (size_t i = 0; i < known.count; i++) {
        if (strcmp(known.names[i], name) == 0) {
            return known.tables[i];
        }
    }
    struct err e = ERR_INIT;
    json_t *table = catalog_connector(".", name, &e);
    if (table != NULL) {
        assert_true(known.count < CONNECTORS_MAX);
        known.names[known.count] = xstrdup(name);
        known.tables[known.count++] = table;
    }
    return table;
}

static int check_expression(void *ud, const char *text, size_t len, const char *const *extra,
                            char **hint, struct err *e)
{
    return expr_check(text, len, extra, hint, e);
}

static const struct project_hooks hooks = {
    .find_connector = find_connector,
    .check_expression = check_expression,
};

static struct project *project;
static struct recipe_set set;

static void show(struct diags *d)
{
    struct buf out;
    buf_init(&out, 1 << 20);
    diags_print(d, &out);
    print_error("%s", buf_text(&out));
    buf_fini(&out);
}

static int load_all(void **state)
{
    struct err e = ERR_INIT;
    struct diags *d = diags_new("ladle.yaml");
    project = project_load(".", &hooks, d);
    show(d);
    diags_free(d);
    return project != NULL && recipe_set_load(&set, project, &hooks, &e) == 0 ? 0 : -1;
}

static int free_all(void **state)
{
    recipe_set_fini(&set);
    project_free(project);
    for (size_t i = 0; i < known.count; i++) {
        free(known.names[i]);
        json_decref(known.tables[i]);
    }
    expr_forget();
    return 0;
}

/* --- what the cases can use --- */

static json_t *read_json(const char *path)
{
    size_t len = 0;
    struct err e = ERR_INIT;
    char *text = folder_read(path, FILE_MAX, &len, &e);
    json_t *v = text != NULL ? json_parse(text, len, &e) : NULL;
    if (v == NULL) {
        fail_msg("%s: %s", path, e.message);
    }
    free(text);
    return v;
}

/* sample(name) -> the event of scripts/connectors/samples/<name>.json */
static int lua_sample(lua_State *L)
{
    char *path = xasprintf("scripts/connectors/samples/%s.json", luaL_checkstring(L, 1));
    json_t *v = read_json(path);
    free(path);
    vm_push_json(L, v, true);
    json_decref(v);
    return 1;
}

/* bundle(recipe) -> its bundle */
static int lua_bundle(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1);
    for (size_t i = 0; i < set.count; i++) {
        if (strcmp(set.recipes[i]->name, name) == 0) {
            struct err e = ERR_INIT;
            json_t *v = json_parse(set.recipes[i]->bundle, set.recipes[i]->bundle_len, &e);
            vm_push_json(L, v, false);
            json_decref(v);
            return 1;
        }
    }
    return luaL_error(L, "there is no recipe %s", name);
}

/* compile(text, file, line) -> function of the environment, as the engine makes it */
static int lua_compile(lua_State *L)
{
    const char *code =
        lua_pushfstring(L, "return function(_ENV) return (%s\n) end", luaL_checkstring(L, 1));
    vm_load(L, code, strlen(code), "=expr:a.yaml:1");
    lua_call(L, 0, 1);
    return 1;
}

static const char *connector_of(const char *connection)
{
    json_t *config = json_object_get(project->connections, connection);
    return config != NULL ? json_get_text(config, "connector") : connection;
}

/* checked(connection, operation, input) -> input with defaults; raises what the real call would
 * refuse */
static int lua_checked(lua_State *L)
{
    const char *connection = luaL_checkstring(L, 1);
    json_t *table = find_connector(NULL, connector_of(connection));
    json_t *operation =
        json_object_get(json_object_get(table, "operations"), luaL_checkstring(L, 2));
    json_t *input = vm_to_json(L, 3);
    struct err e = ERR_INIT;
    int rc = schema_check(json_object_get(operation, "input"), input, &e);
    if (rc == 0) {
        vm_push_json(L, input, true);
    }
    json_decref(input);
    return rc == 0 ? 1 : vm_raise(L, &e);
}

static const luaL_Reg tools[] = {
    { "bundle", lua_bundle },
    { "checked", lua_checked },
    { "compile", lua_compile },
    { "sample", lua_sample },
    { NULL, NULL },
};

/* Runs the case named `ud` of shipped.lua. */
static int run_case(lua_State *L)
{
    size_t len = 0;
    struct err e = ERR_INIT;
    char *text = folder_read("spec/engine/recipe/shipped.lua", FILE_MAX, &len, &e);
    assert_non_null(text);
    vm_load(L, text, len, "@shipped.lua");
    free(text);
    luaL_newlib(L, tools);
    lua_call(L, 1, 1);                         // cases
    lua_getfield(L, -1, lua_touserdata(L, 1)); // cases case
    lua_call(L, 0, 0);
    return 0;
}

static void play(const char *name)
{
    struct err e = ERR_INIT;
    struct vm *vm = vm_new(&(struct vm_opts){ .find_module = source_find_module }, &e);
    assert_non_null(vm);
    if (vm_enter(vm, run_case, (void *)name, &e) != 0) {
        fail_msg("%s", e.message);
    }
    vm_free(vm);
}

/* --- tests --- */

static void every_shipped_recipe_loads_with_the_real_connectors(void **state)
{
    for (size_t i = 0; i < set.diag_count; i++) {
        show(set.diags[i]);
    }
    assert_int_equal(set.diag_count, 0);
    assert_int_equal(set.count, 6);
}

#define CASE(name)                                                                                 \
    static void name(void **state)                                                                 \
    {                                                                                              \
        play(#name);                                                                               \
    }

CASE(contact_sync_saves_the_contact_with_all_that_belongs_to_it)
CASE(contact_sync_marks_tasks_and_notes_that_are_gone)
CASE(contact_sync_marks_a_contact_that_is_gone_and_stops)
CASE(contact_sync_fails_where_the_contact_cannot_be_read)
CASE(contact_sync_passes_over_notes_that_were_pushed)
CASE(contact_delete_sync_marks_the_contact)
CASE(new_lead_follow_up_creates_one_task_and_mirrors_it)
CASE(new_lead_follow_up_leaves_contacts_alone_that_do_not_want_it)
CASE(new_lead_follow_up_works_without_a_name)
CASE(note_activity_log_logs_a_new_and_an_edited_note)
CASE(note_activity_log_marks_a_deleted_note)
CASE(note_activity_log_drops_an_echo_that_comes_before_the_answer)
CASE(note_activity_log_drops_an_echo_that_comes_after_the_answer)
CASE(note_activity_log_logs_a_copy_of_a_pushed_note)
CASE(note_activity_log_logs_a_note_with_a_mark_of_nothing)
CASE(note_push_writes_the_note_with_its_mark_and_keeps_its_id)
CASE(note_push_sends_nothing_that_came_from_the_crm)
CASE(quote_to_contact_makes_a_contact_a_note_and_a_task)
CASE(quote_to_contact_tells_of_a_phone_that_is_another_contacts)
CASE(quote_to_contact_only_saves_a_submission_without_an_address)
CASE(quote_to_contact_takes_a_bare_submission)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_shipped_recipe_loads_with_the_real_connectors),
        cmocka_unit_test(contact_sync_saves_the_contact_with_all_that_belongs_to_it),
        cmocka_unit_test(contact_sync_marks_tasks_and_notes_that_are_gone),
        cmocka_unit_test(contact_sync_marks_a_contact_that_is_gone_and_stops),
        cmocka_unit_test(contact_sync_fails_where_the_contact_cannot_be_read),
        cmocka_unit_test(contact_sync_passes_over_notes_that_were_pushed),
        cmocka_unit_test(contact_delete_sync_marks_the_contact),
        cmocka_unit_test(new_lead_follow_up_creates_one_task_and_mirrors_it),
        cmocka_unit_test(new_lead_follow_up_leaves_contacts_alone_that_do_not_want_it),
        cmocka_unit_test(new_lead_follow_up_works_without_a_name),
        cmocka_unit_test(note_activity_log_logs_a_new_and_an_edited_note),
        cmocka_unit_test(note_activity_log_marks_a_deleted_note),
        cmocka_unit_test(note_activity_log_drops_an_echo_that_comes_before_the_answer),
        cmocka_unit_test(note_activity_log_drops_an_echo_that_comes_after_the_answer),
        cmocka_unit_test(note_activity_log_logs_a_copy_of_a_pushed_note),
        cmocka_unit_test(note_activity_log_logs_a_note_with_a_mark_of_nothing),
        cmocka_unit_test(note_push_writes_the_note_with_its_mark_and_keeps_its_id),
        cmocka_unit_test(note_push_sends_nothing_that_came_from_the_crm),
        cmocka_unit_test(quote_to_contact_makes_a_contact_a_note_and_a_task),
        cmocka_unit_test(quote_to_contact_tells_of_a_phone_that_is_another_contacts),
        cmocka_unit_test(quote_to_contact_only_saves_a_submission_without_an_address),
        cmocka_unit_test(quote_to_contact_takes_a_bare_submission),
    };
    return cmocka_run_group_tests_name("shipped recipes", tests, load_all, free_all);
}
