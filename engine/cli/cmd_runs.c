/* `ladle runs`: what ran. Rows go straight from the store's pages to the table or to JSON lines. */
#include "base/plural.h"
#include "cli/commands.h"
#include "cli/run_filter.h"
#include "cli/view.h"

enum { WHEN_TEXT = 40 };

struct listing {
    const struct cli *c;
    struct table *table; /* NULL with --json */
    size_t count;
};

static void print_run_json(const struct run_row *row)
{
    json_t *v = view_run(row);
    cli_print_json(v);
    json_decref(v);
}

static void add_run_row(struct listing *l, const struct run_row *row)
{
    char id[ID_TEXT + 1], updated[WHEN_TEXT], attempts[16];
    view_id(l->c, &row->id, id);
    cli_when(l->c, row->updated_us, updated, sizeof updated);
    (void)snprintf(attempts, sizeof attempts, "%d", row->attempts); /* an int fits */
    const char *cells[] = { id,       row->recipe, run_state_name(row->state), row->step,
                            attempts, updated,     row->err.message,           NULL };
    table_row(l->table, cells);
}

static void show_run(void *ud, const struct run_row *row)
{
    struct listing *l = ud;
    l->count++;
    if (l->table != NULL) {
        add_run_row(l, row);
    } else {
        print_run_json(row);
    }
}

/* A line for people; in a pipe it must not stand among the rows. */
static void print_more_runs(const struct listing *l, const struct run_filter *f, int64_t left_out)
{
    bool is_terminal = l->c->is_terminal;
    if (is_terminal && l->count == 0) {
        cli_print("no runs\n");
    } else if (is_terminal && (int64_t)l->count == f->limit) {
        cli_print("the newest %lld; --limit shows more\n", (long long)f->limit);
    }
    if (left_out > 0) {
        (void)fflush(stdout); /* cli_main looks at the stream's state at the end */
        (void)fprintf(is_terminal ? stdout : stderr,
                      "%lld skipped %s left out; --skipped shows %s, --all everything\n",
                      (long long)left_out, plural(left_out, "run was", "runs were"),
                      plural(left_out, "it", "them"));
    }
}

static int list_runs(const struct cli *c, struct store *s, const struct run_filter *f)
{
    static const char *const heads[] = { "ID",    "RECIPE",  "STATE", "STEP",
                                         "TRIES", "UPDATED", "ERROR", NULL };
    struct listing l = { .c = c, .table = c->is_json ? NULL : table_new(heads) };
    struct err e = ERR_INIT;
    int64_t left_out = 0;
    if (l.table != NULL) {
        table_last_below(l.table);
    }
    int result = run_filter_count(f, s, show_run, &l, &left_out, &e);
    if (l.table != NULL) {
        table_print(l.table, c);
        print_more_runs(&l, f, left_out);
    }
    return result == -1 ? cli_fail(c, &e) : CLI_OK;
}

/* Most runs of a busy project are ones that their `if` skipped. Programs get everything, unless they
 * say otherwise. */
static int choose_states(const struct cli *c, struct run_filter *f)
{
    bool is_all = cli_option(c, "all") != NULL, only_skipped = cli_option(c, "skipped") != NULL;
    bool has_state = cli_option(c, "state") != NULL;
    if (is_all + only_skipped + has_state > 1) {
        return cli_usage(c, "--state, --skipped and --all do not go together");
    }
    if (only_skipped) {
        f->states = 1U << RUN_SKIPPED;
    }
    bool is_usual = !is_all && !only_skipped && !has_state;
    f->left_out = is_usual && !c->is_json ? 1U << RUN_SKIPPED : 0;
    return CLI_OK;
}

static int run_runs(struct cli *c)
{
    struct run_filter f;
    if (run_filter_read(c, 0, &f) == -1 || choose_states(c, &f) != CLI_OK) {
        return CLI_USAGE;
    }
    struct cli_project_store o;
    int code = cli_open(c, true, &o);
    if (code != CLI_OK) {
        return code;
    }
    code = list_runs(c, o.store, &f);
    cli_close(&o);
    return code;
}

static const struct option options[] = {
    { "recipe", "NAME", "only runs of this recipe" },
    { "state", "STATE", "only runs in this state, or in one of several: dead,parked" },
    { "skipped", NULL, "only runs that were skipped, with the reason of each" },
    { "all", NULL, "skipped runs among the others" },
    { "since", "WHEN", "not older than this: 2h, 2026-11-23, 2026-11-23T10:00:00Z" },
    { "limit", "N", "at most so many, the newest first; 50 if not given" },
    { NULL, NULL, NULL },
};

const struct command cmd_runs = {
    .name = "runs",
    .args = "",
    .summary = "What ran: one line per run of a recipe, newest first",
    .help =
        "A run is queued, running, waiting (for a retry or a timer), parked (for a person), "
        "done, dead,\n"
        "cancelled, or skipped: its `if` said no, or another run stands for it. Skipped ones are "
        "left out unless\n"
        "they are asked for. `ladle show ID` tells the steps of a run.\n"
        "--json: {id recipe event_id key state attempts step due_at created_at updated_at "
        "error}, one a line;\n"
        "skipped ones too, whose error says why.",
    .options = options,
    .run = run_runs,
    .is_quiet = true,
    .examples =
        "  ladle runs --state waiting,parked\n"
        "  ladle runs --recipe contact-sync --since 2h --json",
};
