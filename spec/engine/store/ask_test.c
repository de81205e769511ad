/* What people ask of runs, as their journals see it: retry, resolve, many at once, a connection
 * that works again. And what the engine tells of runs that need somebody. */
#include "fixture.h"

#include "format/json.h"

struct line {
    const char *path;
    enum journal_state state;
    const char *error;
    int64_t due_us;
    bool fails_run;
};

/* A run that stopped at that step, with these lines in its journal, three attempts each. */
static struct id stopped(struct fixture *f, const char *recipe, enum run_state state,
                         const char *step, const struct line *lines, size_t count)
{
    struct id id = fix_run(f, recipe, NULL, RUN_RUNNING);
    struct run_save *save = fix_save(id, state);
    save->step = fix_copy(step);
    (void)err_set(&save->err, ERR_UNAVAILABLE, "503");
    for (size_t i = 0; i < count; i++) {
        fix_journal(save, lines[i].path, lines[i].state, "{\"in\":1}", NULL);
        save->rows[i].attempts = 3;
        save->rows[i].error = fix_copy(lines[i].error);
        save->rows[i].due_us = lines[i].due_us;
        save->rows[i].fails_run = lines[i].fails_run;
    }
    fix_exec(f, &save->op);
    run_save_free(save);
    return id;
}

static struct run_list *read_run(struct fixture *f, struct id id)
{
    struct run_list *list = run_list_new();
    list->only = id;
    fix_exec(f, &list->op);
    assert_int_equal(list->count, 1);
    return list;
}

/* --- journal rows --- */

static void a_row_that_is_done_stays_done(void **state)
{
    struct fixture *f = *state;
    const enum journal_state later[] = { JOURNAL_STARTED, JOURNAL_FAILED, JOURNAL_WAITING };
    struct id id = fix_run(f, "greet", NULL, RUN_RUNNING);
    struct run_save *save = run_save_new();
    save->id = id;
    fix_journal(save, "a", JOURNAL_DONE, NULL, "{\"n\":1}");
    fix_exec(f, &save->op);
    assert_false(save->was_woken);
    run_save_free(save);
    for (int i = 0; i < 3; i++) {
        save = run_save_new();
        save->id = id;
        fix_journal(save, "a", later[i], NULL, NULL);
        fix_journal(save, "b", later[i], NULL, NULL);
        fix_exec(f, &save->op);
        assert_true(save->was_woken);
        run_save_free(save);
    }
    struct run_list *list = read_run(f, id);
    assert_int_equal(list->journal[0].state, JOURNAL_DONE);
    assert_string_equal(list->journal[0].output, "{\"n\":1}");
    assert_int_equal(list->journal[1].state, JOURNAL_WAITING);
    run_list_free(list);
}

static void a_row_that_begins_again_keeps_the_error_of_the_try_before(void **state)
{
    struct fixture *f = *state;
    const struct line line = { "push", JOURNAL_WAITING, "{\"kind\":\"unavailable\"}", 0, false };
    struct id id = stopped(f, "greet", RUN_WAITING, "push", &line, 1);
    const enum journal_state states[] = { JOURNAL_STARTED, JOURNAL_DONE };
    for (int i = 0; i < 2; i++) {
        struct run_save *save = run_save_new();
        save->id = id;
        fix_journal(save, "push", states[i], NULL, NULL);
        fix_exec(f, &save->op);
        run_save_free(save);
        struct run_list *list = read_run(f, id);
        assert_int_equal(list->journal[0].error != NULL, i == 0);
        run_list_free(list);
    }
}

/* --- retry --- */

