/* Runs on a store that fails for a while, and their end at a stop (run/runner.h): what was to be
 * written is written, what was to be read is read, and everything comes to an end. */
#include "fixture.h"

#include "store/query.h"
#include "store/record.h"

static const char SHOP[] =
    "{'name':'shop','base_url':'https://shop.example','auth':{'kinds':['none']},"
    "'operations':{'order':{'method':'POST','path':'/orders','idempotent':false,"
    "'input':{'name':['string']}}}}";

#define RETRY "{'tries':2,'first_us':10000000,'longest_us':10000000,'factor':1,'jitter':'none'}"
#define ORDER(step)                                                                                \
    "{'step':'" step "','use':{'connection':'shop','operation':'order'},'retry':" RETRY            \
    ","                                                                                            \
    "'with':{'t':'map','v':{'name':{'t':'lit','v':'" step "'}}}}"

static json_t *bundle(const char *steps)
{
    char *text = xasprintf(
        "{'plan':{'recipe':'r','needs':{'shop':'shop'},'do':%s},'inputs':{},'timezone':'UTC'}",
        steps);
    json_t *v = fix_json(text);
    free(text);
    return v;
}

static void open_with(struct world *w, struct fixture *f, const char *hash, const char *steps)
{
    world_open(w, f);
    world_connect(w, "shop", SHOP);
    world_add(w, "r", hash, bundle(steps));
    world_start(w);
}

static void open_world(struct world *w, struct fixture *f, const char *steps)
{
    open_with(w, f, "hash-1", steps);
}

/* A run of "hash-1" that is in memory. */
static struct id begin(struct world *w, const char *payload)
{
    json_t *event = fix_json(payload);
    struct id id = world_store_run(w, event);
    world_begin_run(w, id, event);
    return id;
}

/* A run of "hash-1" that only the store has. */
static struct id store_run(struct world *w)
{
    json_t *event = fix_json("{}");
    struct id id = world_store_run(w, event);
    json_decref(event);
    return id;
}

/* Turns the loop until no run is in memory and nothing is on its way; the writer's pauses are real. */
static void await_idle(struct world *w)
{
    fix_turn(w->f); /* what was begun outside of a turn ends no sleep */
    while (!runner_is_idle(w->runner) || !store_is_idle(w->f->store)) {
        loop_turn(w->f->loop, true);
    }
}

static struct run_row state_of(struct world *w, struct id id)
{
    struct run_list *list = world_read_run(w, id);
    struct run_row row = { .state = list->rows[0].state, .err = list->rows[0].err };
    row.step = xstrdup_or_null(list->rows[0].step);
    run_list_free(list);
    return row;
}

static void assert_state(struct world *w, struct id id, enum run_state state)
{
    struct run_row row = state_of(w, id);
    if (row.state != state) {
        fail_msg("the run is %s, not %s: %s", run_state_name(row.state), run_state_name(state),
                 row.err.message);
    }
    free(row.step);
}

/* Does one change of the store at once, whoever made it. */
struct change {
    struct store_op op;
    const char *sql;
    struct id id;
};

static int change_exec(struct store_op *op, struct db *db, struct err *e)
{
    const struct change *c = list_entry(op, struct change, op);
    struct query *q = db_query(db, c->sql);
    query_bind_id(q, 1, &c->id);
    return query_run(q, e);
}

static void change_run(struct world *w, const char *sql, struct id id)
{
    struct change c = { .op.exec = change_exec, .sql = sql, .id = id };
    world_commit(w, &c.op);
}

static const char MAKE_DUE[] = "update run set state = 0, due_us = 1 where id = $1";

static void cancel(struct world *w, struct id id)
{
    struct run_ask ask;
    run_ask_init(&ask, id, RUN_REQUEST_CANCEL);
    world_commit(w, &ask.op);
}

/* --- commits that fail once --- */

static const char STOP[] = "[{'step':'end','stop':{'t':'lit','v':'enough'}}]";

