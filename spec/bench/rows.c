/*
 * A store with many rows, for figures that depend on what is there, and a watch on how long dead
 * letters take:
 *
 *     rows FOLDER fill FINISHED WAITING DEAD
 *     rows FOLDER drain COUNT PROGRAM [ARGS…]
 *
 * fill makes FOLDER/data/ladle.db (which must not be there) by the engine's own schema, and writes
 * the rows straight into its tables: events of 200 bytes, each with a run of the recipe `bench` and
 * a journal row. Those that wait are due in a week. drain starts the program (`ladle retry --all`)
 * and prints the seconds until COUNT runs are done.
 */
#include <errno.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/mem.h"
#include "store/run.h"
#include "store/store.h"
#include "store/tally.h"

enum { WAIT_US = 600 * 1000 * 1000, PAUSE_NS = 10 * 1000 * 1000, PAYLOAD = 200 };
static const int64_t week_us = INT64_C(7) * 86400 * 1000 * 1000;

static void die(const char *what)
{
    fprintf(stderr, "rows: %s\n", what);
    exit(1);
}

static struct store *open_store(const char *folder, bool is_read_only)
{
    struct err e = ERR_INIT;
    char *url = xasprintf("sqlite:%s/data/ladle.db", folder);
    struct store *s =
        store_open(&(struct store_opts){ .url = url, .is_read_only = is_read_only }, &e);
    free(url);
    if (s == NULL) {
        die(e.message);
    }
    return s;
}

/* --- fill --- */

struct filler {
    sqlite3 *db;
    sqlite3_stmt *event, *run, *journal;
    int64_t now_us;
    int64_t number;
    char payload[PAYLOAD + 1];
};

static void check(const struct filler *f, int rc)
{
    if (rc != SQLITE_OK && rc != SQLITE_DONE) {
        die(sqlite3_errmsg(f->db));
    }
}

static void script(const struct filler *f, const char *sql)
{
    check(f, sqlite3_exec(f->db, sql, NULL, NULL, NULL));
}

static void step(const struct filler *f, sqlite3_stmt *s)
{
    check(f, sqlite3_step(s));
    check(f, sqlite3_reset(s));
}

static void add_event(const struct filler *f, const struct id *id)
{
    char key[32];
    (void)snprintf(key, sizeof key, "n%" PRId64, f->number);
    sqlite3_bind_blob(f->event, 1, id->bytes, ID_BYTES, SQLITE_STATIC);
    sqlite3_bind_text(f->event, 2, key, -1, SQLITE_STATIC);
    sqlite3_bind_int64(f->event, 3, f->now_us);
    sqlite3_bind_text(f->event, 4, f->payload, PAYLOAD, SQLITE_STATIC);
    step(f, f->event);
}

static void add_run(const struct filler *f, const struct id *id, const struct id *event,
                    enum run_state state)
{
    bool is_dead = state == RUN_DEAD;
    sqlite3_bind_blob(f->run, 1, id->bytes, ID_BYTES, SQLITE_STATIC);
    sqlite3_bind_blob(f->run, 2, event->bytes, ID_BYTES, SQLITE_STATIC);
    sqlite3_bind_int(f->run, 3, (int)state);
    sqlite3_bind_text(f->run, 4, state != RUN_DONE ? "tell" : NULL, -1, SQLITE_STATIC);
    sqlite3_bind_int64(f->run, 5, state == RUN_WAITING ? f->now_us + week_us : 0);
    sqlite3_bind_int64(f->run, 6, f->now_us);
    sqlite3_bind_text(f->run, 7, is_dead ? "unavailable" : NULL, -1, SQLITE_STATIC);
    sqlite3_bind_text(f->run, 8, is_dead ? "sink.post: the service answered 503" : NULL, -1,
                      SQLITE_STATIC);
    step(f, f->run);
}

static void add_journal(const struct filler *f, const struct id *run, enum run_state state)
{
    static const char error[] = "{\"kind\":\"unavailable\",\"message\":\"503\",\"status\":503}";
    enum journal_state row = state == RUN_DONE   ? JOURNAL_DONE
                             : state == RUN_DEAD ? JOURNAL_FAILED
                                                 : JOURNAL_WAITING;
    sqlite3_bind_blob(f->journal, 1, run->bytes, ID_BYTES, SQLITE_STATIC);
    sqlite3_bind_int64(f->journal, 2, f->number);
    sqlite3_bind_int(f->journal, 3, (int)row);
    sqlite3_bind_int64(f->journal, 4, f->now_us);
    sqlite3_bind_text(f->journal, 5, state == RUN_DONE ? "{\"status\":200}" : NULL, -1,
                      SQLITE_STATIC);
    sqlite3_bind_text(f->journal, 6, state != RUN_DONE ? error : NULL, -1, SQLITE_STATIC);
    sqlite3_bind_int(f->journal, 7, state == RUN_DEAD);
    step(f, f->journal);
}

