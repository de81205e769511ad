/* What a person does about runs: dead letters by cause, retry by group, cancel, resolve, backup,
 * and what `show` says of a run that waits. No engine runs. */
#include "cli/causes.h"
#include "terminal.h"

static char *id_text(struct id id)
{
    char text[ID_TEXT + 1];
    id_format(&id, text);
    return xstrdup(text);
}

static struct id add_run(struct store *s, const char *key)
{
    struct id run;
    (void)fix_event(s, key, "{}", RUN_RUNNING, &run);
    return run;
}

static struct id add_dead(struct store *s, const char *key, const char *message)
{
    struct id run = add_run(s, key);
    fix_kill(s, run, message);
    return run;
}

/* A parked run whose step was sent and ended with that error. */
static struct id add_unknown(struct store *s, const char *key, const struct err *why)
{
    struct id run = add_run(s, key);
    struct run_save *save = run_save_new();
    save->id = run;
    save->has_state = true;
    save->state = RUN_PARKED;
    save->attempts = 1;
    save->step = xstrdup("order");
    save->err = *why;
    struct journal_row *row = run_save_add(save);
    row->path = xstrdup("order");
    row->state = JOURNAL_STARTED;
    row->attempts = 1;
    row->started_us = INT64_C(1764000001000000);
    row->input = xstrdup("{\"n\":7}");
    row->error = xasprintf("{\"kind\":\"unknown\",\"message\":\"%s\",\"status\":%d}", why->message,
                           why->status);
    fix_exec(s, &save->op);
    run_save_free(save);
    return run;
}

/* It was never answered. */
static struct id add_parked(struct store *s, const char *key)
{
    struct err why = ERR_INIT;
    (void)err_set(&why, ERR_UNKNOWN, "sent, no answer");
    return add_unknown(s, key, &why);
}

struct wait_spec {
    const char *path, *input, *error;
};

static struct id add_waiting(struct store *s, const char *key, const struct wait_spec *w)
{
    struct id run = add_run(s, key);
    struct run_save *save = run_save_new();
    save->id = run;
    save->has_state = true;
    save->state = RUN_WAITING;
    save->attempts = 1;
    save->due_us = INT64_C(4102444800000000);
    save->step = xstrdup(w->path);
    struct journal_row *row = run_save_add(save);
    row->path = xstrdup(w->path);
    row->state = JOURNAL_WAITING;
    row->attempts = 1;
    row->started_us = INT64_C(1764000001000000);
    row->due_us = save->due_us;
    row->input = w->input != NULL ? xstrdup(w->input) : NULL;
    row->error = w->error != NULL ? xstrdup(w->error) : NULL;
    fix_exec(s, &save->op);
    run_save_free(save);
    return run;
}

static json_t *show(struct fixture *f, struct id id)
{
    char *text = id_text(id);
    assert_int_equal(fix_run(f, "show", text, "--json"), CLI_OK);
    free(text);
    return fix_line(f, 0);
}

static void assert_state(struct fixture *f, struct id id, const char *expected)
{
    json_t *v = show(f, id);
    assert_text_at(v, "state", expected);
    json_decref(v);
}

/* --- dead letters --- */

static void groups_are_numbered_from_the_oldest_whatever_is_listed(void **state)
{
    struct fixture *f = *state;
    struct store *s = fix_open_store(f);
    (void)add_dead(s, "k1", "no title");
    (void)add_parked(s, "k2");
    (void)add_dead(s, "k3", "no title");
    (void)add_dead(s, "k4", "no date");
    store_close(s);
    assert_int_equal(fix_run(f, "dead"), CLI_OK);
    assert_int_equal(fix_count_lines(f), 4);
    assert_contains(f->out, "\n1\t2\tdead\tcontact-sync\tfetch\tinvalid\t");
    assert_contains(f->out, "\n2\t1\tparked\tcontact-sync\torder\tunknown\t");
    assert_contains(f->out, "\n3\t1\tdead\tcontact-sync\tfetch\tinvalid\t");
    assert_int_equal(fix_run(f, "dead", "--state", "parked"), CLI_OK);
    assert_int_equal(fix_count_lines(f), 2);
    assert_contains(f->out, "\n2\t1\tparked\t");
    assert_int_equal(fix_run(f, "dead", "--limit", "1"), CLI_OK);
    assert_int_equal(fix_count_lines(f), 2);
    assert_contains(f->out, "\n3\t1\tdead\t");
    assert_int_equal(fix_run(f, "dead", "--state", "done"), CLI_USAGE);
}

