/*
 * Looks at a store's file with nothing but SQLite: none of the engine's own code stands between the
 * file and the verdict. Each rule is a query that finds what must not be there; the process that
 * wrote the file has ended, whichever way.
 *
 * usage: inspect [--at-rest | --list] FILE. Prints one line for each breach; exit 1 if there is
 * one, 2 where the file cannot be read. --at-rest: the engine was drained, so nothing may be
 * running, due or without its runs; it may still be there, doing nothing.
 * --list checks nothing and prints a line "event ID" for each event, "run STATE" for each run.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <sqlite3.h>

struct rule {
    const char *name;
    const char *sql; /* a row is a breach; its first column says where */
    bool at_rest;    /* holds only once everything was drained */
};

/* run.state: 0 queued, 1 running, 2 waiting, 3 parked, from 4 on ended (4 done). run.due_us:
 * 9223372036854775807 is blocked behind another run of the key. journal.state: 0 started.
 * occurrence.state: 2 left out. */
static const struct rule rules[] = {
    { "an event and its runs are written together",
      "select 'run ' || hex(id) from run where not exists"
      " (select 1 from event where event.id = run.event_id)",
      false },
    { "a key has one active run",
      "select recipe || ' ' || order_key from run where order_key is not null and state < 4"
      " and due_us < 9223372036854775807 group by recipe, order_key having count(*) > 1",
      false },
    { "a blocked run waits for another one",
      "select 'run ' || hex(id) from run as b where state = 0 and due_us = 9223372036854775807"
      " and not exists (select 1 from run as a where a.recipe = b.recipe"
      " and a.order_key = b.order_key and a.state < 4 and a.due_us < 9223372036854775807)",
      false },
    { "an event starts one run of a recipe",
      "select hex(event_id) || ' ' || recipe from run group by event_id, recipe, replay"
      " having count(*) > 1",
      false },
    { "a dedupe key is taken once",
      "select connection || ' ' || dedupe_key from event where dedupe_key is not null"
      " and duplicate_of is null group by connection, dedupe_key having count(*) > 1",
      false },
    { "a duplicate names an event that is there",
      "select hex(id) from event as d where duplicate_of is not null and not exists"
      " (select 1 from event where event.id = d.duplicate_of)",
      false },
    { "a journal belongs to a run",
      "select path from journal where not exists (select 1 from run where run.id = run_id)",
      false },
    { "a run that is done knows the outcome of its calls",
      "select path from journal join run on run.id = run_id where run.state = 4"
      " and journal.state = 0",
      false },
    { "a run that has not ended has its version",
      "select 'run ' || hex(id) from run where state < 4 and version is not null and not exists"
      " (select 1 from version where hash = run.version)",
      false },
    { "the counters of states say what is there",
      "select 'state ' || id || ': ' || n from counter where id < 8"
      " and n <> (select count(*) from run where state = counter.id)",
      false },
    { "no run is left running", "select 'run ' || hex(id) from run where state = 1", true },
    { "no run is left due", "select 'run ' || hex(id) from run where state = 0", true },
    { "no run waits longer than it says",
      "select 'run ' || hex(id) from run where state = 2"
      " and due_us < (strftime('%s', 'now') - 10) * 1000000",
      true },
    { "no event is left without its runs",
      "select type || ' ' || hex(id) from event where is_routed = 0", true },
};

/* Of tables that a store of an earlier version does not have. */
static const struct rule ledger_rules[] = {
    { "an occurrence that ran has its run",
      "select schedule || ' ' || planned_us from occurrence where state <> 2 and not exists"
      " (select 1 from run where run.id = run_id)",
      false },
    { "a run of a schedule has its occurrence",
      "select 'run ' || hex(run.id) from run join event on event.id = run.event_id"
      " where connection = 'ladle' and type = 'schedule' and run.replay = 0 and not exists"
      " (select 1 from occurrence where run_id = run.id and state <> 2)",
      false },
    /* What comes by real time has one distance: "every 600 s * * * real UTC". */
    { "each occurrence has its row, up to where the schedule is",
      "select recipe || ' ' || planned_us from occurrence join schedule on number = schedule"
      " where identity like 'every % s * * * real UTC' and planned_us < reached_us and not exists"
      " (select 1 from occurrence as later where later.schedule = occurrence.schedule"
      " and later.planned_us = occurrence.planned_us + 1000000 * cast(substr(identity, 7) as"
      " integer))",
      false },
};

