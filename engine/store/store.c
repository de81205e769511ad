/*
 * The durable log: runs the operations of the engine in transactions, in their order. The loop
 * collects ops and hands them over once per turn; the writer takes all that are queued, runs them
 * in one transaction and hands them back once it is committed. What arrives during a commit is the
 * next batch: under load batches grow and the cost of syncing is shared, without a timer or a
 * setting.
 *
 *     store_submit → pending → (tick) → writer's queue → transaction → finished → (wake) → done
 *
 * One op that fails is undone alone: where it had written something the batch is rolled back and
 * run again with a savepoint for each op. Where the commit itself fails (a full disk), every op of
 * the batch has failed and nobody was told otherwise. So it has where one that must land finds that
 * the store cannot take it: nothing behind it may become durable before it.
 *
 * Of a batch that failed, what must land stays with the thread as the beginning of the next one.
 * That is tried when something else arrives, or after a pause that grows from try to try: disks are
 * emptied.
 *
 * While nothing is queued the writer looks every quarter of a second whether another process has
 * committed. That wait is in real time whatever base/clock.h says: it watches others, and they live
 * in it.
 *
 * The struct says which thread owns which field; an op belongs to the list that it stands in. The
 * lock is held to move lists only.
 */
#include "store/store.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/db.h"
#include "store/file.h"
#include "store/schema.h"
#include "store/tally.h"

enum {
    LOOK_EVERY_MS = 250,
    PAUSE_FIRST_MS = 20, /* before what must land is tried again; then twice as long each time */
    PAUSE_LONGEST_MS = 500,
};

/* A thread with a connection and a queue. */
struct worker {
    struct store *store;
    pthread_t thread;
    bool is_running;         /* loop thread */
    struct list pending;     /* loop thread: not handed over yet */
    struct list queue;       /* under the store's lock */
    pthread_cond_t wanted;   /* something is queued, or it shall stop */
    struct db *db;           /* --- the worker's thread --- while it runs, else the loop's */
    const char *done_to_ops; /* "stored" or "read"; for the log */
    int64_t seen_version;    /* --- the worker's thread --- */
    bool is_failing;         /* --- the worker's thread --- */
    int64_t pause_ms; /* --- the worker's thread --- since the last try; 0: nothing is held up */
};

struct store {
    char *path;
    bool is_read_only;
    int lock_fd;
    /* --- loop thread --- */
    struct loop *loop;
    void (*on_change)(void *ud);
    void *ud;
    size_t unfinished; /* ops for the writer that are not back yet */
    size_t reading;    /* ops for the reader that are not back yet */
    bool is_closing;
    bool is_open;
    /* --- both, under lock --- */
    pthread_mutex_t lock;
    struct list finished;
    bool has_changed;
    bool gives_up; /* what must land is tried no longer */
    bool is_stopping;
    bool is_damaged;
    /* --- a worker's own, see there --- */
    struct worker writer;
    struct worker reader;
};

static struct store_op *op_of(struct list *link)
{
    return list_entry(link, struct store_op, link);
}

/* --- transactions; the writer's thread, or that of store_exec --- */

/* How a batch is run: AT_ONCE without savepoints, which an op that fails only passes if it wrote
 * nothing; EACH with a savepoint for every op. (Measured: savepoints for all cost 15 % of the
 * throughput, and ops check before they write.) */
enum care { AT_ONCE, EACH };

/* The store is the reason, not the op: another time it may work. */
static bool is_of_store(const struct err *e)
{
    return e->kind == ERR_STORE || e->kind == ERR_STORE_FULL;
}

/* Undoes an op that failed. -1 where the whole transaction went with it (SQLite gives it up after
 * some errors); then *e says why. */
static int undo_op(struct db *db, const struct store_op *op, struct err *e)
{
    if (db_undo(db) == 0) {
        return 0;
    }
    if (is_of_store(&op->err)) {
        *e = op->err;
        return -1;
    }
    return err_set(e, ERR_STORE, "the store %s: the transaction was given up", db_path(db));
}

static int exec(struct store_op *op, struct db *db)
{
    if (FAULT_FAILS("store.before_exec")) {
        return err_set(&op->err, ERR_STORE, "the store %s: a fault was armed", db_path(db));
    }
    return op->exec(op, db, &op->err);
}