static void every_dead_run_names_its_group(void **state)
{
    struct fixture *f = *state;
    struct store *s = fix_open_store(f);
    (void)add_dead(s, "k1", "no title");
    (void)add_dead(s, "k2", "no date");
    store_close(s);
    assert_int_equal(fix_run(f, "dead", "--json"), CLI_OK);
    json_t *newest = fix_line(f, 0), *oldest = fix_line(f, 1);
    assert_int_equal(json_get_int(newest, "group", 0), 2);
    assert_text_at(newest, "error.message", "no date");
    assert_int_equal(json_get_int(oldest, "group", 0), 1);
    json_decref(newest);
    json_decref(oldest);
}

static void a_cause_keeps_its_number_when_another_comes(void **state)
{
    struct fixture *f = *state;
    struct store *s = fix_open_store(f);
    struct err e = ERR_INIT;
    struct run_filter every = { .limit = INT64_MAX };
    struct id first = add_dead(s, "k1", "no title");
    (void)add_dead(s, "k2", "no date");
    (void)add_dead(s, "k3", "no title");
    struct causes *all = causes_read(s, &every, &e);
    assert_int_equal(causes_count(all), 2);
    const struct cause *cause = causes_get(all, 1);
    assert_string_equal(cause->example.err.message, "no title");
    assert_int_equal(cause->total, 2);
    assert_memory_not_equal(&cause->example.id, &first, sizeof first);
    assert_ptr_equal(causes_find(all, &cause->example), cause);
    assert_null(causes_get(all, 0));
    assert_null(causes_get(all, 3));
    causes_free(all);
    (void)add_dead(s, "k4", "no owner");
    all = causes_read(s, &every, &e);
    assert_string_equal(causes_get(all, 1)->example.err.message, "no title");
    assert_string_equal(causes_get(all, 3)->example.err.message, "no owner");
    causes_free(all);
    store_close(s);
}

static void retry_of_a_group_leaves_the_others(void **state)
{
    struct fixture *f = *state;
    struct store *s = fix_open_store(f);
    struct id title = add_dead(s, "k1", "no title"), date = add_dead(s, "k2", "no date");
    struct id again = add_dead(s, "k3", "no title"), parked = add_parked(s, "k4");
    store_close(s);
    assert_int_equal(fix_run(f, "retry", "--group", "1", "--json"), CLI_OK);
    json_t *v = fix_line(f, 0);
    assert_int_equal(json_get_int(v, "runs", 0), 2);
    assert_text_at(v, "group.recipe", "contact-sync");
    assert_text_at(v, "group.message", "no title");
    json_decref(v);
    assert_state(f, title, "queued");
    assert_state(f, again, "queued");
    assert_state(f, date, "dead");
    assert_state(f, parked, "parked");
    assert_int_equal(fix_run(f, "retry", "--group", "3"), CLI_NO);
    assert_contains(f->err, "there is no group 3: `ladle dead` numbers 2");
}

static int64_t due_of(struct fixture *f, struct id id)
{
    struct store *s = fix_open_store(f);
    struct run_list *list = run_list_new();
    list->only = id;
    list->limit = 1;
    fix_exec(s, &list->op);
    int64_t due_us = list->rows[0].due_us;
    run_list_free(list);
    store_close(s);
    return due_us;
}

