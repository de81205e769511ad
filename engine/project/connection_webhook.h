#pragma once

#include "project/check.h"

/* The parts of a connection in ladle.yaml that say how its webhooks are verified. Errors are
 * recorded with their place. */

/* `verify: NAME` is one of the presets that the connector offers. */
void webhook_check_scheme(struct diags *d, const struct yaml *y, const char *connector,
                          const json_t *table, const char *name);

/* What verifies a webhook must be said, be complete, and say nothing that the preset dictates. y is
 * the connection's map, table its connector's (or NULL), config what was read of it. */
void webhook_check(struct diags *d, const struct yaml *y, const char *connector,
                   const json_t *table, const json_t *config);

/* Whether what is signed holds the public address, so that `public_url` must be there. */
bool webhook_needs_url(const json_t *table, const json_t *config);
