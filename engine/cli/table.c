/* A table of text. Rows are kept until the table is printed, as the widths of the columns are known
 * only then. On a terminal the columns are aligned by what a reader sees (code points, wide ones
 * twice, combining ones not at all), and cells are cut so that a row fits the window; in a pipe
 * cells are parted by tabs and stay whole. What stands in a cell comes from outside, so control
 * characters become spaces and no cell can move the cursor. */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "cli/cli.h"

enum { COLUMNS_MAX = 12, GAP = 2, CELL_LEAST = 12, WINDOW_LEAST = 40, WINDOW_USUAL = 100 };

struct table {
    size_t columns;
    size_t count, cap; /* rows */
    char **cells;      /* count * columns, owned; the heads are row 0 */
};

/* Decodes one character; a byte that is none decodes as itself. Returns its length in bytes. */
static size_t next_char(const char *text, uint32_t *code)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t len = utf8_char(text, strnlen(text, 4));
    if (len < 2) {
        *code = s[0];
        return 1;
    }
    *code = s[0] & (0xffU >> (len + 1));
    for (size_t i = 1; i < len; i++) {
        *code = *code << 6 | (s[i] & 0x3f);
    }
    return len;
}

/* Columns that a character takes (after Unicode's East Asian Width, the blocks that matter). */
static size_t char_width(uint32_t c)
{
    if ((c >= 0x300 && c <= 0x36f) || (c >= 0x200b && c <= 0x200f) ||
        (c >= 0xfe00 && c <= 0xfe0f)) {
        return 0;
    }
    bool is_wide = (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) ||
                   (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
                   (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
                   (c >= 0x1f300 && c <= 0x1faff) || (c >= 0x20000 && c <= 0x3fffd);
    return is_wide ? 2 : 1;
}

static size_t text_width(const char *text)
{
    size_t width = 0;
    while (*text) {
        uint32_t code;
        text += next_char(text, &code);
        width += char_width(code);
    }
    return width;
}

/* A copy without control characters (C0, DEL, C1 and bytes that read as C1, what turns the
 * direction of text) and without secrets. */
static char *clean_copy(const char *text)
{
    char *copy = xstrdup(text);
    (void)log_redact(copy, strlen(copy)); /* how many there were does not matter */
    for (char *at = copy; *at;) {
        uint32_t code;
        size_t len = next_char(at, &code);
        bool is_bad = code < 0x20 || (code >= 0x7f && code < 0xa0) ||
                      (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
        if (is_bad) {
            memset(at, ' ', len);
        }
        at += len;
    }
    return copy;
}

struct table *table_new(const char *const *heads)
{
    struct table *t = xcalloc(1, sizeof *t);
    while (heads[t->columns] != NULL && t->columns < COLUMNS_MAX) {
        t->columns++;
    }
    table_row(t, heads);
    return t;
}

void table_row(struct table *t, const char *const *cells)
{
    if (t->count == t->cap) {
        t->cap = t->cap ? t->cap * 2 : 16;
        t->cells = xrealloc(t->cells, t->cap * t->columns * sizeof *t->cells);
    }
    for (size_t i = 0; i < t->columns; i++) {
        t->cells[t->count * t->columns + i] = clean_copy(cells[i] != NULL ? cells[i] : "");
    }
    t->count++;
}

static void table_free(struct table *t)
{
    for (size_t i = 0; i < t->count * t->columns; i++) {
        free(t->cells[i]);
    }
    free(t->cells);
    free(t);
}

static size_t window_width(void)
{
    struct winsize w;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == -1 || w.ws_col == 0) {
        return WINDOW_USUAL;
    }
    return w.ws_col < WINDOW_LEAST ? WINDOW_LEAST : w.ws_col;
}

/* What the columns need, then less for the widest until a row fits. The first is never cut: it
 * holds what a person copies, an id or a name. */
static void choose_widths(const struct table *t, size_t window, size_t widths[COLUMNS_MAX])
{
    size_t total = (t->columns - 1) * GAP;
    for (size_t i = 0; i < t->columns; i++) {
        widths[i] = 0;
        for (size_t row = 0; row < t->count; row++) {
            size_t width = text_width(t->cells[row * t->columns + i]);
            widths[i] = width > widths[i] ? width : widths[i];
        }
        total += widths[i];
    }
    while (total > window) {
        size_t widest = t->columns - 1;
        for (size_t i = 1; i < t->columns; i++) {
            widest = widths[i] > widths[widest] ? i : widest;
        }
        if (widths[widest] <= CELL_LEAST) {
            return;
        }
        widths[widest]--;
        total--;
    }
}

/* Prints a cell, cut to width with an ellipsis, filled up with spaces unless it is the last one. */
static void print_cell(const char *text, size_t width, bool is_last)
{
    bool is_cut = text_width(text) > width;
    size_t room = is_cut ? width - 1 : width, used = 0;
    while (*text) {
        uint32_t code;
        size_t len = next_char(text, &code);
        if (used + char_width(code) > room) {
            break;
        }
        (void)fwrite(text, 1, len, stdout); /* cli_main looks at the stream's state at the end */
        used += char_width(code);
        text += len;
    }
    if (is_cut) {
        (void)fputs("…", stdout);
        used++;
    }
    if (!is_last) {
        (void)printf("%*s", (int)(width - used + GAP), "");
    }
}

static void print_aligned(const struct table *t)
{
    size_t widths[COLUMNS_MAX];
    choose_widths(t, window_width(), widths);
    for (size_t row = 0; row < t->count; row++) {
        for (size_t i = 0; i < t->columns; i++) {
            print_cell(t->cells[row * t->columns + i], widths[i], i + 1 == t->columns);
        }
        (void)putchar('\n');
    }
}

static void print_tabbed(const struct table *t)
{
    for (size_t i = 0; i < t->count * t->columns; i++) {
        bool is_last = (i + 1) % t->columns == 0;
        (void)printf("%s%c", t->cells[i], is_last ? '\n' : '\t');
    }
}

void table_print(struct table *t, const struct cli *c)
{
    if (c->is_terminal) {
        print_aligned(t);
    } else {
        print_tabbed(t);
    }
    table_free(t);
}
