/*
 * Events with two runs each; the first run of each goes through a started and a finished step to
 * its end; records that change; a token that is replaced. The list of operations is fixed; one, two
 * … up to WINDOW of them are under way, so that the writer commits them alone and in groups.
 *
 * A fact is (kind, which, stage): stages of one thing rise, so what must be found is the highest
 * stage that was acknowledged or a later one. Every text names its own number, so that parts of
 * different stages are told apart. One thread, but for the store's own.
 */
#include "workload.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "base/clock.h"
#include "base/mem.h"
#include "format/json.h"
#include "store/event.h"
#include "store/record.h"
#include "store/run.h"
#include "store/secret_row.h"
#include "store/store.h"

enum { EVENTS = 60, RECORDS = 5, WINDOW = 12, PAYLOAD_MAX = 5000, STEPS = EVENTS + 2 };
enum fact_kind { FACT_EVENT, FACT_RUN, FACT_RECORD, FACT_TOKEN, FACT_KINDS };
enum { RUN_MADE, RUN_STEP_STARTED, RUN_ENDED }; /* stages of a run */

static struct id event_ids[EVENTS];
static struct id run_ids[EVENTS][2];

struct known {
    int64_t stages[FACT_KINDS][EVENTS]; /* -1: nothing was acknowledged */
};

static int64_t fact_of(enum fact_kind kind, int which, int stage)
{
    return ((int64_t)kind << 32) | ((int64_t)which << 16) | stage;
}

/* --- the operations --- */

/* {"n":7,"pad":"…"}, of a length that follows from n. Yours. */
static char *payload_of(int n)
{
    int pad = 100 + n * 997 % PAYLOAD_MAX;
    char *text = xmalloc((size_t)pad + 40);
    int len = snprintf(text, 40, "{\"n\":%d,\"pad\":\"", n);
    memset(text + len, 'a' + n % 26, (size_t)pad);
    memcpy(text + len + pad, "\"}", 3);
    return text;
}

static struct run_seed seed_of(int n, int which)
{
    return (struct run_seed){
        .id = run_ids[n][which],
        .recipe = xstrdup(which == 0 ? "first" : "second"),
        .version = xstrdup("v1"),
        .state = RUN_RUNNING,
    };
}

static struct event_put *new_event(int n)
{
    struct event_put *put = event_put_new();
    char key[16];
    (void)snprintf(key, sizeof key, "key-%d", n);
    put->event.id = event_ids[n];
    put->event.connection = xstrdup("crm");
    put->event.type = xstrdup("contact_created");
    put->event.key = xstrdup(key);
    put->event.received_us = clock_wall_us();
    put->event.payload = payload_of(n);
    put->event.payload_len = strlen(put->event.payload);
    put->event.is_routed = true;
    put->runs = xcalloc(2, sizeof(*put->runs));
    put->run_count = 2;
    put->runs[0] = seed_of(n, 0);
    put->runs[1] = seed_of(n, 1);
    return put;
}

static struct run_save *new_save(int n, int stage)
{
    struct run_save *save = run_save_new();
    save->id = run_ids[n][0];
    struct journal_row *row = run_save_add(save);
    row->path = xstrdup("step");
    row->attempts = 1;
    row->started_us = clock_wall_us();
    row->input = payload_of(n);
    row->state = JOURNAL_STARTED;
    if (stage == RUN_ENDED) {
        row->state = JOURNAL_DONE;
        row->ended_us = clock_wall_us();
        row->output = payload_of(n + 1);
        save->has_state = true;
        save->state = RUN_DONE;
        save->attempts = 1;
    }
    return save;
}

static struct record_put *new_record(int which, int version)
{
    struct record_put *p = record_put_new();
    char name[32];
    (void)snprintf(name, sizeof name, "record-%d", which);
    p->row.kind = RECORD_CONTACT;
    p->row.source = xstrdup("highlevel");
    p->row.source_id = xstrdup(name);
    p->row.origin = xstrdup("crm");
    p->row.fields = payload_of(version);
    return p;
}

