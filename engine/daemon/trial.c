/*
 * Tries out a start of the engine for `ladle check`, without its consequences. The parts that can
 * refuse settings are put together as in engine.c, with the same functions, around a loop that
 * never turns: no thread is started, nothing is sent, the store is opened for reading. A store or a
 * key that is not there yet is no error, as the first start makes both.
 */
#include "daemon/trial.h"

#include <stdlib.h>
#include <unistd.h>

#include "crypto/vault.h"
#include "daemon/own_port.h"
#include "net/loop.h"
#include "project/connect.h"
#include "project/master_key.h"
#include "project/secrets.h"
#include "service/service.h"
#include "store/store.h"

struct trial {
    const struct project *project;
    struct diags *diags;
    struct store *store; /* NULL: not there yet, or it cannot be read */
    struct vault *vault; /* NULL: there is no key yet */
    bool are_secrets_unknown;
};

static void tell_refusal(const struct trial *t, const char *setting, const struct err *e)
{
    const struct yaml *at = project_place(t->project, setting);
    diags_add(t->diags, at != NULL ? at->line : 0, at != NULL ? at->column : 0, NULL, "%s",
              e->message);
}

/* One of an older release is brought up to date by the start; until then nobody can read it. */
static void open_store(struct trial *t)
{
    struct store_opts how = { .url = t->project->store,
                              .folder = t->project->folder,
                              .is_read_only = true };
    struct err e = ERR_INIT;
    t->store = store_open(&how, &e);
    if (t->store != NULL || e.kind == ERR_NOT_FOUND) {
        return;
    }
    t->are_secrets_unknown = true;
    if (e.kind != ERR_CONFLICT) {
        tell_refusal(t, "store", &e);
    }
}

static void open_vault(struct trial *t)
{
    if (t->store == NULL) {
        return;
    }
    struct err e = ERR_INIT;
    char *path = secrets_key_path(t->project);
    if (master_key_look(t->store, path, &t->vault, &e) == -1) {
        t->are_secrets_unknown = true;
        tell_refusal(t, "store", &e);
    }
    free(path);
}

static void try_connections(const struct trial *t)
{
    struct loop *loop = loop_new();
    struct service *service =
        service_new(&(struct service_opts){ .loop = loop, .store = t->store, .vault = t->vault });
    (void)project_connect_all(
        &(struct project_connect){ .project = t->project,
                                   .service = service,
                                   .store = t->store,
                                   .vault = t->vault,
                                   .are_secrets_unknown = t->are_secrets_unknown },
        t->diags); /* what is wrong was told */
    service_free(service);
    loop_free(loop);
}

void trial_run(const struct project *p, struct diags *d)
{
    struct trial t = { .project = p, .diags = d };
    (void)own_port_check(p, d); /* what is wrong was told */
    open_store(&t);
    open_vault(&t);
    try_connections(&t);
    vault_free(t.vault);
    if (t.store != NULL) {
        store_close(t.store);
    }
}
