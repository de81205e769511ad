/*
 * Events: what came in, once per dedupe key, and with it the runs that it starts, in one
 * transaction (so a key is never remembered without its runs, nor the other way round). The unique
 * index event_dedupe decides what is a duplicate; a duplicate is kept as a row without payload, for
 * people who want to know why nothing happened. Unrouted events are those that the engine still has
 * to match with recipes. Ops run on the writer or reader thread, structs live on the loop.
 */
#include "store/event.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "store/db.h"
#include "store/ops.h"
#include "store/rows.h"

static const char insert_event[] =
    "insert into event (id, connection, type, dedupe_key, received_us, is_routed, replay,"
    " duplicate_of, headers, payload, note)"
    " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    " on conflict do nothing";

static const char select_original[] =
    "select id"
    " from event"
    " where connection = $1"
    " and dedupe_key = $2"
    " and duplicate_of is null";

static const char mark_routed[] =
    "update event"
    " set is_routed = 1, note = $1"
    " where id = $2"
    " and is_routed = 0"
    " returning replay";

static const char select_exists[] =
    "select duplicate_of"
    " from event"
    " where id = $1";

static const char mark_unrouted[] =
    "update event"
    " set is_routed = 0, replay = replay + 1"
    " where id = $1"
    " and is_routed = 1";

void event_row_fini(struct event_row *row)
{
    free(row->connection);
    free(row->type);
    free(row->key);
    free(row->headers);
    free(row->payload);
    free(row->note);
    *row = (struct event_row){ 0 };
}

/* --- writing --- */

/* 1 where it was inserted, 0 where its id or its key is taken, -1 on error. */
static int64_t insert_event_row(struct db *db, const struct event_row *row,
                                const struct id *duplicate_of, struct err *e)
{
    bool is_duplicate = !id_is_zero(duplicate_of);
    struct query *q = db_query(db, insert_event);
    query_bind_id(q, 1, &row->id);
    query_bind_text(q, 2, row->connection);
    query_bind_text(q, 3, row->type);
    query_bind_text(q, 4, row->key);
    query_bind_int(q, 5, row->received_us);
    query_bind_int(q, 6, row->is_routed || is_duplicate);
    query_bind_int(q, 7, row->replay);
    query_bind_id(q, 8, duplicate_of);
    query_bind_text(q, 9, row->headers);
    if (!is_duplicate) {
        query_bind_text_n(q, 10, row->payload, row->payload_len);
        query_bind_text(q, 11, row->note);
    }
    return query_change(q, e);
}

/* 1 where there is one, 0, or -1. */
static int find_original(struct db *db, const struct event_row *row, struct id *original,
                         struct err *e)
{
    if (row->key == NULL) {
        return 0;
    }
    struct query *q = db_query(db, select_original);
    query_bind_text(q, 1, row->connection);
    query_bind_text(q, 2, row->key);
    int rc = query_next(q, e);
    if (rc == 1) {
        *original = query_id(q, 0);
    }
    query_end(q);
    return rc;
}

static int add_duplicate(struct db *db, const struct event_row *row, struct id *original,
                         struct err *e)
{
    int rc = find_original(db, row, original, e);
    if (rc == -1) {
        return -1;
    }
    int64_t inserted = rc == 1 ? insert_event_row(db, row, original, e) : 0;
    if (inserted == 0) {
        char text[ID_TEXT + 1];
        id_format(&row->id, text);
        return err_set(e, ERR_CONFLICT, "there is an event %s already", text);
    }
    tally_add(db, COUNTER_DUPLICATE, 1);
    return inserted == 1 ? 0 : -1;
}

int event_add(struct db *db, const struct event_row *row, struct id *original, struct err *e)
{
    static const struct id nobody;
    assert(!id_is_zero(&row->id));
    *original = nobody;
    int64_t inserted = insert_event_row(db, row, &nobody, e);
    if (inserted != 1) {
        return inserted == 0 ? add_duplicate(db, row, original, e) : -1;
    }
    tally_add(db, COUNTER_EVENT, 1);
    tally_add(db, COUNTER_UNROUTED, !row->is_routed);
    return 0;
}

