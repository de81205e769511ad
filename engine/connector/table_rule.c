/*
 * Checks what the shape of a connector's table cannot say: that a text names a field, an operation
 * or an event that is there, and which keys go together. A name that is misspelt would else be a
 * switch that nobody turned. A rule is called with a value whose type is right, and tells what is
 * wrong through shape_find. Pure.
 */
#include "connector/table_rule.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* --- names that must be there ---------------------------------------------------------- */

/* A text that is a field of the operation's input, or of the schema that it stands in. */
void table_names_field(struct shape_walk *w, const char *text)
{
    const json_t *fields = shape_scope(w);
    if (json_object_get(fields, text) == NULL) {
        shape_find_unknown(w, text, fields, "names `%.60s`, which is no field of the input", text);
    }
}

void table_names_flag(struct shape_walk *w, const char *text)
{
    const json_t *field = json_object_get(shape_scope(w), text);
    const char *type = json_is_array(field) ? json_string_value(json_array_get(field, 0))
                                            : json_get_text(field, "1");
    table_names_field(w, text);
    if (type != NULL && strcmp(type, "boolean") != 0) {
        shape_find(w, NULL, "names `%.60s`, which is not true or false but of the type %.20s", text,
                   type);
    }
}

/* A file of a connector's folder has no name in it. */
static bool is_part(const struct shape_walk *w)
{
    return json_object_get(shape_root(w), "name") == NULL;
}

/* Whether what the table does not have may stand elsewhere. */
static bool has_more(const struct shape_walk *w)
{
    return is_part(w) || json_is_true(json_object_get(shape_root(w), "areas"));
}

static void names_member(struct shape_walk *w, const char *text, const char *list, const char *what)
{
    const json_t *names = json_object_get(shape_root(w), list);
    if (json_object_get(names, text) == NULL && !has_more(w)) {
        shape_find_unknown(w, text, json_is_object(names) ? names : NULL,
                           "names `%.60s`, which is no %s of this connector", text, what);
    }
}

void table_names_operation(struct shape_walk *w, const char *text)
{
    names_member(w, text, "operations", "operation");
}

void table_names_event(struct shape_walk *w, const char *text)
{
    names_member(w, text, "events", "event");
}

/* What looks for an effect must not make one. A connector's own table has it, as a name that leads
 * nowhere would be found too late: when an effect is in doubt. */
void table_names_reading(struct shape_walk *w, const char *text)
{
    const json_t *operations = json_object_get(shape_root(w), "operations");
    const json_t *operation = json_object_get(operations, text);
    const char *method = json_get_text(operation, "method");
    if (operation == NULL && !is_part(w)) {
        shape_find_unknown(w, text, operations,
                           "names `%.60s`, which is no operation of this table", text);
    }
    if (operation != NULL && (method == NULL || strcmp(method, "GET") != 0)) {
        shape_find(w, "an operation with the method GET", "names `%.60s`, which does not only read",
                   text);
    }
}

/* Every {field} of the path is a field of the input. */
void table_has_path(struct shape_walk *w, const char *text)
{
    if (*text != '/') {
        shape_find(w, "such as /v1/tickets/{id}", "takes a path that begins with /");
    }
    for (const char *at = strchr(text, '{'); at != NULL; at = strchr(at + 1, '{')) {
        const char *end = strchr(at, '}');
        if (end == NULL) {
            shape_find(w, NULL, "has a { without its }");
            return;
        }
        char *field = xstrndup(at + 1, (size_t)(end - at - 1));
        if (json_object_get(shape_scope(w), field) == NULL) {
            shape_find_unknown(w, field, shape_scope(w),
                               "names {%.60s}, which is no field of the input", field);
        }
        free(field);
    }
}

/* --- what goes together ---------------------------------------------------------------- */

static bool has_rule_key(const json_t *table, const char *key)
{
    return json_object_get(table, key) != NULL;
}

