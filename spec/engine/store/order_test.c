/* Modes and settling: what becomes of a run by the earlier ones of its key. */
#include "fixture.h"

enum { SETTLE_US = 30 * 1000000 };

struct made {
    struct id id;
    enum run_state state;
    int64_t due_us;
    bool is_blocked;
};

/* Makes a run of the recipe "greet"; a test says what it needs of the rest. */
static struct made make(struct fixture *f, const struct run_seed *like)
{
    struct event_put *put = fix_event(NULL);
    struct run_seed *seed = fix_seed(put, "greet", like->key, like->state);
    seed->mode = like->mode;
    seed->settle_us = like->settle_us;
    fix_exec(f, &put->op);
    seed = &put->runs[0];
    struct made m = { seed->id, seed->state, seed->due_us, seed->is_blocked };
    assert_int_equal(fix_state(f, m.id), m.state);
    event_put_free(put);
    return m;
}

static struct made make_mode(struct fixture *f, enum run_mode mode, enum run_state state)
{
    return make(f, &(struct run_seed){ .key = (char *)"k", .mode = mode, .state = state });
}

static void assert_reason(struct fixture *f, struct id id, const char *says)
{
    struct run_row row = fix_read(f, id);
    assert_int_equal(row.state, RUN_SKIPPED);
    assert_int_equal(row.err.kind, ERR_CANCELLED);
    assert_non_null(strstr(row.err.message, says));
    run_row_fini(&row);
}

/* --- parallel --- */

static void parallel_runs_of_a_key_do_not_wait_for_each_other(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 3; i++) {
        struct made m = make_mode(f, RUN_MODE_PARALLEL, RUN_RUNNING);
        assert_false(m.is_blocked);
        assert_int_equal(m.state, RUN_RUNNING);
        struct run_row row = fix_read(f, m.id);
        assert_string_equal(row.key, "k");
        run_row_fini(&row);
    }
}

static void a_parallel_run_neither_blocks_nor_releases_one_in_order(void **state)
{
    struct fixture *f = *state;
    struct made parallel = make_mode(f, RUN_MODE_PARALLEL, RUN_RUNNING);
    struct made active = make_mode(f, RUN_MODE_QUEUE, RUN_RUNNING);
    assert_false(active.is_blocked);
    struct made next = make_mode(f, RUN_MODE_QUEUE, RUN_RUNNING);
    assert_true(next.is_blocked);
    assert_false(make_mode(f, RUN_MODE_PARALLEL, RUN_RUNNING).is_blocked);
    struct id released = fix_move(f, parallel.id, RUN_DONE);
    assert_true(id_is_zero(&released));
    assert_true(fix_is_blocked(f, next.id));
    assert_id_equal(fix_move(f, active.id, RUN_DONE), next.id);
}

static void a_dead_parallel_run_is_retried_at_once(void **state)
{
    struct fixture *f = *state;
    struct made dead = make_mode(f, RUN_MODE_PARALLEL, RUN_RUNNING);
    fix_move(f, dead.id, RUN_DEAD);
    make_mode(f, RUN_MODE_PARALLEL, RUN_RUNNING);
    make_mode(f, RUN_MODE_QUEUE, RUN_RUNNING);
    fix_ask(f, dead.id, RUN_REQUEST_RETRY);
    assert_int_equal(fix_due(f, dead.id), fix_now_us);
}

/* --- latest --- */

static void latest_skips_what_has_not_begun_and_leaves_what_runs(void **state)
{
    struct fixture *f = *state;
    struct made running = make_mode(f, RUN_MODE_LATEST, RUN_RUNNING);
    struct made second = make_mode(f, RUN_MODE_LATEST, RUN_RUNNING);
    assert_true(second.is_blocked);
    struct made third = make_mode(f, RUN_MODE_LATEST, RUN_RUNNING);
    assert_true(third.is_blocked);
    assert_reason(f, second.id, "newer event");
    assert_int_equal(fix_state(f, running.id), RUN_RUNNING);
    assert_id_equal(fix_move(f, running.id, RUN_DONE), third.id);
    assert_int_equal(fix_counts(f).by_state[RUN_SKIPPED], 1);
    assert_int_equal(fix_counts(f).by_state[RUN_QUEUED], 1);
}

