/*
 * The VFS that writes down. A file of it is the system's own, with our methods in front: those that
 * change the file are noted first and then done; all others are passed on. The shared memory of the
 * write-ahead log's index is not on the disk, so it is not noted. Memory mapping is left out
 * (methods of version 2), as what is written through it could not be seen.
 *
 * The engine's settings come as pragmas, and SQLite offers each pragma to the VFS before it acts on
 * it: so the two that a mode changes are swallowed here, and set for each new connection instead.
 */
#include "recorder.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

enum { PIECE = 4096 };

const char *const recorded_suffix[FILE_COUNT] = { "", "-wal", "-journal" };

struct file {
    sqlite3_file base;
    enum recorded_file which;
    sqlite3_file *real; /* behind this struct */
};

static sqlite3_vfs *below;
static sqlite3_vfs vfs;
static enum recorder_fault fault;
static int checkpoint_pages;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct recorded *entries; /* under lock */
static size_t entry_count;
static size_t entry_room;

static void note(struct recorded entry, const void *data)
{
    if (data != NULL) {
        entry.data = malloc(entry.len);
        assert(entry.data != NULL);
        memcpy(entry.data, data, entry.len);
    }
    (void)pthread_mutex_lock(&lock); /* cannot fail: initialised, not recursive */
    if (entry_count == entry_room) {
        entry_room = entry_room == 0 ? 1024 : entry_room * 2;
        entries = realloc(entries, entry_room * sizeof(*entries));
        assert(entries != NULL);
    }
    entries[entry_count++] = entry;
    (void)pthread_mutex_unlock(&lock);
}

void recorder_ack(int64_t number)
{
    note((struct recorded){ .kind = DISK_ACKED, .offset = number }, NULL);
}

static sqlite3_file *real_of(sqlite3_file *f)
{
    return ((struct file *)f)->real;
}

static enum recorded_file which_of(sqlite3_file *f)
{
    return ((struct file *)f)->which;
}

/* --- methods that change the file --- */

/* In pieces: what is written at once does not reach the disk at once. */
static int file_write(sqlite3_file *f, const void *data, int len, sqlite3_int64 offset)
{
    for (int at = 0; at < len; at += PIECE) {
        size_t piece = (size_t)(len - at < PIECE ? len - at : PIECE);
        note(
            (struct recorded){
                .kind = DISK_WRITTEN, .file = which_of(f), .offset = offset + at, .len = piece },
            (const char *)data + at);
    }
    return real_of(f)->pMethods->xWrite(real_of(f), data, len, offset);
}

static int file_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    note((struct recorded){ .kind = DISK_TRUNCATED, .file = which_of(f), .offset = size }, NULL);
    return real_of(f)->pMethods->xTruncate(real_of(f), size);
}

/* Noted afterwards: nothing before it may count as synced too early. */
static int file_sync(sqlite3_file *f, int flags)
{
    if (fault == RECORDER_NO_SYNC) {
        return SQLITE_OK;
    }
    int rc = real_of(f)->pMethods->xSync(real_of(f), flags);
    note((struct recorded){ .kind = DISK_SYNCED, .file = which_of(f) }, NULL);
    return rc;
}

static bool is_swallowed(const char *pragma)
{
    return sqlite3_stricmp(pragma, "wal_autocheckpoint") == 0 ||
           (fault == RECORDER_NORMAL_SYNC && sqlite3_stricmp(pragma, "synchronous") == 0);
}

static int file_control(sqlite3_file *f, int op, void *arg)
{
    if (op == SQLITE_FCNTL_PRAGMA && is_swallowed(((char **)arg)[1])) {
        return SQLITE_OK;
    }
    return real_of(f)->pMethods->xFileControl(real_of(f), op, arg);
}

/* --- methods that are passed on --- */

static int file_close(sqlite3_file *f)
{
    return real_of(f)->pMethods->xClose(real_of(f));
}

static int file_read(sqlite3_file *f, void *data, int len, sqlite3_int64 offset)
{
    return real_of(f)->pMethods->xRead(real_of(f), data, len, offset);
}

static int file_size(sqlite3_file *f, sqlite3_int64 *size)
{
    return real_of(f)->pMethods->xFileSize(real_of(f), size);
}

static int file_lock(sqlite3_file *f, int level)
{
    return real_of(f)->pMethods->xLock(real_of(f), level);
}

static int file_unlock(sqlite3_file *f, int level)
{
    return real_of(f)->pMethods->xUnlock(real_of(f), level);
}

