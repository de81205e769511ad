/* A disk that becomes full, or can no longer sync, at the n-th write or sync of a piece of work,
 * for every n until the work is done without: a layer between SQLite and the system says so. What
 * was acknowledged is there afterwards, nothing is there by half, neither while the disk is full
 * nor later; and once there is room again, what had failed is submitted again and succeeds. */
#include "fixture.h"

#include <pthread.h>

#include <sqlite3.h>

#include "net/loop.h"

enum {
    BATCHES = 2,
    EVENTS = 3,
    EVENT_COUNT = BATCHES * EVENTS,
    TRIES_MAX = 400,
    OUTPUT = 3000,
    LAYERS_MAX = 8,
    PIECE = 4096
};

/* --- the disk --- */

enum failing { FAIL_WRITES, FAIL_SYNCS };

/* One kind of file of the system (the log is locked in another way than the database), with two of
 * its methods exchanged. */
struct layer {
    sqlite3_io_methods failing; /* first: a file points here */
    const sqlite3_io_methods *methods;
};

static struct {
    pthread_mutex_t lock;
    enum failing what;
    int64_t left; /* that still succeed; -1: all do */
    bool has_failed;
    sqlite3_vfs *system;
    struct layer layers[LAYERS_MAX];
    size_t layer_count;
} disk = { .lock = PTHREAD_MUTEX_INITIALIZER, .left = -1 };

static void disk_fail_after(enum failing what, int64_t count)
{
    (void)pthread_mutex_lock(&disk.lock); /* cannot fail: initialised, not recursive */
    disk.what = what;
    disk.left = count;
    disk.has_failed &= count == -1;
    (void)pthread_mutex_unlock(&disk.lock);
}

static bool disk_fails(enum failing what)
{
    (void)pthread_mutex_lock(&disk.lock); /* as above */
    bool fails = disk.left == 0 && disk.what == what;
    disk.has_failed |= fails;
    disk.left -= disk.left > 0 && disk.what == what;
    (void)pthread_mutex_unlock(&disk.lock);
    return fails;
}

static const sqlite3_io_methods *system_methods(const sqlite3_file *f)
{
    return ((const struct layer *)f->pMethods)->methods;
}

/* A disk may be full in the middle of a large write. */
static int disk_write(sqlite3_file *f, const void *data, int len, sqlite3_int64 at)
{
    int rc = SQLITE_OK;
    for (int done = 0; done < len && rc == SQLITE_OK; done += PIECE) {
        int piece = len - done < PIECE ? len - done : PIECE;
        rc = disk_fails(FAIL_WRITES)
                 ? SQLITE_FULL
                 : system_methods(f)->xWrite(f, (const char *)data + done, piece, at + done);
    }
    return rc;
}

static int disk_sync(sqlite3_file *f, int flags)
{
    return disk_fails(FAIL_SYNCS) ? SQLITE_IOERR_FSYNC : system_methods(f)->xSync(f, flags);
}

static struct layer *layer_of(const sqlite3_io_methods *methods)
{
    (void)pthread_mutex_lock(&disk.lock); /* as above */
    size_t i = 0;
    while (i < disk.layer_count && disk.layers[i].methods != methods) {
        i++;
    }
    if (i == disk.layer_count) {
        assert_true(disk.layer_count++ < LAYERS_MAX);
        disk.layers[i] = (struct layer){ .failing = *methods, .methods = methods };
        disk.layers[i].failing.xWrite = disk_write;
        disk.layers[i].failing.xSync = disk_sync;
    }
    (void)pthread_mutex_unlock(&disk.lock);
    return &disk.layers[i];
}

static int disk_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out)
{
    int rc = disk.system->xOpen(disk.system, name, f, flags, out);
    if (rc == SQLITE_OK && f->pMethods != NULL) {
        f->pMethods = &layer_of(f->pMethods)->failing;
    }
    return rc;
}

