/* Follows the calls of a recipe to other recipes, depth first. The way from the recipe to the one
 * at hand is kept, so that a circle is found when it closes and can be named; a recipe that was
 * followed once is not followed again, and how deep it goes is remembered. */

#include "recipe/calls.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

struct walk {
    struct library *library;
    struct part *root;
    struct diags *diags;
    int line, column;                     /* of the root's call that led here */
    const char *way[CALLS_DEPTH_MAX + 1]; /* the names from the root on; borrowed */
    int depth;                            /* calls on the way */
    json_t *calls;
    json_t *heights; /* name -> calls that lie in each other from there on */
};

static void fail_circle(const struct walk *w, const char *name)
{
    struct buf way;
    buf_init(&way, (CALLS_DEPTH_MAX + 1) * (NAME_MAX_LEN + 8));
    for (int i = 0; i <= w->depth; i++) {
        (void)buf_printf(&way, "%s → ", w->way[i]); /* names are short: it fits */
    }
    diags_add(w->diags, w->line, w->column, "a recipe cannot call one that leads back to it",
              "the calls go round in a circle: %s%s", buf_text(&way), name);
    buf_fini(&way);
}

static bool is_on_way(const struct walk *w, const char *name)
{
    for (int i = 0; i <= w->depth; i++) {
        if (strcmp(w->way[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static int follow(struct walk *w, const json_t *calls);

static void keep_height(struct walk *w, const char *name, const struct part *p, int height)
{
    (void)json_object_set_new(w->calls, name,
                              json_pack("{s:O, s:O}", "plan", p->plan, "inputs", p->inputs));
    (void)json_object_set_new(w->heights, name, json_integer(height));
    (void)json_object_update_missing(w->root->scripts, p->scripts);
    (void)json_object_update_missing(w->root->maps, p->maps);
}

/* A recipe that is not there was told where the call stands. */
static const struct part *fetch(const struct walk *w, const char *name)
{
    char *first = NULL;
    const struct part *p = library_part(w->library, name, &first);
    if (first != NULL) {
        diags_add(w->diags, w->line, w->column, NULL, "the recipe `%s` has errors: %s", name,
                  first);
    }
    free(first);
    return p;
}

/* Follows one call; how many calls lie in each other from here on, this one included. */
static int enter(struct walk *w, const char *name)
{
    if (is_on_way(w, name)) {
        fail_circle(w, name);
        return 0;
    }
    const json_t *known = json_object_get(w->heights, name);
    if (known != NULL) {
        return 1 + (int)json_integer_value(known);
    }
    const struct part *p = w->depth < CALLS_DEPTH_MAX ? fetch(w, name) : NULL;
    if (p == NULL) {
        return 1;
    }
    w->way[++w->depth] = name;
    int height = follow(w, p->calls);
    w->depth--;
    keep_height(w, name, p, height);
    return 1 + height;
}

/* Follows all calls of a recipe; the largest number of calls that lie in each other. */
static int follow(struct walk *w, const json_t *calls)
{
    int height = 0;
    const char *name;
    json_t *place;
    json_object_foreach ((json_t *)calls, name, place) {
        if (w->depth == 0) {
            w->line = (int)json_integer_value(json_array_get(place, 0));
            w->column = (int)json_integer_value(json_array_get(place, 1));
        }
        int here = enter(w, name);
        height = here > height ? here : height;
    }
    return height;
}

json_t *calls_collect(struct library *lib, struct part *p, struct diags *d)
{
    struct walk w = {
        .library = lib,
        .root = p,
        .diags = d,
        .way = { json_get_text(p->plan, "recipe") },
        .calls = json_object(),
        .heights = json_object(),
    };
    if (library_project(lib) != NULL && follow(&w, p->calls) > CALLS_DEPTH_MAX) {
        diags_add(d, p->line, p->column, NULL,
                  "calls of recipes lie more than %d deep in each other", CALLS_DEPTH_MAX);
    }
    json_decref(w.heights);
    return w.calls;
}
