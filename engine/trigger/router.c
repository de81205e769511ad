/* Matches events with the recipes that they start. The triggers of all recipes stand in one map,
 * "connection event" → recipes. An event may answer to several names (a contact_created that is
 * also a new_lead): the connector's table says so. For each recipe its `if` and `key` are looked at
 * before anything is written, so that order is settled in the same transaction that stores the
 * event. An expression that fails makes a dead run with the error: the event is kept whatever a
 * recipe does.
 *
 * The occurrence of a schedule is an event that names its recipe, in its headers, so that a replay
 * starts that one again.
 *
 * The runs are made as RUNNING and begun when the commit is known, with the event that is in memory
 * already. An event from outside that cannot be stored is told to its sender, who repeats it; one
 * that is stored must get its runs. Loop thread. */
#include "trigger/router.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "format/date.h"
#include "service/accounts.h"

enum { REFUSAL_GAP_US = 10 * 1000 * 1000 };

struct router {
    struct router_opts o;
    struct map *triggers; /* "connection\nevent" -> struct recipes */
    size_t in_flight;
    struct event_list *scan; /* in flight, or NULL */
    bool must_scan_again;
    bool is_quiet;           /* nothing that is stored is looked for */
    int64_t refusal_told_us; /* monotonic; 0: never */
    int64_t refusals;        /* since then, that were not told */
};

struct recipes {
    char **names;
    size_t count;
};

/* An event on its way into the store. */
struct routing {
    struct event_put *put;
    struct router *router;
    struct connection *c; /* which it came by; NULL: ladle.yaml has none, or it is the engine's */
    json_t *event;
    json_t *awaited; /* the event as what is awaited is compared with it */
    struct meta *meta;
    struct program **programs; /* per seed, a reference; NULL: nothing to begin */
    size_t room;               /* of put->runs and programs */
    const char **names;        /* ended by NULL; borrowed */
    size_t name_count;
    accepted_fn accepted;
    void *ud;
};

struct router *router_new(const struct router_opts *o)
{
    struct router *r = xcalloc(1, sizeof *r);
    r->o = *o;
    r->triggers = map_new();
    return r;
}

static void free_recipes(void *ud)
{
    struct recipes *list = ud;
    for (size_t i = 0; i < list->count; i++) {
        free(list->names[i]);
    }
    free(list->names);
    free(list);
}

void router_free(struct router *r)
{
    if (r != NULL) {
        assert(router_is_idle(r));
        map_free(r->triggers, free_recipes);
        free(r);
    }
}

bool router_is_idle(const struct router *r)
{
    return r->in_flight == 0 && r->scan == NULL;
}

void router_quiesce(struct router *r)
{
    r->is_quiet = true;
}

static struct recipes *recipes_of(struct router *r, const char *connection, const char *event,
                                  bool may_add)
{
    struct buf name;
    buf_init(&name, strlen(connection) + 1 + strlen(event));
    (void)buf_puts(&name, connection); /* it has their length */
    (void)buf_putc(&name, '\n');
    (void)buf_puts(&name, event);
    struct recipes *list = map_get(r->triggers, name.data);
    if (list == NULL && may_add) {
        list = xcalloc(1, sizeof *list);
        map_put(r->triggers, name.data, list);
    }
    buf_fini(&name);
    return list;
}

void router_add(struct router *r, const char *connection, const char *event, const char *recipe)
{
    struct recipes *list = recipes_of(r, connection, event, true);
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->names[i], recipe) == 0) {
            return;
        }
    }
    list->names = xrealloc(list->names, (list->count + 1) * sizeof *list->names);
    list->names[list->count++] = xstrdup(recipe);
}

/* --- matching --- */

static enum run_mode mode_of(const json_t *plan)
{
    static const struct {
        const char *name;
        enum run_mode mode;
    } modes[] = {
        { "queue", RUN_MODE_QUEUE },
        { "latest", RUN_MODE_LATEST },
        { "drop", RUN_MODE_DROP },
        { "parallel", RUN_MODE_PARALLEL },
    };
    const char *name = json_get_text(plan, "mode");
    for (size_t i = 0; name != NULL && i < sizeof modes / sizeof modes[0]; i++) {
        if (strcmp(name, modes[i].name) == 0) {
            return modes[i].mode;
        }
    }
    return RUN_MODE_QUEUE;
}

