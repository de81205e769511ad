/*
 * Secrets at rest, sealed by libsodium under one master key that lives in a file beside the store.
 * The name of a value, the format's version and the key's id are authenticated with it, so a sealed
 * value opens only under the name that it was sealed for. The key's id is derived from the key, so
 * that a wrong key file is told from damage. A new key file appears whole or not at all: it is
 * written under another name, synced, and linked to its place. The key stays in guarded memory. Any
 * thread after vault_open.
 */
#include "crypto/vault.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "base/clock.h"
#include "base/mem.h"

enum {
    VERSION = 1,
    KEY = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    HEADER = 1 + VAULT_KEY_ID,
    FILE_TEXT = 2 * KEY + 1, /* hex digits and a newline */
};

_Static_assert(HEADER + NONCE + TAG == VAULT_OVERHEAD, "the format that vault.h describes");

struct vault {
    uint8_t *key; /* guarded memory of libsodium */
    uint8_t key_id[VAULT_KEY_ID];
};

/* --- the key file ---------------------------------------------------------------------------- */

static void close_quietly(int fd)
{
    if (fd != -1) {
        (void)close(fd); /* what was written is synced by then */
    }
}

static int write_all(int fd, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, data, len);
        if (n == -1 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return -1;
        }
        data += n;
        len -= (size_t)n;
    }
    return 0;
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

/* 64 random hex digits and a newline, on the disk. */
static int write_key(const char *path)
{
    uint8_t key[KEY];
    char text[FILE_TEXT + 1];
    clock_random(key, sizeof(key));
    (void)sodium_bin2hex(text, sizeof(text), key, sizeof(key)); /* cannot fail: the sizes fit */
    text[FILE_TEXT - 1] = '\n';
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int rc = fd == -1 ? -1 : write_all(fd, text, FILE_TEXT);
    if (rc == 0) {
        rc = fsync(fd);
    }
    sodium_memzero(key, sizeof(key));
    sodium_memzero(text, sizeof(text));
    close_quietly(fd);
    return rc;
}

/* Another process may have made the key meanwhile: then that one counts. */
static int create_key(const char *path, struct err *e)
{
    uint64_t unique;
    clock_random(&unique, sizeof(unique));
    char *fresh = xasprintf("%s.%016llx.new", path, (unsigned long long)unique);
    int rc = write_key(fresh);
    if (rc == 0 && link(fresh, path) == -1 && errno != EEXIST) {
        rc = -1;
    }
    int saved = errno;
    (void)unlink(fresh); /* is not there where it could not be made */
    free(fresh);
    if (rc == 0 && sync_folder(path) == -1) {
        saved = errno;
        rc = -1;
    }
    if (rc == -1) {
        return err_set(e, ERR_CONFIG, "the key file %s cannot be made: %s", path, strerror(saved));
    }
    return 0;
}

