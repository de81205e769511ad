/* Runs: keys and their order, claims, saves, what people ask for, lists; and a random walk that
 * checks the promises. */
#include "fixture.h"

/* --- keys --- */

static void the_first_run_of_a_key_is_active_and_later_ones_are_blocked(void **state)
{
    struct fixture *f = *state;
    struct event_put *p = fix_event(NULL);
    fix_seed(p, "greet", "k", RUN_RUNNING);
    fix_exec(f, &p->op);
    assert_false(p->runs[0].is_blocked);
    assert_int_equal(fix_state(f, p->runs[0].id), RUN_RUNNING);
    event_put_free(p);
    p = fix_event(NULL);
    fix_seed(p, "greet", "k", RUN_RUNNING);
    fix_exec(f, &p->op);
    assert_true(p->runs[0].is_blocked);
    assert_true(fix_is_blocked(f, p->runs[0].id));
    event_put_free(p);
}

static void a_run_that_its_maker_begins_at_once_has_one_attempt(void **state)
{
    struct fixture *f = *state;
    struct run_row row = fix_read(f, fix_run(f, "greet", NULL, RUN_RUNNING));
    assert_int_equal(row.attempts, 1);
    run_row_fini(&row);
    row = fix_read(f, fix_run(f, "greet", NULL, RUN_QUEUED));
    assert_int_equal(row.attempts, 0);
    run_row_fini(&row);
}

static void another_key_or_recipe_is_not_blocked(void **state)
{
    struct fixture *f = *state;
    fix_run(f, "greet", "k", RUN_QUEUED);
    assert_false(fix_is_blocked(f, fix_run(f, "greet", "other", RUN_QUEUED)));
    assert_false(fix_is_blocked(f, fix_run(f, "mirror", "k", RUN_QUEUED)));
    assert_false(fix_is_blocked(f, fix_run(f, "greet", NULL, RUN_QUEUED)));
}

static void a_run_that_is_made_ended_neither_blocks_nor_is_blocked(void **state)
{
    struct fixture *f = *state;
    fix_run(f, "greet", "k", RUN_SKIPPED);
    struct id a = fix_run(f, "greet", "k", RUN_QUEUED);
    assert_false(fix_is_blocked(f, a));
    assert_int_equal(fix_state(f, fix_run(f, "greet", "k", RUN_SKIPPED)), RUN_SKIPPED);
}

static void each_end_lets_the_earliest_blocked_run_go(void **state)
{
    struct fixture *f = *state;
    const enum run_state ends[] = { RUN_DONE, RUN_DEAD, RUN_CANCELLED, RUN_SKIPPED };
    struct id ids[5];
    for (int i = 0; i < 5; i++) {
        ids[i] = fix_run(f, "greet", "k", RUN_QUEUED);
    }
    for (int i = 0; i < 4; i++) {
        fix_now_us += 1000;
        struct id released = fix_move(f, ids[i], ends[i]);
        assert_id_equal(released, ids[i + 1]);
        assert_int_equal(fix_state(f, ids[i + 1]), RUN_QUEUED);
        assert_int_equal(fix_due(f, ids[i + 1]), fix_now_us);
    }
    struct id none = fix_move(f, ids[4], RUN_DONE);
    assert_true(id_is_zero(&none));
}

static void a_run_that_waits_or_is_parked_keeps_its_key(void **state)
{
    struct fixture *f = *state;
    struct id a = fix_run(f, "greet", "k", RUN_RUNNING);
    struct id b = fix_run(f, "greet", "k", RUN_QUEUED);
    fix_move(f, a, RUN_WAITING);
    assert_true(fix_is_blocked(f, b));
    fix_move(f, a, RUN_PARKED);
    assert_true(fix_is_blocked(f, b));
}

static void cancelling_a_blocked_run_lets_nobody_go(void **state)
{
    struct fixture *f = *state;
    fix_run(f, "greet", "k", RUN_RUNNING);
    struct id b = fix_run(f, "greet", "k", RUN_QUEUED);
    struct id c = fix_run(f, "greet", "k", RUN_QUEUED);
    fix_ask(f, b, RUN_REQUEST_CANCEL);
    assert_int_equal(fix_state(f, b), RUN_CANCELLED);
    assert_true(fix_is_blocked(f, c));
}

