/* Makes the example steps of `ladle ops` from the schemas of operations. The text is YAML in block
 * form: a field per line, nested by two spaces; texts that plain YAML could read otherwise stand in
 * double quotes, escaped as in JSON, which YAML reads alike. Schemas come from connectors, a
 * project's own among them, so depth and length are bounded. */
#include "cli/ops_example.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/mem.h"
#include "connector/schema.h"
#include "format/json.h"

enum { EXAMPLE_MAX = 64 * 1024, DEPTH_MAX = 8, WORDS_MAX = 60 };

struct example {
    struct buf out; /* full: the example is cut, which takes a schema of thousands of fields */
    const json_t *config;
    bool has_config;
};

/* --- texts --- */

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), end_len = strlen(end);
    return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

static bool is_lua_name(const char *name)
{
    size_t len = strlen(name);
    return len > 0 && !ascii_is_digit(name[0]) &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == len;
}

static bool is_plain_text(const char *text)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_ ";
    static const char *const words[] = { "true", "false", "null", NULL };
    for (const char *const *w = words; *w != NULL; w++) {
        if (strcmp(*w, text) == 0) {
            return false;
        }
    }
    return ascii_is_alpha(text[0]) && strspn(text, letters) == strlen(text) &&
           !ends_with(text, " ");
}

