/*
 * Copies the store to a file, for `ladle backup`. The copy is made beside its place and put there
 * when it is whole and synced, so a file of that name is always a good one. Runs on the caller's
 * thread, on connections of its own; an engine goes on meanwhile.
 */
#include "store/backup.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/db.h"
#include "store/file.h"
#include "store/schema.h"

static int check_store(const char *path, struct err *e)
{
    struct db *db = db_open(path, true, e);
    if (db == NULL) {
        return -1;
    }
    int result = schema_open(db, true, e);
    db_close(db);
    return result;
}

static int copy_store_file(const char *from, const char *to, struct err *e)
{
    if (access(to, F_OK) == 0) {
        return err_set(e, ERR_CONFLICT, "%s is there already; give another name", to);
    }
    return check_store(from, e) == -1 ? -1 : schema_copy(from, to, false, e);
}

int store_backup(const struct store_opts *o, const char *path, struct err *e)
{
    char *from = store_path(o, e);
    if (from == NULL) {
        return -1;
    }
    int result = copy_store_file(from, path, e);
    free(from);
    return result;
}
