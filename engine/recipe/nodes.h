#pragma once

#include "project/check.h"

/* Values of a recipe as nodes of the plan (recipe.h): literals, expressions, texts with `${…}`,
 * lists and maps. */

/* One value of the type that `descriptor` names (connector/schema.h; NULL: any). `what` is its
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

/* The fields by which `wait_for` knows its event: a map of paths to single values, 1 to 16 of them.
 * `y` is the node of `with`, or NULL: then that is an error at `at`. `event` is what is known of the
 * event (recipe/known.h), or NULL. */
json_t *node_match(struct check *c, const struct yaml *y, const struct yaml *at,
                   const json_t *event);
