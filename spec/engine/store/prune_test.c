/* Pruning: what goes, what stays, in which steps; and that the file does not grow for ever. */
#include "fixture.h"

#include "base/fault.h"
#include "store/prune.h"

#define DAY_US (INT64_C(24) * 60 * 60 * 1000000)

static const struct retention keep = { .events_us = 30 * DAY_US,
                                       .runs_us = 30 * DAY_US,
                                       .dead_us = 180 * DAY_US,
                                       .duplicates_us = 7 * DAY_US,
                                       .versions_us = 30 * DAY_US,
                                       .records_us = 90 * DAY_US };

struct swept {
    int64_t rows;
    int steps;
};

/* A whole sweep in steps of that size. */
static struct swept sweep_with(struct fixture *f, const struct retention *how, int limit)
{
    struct swept swept = { 0 };
    struct prune p;
    prune_init(&p, how, limit);
    bool goes_on = true;
    while (goes_on) {
        fix_exec(f, &p.op);
        swept.rows += p.deleted;
        swept.steps++;
        goes_on = prune_again(&p);
    }
    return swept;
}

static int64_t sweep(struct fixture *f)
{
    return sweep_with(f, &keep, 100).rows;
}

static int64_t count(struct fixture *f, const char *what)
{
    const struct {
        const char *what, *sql;
    } tables[] = {
        { "event", "select count(*) from event where duplicate_of is null" },
        { "duplicate", "select count(*) from event where duplicate_of is not null" },
        { "run", "select count(*) from run" },
        { "journal", "select count(*) from journal" },
        { "record", "select count(*) from record" },
        { "history", "select count(*) from record_version" },
        { "version", "select count(*) from version" },
    };
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        if (strcmp(tables[i].what, what) == 0) {
            return fix_number(f, tables[i].sql);
        }
    }
    fail_msg("no table %s", what);
    return 0;
}

static void check_counts(struct fixture *f)
{
    struct run_counts c = fix_counts(f);
    assert_int_equal(c.events, count(f, "event"));
    assert_int_equal(c.duplicates, count(f, "duplicate"));
    assert_int_equal(fix_number(f,
                                "select count(*) from counter where id < 8 and n <> (select"
                                " count(*) from run where state = counter.id)"),
                     0);
}

/* A run with `rows` lines in its journal that has come to that state. */
static struct id run_with_journal(struct fixture *f, enum run_state state, int rows)
{
    struct id id = fix_run(f, "greet", NULL, RUN_RUNNING);
    struct run_save *save = fix_save(id, state);
    for (int i = 0; i < rows; i++) {
        char path[20];
        snprintf(path, sizeof path, "step/%d", i);
        fix_journal(save, path, JOURNAL_DONE, NULL, "{}");
    }
    fix_exec(f, &save->op);
    run_save_free(save);
    return id;
}

/* --- runs and their events --- */

static void ended_runs_go_with_journal_and_event_when_their_time_is_over(void **state)
{
    struct fixture *f = *state;
    const enum run_state ends[] = { RUN_DONE, RUN_CANCELLED, RUN_SKIPPED };
    for (int i = 0; i < 3; i++) {
        run_with_journal(f, ends[i], 2);
    }
    fix_now_us += 30 * DAY_US;
    assert_int_equal(sweep(f), 0);
    fix_now_us += 1000;
    assert_int_equal(sweep(f), 3 * (2 + 1 + 1));
    assert_int_equal(count(f, "run") + count(f, "journal") + count(f, "event"), 0);
    check_counts(f);
}

static void a_run_is_kept_from_its_end_not_from_its_beginning(void **state)
{
    struct fixture *f = *state;
    struct id id = fix_run(f, "greet", NULL, RUN_WAITING);
    fix_now_us += 40 * DAY_US;
    fix_move(f, id, RUN_DONE);
    fix_now_us += 30 * DAY_US;
    assert_int_equal(sweep(f), 0);
    fix_now_us += 1;
    assert_int_equal(sweep(f), 2);
}