static void a_retry_opens_the_failed_step_and_nothing_else(void **state)
{
    struct fixture *f = *state;
    const struct line lines[] = {
        { "first", JOURNAL_FAILED, "{}", 0, false },
        { "group", JOURNAL_FAILED, "{}", 0, false },
        { "group/2/push", JOURNAL_FAILED, "{}", 0, false },
        { "group/2/push/1", JOURNAL_FAILED, "{}", 0, false },
        { "group/2/pushed", JOURNAL_FAILED, "{}", 0, false },
        { "group/1/push", JOURNAL_FAILED, "{}", 0, false },
        { "group/2/push/2", JOURNAL_STARTED, NULL, 0, false },
        { "gro", JOURNAL_FAILED, "{}", 0, false },
    };
    const bool is_open[] = { false, true, true, true, false, false, false, false };
    struct id id = stopped(f, "greet", RUN_DEAD, "group/2/push", lines, 8);
    fix_ask(f, id, RUN_REQUEST_RETRY);
    struct run_list *list = read_run(f, id);
    assert_int_equal(list->journal_count, 8);
    for (int i = 0; i < 8; i++) {
        const struct journal_row *row = &list->journal[i];
        assert_string_equal(row->path, lines[i].path);
        assert_int_equal(row->state, is_open[i] ? JOURNAL_WAITING : lines[i].state);
        assert_int_equal(row->attempts, is_open[i] ? 0 : 3);
        assert_string_equal(row->input, "{\"in\":1}");
    }
    run_list_free(list);
}

static void a_retry_opens_every_branch_that_failed_and_none_that_was_passed_over(void **state)
{
    struct fixture *f = *state;
    const struct line lines[] = {
        { "a", JOURNAL_FAILED, "{}", 0, true },     { "b", JOURNAL_FAILED, "{}", 0, true },
        { "b/1", JOURNAL_FAILED, "{}", 0, false },  { "bb", JOURNAL_FAILED, "{}", 0, false },
        { "bb/1", JOURNAL_FAILED, "{}", 0, false }, { "c", JOURNAL_DONE, NULL, 0, false },
        { "c/1", JOURNAL_FAILED, "{}", 0, false },
    };
    const bool is_open[] = { true, true, true, false, false, false, false };
    struct id id = stopped(f, "greet", RUN_DEAD, "a", lines, 7);
    fix_ask(f, id, RUN_REQUEST_RETRY);
    struct run_list *list = read_run(f, id);
    for (int i = 0; i < 7; i++) {
        const struct journal_row *row = &list->journal[i];
        assert_int_equal(row->state, is_open[i] ? JOURNAL_WAITING : lines[i].state);
    }
    run_list_free(list);
}

static void a_retry_of_a_run_that_is_parked_opens_the_branches_that_failed(void **state)
{
    struct fixture *f = *state;
    const struct line lines[] = {
        { "left", JOURNAL_FAILED, "{}", 0, true },
        { "right", JOURNAL_STARTED, "{}", 0, false },
        { "passed", JOURNAL_FAILED, "{}", 0, false },
    };
    const enum journal_state after[] = { JOURNAL_WAITING, JOURNAL_STARTED, JOURNAL_FAILED };
    const enum run_state states[] = { RUN_PARKED, RUN_WAITING };
    for (int i = 0; i < 2; i++) {
        struct id id = stopped(f, "greet", states[i], "passed", lines, 3);
        fix_ask(f, id, RUN_REQUEST_RETRY);
        struct run_list *list = read_run(f, id);
        for (int k = 0; k < 3; k++) {
            assert_int_equal(list->journal[k].state, after[k]);
        }
        run_list_free(list);
    }
}

static void a_retry_hurries_what_waits_for_a_try_but_no_wait(void **state)
{
    struct fixture *f = *state;
    const struct line lines[] = {
        { "push", JOURNAL_WAITING, "{\"kind\":\"unavailable\"}", fix_now_us + 1000, false },
        { "pause", JOURNAL_WAITING, NULL, fix_now_us + 1000, false },
    };
    struct id id = stopped(f, "greet", RUN_WAITING, "push", lines, 2);
    fix_ask(f, id, RUN_REQUEST_RETRY);
    struct run_list *list = read_run(f, id);
    assert_int_equal(list->journal[0].due_us, 0);
    assert_int_equal(list->journal[0].attempts, 3);
    assert_int_equal(list->journal[1].due_us, fix_now_us + 1000);
    run_list_free(list);
}

