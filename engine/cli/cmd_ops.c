/* `ladle ops`: the catalogue of triggers and actions, from the tables of all connectors: those of
 * the project's scripts/connectors/ and those built into the program. A name may be a connector, a
 * connection of the project, or one entry. Nothing is opened but the tables. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "cli/commands.h"
#include "recipe/folder.h"
#include "script/embed.h"
#include "service/schema.h"

enum { CONNECTORS_MAX = 1000, NAME_MAX_LEN = 64 };

struct catalogue_list {
    struct cli *c;
    const struct project_hooks *hooks;
    const char *entry; /* only this one; NULL: all */
    bool has_triggers, has_actions;
    struct table *table; /* NULL with --json, and where one entry is asked for */
    size_t count;
};

/* --- connectors ---------------------------------------------------------------------------- */

static int compare_names(const void *a, const void *b)
{
    return strcmp(json_string_value(*(json_t *const *)a), json_string_value(*(json_t *const *)b));
}

static bool has_name(const json_t *names, const char *name)
{
    size_t i;
    json_t *known;
    json_array_foreach (names, i, known) {
        if (strcmp(json_string_value(known), name) == 0) {
            return true;
        }
    }
    return false;
}

/* "highlevel.lua" → "highlevel"; other files are none. */
static void add_name(json_t *names, const char *file)
{
    size_t len = strlen(file);
    if (len < 5 || len > NAME_MAX_LEN || strcmp(file + len - 4, ".lua") != 0 || strchr(file, '/')) {
        return;
    }
    char name[NAME_MAX_LEN];
    memcpy(name, file, len - 4);
    name[len - 4] = '\0';
    if (!has_name(names, name)) {
        json_array_append_new(names, json_string(name));
    }
}

/* All names, sorted; yours. */
static json_t *connector_names(const char *folder)
{
    static const char prefix[] = "scripts/connectors/";
    json_t *names = json_array();
    const struct embedded *file;
    for (size_t i = 0; (file = embed_at(i)) != NULL; i++) {
        if (strncmp(file->name, prefix, sizeof prefix - 1) == 0) {
            add_name(names, file->name + sizeof prefix - 1);
        }
    }
    char *path = xasprintf("%s/scripts/connectors", folder);
    size_t count = 0;
    char **files =
        folder_names(path, CONNECTORS_MAX, &count, NULL); /* unreadable: only those built in */
    for (size_t i = 0; files && i < count; i++) {
        add_name(names, files[i]);
    }
    if (files) {
        folder_free_names(files);
    }
    free(path);
    return names;
}

/* --- entries ------------------------------------------------------------------------------- */

static json_t *or_null(json_t *v)
{
    return v ? json_incref(v) : json_null();
}

static json_t *plain_schema(const json_t *schema, int depth);

/* A field's descriptor for other programs: {type required …}, where a Lua table has its type in
 * front. */
static json_t *plain_field(const json_t *field, int depth)
{
    json_t *v = json_is_object(field) ? json_copy((json_t *)field) : json_object();
    const char *type = schema_type(field);
    json_t *of = json_object_get(v, "of"), *fields = json_object_get(v, "fields");
    json_object_del(v, "1");
    json_object_del(v, "optional");
    json_object_set_new(v, "type", json_string(type ? type : "any"));
    json_object_set_new(v, "required", json_boolean(schema_is_required(field)));
    if (of && depth < JSON_DEPTH_MAX) {
        json_object_set_new(v, "of", plain_field(of, depth + 1));
    }
    if (fields && depth < JSON_DEPTH_MAX) {
        json_object_set_new(v, "fields", plain_schema(fields, depth + 1));
    }
    return v;
}

static json_t *plain_schema(const json_t *schema, int depth)
{
    if (!json_is_object(schema)) {
        return json_null();
    }
    json_t *v = json_object();
    const char *name;
    json_t *field;
    json_object_foreach ((json_t *)schema, name, field) { /* the macro only reads */
        json_object_set_new(v, name, plain_field(field, depth));
    }
    return v;
}

