#pragma once

#include "crypto/vault.h"
#include "project/project.h"
#include "service/service.h"
#include "store/store.h"

/* From the settings of a connection (a map of ladle.yaml, its secrets still holes) to a connection
 * of the service. */
struct project_connect {
    const struct project *project; /* its catalogue has the connector, which outlives the service */
    struct service *service;
    struct store *store; /* where the secrets are; before store_start. NULL: none is set */
    const struct vault *vault;
    bool are_secrets_unknown; /* the store cannot be read: connections that need one are left out */
};

/* NULL and ERR_CONFIG, which names the connection: the connector is not there, a secret is not set,
 * a setting does not fit. */
struct connection *project_connect(const struct project_connect *o, const char *name,
                                   const json_t *config, struct err *e);
/* Every connection that the project names, but those with errors (project_read), and `records`,
 * which is always there. What is wrong with each is told in d, at its place in ladle.yaml; -1 where
 * there is anything. */
int project_connect_all(const struct project_connect *o, struct diags *d);
