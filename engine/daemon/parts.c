/*
 * The parts of the engine, from the store at the bottom to the door at the top: how each is made
 * from those before it, and what a stop asks of it. What is under way in a part is counted by
 * itself; here it is only named. Loop thread.
 */
#include "daemon/parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/plural.h"
#include "daemon/own_port.h"
#include "format/date.h"
#include "project/connect.h"
#include "project/secrets.h"
#include "recipe/grants.h"
#include "store/secret_row.h"

/* --- the store --- */

/* Another process has changed something. What a stop leaves is looked for by the next start. */
static void on_store_change(void *ud);

static int store_part_open(struct engine *en, struct err *e)
{
    en->store = store_open(&(struct store_opts){ .url = en->project->store,
                                                 .folder = en->project->folder,
                                                 .is_exclusive = true },
                           e);
    return en->store != NULL ? 0 : -1;
}

static int store_part_start(struct engine *en, struct err *e)
{
    store_check(en->store);
    return store_start(en->store, en->loop, on_store_change, en, e);
}

static bool store_part_is_idle(const struct engine *en)
{
    return store_is_idle(en->store);
}

static void store_part_close(struct engine *en)
{
    if (en->store != NULL) {
        store_close(en->store);
        en->store = NULL;
    }
}

/* --- the clock; the rows move before anything is due by it --- */

static void on_clock_jump(void *ud, int64_t by_us)
{
    struct engine *en = ud;
    service_clock_jumped(en->service, by_us);
    runner_clock_jumped(en->runner, by_us);
}

static int clock_part_open(struct engine *en, struct err *e)
{
    en->clock_watch = clock_watch_new(en->loop, en->store, on_clock_jump, en);
    return clock_watch_take(en->store, e);
}

static int clock_part_start(struct engine *en, struct err *e)
{
    (void)e; /* it cannot fail */
    clock_watch_start(en->clock_watch);
    return 0;
}

static void clock_part_quiesce(struct engine *en)
{
    clock_watch_quiesce(en->clock_watch);
}

static bool clock_part_is_idle(const struct engine *en)
{
    return clock_watch_is_idle(en->clock_watch);
}

static void clock_part_close(struct engine *en)
{
    clock_watch_free(en->clock_watch);
    en->clock_watch = NULL;
    clock_let_go();
}

/* --- the master key --- */

static int key_part_open(struct engine *en, struct err *e)
{
    char *path = secrets_key_path(en->project);
    en->vault =
        master_key_open(en->store, &(struct master_key_opts){ .path = path, .may_write = true }, e);
    en->key_watch = en->vault != NULL ? key_watch_new(en->store, en->vault, path) : NULL;
    free(path);
    return en->vault != NULL ? 0 : -1;
}

static void key_part_quiesce(struct engine *en)
{
    key_watch_stop(en->key_watch);
}

static bool key_part_is_idle(const struct engine *en)
{
    return key_watch_is_idle(en->key_watch);
}

static void key_part_close(struct engine *en)
{
    key_watch_free(en->key_watch);
    en->key_watch = NULL;
    vault_free(en->vault);
    en->vault = NULL;
}

/* --- the HTTP client; its requests are counted by who sends them --- */

static int client_part_open(struct engine *en, struct err *e)
{
    (void)e; /* it cannot fail */
    en->http = http_client_new(en->loop, &(struct http_client_opts){
                                             .user_agent = "ladle/" LADLE_VERSION,
                                             .ca_file = getenv("LADLE_CA_FILE"),
                                         });
    return 0;
}

static void client_part_close(struct engine *en)
{
    if (en->http != NULL) {
        en->http->free(en->http);
        en->http = NULL;
    }
}

/* --- connections --- */

static int service_part_open(struct engine *en, struct err *e)
{
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
    bool has_port = own_port_check(en->project, en->diags) == 0; /* all that is wrong, at once */
    if (project_connect_all(&o, en->diags) == -1 || !has_port) {
        return err_set(e, ERR_CONFIG, "ladle.yaml is wrong");
    }
    return service_load(en->service, e);
}

static int service_part_start(struct engine *en, struct err *e)
{
    (void)e; /* it cannot fail */
    service_start(en->service);
    return 0;
}

static void service_part_cut(struct engine *en)
{
    service_cut(en->service);
}

