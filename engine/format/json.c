/*
 * Reads and writes JSON without losing a digit. Jansson parses; what it cannot do stands here:
 * nesting is measured before it recurses, an integer beyond 64 bits keeps its digits as a text
 * (jansson's own flag would make floats of all the integers of the document), and the text is
 * written by our own writer, since jansson prints 0.1 as 0.10000000000000001. Error messages name
 * the place but quote nothing: a body may hold a secret. json_t is reference-counted without
 * atomics, so a value belongs to one thread at a time.
 */
#include "format/json.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/mem.h"
#include "base/secret.h"
#include "format/date.h"

enum {
    TEXT_MAX = 1 << 30,
};

/* --- reading --- */

/* The index behind a text that begins at `at` with its quote, or len where it does not end. */
static size_t skip_string(const char *text, size_t len, size_t at)
{
    for (at++; at < len; at++) {
        if (text[at] == '\\') {
            at++;
        } else if (text[at] == '"') {
            return at + 1;
        }
    }
    return len;
}

/* Nesting, and NUL bytes: jansson takes one for the end and would not look behind it. */
static int check_shape(const char *text, size_t len, int depth_max, struct err *e)
{
    int depth = 0;
    int line = 1;
    for (size_t at = 0; at < len;) {
        char c = text[at];
        if (c == '"') {
            at = skip_string(text, len, at);
            continue;
        }
        if (c == '\0') {
            return err_set(e, ERR_INVALID, "JSON at line %d: a NUL byte", line);
        }
        line += c == '\n';
        depth += (c == '[' || c == '{') - (c == ']' || c == '}');
        if (depth > depth_max) {
            return err_set(e, ERR_INVALID, "JSON is nested more than %d levels deep at line %d",
                           depth_max, line);
        }
        at++;
    }
    return 0;
}

static bool is_number_char(char c)
{
    return ascii_is_digit(c) || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

bool json_is_big_integer(const char *text, size_t len)
{
    static const char most[] = "9223372036854775807", least[] = "9223372036854775808";
    bool is_negative = len > 0 && text[0] == '-';
    const char *digits = text + is_negative;
    size_t count = len - is_negative;
    for (size_t i = 0; i < count; i++) {
        if (!ascii_is_digit(digits[i])) {
            return false;
        }
    }
    for (; count > 0 && *digits == '0'; count--) {
        digits++;
    }
    size_t room = sizeof most - 1;
    return count > room || (count == room && memcmp(digits, is_negative ? least : most, room) > 0);
}

/* A copy of the document in which each integer beyond 64 bits stands in quotes; yours. Floats would
 * have other digits, and many such numbers are ids. */
static char *quote_integers(const char *text, size_t len, size_t *out_len)
{
    struct buf out;
    buf_init(&out, len + len / 4 + 2); /* two bytes for at least 19 */
    for (size_t at = 0; at < len;) {
        size_t end = at + 1;
        if (text[at] == '"') {
            end = skip_string(text, len, at);
        } else if (is_number_char(text[at])) {
            while (end < len && is_number_char(text[end])) {
                end++;
            }
        }
        bool is_big = json_is_big_integer(text + at, end - at);
        int rc = is_big ? buf_putc(&out, '"') : 0;
        rc |= buf_append(&out, text + at, end - at);
        rc |= is_big ? buf_putc(&out, '"') : 0;
        assert(rc == 0);
        at = end;
    }
    return buf_take(&out, out_len);
}

/* Jansson's message without its " near '…'", which quotes the document. */
static int set_parse_error(struct err *e, const json_error_t *problem)
{
    const char *near = strstr(problem->text, " near ");
    int len = near != NULL ? (int)(near - problem->text) : (int)strlen(problem->text);
    return err_set(e, ERR_INVALID, "JSON at line %d, column %d: %.*s", problem->line,
                   problem->column, len, problem->text);
}

static json_t *parse_bounded(const char *text, size_t len, int depth_max, struct err *e)
{
    const size_t flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL;
    if (len == 0) {
        err_set(e, ERR_INVALID, "JSON at line 1, column 1: there is no text");
        return NULL;
    }
    if (check_shape(text, len, depth_max, e) == -1) {
        return NULL;
    }
    json_error_t problem;
    json_t *v = json_loadb(text, len, flags, &problem);
    if (v == NULL && json_error_code(&problem) == json_error_numeric_overflow) {
        size_t quoted_len;
        char *quoted = quote_integers(text, len, &quoted_len);
        v = json_loadb(quoted, quoted_len, flags, &problem);
        free(quoted);
    }
    if (v == NULL) {
        set_parse_error(e, &problem);
    }
    return v;
}

json_t *json_parse(const char *text, size_t len, struct err *e)
{
    return parse_bounded(text, len, JSON_DEPTH_MAX, e);
}

json_t *json_parse_own(const char *text, size_t len, struct err *e)
{
    return parse_bounded(text, len, JSON_OWN_DEPTH_MAX, e);
}

/* --- writing --- */

static int write_value(struct buf *out, const json_t *v, bool is_sorted, int depth);

static int write_escape(struct buf *out, unsigned char c)
{
    switch (c) {
    case '"':
        return buf_puts(out, "\\\"");
    case '\\':
        return buf_puts(out, "\\\\");
    case '\n':
        return buf_puts(out, "\\n");
    case '\r':
        return buf_puts(out, "\\r");
    case '\t':
        return buf_puts(out, "\\t");
    default:
        return buf_printf(out, "\\u%04x", c);
    }
}

/* Jansson's texts are valid UTF-8 already; only what JSON demands is escaped. */
static int write_string(struct buf *out, const char *text, size_t len)
{
    (void)buf_putc(out, '"'); /* a full buffer stays full: the last call tells */
    size_t start = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x20 && c != '"' && c != '\\') {
            continue;
        }
        (void)buf_append(out, text + start, i - start);
        (void)write_escape(out, c);
        start = i + 1;
    }
    (void)buf_append(out, text + start, len - start);
    return buf_putc(out, '"');
}

