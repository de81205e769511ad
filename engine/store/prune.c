/*
 * Pruning: what nobody needs any more is deleted, a few rows at a time, between the writer's other
 * work. Ids grow with time, so a sweep walks each table from its oldest id to the newest that could
 * be old enough, and remembers how far it came: no index has to be kept for it, rows that must stay
 * (a run that waits for months) are passed once a sweep, and a step costs the same whatever the
 * table holds. Duplicates and deleted records have partial indexes, which only they pay for.
 *
 * A run goes with its journal in one step, else a retry of what is left would repeat steps. Recipe
 * versions are looked at only where some were put long ago and are not the newest of their recipe;
 * then one walk over the runs finds out which of them are named.
 *
 * Freed pages are used again. Only where much of the file is free, which a burst leaves behind, is
 * it made shorter, by a few pages in each step. Writer thread; prune_again on the loop.
 */
#include "store/prune.h"

#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/mem.h"
#include "store/clock_row.h"
#include "store/db.h"
#include "store/ops.h"
#include "store/rows.h"

enum {
    SHRINK_PAGES = 64,      /* in one step: a quarter of a megabyte */
    FREE_PAGES_KEPT = 2048, /* 8 MB are left for what comes */
    FREE_SHARE_KEPT = 4,    /* and so is a quarter of the file */
};

static const char select_runs[] =
    "select id, state, updated_us"
    " from run"
    " where id > $1"
    " and id < $2"
    " order by id"
    " limit $3";
static const char delete_journal[] =
    "delete from journal"
    " where run_id = $1";
static const char delete_run[] =
    "delete from run"
    " where id = $1";

static const char nth_event[] =
    "select id"
    " from event"
    " where id > $1"
    " and id < $2"
    " order by id"
    " limit 1 offset $3";
static const char delete_events[] =
    "delete from event"
    " where id > $1"
    " and id <= $2"
    " and received_us < $3"
    " and is_routed = 1"
    " and duplicate_of is null"
    " and not exists ("
    "   select 1"
    "   from run"
    "   where run.event_id = event.id)";

static const char nth_duplicate[] =
    "select id"
    " from event"
    " where duplicate_of is not null"
    " and id > $1"
    " and id < $2"
    " order by id"
    " limit 1 offset $3";
static const char delete_duplicates[] =
    "delete from event"
    " where duplicate_of is not null"
    " and id > $1"
    " and id <= $2"
    " and received_us < $3";

static const char select_records[] =
    "select id"
    " from record"
    " where deleted_us > 0"
    " and deleted_us < $1"
    " order by deleted_us"
    " limit $2";
static const char delete_history[] =
    "delete from record_version"
    " where record_id = $1";
static const char delete_record[] =
    "delete from record"
    " where id = $1";

static const char select_old_versions[] =
    "select hash"
    " from version"
    " where created_us < $1"
    " and length(hash) < $2"
    " and exists ("
    "   select 1"
    "   from version newer"
    "   where newer.recipe = version.recipe"
    "   and newer.created_us > version.created_us)"
    " order by created_us"
    " limit $3";
static const char nth_run[] =
    "select id"
    " from run"
    " where id > $1"
    " and id < $2"
    " order by id"
    " limit 1 offset $3";
static const char select_named[] =
    "select distinct version"
    " from run"
    " where id > $1"
    " and id <= $2"
    " and version is not null";
static const char delete_version[] =
    "delete from version"
    " where hash = $1"
    " and created_us < $2";

/* Of a schedule that is off for long there is nothing left to know. */
static const char next_schedule[] =
    "select number, off_us > 0 and off_us < $1"
    " from schedule"
    " where number >= $2"
    " order by number"
    " limit 1";
static const char delete_occurrences[] =
    "delete from occurrence"
    " where schedule = $1"
    " and planned_us in ("
    "   select planned_us"
    "   from occurrence"
    "   where schedule = $1"
    "   and planned_us < $2"
    "   and made_us < $2"
    "   and (is_open = 0 or not exists ("
    "     select 1"
    "     from run"
    "     where run.id = occurrence.run_id"
    "     and run.state < 4))"
    "   order by planned_us"
    "   limit $3)";
static const char delete_schedule[] =
    "delete from schedule"
    " where number = $1"
    " and not exists ("
    "   select 1"
    "   from occurrence"
    "   where schedule = $1)";

static const char delete_backfills[] =
    "delete from backfill"
    " where not exists ("
    "   select 1"
    "   from schedule"
    "   where number = backfill.schedule)";

/* --- the walk --- */

/* Zero ids are bounds here, not nulls. */
static void bind_bound(struct query *q, int param, const struct id *id)
{
    query_bind_bytes(q, param, id->bytes, ID_BYTES);
}

