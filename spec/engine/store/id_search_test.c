/* Ids by a part of them. */
#include "fixture.h"

#include "store/id_search.h"

static struct id id_of(const char *text)
{
    struct id id;
    assert_int_equal(id_parse(text, strlen(text), &id), 0);
    return id;
}

/* An event of that id with a run of that id. */
static void add(struct fixture *f, const char *event, const char *run)
{
    struct event_put *put = fix_event(event);
    put->event.id = id_of(event);
    put->runs = xcalloc(1, sizeof *put->runs);
    put->run_count = 1;
    put->runs[0] = (struct run_seed){
        .id = id_of(run), .recipe = xstrdup("recipe"), .version = xstrdup("v1"), .state = RUN_DONE
    };
    fix_exec(f, &put->op);
    event_put_free(put);
}

static struct id_search look(struct fixture *f, const char *text, bool in_runs, bool in_events)
{
    struct id_search s;
    id_search_init(&s, text);
    s.in_runs = in_runs;
    s.in_events = in_events;
    fix_exec(f, &s.op);
    return s;
}

static void assert_found(const struct id_search *s, size_t i, const char *expected, bool is_event)
{
    char text[ID_TEXT + 1];
    id_format(&s->matches[i].id, text);
    assert_string_equal(text, expected);
    assert_int_equal(s->matches[i].is_event, is_event);
}

static const char event_a[] = "01990000-0000-7000-8000-00000000aaaa";
static const char run_a[] = "01990000-0000-7000-8000-0000000abcde";
static const char event_b[] = "01990000-0001-7000-8000-0000000abcde";
static const char run_b[] = "0199ffff-0000-7000-8000-01990000abcd";

static void a_beginning_and_an_end_are_found_in_any_case_with_or_without_dashes(void **state)
{
    struct fixture *f = *state;
    add(f, event_a, run_a);
    add(f, event_b, run_b);
    static const char *const texts[] = { run_b,           "0199ffff",  "0199FFFF-0",
                                         "0199ffff00007", "90000abcd", "01990000aBCD" };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct id_search s = look(f, texts[i], true, true);
        assert_int_equal(s.count, 1);
        assert_found(&s, 0, run_b, false);
        assert_false(s.is_more);
    }
    struct id_search none = look(f, "0199fffe", true, true);
    assert_int_equal(none.count, 0);
}

static void several_are_told_runs_first_and_the_newest_of_them_first(void **state)
{
    struct fixture *f = *state;
    add(f, event_a, run_a);
    add(f, event_b, run_b);
    struct id_search s = look(f, "abcde", true, true);
    assert_int_equal(s.count, 2);
    assert_found(&s, 0, run_a, false);
    assert_found(&s, 1, event_b, true);
    s = look(f, "0199", true, true);
    assert_int_equal(s.count, 4);
    assert_found(&s, 0, run_b, false);
    assert_found(&s, 1, run_a, false);
    assert_found(&s, 2, event_b, true);
    s = look(f, "0199", false, true);
    assert_int_equal(s.count, 2);
    s = look(f, "abcde", true, false);
    assert_int_equal(s.count, 1);
}

static void what_both_begins_and_ends_an_id_is_one_match(void **state)
{
    struct fixture *f = *state;
    add(f, "01990000-0000-7000-8000-000000000199", "02000000-0000-7000-8000-000000000200");
    struct id_search s = look(f, "0199", true, true);
    assert_int_equal(s.count, 1);
}

static void more_than_a_person_can_choose_from_is_said(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < ID_SEARCH_MOST + 1; i++) {
        char event[ID_TEXT + 1], run[ID_TEXT + 1];
        snprintf(event, sizeof event, "01990000-0000-7000-8000-00000000%04x", i);
        snprintf(run, sizeof run, "01990000-0000-7000-9000-00000000%04x", i);
        add(f, event, run);
    }
    struct id_search s = look(f, "0199", true, true);
    assert_int_equal(s.count, ID_SEARCH_MOST);
    assert_true(s.is_more);
}

static void what_is_no_part_of_an_id_is_refused(void **state)
{
    struct fixture *f = *state;
    static const char *const texts[] = { "",     "abc",   "a-b-c",
                                         "wxyz", "0199 ", "0199000000007000800000000000aaaa0" };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct id_search s;
        id_search_init(&s, texts[i]);
        s.in_runs = s.in_events = true;
        assert_int_equal(fix_exec_error(f, &s.op).kind, ERR_INVALID);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fix_setup, fix_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_beginning_and_an_end_are_found_in_any_case_with_or_without_dashes),
        TEST(several_are_told_runs_first_and_the_newest_of_them_first),
        TEST(what_both_begins_and_ends_an_id_is_one_match),
        TEST(more_than_a_person_can_choose_from_is_said),
        TEST(what_is_no_part_of_an_id_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
