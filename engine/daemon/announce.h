#pragma once

#include "recipe/recipe.h"
#include "service/service.h"

/* What a start says in the log: which recipes are in force and which are not, the address of each
 * hook, and what a person still has to do. Tokens at the end of addresses are never shown. */
struct announcement {
    const struct project *project;
    const struct recipe_set *recipes;
    const struct service *service;
    const char *address; /* that the server listens on */
};
void announce(const struct announcement *a);
