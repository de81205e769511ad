/* Schedules under virtual time, with a real store: when occurrences come, what becomes of those that
 * could not, whatever the cause, and of those that meet a run of an earlier one. */
#include "stage.h"

#include <sys/wait.h>

#include "../../support/kept_log.h"
#include "store/pause_row.h"

enum { CRASHED = 70 };

/* --- in time --- */

static void an_occurrence_starts_a_run_when_it_is_due_and_not_before(void **state)
{
    struct stage s;
    stage_open(&s, *state);
    stage_add(&s, RECIPE(HOURLY("")));
    stage_start(&s);
    assert_history(&s, ""); /* 10:00 was before anybody asked for it */
    pass(&s, HOUR - 1);
    assert_history(&s, "");
    assert_int_equal(loop_next_due_us(s.w.f->loop) > fix_mono_us, true);
    pass(&s, 1);
    assert_history(&s, "11:00 ran\n");
    assert_int_equal(count_runs(&s, RUN_DONE), 1);
    pass(&s, HOUR);
    assert_history(&s, "11:00 ran\n12:00 ran\n");
    stage_close(&s);
}

static void the_event_has_the_planned_time_the_lateness_and_the_schedule(void **state)
{
    struct stage s;
    stage_open(&s, *state);
    stage_add(&s, RECIPE(HOURLY("    timezone: Europe/Amsterdam\n")));
    stage_start(&s);
    pass(&s, HOUR + 3 * SECOND);
    struct event_list *list = event_list_new();
    list->with_payload = true;
    world_commit(&s.w, &list->op);
    assert_int_equal(list->count, 1);
    assert_string_equal(list->rows[0].connection, "ladle");
    assert_string_equal(list->rows[0].type, "schedule");
    assert_string_equal(list->rows[0].payload,
                        "{\"at\":\"2026-11-23T11:00:00.000Z\",\"late_s\":3,"
                        "\"schedule\":\"every 1 h in Europe/Amsterdam\"}");
    event_list_free(list);
    stage_close(&s);
}

static void a_replayed_occurrence_starts_its_recipe_and_no_other(void **state)
{
    struct stage s;
    stage_open(&s, *state);
    stage_add(&s, RECIPE(HOURLY("")));
    stage_add(&s, "recipe: other\nwhen:\n  - every: 1 day\ndo:\n  - step: end\n    stop: done\n");
    stage_start(&s);
    pass(&s, HOUR);
    struct event_list *list = event_list_new();
    world_commit(&s.w, &list->op);
    assert_int_equal(list->count, 1);
    struct event_replay replay;
    event_replay_init(&replay, list->rows[0].id);
    event_list_free(list);
    world_commit(&s.w, &replay.op);
    router_scan(s.router);
    pass(&s, SECOND);
    struct run_list *runs = run_list_new();
    world_commit(&s.w, &runs->op);
    assert_int_equal(runs->count, 2);
    assert_string_equal(runs->rows[0].recipe, "tick");
    run_list_free(runs);
    assert_history(&s, "11:00 ran\n");
    stage_close(&s);
}

static void a_run_of_a_schedule_that_dies_is_told_as_any_other(void **state)
{
    struct stage s;
    stage_open(&s, *state);
    stage_add(&s,
              "recipe: tick\nwhen:\n  - every: 1 h\nif: = event.schedule > 1\ndo:\n"
              "  - step: end\n    stop: done\n");
    stage_start(&s);
    pass(&s, HOUR);
    assert_int_equal(count_runs(&s, RUN_DEAD), 1);
    struct event_list *list = event_list_new();
    list->type = "run_dead";
    world_commit(&s.w, &list->op);
    assert_int_equal(list->count, 1);
    event_list_free(list);
    stage_close(&s);
}

static void more_schedules_than_a_turn_handles_are_all_handled(void **state)
{
    struct stage s;
    stage_open(&s, *state);
    enum { RECIPES = 250 };
    for (int i = 0; i < RECIPES; i++) {
        char *text = xasprintf(
            "recipe: r%d\nwhen:\n  - every: 1 h\ndo:\n  - step: end\n"
            "    stop: done\n",
            i);
        stage_add(&s, text);
        free(text);
    }
    stage_start(&s);
    pass(&s, HOUR);
    assert_int_equal(count_runs(&s, RUN_DONE), RECIPES);
    stage_close(&s);
}

