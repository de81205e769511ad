/* The threads: hand-over and order, failures of one op and of a whole batch, closing, changes by
 * others. */
#include <sys/wait.h>

#include "base/fault.h"
#include "fixture.h"
#include "net/loop.h"
#include "store/ops.h"

struct threads {
    struct fixture f;
    pid_t other;    /* another process, made before there were threads and connections to inherit */
    int to_other;   /* a byte: change the store */
    int from_other; /* a byte: done */
    struct loop *loop;
    int done_count;
    int change_count;
};

static struct threads *current;

static void on_change(void *ud)
{
    ((struct threads *)ud)->change_count++;
}

static void start(struct threads *t)
{
    struct err e = ERR_INIT;
    assert_int_equal(store_start(t->f.store, t->loop, on_change, t, &e), 0);
}

static void serve_changes(struct fixture *f, int commands, int answers)
{
    char byte;
    while (read(commands, &byte, 1) == 1) {
        f->store = fix_open_store(f, false, false);
        fix_run(f, "greet", NULL, RUN_QUEUED);
        store_close(f->store);
        if (write(answers, &byte, 1) != 1) {
            _exit(1);
        }
    }
    _exit(0);
}

static void start_other(struct threads *t)
{
    int commands[2];
    int answers[2];
    assert_int_equal(pipe(commands), 0);
    assert_int_equal(pipe(answers), 0);
    t->other = fork();
    if (t->other == 0) {
        close(commands[1]);
        close(answers[0]);
        serve_changes(&t->f, commands[0], answers[1]);
    }
    close(commands[0]);
    close(answers[1]);
    t->to_other = commands[1];
    t->from_other = answers[0];
}

static void change_in_other(struct threads *t)
{
    char byte = 'c';
    assert_int_equal(write(t->to_other, &byte, 1), 1);
    assert_int_equal(read(t->from_other, &byte, 1), 1);
}

static void stop_other(struct threads *t)
{
    int status;
    close(t->to_other);
    close(t->from_other);
    assert_int_equal(waitpid(t->other, &status, 0), t->other);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static int setup(void **state)
{
    struct threads *t = xcalloc(1, sizeof(*t));
    fix_freeze_clock();
    fix_make_folder(&t->f);
    start_other(t);
    t->f.store = fix_open_store(&t->f, false, true);
    t->loop = loop_new();
    current = t;
    *state = t;
    return 0;
}

static int teardown(void **state)
{
    struct threads *t = *state;
    fault_disarm();
    if (t->f.store != NULL) {
        store_close(t->f.store);
    }
    loop_free(t->loop);
    stop_other(t);
    fix_remove_folder(&t->f);
    free(t);
    clock_replace(NULL);
    return 0;
}

static void wait_done(struct threads *t, int count)
{
    while (t->done_count < count) {
        loop_turn(t->loop, true);
    }
    assert_int_equal(t->done_count, count);
}

/* --- an op of the tests: writes a secret, then fails as it was told --- */

struct probe {
    struct store_op op;
    char name[32];
    enum err_kind fails_before; /* it writes */
    enum err_kind fails_after;
    const char *must_see; /* a secret that is there when it runs */
    int runs;
    int place; /* in the order of completions */
    struct err result;
};

static int probe_exec(struct store_op *op, struct db *db, struct err *e)
{
    struct probe *p = list_entry(op, struct probe, op);
    p->runs++;
    if (p->fails_before != ERR_NONE) {
        return err_set(e, p->fails_before, "told to fail");
    }
    if (p->must_see != NULL) {
        struct query *q = db_query(db, "select 1 from secret where name = $1");
        query_bind_text(q, 1, p->must_see);
        int rc = query_next(q, e);
        query_end(q);
        if (rc != 1) {
            return err_set(e, ERR_NOT_FOUND, "cannot see %s", p->must_see);
        }
    }
    struct query *q =
        db_query(db, "insert into secret (name, updated_us, sealed) values ($1, 0, 'x')");
    query_bind_text(q, 1, p->name);
    if (query_run(q, e) == -1) {
        return -1;
    }
    tally_add(db, COUNTER_UNROUTED, 1);
    if (p->fails_after != ERR_NONE) {
        return err_set(e, p->fails_after, "told to fail");
    }
    return 0;
}

static void probe_done(struct store_op *op, const struct err *e)
{
    struct probe *p = list_entry(op, struct probe, op);
    p->place = ++current->done_count;
    p->result = e != NULL ? *e : ERR_INIT;
}

static struct probe *probes_new(size_t count)
{
    struct probe *probes = xcalloc(count, sizeof(*probes));
    for (size_t i = 0; i < count; i++) {
        probes[i].op.exec = probe_exec;
        probes[i].op.done = probe_done;
        snprintf(probes[i].name, sizeof probes[i].name, "probe%zu", i);
    }
    return probes;
}

static void submit_all(struct threads *t, struct probe *probes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        store_submit(t->f.store, &probes[i].op);
    }
}

