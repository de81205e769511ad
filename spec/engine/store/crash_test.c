/* Crashes: an engine in a process of its own dies at a fault point in the middle of its work, and
 * what it had acknowledged is in the store afterwards, whole; of what it had not, nothing is there
 * by half. */
#include <fcntl.h>
#include <sys/wait.h>

#include "base/fault.h"
#include "fixture.h"
#include "net/loop.h"
#include "store/prune.h"

enum { IN_FLIGHT = 16, EVENTS = 400, CRASHED = 70 };

/* --- the engine that dies --- */

struct engine {
    struct store *store;
    struct loop *loop;
    int left;
    int acknowledgements; /* a pipe: the ids of events whose sender got his answer */
};

static struct engine engine;

static void on_put(struct store_op *op, const struct err *e);

static void send_event(void)
{
    if (engine.left-- <= 0) {
        return;
    }
    struct event_put *put = fix_event(NULL);
    char key[ID_TEXT + 1];
    id_format(&put->event.id, key);
    put->event.key = xstrdup(key);
    put->op.done = on_put;
    fix_seed(put, "greet", engine.left % 2 == 0 ? "k" : NULL, RUN_RUNNING);
    fix_seed(put, "mirror", NULL, RUN_QUEUED);
    store_submit(engine.store, &put->op);
}

static void on_put(struct store_op *op, const struct err *e)
{
    struct event_put *put = list_entry(op, struct event_put, op);
    if (e != NULL || write(engine.acknowledgements, put->event.id.bytes, ID_BYTES) != ID_BYTES) {
        _exit(1);
    }
    event_put_free(put);
    send_event();
}

/* Never returns; ends by the fault, or with 0 where it was not reached. */
static void run_engine(const struct fixture *f, const char *fault, int acknowledgements)
{
    struct err e = ERR_INIT;
    engine.acknowledgements = acknowledgements;
    engine.left = EVENTS;
    engine.store = fix_open_store(f, false, true);
    engine.loop = loop_new();
    if (store_start(engine.store, engine.loop, NULL, NULL, &e) == -1 ||
        fault_arm(fault, &e) == -1) {
        _exit(1);
    }
    for (int i = 0; i < IN_FLIGHT; i++) {
        send_event();
    }
    while (engine.left > -IN_FLIGHT) {
        loop_turn(engine.loop, true);
    }
    _exit(0);
}

/* --- afterwards --- */

static int64_t count_of(struct fixture *f, const struct id *event)
{
    struct event_list *list = event_list_new();
    list->only = *event;
    fix_exec(f, &list->op);
    int64_t runs = list->count == 1 ? list->rows[0].run_count : -1;
    event_list_free(list);
    return runs;
}

/* Each event that was acknowledged is there with both runs; says how many they were. */
static int check_acknowledged(struct fixture *f, int fd)
{
    int count = 0;
    struct id id;
    while (read(fd, id.bytes, ID_BYTES) == ID_BYTES) {
        assert_int_equal(count_of(f, &id), 2);
        count++;
    }
    return count;
}

static void check_nothing_is_there_by_half(struct fixture *f)
{
    assert_int_equal(fix_number(f,
                                "select count(*) from event where (select count(*) from run"
                                " where event_id = event.id) <> 2"),
                     0);
    assert_int_equal(fix_number(f,
                                "select count(*) from run where not exists (select 1 from event"
                                " where event.id = run.event_id)"),
                     0);
    assert_int_equal(fix_number(f,
                                "select count(*) from counter where id < 8 and n <> (select"
                                " count(*) from run where state = counter.id)"),
                     0);
    assert_int_equal(fix_number(f,
                                "select n - (select count(*) from event) from counter"
                                " where id = 8"),
                     0);
}

static void crash_at(struct fixture *f, const char *point, int passage)
{
    char fault[64];
    snprintf(fault, sizeof fault, "%s=crash@%d", point, passage);
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    pid_t child = fork();
    if (child == 0) {
        close(fds[0]);
        run_engine(f, fault, fds[1]);
    }
    close(fds[1]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), CRASHED);
    f->store = fix_open_store(f, false, true);
    int acknowledged = check_acknowledged(f, fds[0]);
    int64_t stored = fix_counts(f).events;
    assert_true(stored >= acknowledged);
    check_nothing_is_there_by_half(f);
    close(fds[0]);
}

