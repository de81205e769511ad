/* Finds a recipe that a command line names, and what was meant where there is none. */
#include "cli/known_recipe.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "format/diag.h"

static bool has_recipe(const struct recipe_set *set, const char *name)
{
    for (size_t i = 0; i < set->count; i++) {
        if (strcmp(set->recipes[i]->name, name) == 0) {
            return true;
        }
    }
    return false;
}

int known_recipe_check_in(const struct cli *c, const struct recipe_set *set, const char *name)
{
    if (has_recipe(set, name)) {
        return CLI_OK;
    }
    const char **names = xcalloc(set->count + 1, sizeof *names);
    for (size_t i = 0; i < set->count; i++) {
        names[i] = set->recipes[i]->name;
    }
    const char *close = diag_closest(name, names);
    struct err e = ERR_INIT;
    (void)err_set(&e, ERR_NOT_FOUND, "there is no recipe \"%.60s\" without errors%s%s%s", name,
                  close != NULL ? "; did you mean \"" : "", close != NULL ? close : "",
                  close != NULL ? "\"?" : "");
    free(names);
    return cli_fail(c, &e);
}

int known_recipe_check(const struct cli *c, const struct project *p, const char *name)
{
    struct err e = ERR_INIT;
    struct recipe_set set = { .count = 0 };
    if (recipe_set_load(&set, p, p->hooks, &e) == -1) {
        return cli_fail(c, &e);
    }
    int code = known_recipe_check_in(c, &set, name);
    recipe_set_fini(&set);
    return code;
}
