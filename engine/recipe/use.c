/* Reads what a recipe refers to outside of itself: the connection and the operation of a step, the
 * connection and the event of a trigger, the script of a step. They are looked up in the
 * connectors' tables, through the hooks, so that a misspelt name is found when the recipe is
 * loaded. Names point into the reference's own text; tables are borrowed from the hooks. */

#include "recipe/use.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "connector/connector.h"
#include "connector/paging.h"
#include "script/catalog.h"

enum { REFERENCE_MAX = 200, MODULES_MAX = 100, MODULE_NAME_MAX = 64 };

void reference_fini(struct reference *r)
{
    free(r->text);
    *r = (struct reference){ 0 };
}

static bool split_use(struct check *c, const struct yaml *y, const char *what, const char *example,
                      struct reference *out)
{
    if (!check_text(c->diags, y, what)) {
        return false;
    }
    out->text = xstrdup(y->text);
    char *dot = strchr(out->text, '.');
    if (dot == NULL || dot == out->text || !dot[1] || y->len > REFERENCE_MAX) {
        check_error(c->diags, y, example, "%s takes connection.name, not `%s`", what, SHOW(y));
        return false;
    }
    *dot = '\0';
    out->owner = out->text;
    out->name = dot + 1;
    return true;
}

/* The connector behind the reference's owner; NULL with the error recorded. `records` and `ladle`
 * are there without a line in `needs`. */
static const char *find_owner(struct check *c, const struct yaml *y, const char *owner)
{
    const char *connector = json_get_text(c->needs, owner);
    if (connector != NULL) {
        return connector;
    }
    if (strcmp(owner, "records") == 0 || strcmp(owner, "ladle") == 0) {
        return owner;
    }
    if (json_object_get(c->needs, owner) == NULL) {
        check_unknown_member(c->diags, y, owner, c->needs,
                             "`%.60s` is no connection of this recipe: `needs` does not name it",
                             owner);
    }
    return NULL;
}

static json_t *find_table(struct check *c, const json_t *connector, const char *list,
                          const char *name)
{
    struct areas areas = project_areas(c->hooks);
    return strcmp(list, "events") == 0 ? areas_event(&areas, connector, name)
                                       : areas_operation(&areas, connector, name);
}

/* The index may say where an operation stands whose file has errors. */
static bool tell_broken_area(struct check *c, const struct yaml *y, const struct reference *r,
                             const json_t *connector, const char *list)
{
    struct areas areas = project_areas(c->hooks);
    const json_t *names = json_object_get(areas_index(&areas, connector), "operations");
    const char *area = strcmp(list, "operations") == 0 ? json_get_text(names, r->name) : NULL;
    if (area) {
        check_error(c->diags, y, NULL,
                    "%s.%.60s stands in scripts/connectors/%s/%.60s.lua, which has errors or does "
                    "not have it",
                    r->owner, r->name, r->connector, area);
    }
    return area != NULL;
}

static void tell_unknown(struct check *c, const struct yaml *y, const struct reference *r,
                         const json_t *connector, const char *list)
{
    if (tell_broken_area(c, y, r, connector, list)) {
        return;
    }
    struct areas areas = project_areas(c->hooks);
    json_t *names = areas_names(&areas, connector, list);
    check_unknown_member(c->diags, y, r->name, names, "%s has no %.*s `%.60s`", r->connector,
                         (int)strlen(list) - 1, list, r->name);
    json_decref(names);
}

/* Looks the name up among the connector's `list`: its operations or its events. */
static bool find_member(struct check *c, const struct yaml *y, struct reference *r,
                        const char *list)
{
    r->connector = find_owner(c, y, r->owner);
    if (r->connector == NULL) {
        return false;
    }
    if (c->hooks == NULL || c->hooks->find_connector == NULL) {
        return true;
    }
    json_t *connector = c->hooks->find_connector(c->hooks->ud, r->connector);
    if (connector == NULL) {
        /* A need of an unknown connector is told at the need. */
        if (!json_object_get(c->needs, r->owner)) {
            check_no_connector(c->diags, c->hooks, y, r->connector);
        }
        return false;
    }
    r->table = find_table(c, connector, list, r->name);
    if (r->table == NULL) {
        tell_unknown(c, y, r, connector, list);
    }
    return r->table != NULL;
}

