/* Runs that wait for their turn at a connection: who gets it, and how they are found. */
#include "fixture.h"

/* A run of the recipe that waits for its turn at `at`. */
static struct id waits(struct fixture *f, const char *recipe, const char *at, bool is_backfill)
{
    struct id id = fix_run(f, recipe, NULL, RUN_RUNNING);
    struct run_save *save = fix_save(id, RUN_WAITING);
    save->turn_of = fix_copy(at);
    save->due_us = RUN_BLOCKED;
    save->is_backfill = is_backfill;
    (void)err_set(&save->err, ERR_TURN, "waits for its turn at %s", at);
    fix_exec(f, &save->op);
    run_save_free(save);
    return id;
}

static struct run_claim *claim(struct fixture *f, const char *at, int limit)
{
    struct run_claim *c = run_claim_new(limit, fix_now_us);
    c->turn_of = fix_copy(at);
    c->backfill_max = limit;
    fix_exec(f, &c->op);
    return c;
}

static void the_oldest_of_a_connection_have_their_turn(void **state)
{
    struct fixture *f = *state;
    struct id first = waits(f, "greet", "crm", false);
    struct id other = waits(f, "greet", "mail", false);
    struct id second = waits(f, "greet", "crm", false);
    (void)waits(f, "greet", "crm", false);
    struct run_claim *c = claim(f, "crm", 2);
    assert_int_equal(c->count, 2);
    assert_id_equal(c->runs[0].run.id, first);
    assert_id_equal(c->runs[1].run.id, second);
    assert_string_equal(c->runs[0].turn_of, "crm");
    assert_true(c->has_more);
    assert_int_equal(fix_state(f, first), RUN_RUNNING);
    assert_int_equal(fix_state(f, other), RUN_WAITING);
    run_claim_free(c);
    c = claim(f, "crm", 2);
    assert_int_equal(c->count, 1);
    assert_false(c->has_more);
    run_claim_free(c);
}

static void recipes_take_turns(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 20; i++) {
        (void)waits(f, "busy", "crm", false);
    }
    struct id rare = waits(f, "rare", "crm", false);
    struct run_claim *c = claim(f, "crm", 1);
    assert_string_equal(c->runs[0].run.recipe, "busy");
    char *after = fix_copy(c->after_recipe);
    run_claim_free(c);
    c = run_claim_new(1, fix_now_us);
    c->turn_of = fix_copy("crm");
    c->after_recipe = after;
    fix_exec(f, &c->op);
    assert_id_equal(c->runs[0].run.id, rare);
    run_claim_free(c);
    c = claim(f, "crm", 100);
    assert_int_equal(c->count, 19); /* what one leaves goes to the other */
    run_claim_free(c);
}

static void backfills_come_after_the_others_but_for_their_part(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 10; i++) {
        (void)waits(f, "greet", "crm", true);
        (void)waits(f, "greet", "crm", false);
    }
    struct run_claim *c = run_claim_new(10, fix_now_us);
    c->turn_of = fix_copy("crm");
    c->backfill_first = 2;
    c->backfill_max = 3;
    fix_exec(f, &c->op);
    int backfills = 0;
    for (size_t i = 0; i < c->count; i++) {
        backfills += c->runs[i].run.is_backfill;
    }
    assert_int_equal(c->count, 10);
    assert_int_equal(backfills, 2);
    run_claim_free(c);
    c = run_claim_new(10, fix_now_us);
    c->turn_of = fix_copy("crm");
    c->backfill_max = 3;
    fix_exec(f, &c->op);
    assert_int_equal(c->count, 5); /* two others, and no more than three backfills */
    assert_true(c->has_more);
    run_claim_free(c);
}

static void no_time_brings_a_turn(void **state)
{
    struct fixture *f = *state;
    struct id id = waits(f, "greet", "crm", false);
    struct run_claim *c = run_claim_new(10, fix_now_us + INT64_C(1000) * 365 * 86400 * 1000000);
    fix_exec(f, &c->op);
    assert_int_equal(c->count, 0);
    run_claim_free(c);
    struct run_row row = fix_read(f, id);
    assert_int_equal(row.due_us, 0);
    assert_int_equal(row.err.kind, ERR_TURN);
    run_row_fini(&row);
}

static void who_waits_for_a_time_too_goes_on_with_either(void **state)
{
    struct fixture *f = *state;
    struct id id = fix_run(f, "greet", NULL, RUN_RUNNING);
    struct run_save *save = fix_save(id, RUN_WAITING);
    save->turn_of = fix_copy("crm");
    save->due_us = fix_now_us + 1000000;
    fix_exec(f, &save->op);
    run_save_free(save);
    struct run_claim *c = run_claim_new(10, fix_now_us + 1000000);
    fix_exec(f, &c->op);
    assert_int_equal(c->count, 1);
    run_claim_free(c);
    c = claim(f, "crm", 1); /* its turn is nobody's now */
    assert_int_equal(c->count, 0);
    run_claim_free(c);
}

static void connections_with_waiting_runs_are_known(void **state)
{
    struct fixture *f = *state;
    (void)waits(f, "greet", "crm", false);
    (void)waits(f, "greet", "crm/a", true);
    (void)waits(f, "other", "crm", false);
    struct run_turns *t = run_turns_new();
    fix_exec(f, &t->op);
    assert_int_equal(t->count, 2);
    assert_string_equal(t->names[0], "crm");
    assert_string_equal(t->names[1], "crm/a");
    run_turns_free(t);
}

static void a_person_can_retry_one_that_waits_for_its_turn(void **state)
{
    struct fixture *f = *state;
    struct id id = waits(f, "greet", "crm", false);
    fix_ask(f, id, RUN_REQUEST_RETRY);
    assert_int_equal(fix_state(f, id), RUN_QUEUED);
    struct run_claim *c = claim(f, "crm", 1);
    assert_int_equal(c->count, 0);
    run_claim_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fix_setup, fix_teardown)
        TEST(the_oldest_of_a_connection_have_their_turn),
        TEST(recipes_take_turns),
        TEST(backfills_come_after_the_others_but_for_their_part),
        TEST(no_time_brings_a_turn),
        TEST(who_waits_for_a_time_too_goes_on_with_either),
        TEST(connections_with_waiting_runs_are_known),
        TEST(a_person_can_retry_one_that_waits_for_its_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
