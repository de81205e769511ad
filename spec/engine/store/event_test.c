/* Events: the dedupe key, the runs that come with an event, routing, replay, lists. */
#include "fixture.h"

static struct event_list *list_events(struct fixture *f, bool only_unrouted)
{
    struct event_list *list = event_list_new();
    list->only_unrouted = only_unrouted;
    list->with_payload = true;
    fix_exec(f, &list->op);
    return list;
}

static struct id put(struct fixture *f, const char *key)
{
    struct event_put *p = fix_event(key);
    struct id id = p->event.id;
    fix_exec(f, &p->op);
    event_put_free(p);
    return id;
}

static void a_new_event_is_stored_with_its_runs(void **state)
{
    struct fixture *f = *state;
    struct event_put *p = fix_event("e1");
    struct id a = fix_seed(p, "greet", NULL, RUN_QUEUED)->id;
    struct id b = fix_seed(p, "mirror", NULL, RUN_RUNNING)->id;
    fix_exec(f, &p->op);
    assert_false(p->is_duplicate);
    struct event_list *list = list_events(f, false);
    assert_int_equal(list->count, 1);
    assert_id_equal(list->rows[0].id, p->event.id);
    assert_string_equal(list->rows[0].connection, "crm");
    assert_string_equal(list->rows[0].type, "contact_created");
    assert_string_equal(list->rows[0].key, "e1");
    assert_string_equal(list->rows[0].headers, "{\"x-id\":\"1\"}");
    assert_string_equal(list->rows[0].payload, "{\"id\":\"c1\"}");
    assert_int_equal(list->rows[0].payload_len, 11);
    assert_int_equal(list->rows[0].received_us, fix_now_us);
    assert_int_equal(list->rows[0].run_count, 2);
    assert_true(list->rows[0].is_routed);
    assert_int_equal(fix_state(f, a), RUN_QUEUED);
    assert_int_equal(fix_state(f, b), RUN_RUNNING);
    event_list_free(list);
    event_put_free(p);
}

static void a_second_delivery_of_a_key_starts_nothing_and_names_the_first(void **state)
{
    struct fixture *f = *state;
    struct id first = put(f, "e1");
    struct event_put *again = fix_event("e1");
    fix_seed(again, "greet", NULL, RUN_QUEUED);
    fix_exec(f, &again->op);
    assert_true(again->is_duplicate);
    assert_id_equal(again->original, first);
    struct event_list *list = list_events(f, false);
    assert_int_equal(list->count, 2);
    assert_id_equal(list->rows[0].id, again->event.id);
    assert_id_equal(list->rows[0].duplicate_of, first);
    assert_string_equal(list->rows[0].key, "e1");
    assert_null(list->rows[0].payload);
    assert_int_equal(list->rows[0].run_count, 0);
    assert_true(id_is_zero(&list->rows[1].duplicate_of));
    struct run_counts c = fix_counts(f);
    assert_int_equal(c.events, 1);
    assert_int_equal(c.duplicates, 1);
    assert_int_equal(c.by_state[RUN_QUEUED], 0);
    event_list_free(list);
    event_put_free(again);
}

static void a_third_delivery_names_the_first_too(void **state)
{
    struct fixture *f = *state;
    struct id first = put(f, "e1");
    put(f, "e1");
    struct event_put *third = fix_event("e1");
    fix_exec(f, &third->op);
    assert_id_equal(third->original, first);
    event_put_free(third);
}

static void an_unrouted_duplicate_is_not_left_to_be_routed(void **state)
{
    struct fixture *f = *state;
    put(f, "e1");
    struct event_put *again = fix_event("e1");
    again->event.is_routed = false;
    fix_exec(f, &again->op);
    event_put_free(again);
    struct event_list *list = list_events(f, true);
    assert_int_equal(list->count, 0);
    event_list_free(list);
}

static void events_without_a_key_are_never_duplicates(void **state)
{
    struct fixture *f = *state;
    put(f, NULL);
    put(f, NULL);
    assert_int_equal(fix_counts(f).events, 2);
}

static void the_same_key_on_two_connections_is_two_events(void **state)
{
    struct fixture *f = *state;
    put(f, "e1");
    struct event_put *other = fix_event("e1");
    free(other->event.connection);
    other->event.connection = xstrdup("shop");
    fix_exec(f, &other->op);
    assert_false(other->is_duplicate);
    event_put_free(other);
}

