/* `ladle ops`: the catalogue of triggers and actions, from the tables of connectors: those of the
 * project's scripts/connectors/ and those built into the program. In a project it lists what the
 * connections of ladle.yaml have, under the names that recipes use. A name may be a connection, a
 * connector, or one entry. Nothing is opened but the tables. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/commands.h"
#include "cli/ops_entry.h"

struct catalogue_list {
    struct cli *c;
    const struct project_hooks *hooks;
    struct project *project; /* NULL where there is none that loads */
    const char *entry;       /* only this one; NULL: all */
    bool is_known;           /* the connector that was named is there */
    bool has_triggers, has_actions;
    struct table *table; /* NULL with --json, and where one entry is asked for */
    size_t count;
};

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* --- filters --- */

static bool is_entry_kind(const struct catalogue_list *l, bool is_trigger)
{
    return is_trigger ? l->has_triggers : l->has_actions;
}

static bool has_entry_text(const json_t *v, const char *key, const char *wanted)
{
    const char *text = json_get_text(v, key);
    return text != NULL && strcasecmp(text, wanted) == 0;
}

/* Every word of the text, in any case, in the name, the path or the summary. */
static bool is_found(const json_t *v, const char *words)
{
    const char *use = json_get_text(v, "use"), *path = json_get_text(v, "path");
    const char *summary = json_get_text(v, "summary");
    char *all = xasprintf("%s %s %s %s", json_get_text(v, "name"), use != NULL ? use : "",
                          path != NULL ? path : "", summary != NULL ? summary : "");
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

static bool is_wanted_entry(const struct catalogue_list *l, const json_t *v)
{
    const struct cli *c = l->c;
    const char *area = cli_option(c, "area"), *method = cli_option(c, "method");
    const char *scope = cli_option(c, "scope"), *words = cli_option(c, "search");
    return (cli_option(c, "core") == NULL || json_get_bool(v, "core", false)) &&
           (area == NULL || has_entry_text(v, "area", area)) &&
           (method == NULL || has_entry_text(v, "method", method)) &&
           (scope == NULL || json_list_has_text(json_object_get(v, "scopes"), scope)) &&
           (words == NULL || is_found(v, words));
}

/* --- listing --- */

/* A window has no room for paths and scopes: the page of the entry has them. */
static void add_ops_row(struct catalogue_list *l, const char *shown, const json_t *v)
{
    struct buf scopes;
    buf_init(&scopes, 400);
    size_t i;
    json_t *text;
    json_array_foreach (json_object_get(v, "scopes"), i, text) {
        (void)buf_printf(&scopes, "%s%s", i > 0 ? " " : "",
                         json_string_value(text)); /* cut where it is long */
    }
    const char *name = shown, *kind = json_get_text(v, "kind");
    const char *summary = json_get_text(v, "summary");
    if (l->c->is_terminal) {
        table_row(l->table, (const char *const[]){ name, kind, summary, NULL });
    } else {
        table_row(l->table, (const char *const[]){ name, kind, json_get_text(v, "method"),
                                                   json_get_text(v, "path"), summary,
                                                   buf_text(&scopes), NULL });
    }
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
        char *shown = ops_entry_name(o);
        ops_entry_print(o, shown, v);
        free(shown);
    }
    json_decref(v);
}

static void print_entry(struct catalogue_list *l, const struct ops_entry *o)
{
    json_t *v = ops_entry_brief(o);
    if (v != NULL && is_wanted_entry(l, v)) {
        l->count++;
        if (l->table != NULL) {
            char *shown = ops_entry_name(o);
            add_ops_row(l, shown, v);
            free(shown);
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
            print_entry(l, &o);
        }
    }
    free(sorted);
    json_decref(names);
}

/* Where the list begins, all entries of one connector: those of the connection `owner`, or, where
 * that is NULL, those of the connector itself, with a connection of it for examples. */
struct source {
    const char *connector, *owner;
};

static const json_t *connections_of(const struct catalogue_list *l)
{
    return l->project != NULL ? l->project->connections : NULL;
}

/* The workspace and the engine are there without an entry in ladle.yaml. */
static bool is_always_there(const char *connector)
{
    return strcmp(connector, "records") == 0 || strcmp(connector, "ladle") == 0;
}

static bool is_of(const json_t *config, const char *connector)
{
    const char *of = json_get_text(config, "connector");
    return of != NULL && strcmp(of, connector) == 0;
}

/* The first connection of this connector; NULL: the project has none. */
static const char *connection_of(const struct catalogue_list *l, const char *connector)
{
    const char *name;
    json_t *config;
    json_object_foreach ((json_t *)connections_of(l), name, config) {
        if (is_of(config, connector)) {
            return name;
        }
    }
    return is_always_there(connector) ? connector : NULL;
}

static void list_source(struct catalogue_list *l, struct source from)
{
    struct areas areas = project_areas(l->hooks);
    const char *owner = from.owner != NULL ? from.owner : connection_of(l, from.connector);
    struct ops_entry o = {
        .connector = from.connector,
        .table = l->hooks->find_connector(l->hooks->ud, from.connector),
        .areas = &areas,
        .owner = owner,
        .config = owner != NULL ? json_object_get(connections_of(l), owner) : NULL,
        .is_by_owner = from.owner != NULL,
    };
    for (int is_trigger = 1; is_trigger >= 0; is_trigger--) {
        o.is_trigger = is_trigger;
        if (is_entry_kind(l, is_trigger)) {
            list_kind(l, o);
        }
    }
}

