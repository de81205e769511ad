/* Start: store → vault → connections with their tokens → recipe versions → runs left behind →
 * threads → server → first claims. Stop: no new requests → open exchanges answered → runs end or
 * are given back → server, services, store. What the store accepted is committed before the process
 * ends. */
#include "daemon/engine.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/plural.h"
#include "base/secret.h"
#include "crypto/vault.h"
#include "daemon/announce.h"
#include "daemon/keeper.h"
#include "daemon/own_port.h"
#include "daemon/token_age.h"
#include "format/date.h"
#include "http/callback.h"
#include "http/hooks.h"
#include "http/status.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "project/connect.h"
#include "project/master_key.h"
#include "project/secrets.h"
#include "recipe/grants.h"
#include "run/runner.h"
#include "script/catalog.h"
#include "script/strand.h"
#include "service/service.h"
#include "store/secret_row.h"
#include "trigger/router.h"

enum { GRACE_US = 5000000 };

struct engine {
    const struct project *project;
    const struct recipe_set *recipes;
    struct loop *loop;
    struct store *store;
    struct vault *vault;
    struct key_watch *key_watch;
    struct http_client *http;
    struct service *service;
    struct strands *strands;
    struct runner *runner;
    struct keeper *keeper;
    struct token_reminder *reminder;
    struct router *router;
    struct hooks *hooks;
    struct callback *callback;
    struct http_server *server;
    struct tls *tls; /* or NULL: plain HTTP */
    struct status_opts admin;
    struct timer drain_timer;
    bool is_stopping;
};

/* --- parts --- */

static int open_store(struct engine *en, struct err *e)
{
    en->store = store_open(&(struct store_opts){ .url = en->project->store,
                                                 .folder = en->project->folder,
                                                 .is_exclusive = true },
                           e);
    if (en->store == NULL) {
        return -1;
    }
    char *path = secrets_key_path(en->project);
    en->vault =
        master_key_open(en->store, &(struct master_key_opts){ .path = path, .may_write = true }, e);
    en->key_watch = en->vault != NULL ? key_watch_new(en->store, en->vault, path) : NULL;
    free(path);
    return en->vault != NULL ? 0 : -1;
}

static int open_services(struct engine *en, struct diags *d, struct err *e)
{
    en->http = http_client_new(en->loop, &(struct http_client_opts){
                                             .user_agent = "ladle/" LADLE_VERSION,
                                             .ca_file = getenv("LADLE_CA_FILE"),
                                         });
    en->service =
        service_new(&(struct service_opts){ .loop = en->loop,
                                            .http = en->http,
                                            .store = en->store,
                                            .vault = en->vault,
                                            .is_engine = true,
                                            .zone = zone_get(en->project->timezone, NULL) });
    const struct project_connect o = {
        .project = en->project, .service = en->service, .store = en->store, .vault = en->vault
    };
    bool has_port = own_port_check(en->project, d) == 0; /* all that is wrong is told at once */
    if (project_connect_all(&o, d) == -1 || !has_port) {
        return err_set(e, ERR_CONFIG, "ladle.yaml is wrong");
    }
    return service_load(en->service, e);
}

static void add_triggers(struct engine *en, const struct recipe *r)
{
    size_t i;
    json_t *when;
    json_array_foreach (json_object_get(r->plan, "when"), i, when) {
        router_add(en->router, json_get_text(when, "connection"), json_get_text(when, "event"),
                   r->name);
    }
}

static void on_recover(void *ud, struct connection *c)
{
    runner_release(((struct engine *)ud)->runner, connection_name(c));
}

static bool run_strands(void *ud)
{
    return strands_run(ud);
}

/* An event was stored by a service or by a run, to be routed like one from outside. */
static void on_engine_event(void *ud)
{
    struct engine *en = ud;
    router_scan(en->router);
}

/* The order of the ticks is the order of a turn: strands run, then what they did is written, then
 * the batch is handed over. */
static int open_runs(struct engine *en, const struct recipe_set *recipes, struct err *e)
{
    en->strands = strands_new();
    loop_add_tick(en->loop, run_strands, en->strands);
    en->runner = runner_new(&(struct runner_opts){ .loop = en->loop,
                                                   .strands = en->strands,
                                                   .store = en->store,
                                                   .service = en->service,
                                                   .on_event = on_engine_event,
                                                   .on_event_ud = en });
    en->keeper = keeper_new(en->loop, en->store, &en->project->retention);
    en->reminder = token_reminder_new(en->loop, en->store, en->project);
    service_on_recover(en->service, on_recover, en);
    en->router = router_new(
        &(struct router_opts){ .store = en->store, .runner = en->runner, .service = en->service });
    en->hooks = hooks_new(&(struct hooks_opts){ .router = en->router,
                                                .service = en->service,
                                                .project_folder = en->project->folder,
                                                .trusted_proxies = en->project->trusted_proxies,
                                                .trusted_count = en->project->trusted_count,
                                                .public_url = en->project->public_url });
    for (size_t i = 0; i < recipes->count; i++) {
        const struct recipe *r = recipes->recipes[i];
        if (runner_add_recipe(en->runner, r->name, r->hash, r->bundle, r->bundle_len, e) == -1) {
            return -1;
        }
        add_triggers(en, r);
    }
    int64_t left = runner_recover(en->runner, e);
    FAULT("engine.recovered");
    if (left > 0) {
        log_info("engine", "%lld %s cut off by the last stop and %s from the journal",
                 (long long)left, plural(left, "run was", "runs were"),
                 plural(left, "goes on", "go on"));
    }
    return left == -1 ? -1 : 0;
}