static void add_counter(const struct filler *f, int counter, int64_t n)
{
    char sql[128];
    (void)snprintf(sql, sizeof sql, "update counter set n = n + %" PRId64 " where id = %d", n,
                   counter);
    script(f, sql);
}

static void add_many(struct filler *f, enum run_state state, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        f->number++;
        struct id event = id_new(), run = id_new();
        add_event(f, &event);
        add_run(f, &run, &event, state);
        add_journal(f, &run, state);
    }
    add_counter(f, COUNTER_RUN_STATE + (int)state, count);
    add_counter(f, COUNTER_EVENT, count);
}

static sqlite3_stmt *prepare(const struct filler *f, const char *sql)
{
    sqlite3_stmt *s = NULL;
    check(f, sqlite3_prepare_v2(f->db, sql, -1, &s, NULL));
    return s;
}

static void prepare_all(struct filler *f)
{
    f->event = prepare(f,
                       "insert into event (id, connection, type, dedupe_key, received_us,"
                       " is_routed, replay, headers, payload)"
                       " values (?1, 'leads', 'received', ?2, ?3, 1, 0, '{}', ?4)");
    f->run = prepare(f,
                     "insert into run (id, recipe, event_id, replay, state, attempts, step,"
                     " due_us, created_us, updated_us, error_kind, error_message, error_status,"
                     " error_retry_us, error_detail)"
                     " values (?1, 'bench', ?2, 0, ?3, 1, ?4, ?5, ?6, ?6, ?7, ?8, 503, 0, '')");
    f->journal = prepare(f,
                         "insert into journal (run_id, path, number, state, attempts,"
                         " started_us, ended_us, input, output, error, fails_run)"
                         " values (?1, 'tell', ?2, ?3, 1, ?4, ?4, '{}', ?5, ?6, ?7)");
}

static void fill(const char *folder, char **counts)
{
    struct filler f = { .now_us = clock_wall_us() };
    char *path = xasprintf("%s/data/ladle.db", folder);
    store_close(open_store(folder, false)); /* makes the tables */
    if (sqlite3_open(path, &f.db) != SQLITE_OK) {
        die("the store cannot be opened");
    }
    int len = snprintf(f.payload, sizeof f.payload,
                       "{\"name\":\"Ada\",\"email\":\"a@example.com\","
                       "\"text\":\"");
    memset(f.payload + len, 'x', (size_t)(PAYLOAD - len));
    memcpy(f.payload + PAYLOAD - 2, "\"}", 2);
    script(&f, "pragma synchronous = off; begin");
    prepare_all(&f);
    add_many(&f, RUN_DONE, strtoll(counts[0], NULL, 10));
    add_many(&f, RUN_WAITING, strtoll(counts[1], NULL, 10));
    add_many(&f, RUN_DEAD, strtoll(counts[2], NULL, 10));
    script(&f, "commit; pragma wal_checkpoint(truncate)");
    sqlite3_finalize(f.event);
    sqlite3_finalize(f.run);
    sqlite3_finalize(f.journal);
    check(&f, sqlite3_close(f.db));
    free(path);
}

/* --- drain --- */

static int64_t count_done(struct store *s)
{
    struct run_counts c;
    struct err e = ERR_INIT;
    run_counts_init(&c);
    if (store_exec(s, &c.op, &e) == -1) {
        die(e.message);
    }
    return c.by_state[RUN_DONE];
}

static void drain(const char *folder, int64_t wanted, char **program)
{
    extern char **environ;
    pid_t pid;
    int status = 0;
    struct store *s = open_store(folder, true);
    wanted += count_done(s);
    int64_t began_us = clock_mono_us();
    if (chdir(folder) == -1 || posix_spawn(&pid, program[0], NULL, NULL, program, environ) != 0) {
        die("the program does not start");
    }
    while (count_done(s) < wanted) {
        if (clock_mono_us() > began_us + WAIT_US) {
            die("the runs did not end in ten minutes");
        }
        (void)nanosleep(&(struct timespec){ .tv_nsec = PAUSE_NS }, NULL);
    }
    printf("%.1f\n", (double)(clock_mono_us() - began_us) / 1e6);
    store_close(s);
    while (waitpid(pid, &status, 0) == -1 && errno == EINTR) {
    }
    if (status != 0) {
        die("the program failed");
    }
}

int main(int argc, char **argv)
{
    if (argc == 6 && strcmp(argv[2], "fill") == 0) {
        fill(argv[1], argv + 3);
    } else if (argc > 4 && strcmp(argv[2], "drain") == 0) {
        drain(argv[1], strtoll(argv[3], NULL, 10), argv + 4);
    } else {
        fputs("usage: rows FOLDER fill FINISHED WAITING DEAD | drain COUNT PROGRAM [ARGS…]\n",
              stderr);
        return 2;
    }
    return 0;
}