/* Runs one op so that it is either all there or not at all. 0, -1 where the whole transaction has
 * failed, or 1 where it has to be run again with more care. */
static int run_op(struct db *db, struct store_op *op, enum care care, struct err *e)
{
    struct tally tally = *db_tally(db);
    int64_t changes = db_changes(db);
    op->err = ERR_INIT;
    if (care == EACH && db_savepoint(db, e) == -1) {
        return -1;
    }
    if (exec(op, db) == 0) {
        return care == EACH ? db_release(db, e) : 0;
    }
    assert(op->err.kind != ERR_NONE); /* exec failed, so it says why */
    if (op->must_land && is_of_store(&op->err)) {
        *e = op->err;
        return -1;
    }
    *db_tally(db) = tally;
    if (care == EACH) {
        return undo_op(db, op, e);
    }
    return db_changes(db) != changes || !db_in_transaction(db);
}

/* The ops that had no failure of their own share the batch's. */
static void fail_batch(struct list *batch, const struct err *why)
{
    list_each (link, batch) {
        struct store_op *op = op_of(link);
        if (op->err.kind == ERR_NONE) {
            op->err = *why;
        }
    }
}

static int exec_ops(struct db *db, struct list *batch, enum care care, struct err *e)
{
    list_each (link, batch) {
        int rc = run_op(db, op_of(link), care, e);
        if (rc != 0) {
            return rc;
        }
    }
    return 0;
}

/* 0, -1, or 1 where an op failed half-way: then nothing was written. */
static int write_batch(struct db *db, struct list *batch, enum care care, struct err *e)
{
    if (db_begin(db, e) == -1) {
        return -1;
    }
    int rc = exec_ops(db, batch, care, e);
    if (rc == 0) {
        rc = tally_flush(db, e);
    }
    if (rc != 0) {
        db_rollback(db);
        return rc;
    }
    FAULT("store.before_commit");
    if (db_commit(db, e) == -1) {
        return -1;
    }
    FAULT("store.after_commit");
    return 0;
}

static void clear_errors(struct list *batch)
{
    list_each (link, batch) {
        op_of(link)->err = ERR_INIT;
    }
}

/* A disk stays full for a while: the log says when it begins and when it is over. */
static void note_commit_failure(struct worker *w, const struct err *e)
{
    if (e != NULL && !w->is_failing) {
        log_error("store", "nothing can be %s: %s", w->done_to_ops, e->message);
    } else if (e == NULL && w->is_failing) {
        log_info("store", "the store works again");
    }
    w->is_failing = e != NULL;
}

static void run_writes(struct worker *w, struct list *batch)
{
    struct err e = ERR_INIT;
    clear_errors(batch);
    int rc = write_batch(w->db, batch, AT_ONCE, &e);
    if (rc == 1) {
        rc = write_batch(w->db, batch, EACH, &e);
    }
    note_commit_failure(w, rc == 0 ? NULL : &e);
    if (rc != 0) {
        fail_batch(batch, &e);
    }
}

static int read_op(struct db *db, struct store_op *op)
{
    if (FAULT_FAILS("store.read")) {
        return err_set(&op->err, ERR_STORE, "the store %s: a fault was armed", db_path(db));
    }
    if (db_begin_reading(db, &op->err) == -1) {
        return -1;
    }
    int rc = op->exec(op, db, &op->err);
    db_rollback(db); /* nothing was written */
    return rc;
}

/* *e: why the store could not be read, where that happened. */
static void run_reads(struct db *db, struct list *batch, struct err *e)
{
    list_each (link, batch) {
        struct store_op *op = op_of(link);
        op->err = ERR_INIT;
        if (read_op(db, op) == -1) {
            assert(op->err.kind != ERR_NONE); /* exec failed, so it says why */
            *e = is_of_store(&op->err) ? op->err : *e;
        }
    }
}

/* --- workers --- */

static void hand_back(struct worker *w, struct list *batch)
{
    struct store *s = w->store;
    (void)pthread_mutex_lock(&s->lock); /* cannot fail: initialised, not recursive */
    list_splice(&s->finished, batch);
    s->is_damaged = s->is_damaged || db_is_damaged(w->db);
    (void)pthread_mutex_unlock(&s->lock);
    loop_wake(s->loop);
}

