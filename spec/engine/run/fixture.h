#pragma once

/* A runner on the stage of the service's tests: virtual time, a real store, an HTTP client that
 * only writes down what it is asked to send. */
#include "../service/fixture.h"

#include "run/runner.h"
#include "script/strand.h"
#include "store/event.h"

struct world {
    struct fixture *f;
    struct strands *strands;
    struct runner *runner;
    int told; /* how often the runner told of an event that is to be routed */
};

/* The end of a turn, as the engine orders it. */
static inline bool world_turn(void *ud)
{
    struct world *w = ud;
    bool has_more = strands_run(w->strands);
    runner_turn(w->runner);
    return has_more;
}

static inline void world_told(void *ud)
{
    ((struct world *)ud)->told++;
}

/* A new runner, which does not claim yet. Recipes are added before world_start. */
static inline void world_open(struct world *w, struct fixture *f)
{
    *w = (struct world){ .f = f, .strands = strands_new() };
    w->runner = runner_new(&(struct runner_opts){ .loop = f->loop,
                                                  .strands = w->strands,
                                                  .store = f->store,
                                                  .service = f->service,
                                                  .on_event = world_told,
                                                  .on_event_ud = w });
    loop_add_tick(f->loop, world_turn, w);
}

/* Adds the connection `name`, of a connector of the same name. */
static inline void world_connect(struct world *w, const char *name, const char *table)
{
    char *config = xasprintf("{'connector':'%s','auth':'none'}", name);
    fix_add(w->f, name, fix_connector(w->f, name, fix_json(table)), config);
    free(config);
}

/* Adds the recipe of this bundle as its newest version; takes the reference. */
static inline void world_add(struct world *w, const char *name, const char *hash, json_t *bundle)
{
    struct err e = ERR_INIT;
    size_t len;
    char *text = json_text(bundle, &len);
    if (runner_add_recipe(w->runner, name, hash, text, len, &e) == -1) {
        fail_msg("%s", e.message);
    }
    free(text);
    json_decref(bundle);
}

static inline void world_start(struct world *w)
{
    struct err e = ERR_INIT;
    assert_int_not_equal(runner_recover(w->runner, &e), -1);
    fix_start(w->f);
    runner_start(w->runner);
    fix_settle(w->f);
}

static inline void world_close(struct world *w)
{
    runner_cut(w->runner);
    fix_settle(w->f);
    assert_true(runner_is_idle(w->runner));
    loop_remove_tick(w->f->loop, world_turn, w);
    runner_free(w->runner);
    strands_free(w->strands);
}

/* Submits the op and turns the loop until it is committed, and no longer. */
static inline void world_commit(struct world *w, struct store_op *op)
{
    bool is_done = false;
    op->done = fix_barrier_done;
    op->ud = &is_done;
    store_submit(w->f->store, op);
    while (!is_done) {
        loop_turn(w->f->loop, true);
    }
}

/* Stores an event of the shop with one run of "r" of the version "hash-1", which is RUNNING: nobody
 * has begun it. */
static inline struct id world_store_run(struct world *w, json_t *event)
{
    struct event_put *put = event_put_new();
    put->event.connection = xstrdup("shop");
    put->event.type = xstrdup("happened");
    put->event.received_us = fix_wall_us;
    put->event.payload = json_text(event, &put->event.payload_len);
    put->event.is_routed = true;
    put->runs = xcalloc(1, sizeof *put->runs);
    put->run_count = 1;
    put->runs[0] = (struct run_seed){
        .id = id_new(), .recipe = xstrdup("r"), .version = xstrdup("hash-1"), .state = RUN_RUNNING
    };
    struct id id = put->runs[0].id;
    world_commit(w, &put->op);
    event_put_free(put);
    return id;
}

/* Begins it as the router does; takes the reference of the event. */
static inline void world_begin_run(struct world *w, struct id id, json_t *event)
{
    struct meta *meta = meta_new(&(struct meta_source){ .connection = NULL });
    runner_begin(w->runner, id, runner_program(w->runner, "r"), event, meta, fix_wall_us);
}

/* The run with its journal; free with run_list_free. */
static inline struct run_list *world_read_run(struct world *w, struct id id)
{
    struct run_list *list = run_list_new();
    list->only = id;
    list->limit = 1;
    world_commit(w, &list->op);
    assert_int_equal(list->count, 1);
    return list;
}
