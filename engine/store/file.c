/*
 * The store's file on disk, before SQLite gets to see it: made with the right modes, its names
 * synced into their folders (SQLite syncs what is in the file, not that the file is there), and the
 * lock that keeps a second engine away. The lock is on a file beside the store: SQLite's own locks
 * are POSIX ones, which a process loses as soon as it closes any descriptor of the file. For the
 * same reason file_prepare never opens a store that exists. Called before the threads start; copies
 * are published on any thread.
 */
#include "store/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

/* The folder that holds path; yours. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL) {
        return xstrdup(".");
    }
    return slash == path ? xstrdup("/") : xstrndup(path, (size_t)(slash - path));
}

static int sync_folder(const char *folder, struct err *e)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd == -1) {
        return err_set(e, ERR_CONFIG, "cannot open the folder %s: %s", folder, strerror(errno));
    }
    /* Some file systems cannot sync a folder and say EINVAL; then there is nothing to sync. */
    int failed = fsync(fd) == -1 && errno != EINVAL;
    if (failed) {
        (void)err_set(e, ERR_CONFIG, "cannot sync the folder %s: %s", folder, strerror(errno));
    }
    (void)close(fd); /* it was only read */
    return failed ? -1 : 0;
}

static int make_folder(const char *folder, struct err *e)
{
    if (mkdir(folder, 0700) == -1) {
        if (errno == EEXIST) {
            return 0;
        }
        return err_set(e, ERR_CONFIG, "cannot make the folder %s: %s", folder, strerror(errno));
    }
    char *parent = folder_of(folder);
    int result = sync_folder(parent, e);
    free(parent);
    return result;
}

static int make_store_file(const char *path, const char *folder, struct err *e)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd == -1) {
        if (errno == EEXIST) {
            return 0;
        }
        return err_set(e, ERR_CONFIG, "cannot make the store %s: %s", path, strerror(errno));
    }
    (void)close(fd); /* nothing was written */
    return sync_folder(folder, e);
}

int file_prepare(const char *path, struct err *e)
{
    char *folder = folder_of(path);
    int result = make_folder(folder, e);
    if (result == 0) {
        result = make_store_file(path, folder, e);
    }
    free(folder);
    return result;
}

/* Reads the number of the process that holds the lock; 0 where it cannot be told. */
static long read_owner(int fd)
{
    char text[32];
    ssize_t len = pread(fd, text, sizeof text - 1, 0);
    if (len <= 0) {
        return 0;
    }
    text[len] = '\0';
    return strtol(text, NULL, 10);
}

/* The number only serves the message of the next one who tries: best effort. */
static void write_owner(int fd)
{
    char text[32];
    int len = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    if (ftruncate(fd, 0) == 0) {
        (void)!pwrite(fd, text, (size_t)len, 0);
    }
}

static int take_lock(int fd, const char *path, struct err *e)
{
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
        write_owner(fd);
        return 0;
    }
    if (errno != EWOULDBLOCK) {
        return err_set(e, ERR_CONFIG, "cannot lock the store %s: %s", path, strerror(errno));
    }
    long owner = read_owner(fd);
    if (owner > 0) {
        return err_set(e, ERR_CONFLICT, "the store %s is used by another ladle, process %ld", path,
                       owner);
    }
    return err_set(e, ERR_CONFLICT, "the store %s is used by another ladle", path);
}

int file_lock(const char *path, int *fd, struct err *e)
{
    char *lock_path = xasprintf("%s.lock", path);
    int lock = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    free(lock_path);
    if (lock == -1) {
        return err_set(e, ERR_CONFIG, "cannot make the lock of the store %s: %s", path,
                       strerror(errno));
    }
    if (take_lock(lock, path, e) == -1) {
        (void)close(lock); /* nothing was written */
        return -1;
    }
    *fd = lock;
    return 0;
}

/* The lock's file stays: two processes could lock two files of one name otherwise. */
void file_unlock(int fd)
{
    if (fd != -1) {
        (void)close(fd); /* gives the lock back */
    }
}

/* --- copies --- */

int file_make_fresh(const char *path, struct err *e)
{
    if (unlink(path) == -1 && errno != ENOENT) {
        return err_set(e, ERR_IO, "cannot remove %s: %s", path, strerror(errno));
    }
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd == -1) {
        return err_set(e, ERR_IO, "cannot make %s: %s", path, strerror(errno));
    }
    (void)close(fd); /* nothing was written */
    return 0;
}

static int sync_file(const char *path, struct err *e)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd == -1) {
        return err_set(e, ERR_IO, "cannot open %s: %s", path, strerror(errno));
    }
    int result = 0;
    if (fsync(fd) == -1) {
        result = err_set(e, ERR_IO, "cannot sync %s: %s", path, strerror(errno));
    }
    (void)close(fd); /* fsync has said what there is to say */
    return result;
}

/* Some file systems cannot refuse to replace; there it is looked for first. */
static int rename_new(const char *part, const char *path)
{
    if (renameat2(AT_FDCWD, part, AT_FDCWD, path, RENAME_NOREPLACE) == 0) {
        return 0;
    }
    if (errno != EINVAL && errno != ENOSYS) {
        return -1;
    }
    if (access(path, F_OK) == 0) {
        errno = EEXIST;
        return -1;
    }
    return rename(part, path);
}

int file_publish(const char *part, const char *path, bool may_replace, struct err *e)
{
    if (sync_file(part, e) == -1) {
        return -1;
    }
    if ((may_replace ? rename(part, path) : rename_new(part, path)) == -1) {
        if (errno == EEXIST) {
            return err_set(e, ERR_CONFLICT, "%s is there already; give another name", path);
        }
        return err_set(e, ERR_IO, "cannot give %s its name: %s", path, strerror(errno));
    }
    char *folder = folder_of(path);
    int result = sync_folder(folder, e);
    free(folder);
    return result;
}
