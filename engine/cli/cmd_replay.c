/* `ladle replay`: an event runs again from the start, in new runs of the recipes as they are now.
 * The event's row is marked as not matched yet; the engine does the rest. */
#include "cli/ask.h"
#include "cli/commands.h"
#include "cli/view.h"

/* The event that a run was made for. */
static int event_of_run(struct store *s, struct id *id, struct err *e)
{
    struct run_list *list = run_list_new();
    list->only = *id;
    list->limit = 1;
    int result = store_exec(s, &list->op, e);
    if (result == 0 && list->count == 0) {
        result = err_set(e, ERR_NOT_FOUND, "the run is gone");
    }
    if (result == 0) {
        *id = list->rows[0].event_id;
    }
    run_list_free(list);
    return result;
}

static int replay_one(const struct cli *c, struct store *s, const char *text, struct err *e)
{
    (void)c;
    enum view_kind kind;
    struct id id;
    if (view_find(s, text, &kind, &id, e) == -1) {
        return -1;
    }
    if (kind == VIEW_RUN && event_of_run(s, &id, e) == -1) {
        return -1;
    }
    struct event_replay replay;
    event_replay_init(&replay, id);
    return store_exec(s, &replay.op, e) == -1 ? err_prefix(e, "%.60s", text) : 0;
}

static int run_replay(struct cli *c)
{
    return ask_each(c, "runs again", replay_one);
}

const struct command cmd_replay = {
    .name = "replay",
    .args = "ID…",
    .args_min = 1,
    .args_max = -1,
    .summary = "Run an event again from the start, in new runs",
    .help =
        "The id is an event's, or a run's: then its event is meant. Every recipe that the "
        "event fits starts a\n"
        "new run on its newest version, and steps that an earlier run did are done again: "
        "where that would\n"
        "do something twice, `ladle retry` is what you want.",
    .run = run_replay,
    .is_quiet = true,
    .examples =
        "  ladle replay 0199f3a2-7c11-7d3e-8a54-3f1b2c4d5e6f\n"
        "  ladle replay 4d5e6f a1b2c3",
};
