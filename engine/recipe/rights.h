#pragma once

#include <stdbool.h>

#include "format/json.h"

/* What the runs of one version of a recipe may touch, read from its bundle: pairs of connection and
 * operation (of steps, of `pages` in expressions, of recipes that are called, of what scripts name)
 * and the events that it waits for. A run is refused what is not in it (run/reach.h). */
struct rights;

struct rights *rights_new(const json_t *bundle);
void rights_free(struct rights *r);

/* Where the tables of connections are; each borrowed, and NULL where there is none. */
struct rights_tables {
    const json_t *(*connector)(void *ud, const char *connection);
    const json_t *(*operation)(void *ud, const char *connection, const char *name);
    const json_t *(*event)(void *ud, const char *connection, const char *name);
    void *ud;
};

/* Adds what the connectors' own tables need for it: calls that an operation is made of, and those
 * that an event is prepared with. */
void rights_close(struct rights *r, const struct rights_tables *tables);
bool rights_is_closed(const struct rights *r);

/* `connection` is in it at all: some operation of it, or it starts the recipe. */
bool rights_have(const struct rights *r, const char *connection);
bool rights_may_call(const struct rights *r, const char *connection, const char *operation);
bool rights_may_wait(const struct rights *r, const char *connection, const char *event);

/* {connection: {operation: who names it}}; the operation "*" is any of them. And {"crm.event": true}.
 * Borrowed. */
const json_t *rights_calls(const struct rights *r);
const json_t *rights_waits(const struct rights *r);
