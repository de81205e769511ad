/* `ladle resolve`: a person says how a call ended whose outcome is unknown, and the parked run goes
 * on. The engine cannot know: it sent the call, got no answer, and has nothing to look for. */
#include <string.h>

#include "cli/ask.h"
#include "cli/commands.h"
#include "cli/view.h"
#include "store/run.h"

static const struct {
    const char *name;
    enum resolve_as as;
    const char *done; /* what is told afterwards */
} outcomes[] = {
    { "done", RESOLVE_DONE, "the call counts as done, and the run goes on" },
    { "not-done", RESOLVE_NOT_DONE, "the call is sent again, and the run goes on" },
    { "skip", RESOLVE_SKIP, "the call is left out, and the run goes on" },
};
enum { OUTCOME_COUNT = sizeof outcomes / sizeof *outcomes };

/* The index in `outcomes`, or -1 after saying what is wrong. */
static int read_outcome(const struct cli *c)
{
    const char *as = cli_option(c, "as");
    if (as == NULL) {
        (void)cli_usage(c, "how did it end? --as done, --as not-done or --as skip");
        return -1;
    }
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        if (strcmp(outcomes[i].name, as) == 0) {
            return i;
        }
    }
    (void)cli_usage(c, "--as %.40s: done, not-done or skip is expected", as);
    return -1;
}

static int check_output(const struct cli *c, enum resolve_as as)
{
    const char *output = cli_option(c, "output");
    struct err e = ERR_INIT;
    if (output == NULL) {
        return 0;
    }
    if (as != RESOLVE_DONE) {
        (void)cli_usage(c, "--output goes with --as done");
        return -1;
    }
    json_t *v = json_parse(output, strlen(output), &e);
    if (v == NULL) {
        (void)cli_usage(c, "--output is no JSON: %s", e.message);
        return -1;
    }
    json_decref(v);
    return 0;
}

/* Called once, as there is one id. */
static int resolve_one(const struct cli *c, struct store *s, const char *text, struct err *e)
{
    struct id id;
    if (view_find_run(s, text, "`ladle show` lists the runs that it started", &id, e) == -1) {
        return -1;
    }
    struct run_ask ask;
    run_ask_init(&ask, id, RUN_REQUEST_RESOLVE);
    ask.as = outcomes[read_outcome(c)].as; /* was checked in run_resolve() */
    ask.output = cli_option(c, "output");
    return store_exec(s, &ask.op, e) == -1 ? err_prefix(e, "%.60s", text) : 0;
}

static int run_resolve(struct cli *c)
{
    int outcome = read_outcome(c);
    if (outcome == -1 || check_output(c, outcomes[outcome].as) == -1) {
        return CLI_USAGE;
    }
    return ask_each(c, outcomes[outcome].done, resolve_one);
}

static const struct option options[] = {
    { "as", "OUTCOME",
      "done: it took effect; not-done: it did not, send it again; skip: go on "
      "without it" },
    { "output", "JSON",
      "with --as done: what the call answered, for the steps behind it; {} if "
      "not given" },
    { NULL, NULL, NULL },
};

const struct command cmd_resolve = {
    .name = "resolve",
    .args = "RUN",
    .args_min = 1,
    .args_max = 1,
    .summary = "Say how a call ended whose outcome is unknown; the parked run goes on",
    .help =
        "A call that was sent and never answered may have taken effect. Where the engine can "
        "neither repeat it\n"
        "safely nor look for its effect, it parks the run: `ladle show RUN` tells what was "
        "sent and when. Look\n"
        "into the service, then say what is so. With `skip` the step has no result and the "
        "run goes on behind it.",
    .options = options,
    .run = run_resolve,
    .is_quiet = true,
    .examples =
        "  ladle resolve 4d5e6f --as not-done\n"
        "  ladle resolve 4d5e6f --as done --output '{\"task\":{\"id\":\"t1\"}}'",
};
