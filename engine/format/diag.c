/*
 * Collects the errors and the warnings of one file, for whoever reads it. They are collected while
 * the file is read and checked, in any order, and shown at the end: sorted by place, each with its
 * line and a caret, so that one run of `ladle check` tells everything. The struct owns its copies
 * of all texts. Loop thread, or whichever thread loads.
 */
#include "format/diag.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/plural.h"
#include "base/utf8.h"

enum {
    MESSAGE_MAX = 600,
    SHOWN_MAX = 100,   /* characters of a line that are shown */
    SHOWN_BEFORE = 70, /* … of them before the column, where the line is longer */
    WORD_MAX = 64,
};

struct diags *diags_new(const char *file)
{
    struct diags *d = xcalloc(1, sizeof(*d));
    d->file = xstrdup(file);
    return d;
}

static void free_items(struct diag *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(items[i].message);
        free(items[i].hint);
    }
}

void diags_free(struct diags *d)
{
    if (d == NULL) {
        return;
    }
    free_items(d->items, d->count);
    free_items(d->warnings, d->warning_count);
    free(d->file);
    free(d->text);
    free(d);
}

void diags_set_text(struct diags *d, const char *text, size_t len)
{
    char *copy = xstrndup(text, len);
    free(d->text);
    d->text = copy;
    d->text_len = len;
}

/* The errors, or the warnings, of a file. */
struct kept {
    struct diag *items;
    size_t *count;
    size_t *dropped;
};

static bool is_known_diag(const struct kept *k, int line, int column, const char *message)
{
    for (size_t i = 0; i < *k->count; i++) {
        const struct diag *it = &k->items[i];
        if (it->line == line && it->column == column && strcmp(it->message, message) == 0) {
            return true;
        }
    }
    return false;
}

static void keep_diag(const struct kept *k, const struct diag *place, const char *fmt, va_list ap)
{
    char message[MESSAGE_MAX];
    (void)vsnprintf(message, sizeof message, fmt, ap); /* too long: cut, and then trimmed */
    message[utf8_trim(message, strlen(message))] = '\0';
    if (is_known_diag(k, place->line, place->column, message)) {
        return;
    }
    if (*k->count == DIAG_MAX) {
        (*k->dropped)++;
        return;
    }
    k->items[(*k->count)++] = (struct diag){
        .line = place->line,
        .column = place->column,
        .message = xstrdup(message),
        .hint =
            place->hint != NULL ? xstrndup(place->hint, strnlen(place->hint, MESSAGE_MAX)) : NULL,
    };
}

void diags_add(struct diags *d, int line, int column, const char *hint, const char *fmt, ...)
{
    const struct kept errors = { d->items, &d->count, &d->dropped };
    const struct diag place = { .line = line, .column = column, .hint = (char *)hint };
    va_list ap;
    va_start(ap, fmt);
    keep_diag(&errors, &place, fmt, ap);
    va_end(ap);
}

void diags_warn(struct diags *d, int line, int column, const char *hint, const char *fmt, ...)
{
    const struct kept warnings = { d->warnings, &d->warning_count, &d->warnings_dropped };
    const struct diag place = { .line = line, .column = column, .hint = (char *)hint };
    va_list ap;
    va_start(ap, fmt);
    keep_diag(&warnings, &place, fmt, ap);
    va_end(ap);
}

static bool comes_after(const struct diag *a, const struct diag *b)
{
    return a->line != b->line ? a->line > b->line : a->column > b->column;
}

/* Insertion sort: stable, and there are at most DIAG_MAX. */
static void sort_items(struct diag *items, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct diag item = items[i];
        size_t at = i;
        for (; at > 0 && comes_after(&items[at - 1], &item); at--) {
            items[at] = items[at - 1];
        }
        items[at] = item;
    }
}

/* Text for a terminal: what would move the cursor or is no UTF-8 becomes one character. */
static void put_visible(struct buf *out, const char *text, size_t len)
{
    for (size_t at = 0; at < len;) {
        size_t n = utf8_char(text + at, len - at);
        if (text[at] == '\t') {
            (void)buf_putc(out, ' ');
        } else if (n == 0 || utf8_is_control(text + at, n)) {
            (void)buf_puts(out, "\xef\xbf\xbd");
        } else {
            (void)buf_append(out, text + at, n);
        }
        at += n > 0 ? n : 1;
    }
}

/* The line of that number without its end; NULL where the text has none. */
static const char *find_line(const struct diags *d, int line, size_t *len)
{
    if (d->text == NULL || line < 1) {
        return NULL;
    }
    const char *at = d->text;
    const char *end = d->text + d->text_len;
    for (int i = 1; i < line; i++) {
        const char *next = memchr(at, '\n', (size_t)(end - at));
        if (next == NULL) {
            return NULL;
        }
        at = next + 1;
    }
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    *len = (size_t)((stop != NULL ? stop : end) - at);
    if (*len > 0 && at[*len - 1] == '\r') {
        (*len)--;
    }
    return at;
}

/* The byte at which the character of that number (from 0) begins, or len. */
static size_t byte_of_char(const char *text, size_t len, size_t number)
{
    size_t at = 0;
    for (size_t i = 0; i < number && at < len; i++) {
        size_t n = utf8_char(text + at, len - at);
        at += n > 0 ? n : 1;
    }
    return at;
}

