/*
 * Takes what can be read out of a damaged store into a new one. Each table is read by its own key,
 * never by an index: from its first row to where it breaks off, and from its last row back to
 * there. What lies between two damaged places is lost with them.
 *
 * What is left has to be something that an engine may go on from. A run whose event is gone is
 * dead. Where lines of journals are gone, nobody knows what runs have done: those that have not
 * ended are parked for a person. What waited behind a run that is gone goes on. Any thread;
 * connections of its own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "base/mem.h"
#include "store/db.h"

enum { BUSY_TIMEOUT_MS = 5000, SQL_MAX = 4096 };

struct saving {
    sqlite3 *from, *to;
    const char *from_path, *to_path;
    struct db_salvage *out;
};

static const char *const tables[] = { "event",      "run",    "journal",        "version", "secret",
                                      "connection", "record", "record_version", "counter", "wait",
                                      "limiter",    "lease",  "clock",          "jump" };

/* RUN_BLOCKED, states and modes as run.c writes them. */
static const char mend[] =
    "update run"
    " set state = 5, due_us = 0, error_kind = 'store',"
    " error_message = 'its event was lost in a damaged store'"
    " where state < 4"
    " and not exists (select 1 from event where event.id = run.event_id);"

    "update run"
    " set due_us = 0"
    " where due_us = 9223372036854775807"
    " and order_key is not null"
    " and state < 4"
    " and id = ("
    "   select min(first.id)"
    "   from run first"
    "   where first.recipe = run.recipe"
    "   and first.order_key = run.order_key"
    "   and first.state < 4"
    "   and first.due_us = 9223372036854775807)"
    " and not exists ("
    "   select 1"
    "   from run active"
    "   where active.recipe = run.recipe"
    "   and active.order_key = run.order_key"
    "   and active.mode < 3"
    "   and active.state < 4"
    "   and active.due_us < 9223372036854775807);"

    "update counter"
    " set n = (select count(*) from run where run.state = counter.id)"
    " where id < 8;"
    "update counter"
    " set n = (select count(*) from event where duplicate_of is null)"
    " where id = 8;"
    "update counter"
    " set n = (select count(*) from event where duplicate_of is not null)"
    " where id = 9;"
    "update counter"
    " set n = (select count(*) from event where is_routed = 0)"
    " where id = 10;"
    "update counter"
    " set n = (select count(*) from wait)"
    " where id = 11;";

static const char park_open[] =
    "update run"
    " set state = 3, due_us = 0, error_kind = 'store',"
    " error_message = 'lines of its journal may be lost in a damaged store: see what was done, then"
    " `ladle retry` or `ladle cancel` it'"
    " where state < 3"
    " and due_us < 9223372036854775807;";

static int fail_to_save(sqlite3 *handle, const char *path, struct err *e)
{
    enum err_kind kind = sqlite3_errcode(handle) == SQLITE_FULL ? ERR_STORE_FULL : ERR_STORE;
    return err_set(e, kind, "cannot save what %s holds: %s", path, sqlite3_errmsg(handle));
}

/* --- one table --- */

/* Its columns, and the key that it is stored by: "a, b" and "a desc, b desc". */
struct shape {
    char columns[SQL_MAX], holes[SQL_MAX], key[SQL_MAX], key_back[SQL_MAX];
};

static void append_name(char *list, const char *text, const char *more)
{
    size_t len = strlen(list);
    (void)snprintf(list + len, SQL_MAX - len, "%s%s%s", len > 0 ? ", " : "", text, more);
}

static int read_shape(struct saving *s, const char *table, struct shape *shape)
{
    sqlite3_stmt *q = NULL;
    *shape = (struct shape){ .key = "" };
    char *sql =
        sqlite3_mprintf("select name from pragma_table_info(%Q) order by pk = 0, pk, cid", table);
    char *keys =
        sqlite3_mprintf("select name from pragma_table_info(%Q) where pk > 0 order by pk", table);
    int rc = sqlite3_prepare_v2(s->to, sql, -1, &q, NULL);
    while (rc == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW) {
        append_name(shape->columns, (const char *)sqlite3_column_text(q, 0), "");
        append_name(shape->holes, "?", "");
    }
    (void)sqlite3_finalize(q); /* the schema is our own: it reads */
    q = NULL;
    rc = rc == SQLITE_OK ? sqlite3_prepare_v2(s->to, keys, -1, &q, NULL) : rc;
    while (rc == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW) {
        append_name(shape->key, (const char *)sqlite3_column_text(q, 0), "");
        append_name(shape->key_back, (const char *)sqlite3_column_text(q, 0), " desc");
    }
    (void)sqlite3_finalize(q);
    sqlite3_free(sql);
    sqlite3_free(keys);
    return rc == SQLITE_OK && shape->key[0] != '\0' ? 0 : -1;
}

