/* Turns the values of a recipe into nodes of its plan. A scalar that begins with "= " is an
 * expression, checked by the compiler behind the hooks and read lightly for the steps and field
 * maps that it names; a text with `${…}` becomes its parts; everything else is a literal of the
 * type that the field's descriptor names. Recursion follows the YAML tree, whose depth is bounded.
 * The nodes belong to the caller; errors go to the check. */

#include "recipe/nodes.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/plural.h"
#include "connector/schema.h"
#include "project/literal.h"
#include "recipe/known.h"
#include "recipe/maps.h"
#include "recipe/scan.h"
#include "recipe/use.h"

enum { PATH_SEGMENTS_MAX = 32, EXPRESSION_MAX = 4096, MATCH_FIELDS_MAX = 16 };

static const char *const ROOTS[] = { "event", "meta", "inputs", "steps",
                                     "item",  "now",  "error",  NULL };

/* --- what a value may refer to --- */

/* A field map's errors, shown at the expression that uses it: a recipe cannot do without it. */
static void report_map(struct check *c, const struct yaml *y, const char *name,
                       const struct diags *d)
{
    if (d == NULL) {
        check_error(c->diags, y, "a field map is a file in recipes/maps",
                    "there is no field map recipes/maps/%.60s.yaml", name);
        return;
    }
    for (size_t i = 0; i < d->count; i++) {
        check_error(c->diags, y, d->items[i].hint, "%s:%d:%d: %s", d->file, d->items[i].line,
                    d->items[i].column, d->items[i].message);
    }
}

static void use_map(struct check *c, const struct yaml *y, const char *name, size_t len)
{
    char *text = xstrndup(name, len);
    if (!name_is_valid(text, len)) {
        check_error(c->diags, y, NULL, "`%.60s` is no valid name for a field map", text);
    } else if (json_object_get(c->maps, text) == NULL) {
        struct diags *d = NULL;
        json_t *map = map_load(text, c->project, c->hooks, &d);
        if (map == NULL) {
            report_map(c, y, text, d);
        }
        (void)json_object_set_new(c->maps, text, map != NULL ? map : json_array());
        diags_free(d);
    }
    free(text);
}

static void use_pages(struct check *c, const struct yaml *y, const struct find *f)
{
    if (c->may_page && f->what == SCAN_PAGES) {
        reference_pages(c, y, f->name, f->len);
        return;
    }
    check_error(c->diags, y, "each: = pages(crm.search_contacts_advanced, { … })",
                c->may_page ? "an operation's name stands as the first value of `pages`"
                            : "`pages` is there only in `each`");
}

/* What scan_expression calls: the check, the node, and whether names may be a function's own. */
struct scan {
    struct check *check;
    const struct yaml *at;
    bool has_function;
};

static void on_find(void *ud, const struct find *f)
{
    struct scan *s = ud;
    struct check *c = s->check;
    switch (f->what) {
    case SCAN_PATH: /* a function may have names of its own; `steps` is hardly one */
        if (!s->has_function || (f->len == 5 && memcmp(f->name, "steps", 5) == 0)) {
            known_check_path(c, s->at, f->path);
        }
        return;
    case SCAN_MAP:
        use_map(c, s->at, f->name, f->len);
        return;
    case SCAN_MAP_ANY:
        check_error(c->diags, s->at, "write map_fields(\"contact\", value)",
                    "a field map's name stands in quotes as the first argument");
        return;
    case SCAN_PAGES:
    case SCAN_PAGES_ANY:
        use_pages(c, s->at, f);
        return;
    }
}

/* --- expressions --- */

enum { EXTRA_NAMES_MAX = YAML_DEPTH_MAX + 100 };

/* The names of the items that are seen here, NULL-terminated. Each `each` lies a level deeper in
 * the file than the one around it, so there is room for all. */
static void item_names(const struct check *c, const char *names[YAML_DEPTH_MAX + 1])
{
    size_t count = 0;
    for (const struct item_scope *s = c->items; s != NULL && count < YAML_DEPTH_MAX; s = s->outer) {
        names[count++] = s->name;
    }
    names[count] = NULL;
}

