/* Turns rows of the store into the JSON that `events`, `runs`, `dead` and `show` print, and finds
 * the row that an id on the command line means. Reads only. Absent values are null, so that every
 * object has all of its fields. */
#include "cli/view.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "format/date.h"
#include "format/duration.h"
#include "format/json.h"
#include "store/id_search.h"

json_t *view_time(int64_t wall_us)
{
    if (wall_us == 0 || wall_us == RUN_BLOCKED) {
        return json_null();
    }
    char text[DATE_TEXT];
    date_format(wall_us, text);
    return json_string(text);
}

json_t *view_value(const char *text, size_t len)
{
    if (text == NULL) {
        return json_null();
    }
    json_t *v = json_parse(text, len, NULL);
    if (v != NULL) {
        return v;
    }
    v = json_stringn(text, len);
    return v != NULL ? v : json_string("(not text)");
}

static json_t *id_value(const struct id *id)
{
    if (id_is_zero(id)) {
        return json_null();
    }
    char text[ID_TEXT + 1];
    id_format(id, text);
    return json_string(text);
}

static json_t *error_value(const struct err *e)
{
    if (e->kind == ERR_NONE) {
        return json_null();
    }
    json_t *v = json_object();
    json_object_set_new(v, "kind", json_string(err_kind_name(e->kind)));
    json_object_set_new(v, "message", json_text_or_null(e->message));
    json_object_set_new(v, "status", json_integer(e->status));
    return v;
}

json_t *view_event(const struct event_row *row)
{
    json_t *v = json_object();
    json_object_set_new(v, "id", id_value(&row->id));
    json_object_set_new(v, "connection", json_text_or_null(row->connection));
    json_object_set_new(v, "type", json_text_or_null(row->type));
    json_object_set_new(v, "key", json_text_or_null(row->key));
    json_object_set_new(v, "received_at", view_time(row->received_us));
    json_object_set_new(v, "runs", json_integer(row->run_count));
    json_object_set_new(v, "duplicate_of", id_value(&row->duplicate_of));
    json_object_set_new(v, "note", json_text_or_null(row->note));
    return v;
}

json_t *view_run(const struct run_row *row)
{
    bool has_due = row->state == RUN_QUEUED || row->state == RUN_WAITING;
    json_t *v = json_object();
    json_object_set_new(v, "id", id_value(&row->id));
    json_object_set_new(v, "recipe", json_text_or_null(row->recipe));
    json_object_set_new(v, "event_id", id_value(&row->event_id));
    json_object_set_new(v, "key", json_text_or_null(row->key));
    json_object_set_new(v, "state", json_string(run_state_name(row->state)));
    json_object_set_new(v, "attempts", json_integer(row->attempts));
    json_object_set_new(v, "step", json_text_or_null(row->step));
    json_object_set_new(v, "due_at", has_due ? view_time(row->due_us) : json_null());
    json_object_set_new(v, "created_at", view_time(row->created_us));
    json_object_set_new(v, "updated_at", view_time(row->updated_us));
    json_object_set_new(v, "error", error_value(&row->err));
    return v;
}

/* --- steps --- */

static json_t *view_part(const char *text)
{
    return view_value(text, text != NULL ? strlen(text) : 0);
}

/* What store/tries.h says of errors: the last one, and the tries that failed before. */
static void add_error(json_t *v, const char *text)
{
    json_t *error = view_part(text);
    json_t *tries = json_object_get(error, "tries");
    json_object_set_new(v, "tries", tries != NULL ? json_incref(tries) : json_null());
    json_object_del(error, "tries");
    bool is_none = json_is_object(error) && json_object_size(error) == 0;
    json_object_set_new(v, "error", is_none ? json_null() : json_incref(error));
    json_decref(error);
}

static json_t *view_row(const struct journal_row *row)
{
    json_t *v = json_object();
    json_object_set_new(v, "name", json_text_or_null(row->path));
    json_object_set_new(v, "state", json_string(journal_state_name(row->state)));
    json_object_set_new(v, "attempts", json_integer(row->attempts));
    json_object_set_new(v, "started_at", view_time(row->started_us));
    json_object_set_new(v, "ended_at", view_time(row->ended_us));
    json_object_set_new(v, "due_at",
                        row->state == JOURNAL_WAITING ? view_time(row->due_us) : json_null());
    json_object_set_new(v, "input", view_part(row->input));
    json_object_set_new(v, "output", view_part(row->output));
    add_error(v, row->error);
    return v;
}

static json_t *find_step(json_t *steps, const char *name, size_t len)
{
    size_t index;
    json_t *step;
    json_array_foreach (steps, index, step) {
        const char *known = json_get_text(step, "name");
        if (known != NULL && strlen(known) == len && memcmp(known, name, len) == 0) {
            return step;
        }
    }
    return NULL;
}

