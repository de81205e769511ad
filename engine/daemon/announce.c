/*
 * Writes the first lines of the log: the recipes in force, the hooks and their addresses, what is
 * not authorised. Nothing is kept, and nothing here decides anything. Long lists are cut, as `ladle
 * check` and `ladle connections` tell all. Loop thread.
 */
#include "daemon/announce.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "daemon/own_port.h"
#include "webhook/verify.h"

enum { NAMES_MAX = 12, ERRORS_MAX = 20, LINE_MAX = 2000 };

/* --- recipes --- */

static void announce_recipes(const struct recipe_set *set)
{
    struct buf names;
    buf_init(&names, LINE_MAX);
    for (size_t i = 0; i < set->count && i < NAMES_MAX; i++) {
        (void)buf_printf(&names, "%s%s", i > 0 ? ", " : ": ", set->recipes[i]->name); /* cut */
    }
    if (set->count > NAMES_MAX) {
        (void)buf_printf(&names, " and %zu more", set->count - NAMES_MAX);
    }
    log_info("engine", "%zu recipe%s %s in force%s", set->count, set->count == 1 ? "" : "s",
             set->count == 1 ? "is" : "are", buf_text(&names));
    buf_fini(&names);
}

/* One error of a file: "recipes/a.yaml:7:3: message (hint)". */
static void announce_error(const json_t *item)
{
    const char *hint = json_get_text(item, "hint");
    char place[32] = "";
    if (json_get_int(item, "line", 0) > 0) {
        (void)snprintf(place, sizeof place, ":%d:%d", (int)json_get_int(item, "line", 0),
                       (int)json_get_int(item, "column", 0)); /* it fits */
    }
    log_error("recipe", "%s%s: %s%s%s%s", json_get_text(item, "file"), place,
              json_get_text(item, "message"), hint != NULL ? " (" : "", hint != NULL ? hint : "",
              hint != NULL ? ")" : "");
}

/* Field maps have errors too, which a recipe that uses them is told of as well. */
static void announce_broken(const struct recipe_set *set)
{
    size_t count = 0;
    for (size_t i = 0; i < set->diag_count; i++) {
        json_t *list = diags_json(set->diags[i]);
        size_t n;
        json_t *item;
        json_array_foreach (list, n, item) {
            if (count++ < ERRORS_MAX) {
                announce_error(item);
            }
        }
        json_decref(list);
    }
    if (count > ERRORS_MAX) {
        log_error("recipe", "there are %zu more errors: `ladle check` tells them",
                  count - ERRORS_MAX);
    }
    if (set->broken > 0) {
        log_error("engine", "%zu recipe%s broken and %s not run; the others do", set->broken,
                  set->broken == 1 ? " is" : "s are", set->broken == 1 ? "does" : "do");
    }
    metric_set(metrics_gauge("ladle_recipes_broken",
                             "Recipes that have errors: the engine runs without them.", NULL, NULL),
               (int64_t)set->broken);
}

static void announce_idle(const struct recipe_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct recipe *r = set->recipes[i];
        if (!r->can_start) {
            log_warn("recipe", "%s:%d: %s: " RECIPE_IDLE, r->file, r->line, r->name);
        }
    }
}

/* --- connections --- */

static bool takes_webhooks(const struct connection *c)
{
    return json_object_get(connector_table(connection_connector(c)), "webhook") != NULL;
}

static void announce_hook(const struct connection *c, const char *base_url)
{
    if (takes_webhooks(c)) {
        log_info("hooks", "%s takes webhooks at %s/hooks/%s%s", connection_name(c), base_url,
                 connection_name(c), verify_path_token(c) != NULL ? "/<its token>" : "");
    }
}

/* The remedy is a command that works where it is typed: in the project's folder. */
static void announce_state(const struct announcement *a, const struct connection *c)
{
    json_t *v = connection_json(c);
    const char *state = json_get_text(v, "state"), *reason = json_get_text(v, "reason");
    const char *remedy = json_get_text(v, "remedy");
    bool is_here = a->project->typed == NULL || strcmp(a->project->typed, ".") == 0;
    if (remedy != NULL) {
        log_warn("token", "%s is %s%s%s: %s%s%s", connection_name(c),
                 strcmp(state, "new") == 0 ? "not authorised" : state, reason != NULL ? ", " : "",
                 reason != NULL ? reason : "", remedy, is_here ? "" : " in ",
                 is_here ? "" : a->project->folder);
    }
    json_decref(v);
}

static void announce_connections(const struct announcement *a)
{
    char *base_url = own_port_url_at(a->project, a->address);
    size_t pos = 0;
    struct connection *c;
    while (service_next(a->service, &pos, &c)) {
        announce_hook(c, base_url);
        announce_state(a, c);
    }
    free(base_url);
}

void announce(const struct announcement *a)
{
    announce_recipes(a->recipes);
    announce_broken(a->recipes);
    announce_idle(a->recipes);
    announce_connections(a);
}
