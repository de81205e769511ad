#pragma once

#include "format/yaml.h"

/* The steps of a recipe as they lie in its file, before they are read: for saying why the result of
 * one is not there at another. Borrows the tree. */
struct outline;

/* Of the file's `do` and `on_error`. Any tree is fine. */
struct outline *outline_new(const struct yaml *root);
void outline_free(struct outline *o);

/* Why a step does not see the result of the one that is called `wanted`, as a sentence: it comes
 * later, stands in another branch, is this one. Yours; NULL where there is no step of that name, or
 * where nothing is in the way. */
char *outline_why(const struct outline *o, const struct yaml *step, const char *wanted);