static int64_t secrets(struct threads *t)
{
    return fix_number(&t->f, "select count(*) from secret");
}

static int64_t unrouted(struct threads *t)
{
    return fix_number(&t->f, "select n from counter where id = 10");
}

/* --- order --- */

static void completions_come_in_the_order_of_submission(void **state)
{
    struct threads *t = *state;
    enum { COUNT = 500 };
    struct probe *probes = probes_new(COUNT);
    start(t);
    for (int i = 0; i < COUNT; i++) {
        store_submit(t->f.store, &probes[i].op);
        if (i % 37 == 0) {
            loop_turn(t->loop, false);
        }
    }
    wait_done(t, COUNT);
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(probes[i].place, i + 1);
        assert_int_equal(probes[i].result.kind, ERR_NONE);
    }
    assert_int_equal(secrets(t), COUNT);
    free(probes);
}

static void an_op_sees_what_earlier_ones_wrote(void **state)
{
    struct threads *t = *state;
    struct probe *probes = probes_new(3);
    probes[1].must_see = "probe0";
    probes[2].must_see = "probe1";
    start(t);
    submit_all(t, probes, 3);
    wait_done(t, 3);
    assert_int_equal(probes[1].result.kind, ERR_NONE);
    assert_int_equal(probes[2].result.kind, ERR_NONE);
    free(probes);
}

static void what_is_submitted_before_the_start_is_done_after_it(void **state)
{
    struct threads *t = *state;
    struct probe *probes = probes_new(2);
    store_submit(t->f.store, &probes[0].op);
    start(t);
    wait_done(t, 1);
    store_submit(t->f.store, &probes[1].op);
    wait_done(t, 2);
    free(probes);
}

static void the_queue_counts_what_is_not_committed(void **state)
{
    struct threads *t = *state;
    struct probe *probes = probes_new(3);
    start(t);
    assert_int_equal(store_queue_len(t->f.store), 0);
    submit_all(t, probes, 3);
    assert_int_equal(store_queue_len(t->f.store), 3);
    wait_done(t, 3);
    assert_int_equal(store_queue_len(t->f.store), 0);
    free(probes);
}

static void count_done(struct store_op *op, const struct err *e)
{
    (void)op;
    assert_null(e);
    current->done_count++;
}

static void expect_unread(struct store_op *op, const struct err *e)
{
    assert_non_null(e);
    assert_int_equal(e->kind, ERR_STORE);
    current->done_count++;
}

static void the_reader_sees_what_is_committed(void **state)
{
    struct threads *t = *state;
    struct probe *probes = probes_new(1);
    start(t);
    submit_all(t, probes, 1);
    wait_done(t, 1);
    struct secret_list *l = secret_list_new("probe");
    l->op.done = count_done;
    store_submit_read(t->f.store, &l->op);
    wait_done(t, 2);
    assert_int_equal(l->count, 1);
    assert_int_equal(store_queue_len(t->f.store), 0);
    secret_list_free(l);
    free(probes);
}

