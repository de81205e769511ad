/* Clocks that are set: each use of time in the store, through each jump, with an engine that runs
 * and one that is started again. What was to come after a while comes after that while, what has an
 * order keeps it, and what is kept for a time is kept for so long. */
#include "fixture.h"

#include "store/clock_row.h"
#include "store/lease_row.h"
#include "store/limit_row.h"
#include "store/prune.h"

#define SECOND INT64_C(1000000)
#define DAY    (24 * 3600 * SECOND)

/* The machine's own time is fix_now_us; its wall clock is off by this. */
static int64_t skew_us;

static int64_t skewed_wall(void *ud)
{
    (void)ud;
    return fix_now_us + skew_us;
}

static const struct clock skewed = { skewed_wall, fix_clock, fix_random_bytes, NULL };

static void take(struct fixture *f, int64_t expected_us)
{
    struct clock_take c;
    clock_take_init(&c);
    fix_exec(f, &c.op);
    assert_int_equal(c.by_us, expected_us);
}

static int setup(void **state)
{
    static int64_t base_us;
    fix_setup(state);
    skew_us = 0;
    base_us += 200 * DAY; /* a process's ids only rise, from test to test, too */
    fix_now_us += base_us;
    clock_replace(&skewed);
    clock_replace_boot(1);
    clock_hold();
    take(*state, 0);
    return 0;
}

static int teardown(void **state)
{
    clock_let_go();
    clock_replace_boot(1);
    return fix_teardown(state);
}

static void reopen(struct fixture *f)
{
    store_close(f->store);
    clock_hold(); /* a process begins with what the system says */
    f->store = fix_open_store(f, false, true);
}

static void set_clock(struct fixture *f, int64_t by_us, bool has_restart)
{
    skew_us += by_us;
    if (has_restart) {
        reopen(f);
        take(f, by_us);
        return;
    }
    assert_int_equal(clock_look(), by_us);
    struct clock_move *c = clock_move_new(by_us);
    fix_exec(f, &c->op);
    clock_move_free(c);
}

static void pass(int64_t us)
{
    fix_now_us += us;
}

/* --- the uses --- */

enum { WHILE_S = 3600 };

static struct id the_run;

static void rest(struct fixture *f, bool has_wait, bool is_date)
{
    the_run = fix_run(f, "greet", NULL, RUN_RUNNING);
    struct run_save *save = fix_save(the_run, RUN_WAITING);
    save->due_us = clock_wall_us() + WHILE_S * SECOND;
    if (has_wait) {
        fix_journal(save, "pause", JOURNAL_WAITING, NULL, NULL);
        save->rows[0].due_us = save->due_us;
        save->rows[0].is_date = is_date;
    }
    fix_exec(f, &save->op);
    run_save_free(save);
}

static void begin_wait(struct fixture *f)
{
    rest(f, true, false);
}

static void begin_date(struct fixture *f)
{
    rest(f, true, true);
}

static void begin_retry(struct fixture *f)
{
    rest(f, false, false);
}

static int64_t due_in(struct fixture *f)
{
    return fix_due(f, the_run) - clock_wall_us();
}

static int64_t wait_ends_in(struct fixture *f)
{
    return fix_number(f, "select due_us from journal where path = 'pause'") - clock_wall_us();
}

static void begin_settle(struct fixture *f)
{
    struct event_put *put = fix_event(NULL);
    struct run_seed *seed = fix_seed(put, "greet", "k", RUN_QUEUED);
    seed->settle_us = WHILE_S * SECOND;
    the_run = seed->id;
    fix_exec(f, &put->op);
    event_put_free(put);
}

static int64_t settles_in(struct fixture *f)
{
    return fix_number(f, "select settle_until_us from run") - clock_wall_us();
}