static struct connection_put *new_token(int n)
{
    struct connection_put *p = connection_put_new();
    char text[32];
    (void)snprintf(text, sizeof text, "token-%d", n);
    p->row.name = xstrdup("crm");
    p->row.state = xstrdup("connected");
    p->row.scopes = xstrdup(text);
    p->token_name = xstrdup("token:crm");
    p->sealed = (uint8_t *)xstrdup(text);
    p->len = strlen(text);
    return p;
}

/* --- the workload --- */

struct workload {
    struct store *store;
    struct loop *loop;
    void (*on_ack)(int64_t fact);
    int in_flight;
    int window; /* how many may be under way */
};

/* An operation under way: what it is once it comes back. */
struct flight {
    struct workload *w;
    int64_t fact;
    void (*free_op)(struct store_op *op);
};

static void free_event(struct store_op *op)
{
    event_put_free(list_entry(op, struct event_put, op));
}

static void free_save(struct store_op *op)
{
    run_save_free(list_entry(op, struct run_save, op));
}

static void free_record(struct store_op *op)
{
    record_put_free(list_entry(op, struct record_put, op));
}

static void free_token(struct store_op *op)
{
    connection_put_free(list_entry(op, struct connection_put, op));
}

static void committed(struct store_op *op, const struct err *e)
{
    struct flight *f = op->ud;
    if (e != NULL) {
        fprintf(stderr, "powerloss: the workload failed: %s\n", e->message);
        abort();
    }
    f->w->on_ack(f->fact);
    f->w->in_flight--;
    f->free_op(op);
    free(f);
}

static void submit(struct workload *w, struct store_op *op, int64_t fact,
                   void (*free_op)(struct store_op *op))
{
    struct flight *f = xmalloc(sizeof(*f));
    *f = (struct flight){ w, fact, free_op };
    op->ud = f;
    op->done = committed;
    w->in_flight++;
    store_submit(w->store, op);
    while (w->in_flight >= w->window) {
        loop_turn(w->loop, true);
    }
}

/* The n-th moment: an event comes, the one before goes on, the one before that ends. */
static void step(struct workload *w, int n)
{
    if (n < EVENTS) {
        submit(w, &new_event(n)->op, fact_of(FACT_EVENT, n, 0), free_event);
    }
    if (n >= 1 && n - 1 < EVENTS) {
        submit(w, &new_save(n - 1, RUN_STEP_STARTED)->op,
               fact_of(FACT_RUN, n - 1, RUN_STEP_STARTED), free_save);
    }
    if (n >= 2) {
        submit(w, &new_save(n - 2, RUN_ENDED)->op, fact_of(FACT_RUN, n - 2, RUN_ENDED), free_save);
    }
    submit(w, &new_record(n % RECORDS, n)->op, fact_of(FACT_RECORD, n % RECORDS, n), free_record);
    if (n % 4 == 0) {
        submit(w, &new_token(n)->op, fact_of(FACT_TOKEN, 0, n), free_token);
    }
}

static struct store *open_store(const char *url, struct err *e)
{
    return store_open(&(struct store_opts){ .url = url, .is_exclusive = true }, e);
}

static void run_part(const char *url, void (*on_ack)(int64_t fact), int from, int to)
{
    struct err e = ERR_INIT;
    struct workload w = { .loop = loop_new(), .on_ack = on_ack };
    w.store = open_store(url, &e);
    if (w.store == NULL || store_start(w.store, w.loop, NULL, NULL, &e) == -1) {
        fprintf(stderr, "powerloss: %s\n", e.message);
        abort();
    }
    for (int n = from; n < to; n++) {
        w.window = n % WINDOW + 1;
        step(&w, n);
    }
    while (w.in_flight > 0) {
        loop_turn(w.loop, true);
    }
    store_close(w.store);
    loop_free(w.loop);
}