/* --- what was missed: each cause, each policy --- */

static const char *const policies[] = { "last", "all", "none" };

/* Due at 11:00 to 14:00; nothing can start them until 14:30. What then became of them, by policy. */
static void assert_missed(struct stage *s, int policy, const char *why)
{
    static const int late_min[] = { 210, 150, 90, 30 };
    char expected[1024] = "";
    size_t len = 0;
    for (int i = 0; i < 4; i++) {
        bool runs = policy == 1 || (policy == 0 && i == 3);
        len += (size_t)snprintf(expected + len, sizeof expected - len, "%d:00 %s %d min %s\n",
                                11 + i, runs ? "late" : "skipped", late_min[i], why);
    }
    assert_history(s, expected);
    static const int done[] = { 1, 4, 0 };
    assert_int_equal(count_runs(s, RUN_DONE), done[policy]);
    struct event_list *list = event_list_new();
    list->type = "schedule_missed";
    world_commit(&s->w, &list->op);
    assert_int_equal(list->count, policy == 1 ? 0 : 1); /* told once, whatever their number */
    event_list_free(list);
}

struct cause {
    const char *why;
    /* From 10:30 on, so that nothing starts until 14:30. */
    void (*happen)(struct stage *s, const char *recipe);
};

static void stop_for_long(struct stage *s, const char *recipe)
{
    stage_again(s, 4 * HOUR, recipe, NULL);
}

/* A process that dies within the transaction of the occurrence of 11:00. */
static void die_at_an_occurrence(struct fixture *f, const char *recipe)
{
    struct stage s;
    fix_open(f);
    stage_open(&s, f);
    stage_add(&s, recipe);
    fix_arm("store.occurrence=crash");
    stage_start(&s);
    pass(&s, 30 * MINUTE + SECOND);
    _exit(1);
}

static void crash(struct stage *s, const char *recipe)
{
    struct fixture *f = s->w.f;
    stage_close(s);
    fix_close(f);
    pid_t child = fork();
    if (child == 0) {
        die_at_an_occurrence(f, recipe);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), CRASHED);
    fix_wall_us += 4 * HOUR;
    fix_mono_us += 4 * HOUR;
    fix_open(f);
    stage_open(s, f);
    stage_add(s, recipe);
    stage_start(s);
}

static void disable(struct stage *s, const char *recipe)
{
    stage_again(s, 0, NULL, NULL);
    pass_slowly(s, 4 * HOUR);
    stage_again(s, 0, recipe, NULL);
}

static void break_it(struct stage *s, const char *recipe)
{
    static const char *const broken[] = { "recipes/tick.yaml", NULL };
    stage_again(s, 0, NULL, broken);
    pass_slowly(s, 4 * HOUR);
    stage_again(s, 0, recipe, NULL);
}

/* SIGSTOP: time goes on, and the loop does not turn. */
static void stand_still(struct stage *s, const char *recipe)
{
    pass(s, 4 * HOUR);
}

static void jump_ahead(struct stage *s, const char *recipe)
{
    fix_wall_us += 4 * HOUR - 10 * SECOND;
    pass(s, 10 * SECOND);
}

static void pause_and_resume(struct stage *s, const char *recipe)
{
    struct pause_add *p = pause_add_new("tick");
    p->row.who = xstrdup("ann");
    world_commit(&s->w, &p->op);
    pause_add_free(p);
    pass_slowly(s, 4 * HOUR);
    assert_history(s, "");
    struct pause_end end;
    pause_end_init(&end, "tick");
    world_commit(&s->w, &end.op);
    schedules_store_changed(s->schedules);
}

static const struct cause causes[] = {
    { "the recipe was paused", pause_and_resume },
    { "the engine did not run", crash },
    { "the engine did not run", stop_for_long },
    { "the schedule was not in force", disable },
    { "the recipe was broken", break_it },
    { "the engine was held up", stand_still },
    { "the clock went ahead, or the machine slept", jump_ahead },
};