static void a_rate_spreads_the_runs_oldest_first_over_batches(void **state)
{
    enum { COUNT = 1203 };
    struct fixture *f = *state;
    struct store *s = fix_open_store(f);
    struct id *ids = xcalloc(COUNT, sizeof *ids);
    for (int i = 0; i < COUNT; i++) {
        char key[16];
        (void)snprintf(key, sizeof key, "k%d", i);
        ids[i] = add_dead(s, key, "no title");
    }
    store_close(s);
    assert_int_equal(fix_run(f, "retry", "--all", "--rate", "4"), CLI_OK);
    assert_contains(f->out, "1203 runs go on from the failed step, the last one in 5 min");
    int64_t first_us = due_of(f, ids[0]);
    assert_int_equal(due_of(f, ids[1]) - first_us, 250000);
    assert_int_equal(due_of(f, ids[500]) - first_us, 500 * 250000);
    assert_int_equal(due_of(f, ids[COUNT - 1]) - first_us, INT64_C(1202) * 250000);
    free(ids);
}

static void retry_refuses_words_that_do_not_fit(void **state)
{
    struct fixture *f = *state;
    static const char *const wrong[][5] = {
        { "retry", NULL },
        { "retry", "--all", "--group", "1", NULL },
        { "retry", "--group", "0", NULL },
        { "retry", "--group", "x", NULL },
        { "retry", "--group", "1", "4d5e6f", NULL },
        { "retry", "4d5e6f", "--rate", "5", NULL },
        { "retry", "--all", "--rate", "0", NULL },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(fix_run_with(f, "", wrong[i]), CLI_USAGE);
    }
    assert_int_equal(fix_run(f, "retry", "--group", "1", "--recipe", "x"), CLI_USAGE);
}

static const struct wait_spec pause_spec = { .path = "pause" };
static const struct wait_spec hope_spec = {
    .path = "hope", .input = "{\"event\":\"crm.task_created\",\"with\":{\"id\":\"t1\"}}"
};
static const struct wait_spec again_spec = { .path = "call",
                                             .error =
                                                 "{\"kind\":\"unavailable\",\"message\":\"503\"}" };

static int type_retry(struct fixture *f, const char *id, const char *answer)
{
    const char *const words[] = { "retry", id, NULL };
    return fix_run_typed(f, 80, answer, words);
}

static void retry_of_a_run_that_waits_asks_on_a_terminal(void **state)
{
    struct fixture *f = *state;
    struct store *s = fix_open_store(f);
    struct id pause = add_waiting(s, "k1", &pause_spec), hope = add_waiting(s, "k2", &hope_spec);
    struct id again = add_waiting(s, "k3", &again_spec);
    store_close(s);
    char *pause_text = id_text(pause), *hope_text = id_text(hope), *again_text = id_text(again);
    static const char *const noes[] = { "n\n", "\n", "nyes\n", "yes, but a good deal later\n" };
    for (size_t i = 0; i < sizeof noes / sizeof *noes; i++) {
        assert_int_equal(type_retry(f, pause_text, noes[i]), CLI_OK);
        assert_contains(f->out, "pause waits until 2100-01-01T00:00:00.000Z (in ");
        assert_contains(f->out, "Skip the wait? [y/N]");
        assert_contains(f->out, "left as it is");
        assert_state(f, pause, "waiting");
    }
    assert_int_equal(type_retry(f, pause_text, "y\n"), CLI_OK);
    assert_state(f, pause, "queued");
    assert_int_equal(type_retry(f, hope_text, "YES\n"), CLI_OK);
    assert_contains(f->out, "hope waits for an event until");
    assert_state(f, hope, "queued");
    assert_int_equal(type_retry(f, again_text, "n\n"), CLI_OK);
    assert_contains(f->out, "the next try waits until");
    assert_contains(f->out, "Try again now? [y/N]");
    assert_state(f, again, "waiting");
    free(pause_text);
    free(hope_text);
    free(again_text);
}

static void retry_in_a_pipe_skips_a_wait_on_demand_only(void **state)
{
    struct fixture *f = *state;
    struct store *s = fix_open_store(f);
    struct id pause = add_waiting(s, "k1", &pause_spec), again = add_waiting(s, "k2", &again_spec);
    store_close(s);
    char *pause_text = id_text(pause), *again_text = id_text(again);
    assert_int_equal(fix_run(f, "retry", pause_text), CLI_NO);
    char *remedy = xasprintf("`ladle retry %s --now` skips the wait", pause_text);
    assert_contains(f->err, remedy);
    assert_state(f, pause, "waiting");
    assert_int_equal(fix_run(f, "retry", pause_text, "--now"), CLI_OK);
    json_t *v = show(f, pause);
    assert_text_at(v, "state", "queued");
    assert_string_not_equal(json_path_text(v, "steps.0.due_at"), "2100-01-01T00:00:00.000Z");
    json_decref(v);
    assert_int_equal(fix_run(f, "retry", again_text), CLI_OK); /* that is what was asked for */
    assert_state(f, again, "queued");
    assert_int_equal(fix_run(f, "retry", "--all", "--now"), CLI_USAGE);
    free(remedy);
    free(pause_text);
    free(again_text);
}

