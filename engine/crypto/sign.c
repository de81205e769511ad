/*
 * Digests, HMACs and signatures that others dictate, through OpenSSL 3's EVP interface. The
 * algorithms are fetched once per process and kept, since a fetch costs more than hashing a small
 * body. Failures inside OpenSSL that no input can cause end the process; a signature or key that is
 * not right is an answer. Nothing of OpenSSL's error queue is left behind. Any thread.
 */
#include "crypto/sign.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "base/mem.h"

enum { PEM_BYTES_MAX = 16 * 1024, RSA_BITS_MIN = 2048, RSA_BITS_MAX = 8192 };

struct sign_key {
    EVP_PKEY *pkey;
    bool is_ed25519; /* else RSA */
    bool is_private;
};

static const struct {
    const char *name;    /* ours */
    const char *openssl; /* OpenSSL's */
} hashes[] = {
    [SIGN_SHA1] = { "sha1", "SHA1" },
    [SIGN_SHA256] = { "sha256", "SHA256" },
    [SIGN_SHA512] = { "sha512", "SHA512" },
};

enum { HASHES = sizeof hashes / sizeof hashes[0] };

/* --- fetched once, kept until the process ends --- */
static pthread_once_t fetched = PTHREAD_ONCE_INIT;
static EVP_MD *digests[HASHES];
static EVP_MAC *hmac;

static void fetch_all(void)
{
    for (int i = 0; i < HASHES; i++) {
        digests[i] = EVP_MD_fetch(NULL, hashes[i].openssl, NULL);
        assert(digests[i] != NULL);
    }
    hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    assert(hmac != NULL);
}

static void need_algorithms(void)
{
    int rc = pthread_once(&fetched, fetch_all);
    assert(rc == 0);
}

/* --- digests --- */

int sign_hash_parse(const char *name, enum sign_hash *out)
{
    for (int i = 0; i < HASHES; i++) {
        if (strcmp(hashes[i].name, name) == 0) {
            *out = (enum sign_hash)i;
            return 0;
        }
    }
    return -1;
}

size_t sign_digest(enum sign_hash h, const void *data, size_t len, uint8_t out[SIGN_DIGEST_MAX])
{
    need_algorithms();
    unsigned int out_len = 0;
    int ok = EVP_Digest(len > 0 ? data : "", len, out, &out_len, digests[h], NULL);
    assert(ok == 1);
    return out_len;
}

void sign_sha256_hex(const void *data, size_t len, char out[SIGN_SHA256_HEX + 1])
{
    static const char digits[] = "0123456789abcdef";
    uint8_t digest[SIGN_DIGEST_MAX];
    size_t n = sign_digest(SIGN_SHA256, data, len, digest);
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[digest[i] >> 4];
        out[2 * i + 1] = digits[digest[i] & 0x0f];
    }
    out[2 * n] = '\0';
}

size_t sign_hmac(enum sign_hash h, const void *key, size_t key_len, const void *data, size_t len,
                 uint8_t out[SIGN_DIGEST_MAX])
{
    need_algorithms();
    char name[16];
    size_t name_len = strlen(hashes[h].openssl);
    memcpy(name, hashes[h].openssl, name_len + 1);
    OSSL_PARAM params[] = { OSSL_PARAM_utf8_string(OSSL_MAC_PARAM_DIGEST, name, name_len),
                            OSSL_PARAM_END };
    EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(hmac);
    assert(ctx != NULL);
    size_t out_len = 0;
    /* An empty key is a key, but a NULL one means "the key of before". */
    int ok = EVP_MAC_init(ctx, key_len > 0 ? key : (const void *)"", key_len, params) == 1 &&
             EVP_MAC_update(ctx, len > 0 ? data : (const void *)"", len) == 1 &&
             EVP_MAC_final(ctx, out, &out_len, SIGN_DIGEST_MAX) == 1;
    assert(ok);
    EVP_MAC_CTX_free(ctx);
    return out_len;
}

bool sign_equal(const void *a, size_t a_len, const void *b, size_t b_len)
{
    return a_len == b_len && (a_len == 0 || CRYPTO_memcmp(a, b, a_len) == 0);
}

/* --- keys --- */

/* Takes pkey; NULL and an error where it is of no use here. */
static struct sign_key *key_take(EVP_PKEY *pkey, bool is_private, struct err *e)
{
    ERR_clear_error();
    if (pkey == NULL) {
        err_set(e, ERR_INVALID, "this is not a %s key in PEM form",
                is_private ? "private" : "public");
        return NULL;
    }
    bool is_ed25519 = EVP_PKEY_is_a(pkey, "ED25519") == 1;
    if (!is_ed25519 && EVP_PKEY_is_a(pkey, "RSA") != 1) {
        err_set(e, ERR_INVALID, "the key is neither Ed25519 nor RSA");
        EVP_PKEY_free(pkey);
        return NULL;
    }
    int bits = EVP_PKEY_get_bits(pkey);
    if (!is_ed25519 && (bits < RSA_BITS_MIN || bits > RSA_BITS_MAX)) {
        err_set(e, ERR_INVALID, "the RSA key has %d bits; %d to %d are accepted", bits,
                RSA_BITS_MIN, RSA_BITS_MAX);
        EVP_PKEY_free(pkey);
        return NULL;
    }
    struct sign_key *k = xcalloc(1, sizeof(*k));
    *k = (struct sign_key){ .pkey = pkey, .is_ed25519 = is_ed25519, .is_private = is_private };
    return k;
}

