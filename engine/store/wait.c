/*
 * Stores the waits for events (`wait_for`), and ends those that an event fits. A wait stands in an
 * index under its connection, its event, the first field that it looks at and that field's value,
 * so an event finds its waits without meeting others: for each field that is waited for at all (the
 * index is skipped through from field to field, one look each) it looks up its own value. An event
 * that nobody waits for costs one look for each of its names; where there are no waits at all, one
 * look for the whole transaction (nobody else writes during it). The other fields are compared with
 * the row's match.
 *
 * A wait that matches is deleted in the transaction of the event, so it is woken once; its journal
 * row gets the payload, and the run is due. A run that an engine holds in memory cannot be made
 * due: is_woken keeps it from going to sleep (run.c). Writer thread.
 */
#include "store/wait.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "format/json.h"
#include "store/db.h"
#include "store/ops.h"
#include "store/rows.h"

enum {
    VALUE_MAX = 80, /* bytes of a value in the index; the row's match has all of it */
    NAMED_MAX = 3,  /* runs that the note of an event names */
    NOTE_MAX = 1024,
};

/* A wait whose row is DONE already was woken before its run heard of it. */
static const char upsert_wait[] =
    "insert into wait (run_id, path, connection, event, field, value, match)"
    " select $1, $2, $3, $4, $5, $6, $7"
    " where not exists ("
    "   select 1"
    "   from journal"
    "   where run_id = $1"
    "   and path = $2"
    "   and state = 1)"
    " on conflict (run_id, path) do update"
    " set connection = excluded.connection, event = excluded.event, field = excluded.field,"
    " value = excluded.value, match = excluded.match";

static const char delete_wait[] =
    "delete from wait"
    " where run_id = $1"
    " and path = $2";

static const char delete_waits[] =
    "delete from wait"
    " where run_id = $1";

static const char select_any[] =
    "select 1"
    " from wait"
    " limit 1";

static const char select_next_field[] =
    "select field"
    " from wait"
    " where connection = $1"
    " and event = $2"
    " and field > $3"
    " order by field"
    " limit 1";

static const char select_matching[] =
    "select run_id, path, match"
    " from wait"
    " where connection = $1"
    " and event = $2"
    " and field = $3"
    " and value = $4";

static const char complete_row[] =
    "update journal"
    " set state = 1, ended_us = $1, due_us = 0, output = $2, error = null"
    " where run_id = $3"
    " and path = $4"
    " and state <> 1";

static const char wake_waiting[] =
    "update run"
    " set state = 0, due_us = $1, updated_us = $1, is_woken = 1"
    " where id = $2"
    " and state = 2";

static const char note_event[] =
    "update event"
    " set note = $1"
    " where id = $2";

static const char note_woken[] =
    "update run"
    " set is_woken = 1"
    " where id = $1"
    " and state = 1";

void wait_row_fini(struct wait_row *row)
{
    free(row->path);
    free(row->connection);
    free(row->event);
    free(row->match);
    *row = (struct wait_row){ 0 };
}

/* --- values --- */

static bool is_whole(double number)
{
    return number == trunc(number) && fabs(number) < 9e15;
}

/* A value as the index holds it: equal values give the same text, and so may long ones that are not
 * equal. Yours. */
static char *index_text(const json_t *value)
{
    if (json_is_real(value) && is_whole(json_real_value(value))) {
        return xasprintf("%lld", (long long)json_real_value(value));
    }
    char *text = json_text_sorted(value);
    size_t len = strnlen(text, VALUE_MAX + 1);
    if (len > VALUE_MAX) {
        len = VALUE_MAX;
        while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80) {
            len--; /* not within a character */
        }
        text[len] = '\0';
    }
    return text;
}

static bool is_equal_value(const json_t *a, const json_t *b)
{
    if (json_is_number(a) && json_is_number(b) && json_typeof(a) != json_typeof(b)) {
        return json_number_value(a) == json_number_value(b);
    }
    return json_equal(a, b) == 1;
}

/* Whether the payload has all values of a match. */
static bool has_all(const json_t *payload, const char *match)
{
    json_t *wanted = json_parse_own(match, strlen(match), NULL);
    if (wanted == NULL) {
        return false;
    }
    bool result = true;
    const char *path;
    json_t *value;
    json_object_foreach (wanted, path, value) {
        const json_t *found = json_path(payload, path);
        result = result && found != NULL && is_equal_value(found, value);
    }
    json_decref(wanted);
    return result;
}

