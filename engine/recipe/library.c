/* Finds the other recipes of a project, for the recipes that call them. An entry is made of a
 * file's head alone (its name, its inputs and the names that it calls), so that recipes can call
 * each other in any order, and a circle of calls is found by calls.c and does not end up here. A
 * file's own errors are not told here: they belong to whoever loads it. Of two recipes of one name
 * the first file counts, as in a set. Entries and parts are owned by the library. */

#include "recipe/library.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "project/folder.h"
#include "recipe/inputs.h"
#include "recipe/known.h"

enum { FILES_MAX = 2000 };

struct entry {
    char *file;     /* recipes/NAME.yaml */
    json_t *inputs; /* as a schema */
    json_t *steps;  /* those whose results a call gives: name -> descriptor */
    bool is_read;   /* the part was asked for */
    bool is_good;   /* … and is there */
    struct part part;
    char *first; /* the first error of its file, with its place */
};

struct library {
    const struct project *project;
    const struct project_hooks *hooks;
    bool is_open;
    struct map *entries; /* recipe -> struct entry */
    json_t *names;       /* recipe -> true, for suggestions */
    json_t *called;      /* recipe -> true */
};

struct library *library_new(const struct project *p, const struct project_hooks *h)
{
    struct library *lib = xcalloc(1, sizeof *lib);
    *lib = (struct library){ .project = p,
                             .hooks = h,
                             .entries = map_new(),
                             .names = json_object(),
                             .called = json_object() };
    return lib;
}

static void free_entry(void *value)
{
    struct entry *n = value;
    part_fini(&n->part);
    json_decref(n->inputs);
    json_decref(n->steps);
    free(n->first);
    free(n->file);
    free(n);
}

void library_free(struct library *lib)
{
    if (lib == NULL) {
        return;
    }
    map_free(lib->entries, free_entry);
    json_decref(lib->names);
    json_decref(lib->called);
    free(lib);
}

const struct project *library_project(const struct library *lib)
{
    return lib->project;
}

const struct project_hooks *library_hooks(const struct library *lib)
{
    return lib->hooks;
}

/* --- reading the heads --- */

/* Marks what the steps of a list call. `self` is the recipe that they belong to. */
static void mark_called(struct library *lib, const struct yaml *list, const char *self)
{
    static const char *const inner[] = { "do", "parallel", "on_error" };
    for (size_t i = 0; list != NULL && list->kind == YAML_LIST && i < list->count; i++) {
        const struct yaml *step = list->items[i];
        if (step->kind != YAML_MAP) {
            continue;
        }
        const struct yaml *call = yaml_get(step, "call");
        if (call != NULL && call->kind == YAML_SCALAR && strcmp(call->text, self) != 0) {
            (void)json_object_set_new(lib->called, call->text, json_true());
        }
        for (size_t n = 0; n < sizeof inner / sizeof *inner; n++) {
            mark_called(lib, yaml_get(step, inner[n]), self);
        }
    }
}

/* The names of the steps of a list whose results are seen behind it: not of those that are done for
 * each item of a group. */
static void note_steps(json_t *steps, const struct yaml *list)
{
    for (size_t i = 0; list != NULL && list->kind == YAML_LIST && i < list->count; i++) {
        const struct yaml *step = list->items[i];
        const struct yaml *name = step->kind == YAML_MAP ? yaml_get(step, "step") : NULL;
        if (name == NULL || name->kind != YAML_SCALAR) {
            continue;
        }
        (void)json_object_set_new(steps, name->text, json_pack("[s]", "any"));
        if (yaml_get(step, "each") == NULL) {
            note_steps(steps, yaml_get(step, "do"));
        }
        note_steps(steps, yaml_get(step, "parallel"));
        note_steps(steps, yaml_get(step, "on_error"));
    }
}

/* The declared inputs as fields of an action. What is wrong with them is told by their own file. */
static json_t *inputs_schema(const struct library *lib, const struct yaml *root, const char *name)
{
    struct diags *d = diags_new(name);
    struct check c = { .diags = d, .hooks = lib->hooks };
    json_t *declared = inputs_read(&c, yaml_get(root, "inputs"));
    const json_t *given = json_object_get(lib->project->inputs, name);
    json_t *schema = json_object();
    const char *field;
    json_t *input;
    json_object_foreach (declared, field, input) {
        bool has_value =
            json_object_get(input, "default") != NULL || json_object_get(given, field) != NULL;
        json_t *label = json_object_get(input, "label");
        (void)json_object_set_new(schema, field,
                                  json_pack("{s:O, s:b, s:O*}", "1", json_object_get(input, "type"),
                                            "optional", has_value, "label", label));
    }
    json_decref(declared);
    diags_free(d);
    return schema;
}

