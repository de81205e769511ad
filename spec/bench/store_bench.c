/*
 * How fast the store takes events: each op inserts one event of a kilobyte with a dedupe key and
 * the run that it starts, and a number of them is kept in flight, as that many webhook senders
 * would. Prints rows per second and the mean time from submit to done. Not part of any check:
 *
 *     make build/bench/store_bench
 *     build/bench/store_bench FOLDER [EVENTS] [life] [waits]
 *
 * FOLDER must not hold a store that matters; its disk is what is measured. With "life" each run is
 * taken to its end, which is two more ops. With "waits" a hundred thousand runs wait for events of
 * the same connection and name, none of which comes: an event should cost the same.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "format/json.h"
#include "store/event.h"
#include "store/store.h"

enum { PAYLOAD = 1000, WAITS = 100000, WAITS_AT_ONCE = 500 };

struct bench {
    struct loop *loop;
    struct store *store;
    int64_t left;
    int in_flight;
    int64_t waited_us;
    bool is_life;
    json_t *json; /* of every event */
    char payload[PAYLOAD + 1];
};

static struct bench bench;
static const char *const names[] = { "contact_created", "new_lead", NULL };

static void on_put(struct store_op *op, const struct err *e);

static void check(const struct err *e)
{
    if (e != NULL) {
        fprintf(stderr, "%s\n", e->message);
        exit(1);
    }
}

