/* Reads the values that stand in ladle.yaml or a recipe as they are. YAML guesses no types here: a
 * scalar is raw text, and the descriptor of the field that it is written into decides what it
 * becomes, so `no` in a text field is "no" and 0044 stays 0044. Only where nobody says the type, a
 * plain scalar that reads as a JSON number, as true or as false is taken for one. No state; any
 * thread. */

#include "project/literal.h"

#include <stdio.h>
#include <string.h>

#include "base/plural.h"
#include "connector/schema.h"
#include "format/date.h"
#include "project/check.h"

/* Longer digits cannot be a number that anybody means. */
enum { NUMBER_MAX = 64 };

static const char *declared_type(const json_t *descriptor)
{
    const char *type = descriptor != NULL ? schema_type(descriptor) : NULL;
    return type != NULL ? type : "any";
}

const char *literal_type_name(const json_t *descriptor)
{
    static const char *const names[][2] = {
        { "string", "a text" },         { "integer", "an integer" }, { "number", "a number" },
        { "boolean", "true or false" }, { "date", "a date" },        { "list", "a list" },
        { "object", "a map" },
    };
    const char *type = declared_type(descriptor);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(type, names[i][0]) == 0) {
            return names[i][1];
        }
    }
    return "a value";
}

bool literal_takes_text(const json_t *descriptor)
{
    const char *type = declared_type(descriptor);
    return strcmp(type, "string") == 0 || strcmp(type, "date") == 0 || strcmp(type, "any") == 0;
}

/* A JSON number, or NULL: also for a whole one of more than 64 bits, which is a text everywhere. */
static json_t *read_json_number(const char *text, size_t len)
{
    if (len == 0 || len > NUMBER_MAX || strchr("-0123456789", text[0]) == NULL) {
        return NULL;
    }
    struct err e = ERR_INIT;
    json_t *v = json_parse(text, len, &e);
    if (json_is_number(v)) {
        return v;
    }
    json_decref(v);
    return NULL;
}

static json_t *read_integer(const char *text, size_t len)
{
    json_t *v = read_json_number(text, len);
    if (json_is_integer(v)) {
        return v;
    }
    json_decref(v);
    return NULL;
}

static bool text_is(const char *text, size_t len, const char *word)
{
    return len == strlen(word) && memcmp(text, word, len) == 0;
}

static json_t *read_boolean(const char *text, size_t len)
{
    if (text_is(text, len, "true")) {
        return json_true();
    }
    return text_is(text, len, "false") ? json_false() : NULL;
}

static json_t *read_date(const char *text, size_t len)
{
    int64_t us;
    struct err e = ERR_INIT;
    return date_parse(text, len, NULL, &us, &e) == 0 ? json_stringn(text, len) : NULL;
}

static json_t *read_literal(const char *text, size_t len, bool is_plain)
{
    json_t *v = is_plain ? read_boolean(text, len) : NULL;
    if (v == NULL && is_plain) {
        v = read_json_number(text, len);
    }
    return v != NULL ? v : json_stringn(text, len);
}

/* NULL where the text is not of the type, lists and objects included. */
static json_t *read_typed(const char *type, const char *text, size_t len, bool is_plain)
{
    if (strcmp(type, "string") == 0) {
        return json_stringn(text, len);
    }
    if (strcmp(type, "integer") == 0) {
        return read_integer(text, len);
    }
    if (strcmp(type, "number") == 0) {
        return read_json_number(text, len);
    }
    if (strcmp(type, "boolean") == 0) {
        return read_boolean(text, len);
    }
    if (strcmp(type, "date") == 0) {
        return read_date(text, len);
    }
    bool is_compound = strcmp(type, "list") == 0 || strcmp(type, "object") == 0;
    return is_compound ? NULL : read_literal(text, len, is_plain);
}

static const char *type_hint(const char *type)
{
    static const char *const hints[][2] = {
        { "boolean", "only true and false are booleans" },
        { "integer", "digits only, without quotes or a unit" },
        { "date", "such as 2026-11-25T10:00:00Z or 2026-11-25" },
        { "list", "write it as a list: [one, two], or one `- ` line per item" },
        { "object", "write it as a map: one `name: value` line per entry, indented" },
    };
    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++) {
        if (strcmp(type, hints[i][0]) == 0) {
            return hints[i][1];
        }
    }
    return NULL;
}

static void append_choice(struct buf *out, const json_t *one, bool is_first)
{
    (void)buf_puts(out, is_first ? "" : ", "); /* a full buffer cuts the list */
    if (json_is_string(one)) {
        (void)buf_puts(out, json_string_value(one));
    } else {
        (void)json_append(out, one);
    }
}

static void fail_enum(struct diags *d, const struct yaml *at, const char *what,
                      const json_t *allowed)
{
    struct buf list;
    buf_init(&list, 300);
    size_t i;
    json_t *one;
    json_array_foreach ((json_t *)allowed, i, one) {
        append_choice(&list, one, i == 0);
    }
    check_error(d, at, NULL, "%s is one of: %s", what, buf_text(&list));
    buf_fini(&list);
}

