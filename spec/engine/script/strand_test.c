/* Strands: waiting, waking, cancelling, preempting; with a binding of three parts as the engine's
 * are. */
#include "snippet.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "script/strand.h"

/* What the test sees, and one operation in flight, as a call to a service would be. */
struct world {
    struct vm *vm;
    struct strands *q;
    struct wake wake; /* of the newest operation */
    int started, aborted;
    int ended, failed;
    char result[256];
    struct err error;
    struct strand *victim;
    bool raises_at_end;
    bool restarts_at_end;
};

struct op {
    struct world *world;
    struct wake wake;
    int64_t result;
};

static struct world *the_world; /* bindings find it here; one test at a time */

static void op_close(void *ptr)
{
    struct op *op = ptr;
    op->world->aborted++;
    free(op);
}

static int op_finish(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    lua_pushfstring(L, "answer to %s", lua_tostring(L, (int)ctx));
    return 1;
}

/* wait(name) -> text */
static int op_start(lua_State *L)
{
    (void)luaL_checkstring(L, 1);
    lua_settop(L, 1);
    struct wake wake = strand_wake_of(L);
    void **slot = box_push(L, op_close);
    struct op *op = *slot = xcalloc(1, sizeof *op);
    op->world = the_world;
    the_world->wake = op->wake = wake;
    the_world->started++;
    return strand_wait(L, 1, op_finish);
}

/* now(name): its wake comes before the wait */
static int op_at_once(lua_State *L)
{
    lua_settop(L, 1);
    struct wake wake = strand_wake_of(L);
    strand_wake(wake);
    strand_wake(wake);
    return strand_wait(L, 1, op_finish);
}

/* skip(): names a wait, wakes it, and does not wait */
static int op_skip(lua_State *L)
{
    strand_wake(strand_wake_of(L));
    return 0;
}

static int op_fail(lua_State *L)
{
    void **slot = box_push(L, op_close);
    struct op *op = *slot = xcalloc(1, sizeof *op);
    op->world = the_world;
    return luaL_error(L, "failed in flight");
}

static int op_cancel(lua_State *L)
{
    (void)L;
    strand_cancel(the_world->victim);
    return 0;
}

static int op_data(lua_State *L)
{
    lua_pushboolean(L, strand_data(L) == the_world);
    return 1;
}

static const luaL_Reg BINDINGS[] = {
    { "wait", op_start },  { "now", op_at_once }, { "skip", op_skip }, { "cancel", op_cancel },
    { "broken", op_fail }, { "data", op_data },   { NULL, NULL },
};

static int open_bindings(lua_State *L)
{
    luaL_newlib(L, BINDINGS);
    return 1;
}

static int add_bindings(lua_State *L)
{
    vm_add_module(L, "op", open_bindings);
    return 0;
}

struct starting {
    struct world *world;
    const char *code;
    struct strand *strand;
};

static void start_in(struct world *w, const char *code);

static void on_end(void *ud, lua_State *L, int count, const struct err *e)
{
    struct world *w = ud;
    if (e != NULL) {
        w->failed++;
        w->error = *e;
        return;
    }
    if (w->raises_at_end) {
        luaL_error(L, "cannot read the result");
    }
    w->ended++;
    snprintf(w->result, sizeof w->result, "%s",
             count > 0 ? luaL_tolstring(L, -count, NULL) : "(none)");
    if (w->restarts_at_end) {
        w->restarts_at_end = false;
        start_in(w, "return 'second'");
    }
}

static int start_code(lua_State *L)
{
    struct starting *s = lua_touserdata(L, 1);
    vm_load(L, s->code, strlen(s->code), "=strand");
    lua_pushinteger(L, 7);
    s->strand = strand_start(s->world->q, L, 1, on_end, s->world);
    return 0;
}

static struct strand *start(struct world *w, const char *code)
{
    struct err e = ERR_INIT;
    struct starting s = { .world = w, .code = code };
    if (vm_enter(w->vm, start_code, &s, &e) == -1) {
        fail_msg("%s", e.message);
    }
    return s.strand;
}

static void start_in(struct world *w, const char *code)
{
    (void)start(w, code);
}

static void run_all(struct world *w)
{
    while (strands_run(w->q)) {
    }
}

static int setup(void **state)
{
    struct err e = ERR_INIT;
    struct world *w = xcalloc(1, sizeof *w);
    w->vm = new_vm((struct vm_opts){ .budget = 5000000 });
    w->q = strands_new();
    the_world = *state = w;
    return vm_enter(w->vm, add_bindings, NULL, &e);
}

