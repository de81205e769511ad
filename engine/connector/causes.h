#pragma once

#include <stdbool.h>

#include "connector/areas.h"
#include "format/json.h"

/* Which events of its own service a call makes happen: so that a recipe is found that answers its own
 * effect. An operation's table says it in `causes`; where it says nothing, the names do:
 * create_note brings note_created. */

/* {event: condition} for an operation by its name and table; the events are those that the service
 * sends, no derived ones. Yours; may be empty. */
json_t *causes_of(const struct areas *a, const json_t *connector, const char *name,
                  const json_t *operation);
/* Whether a call with that input (an object, or NULL) brings the event: the condition is true, the
 * name of a field that must be given, or fields with the values that they must have. */
bool causes_holds(const json_t *condition, const json_t *input);
/* The name under which the service sends an event: its own, or that of what it is derived from.
 * Borrowed from the table or from `name`. */
const char *causes_event(const json_t *event, const char *name);
