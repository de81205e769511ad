#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "connector/connector.h"
#include "format/json.h"

/* One configured connection: a connector with this project's settings, its address and its account.
 * What else hangs on it (a token, a verifier, a limiter, the breaker's state) belongs to the folders
 * above, which put it there (connection_state.h). Loop thread. */
struct connection;

const char *connection_name(const struct connection *c);
struct connector *connection_connector(const struct connection *c);
json_t *connection_config(const struct connection *c); /* without its secrets; borrowed */
/* A text of the config that stands in ladle.yaml as it is; NULL for one that came out of ${secret} or
 * ${env}. Borrowed. */
const char *connection_setting(const struct connection *c, const char *key);
/* Its token does not work: a person must help, or it is suspended. */
bool connection_is_broken(const struct connection *c);
/* Whether run/ keeps this operation's records in the store (the connector marks it with `store`,
 * and the connection's sink is local) instead of calling. */
bool connection_is_local(const struct connection *c, const struct operation *op);
