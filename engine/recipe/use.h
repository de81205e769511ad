#pragma once

#include "project/check.h"

/* What "crm.create_task", "records.upsert_task" or "scripts.score_lead" refers to. */
struct reference {
    const char *owner;     /* need or namespace; points into text */
    const char *name;      /* operation, event or script; points into text */
    char *text;            /* owned */
    const char *connector; /* the connector's name, or NULL for a script; borrowed */
    json_t *table; /* operation, event or action; borrowed, NULL where it could not be looked up */
};
void reference_fini(struct reference *r);

/* Reads the node of `use:`, or of `wait_for:` or an item of `when:` (`what` is the word in quotes).
 * True where it names something that is there,
 * or that could not be looked up for lack of hooks; else the error is recorded. Fini it in any
 * case. */
bool reference_action(struct check *c, const struct yaml *y, struct reference *out);
bool reference_event(struct check *c, const struct yaml *y, const char *what,
                     struct reference *out);

/* `pages(crm.search_contacts, …)` at that node: "crm.search_contacts" names an operation that
 * answers in pages, or the error is recorded. */
void reference_pages(struct check *c, const struct yaml *y, const char *name, size_t len);

/* The text of a script and of the project's modules that it requires literally, into c->scripts. */
void reference_keep_script(struct check *c, const struct yaml *y, const char *name);
/* The same for a connector of the project's own whose table has functions that runs call; nothing
 * for others, and for those of the engine. */
void reference_keep_connector(struct check *c, const struct yaml *y, const char *name);
