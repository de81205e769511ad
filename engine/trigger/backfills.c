/*
 * One backfill is worked on at a time, the oldest first, one occurrence at a time: read the row, start
 * the next occurrence of its range, wait as long as its rate says. Nothing is kept between two steps
 * but the row, which each step reads anew; so one that was stopped by a person, or went on in another
 * process, needs nothing more. One whose schedule is not in force is passed over until it is. Loop
 * thread.
 */
#include "trigger/backfills.h"

#include <assert.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "format/timetable.h"
#include "store/backfill_row.h"

#define MINUTE_US INT64_C(60000000)
#define AGAIN_US  INT64_C(10000000) /* after a look that failed, and while the recipe is paused */

struct backfills {
    struct backfills_opts o;
    struct timer timer;
    struct backfill_list *list; /* it is being read, or NULL */
    struct backfill_row row;    /* what is worked on */
    struct occurrence_note note;
    char *why;
    struct backfill_end end;
    size_t in_flight;
    bool must_look; /* something may have changed since the look that is under way */
    bool is_quiet;
};

static void look_later(struct backfills *b, int64_t us)
{
    if (!b->is_quiet) {
        timer_start(&b->timer, us);
    }
}

/* The failure is told by the store, or is a stop. */
static void step_over(struct backfills *b, const struct err *e, int64_t pause_us)
{
    b->in_flight--;
    look_later(b, e != NULL ? AGAIN_US : pause_us);
}

static void ended(struct store_op *op, const struct err *e)
{
    step_over(op->ud, e, 0);
}

static void end_one(struct backfills *b, const struct schedule *c)
{
    log_info("schedule", "%s: %s: the backfill is done", schedule_recipe(c), schedule_label(c));
    backfill_end_init(&b->end, b->row.id);
    b->end.op.must_land = true;
    b->end.op.done = ended;
    b->end.op.ud = b;
    b->in_flight++;
    store_submit(b->o.store, &b->end.op);
}

/* What ran already takes no time of the rate. */
static void backfilled(void *ud, const struct id *id, bool is_duplicate, size_t run_count,
                       const struct err *e)
{
    struct backfills *b = ud;
    bool has_started = e == NULL && b->note.outcome == OCCURRENCE_STARTED;
    bool is_paused = e == NULL && b->note.outcome == OCCURRENCE_PAUSED;
    if (has_started) {
        schedules_count(OCCURRENCE_BACKFILL, 1);
    }
    step_over(b, e, has_started ? MINUTE_US / b->row.rate : is_paused ? AGAIN_US : 0);
}

static void start_one(struct backfills *b, const struct schedule *c, const struct occurrence *o)
{
    free(b->why);
    b->why = xasprintf("by %s", b->row.who);
    b->note = (struct occurrence_note){
        .schedule = b->row.schedule,
        .planned_us = o->planned_us,
        .state = OCCURRENCE_BACKFILL,
        .late_us = clock_wall_us() - o->due_us,
        .why = b->why,
        .backfill = b->row.id,
    };
    b->in_flight++;
    router_accept_occurrence(b->o.router,
                             &(struct occurring){ .recipe = schedule_recipe(c),
                                                  .schedule = schedule_label(c),
                                                  .note = &b->note },
                             backfilled, b);
}

/* The next one of the range that a clock of the zone has shown. */
static bool find_next(const struct backfill_row *row, const struct timetable *t,
                      struct occurrence *o)
{
    o->planned_us = row->reached_us;
    do {
        if (!timetable_next(t, o->planned_us, o) || o->planned_us > row->to_us) {
            return false;
        }
    } while (o->kind == OCCURRENCE_SKIPPED);
    return true;
}

static void work(struct backfills *b, const struct schedule *c)
{
    struct occurrence o;
    if (find_next(&b->row, schedule_times(c), &o)) {
        start_one(b, c, &o);
    } else {
        end_one(b, c);
    }
}

/* The oldest whose schedule is in force; false where there is none. */
static bool work_on_first(struct backfills *b, struct backfill_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct schedule *c = schedules_find(b->o.schedules, list->rows[i].schedule);
        if (c != NULL) {
            backfill_row_fini(&b->row);
            b->row = list->rows[i];
            list->rows[i] = (struct backfill_row){ 0 };
            work(b, c);
            return true;
        }
    }
    return false;
}

static void looked(struct store_op *op, const struct err *e)
{
    struct backfills *b = op->ud;
    struct backfill_list *list = b->list;
    b->list = NULL;
    b->in_flight--;
    bool is_busy = e == NULL && !b->is_quiet && work_on_first(b, list);
    backfill_list_free(list);
    if (e != NULL) {
        look_later(b, AGAIN_US);
    } else if (!is_busy && b->must_look) {
        backfills_look(b);
    }
}

static void begin_look(struct timer *t)
{
    backfills_look(list_entry(t, struct backfills, timer));
}

/* Not while a step or its pause lasts: the next look comes behind it. */
void backfills_look(struct backfills *b)
{
    b->must_look = b->list != NULL;
    if (b->in_flight > 0 || b->is_quiet || timer_is_armed(&b->timer)) {
        return;
    }
    b->list = backfill_list_new();
    b->list->op.done = looked;
    b->list->op.ud = b;
    b->in_flight++;
    store_submit_read(b->o.store, &b->list->op);
}

struct backfills *backfills_new(const struct backfills_opts *o)
{
    struct backfills *b = xcalloc(1, sizeof *b);
    b->o = *o;
    timer_init(&b->timer, o->loop, begin_look);
    return b;
}

void backfills_quiesce(struct backfills *b)
{
    b->is_quiet = true;
    timer_stop(&b->timer);
}

bool backfills_is_idle(const struct backfills *b)
{
    return b->in_flight == 0;
}

void backfills_free(struct backfills *b)
{
    if (b != NULL) {
        assert(backfills_is_idle(b));
        timer_stop(&b->timer);
        backfill_row_fini(&b->row);
        free(b->why);
        free(b);
    }
}
