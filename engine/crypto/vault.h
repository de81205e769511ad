#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/secret.h"
#include "crypto/key.h"

/* Secrets at rest: XChaCha20-Poly1305 (libsodium) under a master key, each value bound to its name,
 * so that a sealed value cannot be moved to another name. A sealed value is
 *   1 byte version (1) | 8 bytes key id | 24 bytes nonce | ciphertext with 16 bytes tag. */
struct vault;

enum { VAULT_OVERHEAD = 1 + KEY_ID + 24 + 16 };

/* Where the master key comes from. Several may have it; the first of these is the one that is told.
 * Two that disagree are ERR_CONFIG. */
enum vault_source {
    VAULT_ENVIRONMENT, /* LADLE_KEY, 64 hex digits */
    VAULT_CREDENTIAL,  /* $CREDENTIALS_DIRECTORY/ladle.key, as systemd hands it in */
    VAULT_FILE,
};

/* Takes LADLE_KEY out of the environment, so that neither /proc nor a child process shows it; for
 * vault_open. At the start of the process, before other threads. */
void vault_take_environment(void);

/* Reads the key of all sources. Where none has one and may_create, makes the key file, 32 bytes as
 * 64 hex digits and a newline (mode 0600, O_EXCL, synced with its folder). Beside a key file there
 * may be <key_path>.next, of a change of the key that is under way: then the vault has both keys,
 * and seals under the first until vault_choose. ERR_CONFIG where others may read the file, or a key
 * is damaged. */
struct vault *vault_open(const char *key_path, bool may_create, struct err *e);
/* A vault with this one key, which it takes; of no source. */
struct vault *vault_of(struct key *taken);
void vault_free(struct vault *v); /* scrubs; NULL is allowed */

/* Makes the key of that id the one to seal with. -1: the vault does not have it. */
int vault_choose(struct vault *v, const uint8_t id[KEY_ID]);
/* Whether the key to seal with is the one of <key_path>.next. */
bool vault_is_next(const struct vault *v);
/* The keys of `other`, which is freed, take the place of those of v. */
void vault_replace(struct vault *v, struct vault *other);
const struct key *vault_key(const struct vault *v); /* to seal with; borrowed */
enum vault_source vault_source(const struct vault *v);

/* Seals; *sealed is yours. */
void vault_seal(const struct vault *v, const char *name, const struct secret *value,
                uint8_t **sealed, size_t *len);
/* NULL and ERR_CONFIG where the key is another one or the bytes were changed. Yours. */
struct secret *vault_open_value(const struct vault *v, const char *name, const uint8_t *sealed,
                                size_t len, struct err *e);
/* The id of the key that a value is sealed under, within its bytes; NULL where they are no sealed
 * value. */
const uint8_t *vault_sealed_id(const uint8_t *sealed, size_t len);
