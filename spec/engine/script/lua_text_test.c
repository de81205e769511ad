/* find, match, gmatch and gsub of the sandbox against Lua's own: each call is made in both, and the
 * results, errors included, must be the same. */
#include "snippet.h"

#include <stdlib.h>

static struct vm *sandbox;
static struct vm *lua;

static int open_both(void **state)
{
    (void)state;
    sandbox = new_vm((struct vm_opts){ 0 });
    lua = new_vm((struct vm_opts){ .is_open = true });
    return 0;
}

static int close_both(void **state)
{
    (void)state;
    vm_free(sandbox);
    vm_free(lua);
    return 0;
}

/* All results as one text; an error as its message. */
static const char RUN[] =
    "local function show(...)\n"
    "  local out = { ... }\n"
    "  for i = 1, select('#', ...) do out[i] = type(out[i]) .. ':' .. tostring(out[i]) end\n"
    "  return table.concat(out, '|')\n"
    "end\n"
    "local function each(...)\n"
    "  local out = {}\n"
    "  for a, b, c in string.gmatch(...) do out[#out + 1] = show(a, b, c) if #out > 50 then break "
    "end end\n"
    "  return table.concat(out, ';')\n"
    "end\n"
    "return show(pcall(function() return %s end))";

static void same(const char *call)
{
    char code[4096];
    struct err e = ERR_INIT;
    snprintf(code, sizeof code, RUN, call);
    struct snippet ours = { .code = code, .chunk = "=test" };
    struct snippet theirs = { .code = code, .chunk = "=test" };
    assert_int_equal(snippet_run(lua, &theirs, &e), 0);
    if (snippet_run(sandbox, &ours, &e) == -1) {
        fail_msg("%s\n  failed: %s", call, e.message);
    }
    if (strcmp(ours.result, theirs.result) != 0) {
        fail_msg("%s\n  gave %s\n  Lua  %s", call, ours.result, theirs.result);
    }
}

/* Every pattern against every subject. */
static void every_pattern_matches_what_lua_s_does(void **state)
{
    static const char *const subjects[] = {
        "''",
        "'a'",
        "'aaa'",
        "'hello world'",
        "'key = value'",
        "'  trim me  '",
        "'a.b.c'",
        "'[x]'",
        "'f(a(b)c)d'",
        "'THE (quick) fox'",
        "'2026-11-23T10:15:30Z'",
        "'\\0a\\0b'",
        "'%d'",
        "'a-b-c'",
        "'aXbXc'",
        "'line1\\nline2'",
        "'\\xe4\\xf6 umlaut'",
        "'abcabc'",
        "'x^2$'",
        "'((('",
    };
    static const char *const patterns[] = {
        "''",
        "'a'",
        "'a*'",
        "'a+'",
        "'a-'",
        "'a?'",
        "'.'",
        "'.*'",
        "'.-'",
        "'^a'",
        "'^'",
        "'$'",
        "'a$'",
        "'^$'",
        "'^%s*(.-)%s*$'",
        "'%a+'",
        "'(%a+)'",
        "'(%w+)%s*=%s*(%w+)'",
        "'()'",
        "'()a()'",
        "'%b()'",
        "'%f[%a]%a+'",
        "'%f[%w]'",
        "'[a-c]'",
        "'[^a-c]+'",
        "'[]]'",
        "'[^]]'",
        "'[]a]'",
        "'[a-]'",
        "'[-a]'",
        "'[%a-z]'",
        "'[%]]'",
        "'%%'",
        "'%.'",
        "'(a)(b)(c)'",
        "'((a)(b))'",
        "'(%d+)-(%d+)-(%d+)'",
        "'(.)%1'",
        "'(abc)%1'",
        "'()%1'",
        "'%D'",
        "'%S+'",
        "'%u%l*'",
        "'%p'",
        "'%c'",
        "'%x+'",
        "'%g+'",
        "'%z'",
        "'\\0'",
        "'[%z\\0]'",
        "'\\xe4'",
        "'[\\x80-\\xff]'",
        "'a**'",
        "'a*?'",
        "'^^'",
        "'$$'",
        "'x^2'",
        "'[$]'",
        "'[^%s]'",
        "'.+$'",
        "'(a*(.)%w(%s*))'",
        "'%'",
        "'['",
        "'[a'",
        "'[^'",
        "'('",
        "')'",
        "'(()'",
        "'%1'",
        "'(a)%2'",
        "'%b'",
        "'%bx'",
        "'%f'",
        "'%fa'",
        "'[%'",
        "'[%a'",
        "'(a'",
        "'a)'",
        "'%b((a'",
        "'(()(()))'",
    };
    static const char *const calls[] = {
        "string.find(%s, %s)",          "string.match(%s, %s)",   "each(%s, %s)",
        "string.gsub(%s, %s, '<%%0>')", "string.find(%s, %s, 2)", "string.find(%s, %s, -2, true)",
    };
    (void)state;
    for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++) {
        for (size_t j = 0; j < sizeof patterns / sizeof *patterns; j++) {
            for (size_t k = 0; k < sizeof calls / sizeof *calls; k++) {
                char call[256];
                char *at = call;
                char *end = call + sizeof call;
                const char *const args[] = { subjects[i], patterns[j] };
                size_t used = 0;
                for (const char *c = calls[k]; *c != '\0'; c++) {
                    if (c[0] == '%' && c[1] == 's' && used < 2) {
                        at += snprintf(at, (size_t)(end - at), "%s", args[used++]);
                        c++;
                    } else if (c[0] == '%' && c[1] == '%') {
                        *at++ = *c++;
                    } else {
                        *at++ = *c;
                    }
                }
                *at = '\0';
                same(call);
            }
        }
    }
}

