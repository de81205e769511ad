/* `ladle retry`: dead, parked or waiting runs go on from the step that failed. The row is changed;
 * whichever engine works on this store takes the run up. */
#include <stdlib.h>

#include "base/mem.h"
#include "cli/ask.h"
#include "cli/commands.h"
#include "cli/run_filter.h"
#include "cli/view.h"

static int ask_retry(const struct cli *c, struct store *s, struct id id, struct err *e)
{
    struct run_ask ask;
    run_ask_init(&ask, id, RUN_REQUEST_RETRY);
    ask.take_newest = cli_option(c, "newest") != NULL;
    return store_exec(s, &ask.op, e);
}

static int retry_one(const struct cli *c, struct store *s, const char *text, struct err *e)
{
    enum view_kind kind;
    struct id id;
    if (view_find(s, text, &kind, &id, e) == -1) {
        return -1;
    }
    if (kind == VIEW_EVENT) {
        return err_set(e, ERR_CONFLICT, "%.60s is an event: `ladle replay` runs it again", text);
    }
    if (ask_retry(c, s, id, e) == -1) {
        return err_prefix(e, "%.60s", text);
    }
    return 0;
}

/* --- all of them --------------------------------------------------------------------------- */

struct id_list {
    struct id *ids;
    size_t count, cap;
};

static void keep_id(void *ud, const struct run_row *row)
{
    struct id_list *list = ud;
    if (list->count == list->cap) {
        list->cap = list->cap ? list->cap * 2 : 64;
        list->ids = xrealloc(list->ids, list->cap * sizeof *list->ids);
    }
    list->ids[list->count++] = row->id;
}

/* Asks for each; a run that changed its state meanwhile is passed over. */
static int retry_list(const struct cli *c, struct store *s, const struct id_list *list,
                      size_t *done, struct err *e)
{
    *done = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (ask_retry(c, s, list->ids[i], e) == 0) {
            (*done)++;
        } else if (e->kind != ERR_CONFLICT && e->kind != ERR_NOT_FOUND) {
            return -1;
        }
    }
    return 0;
}

static void print_count(const struct cli *c, size_t done)
{
    if (!c->is_json) {
        cli_print("%zu %s on from the failed step\n", done, done == 1 ? "run goes" : "runs go");
        return;
    }
    json_t *v = json_object();
    json_object_set_new(v, "ok", json_true());
    json_object_set_new(v, "runs", json_integer((json_int_t)done));
    cli_print_json(v);
    json_decref(v);
}

static int retry_all(struct cli *c, const struct run_filter *f)
{
    struct cli_project_store o;
    int code = cli_open(c, false, &o);
    if (code != CLI_OK) {
        return code;
    }
    struct id_list list = { .count = 0 };
    struct err e = ERR_INIT;
    size_t done = 0;
    if (run_filter_walk(f, o.store, keep_id, &list, &e) == -1 ||
        retry_list(c, o.store, &list, &done, &e) == -1) {
        code = cli_fail(c, &e);
    } else {
        print_count(c, done);
    }
    free(list.ids);
    cli_close(&o);
    return code;
}

static int run(struct cli *c)
{
    bool is_all = cli_option(c, "all") != NULL;
    if (is_all == (c->arg_count > 0)) {
        return cli_usage(c, is_all ? "--all and ids do not go together"
                                   : "which run? give an id, or --all");
    }
    if (!is_all) {
        return cli_option(c, "recipe") ? cli_usage(c, "--recipe goes with --all")
                                       : ask_each(c, "goes on from the failed step", retry_one);
    }
    struct run_filter f;
    if (run_filter_read(c, 1U << RUN_DEAD | 1U << RUN_PARKED, &f) == -1) {
        return CLI_USAGE;
    }
    f.limit = RUN_FILTER_MOST;
    return retry_all(c, &f);
}

static const struct option options[] = {
    { "newest", NULL,
      "go on with the newest version of the recipe, not with the one that it began on" },
    { "all", NULL, "every dead and every parked run" },
    { "recipe", "NAME", "with --all: only runs of this recipe" },
    { NULL, NULL, NULL },
};

const struct command cmd_retry = {
    .name = "retry",
    .args = "[ID…]",
    .args_min = 0,
    .args_max = -1,
    .summary = "Go on with a dead, parked or waiting run from its failed step",
    .help = "Steps that are done stay done and are not executed again. An id may be cut to its "
            "last 6 characters\n"
            "or more. The engine notices by itself; where none runs, the run goes on once one is "
            "started.",
    .options = options,
    .run = run,
    .is_quiet = true,
    .examples = "  ladle retry 0199f3a2-7c11-7d3e-8a54-3f1b2c4d5e6f\n"
                "  ladle retry --all --recipe contact-sync --newest",
};