/* Hands back what is over; what is held up stays, for the next try. */
static void settle_batch(struct worker *w, struct list *batch, bool gives_up)
{
    struct list over = LIST_INIT(over);
    list_each_safe (link, batch) {
        struct store_op *op = op_of(link);
        bool is_held_up = op->must_land && is_of_store(&op->err);
        if (is_held_up && !gives_up) {
            continue;
        }
        if (is_held_up) {
            (void)err_set(&op->err, ERR_CANCELLED, "there was no more time to try: %s",
                          op->err.message);
        }
        list_remove(link);
        list_push_back(&over, link);
    }
    int64_t longer_ms = w->pause_ms == 0 ? PAUSE_FIRST_MS : 2 * w->pause_ms;
    w->pause_ms = list_is_empty(batch)           ? 0
                  : longer_ms < PAUSE_LONGEST_MS ? longer_ms
                                                 : PAUSE_LONGEST_MS;
    hand_back(w, &over);
}

static struct timespec from_now(int64_t ms)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t); /* cannot fail with this clock */
    t.tv_nsec += ms * 1000000;
    t.tv_sec += t.tv_nsec / 1000000000;
    t.tv_nsec %= 1000000000;
    return t;
}

/* The next batch: what is held up and stands in `batch` already, and behind it what is queued. An
 * empty one where the wait took long enough to look around. *gives_up: this is its last try. False:
 * stop. */
static bool take_queue(struct worker *w, struct list *batch, bool is_looking, bool *gives_up)
{
    struct store *s = w->store;
    bool is_held_up = !list_is_empty(batch);
    struct timespec until = from_now(is_held_up ? w->pause_ms : LOOK_EVERY_MS);
    int rc = 0;
    (void)pthread_mutex_lock(&s->lock); /* cannot fail: initialised, not recursive */
    while (list_is_empty(&w->queue) && !s->is_stopping && !(is_held_up && s->gives_up) &&
           rc != ETIMEDOUT) {
        rc = is_looking || is_held_up ? pthread_cond_timedwait(&w->wanted, &s->lock, &until)
                                      : pthread_cond_wait(&w->wanted, &s->lock);
    }
    list_splice(batch, &w->queue);
    *gives_up = s->gives_up || s->is_stopping;
    bool goes_on = !s->is_stopping || !list_is_empty(batch);
    (void)pthread_mutex_unlock(&s->lock);
    return goes_on;
}

/* Whether another process has committed since the last look. A look that fails tells nothing. */
static void look_around(struct worker *w)
{
    int64_t version = db_data_version(w->db);
    if (version == -1 || version == w->seen_version) {
        return;
    }
    w->seen_version = version;
    struct store *s = w->store;
    (void)pthread_mutex_lock(&s->lock); /* cannot fail: initialised, not recursive */
    s->has_changed = true;
    (void)pthread_mutex_unlock(&s->lock);
    loop_wake(s->loop);
}

static void *run_writer(void *ud)
{
    struct worker *w = ud;
    struct list batch = LIST_INIT(batch);
    bool gives_up;
    while (take_queue(w, &batch, true, &gives_up)) {
        if (!list_is_empty(&batch)) {
            run_writes(w, &batch);
            settle_batch(w, &batch, gives_up);
        }
        look_around(w);
    }
    return NULL;
}

static void *run_reader(void *ud)
{
    struct worker *w = ud;
    struct list batch = LIST_INIT(batch);
    bool gives_up;
    while (take_queue(w, &batch, false, &gives_up)) {
        struct err e = ERR_INIT;
        run_reads(w->db, &batch, &e);
        note_commit_failure(w, e.kind != ERR_NONE ? &e : NULL);
        settle_batch(w, &batch, gives_up);
    }
    return NULL;
}

static void worker_init(struct worker *w, struct store *s, const char *done_to_ops)
{
    w->store = s;
    w->done_to_ops = done_to_ops;
    list_init(&w->pending);
    list_init(&w->queue);
    pthread_condattr_t monotonic;
    int rc = pthread_condattr_init(&monotonic);
    assert(rc == 0);
    rc = pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    assert(rc == 0);
    rc = pthread_cond_init(&w->wanted, &monotonic);
    assert(rc == 0);
    (void)pthread_condattr_destroy(&monotonic); /* does nothing on Linux */
}

