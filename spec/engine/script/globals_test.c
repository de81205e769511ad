/* What a script finds, what it does not, and attempts to get out. */
#include "snippet.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"

static void what_reaches_the_machine_is_not_there(void **state)
{
    static const char *const absent[] = {
        "io",        "os",      "debug",          "load", "loadstring", "dofile", "loadfile",
        "coroutine", "package", "collectgarbage", "_G",   "newproxy",   "warn"
    };
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++) {
        char code[64];
        char part[64];
        snprintf(code, sizeof code, "return %s", absent[i]);
        snprintf(part, sizeof part, "there is no '%s' in scripts", absent[i]);
        expect_error(*state, code, ERR_SCRIPT, part);
        snprintf(code, sizeof code, "return rawget(_ENV, '%s')", absent[i]);
        expect(*state, code, "nil");
    }
    expect(*state, "return type(string.dump)", "nil");
    expect(*state, "return type(('').dump)", "nil");
    expect(*state, "return type(math.random) .. type(math.randomseed)", "nilnil");
    expect(*state, "return type(string.gfind)", "nil");
}

/* The list is written out here once more: a new global is a decision, not an accident. */
static void the_globals_are_exactly_the_list(void **state)
{
    expect(*state,
           "local names = {} for k in pairs(_ENV) do names[#names + 1] = k end return "
           "table.concat(names, ' ')",
           "_VERSION assert error fail getmetatable ipairs math next pairs pcall print rawequal "
           "rawget rawlen rawset require "
           "select setmetatable string table tonumber tostring type utf8 xpcall");
}

static void globals_cannot_be_made_or_changed(void **state)
{
    expect_error(*state, "x = 1", ERR_SCRIPT, "cannot set 'x'");
    expect_error(*state, "print = nil", ERR_SCRIPT, "cannot set 'print'");
    expect_error(*state, "_ENV.print = nil", ERR_SCRIPT, "cannot set 'print'");
    expect_error(*state, "rawset(_ENV, 'print', 1)", ERR_SCRIPT, "cannot set 'print'");
    expect_error(*state, "setmetatable(_ENV, nil)", ERR_SCRIPT, "protected");
    expect_error(*state, "table.insert(_ENV, 1)", ERR_SCRIPT, "__len");
    expect(*state, "local _ENV = { type = type } x = 1 return type(x)", "number");
    expect_error(*state, "return x", ERR_SCRIPT, "there is no 'x'");
}

static void libraries_cannot_be_changed(void **state)
{
    expect_error(*state, "string.find = print", ERR_SCRIPT, "cannot set 'find'");
    expect_error(*state, "rawset(string, 'find', print)", ERR_SCRIPT, "cannot set 'find'");
    expect_error(*state, "table.move({ print }, 1, 1, 1, string)", ERR_SCRIPT, "cannot set");
    expect_error(*state, "require('json').decode = print", ERR_SCRIPT, "cannot set 'decode'");
    expect_error(*state, "getmetatable('').__index = {}", ERR_SCRIPT, "index");
    expect_error(*state, "setmetatable(string, {})", ERR_SCRIPT, "protected");
    expect(*state,
           "return tostring(getmetatable('')) .. tostring(getmetatable(string)) .. "
           "tostring(getmetatable(nil))",
           "falsefalsefalse");
    expect(*state, "return tostring(getmetatable(require('json').null))", "false");
    expect(*state, "return tostring(getmetatable(require('json').array()))", "array");
    expect(*state,
           "local ok, e = pcall(error, nil) local ok, e = pcall(fail, 'invalid', 'x') return "
           "tostring(getmetatable(e))",
           "false");
}

static void libraries_can_be_read(void **state)
{
    expect(*state, "local n = 0 for k, v in pairs(math) do n = n + 1 end return n", "25");
    expect(*state, "return ('x'):rep(3) .. string.rep('y', 2)", "xxxyy");
    expect(*state, "return math.type(3) .. utf8.char(228) .. table.concat({ 1, 2 }, '-')",
           "integerä1-2");
    expect(*state, "return _VERSION", "Lua 5.4");
}

static void a_script_cannot_have_finalizers(void **state)
{
    expect_error(*state, "setmetatable({}, { __gc = function() while true do end end })",
                 ERR_SCRIPT, "__gc");
    expect(*state,
           "local mt = {} local t = setmetatable({}, mt) mt.__gc = function() end t = nil return "
           "'fine'",
           "fine");
}

