#pragma once

#include "project/check.h"

enum { STEPS_MAX = 500 }; /* in one recipe, those below on_error included */

/* The steps of `do:` or `on_error:` in the form of the plan; names are added to c->steps and
 * c->names as they are met. Yours; errors are recorded, and what is wrong is left out. */
json_t *steps_read(struct check *c, const struct yaml *y, const char *what);
