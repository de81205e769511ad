#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* Signatures, digests and encodings that others dictate (OpenSSL 3). */
enum sign_hash { SIGN_SHA1, SIGN_SHA256, SIGN_SHA512 };
enum { SIGN_DIGEST_MAX = 64, SIGN_ED25519 = 64, SIGN_SHA256_HEX = 64 };

int sign_hash_parse(const char *name, enum sign_hash *out); /* "sha256"; 0 or -1 */
/* Returns the digest's length. */
size_t sign_digest(enum sign_hash h, const void *data, size_t len, uint8_t out[SIGN_DIGEST_MAX]);
void sign_sha256_hex(const void *data, size_t len, char out[SIGN_SHA256_HEX + 1]);
size_t sign_hmac(enum sign_hash h, const void *key, size_t key_len, const void *data, size_t len,
                 uint8_t out[SIGN_DIGEST_MAX]);
/* Compares in a time that does not tell where they differ. */
bool sign_equal(const void *a, size_t a_len, const void *b, size_t b_len);

/* A public key (PEM, SPKI): Ed25519 or RSA. */
struct sign_key;
struct sign_key *sign_key_parse(const char *pem, size_t len,
                                struct err *e); /* NULL on error; yours */
struct sign_key *sign_key_parse_private(const char *pem, size_t len, struct err *e);
struct sign_key *sign_key_new_ed25519(const uint8_t seed[32]); /* a private key from a seed */
/* A public Ed25519 key from its 32 bytes; NULL and ERR_INVALID where they are none. */
struct sign_key *sign_key_new_public(const uint8_t bytes[32], struct err *e);
bool sign_key_is_ed25519(const struct sign_key *k); /* else RSA; false for NULL */
void sign_key_free(struct sign_key *k);
char *sign_key_public_pem(const struct sign_key *k); /* yours */
/* Ed25519, or RSASSA-PKCS1-v1_5 with SHA-256, by the key's kind. */
bool sign_verify(const struct sign_key *k, const void *data, size_t len, const uint8_t *sig,
                 size_t sig_len);
/* Ed25519 only. */
int sign_make(const struct sign_key *k, const void *data, size_t len, uint8_t out[SIGN_ED25519],
              struct err *e);

int base64_encode(struct buf *out, const void *data, size_t len);
int base64url_encode(struct buf *out, const void *data, size_t len); /* no padding */
/* Standard or URL alphabet, padding optional, nothing else accepted. */
int base64_decode(struct buf *out, const char *text, size_t len, struct err *e);
int hex_encode(struct buf *out, const void *data, size_t len);
int hex_decode(struct buf *out, const char *text, size_t len, struct err *e);