static void cancelling_the_active_run_lets_the_next_go(void **state)
{
    struct fixture *f = *state;
    struct id a = fix_run(f, "greet", "k", RUN_WAITING);
    struct id b = fix_run(f, "greet", "k", RUN_QUEUED);
    fix_ask(f, a, RUN_REQUEST_CANCEL);
    assert_int_equal(fix_due(f, b), fix_now_us);
}

static void a_dead_run_that_is_retried_waits_behind_the_active_one_and_goes_next(void **state)
{
    struct fixture *f = *state;
    struct id dead = fix_run(f, "greet", "k", RUN_RUNNING);
    struct id b = fix_run(f, "greet", "k", RUN_QUEUED);
    fix_run(f, "greet", "k", RUN_QUEUED);
    fix_move(f, dead, RUN_DEAD);
    fix_ask(f, dead, RUN_REQUEST_RETRY);
    assert_true(fix_is_blocked(f, dead));
    assert_id_equal(fix_move(f, b, RUN_DONE), dead);
}

/* --- claims --- */

static struct run_claim *claim(struct fixture *f, int limit)
{
    struct run_claim *c = run_claim_new(limit, fix_now_us);
    fix_exec(f, &c->op);
    return c;
}

static struct id queue_at(struct fixture *f, int64_t due_us)
{
    struct event_put *p = fix_event(NULL);
    struct run_seed *seed = fix_seed(p, "greet", NULL, RUN_QUEUED);
    seed->due_us = due_us;
    struct id id = seed->id;
    fix_exec(f, &p->op);
    event_put_free(p);
    return id;
}

static void a_claim_takes_what_is_due_oldest_due_first(void **state)
{
    struct fixture *f = *state;
    struct id late = queue_at(f, fix_now_us);
    struct id early = queue_at(f, fix_now_us - 5);
    struct id future = queue_at(f, fix_now_us + 7);
    struct run_claim *c = claim(f, 10);
    assert_int_equal(c->count, 2);
    assert_id_equal(c->runs[0].run.id, early);
    assert_id_equal(c->runs[1].run.id, late);
    assert_int_equal(c->runs[0].run.state, RUN_RUNNING);
    assert_int_equal(c->runs[0].run.attempts, 1);
    assert_int_equal(c->next_due_us, fix_now_us + 7);
    struct run_row row = fix_read(f, late);
    assert_int_equal(row.attempts, 1);
    assert_int_equal(row.due_us, 0);
    run_row_fini(&row);
    assert_int_equal(fix_state(f, late), RUN_RUNNING);
    assert_int_equal(fix_state(f, future), RUN_QUEUED);
    run_claim_free(c);
    c = claim(f, 10);
    assert_int_equal(c->count, 0);
    run_claim_free(c);
}

static void a_claim_keeps_to_its_limit_and_says_that_more_is_due(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 3; i++) {
        queue_at(f, fix_now_us - 10 + i);
    }
    struct run_claim *c = claim(f, 2);
    assert_int_equal(c->count, 2);
    assert_int_equal(c->next_due_us, fix_now_us - 8);
    run_claim_free(c);
}

static void a_claim_brings_the_event_and_the_journal(void **state)
{
    struct fixture *f = *state;
    struct id id = fix_run(f, "greet", "k", RUN_RUNNING);
    struct run_save *save = fix_save(id, RUN_WAITING);
    save->step = xstrdup("second");
    save->due_us = fix_now_us;
    fix_journal(save, "first", JOURNAL_DONE, NULL, "{\"a\":1}");
    fix_journal(save, "second", JOURNAL_FAILED, "{\"b\":2}", NULL);
    fix_exec(f, &save->op);
    run_save_free(save);
    struct run_claim *c = claim(f, 10);
    assert_int_equal(c->count, 1);
    const struct run_load *load = &c->runs[0];
    assert_string_equal(load->run.recipe, "greet");
    assert_string_equal(load->run.version, "v1");
    assert_string_equal(load->run.key, "k");
    assert_string_equal(load->run.step, "second");
    assert_int_equal(load->run.attempts, 2);
    assert_string_equal(load->connection, "crm");
    assert_string_equal(load->type, "contact_created");
    assert_string_equal(load->headers, "{\"x-id\":\"1\"}");
    assert_string_equal(load->payload, "{\"id\":\"c1\"}");
    assert_int_equal(load->payload_len, 11);
    assert_int_equal(load->received_us, fix_now_us);
    assert_int_equal(load->row_count, 2);
    assert_string_equal(load->rows[0].path, "first");
    assert_string_equal(load->rows[0].output, "{\"a\":1}");
    assert_null(load->rows[0].input);
    assert_int_equal(load->rows[1].state, JOURNAL_FAILED);
    assert_string_equal(load->rows[1].input, "{\"b\":2}");
    assert_int_equal(c->next_due_us, 0);
    run_claim_free(c);
}

