/* Runs under virtual time, with a real store and an HTTP client that only writes down what it is
 * asked to send: run/runner.h, run/effect.h, scripts/lib/walk.lua. */
#include "fixture.h"

#include "base/fault.h"

static const char SHOP[] =
    "{'name':'shop','base_url':'https://shop.example','auth':{'kinds':['none']},"
    "'operations':{"
    "'order':{'method':'POST','path':'/orders','idempotent':false,'input':{'name':['string']}},"
    "'look':{'method':'GET','path':'/look'},"
    "'place':{'method':'POST','path':'/things','idempotent':false,'input':{'name':['string']},"
    " 'probe':{'list':'list','items':'things','match':['name'],'as':'thing'}},"
    "'list':{'method':'GET','path':'/things'}}}";

/* A step that orders `name`. */
#define ORDER(step, name)                                                                          \
    "{'step':'" step "','use':{'connection':'shop','operation':'order'},'retry':" ONCE             \
    ","                                                                                            \
    "'with':{'t':'map','v':{'name':{'t':'lit','v':'" name "'}}}}"
#define ONCE  "{'tries':1,'first_us':1000000,'longest_us':1000000,'factor':1,'jitter':'none'}"
#define TWICE "{'tries':2,'first_us':10000000,'longest_us':10000000,'factor':1,'jitter':'none'}"

/* The run that a test is about. */
static struct id the_run;

static void add_recipe(struct world *w, const char *steps, const char *more)
{
    char *text = xasprintf(
        "{'plan':{'recipe':'r','needs':{'shop':'shop'},'do':%s%s},'inputs':{},'timezone':'UTC'}",
        steps, more);
    world_add(w, "r", "hash-1", fix_json(text));
    free(text);
}

static void begin(struct world *w, const char *payload)
{
    json_t *event = fix_json(payload);
    the_run = world_store_run(w, event);
    world_begin_run(w, the_run, event);
    fix_settle(w->f);
}

static void assert_state(struct world *w, enum run_state state)
{
    struct run_list *list = world_read_run(w, the_run);
    if (list->rows[0].state != state) {
        fail_msg("the run is %s, not %s: %s", run_state_name(list->rows[0].state),
                 run_state_name(state), list->rows[0].err.message);
    }
    run_list_free(list);
}

static enum journal_state row_state(struct world *w, const char *path)
{
    struct run_list *list = world_read_run(w, the_run);
    enum journal_state state = (enum journal_state) - 1;
    for (size_t i = 0; i < list->journal_count; i++) {
        if (strcmp(list->journal[i].path, path) == 0) {
            state = list->journal[i].state;
        }
    }
    run_list_free(list);
    return state;
}

static void open_world(struct world *w, struct fixture *f, const char *steps, const char *more)
{
    world_open(w, f);
    world_connect(w, "shop", SHOP);
    add_recipe(w, steps, more);
    world_start(w);
}

/* A new process on the same store, as after a crash: what was in flight is gone without a word. */
static void restart(struct world *w, const char *steps, const char *more)
{
    world_close(w);
    fix_restart(w->f);
    open_world(w, w->f, steps, more);
    fix_settle(w->f);
}

/* --- tests --- */

static void a_run_without_effects_ends_as_done(void **state)
{
    struct world w;
    open_world(&w, *state, "[{'step':'end','stop':{'t':'lit','v':'enough'}}]", "");
    begin(&w, "{}");
    assert_state(&w, RUN_DONE);
    assert_int_equal(row_state(&w, "end"), JOURNAL_DONE);
    world_close(&w);
}

static void a_call_that_is_not_idempotent_is_journalled_before_it_is_sent(void **state)
{
    struct world w;
    open_world(&w, *state, "[" ORDER("a", "tea") "]", "");
    begin(&w, "{}");
    assert_int_equal(w.f->http.count, 1);
    assert_int_equal(row_state(&w, "a"), JOURNAL_STARTED);
    fix_answer(w.f, 0, 200, NULL, "{'id':1}");
    fix_settle(w.f);
    assert_int_equal(row_state(&w, "a"), JOURNAL_DONE);
    assert_state(&w, RUN_DONE);
    world_close(&w);
}