static void dead_runs_and_their_events_are_kept_longer(void **state)
{
    struct fixture *f = *state;
    struct id id = run_with_journal(f, RUN_DEAD, 1);
    fix_now_us += 179 * DAY_US;
    sweep(f);
    fix_ask(f, id, RUN_REQUEST_RETRY);
    struct run_claim *claim = run_claim_new(10, fix_now_us);
    fix_exec(f, &claim->op);
    assert_int_equal(claim->count, 1);
    assert_string_equal(claim->runs[0].payload, "{\"id\":\"c1\"}");
    assert_int_equal(claim->runs[0].row_count, 1);
    run_claim_free(claim);
    fix_move(f, id, RUN_DEAD);
    fix_now_us += 181 * DAY_US;
    sweep(f);
    assert_int_equal(count(f, "run") + count(f, "journal"), 0);
}

static void runs_that_have_not_ended_are_never_touched(void **state)
{
    struct fixture *f = *state;
    const enum run_state open[] = { RUN_QUEUED, RUN_RUNNING, RUN_WAITING, RUN_PARKED };
    for (int i = 0; i < 4; i++) {
        run_with_journal(f, open[i], 1);
    }
    struct event_put *put = fix_event(NULL);
    put->event.is_routed = false;
    fix_exec(f, &put->op);
    event_put_free(put);
    fix_now_us += 4000 * DAY_US;
    int64_t events = count(f, "event");
    sweep(f);
    assert_int_equal(count(f, "run"), 4);
    assert_int_equal(count(f, "journal"), 4);
    assert_int_equal(count(f, "event"), events);
}

static void a_dedupe_key_holds_four_days_whatever_is_asked_for(void **state)
{
    struct fixture *f = *state;
    const struct retention nothing = { 0 };
    struct event_put *put = fix_event("e1");
    fix_exec(f, &put->op);
    event_put_free(put);
    fix_now_us += 4 * DAY_US - 1000;
    sweep_with(f, &nothing, 100);
    put = fix_event("e1");
    fix_exec(f, &put->op);
    assert_true(put->is_duplicate);
    event_put_free(put);
    fix_now_us += 2000;
    sweep_with(f, &nothing, 100);
    assert_int_equal(count(f, "event"), 0);
    assert_int_equal(count(f, "duplicate"), 0);
    check_counts(f);
}

static void duplicates_have_a_time_of_their_own(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 5; i++) {
        struct event_put *put = fix_event("e1");
        fix_exec(f, &put->op);
        event_put_free(put);
    }
    fix_now_us += 8 * DAY_US;
    assert_int_equal(sweep(f), 4);
    assert_int_equal(count(f, "event"), 1);
    check_counts(f);
}

/* --- steps --- */

static void a_sweep_in_small_steps_takes_the_same_rows(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 40; i++) {
        run_with_journal(f, i % 3 == 0 ? RUN_WAITING : RUN_DONE, i % 5);
        fix_now_us += 1000;
    }
    fix_now_us += 31 * DAY_US;
    int64_t waiting = fix_counts(f).by_state[RUN_WAITING];
    struct swept swept = sweep_with(f, &keep, 3);
    assert_true(swept.steps > 13);
    assert_int_equal(count(f, "run"), waiting);
    assert_int_equal(count(f, "event"), waiting);
    assert_int_equal(fix_number(f,
                                "select count(*) from journal where not exists (select 1 from"
                                " run where run.id = journal.run_id)"),
                     0);
    check_counts(f);
}

static void a_step_stops_when_it_has_deleted_enough(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 10; i++) {
        run_with_journal(f, RUN_DONE, 20);
    }
    fix_now_us += 31 * DAY_US;
    struct prune p;
    prune_init(&p, &keep, 10);
    fix_exec(f, &p.op);
    assert_int_equal(p.deleted, 21);
    assert_true(prune_again(&p));
    fix_exec(f, &p.op);
    assert_int_equal(p.deleted, 21);
    assert_int_equal(count(f, "run"), 8);
}

