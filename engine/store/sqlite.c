/*
 * SQLite behind the contract of db.h and query.h, and the only file that knows it.
 *
 * Durability: the write-ahead log with synchronous=EXTRA, so that a commit that was acknowledged
 * has been synced (NORMAL may roll it back after a power cut). EXTRA is FULL, and besides syncs the
 * folder after a rollback journal is removed, as at the switch to the log: should that journal come
 * back after a power cut, it would undo the switch, and SQLite would throw the log away. Readers
 * and other processes go on meanwhile. Memory is bounded: 8 MB of pages for a connection that
 * writes, 2 MB for one that reads.
 *
 * Statements are kept in an open hash table under the address of their text; the table has a fixed
 * size, as the statements are the program's own. Texts are bound without a copy: they belong to the
 * op that runs, and the binding is dropped with the query's end.
 *
 * A connection is opened on the loop thread and then used by one thread only, so SQLite's own
 * mutexes are off (SQLITE_OPEN_NOMUTEX).
 */
#include "store/db.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/fault.h"
#include "base/mem.h"
#include "store/file.h"
#include "store/sqlite_log.h"

enum {
    QUERIES_MAX = 256, /* a power of two, well over the number of statements in store/ */
    BUSY_TIMEOUT_MS = 5000,
    BUSY_PAUSE_MS = 20,
};

struct query {
    const char *sql; /* the key; NULL: this place is free */
    struct db *db;
    sqlite3_stmt *stmt;
    int rc; /* the first failure to prepare or to bind */
};

struct db {
    sqlite3 *handle;
    char *path;
    struct sqlite_log *log; /* of one that writes; or NULL */
    bool is_damaged;
    int64_t last_number;
    struct tally tally;
    enum wait_hint wait_hint;
    size_t query_count;
    struct query queries[QUERIES_MAX];
};

/* --- errors --- */

static enum err_kind kind_of_code(sqlite3 *handle, int rc)
{
    switch (rc & 0xff) {
    case SQLITE_FULL:
        return ERR_STORE_FULL;
    case SQLITE_IOERR: {
        int why = handle != NULL ? sqlite3_system_errno(handle) : 0;
        return why == ENOSPC || why == EDQUOT ? ERR_STORE_FULL : ERR_STORE;
    }
    case SQLITE_CONSTRAINT:
        return ERR_CONFLICT;
    case SQLITE_TOOBIG:
        return ERR_TOO_LARGE;
    case SQLITE_NOTADB:
        return ERR_CONFIG;
    default:
        return ERR_STORE;
    }
}

/* What a person is told instead of SQLite's own words, where these would not help. */
static const char *words_for(struct db *db, int rc)
{
    switch (rc & 0xff) {
    case SQLITE_FULL:
        return "there is no room left on its disk";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return "another process kept it locked for too long";
    case SQLITE_NOTADB:
        return "the file is not a database";
    case SQLITE_CORRUPT:
        return "the file is damaged";
    default:
        return db->handle != NULL ? sqlite3_errmsg(db->handle) : sqlite3_errstr(rc);
    }
}

static int sqlite_failed(struct db *db, int rc, struct err *e)
{
    int primary = rc & 0xff;
    if (primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB) {
        db->is_damaged = true;
    }
    return err_set(e, kind_of_code(db->handle, rc), "the store %s: %s", db->path,
                   words_for(db, rc));
}

/* --- statements --- */

static size_t place_in_cache(const char *sql)
{
    uintptr_t hash = (uintptr_t)sql * UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(hash >> 32) & (QUERIES_MAX - 1);
}

/* Numbers that stand out of order would be bound to the wrong parameters. */
static void check_params(sqlite3_stmt *stmt)
{
    char expected[16];
    for (int i = 1; i <= sqlite3_bind_parameter_count(stmt); i++) {
        (void)snprintf(expected, sizeof expected, "$%d", i);
        assert(strcmp(sqlite3_bind_parameter_name(stmt, i), expected) == 0);
    }
}

static void prepare_query(struct query *q)
{
    q->rc =
        sqlite3_prepare_v3(q->db->handle, q->sql, -1, SQLITE_PREPARE_PERSISTENT, &q->stmt, NULL);
    if (q->rc == SQLITE_OK) {
        check_params(q->stmt);
    }
}

struct query *db_query(struct db *db, const char *sql)
{
    size_t place = place_in_cache(sql);
    while (db->queries[place].sql != NULL && db->queries[place].sql != sql) {
        place = (place + 1) & (QUERIES_MAX - 1);
    }
    struct query *q = &db->queries[place];
    if (q->sql == NULL) {
        db->query_count++;
        assert(db->query_count <= QUERIES_MAX / 2);
        q->sql = sql;
        q->db = db;
    }
    if (q->stmt == NULL) {
        prepare_query(q);
    }
    return q;
}

