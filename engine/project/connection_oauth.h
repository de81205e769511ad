#pragma once

#include "project/check.h"

/* Whether the settings of a connection that OAuth needs are there and go together. `table` is the
 * connector's (NULL: nothing is checked), `config` what was read of `y`. Errors are recorded. */
void connection_check_oauth(struct diags *d, const json_t *table, const json_t *config,
                            const struct yaml *y);
