/* Loads one recipe: YAML with marks, then every check, then its normal form (the plan), then the
 * bundle that a run keeps. The checks do not stop at the first error; whether there was any is
 * looked at once, at the end, and a recipe with errors is not handed out. All results are owned by
 * struct recipe. Used at start, at reload and by commands, on one thread. */

#include "recipe/recipe.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "crypto/sign.h"
#include "recipe/check.h"
#include "recipe/folder.h"
#include "recipe/inputs.h"
#include "recipe/nodes.h"
#include "recipe/steps.h"
#include "recipe/use.h"

enum { BUNDLE_MAX = 4 << 20, SUMMARY_MAX = 500, TRIGGERS_MAX = 50 };

static const char *const WORDS[] = { "recipe", "summary", "needs", "inputs",   "when", "if",
                                     "key",    "mode",    "do",    "on_error", NULL };
static const char *const WORDS_LATER[] = { "settle", NULL };

/* --- the parts -------------------------------------------------------------------------------- */

static void read_summary(struct check *c, const struct yaml *root, json_t *plan)
{
    const struct yaml *y = yaml_get(root, "summary");
    json_t *summary = NULL;
    if (y && check_text(c->diags, y, "`summary`")) {
        summary = json_stringn(y->text, y->len <= SUMMARY_MAX ? y->len : 0);
        if (y->len > SUMMARY_MAX) {
            check_error(c->diags, y, NULL, "`summary` is longer than %d bytes", SUMMARY_MAX);
        }
    }
    (void)json_object_set_new(plan, "summary", summary ? summary : json_string(""));
}

/* A need is a connection of ladle.yaml of the connector that the recipe was written for. The
 * workspace is there without an entry. */
static void check_binding(struct check *c, const struct yaml *key, const struct yaml *value)
{
    if (!c->project || (yaml_is(key, "records") && yaml_is(value, "records"))) {
        return;
    }
    const json_t *config = json_object_get(c->project->connections, key->text);
    if (!config) {
        check_unknown_member(c->diags, key, key->text, c->project->connections,
                             "ladle.yaml has no connection `%s`", key->text);
        return;
    }
    const char *connector = json_get_text(config, "connector");
    if (connector && strcmp(connector, value->text) != 0) {
        check_error(c->diags, value, NULL,
                    "the connection `%s` of ladle.yaml is of the connector %s, not %s", key->text,
                    connector, SHOW(value));
    }
}

static bool check_connector(struct check *c, const struct yaml *value)
{
    if (!c->hooks || !c->hooks->find_connector ||
        c->hooks->find_connector(c->hooks->ud, value->text)) {
        return true;
    }
    static const char *const known[] = { "highlevel", "convertcalculator", "webhook",
                                         "http",      "records",           NULL };
    check_unknown(c->diags, value, value->text, known, "there is no connector `%s`", SHOW(value));
    return false;
}

static void read_need(struct check *c, const struct yaml *key, const struct yaml *value)
{
    if (!check_name(c->diags, key, "a connection") || !check_name(c->diags, value, "a connector")) {
        return;
    }
    if (strcmp(key->text, "scripts") == 0 || strcmp(key->text, "ladle") == 0) {
        check_error(c->diags, key, NULL, "`%s` is a name of the engine's own", key->text);
        return;
    }
    if (check_connector(c, value)) {
        check_binding(c, key, value);
    }
    (void)json_object_set_new(c->needs, key->text, json_string(value->text));
}

static void read_needs(struct check *c, const struct yaml *root)
{
    const struct yaml *y = yaml_get(root, "needs");
    if (!y || !check_kind(c->diags, y, YAML_MAP, "`needs`")) {
        return;
    }
    for (size_t i = 0; i < y->count; i++) {
        read_need(c, y->keys[i], y->items[i]);
    }
}

static json_t *read_trigger(struct check *c, const struct yaml *y)
{
    struct reference r;
    json_t *trigger = NULL;
    if (reference_event(c, y, &r)) {
        trigger = json_pack("{s:s, s:s}", "connection", r.owner, "event", r.name);
    }
    reference_fini(&r);
    return trigger;
}