/* Each of the commits that a claimed run takes, from the claim on. */
static void a_run_ends_whichever_of_its_commits_fails(void **state)
{
    for (int at = 1; at <= 3; at++) {
        struct world w;
        open_world(&w, *state, STOP);
        struct id id = store_run(&w);
        change_run(&w, MAKE_DUE, id);
        char spec[60];
        snprintf(spec, sizeof spec, "store.commit_full=fail@%d", at);
        fix_arm(spec);
        runner_poke(w.runner);
        loop_turn(w.f->loop, false);
        await_idle(&w);
        fault_disarm();
        assert_state(&w, id, RUN_DONE);
        world_close(&w);
        fix_restart(w.f);
    }
}

static void parked_runs_go_on_although_a_commit_fails(void **state)
{
    struct world w;
    open_world(&w, *state, STOP);
    struct id id = store_run(&w);
    change_run(&w, "update run set state = 3, due_us = 0, parked_for = 'shop' where id = $1", id);
    fix_arm("store.commit_full=fail");
    runner_release(w.runner, "shop");
    loop_turn(w.f->loop, false);
    await_idle(&w);
    fix_settle(w.f);
    await_idle(&w);
    assert_state(&w, id, RUN_DONE);
    world_close(&w);
}

static void a_run_without_a_recipe_is_dead_and_told_of_although_a_commit_fails(void **state)
{
    struct world w;
    open_world(&w, *state, STOP);
    struct id id = store_run(&w);
    change_run(&w,
               "update run set state = 0, due_us = 1, version = null, recipe = 'gone'"
               " where id = $1",
               id);
    fix_arm("store.commit_full=fail@2"); /* behind the claim */
    runner_poke(w.runner);
    loop_turn(w.f->loop, false);
    await_idle(&w);
    struct run_row row = state_of(&w, id);
    assert_int_equal(row.state, RUN_DEAD);
    assert_contains(row.err.message, "there is no recipe gone");
    free(row.step);
    assert_int_equal(w.told, 1);
    world_close(&w);
}

static void a_record_is_written_at_the_first_try_of_its_step_although_a_commit_fails(void **state)
{
    static const char records[] =
        "{'name':'records','base_url':'https://records.example','auth':{'kinds':['none']},"
        "'operations':{'put':{'method':'POST','path':'/tasks','idempotent':true,"
        "'input':{'source':['string'],'task_id':['string']},"
        "'store':{'action':'upsert','kind':'task','id':'task_id'}}}}";
    static const char steps[] =
        "[{'step':'put','use':{'connection':'records','operation':'put'},"
        "'retry':{'tries':1,'first_us':1,'longest_us':1,'factor':1,'jitter':'none'},"
        "'with':{'t':'map','v':{'source':{'t':'lit','v':'shop'},'task_id':{'t':'lit','v':'7'}}}}]";
    struct world w;
    world_open(&w, *state);
    world_connect(&w, "records", records);
    char *text = xasprintf(
        "{'plan':{'recipe':'r','needs':{'records':'records'},'do':%s},"
        "'inputs':{},'timezone':'UTC'}",
        steps);
    world_add(&w, "r", "hash-1", fix_json(text));
    free(text);
    world_start(&w);
    struct id id = begin(&w, "{}");
    fix_arm("store.commit_full=fail");
    loop_turn(w.f->loop, false);
    await_idle(&w);
    assert_state(&w, id, RUN_DONE);
    world_close(&w);
}

/* --- reads that fail once --- */

static void a_version_that_could_not_be_read_once_kills_no_run(void **state)
{
    struct world w;
    open_world(&w, *state, STOP);
    struct id id = store_run(&w);
    world_close(&w);
    fix_restart(w.f);
    fix_arm("store.read=fail");
    open_with(&w, *state, "hash-2", "[" ORDER("other") "]");
    await_idle(&w);
    assert_state(&w, id, RUN_DONE); /* by the version that it began with */
    assert_int_equal(w.f->http.count, 0);
    world_close(&w);
}

