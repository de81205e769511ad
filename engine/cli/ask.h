#pragma once

#include "cli/cli.h"

/* What `retry`, `replay` and `cancel` have in common: one question per id on the command line.
 * Opens the store and calls each(c, store, id, e) for every argument; prints "ID: done" or the
 * error, and goes on. The worst exit code. */
int ask_each(struct cli *c, const char *done,
             int (*each)(const struct cli *c, struct store *s, const char *id, struct err *e));

/* The run that an id on the command line names. ERR_CONFLICT for an event's, with `instead` as what
 * to do ("`ladle replay` runs it again"). */
int ask_find_run(struct store *s, const char *text, const char *instead, struct id *id,
                 struct err *e);
