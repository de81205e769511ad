/* `ladle ops`: the catalogue of triggers and actions, from the tables of all connectors: those of
 * the project's scripts/connectors/ and those built into the program. A name may be a connector, a
 * connection of the project, or one entry. Nothing is opened but the tables. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "cli/commands.h"
#include "cli/ops_entry.h"
#include "project/folder.h"
#include "script/embed.h"

enum { CONNECTORS_MAX = 1000, NAME_MAX_LEN = 64 };

struct catalogue_list {
    struct cli *c;
    const struct project_hooks *hooks;
    struct project *project; /* NULL where there is none that loads */
    const char *owner;       /* the connection that was named, or NULL */
    const char *entry;       /* only this one; NULL: all */
    bool is_known;           /* the connector that was named is there */
    bool has_triggers, has_actions;
    struct table *table; /* NULL with --json, and where one entry is asked for */
    size_t count;
};

/* --- connectors --- */

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
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
    if (len < 5 || len > NAME_MAX_LEN || strcmp(file + len - 4, ".lua") != 0 ||
        strchr(file, '/') != NULL) {
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
    for (size_t i = 0; files != NULL && i < count; i++) {
        add_name(names, files[i]);
    }
    if (files != NULL) {
        folder_free_names(files);
    }
    free(path);
    return names;
}

/* --- filters --- */

static bool is_kind(const struct catalogue_list *l, bool is_trigger)
{
    return is_trigger ? l->has_triggers : l->has_actions;
}

static bool is_text(const json_t *v, const char *key, const char *wanted)
{
    const char *text = json_get_text(v, key);
    return text != NULL && strcasecmp(text, wanted) == 0;
}

static bool has_scope(const json_t *v, const char *scope)
{
    size_t i;
    json_t *one;
    json_array_foreach (json_object_get(v, "scopes"), i, one) {
        if (json_is_string(one) && strcmp(json_string_value(one), scope) == 0) {
            return true;
        }
    }
    return false;
}

/* Every word of the text, in any case, in the name, the path or the summary. */
static bool is_found(const json_t *v, const char *words)
{
    char *all = xasprintf("%s %s %s", json_get_text(v, "name"),
                          json_get_text(v, "path") != NULL ? json_get_text(v, "path") : "",
                          json_get_text(v, "summary") != NULL ? json_get_text(v, "summary") : "");
    bool is_in = true;
    while (*words && is_in) {
        size_t len = strcspn(words, " ");
        char *word = xstrndup(words, len);
        is_in = strcasestr(all, word) != NULL;
        free(word);
        words += len + (words[len] == ' ');
    }
    free(all);
    return is_in;
}

static bool is_wanted(const struct catalogue_list *l, const json_t *v)
{
    const struct cli *c = l->c;
    const char *area = cli_option(c, "area"), *method = cli_option(c, "method");
    const char *scope = cli_option(c, "scope"), *words = cli_option(c, "search");
    return (cli_option(c, "core") == NULL || json_get_bool(v, "core", false)) &&
           (area == NULL || is_text(v, "area", area)) &&
           (method == NULL || is_text(v, "method", method)) &&
           (scope == NULL || has_scope(v, scope)) && (words == NULL || is_found(v, words));
}

/* --- listing --- */