/* The line itself, and a caret under the column; of a long line the part around the column. */
static void print_source_line(const struct diags *d, const struct diag *it, struct buf *out)
{
    size_t len;
    const char *line = find_line(d, it->line, &len);
    if (line == NULL) {
        return;
    }
    size_t column = it->column > 0 ? (size_t)it->column - 1 : 0;
    size_t first = column > SHOWN_MAX ? column - SHOWN_BEFORE : 0;
    size_t from = byte_of_char(line, len, first);
    size_t shown = byte_of_char(line + from, len - from, SHOWN_MAX);
    (void)buf_printf(out, "%5d | %s", it->line, first > 0 ? "…" : "");
    put_visible(out, line + from, shown);
    (void)buf_puts(out, from + shown < len ? "…\n" : "\n");
    if (it->column > 0) {
        int width = (int)(column - first + (first > 0));
        (void)buf_printf(out, "      | %*s^\n", width, "");
    }
}

static void print_item(const struct diags *d, const struct diag *it, const char *kind,
                       struct buf *out)
{
    put_visible(out, d->file, strlen(d->file));
    if (it->line > 0 && it->column > 0) {
        (void)buf_printf(out, ":%d:%d", it->line, it->column);
    } else if (it->line > 0) {
        (void)buf_printf(out, ":%d", it->line);
    }
    (void)buf_printf(out, ": %s", kind);
    put_visible(out, it->message, strlen(it->message));
    (void)buf_putc(out, '\n');
    print_source_line(d, it, out);
    if (it->hint != NULL) {
        (void)buf_puts(out, "      = ");
        put_visible(out, it->hint, strlen(it->hint));
        (void)buf_putc(out, '\n');
    }
}

static void print_dropped(const struct diags *d, size_t count, const char *one, const char *several,
                          struct buf *out)
{
    if (count > 0) {
        put_visible(out, d->file, strlen(d->file));
        (void)buf_printf(out, ": %zu more %s not shown\n", count,
                         plural((int64_t)count, one, several));
    }
}

void diags_print(struct diags *d, struct buf *out)
{
    sort_items(d->items, d->count);
    sort_items(d->warnings, d->warning_count);
    for (size_t i = 0; i < d->count; i++) {
        print_item(d, &d->items[i], "", out);
    }
    print_dropped(d, d->dropped, "error is", "errors are", out);
    for (size_t i = 0; i < d->warning_count; i++) {
        print_item(d, &d->warnings[i], "warning: ", out);
    }
    print_dropped(d, d->warnings_dropped, "warning is", "warnings are", out);
}

/* A JSON text of any bytes: what is no UTF-8 is replaced first. */
static json_t *json_visible(const char *text)
{
    if (text == NULL) {
        return json_null();
    }
    struct buf out;
    buf_init(&out, 4 * strlen(text) + 4);
    put_visible(&out, text, strlen(text));
    json_t *v = json_stringn(buf_text(&out), out.len);
    buf_fini(&out);
    return v;
}

static json_t *items_json(const struct diags *d, const struct diag *items, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct diag *it = &items[i];
        json_t *item = json_object();
        int rc = json_object_set_new(item, "file", json_visible(d->file));
        rc |= json_object_set_new(item, "line", json_integer(it->line));
        rc |= json_object_set_new(item, "column", json_integer(it->column));
        rc |= json_object_set_new(item, "message", json_visible(it->message));
        rc |= json_object_set_new(item, "hint", json_visible(it->hint));
        rc |= json_array_append_new(list, item);
        assert(rc == 0); /* fails for want of memory only */
    }
    return list;
}

json_t *diags_json(struct diags *d)
{
    sort_items(d->items, d->count);
    return items_json(d, d->items, d->count);
}

json_t *diags_warnings_json(struct diags *d)
{
    sort_items(d->warnings, d->warning_count);
    return items_json(d, d->warnings, d->warning_count);
}

static size_t min3(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;
    return least < c ? least : c;
}

/* Damerau-Levenshtein distance with adjacent swaps (optimal string alignment), three rows at a
 * time. */
static size_t distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t rows[3][WORD_MAX + 1];
    for (size_t j = 0; j <= b_len; j++) {
        rows[0][j] = j;
    }
    for (size_t i = 1; i <= a_len; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i + 2) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            row[j] = min3(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                size_t swapped = rows[(i + 1) % 3][j - 2] + 1;
                row[j] = swapped < row[j] ? swapped : row[j];
            }
        }
    }
    return rows[a_len % 3][b_len];
}

const char *diag_closest(const char *word, const char *const *words)
{
    size_t len = strnlen(word, WORD_MAX + 1);
    if (len > WORD_MAX) {
        return NULL;
    }
    size_t limit = len / 3 > 1 ? len / 3 : 1;
    const char *best = NULL;
    for (; *words != NULL; words++) {
        size_t other = strnlen(*words, WORD_MAX + 1);
        if (other > WORD_MAX) {
            continue;
        }
        size_t d = distance(word, len, *words, other);
        if (d <= limit && d < other) {
            best = *words;
            if (d == 0) {
                break;
            }
            limit = d - 1;
        }
    }
    return best;
}
