/* All recipes of a project: the files of its recipes folder, each loaded by itself, each with a
 * diags of its own where it has errors or warnings, so that one broken file does not hide the others. Tests
 * stand in the same folder and are passed over; field maps, in recipes/maps, are checked whether a
 * recipe uses them or not. Everything is owned by the set. Used at start, at reload and by
 * commands, on one thread. */

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "project/check.h"
#include "project/folder.h"
#include "recipe/library.h"
#include "recipe/maps.h"
#include "recipe/recipe_impl.h"

enum { RECIPE_FILES_MAX = 2000, FOLDERS_DEPTH = 8, WARNINGS_MAX = 20 };

static void append_diags(struct diags ***list, size_t *count, struct diags *d)
{
    *list = xrealloc(*list, (*count + 1) * sizeof **list);
    (*list)[(*count)++] = d;
}

/* Keeps what has something to tell, and frees the rest; d may be NULL. */
static void keep_diags(struct recipe_set *set, struct diags *d)
{
    if (d != NULL && check_count(d) > 0) {
        append_diags(&set->diags, &set->diag_count, d);
    } else if (d != NULL && d->warning_count > 0) {
        append_diags(&set->warned, &set->warned_count, d);
    } else {
        diags_free(d);
    }
}

static const struct recipe *find_name(const struct recipe_set *set, const char *name)
{
    for (size_t i = 0; i < set->count; i++) {
        if (strcmp(set->recipes[i]->name, name) == 0) {
            return set->recipes[i];
        }
    }
    return NULL;
}

/* Adds a recipe to the set, unless its name is taken: then the later file is the one in error. */
static void keep_recipe(struct recipe_set *set, struct recipe *r, struct diags *d)
{
    const struct recipe *other = find_name(set, r->name);
    if (other != NULL) {
        diags_add(d, r->line, r->column, NULL, "there is already a recipe `%s`, in %s", r->name,
                  other->file);
        recipe_free(r);
        return;
    }
    set->recipes = xrealloc(set->recipes, (set->count + 1) * sizeof *set->recipes);
    set->recipes[set->count++] = r;
}

/* recipes/NAME as the user would name it; yours. */
static char *shown_name(const struct project *p, const char *name)
{
    char *file = xasprintf("recipes/%s", name);
    char *shown = project_shown(p, file);
    free(file);
    return shown;
}

static void load_recipe(struct recipe_set *set, const char *name, struct library *lib)
{
    char *shown = shown_name(library_project(lib), name);
    char *path = xasprintf("%s/recipes/%s", library_project(lib)->folder, name);
    struct diags *d = diags_new(shown);
    struct recipe *r = recipe_load_from(lib, path, d);
    if (r != NULL) {
        free(r->file);
        r->file = xstrdup(shown);
        keep_recipe(set, r, d);
    }
    set->broken += check_count(d) > 0;
    keep_diags(set, d);
    free(path);
    free(shown);
}

/* --- files that would be passed over in silence --- */

/* `what` is a recipe, or a field map; `inner` the folder in recipes/, with its slash. */
static void refuse_file(struct recipe_set *set, const struct project *p, const char *inner,
                        const char *name, const char *what)
{
    char *file = xasprintf("%s%s", inner, name);
    char *shown = shown_name(p, file);
    free(file);
    struct diags *d = diags_new(shown);
    diags_add(d, 0, 0, "rename it", "the name of a %s's file ends in .yaml", what);
    keep_diags(set, d);
    free(shown);
}

static void warn_of_file(struct recipe_set *set, const char *shown)
{
    struct diags *d = diags_new(shown);
    diags_warn(d, 0, 0, "move it to recipes/, or take it away",
               "this file is not read: recipes lie in recipes/ itself, not in a folder there");
    keep_diags(set, d);
}

/* Warns of the recipes in a folder of recipes/ and in those below. `inner` is its name there; what
 * is no folder has no names. */
static void look_into(struct recipe_set *set, const char *root, const char *inner, int depth)
{
    struct err e = ERR_INIT;
    size_t count = 0;
    char *path = xasprintf("%s/%s", root, inner);
    char **names = depth < FOLDERS_DEPTH ? folder_names(path, RECIPE_FILES_MAX, &count, &e) : NULL;
    for (size_t i = 0; names != NULL && i < count; i++) {
        char *name = xasprintf("%s/%s", inner, names[i]);
        if (folder_ends_with(name, ".yaml") || folder_ends_with(name, ".yml")) {
            warn_of_file(set, name);
        } else {
            look_into(set, root, name, depth + 1);
        }
        free(name);
    }
    if (names != NULL) {
        folder_free_names(names);
    }
    free(path);
}