/* The text with the fewest of 15 to 17 digits that reads back as the same number, marked as a real.
 * The program never calls setlocale, so the point is a point. */
static int write_real(struct buf *out, double value)
{
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        (void)snprintf(text, sizeof text, "%.*g", digits, value); /* 24 characters at most */
        if (strtod(text, NULL) == value) {
            break;
        }
    }
    const char *mark = strpbrk(text, ".e") != NULL ? "" : ".0";
    return buf_printf(out, "%s%s", text, mark);
}

static int write_array(struct buf *out, const json_t *v, bool is_sorted, int depth)
{
    (void)buf_putc(out, '[');
    for (size_t i = 0; i < json_array_size(v); i++) {
        if (i > 0) {
            (void)buf_putc(out, ',');
        }
        if (write_value(out, json_array_get(v, i), is_sorted, depth + 1) == -1) {
            return -1;
        }
    }
    return buf_putc(out, ']');
}

static int write_member(struct buf *out, const char *key, const json_t *value, bool is_sorted,
                        int depth)
{
    (void)write_string(out, key, strlen(key)); /* keys hold no NUL: jansson refuses them */
    (void)buf_putc(out, ':');
    return write_value(out, value, is_sorted, depth + 1);
}

static int compare_keys(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int write_object_sorted(struct buf *out, json_t *v, int depth)
{
    size_t count = 0;
    const char **keys = xmalloc(json_object_size(v) * sizeof(*keys));
    for (void *it = json_object_iter(v); it != NULL; it = json_object_iter_next(v, it)) {
        keys[count++] = json_object_iter_key(it);
    }
    qsort(keys, count, sizeof(*keys), compare_keys);
    int rc = buf_putc(out, '{');
    for (size_t i = 0; i < count && rc == 0; i++) {
        if (i > 0) {
            (void)buf_putc(out, ',');
        }
        rc = write_member(out, keys[i], json_object_get(v, keys[i]), true, depth);
    }
    free(keys);
    return rc == 0 ? buf_putc(out, '}') : -1;
}

static int write_object(struct buf *out, json_t *v, int depth)
{
    (void)buf_putc(out, '{');
    bool is_first = true;
    for (void *it = json_object_iter(v); it != NULL; it = json_object_iter_next(v, it)) {
        if (!is_first) {
            (void)buf_putc(out, ',');
        }
        is_first = false;
        if (write_member(out, json_object_iter_key(it), json_object_iter_value(it), false, depth) ==
            -1) {
            return -1;
        }
    }
    return buf_putc(out, '}');
}

static int write_value(struct buf *out, const json_t *v, bool is_sorted, int depth)
{
    if (v == NULL || depth > JSON_OWN_DEPTH_MAX) {
        return -1;
    }
    json_t *walked = (json_t *)(uintptr_t)v; /* jansson's iterators want it so; nothing changes */
    switch (json_typeof(v)) {
    case JSON_OBJECT:
        return is_sorted ? write_object_sorted(out, walked, depth)
                         : write_object(out, walked, depth);
    case JSON_ARRAY:
        return write_array(out, v, is_sorted, depth);
    case JSON_STRING:
        return write_string(out, json_string_value(v), json_string_length(v));
    case JSON_INTEGER:
        return buf_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
    case JSON_REAL:
        return write_real(out, json_real_value(v));
    case JSON_TRUE:
        return buf_puts(out, "true");
    case JSON_FALSE:
        return buf_puts(out, "false");
    case JSON_NULL:
        return buf_puts(out, "null");
    }
    return -1;
}

static char *dump_text(const json_t *v, bool is_sorted, size_t *len)
{
    struct buf out;
    buf_init(&out, TEXT_MAX);
    if (write_value(&out, v, is_sorted, 0) == -1) {
        buf_fini(&out);
        return NULL;
    }
    return buf_take(&out, len);
}

char *json_text(const json_t *v, size_t *len)
{
    return dump_text(v, false, len);
}

char *json_text_sorted(const json_t *v)
{
    return dump_text(v, true, NULL);
}

int json_append(struct buf *out, const json_t *v)
{
    return write_value(out, v, false, 0);
}

int json_append_text(struct buf *out, const char *text, size_t len)
{
    return write_string(out, text, len);
}

/* --- looking up --- */

/* "0" … "999999999" without leading zeros; -1 otherwise. */
static int64_t array_index(const char *text, size_t len)
{
    if (len == 0 || len > 9 || (len > 1 && text[0] == '0')) {
        return -1;
    }
    int64_t index = 0;
    for (size_t i = 0; i < len; i++) {
        if (!ascii_is_digit(text[i])) {
            return -1;
        }
        index = index * 10 + (text[i] - '0');
    }
    return index;
}

static json_t *member(const json_t *v, const char *name, size_t len)
{
    if (json_is_array(v)) {
        int64_t index = array_index(name, len);
        return index >= 0 ? json_array_get(v, (size_t)index) : NULL;
    }
    return json_object_getn(v, name, len);
}

/* Overwrites the texts of what has no other owner. Depth is bounded by what made the value. */
static void scrub(json_t *v)
{
    if (v == NULL || v->refcount > 1) { /* constants have the highest count */
        return;
    }
    size_t i;
    const char *key;
    json_t *one;
    if (json_is_string(v)) {
        secret_scrub((char *)json_string_value(v), json_string_length(v)); /* ours alone */
    }
    json_array_foreach (v, i, one) {
        scrub(one);
    }
    json_object_foreach (v, key, one) {
        scrub(one);
    }
}

void json_forget(json_t *v)
{
    scrub(v);
    json_decref(v);
}

void json_forget_member(json_t *object, const char *key)
{
    scrub(json_object_get(object, key));
    json_object_del(object, key);
}

json_t *json_path(const json_t *v, const char *path)
{
    while (v != NULL && *path != '\0') {
        size_t len = strcspn(path, ".");
        v = member(v, path, len);
        path += len + (path[len] == '.');
    }
    return (json_t *)(uintptr_t)v; /* jansson's look-ups lend a value that may be changed */
}

const char *json_path_text(const json_t *v, const char *path)
{
    return json_string_value(json_path(v, path));
}

const char *json_get_text(const json_t *v, const char *key)
{
    return json_string_value(json_object_get(v, key));
}

char *json_copy_text(const json_t *v, const char *key)
{
    return xstrdup_or_null(json_get_text(v, key));
}

void json_set_text(json_t *object, const char *key, const char *text)
{
    if (text != NULL) {
        json_object_set_new(object, key, json_string(text));
    }
}

int64_t json_get_int(const json_t *v, const char *key, int64_t otherwise)
{
    const json_t *found = json_object_get(v, key);
    return json_is_integer(found) ? json_integer_value(found) : otherwise;
}

bool json_get_bool(const json_t *v, const char *key, bool otherwise)
{
    const json_t *found = json_object_get(v, key);
    return json_is_boolean(found) ? json_is_true(found) : otherwise;
}

int64_t json_get_date(const json_t *v, const char *key)
{
    const char *text = json_get_text(v, key);
    int64_t us = 0;
    return text != NULL && date_parse(text, strlen(text), NULL, &us, NULL) == 0 ? us : 0;
}

bool json_list_has(const json_t *list, const json_t *v)
{
    size_t i;
    json_t *one;
    json_array_foreach ((json_t *)list, i, one) {
        if (json_equal(one, (json_t *)v)) {
            return true;
        }
    }
    return false;
}

bool json_list_has_text(const json_t *list, const char *text)
{
    size_t i;
    json_t *one;
    json_array_foreach ((json_t *)list, i, one) {
        if (json_is_string(one) && strcmp(json_string_value(one), text) == 0) {
            return true;
        }
    }
    return false;
}

const char **json_names(const json_t *object)
{
    const char **names = xcalloc(json_object_size(object) + 1, sizeof *names);
    size_t count = 0;
    const char *name;
    json_t *v;
    json_object_foreach ((json_t *)object, name, v) {
        names[count++] = name;
    }
    return names;
}

const char **json_texts(const json_t *list)
{
    const char **texts = xcalloc(json_array_size(list) + 1, sizeof *texts);
    size_t i, count = 0;
    json_t *one;
    json_array_foreach ((json_t *)list, i, one) {
        if (json_is_string(one)) {
            texts[count++] = json_string_value(one);
        }
    }
    return texts;
}

json_t *json_text_or_null(const char *text)
{
    json_t *v = text != NULL ? json_string(text) : json_null();
    return v != NULL ? v : json_string("(not text)");
}
