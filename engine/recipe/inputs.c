/* Reads the inputs of a recipe: what it lets its user set. A recipe declares its inputs with types
 * and defaults; ladle.yaml may give other values below `inputs: <recipe>:`. Those come as raw texts
 * (lists and maps of them), because only the declaration knows their types. Results belong to the
 * caller. */

#include "recipe/inputs.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "project/literal.h"

static const char *const INPUT_WORDS[] = { "type", "default", "label", NULL };
static const char *const TYPES[] = { "string", "integer", "number", "boolean",
                                     "date",   "list",    "object", NULL };

/* A name that expressions can write as inputs.name. */
static bool check_input_name(struct check *c, const struct yaml *key)
{
    if (!check_name(c->diags, key, "an input")) {
        return false;
    }
    if (strchr(key->text, '-') != NULL) {
        check_error(c->diags, key, "use `_`: inputs.follow_up_days",
                    "`%s` cannot be written in an expression", key->text);
        return false;
    }
    return true;
}

static json_t *read_type(struct check *c, const struct yaml *y)
{
    const struct yaml *type = yaml_get(y, "type");
    if (type == NULL) {
        check_error(c->diags, y, "such as { type: integer, default: 2 }", "an input needs `type`");
        return NULL;
    }
    if (!check_text(c->diags, type, "`type`")) {
        return NULL;
    }
    if (!word_is_in(TYPES, type->text)) {
        check_unknown(
            c->diags, type, type->text, TYPES,
            "there is no type `%s`: string, integer, number, boolean, date, list or object",
            SHOW(type));
        return NULL;
    }
    return json_string(type->text);
}

static json_t *read_input(struct check *c, const struct yaml *y, const char *what)
{
    json_t *input = json_object();
    if (!check_kind(c->diags, y, YAML_MAP, what)) {
        return input;
    }
    check_words(c->diags, y, INPUT_WORDS, "an input");
    json_t *type = read_type(c, y);
    const struct yaml *value = yaml_get(y, "default");
    const struct yaml *label = yaml_get(y, "label");
    if (value != NULL && type != NULL) {
        json_t *descriptor = json_pack("[O]", type);
        json_t *v = literal_tree(c->diags, value, "`default`", descriptor);
        (void)json_object_set_new(input, "default", v);
        json_decref(descriptor);
    }
    if (label != NULL && check_text(c->diags, label, "`label`")) {
        (void)json_object_set_new(input, "label", json_stringn(label->text, label->len));
    }
    (void)json_object_set_new(input, "type", type != NULL ? type : json_string("string"));
    return input;
}

json_t *inputs_read(struct check *c, const struct yaml *y)
{
    json_t *inputs = json_object();
    if (y == NULL || !check_kind(c->diags, y, YAML_MAP, "`inputs`")) {
        return inputs;
    }
    for (size_t i = 0; i < y->count; i++) {
        if (check_input_name(c, y->keys[i])) {
            const char *name = y->keys[i]->text;
            char *what = xasprintf("the input `%s`", name);
            (void)json_object_set_new(inputs, name, read_input(c, y->items[i], what));
            free(what);
        }
    }
    return inputs;
}

/* --- values --- */

static json_t *typed(struct check *c, const struct yaml *at, const char *what, const json_t *raw,
                     const char *type)
{
    bool is_list = strcmp(type, "list") == 0;
    bool is_object = strcmp(type, "object") == 0;
    if ((is_list && json_is_array(raw)) || (is_object && json_is_object(raw))) {
        return json_deep_copy(raw);
    }
    json_t *descriptor = json_pack("[s]", type);
    json_t *v = NULL;
    if (json_is_string(raw)) {
        v = literal_read(c->diags, at, what, json_string_value(raw), json_string_length(raw), true,
                         descriptor);
    } else {
        check_error(c->diags, at, NULL, "%s takes %s, not %s", what, literal_type_name(descriptor),
                    json_is_array(raw) ? "a list" : "a map");
    }
    json_decref(descriptor);
    return v;
}

static json_t *input_value(struct check *c, const struct yaml *at, const char *name,
                           const json_t *input, const json_t *raw)
{
    json_t *otherwise = json_object_get(input, "default");
    if (raw != NULL) {
        char *what = xasprintf("the value that ladle.yaml gives to `%s`", name);
        json_t *v = typed(c, at, what, raw, json_get_text(input, "type"));
        free(what);
        return v;
    }
    if (otherwise == NULL && c->project != NULL && !c->is_part) {
        check_error(c->diags, at, "give it a default here, or a value below `inputs` in ladle.yaml",
                    "the input `%s` has no value", name);
    }
    return json_incref(otherwise);
}

/* The key node of an input's declaration. */
static const struct yaml *place_of_input(const struct yaml *y, const struct yaml *root,
                                         const char *name)
{
    for (size_t i = 0; y != NULL && y->kind == YAML_MAP && i < y->count; i++) {
        if (strcmp(y->keys[i]->text, name) == 0) {
            return y->keys[i];
        }
    }
    return root;
}

static void check_surplus(struct check *c, const struct yaml *at, const json_t *given,
                          const json_t *declared)
{
    const char *name;
    json_t *value;
    json_object_foreach ((json_t *)given, name, value) {
        if (json_object_get(declared, name) == NULL) {
            check_unknown_member(
                c->diags, at, name, declared,
                "ladle.yaml gives an input `%.60s`, which this recipe does not have", name);
        }
    }
}

json_t *inputs_values(struct check *c, const char *recipe, const struct yaml *y,
                      const struct yaml *root, const json_t *declared)
{
    const json_t *given = c->project != NULL ? json_object_get(c->project->inputs, recipe) : NULL;
    json_t *values = json_object();
    const char *name;
    json_t *input;
    json_object_foreach ((json_t *)declared, name, input) {
        const struct yaml *at = place_of_input(y, root, name);
        json_t *v = input_value(c, at, name, input, json_object_get(given, name));
        (void)json_object_set_new(values, name, v);
    }
    check_surplus(c, y != NULL && y->kind == YAML_MAP ? y : root, given, declared);
    return values;
}
