/* `ladle show`: one event or one run, with every step, try, wait and reason, built from the rows of
 * the store. JSON is made first; the text is a rendering of the same values (show_text.c). */
#include <string.h>

#include "cli/commands.h"
#include "cli/outlook.h"
#include "cli/show_text.h"
#include "cli/view.h"

enum { RUNS_MAX = 1000 };

/* --- collecting --- */

static json_t *load_run(struct store *s, struct id id, struct err *e)
{
    struct run_list *list = run_list_new();
    list->only = id;
    list->limit = 1;
    json_t *v = NULL;
    if (store_exec(s, &list->op, e) == 0 && list->count == 1) {
        v = view_run(&list->rows[0]);
        json_object_set_new(v, "version",
                            list->rows[0].version != NULL ? json_string(list->rows[0].version)
                                                          : json_null());
        json_object_set_new(v, "steps", view_steps(list->journal, list->journal_count));
        view_add_place(v, list->journal, list->journal_count);
        outlook_add(v, &list->rows[0]);
    }
    run_list_free(list);
    return v;
}

static json_t *runs_of_event(struct store *s, struct id event_id, struct err *e)
{
    struct run_list *list = run_list_new();
    list->event_id = event_id;
    list->limit = RUNS_MAX;
    json_t *runs = NULL;
    if (store_exec(s, &list->op, e) == 0) {
        runs = json_array();
        for (size_t i = 0; i < list->count; i++) {
            json_array_append_new(runs, view_run(&list->rows[i]));
        }
    }
    run_list_free(list);
    return runs;
}

static json_t *load_event(struct store *s, struct id id, struct err *e)
{
    struct event_list *list = event_list_new();
    list->only = id;
    list->limit = 1;
    list->with_payload = true;
    json_t *v = NULL;
    if (store_exec(s, &list->op, e) == 0 && list->count == 1) {
        const struct event_row *row = &list->rows[0];
        v = view_event(row);
        json_object_set_new(v, "replays", json_integer(row->replay));
        json_object_set_new(v, "is_routed", json_boolean(row->is_routed));
        json_object_set_new(
            v, "headers",
            view_value(row->headers, row->headers != NULL ? strlen(row->headers) : 0));
        json_object_set_new(v, "payload", view_value(row->payload, row->payload_len));
        json_t *runs = runs_of_event(s, id, e);
        json_object_set_new(v, "started", runs != NULL ? runs : json_array());
    }
    event_list_free(list);
    return v;
}

/* --- command --- */

static int show_id(const struct cli *c, struct store *s)
{
    enum view_kind kind;
    struct id id;
    struct err e = ERR_INIT;
    if (view_find(s, c->args[0], &kind, &id, &e) == -1) {
        return cli_fail(c, &e);
    }
    json_t *v = kind == VIEW_RUN ? load_run(s, id, &e) : load_event(s, id, &e);
    if (v == NULL) {
        return cli_fail(c, &e);
    }
    if (c->is_json) {
        cli_print_json(v);
    } else if (kind == VIEW_RUN) {
        show_text_run(c, v, cli_option(c, "full") != NULL);
    } else {
        show_text_event(c, v, cli_option(c, "full") != NULL);
    }
    json_decref(v);
    return CLI_OK;
}

static int run_show(struct cli *c)
{
    struct cli_project_store o;
    int code = cli_open(c, true, &o);
    if (code != CLI_OK) {
        return code;
    }
    code = show_id(c, o.store);
    cli_close(&o);
    return code;
}

static const struct option options[] = {
    { "full", NULL, "cut and fold nothing" },
    { NULL, NULL, NULL },
};

const struct command cmd_show = {
    .name = "show",
    .args = "ID",
    .args_min = 1,
    .args_max = 1,
    .summary = "One event or run: every step, try, wait and reason",
    .help =
        "The id may be cut to a beginning or an end that no other has, of 4 characters or more; "
        "where several have\n"
        "it, they are listed. A step's calls, items and nested steps are its effects; what a call "
        "was given and what\n"
        "it answered stand as they were journalled, with secrets blotted out. A run that waits "
        "says "
        "for what and\n"
        "until when; one that is parked says what is known and what to do.\n"
        "On a terminal a value takes one line, and of many calls and items those that are not done "
        "come first and\n"
        "the others are counted: --full tells all.\n"
        "--json: the run with steps[] {name state attempts started_at ended_at due_at input "
        "output error effects},\n"
        "waits[] {step for event match until}, unknown[] {step sent_at input error} and "
        "advice[]; the error\n"
        "of the run and of a step has file and line, where in the recipe it stands. Or the event "
        "with headers,\n"
        "payload and the runs that it started.",
    .options = options,
    .run = run_show,
    .is_quiet = true,
    .examples =
        "  ladle show 0199f3a2-7c11-7d3e-8a54-3f1b2c4d5e6f\n"
        "  ladle show 4d5e6f --json",
};