/* --- cancel and resolve --- */

static void cancel_ends_what_has_not_ended_and_names_what_has(void **state)
{
    struct fixture *f = *state;
    struct store *s = fix_open_store(f);
    struct id queued, dead = add_dead(s, "k1", "no title"), parked = add_parked(s, "k2");
    struct id event = fix_event(s, "k3", "{}", RUN_QUEUED, &queued);
    store_close(s);
    char *queued_text = id_text(queued), *dead_text = id_text(dead), *parked_text = id_text(parked);
    char *event_text = id_text(event);
    assert_int_equal(fix_run(f, "cancel", dead_text, queued_text, parked_text), CLI_NO);
    assert_contains(f->err, dead_text);
    assert_state(f, queued, "cancelled");
    assert_state(f, parked, "cancelled");
    assert_state(f, dead, "dead");
    assert_int_equal(fix_run(f, "cancel", event_text), CLI_NO);
    assert_contains(f->err, "is an event");
    assert_int_equal(fix_run(f, "cancel"), CLI_USAGE);
    free(queued_text);
    free(dead_text);
    free(parked_text);
    free(event_text);
}

static void assert_step(struct fixture *f, struct id id, const char *expected_state,
                        const char *path, const char *text)
{
    json_t *v = show(f, id);
    assert_text_at(v, "state", "queued");
    assert_text_at(v, "steps.0.state", expected_state);
    if (path != NULL) {
        assert_text_at(v, path, text);
    }
    json_decref(v);
}

static void resolve_gives_the_call_the_outcome_that_is_said(void **state)
{
    struct fixture *f = *state;
    struct store *s = fix_open_store(f);
    struct id done = add_parked(s, "k1"), not_done = add_parked(s, "k2"),
              skip = add_parked(s, "k3");
    store_close(s);
    char *done_text = id_text(done), *not_done_text = id_text(not_done), *skip_text = id_text(skip);
    assert_int_equal(
        fix_run(f, "resolve", done_text, "--as", "done", "--output", "{\"task\":{\"id\":\"t1\"}}"),
        CLI_OK);
    assert_contains(f->out, "counts as done");
    assert_step(f, done, "done", "steps.0.output.task.id", "t1");
    assert_int_equal(fix_run(f, "resolve", not_done_text, "--as", "not-done"), CLI_OK);
    assert_step(f, not_done, "waiting", NULL, NULL);
    assert_int_equal(fix_run(f, "resolve", skip_text, "--as", "skip"), CLI_OK);
    assert_step(f, skip, "done", "steps.0.error.kind", "skipped");
    assert_int_equal(fix_run(f, "resolve", skip_text, "--as", "skip"), CLI_NO);
    free(done_text);
    free(not_done_text);
    free(skip_text);
}

static void resolve_refuses_what_makes_no_sense(void **state)
{
    struct fixture *f = *state;
    struct store *s = fix_open_store(f);
    struct id parked = add_parked(s, "k1");
    store_close(s);
    char *text = id_text(parked);
    assert_int_equal(fix_run(f, "resolve", text), CLI_USAGE);
    assert_int_equal(fix_run(f, "resolve", "--as", "done"), CLI_USAGE);
    assert_int_equal(fix_run(f, "resolve", text, text, "--as", "done"), CLI_USAGE);
    assert_int_equal(fix_run(f, "resolve", text, "--as", "perhaps"), CLI_USAGE);
    assert_int_equal(fix_run(f, "resolve", text, "--as", "skip", "--output", "1"), CLI_USAGE);
    assert_int_equal(fix_run(f, "resolve", text, "--as", "done", "--output", "{x"), CLI_USAGE);
    assert_contains(f->err, "--output is no JSON");
    assert_state(f, parked, "parked");
    free(text);
}

