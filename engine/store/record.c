/*
 * Records: the workspace's contacts, tasks, activities and submissions. record_put compares what is
 * there with what would be there after it, as canonical JSON, so that a repeated delivery changes
 * nothing; every change writes the record and a row of its history. The journal rows of the run
 * that asks go along in the transaction, so a step that was recorded as done has happened, and one
 * that has happened is recorded. Writer thread; lists on the reader's.
 */
#include "store/record.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/db.h"
#include "store/ops.h"
#include "store/rows.h"

static_assert(RECORD_CONTACT == 0 && RECORD_TASK == 1 && RECORD_ACTIVITY == 2 &&
                  RECORD_SUBMISSION == 3,
              "kinds are stored");

#define RECORD_COLUMNS                                                                             \
    "id, kind, source, source_id, contact_id, origin, version, created_us, updated_us, "           \
    "deleted_us,"                                                                                  \
    " fields"

static const char select_record[] = "select " RECORD_COLUMNS
                                    " from record"
                                    " where kind = $1"
                                    " and source = $2"
                                    " and source_id = $3";

static const char upsert_record[] =
    "insert into record (" RECORD_COLUMNS
    ")"
    " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    " on conflict (id) do update"
    " set contact_id = excluded.contact_id, origin = excluded.origin, version = excluded.version,"
    " updated_us = excluded.updated_us, deleted_us = excluded.deleted_us, fields = excluded.fields";

static const char insert_version[] =
    "insert into record_version (record_id, version, contact_id, origin, updated_us, deleted_us,"
    " fields)"
    " select id, version, contact_id, origin, updated_us, deleted_us, fields"
    " from record"
    " where id = $1";

/* A contact of the same id may live on under another source; then its things stay. */
static const char mark_children[] =
    "update record"
    " set deleted_us = $1, updated_us = $1, version = version + 1"
    " where contact_id = $2"
    " and kind in (1, 2)"
    " and deleted_us = 0"
    " and not exists ("
    "   select 1"
    "   from record contact"
    "   where contact.kind = 0"
    "   and contact.source_id = $2"
    "   and contact.deleted_us = 0)"
    " returning id";

#define LIST_HEAD "select " RECORD_COLUMNS " from record"
#define LIST_TAIL                                                                                  \
    " and ($3 = -1 or kind = $3)"                                                                  \
    " and ($4 is null or source = $4)"                                                             \
    " and ($5 = 1 or deleted_us = 0)"                                                              \
    " order by updated_us desc, id desc"                                                           \
    " limit $6"

static const char list_all[] = LIST_HEAD " where $1 is null and $2 is null" LIST_TAIL;
static const char list_of_contact[] = LIST_HEAD " where $1 is null and contact_id = $2" LIST_TAIL;
static const char list_of_source[] =
    LIST_HEAD " where source_id = $1 and ($2 is null or contact_id = $2)" LIST_TAIL;

static const char list_versions[] =
    "select record.id, kind, source, source_id, record_version.contact_id, record_version.origin,"
    " record_version.version, created_us, record_version.updated_us, record_version.deleted_us,"
    " record_version.fields"
    " from record"
    " join record_version on record_version.record_id = record.id"
    " where kind = $1"
    " and source = $2"
    " and source_id = $3"
    " order by record_version.version"
    " limit $4";

static const char *const kind_names[RECORD_KIND_COUNT][2] = {
    [RECORD_CONTACT] = { "contact", "contacts" },
    [RECORD_TASK] = { "task", "tasks" },
    [RECORD_ACTIVITY] = { "activity", "activities" },
    [RECORD_SUBMISSION] = { "submission", "submissions" },
};

const char *record_kind_name(enum record_kind k)
{
    return (unsigned)k < RECORD_KIND_COUNT ? kind_names[k][0] : "unknown";
}

