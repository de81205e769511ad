/* What bounds a script: instructions, memory, time in C; and that no pcall gets around it. */
#include "snippet.h"

#include <stdlib.h>

#include "base/mem.h"
#include "script/strand.h"

static void a_script_gives_its_result(void **state)
{
    expect(*state, "return 6 * 7", "42");
    expect(*state, "return 'a' .. 1", "a1");
}

static void an_endless_loop_ends_with_the_budget(void **state)
{
    expect_error(*state, "while true do end", ERR_BUDGET, "test:1: the script ran too long");
    expect_error(*state, "local function f() return f() end return f()", ERR_BUDGET, "too long");
    expect_error(*state, "::a:: goto a", ERR_BUDGET, "too long");
}

static void the_vm_works_after_the_budget_was_passed(void **state)
{
    expect_error(*state, "while true do end", ERR_BUDGET, "too long");
    expect(*state, "return 1 + 1", "2");
}

static void no_pcall_swallows_the_budget(void **state)
{
    expect_error(*state, "while true do pcall(function() while true do end end) end", ERR_BUDGET,
                 "too long");
    expect_error(*state, "pcall(pcall, function() while true do end end) return 'on'", ERR_BUDGET,
                 "too long");
    expect_error(*state,
                 "xpcall(function() while true do end end, function() return 1 end) return 'on'",
                 ERR_BUDGET, "too long");
    expect_error(
        *state,
        "xpcall(function() while true do end end, function() while true do end end) return 'on'",
        ERR_BUDGET, "too long");
}

static void a_close_handler_cannot_outlive_the_budget(void **state)
{
    expect_error(*state,
                 "local mt = { __close = function() while true do end end }\n"
                 "pcall(function() local x <close> = setmetatable({}, mt) while true do end end) "
                 "return 'on'",
                 ERR_BUDGET, "too long");
    expect_error(*state,
                 "local mt = { __close = function() error('mine') end }\n"
                 "pcall(function() local x <close> = setmetatable({}, mt) while true do end end) "
                 "return 'on'",
                 ERR_BUDGET, "too long");
}

static void the_budget_holds_in_callbacks_that_cannot_yield(void **state)
{
    expect_error(*state, "table.sort({3, 2, 1}, function() while true do end end)", ERR_BUDGET,
                 "too long");
    expect_error(*state, "('x'):gsub('x', function() while true do end end)", ERR_BUDGET,
                 "too long");
    expect_error(
        *state,
        "return tostring(setmetatable({}, { __tostring = function() while true do end end }))",
        ERR_BUDGET, "too long");
    expect_error(
        *state,
        "local t = setmetatable({}, { __index = function(t, k) return t[k + 1] end }) return t[1]",
        ERR_SCRIPT, "overflow");
}

static void work_that_c_does_counts(void **state)
{
    expect_error(*state, "table.move({}, 1, 1 << 50, 2)", ERR_BUDGET, "too long");
    expect_error(*state, "return (''):rep(1 << 60)", ERR_BUDGET, "too long");
    expect_error(*state, "return table.concat({}, '', 1, 1 << 60)", ERR_BUDGET, "too long");
    expect_error(*state,
                 "local t = {} for i = 1, 100000 do t[i] = i end while true do table.sort(t) end",
                 ERR_BUDGET, "too long");
    expect_error(
        *state,
        "local t = {} for i = 1, 100000 do t[i] = i end while true do table.insert(t, 1, 0) end",
        ERR_BUDGET, "too long");
    expect_error(*state,
                 "local t = {} for i = 1, 1000 do t['k' .. i] = i end while true do for _ in "
                 "pairs(t) do break end end",
                 ERR_BUDGET, "too long");
    expect_error(*state, "local s = ('x'):rep(1000000) while true do s = s .. 'x' end", ERR_BUDGET,
                 "too long");
    expect_error(*state, "local s = ('x'):rep(1000000) while true do local _ = s:upper() end",
                 ERR_BUDGET, "too long");
    expect_error(*state, "local s = ('1'):rep(1000000) .. '.0' while true do local _ = s + 1 end",
                 ERR_BUDGET, "too long");
    expect_error(*state, "local s = ('x'):rep(1000000) while true do utf8.len(s) end", ERR_BUDGET,
                 "too long");
}

