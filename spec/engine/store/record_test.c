/* Records: upserts that change something or nothing, history, deletion, and what goes along in the
 * transaction. */
#include "fixture.h"

static struct record_put *new_put(enum record_kind kind, const char *source_id, const char *fields)
{
    struct record_put *p = record_put_new();
    p->row.kind = kind;
    p->row.source = xstrdup("highlevel");
    p->row.source_id = xstrdup(source_id);
    p->row.origin = xstrdup("crm");
    p->row.fields = fix_copy(fields);
    return p;
}

static enum record_change put(struct fixture *f, enum record_kind kind, const char *source_id,
                              const char *contact_id, const char *fields)
{
    struct record_put *p = new_put(kind, source_id, fields);
    p->row.contact_id = fix_copy(contact_id);
    fix_exec(f, &p->op);
    enum record_change change = p->change;
    record_put_free(p);
    return change;
}

static enum record_change delete (struct fixture *f, enum record_kind kind, const char *source_id) {
    struct record_put *p = new_put(kind, source_id, NULL); p->is_delete = true; fix_exec(f, &p->op);
    enum record_change change = p->change;
    record_put_free(p);
    return change;
}

static struct record_list *list(struct fixture *f, int kind, bool with_deleted)
{
    struct record_list *l = record_list_new();
    l->kind = kind;
    l->with_deleted = with_deleted;
    fix_exec(f, &l->op);
    return l;
}

static struct record_list *versions(struct fixture *f, enum record_kind kind, const char *source_id)
{
    struct record_list *l = record_versions_new();
    l->kind = kind;
    l->source = "highlevel";
    l->source_id = source_id;
    fix_exec(f, &l->op);
    return l;
}

static void a_new_record_is_created_as_version_one(void **state)
{
    struct fixture *f = *state;
    struct record_put *p = new_put(RECORD_CONTACT, "c1", "{\"name\":\"Ada\"}");
    fix_exec(f, &p->op);
    assert_int_equal(p->change, RECORD_CREATED);
    assert_int_equal(p->row.version, 1);
    assert_int_equal(p->row.created_us, fix_now_us);
    struct record_list *l = list(f, RECORD_CONTACT, false);
    assert_int_equal(l->count, 1);
    assert_id_equal(l->rows[0].id, p->row.id);
    assert_string_equal(l->rows[0].source, "highlevel");
    assert_string_equal(l->rows[0].source_id, "c1");
    assert_string_equal(l->rows[0].origin, "crm");
    assert_string_equal(l->rows[0].fields, "{\"name\":\"Ada\"}");
    assert_null(l->rows[0].contact_id);
    record_list_free(l);
    record_put_free(p);
}

static void the_same_content_changes_nothing(void **state)
{
    struct fixture *f = *state;
    put(f, RECORD_CONTACT, "c1", NULL, "{\"a\":1,\"b\":[]}");
    fix_now_us += 1000;
    assert_int_equal(put(f, RECORD_CONTACT, "c1", NULL, "{\"b\":[],\"a\":1}"), RECORD_SAME);
    assert_int_equal(put(f, RECORD_CONTACT, "c1", NULL, "{\"a\":1}"), RECORD_SAME);
    struct record_list *l = versions(f, RECORD_CONTACT, "c1");
    assert_int_equal(l->count, 1);
    record_list_free(l);
}

