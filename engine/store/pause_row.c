/*
 * Pauses (pause_row.h). The end of one notes with the recipe's schedules since when they were off, so
 * that what they missed is made up for with that reason, also by an engine that starts later. Writer
 * or reader thread.
 */
#include "store/pause_row.h"

#include <stdlib.h>

#include "base/mem.h"
#include "store/db.h"
#include "store/ops.h"
#include "store/rows.h"

static const char insert_pause[] =
    "insert into pause (recipe, since_us, who, why)"
    " values ($1, $2, $3, $4)"
    " on conflict do nothing";

static const char select_since[] =
    "select since_us"
    " from pause"
    " where recipe = $1";

static const char delete_pause[] =
    "delete from pause"
    " where recipe = $1";

/* The newest runs have the highest ids; 7 is skipped. */
static const char count_skipped[] =
    "select count(*)"
    " from run"
    " where recipe = $1"
    " and state = 7"
    " and created_us >= $2"
    " and error_message = $3";

static const char set_schedules_off[] =
    "update schedule"
    " set off_us = $1, off_why = $2"
    " where recipe = $3"
    " and off_us = 0";

static const char list_pauses[] =
    "select recipe, since_us, who, why"
    " from pause"
    " order by recipe";

static void pause_row_fini(struct pause_row *row)
{
    free(row->recipe);
    free(row->who);
    free(row->why);
    *row = (struct pause_row){ 0 };
}

int pause_find(struct db *db, const char *recipe, int64_t *since_us, struct err *e)
{
    struct query *q = db_query(db, select_since);
    query_bind_text(q, 1, recipe);
    int rc = query_next(q, e);
    *since_us = rc == 1 ? query_int(q, 0) : 0;
    query_end(q);
    return rc;
}

static int add_exec(struct store_op *op, struct db *db, struct err *e)
{
    const struct pause_add *p = list_entry(op, struct pause_add, op);
    struct query *q = db_query(db, insert_pause);
    query_bind_text(q, 1, p->row.recipe);
    query_bind_int(q, 2, op->now_us);
    query_bind_text(q, 3, p->row.who);
    query_bind_text(q, 4, p->row.why);
    int64_t added = query_change(q, e);
    if (added == 0) {
        return err_set(e, ERR_CONFLICT, "%s is paused already", p->row.recipe);
    }
    return added == -1 ? -1 : 0;
}

struct pause_add *pause_add_new(const char *recipe)
{
    struct pause_add *p = xcalloc(1, sizeof *p);
    p->op.exec = add_exec;
    p->row.recipe = xstrdup(recipe);
    return p;
}

void pause_add_free(struct pause_add *p)
{
    if (p != NULL) {
        pause_row_fini(&p->row);
        free(p);
    }
}

static int count_meanwhile(struct db *db, struct pause_end *p, struct err *e)
{
    struct query *q = db_query(db, count_skipped);
    query_bind_text(q, 1, p->recipe);
    query_bind_int(q, 2, p->since_us);
    query_bind_text(q, 3, RUN_SKIP_PAUSED);
    int rc = query_next(q, e);
    p->skipped = rc == 1 ? query_int(q, 0) : 0;
    query_end(q);
    return rc == -1 ? -1 : 0;
}

static int end_exec(struct store_op *op, struct db *db, struct err *e)
{
    struct pause_end *p = list_entry(op, struct pause_end, op);
    int rc = pause_find(db, p->recipe, &p->since_us, e);
    if (rc == 0) {
        return err_set(e, ERR_NOT_FOUND, "%s is not paused", p->recipe);
    }
    if (rc == -1 || count_meanwhile(db, p, e) == -1) {
        return -1;
    }
    struct query *q = db_query(db, set_schedules_off);
    query_bind_int(q, 1, p->since_us);
    query_bind_text(q, 2, SCHEDULE_OFF_PAUSED);
    query_bind_text(q, 3, p->recipe);
    if (query_run(q, e) == -1) {
        return -1;
    }
    q = db_query(db, delete_pause);
    query_bind_text(q, 1, p->recipe);
    return query_run(q, e);
}

void pause_end_init(struct pause_end *p, const char *recipe)
{
    *p = (struct pause_end){ .op.exec = end_exec, .recipe = recipe };
}

static void clear_pauses(struct pause_list *l)
{
    for (size_t i = 0; i < l->count; i++) {
        pause_row_fini(&l->rows[i]);
    }
    free(l->rows);
    l->rows = NULL;
    l->count = 0;
}

static int list_exec(struct store_op *op, struct db *db, struct err *e)
{
    struct pause_list *l = list_entry(op, struct pause_list, op);
    clear_pauses(l);
    struct query *q = db_query(db, list_pauses);
    int rc;
    while ((rc = query_next(q, e)) == 1) {
        l->rows = rows_grow(l->rows, l->count, sizeof *l->rows);
        l->rows[l->count++] = (struct pause_row){ .recipe = query_text(q, 0),
                                                  .since_us = query_int(q, 1),
                                                  .who = query_text(q, 2),
                                                  .why = query_text(q, 3) };
    }
    return rc;
}

struct pause_list *pause_list_new(void)
{
    struct pause_list *l = xcalloc(1, sizeof *l);
    l->op.exec = list_exec;
    return l;
}

void pause_list_free(struct pause_list *l)
{
    if (l != NULL) {
        clear_pauses(l);
        free(l);
    }
}
