#pragma once

#include "cli/cli.h"
#include "connector/areas.h"

/* One trigger or action of the catalogue, as `ladle ops` shows it. */
struct ops_entry {
    const char *connector; /* its name */
    const json_t *table;   /* the connector's */
    const struct areas *areas;
    const char *name; /* of the trigger or action */
    bool is_trigger;
    const char *owner;    /* as recipes call the connection; NULL: the project has none */
    const json_t *config; /* of that connection, or NULL */
    bool is_by_owner;     /* shown under that name, not under the connector's */
};

/* The name that it is shown under: "crm.create_task"; yours. */
char *ops_entry_name(const struct ops_entry *o);

/* {name use kind area core method path scopes summary}, which filters and lists need; yours. NULL:
 * there is none of that name. */
json_t *ops_entry_brief(const struct ops_entry *o);
/* The same and {access oauth_only version deprecated unsupported input output example}, or, of a
 * trigger, {type note fields example}; yours. */
json_t *ops_entry_whole(const struct ops_entry *o);
/* Adds the sample of a trigger, from the project's folder or the program. */
void ops_entry_add_sample(const struct ops_entry *o, const char *folder, json_t *whole);
/* For people. */
void ops_entry_print(const struct ops_entry *o, const char *shown, const json_t *whole);
