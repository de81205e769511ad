/* Backfills under virtual time: what of a range runs, how fast, and that one that was interrupted goes
 * on where it was. */
#include "stage.h"

#include "base/log.h"
#include "recipe/schedule.h"
#include "store/backfill_row.h"
#include "store/pause_row.h"
#include "trigger/backfills.h"

#define HOURLY_RECIPE RECIPE(HOURLY(""))

struct past {
    struct stage s;
    struct backfills *backfills;
};

static void past_open(struct past *p, struct fixture *f)
{
    stage_open(&p->s, f);
    stage_add(&p->s, HOURLY_RECIPE);
    stage_start(&p->s);
    p->backfills = backfills_new(&(struct backfills_opts){
        .loop = f->loop, .store = f->store, .router = p->s.router, .schedules = p->s.schedules });
    backfills_look(p->backfills);
    fix_settle(f);
}

static void past_close(struct past *p)
{
    backfills_quiesce(p->backfills);
    fix_settle(p->s.w.f);
    assert_true(backfills_is_idle(p->backfills));
    backfills_free(p->backfills);
    stage_close(&p->s);
}

/* Asks for the occurrences of these hours before now, one a minute. */
static void ask(struct past *p, int from_hours, int to_hours)
{
    struct err e = ERR_INIT;
    struct diags *d = diags_new("recipes/tick.yaml");
    struct recipe *r =
        recipe_parse("recipes/tick.yaml", HOURLY_RECIPE, strlen(HOURLY_RECIPE), NULL, NULL, d);
    struct timetable *t =
        schedule_timetable(json_array_get(json_object_get(r->plan, "when"), 0), "tick", &e);
    char *identity = timetable_identity(t);
    struct backfill_add *a = backfill_add_new();
    a->recipe = "tick";
    a->identity = identity;
    a->row.reached_us = fix_wall_us - from_hours * HOUR - 1;
    a->row.to_us = fix_wall_us - to_hours * HOUR;
    a->row.rate = 1;
    a->row.who = xstrdup("ann");
    world_commit(&p->s.w, &a->op);
    backfill_add_free(a);
    free(identity);
    timetable_free(t);
    recipe_free(r);
    diags_free(d);
    backfills_look(p->backfills);
    pass(&p->s, 0);
}

static size_t count_backfills(struct past *p)
{
    struct backfill_list *list = backfill_list_new();
    world_commit(&p->s.w, &list->op);
    size_t count = list->count;
    backfill_list_free(list);
    return count;
}

static void the_occurrences_of_a_range_run_one_after_the_other_at_the_rate(void **state)
{
    struct past p;
    past_open(&p, *state);
    ask(&p, 3, 1); /* 07:00, 08:00, 09:00; now is 10:00 */
    assert_history(&p.s, "07:00 backfilled 180 min by ann\n");
    pass(&p.s, MINUTE - 1);
    assert_history(&p.s, "07:00 backfilled 180 min by ann\n");
    pass(&p.s, 1);
    assert_int_equal(count_runs(&p.s, RUN_DONE), 2);
    pass(&p.s, MINUTE);
    pass(&p.s, MINUTE);
    assert_history(&p.s,
                   "07:00 backfilled 180 min by ann\n08:00 backfilled 121 min by ann\n"
                   "09:00 backfilled 62 min by ann\n");
    assert_int_equal(count_runs(&p.s, RUN_DONE), 3);
    assert_int_equal(count_backfills(&p), 0);
    past_close(&p);
}

static void what_ran_does_not_run_again_and_takes_no_time(void **state)
{
    struct past p;
    past_open(&p, *state);
    pass(&p.s, HOUR);
    pass(&p.s, HOUR); /* 11:00 and 12:00 ran */
    ask(&p, 2, 0);    /* 10:00 to 12:00 */
    assert_history(&p.s, "10:00 backfilled 120 min by ann\n11:00 ran\n12:00 ran\n");
    pass(&p.s, MINUTE);
    assert_int_equal(count_backfills(&p), 0);
    assert_int_equal(count_runs(&p.s, RUN_DONE), 3);
    past_close(&p);
}

