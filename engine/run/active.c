/* One run in memory: what earlier attempts left in the journal, what this one adds, and how it
 * ends.
 *
 * Rows are gathered and written together at the end of the loop's turn. While the store cannot take
 * them the run does not go on past a "started" record, nor end. Where it refuses them for what they
 * are, nothing of them is there, and the run ends with that. Loop thread; a run belongs to the
 * runner. */
#include "run/active.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "run/turns.h"

enum {
    TURN_LOOK_US = 1000 * 1000, /* of a branch that waits beside the turn of its run */
    ALONE_US = 1000 * 1000,     /* until a run that had no memory is walked again */
};

struct run *run_new(struct runner *r, struct id id, struct program *p)
{
    struct run *run = xcalloc(1, sizeof *run);
    *run = (struct run){ .runner = r, .program = p, .id = id, .attempts = 1 };
    list_init(&run->link);
    list_init(&run->dirty_link);
    list_init(&run->ending_link);
    list_init(&run->waiting);
    list_init(&run->waiting_now);
    if (p != NULL) {
        program_ref(p);
        program_add_run(p, 1);
    }
    return run;
}

/* The earliest moment at which something can go on, over all branches at rest. */
struct rest {
    bool is_waiting; /* at least one waits for a time; else all are parked */
    int64_t due_us;
    struct err err;
    char *step; /* of the branch whose moment it is; or NULL */
};

static void rest_free(struct rest *rest)
{
    if (rest != NULL) {
        free(rest->step);
        free(rest);
    }
}

void run_free(struct run *run)
{
    assert(run->walk == NULL && run->saving == NULL);
    list_remove(&run->link);
    list_remove(&run->dirty_link);
    list_remove(&run->ending_link);
    if (run->pending != NULL) {
        run_save_free(run->pending);
    }
    json_decref(run->event);
    meta_unref(run->meta);
    map_free(run->journal, NULL);
    run_load_fini(&run->load);
    free(run->step);
    free(run->parked_for);
    free(run->turn_of);
    rest_free(run->rest);
    if (run->program != NULL) {
        program_add_run(run->program, -1);
    }
    program_unref(run->program);
    free(run);
}

struct journal_row *run_recall(struct run *run, const char *path)
{
    return run->journal != NULL ? map_get(run->journal, path) : NULL;
}

static struct run_save *pending_of(struct run *run)
{
    if (run->pending == NULL) {
        run->pending = run_save_new();
        run->pending->id = run->id;
    }
    runner_mark_dirty(run->runner, run);
    return run->pending;
}

struct journal_row *run_record(struct run *run, const char *path, enum journal_state state)
{
    struct run_save *save = pending_of(run);
    struct journal_row *row = NULL;
    for (size_t i = 0; i < save->row_count && row == NULL; i++) {
        row = strcmp(save->rows[i].path, path) == 0 ? &save->rows[i] : NULL;
    }
    if (row == NULL) {
        row = run_save_add(save);
        row->path = xstrdup(path);
        const struct journal_row *earlier = run_recall(run, path);
        row->attempts = earlier != NULL ? earlier->attempts : 0;
        row->started_us = clock_wall_us();
    }
    row->state = state;
    row->ended_us = state == JOURNAL_STARTED ? 0 : clock_wall_us();
    return row;
}

void run_when_saved(struct run *run, struct save_waiter *w)
{
    (void)pending_of(run);
    list_push_back(&run->waiting, &w->link);
}

void run_begin_wait(struct run *run, const char *path, const char *connection, const char *event,
                    const char *match)
{
    struct wait_row *wait = run_save_add_wait(pending_of(run));
    wait->path = xstrdup(path);
    wait->connection = xstrdup(connection);
    wait->event = xstrdup(event);
    wait->match = xstrdup(match);
}

void run_end_wait(struct run *run, const char *path)
{
    run_save_end_wait(pending_of(run), path);
}

void run_conclude(struct run *run, enum run_state state, int64_t due_us, const struct err *e)
{
    if (run->has_verdict) {
        return;
    }
    run->has_verdict = true;
    run->state = state;
    run->due_us = due_us;
    run->err = e != NULL ? *e : ERR_INIT;
    runner_mark_ending(run->runner, run);
}

bool run_put_off_memory(struct run *run, const struct err *e)
{
    if (e->kind != ERR_MEMORY || run->is_alone || program_runs(run->program) < 2) {
        return false;
    }
    struct err why = ERR_INIT;
    (void)err_set(&why, ERR_MEMORY,
                  "waits to run alone; other runs of %s had the memory that they share",
                  program_name(run->program));
    run_conclude(run, RUN_WAITING, clock_wall_us() + ALONE_US, &why);
    return true;
}

