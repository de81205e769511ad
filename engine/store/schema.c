/*
 * Makes the tables of the store, and brings a store of an earlier version up to date. Steps lead
 * from one version of the tables to the next; all that are missing run in one transaction with the
 * new stamp, so a database has either the old tables or the new ones. A database with rows in it is
 * copied first, within that transaction: nobody writes between the copy and the change. What is
 * interrupted begins again from the start.
 *
 * Ids are 16 bytes that grow with time, so rows are appended at the end of their tree. `event`
 * keeps SQLite's row number, as its rows can be large; tables of short rows are stored in their
 * primary key. Indexes that only matter for runs that have not ended are partial: their size is
 * that of the work, not of the history.
 *
 * run.state and run.due_us (store/run.c explains them): 0 queued, 1 running, 2 waiting, 3 parked,
 * from 4 on ended; 9223372036854775807 is blocked, one less is held by an engine. run_active is
 * promise P5 said to the database: of one recipe and key, one run at most is neither ended nor
 * blocked. run_event is promise P2.
 */
#include "store/schema.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/mem.h"
#include "store/file.h"

enum {
    APPLICATION = 0x4c61646c, /* "Ladl": SQLite's application_id of our files */
};

static const char tables_1[] =
    "create table event ("
    "    number integer primary key,"
    "    id blob not null unique,"
    "    connection text not null,"
    "    type text not null,"
    "    dedupe_key text,"
    "    received_us integer not null,"
    "    is_routed integer not null,"
    "    replay integer not null,"
    "    duplicate_of blob,"
    "    headers text,"
    "    payload text"
    ");"
    "create unique index event_dedupe on event (connection, dedupe_key)"
    "    where dedupe_key is not null and duplicate_of is null;"
    "create index event_unrouted on event (id)"
    "    where is_routed = 0;"

    "create table run ("
    "    id blob primary key,"
    "    recipe text not null,"
    "    version text,"
    "    event_id blob not null,"
    "    replay integer not null,"
    "    order_key text,"
    "    state integer not null,"
    "    attempts integer not null,"
    "    step text,"
    "    due_us integer not null,"
    "    created_us integer not null,"
    "    updated_us integer not null,"
    "    error_kind text,"
    "    error_message text,"
    "    error_status integer,"
    "    error_retry_us integer,"
    "    error_detail text"
    ") without rowid;"
    "create unique index run_event on run (event_id, recipe, replay);"
    "create unique index run_active on run (recipe, order_key)"
    "    where order_key is not null and state < 4 and due_us < 9223372036854775807;"
    "create index run_blocked on run (recipe, order_key)"
    "    where order_key is not null and state < 4 and due_us = 9223372036854775807;"
    "create index run_due on run (due_us)"
    "    where state < 3;"
    "create index run_stuck on run (state)"
    "    where state in (3, 5);"

    "create table journal ("
    "    run_id blob not null,"
    "    path text not null,"
    "    number integer not null,"
    "    state integer not null,"
    "    attempts integer not null,"
    "    started_us integer not null,"
    "    ended_us integer not null,"
    "    input text,"
    "    output text,"
    "    error text,"
    "    primary key (run_id, path)"
    ") without rowid;"

    "create table version ("
    "    hash text primary key,"
    "    recipe text not null,"
    "    created_us integer not null,"
    "    bundle blob not null"
    ");"

    "create table secret ("
    "    name text primary key,"
    "    updated_us integer not null,"
    "    sealed blob not null"
    ") without rowid;"

    "create table connection ("
    "    name text primary key,"
    "    state text not null,"
    "    reason text,"
    "    scopes text,"
    "    account text,"
    "    since_us integer not null,"
    "    expires_us integer not null"
    ") without rowid;"

    "create table record ("
    "    id blob primary key,"
    "    kind integer not null,"
    "    source text not null,"
    "    source_id text not null,"
    "    contact_id text,"
    "    origin text not null,"
    "    version integer not null,"
    "    created_us integer not null,"
    "    updated_us integer not null,"
    "    deleted_us integer not null,"
    "    fields text not null"
    ") without rowid;"
    "create unique index record_source on record (source_id, kind, source);"
    "create index record_contact on record (contact_id)"
    "    where contact_id is not null;"
    "create index record_updated on record (updated_us);"

    "create table record_version ("
    "    record_id blob not null,"
    "    version integer not null,"
    "    contact_id text,"
    "    origin text not null,"
    "    updated_us integer not null,"
    "    deleted_us integer not null,"
    "    fields text not null,"
    "    primary key (record_id, version)"
    ") without rowid;"

    "create table counter ("
    "    id integer primary key,"
    "    n integer not null"
    ");"
    "insert into counter (id, n)"
    " values (0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0), (9, 0), (10, "
    "0);";