/* `pages`, and the connections whose operations it takes. */
static void add_connections(const struct check *c, const char *names[EXTRA_NAMES_MAX + 1])
{
    size_t count = 0;
    while (names[count] != NULL) {
        count++;
    }
    names[count++] = "pages";
    const char *need;
    json_t *connector;
    json_object_foreach (c->needs, need, connector) {
        if (count < EXTRA_NAMES_MAX) {
            names[count++] = need;
        }
    }
    names[count] = NULL;
}

static void compile_text(struct check *c, const struct yaml *y, const char *text, size_t len)
{
    if (c->hooks == NULL || c->hooks->check_expression == NULL) {
        return;
    }
    const char *extra[EXTRA_NAMES_MAX + 1];
    item_names(c, extra);
    if (c->may_page) {
        add_connections(c, extra);
    }
    char *hint = NULL;
    struct err e = ERR_INIT;
    if (c->hooks->check_expression(c->hooks->ud, text, len, extra, &hint, &e) != 0) {
        check_error(c->diags, y, hint, "%s", e.message);
    }
    free(hint);
}

static json_t *expression(struct check *c, const struct yaml *y)
{
    const char *text = y->text + 2;
    size_t len = y->len - 2;
    if (len > EXPRESSION_MAX) {
        check_error(c->diags, y, "put long code into a script: use: scripts.NAME",
                    "an expression has at most %d bytes", EXPRESSION_MAX);
        return NULL;
    }
    compile_text(c, y, text, len);
    struct scan s = { c, y, memmem(text, len, "function", 8) != NULL };
    scan_expression(text, len, on_find, &s);
    return json_pack("{s:s, s:s%, s:i}", "t", "expr", "s", text, len, "line", y->line);
}

/* What looks like an expression and is none: cut off by a comment, or without its blank. True where
 * an error was recorded. */
static bool is_broken_expression(struct check *c, const struct yaml *y)
{
    if (y->len == 0 || y->text[0] != '=') {
        return false;
    }
    if (y->is_cut_by_comment && (y->len == 1 || y->text[1] == ' ')) {
        check_error(c->diags, y,
                    "quote the whole expression, or put the comment on a line of its own",
                    "` #` begins a comment, so this expression ends before it");
        return true;
    }
    if (y->is_plain && (y->len == 1 || (y->text[1] != ' ' && y->text[1] != '='))) {
        check_error(c->diags, y, "for a text that begins with = put it in quotes",
                    y->len == 1 ? "an expression is missing behind `=`"
                                : "an expression begins with `= `: an equals sign and a blank");
        return true;
    }
    return false;
}

/* --- texts with holes --- */

static bool is_root(const struct check *c, const char *name)
{
    const char *items[YAML_DEPTH_MAX + 1];
    item_names(c, items);
    return word_is_in(ROOTS, name) || word_is_in(items, name);
}

static json_t *path_segment(const char *text, size_t len)
{
    bool is_number = len > 0 && len <= 6;
    for (size_t i = 0; i < len; i++) {
        if (!isalnum((unsigned char)text[i]) && strchr("_-", text[i]) == NULL) {
            return NULL;
        }
        is_number = is_number && isdigit((unsigned char)text[i]);
    }
    if (len == 0) {
        return NULL;
    }
    return is_number ? json_integer(strtol(text, NULL, 10)) : json_stringn(text, len);
}

/* "event.tags.1" as a list of names and numbers; NULL where it is no path. */
static json_t *split_path(const char *text, size_t len)
{
    json_t *path = json_array();
    const char *end = text + len;
    for (const char *at = text; json_array_size(path) < PATH_SEGMENTS_MAX;) {
        const char *dot = memchr(at, '.', (size_t)(end - at));
        json_t *segment = path_segment(at, (size_t)((dot != NULL ? dot : end) - at));
        if (json_array_append_new(path, segment) != 0) {
            break;
        }
        if (dot == NULL) {
            return path;
        }
        at = dot + 1;
    }
    json_decref(path);
    return NULL;
}