static void new_fields_are_merged_into_a_new_version_and_the_old_is_kept(void **state)
{
    struct fixture *f = *state;
    put(f, RECORD_CONTACT, "c1", NULL, "{\"name\":\"Ada\",\"tags\":[\"a\"]}");
    fix_now_us += 1000;
    assert_int_equal(
        put(f, RECORD_CONTACT, "c1", NULL, "{\"tags\":[\"b\"],\"n\":9007199254740993}"),
        RECORD_UPDATED);
    struct record_list *l = versions(f, RECORD_CONTACT, "c1");
    assert_int_equal(l->count, 2);
    assert_int_equal(l->rows[0].version, 1);
    assert_string_equal(l->rows[0].fields, "{\"name\":\"Ada\",\"tags\":[\"a\"]}");
    assert_int_equal(l->rows[1].version, 2);
    assert_string_equal(l->rows[1].fields,
                        "{\"name\":\"Ada\",\"tags\":[\"b\"],\"n\":9007199254740993}");
    assert_int_equal(l->rows[1].updated_us, fix_now_us);
    assert_int_equal(l->rows[1].created_us, fix_now_us - 1000);
    record_list_free(l);
}

static void a_record_that_moves_to_another_contact_is_a_new_version(void **state)
{
    struct fixture *f = *state;
    put(f, RECORD_TASK, "t1", "c1", "{}");
    assert_int_equal(put(f, RECORD_TASK, "t1", NULL, "{}"), RECORD_SAME);
    assert_int_equal(put(f, RECORD_TASK, "t1", "c2", "{}"), RECORD_UPDATED);
    struct record_list *l = list(f, RECORD_TASK, false);
    assert_string_equal(l->rows[0].contact_id, "c2");
    record_list_free(l);
}

static void fields_that_are_no_object_are_refused(void **state)
{
    struct fixture *f = *state;
    const char *const wrong[] = { "[1]", "\"text\"", "{\"a\":", "" };
    for (int i = 0; i < 4; i++) {
        struct record_put *p = new_put(RECORD_CONTACT, "c1", wrong[i]);
        assert_int_equal(fix_exec_error(f, &p->op).kind, ERR_INVALID);
        record_put_free(p);
    }
    struct record_list *l = list(f, -1, true);
    assert_int_equal(l->count, 0);
    record_list_free(l);
}

static void a_deletion_is_a_mark_with_a_version_of_its_own(void **state)
{
    struct fixture *f = *state;
    put(f, RECORD_TASK, "t1", "c1", "{\"title\":\"Call\"}");
    fix_now_us += 1000;
    assert_int_equal(delete (f, RECORD_TASK, "t1"), RECORD_DELETED);
    assert_int_equal(delete (f, RECORD_TASK, "t1"), RECORD_SAME);
    assert_int_equal(delete (f, RECORD_TASK, "never-seen"), RECORD_SAME);
    struct record_list *l = list(f, -1, false);
    assert_int_equal(l->count, 0);
    record_list_free(l);
    l = list(f, -1, true);
    assert_int_equal(l->count, 1);
    assert_int_equal(l->rows[0].deleted_us, fix_now_us);
    assert_string_equal(l->rows[0].fields, "{\"title\":\"Call\"}");
    record_list_free(l);
    l = versions(f, RECORD_TASK, "t1");
    assert_int_equal(l->count, 2);
    assert_int_equal(l->rows[0].deleted_us, 0);
    assert_int_equal(l->rows[1].deleted_us, fix_now_us);
    record_list_free(l);
}

static void a_deleted_record_comes_back_as_a_new_version(void **state)
{
    struct fixture *f = *state;
    put(f, RECORD_TASK, "t1", NULL, "{\"a\":1}");
    delete (f, RECORD_TASK, "t1");
    assert_int_equal(put(f, RECORD_TASK, "t1", NULL, "{\"a\":1}"), RECORD_UPDATED);
    struct record_list *l = list(f, RECORD_TASK, false);
    assert_int_equal(l->count, 1);
    assert_int_equal(l->rows[0].version, 3);
    record_list_free(l);
}

