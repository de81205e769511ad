/* The ledger of schedules: which are in force, one row for each occurrence whatever happens, and
 * that row, event and run are written together or not at all. */
#include "fixture.h"

#include "base/fault.h"
#include "store/backfill_row.h"
#include "store/occurrence_row.h"
#include "store/prune.h"

#define HOUR (INT64_C(3600) * 1000000)
#define DAY  (24 * HOUR)

/* What is in force from now on; gives the row of the first. */
static struct schedule_row put_in_force(struct fixture *f, const char *const *recipes,
                                        const char *const *broken)
{
    size_t count = 0;
    while (recipes[count] != NULL) {
        count++;
    }
    struct schedule_sync *s = schedule_sync_new(count);
    s->broken = broken;
    for (size_t i = 0; i < count; i++) {
        s->rows[i].recipe = xstrdup(recipes[i]);
        s->rows[i].identity = xstrdup("every 3600 s real UTC");
        s->rows[i].label = xstrdup("every 1 h");
        s->rows[i].file = xasprintf("recipes/%s.yaml", recipes[i]);
    }
    fix_exec(f, &s->op);
    struct schedule_row row = { 0 };
    if (count > 0) {
        row = s->rows[0];
        s->rows[0] = (struct schedule_row){ 0 };
    }
    schedule_sync_free(s);
    return row;
}

#define ONLY(...) ((const char *const[]){ __VA_ARGS__, NULL })

static int64_t schedule_of(struct fixture *f)
{
    struct schedule_row row = put_in_force(f, ONLY("tick"), NULL);
    int64_t number = row.number;
    schedule_row_fini(&row);
    return number;
}

/* An occurrence that starts a run, which is RUNNING. */
static struct event_put *occur(struct fixture *f, struct occurrence_note *note)
{
    struct event_put *put = fix_event(NULL);
    fix_seed(put, "tick", NULL, RUN_RUNNING);
    put->occurrence = note;
    fix_exec(f, &put->op);
    return put;
}

static struct occurrence_note start(struct fixture *f, int64_t schedule, int64_t planned_us,
                                    enum overlap overlap)
{
    struct occurrence_note note = { .schedule = schedule,
                                    .planned_us = planned_us,
                                    .overlap = overlap };
    event_put_free(occur(f, &note));
    return note;
}

static void leave(struct fixture *f, int64_t schedule, int64_t planned_us)
{
    struct occurrence_leave *l = occurrence_leave_new(schedule, "tick", "every 1 h");
    *occurrence_leave_add(l) =
        (struct occurrence_left){ .planned_us = planned_us, .why = "asleep", .is_missed = true };
    fix_exec(f, &l->op);
    occurrence_leave_free(l);
}

static void a_new_schedule_has_reached_now_and_a_known_one_where_it_was(void **state)
{
    struct fixture *f = *state;
    struct schedule_row row = put_in_force(f, ONLY("tick"), NULL);
    assert_int_equal(row.reached_us, fix_now_us);
    int64_t begun_us = fix_now_us, number = row.number;
    schedule_row_fini(&row);
    (void)start(f, number, begun_us + HOUR, OVERLAP_SKIP);
    fix_now_us += 5 * HOUR;
    row = put_in_force(f, ONLY("tick", "other"), NULL);
    assert_int_equal(row.number, number);
    assert_int_equal(row.reached_us, begun_us + HOUR);
    assert_int_equal(row.off_us, 0);
    schedule_row_fini(&row);
}

static void one_that_is_not_in_force_is_off_since_then_and_says_why(void **state)
{
    struct fixture *f = *state;
    struct schedule_row row = put_in_force(f, ONLY("tick", "other"), NULL);
    schedule_row_fini(&row);
    int64_t off_us = fix_now_us += HOUR;
    row = put_in_force(f, ONLY("other"), ONLY("recipes/tick.yaml"));
    schedule_row_fini(&row);
    fix_now_us += HOUR;
    row = put_in_force(f, ONLY("other"), NULL); /* what it was first counts */
    schedule_row_fini(&row);
    fix_now_us += HOUR;
    row = put_in_force(f, ONLY("tick"), NULL);
    assert_int_equal(row.off_us, off_us);
    assert_string_equal(row.off_why, SCHEDULE_OFF_BROKEN);
    struct occurrence_leave *l = occurrence_leave_new(row.number, "tick", "every 1 h");
    l->is_caught_up = true;
    fix_exec(f, &l->op);
    occurrence_leave_free(l);
    schedule_row_fini(&row);
    row = put_in_force(f, ONLY("tick"), NULL);
    assert_int_equal(row.off_us, 0);
    schedule_row_fini(&row);
    row = put_in_force(f, ONLY("other"), NULL);
    assert_int_equal(row.off_us, off_us + 2 * HOUR);
    assert_string_equal(row.off_why, SCHEDULE_OFF_GONE);
    schedule_row_fini(&row);
}

