/*
 * Recipe versions under their content hash, so that a run ends on the recipe that it began on,
 * whatever happens to the files. A version is written once and never changed, but for the time at
 * which it was put last: that is what tells prune.c whether it may still get runs. Writing on the
 * writer thread, reading on either.
 */
#include <stdlib.h>

#include "store/db.h"
#include "store/run.h"

static const char insert_version[] =
    "insert into version (hash, recipe, created_us, bundle)"
    " values ($1, $2, $3, $4)"
    " on conflict (hash) do update"
    " set created_us = excluded.created_us";

static const char select_version[] =
    "select bundle"
    " from version"
    " where hash = $1";

static int version_put_exec(struct store_op *op, struct db *db, struct err *e)
{
    const struct version_put *v = list_entry(op, struct version_put, op);
    struct query *q = db_query(db, insert_version);
    query_bind_text(q, 1, v->hash);
    query_bind_text(q, 2, v->recipe);
    query_bind_int(q, 3, op->now_us);
    query_bind_bytes(q, 4, v->bundle, v->bundle_len);
    return query_run(q, e);
}

void version_put_init(struct version_put *v)
{
    *v = (struct version_put){ .op.exec = version_put_exec };
}

static int version_get_exec(struct store_op *op, struct db *db, struct err *e)
{
    struct version_get *v = list_entry(op, struct version_get, op);
    free(v->bundle);
    v->bundle = NULL;
    struct query *q = db_query(db, select_version);
    query_bind_text(q, 1, v->hash);
    int rc = query_next(q, e);
    if (rc == 1) {
        v->bundle = query_text_n(q, 0, &v->bundle_len);
    }
    query_end(q);
    if (rc == 0) {
        return err_set(e, ERR_NOT_FOUND, "there is no recipe version %s", v->hash);
    }
    return rc == 1 ? 0 : -1;
}

void version_get_init(struct version_get *v)
{
    *v = (struct version_get){ .op.exec = version_get_exec };
}
