#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "connector/areas.h"
#include "format/json.h"

/* The member of a connection's config that names the keys which were filled from ${secret} or ${env},
 * {key: true}; no key of ladle.yaml can be called so. */
#define CONNECTION_FILLED ":filled"

/* A connector as data: the table that scripts/connectors/NAME.lua returns, without its functions.
 * Read by script/catalog.c, held against its shape (connector/connector_shape.h) by who read it,
 * handed here as JSON. */
struct connector;

struct operation {
    const struct connector *connector;
    const char *name; /* "create_task" */
    const char *summary;
    const char *method; /* NULL: not an HTTP call of its own */
    const char *path;   /* "/contacts/{contactId}/tasks"; NULL where the input names the URL */
    json_t *scopes;     /* list of texts, or NULL */
    json_t *input;      /* schema: field -> descriptor; NULL: anything */
    json_t *output;     /* schema that an answer is held against, or NULL */
    json_t *probe;      /* how to look for an effect of unknown outcome, or NULL */
    bool is_idempotent; /* repeating it does no harm */
    /* What is asked for at every call; the rest is looked up in the table. */
    const char *idempotent_when, *idempotent_unless; /* boolean fields of the input, or NULL */
    const char *idempotency_header;                  /* takes a key of ours; or NULL */
    json_t *free;                                    /* the input names the URL; or NULL */
    json_t *batch;                                   /* calls of it may go as one; or NULL */
    bool is_local;                                   /* it has a `store` table */
    int64_t timeout_us, cache_us;                    /* 0: not said */
    bool is_filled; /* the connection fills fields of the input in */
    bool has_dates; /* some value of the input is a date */
    bool is_nested; /* the schema says something of values within values */
    json_t *table;  /* the whole operation */
};

/* Takes a table that has the shape of a connector's (keeps a reference). */
struct connector *connector_new(const char *name, json_t *table);
void connector_free(struct connector *c);
/* Where operations and events are that the table itself does not have; without this there are none.
 * Copied. */
void connector_set_areas(struct connector *c, const struct areas *areas);
const char *connector_name(const struct connector *c);
json_t *connector_table(const struct connector *c); /* borrowed */
/* NULL where there is none. It stays where it is as long as the connector. */
const struct operation *connector_operation(const struct connector *c, const char *name);
/* The descriptor of one trigger, or NULL; borrowed. */
json_t *connector_event(const struct connector *c, const char *name);
/* The name of the trigger that the service calls so, or NULL; borrowed. */
const char *connector_event_called(const struct connector *c, const char *type);
/* NULL-terminated names in the connector's own table; borrowed. */
const char *const *connector_operation_names(const struct connector *c);
const char *const *connector_event_names(const struct connector *c);

/* An operation by its table, which it borrows from, as the name. */
struct operation operation_read(const struct connector *c, const char *name, json_t *table);
/* Which events a call brings: as causes_of (connector/causes.h). Yours. */
json_t *connector_causes(const struct connector *c, const struct operation *op);
/* is_idempotent, corrected by what the input says where the operation lets it (idempotent_when
 * and idempotent_unless name a boolean field). */
bool operation_is_idempotent(const struct operation *op, const json_t *input);

/* --- what comes in --- */

/* The name of the trigger that the payload is an event of: by the type in it, or the only one
 * that the connector has. NULL: none that the connector knows. Borrowed. */
const char *connector_event_of(const struct connector *c, const json_t *payload);
/* Whether the payload, an event of the kind that `event` derives from, is one of `event` too
 * (new_lead), by the connection's config or the documented default. False for an event that is
 * not derived. */
bool connector_event_matches(const struct connector *c, const char *event, const json_t *payload,
                             const json_t *config);
/* Whether there can be such an event at all, by the descriptor of a derived event and the
 * connection's config: a rule that names no condition fits nothing. *key (borrowed) is then a key of
 * the config that would name one. True for an event that is not derived. */
bool connector_event_can_match(const json_t *event, const json_t *config, const char **key);
/* The key that tells this delivery from others: the first of the connector's (or the
 * connection's) paths that is there, else "sha256:" and the digest of the body. Yours. */
char *connector_dedupe_key(const struct connector *c, const json_t *payload, const json_t *config,
                           const char *body, size_t len);
/* A delivery's body as JSON: parsed as the connector wants it (json, form, or any: by its
 * content type, which may be NULL). Yours; NULL and ERR_INVALID. Not for a connector that has a
 * function `receive`. */
json_t *connector_decode(const struct connector *c, const char *body, size_t len,
                         const char *content_type, bool *was_mended, struct err *e);
/* Its Lua function `receive` takes the body instead. */
bool connector_has_receive(const struct connector *c);
