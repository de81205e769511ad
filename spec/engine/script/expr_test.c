/* expr_check: syntax, one value, and only names that expressions see. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "script/catalog.h"
#include "script/embed.h"

static void fine(const char *text)
{
    struct err e = ERR_INIT;
    char *hint = NULL;
    if (expr_check(text, strlen(text), NULL, &hint, &e) == -1) {
        fail_msg("%s\n  is refused: %s", text, e.message);
    }
    assert_null(hint);
}

static void wrong(const char *text, const char *part)
{
    struct err e = ERR_INIT;
    char *hint = NULL;
    if (expr_check(text, strlen(text), NULL, &hint, &e) == 0) {
        fail_msg("%s\n  is accepted", text);
    }
    assert_int_equal(e.kind, ERR_SCRIPT);
    if (strstr(e.message, part) == NULL) {
        fail_msg("%s\n  gave: %s", text, e.message);
    }
    free(hint);
}

static void expressions_over_the_environment_are_fine(void **state)
{
    (void)state;
    fine("event.firstName");
    fine("event.contact.tags[1] == 'vip' and inputs.days > 2");
    fine("steps.follow_up.task.id");
    fine("not (meta.connection ~= \"crm\")");
    fine("item.name .. ' ' .. now");
    fine("error and error.kind == 'invalid'");
    fine("{ a = event.x, ['b'] = 1, 2; c = { d = 3 } }");
    fine("#event.list // 2 + 0x1F - 1e-5 * .5");
    fine("event.a -- and a comment with foo bar\n");
    fine("event.a --[==[ foo ]] bar ]==] or nil");
    fine("[[long foo]] .. [=[ ]] foo ]=]");
    fine("'quoted \\' foo' .. \"x \\\" foo\"");
    fine("(event.a)");
    fine("event:method(1)");
}

static void what_is_no_expression_is_refused(void **state)
{
    (void)state;
    wrong("", "");
    wrong("event.", "at the end of the expression");
    wrong("event.a ==", "at the end of the expression");
    wrong("event.a = 1", "");
    wrong("1, 2", "");
    wrong("1; return 2", "");
    wrong("1) or (2", "");
    wrong("event.a) --", "");
    wrong("event.a --[[", "");
    wrong("if event then 1 end", "near 'if'");
    wrong("local x = 1", "");
    wrong("'open", "unfinished string");
    wrong("${event.a}", "");
    wrong("event..a..", "at the end");
}

static void messages_say_nothing_of_the_chunk(void **state)
{
    struct err e = ERR_INIT;
    char *hint;
    (void)state;
    assert_int_equal(expr_check("1 +* 2", 6, NULL, &hint, &e), -1);
    assert_null(strstr(e.message, "expr:"));
    assert_string_equal(e.message, "unexpected symbol near '*'");
}

static void unknown_names_are_found_with_a_suggestion(void **state)
{
    struct err e = ERR_INIT;
    char *hint = NULL;
    (void)state;
    assert_int_equal(expr_check("evnt.id", 7, NULL, &hint, &e), -1);
    assert_string_equal(e.message, "there is no `evnt` in expressions");
    assert_string_equal(hint, "did you mean `event`?");
    free(hint);
    assert_int_equal(expr_check("qqqqqq", 6, NULL, &hint, &e), -1);
    assert_null(hint);
    wrong("{ a = foo }", "`foo`");
    wrong("{ foo }", "`foo`");
    wrong("{ event, foo = foo }", "`foo`");
    wrong("event[foo]", "`foo`");
    wrong("event.a .. foo", "`foo`");
    wrong("event == foo", "`foo`");
    wrong("os.time()", "`os`");
    wrong("io", "`io`");
    wrong("_ENV", "`_ENV`");
}

static void names_of_the_caller_are_known(void **state)
{
    static const char *const extra[] = { "contact", NULL };
    struct err e = ERR_INIT;
    char *hint = NULL;
    (void)state;
    assert_int_equal(expr_check("contact.id", 10, extra, &hint, &e), 0);
    assert_int_equal(expr_check("contct.id", 9, extra, &hint, &e), -1);
    assert_string_equal(hint, "did you mean `contact`?");
    free(hint);
}

static void a_function_in_it_may_name_its_own(void **state)
{
    (void)state;
    fine("(function(a, b) local c = a + b return c end)(1, 2)");
    fine("(function(...) for i, v in event.list do event(i, v) end end)()");
    fine("(function() local function f(n) return f(n) end return f end)()");
    wrong("(function(a) return foo end)(1)", "`foo`");
}

static void helpers_are_known_where_they_are_built_in(void **state)
{
    (void)state;
    if (embed_find("scripts/lib/helpers.lua") == NULL) {
        skip();
    }
    fine("has(event.tags, 'x') and in_days(2, '10:00')");
    fine("default(event.a, len(event.b))");
}

static void hostile_text_is_refused(void **state)
{
    struct err e = ERR_INIT;
    char *hint;
    (void)state;
    char *deep = xmalloc(8000);
    memset(deep, '(', 8000);
    assert_int_equal(expr_check(deep, 8000, NULL, &hint, &e), -1);
    assert_int_equal(expr_check(deep, 9000, NULL, &hint, &e), -1);
    memset(deep, '-', 8000);
    assert_int_equal(expr_check(deep, 8000, NULL, &hint, &e), -1);
    assert_int_equal(expr_check("a\0b", 3, NULL, &hint, &e), -1);
    assert_int_equal(expr_check("\033Lua", 4, NULL, &hint, &e), -1);
    free(deep);
    fine("event.a");
}

/* Every piece of a text with all kinds of tokens: nothing reads past the end. */
static void no_prefix_is_read_past_its_end(void **state)
{
    static const char text[] =
        "event.a[[x]] .. [=[ y ]=] -- c\n + 0x1p-4 .. 'q\\'' .. \"d\" -- "
        "--[[ e ]] (function(a, ...) end)(::)";
    (void)state;
    for (size_t len = 0; len < sizeof text; len++) {
        struct err e = ERR_INIT;
        char *hint = NULL;
        char *copy = xmemdup(text, len + 1);
        copy = xrealloc(copy, len + 1);
        (void)expr_check(copy, len, NULL, &hint, &e);
        free(hint);
        free(copy);
    }
}

static int forget(void **state)
{
    (void)state;
    expr_forget();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions_over_the_environment_are_fine),
        cmocka_unit_test(what_is_no_expression_is_refused),
        cmocka_unit_test(messages_say_nothing_of_the_chunk),
        cmocka_unit_test(unknown_names_are_found_with_a_suggestion),
        cmocka_unit_test(names_of_the_caller_are_known),
        cmocka_unit_test(a_function_in_it_may_name_its_own),
        cmocka_unit_test(helpers_are_known_where_they_are_built_in),
        cmocka_unit_test(hostile_text_is_refused),
        cmocka_unit_test(no_prefix_is_read_past_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, forget);
}