/* --- branches --- */

struct branch *branch_new(struct run *run)
{
    struct branch *b = xcalloc(1, sizeof *b);
    b->run = run;
    return b;
}

void branch_free(struct branch *b)
{
    if (b == NULL) {
        return;
    }
    free(b->unknown_path);
    free(b->answer);
    free(b->connection);
    free(b->step);
    free(b);
}

void branch_set_step(struct branch *b, const char *name)
{
    free(b->step);
    b->step = xstrdup(name);
}

/* The run's row names this step; takes it. */
static void take_step(struct run *run, char **step)
{
    free(run->step);
    run->step = *step;
    *step = NULL;
}

static void conclude_if_at_rest(struct run *run)
{
    if (run->busy > 0 || run->rest == NULL || run->has_verdict) {
        return;
    }
    struct rest *rest = run->rest;
    take_step(run, &rest->step);
    run_conclude(run, rest->is_waiting ? RUN_WAITING : RUN_PARKED, rest->due_us, &rest->err);
}

void run_add_busy(struct run *run, int by)
{
    run->busy += by;
    assert(run->busy >= 0);
    conclude_if_at_rest(run);
}

void branch_rest(struct branch *b, enum run_state state, int64_t due_us, const struct err *e)
{
    struct run *run = b->run;
    bool is_waiting = state == RUN_WAITING;
    if (run->rest == NULL) {
        run->rest = xcalloc(1, sizeof *run->rest);
    }
    struct rest *rest = run->rest;
    bool is_first = rest->due_us == 0 && rest->err.kind == ERR_NONE && !rest->is_waiting;
    if (is_first || (is_waiting && (!rest->is_waiting || due_us < rest->due_us))) {
        free(rest->step);
        *rest = (struct rest){ .is_waiting = is_waiting,
                               .due_us = due_us,
                               .err = e != NULL ? *e : ERR_INIT,
                               .step = xstrdup_or_null(b->step) };
    }
    if (!is_waiting && e != NULL && e->kind == ERR_AUTH && run->parked_for == NULL &&
        b->connection != NULL) {
        run->parked_for = xstrdup(b->connection);
    }
    run_add_busy(run, -1);
}

/* A run waits at one gate. A branch that waits at another comes back by the time that it was told. */
void branch_await_turn(struct branch *b, const char *connection, const struct err *e)
{
    struct run *run = b->run;
    if (run->turn_of == NULL) {
        run->turn_of = xstrdup(connection);
        turns_await(runner_turns(run->runner), connection);
    }
    bool is_its = strcmp(run->turn_of, connection) == 0;
    int64_t soon_us = clock_wall_us() + TURN_LOOK_US;
    int64_t other_us = e->retry_at_us > soon_us ? e->retry_at_us : soon_us;
    branch_rest(b, RUN_WAITING, is_its ? RUN_BLOCKED : other_us, e);
}

/* --- a clock that was set; the rules are those of store/clock_row.c --- */

/* True: one of them waits for a date, which does not move. */
static bool move_rows(struct journal_row *rows, size_t count, int64_t by_us)
{
    bool has_date = false;
    for (size_t i = 0; i < count; i++) {
        struct journal_row *row = &rows[i];
        bool is_waiting = row->state == JOURNAL_WAITING && row->due_us > 0;
        has_date = has_date || (is_waiting && row->is_date);
        row->due_us += is_waiting && !row->is_date ? by_us : 0;
    }
    return has_date;
}

static bool move_pending(struct run *run, int64_t by_us)
{
    return run->pending != NULL && move_rows(run->pending->rows, run->pending->row_count, by_us);
}

void run_clock_jumped(struct run *run, int64_t by_us)
{
    bool has_date = move_rows(run->load.rows, run->load.row_count, by_us);
    has_date = move_pending(run, by_us) || has_date;
    if (by_us > 0 && has_date) {
        return; /* it looks too early, which is better than too late */
    }
    if (run->rest != NULL && run->rest->is_waiting) {
        run->rest->due_us += by_us;
    }
    if (run->has_verdict && run->state == RUN_WAITING) {
        run->due_us += by_us;
    }
    if (run->pending != NULL && run->pending->has_state && run->pending->state == RUN_WAITING) {
        run->pending->due_us += by_us;
    }
}

/* --- the walk's end --- */

static void walk_ended(void *ud, lua_State *L, int count, const struct err *e)
{
    struct branch *walk = ud;
    struct run *run = walk->run;
    run->walk = NULL;
    run->busy--;
    take_step(run, &walk->step);
    branch_free(walk);
    if (e == NULL || !run_put_off_memory(run, e)) {
        run_conclude(run, e == NULL ? RUN_DONE : RUN_DEAD, 0, e);
    }
}