/* 1 where there are waits at all, 0, or -1. */
static int are_any(struct db *db, struct err *e)
{
    enum wait_hint *hint = db_wait_hint(db);
    if (*hint == WAITS_UNKNOWN) {
        struct query *q = db_query(db, select_any);
        int rc = query_next(q, e);
        query_end(q);
        if (rc == -1) {
            return -1;
        }
        *hint = rc == 1 ? WAITS_SOME : WAITS_NONE;
    }
    return *hint == WAITS_SOME;
}

/* --- registering --- */

static json_t *parse_match(const struct wait_row *row, struct err *e)
{
    json_t *match = json_parse_own(row->match, strlen(row->match), e);
    if (match != NULL && json_object_size(match) > 0) {
        return match;
    }
    if (match != NULL) {
        json_decref(match);
        (void)err_set(e, ERR_INVALID, "it is not an object with a member");
    }
    (void)err_prefix(e, "the match of the wait %s", row->path);
    return NULL;
}

static int add_wait(struct db *db, const struct id *run_id, const struct wait_row *row,
                    struct err *e)
{
    json_t *match = parse_match(row, e);
    if (match == NULL) {
        return -1;
    }
    void *first = json_object_iter(match);
    char *value = index_text(json_object_iter_value(first));
    struct query *q = db_query(db, upsert_wait);
    query_bind_id(q, 1, run_id);
    query_bind_text(q, 2, row->path);
    query_bind_text(q, 3, row->connection);
    query_bind_text(q, 4, row->event);
    query_bind_text(q, 5, json_object_iter_key(first));
    query_bind_text(q, 6, value);
    query_bind_text(q, 7, row->match);
    int64_t added = query_change(q, e);
    *db_wait_hint(db) = WAITS_SOME;
    free(value);
    json_decref(match);
    tally_add(db, COUNTER_WAIT, added > 0 ? added : 0);
    return added == -1 ? -1 : 0;
}

/* How many were there, or -1. */
static int64_t remove_wait(struct db *db, const struct id *run_id, const char *path, struct err *e)
{
    struct query *q = db_query(db, delete_wait);
    query_bind_id(q, 1, run_id);
    query_bind_text(q, 2, path);
    int64_t gone = query_change(q, e);
    tally_add(db, COUNTER_WAIT, gone > 0 ? -gone : 0);
    return gone;
}

/* What is registered again goes first, so that the counting stays simple. */
int waits_save(struct db *db, const struct run_save *save, struct err *e)
{
    for (size_t i = 0; i < save->ended_wait_count; i++) {
        if (remove_wait(db, &save->id, save->ended_waits[i], e) == -1) {
            return -1;
        }
    }
    for (size_t i = 0; i < save->wait_count; i++) {
        const struct wait_row *row = &save->waits[i];
        if (remove_wait(db, &save->id, row->path, e) == -1 ||
            add_wait(db, &save->id, row, e) == -1) {
            return -1;
        }
    }
    return 0;
}

int waits_clear(struct db *db, const struct id *run_id, struct err *e)
{
    int rc = are_any(db, e);
    if (rc != 1) {
        return rc;
    }
    struct query *q = db_query(db, delete_waits);
    query_bind_id(q, 1, run_id);
    int64_t gone = query_change(q, e);
    tally_add(db, COUNTER_WAIT, gone > 0 ? -gone : 0);
    return gone == -1 ? -1 : 0;
}

/* --- waking --- */

void woken_clear(struct event_put *put)
{
    for (size_t i = 0; i < put->woken_count; i++) {
        free(put->woken[i].path);
    }
    free(put->woken);
    put->woken = NULL;
    put->woken_count = 0;
}

/* The field after `field` that waits of this event look at; yours. *next is NULL at the end. */
static int next_field(struct db *db, const struct event_put *put, const char *name,
                      const char *field, char **next, struct err *e)
{
    struct query *q = db_query(db, select_next_field);
    query_bind_text(q, 1, put->event.connection);
    query_bind_text(q, 2, name);
    query_bind_text(q, 3, field);
    int rc = query_next(q, e);
    *next = rc == 1 ? query_text(q, 0) : NULL;
    query_end(q);
    return rc == -1 ? -1 : 0;
}

/* Adds the waits for this field and its value to put->woken. */
static int collect_waits(struct db *db, struct event_put *put, const char *name, const char *field,
                         struct err *e)
{
    const json_t *found = json_path(put->json, field);
    if (found == NULL) {
        return 0;
    }
    char *value = index_text(found);
    struct query *q = db_query(db, select_matching);
    query_bind_text(q, 1, put->event.connection);
    query_bind_text(q, 2, name);
    query_bind_text(q, 3, field);
    query_bind_text(q, 4, value);
    int rc;
    while ((rc = query_next(q, e)) == 1) {
        if (has_all(put->json, query_peek_text(q, 2))) {
            put->woken = rows_grow(put->woken, put->woken_count, sizeof(*put->woken));
            put->woken[put->woken_count++] =
                (struct woken){ .run = query_id(q, 0), .path = query_text(q, 1) };
        }
    }
    free(value);
    return rc;
}

