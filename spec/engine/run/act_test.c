/* The bindings that act, called by who should never have come to hold them: a script gets the table
 * of all of them. No argument breaks the engine, and none reaches what the recipe does not ask for. */
#include "shop.h"

#include "base/log.h"
#include "run/lua_act.h"

static int push_act(lua_State *L)
{
    lua_newtable(L);
    luaL_setfuncs(L, act_functions, 0);
    return 1;
}

static int add_act(lua_State *L)
{
    vm_add_module(L, "act", push_act);
    return 0;
}

/* Runs the code as the action of a recipe that needs the shop and orders tea at the end, with `act`
 * in its hands. */
static void run_hostile(struct world *w, const char *code)
{
    void *f = NULL;
    assert_int_equal(fix_setup(&f), 0);
    world_open(w, f);
    world_connect(w, "shop", SHOP);
    world_connect(w, "bank",
                  "{'name':'bank','base_url':'https://bank.example','auth':{'kinds':['none']},"
                  "'config':{'branch':['string']},"
                  "'operations':{'pay':{'method':'POST','path':'/pay'}}}");
    json_t *bundle =
        fix_json("{'plan':{'recipe':'r','needs':{'shop':'shop'},'do':["
                 "{'step':'bad','use':{'script':'bad'},'on_error':'continue'}," ORDER("a", "tea") "]},"
                 "'inputs':{},'timezone':'UTC','scripts':{}}");
    char *text = xasprintf(
        "return { name = 'bad', run = function(ctx, input) local act = "
        "require 'act'; %s end }",
        code);
    json_object_set_new(json_object_get(bundle, "scripts"), "bad", json_string(text));
    free(text);
    world_add(w, "r", "hash-1", bundle);
    struct err e = ERR_INIT;
    assert_int_equal(vm_enter(program_vm(runner_program(w->runner, "r")), add_act, NULL, &e), 0);
    world_start(w);
    begin(w, "{}");
}

static void end_hostile(struct world *w)
{
    void *f = w->f;
    world_close(w);
    assert_int_equal(fix_teardown(&f), 0);
}

/* What became of the run; free with run_list_free. */
static struct run_list *end_of(struct world *w)
{
    fix_settle(w->f);
    return world_read_run(w, the_run);
}

static void is_forbidden(const char *code, const char *part)
{
    struct world w;
    run_hostile(&w, code);
    struct run_list *list = end_of(&w);
    const struct err *e = &list->rows[0].err;
    if (list->rows[0].state != RUN_DEAD || e->kind != ERR_FORBIDDEN || !strstr(e->message, part)) {
        fail_msg("%s\n  gave %s: %s", code, run_state_name(list->rows[0].state), e->message);
    }
    assert_int_equal(w.f->http.count, 0);
    assert_int_equal(list->journal_count, 1);
    assert_string_equal(list->journal[0].path, "bad");
    assert_int_equal(list->journal[0].state, JOURNAL_FAILED);
    assert_non_null(strstr(list->journal[0].error, "\"forbidden\""));
    run_list_free(list);
    end_hostile(&w);
}

/* The script fails or not, and the recipe goes on behind it: nothing of the engine is broken. */
static void is_harmless(const char *code)
{
    struct world w;
    run_hostile(&w, code);
    if (w.f->http.count != 1) {
        struct run_list *list = end_of(&w);
        fail_msg("%s\n  gave %s: %s", code, run_state_name(list->rows[0].state),
                 list->rows[0].err.message);
    }
    answer(&w, 0, 200, "{}");
    fix_settle(w.f);
    assert_state(&w, RUN_DONE);
    end_hostile(&w);
}

/* --- reach --- */

static void what_the_recipe_does_not_ask_for_ends_the_run(void **state)
{
    (void)state;
    is_forbidden("act.call('x', 'bank', 'pay', {})", "recipe r: step bad: bank.pay");
    is_forbidden("act.call('x', 'bank', 'pay', {})", "recipe's `needs`");
    is_forbidden("act.call('x', 'shop', 'pay', {})", "shop.pay is not granted: name it in");
    is_forbidden("act.look('x', 'bank', 'pay', {})", "bank.pay");
    is_forbidden("act.describe('bank', 'pay')", "bank.pay");
    is_forbidden("act.describe_event('bank', 'paid')", "bank.paid");
    is_forbidden("act.setting('bank', 'branch')", "bank.branch");
    is_forbidden("act.setting('shop', 'client_secret')", "shop.client_secret");
    is_forbidden("act.wait_for('x', 'shop', 'sold', {}, 1000)", "`wait_for`");
    is_forbidden("act.call('x', ('long'):rep(1000), 'pay', {})", "longlong");
}

static void nothing_catches_a_refusal(void **state)
{
    (void)state;
    is_forbidden("pcall(act.call, 'x', 'bank', 'pay', {}) return {}", "bank.pay");
    is_forbidden("xpcall(act.call, function() return 1 end, 'x', 'bank', 'pay', {}) return {}",
                 "bank.pay");
    is_forbidden(
        "local t <close> = setmetatable({}, { __close = function() end }) "
        "pcall(act.call, 'x', 'bank', 'pay', {}) return {}",
        "bank.pay");
    is_forbidden(
        "('x'):gsub('.', function() pcall(act.call, 'x', 'bank', 'pay', {}) end) "
        "return {}",
        "bank.pay");
    is_forbidden("act.fork({ function() act.call('x', 'bank', 'pay', {}) end }, 1)", "bank.pay");
}

