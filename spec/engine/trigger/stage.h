#pragma once

/* Schedules and backfills on the stage of the runner's tests: virtual time, a real store, recipes as
 * a user writes them. */
#include "fixture.h"

#include "format/date.h"
#include "store/occurrence_row.h"
#include "trigger/schedules.h"

#define MINUTE (INT64_C(60) * SECOND)
#define HOUR   (INT64_C(60) * MINUTE)
#define DAY    (INT64_C(24) * HOUR)

struct stage {
    struct world w;
    struct router *router;
    struct schedules *schedules;
};

static inline bool stage_turn(void *ud)
{
    return schedules_turn(((struct stage *)ud)->schedules);
}

/* Time stands at 10:00 of a Monday, UTC. */
static inline void stage_open(struct stage *s, struct fixture *f)
{
    *s = (struct stage){ .schedules = NULL };
    loop_add_tick(f->loop, stage_turn, s); /* before the runner's, as in the engine */
    world_open(&s->w, f);
    s->router = router_new(
        &(struct router_opts){ .store = f->store, .runner = s->w.runner, .service = f->service });
    s->schedules = schedules_new(&(struct schedules_opts){ .loop = f->loop,
                                                           .store = f->store,
                                                           .runner = s->w.runner,
                                                           .router = s->router,
                                                           .keep_us = SECOND });
}

/* A recipe as a user writes it. */
static inline void stage_add(struct stage *s, const char *text)
{
    struct err e = ERR_INIT;
    struct diags *d = diags_new("recipes/tick.yaml");
    struct recipe *r = recipe_parse("recipes/tick.yaml", text, strlen(text), NULL, NULL, d);
    if (r == NULL) {
        struct buf out;
        buf_init(&out, 1 << 20);
        diags_print(d, &out);
        fail_msg("%s", buf_text(&out));
    }
    assert_int_equal(runner_add_recipe(s->w.runner, r->name, r->hash, r->bundle, r->bundle_len, &e),
                     0);
    assert_int_equal(schedules_add(s->schedules, r, &e), 0);
    recipe_free(r);
    diags_free(d);
}

static inline void stage_start_with(struct stage *s, const char *const *broken)
{
    struct err e = ERR_INIT;
    if (schedules_sync(s->schedules, broken, &e) == -1) {
        fail_msg("%s", e.message);
    }
    world_start(&s->w);
    schedules_start(s->schedules);
    fix_settle(s->w.f);
    fix_settle(s->w.f);
}

static inline void stage_start(struct stage *s)
{
    stage_start_with(s, NULL);
}

static inline void stage_close(struct stage *s)
{
    schedules_quiesce(s->schedules);
    runner_cut(s->w.runner);
    fix_settle(s->w.f);
    assert_true(schedules_is_idle(s->schedules));
    assert_true(router_is_idle(s->router));
    loop_remove_tick(s->w.f->loop, stage_turn, s);
    schedules_free(s->schedules);
    router_free(s->router);
    world_close(&s->w);
}

/* The next start of the engine, that much later, with that recipe (NULL: none). */
static inline void stage_again(struct stage *s, int64_t later_us, const char *recipe,
                               const char *const *broken)
{
    struct fixture *f = s->w.f;
    stage_close(s);
    fix_close(f);
    fix_wall_us += later_us;
    fix_mono_us += later_us;
    fix_open(f);
    stage_open(s, f);
    if (recipe != NULL) {
        stage_add(s, recipe);
    }
    stage_start_with(s, broken);
}

static inline void pass(struct stage *s, int64_t us)
{
    fix_pass(s->w.f, us);
    for (int i = 0; i < 8; i++) { /* one operation after another */
        fix_settle(s->w.f);
    }
}

/* Minute by minute, as time goes. */
static inline void pass_slowly(struct stage *s, int64_t us)
{
    for (; us > 0; us -= MINUTE) {
        fix_pass(s->w.f, us < MINUTE ? us : MINUTE);
        fix_settle(s->w.f);
    }
}

/* All rows, oldest first: "11:00 late 30 min why\n"; lateness in whole minutes, where it is one. */
static inline void assert_history(struct stage *s, const char *expected)
{
    char told[4096] = "";
    size_t len = 0;
    struct occurrence_list *list = occurrence_list_new();
    list->limit = 500;
    world_commit(&s->w, &list->op);
    for (size_t i = list->count; i > 0; i--) {
        const struct occurrence_row *row = &list->rows[i - 1];
        char at[DATE_TEXT];
        date_format(row->planned_us, at);
        len += (size_t)snprintf(told + len, sizeof told - len, "%.5s %s", at + 11,
                                occurrence_state_name(row->state));
        if (row->late_us >= MINUTE) {
            len += (size_t)snprintf(told + len, sizeof told - len, " %d min",
                                    (int)(row->late_us / MINUTE));
        }
        len += (size_t)snprintf(told + len, sizeof told - len, "%s%s\n", row->why ? " " : "",
                                row->why ? row->why : "");
    }
    occurrence_list_free(list);
    assert_string_equal(told, expected);
}

/* The runs of the recipe, by state. */
static inline int count_runs(struct stage *s, enum run_state state)
{
    struct run_counts c;
    run_counts_init(&c);
    world_commit(&s->w, &c.op);
    return (int)c.by_state[state];
}

#define RECIPE(schedule)  "recipe: tick\nwhen:\n" schedule "do:\n  - step: end\n    stop: done\n"
#define SLEEPER(schedule) "recipe: tick\nwhen:\n" schedule "do:\n  - step: nap\n    wait: 150 min\n"
#define HOURLY(more)      "  - every: 1 h\n" more
