/* `ladle retry`: dead, parked or waiting runs go on from the step that failed. Rows are changed,
 * for many in batches of one transaction each; whichever engine works on this store takes the runs
 * up when they are due. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/plural.h"
#include "cli/ask.h"
#include "cli/causes.h"
#include "cli/commands.h"
#include "cli/confirm.h"
#include "cli/view.h"
#include "format/date.h"
#include "format/duration.h"

enum { BATCH = 500, RATE_MAX = 1000, GROUP_MAX = 1000000000, WHEN_TEXT = 40 };
static const int64_t SECOND_US = 1000000;

/* --- by id --- */

/* What a waiting run waits for. */
struct waits {
    bool has_retry;   /* another try of a step that failed */
    char *step;       /* the first that waits for a time or an event, or NULL */
    bool is_event;    /* for an event */
    int64_t until_us; /* of it, else of the try */
};

static void note_wait(struct waits *w, const struct journal_row *row)
{
    bool is_retry = row->error != NULL;
    w->has_retry = w->has_retry || is_retry;
    if (w->step == NULL && (!is_retry || w->until_us == 0)) {
        w->until_us = row->due_us;
    }
    if (w->step == NULL && !is_retry) {
        json_t *input = view_value(row->input, row->input != NULL ? strlen(row->input) : 0);
        w->step = xstrdup(row->path);
        w->is_event = json_get_text(input, "event") != NULL;
        json_decref(input);
    }
}

/* 1 where the run waits, 0, or -1. */
static int read_waits(struct store *s, struct id id, struct waits *w, struct err *e)
{
    struct run_list *list = run_list_new();
    list->only = id;
    list->limit = 1;
    int rc = store_exec(s, &list->op, e);
    if (rc == 0 && list->count == 1 && list->rows[0].state == RUN_WAITING) {
        rc = 1;
        for (size_t i = 0; i < list->journal_count; i++) {
            if (list->journal[i].state == JOURNAL_WAITING) {
                note_wait(w, &list->journal[i]);
            }
        }
    }
    run_list_free(list);
    return rc;
}

/* "pause waits until 2026-… (in 2 d)"; yours. */
static char *describe_waits(const struct waits *w)
{
    char until[DATE_TEXT], ahead[WHEN_TEXT];
    date_format(w->until_us, until);
    cli_ago(w->until_us, ahead, sizeof ahead);
    return xasprintf("%s %s until %s (%s)", w->step != NULL ? w->step : "the next try",
                     w->is_event ? "waits for an event" : "waits", until, ahead);
}

/* Asks whether to go on now: 0 and *skip, 1: no, or -1. In a pipe what waits for another try just
 * goes on, as that is what was asked for; a wait of the recipe is skipped on demand only. */
static int decide_wait(const struct cli *c, const char *text, const struct waits *w, bool *skip,
                       struct err *e)
{
    bool can_ask = confirm_can_ask(c);
    if (!can_ask && w->has_retry) {
        return 0;
    }
    char *waiting = describe_waits(w);
    int rc = 0;
    if (can_ask) {
        char *question = xasprintf("%s: %s. %s?", text, waiting,
                                   w->step != NULL ? "Skip the wait" : "Try again now");
        *skip = confirm(question);
        rc = *skip ? 0 : 1;
        cli_print("%s", *skip ? "" : "left as it is\n");
        free(question);
    } else {
        rc = err_set(e, ERR_CONFLICT, "%s: %s; `ladle retry %s --now` skips the wait", text,
                     waiting, text);
    }
    free(waiting);
    return rc;
}

/* A run that waits goes on by itself: is it to go on now? As decide_wait. */
static int check_waits(const struct cli *c, struct store *s, const char *text, struct id id,
                       bool *skip, struct err *e)
{
    struct waits w = { .step = NULL };
    *skip = cli_option(c, "now") != NULL;
    int rc = read_waits(s, id, &w, e);
    if (rc == 1) {
        rc = *skip ? 0 : decide_wait(c, text, &w, skip, e);
    }
    free(w.step);
    return rc;
}