void workload_run(const char *url, void (*on_ack)(int64_t fact))
{
    for (int n = 0; n < EVENTS; n++) {
        event_ids[n] = id_new();
        run_ids[n][0] = id_new();
        run_ids[n][1] = id_new();
    }
    run_part(url, on_ack, 0, STEPS / 2);
    run_part(url, on_ack, STEPS / 2, STEPS);
}

/* --- what is known --- */

struct known *known_new(void)
{
    struct known *k = xmalloc(sizeof(*k));
    memset(k->stages, 0xff, sizeof k->stages); /* -1 everywhere */
    return k;
}

void known_free(struct known *k)
{
    free(k);
}

void known_add(struct known *k, int64_t fact)
{
    k->stages[fact >> 32][(fact >> 16) & 0xffff] = fact & 0xffff;
}

/* --- the audit --- */

static bool is_payload_of(int n, const char *text)
{
    char *wanted = payload_of(n);
    bool is_same = text != NULL && strcmp(text, wanted) == 0;
    free(wanted);
    return is_same;
}

/* The stage of a run that is there, by what belongs to it; -2 where that does not fit together. */
static int stage_of(int n, const struct run_list *list)
{
    enum run_state state = list->rows[0].state;
    if (list->journal_count == 0) {
        return state == RUN_RUNNING ? RUN_MADE : -2;
    }
    const struct journal_row *row = &list->journal[0];
    if (list->journal_count != 1 || !is_payload_of(n, row->input)) {
        return -2;
    }
    if (row->state == JOURNAL_STARTED && row->output == NULL) {
        return state == RUN_RUNNING ? RUN_STEP_STARTED : -2;
    }
    bool is_done = row->state == JOURNAL_DONE && is_payload_of(n + 1, row->output);
    return is_done && state == RUN_DONE ? RUN_ENDED : -2;
}

static int audit_run(const struct known *k, struct store *s, int n, struct err *e)
{
    struct run_list *list = run_list_new();
    list->only = run_ids[n][0];
    int rc = store_exec(s, &list->op, e);
    int stage = rc == 0 && list->count == 1 ? stage_of(n, list) : -1;
    run_list_free(list);
    if (rc == 0 && stage < 0) {
        return err_set(e, ERR_STORE, "run %d is there by half", n);
    }
    if (rc == 0 && stage < k->stages[FACT_RUN][n]) {
        return err_set(e, ERR_STORE, "run %d fell back from stage %d to %d", n,
                       (int)k->stages[FACT_RUN][n], stage);
    }
    return rc;
}

static int audit_event(const struct known *k, struct store *s, int n, struct err *e)
{
    struct event_list *list = event_list_new();
    list->only = event_ids[n];
    list->with_payload = true;
    int rc = store_exec(s, &list->op, e);
    bool is_there = rc == 0 && list->count == 1;
    bool is_whole =
        is_there && list->rows[0].run_count == 2 && is_payload_of(n, list->rows[0].payload);
    event_list_free(list);
    if (rc == 0 && !is_there && k->stages[FACT_EVENT][n] >= 0) {
        return err_set(e, ERR_STORE, "event %d was acknowledged and is lost", n);
    }
    if (is_there && !is_whole) {
        return err_set(e, ERR_STORE, "event %d is there by half", n);
    }
    return is_there ? audit_run(k, s, n, e) : rc;
}

/* The number in a payload, or -1 where it is not whole. */
static int number_in(const char *text)
{
    long n = -1;
    bool has_number = text != NULL && sscanf(text, "{\"n\":%ld,", &n) == 1;
    return has_number && n >= 0 && n < STEPS && is_payload_of((int)n, text) ? (int)n : -1;
}