static void a_claim_leaves_what_is_running_parked_blocked_or_ended(void **state)
{
    struct fixture *f = *state;
    fix_run(f, "greet", "k", RUN_RUNNING);
    fix_run(f, "greet", "k", RUN_QUEUED);
    fix_run(f, "greet", NULL, RUN_DONE);
    fix_move(f, fix_run(f, "greet", NULL, RUN_RUNNING), RUN_PARKED);
    fix_now_us += INT64_C(1000000000000);
    struct run_claim *c = claim(f, 10);
    assert_int_equal(c->count, 0);
    assert_int_equal(c->next_due_us, 0);
    run_claim_free(c);
}

static void what_was_running_in_a_crash_is_queued_again(void **state)
{
    struct fixture *f = *state;
    struct id a = fix_run(f, "greet", "k", RUN_RUNNING);
    struct id b = fix_run(f, "greet", "k", RUN_QUEUED);
    struct id c = queue_at(f, fix_now_us);
    run_claim_free(claim(f, 10));
    struct id waiting = fix_run(f, "greet", NULL, RUN_WAITING);
    struct run_recover r;
    run_recover_init(&r);
    fix_exec(f, &r.op);
    assert_int_equal(r.count, 2);
    assert_int_equal(fix_state(f, a), RUN_QUEUED);
    assert_int_equal(fix_due(f, a), fix_now_us);
    assert_int_equal(fix_state(f, c), RUN_QUEUED);
    assert_true(fix_is_blocked(f, b));
    assert_int_equal(fix_state(f, waiting), RUN_WAITING);
    assert_int_equal(fix_counts(f).by_state[RUN_RUNNING], 0);
}

/* --- saves --- */

static struct run_list *read_journal(struct fixture *f, struct id id)
{
    struct run_list *list = run_list_new();
    list->only = id;
    fix_exec(f, &list->op);
    return list;
}

static void a_later_row_of_a_path_replaces_it_but_keeps_its_beginning(void **state)
{
    struct fixture *f = *state;
    struct id id = fix_run(f, "greet", NULL, RUN_RUNNING);
    struct run_save *save = run_save_new();
    save->id = id;
    fix_journal(save, "z", JOURNAL_STARTED, "{\"in\":1}", NULL);
    fix_journal(save, "a", JOURNAL_STARTED, NULL, NULL);
    fix_exec(f, &save->op);
    run_save_free(save);
    int64_t begun_us = fix_now_us;
    fix_now_us += 1000;
    save = run_save_new();
    save->id = id;
    fix_journal(save, "z", JOURNAL_DONE, NULL, "{\"out\":2}");
    save->rows[0].attempts = 3;
    save->rows[0].ended_us = fix_now_us;
    fix_exec(f, &save->op);
    run_save_free(save);

    struct run_list *list = read_journal(f, id);
    assert_int_equal(list->journal_count, 2);
    assert_string_equal(list->journal[0].path, "z");
    assert_string_equal(list->journal[1].path, "a");
    assert_int_equal(list->journal[0].state, JOURNAL_DONE);
    assert_int_equal(list->journal[0].attempts, 3);
    assert_int_equal(list->journal[0].started_us, begun_us);
    assert_int_equal(list->journal[0].ended_us, fix_now_us);
    assert_string_equal(list->journal[0].input, "{\"in\":1}");
    assert_string_equal(list->journal[0].output, "{\"out\":2}");
    assert_int_equal(list->rows[0].state, RUN_RUNNING);
    run_list_free(list);
}

