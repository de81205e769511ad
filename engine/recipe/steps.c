/* Reads the steps of a recipe into its plan. The order of a step's parts is the order in which a
 * run looks at them: its condition, the list that it walks, what it does, and, when that failed,
 * on_error. So a part sees the results of the steps before it and no others: a step's own name is
 * known only behind it. What a step does is one of a few words (WORKS), each with its reader and
 * with the words that may stand beside it. Groups and branches hold steps of their own, which share
 * the recipe's names but not what they see; recursion follows the YAML tree, whose depth is
 * bounded. */

#include "recipe/steps.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/mem.h"
#include "connector/account_words.h"
#include "format/date.h"
#include "format/duration.h"
#include "project/literal.h"
#include "project/policy.h"
#include "recipe/echo.h"
#include "recipe/known.h"
#include "recipe/library.h"
#include "recipe/nodes.h"
#include "recipe/reach.h"
#include "recipe/use.h"

#define TIMEOUT_MIN_US      INT64_C(100000)
#define TIMEOUT_MAX_US      INT64_C(3600000000)
#define DAY_US              INT64_C(86400000000)
#define WAIT_FOR_DEFAULT_US (30 * DAY_US)
#define WAIT_FOR_MAX_US     (365 * DAY_US)

enum { AT_ONCE_MAX = 64 }; /* branches of a `parallel`, and items of `each` at the same time */

static const char *const STEP_WORDS[] = { "step",       "if",   "use",   "stop",     "wait",
                                          "wait_for",   "call", "do",    "parallel", "with",
                                          "each",       "as",   "retry", "timeout",  "on_error",
                                          "on_unknown", NULL };

static void set_new(json_t *object, const char *key, json_t *value)
{
    if (value != NULL) {
        (void)json_object_set_new(object, key, value); /* fails only for a NULL value */
    }
}

/* The step's name, checked and unique; NULL where it has none. Borrowed. */
static const char *read_step_name(struct check *c, const struct yaml *y)
{
    const struct yaml *name = yaml_get(y, "step");
    if (name == NULL) {
        check_error(c->diags, y, "begin it with `- step: name`", "a step without a name");
        return NULL;
    }
    if (!check_name(c->diags, name, "a step")) {
        return NULL;
    }
    if (json_object_get(c->names, name->text) != NULL) {
        check_error(c->diags, name, NULL, "there is already a step called `%s`", name->text);
        return NULL;
    }
    if (json_object_size(c->names) == STEPS_MAX) {
        check_error(c->diags, name, "put some into a recipe of their own, and `call` it",
                    "a recipe has at most %d steps", STEPS_MAX);
    }
    (void)json_object_set_new(c->names, name->text, json_true());
    return name->text;
}

/* What the step at hand gives is known to be this (taken). */
static void set_result(struct check *c, json_t *result_taken)
{
    json_decref(c->result);
    c->result = result_taken;
}

