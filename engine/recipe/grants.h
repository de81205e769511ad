#pragma once

#include "recipe/recipe.h"
#include "store/secret_row.h"

/* What the recipes need of their connections and were not granted: scopes, and kinds of tokens.
 * What a service did not tell about a token (private tokens and API keys) is not complained of. */
struct grants {
    const struct project *project;
    const struct project_hooks *hooks;
    const struct connection_list *rows; /* of the store; NULL: nobody has authorised anything */
};

/* Appends a gap for each step of the recipe that its connection's token cannot do, and for each
 * trigger that does not come without a scope: {connection recipe file line step operation scopes
 * message hint}; of a trigger, step is null and operation its name. */
void grants_add_gaps(const struct grants *g, const struct recipe *r, json_t *gaps);
/* The gaps of all recipes; yours. */
json_t *grants_gaps(const struct grants *g, const struct recipe_set *set);
/* Those of one connection; yours. */
json_t *grants_of(const json_t *gaps, const char *connection);
/* One warning in the log for each gap, up to twenty. */
void grants_warn(const json_t *gaps);
