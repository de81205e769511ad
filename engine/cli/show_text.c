/* Renders the JSON of `ladle show` as text, so that both say the same. The sheet knows where the
 * text goes and whether anything was cut; nothing else is kept. */
#include "cli/show_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/plural.h"
#include "base/utf8.h"
#include "cli/columns.h"
#include "format/date.h"
#include "format/duration.h"
#include "store/run.h"

enum {
    VALUE_MAX = 400, /* bytes of a value in a pipe */
    LABEL = 13,      /* columns of a field's name */
    DETAILED = 4,    /* effects of a step that are told in full */
    SHOWN = 5,       /* of more than that: so many in a line each */
    MESSAGE_LINES = 3,
    INDENT_MAX = 8,
    SPAN_TEXT = 64,
};

struct sheet {
    bool is_cut;  /* lines are cut to `width`: a terminal, and not all is asked for */
    bool is_full; /* no value is cut */
    size_t width;
    bool has_cut; /* something was left out */
};

static struct sheet sheet_of(const struct cli *c, bool is_full)
{
    return (struct sheet){ .is_cut = c->is_terminal && !is_full,
                           .is_full = is_full,
                           .width = c->is_terminal ? columns_window() : 0 };
}

/* --- lines --- */

/* One line, cut to the window. */
static void put_sheet_line(struct sheet *s, const char *text)
{
    char *clean = columns_clean(text);
    if (!s->is_cut || columns_of(clean) <= s->width) {
        cli_print("%s\n", clean);
    } else {
        size_t used;
        (void)columns_put(clean, s->width - 1, &used);
        cli_print("…\n");
        s->has_cut = true;
    }
    free(clean);
}

__attribute__((format(printf, 2, 3))) static void say(struct sheet *s, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *text = NULL;
    if (vasprintf(&text, fmt, args) == -1) {
        abort(); /* our own lack of memory, as in mem.c */
    }
    va_end(args);
    put_sheet_line(s, text);
    free(text);
}

/* A label and words of any length, in up to three lines on a terminal. */
static void put_wrapped(struct sheet *s, const char *indent, const char *label, const char *text)
{
    char *clean = columns_clean(text);
    const char *at = clean;
    size_t room = s->width > strlen(indent) + LABEL ? s->width - strlen(indent) - LABEL : 1;
    for (int line = 1; line == 1 || *at != '\0'; line++) {
        bool is_last = !s->is_cut || line == MESSAGE_LINES;
        size_t len = is_last ? strlen(at) : columns_line(at, room);
        char *part = xstrndup(at, len);
        say(s, "%s%-12s %s", indent, line == 1 ? label : "", part);
        free(part);
        at += len;
        at += strspn(at, " ");
    }
    free(clean);
}

/* --- fields --- */

/* What a value is as text; yours. */
static char *value_text(struct sheet *s, const json_t *v)
{
    size_t len;
    char *text = json_text(v, &len);
    if (s->is_full || s->is_cut || len <= VALUE_MAX) {
        return text;
    }
    char *part = xasprintf("%.*s… (--full shows all)", (int)utf8_cut(text, len, VALUE_MAX), text);
    free(text);
    return part;
}

static void put_sheet_field(struct sheet *s, const char *indent, const char *name, const json_t *v)
{
    if (v == NULL || json_is_null(v)) {
        return;
    }
    char *text = json_is_string(v) ? xstrndup(json_string_value(v), json_string_length(v))
                                   : value_text(s, v);
    say(s, "%s%-12s %s", indent, name, text);
    free(text);
}

static void put_sheet_fields(struct sheet *s, const char *indent, const json_t *v,
                             const char *const *names)
{
    for (size_t i = 0; names[i] != NULL; i++) {
        put_sheet_field(s, indent, names[i], json_object_get(v, names[i]));
    }
}

/* "invalid: create_task was answered 400"; yours. NULL where there is no error. */
static char *error_words(const json_t *error)
{
    const char *kind = json_get_text(error, "kind"), *message = json_get_text(error, "message");
    return json_is_object(error) && kind != NULL
               ? xasprintf("%s: %s", kind, message != NULL ? message : "")
               : NULL;
}

