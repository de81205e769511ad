/* Reads one recipe: every check that needs no other recipe than the inputs of those that it calls,
 * and its plan. The checks do not stop at the first error; whether there was any is looked at once,
 * at the end, and a part with errors is not handed out. What a part holds is its own. Used at
 * start, at reload and by commands, on one thread. */

#include "recipe/part.h"

#include <string.h>

#include "project/check.h"
#include "project/policy.h"
#include "recipe/echo.h"
#include "recipe/inputs.h"
#include "recipe/known.h"
#include "recipe/library.h"
#include "recipe/nodes.h"
#include "recipe/outline.h"
#include "recipe/schedule.h"
#include "recipe/steps.h"
#include "recipe/use.h"

#define SETTLE_MIN_US INT64_C(100000)
#define SETTLE_MAX_US INT64_C(604800000000)

enum { SUMMARY_MAX = 500, TRIGGERS_MAX = 50 };

static const char *const WORDS[] = { "recipe", "summary", "needs",  "inputs", "when",     "if",
                                     "key",    "mode",    "settle", "do",     "on_error", NULL };

/* --- the parts --- */

static void read_summary(struct check *c, const struct yaml *root, json_t *plan)
{
    const struct yaml *y = yaml_get(root, "summary");
    json_t *summary = NULL;
    if (y != NULL && check_text(c->diags, y, "`summary`")) {
        summary = json_stringn(y->text, y->len <= SUMMARY_MAX ? y->len : 0);
        if (y->len > SUMMARY_MAX) {
            check_error(c->diags, y, NULL, "`summary` is longer than %d bytes", SUMMARY_MAX);
        }
    }
    (void)json_object_set_new(plan, "summary", summary != NULL ? summary : json_string(""));
}

/* A need is a connection of ladle.yaml of the connector that the recipe was written for. The
 * workspace is there without an entry. */
static void check_binding(struct check *c, const struct yaml *key, const struct yaml *value)
{
    bool is_known = c->project != NULL && c->project->connections != NULL;
    if (!is_known || (yaml_is(key, "records") && yaml_is(value, "records"))) {
        return;
    }
    const json_t *config = json_object_get(c->project->connections, key->text);
    if (config == NULL) {
        check_unknown_member(c->diags, key, key->text, c->project->connections,
                             "ladle.yaml has no connection `%s`", key->text);
        return;
    }
    const char *connector = json_get_text(config, "connector");
    if (connector != NULL && strcmp(connector, value->text) != 0) {
        check_error(c->diags, value, NULL,
                    "the connection `%s` of ladle.yaml is of the connector %s, not %s", key->text,
                    connector, SHOW(value));
    }
}

static bool check_connector(struct check *c, const struct yaml *value)
{
    if (c->hooks == NULL || c->hooks->find_connector == NULL ||
        c->hooks->find_connector(c->hooks->ud, value->text) != NULL) {
        return true;
    }
    check_no_connector(c->diags, c->hooks, value, value->text);
    return false;
}

static void read_need(struct check *c, const struct yaml *key, const struct yaml *value)
{
    if (!check_name(c->diags, key, "a connection") || !check_name(c->diags, value, "a connector")) {
        return;
    }
    bool is_engine = yaml_is(key, "ladle") || yaml_is(value, "ladle");
    if (is_engine || yaml_is(key, "scripts")) {
        check_error(c->diags, key, "it is there without a line in `needs`",
                    "`%s` is a name of the engine's own", is_engine ? "ladle" : "scripts");
        return;
    }
    if (check_connector(c, value)) {
        check_binding(c, key, value);
    }
    (void)json_object_set_new(c->needs, key->text, json_string(value->text));
    reference_keep_connector(c, value, value->text);
}

static void read_needs(struct check *c, const struct yaml *root)
{
    const struct yaml *y = yaml_get(root, "needs");
    if (y == NULL || !check_kind(c->diags, y, YAML_MAP, "`needs`")) {
        return;
    }
    for (size_t i = 0; i < y->count; i++) {
        read_need(c, y->keys[i], y->items[i]);
    }
}

/* What is known of an event that is either of those before or this one. Takes it. */
static void note_event(struct check *c, json_t *event, bool is_first)
{
    c->event = is_first ? event : known_either(c->event, event);
}

static json_t *read_event(struct check *c, const struct yaml *y, bool is_first)
{
    struct reference r;
    json_t *trigger = NULL;
    if (reference_event(c, y, "`when`", &r)) {
        trigger = json_pack("{s:s, s:s}", "connection", r.owner, "event", r.name);
        echo_note_start(c, &r);
    }
    note_event(c, known_event(c, &r), is_first);
    reference_fini(&r);
    return trigger;
}

