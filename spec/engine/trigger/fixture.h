#pragma once

/* A router on the stage of the runner's tests, and, where a test asks for it, the hooks behind a
 * real HTTP server on loopback. Two connections: `inbox`, which anybody may post to, and `shop`. */
#include "../net/net_support.h"
#include "../run/fixture.h"

#include "http/hooks.h"

#define SCHEMES                                                                                    \
    "'schemes':{'none':{'summary':'s','rules':[{'kind':'none'}]},"                                 \
    "'token':{'summary':'s','takes':['header'],'rules':[{'kind':'token','secret_min':8}]}}"

static const char INBOX[] =
    "{'name':'inbox','auth':{'kinds':['none']},'operations':{},"
    "'webhook':{'content':'any','event':'received','dedupe':['n'],'verify':'config'," SCHEMES
    "},"
    "'config':{'hot':{'1':'list','of':['string']}},"
    "'events':{'received':{'summary':'s'},"
    " 'hot':{'of':'received','summary':'s','any':[{'field':'tags','has':'hot'}],"
    "        'defaults':{'hot':['hot']}}}}";

struct door {
    struct world w;
    struct router *router;
    struct hooks *hooks;
    struct http_server *server;
};

static inline void door_open(struct door *d, struct fixture *f)
{
    *d = (struct door){ .hooks = NULL };
    world_open(&d->w, f);
    fix_add(f, "inbox", fix_connector(f, "inbox", fix_json(INBOX)),
            "{'connector':'inbox','auth':'none','verify':'none'}");
    d->router = router_new(
        &(struct router_opts){ .store = f->store, .runner = d->w.runner, .service = f->service });
}

/* A recipe without steps, started by inbox.<event>; `more` are further keys of its plan. */
static inline void door_add(struct door *d, const char *name, const char *event, const char *more)
{
    char *text =
        xasprintf("{'plan':{'recipe':'%s','do':[]%s},'inputs':{},'timezone':'UTC'}", name, more);
    world_add(&d->w, name, name, fix_json(text));
    router_add(d->router, "inbox", event, name);
    free(text);
}

static inline void door_close(struct door *d)
{
    if (d->server != NULL) {
        http_server_free(d->server);
    }
    hooks_free(d->hooks);
    world_close(&d->w);
    assert_true(router_is_idle(d->router));
    router_free(d->router);
}

/* --- events in --- */

/* What became of one event. */
struct acceptance {
    int count;
    struct id id;
    bool is_duplicate;
    size_t runs;
    struct err err;
};

static inline void door_accepted(void *ud, const struct id *id, bool is_duplicate, size_t run_count,
                                 const struct err *e)
{
    struct acceptance *a = ud;
    *a = (struct acceptance){ .count = a->count + 1,
                              .id = *id,
                              .is_duplicate = is_duplicate,
                              .runs = run_count,
                              .err = e != NULL ? *e : ERR_INIT };
}

/* Hands an event to the router, and waits until nothing more follows from it. */
static inline struct acceptance door_accept(struct door *d, const char *type, const char *key,
                                            const char *payload)
{
    struct acceptance a = { .count = 0 };
    json_t *event = fix_json(payload);
    size_t len;
    char *text = json_text(event, &len);
    router_accept(d->router,
                  &(struct incoming){ .connection = "inbox",
                                      .type = type,
                                      .key = key,
                                      .payload = text,
                                      .payload_len = len,
                                      .event = event },
                  door_accepted, &a);
    free(text);
    json_decref(event);
    fix_settle(d->w.f);
    assert_int_equal(a.count, 1);
    return a;
}

/* --- what is in the store --- */

/* The runs of an event, newest first; of all events where it is zero. */
static inline struct run_list *door_runs(struct door *d, struct id event, const char *recipe)
{
    struct run_list *list = run_list_new();
    list->event_id = event;
    list->recipe = recipe;
    world_commit(&d->w, &list->op);
    return list;
}

static inline enum run_state door_state(struct door *d, struct id event, const char *recipe)
{
    struct run_list *list = door_runs(d, event, recipe);
    assert_int_equal(list->count, 1);
    enum run_state state = list->rows[0].state;
    run_list_free(list);
    return state;
}

static inline struct run_counts door_counts(struct door *d)
{
    struct run_counts c;
    run_counts_init(&c);
    world_commit(&d->w, &c.op);
    return c;
}
