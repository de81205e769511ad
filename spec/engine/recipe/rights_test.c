/* What a recipe may touch, as its bundle and the texts of its scripts say it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "recipe/rights.h"
#include "recipe/script_calls.h"

/* --- scripts --- */

static void note_call(void *ud, const char *connection, const char *operation)
{
    (void)buf_printf(ud, "%s.%s ", connection != NULL ? connection : "*",
                     operation != NULL ? operation : "*");
}

static void names(const char *script, const char *wanted)
{
    struct buf found;
    buf_init(&found, 4096);
    script_calls(script, strlen(script), note_call, &found);
    if (strcmp(buf_text(&found), wanted) != 0) {
        fail_msg("%s\n  names %s", script, buf_text(&found));
    }
    buf_fini(&found);
}

/* An action whose body this is. */
#define ACTION(body) "return { name = 'a', run = function(ctx, input) " body " end }"

static void a_script_s_literal_calls_are_read(void **state)
{
    (void)state;
    names(ACTION("ctx.crm:get_contact { id = 1 } ctx.records:upsert_task {}"),
          "crm.get_contact records.upsert_task ");
    names(ACTION("return ctx.event.id .. ctx.now, ctx.log('x')"), "");
    names(ACTION("for c in ctx.crm:pages('search', {}) do end ctx.crm:pages 'list'"),
          "crm.search crm.list ");
    names(ACTION("return ctx['crm']['get_contact'](ctx.crm, {})"), "crm.get_contact crm.* ");
    names(ACTION("local ok = pcall(ctx.crm.get_contact, ctx.crm, {})"), "crm.get_contact ");
    names(ACTION("-- ctx.crm:delete_contact {}\n local s = 'ctx.crm:drop'"), "");
    names("local function run(c, input) return c.crm:get {} end return { name = 'a', run = run }",
          "crm.get ");
    names("local M = {} function M.run(ctx) ctx.crm:get {} end return M", "crm.get ");
    names("return { name = 'a', run = function() return {} end }", "");
    names("return { name = 'a', run = function(_, input) return input end }", "");
}

static void where_a_name_is_computed_anything_may_be_called(void **state)
{
    (void)state;
    names(ACTION("return ctx[input.name]:get {}"), "*.* ");
    names(ACTION("return ctx.crm[input.name](ctx.crm, {})"), "crm.* crm.* ");
    names(ACTION("local crm = ctx.crm crm:get {}"), "crm.* ");
    names(ACTION("return ctx.crm:pages(input.name)"), "crm.* ");
    names(ACTION("return helper(ctx, input)"), "*.* ");
    names("return { name = 'a', run = require('b').run }", "*.* ");
    names("return { name = 'a', run = function(...) end }", "*.* ");
    names("return { name = 'a' }", "*.* ");
    names("", "*.* ");
}

static void no_prefix_of_a_script_is_read_past_its_end(void **state)
{
    static const char text[] =
        ACTION("pcall(ctx.crm.get, ctx.crm, {}) ctx['a']:pages [[x]] ctx.b[\"c\"] --[==[ ]]");
    (void)state;
    for (size_t len = 0; len < sizeof text; len++) {
        char *copy = xmemdup(text, len > 0 ? len : 1);
        struct buf found;
        buf_init(&found, 4096);
        script_calls(copy, len, note_call, &found);
        buf_fini(&found);
        free(copy);
    }
}

/* --- bundles --- */

static json_t *json_of(const char *text)
{
    char *copy = xstrdup(text);
    for (char *c = copy; *c != '\0'; c++) {
        *c = *c == '\'' ? '"' : *c;
    }
    json_t *v = json_parse_own(copy, strlen(copy), NULL);
    assert_non_null(v);
    free(copy);
    return v;
}

static json_t *tables; /* of the one connection, crm */

static const json_t *find_table(void *ud, const char *connection)
{
    return strcmp(connection, "crm") == 0 ? tables : NULL;
}

static const json_t *find_operation(void *ud, const char *connection, const char *name)
{
    return json_object_get(json_object_get(find_table(ud, connection), "operations"), name);
}

static const json_t *find_event(void *ud, const char *connection, const char *name)
{
    return json_object_get(json_object_get(find_table(ud, connection), "events"), name);
}

static struct rights *rights_of(const char *bundle)
{
    json_t *v = json_of(bundle);
    struct rights *r = rights_new(v);
    json_decref(v);
    return r;
}

