/* Base64, hex and keys in PEM: what is encoded is decoded to the same, what is decoded was the only
 * spelling of those bytes but for alphabet and padding, and no text makes a key that breaks. */
#include "fuzz.h"

#include <ctype.h>

#include "crypto/sign.h"

enum { OUT_MAX = 4 << 20 };

typedef int (*encode_fn)(struct buf *out, const void *data, size_t len);
typedef int (*decode_fn)(struct buf *out, const char *text, size_t len, struct err *e);

static void check_encoding(encode_fn encode, decode_fn decode, const char *data, size_t len)
{
    struct err e = ERR_INIT;
    struct buf coded, plain;
    buf_init(&coded, OUT_MAX);
    buf_init(&plain, OUT_MAX);
    FUZZ_CHECK(encode(&coded, data, len) == 0);
    FUZZ_CHECK(decode(&plain, buf_text(&coded), coded.len, &e) == 0);
    FUZZ_CHECK(plain.len == len && (len == 0 || memcmp(plain.data, data, len) == 0));
    buf_fini(&coded);
    buf_fini(&plain);
}

static char plain_letter(char c)
{
    return (char)(c == '-' ? '+' : c == '_' ? '/' : c);
}

/* Two texts of one signature would be two ways to send one message. */
static void check_base64(const char *text, size_t len)
{
    struct err e = ERR_INIT;
    struct buf plain, coded;
    buf_init(&plain, OUT_MAX);
    buf_init(&coded, OUT_MAX);
    if (base64_decode(&plain, text, len, &e) == 0) {
        FUZZ_CHECK(base64_encode(&coded, buf_text(&plain), plain.len) == 0);
        for (size_t i = 0; i < len; i++) {
            FUZZ_CHECK(plain_letter(text[i]) == coded.data[i]);
        }
    } else {
        FUZZ_CHECK(e.kind == ERR_INVALID || e.kind == ERR_TOO_LARGE);
    }
    buf_fini(&plain);
    buf_fini(&coded);
}

static void check_hex(const char *text, size_t len)
{
    struct err e = ERR_INIT;
    struct buf plain, coded;
    buf_init(&plain, OUT_MAX);
    buf_init(&coded, OUT_MAX);
    if (hex_decode(&plain, text, len, &e) == 0) {
        FUZZ_CHECK(hex_encode(&coded, buf_text(&plain), plain.len) == 0 && coded.len == len);
        for (size_t i = 0; i < len; i++) {
            FUZZ_CHECK(tolower((unsigned char)text[i]) == coded.data[i]);
        }
    }
    buf_fini(&plain);
    buf_fini(&coded);
}

static void check_pem(const char *text, size_t len)
{
    struct err e = ERR_INIT;
    uint8_t signature[SIGN_ED25519];
    struct sign_key *public = sign_key_parse(text, len, &e);
    struct sign_key *private = sign_key_parse_private(text, len, &e);
    if (public != NULL) {
        FUZZ_CHECK(!sign_verify(public, "text", 4, (const uint8_t *)"", 0));
        char *pem = sign_key_public_pem(public);
        FUZZ_CHECK(pem != NULL);
        free(pem);
    }
    if (private != NULL && sign_make(private, text, len, signature, &e) == 0) {
        FUZZ_CHECK(sign_verify(private, text, len, signature, sizeof signature));
    }
    sign_key_free(public);
    sign_key_free(private);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = fuzz_input(data, size);
    char *text = fuzz_rest(&in);
    check_encoding(base64_encode, base64_decode, text, size);
    check_encoding(base64url_encode, base64_decode, text, size);
    check_encoding(hex_encode, hex_decode, text, size);
    check_base64(text, size);
    check_hex(text, size);
    if (memmem(text, size, "-----BEGIN", 10) != NULL) { /* the rest is slow to refuse */
        check_pem(text, size);
    }
    free(text);
    return 0;
}
