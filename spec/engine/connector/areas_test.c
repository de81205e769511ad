/* Operations and events that stand in files beside a connector's own table. */
#include "../service/fixture.h"

#include "../service/lua_table.h"
#include "base/map.h"
#include "call/request.h"

/* What was read, by path; and how often something was. */
static struct reader {
    struct map *tables;
    int reads;
} reader;

static json_t *find_file(void *ud, const char *path)
{
    struct reader *r = ud;
    json_t *table = map_get(r->tables, path);
    if (table == NULL) {
        table = connector_file(path);
        r->reads++;
        (void)map_put(r->tables, path, table); /* there was none */
    }
    return table;
}

static const struct areas files = { .find = find_file, .ud = &reader };

static int up(void **state)
{
    reader = (struct reader){ .tables = map_new() };
    return fix_setup(state);
}

static void free_table(void *table)
{
    json_decref(table);
}

static int down(void **state)
{
    int rc = fix_teardown(state);
    map_free(reader.tables, free_table);
    return rc;
}

static struct connector *highlevel(struct fixture *f)
{
    struct connector *c = fix_connector(f, "highlevel", connector_file("highlevel"));
    connector_set_areas(c, &files);
    return c;
}

static void nothing_is_read_for_what_the_connector_has_itself(void **state)
{
    struct connector *c = highlevel(*state);
    assert_non_null(connector_operation(c, "create_task"));
    assert_non_null(connector_event(c, "contact_created"));
    assert_string_equal(connector_event_called(c, "ContactCreate"), "contact_created");
    assert_int_equal(reader.reads, 0);
}

static void the_index_and_one_file_are_read_once_for_all_others(void **state)
{
    struct connector *c = highlevel(*state);
    const struct operation *op = connector_operation(c, "create_calendar_group");
    assert_string_equal(op->path, "/calendars/groups");
    assert_string_equal(op->name, "create_calendar_group");
    assert_ptr_equal(connector_operation(c, "create_calendar_group"), op);
    assert_non_null(connector_operation(c, "get_calendars"));
    assert_int_equal(reader.reads, 2);
}

static void a_name_that_nobody_has_is_none(void **state)
{
    struct connector *c = highlevel(*state);
    assert_null(connector_operation(c, "create_calendar_grup"));
    assert_null(connector_event(c, "invoice_painted"));
    assert_null(connector_event_called(c, "InvoicePaint"));
    assert_int_equal(reader.reads, 1);
}

static void without_areas_there_is_only_the_table_itself(void **state)
{
    struct connector *c = fix_connector(*state, "highlevel", connector_file("highlevel"));
    assert_non_null(connector_operation(c, "create_task"));
    assert_null(connector_operation(c, "create_calendar_group"));
    struct connector *other =
        fix_connector(*state, "http", connector_file("http")); /* says nothing of areas */
    connector_set_areas(other, &files);
    assert_null(connector_operation(other, "create_calendar_group"));
    assert_int_equal(reader.reads, 0);
}

static void every_operation_of_the_catalogue_is_well_formed(void **state)
{
    struct connector *c = highlevel(*state);
    json_t *names = areas_names(&files, connector_table(c), "operations");
    const char *name;
    json_t *v;
    json_object_foreach (names, name, v) {
        const struct operation *op = connector_operation(c, name);
        if (op == NULL || op->method == NULL || op->path == NULL) {
            print_error("%s\n", name);
            fail();
        }
    }
    assert_true(json_object_size(names) >= 576);
    json_decref(names);
}

/* A documented answer that the service does not keep must not fail a call that has taken effect. */
static void what_an_area_says_of_answers_is_not_held_against_them(void **state)
{
    struct connector *c = highlevel(*state);
    const struct operation *op = connector_operation(c, "create_calendar_group");
    assert_null(op->output);
    assert_non_null(json_object_get(op->table, "output"));
    assert_non_null(connector_operation(c, "create_task")->output);
}

static void an_event_of_the_index_is_known_by_its_type(void **state)
{
    struct connector *c = highlevel(*state);
    assert_string_equal(connector_event_called(c, "INSTALL"), "app_installed");
    assert_string_equal(connector_event_called(c, "SMS"), "provider_outbound_message");
    assert_string_equal(connector_event_called(c, "Email"), "provider_outbound_message");
    assert_non_null(connector_event(c, "app_installed"));
    json_t *payload = fix_json("{'type':'ConversationUnreadUpdate'}");
    assert_string_equal(connector_event_of(c, payload), "conversation_unread_updated");
    json_decref(payload);
}

static const char *first_scope(const struct connector *c, const char *event)
{
    json_t *scopes = areas_event_scopes(&files, connector_table(c), event);
    return json_string_value(json_array_get(scopes, 0));
}

static void the_scopes_of_an_event_are_its_own_or_those_of_what_it_derives_from(void **state)
{
    struct connector *c = highlevel(*state);
    assert_string_equal(first_scope(c, "contact_created"), "contacts.readonly");
    assert_string_equal(first_scope(c, "new_lead"), "contacts.readonly");
    assert_null(first_scope(c, "appointment_created"));
    assert_int_equal(reader.reads, 0);
    assert_string_equal(first_scope(c, "opportunity_created"), "opportunities.readonly");
    assert_null(first_scope(c, "no_such_event"));
}