static json_t *describe(const char *connector, const char *name, const char *kind, json_t *table)
{
    json_t *v = json_object();
    json_object_set_new(v, "name", json_sprintf("%s.%s", connector, name));
    json_object_set_new(v, "kind", json_string(kind));
    json_object_set_new(v, "method", or_null(json_object_get(table, "method")));
    json_object_set_new(v, "path", or_null(json_object_get(table, "path")));
    json_t *scopes = json_object_get(table, "scopes");
    json_object_set_new(v, "scopes", json_is_array(scopes) ? json_incref(scopes) : json_array());
    json_object_set_new(v, "input", plain_schema(json_object_get(table, "input"), 0));
    json_object_set_new(v, "summary", or_null(json_object_get(table, "summary")));
    return v;
}

static void join_texts(const json_t *list, struct buf *out)
{
    size_t i;
    json_t *text;
    json_array_foreach (list, i, text) {
        (void)buf_printf(out, "%s%s", i > 0 ? " " : "",
                         json_string_value(text)); /* cut where it is long */
    }
}

static void add_row(struct catalogue_list *l, const json_t *v)
{
    struct buf scopes;
    buf_init(&scopes, 400);
    join_texts(json_object_get(v, "scopes"), &scopes);
    const char *cells[] = { json_get_text(v, "name"),
                            json_get_text(v, "kind"),
                            json_get_text(v, "method"),
                            json_get_text(v, "path"),
                            json_get_text(v, "summary"),
                            buf_text(&scopes),
                            NULL };
    table_row(l->table, cells);
    buf_fini(&scopes);
}

/* --- one entry, for people ----------------------------------------------------------------- */

static void print_field(const char *name, const json_t *field)
{
    cli_print("  %-20s %-8s %s", name, json_get_text(field, "type"),
              json_get_bool(field, "required", false) ? "required" : "optional");
    json_t *value = json_object_get(field, "default");
    if (value) {
        char *text = json_text(value, NULL);
        cli_print(", %s if not given", text);
        free(text);
    }
    struct buf choices;
    buf_init(&choices, 400);
    join_texts(json_object_get(field, "enum"), &choices);
    cli_print("%s%s", choices.len > 0 ? ", one of: " : "", buf_text(&choices));
    buf_fini(&choices);
    const char *label = json_get_text(field, "label");
    cli_print("%s%s\n", label ? "  – " : "", label ? label : "");
}

static void print_entry(const json_t *v)
{
    const char *method = json_get_text(v, "method"), *path = json_get_text(v, "path");
    const char *summary = json_get_text(v, "summary");
    cli_print("%s (%s)\n%s\n", json_get_text(v, "name"), json_get_text(v, "kind"),
              summary ? summary : "");
    if (method) {
        cli_print("%s %s\n", method, path ? path : "");
    }
    struct buf scopes;
    buf_init(&scopes, 400);
    join_texts(json_object_get(v, "scopes"), &scopes);
    cli_print("%s%s%s", scopes.len > 0 ? "scopes: " : "", buf_text(&scopes),
              scopes.len > 0 ? "\n" : "");
    buf_fini(&scopes);
    const char *name;
    json_t *field;
    json_t *input = json_object_get(v, "input");
    cli_print("%s", json_object_size(input) > 0 ? "input\n" : "");
    json_object_foreach (input, name, field) {
        print_field(name, field);
    }
}

/* --- listing ------------------------------------------------------------------------------- */

static void print_one(struct catalogue_list *l, const json_t *v)
{
    if (l->entry && strcmp(json_get_text(v, "name"), l->entry) != 0) {
        return;
    }
    l->count++;
    if (l->c->is_json) {
        cli_print_json(v);
    } else if (l->table) {
        add_row(l, v);
    } else {
        print_entry(v);
    }
}

/* The entries of one kind in the order of their names, as Lua tables have none. */
static void list_kind(struct catalogue_list *l, const char *connector, const char *kind,
                      json_t *entries)
{
    json_t *names[CONNECTORS_MAX];
    size_t count = 0;
    const char *name;
    json_t *table;
    json_object_foreach (entries, name, table) {
        if (count < CONNECTORS_MAX) {
            names[count++] = json_string(name);
        }
    }
    qsort(names, count, sizeof *names, compare_names);
    for (size_t i = 0; i < count; i++) {
        name = json_string_value(names[i]);
        json_t *v = describe(connector, name, kind, json_object_get(entries, name));
        print_one(l, v);
        json_decref(v);
        json_decref(names[i]);
    }
}

static void list_connector(struct catalogue_list *l, const char *name)
{
    json_t *table = l->hooks->find_connector(l->hooks->ud, name);
    if (l->has_triggers) {
        list_kind(l, name, "trigger", json_object_get(table, "events"));
    }
    if (l->has_actions) {
        list_kind(l, name, "action", json_object_get(table, "operations"));
    }
}

