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

#define TEST(name) cmocka_unit_test_setup_teardown(name, fix_setup, fix_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_table_fits_eighty_columns_however_long_its_values_are),
        TEST(an_id_in_a_table_is_cut_to_an_end_that_names_it),
        TEST(what_stands_below_a_row_is_told_in_whole_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
