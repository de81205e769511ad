/* Waits for events: what matches, what becomes of the run and its journal, exactly once. */
#include "fixture.h"

#include "format/json.h"
#include "net/loop.h"

/* An event that looks for waits. The payload is parsed here and freed with free_event. */
static struct event_put *event_with(const char *payload)
{
    static const char *const names[] = { "contact_created", "new_lead", NULL };
    struct event_put *put = fix_event(NULL);
    free(put->event.payload);
    put->event.payload = xstrdup(payload);
    put->event.payload_len = strlen(payload);
    put->json = json_parse(payload, strlen(payload), NULL);
    assert_non_null(put->json);
    put->names = names;
    return put;
}

static void free_event(struct event_put *put)
{
    json_decref((json_t *)put->json);
    event_put_free(put);
}

/* Sends it, and says how many waits it ended. */
static size_t send(struct fixture *f, const char *payload)
{
    struct event_put *put = event_with(payload);
    fix_exec(f, &put->op);
    size_t count = put->woken_count;
    free_event(put);
    return count;
}

static void add_wait(struct run_save *save, const char *path, const char *event, const char *match)
{
    struct wait_row *row = run_save_add_wait(save);
    row->path = xstrdup(path);
    row->connection = xstrdup("crm");
    row->event = xstrdup(event);
    row->match = xstrdup(match);
}

/* A save that registers a wait beside its journal row; the run becomes `state`. */
static void wait_in(struct fixture *f, struct id id, const char *path, const char *match,
                    enum run_state state)
{
    struct run_save *save = fix_save(id, state);
    save->due_us = fix_now_us + 1000000;
    fix_journal(save, path, JOURNAL_WAITING, NULL, NULL);
    save->rows[0].due_us = save->due_us;
    add_wait(save, path, "contact_created", match);
    fix_exec(f, &save->op);
    run_save_free(save);
}

static struct id run_that_waits(struct fixture *f, const char *match)
{
    struct id id = fix_run(f, "greet", NULL, RUN_RUNNING);
    wait_in(f, id, "reply", match, RUN_WAITING);
    return id;
}

static int64_t count_waits(struct fixture *f)
{
    struct wait_count c;
    wait_count_init(&c);
    fix_exec(f, &c.op);
    assert_int_equal(c.count, fix_number(f, "select count(*) from wait"));
    return c.count;
}

/* The row of that path, out of a list that the caller frees. */
static const struct journal_row *find_row(const struct run_list *list, const char *path)
{
    for (size_t i = 0; i < list->journal_count; i++) {
        if (strcmp(list->journal[i].path, path) == 0) {
            return &list->journal[i];
        }
    }
    fail_msg("there is no row %s", path);
    return NULL;
}

static struct run_list *read_run(struct fixture *f, struct id id)
{
    struct run_list *list = run_list_new();
    list->only = id;
    fix_exec(f, &list->op);
    assert_int_equal(list->count, 1);
    return list;
}

static enum journal_state row_state(struct fixture *f, struct id id, const char *path)
{
    struct run_list *list = read_run(f, id);
    enum journal_state state = find_row(list, path)->state;
    run_list_free(list);
    return state;
}

/* --- waking --- */

static void an_event_that_matches_completes_the_row_and_makes_the_run_due(void **state)
{
    struct fixture *f = *state;
    struct id id = run_that_waits(f, "{\"contact.id\":\"c1\",\"kind\":\"call\"}");
    fix_now_us += 500;
    struct event_put *put = event_with("{\"contact\":{\"id\":\"c1\"},\"kind\":\"call\"}");
    fix_exec(f, &put->op);
    assert_int_equal(put->woken_count, 1);
    assert_id_equal(put->woken[0].run, id);
    assert_string_equal(put->woken[0].path, "reply");
    struct run_list *list = read_run(f, id);
    const struct journal_row *row = find_row(list, "reply");
    assert_int_equal(row->state, JOURNAL_DONE);
    assert_string_equal(row->output, put->event.payload);
    assert_int_equal(row->ended_us, fix_now_us);
    assert_int_equal(row->due_us, 0);
    assert_int_equal(list->rows[0].state, RUN_QUEUED);
    assert_int_equal(list->rows[0].due_us, fix_now_us);
    assert_int_equal(fix_counts(f).by_state[RUN_WAITING], 0);
    assert_int_equal(fix_counts(f).by_state[RUN_QUEUED], 1);
    assert_int_equal(count_waits(f), 0);
    run_list_free(list);
    free_event(put);
}