static bool service_part_is_idle(const struct engine *en)
{
    return service_is_idle(en->service);
}

/* What it writes last it leaves to the store. */
static void service_part_close(struct engine *en)
{
    service_free(en->service);
    en->service = NULL;
}

/* --- runs --- */

static void on_recover(void *ud, struct connection *c)
{
    runner_release(((struct engine *)ud)->runner, connection_name(c));
}

/* An event was stored by a service or by a run, to be routed like one from outside. */
static void on_engine_event(void *ud)
{
    struct engine *en = ud;
    if (en->router != NULL) {
        router_scan(en->router);
    }
}

/* What steps need and tokens were not granted, in the log: such a step fails when it is reached. */
static void warn_of_gaps(struct engine *en)
{
    struct err e = ERR_INIT;
    struct connection_list *rows = connection_list_new();
    if (store_exec(en->store, &rows->op, &e) == 0) {
        json_t *gaps = grants_gaps(
            &(struct grants){ .project = en->project, .hooks = en->project->hooks, .rows = rows },
            en->recipes);
        grants_warn(gaps);
        json_decref(gaps);
    }
    connection_list_free(rows);
}

static int add_recipes(struct engine *en, struct err *e)
{
    for (size_t i = 0; i < en->recipes->count; i++) {
        const struct recipe *r = en->recipes->recipes[i];
        if (runner_add_recipe(en->runner, r->name, r->hash, r->bundle, r->bundle_len, e) == -1) {
            return -1;
        }
    }
    return 0;
}

static int recover_runs(struct engine *en, struct err *e)
{
    int64_t left = runner_recover(en->runner, e);
    FAULT("engine.recovered");
    if (left > 0) {
        log_info("engine", "%lld %s cut off by the last stop and %s from the journal",
                 (long long)left, plural(left, "run was", "runs were"),
                 plural(left, "goes on", "go on"));
    }
    return left == -1 ? -1 : 0;
}

