#pragma once

#include "project/project.h"

/* What a project has to offer: connectors and actions as tables, scripts as texts; its own files
 * first, then those that are built into the program. Tables live as long as the catalogue. */
struct catalogue;

struct catalogue *catalogue_new(const char *folder);
void catalogue_free(struct catalogue *c); /* NULL is allowed */
/* The functions that ask it; as long as the catalogue is there. */
const struct project_hooks *catalogue_hooks(const struct catalogue *c);
/* What is wrong with a file is told on stderr when it is read; after this it is kept for
 * catalogue_errors: the errors of one file each, borrowed; NULL past the end. */
void catalogue_keep_errors(struct catalogue *c);
struct diags *catalogue_errors(const struct catalogue *c, size_t index);
/* A script that nothing asked for yet: an error in its syntax is told as those of the others are. */
void catalogue_check_script(struct catalogue *c, const char *name);