static void an_occurrence_starts_one_run_however_often_it_is_handed_in(void **state)
{
    struct fixture *f = *state;
    int64_t schedule = schedule_of(f);
    assert_int_equal(start(f, schedule, fix_now_us, OVERLAP_PARALLEL).outcome, OCCURRENCE_STARTED);
    assert_int_equal(start(f, schedule, fix_now_us, OVERLAP_PARALLEL).outcome, OCCURRENCE_KNOWN);
    assert_int_equal(fix_counts(f).events, 1);
    assert_int_equal(fix_counts(f).by_state[RUN_RUNNING], 1);
    leave(f, schedule, fix_now_us); /* nor is one that ran ever left out */
    assert_int_equal(fix_number(f, "select state from occurrence"), OCCURRENCE_RAN);
}

static void row_event_and_run_are_written_together_or_not_at_all(void **state)
{
    struct fixture *f = *state;
    struct err e = ERR_INIT;
    int64_t schedule = schedule_of(f);
    struct occurrence_note note = { .schedule = schedule, .planned_us = fix_now_us + HOUR };
    struct event_put *put = fix_event(NULL);
    fix_seed(put, "tick", NULL, RUN_RUNNING);
    put->occurrence = &note;
    assert_int_equal(fault_arm("store.commit_full=fail", &e), 0);
    assert_int_equal(fix_exec_error(f, &put->op).kind, ERR_STORE_FULL);
    fault_disarm();
    assert_int_equal(fix_number(f, "select count(*) from occurrence"), 0);
    assert_int_equal(fix_number(f, "select reached_us from schedule"), fix_now_us);
    fix_exec(f, &put->op); /* the same operation, tried again */
    assert_int_equal(note.outcome, OCCURRENCE_STARTED);
    assert_int_equal(fix_number(f, "select count(*) from occurrence"), 1);
    assert_int_equal(fix_number(f, "select count(*) from run"), 1);
    assert_int_equal(fix_number(f, "select reached_us from schedule"), fix_now_us + HOUR);
    event_put_free(put);
}

static void a_run_is_in_the_way_until_it_has_ended(void **state)
{
    struct fixture *f = *state;
    int64_t schedule = schedule_of(f);
    struct occurrence_note first = { .schedule = schedule, .planned_us = fix_now_us };
    struct event_put *put = occur(f, &first);
    struct id run = put->runs[0].id;
    event_put_free(put);
    for (int i = 1; i <= 2; i++) {
        struct occurrence_note next = start(f, schedule, fix_now_us + i * HOUR, OVERLAP_SKIP);
        assert_int_equal(next.outcome, OCCURRENCE_BLOCKED);
        assert_id_equal(next.other, run);
        fix_move(f, run, i == 1 ? RUN_WAITING : RUN_DONE);
    }
    assert_int_equal(start(f, schedule, fix_now_us + 3 * HOUR, OVERLAP_SKIP).outcome,
                     OCCURRENCE_STARTED);
    assert_int_equal(fix_number(f, "select count(*) from occurrence where is_open = 1"), 1);
}

static void one_that_replaces_cancels_all_that_have_not_ended(void **state)
{
    struct fixture *f = *state;
    int64_t schedule = schedule_of(f);
    (void)start(f, schedule, fix_now_us, OVERLAP_PARALLEL);
    (void)start(f, schedule, fix_now_us + HOUR, OVERLAP_PARALLEL);
    struct occurrence_note last = start(f, schedule, fix_now_us + 2 * HOUR, OVERLAP_REPLACE);
    assert_int_equal(last.outcome, OCCURRENCE_STARTED);
    assert_false(id_is_zero(&last.other));
    assert_int_equal(fix_counts(f).by_state[RUN_CANCELLED], 2);
    assert_int_equal(fix_counts(f).by_state[RUN_RUNNING], 1);
}