static struct run_seed *add_seed(struct routing *g, struct program *p)
{
    struct event_put *put = g->put;
    if (put->run_count == g->room) {
        g->room = g->room == 0 ? 4 : g->room * 2;
        put->runs = xrealloc(put->runs, g->room * sizeof *put->runs);
        g->programs = xrealloc(g->programs, g->room * sizeof *g->programs);
    }
    g->programs[put->run_count] = NULL;
    struct run_seed *seed = &put->runs[put->run_count++];
    *seed = (struct run_seed){
        .id = id_new(),
        .recipe = xstrdup(program_name(p)),
        .version = xstrdup(program_hash(p)),
        .due_us = put->event.received_us,
        .mode = mode_of(program_plan(p)),
        .settle_us = json_get_int(program_plan(p), "settle_us", 0),
    };
    return seed;
}

static bool has_recipe(const struct routing *g, const char *recipe)
{
    for (size_t i = 0; i < g->put->run_count; i++) {
        if (strcmp(g->put->runs[i].recipe, recipe) == 0) {
            return true;
        }
    }
    return false;
}

/* Of a parent's event the key is one of its account: what two accounts have in common is no reason
 * to wait for, drop or fold each other's runs. Takes the key; yours. */
static char *key_of_account(const struct routing *g, char *key)
{
    const char *account = meta_account(g->meta);
    if (key == NULL || account == NULL || g->c == NULL || !connection_is_parent(g->c)) {
        return key;
    }
    char *own = xasprintf("%s/%s", account, key);
    free(key);
    return own;
}

static void match_recipe(struct routing *g, const char *recipe)
{
    struct program *p = runner_program(g->router->o.runner, recipe);
    if (p == NULL || has_recipe(g, recipe)) {
        return;
    }
    bool is_wanted = true;
    char *key = NULL;
    struct err e = ERR_INIT;
    int rc = program_has_conditions(p)
                 ? program_decide(p, g->event, meta_json(g->meta), g->put->event.received_us,
                                  &is_wanted, &key, &e)
                 : 0;
    struct run_seed *seed = add_seed(g, p);
    seed->key = key_of_account(g, key);
    seed->err = e;
    if (rc == -1) {
        seed->state = RUN_DEAD;
    } else if (!is_wanted) {
        seed->state = RUN_SKIPPED;
    } else if (runner_has_room(g->router->o.runner)) {
        seed->state = RUN_RUNNING;
        g->programs[g->put->run_count - 1] = p;
        program_ref(p);
    } else {
        seed->state = RUN_QUEUED;
    }
}

/* --- occurrences of schedules --- */

static const char own_connection[] = "ladle", schedule_type[] = "schedule", start_type[] = "start";
static const char own_recipe[] = ":recipe"; /* a header */

/* A start by hand (cli/cmd_start.c) names its recipe, too. */
static bool names_recipe(const struct event_row *row)
{
    return strcmp(row->connection, own_connection) == 0 &&
           (strcmp(row->type, schedule_type) == 0 || strcmp(row->type, start_type) == 0);
}

static void match_own_recipe(struct routing *g)
{
    const char *text = g->put->event.headers;
    json_t *headers = text != NULL ? json_parse_own(text, strlen(text), NULL) : NULL;
    const char *recipe = json_get_text(headers, own_recipe);
    if (recipe != NULL) {
        match_recipe(g, recipe);
    }
    json_decref(headers);
}

/* A run of a schedule that queues stands in the line of its schedule; one that is backfilled leaves
 * room for what just happened. */
