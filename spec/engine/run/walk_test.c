/* How a recipe's steps are walked: scripts/lib/walk.lua. */
#include "shop.h"

#include "base/log.h"

#define STOP_IF(step, condition)                                                                   \
    "{'step':'" step "','if':" EXPR(condition) ",'stop':" TEXT("enough") "}"
#define NAP "{'step':'nap','wait':" TEXT("1 hour") "}"
/* A step for each item of the event's list. */
#define EACH(step, policy, more)                                                                   \
    STEP(step, "order", EXPR("item"), policy, ",'each':" EXPR("event.items") more)

/* Begins the run; the requests that it sends at once. */
static size_t sent_by(struct world *w, const char *payload)
{
    size_t before = w->f->http.count;
    begin(w, payload);
    return w->f->http.count - before;
}

static const char *body_of(const struct world *w, size_t index)
{
    assert_true(index < w->f->http.count);
    return w->f->http.sent[index].body;
}

/* --- conditions --- */

static void a_step_whose_if_is_false_or_nothing_is_passed_over(void **state)
{
    struct world w;
    open_world(&w, *state, "[" ORDER_WITH("a", TEXT("tea"), ",'if':" EXPR("event.items[1]")) "]",
               "");
    assert_int_equal(sent_by(&w, "{'items':[false]}"), 0);
    assert_state(&w, RUN_DONE);
    assert_int_equal(sent_by(&w, "{'items':[null]}"), 0);
    assert_int_equal(sent_by(&w, "{'items':[]}"), 0);
    assert_int_equal(sent_by(&w, "{'items':[true]}"), 1);
    assert_int_equal(sent_by(&w, "{'items':[0]}"), 1);
    world_close(&w);
}

/* --- failures --- */

static void a_step_that_fails_ends_the_run(void **state)
{
    struct world w;
    open_world(&w, *state, "[" ORDER("a", "tea") "," ORDER("b", "milk") "]", "");
    begin(&w, "{}");
    answer(&w, 0, 422, "{}");
    assert_state(&w, RUN_DEAD);
    assert_int_equal(w.f->http.count, 1);
    world_close(&w);
}

static void with_on_error_continue_it_goes_on_behind_it(void **state)
{
    struct world w;
    open_world(
        &w, *state,
        "[" ORDER_WITH("a", TEXT("tea"), ",'on_error':'continue'") "," ORDER("b", "milk") "]", "");
    begin(&w, "{}");
    answer(&w, 0, 422, "{}");
    assert_contains(body_of(&w, 1), "milk");
    answer(&w, 1, 200, "{}");
    assert_state(&w, RUN_DONE);
    world_close(&w);
}

static void with_steps_for_it_these_are_done_and_it_goes_on(void **state)
{
    struct world w;
    open_world(
        &w, *state,
        "[" ORDER_WITH("a", TEXT("tea"),
                       ",'on_error':[" ORDER("tell", "sorry") "]") "," ORDER("b", "milk") "]",
        "");
    begin(&w, "{}");
    answer(&w, 0, 422, "{}");
    assert_contains(body_of(&w, 1), "sorry");
    answer(&w, 1, 200, "{}");
    assert_contains(body_of(&w, 2), "milk");
    world_close(&w);
}

static void a_stop_among_these_ends_the_run(void **state)
{
    struct world w;
    open_world(
        &w, *state,
        "[" ORDER_WITH("a", TEXT("tea"),
                       ",'on_error':[" STOP_IF("end", "true") "]") "," ORDER("b", "milk") "]",
        "");
    begin(&w, "{}");
    answer(&w, 0, 422, "{}");
    assert_state(&w, RUN_DONE);
    assert_int_equal(w.f->http.count, 1);
    world_close(&w);
}

/* A retry opens what fails the run, and not what it passed over. */
static void only_what_ends_the_run_is_marked_as_failing_it(void **state)
{
    struct world w;
    open_world(
        &w, *state,
        "[" ORDER_WITH("a", TEXT("tea"), ",'on_error':'continue'") "," ORDER("b", "milk") "]", "");
    begin(&w, "{}");
    answer(&w, 0, 422, "{}");
    answer(&w, 1, 422, "{}");
    assert_state(&w, RUN_DEAD);
    struct run_list *list = world_read_run(&w, the_run);
    assert_int_equal(list->journal_count, 2);
    for (size_t i = 0; i < 2; i++) {
        bool is_b = strcmp(list->journal[i].path, "b") == 0;
        assert_int_equal(list->journal[i].fails_run, is_b);
    }
    run_list_free(list);
    world_close(&w);
}

