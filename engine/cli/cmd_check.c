/* `ladle check`: loads ladle.yaml, the recipes and what they use as the engine would, and the
 * project's own connectors with all of their areas, and prints every error of every file with its
 * place; and, as warnings, what is hardly meant so, and what the recipes need of their connections
 * and were not granted, as far as the store knows it. Nothing is started or written. Any bytes in a file
 * give errors, never more. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/plural.h"
#include "cli/commands.h"
#include "cli/schedule_view.h"
#include "daemon/trial.h"
#include "project/folder.h"
#include "recipe/grants.h"
#include "recipe/rights_list.h"

enum {
    TEXT_MAX = 8 << 20,
    NAMES_MAX = 2000,
    DEPTH_MAX = 8,
    HOSTS_TEXT_MAX = 4096,
    NEXT_TIMES = 3,
};

struct check {
    struct cli *c;
    const struct project *project;
    const struct project_hooks *hooks;
    struct buf text;              /* for people */
    struct buf times;             /* for people: when schedules come */
    json_t *schedules;            /* for programs */
    json_t *errors;               /* for programs */
    json_t *warnings;             /* for programs, too */
    json_t *gaps;                 /* what was not granted: warnings of another form */
    json_t *rights;               /* of recipes without errors: {recipe, rights} */
    struct connection_list *rows; /* of the store, or NULL */
    size_t error_count, warning_count;
    size_t files, recipes;
    bool is_project_wrong; /* ladle.yaml has errors */
};

/* --- errors --- */

/* The errors and the warnings of one file. */
static void add_errors(struct check *k, struct diags *d)
{
    k->error_count += d->count + d->dropped;
    k->warning_count += d->warning_count + d->warnings_dropped;
    diags_print(d, &k->text); /* what passes TEXT_MAX is only counted */
    json_t *list = diags_json(d), *warnings = diags_warnings_json(d);
    json_array_extend(k->errors, list);
    json_array_extend(k->warnings, warnings);
    json_decref(list);
    json_decref(warnings);
}

static void print_check_json(const struct check *k)
{
    json_t *v = json_object();
    json_object_set_new(v, "ok", json_boolean(k->error_count == 0));
    json_object_set_new(v, "files", json_integer((json_int_t)k->files));
    json_object_set_new(v, "recipes", json_integer((json_int_t)k->recipes));
    json_object_set(v, "errors", k->errors);
    json_t *warnings = json_copy(k->gaps);
    json_array_extend(warnings, k->warnings);
    json_object_set_new(v, "warnings", warnings);
    json_object_set(v, "schedules", k->schedules);
    cli_print_json(v);
    json_decref(v);
}

static void print_gaps(const json_t *gaps)
{
    size_t i;
    json_t *gap;
    json_array_foreach (gaps, i, gap) {
        const char *step = json_get_text(gap, "step");
        cli_print("%s:%d: warning: %s%s%s%s\n      = %s\n", json_get_text(gap, "file"),
                  (int)json_get_int(gap, "line", 0), step != NULL ? "step `" : "",
                  step != NULL ? step : "", step != NULL ? "`: " : "",
                  json_get_text(gap, "message"), json_get_text(gap, "hint"));
    }
}

/* What each recipe may do, before anybody runs it. */
static void print_sentences(const json_t *rights)
{
    size_t i;
    json_t *one;
    json_array_foreach ((json_t *)rights, i, one) {
        char *sentence = rights_sentence(json_object_get(one, "rights"));
        cli_print("%s: %s\n", json_get_text(one, "recipe"), sentence);
        free(sentence);
    }
}