/* An error of a step: for people its words, in a pipe all of it. */
static void put_error(struct sheet *s, const char *indent, const json_t *error)
{
    char *words = s->is_cut ? error_words(error) : NULL;
    if (words != NULL) {
        put_wrapped(s, indent, "error", words);
    } else {
        put_sheet_field(s, indent, "error", error);
    }
    free(words);
}

/* --- steps --- */

/* "looked  2026-…  its effect is not there yet", for each look for an effect of unknown outcome. */
static void put_looks(struct sheet *s, const char *indent, const json_t *error)
{
    size_t i;
    json_t *one;
    json_array_foreach (json_object_get(error, "looks"), i, one) {
        const char *at = json_get_text(one, "at"), *found = json_get_text(one, "found");
        say(s, "%s%-12s %s  %s", indent, "looked", at != NULL ? at : "",
            found != NULL ? found : "");
    }
}

/* "tried  2026-…  unavailable: the service answered 503", for each try that failed before. */
static void put_tries(struct sheet *s, const char *indent, const json_t *tries)
{
    size_t i;
    json_t *one;
    json_array_foreach ((json_t *)tries, i, one) {
        const char *at = json_get_text(one, "at"), *kind = json_get_text(one, "kind");
        const char *message = json_get_text(one, "message");
        say(s, "%s%-12s %s  %s: %s", indent, "tried", at != NULL ? at : "",
            kind != NULL ? kind : "", message != NULL ? message : "");
        put_looks(s, indent, one);
    }
}

/* How long it took, "5 s"; "" where it has not ended. */
static void took(const char *started, const char *ended, char out[SPAN_TEXT])
{
    int64_t from, to;
    out[0] = '\0';
    if (started != NULL && ended != NULL &&
        date_parse(started, strlen(started), NULL, &from, NULL) == 0 &&
        date_parse(ended, strlen(ended), NULL, &to, NULL) == 0) {
        duration_format(to - from, out, SPAN_TEXT);
    }
}

static void put_head(struct sheet *s, const json_t *step, const char *indent)
{
    const char *started = json_get_text(step, "started_at"), *due = json_get_text(step, "due_at");
    const char *ended = json_get_text(step, "ended_at");
    const char *until = due != NULL ? due : ended;
    const char *name = json_get_text(step, "name"), *state = json_get_text(step, "state");
    long long tries = json_get_int(step, "attempts", 0);
    started = started != NULL ? started : "";
    if (!s->is_cut || due != NULL) {
        say(s, "%s%s  %s  tries %lld  %s%s%s%s", indent, name, state, tries, started,
            until != NULL ? " – " : "", due != NULL ? "until " : "", until != NULL ? until : "");
        return;
    }
    char span[SPAN_TEXT];
    took(started, ended, span);
    say(s, "%s%s  %s  tries %lld  %.19s%s%s%s", indent, name, state, tries, started,
        *started != '\0' ? "Z" : "", *span != '\0' ? ", " : "", span);
}

static void put_step_lines(struct sheet *s, const json_t *step, const char *indent)
{
    static const char *const fields[] = { "input", "output", NULL };
    char below[INDENT_MAX + 3];
    (void)snprintf(below, sizeof below, "%s  ", indent); /* ours are short */
    put_head(s, step, indent);
    put_sheet_fields(s, below, step, fields);
    put_error(s, below, json_object_get(step, "error"));
    put_tries(s, below, json_object_get(step, "tries"));
    put_looks(s, below, json_object_get(step, "error"));
}

static bool is_step_in(const json_t *step, enum journal_state state)
{
    const char *name = json_get_text(step, "state");
    return name != NULL && strcmp(name, journal_state_name(state)) == 0;
}