static void what_was_missed_is_told_once_by_an_event(void **state)
{
    struct fixture *f = *state;
    struct occurrence_leave *l = occurrence_leave_new(schedule_of(f), "tick", "every 1 h");
    for (int i = 0; i < 3; i++) {
        *occurrence_leave_add(l) = (struct occurrence_left){ .planned_us = fix_now_us + i * HOUR,
                                                             .why = "asleep",
                                                             .is_missed = i != 1 };
    }
    fix_exec(f, &l->op);
    assert_true(l->has_emitted);
    assert_int_equal(l->missed_count, 2);
    assert_int_equal(fix_counts(f).unrouted, 1);
    occurrence_leave_free(l);
    assert_int_equal(fix_number(f, "select count(*) from occurrence where state = 2"), 3);
}

static void a_gap_of_the_zone_is_nothing_that_was_missed(void **state)
{
    struct fixture *f = *state;
    struct occurrence_leave *l = occurrence_leave_new(schedule_of(f), "tick", "every 1 h");
    *occurrence_leave_add(l) =
        (struct occurrence_left){ .planned_us = fix_now_us, .why = "zone gap" };
    fix_exec(f, &l->op);
    assert_false(l->has_emitted);
    assert_int_equal(fix_counts(f).events, 0);
    occurrence_leave_free(l);
}

static void a_backfill_starts_what_was_left_out_and_nothing_else(void **state)
{
    struct fixture *f = *state;
    int64_t schedule = schedule_of(f), reached_us = fix_now_us;
    (void)start(f, schedule, fix_now_us - HOUR, OVERLAP_PARALLEL);
    leave(f, schedule, fix_now_us - 2 * HOUR);
    struct backfill_add *a = backfill_add_new();
    a->recipe = "tick";
    a->identity = "every 3600 s real UTC";
    a->row.rate = 1;
    a->row.who = xstrdup("ann");
    fix_exec(f, &a->op);
    struct occurrence_note note = {
        .schedule = schedule, .state = OCCURRENCE_BACKFILL, .why = "by ann", .backfill = a->row.id
    };
    static const struct {
        int hours_ago, outcome;
    } cases[] = { { 1, OCCURRENCE_KNOWN },
                  { 2, OCCURRENCE_STARTED },
                  { 2, OCCURRENCE_KNOWN },
                  { 3, OCCURRENCE_STARTED },
                  { 3, OCCURRENCE_KNOWN } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        note.planned_us = fix_now_us - cases[i].hours_ago * HOUR;
        event_put_free(occur(f, &note));
        assert_int_equal(note.outcome, cases[i].outcome);
    }
    assert_int_equal(fix_number(f, "select reached_us from schedule"), reached_us);
    assert_int_equal(fix_number(f, "select reached_us from backfill"), note.planned_us);
    assert_int_equal(fix_number(f, "select count(*) from occurrence where state = 3"), 2);
    struct backfill_end end;
    backfill_end_init(&end, a->row.id);
    fix_exec(f, &end.op);
    note.planned_us -= HOUR; /* a person has stopped it */
    event_put_free(occur(f, &note));
    assert_int_equal(note.outcome, OCCURRENCE_ENDED);
    assert_int_equal(fix_number(f, "select count(*) from occurrence where state = 3"), 2);
    backfill_add_free(a);
}

static void a_clock_that_was_set_back_keeps_what_ran(void **state)
{
    struct fixture *f = *state;
    int64_t schedule = schedule_of(f);
    (void)start(f, schedule, fix_now_us + HOUR, OVERLAP_PARALLEL);
    leave(f, schedule, fix_now_us + 2 * HOUR);
    struct schedule_rewind r;
    schedule_rewind_init(&r, schedule, fix_now_us);
    fix_exec(f, &r.op);
    assert_int_equal(fix_number(f, "select reached_us from schedule"), fix_now_us);
    assert_int_equal(fix_number(f, "select count(*) from occurrence"), 1);
    assert_int_equal(start(f, schedule, fix_now_us + HOUR, OVERLAP_PARALLEL).outcome,
                     OCCURRENCE_KNOWN);
}