static void only_modules_that_are_found_can_be_required(void **state)
{
    expect_error(*state, "require 'nothing'", ERR_SCRIPT, "no module 'nothing'");
    expect_error(*state, "require '../x'", ERR_SCRIPT, "no name of a module");
    expect_error(*state, "require '/etc/passwd'", ERR_SCRIPT, "no name of a module");
    expect_error(*state, "require 'a..b'", ERR_SCRIPT, "no name of a module");
    expect_error(*state, "require 'a.'", ERR_SCRIPT, "no name of a module");
    expect_error(*state, "require ''", ERR_SCRIPT, "no name of a module");
    expect_error(*state, "require 'a\\0b'", ERR_SCRIPT, "no module 'a'");
    expect_error(*state, "require 'io'", ERR_SCRIPT, "no module 'io'");
    expect_error(*state, "require 'posix.unistd'", ERR_SCRIPT, "no module");
    expect(*state, "return type(require('cjson').encode) .. type(require('cjson.safe').decode)",
           "functionfunction");
    expect(*state, "return type(require('cjson').new) .. type(require('cjson').encode_max_depth)",
           "nilnil");
}

static void long_names_are_refused(void **state)
{
    expect_error(*state, "require(('a'):rep(101))", ERR_SCRIPT, "no name of a module");
}

static const char *const MODULES[][2] = {
    { "greet", "return { hello = function(x) return 'hello ' .. x end, list = { 1, 2 } }" },
    { "counter", "local n = 0 return { next = function() n = n + 1 return n end }" },
    { "lib.fixed", "return { value = 1 }" },
    { "circle", "return require 'circle2'" },
    { "circle2", "return require 'circle'" },
    { "broken", "error('broken inside')" },
    { "syntax", "return (" },
    { "silent", "local x = 1" },
    { "name", "return ..." },
    { "global", "leak = 1" },
    { "lib.deep",
      "local inner = { n = 1 } return { one = inner, two = inner, list = { { x = 1 } } }" },
    { "guest", "return function(name) return require(name) end" },
    { "guest_globals",
      "return function() for k, v in pairs(_ENV) do if k == 'require' then return v end "
      "end end" },
    { "guest_own", "return require('greet').hello('guest')" },
};

static bool is_not_of_guests(void *ud, const char *name)
{
    (void)ud;
    return strncmp(name, "guest", 5) != 0 && strcmp(name, "greet") != 0;
}

static char *find_module(void *ud, const char *name, size_t *len)
{
    (void)ud;
    for (size_t i = 0; i < sizeof MODULES / sizeof *MODULES; i++) {
        if (strcmp(MODULES[i][0], name) == 0) {
            *len = strlen(MODULES[i][1]);
            return xstrdup(MODULES[i][1]);
        }
    }
    return NULL;
}

static void a_module_is_run_once_and_kept(void **state)
{
    struct vm *vm = new_vm((struct vm_opts){ .find_module = find_module });
    (void)state;
    expect(vm, "return require('greet').hello('you')", "hello you");
    expect(vm, "require('counter').next() return require('counter').next()", "2");
    expect(vm, "return rawequal(require 'greet', require 'greet')", "true");
    expect(vm, "return require 'silent'", "true");
    expect(vm, "return require 'name'", "name");
    vm_free(vm);
}

static void a_module_that_fails_can_be_tried_again(void **state)
{
    struct vm *vm = new_vm((struct vm_opts){ .find_module = find_module });
    (void)state;
    expect_error(vm, "require 'broken'", ERR_SCRIPT, "scripts/broken.lua:1: broken inside");
    expect_error(vm, "require 'broken'", ERR_SCRIPT, "broken inside");
    expect_error(vm, "require 'syntax'", ERR_SCRIPT, "scripts/syntax.lua:1");
    expect_error(vm, "pcall(require, 'broken') require 'broken'", ERR_SCRIPT, "broken inside");
    expect_error(vm, "require 'circle'", ERR_SCRIPT, "requires itself");
    expect_error(vm, "require 'circle2'", ERR_SCRIPT, "requires itself");
    expect_error(vm, "require 'global'", ERR_SCRIPT, "cannot set 'leak'");
    vm_free(vm);
}

static void the_engine_s_own_modules_are_read_only(void **state)
{
    struct vm *vm = new_vm((struct vm_opts){ .find_module = find_module });
    (void)state;
    expect_error(vm, "require('lib.fixed').value = 2", ERR_SCRIPT, "cannot set 'value'");
    expect(vm, "return require('lib.fixed').value", "1");
    expect(vm, "require('greet').x = 1 return require('greet').x", "1");
    vm_free(vm);
}

