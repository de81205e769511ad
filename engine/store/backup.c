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

/* Of the tables only: what else is wrong with the file shows when it is copied. */
static int check_store(const char *path, bool *is_readable, struct err *e)
{
    struct db *db = db_open(path, true, e);
    int result = db != NULL ? schema_open(db, true, e) : -1;
    *is_readable = result == 0;
    bool is_damaged = db != NULL && db_is_damaged(db);
    if (result == -1 && e->kind == ERR_STORE && !is_damaged) {
        (void)err_prefix(e, "nothing can be read, go back to an older backup");
    }
    db_close(db);
    return is_damaged ? 0 : result;
}

static int make_empty_store(const char *path, struct err *e)
{
    struct db *db = file_make_fresh(path, e) == 0 ? db_open(path, false, e) : NULL;
    int result = db != NULL ? schema_open(db, false, e) : -1;
    db_close(db);
    return result;
}

static int save_readable(const char *from, const char *part, struct backup_result *out,
                         struct err *e)
{
    if (make_empty_store(part, e) == -1 || db_salvage(from, part, &out->saved, e) == -1) {
        return -1;
    }
    out->is_damaged = true;
    return 0;
}

/* The copy is checked, not the store: it is what will be needed, and nobody writes to it. */
static int make_part(const char *from, const char *part, struct backup_result *out, struct err *e)
{
    bool is_readable;
    if (check_store(from, &is_readable, e) == -1) {
        return -1;
    }
    if (is_readable && schema_copy_part(from, part, e) == -1) {
        return -1;
    }
    int rc = is_readable ? db_check(part, &(struct db_watch){ NULL, NULL }, &out->damage, e) : 1;
    return rc == 1 ? save_readable(from, part, out, e) : rc;
}

/* The name and what SQLite may have left beside it. */
static void remove_part(const char *part)
{
    static const char *const ends[] = { "", "-wal", "-shm", "-journal" };
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        char *name = xasprintf("%s%s", part, ends[i]);
        (void)unlink(name); /* it may not be there */
        free(name);
    }
}

static int copy_store_file(const char *from, const char *to, struct backup_result *out,
                           struct err *e)
{
    if (access(to, F_OK) == 0) {
        return err_set(e, ERR_CONFLICT, "%s is there already; give another name", to);
    }
    char *part = xasprintf("%s.part", to);
    int result = make_part(from, part, out, e);
    result = result == 0 ? file_publish(part, to, false, e) : result;
    if (result == -1) {
        remove_part(part);
    }
    free(part);
    return result;
}

int store_backup(const struct store_opts *o, const char *path, struct backup_result *out,
                 struct err *e)
{
    *out = (struct backup_result){ .damage = NULL };
    char *from = store_path(o, e);
    if (from == NULL) {
        return -1;
    }
    int result = copy_store_file(from, path, out, e);
    free(from);
    return result;
}