static json_t *read_when(struct check *c, const struct yaml *y)
{
    json_t *triggers = json_array();
    if (!check_kind(c->diags, y, YAML_LIST, "`when`")) {
        return triggers;
    }
    if (y->count == 0 || y->count > TRIGGERS_MAX) {
        check_error(c->diags, y, NULL, "`when` has 1 to %d triggers", TRIGGERS_MAX);
        return triggers;
    }
    for (size_t i = 0; i < y->count; i++) {
        (void)json_array_append_new(triggers, read_trigger(c, y->items[i]));
    }
    return triggers;
}

/* Runs of one key wait for each other in order of arrival; the other ways come with a later
 * version. */
static void read_mode(struct check *c, const struct yaml *root, json_t *plan)
{
    static const char *const modes[] = { "queue", "latest", "drop", "parallel", NULL };
    const struct yaml *y = yaml_get(root, "mode");
    if (!y || !check_text(c->diags, y, "`mode`")) {
        return;
    }
    for (size_t i = 1; modes[i]; i++) {
        if (yaml_is(y, modes[i])) {
            check_error(c->diags, y, "leave `mode` out: queue is the default",
                        "`mode: %s` is not part of this version", modes[i]);
            return;
        }
    }
    if (yaml_is(y, "queue")) {
        (void)json_object_set_new(plan, "mode", json_string("queue"));
    } else {
        check_unknown(c->diags, y, y->text, modes, "there is no mode `%s`", SHOW(y));
    }
}

static void set_node(json_t *plan, const char *key, json_t *node)
{
    (void)json_object_set_new(plan, key, node); /* NULL, where there was an error, is left out */
}

static void read_key(struct check *c, const struct yaml *root, json_t *plan)
{
    const struct yaml *y = yaml_get(root, "key");
    if (y) {
        json_t *text = json_pack("[s]", "string");
        set_node(plan, "key", node_value(c, y, "`key`", text));
        json_decref(text);
    }
}

static const struct yaml *need_word(struct check *c, const struct yaml *root, const char *word,
                                    const char *hint)
{
    const struct yaml *y = yaml_get(root, word);
    if (!y) {
        check_error(c->diags, root, hint, "a recipe needs `%s`", word);
    }
    return y;
}

static void read_steps(struct check *c, const struct yaml *root, json_t *plan)
{
    const struct yaml *steps = need_word(c, root, "do", "a list of steps");
    const struct yaml *on_error = yaml_get(root, "on_error");
    c->in_steps = true;
    if (steps) {
        set_node(plan, "do", steps_read(c, steps, "`do`"));
    }
    if (on_error && on_error->kind == YAML_SCALAR) {
        check_error(c->diags, on_error, "continue and fail belong to a step",
                    "`on_error` of a recipe is a list of steps");
    } else if (on_error) {
        c->has_error = true;
        set_node(plan, "on_error", steps_read(c, on_error, "`on_error`"));
    }
}

/* --- the whole -------------------------------------------------------------------------------- */

static void read_head(struct check *c, const struct yaml *root, json_t *plan)
{
    const struct yaml *name = need_word(c, root, "recipe", "it begins with `recipe: its-name`");
    if (name && check_name(c->diags, name, "a recipe")) {
        (void)json_object_set_new(plan, "recipe", json_string(name->text));
    }
    read_summary(c, root, plan);
    read_needs(c, root);
    (void)json_object_set(plan, "needs", c->needs);
    (void)json_object_set_new(plan, "inputs", inputs_read(c, yaml_get(root, "inputs")));
    const struct yaml *when = need_word(c, root, "when", "a list of triggers");
    if (when) {
        (void)json_object_set_new(plan, "when", read_when(c, when));
    }
    read_mode(c, root, plan);
}

