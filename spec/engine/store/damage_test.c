/* Stores that a disk or a person has damaged: commits that are missing are told, damage is found,
 * and what can be read is saved into a store that an engine goes on from. */
#include <fcntl.h>
#include <sys/stat.h>

#include "fixture.h"
#include "store/backup.h"
#include "store/check.h"
#include "store/commit_row.h"

enum { PAGE = 4096, EVENTS = 400 };

static char *file_of(const struct fixture *f, const char *end)
{
    return xasprintf("%s%s", f->path, end);
}

static int64_t size_of(const struct fixture *f, const char *end)
{
    struct stat st;
    char *name = file_of(f, end);
    assert_int_equal(stat(name, &st), 0);
    free(name);
    return st.st_size;
}

/* What is on the disk at this moment, as a crash would leave it, in a folder of its own. */
static struct fixture crash(const struct fixture *f)
{
    struct fixture left = { .store = NULL };
    snprintf(left.folder, sizeof left.folder, "%.200s/left", f->folder);
    snprintf(left.path, sizeof left.path, "%.250s/ladle.db", left.folder);
    snprintf(left.url, sizeof left.url, "sqlite:%s", left.path);
    char *command = xasprintf("rm -rf %s && mkdir %s && cp %s/data/ladle.db* %s/", left.folder,
                              left.folder, f->folder, left.folder);
    assert_int_equal(system(command), 0);
    free(command);
    return left;
}

static int64_t lost_of(struct fixture *f)
{
    f->store = fix_open_store(f, false, true);
    int64_t lost = fix_number(f, "select n from counter where id = 35");
    store_close(f->store);
    f->store = NULL;
    return lost;
}

static void add_events(struct fixture *f, int count)
{
    for (int i = 0; i < count; i++) {
        (void)fix_run(f, "greet", NULL, RUN_QUEUED);
    }
}

static void a_log_that_was_cut_is_noticed(void **state)
{
    struct fixture *f = *state;
    add_events(f, 20);
    struct fixture left = crash(f);
    assert_int_equal(lost_of(&left), 0);
    left = crash(f);
    char *log = file_of(&left, "-wal");
    assert_int_equal(truncate(log, size_of(&left, "-wal") / 2), 0);
    free(log);
    int64_t lost = lost_of(&left);
    assert_true(lost > 0);
    assert_int_equal(lost, 20 - fix_number(&left, "select count(*) from event"));
    assert_int_equal(lost_of(&left), lost); /* it stays written down; no more is missing */
}

