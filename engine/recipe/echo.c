/* Finds recipes that answer their own effects, by holding the events that their steps bring
 * (connector/causes.h) against those that start them. Calls of other recipes are not followed, nor
 * events that come back through another recipe: those are found when they run (run/echoes.h). Used
 * while a recipe is read, on one thread. */

#include "recipe/echo.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "connector/causes.h"

/* "crm contact_created", the event as the service sends it. Yours. */
static char *echo_key(const char *connection, const char *event)
{
    return xasprintf("%s %s", connection, event);
}

void echo_note_start(struct check *c, const struct reference *r)
{
    char *key = echo_key(r->owner, causes_event(r->table, r->name));
    (void)json_object_set_new(c->starts, key, json_string(r->name));
    free(key);
}

/* The fields that are given, with their values where these are written out, else with a text that
 * no condition names. Yours; NULL where all of `with` is computed. */
static json_t *given_fields(const json_t *with)
{
    const char *kind = json_get_text(with, "t");
    if (kind != NULL && strcmp(kind, "map") != 0) {
        return NULL;
    }
    json_t *fields = json_object();
    const char *name;
    json_t *node;
    json_object_foreach (json_object_get(with, "v"), name, node) {
        const char *t = json_get_text(node, "t");
        bool is_literal = t != NULL && strcmp(t, "lit") == 0;
        (void)json_object_set_new(
            fields, name, is_literal ? json_incref(json_object_get(node, "v")) : json_string(""));
    }
    return fields;
}

static void warn(struct check *c, const struct yaml *use, const struct reference *r,
                 const char *event)
{
    check_warn(
        c->diags, use,
        "an `if` that tells its own changes from others stops it; one of a step, or a `stop` "
        "before it, too",
        "%s.%s brings %s.%s, which starts this recipe again, without end", r->owner, r->name,
        r->owner, event);
}

void echo_check(struct check *c, const struct yaml *use, const struct reference *r,
                const json_t *with)
{
    if (c->is_conditional || c->has_stop || r->connector == NULL || r->table == NULL) {
        return;
    }
    struct areas areas = project_areas(c->hooks);
    const json_t *connector = c->hooks->find_connector(c->hooks->ud, r->connector);
    json_t *causes = causes_of(&areas, connector, r->name, r->table);
    json_t *given = given_fields(with);
    const char *event;
    json_t *condition;
    json_object_foreach (causes, event, condition) {
        char *key = echo_key(r->owner, event);
        const char *start = json_get_text(c->starts, key);
        if (start != NULL && causes_holds(condition, given)) {
            warn(c, use, r, start);
        }
        free(key);
    }
    json_decref(given);
    json_decref(causes);
}