static void a_length_that_lies_is_refused(void **state)
{
    expect_error(*state,
                 "table.insert(setmetatable({}, { __len = function() return 1 << 50 end }), 1, 1)",
                 ERR_SCRIPT, "__len");
    expect_error(*state,
                 "table.unpack(setmetatable({}, { __len = function() return 1 << 50 end }))",
                 ERR_SCRIPT, "__len");
}

static void a_pattern_that_backtracks_for_ever_is_stopped(void **state)
{
    expect_error(*state, "return (('a'):rep(3000)):find(('a*'):rep(20) .. 'b')", ERR_BUDGET,
                 "too long");
    expect_error(*state, "return (('a'):rep(100000)):match('.-.-.-.-b')", ERR_BUDGET, "too long");
    expect_error(*state, "return (('a'):rep(60000)):gsub('(a*)(a*)b', '')", ERR_BUDGET, "too long");
    expect_error(*state, "return ('a'):rep(100000):find('[' .. ('b'):rep(100000) .. ']')",
                 ERR_BUDGET, "too long");
    expect_error(*state, "return ('('):rep(100000):find('%b()')", ERR_BUDGET, "too long");
}

static void memory_has_a_cap(void **state)
{
    expect_error(*state, "local t = {} while true do t[#t + 1] = {} end", ERR_MEMORY,
                 "more memory");
    expect_error(*state, "local s = 'x' while true do s = s .. s end", ERR_MEMORY, "more memory");
    expect_error(*state, "return ('x'):rep(1 << 30)", ERR_MEMORY, "more memory");
    expect_error(*state, "return ('x'):rep(20 << 20)", ERR_MEMORY, "more memory");
    assert_true(vm_memory(*state) < 32 << 20);
    expect(*state, "return #('x'):rep(1000)", "1000");
}

static void no_pcall_swallows_a_lack_of_memory(void **state)
{
    expect_error(*state,
                 "pcall(function() local t = {} while true do t[#t + 1] = {} end end) return 'on'",
                 ERR_MEMORY, "more memory");
    expect_error(*state, "xpcall(function() return ('x'):rep(1 << 30) end, tostring) return 'on'",
                 ERR_MEMORY, "more memory");
}

static void deep_recursion_is_an_error(void **state)
{
    struct vm *roomy = new_vm((struct vm_opts){ .memory_max = 256 << 20 });
    expect_error(roomy, "local function f() return 1 + f() end return f()", ERR_SCRIPT,
                 "stack overflow");
    vm_free(roomy);
    expect_error(*state, "local function f() return 1 + f() end return f()", ERR_MEMORY,
                 "more memory");
    expect_error(*state, "local function f() return pcall(f) end return f() and error('end')",
                 ERR_SCRIPT, "end");
    expect_error(*state, "local function f() return (('x'):gsub('x', f)) end return f()",
                 ERR_SCRIPT, "stack overflow");
    expect_error(*state, "local t = {} setmetatable(t, { __index = t }) return t.x", ERR_SCRIPT,
                 "loop");
}

static void a_chunk_of_bytecode_is_refused(void **state)
{
    expect_error(*state, "\033Lua", ERR_SCRIPT, "");
}

static void a_chunk_that_nests_too_deep_is_refused(void **state)
{
    char code[1200] = "return ";
    for (int i = 0; i < 500; i++) {
        code[7 + i] = '(';
        code[7 + 500 + i] = ')';
    }
    expect_error(*state, code, ERR_SCRIPT, "");
}