int run_walk(struct run *run, struct err *e)
{
    run->walk = branch_new(run);
    run->busy = 1;
    const struct program_input in = { .event = run->event,
                                      .connection = meta_connection(run->meta),
                                      .type = meta_type(run->meta),
                                      .now_us = run->created_us };
    run->walk->strand =
        program_start(run->program, runner_strands(run->runner), &in, walk_ended, run->walk, e);
    if (run->walk->strand == NULL) {
        branch_free(run->walk);
        run->walk = NULL;
        return -1;
    }
    return 0;
}

/* Closing the walk closes the branches that it joins: they lie in a box on its stack. */
static void close_walk(struct run *run)
{
    struct branch *walk = run->walk;
    run->walk = NULL;
    if (walk == NULL) {
        return;
    }
    if (run->step == NULL) { /* it did not come to rest, but was told to end */
        take_step(run, &walk->step);
    }
    strand_cancel(walk->strand);
    branch_free(walk);
}

void run_finish(struct run *run)
{
    assert(run->has_verdict);
    close_walk(run);
    struct run_save *save = pending_of(run);
    save->has_state = true;
    save->state = run->state;
    save->attempts = run->attempts;
    save->due_us = run->due_us;
    save->err = run->err;
    save->step = run->step != NULL && run->state != RUN_DONE ? xstrdup(run->step) : NULL;
    save->turn_of = xstrdup_or_null(run->turn_of);
    save->is_backfill = run->is_backfill;
    save->parked_for =
        run->state == RUN_PARKED && run->parked_for != NULL ? xstrdup(run->parked_for) : NULL;
}

/* --- saving --- */

static void wake_ended_waits(struct run *run)
{
    struct list *link;
    while ((link = list_pop(&run->waiting_now)) != NULL) {
        struct save_waiter *w = list_entry(link, struct save_waiter, link);
        w->fn(w);
    }
}

/* The store refuses what the run wrote, for what it is: nothing of it is there. The run ends with
 * that; where even that cannot be written, it is left as it is. */
static void end_refused(struct run *run, bool was_verdict_only, const struct err *e)
{
    log_error("run", "what a run did could not be written: %s", e->message);
    close_walk(run);
    if (was_verdict_only) {
        runner_run_lost(run->runner, run);
        return;
    }
    run_save_free(run->pending);
    run->pending = NULL;
    run->has_verdict = true;
    run->state = RUN_DEAD;
    run->err = *e;
    (void)err_prefix(&run->err, "what it did could not be written");
    runner_mark_ending(run->runner, run);
}

static void save_failed(struct run *run, struct run_save *save, const struct err *e)
{
    size_t rest = save->row_count + save->wait_count + save->ended_wait_count;
    bool was_verdict_only = save->has_state && rest == 0;
    run_save_free(save);
    if (e->kind == ERR_CANCELLED) { /* a stop on a disk that takes nothing is like a crash */
        close_walk(run);
        runner_run_lost(run->runner, run);
    } else {
        end_refused(run, was_verdict_only, e);
    }
}

static void save_done(struct store_op *op, const struct err *e)
{
    struct run_save *save = list_entry(op, struct run_save, op);
    struct run *run = save->op.ud;
    run->saving = NULL;
    if (e != NULL) {
        save_failed(run, save, e);
        return;
    }
    bool was_final = save->has_state;
    bool has_released = !id_is_zero(&save->released);
    bool was_cancelled = save->was_cancelled;
    if (save->has_emitted) {
        runner_tell_event(run->runner);
    }
    run->is_woken |= save->was_woken;
    run_save_free(save);
    if (was_cancelled && !was_final) { /* who waits for the commit to go on does not */
        run_conclude(run, RUN_CANCELLED, 0, NULL);
        return;
    }
    wake_ended_waits(run);
    if (was_final) {
        run->state = was_cancelled ? RUN_CANCELLED : run->state; /* that is what its row says */
        runner_run_over(run->runner, run, has_released);
    } else if (run->pending != NULL) {
        runner_mark_dirty(run->runner, run);
    }
}

void run_flush(struct run *run)
{
    if (run->saving != NULL || run->pending == NULL) {
        return;
    }
    run->saving = run->pending;
    run->pending = NULL;
    list_splice(&run->waiting_now, &run->waiting);
    run->saving->op.must_land = true;
    run->saving->op.done = save_done;
    run->saving->op.ud = run;
    store_submit(runner_store(run->runner), &run->saving->op);
}
