/* What the commands show on a terminal of 80 columns, where everything is as long as it may be: no
 * row is wider, and what a person copies out of it is whole and works when it is typed. */
#include "terminal.h"

#include <assert.h>

#include "store/secret_row.h"

enum { WIDE = 80 };

/* 64 characters, the most that a name may have. */
#define LONG_NAME "a-name-of-sixty-four-characters-which-is-the-most-it-may-have-ok"
static_assert(sizeof LONG_NAME - 1 == 64, "the longest name");

static const char long_message[] =
    "create_task was answered 422: the title is missing, the due date lies in the past, the "
    "contact "
    "does not exist any more, and there is a good deal more to be said about it than fits a line";

static void write_long_project(const struct fixture *f)
{
    char *text = xasprintf(
        "listen: 127.0.0.1:8420\n"
        "connections:\n"
        "  %s:\n"
        "    connector: highlevel\n"
        "    auth: oauth\n"
        "    client_id: id\n"
        "    client_secret: secret-of-the-client\n"
        "    location: ve9EPM428h8vShlRW1KT\n"
        "  inbox:\n"
        "    connector: webhook\n"
        "    verify: hmac_sha256\n"
        "    header: X-Signature\n"
        "    secret: ${secret.inbox_secret}\n",
        LONG_NAME);
    fix_write_text(f, "ladle.yaml", text);
    free(text);
}

/* An event and a run, of which everything is long. */
static struct id add_long_run(struct store *s, const char *key, enum run_state state)
{
    struct event_put *put = event_put_new();
    put->event.connection = xstrdup(LONG_NAME);
    put->event.type = xstrdup("appointment_status_changed_by_somebody");
    put->event.key = xstrdup(key);
    put->event.received_us = INT64_C(1764000000000000);
    put->event.payload = xstrdup("{}");
    put->event.payload_len = 2;
    put->event.is_routed = true;
    put->runs = xcalloc(1, sizeof *put->runs);
    put->run_count = 1;
    struct id run = id_new();
    put->runs[0] = (struct run_seed){
        .id = run, .recipe = xstrdup(LONG_NAME), .version = xstrdup("v1"), .state = RUN_RUNNING
    };
    fix_exec(s, &put->op);
    event_put_free(put);
    struct run_save *save = run_save_new();
    save->id = run;
    save->has_state = true;
    save->state = state;
    save->attempts = 1000;
    save->step = xstrdup(LONG_NAME);
    (void)err_set(&save->err, ERR_RATE_LIMITED, "%s", long_message);
    fix_exec(s, &save->op);
    run_save_free(save);
    return run;
}

static void add_long_event(struct store *s, const char *key, const char *note)
{
    struct event_put *put = event_put_new();
    put->event.connection = xstrdup(LONG_NAME);
    put->event.type = xstrdup("appointment_status_changed_by_somebody");
    put->event.key = xstrdup(key);
    put->event.received_us = INT64_C(1764000000000000);
    put->event.payload = xstrdup("{}");
    put->event.payload_len = 2;
    put->event.is_routed = true;
    put->event.note = note != NULL ? xstrdup(note) : NULL;
    fix_exec(s, &put->op);
    event_put_free(put);
}

static void put_state(struct store *s, const char *name, const char *state, const char *reason)
{
    struct connection_put *put = connection_put_new();
    put->row = (struct connection_row){ .name = xstrdup(name),
                                        .state = xstrdup(state),
                                        .reason = reason != NULL ? xstrdup(reason) : NULL,
                                        .account = xstrdup("ve9EPM428h8vShlRW1KT"),
                                        .since_us = INT64_C(1764000000000000),
                                        .expires_us = INT64_C(1764000000000000) };
    fix_exec(s, &put->op);
    connection_put_free(put);
}

static const char long_key[] =
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

