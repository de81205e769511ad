/*
 * Stores the state of limiters, so that limits hold over a restart. A row is overwritten again and
 * again, and is of no use once every call in it lies outside the longest window; so old rows (of a
 * token that is not used any more) are dropped with the next write. Written on the writer thread,
 * read before it starts.
 */
#include "store/limit_row.h"

#include <stdlib.h>

#include "base/mem.h"
#include "store/db.h"
#include "store/rows.h"

static const int64_t useless_after_us = 40LL * 24 * 3600 * 1000 * 1000; /* a month's window */

static const char upsert_limit[] =
    "insert into limiter (key, kept_us, state)"
    " values ($1, $2, $3)"
    " on conflict (key) do update"
    " set kept_us = excluded.kept_us, state = excluded.state";

static const char delete_old[] =
    "delete from limiter"
    " where kept_us < $1";

static const char list_limits[] =
    "select key, kept_us, state"
    " from limiter"
    " order by key";

static void limit_row_fini(struct limit_row *row)
{
    free(row->key);
    free(row->state);
}

static int limit_put_exec(struct store_op *op, struct db *db, struct err *e)
{
    const struct limit_put *p = list_entry(op, struct limit_put, op);
    struct query *q = db_query(db, upsert_limit);
    query_bind_text(q, 1, p->row.key);
    query_bind_int(q, 2, p->row.kept_us);
    query_bind_text(q, 3, p->row.state);
    if (query_run(q, e) == -1) {
        return -1;
    }
    q = db_query(db, delete_old);
    query_bind_int(q, 1, p->row.kept_us - useless_after_us);
    return query_run(q, e);
}

struct limit_put *limit_put_new(void)
{
    struct limit_put *p = xcalloc(1, sizeof *p);
    p->op.exec = limit_put_exec;
    return p;
}

void limit_put_free(struct limit_put *p)
{
    if (p != NULL) {
        limit_row_fini(&p->row);
        free(p);
    }
}

static void clear(struct limit_list *l)
{
    for (size_t i = 0; i < l->count; i++) {
        limit_row_fini(&l->rows[i]);
    }
    free(l->rows);
    l->rows = NULL;
    l->count = 0;
}

static int limit_list_exec(struct store_op *op, struct db *db, struct err *e)
{
    struct limit_list *l = list_entry(op, struct limit_list, op);
    clear(l);
    struct query *q = db_query(db, list_limits);
    int rc;
    while ((rc = query_next(q, e)) == 1) {
        l->rows = rows_grow(l->rows, l->count, sizeof *l->rows);
        l->rows[l->count++] = (struct limit_row){ .key = query_text(q, 0),
                                                  .kept_us = query_int(q, 1),
                                                  .state = query_text(q, 2) };
    }
    return rc;
}

struct limit_list *limit_list_new(void)
{
    struct limit_list *l = xcalloc(1, sizeof *l);
    l->op.exec = limit_list_exec;
    return l;
}

void limit_list_free(struct limit_list *l)
{
    if (l != NULL) {
        clear(l);
        free(l);
    }
}