static void a_retry_that_skips_waits_ends_the_time_of_all_of_them(void **state)
{
    struct fixture *f = *state;
    const struct line lines[] = {
        { "push", JOURNAL_WAITING, "{\"kind\":\"unavailable\"}", fix_now_us + 1000, false },
        { "pause", JOURNAL_WAITING, NULL, fix_now_us + 1000, false },
        { "over", JOURNAL_DONE, NULL, fix_now_us - 1000, false },
    };
    struct id id = stopped(f, "greet", RUN_WAITING, "push", lines, 3);
    struct run_ask ask;
    run_ask_init(&ask, id, RUN_REQUEST_RETRY);
    ask.skip_waits = true;
    fix_exec(f, &ask.op);
    struct run_list *list = read_run(f, id);
    assert_int_equal(list->rows[0].state, RUN_QUEUED);
    assert_int_equal(list->rows[0].due_us, fix_now_us);
    assert_int_equal(list->journal[0].due_us, 0);
    assert_int_equal(list->journal[1].due_us,
                     fix_now_us); /* over, and not as if it had not begun */
    assert_int_equal(list->journal[2].due_us, fix_now_us - 1000);
    run_list_free(list);
}

static void a_retry_of_a_run_without_a_step_opens_nothing(void **state)
{
    struct fixture *f = *state;
    const struct line line = { "push", JOURNAL_FAILED, "{}", 0, false };
    struct id id = stopped(f, "greet", RUN_DEAD, NULL, &line, 1);
    fix_ask(f, id, RUN_REQUEST_RETRY);
    struct run_list *list = read_run(f, id);
    assert_int_equal(list->rows[0].state, RUN_QUEUED);
    assert_int_equal(list->journal[0].state, JOURNAL_FAILED);
    run_list_free(list);
}

/* --- resolve --- */

static const struct line unknown_lines[] = {
    { "first", JOURNAL_DONE, NULL, 0, false },
    { "other/1", JOURNAL_STARTED, "{\"kind\":\"unknown\"}", 0, false },
    { "push", JOURNAL_WAITING, "{\"kind\":\"unknown\"}", 0, false },
    { "push/1", JOURNAL_STARTED, "{\"kind\":\"unknown\"}", 0, false },
};

static void resolve(struct fixture *f, struct id id, enum resolve_as as, const char *output)
{
    struct run_ask ask;
    run_ask_init(&ask, id, RUN_REQUEST_RESOLVE);
    ask.as = as;
    ask.output = output;
    fix_exec(f, &ask.op);
}