/* Durable runs: waits, modes, settling. The columns that are new have the values that the rows
 * which are there already stand for. run.mode 3 is a run whose key keeps no order (run.h). */
static const char tables_2[] =
    "alter table journal add column due_us integer not null default 0;"
    "alter table run add column mode integer not null default 0;"
    "alter table run add column settle_until_us integer not null default 0;"
    "alter table run add column is_woken integer not null default 0;"
    "alter table run add column parked_for text;"
    "drop index run_active;"
    "create unique index run_active on run (recipe, order_key)"
    "    where order_key is not null and mode < 3 and state < 4 and due_us < 9223372036854775807;"
    "create index run_settling on run (recipe, order_key)"
    "    where state = 0 and settle_until_us > 0;"

    "create table wait ("
    "    run_id blob not null,"
    "    path text not null,"
    "    connection text not null,"
    "    event text not null,"
    "    field text not null,"
    "    value text not null,"
    "    match text not null,"
    "    primary key (run_id, path)"
    ") without rowid;"
    "create index wait_event on wait (connection, event, field, value);"
    "insert into counter (id, n)"
    " values (11, 0);"

    "alter table connection add column health text;"
    "create table limiter ("
    "    key text primary key,"
    "    kept_us integer not null,"
    "    state text not null"
    ") without rowid;"

    "create index event_duplicate on event (id)"
    "    where duplicate_of is not null;"
    "create index record_deleted on record (deleted_us)"
    "    where deleted_us > 0;";

/* Dead letters: which failures a retry opens again, and that many were retried at once. Of the dead
 * runs that are there, a retry opens the step that they stand at. */
static const char tables_3[] =
    "alter table journal add column fails_run integer not null default 0;"
    "alter table run add column is_backfill integer not null default 0;";

/* One refresh at a time over processes (lease_row.h); why an event started nothing. */
static const char tables_4[] =
    "create table lease ("
    "    name text primary key,"
    "    owner text not null,"
    "    until_us integer not null,"
    "    is_unclear integer not null"
    ") without rowid;"
    "alter table event add column note text;";

/* Clocks that are set (clock_row.h), and what each commit leaves of itself (commit_row.h). */
static const char tables_5[] =
    "create table clock ("
    "    id integer primary key,"
    "    wall_us integer not null,"
    "    boot_us integer not null,"
    "    boot integer not null"
    ");"
    "create table jump ("
    "    number integer primary key,"
    "    at_us integer not null,"
    "    by_us integer not null"
    ");"
    "alter table journal add column is_date integer not null default 0;"
    "insert into counter (id, n)"
    " values (32, 0), (33, 0), (34, 0), (35, 0), (36, 0);";

/* What effects made, by the services' own ids (run.h). */
static const char tables_6[] =
    "alter table journal add column made text;"
    "create index journal_made on journal (made)"
    "    where made is not null;";

/* Runs that wait for their turn at a connection (run_turn.c). */
static const char tables_7[] =
    "alter table run add column turn_of text;"
    "create index run_turn on run (turn_of, is_backfill, recipe, id)"
    "    where state = 2 and turn_of is not null;";

/* Unclean ends of the engine that a run was running at, one after the other. */
static const char tables_8[] = "alter table run add column lost integer not null default 0;";

/* The ledger of schedules (occurrence_row.c). */
static const char tables_9[] =
    "create table schedule ("
    "    number integer primary key,"
    "    recipe text not null,"
    "    identity text not null,"
    "    label text not null,"
    "    file text not null,"
    "    reached_us integer not null,"
    "    seen_us integer not null,"
    "    off_us integer not null,"
    "    off_why text"
    ");"
    "create unique index schedule_identity on schedule (recipe, identity);"
    "create table occurrence ("
    "    schedule integer not null,"
    "    planned_us integer not null,"
    "    state integer not null,"
    "    is_open integer not null,"
    "    late_us integer not null,"
    "    why text,"
    "    run_id blob,"
    "    made_us integer not null,"
    "    primary key (schedule, planned_us)"
    ") without rowid;"
    "create index occurrence_open on occurrence (schedule)"
    "    where is_open = 1;"
    "create table pause ("
    "    recipe text primary key,"
    "    since_us integer not null,"
    "    who text not null,"
    "    why text"
    ") without rowid;"
    "create table backfill ("
    "    id blob primary key,"
    "    schedule integer not null,"
    "    reached_us integer not null,"
    "    to_us integer not null,"
    "    rate integer not null,"
    "    who text not null"
    ") without rowid;";

