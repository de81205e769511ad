/* Sample events: finding them, making one of its own, changing its fields. */
#include "fixture.h"

#include "cli/sample.h"

static json_t *parse(const char *text)
{
    json_t *v = json_parse(text, strlen(text), NULL);
    assert_non_null(v);
    return v;
}

static const json_t *event_of(const json_t *table, const char *name)
{
    return json_object_get(json_object_get(table, "events"), name);
}

static const char table_text[] =
    "{\"events\":{\"made\":{\"type\":\"ThingMade\",\"sample\":\"samples/own/made.json\"},"
    "\"inner\":{\"internal\":true,\"sample\":\"samples/own/made.json\"},"
    "\"bare\":{\"type\":\"Bare\"},\"evil\":{\"sample\":\"../../ladle.yaml\"}}}";

static void a_trigger_is_found_by_its_name_and_by_the_services_word(void **state)
{
    json_t *table = parse(table_text);
    assert_string_equal(sample_event(NULL, table, "made"), "made");
    assert_string_equal(sample_event(NULL, table, "ThingMade"), "made");
    assert_null(sample_event(NULL, table, "ThingLost"));
    json_decref(table);
}

static void a_built_in_sample_is_found_without_a_project(void **state)
{
    struct fixture *f = *state;
    struct err e = ERR_INIT;
    json_t *table = parse(
        "{\"events\":{\"contact_created\":"
        "{\"sample\":\"samples/highlevel/contact_created.json\"}}}");
    json_t *event =
        sample_load(f->folder, event_of(table, "contact_created"), "contact_created", &e);
    assert_non_null(event);
    assert_text_at(event, "type", "ContactCreate");
    json_decref(event);
    json_decref(table);
}

static void a_sample_of_the_project_stands_first(void **state)
{
    struct fixture *f = *state;
    char *command = xasprintf("mkdir -p '%s/scripts/connectors/samples/highlevel'", f->folder);
    assert_int_equal(system(command), 0);
    free(command);
    fix_write_text(f, "scripts/connectors/samples/highlevel/contact_created.json", "{\"mine\":1}");
    struct err e = ERR_INIT;
    json_t *table = parse(
        "{\"events\":{\"contact_created\":"
        "{\"sample\":\"samples/highlevel/contact_created.json\"}}}");
    json_t *event =
        sample_load(f->folder, event_of(table, "contact_created"), "contact_created", &e);
    assert_int_equal(json_get_int(event, "mine", 0), 1);
    json_decref(event);
    json_decref(table);
}

static void what_has_no_sample_is_told_apart(void **state)
{
    struct fixture *f = *state;
    json_t *table = parse(table_text);
    static const struct {
        const char *event;
        enum err_kind kind;
    } cases[] = { { "inner", ERR_CONFLICT },
                  { "bare", ERR_NOT_FOUND },
                  { "evil", ERR_NOT_FOUND },
                  { "made", ERR_NOT_FOUND } };
    for (size_t i = 0; i < sizeof cases / sizeof(*cases); i++) {
        struct err e = ERR_INIT;
        assert_null(sample_load(f->folder, event_of(table, cases[i].event), cases[i].event, &e));
        assert_int_equal(e.kind, cases[i].kind);
    }
    json_decref(table);
}

static void a_fresh_event_has_a_new_key_and_the_current_time(void **state)
{
    json_t *event = parse("{\"id\":\"c1\",\"webhookId\":\"old\",\"timestamp\":\"old\"}");
    json_t *dedupe = parse("[\"webhookId\"]");
    sample_freshen(event, dedupe);
    assert_text_at(event, "id", "c1");
    assert_int_equal(strlen(json_get_text(event, "webhookId")), ID_TEXT);
    assert_int_equal(strlen(json_get_text(event, "timestamp")), 24);
    json_decref(dedupe);
    json_decref(event);
}

static void a_key_deeper_inside_is_made_new_too(void **state)
{
    json_t *event = parse("{\"id\":\"c1\",\"meta\":{\"delivery\":\"old\"}}");
    json_t *dedupe = parse("[\"not.there\",\"meta.delivery\"]");
    sample_freshen(event, dedupe);
    assert_text_at(event, "id", "c1");
    assert_int_equal(strlen(json_path_text(event, "meta.delivery")), ID_TEXT);
    assert_null(json_object_get(event, "not"));
    json_decref(dedupe);
    json_decref(event);
}

static void without_a_known_key_the_usual_ones_are_made_new(void **state)
{
    json_t *event = parse("{\"id\":\"c1\",\"submissionId\":\"s1\"}");
    sample_freshen(event, NULL);
    assert_text_at(event, "id", "c1");
    assert_int_equal(strlen(json_get_text(event, "submissionId")), ID_TEXT);
    json_decref(event);
    event = parse("{\"id\":\"c1\"}");
    sample_freshen(event, NULL);
    assert_int_equal(strlen(json_get_text(event, "id")), ID_TEXT);
    json_decref(event);
}

static void a_set_field_keeps_the_type_that_it_has(void **state)
{
    struct err e = ERR_INIT;
    json_t *event = parse("{\"phone\":\"1\",\"dnd\":true,\"tags\":[\"a\"]}");
    assert_int_equal(sample_set(event, "phone=0031", &e), 0);
    assert_int_equal(sample_set(event, "dnd=false", &e), 0);
    assert_int_equal(sample_set(event, "tags=[\"lead\"]", &e), 0);
    assert_int_equal(sample_set(event, "count=9007199254740993", &e), 0);
    assert_int_equal(sample_set(event, "email=a=b@example.com", &e), 0);
    char *text = json_text(event, NULL);
    assert_string_equal(text,
                        "{\"phone\":\"0031\",\"dnd\":false,\"tags\":[\"lead\"],"
                        "\"count\":9007199254740993,\"email\":\"a=b@example.com\"}");
    free(text);
    json_decref(event);
}

static void a_set_that_cannot_be_done_is_an_error(void **state)
{
    struct err e = ERR_INIT;
    json_t *event = parse("{}");
    json_t *list = parse("[]");
    assert_int_equal(sample_set(event, "nothing", &e), -1);
    assert_int_equal(sample_set(event, "=x", &e), -1);
    assert_int_equal(sample_set(event, "a=\xff", &e), -1);
    assert_int_equal(sample_set(list, "a=1", &e), -1);
    assert_int_equal(e.kind, ERR_CONFIG);
    json_decref(list);
    json_decref(event);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trigger_is_found_by_its_name_and_by_the_services_word),
        cmocka_unit_test_setup_teardown(a_built_in_sample_is_found_without_a_project, fix_setup,
                                        fix_teardown),
        cmocka_unit_test_setup_teardown(a_sample_of_the_project_stands_first, fix_setup,
                                        fix_teardown),
        cmocka_unit_test_setup_teardown(what_has_no_sample_is_told_apart, fix_setup, fix_teardown),
        cmocka_unit_test(a_fresh_event_has_a_new_key_and_the_current_time),
        cmocka_unit_test(a_key_deeper_inside_is_made_new_too),
        cmocka_unit_test(without_a_known_key_the_usual_ones_are_made_new),
        cmocka_unit_test(a_set_field_keeps_the_type_that_it_has),
        cmocka_unit_test(a_set_that_cannot_be_done_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
