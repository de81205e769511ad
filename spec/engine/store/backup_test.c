/* Backups: whole, of one moment, beside an engine that writes; and what is refused. */
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/fault.h"
#include "fixture.h"
#include "store/backup.h"

enum { CRASHED = 70 };

struct target {
    char path[300];
    struct fixture fixture; /* to look into it */
};

static struct target target_of(const struct fixture *f)
{
    struct target t = { .fixture = *f };
    snprintf(t.path, sizeof t.path, "%s/copy.db", f->folder);
    snprintf(t.fixture.path, sizeof t.fixture.path, "%s/copy.db", f->folder);
    snprintf(t.fixture.url, sizeof t.fixture.url, "sqlite:%s", t.path);
    t.fixture.store = NULL;
    return t;
}

static int back_up(const struct fixture *f, const struct target *t, struct err *e)
{
    struct backup_result r;
    int rc = store_backup(&(struct store_opts){ .url = f->url }, t->path, &r, e);
    assert_false(r.is_damaged);
    return rc;
}

static bool exists(const char *path, const char *suffix)
{
    char *name = xasprintf("%s%s", path, suffix);
    bool result = access(name, F_OK) == 0;
    free(name);
    return result;
}

static void check_intact(const struct fixture *f)
{
    assert_int_equal(fix_number(f,
                                "select count(*) from pragma_integrity_check where"
                                " integrity_check <> 'ok'"),
                     0);
    assert_int_equal(fix_number(f,
                                "select n - (select count(*) from event) from counter where"
                                " id = 8"),
                     0);
    assert_int_equal(fix_number(f,
                                "select (select count(*) from event) - (select count(*) from"
                                " run)"),
                     0);
}

