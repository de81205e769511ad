/* What the log says of runs that end: each of its kind once, and then how many. */
#include "fixture.h"

#include "../../support/kept_log.h"
#include "run/end_log.h"

static const char id_text[] = "01990000-0000-7000-8000-4d5e6f708192";

struct stage {
    struct fixture *f;
    struct kept_log kept;
    struct end_log *log;
};

static void stage_open(struct stage *s, struct fixture *f)
{
    s->f = f;
    kept_log_begin(&s->kept);
    s->log = end_log_new(f->loop);
}

static void stage_close(struct stage *s)
{
    end_log_free(s->log);
    kept_log_end(&s->kept);
}

static void tell(struct stage *s, enum run_state state, const char *step, const char *message)
{
    struct run_end end = { .recipe = "task", .state = state, .step = step };
    struct err why = ERR_INIT;
    assert_int_equal(id_parse(id_text, ID_TEXT, &end.id), 0);
    if (message != NULL) {
        (void)err_set(&why, ERR_INVALID, "%s", message);
        why.status = 400;
    }
    end.why = &why;
    end_log_tell(s->log, &end);
}

/* What is behind the time; the line's end too. */
static void assert_line(const char *text, const char *expected)
{
    if (strstr(text, expected) == NULL) {
        print_error("\"%s\" is not in: %s\n", expected, text);
        fail();
    }
}

static size_t count_lines(const char *text)
{
    size_t count = 0;
    while ((text = strchr(text, '\n')) != NULL) {
        count++;
        text++;
    }
    return count;
}

static void each_end_says_where_why_and_what_to_do(void **state)
{
    struct stage s;
    stage_open(&s, *state);
    tell(&s, RUN_DEAD, "follow_up", "create_task was answered 400: no title");
    assert_line(
        kept_log_take(&s.kept),
        " warn  run: task: run 4d5e6f708192 died at follow_up: create_task was answered 400: "
        "no title; `ladle show 4d5e6f708192` tells all, `ladle retry 4d5e6f708192` goes on "
        "from there\n");
    tell(&s, RUN_DEAD, NULL, "event.n is no number");
    assert_line(kept_log_take(&s.kept),
                "run 4d5e6f708192 died: event.n is no number; `ladle show 4d5e6f708192` tells all, "
                "`ladle replay 4d5e6f708192` begins again\n");
    tell(&s, RUN_PARKED, "order", "nobody knows");
    assert_line(kept_log_take(&s.kept),
                " warn  run: task: run 4d5e6f708192 is parked at order: nobody "
                "knows; `ladle show 4d5e6f708192` says what to do\n");
    tell(&s, RUN_SKIPPED, NULL, "if: event.n > 1 (event.n is 1)");
    assert_line(kept_log_take(&s.kept),
                " info  run: task: run 4d5e6f708192 was skipped: if: event.n > "
                "1 (event.n is 1)\n");
    tell(&s, RUN_CANCELLED, "order", NULL);
    assert_line(kept_log_take(&s.kept),
                " info  run: task: run 4d5e6f708192 was cancelled at order; "
                "`ladle replay 4d5e6f708192` begins again\n");
    stage_close(&s);
}

static void what_ends_well_or_goes_on_is_no_news(void **state)
{
    struct stage s;
    stage_open(&s, *state);
    static const enum run_state states[] = { RUN_QUEUED, RUN_RUNNING, RUN_WAITING, RUN_DONE };
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        tell(&s, states[i], "a", NULL);
    }
    assert_string_equal(kept_log_take(&s.kept), "");
    assert_int_equal(loop_next_due_us(s.f->loop), -1);
    stage_close(&s);
}

static void a_thousand_that_end_alike_are_a_line_and_a_number_whatever_ids_they_name(void **state)
{
    struct stage s;
    stage_open(&s, *state);
    for (int i = 0; i < 1000; i++) {
        char message[64];
        snprintf(message, sizeof message, "there is no contact %d", i);
        tell(&s, RUN_DEAD, "fetch", message);
    }
    const char *text = kept_log_take(&s.kept);
    assert_int_equal(count_lines(text), 1);
    assert_line(text, "there is no contact 0;");
    fix_pass(s.f, 10 * SECOND);
    text = kept_log_take(&s.kept);
    assert_int_equal(count_lines(text), 1);
    assert_line(text,
                " warn  run: task: 999 more runs died at fetch since the last line; the newest is "
                "4d5e6f708192: there is no contact 999; `ladle dead` lists them by cause\n");
    tell(&s, RUN_DEAD, "fetch", "and one more");
    assert_string_equal(kept_log_take(&s.kept), "");
    fix_pass(s.f, 10 * SECOND);
    assert_line(kept_log_take(&s.kept), "task: 1 more run died at fetch since the last line");
    stage_close(&s);
}

static void after_ten_quiet_seconds_it_is_news_again_and_no_timer_runs(void **state)
{
    struct stage s;
    stage_open(&s, *state);
    tell(&s, RUN_SKIPPED, NULL, "if: false");
    (void)kept_log_take(&s.kept);
    fix_pass(s.f, 10 * SECOND);
    assert_string_equal(kept_log_take(&s.kept), "");
    assert_int_equal(loop_next_due_us(s.f->loop), -1);
    tell(&s, RUN_SKIPPED, NULL, "if: false");
    assert_line(kept_log_take(&s.kept), "run 4d5e6f708192 was skipped: if: false\n");
    stage_close(&s);
}

static void other_steps_recipes_states_and_statuses_are_other_reasons(void **state)
{
    struct stage s;
    stage_open(&s, *state);
    tell(&s, RUN_DEAD, "a", "x");
    tell(&s, RUN_DEAD, "b", "x");
    tell(&s, RUN_PARKED, "a", "x");
    tell(&s, RUN_DEAD, "a", NULL);
    assert_int_equal(count_lines(kept_log_take(&s.kept)), 4);
    stage_close(&s);
}

static void what_was_only_counted_is_told_at_the_end(void **state)
{
    struct stage s;
    stage_open(&s, *state);
    tell(&s, RUN_CANCELLED, "a", NULL);
    tell(&s, RUN_CANCELLED, "a", NULL);
    (void)kept_log_take(&s.kept);
    end_log_free(s.log);
    s.log = NULL;
    assert_line(kept_log_take(&s.kept),
                "task: 1 more run was cancelled at a since the last line; the newest is "
                "4d5e6f708192; `ladle runs --state cancelled` lists them\n");
    stage_close(&s);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fix_setup, fix_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_end_says_where_why_and_what_to_do),
        TEST(what_ends_well_or_goes_on_is_no_news),
        TEST(a_thousand_that_end_alike_are_a_line_and_a_number_whatever_ids_they_name),
        TEST(after_ten_quiet_seconds_it_is_news_again_and_no_timer_runs),
        TEST(other_steps_recipes_states_and_statuses_are_other_reasons),
        TEST(what_was_only_counted_is_told_at_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