static void its_runs_are_marked_and_their_event_has_the_planned_time(void **state)
{
    struct past p;
    past_open(&p, *state);
    ask(&p, 1, 1);
    struct event_list *list = event_list_new();
    list->with_payload = true;
    world_commit(&p.s.w, &list->op);
    assert_int_equal(list->count, 1);
    assert_non_null(strstr(list->rows[0].payload, "\"at\":\"2026-11-23T09:00:00.000Z\""));
    struct meta *meta = meta_new(&(struct meta_source){ .headers = list->rows[0].headers });
    assert_string_equal(json_get_text(meta_json(meta), "found_by"), "backfill");
    meta_unref(meta);
    event_list_free(list);
    past_close(&p);
}

static void one_that_is_interrupted_goes_on_after_the_next_start(void **state)
{
    struct past p;
    struct fixture *f = *state;
    past_open(&p, f);
    ask(&p, 3, 1);
    past_close(&p);
    fix_close(f);
    fix_open(f);
    past_open(&p, f);
    pass(&p.s, MINUTE);
    pass(&p.s, MINUTE);
    assert_int_equal(count_runs(&p.s, RUN_DONE), 3);
    past_close(&p);
}

static void one_that_is_stopped_starts_nothing_more(void **state)
{
    struct past p;
    past_open(&p, *state);
    ask(&p, 3, 1);
    struct backfill_stop stop;
    backfill_stop_init(&stop, "tick");
    world_commit(&p.s.w, &stop.op);
    assert_int_equal(stop.count, 1);
    pass(&p.s, 5 * MINUTE);
    assert_history(&p.s, "07:00 backfilled 180 min by ann\n");
    past_close(&p);
}

static void one_of_a_paused_recipe_waits(void **state)
{
    struct past p;
    past_open(&p, *state);
    struct pause_add *pause = pause_add_new("tick");
    pause->row.who = xstrdup("ann");
    world_commit(&p.s.w, &pause->op);
    pause_add_free(pause);
    ask(&p, 1, 1);
    assert_history(&p.s, "");
    struct pause_end end;
    pause_end_init(&end, "tick");
    world_commit(&p.s.w, &end.op);
    pass(&p.s, MINUTE);
    assert_history(&p.s, "09:00 backfilled 61 min by ann\n");
    past_close(&p);
}

static void a_schedule_has_one_backfill_at_a_time(void **state)
{
    struct past p;
    struct err e = ERR_INIT;
    past_open(&p, *state);
    ask(&p, 3, 1);
    struct backfill_add *a = backfill_add_new();
    a->recipe = "tick";
    a->identity = "every 3600 s * * * real UTC";
    a->row.who = xstrdup("bob");
    a->row.rate = 1;
    struct fixture *f = *state;
    past_close(&p);
    fix_close(f);
    fix_open(f);
    assert_int_equal(store_exec(f->store, &a->op, &e), -1);
    assert_int_equal(e.kind, ERR_CONFLICT);
    a->recipe = "other";
    e = ERR_INIT;
    assert_int_equal(store_exec(f->store, &a->op, &e), -1);
    assert_int_equal(e.kind, ERR_NOT_FOUND);
    backfill_add_free(a);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, fix_setup, fix_teardown)

int main(void)
{
    log_set_level(LOG_OFF);
    const struct CMUnitTest tests[] = {
        TEST(the_occurrences_of_a_range_run_one_after_the_other_at_the_rate),
        TEST(what_ran_does_not_run_again_and_takes_no_time),
        TEST(its_runs_are_marked_and_their_event_has_the_planned_time),
        TEST(one_that_is_interrupted_goes_on_after_the_next_start),
        TEST(one_that_is_stopped_starts_nothing_more),
        TEST(one_of_a_paused_recipe_waits),
        TEST(a_schedule_has_one_backfill_at_a_time),
    };
    return cmocka_run_group_tests_name("backfills", tests, NULL, NULL);
}