/* Whatever way is taken, the table behind a proxy stays where it is, and so do those in it. */
static void a_frozen_module_hands_out_nothing_that_can_be_changed(void **state)
{
    static const char *const ways[] = {
        "local _, t = pairs(require 'lib.deep') t.one = 2",
        "pairs(require 'lib.deep')",
        "require('lib.deep').one.n = 2",
        "for _, v in pairs(require 'lib.deep') do v.n = 2 end",
        "local _, v = next(require 'lib.deep') v.n = 2",
        "require('lib.deep').list[1].x = 2",
        "for _, v in ipairs(require('lib.deep').list) do v.x = 2 end",
        "local _, t = pairs(_ENV) t.pcall = error",
        "local _, t = pairs(string) t.rep = error",
        "table.insert(require('lib.deep').list, 1)",
        "rawset(require('lib.deep').one, 'n', 2)",
        "setmetatable(require('lib.deep').one, {})",
    };
    static const char look[] =
        "local m = require 'lib.deep' local n = 0 for _ in pairs(m) do n = n + 1 end "
        "return n .. m.one.n .. m.list[1].x .. #m.list .. tostring(rawequal(m.one, m.two)) .. "
        "tostring(pcall == error) .. next(m.one)";
    struct vm *vm = new_vm((struct vm_opts){ .find_module = find_module });
    (void)state;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct err e = ERR_INIT;
        struct snippet s = { .chunk = "=test", .code = ways[i] };
        (void)snippet_run(vm, &s, &e); /* an error or none */
        expect(vm, look, "3111truefalsen");
    }
    vm_free(vm);
}

static void a_frozen_table_is_written_as_json_like_any_other(void **state)
{
    struct vm *vm = new_vm((struct vm_opts){ .find_module = find_module });
    (void)state;
    expect(vm, "return require('json').encode(require 'lib.deep')",
           "{\"list\":[{\"x\":1}],\"one\":{\"n\":1},\"two\":{\"n\":1}}");
    expect(vm, "return require('json').encode { a = require('lib.deep').list }",
           "{\"a\":[{\"x\":1}]}");
    vm_free(vm);
}

static void a_guest_requires_its_own_files_and_what_is_made_in_c(void **state)
{
    static const char refused[] = "is a part of the engine";
    struct vm *vm =
        new_vm((struct vm_opts){ .find_module = find_module, .is_ours = is_not_of_guests });
    (void)state;
    expect(vm, "return require 'guest_own'", "hello guest");
    expect(vm, "return require('guest')('json').encode({ a = 1 })", "{\"a\":1}");
    expect(vm, "return require('guest')('greet').hello('you')", "hello you");
    expect_error(vm, "return require('guest')('lib.fixed')", ERR_SCRIPT, refused);
    expect_error(vm, "return require('guest')('counter')", ERR_SCRIPT, refused);
    expect_error(vm, "return require('guest_globals')()('lib.fixed')", ERR_SCRIPT, refused);
    expect(vm, "return require('lib.fixed').value", "1");
    vm_free(vm);
}

static void expressions_read_nil_through_missing_fields(void **state)
{
    struct err e = ERR_INIT;
    struct snippet s = { .chunk = "=expr:a.yaml:3",
                         .code = "local event = {} return event.contact.name" };
    assert_int_equal(snippet_run(*state, &s, &e), 0);
    assert_string_equal(s.result, "nil");
    s.code = "return require('json').null.a.b[1]";
    assert_int_equal(snippet_run(*state, &s, &e), 0);
    assert_string_equal(s.result, "nil");
    s.code = "local event = {} event.a.b = 1";
    assert_int_equal(snippet_run(*state, &s, &e), -1);
    s.code = "local event = {} return event.a.b()";
    assert_int_equal(snippet_run(*state, &s, &e), -1);
}

static void arithmetic_does_not_lose_digits_of_a_text(void **state)
{
    static const char refused[] = "12345678901234567890 is a whole number of more than 64 bits";
    expect_error(*state, "return '12345678901234567890' + 1", ERR_SCRIPT, refused);
    expect_error(*state, "return 2 * '12345678901234567890'", ERR_SCRIPT, refused);
    expect_error(*state, "return -'12345678901234567890'", ERR_SCRIPT, refused);
    expect(*state, "return '12345678901234567890' .. ''", "12345678901234567890");
    expect(*state, "return '9007199254740993' + 1", "9007199254740994");
    expect(*state, "return '1.5' * 2", "3.0");
}

