/*
 * Numbers the commits and notes how far time and the journal's numbers have come, so that the next
 * process goes on from there, whatever its clock says, and can tell that commits are gone that were
 * made (store/file.h). The rows stand in `counter`, in a page that nearly every commit writes
 * anyway.
 */
#include "store/commit_row.h"

#include "base/id.h"
#include "store/db.h"

static const char note_commit[] =
    "update counter"
    " set n = case id when 32 then n + 1 when 33 then max(n, $1) else max(n, $2) end"
    " where id between 32 and 34"
    " returning id, n";

static const char select_mark[] =
    "select n"
    " from counter"
    " where id = $1";

static const char last_event[] =
    "select id"
    " from event"
    " order by id desc"
    " limit 1";

static const char last_run[] =
    "select id"
    " from run"
    " order by id desc"
    " limit 1";

static const char update_mark[] =
    "update counter"
    " set n = $1"
    " where id = $2";

int commit_note(struct db *db, int64_t now_us, int64_t *sequence, struct err *e)
{
    struct query *q = db_query(db, note_commit);
    query_bind_int(q, 1, now_us);
    query_bind_int(q, 2, db_last_number(db));
    int rc;
    while ((rc = query_next(q, e)) == 1) {
        *sequence = query_int(q, 0) == COMMIT_SEQUENCE ? query_int(q, 1) : *sequence;
    }
    return rc;
}

int commit_read(struct db *db, enum commit_mark mark, int64_t *value, struct err *e)
{
    struct query *q = db_query(db, select_mark);
    query_bind_int(q, 1, mark);
    int rc = query_next(q, e);
    *value = rc == 1 ? query_int(q, 0) : 0;
    query_end(q);
    return rc == -1 ? -1 : 0;
}

static int pass_last_id(struct db *db, const char *sql, struct err *e)
{
    struct query *q = db_query(db, sql);
    int rc = query_next(q, e);
    if (rc == 1) {
        struct id last = query_id(q, 0);
        id_continue(&last);
    }
    query_end(q);
    return rc == -1 ? -1 : 0;
}

int commit_go_on(struct db *db, struct err *e)
{
    int64_t number;
    if (pass_last_id(db, last_event, e) == -1 || pass_last_id(db, last_run, e) == -1 ||
        commit_read(db, COMMIT_NUMBER, &number, e) == -1) {
        return -1;
    }
    db_number_from(db, number);
    return 0;
}

static int write_mark(struct db *db, enum commit_mark mark, int64_t value, struct err *e)
{
    struct query *q = db_query(db, update_mark);
    query_bind_int(q, 1, value);
    query_bind_int(q, 2, mark);
    return query_run(q, e);
}

int commit_set_highest(struct db *db, int64_t now_us, struct err *e)
{
    return write_mark(db, COMMIT_HIGHEST, now_us, e);
}

int commit_compare(struct db *db, int64_t sequence, int64_t now_us, int64_t *lost, struct err *e)
{
    int64_t reached;
    if (commit_read(db, COMMIT_SEQUENCE, &reached, e) == -1) {
        return -1;
    }
    *lost = sequence > reached ? sequence - reached : 0;
    if (*lost == 0) {
        return 0;
    }
    return write_mark(db, COMMIT_SEQUENCE, sequence, e) == -1 ||
                   write_mark(db, COMMIT_LOST, *lost, e) == -1 ||
                   write_mark(db, COMMIT_LOST_AT, now_us, e) == -1
               ? -1
               : 0;
}