int record_kind_parse(const char *name, enum record_kind *out)
{
    for (int i = 0; i < RECORD_KIND_COUNT; i++) {
        if (strcmp(name, kind_names[i][0]) == 0 || strcmp(name, kind_names[i][1]) == 0) {
            *out = (enum record_kind)i;
            return 0;
        }
    }
    return -1;
}

const char *record_change_name(enum record_change c)
{
    switch (c) {
    case RECORD_SAME:
        return "same";
    case RECORD_CREATED:
        return "created";
    case RECORD_UPDATED:
        return "updated";
    case RECORD_DELETED:
        return "deleted";
    }
    return "unknown";
}

static void clear_record_row(struct record_row *row)
{
    free(row->source);
    free(row->source_id);
    free(row->contact_id);
    free(row->origin);
    free(row->fields);
    *row = (struct record_row){ 0 };
}

static void read_record(struct query *q, struct record_row *row)
{
    row->id = query_id(q, 0);
    row->kind = (enum record_kind)query_int(q, 1);
    row->source = query_text(q, 2);
    row->source_id = query_text(q, 3);
    row->contact_id = query_text(q, 4);
    row->origin = query_text(q, 5);
    row->version = (int)query_int(q, 6);
    row->created_us = query_int(q, 7);
    row->updated_us = query_int(q, 8);
    row->deleted_us = query_int(q, 9);
    row->fields = query_text(q, 10);
}

/* --- one record --- */

/* 1 where it is there, 0, or -1. */
static int find_record(struct db *db, const struct record_row *key, struct record_row *found,
                       struct err *e)
{
    struct query *q = db_query(db, select_record);
    query_bind_int(q, 1, key->kind);
    query_bind_text(q, 2, key->source);
    query_bind_text(q, 3, key->source_id);
    int rc = query_next(q, e);
    if (rc == 1) {
        read_record(q, found);
    }
    query_end(q);
    return rc;
}

static int write_version(struct db *db, const struct id *id, struct err *e)
{
    struct query *q = db_query(db, insert_version);
    query_bind_id(q, 1, id);
    return query_run(q, e);
}

static int write_record(struct db *db, const struct record_row *row, struct err *e)
{
    struct query *q = db_query(db, upsert_record);
    query_bind_id(q, 1, &row->id);
    query_bind_int(q, 2, row->kind);
    query_bind_text(q, 3, row->source);
    query_bind_text(q, 4, row->source_id);
    query_bind_text(q, 5, row->contact_id);
    query_bind_text(q, 6, row->origin != NULL ? row->origin : "engine");
    query_bind_int(q, 7, row->version);
    query_bind_int(q, 8, row->created_us);
    query_bind_int(q, 9, row->updated_us);
    query_bind_int(q, 10, row->deleted_us);
    query_bind_text(q, 11, row->fields);
    return query_run(q, e) == -1 ? -1 : write_version(db, &row->id, e);
}

static json_t *parse_fields(const char *text, struct err *e)
{
    json_t *fields = json_parse_own(text, strlen(text), e);
    if (fields == NULL) {
        (void)err_prefix(e, "a record's fields");
        return NULL;
    }
    if (!json_is_object(fields)) {
        json_decref(fields);
        (void)err_set(e, ERR_INVALID, "a record's fields are not a JSON object");
        return NULL;
    }
    return fields;
}

/* The fields of `row` over those of `old`; is_same where they add nothing. */
static int merge_fields(struct record_row *row, const struct record_row *old, bool *is_same,
                        struct err *e)
{
    int result = -1;
    json_t *merged = NULL;
    json_t *given = parse_fields(row->fields != NULL ? row->fields : "{}", e);
    if (given == NULL) {
        goto out;
    }
    merged = parse_fields(old->fields, e);
    if (merged == NULL) {
        goto out;
    }
    char *before = json_text_sorted(merged);
    (void)json_object_update(merged, given); /* fails only for what is no object */
    char *after = json_text_sorted(merged);
    *is_same = strcmp(before, after) == 0;
    free(before);
    free(after);
    size_t len;
    free(row->fields);
    row->fields = json_text(merged, &len);
    result = 0;
out:
    json_decref(merged);
    json_decref(given);
    return result;
}

