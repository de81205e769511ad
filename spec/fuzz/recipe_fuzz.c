/* The recipe loader with the real connectors and the real check of expressions: any text is a
 * recipe whose bundle the engine can run, or has errors that have a place. */
#include "fuzz.h"

#include "real_hooks.h"
#include "recipe/recipe.h"
#include "recipe/schedule.h"
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

/* A schedule that was let through has its times, whenever it is asked again. */
static void check_schedules(const struct recipe *r)
{
    size_t i;
    json_t *trigger;
    json_array_foreach (json_object_get(r->plan, "when"), i, trigger) {
        const char *label = json_get_text(trigger, "schedule");
        if (label == NULL) {
            continue;
        }
        struct err e = ERR_INIT;
        struct timetable *t = schedule_timetable(trigger, r->name, &e);
        FUZZ_CHECK(t != NULL && label[0] != '\0');
        FUZZ_CHECK(json_get_text(trigger, "missed") != NULL);
        FUZZ_CHECK(json_get_text(trigger, "overlap") != NULL);
        timetable_free(t);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct diags *d = diags_new("r.yaml");
    struct recipe *r = recipe_parse("r.yaml", (const char *)data, size, NULL, &real_hooks, d);
    FUZZ_CHECK((r != NULL) == (d->count + d->dropped == 0));
    if (r != NULL) {
        check_recipe(r);
        check_schedules(r);
    }
    for (size_t i = 0; i < d->count; i++) {
        FUZZ_CHECK(d->items[i].line >= 0 && d->items[i].message[0] != '\0');
    }
    recipe_free(r);
    diags_free(d);
    return 0;
}