/* Signals are the loop's: a worker blocks them all. */
static int worker_start(struct worker *w, const char *name, void *(*run)(void *ud), struct err *e)
{
    sigset_t all;
    sigset_t old;
    (void)sigfillset(&all); /* cannot fail */
    int rc = pthread_sigmask(SIG_SETMASK, &all, &old);
    assert(rc == 0);
    int failed = pthread_create(&w->thread, NULL, run, w);
    rc = pthread_sigmask(SIG_SETMASK, &old, NULL);
    assert(rc == 0);
    if (failed != 0) {
        return err_set(e, ERR_STORE, "cannot start a thread: %s", strerror(failed));
    }
    (void)pthread_setname_np(w->thread, name); /* for people with a debugger */
    w->is_running = true;
    return 0;
}

static void worker_join(struct worker *w)
{
    if (w->is_running) {
        int rc = pthread_join(w->thread, NULL);
        assert(rc == 0);
        w->is_running = false;
    }
}

static void worker_hand_over(struct worker *w)
{
    if (list_is_empty(&w->pending)) {
        return;
    }
    struct store *s = w->store;
    (void)pthread_mutex_lock(&s->lock); /* cannot fail: initialised, not recursive */
    list_splice(&w->queue, &w->pending);
    (void)pthread_cond_signal(&w->wanted); /* cannot fail */
    (void)pthread_mutex_unlock(&s->lock);
}

/* --- loop thread --- */

static bool tick(void *ud)
{
    struct store *s = ud;
    worker_hand_over(&s->writer);
    worker_hand_over(&s->reader);
    return false;
}

static void deliver_ops(struct store *s, struct list *ops)
{
    struct list *link;
    while ((link = list_pop(ops)) != NULL) {
        struct store_op *op = op_of(link);
        struct err e = op->err; /* the op may be freed in done */
        s->unfinished -= op->is_write;
        s->reading -= !op->is_write;
        op->done(op, e.kind == ERR_NONE ? NULL : &e);
    }
}

static void on_store_wake(void *ud)
{
    struct store *s = ud;
    struct list finished = LIST_INIT(finished);
    (void)pthread_mutex_lock(&s->lock); /* cannot fail: initialised, not recursive */
    list_splice(&finished, &s->finished);
    bool has_changed = s->has_changed;
    s->has_changed = false;
    s->is_open = !s->is_damaged;
    (void)pthread_mutex_unlock(&s->lock);
    deliver_ops(s, &finished);
    if (has_changed && s->on_change != NULL && !s->is_closing) {
        s->on_change(s->ud);
    }
}

static void submit_to(struct store *s, struct worker *w, struct store_op *op)
{
    op->err = ERR_INIT;
    op->now_us = clock_wall_us();
    op->is_write = w == &s->writer;
    s->unfinished += op->is_write;
    s->reading += !op->is_write;
    if (s->is_closing) {
        (void)err_set(&op->err, ERR_CANCELLED, "the store is closing");
        list_push_back(&s->finished,
                       &op->link); /* the workers are gone: nobody else has the list */
        return;
    }
    if (list_is_empty(&w->pending) && s->loop != NULL) {
        loop_wake(s->loop); /* submitted outside a turn, it must not wait for something to happen */
    }
    list_push_back(&w->pending, &op->link);
}

void store_submit(struct store *s, struct store_op *op)
{
    submit_to(s, &s->writer, op);
}

void store_submit_read(struct store *s, struct store_op *op)
{
    submit_to(s, &s->reader, op);
}

size_t store_queue_len(const struct store *s)
{
    return s->unfinished;
}

bool store_is_idle(const struct store *s)
{
    return s->unfinished == 0 && s->reading == 0;
}

bool store_is_open(const struct store *s)
{
    return s->is_open;
}

int store_exec(struct store *s, struct store_op *op, struct err *e)
{
    assert(!s->writer.is_running);
    struct list batch = LIST_INIT(batch);
    op->now_us = clock_wall_us();
    list_push_back(&batch, &op->link);
    if (s->is_read_only) {
        struct err unread = ERR_INIT; /* the op says it */
        run_reads(s->writer.db, &batch, &unread);
    } else {
        run_writes(&s->writer, &batch);
    }
    list_remove(&op->link);
    s->is_open = !db_is_damaged(s->writer.db);
    if (op->err.kind == ERR_NONE) {
        return 0;
    }
    if (e != NULL) {
        *e = op->err;
    }
    return -1;
}