static void begin_ops_list(struct catalogue_list *l)
{
    static const char *const heads[] = {
        "NAME", "KIND", "METHOD", "PATH", "SUMMARY", "SCOPES", NULL
    };
    static const char *const narrow[] = { "NAME", "KIND", "SUMMARY", NULL };
    if (!l->c->is_json && l->entry == NULL) {
        l->table = table_new(l->c->is_terminal ? narrow : heads);
        table_cut_first(l->table);
    }
}

static void end_list(struct catalogue_list *l)
{
    if (l->table != NULL) {
        table_print(l->table, l->c);
    }
}

/* What the project's connections have. */
static void list_connections(struct catalogue_list *l)
{
    static const char *const own[] = { "records", "ladle" };
    const char *name;
    json_t *config;
    json_object_foreach ((json_t *)connections_of(l), name, config) {
        list_source(l, (struct source){ json_get_text(config, "connector"), name });
    }
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        if (json_object_get(connections_of(l), own[i]) == NULL) {
            list_source(l, (struct source){ own[i], own[i] });
        }
    }
}

/* Connectors by their own names: all, or those that the project has no connection of. */
static void list_connectors(struct catalogue_list *l)
{
    json_t *names = l->hooks->connector_names(l->hooks->ud);
    size_t i;
    json_t *name;
    json_array_foreach (names, i, name) {
        const char *connector = json_string_value(name);
        if (l->project == NULL || connection_of(l, connector) == NULL) {
            list_source(l, (struct source){ connector, NULL });
        }
    }
    json_decref(names);
}

/* --- command --- */

/* What a word names: a connection of ladle.yaml, so that "crm.create_task" works as in a recipe;
 * else a connector. Borrowed. */
static struct source source_of(const struct catalogue_list *l, const char *word)
{
    const char *found = json_get_text(json_object_get(connections_of(l), word), "connector");
    bool is_ours = found != NULL || (l->project != NULL && is_always_there(word));
    return (struct source){ found != NULL ? found : word, is_ours ? word : NULL };
}

/* What may be meant: an entry of a connector that is there, else a connector. The keys are all
 * names of that kind; yours. */
static json_t *words_near(const struct catalogue_list *l, const char *connector)
{
    struct areas areas = project_areas(l->hooks);
    json_t *all = l->hooks->connector_names(l->hooks->ud), *words = json_object();
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

static int no_such_connector(const struct catalogue_list *l, const char *connector)
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
    const struct source from = source_of(l, word);
    l->entry = dot != NULL ? dot + 1 : NULL;
    json_t *names = l->hooks->connector_names(l->hooks->ud);
    l->is_known = json_list_has_text(names, from.connector);
    if (l->is_known) {
        begin_ops_list(l);
        list_source(l, from);
        end_list(l);
    }
    int code = l->is_known && (l->count > 0 || dot == NULL) ? CLI_OK
                                                            : no_such_connector(l, from.connector);
    json_decref(names);
    free(word);
    return code;
}

/* --kind trigger is --triggers; both of them are none. */
static int read_kind_option(struct catalogue_list *l)
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

/* The project is asked for the names of its connections only. NULL where there is none; one that
 * does not load is `ladle check`'s business, but says why the names are others. */
static struct project *load_project(const struct catalogue_list *l)
{
    char *path = xasprintf("%s/ladle.yaml", l->c->folder);
    bool is_there = access(path, F_OK) == 0;
    free(path);
    struct diags *d = diags_new("ladle.yaml");
    struct project *p = is_there ? project_load(l->c->folder, l->hooks, d) : NULL;
    diags_free(d);
    if (is_there && p == NULL && !l->c->is_json) {
        (void)fputs(
            "ladle ops: ladle.yaml has errors (`ladle check` tells them), so connectors "
            "stand under their own names\n",
            stderr); /* nothing can be done where stderr is closed */
    }
    return p;
}

static void list_all(struct catalogue_list *l)
{
    begin_ops_list(l);
    if (l->project != NULL) {
        list_connections(l);
    }
    if (l->project == NULL || cli_option(l->c, "all") != NULL) {
        list_connectors(l);
    }
    end_list(l);
    if (l->c->is_terminal && !l->c->is_json && l->project != NULL &&
        cli_option(l->c, "all") == NULL) {
        cli_print(
            "\nWhat the connections of ladle.yaml have; --all adds what other connectors have.\n");
    }
}

static int run_ops(struct cli *c)
{
    struct catalogue_list l = { .c = c, .hooks = cli_hooks(c) };
    int code = read_kind_option(&l);
    if (code != CLI_OK) {
        return code;
    }
    l.project = load_project(&l);
    if (c->arg_count == 1) {
        code = list_named(&l, c->args[0]);
    } else {
        list_all(&l);
    }
    project_free(l.project);
    return code;
}

static const struct option options[] = {
    { "all", NULL, "also what connectors have of which ladle.yaml has no connection" },
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
    .summary = "Triggers and actions of the connections, with what they take",
    .help =
        "Without NAME, what the connections of ladle.yaml have, under the names that recipes use; "
        "outside a project\n"
        "what all connectors have, under theirs. NAME is a connection (crm), a connector "
        "(highlevel), or one entry of\n"
        "either (crm.create_task), which is then shown whole: its fields, scopes and token, a "
        "step that uses it, and\n"
        "of a trigger its sample. Several filters narrow the list together.\n"
        "--json: {name (with the connector) use (as in recipes, or null) kind area core method "
        "path scopes summary access oauth_only version "
        "deprecated\n"
        "unsupported input output example}, or of a trigger {type note fields example}, one a "
        "line.",
    .options = options,
    .run = run_ops,
    .examples =
        "  ladle ops highlevel --actions --core\n"
        "  ladle ops crm --area calendars --search appointment\n"
        "  ladle ops crm.create_task",
    .is_quiet = true,
};