static void add_row(struct catalogue_list *l, const json_t *v)
{
    struct buf scopes;
    buf_init(&scopes, 400);
    size_t i;
    json_t *text;
    json_array_foreach (json_object_get(v, "scopes"), i, text) {
        (void)buf_printf(&scopes, "%s%s", i > 0 ? " " : "",
                         json_string_value(text)); /* cut where it is long */
    }
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

static void print_whole(struct catalogue_list *l, const struct ops_entry *o)
{
    json_t *v = ops_entry_whole(o);
    if (l->entry != NULL) {
        ops_entry_add_sample(o, l->c->folder, v);
    }
    if (l->c->is_json) {
        cli_print_json(v);
    } else {
        ops_entry_print(v);
    }
    json_decref(v);
}

static void print_one(struct catalogue_list *l, const struct ops_entry *o)
{
    json_t *v = ops_entry_brief(o);
    if (v != NULL && is_wanted(l, v)) {
        l->count++;
        if (l->table != NULL) {
            add_row(l, v);
        } else {
            print_whole(l, o);
        }
    }
    json_decref(v);
}

/* The entries of one kind in the order of their names, as Lua tables have none. */
static void list_kind(struct catalogue_list *l, struct ops_entry o)
{
    json_t *names = areas_names(o.areas, o.table, o.is_trigger ? "events" : "operations");
    const char **sorted = xcalloc(json_object_size(names) + 1, sizeof *sorted);
    size_t count = 0;
    const char *name;
    json_t *v;
    json_object_foreach (names, name, v) {
        sorted[count++] = name;
    }
    qsort(sorted, count, sizeof *sorted, compare_texts);
    for (size_t i = 0; i < count; i++) {
        o.name = sorted[i];
        if (l->entry == NULL || strcmp(l->entry, sorted[i]) == 0) {
            print_one(l, &o);
        }
    }
    free(sorted);
    json_decref(names);
}

/* A connection of ladle.yaml that is of this connector, for examples: its name and its config. */
static void find_connection(const struct catalogue_list *l, struct ops_entry *o)
{
    o->owner = o->connector;
    const char *name;
    json_t *config;
    json_object_foreach (l->project != NULL ? l->project->connections : NULL, name, config) {
        const char *connector = json_get_text(config, "connector");
        bool is_named = l->owner == NULL || strcmp(l->owner, name) == 0;
        if (connector != NULL && strcmp(connector, o->connector) == 0 && is_named) {
            o->owner = name;
            o->config = config;
            return;
        }
    }
}

static void list_connector(struct catalogue_list *l, const char *name)
{
    struct areas areas = project_areas(l->hooks);
    struct ops_entry o = {
        .connector = name,
        .table = l->hooks->find_connector(l->hooks->ud, name),
        .areas = &areas,
    };
    find_connection(l, &o);
    for (int is_trigger = 1; is_trigger >= 0; is_trigger--) {
        o.is_trigger = is_trigger;
        if (is_kind(l, is_trigger)) {
            list_kind(l, o);
        }
    }
}

static void list_connectors(struct catalogue_list *l, const char *only)
{
    static const char *const heads[] = {
        "NAME", "KIND", "METHOD", "PATH", "SUMMARY", "SCOPES", NULL
    };
    json_t *names = connector_names(l->c->folder);
    l->table = l->c->is_json || l->entry != NULL ? NULL : table_new(heads);
    size_t i;
    json_t *name;
    json_array_foreach (names, i, name) {
        if (only == NULL || strcmp(only, json_string_value(name)) == 0) {
            list_connector(l, json_string_value(name));
        }
    }
    if (l->table != NULL) {
        table_print(l->table, l->c);
    }
    json_decref(names);
}

/* --- command --- */

/* The connector of a connection that ladle.yaml names, so that "crm.create_task" works as in a
 * recipe; else the word itself. Borrowed. */
static const char *connector_of(struct catalogue_list *l, const char *word)
{
    const json_t *connections = l->project != NULL ? l->project->connections : NULL;
    const char *found = json_get_text(json_object_get(connections, word), "connector");
    l->owner = found != NULL ? word : NULL;
    return found != NULL ? found : word;
}

/* What may be meant: an entry of a connector that is there, else a connector. The keys are all
 * names of that kind; yours. */
static json_t *words_near(const struct catalogue_list *l, const char *connector)
{
    struct areas areas = project_areas(l->hooks);
    json_t *all = connector_names(l->c->folder), *words = json_object();
    if (l->entry != NULL && l->is_known) {
        const json_t *table = l->hooks->find_connector(l->hooks->ud, connector);
        json_t *actions = areas_names(&areas, table, "operations");
        json_t *triggers = areas_names(&areas, table, "events");
        json_object_update(words, actions);
        json_object_update(words, triggers);
        json_decref(actions);
        json_decref(triggers);
    } else {
        size_t i;
        json_t *name;
        json_array_foreach (all, i, name) {
            json_object_set_new(words, json_string_value(name), json_true());
        }
    }
    json_decref(all);
    return words;
}

static int no_such(const struct catalogue_list *l, const char *connector)
{
    json_t *all = words_near(l, connector);
    const char **words = xcalloc(json_object_size(all) + 1, sizeof *words);
    size_t count = 0;
    const char *name;
    json_t *v;
    json_object_foreach (all, name, v) {
        words[count++] = name;
    }
    const char *close = diag_closest(l->is_known && l->entry != NULL ? l->entry : connector, words);
    struct err e;
    (void)err_set(&e, ERR_NOT_FOUND,
                  "there is no connector, connection or operation \"%.80s\"%s%s%s", l->c->args[0],
                  close != NULL ? "; is \"" : "; `ladle ops` lists them",
                  close != NULL ? close : "", close != NULL ? "\" meant?" : "");
    free(words);
    json_decref(all);
    return cli_fail(l->c, &e);
}

/* The last name that an action or trigger may have stands behind the first dot. */
static int list_named(struct catalogue_list *l, const char *arg)
{
    const char *dot = strchr(arg, '.');
    char *word = xstrndup(arg, dot != NULL ? (size_t)(dot - arg) : strlen(arg));
    const char *connector = connector_of(l, word);
    l->entry = dot != NULL ? dot + 1 : NULL;
    json_t *names = connector_names(l->c->folder);
    l->is_known = has_name(names, connector);
    if (l->is_known) {
        list_connectors(l, connector);
    }
    int code = l->is_known && (l->count > 0 || dot == NULL) ? CLI_OK : no_such(l, connector);
    json_decref(names);
    free(word);
    return code;
}

/* --kind trigger is --triggers; both of them are none. */
static int read_kind(struct catalogue_list *l)
{
    const char *kind = cli_option(l->c, "kind");
    if (kind != NULL && strcmp(kind, "trigger") != 0 && strcmp(kind, "action") != 0) {
        return cli_usage(l->c, "--kind %s: it is trigger or action", kind);
    }
    bool only_triggers = cli_option(l->c, "triggers") != NULL || (kind != NULL && *kind == 't');
    bool only_actions = cli_option(l->c, "actions") != NULL || (kind != NULL && *kind == 'a');
    l->has_triggers = !only_actions || only_triggers;
    l->has_actions = !only_triggers || only_actions;
    return CLI_OK;
}

/* The project is asked for the names of its connections only; its errors are not this command's
 * business. */
static struct project *load_project(const struct catalogue_list *l)
{
    struct diags *d = diags_new("ladle.yaml");
    struct project *p = project_load(l->c->folder, l->hooks, d);
    diags_free(d);
    return p;
}

static int run(struct cli *c)
{
    struct catalogue_list l = { .c = c, .hooks = cli_hooks(c) };
    int code = read_kind(&l);
    if (code != CLI_OK) {
        return code;
    }
    l.project = load_project(&l);
    if (c->arg_count == 1) {
        code = list_named(&l, c->args[0]);
    } else {
        list_connectors(&l, NULL);
    }
    project_free(l.project);
    return code;
}

static const struct option options[] = {
    { "triggers", NULL, "only triggers" },
    { "actions", NULL, "only actions" },
    { "kind", "KIND", "the same in a word: trigger or action" },
    { "core", NULL,
      "only the core set: what contacts, businesses and opportunities need, and all events" },
    { "area", "AREA", "only actions of this area, such as calendars" },
    { "method", "METHOD", "only actions that are called by it, such as GET" },
    { "scope", "SCOPE", "only actions that need this scope" },
    { "search", "WORDS", "only what has all of them in its name, path or summary" },
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
        "(crm.create_task), which is then shown whole: its fields, scopes and token, a step that "
        "uses it, and of\n"
        "a trigger its sample. Several filters narrow the list together.\n"
        "--json: {name kind area core method path scopes summary access oauth_only version "
        "deprecated\n"
        "unsupported input output example}, or of a trigger {type note fields example}, one a "
        "line.",
    .options = options,
    .run = run,
    .examples =
        "  ladle ops highlevel --actions --core\n"
        "  ladle ops crm --area calendars --search appointment\n"
        "  ladle ops crm.create_task",
    .is_quiet = true,
};
