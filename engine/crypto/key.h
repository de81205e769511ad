#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* One master key: 32 bytes in guarded memory of libsodium, which is left out of core dumps. As text
 * it is 64 hex digits; in a file a newline may follow. */
struct key;

enum { KEY_BYTES = 32, KEY_TEXT = 64, KEY_ID = 8 };

struct key *key_new(void); /* a random one */
/* NULL where the text is not a key. */
struct key *key_parse(const char *text, size_t len);
void key_free(struct key *k); /* scrubs; NULL is allowed */
const uint8_t *key_bytes(const struct key *k);
/* Eight bytes that name the key and tell nothing of it. */
const uint8_t *key_id(const struct key *k);

/* Who may read a key's file. */
enum key_access {
    KEY_PRIVATE, /* its owner only; ERR_CONFIG where others can */
    KEY_GUARDED, /* its folder keeps others out (systemd's credentials) */
};
/* ERR_NOT_FOUND where there is no such file; ERR_CONFIG where it is damaged or open to others.
 * Yours.
 */
struct key *key_read(const char *path, enum key_access access, struct err *e);
/* Makes a file that is not there yet (mode 0600) and syncs it with its folder. ERR_CONFLICT where
 * it is there, ERR_CONFIG where it cannot be made. */
int key_write(const struct key *k, const char *path, struct err *e);
/* Gives the key file `from` the name `to`, in place of what is there; synced. ERR_CONFIG. */
int key_rename(const char *from, const char *to, struct err *e);
/* Holds the folder of this key file against others who change keys in it, until key_unlock or the
 * process's end. ERR_CONFLICT where another process holds it. */
int key_lock(const char *path, int *fd, struct err *e);
void key_unlock(int fd); /* -1 is allowed */