static void begin_limit(struct fixture *f)
{
    struct limit_put *put = limit_put_new();
    put->row = (struct limit_row){ .key = xstrdup("crm"),
                                   .state = xstrdup("{}"),
                                   .kept_us = clock_wall_us() + WHILE_S * SECOND };
    fix_exec(f, &put->op);
    limit_put_free(put);
}

static int64_t limit_in(struct fixture *f)
{
    return fix_number(f, "select kept_us from limiter") - clock_wall_us();
}

static void begin_lease(struct fixture *f)
{
    struct lease_take *l = lease_take_new("crm", "other:1");
    fix_exec(f, &l->op);
    assert_int_equal(l->verdict, LEASE_TAKEN);
    lease_take_free(l);
}

/* As seen from an hour, to be comparable. */
static int64_t lease_in(struct fixture *f)
{
    return fix_number(f, "select until_us from lease") - clock_wall_us() - LEASE_LENGTH_US +
           WHILE_S * SECOND;
}

static void begin_token(struct fixture *f)
{
    struct connection_put *p = connection_put_new();
    p->row = (struct connection_row){ .name = xstrdup("crm"),
                                      .state = xstrdup("connected"),
                                      .expires_us = clock_wall_us() + WHILE_S * SECOND };
    fix_exec(f, &p->op);
    connection_put_free(p);
}

static int64_t expires_in(struct fixture *f)
{
    return fix_number(f, "select expires_us from connection") - clock_wall_us();
}

struct use {
    const char *name;
    void (*begin)(struct fixture *f);
    int64_t (*ends_in)(struct fixture *f);
};

static const struct use whiles[] = {
    { "a wait", begin_wait, due_in },
    { "what the journal says of it", begin_wait, wait_ends_in },
    { "a retry", begin_retry, due_in },
    { "a run that settles", begin_settle, due_in },
    { "the burst that it takes the place of", begin_settle, settles_in },
    { "what a limit has counted", begin_limit, limit_in },
    { "a lease", begin_lease, lease_in },
    { "a token", begin_token, expires_in },
};

static const int64_t jumps[] = { -DAY, -30 * SECOND, 15 * SECOND, 40 * DAY };
enum { JUMPS = sizeof jumps / sizeof *jumps };

/* Plays a test for each jump, without and with a restart, each in a store of its own. */
static void play(void (*test)(struct fixture *f, int64_t by_us, bool has_restart, const void *ud),
                 const void *ud)
{
    for (int i = 0; i < 2 * JUMPS; i++) {
        void *state;
        setup(&state);
        test(state, jumps[i / 2], i % 2 == 1, ud);
        teardown(&state);
    }
}

static void check_while(struct fixture *f, int64_t by_us, bool has_restart, const void *ud)
{
    const struct use *use = ud;
    use->begin(f);
    pass(600 * SECOND);
    set_clock(f, by_us, has_restart);
    pass(600 * SECOND);
    int64_t left_us = (WHILE_S - 1200) * SECOND;
    if (use->ends_in(f) != left_us) {
        fail_msg("%s is over in %lld s, not in %lld, after a jump by %lld s %s", use->name,
                 (long long)(use->ends_in(f) / SECOND), (long long)(left_us / SECOND),
                 (long long)(by_us / SECOND), has_restart ? "over a restart" : "");
    }
    set_clock(f, -by_us, !has_restart); /* and back, the other way */
    assert_int_equal(use->ends_in(f), left_us);
}

static void what_comes_after_a_while_comes_after_that_while(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof whiles / sizeof *whiles; i++) {
        play(check_while, &whiles[i]);
    }
}

static void check_date(struct fixture *f, int64_t by_us, bool has_restart, const void *ud)
{
    (void)ud;
    begin_date(f);
    int64_t date_us = clock_wall_us() + WHILE_S * SECOND;
    set_clock(f, by_us, has_restart);
    assert_int_equal(fix_number(f, "select due_us from journal where path = 'pause'"), date_us);
    int64_t due_us = fix_due(f, the_run);
    if (date_us <= clock_wall_us()) {
        assert_in_range(due_us - clock_wall_us(), 0, CLOCK_SPREAD_US);
    } else {
        assert_true(due_us <= date_us); /* it may look too early, and then waits on */
    }
}

