/*
 * UTF-8 (RFC 3629): where characters begin and end, for columns in messages and for cutting text.
 * Pure; any thread.
 */
#include "base/utf8.h"

#include <stdint.h>
#include <string.h>

/* The length that a lead byte asks for, and the range of its second byte (RFC 3629, section 4). */
static size_t lead(unsigned char c, unsigned char *low, unsigned char *high)
{
    *low = 0x80;
    *high = 0xbf;
    if (c < 0x80) {
        return 1;
    }
    if (c >= 0xc2 && c <= 0xdf) {
        return 2;
    }
    if (c >= 0xe0 && c <= 0xef) {
        *low = c == 0xe0 ? 0xa0 : 0x80;
        *high = c == 0xed ? 0x9f : 0xbf;
        return 3;
    }
    if (c >= 0xf0 && c <= 0xf4) {
        *low = c == 0xf0 ? 0x90 : 0x80;
        *high = c == 0xf4 ? 0x8f : 0xbf;
        return 4;
    }
    return 0;
}

size_t utf8_char(const char *text, size_t len)
{
    if (len == 0) {
        return 0;
    }
    const unsigned char *c = (const unsigned char *)text;
    unsigned char low;
    unsigned char high;
    size_t n = lead(c[0], &low, &high);
    if (n <= 1) {
        return n;
    }
    if (n > len || c[1] < low || c[1] > high) {
        return 0;
    }
    for (size_t i = 2; i < n; i++) {
        if ((c[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    return n;
}

/* How many bytes of ASCII begin the text, counted by words. */
static size_t skip_ascii(const char *text, size_t len)
{
    size_t at = 0;
    for (uint64_t word; at + sizeof word <= len; at += sizeof word) {
        memcpy(&word, text + at, sizeof word);
        if ((word & UINT64_C(0x8080808080808080)) != 0) {
            break;
        }
    }
    return at;
}

bool utf8_is_valid(const char *text, size_t len)
{
    size_t at = skip_ascii(text, len);
    while (at < len) {
        size_t n = utf8_char(text + at, len - at);
        if (n == 0) {
            return false;
        }
        at += n;
    }
    return true;
}

size_t utf8_count(const char *text, size_t len)
{
    size_t count = 0;
    for (size_t at = 0; at < len; count++) {
        size_t n = utf8_char(text + at, len - at);
        at += n > 0 ? n : 1;
    }
    return count;
}

bool utf8_is_control(const char *text, size_t n)
{
    const unsigned char *c = (const unsigned char *)text;
    return (n == 1 && (c[0] < 0x20 || c[0] == 0x7f)) || (n == 2 && c[0] == 0xc2 && c[1] < 0xa0);
}

size_t utf8_trim(const char *text, size_t len)
{
    const unsigned char *c = (const unsigned char *)text;
    for (size_t back = 1; back <= 3 && back <= len; back++) {
        unsigned char low;
        unsigned char high;
        if ((c[len - back] & 0xc0) != 0x80) {
            return lead(c[len - back], &low, &high) > back ? len - back : len;
        }
    }
    return len;
}

size_t utf8_cut(const char *text, size_t len, size_t max)
{
    size_t at = 0;
    while (at < len) {
        size_t n = utf8_char(text + at, len - at);
        size_t next = at + (n > 0 ? n : 1);
        if (next > max) {
            break;
        }
        at = next;
    }
    return at;
}