static void the_reader_cannot_write(void **state)
{
    struct threads *t = *state;
    struct probe *probes = probes_new(1);
    start(t);
    store_submit_read(t->f.store, &probes[0].op);
    wait_done(t, 1);
    assert_int_equal(probes[0].result.kind, ERR_STORE);
    assert_int_equal(secrets(t), 0);
    free(probes);
}

/* --- failures of one op --- */

static void an_op_that_fails_half_way_is_undone_and_takes_no_other_with_it(void **state)
{
    struct threads *t = *state;
    struct probe *probes = probes_new(5);
    probes[2].fails_after = ERR_CONFLICT;
    probes[3].fails_before = ERR_NOT_FOUND;
    start(t);
    submit_all(t, probes, 5);
    wait_done(t, 5);
    for (int i = 0; i < 5; i++) {
        const enum err_kind expected[] = { ERR_NONE, ERR_NONE, ERR_CONFLICT, ERR_NOT_FOUND,
                                           ERR_NONE };
        assert_int_equal(probes[i].result.kind, expected[i]);
        assert_int_equal(probes[i].place, i + 1);
    }
    assert_int_equal(secrets(t), 3);
    assert_int_equal(unrouted(t), 3);
    assert_int_equal(fix_number(&t->f, "select count(*) from secret where name = 'probe2'"), 0);
    free(probes);
}

static void an_op_that_fails_before_it_writes_costs_the_others_nothing(void **state)
{
    struct threads *t = *state;
    struct probe *probes = probes_new(3);
    probes[1].fails_before = ERR_CONFLICT;
    start(t);
    submit_all(t, probes, 3);
    wait_done(t, 3);
    assert_int_equal(probes[1].result.kind, ERR_CONFLICT);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(probes[i].runs, 1);
    }
    assert_int_equal(unrouted(t), 2);
    free(probes);
}

/* --- failures of a batch --- */

static void a_full_disk_fails_the_whole_batch_and_then_heals(void **state)
{
    struct threads *t = *state;
    struct probe *probes = probes_new(4);
    probes[1].fails_before = ERR_CONFLICT;
    assert_int_equal(fault_arm("store.commit_full=fail", NULL), 0);
    start(t);
    submit_all(t, probes, 3);
    wait_done(t, 3);
    assert_int_equal(probes[0].result.kind, ERR_STORE_FULL);
    assert_int_equal(probes[1].result.kind, ERR_CONFLICT); /* it would have failed anyway */
    assert_int_equal(probes[2].result.kind, ERR_STORE_FULL);
    assert_int_equal(secrets(t), 0);
    assert_int_equal(unrouted(t), 0);
    assert_true(store_is_open(t->f.store));
    store_submit(t->f.store, &probes[3].op);
    wait_done(t, 4);
    assert_int_equal(probes[3].result.kind, ERR_NONE);
    assert_int_equal(secrets(t), 1);
    assert_int_equal(unrouted(t), 1);
    free(probes);
}

/* --- ops that must land --- */

static void what_must_land_lands_when_the_disk_has_room_again(void **state)
{
    struct threads *t = *state;
    struct probe *probes = probes_new(4);
    probes[0].op.must_land = probes[2].op.must_land = true;
    probes[2].must_see = "probe0";
    assert_int_equal(fault_arm("store.commit_full=fail,store.commit_full=fail@2", NULL), 0);
    start(t);
    submit_all(t, probes, 3);
    wait_done(t, 3);
    assert_int_equal(probes[0].result.kind, ERR_NONE);
    assert_int_equal(probes[1].result.kind, ERR_STORE_FULL); /* told at once, tried once */
    assert_int_equal(probes[2].result.kind, ERR_NONE);
    assert_int_equal(probes[1].place, 1);
    assert_int_equal(probes[0].place, 2);
    assert_int_equal(probes[2].place, 3);
    assert_int_equal(probes[0].runs, 3);
    assert_int_equal(probes[1].runs, 1);
    assert_int_equal(secrets(t), 2);
    assert_int_equal(unrouted(t), 2);
    free(probes);
}

