/*
 * Rows of authorisations under way: compared and set in one statement, since a callback of a
 * browser may come twice, and to two processes. On the writer thread.
 */
#include "store/flow_row.h"

#include <stdlib.h>

#include "base/mem.h"
#include "store/db.h"
#include "store/ops.h"
#include "store/query.h"

static const char insert_flow[] =
    "insert into secret (name, updated_us, sealed)"
    " values ($1, $2, $3)"
    " on conflict (name) do nothing";

static const char replace_flow[] =
    "update secret"
    " set updated_us = $1, sealed = $2"
    " where name = $3 and sealed = $4";

static const char delete_old[] =
    "delete from secret"
    " where name >= 'flow:' and name < 'flow;' and updated_us < $1";

static int prune(struct db *db, int64_t now_us, struct err *e)
{
    struct query *q = db_query(db, delete_old);
    query_bind_int(q, 1, now_us - FLOW_KEEP_US);
    return query_run(q, e);
}

static int64_t insert_flow_row(struct db *db, const struct flow_put *p, struct err *e)
{
    struct query *q = db_query(db, insert_flow);
    query_bind_text(q, 1, p->name);
    query_bind_int(q, 2, p->op.now_us);
    query_bind_bytes(q, 3, p->sealed, p->len);
    return query_change(q, e);
}

static int64_t replace_flow_row(struct db *db, const struct flow_put *p, struct err *e)
{
    struct query *q = db_query(db, replace_flow);
    query_bind_int(q, 1, p->op.now_us);
    query_bind_bytes(q, 2, p->sealed, p->len);
    query_bind_text(q, 3, p->name);
    query_bind_bytes(q, 4, p->before, p->before_len);
    return query_change(q, e);
}

static int flow_put_exec(struct store_op *op, struct db *db, struct err *e)
{
    const struct flow_put *p = list_entry(op, struct flow_put, op);
    if (key_check(db, p->sealed, p->len, e) == -1) {
        return -1;
    }
    if (p->before == NULL && prune(db, op->now_us, e) == -1) {
        return -1;
    }
    int64_t changed = p->before == NULL ? insert_flow_row(db, p, e) : replace_flow_row(db, p, e);
    if (changed == 0) {
        return err_set(e, ERR_CONFLICT, "this authorisation was changed by somebody else");
    }
    return changed == -1 ? -1 : 0;
}

struct flow_put *flow_put_new(const char *name, uint8_t *sealed_taken, size_t len)
{
    struct flow_put *p = xcalloc(1, sizeof *p);
    p->op.exec = flow_put_exec;
    p->name = xstrdup(name);
    p->sealed = sealed_taken;
    p->len = len;
    return p;
}

void flow_put_free(struct flow_put *p)
{
    if (p != NULL) {
        free(p->name);
        free(p->before);
        free(p->sealed);
        free(p);
    }
}
