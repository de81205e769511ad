/* Prints one trigger or action for `ladle ops`, as JSON for programs and as text for people, who
 * get the same facts. All of it comes from the tables of the connector and its areas. */
#include "cli/ops_entry.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/plural.h"
#include "cli/ops_example.h"
#include "cli/sample.h"
#include "connector/account_words.h"
#include "connector/schema.h"

enum { PRINT_DEPTH = 3 };

static json_t *entry_table(const struct ops_entry *o)
{
    return o->is_trigger ? areas_event(o->areas, o->table, o->name)
                         : areas_operation(o->areas, o->table, o->name);
}

static json_t *or_null(json_t *v)
{
    return v != NULL ? json_incref(v) : json_null();
}

/* --- schemas --- */

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
    json_object_set_new(v, "type", json_string(type != NULL ? type : "any"));
    json_object_set_new(v, "required", json_boolean(schema_is_required(field)));
    if (of != NULL && depth < JSON_DEPTH_MAX) {
        json_object_set_new(v, "of", plain_field(of, depth + 1));
    }
    if (fields != NULL && depth < JSON_DEPTH_MAX) {
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

/* --- as JSON --- */

static json_t *area_of(const struct ops_entry *o)
{
    const json_t *index = areas_index(o->areas, o->table);
    return o->is_trigger ? NULL : json_object_get(json_object_get(index, "operations"), o->name);
}

/* The hand-written tables do not say it: the index does. */
static bool is_core(const struct ops_entry *o)
{
    const json_t *index = areas_index(o->areas, o->table);
    return o->is_trigger ? json_get_bool(json_object_get(json_object_get(index, "events"), o->name),
                                         "core", false)
                         : json_get_bool(json_object_get(index, "core"), o->name, false);
}

/* As recipes call the connection; where there is none, as one of the connector's name. */
static const char *owner_of(const struct ops_entry *o)
{
    return o->owner != NULL ? o->owner : o->connector;
}

char *ops_entry_name(const struct ops_entry *o)
{
    return xasprintf("%s.%s", o->is_by_owner ? owner_of(o) : o->connector, o->name);
}

json_t *ops_entry_brief(const struct ops_entry *o)
{
    const json_t *table = entry_table(o);
    if (table == NULL) {
        return NULL;
    }
    json_t *v = json_object();
    json_t *scopes = o->is_trigger ? areas_event_scopes(o->areas, o->table, o->name)
                                   : areas_operation_scopes(o->areas, o->table, o->name);
    json_object_set_new(v, "name", json_sprintf("%s.%s", o->connector, o->name));
    json_object_set_new(v, "use",
                        o->owner != NULL ? json_sprintf("%s.%s", o->owner, o->name) : json_null());
    json_object_set_new(v, "kind", json_string(o->is_trigger ? "trigger" : "action"));
    json_object_set_new(v, "area", or_null(area_of(o)));
    json_object_set_new(v, "core", json_boolean(is_core(o)));
    json_object_set_new(v, "method", or_null(json_object_get(table, "method")));
    json_object_set_new(v, "path", or_null(json_object_get(table, "path")));
    json_object_set_new(v, "scopes", json_is_array(scopes) ? json_incref(scopes) : json_array());
    json_object_set_new(v, "summary", or_null(json_object_get(table, "summary")));
    return v;
}

static json_t *version_of(const struct ops_entry *o, const json_t *table)
{
    json_t *own = json_object_get(json_object_get(table, "headers"), "Version");
    return own != NULL ? own : json_object_get(json_object_get(o->table, "headers"), "Version");
}

static void add_action(const struct ops_entry *o, const json_t *table, json_t *v)
{
    const char *access = account_words_access(o->table, table);
    char *example = ops_example_step(owner_of(o), o->name, table, o->config);
    json_object_set_new(v, "access", access != NULL ? json_string(access) : json_null());
    json_object_set_new(v, "oauth_only", json_boolean(json_get_bool(table, "oauth_only", false)));
    json_object_set_new(v, "version", or_null(version_of(o, table)));
    json_object_set_new(v, "deprecated", or_null(json_object_get(table, "deprecated")));
    json_object_set_new(v, "unsupported", or_null(json_object_get(table, "unsupported")));
    json_object_set_new(v, "input", plain_schema(json_object_get(table, "input"), 0));
    json_object_set_new(v, "output", plain_schema(json_object_get(table, "output"), 0));
    json_object_set_new(v, "example",
                        json_object_get(table, "unsupported") != NULL ? json_null()
                                                                      : json_string(example));
    free(example);
}

static void add_trigger(const struct ops_entry *o, const json_t *table, json_t *v)
{
    char *example = ops_example_trigger(owner_of(o), o->name);
    json_object_set_new(v, "input", json_null());
    json_object_set_new(v, "type", or_null(json_object_get(table, "type")));
    json_object_set_new(v, "note", or_null(json_object_get(table, "note")));
    json_object_set_new(v, "fields",
                        plain_schema(areas_event_fields(o->areas, o->table, o->name), 0));
    json_object_set_new(v, "example", json_string(example));
    free(example);
}

json_t *ops_entry_whole(const struct ops_entry *o)
{
    json_t *v = ops_entry_brief(o);
    if (v != NULL && o->is_trigger) {
        add_trigger(o, entry_table(o), v);
    } else if (v != NULL) {
        add_action(o, entry_table(o), v);
    }
    return v;
}

void ops_entry_add_sample(const struct ops_entry *o, const char *folder, json_t *whole)
{
    struct err e = ERR_INIT; /* an event that has none, has none */
    json_t *sample = o->is_trigger ? sample_load(folder, entry_table(o), o->name, &e) : NULL;
    json_object_set_new(whole, "sample", sample != NULL ? sample : json_null());
}

/* --- for people --- */

static void print_texts(const char *before, const json_t *list, const char *between)
{
    size_t i;
    json_t *one;
    json_array_foreach (list, i, one) {
        char *text = json_is_string(one) ? xstrdup(json_string_value(one)) : json_text(one, NULL);
        cli_print("%s%s", i > 0 ? between : before, text);
        free(text);
    }
}

static void print_fields(const json_t *schema, int depth, bool has_required);

/* "list of string", "date". */
static void print_type(const json_t *field, int width)
{
    const char *type = json_get_text(field, "type");
    const char *items = json_get_text(json_object_get(field, "of"), "type");
    char *text = items != NULL ? xasprintf("%s of %s", type, items) : xstrdup(type);
    cli_print(" %-*s", width, text);
    free(text);
}

static void print_field(const char *name, const json_t *field, int depth, bool has_required)
{
    cli_print("  %*s%-*s", 2 * depth, "", 20 - 2 * depth, name);
    print_type(field, has_required ? 8 : 0);
    if (has_required) {
        cli_print(" %s", json_get_bool(field, "required", false) ? "required" : "optional");
    }
    json_t *value = json_object_get(field, "default");
    if (value != NULL) {
        char *text = json_text(value, NULL);
        cli_print(", %s if not given", text);
        free(text);
    }
    const char *from = json_get_text(field, "from_connection"),
               *label = json_get_text(field, "label");
    if (from != NULL) {
        cli_print(", the connection's `%s` if not given", from);
    }
    print_texts(", one of: ", json_object_get(field, "enum"), " ");
    cli_print("%s%s\n", label != NULL ? "  – " : "", label != NULL ? label : "");
    const json_t *of = json_object_get(field, "of");
    print_fields(json_object_get(of != NULL ? of : field, "fields"), depth + 1, has_required);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* In the order of their names, as Lua tables have none. */
static void print_fields(const json_t *schema, int depth, bool has_required)
{
    if (json_object_size(schema) == 0 || depth > PRINT_DEPTH) {
        return;
    }
    const char **names = xcalloc(json_object_size(schema), sizeof *names);
    size_t count = 0;
    const char *name;
    json_t *field;
    json_object_foreach ((json_t *)schema, name, field) {
        names[count++] = name;
    }
    qsort(names, count, sizeof *names, compare_names);
    for (size_t i = 0; i < count; i++) {
        print_field(names[i], json_object_get(schema, names[i]), depth, has_required);
    }
    free(names);
}

static void print_entry_line(const char *label, const json_t *v, const char *key)
{
    const char *text = json_get_text(v, key);
    if (text != NULL) {
        cli_print("%s: %s\n", label, text);
    }
}

static void print_access(const struct ops_entry *o, const json_t *v)
{
    struct account_words words = account_words(o->table);
    const char *access = json_get_text(v, "access");
    bool is_oauth = json_get_bool(v, "oauth_only", false);
    bool is_parents = access != NULL && words.parent != NULL && strcmp(access, words.parent) == 0;
    const char *whose = is_parents ? words.parent : words.one;
    if (is_parents || is_oauth) {
        cli_print("token: of %s %s%s\n", plural_article(whose), whose,
                  is_oauth ? ", by OAuth; a private integration token will not do" : "");
    }
}

static void print_section(const char *title, const json_t *schema, bool has_required)
{
    if (json_object_size(schema) > 0) {
        cli_print("%s\n", title);
        print_fields(schema, 0, has_required);
    }
}

/* Each line of the text, indented. */
static void print_indented(const char *title, const char *text)
{
    cli_print("%s\n", title);
    while (*text) {
        size_t len = strcspn(text, "\n");
        cli_print("    %.*s\n", (int)len, text);
        text += len + (text[len] == '\n');
    }
}

static void print_sample(const json_t *v)
{
    const json_t *sample = json_object_get(v, "sample");
    if (json_is_object(sample)) {
        char *text = json_dumps(sample, JSON_INDENT(2));
        print_indented("sample", text);
        free(text);
    }
}

static void print_facts(const struct ops_entry *o, const json_t *v)
{
    const char *method = json_get_text(v, "method"), *path = json_get_text(v, "path");
    if (method != NULL) {
        cli_print("%s %s\n", method, path != NULL ? path : "");
    }
    print_entry_line("type", v, "type");
    print_texts("scopes: ", json_object_get(v, "scopes"), " ");
    cli_print("%s", json_array_size(json_object_get(v, "scopes")) > 0 ? "\n" : "");
    print_access(o, v);
    print_entry_line("version", v, "version");
    print_entry_line("deprecated", v, "deprecated");
    print_entry_line("cannot be called", v, "unsupported");
    print_entry_line("note", v, "note");
}

void ops_entry_print(const struct ops_entry *o, const char *shown, const json_t *v)
{
    const char *summary = json_get_text(v, "summary"), *example = json_get_text(v, "example");
    cli_print("%s (%s%s)\n%s\n", shown, json_get_text(v, "kind"),
              json_get_bool(v, "core", false) ? ", core" : "", summary != NULL ? summary : "");
    print_facts(o, v);
    print_section("input", json_object_get(v, "input"), true);
    print_section("output", json_object_get(v, "output"), false);
    print_section("event", json_object_get(v, "fields"), false);
    if (example != NULL) {
        print_indented("example", example);
    }
    print_sample(v);
}
