/*
 * What SQLite appends to the log is gathered, and written when the last frame of a commit is there,
 * or when SQLite wants to know or change something else of the file. So from the outside nothing is
 * different: frames that belong to no commit yet are looked at by nobody but their own connection,
 * and a commit's are in the file before SQLite goes on, to sync it or to tell others. A write that
 * fails is told there: at the commit's last frame, or at what came instead.
 *
 * The file's format (sqlite.org/fileformat2.html, 4.1): 24 bytes before each page, of which the
 * second four are not 0 in the last frame of a commit.
 *
 * Of the log the file of the VFS below stands behind ours; all other files are those of the VFS
 * below. One connection's thread.
 */
#include "store/sqlite_log.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "base/mem.h"

enum { HEADER = 24, GATHER_MAX = 128 << 10 };

struct sqlite_log {
    sqlite3_vfs vfs;
    sqlite3_vfs *below;
    char name[32];
};

struct log {
    sqlite3_file base;
    sqlite3_file *real; /* behind this struct */
    sqlite3_int64 at;   /* of what is gathered */
    int len;
    bool ends_commit; /* the frame whose header came last */
    char *data;
};

static sqlite3_file *real_of(sqlite3_file *f)
{
    return ((struct log *)f)->real;
}

/* What could not be written is given up: SQLite rolls back. */
static int flush_lines(sqlite3_file *f)
{
    struct log *log = (struct log *)f;
    int len = log->len;
    log->len = 0;
    return len > 0 ? log->real->pMethods->xWrite(log->real, log->data, len, log->at) : SQLITE_OK;
}

static int log_write(sqlite3_file *f, const void *data, int len, sqlite3_int64 at)
{
    struct log *log = (struct log *)f;
    bool goes_on = log->len > 0 && at == log->at + log->len && len <= GATHER_MAX - log->len;
    int rc = goes_on ? SQLITE_OK : flush_lines(f);
    if (rc != SQLITE_OK || len > GATHER_MAX) {
        return rc != SQLITE_OK ? rc : log->real->pMethods->xWrite(log->real, data, len, at);
    }
    if (!goes_on) {
        log->at = at;
    }
    memcpy(log->data + log->len, data, (size_t)len);
    log->len += len;
    if (len == HEADER) {
        static const char none[4] = { 0 };
        log->ends_commit = memcmp((const char *)data + 4, none, sizeof none) != 0;
        return SQLITE_OK;
    }
    return log->ends_commit ? flush_lines(f) : SQLITE_OK;
}

/* What is gathered belongs to no commit, or it would have been written. */
static int log_close(sqlite3_file *f)
{
    free(((struct log *)f)->data);
    return real_of(f)->pMethods->xClose(real_of(f));
}

/* --- what needs the file as it is meant --- */

static int log_read(sqlite3_file *f, void *data, int len, sqlite3_int64 at)
{
    int rc = flush_lines(f);
    return rc == SQLITE_OK ? real_of(f)->pMethods->xRead(real_of(f), data, len, at) : rc;
}

static int log_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    int rc = flush_lines(f);
    return rc == SQLITE_OK ? real_of(f)->pMethods->xTruncate(real_of(f), size) : rc;
}

static int log_sync(sqlite3_file *f, int flags)
{
    int rc = flush_lines(f);
    return rc == SQLITE_OK ? real_of(f)->pMethods->xSync(real_of(f), flags) : rc;
}

static int log_size(sqlite3_file *f, sqlite3_int64 *size)
{
    int rc = flush_lines(f);
    return rc == SQLITE_OK ? real_of(f)->pMethods->xFileSize(real_of(f), size) : rc;
}

/* --- what is passed on --- */

static int log_lock(sqlite3_file *f, int level)
{
    return real_of(f)->pMethods->xLock(real_of(f), level);
}

static int log_unlock(sqlite3_file *f, int level)
{
    return real_of(f)->pMethods->xUnlock(real_of(f), level);
}

static int log_check_lock(sqlite3_file *f, int *is_reserved)
{
    return real_of(f)->pMethods->xCheckReservedLock(real_of(f), is_reserved);
}

static int log_control(sqlite3_file *f, int op, void *arg)
{
    return real_of(f)->pMethods->xFileControl(real_of(f), op, arg);
}

static int log_sector_size(sqlite3_file *f)
{
    return real_of(f)->pMethods->xSectorSize(real_of(f));
}

static int log_traits(sqlite3_file *f)
{
    return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f));
}

/* Version 1: a log has no shared memory (its index has), and is not mapped. */
static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = log_close,
    .xRead = log_read,
    .xWrite = log_write,
    .xTruncate = log_truncate,
    .xSync = log_sync,
    .xFileSize = log_size,
    .xLock = log_lock,
    .xUnlock = log_unlock,
    .xCheckReservedLock = log_check_lock,
    .xFileControl = log_control,
    .xSectorSize = log_sector_size,
    .xDeviceCharacteristics = log_traits,
};

/* --- files --- */

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out)
{
    sqlite3_vfs *below = ((const struct sqlite_log *)vfs)->below;
    if ((flags & SQLITE_OPEN_WAL) == 0) {
        return below->xOpen(below, name, f, flags, out);
    }
    struct log *log = (struct log *)f;
    *log = (struct log){ .real = (sqlite3_file *)(log + 1) };
    int rc = below->xOpen(below, name, log->real, flags, out);
    if (rc == SQLITE_OK) {
        log->data = xmalloc(GATHER_MAX);
        log->base.pMethods = &methods; /* what has none is not closed */
    }
    return rc;
}

struct sqlite_log *sqlite_log_new(void)
{
    (void)sqlite3_initialize(); /* fails only without memory, which opening tells, too */
    struct sqlite_log *l = xcalloc(1, sizeof *l);
    l->below = sqlite3_vfs_find(NULL);
    l->vfs = *l->below;
    l->vfs.pNext = NULL;
    l->vfs.zName = l->name;
    l->vfs.szOsFile = (int)sizeof(struct log) + l->below->szOsFile;
    l->vfs.xOpen = open_file;
    (void)snprintf(l->name, sizeof l->name, "ladle-%p", (void *)l); /* it is found by it */
    (void)sqlite3_vfs_register(&l->vfs, 0); /* cannot fail once SQLite is up */
    return l;
}

const char *sqlite_log_name(const struct sqlite_log *l)
{
    return l->name;
}

void sqlite_log_free(struct sqlite_log *l)
{
    if (l != NULL) {
        (void)sqlite3_vfs_unregister(&l->vfs); /* it is registered */
        free(l);
    }
}
