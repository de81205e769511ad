/* The event that an activity written in the workspace emits. It is stored in the transaction of the
 * record, so that the recipes that wait for it start exactly when the record is there. */
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "format/json.h"
#include "store/record.h"

struct event_row *record_activity_event(const struct record_row *row)
{
    json_t *payload =
        row->fields != NULL ? json_parse_own(row->fields, strlen(row->fields), NULL) : NULL;
    payload = payload != NULL ? payload : json_object();
    json_object_set_new(payload, "activity_id", json_string(row->source_id));
    json_object_set_new(payload, "source", json_string(row->source));
    json_object_set_new(payload, "contact_id",
                        row->contact_id != NULL ? json_string(row->contact_id) : json_null());
    json_object_set_new(payload, "origin",
                        json_string(row->origin != NULL ? row->origin : "workspace"));
    struct event_row *event = xcalloc(1, sizeof *event);
    event->id = id_new();
    event->connection = xstrdup("records");
    event->type = xstrdup("activity_added");
    event->key = xasprintf("%s:%s", row->source, row->source_id);
    event->received_us = clock_wall_us();
    event->payload = json_text(payload, &event->payload_len);
    json_decref(payload);
    return event;
}
