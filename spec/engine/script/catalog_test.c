/* Sources: which file wins, which names are none; and what connectors and actions say about
 * themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "script/catalog.h"
#include "script/embed.h"
#include "script/vm.h"

static char folder[64];

static void put(const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/scripts/%s.lua", folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static int make_folder(void **state)
{
    char path[128];
    static const char *const parts[] = { "scripts", "scripts/connectors", "scripts/lib",
                                         "scripts/family" };
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/catalog_test.XXXXXX");
    if (mkdtemp(folder) == NULL) {
        return -1;
    }
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, parts[i]);
        if (mkdir(path, 0700) == -1) {
            return -1;
        }
    }
    return 0;
}

static int remove_folder(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

static void an_action_tells_its_table(void **state)
{
    struct err e = ERR_INIT;
    (void)state;
    put("score_lead",
        "local dates = require 'dates'\n"
        "return { name = 'score_lead', summary = 'Rate', input = { contactId = { "
        "'string' }, n = { 'integer', optional = true } },\n"
        "  output = {}, run = function(ctx, input) return {} end }");
    json_t *v = catalog_action(folder, "score_lead", &e);
    assert_non_null(v);
    char *text = json_text(v, NULL);
    assert_string_equal(
        text,
        "{\"input\":{\"contactId\":[\"string\"],\"n\":{\"1\":\"integer\",\"optional\":true}},"
        "\"name\":\"score_lead\",\"output\":{},\"run\":{\"function\":true},\"summary\":\"Rate\"}");
    free(text);
    json_decref(v);
}

static void an_action_in_a_folder_has_its_last_name(void **state)
{
    struct err e = ERR_INIT;
    (void)state;
    put("family/one", "return { name = 'one', run = function() end }");
    json_t *v = catalog_action(folder, "family/one", &e);
    assert_non_null(v);
    json_decref(v);
}

static void wrong(const char *name, const char *text, enum err_kind kind, const char *part)
{
    struct err e = ERR_INIT;
    if (text != NULL) {
        put("bad", text);
    }
    json_t *v = catalog_action(folder, name, &e);
    if (v != NULL || e.kind != kind || strstr(e.message, part) == NULL) {
        fail_msg("%s: %s, %s", text != NULL ? text : name, err_kind_name(e.kind), e.message);
    }
}

static void a_file_that_gives_no_table_says_why(void **state)
{
    (void)state;
    wrong("absent", NULL, ERR_NOT_FOUND, "no scripts/absent.lua");
    wrong("bad", "return {", ERR_SCRIPT, "scripts/bad.lua:1");
    wrong("bad", "return 1", ERR_SCRIPT, "returns a table");
    wrong("bad", "return {}", ERR_SCRIPT, "must be 'bad'");
    wrong("bad", "return { name = 'good', run = print }", ERR_SCRIPT, "its name is 'good'");
    wrong("bad", "os.exit()", ERR_SCRIPT, "scripts/bad.lua:1: there is no 'os' in scripts");
    wrong("bad", "while true do end", ERR_BUDGET, "too long");
    wrong("bad", "local t = {} t.t = t t.name = 'bad' return t", ERR_INVALID, "contains itself");
}

static void names_that_leave_the_folder_are_none(void **state)
{
    static const char *const names[] = { "../x", "/etc/passwd", "a//b", "a/",       "",
                                         ".",    "a.b",         "a\nb", "lib/../x", "~" };
    size_t len;
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_false(source_is_name(names[i]));
        assert_null(source_find(folder, names[i], &len));
    }
    assert_true(source_is_name("connectors/highlevel"));
    assert_true(source_is_name("Score-Lead_2"));
}

static void a_project_s_connector_cannot_replace_one_that_is_built_in(void **state)
{
    size_t len;
    (void)state;
    put("connectors/mine", "return { name = 'mine' }");
    char *text = source_find(folder, "connectors/mine", &len);
    assert_non_null(text);
    free(text);
    assert_false(source_is_shadow(folder, "connectors/mine"));
    assert_false(source_is_reserved("connectors.mine"));
    if (embed_find("scripts/connectors/highlevel.lua") == NULL) {
        skip();
    }
    put("connectors/highlevel", "return { name = 'highlevel', mine = true }");
    text = source_find(folder, "connectors/highlevel", &len);
    assert_non_null(text);
    assert_null(strstr(text, "mine = true"));
    assert_true(source_is_shadow(folder, "connectors/highlevel"));
    assert_true(source_is_reserved("connectors.highlevel"));
    put("connectors/highlevel", text); /* the same text is no other */
    assert_false(source_is_shadow(folder, "connectors/highlevel"));
    free(text);
}

static void a_project_s_file_cannot_replace_the_engine_s_lib(void **state)
{
    size_t len;
    (void)state;
    if (embed_find("scripts/lib/walk.lua") == NULL) {
        skip();
    }
    put("lib/walk", "return 'mine'");
    put("lib/own", "return 'own'");
    char *text = source_find(folder, "lib/walk", &len);
    assert_string_not_equal(text, "return 'mine'");
    free(text);
    text = source_find(folder, "lib/own", &len);
    assert_string_equal(text, "return 'own'");
    free(text);
}

