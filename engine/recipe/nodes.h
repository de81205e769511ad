#pragma once

#include "recipe/check.h"

/* Values of a recipe as nodes of the plan (recipe.h): literals, expressions, texts with `${…}`,
 * lists and maps. */

/* One value of the type that `descriptor` names (service/schema.h; NULL: any). `what` is its
 * subject in messages ("`title`"). Yours, or NULL with the error recorded. */
json_t *node_value(struct check *c, const struct yaml *y, const char *what,
                   const json_t *descriptor);

/* A condition: an expression, or true or false. */
json_t *node_condition(struct check *c, const struct yaml *y, const char *what);

/* The fields handed to an action. `schema` (field -> descriptor; NULL: anything) decides which
 * there are; fields of `filled` (an object, or NULL) are given by the connection where they are
 * left out. `y` may be NULL (no `with`); then what is missing is an error at `at`. `action` is the
 * subject. */
json_t *node_fields(struct check *c, const struct yaml *y, const struct yaml *at,
                    const char *action, const json_t *schema, const json_t *filled);