/* It fails before it has written anything; what stands behind it could be committed. */
static void nothing_becomes_durable_before_what_must_land_and_came_first(void **state)
{
    struct threads *t = *state;
    struct probe *probes = probes_new(3);
    probes[0].op.must_land = probes[2].op.must_land = true;
    probes[2].must_see = "probe0";
    assert_int_equal(fault_arm("store.before_exec=fail", NULL), 0);
    start(t);
    submit_all(t, probes, 3);
    wait_done(t, 3);
    assert_int_equal(probes[0].result.kind, ERR_NONE);
    assert_int_equal(probes[1].result.kind, ERR_STORE);
    assert_int_equal(probes[2].result.kind, ERR_NONE);
    assert_int_equal(secrets(t), 2);
    free(probes);
}

static void what_comes_later_stays_behind_what_is_held_up(void **state)
{
    struct threads *t = *state;
    struct probe *probes = probes_new(3);
    probes[0].op.must_land = true;
    probes[1].must_see = probes[2].must_see = "probe0";
    assert_int_equal(fault_arm("store.commit_full=fail,store.commit_full=fail@2", NULL), 0);
    start(t);
    for (int i = 0; i < 3; i++) {
        store_submit(t->f.store, &probes[i].op);
        loop_turn(t->loop, false); /* hands it over */
    }
    while (t->done_count < 3) {
        loop_turn(t->loop, true);
    }
    assert_int_equal(probes[0].result.kind, ERR_NONE);
    for (int i = 1; i < 3; i++) { /* failed with the disk, or saw what came first */
        assert_true(probes[i].result.kind == ERR_NONE || probes[i].result.kind == ERR_STORE_FULL);
    }
    free(probes);
}

static void an_op_that_must_land_is_told_at_once_of_errors_of_its_own(void **state)
{
    struct threads *t = *state;
    struct probe *probes = probes_new(3);
    for (int i = 0; i < 3; i++) {
        probes[i].op.must_land = true;
    }
    probes[0].fails_before = ERR_CONFLICT;
    probes[1].fails_after = ERR_INVALID;
    start(t);
    submit_all(t, probes, 3);
    wait_done(t, 3);
    assert_int_equal(probes[0].result.kind, ERR_CONFLICT);
    assert_int_equal(probes[1].result.kind, ERR_INVALID);
    assert_int_equal(probes[2].result.kind, ERR_NONE);
    free(probes);
}

static void what_cannot_land_comes_back_when_the_store_gives_up(void **state)
{
    struct threads *t = *state;
    struct probe *probes = probes_new(2);
    probes[0].op.must_land = probes[1].op.must_land = true;
    assert_int_equal(fault_arm("store.commit_full=fail*", NULL), 0);
    start(t);
    submit_all(t, probes, 1);
    loop_turn(t->loop, false);
    assert_false(store_is_idle(t->f.store));
    store_give_up(t->f.store);
    wait_done(t, 1);
    assert_int_equal(probes[0].result.kind, ERR_CANCELLED);
    store_submit(t->f.store, &probes[1].op); /* one that comes later is tried once */
    wait_done(t, 2);
    assert_int_equal(probes[1].result.kind, ERR_CANCELLED);
    assert_int_equal(probes[1].runs, 1);
    assert_true(store_is_idle(t->f.store));
    free(probes);
}