/* Those of one state in a line each, as long as *room; how many there are. */
static size_t put_brief(struct sheet *s, const json_t *effects, enum journal_state state,
                        size_t *room)
{
    size_t i, count = 0;
    json_t *one;
    json_array_foreach ((json_t *)effects, i, one) {
        if (!is_step_in(one, state)) {
            continue;
        }
        count++;
        if (*room > 0) {
            char *words = error_words(json_object_get(one, "error"));
            say(s, "    %s  %s%s%s", json_get_text(one, "name"), json_get_text(one, "state"),
                words != NULL ? "  " : "", words != NULL ? words : "");
            free(words);
            (*room)--;
        }
    }
    return count;
}

/* Failed ones first, then what nobody knows, then what waits; those that are done are counted. */
static void put_folded(struct sheet *s, const json_t *effects)
{
    static const enum journal_state order[] = { JOURNAL_FAILED, JOURNAL_STARTED, JOURNAL_WAITING };
    size_t room = SHOWN, open = 0, all = json_array_size(effects);
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        open += put_brief(s, effects, order[i], &room);
    }
    size_t hidden = open - (SHOWN - room), done = all - open;
    s->has_cut = true;
    if (open == 0) {
        say(s, "    %zu calls and items, all done", all);
    } else if (hidden > 0) {
        say(s, "    and %zu more like these; %zu %s done", hidden, done,
            plural((int64_t)done, "is", "are"));
    } else {
        say(s, "    and %zu that %s done", done, plural((int64_t)done, "is", "are"));
    }
}

static void put_steps(struct sheet *s, const json_t *steps)
{
    size_t i, k;
    json_t *step, *effect;
    cli_print("steps\n");
    json_array_foreach ((json_t *)steps, i, step) {
        json_t *effects = json_object_get(step, "effects");
        put_step_lines(s, step, "  ");
        if (s->is_cut && json_array_size(effects) > DETAILED) {
            put_folded(s, effects);
            continue;
        }
        json_array_foreach (effects, k, effect) {
            put_step_lines(s, effect, "    ");
        }
    }
}

/* --- what it waits for, and what to do --- */

/* A wait before the first step is for what the event lacks. "nudge: for crm.appointment_created {"contactId":"c1"}, until 2026-…" */
static void put_wait(struct sheet *s, const json_t *wait)
{
    const char *event = json_get_text(wait, "event"), *until = json_get_text(wait, "until");
    const char *what = json_get_text(wait, "for");
    char *match = event != NULL ? value_text(s, json_object_get(wait, "match")) : NULL;
    const char *step = json_get_text(wait, "step");
    bool is_retry = strcmp(what, "retry") == 0, is_turn = strcmp(what, "turn") == 0;
    bool is_look = strcmp(what, "look") == 0;
    say(s, "  %s: %s%s%s%s%s%s", step != NULL ? step : "the event",
        event != NULL ? "for "
        : is_retry    ? "for another try"
        : is_turn     ? "for its turn"
        : is_look     ? "for the effect of its call to show"
                      : "for a time",
        event != NULL ? event : "", event != NULL ? " " : "", match != NULL ? match : "",
        until == NULL ? ""
        : is_turn     ? ", not before "
                      : ", until ",
        until != NULL ? until : "");
    free(match);
}

/* On a terminal the end of an id stands for all of it, so that a command is no longer than a line.
 * Yours. */
static char *shorten_id(const char *text, const char *id)
{
    const char *at = strstr(text, id);
    return at == NULL ? xstrdup(text)
                      : xasprintf("%.*s%s", (int)(at - text), text, at + ID_TEXT - ID_SHORT);
}

/* Bytes of the text that go on a line: up to a blank that stands outside of a command, as a command
 * that is torn apart cannot be copied. */
static size_t advice_line(const char *text, size_t width)
{
    size_t len = columns_line(text, width);
    bool is_command = false;
    size_t blank = 0;
    for (size_t i = 0; text[len] != '\0' && i <= len; i++) {
        is_command ^= text[i] == '`';
        blank = text[i] == ' ' && !is_command ? i : blank;
    }
    return text[len] == '\0' || blank == 0 ? strlen(text) : blank;
}