static int add_runs(struct db *db, struct event_put *put, struct err *e)
{
    for (size_t i = 0; i < put->run_count; i++) {
        if (run_add(db, &put->event.id, put->event.replay, &put->runs[i], put->op.now_us, e) ==
            -1) {
            return -1;
        }
    }
    return 0;
}

/* What an event does: it adds or removes an account, starts runs and wakes others. */
static int route(struct db *db, struct event_put *put, struct err *e)
{
    return account_apply(db, &put->account, put->op.now_us, e) == -1 || add_runs(db, put, e) == -1
               ? -1
               : waits_wake(db, put, e);
}

/* An occurrence that must not start is no event. */
static int apply_occurrence(struct db *db, struct event_put *put, struct err *e)
{
    put->is_duplicate = false;
    if (put->occurrence == NULL) {
        return 0;
    }
    assert(put->run_count == 1);
    int result = occurrence_apply(db, put->occurrence, &put->runs[0], put->op.now_us, e);
    put->is_duplicate = put->occurrence->outcome != OCCURRENCE_STARTED;
    return result;
}

static int event_put_exec(struct store_op *op, struct db *db, struct err *e)
{
    struct event_put *put = list_entry(op, struct event_put, op);
    if (apply_occurrence(db, put, e) == -1) {
        return -1;
    }
    if (put->is_duplicate) {
        return 0;
    }
    if (event_add(db, &put->event, &put->original, e) == -1) {
        return -1;
    }
    put->is_duplicate = !id_is_zero(&put->original);
    woken_clear(put);
    if (put->is_duplicate) {
        return 0;
    }
    return put->event.is_routed ? route(db, put, e) : add_runs(db, put, e);
}

/* 0 where the event is there and not a duplicate of another. */
static int check_exists(struct db *db, const struct id *id, struct err *e)
{
    char text[ID_TEXT + 1];
    id_format(id, text);
    struct query *q = db_query(db, select_exists);
    query_bind_id(q, 1, id);
    int rc = query_next(q, e);
    struct id original = { { 0 } };
    if (rc == 1) {
        original = query_id(q, 0);
    }
    query_end(q);
    if (rc == 0) {
        return err_set(e, ERR_NOT_FOUND, "there is no event %s", text);
    }
    if (rc == 1 && !id_is_zero(&original)) {
        id_format(&original, text);
        return err_set(e, ERR_CONFLICT, "the event is a duplicate; the first one is %s", text);
    }
    return rc == 1 ? 0 : -1;
}

static int route_exec(struct store_op *op, struct db *db, struct err *e)
{
    struct event_put *put = list_entry(op, struct event_put, op);
    struct query *q = db_query(db, mark_routed);
    query_bind_text(q, 1, put->event.note);
    query_bind_id(q, 2, &put->event.id);
    int rc = query_next(q, e);
    put->is_duplicate = rc == 0;
    woken_clear(put);
    if (rc == 1) {
        put->event.replay = (int)query_int(q, 0);
        rc = query_run(q, e);
        tally_add(db, COUNTER_UNROUTED, -1);
        return rc == -1 ? -1 : route(db, put, e);
    }
    return rc == 0 ? check_exists(db, &put->event.id, e) : -1;
}

struct event_put *event_put_new(void)
{
    struct event_put *put = xcalloc(1, sizeof(*put));
    put->op.exec = event_put_exec;
    put->event.id = id_new();
    return put;
}

struct event_put *event_route_new(void)
{
    struct event_put *put = xcalloc(1, sizeof(*put));
    put->op.exec = route_exec;
    return put;
}

void event_put_free(struct event_put *put)
{
    if (put == NULL) {
        return;
    }
    event_row_fini(&put->event);
    for (size_t i = 0; i < put->run_count; i++) {
        run_seed_fini(&put->runs[i]);
    }
    free(put->runs);
    account_note_fini(&put->account);
    woken_clear(put);
    free(put);
}

