/* `ladle schedules backfill`: writes into the store what is to be run after all, a row for each
 * schedule; the engine does the rest. What it would run is found by the same rule: what is planned in
 * the range, and has not run. */
#include "cli/run_backfill.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/plural.h"
#include "cli/schedule_view.h"
#include "cli/user_name.h"
#include "cli/view.h"
#include "store/backfill_row.h"
#include "store/occurrence_row.h"

enum { OCCURRENCES_MAX = 100000, PAGE = 500, RATE = 60 };

struct backfill {
    struct cli *c;
    struct store *store;
    const char *label; /* NULL: all schedules of the recipe */
    int64_t from_us, to_us;
    int64_t rate;
    bool is_dry;
    size_t schedules; /* that fit */
    int code;
};

int run_backfill_time(const struct cli *c, const struct project *p, const char *option, int64_t *us)
{
    const char *text = cli_option(c, option);
    struct err e = ERR_INIT;
    if (text == NULL || date_parse(text, strlen(text), zone_get(p->timezone, NULL), us, &e) == 0) {
        return CLI_OK;
    }
    return cli_usage(c, "--%s %s: a time like 2026-11-23T10:00 or a day is expected", option, text);
}

/* --- what ran already --- */

/* Planned times, the newest first. */
struct times {
    int64_t *us;
    size_t count;
};

static void add_time(struct times *t, int64_t us)
{
    if ((t->count & (t->count - 1)) == 0) {
        t->us = xrealloc(t->us, (t->count == 0 ? 1 : t->count * 2) * sizeof *t->us);
    }
    t->us[t->count++] = us;
}

static int find_ran(const struct backfill *b, const struct recipe *r, const char *identity,
                    struct times *ran, struct err *e)
{
    struct occurrence_list *page = occurrence_list_new();
    page->recipe = r->name;
    page->identity = identity;
    page->limit = PAGE;
    page->before_us = b->to_us + 1;
    int result;
    do {
        result = store_exec(b->store, &page->op, e);
        for (size_t i = 0; result == 0 && i < page->count; i++) {
            page->before_us = page->rows[i].planned_us;
            if (page->rows[i].state != OCCURRENCE_LEFT) {
                add_time(ran, page->rows[i].planned_us);
            }
        }
        page->before_schedule = 0; /* of one schedule each time is there once */
    } while (result == 0 && page->count == PAGE && page->before_us >= b->from_us);
    occurrence_list_free(page);
    return result;
}

static int compare_falling(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left < right) - (left > right);
}

static bool has_run(const struct times *ran, int64_t planned_us)
{
    return ran->count > 0 &&
           bsearch(&planned_us, ran->us, ran->count, sizeof *ran->us, compare_falling) != NULL;
}

/* --- one schedule --- */

static void print_time(const struct backfill *b, const struct shown_schedule *s, int64_t at_us)
{
    if (b->c->is_json) {
        json_t *v = json_pack("{s:s, s:s, s:o}", "recipe", s->recipe->name, "schedule", s->label,
                              "at", view_time(at_us));
        cli_print_json(v);
        json_decref(v);
    } else {
        char at[DATE_TEXT];
        date_format(at_us, at);
        cli_print("%s  %s  %s\n", at, s->recipe->name, s->label);
    }
}

/* How many there are to run, or -1 where there are too many; prints them where nothing is to be
 * done. */
static int64_t count_times(const struct backfill *b, const struct shown_schedule *s,
                           const struct times *ran)
{
    struct occurrence o = { .planned_us = b->from_us - 1 };
    int64_t seen = 0, count = 0;
    while (schedule_view_next(s->times, o.planned_us, &o) && o.planned_us <= b->to_us) {
        if (++seen > OCCURRENCES_MAX) {
            return -1;
        }
        if (!has_run(ran, o.planned_us)) {
            count++;
            if (b->is_dry) {
                print_time(b, s, o.planned_us);
            }
        }
    }
    return count;
}

static int ask_for(const struct backfill *b, const struct shown_schedule *s, const char *identity,
                   struct err *e)
{
    struct backfill_add *a = backfill_add_new();
    a->recipe = s->recipe->name;
    a->identity = identity;
    a->row.reached_us = b->from_us - 1;
    a->row.to_us = b->to_us;
    a->row.rate = (int)b->rate;
    a->row.who = user_name();
    int result = store_exec(b->store, &a->op, e);
    backfill_add_free(a);
    return result == -1 ? err_prefix(e, "%s: %s", s->recipe->name, s->label) : 0;
}

