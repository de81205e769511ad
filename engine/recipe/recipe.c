/* Loads one recipe: its own file (part.c), then the recipes that it calls (calls.c), then the
 * bundle that a run keeps, and its hash. A recipe with errors is not handed out. All results are
 * owned by struct recipe. Used at start, at reload and by commands, on one thread. */

#include "recipe/recipe.h"

#include <stdlib.h>

#include "base/mem.h"
#include "crypto/sign.h"
#include "project/check.h"
#include "project/folder.h"
#include "recipe/calls.h"
#include "recipe/library.h"
#include "recipe/part.h"
#include "recipe/recipe_impl.h"

enum { BUNDLE_MAX = 4 << 20 };

static json_t *make_bundle(const struct part *p, const struct library *lib, const json_t *calls)
{
    const struct project *project = library_project(lib);
    json_t *bundle = json_pack("{s:O, s:O, s:s, s:O, s:O}", "plan", p->plan, "inputs", p->inputs,
                               "timezone", project != NULL ? project->timezone : "UTC", "scripts",
                               p->scripts, "maps", p->maps);
    if (json_object_size(calls) > 0) {
        (void)json_object_set(bundle, "calls", (json_t *)calls);
    }
    return bundle;
}

static struct recipe *make_recipe(const char *file, const struct part *p, struct library *lib,
                                  const json_t *calls)
{
    struct recipe *r = xcalloc(1, sizeof *r);
    *r = (struct recipe){
        .name = xstrdup(json_get_text(p->plan, "recipe")),
        .file = xstrdup(file),
        .plan = json_incref(p->plan),
        .inputs = json_incref(p->inputs),
        .line = p->line,
        .column = p->column,
        .can_start = json_object_get(p->plan, "when") != NULL ||
                     library_is_called(lib, json_get_text(p->plan, "recipe")),
    };
    json_t *bundle = make_bundle(p, lib, calls);
    r->bundle = json_text(bundle, &r->bundle_len);
    json_decref(bundle);
    sign_sha256_hex(r->bundle, r->bundle_len, r->hash);
    return r;
}

/* The recipe of a part and the recipes that it calls; NULL where there is any error. */
static struct recipe *link_part(const char *file, struct part *p, struct library *lib,
                                struct diags *d)
{
    size_t before = check_count(d);
    json_t *calls = calls_collect(lib, p, d);
    struct recipe *r = NULL;
    if (check_count(d) == before) {
        r = make_recipe(file, p, lib, calls);
    }
    if (r != NULL && r->bundle_len > BUNDLE_MAX) {
        diags_add(d, p->line, p->column, NULL,
                  "the recipe, its scripts and what it calls are larger than %d bytes", BUNDLE_MAX);
        recipe_free(r);
        r = NULL;
    }
    json_decref(calls);
    return r;
}

struct recipe *recipe_parse_from(struct library *lib, const char *name, const char *text,
                                 size_t len, struct diags *d)
{
    struct part part;
    if (!part_read(&part, lib, text, len, d)) {
        return NULL;
    }
    struct recipe *r = link_part(name, &part, lib, d);
    part_fini(&part);
    return r;
}

struct recipe *recipe_load_from(struct library *lib, const char *path, struct diags *d)
{
    size_t len = 0;
    struct err e = ERR_INIT;
    char *text = folder_read(path, YAML_BYTES_MAX, &len, &e);
    if (text == NULL) {
        diags_add(d, 0, 0, NULL, "%s", e.message);
        return NULL;
    }
    struct recipe *r = recipe_parse_from(lib, path, text, len, d);
    free(text);
    return r;
}

struct recipe *recipe_parse(const char *name, const char *text, size_t len, const struct project *p,
                            const struct project_hooks *h, struct diags *d)
{
    struct library *lib = library_new(p, h);
    struct recipe *r = recipe_parse_from(lib, name, text, len, d);
    library_free(lib);
    return r;
}

struct recipe *recipe_load(const char *path, const struct project *p, const struct project_hooks *h,
                           struct diags *d)
{
    struct library *lib = library_new(p, h);
    struct recipe *r = recipe_load_from(lib, path, d);
    library_free(lib);
    return r;
}

void recipe_free(struct recipe *r)
{
    if (r == NULL) {
        return;
    }
    free(r->name);
    free(r->file);
    json_decref(r->plan);
    json_decref(r->inputs);
    free(r->bundle);
    free(r);
}