/* No id of that time or before is larger. */
static struct id id_at(int64_t time_us)
{
    struct id id = { { 0 } };
    uint64_t ms = (uint64_t)time_us / 1000;
    for (int i = 0; i < 6; i++) {
        id.bytes[i] = (uint8_t)(ms >> 8 * (5 - i));
    }
    return id;
}

static void enter_phase(struct prune *p, enum prune_phase phase)
{
    p->reached = (struct prune_mark){ .phase = phase };
}

/* The last id of this step in *last: that of the limit's row, else `end`. is_last: it is `end`. */
static int find_end(struct db *db, const struct prune *p, const char *sql, const struct id *end,
                    struct id *last, bool *is_last, struct err *e)
{
    struct query *q = db_query(db, sql);
    bind_bound(q, 1, &p->from.after);
    bind_bound(q, 2, end);
    query_bind_int(q, 3, rows_limit(p->limit) - 1);
    int rc = query_next(q, e);
    *is_last = rc == 0;
    *last = rc == 1 ? query_id(q, 0) : *end;
    query_end(q);
    return rc == -1 ? -1 : 0;
}

/* --- runs --- */

struct old_run {
    struct id id;
    enum run_state state;
};

static bool is_old(const struct prune *p, enum run_state state, int64_t updated_us)
{
    int64_t before_us = state == RUN_DEAD ? p->before.dead_us : p->before.runs_us;
    return run_has_ended(state) && updated_us < before_us;
}

/* The runs of this step that are to go; how many were looked at, or -1. */
static int64_t find_runs(struct db *db, struct prune *p, struct old_run **runs, size_t *count,
                         struct err *e)
{
    struct id end = id_at(p->ids.runs_us > p->ids.dead_us ? p->ids.runs_us : p->ids.dead_us);
    struct query *q = db_query(db, select_runs);
    bind_bound(q, 1, &p->from.after);
    bind_bound(q, 2, &end);
    query_bind_int(q, 3, rows_limit(p->limit));
    int64_t seen = 0;
    int rc;
    while ((rc = query_next(q, e)) == 1) {
        struct old_run run = { query_id(q, 0), (enum run_state)query_int(q, 1) };
        p->reached.after = run.id;
        seen++;
        if (is_old(p, run.state, query_int(q, 2))) {
            *runs = rows_grow(*runs, *count, sizeof(**runs));
            (*runs)[(*count)++] = run;
        }
    }
    return rc == -1 ? -1 : seen;
}

/* Deletes rows by the id that they belong to; adds to p->deleted. */
static int delete_of(struct db *db, struct prune *p, const char *sql, const struct id *id,
                     struct err *e)
{
    struct query *q = db_query(db, sql);
    query_bind_id(q, 1, id);
    int64_t gone = query_change(q, e);
    p->deleted += gone > 0 ? gone : 0;
    return gone == -1 ? -1 : 0;
}

static int drop_run(struct db *db, struct prune *p, const struct old_run *run, struct err *e)
{
    if (delete_of(db, p, delete_journal, &run->id, e) == -1) {
        return -1;
    }
    FAULT("store.prune");
    if (delete_of(db, p, delete_run, &run->id, e) == -1) {
        return -1;
    }
    tally_add(db, COUNTER_RUN_STATE + (int)run->state, -1);
    return 0;
}

/* Stops early where journals are long; the next step goes on behind the last run that went. */
static int prune_runs(struct db *db, struct prune *p, struct err *e)
{
    struct old_run *runs = NULL;
    size_t count = 0;
    int64_t seen = find_runs(db, p, &runs, &count, e);
    int result = seen == -1 ? -1 : 0;
    bool is_early = false;
    for (size_t i = 0; i < count && result == 0 && !is_early; i++) {
        result = drop_run(db, p, &runs[i], e);
        is_early = p->deleted >= p->limit && i + 1 < count;
        if (is_early) {
            p->reached.after = runs[i].id;
        }
    }
    free(runs);
    if (result == 0 && !is_early && seen < rows_limit(p->limit)) {
        enter_phase(p, PRUNE_EVENTS);
    }
    return result;
}

/* --- events --- */

/* How one kind of event goes. */
struct event_walk {
    const char *find_end;
    const char *delete;
    int64_t before_us;
    int64_t ids_us;
    enum counter counter;
    enum prune_phase next;
};

static int prune_events(struct db *db, struct prune *p, const struct event_walk *walk,
                        struct err *e)
{
    struct id end = id_at(walk->ids_us);
    struct id last;
    bool is_last;
    if (find_end(db, p, walk->find_end, &end, &last, &is_last, e) == -1) {
        return -1;
    }
    struct query *q = db_query(db, walk->delete);
    bind_bound(q, 1, &p->from.after);
    bind_bound(q, 2, &last);
    query_bind_int(q, 3, walk->before_us);
    int64_t gone = query_change(q, e);
    if (gone == -1) {
        return -1;
    }
    p->deleted += gone;
    p->reached.after = last;
    tally_add(db, (int)walk->counter, -gone);
    if (is_last) {
        enter_phase(p, walk->next);
    }
    return 0;
}

