#pragma once

#include <stdbool.h>

#include "base/err.h"

/* The store's file and its lock. */

/* Makes the file at path with mode 0600, and its folder with mode 0700, where they are missing;
 * both are synced, so that a power cut does not take them. A file that is there is not opened.
 * ERR_CONFIG. */
int file_prepare(const char *path, struct err *e);

/* The lock that keeps a second engine away: on the store's file itself, under whatever name it is
 * opened, and on <path>.lock, which names the process that has it. */
struct file_lock {
    int store_fd; /* -1: not locked */
    int name_fd;
};
#define FILE_UNLOCKED                                                                              \
    (struct file_lock)                                                                             \
    {                                                                                              \
        -1, -1                                                                                     \
    }
/* Locks it for this process, until file_unlock or the process's end. ERR_CONFLICT where another
 * process has it. Where this process has the store open, it must not let go of the lock before it has closed it. */
int file_lock(const char *path, struct file_lock *lock, struct err *e);
/* Once nothing in this process has the store open. */
void file_unlock(struct file_lock *lock);
/* The process whose engine has the store locked: 0 where none has, as far as the system says. Takes
 * no lock itself. */
long file_holder(const char *path);
/* ERR_CONFIG where the file has several names (hard links): the log stands under one of them, and
 * is not found under another. A file that is not there is fine. */
int file_check_name(const char *path, struct err *e);

/* Makes an empty file with mode 0600 in the place of what is there. ERR_IO. */
int file_make_fresh(const char *path, struct err *e);
/* Gives a file that is complete its name: syncs it, renames it, syncs the folder. ERR_CONFLICT
 * where the name is taken and may not be replaced; ERR_IO. */
int file_publish(const char *part, const char *path, bool may_replace, struct err *e);
