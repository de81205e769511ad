/* Schedules among the triggers of a recipe: how their words are read, what is wrong with them and
 * where, and what is known of the event that an occurrence is. */

#include "fixture.h"

#include "base/clock.h"
#include "format/date.h"
#include "recipe/schedule.h"

#define HEAD "recipe: r\nneeds:\n  crm: crm\nwhen:\n" /* lines 1 to 4 */
#define DO   "do:\n  - step: a\n    use: crm.ping\n"

static int64_t wall_us;

static int64_t stopped_us(void *ud)
{
    (void)ud;
    return wall_us;
}

static void same_bytes(void *ud, void *out, size_t len)
{
    (void)ud;
    memset(out, 7, len);
}

static int up(void **state)
{
    static const struct clock stopped = { stopped_us, stopped_us, same_bytes, NULL };
    wall_us = INT64_C(1767225600000000); /* 2026-01-01 */
    clock_replace(&stopped);
    return world_up(state);
}

static int down(void **state)
{
    clock_replace(NULL);
    zone_forget_all();
    return world_down(state);
}

static void refuse(const char *text, const char *errors)
{
    assert_null(load_told(text, NULL, errors, ""));
}

/* The only trigger of a recipe with these lines below `when`. */
static json_t *trigger_of(const char *lines, const struct project *p)
{
    char *text = xasprintf("%s%s%s", HEAD, lines, DO);
    struct recipe *r = load_told(text, p, "", "");
    json_t *trigger = json_incref(json_array_get(json_object_get(r->plan, "when"), 0));
    recipe_free(r);
    free(text);
    return trigger;
}

static void assert_reads(const char *lines, const char *label, const char *sentence)
{
    struct err e = ERR_INIT;
    json_t *trigger = trigger_of(lines, NULL);
    assert_string_equal(json_get_text(trigger, "schedule"), label);
    struct timetable *t = schedule_timetable(trigger, "r", &e);
    assert_non_null(t);
    char *told = timetable_sentence(t);
    assert_string_equal(told, sentence);
    free(told);
    timetable_free(t);
    json_decref(trigger);
}

static void the_words_of_a_schedule_make_its_times_and_its_name(void **state)
{
    (void)state;
    assert_reads("  - every: 15 min\n", "every 15 min", "every 15 minutes");
    assert_reads("  - at: 09:00\n    on: weekdays\n", "09:00 on weekdays",
                 "every weekday at 09:00 in UTC");
    assert_reads("  - at: [\"09:00\", \"17:30\"]\n    on: [mon, thu]\n    jitter: 10 min\n",
                 "09:00, 17:30 on mon, thu",
                 "every Monday and Thursday at 09:00 and 17:30 in UTC, up to 10 min later");
    assert_reads("  - every: 2 days\n    at: 06:00\n", "every 2 days at 06:00",
                 "every 2 days at 06:00 in UTC, counted from 2001-01-01");
    assert_reads(
        "  - cron: \"0 9 1 * *\"\n    timezone: America/New_York\n"
        "    except: [2026-12-25]\n    from: 2026-02-01\n    until: 2026-12-31\n",
        "0 9 1 * * in America/New_York",
        "on the 1st of every month at 09:00 in America/New_York, from 2026-02-01, until "
        "2026-12-31, except on 2026-12-25");
}

static void what_is_left_out_has_its_usual_value(void **state)
{
    (void)state;
    json_t *trigger = trigger_of("  - every: 1 h\n", NULL);
    assert_string_equal(json_get_text(trigger, "missed"), "last");
    assert_string_equal(json_get_text(trigger, "overlap"), "skip");
    assert_null(json_object_get(trigger, "within_us"));
    json_decref(trigger);
    trigger = trigger_of("  - every: 1 h\n    missed: all\n    within: 2 h\n    overlap: replace\n",
                         NULL);
    assert_string_equal(json_get_text(trigger, "missed"), "all");
    assert_string_equal(json_get_text(trigger, "overlap"), "replace");
    assert_int_equal(json_get_int(trigger, "within_us", 0), INT64_C(7200000000));
    json_decref(trigger);
}

static void the_zone_is_the_projects_where_the_schedule_names_none(void **state)
{
    (void)state;
    char zone[] = "Europe/Amsterdam";
    struct project p = { .timezone = zone };
    json_t *trigger = trigger_of("  - at: 09:00\n", &p);
    struct err e = ERR_INIT;
    struct timetable *t = schedule_timetable(trigger, "r", &e);
    struct occurrence o;
    assert_true(timetable_next(t, wall_us, &o));
    assert_int_equal(o.planned_us - wall_us, INT64_C(8) * 3600 * 1000000);
    timetable_free(t);
    json_decref(trigger);
}

