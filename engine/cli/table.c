/* Prints the table of a command that lists things. Rows are kept until the table is printed, as the
 * widths of the columns are known only then. On a terminal the columns are aligned by what a reader
 * sees (code points, wide ones twice, combining ones not at all), and cells are cut so that a row
 * fits the window: the widest first, down to what can still be read, and only then further. In a
 * pipe cells are parted by tabs and stay whole. What stands in a cell comes from outside, so
 * control characters become spaces and no cell can move the cursor. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/cli.h"
#include "cli/columns.h"

enum {
    COLUMNS_MAX = 12,
    GAP = 2,
    CELL_USUAL = 12, /* what a cell keeps where the window allows it */
    CELL_LEAST = 4,
    FIRST_LEAST = 24,
    INDENT = 2, /* of what stands below a row, and at most so many lines of it */
    BELOW_LINES = 3,
};

struct table {
    size_t columns;
    size_t count, cap;  /* rows */
    char **cells;       /* count * columns, owned; the heads are row 0 */
    unsigned kept;      /* bits: columns that are never cut */
    bool may_cut_first; /* in its middle */
    bool is_last_below;
};

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
        t->cells[t->count * t->columns + i] = columns_clean(cells[i] != NULL ? cells[i] : "");
    }
    t->count++;
}

void table_keep(struct table *t, size_t column)
{
    t->kept |= 1U << column;
}

void table_cut_first(struct table *t)
{
    t->may_cut_first = true;
}

void table_last_below(struct table *t)
{
    t->is_last_below = true;
}

static void table_free(struct table *t)
{
    for (size_t i = 0; i < t->count * t->columns; i++) {
        free(t->cells[i]);
    }
    free(t->cells);
    free(t);
}

/* How many columns stand side by side. */
static size_t aligned_columns(const struct table *t)
{
    return t->columns - (t->is_last_below ? 1 : 0);
}

/* The widest column that may be cut and is wider than `least`; COLUMNS_MAX: there is none. */
static size_t widest_column(const struct table *t, const size_t widths[COLUMNS_MAX], size_t least)
{
    size_t found = COLUMNS_MAX;
    for (size_t i = 1; i < aligned_columns(t); i++) {
        bool is_candidate = (t->kept & 1U << i) == 0 && widths[i] > least;
        if (is_candidate && (found == COLUMNS_MAX || widths[i] >= widths[found])) {
            found = i;
        }
    }
    return found;
}

/* Takes from the widest until the row fits, or all have come down to `least`. Gives the row's new
 * width. */
static size_t narrow(const struct table *t, size_t widths[COLUMNS_MAX], size_t total, size_t window,
                     size_t least)
{
    size_t widest;
    while (total > window && (widest = widest_column(t, widths, least)) != COLUMNS_MAX) {
        widths[widest]--;
        total--;
    }
    return total;
}

/* What the columns need. Gives the row's width. */
static size_t measure_columns(const struct table *t, size_t widths[COLUMNS_MAX])
{
    size_t total = (aligned_columns(t) - 1) * GAP;
    for (size_t i = 0; i < aligned_columns(t); i++) {
        widths[i] = 0;
        for (size_t row = 0; row < t->count; row++) {
            size_t width = columns_of(t->cells[row * t->columns + i]);
            widths[i] = width > widths[i] ? width : widths[i];
        }
        total += widths[i];
    }
    return total;
}

static void choose_widths(const struct table *t, size_t window, size_t widths[COLUMNS_MAX])
{
    size_t total = narrow(t, widths, measure_columns(t, widths), window, CELL_USUAL);
    if (total <= window) {
        return;
    }
    size_t usual[COLUMNS_MAX];
    memcpy(usual, widths, sizeof usual);
    total = narrow(t, widths, total, window, CELL_LEAST);
    if (total > window && t->may_cut_first) {
        size_t over = total - window;
        bool is_enough = widths[0] >= FIRST_LEAST + over;
        widths[0] = is_enough                 ? widths[0] - over
                    : widths[0] < FIRST_LEAST ? widths[0]
                                              : FIRST_LEAST;
    } else if (total > window) {
        memcpy(widths, usual, sizeof usual); /* it does not fit either way */
    }
}

/* Prints a cell, cut to width with an ellipsis (at its end, or in its middle), filled up with spaces
 * unless it is the last one. */
static void print_cell(const char *text, size_t width, bool is_cut_inside, bool is_last)
{
    size_t used, more = 0;
    if (columns_of(text) <= width) {
        (void)columns_put(text, width, &used);
    } else {
        size_t tail = is_cut_inside ? (width - 1) / 2 : 0;
        (void)columns_put(text, width - 1 - tail, &used);
        (void)fputs("…", stdout);
        used++;
        (void)columns_put(columns_tail(text, tail), tail, &more);
    }
    if (!is_last) {
        (void)printf("%*s", (int)(width - used - more + GAP), "");
    }
}

/* The last column of a row, in lines of its own. */
static void print_below(const char *text, size_t window)
{
    for (int line = 1; *text != '\0' && line <= BELOW_LINES; line++) {
        size_t used, width = window - INDENT;
        bool is_cut = line == BELOW_LINES && columns_of(text) > width;
        size_t len = is_cut ? strlen(text) : columns_line(text, width);
        char *part = xstrndup(text, len);
        (void)printf("%*s", INDENT, "");
        (void)columns_put(part, is_cut ? width - 1 : width, &used);
        (void)printf("%s\n", is_cut ? "…" : "");
        free(part);
        text += len;
        text += strspn(text, " ");
    }
}

static void print_aligned(const struct table *t)
{
    size_t widths[COLUMNS_MAX], window = columns_window(), columns = aligned_columns(t);
    choose_widths(t, window, widths);
    for (size_t row = 0; row < t->count; row++) {
        char **cells = t->cells + row * t->columns;
        for (size_t i = 0; i < columns; i++) {
            print_cell(cells[i], widths[i], i == 0, i + 1 == columns);
        }
        (void)putchar('\n');
        if (t->is_last_below && row > 0) {
            print_below(cells[columns], window);
        }
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
