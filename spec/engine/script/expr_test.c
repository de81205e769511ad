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

/* The message and the hint of a text that is refused. */
static void habit(const char *text, const char *message, const char *better)
{
    struct err e = ERR_INIT;
    char *hint = NULL;
    if (expr_check(text, strlen(text), NULL, &hint, &e) == 0) {
        fail_msg("%s\n  is accepted", text);
    }
    assert_string_equal(e.message, message);
    assert_non_null(hint);
    assert_string_equal(hint, better);
    free(hint);
}

static void signs_of_other_languages_are_told_in_lua_s(void **state)
{
    (void)state;
    habit("event.a != 1", "there is no `!=` in expressions", "write `~=`");
    habit("event.a && event.b", "there is no `&&` in expressions", "write `and`");
    habit("event.a || event.b", "there is no `||` in expressions", "write `or`");
    habit("!event.a", "there is no `!` in expressions", "write `not`");
    habit("event.a ? 1 : 2", "there is no `?` in expressions",
          "write `condition and one or other`");
    habit("event.a = 1", "one `=` sets a value, and an expression sets none",
          "write `==` to compare");
    habit("has({ a = 1 }, event.b = 2)", "one `=` sets a value, and an expression sets none",
          "write `==` to compare");
    habit("\"Hi ${event.a}\" .. ${event.a}", "there is no `${` in expressions",
          "`${…}` is for texts; an expression names the value itself, such as event.id");
    fine("\"a != b && c || !d = ${x}\" .. '?'");
    fine("{ a = 1, b = { c = 2 } }");
    fine("event.a -- != && ||\n");
}

static void words_of_other_languages_are_told_in_lua_s(void **state)
{
    (void)state;
    habit("event.a == null", "there is no `null` in expressions", "write `nil`");
    habit("event.a == undefined", "there is no `undefined` in expressions", "write `nil`");
    habit("event.a == None", "there is no `None` in expressions", "write `nil`");
    habit("event.a == True", "there is no `True` in expressions", "write `true`");
    habit("event.a AND event.b", "there is no `AND` in expressions", "write `and`");
    fine("event.null == nil");
    habit("event.end .. 'x'", "`end` is a word of Lua, and no name behind a dot",
          "write event[\"end\"]");
}

static void double_braces_are_no_holes(void **state)
{
    (void)state;
    habit("{{ event.id }}", "there is no `{{ }}` in expressions",
          "leave the braces out, such as = event.id");
    habit("{{event['a b'].c}}", "there is no `{{ }}` in expressions",
          "leave the braces out, such as = event.id");
    fine("{{ id = event.id }}");
    fine("{{ event.a }, { event.b }}");
    fine("{ { event.a } }");
}

static void texts_are_not_added(void **state)
{
    (void)state;
    habit("\"Call \" + event.name", "`+` adds numbers", "texts are joined by `..`");
    habit("event.name + 'x'", "`+` adds numbers", "texts are joined by `..`");
    fine("event.count + \"1.5\"");
    fine("event.count + 1");
}

static void a_filter_is_a_function(void **state)
{
    (void)state;
    if (embed_find("scripts/lib/helpers.lua") == NULL) {
        skip();
    }
    habit("event.name | upper", "there is no `|` in expressions",
          "a function has its values in brackets: upper(…)");
    fine("event.flags | len(event.name)");
    fine("event.flags | 4");
}

static void whole_numbers_keep_their_digits(void **state)
{
    (void)state;
    habit("event.id == 9223372036854775808",
          "a whole number of more than 64 bits would lose digits", "write it as a text, in quotes");
    habit("00123456789012345678901234567890123456789 == event.id",
          "a whole number of more than 64 bits would lose digits", "write it as a text, in quotes");
    fine("event.id == 9223372036854775807");
    fine("event.id == 0000000000000000000000000000007");
    fine("event.id == '9223372036854775808'");
    fine("event.x > 1.00000000000000000001 or event.x > 0xffffffffffffffffffff");
    fine("event.x > 123456789012345678901234567890.0");
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

/* … and where they do not hold it is as unknown as before. */
static void a_name_is_known_in_its_own_block_only(void **state)
{
    (void)state;
    fine("(function(a) return (function(b) return a + b end)(1) end)(2)");
    fine("(function() for i, v in event do if v then return i end end return event end)()");
    fine("(function() local n = 0 while n < 3 do n = n + 1 end return n end)()");
    fine("(function(...) local a, b = ... return a end)(1)");
    wrong("(function(nope) end)() or nope", "no `nope`");
    wrong("nope or (function(nope) end)()", "no `nope`");
    wrong("(function() if event then local nope = 1 else return nope end end)()", "no `nope`");
    wrong("(function() for nope in event do end return nope end)()", "no `nope`");
    wrong("(function() do local nope = 1 end return nope end)()", "no `nope`");
    wrong("(function() (function(nope) end)() return nope end)()", "no `nope`");
}

static void nothing_stands_for_the_environment(void **state)
{
    (void)state;
    fine("event._ENV");
    wrong("_ENV", "no `_ENV`");
    wrong("_ENV.event", "no `_ENV`");
    wrong("(function(_ENV) end)() or _ENV.pages(\"crm.search\")", "no `_ENV`");
    wrong("(function() local _ENV = event return id end)()", "no `_ENV`");
    wrong("(function() for _ENV in event do return id end end)()", "no `_ENV`");
    wrong("(function() local function _ENV() end end)()", "no `_ENV`");
    wrong("(...).pages", "no `...`");
    wrong("(function() return 1 end)() or ...", "no `...`");
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
        cmocka_unit_test(signs_of_other_languages_are_told_in_lua_s),
        cmocka_unit_test(words_of_other_languages_are_told_in_lua_s),
        cmocka_unit_test(double_braces_are_no_holes),
        cmocka_unit_test(texts_are_not_added),
        cmocka_unit_test(a_filter_is_a_function),
        cmocka_unit_test(whole_numbers_keep_their_digits),
        cmocka_unit_test(names_of_the_caller_are_known),
        cmocka_unit_test(a_function_in_it_may_name_its_own),
        cmocka_unit_test(helpers_are_known_where_they_are_built_in),
        cmocka_unit_test(a_name_is_known_in_its_own_block_only),
        cmocka_unit_test(nothing_stands_for_the_environment),
        cmocka_unit_test(hostile_text_is_refused),
        cmocka_unit_test(no_prefix_is_read_past_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, forget);
}