static void an_outcome_is_written_into_the_row_of_the_step(void **state)
{
    struct fixture *f = *state;
    const struct {
        enum resolve_as as;
        const char *given;
        enum journal_state state;
        const char *output, *error;
    } cases[] = {
        { RESOLVE_DONE, NULL, JOURNAL_DONE, "{}", "{\"tries\":[{\"kind\":\"unknown\"," },
        { RESOLVE_DONE, "{\"id\":\"t1\"}", JOURNAL_DONE, "{\"id\":\"t1\"}", "{\"tries\":[" },
        { RESOLVE_NOT_DONE, NULL, JOURNAL_WAITING, NULL, "{\"kind\":\"unknown\"}" },
        { RESOLVE_SKIP, NULL, JOURNAL_DONE, NULL, "{\"kind\":\"skipped\",\"tries\":[" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct id id = stopped(f, "greet", RUN_PARKED, "push", unknown_lines, 4);
        resolve(f, id, cases[i].as, cases[i].given);
        struct run_list *list = read_run(f, id);
        const struct journal_row *row = &list->journal[3];
        assert_int_equal(row->state, cases[i].state);
        assert_int_equal(row->output == NULL, cases[i].output == NULL);
        if (cases[i].output != NULL) {
            assert_string_equal(row->output, cases[i].output);
        }
        assert_ptr_equal(strstr(row->error, cases[i].error), row->error);
        assert_string_equal(row->input, "{\"in\":1}");
        assert_int_equal(list->journal[1].state, JOURNAL_STARTED);
        assert_int_equal(list->rows[0].state, RUN_QUEUED);
        assert_int_equal(list->rows[0].due_us, fix_now_us);
        assert_int_equal(list->rows[0].err.kind, ERR_NONE);
        run_list_free(list);
    }
    assert_int_equal(fix_counts(f).by_state[RUN_PARKED], 0);
    assert_int_equal(fix_counts(f).by_state[RUN_QUEUED], 4);
}

static void without_one_at_the_step_the_earliest_unknown_call_is_resolved(void **state)
{
    struct fixture *f = *state;
    static const char *const steps[] = { NULL, "first" };
    for (int i = 0; i < 2; i++) {
        struct id id = stopped(f, "greet", RUN_PARKED, steps[i], unknown_lines, 4);
        resolve(f, id, RESOLVE_DONE, NULL);
        struct run_list *list = read_run(f, id);
        assert_int_equal(list->journal[1].state, JOURNAL_DONE);
        assert_int_equal(list->journal[3].state, JOURNAL_STARTED);
        run_list_free(list);
    }
}

static void what_cannot_be_resolved_is_refused_and_changes_nothing(void **state)
{
    struct fixture *f = *state;
    struct run_ask ask;
    run_ask_init(&ask, stopped(f, "greet", RUN_WAITING, "push", unknown_lines, 4),
                 RUN_REQUEST_RESOLVE);
    struct err e = fix_exec_error(f, &ask.op);
    assert_int_equal(e.kind, ERR_CONFLICT);
    assert_non_null(strstr(e.message, "waiting"));
    run_ask_init(&ask, stopped(f, "greet", RUN_PARKED, "first", unknown_lines, 1),
                 RUN_REQUEST_RESOLVE);
    e = fix_exec_error(f, &ask.op);
    assert_int_equal(e.kind, ERR_CONFLICT);
    assert_non_null(strstr(e.message, "unknown"));
    assert_int_equal(fix_state(f, ask.id), RUN_PARKED);
    run_ask_init(&ask, stopped(f, "greet", RUN_PARKED, "push", unknown_lines, 4),
                 RUN_REQUEST_RESOLVE);
    ask.output = "{\"id\":";
    assert_int_equal(fix_exec_error(f, &ask.op).kind, ERR_INVALID);
    assert_int_equal(fix_state(f, ask.id), RUN_PARKED);
    run_ask_init(&ask, id_new(), RUN_REQUEST_RESOLVE);
    assert_int_equal(fix_exec_error(f, &ask.op).kind, ERR_NOT_FOUND);
}

/* --- many --- */

static void all_of_a_group_are_retried_in_the_order_of_arrival_at_a_rate(void **state)
{
    struct fixture *f = *state;
    struct id ids[5];
    for (int i = 0; i < 5; i++) {
        ids[i] = stopped(f, "greet", RUN_DEAD, NULL, NULL, 0);
        stopped(f, "mirror", RUN_DEAD, NULL, NULL, 0);
    }
    struct run_ask_many ask;
    run_ask_many_init(&ask);
    ask.recipe = "greet";
    ask.spacing_us = 1000;
    ask.limit = 3;
    fix_exec(f, &ask.op);
    assert_int_equal(ask.count, 3);
    assert_int_equal(ask.next_due_us, fix_now_us + 3000);
    ask.first_due_us = ask.next_due_us;
    fix_exec(f, &ask.op);
    assert_int_equal(ask.count, 2);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(fix_state(f, ids[i]), RUN_QUEUED);
        assert_int_equal(fix_due(f, ids[i]), fix_now_us + i * 1000);
    }
    assert_int_equal(fix_counts(f).by_state[RUN_DEAD], 5);
}