static void fit_seed(struct routing *g, const struct occurring *o)
{
    struct run_seed *seed = &g->put->runs[0];
    if (o->note->overlap == OVERLAP_QUEUE && seed->key == NULL) {
        seed->key = xstrdup(o->schedule);
        seed->mode = RUN_MODE_QUEUE;
    }
    if (o->note->state == OCCURRENCE_BACKFILL) {
        seed->is_backfill = true;
        seed->state = seed->state == RUN_RUNNING ? RUN_QUEUED : seed->state;
    }
}

static void match_name(struct routing *g, const char *event)
{
    g->names = xrealloc(g->names, (g->name_count + 2) * sizeof *g->names);
    g->names[g->name_count++] = event;
    g->names[g->name_count] = NULL;
    const struct recipes *list = recipes_of(g->router, g->put->event.connection, event, false);
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        match_recipe(g, list->names[i]);
    }
}

/* The event answers to its own name, and to those that the connector derives from it. */
static void match_recipes(struct routing *g)
{
    const char *type = g->put->event.type;
    if (names_recipe(&g->put->event)) {
        match_own_recipe(g);
        return;
    }
    match_name(g, type);
    if (g->c == NULL) {
        return;
    }
    const struct connector *connector = connection_connector(g->c);
    const char *const *names = connector_event_names(connector);
    for (; *names != NULL; names++) {
        const char *of = json_get_text(connector_event(connector, *names), "of");
        if (of != NULL && strcmp(of, type) == 0 &&
            connector_event_matches(connector, *names, g->event, connection_config(g->c))) {
            match_name(g, *names);
        }
    }
}

/* --- writing --- */

static void routing_free(struct routing *g)
{
    for (size_t i = 0; i < g->put->run_count; i++) {
        program_unref(g->programs[i]);
    }
    g->router->in_flight--;
    event_put_free(g->put);
    free(g->programs);
    free(g->names);
    json_decref(g->event);
    json_decref(g->awaited);
    meta_unref(g->meta);
    free(g);
}

static void begin_runs(struct routing *g)
{
    for (size_t i = 0; i < g->put->run_count; i++) {
        const struct run_seed *seed = &g->put->runs[i];
        if (g->programs[i] != NULL && seed->state == RUN_RUNNING) {
            runner_begin(g->router->o.runner,
                         &(struct run_start){
                             .id = seed->id,
                             .program = g->programs[i],
                             .event = json_incref(g->event),
                             .event_len = g->put->event.payload_len,
                             .meta = meta_ref(g->meta),
                             /* as in its row: every attempt has the same `now` */
                             .created_us = g->put->op.now_us,
                         });
        } else if (seed->state == RUN_QUEUED) {
            runner_expect(g->router->o.runner, seed->due_us);
        }
    }
}

static void tell_skipped(const struct routing *g, const struct run_seed *seed)
{
    struct run_end end = {
        .recipe = seed->recipe, .id = seed->id, .state = seed->state, .why = &seed->err
    };
    struct err reason = ERR_INIT;
    if (seed->state == RUN_SKIPPED && seed->err.kind == ERR_NONE) {
        (void)err_set(&reason, ERR_CANCELLED, "%s",
                      seed->is_paused ? RUN_SKIP_PAUSED : RUN_SKIP_BUSY);
        end.why = &reason;
    }
    end_log_tell(runner_end_log(g->router->o.runner), &end);
}

/* Runs that its own took the place of. */
static void tell_displaced(const struct routing *g, const struct run_seed *seed)
{
    struct err reason = ERR_INIT;
    (void)err_set(&reason, ERR_CANCELLED, "%s",
                  seed->settle_us > 0 ? RUN_SKIP_SETTLING : RUN_SKIP_NEWER);
    end_log_tell(runner_end_log(g->router->o.runner), &(struct run_end){
                                                          .recipe = seed->recipe,
                                                          .id = seed->displaced,
                                                          .state = RUN_SKIPPED,
                                                          .why = &reason,
                                                          .count = seed->displaced_count,
                                                      });
}

/* What ended without beginning is told. */
static void tell_ends(const struct routing *g)
{
    for (size_t i = 0; i < g->put->run_count; i++) {
        const struct run_seed *seed = &g->put->runs[i];
        tell_skipped(g, seed);
        if (seed->displaced_count > 0) {
            tell_displaced(g, seed);
        }
    }
}

