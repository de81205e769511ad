#pragma once

#include <stdint.h>

#include "base/err.h"

/* What every commit leaves of itself, in rows of the table `counter` that it changes anyway. Writer
 * thread. */
struct db;

enum commit_mark {
    COMMIT_SEQUENCE = 32, /* how many there were; never falls */
    COMMIT_HIGHEST,       /* the highest wall time of a commit, since the clock was last set */
    COMMIT_NUMBER,        /* the highest number that db_next_number gave; never falls */
    COMMIT_LOST,   /* how many commits were gone when an engine last found some gone; 0: never */
    COMMIT_LOST_AT /* when it did */
};

/* Ids and numbers that are made from here on sort after all that are stored: once when the store is
 * opened, and when another process has written. Any thread. */
int commit_go_on(struct db *db, struct err *e);
/* Within the transaction, just before its commit. *sequence: its number. */
int commit_note(struct db *db, int64_t now_us, int64_t *sequence, struct err *e);
int commit_read(struct db *db, enum commit_mark mark, int64_t *value, struct err *e);
/* The clock was set: what it said before does not count. */
int commit_set_highest(struct db *db, int64_t now_us, struct err *e);
/* The store has been at that commit once. *lost: how many of its commits are gone; they are noted,
 * and the next one comes after them. */
int commit_compare(struct db *db, int64_t sequence, int64_t now_us, int64_t *lost, struct err *e);