static int retry_one(const struct cli *c, struct store *s, const char *text, struct err *e)
{
    struct id id;
    bool skip;
    if (view_find_run(s, text, "`ladle replay` runs it again", &id, e) == -1) {
        return -1;
    }
    int rc = check_waits(c, s, text, id, &skip, e);
    if (rc != 0) {
        return rc;
    }
    struct run_ask ask;
    run_ask_init(&ask, id, RUN_REQUEST_RETRY);
    ask.take_newest = cli_option(c, "newest") != NULL;
    ask.skip_waits = skip;
    return store_exec(s, &ask.op, e) == -1 ? err_prefix(e, "%.60s", text) : 0;
}

/* --- many --- */

struct many {
    const struct cli *c;
    int64_t group; /* 0: all */
    int64_t rate;  /* a second; 0: at once */
    struct run_ask_many ask;
    const struct cause *cause; /* of the group, or NULL */
    int64_t left;              /* of the runs that there were when the command began */
    int64_t count;
    int64_t first_us;
};

/* Batch by batch. What a batch did stays done where a later one fails. Ends once as many runs as
 * there were at first went on: those that an engine has begun meanwhile may be dead again. */
static int ask_batches(struct many *m, struct store *s, struct err *e)
{
    m->ask.spacing_us = m->rate > 0 ? SECOND_US / m->rate : 0;
    m->ask.take_newest = cli_option(m->c, "newest") != NULL;
    m->ask.first_due_us = m->first_us;
    bool is_more = m->left > 0;
    while (is_more) {
        m->ask.limit = m->left < BATCH ? (int)m->left : BATCH;
        if (store_exec(s, &m->ask.op, e) == -1) {
            return -1;
        }
        m->count += m->ask.count;
        m->left -= m->ask.count;
        m->ask.first_due_us = m->ask.next_due_us;
        is_more = m->left > 0 && m->ask.count == m->ask.limit;
    }
    return 0;
}

static void choose_all(struct many *m, const struct causes *all)
{
    for (int i = 1; i <= causes_count(all); i++) {
        m->left += (int64_t)causes_get(all, i)->count;
    }
}

static int choose_group(struct many *m, const struct causes *all, struct err *e)
{
    m->cause = causes_get(all, (int)m->group);
    if (m->cause == NULL) {
        return err_set(e, ERR_NOT_FOUND, "there is no group %lld: `ladle dead` numbers %d",
                       (long long)m->group, causes_count(all));
    }
    m->left = (int64_t)m->cause->total;
    m->ask.states = 1U << m->cause->example.state;
    m->ask.recipe = m->cause->example.recipe;
    m->ask.kind = m->cause->example.err.kind;
    m->ask.message = m->cause->example.err.message;
    return 0;
}

static void print_retried_json(const struct many *m)
{
    json_t *v = json_object();
    json_object_set_new(v, "ok", json_true());
    json_object_set_new(v, "runs", json_integer(m->count));
    if (m->cause != NULL) {
        const struct run_row *example = &m->cause->example;
        json_t *group = json_object();
        json_object_set_new(group, "number", json_integer(m->cause->number));
        json_object_set_new(group, "recipe", json_string(example->recipe));
        json_object_set_new(group, "kind", json_string(err_kind_name(example->err.kind)));
        json_object_set_new(group, "message", json_string(example->err.message));
        json_object_set_new(v, "group", group);
    }
    cli_print_json(v);
    json_decref(v);
}

static void print_many(const struct many *m)
{
    if (m->cause != NULL) {
        cli_print("group %d, %s: %s\n", m->cause->number, m->cause->example.recipe,
                  m->cause->example.err.message);
    }
    cli_print("%lld %s on from the failed step", (long long)m->count,
              plural(m->count, "run goes", "runs go"));
    if (m->count > 1 && m->rate > 0) {
        char span[64];
        duration_format((m->count - 1) * m->ask.spacing_us, span, sizeof span);
        cli_print(", the last one in %s", span);
    }
    cli_print("\n");
}

