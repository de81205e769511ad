#pragma once

#include "recipe/use.h"

/* Whether a step's call has somewhere to go: a connection without a `base_url` can call whole URLs
 * only. `use` and `with` (or NULL) are the step's nodes. What is wrong is told at them. */
void reach_check(struct check *c, const struct reference *r, const struct yaml *use,
                 const struct yaml *with);