static bool is_equal_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* Gives the row what it has of the record that is there. */
static void inherit_fields(struct record_row *row, const struct record_row *old)
{
    row->id = old->id;
    row->version = old->version;
    row->created_us = old->created_us;
    row->updated_us = old->updated_us;
    row->deleted_us = old->deleted_us;
    if (row->contact_id == NULL && old->contact_id != NULL) {
        row->contact_id = xstrdup(old->contact_id);
    }
    if (row->origin == NULL) {
        row->origin = xstrdup(old->origin);
    }
}

static int create(struct db *db, struct record_put *p, struct err *e)
{
    static const char nothing[] = "{}";
    struct record_row *row = &p->row;
    struct record_row old = { .fields = (char *)nothing };
    bool is_same;
    if (merge_fields(row, &old, &is_same, e) == -1) {
        return -1;
    }
    row->version = 1;
    row->created_us = row->updated_us = p->op.now_us;
    row->deleted_us = 0;
    p->change = RECORD_CREATED;
    return write_record(db, row, e);
}

static int update(struct db *db, struct record_put *p, const struct record_row *old, struct err *e)
{
    struct record_row *row = &p->row;
    bool is_same;
    if (merge_fields(row, old, &is_same, e) == -1) {
        return -1;
    }
    inherit_fields(row, old);
    if (is_same && old->deleted_us == 0 && is_equal_text(row->contact_id, old->contact_id)) {
        p->change = RECORD_SAME;
        return 0;
    }
    row->version++;
    row->updated_us = p->op.now_us;
    row->deleted_us = 0;
    p->change = RECORD_UPDATED;
    return write_record(db, row, e);
}

/* Two passes: the history is written once the marking is through. */
static int mark_belongings(struct db *db, const struct record_row *contact, int64_t now_us,
                           struct err *e)
{
    struct id *ids = NULL;
    size_t count = 0;
    struct query *q = db_query(db, mark_children);
    query_bind_int(q, 1, now_us);
    query_bind_text(q, 2, contact->source_id);
    int rc;
    while ((rc = query_next(q, e)) == 1) {
        ids = rows_grow(ids, count, sizeof(*ids));
        ids[count++] = query_id(q, 0);
    }
    for (size_t i = 0; i < count && rc == 0; i++) {
        rc = write_version(db, &ids[i], e);
    }
    free(ids);
    return rc;
}

static int mark_deleted(struct db *db, struct record_put *p, const struct record_row *old,
                        struct err *e)
{
    struct record_row *row = &p->row;
    inherit_fields(row, old);
    free(row->fields);
    row->fields = xstrdup(old->fields);
    if (old->deleted_us != 0) {
        p->change = RECORD_SAME;
        return 0;
    }
    row->version++;
    row->updated_us = row->deleted_us = p->op.now_us;
    p->change = RECORD_DELETED;
    if (write_record(db, row, e) == -1) {
        return -1;
    }
    return row->kind == RECORD_CONTACT ? mark_belongings(db, row, p->op.now_us, e) : 0;
}

/* The row as it was given: exec may run twice, and merging changes the row. */
static void begin_record_row(struct record_put *p)
{
    if (p->given.source_id == NULL) {
        p->given = p->row;
    } else {
        clear_record_row(&p->row);
    }
    p->row = p->given;
    p->row.source = xstrdup_or_null(p->given.source);
    p->row.source_id = xstrdup_or_null(p->given.source_id);
    p->row.contact_id = xstrdup_or_null(p->given.contact_id);
    p->row.origin = xstrdup_or_null(p->given.origin);
    p->row.fields = xstrdup_or_null(p->given.fields);
}

