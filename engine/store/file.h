#pragma once

#include <stdbool.h>

#include "base/err.h"

/* The store's file and its lock. */

/* Makes the file at path with mode 0600, and its folder with mode 0700, where they are missing;
 * both are synced, so that a power cut does not take them. A file that is there is not opened.
 * ERR_CONFIG. */
int file_prepare(const char *path, struct err *e);

/* Locks <path>.lock for this process, until file_unlock or the process's end, and writes the
 * process's number into it. ERR_CONFLICT where another process has it. */
int file_lock(const char *path, int *fd, struct err *e);
void file_unlock(int fd); /* -1 is allowed */

/* Makes an empty file with mode 0600 in the place of what is there. ERR_IO. */
int file_make_fresh(const char *path, struct err *e);
/* Gives a file that is complete its name: syncs it, renames it, syncs the folder. ERR_CONFLICT
 * where the name is taken and may not be replaced; ERR_IO. */
int file_publish(const char *part, const char *path, bool may_replace, struct err *e);