static void a_file_of_the_sequence_that_is_behind_or_gone_says_nothing(void **state)
{
    struct fixture *f = *state;
    add_events(f, 3);
    struct fixture left = crash(f);
    char *name = file_of(&left, ".seq");
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    assert_true(fprintf(file, "%020d\n", 1) > 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(lost_of(&left), 0);
    assert_int_equal(unlink(name), 0);
    assert_int_equal(lost_of(&left), 0);
    file = fopen(name, "w"); /* torn */
    assert_non_null(file);
    assert_true(fputs("0000000", file) > 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(lost_of(&left), 0);
    free(name);
}

/* Overwrites pages `from` to `to` of the file with what is no page; the store is closed. */
static void damage(struct fixture *f, int64_t from, int64_t to)
{
    unsigned char garbage[PAGE];
    memset(garbage, 0xa5, sizeof garbage);
    int fd = open(f->path, O_WRONLY);
    assert_true(fd != -1);
    for (int64_t page = from; page < to; page++) {
        assert_int_equal(pwrite(fd, garbage, sizeof garbage, page * PAGE), sizeof garbage);
    }
    close(fd);
}

static void close_store(struct fixture *f)
{
    store_close(f->store);
    f->store = NULL;
}

static void damage_is_found(void **state)
{
    struct fixture *f = *state;
    struct err e = ERR_INIT;
    char *where;
    add_events(f, EVENTS);
    close_store(f);
    assert_int_equal(check_now(f->path, &where, &e), 0);
    int64_t pages = size_of(f, "") / PAGE;
    damage(f, pages / 2, pages / 2 + 4);
    assert_int_equal(check_now(f->path, &where, &e), 1);
    assert_non_null(where);
    free(where);
}

static void check_saved(struct fixture *copy, const struct backup_result *r)
{
    assert_true(r->is_damaged);
    struct err e = ERR_INIT;
    char *where;
    assert_int_equal(check_now(copy->path, &where, &e), 0);
    copy->store = fix_open_store(copy, false, true);
    struct run_counts c = fix_counts(copy);
    assert_int_equal(c.events, fix_number(copy, "select count(*) from event"));
    assert_int_equal(fix_number(copy,
                                "select count(*) from run where state < 4 and not exists"
                                " (select 1 from event where event.id = run.event_id)"),
                     0);
    (void)fix_run(copy, "greet", "k", RUN_QUEUED); /* it takes what comes */
    close_store(copy);
}

static void what_can_be_read_is_saved(void **state)
{
    static const char *const pages[] = {
        "select pageno from dbstat where name = 'event' and pagetype = 'leaf' limit 1 offset 3",
        "select pageno from dbstat where name = 'event' and pagetype = 'internal' limit 1",
        "select pageno from dbstat where name = 'run' and pagetype = 'leaf' limit 1 offset 3",
        "select pageno from dbstat where name = 'run_due' and pagetype = 'leaf' limit 1",
    };
    struct fixture *f = *state;
    add_events(f, EVENTS);
    int torn = 0;
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        int64_t page = fix_number(f, pages[i]);
        if (i == 0) {
            close_store(f);
        }
        struct fixture left = crash(f);
        damage(&left, page - 1, page);
        struct fixture copy = left;
        snprintf(copy.path, sizeof copy.path, "%.250s/saved.db", left.folder);
        snprintf(copy.url, sizeof copy.url, "sqlite:%s", copy.path);
        struct err e = ERR_INIT;
        struct backup_result r;
        if (store_backup(&(struct store_opts){ .url = left.url }, copy.path, &r, &e) == -1) {
            fail_msg("page %d: %s", (int)page, e.message);
        }
        check_saved(&copy, &r);
        torn += r.saved.torn[0] != '\0'; /* of an index nothing is missing */
        free(r.damage);
    }
    assert_int_equal(torn, 3);
}

static void runs_whose_journal_is_torn_are_parked(void **state)
{
    struct fixture *f = *state;
    struct id ids[200];
    for (int i = 0; i < 200; i++) {
        ids[i] = fix_run(f, "greet", NULL, RUN_RUNNING);
        struct run_save *save = fix_save(ids[i], RUN_WAITING);
        save->due_us = clock_wall_us();
        char *output = xcalloc(1, 2000);
        memset(output, 'x', 1999);
        fix_journal(save, "call", JOURNAL_DONE, NULL, output);
        free(output);
        fix_exec(f, &save->op);
        run_save_free(save);
    }
    int64_t page = fix_number(f,
                              "select pageno from dbstat where name = 'journal' and pagetype ="
                              " 'leaf' order by pageno limit 1 offset 20");
    close_store(f);
    damage(f, page - 1, page);
    struct fixture copy = *f;
    snprintf(copy.path, sizeof copy.path, "%.250s/saved.db", f->folder);
    snprintf(copy.url, sizeof copy.url, "sqlite:%s", copy.path);
    struct err e = ERR_INIT;
    struct backup_result r;
    assert_int_equal(store_backup(&(struct store_opts){ .url = f->url }, copy.path, &r, &e), 0);
    assert_true(r.saved.has_torn_journal);
    free(r.damage);
    assert_int_equal(fix_number(&copy, "select count(*) from run where state = 3"), 200);
    assert_true(fix_number(&copy, "select count(*) from journal") > 100);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fix_setup, fix_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_log_that_was_cut_is_noticed),
        TEST(a_file_of_the_sequence_that_is_behind_or_gone_says_nothing),
        TEST(damage_is_found),
        TEST(what_can_be_read_is_saved),
        TEST(runs_whose_journal_is_torn_are_parked),
    };
    return cmocka_run_group_tests_name("store/damage", tests, NULL, NULL);
}
