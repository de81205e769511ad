/*
 * A connector as data: checks the shape of a table that a Lua file returned, and finds operations
 * and triggers in it. Everything else about a connector (how a call is built, limited, classified,
 * how a webhook is verified) is read from the same table by the file whose subject it is. Immutable
 * after connector_new, but that operations of areas are added when they are first asked for; the
 * operations borrow from the tables.
 */
#include "connector/connector.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "connector/causes.h"
#include "connector/connector_auth.h"
#include "connector/schema.h"

/* An operation of an area, once it was asked for. */
struct found {
    struct operation operation;
    struct found *next;
};

struct connector {
    char *name;
    json_t *table;
    struct operation *operations;
    size_t operation_count;
    const char **operation_names;
    const char **event_names;
    struct areas areas;
    struct found **found; /* last found first; on the heap, as looking up changes no contract */
};

/* An object's member; NULL for a list, which is how an empty Lua table may read. */
static json_t *part(const json_t *table, const char *key)
{
    json_t *v = json_object_get(table, key);
    return json_is_object(v) ? v : NULL;
}

static bool is_empty_list(const json_t *v)
{
    return json_is_array(v) && json_array_size(v) == 0;
}

/* --- the shape --- */

static int check_texts(const json_t *list, const char *what, struct err *e)
{
    if (list == NULL) {
        return 0;
    }
    if (!json_is_array(list)) {
        return is_empty_list(list) ? 0 : err_set(e, ERR_CONFIG, "%s is no list", what);
    }
    size_t i;
    json_t *one;
    json_array_foreach (list, i, one) {
        if (!json_is_string(one)) {
            return err_set(e, ERR_CONFIG, "%s[%zu] is no text", what, i + 1);
        }
    }
    return 0;
}

static bool is_method(const char *text)
{
    static const char *const methods[] = { "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", NULL };
    for (const char *const *m = methods; *m != NULL; m++) {
        if (strcmp(*m, text) == 0) {
            return true;
        }
    }
    return false;
}

/* Every {field} of the path is a field of the input that must be given. */
static int check_path(const char *path, const json_t *input, struct err *e)
{
    if (*path != '/') {
        return err_set(e, ERR_CONFIG, "path must begin with /");
    }
    for (const char *at = strchr(path, '{'); at != NULL; at = strchr(at + 1, '{')) {
        const char *end = strchr(at, '}');
        if (end == NULL) {
            return err_set(e, ERR_CONFIG, "path has { without }");
        }
        char field[128];
        (void)snprintf(field, sizeof field, "%.*s", (int)(end - at - 1),
                       at + 1); /* a cut name is no field */
        if (json_object_get(input, field) == NULL) {
            return err_set(e, ERR_CONFIG, "path names {%s}, which is no field of the input", field);
        }
    }
    return 0;
}

static int check_fields(const json_t *list, const json_t *input, const char *what, struct err *e)
{
    if (check_texts(list, what, e) == -1) {
        return -1;
    }
    size_t i;
    json_t *one;
    json_array_foreach (list, i, one) {
        if (json_object_get(input, json_string_value(one)) == NULL) {
            return err_set(e, ERR_CONFIG, "%s names %s, which is no field of the input", what,
                           json_string_value(one));
        }
    }
    return 0;
}

/* The field that is the whole body. */
static int check_body_as(const json_t *op, const json_t *input, struct err *e)
{
    const char *field = json_get_text(op, "body_as");
    return field == NULL || json_object_get(input, field) != NULL
               ? 0
               : err_set(e, ERR_CONFIG, "body_as names %s, which is no field of the input", field);
}

static int check_schema(const json_t *table, const char *key, struct err *e)
{
    json_t *schema = json_object_get(table, key);
    if (schema == NULL || schema_validate(schema, e) == 0) {
        return 0;
    }
    return err_prefix(e, "%s", key);
}

static int check_operation_shape(const json_t *op, struct err *e)
{
    const char *method = json_get_text(op, "method");
    const char *path = json_get_text(op, "path");
    const json_t *input = json_object_get(op, "input");
    if (check_schema(op, "input", e) == -1 || check_schema(op, "output", e) == -1) {
        return -1;
    }
    if (method != NULL && !is_method(method)) {
        return err_set(e, ERR_CONFIG, "%s is no method", method);
    }
    if (method != NULL && path == NULL && part(op, "free") == NULL) {
        return err_set(e, ERR_CONFIG, "a method without path or free");
    }
    if (path != NULL && check_path(path, input, e) == -1) {
        return -1;
    }
    if (check_fields(json_object_get(op, "query"), input, "query", e) == -1 ||
        check_fields(json_object_get(op, "joined"), input, "joined", e) == -1 ||
        check_body_as(op, input, e) == -1 ||
        check_fields(json_object_get(op, "body"), input, "body", e) == -1 ||
        check_fields(json_object_get(op, "one_of"), input, "one_of", e) == -1) {
        return -1;
    }
    return check_texts(json_object_get(op, "scopes"), "scopes", e);
}