static void an_event_id_that_is_taken_is_a_conflict(void **state)
{
    struct fixture *f = *state;
    struct id id = put(f, "e1");
    struct event_put *p = fix_event("e2");
    p->event.id = id;
    struct err e = fix_exec_error(f, &p->op);
    assert_int_equal(e.kind, ERR_CONFLICT);
    event_put_free(p);
    assert_int_equal(fix_counts(f).events, 1);
}

static void an_event_with_two_runs_of_one_recipe_is_refused_whole(void **state)
{
    struct fixture *f = *state;
    struct event_put *p = fix_event("e1");
    fix_seed(p, "greet", NULL, RUN_QUEUED);
    fix_seed(p, "greet", NULL, RUN_QUEUED);
    struct err e = fix_exec_error(f, &p->op);
    assert_int_equal(e.kind, ERR_CONFLICT);
    event_put_free(p);
    struct run_counts c = fix_counts(f);
    assert_int_equal(c.events, 0);
    assert_int_equal(c.by_state[RUN_QUEUED], 0);
    assert_int_equal(fix_number(f, "select count(*) from event"), 0);
    assert_int_equal(fix_number(f, "select count(*) from run"), 0);
}

static struct id put_unrouted(struct fixture *f)
{
    struct event_put *p = fix_event(NULL);
    p->event.is_routed = false;
    struct id id = p->event.id;
    fix_exec(f, &p->op);
    event_put_free(p);
    return id;
}

static void unrouted_events_come_oldest_first_and_are_routed_once(void **state)
{
    struct fixture *f = *state;
    struct id first = put_unrouted(f);
    struct id second = put_unrouted(f);
    struct event_list *list = list_events(f, true);
    assert_int_equal(list->count, 2);
    assert_id_equal(list->rows[0].id, first);
    assert_id_equal(list->rows[1].id, second);
    event_list_free(list);
    assert_int_equal(fix_counts(f).unrouted, 2);

    struct event_put *route = event_route_new();
    route->event.id = first;
    struct id run = fix_seed(route, "greet", NULL, RUN_QUEUED)->id;
    fix_exec(f, &route->op);
    assert_false(route->is_duplicate);
    assert_int_equal(fix_state(f, run), RUN_QUEUED);
    route->runs[0].id = id_new();
    fix_exec(f, &route->op);
    assert_true(route->is_duplicate);
    event_put_free(route);
    assert_int_equal(fix_counts(f).by_state[RUN_QUEUED], 1);
    assert_int_equal(fix_counts(f).unrouted, 1);
}

static void routing_an_event_that_is_not_there_says_so(void **state)
{
    struct fixture *f = *state;
    struct event_put *route = event_route_new();
    route->event.id = id_new();
    assert_int_equal(fix_exec_error(f, &route->op).kind, ERR_NOT_FOUND);
    event_put_free(route);
}

static void a_replay_lets_the_same_recipe_run_again(void **state)
{
    struct fixture *f = *state;
    struct event_put *p = fix_event("e1");
    fix_seed(p, "greet", NULL, RUN_QUEUED);
    fix_exec(f, &p->op);
    struct event_replay r;
    event_replay_init(&r, p->event.id);
    fix_exec(f, &r.op);
    fix_exec(f, &r.op); /* asked twice before anybody looked: still one */
    struct event_list *list = list_events(f, true);
    assert_int_equal(list->count, 1);
    assert_int_equal(list->rows[0].replay, 1);
    event_list_free(list);

    struct event_put *route = event_route_new();
    route->event.id = p->event.id;
    fix_seed(route, "greet", NULL, RUN_QUEUED);
    fix_exec(f, &route->op);
    assert_int_equal(route->event.replay, 1);
    assert_int_equal(fix_counts(f).by_state[RUN_QUEUED], 2);
    assert_int_equal(fix_counts(f).unrouted, 0);
    event_put_free(route);
    event_put_free(p);
}

