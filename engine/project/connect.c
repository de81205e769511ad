/*
 * Connects what ladle.yaml names: fills in the secrets, finds the connector, and adds the
 * connection to the service, which looks at the settings. The one way for the engine, for commands
 * that work with one connection, and for `ladle check`, so that none of them takes what another
 * refuses.
 */
#include "project/connect.h"

#include <stdlib.h>

#include "base/mem.h"
#include "project/fill.h"
#include "project/hole.h"
#include "project/secrets.h"

static char *find_secret(void *ud, const char *name)
{
    const struct project_connect *o = ud;
    return o->store != NULL && o->vault != NULL ? secrets_find(o->store, o->vault, name) : NULL;
}

/* What ladle.yaml says of the connection; NULL where it says nothing. */
static const struct yaml *settings_in_file(const struct project *p, const char *name)
{
    return yaml_get(yaml_get(p->tree, "connections"), name);
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

/* Secrets that are missing are told in d (or NULL) by themselves: then *is_told. */
static struct connection *connect_one(const struct project_connect *o, const char *name,
                                      const json_t *config, struct diags *d, bool *is_told,
                                      struct err *e)
{
    const struct project_hooks *h = o->project->hooks;
    const char *kind = json_get_text(config, "connector");
    const struct fill from = { .find = find_secret,
                               .ud = (void *)o, /* it is only read */
                               .diags = d,
                               .at = settings_in_file(o->project, name) };
    struct connector *connector = h->connector(h->ud, kind != NULL ? kind : "", e);
    json_t *filled = connector != NULL ? fill_secrets(config, &from, e) : NULL;
    *is_told = connector != NULL && filled == NULL;
    note_token_secret(config, filled);
    struct connection *c =
        filled != NULL ? service_add(o->service, name, connector, filled, e) : NULL;
    json_forget(filled);
    return c;
}

struct connection *project_connect(const struct project_connect *o, const char *name,
                                   const json_t *config, struct err *e)
{
    bool is_told;
    struct connection *c = connect_one(o, name, config, NULL, &is_told, e);
    if (c == NULL) {
        (void)err_prefix(e, "connection %s", name);
    }
    return c;
}

/* --- all of them --- */

/* The error stands at the setting that it is about, or at the connection. */
static void tell_connection_error(const struct project_connect *o, const char *name,
                                  const struct err *e, struct diags *d)
{
    char *path = xasprintf("connections.%s.%s", name, e->detail);
    const struct yaml *at = project_place(o->project, path);
    diags_add(d, at != NULL ? at->line : 0, at != NULL ? at->column : 0, NULL,
              "the connection `%s`: %s", name, e->message);
    free(path);
}

static bool has_hole(const json_t *v)
{
    size_t i;
    const char *key;
    json_t *one;
    bool has = hole_is_open(v);
    json_array_foreach ((json_t *)v, i, one) {
        has = has || has_hole(one);
    }
    json_object_foreach ((json_t *)v, key, one) {
        has = has || has_hole(one);
    }
    return has;
}

static int connect_or_tell(const struct project_connect *o, const char *name, const json_t *config,
                           struct diags *d)
{
    struct err e = ERR_INIT;
    bool is_told;
    if ((o->are_secrets_unknown && has_hole(config)) ||
        connect_one(o, name, config, d, &is_told, &e) != NULL) {
        return 0;
    }
    if (!is_told) {
        tell_connection_error(o, name, &e, d);
    }
    return -1;
}

/* The workspace is there without an entry; one may give it another sink. */
static int connect_records(const struct project_connect *o, struct diags *d)
{
    if (json_object_get(o->project->connections, "records") != NULL) {
        return 0;
    }
    json_t *config = json_pack("{s:s}", "connector", "records");
    int rc = connect_or_tell(o, "records", config, d);
    json_decref(config);
    return rc;
}

int project_connect_all(const struct project_connect *o, struct diags *d)
{
    int rc = 0;
    const char *name;
    json_t *config;
    json_object_foreach (o->project->connections, name, config) {
        if (json_object_get(o->project->faulty, name) == NULL &&
            connect_or_tell(o, name, config, d) == -1) {
            rc = -1;
        }
    }
    return connect_records(o, d) == -1 ? -1 : rc;
}
