/* Derives what a recipe may touch from its bundle, as the bundle is what a run goes by, and one that an
 * earlier version of the engine put into the store says it just as well. Nothing that a run computes
 * adds to it. The connectors' tables are asked later, and once: a connection may be made after the
 * recipe was read. Results belong to struct rights; loop thread. */
#include "recipe/rights.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "recipe/scan.h"
#include "recipe/script_calls.h"

enum { STEPS_DEPTH_MAX = 64 };

struct rights {
    json_t *calls;  /* connection -> {operation: who names it} */
    json_t *waits;  /* "crm.note_created" -> true */
    json_t *starts; /* connection -> [event]: what prepares an event needs calls, too */
    bool is_closed;
};

/* The part of the recipe that is read: who names what is found, and which connections there are. */
struct reading {
    struct rights *rights;
    const json_t *needs;
    const json_t *scripts;
    const char *who;
};

static void grant(struct rights *r, const char *connection, const char *operation, const char *who)
{
    json_t *operations = json_object_get(r->calls, connection);
    if (operations == NULL) {
        operations = json_object();
        (void)json_object_set_new(r->calls, connection, operations);
    }
    if (json_object_get(operations, operation) == NULL) {
        (void)json_object_set_new(operations, operation, json_string(who));
    }
}

/* --- scripts --- */

static bool is_for_scripts(const struct reading *r, const char *connection)
{
    return strcmp(connection, "records") == 0 || json_object_get(r->needs, connection) != NULL;
}

static void note_script_call(void *ud, const char *connection, const char *operation)
{
    const struct reading *r = ud;
    if (connection != NULL) {
        if (is_for_scripts(r, connection)) {
            grant(r->rights, connection, operation != NULL ? operation : "*", r->who);
        }
        return;
    }
    const char *need;
    json_t *connector;
    json_object_foreach ((json_t *)r->needs, need, connector) {
        grant(r->rights, need, "*", r->who);
    }
    grant(r->rights, "records", "*", r->who);
}

static void read_script(const struct reading *r, const char *name)
{
    struct reading own = *r;
    char *who = xasprintf("scripts.%s", name);
    const json_t *text = json_object_get(r->scripts, name);
    own.who = who;
    if (json_is_string(text)) {
        script_calls(json_string_value(text), json_string_length(text), note_script_call, &own);
    }
    free(who);
}

/* --- expressions --- */

static void note_pages(void *ud, const struct find *f)
{
    const struct reading *r = ud;
    const char *dot = f->what == SCAN_PAGES ? memchr(f->name, '.', f->len) : NULL;
    if (dot == NULL) {
        return;
    }
    char *connection = xstrndup(f->name, (size_t)(dot - f->name));
    char *operation = xstrndup(dot + 1, f->len - (size_t)(dot + 1 - f->name));
    grant(r->rights, connection, operation, r->who);
    free(operation);
    free(connection);
}

static void read_pages(const struct reading *r, const json_t *node)
{
    const char *kind = json_get_text(node, "t");
    const json_t *text = json_object_get(node, "s");
    if (kind != NULL && strcmp(kind, "expr") == 0 && json_is_string(text)) {
        scan_expression(json_string_value(text), json_string_length(text), note_pages, (void *)r);
    }
}

/* --- steps --- */

static void note_wait(struct rights *r, const json_t *step)
{
    const json_t *wait = json_object_get(step, "wait_for");
    const char *connection = json_get_text(wait, "connection");
    const char *event = json_get_text(wait, "event");
    if (connection != NULL && event != NULL) {
        char *name = xasprintf("%s.%s", connection, event);
        (void)json_object_set_new(r->waits, name, json_true());
        free(name);
    }
}

static void read_steps(struct reading *r, const json_t *steps, int depth);

static void read_step(struct reading *r, const json_t *step, int depth)
{
    const json_t *use = json_object_get(step, "use");
    const char *name = json_get_text(step, "step");
    const char *connection = json_get_text(use, "connection");
    const char *operation = json_get_text(use, "operation");
    const char *script = json_get_text(use, "script");
    r->who = name != NULL ? name : "";
    if (connection != NULL && operation != NULL) {
        grant(r->rights, connection, operation, r->who);
    }
    if (script != NULL) {
        read_script(r, script);
    }
    note_wait(r->rights, step);
    read_pages(r, json_object_get(step, "each"));
    read_steps(r, json_object_get(step, "do"), depth + 1);
    read_steps(r, json_object_get(step, "parallel"), depth + 1);
    read_steps(r, json_object_get(step, "on_error"), depth + 1);
}

static void read_steps(struct reading *r, const json_t *steps, int depth)
{
    size_t i;
    json_t *step;
    if (!json_is_array(steps) || depth > STEPS_DEPTH_MAX) {
        return; /* on_error may be a word */
    }
    json_array_foreach ((json_t *)steps, i, step) {
        read_step(r, step, depth);
    }
}

static void read_starts(struct rights *r, const json_t *when)
{
    size_t i;
    json_t *trigger;
    json_array_foreach ((json_t *)when, i, trigger) {
        const char *connection = json_get_text(trigger, "connection");
        json_t *event = json_object_get(trigger, "event");
        if (connection == NULL || !json_is_string(event)) {
            continue;
        }
        if (json_object_get(r->starts, connection) == NULL) {
            (void)json_object_set_new(r->starts, connection, json_array());
        }
        (void)json_array_append(json_object_get(r->starts, connection), event);
    }
}