static void note_bind(struct query *q, int rc)
{
    if (q->rc == SQLITE_OK) {
        q->rc = rc;
    }
}

void query_bind_int(struct query *q, int param, int64_t value)
{
    note_bind(q, sqlite3_bind_int64(q->stmt, param, value));
}

void query_bind_bytes(struct query *q, int param, const void *data, size_t len)
{
    if (data != NULL) {
        note_bind(q, sqlite3_bind_blob64(q->stmt, param, data, len, SQLITE_STATIC));
    }
}

void query_bind_id(struct query *q, int param, const struct id *id)
{
    if (!id_is_zero(id)) {
        query_bind_bytes(q, param, id->bytes, ID_BYTES);
    }
}

void query_bind_text_n(struct query *q, int param, const char *text, size_t len)
{
    if (text != NULL) {
        note_bind(q, sqlite3_bind_text64(q->stmt, param, text, len, SQLITE_STATIC, SQLITE_UTF8));
    }
}

void query_bind_text(struct query *q, int param, const char *text)
{
    query_bind_text_n(q, param, text, text != NULL ? strlen(text) : 0);
}

int query_next(struct query *q, struct err *e)
{
    int rc = q->rc == SQLITE_OK ? sqlite3_step(q->stmt) : q->rc;
    if (rc == SQLITE_ROW) {
        return 1;
    }
    int result = rc == SQLITE_DONE ? 0 : sqlite_failed(q->db, rc, e);
    query_end(q);
    return result;
}

void query_end(struct query *q)
{
    if (q->stmt != NULL) {
        (void)sqlite3_reset(q->stmt);          /* repeats the error of the last step */
        (void)sqlite3_clear_bindings(q->stmt); /* cannot fail */
        q->rc = SQLITE_OK;
    }
}

int query_run(struct query *q, struct err *e)
{
    int rc;
    do {
        rc = query_next(q, e);
    } while (rc == 1);
    return rc;
}

int64_t query_change(struct query *q, struct err *e)
{
    return query_run(q, e) == 0 ? sqlite3_changes64(q->db->handle) : -1;
}

int64_t query_int(struct query *q, int column)
{
    return sqlite3_column_int64(q->stmt, column);
}

struct id query_id(struct query *q, int column)
{
    struct id id = { { 0 } };
    const void *bytes = sqlite3_column_blob(q->stmt, column);
    if (bytes != NULL && sqlite3_column_bytes(q->stmt, column) == ID_BYTES) {
        memcpy(id.bytes, bytes, ID_BYTES);
    }
    return id;
}

char *query_text_n(struct query *q, int column, size_t *len)
{
    const unsigned char *text = sqlite3_column_text(q->stmt, column);
    *len = (size_t)sqlite3_column_bytes(q->stmt, column);
    return text != NULL ? xstrndup((const char *)text, *len) : NULL;
}

char *query_text(struct query *q, int column)
{
    size_t len;
    return query_text_n(q, column, &len);
}

void *query_bytes(struct query *q, int column, size_t *len)
{
    const void *bytes = sqlite3_column_blob(q->stmt, column);
    *len = (size_t)sqlite3_column_bytes(q->stmt, column);
    if (bytes == NULL) {
        return sqlite3_column_type(q->stmt, column) == SQLITE_NULL ? NULL : xcalloc(1, 1);
    }
    return xmemdup(bytes, *len);
}

const char *query_peek_text(struct query *q, int column)
{
    return (const char *)sqlite3_column_text(q->stmt, column);
}

/* --- transactions --- */

static const char begin_writing[] = "begin immediate";
static const char begin_reading[] = "begin";
static const char commit[] = "commit";
static const char rollback[] = "rollback";
static const char savepoint[] = "savepoint op";
static const char release[] = "release op";
static const char undo[] = "rollback to op";

int db_begin(struct db *db, struct err *e)
{
    db->wait_hint = WAITS_UNKNOWN;
    return query_run(db_query(db, begin_writing), e);
}

int db_begin_reading(struct db *db, struct err *e)
{
    return query_run(db_query(db, begin_reading), e);
}

bool db_in_transaction(const struct db *db)
{
    return sqlite3_get_autocommit(db->handle) == 0;
}

void db_rollback(struct db *db)
{
    memset(&db->tally, 0, sizeof db->tally);
    if (db_in_transaction(db)) {
        (void)query_run(db_query(db, rollback), NULL); /* fails only where nothing is open */
    }
}

int db_commit(struct db *db, struct err *e)
{
    int result = FAULT_FAILS("store.commit_full") ? sqlite_failed(db, SQLITE_FULL, e)
                                                  : query_run(db_query(db, commit), e);
    if (result == -1) {
        db_rollback(db);
    }
    return result;
}

