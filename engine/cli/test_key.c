/* Makes and reads the test key of `ladle send`. The files are made whole under another name and
 * then linked to theirs, so that no half file is ever read and none that is there is replaced. */
#include "cli/test_key.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/id.h"
#include "base/mem.h"
#include "base/secret.h"
#include "project/folder.h"

enum { SEED = 32, PEM_MAX = 16 << 10 };

/* What stands before the seed in a PKCS #8 Ed25519 key (RFC 8410, 7). */
static const uint8_t pkcs8_head[] = { 0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06,
                                      0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20 };

static char *private_path(const char *folder)
{
    return xasprintf("%s/test-webhook-key.pem", folder);
}

char *test_key_public_path(const char *folder)
{
    return xasprintf("%s/test-webhook-key.pub.pem", folder);
}

struct sign_key *test_key_read(const char *path, struct err *e)
{
    size_t len;
    char *pem = folder_read(path, PEM_MAX, &len, e);
    if (pem == NULL) {
        return NULL;
    }
    struct sign_key *key = sign_key_parse_private(pem, len, e);
    if (key == NULL) {
        (void)err_prefix(e, "%s", path); /* told by NULL */
    }
    secret_scrub(pem, len);
    free(pem);
    return key;
}

static char *private_pem(const uint8_t seed[SEED])
{
    uint8_t der[sizeof pkcs8_head + SEED];
    memcpy(der, pkcs8_head, sizeof pkcs8_head);
    memcpy(der + sizeof pkcs8_head, seed, SEED);
    struct buf text;
    buf_init(&text, 256);
    (void)base64_encode(&text, der, sizeof der); /* 64 characters */
    char *pem =
        xasprintf("-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n", buf_text(&text));
    secret_scrub(der, sizeof der);
    secret_scrub(text.data, text.len);
    buf_fini(&text);
    return pem;
}

/* Writes a file that nobody has made yet; one that is there stays. */
static int write_file(const char *path, mode_t mode, const char *text, struct err *e)
{
    struct id id = id_new();
    char id_text[ID_TEXT + 1];
    id_format(&id, id_text);
    char *fresh = xasprintf("%s.%s", path, id_text);
    int result = -1;
    int fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd == -1) {
        (void)err_set(e, ERR_IO, "making %s: %s", fresh, strerror(errno));
        goto out;
    }
    bool is_written =
        fchmod(fd, mode) == 0 && fd_write_all(fd, text, strlen(text)) == 0 && fsync(fd) == 0;
    result = is_written ? 0 : -1;
    if (result == 0 && link(fresh, path) == -1 && errno != EEXIST) {
        result = -1;
    }
    if (result == -1) {
        (void)err_set(e, ERR_IO, "writing %s: %s", path, strerror(errno));
    }
    (void)close(fd);     /* it is synced, or given up */
    (void)unlink(fresh); /* at worst it lies about */
out:
    free(fresh);
    return result;
}

static int make_test_key(const char *path, struct err *e)
{
    uint8_t seed[SEED];
    clock_random(seed, sizeof seed);
    char *pem = private_pem(seed);
    int result = write_file(path, 0600, pem, e);
    secret_scrub(pem, strlen(pem));
    secret_scrub(seed, sizeof seed);
    free(pem);
    return result;
}

/* The public half is written from the private one that is really there. */
static int make_public(const char *folder, const struct sign_key *key, struct err *e)
{
    char *path = test_key_public_path(folder);
    char *pem = sign_key_public_pem(key);
    int result = access(path, F_OK) == 0 ? 0 : write_file(path, 0644, pem, e);
    free(pem);
    free(path);
    return result;
}

struct sign_key *test_key_open(const char *folder, struct err *e)
{
    struct sign_key *key = NULL;
    char *path = private_path(folder);
    if (access(path, F_OK) == 0 || make_test_key(path, e) == 0) {
        key = test_key_read(path, e);
    }
    if (key != NULL && make_public(folder, key, e) == -1) {
        sign_key_free(key);
        key = NULL;
    }
    free(path);
    return key;
}
