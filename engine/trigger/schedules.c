/*
 * Each schedule has a timer for its next occurrence, and nothing else is kept of the future. When it
 * fires the schedule stands in line, and in its turn looks from where the ledger has come to up to
 * now: occurrences that are due are handed to the router, or written down as left out. One operation
 * of the store is on its way for each schedule; what it wrote is where the next look begins. So a
 * crash, a pause and a clock that jumped need no code of their own: they only make a look find more.
 *
 * Timers go by monotonic time. What they do not see, a machine that slept and a clock that was set,
 * is noticed by a look at both clocks every few seconds, which also sees to the files of time zones.
 * A clock that was set back takes the schedule back to now; the rows of what ran stay, so nothing
 * runs twice.
 *
 * A turn handles a bounded number of schedules, and a look a bounded number of occurrences, so ten
 * thousand that are due at once, or a month that was missed, hold up nothing. Loop thread.
 */
#include "trigger/schedules.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "base/plural.h"
#include "format/duration.h"
#include "recipe/schedule.h"
#include "trigger/missed.h"

#define LOOK_EVERY_US INT64_C(10000000)
#define LOOK_BACK_US  (INT64_C(31) * 24 * 3600 * 1000000)
#define ZONES_EVERY   60               /* looks: ten minutes */
#define JUMP_US       INT64_C(2000000) /* what NTP does in a few seconds is no jump */

enum {
    PER_TURN = 100,
    LEFT_PER_OP = 200,
};

#define WHY_DOWN   "the engine did not run"
#define WHY_JUMP   "the clock went ahead, or the machine slept"
#define WHY_STALLS "the engine was held up"

struct schedules {
    struct schedules_opts o;
    struct schedule **items;
    size_t count;
    struct list ready;
    struct timer look_timer;
    int looks;            /* since the files of zones were looked at */
    int64_t started_us;   /* what was due before was missed as the engine did not run */
    int64_t jumped_us;    /* … as the clock jumped */
    int64_t clock_gap_us; /* wall time less monotonic time at the last look */
    size_t in_flight;
    bool is_quiet;
};

struct schedule {
    struct schedules *all;
    char *recipe, *label, *identity, *file;
    struct timetable *times;
    struct missed_rule missed;
    enum overlap overlap;
    int64_t number;
    int64_t reached_us;
    int64_t off_us; /* as in its row */
    char *off_why;
    int64_t next_us; /* when the next one is due; INT64_MAX: there is none */
    struct timer timer;
    struct list ready; /* in schedules.ready */
    bool is_paused;    /* a person has paused its recipe */
    bool is_busy;      /* an operation of the store is on its way */
    struct occurrence_note note;
    struct schedule_rewind rewind;
};

/* One that is due, and what is to become of it. */
struct due {
    struct occurrence o;
    enum missed_verdict verdict;
    int64_t late_us;
    const char *why; /* of LEFT_OUT and RUNS_LATE */
};

static void stand_in_line(struct schedule *c)
{
    if (list_is_empty(&c->ready)) {
        list_push_back(&c->all->ready, &c->ready);
        loop_again(c->all->o.loop);
    }
}

static void begin_op(struct schedule *c)
{
    c->is_busy = true;
    c->all->in_flight++;
}

/* Since then. What it misses from now on is made up for when it goes on. */
static void pause_it(struct schedule *c, int64_t since_us)
{
    if (c->off_us == 0) {
        free(c->off_why);
        c->off_why = xstrdup(SCHEDULE_OFF_PAUSED);
        c->off_us = since_us;
    }
    c->is_paused = true;
}

/* One that failed is looked at again with the next look; it was told. */
static void end_op(struct schedule *c, const struct err *e)
{
    c->is_busy = false;
    c->all->in_flight--;
    if (c->is_paused) {
        c->next_us = INT64_MAX;
        return;
    }
    if (e == NULL) {
        stand_in_line(c);
        return;
    }
    c->next_us = 0;
    if (e->kind != ERR_CANCELLED) { /* a stop: the next start finds what is due */
        log_error("schedule", "%s: %s: what is due could not be stored: %s", c->recipe, c->label,
                  e->message);
    }
}