static void start_one(void)
{
    struct event_put *put = event_put_new();
    char key[ID_TEXT + 1];
    struct id random;
    clock_random(random.bytes, sizeof random.bytes);
    id_format(&random, key);
    put->op.done = on_put;
    put->event.connection = xstrdup("crm");
    put->event.type = xstrdup("contact_created");
    put->event.key = xstrdup(key);
    put->event.received_us = clock_wall_us();
    put->event.headers = xstrdup("{\"content-type\":\"application/json\"}");
    put->event.payload = xmemdup(bench.payload, PAYLOAD);
    put->event.payload_len = PAYLOAD;
    put->event.is_routed = true;
    put->json = bench.json;
    put->names = names;
    put->runs = xcalloc(1, sizeof(*put->runs));
    put->run_count = 1;
    put->runs[0] = (struct run_seed){
        .id = id_new(),
        .recipe = xstrdup("new-lead-follow-up"),
        .version = xstrdup("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
        .state = RUN_RUNNING,
    };
    bench.left--;
    bench.in_flight++;
    store_submit(bench.store, &put->op);
}

static void finish_one(void)
{
    bench.in_flight--;
    if (bench.left > 0) {
        start_one();
    } else if (bench.in_flight == 0) {
        loop_stop(bench.loop);
    }
}

static void submit_save(struct id run, bool is_last,
                        void (*done)(struct store_op *, const struct err *))
{
    struct run_save *save = run_save_new();
    save->op.done = done;
    save->id = run;
    struct journal_row *row = run_save_add(save);
    row->path = xstrdup(is_last ? "follow_up" : "follow_up/1");
    row->state = JOURNAL_DONE;
    row->attempts = 1;
    row->output = xstrdup("{\"task\":{\"id\":\"0123456789\"}}");
    save->has_state = is_last;
    save->state = RUN_DONE;
    store_submit(bench.store, &save->op);
}

static void on_last(struct store_op *op, const struct err *e)
{
    check(e);
    run_save_free(list_entry(op, struct run_save, op));
    finish_one();
}

static void on_step(struct store_op *op, const struct err *e)
{
    check(e);
    struct run_save *save = list_entry(op, struct run_save, op);
    submit_save(save->id, true, on_last);
    run_save_free(save);
}

static void on_put(struct store_op *op, const struct err *e)
{
    check(e);
    struct event_put *put = list_entry(op, struct event_put, op);
    bench.waited_us += clock_wall_us() - op->now_us;
    if (bench.is_life) {
        submit_save(put->runs[0].id, false, on_step);
    } else {
        finish_one();
    }
    event_put_free(put);
}

static void run_round(int in_flight, int64_t ops)
{
    bench.left = ops;
    bench.waited_us = 0;
    int64_t begin_us = clock_mono_us();
    for (int i = 0; i < in_flight; i++) {
        start_one();
    }
    loop_run(bench.loop);
    int64_t took_us = clock_mono_us() - begin_us;
    printf("%4d in flight: %8.0f a second, %6.0f us each\n", in_flight,
           (double)ops * 1e6 / (double)took_us, (double)bench.waited_us / (double)ops);
    fflush(stdout);
}

/* --- runs that wait --- */

static void add_wait(struct id run, int number)
{
    struct run_save *save = run_save_new();
    struct err e = ERR_INIT;
    save->id = run;
    save->has_state = true;
    save->state = RUN_WAITING;
    save->due_us = clock_wall_us() + INT64_C(86400000000);
    struct journal_row *row = run_save_add(save);
    row->path = xstrdup("reply");
    row->state = JOURNAL_WAITING;
    struct wait_row *wait = run_save_add_wait(save);
    *wait = (struct wait_row){ .path = xstrdup("reply"),
                               .connection = xstrdup("crm"),
                               .event = xstrdup("contact_created"),
                               .match = xasprintf("{\"contact.id\":\"c%d\"}", number) };
    check(store_exec(bench.store, &save->op, &e) == -1 ? &e : NULL);
    run_save_free(save);
}

static struct event_put *event_of_runs(int count)
{
    struct event_put *put = event_put_new();
    put->event.connection = xstrdup("crm");
    put->event.type = xstrdup("contact_created");
    put->event.is_routed = true;
    put->runs = xcalloc((size_t)count, sizeof(*put->runs));
    put->run_count = (size_t)count;
    for (int i = 0; i < count; i++) {
        put->runs[i] = (struct run_seed){ .id = id_new(),
                                          .recipe = xasprintf("recipe-%d", i),
                                          .state = RUN_RUNNING };
    }
    return put;
}

static void make_waits(void)
{
    for (int made = 0; made < WAITS; made += WAITS_AT_ONCE) {
        struct err e = ERR_INIT;
        struct event_put *put = event_of_runs(WAITS_AT_ONCE);
        check(store_exec(bench.store, &put->op, &e) == -1 ? &e : NULL);
        for (int i = 0; i < WAITS_AT_ONCE; i++) {
            add_wait(put->runs[i].id, made + i);
        }
        event_put_free(put);
    }
}

static bool has_word(int argc, char **argv, const char *word)
{
    for (int i = 3; i < argc; i++) {
        if (strcmp(argv[i], word) == 0) {
            return true;
        }
    }
    return false;
}

int main(int argc, char **argv)
{
    struct err e = ERR_INIT;
    if (argc < 2) {
        fprintf(stderr, "usage: store_bench FOLDER [EVENTS] [life]\n");
        return 2;
    }
    char *url = xasprintf("sqlite:%s/ladle.db", argv[1]);
    int64_t ops = argc > 2 ? strtol(argv[2], NULL, 10) : 100000;
    bench.is_life = has_word(argc, argv, "life");
    bench.json = json_pack("{s:{s:s}}", "contact", "id", "somebody else");
    memset(bench.payload, 'x', PAYLOAD);
    bench.loop = loop_new();
    bench.store = store_open(&(struct store_opts){ .url = url, .is_exclusive = true }, &e);
    if (bench.store == NULL) {
        check(&e);
    }
    if (has_word(argc, argv, "waits")) {
        make_waits();
    }
    if (store_start(bench.store, bench.loop, NULL, NULL, &e) == -1) {
        check(&e);
    }
    run_round(1, ops / 20);
    run_round(8, ops / 4);
    run_round(64, ops);
    run_round(256, ops);
    store_close(bench.store);
    loop_free(bench.loop);
    json_decref(bench.json);
    free(url);
    return 0;
}