static void every_table_fits_eighty_columns_however_long_its_values_are(void **state)
{
    struct fixture *f = *state;
    write_long_project(f);
    struct store *s = fix_open_store(f);
    (void)add_long_run(s, "k1", RUN_DEAD);
    (void)add_long_run(s, "k2", RUN_PARKED);
    add_long_event(s, long_key, NULL);
    add_long_event(s, long_key, NULL); /* a duplicate */
    add_long_event(s, "k3",
                   "of another account than the connection's: 9EPM428h8vShlRW1KTve, and so on");
    put_state(s, LONG_NAME, "broken", long_message);
    store_close(s);
    const char *const set[] = { "secret", "set", "a_secret_with_a_rather_long_name_of_its_own",
                                NULL };
    assert_int_equal(fix_run_with(f, "a long enough value", set), CLI_OK);
    assert_int_equal(fix_run(f, "records", "add", "activity", "--contact", LONG_NAME, "--id",
                             LONG_NAME LONG_NAME, "--text", long_message),
                     CLI_OK);
    static const char *const tables[][3] = {
        { "runs", NULL },        { "dead", NULL },     { "events", NULL },
        { "connections", NULL }, { "secret", "list" }, { "records", "activities" },
        { "ops", LONG_NAME },    { "ops", NULL },      { "ops", "--all", NULL },
    };
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        assert_int_equal(fix_run_typed(f, WIDE, "", tables[i]), CLI_OK);
        assert_true(strcspn(f->out, "\n") > 0);
        assert_fits(f->out, WIDE);
    }
}

static void an_id_in_a_table_is_cut_to_an_end_that_names_it(void **state)
{
    struct fixture *f = *state;
    write_long_project(f);
    struct store *s = fix_open_store(f);
    struct id run = add_long_run(s, "k1", RUN_DEAD);
    store_close(s);
    char id[ID_TEXT + 1];
    id_format(&run, id);
    static const char *const tables[][2] = { { "runs", NULL }, { "dead", NULL } };
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(fix_run_typed(f, WIDE, "", tables[i]), CLI_OK);
        assert_contains(f->out, id + ID_TEXT - ID_SHORT);
        assert_null(strstr(f->out, id));
        assert_int_equal(fix_run(f, tables[i][0]), CLI_OK);
        assert_contains(f->out, id); /* all of it in a pipe */
    }
    assert_int_equal(fix_run(f, "show", id + ID_TEXT - ID_SHORT, "--json"), CLI_OK);
    json_t *v = fix_line(f, 0);
    assert_text_at(v, "id", id);
    json_decref(v);
}

static void what_stands_below_a_row_is_told_in_whole_words(void **state)
{
    struct fixture *f = *state;
    write_long_project(f);
    struct store *s = fix_open_store(f);
    (void)add_long_run(s, "k1", RUN_DEAD);
    store_close(s);
    assert_int_equal(fix_run_wide(f, WIDE, "dead"), CLI_OK);
    assert_contains(
        f->out,
        "\n  rate_limited: create_task was answered 422: the title is missing, the due date\n"
        "  lies in the past, the contact does not exist any more, and there is a good\n"
        "  deal more to be said about it than fits a line\n");
}

/* A run that went through `count` items, the last `failed` of which were refused. */
static struct id add_items(struct store *s, int count, int failed)
{
    struct id run;
    (void)fix_event(s, "items", "{}", RUN_RUNNING, &run);
    struct run_save *save = run_save_new();
    save->id = run;
    save->has_state = true;
    save->state = failed > 0 ? RUN_DEAD : RUN_DONE;
    save->attempts = 1;
    save->step = failed > 0 ? xasprintf("tag/%d", count) : NULL;
    if (failed > 0) {
        (void)err_set(&save->err, ERR_INVALID, "%s", long_message);
    }
    for (int i = 1; i <= count; i++) {
        bool is_failed = i > count - failed;
        struct journal_row *row = run_save_add(save);
        row->path = xasprintf("tag/%d", i);
        row->state = is_failed ? JOURNAL_FAILED : JOURNAL_DONE;
        row->attempts = 1;
        row->started_us = INT64_C(1764000001000000);
        row->ended_us = INT64_C(1764000002500000);
        row->input = xasprintf("{\"contactId\":\"c%d\",\"tags\":[\"%s\"]}", i, long_message);
        row->output = is_failed ? NULL : xstrdup("{\"tags\":[\"a\",\"b\"]}");
        row->error =
            is_failed ? xasprintf("{\"kind\":\"invalid\",\"message\":\"%s\"}", long_message) : NULL;
    }
    fix_exec(s, &save->op);
    run_save_free(save);
    return run;
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;
    while ((text = strstr(text, part)) != NULL) {
        count++;
        text += strlen(part);
    }
    return count;
}

