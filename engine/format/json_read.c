/*
 * JSON, read in one pass over the bytes; the values are jansson's. Its own reader takes a text byte
 * by byte through a stream, which was the most expensive part of a delivery; it also ends at a NUL,
 * recurses without an end, and has no way to turn one integer beyond 64 bits into a real alone.
 *
 * Error messages name the place but quote nothing: a body may hold a secret. The first thing that is
 * wrong ends the reading. Any thread; recursion is as deep as the nesting that is allowed.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/utf8.h"
#include "format/json.h"

enum { INT_DIGITS_SAFE = 18 /* so many digits always fit into 64 bits */ };

struct reader {
    const char *text, *end;
    const char *at;
    int depth, depth_max;
    struct buf scratch; /* what does not stand in the text as it is meant */
    struct err *e;
};

static json_t *read_value(struct reader *r);

/* --- errors --- */

/* Returns NULL, so that a function that reads can end with it. */
static void *refuse(struct reader *r, const char *why)
{
    int line = 1;
    const char *start = r->text;
    for (const char *c = r->text; c < r->at; c++) {
        if (*c == '\n') {
            line++;
            start = c + 1;
        }
    }
    size_t column = utf8_count(start, (size_t)(r->at - start)) + 1;
    (void)err_set(r->e, ERR_INVALID, "JSON at line %d, column %zu: %s", line, column, why);
    return NULL;
}

/* --- between values --- */

/* The next byte that is no blank; NUL at the end, which nothing takes for more than it is. */
static char peek(struct reader *r)
{
    while (r->at < r->end &&
           (*r->at == ' ' || *r->at == '\n' || *r->at == '\t' || *r->at == '\r')) {
        r->at++;
    }
    return r->at < r->end ? *r->at : '\0';
}

static bool take(struct reader *r, char c)
{
    if (peek(r) != c) {
        return false;
    }
    r->at++;
    return true;
}

/* --- texts --- */

struct span {
    const char *text;
    size_t len;
};

/* Four hex digits, or -1. */
static int read_unit(struct reader *r)
{
    int unit = 0;
    for (int i = 0; i < 4; i++) {
        int digit = r->at < r->end ? ascii_hex_value(*r->at) : -1;
        if (digit == -1) {
            return -1;
        }
        unit = unit << 4 | digit;
        r->at++;
    }
    return unit;
}

static void put_char(struct buf *out, unsigned c)
{
    char bytes[4];
    size_t n = 0;
    if (c < 0x80) {
        bytes[n++] = (char)c;
    } else if (c < 0x800) {
        bytes[n++] = (char)(0xc0 | c >> 6);
    } else if (c < 0x10000) {
        bytes[n++] = (char)(0xe0 | c >> 12);
        bytes[n++] = (char)(0x80 | (c >> 6 & 0x3f));
    } else {
        bytes[n++] = (char)(0xf0 | c >> 18);
        bytes[n++] = (char)(0x80 | (c >> 12 & 0x3f));
        bytes[n++] = (char)(0x80 | (c >> 6 & 0x3f));
    }
    if (c >= 0x80) {
        bytes[n++] = (char)(0x80 | (c & 0x3f));
    }
    (void)buf_append(out, bytes, n); /* its room is the text's length, and an escape is longer */
}

/* What follows "\u": a character, or two halves of one. */
static bool read_unicode(struct reader *r)
{
    int unit = read_unit(r);
    if (unit == -1) {
        return refuse(r, "\\u takes four hex digits") != NULL;
    }
    unsigned c = (unsigned)unit;
    if (c >= 0xd800 && c <= 0xdbff && r->end - r->at >= 2 && r->at[0] == '\\' && r->at[1] == 'u') {
        r->at += 2;
        int low = read_unit(r);
        if (low >= 0xdc00 && low <= 0xdfff) {
            c = 0x10000 + ((c - 0xd800) << 10 | (unsigned)(low - 0xdc00));
        }
    }
    if (c >= 0xd800 && c <= 0xdfff) {
        return refuse(r, "half of a surrogate pair") != NULL;
    }
    put_char(&r->scratch, c);
    return true;
}