/* 0, or -1 where the new store cannot take it. */
static int save_row(struct saving *s, sqlite3_stmt *get, sqlite3_stmt *put, struct err *e)
{
    for (int i = 0; i < sqlite3_column_count(get); i++) {
        (void)sqlite3_bind_value(put, i + 1, sqlite3_column_value(get, i)); /* the step fails */
    }
    int rc = sqlite3_step(put);
    (void)sqlite3_reset(put); /* repeats the error of the step */
    if (rc != SQLITE_DONE) {
        return fail_to_save(s->to, s->to_path, e);
    }
    s->out->rows += sqlite3_changes64(s->to);
    return 0;
}

/* *is_whole: it came to the end. */
static int save_rows(struct saving *s, const char *table, const struct shape *shape,
                     const char *order, bool *is_whole, struct err *e)
{
    sqlite3_stmt *get = NULL, *put = NULL;
    char *from =
        sqlite3_mprintf("select %s from %s not indexed order by %s", shape->columns, table, order);
    char *to = sqlite3_mprintf("insert or %s into %s (%s) values (%s)",
                               strcmp(table, "counter") == 0 ? "replace" : "ignore", table,
                               shape->columns, shape->holes);
    int result = 0;
    int rc = sqlite3_prepare_v2(s->from, from, -1, &get, NULL);
    if (sqlite3_prepare_v2(s->to, to, -1, &put, NULL) != SQLITE_OK) {
        result = fail_to_save(s->to, s->to_path, e);
    }
    while (result == 0 && rc == SQLITE_OK && (rc = sqlite3_step(get)) == SQLITE_ROW) {
        result = save_row(s, get, put, e);
        rc = SQLITE_OK;
    }
    *is_whole = rc == SQLITE_DONE;
    (void)sqlite3_finalize(get); /* both repeat the error of the step */
    (void)sqlite3_finalize(put);
    sqlite3_free(from);
    sqlite3_free(to);
    return result;
}

static int save_table(struct saving *s, const char *table, struct err *e)
{
    struct shape *shape = xmalloc(sizeof *shape);
    bool is_whole = false, is_back_whole;
    int result = 0;
    if (read_shape(s, table, shape) == 0) {
        result = save_rows(s, table, shape, shape->key, &is_whole, e);
        if (result == 0 && !is_whole) {
            result = save_rows(s, table, shape, shape->key_back, &is_back_whole, e);
        }
    }
    free(shape);
    if (!is_whole) {
        size_t len = strlen(s->out->torn);
        (void)snprintf(s->out->torn + len, sizeof s->out->torn - len, "%s%s", len > 0 ? ", " : "",
                       table);
        s->out->has_torn_journal |= strcmp(table, "journal") == 0;
    }
    return result;
}

/* --- all --- */

static int run_on_copy(struct saving *s, const char *script, struct err *e)
{
    return sqlite3_exec(s->to, script, NULL, NULL, NULL) == SQLITE_OK
               ? 0
               : fail_to_save(s->to, s->to_path, e);
}

static int save_all(struct saving *s, struct err *e)
{
    if (run_on_copy(s, "begin immediate", e) == -1) {
        return -1;
    }
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        if (save_table(s, tables[i], e) == -1) {
            return -1;
        }
    }
    if (s->out->has_torn_journal && run_on_copy(s, park_open, e) == -1) {
        return -1;
    }
    return run_on_copy(s, mend, e) == -1 ? -1 : run_on_copy(s, "commit", e);
}

int db_salvage(const char *from, const char *to, struct db_salvage *out, struct err *e)
{
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    struct saving s = { .from_path = from, .to_path = to, .out = out };
    *out = (struct db_salvage){ 0 };
    int result = 0;
    if (sqlite3_open_v2(from, &s.from, flags, NULL) != SQLITE_OK) {
        result = fail_to_save(s.from, from, e);
    } else if (sqlite3_open_v2(to, &s.to, flags, NULL) != SQLITE_OK) {
        result = fail_to_save(s.to, to, e);
    } else {
        (void)sqlite3_busy_timeout(s.from, BUSY_TIMEOUT_MS);
        (void)sqlite3_exec(s.from, "pragma query_only = on; begin", NULL, NULL, NULL);
        result = save_all(&s, e);
    }
    (void)sqlite3_close(s.to); /* what counts was committed */
    (void)sqlite3_close(s.from);
    return result;
}