static void steps_of_any_depth_say_what_is_touched(void **state)
{
    (void)state;
    struct rights *r = rights_of(
        "{'plan':{'needs':{'crm':'crm'},'do':[{'step':'a','do':[{'step':'b','parallel':[{'step':'c'"
        ","
        "'use':{'connection':'crm','operation':'get'},'on_error':[{'step':'d','use':{'connection':"
        "'crm','operation':'tell'}}]}]}]},{'step':'e','each':{'t':'expr','s':'pages(crm.search, "
        "{})'"
        "}},{'step':'f','wait_for':{'connection':'crm','event':'sold'}}],'on_error':[{'step':'g',"
        "'use':{'connection':'mail','operation':'send'}}]},'calls':{'other':{'plan':{'do':[{'step':"
        "'h','use':{'connection':'crm','operation':'called'}}]}}}}");
    static const char *const calls[] = { "get", "tell", "search", "called" };
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        assert_true(rights_may_call(r, "crm", calls[i]));
    }
    assert_true(rights_may_call(r, "mail", "send"));
    assert_true(rights_may_wait(r, "crm", "sold"));
    assert_false(rights_may_wait(r, "crm", "get"));
    assert_false(rights_may_call(r, "crm", "sold"));
    assert_false(rights_may_call(r, "mail", "get"));
    assert_false(rights_have(r, "bank"));
    rights_free(r);
}

/* A script reaches the connections in its recipe's needs, and the workspace. */
static void a_script_s_reach_ends_at_the_needs(void **state)
{
    (void)state;
    struct rights *r = rights_of(
        "{'plan':{'needs':{'crm':'crm'},'do':[{'step':'a','use':{'script':'s'}}]},'scripts':{'s':"
        "'return { run = function(ctx) ctx.crm:get {} ctx.bank:pay {} ctx.records:list {} end "
        "}'}}");
    assert_true(rights_may_call(r, "crm", "get"));
    assert_true(rights_may_call(r, "records", "list"));
    assert_false(rights_may_call(r, "bank", "pay"));
    rights_free(r);
    r = rights_of(
        "{'plan':{'needs':{'crm':'crm'},'do':[{'step':'a','use':{'script':'s'}}]},"
        "'scripts':{'s':'return { run = function(ctx) ctx[1]() end }'}}");
    assert_true(rights_may_call(r, "crm", "anything"));
    assert_false(rights_may_call(r, "bank", "pay"));
    rights_free(r);
}

static void the_connector_s_table_adds_what_it_needs(void **state)
{
    (void)state;
    tables = json_of(
        "{'calls':['zone'],'zone':{'function':true},"
        "'operations':{'make':{'run':{'function':true},'calls':['look','put']},"
        "'wild':{'run':{'function':true}},'dated':{'dates':{'a':'naive'}},'look':{}},"
        "'events':{'lead':{'of':'contact'}},"
        "'prepare':{'contact':{'hydrate':[{'use':'whole'}]}}}");
    const struct rights_tables in = { .connector = find_table,
                                      .operation = find_operation,
                                      .event = find_event };
    struct rights *r = rights_of(
        "{'plan':{'when':[{'connection':'crm','event':'lead'}],'do':[{'step':'a','use':{'"
        "connection'"
        ":'crm','operation':'make'}},{'step':'b','use':{'connection':'crm','operation':'dated'}}]}"
        "}");
    assert_false(rights_may_call(r, "crm", "put"));
    rights_close(r, &in);
    static const char *const added[] = { "look", "put", "zone", "whole" };
    for (size_t i = 0; i < sizeof added / sizeof *added; i++) {
        assert_true(rights_may_call(r, "crm", added[i]));
    }
    assert_false(rights_may_call(r, "crm", "wild"));
    rights_free(r);
    r = rights_of("{'plan':{'do':[{'step':'a','use':{'connection':'crm','operation':'wild'}}]}}");
    rights_close(r, &in);
    assert_true(rights_may_call(r, "crm", "anything")); /* it does not say */
    rights_free(r);
    json_decref(tables);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_script_s_literal_calls_are_read),
        cmocka_unit_test(where_a_name_is_computed_anything_may_be_called),
        cmocka_unit_test(no_prefix_of_a_script_is_read_past_its_end),
        cmocka_unit_test(steps_of_any_depth_say_what_is_touched),
        cmocka_unit_test(a_script_s_reach_ends_at_the_needs),
        cmocka_unit_test(the_connector_s_table_adds_what_it_needs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
