#pragma once

#include "recipe/recipe.h"

struct library;

/* As recipe_parse and recipe_load, for the project of a library that several recipes share. */
struct recipe *recipe_parse_from(struct library *lib, const char *name, const char *text,
                                 size_t len, struct diags *d);
struct recipe *recipe_load_from(struct library *lib, const char *path, struct diags *d);