static void print_check_text(const struct check *k)
{
    size_t warnings = json_array_size(k->gaps) + k->warning_count;
    cli_print("%s", buf_text(&k->text));
    print_gaps(k->gaps);
    print_sentences(k->rights);
    cli_print("%s", buf_text(&k->times));
    if (k->error_count > 0) {
        cli_print("%zu %s, ", k->error_count, plural((int64_t)k->error_count, "error", "errors"));
    } else {
        cli_print("no errors%s", warnings > 0 ? ", " : "");
    }
    if (warnings > 0) {
        cli_print("%zu %s%s", warnings, plural((int64_t)warnings, "warning", "warnings"),
                  k->error_count > 0 ? ", " : "");
    }
    if (k->error_count == 0) {
        cli_print(": %zu %s, ", k->recipes, plural((int64_t)k->recipes, "recipe", "recipes"));
    }
    cli_print("%zu %s checked\n", k->files, plural((int64_t)k->files, "file", "files"));
}

/* --- what was granted --- */

/* The store's rows of connections, or NULL. */
static struct connection_list *read_rows(const struct project *p)
{
    struct store *s = cli_store_if_there(p);
    if (s == NULL) {
        return NULL;
    }
    struct err e = ERR_INIT;
    struct connection_list *rows = connection_list_new();
    bool is_read = store_exec(s, &rows->op, &e) == 0;
    store_close(s);
    if (!is_read) {
        connection_list_free(rows);
    }
    return is_read ? rows : NULL;
}

static void add_gaps(struct check *k, const struct recipe *r)
{
    struct grants g = { .project = k->project, .hooks = k->hooks, .rows = k->rows };
    grants_add_gaps(&g, r, k->gaps);
}

/* A recipe that never runs is no error: its caller may have gone for a while. */
static void warn_of_idle(struct check *k, const struct recipe *r)
{
    if (r->can_start) {
        return;
    }
    json_t *v = json_pack("{s:n, s:s, s:s, s:i, s:n, s:n, s:[], s:s, s:s}", "connection", "recipe",
                          r->name, "file", r->file, "line", r->line, "step", "operation", "scopes",
                          "message", RECIPE_IDLE, "hint",
                          "give it a list of triggers, or call it from another recipe");
    json_array_append_new(k->gaps, v);
}

static void add_rights(struct check *k, const struct recipe *r)
{
    json_array_append_new(k->rights, json_pack("{s:s, s:o}", "recipe", r->name, "rights",
                                               rights_list(r, k->project, k->hooks)));
}

static void add_times(void *ud, const struct shown_schedule *s)
{
    struct check *k = ud;
    int64_t now_us = clock_wall_us();
    char *text = schedule_view_text(s, now_us, NEXT_TIMES);
    (void)buf_puts(&k->times, text); /* what passes TEXT_MAX is left out */
    json_array_append_new(k->schedules, schedule_view_json(s, now_us, NEXT_TIMES));
    free(text);
}

/* What is to be told of a recipe without errors. */
static void add_findings(struct check *k, const struct recipe *r)
{
    add_rights(k, r);
    add_gaps(k, r);
    warn_of_idle(k, r);
    schedule_view_each(r, add_times, k);
}

/* --- connectors --- */

/* Every file that the index names is there and has what the index says. */
static void check_index(struct check *k, const char *name, const json_t *table)
{
    struct areas areas = project_areas(k->hooks);
    json_t *names = json_object_get(areas_index(&areas, table), "operations");
    char *index = xasprintf("scripts/connectors/%s/index.lua", name);
    char *shown = project_shown_in(k->c->folder, index);
    struct diags *d = diags_new(shown);
    free(shown);
    const char *operation;
    json_t *area;
    json_object_foreach (names, operation, area) {
        if (!areas_operation(&areas, table, operation)) {
            diags_add(d, 0, 0, NULL,
                      "`operations.%.60s` is said to stand in %.60s.lua, which has errors or does "
                      "not have it",
                      operation, json_string_value(area));
        }
    }
    add_errors(k, d);
    diags_free(d);
    free(index);
}

static void add_missing_index(struct check *k, const char *name, const char *index)
{
    char *file = xasprintf("scripts/connectors/%s.lua", name);
    char *shown = project_shown_in(k->c->folder, file);
    struct diags *d = diags_new(shown);
    free(shown);
    diags_add(d, 0, 0, NULL, "it says `areas = true`, and there is no scripts/%s.lua", index);
    add_errors(k, d);
    diags_free(d);
    free(file);
}