static int teardown(void **state)
{
    struct world *w = *state;
    vm_free(w->vm);
    strands_free(w->q);
    free(w);
    return 0;
}

static void a_strand_runs_in_the_queue_s_turn(void **state)
{
    struct world *w = *state;
    (void)start(w, "return 'got ' .. ...");
    assert_int_equal(w->ended, 0);
    assert_false(strands_run(w->q));
    assert_int_equal(w->ended, 1);
    assert_string_equal(w->result, "got 7");
}

static void a_strand_waits_until_it_is_woken(void **state)
{
    struct world *w = *state;
    (void)start(w, "return require('op').wait('one') .. ', ' .. require('op').wait('two')");
    run_all(w);
    assert_int_equal(w->started, 1);
    strand_wake(w->wake);
    run_all(w);
    assert_int_equal(w->started, 2);
    assert_int_equal(w->aborted, 1); /* the first box was closed at its return */
    strand_wake(w->wake);
    run_all(w);
    assert_string_equal(w->result, "answer to one, answer to two");
    assert_int_equal(w->aborted, 2);
}

static void a_wake_before_the_wait_counts(void **state)
{
    struct world *w = *state;
    (void)start(w, "return require('op').now('x')");
    run_all(w);
    assert_string_equal(w->result, "answer to x");
}

static void a_wait_that_was_not_begun_wakes_no_later_one(void **state)
{
    struct world *w = *state;
    (void)start(w, "require('op').skip() return require('op').wait('x')");
    run_all(w);
    assert_int_equal(w->started, 1);
    assert_int_equal(w->ended, 0);
    strand_wake(w->wake);
    run_all(w);
    assert_int_equal(w->ended, 1);
}

static void a_stale_wake_is_ignored(void **state)
{
    struct world *w = *state;
    (void)start(w, "require('op').wait('a') return require('op').wait('b')");
    run_all(w);
    struct wake first = w->wake;
    strand_wake(first);
    strand_wake(first); /* twice is once */
    run_all(w);
    assert_int_equal(w->started, 2);
    strand_wake(first);
    run_all(w);
    assert_int_equal(w->ended, 0);
    strand_wake(w->wake);
    run_all(w);
    assert_int_equal(w->ended, 1);
    strand_wake(first);
    strand_wake(w->wake);
    strand_wake((struct wake){ .strand = NULL });
    assert_false(strands_run(w->q));
}

static void a_wake_of_a_strand_that_ended_does_not_reach_its_successor(void **state)
{
    struct world *w = *state;
    struct strand *s = start(w, "require('op').wait('a')");
    run_all(w);
    struct wake old = w->wake;
    strand_cancel(s);
    struct strand *next = start(w, "require('op').wait('b') return 'woken'");
    run_all(w);
    assert_ptr_equal(next, s); /* the memory is used again */
    strand_wake(old);
    run_all(w);
    assert_int_equal(w->ended, 0);
    strand_cancel(next);
}

static void cancelling_closes_what_is_in_flight(void **state)
{
    struct world *w = *state;
    struct strand *s = start(w, "local ok = pcall(require('op').wait, 'a') return 'went on'");
    run_all(w);
    strand_cancel(s);
    assert_int_equal(w->aborted, 1);
    run_all(w);
    assert_int_equal(w->ended + w->failed, 0);
}

static void cancelling_runs_close_handlers_within_the_budget(void **state)
{
    struct world *w = *state;
    struct strand *s =
        start(w,
              "local x <close> = setmetatable({}, { __close = function() while true do end end })\n"
              "require('op').wait('a')");
    run_all(w);
    strand_cancel(s);
    assert_int_equal(w->aborted, 1);
}

static void a_strand_that_cancels_another_does_not_pay_for_it(void **state)
{
    struct world *w = *state;
    w->victim =
        start(w,
              "local x <close> = setmetatable({}, { __close = function() while true do end end })\n"
              "require('op').wait('a')");
    run_all(w);
    (void)start(w, "require('op').cancel() for i = 1, 1000000 do end return 'goes on'");
    run_all(w);
    assert_int_equal(w->aborted, 1);
    assert_int_equal(w->failed, 0);
    assert_string_equal(w->result, "goes on");
}

static void a_close_handler_of_a_cancelled_strand_cannot_wait(void **state)
{
    struct world *w = *state;
    struct strand *s =
        start(w,
              "local op = require 'op'\n"
              "local x <close> = setmetatable({}, { __close = function() op.wait('b') end })\n"
              "op.wait('a')");
    run_all(w);
    strand_cancel(s);
    assert_int_equal(w->started, 1);
    assert_int_equal(w->aborted, 1);
}