/* An event that waits to be routed stays as it is: it is going to run anyway. */
static int replay_exec(struct store_op *op, struct db *db, struct err *e)
{
    struct event_replay *r = list_entry(op, struct event_replay, op);
    if (check_exists(db, &r->id, e) == -1) {
        return -1;
    }
    struct query *q = db_query(db, mark_unrouted);
    query_bind_id(q, 1, &r->id);
    int64_t changed = query_change(q, e);
    if (changed == -1) {
        return -1;
    }
    tally_add(db, COUNTER_UNROUTED, changed);
    return 0;
}

void event_replay_init(struct event_replay *r, struct id id)
{
    *r = (struct event_replay){ .op.exec = replay_exec, .id = id };
}

/* --- reading --- */

#define LIST_HEAD                                                                                  \
    "select id, connection, type, dedupe_key, received_us, is_routed, replay, duplicate_of, "      \
    "headers,"                                                                                     \
    " (select count(*) from run where run.event_id = event.id),"                                   \
    " case when $1 = 1 then payload end, note"                                                     \
    " from event"
#define LIST_FILTER                                                                                \
    " where id < $2"                                                                               \
    " and ($3 is null or connection = $3)"                                                         \
    " and ($4 is null or type = $4)"                                                               \
    " and received_us >= $5"

static const char list_all[] = LIST_HEAD LIST_FILTER
    " order by id desc"
    " limit $6";
static const char list_unrouted[] = LIST_HEAD LIST_FILTER
    " and is_routed = 0"
    " order by id"
    " limit $6";
static const char select_one[] = LIST_HEAD " where id = $2";

static struct query *start_event_list(struct db *db, const struct event_list *list)
{
    bool is_one = !id_is_zero(&list->only);
    struct query *q = db_query(db, is_one                ? select_one
                                   : list->only_unrouted ? list_unrouted
                                                         : list_all);
    query_bind_int(q, 1, list->with_payload);
    if (is_one) {
        query_bind_id(q, 2, &list->only);
        return q;
    }
    rows_bind_before(q, 2, &list->before);
    query_bind_text(q, 3, list->connection);
    query_bind_text(q, 4, list->type);
    query_bind_int(q, 5, list->since_us);
    query_bind_int(q, 6, rows_limit(list->limit));
    return q;
}

static void read_event(struct query *q, struct event_row *row)
{
    row->id = query_id(q, 0);
    row->connection = query_text(q, 1);
    row->type = query_text(q, 2);
    row->key = query_text(q, 3);
    row->received_us = query_int(q, 4);
    row->is_routed = query_int(q, 5) != 0;
    row->replay = (int)query_int(q, 6);
    row->duplicate_of = query_id(q, 7);
    row->headers = query_text(q, 8);
    row->run_count = query_int(q, 9);
    row->payload = query_text_n(q, 10, &row->payload_len);
    row->note = query_text(q, 11);
}

static void clear_event_list(struct event_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        event_row_fini(&list->rows[i]);
    }
    free(list->rows);
    list->rows = NULL;
    list->count = 0;
}

static int event_list_exec(struct store_op *op, struct db *db, struct err *e)
{
    struct event_list *list = list_entry(op, struct event_list, op);
    clear_event_list(list);
    struct query *q = start_event_list(db, list);
    int rc;
    while ((rc = query_next(q, e)) == 1) {
        list->rows = rows_grow(list->rows, list->count, sizeof(*list->rows));
        read_event(q, &list->rows[list->count]);
        list->count++;
    }
    return rc;
}

struct event_list *event_list_new(void)
{
    struct event_list *list = xcalloc(1, sizeof(*list));
    list->op.exec = event_list_exec;
    list->limit = 100;
    return list;
}

void event_list_free(struct event_list *list)
{
    if (list != NULL) {
        clear_event_list(list);
        free(list);
    }
}