/* --- records --- */

static int find_records(struct db *db, const struct prune *p, struct id **ids, size_t *count,
                        struct err *e)
{
    struct query *q = db_query(db, select_records);
    query_bind_int(q, 1, p->before.records_us);
    query_bind_int(q, 2, rows_limit(p->limit));
    int rc;
    while ((rc = query_next(q, e)) == 1) {
        *ids = rows_grow(*ids, *count, sizeof(**ids));
        (*ids)[(*count)++] = query_id(q, 0);
    }
    return rc;
}

/* What is found is what goes, so there is no position to keep. */
static int prune_records(struct db *db, struct prune *p, struct err *e)
{
    struct id *ids = NULL;
    size_t count = 0;
    int result = find_records(db, p, &ids, &count, e);
    size_t i = 0;
    for (; i < count && result == 0 && p->deleted < p->limit; i++) {
        result = delete_of(db, p, delete_history, &ids[i], e);
        if (result == 0) {
            result = delete_of(db, p, delete_record, &ids[i], e);
        }
    }
    free(ids);
    if (result == 0 && i == count && count < (size_t)rows_limit(p->limit)) {
        enter_phase(p, PRUNE_VERSIONS);
    }
    return result;
}

/* --- versions --- */

static int find_old_versions(struct db *db, struct prune *p, struct err *e)
{
    struct query *q = db_query(db, select_old_versions);
    query_bind_int(q, 1, p->before.versions_us);
    query_bind_int(q, 2, PRUNE_HASH_MAX);
    query_bind_int(q, 3, PRUNE_VERSIONS_MAX);
    struct prune_mark *mark = &p->reached;
    int rc;
    while ((rc = query_next(q, e)) == 1) {
        const char *hash = query_peek_text(q, 0);
        memcpy(mark->unnamed[mark->unnamed_count++], hash, strlen(hash) + 1);
    }
    return rc;
}

static void take_off(struct prune_mark *mark, const char *hash)
{
    for (int i = 0; i < mark->unnamed_count; i++) {
        if (strcmp(mark->unnamed[i], hash) == 0) {
            memmove(mark->unnamed[i], mark->unnamed[--mark->unnamed_count], PRUNE_HASH_MAX);
            return;
        }
    }
}

static int take_off_named(struct db *db, struct prune *p, const struct id *last, struct err *e)
{
    struct query *q = db_query(db, select_named);
    bind_bound(q, 1, &p->from.after);
    bind_bound(q, 2, last);
    int rc;
    while ((rc = query_next(q, e)) == 1) {
        take_off(&p->reached, query_peek_text(q, 0));
    }
    return rc;
}

static int delete_versions(struct db *db, struct prune *p, struct err *e)
{
    for (int i = 0; i < p->reached.unnamed_count; i++) {
        struct query *q = db_query(db, delete_version);
        query_bind_text(q, 1, p->reached.unnamed[i]);
        query_bind_int(q, 2, p->before.versions_us);
        int64_t gone = query_change(q, e);
        if (gone == -1) {
            return -1;
        }
        p->deleted += gone;
    }
    enter_phase(p, PRUNE_OCCURRENCES);
    return 0;
}

static int prune_versions(struct db *db, struct prune *p, struct err *e)
{
    static const struct id end = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                     0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };
    if (id_is_zero(&p->from.after) && find_old_versions(db, p, e) == -1) {
        return -1;
    }
    if (p->reached.unnamed_count == 0) {
        enter_phase(p, PRUNE_OCCURRENCES);
        return 0;
    }
    bool is_last;
    if (find_end(db, p, nth_run, &end, &p->reached.after, &is_last, e) == -1 ||
        take_off_named(db, p, &p->reached.after, e) == -1) {
        return -1;
    }
    return is_last ? delete_versions(db, p, e) : 0;
}

/* --- occurrences --- */

/* 1 and the next schedule, 0 where there is none left, or -1. */
static int find_schedule(struct db *db, struct prune *p, int64_t before_us, bool *is_over,
                         struct err *e)
{
    struct query *q = db_query(db, next_schedule);
    query_bind_int(q, 1, before_us);
    query_bind_int(q, 2, p->reached.schedule);
    int rc = query_next(q, e);
    if (rc == 1) {
        p->reached.schedule = query_int(q, 0);
        *is_over = query_int(q, 1) != 0;
    }
    query_end(q);
    return rc;
}

static int drop_schedule(struct db *db, int64_t schedule, struct err *e)
{
    struct query *q = db_query(db, delete_schedule);
    query_bind_int(q, 1, schedule);
    return query_run(q, e) == -1 ? -1 : query_run(db_query(db, delete_backfills), e);
}

