#pragma once

#include "format/json.h"
#include "store/event.h"
#include "store/run.h"
#include "store/store.h"

/* The workspace: contacts, tasks, activities and submissions kept beside ConvertCalculator, each
 * under the unique (kind, source, source_id) of the thing that it mirrors. An upsert with the same
 * content changes nothing; with another it makes a new version and keeps the old. A deletion is a
 * mark, and what belongs to a deleted contact is marked too. */
enum record_kind {
    RECORD_CONTACT,
    RECORD_TASK,
    RECORD_ACTIVITY,
    RECORD_SUBMISSION,
    RECORD_KIND_COUNT
};
const char *record_kind_name(enum record_kind k);               /* "contact" */
int record_kind_parse(const char *name, enum record_kind *out); /* singular or plural */

struct record_row {
    struct id id;
    enum record_kind kind;
    char *source; /* "highlevel", "convertcalculator", "workspace" */
    char *source_id;
    char *contact_id; /* source_id of the contact that it belongs to, or NULL */
    char *origin;     /* who wrote it: "crm", "engine", "workspace" */
    char *fields;     /* JSON object */
    int version;      /* from 1 */
    int64_t created_us, updated_us, deleted_us; /* deleted_us 0: there */
};

enum record_change { RECORD_SAME, RECORD_CREATED, RECORD_UPDATED, RECORD_DELETED };
const char *record_change_name(enum record_change c);

/* Upserts (or, with is_delete, marks; SAME where there is nothing to mark) one record; with journal
 * rows of the run that asks, in the same transaction, so that it is done exactly once; and with
 * `emit` an unrouted event (records.activity_added). */
struct record_put {
    struct store_op op;
    struct record_row row; /* in; out: id, version, times, merged fields */
    bool is_delete;
    enum record_change change; /* out */
    struct run_save *journal;  /* owned, or NULL: applied too; its op is not submitted */
    struct event_row *emit;    /* owned, or NULL: written only if change is CREATED */
    struct record_row given;   /* private: the row as it was given */
};
struct record_put *record_put_new(void);
void record_put_free(struct record_put *p);

/* The event that an activity written in the workspace emits: connection "records", type
 * "activity_added", payload the fields with activity_id, contact_id and origin. Yours. */
struct event_row *record_activity_event(const struct record_row *row);

struct record_list {
    struct store_op op;
    int kind;                                    /* enum record_kind, or -1 */
    const char *source, *source_id, *contact_id; /* NULL: all; borrowed */
    bool with_deleted;
    int limit;
    struct record_row *rows; /* out, newest change first */
    size_t count;
};
struct record_list *record_list_new(void);
void record_list_free(struct record_list *l);

/* The versions of one record, oldest first; a record_row each. */
struct record_list *record_versions_new(void);
