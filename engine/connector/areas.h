#pragma once

#include <stdbool.h>

#include "format/json.h"

/* The part of a connector that is read when it is asked for. A connector whose table says
 * `areas = true` has further operations and events in files beside its own: NAME/index says which
 * file has which operation, and holds the events; NAME/AREA holds operations, and NAME/events the
 * fields of events. What the connector's
 * own table has under a name goes before them. */
struct areas {
    /* The table of the file "highlevel/index": read, held against its shape and kept by whoever
     * gives this function, so that what it returns stays; NULL where there is none, or one that is
     * not well formed. */
    json_t *(*find)(void *ud, const char *path);
    void *ud;
};

/* The tables of one operation and one event: the connector's own, else those of an area. `a` may be
 * NULL or without a function: then there are no areas. NULL: it has none of that name. Borrowed. */
json_t *areas_operation(const struct areas *a, const json_t *connector, const char *name);
json_t *areas_event(const struct areas *a, const json_t *connector, const char *name);
/* What the event's payload has, a schema for people; NULL: nobody says. Borrowed. */
json_t *areas_event_fields(const struct areas *a, const json_t *connector, const char *name);
/* The scopes that the operation, or the event's delivery, needs: a list of texts, or NULL. A
 * derived event needs those of the one that it is derived from. Borrowed. */
json_t *areas_operation_scopes(const struct areas *a, const json_t *connector, const char *name);
json_t *areas_event_scopes(const struct areas *a, const json_t *connector, const char *name);
/* The name of the event that the service calls so; NULL: none. Borrowed. */
const char *areas_event_of(const struct areas *a, const json_t *connector, const char *type);

/* The index {operations: name → area, core: name → true, events: name → table}; NULL: none. */
json_t *areas_index(const struct areas *a, const json_t *connector);
/* All names, as the keys of an object: of "operations" or of "events". Yours. */
json_t *areas_names(const struct areas *a, const json_t *connector, const char *list);
