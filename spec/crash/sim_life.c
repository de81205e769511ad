/* A life: the engine is assembled by daemon/engine.c as `ladle run` does it, and driven from here in
 * the place of loop_run. A turn of the loop is followed by a wait for the store, until nothing more
 * follows; then virtual time jumps to what comes next, a timer of the engine's or an act of the
 * world's: an event, a crash, a stop, a person who repairs something. */
#include "sim_life.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon/engine.h"
#include "project/catalogue.h"
#include "recipe/recipe.h"
#include "sim_seams.h"
#include "sim_wire.h"
#include "token/token.h"

enum {
    EXIT_WRONG = 2,
    CRASHED = 70,
    QUIET_TURNS = 2,        /* in a row without work for the store: nothing more follows */
    BUSY_TURNS_MAX = 20000, /* more at one moment is an engine that runs in circles */
    COMMIT_MAX_US = 2000,   /* what a commit takes, of virtual time */
};

_Noreturn static void give_up(const char *what, const char *why)
{
    log_error("sim", "%s: %s", what, why);
    _exit(EXIT_WRONG);
}

/* --- what the world asks for --- */

/* ud: the act that delivered it, a reference. */
static void acknowledge(void *ud, const struct id *id, bool is_duplicate, size_t run_count,
                        const struct err *e)
{
    json_t *act = ud;
    char text[ID_TEXT + 1] = "";
    if (e == NULL) {
        id_format(id, text);
    }
    json_decref(wire_ask(seams()->world,
                         json_pack("{s:s, s:I, s:s, s:s, s:b, s:b}", "do", "ack", "now_us",
                                   (json_int_t)seams()->wall_us, "key", json_get_text(act, "key"),
                                   "id", text, "is_duplicate", is_duplicate, "failed", e != NULL)));
    json_decref(act);
}

static void deliver(json_t *act)
{
    size_t len;
    json_t *event = json_object_get(act, "event");
    char *payload = json_text(event, &len);
    router_accept(seams()->router,
                  &(struct incoming){ .connection = "crm",
                                      .type = json_get_text(act, "type"),
                                      .key = json_get_text(act, "key"),
                                      .payload = payload,
                                      .payload_len = len,
                                      .event = event },
                  acknowledge, json_incref(act));
    free(payload);
}

static bool is_connecting; /* one authorisation at a time: token/token.h */

static void connected(void *ud, const struct err *e)
{
    is_connecting = false;
    json_decref(wire_ask(seams()->world, json_pack("{s:s, s:I, s:s}", "do", "connected", "now_us",
                                                   (json_int_t)seams()->wall_us, "error",
                                                   e != NULL ? e->message : "")));
}

/* A person authorises the connection, if it needs that. */
static void connect_if_broken(const json_t *act)
{
    struct connection *c = service_find(seams()->service, "crm");
    json_t *about = connection_json(c);
    const char *state = json_get_text(about, "state");
    if (!is_connecting && (strcmp(state, "new") == 0 || strcmp(state, "broken") == 0)) {
        is_connecting = true;
        const char *text = json_get_text(act, "code");
        struct secret *code = secret_new(text, strlen(text));
        token_exchange_code(c, &(struct token_code){ .code = code }, connected, NULL);
        secret_free(code);
    }
    json_decref(about);
}

static void asked_again(struct store_op *op, const struct err *e)
{
    if (e != NULL) {
        give_up("retry", e->message);
    }
    runner_poke(seams()->runner);
    free(list_entry(op, struct run_ask_many, op));
}

/* A person lets go on what ended dead or was parked. */
static void retry_all(void)
{
    struct run_ask_many *ask = xcalloc(1, sizeof *ask);
    run_ask_many_init(ask);
    ask->limit = 1000;
    ask->op.done = asked_again;
    store_submit(seams()->store, &ask->op);
}

static void counted(struct store_op *op, const struct err *e)
{
    struct run_counts *counts = list_entry(op, struct run_counts, op);
    if (e != NULL) {
        give_up("count", e->message);
    }
    json_t *states = json_object();
    for (int i = 0; i < RUN_STATE_COUNT; i++) {
        json_object_set_new(states, run_state_name((enum run_state)i),
                            json_integer(counts->by_state[i]));
    }
    json_decref(wire_ask(seams()->world, json_pack("{s:s, s:I, s:o, s:I}", "do", "counts", "now_us",
                                                   (json_int_t)seams()->wall_us, "runs", states,
                                                   "unrouted", (json_int_t)counts->unrouted)));
    free(counts);
}

static void count(void)
{
    struct run_counts *counts = xcalloc(1, sizeof *counts);
    run_counts_init(counts);
    counts->op.done = counted;
    store_submit(seams()->store, &counts->op);
}

