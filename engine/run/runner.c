/* The scheduler: begins runs, claims those that are due, and writes what they did. A run comes to
 * life in one of two ways: the router begins it right after its row was made (no claim is needed:
 * the row was made as RUNNING by this process), or a claim takes rows that are due. Claims are made
 * when something may be due (a timer for the next due time, a poke, room that came free), one at a
 * time, and never more than there is room for.
 *
 * End of a turn: strands that must be closed are closed, then every run with something to write
 * submits it, so that all of it is in the same batch. What is submitted here must land, so nothing
 * here is tried again; what no run owns is counted. Loop thread. */
#include "run/runner.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "base/plural.h"
#include "run/active.h"
#include "run/echoes.h"
#include "run/lua_act.h"

enum {
    CLAIM_MAX = 256,
    LOOK_AGAIN_US = 60 * 1000000, /* the longest sleep between two looks at the store */
};

struct runner {
    struct runner_opts o;
    struct echoes *echoes;
    struct map *newest; /* recipe -> struct program, a reference each */
    struct map
        *versions; /* hash -> struct program, a reference each: newest and older ones in use */
    struct list active;
    size_t active_count;
    struct list dirty;
    struct list ending;
    struct run_claim *claim;     /* in flight, or NULL */
    struct run_cancels *cancels; /* in flight, or NULL */
    size_t in_flight;            /* operations of the store beside the runs' saves */
    bool may_be_due;             /* a claim is worth while */
    bool must_look_again;        /* for cancelled runs, when `cancels` is back */
    bool is_started;
    bool is_stopping;
    bool is_cut; /* what begins now is put back at once */
    struct timer due_timer;
    struct end_log *end_log;
    struct metric *runs_by_state[RUN_STATE_COUNT];
};

struct store *runner_store(struct runner *r)
{
    return r->o.store;
}

struct service *runner_service(struct runner *r)
{
    return r->o.service;
}

struct strands *runner_strands(struct runner *r)
{
    return r->o.strands;
}

struct echoes *runner_echoes(struct runner *r)
{
    return r->echoes;
}

struct end_log *runner_end_log(const struct runner *r)
{
    return r->end_log;
}

void runner_tell_event(struct runner *r)
{
    if (r->o.on_event != NULL) {
        r->o.on_event(r->o.on_event_ud);
    }
}

void runner_mark_dirty(struct runner *r, struct run *run)
{
    list_remove(&run->dirty_link);
    list_push_back(&r->dirty, &run->dirty_link);
}

void runner_mark_ending(struct runner *r, struct run *run)
{
    list_remove(&run->ending_link);
    list_push_back(&r->ending, &run->ending_link);
}

/* --- recipes and their versions --- */

static struct program *make_program(const char *hash, const char *bundle, size_t len, struct err *e)
{
    return program_new(
        &(struct program_opts){
            .hash = hash, .bundle = bundle, .bundle_len = len, .act = act_functions },
        e);
}

static void keep_program(struct map *m, const char *key, struct program *p)
{
    program_ref(p);
    program_unref(map_put(m, key, p));
}

int runner_add_recipe(struct runner *r, const char *name, const char *hash, const char *bundle,
                      size_t len, struct err *e)
{
    struct program *p = make_program(hash, bundle, len, e);
    if (p == NULL) {
        return -1;
    }
    struct version_put put;
    version_put_init(&put);
    put.hash = hash;
    put.recipe = name;
    put.bundle = bundle;
    put.bundle_len = len;
    int rc = store_exec(r->o.store, &put.op, e);
    if (rc == 0) {
        keep_program(r->newest, name, p);
        keep_program(r->versions, hash, p);
    }
    program_unref(p);
    return rc;
}

struct program *runner_program(const struct runner *r, const char *recipe)
{
    return map_get(r->newest, recipe);
}

/* --- a run's life in memory --- */

bool runner_has_room(const struct runner *r)
{
    return r->active_count < RUNNER_ACTIVE_MAX && !r->is_stopping;
}

size_t runner_active(const struct runner *r)
{
    return r->active_count;
}

static void add_active(struct runner *r, struct run *run)
{
    list_push_back(&r->active, &run->link);
    r->active_count++;
}

/* The row becomes due at once, so the next start takes it up from its journal. */
static void put_back(struct run *run)
{
    run_conclude(run, RUN_QUEUED, clock_wall_us(), NULL);
}