static void a_strand_can_be_cancelled_before_it_ran(void **state)
{
    struct world *w = *state;
    strand_cancel(start(w, "return 1"));
    assert_false(strands_run(w->q));
    assert_int_equal(w->ended + w->failed, 0);
}

static void an_error_closes_boxes_and_is_told(void **state)
{
    struct world *w = *state;
    (void)start(w, "require('op').broken()");
    run_all(w);
    assert_int_equal(w->failed, 1);
    assert_int_equal(w->aborted, 1);
    assert_int_equal(w->error.kind, ERR_SCRIPT);
    assert_non_null(strstr(w->error.message, "failed in flight"));
}

static void an_error_after_a_wait_can_be_caught(void **state)
{
    struct world *w = *state;
    (void)start(w,
                "local op = require 'op'\n"
                "local ok, e = pcall(function() op.wait('a') error('mine', 0) end)\n"
                "return tostring(ok) .. ' ' .. e .. ' ' .. select(2, xpcall(op.wait, print, 'b'))");
    run_all(w);
    strand_wake(w->wake);
    run_all(w);
    strand_wake(w->wake);
    run_all(w);
    assert_string_equal(w->result, "false mine answer to b");
}

static void waiting_where_it_cannot_be_is_an_error_and_starts_nothing(void **state)
{
    struct world *w = *state;
    (void)start(w, "return (('x'):gsub('x', function() return require('op').wait('a') end))");
    run_all(w);
    assert_int_equal(w->failed, 1);
    assert_int_equal(w->started, 0);
    assert_non_null(strstr(w->error.message, "cannot wait here"));
    expect_error(w->vm, "return require('op').wait('a')", ERR_SCRIPT,
                 "only a running recipe can wait");
}

static void a_strand_knows_its_data(void **state)
{
    struct world *w = *state;
    (void)start(w, "return require('op').data()");
    run_all(w);
    assert_string_equal(w->result, "true");
    expect(w->vm, "return require('op').data()", "false");
}

static void a_busy_strand_lets_others_go_first(void **state)
{
    struct world *w = *state;
    (void)start(w, "for i = 1, 500000 do end return 'slow'");
    (void)start(w, "return 'quick'");
    assert_true(strands_run(w->q) || w->ended == 2);
    run_all(w);
    assert_int_equal(w->ended, 2);
    assert_string_equal(w->result, "slow"); /* the last to end, though first to begin */
}

static void a_preempted_strand_uses_up_one_budget(void **state)
{
    struct world *w = *state;
    (void)start(w, "while true do pcall(function() while true do end end) end");
    run_all(w);
    assert_int_equal(w->failed, 1);
    assert_int_equal(w->error.kind, ERR_BUDGET);
    assert_non_null(strstr(w->error.message, "strand:1"));
}

static void a_wait_renews_the_budget(void **state)
{
    struct world *w = *state;
    (void)start(
        w, "for i = 1, 4 do for j = 1, 2000000 do end require('op').now('x') end return 'done'");
    run_all(w);
    assert_string_equal(w->result, "done");
}

static void a_wake_that_comes_while_preempted_is_kept(void **state)
{
    struct world *w = *state;
    (void)start(w, "local r = require('op').wait('a') for i = 1, 300000 do end return r");
    run_all(w);
    struct wake old = w->wake;
    strand_wake(old);
    (void)strands_run(w->q);
    strand_wake(old);
    run_all(w);
    assert_string_equal(w->result, "answer to a");
}

static void a_close_handler_that_never_ends_ends_with_the_budget(void **state)
{
    struct world *w = *state;
    (void)start(
        w,
        "local x <close> = setmetatable({}, { __close = function() while true do end end })\n"
        "while true do end");
    run_all(w);
    assert_int_equal(w->error.kind, ERR_BUDGET);
    (void)start(
        w,
        "local x <close> = setmetatable({}, { __close = function() while true do end end })\n"
        "error('first')");
    run_all(w);
    assert_int_equal(w->failed, 2);
    assert_int_equal(w->error.kind, ERR_BUDGET);
}

static void a_strand_that_eats_memory_fails_alone(void **state)
{
    struct world *w = *state;
    (void)start(w, "local t, s = {}, ('x'):rep(1000) while true do t[#t + 1] = s .. #t end");
    (void)start(w, "return 'other'");
    run_all(w);
    assert_int_equal(w->failed, 1);
    assert_int_equal(w->error.kind, ERR_MEMORY);
    assert_string_equal(w->result, "other");
}