static void print_asked(const struct backfill *b, const struct shown_schedule *s, int64_t count)
{
    if (b->c->is_json && !b->is_dry) {
        json_t *v = json_pack("{s:s, s:s, s:I}", "recipe", s->recipe->name, "schedule", s->label,
                              "count", (json_int_t)count);
        cli_print_json(v);
        json_decref(v);
    } else if (!b->c->is_json) {
        cli_print("%s: %s: %lld %s%s\n", s->recipe->name, s->label, (long long)count,
                  plural(count, "occurrence", "occurrences"),
                  b->is_dry    ? " would run"
                  : count == 0 ? " to run: nothing to do"
                               : " will run");
    }
}

static int backfill_schedule(const struct backfill *b, const struct shown_schedule *s,
                             struct err *e)
{
    struct times ran = { .us = NULL };
    char *identity = timetable_identity(s->times);
    int result = find_ran(b, s->recipe, identity, &ran, e);
    int64_t count = result == 0 ? count_times(b, s, &ran) : 0;
    if (count == -1) {
        result = err_set(e, ERR_INVALID, "%s: %s: more than %d occurrences lie in that time",
                         s->recipe->name, s->label, OCCURRENCES_MAX);
    } else if (result == 0 && !b->is_dry && count > 0) {
        result = ask_for(b, s, identity, e);
    }
    if (result == 0) {
        print_asked(b, s, count);
    }
    free(ran.us);
    free(identity);
    return result;
}

static void backfill_if_meant(void *ud, const struct shown_schedule *s)
{
    struct backfill *b = ud;
    struct err e = ERR_INIT;
    if (b->label != NULL && strcmp(b->label, s->label) != 0) {
        return;
    }
    b->schedules++;
    if (backfill_schedule(b, s, &e) == -1) {
        b->code = cli_fail(b->c, &e);
    }
}

/* --- command --- */

static int backfill_recipe(struct backfill *b, const struct project *p, const char *name)
{
    struct err e = ERR_INIT;
    struct recipe_set set = { .count = 0 };
    if (recipe_set_load(&set, p, p->hooks, &e) == -1) {
        return cli_fail(b->c, &e);
    }
    for (size_t i = 0; i < set.count; i++) {
        if (strcmp(set.recipes[i]->name, name) == 0) {
            schedule_view_each(set.recipes[i], backfill_if_meant, b);
        }
    }
    recipe_set_fini(&set);
    if (b->schedules == 0) {
        (void)err_set(&e, ERR_NOT_FOUND,
                      "there is no such schedule; `ladle schedules` lists all of them");
        return cli_fail(b->c, &e);
    }
    return b->code;
}

static int stop_backfills(struct backfill *b, const char *name)
{
    struct err e = ERR_INIT;
    struct backfill_stop stop;
    backfill_stop_init(&stop, name);
    if (store_exec(b->store, &stop.op, &e) == -1) {
        return cli_fail(b->c, &e);
    }
    if (b->c->is_json) {
        json_t *v = json_pack("{s:s, s:I}", "recipe", name, "stopped", (json_int_t)stop.count);
        cli_print_json(v);
        json_decref(v);
    } else {
        cli_print("%lld %s stopped\n", (long long)stop.count,
                  plural(stop.count, "backfill", "backfills"));
    }
    return CLI_OK;
}

static int read_range(struct backfill *b, const struct project *p)
{
    if (cli_option(b->c, "from") == NULL || cli_option(b->c, "to") == NULL) {
        return cli_usage(b->c, "backfill needs --from TIME and --to TIME");
    }
    if (run_backfill_time(b->c, p, "from", &b->from_us) != CLI_OK ||
        run_backfill_time(b->c, p, "to", &b->to_us) != CLI_OK ||
        cli_number(b->c, "rate", 1, BACKFILL_RATE_MAX, &b->rate) == -1) {
        return CLI_USAGE;
    }
    if (b->from_us > b->to_us) {
        return cli_usage(b->c, "--from is later than --to");
    }
    if (b->to_us > clock_wall_us()) {
        return cli_usage(b->c, "--to lies in the future: what is to come runs by itself");
    }
    return CLI_OK;
}

static int run_opened(struct backfill *b, const struct project *p)
{
    if (cli_option(b->c, "stop") != NULL) {
        return stop_backfills(b, b->c->args[1]);
    }
    int code = read_range(b, p);
    return code == CLI_OK ? backfill_recipe(b, p, b->c->args[1]) : code;
}

int run_backfill(struct cli *c)
{
    struct backfill b = { .c = c,
                          .label = cli_option(c, "schedule"),
                          .rate = RATE,
                          .is_dry = cli_option(c, "dry-run") != NULL };
    struct cli_project_store o;
    if (c->arg_count != 2) {
        return cli_usage(c, "backfill needs the name of a recipe");
    }
    int code = cli_open(c, b.is_dry, &o);
    if (code != CLI_OK) {
        return code;
    }
    b.store = o.store;
    code = run_opened(&b, o.project);
    cli_close(&o);
    return code;
}
