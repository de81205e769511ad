/* `ladle resume`: a recipe that was paused starts again, and what it did not start is counted. */
#include "base/plural.h"
#include "cli/commands.h"
#include "cli/view.h"
#include "store/pause_row.h"

static void print_resumed(const struct cli *c, const struct pause_end *p)
{
    if (c->is_json) {
        json_t *v = json_pack("{s:s, s:o, s:I}", "recipe", p->recipe, "since_at",
                              view_time(p->since_us), "skipped", (json_int_t)p->skipped);
        cli_print_json(v);
        json_decref(v);
        return;
    }
    cli_print("%s: goes on\n", p->recipe);
    if (p->skipped > 0) {
        cli_print(
            "%lld %s skipped meanwhile: `ladle runs --skipped --recipe %s` lists %s, `ladle "
            "replay ID` starts one\n",
            (long long)p->skipped, plural(p->skipped, "run was", "runs were"), p->recipe,
            plural(p->skipped, "it", "them"));
    }
}

static int run_resume(struct cli *c)
{
    struct cli_project_store o;
    int code = cli_open(c, false, &o);
    if (code != CLI_OK) {
        return code;
    }
    struct err e = ERR_INIT;
    struct pause_end p;
    pause_end_init(&p, c->args[0]);
    if (store_exec(o.store, &p.op, &e) == -1) {
        code = cli_fail(c, &e);
    } else {
        print_resumed(c, &p);
    }
    cli_close(&o);
    return code;
}

const struct command cmd_resume = {
    .name = "resume",
    .args = "RECIPE",
    .args_min = 1,
    .args_max = 1,
    .summary = "A recipe that was paused goes on",
    .help =
        "Tells how many runs were skipped meanwhile. Schedules make up for what they missed, as "
        "their `missed` says.\n"
        "--json: {recipe since_at skipped}.",
    .run = run_resume,
    .examples =
        "  ladle resume contact-sync\n"
        "  ladle resume contact-sync --json",
    .is_quiet = true,
};
