/* Finds and changes the sample events of `ladle send`. A sample is data of its connector, so
 * nothing here knows a service: what tells an event apart comes from the connector's
 * `webhook.dedupe`. The JSON trees are the caller's. */
#include "cli/sample.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/mem.h"
#include "format/date.h"
#include "project/sample_file.h"

enum { FIELD_MAX = 100 };

const char *sample_event(const struct areas *areas, const json_t *connector_table, const char *word)
{
    json_t *names = areas_names(areas, connector_table, "events");
    bool is_name = json_object_get(names, word) != NULL;
    json_decref(names);
    return is_name ? word : areas_event_of(areas, connector_table, word);
}

/* --- loading --- */

json_t *sample_load(const char *folder, const json_t *table, const char *event, struct err *e)
{
    const char *sample = json_get_text(table, "sample");
    if (json_get_bool(table, "internal", false)) {
        (void)err_set(e, ERR_CONFLICT,
                      "%s happens in the engine itself, nothing is delivered for it: "
                      "`ladle records add activity` makes one",
                      event);
        return NULL;
    }
    if (sample == NULL || strstr(sample, "..") != NULL) {
        (void)err_set(e, ERR_NOT_FOUND, "the connector has no sample of %s: hand in a file", event);
        return NULL;
    }
    return sample_file_read(folder, sample, e);
}

/* --- changing --- */

static json_t *fresh_id(void)
{
    struct id id = id_new();
    char text[ID_TEXT + 1];
    id_format(&id, text);
    return json_string(text);
}

/* Puts a value at "a.b" where there is one already. */
static bool replace_at(json_t *event, const char *path, json_t *value_taken)
{
    const char *dot = strrchr(path, '.');
    char *parent_path = xstrndup(path, dot != NULL ? (size_t)(dot - path) : 0);
    json_t *parent = dot != NULL ? json_path(event, parent_path) : event;
    const char *name = dot != NULL ? dot + 1 : path;
    bool is_there = json_object_get(parent, name) != NULL;
    if (is_there) {
        json_object_set(parent, name, value_taken);
    }
    json_decref(value_taken);
    free(parent_path);
    return is_there;
}

static bool freshen_keys(json_t *event, const json_t *paths)
{
    bool is_fresh = false;
    size_t i;
    json_t *path;
    json_array_foreach (paths, i, path) {
        if (json_is_string(path) && replace_at(event, json_string_value(path), fresh_id())) {
            is_fresh = true;
        }
    }
    return is_fresh;
}

void sample_freshen(json_t *event, const json_t *dedupe)
{
    static const char *const usual[] = { "webhookId", "submissionId", "id" };
    bool is_fresh = freshen_keys(event, dedupe);
    for (size_t i = 0; i < sizeof usual / sizeof *usual && !is_fresh; i++) {
        is_fresh = replace_at(event, usual[i], fresh_id());
    }
    char now[DATE_TEXT];
    date_format(clock_wall_us(), now);
    (void)replace_at(event, "timestamp", json_string(now)); /* not every event has one */
}

int sample_set(json_t *event, const char *assignment, struct err *e)
{
    const char *equals = strchr(assignment, '=');
    size_t len = equals != NULL ? (size_t)(equals - assignment) : 0;
    if (len == 0 || len > FIELD_MAX) {
        return err_set(e, ERR_CONFIG, "--set %.60s: FIELD=VALUE is expected", assignment);
    }
    if (!json_is_object(event)) {
        return err_set(e, ERR_CONFIG, "--set %.60s: the event is no JSON object", assignment);
    }
    char *field = xstrndup(assignment, len);
    json_t *value = json_is_string(json_object_get(event, field))
                        ? NULL
                        : json_parse(equals + 1, strlen(equals + 1), NULL);
    value = value != NULL ? value : json_string(equals + 1);
    int result = value != NULL && json_object_set_new(event, field, value) == 0
                     ? 0
                     : err_set(e, ERR_CONFIG, "--set %.60s: the text is no UTF-8", assignment);
    free(field);
    return result;
}
