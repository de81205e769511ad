/*
 * The catalogue of a project: the tables of its connectors and actions, and the texts of its scripts, as the
 * functions that recipe/ and the engine ask. A table costs a fresh Lua state, so what was found is kept; a name
 * that was not found is kept too, so that its error is told once. A table is held against its shape when it is
 * read, and nobody sees one that is not right. One thread.
 */
#include "project/catalogue.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "connector/connector_shape.h"
#include "project/folder.h"
#include "script/catalog.h"
#include "script/embed.h"

enum {
    ERRORS_MAX = 1 << 20, /* bytes of what is told of one file */
    CONNECTORS_MAX = 1000,
    NAME_MAX_LEN = 64
};

struct catalogue {
    char *folder;
    struct map *tables;     /* of connectors: name -> json_t; null: not there */
    struct map *connectors; /* name -> struct connector: those that somebody connects to */
    struct map *actions;
    struct map *parts; /* of connectors: "highlevel/calendars" */
    bool keeps_errors;
    struct diags **errors; /* of files that are no table, or not of the right shape */
    size_t error_count;
    struct project_hooks hooks;
};

static void free_table(void *value)
{
    json_decref(value);
}

static void free_connector(void *value)
{
    connector_free(value);
}

/* --- what is wrong with a file ---------------------------------------------------------------- */

/* Whether the first error is told already: two scripts may require one that has it. */
static bool is_told_error(const struct catalogue *c, const struct diags *d)
{
    for (size_t i = 0; i < c->error_count; i++) {
        const struct diags *other = c->errors[i];
        if (strcmp(other->file, d->file) == 0 && d->count > 0 && other->count > 0 &&
            other->items[0].line == d->items[0].line &&
            strcmp(other->items[0].message, d->items[0].message) == 0) {
            return true;
        }
    }
    return false;
}

/* Takes the errors of one file: kept for who asked for them, or told now. */
static void report_errors(struct catalogue *c, struct diags *d)
{
    if (is_told_error(c, d)) {
        diags_free(d);
        return;
    }
    if (c->keeps_errors) {
        c->errors = xrealloc(c->errors, (c->error_count + 1) * sizeof *c->errors);
        c->errors[c->error_count++] = d;
        return;
    }
    struct buf out;
    buf_init(&out, ERRORS_MAX);
    diags_print(d, &out);
    (void)fputs(buf_text(&out), stderr); /* nothing can be done where stderr is closed */
    buf_fini(&out);
    diags_free(d);
}

void catalogue_keep_errors(struct catalogue *c)
{
    c->keeps_errors = true;
}

struct diags *catalogue_errors(const struct catalogue *c, size_t index)
{
    return index < c->error_count ? c->errors[index] : NULL;
}

/* "scripts/connectors/tickets.lua", with its text, so that lines can be shown. Yours. */
static struct diags *errors_of(const struct catalogue *c, const char *path)
{
    char *file = xasprintf("scripts/%s.lua", path), *shown = project_shown_in(c->folder, file);
    struct diags *d = diags_new(shown);
    size_t len;
    char *text = source_find(c->folder, path, &len);
    if (text != NULL) {
        diags_set_text(d, text, len);
    }
    free(text);
    free(shown);
    free(file);
    return d;
}

/* A Lua error begins with its place, "scripts/util/dates.lua:12: …", which need not be in the file
 * that was asked for: it may require that one. Gives the line and the path under scripts/ (yours),
 * and moves *message behind them; 0 where there is no place. */
static int take_place(const char **message, char **path)
{
    static const char scripts[] = "scripts/";
    const char *start = *message + sizeof scripts - 1;
    const char *end = strstr(*message, ".lua:");
    if (strncmp(*message, scripts, sizeof scripts - 1) != 0 || end == NULL || end <= start) {
        return 0;
    }
    char *behind = NULL;
    long line = strtol(end + strlen(".lua:"), &behind, 10);
    char *found = xstrndup(start, (size_t)(end - start));
    if (line <= 0 || line > INT_MAX || *behind != ':' || !source_is_name(found)) {
        free(found);
        return 0;
    }
    *path = found;
    *message = behind + strspn(behind, ": ");
    return (int)line;
}

static void report_failure(struct catalogue *c, const char *path, const struct err *e)
{
    const char *message = e->message;
    char *place = NULL;
    int line = take_place(&message, &place);
    struct diags *d = errors_of(c, place != NULL ? place : path);
    diags_add(d, line, 0, NULL, "%s", message);
    report_errors(c, d);
    free(place);
}

/* A mistake is found without the text, and told with it. */
static bool has_shape(struct catalogue *c, const char *path, const struct shape *shape,
                      const json_t *table)
{
    struct diags *d = diags_new(path);
    bool is_fine = shape_check(shape, table, d) == 0;
    diags_free(d);
    if (!is_fine) {
        d = errors_of(c, path);
        (void)shape_check(shape, table, d); /* as before */
        report_errors(c, d);
    }
    return is_fine;
}

/* --- tables ---------------------------------------------------------------------------------- */

/* What is read from scripts/: which function reads a name, and what the table has to be. */
struct kind {
    const char *folder; /* under scripts/ */
    json_t *(*load)(const char *folder, const char *name, struct err *e);
    const struct shape *(*shape)(const char *name);
};

static const struct shape *shape_of_connector(const char *name)
{
    return connector_shape();
}

static const struct shape *shape_of_part(const char *name)
{
    return connector_part_shape(strrchr(name, '/') + 1);
}