void schedules_count(enum occurrence_state state, int64_t n)
{
    metric_add(metrics_counter("ladle_schedule_occurrences_total",
                               "Occurrences of schedules, by what became of them.", "state",
                               occurrence_state_name(state)),
               n);
}

/* --- what is due --- */

/* Whether nothing that could run is due behind it. */
static bool is_newest(const struct schedule *c, const struct occurrence *o, int64_t now_us)
{
    struct occurrence next = *o;
    do {
        if (!timetable_next(c->times, next.planned_us, &next)) {
            return true;
        }
    } while (next.kind == OCCURRENCE_SKIPPED);
    return next.due_us > now_us;
}

static const char *why_missed(const struct schedule *c, int64_t due_us)
{
    const struct schedules *s = c->all;
    if (c->off_us != 0 && due_us >= c->off_us) {
        return c->off_why;
    }
    if (due_us <= s->started_us) {
        return WHY_DOWN;
    }
    return due_us <= s->jumped_us ? WHY_JUMP : WHY_STALLS;
}

/* The first one that is planned after that moment and due; false where there is none. */
static bool find_due(const struct schedule *c, int64_t after_us, int64_t now_us, struct due *out)
{
    if (!timetable_next(c->times, after_us, &out->o) || out->o.due_us > now_us) {
        return false;
    }
    out->late_us = now_us - out->o.due_us;
    if (out->o.kind == OCCURRENCE_SKIPPED) {
        out->verdict = MISSED_LEFT_OUT;
        out->why = OCCURRENCE_SKIPPED_WHY;
        return true;
    }
    out->verdict = missed_judge(&c->missed, out->late_us, is_newest(c, &out->o, now_us));
    out->why = out->verdict != MISSED_NOT ? why_missed(c, out->o.due_us) : NULL;
    return true;
}

/* --- what is left out --- */

static void tell_left(const struct schedule *c, const struct occurrence_leave *l)
{
    if (l->missed_count == 0) {
        return;
    }
    char at[DATE_TEXT];
    date_format(l->rows[l->count - 1].planned_us, at);
    log_warn("schedule", "%s: %s: %lld %s missed and left out, the last at %s: %s", c->recipe,
             c->label, (long long)l->missed_count,
             plural(l->missed_count, "occurrence was", "occurrences were"), at,
             l->rows[l->count - 1].why);
}

static void left(struct store_op *op, const struct err *e)
{
    struct occurrence_leave *l = list_entry(op, struct occurrence_leave, op);
    struct schedule *c = op->ud;
    if (e == NULL && l->is_paused) {
        pause_it(c, l->paused_us);
    } else if (e == NULL) {
        if (l->count > 0) {
            c->reached_us = l->rows[l->count - 1].planned_us;
            schedules_count(OCCURRENCE_LEFT, (int64_t)l->count);
        }
        tell_left(c, l);
        if (l->is_caught_up) {
            c->off_us = 0;
        }
        if (l->has_emitted) {
            router_scan(c->all->o.router);
        }
    }
    occurrence_leave_free(l);
    end_op(c, e);
}

static void leave(struct schedule *c, struct occurrence_leave *l, bool is_caught_up)
{
    l->is_caught_up = is_caught_up;
    l->op.must_land = true;
    l->op.done = left;
    l->op.ud = c;
    begin_op(c);
    store_submit(c->all->o.store, &l->op);
}

static void add_left(struct occurrence_leave *l, const struct due *d)
{
    *occurrence_leave_add(l) = (struct occurrence_left){
        .planned_us = d->o.planned_us,
        .late_us = d->late_us,
        .why = d->why,
        .is_missed = d->o.kind != OCCURRENCE_SKIPPED,
    };
}

/* --- what starts a run --- */

static void tell_started(const struct schedule *c)
{
    const struct occurrence_note *n = &c->note;
    char at[DATE_TEXT];
    date_format(n->planned_us, at);
    if (n->outcome == OCCURRENCE_BLOCKED) {
        char run[ID_TEXT + 1];
        id_format(&n->other, run);
        log_warn("schedule", "%s: %s: %s was skipped: run %s of an earlier one has not ended",
                 c->recipe, c->label, at, run);
    } else if (n->outcome == OCCURRENCE_STARTED && n->state == OCCURRENCE_LATE) {
        char late[64];
        duration_format(n->late_us / 1000000 * 1000000, late, sizeof late);
        log_warn("schedule", "%s: %s: %s runs %s late: %s", c->recipe, c->label, at, late, n->why);
    }
}

