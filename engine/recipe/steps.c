/* Reads the steps of a recipe. The order of a step's parts is the order in which a run looks at
 * them: its condition, the list that it walks, the fields of its action, and, when that failed,
 * on_error. So a part sees the results of the steps before it and no others: a step's own name is
 * known only behind it. */

#include "recipe/steps.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "recipe/nodes.h"
#include "recipe/policy.h"
#include "recipe/use.h"

#define TIMEOUT_MIN_US INT64_C(100000)
#define TIMEOUT_MAX_US INT64_C(3600000000)

static const char *const STEP_WORDS[] = { "step",  "use",     "with",     "if",   "each", "as",
                                          "retry", "timeout", "on_error", "stop", NULL };
static const char *const STEP_WORDS_LATER[] = {
    "do", "parallel", "wait", "wait_for", "call", NULL
};

/* Words that only mean something beside `use`. */
static const char *const USE_WORDS[] = {
    "with", "each", "as", "retry", "timeout", "on_error", NULL
};

static void set_new(json_t *object, const char *key, json_t *value)
{
    if (value) {
        (void)json_object_set_new(object, key, value); /* fails only for a NULL value */
    }
}

/* The step's name, checked and unique; NULL where it has none. Borrowed. */
static const char *read_name(struct check *c, const struct yaml *y)
{
    const struct yaml *name = yaml_get(y, "step");
    if (!name) {
        check_error(c->diags, y, "begin it with `- step: name`", "a step without a name");
        return NULL;
    }
    if (!check_name(c->diags, name, "a step")) {
        return NULL;
    }
    if (json_object_get(c->names, name->text)) {
        check_error(c->diags, name, NULL, "there is already a step called `%s`", name->text);
        return NULL;
    }
    if (json_object_size(c->names) == STEPS_MAX) {
        check_error(c->diags, name, NULL, "a recipe has at most %d steps", STEPS_MAX);
    }
    (void)json_object_set_new(c->names, name->text, json_true());
    return name->text;
}

/* --- each and as ------------------------------------------------------------------------------ */

static bool is_lua_name(const char *name)
{
    static const char *const taken[] = { "and",   "break", "do",     "else",   "elseif",   "end",
                                         "error", "event", "false",  "for",    "function", "goto",
                                         "if",    "in",    "inputs", "local",  "meta",     "nil",
                                         "not",   "now",   "or",     "repeat", "return",   "steps",
                                         "then",  "true",  "until",  "while" };
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
        if (strcmp(name, taken[i]) == 0) {
            return false;
        }
    }
    return strchr(name, '-') == NULL;
}

/* The item's name: `as`, or item. Borrowed from the tree. */
static const char *read_as(struct check *c, const struct yaml *y, json_t *step)
{
    const struct yaml *as = yaml_get(y, "as");
    if (!as || !check_name(c->diags, as, "an item")) {
        return "item";
    }
    if (!is_lua_name(as->text)) {
        check_error(c->diags, as, NULL, "`%s` cannot name the item: it means something else",
                    as->text);
        return "item";
    }
    set_new(step, "as", json_string(as->text));
    return as->text;
}

static void read_each(struct check *c, const struct yaml *y, json_t *step)
{
    const struct yaml *each = yaml_get(y, "each");
    const struct yaml *as = yaml_get(y, "as");
    if (each) {
        json_t *descriptor = json_pack("[s]", "list");
        set_new(step, "each", node_value(c, each, "`each`", descriptor));
        json_decref(descriptor);
        c->as = read_as(c, y, step);
    } else if (as) {
        check_error(c->diags, as, "each: = steps.tasks.tasks",
                    "`as` names the item of `each`, and there is none");
    }
}

/* --- use -------------------------------------------------------------------------------------- */

/* The fields that the connection fills in: those whose descriptor says from_connection, where the
 * connection has the value. Yours. */
static json_t *filled_fields(struct check *c, const struct reference *r, const json_t *schema)
{
    json_t *filled = json_object();
    const json_t *config = c->project ? json_object_get(c->project->connections, r->owner) : NULL;
    const char *field;
    json_t *descriptor;
    json_object_foreach ((json_t *)schema, field, descriptor) {
        const char *from =
            json_is_object(descriptor) ? json_get_text(descriptor, "from_connection") : NULL;
        if (from && (!c->project || json_object_get(config, from))) {
            set_new(filled, field, json_true());
        }
    }
    return filled;
}

static json_t *use_json(const struct reference *r)
{
    return r->connector ? json_pack("{s:s, s:s}", "connection", r->owner, "operation", r->name)
                        : json_pack("{s:s}", "script", r->name);
}

static void read_fields(struct check *c, const struct yaml *y, const struct yaml *use,
                        const struct reference *r, json_t *step)
{
    const json_t *schema = json_object_get(r->table, "input");
    if (!json_is_object(schema)) {
        schema = NULL;
    }
    char *action = xasprintf("%s.%s", r->owner, r->name);
    json_t *filled = filled_fields(c, r, schema);
    set_new(step, "with", node_fields(c, yaml_get(y, "with"), use, action, schema, filled));
    json_decref(filled);
    free(action);
}