static void check_data_path(struct check *c, const struct yaml *y, const json_t *path)
{
    const char *root = json_string_value(json_array_get(path, 0));
    if (root == NULL || !is_root(c, root)) {
        check_unknown(c->diags, y, root, ROOTS,
                      "`${…}` begins with event, meta, inputs, steps, item, "
                      "now or error, not with `%.60s`",
                      root != NULL ? root : "a number");
        return;
    }
    known_check_path(c, y, path);
}

/* The path between "${" and "}"; NULL with the error recorded. */
static json_t *hole(struct check *c, const struct yaml *y, const char *text, size_t len)
{
    json_t *path = split_path(text, len);
    if (path == NULL) {
        check_error(c->diags, y, "for a computed value write the whole value as an expression: = …",
                    "`${…}` holds a path such as event.firstName and nothing else");
        return NULL;
    }
    check_data_path(c, y, path);
    return path;
}

static void flush_literal(json_t *parts, struct buf *literal)
{
    if (literal->len > 0) {
        (void)json_array_append_new(parts, json_stringn(literal->data, literal->len));
        buf_clear(literal);
    }
}

/* One step through a text: a hole, "$${" for a literal "${", or a character. The place behind it,
 * or NULL where a hole is not closed. */
static const char *text_part(struct check *c, const struct yaml *y, const char *at, json_t *parts,
                             struct buf *literal)
{
    if (strncmp(at, "$${", 3) == 0) {
        (void)buf_puts(literal, "${"); /* the buffer takes as much as the text has */
        return at + 3;
    }
    if (strncmp(at, "${", 2) != 0) {
        (void)buf_putc(literal, *at);
        return at + 1;
    }
    const char *close = strchr(at, '}');
    if (close == NULL) {
        check_error(c->diags, y, "close it with }, or write $${ for the characters ${",
                    "`${` is not closed");
        return NULL;
    }
    flush_literal(parts, literal);
    (void)json_array_append_new(parts, hole(c, y, at + 2, (size_t)(close - at - 2)));
    return close + 1;
}

/* {t:"text", parts}; a text whose holes are all escaped is a literal. */
static json_t *text_node(struct check *c, const struct yaml *y)
{
    json_t *parts = json_array();
    struct buf literal;
    buf_init(&literal, y->len + 1);
    const char *at = y->text;
    while (at != NULL && *at) {
        at = text_part(c, y, at, parts, &literal);
    }
    flush_literal(parts, &literal);
    buf_fini(&literal);
    if (json_array_size(parts) == 1 && json_is_string(json_array_get(parts, 0))) {
        json_t *node = json_pack("{s:s, s:O}", "t", "lit", "v", json_array_get(parts, 0));
        json_decref(parts);
        return node;
    }
    return json_pack("{s:s, s:o}", "t", "text", "parts", parts);
}

struct braces {
    const struct check *check;
    bool names_value;
};

static void on_name_in_braces(void *ud, const struct find *f)
{
    struct braces *b = ud;
    const char *root = f->what == SCAN_PATH ? json_string_value(json_array_get(f->path, 0)) : NULL;
    b->names_value = b->names_value || (root != NULL && is_root(b->check, root));
}

/* Whether the text between two braces names a value that recipes have. */
static bool names_value(const struct check *c, const char *text, size_t len)
{
    struct braces b = { .check = c };
    scan_expression(text, len, on_name_in_braces, &b);
    return b.names_value;
}

/* `{{ … }}`, as other engines write a hole: an error (true) where it names a value, else a warning,
 * since a text may be a template for somebody else. */
static bool has_foreign_hole(struct check *c, const struct yaml *y)
{
    bool is_any = false;
    for (const char *open = strstr(y->text, "{{"); open != NULL; open = strstr(open + 2, "{{")) {
        const char *close = strstr(open, "}}");
        if (close != NULL && names_value(c, open + 2, (size_t)(close - open - 2))) {
            check_error(c->diags, y,
                        "write ${event.firstName}, or the whole value as an expression: = …",
                        "`{{ }}` holds no value here");
            return true;
        }
        is_any = is_any || close != NULL;
    }
    if (is_any) {
        check_warn(c->diags, y,
                   "a value is written as ${event.firstName}; where the braces are meant, write "
                   "the text as an expression: = \"…\"",
                   "`{{ }}` is sent as it is: nothing is filled in");
    }
    return false;
}