static void check_areas(struct check *k, const char *name, const json_t *table)
{
    if (!json_is_true(json_object_get(table, "areas"))) {
        return;
    }
    char *events = xasprintf("%s/events", name), *index = xasprintf("connectors/%s/index", name);
    (void)k->hooks->find_part(k->hooks->ud, events); /* there need not be one */
    size_t len;
    char *text = k->hooks->find_source(k->hooks->ud, index, &len);
    if (text) {
        check_index(k, name, table);
    } else {
        add_missing_index(k, name, index);
    }
    free(text);
    free(index);
    free(events);
}

/* A connector of the project's own, whether something uses it or not, with all of its areas. */
static void check_connector(struct check *k, const char *file)
{
    size_t len = strlen(file);
    if (len < sizeof ".lua" || strcmp(file + len - 4, ".lua") != 0) {
        return;
    }
    char *name = xstrndup(file, len - 4);
    const json_t *table = k->hooks->find_connector(k->hooks->ud, name);
    k->files++;
    if (table) {
        check_areas(k, name, table);
    }
    free(name);
}

static void check_connectors(struct check *k)
{
    char *path = xasprintf("%s/scripts/connectors", k->c->folder);
    size_t count;
    struct err e = ERR_INIT; /* no folder: no connectors */
    char **names = folder_names(path, NAMES_MAX, &count, &e);
    for (size_t i = 0; names && i < count; i++) {
        check_connector(k, names[i]);
    }
    if (names) {
        folder_free_names(names);
    }
    free(path);
}

/* The project's other scripts: those that recipes use were read with them. */
static void check_scripts(struct check *k)
{
    char *path = xasprintf("%s/scripts", k->c->folder);
    size_t count;
    struct err e = ERR_INIT; /* no folder: no scripts */
    char **names = folder_names(path, NAMES_MAX, &count, &e);
    for (size_t i = 0; names != NULL && i < count; i++) {
        if (folder_ends_with(names[i], ".lua")) {
            char *name = xstrndup(names[i], strlen(names[i]) - strlen(".lua"));
            catalogue_check_script(k->c->catalogue, name);
            free(name);
        }
    }
    if (names != NULL) {
        folder_free_names(names);
    }
    free(path);
}

/* What was wrong with files that were read on the way. */
static void add_catalogue_errors(struct check *k)
{
    struct diags *d;
    for (size_t i = 0; (d = catalogue_errors(k->c->catalogue, i)) != NULL; i++) {
        add_errors(k, d);
    }
}

/* --- recipes --- */

static int check_all_recipes(struct check *k)
{
    struct err e = ERR_INIT;
    struct recipe_set set = { .count = 0 };
    if (recipe_set_load(&set, k->project, k->hooks, &e) == -1) {
        return cli_fail(k->c, &e);
    }
    k->recipes = set.count;
    k->files += set.count + set.diag_count + 1;
    if (set.unknown != NULL) {
        k->is_project_wrong = true;
        add_errors(k, set.unknown);
    }
    for (size_t i = 0; i < set.diag_count; i++) {
        add_errors(k, set.diags[i]);
    }
    for (size_t i = 0; i < set.warned_count; i++) {
        add_errors(k, set.warned[i]);
    }
    for (size_t i = 0; i < set.count; i++) {
        add_findings(k, set.recipes[i]);
    }
    recipe_set_fini(&set);
    return CLI_OK;
}

static void check_file(struct check *k, const char *path)
{
    struct diags *d = diags_new(path);
    struct recipe *r = recipe_load(path, k->project, k->hooks, d);
    k->files++;
    if (r != NULL) {
        k->recipes++;
        add_findings(k, r);
        recipe_free(r);
    }
    add_errors(k, d);
    diags_free(d);
}

static bool is_recipe_name(const char *name)
{
    static const char test[] = "_test.yaml", yaml[] = ".yaml";
    size_t len = strlen(name);
    bool is_yaml = len > sizeof yaml - 1 && strcmp(name + len - (sizeof yaml - 1), yaml) == 0;
    bool is_test = len > sizeof test - 1 && strcmp(name + len - (sizeof test - 1), test) == 0;
    return is_yaml && !is_test && strcmp(name, "ladle.yaml") != 0;
}

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* A folder's recipes, and those of the folders in it; field maps (maps/) are read where a recipe
 * uses them. */