static void read_use(struct check *c, const struct yaml *y, const struct yaml *use, json_t *step)
{
    struct reference r;
    bool is_found = reference_action(c, use, &r);
    if (is_found) {
        set_new(step, "use", use_json(&r));
        read_fields(c, y, use, &r, step);
        if (!r.connector) {
            reference_keep_script(c, use, r.name);
        }
    } else if (yaml_get(y, "with")) {
        /* The values are checked even where the action is not known. */
        json_decref(node_fields(c, yaml_get(y, "with"), y, "", NULL, NULL));
    }
    reference_fini(&r);
}

static void read_timeout(struct check *c, const struct yaml *y, json_t *step)
{
    const struct yaml *timeout = yaml_get(y, "timeout");
    if (timeout) {
        int64_t us =
            policy_duration(c->diags, timeout, "`timeout`", TIMEOUT_MIN_US, TIMEOUT_MAX_US);
        set_new(step, "timeout_us", json_integer(us));
    }
}

/* --- on_error --------------------------------------------------------------------------------- */

static json_t *read_on_error_list(struct check *c, const struct yaml *y)
{
    const char *as = c->as;
    c->as = NULL;
    c->has_error = true;
    json_t *steps = steps_read(c, y, "`on_error`");
    c->as = as;
    return steps;
}

/* After `continue` or a list the run goes on, and later steps may look at `error`. */
static void read_on_error(struct check *c, const struct yaml *y, json_t *step)
{
    const struct yaml *on_error = yaml_get(y, "on_error");
    if (!on_error) {
        return;
    }
    if (on_error->kind == YAML_LIST) {
        set_new(step, "on_error", read_on_error_list(c, on_error));
    } else if (yaml_is(on_error, "continue") || yaml_is(on_error, "fail")) {
        set_new(step, "on_error", json_string(on_error->text));
        c->has_error = c->has_error || yaml_is(on_error, "continue");
    } else {
        check_error(c->diags, on_error, NULL,
                    "`on_error` of a step is continue, fail or a list of steps");
    }
}

/* --- a step ----------------------------------------------------------------------------------- */

static void read_stop(struct check *c, const struct yaml *y, const struct yaml *stop, json_t *step)
{
    json_t *text = json_pack("[s]", "string");
    set_new(step, "stop", node_value(c, stop, "`stop`", text));
    json_decref(text);
    for (size_t i = 0; USE_WORDS[i]; i++) {
        const struct yaml *word = yaml_get(y, USE_WORDS[i]);
        if (word) {
            check_error(c->diags, word, NULL, "`%s` has no meaning beside `stop`", USE_WORDS[i]);
        }
    }
}

static void read_action(struct check *c, const struct yaml *y, const struct yaml *use, json_t *step)
{
    read_each(c, y, step);
    read_use(c, y, use, step);
    set_new(step, "retry", policy_read(c->diags, yaml_get(y, "retry")));
    read_timeout(c, y, step);
    c->as = NULL;
    read_on_error(c, y, step);
}

static bool has_later_word(const struct yaml *y)
{
    for (size_t i = 0; STEP_WORDS_LATER[i]; i++) {
        if (yaml_get(y, STEP_WORDS_LATER[i])) {
            return true;
        }
    }
    return false;
}

static void read_work(struct check *c, const struct yaml *y, json_t *step)
{
    const struct yaml *use = yaml_get(y, "use");
    const struct yaml *stop = yaml_get(y, "stop");
    if (use && stop) {
        check_error(c->diags, stop, "make it a step of its own",
                    "a step either uses something or stops the run");
    } else if (stop) {
        read_stop(c, y, stop, step);
    } else if (use) {
        read_action(c, y, use, step);
    } else if (!has_later_word(y)) {
        check_error(c->diags, y, "such as use: crm.get_contact", "a step needs `use` or `stop`");
    }
}

static json_t *read_step(struct check *c, const struct yaml *y)
{
    if (!check_kind(c->diags, y, YAML_MAP, "a step")) {
        return NULL;
    }
    check_words(c->diags, y, STEP_WORDS, STEP_WORDS_LATER, "a step");
    const char *name = read_name(c, y);
    json_t *step = json_object();
    set_new(step, "step", json_string(name ? name : ""));
    set_new(step, "line", json_integer(y->line));
    const struct yaml *condition = yaml_get(y, "if");
    if (condition) {
        set_new(step, "if", node_condition(c, condition, "`if`"));
    }
    read_work(c, y, step);
    if (name) {
        (void)json_object_set_new(c->steps, name, json_true());
    }
    return step;
}

json_t *steps_read(struct check *c, const struct yaml *y, const char *what)
{
    json_t *steps = json_array();
    if (!check_kind(c->diags, y, YAML_LIST, what)) {
        return steps;
    }
    if (y->count == 0) {
        check_error(c->diags, y, NULL, "%s has no steps", what);
    }
    for (size_t i = 0; i < y->count; i++) {
        (void)json_array_append_new(steps, read_step(c, y->items[i]));
    }
    return steps;
}
