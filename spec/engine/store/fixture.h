#pragma once

/* A store in a folder of its own, under a clock that stands still, and short ways to the ops that
 * most tests need. Everything runs through store_exec unless a test starts the threads itself. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/db.h"
#include "store/event.h"
#include "store/record.h"
#include "store/run.h"
#include "store/secret_row.h"
#include "store/store.h"

struct fixture {
    char folder[256];
    char path[300];
    char url[320];
    struct store *store;
};

static int64_t fix_now_us;
static uint64_t fix_random_state;

static inline int64_t fix_clock(void *ud)
{
    (void)ud;
    return fix_now_us;
}

/* xorshift64: tests get the same numbers every time. */
static inline uint64_t fix_random(void)
{
    fix_random_state ^= fix_random_state << 13;
    fix_random_state ^= fix_random_state >> 7;
    fix_random_state ^= fix_random_state << 17;
    return fix_random_state;
}

static inline void fix_random_bytes(void *ud, void *out, size_t len)
{
    (void)ud;
    unsigned char *bytes = out;
    for (size_t i = 0; i < len; i++) {
        bytes[i] = (unsigned char)(fix_random() >> 24);
    }
}

static inline void fix_freeze_clock(void)
{
    static const struct clock frozen = { fix_clock, fix_clock, fix_random_bytes, NULL };
    fix_now_us = INT64_C(1764000000000000);
    fix_random_state = UINT64_C(88172645463325252);
    clock_replace(&frozen);
}

static inline void fix_make_folder(struct fixture *f)
{
    log_set_level(LOG_OFF); /* tests look at errors, not at the log */
    const char *tmp = getenv("TMPDIR");
    snprintf(f->folder, sizeof f->folder, "%.200s/ladle-store-XXXXXX", tmp != NULL ? tmp : "/tmp");
    assert_non_null(mkdtemp(f->folder));
    snprintf(f->path, sizeof f->path, "%s/data/ladle.db", f->folder);
    snprintf(f->url, sizeof f->url, "sqlite:%s", f->path);
}

static inline void fix_remove_folder(struct fixture *f)
{
    char command[400];
    snprintf(command, sizeof command, "rm -rf '%s'", f->folder);
    assert_int_equal(system(command), 0);
}

static inline struct store *fix_open_store(const struct fixture *f, bool is_read_only,
                                           bool is_exclusive)
{
    struct err e = ERR_INIT;
    struct store *s = store_open(&(struct store_opts){ .url = f->url,
                                                       .is_read_only = is_read_only,
                                                       .is_exclusive = is_exclusive },
                                 &e);
    if (s == NULL) {
        print_error("%s\n", e.message);
    }
    assert_non_null(s);
    return s;
}

/* cmocka's setup and teardown: *state is the fixture. */
static inline int fix_setup(void **state)
{
    struct fixture *f = xcalloc(1, sizeof(*f));
    fix_freeze_clock();
    fix_make_folder(f);
    f->store = fix_open_store(f, false, true);
    *state = f;
    return 0;
}

static inline int fix_teardown(void **state)
{
    struct fixture *f = *state;
    if (f->store != NULL) {
        store_close(f->store);
    }
    fix_remove_folder(f);
    free(f);
    clock_replace(NULL);
    return 0;
}

static inline void fix_exec(struct fixture *f, struct store_op *op)
{
    struct err e = ERR_INIT;
    if (store_exec(f->store, op, &e) == -1) {
        print_error("%s: %s\n", err_kind_name(e.kind), e.message);
        fail();
    }
}

/* Runs an op that must fail, and gives its error. */
static inline struct err fix_exec_error(struct fixture *f, struct store_op *op)
{
    struct err e = ERR_INIT;
    assert_int_equal(store_exec(f->store, op, &e), -1);
    assert_int_not_equal(e.kind, ERR_NONE);
    return e;
}

static inline char *fix_copy(const char *text)
{
    return text != NULL ? xstrdup(text) : NULL;
}

