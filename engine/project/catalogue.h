#pragma once

#include "project/project.h"

/* What a project has to offer: connectors and actions as tables, scripts as texts; its own files
 * first, then those that are built into the program. Tables live as long as the catalogue. */
struct catalogue;

struct catalogue *catalogue_new(const char *folder);
void catalogue_free(struct catalogue *c); /* NULL is allowed */
/* The functions that ask it; as long as the catalogue is there. */
const struct project_hooks *catalogue_hooks(const struct catalogue *c);
