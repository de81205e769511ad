#pragma once

#include "project/check.h"

/* One entry of `connections:` in ladle.yaml. `folder` is the project's, for files that it names.
 * The config as project.h says; yours. Errors are recorded, and what is wrong is left out. */
json_t *connection_read(struct diags *d, const struct project_hooks *h, const char *folder,
                        const struct yaml *y, const char *name);
