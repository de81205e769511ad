/*
 * Reads what commits and clocks have left (commit_row.h, clock_row.h). Changes nothing.
 */
#include "store/health_read.h"

#include "store/commit_row.h"
#include "store/db.h"

static const char select_jump[] =
    "select by_us, at_us"
    " from jump"
    " where by_us <> 0"
    " order by number desc"
    " limit 1";

static int read_exec(struct store_op *op, struct db *db, struct err *e)
{
    struct health_read *h = list_entry(op, struct health_read, op);
    if (commit_read(db, COMMIT_HIGHEST, &h->highest_us, e) == -1 ||
        commit_read(db, COMMIT_LOST, &h->lost, e) == -1 ||
        commit_read(db, COMMIT_LOST_AT, &h->lost_at_us, e) == -1) {
        return -1;
    }
    struct query *q = db_query(db, select_jump);
    int rc = query_next(q, e);
    h->jump_us = rc == 1 ? query_int(q, 0) : 0;
    h->jump_at_us = rc == 1 ? query_int(q, 1) : 0;
    query_end(q);
    return rc == -1 ? -1 : 0;
}

void health_read_init(struct health_read *h)
{
    *h = (struct health_read){ .op.exec = read_exec };
}