static int disk_install(void **state)
{
    static sqlite3_vfs vfs;
    disk.system = sqlite3_vfs_find(NULL);
    assert_non_null(disk.system);
    vfs = *disk.system;
    vfs.zName = "a disk that may be full";
    vfs.pNext = NULL;
    vfs.xOpen = disk_open;
    return sqlite3_vfs_register(&vfs, 1);
}

/* --- the work --- */

/* An event of two runs, then the end of the first of them. */
struct piece {
    struct event_put *put;
    struct run_save *save;
    bool is_put, is_saved; /* acknowledged */
    struct id run;
};

struct work {
    struct fixture *f;
    struct loop *loop;
    struct piece pieces[EVENT_COUNT];
    int in_flight;
};

static struct work work;

static void submit(struct store_op *op, void (*done)(struct store_op *, const struct err *),
                   void *ud)
{
    op->done = done;
    op->ud = ud;
    work.in_flight++;
    store_submit(work.f->store, op);
}

static void check_failure(const struct err *e)
{
    assert_true(e == NULL || e->kind == ERR_STORE_FULL || e->kind == ERR_STORE);
    assert_true(e == NULL || disk.has_failed);
}

static void on_put(struct store_op *op, const struct err *e)
{
    struct piece *p = op->ud;
    check_failure(e);
    p->is_put = e == NULL;
    assert_false(e == NULL && p->put->is_duplicate);
    work.in_flight--;
}

static void on_save(struct store_op *op, const struct err *e)
{
    struct piece *p = op->ud;
    check_failure(e);
    p->is_saved = e == NULL;
    work.in_flight--;
}

/* An op that fails for a reason of its own, so that the batch is run again with savepoints. */
static void on_stranger(struct store_op *op, const struct err *e)
{
    assert_non_null(e);
    run_save_free(list_entry(op, struct run_save, op));
    work.in_flight--;
}

static void wait_for_all(void)
{
    while (work.in_flight > 0) {
        loop_turn(work.loop, true);
    }
}

static void make_piece(struct piece *p, int number)
{
    char key[24];
    snprintf(key, sizeof key, "event %d", number);
    p->put = fix_event(key);
    p->put->event.id = id_new();
    p->run = fix_seed(p->put, "greet", NULL, RUN_RUNNING)->id;
    (void)fix_seed(p->put, "mirror", "k", RUN_QUEUED);
    char *output = xmalloc(OUTPUT + 1);
    memset(output, '7', OUTPUT);
    output[OUTPUT] = '\0';
    p->save = fix_save(p->run, RUN_DONE);
    fix_journal(p->save, "a", JOURNAL_DONE, "{}", output);
    fix_journal(p->save, "b", JOURNAL_DONE, "{}", output);
    free(output);
}

/* Puts the events that are not there yet and saves the runs whose event is; all in one batch. */
static void do_batch(int first, int count)
{
    struct run_save *stranger = fix_save(id_new(), RUN_DONE);
    for (struct piece *p = &work.pieces[first]; p < &work.pieces[first + count]; p++) {
        if (!p->is_put) {
            submit(&p->put->op, on_put, p);
        }
    }
    submit(&stranger->op, on_stranger, NULL);
    for (struct piece *p = work.pieces; p < &work.pieces[EVENT_COUNT]; p++) {
        if (p->is_put && !p->is_saved) {
            submit(&p->save->op, on_save, p);
        }
    }
    wait_for_all();
}

/* --- the audit --- */

static int acknowledged(bool saves)
{
    int count = 0;
    for (const struct piece *p = work.pieces; p < &work.pieces[EVENT_COUNT]; p++) {
        count += saves ? p->is_saved : p->is_put;
    }
    return count;
}

static void check_integrity(const struct fixture *f)
{
    struct err e = ERR_INIT;
    struct db *db = db_open(f->path, true, &e);
    assert_non_null(db);
    struct query *q = db_query(db, "pragma integrity_check");
    assert_int_equal(query_next(q, &e), 1);
    char *text = query_text(q, 0);
    assert_string_equal(text, "ok");
    free(text);
    query_end(q);
    db_close(db);
}