static int setup_folder(void **state)
{
    struct fixture *f = xcalloc(1, sizeof(*f));
    fix_make_folder(f);
    *state = f;
    return 0;
}

static void crash_often(struct fixture *f, const char *point)
{
    const int passages[] = { 1, 2, 5, 11 };
    for (int i = 0; i < 4; i++) {
        crash_at(f, point, passages[i]);
        store_close(f->store);
        f->store = NULL;
        fix_remove_folder(f);
        fix_make_folder(f);
    }
}

static void what_was_acknowledged_survives_a_crash_before_a_commit(void **state)
{
    crash_often(*state, "store.before_commit");
}

static void what_was_acknowledged_survives_a_crash_after_a_commit(void **state)
{
    crash_often(*state, "store.after_commit");
}

static void what_was_acknowledged_survives_a_crash_before_an_op(void **state)
{
    crash_often(*state, "store.before_exec");
}

/* --- pruning --- */

enum { OLD_RUNS = 12, OLD_ROWS = 3 };

static void make_old_runs(struct fixture *f)
{
    f->store = fix_open_store(f, false, true);
    for (int i = 0; i < OLD_RUNS; i++) {
        struct run_save *save = fix_save(fix_run(f, "greet", NULL, RUN_RUNNING), RUN_DEAD);
        for (int row = 0; row < OLD_ROWS; row++) {
            char path[20];
            snprintf(path, sizeof path, "step/%d", row);
            fix_journal(save, path, JOURNAL_DONE, NULL, "{}");
        }
        fix_exec(f, &save->op);
        run_save_free(save);
    }
    store_close(f->store);
    f->store = NULL;
}

/* Everything that can go goes; never returns. */
static void run_pruning(const struct fixture *f, const char *fault)
{
    struct err e = ERR_INIT;
    struct store *s = fix_open_store(f, false, true);
    struct prune p;
    prune_init(&p, &(struct retention){ 0 }, 5);
    if (fault_arm(fault, &e) == -1) {
        _exit(1);
    }
    do {
        if (store_exec(s, &p.op, &e) == -1) {
            _exit(1);
        }
    } while (prune_again(&p));
    _exit(0);
}

/* A journal without its run would never go; a run without its journal would repeat its steps. */
static void a_crash_while_pruning_leaves_runs_whole(void **state)
{
    const int passages[] = { 1, 2, 4, 5, 7 };
    struct fixture *f = *state;
    make_old_runs(f);
    int64_t before = OLD_RUNS;
    for (int i = 0; i < 5; i++) {
        char fault[40];
        snprintf(fault, sizeof fault, "store.prune=crash@%d", passages[i]);
        pid_t child = fork();
        if (child == 0) {
            run_pruning(f, fault);
        }
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(WEXITSTATUS(status), CRASHED);
        int64_t runs = fix_number(f, "select count(*) from run");
        assert_true(runs <= before);
        before = runs;
        assert_int_equal(fix_number(f, "select count(*) from journal"), runs * OLD_ROWS);
        assert_int_equal(fix_number(f, "select n from counter where id = 5"), runs);
    }
    assert_true(before < OLD_RUNS);
    f->store = fix_open_store(f, false, true);
}

static void what_a_crashed_engine_was_running_is_found_again(void **state)
{
    struct fixture *f = *state;
    crash_at(f, "store.after_commit", 6);
    int64_t running = fix_counts(f).by_state[RUN_RUNNING];
    assert_true(running > 0);
    struct run_recover r;
    run_recover_init(&r);
    fix_exec(f, &r.op);
    assert_int_equal(r.count, running);
    struct run_claim *claim = run_claim_new(1000, clock_wall_us());
    fix_exec(f, &claim->op);
    assert_true(claim->count >= (size_t)running);
    run_claim_free(claim);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_folder, fix_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_acknowledged_survives_a_crash_before_a_commit),
        TEST(what_was_acknowledged_survives_a_crash_after_a_commit),
        TEST(what_was_acknowledged_survives_a_crash_before_an_op),
        TEST(a_crash_while_pruning_leaves_runs_whole),
        TEST(what_a_crashed_engine_was_running_is_found_again),
    };
    return cmocka_run_group_tests_name("store/crash", tests, NULL, NULL);
}