static void add_recipe_file(struct library *lib, const char *file, const struct yaml *root)
{
    const struct yaml *name = root->kind == YAML_MAP ? yaml_get(root, "recipe") : NULL;
    if (name == NULL || name->kind != YAML_SCALAR || !name_is_valid(name->text, name->len)) {
        return;
    }
    mark_called(lib, yaml_get(root, "do"), name->text);
    mark_called(lib, yaml_get(root, "on_error"), name->text);
    if (map_get(lib->entries, name->text) != NULL) {
        return;
    }
    struct entry *n = xcalloc(1, sizeof *n);
    n->file = xstrdup(file);
    n->inputs = inputs_schema(lib, root, name->text);
    n->steps = json_object();
    note_steps(n->steps, yaml_get(root, "do"));
    (void)map_put(lib->entries, name->text, n); /* there was none */
    (void)json_object_set_new(lib->names, name->text, json_true());
}

/* A recipe's text by its file (recipes/NAME.yaml); yours, or NULL. */
static char *read_recipe_text(const struct library *lib, const char *file, size_t *len,
                              struct err *e)
{
    char *path = xasprintf("%s/%s", lib->project->folder, file);
    char *text = folder_read(path, YAML_BYTES_MAX, len, e);
    free(path);
    return text;
}

static void read_library_head(struct library *lib, const char *name)
{
    size_t len = 0;
    struct err e = ERR_INIT;
    char *file = xasprintf("recipes/%s", name);
    char *text = read_recipe_text(lib, file, &len, &e);
    struct diags *d = diags_new(file);
    struct yaml *root = text != NULL ? yaml_parse(text, len, d) : NULL;
    if (root != NULL) {
        add_recipe_file(lib, file, root);
    }
    yaml_tree_free(root);
    diags_free(d);
    free(text);
    free(file);
}

static void open_library(struct library *lib)
{
    if (lib->is_open || lib->project == NULL) {
        return;
    }
    lib->is_open = true;
    char *path = xasprintf("%s/recipes", lib->project->folder);
    size_t count = 0;
    struct err e = ERR_INIT;
    char **names = folder_names(path, FILES_MAX, &count, &e); /* unreadable: there are none */
    for (size_t i = 0; names != NULL && names[i] != NULL; i++) {
        if (folder_is_recipe(names[i])) {
            read_library_head(lib, names[i]);
        }
    }
    if (names != NULL) {
        folder_free_names(names);
    }
    free(path);
}

/* --- asking --- */

const json_t *library_inputs(struct library *lib, struct diags *d, const struct yaml *call)
{
    open_library(lib);
    const struct entry *n = map_get(lib->entries, call->text);
    if (n == NULL && lib->project != NULL) {
        check_unknown_member(d, call, call->text, lib->names, "there is no recipe `%s`",
                             SHOW(call));
    }
    return n != NULL ? n->inputs : NULL;
}

json_t *library_results(struct library *lib, const char *name)
{
    open_library(lib);
    const struct entry *n = map_get(lib->entries, name);
    return n != NULL ? known_results(json_incref(n->steps)) : NULL;
}

bool library_is_called(struct library *lib, const char *name)
{
    open_library(lib);
    return json_object_get(lib->called, name) != NULL;
}

static char *first_error(struct diags *d)
{
    json_t *list = diags_json(d); /* in order of place */
    const json_t *first = json_array_get(list, 0);
    char *text = xasprintf("%s:%d:%d: %s", d->file, (int)json_get_int(first, "line", 0),
                           (int)json_get_int(first, "column", 0), json_get_text(first, "message"));
    json_decref(list);
    return text;
}

static void read_library_part(struct library *lib, struct entry *n)
{
    size_t len = 0;
    struct err e = ERR_INIT;
    char *text = read_recipe_text(lib, n->file, &len, &e);
    char *shown = project_shown(lib->project, n->file);
    struct diags *d = diags_new(shown);
    free(shown);
    n->is_read = true;
    n->is_good = text != NULL && part_read(&n->part, lib, text, len, d);
    if (!n->is_good) {
        n->first = text != NULL ? first_error(d) : xstrdup(e.message);
    }
    diags_free(d);
    free(text);
}

const struct part *library_part(struct library *lib, const char *name, char **first)
{
    open_library(lib);
    struct entry *n = map_get(lib->entries, name);
    *first = NULL;
    if (n == NULL) {
        return NULL;
    }
    if (!n->is_read) {
        read_library_part(lib, n);
    }
    *first = n->first != NULL ? xstrdup(n->first) : NULL;
    return n->is_good ? &n->part : NULL;
}