/* The plan; never NULL, but with holes where there were errors. */
static json_t *read_plan(struct check *c, const struct yaml *root)
{
    json_t *plan = json_object();
    check_words(c->diags, root, WORDS, WORDS_LATER, "a recipe");
    read_head(c, root, plan);
    const struct yaml *condition = yaml_get(root, "if");
    if (condition) {
        set_node(plan, "if", node_condition(c, condition, "`if`"));
    }
    read_key(c, root, plan);
    read_steps(c, root, plan);
    return plan;
}

static json_t *make_bundle(struct check *c, const json_t *plan, const json_t *values)
{
    const char *zone = c->project ? c->project->timezone : "UTC";
    return json_pack("{s:O, s:O, s:s, s:O, s:O}", "plan", plan, "inputs", values, "timezone", zone,
                     "scripts", c->scripts, "maps", c->maps);
}

/* Fills the recipe in from its parts; takes plan and values. */
static struct recipe *make_recipe(struct check *c, const char *file, const struct yaml *root,
                                  json_t *plan, json_t *values)
{
    struct recipe *r = xcalloc(1, sizeof *r);
    const struct yaml *name = yaml_get(root, "recipe");
    *r = (struct recipe){
        .name = xstrdup(json_get_text(plan, "recipe")),
        .file = xstrdup(file),
        .plan = plan,
        .inputs = values,
        .line = name->line,
        .column = name->column,
    };
    json_t *bundle = make_bundle(c, plan, values);
    r->bundle = json_text(bundle, &r->bundle_len);
    json_decref(bundle);
    sign_sha256_hex(r->bundle, r->bundle_len, r->hash);
    return r;
}

/* Checks the tree; NULL where there is any error since `before`. */
static struct recipe *check_tree(struct check *c, const char *file, const struct yaml *root,
                                 size_t before)
{
    json_t *plan = read_plan(c, root);
    const char *name = json_get_text(plan, "recipe");
    json_t *values = inputs_values(c, name ? name : "", yaml_get(root, "inputs"), root,
                                   json_object_get(plan, "inputs"));
    if (check_count(c->diags) > before) {
        json_decref(plan);
        json_decref(values);
        return NULL;
    }
    struct recipe *r = make_recipe(c, file, root, plan, values);
    if (r->bundle_len > BUNDLE_MAX) {
        check_error(c->diags, root, NULL, "the recipe and its scripts are larger than %d bytes",
                    BUNDLE_MAX);
        recipe_free(r);
        return NULL;
    }
    return r;
}

struct recipe *recipe_parse(const char *name, const char *text, size_t len, const struct project *p,
                            const struct project_hooks *h, struct diags *d)
{
    struct check c = {
        .diags = d,
        .project = p,
        .hooks = h,
        .needs = json_object(),
        .steps = json_object(),
        .names = json_object(),
        .maps = json_object(),
        .scripts = json_object(),
    };
    size_t before = check_count(d);
    diags_set_text(d, text, len);
    struct yaml *root = yaml_parse(text, len, d);
    struct recipe *r = NULL;
    if (root && check_kind(d, root, YAML_MAP, "a recipe")) {
        r = check_tree(&c, name, root, before);
    }
    yaml_tree_free(root);
    json_decref(c.needs);
    json_decref(c.steps);
    json_decref(c.names);
    json_decref(c.maps);
    json_decref(c.scripts);
    return r;
}

struct recipe *recipe_load(const char *path, const struct project *p, const struct project_hooks *h,
                           struct diags *d)
{
    size_t len = 0;
    struct err e = ERR_INIT;
    char *text = folder_read(path, YAML_BYTES_MAX, &len, &e);
    if (!text) {
        diags_add(d, 0, 0, NULL, "%s", e.message);
        return NULL;
    }
    struct recipe *r = recipe_parse(path, text, len, p, h, d);
    free(text);
    return r;
}

void recipe_free(struct recipe *r)
{
    if (!r) {
        return;
    }
    free(r->name);
    free(r->file);
    json_decref(r->plan);
    json_decref(r->inputs);
    free(r->bundle);
    free(r);
}
