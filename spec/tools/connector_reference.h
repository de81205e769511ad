#pragma once

/* The reference of the tables of connectors and actions as Markdown, printed from the tables that
 * check them (engine/connector/connector_shape.c). It stands between two marks in the files below:
 * `make reference` puts it there, and a test holds it equal. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "connector/connector_shape.h"

#define REFERENCE_BEGIN "<!-- reference: printed by `make reference` from connector_shape.c -->\n"
#define REFERENCE_END   "<!-- end of the reference -->\n"

enum { REFERENCE_MAX = 1 << 20, REFERENCE_TABLES_MAX = 100 };

static const char *const reference_files[] = { "scripts/connectors/README.md",
                                               "scripts/actions/README.md", NULL };

struct reference {
    struct buf *out;
    const struct shape_key *printed[REFERENCE_TABLES_MAX];
    size_t printed_count;
};

/* --- what a key takes ------------------------------------------------------------------------- */

/* "A descriptor" as GitHub makes a link of it: "a-descriptor". */
static inline void reference_link(struct buf *out, const char *title, const char *text)
{
    (void)buf_printf(out, "[%s](#", text);
    for (const char *p = title; *p != '\0'; p++) {
        char c = *p == ' ' ? '-' : *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p;
        if (c == '-' || c == '_' || (c >= 'a' && c <= 'z')) {
            (void)buf_putc(out, c);
        }
    }
    (void)buf_puts(out, ")");
}

/* "a field of `input`" as "field of `input`", or as "fields of `input`". */
static inline void reference_noun(struct buf *out, const char *what, bool is_many)
{
    const char *noun = strncmp(what, "a ", 2) == 0     ? what + 2
                       : strncmp(what, "one ", 4) == 0 ? what + 4
                       : strncmp(what, "the ", 4) == 0 ? what + 4
                                                       : what;
    size_t len = is_many && *noun != '`' ? strcspn(noun, " ,") : 0;
    if (len > 0 && strncmp(noun, "whole ", 6) == 0) {
        len = strlen("whole number");
    }
    (void)buf_printf(out, "%.*s%s%s", (int)len, noun, len > 0 ? "s" : "", noun + len);
}

static inline void reference_type(struct buf *out, const struct shape *s, bool is_many)
{
    switch (s->kind) {
    case SHAPE_TABLE: {
        bool is_descriptor = strcmp(s->title, "A descriptor") == 0;
        const char *one = is_descriptor ? "descriptor" : "table";
        char *text = xasprintf("%s%s", one, is_many ? "s" : "");
        reference_link(out, s->title, text);
        free(text);
        break;
    }
    case SHAPE_LIST:
    case SHAPE_MAP:
        (void)buf_printf(out, "%s%s of ", s->kind == SHAPE_LIST ? "list" : "map",
                         is_many ? "s" : "");
        reference_type(out, s->of, true);
        break;
    case SHAPE_PLAIN:
        (void)buf_puts(out, is_many ? "texts, numbers or booleans" : "text, number or boolean");
        break;
    case SHAPE_FLAG:
        (void)buf_puts(out, is_many ? "booleans" : "boolean");
        break;
    case SHAPE_ANY:
    case SHAPE_TEXT:
    case SHAPE_NUMBER:
    case SHAPE_FUNCTION: {
        struct shape alone = *s;
        alone.otherwise = NULL;
        char *what = shape_what(&alone);
        reference_noun(out, what, is_many && s->kind != SHAPE_ANY);
        free(what);
        break;
    }
    }
    if (s->otherwise != NULL) {
        (void)buf_puts(out, " or ");
        reference_type(out, s->otherwise, is_many);
    }
}

/* --- tables ----------------------------------------------------------------------------------- */

static inline void reference_row(struct buf *out, const struct shape_key *key)
{
    bool is_in_front = strcmp(key->name, "1") == 0;
    const char *mark = key->is_required ? "**" : "", *quote = is_in_front ? "" : "`";
    (void)buf_printf(out, "| %s%s%s%s%s | ", mark, quote,
                     is_in_front ? "the first item" : key->name, quote, mark);
    reference_type(out, key->shape, false);
    (void)buf_printf(out, " | %s |\n", key->doc);
}

static inline bool reference_is_printed(struct reference *r, const struct shape_key *keys)
{
    for (size_t i = 0; i < r->printed_count; i++) {
        if (r->printed[i] == keys) {
            return true;
        }
    }
    r->printed[r->printed_count++] = keys;
    return false;
}

/* A table, and then those in it that were not printed before. */
static inline void reference_print(struct reference *r, const struct shape *s)
{
    for (; s != NULL; s = s->otherwise) {
        if (s->kind == SHAPE_LIST || s->kind == SHAPE_MAP) {
            reference_print(r, s->of);
        } else if (s->kind == SHAPE_TABLE && !reference_is_printed(r, s->keys)) {
            (void)buf_printf(r->out, "\n### %s\n\n| key | takes | |\n|---|---|---|\n", s->title);
            for (const struct shape_key *k = s->keys; k->name != NULL; k++) {
                reference_row(r->out, k);
            }
            for (const struct shape_key *k = s->keys; k->name != NULL; k++) {
                reference_print(r, k->shape);
            }
        }
    }
}

static inline void reference_print_all(struct buf *out, const char *file)
{
    struct reference r = { .out = out };
    if (strcmp(file, "scripts/actions/README.md") == 0) {
        reference_print(&r, action_shape());
        return;
    }
    reference_print(&r, connector_shape());
    reference_print(&r, connector_part_shape("index"));
    reference_print(&r, connector_part_shape("calendars"));
    reference_print(&r, connector_part_shape("events"));
}

/* The text of that file with the reference as it should be; NULL where it does not have the marks.
 * Yours. */
static inline char *reference_filled(const char *file, const char *text)
{
    const char *begin = strstr(text, REFERENCE_BEGIN);
    const char *end = begin != NULL ? strstr(begin, REFERENCE_END) : NULL;
    if (end == NULL) {
        return NULL;
    }
    struct buf out;
    buf_init(&out, REFERENCE_MAX);
    (void)buf_append(&out, text, (size_t)(begin - text) + strlen(REFERENCE_BEGIN));
    reference_print_all(&out, file);
    (void)buf_printf(&out, "\n%s", end);
    return buf_take(&out, NULL);
}

/* The whole file; NULL where it cannot be read. Yours. */
static inline char *reference_read(const char *path)
{
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return NULL;
    }
    char *text = xcalloc(1, REFERENCE_MAX + 1);
    size_t len = fread(text, 1, REFERENCE_MAX, file);
    text[len] = '\0';
    (void)fclose(file);
    return text;
}
