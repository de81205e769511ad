/* Runs that wait for their turn at a connection: under virtual time, with a real store. */
#include "fixture.h"

#include "call/seats.h"

static const char limited[] =
    "{'name':'shop','base_url':'https://shop.example','auth':{'kinds':['none']},"
    "'limits':[{'requests':2,'per_ms':10000}],"
    "'operations':{'order':{'method':'POST','path':'/orders','idempotent':false,"
    " 'input':{'name':['string']}}}}";
static const char unlimited[] =
    "{'name':'%s','base_url':'https://%s.example','auth':{'kinds':['none']},"
    "'operations':{'order':{'method':'POST','path':'/orders','idempotent':false,"
    " 'input':{'name':['string']}}}}";

#define ORDER(step, shop)                                                                          \
    "{'step':'" step "','use':{'connection':'" shop                                                \
    "','operation':'order'},'retry':{'tries':1},"                                                  \
    "'with':{'t':'map','v':{'name':{'t':'expr','s':'event.n','line':1}}}}"

static void add_recipe(struct world *w, const char *name, const char *steps)
{
    char *text = xasprintf(
        "{'plan':{'recipe':'%s','needs':{'shop':'shop','other':'other'},'do':%s},"
        "'inputs':{},'timezone':'UTC'}",
        name, steps);
    char *hash = xasprintf("hash-%s", name);
    world_add(w, name, hash, fix_json(text));
    free(hash);
    free(text);
}

static void open_world(struct world *w, struct fixture *f, const char *steps)
{
    char *other = xasprintf(unlimited, "other", "other");
    world_open(w, f);
    world_connect(w, "shop", limited);
    world_connect(w, "other", other);
    add_recipe(w, "r", steps);
    add_recipe(w, "quick", "[" ORDER("a", "other") "]");
    world_start(w);
    free(other);
}

/* Stores an event with a run of the recipe and begins it, as the router does. */
static struct id begin(struct world *w, const char *recipe, int n)
{
    json_t *event = json_pack("{s:s}", "n", "");
    json_object_set_new(event, "n", json_sprintf("order %d", n));
    char *hash = xasprintf("hash-%s", recipe);
    struct id id = world_store_version(w, recipe, hash, event);
    free(hash);
    struct meta *meta = meta_new(&(struct meta_source){ .connection = NULL });
    runner_begin(w->runner, &(struct run_start){ .id = id,
                                                 .program = runner_program(w->runner, recipe),
                                                 .event = event,
                                                 .meta = meta,
                                                 .created_us = fix_wall_us });
    fix_settle(w->f);
    return id;
}

static struct run_row read_row(struct world *w, struct id id)
{
    struct run_list *list = world_read_run(w, id);
    struct run_row row = list->rows[0];
    list->rows[0] = (struct run_row){ .id = id };
    run_list_free(list);
    return row;
}

static enum run_state state_of(struct world *w, struct id id)
{
    struct run_row row = read_row(w, id);
    enum run_state state = row.state;
    run_row_fini(&row);
    return state;
}

/* Answers what was sent from `*next` on, until there is nothing more. */
static void answer_all(struct world *w, int *next)
{
    while (*next < (int)w->f->http.count) {
        fix_answer(w->f, (*next)++, 200, NULL, "{'id':1}");
        fix_settle(w->f);
    }
}

static void pass(struct world *w, int64_t us)
{
    fix_pass(w->f, us);
    fix_settle(w->f);
}

static void who_has_no_room_within_a_second_waits_as_a_row(void **state)
{
    struct world w;
    struct id runs[4];
    open_world(&w, *state, "[" ORDER("a", "shop") "]");
    for (int i = 0; i < 4; i++) {
        runs[i] = begin(&w, "r", i);
    }
    assert_int_equal(runner_active(w.runner), 2);
    struct run_row row = read_row(&w, runs[2]);
    assert_int_equal(row.state, RUN_WAITING);
    assert_int_equal(row.err.kind, ERR_TURN);
    assert_string_equal(row.step, "a");
    assert_int_equal(row.due_us, 0);
    run_row_fini(&row);
    world_close(&w);
}

static void the_oldest_goes_first_so_runs_end_one_after_another(void **state)
{
    struct world w;
    struct id runs[4];
    int next = 0;
    open_world(&w, *state, "[" ORDER("a", "shop") "," ORDER("b", "shop") "]");
    for (int i = 0; i < 4; i++) {
        runs[i] = begin(&w, "r", i);
    }
    answer_all(&w, &next); /* the first calls of two: the limit is used up */
    assert_int_equal(next, 2);
    for (int i = 0; i < 120 && next < 4; i++) {
        pass(&w, 100000);
        answer_all(&w, &next);
    }
    assert_int_equal(next, 4);
    assert_int_equal(state_of(&w, runs[0]), RUN_DONE);
    assert_int_equal(state_of(&w, runs[1]), RUN_DONE);
    assert_int_equal(state_of(&w, runs[2]), RUN_WAITING);
    for (int i = 0; i < 240 && next < 8; i++) {
        pass(&w, 100000);
        answer_all(&w, &next);
    }
    assert_int_equal(state_of(&w, runs[3]), RUN_DONE);
    world_close(&w);
}