static void many_are_picked_by_state_kind_and_message(void **state)
{
    struct fixture *f = *state;
    const struct run_ask_many picks[] = { { .states = 1U << RUN_PARKED },
                                          { .kind = ERR_TIMEOUT },
                                          { .message = "late" } };
    for (size_t i = 0; i < 3; i++) {
        stopped(f, "greet", RUN_DEAD, NULL, NULL, 0);
        struct id id = fix_run(f, "greet", NULL, RUN_RUNNING);
        struct run_save *save = fix_save(id, i == 0 ? RUN_PARKED : RUN_DEAD);
        (void)err_set(&save->err, ERR_TIMEOUT, "late");
        fix_exec(f, &save->op);
        run_save_free(save);
        struct run_ask_many ask;
        run_ask_many_init(&ask);
        ask.states = picks[i].states;
        ask.kind = picks[i].kind;
        ask.message = picks[i].message;
        fix_exec(f, &ask.op);
        assert_int_equal(ask.count, 1);
        assert_int_equal(fix_state(f, id), RUN_QUEUED);
    }
    assert_int_equal(fix_counts(f).by_state[RUN_DEAD], 3);
}

static void of_many_with_one_key_one_is_due_and_the_others_stand_behind_it(void **state)
{
    struct fixture *f = *state;
    struct id ids[3];
    for (int i = 0; i < 3; i++) {
        ids[i] = fix_run(f, "greet", "k", RUN_RUNNING);
        fix_move(f, ids[i], RUN_DEAD);
    }
    struct run_ask_many ask;
    run_ask_many_init(&ask);
    fix_exec(f, &ask.op);
    assert_int_equal(ask.count, 3);
    assert_int_equal(fix_due(f, ids[0]), fix_now_us);
    assert_true(fix_is_blocked(f, ids[1]));
    assert_true(fix_is_blocked(f, ids[2]));
}

static bool is_backfill(struct fixture *f, struct id id)
{
    struct run_row row = fix_read(f, id);
    bool result = row.is_backfill;
    run_row_fini(&row);
    return result;
}

static void many_that_are_retried_are_backfills_until_they_end_or_are_parked(void **state)
{
    struct fixture *f = *state;
    const enum run_state open[] = { RUN_RUNNING, RUN_WAITING, RUN_QUEUED };
    const enum run_state over[] = { RUN_PARKED, RUN_DONE, RUN_DEAD };
    for (int i = 0; i < 3; i++) {
        struct id id = stopped(f, "greet", RUN_DEAD, NULL, NULL, 0);
        struct run_ask_many ask;
        run_ask_many_init(&ask);
        ask.states = 1u << RUN_DEAD;
        fix_exec(f, &ask.op);
        for (int k = 0; k < 3; k++) {
            assert_true(is_backfill(f, id));
            fix_move(f, id, open[k]);
        }
        assert_true(is_backfill(f, id));
        fix_move(f, id, over[i]);
        assert_false(is_backfill(f, id));
    }
}

static void one_that_is_retried_is_no_backfill(void **state)
{
    struct fixture *f = *state;
    struct id id = stopped(f, "greet", RUN_DEAD, NULL, NULL, 0);
    fix_ask(f, id, RUN_REQUEST_RETRY);
    assert_false(is_backfill(f, id));
}

/* --- a connection that works again --- */

static struct id park_for(struct fixture *f, const char *connection)
{
    struct id id = fix_run(f, "greet", NULL, RUN_RUNNING);
    struct run_save *save = fix_save(id, RUN_PARKED);
    save->parked_for = fix_copy(connection);
    (void)err_set(&save->err, ERR_AUTH, "the refresh token was refused");
    fix_exec(f, &save->op);
    run_save_free(save);
    return id;
}

static int64_t release(struct fixture *f, const char *connection)
{
    struct run_release r;
    run_release_init(&r, connection);
    fix_exec(f, &r.op);
    return r.count;
}

