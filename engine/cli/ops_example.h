#pragma once

#include "format/json.h"

/* The lines of a recipe that use an operation or a trigger, as `ladle ops` shows them: what is
 * required is filled in with values of the right type, and ids come from the event. A step passes
 * `ladle check` in a project whose connection `owner` is the one described. */

/* `table` is the operation's; `config` the connection's of ladle.yaml: what that fills in is left
 * out. NULL: it fills in all that a connection can. Yours. */
char *ops_example_step(const char *owner, const char *name, const json_t *table,
                       const json_t *config);
char *ops_example_trigger(const char *owner, const char *name); /* yours */