static void list_connectors(struct catalogue_list *l, const char *only)
{
    static const char *const heads[] = {
        "NAME", "KIND", "METHOD", "PATH", "SUMMARY", "SCOPES", NULL
    };
    json_t *names = connector_names(l->c->folder);
    l->table = l->c->is_json || l->entry ? NULL : table_new(heads);
    size_t i;
    json_t *name;
    json_array_foreach (names, i, name) {
        if (!only || strcmp(only, json_string_value(name)) == 0) {
            list_connector(l, json_string_value(name));
        }
    }
    if (l->table) {
        table_print(l->table, l->c);
    }
    json_decref(names);
}

/* --- command ------------------------------------------------------------------------------- */

/* The connector of a connection that ladle.yaml names, so that "crm.create_task" works as in a
 * recipe; else NULL. Yours. */
static char *connector_of(const struct cli *c, const struct project_hooks *h, const char *name)
{
    struct diags *d = diags_new("ladle.yaml");
    struct project *p =
        project_load(c->folder, h, d); /* its errors are not this command's business */
    const char *found =
        p ? json_get_text(json_object_get(p->connections, name), "connector") : NULL;
    char *connector = found ? xstrdup(found) : NULL;
    if (p) {
        project_free(p);
    }
    diags_free(d);
    return connector;
}

static int no_such(const struct cli *c, const char *connector)
{
    json_t *names = connector_names(c->folder);
    const char *words[CONNECTORS_MAX + 1] = { NULL };
    for (size_t i = 0; i < json_array_size(names) && i < CONNECTORS_MAX; i++) {
        words[i] = json_string_value(json_array_get(names, i));
    }
    const char *close = diag_closest(connector, words);
    struct err e;
    (void)err_set(&e, ERR_NOT_FOUND,
                  "there is no connector, connection or operation \"%.80s\"%s%s%s", c->args[0],
                  close ? "; is \"" : "; `ladle ops` lists them", close ? close : "",
                  close ? "\" meant?" : "");
    json_decref(names);
    return cli_fail(c, &e);
}

static int list_named(struct catalogue_list *l, const char *arg)
{
    const char *dot = strchr(arg, '.');
    char *word = xstrndup(arg, dot ? (size_t)(dot - arg) : strlen(arg));
    char *connector = connector_of(l->c, l->hooks, word);
    if (!connector) {
        connector = xstrdup(word);
    }
    char *entry = dot ? xasprintf("%s%s", connector, dot) : NULL;
    l->entry = entry;
    json_t *names = connector_names(l->c->folder);
    bool is_known = has_name(names, connector);
    if (is_known) {
        list_connectors(l, connector);
    }
    int code = is_known && (l->count > 0 || !entry) ? CLI_OK : no_such(l->c, connector);
    json_decref(names);
    free(entry);
    free(connector);
    free(word);
    return code;
}

static int run(struct cli *c)
{
    const char *kind = cli_option(c, "kind");
    if (kind && strcmp(kind, "trigger") != 0 && strcmp(kind, "action") != 0) {
        return cli_usage(c, "--kind %s: it is trigger or action", kind);
    }
    struct catalogue_list l = { .c = c, .hooks = cli_hooks(c->folder) };
    l.has_triggers = !kind || strcmp(kind, "trigger") == 0;
    l.has_actions = !kind || strcmp(kind, "action") == 0;
    if (c->arg_count == 1) {
        return list_named(&l, c->args[0]);
    }
    list_connectors(&l, NULL);
    return CLI_OK;
}

static const struct option options[] = {
    { "kind", "KIND", "only triggers, or only actions: trigger or action" },
    { NULL, NULL, NULL },
};

const struct command cmd_ops = {
    .name = "ops",
    .args = "[NAME]",
    .args_min = 0,
    .args_max = 1,
    .summary = "The catalogue of triggers and actions, with what they take",
    .help =
        "NAME is a connector (highlevel), a connection of ladle.yaml (crm), or one entry of "
        "either\n"
        "(crm.create_task), which is then shown with its fields.\n"
        "--json: {name kind method path scopes input summary}, one a line.",
    .options = options,
    .run = run,
    .examples =
        "  ladle ops highlevel --kind action\n"
        "  ladle ops highlevel.create_task",
    .is_quiet = true,
};