static json_t *read_schedule(struct check *c, const struct yaml *y, const char *recipe,
                             json_t *seen)
{
    if (yaml_get(y, "poll") != NULL) {
        check_error(c->diags, y, NULL, "`poll` is not part of this version");
        return NULL;
    }
    return schedule_read(c, y, recipe, seen);
}

/* A text names an event, a map is a schedule. */
static json_t *read_when(struct check *c, const struct yaml *y, const char *recipe)
{
    json_t *triggers = json_array();
    if (!check_kind(c->diags, y, YAML_LIST, "`when`")) {
        return triggers;
    }
    if (y->count == 0 || y->count > TRIGGERS_MAX) {
        check_error(c->diags, y, NULL, "`when` has 1 to %d triggers", TRIGGERS_MAX);
        return triggers;
    }
    json_t *seen = json_object();
    for (size_t i = 0; i < y->count; i++) {
        bool is_schedule = y->items[i]->kind == YAML_MAP;
        json_t *trigger = is_schedule ? read_schedule(c, y->items[i], recipe, seen)
                                      : read_event(c, y->items[i], i == 0);
        if (is_schedule) {
            note_event(c, known_schedule(), i == 0);
        }
        (void)json_array_append_new(triggers, trigger);
    }
    json_decref(seen);
    return triggers;
}

/* Runs that a schedule queues stand in one line, and runs of a key in another. */
static void check_queues(struct check *c, const struct yaml *root)
{
    const struct yaml *when = yaml_get(root, "when");
    bool has_list = when != NULL && when->kind == YAML_LIST && yaml_get(root, "key") != NULL;
    for (size_t i = 0; has_list && i < when->count; i++) {
        const struct yaml *item = when->items[i];
        const struct yaml *overlap = item->kind == YAML_MAP ? yaml_get(item, "overlap") : NULL;
        if (overlap != NULL && yaml_is(overlap, "queue")) {
            check_error(
                c->diags, overlap, "leave out one of the two",
                "`overlap: queue` does not go with the recipe's `key`, which says who waits "
                "for whom");
        }
    }
}

/* The ways in which runs of one key get along; all but the last are about a key. */
static void read_mode(struct check *c, const struct yaml *root, json_t *plan)
{
    static const char *const modes[] = { "queue", "latest", "drop", "parallel", NULL };
    const struct yaml *y = yaml_get(root, "mode");
    if (y == NULL || !check_text(c->diags, y, "`mode`")) {
        return;
    }
    if (!word_is_in(modes, y->text)) {
        check_unknown(c->diags, y, y->text, modes,
                      "there is no mode `%s`: queue, latest, drop or parallel", SHOW(y));
        return;
    }
    if (!yaml_is(y, "parallel") && yaml_get(root, "key") == NULL) {
        check_error(c->diags, y, "such as key: = event.id", "`mode: %s` needs a `key`", y->text);
    }
    (void)json_object_set_new(plan, "mode", json_string(y->text));
}

static void read_settle(struct check *c, const struct yaml *root, json_t *plan)
{
    const struct yaml *y = yaml_get(root, "settle");
    if (y != NULL) {
        int64_t us = policy_duration(c->diags, y, "`settle`", SETTLE_MIN_US, SETTLE_MAX_US);
        (void)json_object_set_new(plan, "settle_us", json_integer(us));
    }
}

static void set_node(json_t *plan, const char *key, json_t *node)
{
    (void)json_object_set_new(plan, key, node); /* NULL, where there was an error, is left out */
}

static void read_recipe_key(struct check *c, const struct yaml *root, json_t *plan)
{
    const struct yaml *y = yaml_get(root, "key");
    if (y != NULL) {
        json_t *text = json_pack("[s]", "string");
        set_node(plan, "key", node_value(c, y, "`key`", text));
        json_decref(text);
    }
}

static const struct yaml *need_word(struct check *c, const struct yaml *root, const char *word,
                                    const char *hint)
{
    const struct yaml *y = yaml_get(root, word);
    if (y == NULL) {
        check_error(c->diags, root, hint, "a recipe needs `%s`", word);
    }
    return y;
}

static void read_steps(struct check *c, const struct yaml *root, json_t *plan)
{
    const struct yaml *steps = need_word(c, root, "do", "a list of steps");
    const struct yaml *on_error = yaml_get(root, "on_error");
    c->in_steps = true;
    if (steps != NULL) {
        set_node(plan, "do", steps_read(c, steps, "`do`"));
    }
    if (on_error != NULL && on_error->kind == YAML_SCALAR) {
        check_error(c->diags, on_error, "continue and fail belong to a step",
                    "`on_error` of a recipe is a list of steps");
    } else if (on_error != NULL) {
        c->has_error = true;
        c->is_conditional = true;
        set_node(plan, "on_error", steps_read(c, on_error, "`on_error`"));
    }
}