static void latest_takes_the_place_of_one_that_is_due_but_not_claimed(void **state)
{
    struct fixture *f = *state;
    struct made first = make_mode(f, RUN_MODE_LATEST, RUN_QUEUED);
    struct made second = make_mode(f, RUN_MODE_LATEST, RUN_QUEUED);
    assert_reason(f, first.id, "newer event");
    assert_false(second.is_blocked);
    assert_int_equal(second.due_us, fix_now_us);
}

static void latest_leaves_what_waits_to_be_tried_again(void **state)
{
    struct fixture *f = *state;
    const enum run_state begun[] = { RUN_WAITING, RUN_PARKED, RUN_QUEUED };
    for (int i = 0; i < 3; i++) {
        struct made first = make_mode(f, RUN_MODE_LATEST, RUN_RUNNING);
        fix_move(f, first.id, begun[i]);
        struct made second = make_mode(f, RUN_MODE_LATEST, RUN_QUEUED);
        assert_int_equal(fix_state(f, first.id), begun[i]);
        assert_true(second.is_blocked);
        fix_ask(f, first.id, RUN_REQUEST_CANCEL);
        fix_ask(f, second.id, RUN_REQUEST_CANCEL);
    }
}

static void latest_leaves_a_dead_run_that_was_retried(void **state)
{
    struct fixture *f = *state;
    struct made dead = make_mode(f, RUN_MODE_LATEST, RUN_RUNNING);
    fix_move(f, dead.id, RUN_DEAD);
    struct made running = make_mode(f, RUN_MODE_LATEST, RUN_RUNNING);
    fix_ask(f, dead.id, RUN_REQUEST_RETRY);
    assert_true(fix_is_blocked(f, dead.id));
    make_mode(f, RUN_MODE_LATEST, RUN_RUNNING);
    assert_true(fix_is_blocked(f, dead.id));
    assert_id_equal(fix_move(f, running.id, RUN_DONE), dead.id);
}

/* --- drop --- */

static void drop_skips_a_new_run_while_one_has_not_ended(void **state)
{
    struct fixture *f = *state;
    const enum run_state unended[] = { RUN_RUNNING, RUN_WAITING, RUN_PARKED, RUN_QUEUED };
    struct made first = make_mode(f, RUN_MODE_DROP, RUN_RUNNING);
    for (int i = 0; i < 4; i++) {
        fix_move(f, first.id, unended[i]);
        struct made second = make_mode(f, RUN_MODE_DROP, RUN_RUNNING);
        assert_int_equal(second.state, RUN_SKIPPED);
        assert_reason(f, second.id, "not ended");
    }
    fix_move(f, first.id, RUN_DONE);
    assert_int_equal(make_mode(f, RUN_MODE_DROP, RUN_RUNNING).state, RUN_RUNNING);
    assert_int_equal(fix_counts(f).by_state[RUN_SKIPPED], 4);
}

/* --- settle --- */

static struct made make_settling(struct fixture *f, const char *key, enum run_mode mode)
{
    return make(
        f, &(struct run_seed){
               .key = (char *)key, .mode = mode, .state = RUN_RUNNING, .settle_us = SETTLE_US });
}

