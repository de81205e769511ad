/* Tells which event an operation brings back, for the checks on recipes that answer themselves.
 * Services name both alike, so most tables need not say it: a verb and an object make an operation,
 * the object and a participle an event. Only events that the connector has count. Pure; any
 * thread. */
#include "connector/causes.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Up to two events for a verb: an upsert does either. */
static const struct {
    const char *verb, *ends[2];
} VERBS[] = {
    { "create_", { "created", NULL } },
    { "update_", { "updated", NULL } },
    { "delete_", { "deleted", NULL } },
    { "upsert_", { "created", "updated" } },
};

static void add_cause_event(json_t *causes, const struct areas *a, const json_t *connector,
                            const char *object, const char *end)
{
    char *event = xasprintf("%s_%s", object, end);
    if (areas_event(a, connector, event) != NULL) {
        (void)json_object_set_new(causes, event, json_true());
    }
    free(event);
}

json_t *causes_of(const struct areas *a, const json_t *connector, const char *name,
                  const json_t *operation)
{
    json_t *said = json_object_get(operation, "causes");
    if (said != NULL) {
        return json_is_object(said) ? json_incref(said) : json_object();
    }
    json_t *causes = json_object();
    for (size_t i = 0; i < sizeof VERBS / sizeof *VERBS; i++) {
        size_t len = strlen(VERBS[i].verb);
        for (size_t k = 0; strncmp(name, VERBS[i].verb, len) == 0 && k < 2; k++) {
            if (VERBS[i].ends[k] != NULL) {
                add_cause_event(causes, a, connector, name + len, VERBS[i].ends[k]);
            }
        }
    }
    return causes;
}

static bool is_given(const json_t *input, const char *field)
{
    const json_t *v = json_object_get(input, field);
    return v != NULL && !json_is_null(v);
}

bool causes_holds(const json_t *condition, const json_t *input)
{
    const char *field = json_string_value(condition);
    if (field != NULL) {
        return is_given(input, field);
    }
    json_t *value;
    json_object_foreach ((json_t *)condition, field, value) {
        if (!json_equal(json_object_get(input, field), value)) {
            return false;
        }
    }
    return json_is_object(condition) || json_is_true(condition);
}

const char *causes_event(const json_t *event, const char *name)
{
    const char *of = json_get_text(event, "of");
    return of != NULL ? of : name;
}
