/* `ladle run`: loads the project, starts the engine, says where it listens (what else a start says
 * is told by daemon/announce.c). */
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/plural.h"
#include "cli/commands.h"
#include "daemon/engine.h"
#include "daemon/own_port.h"
#include "script/catalog.h"

struct greeting {
    const struct cli *cli;
    const struct project *project;
    const struct recipe_set *recipes;
};

static void ready(void *ud, const char *address)
{
    const struct greeting *g = ud;
    const char *scheme = own_port_scheme(g->project);
    mem_give_back();
    if (g->cli->is_json) {
        json_t *v = json_pack("{s:o, s:s, s:i, s:i, s:i}", "listening",
                              json_sprintf("%s://%s", scheme, address), "version", LADLE_VERSION,
                              "pid", (int)getpid(), "recipes", (int)g->recipes->count, "broken",
                              (int)g->recipes->broken);
        cli_print_json(v);
        json_decref(v);
        (void)fflush(stdout);
        return;
    }
    size_t connections = json_object_size(g->project->connections);
    log_info("engine", "ladle %s listens on %s://%s, %zu %s, store %s", LADLE_VERSION, scheme,
             address, connections, plural((int64_t)connections, "connection", "connections"),
             g->project->store);
}

static int run_project(struct cli *c, const struct project *p, const struct recipe_set *recipes,
                       struct diags *d)
{
    struct err e = ERR_INIT;
    struct engine *en = engine_new(p, recipes, d, &e);
    if (en == NULL) {
        return d->count > 0 ? cli_fail_diags(c, &d, 1, PROJECT_IS_WRONG) : cli_fail(c, &e);
    }
    struct greeting g = { .cli = c, .project = p, .recipes = recipes };
    int rc = engine_run(en, ready, &g, &e);
    engine_free(en);
    return rc == 0 ? CLI_OK : cli_fail(c, &e);
}

/* With --strict a start without a recipe is none. */
static int refuse_broken(const struct cli *c, const struct recipe_set *set)
{
    int code = cli_fail_diags(c, set->diags, set->diag_count, "the recipes have errors");
    if (!c->is_json) {
        (void)fputs("ladle run: the recipes have errors; nothing was started (--strict)\n", stderr);
    }
    return code;
}

static int run_recipes(struct cli *c, const struct project *p, struct diags *d)
{
    struct err e = ERR_INIT;
    struct recipe_set set = { 0 };
    int code;
    if (recipe_set_load(&set, p, p->hooks, &e) == -1) {
        code = cli_fail(c, &e);
    } else if (set.unknown != NULL) {
        code = cli_fail_diags(c, &set.unknown, 1, PROJECT_IS_WRONG);
    } else if (set.diag_count > 0 && cli_option(c, "strict") != NULL) {
        code = refuse_broken(c, &set);
    } else {
        expr_forget(); /* the checker of expressions: a Lua state that an engine at work has no use
                          for */
        code = run_project(c, p, &set, d);
    }
    recipe_set_fini(&set);
    return code;
}

static int run_engine(struct cli *c)
{
    struct diags *d = cli_diags(c);
    struct project *p = project_load(c->folder, cli_hooks(c), d);
    int code = p != NULL ? run_recipes(c, p, d) : cli_fail_diags(c, &d, 1, PROJECT_IS_WRONG);
    project_free(p);
    diags_free(d);
    return code;
}

static const struct option options[] = {
    { "strict", NULL, "do not start where a recipe is broken; exit code 2" },
    { NULL, NULL, NULL },
};

const struct command cmd_run = {
    .name = "run",
    .args = "",
    .summary = "Start the engine in this folder",
    .help =
        "Loads ladle.yaml and recipes/, takes up the runs that an earlier stop cut off, and "
        "listens for webhooks until\n"
        "SIGTERM or Ctrl-C: then it finishes what is in flight and stops; a second one stops it at "
        "once.\n"
        "A recipe with errors does not run, and the others do; the log tells each error with its "
        "place.\n"
        "With --json one line on stdout tells the address once it listens: {listening version pid "
        "recipes broken}.\n"
        "Logs go to stderr.\n"
        "\n"
        "Examples:\n"
        "  ladle run\n"
        "  ladle run -C /srv/my-project --log debug\n",
    .options = options,
    .run = run_engine,
};