/* The old ones of one schedule (a backfill makes rows of times long past), as far as the limit goes; *has_more: it goes no further. */
static int drop_occurrences(struct db *db, struct prune *p, int64_t before_us, bool *has_more,
                            struct err *e)
{
    int64_t room = p->limit - p->deleted;
    struct query *q = db_query(db, delete_occurrences);
    query_bind_int(q, 1, p->reached.schedule);
    query_bind_int(q, 2, before_us);
    query_bind_int(q, 3, room);
    int64_t gone = query_change(q, e);
    p->deleted += gone > 0 ? gone : 0;
    *has_more = gone == room;
    return gone == -1 ? -1 : 0;
}

static int prune_occurrences(struct db *db, struct prune *p, struct err *e)
{
    int64_t before_us = p->before.runs_us;
    bool is_over = false;
    bool has_more = false;
    for (int seen = 0; seen < p->limit && !has_more; seen++) {
        int rc = find_schedule(db, p, before_us, &is_over, e);
        if (rc != 1) {
            enter_phase(p, PRUNE_OVER);
            return rc;
        }
        if (drop_occurrences(db, p, before_us, &has_more, e) == -1 ||
            (is_over && !has_more && drop_schedule(db, p->reached.schedule, e) == -1)) {
            return -1;
        }
        p->reached.schedule += !has_more;
    }
    return 0;
}

/* --- a step --- */

/* The times before which rows go: ages are those that have really passed. */
static int find_times(struct db *db, struct prune *p, struct err *e)
{
    int64_t keep_events_us =
        p->keep.events_us > PRUNE_KEY_MIN_US ? p->keep.events_us : PRUNE_KEY_MIN_US;
    const struct {
        int64_t keep_us;
        int64_t *before_us, *ids_us;
    } times[] = {
        { keep_events_us, &p->before.events_us, &p->ids.events_us },
        { p->keep.runs_us, &p->before.runs_us, &p->ids.runs_us },
        { p->keep.dead_us, &p->before.dead_us, &p->ids.dead_us },
        { p->keep.duplicates_us, &p->before.duplicates_us, &p->ids.duplicates_us },
        { p->keep.versions_us, &p->before.versions_us, &p->ids.versions_us },
        { p->keep.records_us, &p->before.records_us, &p->ids.records_us },
    };
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        if (clock_before(db, p->op.now_us, times[i].keep_us, times[i].before_us, times[i].ids_us,
                         e) == -1) {
            return -1;
        }
    }
    return 0;
}

static int run_phase(struct db *db, struct prune *p, struct err *e)
{
    const struct event_walk events = { nth_event,        delete_events, p->before.events_us,
                                       p->ids.events_us, COUNTER_EVENT, PRUNE_DUPLICATES };
    const struct event_walk duplicates = { nth_duplicate,           delete_duplicates,
                                           p->before.duplicates_us, p->ids.duplicates_us,
                                           COUNTER_DUPLICATE,       PRUNE_RECORDS };
    switch (p->from.phase) {
    case PRUNE_RUNS:
        return prune_runs(db, p, e);
    case PRUNE_EVENTS:
        return prune_events(db, p, &events, e);
    case PRUNE_DUPLICATES:
        return prune_events(db, p, &duplicates, e);
    case PRUNE_RECORDS:
        return prune_records(db, p, e);
    case PRUNE_VERSIONS:
        return prune_versions(db, p, e);
    case PRUNE_OCCURRENCES:
        return prune_occurrences(db, p, e);
    case PRUNE_OVER:
        break;
    }
    return 0;
}

static int shrink(struct db *db, struct err *e)
{
    int64_t free_pages;
    int64_t pages;
    if (db_count_pages(db, &pages, &free_pages, e) == -1) {
        return -1;
    }
    if (free_pages <= FREE_PAGES_KEPT || free_pages <= pages / FREE_SHARE_KEPT) {
        return 0;
    }
    return db_shrink(db, SHRINK_PAGES, e);
}

static int prune_exec(struct store_op *op, struct db *db, struct err *e)
{
    struct prune *p = list_entry(op, struct prune, op);
    p->reached = p->from;
    p->deleted = 0;
    if (find_times(db, p, e) == -1 || run_phase(db, p, e) == -1) {
        return -1;
    }
    FAULT("store.prune");
    return shrink(db, e);
}

void prune_init(struct prune *p, const struct retention *keep, int limit)
{
    *p = (struct prune){ .op.exec = prune_exec, .keep = *keep, .limit = rows_limit(limit) };
}

bool prune_again(struct prune *p)
{
    bool is_over = p->reached.phase == PRUNE_OVER;
    if (is_over) {
        enter_phase(p, PRUNE_RUNS);
    }
    p->from = p->reached;
    return !is_over;
}