static void a_date_stays_and_what_it_makes_due_at_once_is_spread(void **state)
{
    (void)state;
    play(check_date, NULL);
}

static void check_order(struct fixture *f, int64_t by_us, bool has_restart, const void *ud)
{
    (void)ud;
    struct id ids[6];
    for (int i = 0; i < 6; i++) {
        if (i == 3) {
            set_clock(f, by_us, has_restart);
        }
        ids[i] = fix_run(f, "greet", "k", i == 0 ? RUN_RUNNING : RUN_QUEUED);
        pass(SECOND);
    }
    for (int i = 1; i < 6; i++) {
        assert_id_equal(fix_move(f, ids[i - 1], RUN_DONE), ids[i]);
    }
}

static void runs_of_a_key_keep_the_order_of_arrival(void **state)
{
    (void)state;
    play(check_order, NULL);
}

static void check_journal(struct fixture *f, int64_t by_us, bool has_restart, const void *ud)
{
    (void)ud;
    struct id id = fix_run(f, "greet", NULL, RUN_RUNNING);
    static const char *const paths[] = { "z", "m", "a" };
    for (int i = 0; i < 3; i++) {
        struct run_save *save = run_save_new();
        save->id = id;
        fix_journal(save, paths[i], JOURNAL_DONE, NULL, NULL);
        fix_exec(f, &save->op);
        run_save_free(save);
        if (i == 0) {
            set_clock(f, by_us, has_restart);
        }
    }
    struct run_list *list = run_list_new();
    list->only = id;
    fix_exec(f, &list->op);
    for (int i = 0; i < 3; i++) {
        assert_string_equal(list->journal[i].path, paths[i]);
    }
    run_list_free(list);
}

static void the_journal_keeps_the_order_of_its_lines(void **state)
{
    (void)state;
    play(check_journal, NULL);
}

static void check_unknown(struct fixture *f, int64_t by_us, bool has_restart, const void *ud)
{
    (void)ud;
    struct id id = fix_run(f, "greet", NULL, RUN_RUNNING);
    struct run_save *save = run_save_new();
    save->id = id;
    fix_journal(save, "call", JOURNAL_STARTED, NULL, NULL);
    fix_exec(f, &save->op);
    run_save_free(save);
    set_clock(f, by_us, has_restart);
    assert_true(fix_number(f, "select started_us from journal") <= clock_wall_us());
}

static void a_call_of_unknown_outcome_does_not_lie_ahead(void **state)
{
    (void)state;
    play(check_unknown, NULL);
}

/* --- retention --- */

static const struct retention keep = { .events_us = 5 * DAY,
                                       .runs_us = 5 * DAY,
                                       .dead_us = 5 * DAY,
                                       .duplicates_us = 5 * DAY,
                                       .versions_us = 5 * DAY,
                                       .records_us = 5 * DAY };

static int64_t sweep(struct fixture *f)
{
    struct prune p;
    int64_t deleted = 0;
    prune_init(&p, &keep, 100);
    do {
        fix_exec(f, &p.op);
        deleted += p.deleted;
    } while (prune_again(&p));
    return deleted;
}

static bool is_known(struct fixture *f)
{
    struct event_put *put = fix_event("once");
    fix_exec(f, &put->op);
    bool is_duplicate = put->is_duplicate;
    event_put_free(put);
    return is_duplicate;
}

static void check_key(struct fixture *f, int64_t by_us, bool has_restart, const void *ud)
{
    (void)ud;
    assert_false(is_known(f));
    pass(DAY);
    set_clock(f, by_us, has_restart);
    assert_int_equal(sweep(f), 0);
    assert_true(is_known(f));
    pass(2 * 3600 * SECOND); /* the clock stays as it is */
    assert_int_equal(sweep(f), 0);
    assert_true(is_known(f));
    pass(3 * DAY);
    assert_int_equal(sweep(f), 0);
    assert_true(is_known(f));
}

