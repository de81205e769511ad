/*
 * A connector as data: finds operations and triggers in a table that a Lua file returned and that
 * has the shape of a connector's (connector/connector_shape.h). Everything else about a connector
 * (how a call is built, limited, classified, how a webhook is verified) is read from the same table
 * by the file whose subject it is. Immutable after connector_new, but that operations of areas are
 * added when they are first asked for; the operations borrow from the tables.
 */
#include "connector/connector.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "connector/causes.h"
#include "connector/schema.h"
#include "format/json.h"

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
static json_t *table_part(const json_t *table, const char *key)
{
    json_t *v = json_object_get(table, key);
    return json_is_object(v) ? v : NULL;
}

static bool is_empty_list(const json_t *v)
{
    return json_is_array(v) && json_array_size(v) == 0;
}

/* --- construction --- */

/* GET, PUT and DELETE mean the same when they are repeated, unless the connector says otherwise. */
static bool idempotent_by_default(const char *method)
{
    return method == NULL || (strcmp(method, "POST") != 0 && strcmp(method, "PATCH") != 0);
}

struct operation operation_read(const struct connector *c, const char *name, json_t *table)
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
        .probe = table_part(table, "probe"),
        .is_idempotent = json_get_bool(table, "idempotent", idempotent_by_default(method)),
        .idempotent_when = json_get_text(table, "idempotent_when"),
        .idempotent_unless = json_get_text(table, "idempotent_unless"),
        .idempotency_header = json_get_text(table, "idempotency_header"),
        .free = table_part(table, "free"),
        .batch = table_part(table, "batch"),
        .is_local = json_object_get(table, "store") != NULL,
        .timeout_us = json_get_int(table, "timeout_ms", 0) * 1000,
        .cache_us = json_get_int(table, "cache_ms", 0) * 1000,
        .is_filled = schema_has_member(input, "from_connection"),
        .has_dates = schema_has_type(input, "date"),
        .is_nested = schema_has_member(input, "of") || schema_has_member(input, "fields"),
        .table = table,
    };
}

struct connector *connector_new(const char *name, json_t *table)
{
    struct connector *c = xcalloc(1, sizeof *c);
    c->name = xstrdup(name);
    c->table = json_incref(table);
    json_t *operations = table_part(table, "operations");
    c->operations = xcalloc(json_object_size(operations) + 1, sizeof *c->operations);
    const char *op_name;
    json_t *op;
    json_object_foreach (operations, op_name, op) {
        c->operations[c->operation_count++] = operation_read(c, op_name, op);
    }
    c->operation_names = json_names(operations);
    c->found = xcalloc(1, sizeof(struct found *));
    c->event_names = json_names(table_part(table, "events"));
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
    if (table == NULL) {
        return NULL;
    }
    struct found *f = xcalloc(1, sizeof *f);
    f->operation = operation_read(c, kept_name(c, name), table);
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

static bool is_said(const json_t *input, const char *field)
{
    return field != NULL && json_is_true(json_object_get(input, field));
}

bool operation_is_idempotent(const struct operation *op, const json_t *input)
{
    if (is_said(input, op->idempotent_unless)) {
        return false;
    }
    return op->is_idempotent || is_said(input, op->idempotent_when);
}