/* A step that no row of its own tells of yet: as its first effect is, under the step's name. */
static json_t *stand_in(const struct journal_row *row, size_t name_len)
{
    json_t *v = view_row(row);
    json_object_set_new(v, "name", json_stringn(row->path, name_len));
    json_object_set_new(v, "input", json_null());
    json_object_set_new(v, "output", json_null());
    json_object_set_new(v, "ended_at", json_null());
    return v;
}

static void add_effect(json_t *steps, const struct journal_row *row, size_t name_len)
{
    json_t *step = find_step(steps, row->path, name_len);
    if (step == NULL) {
        step = stand_in(row, name_len);
        json_array_append_new(steps, step);
    }
    json_t *effects = json_object_get(step, "effects");
    if (effects == NULL) {
        effects = json_array();
        json_object_set_new(step, "effects", effects);
    }
    json_array_append_new(effects, view_row(row));
}

json_t *view_steps(const struct journal_row *rows, size_t count)
{
    json_t *steps = json_array();
    for (size_t i = 0; i < count; i++) {
        if (strchr(rows[i].path, '/') == NULL) {
            json_array_append_new(steps, view_row(&rows[i]));
        }
    }
    for (size_t i = 0; i < count; i++) {
        const char *slash = strchr(rows[i].path, '/');
        if (slash != NULL) {
            add_effect(steps, &rows[i], (size_t)(slash - rows[i].path));
        }
    }
    return steps;
}

void view_add_place(json_t *run, const struct journal_row *rows, size_t count)
{
    json_t *problem = json_object_get(run, "error");
    const char *step = json_get_text(run, "step");
    for (size_t i = 0; json_is_object(problem) && step != NULL && i < count; i++) {
        if (strcmp(rows[i].path, step) != 0) {
            continue;
        }
        json_t *error = view_part(rows[i].error);
        json_t *line = json_object_get(error, "line");
        if (line != NULL) {
            json_set_text(problem, "file", json_get_text(error, "file"));
            json_object_set(problem, "line", line);
        }
        json_decref(error);
    }
}

/* --- ids --- */

void view_id(const struct cli *c, const struct id *id, char out[ID_TEXT + 1])
{
    if (c->is_terminal) {
        id_format_short(id, out);
    } else {
        id_format(id, out);
    }
}

/* "3 ids begin or end with 4d5e: run 0199…, run 0199…, event 0199…" */
static int say_ambiguous(const struct id_search *found, struct err *e)
{
    struct buf names;
    buf_init(&names, ERR_MESSAGE_MAX);
    for (size_t i = 0; i < found->count; i++) {
        char id[ID_TEXT + 1];
        id_format(&found->matches[i].id, id);
        (void)buf_printf(&names, "%s%s %s", i > 0 ? ", " : "",
                         found->matches[i].is_event ? "event" : "run", id); /* there is room */
    }
    (void)err_set(e, ERR_CONFLICT, "%s%zu ids begin or end with %.36s: %s%s; give more of it",
                  found->is_more ? "more than " : "", found->count, found->text, buf_text(&names),
                  found->is_more ? " and others" : "");
    buf_fini(&names);
    return -1;
}

/* The one match; ERR_NOT_FOUND, ERR_CONFLICT. */
static int find_one(struct store *s, struct id_search *search, struct err *e)
{
    if (store_exec(s, &search->op, e) == -1) {
        return -1;
    }
    if (search->count == 0) {
        return err_set(e, ERR_NOT_FOUND, "no event or run has the id %.60s", search->text);
    }
    return search->count > 1 ? say_ambiguous(search, e) : 0;
}

int view_find(struct store *s, const char *text, enum view_kind *kind, struct id *id, struct err *e)
{
    struct id_search search;
    id_search_init(&search, text);
    search.in_runs = search.in_events = true;
    if (find_one(s, &search, e) == -1) {
        return -1;
    }
    *kind = search.matches[0].is_event ? VIEW_EVENT : VIEW_RUN;
    *id = search.matches[0].id;
    return 0;
}

int view_find_run(struct store *s, const char *text, const char *instead, struct id *id,
                  struct err *e)
{
    struct id_search runs;
    id_search_init(&runs, text);
    runs.in_runs = true;
    if (find_one(s, &runs, e) == 0) {
        *id = runs.matches[0].id;
        return 0;
    }
    enum view_kind kind;
    if (runs.count > 0 || view_find(s, text, &kind, id, e) == -1) {
        return -1;
    }
    return err_set(e, ERR_CONFLICT, "%.60s is an event: %s", text, instead);
}

/* --- options --- */

int view_since(const struct cli *c, int64_t *since_us)
{
    const char *text = cli_option(c, "since");
    *since_us = 0;
    if (text == NULL) {
        return 0;
    }
    int64_t back_us;
    if (duration_parse(text, strlen(text), &back_us, NULL) == 0) {
        *since_us = clock_wall_us() - back_us;
        return 0;
    }
    if (date_parse(text, strlen(text), NULL, since_us, NULL) == 0) {
        return 0;
    }
    (void)cli_usage(
        c, "--since %s: a time like 2026-11-23T10:00:00Z, a date or a span like 2h is expected",
        text);
    return -1;
}