static void show_of_many_items_fits_a_screen_failed_ones_first(void **state)
{
    struct fixture *f = *state;
    struct store *s = fix_open_store(f);
    struct id run = add_items(s, 300, 7);
    store_close(s);
    char id[ID_TEXT + 1];
    id_format(&run, id);
    assert_int_equal(fix_run_wide(f, WIDE, "show", id), CLI_OK);
    assert_fits(f->out, WIDE);
    assert_true(fix_count_lines(f) <= 24);
    assert_contains(f->out, "\n    tag/294  failed  invalid: create_task was answered 422:");
    assert_contains(f->out, "\n    tag/298  failed");
    assert_null(strstr(f->out, "tag/299  failed"));
    assert_contains(f->out, "\n    and 2 more like these; 293 are done\n");
    assert_contains(f->out, "\n--full shows what is cut here\n");
    assert_int_equal(fix_run_wide(f, WIDE, "show", id, "--full"), CLI_OK);
    assert_int_equal(count_of(f->out, "  done  tries"), 1 + 293); /* the step, and its items */
    assert_contains(f->out, "than fits a line\"]}\n");
    assert_null(strstr(f->out, "--full"));
    assert_int_equal(fix_run(f, "show", id), CLI_OK);             /* a pipe has room */
    assert_int_equal(count_of(f->out, "  done  tries"), 1 + 293); /* the step, and its items */
}

static void show_of_items_that_are_all_done_counts_them(void **state)
{
    struct fixture *f = *state;
    struct store *s = fix_open_store(f);
    struct id run = add_items(s, 300, 0);
    store_close(s);
    char id[ID_TEXT + 1];
    id_format(&run, id);
    assert_int_equal(fix_run_wide(f, WIDE, "show", id), CLI_OK);
    assert_contains(f->out, "\n    300 calls and items, all done\n");
    assert_true(fix_count_lines(f) <= 24);
}

static void show_of_a_few_calls_tells_each(void **state)
{
    struct fixture *f = *state;
    struct store *s = fix_open_store(f);
    struct id run = add_items(s, 3, 1);
    store_close(s);
    char id[ID_TEXT + 1];
    id_format(&run, id);
    assert_int_equal(fix_run_wide(f, WIDE, "show", id), CLI_OK);
    assert_fits(f->out, WIDE);
    assert_contains(f->out, "\n    tag/1  done  tries 1  2025-11-24T16:00:01Z, 1 s 500 ms\n");
    assert_contains(f->out,
                    "\n      input        {\"contactId\":\"c1\",\"tags\":[\"create_task was");
    assert_contains(f->out,
                    "\n      error        invalid: create_task was answered 422: the title is");
}

static void what_show_says_to_type_is_short_and_works(void **state)
{
    struct fixture *f = *state;
    struct store *s = fix_open_store(f);
    struct id run = add_items(s, 3, 1);
    store_close(s);
    char id[ID_TEXT + 1], *command;
    id_format(&run, id);
    assert_int_equal(fix_run_wide(f, WIDE, "show", id), CLI_OK);
    command = xasprintf("`ladle retry %s`", id + ID_TEXT - ID_SHORT);
    assert_contains(f->out, command);
    assert_int_equal(fix_run(f, "retry", id + ID_TEXT - ID_SHORT), CLI_OK);
    free(command);
}

static void show_of_a_skipped_run_says_why_not_that_it_failed(void **state)
{
    struct fixture *f = *state;
    struct store *s = fix_open_store(f);
    struct id run;
    (void)fix_skipped_event(s, "k1", "if: event.amount > 100 (event.amount is 5)", &run);
    store_close(s);
    char id[ID_TEXT + 1];
    id_format(&run, id);
    assert_int_equal(fix_run_wide(f, WIDE, "show", id), CLI_OK);
    assert_contains(f->out, "\n  why          if: event.amount > 100 (event.amount is 5)\n");
    assert_null(strstr(f->out, "error"));
    assert_int_equal(fix_run(f, "show", id), CLI_OK);
    assert_contains(f->out, "\n  why          if: event.amount > 100 (event.amount is 5)\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fix_setup, fix_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_table_fits_eighty_columns_however_long_its_values_are),
        TEST(an_id_in_a_table_is_cut_to_an_end_that_names_it),
        TEST(what_stands_below_a_row_is_told_in_whole_words),
        TEST(show_of_many_items_fits_a_screen_failed_ones_first),
        TEST(show_of_items_that_are_all_done_counts_them),
        TEST(show_of_a_few_calls_tells_each),
        TEST(what_show_says_to_type_is_short_and_works),
        TEST(show_of_a_skipped_run_says_why_not_that_it_failed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