static void an_error_comes_back_as_it_was_saved(void **state)
{
    struct fixture *f = *state;
    struct id id = fix_run(f, "greet", NULL, RUN_RUNNING);
    struct run_save *save = fix_save(id, RUN_DEAD);
    (void)err_set(&save->err, ERR_DUPLICATE, "the contact is there already");
    save->err.status = 400;
    save->err.retry_at_us = 12345;
    snprintf(save->err.detail, sizeof save->err.detail, "c1");
    fix_exec(f, &save->op);
    struct run_row row = fix_read(f, id);
    assert_int_equal(row.err.kind, ERR_DUPLICATE);
    assert_int_equal(row.err.status, 400);
    assert_int_equal(row.err.retry_at_us, 12345);
    assert_string_equal(row.err.message, "the contact is there already");
    assert_string_equal(row.err.detail, "c1");
    run_row_fini(&row);
    run_save_free(save);
}

/* With a key its end lets others go, which is another way to write the same. */
static void a_run_that_is_done_keeps_nothing_of_what_held_it_up(void **state)
{
    struct fixture *f = *state;
    const char *const keys[] = { NULL, "ada" };
    for (int i = 0; i < 2; i++) {
        struct id id = fix_run(f, "greet", keys[i], RUN_RUNNING);
        struct run_save *save = fix_save(id, RUN_WAITING);
        (void)err_set(&save->err, ERR_UNAVAILABLE, "the service is down");
        save->step = xstrdup("tell");
        save->due_us = fix_now_us;
        fix_exec(f, &save->op);
        run_save_free(save);
        run_claim_free(claim(f, 1));
        fix_move(f, id, RUN_DONE);
        struct run_row row = fix_read(f, id);
        assert_int_equal(row.state, RUN_DONE);
        assert_int_equal(row.err.kind, ERR_NONE);
        assert_string_equal(row.err.message, "");
        assert_null(row.step);
        assert_int_equal(row.due_us, 0);
        run_row_fini(&row);
    }
}

static void a_run_that_has_ended_takes_no_further_state_and_no_journal(void **state)
{
    struct fixture *f = *state;
    struct id id = fix_run(f, "greet", NULL, RUN_RUNNING);
    fix_move(f, id, RUN_DONE);
    struct run_save *save = fix_save(id, RUN_DEAD);
    fix_journal(save, "late", JOURNAL_DONE, NULL, NULL);
    struct err e = fix_exec_error(f, &save->op);
    assert_int_equal(e.kind, ERR_CONFLICT);
    assert_non_null(strstr(e.message, "done"));
    run_save_free(save);
    struct run_list *list = read_journal(f, id);
    assert_int_equal(list->rows[0].state, RUN_DONE);
    assert_int_equal(list->journal_count, 0);
    run_list_free(list);
}

static void saving_a_run_that_is_not_there_says_so(void **state)
{
    struct fixture *f = *state;
    struct run_save *save = fix_save(id_new(), RUN_DONE);
    assert_int_equal(fix_exec_error(f, &save->op).kind, ERR_NOT_FOUND);
    run_save_free(save);
}

static void a_run_cancelled_meanwhile_keeps_that_state_but_takes_its_journal(void **state)
{
    struct fixture *f = *state;
    struct id a = fix_run(f, "greet", "k", RUN_RUNNING);
    struct id b = fix_run(f, "greet", "k", RUN_QUEUED);
    struct id c = fix_run(f, "greet", "k", RUN_QUEUED);
    fix_ask(f, a, RUN_REQUEST_CANCEL);
    assert_false(fix_is_blocked(f, b));
    struct run_save *save = fix_save(a, RUN_DONE);
    fix_journal(save, "follow_up/1", JOURNAL_DONE, NULL, "{}");
    fix_exec(f, &save->op);
    assert_true(save->was_cancelled);
    assert_true(id_is_zero(&save->released));
    run_save_free(save);
    struct run_list *list = read_journal(f, a);
    assert_int_equal(list->rows[0].state, RUN_CANCELLED);
    assert_int_equal(list->journal_count, 1);
    run_list_free(list);
    assert_true(fix_is_blocked(f, c));
}