int db_savepoint(struct db *db, struct err *e)
{
    return query_run(db_query(db, savepoint), e);
}

int db_release(struct db *db, struct err *e)
{
    return query_run(db_query(db, release), e);
}

/* SQLite itself rolls all back after some errors (a full disk, failed reads and writes). */
int db_undo(struct db *db)
{
    if (!db_in_transaction(db)) {
        return -1;
    }
    if (query_run(db_query(db, undo), NULL) == -1) {
        return -1;
    }
    return db_release(db, NULL);
}

int64_t db_changes(const struct db *db)
{
    return sqlite3_total_changes64(db->handle);
}

/* --- the connection --- */

static const char data_version[] = "pragma data_version";
static const char page_count[] = "pragma page_count";
static const char freelist_count[] = "pragma freelist_count";

/* The number that a pragma says, or -1. */
static int64_t ask(struct db *db, const char *pragma, struct err *e)
{
    struct query *q = db_query(db, pragma);
    int64_t value = query_next(q, e) == 1 ? query_int(q, 0) : -1;
    query_end(q);
    return value;
}

int64_t db_data_version(struct db *db)
{
    return ask(db, data_version, NULL);
}

int db_count_pages(struct db *db, int64_t *pages, int64_t *free_pages, struct err *e)
{
    *pages = ask(db, page_count, e);
    *free_pages = *pages != -1 ? ask(db, freelist_count, e) : -1;
    return *free_pages != -1 ? 0 : -1;
}

/* auto_vacuum is what lets db_shrink work. It takes the writer's lock, so it is not one of the
 * settings of every connection. */
int db_set_new(struct db *db, struct err *e)
{
    return db_run_script(db, "pragma auto_vacuum = incremental", e);
}

/* Does nothing in a file that was made without auto_vacuum. */
int db_shrink(struct db *db, int pages, struct err *e)
{
    char sql[64];
    (void)snprintf(sql, sizeof sql, "pragma incremental_vacuum(%d)", pages);
    return db_run_script(db, sql, e);
}

bool db_is_damaged(const struct db *db)
{
    return db->is_damaged;
}

const char *db_path(const struct db *db)
{
    return db->path;
}

struct tally *db_tally(struct db *db)
{
    return &db->tally;
}

enum wait_hint *db_wait_hint(struct db *db)
{
    return &db->wait_hint;
}

int64_t db_next_number(struct db *db, int64_t now_us)
{
    db->last_number = now_us > db->last_number ? now_us : db->last_number + 1;
    return db->last_number;
}

int db_run_script(struct db *db, const char *script, struct err *e)
{
    int rc = sqlite3_exec(db->handle, script, NULL, NULL, NULL);
    return rc == SQLITE_OK ? 0 : sqlite_failed(db, rc, e);
}

/* The first column of the first row; for pragmas that are asked once. */
static int read_int(struct db *db, const char *sql, int64_t *value, struct err *e)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(db->handle, sql, -1, &stmt, NULL);
    if (rc == SQLITE_OK) {
        rc = sqlite3_step(stmt);
    }
    if (rc == SQLITE_ROW) {
        *value = sqlite3_column_int64(stmt, 0);
    }
    int result = rc == SQLITE_ROW ? 0 : sqlite_failed(db, rc, e);
    (void)sqlite3_finalize(stmt); /* repeats the error of the step */
    return result;
}

int db_read_stamp(struct db *db, struct db_stamp *stamp, struct err *e)
{
    int64_t tables = 0;
    if (read_int(db, "pragma application_id", &stamp->application, e) == -1 ||
        read_int(db, "pragma user_version", &stamp->version, e) == -1 ||
        read_int(db, "select count(*) from sqlite_master", &tables, e) == -1) {
        return -1;
    }
    stamp->is_empty = tables == 0;
    return 0;
}

int db_write_stamp(struct db *db, const struct db_stamp *stamp, struct err *e)
{
    char sql[128];
    (void)snprintf(sql, sizeof sql, "pragma application_id = %d; pragma user_version = %d",
                   (int)stamp->application, (int)stamp->version);
    return db_run_script(db, sql, e);
}

/* Asks for the write-ahead log; *is_on says whether it is there. Gives SQLite's code. */
static int switch_on_log(struct db *db, bool *is_on)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(db->handle, "pragma journal_mode = wal", -1, &stmt, NULL);
    if (rc == SQLITE_OK) {
        rc = sqlite3_step(stmt);
    }
    const char *mode = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
    *is_on = mode != NULL && strcmp(mode, "wal") == 0;
    (void)sqlite3_finalize(stmt); /* repeats the error of the step */
    return rc;
}

