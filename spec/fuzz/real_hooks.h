#pragma once

#include "base/map.h"
#include "project/project.h"
#include "script/catalog.h"

/* The hooks of the recipe loader as the engine has them, with the connectors that are built in. */
static struct map *real_tables;

static inline json_t *real_connector(void *ud, const char *name)
{
    struct err e = ERR_INIT;
    real_tables = real_tables != NULL ? real_tables : map_new();
    json_t *table = map_get(real_tables, name);
    if (table == NULL && source_is_name(name) && map_len(real_tables) < 64) {
        table = catalog_connector(NULL, name, &e);
        if (table != NULL) {
            (void)map_put(real_tables, name, table); /* there was none */
        }
    }
    return table;
}

static inline json_t *real_part(void *ud, const char *path)
{
    struct err e = ERR_INIT;
    real_tables = real_tables != NULL ? real_tables : map_new();
    json_t *table = map_get(real_tables, path);
    if (table == NULL && source_is_name(path) && map_len(real_tables) < 64) {
        table = catalog_part(NULL, path, &e);
        if (table != NULL) {
            (void)map_put(real_tables, path, table); /* there was none */
        }
    }
    return table;
}

static inline int real_expression(void *ud, const char *text, size_t len, const char *const *extra,
                                  char **hint, struct err *e)
{
    return expr_check(text, len, extra, hint, e);
}

static inline char *real_source(void *ud, const char *name, size_t *len)
{
    return source_find(NULL, name, len);
}

static const struct project_hooks real_hooks = {
    .find_connector = real_connector,
    .find_part = real_part,
    .check_expression = real_expression,
    .find_source = real_source,
};