static void errors_keep_their_kind_in_both_directions(void **state)
{
    expect_error(*state, "fail('rate_limited', 'slow down')", ERR_RATE_LIMITED, "slow down");
    expect_error(*state, "error({ kind = 'invalid', message = 'no e-mail' })", ERR_INVALID,
                 "no e-mail");
    expect_error(*state, "error('plain')", ERR_SCRIPT, "test:1: plain");
    expect_error(*state, "error()", ERR_SCRIPT, "nil");
    expect_error(*state, "error({})", ERR_SCRIPT, "without a message");
    expect_error(*state, "error({ kind = 'made up', message = 'm' })", ERR_SCRIPT, "m");
    expect_error(*state,
                 "error(setmetatable({}, { __tostring = function(t) return tostring(t) end }))",
                 ERR_SCRIPT, "without a message");
    expect_error(*state, "error(setmetatable({}, { __index = function() while true do end end }))",
                 ERR_SCRIPT, "without a message");
    expect(*state,
           "local _, e = pcall(fail, 'invalid', 'text') return e.kind .. ': ' .. tostring(e)",
           "invalid: text");
}

static int raise_full(lua_State *L)
{
    struct err e = { .kind = ERR_RATE_LIMITED, .status = 429, .retry_at_us = 1234567890123456 };
    snprintf(e.message, sizeof e.message, "too many");
    snprintf(e.detail, sizeof e.detail, "id-1");
    return vm_raise(L, &e);
}

static void an_error_of_c_arrives_unchanged(void **state)
{
    struct err e = ERR_INIT;
    assert_int_equal(vm_enter(*state, raise_full, NULL, &e), -1);
    assert_int_equal(e.kind, ERR_RATE_LIMITED);
    assert_int_equal(e.status, 429);
    assert_int_equal(e.retry_at_us, 1234567890123456);
    assert_string_equal(e.message, "too many");
    assert_string_equal(e.detail, "id-1");
}

static void a_cancelled_call_is_not_caught(void **state)
{
    expect_error(*state, "pcall(fail, 'cancelled', 'stop') return 'on'", ERR_CANCELLED, "stop");
}

static void pcall_and_xpcall_give_what_lua_s_give(void **state)
{
    expect(*state, "return select('#', pcall(function() return 1, nil, 3 end))", "4");
    expect(*state, "local ok, e = pcall(error, 'x', 0) return tostring(ok) .. e", "falsex");
    expect(*state, "return select(2, xpcall(function(a) return a + 1 end, print, 41))", "42");
    expect(*state, "local ok, e = xpcall(error, function(m) return m .. '!' end, 'x', 0) return e",
           "x!");
}

static int nested(lua_State *L)
{
    struct err e = ERR_INIT;
    struct snippet s = { .code = "return 'inner'", .chunk = "=inner" };
    assert_int_equal(snippet_run(vm_of(L), &s, &e), 0);
    assert_string_equal(s.result, "inner");
    return 0;
}

static void an_entry_may_nest(void **state)
{
    struct err e = ERR_INIT;
    assert_int_equal(vm_enter(*state, nested, NULL, &e), 0);
}

static void a_vm_that_cannot_be_filled_is_an_error(void **state)
{
    for (size_t max = 1 << 10; max < 64 << 10; max += 1 << 10) {
        struct err e = ERR_INIT;
        struct vm *vm = vm_new(&(struct vm_opts){ .memory_max = max }, &e);
        if (vm == NULL) {
            assert_int_equal(e.kind, ERR_MEMORY);
        }
        vm_free(vm);
    }
}