static void closing_does_not_wait_for_a_disk_that_stays_full(void **state)
{
    struct threads *t = *state;
    struct probe *probes = probes_new(3);
    for (int i = 0; i < 3; i++) {
        probes[i].op.must_land = true;
    }
    assert_int_equal(fault_arm("store.commit_full=fail*", NULL), 0);
    start(t);
    submit_all(t, probes, 3);
    store_close(t->f.store);
    t->f.store = NULL;
    assert_int_equal(t->done_count, 3);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(probes[i].result.kind, ERR_CANCELLED);
    }
    free(probes);
}

static void a_read_that_must_land_is_read_again(void **state)
{
    struct threads *t = *state;
    assert_int_equal(fault_arm("store.read=fail,store.read=fail@3", NULL), 0);
    start(t);
    struct secret_list *again = secret_list_new("probe"), *once = secret_list_new("probe");
    again->op.must_land = true;
    again->op.done = count_done;
    once->op.done = expect_unread;
    store_submit_read(t->f.store, &again->op);
    wait_done(t, 1);
    store_submit_read(t->f.store, &once->op);
    wait_done(t, 2);
    secret_list_free(again);
    secret_list_free(once);
}

/* Sets the largest number of pages on the writer's connection, by an op. */
struct limit {
    struct store_op op;
    const char *script;
};

static int limit_exec(struct store_op *op, struct db *db, struct err *e)
{
    return db_run_script(db, list_entry(op, struct limit, op)->script, e);
}

static void set_limit(struct threads *t, const char *script)
{
    struct limit limit = { .op.exec = limit_exec, .op.done = count_done, .script = script };
    int count = t->done_count;
    store_submit(t->f.store, &limit.op);
    wait_done(t, count + 1);
}

static void put_done(struct store_op *op, const struct err *e)
{
    (void)op;
    current->done_count++;
    assert_int_equal(e != NULL ? e->kind : ERR_NONE, ERR_STORE_FULL);
}

static void a_file_that_may_not_grow_is_full_and_heals_when_it_may(void **state)
{
    struct threads *t = *state;
    start(t);
    set_limit(t, "pragma max_page_count = 60");
    struct event_put *p = fix_event("big");
    free(p->event.payload);
    p->event.payload_len = 1024 * 1024;
    p->event.payload = xmalloc(p->event.payload_len);
    memset(p->event.payload, 'x', p->event.payload_len);
    fix_seed(p, "greet", NULL, RUN_QUEUED);
    p->op.done = put_done;
    struct probe *probes = probes_new(2);
    store_submit(t->f.store, &probes[0].op);
    store_submit(t->f.store, &p->op);
    store_submit(t->f.store, &probes[1].op);
    wait_done(t, 4);
    assert_int_equal(fix_number(&t->f, "select count(*) from event"), 0);
    assert_int_equal(fix_number(&t->f, "select count(*) from run"), 0);
    for (int i = 0; i < 2; i++) { /* all there or failed, as the answer says */
        bool is_there =
            fix_number(&t->f, i == 0 ? "select count(*) from secret where name = 'probe0'"
                                     : "select count(*) from secret where name = 'probe1'");
        assert_int_equal(probes[i].result.kind, is_there ? ERR_NONE : ERR_STORE_FULL);
    }
    set_limit(t, "pragma max_page_count = 100000");
    p->op.done = count_done;
    store_submit(t->f.store, &p->op);
    wait_done(t, 6);
    assert_int_equal(fix_number(&t->f, "select count(*) from event"), 1);
    assert_int_equal(fix_number(&t->f, "select n from counter where id = 8"), 1);
    event_put_free(p);
    free(probes);
}

/* --- closing --- */

static void closing_commits_what_is_queued_and_delivers_it(void **state)
{
    struct threads *t = *state;
    struct probe *probes = probes_new(10);
    start(t);
    submit_all(t, probes, 10);
    store_close(t->f.store);
    t->f.store = NULL;
    assert_int_equal(t->done_count, 10);
    assert_int_equal(secrets(t), 10);
    free(probes);
}

