#pragma once

#include "cli/cli.h"
#include "project/project.h"

/* `ladle schedules backfill RECIPE`; an exit code. */
int run_backfill(struct cli *c);

/* The moment that an option names, local to the project's zone where it says no offset. CLI_OK, also
 * where it is not given; else CLI_USAGE, after saying what is wrong. */
int run_backfill_time(const struct cli *c, const struct project *p, const char *option,
                      int64_t *us);
