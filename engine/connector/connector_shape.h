#pragma once

#include "connector/shape.h"

/* What the tables of connectors and actions may have. Whoever reads such a file (the catalogue)
 * holds it against its shape once; everything behind relies on it. */

/* scripts/connectors/NAME.lua */
const struct shape *connector_shape(void);
/* A file of the folder beside it, by its name: "index", "events", or an area. */
const struct shape *connector_part_shape(const char *file);
/* scripts/NAME.lua */
const struct shape *action_shape(void);
