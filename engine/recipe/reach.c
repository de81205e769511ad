/* Checks where a step's call goes, as far as the files say it. What is computed is known only when
 * it runs; then call/request.c says the same. Nothing is kept. */
#include "recipe/reach.h"

#include <string.h>

/* The settings of the connection, where they could be read; else NULL. */
static const json_t *settings_in_reach(const struct check *c, const struct reference *r)
{
    bool is_known = c->project != NULL && r->connector != NULL &&
                    json_object_get(c->project->faulty, r->owner) == NULL;
    return is_known ? json_object_get(c->project->connections, r->owner) : NULL;
}

static bool has_base_url(const struct check *c, const struct reference *r, const json_t *settings)
{
    const json_t *table = c->hooks != NULL && c->hooks->find_connector != NULL
                              ? c->hooks->find_connector(c->hooks->ud, r->connector)
                              : NULL;
    return json_object_get(settings, "base_url") != NULL ||
           json_object_get(table, "base_url") != NULL;
}

/* A text that is a path as it stands: not computed, and no URL. */
static bool is_path(const struct yaml *y)
{
    return y != NULL && y->kind == YAML_SCALAR && !yaml_is_expr(y) &&
           strncmp(y->text, "${", 2) != 0 && strstr(y->text, "://") == NULL;
}

void reach_check(struct check *c, const struct reference *r, const struct yaml *use,
                 const struct yaml *with)
{
    const json_t *settings = settings_in_reach(c, r);
    if (settings == NULL || has_base_url(c, r, settings)) {
        return;
    }
    const char *field = json_get_text(json_object_get(r->table, "free"), "url");
    const struct yaml *url = field != NULL ? yaml_get(with, field) : NULL;
    if (is_path(url)) {
        check_error(c->diags, url,
                    "such as https://api.example.com/orders; or say `base_url` there",
                    "the connection `%s` has no `base_url`, so `%s` has to be a whole URL",
                    r->owner, field);
    } else if (json_object_get(r->table, "path") != NULL &&
               json_object_get(r->table, "store") == NULL) {
        check_error(c->diags, use, "say it in ladle.yaml",
                    "the connection `%s` has no `base_url`, which %s.%s needs", r->owner, r->owner,
                    r->name);
    }
}
