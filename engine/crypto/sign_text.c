/*
 * Bytes as text: base64 and hexadecimal (RFC 4648). Decoding accepts one spelling of each value and
 * nothing else, no line breaks, no stray bits: a signature or id that can be written in two ways
 * can be presented twice. Pure; any thread.
 */
#include "crypto/sign.h"

#include <string.h>

#include "base/ascii.h"

static const char standard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static int encode64(struct buf *out, const uint8_t *data, size_t len, const char *alphabet,
                    bool is_padded)
{
    for (size_t i = 0; i < len; i += 3) {
        size_t n = len - i < 3 ? len - i : 3;
        uint32_t bits = (uint32_t)data[i] << 16;
        bits |= n > 1 ? (uint32_t)data[i + 1] << 8 : 0;
        bits |= n > 2 ? data[i + 2] : 0;
        char four[4];
        for (size_t j = 0; j < 4; j++) {
            four[j] = j <= n ? alphabet[bits >> (18 - 6 * j) & 0x3f] : '=';
        }
        if (buf_append(out, four, is_padded ? 4 : n + 1) == -1) {
            return -1;
        }
    }
    return out->is_full ? -1 : 0;
}

int base64_encode(struct buf *out, const void *data, size_t len)
{
    return encode64(out, data, len, standard, true);
}

int base64url_encode(struct buf *out, const void *data, size_t len)
{
    return encode64(out, data, len, url_safe, false);
}

/* The six bits of a character, or -1. The two alphabets differ in their last two. */
static int value64(char c, bool is_url)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }
    if (c == (is_url ? '-' : '+')) {
        return 62;
    }
    return c == (is_url ? '_' : '/') ? 63 : -1;
}

/* The length without padding; -1 where there is padding and it is not right. */
static int strip_padding(const char *text, size_t *len)
{
    size_t whole = *len;
    while (*len > 0 && text[*len - 1] == '=' && whole - *len < 2) {
        (*len)--;
    }
    return *len == whole || whole % 4 == 0 ? 0 : -1;
}

static int refuse64(struct err *e)
{
    return err_set(e, ERR_INVALID, "this is not base64");
}

int base64_decode(struct buf *out, const char *text, size_t len, struct err *e)
{
    if (strip_padding(text, &len) == -1 || len % 4 == 1) {
        return refuse64(e);
    }
    bool is_url = len > 0 && (memchr(text, '-', len) != NULL || memchr(text, '_', len) != NULL);
    uint32_t bits = 0;
    unsigned int held = 0; /* how many of the low bits are not written yet */
    for (size_t i = 0; i < len; i++) {
        int value = value64(text[i], is_url);
        if (value == -1) {
            return refuse64(e);
        }
        bits = (bits << 6 | (uint32_t)value) & 0xffff;
        held += 6;
        if (held >= 8) {
            held -= 8;
            if (buf_putc(out, (char)(bits >> held & 0xff)) == -1) {
                return err_set(e, ERR_TOO_LARGE, "a decoded text is longer than %zu bytes",
                               out->max);
            }
        }
    }
    return (bits & ((1U << held) - 1)) == 0 ? 0 : refuse64(e);
}

int hex_encode(struct buf *out, const void *data, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *bytes = data;
    for (size_t i = 0; i < len; i++) {
        char two[2] = { digits[bytes[i] >> 4], digits[bytes[i] & 0x0f] };
        if (buf_append(out, two, 2) == -1) {
            return -1;
        }
    }
    return out->is_full ? -1 : 0;
}

int hex_decode(struct buf *out, const char *text, size_t len, struct err *e)
{
    if (len % 2 != 0) {
        return err_set(e, ERR_INVALID, "this is not hexadecimal: the number of digits is odd");
    }
    for (size_t i = 0; i < len; i += 2) {
        int high = ascii_hex_value(text[i]);
        int low = ascii_hex_value(text[i + 1]);
        if (high == -1 || low == -1) {
            return err_set(e, ERR_INVALID, "this is not hexadecimal");
        }
        if (buf_putc(out, (char)(high * 16 + low)) == -1) {
            return err_set(e, ERR_TOO_LARGE, "a decoded text is longer than %zu bytes", out->max);
        }
    }
    return 0;
}