static void starts_and_limits_are_lua_s(void **state)
{
    (void)state;
    same("string.find('abc', 'b', 0)");
    same("string.find('abc', 'b', 10)");
    same("string.find('abc', '', 4)");
    same("string.find('abc', '', 5)");
    same("string.find('abc', 'c', -1)");
    same("string.find('abc', 'a', -100)");
    same("string.find('abc', 'a', math.mininteger)");
    same("string.find('abc', 'a', math.maxinteger)");
    same("string.find('a.c', '.', 1, true)");
    same("string.find('a.c', '.', 3, true)");
    same("string.match('abc', '()', 4)");
    same("each('abc', '%a', 2)");
    same("each('abc', '%a', -1)");
    same("each('abc', '', 4)");
    same("each('abc', '', 9)");
    same("string.gsub('aaa', 'a', 'b', 2)");
    same("string.gsub('aaa', 'a', 'b', 0)");
    same("string.gsub('aaa', 'a', 'b', -1)");
    same("string.gsub('aaa', '^a', 'b')");
    same("string.gsub('abc', '', '-')");
    same("string.gsub('abc', '.-', '-')");
}

static void replacements_are_lua_s(void **state)
{
    (void)state;
    same("string.gsub('k=v', '(%w)=(%w)', '%2=%1')");
    same("string.gsub('abc', '%w', '%0%0')");
    same("string.gsub('abc', '%w', '%%')");
    same("string.gsub('abc', '%w', '%1')");
    same("string.gsub('abc', '%w', '%2')");
    same("string.gsub('abc', '%w', '%')");
    same("string.gsub('abc', '%w', '%x')");
    same("string.gsub('abc', '()', '%1')");
    same("string.gsub('abc', '%w', { a = 1, b = true })");
    same("string.gsub('abc', '%w', { a = 'x', b = false })");
    same("string.gsub('abc', '%w', function(c) if c == 'b' then return 'B' end end)");
    same("string.gsub('abc', '%w', function(c) return {} end)");
    same("string.gsub('abc', '(%w)(%w)', function(a, b) return b .. a end)");
    same("string.gsub('abc', 'b', 5)");
    same("string.gsub('abc', 'b', nil)");
    same("string.gsub('abc', 'x', 'y')");
    same(
        "string.gsub('abc', 'b', setmetatable({}, { __index = function(_, k) return k .. k end "
        "}))");
    same("string.gsub(123, 2, 'x')");
    same("('x'):gsub('x', '%%1')");
}

static void wrong_arguments_are_told_as_lua_does(void **state)
{
    (void)state;
    same("string.find()");
    same("string.find('a')");
    same("string.find({}, 'a')");
    same("string.match('a', 'a', 'x')");
    same("string.gsub('a', 'a')");
    same("string.gmatch('a')");
    same("string.match(('a'):rep(300), ('(a)'):rep(33))");
    same("string.match(('a'):rep(300), ('a?'):rep(300))");
}

static void long_texts_are_no_trouble_where_patterns_are_plain(void **state)
{
    (void)state;
    expect(sandbox, "return (('ab'):rep(500000)):find('ba' .. ('ab'):rep(10) .. 'x', 1, true)",
           "nil");
    expect(sandbox, "return #(('ab'):rep(500000)):gsub('a', 'c')", "1000000");
    expect(sandbox, "return (('x'):rep(1000000) .. 'y'):find('y')", "1000001");
    expect(sandbox, "local s = ('a'):rep(2000) .. ' ' return #(s:match('^%s*(.-)%s*$'))", "2000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pattern_matches_what_lua_s_does),
        cmocka_unit_test(starts_and_limits_are_lua_s),
        cmocka_unit_test(replacements_are_lua_s),
        cmocka_unit_test(wrong_arguments_are_told_as_lua_does),
        cmocka_unit_test(long_texts_are_no_trouble_where_patterns_are_plain),
    };
    return cmocka_run_group_tests(tests, open_both, close_both);
}