static void a_dedupe_key_is_forgotten_no_sooner_for_a_jump(void **state)
{
    (void)state;
    play(check_key, NULL);
}

static void what_is_old_goes_in_the_end_after_a_clock_ahead_came_back(void **state)
{
    struct fixture *f = *state;
    assert_false(is_known(f));
    set_clock(f, 40 * DAY, false);
    pass(4 * SECOND);
    set_clock(f, -40 * DAY, false);
    pass(5 * DAY - 3600 * SECOND);
    assert_true(is_known(f));
    assert_int_equal(sweep(f), 0);
    pass(3601 * SECOND);
    assert_int_equal(sweep(f), 1);
}

static void nothing_goes_for_an_hour_after_a_jump(void **state)
{
    struct fixture *f = *state;
    assert_false(is_known(f));
    pass(6 * DAY);
    set_clock(f, 15 * SECOND, false);
    assert_int_equal(sweep(f), 0);
    pass(3599 * SECOND);
    assert_int_equal(sweep(f), 0);
    pass(2 * SECOND);
    assert_int_equal(sweep(f), 1);
}

/* --- a machine that was started again --- */

static void after_a_boot_a_clock_behind_the_last_commit_is_noticed(void **state)
{
    struct fixture *f = *state;
    begin_wait(f);
    clock_replace_boot(2);
    skew_us -= DAY;
    reopen(f);
    take(f, -DAY);
    assert_int_equal(due_in(f), WHILE_S * SECOND);
    clock_replace_boot(3); /* the store does not hold the time that was wrong against this one */
    reopen(f);
    take(f, 0);
}

static void after_a_boot_time_that_went_by_was_time_off(void **state)
{
    struct fixture *f = *state;
    begin_wait(f);
    assert_false(is_known(f));
    clock_replace_boot(2);
    skew_us += 40 * DAY;
    reopen(f);
    take(f, 0);
    assert_int_equal(due_in(f), WHILE_S * SECOND - 40 * DAY);
    assert_int_equal(sweep(f), 0); /* or the clock is wrong: somebody may set it back */
    pass(3601 * SECOND);
    assert_true(sweep(f) > 0);
}

/* Another process writes while ids are ahead of the clock. */
static void ids_are_no_lower_than_those_of_another_process(void **state)
{
    struct fixture *f = *state;
    set_clock(f, 40 * DAY, false);
    struct id before = fix_run(f, "greet", "k", RUN_RUNNING);
    set_clock(f, -40 * DAY, true);
    struct id after = fix_run(f, "greet", "k", RUN_QUEUED);
    assert_true(id_cmp(&before, &after) < 0);
    assert_true(id_ahead_us() > 39 * DAY);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_comes_after_a_while_comes_after_that_while),
        cmocka_unit_test(a_date_stays_and_what_it_makes_due_at_once_is_spread),
        cmocka_unit_test(runs_of_a_key_keep_the_order_of_arrival),
        cmocka_unit_test(the_journal_keeps_the_order_of_its_lines),
        cmocka_unit_test(a_call_of_unknown_outcome_does_not_lie_ahead),
        cmocka_unit_test(a_dedupe_key_is_forgotten_no_sooner_for_a_jump),
        TEST(what_is_old_goes_in_the_end_after_a_clock_ahead_came_back),
        TEST(nothing_goes_for_an_hour_after_a_jump),
        TEST(after_a_boot_a_clock_behind_the_last_commit_is_noticed),
        TEST(after_a_boot_time_that_went_by_was_time_off),
        TEST(ids_are_no_lower_than_those_of_another_process),
    };
    return cmocka_run_group_tests_name("store/clock_row", tests, NULL, NULL);
}