static int check_folder(struct check *k, const char *path, int depth)
{
    struct err e = ERR_INIT;
    size_t count;
    char **names = folder_names(path, NAMES_MAX, &count, &e);
    if (names == NULL) {
        return cli_fail(k->c, &e);
    }
    int code = CLI_OK;
    for (size_t i = 0; i < count && code == CLI_OK; i++) {
        char *inner = project_shown_in(path, names[i]);
        if (!is_folder(inner)) {
            if (is_recipe_name(names[i])) {
                check_file(k, inner);
            }
        } else if (depth < DEPTH_MAX && strcmp(names[i], "maps") != 0) {
            code = check_folder(k, inner, depth + 1);
        }
        free(inner);
    }
    folder_free_names(names);
    return code;
}

/* ladle.yaml itself was checked before. */
static bool is_project_file(const char *path)
{
    const char *slash = strrchr(path, '/');
    return strcmp(slash != NULL ? slash + 1 : path, "ladle.yaml") == 0;
}

static int check_recipe_path(struct check *k, const char *path)
{
    if (access(path, F_OK) == -1) {
        return cli_usage(k->c, "%s: there is no such file or folder", path);
    }
    if (is_folder(path)) {
        return check_folder(k, path, 0);
    }
    if (is_project_file(path)) {
        k->files++;
    } else {
        check_file(k, path);
    }
    return CLI_OK;
}

/* --- command --- */

static int check_recipes(struct check *k)
{
    if (k->c->arg_count == 0) {
        check_connectors(k);
        int code = check_all_recipes(k);
        check_scripts(k);
        return code;
    }
    int code = CLI_OK;
    for (int i = 0; i < k->c->arg_count && code == CLI_OK; i++) {
        code = check_recipe_path(k, k->c->args[i]);
    }
    return code;
}

static char *hosts_text(const json_t *hosts)
{
    struct buf out;
    buf_init(&out, HOSTS_TEXT_MAX);
    size_t i;
    json_t *host;
    json_array_foreach ((json_t *)hosts, i, host) {
        (void)buf_printf(&out, "%s%s", i > 0 ? " " : "", json_string_value(host)); /* full: cut */
    }
    char *text = xstrdup(buf_text(&out));
    buf_fini(&out);
    return text;
}

static void add_rights_rows(struct table *t, const json_t *recipe)
{
    size_t i;
    json_t *right;
    json_array_foreach (json_object_get(recipe, "rights"), i, right) {
        char *hosts = hosts_text(json_object_get(right, "hosts"));
        table_row(t, (const char *const[]){ json_get_text(recipe, "recipe"),
                                            json_get_text(right, "kind"),
                                            json_get_text(right, "connection"),
                                            json_get_text(right, "operation"), hosts });
        free(hosts);
    }
}

static void print_rights_table(const struct check *k)
{
    static const char *const heads[] = {
        "RECIPE", "KIND", "CONNECTION", "OPERATION", "HOSTS", NULL
    };
    struct table *t = table_new(heads);
    size_t i;
    json_t *one;
    json_array_foreach (k->rights, i, one) {
        add_rights_rows(t, one);
    }
    table_print(t, k->c);
}

static void print_rights(const struct check *k)
{
    size_t i;
    json_t *one;
    if (!k->c->is_json) {
        print_rights_table(k);
        return;
    }
    json_array_foreach (k->rights, i, one) {
        cli_print_json(one);
    }
}

/* The table of rights takes the place of the report where there is nothing to complain of. */
static int print_report(struct check *k)
{
    add_catalogue_errors(k);
    if (cli_option(k->c, "rights") != NULL && k->error_count == 0) {
        print_rights(k);
    } else if (k->c->is_json) {
        print_check_json(k);
    } else {
        print_check_text(k);
    }
    return k->error_count == 0 ? CLI_OK : CLI_NO;
}