static void a_step_that_is_run_twice_does_the_same(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 10; i++) {
        run_with_journal(f, RUN_DONE, 0);
    }
    fix_now_us += 31 * DAY_US;
    struct prune p;
    prune_init(&p, &keep, 4);
    struct err e = ERR_INIT;
    assert_int_equal(fault_arm("store.commit_full=fail", &e), 0);
    assert_int_equal(fix_exec_error(f, &p.op).kind, ERR_STORE_FULL);
    fault_disarm();
    fix_exec(f, &p.op);
    assert_int_equal(p.deleted, 4);
    while (prune_again(&p)) {
        fix_exec(f, &p.op);
    }
    assert_int_equal(count(f, "run"), 0);
}

static void after_a_sweep_the_next_one_begins_at_the_oldest(void **state)
{
    struct fixture *f = *state;
    struct id id = fix_run(f, "greet", NULL, RUN_WAITING);
    struct prune p;
    prune_init(&p, &keep, 100);
    for (int round = 0; round < 2; round++) {
        do {
            fix_exec(f, &p.op);
        } while (prune_again(&p));
        if (round == 0) {
            fix_move(f, id, RUN_DONE);
            fix_now_us += 31 * DAY_US;
        }
    }
    assert_int_equal(count(f, "run"), 0);
}

/* --- records --- */

static void put_record(struct fixture *f, const char *source_id, bool is_delete)
{
    struct record_put *p = record_put_new();
    p->row.kind = RECORD_TASK;
    p->row.source = xstrdup("highlevel");
    p->row.source_id = xstrdup(source_id);
    p->row.fields = xstrdup("{\"a\":1}");
    p->is_delete = is_delete;
    fix_exec(f, &p->op);
    record_put_free(p);
}

static void deleted_records_go_with_their_history_and_others_stay(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 5; i++) {
        char id[16];
        snprintf(id, sizeof id, "t%d", i);
        put_record(f, id, false);
        if (i > 0) {
            put_record(f, id, true);
        }
    }
    fix_now_us += 89 * DAY_US;
    assert_int_equal(sweep(f), 0);
    fix_now_us += 2 * DAY_US;
    assert_int_equal(sweep_with(f, &keep, 2).rows, 4 * 3);
    assert_int_equal(count(f, "record"), 1);
    assert_int_equal(count(f, "history"), 1);
}

/* --- versions --- */

static void put_version(struct fixture *f, const char *hash, const char *recipe)
{
    struct version_put put;
    version_put_init(&put);
    put.hash = hash;
    put.recipe = recipe;
    put.bundle = "{}";
    put.bundle_len = 2;
    fix_exec(f, &put.op);
}

static bool has_version(struct fixture *f, const char *hash)
{
    struct version_get get;
    version_get_init(&get);
    get.hash = hash;
    bool result = store_exec(f->store, &get.op, NULL) == 0;
    free(get.bundle);
    return result;
}

static void versions_that_no_run_names_go_but_the_newest_of_each_recipe(void **state)
{
    struct fixture *f = *state;
    put_version(f, "named", "greet");
    put_version(f, "unnamed", "greet");
    put_version(f, "used-again", "greet");
    put_version(f, "other", "mirror");
    struct event_put *put = fix_event(NULL);
    struct run_seed *seed = fix_seed(put, "greet", NULL, RUN_WAITING);
    free(seed->version);
    seed->version = xstrdup("named");
    fix_exec(f, &put->op);
    event_put_free(put);
    for (int i = 0; i < 30; i++) {
        fix_run(f, "greet", NULL, RUN_WAITING);
    }
    fix_now_us += 10 * DAY_US;
    put_version(f, "newest", "greet");
    fix_now_us += 15 * DAY_US;
    put_version(f, "used-again", "greet");
    fix_now_us += 6 * DAY_US;
    assert_int_equal(sweep_with(f, &keep, 7).rows, 1);
    assert_false(has_version(f, "unnamed"));
    assert_true(has_version(f, "named"));
    assert_true(has_version(f, "newest")); /* not old enough */
    assert_true(has_version(f, "used-again"));
    assert_true(has_version(f, "other"));
    fix_now_us += 100 * DAY_US;
    sweep_with(f, &keep, 7);
    assert_false(has_version(f, "newest"));
    assert_true(has_version(f, "used-again"));
    assert_true(has_version(f, "named"));
}

