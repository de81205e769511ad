/* `ladle show`: one event or one run, with every step, try, wait and reason, built from the rows of
 * the store. JSON is made first; the text for the terminal is a rendering of the same values, so
 * that both say the same. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "cli/commands.h"
#include "cli/outlook.h"
#include "cli/view.h"

enum { RUNS_MAX = 1000, VALUE_MAX = 400 };

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

/* --- text --- */

/* Prints without control characters, so that nothing from outside moves the cursor. */
static void print_clean(const char *text, size_t len)
{
    char *copy = xstrndup(text, len);
    for (char *at = copy; *at; at++) {
        if ((unsigned char)*at < 0x20 || *at == 0x7f) {
            *at = ' ';
        }
    }
    cli_print("%s", copy);
    free(copy);
}

static void print_field(const char *indent, const char *name, const json_t *v)
{
    if (v == NULL || json_is_null(v)) {
        return;
    }
    cli_print("%s%-12s ", indent, name);
    if (json_is_string(v)) {
        print_clean(json_string_value(v), json_string_length(v));
    } else {
        size_t len;
        char *text = json_text(v, &len);
        print_clean(text, utf8_cut(text, len, VALUE_MAX));
        cli_print("%s", len > VALUE_MAX ? "… (--json shows all)" : "");
        free(text);
    }
    cli_print("\n");
}

static void print_fields(const char *indent, const json_t *v, const char *const *names)
{
    for (size_t i = 0; names[i] != NULL; i++) {
        print_field(indent, names[i], json_object_get(v, names[i]));
    }
}

/* "tried  2026-…  unavailable: the service answered 503", for each try that failed before. */
static void print_tries(const char *indent, const json_t *tries)
{
    size_t i;
    json_t *one;
    json_array_foreach ((json_t *)tries, i, one) {
        const char *at = json_get_text(one, "at"), *kind = json_get_text(one, "kind");
        const char *message = json_get_text(one, "message");
        cli_print("%s%-12s %s  %s: ", indent, "tried", at != NULL ? at : "",
                  kind != NULL ? kind : "");
        print_clean(message != NULL ? message : "", message != NULL ? strlen(message) : 0);
        cli_print("\n");
    }
}

static void print_step(const json_t *step, bool is_effect)
{
    static const char *const fields[] = { "input", "output", "error", NULL };
    const char *started = json_get_text(step, "started_at"),
               *ended = json_get_text(step, "ended_at"), *due = json_get_text(step, "due_at");
    cli_print("%s%s  %s  tries %lld", is_effect ? "    " : "  ", json_get_text(step, "name"),
              json_get_text(step, "state"), (long long)json_get_int(step, "attempts", 0));
    cli_print("  %s%s%s%s\n", started != NULL ? started : "",
              due != NULL || ended != NULL ? " – " : "", due != NULL ? "until " : "",
              due != NULL     ? due
              : ended != NULL ? ended
                              : "");
    const char *indent = is_effect ? "      " : "    ";
    print_fields(indent, step, fields);
    print_tries(indent, json_object_get(step, "tries"));
}

static void print_steps(const json_t *steps)
{
    size_t i, k;
    json_t *step, *effect;
    cli_print("steps\n");
    json_array_foreach (steps, i, step) {
        print_step(step, false);
        json_array_foreach (json_object_get(step, "effects"), k, effect) {
            print_step(effect, true);
        }
    }
}

/* "nudge: crm.appointment_created {"contactId":"c1"}, until 2026-…" */
static void print_wait(const json_t *wait)
{
    const char *event = json_get_text(wait, "event"), *until = json_get_text(wait, "until");
    const char *what = json_get_text(wait, "for");
    cli_print("  %s: ", json_get_text(wait, "step"));
    if (event != NULL) {
        size_t len;
        char *match = json_text(json_object_get(wait, "match"), &len);
        cli_print("for %s ", event);
        print_clean(match, utf8_cut(match, len, VALUE_MAX));
        free(match);
    } else {
        cli_print("%s", strcmp(what, "retry") == 0 ? "for another try" : "for a time");
    }
    cli_print("%s%s\n", until != NULL ? ", until " : "", until != NULL ? until : "");
}

static void print_outlook(const json_t *v)
{
    size_t i;
    json_t *item;
    json_t *waits = json_object_get(v, "waits"), *advice = json_object_get(v, "advice");
    cli_print("%s", json_array_size(waits) > 0 ? "waits\n" : "");
    json_array_foreach (waits, i, item) {
        print_wait(item);
    }
    cli_print("%s", json_array_size(advice) > 0 ? "what to do\n" : "");
    json_array_foreach (advice, i, item) {
        cli_print("  %s\n", json_string_value(item));
    }
}

static void print_run(const json_t *v)
{
    static const char *const fields[] = { "event_id", "key",    "state",      "attempts",
                                          "step",     "due_at", "created_at", "updated_at",
                                          "version",  NULL };
    cli_print("run %s of %s\n", json_get_text(v, "id"), json_get_text(v, "recipe"));
    print_fields("  ", v, fields);
    json_t *problem = json_object_get(v, "error");
    if (json_is_object(problem)) {
        print_field("  ", "error", json_object_get(problem, "kind"));
        print_field("  ", "", json_object_get(problem, "message"));
    }
    print_steps(json_object_get(v, "steps"));
    print_outlook(v);
}

static void print_event(const json_t *v)
{
    static const char *const fields[] = { "connection",   "type", "key",     "received_at",
                                          "duplicate_of", "note", "replays", "headers",
                                          "payload",      NULL };
    cli_print("event %s\n", json_get_text(v, "id"));
    print_fields("  ", v, fields);
    cli_print("runs\n");
    size_t i;
    json_t *row;
    json_array_foreach (json_object_get(v, "started"), i, row) {
        cli_print("  %s  %s  %s\n", json_get_text(row, "id"), json_get_text(row, "recipe"),
                  json_get_text(row, "state"));
    }
    if (!json_get_bool(v, "is_routed", true)) {
        cli_print("  no engine has matched it with the recipes yet\n");
    }
}

/* --- command --- */

static int show(const struct cli *c, struct store *s)
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
        print_run(v);
    } else {
        print_event(v);
    }
    json_decref(v);
    return CLI_OK;
}

static int run(struct cli *c)
{
    struct cli_project_store o;
    int code = cli_open(c, true, &o);
    if (code != CLI_OK) {
        return code;
    }
    code = show(c, o.store);
    cli_close(&o);
    return code;
}

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
        "was given and what it answered stand as they were journalled, "
        "with secrets blotted\n"
        "out. A run that waits says for what and until when; one that is parked says what is "
        "known and what to do.\n"
        "--json: the run with steps[] {name state attempts started_at ended_at due_at input "
        "output error effects},\n"
        "waits[] {step for event match until}, unknown[] {step sent_at input error} and "
        "advice[]; or the event\n"
        "with headers, payload and the runs that it started.",
    .run = run,
    .is_quiet = true,
    .examples =
        "  ladle show 0199f3a2-7c11-7d3e-8a54-3f1b2c4d5e6f\n"
        "  ladle show 4d5e6f --json",
};