static void runs_parked_for_a_connection_go_on_when_it_works_again(void **state)
{
    struct fixture *f = *state;
    struct id first = park_for(f, "crm");
    struct id other = park_for(f, "shop");
    struct id person = park_for(f, NULL);
    struct id second = park_for(f, "crm");
    assert_int_equal(release(f, "crm"), 2);
    assert_int_equal(fix_state(f, other), RUN_PARKED);
    assert_int_equal(fix_state(f, person), RUN_PARKED);
    struct run_claim *claim = run_claim_new(10, fix_now_us);
    fix_exec(f, &claim->op);
    assert_int_equal(claim->count, 2);
    assert_id_equal(claim->runs[0].run.id, first);
    assert_id_equal(claim->runs[1].run.id, second);
    assert_int_equal(claim->runs[0].run.err.kind, ERR_NONE);
    run_claim_free(claim);
    assert_int_equal(fix_counts(f).by_state[RUN_PARKED], 2);
}

static void a_run_that_a_person_took_up_is_not_released_later(void **state)
{
    struct fixture *f = *state;
    struct id id = park_for(f, "crm");
    fix_ask(f, id, RUN_REQUEST_RETRY);
    fix_move(f, id, RUN_PARKED);
    assert_int_equal(release(f, "crm"), 0);
    assert_int_equal(fix_state(f, id), RUN_PARKED);
}

/* --- what the engine tells --- */

static struct event_list *unrouted(struct fixture *f)
{
    struct event_list *list = event_list_new();
    list->only_unrouted = true;
    list->with_payload = true;
    fix_exec(f, &list->op);
    return list;
}

static json_t *payload_of(const struct event_row *row)
{
    json_t *payload = json_parse(row->payload, row->payload_len, NULL);
    assert_non_null(payload);
    return payload;
}

static void a_dead_or_parked_run_is_told_of_in_an_event(void **state)
{
    struct fixture *f = *state;
    const enum run_state states[] = { RUN_DEAD, RUN_PARKED };
    static const char *const types[] = { "run_dead", "run_parked" };
    for (int i = 0; i < 2; i++) {
        struct id id = fix_run(f, "greet", NULL, RUN_RUNNING);
        struct run_save *save = fix_save(id, states[i]);
        save->step = xstrdup("push");
        (void)err_set(&save->err, ERR_FORBIDDEN, "scope contacts.write is missing");
        save->err.status = 403;
        fix_exec(f, &save->op);
        assert_true(save->has_emitted);
        run_save_free(save);
        struct event_list *list = unrouted(f);
        assert_int_equal(list->count, i + 1);
        const struct event_row *row = &list->rows[i];
        assert_string_equal(row->connection, "ladle");
        assert_string_equal(row->type, types[i]);
        char text[ID_TEXT + 1];
        id_format(&id, text);
        json_t *payload = payload_of(row);
        assert_string_equal(json_path_text(payload, "run.id"), text);
        assert_string_equal(json_path_text(payload, "run.recipe"), "greet");
        assert_string_equal(json_path_text(payload, "run.step"), "push");
        assert_string_equal(json_path_text(payload, "run.state"), run_state_name(states[i]));
        assert_string_equal(json_path_text(payload, "run.error.kind"), "forbidden");
        assert_int_equal(json_integer_value(json_path(payload, "run.error.status")), 403);
        assert_string_equal(json_path_text(payload, "event.connection"), "crm");
        assert_string_equal(json_path_text(payload, "event.type"), "contact_created");
        json_decref(payload);
        event_list_free(list);
    }
}

static void a_run_that_dies_of_an_event_of_the_engine_is_not_told_of(void **state)
{
    struct fixture *f = *state;
    json_t *nothing = json_object();
    struct event_put *put = event_emit_new("breaker_open", "crm:1", nothing);
    put->event.is_routed = true;
    struct id run = fix_seed(put, "tell", NULL, RUN_RUNNING)->id;
    fix_seed(put, "tell-too", NULL, RUN_DEAD);
    fix_exec(f, &put->op);
    event_put_free(put);
    json_decref(nothing);
    struct run_save *save = fix_save(run, RUN_DEAD);
    fix_exec(f, &save->op);
    assert_false(save->has_emitted);
    run_save_free(save);
    assert_int_equal(fix_counts(f).unrouted, 0);
}