static void an_end_that_raises_is_told_again_as_an_error(void **state)
{
    struct world *w = *state;
    w->raises_at_end = true;
    (void)start(w, "return 1");
    run_all(w);
    assert_int_equal(w->ended, 0);
    assert_int_equal(w->failed, 1);
    assert_non_null(strstr(w->error.message, "cannot read the result"));
}

static void an_end_may_start_another_strand(void **state)
{
    struct world *w = *state;
    w->restarts_at_end = true;
    (void)start(w, "return 'first'");
    run_all(w);
    assert_int_equal(w->ended, 2);
    assert_string_equal(w->result, "second");
}

static void many_results_arrive(void **state)
{
    struct world *w = *state;
    (void)start(w, "local t = {} for i = 1, 2000 do t[i] = i end return table.unpack(t)");
    run_all(w);
    assert_string_equal(w->result, "1");
}

static void one_turn_is_bounded(void **state)
{
    struct world *w = *state;
    for (int i = 0; i < 1000; i++) {
        (void)start(w, "return 1");
    }
    assert_true(strands_run(w->q));
    assert_in_range(w->ended, 1, 256);
    run_all(w);
    assert_int_equal(w->ended, 1000);
}

/* A monotonic clock on which 3 ms pass between any two looks. */
static int64_t hasty_mono_us(void *ud)
{
    int64_t *now_us = ud;
    return *now_us += 3000;
}

static void freeing_the_vm_cancels_its_strands(void **state)
{
    struct world *w = *state;
    int64_t now_us = 0;
    (void)start(w, "require('op').wait('a')");
    (void)start(w, "for i = 1, 500000 do end");
    clock_replace(&(struct clock){ .mono_us = hasty_mono_us, .ud = &now_us });
    assert_true(strands_run(w->q)); /* one waits, one is preempted */
    clock_replace(NULL);
    vm_free(w->vm);
    w->vm = NULL;
    assert_int_equal(w->aborted, w->started);
    assert_false(strands_run(w->q));
    strand_wake(w->wake);
    assert_int_equal(w->ended + w->failed, 0);
}

static void a_strand_ends_whatever_allocation_fails(void **state)
{
    struct world *w = *state;
    for (int64_t n = 0; n < 300; n++) {
        int before = w->ended + w->failed;
        (void)start(
            w, "local op = require 'op' return op.now({ x = { 1, 2, 3 } } and 'x') .. op.now('y')");
        vm_fail_alloc_after(w->vm, n);
        run_all(w);
        vm_fail_alloc_after(w->vm, -1);
        assert_int_equal(w->ended + w->failed, before + 1);
    }
    assert_true(w->ended > 0 && w->failed > 0);
}

#define strand_test(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        strand_test(a_strand_runs_in_the_queue_s_turn),
        strand_test(a_strand_waits_until_it_is_woken),
        strand_test(a_wake_before_the_wait_counts),
        strand_test(a_wait_that_was_not_begun_wakes_no_later_one),
        strand_test(a_stale_wake_is_ignored),
        strand_test(a_wake_of_a_strand_that_ended_does_not_reach_its_successor),
        strand_test(cancelling_closes_what_is_in_flight),
        strand_test(cancelling_runs_close_handlers_within_the_budget),
        strand_test(a_strand_that_cancels_another_does_not_pay_for_it),
        strand_test(a_close_handler_of_a_cancelled_strand_cannot_wait),
        strand_test(a_strand_can_be_cancelled_before_it_ran),
        strand_test(an_error_closes_boxes_and_is_told),
        strand_test(an_error_after_a_wait_can_be_caught),
        strand_test(waiting_where_it_cannot_be_is_an_error_and_starts_nothing),
        strand_test(a_strand_knows_its_data),
        strand_test(a_busy_strand_lets_others_go_first),
        strand_test(a_preempted_strand_uses_up_one_budget),
        strand_test(a_wait_renews_the_budget),
        strand_test(a_wake_that_comes_while_preempted_is_kept),
        strand_test(a_close_handler_that_never_ends_ends_with_the_budget),
        strand_test(a_strand_that_eats_memory_fails_alone),
        strand_test(an_end_that_raises_is_told_again_as_an_error),
        strand_test(an_end_may_start_another_strand),
        strand_test(many_results_arrive),
        strand_test(one_turn_is_bounded),
        strand_test(freeing_the_vm_cancels_its_strands),
        strand_test(a_strand_ends_whatever_allocation_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