/* --- what others ask for --- */

static void an_old_run_hears_of_its_cancelling_behind_hundreds_of_newer_ones(void **state)
{
    struct world w;
    open_world(&w, *state, "[" ORDER("a") "]");
    struct id id = begin(&w, "{}");
    fix_settle(w.f);
    assert_int_equal(w.f->http.count, 1);
    for (int i = 0; i < 250; i++) {
        struct id newer = store_run(&w);
        cancel(&w, newer);
    }
    cancel(&w, id);
    runner_store_changed(w.runner);
    fix_settle(w.f);
    assert_true(w.f->http.sent[0].is_cancelled);
    assert_int_equal(runner_active(w.runner), 0);
    assert_state(&w, id, RUN_CANCELLED);
    world_close(&w);
}

static void a_cancelling_during_a_look_for_others_is_seen_by_the_next(void **state)
{
    struct world w;
    open_world(&w, *state, "[" ORDER("a") "]");
    struct id id = begin(&w, "{}");
    fix_settle(w.f);
    /* The first look sees the run as it was; a read behind it holds up what it found. */
    fix_arm("store.read=stall@2..+200ms");
    runner_store_changed(w.runner);
    struct connection_list *slow = connection_list_new();
    bool is_read = false;
    slow->op.done = fix_barrier_done;
    slow->op.ud = &is_read;
    store_submit_read(w.f->store, &slow->op);
    loop_turn(w.f->loop, false);
    cancel(&w, id);
    runner_store_changed(w.runner);
    fix_settle(w.f);
    fault_disarm();
    assert_true(is_read);
    connection_list_free(slow);
    assert_int_equal(runner_active(w.runner), 0);
    world_close(&w);
}

static void a_cancelling_is_seen_although_the_look_fails_once(void **state)
{
    struct world w;
    open_world(&w, *state, "[" ORDER("a") "]");
    struct id id = begin(&w, "{}");
    fix_settle(w.f);
    cancel(&w, id);
    fix_arm("store.read=fail");
    runner_store_changed(w.runner);
    await_idle(&w);
    assert_true(w.f->http.sent[0].is_cancelled);
    world_close(&w);
}

/* Nobody has told the runner yet: the commit that lets the call go tells it. */
static void a_run_that_was_cancelled_sends_nothing_more(void **state)
{
    struct world w;
    open_world(&w, *state, "[" ORDER("a") "]");
    json_t *event = fix_json("{}");
    struct id id = world_store_run(&w, event);
    cancel(&w, id);
    world_begin_run(&w, id, event);
    await_idle(&w);
    assert_int_equal(w.f->http.count, 0);
    assert_state(&w, id, RUN_CANCELLED);
    world_close(&w);
}

/* --- which step --- */

static void a_run_names_the_branch_that_waits_not_one_that_is_done(void **state)
{
    struct world w;
    open_world(&w, *state, "[{'step':'p','parallel':[" ORDER("a") "," ORDER("b") "]}]");
    struct id id = begin(&w, "{}");
    fix_settle(w.f);
    fix_answer(w.f, 0, 503, NULL, "");
    fix_settle(w.f);
    fix_answer(w.f, 1, 200, NULL, "{}");
    fix_settle(w.f);
    struct run_row row = state_of(&w, id);
    assert_int_equal(row.state, RUN_WAITING);
    assert_string_equal(row.step, "a");
    free(row.step);
    world_close(&w);
}

static void of_two_branches_that_wait_a_run_names_the_one_that_goes_on_first(void **state)
{
    struct world w;
    open_world(&w, *state,
               "[{'step':'p','parallel':[{'step':'long','wait':{'t':'lit','v':'2 days'}},"
               "{'step':'short','wait':{'t':'lit','v':'1 day'}},"
               "{'step':'longer','wait':{'t':'lit','v':'3 days'}}]}]");
    struct id id = begin(&w, "{}");
    fix_settle(w.f);
    struct run_row row = state_of(&w, id);
    assert_int_equal(row.state, RUN_WAITING);
    assert_string_equal(row.step, "short");
    free(row.step);
    world_close(&w);
}