static const struct shape *shape_of_action(const char *name)
{
    return action_shape();
}

static const struct kind CONNECTOR = { "connectors/", catalog_connector, shape_of_connector };
static const struct kind PART = { "connectors/", catalog_part, shape_of_part };
static const struct kind ACTION = { "", catalog_action, shape_of_action };

/* The table, or null; a file that is not there is told by recipe/, with the place of its name. */
static json_t *load_table(struct catalogue *c, const struct kind *kind, const char *name)
{
    struct err e = ERR_INIT;
    char *path = xasprintf("%s%s", kind->folder, name);
    json_t *table = kind->load(c->folder, name, &e);
    if (table == NULL && e.kind != ERR_NOT_FOUND) {
        report_failure(c, path, &e);
    }
    if (table != NULL && !has_shape(c, path, kind->shape(name), table)) {
        json_decref(table);
        table = NULL;
    }
    free(path);
    return table != NULL ? table : json_null();
}

static json_t *find_table(struct catalogue *c, struct map *known, const struct kind *kind,
                          const char *name)
{
    json_t *table = map_get(known, name);
    if (table == NULL) {
        table = load_table(c, kind, name);
        (void)map_put(known, name, table); /* there was none */
    }
    return json_is_null(table) ? NULL : table;
}

static json_t *find_connector(void *ud, const char *name)
{
    struct catalogue *c = ud;
    return find_table(c, c->tables, &CONNECTOR, name);
}

static json_t *find_part(void *ud, const char *path)
{
    struct catalogue *c = ud;
    return find_table(c, c->parts, &PART, path);
}

static struct connector *connector_of(void *ud, const char *name, struct err *e)
{
    struct catalogue *c = ud;
    struct connector *found = map_get(c->connectors, name);
    if (found != NULL) {
        return found;
    }
    json_t *table = find_connector(c, name);
    if (table == NULL) {
        (void)err_set(e, ERR_CONFIG, "there is no connector \"%.60s\"", name);
        return NULL;
    }
    struct connector *made = connector_new(name, table);
    connector_set_areas(made, &(struct areas){ .find = find_part, .ud = c });
    (void)map_put(c->connectors, name, made); /* there was none */
    return made;
}

static json_t *find_action(void *ud, const char *name)
{
    struct catalogue *c = ud;
    return find_table(c, c->actions, &ACTION, name);
}

void catalogue_check_script(struct catalogue *c, const char *name)
{
    struct err e = ERR_INIT;
    if (map_get(c->actions, name) == NULL && catalog_compile(c->folder, name, &e) == -1) {
        report_failure(c, name, &e);
    }
}

static int check_expression(void *ud, const char *text, size_t len, const char *const *extra,
                            char **hint, struct err *e)
{
    return expr_check(text, len, extra, hint, e);
}

static char *find_source(void *ud, const char *name, size_t *len)
{
    const struct catalogue *c = ud;
    return source_find(c->folder, name, len);
}

/* --- names --- */

/* "highlevel.lua" → "highlevel"; other files are none. */
static void add_name(json_t *names, const char *file)
{
    size_t len = strlen(file);
    if (!folder_ends_with(file, ".lua") || len > NAME_MAX_LEN || strchr(file, '/') != NULL) {
        return;
    }
    char name[NAME_MAX_LEN];
    memcpy(name, file, len - 4);
    name[len - 4] = '\0';
    if (!json_list_has_text(names, name)) {
        json_array_append_new(names, json_string(name));
    }
}

static json_t *connector_names(void *ud)
{
    static const char prefix[] = "scripts/connectors/";
    const struct catalogue *c = ud;
    json_t *names = json_array();
    const struct embedded *file;
    for (size_t i = 0; (file = embed_at(i)) != NULL; i++) {
        if (strncmp(file->name, prefix, sizeof prefix - 1) == 0) {
            add_name(names, file->name + sizeof prefix - 1);
        }
    }
    char *path = xasprintf("%s/scripts/connectors", c->folder);
    size_t count = 0;
    char **files =
        folder_names(path, CONNECTORS_MAX, &count, NULL); /* unreadable: only those built in */
    for (size_t i = 0; files != NULL && i < count; i++) {
        add_name(names, files[i]);
    }
    if (files != NULL) {
        folder_free_names(files);
    }
    free(path);
    return names;
}

struct catalogue *catalogue_new(const char *folder)
{
    struct catalogue *c = xcalloc(1, sizeof *c);
    c->folder = xstrdup(folder);
    c->tables = map_new();
    c->connectors = map_new();
    c->actions = map_new();
    c->parts = map_new();
    c->hooks = (struct project_hooks){
        .find_connector = find_connector,
        .connector = connector_of,
        .connector_names = connector_names,
        .find_action = find_action,
        .find_part = find_part,
        .check_expression = check_expression,
        .find_source = find_source,
        .ud = c,
    };
    return c;
}

void catalogue_free(struct catalogue *c)
{
    if (c == NULL) {
        return;
    }
    map_free(c->connectors, free_connector);
    map_free(c->tables, free_table);
    map_free(c->actions, free_table);
    map_free(c->parts, free_table);
    for (size_t i = 0; i < c->error_count; i++) {
        diags_free(c->errors[i]);
    }
    free(c->errors);
    free(c->folder);
    free(c);
}

const struct project_hooks *catalogue_hooks(const struct catalogue *c)
{
    return &c->hooks;
}