static int check_probe(const json_t *operations, const json_t *op, struct err *e)
{
    json_t *probe = json_object_get(op, "probe");
    if (probe == NULL) {
        return 0;
    }
    const char *list = json_get_text(probe, "list");
    const char *method =
        json_get_text(list != NULL ? json_object_get(operations, list) : NULL, "method");
    if (method == NULL || strcmp(method, "GET") != 0) {
        return err_set(e, ERR_CONFIG, "probe.list must name an operation that reads");
    }
    if (json_get_text(probe, "items") == NULL || json_get_text(probe, "as") == NULL) {
        return err_set(e, ERR_CONFIG, "probe needs items and as");
    }
    json_t *match = json_object_get(probe, "match");
    if (json_array_size(match) == 0) {
        return err_set(e, ERR_CONFIG, "probe.match must name a field");
    }
    return check_fields(match, json_object_get(op, "input"), "probe.match", e);
}

static int check_operations(const json_t *operations, struct err *e)
{
    const char *name;
    json_t *op;
    json_object_foreach ((json_t *)operations, name, op) {
        if (!json_is_object(op)) {
            return err_set(e, ERR_CONFIG, "operations.%s is no table", name);
        }
        if (check_operation_shape(op, e) == -1 || check_probe(operations, op, e) == -1) {
            return err_prefix(e, "operations.%s", name);
        }
    }
    return 0;
}

static int check_events(const json_t *events, struct err *e)
{
    const char *name;
    json_t *event;
    json_object_foreach ((json_t *)events, name, event) {
        const char *of = json_get_text(event, "of");
        if (!json_is_object(event)) {
            return err_set(e, ERR_CONFIG, "events.%s is no table", name);
        }
        if (of != NULL && (json_object_get(events, of) == NULL ||
                           json_array_size(json_object_get(event, "any")) == 0)) {
            return err_set(e, ERR_CONFIG,
                           "events.%s: of must name another event, and any its conditions", name);
        }
    }
    return 0;
}

static int check_limits(const json_t *limits, struct err *e)
{
    size_t i;
    json_t *one;
    json_array_foreach (limits, i, one) {
        int64_t requests = json_get_int(one, "requests", 0),
                per_ms = json_get_int(one, "per_ms", 0);
        if (requests < 1 || requests > 100000000 || per_ms < 1 || per_ms > 31 * 86400000LL) {
            return err_set(e, ERR_CONFIG,
                           "limits[%zu]: requests and per_ms must be positive numbers", i + 1);
        }
    }
    return json_array_size(limits) > 4 ? err_set(e, ERR_CONFIG, "limits: at most 4") : 0;
}

static int check_classify(const json_t *rules, struct err *e)
{
    size_t i;
    json_t *rule;
    json_array_foreach (rules, i, rule) {
        const char *kind = json_get_text(rule, "kind");
        if (kind == NULL ||
            (err_kind_parse(kind) == ERR_INTERNAL && strcmp(kind, "internal") != 0)) {
            return err_set(e, ERR_CONFIG, "classify[%zu]: '%s' is no kind of error", i + 1,
                           kind != NULL ? kind : "");
        }
    }
    return 0;
}

static int check_shape(const char *name, const json_t *table, struct err *e)
{
    const char *own = json_get_text(table, "name");
    if (!json_is_object(table)) {
        return err_set(e, ERR_CONFIG, "its file returns no table");
    }
    if (own == NULL || strcmp(own, name) != 0) {
        return err_set(e, ERR_CONFIG, "its name is '%s'", own != NULL ? own : "");
    }
    if (check_schema(table, "config", e) == -1 ||
        check_limits(json_object_get(table, "limits"), e) == -1 ||
        check_classify(json_object_get(table, "classify"), e) == -1 ||
        connector_check_auth(json_object_get(table, "auth"), e) == -1 ||
        check_events(json_object_get(table, "events"), e) == -1) {
        return -1;
    }
    return check_operations(part(table, "operations"), e);
}

/* --- construction --- */

static const char **names_of(const json_t *object)
{
    const char **names = xcalloc(json_object_size(object) + 1, sizeof *names);
    size_t count = 0;
    const char *name;
    json_t *v;
    json_object_foreach ((json_t *)object, name, v) {
        names[count++] = name;
    }
    return names;
}

/* GET, PUT and DELETE mean the same when they are repeated, unless the connector says otherwise. */
static bool idempotent_by_default(const char *method)
{
    return method == NULL || (strcmp(method, "POST") != 0 && strcmp(method, "PATCH") != 0);
}