static size_t count_characters(const char *text, size_t len)
{
    size_t count = 0;
    for (size_t i = 0; i < len; i++) {
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
    }
    return count;
}

static bool has_format(const json_t *v, const char *format)
{
    return format == NULL || !json_is_string(v) ||
           schema_fits_format(format, json_string_value(v), json_string_length(v));
}

static void fail_format(struct diags *d, const struct yaml *at, const char *what,
                        const char *format)
{
    static const char *const known[][3] = {
        { "email", "no e-mail address", "such as jane@example.com" },
        { "url", "no URL", "such as https://api.example.com" },
        { "date-time", "no date with a time", "such as 2026-11-25T10:00:00Z" },
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(format, known[i][0]) == 0) {
            check_error(d, at, known[i][2], "%s is %s", what, known[i][1]);
        }
    }
}

static bool is_too_long(const json_t *v, int64_t max)
{
    return max > 0 && json_is_string(v) &&
           count_characters(json_string_value(v), json_string_length(v)) > (size_t)max;
}

/* The descriptor's rules beyond the type. */
static bool check_rules(struct diags *d, const struct yaml *at, const char *what, const json_t *v,
                        const json_t *descriptor)
{
    if (!json_is_object(descriptor)) {
        return true;
    }
    const json_t *allowed = json_object_get(descriptor, "enum");
    if (json_is_array(allowed) && !json_list_has(allowed, v)) {
        fail_enum(d, at, what, allowed);
        return false;
    }
    int64_t max = json_get_int(descriptor, "max", 0);
    if (is_too_long(v, max)) {
        check_error(d, at, NULL, "%s is longer than %lld %s", what, (long long)max,
                    plural(max, "character", "characters"));
        return false;
    }
    const char *format = json_get_text(descriptor, "format");
    if (!has_format(v, format)) {
        fail_format(d, at, what, format);
        return false;
    }
    return true;
}

json_t *literal_read(struct diags *d, const struct yaml *at, const char *what, const char *text,
                     size_t len, bool is_plain, const json_t *descriptor)
{
    if (is_plain && text_is(text, len, "null") && json_get_bool(descriptor, "nullable", false)) {
        return json_null();
    }
    const char *type = declared_type(descriptor);
    json_t *v = read_typed(type, text, len, is_plain);
    if (v == NULL) {
        struct yaml shown = { .kind = YAML_SCALAR, .text = (char *)text, .len = len };
        check_error(d, at, type_hint(type), "%s takes %s, not `%s`", what,
                    literal_type_name(descriptor), SHOW(&shown));
        return NULL;
    }
    if (check_rules(d, at, what, v, descriptor)) {
        return v;
    }
    json_decref(v);
    return NULL;
}

static json_t *list_tree(struct diags *d, const struct yaml *y, const char *what,
                         const json_t *descriptor)
{
    const json_t *of = json_is_object(descriptor) ? json_object_get(descriptor, "of") : NULL;
    json_t *list = json_array();
    for (size_t i = 0; i < y->count; i++) {
        (void)json_array_append_new(list, literal_tree(d, y->items[i], what, of));
    }
    return list;
}

static json_t *map_tree(struct diags *d, const struct yaml *y, const char *what,
                        const json_t *descriptor)
{
    const json_t *fields =
        json_is_object(descriptor) ? json_object_get(descriptor, "fields") : NULL;
    json_t *map = json_object();
    for (size_t i = 0; i < y->count; i++) {
        const char *key = y->keys[i]->text;
        const json_t *field = json_object_get(fields, key);
        if (fields != NULL && field == NULL) {
            check_unknown_member(d, y->keys[i], key, fields, "unknown key `%s` in %s",
                                 SHOW(y->keys[i]), what);
            continue;
        }
        (void)json_object_set_new(map, key, literal_tree(d, y->items[i], what, field));
    }
    return map;
}

json_t *literal_tree(struct diags *d, const struct yaml *y, const char *what,
                     const json_t *descriptor)
{
    const char *type = declared_type(descriptor);
    bool is_any = strcmp(type, "any") == 0;
    if (y->kind == YAML_LIST && (is_any || strcmp(type, "list") == 0)) {
        return list_tree(d, y, what, descriptor);
    }
    if (y->kind == YAML_MAP && (is_any || strcmp(type, "object") == 0)) {
        return map_tree(d, y, what, descriptor);
    }
    if (y->kind != YAML_SCALAR) {
        check_error(d, y, type_hint(type), "%s takes %s, not %s", what,
                    literal_type_name(descriptor), SHOW(y));
        return NULL;
    }
    if (!check_text(d, y, what)) {
        return NULL;
    }
    return literal_read(d, y, what, y->text, y->len, y->is_plain, descriptor);
}
