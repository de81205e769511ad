#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "crypto/vault.h"
#include "daemon/clock_watch.h"
#include "daemon/engine.h"
#include "daemon/keeper.h"
#include "daemon/token_age.h"
#include "http/callback.h"
#include "http/hooks.h"
#include "http/status.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "net/loop.h"
#include "net/tls.h"
#include "project/master_key.h"
#include "run/runner.h"
#include "script/strand.h"
#include "service/service.h"
#include "store/store.h"
#include "trigger/backfills.h"
#include "trigger/router.h"
#include "trigger/schedules.h"

/* What the running engine is made of. For the files of daemon/ only. Loop thread.
 *
 * Parts are opened and started in their order and closed in reverse, each once it is idle: nothing
 * that it has begun is under way any more, so nothing can come back to a part that is gone. What a
 * part hands to those before it (a function to call), it takes back when it is closed. */
struct part {
    const char *name; /* for the log */
    /* Makes it. Where it fails it leaves to `close` what it has made. */
    int (*open)(struct engine *en, struct err *e);
    /* Begins its work, once all are open; NULL: there is nothing to begin. */
    int (*start)(struct engine *en, struct err *e);
    /* A stop has begun: takes on nothing new. Or NULL. */
    void (*quiesce)(struct engine *en);
    /* Its time is over: ends what is under way. Or NULL. */
    void (*cut)(struct engine *en);
    /* Nothing that it has begun is under way; NULL: it never has anything. */
    bool (*is_idle)(const struct engine *en);
    /* Takes it apart: it is idle, or was never started, or not even opened. */
    void (*close)(struct engine *en);
};

/* All of them, in order. */
const struct part *parts_all(size_t *count);

struct engine {
    struct engine_opts opts;
    const struct project *project;
    const struct recipe_set *recipes;
    struct diags *diags; /* what is wrong with ladle.yaml; while it is opened */
    struct loop *loop;
    /* engine.c */
    size_t open_count; /* so many parts are open: the first ones */
    bool is_stopping;
    bool has_failed; /* to open */
    struct timer stop_timer;
    /* the parts; NULL: it is not open */
    struct store *store;
    struct clock_watch *clock_watch;
    struct vault *vault;
    struct key_watch *key_watch;
    struct http_client *http;
    struct service *service;
    struct strands *strands;
    struct runner *runner;
    struct router *router;
    struct schedules *schedules;
    struct backfills *backfills;
    struct keeper *keeper;
    struct token_reminder *reminder;
    struct hooks *hooks;
    struct callback *callback;
    struct tls *tls; /* or NULL: plain HTTP */
    struct http_server *server;
    struct status_opts admin;
};
