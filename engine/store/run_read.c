/*
 * Reading runs: the ones that are due, which are claimed in the same transaction, and the lists and
 * counts that people ask for. Claims run on the writer thread, lists on the reader's. What is read
 * is the op's, and is freed on the loop.
 */
#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "store/db.h"
#include "store/ops.h"
#include "store/rows.h"

/* --- claims --- */

static const char select_due[] = "select " RUN_LOAD_COLUMNS
                                 " from run"
                                 " join event on event.id = run.event_id"
                                 " where run.state < 3"
                                 " and run.due_us <= $1"
                                 " order by run.due_us, run.id"
                                 " limit $2";

static const char hold_run[] =
    "update run"
    " set state = 1, attempts = attempts + 1, due_us = 9223372036854775806, updated_us = $1,"
    " is_woken = 0, turn_of = null"
    " where id = $2";

static const char select_next_due[] =
    "select due_us"
    " from run"
    " where state < 3"
    " and due_us < 9223372036854775806"
    " order by due_us"
    " limit 1";

void run_load_fini(struct run_load *load)
{
    run_row_fini(&load->run);
    free(load->connection);
    free(load->type);
    free(load->headers);
    free(load->payload);
    free(load->turn_of);
    for (size_t i = 0; i < load->row_count; i++) {
        journal_row_fini(&load->rows[i]);
    }
    free(load->rows);
    *load = (struct run_load){ 0 };
}

void run_load_read(struct query *q, struct run_load *load)
{
    run_read(q, 0, &load->run);
    load->connection = query_text(q, RUN_COLUMN_COUNT);
    load->type = query_text(q, RUN_COLUMN_COUNT + 1);
    load->headers = query_text(q, RUN_COLUMN_COUNT + 2);
    load->payload = query_text_n(q, RUN_COLUMN_COUNT + 3, &load->payload_len);
    load->received_us = query_int(q, RUN_COLUMN_COUNT + 4);
}

static int read_due(struct db *db, struct run_claim *claim, struct err *e)
{
    struct query *q = db_query(db, select_due);
    query_bind_int(q, 1, claim->now_us < RUN_HELD ? claim->now_us : RUN_HELD - 1);
    query_bind_int(q, 2, rows_limit(claim->limit));
    int rc;
    while ((rc = query_next(q, e)) == 1) {
        if (!run_claim_has_room(claim)) {
            query_end(q);
            return 0;
        }
        claim->runs = rows_grow(claim->runs, claim->count, sizeof(*claim->runs));
        run_load_read(q, &claim->runs[claim->count]);
        claim->count++;
    }
    return rc;
}

int run_load_hold(struct db *db, struct run_load *load, int64_t now_us, struct err *e)
{
    struct query *q = db_query(db, hold_run);
    query_bind_int(q, 1, now_us);
    query_bind_id(q, 2, &load->run.id);
    if (query_run(q, e) == -1) {
        return -1;
    }
    run_count_state(db, load->run.state, RUN_RUNNING);
    load->run.state = RUN_RUNNING;
    load->run.attempts++;
    load->run.due_us = 0;
    load->run.updated_us = now_us;
    return journal_read(db, &load->run.id, &load->rows, &load->row_count, e);
}

static int read_next_due(struct db *db, int64_t *next_due_us, struct err *e)
{
    struct query *q = db_query(db, select_next_due);
    int rc = query_next(q, e);
    *next_due_us = rc == 1 ? query_int(q, 0) : 0;
    query_end(q);
    return rc == -1 ? -1 : 0;
}

static void clear_claim(struct run_claim *claim)
{
    for (size_t i = 0; i < claim->count; i++) {
        run_load_fini(&claim->runs[i]);
    }
    free(claim->runs);
    claim->runs = NULL;
    claim->count = 0;
}

static int claim_exec(struct store_op *op, struct db *db, struct err *e)
{
    struct run_claim *claim = list_entry(op, struct run_claim, op);
    clear_claim(claim);
    if (claim->turn_of != NULL) {
        return run_take_turns(db, claim, op->now_us, e);
    }
    if (read_due(db, claim, e) == -1) {
        return -1;
    }
    for (size_t i = 0; i < claim->count; i++) {
        if (run_load_hold(db, &claim->runs[i], op->now_us, e) == -1) {
            return -1;
        }
    }
    return read_next_due(db, &claim->next_due_us, e);
}

struct run_claim *run_claim_new(int limit, int64_t now_us)
{
    struct run_claim *claim = xcalloc(1, sizeof(*claim));
    claim->op.exec = claim_exec;
    claim->limit = limit;
    claim->now_us = now_us;
    return claim;
}

void run_claim_free(struct run_claim *claim)
{
    if (claim != NULL) {
        clear_claim(claim);
        free(claim->turn_of);
        free(claim->after_recipe);
        free(claim);
    }
}

/* --- lists --- */

/* The lists differ in the index that they walk: all runs by id, those that have not ended, those
 * that wait for a person, those of one event. A recipe's runs are picked while walking. (That
 * due_us is never negative is no news, but makes SQLite walk run_due.) */
#define LIST_HEAD "select " RUN_COLUMNS " from run"
#define LIST_TAIL                                                                                  \
    " and (1 << state) & $2 <> 0"                                                                  \
    " and ($3 is null or recipe = $3)"                                                             \
    " and ($4 is null or event_id = $4)"                                                           \
    " order by id desc"                                                                            \
    " limit $5"