static int file_check_lock(sqlite3_file *f, int *is_reserved)
{
    return real_of(f)->pMethods->xCheckReservedLock(real_of(f), is_reserved);
}

static int file_sector_size(sqlite3_file *f)
{
    return real_of(f)->pMethods->xSectorSize(real_of(f));
}

static int file_traits(sqlite3_file *f)
{
    return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f));
}

static int file_shm_map(sqlite3_file *f, int page, int size, int may_extend, void volatile **out)
{
    return real_of(f)->pMethods->xShmMap(real_of(f), page, size, may_extend, out);
}

static int file_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
    return real_of(f)->pMethods->xShmLock(real_of(f), offset, n, flags);
}

static void file_shm_barrier(sqlite3_file *f)
{
    real_of(f)->pMethods->xShmBarrier(real_of(f));
}

static int file_shm_unmap(sqlite3_file *f, int is_deleted)
{
    return real_of(f)->pMethods->xShmUnmap(real_of(f), is_deleted);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_traits,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
};

/* --- the VFS --- */

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), end_len = strlen(end);
    return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

static enum recorded_file which_file(const char *name)
{
    return ends_with(name, recorded_suffix[FILE_WAL])       ? FILE_WAL
           : ends_with(name, recorded_suffix[FILE_JOURNAL]) ? FILE_JOURNAL
                                                            : FILE_MAIN;
}

static int vfs_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out_flags)
{
    (void)v;
    struct file *file = (struct file *)f;
    int is_there = 1;
    assert(name != NULL); /* temporary tables are in memory */
    int rc = below->xAccess(below, name, SQLITE_ACCESS_EXISTS, &is_there);
    memset(file, 0, sizeof(*file));
    file->which = which_file(name);
    file->real = (sqlite3_file *)(file + 1);
    rc = rc == SQLITE_OK ? below->xOpen(below, name, file->real, flags, out_flags) : rc;
    if (rc != SQLITE_OK) {
        return rc;
    }
    if (is_there == 0) {
        note((struct recorded){ .kind = DISK_CREATED, .file = file->which }, NULL);
    }
    file->base.pMethods = &methods;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *v, const char *name, int is_synced)
{
    (void)v;
    int rc = below->xDelete(below, name, is_synced);
    if (rc == SQLITE_OK) {
        note((struct recorded){ .kind = DISK_DELETED, .file = which_file(name) }, NULL);
        if (is_synced) {
            note((struct recorded){ .kind = DISK_SYNCED, .file = which_file(name) }, NULL);
        }
    }
    return rc;
}

/* Runs for each new connection, before the engine's own settings. */
static int set_up(sqlite3 *db, char **message, const struct sqlite3_api_routines *api)
{
    (void)message;
    (void)api;
    int rc = sqlite3_wal_autocheckpoint(db, checkpoint_pages);
    if (rc == SQLITE_OK && fault == RECORDER_NORMAL_SYNC) {
        fault = RECORDER_HONEST; /* this one pragma is let through */
        rc = sqlite3_exec(db, "pragma synchronous = normal", NULL, NULL, NULL);
        fault = RECORDER_NORMAL_SYNC;
    }
    return rc;
}

void recorder_start(enum recorder_fault wanted, int pages)
{
    fault = wanted;
    checkpoint_pages = pages;
    (void)sqlite3_initialize();
    below = sqlite3_vfs_find("unix");
    assert(below != NULL);
    vfs = *below;
    vfs.zName = "recorder";
    vfs.pNext = NULL;
    vfs.szOsFile = (int)sizeof(struct file) + below->szOsFile;
    vfs.xOpen = vfs_open;
    vfs.xDelete = vfs_delete;
    int rc = sqlite3_vfs_register(&vfs, 1);
    assert(rc == SQLITE_OK);
    rc = sqlite3_auto_extension((void (*)(void))set_up);
    assert(rc == SQLITE_OK);
}

const struct recorded *recorder_stop(size_t *count)
{
    sqlite3_reset_auto_extension();
    int rc = sqlite3_vfs_register(below, 1);
    assert(rc == SQLITE_OK);
    rc = sqlite3_vfs_unregister(&vfs);
    assert(rc == SQLITE_OK);
    *count = entry_count;
    return entries;
}

void recorder_free(void)
{
    for (size_t i = 0; i < entry_count; i++) {
        free(entries[i].data);
    }
    free(entries);
    entries = NULL;
    entry_count = entry_room = 0;
}