static json_t *literal_node(json_t *value)
{
    return value != NULL ? json_pack("{s:s, s:o}", "t", "lit", "v", value) : NULL;
}

static json_t *scalar(struct check *c, const struct yaml *y, const char *what,
                      const json_t *descriptor)
{
    if (!check_text(c->diags, y, what) || is_broken_expression(c, y)) {
        return NULL;
    }
    if (yaml_is_expr(y)) {
        return expression(c, y);
    }
    if (has_foreign_hole(c, y)) {
        return NULL;
    }
    if (strstr(y->text, "${") == NULL) {
        return literal_node(
            literal_read(c->diags, y, what, y->text, y->len, y->is_plain, descriptor));
    }
    if (!literal_takes_text(descriptor)) {
        check_error(c->diags, y, "write the value as an expression, such as = inputs.days",
                    "%s takes %s, and a value with `${…}` is always text", what,
                    literal_type_name(descriptor));
        return NULL;
    }
    return text_node(c, y);
}

/* --- lists and maps --- */

static json_t *list_node(struct check *c, const struct yaml *y, const char *what,
                         const json_t *descriptor)
{
    const json_t *of = json_is_object(descriptor) ? json_object_get(descriptor, "of") : NULL;
    int64_t max = json_get_int(json_is_object(descriptor) ? descriptor : NULL, "max", 0);
    if (max > 0 && y->count > (size_t)max) {
        check_error(c->diags, y, NULL, "%s has more than %lld %s", what, (long long)max,
                    plural(max, "item", "items"));
    }
    json_t *items = json_array();
    for (size_t i = 0; i < y->count; i++) {
        (void)json_array_append_new(items, node_value(c, y->items[i], what, of));
    }
    return json_pack("{s:s, s:o}", "t", "list", "v", items);
}

static void check_missing(struct check *c, const struct yaml *y, const struct yaml *at,
                          const char *action, const json_t *schema, const json_t *filled)
{
    const char *field;
    json_t *descriptor;
    json_object_foreach ((json_t *)schema, field, descriptor) {
        bool is_given = y != NULL && yaml_get(y, field) != NULL;
        if (is_given || !schema_is_required(descriptor) || json_object_get(filled, field) != NULL) {
            continue;
        }
        const char *label = json_get_text(json_is_object(descriptor) ? descriptor : NULL, "label");
        check_error(c->diags, at, label, "%s needs `%s`", action, field);
    }
}

/* A field that is taken only together with another, which must say true: `tags` with
 * `replace_tags`. A value that is computed may say it. */
static void check_field_needs(struct check *c, const struct yaml *map, const struct yaml *key,
                              const json_t *descriptor)
{
    const char *needs = json_is_object(descriptor) ? json_get_text(descriptor, "needs") : NULL;
    const struct yaml *given = needs != NULL ? yaml_get(map, needs) : NULL;
    if (needs == NULL || (given != NULL && (yaml_is(given, "true") || yaml_is_expr(given)))) {
        return;
    }
    const char *why = json_get_text(descriptor, "why");
    check_error(c->diags, key, why, "`%s` is taken only with `%s: true`", SHOW(key), needs);
}

static json_t *map_node(struct check *c, const struct yaml *y, const char *owner,
                        const json_t *schema)
{
    json_t *fields = json_object();
    for (size_t i = 0; i < y->count; i++) {
        const struct yaml *key = y->keys[i];
        json_t *descriptor = json_object_get(schema, key->text);
        if (schema != NULL && descriptor == NULL) {
            check_unknown_member(c->diags, key, key->text, schema, "%s has no field `%s`", owner,
                                 SHOW(key));
        }
        check_field_needs(c, y, key, descriptor);
        char *what = xasprintf("`%s`", SHOW(key));
        (void)json_object_set_new(fields, key->text, node_value(c, y->items[i], what, descriptor));
        free(what);
    }
    return json_pack("{s:s, s:o}", "t", "map", "v", fields);
}