static void a_journal_row_tells_already_that_its_run_was_cancelled(void **state)
{
    struct fixture *f = *state;
    struct id id = fix_run(f, "greet", NULL, RUN_RUNNING);
    struct run_save *save = run_save_new();
    save->id = id;
    fix_journal(save, "follow_up/1", JOURNAL_STARTED, NULL, NULL);
    fix_exec(f, &save->op);
    assert_false(save->was_cancelled);
    fix_ask(f, id, RUN_REQUEST_CANCEL);
    fix_exec(f, &save->op);
    assert_true(save->was_cancelled);
    run_save_free(save);
}

/* --- what people ask for --- */

static void a_retry_makes_dead_parked_and_waiting_runs_due_now(void **state)
{
    struct fixture *f = *state;
    const enum run_state from[] = { RUN_DEAD, RUN_PARKED, RUN_WAITING };
    for (int i = 0; i < 3; i++) {
        struct id id = fix_run(f, "greet", NULL, RUN_RUNNING);
        struct run_save *save = fix_save(id, from[i]);
        save->due_us = fix_now_us + 1000000;
        (void)err_set(&save->err, ERR_UNAVAILABLE, "503");
        fix_exec(f, &save->op);
        run_save_free(save);
        fix_ask(f, id, RUN_REQUEST_RETRY);
        struct run_row row = fix_read(f, id);
        assert_int_equal(row.state, RUN_QUEUED);
        assert_int_equal(row.due_us, fix_now_us);
        assert_int_equal(row.err.kind, ERR_NONE);
        assert_string_equal(row.version, "v1");
        run_row_fini(&row);
    }
}

static void a_retry_with_the_newest_recipe_drops_the_version(void **state)
{
    struct fixture *f = *state;
    struct id id = fix_run(f, "greet", NULL, RUN_DEAD);
    struct run_ask ask;
    run_ask_init(&ask, id, RUN_REQUEST_RETRY);
    ask.take_newest = true;
    fix_exec(f, &ask.op);
    struct run_row row = fix_read(f, id);
    assert_null(row.version);
    run_row_fini(&row);
}

static void what_cannot_be_asked_names_the_state(void **state)
{
    struct fixture *f = *state;
    const struct {
        enum run_state state;
        enum run_request what;
        const char *says;
    } cases[] = {
        { RUN_DONE, RUN_REQUEST_RETRY, "done" },
        { RUN_RUNNING, RUN_REQUEST_RETRY, "running" },
        { RUN_QUEUED, RUN_REQUEST_RETRY, "queued" },
        { RUN_CANCELLED, RUN_REQUEST_CANCEL, "cancelled" },
        { RUN_DEAD, RUN_REQUEST_CANCEL, "dead" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct run_ask ask;
        run_ask_init(&ask, fix_run(f, "greet", NULL, cases[i].state), cases[i].what);
        struct err e = fix_exec_error(f, &ask.op);
        assert_int_equal(e.kind, ERR_CONFLICT);
        assert_non_null(strstr(e.message, cases[i].says));
    }
    struct run_ask ask;
    run_ask_init(&ask, id_new(), RUN_REQUEST_CANCEL);
    assert_int_equal(fix_exec_error(f, &ask.op).kind, ERR_NOT_FOUND);
}

/* --- lists --- */

static size_t count_list(struct fixture *f, struct run_list *list)
{
    fix_exec(f, &list->op);
    size_t count = list->count;
    for (size_t i = 1; i < count; i++) {
        assert_true(id_cmp(&list->rows[i - 1].id, &list->rows[i].id) > 0);
    }
    run_list_free(list);
    return count;
}

static size_t count_states(struct fixture *f, unsigned states)
{
    struct run_list *list = run_list_new();
    list->states = states;
    return count_list(f, list);
}

static void a_list_is_picked_by_state(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < RUN_STATE_COUNT; i++) {
        for (int n = 0; n <= i; n++) {
            fix_run(f, "greet", NULL, (enum run_state)i);
        }
    }
    assert_int_equal(count_states(f, 0), 36);
    for (int i = 0; i < RUN_STATE_COUNT; i++) {
        assert_int_equal(count_states(f, 1U << i), i + 1);
    }
    assert_int_equal(count_states(f, 1U << RUN_PARKED | 1U << RUN_DEAD), 4 + 6);
    assert_int_equal(count_states(f, 1U << RUN_QUEUED | 1U << RUN_WAITING), 1 + 3);
    assert_int_equal(count_states(f, 1U << RUN_QUEUED | 1U << RUN_DONE), 1 + 5);
}

