/* Memory that runs share: what is within its own bounds is put off, and what is not dies of it. */
#include "fixture.h"

static const char shop[] =
    "{'name':'shop','base_url':'https://shop.example','auth':{'kinds':['none']},"
    "'operations':{'look':{'method':'GET','path':'/look'}}}";

/* Waits for an answer, and then takes as many MB as the event says, and waits at each 40. */
static const char steps[] =
    "[{'step':'look','use':{'connection':'shop','operation':'look'}},"
    " {'step':'fill','use':{'script':'fill'},'retry':{'tries':1},'with':{'t':'map','v':{"
    "  'mb':{'t':'expr','s':'event.mb','line':1}}}}]";
static const char fill[] =
    "return { name = 'fill', input = { mb = { 'integer' } }, run = function(ctx, input)\n"
    "  local t, block = {}, ('x'):rep(262144)\n"
    "  for i = 1, input.mb * 4 do\n"
    "    t[i] = block .. i\n"
    "    if i % 160 == 0 then ctx.shop:look {} end\n"
    "  end\n"
    "  ctx.shop:look {}\n"
    "  return { n = #t }\n"
    "end }";

static void open_world(struct world *w, struct fixture *f)
{
    char *text = xasprintf(
        "{'plan':{'recipe':'r','needs':{'shop':'shop'},'do':%s},'inputs':{},"
        "'timezone':'UTC'}",
        steps);
    json_t *bundle = fix_json(text);
    json_object_set_new(bundle, "scripts", json_pack("{s:s}", "fill", fill));
    world_open(w, f);
    world_connect(w, "shop", shop);
    world_add(w, "r", "hash-1", bundle);
    world_start(w);
    free(text);
}

static struct id begin(struct world *w, int mb)
{
    json_t *event = json_pack("{s:i}", "mb", mb);
    struct id id = world_store_run(w, event);
    world_begin_run(w, id, event);
    fix_settle(w->f);
    return id;
}

static void assert_state(struct world *w, struct id id, enum run_state state, enum err_kind kind)
{
    struct run_list *list = world_read_run(w, id);
    if (list->rows[0].state != state || list->rows[0].err.kind != kind) {
        fail_msg("the run is %s: %s %s", run_state_name(list->rows[0].state),
                 err_kind_name(list->rows[0].err.kind), list->rows[0].err.message);
    }
    run_list_free(list);
}

static void answer_all(struct world *w, size_t *next)
{
    while (*next < w->f->http.count) {
        fix_answer(w->f, (*next)++, 200, NULL, "{}");
        fix_settle(w->f);
    }
}

static void runs_that_fit_alone_all_end_well(void **state)
{
    struct world w;
    struct id runs[5];
    size_t next = 0;
    open_world(&w, *state);
    for (int i = 0; i < 5; i++) {
        runs[i] = begin(&w, 40);
    }
    for (int i = 0; i < 5;
         i++) { /* their second calls are not answered: they keep what they have */
        fix_answer(w.f, next++, 200, NULL, "{}");
        fix_settle(w.f);
    }
    assert_state(&w, runs[4], RUN_WAITING, ERR_MEMORY);
    for (int i = 0; i < 20; i++) {
        answer_all(&w, &next);
        fix_pass(w.f, 1000000);
        fix_settle(w.f);
    }
    for (int i = 0; i < 5; i++) {
        assert_state(&w, runs[i], RUN_DONE, ERR_NONE);
    }
    world_close(&w);
}

static void one_that_fits_nowhere_dies_and_takes_no_other_along(void **state)
{
    struct world w;
    size_t next = 0;
    open_world(&w, *state);
    struct id good = begin(&w, 1), greedy = begin(&w, 1000);
    for (int i = 0; i < 10; i++) {
        answer_all(&w, &next);
        fix_pass(w.f, 1000000);
        fix_settle(w.f);
    }
    assert_state(&w, greedy, RUN_DEAD, ERR_MEMORY);
    assert_state(&w, good, RUN_DONE, ERR_NONE);
    world_close(&w);
}

static void no_run_begins_where_others_have_half_of_the_memory(void **state)
{
    struct world w;
    size_t next = 0;
    open_world(&w, *state);
    (void)begin(&w, 80);
    for (int i = 0; i < 2; i++) {
        fix_answer(w.f, next++, 200, NULL, "{}");
        fix_settle(w.f);
    }
    struct id late = begin(&w, 1);
    assert_state(&w, late, RUN_WAITING, ERR_TURN);
    for (int i = 0; i < 10; i++) {
        answer_all(&w, &next);
        fix_pass(w.f, 1000000);
        fix_settle(w.f);
    }
    assert_state(&w, late, RUN_DONE, ERR_NONE);
    world_close(&w);
}

static void large_events_are_taken_a_few_at_a_time(void **state)
{
    struct world w;
    struct id runs[40];
    open_world(&w, *state);
    for (int i = 0; i < 40; i++) {
        json_t *event = json_pack("{s:i}", "mb", 0);
        json_object_set_new(event, "text", json_stringn_nocheck(NULL, 0));
        char *text = xcalloc(1, 900001);
        memset(text, 'x', 900000);
        json_object_set_new(event, "text", json_string(text));
        free(text);
        runs[i] = world_store_run(&w, event);
        runner_begin(w.runner, &(struct run_start){
                                   .id = runs[i],
                                   .program = runner_program(w.runner, "r"),
                                   .event = event,
                                   .event_len = 900000,
                                   .meta = meta_new(&(struct meta_source){ .connection = NULL }),
                                   .created_us = fix_wall_us });
        fix_settle(w.f);
    }
    assert_in_range(runner_active(w.runner), 17, 20);
    size_t next = 0;
    for (int i = 0; i < 20; i++) {
        answer_all(&w, &next);
        assert_in_range(runner_active(w.runner), 0, 20);
        fix_pass(w.f, 1000000);
        fix_settle(w.f);
    }
    for (int i = 0; i < 40; i++) {
        assert_state(&w, runs[i], RUN_DONE, ERR_NONE);
    }
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(test) cmocka_unit_test_setup_teardown(test, fix_setup, fix_teardown)
        TEST(runs_that_fit_alone_all_end_well),
        TEST(one_that_fits_nowhere_dies_and_takes_no_other_along),
        TEST(no_run_begins_where_others_have_half_of_the_memory),
        TEST(large_events_are_taken_a_few_at_a_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