/* --- show --- */

static void show_of_a_parked_run_says_what_is_known_and_what_to_do(void **state)
{
    struct fixture *f = *state;
    struct store *s = fix_open_store(f);
    struct id parked = add_parked(s, "k1");
    store_close(s);
    char *id = id_text(parked);
    json_t *v = show(f, parked);
    assert_text_at(v, "unknown.0.step", "order");
    assert_text_at(v, "unknown.0.sent_at", "2025-11-24T16:00:01.000Z");
    assert_int_equal(json_get_int(json_path(v, "unknown.0.input"), "n", 0), 7);
    assert_int_equal(json_array_size(json_object_get(v, "waits")), 0);
    json_decref(v);
    assert_int_equal(fix_run(f, "show", id), CLI_OK);
    char *command = xasprintf("`ladle resolve %s --as not-done`", id);
    assert_contains(f->out, "what to do\n  order was sent and never answered.");
    assert_contains(f->out, command);
    free(command);
    free(id);
}

static void show_of_a_call_that_was_answered_500_says_so(void **state)
{
    struct fixture *f = *state;
    struct store *s = fix_open_store(f);
    struct err why = ERR_INIT;
    (void)err_set(&why, ERR_UNKNOWN,
                  "order was sent, and … is unknown: order was answered 500: oops");
    why.status = 500;
    struct id parked = add_unknown(s, "k1", &why);
    store_close(s);
    char *id = id_text(parked);
    assert_int_equal(fix_run(f, "show", id), CLI_OK);
    assert_contains(f->out,
                    "what to do\n  order was answered 500, which leaves open whether it took "
                    "effect. Look into the service:\n");
    char *command = xasprintf("`ladle resolve %s --as not-done`", id);
    assert_contains(f->out, command);
    assert_contains(f->out, "`on_unknown: again`");
    assert_int_equal(fix_run_wide(f, 80, "dead"), CLI_OK);
    assert_contains(f->out, "answered 500: oops");
    assert_contains(f->out, "`ladle resolve RUN --as done`");
    assert_null(strstr(f->out, "`ladle retry --group N`")); /* would park it again */
    assert_fits(f->out, 80);
    free(command);
    free(id);
}

static void dead_says_what_each_kind_of_group_calls_for(void **state)
{
    struct fixture *f = *state;
    struct store *s = fix_open_store(f);
    struct err why = ERR_INIT;
    (void)err_set(&why, ERR_AUTH, "crm is not connected; run `ladle connect crm`");
    (void)add_unknown(s, "k1", &why);
    store_close(s);
    assert_int_equal(fix_run_wide(f, 80, "dead"), CLI_OK);
    assert_contains(f->out, "auth: `ladle connections` says what the connection needs");
    assert_null(strstr(f->out, "`ladle retry --group N`"));
    s = fix_open_store(f);
    (void)add_dead(s, "k2", "no title");
    store_close(s);
    assert_int_equal(fix_run_wide(f, 80, "dead"), CLI_OK);
    assert_contains(f->out, "`ladle retry --group N`");
    assert_null(strstr(f->out, "`ladle resolve"));
    assert_fits(f->out, 80);
}

static void assert_wait(struct fixture *f, struct id id, const char *what, const char *line)
{
    json_t *v = show(f, id);
    assert_text_at(v, "waits.0.for", what);
    assert_text_at(v, "waits.0.until", "2100-01-01T00:00:00.000Z");
    assert_text_at(v, "steps.0.due_at", "2100-01-01T00:00:00.000Z");
    json_decref(v);
    char *text = id_text(id);
    assert_int_equal(fix_run(f, "show", text), CLI_OK);
    assert_contains(f->out, line);
    free(text);
}

