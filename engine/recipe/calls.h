#pragma once

#include "recipe/library.h"

/* How deep calls may lie in each other: each takes room of the run's stack and a part of its paths.
 */
enum { CALLS_DEPTH_MAX = 8 };

/* The recipes that a part calls, and those that these call: {name:{plan, inputs}}; their scripts
 * and maps are added to the part's own. A call that leads back to where it came from, one too deep,
 * and a recipe that has errors are errors in d, at the part's own call. Empty without a project.
 * Yours. */
json_t *calls_collect(struct library *lib, struct part *p, struct diags *d);
