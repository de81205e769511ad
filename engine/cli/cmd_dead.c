/* `ladle dead`: what waits for a person, dead and parked runs. A fault of a service kills many runs
 * for one reason, so the terminal gets one line per cause, with the newest run as its example; JSON
 * gets every run. */
#include <stdlib.h>

#include "base/mem.h"
#include "cli/causes.h"
#include "cli/commands.h"
#include "cli/view.h"

enum { WHEN_TEXT = 40, NUMBER_TEXT = 24, NEWEST_RUN = 6 /* column on a terminal */ };

static void add_cause_row(const struct cli *c, struct table *t, const struct cause *cause)
{
    const struct run_row *run = &cause->example;
    char group[NUMBER_TEXT], count[NUMBER_TEXT], last[WHEN_TEXT], id[ID_TEXT + 1];
    (void)snprintf(group, sizeof group, "%d", cause->number); /* fits */
    (void)snprintf(count, sizeof count, "%zu", cause->count); /* fits */
    cli_when(c, cause->last_us, last, sizeof last);
    view_id(c, &run->id, id);
    const char *state = run_state_name(run->state), *kind = err_kind_name(run->err.kind);
    if (!c->is_terminal) {
        table_row(t, (const char *const[]){ group, count, state, run->recipe, run->step, kind, last,
                                            id, run->err.message, NULL });
        return;
    }
    char *why = xasprintf("%s: %s", kind, run->err.message);
    table_row(t, (const char *const[]){ group, count, state, run->recipe, run->step, last, id, why,
                                        NULL });
    free(why);
}

static size_t add_rows(const struct cli *c, struct table *t, const struct causes *all)
{
    size_t shown = 0;
    for (int i = 1; i <= causes_count(all); i++) {
        const struct cause *cause = causes_get(all, i);
        if (cause->count > 0) {
            add_cause_row(c, t, cause);
            shown++;
        }
    }
    return shown;
}

/* What the groups that are shown call for. */
struct needs {
    bool retry, resolve, connect;
};

static void note_need(struct needs *n, const struct run_row *run)
{
    bool is_parked = run->state == RUN_PARKED;
    n->connect |= is_parked && run->err.kind == ERR_AUTH;
    n->resolve |= is_parked && run->err.kind == ERR_UNKNOWN;
    n->retry |= !is_parked || (run->err.kind != ERR_AUTH && run->err.kind != ERR_UNKNOWN);
}

static void print_advice(const struct causes *all)
{
    struct needs needs = { .retry = false };
    for (int i = 1; i <= causes_count(all); i++) {
        if (causes_get(all, i)->count > 0) {
            note_need(&needs, &causes_get(all, i)->example);
        }
    }
    cli_print("\n`ladle show RUN` tells every step and try, and what to do.\n");
    if (needs.retry) {
        cli_print(
            "`ladle retry --group N` goes on with all runs of a group from the failed step;\n"
            "`--rate 5` begins five of them a second.\n");
    }
    if (needs.resolve) {
        cli_print(
            "unknown: what was answered leaves open whether the call took effect. Look into\n"
            "the service, then say it: `ladle resolve RUN --as done`, `--as not-done` (it is\n"
            "sent again) or `--as skip`. A step that may be done twice says\n"
            "`on_unknown: again` in its recipe, and is not parked.\n");
    }
    if (needs.connect) {
        cli_print(
            "auth: `ladle connections` says what the connection needs; then the runs go on\n"
            "by themselves.\n");
    }
}

static void print_causes(const struct cli *c, const struct causes *all)
{
    static const char *const heads[] = { "GROUP", "RUNS", "STATE",      "RECIPE",  "STEP",
                                         "CAUSE", "LAST", "NEWEST RUN", "MESSAGE", NULL };
    static const char *const narrow[] = { "GROUP", "RUNS",       "STATE", "RECIPE", "STEP",
                                          "LAST",  "NEWEST RUN", "WHY",   NULL };
    struct table *t = table_new(c->is_terminal ? narrow : heads);
    if (c->is_terminal) {
        table_keep(t, NEWEST_RUN);
        table_last_below(t);
    }
    size_t shown = add_rows(c, t, all);
    table_print(t, c);
    if (c->is_terminal && shown == 0) {
        cli_print("nothing waits for a person\n");
    } else if (c->is_terminal) {
        print_advice(all);
    }
}

static void print_run(void *ud, const struct run_row *row)
{
    const struct cause *cause = causes_find(ud, row);
    json_t *v = view_run(row);
    /* One that died since the causes were read has no number yet. */
    json_object_set_new(v, "group", cause != NULL ? json_integer(cause->number) : json_null());
    cli_print_json(v);
    json_decref(v);
}

static int list_dead(const struct cli *c, struct store *s, const struct run_filter *f)
{
    struct err e = ERR_INIT;
    struct causes *all = causes_read(s, f, &e);
    if (all == NULL) {
        return cli_fail(c, &e);
    }
    int result = 0;
    if (c->is_json) {
        result = run_filter_walk(f, s, print_run, all, &e);
    } else {
        print_causes(c, all);
    }
    causes_free(all);
    return result == -1 ? cli_fail(c, &e) : CLI_OK;
}

static int run_dead(struct cli *c)
{
    const unsigned states = 1U << RUN_DEAD | 1U << RUN_PARKED;
    struct run_filter f;
    if (run_filter_read(c, states, &f) == -1) {
        return CLI_USAGE;
    }
    if ((f.states & ~states) != 0) {
        return cli_usage(c, "--state: dead and parked are the states that wait for a person");
    }
    if (cli_option(c, "limit") == NULL) {
        f.limit = INT64_MAX;
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
    .args_max = 0,
    .summary = "What waits for a person: dead and parked runs, by cause",
    .help =
        "A run is dead when its error is final or its tries are used up, and parked when it is "
        "unknown\n"
        "whether a call took effect, or while its connection is not authorised. Runs of one "
        "recipe with the same\n"
        "error are one group; its number, the same whatever is listed, is for `ladle retry "
        "--group`.\n"
        "--json: every run, one a line, with the fields of `ladle runs --json` and its "
        "`group`.",
    .options = options,
    .run = run_dead,
    .is_quiet = true,
    .examples =
        "  ladle dead\n"
        "  ladle dead --recipe new-lead-follow-up --json",
};
