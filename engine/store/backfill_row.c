/*
 * Backfills (backfill_row.h): few rows, each there until it is done. A schedule has at most one, so
 * that two of them never start the same occurrence at the same time. Writer or reader thread.
 */
#include "store/backfill_row.h"

#include <stdlib.h>

#include "base/mem.h"
#include "store/db.h"
#include "store/ops.h"
#include "store/rows.h"

static const char insert_backfill[] =
    "insert into backfill (id, schedule, reached_us, to_us, rate, who)"
    " select $1, number, $2, $3, $4, $5"
    " from schedule"
    " where recipe = $6"
    " and identity = $7";

static const char count_backfills[] =
    "select count(*)"
    " from backfill"
    " join schedule on schedule.number = backfill.schedule"
    " where recipe = $1"
    " and identity = $2";

static const char reach_backfill[] =
    "update backfill"
    " set reached_us = $1"
    " where id = $2";

static const char delete_backfill[] =
    "delete from backfill"
    " where id = $1";

static const char delete_of_recipe[] =
    "delete from backfill"
    " where schedule in ("
    "   select number"
    "   from schedule"
    "   where recipe = $1)";

static const char list_backfills[] =
    "select id, schedule, reached_us, to_us, rate, who"
    " from backfill"
    " order by id";

void backfill_row_fini(struct backfill_row *row)
{
    free(row->who);
    *row = (struct backfill_row){ 0 };
}

static int check_none(struct db *db, const struct backfill_add *a, struct err *e)
{
    struct query *q = db_query(db, count_backfills);
    query_bind_text(q, 1, a->recipe);
    query_bind_text(q, 2, a->identity);
    int rc = query_next(q, e);
    int64_t count = rc == 1 ? query_int(q, 0) : 0;
    query_end(q);
    if (count > 0) {
        return err_set(e, ERR_CONFLICT, "a backfill of it is under way");
    }
    return rc == -1 ? -1 : 0;
}

static int add_exec(struct store_op *op, struct db *db, struct err *e)
{
    const struct backfill_add *a = list_entry(op, struct backfill_add, op);
    if (check_none(db, a, e) == -1) {
        return -1;
    }
    struct query *q = db_query(db, insert_backfill);
    query_bind_id(q, 1, &a->row.id);
    query_bind_int(q, 2, a->row.reached_us);
    query_bind_int(q, 3, a->row.to_us);
    query_bind_int(q, 4, a->row.rate);
    query_bind_text(q, 5, a->row.who);
    query_bind_text(q, 6, a->recipe);
    query_bind_text(q, 7, a->identity);
    int64_t added = query_change(q, e);
    if (added == 0) {
        return err_set(e, ERR_NOT_FOUND, "no engine has had this schedule in force yet");
    }
    return added == -1 ? -1 : 0;
}

struct backfill_add *backfill_add_new(void)
{
    struct backfill_add *a = xcalloc(1, sizeof *a);
    a->op.exec = add_exec;
    a->row.id = id_new();
    return a;
}

void backfill_add_free(struct backfill_add *a)
{
    if (a != NULL) {
        backfill_row_fini(&a->row);
        free(a);
    }
}

int64_t backfill_reach(struct db *db, const struct id *id, int64_t planned_us, struct err *e)
{
    struct query *q = db_query(db, reach_backfill);
    query_bind_int(q, 1, planned_us);
    query_bind_id(q, 2, id);
    return query_change(q, e);
}

static int end_exec(struct store_op *op, struct db *db, struct err *e)
{
    const struct backfill_end *end = list_entry(op, struct backfill_end, op);
    struct query *q = db_query(db, delete_backfill);
    query_bind_id(q, 1, &end->id);
    return query_run(q, e);
}

void backfill_end_init(struct backfill_end *end, struct id id)
{
    *end = (struct backfill_end){ .op.exec = end_exec, .id = id };
}

static int stop_exec(struct store_op *op, struct db *db, struct err *e)
{
    struct backfill_stop *stop = list_entry(op, struct backfill_stop, op);
    struct query *q = db_query(db, delete_of_recipe);
    query_bind_text(q, 1, stop->recipe);
    stop->count = query_change(q, e);
    return stop->count == -1 ? -1 : 0;
}

void backfill_stop_init(struct backfill_stop *stop, const char *recipe)
{
    *stop = (struct backfill_stop){ .op.exec = stop_exec, .recipe = recipe };
}

static void clear_backfills(struct backfill_list *l)
{
    for (size_t i = 0; i < l->count; i++) {
        backfill_row_fini(&l->rows[i]);
    }
    free(l->rows);
    l->rows = NULL;
    l->count = 0;
}

static int list_exec(struct store_op *op, struct db *db, struct err *e)
{
    struct backfill_list *l = list_entry(op, struct backfill_list, op);
    clear_backfills(l);
    struct query *q = db_query(db, list_backfills);
    int rc;
    while ((rc = query_next(q, e)) == 1) {
        l->rows = rows_grow(l->rows, l->count, sizeof *l->rows);
        l->rows[l->count++] = (struct backfill_row){
            .id = query_id(q, 0),
            .schedule = query_int(q, 1),
            .reached_us = query_int(q, 2),
            .to_us = query_int(q, 3),
            .rate = (int)query_int(q, 4),
            .who = query_text(q, 5),
        };
    }
    return rc;
}

struct backfill_list *backfill_list_new(void)
{
    struct backfill_list *l = xcalloc(1, sizeof *l);
    l->op.exec = list_exec;
    return l;
}

void backfill_list_free(struct backfill_list *l)
{
    if (l != NULL) {
        clear_backfills(l);
        free(l);
    }
}