static void put_advice(const struct sheet *s, const char *text)
{
    const char *indent = "  ";
    while (*text != '\0') {
        size_t len = s->is_cut ? advice_line(text, s->width - strlen(indent)) : strlen(text);
        cli_print("%s%.*s\n", indent, (int)len, text);
        text += len;
        text += strspn(text, " ");
        indent = "    ";
    }
}

static void put_outlook(struct sheet *s, const json_t *v)
{
    size_t i;
    json_t *item;
    json_t *waits = json_object_get(v, "waits"), *advice = json_object_get(v, "advice");
    cli_print("%s", json_array_size(waits) > 0 ? "waits\n" : "");
    json_array_foreach (waits, i, item) {
        put_wait(s, item);
    }
    cli_print("%s", json_array_size(advice) > 0 ? "what to do\n" : "");
    json_array_foreach (advice, i, item) {
        char *words = s->is_cut ? shorten_id(json_string_value(item), json_get_text(v, "id"))
                                : xstrdup(json_string_value(item));
        put_advice(s, words);
        free(words);
    }
}

/* --- a run --- */

/* Where in the recipe it stands. */
static void put_recipe_place(struct sheet *s, const json_t *problem)
{
    const char *file = json_get_text(problem, "file");
    if (file != NULL) {
        char *place = xasprintf("%s:%d", file, (int)json_get_int(problem, "line", 0));
        put_wrapped(s, "  ", "at", place);
        free(place);
    }
}

/* Of a skipped run the error is no failure: it says why. */
static void put_problem(struct sheet *s, const json_t *v)
{
    const json_t *problem = json_object_get(v, "error");
    const char *state = json_get_text(v, "state"), *message = json_get_text(problem, "message");
    if (message == NULL) {
        return;
    }
    if (strcmp(state, run_state_name(RUN_SKIPPED)) == 0) {
        put_wrapped(s, "  ", "why", message);
        return;
    }
    if (s->is_cut) {
        put_error(s, "  ", problem);
    } else {
        put_sheet_field(s, "  ", "error", json_object_get(problem, "kind"));
        put_sheet_field(s, "  ", "", json_object_get(problem, "message"));
    }
    put_recipe_place(s, problem);
}

static void put_end(struct sheet *s)
{
    if (s->has_cut) {
        cli_print("--full shows what is cut here\n");
    }
}

void show_text_run(const struct cli *c, const json_t *v, bool is_full)
{
    static const char *const fields[] = { "event_id",   "key",        "state",
                                          "attempts",   "step",       "due_at",
                                          "created_at", "updated_at", NULL };
    struct sheet s = sheet_of(c, is_full);
    say(&s, "run %s of %s", json_get_text(v, "id"), json_get_text(v, "recipe"));
    put_sheet_fields(&s, "  ", v, fields);
    if (!s.is_cut) {
        put_sheet_field(&s, "  ", "version", json_object_get(v, "version"));
    }
    put_problem(&s, v);
    put_steps(&s, json_object_get(v, "steps"));
    put_outlook(&s, v);
    put_end(&s);
}

/* --- an event --- */

void show_text_event(const struct cli *c, const json_t *v, bool is_full)
{
    static const char *const fields[] = { "connection",  "type",         "key",
                                          "received_at", "duplicate_of", "replays",
                                          "headers",     "payload",      NULL };
    struct sheet s = sheet_of(c, is_full);
    cli_print("event %s\n", json_get_text(v, "id"));
    put_sheet_fields(&s, "  ", v, fields);
    const char *note = json_get_text(v, "note");
    if (note != NULL) {
        put_wrapped(&s, "  ", "note", note);
    }
    cli_print("runs\n");
    size_t i;
    json_t *row;
    json_array_foreach (json_object_get(v, "started"), i, row) {
        const char *id = json_get_text(row, "id");
        say(&s, "  %s  %s  %s", s.is_cut ? id + ID_TEXT - ID_SHORT : id,
            json_get_text(row, "recipe"), json_get_text(row, "state"));
    }
    if (!json_get_bool(v, "is_routed", true)) {
        cli_print("  no engine has matched it with the recipes yet\n");
    }
    put_end(&s);
}