/* An event of connection crm, type contact_created; key may be NULL. */
static inline struct event_put *fix_event(const char *key)
{
    struct event_put *put = event_put_new();
    put->event.connection = xstrdup("crm");
    put->event.type = xstrdup("contact_created");
    put->event.key = fix_copy(key);
    put->event.received_us = clock_wall_us();
    put->event.headers = xstrdup("{\"x-id\":\"1\"}");
    put->event.payload = xstrdup("{\"id\":\"c1\"}");
    put->event.payload_len = strlen(put->event.payload);
    put->event.is_routed = true;
    return put;
}

static inline struct run_seed *fix_seed(struct event_put *put, const char *recipe, const char *key,
                                        enum run_state state)
{
    put->runs = xrealloc(put->runs, (put->run_count + 1) * sizeof(*put->runs));
    struct run_seed *seed = &put->runs[put->run_count++];
    *seed = (struct run_seed){
        .id = id_new(),
        .recipe = xstrdup(recipe),
        .version = xstrdup("v1"),
        .key = fix_copy(key),
        .state = state,
        .due_us = clock_wall_us(),
    };
    return seed;
}

/* Stores an event with one run; gives the run's id. */
static inline struct id fix_run(struct fixture *f, const char *recipe, const char *key,
                                enum run_state state)
{
    struct event_put *put = fix_event(NULL);
    struct id id = fix_seed(put, recipe, key, state)->id;
    fix_exec(f, &put->op);
    event_put_free(put);
    return id;
}

/* The run as it is stored; free with run_row_fini. */
static inline struct run_row fix_read(struct fixture *f, struct id id)
{
    struct run_list *list = run_list_new();
    list->only = id;
    fix_exec(f, &list->op);
    assert_int_equal(list->count, 1);
    struct run_row row = list->rows[0];
    list->rows[0] = (struct run_row){ 0 };
    run_list_free(list);
    return row;
}

static inline enum run_state fix_state(struct fixture *f, struct id id)
{
    struct run_row row = fix_read(f, id);
    enum run_state state = row.state;
    run_row_fini(&row);
    return state;
}

static inline int64_t fix_due(struct fixture *f, struct id id)
{
    struct run_row row = fix_read(f, id);
    int64_t due_us = row.due_us;
    run_row_fini(&row);
    return due_us;
}

static inline bool fix_is_blocked(struct fixture *f, struct id id)
{
    return fix_state(f, id) == RUN_QUEUED && fix_due(f, id) == RUN_BLOCKED;
}

/* A save that changes the state. */
static inline struct run_save *fix_save(struct id id, enum run_state state)
{
    struct run_save *save = run_save_new();
    save->id = id;
    save->has_state = true;
    save->state = state;
    save->attempts = 1;
    return save;
}

static inline struct id fix_move(struct fixture *f, struct id id, enum run_state state)
{
    struct run_save *save = fix_save(id, state);
    fix_exec(f, &save->op);
    struct id released = save->released;
    run_save_free(save);
    return released;
}

static inline void fix_journal(struct run_save *save, const char *path, enum journal_state state,
                               const char *input, const char *output)
{
    struct journal_row *row = run_save_add(save);
    row->path = xstrdup(path);
    row->state = state;
    row->attempts = 1;
    row->started_us = clock_wall_us();
    row->input = fix_copy(input);
    row->output = fix_copy(output);
}

static inline void fix_ask(struct fixture *f, struct id id, enum run_request what)
{
    struct run_ask ask;
    run_ask_init(&ask, id, what);
    fix_exec(f, &ask.op);
}

static inline struct run_counts fix_counts(struct fixture *f)
{
    struct run_counts c;
    run_counts_init(&c);
    fix_exec(f, &c.op);
    return c;
}

/* A number out of the store, on a connection of its own; sql is a static text. */
static inline int64_t fix_number(const struct fixture *f, const char *sql)
{
    struct err e = ERR_INIT;
    struct db *db = db_open(f->path, true, &e);
    assert_non_null(db);
    struct query *q = db_query(db, sql);
    assert_int_equal(query_next(q, &e), 1);
    int64_t n = query_int(q, 0);
    query_end(q);
    db_close(db);
    return n;
}

static inline void assert_id_equal(struct id a, struct id b)
{
    assert_memory_equal(a.bytes, b.bytes, ID_BYTES);
}