/* What follows a backslash. */
static bool read_escape(struct reader *r)
{
    static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    char c = r->at < r->end ? *r->at : '\0';
    const char *found = c != '\0' ? strchr(letters, c) : NULL;
    if (found == NULL && c != 'u') {
        return refuse(r, "an escape that JSON does not have") != NULL;
    }
    r->at++;
    return found != NULL ? buf_putc(&r->scratch, meant[found - letters]) == 0 : read_unicode(r);
}

/* Moves behind what stands for itself in a text. */
static bool pass_plain(struct reader *r)
{
    while (r->at < r->end) {
        unsigned char c = (unsigned char)*r->at;
        if (c == '"' || c == '\\') {
            return true;
        }
        size_t n = c < 0x80 ? c >= 0x20 : utf8_char(r->at, (size_t)(r->end - r->at));
        if (n == 0) {
            return refuse(r, c < 0x20 ? "a control character in a text" : "not UTF-8") != NULL;
        }
        r->at += n;
    }
    return refuse(r, "a text without its end") != NULL;
}

/* A text, from behind its opening quote. What it holds lies in the document, or, where there is an
 * escape in it, in scratch until the next text is read. */
static bool read_text(struct reader *r, struct span *out)
{
    const char *start = r->at;
    if (!pass_plain(r)) {
        return false;
    }
    if (*r->at == '"') {
        *out = (struct span){ start, (size_t)(r->at++ - start) };
        return true;
    }
    buf_clear(&r->scratch);
    while (*r->at == '\\') {
        (void)buf_append(&r->scratch, start, (size_t)(r->at - start)); /* see put_char */
        r->at++;
        if (!read_escape(r)) {
            return false;
        }
        start = r->at;
        if (!pass_plain(r)) {
            return false;
        }
    }
    (void)buf_append(&r->scratch, start, (size_t)(r->at++ - start));
    *out = (struct span){ buf_text(&r->scratch), r->scratch.len };
    return true;
}

static json_t *read_string(struct reader *r)
{
    struct span s;
    r->at++;
    return read_text(r, &s) ? json_stringn_nocheck(s.text, s.len) : NULL;
}

/* --- numbers --- */

static size_t pass_digits(struct reader *r)
{
    const char *start = r->at;
    while (r->at < r->end && ascii_is_digit(*r->at)) {
        r->at++;
    }
    return (size_t)(r->at - start);
}

/* Moves behind a number; *is_real: it has a fraction or an exponent. */
static bool pass_number(struct reader *r, bool *is_real)
{
    r->at += *r->at == '-';
    const char *start = r->at;
    size_t count = pass_digits(r);
    bool is_fine = count == 1 || (count > 1 && *start != '0');
    *is_real = false;
    if (is_fine && r->at < r->end && *r->at == '.') {
        r->at++;
        *is_real = true;
        is_fine = pass_digits(r) > 0;
    }
    if (is_fine && r->at < r->end && (*r->at == 'e' || *r->at == 'E')) {
        r->at++;
        r->at += r->at < r->end && (*r->at == '+' || *r->at == '-');
        *is_real = true;
        is_fine = pass_digits(r) > 0;
    }
    return is_fine || refuse(r, "a malformed number") != NULL;
}

static json_t *make_real(struct reader *r, const char *text)
{
    double value = strtod(text, NULL); /* the program never calls setlocale: a point is a point */
    return isfinite(value) ? json_real(value) : refuse(r, "a number that is too large");
}

static json_t *make_integer(const char *digits, size_t count, bool is_negative)
{
    json_int_t value = 0;
    for (size_t i = 0; i < count; i++) {
        value = value * 10 + (digits[i] - '0');
    }
    return json_integer(is_negative ? -value : value);
}

/* An integer that 64 bits do not hold becomes a real. */
static json_t *read_number(struct reader *r)
{
    const char *start = r->at;
    bool is_negative = *start == '-';
    bool is_real;
    if (!pass_number(r, &is_real)) {
        return NULL;
    }
    size_t len = (size_t)(r->at - start);
    if (!is_real && len - is_negative <= INT_DIGITS_SAFE) {
        return make_integer(start + is_negative, len - is_negative, is_negative);
    }
    buf_clear(&r->scratch);
    (void)buf_append(&r->scratch, start, len); /* its room is the text's length */
    const char *text = buf_text(&r->scratch);
    errno = 0;
    long long value = is_real ? 0 : strtoll(text, NULL, 10);
    return is_real || errno == ERANGE ? make_real(r, text) : json_integer(value);
}