static void begin_run(struct runner *r, struct run *run)
{
    struct err e = ERR_INIT;
    add_active(r, run);
    if (r->is_cut) {
        put_back(run);
    } else if (run_walk(run, &e) == -1) {
        run_conclude(run, RUN_DEAD, 0, &e);
    }
}

void runner_begin(struct runner *r, struct id id, struct program *p, json_t *event,
                  struct meta *meta, int64_t created_us)
{
    struct run *run = run_new(r, id, p);
    run->event = event;
    run->meta = meta;
    run->created_us = created_us;
    begin_run(r, run);
}

void runner_add_in_flight(struct runner *r, int by)
{
    r->in_flight += (size_t)by;
}

void runner_expect(struct runner *r, int64_t due_us)
{
    if (due_us == RUN_BLOCKED) {
        return;
    }
    int64_t delay = due_us - clock_wall_us();
    if (delay <= 0) {
        r->may_be_due = true;
    } else if (!timer_is_armed(&r->due_timer) || r->due_timer.due_us > clock_mono_us() + delay) {
        timer_start(&r->due_timer, delay < LOOK_AGAIN_US ? delay : LOOK_AGAIN_US);
    }
}

static void count_state(struct runner *r, enum run_state state)
{
    if (r->runs_by_state[state] == NULL) {
        r->runs_by_state[state] =
            metrics_counter("ladle_runs_total", "Attempts of runs by how they ended.", "state",
                            run_state_name(state));
    }
    metric_add(r->runs_by_state[state], 1);
}

/* One whose version is not to be had has no program. */
static const char *run_recipe(const struct run *run)
{
    return run->program != NULL ? program_name(run->program) : run->load.run.recipe;
}

void runner_run_over(struct runner *r, struct run *run, bool has_released)
{
    count_state(r, run->state);
    end_log_tell(r->end_log, &(struct run_end){ .recipe = run_recipe(run),
                                                .id = run->id,
                                                .state = run->state,
                                                .step = run->step,
                                                .why = &run->err });
    FAULT("run.over");
    if (run->state == RUN_WAITING) {
        runner_expect(r, run->is_woken ? 0 : run->due_us);
    }
    r->may_be_due |= has_released;
    runner_run_lost(r, run);
}

void runner_run_lost(struct runner *r, struct run *run)
{
    r->may_be_due |= r->active_count >= RUNNER_ACTIVE_MAX; /* there was no room for others */
    r->active_count--;
    run_free(run);
}

/* --- claims --- */

static void begin_claimed(struct runner *r, struct run_load *load, struct program *p);

struct version_wait {
    struct version_get get;
    struct runner *runner;
    struct run_load load;
    char *hash;
};

static struct run *run_of_load(struct runner *r, struct run_load *load, struct program *p)
{
    struct run *run = run_new(r, load->run.id, p);
    run->load = *load;
    *load = (struct run_load){ 0 };
    run->attempts = run->load.run.attempts;
    run->created_us = run->load.run.created_us;
    return run;
}

/* A run without anything to run it with: it ends where a person sees it. */
static void fail_claimed(struct runner *r, struct run_load *load, const struct err *e)
{
    struct run *run = run_of_load(r, load, NULL);
    run->step = xstrdup_or_null(run->load.run.step);
    add_active(r, run);
    run_conclude(run, RUN_DEAD, 0, e);
}

/* ERR_CANCELLED: a stop; the row stays, and the next start takes it up. */
static void version_came(struct store_op *op, const struct err *e)
{
    struct version_wait *w = op->ud;
    struct err why = e != NULL ? *e : ERR_INIT;
    struct program *p = NULL;
    w->runner->in_flight--;
    if (e == NULL) {
        p = make_program(w->hash, w->get.bundle, w->get.bundle_len, &why);
    }
    if (p != NULL) {
        keep_program(w->runner->versions, w->hash, p);
        begin_claimed(w->runner, &w->load, p);
        program_unref(p);
    } else if (why.kind != ERR_CANCELLED) {
        fail_claimed(w->runner, &w->load, &why);
    }
    run_load_fini(&w->load);
    free(w->get.bundle);
    free(w->hash);
    free(w);
}