static void wrong_words_are_told_with_their_place_and_a_remedy(void **state)
{
    (void)state;
    refuse(HEAD "  - evry: 15 min\n" DO,
           "5:5 unknown word `evry` in a schedule (did you mean `every`?)\n");
    refuse(HEAD "  - on: monday\n" DO,
           "5:5 a schedule needs one of `at: \"09:00\"`, `every: 15 min` and `cron: \"0 9 * * "
           "mon-fri\"`\n");
    refuse(HEAD "  - at: [\"09:00\", \"9 am\"]\n" DO,
           "5:19 `at`: \"9 am\" is no time of day: write hours and minutes by the 24-hour clock, "
           "00:00 to 23:59, as in \"09:00\"\n");
    refuse(HEAD "  - at: 09:00\n    on: weekday\n" DO,
           "6:9 `on`: \"weekday\" is no day: write every day, weekdays, weekends, monday or mon, 1 "
           "to 31, last day, or a list of these; did you mean \"weekdays\"?\n");
    refuse(HEAD "  - every: 15 min\n    missed: latest\n" DO,
           "6:13 `missed` is last, all or none, not `latest` (did you mean `last`?)\n");
    refuse(HEAD "  - every: 15 min\n    overlap: drop\n" DO,
           "6:14 `overlap` is skip, queue, parallel or replace, not `drop`\n");
    refuse(HEAD "  - every: 15 min\n    missed: none\n    within: 1 h\n" DO,
           "7:13 `within` has no meaning with `missed: none` (leave it out, or write missed: "
           "last)\n");
    refuse(HEAD "  - every: []\n" DO, "5:12 `every` is an empty list\n");
    refuse(HEAD "  - poll: crm.list\n" DO, "5:5 `poll` is not part of this version\n");
}

static void the_place_of_an_error_in_cron_is_the_field(void **state)
{
    (void)state;
    struct diags *d = diags_new("r.yaml");
    static const char text[] = HEAD "  - cron: \"0 25 * * *\"\n" DO;
    assert_null(recipe_parse("r.yaml", text, strlen(text), NULL, &hooks, d));
    json_t *list = diags_json(d);
    assert_int_equal(json_array_size(list), 1);
    assert_int_equal(json_get_int(json_array_get(list, 0), "column", 0), 14);
    json_decref(list);
    diags_free(d);
}

static void two_schedules_of_the_same_times_are_an_error(void **state)
{
    (void)state;
    refuse(HEAD "  - every: 15 min\n  - cron: \"*/15 * * * *\"\n    missed: all\n" DO,
           "6:5 this schedule has the same times as the one in line 5 (one of the two is "
           "enough)\n");
}

static void a_queue_beside_a_key_is_an_error(void **state)
{
    (void)state;
    refuse(HEAD "  - every: 15 min\n    overlap: queue\nkey: = event.at\n" DO,
           "6:14 `overlap: queue` does not go with the recipe's `key`, which says who waits for "
           "whom (leave out one of the two)\n");
}

static void a_time_that_a_change_of_the_clocks_touches_is_a_warning(void **state)
{
    (void)state;
    recipe_free(
        load_told(HEAD "  - at: 02:30\n    timezone: Europe/Amsterdam\n" DO, NULL, "",
                  "5:5 on 2026-03-29 the clocks in Europe/Amsterdam go from 02:00 to 03:00: "
                  "02:30 comes at 03:00\n"));
}

static void the_event_of_a_schedule_has_three_fields_for_certain(void **state)
{
    (void)state;
    recipe_free(load_told(HEAD "  - every: 1 h\nif: = event.late_s < 60\n" DO, NULL, "", ""));
    refuse(HEAD "  - every: 1 h\nif: = event.due\n" DO,
           "6:5 no event that starts this recipe is known to have `due` (it has at, late_s, "
           "schedule)\n");
    refuse(HEAD "  - every: 1 h\nif: = event.at.day\n" DO,
           "6:5 `event.at` is a text, and has no fields\n");
}

static void beside_an_event_of_a_service_a_field_that_neither_has_is_a_warning(void **state)
{
    (void)state;
    recipe_free(
        load_told(HEAD "  - crm.visit_made\n  - every: 1 h\nif: = event.at\n" DO, NULL, "", ""));
    recipe_free(load_told(HEAD "  - every: 1 h\n  - crm.visit_made\nif: = event.due\n" DO, NULL, "",
                          "7:5 no event that starts this recipe is known to have `due` (it has at, "
                          "late_s, schedule, id, tags, visit, owner, custom)\n"));
    recipe_free(load_told(HEAD "  - every: 1 h\n  - crm.contact_created\nif: = event.due\n" DO,
                          NULL, "", ""));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, up, down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_words_of_a_schedule_make_its_times_and_its_name),
        TEST(what_is_left_out_has_its_usual_value),
        TEST(the_zone_is_the_projects_where_the_schedule_names_none),
        TEST(wrong_words_are_told_with_their_place_and_a_remedy),
        TEST(the_place_of_an_error_in_cron_is_the_field),
        TEST(two_schedules_of_the_same_times_are_an_error),
        TEST(a_queue_beside_a_key_is_an_error),
        TEST(a_time_that_a_change_of_the_clocks_touches_is_a_warning),
        TEST(the_event_of_a_schedule_has_three_fields_for_certain),
        TEST(beside_an_event_of_a_service_a_field_that_neither_has_is_a_warning),
    };
    return cmocka_run_group_tests_name("schedule", tests, NULL, NULL);
}