/* A run that is dead from the start (its `if` failed) is told by an event of its own. */
static bool has_dead(const struct event_put *put)
{
    bool is_found = false;
    for (size_t i = 0; i < put->run_count; i++) {
        is_found = is_found || put->runs[i].state == RUN_DEAD;
    }
    return is_found;
}

/* While the store takes nothing each sender is told; the log is told once in a while. */
static void tell_refusal(struct router *r, const char *connection, const struct err *e)
{
    int64_t now = clock_mono_us();
    if (r->refusal_told_us > 0 && now - r->refusal_told_us < REFUSAL_GAP_US) {
        r->refusals++;
        return;
    }
    log_error("router", "an event of %s was not stored: %s", connection, e->message);
    if (r->refusals > 0) {
        log_error("router", "so it was with %lld more events before it", (long long)r->refusals);
    }
    r->refusal_told_us = now;
    r->refusals = 0;
}

/* An occurrence is told by who has asked for it. */
static void tell_not_stored(struct router *r, const struct event_put *put, const struct err *e)
{
    if (put->occurrence != NULL) {
        return;
    }
    if (put->op.must_land) {
        log_error("router", "an event of %s has no runs yet: %s", put->event.connection,
                  e->message);
    } else {
        tell_refusal(r, put->event.connection, e);
    }
}

/* A run that was cancelled for this one may be in memory. */
static bool has_replaced(const struct event_put *put)
{
    return put->occurrence != NULL && put->occurrence->outcome == OCCURRENCE_STARTED &&
           !id_is_zero(&put->occurrence->other);
}

static void routed(struct store_op *op, const struct err *e)
{
    struct routing *g = op->ud;
    struct router *r = g->router;
    struct event_put *put = g->put;
    bool must_scan = e == NULL && !put->is_duplicate && has_dead(put);
    if (g->accepted != NULL) {
        const struct id *id = put->is_duplicate ? &put->original : &put->event.id;
        g->accepted(g->ud, id, put->is_duplicate, put->is_duplicate ? 0 : put->run_count, e);
    }
    if (e != NULL) {
        tell_not_stored(r, put, e);
    } else if (!put->is_duplicate) {
        accounts_changed(r->o.service, g->c, &put->account);
        tell_ends(g);
        begin_runs(g);
        if (put->woken_count >
            0) { /* runs that waited for this event: the store has given it to them */
            runner_poke(g->router->o.runner);
        }
    }
    if (e == NULL && has_replaced(put)) {
        runner_store_changed(r->o.runner);
    }
    routing_free(g);
    if (must_scan) {
        router_scan(r);
    }
}

static struct meta *meta_of(const struct connection *c, const struct event_row *row,
                            const json_t *event)
{
    return meta_new(&(struct meta_source){ .event = row->id,
                                           .c = c,
                                           .connection = row->connection,
                                           .type = row->type,
                                           .received_us = row->received_us,
                                           .payload = event,
                                           .headers = row->headers });
}

static struct routing *routing_new(struct router *r, struct event_put *put, json_t *event)
{
    struct connection *c = service_find(r->o.service, put->event.connection);
    struct routing *g = xcalloc(1, sizeof *g);
    *g = (struct routing){
        .put = put,
        .router = r,
        .c = c,
        .event = event,
        .meta = meta_of(c, &put->event, event),
    };
    put->op.done = routed;
    put->op.ud = g;
    put->event.is_routed = true;
    r->in_flight++;
    put->event.note =
        c != NULL ? accounts_judge(g->router->o.service, c, event, &put->account) : NULL;
    if (put->event.note == NULL) {
        match_recipes(g);
        g->awaited = c != NULL ? accounts_marked(c, event) : json_incref(event);
        put->json = g->awaited;
        put->names = g->names;
    }
    return g;
}

