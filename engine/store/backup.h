#pragma once

#include "base/err.h"
#include "store/db.h"
#include "store/store.h"

/* Of a store that is damaged a backup holds what could be read. */
struct backup_result {
    bool is_damaged;
    char *damage; /* where, or NULL; yours */
    struct db_salvage saved;
};

/* Copies the store as it is at one moment to `path`, while an engine may be writing; what is
 * written meanwhile is not in it. The copy is a store itself (mode 0600), synced before this comes
 * back; until then only <path>.part exists. For commands: takes as long as the disks do.
 * ERR_CONFLICT where the path exists, ERR_NOT_FOUND where there is no store, ERR_CONFIG where it
 * cannot be read, ERR_STORE_FULL, ERR_IO. */
int store_backup(const struct store_opts *o, const char *path, struct backup_result *out,
                 struct err *e);
