/* Connectors as data: what an operation is, and what a delivery is. */
#include "../service/fixture.h"

#include "../service/lua_table.h"

static void an_operation_repeats_safely_by_its_method_unless_it_says_otherwise(void **state)
{
    struct fixture *f = *state;
    struct connector *c = fix_connector(
        f, "x",
        fix_json("{'name':'x','operations':{"
                 "'read':{'method':'GET','path':'/'},'add':{'method':'POST','path':'/'},"
                 "'search':{'method':'POST','path':'/','idempotent':true},"
                 "'maybe':{'method':'POST','path':'/"
                 "','idempotent_when':'safe','input':{'safe':{'1':'boolean','optional':true}}},"
                 "'put':{'method':'PUT','path':'/"
                 "','idempotent_unless':'new','input':{'new':{'1':'boolean','optional':true}}}}}"));
    json_t *none = json_object(), *safe = fix_json("{'safe':true}"),
           *new = fix_json("{'new':true}");
    assert_true(operation_is_idempotent(connector_operation(c, "read"), none));
    assert_false(operation_is_idempotent(connector_operation(c, "add"), none));
    assert_true(operation_is_idempotent(connector_operation(c, "search"), none));
    assert_false(operation_is_idempotent(connector_operation(c, "maybe"), none));
    assert_true(operation_is_idempotent(connector_operation(c, "maybe"), safe));
    assert_true(operation_is_idempotent(connector_operation(c, "put"), none));
    assert_false(operation_is_idempotent(connector_operation(c, "put"), new));
    assert_null(connector_operation(c, "remove"));
    json_decref(none);
    json_decref(safe);
    json_decref(new);
}

/* --- highlevel --- */

static const char *const highlevel_operations[] = {
    "get_contact",        "get_all_tasks",
    "get_task",           "get_all_notes",
    "get_note",           "get_appointments_for_contact",
    "get_contacts",       "get_contacts_by_business_id",
    "create_contact",     "update_contact",
    "delete_contact",     "create_task",
    "update_task",        "update_task_completed",
    "delete_task",        "add_tags",
    "upsert_contact",     "search_contacts_advanced",
    "create_note",        "update_note",
    "delete_note",        "remove_tags",
    "get_location",       "get_duplicate_contact",
    "task_search",        "get_custom_fields",
    "create_association", "add_remove_contact_from_business",
    "create_opportunity", "update_opportunity",
    "get_opportunity",    "search_opportunity",
};

static const char *const highlevel_events[] = {
    "contact_created",     "contact_updated", "contact_deleted",     "contact_tag_updated",
    "note_created",        "note_updated",    "note_deleted",        "task_created",
    "task_completed",      "task_deleted",    "appointment_created", "appointment_updated",
    "appointment_deleted", "new_lead",
};

static size_t count_names(const char *const *names)
{
    size_t count = 0;
    while (names[count] != NULL) {
        count++;
    }
    return count;
}

static void highlevel_has_the_operations_and_triggers_that_are_promised(void **state)
{
    struct fixture *f = *state;
    struct connector *c = fix_connector(f, "highlevel", connector_file("highlevel"));
    for (size_t i = 0; i < sizeof highlevel_operations / sizeof *highlevel_operations; i++) {
        const struct operation *op = connector_operation(c, highlevel_operations[i]);
        if (op == NULL) {
            print_error("%s is missing\n", highlevel_operations[i]);
            fail();
        }
        assert_true(json_array_size(op->scopes) == 1 && *op->summary != '\0');
    }
    for (size_t i = 0; i < sizeof highlevel_events / sizeof *highlevel_events; i++) {
        assert_non_null(connector_event(c, highlevel_events[i]));
    }
    assert_int_equal(count_names(connector_operation_names(c)),
                     sizeof highlevel_operations / sizeof *highlevel_operations);
    assert_int_equal(count_names(connector_event_names(c)),
                     sizeof highlevel_events / sizeof *highlevel_events);
}

static json_t *sample(const char *path)
{
    char name[256], text[8192];
    snprintf(name, sizeof name, "scripts/connectors/%s", path);
    FILE *file = fopen(name, "r");
    if (file == NULL) {
        print_error("there is no %s\n", name);
        fail();
    }
    size_t len = fread(text, 1, sizeof text, file);
    fclose(file);
    json_t *v = json_parse(text, len, NULL);
    assert_non_null(v);
    return v;
}

static void every_trigger_has_a_sample_that_is_recognised_as_it(void **state)
{
    static const char *const files[] = { "highlevel",         "webhook", "http",
                                         "convertcalculator", "records", "ladle" };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct connector *c = fix_connector(f, files[i], connector_file(files[i]));
        for (const char *const *name = connector_event_names(c); *name != NULL; name++) {
            json_t *event = connector_event(c, *name);
            json_t *payload = sample(json_get_text(event, "sample"));
            const char *of = json_get_text(event, "of");
            if (!json_get_bool(event, "internal", false)) {
                assert_string_equal(connector_event_of(c, payload), of != NULL ? of : *name);
            }
            assert_true(of == NULL || connector_event_matches(c, *name, payload, NULL));
            json_decref(payload);
        }
    }
}