static void a_backup_is_a_store_with_everything_that_was_committed(void **state)
{
    struct fixture *f = *state;
    struct target t = target_of(f);
    struct id ids[20];
    for (int i = 0; i < 20; i++) {
        ids[i] = fix_run(f, "greet", NULL, RUN_WAITING);
    }
    struct err e = ERR_INIT;
    assert_int_equal(back_up(f, &t, &e), 0);
    fix_run(f, "greet", NULL, RUN_WAITING);
    struct stat st;
    assert_int_equal(stat(t.path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_false(exists(t.path, ".part"));
    t.fixture.store = fix_open_store(&t.fixture, false, true);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(fix_state(&t.fixture, ids[i]), RUN_WAITING);
    }
    assert_int_equal(fix_counts(&t.fixture).events, 20);
    fix_run(&t.fixture, "greet", NULL, RUN_WAITING); /* it can be gone on with */
    store_close(t.fixture.store);
    check_intact(&t.fixture);
}

/* An engine in a process of its own that writes until it is killed. */
static pid_t start_writer(const struct fixture *f, int *started)
{
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    pid_t child = fork();
    if (child == 0) {
        close(fds[0]); /* so that the writer ends with the test, however that ends */
        struct fixture own = *f;
        own.store = fix_open_store(f, false, false);
        for (int i = 0;; i++) {
            fix_run(&own, "greet", NULL, RUN_WAITING);
            if (i % 50 == 0 && write(fds[1], "x", 1) != 1) {
                _exit(1);
            }
        }
    }
    close(fds[1]);
    *started = fds[0];
    return child;
}

static void a_backup_beside_a_writer_is_of_one_moment(void **state)
{
    struct fixture *f = *state;
    struct target t = target_of(f);
    int started;
    pid_t writer = start_writer(f, &started);
    for (int i = 0; i < 5; i++) {
        char byte;
        assert_int_equal(read(started, &byte, 1), 1);
        struct err e = ERR_INIT;
        int result = back_up(f, &t, &e);
        if (result == -1) {
            print_error("%s\n", e.message);
        }
        assert_int_equal(result, 0);
        assert_true(fix_number(&t.fixture, "select count(*) from event") > 0);
        check_intact(&t.fixture);
        assert_int_equal(unlink(t.path), 0);
    }
    assert_int_equal(kill(writer, SIGKILL), 0);
    assert_int_equal(waitpid(writer, NULL, 0), writer);
    close(started);
}

static void a_file_that_is_there_is_not_overwritten(void **state)
{
    struct fixture *f = *state;
    struct target t = target_of(f);
    FILE *file = fopen(t.path, "w");
    assert_non_null(file);
    assert_true(fputs("mine", file) >= 0);
    assert_int_equal(fclose(file), 0);
    struct err e = ERR_INIT;
    struct backup_result r;
    assert_int_equal(back_up(f, &t, &e), -1);
    assert_int_equal(e.kind, ERR_CONFLICT);
    assert_non_null(strstr(e.message, t.path));
    struct stat st;
    assert_int_equal(stat(t.path, &st), 0);
    assert_int_equal(st.st_size, 4);
    assert_int_equal(store_backup(&(struct store_opts){ .url = f->url }, f->path, &r, &e), -1);
    assert_int_equal(e.kind, ERR_CONFLICT);
}

static void what_cannot_be_copied_says_why(void **state)
{
    struct fixture *f = *state;
    struct target t = target_of(f);
    struct err e = ERR_INIT;
    struct backup_result r;
    char *missing = xasprintf("sqlite:%s/none.db", f->folder);
    assert_int_equal(store_backup(&(struct store_opts){ .url = missing }, t.path, &r, &e), -1);
    assert_int_equal(e.kind, ERR_NOT_FOUND);
    free(missing);
    assert_int_equal(store_backup(&(struct store_opts){ .url = "mysql:x" }, t.path, &r, &e), -1);
    assert_int_equal(e.kind, ERR_CONFIG);
    char *nowhere = xasprintf("%s/no/such/copy.db", f->folder);
    assert_int_equal(store_backup(&(struct store_opts){ .url = f->url }, nowhere, &r, &e), -1);
    assert_int_equal(e.kind, ERR_IO);
    assert_non_null(strstr(e.message, "no/such"));
    free(nowhere);
    assert_false(exists(t.path, ""));
    assert_false(exists(t.path, ".part"));
}

static void without_room_nothing_is_left_behind(void **state)
{
    struct fixture *f = *state;
    struct target t = target_of(f);
    struct err e = ERR_INIT;
    assert_int_equal(fault_arm("store.backup_full=fail", &e), 0);
    assert_int_equal(back_up(f, &t, &e), -1);
    fault_disarm();
    assert_int_equal(e.kind, ERR_STORE_FULL);
    assert_false(exists(t.path, ""));
    assert_false(exists(t.path, ".part"));
}

static void a_backup_that_dies_leaves_no_file_of_that_name(void **state)
{
    struct fixture *f = *state;
    struct target t = target_of(f);
    fix_run(f, "greet", NULL, RUN_WAITING);
    pid_t child = fork();
    if (child == 0) {
        struct err e = ERR_INIT;
        if (fault_arm("store.backup=crash", &e) == 0) {
            (void)back_up(f, &t, &e);
        }
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), CRASHED);
    assert_false(exists(t.path, ""));
    struct err e = ERR_INIT;
    assert_int_equal(back_up(f, &t, &e), 0);
    assert_false(exists(t.path, ".part"));
    check_intact(&t.fixture);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fix_setup, fix_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_backup_is_a_store_with_everything_that_was_committed),
        TEST(a_backup_beside_a_writer_is_of_one_moment),
        TEST(a_file_that_is_there_is_not_overwritten),
        TEST(what_cannot_be_copied_says_why),
        TEST(without_room_nothing_is_left_behind),
        TEST(a_backup_that_dies_leaves_no_file_of_that_name),
    };
    return cmocka_run_group_tests_name("store/backup", tests, NULL, NULL);
}