static void a_list_is_picked_by_recipe_event_and_page(void **state)
{
    struct fixture *f = *state;
    struct event_put *p = fix_event(NULL);
    fix_seed(p, "greet", NULL, RUN_QUEUED);
    fix_seed(p, "mirror", NULL, RUN_DEAD);
    fix_exec(f, &p->op);
    struct id later = fix_run(f, "greet", NULL, RUN_DEAD);
    struct run_list *list = run_list_new();
    list->recipe = "greet";
    assert_int_equal(count_list(f, list), 2);
    list = run_list_new();
    list->event_id = p->event.id;
    assert_int_equal(count_list(f, list), 2);
    list = run_list_new();
    list->event_id = p->event.id;
    list->states = 1U << RUN_DEAD;
    assert_int_equal(count_list(f, list), 1);
    list = run_list_new();
    list->states = 1U << RUN_DEAD;
    list->before = later;
    assert_int_equal(count_list(f, list), 1);
    list = run_list_new();
    list->before = later;
    list->limit = 1;
    assert_int_equal(count_list(f, list), 1);
    event_put_free(p);
}

static void a_run_that_is_not_there_is_an_empty_list(void **state)
{
    struct fixture *f = *state;
    struct run_list *list = run_list_new();
    list->only = id_new();
    assert_int_equal(count_list(f, list), 0);
}

/* --- versions --- */

static void a_version_is_kept_as_it_was_first_written(void **state)
{
    struct fixture *f = *state;
    struct version_put put;
    version_put_init(&put);
    put.hash = "h1";
    put.recipe = "greet";
    put.bundle = "{\"plan\":1}";
    put.bundle_len = 10;
    fix_exec(f, &put.op);
    put.bundle = "{\"plan\":2}";
    fix_exec(f, &put.op);
    struct version_get get;
    version_get_init(&get);
    get.hash = "h1";
    fix_exec(f, &get.op);
    assert_int_equal(get.bundle_len, 10);
    assert_memory_equal(get.bundle, "{\"plan\":1}", 10);
    free(get.bundle);
    version_get_init(&get);
    get.hash = "h2";
    assert_int_equal(fix_exec_error(f, &get.op).kind, ERR_NOT_FOUND);
}

/* --- promises --- */

enum { WALK_RUNS = 200, WALK_STEPS = 1500, WALK_KEYS = 3 };

static void walk_add(struct fixture *f, struct id *ids, int *count)
{
    static const char *const keys[WALK_KEYS] = { "a", "b", NULL };
    if (*count < WALK_RUNS) {
        enum run_state s = (enum run_state)(fix_random() % RUN_STATE_COUNT);
        ids[(*count)++] = fix_run(f, "greet", keys[fix_random() % WALK_KEYS], s);
    }
}

/* What is refused is refused; the promises must hold all the same. */
static void walk_step(struct fixture *f, struct id *ids, int *count)
{
    struct id id = ids[fix_random() % (uint64_t)*count];
    struct run_ask ask;
    struct run_save *save;
    struct run_recover recover;
    switch (fix_random() % 8) {
    case 0:
        run_ask_init(&ask, id, RUN_REQUEST_RETRY);
        (void)store_exec(f->store, &ask.op, NULL);
        break;
    case 1:
        run_ask_init(&ask, id, RUN_REQUEST_CANCEL);
        (void)store_exec(f->store, &ask.op, NULL);
        break;
    case 2:
        run_claim_free(claim(f, 3));
        break;
    case 3:
        run_recover_init(&recover);
        fix_exec(f, &recover.op);
        break;
    case 4:
    case 5:
        walk_add(f, ids, count);
        break;
    default:
        save = fix_save(id, (enum run_state)(fix_random() % RUN_STATE_COUNT));
        save->due_us = fix_now_us;
        (void)store_exec(f->store, &save->op, NULL);
        run_save_free(save);
    }
}

