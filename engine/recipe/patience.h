#pragma once

#include "recipe/use.h"

/* Warns of a step that gives its call less time than the service usually takes (`usual_ms` of the
 * operation, or of its connector), at the step's `timeout`; `step` is its node. */
void patience_check(struct check *c, const struct reference *r, const struct yaml *step);
