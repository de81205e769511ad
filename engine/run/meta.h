#pragma once

#include "base/id.h"
#include "service/service.h"

/* Where an event comes from, as recipes see it under `meta`. All is borrowed but the headers. */
struct meta_source {
    struct id event;
    const char *connection, *type; /* NULL where the event is gone from the store */
    int64_t received_us;
    const json_t *payload;
    json_t *headers; /* a reference of yours, or NULL */
};

/* {id, type, connection, received_at, location, event_type, headers}; what is not known is left
 * out. Yours. */
json_t *meta_new(const struct service *s, const struct meta_source *m);