/* The note of the newest event; yours. */
static char *note_of_newest(struct fixture *f)
{
    struct event_list *list = event_list_new();
    list->limit = 1;
    fix_exec(f, &list->op);
    assert_int_equal(list->count, 1);
    char *note = list->rows[0].note != NULL ? xstrdup(list->rows[0].note) : NULL;
    event_list_free(list);
    return note;
}

static void an_event_that_ended_waits_names_the_runs(void **state)
{
    struct fixture *f = *state;
    struct id id = run_that_waits(f, "{\"id\":\"c1\"}");
    char text[ID_TEXT + 1];
    id_format(&id, text);
    assert_int_equal(send(f, "{\"id\":\"nobody\"}"), 0);
    char *note = note_of_newest(f);
    assert_null(note);
    assert_int_equal(send(f, "{\"id\":\"c1\"}"), 1);
    note = note_of_newest(f);
    char *expected = xasprintf("ended the wait reply of run %s", text);
    assert_string_equal(note, expected);
    free(expected);
    free(note);
    for (int i = 0; i < 5; i++) {
        run_that_waits(f, "{\"id\":\"c2\"}");
    }
    assert_int_equal(send(f, "{\"id\":\"c2\"}"), 5);
    note = note_of_newest(f);
    assert_non_null(strstr(note, ", reply of run "));
    assert_non_null(strstr(note, " and 2 more"));
    free(note);
}

static void a_wait_is_woken_once(void **state)
{
    struct fixture *f = *state;
    struct id id = run_that_waits(f, "{\"id\":\"c1\"}");
    assert_int_equal(send(f, "{\"id\":\"c1\",\"n\":1}"), 1);
    assert_int_equal(send(f, "{\"id\":\"c1\",\"n\":2}"), 0);
    struct run_list *list = read_run(f, id);
    assert_string_equal(find_row(list, "reply")->output, "{\"id\":\"c1\",\"n\":1}");
    run_list_free(list);
}

static void every_wait_that_matches_is_woken(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 20; i++) {
        run_that_waits(f, i % 2 == 0 ? "{\"id\":\"c1\"}" : "{\"owner\":\"o1\"}");
        run_that_waits(f, "{\"id\":\"c2\"}");
    }
    assert_int_equal(count_waits(f), 40);
    assert_int_equal(send(f, "{\"id\":\"c1\",\"owner\":\"o1\"}"), 20);
    assert_int_equal(count_waits(f), 20);
}

