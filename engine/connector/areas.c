/*
 * Finds the operations and events of a connector that stand in files beside its own. Nothing is
 * read before a name is asked for that the connector itself does not have, and then only the index
 * and the one file that holds it. Whoever hands in the function keeps what was read, so a second
 * look-up is one in memory. Loop thread or command line; a first look-up while the engine runs (an
 * event of a type that no file read so far has) costs the reading of one built-in file, about a
 * millisecond.
 */
#include "connector/areas.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static json_t *own(const json_t *connector, const char *list, const char *name)
{
    json_t *v = json_object_get(json_object_get(connector, list), name);
    return json_is_object(v) ? v : NULL;
}

static json_t *read_area(const struct areas *a, const json_t *connector, const char *part)
{
    const char *name = json_get_text(connector, "name");
    if (a == NULL || a->find == NULL || name == NULL ||
        !json_is_true(json_object_get(connector, "areas"))) {
        return NULL;
    }
    char *path = xasprintf("%s/%s", name, part);
    json_t *table = a->find(a->ud, path);
    free(path);
    return table;
}

json_t *areas_index(const struct areas *a, const json_t *connector)
{
    return read_area(a, connector, "index");
}

json_t *areas_operation(const struct areas *a, const json_t *connector, const char *name)
{
    json_t *table = own(connector, "operations", name);
    if (table != NULL) {
        return table;
    }
    json_t *index = areas_index(a, connector);
    const char *area = json_get_text(json_object_get(index, "operations"), name);
    return area != NULL ? own(read_area(a, connector, area), "operations", name) : NULL;
}

json_t *areas_event(const struct areas *a, const json_t *connector, const char *name)
{
    json_t *table = own(connector, "events", name);
    return table != NULL ? table : own(areas_index(a, connector), "events", name);
}

json_t *areas_event_fields(const struct areas *a, const json_t *connector, const char *name)
{
    json_t *fields = json_object_get(own(connector, "events", name), "fields");
    return fields != NULL ? fields : own(read_area(a, connector, "events"), "events", name);
}

json_t *areas_operation_scopes(const struct areas *a, const json_t *connector, const char *name)
{
    return json_object_get(areas_operation(a, connector, name), "scopes");
}

json_t *areas_event_scopes(const struct areas *a, const json_t *connector, const char *name)
{
    const char *of = json_get_text(own(connector, "events", name), "of");
    return json_object_get(areas_event(a, connector, of != NULL ? of : name), "scopes");
}

/* --- events by type --- */

/* An event is called by one type, or by any of several. */
static bool is_called(const json_t *event, const char *type)
{
    const char *only = json_get_text(event, "type");
    if (only != NULL) {
        return strcmp(only, type) == 0;
    }
    return json_list_has_text(json_object_get(event, "types"), type);
}

static const char *event_in(const json_t *events, const char *type)
{
    const char *name;
    json_t *event;
    json_object_foreach ((json_t *)events, name, event) {
        if (is_called(event, type)) {
            return name;
        }
    }
    return NULL;
}

const char *areas_event_of(const struct areas *a, const json_t *connector, const char *type)
{
    const char *name = event_in(json_object_get(connector, "events"), type);
    return name != NULL ? name
                        : event_in(json_object_get(areas_index(a, connector), "events"), type);
}

/* --- names --- */

static void add_names(json_t *names, const json_t *from)
{
    const char *name;
    json_t *v;
    json_object_foreach ((json_t *)from, name, v) {
        json_object_set_new(names, name, json_true());
    }
}

json_t *areas_names(const struct areas *a, const json_t *connector, const char *list)
{
    json_t *names = json_object();
    add_names(names, json_object_get(connector, list));
    add_names(names, json_object_get(areas_index(a, connector), list));
    return names;
}
