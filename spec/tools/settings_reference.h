#pragma once

/* The reference of ladle.yaml as Markdown, written from the tables that read it: settings.c, and
 * `config` of the connectors that are built in. It stands between two marks in PAGE, where `make
 * reference` puts it and a test holds it equal. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "connector/schema.h"
#include "project/literal.h"
#include "project/settings.h"
#include "script/catalog.h"

#define PAGE "engine/project/README.md"
#define PAGE_REFERENCE                                                                             \
    "<!-- reference: written by `make reference` from settings.c and the connectors -->\n"
#define PAGE_END "<!-- end of the reference -->\n"

enum { PAGE_MAX = 1 << 20 };

/* --- a row --- */

/* A code span in a cell; "" for NULL. */
static inline void reference_code(struct buf *out, const char *text)
{
    (void)buf_printf(out, text != NULL ? "`%s`" : "%s", text != NULL ? text : "");
}

static inline void reference_row(struct buf *out, const struct setting *k)
{
    char *takes = setting_what(k);
    const char *usual = k->usual == NULL && k->kind == SETTING_FLAG ? "false" : k->usual;
    const char *bold = k->is_needed ? "**" : "";
    (void)buf_printf(out, "| %s`%s`%s | %s | ", bold, k->name, bold, takes);
    reference_code(out, usual == NULL || strcmp(usual, "{}") == 0 ? NULL : usual);
    (void)buf_puts(out, " | ");
    reference_code(out, k->example);
    (void)buf_printf(out, " | %s |\n", k->says);
    free(takes);
}

/* --- a table, and those within it --- */

static inline void reference_table(struct buf *out, const char *title, const struct setting *keys);

static inline void reference_inner(struct buf *out, const char *title, const struct setting *k)
{
    if (k == NULL) {
        return;
    }
    if (k->kind == SETTING_MAP) {
        reference_table(out, title, k->keys);
    }
    char *inner = xasprintf(k->kind == SETTING_LIST ? "%s[]" : "%s.NAME", title);
    reference_inner(out, inner, k->of);
    reference_inner(out, title, k->otherwise);
    free(inner);
}

static inline void reference_table(struct buf *out, const char *title, const struct setting *keys)
{
    if (title != NULL) {
        (void)buf_printf(out, "\n### `%s`\n", title);
    }
    (void)buf_puts(out, "\n| key | takes | default | example | |\n|---|---|---|---|---|\n");
    for (const struct setting *k = keys; k->name != NULL; k++) {
        reference_row(out, k);
    }
    for (const struct setting *k = keys; k->name != NULL; k++) {
        char *inner = title != NULL ? xasprintf("%s.%s", title, k->name) : xstrdup(k->name);
        reference_inner(out, inner, k);
        free(inner);
    }
}

/* --- the keys of connectors --- */

static inline void reference_enum(struct buf *out, const json_t *words)
{
    size_t i;
    json_t *word;
    json_array_foreach ((json_t *)words, i, word) {
        (void)buf_printf(out, "%s`%s`", i > 0 ? " " : "", json_string_value(word));
    }
}

static inline void reference_field(struct buf *out, const char *name, const json_t *descriptor)
{
    const char *label = json_get_text(descriptor, "label");
    const json_t *words = json_object_get(descriptor, "enum");
    (void)buf_printf(out, "| `%s` | ", name);
    if (words != NULL) {
        reference_enum(out, words);
    } else {
        (void)buf_puts(out, literal_type_name(descriptor));
    }
    (void)buf_printf(out, " | %s%s |\n", label != NULL ? label : "", label != NULL ? "." : "");
    const char *inner;
    json_t *field;
    json_object_foreach (json_object_get(descriptor, "fields"), inner, field) {
        char *path = xasprintf("%s.%s", name, inner);
        reference_field(out, path, field);
        free(path);
    }
}

static inline void reference_connector(struct buf *out, const char *name)
{
    struct err e = ERR_INIT;
    json_t *table = catalog_connector(NULL, name, &e), *config = json_object_get(table, "config");
    if (json_object_size(config) > 0) {
        (void)buf_printf(out, "\n### Connections of `%s`\n\n| key | takes | |\n|---|---|---|\n",
                         name);
    }
    const char *key;
    json_t *descriptor;
    json_object_foreach (config, key, descriptor) {
        reference_field(out, key, descriptor);
    }
    json_decref(table);
}

static inline void reference_print(struct buf *out)
{
    static const char *const connectors[] = { "highlevel", "convertcalculator", "http", "records",
                                              "webhook" };
    reference_table(out, NULL, settings_of_project());
    for (size_t i = 0; i < sizeof connectors / sizeof *connectors; i++) {
        reference_connector(out, connectors[i]);
    }
    (void)buf_puts(out, "\n");
}

/* --- the page --- */

/* The page as it is; yours. NULL where it cannot be read. */
static inline char *reference_page(void)
{
    FILE *f = fopen(PAGE, "r");
    if (f == NULL) {
        return NULL;
    }
    char *text = xcalloc(1, PAGE_MAX + 1);
    text[fread(text, 1, PAGE_MAX, f)] = '\0';
    (void)fclose(f); /* it was only read from */
    return text;
}

/* The page with the reference as it should be; yours. NULL where it does not have the two marks. */
static inline char *reference_filled(const char *page)
{
    const char *begin = strstr(page, PAGE_REFERENCE);
    const char *end = begin != NULL ? strstr(begin, PAGE_END) : NULL;
    if (end == NULL) {
        return NULL;
    }
    struct buf out;
    buf_init(&out, PAGE_MAX);
    (void)buf_append(&out, page, (size_t)(begin - page) + strlen(PAGE_REFERENCE));
    reference_print(&out);
    (void)buf_puts(&out, end);
    return buf_take(&out, NULL);
}
