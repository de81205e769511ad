#pragma once

#include "project/check.h"
#include "recipe/use.h"

/* A recipe that answers its own effect: a step brings the very event that starts it, and nothing that
 * the recipe says could stop it from going round. Only a warning: what the service does with a
 * change that changes nothing is not known here. */

/* The recipe is started by this event. */
void echo_note_start(struct check *c, const struct reference *r);
/* A step calls this operation; `with` is its node of the plan, or NULL. */
void echo_check(struct check *c, const struct yaml *use, const struct reference *r,
                const json_t *with);
