/* Opening: what is made, what is refused and with which words, who may be there at the same time.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "fixture.h"

static int setup_folder(void **state)
{
    struct fixture *f = xcalloc(1, sizeof(*f));
    fix_freeze_clock();
    fix_make_folder(f);
    *state = f;
    return 0;
}

static struct err refuse(const struct fixture *f, bool is_read_only, bool is_exclusive)
{
    struct err e = ERR_INIT;
    struct store *s = store_open(&(struct store_opts){ .url = f->url,
                                                       .is_read_only = is_read_only,
                                                       .is_exclusive = is_exclusive },
                                 &e);
    assert_null(s);
    assert_int_not_equal(e.kind, ERR_NONE);
    return e;
}

static void make_data_folder(const struct fixture *f)
{
    char *folder = xasprintf("%s/data", f->folder);
    assert_int_equal(mkdir(folder, 0700), 0);
    free(folder);
}

static void write_file(const struct fixture *f, const void *data, size_t len)
{
    make_data_folder(f);
    int fd = open(f->path, O_WRONLY | O_CREAT, 0600);
    assert_int_not_equal(fd, -1);
    assert_int_equal(write(fd, data, len), len);
    close(fd);
}

/* Makes a database with that script alone. */
static void make_database(const struct fixture *f, const char *script)
{
    struct err e = ERR_INIT;
    struct db *db = db_open(f->path, false, &e);
    assert_non_null(db);
    assert_int_equal(db_run_script(db, script, &e), 0);
    db_close(db);
}

static mode_t mode_of(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 0777;
}

static void a_new_store_and_its_folder_are_for_their_owner_only(void **state)
{
    struct fixture *f = *state;
    f->store = fix_open_store(f, false, true);
    char *folder = xasprintf("%s/data", f->folder);
    char *lock = xasprintf("%s.lock", f->path);
    char *log = xasprintf("%s-wal", f->path);
    assert_int_equal(mode_of(folder), 0700);
    assert_int_equal(mode_of(f->path), 0600);
    assert_int_equal(mode_of(lock), 0600);
    assert_int_equal(mode_of(log), 0600);
    free(folder);
    free(lock);
    free(log);
}

static void a_path_is_relative_to_the_folder(void **state)
{
    struct fixture *f = *state;
    struct err e = ERR_INIT;
    f->store =
        store_open(&(struct store_opts){ .url = "sqlite:data/ladle.db", .folder = f->folder }, &e);
    assert_non_null(f->store);
    assert_int_equal(access(f->path, F_OK), 0);
}

static void a_store_keeps_what_it_was_given_over_a_restart(void **state)
{
    struct fixture *f = *state;
    f->store = fix_open_store(f, false, true);
    struct id id = fix_run(f, "greet", "k", RUN_QUEUED);
    store_close(f->store);
    f->store = fix_open_store(f, false, true);
    assert_int_equal(fix_state(f, id), RUN_QUEUED);
}

/* In another process: flock is of a descriptor, but a process that closes one loses SQLite's locks. */
static void check_refused(const char *path, const char *why)
{
    int pipe_fds[2];
    assert_int_equal(pipe(pipe_fds), 0);
    pid_t child = fork();
    if (child == 0) {
        struct err e = ERR_INIT;
        char *url = xasprintf("sqlite:%s", path);
        (void)store_open(&(struct store_opts){ .url = url, .is_exclusive = true }, &e);
        (void)!write(pipe_fds[1], e.message, strlen(e.message));
        _exit(0);
    }
    close(pipe_fds[1]);
    char message[1024] = "";
    assert_true(read(pipe_fds[0], message, sizeof message - 1) > 0);
    close(pipe_fds[0]);
    assert_int_equal(waitpid(child, NULL, 0), child);
    if (strstr(message, why) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", message, why);
    }
}

