#pragma once

#include "project/check.h"
#include "recipe/part.h"

/* The recipes of a project as other recipes see them: which there are, what inputs they take, which
 * of them are called. The folder is read when the first of these is asked for, and once. Lives as
 * long as a recipe, or a set of them, is loaded. */
struct library;

/* Borrows both; each may be NULL. Without a project there are no other recipes. */
struct library *library_new(const struct project *p, const struct project_hooks *h);
void library_free(struct library *lib);
const struct project *library_project(const struct library *lib);
const struct project_hooks *library_hooks(const struct library *lib);

/* The inputs of the recipe that a node of `call:` names, as a schema (connector/schema.h): those that
 * have a value already are optional. NULL where there is no such recipe, which is an error at the
 * node, and where there is no project. Borrowed. */
const json_t *library_inputs(struct library *lib, struct diags *d, const struct yaml *call);
/* What a call of it gives (recipe/known.h): the results of its steps by their names; NULL where there
 * is no such recipe. Yours. */
json_t *library_results(struct library *lib, const char *name);
/* Whether a recipe other than itself calls it. */
bool library_is_called(struct library *lib, const char *name);

/* A recipe's part, read when it is first asked for; borrowed. NULL where there is none, or where
 * its file has errors: then *first (yours, may be NULL) is the first of them with its place. */
const struct part *library_part(struct library *lib, const char *name, char **first);