static void what_was_missed_is_made_up_for_as_the_schedule_says_whatever_the_cause(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof causes / sizeof *causes; i++) {
        for (int policy = 0; policy < 3; policy++) {
            struct stage s;
            char *recipe = xasprintf(RECIPE("  - every: 1 h\n    missed: %s\n"), policies[policy]);
            stage_open(&s, f);
            stage_add(&s, recipe);
            stage_start(&s);
            pass(&s, 30 * MINUTE);
            causes[i].happen(&s, recipe);
            pass(&s, 0);
            assert_missed(&s, policy, causes[i].why);
            pass(&s, 30 * MINUTE);
            static const int goes_on[] = { 2, 5, 1 };
            assert_int_equal(count_runs(&s, RUN_DONE), goes_on[policy]);
            stage_close(&s);
            free(recipe);
            (void)fix_teardown(state);
            (void)fix_setup(state);
            f = *state;
        }
    }
}

static void a_pause_that_ended_while_no_engine_ran_is_the_reason_too(void **state)
{
    struct stage s;
    struct fixture *f = *state;
    static const char recipe[] = RECIPE(HOURLY(""));
    stage_open(&s, f);
    stage_add(&s, recipe);
    stage_start(&s);
    struct pause_add *p = pause_add_new("tick");
    p->row.who = xstrdup("ann");
    world_commit(&s.w, &p->op);
    pause_add_free(p);
    stage_close(&s);
    struct err e = ERR_INIT;
    struct pause_end end;
    pause_end_init(&end, "tick");
    fix_close(f);
    fix_open(f);
    fix_wall_us += 2 * HOUR + 30 * MINUTE;
    assert_int_equal(store_exec(f->store, &end.op, &e), 0);
    stage_open(&s, f);
    stage_add(&s, recipe);
    stage_start(&s);
    pass(&s, 0);
    assert_history(&s,
                   "11:00 skipped 90 min the recipe was paused\n"
                   "12:00 late 30 min the recipe was paused\n");
    stage_close(&s);
}

static void one_that_is_later_than_within_is_left_out(void **state)
{
    struct stage s;
    static const char recipe[] = RECIPE(HOURLY("    missed: all\n    within: 2 h\n"));
    stage_open(&s, *state);
    stage_add(&s, recipe);
    stage_start(&s);
    pass(&s, 30 * MINUTE);
    stage_again(&s, 4 * HOUR, recipe, NULL);
    pass(&s, 0);
    assert_history(&s,
                   "11:00 skipped 210 min the engine did not run\n"
                   "12:00 skipped 150 min the engine did not run\n"
                   "13:00 late 90 min the engine did not run\n"
                   "14:00 late 30 min the engine did not run\n");
    stage_close(&s);
}

static void a_short_stop_makes_nothing_late(void **state)
{
    struct stage s;
    static const char recipe[] = RECIPE(HOURLY("    missed: none\n"));
    stage_open(&s, *state);
    stage_add(&s, recipe);
    stage_start(&s);
    pass(&s, HOUR - 2 * SECOND);
    stage_again(&s, 5 * SECOND, recipe, NULL);
    assert_history(&s, "11:00 ran\n");
    stage_close(&s);
}

static void of_more_than_a_month_that_was_missed_the_last_is_looked_at(void **state)
{
    struct stage s;
    static const char recipe[] = RECIPE("  - at: 12:00\n");
    stage_open(&s, *state);
    stage_add(&s, recipe);
    stage_start(&s);
    stage_again(&s, 400 * DAY, recipe, NULL);
    for (int i = 0; i < 8; i++) {
        pass(&s, 0);
    }
    struct occurrence_list *list = occurrence_list_new();
    list->limit = 500;
    world_commit(&s.w, &list->op);
    assert_int_equal(list->count, 31);
    assert_int_equal(list->rows[0].state, OCCURRENCE_LATE);
    occurrence_list_free(list);
    stage_close(&s);
}