static void a_replay_of_nothing_or_of_a_duplicate_is_refused(void **state)
{
    struct fixture *f = *state;
    struct event_replay r;
    event_replay_init(&r, id_new());
    assert_int_equal(fix_exec_error(f, &r.op).kind, ERR_NOT_FOUND);
    struct id first = put(f, "e1");
    event_replay_init(&r, put(f, "e1"));
    struct err e = fix_exec_error(f, &r.op);
    assert_int_equal(e.kind, ERR_CONFLICT);
    char text[ID_TEXT + 1];
    id_format(&first, text);
    assert_non_null(strstr(e.message, text));
}

static void a_list_comes_newest_first_in_pages(void **state)
{
    struct fixture *f = *state;
    struct id ids[5];
    for (int i = 0; i < 5; i++) {
        ids[i] = put(f, NULL);
    }
    struct event_list *page = event_list_new();
    page->limit = 2;
    fix_exec(f, &page->op);
    assert_int_equal(page->count, 2);
    assert_id_equal(page->rows[0].id, ids[4]);
    assert_id_equal(page->rows[1].id, ids[3]);
    assert_null(page->rows[0].payload);
    event_list_free(page);
    page = event_list_new();
    page->before = ids[3];
    fix_exec(f, &page->op);
    assert_int_equal(page->count, 3);
    assert_id_equal(page->rows[0].id, ids[2]);
    event_list_free(page);
}

static void a_list_keeps_to_its_filters(void **state)
{
    struct fixture *f = *state;
    put(f, NULL);
    fix_now_us += 1000000;
    struct event_put *p = fix_event(NULL);
    free(p->event.type);
    p->event.type = xstrdup("note_updated");
    struct id id = p->event.id;
    fix_exec(f, &p->op);
    event_put_free(p);
    struct event_list filters[] = {
        { .type = "note_updated" },
        { .since_us = fix_now_us },
        { .only = id },
        { .connection = "crm", .type = "note_updated" },
    };
    for (size_t i = 0; i < 4; i++) {
        struct event_list *list = event_list_new();
        list->type = filters[i].type;
        list->connection = filters[i].connection;
        list->since_us = filters[i].since_us;
        list->only = filters[i].only;
        fix_exec(f, &list->op);
        assert_int_equal(list->count, 1);
        assert_id_equal(list->rows[0].id, id);
        event_list_free(list);
    }
    struct event_list *none = event_list_new();
    none->connection = "shop";
    fix_exec(f, &none->op);
    assert_int_equal(none->count, 0);
    event_list_free(none);
}

static void a_payload_comes_back_byte_for_byte(void **state)
{
    struct fixture *f = *state;
    enum { SIZE = 1024 * 1024 };
    struct event_put *p = fix_event(NULL);
    free(p->event.payload);
    p->event.payload = xmalloc(SIZE);
    for (size_t i = 0; i < SIZE; i++) {
        p->event.payload[i] = (char)fix_random();
    }
    p->event.payload_len = SIZE;
    fix_exec(f, &p->op);
    struct event_list *list = list_events(f, false);
    assert_int_equal(list->rows[0].payload_len, SIZE);
    assert_memory_equal(list->rows[0].payload, p->event.payload, SIZE);
    event_list_free(list);
    event_put_free(p);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fix_setup, fix_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_new_event_is_stored_with_its_runs),
        TEST(a_second_delivery_of_a_key_starts_nothing_and_names_the_first),
        TEST(a_third_delivery_names_the_first_too),
        TEST(an_unrouted_duplicate_is_not_left_to_be_routed),
        TEST(events_without_a_key_are_never_duplicates),
        TEST(the_same_key_on_two_connections_is_two_events),
        TEST(an_event_id_that_is_taken_is_a_conflict),
        TEST(an_event_with_two_runs_of_one_recipe_is_refused_whole),
        TEST(unrouted_events_come_oldest_first_and_are_routed_once),
        TEST(routing_an_event_that_is_not_there_says_so),
        TEST(a_replay_lets_the_same_recipe_run_again),
        TEST(a_replay_of_nothing_or_of_a_duplicate_is_refused),
        TEST(a_list_comes_newest_first_in_pages),
        TEST(a_list_keeps_to_its_filters),
        TEST(a_payload_comes_back_byte_for_byte),
    };
    return cmocka_run_group_tests_name("store/event", tests, NULL, NULL);
}