static void the_fields_of_events_stand_in_a_file_of_their_own(void **state)
{
    struct connector *c = highlevel(*state);
    json_t *fields = areas_event_fields(&files, connector_table(c), "contact_created");
    assert_non_null(json_object_get(fields, "customFields"));
    assert_int_equal(reader.reads, 1);
    assert_null(areas_event_fields(&files, connector_table(c), "no_such_event"));
}

/* --- what goes over the wire --- */

static struct connection *crm(struct fixture *f)
{
    return fix_add(f, "crm", highlevel(f),
                   "{'auth':'token','location':'L1','base_url':'https://api.test/'}");
}

struct made {
    struct request r;
    struct err e;
    int rc;
};

static struct made make(struct connection *c, const char *name, const char *input)
{
    struct made m = { .rc = 0 };
    const struct operation *op = connector_operation(connection_connector(c), name);
    json_t *v = fix_json(input);
    m.rc = request_check(c, op, v, &m.e);
    m.rc = m.rc == 0 ? request_build(&m.r, c, op, v, NULL, &m.e) : m.rc;
    json_decref(v);
    return m;
}

static const char *header_of(const struct request *r, const char *name)
{
    for (size_t i = 0; i < r->header_count; i++) {
        if (strcasecmp(r->names[i], name) == 0) {
            return r->values[i];
        }
    }
    return NULL;
}

static void a_call_has_the_version_and_the_account_that_the_area_says(void **state)
{
    struct made m = make(crm(*state), "get_calendars", "{}");
    assert_int_equal(m.rc, 0);
    assert_string_equal(m.r.url, "https://api.test/calendars/?locationId=L1");
    assert_string_equal(header_of(&m.r, "Version"), "2021-04-15");
    request_fini(&m.r);
}

static void the_account_is_filled_in_under_the_names_that_areas_use(void **state)
{
    struct made n = make(crm(*state), "invoices_list_invoices", "{'limit':'10','offset':'0'}");
    assert_int_equal(n.rc, 0);
    assert_contains(n.r.url, "altId=L1");
    assert_contains(n.r.url, "altType=location");
    request_fini(&n.r);
}

static void a_field_that_is_the_whole_body_stands_alone_in_it(void **state)
{
    struct made m = make(crm(*state), "create_object_record",
                         "{'schemaKey':'custom_objects.pet','body':{'properties':{'a':1}}}");
    assert_int_equal(m.rc, 0);
    assert_string_equal(m.r.body, "{\"properties\":{\"a\":1}}");
    request_fini(&m.r);
}

static void a_list_of_the_query_is_joined_where_the_service_wants_it_so(void **state)
{
    struct connection *c = crm(*state);
    struct made m = make(c, "fb_get_reporting",
                         "{'startDate':'2026-01-01','endDate':'2026-01-31',"
                         "'type':'AD_MANAGER','groupBy':'day','fields':['clicks','spend']}");
    if (m.rc == -1) {
        print_error("%s\n", m.e.message);
    }
    assert_int_equal(m.rc, 0);
    assert_contains(m.r.url, "fields=clicks%2Cspend");
    request_fini(&m.r);
}

static void every_operation_refuses_a_field_that_it_does_not_know(void **state)
{
    struct connection *c = crm(*state);
    json_t *index = areas_index(&files, connector_table(connection_connector(c)));
    const char *name;
    json_t *v;
    json_object_foreach (json_object_get(index, "operations"), name, v) {
        const struct operation *op = connector_operation(connection_connector(c), name);
        json_t *input = fix_json("{'nonsense':1}");
        struct err e = ERR_INIT;
        assert_int_equal(request_check(c, op, input, &e), -1);
        assert_int_equal(e.kind, ERR_INVALID);
        if (json_get_text(op->table, "unsupported") == NULL &&
            strstr(e.message, "nonsense: is unknown") == NULL &&
            strstr(e.message, " more") == NULL) { /* the first eight findings are named */
            print_error("%s: %s\n", name, e.message);
            fail();
        }
        json_decref(input);
    }
}

static void what_cannot_be_called_says_why(void **state)
{
    struct made m = make(crm(*state), "upload_media_content", "{}");
    assert_int_equal(m.rc, -1);
    assert_int_equal(m.e.kind, ERR_INVALID);
    assert_contains(m.e.message,
                    "upload_media_content cannot be called from here: it takes a file");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH(test) cmocka_unit_test_setup_teardown(test, up, down)
        WITH(nothing_is_read_for_what_the_connector_has_itself),
        WITH(the_index_and_one_file_are_read_once_for_all_others),
        WITH(a_name_that_nobody_has_is_none),
        WITH(without_areas_there_is_only_the_table_itself),
        WITH(every_operation_of_the_catalogue_is_well_formed),
        WITH(what_an_area_says_of_answers_is_not_held_against_them),
        WITH(an_event_of_the_index_is_known_by_its_type),
        WITH(the_scopes_of_an_event_are_its_own_or_those_of_what_it_derives_from),
        WITH(the_fields_of_events_stand_in_a_file_of_their_own),
        WITH(a_call_has_the_version_and_the_account_that_the_area_says),
        WITH(the_account_is_filled_in_under_the_names_that_areas_use),
        WITH(a_field_that_is_the_whole_body_stands_alone_in_it),
        WITH(a_list_of_the_query_is_joined_where_the_service_wants_it_so),
        WITH(every_operation_refuses_a_field_that_it_does_not_know),
        WITH(what_cannot_be_called_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