static bool is_lead(const struct connector *c, const char *payload, const char *config)
{
    json_t *p = fix_json(payload), *v = fix_json(config);
    bool is = connector_event_matches(c, "new_lead", p, v);
    json_decref(p);
    json_decref(v);
    return is;
}

static void a_new_lead_is_told_by_tag_source_or_missing_owner(void **state)
{
    struct fixture *f = *state;
    struct connector *c = fix_connector(f, "highlevel", connector_file("highlevel"));
    /* The documented default. */
    assert_true(is_lead(c, "{'tags':['x','Lead'],'assignedTo':'u'}", "{}"));
    assert_true(is_lead(c, "{'tags':[],'assignedTo':''}", "{}"));
    assert_true(is_lead(c, "{}", "{}"));
    assert_false(is_lead(c, "{'tags':['leader'],'assignedTo':'u','source':'web'}", "{}"));
    /* A rule of the connection replaces it whole. */
    const char *rule = "{'new_lead':{'sources':['Web form'],'tags':['hot']}}";
    assert_true(is_lead(c, "{'source':'web form','assignedTo':'u'}", rule));
    assert_true(is_lead(c, "{'tags':['hot']}", rule));
    assert_false(is_lead(c, "{'tags':['lead']}", rule));
    assert_false(is_lead(c, "{}", rule));
}

static void a_derived_trigger_is_only_found_by_its_conditions(void **state)
{
    struct fixture *f = *state;
    struct connector *c = fix_connector(f, "highlevel", connector_file("highlevel"));
    json_t *payload = fix_json("{'type':'ContactCreate'}"),
           *odd = fix_json("{'type':'InvoicePaid'}");
    assert_string_equal(connector_event_of(c, payload), "contact_created");
    assert_null(connector_event_of(c, odd));
    assert_false(connector_event_matches(c, "contact_created", payload, NULL));
    json_decref(payload);
    json_decref(odd);
}

/* --- deliveries --- */

static void check_key(const struct connector *c, const char *payload, const char *config,
                      const char *key)
{
    json_t *p = fix_json(payload), *v = fix_json(config);
    char *made = connector_dedupe_key(c, p, v, "body", 4);
    if (strncmp(key, "sha256", 6) == 0) {
        assert_string_equal(
            made, "sha256:230d8358dc8e8890b4c58deeb62912ee2f20357ae92a5cc861b98e68fe31acb5");
    } else {
        assert_string_equal(made, key);
    }
    free(made);
    json_decref(p);
    json_decref(v);
}

static void a_delivery_is_told_apart_by_its_id_or_by_its_bytes(void **state)
{
    struct fixture *f = *state;
    struct connector *c = fix_connector(f, "highlevel", connector_file("highlevel"));
    check_key(c, "{'webhookId':'68e9ceb3'}", "{}", "68e9ceb3");
    check_key(c, "{}", "{}", "sha256");
    check_key(c, "{'webhookId':''}", "{}", "sha256");
    check_key(c, "{'webhookId':{'a':1}}", "{}", "sha256");
    struct connector *w = fix_connector(f, "webhook", connector_file("webhook"));
    check_key(w, "{'order':{'id':20418}}", "{'dedupe':['order.id']}", "20418");
    check_key(w, "{'order':{'id':20418}}", "{}", "sha256");
}

static void a_body_is_read_as_the_connector_wants_it(void **state)
{
    struct fixture *f = *state;
    struct err e = ERR_INIT;
    struct connector *json = fix_connector(f, "highlevel", connector_file("highlevel"));
    struct connector *any = fix_connector(f, "webhook", connector_file("webhook"));
    bool was_mended;
    assert_null(
        connector_decode(json, "a=1", 3, "application/x-www-form-urlencoded", &was_mended, &e));
    assert_int_equal(e.kind, ERR_INVALID);
    json_t *v = connector_decode(
        any, "a=1&b=x+y", 9, "application/x-www-form-urlencoded; charset=utf-8", &was_mended, &e);
    assert_string_equal(json_get_text(v, "b"), "x y");
    json_decref(v);
    v = connector_decode(any, "{\"a\":1}", 7, NULL, &was_mended, &e);
    assert_int_equal(json_get_int(v, "a", 0), 1);
    json_decref(v);
    assert_false(connector_has_receive(any));
}

static void only_convertcalculator_reads_its_body_itself(void **state)
{
    struct fixture *f = *state;
    assert_true(connector_has_receive(
        fix_connector(f, "convertcalculator", connector_file("convertcalculator"))));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH(test) cmocka_unit_test_setup_teardown(test, fix_setup, fix_teardown)
        WITH(an_operation_repeats_safely_by_its_method_unless_it_says_otherwise),
        WITH(highlevel_has_the_operations_and_triggers_that_are_promised),
        WITH(every_trigger_has_a_sample_that_is_recognised_as_it),
        WITH(a_new_lead_is_told_by_tag_source_or_missing_owner),
        WITH(a_derived_trigger_is_only_found_by_its_conditions),
        WITH(a_delivery_is_told_apart_by_its_id_or_by_its_bytes),
        WITH(a_body_is_read_as_the_connector_wants_it),
        WITH(only_convertcalculator_reads_its_body_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