/* Who names recipes asks for these: they can be right where secrets are not set. */
static bool is_start_meant(const struct cli *c)
{
    bool is_meant = c->arg_count == 0;
    for (int i = 0; i < c->arg_count; i++) {
        is_meant = is_meant || is_project_file(c->args[i]);
    }
    return is_meant;
}

/* What is wrong with ladle.yaml, with what only shows when the engine starts. */
static struct project *check_settings(struct check *k)
{
    struct diags *d = cli_diags(k->c);
    struct project *p = project_read(k->c->folder, k->hooks, d);
    if (p != NULL && is_start_meant(k->c)) {
        trial_run(p, d);
    }
    k->is_project_wrong = d->count > 0;
    add_errors(k, d);
    diags_free(d);
    return p;
}

static int check_project(struct check *k)
{
    int code = CLI_OK;
    struct project *p = check_settings(k);
    if (p != NULL) {
        k->project = p;
        k->rows = read_rows(p);
        code = check_recipes(k);
    } else {
        k->files = 1;
        check_connectors(k);
    }
    code = code == CLI_OK ? print_report(k) : code;
    project_free(p);
    /* Nothing works without ladle.yaml, so it is more than a failed check. */
    return k->is_project_wrong ? CLI_USAGE : code;
}

static int run_check(struct cli *c)
{
    struct check k = { .c = c,
                       .hooks = cli_hooks(c),
                       .errors = json_array(),
                       .warnings = json_array(),
                       .gaps = json_array(),
                       .rights = json_array(),
                       .schedules = json_array() };
    buf_init(&k.text, TEXT_MAX);
    buf_init(&k.times, TEXT_MAX);
    catalogue_keep_errors(c->catalogue);
    int code = check_project(&k);
    buf_fini(&k.text);
    buf_fini(&k.times);
    json_decref(k.schedules);
    json_decref(k.errors);
    json_decref(k.warnings);
    json_decref(k.gaps);
    json_decref(k.rights);
    if (k.rows != NULL) {
        connection_list_free(k.rows);
    }
    return code;
}

static const struct option options[] = {
    { "rights", NULL, "who reads, creates, changes and deletes where, and what is sent where" },
    { NULL, NULL, NULL },
};

const struct command cmd_check = {
    .name = "check",
    .args = "[PATH…]",
    .args_min = 0,
    .args_max = -1,
    .summary = "Find every error in ladle.yaml, recipes, connectors and scripts",
    .help =
        "Without PATH, all recipes and connectors of the project; else the files named, and the "
        "recipes in\n"
        "the folders named.\n"
        "Every error of a file is told at once, with file:line:column, the line and what to do.\n"
        "Without PATH, what `ladle run` would refuse is found too: secrets that are not set, "
        "settings that cannot\n"
        "work. A warning tells what is hardly meant so (a field that no event of the trigger is "
        "known "
        "to have), what a\n"
        "step needs and its connection was not granted (scopes, and kinds of tokens), and a recipe "
        "that nothing starts.\n"
        "A line for each recipe says what it may do; --rights prints it as a table. A run that "
        "reaches for\n"
        "anything else is ended, as `forbidden`.\n"
        "Of each schedule it prints what it means, as a sentence, and the next three times.\n"
        "Exit code 1 where a recipe has errors, 2 where ladle.yaml has, or a connector that it "
        "uses.\n"
        "--json: {ok files recipes errors:[{file line column message hint}] warnings:[{file line "
        "message hint}]\n"
        "schedules:[{file line recipe schedule sentence next}]}; a warning has its column too, or "
        "connection, recipe, step, operation and scopes.\n"
        "--rights --json: {recipe rights[{connection operation kind hosts}]}, one a line; kind is "
        "read, create,\n"
        "change, delete, send, wait, or any (operation `*`: a script computes which).",
    .options = options,
    .run = run_check,
    .examples =
        "  ladle check\n"
        "  ladle check recipes/contact-sync.yaml --json\n"
        "  ladle check --rights",
    .is_quiet = true,
};