/* Others that open the file in the same moment are waited for here: while it switches to the log
 * SQLite itself does not wait, as it cannot tell others from a deadlock. */
int db_set_durable(struct db *db, struct err *e)
{
    bool is_on;
    int rc = switch_on_log(db, &is_on);
    for (int waited_ms = 0; (rc & 0xff) == SQLITE_BUSY && waited_ms < BUSY_TIMEOUT_MS;) {
        waited_ms += sqlite3_sleep(BUSY_PAUSE_MS);
        rc = switch_on_log(db, &is_on);
    }
    if (rc != SQLITE_ROW) {
        return sqlite_failed(db, rc, e);
    }
    if (!is_on) {
        return err_set(e, ERR_CONFIG,
                       "the store %s: its file system has no shared memory, which the write-ahead "
                       "log needs; put it on a local disk",
                       db->path);
    }
    return 0;
}

/* The log is written back into the tables every 4000 pages (16 MB), so that a page which many
 * commits touch is written back once (measured: a third more events a second than with SQLite's
 * 1000). Its file keeps its length, as syncing a file that grows costs more, but what a burst left
 * above 32 MB is given back. */
static const char settings[] =
    "pragma synchronous = extra;"
    "pragma foreign_keys = off;"
    "pragma temp_store = memory;"
    "pragma wal_autocheckpoint = 4000;"
    "pragma journal_size_limit = 33554432;"
    "pragma trusted_schema = off;";

/* What only counts for a file without pages; auto_vacuum lets db_shrink work. SQLite takes the
 * write lock to set that and writes it down anew in a file that has it, so it is said once: opening
 * a store to look at it must work on a full disk, too. */
static const char settings_of_new[] =
    "pragma page_size = 4096;"
    "pragma auto_vacuum = incremental;";

static int set_up_new(struct db *db, struct err *e)
{
    int64_t pages = 0;
    if (read_int(db, page_count, &pages, e) == -1) {
        return -1;
    }
    return pages == 0 ? db_run_script(db, settings_of_new, e) : 0;
}

static int set_up(struct db *db, bool is_read_only, struct err *e)
{
    (void)sqlite3_extended_result_codes(db->handle, 1); /* fails only without a handle */
    (void)sqlite3_busy_timeout(db->handle, BUSY_TIMEOUT_MS);
    if (db_run_script(db, settings, e) == -1 || (!is_read_only && set_up_new(db, e) == -1)) {
        return -1;
    }
    return db_run_script(db,
                         is_read_only ? "pragma cache_size = -2000; pragma query_only = on"
                                      : "pragma cache_size = -8000",
                         e);
}

/* One that only looks still opens for reading and writing where it may: the log's index is shared
 * memory that readers write to. query_only keeps it from changing anything. */
static int open_handle(struct db *db, bool is_read_only, struct err *e)
{
    db->log = is_read_only ? NULL : sqlite_log_new();
    int rc = sqlite3_open_v2(db->path, &db->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
                             db->log != NULL ? sqlite_log_name(db->log) : NULL);
    if (rc != SQLITE_OK) {
        return err_set(e, ERR_CONFIG, "cannot open the store %s: %s", db->path, words_for(db, rc));
    }
    if (!is_read_only && sqlite3_db_readonly(db->handle, "main") == 1) {
        return err_set(e, ERR_CONFIG,
                       "the store %s cannot be written: its file or its folder is "
                       "read only for this user",
                       db->path);
    }
    return set_up(db, is_read_only, e);
}

/* SQLite's statistics of memory cost a lock for every allocation, and nobody reads them. Does
 * nothing where SQLite runs already. */
static void configure(void)
{
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

struct db *db_open(const char *path, bool is_read_only, struct err *e)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, configure); /* cannot fail */
    if (!is_read_only && file_prepare(path, e) == -1) {
        return NULL;
    }
    if (is_read_only && access(path, F_OK) == -1 && errno == ENOENT) {
        (void)err_set(e, ERR_NOT_FOUND, "there is no store %s yet; `ladle run` makes it", path);
        return NULL;
    }
    struct db *db = xcalloc(1, sizeof(*db));
    db->path = xstrdup(path);
    if (open_handle(db, is_read_only, e) == -1) {
        db_close(db);
        return NULL;
    }
    return db;
}

void db_close(struct db *db)
{
    if (db == NULL) {
        return;
    }
    for (size_t i = 0; i < QUERIES_MAX; i++) {
        (void)sqlite3_finalize(db->queries[i].stmt); /* repeats the error of the last step */
    }
    int rc = sqlite3_close(db->handle);
    assert(rc == SQLITE_OK); /* SQLITE_BUSY: a statement is left */
    sqlite_log_free(db->log);
    free(db->path);
    free(db);
}