static struct probe *follower;

static void submit_follower(struct store_op *op, const struct err *e)
{
    probe_done(op, e);
    store_submit(current->f.store, &follower->op);
}

static void what_a_completion_submits_while_closing_is_refused(void **state)
{
    struct threads *t = *state;
    struct probe *probes = probes_new(2);
    follower = &probes[1];
    probes[0].op.done = submit_follower;
    start(t);
    submit_all(t, probes, 1);
    store_close(t->f.store);
    t->f.store = NULL;
    assert_int_equal(t->done_count, 2);
    assert_int_equal(probes[1].result.kind, ERR_CANCELLED);
    assert_int_equal(secrets(t), 1);
    free(probes);
}

static void a_loop_that_goes_on_after_the_store_is_closed_hears_nothing_of_it(void **state)
{
    struct threads *t = *state;
    struct probe *probes = probes_new(1);
    start(t);
    submit_all(t, probes, 1);
    store_close(t->f.store);
    t->f.store = NULL;
    for (int i = 0; i < 3; i++) {
        loop_wake(t->loop);
        loop_turn(t->loop, true);
    }
    assert_int_equal(t->done_count, 1);
    free(probes);
}

/* --- others --- */

static void a_change_by_another_process_is_noticed(void **state)
{
    struct threads *t = *state;
    start(t);
    change_in_other(t);
    while (t->change_count == 0) {
        loop_turn(t->loop, true);
    }
    assert_int_equal(fix_number(&t->f, "select count(*) from run"), 1);
    struct probe *probes = probes_new(1);
    submit_all(t, probes, 1);
    wait_done(t, 1);
    change_in_other(t);
    while (t->change_count < 2) {
        loop_turn(t->loop, true);
    }
    free(probes);
}

/* The writer looks after each batch, so the turn that brings the last completion back would tell.
 */
static void its_own_commits_are_no_change(void **state)
{
    struct threads *t = *state;
    struct probe *probes = probes_new(20);
    start(t);
    for (int i = 0; i < 20; i++) {
        store_submit(t->f.store, &probes[i].op);
        wait_done(t, i + 1);
    }
    store_close(t->f.store);
    t->f.store = NULL;
    assert_int_equal(t->change_count, 0);
    free(probes);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(completions_come_in_the_order_of_submission),
        TEST(an_op_sees_what_earlier_ones_wrote),
        TEST(what_is_submitted_before_the_start_is_done_after_it),
        TEST(the_queue_counts_what_is_not_committed),
        TEST(the_reader_sees_what_is_committed),
        TEST(the_reader_cannot_write),
        TEST(an_op_that_fails_half_way_is_undone_and_takes_no_other_with_it),
        TEST(an_op_that_fails_before_it_writes_costs_the_others_nothing),
        TEST(a_full_disk_fails_the_whole_batch_and_then_heals),
        TEST(a_file_that_may_not_grow_is_full_and_heals_when_it_may),
        TEST(what_must_land_lands_when_the_disk_has_room_again),
        TEST(nothing_becomes_durable_before_what_must_land_and_came_first),
        TEST(what_comes_later_stays_behind_what_is_held_up),
        TEST(an_op_that_must_land_is_told_at_once_of_errors_of_its_own),
        TEST(what_cannot_land_comes_back_when_the_store_gives_up),
        TEST(closing_does_not_wait_for_a_disk_that_stays_full),
        TEST(a_read_that_must_land_is_read_again),
        TEST(closing_commits_what_is_queued_and_delivers_it),
        TEST(what_a_completion_submits_while_closing_is_refused),
        TEST(a_loop_that_goes_on_after_the_store_is_closed_hears_nothing_of_it),
        TEST(a_change_by_another_process_is_noticed),
        TEST(its_own_commits_are_no_change),
    };
    return cmocka_run_group_tests_name("store/store", tests, NULL, NULL);
}