static void a_second_engine_is_refused_under_every_name_of_the_file(void **state)
{
    struct fixture *f = *state;
    f->store = fix_open_store(f, false, true);
    char *soft = xasprintf("%s/soft.db", f->folder), *hard = xasprintf("%s/hard.db", f->folder);
    assert_int_equal(symlink(f->path, soft), 0);
    check_refused(soft, "is used by another ladle, under another name of the same file");
    assert_int_equal(link(f->path, hard), 0);
    check_refused(hard, "is used by another ladle, under another name of the same file");
    store_close(f->store);
    f->store = NULL;
    check_refused(hard, "has 2 names (hard links)");
    check_refused(f->path, "has 2 names (hard links)");
    assert_int_equal(unlink(hard), 0);
    f->store = fix_open_store(f, false, true);
    free(soft);
    free(hard);
}

static void an_empty_file_becomes_a_store(void **state)
{
    struct fixture *f = *state;
    write_file(f, "", 0);
    f->store = fix_open_store(f, false, false);
    fix_run(f, "greet", NULL, RUN_QUEUED);
}

static void a_url_of_another_kind_is_refused(void **state)
{
    const char *const urls[] = { "mysql://x/y", "data/ladle.db", "sqlite:", "" };
    for (int i = 0; i < 4; i++) {
        struct err e = ERR_INIT;
        assert_null(store_open(&(struct store_opts){ .url = urls[i] }, &e));
        assert_int_equal(e.kind, ERR_CONFIG);
        assert_non_null(strstr(e.message, "sqlite:data/ladle.db"));
    }
}

static void a_file_that_is_no_database_is_refused_and_left_alone(void **state)
{
    struct fixture *f = *state;
    char text[8192];
    memset(text, 'x', sizeof text);
    write_file(f, text, sizeof text);
    struct err e = refuse(f, false, false);
    assert_int_equal(e.kind, ERR_CONFIG);
    assert_non_null(strstr(e.message, "not a database"));
    assert_non_null(strstr(e.message, f->path));
    struct stat st;
    assert_int_equal(stat(f->path, &st), 0);
    assert_int_equal(st.st_size, sizeof text);
}

static void a_database_of_another_program_is_refused_and_left_alone(void **state)
{
    struct fixture *f = *state;
    make_database(f, "create table notes (id integer primary key)");
    struct err e = refuse(f, false, true);
    assert_int_equal(e.kind, ERR_CONFIG);
    assert_non_null(strstr(e.message, "another program"));
    assert_int_equal(fix_number(f, "select count(*) from sqlite_master"), 1);
}

static void a_database_that_says_it_is_another_programs_is_refused_even_empty(void **state)
{
    struct fixture *f = *state;
    make_database(f, "pragma application_id = 7");
    assert_int_equal(refuse(f, false, false).kind, ERR_CONFIG);
}

static void a_store_of_a_newer_version_is_refused(void **state)
{
    struct fixture *f = *state;
    store_close(fix_open_store(f, false, false));
    make_database(f, "pragma user_version = 1000");
    for (int is_read_only = 0; is_read_only < 2; is_read_only++) {
        struct err e = refuse(f, is_read_only, false);
        assert_int_equal(e.kind, ERR_CONFIG);
        assert_non_null(strstr(e.message, "newer"));
        assert_non_null(strstr(e.message, "1000"));
    }
}

static void a_store_that_is_not_there_cannot_be_read(void **state)
{
    struct fixture *f = *state;
    struct err e = refuse(f, true, false);
    assert_int_equal(e.kind, ERR_NOT_FOUND);
    assert_non_null(strstr(e.message, "ladle run"));
    assert_int_equal(access(f->path, F_OK), -1);
}

static void a_store_without_tables_cannot_be_read_yet(void **state)
{
    struct fixture *f = *state;
    write_file(f, "", 0);
    struct err e = refuse(f, true, false);
    assert_int_equal(e.kind, ERR_CONFLICT);
    assert_non_null(strstr(e.message, "ladle run"));
}

static void a_folder_in_the_place_of_the_store_is_refused(void **state)
{
    struct fixture *f = *state;
    make_data_folder(f);
    assert_int_equal(mkdir(f->path, 0700), 0);
    struct err e = refuse(f, false, false);
    assert_int_equal(e.kind, ERR_CONFIG);
    assert_non_null(strstr(e.message, f->path));
}