static void a_wait_matches_by_all_of_its_fields_and_by_the_kind_of_their_values(void **state)
{
    struct fixture *f = *state;
    const struct {
        const char *match, *payload;
        bool is_woken;
    } cases[] = {
        { "{\"id\":\"c1\",\"kind\":\"call\"}", "{\"id\":\"c1\",\"kind\":\"visit\"}", false },
        { "{\"id\":\"c1\",\"kind\":\"call\"}", "{\"id\":\"c1\"}", false },
        { "{\"id\":\"c1\"}", "{\"contact\":{\"id\":\"c1\"}}", false },
        { "{\"id\":7}", "{\"id\":\"7\"}", false },
        { "{\"id\":7}", "{\"id\":7.5}", false },
        { "{\"id\":null}", "{}", false },
        { "{\"id\":7}", "{\"id\":7.0}", true },
        { "{\"id\":7.0}", "{\"id\":7}", true },
        { "{\"other\":\"x\",\"id\":7}", "{\"id\":7.0,\"other\":\"x\"}", true },
        { "{\"id\":9007199254740993}", "{\"id\":9007199254740992}", false },
        { "{\"id\":9007199254740993}", "{\"id\":9007199254740993}", true },
        { "{\"id\":null}", "{\"id\":null}", true },
        { "{\"is_new\":true}", "{\"is_new\":true}", true },
        { "{\"list.1.id\":\"b\"}", "{\"list\":[{\"id\":\"a\"},{\"id\":\"b\"}]}", true },
        { "{\"at\":{\"b\":2,\"a\":1}}", "{\"at\":{\"a\":1,\"b\":2}}", true },
        { "{\"at\":{\"b\":2,\"a\":1}}", "{\"at\":{\"a\":1}}", false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct id id = run_that_waits(f, cases[i].match);
        size_t woken = send(f, cases[i].payload);
        if (woken != (cases[i].is_woken ? 1 : 0)) {
            print_error("%s and %s\n", cases[i].match, cases[i].payload);
        }
        assert_int_equal(woken, cases[i].is_woken);
        assert_int_equal(fix_state(f, id), cases[i].is_woken ? RUN_QUEUED : RUN_WAITING);
        fix_ask(f, id, RUN_REQUEST_CANCEL);
    }
}

/* Values that begin alike are told apart, wherever the index cuts them. */
static void long_values_are_compared_whole(void **state)
{
    struct fixture *f = *state;
    for (int len = 70; len < 90; len++) {
        char value[200] = "";
        for (int i = 0; i < len; i++) {
            strcat(value, i % 7 == 0 ? "é" : "x");
        }
        char match[300];
        char payload[300];
        snprintf(match, sizeof match, "{\"id\":\"%sa\"}", value);
        snprintf(payload, sizeof payload, "{\"id\":\"%sb\"}", value);
        run_that_waits(f, match);
        assert_int_equal(send(f, payload), 0);
        assert_int_equal(send(f, match), 1);
    }
}

static void events_of_another_name_or_connection_wake_nobody(void **state)
{
    struct fixture *f = *state;
    run_that_waits(f, "{\"id\":\"c1\"}");
    struct event_put *put = event_with("{\"id\":\"c1\"}");
    free(put->event.connection);
    put->event.connection = xstrdup("shop");
    fix_exec(f, &put->op);
    assert_int_equal(put->woken_count, 0);
    free_event(put);
    static const char *const others[] = { "contact_deleted", NULL };
    put = event_with("{\"id\":\"c1\"}");
    put->names = others;
    fix_exec(f, &put->op);
    assert_int_equal(put->woken_count, 0);
    free_event(put);
}

static void an_event_wakes_by_each_of_its_names(void **state)
{
    struct fixture *f = *state;
    struct id id = fix_run(f, "greet", NULL, RUN_RUNNING);
    struct run_save *save = fix_save(id, RUN_WAITING);
    fix_journal(save, "reply", JOURNAL_WAITING, NULL, NULL);
    add_wait(save, "reply", "new_lead", "{\"id\":\"c1\"}");
    fix_exec(f, &save->op);
    run_save_free(save);
    assert_int_equal(send(f, "{\"id\":\"c1\"}"), 1);
}

static void a_duplicate_wakes_nobody(void **state)
{
    struct fixture *f = *state;
    struct event_put *put = fix_event("e1");
    fix_exec(f, &put->op);
    event_put_free(put);
    run_that_waits(f, "{\"id\":\"c1\"}");
    put = event_with("{\"id\":\"c1\"}");
    put->event.key = xstrdup("e1");
    fix_exec(f, &put->op);
    assert_true(put->is_duplicate);
    assert_int_equal(put->woken_count, 0);
    free_event(put);
    assert_int_equal(count_waits(f), 1);
}

static void an_event_that_is_stored_first_wakes_when_it_is_routed(void **state)
{
    struct fixture *f = *state;
    struct id id = run_that_waits(f, "{\"id\":\"c1\"}");
    struct event_put *put = event_with("{\"id\":\"c1\"}");
    put->event.is_routed = false;
    fix_exec(f, &put->op);
    assert_int_equal(put->woken_count, 0);
    struct event_put *route = event_route_new();
    route->event = put->event;
    put->event = (struct event_row){ 0 };
    route->json = put->json;
    route->names = put->names;
    fix_exec(f, &route->op);
    assert_int_equal(route->woken_count, 1);
    assert_int_equal(row_state(f, id, "reply"), JOURNAL_DONE);
    event_put_free(route);
    free_event(put);
}

/* --- runs that an engine holds --- */

static void a_run_that_is_running_is_told_and_does_not_go_to_sleep(void **state)
{
    struct fixture *f = *state;
    struct id id = fix_run(f, "greet", NULL, RUN_RUNNING);
    wait_in(f, id, "reply", "{\"id\":\"c1\"}", RUN_RUNNING);
    assert_int_equal(send(f, "{\"id\":\"c1\"}"), 1);
    assert_int_equal(fix_state(f, id), RUN_RUNNING);
    struct run_save *save = fix_save(id, RUN_WAITING);
    save->due_us = fix_now_us + 1000000;
    fix_exec(f, &save->op);
    assert_true(save->was_woken);
    run_save_free(save);
    assert_int_equal(fix_state(f, id), RUN_QUEUED);
    assert_int_equal(fix_due(f, id), fix_now_us);
    assert_int_equal(fix_counts(f).by_state[RUN_QUEUED], 1);
    assert_int_equal(fix_counts(f).by_state[RUN_WAITING], 0);
}

static void once_claimed_again_it_may_sleep(void **state)
{
    struct fixture *f = *state;
    struct id id = run_that_waits(f, "{\"id\":\"c1\"}");
    send(f, "{\"id\":\"c1\"}");
    struct run_claim *claim = run_claim_new(10, fix_now_us);
    fix_exec(f, &claim->op);
    assert_int_equal(claim->count, 1);
    assert_int_equal(claim->runs[0].rows[0].state, JOURNAL_DONE);
    run_claim_free(claim);
    struct run_save *save = fix_save(id, RUN_WAITING);
    save->due_us = fix_now_us + 1000000;
    fix_exec(f, &save->op);
    assert_false(save->was_woken);
    run_save_free(save);
    assert_int_equal(fix_state(f, id), RUN_WAITING);
}

static void a_time_limit_that_comes_after_the_event_does_not_undo_it(void **state)
{
    struct fixture *f = *state;
    struct id id = fix_run(f, "greet", NULL, RUN_RUNNING);
    wait_in(f, id, "reply", "{\"id\":\"c1\"}", RUN_RUNNING);
    send(f, "{\"id\":\"c1\"}");
    struct run_save *save = run_save_new();
    save->id = id;
    fix_journal(save, "reply", JOURNAL_FAILED, NULL, NULL);
    run_save_end_wait(save, "reply");
    fix_exec(f, &save->op);
    assert_true(save->was_woken);
    run_save_free(save);
    assert_int_equal(row_state(f, id, "reply"), JOURNAL_DONE);
}

static void a_time_limit_that_comes_first_takes_the_wait_away(void **state)
{
    struct fixture *f = *state;
    struct id id = fix_run(f, "greet", NULL, RUN_RUNNING);
    wait_in(f, id, "reply", "{\"id\":\"c1\"}", RUN_RUNNING);
    struct run_save *save = run_save_new();
    save->id = id;
    fix_journal(save, "reply", JOURNAL_FAILED, NULL, NULL);
    run_save_end_wait(save, "reply");
    fix_exec(f, &save->op);
    assert_false(save->was_woken);
    run_save_free(save);
    assert_int_equal(count_waits(f), 0);
    assert_int_equal(send(f, "{\"id\":\"c1\"}"), 0);
    assert_int_equal(row_state(f, id, "reply"), JOURNAL_FAILED);
}

static void a_wait_that_was_woken_is_not_registered_again(void **state)
{
    struct fixture *f = *state;
    struct id id = fix_run(f, "greet", NULL, RUN_RUNNING);
    wait_in(f, id, "reply", "{\"id\":\"c1\"}", RUN_RUNNING);
    send(f, "{\"id\":\"c1\",\"n\":1}");
    wait_in(f, id, "reply", "{\"id\":\"c1\"}", RUN_WAITING);
    assert_int_equal(count_waits(f), 0);
    assert_int_equal(fix_state(f, id), RUN_QUEUED);
}

static void a_parked_run_keeps_the_event_for_when_it_goes_on(void **state)
{
    struct fixture *f = *state;
    struct id id = fix_run(f, "greet", NULL, RUN_RUNNING);
    wait_in(f, id, "reply", "{\"id\":\"c1\"}", RUN_PARKED);
    assert_int_equal(send(f, "{\"id\":\"c1\"}"), 1);
    assert_int_equal(fix_state(f, id), RUN_PARKED);
    assert_int_equal(row_state(f, id, "reply"), JOURNAL_DONE);
}

/* --- registering --- */

static void a_wait_of_the_same_path_is_replaced(void **state)
{
    struct fixture *f = *state;
    struct id id = fix_run(f, "greet", NULL, RUN_RUNNING);
    wait_in(f, id, "reply", "{\"id\":\"c1\"}", RUN_RUNNING);
    wait_in(f, id, "reply", "{\"id\":\"c2\"}", RUN_WAITING);
    assert_int_equal(count_waits(f), 1);
    assert_int_equal(send(f, "{\"id\":\"c1\"}"), 0);
    assert_int_equal(send(f, "{\"id\":\"c2\"}"), 1);
}

static void waits_go_with_the_end_of_their_run(void **state)
{
    struct fixture *f = *state;
    const enum run_state ends[] = { RUN_DONE, RUN_DEAD, RUN_CANCELLED, RUN_SKIPPED };
    struct id other = run_that_waits(f, "{\"id\":\"c1\"}");
    for (int i = 0; i < 4; i++) {
        fix_move(f, run_that_waits(f, "{\"id\":\"c1\"}"), ends[i]);
        assert_int_equal(count_waits(f), 1);
    }
    fix_ask(f, run_that_waits(f, "{\"id\":\"c1\"}"), RUN_REQUEST_CANCEL);
    assert_int_equal(count_waits(f), 1);
    assert_int_equal(send(f, "{\"id\":\"c1\"}"), 1);
    assert_int_equal(fix_state(f, other), RUN_QUEUED);
}

static void a_cancelled_run_registers_no_wait(void **state)
{
    struct fixture *f = *state;
    struct id id = fix_run(f, "greet", NULL, RUN_RUNNING);
    fix_ask(f, id, RUN_REQUEST_CANCEL);
    wait_in(f, id, "reply", "{\"id\":\"c1\"}", RUN_WAITING);
    assert_int_equal(count_waits(f), 0);
}

static void a_match_that_is_no_object_is_refused_and_nothing_is_written(void **state)
{
    struct fixture *f = *state;
    static const char *const wrong[] = { "{}", "[1]", "7", "{\"id\":", "" };
    struct id id = fix_run(f, "greet", NULL, RUN_RUNNING);
    for (int i = 0; i < 5; i++) {
        struct run_save *save = fix_save(id, RUN_WAITING);
        fix_journal(save, "reply", JOURNAL_WAITING, NULL, NULL);
        add_wait(save, "reply", "contact_created", wrong[i]);
        struct err e = fix_exec_error(f, &save->op);
        assert_int_equal(e.kind, ERR_INVALID);
        assert_non_null(strstr(e.message, "reply"));
        run_save_free(save);
    }
    assert_int_equal(fix_state(f, id), RUN_RUNNING);
    assert_int_equal(fix_number(f, "select count(*) from journal"), 0);
}

static void waits_and_their_times_last_over_a_restart(void **state)
{
    struct fixture *f = *state;
    struct id id = run_that_waits(f, "{\"id\":\"c1\"}");
    store_close(f->store);
    f->store = fix_open_store(f, false, true);
    assert_int_equal(count_waits(f), 1);
    struct run_list *list = read_run(f, id);
    assert_int_equal(find_row(list, "reply")->due_us, fix_now_us + 1000000);
    run_list_free(list);
    assert_int_equal(send(f, "{\"id\":\"c1\"}"), 1);
}

/* --- one transaction --- */

static int left; /* ops that are not back */

static void on_done(struct store_op *op, const struct err *e)
{
    assert_null(e);
    if (--left == 0) {
        loop_stop(op->ud);
    }
}

static void submit(struct fixture *f, struct loop *l, struct store_op *op)
{
    op->done = on_done;
    op->ud = l;
    left++;
    store_submit(f->store, op);
}

/* What is submitted before the threads start is one batch. */
static void a_wait_is_found_by_an_event_of_the_same_transaction(void **state)
{
    struct fixture *f = *state;
    struct err e = ERR_INIT;
    struct loop *l = loop_new();
    struct id id = fix_run(f, "greet", NULL, RUN_RUNNING);
    struct run_save *save = fix_save(id, RUN_WAITING);
    fix_journal(save, "reply", JOURNAL_WAITING, NULL, NULL);
    add_wait(save, "reply", "contact_created", "{\"id\":\"c1\"}");
    struct event_put *before = event_with("{\"id\":\"c1\"}");
    struct event_put *after = event_with("{\"id\":\"c1\"}");
    submit(f, l, &before->op);
    submit(f, l, &save->op);
    submit(f, l, &after->op);
    assert_int_equal(store_start(f->store, l, NULL, NULL, &e), 0);
    loop_run(l);
    assert_int_equal(before->woken_count, 0);
    assert_int_equal(after->woken_count, 1);
    store_close(f->store);
    f->store = fix_open_store(f, false, true);
    assert_int_equal(fix_state(f, id), RUN_QUEUED);
    loop_free(l);
    run_save_free(save);
    free_event(before);
    free_event(after);
}

/* An event that nobody waits for reads the same few pages, however many wait for others. */
static void an_unrelated_event_does_not_meet_the_waits_of_others(void **state)
{
    struct fixture *f = *state;
    struct err e = ERR_INIT;
    run_that_waits(f, "{\"id\":\"c1\"}");
    struct db *db = db_open(f->path, true, &e);
    assert_non_null(db);
    struct query *q = db_query(db,
                               "explain query plan select field from wait where connection ="
                               " $1 and event = $2 and field > $3 order by field limit 1");
    assert_int_equal(query_next(q, &e), 1);
    assert_non_null(strstr(query_peek_text(q, 3), "SEARCH"));
    assert_non_null(strstr(query_peek_text(q, 3), "connection=? AND event=? AND field>?"));
    assert_int_equal(query_next(q, &e), 0); /* nothing is sorted */
    q = db_query(db,
                 "explain query plan select run_id, path, match from wait where connection ="
                 " $1 and event = $2 and field = $3 and value = $4");
    assert_int_equal(query_next(q, &e), 1);
    assert_non_null(strstr(query_peek_text(q, 3), "field=? AND value=?"));
    query_end(q);
    db_close(db);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fix_setup, fix_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_event_that_matches_completes_the_row_and_makes_the_run_due),
        TEST(an_event_that_ended_waits_names_the_runs),
        TEST(a_wait_is_woken_once),
        TEST(every_wait_that_matches_is_woken),
        TEST(a_wait_matches_by_all_of_its_fields_and_by_the_kind_of_their_values),
        TEST(long_values_are_compared_whole),
        TEST(events_of_another_name_or_connection_wake_nobody),
        TEST(an_event_wakes_by_each_of_its_names),
        TEST(a_duplicate_wakes_nobody),
        TEST(an_event_that_is_stored_first_wakes_when_it_is_routed),
        TEST(a_run_that_is_running_is_told_and_does_not_go_to_sleep),
        TEST(once_claimed_again_it_may_sleep),
        TEST(a_time_limit_that_comes_after_the_event_does_not_undo_it),
        TEST(a_time_limit_that_comes_first_takes_the_wait_away),
        TEST(a_wait_that_was_woken_is_not_registered_again),
        TEST(a_parked_run_keeps_the_event_for_when_it_goes_on),
        TEST(a_wait_of_the_same_path_is_replaced),
        TEST(waits_go_with_the_end_of_their_run),
        TEST(a_cancelled_run_registers_no_wait),
        TEST(a_match_that_is_no_object_is_refused_and_nothing_is_written),
        TEST(waits_and_their_times_last_over_a_restart),
        TEST(a_wait_is_found_by_an_event_of_the_same_transaction),
        TEST(an_unrelated_event_does_not_meet_the_waits_of_others),
    };
    return cmocka_run_group_tests_name("store/wait", tests, NULL, NULL);
}