static void act_on(json_t *act)
{
    const char *what = json_get_text(act, "act");
    if (strcmp(what, "event") == 0) {
        deliver(act);
    } else if (strcmp(what, "connect") == 0) {
        connect_if_broken(act);
    } else if (strcmp(what, "retry") == 0) {
        retry_all();
    } else if (strcmp(what, "heal") == 0) {
        fault_disarm();
    } else if (strcmp(what, "count") == 0) {
        count();
    } else if (strcmp(what, "stop") == 0) {
        (void)raise(SIGTERM); /* cannot fail for a signal that there is */
    } else if (strcmp(what, "die") == 0) {
        _exit(CRASHED);
    }
}

/* --- time --- */

static void settle(struct loop *l)
{
    int quiet = 0;
    for (int turns = 0; quiet < QUIET_TURNS && !seams()->is_stopped; turns++) {
        if (turns == BUSY_TURNS_MAX) {
            give_up("the loop", "it does not come to rest");
        }
        loop_turn(l, false);
        quiet = seams_await_store() ? 0 : quiet + 1;
        if (quiet == 0) {
            seams_pass((int64_t)seams_random_below(COMMIT_MAX_US));
        }
    }
}

/* How long until the world acts; -1: it does not. */
static int64_t ask_next_us(void)
{
    json_t *answer = wire_ask(seams()->world, json_pack("{s:s, s:I}", "do", "next", "now_us",
                                                        (json_int_t)seams()->wall_us));
    int64_t at_us = json_get_int(answer, "at_us", -1);
    json_decref(answer);
    if (at_us == -1) {
        return -1;
    }
    return at_us > seams()->wall_us ? at_us - seams()->wall_us : 0;
}

static void ask_act(void)
{
    json_t *act = wire_ask(seams()->world, json_pack("{s:s, s:I}", "do", "act", "now_us",
                                                     (json_int_t)seams()->wall_us));
    act_on(act);
    json_decref(act);
}

static int64_t until_timer_us(const struct loop *l)
{
    int64_t due_us = loop_next_due_us(l);
    if (due_us == -1) {
        return -1;
    }
    return due_us > seams()->mono_us ? due_us - seams()->mono_us : 0;
}

static void drive(struct loop *l)
{
    settle(l);
    while (!seams()->is_stopped) {
        int64_t timer_us = until_timer_us(l);
        int64_t world_us = ask_next_us();
        if (timer_us == -1 && world_us == -1) {
            give_up("the loop", "nothing will ever happen");
        }
        bool is_worlds = world_us != -1 && (timer_us == -1 || world_us <= timer_us);
        seams_pass(is_worlds ? world_us : timer_us);
        if (is_worlds) {
            ask_act();
        }
        settle(l);
    }
}

/* --- the engine --- */

/* The service's limit is smaller in some worlds, so that few calls come up against it. */
static void set_limit(const struct project_hooks *h, int64_t requests)
{
    json_t *table = h->find_connector(h->ud, "highlevel");
    json_object_set_new(
        table, "limits",
        json_pack("[{s:I, s:i}]", "requests", (json_int_t)requests, "per_ms", 10000));
}

static void listening(void *ud, const char *address)
{
}

static void run_engine(const char *folder, int64_t limit)
{
    struct catalogue *c = catalogue_new(folder);
    const struct project_hooks *h = catalogue_hooks(c);
    set_limit(h, limit);
    struct err e = ERR_INIT;
    struct diags *d = diags_new("ladle.yaml");
    struct recipe_set set = { 0 };
    struct project *p = project_load(folder, h, d);
    if (p == NULL || recipe_set_load(&set, p, h, &e) == -1 || set.diag_count > 0) {
        give_up("the project", "it does not load");
    }
    struct engine *en = engine_new(p, &set, d, &e);
    if (en == NULL || engine_run(en, listening, NULL, &e) == -1) {
        give_up("the engine", e.message);
    }
    engine_free(en);
    diags_free(d);
    recipe_set_fini(&set);
    project_free(p);
    catalogue_free(c);
}

_Noreturn void life_run(const struct life *life)
{
    struct err e = ERR_INIT;
    log_to(life->log_fd);
    json_t *start = wire_ask(life->world, json_pack("{s:s}", "do", "start"));
    seams_init(&(struct seams){ .world = life->world,
                                .wall_us = json_get_int(start, "now_us", 0),
                                .shown_us = life->shown_us,
                                .drive = drive },
               (uint64_t)json_get_int(start, "seed", 1));
    int64_t limit = json_get_int(start, "limit", 100);
    const char *faults = json_get_text(start, "faults");
    if (faults != NULL && fault_arm(faults, &e) == -1) {
        give_up("faults", e.message);
    }
    json_decref(start);
    run_engine(life->folder, limit);
    _exit(0);
}