static void count_started(const struct occurrence_note *n)
{
    if (n->outcome == OCCURRENCE_KNOWN) {
        return;
    }
    schedules_count(n->outcome == OCCURRENCE_BLOCKED ? OCCURRENCE_LEFT : n->state, 1);
    if (n->outcome == OCCURRENCE_STARTED && n->state == OCCURRENCE_RAN) {
        metric_observe_us(metrics_histogram("ladle_schedule_late_seconds",
                                            "How late occurrences that nothing kept from it were "
                                            "handled.",
                                            NULL, NULL),
                          n->late_us);
    }
}

static void started(void *ud, const struct id *id, bool is_duplicate, size_t run_count,
                    const struct err *e)
{
    struct schedule *c = ud;
    if (e == NULL && c->note.outcome == OCCURRENCE_PAUSED) {
        pause_it(c, c->note.paused_us);
    } else if (e == NULL) {
        c->reached_us = c->note.planned_us;
        tell_started(c);
        count_started(&c->note);
    }
    end_op(c, e);
}

/* All that were missed are to run, so they wait for each other instead of being in each other's
 * way. */
static enum overlap overlap_of(const struct schedule *c, const struct due *d)
{
    bool is_made_up = d->verdict == MISSED_RUNS_LATE && c->missed.policy == MISSED_ALL;
    return is_made_up && c->overlap == OVERLAP_SKIP ? OVERLAP_QUEUE : c->overlap;
}

static void start(struct schedule *c, const struct due *d)
{
    c->note = (struct occurrence_note){
        .schedule = c->number,
        .planned_us = d->o.planned_us,
        .state = d->verdict == MISSED_NOT ? OCCURRENCE_RAN : OCCURRENCE_LATE,
        .late_us = d->late_us,
        .why = d->why,
        .overlap = overlap_of(c, d),
    };
    begin_op(c);
    router_accept_occurrence(
        c->all->o.router,
        &(struct occurring){ .recipe = c->recipe, .schedule = c->label, .note = &c->note }, started,
        c);
}

/* --- a clock that was set back --- */

static void rewound(struct store_op *op, const struct err *e)
{
    struct schedule *c = op->ud;
    if (e == NULL) {
        c->reached_us = c->rewind.to_us;
    }
    end_op(c, e);
}

static void take_back(struct schedule *c, int64_t now_us)
{
    schedule_rewind_init(&c->rewind, c->number, now_us);
    c->rewind.op.must_land = true;
    c->rewind.op.done = rewound;
    c->rewind.op.ud = c;
    begin_op(c);
    store_submit(c->all->o.store, &c->rewind.op);
}

/* --- a look --- */

static void wait_for_next(struct schedule *c, int64_t now_us)
{
    struct occurrence next;
    bool is_there = timetable_next(c->times, c->reached_us, &next);
    c->next_us = is_there ? next.due_us : INT64_MAX;
    if (is_there) {
        timer_start(&c->timer, next.due_us > now_us ? next.due_us - now_us : 0);
    } else {
        timer_stop(&c->timer);
    }
}

/* What is older than the ledger keeps has no row. But a day that was missed is made up for, however
 * short that is. */
static int64_t begin_of_look(const struct schedule *c, int64_t now_us)
{
    int64_t keep_us = c->all->o.keep_us > LOOK_BACK_US ? c->all->o.keep_us : LOOK_BACK_US;
    int64_t oldest_us = now_us - keep_us;
    return c->reached_us > oldest_us ? c->reached_us : oldest_us;
}