/* What steps need and tokens were not granted, in the log: such a step fails when it is reached. */
static void warn_of_gaps(struct engine *en, const struct recipe_set *recipes)
{
    struct err e = ERR_INIT;
    struct connection_list *rows = connection_list_new();
    if (store_exec(en->store, &rows->op, &e) == 0) {
        json_t *gaps = grants_gaps(
            &(struct grants){ .project = en->project, .hooks = en->project->hooks, .rows = rows },
            recipes);
        grants_warn(gaps);
        json_decref(gaps);
    }
    connection_list_free(rows);
}

struct engine *engine_new(const struct project *p, const struct recipe_set *recipes,
                          struct diags *d, struct err *e)
{
    struct engine *en = xcalloc(1, sizeof *en);
    en->project = p;
    en->recipes = recipes;
    en->loop = loop_new();
    if (open_store(en, e) == -1 || open_services(en, d, e) == -1 ||
        open_runs(en, recipes, e) == -1) {
        engine_free(en);
        return NULL;
    }
    recipe_set_warn(recipes);
    warn_of_gaps(en, recipes);
    char *base_url = own_port_base_url(p);
    en->callback = callback_new(&(struct callback_opts){
        .service = en->service, .store = en->store, .vault = en->vault, .base_url = base_url });
    free(base_url);
    en->admin = (struct status_opts){ .store = en->store, .runner = en->runner };
    return en;
}

/* --- running --- */

static void on_request(void *ud, struct exchange *x)
{
    struct engine *en = ud;
    if (strncmp(exchange_path(x), "/hooks/", 7) == 0) {
        hooks_handle(en->hooks, x);
    } else if (callback_handles(exchange_path(x))) {
        callback_handle(en->callback, x);
    } else {
        status_handle(&en->admin, x);
    }
}

/* The vault has the key that tokens are sealed under. */
static void on_key_seen(void *ud)
{
    service_refresh(((struct engine *)ud)->service);
}

static void on_store_change(void *ud)
{
    struct engine *en = ud;
    key_watch_look(en->key_watch, on_key_seen, en);
    runner_store_changed(en->runner);
    router_scan(en->router);
}

static void runs_stopped(void *ud)
{
    FAULT("engine.runs_stopped");
    loop_stop(((struct engine *)ud)->loop);
}

/* Events that were read are stored and answered before the runs are stopped. */
static void drain(struct timer *t)
{
    struct engine *en = list_entry(t, struct engine, drain_timer);
    if (http_server_open_count(en->server) > 0 || router_in_flight(en->router) > 0) {
        timer_start(&en->drain_timer, 20000);
        return;
    }
    runner_stop(en->runner, GRACE_US, runs_stopped, en);
}

static void on_signal(void *ud, int signum)
{
    struct engine *en = ud;
    if (en->is_stopping) {
        _exit(128 + signum);
    }
    en->is_stopping = true;
    FAULT("engine.stopping");
    log_info("engine", "stopping: finishing what is in flight (again to stop at once)");
    http_server_quiesce(en->server);
    timer_start(&en->drain_timer, 0);
}

static int start_threads(struct engine *en, struct err *e)
{
    timer_init(&en->drain_timer, en->loop, drain);
    return loop_on_signal(en->loop, SIGTERM, on_signal, en, e) == -1 ||
                   loop_on_signal(en->loop, SIGINT, on_signal, en, e) == -1 ||
                   store_start(en->store, en->loop, on_store_change, en, e) == -1
               ? -1
               : 0;
}

/* A connection may have been authorised while no engine ran. */
static void release_parked(struct engine *en)
{
    size_t pos = 0;
    struct connection *c;
    while (service_next(en->service, &pos, &c)) {
        if (!connection_is_broken(c)) {
            runner_release(en->runner, connection_name(c));
        }
    }
}

int engine_run(struct engine *en, void (*ready)(void *ud, const char *address), void *ud,
               struct err *e)
{
    if (start_threads(en, e) == -1) {
        return -1;
    }
    if (own_port_tls(en->loop, en->project, &en->tls, e) == -1) {
        return -1;
    }
    en->server = http_server_new(en->loop,
                                 &(struct http_server_opts){ .listen = en->project->listen,
                                                             .tls = en->tls,
                                                             .body_max = HOOKS_BODY_MAX,
                                                             .on_request = on_request,
                                                             .ud = en },
                                 e);
    if (en->server == NULL) {
        return -1;
    }
    runner_start(en->runner);
    service_on_event(en->service, on_engine_event, en);
    release_parked(en);
    service_start(en->service);
    keeper_start(en->keeper);
    token_reminder_start(en->reminder);
    router_scan(en->router);
    ready(ud, http_server_address(en->server));
    announce(&(struct announcement){ .project = en->project,
                                     .recipes = en->recipes,
                                     .service = en->service,
                                     .address = http_server_address(en->server) });
    loop_run(en->loop);
    return 0;
}

/* Reverse order; any part may be missing. */
void engine_free(struct engine *en)
{
    if (en->server != NULL) {
        http_server_free(en->server);
    }
    tls_free(en->tls);
    callback_free(en->callback);
    if (en->service != NULL) {
        service_free(en->service);
    }
    keeper_stop(en->keeper);
    token_reminder_stop(en->reminder);
    key_watch_stop(en->key_watch);
    if (en->store != NULL) {
        store_close(en->store);
    }
    keeper_free(en->keeper);
    token_reminder_free(en->reminder);
    key_watch_free(en->key_watch);
    runner_free(en->runner);
    router_free(en->router);
    hooks_free(en->hooks);
    if (en->strands != NULL) {
        loop_remove_tick(en->loop, run_strands, en->strands);
        strands_free(en->strands);
    }
    if (en->http != NULL) {
        en->http->free(en->http);
    }
    vault_free(en->vault);
    expr_forget();
    zone_forget_all();
    loop_free(en->loop);
    free(en);
}