static void put_scalar(struct example *x, const json_t *v)
{
    if (json_is_string(v) && is_plain_text(json_string_value(v))) {
        (void)buf_puts(&x->out, json_string_value(v));
    } else {
        (void)json_append(&x->out, v);
    }
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* "calendarType" → "Calendar type". */
static void words_of(const char *field, char out[WORDS_MAX])
{
    size_t len = 0;
    for (const char *c = field; *c && len < WORDS_MAX - 2; c++) {
        bool is_upper = *c >= 'A' && *c <= 'Z';
        if (is_upper && len > 0 && out[len - 1] != ' ') {
            out[len++] = ' ';
        }
        bool is_letter = ascii_is_alpha(*c) || ascii_is_digit(*c);
        char letter = len == 0 ? upper(*c) : lower(*c);
        out[len++] = (char)(is_letter ? letter : ' ');
    }
    out[len] = '\0';
}

/* What stands in a text field, by its name. */
static const char *text_by_name(const char *field)
{
    static const char *const texts[][2] = {
        { "mail", "jane@example.com" },
        { "rl", "https://www.example.com/" },
        { "hone", "+15551234567" },
        { "Time", "2026-12-01T10:00:00Z" },
        { "Date", "2026-12-01T10:00:00Z" },
        { "At", "2026-12-01T10:00:00Z" },
        { "currency", "USD" },
        { "country", "US" },
        { "timezone", "Europe/Amsterdam" },
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (ends_with(field, texts[i][0])) {
            return texts[i][1];
        }
    }
    return NULL;
}

static void put_example_text(struct example *x, const char *field, const json_t *d)
{
    bool is_id = ends_with(field, "Id") || strcmp(field, "id") == 0 || ends_with(field, "_id");
    if (is_id && is_lua_name(field)) {
        (void)buf_printf(&x->out, "= event.%s", field);
        return;
    }
    char words[WORDS_MAX];
    words_of(field, words);
    const char *format = json_get_text(json_is_object(d) ? d : NULL, "format");
    bool is_email = format != NULL && strcmp(format, "email") == 0;
    bool is_date = format != NULL && strcmp(format, "date-time") == 0;
    const char *text = text_by_name(is_email ? "mail" : is_date ? "Date" : field);
    text = text != NULL ? text : words;
    int64_t max = json_get_int(json_is_object(d) ? d : NULL, "max", 0);
    size_t len = max > 0 && (size_t)max < strlen(text) ? (size_t)max : strlen(text);
    json_t *v = json_stringn(text, len);
    put_scalar(x, v);
    json_decref(v);
}

/* --- values --- */

static void put_example_fields(struct example *x, const json_t *schema, int indent, bool is_item,
                               const char *one_of);

static bool has_required(const json_t *schema)
{
    const char *name;
    json_t *d;
    json_object_foreach ((json_t *)schema, name, d) {
        if (schema_is_required(d)) {
            return true;
        }
    }
    return false;
}

static const char *type_of(const json_t *d)
{
    const char *type = schema_type(d);
    return type != NULL ? type : "any";
}

/* Lists whose items are described, and objects that must have something. */
static bool takes_lines(const json_t *d)
{
    const char *type = type_of(d);
    return (strcmp(type, "list") == 0 && json_object_get(d, "of") != NULL) ||
           (strcmp(type, "object") == 0 && has_required(json_object_get(d, "fields")));
}

static void put_inline(struct example *x, const char *field, const json_t *d)
{
    const char *type = type_of(d);
    json_t *first = json_array_get(json_object_get(d, "enum"), 0);
    if (first != NULL) {
        put_scalar(x, first);
    } else if (strcmp(type, "integer") == 0 || strcmp(type, "number") == 0) {
        (void)buf_puts(&x->out, "1");
    } else if (strcmp(type, "boolean") == 0) {
        (void)buf_puts(&x->out, "true");
    } else if (strcmp(type, "date") == 0) {
        (void)buf_puts(&x->out, "= in_days(2, \"10:00\")");
    } else if (strcmp(type, "list") == 0) {
        (void)buf_puts(&x->out, "[]");
    } else if (strcmp(type, "object") == 0) {
        (void)buf_puts(&x->out, "{}");
    } else {
        put_example_text(x, field, d);
    }
}

/* The lines below "field:", each `indent` deep. */
static void put_lines(struct example *x, const char *field, const json_t *d, int indent)
{
    const json_t *fields = json_object_get(d, "fields"), *of = json_object_get(d, "of");
    if (indent > 2 * DEPTH_MAX) {
        return;
    }
    if (fields != NULL) {
        put_example_fields(x, fields, indent, false, NULL);
        return;
    }
    if (has_required(json_object_get(of, "fields"))) {
        put_example_fields(x, json_object_get(of, "fields"), indent + 2, true, NULL);
        return;
    }
    (void)buf_printf(&x->out, "%*s- ", indent, "");
    put_inline(x, field, of); /* a list of lists: an empty one in it */
    (void)buf_puts(&x->out, "\n");
}

/* Whether the connection fills the field in. */
static bool is_filled(const struct example *x, const json_t *d)
{
    const char *key = json_is_object(d) ? json_get_text(d, "from_connection") : NULL;
    return key != NULL && (!x->has_config || json_object_get(x->config, key) != NULL);
}

static bool is_wanted_field(const struct example *x, const char *name, const json_t *d,
                            const char *one_of)
{
    bool may_fill = json_is_object(d) && json_get_text(d, "from_connection") != NULL;
    return (one_of != NULL && strcmp(one_of, name) == 0) ||
           ((schema_is_required(d) || may_fill) && !is_filled(x, d));
}

static void put_example_fields(struct example *x, const json_t *schema, int indent, bool is_item,
                               const char *one_of)
{
    const char *name;
    json_t *d;
    json_object_foreach ((json_t *)schema, name, d) {
        if (!is_wanted_field(x, name, d, one_of)) {
            continue;
        }
        int depth = is_item ? indent - 2 : indent;
        (void)buf_printf(&x->out, "%*s%s%s:", depth, "", is_item ? "- " : "", name);
        is_item = false;
        if (takes_lines(d)) {
            (void)buf_puts(&x->out, "\n");
            put_lines(x, name, d, indent + 2);
        } else {
            (void)buf_puts(&x->out, " ");
            put_inline(x, name, d);
            (void)buf_puts(&x->out, "\n");
        }
    }
}

/* --- whole --- */

static bool has_wanted(const struct example *x, const json_t *schema, const char *one_of)
{
    const char *name;
    json_t *d;
    json_object_foreach ((json_t *)schema, name, d) {
        if (is_wanted_field(x, name, d, one_of)) {
            return true;
        }
    }
    return false;
}

char *ops_example_step(const char *owner, const char *name, const json_t *table,
                       const json_t *config)
{
    struct example x = { .config = config, .has_config = config != NULL };
    const json_t *input = json_object_get(table, "input");
    const char *one_of = json_string_value(json_array_get(json_object_get(table, "one_of"), 0));
    buf_init(&x.out, EXAMPLE_MAX);
    (void)buf_printf(&x.out, "- step: %s\n  use: %s.%s\n", name, owner, name);
    if (has_wanted(&x, input, one_of)) {
        (void)buf_puts(&x.out, "  with:\n");
        put_example_fields(&x, input, 4, false, one_of);
    }
    char *text = buf_take(&x.out, NULL);
    buf_fini(&x.out);
    return text;
}

char *ops_example_trigger(const char *owner, const char *name)
{
    return xasprintf("when:\n  - %s.%s\n", owner, name);
}