static void look_from(struct schedule *c, int64_t at_us, int64_t now_us)
{
    struct occurrence_leave *l = NULL;
    struct due d;
    bool is_due = find_due(c, at_us, now_us, &d);
    while (is_due && d.verdict == MISSED_LEFT_OUT && (l == NULL || l->count < LEFT_PER_OP)) {
        l = l != NULL ? l : occurrence_leave_new(c->number, c->recipe, c->label);
        add_left(l, &d);
        is_due = find_due(c, d.o.planned_us, now_us, &d);
    }
    if (l == NULL && !is_due && c->off_us != 0) {
        l = occurrence_leave_new(c->number, c->recipe, c->label); /* it is off no more */
    }
    if (l != NULL) {
        leave(c, l, !is_due);
    } else if (is_due) {
        start(c, &d);
    } else {
        wait_for_next(c, now_us);
    }
}

static void look_at_one(struct schedule *c)
{
    int64_t now_us = clock_wall_us();
    if (c->is_busy || c->all->is_quiet) {
        return; /* it comes again when it is not */
    }
    if (c->reached_us > now_us + JUMP_US) {
        take_back(c, now_us);
        return;
    }
    look_from(c, begin_of_look(c, now_us), now_us);
}

bool schedules_turn(struct schedules *s)
{
    struct list *link;
    for (int i = 0; i < PER_TURN && (link = list_pop(&s->ready)) != NULL; i++) {
        look_at_one(list_entry(link, struct schedule, ready));
    }
    return !list_is_empty(&s->ready);
}

void schedules_store_changed(struct schedules *s)
{
    for (size_t i = 0; i < s->count; i++) {
        if (s->items[i]->is_paused) {
            s->items[i]->is_paused = false; /* its next look finds out */
            stand_in_line(s->items[i]);
        }
    }
}

static void on_due(struct timer *t)
{
    stand_in_line(list_entry(t, struct schedule, timer));
}

/* --- what timers do not see --- */

static bool has_jumped(struct schedules *s)
{
    int64_t now_us = clock_wall_us();
    int64_t gap_us = now_us - clock_mono_us();
    int64_t by_us = gap_us - s->clock_gap_us;
    s->clock_gap_us = gap_us;
    if (by_us > JUMP_US) {
        s->jumped_us = now_us;
    }
    return by_us > JUMP_US || by_us < -JUMP_US;
}

/* What was computed from the old files is computed anew; a file that is damaged leaves its zone as it
 * was. */
static bool have_zones_changed(struct schedules *s)
{
    if (++s->looks < ZONES_EVERY) {
        return false;
    }
    size_t changed = 0;
    struct err e = ERR_INIT;
    s->looks = 0;
    if (zone_reload_if_changed(&changed, &e) == -1) {
        log_error("schedule", "time zones: %s", e.message);
    }
    if (changed > 0) {
        log_info("schedule", "the files of %zu time %s have changed: times to come are as they say",
                 changed, plural((int64_t)changed, "zone", "zones"));
    }
    return changed > 0;
}

static void look_at_clocks(struct timer *t)
{
    struct schedules *s = list_entry(t, struct schedules, look_timer);
    bool is_jump = has_jumped(s);
    bool is_anew = have_zones_changed(s) || is_jump;
    int64_t now_us = clock_wall_us();
    for (size_t i = 0; i < s->count; i++) {
        if (is_anew || s->items[i]->next_us <= now_us) {
            stand_in_line(s->items[i]);
        }
    }
    timer_start(t, LOOK_EVERY_US);
}

/* --- start and stop --- */

struct schedules *schedules_new(const struct schedules_opts *o)
{
    struct schedules *s = xcalloc(1, sizeof *s);
    s->o = *o;
    list_init(&s->ready);
    timer_init(&s->look_timer, o->loop, look_at_clocks);
    return s;
}

static void free_schedule(struct schedule *c)
{
    timer_stop(&c->timer);
    list_remove(&c->ready);
    timetable_free(c->times);
    free(c->recipe);
    free(c->label);
    free(c->identity);
    free(c->file);
    free(c->off_why);
    free(c);
}

void schedules_free(struct schedules *s)
{
    if (s == NULL) {
        return;
    }
    assert(schedules_is_idle(s));
    timer_stop(&s->look_timer);
    for (size_t i = 0; i < s->count; i++) {
        free_schedule(s->items[i]);
    }
    free(s->items);
    free(s);
}

/* The place of a word of the plan in its list; the reader has seen to it that it is there. */
static int index_of_word(const json_t *trigger, const char *key, const char *const *words)
{
    const char *word = json_get_text(trigger, key);
    int i = 0;
    while (words[i + 1] != NULL && (word == NULL || strcmp(words[i], word) != 0)) {
        i++;
    }
    return i;
}

