/* The catalogue that recipe/ asks for connectors, actions, expressions and sources, as a table of
 * functions. What was found is kept per process, as each table costs a fresh Lua state; a name that
 * was not found is kept too, so that its error is told once. Owned by this file until
 * cli_hooks_forget. One thread. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "script/catalog.h"

struct catalogue {
    char *folder;
    struct map *connectors; /* name -> json_t; null: not there */
    struct map *actions;
    struct map *parts; /* of connectors: "highlevel/calendars" */
    struct project_hooks hooks;
};

static struct catalogue catalogue;

static void free_table(void *value)
{
    json_decref(value);
}

/* Says why a file that is there does not give a table; a missing one is told by recipe/, with its
 * place. */
static void report(const char *what, const char *name, const struct err *e)
{
    if (e->kind != ERR_NOT_FOUND) {
        (void)fprintf(stderr, "ladle: %s %s: %s\n", what, name, e->message);
    }
}

static json_t *load_table(const char *what, const char *name,
                          json_t *(*load)(const char *, const char *, struct err *))
{
    struct err e = ERR_INIT;
    json_t *table = load(catalogue.folder, name, &e);
    if (!table) {
        report(what, name, &e);
    }
    return table ? table : json_null();
}

static json_t *find_table(struct map *known, const char *what, const char *name,
                          json_t *(*load)(const char *, const char *, struct err *))
{
    json_t *table = map_get(known, name);
    if (!table) {
        table = load_table(what, name, load);
        (void)map_put(known, name, table); /* there was none */
    }
    return json_is_null(table) ? NULL : table;
}

static json_t *find_connector(void *ud, const char *name)
{
    (void)ud;
    return find_table(catalogue.connectors, "connector", name, catalog_connector);
}

static json_t *find_action(void *ud, const char *name)
{
    (void)ud;
    return find_table(catalogue.actions, "script", name, catalog_action);
}

static json_t *find_part(void *ud, const char *path)
{
    (void)ud;
    return find_table(catalogue.parts, "connector", path, catalog_part);
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
    catalogue = (struct catalogue){ .folder = NULL };
}