static void a_run_that_comes_later_does_not_overtake(void **state)
{
    struct world w;
    int next = 0;
    open_world(&w, *state, "[" ORDER("a", "shop") "]");
    for (int i = 0; i < 3; i++) {
        (void)begin(&w, "r", i);
    }
    answer_all(&w, &next);
    fix_pass(w.f, 10200001); /* there is room again, and one waits for it */
    struct id late = begin(&w, "r", 3);
    for (int i = 0; i < 10; i++) {
        pass(&w, 100000);
    }
    assert_non_null(strstr(w.f->http.sent[2].body, "order 2"));
    answer_all(&w, &next);
    for (int i = 0; i < 10; i++) {
        pass(&w, 100000);
        answer_all(&w, &next);
    }
    assert_int_equal(state_of(&w, late), RUN_DONE);
    world_close(&w);
}

static void a_run_at_another_service_ends_meanwhile(void **state)
{
    struct world w;
    int next = 0;
    open_world(&w, *state, "[" ORDER("a", "shop") "]");
    for (int i = 0; i < 50; i++) {
        (void)begin(&w, "r", i);
    }
    struct id id = begin(&w, "quick", 1);
    answer_all(&w, &next);
    assert_int_equal(state_of(&w, id), RUN_DONE);
    world_close(&w);
}

static void a_slow_service_leaves_room_for_others(void **state)
{
    struct world w;
    open_world(&w, *state, "[" ORDER("a", "shop") "]");
    for (int i = 0; i < RUNNER_ACTIVE_MAX / 2 + 10; i++) {
        (void)begin(&w, "quick", i);
    }
    assert_int_equal(runner_active(w.runner), RUNNER_ACTIVE_MAX / 2);
    assert_int_equal(w.f->http.count, SEATS_PER_HOST);
    struct id id = begin(&w, "r", 1);
    fix_answer(w.f, w.f->http.count - 1, 200, NULL, "{'id':1}");
    fix_settle(w.f);
    assert_int_equal(state_of(&w, id), RUN_DONE);
    fix_answer(w.f, 0, 200, NULL, "{'id':1}");
    fix_settle(w.f);
    pass(&w, 100000);
    pass(&w, 100000);
    assert_int_equal(w.f->http.count, SEATS_PER_HOST + 2);
    world_close(&w);
}

static void a_wait_for_a_turn_costs_no_try_and_survives_a_restart(void **state)
{
    struct world w;
    struct id last;
    int next = 0;
    open_world(&w, *state, "[" ORDER("a", "shop") "]");
    for (int i = 0; i < 3; i++) {
        last = begin(&w, "r", i);
    }
    answer_all(&w, &next);
    world_close(&w);
    fix_restart(w.f);
    open_world(&w, w.f, "[" ORDER("a", "shop") "]");
    next = w.f->http.count;
    for (int i = 0; i < 130; i++) {
        pass(&w, 100000);
        answer_all(&w, &next);
    }
    struct run_list *list = world_read_run(&w, last);
    assert_int_equal(list->rows[0].state, RUN_DONE);
    assert_int_equal(list->journal_count, 1);
    assert_int_equal(list->journal[0].attempts, 1);
    run_list_free(list);
    world_close(&w);
}

static void a_service_that_is_down_is_waited_for_and_all_go_on(void **state)
{
    struct world w;
    struct id runs[20];
    open_world(&w, *state, "[" ORDER("a", "shop") "]");
    for (int i = 0; i < 5; i++) {
        runs[i] = begin(&w, "quick", i);
        fix_answer(w.f, i, 503, NULL, "");
        fix_settle(w.f);
    }
    for (int i = 5; i < 20; i++) {
        runs[i] = begin(&w, "quick", i);
    }
    assert_int_equal(w.f->http.count, 5);
    assert_int_equal(runner_active(w.runner), 0);
    struct run_row row = read_row(&w, runs[5]);
    assert_int_equal(row.state, RUN_WAITING);
    assert_int_equal(row.err.kind, ERR_TURN);
    run_row_fini(&row);
    int next = 5;
    for (int i = 0; i < 50 && next < 20; i++) {
        pass(&w, 100000);
        answer_all(&w, &next);
    }
    for (int i = 5; i < 20; i++) {
        assert_int_equal(state_of(&w, runs[i]), RUN_DONE);
    }
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(test) cmocka_unit_test_setup_teardown(test, fix_setup, fix_teardown)
        TEST(who_has_no_room_within_a_second_waits_as_a_row),
        TEST(the_oldest_goes_first_so_runs_end_one_after_another),
        TEST(a_run_that_comes_later_does_not_overtake),
        TEST(a_run_at_another_service_ends_meanwhile),
        TEST(a_slow_service_leaves_room_for_others),
        TEST(a_wait_for_a_turn_costs_no_try_and_survives_a_restart),
        TEST(a_service_that_is_down_is_waited_for_and_all_go_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