static int collect_name(struct db *db, struct event_put *put, const char *name, struct err *e)
{
    char *field = xstrdup("");
    int result = 0;
    while (result == 0 && field != NULL) {
        char *next;
        result = next_field(db, put, name, field, &next, e);
        free(field);
        field = next;
        if (result == 0 && field != NULL) {
            result = collect_waits(db, put, name, field, e);
        }
    }
    free(field);
    return result;
}

static int complete(struct db *db, const struct event_put *put, const struct woken *w,
                    struct err *e)
{
    struct query *q = db_query(db, complete_row);
    query_bind_int(q, 1, put->op.now_us);
    query_bind_text_n(q, 2, put->event.payload, put->event.payload_len);
    query_bind_id(q, 3, &w->run);
    query_bind_text(q, 4, w->path);
    return query_run(q, e);
}

static int make_due(struct db *db, const struct id *run, int64_t now_us, struct err *e)
{
    struct query *q = db_query(db, wake_waiting);
    query_bind_int(q, 1, now_us);
    query_bind_id(q, 2, run);
    int64_t changed = query_change(q, e);
    if (changed == 1) {
        run_count_state(db, RUN_WAITING, RUN_QUEUED);
    }
    if (changed != 0) {
        return changed == 1 ? 0 : -1;
    }
    q = db_query(db, note_woken);
    query_bind_id(q, 1, run);
    return query_run(q, e);
}

static int wake_run(struct db *db, const struct event_put *put, const struct woken *w,
                    struct err *e)
{
    if (remove_wait(db, &w->run, w->path, e) == -1 || complete(db, put, w, e) == -1) {
        return -1;
    }
    return make_due(db, &w->run, put->op.now_us, e);
}

/* "ended the wait hope of run 0199…, hope of run 0199… and 7 more"; yours. */
static char *describe_woken(const struct event_put *put)
{
    struct buf text;
    buf_init(&text, NOTE_MAX);
    size_t named = put->woken_count < NAMED_MAX ? put->woken_count : NAMED_MAX;
    (void)buf_puts(&text, "ended the wait "); /* a note that is full is cut */
    for (size_t i = 0; i < named; i++) {
        char id[ID_TEXT + 1];
        id_format(&put->woken[i].run, id);
        (void)buf_printf(&text, "%s%.200s of run %s", i > 0 ? ", " : "", put->woken[i].path, id);
    }
    if (put->woken_count > named) {
        (void)buf_printf(&text, " and %zu more", put->woken_count - named);
    }
    char *note = buf_take(&text, NULL);
    buf_fini(&text);
    return note;
}

/* Who looks at the event sees what came of it. */
static int note_waits(struct db *db, const struct event_put *put, struct err *e)
{
    if (put->woken_count == 0) {
        return 0;
    }
    char *note = describe_woken(put);
    struct query *q = db_query(db, note_event);
    query_bind_text(q, 1, note);
    query_bind_id(q, 2, &put->event.id);
    int rc = query_run(q, e);
    free(note);
    return rc;
}

/* Two passes: rows that are being read stay as they are. */
int waits_wake(struct db *db, struct event_put *put, struct err *e)
{
    if (put->json == NULL || put->names == NULL) {
        return 0;
    }
    int rc = are_any(db, e);
    if (rc != 1) {
        return rc;
    }
    for (size_t i = 0; put->names[i] != NULL; i++) {
        if (collect_name(db, put, put->names[i], e) == -1) {
            return -1;
        }
    }
    for (size_t i = 0; i < put->woken_count; i++) {
        if (wake_run(db, put, &put->woken[i], e) == -1) {
            return -1;
        }
    }
    return note_waits(db, put, e);
}

/* --- counting --- */

static int count_exec(struct store_op *op, struct db *db, struct err *e)
{
    struct wait_count *c = list_entry(op, struct wait_count, op);
    int64_t totals[COUNTER_COUNT];
    if (tally_read(db, totals, e) == -1) {
        return -1;
    }
    c->count = totals[COUNTER_WAIT];
    return 0;
}

void wait_count_init(struct wait_count *c)
{
    *c = (struct wait_count){ .op.exec = count_exec };
}