static void what_it_asks_for_is_called(void **state)
{
    (void)state;
    is_harmless("act.recall('b')");
    struct world w;
    run_hostile(&w, "act.call('bad/1', 'shop', 'order', { name = 'milk' })");
    assert_int_equal(w.f->http.count, 1);
    assert_non_null(strstr(w.f->http.sent[0].body, "milk"));
    answer(&w, 0, 200, "{}");
    fix_settle(w.f);
    assert_int_equal(w.f->http.count, 2);
    answer(&w, 1, 200, "{}");
    fix_settle(w.f);
    assert_state(&w, RUN_DONE);
    end_hostile(&w);
}

/* --- arguments --- */

static void no_argument_breaks_a_binding(void **state)
{
    (void)state;
    static const char *const codes[] = {
        "act.wait_for('x', 'shop', 'sold', nil, 1000)",
        "act.wait_for('x', 'shop', 'sold', {}, 1 << 62)",
        "act.wait_for('x', nil, nil, {}, 1)",
        "act.wait('x', '2026-01-01', '../../etc/passwd')",
        "act.fork(setmetatable({}, { __len = function() return 1 << 30 end }), 1)",
        "act.fork(setmetatable({}, { __len = function() return -1 end }), 1)",
        "act.fork({ 1, 2, 3 }, 1)",
        "act.fork({ function() end }, 0)",
        "act.fork({ function() end }, -5)",
        "local t = {} for i = 0, 30 do t[1 << i] = print end act.fork(t, 1)",
        "act.fork({}, 1)",
        "act.fork(nil, nil)",
        "('x'):gsub('.', function() act.fork({ function() end }, 1) end)",
        "('x'):gsub('.', function() act.failed('y', { kind = 'timeout' }, { tries = 3, first_us = "
        "1, longest_us = 1, factor = 1, jitter = 'none' }) end)",
        "('x'):gsub('.', function() act.wait('y', '1 hour') end)",
        "('x'):gsub('.', function() act.admit('y') end)",
        "act.call('', 'shop', 'order', {})",
        "act.call('a\\0b', 'shop', 'order', {})",
        "act.call('\\xff', 'shop', 'order', {})",
        "act.call(('x'):rep(100000), 'shop', 'order', {})",
        "act.call('x', 'shop', 'order', nil)",
        "act.call('x', 'shop', 'order', { 1, 2 })",
        "act.call('x', 'shop', 'order', {}, 1 << 62)",
        "act.call('x', 'shop', 'order', {}, -1)",
        "act.complete('x', print, 1)",
        "act.complete('x', 1, 0/0)",
        "act.enter()",
        "act.log('x', {})",
        "act.check({ a = 1 }, { a = 2 })",
        "act.check({ a = { 'list', of = 3 } }, { a = { 1 } })",
        "act.compile('1', 'x', 1 << 60)",
        "act.compile('1) end, (function() return 2', 'x', 1)",
        "act.failed('x', nil, nil, true)",
        "act.failed('x', setmetatable({}, { __index = error }), nil, true)",
        "act.settle('x')",
    };
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        is_harmless(codes[i]);
    }
}

/* In an `if` there is no run: what acts says so. */
static void an_if_cannot_act(void **state)
{
    (void)state;
    struct world w;
    static const char *const names[] = { "fork", "call", "wait", "wait_for", "failed", "meta" };
    run_hostile(&w, "return {}");
    struct vm *vm = program_vm(runner_program(w.runner, "r"));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct err e = ERR_INIT;
        for (const luaL_Reg *r = act_functions; r->name != NULL; r++) {
            if (strcmp(r->name, names[i]) == 0) {
                assert_int_equal(vm_enter(vm, r->func, NULL, &e), -1);
                assert_non_null(strstr(e.message, "there is no run here"));
            }
        }
    }
    answer(&w, 0, 200, "{}");
    end_hostile(&w);
}

/* Random calls with arguments from a bag of nasty ones, many in one run; a run may be refused, wait
 * or fail, but its engine stays whole. */
static void random_calls_break_nothing(void **state)
{
    (void)state;
    static const char code[] =
        "local names = {} for name in pairs(act) do names[#names + 1] = name end "
        "local bag = { '', 'a', 'bad', 'bad/1', 'shop', 'order', 'look', 'pay', 0, -1, 1 << 62, "
        "0.5, "
        "true, {}, { {} }, { name = 'x' }, { kind = 'timeout' }, { tries = 2, first_us = 1, "
        "longest_us = 1, factor = 1, jitter = 'none' }, print, { print }, require 'json'.null, "
        "setmetatable({}, { __index = function() return 'a' end, __len = function() return 7 end, "
        "__name = 'x' }), '1 s', 'UTC', ('x'):rep(9000), '\\xff', require 'json'.array {} } "
        "local seed = %d "
        "local function random(n) seed = (seed * 1103515245 + 12345) %% 2147483648 return seed // "
        "8 "
        "%% n + 1 end "
        "for i = 1, 60 do "
        "  local args, count = {}, random(8) - 1 "
        "  for k = 1, count do args[k] = bag[random(#bag + 2)] end "
        "  pcall(act[names[random(#names)]], table.unpack(args, 1, count)) "
        "end return {}";
    for (int seed = 1; seed <= 150; seed++) {
        struct world w;
        char *text = xasprintf(code, seed);
        run_hostile(&w, text);
        free(text);
        for (size_t i = 0; i < w.f->http.count; i++) {
            assert_non_null(strstr(w.f->http.sent[i].url, "shop.example"));
        }
        end_hostile(&w);
    }
}

#define TEST(name) cmocka_unit_test(name)

int main(void)
{
    log_set_level(LOG_OFF);
    const struct CMUnitTest tests[] = {
        TEST(what_the_recipe_does_not_ask_for_ends_the_run),
        TEST(nothing_catches_a_refusal),
        TEST(what_it_asks_for_is_called),
        TEST(no_argument_breaks_a_binding),
        TEST(an_if_cannot_act),
        TEST(random_calls_break_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