/* What is there is what was acknowledged, and whole. */
static void audit(struct fixture *f)
{
    assert_int_equal(fix_number(f, "select count(*) from event"), acknowledged(false));
    assert_int_equal(fix_number(f, "select count(*) from run"), 2 * acknowledged(false));
    assert_int_equal(fix_number(f, "select count(*) from run where state = 4"), acknowledged(true));
    assert_int_equal(fix_number(f, "select count(*) from journal"), 2 * acknowledged(true));
    assert_int_equal(fix_number(f,
                                "select count(*) from event where"
                                " (select count(*) from run where event_id = event.id) <> 2"),
                     0);
    assert_int_equal(fix_number(f,
                                "select count(*) from run where recipe = 'mirror'"
                                " and due_us < 9223372036854775807"),
                     acknowledged(false) > 0);
}

static void audit_counters(struct fixture *f)
{
    struct run_counts c = fix_counts(f);
    assert_int_equal(c.events, EVENT_COUNT);
    assert_int_equal(c.by_state[RUN_DONE], EVENT_COUNT);
    assert_int_equal(c.by_state[RUN_QUEUED], EVENT_COUNT);
    assert_int_equal(c.by_state[RUN_RUNNING], 0);
}

/* --- one try --- */

static bool open_store(struct fixture *f)
{
    struct err e = ERR_INIT;
    f->store = store_open(&(struct store_opts){ .url = f->url, .is_exclusive = true }, &e);
    if (f->store != NULL && store_start(f->store, work.loop, NULL, NULL, &e) == -1) {
        store_close(f->store);
        f->store = NULL;
    }
    check_failure(f->store == NULL ? &e : NULL);
    return f->store != NULL;
}

/* Opens and starts; where the disk stands in the way, once more when it does not. */
static void open_work(struct fixture *f)
{
    work = (struct work){ .f = f, .loop = loop_new() };
    if (!open_store(f)) {
        disk_fail_after(disk.what, -1);
        assert_true(open_store(f));
    }
    for (int i = 0; i < EVENT_COUNT; i++) {
        make_piece(&work.pieces[i], i);
    }
}

static void close_work(struct fixture *f)
{
    store_close(f->store);
    loop_free(work.loop);
    for (struct piece *p = work.pieces; p < &work.pieces[EVENT_COUNT]; p++) {
        event_put_free(p->put);
        run_save_free(p->save);
    }
    f->store = fix_open_store(f, false, true);
}

/* False once `count` was enough for all of it. */
static bool try_with(enum failing what, int64_t count)
{
    struct fixture f = { .store = NULL };
    fix_make_folder(&f);
    disk_fail_after(what, count);
    open_work(&f);
    for (int i = 0; i < BATCHES; i++) {
        do_batch(i * EVENTS, EVENTS);
    }
    bool has_failed = disk.has_failed;
    audit(&f);
    disk_fail_after(what, -1);
    do_batch(0, EVENT_COUNT);
    do_batch(0, EVENT_COUNT);
    assert_int_equal(acknowledged(false) + acknowledged(true), 2 * EVENT_COUNT);
    assert_true(store_is_open(f.store));
    audit(&f);
    close_work(&f);
    audit(&f);
    audit_counters(&f);
    check_integrity(&f);
    store_close(f.store);
    fix_remove_folder(&f);
    return has_failed;
}

static void fail_everywhere(enum failing what, int least)
{
    int count = 0;
    fix_freeze_clock();
    while (count < TRIES_MAX && try_with(what, count)) {
        count++;
    }
    clock_replace(NULL);
    assert_in_range(count, least, TRIES_MAX - 1);
}

static void a_disk_that_is_full_at_any_write_loses_nothing_and_heals(void **state)
{
    fail_everywhere(FAIL_WRITES, 30);
}

static void a_disk_that_fails_at_any_sync_loses_nothing_and_heals(void **state)
{
    fail_everywhere(FAIL_SYNCS, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_disk_that_is_full_at_any_write_loses_nothing_and_heals),
        cmocka_unit_test(a_disk_that_fails_at_any_sync_loses_nothing_and_heals),
    };
    return cmocka_run_group_tests(tests, disk_install, NULL);
}
