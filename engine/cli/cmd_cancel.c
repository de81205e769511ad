/* `ladle cancel`: a run that has not ended ends now. Only its row is changed; the engine that holds
 * it notices, closes what is in flight and lets the next run of its key go. */
#include "cli/ask.h"
#include "cli/commands.h"
#include "cli/view.h"
#include "store/run.h"

static int cancel_one(const struct cli *c, struct store *s, const char *text, struct err *e)
{
    (void)c;
    struct id id;
    if (view_find_run(s, text, "`ladle show` lists the runs that it started", &id, e) == -1) {
        return -1;
    }
    struct run_ask ask;
    run_ask_init(&ask, id, RUN_REQUEST_CANCEL);
    return store_exec(s, &ask.op, e) == -1 ? err_prefix(e, "%.60s", text) : 0;
}

static int run_cancel(struct cli *c)
{
    return ask_each(c, "cancelled", cancel_one);
}

const struct command cmd_cancel = {
    .name = "cancel",
    .args = "RUN…",
    .args_min = 1,
    .args_max = -1,
    .summary = "End a run that has not ended, whatever it waits for",
    .help =
        "A run that is queued, waiting or parked ends at once. One that is running is closed "
        "by the engine\n"
        "within a second: the call that it is in is cut off, and may have taken effect. What "
        "steps have done\n"
        "stays done. The next run of the same key goes on. An id may be cut to a "
        "beginning or an\n"
        "end that no other run has.",
    .run = run_cancel,
    .is_quiet = true,
    .examples =
        "  ladle cancel 0199f3a2-7c11-7d3e-8a54-3f1b2c4d5e6f\n"
        "  ladle cancel 4d5e6f a1b2c3",
};