/* --- what the store refuses --- */

static void a_run_whose_row_is_gone_leaves_memory(void **state)
{
    struct world w;
    open_world(&w, *state, "[" ORDER("a") "]");
    struct id id = begin(&w, "{}");
    fix_settle(w.f);
    change_run(&w, "delete from journal where run_id = $1", id);
    change_run(&w, "delete from run where id = $1", id);
    fix_answer(w.f, 0, 200, NULL, "{}");
    await_idle(&w);
    assert_int_equal(runner_active(w.runner), 0);
    world_close(&w);
}

/* --- a stop --- */

static void a_stop_puts_runs_back_and_the_next_start_goes_on_with_them(void **state)
{
    static const char steps[] = "[" ORDER("a") "]";
    struct world w;
    open_world(&w, *state, steps);
    struct id id = begin(&w, "{}");
    fix_settle(w.f);
    runner_quiesce(w.runner);
    assert_false(runner_is_idle(w.runner));
    runner_cut(w.runner);
    await_idle(&w);
    assert_state(&w, id, RUN_QUEUED);
    world_close(&w);
}

static void on_a_disk_that_takes_nothing_a_stop_ends_as_by_a_crash(void **state)
{
    static const char steps[] = "[{'step':'nap','wait':{'t':'lit','v':'2 days'}}]";
    struct world w;
    open_world(&w, *state, steps);
    fix_arm("store.commit_full=fail*@2");
    struct id id = begin(&w, "{}"); /* its row is the first commit */
    loop_turn(w.f->loop, false);
    loop_turn(w.f->loop, false);
    runner_cut(w.runner);
    loop_turn(w.f->loop, false);
    assert_false(runner_is_idle(w.runner));
    store_give_up(w.f->store);
    await_idle(&w);
    fault_disarm();
    assert_state(&w, id, RUN_RUNNING);
    world_close(&w);
    fix_restart(w.f);
    open_world(&w, *state, steps); /* it is recovered */
    await_idle(&w);
    assert_state(&w, id, RUN_WAITING);
    world_close(&w);
}

static void what_is_claimed_when_the_stop_is_late_is_put_back(void **state)
{
    struct world w;
    open_world(&w, *state, "[" ORDER("a") "]");
    struct id id = store_run(&w);
    change_run(&w, MAKE_DUE, id);
    runner_poke(w.runner);
    loop_turn(w.f->loop, false); /* the claim is on its way */
    runner_cut(w.runner);
    await_idle(&w);
    assert_state(&w, id, RUN_QUEUED);
    assert_int_equal(w.f->http.count, 0);
    world_close(&w);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fix_setup, fix_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_run_ends_whichever_of_its_commits_fails),
        TEST(parked_runs_go_on_although_a_commit_fails),
        TEST(a_run_without_a_recipe_is_dead_and_told_of_although_a_commit_fails),
        TEST(a_record_is_written_at_the_first_try_of_its_step_although_a_commit_fails),
        TEST(a_version_that_could_not_be_read_once_kills_no_run),
        TEST(an_old_run_hears_of_its_cancelling_behind_hundreds_of_newer_ones),
        TEST(a_cancelling_during_a_look_for_others_is_seen_by_the_next),
        TEST(a_cancelling_is_seen_although_the_look_fails_once),
        TEST(a_run_that_was_cancelled_sends_nothing_more),
        TEST(a_run_names_the_branch_that_waits_not_one_that_is_done),
        TEST(of_two_branches_that_wait_a_run_names_the_one_that_goes_on_first),
        TEST(a_run_whose_row_is_gone_leaves_memory),
        TEST(a_stop_puts_runs_back_and_the_next_start_goes_on_with_them),
        TEST(on_a_disk_that_takes_nothing_a_stop_ends_as_by_a_crash),
        TEST(what_is_claimed_when_the_stop_is_late_is_put_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
