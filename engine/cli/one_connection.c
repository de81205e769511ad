/* Opens one connection as the engine does, but alone: store → vault → HTTP client → service. Taken
 * down in reverse, with the store before the loop, as its completions come through the loop. */
#include "cli/one_connection.h"

#include <stdlib.h>

#include "base/mem.h"
#include "project/connect.h"

/* Says that there is no such connection, with the one that may be meant. */
static int no_such_connection(const struct cli *c, const struct project *p, const char *name)
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
                  close != NULL ? "; is \"" : "", close != NULL ? close : "",
                  close != NULL ? "\" meant?" : "; `ladle connections` lists them");
    free(names);
    return cli_fail(c, &e);
}

int one_connection_open(struct cli *c, struct cli_project_store *base, const char *name,
                        struct one_connection *out)
{
    *out = (struct one_connection){ .base = base };
    int code = CLI_OK;
    struct err e = ERR_INIT;
    const json_t *config = json_object_get(base->project->connections, name);
    if (config == NULL) {
        code = no_such_connection(c, base->project, name);
        goto failed;
    }
    out->vault = cli_vault(c, base->project, base->store, &code);
    if (out->vault == NULL) {
        goto failed;
    }
    out->loop = loop_new();
    out->http = http_client_new(out->loop,
                                &(struct http_client_opts){ .user_agent = "ladle/" LADLE_VERSION,
                                                            .ca_file = getenv("LADLE_CA_FILE") });
    out->service = service_new(&(struct service_opts){
        .loop = out->loop, .http = out->http, .store = base->store, .vault = out->vault });
    const struct project_connect o = {
        .project = base->project, .service = out->service, .store = base->store, .vault = out->vault
    };
    out->connection = project_connect(&o, name, config, &e);
    if (out->connection != NULL) {
        return CLI_OK;
    }
    code = cli_fail(c, &e);
failed:
    one_connection_close(out);
    return code;
}

void one_connection_close(struct one_connection *o)
{
    if (o->service != NULL) {
        service_free(o->service);
    }
    cli_close(o->base);
    if (o->http != NULL) {
        o->http->free(o->http);
    }
    if (o->vault != NULL) {
        vault_free(o->vault);
    }
    if (o->loop != NULL) {
        loop_free(o->loop);
    }
}

void one_connection_wait(struct one_connection *o, const bool *is_done)
{
    while (!*is_done) {
        loop_turn(o->loop, true);
    }
}