static void check_promises(const struct fixture *f)
{
    assert_int_equal(fix_number(f,
                                "select count(*) from (select 1 from run where order_key is not"
                                " null and state < 4 and due_us < 9223372036854775807"
                                " group by recipe, order_key having count(*) > 1)"),
                     0);
    assert_int_equal(fix_number(f,
                                "select count(*) from run b where b.state < 4 and b.due_us ="
                                " 9223372036854775807 and not exists (select 1 from run a where"
                                " a.recipe = b.recipe and a.order_key = b.order_key and a.state"
                                " < 4 and a.due_us < 9223372036854775807)"),
                     0);
    assert_int_equal(fix_number(f,
                                "select count(*) from run where due_us = 9223372036854775807"
                                " and (state <> 0 or order_key is null)"),
                     0);
    assert_int_equal(fix_number(f,
                                "select count(*) from run where (due_us = 9223372036854775806)"
                                " <> (state = 1)"),
                     0);
    assert_int_equal(fix_number(f,
                                "select count(*) from counter where id < 8 and n <> (select"
                                " count(*) from run where state = counter.id)"),
                     0);
}

static void whatever_happens_one_run_of_a_key_is_active_and_the_counts_are_right(void **state)
{
    struct fixture *f = *state;
    struct id ids[WALK_RUNS];
    int count = 0;
    walk_add(f, ids, &count);
    for (int i = 0; i < WALK_STEPS; i++) {
        fix_now_us += 1000;
        walk_step(f, ids, &count);
        if (i % 10 == 0) {
            check_promises(f);
        }
    }
    check_promises(f);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fix_setup, fix_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_first_run_of_a_key_is_active_and_later_ones_are_blocked),
        TEST(a_run_that_its_maker_begins_at_once_has_one_attempt),
        TEST(another_key_or_recipe_is_not_blocked),
        TEST(a_run_that_is_made_ended_neither_blocks_nor_is_blocked),
        TEST(each_end_lets_the_earliest_blocked_run_go),
        TEST(a_run_that_waits_or_is_parked_keeps_its_key),
        TEST(cancelling_a_blocked_run_lets_nobody_go),
        TEST(cancelling_the_active_run_lets_the_next_go),
        TEST(a_dead_run_that_is_retried_waits_behind_the_active_one_and_goes_next),
        TEST(a_claim_takes_what_is_due_oldest_due_first),
        TEST(a_claim_keeps_to_its_limit_and_says_that_more_is_due),
        TEST(a_claim_brings_the_event_and_the_journal),
        TEST(a_claim_leaves_what_is_running_parked_blocked_or_ended),
        TEST(what_was_running_in_a_crash_is_queued_again),
        TEST(a_later_row_of_a_path_replaces_it_but_keeps_its_beginning),
        TEST(an_error_comes_back_as_it_was_saved),
        TEST(a_run_that_is_done_keeps_nothing_of_what_held_it_up),
        TEST(a_run_that_has_ended_takes_no_further_state_and_no_journal),
        TEST(saving_a_run_that_is_not_there_says_so),
        TEST(a_run_cancelled_meanwhile_keeps_that_state_but_takes_its_journal),
        TEST(a_journal_row_tells_already_that_its_run_was_cancelled),
        TEST(a_retry_makes_dead_parked_and_waiting_runs_due_now),
        TEST(a_retry_with_the_newest_recipe_drops_the_version),
        TEST(what_cannot_be_asked_names_the_state),
        TEST(a_list_is_picked_by_state),
        TEST(a_list_is_picked_by_recipe_event_and_page),
        TEST(a_run_that_is_not_there_is_an_empty_list),
        TEST(a_version_is_kept_as_it_was_first_written),
        TEST(whatever_happens_one_run_of_a_key_is_active_and_the_counts_are_right),
    };
    return cmocka_run_group_tests_name("store/run", tests, NULL, NULL);
}