/* --- values of values --- */

static bool go_down(struct reader *r)
{
    if (r->depth == r->depth_max) {
        (void)refuse(r, "nested too deep");
        return false;
    }
    r->depth++;
    r->at++;
    return true;
}

static json_t *read_array(struct reader *r)
{
    if (!go_down(r)) {
        return NULL;
    }
    json_t *list = json_array();
    bool is_over = take(r, ']');
    while (!is_over) {
        json_t *item = read_value(r);
        if (item == NULL) {
            break;
        }
        json_array_append_new(list, item);
        is_over = take(r, ']');
        if (!is_over && !take(r, ',')) {
            (void)refuse(r, "a comma or ] is expected");
            break;
        }
    }
    r->depth--;
    if (!is_over) {
        json_decref(list);
    }
    return is_over ? list : NULL;
}

/* A key, its colon and its value. The key is copied before the value is read: both use scratch. */
static bool read_member(struct reader *r, json_t *object)
{
    struct span key;
    if (!take(r, '"')) {
        return refuse(r, "a key in quotes is expected") != NULL;
    }
    if (!read_text(r, &key)) {
        return false;
    }
    if (memchr(key.text, '\0', key.len) != NULL) {
        return refuse(r, "a NUL in a key") != NULL;
    }
    if (json_object_getn(object, key.text, key.len) != NULL) {
        return refuse(r, "the same key again") != NULL;
    }
    if (!take(r, ':')) {
        return refuse(r, "a colon is expected") != NULL;
    }
    bool is_in_scratch = key.text == r->scratch.data;
    char *own = is_in_scratch ? xstrndup(key.text, key.len) : NULL;
    json_t *value = read_value(r);
    if (value != NULL) {
        json_object_setn_new_nocheck(object, is_in_scratch ? own : key.text, key.len, value);
    }
    free(own);
    return value != NULL;
}

static json_t *read_object(struct reader *r)
{
    if (!go_down(r)) {
        return NULL;
    }
    json_t *object = json_object();
    bool is_over = take(r, '}');
    while (!is_over) {
        if (!read_member(r, object)) {
            break;
        }
        is_over = take(r, '}');
        if (!is_over && !take(r, ',')) {
            (void)refuse(r, "a comma or } is expected");
            break;
        }
    }
    r->depth--;
    if (!is_over) {
        json_decref(object);
    }
    return is_over ? object : NULL;
}

static json_t *read_word(struct reader *r, const char *word, json_t *value)
{
    size_t len = strlen(word);
    if ((size_t)(r->end - r->at) < len || memcmp(r->at, word, len) != 0) {
        return refuse(r, "a value is expected");
    }
    r->at += len;
    return value;
}

static json_t *read_value(struct reader *r)
{
    switch (peek(r)) {
    case '{':
        return read_object(r);
    case '[':
        return read_array(r);
    case '"':
        return read_string(r);
    case 't':
        return read_word(r, "true", json_true());
    case 'f':
        return read_word(r, "false", json_false());
    case 'n':
        return read_word(r, "null", json_null());
    case '-':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
        return read_number(r);
    default:
        return refuse(r, r->at == r->end ? "the text ends too soon" : "a value is expected");
    }
}

static json_t *parse(const char *text, size_t len, int depth_max, struct err *e)
{
    struct reader r = {
        .text = text, .end = text + len, .at = text, .depth_max = depth_max, .e = e
    };
    buf_init(&r.scratch, len + 1);
    json_t *v = read_value(&r);
    (void)peek(&r);
    if (v != NULL && r.at != r.end) {
        json_decref(v);
        v = refuse(&r, "something stands behind the end");
    }
    if (r.scratch.len > 0) {
        secret_scrub(r.scratch.data, r.scratch.len);
    }
    buf_fini(&r.scratch);
    return v;
}

json_t *json_parse(const char *text, size_t len, struct err *e)
{
    return parse(text, len, JSON_DEPTH_MAX, e);
}

json_t *json_parse_own(const char *text, size_t len, struct err *e)
{
    return parse(text, len, JSON_OWN_DEPTH_MAX, e);
}
