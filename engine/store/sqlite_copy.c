/*
 * A copy of an SQLite database as it is at one moment. The source is held in a read transaction
 * until the copy is whole: writers go on, in the log, and what they write is not seen; without it
 * SQLite would begin again after each of their commits and never end. Any thread; connections of
 * its own.
 */
#include <stdbool.h>
#include <stdio.h>

#include <sqlite3.h>

#include "base/fault.h"
#include "store/db.h"

enum { STEP_PAGES = 1024, BUSY_TIMEOUT_MS = 5000 };

struct copying {
    const char *from_path, *to_path;
    sqlite3 *from, *to;
    sqlite3_backup *backup;
};

static int copy_failed(sqlite3 *handle, const char *path, int rc, struct err *e)
{
    enum err_kind kind = (rc & 0xff) == SQLITE_FULL ? ERR_STORE_FULL : ERR_STORE;
    return err_set(e, kind, "cannot copy the store, %s: %s", path,
                   handle != NULL ? sqlite3_errmsg(handle) : sqlite3_errstr(rc));
}

static int open_both(struct copying *c, struct err *e)
{
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    int rc = sqlite3_open_v2(c->from_path, &c->from, flags, NULL);
    if (rc != SQLITE_OK) {
        return copy_failed(c->from, c->from_path, rc, e);
    }
    (void)sqlite3_busy_timeout(c->from, BUSY_TIMEOUT_MS);
    rc = sqlite3_exec(c->from, "pragma query_only = on; begin; select count(*) from sqlite_master",
                      NULL, NULL, NULL);
    if (rc != SQLITE_OK) {
        return copy_failed(c->from, c->from_path, rc, e);
    }
    rc = sqlite3_open_v2(c->to_path, &c->to, flags, NULL);
    if (rc == SQLITE_OK) {
        /* Nobody reads a copy that is not whole, so nothing has to be rolled back in it. */
        rc = sqlite3_exec(c->to, "pragma journal_mode = off; pragma synchronous = full", NULL, NULL,
                          NULL);
    }
    return rc == SQLITE_OK ? 0 : copy_failed(c->to, c->to_path, rc, e);
}

static int copy_pages(struct copying *c, struct err *e)
{
    c->backup = sqlite3_backup_init(c->to, "main", c->from, "main");
    if (c->backup == NULL) {
        return copy_failed(c->to, c->to_path, sqlite3_errcode(c->to), e);
    }
    int rc;
    do {
        FAULT("store.backup");
        rc = FAULT_FAILS("store.backup_full") ? SQLITE_FULL
                                              : sqlite3_backup_step(c->backup, STEP_PAGES);
    } while (rc == SQLITE_OK);
    if (rc != SQLITE_DONE) {
        return copy_failed(NULL, c->to_path, rc, e);
    }
    rc = sqlite3_backup_finish(c->backup);
    c->backup = NULL;
    return rc == SQLITE_OK ? 0 : copy_failed(c->to, c->to_path, rc, e);
}

int db_copy(const char *from, const char *to, struct err *e)
{
    struct copying c = { .from_path = from, .to_path = to };
    int result = open_both(&c, e);
    if (result == 0) {
        result = copy_pages(&c, e);
    }
    if (c.backup != NULL) {
        (void)sqlite3_backup_finish(c.backup); /* repeats the error of the step */
    }
    int rc = sqlite3_close(c.to);
    if (rc != SQLITE_OK && result == 0) {
        result = copy_failed(c.to, to, rc, e);
    }
    (void)sqlite3_close(c.from); /* it was only read */
    return result;
}
