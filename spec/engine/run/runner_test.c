/* Runs under virtual time, with a real store and an HTTP client that only writes down what it is
 * asked to send: run/runner.h, run/effect.h, scripts/lib/walk.lua. */
#include "shop.h"

#include "base/fault.h"
#include "call/seats.h"

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
    json_t *event = fix_json("{}");
    the_run = world_store_run(&w, event);
    fix_arm("store.commit_full=fail*");
    world_begin_run(&w, the_run, event);
    fix_settle(w.f);
    assert_int_equal(w.f->http.count, 0); /* as long as its row is not committed */
    fault_disarm();
    fix_await_store(w.f);
    fix_settle(w.f);
    assert_int_equal(w.f->http.count, 1);
    assert_int_equal(row_state(&w, "a"), JOURNAL_STARTED);
    answer(&w, 0, 200, "{'id':1}");
    assert_int_equal(row_state(&w, "a"), JOURNAL_DONE);
    assert_state(&w, RUN_DONE);
    world_close(&w);
}

/* One save at a time: who waits for the second is not woken by the first. */
static void each_call_waits_for_the_commit_of_its_own_row(void **state)
{
    static const char steps[] =
        "[{'step':'p','parallel':[" ORDER("a", "tea") ",{'step':'g','do':["
        "{'step':'l','use':{'connection':'shop','operation':'look'},'retry':" ONCE "},"
        ORDER("b", "milk") "]}]}]";
    struct world w;
    open_world(&w, *state, steps, "");
    json_t *event = fix_json("{}");
    the_run = world_store_run(&w, event);
    fix_arm("store.before_commit=stall@1..+300ms,store.commit_full=fail*@2");
    world_begin_run(&w, the_run, event);
    fix_turn(w.f); /* the row of `a` is with the writer, which is slow */
    assert_int_equal(w.f->http.count, 1);
    fix_answer(w.f, 0, 200, NULL, "{}"); /* `b` begins meanwhile */
    while (w.f->http.count == 1) {
        loop_turn(w.f->loop, true);
    }
    fix_settle(w.f);
    assert_int_equal(w.f->http.count, 2);
    assert_contains(w.f->http.sent[1].body, "tea");
    fault_disarm();
    fix_await_store(w.f);
    fix_settle(w.f);
    assert_int_equal(w.f->http.count, 3);
    world_close(&w);
}