static void what_was_missed_is_told_in_the_log_and_by_an_event(void **state)
{
    struct stage s;
    struct kept_log kept;
    static const char recipe[] = RECIPE(HOURLY(""));
    stage_open(&s, *state);
    stage_add(&s, recipe);
    stage_start(&s);
    kept_log_begin(&kept);
    stage_again(&s, 4 * HOUR + 30 * MINUTE, recipe, NULL);
    pass(&s, 0);
    const char *text = kept_log_take(&kept);
    assert_non_null(strstr(text,
                           "tick: every 1 h: 3 occurrences were missed and left out, the last "
                           "at 2026-11-23T13:00:00.000Z: the engine did not run\n"));
    assert_non_null(strstr(text,
                           "tick: every 1 h: 2026-11-23T14:00:00.000Z runs 30 min late: the "
                           "engine did not run\n"));
    kept_log_end(&kept);
    struct event_list *list = event_list_new();
    list->type = "schedule_missed";
    list->with_payload = true;
    world_commit(&s.w, &list->op);
    assert_int_equal(list->count, 1);
    json_t *v = fix_json(list->rows[0].payload);
    assert_string_equal(json_get_text(v, "recipe"), "tick");
    assert_string_equal(json_get_text(v, "schedule"), "every 1 h");
    assert_string_equal(json_get_text(v, "first_at"), "2026-11-23T11:00:00.000Z");
    assert_string_equal(json_get_text(v, "due_at"), "2026-11-23T13:00:00.000Z");
    assert_string_equal(json_get_text(v, "reason"), "the engine did not run");
    assert_int_equal(json_get_int(v, "count", 0), 3);
    json_decref(v);
    event_list_free(list);
    stage_close(&s);
}

static void a_new_schedule_owes_nothing_of_the_past(void **state)
{
    struct stage s;
    stage_open(&s, *state);
    stage_add(&s, RECIPE(HOURLY("")));
    stage_start(&s);
    stage_again(&s, 4 * HOUR, RECIPE("  - every: 30 min\n"), NULL);
    assert_history(&s, "");
    pass(&s, 30 * MINUTE);
    assert_history(&s, "14:30 ran\n");
    stage_close(&s);
}

/* --- a clock that is set back --- */

static void a_clock_that_is_set_back_runs_nothing_twice(void **state)
{
    struct stage s;
    stage_open(&s, *state);
    stage_add(&s, RECIPE(HOURLY("")));
    stage_start(&s);
    pass(&s, HOUR);
    pass(&s, HOUR);
    fix_wall_us -= 2 * HOUR; /* 10:00 */
    pass(&s, 10 * SECOND);
    pass(&s, HOUR);
    pass(&s, HOUR);
    assert_history(&s, "11:00 ran\n12:00 ran\n");
    assert_int_equal(count_runs(&s, RUN_DONE), 2);
    pass(&s, HOUR);
    assert_history(&s, "11:00 ran\n12:00 ran\n13:00 ran\n");
    stage_close(&s);
}

static void what_a_clock_that_went_astray_left_out_runs_when_its_time_comes(void **state)
{
    struct stage s;
    stage_open(&s, *state);
    stage_add(&s, RECIPE(HOURLY("    missed: none\n")));
    stage_start(&s);
    fix_wall_us += 3 * HOUR + 30 * MINUTE;
    pass(&s, 10 * SECOND);
    static const char left[] =
        "11:00 skipped 150 min the clock went ahead, or the machine slept\n"
        "12:00 skipped 90 min the clock went ahead, or the machine slept\n"
        "13:00 skipped 30 min the clock went ahead, or the machine slept\n";
    assert_history(&s, left);
    fix_wall_us -= 3 * HOUR + 30 * MINUTE;
    pass(&s, 10 * SECOND);
    pass(&s, HOUR - 20 * SECOND);
    assert_history(&s, "11:00 ran\n");
    stage_close(&s);
}

/* --- while an earlier run has not ended --- */

static void assert_overlap(struct fixture *f, const char *policy, const char *history,
                           const int by_state[RUN_STATE_COUNT])
{
    struct stage s;
    char *recipe = xasprintf(SLEEPER("  - every: 1 h\n    overlap: %s\n"), policy);
    stage_open(&s, f);
    stage_add(&s, recipe);
    stage_start(&s);
    for (int i = 0; i < 8; i++) {
        pass(&s, 30 * MINUTE); /* 11:00 to 14:00; a run takes two hours and a half */
    }
    assert_history(&s, history);
    for (int i = 0; i < RUN_STATE_COUNT; i++) {
        assert_int_equal(count_runs(&s, (enum run_state)i), by_state[i]);
    }
    stage_close(&s);
    free(recipe);
}

static void by_default_one_that_meets_a_run_is_skipped_and_names_it(void **state)
{
    assert_overlap(*state, "skip",
                   "11:00 ran\n12:00 skipped overlap\n13:00 skipped overlap\n"
                   "14:00 ran\n",
                   (int[RUN_STATE_COUNT]){ [RUN_DONE] = 1, [RUN_WAITING] = 1 });
}

