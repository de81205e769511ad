#pragma once

#include "cli/cli.h"
#include "project/project.h"

/* Whether the project has a recipe of that name without errors. CLI_OK; else says so, with the name
 * that was perhaps meant, and returns the exit code. */
int known_recipe_check(const struct cli *c, const struct project *p, const char *name);
/* The same with recipes that are loaded already. */
int known_recipe_check_in(const struct cli *c, const struct recipe_set *set, const char *name);