static void an_effect_has_one_idempotency_key_in_all_its_tries(void **state)
{
    struct world w;
    open_world(&w, *state,
               "[" STEP("a", "pay", TEXT("tea"), TWICE, "") "," STEP("b", "pay", TEXT("tea"), ONCE,
                                                                     "") "]",
               "");
    begin(&w, "{}");
    answer(&w, 0, 503, "");
    pass(&w, 11 * SECOND);
    answer(&w, 1, 200, "{}");
    assert_int_equal(w.f->http.count, 3);
    const char *keys[3];
    for (int i = 0; i < 3; i++) {
        keys[i] = sent_header(&w.f->http.sent[i], "Idempotency-Key");
        assert_non_null(keys[i]);
    }
    assert_string_equal(keys[0], keys[1]);
    assert_string_not_equal(keys[1], keys[2]); /* another step is another effect */
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

static void a_stop_takes_back_a_call_of_which_nothing_has_left(void **state)
{
    static const char steps[] = "[" ORDER("a", "tea") "]";
    struct world w;
    open_world(&w, *state, steps, "");
    begin(&w, "{}");
    assert_int_equal(row_state(&w, "a"), JOURNAL_STARTED);
    w.f->http.sent[0].is_connecting = true;
    runner_cut(w.runner);
    fix_settle(w.f);
    assert_state(&w, RUN_QUEUED);
    assert_int_equal(row_state(&w, "a"), JOURNAL_WAITING);
    restart(&w, steps, "");
    assert_int_equal(w.f->http.count, 1);
    assert_contains(w.f->http.sent[0].body, "tea");
    fix_answer(w.f, 0, 200, NULL, "{}");
    fix_settle(w.f);
    assert_state(&w, RUN_DONE);
    world_close(&w);
}

/* Takes all seats of the shop; the_run is one for which none is left. */
static void fill_seats(struct world *w)
{
    for (int i = 0; i <= SEATS_PER_HOST; i++) {
        begin(w, "{}");
    }
    assert_int_equal(w->f->http.count, SEATS_PER_HOST);
}

static void answer_all(struct world *w, size_t from)
{
    for (size_t i = from; i < w->f->http.count; i++) {
        fix_answer(w->f, i, 200, NULL, "{}");
    }
    fix_settle(w->f);
}

/* ORDER may be tried once. */
static void a_wait_for_a_connection_is_a_row_and_no_try(void **state)
{
    static const char steps[] = "[" ORDER("a", "tea") "]";
    struct world w;
    open_world(&w, *state, steps, "");
    fill_seats(&w);
    assert_state(&w, RUN_RUNNING);
    assert_int_equal(row_state(&w, "a"), (enum journal_state) - 1); /* not begun */
    for (int i = 0; i < 3; i++) {
        fix_pass(w.f, 3 * SEATS_WAIT_US);
        fix_settle(w.f);
        assert_state(&w, RUN_WAITING); /* in the store: no seat comes free */
        assert_int_equal(row_state(&w, "a"), (enum journal_state) - 1);
    }
    answer_all(&w, 0);
    fix_pass(w.f, 3 * SEATS_WAIT_US);
    fix_settle(w.f);
    assert_int_equal(w.f->http.count, SEATS_PER_HOST + 1);
    answer_all(&w, SEATS_PER_HOST);
    assert_state(&w, RUN_DONE);
    world_close(&w);
}

static void a_stop_leaves_who_waits_for_a_connection_as_a_row(void **state)
{
    static const char steps[] = "[" ORDER("a", "tea") "]";
    struct world w;
    open_world(&w, *state, steps, "");
    fill_seats(&w);
    runner_quiesce(w.runner);
    fix_settle(w.f);
    assert_state(&w, RUN_WAITING);
    assert_int_equal(w.f->http.count, SEATS_PER_HOST);
    answer_all(&w, 0); /* what has begun ends */
    assert_true(runner_is_idle(w.runner));
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
    assert_int_equal(w.f->http.count, 2); /* it may be there later */
    fix_pass(w.f, 70 * SECOND);
    fix_settle(w.f);
    assert_string_equal(w.f->http.sent[2].method, "GET");
    fix_answer(w.f, 2, 200, NULL, "{'things':[]}");
    fix_settle(w.f);
    fix_pass(w.f, 11 * SECOND); /* by its policy: the call failed */
    fix_settle(w.f);
    assert_int_equal(w.f->http.count, 4);
    assert_string_equal(w.f->http.sent[3].method, "POST");
    fix_answer(w.f, 3, 200, NULL, "{}");
    fix_settle(w.f);
    assert_state(&w, RUN_DONE);
    world_close(&w);
}

static void an_outcome_stays_unknown_where_the_look_for_it_fails(void **state)
{
    static const char thrice[] =
        "{'tries':3,'first_us':10000000,'longest_us':10000000,'factor':1,'jitter':'none'}";
    char *steps = xasprintf(
        "[{'step':'a','use':{'connection':'shop','operation':'place'},"
        "'retry':%s,'with':{'t':'map','v':{'name':" TEXT("tea") "}}}]",
        thrice);
    struct world w;
    open_world(&w, *state, steps, "");
    free(steps);
    begin(&w, "{}");
    fix_break(w.f, 0, ERR_UNKNOWN);
    fix_settle(w.f);
    pass(&w, 11 * SECOND);
    assert_string_equal(w.f->http.sent[1].method, "GET");
    answer(&w, 1, 503, "");
    assert_state(&w, RUN_WAITING);
    assert_int_equal(row_state(&w, "a"), JOURNAL_STARTED);
    pass(&w, 11 * SECOND);
    assert_int_equal(w.f->http.count, 3);
    assert_string_equal(w.f->http.sent[2].method, "GET"); /* it is looked for again, not sent */
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

static void a_wait_that_is_looked_at_too_early_goes_on(void **state)
{
    struct world w;
    open_world(&w, *state, "[{'step':'nap','wait':" TEXT("1 hour") "}," ORDER("a", "tea") "]", "");
    begin(&w, "{}");
    pass(&w, 3599 * SECOND + 500000);
    ask_run(&w, RUN_REQUEST_RETRY); /* hurries tries, and no wait */
    assert_state(&w, RUN_WAITING);
    assert_int_equal(w.f->http.count, 0);
    pass(&w, SECOND);
    assert_int_equal(w.f->http.count, 1);
    world_close(&w);
}

static void a_call_that_the_breaker_refuses_is_no_try(void **state)
{
    struct world w;
    open_world(&w, *state, "[" STEP("a", "order", TEXT("tea"), TWICE, "") "]", "");
    struct outcome o = { .count = 0 };
    for (size_t i = 0; i < 5; i++) {
        (void)fix_call(w.f, service_find(w.f->service, "shop"), "look", "{}", &o);
        answer(&w, i, 503, "");
    }
    begin(&w, "{}");
    assert_int_equal(w.f->http.count, 5);
    struct run_list *list = world_read_run(&w, the_run);
    assert_int_equal(list->rows[0].state, RUN_WAITING);
    assert_int_equal(list->rows[0].err.kind, ERR_TURN);
    assert_int_equal(list->journal_count, 0);
    run_list_free(list);
    outcome_fini(&o);
    world_close(&w);
}

static void a_step_that_failed_for_good_is_not_tried_by_a_later_attempt(void **state)
{
    struct world w;
    open_world(
        &w, *state,
        "[" ORDER_WITH("a", TEXT("tea"), ",'on_error':'continue'") ",{'step':'nap','wait':" TEXT(
            "1 hour") "}," ORDER("b", "milk") "]",
        "");
    begin(&w, "{}");
    answer(&w, 0, 422, "{}");
    assert_state(&w, RUN_WAITING);
    pass(&w, 3601 * SECOND);
    assert_int_equal(w.f->http.count, 2);
    assert_contains(w.f->http.sent[1].body, "milk");
    world_close(&w);
}

static void a_run_of_a_refused_connection_is_parked_until_that_works_again(void **state)
{
    struct world w;
    open_world(&w, *state, "[" ORDER("a", "tea") "]", "");
    begin(&w, "{}");
    answer(&w, 0, 401, "{}");
    assert_state(&w, RUN_PARKED);
    runner_release(w.runner, "mill");
    fix_settle(w.f);
    assert_state(&w, RUN_PARKED);
    runner_release(w.runner, "shop");
    fix_settle(w.f);
    assert_int_equal(w.f->http.count, 2);
    world_close(&w);
}

/* --- branches --- */

static void a_run_goes_on_while_one_of_its_branches_works(void **state)
{
    struct world w;
    open_world(&w, *state,
               "[{'step':'p','parallel':[" STEP("a", "order", TEXT("tea"), TWICE,
                                                "") "," ORDER("b", "milk") "]}]",
               "");
    begin(&w, "{}");
    answer(&w, 0, 503, ""); /* this one waits */
    assert_state(&w, RUN_RUNNING);
    assert_false(w.f->http.sent[1].is_cancelled);
    answer(&w, 1, 200, "{}");
    assert_state(&w, RUN_WAITING);
    world_close(&w);
}

static void a_branch_that_is_parked_keeps_no_other_from_its_next_try(void **state)
{
    struct world w;
    open_world(&w, *state,
               "[{'step':'p','parallel':[" ORDER("a", "tea") "," STEP("b", "order", TEXT("milk"),
                                                                      TWICE, "") "]}]",
               "");
    begin(&w, "{}");
    fix_break(w.f, 0, ERR_UNKNOWN); /* parked, as nobody can look for it */
    fix_settle(w.f);
    answer(&w, 1, 503, "");
    assert_state(&w, RUN_WAITING);
    pass(&w, 11 * SECOND);
    assert_int_equal(w.f->http.count, 3);
    assert_contains(w.f->http.sent[2].body, "milk");
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

/* --- claims --- */

/* Stores an event of the shop with `count` runs of the recipe that are due, all of this key. */
static void store_due(struct world *w, size_t count, const char *key, int64_t received_us)
{
    struct event_put *put = event_put_new();
    put->event.connection = xstrdup("shop");
    put->event.type = xstrdup("happened");
    put->event.received_us = received_us;
    put->event.payload = xstrdup("{}");
    put->event.payload_len = 2;
    put->event.is_routed = true;
    put->runs = xcalloc(count, sizeof *put->runs);
    put->run_count = count;
    for (size_t i = 0; i < count; i++) {
        put->runs[i] = (struct run_seed){ .id = id_new(),
                                          .recipe = i == 0 ? xstrdup("r") : xasprintf("r%zu", i),
                                          .version = xstrdup("hash-1"),
                                          .key = xstrdup_or_null(key),
                                          .state = RUN_QUEUED,
                                          .due_us = fix_wall_us };
        the_run = put->runs[i].id;
    }
    world_commit(w, &put->op);
    event_put_free(put);
}

static int64_t runs_done(struct world *w)
{
    struct run_counts counts;
    run_counts_init(&counts);
    world_commit(w, &counts.op);
    return counts.by_state[RUN_DONE];
}

/* Claims come one after another, and so do the states that a limiter keeps. */
static void claim_all(struct world *w)
{
    runner_poke(w->runner);
    for (int i = 0; i < 6; i++) {
        fix_settle(w->f);
    }
}

static void more_runs_than_one_claim_takes_are_all_taken(void **state)
{
    struct world w;
    open_world(&w, *state, "[{'step':'end','stop':" TEXT("enough") "}]", "");
    store_due(&w, 600, NULL, fix_wall_us);
    claim_all(&w);
    assert_int_equal(runs_done(&w), 600);
    world_close(&w);
}

/* A world whose shop takes so many calls in fifty seconds. */
static void open_limited(struct world *w, struct fixture *f, int requests)
{
    char *table = xasprintf(
        "{'name':'shop','base_url':'https://shop.example',"
        "'auth':{'kinds':['none']},"
        "'limits':[{'requests':%d,'per_ms':50000}],"
        "'operations':{'look':{'method':'GET','path':'/look'}}}",
        requests);
    world_open(w, f);
    world_connect(w, "shop", table);
    free(table);
    add_recipe(w, "[{'step':'l','use':{'connection':'shop','operation':'look'},'retry':" ONCE "}]",
               "");
    world_start(w);
}

/* A service may take half of the room. */
static void no_more_runs_stay_in_memory_than_there_is_room_for(void **state)
{
    static const size_t first = 100;
    struct world w;
    open_limited(&w, *state, 100000);
    store_due(&w, first, NULL, fix_wall_us);
    claim_all(&w);
    assert_int_equal(runner_active(w.runner), first);
    store_due(&w, RUNNER_ACTIVE_MAX, NULL, fix_wall_us);
    claim_all(&w);
    assert_int_equal(runner_active(w.runner), RUNNER_ACTIVE_MAX / 2);
    world_close(&w);
}

/* A fifth of the limit is left for what just happened. */
static void what_piled_up_for_hours_leaves_room_for_what_just_happened(void **state)
{
    struct world w;
    open_limited(&w, *state, 10);
    store_due(&w, 20, NULL, fix_wall_us - 2 * 3600 * SECOND);
    claim_all(&w);
    assert_int_equal(w.f->http.count, 8);
    store_due(&w, 20, NULL, fix_wall_us - 1800 * SECOND);
    claim_all(&w);
    pass(&w, 200000);
    assert_int_equal(w.f->http.count, 10);
    world_close(&w);
}

static void the_next_of_a_key_goes_as_soon_as_the_one_before_it_is_over(void **state)
{
    struct world w;
    open_world(&w, *state, "[" ORDER("a", "tea") "]", "");
    store_due(&w, 1, "k", fix_wall_us);
    store_due(&w, 1, "k", fix_wall_us);
    runner_poke(w.runner);
    fix_settle(w.f);
    assert_int_equal(w.f->http.count, 1);
    answer(&w, 0, 200, "{}");
    assert_int_equal(w.f->http.count, 2);
    answer(&w, 1, 200, "{}");
    assert_state(&w, RUN_DONE);
    world_close(&w);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fix_setup, fix_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_run_without_effects_ends_as_done),
        TEST(a_call_that_is_not_idempotent_is_journalled_before_it_is_sent),
        TEST(each_call_waits_for_the_commit_of_its_own_row),
        TEST(an_effect_has_one_idempotency_key_in_all_its_tries),
        TEST(a_step_that_is_done_is_not_executed_again_by_a_later_attempt),
        TEST(a_run_whose_connection_is_gone_waits_for_a_person),
        TEST(a_call_that_was_sent_before_a_crash_is_not_sent_again_blindly),
        TEST(a_stop_takes_back_a_call_of_which_nothing_has_left),
        TEST(a_wait_for_a_connection_is_a_row_and_no_try),
        TEST(a_stop_leaves_who_waits_for_a_connection_as_a_row),
        TEST(an_unknown_outcome_is_looked_for_where_the_operation_says_how),
        TEST(an_unknown_outcome_is_sent_again_where_the_step_says_so),
        TEST(an_unknown_outcome_is_sent_again_after_a_crash_too),
        TEST(an_outcome_that_stays_unknown_parks_once_the_tries_are_used_up),
        TEST(what_can_be_looked_for_is_looked_for_before_it_is_sent_again),
        TEST(an_outcome_stays_unknown_where_the_look_for_it_fails),
        TEST(a_retryable_error_waits_as_a_row_and_is_tried_again_when_due),
        TEST(a_final_error_runs_on_error_and_leaves_the_run_dead),
        TEST(a_wait_holds_no_memory_and_is_never_early),
        TEST(a_wait_that_is_looked_at_too_early_goes_on),
        TEST(a_call_that_the_breaker_refuses_is_no_try),
        TEST(a_step_that_failed_for_good_is_not_tried_by_a_later_attempt),
        TEST(a_run_of_a_refused_connection_is_parked_until_that_works_again),
        TEST(a_run_goes_on_while_one_of_its_branches_works),
        TEST(a_branch_that_is_parked_keeps_no_other_from_its_next_try),
        TEST(branches_go_on_side_by_side),
        TEST(a_run_stands_at_the_item_of_the_branch_that_failed),
        TEST(each_keeps_to_its_bound),
        TEST(a_run_that_is_cancelled_closes_what_is_in_flight),
        TEST(a_full_disk_holds_a_run_up_and_loses_nothing),
        TEST(more_runs_than_one_claim_takes_are_all_taken),
        TEST(no_more_runs_stay_in_memory_than_there_is_room_for),
        TEST(what_piled_up_for_hours_leaves_room_for_what_just_happened),
        TEST(the_next_of_a_key_goes_as_soon_as_the_one_before_it_is_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