static bool find_script(struct check *c, const struct yaml *y, struct reference *r)
{
    if (!name_is_valid(r->name, strlen(r->name))) {
        check_error(c->diags, y, "scripts/score_lead.lua is used as scripts.score_lead",
                    "`%.60s` is no valid name for a script", r->name);
        return false;
    }
    if (c->hooks == NULL || c->hooks->find_action == NULL) {
        return true;
    }
    r->table = c->hooks->find_action(c->hooks->ud, r->name);
    if (r->table != NULL) {
        return true;
    }
    size_t len = 0;
    char *text =
        c->hooks->find_source != NULL ? c->hooks->find_source(c->hooks->ud, r->name, &len) : NULL;
    if (text != NULL) { /* what is wrong with it is told by who read it */
        check_error(c->diags, y, "mend the script; its own error is told with file and line",
                    "scripts/%s.lua does not load", r->name);
    } else {
        check_error(c->diags, y,
                    "a script returns a table with name, summary, input, output and run",
                    "there is no scripts/%s.lua", r->name);
    }
    free(text);
    return false;
}

/* Some operations are listed and cannot be called: they say why. */
static bool check_supported(struct check *c, const struct yaml *y, const struct reference *r)
{
    const char *why = json_get_text(r->table, "unsupported");
    if (why != NULL) {
        check_error(c->diags, y, NULL, "%s.%s cannot be called from here: %s", r->owner, r->name,
                    why);
    }
    return why == NULL;
}

bool reference_action(struct check *c, const struct yaml *y, struct reference *out)
{
    *out = (struct reference){ 0 };
    if (!split_use(c, y, "`use`",
                   "such as crm.create_task, records.upsert_task or scripts.score_lead", out)) {
        return false;
    }
    if (strcmp(out->owner, "scripts") == 0) {
        return find_script(c, y, out);
    }
    return find_member(c, y, out, "operations") && check_supported(c, y, out);
}

/* An event that is listed may never come all the same: the connection takes no webhooks, or its own
 * rule for the event fits nothing. */
static bool check_can_come(struct check *c, const struct yaml *y, const struct reference *r)
{
    if (r->table == NULL || json_is_true(json_object_get(r->table, "internal"))) {
        return true;
    }
    const char *key = NULL;
    const json_t *connector = c->hooks->find_connector(c->hooks->ud, r->connector);
    const json_t *config =
        c->project != NULL ? json_object_get(c->project->connections, r->owner) : NULL;
    if (json_object_get(connector, "webhook") == NULL) {
        check_error(c->diags, y, "the connector's table needs `webhook`",
                    "%s.%s cannot come: %s takes no webhooks", r->owner, r->name, r->connector);
        return false;
    }
    if (config == NULL || connector_event_can_match(r->table, config, &key)) {
        return true;
    }
    char *hint = xasprintf("in ladle.yaml, give the connection a condition, such as `%s`",
                           key != NULL ? key : r->name);
    check_error(c->diags, y, hint, "%s.%s cannot come: nothing fits the connection's rule for it",
                r->owner, r->name);
    free(hint);
    return false;
}

bool reference_event(struct check *c, const struct yaml *y, const char *what, struct reference *out)
{
    *out = (struct reference){ 0 };
    return split_use(c, y, what, "such as crm.contact_created", out) &&
           find_member(c, y, out, "events") && check_can_come(c, y, out);
}

void reference_pages(struct check *c, const struct yaml *y, const char *name, size_t len)
{
    struct reference r = { .text = xstrndup(name, len) };
    char *dot = strchr(r.text, '.');
    if (dot == NULL || dot == r.text || !dot[1] || len > REFERENCE_MAX) {
        check_error(c->diags, y, "such as pages(crm.search_contacts_advanced, { … })",
                    "`pages` takes connection.name, not `%.60s`", r.text);
        reference_fini(&r);
        return;
    }
    *dot = '\0';
    r.owner = r.text;
    r.name = dot + 1;
    if (find_member(c, y, &r, "operations") && r.table != NULL) {
        json_t *paging = paging_of(r.table);
        if (paging == NULL) {
            check_error(c->diags, y, "use it as a step, and go through its output with `each`",
                        "%s.%s does not answer in pages", r.owner, r.name);
        }
        json_decref(paging);
    }
    reference_fini(&r);
}

/* --- scripts --- */

static char *find_module_text(struct check *c, const char *name, size_t *len)
{
    char *path = xstrdup(name);
    for (char *p = path; *p; p++) {
        *p = *p == '.' ? '/' : *p;
    }
    char *text = c->hooks->find_source(c->hooks->ud, path, len);
    free(path);
    return text;
}