static void tasks_and_activities_go_with_their_contact(void **state)
{
    struct fixture *f = *state;
    put(f, RECORD_CONTACT, "c1", NULL, "{}");
    put(f, RECORD_TASK, "t1", "c1", "{}");
    put(f, RECORD_ACTIVITY, "a1", "c1", "{}");
    put(f, RECORD_SUBMISSION, "s1", "c1", "{}");
    put(f, RECORD_TASK, "t2", "c2", "{}");
    fix_now_us += 1000;
    delete (f, RECORD_CONTACT, "c1");
    struct record_list *l = list(f, -1, false);
    assert_int_equal(l->count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_true(l->rows[i].kind == RECORD_SUBMISSION ||
                    strcmp(l->rows[i].source_id, "t2") == 0);
    }
    record_list_free(l);
    l = versions(f, RECORD_ACTIVITY, "a1");
    assert_int_equal(l->count, 2);
    assert_int_equal(l->rows[1].deleted_us, fix_now_us);
    record_list_free(l);
}

static void what_another_contact_of_the_same_id_owns_stays(void **state)
{
    struct fixture *f = *state;
    put(f, RECORD_CONTACT, "1", NULL, "{}");
    struct record_put *other = new_put(RECORD_CONTACT, "1", "{}");
    free(other->row.source);
    other->row.source = xstrdup("workspace");
    fix_exec(f, &other->op);
    record_put_free(other);
    put(f, RECORD_TASK, "t1", "1", "{}");
    delete (f, RECORD_CONTACT, "1");
    struct record_list *l = list(f, RECORD_TASK, false);
    assert_int_equal(l->count, 1);
    record_list_free(l);
}

static struct event_row *new_emit(void)
{
    struct event_row *emit = xcalloc(1, sizeof(*emit));
    emit->id = id_new();
    emit->connection = xstrdup("records");
    emit->type = xstrdup("activity_added");
    emit->received_us = clock_wall_us();
    emit->payload = xstrdup("{}");
    emit->payload_len = 2;
    return emit;
}

static void only_a_created_record_emits_its_event(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 2; i++) {
        struct record_put *p = new_put(RECORD_ACTIVITY, "a1", i == 0 ? "{}" : "{\"b\":2}");
        p->emit = new_emit();
        fix_exec(f, &p->op);
        record_put_free(p);
    }
    struct event_list *events = event_list_new();
    events->only_unrouted = true;
    fix_exec(f, &events->op);
    assert_int_equal(events->count, 1);
    assert_string_equal(events->rows[0].type, "activity_added");
    assert_int_equal(events->rows[0].run_count, 0);
    event_list_free(events);
    assert_int_equal(fix_counts(f).unrouted, 1);
}

static void the_journal_is_written_with_the_record(void **state)
{
    struct fixture *f = *state;
    struct record_put *p = new_put(RECORD_TASK, "t1", "{}");
    p->journal = run_save_new();
    p->journal->id = fix_run(f, "mirror", NULL, RUN_RUNNING);
    fix_journal(p->journal, "mirror/1", JOURNAL_DONE, NULL, "{}");
    fix_exec(f, &p->op);
    struct run_list *runs = run_list_new();
    runs->only = p->journal->id;
    fix_exec(f, &runs->op);
    assert_int_equal(runs->journal_count, 1);
    run_list_free(runs);
    record_put_free(p);
}

static void a_journal_that_cannot_be_written_leaves_no_record_and_no_event(void **state)
{
    struct fixture *f = *state;
    struct record_put *p = new_put(RECORD_TASK, "t1", "{}");
    p->emit = new_emit();
    p->journal = run_save_new();
    p->journal->id = id_new(); /* no such run */
    assert_int_equal(fix_exec_error(f, &p->op).kind, ERR_NOT_FOUND);
    record_put_free(p);
    assert_int_equal(fix_number(f, "select count(*) from record"), 0);
    assert_int_equal(fix_number(f, "select count(*) from record_version"), 0);
    assert_int_equal(fix_number(f, "select count(*) from event"), 0);
    assert_int_equal(fix_counts(f).unrouted, 0);
}

