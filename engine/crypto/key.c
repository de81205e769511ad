/*
 * Makes, reads and writes the master keys of projects, and their files. A key file appears whole or
 * not at all: it is written under another name, synced, and linked to its place. The id of a key is
 * derived from it, so that a wrong key is told from damage. A key stays in guarded memory; texts
 * that hold one are scrubbed. Any thread.
 */
#include "crypto/key.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/mem.h"

enum { FILE_TEXT = KEY_TEXT + 1 /* and a newline */ };

_Static_assert(KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "the cipher's key");

struct key {
    uint8_t *bytes; /* guarded memory of libsodium */
    uint8_t id[KEY_ID];
};

/* --- keys --- */

static struct key *key_alloc(void)
{
    int rc = sodium_init(); /* any number of times */
    assert(rc != -1);
    struct key *k = xcalloc(1, sizeof(*k));
    k->bytes = sodium_malloc(KEY_BYTES);
    assert(k->bytes != NULL);
    return k;
}

/* Names the key (BLAKE2b under it), and lets nobody change it any more. */
static struct key *seal_off(struct key *k)
{
    static const char subject[] = "ladle vault key id";
    uint8_t hash[crypto_generichash_BYTES];
    int rc = crypto_generichash(hash, sizeof hash, (const uint8_t *)subject, sizeof subject - 1,
                                k->bytes, KEY_BYTES);
    assert(rc == 0);
    memcpy(k->id, hash, KEY_ID);
    rc = sodium_mprotect_readonly(k->bytes);
    assert(rc == 0);
    return k;
}

struct key *key_new(void)
{
    struct key *k = key_alloc();
    clock_random(k->bytes, KEY_BYTES);
    return seal_off(k);
}

struct key *key_parse(const char *text, size_t len)
{
    bool has_newline = len == FILE_TEXT && text[FILE_TEXT - 1] == '\n';
    if (!has_newline && len != KEY_TEXT) {
        return NULL;
    }
    struct key *k = key_alloc();
    size_t bytes_len = 0;
    int rc = sodium_hex2bin(k->bytes, KEY_BYTES, text, KEY_TEXT, NULL, &bytes_len, NULL);
    if (rc != 0 || bytes_len != KEY_BYTES) {
        key_free(k);
        return NULL;
    }
    return seal_off(k);
}

void key_free(struct key *k)
{
    if (k != NULL) {
        sodium_free(k->bytes); /* scrubs */
        free(k);
    }
}

const uint8_t *key_bytes(const struct key *k)
{
    return k->bytes;
}

const uint8_t *key_id(const struct key *k)
{
    return k->id;
}

/* --- files --- */

static void close_quietly(int fd)
{
    if (fd != -1) {
        (void)close(fd); /* what was written is synced by then */
    }
}

/* Makes the names in the file's folder durable. */
static int sync_folder(const char *path)
{
    char *copy = xstrdup(path);
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int rc = fd == -1 ? -1 : fsync(fd);
    close_quietly(fd);
    free(copy);
    return rc;
}

/* A key that others can read or replace is no key. */
static int check_access(int fd, const char *path, enum key_access access, struct err *e)
{
    struct stat st;
    if (fstat(fd, &st) == -1) {
        return err_set(e, ERR_CONFIG, "the key file %s cannot be read: %s", path, strerror(errno));
    }
    if (!S_ISREG(st.st_mode)) {
        return err_set(e, ERR_CONFIG, "the key file %s is not a file", path);
    }
    if (access == KEY_GUARDED) {
        return 0;
    }
    if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return err_set(e, ERR_CONFIG,
                       "the key file %s is open to other users; close it with: chmod 600 %s", path,
                       path);
    }
    if (st.st_uid != geteuid() && st.st_uid != 0) {
        return err_set(e, ERR_CONFIG, "the key file %s belongs to another user", path);
    }
    return 0;
}

static ssize_t read_all(int fd, char *out, size_t size)
{
    size_t len = 0;
    while (len < size) {
        ssize_t n = read(fd, out + len, size - len);
        if (n == -1 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return n == 0 ? (ssize_t)len : -1;
        }
        len += (size_t)n;
    }
    return (ssize_t)len;
}

struct key *key_read(const char *path, enum key_access access, struct err *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* never waits for a pipe's writer */
    if (fd == -1) {
        (void)err_set(e, errno == ENOENT ? ERR_NOT_FOUND : ERR_CONFIG,
                      "the key file %s cannot be opened: %s", path, strerror(errno));
        return NULL;
    }
    if (check_access(fd, path, access, e) == -1) {
        close_quietly(fd);
        return NULL;
    }
    char text[FILE_TEXT + 1]; /* one more tells a file that is too long */
    ssize_t len = read_all(fd, text, sizeof text);
    close_quietly(fd);
    struct key *k = len != -1 ? key_parse(text, (size_t)len) : NULL;
    sodium_memzero(text, sizeof text);
    if (k == NULL) {
        (void)err_set(e, ERR_CONFIG,
                      "the key file %s is damaged: it holds 64 hexadecimal digits and a newline; "
                      "put it back from a backup",
                      path);
    }
    return k;
}

static int write_text(const struct key *k, const char *path)
{
    char text[FILE_TEXT + 1];
    (void)sodium_bin2hex(text, sizeof text, k->bytes, KEY_BYTES); /* cannot fail: the sizes fit */
    text[FILE_TEXT - 1] = '\n';
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int rc = fd == -1 ? -1 : fd_write_all(fd, text, FILE_TEXT);
    if (rc == 0) {
        rc = fsync(fd);
    }
    sodium_memzero(text, sizeof text);
    close_quietly(fd);
    return rc;
}

int key_write(const struct key *k, const char *path, struct err *e)
{
    uint64_t unique;
    clock_random(&unique, sizeof unique);
    char *fresh = xasprintf("%s.%016llx.new", path, (unsigned long long)unique);
    int rc = write_text(k, fresh);
    if (rc == 0) {
        rc = link(fresh, path);
    }
    int saved = errno;
    (void)unlink(fresh); /* is not there where it could not be made */
    free(fresh);
    if (rc == 0 && sync_folder(path) == -1) {
        saved = errno;
        rc = -1;
    }
    if (rc == -1) {
        return err_set(e, saved == EEXIST ? ERR_CONFLICT : ERR_CONFIG,
                       "the key file %s cannot be made: %s", path, strerror(saved));
    }
    return 0;
}

int key_rename(const char *from, const char *to, struct err *e)
{
    if (rename(from, to) == -1 || sync_folder(to) == -1) {
        return err_set(e, ERR_CONFIG, "the key file %s cannot take the place of %s: %s", from, to,
                       strerror(errno));
    }
    return 0;
}

int key_lock(const char *path, int *fd, struct err *e)
{
    char *copy = xstrdup(path);
    const char *folder = dirname(copy);
    *fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int rc = *fd == -1 ? -1 : flock(*fd, LOCK_EX | LOCK_NB);
    if (rc == -1 && *fd != -1 && errno == EWOULDBLOCK) {
        (void)err_set(e, ERR_CONFLICT, "another process changes the master key in %s", folder);
    } else if (rc == -1) {
        (void)err_set(e, ERR_CONFIG, "the folder %s cannot be locked: %s", folder, strerror(errno));
    }
    free(copy);
    if (rc == -1) {
        close_quietly(*fd);
        *fd = -1;
    }
    return rc;
}

void key_unlock(int fd)
{
    close_quietly(fd);
}