static void more_old_versions_than_a_sweep_notes_go_in_the_next(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < PRUNE_VERSIONS_MAX + 10; i++) {
        char hash[16];
        snprintf(hash, sizeof hash, "h%d", i);
        put_version(f, hash, "greet");
        fix_now_us += 1000;
    }
    fix_now_us += 31 * DAY_US;
    assert_int_equal(sweep(f), PRUNE_VERSIONS_MAX);
    assert_int_equal(sweep(f), 9);
    assert_int_equal(count(f, "version"), 1);
}

/* --- the file --- */

enum { LOAD_DAYS = 60, LOAD_RUNS = 20 };

static void one_day(struct fixture *f)
{
    for (int i = 0; i < LOAD_RUNS; i++) {
        run_with_journal(f, RUN_DONE, 3);
    }
    fix_now_us += DAY_US;
    sweep(f);
}

static void under_a_steady_load_the_file_does_not_grow(void **state)
{
    struct fixture *f = *state;
    for (int day = 0; day < LOAD_DAYS; day++) {
        one_day(f);
    }
    int64_t pages = fix_number(f, "pragma page_count");
    for (int day = 0; day < LOAD_DAYS; day++) {
        one_day(f);
    }
    assert_true(fix_number(f, "pragma page_count") <= pages + pages / 10);
    assert_true(count(f, "run") <= 31 * LOAD_RUNS);
}

static void what_a_burst_left_is_given_back(void **state)
{
    enum { EVENTS = 40, SIZE = 512 * 1024 };
    struct fixture *f = *state;
    for (int i = 0; i < EVENTS; i++) {
        struct event_put *put = fix_event(NULL);
        free(put->event.payload);
        put->event.payload = xmalloc(SIZE);
        memset(put->event.payload, 'x', SIZE);
        put->event.payload_len = SIZE;
        fix_exec(f, &put->op);
        event_put_free(put);
    }
    int64_t pages = fix_number(f, "pragma page_count");
    fix_now_us += 31 * DAY_US;
    for (int i = 0; i < 20; i++) {
        sweep(f);
    }
    assert_int_equal(count(f, "event"), 0);
    assert_true(fix_number(f, "pragma page_count") < pages * 2 / 3);
    assert_int_equal(fix_number(f,
                                "select count(*) from pragma_integrity_check where"
                                " integrity_check <> 'ok'"),
                     0);
}

/* Ids never go back, so neither does the clock from one test to the next. */
static int64_t latest_us;

static int setup(void **state)
{
    int result = fix_setup(state);
    fix_now_us = latest_us > fix_now_us ? latest_us : fix_now_us;
    return result;
}

static int teardown(void **state)
{
    latest_us = fix_now_us + DAY_US;
    return fix_teardown(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(ended_runs_go_with_journal_and_event_when_their_time_is_over),
        TEST(a_run_is_kept_from_its_end_not_from_its_beginning),
        TEST(dead_runs_and_their_events_are_kept_longer),
        TEST(runs_that_have_not_ended_are_never_touched),
        TEST(a_dedupe_key_holds_four_days_whatever_is_asked_for),
        TEST(duplicates_have_a_time_of_their_own),
        TEST(a_sweep_in_small_steps_takes_the_same_rows),
        TEST(a_step_stops_when_it_has_deleted_enough),
        TEST(a_step_that_is_run_twice_does_the_same),
        TEST(after_a_sweep_the_next_one_begins_at_the_oldest),
        TEST(deleted_records_go_with_their_history_and_others_stay),
        TEST(versions_that_no_run_names_go_but_the_newest_of_each_recipe),
        TEST(more_old_versions_than_a_sweep_notes_go_in_the_next),
        TEST(under_a_steady_load_the_file_does_not_grow),
        TEST(what_a_burst_left_is_given_back),
    };
    return cmocka_run_group_tests_name("store/prune", tests, NULL, NULL);
}