static void a_step_that_is_done_is_not_executed_again_by_a_later_attempt(void **state)
{
    static const char steps[] = "[" ORDER("a", "tea") "," ORDER("b", "milk") "]";
    struct world w;
    open_world(&w, *state, steps, "");
    begin(&w, "{}");
    fix_answer(w.f, 0, 200, NULL, "{'id':1}");
    fix_settle(w.f);
    assert_int_equal(w.f->http.count, 2);
    fix_answer(w.f, 1, 503, NULL, "");
    fix_settle(w.f);
    assert_state(&w, RUN_DEAD);
    struct run_ask ask;
    bool is_asked = false;
    run_ask_init(&ask, the_run, RUN_REQUEST_RETRY);
    ask.op.done = fix_barrier_done;
    ask.op.ud = &is_asked;
    store_submit(w.f->store, &ask.op);
    fix_settle(w.f);
    runner_poke(w.runner);
    fix_settle(w.f);
    assert_int_equal(w.f->http.count, 3);
    assert_contains(w.f->http.sent[2].body, "milk");
    fix_answer(w.f, 2, 200, NULL, "{}");
    fix_settle(w.f);
    assert_state(&w, RUN_DONE);
    world_close(&w);
}

static void a_run_whose_connection_is_gone_waits_for_a_person(void **state)
{
    struct world w;
    open_world(&w, *state, "[{'step':'a','use':{'connection':'gone','operation':'order'}}]", "");
    begin(&w, "{}");
    struct run_list *list = world_read_run(&w, the_run);
    assert_int_equal(list->rows[0].state, RUN_PARKED);
    assert_int_equal(list->rows[0].err.kind, ERR_CONFIG);
    assert_contains(list->rows[0].err.message, "gone is not among the connections of ladle.yaml");
    run_list_free(list);
    world_close(&w);
}

static void a_call_that_was_sent_before_a_crash_is_not_sent_again_blindly(void **state)
{
    static const char steps[] = "[" ORDER("a", "tea") "]";
    struct world w;
    open_world(&w, *state, steps, "");
    begin(&w, "{}");
    assert_int_equal(w.f->http.count, 1);
    restart(&w, steps, "");
    assert_int_equal(w.f->http.count, 0);
    assert_state(&w, RUN_PARKED);
    assert_int_equal(row_state(&w, "a"), JOURNAL_STARTED);
    world_close(&w);
}

static void an_unknown_outcome_is_looked_for_where_the_operation_says_how(void **state)
{
    static const char steps[] =
        "[{'step':'a','use':{'connection':'shop','operation':'place'},'retry':" TWICE
        ","
        "'with':{'t':'map','v':{'name':{'t':'lit','v':'tea'}}}}]";
    struct world w;
    open_world(&w, *state, steps, "");
    begin(&w, "{}");
    fix_break(w.f, 0, ERR_UNKNOWN);
    fix_settle(w.f);
    assert_state(&w, RUN_WAITING);
    fix_pass(w.f, 11 * SECOND);
    fix_settle(w.f);
    assert_int_equal(w.f->http.count, 2);
    assert_string_equal(w.f->http.sent[1].method, "GET");
    fix_answer(w.f, 1, 200, NULL, "{'things':[{'id':9,'name':'tea'}]}");
    fix_settle(w.f);
    assert_state(&w, RUN_DONE);
    assert_int_equal(w.f->http.count, 2);
    world_close(&w);
}

/* A step whose author says that doing it twice does no harm. */
#define AGAIN(operation, policy)                                                                   \
    "[{'step':'a','use':{'connection':'shop','operation':'" operation                              \
    "'},'on_unknown':'again','retry':" policy                                                      \
    ",'with':{'t':'map','v':{'name':{'t':'lit','v':'tea'}}}}]"