static struct operation operation_of(const struct connector *c, const char *name, json_t *table)
{
    const char *method = json_get_text(table, "method");
    const char *summary = json_get_text(table, "summary");
    json_t *input = json_object_get(table, "input"), *output = json_object_get(table, "output");
    return (struct operation){
        .connector = c,
        .name = name,
        .summary = summary != NULL ? summary : "",
        .method = method,
        .path = json_get_text(table, "path"),
        .scopes = json_object_get(table, "scopes"),
        .input = json_is_object(input) || is_empty_list(input) ? input : NULL,
        .output = json_is_object(output) ? output : NULL,
        .probe = part(table, "probe"),
        .is_idempotent = json_get_bool(table, "idempotent", idempotent_by_default(method)),
        .table = table,
    };
}

struct connector *connector_new(const char *name, json_t *table, struct err *e)
{
    if (check_shape(name, table, e) == -1) {
        (void)err_prefix(e, "connector %s", name);
        return NULL;
    }
    struct connector *c = xcalloc(1, sizeof *c);
    c->name = xstrdup(name);
    c->table = json_incref(table);
    json_t *operations = part(table, "operations");
    c->operations = xcalloc(json_object_size(operations) + 1, sizeof *c->operations);
    const char *op_name;
    json_t *op;
    json_object_foreach (operations, op_name, op) {
        c->operations[c->operation_count++] = operation_of(c, op_name, op);
    }
    c->operation_names = names_of(operations);
    c->found = xcalloc(1, sizeof(struct found *));
    c->event_names = names_of(part(table, "events"));
    return c;
}

void connector_set_areas(struct connector *c, const struct areas *areas)
{
    c->areas = *areas;
}

static void free_found(struct connector *c)
{
    while (*c->found != NULL) {
        struct found *first = *c->found;
        *c->found = first->next;
        free(first);
    }
    free(c->found);
}

void connector_free(struct connector *c)
{
    if (c == NULL) {
        return;
    }
    free_found(c);
    json_decref(c->table);
    free(c->operations);
    free(c->operation_names);
    free(c->event_names);
    free(c->name);
    free(c);
}

const char *connector_name(const struct connector *c)
{
    return c->name;
}

json_t *connector_table(const struct connector *c)
{
    return c->table;
}

/* The key of the index, which stays as long as the index does. */
static const char *kept_name(const struct connector *c, const char *name)
{
    json_t *names = json_object_get(areas_index(&c->areas, c->table), "operations");
    return json_object_iter_key(json_object_iter_at(names, name));
}

/* What an area says of its answers is the vendor's word, proven by nobody: it is not held against
 * them, as a call that took effect must not fail by it. */
static const struct operation *find_in_areas(const struct connector *c, const char *name)
{
    json_t *table = areas_operation(&c->areas, c->table, name);
    struct err e = ERR_INIT;
    if (table == NULL) {
        return NULL;
    }
    if (check_operation_shape(table, &e) == -1) {
        log_error("connector", "connector %s: operations.%s: %s", c->name, name, e.message);
        return NULL;
    }
    struct found *f = xcalloc(1, sizeof *f);
    f->operation = operation_of(c, kept_name(c, name), table);
    f->operation.output = NULL;
    f->next = *c->found;
    *c->found = f;
    return &f->operation;
}

const struct operation *connector_operation(const struct connector *c, const char *name)
{
    for (size_t i = 0; i < c->operation_count; i++) {
        if (strcmp(c->operations[i].name, name) == 0) {
            return &c->operations[i];
        }
    }
    for (const struct found *f = *c->found; f != NULL; f = f->next) {
        if (strcmp(f->operation.name, name) == 0) {
            return &f->operation;
        }
    }
    return find_in_areas(c, name);
}

json_t *connector_causes(const struct connector *c, const struct operation *op)
{
    return causes_of(&c->areas, c->table, op->name, op->table);
}

json_t *connector_event(const struct connector *c, const char *name)
{
    return areas_event(&c->areas, c->table, name);
}

const char *connector_event_called(const struct connector *c, const char *type)
{
    return areas_event_of(&c->areas, c->table, type);
}

const char *const *connector_operation_names(const struct connector *c)
{
    return c->operation_names;
}

const char *const *connector_event_names(const struct connector *c)
{
    return c->event_names;
}

/* Whether the boolean field that `key` of the operation names is true in the input. */
static bool is_said(const struct operation *op, const json_t *input, const char *key)
{
    const char *field = json_get_text(op->table, key);
    return field != NULL && json_is_true(json_object_get(input, field));
}

bool operation_is_idempotent(const struct operation *op, const json_t *input)
{
    if (is_said(op, input, "idempotent_unless")) {
        return false;
    }
    return op->is_idempotent || is_said(op, input, "idempotent_when");
}