/* Whether the engine brings this module along, and the project has none of its own in its place. */
static bool is_built_in(struct check *c, const char *name)
{
    size_t own_len = 0, len = 0;
    char *own = find_module_text(c, name, &own_len);
    char *path = xstrdup(name);
    for (char *p = path; *p; p++) {
        *p = *p == '.' ? '/' : *p;
    }
    char *built_in = source_find(NULL, path, &len);
    bool is_same =
        built_in != NULL && (own == NULL || (own_len == len && memcmp(own, built_in, len) == 0));
    free(built_in);
    free(path);
    free(own);
    return is_same;
}

/* Modules of the engine itself go with the engine, not with the recipe. */
static bool is_engine_module(struct check *c, const char *name)
{
    static const char *const prefixes[] = { "lib.", "lib/", "actions.", "actions/" };
    static const char *const names[] = { "json", "cjson", "cjson.safe", "dates" };
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0) {
            return true;
        }
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return strncmp(name, "connectors", 10) == 0 && is_built_in(c, name);
}

static bool is_module_char(char c)
{
    return isalnum((unsigned char)c) || (c != '\0' && strchr("_-./", c) != NULL);
}

/* The quoted name behind "require" or "require(" at `at`; false where it is computed. */
static bool read_module(const char *at, char out[MODULE_NAME_MAX + 1])
{
    at += strspn(at, " \t(");
    char quote = *at;
    if (quote != '\'' && quote != '"') {
        return false;
    }
    size_t len = 0;
    for (at++; len < MODULE_NAME_MAX && is_module_char(*at); at++) {
        out[len++] = *at;
    }
    out[len] = '\0';
    return len > 0 && *at == quote;
}

static json_t *keep_source(struct check *c, const struct yaml *y, const char *name)
{
    size_t len = 0;
    char *text = find_module_text(c, name, &len);
    json_t *source = text != NULL ? json_stringn(text, len) : NULL;
    if (text != NULL && source == NULL) {
        check_error(c->diags, y, NULL, "the source of `%.64s` is not UTF-8", name);
    }
    free(text);
    if (source != NULL) {
        (void)json_object_set_new(c->scripts, name, source);
    }
    return source;
}

/* Keeps what `source` requires; new names are appended to `queue`. */
static void keep_required(struct check *c, const struct yaml *y, const char *source, json_t *queue)
{
    char name[MODULE_NAME_MAX + 1];
    for (const char *at = strstr(source, "require"); at != NULL; at = strstr(at, "require")) {
        at += strlen("require");
        if (!read_module(at, name) || is_engine_module(c, name) ||
            json_object_get(c->scripts, name) != NULL) {
            continue;
        }
        if (json_object_size(c->scripts) < MODULES_MAX && keep_source(c, y, name) != NULL) {
            (void)json_array_append_new(queue, json_string(name));
        }
    }
}

void reference_keep_script(struct check *c, const struct yaml *y, const char *name)
{
    if (c->hooks == NULL || c->hooks->find_source == NULL ||
        json_object_get(c->scripts, name) != NULL) {
        return;
    }
    if (keep_source(c, y, name) == NULL) {
        check_error(c->diags, y, NULL, "the source scripts/%s.lua cannot be read", name);
        return;
    }
    json_t *queue = json_pack("[s]", name);
    for (size_t i = 0; i < json_array_size(queue); i++) {
        const char *next = json_string_value(json_array_get(queue, i));
        const char *source = json_string_value(json_object_get(c->scripts, next));
        keep_required(c, y, source, queue);
    }
    json_decref(queue);
}

static bool has_functions(const json_t *connector)
{
    if (json_object_get(connector, "zone") || json_object_get(connector, "custom_fields")) {
        return true;
    }
    const char *name;
    json_t *operation;
    json_object_foreach (json_object_get(connector, "operations"), name, operation) {
        if (json_object_get(operation, "run")) {
            return true;
        }
    }
    return false;
}

void reference_keep_connector(struct check *c, const struct yaml *y, const char *name)
{
    if (c->hooks == NULL || c->hooks->find_source == NULL || c->hooks->find_connector == NULL ||
        !has_functions(c->hooks->find_connector(c->hooks->ud, name))) {
        return;
    }
    char *module = xasprintf("connectors.%s", name);
    if (!is_built_in(c, module)) {
        reference_keep_script(c, y, module);
    }
    free(module);
}
