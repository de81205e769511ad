#pragma once

#include "connection/connection_state.h"
#include "script/catalog.h"
#include "webhook/verify.h"

/* A connection to a connector that is built in, without a service around it: for the pure parts. */
static inline struct connection built_in(const char *name, const char *config_text)
{
    struct err e = ERR_INIT;
    struct connection c = { .name = xstrdup(name) };
    json_t *table = catalog_connector(NULL, name, &e);
    FUZZ_CHECK(table != NULL);
    c.config = json_parse(config_text, strlen(config_text), &e);
    FUZZ_CHECK(c.config != NULL);
    c.connector = connector_new(name, table);
    FUZZ_CHECK(c.connector != NULL);
    c.verifier = verifier_new(table, c.config, &e);
    FUZZ_CHECK(c.verifier != NULL);
    json_decref(table);
    return c;
}
