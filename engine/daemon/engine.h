#pragma once

#include "recipe/recipe.h"

/* The whole engine of one project folder: the order in which its parts are started and stopped.
 * Loop thread. */
struct engine;

struct engine_opts {
    const struct project *project;
    const struct recipe_set *recipes;
    struct diags *diags;
    void (*before_door)(void *ud); /* all is open but the port; or NULL */
    void *ud;
};
/* Opens store and vault, loads connections and recipes, takes up what an earlier process left.
 * Nothing runs yet. The project and the recipes are borrowed until engine_free. NULL and e; what is
 * wrong with ladle.yaml is told in diags, each thing at its place. NULL and ERR_NONE: a signal came
 * while it could not be opened. */
struct engine *engine_new(const struct engine_opts *o, struct err *e);
/* Listens and runs until engine_stop or a signal: SIGTERM or SIGINT stops cleanly, a second one at
 * once. ready(ud, address) is called once requests are taken. */
int engine_run(struct engine *en, void (*ready)(void *ud, const char *address), void *ud,
               struct err *e);
void engine_free(struct engine *en);