/* steps[i] leads from version i to i + 1. */
static const char *const steps[] = { tables_1, tables_2, tables_3, tables_4, tables_5,
                                     tables_6, tables_7, tables_8, tables_9 };
enum { VERSION = sizeof steps / sizeof steps[0] };

static int judge_stamp(struct db *db, const struct db_stamp *stamp, struct err *e)
{
    if (stamp->application == 0 && stamp->version == 0 && stamp->is_empty) {
        return 0;
    }
    if (stamp->application != APPLICATION) {
        return err_set(e, ERR_CONFIG, "%s is a database of another program, not a ladle store",
                       db_path(db));
    }
    if (stamp->version > VERSION) {
        return err_set(e, ERR_CONFIG,
                       "the store %s is of a newer ladle (its version is %" PRId64
                       ", this ladle knows %d); install that ladle again",
                       db_path(db), stamp->version, (int)VERSION);
    }
    return 0;
}

int schema_copy_part(const char *from, const char *part, struct err *e)
{
    return file_make_fresh(part, e) == -1 ? -1 : db_copy(from, part, e);
}

/* A copy that is there is from an attempt that was interrupted, or older still. */
static int keep_copy(struct db *db, int64_t version, struct err *e)
{
    char *to = xasprintf("%s.v%" PRId64, db_path(db), version);
    char *part = xasprintf("%s.part", to);
    int result = schema_copy_part(db_path(db), part, e);
    if (result == 0) {
        result = file_publish(part, to, true, e);
    }
    if (result == -1) {
        (void)unlink(part); /* it is worth nothing; one that stays is replaced the next time */
    }
    free(part);
    free(to);
    return result == 0 ? 0 : err_prefix(e, "the store was not brought up to date");
}

static int run_steps(struct db *db, int64_t from, struct err *e)
{
    for (int64_t i = from; i < VERSION; i++) {
        FAULT("store.migrate");
        if (db_run_script(db, steps[i], e) == -1) {
            return -1;
        }
    }
    FAULT("store.migrate");
    return db_write_stamp(db, &(struct db_stamp){ .application = APPLICATION, .version = VERSION },
                          e);
}

static int migrate(struct db *db, int64_t from, struct err *e)
{
    if (from > 0 && from < VERSION && keep_copy(db, from, e) == -1) {
        return -1;
    }
    return from < VERSION ? run_steps(db, from, e) : 0;
}

/* The stamp is read again inside the transaction: another process may have come first. */
static int upgrade(struct db *db, struct err *e)
{
    if (db_begin(db, e) == -1) {
        return -1;
    }
    struct db_stamp stamp;
    if (db_read_stamp(db, &stamp, e) == -1 || judge_stamp(db, &stamp, e) == -1 ||
        migrate(db, stamp.version, e) == -1) {
        db_rollback(db);
        return -1;
    }
    return db_commit(db, e);
}

/* Reads the stamp as of one moment: another process may be making the tables. */
static int read_stamp(struct db *db, struct db_stamp *stamp, struct err *e)
{
    if (db_begin_reading(db, e) == -1) {
        return -1;
    }
    int result = db_read_stamp(db, stamp, e);
    db_rollback(db);
    return result;
}

int schema_open(struct db *db, bool is_read_only, struct err *e)
{
    struct db_stamp stamp;
    if (read_stamp(db, &stamp, e) == -1 || judge_stamp(db, &stamp, e) == -1) {
        return -1;
    }
    if (is_read_only) {
        if (stamp.version == VERSION) {
            return 0;
        }
        return err_set(e, ERR_CONFLICT,
                       "the store %s has to be brought up to date first; `ladle run` "
                       "does it",
                       db_path(db));
    }
    if ((stamp.is_empty && db_set_new(db, e) == -1) || db_set_durable(db, e) == -1) {
        return -1;
    }
    return stamp.version < VERSION ? upgrade(db, e) : 0;
}
