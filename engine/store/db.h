#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "store/query.h"
#include "store/tally.h"

/* What a back end gives the store: a connection with transactions, savepoints and a stamp that
 * tells a store from another database. sqlite.c is the one behind it. A connection is used by one
 * thread at a time. SQL is written in what SQLite and PostgreSQL share, next to the op that uses
 * it; only the tables (schema.c) are a back end's own.
 *
 * Errors of all functions: ERR_STORE_FULL where there is no room, ERR_CONFLICT for a broken
 * constraint, ERR_TOO_LARGE for a value past the back end's limit, ERR_STORE else. */
struct db;

/* Opens the file at path, which is made (mode 0600, its folder 0700) unless it is opened read only.
 * Writes nothing to a file that exists. ERR_NOT_FOUND where a file to read is missing, ERR_CONFIG
 * where it cannot be opened, made or written. NULL on error. */
struct db *db_open(const char *path, bool is_read_only, struct err *e);
void db_close(struct db *db); /* NULL is allowed */
const char *db_path(const struct db *db);

/* What only a database without tables can be told; before db_set_durable. */
int db_set_new(struct db *db, struct err *e);
/* Readies a database that is known to be ours for durable writing (SQLite: the write-ahead log). */
int db_set_durable(struct db *db, struct err *e);

/* Who made the database, and the version of its tables. */
struct db_stamp {
    int64_t application; /* 0: nobody said */
    int64_t version;
    bool is_empty; /* it has no tables yet */
};
/* ERR_CONFIG where the file is no database at all. */
int db_read_stamp(struct db *db, struct db_stamp *stamp, struct err *e);
int db_write_stamp(struct db *db, const struct db_stamp *stamp, struct err *e);

/* Statements without parameters, parted by semicolons; for the schema. */
int db_run_script(struct db *db, const char *script, struct err *e);

/* A transaction that writes holds off other writers from its beginning; one that reads sees one
 * moment. After a commit that failed the transaction is gone, the connection goes on. */
int db_begin(struct db *db, struct err *e);
int db_begin_reading(struct db *db, struct err *e); /* ended by db_rollback */
int db_commit(struct db *db, struct err *e);
void db_rollback(struct db *db);             /* allowed outside a transaction */
bool db_in_transaction(const struct db *db); /* false also after an error that ended it */

/* One savepoint at a time, within a transaction. db_undo goes back to it and drops it: -1 where the
 * whole transaction is gone. */
int db_savepoint(struct db *db, struct err *e);
int db_release(struct db *db, struct err *e);
int db_undo(struct db *db);

/* A number that rises with every row that this connection changes. */
int64_t db_changes(const struct db *db);

/* A number that is another one after somebody else committed; -1 on error. */
int64_t db_data_version(struct db *db);
/* The file is damaged: nothing that is tried later can succeed. */
bool db_is_damaged(const struct db *db);
/* A number that rises with every call and is near now_us. */
int64_t db_next_number(struct db *db, int64_t now_us);
int64_t db_last_number(const struct db *db);
void db_number_from(struct db *db, int64_t last); /* goes on behind it */
/* The sums of the transaction that is open; see tally.h. */
struct tally *db_tally(struct db *db);
/* Whether there are waits, as far as the transaction that is open has looked; see wait.c. */
enum wait_hint { WAITS_UNKNOWN, WAITS_NONE, WAITS_SOME };
enum wait_hint *db_wait_hint(struct db *db); /* WAITS_UNKNOWN when a transaction begins */

/* How many pages the file has, and how many of them hold nothing. */
int db_count_pages(struct db *db, int64_t *pages, int64_t *free_pages, struct err *e);
/* Gives up to `pages` free pages of the file back to the disk at the next commit. */
int db_shrink(struct db *db, int pages, struct err *e);

/* What to do about a file that is damaged, for messages. */
#define DB_DAMAGED_REMEDY                                                                          \
    "nothing more is stored in it; `ladle backup FILE` saves what can be read: stop the engine "   \
    "and "                                                                                         \
    "put that in its place"

/* Whether long work goes on; goes_on NULL: always. */
struct db_watch {
    bool (*goes_on)(void *ud);
    void *ud;
};
/* Reads the whole database. 0: it is whole; 1: it is damaged, and *damage says where (yours); -1: it
 * could not be looked at, or was told to end (ERR_CANCELLED). Any thread. */
int db_check(const char *path, const struct db_watch *watch, char **damage, struct err *e);

/* What was saved of a damaged store. */
struct db_salvage {
    int64_t rows;
    char torn[256]; /* the tables that could not be read to the end: "event, journal" */
    bool has_torn_journal;
};
/* Takes what can be read out of the store at `from` into the new, empty one at `to`, which has its
 * tables. ERR_STORE, ERR_STORE_FULL. */
int db_salvage(const char *from, const char *to, struct db_salvage *out, struct err *e);

/* Copies the database at `from`, as it is at one moment, over the empty file at `to`; does not keep
 * writers away. The copy is synced. */
int db_copy(const char *from, const char *to, struct err *e);
