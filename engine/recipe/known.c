/* Checks the paths in a recipe (`steps.a.id`, `event.x`) against what is known of the values that
 * they name. What the engine makes itself (inputs, `meta`, `error`, the lists of `each`) is known
 * for certain, so a field that it does not have is an error. What services answer and send is known
 * from their documentation and from samples, and they may send more: there it is a warning. Used
 * while a recipe is read, on one thread. */

#include "recipe/known.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "connector/account_words.h"
#include "connector/schema.h"
#include "format/json.h"
#include "project/literal.h"
#include "project/sample_file.h"
#include "recipe/outline.h"

enum { SHOWN_MAX = 160, FIELDS_SHOWN = 12 };

/* --- descriptors --- */

static json_t *closed_object(json_t *fields_taken)
{
    return json_pack("{s:s, s:b, s:o}", "1", "object", "closed", 1, "fields", fields_taken);
}

json_t *known_results(json_t *fields_taken)
{
    return closed_object(fields_taken);
}

json_t *known_pages(void)
{
    return closed_object(json_pack("{s:[s], s:[s]}", "items", "integer", "pages", "integer"));
}

json_t *known_list(json_t *of_taken)
{
    return json_pack("{s:s, s:b, s:o*}", "1", "list", "closed", 1, "of", of_taken);
}

json_t *known_none(const char *why)
{
    return json_pack("{s:s, s:s}", "1", "any", "none", why);
}

json_t *known_inputs(const json_t *declared)
{
    json_t *fields = json_object();
    const char *name;
    json_t *input;
    json_object_foreach ((json_t *)declared, name, input) {
        (void)json_object_set_new(fields, name,
                                  json_pack("{s:O}", "1", json_object_get(input, "type")));
    }
    return closed_object(fields);
}

/* Fields of an answer that stand there in a second spelling. */
static void add_spellings(json_t *fields, const json_t *also)
{
    const char *ours;
    json_t *theirs;
    json_object_foreach ((json_t *)also, ours, theirs) {
        const char *other = json_string_value(theirs);
        json_t *d = json_object_get(fields, ours);
        if (other != NULL && d != NULL) {
            (void)json_object_set(fields, other, d);
        }
    }
}

json_t *known_output(const struct reference *r)
{
    const json_t *output = json_object_get(r->table, "output");
    if (json_object_size(output) == 0) {
        return NULL; /* nobody says, or it is no object */
    }
    const char *as = json_get_text(r->table, "output_as");
    bool is_ours =
        json_object_get(r->table, "store") != NULL || (as != NULL && strcmp(as, "response") == 0);
    json_t *fields = json_copy((json_t *)output);
    char *who = xasprintf("%s.%s", r->owner, r->name);
    add_spellings(fields, json_object_get(r->table, "also"));
    json_t *d = json_pack("{s:s, s:b, s:s, s:o}", "1", "object", "closed", is_ours, "who", who,
                          "fields", fields);
    free(who);
    return d;
}

/* --- events --- */

static void add_fields(json_t *fields, const json_t *more)
{
    if (json_is_object(more)) {
        (void)json_object_update_missing(fields, (json_t *)more);
    }
}

/* What a sample has tells of names alone: the next event may have another kind of value there. */
static void add_sample(const struct check *c, json_t *fields, const char *sample)
{
    struct err e = ERR_INIT;
    const char *folder = c->project != NULL ? c->project->folder : NULL;
    json_t *event = sample != NULL ? sample_file_read(folder, sample, &e) : NULL;
    const char *name;
    json_t *value;
    json_object_foreach (event, name, value) {
        if (json_object_get(fields, name) == NULL) {
            (void)json_object_set_new(fields, name, json_pack("[s]", "any"));
        }
    }
    json_decref(event);
}

/* A sample is what is sent: not what a function makes of it, nor what anybody may post. */
static bool has_samples(const json_t *connector)
{
    return json_object_get(connector, "receive") == NULL &&
           json_path(connector, "webhook.event") == NULL;
}

/* What the engine adds before the steps see the event (scripts/lib/events.lua). */
static void add_prepared(json_t *fields, const json_t *prepare)
{
    size_t i, k;
    json_t *way, *name;
    json_array_foreach (json_object_get(prepare, "hydrate"), i, way) {
        json_array_foreach (json_object_get(way, "fields"), k, name) {
            if (json_is_string(name) && json_object_get(fields, json_string_value(name)) == NULL) {
                (void)json_object_set_new(fields, json_string_value(name), json_pack("[s]", "any"));
            }
        }
    }
    if (json_object_get(prepare, "custom_fields") != NULL) {
        (void)json_object_set_new(fields, "custom", json_pack("[s]", "any"));
    }
}