/* Each binding is run again and again with one more allocation allowed, until it passes. */
static void no_binding_breaks_when_an_allocation_fails(void **state)
{
    static const char *const codes[] = {
        "return require('json').encode({ a = { 1, 2, { b = 'text' } } }, { pretty = true })",
        "return require('json').decode('{\"a\": [1, 2.5, null, {\"b\": \"x\"}]}').a[1]",
        "local v, e = require('json').try_decode('{') return e.message",
        "return require('cjson').encode(require('cjson').decode('[1, {\"a\": 2}]'))",
        "return require('cjson.safe').decode('{')",
        "return require('dates').format(require('dates').parse('2026-11-23T10:00:00Z'), "
        "'Europe/Amsterdam')",
        "return require('dates').from_civil(require('dates').civil(0))",
        "return ('a b c'):gsub('(%w)', { a = 'x' }) .. ('k=v'):match('(%w)=(%w)')",
        "for w in ('one two'):gmatch('%a+') do assert(#w == 3) end return 1",
        "local n = 0 for k, v in pairs({ a = 1, b = 2, 3 }) do n = n + v end return n",
        "local ok, e = pcall(fail, 'invalid', 'x') return e.message",
        "return require('m').value",
        "return table.concat({ 1, 2, 3 }, ',') .. string.format('%q', 'a')",
    };
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        bool is_done = false;
        for (int64_t n = 0; n < 2000 && !is_done; n++) {
            struct err e = ERR_INIT;
            struct snippet s = { .code = codes[i], .chunk = "=test" };
            struct vm *vm = new_vm((struct vm_opts){ 0 });
            vm_fail_alloc_after(vm, n);
            is_done = snippet_run(vm, &s, &e) == 0;
            if (!is_done && e.kind != ERR_MEMORY && strstr(codes[i], "'m'") == NULL) {
                fail_msg("%s\n  after %d allocations: %s", codes[i], (int)n, e.message);
            }
            is_done = is_done || e.kind == ERR_SCRIPT;
            vm_fail_alloc_after(vm, -1);
            vm_free(vm);
        }
        assert_true(is_done);
    }
}

static void an_open_vm_has_lua_and_ours(void **state)
{
    struct vm *vm = new_vm((struct vm_opts){ .is_open = true });
    (void)state;
    expect(vm, "return type(io.open) .. type(os.time) .. type(coroutine.wrap)",
           "functionfunctionfunction");
    expect(vm, "return require('json').encode({ 1 })", "[1]");
    expect(vm, "return require('cjson').encode({ 1 })", "[1]");
    expect(vm, "return type(require('cjson').new)", "function");
    expect(vm, "return require('dates').parse('1970-01-01')", "0");
    expect(vm, "x = 1 return x", "1");
    expect(vm, "local n = 0 for i = 1, 30000000 do n = n + 1 end return n", "30000000");
    vm_free(vm);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        sandbox_test(a_script_gives_its_result),
        sandbox_test(an_endless_loop_ends_with_the_budget),
        sandbox_test(the_vm_works_after_the_budget_was_passed),
        sandbox_test(no_pcall_swallows_the_budget),
        sandbox_test(a_close_handler_cannot_outlive_the_budget),
        sandbox_test(the_budget_holds_in_callbacks_that_cannot_yield),
        sandbox_test(work_that_c_does_counts),
        sandbox_test(a_length_that_lies_is_refused),
        sandbox_test(a_pattern_that_backtracks_for_ever_is_stopped),
        sandbox_test(memory_has_a_cap),
        sandbox_test(no_pcall_swallows_a_lack_of_memory),
        sandbox_test(deep_recursion_is_an_error),
        sandbox_test(a_chunk_of_bytecode_is_refused),
        sandbox_test(a_chunk_that_nests_too_deep_is_refused),
        sandbox_test(errors_keep_their_kind_in_both_directions),
        sandbox_test(an_error_of_c_arrives_unchanged),
        sandbox_test(a_cancelled_call_is_not_caught),
        sandbox_test(pcall_and_xpcall_give_what_lua_s_give),
        sandbox_test(an_entry_may_nest),
        cmocka_unit_test(a_vm_that_cannot_be_filled_is_an_error),
        cmocka_unit_test(no_binding_breaks_when_an_allocation_fails),
        cmocka_unit_test(an_open_vm_has_lua_and_ours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