static void scripts_get_an_error_for_missing_fields(void **state)
{
    expect_error(*state, "local event = {} return event.contact.name", ERR_SCRIPT,
                 "test:1: attempt to index a nil value (its field 'name')");
    expect_error(*state, "return require('json').null.x", ERR_SCRIPT,
                 "attempt to index a null value (its field 'x')");
    expect_error(*state, "local t = nil return t[1]", ERR_SCRIPT, "attempt to index a nil value");
    expect_error(*state, "return ('x').y.z", ERR_SCRIPT, "its field 'z'");
}

/* The rule looks at who indexes, not at who called whom. */
static void a_script_called_by_an_expression_is_no_expression(void **state)
{
    struct vm *vm = new_vm((struct vm_opts){ .find_module = find_module });
    struct err e = ERR_INIT;
    struct snippet s = { .chunk = "=expr:a.yaml:3", .code = "return require('greet').hello(nil)" };
    (void)state;
    assert_int_equal(snippet_run(vm, &s, &e), -1);
    vm_free(vm);
}

static void pairs_goes_in_one_order(void **state)
{
    expect(*state,
           "local t = { z = 1, a = 2, [3] = 3, [1] = 4, m = 5, [2.5] = 6, [-1] = 7 }\n"
           "local keys = {} for k in pairs(t) do keys[#keys + 1] = tostring(k) end return "
           "table.concat(keys, ' ')",
           "-1 1 2.5 3 a m z");
    expect(*state,
           "local t = { 1, 2, 3 } for k in pairs(t) do t[k] = nil end return next(t) == nil",
           "true");
    expect(*state,
           "local t = { a = 1, b = 2, c = 3 } local n = 0 for k in pairs(t) do t.b = nil n = n + 1 "
           "end return n",
           "2");
    expect(*state,
           "local t = setmetatable({}, { __pairs = function() return next, { x = 1 } end }) for k "
           "in pairs(t) do return k end",
           "x");
    expect_error(*state, "for k in pairs(nil) do end", ERR_SCRIPT, "table expected");
}

static void fail_takes_only_kinds_that_are_known(void **state)
{
    expect_error(*state, "fail('no_such', 'x')", ERR_SCRIPT, "no kind of error 'no_such'");
    expect_error(*state, "fail('invalid')", ERR_SCRIPT, "string expected");
}

static void print_writes_one_line_of_the_log(void **state)
{
    int fds[2];
    char line[256] = "";
    assert_int_equal(pipe(fds), 0);
    log_to(fds[1]);
    expect(*state,
           "print('a', 1, nil, setmetatable({}, { __tostring = function() return 'mine' end }))",
           "nil");
    log_to(STDERR_FILENO);
    ssize_t n = read(fds[0], line, sizeof line - 1);
    assert_true(n > 0);
    assert_non_null(strstr(line, "script"));
    assert_non_null(strstr(line, "mine"));
    close(fds[0]);
    close(fds[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        sandbox_test(what_reaches_the_machine_is_not_there),
        sandbox_test(the_globals_are_exactly_the_list),
        sandbox_test(globals_cannot_be_made_or_changed),
        sandbox_test(libraries_cannot_be_changed),
        sandbox_test(libraries_can_be_read),
        sandbox_test(a_script_cannot_have_finalizers),
        sandbox_test(only_modules_that_are_found_can_be_required),
        sandbox_test(long_names_are_refused),
        cmocka_unit_test(a_module_is_run_once_and_kept),
        cmocka_unit_test(a_module_that_fails_can_be_tried_again),
        cmocka_unit_test(the_engine_s_own_modules_are_read_only),
        cmocka_unit_test(a_frozen_module_hands_out_nothing_that_can_be_changed),
        cmocka_unit_test(a_frozen_table_is_written_as_json_like_any_other),
        cmocka_unit_test(a_guest_requires_its_own_files_and_what_is_made_in_c),
        sandbox_test(expressions_read_nil_through_missing_fields),
        sandbox_test(arithmetic_does_not_lose_digits_of_a_text),
        sandbox_test(scripts_get_an_error_for_missing_fields),
        cmocka_unit_test(a_script_called_by_an_expression_is_no_expression),
        sandbox_test(pairs_goes_in_one_order),
        sandbox_test(fail_takes_only_kinds_that_are_known),
        sandbox_test(print_writes_one_line_of_the_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