static int change_record(struct db *db, struct record_put *p, struct err *e)
{
    struct record_row old = { 0 };
    int rc = find_record(db, &p->row, &old, e);
    if (rc == 1) {
        rc = p->is_delete ? mark_deleted(db, p, &old, e) : update(db, p, &old, e);
    } else if (rc == 0 && p->is_delete) {
        p->change = RECORD_SAME; /* what is not there is deleted */
    } else if (rc == 0) {
        rc = create(db, p, e);
    }
    clear_record_row(&old);
    return rc;
}

static int record_put_exec(struct store_op *op, struct db *db, struct err *e)
{
    struct record_put *p = list_entry(op, struct record_put, op);
    begin_record_row(p);
    if (change_record(db, p, e) == -1) {
        return -1;
    }
    if (p->emit != NULL && p->change == RECORD_CREATED) {
        struct id original;
        if (event_add(db, p->emit, &original, e) == -1) {
            return -1;
        }
    }
    return p->journal != NULL ? run_apply(db, p->journal, op->now_us, e) : 0;
}

struct record_put *record_put_new(void)
{
    struct record_put *p = xcalloc(1, sizeof(*p));
    p->op.exec = record_put_exec;
    p->row.id = id_new();
    return p;
}

void record_put_free(struct record_put *p)
{
    if (p == NULL) {
        return;
    }
    clear_record_row(&p->row);
    clear_record_row(&p->given);
    run_save_free(p->journal);
    if (p->emit != NULL) {
        event_row_fini(p->emit);
        free(p->emit);
    }
    free(p);
}

/* --- lists --- */

static void clear_record_list(struct record_list *l)
{
    for (size_t i = 0; i < l->count; i++) {
        clear_record_row(&l->rows[i]);
    }
    free(l->rows);
    l->rows = NULL;
    l->count = 0;
}

static int collect_records(struct record_list *l, struct query *q, struct err *e)
{
    clear_record_list(l);
    int rc;
    while ((rc = query_next(q, e)) == 1) {
        l->rows = rows_grow(l->rows, l->count, sizeof(*l->rows));
        read_record(q, &l->rows[l->count]);
        l->count++;
    }
    return rc;
}

static const char *choose_record_sql(const struct record_list *l)
{
    if (l->source_id != NULL) {
        return list_of_source;
    }
    return l->contact_id != NULL ? list_of_contact : list_all;
}

static int record_list_exec(struct store_op *op, struct db *db, struct err *e)
{
    struct record_list *l = list_entry(op, struct record_list, op);
    struct query *q = db_query(db, choose_record_sql(l));
    query_bind_text(q, 1, l->source_id);
    query_bind_text(q, 2, l->contact_id);
    query_bind_int(q, 3, l->kind);
    query_bind_text(q, 4, l->source);
    query_bind_int(q, 5, l->with_deleted);
    query_bind_int(q, 6, rows_limit(l->limit));
    return collect_records(l, q, e);
}

static int versions_exec(struct store_op *op, struct db *db, struct err *e)
{
    struct record_list *l = list_entry(op, struct record_list, op);
    struct query *q = db_query(db, list_versions);
    query_bind_int(q, 1, l->kind);
    query_bind_text(q, 2, l->source);
    query_bind_text(q, 3, l->source_id);
    query_bind_int(q, 4, rows_limit(l->limit));
    return collect_records(l, q, e);
}

struct record_list *record_list_new(void)
{
    struct record_list *l = xcalloc(1, sizeof(*l));
    l->op.exec = record_list_exec;
    l->kind = -1;
    l->limit = 100;
    return l;
}

struct record_list *record_versions_new(void)
{
    struct record_list *l = record_list_new();
    l->op.exec = versions_exec;
    return l;
}

void record_list_free(struct record_list *l)
{
    if (l != NULL) {
        clear_record_list(l);
        free(l);
    }
}