/* Says "no passphrase" where OpenSSL would ask the terminal for one. */
static int no_passphrase(char *out, int size, int is_writing, void *ud)
{
    return -1;
}

static struct sign_key *key_read(const char *pem, size_t len, bool is_private, struct err *e)
{
    if (len == 0 || len > PEM_BYTES_MAX) {
        err_set(e, ERR_INVALID, "a key in PEM form has 1 to %d bytes", PEM_BYTES_MAX);
        return NULL;
    }
    BIO *bio = BIO_new_mem_buf(pem, (int)len);
    assert(bio != NULL);
    EVP_PKEY *pkey = is_private ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL)
                                : PEM_read_bio_PUBKEY(bio, NULL, no_passphrase, NULL);
    BIO_free(bio);
    return key_take(pkey, is_private, e);
}

struct sign_key *sign_key_parse(const char *pem, size_t len, struct err *e)
{
    return key_read(pem, len, false, e);
}

struct sign_key *sign_key_parse_private(const char *pem, size_t len, struct err *e)
{
    return key_read(pem, len, true, e);
}

struct sign_key *sign_key_new_ed25519(const uint8_t seed[32])
{
    EVP_PKEY *pkey = EVP_PKEY_new_raw_private_key_ex(NULL, "ED25519", NULL, seed, 32);
    assert(pkey != NULL); /* every 32 bytes are a key */
    return key_take(pkey, true, NULL);
}

struct sign_key *sign_key_new_public(const uint8_t bytes[32], struct err *e)
{
    return key_take(EVP_PKEY_new_raw_public_key_ex(NULL, "ED25519", NULL, bytes, 32), false, e);
}

bool sign_key_is_ed25519(const struct sign_key *k)
{
    return k != NULL && k->is_ed25519;
}

void sign_key_free(struct sign_key *k)
{
    if (k == NULL) {
        return;
    }
    EVP_PKEY_free(k->pkey);
    free(k);
}

char *sign_key_public_pem(const struct sign_key *k)
{
    BIO *bio = BIO_new(BIO_s_mem());
    assert(bio != NULL);
    int ok = PEM_write_bio_PUBKEY(bio, k->pkey);
    assert(ok == 1);
    char *data = NULL;
    long len = BIO_get_mem_data(bio, &data);
    char *pem = xstrndup(data, (size_t)len);
    BIO_free(bio);
    return pem;
}

/* --- signatures --- */

bool sign_verify(const struct sign_key *k, const void *data, size_t len, const uint8_t *sig,
                 size_t sig_len)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    assert(ctx != NULL);
    EVP_PKEY_CTX *pkey_ctx = NULL; /* belongs to ctx */
    const char *hash = k->is_ed25519 ? NULL : hashes[SIGN_SHA256].openssl;
    bool is_good = EVP_DigestVerifyInit_ex(ctx, &pkey_ctx, hash, NULL, NULL, k->pkey, NULL) == 1;
    if (is_good && !k->is_ed25519) {
        is_good = EVP_PKEY_CTX_set_rsa_padding(pkey_ctx, RSA_PKCS1_PADDING) == 1;
    }
    const unsigned char *bytes = len > 0 ? data : (const void *)"";
    is_good = is_good && EVP_DigestVerify(ctx, sig, sig_len, bytes, len) == 1;
    EVP_MD_CTX_free(ctx);
    ERR_clear_error();
    return is_good;
}

int sign_make(const struct sign_key *k, const void *data, size_t len, uint8_t out[SIGN_ED25519],
              struct err *e)
{
    if (!k->is_ed25519 || !k->is_private) {
        return err_set(e, ERR_INVALID, "signing needs a private Ed25519 key");
    }
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    assert(ctx != NULL);
    size_t out_len = SIGN_ED25519;
    const unsigned char *bytes = len > 0 ? data : (const void *)"";
    int ok = EVP_DigestSignInit_ex(ctx, NULL, NULL, NULL, NULL, k->pkey, NULL) == 1 &&
             EVP_DigestSign(ctx, out, &out_len, bytes, len) == 1;
    EVP_MD_CTX_free(ctx);
    assert(ok && out_len == SIGN_ED25519);
    return 0;
}