static void add_known_event(const struct check *c, json_t *fields, const json_t *connector,
                            const char *name)
{
    struct areas areas = project_areas(c->hooks);
    const json_t *event = areas_event(&areas, connector, name);
    add_fields(fields, areas_event_fields(&areas, connector, name));
    if (has_samples(connector)) {
        add_sample(c, fields, json_get_text(event, "sample"));
    }
    if (json_object_size(fields) > 0) {
        add_prepared(fields, json_object_get(json_object_get(connector, "prepare"), name));
    }
}

json_t *known_event(const struct check *c, const struct reference *r)
{
    if (r->table == NULL || r->connector == NULL) {
        return NULL;
    }
    const json_t *connector = c->hooks->find_connector(c->hooks->ud, r->connector);
    const char *base = json_get_text(r->table, "of");
    json_t *fields = json_object();
    add_known_event(c, fields, connector, r->name);
    if (base != NULL) {
        add_known_event(c, fields, connector, base);
    }
    char *who = xasprintf("%s.%s", r->owner, r->name);
    json_t *d = json_object_size(fields) > 0
                    ? json_pack("{s:s, s:s, s:O}", "1", "object", "who", who, "fields", fields)
                    : NULL;
    json_decref(fields);
    free(who);
    return d;
}

json_t *known_schedule(void)
{
    return closed_object(json_pack("{s:[s], s:[s], s:[s]}", "at", "string", "late_s", "integer",
                                   "schedule", "string"));
}

/* Where both have a field of which something is known, that is only what both say; and only where
 * both are known for certain is it certain. */
json_t *known_either(json_t *a_taken, json_t *b_taken)
{
    json_t *fields = json_object_get(a_taken, "fields");
    const char *name;
    json_t *d;
    json_object_foreach (json_object_get(b_taken, "fields"), name, d) {
        json_t *other = json_object_get(fields, name);
        bool is_same = other != NULL && json_equal(other, d);
        (void)json_object_set_new(
            fields, name, is_same || other == NULL ? json_incref(d) : json_pack("[s]", "any"));
    }
    if (!json_is_true(json_object_get(b_taken, "closed"))) {
        (void)json_object_del(a_taken, "closed"); /* it need not have it */
    }
    json_t *either = a_taken != NULL && b_taken != NULL ? json_incref(a_taken) : NULL;
    json_decref(a_taken);
    json_decref(b_taken);
    return either;
}

/* --- paths --- */

