#pragma once

/* A shop that a recipe orders from, and one run of it: what the tests of runs share. */
#include "fixture.h"

static const char SHOP[] =
    "{'name':'shop','base_url':'https://shop.example','auth':{'kinds':['none']},"
    "'operations':{"
    "'order':{'method':'POST','path':'/orders','idempotent':false,'input':{'name':['string']}},"
    "'look':{'method':'GET','path':'/look'},"
    "'place':{'method':'POST','path':'/things','idempotent':false,'input':{'name':['string']},"
    " 'probe':{'list':'list','items':'things','match':['name'],'as':'thing'}},"
    "'list':{'method':'GET','path':'/things'},"
    "'pay':{'method':'POST','path':'/payments','idempotency_header':'Idempotency-Key',"
    " 'input':{'name':['string']}}}}";

/* A call of the shop's operation with a name, an expression or a text; `more` goes into the step. */
#define STEP(step, operation, name, policy, more)                                                  \
    "{'step':'" step "','use':{'connection':'shop','operation':'" operation "'},'retry':" policy   \
    ",'with':{'t':'map','v':{'name':" name "}}" more "}"
#define TEXT(text) "{'t':'lit','v':'" text "'}"
#define EXPR(text) "{'t':'expr','line':1,'s':'" text "'}"
/* A step that orders `name`, once. */
#define ORDER(step, name)            STEP(step, "order", TEXT(name), ONCE, "")
#define ORDER_WITH(step, name, more) STEP(step, "order", name, ONCE, more)
#define ONCE                         "{'tries':1,'first_us':1000000,'longest_us':1000000,'factor':1,'jitter':'none'}"
#define TWICE                        "{'tries':2,'first_us':10000000,'longest_us':10000000,'factor':1,'jitter':'none'}"

/* The run that a test is about. */
static struct id the_run;

static inline void add_recipe(struct world *w, const char *steps, const char *more)
{
    char *text = xasprintf(
        "{'plan':{'recipe':'r','needs':{'shop':'shop'},'do':%s%s},'inputs':{},'timezone':'UTC'}",
        steps, more);
    world_add(w, "r", "hash-1", fix_json(text));
    free(text);
}

static inline void begin(struct world *w, const char *payload)
{
    json_t *event = fix_json(payload);
    the_run = world_store_run(w, event);
    world_begin_run(w, the_run, event);
    fix_settle(w->f);
}

static inline void assert_state(struct world *w, enum run_state state)
{
    struct run_list *list = world_read_run(w, the_run);
    if (list->rows[0].state != state) {
        fail_msg("the run is %s, not %s: %s", run_state_name(list->rows[0].state),
                 run_state_name(state), list->rows[0].err.message);
    }
    run_list_free(list);
}

static inline enum journal_state row_state(struct world *w, const char *path)
{
    struct run_list *list = world_read_run(w, the_run);
    enum journal_state state = (enum journal_state) - 1;
    for (size_t i = 0; i < list->journal_count; i++) {
        if (strcmp(list->journal[i].path, path) == 0) {
            state = list->journal[i].state;
        }
    }
    run_list_free(list);
    return state;
}

static inline void open_world(struct world *w, struct fixture *f, const char *steps,
                              const char *more)
{
    world_open(w, f);
    world_connect(w, "shop", SHOP);
    add_recipe(w, steps, more);
    world_start(w);
}

/* A new process on the same store, as after a crash: what was in flight is gone without a word. */
static inline void restart(struct world *w, const char *steps, const char *more)
{
    world_close(w);
    fix_restart(w->f);
    open_world(w, w->f, steps, more);
    fix_settle(w->f);
}

/* Answers the request and lets what follows from it happen. */
static inline void answer(struct world *w, size_t index, int status, const char *body)
{
    fix_answer(w->f, index, status, NULL, body);
    fix_settle(w->f);
}

/* Lets time pass, and what is due happen. */
static inline void pass(struct world *w, int64_t us)
{
    fix_pass(w->f, us);
    fix_settle(w->f);
}

/* A person asks this of the run, beside the engine. */
static inline void ask_run(struct world *w, enum run_request what)
{
    struct run_ask ask;
    run_ask_init(&ask, the_run, what);
    world_commit(w, &ask.op);
    runner_store_changed(w->runner);
    fix_settle(w->f);
}
