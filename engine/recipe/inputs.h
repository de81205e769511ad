#pragma once

#include "project/check.h"

/* The inputs of a recipe: {name: {type, default?, label?}}. */

/* Reads `inputs:` (NULL: none). The declarations for the plan; yours. */
json_t *inputs_read(struct check *c, const struct yaml *y);

/* The values: what ladle.yaml gives to `recipe`, read as the declared types, else the defaults.
 * What is missing (unless the recipe is only called) or wrong is an error at the declaration in `y`
 * (or `root` where there is none). Yours. */
json_t *inputs_values(struct check *c, const char *recipe, const struct yaml *y,
                      const struct yaml *root, const json_t *declared);