static const char list_all[] = LIST_HEAD " where id < $1" LIST_TAIL;
static const char list_open[] = LIST_HEAD
    " where id in (select id from run where state < 3 and due_us >= 0) and id < $1" LIST_TAIL;
static const char list_stuck[] =
    LIST_HEAD " where id in (select id from run where state in (3, 5)) and id < $1" LIST_TAIL;
static const char list_of_event[] = LIST_HEAD
    " where id < $1"
    " and (1 << state) & $2 <> 0"
    " and ($3 is null or recipe = $3)"
    " and event_id = $4"
    " order by id desc"
    " limit $5";
static const char select_one[] = LIST_HEAD " where id = $1";

enum {
    STATES_ALL = (1 << RUN_STATE_COUNT) - 1,
    STATES_OPEN = 1 << RUN_QUEUED | 1 << RUN_RUNNING | 1 << RUN_WAITING,
    STATES_STUCK = 1 << RUN_PARKED | 1 << RUN_DEAD,
};

static const char *choose_run_sql(const struct run_list *list, unsigned states)
{
    if (!id_is_zero(&list->event_id)) {
        return list_of_event;
    }
    if ((states & ~(unsigned)STATES_OPEN) == 0) {
        return list_open;
    }
    return (states & ~(unsigned)STATES_STUCK) == 0 ? list_stuck : list_all;
}

static struct query *start_run_list(struct db *db, const struct run_list *list)
{
    if (!id_is_zero(&list->only)) {
        struct query *q = db_query(db, select_one);
        query_bind_id(q, 1, &list->only);
        return q;
    }
    unsigned states = list->states & STATES_ALL;
    states = list->states == 0 ? STATES_ALL : states;
    struct query *q = db_query(db, choose_run_sql(list, states));
    rows_bind_before(q, 1, &list->before);
    query_bind_int(q, 2, states);
    query_bind_text(q, 3, list->recipe);
    query_bind_id(q, 4, &list->event_id);
    query_bind_int(q, 5, rows_limit(list->limit));
    return q;
}

static void clear_run_list(struct run_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        run_row_fini(&list->rows[i]);
    }
    for (size_t i = 0; i < list->journal_count; i++) {
        journal_row_fini(&list->journal[i]);
    }
    free(list->rows);
    free(list->journal);
    list->rows = NULL;
    list->journal = NULL;
    list->count = list->journal_count = 0;
}

static int run_list_exec(struct store_op *op, struct db *db, struct err *e)
{
    struct run_list *list = list_entry(op, struct run_list, op);
    clear_run_list(list);
    struct query *q = start_run_list(db, list);
    int rc;
    while ((rc = query_next(q, e)) == 1) {
        list->rows = rows_grow(list->rows, list->count, sizeof(*list->rows));
        run_read(q, 0, &list->rows[list->count]);
        list->count++;
    }
    if (rc == 0 && !id_is_zero(&list->only)) {
        rc = journal_read(db, &list->only, &list->journal, &list->journal_count, e);
    }
    return rc;
}

struct run_list *run_list_new(void)
{
    struct run_list *list = xcalloc(1, sizeof(*list));
    list->op.exec = run_list_exec;
    list->limit = 100;
    return list;
}

void run_list_free(struct run_list *list)
{
    if (list != NULL) {
        clear_run_list(list);
        free(list);
    }
}

/* --- what was cancelled --- */

static const char select_cancelled[] =
    "select 1"
    " from run"
    " where id = $1"
    " and state = 6";

static int cancels_exec(struct store_op *op, struct db *db, struct err *e)
{
    struct run_cancels *c = list_entry(op, struct run_cancels, op);
    for (size_t i = 0; i < c->count; i++) {
        struct query *q = db_query(db, select_cancelled);
        query_bind_id(q, 1, &c->ids[i]);
        int rc = query_next(q, e);
        query_end(q);
        if (rc == -1) {
            return -1;
        }
        c->is_cancelled[i] = rc == 1;
    }
    return 0;
}

struct run_cancels *run_cancels_new(size_t count)
{
    struct run_cancels *c = xcalloc(1, sizeof *c);
    c->op.exec = cancels_exec;
    c->ids = xcalloc(count, sizeof *c->ids);
    c->is_cancelled = xcalloc(count, sizeof *c->is_cancelled);
    c->count = count;
    return c;
}

void run_cancels_free(struct run_cancels *c)
{
    if (c != NULL) {
        free(c->ids);
        free(c->is_cancelled);
        free(c);
    }
}

/* --- counts --- */

static int counts_exec(struct store_op *op, struct db *db, struct err *e)
{
    struct run_counts *c = list_entry(op, struct run_counts, op);
    int64_t totals[COUNTER_COUNT];
    if (tally_read(db, totals, e) == -1) {
        return -1;
    }
    for (int i = 0; i < RUN_STATE_COUNT; i++) {
        c->by_state[i] = totals[COUNTER_RUN_STATE + i];
    }
    c->events = totals[COUNTER_EVENT];
    c->duplicates = totals[COUNTER_DUPLICATE];
    c->unrouted = totals[COUNTER_UNROUTED];
    return 0;
}

void run_counts_init(struct run_counts *c)
{
    *c = (struct run_counts){ .op.exec = counts_exec };
}