/* The first `count` parts of a path, as an expression writes them. */
static char *path_text(const json_t *path, size_t count)
{
    struct buf out;
    buf_init(&out, SHOWN_MAX);
    for (size_t i = 0; i < count; i++) {
        const json_t *part = json_array_get(path, i);
        const char *name = json_string_value(part);
        if (name == NULL) {
            (void)buf_printf(&out, "[%d]", (int)json_integer_value(part)); /* full: cut */
        } else if (strspn(name,
                          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") ==
                   strlen(name)) {
            (void)buf_printf(&out, "%s%.60s", i > 0 ? "." : "", name);
        } else {
            (void)buf_printf(&out, "[\"%.60s\"]", name);
        }
    }
    char *text = xstrdup(buf_text(&out));
    buf_fini(&out);
    return text;
}

/* One finding: where, about which path, up to where it was known. */
struct finding {
    struct check *check;
    const struct yaml *at;
    const json_t *path;
    size_t depth; /* parts that are there; the next one is not */
    bool is_certain;
};

__attribute__((format(printf, 3, 4))) static void tell(const struct finding *f, const char *hint,
                                                       const char *fmt, ...)
{
    char message[400];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(message, sizeof message, fmt, ap); /* a cut message is still one */
    va_end(ap);
    void (*add)(struct diags *, int, int, const char *, const char *, ...) =
        f->is_certain ? diags_add : diags_warn;
    add(f->check->diags, f->at->line, f->at->column, hint, "%s", message);
}

/* "did you mean `x`?", else the fields that there are; yours. */
static char *field_hint(const json_t *fields, const char *name)
{
    const char **names = json_names(fields);
    size_t count = json_object_size(fields);
    const char *close = name != NULL ? diag_closest(name, names) : NULL;
    struct buf out;
    buf_init(&out, SHOWN_MAX);
    if (close != NULL) {
        (void)buf_printf(&out, "did you mean `%s`?", close);
    } else if (count > 0) {
        (void)buf_puts(&out, "it has ");
        for (size_t i = 0; i < count && i < FIELDS_SHOWN; i++) {
            (void)buf_printf(&out, "%s%s", i > 0 ? ", " : "", names[i]); /* full: cut */
        }
        (void)buf_puts(&out, count > FIELDS_SHOWN ? " …" : "");
    }
    char *hint = out.len > 0 ? xstrdup(buf_text(&out)) : NULL;
    buf_fini(&out);
    free(names);
    return hint;
}

static void tell_field(const struct finding *f, const json_t *d, const char *name)
{
    const json_t *fields = json_object_get(d, "fields");
    const char *root = json_string_value(json_array_get(f->path, 0));
    const char *who = json_string_value(json_object_get(d, "who"));
    char *hint = field_hint(fields, name);
    char *there = path_text(f->path, f->depth);
    if (f->depth == 1 && strcmp(root, "event") == 0) {
        tell(f, hint, "no event that starts this recipe is known to have `%.60s`", name);
    } else if (f->depth == 1 && strcmp(root, "inputs") == 0) {
        tell(f, hint != NULL ? hint : "inputs are declared under `inputs`",
             "this recipe has no input `%.60s`", name);
    } else if (f->depth == 1 && strcmp(root, "with") == 0) {
        tell(f, hint, "%s is not known to have `%.60s`", who, name);
    } else if (who != NULL) {
        tell(f, hint, "`%s` has no `%.60s`: %s does not give it", there, name, who);
    } else {
        tell(f, hint, "`%s` has no `%.60s`", there, name);
    }
    free(there);
    free(hint);
}

static void tell_kind(const struct finding *f, const json_t *d)
{
    char *there = path_text(f->path, f->depth);
    const char *type = schema_type(d);
    if (strcmp(type, "list") == 0) {
        tell(f, "take one of its items, such as first(…), or go through them with `each`",
             "`%s` is a list, and has no fields", there);
    } else {
        const char *what = strcmp(type, "boolean") == 0 ? "true or false" : literal_type_name(d);
        tell(f, NULL, "`%s` is %s, and has no fields", there, what);
    }
    free(there);
}

/* The field of that name. A date that the engine brings into one form has what came beside it, as
 * `startTime_raw`. NULL: there is none. */
static const json_t *known_field(const json_t *fields, const char *name)
{
    static const char raw[] = "_raw";
    size_t len = strlen(name), end = sizeof raw - 1;
    const json_t *found = json_object_get(fields, name);
    if (found == NULL && len > end && strcmp(name + len - end, raw) == 0) {
        found = json_object_getn(fields, name, len - end);
    }
    return found;
}

/* What is known of the next part of the path; NULL where nothing is, or where it was told that
 * there is no such part. */
static const json_t *descend(struct finding *f, const json_t *d)
{
    const json_t *part = json_array_get(f->path, f->depth);
    const char *name = json_string_value(part);
    const char *type = d != NULL ? schema_type(d) : NULL;
    if (type == NULL || strcmp(type, "any") == 0) {
        return NULL;
    }
    if (strcmp(type, "list") == 0 && name == NULL) {
        return json_object_get(d, "of");
    }
    if (strcmp(type, "object") != 0) {
        tell_kind(f, d);
        return NULL;
    }
    const json_t *fields = json_object_get(d, "fields");
    const json_t *found = name != NULL ? known_field(fields, name) : NULL;
    if (fields != NULL && name == NULL && f->is_certain) {
        char *there = path_text(f->path, f->depth);
        tell(f, NULL, "`%s` is no list", there);
        free(there);
    } else if (fields != NULL && name != NULL && found == NULL) {
        tell_field(f, d, name);
    }
    return found;
}

static void walk_fields(struct finding *f, const json_t *d)
{
    f->is_certain = f->is_certain || json_is_true(json_object_get(d, "closed"));
    for (; f->depth < json_array_size(f->path) && d != NULL; f->depth++) {
        d = descend(f, d);
    }
}

/* --- the names of the environment --- */

static void check_steps(struct check *c, const struct yaml *y, const json_t *path)
{
    const char *name = json_string_value(json_array_get(path, 1));
    if (!c->in_steps) {
        check_error(c->diags, y, "it is looked at before the first step",
                    "there are no results of steps at this place");
        return;
    }
    if (name == NULL) {
        return; /* computed, or all of them */
    }
    const json_t *d = json_object_get(c->steps, name);
    const char *none = json_string_value(json_object_get(d, "none"));
    char *why = d == NULL && c->step != NULL ? outline_why(c->outline, c->step, name) : NULL;
    if (why != NULL) {
        check_error(c->diags, y, NULL, "%s", why);
    } else if (d == NULL) {
        bool is_there = json_object_get(c->names, name) != NULL;
        check_unknown_member(c->diags, y, name, c->steps,
                             is_there ? "the result of step `%.60s` is not there at this place"
                                      : "no step before this one is called `%.60s`",
                             name);
    } else if (none != NULL) {
        check_error(c->diags, y, NULL, "step `%.60s` %s", name, none);
    } else {
        walk_fields(&(struct finding){ .check = c, .at = y, .path = path, .depth = 2 }, d);
    }
    free(why);
}

static void check_item(struct check *c, const struct yaml *y, const json_t *path)
{
    if (c->items == NULL) {
        check_error(c->diags, y, NULL, "`item` is there only in a step with `each`");
    } else if (strcmp(c->items->name, "item") != 0) {
        char *hint = xasprintf("did you mean `%s`?", c->items->name);
        check_error(c->diags, y, hint, "the item is called `%s` here: `as` says so",
                    c->items->name);
        free(hint);
    }
}

static void check_root(struct check *c, const struct yaml *y, const json_t *path, json_t *known)
{
    struct finding f = { .check = c, .at = y, .path = path, .depth = 1 };
    walk_fields(&f, known);
    json_decref(known);
}

static void check_error_path(struct check *c, const struct yaml *y, const json_t *path)
{
    if (!c->has_error) {
        check_error(c->diags, y, NULL, "`error` is there only below `on_error`");
        return;
    }
    check_root(c, y, path,
               closed_object(json_pack("{s:[s], s:[s], s:[s], s:[s], s:[s]}", "kind", "string",
                                       "message", "string", "status", "integer", "detail", "string",
                                       "step", "string")));
}

static void add_account_word(const struct check *c, json_t *fields, const char *connector)
{
    const json_t *table =
        connector != NULL ? c->hooks->find_connector(c->hooks->ud, connector) : NULL;
    const char *word = account_words(table).one;
    if (word != NULL || json_path(table, "webhook.account") != NULL) {
        json_object_set_new(fields, word != NULL ? word : "account", json_pack("[s]", "string"));
    }
}

/* The account of the event stands under the word of its connector: one that the recipe needs, or,
 * as another recipe may call this one, any that the project has. */
static void add_account_words(const struct check *c, json_t *fields)
{
    const char *name;
    json_t *v;
    json_object_foreach (c->needs, name, v) {
        add_account_word(c, fields, json_string_value(v));
    }
    json_object_foreach (c->project != NULL ? c->project->connections : NULL, name, v) {
        add_account_word(c, fields, json_get_text(v, "connector"));
    }
}

static void check_meta(struct check *c, const struct yaml *y, const json_t *path)
{
    json_t *fields = json_pack("{s:[s], s:[s], s:[s], s:[s], s:[s], s:[s], s:[s]}", "id", "string",
                               "type", "string", "connection", "string", "received_at", "string",
                               "event_type", "string", "found_by", "string", "headers", "object");
    if (c->hooks != NULL && c->hooks->find_connector != NULL) {
        add_account_words(c, fields);
    }
    check_root(c, y, path, closed_object(fields));
}

static void check_now(struct check *c, const struct yaml *y, const json_t *path)
{
    json_t *d = json_pack("{s:s, s:b}", "1", "string", "closed", 1);
    check_root(c, y, path, d);
}

static void check_event(struct check *c, const struct yaml *y, const json_t *path)
{
    check_root(c, y, path, json_incref(c->event));
}

static void check_inputs(struct check *c, const struct yaml *y, const json_t *path)
{
    check_root(c, y, path, json_incref(c->inputs));
}

static const struct {
    const char *name;
    void (*check)(struct check *c, const struct yaml *y, const json_t *path);
} ROOTS[] = {
    { "error", check_error_path }, { "event", check_event }, { "inputs", check_inputs },
    { "item", check_item },        { "meta", check_meta },   { "now", check_now },
    { "steps", check_steps },
};

void known_check_path(struct check *c, const struct yaml *y, const json_t *path)
{
    const char *root = json_string_value(json_array_get(path, 0));
    for (size_t i = 0; i < sizeof ROOTS / sizeof *ROOTS; i++) {
        if (root != NULL && strcmp(root, ROOTS[i].name) == 0) {
            ROOTS[i].check(c, y, path);
        }
    }
}

void known_check_awaited(struct check *c, const struct yaml *y, const json_t *event,
                         const json_t *path)
{
    json_t *whole = json_pack("[s]", "with");
    (void)json_array_extend(whole, (json_t *)path);
    check_root(c, y, whole, json_incref((json_t *)event));
    json_decref(whole);
}