/* Words about runs of a recipe's own, which one without `when` never has. */
static void check_part(struct check *c, const struct yaml *root)
{
    static const char *const words[] = { "if", "key", "mode", "settle", "on_error", NULL };
    for (size_t i = 0; words[i] != NULL; i++) {
        const struct yaml *y = yaml_get(root, words[i]);
        if (y != NULL) {
            check_error(c->diags, y,
                        "give it a list of triggers, or put it at the step that calls the recipe",
                        "`%s` has no meaning in a recipe without `when`", words[i]);
        }
    }
}

/* What starts the recipe. Without it the recipe is there to be called; whether any does is for the
 * project (`can_start` of recipe.h): a caller may go and come back. What event a recipe that is called
 * sees, its callers say. */
static void read_start(struct check *c, const struct yaml *root, json_t *plan)
{
    const struct yaml *when = yaml_get(root, "when");
    const char *name = json_get_text(plan, "recipe");
    c->is_part = when == NULL;
    if (when != NULL) {
        (void)json_object_set_new(plan, "when", read_when(c, when, name != NULL ? name : ""));
        check_queues(c, root);
    }
    if (name != NULL && library_is_called(c->library, name)) {
        json_decref(c->event);
        c->event = NULL;
    }
    if (when == NULL) {
        check_part(c, root);
    }
}

/* --- the whole --- */

static void read_recipe_head(struct check *c, const struct yaml *root, json_t *plan)
{
    const struct yaml *name = need_word(c, root, "recipe", "it begins with `recipe: its-name`");
    if (name != NULL && check_name(c->diags, name, "a recipe")) {
        (void)json_object_set_new(plan, "recipe", json_string(name->text));
    }
    (void)json_object_set_new(plan, "file", json_string(c->diags->file));
    read_summary(c, root, plan);
    read_needs(c, root);
    (void)json_object_set(plan, "needs", c->needs);
    json_t *inputs = inputs_read(c, yaml_get(root, "inputs"));
    c->inputs = known_inputs(inputs);
    (void)json_object_set_new(plan, "inputs", inputs);
    read_start(c, root, plan);
    read_mode(c, root, plan);
    read_settle(c, root, plan);
}

/* The plan; never NULL, but with holes where there were errors. */
static json_t *read_plan(struct check *c, const struct yaml *root)
{
    json_t *plan = json_object();
    check_words(c->diags, root, WORDS, "a recipe");
    read_recipe_head(c, root, plan);
    const struct yaml *condition = yaml_get(root, "if");
    if (condition != NULL) {
        set_node(plan, "if", node_condition(c, condition, "`if`"));
        c->is_conditional = !yaml_is(condition, "true");
    }
    read_recipe_key(c, root, plan);
    read_steps(c, root, plan);
    return plan;
}

/* Checks the tree; false where there is any error since `before`. */
static bool check_tree(struct check *c, const struct yaml *root, size_t before, struct part *out)
{
    out->plan = read_plan(c, root);
    const char *name = json_get_text(out->plan, "recipe");
    const struct yaml *place = yaml_get(root, "recipe");
    out->inputs = inputs_values(c, name != NULL ? name : "", yaml_get(root, "inputs"), root,
                                json_object_get(out->plan, "inputs"));
    out->line = place != NULL ? place->line : root->line;
    out->column = place != NULL ? place->column : root->column;
    return check_count(c->diags) == before;
}

bool part_read(struct part *out, struct library *lib, const char *text, size_t len, struct diags *d)
{
    *out = (struct part){ .scripts = json_object(), .maps = json_object(), .calls = json_object() };
    struct check c = {
        .diags = d,
        .project = library_project(lib),
        .hooks = library_hooks(lib),
        .needs = json_object(),
        .steps = json_object(),
        .names = json_object(),
        .maps = out->maps,
        .scripts = out->scripts,
        .calls = out->calls,
        .starts = json_object(),
        .library = lib,
    };
    size_t before = check_count(d);
    diags_set_text(d, text, len);
    struct yaml *root = yaml_parse(text, len, d);
    struct outline *outline = root != NULL ? outline_new(root) : NULL;
    c.outline = outline;
    bool is_good = root != NULL && check_kind(d, root, YAML_MAP, "a recipe") &&
                   check_tree(&c, root, before, out);
    outline_free(outline);
    yaml_tree_free(root);
    json_decref(c.needs);
    json_decref(c.steps);
    json_decref(c.names);
    json_decref(c.inputs);
    json_decref(c.event);
    json_decref(c.starts);
    json_decref(c.result);
    if (!is_good) {
        part_fini(out);
    }
    return is_good;
}

void part_fini(struct part *p)
{
    json_decref(p->plan);
    json_decref(p->inputs);
    json_decref(p->scripts);
    json_decref(p->maps);
    json_decref(p->calls);
    *p = (struct part){ 0 };
}