static void a_burst_becomes_one_run_of_the_newest_at_the_time_of_the_first(void **state)
{
    struct fixture *f = *state;
    int64_t due_us = fix_now_us + SETTLE_US;
    struct made runs[4];
    for (int i = 0; i < 4; i++) {
        runs[i] = make_settling(f, "k", RUN_MODE_QUEUE);
        assert_int_equal(runs[i].state, RUN_QUEUED);
        assert_int_equal(runs[i].due_us, due_us);
        assert_int_equal(fix_due(f, runs[i].id), due_us);
        fix_now_us += 1000000;
    }
    for (int i = 0; i < 3; i++) {
        assert_reason(f, runs[i].id, "settled");
    }
    struct run_claim *claim = run_claim_new(10, due_us);
    fix_exec(f, &claim->op);
    assert_int_equal(claim->count, 1);
    assert_id_equal(claim->runs[0].run.id, runs[3].id);
    run_claim_free(claim);
}

static void keys_and_recipes_settle_apart(void **state)
{
    struct fixture *f = *state;
    struct made a = make_settling(f, "a", RUN_MODE_QUEUE);
    struct made b = make_settling(f, "b", RUN_MODE_QUEUE);
    struct made none = make_settling(f, NULL, RUN_MODE_QUEUE);
    struct event_put *put = fix_event(NULL);
    fix_seed(put, "mirror", "a", RUN_QUEUED)->settle_us = SETTLE_US;
    fix_exec(f, &put->op);
    event_put_free(put);
    assert_int_equal(fix_state(f, a.id), RUN_QUEUED);
    assert_int_equal(fix_state(f, b.id), RUN_QUEUED);
    assert_int_equal(fix_state(f, none.id), RUN_QUEUED);
}

static void without_a_key_the_whole_recipe_settles(void **state)
{
    struct fixture *f = *state;
    int64_t due_us = fix_now_us + SETTLE_US;
    struct made first = make_settling(f, NULL, RUN_MODE_PARALLEL);
    fix_now_us += 1000;
    struct made second = make_settling(f, NULL, RUN_MODE_PARALLEL);
    assert_reason(f, first.id, "settled");
    assert_int_equal(second.due_us, due_us);
}

static void an_event_after_the_run_began_begins_a_new_burst_behind_it(void **state)
{
    struct fixture *f = *state;
    struct made first = make_settling(f, "k", RUN_MODE_QUEUE);
    fix_now_us += SETTLE_US;
    struct run_claim *claim = run_claim_new(10, fix_now_us);
    fix_exec(f, &claim->op);
    run_claim_free(claim);
    struct made second = make_settling(f, "k", RUN_MODE_QUEUE);
    int64_t due_us = fix_now_us + SETTLE_US;
    assert_true(second.is_blocked);
    fix_now_us += 1000;
    struct made third = make_settling(f, "k", RUN_MODE_QUEUE);
    assert_true(third.is_blocked);
    assert_reason(f, second.id, "settled");
    /* Released before its time, it still settles; a further one still takes over that time. */
    assert_id_equal(fix_move(f, first.id, RUN_DONE), third.id);
    assert_int_equal(fix_due(f, third.id), due_us);
    fix_now_us += 1000;
    assert_int_equal(make_settling(f, "k", RUN_MODE_QUEUE).due_us, due_us);
}

static void a_run_that_was_tried_before_is_folded_into_none(void **state)
{
    struct fixture *f = *state;
    struct made first = make_settling(f, "k", RUN_MODE_QUEUE);
    fix_now_us += SETTLE_US;
    struct run_claim *claim = run_claim_new(10, fix_now_us);
    fix_exec(f, &claim->op);
    run_claim_free(claim);
    fix_move(f, first.id, RUN_DEAD);
    fix_ask(f, first.id, RUN_REQUEST_RETRY);
    struct made second = make_settling(f, "k", RUN_MODE_QUEUE);
    assert_int_equal(fix_state(f, first.id), RUN_QUEUED);
    assert_true(second.is_blocked);
}

static void a_run_that_settled_behind_another_is_due_when_it_is_released(void **state)
{
    struct fixture *f = *state;
    struct made first = make_mode(f, RUN_MODE_QUEUE, RUN_RUNNING);
    struct made second = make_settling(f, "k", RUN_MODE_QUEUE);
    fix_now_us += 2 * SETTLE_US;
    fix_move(f, first.id, RUN_DONE);
    assert_int_equal(fix_due(f, second.id), fix_now_us);
}