static int runs_part_open(struct engine *en, struct err *e)
{
    en->strands = strands_new();
    en->runner = runner_new(&(struct runner_opts){ .loop = en->loop,
                                                   .strands = en->strands,
                                                   .store = en->store,
                                                   .service = en->service,
                                                   .on_event = on_engine_event,
                                                   .on_event_ud = en });
    service_on_recover(en->service, on_recover, en);
    if (add_recipes(en, e) == -1 || recover_runs(en, e) == -1) {
        return -1;
    }
    recipe_set_warn(en->recipes);
    warn_of_gaps(en);
    return 0;
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

static int runs_part_start(struct engine *en, struct err *e)
{
    (void)e; /* it cannot fail */
    runner_start(en->runner);
    release_parked(en);
    return 0;
}

static void runs_part_quiesce(struct engine *en)
{
    runner_quiesce(en->runner);
}

static void runs_part_cut(struct engine *en)
{
    size_t count = runner_active(en->runner);
    if (count > 0) {
        log_info("engine", "%zu %s not over, and %s at the next start", count,
                 plural((int64_t)count, "run is", "runs are"),
                 plural((int64_t)count, "goes on", "go on"));
    }
    runner_cut(en->runner);
}

static bool runs_part_is_idle(const struct engine *en)
{
    return runner_is_idle(en->runner);
}

static void runs_part_close(struct engine *en)
{
    if (en->runner != NULL) {
        service_on_recover(en->service, NULL, NULL);
        runner_free(en->runner);
        en->runner = NULL;
        FAULT("engine.runs_stopped");
    }
    if (en->strands != NULL) {
        strands_free(en->strands);
        en->strands = NULL;
    }
}

/* --- events and the recipes that they start --- */

static void add_triggers(struct engine *en, const struct recipe *r)
{
    size_t i;
    json_t *when;
    json_array_foreach (json_object_get(r->plan, "when"), i, when) {
        if (json_get_text(when, "connection") != NULL) { /* else it is a schedule */
            router_add(en->router, json_get_text(when, "connection"), json_get_text(when, "event"),
                       r->name);
        }
    }
}

static int router_part_open(struct engine *en, struct err *e)
{
    (void)e; /* it cannot fail */
    en->router = router_new(
        &(struct router_opts){ .store = en->store, .runner = en->runner, .service = en->service });
    for (size_t i = 0; i < en->recipes->count; i++) {
        add_triggers(en, en->recipes->recipes[i]);
    }
    return 0;
}

static int router_part_start(struct engine *en, struct err *e)
{
    (void)e; /* it cannot fail */
    service_on_event(en->service, on_engine_event, en);
    router_scan(en->router);
    return 0;
}

static void router_part_quiesce(struct engine *en)
{
    router_quiesce(en->router);
}

static bool router_part_is_idle(const struct engine *en)
{
    return router_is_idle(en->router);
}

static void router_part_close(struct engine *en)
{
    if (en->router != NULL) {
        service_on_event(en->service, NULL, NULL);
        router_free(en->router);
        en->router = NULL;
    }
}

/* --- schedules --- */

/* The files of recipes with errors; the list is yours. */
static const char **broken_files(const struct recipe_set *set)
{
    const char **files = xcalloc(set->diag_count + 1, sizeof *files);
    for (size_t i = 0; i < set->diag_count; i++) {
        files[i] = set->diags[i]->file;
    }
    return files;
}

static int schedules_part_open(struct engine *en, struct err *e)
{
    en->schedules =
        schedules_new(&(struct schedules_opts){ .loop = en->loop,
                                                .store = en->store,
                                                .runner = en->runner,
                                                .router = en->router,
                                                .keep_us = en->project->retention.runs_us });
    for (size_t i = 0; i < en->recipes->count; i++) {
        if (schedules_add(en->schedules, en->recipes->recipes[i], e) == -1) {
            return -1;
        }
    }
    en->backfills = backfills_new(&(struct backfills_opts){
        .loop = en->loop, .store = en->store, .router = en->router, .schedules = en->schedules });
    const char **broken = broken_files(en->recipes);
    int result = schedules_sync(en->schedules, broken, e);
    free(broken);
    return result;
}

static int schedules_part_start(struct engine *en, struct err *e)
{
    (void)e; /* it cannot fail */
    schedules_start(en->schedules);
    backfills_look(en->backfills);
    return 0;
}

static void schedules_part_quiesce(struct engine *en)
{
    schedules_quiesce(en->schedules);
    backfills_quiesce(en->backfills);
}

static bool schedules_part_is_idle(const struct engine *en)
{
    return schedules_is_idle(en->schedules) && backfills_is_idle(en->backfills);
}

static void schedules_part_close(struct engine *en)
{
    backfills_free(en->backfills);
    en->backfills = NULL;
    schedules_free(en->schedules);
    en->schedules = NULL;
}

/* --- keeping house --- */

static int house_part_open(struct engine *en, struct err *e)
{
    (void)e; /* it cannot fail */
    en->keeper = keeper_new(en->loop, en->store, &en->project->retention);
    en->reminder = token_reminder_new(en->loop, en->store, en->project);
    return 0;
}

static int house_part_start(struct engine *en, struct err *e)
{
    (void)e; /* it cannot fail */
    keeper_start(en->keeper);
    token_reminder_start(en->reminder);
    return 0;
}

static void house_part_quiesce(struct engine *en)
{
    keeper_quiesce(en->keeper);
    token_reminder_quiesce(en->reminder);
}

static bool house_part_is_idle(const struct engine *en)
{
    return keeper_is_idle(en->keeper) && token_reminder_is_idle(en->reminder);
}

static void house_part_close(struct engine *en)
{
    keeper_free(en->keeper);
    en->keeper = NULL;
    token_reminder_free(en->reminder);
    en->reminder = NULL;
}

/* --- what requests are for; a webhook's events are the router's, once they are accepted --- */

static int pages_part_open(struct engine *en, struct err *e)
{
    (void)e; /* it cannot fail */
    en->hooks = hooks_new(&(struct hooks_opts){ .router = en->router,
                                                .service = en->service,
                                                .project_folder = en->project->folder,
                                                .trusted_proxies = en->project->trusted_proxies,
                                                .trusted_count = en->project->trusted_count,
                                                .public_url = en->project->public_url });
    char *base_url = own_port_base_url(en->project);
    en->callback = callback_new(&(struct callback_opts){
        .service = en->service, .store = en->store, .vault = en->vault, .base_url = base_url });
    free(base_url);
    en->admin = (struct status_opts){ .store = en->store, .runner = en->runner };
    return 0;
}

static void pages_part_cut(struct engine *en)
{
    callback_cut(en->callback);
}

static bool pages_part_is_idle(const struct engine *en)
{
    return callback_is_idle(en->callback);
}

static void pages_part_close(struct engine *en)
{
    callback_free(en->callback);
    en->callback = NULL;
    hooks_free(en->hooks);
    en->hooks = NULL;
}

/* --- the door --- */

static void on_door_request(void *ud, struct exchange *x)
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

static bool seems_good(void *ud, const struct exchange *x)
{
    return hooks_seems_good(((const struct engine *)ud)->hooks, x);
}

static int door_part_open(struct engine *en, struct err *e)
{
    if (own_port_tls(en->loop, en->project, &en->tls, e) == -1) {
        return -1;
    }
    if (en->opts.before_door != NULL) {
        en->opts.before_door(en->opts.ud);
    }
    en->server = http_server_new(en->loop,
                                 &(struct http_server_opts){ .listen = en->project->listen,
                                                             .tls = en->tls,
                                                             .body_max = HOOKS_BODY_MAX,
                                                             .on_request = on_door_request,
                                                             .seems_good = seems_good,
                                                             .ud = en },
                                 e);
    return en->server != NULL ? 0 : -1;
}

static void door_part_quiesce(struct engine *en)
{
    http_server_quiesce(en->server);
}

static bool door_part_is_idle(const struct engine *en)
{
    return http_server_open_count(en->server) == 0;
}

static void door_part_close(struct engine *en)
{
    http_server_free(en->server);
    en->server = NULL;
    tls_free(en->tls);
    en->tls = NULL;
}

/* --- what another process changed --- */

/* The vault has the key that tokens are sealed under. */
static void on_key_seen(void *ud)
{
    service_refresh(((struct engine *)ud)->service);
}

static void on_store_change(void *ud)
{
    struct engine *en = ud;
    if (en->is_stopping) {
        return;
    }
    key_watch_look(en->key_watch, on_key_seen, en);
    runner_store_changed(en->runner);
    router_scan(en->router);
    schedules_store_changed(en->schedules);
    backfills_look(en->backfills);
}

/* --- all of them --- */

static const struct part parts[] = {
    {
        .name = "store",
        .open = store_part_open,
        .start = store_part_start,
        .is_idle = store_part_is_idle,
        .close = store_part_close,
    },
    {
        .name = "clock",
        .open = clock_part_open,
        .start = clock_part_start,
        .quiesce = clock_part_quiesce,
        .is_idle = clock_part_is_idle,
        .close = clock_part_close,
    },
    {
        .name = "master key",
        .open = key_part_open,
        .quiesce = key_part_quiesce,
        .is_idle = key_part_is_idle,
        .close = key_part_close,
    },
    {
        .name = "HTTP client",
        .open = client_part_open,
        .close = client_part_close,
    },
    {
        .name = "connections",
        .open = service_part_open,
        .start = service_part_start,
        .cut = service_part_cut,
        .is_idle = service_part_is_idle,
        .close = service_part_close,
    },
    {
        .name = "runs",
        .open = runs_part_open,
        .start = runs_part_start,
        .quiesce = runs_part_quiesce,
        .cut = runs_part_cut,
        .is_idle = runs_part_is_idle,
        .close = runs_part_close,
    },
    {
        .name = "events",
        .open = router_part_open,
        .start = router_part_start,
        .quiesce = router_part_quiesce,
        .is_idle = router_part_is_idle,
        .close = router_part_close,
    },
    {
        .name = "schedules",
        .open = schedules_part_open,
        .start = schedules_part_start,
        .quiesce = schedules_part_quiesce,
        .is_idle = schedules_part_is_idle,
        .close = schedules_part_close,
    },
    {
        .name = "house",
        .open = house_part_open,
        .start = house_part_start,
        .quiesce = house_part_quiesce,
        .is_idle = house_part_is_idle,
        .close = house_part_close,
    },
    {
        .name = "pages",
        .open = pages_part_open,
        .cut = pages_part_cut,
        .is_idle = pages_part_is_idle,
        .close = pages_part_close,
    },
    {
        .name = "door",
        .open = door_part_open,
        .quiesce = door_part_quiesce,
        .is_idle = door_part_is_idle,
        .close = door_part_close,
    },
};

const struct part *parts_all(size_t *count)
{
    *count = sizeof parts / sizeof *parts;
    return parts;
}
