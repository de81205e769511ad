/* Lists the steps of a recipe's file, each with the step that it lies in. Whether one sees the
 * result of another follows from the order in the file and from what lies around both. Recursion
 * follows the YAML tree, whose depth is bounded. Used while a recipe is read, on one thread. */

#include "recipe/outline.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct place {
    const struct yaml *step;
    const char *name; /* NULL: it has none */
    int parent;       /* index, or -1 */
    bool is_branches; /* its steps are done at the same time */
    bool is_each;     /* its steps are done for each item */
    bool is_handler;  /* it stands in the `on_error` of its parent */
};

struct outline {
    struct place *places;
    size_t count;
};

static void add_list(struct outline *o, const struct yaml *list, int parent, bool is_handler);

static void add_step(struct outline *o, const struct yaml *step, int parent, bool is_handler)
{
    const struct yaml *name = yaml_get(step, "step");
    const struct yaml *parallel = yaml_get(step, "parallel");
    int index = (int)o->count;
    o->places = xrealloc(o->places, (o->count + 1) * sizeof *o->places);
    o->places[o->count++] = (struct place){
        .step = step,
        .name = name != NULL && name->kind == YAML_SCALAR ? name->text : NULL,
        .parent = parent,
        .is_branches = parallel != NULL && parallel->kind == YAML_LIST,
        .is_each = yaml_get(step, "each") != NULL,
        .is_handler = is_handler,
    };
    add_list(o, yaml_get(step, "do"), index, false);
    add_list(o, parallel, index, false);
    add_list(o, yaml_get(step, "on_error"), index, true);
}

static void add_list(struct outline *o, const struct yaml *list, int parent, bool is_handler)
{
    for (size_t i = 0; list != NULL && list->kind == YAML_LIST && i < list->count; i++) {
        if (list->items[i]->kind == YAML_MAP) {
            add_step(o, list->items[i], parent, is_handler);
        }
    }
}

struct outline *outline_new(const struct yaml *root)
{
    struct outline *o = xcalloc(1, sizeof *o);
    if (root->kind == YAML_MAP) {
        add_list(o, yaml_get(root, "do"), -1, false);
        add_list(o, yaml_get(root, "on_error"), -1, true);
    }
    return o;
}

void outline_free(struct outline *o)
{
    if (o != NULL) {
        free(o->places);
        free(o);
    }
}

/* --- why not --- */

static int index_of(const struct outline *o, const struct yaml *step)
{
    for (size_t i = 0; i < o->count; i++) {
        if (o->places[i].step == step) {
            return (int)i;
        }
    }
    return -1;
}

static int index_of_name(const struct outline *o, const char *name)
{
    for (size_t i = 0; i < o->count; i++) {
        if (o->places[i].name != NULL && strcmp(o->places[i].name, name) == 0) {
            return (int)i;
        }
    }
    return -1;
}

/* Whether the step at `outer` is that at `inner`, or lies around it. */
static bool holds(const struct outline *o, int outer, int inner)
{
    while (inner != -1 && inner != outer) {
        inner = o->places[inner].parent;
    }
    return inner == outer;
}

/* Whether `inner` is one of the steps that `outer` does, or lies in one. */
static bool does(const struct outline *o, int outer, int inner)
{
    while (inner != -1 && o->places[inner].parent != outer) {
        inner = o->places[inner].parent;
    }
    return inner != -1 && !o->places[inner].is_handler;
}

/* The step around both whose steps are branches, and in which they stand in two of them; -1 where
 * there is none. */
static int parted_by(const struct outline *o, int there, int here)
{
    for (int branch = there; branch != -1; branch = o->places[branch].parent) {
        int at = o->places[branch].parent;
        if (at != -1 && o->places[at].is_branches && does(o, at, here) &&
            !o->places[branch].is_handler && !holds(o, branch, here)) {
            return at;
        }
    }
    return -1;
}

/* The innermost step around `there` that does its steps for each item, `here` not among them; -1
 * where there is none. */
static int each_around(const struct outline *o, int there, int here)
{
    for (int at = o->places[there].parent; at != -1; at = o->places[at].parent) {
        if (o->places[at].is_each && !does(o, at, here)) {
            return at;
        }
    }
    return -1;
}

static const char *shown(const struct outline *o, int index)
{
    return o->places[index].name != NULL ? o->places[index].name : "";
}

char *outline_why(const struct outline *o, const struct yaml *step, const char *wanted)
{
    int there = index_of_name(o, wanted), here = index_of(o, step);
    if (there == -1 || here == -1) {
        return NULL;
    }
    if (holds(o, there, here)) {
        return xasprintf("step `%.60s` has no result here: this place is a part of it", wanted);
    }
    int branches = parted_by(o, there, here), each = each_around(o, there, here);
    if (branches != -1) {
        return xasprintf(
            "step `%.60s` stands in another branch of `%.60s`, and branches do not see "
            "each other's results",
            wanted, shown(o, branches));
    }
    if (o->places[there].step->line > step->line) {
        return xasprintf("step `%.60s` comes later, in line %d: its result is not there yet",
                         wanted, o->places[there].step->line);
    }
    if (each != -1) {
        return xasprintf(
            "step `%.60s` is done for each item of `%.60s`: its results are seen there "
            "only, and later `steps.%.60s` is the list of them",
            wanted, shown(o, each), shown(o, each));
    }
    return NULL;
}