static void what_is_no_plain_file_of_some_size_is_no_source(void **state)
{
    size_t len;
    char path[256];
    (void)state;
    snprintf(path, sizeof path, "%s/scripts/dir.lua", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_null(source_find(folder, "dir", &len));
    snprintf(path, sizeof path, "%s/scripts/pipe.lua", folder);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_null(source_find(folder, "pipe", &len));
    char *big = xmalloc((1 << 20) + 2);
    memset(big, ' ', (1 << 20) + 1);
    big[(1 << 20) + 1] = '\0';
    put("big", big);
    free(big);
    assert_null(source_find(folder, "big", &len));
}

static void modules_are_found_by_their_dotted_names(void **state)
{
    size_t len;
    (void)state;
    put("helper", "return 1");
    static const char *const names[] = { "helper", "scripts.helper", "family.one" };
    put("family/one", "return { name = 'one', run = function() end }");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *text = source_find_module(folder, names[i], &len);
        assert_non_null(text);
        free(text);
    }
    assert_null(source_find_module(folder, "..helper", &len));
    assert_null(source_find_module(NULL, "helper", &len));
}

static void a_connector_may_use_modules_of_the_project(void **state)
{
    struct err e = ERR_INIT;
    (void)state;
    put("shared", "return { host = 'api.example.com' }");
    put("connectors/mine",
        "return { name = 'mine', host = require('shared').host, classify = function() end }");
    json_t *v = catalog_connector(folder, "mine", &e);
    assert_non_null(v);
    assert_string_equal(json_get_text(v, "host"), "api.example.com");
    assert_true(catalog_is_function(json_object_get(v, "classify")));
    json_decref(v);
}

/* All that is shipped loads: connectors and actions, from the program alone. */
static void what_is_shipped_can_be_read(void **state)
{
    static const char connectors[] = "scripts/connectors/";
    static const char actions[] = "scripts/actions/";
    (void)state;
    for (size_t i = 0; embed_at(i) != NULL; i++) {
        const char *name = embed_at(i)->name;
        bool is_connector = strncmp(name, connectors, strlen(connectors)) == 0;
        bool is_action = strncmp(name, actions, strlen(actions)) == 0;
        const char *base = strrchr(name, '/') + 1;
        const char *dot = strrchr(base, '.');
        bool is_nested =
            strchr(name + strlen("scripts/connectors/") - 1, '/') + 1 != base && is_connector;
        if ((!is_connector && !is_action) || strcmp(dot, ".lua") != 0 || is_nested) {
            continue;
        }
        struct err e = ERR_INIT;
        char *short_name = xstrndup(base, (size_t)(dot - base));
        json_t *v = is_connector ? catalog_connector(NULL, short_name, &e)
                                 : catalog_action(NULL, short_name, &e);
        if (v == NULL) {
            fail_msg("%s: %s", name, e.message);
        }
        json_decref(v);
        free(short_name);
    }
}

static int require_module(lua_State *L)
{
    lua_getglobal(L, "require");
    lua_pushstring(L, lua_touserdata(L, 1));
    lua_call(L, 1, 1);
    return 0;
}

/* The engine's own modules run in a sandbox. */
static void every_lib_can_be_required(void **state)
{
    struct err e = ERR_INIT;
    struct vm *vm = vm_new(&(struct vm_opts){ .find_module = source_find_module }, &e);
    (void)state;
    assert_non_null(vm);
    for (size_t i = 0; embed_at(i) != NULL; i++) {
        const char *name = embed_at(i)->name;
        char module[100] = "";
        if (sscanf(name, "scripts/lib/%90[a-z0-9_/].lua", module + 4) != 1) {
            continue;
        }
        memcpy(module, "lib.", 4);
        for (char *slash = strchr(module, '/'); slash != NULL; slash = strchr(slash, '/')) {
            *slash = '.';
        }
        if (vm_enter(vm, require_module, module, &e) == -1) {
            fail_msg("%s: %s", name, e.message);
        }
    }
    vm_free(vm);
}

static void built_in_files_are_found_by_name(void **state)
{
    (void)state;
    assert_null(embed_find("scripts/no/such.lua"));
    for (size_t i = 0; embed_at(i) != NULL; i++) {
        const struct embedded *f = embed_at(i);
        assert_ptr_equal(embed_find(f->name), f);
        assert_int_equal(f->data[f->len], '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_action_tells_its_table),
        cmocka_unit_test(an_action_in_a_folder_has_its_last_name),
        cmocka_unit_test(a_file_that_gives_no_table_says_why),
        cmocka_unit_test(names_that_leave_the_folder_are_none),
        cmocka_unit_test(a_project_s_connector_cannot_replace_one_that_is_built_in),
        cmocka_unit_test(a_project_s_file_cannot_replace_the_engine_s_lib),
        cmocka_unit_test(what_is_no_plain_file_of_some_size_is_no_source),
        cmocka_unit_test(modules_are_found_by_their_dotted_names),
        cmocka_unit_test(a_connector_may_use_modules_of_the_project),
        cmocka_unit_test(what_is_shipped_can_be_read),
        cmocka_unit_test(every_lib_can_be_required),
        cmocka_unit_test(built_in_files_are_found_by_name),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