static void lists_go_from_the_newest_page_by_page(void **state)
{
    struct fixture *f = *state;
    int64_t schedule = schedule_of(f);
    for (int i = 0; i < 5; i++) {
        (void)start(f, schedule, fix_now_us + i * HOUR, OVERLAP_PARALLEL);
    }
    struct occurrence_list *list = occurrence_list_new();
    list->recipe = "tick";
    list->limit = 2;
    int seen = 0;
    do {
        fix_exec(f, &list->op);
        for (size_t i = 0; i < list->count; i++, seen++) {
            assert_int_equal(list->rows[i].planned_us, fix_now_us + (4 - seen) * HOUR);
            list->before_us = list->rows[i].planned_us;
        }
        list->before_schedule = list->last_schedule;
    } while (list->count == 2);
    assert_int_equal(seen, 5);
    occurrence_list_free(list);
}

/* --- retention --- */

static void sweep(struct fixture *f, int limit)
{
    struct retention keep = { .events_us = 300 * DAY,
                              .runs_us = 30 * DAY,
                              .dead_us = 300 * DAY,
                              .duplicates_us = 300 * DAY,
                              .versions_us = 300 * DAY,
                              .records_us = 300 * DAY };
    struct prune p;
    prune_init(&p, &keep, limit);
    do {
        fix_exec(f, &p.op);
    } while (prune_again(&p));
}

static void old_occurrences_go_but_for_those_whose_run_has_not_ended(void **state)
{
    struct fixture *f = *state;
    int64_t schedule = schedule_of(f);
    struct occurrence_note open = { .schedule = schedule, .planned_us = fix_now_us };
    event_put_free(occur(f, &open));
    for (int i = 1; i < 20; i++) {
        leave(f, schedule, fix_now_us + i * HOUR);
        leave(f, schedule, fix_now_us + 40 * DAY - i * HOUR);
    }
    fix_now_us += 40 * DAY;
    sweep(f, 7);
    assert_int_equal(fix_number(f, "select count(*) from occurrence"), 20);
    assert_int_equal(fix_number(f, "select count(*) from occurrence where is_open = 1"), 1);
    assert_int_equal(fix_number(f, "select count(*) from schedule"), 1);
}

static void a_row_of_a_time_long_past_is_kept_as_long_as_others(void **state)
{
    struct fixture *f = *state;
    leave(f, schedule_of(f), fix_now_us - 300 * DAY); /* as a backfill makes it */
    sweep(f, 100);
    assert_int_equal(fix_number(f, "select count(*) from occurrence"), 1);
    fix_now_us += 31 * DAY;
    sweep(f, 100);
    assert_int_equal(fix_number(f, "select count(*) from occurrence"), 0);
}

static void a_schedule_that_is_off_for_long_goes_with_its_last_row(void **state)
{
    struct fixture *f = *state;
    leave(f, schedule_of(f), fix_now_us);
    struct schedule_row row = put_in_force(f, ONLY("other"), NULL);
    schedule_row_fini(&row);
    fix_now_us += 1;
    row = put_in_force(f, ONLY("other"), NULL);
    schedule_row_fini(&row);
    fix_now_us += 31 * DAY;
    sweep(f, 100);
    assert_int_equal(fix_number(f, "select count(*) from schedule"), 1);
    assert_int_equal(fix_number(f, "select count(*) from occurrence"), 0);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, fix_setup, fix_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_new_schedule_has_reached_now_and_a_known_one_where_it_was),
        TEST(one_that_is_not_in_force_is_off_since_then_and_says_why),
        TEST(an_occurrence_starts_one_run_however_often_it_is_handed_in),
        TEST(row_event_and_run_are_written_together_or_not_at_all),
        TEST(a_run_is_in_the_way_until_it_has_ended),
        TEST(one_that_replaces_cancels_all_that_have_not_ended),
        TEST(what_was_missed_is_told_once_by_an_event),
        TEST(a_gap_of_the_zone_is_nothing_that_was_missed),
        TEST(a_backfill_starts_what_was_left_out_and_nothing_else),
        TEST(a_clock_that_was_set_back_keeps_what_ran),
        TEST(lists_go_from_the_newest_page_by_page),
        TEST(old_occurrences_go_but_for_those_whose_run_has_not_ended),
        TEST(a_row_of_a_time_long_past_is_kept_as_long_as_others),
        TEST(a_schedule_that_is_off_for_long_goes_with_its_last_row),
    };
    return cmocka_run_group_tests_name("occurrence_row", tests, NULL, NULL);
}