void router_accept(struct router *r, const struct incoming *in, accepted_fn accepted, void *ud)
{
    struct event_put *put = event_put_new();
    put->event = (struct event_row){
        .id = put->event.id,
        .connection = xstrdup(in->connection),
        .type = xstrdup(in->type),
        .key = in->key != NULL ? xstrdup(in->key) : NULL,
        .received_us = clock_wall_us(),
        .headers = xstrdup_or_null(in->headers),
        .payload = xmemdup(in->payload, in->payload_len),
        .payload_len = in->payload_len,
    };
    struct routing *g = routing_new(r, put, json_incref(in->event));
    g->accepted = accepted;
    g->ud = ud;
    if (put->event.note == NULL) {
        put->event.note = xstrdup_or_null(in->note);
    }
    store_submit(r->o.store, &put->op);
}

static char *describe_occurrence(const struct occurring *o, size_t *len)
{
    char at[DATE_TEXT];
    date_format(o->note->planned_us, at);
    json_t *v = json_object();
    json_object_set_new(v, "at", json_string(at));
    json_object_set_new(v, "late_s", json_integer(o->note->late_us / 1000000));
    json_object_set_new(v, "schedule", json_string(o->schedule));
    char *text = json_text(v, len);
    json_decref(v);
    return text;
}

static char *occurrence_headers(const struct occurring *o)
{
    json_t *v = json_object();
    json_object_set_new(v, own_recipe, json_string(o->recipe));
    if (o->note->state == OCCURRENCE_BACKFILL) {
        json_object_set_new(v, ":found_by", json_string("backfill"));
    }
    size_t len;
    char *text = json_text(v, &len);
    json_decref(v);
    return text;
}

void router_accept_occurrence(struct router *r, const struct occurring *o, accepted_fn accepted,
                              void *ud)
{
    struct event_put *put = event_put_new();
    put->event = (struct event_row){
        .id = put->event.id,
        .connection = xstrdup(own_connection),
        .type = xstrdup(schedule_type),
        .received_us = clock_wall_us(),
        .headers = occurrence_headers(o),
    };
    put->event.payload = describe_occurrence(o, &put->event.payload_len);
    put->occurrence = o->note;
    put->op.must_land = true;
    struct routing *g =
        routing_new(r, put, json_parse_own(put->event.payload, put->event.payload_len, NULL));
    assert(put->run_count == 1); /* its recipe is in force */
    fit_seed(g, o);
    g->accepted = accepted;
    g->ud = ud;
    store_submit(r->o.store, &put->op);
}

/* --- events that are stored already --- */

static void route_stored(struct router *r, struct event_row *row)
{
    json_t *event =
        json_parse_own(row->payload != NULL ? row->payload : "", row->payload_len, NULL);
    struct event_put *put = event_route_new();
    put->event = *row;
    *row = (struct event_row){ 0 };
    struct routing *g = routing_new(r, put, event != NULL ? event : json_object());
    put->op.must_land = true;
    store_submit(r->o.store, &g->put->op);
}

static void scanned(struct store_op *op, const struct err *e)
{
    struct router *r = op->ud;
    struct event_list *list = r->scan;
    r->scan = NULL;
    if (e != NULL) {
        log_error("router", "stored events were not looked for: %s", e->message);
    }
    for (size_t i = 0; e == NULL && !r->is_quiet && i < list->count; i++) {
        route_stored(r, &list->rows[i]);
    }
    bool is_more = e == NULL && (list->count == (size_t)list->limit || r->must_scan_again);
    event_list_free(list);
    r->must_scan_again = false;
    if (is_more) {
        router_scan(r);
    }
}

void router_scan(struct router *r)
{
    if (r->scan != NULL || r->is_quiet) {
        r->must_scan_again = r->scan != NULL;
        return;
    }
    r->scan = event_list_new();
    r->scan->only_unrouted = true;
    r->scan->with_payload = true;
    r->scan->limit = 100;
    r->scan->op.must_land = true;
    r->scan->op.done = scanned;
    r->scan->op.ud = r;
    /* Through the writer: it comes after what was submitted before it. */
    store_submit(r->o.store, &r->scan->op);
}