static void fetch_version(struct runner *r, struct run_load *load)
{
    struct version_wait *w = xcalloc(1, sizeof *w);
    w->runner = r;
    w->load = *load;
    *load = (struct run_load){ 0 };
    w->hash = xstrdup(w->load.run.version);
    version_get_init(&w->get);
    w->get.hash = w->hash;
    w->get.op.must_land = true;
    w->get.op.done = version_came;
    w->get.op.ud = w;
    r->in_flight++;
    store_submit_read(r->o.store, &w->get.op);
}

static struct meta *claimed_meta(const struct runner *r, const struct run_load *load,
                                 const json_t *event)
{
    const char *name = load->connection;
    return meta_new(
        &(struct meta_source){ .event = load->run.event_id,
                               .c = name != NULL ? service_find(r->o.service, name) : NULL,
                               .connection = name,
                               .type = load->type,
                               .received_us = load->received_us,
                               .payload = event,
                               .headers = load->headers });
}

/* A run that is made so long after its event came is no answer to it any more, but a replay, or
 * work that piled up. */
static const int64_t backfill_age_us = 3600LL * 1000 * 1000;

static void begin_claimed(struct runner *r, struct run_load *load, struct program *p)
{
    struct run *run = run_of_load(r, load, p);
    run->is_backfill =
        run->load.run.is_backfill || run->created_us - run->load.received_us > backfill_age_us;
    run->event = json_parse_own(run->load.payload, run->load.payload_len, NULL);
    run->meta = claimed_meta(r, &run->load, run->event);
    if (run->load.row_count > 0) {
        run->journal = map_new();
    }
    for (size_t i = 0; i < run->load.row_count; i++) {
        map_put(run->journal, run->load.rows[i].path, &run->load.rows[i]);
    }
    begin_run(r, run);
}

static void take_claimed(struct runner *r, struct run_load *load)
{
    const char *version = load->run.version;
    struct program *p =
        version != NULL ? map_get(r->versions, version) : map_get(r->newest, load->run.recipe);
    if (p != NULL) {
        begin_claimed(r, load, p);
    } else if (version != NULL) {
        fetch_version(r, load);
    } else {
        struct err e = ERR_INIT;
        (void)err_set(&e, ERR_CONFIG, "there is no recipe %s in recipes/ any more",
                      load->run.recipe);
        fail_claimed(r, load, &e);
    }
}

static void sleep_until(struct runner *r, int64_t due_us)
{
    int64_t delay = due_us > 0 ? due_us - clock_wall_us() : LOOK_AGAIN_US;
    if (delay > LOOK_AGAIN_US) {
        delay = LOOK_AGAIN_US;
    }
    timer_start(&r->due_timer, delay > 0 ? delay : 0);
}

static void claim_done(struct store_op *op, const struct err *e)
{
    struct runner *r = op->ud;
    struct run_claim *claim = r->claim;
    r->claim = NULL;
    FAULT("run.claimed");
    if (e != NULL) {
        log_warn("run", "could not look for runs that are due: %s", e->message);
        timer_start(&r->due_timer, LOOK_AGAIN_US);
    } else {
        for (size_t i = 0; i < claim->count; i++) {
            take_claimed(r, &claim->runs[i]);
        }
        r->may_be_due |= claim->count == (size_t)claim->limit;
        sleep_until(r, claim->next_due_us);
    }
    run_claim_free(claim);
}

static void claim_if_due(struct runner *r)
{
    if (!r->is_started || r->is_stopping || !r->may_be_due || r->claim != NULL ||
        !runner_has_room(r)) {
        return;
    }
    r->may_be_due = false;
    size_t room = RUNNER_ACTIVE_MAX - r->active_count;
    r->claim = run_claim_new(room < CLAIM_MAX ? (int)room : CLAIM_MAX, clock_wall_us());
    r->claim->op.must_land = true;
    r->claim->op.done = claim_done;
    r->claim->op.ud = r;
    store_submit(r->o.store, &r->claim->op);
}

static void due_now(struct timer *t)
{
    struct runner *r = list_entry(t, struct runner, due_timer);
    r->may_be_due = true;
}

void runner_poke(struct runner *r)
{
    r->may_be_due = true;
}

/* --- what other processes ask for --- */

static struct run *find_active(struct runner *r, const struct id *id)
{
    list_each (link, &r->active) {
        struct run *run = list_entry(link, struct run, link);
        if (id_cmp(&run->id, id) == 0) {
            return run;
        }
    }
    return NULL;
}

static void look_for_cancels(struct runner *r);