void table_is_operation(struct shape_walk *w, const json_t *table)
{
    if (has_rule_key(table, "method") && !has_rule_key(table, "path") &&
        !has_rule_key(table, "free")) {
        shape_find(w, NULL, "has a `method`, and needs a `path` or `free`");
    }
    if (!has_rule_key(table, "method") && !has_rule_key(table, "run")) {
        shape_find(w, NULL, "needs a `method`, or a function `run`");
    }
}

void table_is_event(struct shape_walk *w, const json_t *table)
{
    bool has_conditions = json_array_size(json_object_get(table, "any")) > 0;
    if (has_rule_key(table, "of") != has_conditions) {
        shape_find(w, "`of` names the event that it is derived from, `any` lists its conditions",
                   "needs both `of` and `any`, or none of them");
    }
}

void table_is_condition(struct shape_walk *w, const json_t *table)
{
    if (has_rule_key(table, "has") + has_rule_key(table, "is") + has_rule_key(table, "missing") !=
        1) {
        shape_find(w, NULL, "needs one of `has`, `is` and `missing`");
    }
}

void table_is_way(struct shape_walk *w, const json_t *table)
{
    if (!has_rule_key(table, "item") &&
        !(has_rule_key(table, "items") && has_rule_key(table, "match"))) {
        shape_find(w, NULL, "needs `item`, or `items` and `match`");
    }
}

void table_is_pages(struct shape_walk *w, const json_t *table)
{
    if (has_rule_key(table, "offset") + has_rule_key(table, "page") + has_rule_key(table, "next") +
            has_rule_key(table, "last") !=
        1) {
        shape_find(w, "what the next call has to say",
                   "needs one of `offset`, `page`, `next` and "
                   "`last`");
    }
}

void table_is_store(struct shape_walk *w, const json_t *table)
{
    if (strcmp(json_get_text(table, "action"), "list") != 0 && !has_rule_key(table, "id")) {
        shape_find(w, NULL, "needs `id`: the field with the id of the record");
    }
}

/* A rule that the connector says itself, and not the connection, is whole. */
static void check_rule_header(struct shape_walk *w, const json_t *rule, size_t number)
{
    const char *kind = json_get_text(rule, "kind");
    if (strcmp(kind, "none") != 0 && strcmp(kind, "token") != 0 && !has_rule_key(rule, "header")) {
        shape_find(w, "the header that the signature is in",
                   "has a rule `verify[%zu]` of the kind `%s` without a `header`", number, kind);
    }
}

/* A parent is of use only with the way from its token to an account's. */
void table_is_accounts(struct shape_walk *w, const json_t *table)
{
    static const char *const parts[] = { "parent", "exchange", "field", NULL };
    bool has_any = has_rule_key(table, "parent_auth");
    for (const char *const *p = parts; *p != NULL; p++) {
        has_any = has_any || has_rule_key(table, *p);
    }
    for (const char *const *p = parts; *p != NULL; p++) {
        if (has_any && !has_rule_key(table, *p)) {
            shape_find(w, NULL, "needs `parent`, `exchange` and `field`, or none of them");
            return;
        }
    }
    const char *field = json_get_text(table, "field");
    json_t *input = json_object_get(json_object_get(table, "exchange"), "input");
    if (field != NULL && json_object_get(input, field) == NULL) {
        shape_find(w, NULL, "names a `field` that the input of `exchange` does not have");
    }
}

void table_is_webhook(struct shape_walk *w, const json_t *table)
{
    if (!has_rule_key(table, "type") && !has_rule_key(table, "event") &&
        !has_rule_key(shape_root(w), "receive")) {
        shape_find(w, NULL, "needs `type` or `event`, as the connector has no function `receive`");
    }
    size_t i;
    json_t *rule;
    json_array_foreach (json_object_get(table, "verify"), i, rule) {
        check_rule_header(w, rule, i + 1);
    }
}
