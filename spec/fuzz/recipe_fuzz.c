/* The recipe loader with the real connectors and the real check of expressions: any text is a
 * recipe whose bundle the engine can run, or has errors that have a place. */
#include "fuzz.h"

#include "real_hooks.h"
#include "recipe/recipe.h"
#include "run/lua_act.h"
#include "run/program.h"

/* What the loader lets through becomes a program. */
static void check_recipe(const struct recipe *r)
{
    struct err e = ERR_INIT;
    FUZZ_CHECK(strlen(r->hash) == 64 && r->line >= 1 && r->column >= 1);
    struct program *p = program_new(&(struct program_opts){ .hash = r->hash,
                                                            .bundle = r->bundle,
                                                            .bundle_len = r->bundle_len,
                                                            .act = act_functions },
                                    &e);
    if (p == NULL) {
        (void)fprintf(stderr, "%s\n", e.message);
    }
    FUZZ_CHECK(p != NULL);
    FUZZ_CHECK(strcmp(program_name(p), r->name) == 0);
    program_unref(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct diags *d = diags_new("r.yaml");
    struct recipe *r = recipe_parse("r.yaml", (const char *)data, size, NULL, &real_hooks, d);
    FUZZ_CHECK((r != NULL) == (d->count + d->dropped == 0));
    if (r != NULL) {
        check_recipe(r);
    }
    for (size_t i = 0; i < d->count; i++) {
        FUZZ_CHECK(d->items[i].line >= 0 && d->items[i].message[0] != '\0');
    }
    recipe_free(r);
    diags_free(d);
    return 0;
}