static void an_unknown_outcome_is_sent_again_where_the_step_says_so(void **state)
{
    struct world w;
    open_world(&w, *state, AGAIN("order", TWICE), "");
    begin(&w, "{}");
    fix_answer(w.f, 0, 500, NULL, "{'message':'oops'}");
    fix_settle(w.f);
    assert_state(&w, RUN_WAITING);
    assert_int_equal(row_state(&w, "a"), JOURNAL_STARTED);
    fix_pass(w.f, 9 * SECOND);
    fix_settle(w.f);
    assert_int_equal(w.f->http.count, 1); /* by its policy, not at once */
    fix_pass(w.f, 2 * SECOND);
    fix_settle(w.f);
    assert_int_equal(w.f->http.count, 2);
    assert_string_equal(w.f->http.sent[1].method, "POST");
    fix_answer(w.f, 1, 200, NULL, "{}");
    fix_settle(w.f);
    assert_state(&w, RUN_DONE);
    world_close(&w);
}

static void an_unknown_outcome_is_sent_again_after_a_crash_too(void **state)
{
    static const char steps[] = AGAIN("order", ONCE);
    struct world w;
    open_world(&w, *state, steps, "");
    begin(&w, "{}");
    assert_int_equal(w.f->http.count, 1);
    restart(&w, steps, "");
    assert_int_equal(w.f->http.count, 1); /* the new process' first */
    assert_string_equal(w.f->http.sent[0].method, "POST");
    fix_answer(w.f, 0, 200, NULL, "{}");
    fix_settle(w.f);
    assert_state(&w, RUN_DONE);
    world_close(&w);
}

static void an_outcome_that_stays_unknown_parks_once_the_tries_are_used_up(void **state)
{
    struct world w;
    open_world(&w, *state, AGAIN("order", TWICE), "");
    begin(&w, "{}");
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(w.f->http.count, i + 1);
        fix_break(w.f, i, ERR_UNKNOWN);
        fix_settle(w.f);
        fix_pass(w.f, 11 * SECOND);
        fix_settle(w.f);
    }
    assert_int_equal(w.f->http.count, 2);
    assert_state(&w, RUN_PARKED);
    world_close(&w);
}

static void what_can_be_looked_for_is_looked_for_before_it_is_sent_again(void **state)
{
    struct world w;
    open_world(&w, *state, AGAIN("place", TWICE), "");
    begin(&w, "{}");
    fix_break(w.f, 0, ERR_UNKNOWN);
    fix_settle(w.f);
    fix_pass(w.f, 11 * SECOND);
    fix_settle(w.f);
    assert_int_equal(w.f->http.count, 2);
    assert_string_equal(w.f->http.sent[1].method, "GET");
    fix_answer(w.f, 1, 200, NULL, "{'things':[]}");
    fix_settle(w.f);
    assert_int_equal(w.f->http.count, 3);
    assert_string_equal(w.f->http.sent[2].method, "POST");
    fix_answer(w.f, 2, 200, NULL, "{}");
    fix_settle(w.f);
    assert_state(&w, RUN_DONE);
    world_close(&w);
}

static void a_retryable_error_waits_as_a_row_and_is_tried_again_when_due(void **state)
{
    static const char steps[] =
        "[{'step':'a','use':{'connection':'shop','operation':'look'},'retry':" TWICE "}]";
    struct world w;
    open_world(&w, *state, steps, "");
    begin(&w, "{}");
    fix_answer(w.f, 0, 503, NULL, "");
    fix_settle(w.f);
    assert_state(&w, RUN_WAITING);
    assert_int_equal(runner_active(w.runner), 0);
    fix_pass(w.f, 9 * SECOND);
    fix_settle(w.f);
    assert_int_equal(w.f->http.count, 1); /* not early */
    fix_pass(w.f, 2 * SECOND);
    fix_settle(w.f);
    assert_int_equal(w.f->http.count, 2);
    fix_answer(w.f, 1, 200, NULL, "{}");
    fix_settle(w.f);
    assert_state(&w, RUN_DONE);
    world_close(&w);
}