/* --- each and as --- */

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
    if (as == NULL || !check_name(c->diags, as, "an item")) {
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

/* `parallel: 4` beside `each`: how many items at the same time. */
static void read_at_once(struct check *c, const struct yaml *y, json_t *step)
{
    const struct yaml *parallel = yaml_get(y, "parallel");
    if (parallel == NULL || !check_text(c->diags, parallel, "`parallel` beside `each`")) {
        return;
    }
    json_t *descriptor = json_pack("[s]", "integer");
    json_t *v = literal_read(c->diags, parallel, "`parallel` beside `each`", parallel->text,
                             parallel->len, parallel->is_plain, descriptor);
    json_decref(descriptor);
    json_int_t count = json_integer_value(v);
    if (v != NULL && (count < 1 || count > AT_ONCE_MAX)) {
        check_error(c->diags, parallel, NULL, "`parallel` is between 1 and %d items at once",
                    AT_ONCE_MAX);
    }
    set_new(step, "at_once", v);
}

/* Whether the step has `each`: then `scope` is what its parts see the item under. */
static bool read_each(struct check *c, const struct yaml *y, json_t *step, struct item_scope *scope)
{
    const struct yaml *each = yaml_get(y, "each");
    const struct yaml *as = yaml_get(y, "as");
    const struct yaml *parallel = yaml_get(y, "parallel");
    if (each != NULL) {
        json_t *descriptor = json_pack("[s]", "list");
        c->may_page = true;
        set_new(step, "each", node_value(c, each, "`each`", descriptor));
        c->may_page = false;
        json_decref(descriptor);
        *scope = (struct item_scope){ .name = read_as(c, y, step), .outer = c->items };
        read_at_once(c, y, step);
        return true;
    }
    if (as != NULL) {
        check_error(c->diags, as, "each: = steps.tasks.tasks",
                    "`as` names the item of `each`, and there is none");
    }
    if (parallel != NULL && parallel->kind == YAML_SCALAR) {
        check_error(c->diags, parallel, "each: = steps.tasks.tasks",
                    "`parallel` says how many items of `each` at once, and there is none");
    }
    return false;
}

/* --- use --- */

/* The table of the step's connector, or NULL. Borrowed. */
static const json_t *table_of_step(struct check *c, const struct reference *r)
{
    bool is_known = r->connector != NULL && c->hooks != NULL && c->hooks->find_connector != NULL;
    return is_known ? c->hooks->find_connector(c->hooks->ud, r->connector) : NULL;
}

/* Whether a connection has the value that fields are filled with: a parent has the account of each
 * event. */
static bool has_setting(const json_t *table, const json_t *config, const char *key)
{
    return json_object_get(config, key) != NULL ||
           (account_words_is_parent(table, config) && strcmp(key, account_words(table).one) == 0);
}

/* The fields that the connection fills in: those whose descriptor says from_connection, where the
 * connection has the value. Yours. */
static json_t *filled_fields(struct check *c, const struct reference *r, const json_t *schema)
{
    json_t *filled = json_object();
    const json_t *table = table_of_step(c, r);
    const json_t *config =
        c->project != NULL ? json_object_get(c->project->connections, r->owner) : NULL;
    const char *field;
    json_t *descriptor;
    json_object_foreach ((json_t *)schema, field, descriptor) {
        const char *from =
            json_is_object(descriptor) ? json_get_text(descriptor, "from_connection") : NULL;
        bool is_faulty =
            c->project != NULL && json_object_get(c->project->faulty, r->owner) != NULL;
        if (from != NULL && (c->project == NULL || is_faulty || has_setting(table, config, from))) {
            set_new(filled, field, json_true());
        }
    }
    return filled;
}

static json_t *use_json(const struct reference *r)
{
    return r->connector != NULL
               ? json_pack("{s:s, s:s}", "connection", r->owner, "operation", r->name)
               : json_pack("{s:s}", "script", r->name);
}

static bool is_any_given(const json_t *one_of, const struct yaml *with, const json_t *filled)
{
    size_t i;
    json_t *one;
    json_array_foreach ((json_t *)one_of, i, one) {
        const char *field = json_string_value(one);
        if (field != NULL && ((with != NULL && yaml_get(with, field) != NULL) ||
                              json_object_get(filled, field) != NULL)) {
            return true;
        }
    }
    return false;
}

/* Fields of which at least one must be given. A `with` that is computed is known only later. */
static void check_one_of(struct check *c, const struct yaml *with, const struct yaml *use,
                         const struct reference *r, const json_t *filled)
{
    const json_t *one_of = json_object_get(r->table, "one_of");
    bool is_computed = with != NULL && with->kind != YAML_MAP;
    if (json_array_size(one_of) == 0 || is_computed || is_any_given(one_of, with, filled)) {
        return;
    }
    struct buf names;
    buf_init(&names, 256);
    size_t i;
    json_t *one;
    json_array_foreach ((json_t *)one_of, i, one) {
        (void)buf_printf(&names, "%s`%s`", i > 0 ? " or " : "",
                         json_string_value(one)); /* full: cut */
    }
    check_error(c->diags, use, NULL, "%s.%s needs %s", r->owner, r->name, buf_text(&names));
    buf_fini(&names);
}

/* The field by which a step names another account, where the connection is a parent; or NULL.
 * Borrowed. */
static const char *step_account_field(struct check *c, const struct reference *r)
{
    const json_t *config =
        c->project != NULL ? json_object_get(c->project->connections, r->owner) : NULL;
    const json_t *table = table_of_step(c, r);
    return account_words_is_parent(table, config) ? account_words(table).field : NULL;
}

/* The fields that a step may give; NULL: any. New reference. */
static json_t *fields_of(struct check *c, const struct reference *r)
{
    json_t *schema = json_object_get(r->table, "input");
    const char *field = step_account_field(c, r);
    if (!json_is_object(schema) || field == NULL || json_object_get(schema, field) != NULL) {
        return json_is_object(schema) ? json_incref(schema) : NULL;
    }
    json_t *more = json_copy(schema);
    set_new(more, field, json_pack("{s:s, s:b}", "1", "string", "optional", 1));
    return more;
}

static void read_step_fields(struct check *c, const struct yaml *y, const struct yaml *use,
                             const struct reference *r, json_t *step)
{
    json_t *schema = fields_of(c, r);
    char *action = xasprintf("%s.%s", r->owner, r->name);
    json_t *filled = filled_fields(c, r, schema);
    check_one_of(c, yaml_get(y, "with"), use, r, filled);
    set_new(step, "with", node_fields(c, yaml_get(y, "with"), use, action, schema, filled));
    json_decref(filled);
    json_decref(schema);
    free(action);
}

static void read_action(struct check *c, const struct yaml *y, const struct yaml *use, json_t *step)
{
    struct reference r;
    bool is_found = reference_action(c, use, &r);
    set_result(c, NULL);
    if (is_found) {
        set_result(c, known_output(&r));
        set_new(step, "use", use_json(&r));
        read_step_fields(c, y, use, &r, step);
        echo_check(c, use, &r, json_object_get(step, "with"));
        reach_check(c, &r, use, yaml_get(y, "with"));
        if (r.connector == NULL) {
            reference_keep_script(c, use, r.name);
        }
    } else if (yaml_get(y, "with") != NULL) {
        /* The values are checked even where the action is not known. */
        json_decref(node_fields(c, yaml_get(y, "with"), y, "", NULL, NULL));
    }
    reference_fini(&r);
}

static void read_timeout(struct check *c, const struct yaml *y, json_t *step)
{
    const struct yaml *timeout = yaml_get(y, "timeout");
    if (timeout != NULL) {
        int64_t us =
            policy_duration(c->diags, timeout, "`timeout`", TIMEOUT_MIN_US, TIMEOUT_MAX_US);
        set_new(step, "timeout_us", json_integer(us));
    }
}

/* --- on_error --- */

static json_t *read_on_error_list(struct check *c, const struct yaml *y)
{
    bool was_conditional = c->is_conditional;
    c->has_error = true;
    c->is_conditional = true;
    json_t *steps = steps_read(c, y, "`on_error`");
    c->is_conditional = was_conditional;
    return steps;
}

/* After `continue` or a list the run goes on, and later steps may look at `error`. */
static void read_on_error(struct check *c, const struct yaml *y, json_t *step)
{
    const struct yaml *on_error = yaml_get(y, "on_error");
    if (on_error == NULL) {
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

/* What becomes of a call that was sent and whose end nobody knows, where it cannot be looked for:
 * parked, which is the default, or sent again. */
static void read_on_unknown(struct check *c, const struct yaml *y, json_t *step)
{
    static const char *const choices[] = { "again", "park", NULL };
    const struct yaml *on_unknown = yaml_get(y, "on_unknown");
    if (on_unknown == NULL) {
        return;
    }
    if (on_unknown->kind == YAML_SCALAR && word_is_in(choices, on_unknown->text)) {
        set_new(step, "on_unknown", json_string(on_unknown->text));
        return;
    }
    check_error(c->diags, on_unknown, "again, if doing it twice does no harm",
                "`on_unknown` is again or park, not `%s`", SHOW(on_unknown));
}

/* --- what a step does --- */

/* What a step with `each` gives, where each item comes to `of` (taken; may be NULL). */
static json_t *each_result(const json_t *step, json_t *of_taken)
{
    static const char pages[] = "pages(";
    const char *each = json_get_text(json_object_get(step, "each"), "s");
    if (each == NULL || strstr(each, pages) == NULL) {
        return known_list(of_taken);
    }
    json_decref(of_taken);
    /* What does not begin with the call may be pages or a list. */
    each += strspn(each, " ");
    return strncmp(each, pages, sizeof pages - 1) == 0 ? known_pages() : NULL;
}

static void read_use(struct check *c, const struct yaml *y, const struct yaml *use, json_t *step)
{
    struct item_scope scope;
    bool has_each = read_each(c, y, step, &scope);
    const struct item_scope *outer = c->items;
    c->items = has_each ? &scope : outer;
    read_action(c, y, use, step);
    c->items = outer;
    if (has_each) {
        json_t *of = c->result;
        c->result = NULL;
        set_result(c, each_result(step, of));
    }
    set_new(step, "retry", policy_read(c->diags, yaml_get(y, "retry")));
    read_on_unknown(c, y, step);
    read_timeout(c, y, step);
}

static json_t *read_step_text(struct check *c, const struct yaml *y, const char *what)
{
    json_t *text = json_pack("[s]", "string");
    json_t *node = node_value(c, y, what, text);
    json_decref(text);
    return node;
}

static void read_stop(struct check *c, const struct yaml *y, const struct yaml *stop, json_t *step)
{
    set_new(step, "stop", read_step_text(c, stop, "`stop`"));
    set_result(c, known_none("ends the run, and gives no result"));
    c->has_stop = true;
}

/* A written-out wait is a duration above zero, or a date: digits alone are neither. */
static void check_wait(struct check *c, const struct yaml *y, const char *text)
{
    int64_t us = 0;
    struct err e = ERR_INIT, ignored = ERR_INIT;
    size_t len = strlen(text);
    bool may_be_date = strchr(text, '-') != NULL;
    if (duration_parse(text, len, &us, &e) == 0) {
        if (us <= 0) {
            check_error(c->diags, y, "such as 2 days", "`wait` is longer than nothing");
        }
    } else if (!may_be_date && ascii_is_digit(text[0])) {
        check_error(c->diags, y, NULL, "`wait`: %s", e.message);
    } else if (!may_be_date || date_parse(text, len, NULL, &us, &ignored) != 0) {
        check_error(c->diags, y, "such as 2 days, or 2026-11-25T10:00:00Z",
                    "`wait` takes a duration or a date, not `%s`", SHOW(y));
    }
}

static void read_wait_step(struct check *c, const struct yaml *y, const struct yaml *wait,
                           json_t *step)
{
    json_t *node = read_step_text(c, wait, "`wait`");
    const char *text = json_get_text(node, "v");
    if (text != NULL) {
        check_wait(c, wait, text);
    }
    set_new(step, "wait", node);
    set_result(c, known_none("waits, and gives no result"));
}

static void read_wait_for(struct check *c, const struct yaml *y, const struct yaml *wait_for,
                          json_t *step)
{
    const struct yaml *timeout = yaml_get(y, "timeout");
    struct reference r;
    set_result(c, NULL);
    if (reference_event(c, wait_for, "`wait_for`", &r)) {
        set_new(step, "wait_for", json_pack("{s:s, s:s}", "connection", r.owner, "event", r.name));
        set_result(c, known_event(c, &r));
    }
    reference_fini(&r);
    set_new(step, "with", node_match(c, yaml_get(y, "with"), wait_for, c->result));
    int64_t us = WAIT_FOR_DEFAULT_US;
    if (timeout != NULL) {
        us = policy_duration(c->diags, timeout, "`timeout`", TIMEOUT_MIN_US, WAIT_FOR_MAX_US);
    }
    set_new(step, "timeout_us", json_integer(us));
}

/* The inputs of the called recipe, in the form of an action's fields; NULL where they are not
 * known. The recipe itself, with the recipes that it calls, is fetched once this one is read
 * (recipe/calls.c). Borrowed. */
static const json_t *called_inputs(struct check *c, const struct yaml *call)
{
    if (!check_name(c->diags, call, "a recipe")) {
        return NULL;
    }
    if (json_object_get(c->calls, call->text) == NULL) {
        (void)json_object_set_new(c->calls, call->text,
                                  json_pack("[i, i]", call->line, call->column));
    }
    return library_inputs(c->library, c->diags, call);
}

static void read_call(struct check *c, const struct yaml *y, const struct yaml *call, json_t *step)
{
    const struct yaml *with = yaml_get(y, "with");
    const json_t *schema = called_inputs(c, call);
    if (call->kind == YAML_SCALAR) {
        set_new(step, "call", json_string(call->text));
    }
    if (with != NULL && !check_kind(c->diags, with, YAML_MAP, "`with` of `call`")) {
        return;
    }
    char *what = xasprintf("the recipe `%s`", SHOW(call));
    set_new(step, "with", node_fields(c, with, call, what, schema, NULL));
    free(what);
    set_result(c, call->kind == YAML_SCALAR ? library_results(c->library, call->text) : NULL);
}

/* The results of the steps that were read since `before`, by their names. */
static json_t *new_results(const struct check *c, const json_t *before)
{
    json_t *fields = json_object();
    const char *name;
    json_t *known;
    json_object_foreach (c->steps, name, known) {
        if (json_object_get(before, name) == NULL) {
            (void)json_object_set(fields, name, known);
        }
    }
    return known_results(fields);
}

/* The steps of a group with `each` run for each item, so behind it they have no one result. */
static void read_group(struct check *c, const struct yaml *y, const struct yaml *group,
                       json_t *step)
{
    struct item_scope scope;
    if (!read_each(c, y, step, &scope)) {
        set_new(step, "do", steps_read(c, group, "`do`"));
        set_result(c, known_none("is a group, and gives no result: its steps do"));
        return;
    }
    json_t *before = json_copy(c->steps);
    c->items = &scope;
    set_new(step, "do", steps_read(c, group, "`do`"));
    c->items = scope.outer;
    set_result(c, each_result(step, new_results(c, before)));
    json_decref(c->steps);
    c->steps = before;
}

static json_t *read_one_step(struct check *c, const struct yaml *y);

/* Each branch sees what was there before, and nothing of the others; what follows sees them all. */
static json_t *read_branches(struct check *c, const struct yaml *list)
{
    json_t *steps = json_array();
    json_t *before = c->steps;
    json_t *after = json_copy(before);
    bool had_error = c->has_error;
    bool has_error = had_error;
    for (size_t i = 0; i < list->count && i < AT_ONCE_MAX; i++) {
        c->steps = json_copy(before);
        c->has_error = had_error;
        (void)json_array_append_new(steps, read_one_step(c, list->items[i]));
        (void)json_object_update(after, c->steps); /* fails only for what is no object */
        has_error = has_error || c->has_error;
        json_decref(c->steps);
    }
    json_decref(before);
    c->steps = after;
    c->has_error = has_error;
    return steps;
}

static void read_parallel(struct check *c, const struct yaml *y, const struct yaml *parallel,
                          json_t *step)
{
    if (!check_kind(c->diags, parallel, YAML_LIST, "`parallel`")) {
        return;
    }
    if (parallel->count == 0 || parallel->count > AT_ONCE_MAX) {
        check_error(c->diags, parallel, "a branch of several steps is a step with `do`",
                    "`parallel` has 1 to %d steps", AT_ONCE_MAX);
    }
    set_new(step, "parallel", read_branches(c, parallel));
    set_result(c, known_none("has branches, and gives no result: the steps in them do"));
}

/* --- a step --- */

/* The words of which a step has exactly one, what may stand beside each but `step` and `if`, and
 * who reads it. */
struct work {
    const char *word;
    const char *beside[9];
    void (*read)(struct check *c, const struct yaml *y, const struct yaml *value, json_t *step);
};

static const struct work WORKS[] = {
    { "use",
      { "with", "each", "as", "parallel", "retry", "timeout", "on_error", "on_unknown" },
      read_use },
    { "stop", { NULL }, read_stop },
    { "wait", { "on_error" }, read_wait_step },
    { "wait_for", { "with", "timeout", "on_error" }, read_wait_for },
    { "call", { "with", "on_error" }, read_call },
    { "do", { "each", "as", "parallel", "on_error" }, read_group },
    { "parallel", { "on_error" }, read_parallel },
};
enum { WORK_COUNT = sizeof WORKS / sizeof *WORKS };

/* Whether `parallel` is the step's list of steps, and not how many items of `each` at once. */
static bool is_branches(const struct yaml *y, const struct yaml *value)
{
    bool has_other =
        yaml_get(y, "each") != NULL || yaml_get(y, "use") != NULL || yaml_get(y, "do") != NULL;
    return value->kind == YAML_LIST || !has_other;
}

static bool is_work(const struct yaml *y, const struct work *w)
{
    const struct yaml *value = yaml_get(y, w->word);
    return value != NULL && (w->read != read_parallel || is_branches(y, value));
}

static bool is_work_word(const struct yaml *y, const char *word)
{
    for (size_t i = 0; i < WORK_COUNT; i++) {
        if (strcmp(WORKS[i].word, word) == 0) {
            return is_work(y, &WORKS[i]);
        }
    }
    return false;
}

/* The first of the words that is there; the others are errors. NULL where there is none. */
static const struct work *find_work(struct check *c, const struct yaml *y)
{
    const struct work *found = NULL;
    for (size_t i = 0; i < WORK_COUNT; i++) {
        if (is_work(y, &WORKS[i]) && found != NULL) {
            check_error(c->diags, yaml_get(y, WORKS[i].word), "make it a step of its own",
                        "a step does one thing: `%s` or `%s`, not both", found->word,
                        WORKS[i].word);
        } else if (is_work(y, &WORKS[i])) {
            found = &WORKS[i];
        }
    }
    return found;
}

static void check_beside(struct check *c, const struct yaml *y, const struct work *w)
{
    for (size_t i = 0; i < y->count; i++) {
        const char *word = y->keys[i]->text;
        bool is_everywhere = strcmp(word, "step") == 0 || strcmp(word, "if") == 0;
        if (is_everywhere || word_is_in(w->beside, word) || is_work_word(y, word) ||
            !word_is_in(STEP_WORDS, word)) {
            continue;
        }
        bool is_loop = strcmp(word, "each") == 0;
        check_error(c->diags, y->items[i],
                    is_loop ? "put the step into a group: `do` can have `each`" : NULL,
                    "`%s` has no meaning beside `%s`", word, w->word);
    }
}

/* What is known of the step's result; NULL: nothing. Yours. */
static json_t *read_work(struct check *c, const struct yaml *y, json_t *step)
{
    const struct work *w = find_work(c, y);
    if (w == NULL) {
        check_error(c->diags, y, "such as use: crm.get_contact",
                    "a step needs one of `use`, `do`, `parallel`, `wait`, `wait_for`, `call` and "
                    "`stop`");
        return NULL;
    }
    check_beside(c, y, w);
    w->read(c, y, yaml_get(y, w->word), step);
    json_t *result = c->result; /* before the steps of on_error leave theirs */
    c->result = NULL;
    if (word_is_in(w->beside, "on_error")) {
        read_on_error(c, y, step);
    }
    return result;
}

/* Its name, its condition and what it does. */
static json_t *read_parts(struct check *c, const struct yaml *y)
{
    const char *name = read_step_name(c, y);
    json_t *step = json_object();
    set_new(step, "step", json_string(name != NULL ? name : ""));
    set_new(step, "line", json_integer(y->line));
    const struct yaml *condition = yaml_get(y, "if");
    if (condition != NULL) {
        set_new(step, "if", node_condition(c, condition, "`if`"));
    }
    json_t *result = read_work(c, y, step);
    result = result != NULL ? result : json_pack("[s]", "any");
    if (name != NULL) {
        (void)json_object_set(c->steps, name, result);
    }
    json_decref(result);
    return step;
}

static json_t *read_one_step(struct check *c, const struct yaml *y)
{
    if (!check_kind(c->diags, y, YAML_MAP, "a step")) {
        return NULL;
    }
    check_words(c->diags, y, STEP_WORDS, "a step");
    const struct yaml *around = c->step, *condition = yaml_get(y, "if");
    bool was_conditional = c->is_conditional;
    c->step = y;
    c->is_conditional = was_conditional || yaml_get(y, "each") != NULL ||
                        (condition != NULL && !yaml_is(condition, "true"));
    json_t *step = read_parts(c, y);
    c->step = around;
    c->is_conditional = was_conditional;
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
    for (size_t i = 0; i < y->count && json_object_size(c->names) <= STEPS_MAX; i++) {
        (void)json_array_append_new(steps, read_one_step(c, y->items[i]));
    }
    return steps;
}