static void a_run_that_is_made_dead_is_told_of_too(void **state)
{
    struct fixture *f = *state;
    struct event_put *put = fix_event(NULL);
    struct run_seed *seed = fix_seed(put, "greet", NULL, RUN_DEAD);
    (void)err_set(&seed->err, ERR_SCRIPT, "key: attempt to index nil");
    fix_exec(f, &put->op);
    event_put_free(put);
    struct event_list *list = unrouted(f);
    assert_int_equal(list->count, 1);
    assert_string_equal(list->rows[0].type, "run_dead");
    event_list_free(list);
}

static void each_time_that_a_run_dies_is_told_of_once(void **state)
{
    struct fixture *f = *state;
    struct id id = fix_run(f, "greet", NULL, RUN_RUNNING);
    for (int attempts = 1; attempts <= 3; attempts++) {
        struct run_save *save = fix_save(id, RUN_DEAD);
        save->attempts = attempts;
        fix_exec(f, &save->op);
        run_save_free(save);
        fix_ask(f, id, RUN_REQUEST_RETRY);
    }
    assert_int_equal(fix_counts(f).unrouted, 3);
    assert_int_equal(fix_counts(f).duplicates, 0);
}

static void ends_that_need_nobody_are_not_told_of(void **state)
{
    struct fixture *f = *state;
    const enum run_state quiet[] = { RUN_DONE, RUN_SKIPPED, RUN_CANCELLED, RUN_WAITING };
    for (int i = 0; i < 4; i++) {
        fix_move(f, fix_run(f, "greet", NULL, RUN_RUNNING), quiet[i]);
    }
    assert_int_equal(fix_counts(f).unrouted, 0);
}

static void an_event_of_the_engine_with_a_key_that_is_taken_is_no_error(void **state)
{
    struct fixture *f = *state;
    json_t *payload = json_object();
    for (int i = 0; i < 2; i++) {
        struct event_put *put = event_emit_new("breaker_open", "crm:1", payload);
        fix_exec(f, &put->op);
        assert_int_equal(put->is_duplicate, i == 1);
        event_put_free(put);
    }
    json_decref(payload);
    assert_int_equal(fix_counts(f).unrouted, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fix_setup, fix_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_row_that_is_done_stays_done),
        TEST(a_row_that_begins_again_keeps_the_error_of_the_try_before),
        TEST(a_retry_opens_the_failed_step_and_nothing_else),
        TEST(a_retry_opens_every_branch_that_failed_and_none_that_was_passed_over),
        TEST(a_retry_of_a_run_that_is_parked_opens_the_branches_that_failed),
        TEST(a_retry_hurries_what_waits_for_a_try_but_no_wait),
        TEST(a_retry_that_skips_waits_ends_the_time_of_all_of_them),
        TEST(a_retry_of_a_run_without_a_step_opens_nothing),
        TEST(an_outcome_is_written_into_the_row_of_the_step),
        TEST(without_one_at_the_step_the_earliest_unknown_call_is_resolved),
        TEST(what_cannot_be_resolved_is_refused_and_changes_nothing),
        TEST(all_of_a_group_are_retried_in_the_order_of_arrival_at_a_rate),
        TEST(many_are_picked_by_state_kind_and_message),
        TEST(of_many_with_one_key_one_is_due_and_the_others_stand_behind_it),
        TEST(many_that_are_retried_are_backfills_until_they_end_or_are_parked),
        TEST(one_that_is_retried_is_no_backfill),
        TEST(runs_parked_for_a_connection_go_on_when_it_works_again),
        TEST(a_run_that_a_person_took_up_is_not_released_later),
        TEST(a_dead_or_parked_run_is_told_of_in_an_event),
        TEST(a_run_that_dies_of_an_event_of_the_engine_is_not_told_of),
        TEST(a_run_that_is_made_dead_is_told_of_too),
        TEST(each_time_that_a_run_dies_is_told_of_once),
        TEST(ends_that_need_nobody_are_not_told_of),
        TEST(an_event_of_the_engine_with_a_key_that_is_taken_is_no_error),
    };
    return cmocka_run_group_tests_name("store/ask", tests, NULL, NULL);
}