static void a_folder_whose_parent_is_missing_is_named(void **state)
{
    struct fixture *f = *state;
    snprintf(f->url, sizeof f->url, "sqlite:%.200s/no/such/ladle.db", f->folder);
    struct err e = refuse(f, false, true);
    assert_int_equal(e.kind, ERR_CONFIG);
    assert_non_null(strstr(e.message, "/no/such"));
}

/* In a process that is not root, for nothing is forbidden to root. */
static void a_store_that_may_not_be_written_says_so(void **state)
{
    enum { NOBODY = 65534 };
    struct fixture *f = *state;
    store_close(fix_open_store(f, false, false));
    char *folder = xasprintf("%s/data", f->folder);
    assert_int_equal(chmod(f->path, 0444), 0);
    assert_int_equal(chmod(folder, 0755), 0);
    assert_int_equal(chmod(f->folder, 0755), 0);
    free(folder);
    pid_t child = fork();
    if (child == 0) {
        if (geteuid() == 0 && setuid(NOBODY) == -1) {
            _exit(1);
        }
        struct err e = ERR_INIT;
        struct store *s = store_open(&(struct store_opts){ .url = f->url }, &e);
        bool is_told = e.kind == ERR_CONFIG && strstr(e.message, "cannot be written") != NULL;
        _exit(s == NULL && is_told ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void a_second_engine_is_refused_until_the_first_is_gone(void **state)
{
    struct fixture *f = *state;
    f->store = fix_open_store(f, false, true);
    pid_t child = fork();
    if (child == 0) {
        struct err e = ERR_INIT;
        struct store *s =
            store_open(&(struct store_opts){ .url = f->url, .is_exclusive = true }, &e);
        char *owner = xasprintf("process %ld", (long)getppid());
        _exit(s == NULL && e.kind == ERR_CONFLICT && strstr(e.message, owner) != NULL ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    store_close(f->store);
    f->store = fix_open_store(f, false, true);
}

static void a_crashed_engine_leaves_no_lock(void **state)
{
    struct fixture *f = *state;
    pid_t child = fork();
    if (child == 0) {
        struct store *s = fix_open_store(f, false, true);
        _exit(s != NULL ? 70 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), 70);
    f->store = fix_open_store(f, false, true);
}

static void several_processes_may_make_the_store_at_once(void **state)
{
    enum { COUNT = 6 };
    struct fixture *f = *state;
    pid_t children[COUNT];
    int gate[2];
    assert_int_equal(pipe(gate), 0);
    for (int i = 0; i < COUNT; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            char byte;
            close(gate[1]);
            (void)!read(gate[0], &byte, 1); /* returns for all of them when the gate is closed */
            struct err e = ERR_INIT;
            struct store *s = store_open(&(struct store_opts){ .url = f->url }, &e);
            if (s == NULL) {
                print_error("%s\n", e.message);
                _exit(1);
            }
            store_close(s);
            _exit(0);
        }
    }
    close(gate[0]);
    close(gate[1]);
    for (int i = 0; i < COUNT; i++) {
        int status;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    f->store = fix_open_store(f, false, true);
    fix_run(f, "greet", NULL, RUN_QUEUED);
}

static void commands_read_and_write_beside_an_engine(void **state)
{
    struct fixture *f = *state;
    f->store = fix_open_store(f, false, true);
    struct id id = fix_run(f, "greet", NULL, RUN_WAITING);
    struct fixture reader = *f;
    reader.store = fix_open_store(f, true, false);
    assert_int_equal(fix_state(&reader, id), RUN_WAITING);
    struct fixture writer = *f;
    writer.store = fix_open_store(f, false, false);
    fix_ask(&writer, id, RUN_REQUEST_RETRY);
    assert_int_equal(fix_state(f, id), RUN_QUEUED);
    assert_int_equal(fix_state(&reader, id), RUN_QUEUED);
    store_close(reader.store);
    store_close(writer.store);
    fix_run(f, "greet", NULL, RUN_QUEUED);
}

/* Opening must not need the lock that a transaction of the engine holds. */
static void a_store_is_opened_while_somebody_writes(void **state)
{
    struct fixture *f = *state;
    struct err e = ERR_INIT;
    store_close(fix_open_store(f, false, false));
    struct db *db = db_open(f->path, false, &e);
    assert_non_null(db);
    assert_int_equal(db_begin(db, &e), 0);
    for (int is_read_only = 0; is_read_only < 2; is_read_only++) {
        store_close(fix_open_store(f, is_read_only, false));
    }
    db_rollback(db);
    db_close(db);
}

static void a_store_that_is_only_read_refuses_to_be_changed(void **state)
{
    struct fixture *f = *state;
    store_close(fix_open_store(f, false, false));
    f->store = fix_open_store(f, true, false);
    struct event_put *p = fix_event(NULL);
    assert_int_equal(fix_exec_error(f, &p->op).kind, ERR_STORE);
    event_put_free(p);
}

static void overwrite_page(const struct fixture *f, int64_t number)
{
    enum { PAGE = 4096 };
    char page[PAGE];
    memset(page, 0xa5, sizeof page);
    int fd = open(f->path, O_WRONLY);
    assert_int_not_equal(fd, -1);
    assert_int_equal(pwrite(fd, page, sizeof page, (number - 1) * PAGE), sizeof page);
    close(fd);
}

static void a_store_whose_schema_is_damaged_is_refused(void **state)
{
    struct fixture *f = *state;
    store_close(fix_open_store(f, false, true));
    for (int64_t i = fix_number(f, "pragma page_count"); i > 1; i--) {
        overwrite_page(f, i);
    }
    struct err e = refuse(f, false, true);
    assert_int_equal(e.kind, ERR_STORE);
    assert_non_null(strstr(e.message, "damaged"));
}

static void a_damaged_store_is_not_open_any_more(void **state)
{
    struct fixture *f = *state;
    f->store = fix_open_store(f, false, true);
    fix_run(f, "greet", NULL, RUN_QUEUED);
    store_close(f->store);
    f->store = NULL;
    overwrite_page(f, fix_number(f, "select rootpage from sqlite_master where name = 'event'"));
    f->store = fix_open_store(f, false, true);
    assert_true(store_is_open(f->store));
    struct event_put *p = fix_event("e");
    struct err e = fix_exec_error(f, &p->op);
    assert_int_equal(e.kind, ERR_STORE);
    assert_non_null(strstr(e.message, "damaged"));
    assert_false(store_is_open(f->store));
    event_put_free(p);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_folder, fix_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_new_store_and_its_folder_are_for_their_owner_only),
        TEST(a_path_is_relative_to_the_folder),
        TEST(a_store_keeps_what_it_was_given_over_a_restart),
        TEST(a_second_engine_is_refused_under_every_name_of_the_file),
        TEST(an_empty_file_becomes_a_store),
        TEST(a_url_of_another_kind_is_refused),
        TEST(a_file_that_is_no_database_is_refused_and_left_alone),
        TEST(a_database_of_another_program_is_refused_and_left_alone),
        TEST(a_database_that_says_it_is_another_programs_is_refused_even_empty),
        TEST(a_store_of_a_newer_version_is_refused),
        TEST(a_store_that_is_not_there_cannot_be_read),
        TEST(a_store_without_tables_cannot_be_read_yet),
        TEST(a_folder_in_the_place_of_the_store_is_refused),
        TEST(a_folder_whose_parent_is_missing_is_named),
        TEST(a_store_that_may_not_be_written_says_so),
        TEST(a_second_engine_is_refused_until_the_first_is_gone),
        TEST(a_crashed_engine_leaves_no_lock),
        TEST(several_processes_may_make_the_store_at_once),
        TEST(commands_read_and_write_beside_an_engine),
        TEST(a_store_is_opened_while_somebody_writes),
        TEST(a_store_that_is_only_read_refuses_to_be_changed),
        TEST(a_store_whose_schema_is_damaged_is_refused),
        TEST(a_damaged_store_is_not_open_any_more),
    };
    return cmocka_run_group_tests_name("store/schema", tests, NULL, NULL);
}
