#pragma once

#include "base/err.h"
#include "format/json.h"

/* Whether `auth` of a connector's table has the shape that scripts/README.md describes. ERR_CONFIG
 * names the key. */
int connector_check_auth(const json_t *auth, struct err *e);
