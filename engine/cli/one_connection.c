/* Opens one connection as the engine does, but alone: store → vault → HTTP client → service. Taken
 * down in reverse, with the store before the loop, as its completions come through the loop. */
#include "cli/one_connection.h"

#include <stdlib.h>

#include "base/mem.h"

/* Says that there is no such connection, with the one that may be meant. */
static int no_such(const struct cli *c, const struct project *p, const char *name)
{
    size_t count = 0;
    const char **names = xcalloc(json_object_size(p->connections) + 1, sizeof *names);
    const char *key;
    json_t *config;
    json_object_foreach (p->connections, key, config) {
        names[count++] = key;
    }
    const char *close = diag_closest(name, names);
    struct err e;
    (void)err_set(&e, ERR_CONFIG, "ladle.yaml has no connection \"%.60s\"%s%s%s", name,
                  close ? "; is \"" : "", close ? close : "",
                  close ? "\" meant?" : "; `ladle connections` lists them");
    free(names);
    return cli_fail(c, &e);
}

static char *find_secret(void *ud, const char *name)
{
    const struct one_connection *o = ud;
    return cli_find_secret(o->base->store, o->vault, name);
}

static int add(struct one_connection *o, const char *name, const json_t *config, struct err *e)
{
    const struct project_hooks *h = cli_hooks(o->base->project->folder);
    const char *kind = json_get_text(config, "connector");
    json_t *table = kind ? h->find_connector(h->ud, kind) : NULL;
    if (!table) {
        return err_set(e, ERR_CONFIG, "connection %s: there is no connector \"%.60s\"", name,
                       kind ? kind : "");
    }
    o->connector = connector_new(kind, table);
    connector_set_areas(o->connector, &(struct areas){ .find = h->find_part, .ud = h->ud });
    json_t *filled = project_fill(config, find_secret, o, e);
    if (filled) {
        o->connection = service_add(o->service, name, o->connector, filled, e);
    }
    json_forget(filled);
    return o->connection ? 0 : err_prefix(e, "connection %s", name);
}

int one_connection_open(struct cli *c, struct cli_project_store *base, const char *name,
                        struct one_connection *out)
{
    *out = (struct one_connection){ .base = base };
    int code = CLI_OK;
    struct err e = ERR_INIT;
    const json_t *config = json_object_get(base->project->connections, name);
    if (!config) {
        code = no_such(c, base->project, name);
        goto failed;
    }
    out->vault = cli_vault(c, base->project, base->store, &code);
    if (!out->vault) {
        goto failed;
    }
    out->loop = loop_new();
    out->http = http_client_new(out->loop,
                                &(struct http_client_opts){ .user_agent = "ladle/" LADLE_VERSION,
                                                            .ca_file = getenv("LADLE_CA_FILE") });
    out->service = service_new(&(struct service_opts){
        .loop = out->loop, .http = out->http, .store = base->store, .vault = out->vault });
    if (add(out, name, config, &e) == 0) {
        return CLI_OK;
    }
    code = cli_fail(c, &e);
failed:
    one_connection_close(out);
    return code;
}

void one_connection_close(struct one_connection *o)
{
    if (o->service) {
        service_free(o->service);
    }
    cli_close(o->base);
    if (o->http) {
        o->http->free(o->http);
    }
    if (o->connector) {
        connector_free(o->connector);
    }
    if (o->vault) {
        vault_free(o->vault);
    }
    if (o->loop) {
        loop_free(o->loop);
    }
}

void one_connection_wait(struct one_connection *o, const bool *is_done)
{
    while (!*is_done) {
        loop_turn(o->loop, true);
    }
}