/* --- stops --- */

static void a_stop_ends_the_run_as_done(void **state)
{
    struct world w;
    open_world(&w, *state, "[" STOP_IF("end", "event.is_over") "," ORDER("a", "tea") "]", "");
    assert_int_equal(sent_by(&w, "{'is_over':true}"), 0);
    assert_state(&w, RUN_DONE);
    assert_int_equal(sent_by(&w, "{}"), 1);
    world_close(&w);
}

static void a_stop_in_a_branch_lets_the_others_end_and_then_ends_the_run(void **state)
{
    struct world w;
    open_world(&w, *state,
               "[{'step':'p','parallel':[" STOP_IF("end", "true") "," ORDER("a", "tea") "]}," ORDER(
                   "b", "milk") "]",
               "");
    begin(&w, "{}");
    assert_state(&w, RUN_RUNNING);
    answer(&w, 0, 200, "{}");
    assert_state(&w, RUN_DONE);
    assert_int_equal(w.f->http.count, 1);
    world_close(&w);
}

static void a_stop_in_an_item_leaves_out_the_items_behind_it(void **state)
{
    struct world w;
    open_world(&w, *state,
               "[{'step':'g','each':" EXPR("event.items") ",'do':[" STOP_IF(
                   "end", "item == \\\"y\\\"") "," ORDER_WITH("a", EXPR("item"),
                                                              "") "]}," ORDER("b", "milk") "]",
               "");
    begin(&w, "{'items':['x','y','z']}");
    answer(&w, 0, 200, "{}");
    assert_state(&w, RUN_DONE);
    assert_int_equal(w.f->http.count, 1);
    world_close(&w);
}

/* --- branches and lists --- */

static void a_branch_that_fails_ends_the_run_once_the_others_are_over(void **state)
{
    struct world w;
    open_world(&w, *state,
               "[{'step':'p','parallel':[" ORDER("a", "tea") "," ORDER("b", "milk") "]}," ORDER(
                   "c", "cup") "]",
               "");
    begin(&w, "{}");
    answer(&w, 0, 422, "{}");
    assert_state(&w, RUN_RUNNING);
    answer(&w, 1, 200, "{}");
    assert_state(&w, RUN_DEAD);
    assert_int_equal(w.f->http.count, 2);
    world_close(&w);
}

static void each_item_is_an_effect_of_its_own_and_done_once(void **state)
{
    struct world w;
    open_world(&w, *state, "[" EACH("a", TWICE, "") "]", "");
    begin(&w, "{'items':['x','y']}");
    assert_contains(body_of(&w, 0), "x");
    answer(&w, 0, 200, "{}");
    assert_contains(body_of(&w, 1), "y");
    answer(&w, 1, 503, "");
    assert_int_equal(row_state(&w, "a/1"), JOURNAL_DONE);
    pass(&w, 11 * SECOND);
    assert_int_equal(w.f->http.count, 3);
    assert_contains(body_of(&w, 2), "y");
    answer(&w, 2, 200, "{}");
    assert_state(&w, RUN_DONE);
    world_close(&w);
}

static void what_items_come_to_is_in_the_order_of_the_list(void **state)
{
    struct world w;
    open_world(&w, *state,
               "[" EACH("a", ONCE, ",'at_once':3") "," ORDER_WITH(
                   "b", EXPR("steps.a[1].id .. steps.a[2].id .. steps.a[3].id"), "") "]",
               "");
    begin(&w, "{'items':['x','y','z']}");
    fix_answer(w.f, 2, 200, NULL, "{'id':'three'}");
    fix_answer(w.f, 0, 200, NULL, "{'id':'one'}");
    answer(&w, 1, 200, "{'id':'two'}");
    assert_contains(body_of(&w, 3), "onetwothree");
    world_close(&w);
}

