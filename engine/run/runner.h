#pragma once

#include "run/end_log.h"
#include "run/meta.h"
#include "run/program.h"
#include "service/service.h"
#include "store/run.h"

/* The scheduler: claims runs that are due, walks them in strands, writes what they did. A run in
 * memory is only its current attempt: a wait is a row, and the run is rebuilt from its journal when
 * it is due. Loop thread. */
struct runner;

enum {
    RUNNER_ACTIVE_MAX = 1024,     /* runs in memory at once; further ones wait as rows */
    RUNNER_EVENTS_MAX = 16 << 20, /* bytes of their events; one more may begin below it */
};

struct runner_opts {
    struct loop *loop;
    struct strands *strands;
    struct store *store;
    struct service *service;
    /* Called (in the loop) after a run has stored an event that is to be routed: it died or was
     * parked, or wrote an activity. May be NULL. */
    void (*on_event)(void *ud);
    void *on_event_ud;
};

struct runner *runner_new(const struct runner_opts *o);
void runner_free(struct runner *r); /* it is idle (runner_is_idle); NULL is allowed */

/* Makes this the newest version of its recipe, and keeps its bundle in the store (at once: before
 * store_start). */
int runner_add_recipe(struct runner *r, const char *name, const char *hash, const char *bundle,
                      size_t len, struct err *e);
/* The newest version, or NULL; borrowed. */
struct program *runner_program(const struct runner *r, const char *recipe);

/* Puts runs that a dead process left behind back in the queue; before store_start. Returns how
 * many, or -1. */
int64_t runner_recover(struct runner *r, struct err *e);
/* Begins to claim. */
void runner_start(struct runner *r);
/* The end of a turn of the loop, behind strands_run: what runs did is submitted, those that are due
 * are claimed. */
void runner_turn(struct runner *r);

/* How runs end is told there: also those that never begin. Borrowed. */
struct end_log *runner_end_log(const struct runner *r);

/* Whether another run may begin in memory; if not, its row is made QUEUED and claimed later. */
bool runner_has_room(const struct runner *r);
/* Begins a run whose row was just made as RUNNING. The references of event and meta are taken. Where
 * there is no room for it any more, its row becomes QUEUED. */
struct run_start {
    struct id id;
    struct program *program;
    json_t *event;
    size_t event_len; /* bytes of its text */
    struct meta *meta;
    int64_t created_us;
};
void runner_begin(struct runner *r, const struct run_start *s);
/* Something in the store may be due now. */
void runner_poke(struct runner *r);
/* Something in the store is due then (wall time; RUN_BLOCKED: nobody knows). */
void runner_expect(struct runner *r, int64_t due_us);
/* A connection works again: runs that were parked for it go on, oldest first. */
void runner_release(struct runner *r, const char *connection);
/* Another process changed the store: looks for cancelled runs and for due ones. */
void runner_store_changed(struct runner *r);

/* The wall clock was set by so much: what is kept in memory of times to come moves with it, as the
 * rows do (store/clock_row.h). */
void runner_clock_jumped(struct runner *r, int64_t by_us);

size_t runner_active(const struct runner *r); /* runs in memory */
/* A stop: no further claims. */
void runner_quiesce(struct runner *r);
/* Its time is over: runs in memory end their attempt, and are taken up again by the next start. */
void runner_cut(struct runner *r);
/* No run is in memory, and no operation of the store is on its way. */
bool runner_is_idle(const struct runner *r);
