/* Says in the log which runs did not end well, those that ended alike in one line. Runs end alike
 * where recipe, state, step, kind and status of the error are the same. The message is no part of
 * it: it may name an id, and a thousand of them would be a thousand reasons. What ended alike stays
 * in a map for as long as it goes on, and ten seconds longer. */
#include "run/end_log.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/plural.h"

static const int64_t fold_us = 10 * 1000 * 1000;

/* Runs that ended alike. */
struct likeness {
    char *recipe, *step;
    enum run_state state;
    struct id newest;
    struct err why; /* of the newest */
    int64_t untold; /* since the last line */
};

struct end_log {
    struct map *ends; /* what they have in common -> struct likeness */
    struct timer timer;
};

static void likeness_free(void *ud)
{
    struct likeness *k = ud;
    free(k->recipe);
    free(k->step);
    free(k);
}

static bool is_told_end(enum run_state state)
{
    return state == RUN_DEAD || state == RUN_PARKED || state == RUN_SKIPPED ||
           state == RUN_CANCELLED;
}

/* --- lines --- */

/* "died", "are parked" … */
static const char *verb_of(enum run_state state, int64_t count)
{
    switch (state) {
    case RUN_DEAD:
        return "died";
    case RUN_PARKED:
        return plural(count, "is parked", "are parked");
    case RUN_SKIPPED:
        return plural(count, "was skipped", "were skipped");
    case RUN_CANCELLED:
        return plural(count, "was cancelled", "were cancelled");
    case RUN_QUEUED:
    case RUN_RUNNING:
    case RUN_WAITING:
    case RUN_DONE:
    case RUN_STATE_COUNT:
        break;
    }
    return "ended";
}

/* What to do about one of them; yours. A run that died before its first step cannot go on. */
static char *advice_for_one(const struct likeness *k, const char *id)
{
    switch (k->state) {
    case RUN_DEAD:
        return k->step != NULL
                   ? xasprintf("; `ladle show %s` tells all, `ladle retry %s` goes on from there",
                               id, id)
                   : xasprintf("; `ladle show %s` tells all, `ladle replay %s` begins again", id,
                               id);
    case RUN_PARKED:
        return xasprintf("; `ladle show %s` says what to do", id);
    case RUN_CANCELLED:
        return xasprintf("; `ladle replay %s` begins again", id);
    case RUN_QUEUED:
    case RUN_RUNNING:
    case RUN_WAITING:
    case RUN_DONE:
    case RUN_SKIPPED:
    case RUN_STATE_COUNT:
        break;
    }
    return xstrdup("");
}

static const char *advice_for_many(enum run_state state)
{
    return state == RUN_SKIPPED     ? "; `ladle runs --skipped` lists them"
           : state == RUN_CANCELLED ? "; `ladle runs --state cancelled` lists them"
                                    : "; `ladle dead` lists them by cause";
}

static enum log_level level_of(enum run_state state)
{
    return state == RUN_DEAD || state == RUN_PARKED ? LOG_WARN : LOG_INFO;
}

/* "task: run 4d5e6f708192 died at follow_up: create_task was answered 400; `ladle show …" */
static void log_one(const struct likeness *k)
{
    char id[ID_SHORT + 1];
    id_format_short(&k->newest, id);
    char *advice = advice_for_one(k, id);
    bool has_why = k->why.kind != ERR_NONE;
    log_write(level_of(k->state), "run", "%s: run %s %s%s%s%s%s%s", k->recipe, id,
              verb_of(k->state, 1), k->step != NULL ? " at " : "", k->step != NULL ? k->step : "",
              has_why ? ": " : "", has_why ? k->why.message : "", advice);
    free(advice);
}

static void log_untold(struct likeness *k)
{
    char id[ID_SHORT + 1];
    id_format_short(&k->newest, id);
    bool has_why = k->why.kind != ERR_NONE;
    log_write(level_of(k->state), "run",
              "%s: %lld more %s %s%s%s since the last line; the newest is %s%s%s%s", k->recipe,
              (long long)k->untold, plural(k->untold, "run", "runs"), verb_of(k->state, k->untold),
              k->step != NULL ? " at " : "", k->step != NULL ? k->step : "", id,
              has_why ? ": " : "", has_why ? k->why.message : "", advice_for_many(k->state));
    k->untold = 0;
}

/* --- counting --- */

/* Tells what was counted; lets go of what has come to an end. */
static void sweep_likenesses(struct timer *t)
{
    struct end_log *g = list_entry(t, struct end_log, timer);
    size_t pos = 0;
    const char *key;
    void *value;
    while (map_next(g->ends, &pos, &key, &value)) {
        struct likeness *k = value;
        if (k->untold > 0) {
            log_untold(k);
        } else {
            likeness_free(map_remove(g->ends, key));
        }
    }
    if (map_len(g->ends) > 0) {
        timer_start(&g->timer, fold_us);
    }
}

static struct likeness *add_likeness(struct end_log *g, const char *key, const struct run_end *end)
{
    struct likeness *k = xcalloc(1, sizeof *k);
    k->recipe = xstrdup(end->recipe);
    k->step = end->step != NULL ? xstrdup(end->step) : NULL;
    k->state = end->state;
    (void)map_put(g->ends, key, k); /* there was none */
    if (!timer_is_armed(&g->timer)) {
        timer_start(&g->timer, fold_us);
    }
    return k;
}

void end_log_tell(struct end_log *g, const struct run_end *end)
{
    if (!is_told_end(end->state)) {
        return;
    }
    char *key = xasprintf("%s\n%s\n%d\n%d\n%d", end->recipe, end->step != NULL ? end->step : "",
                          (int)end->state, (int)end->why->kind, end->why->status);
    struct likeness *k = map_get(g->ends, key);
    bool is_first = k == NULL;
    if (is_first) {
        k = add_likeness(g, key, end);
    }
    k->newest = end->id;
    k->why = *end->why;
    int64_t count = end->count > 0 ? end->count : 1;
    if (is_first) {
        log_one(k);
        count--;
    }
    k->untold += count;
    free(key);
}

struct end_log *end_log_new(struct loop *l)
{
    struct end_log *g = xcalloc(1, sizeof *g);
    g->ends = map_new();
    timer_init(&g->timer, l, sweep_likenesses);
    return g;
}

void end_log_free(struct end_log *g)
{
    if (g == NULL) {
        return;
    }
    sweep_likenesses(&g->timer);
    timer_stop(&g->timer);
    map_free(g->ends, likeness_free);
    free(g);
}