static void steps_of_an_item_do_not_see_those_of_another(void **state)
{
    struct world w;
    open_world(
        &w, *state,
        "[{'step':'g','each':" EXPR("event.items") ",'do':[" ORDER_WITH(
            "a", EXPR("item"),
            ",'if':" EXPR(
                "item == \\\"x\\\"")) "," ORDER_WITH("b",
                                                     EXPR(
                                                         "steps.a and \\\"had\\\" or \\\"none\\\""),
                                                     "") "]}]",
        "");
    begin(&w, "{'items':['x','y']}");
    answer(&w, 0, 200, "{}");
    assert_contains(body_of(&w, 1), "had");
    answer(&w, 1, 200, "{}");
    assert_contains(body_of(&w, 2), "none");
    world_close(&w);
}

/* --- what expressions see --- */

static void a_step_sees_what_those_before_it_came_to(void **state)
{
    struct world w;
    open_world(&w, *state, "[" ORDER("a", "tea") "," ORDER_WITH("b", EXPR("steps.a.id"), "") "]",
               "");
    begin(&w, "{}");
    answer(&w, 0, 200, "{'id':'from a'}");
    assert_contains(body_of(&w, 1), "from a");
    world_close(&w);
}

static void now_is_the_same_in_every_attempt(void **state)
{
    struct world w;
    open_world(
        &w, *state,
        "[" ORDER_WITH("a", EXPR("now"), "") "," NAP "," ORDER_WITH("b", EXPR("now"), "") "]", "");
    begin(&w, "{}");
    answer(&w, 0, 200, "{}");
    pass(&w, 3601 * SECOND);
    assert_contains(body_of(&w, 0), "2026-11-23T10:00:00");
    assert_string_equal(body_of(&w, 0), body_of(&w, 1));
    world_close(&w);
}

/* --- actions --- */

/* Its first call is done; only the second is made again. */
static void each_call_of_an_action_is_an_effect_of_its_own(void **state)
{
    static const char bundle[] =
        "{'plan':{'recipe':'r','needs':{'shop':'shop'},'do':[{'step':'a','use':{'script':'two'},"
        "'retry':" TWICE
        "}]},'inputs':{},'timezone':'UTC','scripts':{'two':"
        "'return { run = function(ctx) ctx.shop:order { name = [[x]] } "
        "ctx.shop:order { name = [[y]] } end }'}}";
    struct world w;
    world_open(&w, *state);
    world_connect(&w, "shop", SHOP);
    world_add(&w, "r", "hash-1", fix_json(bundle));
    world_start(&w);
    begin(&w, "{}");
    answer(&w, 0, 200, "{}");
    assert_contains(body_of(&w, 1), "y");
    answer(&w, 1, 503, "");
    assert_state(&w, RUN_WAITING);
    pass(&w, 11 * SECOND);
    assert_int_equal(w.f->http.count, 3);
    assert_contains(body_of(&w, 2), "y");
    answer(&w, 2, 200, "{}");
    assert_state(&w, RUN_DONE);
    world_close(&w);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fix_setup, fix_teardown)

int main(void)
{
    log_set_level(LOG_OFF);
    const struct CMUnitTest tests[] = {
        TEST(a_step_whose_if_is_false_or_nothing_is_passed_over),
        TEST(a_step_that_fails_ends_the_run),
        TEST(with_on_error_continue_it_goes_on_behind_it),
        TEST(with_steps_for_it_these_are_done_and_it_goes_on),
        TEST(a_stop_among_these_ends_the_run),
        TEST(only_what_ends_the_run_is_marked_as_failing_it),
        TEST(a_stop_ends_the_run_as_done),
        TEST(a_stop_in_a_branch_lets_the_others_end_and_then_ends_the_run),
        TEST(a_stop_in_an_item_leaves_out_the_items_behind_it),
        TEST(a_branch_that_fails_ends_the_run_once_the_others_are_over),
        TEST(each_item_is_an_effect_of_its_own_and_done_once),
        TEST(what_items_come_to_is_in_the_order_of_the_list),
        TEST(steps_of_an_item_do_not_see_those_of_another),
        TEST(a_step_sees_what_those_before_it_came_to),
        TEST(now_is_the_same_in_every_attempt),
        TEST(each_call_of_an_action_is_an_effect_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
