/* Meta: built when an event is matched with recipes, and again when a run of it is claimed. */
#include "run/meta.h"

#include "format/date.h"
#include "service/accounts.h"

json_t *meta_new(const struct service *s, const struct meta_source *m)
{
    char id[ID_TEXT + 1];
    char at[DATE_TEXT];
    id_format(&m->event, id);
    date_format(m->received_us, at);
    json_t *meta = json_object();
    json_set_text(meta, "id", id);
    json_set_text(meta, "type", m->type);
    json_set_text(meta, "connection", m->connection);
    json_set_text(meta, "received_at", at);
    json_set_text(meta, "location", accounts_of_event(s, m->connection, m->payload));
    json_set_text(meta, "event_type", json_get_text(m->headers, ":type"));
    if (m->headers != NULL) {
        json_object_set_new(meta, "headers", m->headers);
    }
    return meta;
}