static void read_policies(struct schedule *c, const json_t *trigger)
{
    static const char *const missed[] = { "last", "all", "none", NULL };
    static const char *const overlaps[] = { "skip", "queue", "parallel", "replace", NULL };
    c->missed.policy = (enum missed_policy)index_of_word(trigger, "missed", missed);
    c->missed.within_us = json_get_int(trigger, "within_us", 0);
    c->overlap = (enum overlap)index_of_word(trigger, "overlap", overlaps);
}

static int add_one(struct schedules *s, const struct recipe *r, const json_t *trigger,
                   struct err *e)
{
    struct timetable *times = schedule_timetable(trigger, r->name, e);
    if (times == NULL) {
        return err_prefix(e, "%s", r->name);
    }
    struct schedule *c = xcalloc(1, sizeof *c);
    *c = (struct schedule){
        .all = s,
        .recipe = xstrdup(r->name),
        .label = xstrdup(json_get_text(trigger, "schedule")),
        .identity = timetable_identity(times),
        .file = xstrdup(r->file),
        .times = times,
    };
    read_policies(c, trigger);
    timer_init(&c->timer, s->o.loop, on_due);
    list_init(&c->ready);
    s->items = xrealloc(s->items, (s->count + 1) * sizeof(*s->items));
    s->items[s->count++] = c;
    return 0;
}

int schedules_add(struct schedules *s, const struct recipe *r, struct err *e)
{
    size_t i;
    json_t *trigger;
    json_array_foreach (json_object_get(r->plan, "when"), i, trigger) {
        if (json_object_get(trigger, "schedule") != NULL && add_one(s, r, trigger, e) == -1) {
            return -1;
        }
    }
    return 0;
}

static void take_row(struct schedule *c, struct schedule_row *row)
{
    c->number = row->number;
    c->reached_us = row->reached_us;
    c->off_us = row->off_us;
    c->off_why = row->off_why;
    row->off_why = NULL;
}

int schedules_sync(struct schedules *s, const char *const *broken, struct err *e)
{
    struct schedule_sync *sync = schedule_sync_new(s->count);
    sync->broken = broken;
    for (size_t i = 0; i < s->count; i++) {
        const struct schedule *c = s->items[i];
        sync->rows[i].recipe = xstrdup(c->recipe);
        sync->rows[i].identity = xstrdup(c->identity);
        sync->rows[i].label = xstrdup(c->label);
        sync->rows[i].file = xstrdup(c->file);
    }
    int result = store_exec(s->o.store, &sync->op, e);
    for (size_t i = 0; result == 0 && i < s->count; i++) {
        take_row(s->items[i], &sync->rows[i]);
    }
    schedule_sync_free(sync);
    return result;
}

void schedules_start(struct schedules *s)
{
    s->started_us = clock_wall_us();
    s->clock_gap_us = s->started_us - clock_mono_us();
    metric_set(metrics_gauge("ladle_schedules", "Schedules in force.", NULL, NULL),
               (int64_t)s->count);
    for (size_t i = 0; i < s->count; i++) {
        stand_in_line(s->items[i]);
    }
    if (s->count > 0) {
        timer_start(&s->look_timer, LOOK_EVERY_US);
    }
}

void schedules_quiesce(struct schedules *s)
{
    s->is_quiet = true;
    timer_stop(&s->look_timer);
    for (size_t i = 0; i < s->count; i++) {
        timer_stop(&s->items[i]->timer);
    }
}

bool schedules_is_idle(const struct schedules *s)
{
    return s->in_flight == 0;
}

const struct schedule *schedules_find(const struct schedules *s, int64_t number)
{
    for (size_t i = 0; i < s->count; i++) {
        if (s->items[i]->number == number) {
            return s->items[i];
        }
    }
    return NULL;
}

const struct timetable *schedule_times(const struct schedule *c)
{
    return c->times;
}

const char *schedule_recipe(const struct schedule *c)
{
    return c->recipe;
}

const char *schedule_label(const struct schedule *c)
{
    return c->label;
}