static void a_skipped_one_names_the_run_that_was_in_the_way(void **state)
{
    struct stage s;
    stage_open(&s, *state);
    stage_add(&s, SLEEPER(HOURLY("")));
    stage_start(&s);
    pass(&s, HOUR);
    pass(&s, HOUR);
    struct occurrence_list *list = occurrence_list_new();
    world_commit(&s.w, &list->op);
    assert_int_equal(list->count, 2);
    assert_int_equal(list->rows[0].state, OCCURRENCE_LEFT);
    assert_memory_equal(list->rows[0].run_id.bytes, list->rows[1].run_id.bytes, ID_BYTES);
    struct run_list *run = world_read_run(&s.w, list->rows[0].run_id);
    assert_int_equal(run->rows[0].state, RUN_WAITING);
    run_list_free(run);
    occurrence_list_free(list);
    stage_close(&s);
}

static void with_queue_it_waits_for_the_run_before(void **state)
{
    assert_overlap(*state, "queue", "11:00 ran\n12:00 ran\n13:00 ran\n14:00 ran\n",
                   (int[RUN_STATE_COUNT]){ [RUN_DONE] = 1, [RUN_WAITING] = 1, [RUN_QUEUED] = 2 });
}

static void with_parallel_they_run_side_by_side(void **state)
{
    assert_overlap(*state, "parallel", "11:00 ran\n12:00 ran\n13:00 ran\n14:00 ran\n",
                   (int[RUN_STATE_COUNT]){ [RUN_DONE] = 1, [RUN_WAITING] = 3 });
}

static void with_replace_the_run_before_is_cancelled(void **state)
{
    assert_overlap(*state, "replace", "11:00 ran\n12:00 ran\n13:00 ran\n14:00 ran\n",
                   (int[RUN_STATE_COUNT]){ [RUN_CANCELLED] = 3, [RUN_WAITING] = 1 });
}

/* --- zones --- */

static void a_day_that_a_zone_leaves_out_has_its_row(void **state)
{
    struct stage s;
    fix_wall_us = INT64_C(1325160000) * SECOND; /* 2011-12-29T12:00Z: 02:00 in Apia */
    stage_open(&s, *state);
    stage_add(&s, RECIPE("  - cron: 0 9 * * *\n    timezone: Pacific/Apia\n"));
    stage_start(&s);
    for (int i = 0; i < 24; i++) {
        pass(&s, HOUR);
    }
    assert_history(&s, "19:00 ran\n10:00 skipped zone gap\n");
    stage_close(&s);
    zone_forget_all();
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, fix_setup, fix_teardown)

int main(void)
{
    log_set_level(LOG_OFF);
    const struct CMUnitTest tests[] = {
        TEST(an_occurrence_starts_a_run_when_it_is_due_and_not_before),
        TEST(the_event_has_the_planned_time_the_lateness_and_the_schedule),
        TEST(a_replayed_occurrence_starts_its_recipe_and_no_other),
        TEST(a_run_of_a_schedule_that_dies_is_told_as_any_other),
        TEST(more_schedules_than_a_turn_handles_are_all_handled),
        TEST(what_was_missed_is_made_up_for_as_the_schedule_says_whatever_the_cause),
        TEST(a_pause_that_ended_while_no_engine_ran_is_the_reason_too),
        TEST(one_that_is_later_than_within_is_left_out),
        TEST(a_short_stop_makes_nothing_late),
        TEST(of_more_than_a_month_that_was_missed_the_last_is_looked_at),
        TEST(what_was_missed_is_told_in_the_log_and_by_an_event),
        TEST(a_new_schedule_owes_nothing_of_the_past),
        TEST(a_clock_that_is_set_back_runs_nothing_twice),
        TEST(what_a_clock_that_went_astray_left_out_runs_when_its_time_comes),
        TEST(by_default_one_that_meets_a_run_is_skipped_and_names_it),
        TEST(a_skipped_one_names_the_run_that_was_in_the_way),
        TEST(with_queue_it_waits_for_the_run_before),
        TEST(with_parallel_they_run_side_by_side),
        TEST(with_replace_the_run_before_is_cancelled),
        TEST(a_day_that_a_zone_leaves_out_has_its_row),
    };
    return cmocka_run_group_tests_name("schedules", tests, NULL, NULL);
}
