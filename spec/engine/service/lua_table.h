#pragma once

#include "script/catalog.h"

/* The table of a connector's file, "highlevel", or of one of its parts, "highlevel/calendars", as
 * the engine reads it. Yours. */
static inline json_t *connector_file(const char *name)
{
    struct err e = ERR_INIT;
    json_t *table = strchr(name, '/') != NULL ? catalog_part(NULL, name, &e)
                                              : catalog_connector(NULL, name, &e);
    if (table == NULL) {
        print_error("%s\n", e.message);
        fail();
    }
    return table;
}