static json_t *object_node(struct check *c, const struct yaml *y, const char *what,
                           const json_t *descriptor)
{
    const json_t *schema =
        json_is_object(descriptor) ? json_object_get(descriptor, "fields") : NULL;
    if (schema != NULL) {
        check_missing(c, y, y, what, schema, NULL);
    }
    return map_node(c, y, what, schema);
}

static bool takes_type(const json_t *descriptor, const char *type)
{
    const char *name = descriptor != NULL ? schema_type(descriptor) : NULL;
    return name == NULL || strcmp(name, "any") == 0 || strcmp(name, type) == 0;
}

json_t *node_value(struct check *c, const struct yaml *y, const char *what,
                   const json_t *descriptor)
{
    if (y->kind == YAML_LIST && takes_type(descriptor, "list")) {
        return list_node(c, y, what, descriptor);
    }
    if (y->kind == YAML_MAP && takes_type(descriptor, "object")) {
        return object_node(c, y, what, descriptor);
    }
    if (y->kind == YAML_SCALAR) {
        return scalar(c, y, what, descriptor);
    }
    check_error(c->diags, y, NULL, "%s takes %s, not %s", what, literal_type_name(descriptor),
                SHOW(y));
    return NULL;
}

json_t *node_condition(struct check *c, const struct yaml *y, const char *what)
{
    if (!check_text(c->diags, y, what) || is_broken_expression(c, y)) {
        return NULL;
    }
    if (yaml_is_expr(y)) {
        return expression(c, y);
    }
    if (yaml_is(y, "true") || yaml_is(y, "false")) {
        return literal_node(json_boolean(yaml_is(y, "true")));
    }
    if (has_foreign_hole(c, y)) {
        return NULL;
    }
    check_error(c->diags, y, "write `= ` before it",
                "%s takes an expression, true or false, not `%s`", what, SHOW(y));
    return NULL;
}

json_t *node_fields(struct check *c, const struct yaml *y, const struct yaml *at,
                    const char *action, const json_t *schema, const json_t *filled)
{
    if (y != NULL && yaml_is_expr(y)) {
        return scalar(c, y, "`with`", NULL);
    }
    if (y != NULL && !check_kind(c->diags, y, YAML_MAP, "`with`")) {
        return NULL;
    }
    if (schema != NULL) {
        check_missing(c, y, at, action, schema, filled);
    }
    return y != NULL ? map_node(c, y, action, schema) : NULL;
}

static void match_field(struct check *c, const struct yaml *key, const struct yaml *y,
                        const json_t *event, json_t *out)
{
    char *what = xasprintf("`%s`", SHOW(key));
    json_t *path = split_path(key->text, key->len);
    if (path == NULL) {
        check_error(c->diags, key, "such as contact.id", "%s is no path to a field", what);
    } else {
        known_check_awaited(c, key, event, path);
    }
    if (check_kind(c->diags, y, YAML_SCALAR, what)) {
        (void)json_object_set_new(out, key->text, node_value(c, y, what, NULL));
    }
    json_decref(path);
    free(what);
}

json_t *node_match(struct check *c, const struct yaml *y, const struct yaml *at,
                   const json_t *event)
{
    if (y == NULL) {
        check_error(c->diags, at, "such as with: { contactId: = event.id }",
                    "`wait_for` needs `with`: the fields that tell which event it is");
        return NULL;
    }
    if (!check_kind(c->diags, y, YAML_MAP, "`with`")) {
        return NULL;
    }
    if (y->count == 0 || y->count > MATCH_FIELDS_MAX) {
        check_error(c->diags, y, NULL, "`with` of `wait_for` has 1 to %d fields", MATCH_FIELDS_MAX);
    }
    json_t *fields = json_object();
    for (size_t i = 0; i < y->count; i++) {
        match_field(c, y->keys[i], y->items[i], event, fields);
    }
    return json_pack("{s:s, s:o}", "t", "map", "v", fields);
}