/* A file that is gone between listing and loading gives an error like any other. */
static void load_names(struct recipe_set *set, char **names, const struct project *p,
                       const struct project_hooks *h)
{
    struct library *lib = library_new(p, h);
    for (size_t i = 0; names[i] != NULL; i++) {
        if (folder_ends_with(names[i], ".yml")) {
            refuse_file(set, p, "", names[i], "recipe");
            set->broken++;
        } else if (folder_is_recipe(names[i])) {
            load_recipe(set, names[i], lib);
        } else if (!folder_ends_with(names[i], ".yaml") && strcmp(names[i], "maps") != 0) {
            char *inner = xasprintf("recipes/%s", names[i]);
            look_into(set, p->folder, inner, 0);
            free(inner);
        }
    }
    library_free(lib);
}

/* A field map's own errors; a recipe that uses it is told of them as well. */
static void check_map(struct recipe_set *set, const char *file, const struct project *p,
                      const struct project_hooks *h)
{
    char *name = xstrndup(file, strlen(file) - strlen(".yaml"));
    struct diags *d = NULL;
    json_decref(map_load(name, p, h, &d));
    free(name);
    keep_diags(set, d);
}

static int check_maps(struct recipe_set *set, const struct project *p,
                      const struct project_hooks *h, struct err *e)
{
    char *path = xasprintf("%s/recipes/maps", p->folder);
    size_t count = 0;
    char **names = folder_names(path, RECIPE_FILES_MAX, &count, e);
    free(path);
    if (names == NULL) {
        return -1;
    }
    for (size_t i = 0; i < count; i++) {
        if (folder_ends_with(names[i], ".yaml")) {
            check_map(set, names[i], p, h);
        } else if (folder_ends_with(names[i], ".yml")) {
            refuse_file(set, p, "maps/", names[i], "field map");
        }
    }
    folder_free_names(names);
    return 0;
}

/* --- values for recipes that are not there --- */

static void refuse_input(const struct project *p, const char *recipe, struct diags *d)
{
    char *path = xasprintf("inputs.%s", recipe);
    const struct yaml *at = project_place(p, path);
    diags_add(d, at != NULL ? at->line : 0, at != NULL ? at->column : 0, NULL,
              "`inputs` gives values to `%s`, and there is no such recipe", recipe);
    free(path);
}

/* Values in ladle.yaml for a recipe that is not there are a slip of the pen. With a broken file
 * about, its name is not known, so nothing is said. */
static void check_used_inputs(struct recipe_set *set, const struct project *p)
{
    if (set->diag_count > 0 || json_object_size(p->inputs) == 0) {
        return;
    }
    char *shown = project_shown(p, "ladle.yaml");
    struct diags *d = diags_new(shown);
    diags_set_text(d, p->text, p->text_len);
    free(shown);
    const char *recipe;
    json_t *values;
    json_object_foreach (p->inputs, recipe, values) {
        if (find_name(set, recipe) == NULL) {
            refuse_input(p, recipe, d);
        }
    }
    if (check_count(d) > 0) {
        set->unknown = d;
    } else {
        diags_free(d);
    }
}

int recipe_set_load(struct recipe_set *set, const struct project *p, const struct project_hooks *h,
                    struct err *e)
{
    *set = (struct recipe_set){ 0 };
    char *path = xasprintf("%s/recipes", p->folder);
    size_t count = 0;
    char **names = folder_names(path, RECIPE_FILES_MAX, &count, e);
    free(path);
    if (names == NULL) {
        return -1;
    }
    load_names(set, names, p, h);
    folder_free_names(names);
    if (check_maps(set, p, h, e) != 0) {
        recipe_set_fini(set);
        return -1;
    }
    check_used_inputs(set, p);
    return 0;
}

static void log_warnings(const struct diags *d, size_t *room)
{
    for (size_t i = 0; i<d->warning_count && * room> 0; i++, (*room)--) {
        const struct diag *it = &d->warnings[i];
        if (it->line > 0) {
            log_warn("engine", "%s:%d: %s", d->file, it->line, it->message);
        } else {
            log_warn("engine", "%s: %s", d->file, it->message);
        }
    }
}

void recipe_set_warn(const struct recipe_set *set)
{
    size_t room = WARNINGS_MAX, count = 0;
    for (size_t i = 0; i < set->warned_count; i++) {
        count += set->warned[i]->warning_count;
        log_warnings(set->warned[i], &room);
    }
    if (count > WARNINGS_MAX) {
        log_warn("engine", "%zu more of these: `ladle check` tells them", count - WARNINGS_MAX);
    }
}

void recipe_set_fini(struct recipe_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        recipe_free(set->recipes[i]);
    }
    for (size_t i = 0; i < set->diag_count; i++) {
        diags_free(set->diags[i]);
    }
    for (size_t i = 0; i < set->warned_count; i++) {
        diags_free(set->warned[i]);
    }
    diags_free(set->unknown);
    free(set->recipes);
    free(set->diags);
    free(set->warned);
    *set = (struct recipe_set){ 0 };
}