static void a_final_error_runs_on_error_and_leaves_the_run_dead(void **state)
{
    struct world w;
    open_world(&w, *state, "[" ORDER("a", "tea") "]", ",'on_error':[" ORDER("tell", "sorry") "]");
    begin(&w, "{}");
    fix_answer(w.f, 0, 422, NULL, "{'message':'no tea'}");
    fix_settle(w.f);
    assert_int_equal(w.f->http.count, 2);
    assert_contains(w.f->http.sent[1].body, "sorry");
    fix_answer(w.f, 1, 200, NULL, "{}");
    fix_settle(w.f);
    struct run_list *list = world_read_run(&w, the_run);
    assert_int_equal(list->rows[0].state, RUN_DEAD);
    assert_int_equal(list->rows[0].err.kind, ERR_INVALID);
    assert_int_equal(list->rows[0].err.status, 422);
    run_list_free(list);
    world_close(&w);
}

static void a_wait_holds_no_memory_and_is_never_early(void **state)
{
    struct world w;
    open_world(&w, *state, "[{'step':'nap','wait':{'t':'lit','v':'2 days'}}," ORDER("a", "tea") "]",
               "");
    begin(&w, "{}");
    assert_state(&w, RUN_WAITING);
    assert_int_equal(runner_active(w.runner), 0);
    fix_pass(w.f, 2 * 86400 * SECOND - 2 * SECOND);
    fix_settle(w.f);
    assert_int_equal(w.f->http.count, 0);
    fix_pass(w.f, 3 * SECOND);
    fix_settle(w.f);
    fix_pass(w.f, SECOND);
    fix_settle(w.f);
    assert_int_equal(w.f->http.count, 1);
    fix_answer(w.f, 0, 200, NULL, "{}");
    fix_settle(w.f);
    assert_state(&w, RUN_DONE);
    world_close(&w);
}

static void branches_go_on_side_by_side(void **state)
{
    struct world w;
    open_world(&w, *state,
               "[{'step':'p','parallel':[" ORDER("a", "tea") "," ORDER("b", "milk") "]}," ORDER(
                   "c", "cup") "]",
               "");
    begin(&w, "{}");
    assert_int_equal(w.f->http.count, 2);
    fix_answer(w.f, 1, 200, NULL, "{}");
    fix_settle(w.f);
    assert_int_equal(w.f->http.count, 2); /* the step behind them waits for both */
    fix_answer(w.f, 0, 200, NULL, "{}");
    fix_settle(w.f);
    assert_int_equal(w.f->http.count, 3);
    fix_answer(w.f, 2, 200, NULL, "{}");
    fix_settle(w.f);
    assert_state(&w, RUN_DONE);
    world_close(&w);
}

static void a_run_stands_at_the_item_of_the_branch_that_failed(void **state)
{
    static const char steps[] =
        "[{'step':'p','parallel':[" ORDER("a", "tea")
        ",{'step':'g','do':[{'step':'b','each':{'t':'expr','s':'event.items','line':1},'at_once':2,"
        "'retry':" ONCE ",'use':{'connection':'shop','operation':'order'},"
        "'with':{'t':'map','v':{'name':{'t':'expr','s':'item','line':1}}}}]}]}]";
    struct world w;
    open_world(&w, *state, steps, "");
    begin(&w, "{'items':['x','y']}");
    assert_int_equal(w.f->http.count, 3);
    assert_contains(w.f->http.sent[2].body, "y");
    fix_answer(w.f, 2, 422, NULL, "{}");
    fix_settle(w.f);
    assert_state(&w, RUN_RUNNING); /* until the others are over */
    fix_answer(w.f, 0, 200, NULL, "{}");
    fix_answer(w.f, 1, 200, NULL, "{}");
    fix_settle(w.f);
    struct run_list *list = world_read_run(&w, the_run);
    assert_int_equal(list->rows[0].state, RUN_DEAD);
    assert_string_equal(list->rows[0].step, "b/2");
    assert_int_equal(list->rows[0].err.status, 422);
    run_list_free(list);
    world_close(&w);
}

