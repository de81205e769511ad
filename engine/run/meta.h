#pragma once

#include "base/id.h"
#include "connection/connection.h"
#include "format/json.h"

/* Where an event comes from. Recipes see it as the object `meta`, which is made when one of them
 * asks for it: most do not. Loop thread. */
struct meta;

struct meta_source {
    struct id event;
    const char *connection, *type; /* NULL where the event is gone from the store */
    const struct connection *c;    /* that connection, or NULL: ladle.yaml has none */
    int64_t received_us;
    const json_t *payload;
    const char *headers; /* JSON as in the store, or NULL */
};

/* All is copied. One reference. */
struct meta *meta_new(const struct meta_source *m);
struct meta *meta_ref(struct meta *m);
void meta_unref(struct meta *m); /* NULL is allowed */

/* NULL where it is not known; borrowed. */
const char *meta_connection(const struct meta *m);
const char *meta_type(const struct meta *m);
const char *meta_account(const struct meta *m); /* the account that it is for */
/* {id, type, connection, received_at, event_type, found_by, inputs, headers}, and the account under
 * the word that its service has for it (connector/account_words.h); what is not known is left out.
 * Borrowed. */
const json_t *meta_json(struct meta *m);
