#pragma once

#include "cli/cli.h"

/* What `retry`, `replay` and `cancel` have in common: one question per id on the command line.
 * Opens the store and calls each(c, store, id, e) for every argument; prints "ID: done" or the
 * error, and goes on. Where each gives 1 the run was left as it is, and that was told. The worst
 * exit code. */
int ask_each(struct cli *c, const char *done,
             int (*each)(const struct cli *c, struct store *s, const char *id, struct err *e));
