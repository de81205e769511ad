/* The catalogue that recipe/ asks for connectors, actions, expressions and sources, as a table of
 * functions. What was found is kept per process, as each table costs a fresh Lua state; a name that
 * was not found is kept too, so that its error is told once. A table is held against its shape
 * when it is read, and nobody sees one that is not right. Owned by this file until
 * cli_hooks_forget. One thread. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "connector/connector_shape.h"
#include "script/catalog.h"

enum { ERRORS_MAX = 1 << 20 }; /* bytes of what is told of one file */

struct catalogue {
    char *folder;
    struct map *connectors; /* name -> json_t; null: not there */
    struct map *actions;
    struct map *parts; /* of connectors: "highlevel/calendars" */
    bool keeps_errors;
    struct diags **errors; /* of files that are no table, or not of the right shape */
    size_t error_count;
    struct project_hooks hooks;
};

static struct catalogue catalogue;

static void free_table(void *value)
{
    json_decref(value);
}

/* --- what is wrong with a file ---------------------------------------------------------------- */

/* Takes the errors of one file: kept for who asked for them, or told now. */
static void report(struct diags *d)
{
    if (catalogue.keeps_errors) {
        catalogue.errors =
            xrealloc(catalogue.errors, (catalogue.error_count + 1) * sizeof *catalogue.errors);
        catalogue.errors[catalogue.error_count++] = d;
        return;
    }
    struct buf out;
    buf_init(&out, ERRORS_MAX);
    diags_print(d, &out);
    (void)fputs(buf_text(&out), stderr); /* nothing can be done where stderr is closed */
    buf_fini(&out);
    diags_free(d);
}

void cli_hooks_keep_errors(void)
{
    catalogue.keeps_errors = true;
}

struct diags *cli_hooks_errors(size_t index)
{
    return index < catalogue.error_count ? catalogue.errors[index] : NULL;
}

/* "scripts/connectors/tickets.lua", with its text, so that lines can be shown. Yours. */
static struct diags *errors_of(const char *path)
{
    char *file = xasprintf("scripts/%s.lua", path);
    struct diags *d = diags_new(file);
    size_t len;
    char *text = source_find(catalogue.folder, path, &len);
    if (text) {
        diags_set_text(d, text, len);
    }
    free(text);
    free(file);
    return d;
}

/* A Lua error begins with its place, "scripts/connectors/tickets.lua:12: …", which need not be in
 * the file itself. */
static void report_failure(const char *path, const struct err *e)
{
    struct diags *d = errors_of(path);
    size_t len = strlen(d->file);
    const char *message = e->message;
    char *end = NULL;
    long line = 0;
    if (strncmp(message, d->file, len) == 0 && message[len] == ':') {
        line = strtol(message + len + 1, &end, 10);
        message = end + strspn(end, ": ");
    }
    diags_add(d, (int)line, 0, NULL, "%s", message);
    report(d);
}

/* A mistake is found without the text, and told with it. */
static bool has_shape(const char *path, const struct shape *shape, const json_t *table)
{
    struct diags *d = diags_new(path);
    bool is_fine = shape_check(shape, table, d) == 0;
    diags_free(d);
    if (!is_fine) {
        d = errors_of(path);
        (void)shape_check(shape, table, d); /* as before */
        report(d);
    }
    return is_fine;
}

/* --- tables ---------------------------------------------------------------------------------- */

/* What is read from scripts/: which function reads a name, and what the table has to be. */
struct kind {
    const char *folder; /* under scripts/ */
    json_t *(*load)(const char *folder, const char *name, struct err *e);
    const struct shape *(*shape)(const char *name);
};

static const struct shape *shape_of_connector(const char *name)
{
    (void)name;
    return connector_shape();
}

static const struct shape *shape_of_part(const char *name)
{
    return connector_part_shape(strrchr(name, '/') + 1);
}

static const struct shape *shape_of_action(const char *name)
{
    (void)name;
    return action_shape();
}

static const struct kind CONNECTOR = { "connectors/", catalog_connector, shape_of_connector };
static const struct kind PART = { "connectors/", catalog_part, shape_of_part };
static const struct kind ACTION = { "", catalog_action, shape_of_action };

/* The table, or null; a file that is not there is told by recipe/, with the place of its name. */
static json_t *load_table(const struct kind *kind, const char *name)
{
    struct err e = ERR_INIT;
    char *path = xasprintf("%s%s", kind->folder, name);
    json_t *table = kind->load(catalogue.folder, name, &e);
    if (!table && e.kind != ERR_NOT_FOUND) {
        report_failure(path, &e);
    }
    if (table && !has_shape(path, kind->shape(name), table)) {
        json_decref(table);
        table = NULL;
    }
    free(path);
    return table ? table : json_null();
}

static json_t *find_table(struct map *known, const struct kind *kind, const char *name)
{
    json_t *table = map_get(known, name);
    if (!table) {
        table = load_table(kind, name);
        (void)map_put(known, name, table); /* there was none */
    }
    return json_is_null(table) ? NULL : table;
}

static json_t *find_connector(void *ud, const char *name)
{
    (void)ud;
    return find_table(catalogue.connectors, &CONNECTOR, name);
}

static json_t *find_action(void *ud, const char *name)
{
    (void)ud;
    return find_table(catalogue.actions, &ACTION, name);
}

static json_t *find_part(void *ud, const char *path)
{
    (void)ud;
    return find_table(catalogue.parts, &PART, path);
}

static int check_expression(void *ud, const char *text, size_t len, const char *const *extra,
                            char **hint, struct err *e)
{
    (void)ud;
    return expr_check(text, len, extra, hint, e);
}

static char *find_source(void *ud, const char *name, size_t *len)
{
    (void)ud;
    return source_find(catalogue.folder, name, len);
}

const struct project_hooks *cli_hooks(const char *folder)
{
    if (catalogue.folder && strcmp(catalogue.folder, folder) == 0) {
        return &catalogue.hooks;
    }
    cli_hooks_forget();
    catalogue.folder = xstrdup(folder);
    catalogue.connectors = map_new();
    catalogue.actions = map_new();
    catalogue.parts = map_new();
    catalogue.hooks = (struct project_hooks){
        .find_connector = find_connector,
        .find_action = find_action,
        .find_part = find_part,
        .check_expression = check_expression,
        .find_source = find_source,
    };
    return &catalogue.hooks;
}

void cli_hooks_forget(void)
{
    if (!catalogue.folder) {
        return;
    }
    free(catalogue.folder);
    map_free(catalogue.connectors, free_table);
    map_free(catalogue.actions, free_table);
    map_free(catalogue.parts, free_table);
    for (size_t i = 0; i < catalogue.error_count; i++) {
        diags_free(catalogue.errors[i]);
    }
    free(catalogue.errors);
    catalogue = (struct catalogue){ .folder = NULL };
}