static int audit_record(const struct known *k, struct store *s, int which, struct err *e)
{
    char name[32];
    (void)snprintf(name, sizeof name, "record-%d", which);
    struct record_list *list = record_list_new();
    list->kind = RECORD_CONTACT;
    list->source_id = name;
    list->limit = 2;
    int rc = store_exec(s, &list->op, e);
    bool is_there = rc == 0 && list->count > 0;
    int n = is_there ? number_in(list->rows[0].fields) : -1;
    /* Records take turns, so the version of one follows from the moment at which it was written. */
    bool is_whole = !is_there || (n >= 0 && list->rows[0].version == n / RECORDS + 1);
    record_list_free(list);
    if (rc == 0 && !is_whole) {
        return err_set(e, ERR_STORE, "record %d is there by half", which);
    }
    if (rc == 0 && n < k->stages[FACT_RECORD][which]) {
        return err_set(e, ERR_STORE, "record %d fell back to %d", which, n);
    }
    return rc;
}

/* The number of the token that is sealed, as a text; yours, or NULL where there is none. */
static char *sealed_token(struct store *s, struct err *e)
{
    struct secret_get *get = secret_get_new("token:crm");
    char *text = NULL;
    if (store_exec(s, &get->op, e) == 0 && get->sealed != NULL) {
        text = xstrndup((const char *)get->sealed, get->len);
    }
    secret_get_free(get);
    return text;
}

static int audit_token(const struct known *k, struct store *s, struct err *e)
{
    char *sealed = sealed_token(s, e);
    struct connection_list *list = connection_list_new();
    int rc = e->kind == ERR_NONE ? store_exec(s, &list->op, e) : -1;
    const char *scopes = rc == 0 && list->count == 1 ? list->rows[0].scopes : NULL;
    int n = -1;
    bool is_whole = (scopes == NULL) == (sealed == NULL);
    if (is_whole && sealed != NULL) {
        is_whole = strcmp(scopes, sealed) == 0 && sscanf(sealed, "token-%d", &n) == 1;
    }
    connection_list_free(list);
    free(sealed);
    if (rc == 0 && !is_whole) {
        return err_set(e, ERR_STORE, "the token and its connection are of two moments");
    }
    if (rc == 0 && n < k->stages[FACT_TOKEN][0]) {
        return err_set(e, ERR_STORE, "the token fell back to %d: it was used already", n);
    }
    return rc;
}

static int audit_all(const struct known *k, struct store *s, struct err *e)
{
    int rc = audit_token(k, s, e);
    for (int n = 0; rc == 0 && n < EVENTS; n++) {
        rc = audit_event(k, s, n, e);
    }
    for (int i = 0; rc == 0 && i < RECORDS; i++) {
        rc = audit_record(k, s, i, e);
    }
    return rc;
}

/* What the engine does first after the cut: it takes up the runs that were cut off. */
static int go_on(struct store *s, struct err *e)
{
    struct run_recover recover;
    run_recover_init(&recover);
    struct run_counts counts;
    run_counts_init(&counts);
    if (store_exec(s, &recover.op, e) == -1 || store_exec(s, &counts.op, e) == -1) {
        return -1;
    }
    if (counts.by_state[RUN_RUNNING] != 0 || counts.by_state[RUN_QUEUED] != recover.count) {
        return err_set(e, ERR_STORE, "the counters do not say what is there");
    }
    return 0;
}

static int check_integrity(const char *path, struct err *e)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_open(path, &db);
    rc = rc == SQLITE_OK ? sqlite3_prepare_v2(db, "pragma integrity_check", -1, &stmt, NULL) : rc;
    const char *text = rc == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW
                           ? (const char *)sqlite3_column_text(stmt, 0)
                           : sqlite3_errmsg(db);
    int result = strcmp(text, "ok") == 0 ? 0 : err_set(e, ERR_STORE, "not sound: %.300s", text);
    (void)sqlite3_finalize(stmt); /* repeats the error of the step */
    (void)sqlite3_close(db);
    return result;
}

int known_audit(const struct known *k, const char *url, struct err *e)
{
    struct store *s = open_store(url, e);
    if (s == NULL) {
        return -1;
    }
    int rc = audit_all(k, s, e);
    if (rc == 0) {
        rc = go_on(s, e);
    }
    store_close(s);
    return rc == 0 ? check_integrity(url + strlen("sqlite:"), e) : -1;
}