static void each_keeps_to_its_bound(void **state)
{
    static const char steps[] =
        "[{'step':'a','each':{'t':'expr','s':'event.items','line':1},'at_once':2,'retry':" ONCE
        ","
        "'use':{'connection':'shop','operation':'order'},"
        "'with':{'t':'map','v':{'name':{'t':'expr','s':'item','line':1}}}}]";
    struct world w;
    open_world(&w, *state, steps, "");
    begin(&w, "{'items':['x','y','z']}");
    assert_int_equal(w.f->http.count, 2);
    fix_answer(w.f, 0, 200, NULL, "{}");
    fix_settle(w.f);
    assert_int_equal(w.f->http.count, 3);
    assert_contains(w.f->http.sent[2].body, "z");
    fix_answer(w.f, 1, 200, NULL, "{}");
    fix_answer(w.f, 2, 200, NULL, "{}");
    fix_settle(w.f);
    assert_state(&w, RUN_DONE);
    world_close(&w);
}

static void a_run_that_is_cancelled_closes_what_is_in_flight(void **state)
{
    struct world w;
    open_world(&w, *state,
               "[{'step':'p','parallel':[" ORDER("a", "tea") "," ORDER("b", "milk") "]}]", "");
    begin(&w, "{}");
    assert_int_equal(w.f->http.count, 2);
    struct run_ask ask;
    bool is_asked = false;
    run_ask_init(&ask, the_run, RUN_REQUEST_CANCEL);
    ask.op.done = fix_barrier_done;
    ask.op.ud = &is_asked;
    store_submit(w.f->store, &ask.op);
    fix_settle(w.f);
    runner_store_changed(w.runner);
    fix_settle(w.f);
    assert_true(w.f->http.sent[0].is_cancelled && w.f->http.sent[1].is_cancelled);
    assert_int_equal(runner_active(w.runner), 0);
    assert_state(&w, RUN_CANCELLED);
    world_close(&w);
}

static void a_full_disk_holds_a_run_up_and_loses_nothing(void **state)
{
    struct err e = ERR_INIT;
    struct world w;
    open_world(&w, *state, "[" ORDER("a", "tea") "]", "");
    begin(&w, "{}");
    assert_int_equal(fault_arm("store.commit_full=fail*", &e), 0);
    fix_answer(w.f, 0, 200, NULL, "{}");
    fix_settle(w.f);
    fault_disarm();
    for (int i = 0; i < 3; i++) {
        fix_pass(w.f, 2 * SECOND);
        fix_settle(w.f);
    }
    assert_state(&w, RUN_DONE);
    assert_int_equal(w.f->http.count, 1);
    world_close(&w);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fix_setup, fix_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_run_without_effects_ends_as_done),
        TEST(a_call_that_is_not_idempotent_is_journalled_before_it_is_sent),
        TEST(a_step_that_is_done_is_not_executed_again_by_a_later_attempt),
        TEST(a_run_whose_connection_is_gone_waits_for_a_person),
        TEST(a_call_that_was_sent_before_a_crash_is_not_sent_again_blindly),
        TEST(an_unknown_outcome_is_looked_for_where_the_operation_says_how),
        TEST(an_unknown_outcome_is_sent_again_where_the_step_says_so),
        TEST(an_unknown_outcome_is_sent_again_after_a_crash_too),
        TEST(an_outcome_that_stays_unknown_parks_once_the_tries_are_used_up),
        TEST(what_can_be_looked_for_is_looked_for_before_it_is_sent_again),
        TEST(a_retryable_error_waits_as_a_row_and_is_tried_again_when_due),
        TEST(a_final_error_runs_on_error_and_leaves_the_run_dead),
        TEST(a_wait_holds_no_memory_and_is_never_early),
        TEST(branches_go_on_side_by_side),
        TEST(a_run_stands_at_the_item_of_the_branch_that_failed),
        TEST(each_keeps_to_its_bound),
        TEST(a_run_that_is_cancelled_closes_what_is_in_flight),
        TEST(a_full_disk_holds_a_run_up_and_loses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
