/* `ladle dead`: what waits for a person, dead and parked runs. A fault of a service kills many runs
 * for one reason, so the terminal gets one line per cause, with the newest run as its example; JSON
 * gets every run. */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "cli/commands.h"
#include "cli/run_filter.h"
#include "cli/view.h"

enum { WHEN_TEXT = 40 };

/* Runs of one recipe that ended by the same error. */
struct cause {
    struct cause *next; /* in the order they were found */
    struct run_row
        example; /* only id, recipe, step, state and err are kept; recipe and step owned */
    size_t count;
    int64_t first_us, last_us;
};

struct causes {
    struct map *by_text;
    struct cause *first, **end;
    size_t runs;
};

static void causes_init(struct causes *all)
{
    *all = (struct causes){ .by_text = map_new() };
    all->end = &all->first;
}

static void causes_fini(struct causes *all)
{
    while (all->first) {
        struct cause *gone = all->first;
        all->first = gone->next;
        run_row_fini(&gone->example);
        free(gone);
    }
    map_free(all->by_text, NULL);
}

static struct cause *new_cause(struct causes *all, const struct run_row *row)
{
    struct cause *cause = xcalloc(1, sizeof *cause);
    cause->example.id = row->id;
    cause->example.recipe = xstrdup(row->recipe ? row->recipe : "");
    cause->example.step = row->step ? xstrdup(row->step) : NULL;
    cause->example.state = row->state;
    cause->example.err = row->err;
    cause->last_us = row->updated_us;
    cause->first_us = row->updated_us;
    *all->end = cause;
    all->end = &cause->next;
    return cause;
}

static void on_run(void *ud, const struct run_row *row)
{
    struct causes *all = ud;
    char *text = xasprintf("%s\n%d\n%d\n%s", row->recipe ? row->recipe : "", (int)row->state,
                           (int)row->err.kind, row->err.message);
    struct cause *cause = map_get(all->by_text, text);
    if (!cause) {
        cause = new_cause(all, row);
        (void)map_put(all->by_text, text, cause); /* there was none */
    }
    cause->count++;
    cause->first_us = row->updated_us < cause->first_us ? row->updated_us : cause->first_us;
    cause->last_us = row->updated_us > cause->last_us ? row->updated_us : cause->last_us;
    all->runs++;
    free(text);
}

static void add_row(const struct cli *c, struct table *t, const struct cause *cause)
{
    char count[24], last[WHEN_TEXT], id[ID_TEXT + 1];
    (void)snprintf(count, sizeof count, "%zu", cause->count); /* fits */
    cli_when(c, cause->last_us, last, sizeof last);
    id_format(&cause->example.id, id);
    const char *cells[] = { id,
                            count,
                            run_state_name(cause->example.state),
                            cause->example.recipe,
                            cause->example.step,
                            err_kind_name(cause->example.err.kind),
                            last,
                            cause->example.err.message,
                            NULL };
    table_row(t, cells);
}

static void print_causes(const struct cli *c, const struct causes *all)
{
    static const char *const heads[] = { "NEWEST RUN", "RUNS", "STATE",   "RECIPE", "STEP",
                                         "CAUSE",      "LAST", "MESSAGE", NULL };
    if (all->runs == 0 && c->is_terminal) {
        cli_print("nothing waits for a person\n");
        return;
    }
    struct table *t = table_new(heads);
    for (const struct cause *cause = all->first; cause; cause = cause->next) {
        add_row(c, t, cause);
    }
    table_print(t, c);
    if (c->is_terminal) {
        cli_print("\n`ladle show ID` tells every step and try; `ladle retry ID` goes on from the "
                  "failed step;\n"
                  "`ladle retry --all --recipe NAME` does so for all runs of a recipe.\n");
    }
}

static void print_run(void *ud, const struct run_row *row)
{
    (void)ud;
    json_t *v = view_run(row);
    cli_print_json(v);
    json_decref(v);
}

static int list_dead(const struct cli *c, struct store *s, const struct run_filter *f)
{
    struct err e = ERR_INIT;
    if (c->is_json) {
        return run_filter_walk(f, s, print_run, NULL, &e) == -1 ? cli_fail(c, &e) : CLI_OK;
    }
    struct causes all;
    causes_init(&all);
    int result = run_filter_walk(f, s, on_run, &all, &e);
    if (result == 0) {
        print_causes(c, &all);
    }
    causes_fini(&all);
    return result == -1 ? cli_fail(c, &e) : CLI_OK;
}

static int run(struct cli *c)
{
    struct run_filter f;
    if (run_filter_read(c, 1U << RUN_DEAD | 1U << RUN_PARKED, &f) == -1) {
        return CLI_USAGE;
    }
    if (!cli_option(c, "limit")) {
        f.limit = RUN_FILTER_MOST;
    }
    struct cli_project_store o;
    int code = cli_open(c, true, &o);
    if (code != CLI_OK) {
        return code;
    }
    code = list_dead(c, o.store, &f);
    cli_close(&o);
    return code;
}

static const struct option options[] = {
    { "recipe", "NAME", "only runs of this recipe" },
    { "state", "STATE", "dead or parked; both if not given" },
    { "since", "WHEN", "not older than this: 2h, 2026-11-23, 2026-11-23T10:00:00Z" },
    { "limit", "N", "look at so many runs at most, the newest first" },
    { NULL, NULL, NULL },
};

const struct command cmd_dead = {
    .name = "dead",
    .args = "",
    .summary = "What waits for a person: dead and parked runs, by cause",
    .help = "A run is dead when its error is final or its tries are used up, and parked when it is "
            "unknown\n"
            "whether a call took effect. Runs of one recipe with the same error are one line.\n"
            "--json: every run, one a line, with the fields of `ladle runs --json`.",
    .options = options,
    .run = run,
    .is_quiet = true,
    .examples = "  ladle dead\n"
                "  ladle dead --recipe new-lead-follow-up --json",
};
