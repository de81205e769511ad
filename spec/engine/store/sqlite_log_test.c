/* The log goes out in large writes, and is nevertheless what SQLite means it to be. */
#include "fixture.h"

#include <sqlite3.h>

/* --- a disk that counts the writes to the log --- */

static sqlite3_vfs *system_disk;
static const sqlite3_io_methods *system_methods;
static int writes;

static int count_write(sqlite3_file *f, const void *data, int len, sqlite3_int64 at)
{
    writes++;
    return system_methods->xWrite(f, data, len, at);
}

static int open_counted(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out)
{
    static sqlite3_io_methods counting;
    int rc = system_disk->xOpen(system_disk, name, f, flags, out);
    if (rc == SQLITE_OK && (flags & SQLITE_OPEN_WAL) != 0) {
        system_methods = f->pMethods;
        counting = *system_methods;
        counting.xWrite = count_write;
        f->pMethods = &counting;
    }
    return rc;
}

static int install(void **state)
{
    static sqlite3_vfs vfs;
    system_disk = sqlite3_vfs_find(NULL);
    vfs = *system_disk;
    vfs.zName = "counted";
    vfs.pNext = NULL;
    vfs.xOpen = open_counted;
    return sqlite3_vfs_register(&vfs, 1);
}

/* --- the work --- */

struct stage {
    struct fixture files;
    struct db *db;
};

static void run(struct db *db, const char *sql)
{
    struct err e = ERR_INIT;
    if (db_run_script(db, sql, &e) == -1) {
        fail_msg("%s: %s", sql, e.message);
    }
}

static int64_t number(struct db *db, const char *sql)
{
    struct err e = ERR_INIT;
    struct query *q = db_query(db, sql);
    assert_int_equal(query_next(q, &e), 1);
    int64_t n = query_int(q, 0);
    query_end(q);
    return n;
}

static int start(void **state)
{
    static struct stage s;
    struct err e = ERR_INIT;
    fix_make_folder(&s.files);
    s.db = db_open(s.files.path, false, &e);
    assert_non_null(s.db);
    assert_int_equal(db_set_durable(s.db, &e), 0);
    run(s.db,
        "create table t (id integer primary key, text blob);"
        "create index t_text on t (text)");
    *state = &s;
    return 0;
}

static int stop(void **state)
{
    struct stage *s = *state;
    static const char check[] =
        "select count(*) from pragma_integrity_check where integrity_check"
        " = 'ok'";
    assert_int_equal(number(s->db, check), 1);
    db_close(s->db);
    fix_remove_folder(&s->files);
    return 0;
}

/* Rows of a page each. */
#define FILL(count)                                                                                \
    "with recursive n (i) as (values (1) union all select i + 1 from n where i < " #count          \
    ")"                                                                                            \
    " insert into t (text) select randomblob(3000) from n;"

static void a_commit_is_one_write(void **state)
{
    struct stage *s = *state;
    run(s->db, FILL(1)); /* the log has a header now */
    writes = 0;
    run(s->db, "begin;" FILL(8) "commit");
    assert_int_equal(writes, 1);
    run(s->db, "begin;" FILL(1) "rollback");
    assert_int_equal(writes, 1);
}

/* Where nothing is synced, nothing but the commit's last frame says that it is one. */
static void others_see_a_commit_at_once(void **state)
{
    struct stage *s = *state;
    struct err e = ERR_INIT;
    struct db *other = db_open(s->files.path, true, &e);
    assert_non_null(other);
    run(s->db, "pragma synchronous = off");
    for (int i = 1; i <= 20; i++) {
        run(s->db, FILL(3));
        assert_int_equal(number(other, "select count(*) from t where length(text) = 3000"), 3 * i);
    }
    db_close(other);
}

/* With ten pages of memory the connection reads from the log what it has not committed yet. */
static void a_transaction_larger_than_memory_reads_its_own_pages(void **state)
{
    struct stage *s = *state;
    static const char sum[] = "select count(*) from t where length(text) = 3000";
    run(s->db, "pragma cache_size = 10");
    for (int i = 0; i < 3; i++) {
        run(s->db, "begin;" FILL(400));
        assert_int_equal(number(s->db, sum), 400 * (i + 1));
        run(s->db,
            "update t set text = randomblob(3000) where id % 3 = 0;"
            "delete from t where id % 7 = 1; rollback");
        assert_int_equal(number(s->db, sum), 400 * i);
        run(s->db, "begin;" FILL(400) "update t set text = randomblob(3000) where id % 5 = 0;"
                   "commit");
        assert_int_equal(number(s->db, sum), 400 * (i + 1));
        run(s->db, "pragma wal_checkpoint(truncate)");
    }
}

#define T(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_commit_is_one_write),
        T(others_see_a_commit_at_once),
        T(a_transaction_larger_than_memory_reads_its_own_pages),
    };
    return cmocka_run_group_tests_name("store/sqlite_log", tests, install, NULL);
}