/* A key that others can read or replace is no key. */
static int check_access(int fd, const char *path, struct err *e)
{
    struct stat st;
    if (fstat(fd, &st) == -1) {
        return err_set(e, ERR_CONFIG, "the key file %s cannot be read: %s", path, strerror(errno));
    }
    if (!S_ISREG(st.st_mode)) {
        return err_set(e, ERR_CONFIG, "the key file %s is not a file", path);
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

static bool parse_key(const char *text, ssize_t len, uint8_t key[KEY])
{
    bool has_newline = len == FILE_TEXT && text[FILE_TEXT - 1] == '\n';
    if (!has_newline && len != FILE_TEXT - 1) {
        return false;
    }
    size_t key_len = 0;
    int rc = sodium_hex2bin(key, KEY, text, FILE_TEXT - 1, NULL, &key_len, NULL);
    return rc == 0 && key_len == KEY;
}

static int read_key(int fd, const char *path, uint8_t key[KEY], struct err *e)
{
    if (check_access(fd, path, e) == -1) {
        return -1;
    }
    char text[FILE_TEXT + 1]; /* one more tells a file that is too long */
    ssize_t len = read_all(fd, text, sizeof(text));
    bool is_good = len != -1 && parse_key(text, len, key);
    sodium_memzero(text, sizeof(text));
    if (!is_good) {
        return err_set(
            e, ERR_CONFIG,
            "the key file %s is damaged: it holds 64 hexadecimal digits and a newline; put "
            "it back from a backup",
            path);
    }
    return 0;
}

/* The opened key file, made first where that is allowed; -1 on error. */
static int open_key(const char *path, bool may_create, struct err *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* never waits for a pipe's writer */
    if (fd == -1 && errno == ENOENT && may_create) {
        if (create_key(path, e) == -1) {
            return -1;
        }
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    }
    if (fd == -1) {
        return err_set(e, ERR_CONFIG, "the key file %s cannot be opened: %s", path,
                       strerror(errno));
    }
    return fd;
}

/* --- the vault ------------------------------------------------------------------------------- */

/* Eight bytes that name the key and tell nothing of it (BLAKE2b under the key). */
static void derive_key_id(struct vault *v)
{
    static const char subject[] = "ladle vault key id";
    uint8_t hash[crypto_generichash_BYTES];
    int rc = crypto_generichash(hash, sizeof(hash), (const uint8_t *)subject, sizeof(subject) - 1,
                                v->key, KEY);
    assert(rc == 0);
    memcpy(v->key_id, hash, VAULT_KEY_ID);
}

struct vault *vault_open(const char *key_path, _Bool may_create, struct err *e)
{
    if (sodium_init() == -1) {
        err_set(e, ERR_INTERNAL, "libsodium does not start");
        return NULL;
    }
    int fd = open_key(key_path, may_create, e);
    if (fd == -1) {
        return NULL;
    }
    struct vault *v = xcalloc(1, sizeof(*v));
    v->key = sodium_malloc(KEY);
    assert(v->key != NULL);
    int rc = read_key(fd, key_path, v->key, e);
    close_quietly(fd);
    if (rc == -1) {
        vault_free(v);
        return NULL;
    }
    derive_key_id(v);
    rc = sodium_mprotect_readonly(v->key);
    assert(rc == 0);
    return v;
}

void vault_free(struct vault *v)
{
    if (v == NULL) {
        return;
    }
    sodium_free(v->key); /* scrubs */
    free(v);
}

/* What is authenticated beside the value: the header, then the name. Yours. */
static uint8_t *bound_data(const uint8_t header[HEADER], const char *name, size_t *len)
{
    size_t name_len = strlen(name);
    uint8_t *bound = xmalloc(HEADER + name_len);
    memcpy(bound, header, HEADER);
    memcpy(bound + HEADER, name, name_len);
    *len = HEADER + name_len;
    return bound;
}

void vault_seal(const struct vault *v, const char *name, const struct secret *value,
                uint8_t **sealed, size_t *len)
{
    uint8_t *out = xmalloc(VAULT_OVERHEAD + secret_len(value));
    out[0] = VERSION;
    memcpy(out + 1, v->key_id, VAULT_KEY_ID);
    clock_random(out + HEADER, NONCE);
    size_t bound_len;
    uint8_t *bound = bound_data(out, name, &bound_len);
    unsigned long long cipher_len = 0;
    int rc = crypto_aead_xchacha20poly1305_ietf_encrypt(
        out + HEADER + NONCE, &cipher_len, (const uint8_t *)secret_bytes(value), secret_len(value),
        bound, bound_len, NULL, out + HEADER, v->key);
    assert(rc == 0 && cipher_len == secret_len(value) + TAG);
    free(bound);
    *sealed = out;
    *len = VAULT_OVERHEAD + secret_len(value);
}

static int check_header(const struct vault *v, const char *name, const uint8_t *sealed, size_t len,
                        struct err *e)
{
    if (len < VAULT_OVERHEAD || sealed[0] != VERSION) {
        return err_set(e, ERR_CONFIG, "the sealed secret %.80s is damaged or from a newer version",
                       name);
    }
    if (memcmp(sealed + 1, v->key_id, VAULT_KEY_ID) != 0) {
        return err_set(e, ERR_CONFIG,
                       "the secret %.80s was sealed under another key; put back the key file that "
                       "belongs to this store, or set the secret again",
                       name);
    }
    return 0;
}

struct secret *vault_open_value(const struct vault *v, const char *name, const uint8_t *sealed,
                                size_t len, struct err *e)
{
    if (check_header(v, name, sealed, len, e) == -1) {
        return NULL;
    }
    size_t plain_len = len - VAULT_OVERHEAD;
    char *plain = xmalloc(plain_len + 1);
    size_t bound_len;
    uint8_t *bound = bound_data(sealed, name, &bound_len);
    int rc = crypto_aead_xchacha20poly1305_ietf_decrypt((uint8_t *)plain, NULL, NULL,
                                                        sealed + HEADER + NONCE, plain_len + TAG,
                                                        bound, bound_len, sealed + HEADER, v->key);
    free(bound);
    if (rc != 0) {
        free(plain);
        err_set(e, ERR_CONFIG, "the sealed secret %.80s was changed, or belongs to another name",
                name);
        return NULL;
    }
    return secret_take(plain, plain_len);
}
