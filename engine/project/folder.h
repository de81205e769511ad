#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* Files of a project folder. The first two read with plain system calls: they are used at start and
 * by commands, never while the loop runs. */

/* A regular file's bytes and a NUL behind them; yours. ERR_NOT_FOUND, ERR_TOO_LARGE past max,
 * ERR_IO. */
char *folder_read(const char *path, size_t max, size_t *len, struct err *e);

/* The names in a folder that do not begin with a dot, sorted by byte; a NULL-terminated array that
 * is yours (folder_free_names). A folder that is not there is empty. NULL and ERR_IO, ERR_TOO_LARGE
 * past `max` names. */
char **folder_names(const char *path, size_t max, size_t *count, struct err *e);
void folder_free_names(char **names);

/* Whether a file's name ends so, with something before it. */
bool folder_ends_with(const char *name, const char *end);
/* Whether a file of the recipes folder is one: *.yaml but *_test.yaml. */
bool folder_is_recipe(const char *name);