static void cancels_came(struct store_op *op, const struct err *e)
{
    struct runner *r = op->ud;
    struct run_cancels *cancels = r->cancels;
    r->cancels = NULL;
    for (size_t i = 0; e == NULL && i < cancels->count; i++) {
        struct run *run = cancels->is_cancelled[i] ? find_active(r, &cancels->ids[i]) : NULL;
        if (run != NULL) {
            run_conclude(run, RUN_CANCELLED, 0, NULL);
        }
    }
    run_cancels_free(cancels);
    if (r->must_look_again) {
        look_for_cancels(r);
    }
}

/* Asks for the runs that are in memory, however old they are. */
static void look_for_cancels(struct runner *r)
{
    r->must_look_again = r->cancels != NULL;
    if (r->cancels != NULL || r->active_count == 0 || r->is_stopping) {
        return;
    }
    r->cancels = run_cancels_new(r->active_count);
    size_t i = 0;
    list_each (link, &r->active) {
        r->cancels->ids[i++] = list_entry(link, struct run, link)->id;
    }
    r->cancels->op.must_land = true;
    r->cancels->op.done = cancels_came;
    r->cancels->op.ud = r;
    store_submit_read(r->o.store, &r->cancels->op);
}

struct release {
    struct run_release op;
    struct runner *runner;
    char *connection;
};

static void released(struct store_op *op, const struct err *e)
{
    struct release *release = op->ud;
    release->runner->in_flight--;
    if (e != NULL) {
        log_error("run", "runs that wait for %s could not be taken up: %s", release->connection,
                  e->message);
    } else if (release->op.count > 0) {
        log_info("run", "%s works again: %lld %s on", release->connection,
                 (long long)release->op.count, plural(release->op.count, "run goes", "runs go"));
        release->runner->may_be_due = true;
    }
    free(release->connection);
    free(release);
}

void runner_release(struct runner *r, const char *connection)
{
    struct release *release = xcalloc(1, sizeof *release);
    release->runner = r;
    release->connection = xstrdup(connection);
    run_release_init(&release->op, release->connection);
    release->op.op.must_land = true;
    release->op.op.done = released;
    release->op.op.ud = release;
    r->in_flight++;
    store_submit(r->o.store, &release->op.op);
}

void runner_store_changed(struct runner *r)
{
    r->may_be_due = true;
    look_for_cancels(r);
}

/* --- start, turn, stop --- */

void runner_turn(struct runner *r)
{
    struct list *link;
    while ((link = list_pop(&r->ending)) != NULL) {
        run_finish(list_entry(link, struct run, ending_link));
    }
    while ((link = list_pop(&r->dirty)) != NULL) {
        run_flush(list_entry(link, struct run, dirty_link));
    }
    claim_if_due(r);
}

struct runner *runner_new(const struct runner_opts *o)
{
    struct runner *r = xcalloc(1, sizeof *r);
    r->o = *o;
    r->echoes = echoes_new();
    r->newest = map_new();
    r->versions = map_new();
    r->end_log = end_log_new(o->loop);
    list_init(&r->active);
    list_init(&r->dirty);
    list_init(&r->ending);
    timer_init(&r->due_timer, o->loop, due_now);
    return r;
}

static void unref_program(void *p)
{
    program_unref(p);
}

void runner_free(struct runner *r)
{
    if (r == NULL) {
        return;
    }
    assert(runner_is_idle(r));
    timer_stop(&r->due_timer);
    end_log_free(r->end_log);
    echoes_free(r->echoes);
    map_free(r->newest, unref_program);
    map_free(r->versions, unref_program);
    free(r);
}

int64_t runner_recover(struct runner *r, struct err *e)
{
    struct run_recover recover;
    run_recover_init(&recover);
    return store_exec(r->o.store, &recover.op, e) == 0 ? recover.count : -1;
}

void runner_start(struct runner *r)
{
    r->is_started = true;
    r->may_be_due = true;
}

void runner_quiesce(struct runner *r)
{
    r->is_stopping = true;
}

void runner_cut(struct runner *r)
{
    r->is_stopping = true;
    r->is_cut = true;
    list_each (link, &r->active) {
        put_back(list_entry(link, struct run, link));
    }
}

bool runner_is_idle(const struct runner *r)
{
    return r->active_count == 0 && r->in_flight == 0 && r->claim == NULL && r->cancels == NULL;
}