static int breaches(sqlite3 *db, const struct rule *rule)
{
    sqlite3_stmt *stmt = NULL;
    int count = 0;
    int rc = sqlite3_prepare_v2(db, rule->sql, -1, &stmt, NULL);
    while (rc == SQLITE_OK && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        printf("%s, but: %s\n", rule->name, (const char *)sqlite3_column_text(stmt, 0));
        count++;
        rc = SQLITE_OK;
    }
    if (rc != SQLITE_DONE) {
        printf("%s: cannot tell: %s\n", rule->name, sqlite3_errmsg(db));
        count++;
    }
    (void)sqlite3_finalize(stmt); /* repeats the error of the step */
    return count;
}

static int check_integrity(sqlite3 *db)
{
    static const struct rule integrity = { "the file is sound",
                                           "select integrity_check from"
                                           " pragma_integrity_check where integrity_check <> 'ok'",
                                           false };
    return breaches(db, &integrity);
}

/* The process died before it brought the store up to date. */
static bool has_ledger(sqlite3 *db)
{
    sqlite3_stmt *stmt = NULL;
    bool is_there =
        sqlite3_prepare_v2(db, "select 1 from occurrence", -1, &stmt, NULL) == SQLITE_OK;
    (void)sqlite3_finalize(stmt); /* it was only prepared */
    return is_there;
}

/* The process died before the first transaction, which makes all tables. */
static bool is_unborn(sqlite3 *db)
{
    sqlite3_stmt *stmt = NULL;
    bool is_empty =
        sqlite3_prepare_v2(db, "select 1 from sqlite_schema", -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_DONE;
    (void)sqlite3_finalize(stmt); /* repeats the error of the step */
    return is_empty;
}

static int check(sqlite3 *db, bool is_at_rest)
{
    int count = check_integrity(db);
    if (!is_at_rest && is_unborn(db)) {
        return count == 0 ? 0 : 1;
    }
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (is_at_rest || !rules[i].at_rest) {
            count += breaches(db, &rules[i]);
        }
    }
    for (size_t i = 0; has_ledger(db) && i < sizeof ledger_rules / sizeof *ledger_rules; i++) {
        count += breaches(db, &ledger_rules[i]);
    }
    return count == 0 ? 0 : 1;
}

static int list(sqlite3 *db)
{
    static const char sql[] =
        "select 'event ' || lower(hex(id)) from event"
        " union all select 'run ' || state from run";
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
    while (rc == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW) {
        puts((const char *)sqlite3_column_text(stmt, 0));
    }
    if (rc == SQLITE_OK) {
        rc = sqlite3_finalize(stmt); /* repeats the error of the step */
    }
    if (rc != SQLITE_OK) {
        fprintf(stderr, "inspect: %s\n", sqlite3_errmsg(db));
    }
    return rc == SQLITE_OK ? 0 : 2;
}

int main(int argc, char **argv)
{
    bool is_at_rest = argc == 3 && strcmp(argv[1], "--at-rest") == 0;
    bool is_list = argc == 3 && strcmp(argv[1], "--list") == 0;
    if (argc != 2 && !is_at_rest && !is_list) {
        fputs("usage: inspect [--at-rest | --list] FILE\n", stderr);
        return 2;
    }
    sqlite3 *db = NULL;
    if (sqlite3_open_v2(argv[argc - 1], &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK) {
        fprintf(stderr, "inspect: %s: %s\n", argv[argc - 1], sqlite3_errmsg(db));
        (void)sqlite3_close(db);
        return 2;
    }
    (void)sqlite3_busy_timeout(db, 5000);
    int result = is_list ? list(db) : check(db, is_at_rest);
    (void)sqlite3_close(db); /* every statement is finalized */
    return result;
}