static int retry_many(struct many *m, struct store *s, const struct causes *causes)
{
    struct err e = ERR_INIT;
    if (m->group == 0) {
        choose_all(m, causes);
    } else if (choose_group(m, causes, &e) == -1) {
        return cli_fail(m->c, &e);
    }
    if (ask_batches(m, s, &e) == -1) {
        return cli_fail(m->c, &e);
    }
    if (m->c->is_json) {
        print_retried_json(m);
    } else {
        print_many(m);
    }
    return CLI_OK;
}

static int retry_from(struct many *m, struct store *s)
{
    struct err e = ERR_INIT;
    struct run_filter f = { .recipe = m->ask.recipe, .limit = INT64_MAX };
    struct causes *causes = causes_read(s, &f, &e);
    if (causes == NULL) {
        return cli_fail(m->c, &e);
    }
    int code = retry_many(m, s, causes);
    causes_free(causes);
    return code;
}

/* --- command --- */

static int check_words(const struct cli *c)
{
    bool is_all = cli_option(c, "all"), is_group = cli_option(c, "group");
    if (is_all + is_group + (c->arg_count > 0) != 1) {
        return cli_usage(c, "which runs? give ids, or --group N, or --all");
    }
    if (cli_option(c, "recipe") != NULL && !is_all) {
        return cli_usage(c, "--recipe goes with --all");
    }
    if (cli_option(c, "rate") != NULL && !is_all && !is_group) {
        return cli_usage(c, "--rate goes with --group or --all");
    }
    if (cli_option(c, "now") != NULL && (is_all || is_group)) {
        return cli_usage(c, "--now goes with ids: runs of --group and --all do not wait");
    }
    return CLI_OK;
}

static int run_retry(struct cli *c)
{
    struct many m = { .c = c, .first_us = clock_wall_us() };
    if (check_words(c) != CLI_OK || cli_number(c, "group", 1, GROUP_MAX, &m.group) == -1 ||
        cli_number(c, "rate", 1, RATE_MAX, &m.rate) == -1) {
        return CLI_USAGE;
    }
    if (c->arg_count > 0) {
        return ask_each(c, "goes on from the failed step", retry_one);
    }
    struct cli_project_store o;
    int code = cli_open(c, false, &o);
    if (code != CLI_OK) {
        return code;
    }
    run_ask_many_init(&m.ask);
    m.ask.recipe = cli_option(c, "recipe");
    code = retry_from(&m, o.store);
    cli_close(&o);
    return code;
}

static const struct option options[] = {
    { "now", NULL, "a run that waits goes on now: the wait is skipped, or its next try made" },
    { "newest", NULL,
      "go on with the newest version of the recipe, not with the one that it began on" },
    { "group", "N", "every run of this group of `ladle dead`" },
    { "all", NULL, "every dead and every parked run" },
    { "recipe", "NAME", "with --all: only runs of this recipe" },
    { "rate", "N",
      "with --group or --all: begin N runs a second, the oldest first; at once if not "
      "given" },
    { NULL, NULL, NULL },
};

const struct command cmd_retry = {
    .name = "retry",
    .args = "[ID…]",
    .args_min = 0,
    .args_max = -1,
    .summary = "Go on with a dead, parked or waiting run from its failed step",
    .help =
        "Steps that are done stay done and are not executed again; what failed has all of "
        "its tries again.\n"
        "An id may be cut to a beginning or an end that no other run has. The engine notices by "
        "itself; where none\n"
        "runs, the run goes on once one is started. A run that waits goes on by itself: on a "
        "terminal you are\n"
        "asked whether to skip the wait, --now says so. What waits for an event then goes on as "
        "when its time is\n"
        "over. Without ids, --group or --all: --rate keeps many runs from flooding a service "
        "that has just\n"
        "come back.",
    .options = options,
    .run = run_retry,
    .is_quiet = true,
    .examples =
        "  ladle retry 0199f3a2-7c11-7d3e-8a54-3f1b2c4d5e6f\n"
        "  ladle retry --group 1 --rate 5\n"
        "  ladle retry --all --recipe contact-sync --newest",
};
