/*
 * Connects what ladle.yaml names: fills in the secrets, finds the connector, and adds the connection
 * to the service. The one way for the engine and for commands that work with one connection.
 */
#include "project/connect.h"

#include "project/secrets.h"

static char *find_secret(void *ud, const char *name)
{
    const struct project_connect *o = ud;
    return secrets_find(o->store, o->vault, name);
}

/* Which secret the token is, so that who has to change it can be told. No key of ladle.yaml has such
 * a name. */
static void note_token_secret(const json_t *config, json_t *filled)
{
    const char *name = json_get_text(json_object_get(config, "token"), "secret");
    if (name != NULL && filled != NULL) {
        json_object_set_new(filled, ":token_secret", json_string(name));
    }
}

struct connection *project_connect(const struct project_connect *o, const char *name,
                                   const json_t *config, struct err *e)
{
    const struct project_hooks *h = o->project->hooks;
    const char *kind = json_get_text(config, "connector");
    struct connector *connector = h->connector(h->ud, kind != NULL ? kind : "", e);
    json_t *filled = connector != NULL ? project_fill(config, find_secret, (void *)o, e) : NULL;
    note_token_secret(config, filled);
    struct connection *c =
        filled != NULL ? service_add(o->service, name, connector, filled, e) : NULL;
    json_forget(filled);
    if (c == NULL) {
        (void)err_prefix(e, "connection %s", name);
    }
    return c;
}
