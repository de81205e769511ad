#pragma once

#include "base/list.h"
#include "base/map.h"
#include "run/program.h"
#include "run/retry.h"
#include "run/runner.h"
#include "service/service.h"
#include "store/run.h"

/* A run in memory, for the files of run/ only. Its rows are gathered in `pending` and written by at
 * most one save at a time, so they reach the store in their order. */
struct run {
    struct list link;       /* runner: active */
    struct list dirty_link; /* runner: dirty, while `pending` has something to write */
    struct runner *runner;
    struct program *program; /* a reference; NULL: nothing can walk it, and it ends at once */
    struct branch *walk;     /* the walk itself; NULL: over, or not begun */
    int busy; /* branches that go on by themselves: not at rest, not joining others */
    struct id id;
    int attempts;
    int64_t created_us;
    bool is_backfill; /* no answer to what just happened: a replay, work that piled up, one of
                       * many that were retried at once */
    json_t *event;
    size_t event_len;
    bool is_alone; /* its program's state is its own */
    struct meta *meta;
    struct map *journal;      /* path -> struct journal_row of earlier attempts; NULL: none */
    struct run_load load;     /* owns those rows */
    char *step;               /* that its row names: where it waits, or where the walk ended */
    struct run_save *pending; /* or NULL */
    struct run_save *saving;  /* in flight, or NULL */
    struct list waiting;      /* struct save_waiter: for pending */
    struct list waiting_now;  /* for saving */
    struct list ending_link;  /* runner: ending, when the strand is to be closed from outside */
    struct rest *rest;        /* what the branches at rest wait for; NULL: none is */
    bool has_verdict;         /* the attempt ends as follows, whatever the strands say */
    enum run_state state;
    int64_t due_us;
    struct err err;
    char *turn_of;    /* the connection at which it waits for its turn, or NULL */
    char *parked_for; /* the connection that it waits for a person to authorise, or NULL */
    bool is_woken; /* an event came that it waits for: whatever its due time, it goes on at once */
};

/* A strand of a run: the walk itself, or one of several that go on side by side (lua_fork.c). Its
 * memory is the ud of its strand. */
struct branch {
    struct run *run;
    struct strand *strand;
    struct fork *fork;      /* NULL: the walk itself */
    int index;              /* in the fork, from 1 */
    char *step;             /* where it is, or NULL */
    char *unknown_path;     /* the effect that failed last, if its outcome is unknown; or NULL */
    bool can_settle;        /* the step says that the call may be sent again */
    struct retry_look look; /* where that outcome is looked for: what came of it */
    char *answer;     /* the body of the last failed call, bounded and without secrets; or NULL */
    char *connection; /* of that call */
};

struct branch *branch_new(struct run *run);
void branch_free(struct branch *b);
/* The branch has nothing to do before due_us (WAITING) or before a person acts (PARKED); its strand
 * stays parked. Once no branch of the run is busy the attempt ends, and the run is due when the
 * first of them is. */
void branch_rest(struct branch *b, enum run_state state, int64_t due_us, const struct err *e);
/* The wall clock was set by so much: moves the ends of the waits of this attempt. */
void run_clock_jumped(struct run *run, int64_t by_us);
/* The branch waits for its turn at that connection, as *e (ERR_TURN) says. */
void branch_await_turn(struct branch *b, const char *connection, const struct err *e);
/* A branch joins others, or comes back from it. */
void run_add_busy(struct run *run, int by);

/* Someone who waits until what the run has pending is committed. */
struct save_waiter {
    struct list link;
    void (*fn)(struct save_waiter *w);
};

/* The row of an earlier attempt, or NULL. Borrowed. */
struct journal_row *run_recall(struct run *run, const char *path);
/* The row to fill in for that path in the next save; made if it is not there. Marks the run dirty.
 * Borrowed until the next call. */
struct journal_row *run_record(struct run *run, const char *path, enum journal_state state);
/* Calls w->fn once all that was recorded so far is committed; list_remove(&w->link) gives up. */
void run_when_saved(struct run *run, struct save_waiter *w);
void branch_set_step(struct branch *b, const char *name);
/* Registers, with the next save, that the run waits for an event whose fields are as `match` (JSON
 * object text) says; and takes that back. */
void run_begin_wait(struct run *run, const char *path, const char *connection, const char *event,
                    const char *match);
void run_end_wait(struct run *run, const char *path);
/* The state that its recipe's runs share had no memory left for this one: it is walked again in one
 * of its own. False where it had that already, or no other run to share with: it needs too much. */
bool run_put_off_memory(struct run *run, const struct err *e);
/* Ends the attempt with this state: the strand is closed at the end of the turn. */
void run_conclude(struct run *run, enum run_state state, int64_t due_us, const struct err *e);

/* For runner.c. */
struct run *run_new(struct runner *r, struct id id, struct program *p); /* p may be NULL */
void run_free(struct run *run);
int run_walk(struct run *run, struct err *e); /* starts the walk's strand */
void run_flush(struct run *run);              /* submits pending, if nothing is in flight */
void run_finish(struct run *run);             /* closes the strand, writes the verdict */

/* What active.c asks of the runner. */
struct store *runner_store(struct runner *r);
struct service *runner_service(struct runner *r);
struct strands *runner_strands(struct runner *r);
struct echoes *runner_echoes(struct runner *r);
struct made *runner_made(struct runner *r);
struct turns *runner_turns(struct runner *r);
void runner_mark_dirty(struct runner *r, struct run *run);
void runner_mark_ending(struct runner *r, struct run *run);
void runner_run_over(struct runner *r, struct run *run, bool has_released);
/* It leaves memory, and its row is as the store has it: the next start takes it up. */
void runner_run_lost(struct runner *r, struct run *run);
/* An operation of the store was submitted (1) or came back (-1) that no run owns. */
void runner_add_in_flight(struct runner *r, int by);
void runner_tell_event(struct runner *r); /* an event that is to be routed was committed */
