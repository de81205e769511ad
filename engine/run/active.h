#pragma once

#include "base/list.h"
#include "base/map.h"
#include "run/program.h"
#include "run/retry.h"
#include "run/runner.h"
#include "service/service.h"
#include "store/run.h"

/* A run in memory, for the files of run/ only. Its rows are gathered in `pending` and written by at most one
 * save at a time, so they reach the store in their order. */
struct run {
    struct list link;             /* runner: active */
    struct list dirty_link;       /* runner: dirty, while `pending` has something to write */
    struct runner *runner;
    struct program *program;      /* a reference */
    struct strand *strand;        /* NULL: over, or not begun */
    struct id id;
    int attempts;
    int64_t created_us;
    json_t *event, *meta;
    struct map *journal;          /* path -> struct journal_row of earlier attempts; NULL: none */
    struct run_load load;         /* owns those rows */
    char *step;                   /* where it is */
    struct run_save *pending;     /* or NULL */
    struct run_save *saving;      /* in flight, or NULL */
    struct list waiting;          /* struct save_waiter: for pending */
    struct list waiting_now;      /* for saving */
    struct list ending_link;      /* runner: ending, when the strand is to be closed from outside */
    bool has_verdict;             /* the attempt ends as follows, whatever the strand says */
    enum run_state state;
    int64_t due_us;
    struct err err;
    bool is_over;                 /* the final save is written or on its way */
    char *unknown_path;           /* the effect that failed last, if its outcome is unknown; or NULL */
    bool can_probe;               /* that outcome can be looked for */
    char *answer;                 /* the body of the last failed call, bounded and without secrets; or NULL */
    bool has_failed_save;         /* `saving` is to be submitted again */
};

/* Someone who waits until what the run has pending is committed. */
struct save_waiter {
    struct list link;
    void (*fn)(struct save_waiter *w);
};

/* The row of an earlier attempt, or NULL. Borrowed. */
struct journal_row *run_recall(struct run *run, const char *path);
/* The row to fill in for that path in the next save; made if it is not there. Marks the run dirty. Borrowed until the next call. */
struct journal_row *run_record(struct run *run, const char *path, enum journal_state state);
/* Calls w->fn once all that was recorded so far is committed; list_remove(&w->link) gives up. */
void run_when_saved(struct run *run, struct save_waiter *w);
void run_set_step(struct run *run, const char *name);
/* Ends the attempt with this state: the strand is closed at the end of the turn. */
void run_conclude(struct run *run, enum run_state state, int64_t due_us, const struct err *e);

/* For runner.c. */
struct run *run_new(struct runner *r, struct id id, struct program *p);
void run_free(struct run *run);
int run_walk(struct run *run, struct err *e); /* starts the strand */
void run_flush(struct run *run);              /* submits pending, if nothing is in flight */
void run_finish(struct run *run);             /* closes the strand, writes the verdict */

/* What active.c asks of the runner. */
struct store *runner_store(struct runner *r);
struct service *runner_service(struct runner *r);
struct strands *runner_strands(struct runner *r);
struct loop *runner_loop(struct runner *r);
void runner_mark_dirty(struct runner *r, struct run *run);
void runner_mark_ending(struct runner *r, struct run *run);
void runner_save_failed(struct runner *r, struct run *run); /* tries again in a second */
void runner_run_over(struct runner *r, struct run *run, bool has_released);