static void show_of_a_waiting_run_says_for_what_and_until_when(void **state)
{
    struct fixture *f = *state;
    struct store *s = fix_open_store(f);
    struct id pause = add_waiting(s, "k1", &(struct wait_spec){ .path = "pause" });
    struct id hope = add_waiting(
        s, "k2",
        &(struct wait_spec){
            .path = "hope", .input = "{\"event\":\"crm.task_created\",\"with\":{\"id\":\"t1\"}}" });
    struct id again = add_waiting(
        s, "k3",
        &(struct wait_spec){ .path = "call",
                             .input = "{\"event\":\"a field of that name\"}",
                             .error = "{\"kind\":\"unavailable\",\"message\":\"503\"}" });
    store_close(s);
    assert_wait(f, pause, "time", "waits\n  pause: for a time, until 2100-01-01T00:00:00.000Z\n");
    assert_wait(f, hope, "event", "  hope: for crm.task_created {\"id\":\"t1\"}, until 2100-");
    assert_wait(f, again, "retry", "  call: for another try, until 2100-");
    assert_contains(f->out, "tries again now");
}

static void show_of_a_dead_run_says_how_it_goes_on(void **state)
{
    struct fixture *f = *state;
    struct store *s = fix_open_store(f);
    struct id dead = add_dead(s, "k1", "no title"), done;
    (void)fix_event(s, "k2", "{}", RUN_DONE, &done);
    store_close(s);
    json_t *v = show(f, dead);
    const char *event_id = json_get_text(v, "event_id");
    char *replay = xasprintf("`ladle replay %s` begins again with the event.", event_id);
    assert_text_at(v, "advice.1", replay);
    free(replay);
    json_decref(v);
    v = show(f, done);
    assert_int_equal(json_array_size(json_object_get(v, "advice")), 0);
    json_decref(v);
}

/* --- backup --- */

static void a_backup_is_a_store_and_overwrites_nothing(void **state)
{
    struct fixture *f = *state;
    struct store *s = fix_open_store(f);
    struct id dead = add_dead(s, "k1", "no title");
    store_close(s);
    char *path = fix_path(f, "copy.db");
    assert_int_equal(fix_run(f, "backup", path, "--json"), CLI_OK);
    json_t *v = fix_line(f, 0);
    assert_true(json_get_bool(v, "ok", false));
    assert_text_at(v, "file", path);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(json_get_int(v, "bytes", 0), st.st_size);
    assert_int_equal(st.st_mode & 0777, 0600);
    json_decref(v);
    assert_int_equal(fix_run(f, "backup", path), CLI_NO);
    assert_contains(f->err, "is there already");
    char *yaml = xasprintf("store: sqlite:%s\n", path);
    fix_write_text(f, "ladle.yaml", yaml);
    assert_state(f, dead, "dead");
    free(yaml);
    free(path);
}

static void a_backup_of_nothing_says_so(void **state)
{
    struct fixture *f = *state;
    char *path = fix_path(f, "copy.db");
    assert_int_equal(fix_run(f, "backup", path), CLI_NO);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(fix_run(f, "backup"), CLI_USAGE);
    free(path);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fix_setup, fix_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(groups_are_numbered_from_the_oldest_whatever_is_listed),
        TEST(every_dead_run_names_its_group),
        TEST(a_cause_keeps_its_number_when_another_comes),
        TEST(retry_of_a_group_leaves_the_others),
        TEST(a_rate_spreads_the_runs_oldest_first_over_batches),
        TEST(retry_refuses_words_that_do_not_fit),
        TEST(retry_of_a_run_that_waits_asks_on_a_terminal),
        TEST(retry_in_a_pipe_skips_a_wait_on_demand_only),
        TEST(cancel_ends_what_has_not_ended_and_names_what_has),
        TEST(resolve_gives_the_call_the_outcome_that_is_said),
        TEST(resolve_refuses_what_makes_no_sense),
        TEST(show_of_a_parked_run_says_what_is_known_and_what_to_do),
        TEST(show_of_a_call_that_was_answered_500_says_so),
        TEST(dead_says_what_each_kind_of_group_calls_for),
        TEST(show_of_a_waiting_run_says_for_what_and_until_when),
        TEST(show_of_a_dead_run_says_how_it_goes_on),
        TEST(a_backup_is_a_store_and_overwrites_nothing),
        TEST(a_backup_of_nothing_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