/* --- opening and closing --- */

char *store_path(const struct store_opts *o, struct err *e)
{
    static const char scheme[] = "sqlite:";
    size_t scheme_len = sizeof scheme - 1;
    if (strncmp(o->url, scheme, scheme_len) != 0 || o->url[scheme_len] == '\0') {
        (void)err_set(e, ERR_CONFIG,
                      "\"%s\" names no store; write sqlite: and a path, as in "
                      "sqlite:data/ladle.db",
                      o->url);
        return NULL;
    }
    const char *path = o->url + scheme_len;
    if (path[0] == '/' || o->folder == NULL) {
        return xstrdup(path);
    }
    return xasprintf("%s/%s", o->folder, path);
}

/* The lock comes first: a second engine must not get as far as the tables. */
static int open_database(struct store *s, const struct store_opts *o, struct err *e)
{
    if (o->is_exclusive &&
        (file_prepare(s->path, e) == -1 || file_lock(s->path, &s->lock_fd, e) == -1)) {
        return -1;
    }
    s->writer.db = db_open(s->path, o->is_read_only, e);
    if (s->writer.db == NULL) {
        return -1;
    }
    return schema_open(s->writer.db, o->is_read_only, e);
}

static struct store *store_new(char *path_taken, bool is_read_only)
{
    struct store *s = xcalloc(1, sizeof(*s));
    s->path = path_taken;
    s->is_read_only = is_read_only;
    s->is_open = true;
    s->lock_fd = -1;
    list_init(&s->finished);
    worker_init(&s->writer, s, "stored");
    worker_init(&s->reader, s, "read");
    int rc = pthread_mutex_init(&s->lock, NULL);
    assert(rc == 0);
    return s;
}

static void store_free(struct store *s)
{
    db_close(s->reader.db);
    db_close(s->writer.db);
    file_unlock(s->lock_fd);
    (void)pthread_cond_destroy(&s->writer.wanted); /* nobody waits any more */
    (void)pthread_cond_destroy(&s->reader.wanted);
    (void)pthread_mutex_destroy(&s->lock);
    free(s->path);
    free(s);
}

struct store *store_open(const struct store_opts *o, struct err *e)
{
    char *path = store_path(o, e);
    if (path == NULL) {
        return NULL;
    }
    struct store *s = store_new(path, o->is_read_only);
    if (open_database(s, o, e) == -1) {
        store_free(s);
        return NULL;
    }
    return s;
}

/* Sets one of the flags that end the workers' waits. */
static void tell_workers(struct store *s, bool *flag)
{
    (void)pthread_mutex_lock(&s->lock); /* cannot fail: initialised, not recursive */
    *flag = true;
    (void)pthread_cond_signal(&s->writer.wanted); /* cannot fail */
    (void)pthread_cond_signal(&s->reader.wanted);
    (void)pthread_mutex_unlock(&s->lock);
}

void store_give_up(struct store *s)
{
    tell_workers(s, &s->gives_up);
}

static void stop_workers(struct store *s)
{
    tell_workers(s, &s->is_stopping);
    worker_join(&s->writer);
    worker_join(&s->reader);
}

int store_start(struct store *s, struct loop *l, void (*on_change)(void *ud), void *ud,
                struct err *e)
{
    assert(s->loop == NULL);
    s->reader.db = db_open(s->path, true, e);
    if (s->reader.db == NULL) {
        return -1;
    }
    s->loop = l;
    s->on_change = on_change;
    s->ud = ud;
    s->writer.seen_version = db_data_version(s->writer.db);
    loop_on_wake(l, on_store_wake, s);
    loop_add_tick(l, tick, s);
    loop_wake(l); /* for what was submitted before */
    if (worker_start(&s->writer, "store-writer", run_writer, e) == -1 ||
        worker_start(&s->reader, "store-reader", run_reader, e) == -1) {
        stop_workers(s);
        return -1;
    }
    return 0;
}

void store_close(struct store *s)
{
    if (s->loop != NULL) {
        (void)tick(s); /* hands over what is pending */
        stop_workers(s);
        FAULT("store.closing");
        loop_remove_tick(s->loop, tick, s);
        loop_off_wake(s->loop, on_store_wake, s);
        s->is_closing = true;
        while (!list_is_empty(&s->finished)) {
            on_store_wake(s);
        }
    }
    store_free(s);
}
