/*
 * The catalogue of a project: the tables of its connectors and actions, and the texts of its scripts, as the
 * functions that recipe/ and the engine ask. A table costs a fresh Lua state, so what was found is kept; a name
 * that was not found is kept too, so that its error is told once. One thread.
 */
#include "project/catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "script/catalog.h"

struct catalogue {
    char *folder;
    struct map *tables;     /* of connectors: name -> json_t; null: not there */
    struct map *connectors; /* name -> struct connector: those that somebody connects to */
    struct map *actions;
    struct map *parts; /* of connectors: "highlevel/calendars" */
    struct project_hooks hooks;
};

static void free_table(void *value)
{
    json_decref(value);
}

static void free_connector(void *value)
{
    connector_free(value);
}

/* Says why a file that is there does not give a table; a missing one is told by recipe/, with its
 * place. */
static void report(const char *what, const char *name, const struct err *e)
{
    if (e->kind != ERR_NOT_FOUND) {
        (void)fprintf(stderr, "ladle: %s %s: %s\n", what, name, e->message);
    }
}

typedef json_t *(*load_fn)(const char *folder, const char *name, struct err *e);

static json_t *load_table(const struct catalogue *c, const char *what, const char *name,
                          load_fn load)
{
    struct err e = ERR_INIT;
    json_t *table = load(c->folder, name, &e);
    if (table == NULL) {
        report(what, name, &e);
    }
    return table != NULL ? table : json_null();
}

static json_t *find_table(struct catalogue *c, struct map *known, const char *what,
                          const char *name, load_fn load)
{
    json_t *table = map_get(known, name);
    if (table == NULL) {
        table = load_table(c, what, name, load);
        (void)map_put(known, name, table); /* there was none */
    }
    return json_is_null(table) ? NULL : table;
}

static json_t *find_connector(void *ud, const char *name)
{
    struct catalogue *c = ud;
    return find_table(c, c->tables, "connector", name, catalog_connector);
}

static json_t *find_part(void *ud, const char *path)
{
    struct catalogue *c = ud;
    return find_table(c, c->parts, "connector", path, catalog_part);
}

static struct connector *connector_of(void *ud, const char *name, struct err *e)
{
    struct catalogue *c = ud;
    struct connector *found = map_get(c->connectors, name);
    if (found != NULL) {
        return found;
    }
    json_t *table = find_connector(c, name);
    if (table == NULL) {
        (void)err_set(e, ERR_CONFIG, "there is no connector \"%.60s\"", name);
        return NULL;
    }
    struct connector *made = connector_new(name, table, e);
    if (made != NULL) {
        connector_set_areas(made, &(struct areas){ .find = find_part, .ud = c });
        (void)map_put(c->connectors, name, made); /* there was none */
    }
    return made;
}

static json_t *find_action(void *ud, const char *name)
{
    struct catalogue *c = ud;
    return find_table(c, c->actions, "script", name, catalog_action);
}

static int check_expression(void *ud, const char *text, size_t len, const char *const *extra,
                            char **hint, struct err *e)
{
    return expr_check(text, len, extra, hint, e);
}

static char *find_source(void *ud, const char *name, size_t *len)
{
    const struct catalogue *c = ud;
    return source_find(c->folder, name, len);
}

struct catalogue *catalogue_new(const char *folder)
{
    struct catalogue *c = xcalloc(1, sizeof *c);
    c->folder = xstrdup(folder);
    c->tables = map_new();
    c->connectors = map_new();
    c->actions = map_new();
    c->parts = map_new();
    c->hooks = (struct project_hooks){
        .find_connector = find_connector,
        .connector = connector_of,
        .find_action = find_action,
        .find_part = find_part,
        .check_expression = check_expression,
        .find_source = find_source,
        .ud = c,
    };
    return c;
}

void catalogue_free(struct catalogue *c)
{
    if (c == NULL) {
        return;
    }
    map_free(c->connectors, free_connector);
    map_free(c->tables, free_table);
    map_free(c->actions, free_table);
    map_free(c->parts, free_table);
    free(c->folder);
    free(c);
}

const struct project_hooks *catalogue_hooks(const struct catalogue *c)
{
    return &c->hooks;
}