static void an_op_that_is_run_again_begins_from_what_it_was_given(void **state)
{
    struct fixture *f = *state;
    struct record_put *p = new_put(RECORD_TASK, "t1", "{\"a\":1}");
    fix_exec(f, &p->op);
    put(f, RECORD_TASK, "t1", "c1", "{\"a\":2,\"b\":3}");
    fix_exec(f, &p->op);
    assert_int_equal(p->change, RECORD_UPDATED);
    assert_string_equal(p->row.fields, "{\"a\":1,\"b\":3}");
    assert_string_equal(p->row.contact_id, "c1");
    assert_int_equal(p->row.version, 3);
    record_put_free(p);
}

static void a_list_comes_newest_change_first_and_keeps_to_its_filters(void **state)
{
    struct fixture *f = *state;
    put(f, RECORD_TASK, "t1", "c1", "{}");
    fix_now_us += 1000;
    put(f, RECORD_TASK, "t2", "c1", "{}");
    fix_now_us += 1000;
    put(f, RECORD_ACTIVITY, "a1", "c2", "{}");
    fix_now_us += 1000;
    put(f, RECORD_TASK, "t1", "c1", "{\"x\":1}");
    struct record_list *l = list(f, -1, false);
    assert_int_equal(l->count, 3);
    assert_string_equal(l->rows[0].source_id, "t1");
    assert_string_equal(l->rows[1].source_id, "a1");
    assert_string_equal(l->rows[2].source_id, "t2");
    record_list_free(l);
    const struct record_list filters[] = {
        { .kind = RECORD_ACTIVITY },
        { .kind = -1, .contact_id = "c2" },
        { .kind = -1, .source_id = "a1" },
        { .kind = RECORD_ACTIVITY, .contact_id = "c2", .source = "highlevel" },
    };
    for (size_t i = 0; i < 4; i++) {
        l = record_list_new();
        l->kind = filters[i].kind;
        l->contact_id = filters[i].contact_id;
        l->source = filters[i].source;
        l->source_id = filters[i].source_id;
        fix_exec(f, &l->op);
        assert_int_equal(l->count, 1);
        assert_string_equal(l->rows[0].source_id, "a1");
        record_list_free(l);
    }
    l = record_list_new();
    l->limit = 2;
    fix_exec(f, &l->op);
    assert_int_equal(l->count, 2);
    record_list_free(l);
}

static void names_of_kinds_are_known_in_both_numbers(void **state)
{
    enum record_kind k;
    assert_int_equal(record_kind_parse("activities", &k), 0);
    assert_int_equal(k, RECORD_ACTIVITY);
    assert_int_equal(record_kind_parse(record_kind_name(RECORD_TASK), &k), 0);
    assert_int_equal(k, RECORD_TASK);
    assert_int_equal(record_kind_parse("deals", &k), -1);
    assert_string_equal(record_change_name(RECORD_UPDATED), "updated");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fix_setup, fix_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_new_record_is_created_as_version_one),
        TEST(the_same_content_changes_nothing),
        TEST(new_fields_are_merged_into_a_new_version_and_the_old_is_kept),
        TEST(a_record_that_moves_to_another_contact_is_a_new_version),
        TEST(fields_that_are_no_object_are_refused),
        TEST(a_deletion_is_a_mark_with_a_version_of_its_own),
        TEST(a_deleted_record_comes_back_as_a_new_version),
        TEST(tasks_and_activities_go_with_their_contact),
        TEST(what_another_contact_of_the_same_id_owns_stays),
        TEST(only_a_created_record_emits_its_event),
        TEST(the_journal_is_written_with_the_record),
        TEST(a_journal_that_cannot_be_written_leaves_no_record_and_no_event),
        TEST(an_op_that_is_run_again_begins_from_what_it_was_given),
        TEST(a_list_comes_newest_change_first_and_keeps_to_its_filters),
        TEST(names_of_kinds_are_known_in_both_numbers),
    };
    return cmocka_run_group_tests_name("store/record", tests, NULL, NULL);
}
