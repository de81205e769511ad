/*
 * Looks whether a database is whole. Each table is looked at with its indexes in a transaction of
 * its own, so that the log can be written back in between. Any thread; a connection of its own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "base/mem.h"
#include "store/db.h"

enum { BUSY_TIMEOUT_MS = 5000, STEPS = 10000, TABLES_MAX = 64 };

struct checking {
    sqlite3 *handle;
    const char *path;
    struct db_watch watch;
    char *tables[TABLES_MAX];
    size_t count;
};

/* SQLite asks after so many steps; not 0 ends what it does. */
static int on_progress(void *ud)
{
    const struct checking *c = ud;
    return c->watch.goes_on != NULL && !c->watch.goes_on(c->watch.ud);
}

static bool is_damage(int rc)
{
    int primary = rc & 0xff;
    return primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB;
}

/* 1: it is damaged, and *damage says where. */
static int conclude_check(struct checking *c, int rc, char **damage, struct err *e)
{
    if (is_damage(rc)) {
        *damage = xstrdup(sqlite3_errmsg(c->handle));
        return 1;
    }
    if ((rc & 0xff) == SQLITE_INTERRUPT) {
        return err_set(e, ERR_CANCELLED, "the check was ended");
    }
    return err_set(e, ERR_STORE, "the store %s could not be checked: %s", c->path,
                   c->handle != NULL ? sqlite3_errmsg(c->handle) : sqlite3_errstr(rc));
}

static int list_tables(struct checking *c)
{
    sqlite3_stmt *q = NULL;
    int rc = sqlite3_prepare_v2(c->handle, "select name from sqlite_master where type = 'table'",
                                -1, &q, NULL);
    c->tables[c->count++] = xstrdup("sqlite_schema");
    while (rc == SQLITE_OK && (rc = sqlite3_step(q)) == SQLITE_ROW && c->count < TABLES_MAX) {
        c->tables[c->count++] = xstrdup((const char *)sqlite3_column_text(q, 0));
        rc = SQLITE_OK;
    }
    (void)sqlite3_finalize(q); /* repeats the error of the step */
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* 0: it is whole, 1 and *damage: it is not, or -1. */
static int check_table(struct checking *c, const char *table, char **damage, struct err *e)
{
    sqlite3_stmt *q = NULL;
    char *sql = sqlite3_mprintf("pragma quick_check(%Q)", table);
    int rc = sqlite3_prepare_v2(c->handle, sql, -1, &q, NULL);
    rc = rc == SQLITE_OK ? sqlite3_step(q) : rc;
    int result = 0;
    const char *words = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(q, 0) : NULL;
    if (words == NULL) {
        result = conclude_check(c, rc, damage, e);
    } else if (strcmp(words, "ok") != 0) {
        words += words[0] == '*' ? strcspn(words, "\n") : 0; /* "*** in database main ***" */
        words += words[0] == '\n';
        *damage = xasprintf("%s: %.*s", table, (int)strcspn(words, "\n"), words);
        result = 1;
    }
    (void)sqlite3_finalize(q); /* repeats the error of the step */
    sqlite3_free(sql);
    return result;
}

static int open_and_list(struct checking *c)
{
    int rc =
        sqlite3_open_v2(c->path, &c->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc != SQLITE_OK) {
        return rc;
    }
    (void)sqlite3_busy_timeout(c->handle, BUSY_TIMEOUT_MS);
    sqlite3_progress_handler(c->handle, STEPS, on_progress, c);
    rc = sqlite3_exec(c->handle, "pragma query_only = on", NULL, NULL, NULL);
    return rc == SQLITE_OK ? list_tables(c) : rc;
}

int db_check(const char *path, const struct db_watch *watch, char **damage, struct err *e)
{
    struct checking c = { .path = path, .watch = *watch };
    *damage = NULL;
    int rc = open_and_list(&c);
    int result = rc == SQLITE_OK ? 0 : conclude_check(&c, rc, damage, e);
    for (size_t i = 0; i < c.count && result == 0; i++) {
        result = check_table(&c, c.tables[i], damage, e);
    }
    for (size_t i = 0; i < c.count; i++) {
        free(c.tables[i]);
    }
    (void)sqlite3_close(c.handle); /* it was only read */
    return result;
}
