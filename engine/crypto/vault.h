#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/secret.h"

/* Secrets at rest: XChaCha20-Poly1305 (libsodium) under a master key, each value bound to its name,
 * so that a sealed value cannot be moved to another name. A sealed value is
 *   1 byte version (1) | 8 bytes key id | 24 bytes nonce | ciphertext with 16 bytes tag. */
struct vault;

enum { VAULT_KEY_ID = 8, VAULT_OVERHEAD = 1 + 8 + 24 + 16 };

/* Reads the key file, 32 bytes as 64 hex digits and a newline; makes it (mode 0600, O_EXCL, synced
 * with its folder) where it does not exist and may_create. ERR_CONFIG where others may read it, or
 * it is damaged. */
struct vault *vault_open(const char *key_path, _Bool may_create, struct err *e);
void vault_free(struct vault *v); /* scrubs */
/* Seals; *sealed is yours. */
void vault_seal(const struct vault *v, const char *name, const struct secret *value,
                uint8_t **sealed, size_t *len);
/* NULL and ERR_CONFIG where the key is another one or the bytes were changed. Yours. */
struct secret *vault_open_value(const struct vault *v, const char *name, const uint8_t *sealed,
                                size_t len, struct err *e);