static void read_plan(struct rights *r, const json_t *plan, const json_t *scripts)
{
    struct reading in = { .rights = r,
                          .needs = json_object_get(plan, "needs"),
                          .scripts = scripts };
    read_starts(r, json_object_get(plan, "when"));
    read_steps(&in, json_object_get(plan, "do"), 0);
    read_steps(&in, json_object_get(plan, "on_error"), 0);
}

struct rights *rights_new(const json_t *bundle)
{
    struct rights *r = xcalloc(1, sizeof *r);
    *r = (struct rights){ .calls = json_object(), .waits = json_object(), .starts = json_object() };
    const json_t *scripts = json_object_get(bundle, "scripts");
    const char *name;
    json_t *called;
    read_plan(r, json_object_get(bundle, "plan"), scripts);
    json_object_foreach (json_object_get(bundle, "calls"), name, called) {
        read_plan(r, json_object_get(called, "plan"), scripts);
    }
    return r;
}

void rights_free(struct rights *r)
{
    if (r == NULL) {
        return;
    }
    json_decref(r->calls);
    json_decref(r->waits);
    json_decref(r->starts);
    free(r);
}

/* --- what the connectors add --- */

/* One connection, while what its tables say is added. */
struct closing {
    struct rights *rights;
    const struct rights_tables *tables;
    const char *connection;
    const json_t *connector;
};

static void grant_listed(const struct closing *c, const json_t *table, const char *who)
{
    const json_t *list = json_object_get(table, "calls");
    size_t i;
    json_t *name;
    if (!json_is_array(list)) { /* it does not say, so it may be any */
        grant(c->rights, c->connection, "*", who);
        return;
    }
    json_array_foreach ((json_t *)list, i, name) {
        if (json_is_string(name)) {
            grant(c->rights, c->connection, json_string_value(name), who);
        }
    }
}

/* What `zone` and `custom_fields` of the connector call. */
static void grant_forms(const struct closing *c, const json_t *how, const char *who)
{
    bool has_dates = json_object_get(how, "dates") && json_object_get(c->connector, "zone");
    bool has_names =
        json_object_get(how, "custom_fields") && json_object_get(c->connector, "custom_fields");
    if (has_dates || has_names) {
        grant_listed(c, c->connector, who);
    }
}

static void close_operation(const struct closing *c, const char *name)
{
    const json_t *table = c->tables->operation(c->tables->ud, c->connection, name);
    if (json_object_get(table, "run") != NULL) {
        grant_listed(c, table, name);
    }
    grant_forms(c, table, name);
}

static void close_event(const struct closing *c, const char *event)
{
    const json_t *how = json_object_get(json_object_get(c->connector, "prepare"), event);
    size_t i;
    json_t *way;
    json_array_foreach (json_object_get(how, "hydrate"), i, way) {
        const char *use = json_get_text(way, "use");
        if (use != NULL) {
            grant(c->rights, c->connection, use, event);
        }
    }
    grant_forms(c, how, event);
}

/* An event of a derived kind comes under the name of the one that it is derived from. */
static void close_events(const struct closing *c, const json_t *events)
{
    size_t i;
    json_t *event;
    json_array_foreach ((json_t *)events, i, event) {
        const char *name = json_string_value(event);
        const json_t *table = c->tables->event(c->tables->ud, c->connection, name);
        const char *of = json_get_text(table, "of");
        close_event(c, name);
        if (of != NULL) {
            close_event(c, of);
        }
    }
}

/* The names are copied: what is granted on the way is not gone into again, as what an operation is
 * made of are plain calls. */
static void close_connection(const struct closing *c)
{
    json_t *asked = json_copy(json_object_get(c->rights->calls, c->connection));
    const char *name;
    json_t *who;
    json_object_foreach (asked, name, who) {
        close_operation(c, name);
    }
    json_decref(asked);
    close_events(c, json_object_get(c->rights->starts, c->connection));
}

void rights_close(struct rights *r, const struct rights_tables *tables)
{
    json_t *connections = json_copy(r->calls);
    const char *name;
    json_t *v;
    (void)json_object_update_missing(connections, r->starts);
    json_object_foreach (connections, name, v) {
        struct closing c = { .rights = r,
                             .tables = tables,
                             .connection = name,
                             .connector = tables->connector(tables->ud, name) };
        close_connection(&c);
    }
    json_decref(connections);
    r->is_closed = true;
}

bool rights_is_closed(const struct rights *r)
{
    return r->is_closed;
}

/* --- asking --- */

bool rights_have(const struct rights *r, const char *connection)
{
    return json_object_get(r->calls, connection) != NULL ||
           json_object_get(r->starts, connection) != NULL;
}

bool rights_may_call(const struct rights *r, const char *connection, const char *operation)
{
    const json_t *operations = json_object_get(r->calls, connection);
    return operations != NULL && (json_object_get(operations, operation) != NULL ||
                                  json_object_get(operations, "*") != NULL);
}

bool rights_may_wait(const struct rights *r, const char *connection, const char *event)
{
    char *name = xasprintf("%s.%s", connection, event);
    bool may = json_object_get(r->waits, name) != NULL;
    free(name);
    return may;
}

const json_t *rights_calls(const struct rights *r)
{
    return r->calls;
}

const json_t *rights_waits(const struct rights *r)
{
    return r->waits;
}
