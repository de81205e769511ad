/* Which events a call brings: by what the table says, else by the names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "connector/causes.h"

static json_t *parse(const char *text)
{
    json_t *v = json_parse(text, strlen(text), NULL);
    assert_non_null(v);
    return v;
}

static const char CONNECTOR[] =
    "{\"name\":\"desk\",\"events\":{\"note_created\":{},\"note_updated\":{},\"ticket_closed\":{},"
    "\"hot_note\":{\"of\":\"note_created\"}},"
    "\"operations\":{\"create_note\":{},\"upsert_note\":{},\"create_ticket\":{},\"delete_note\":{},"
    "\"list_notes\":{},\"close\":{\"causes\":{\"ticket_closed\":true}},"
    "\"update_note\":{\"causes\":{}}}}";

static void brings(const char *operation, const char *expected)
{
    json_t *connector = parse(CONNECTOR), *wanted = parse(expected);
    json_t *table = json_path(connector, "operations");
    json_t *got = causes_of(NULL, connector, operation, json_object_get(table, operation));
    char *text = json_text(got, NULL);
    if (!json_equal(wanted, got)) {
        fail_msg("%s brings %s", operation, text);
    }
    free(text);
    json_decref(got);
    json_decref(wanted);
    json_decref(connector);
}

static void names_tell_what_an_operation_brings(void **state)
{
    brings("create_note", "{\"note_created\":true}");
    brings("upsert_note", "{\"note_created\":true,\"note_updated\":true}");
}

static void only_events_that_there_are_count(void **state)
{
    brings("create_ticket", "{}");
    brings("delete_note", "{}");
    brings("list_notes", "{}");
    brings("unknown", "{}");
}

static void what_the_table_says_stands_before_the_names(void **state)
{
    brings("close", "{\"ticket_closed\":true}");
    brings("update_note", "{}");
}

static void a_condition_is_held_against_the_input(void **state)
{
    static const struct {
        const char *condition, *input;
        bool holds;
    } cases[] = {
        { "true", "{}", true },
        { "\"status\"", "{\"status\":\"won\"}", true },
        { "\"status\"", "{\"status\":null}", false },
        { "\"status\"", "{\"name\":\"x\"}", false },
        { "{\"origin\":\"workspace\"}", "{\"origin\":\"workspace\"}", true },
        { "{\"origin\":\"workspace\"}", "{\"origin\":\"crm\"}", false },
        { "{\"origin\":\"workspace\"}", "{}", false },
        { "false", "{}", false },
        { "3", "{}", false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *condition = parse(cases[i].condition), *input = parse(cases[i].input);
        assert_int_equal(causes_holds(condition, input), cases[i].holds);
        assert_int_equal(causes_holds(condition, NULL), i == 0);
        json_decref(condition);
        json_decref(input);
    }
}

static void a_derived_event_is_sent_under_the_name_that_it_comes_from(void **state)
{
    json_t *connector = parse(CONNECTOR);
    assert_string_equal(causes_event(json_path(connector, "events.hot_note"), "hot_note"),
                        "note_created");
    assert_string_equal(causes_event(json_path(connector, "events.note_created"), "note_created"),
                        "note_created");
    json_decref(connector);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_tell_what_an_operation_brings),
        cmocka_unit_test(only_events_that_there_are_count),
        cmocka_unit_test(what_the_table_says_stands_before_the_names),
        cmocka_unit_test(a_condition_is_held_against_the_input),
        cmocka_unit_test(a_derived_event_is_sent_under_the_name_that_it_comes_from),
    };
    return cmocka_run_group_tests_name("causes", tests, NULL, NULL);
}