static void settling_goes_with_every_mode(void **state)
{
    struct fixture *f = *state;
    for (int mode = RUN_MODE_QUEUE; mode <= RUN_MODE_PARALLEL; mode++) {
        char key[2] = { (char)('a' + mode), '\0' };
        struct made first = make_settling(f, key, (enum run_mode)mode);
        struct made second = make_settling(f, key, (enum run_mode)mode);
        assert_int_equal(fix_state(f, first.id), RUN_SKIPPED);
        assert_int_equal(second.state, RUN_QUEUED);
        assert_false(second.is_blocked);
        fix_move(f, second.id, RUN_RUNNING);
        struct made third = make_settling(f, key, (enum run_mode)mode);
        assert_int_equal(third.state, mode == RUN_MODE_DROP ? RUN_SKIPPED : RUN_QUEUED);
        assert_int_equal(third.is_blocked, mode == RUN_MODE_QUEUE || mode == RUN_MODE_LATEST);
    }
}

static void a_run_that_is_made_ended_does_not_settle(void **state)
{
    struct fixture *f = *state;
    struct made first = make_settling(f, "k", RUN_MODE_QUEUE);
    struct made skipped = make(
        f, &(struct run_seed){ .key = (char *)"k", .state = RUN_SKIPPED, .settle_us = SETTLE_US });
    assert_int_equal(skipped.state, RUN_SKIPPED);
    assert_int_equal(fix_state(f, first.id), RUN_QUEUED);
}

/* --- run again --- */

/* In a batch of which another op fails half-way, everything is run a second time. */
static void what_is_decided_twice_is_decided_the_same(void **state)
{
    struct fixture *f = *state;
    struct made running = make_mode(f, RUN_MODE_DROP, RUN_RUNNING);
    struct event_put *put = fix_event(NULL);
    struct run_seed *seed = fix_seed(put, "greet", "k", RUN_RUNNING);
    seed->mode = RUN_MODE_DROP;
    fix_seed(put, "mirror", NULL, RUN_QUEUED);
    fix_seed(put, "mirror", NULL, RUN_QUEUED);
    assert_int_equal(fix_exec_error(f, &put->op).kind, ERR_CONFLICT);
    assert_int_equal(put->runs[0].state, RUN_SKIPPED);
    fix_move(f, running.id, RUN_DONE);
    run_seed_fini(&put->runs[2]);
    put->run_count = 2;
    fix_exec(f, &put->op);
    assert_int_equal(put->runs[0].state, RUN_RUNNING);
    event_put_free(put);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fix_setup, fix_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(parallel_runs_of_a_key_do_not_wait_for_each_other),
        TEST(a_parallel_run_neither_blocks_nor_releases_one_in_order),
        TEST(a_dead_parallel_run_is_retried_at_once),
        TEST(latest_skips_what_has_not_begun_and_leaves_what_runs),
        TEST(latest_takes_the_place_of_one_that_is_due_but_not_claimed),
        TEST(latest_leaves_what_waits_to_be_tried_again),
        TEST(latest_leaves_a_dead_run_that_was_retried),
        TEST(drop_skips_a_new_run_while_one_has_not_ended),
        TEST(a_burst_becomes_one_run_of_the_newest_at_the_time_of_the_first),
        TEST(keys_and_recipes_settle_apart),
        TEST(without_a_key_the_whole_recipe_settles),
        TEST(an_event_after_the_run_began_begins_a_new_burst_behind_it),
        TEST(a_run_that_was_tried_before_is_folded_into_none),
        TEST(a_run_that_settled_behind_another_is_due_when_it_is_released),
        TEST(settling_goes_with_every_mode),
        TEST(a_run_that_is_made_ended_does_not_settle),
        TEST(what_is_decided_twice_is_decided_the_same),
    };
    return cmocka_run_group_tests_name("store/order", tests, NULL, NULL);
}
