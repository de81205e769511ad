/*
 * Keeps the counts of events and runs instead of counting them: a page that shows how many runs
 * there are must not read them all. The sums of one transaction live in its connection (db_tally)
 * and become one update for each counter that moved, so that a batch of a hundred ops costs three
 * or four of them. Writer thread, or the thread of store_exec.
 */
#include "store/tally.h"

#include <assert.h>

#include "store/db.h"

static const char add_to_counter[] =
    "update counter"
    " set n = n + $1"
    " where id = $2";

static const char select_counters[] =
    "select id, n"
    " from counter";

void tally_add(struct db *db, int counter, int64_t n)
{
    assert(counter >= 0 && counter < COUNTER_COUNT);
    db_tally(db)->sums[counter] += n;
}

int tally_flush(struct db *db, struct err *e)
{
    struct tally *tally = db_tally(db);
    for (int i = 0; i < COUNTER_COUNT; i++) {
        if (tally->sums[i] == 0) {
            continue;
        }
        struct query *q = db_query(db, add_to_counter);
        query_bind_int(q, 1, tally->sums[i]);
        query_bind_int(q, 2, i);
        if (query_run(q, e) == -1) {
            return -1;
        }
        tally->sums[i] = 0;
    }
    return 0;
}

int tally_read(struct db *db, int64_t totals[COUNTER_COUNT], struct err *e)
{
    for (int i = 0; i < COUNTER_COUNT; i++) {
        totals[i] = db_tally(db)->sums[i];
    }
    struct query *q = db_query(db, select_counters);
    int rc;
    while ((rc = query_next(q, e)) == 1) {
        int64_t id = query_int(q, 0);
        if (id >= 0 && id < COUNTER_COUNT) {
            totals[id] += query_int(q, 1);
        }
    }
    return rc;
}
