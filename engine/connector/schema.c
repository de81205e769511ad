/*
 * Checks the input and the output of an operation against its schema. One walk over schema and
 * input collects up to eight findings, so that a person sees all that is wrong at once. The
 * descriptors come from a connector's Lua table, where {'string', optional = true} reads as an
 * object with the member "1" and {'string'} as a list of one; both are accepted everywhere. Pure;
 * the loop thread or the command line.
 */
#include "connector/schema.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/plural.h"
#include "base/utf8.h"
#include "connector/shape.h"
#include "format/date.h"
#include "format/diag.h"
#include "format/json.h"
#include "format/url.h"

enum { FINDINGS_MAX = 8, PATH_MAX_LEN = 200, SCHEMA_FIELDS_MAX = 256 };

/* Findings are written one after the other; those past FINDINGS_MAX are counted. */
struct check {
    struct buf out;
    int findings;
    int depth;
};

/* Where a value stands; its text is made only for a finding. */
struct place {
    const struct place *above; /* NULL: the input itself */
    const char *name;          /* NULL: an item */
    size_t item;               /* from 1, as Lua counts */
};

/* A descriptor, read once: looking up members that are mostly not there costs more than checking
 * the value. */
struct descriptor {
    const char *type;
    bool is_optional, is_nullable;
    const json_t *otherwise; /* default */
    const json_t *allowed;   /* enum */
    const json_t *of, *fields;
    int64_t max;
    const char *format, *needs, *why;
};

const char *schema_type(const json_t *descriptor)
{
    if (json_is_array(descriptor)) {
        return json_string_value(json_array_get(descriptor, 0));
    }
    return json_is_object(descriptor) ? json_get_text(descriptor, "1")
                                      : json_string_value(descriptor);
}

static bool flag(const json_t *descriptor, const char *key)
{
    return json_is_true(json_object_get(descriptor, key));
}

bool schema_is_required(const json_t *descriptor)
{
    return !flag(descriptor, "optional") && json_object_get(descriptor, "default") == NULL;
}

static void read_descriptor_member(struct descriptor *d, const char *key, const json_t *v)
{
    if (strcmp(key, "1") == 0) {
        d->type = json_string_value(v);
    } else if (strcmp(key, "optional") == 0) {
        d->is_optional = json_is_true(v);
    } else if (strcmp(key, "nullable") == 0) {
        d->is_nullable = json_is_true(v);
    } else if (strcmp(key, "default") == 0) {
        d->otherwise = v;
    } else if (strcmp(key, "enum") == 0) {
        d->allowed = v;
    } else if (strcmp(key, "of") == 0) {
        d->of = v;
    } else if (strcmp(key, "fields") == 0) {
        d->fields = v;
    } else if (strcmp(key, "max") == 0) {
        d->max = json_integer_value(v);
    } else if (strcmp(key, "format") == 0) {
        d->format = json_string_value(v);
    } else if (strcmp(key, "needs") == 0) {
        d->needs = json_string_value(v);
    } else if (strcmp(key, "why") == 0) {
        d->why = json_string_value(v);
    }
}

static struct descriptor read_descriptor(const json_t *descriptor)
{
    struct descriptor d = { .type = NULL };
    if (!json_is_object(descriptor)) {
        d.type = schema_type(descriptor);
        return d;
    }
    const char *key;
    json_t *v;
    json_object_foreach ((json_t *)descriptor, key, v) {
        read_descriptor_member(&d, key, v);
    }
    return d;
}

/* "contact.tags[2]"; what is longer than the buffer is cut. */
static void put_field_place(struct buf *out, const struct place *p)
{
    if (p->above != NULL) {
        put_field_place(out, p->above);
    }
    if (p->name != NULL) {
        (void)buf_printf(out, "%s%s", out->len > 0 ? "." : "", p->name);
    } else {
        (void)buf_printf(out, "[%zu]", p->item);
    }
}

__attribute__((format(printf, 3, 4))) static void find(struct check *c, const struct place *at,
                                                       const char *fmt, ...)
{
    if (c->findings++ >= FINDINGS_MAX) {
        return;
    }
    char text[256];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap); /* a long text is cut */
    va_end(ap);
    struct buf path;
    buf_init(&path, PATH_MAX_LEN);
    put_field_place(&path, at);
    (void)buf_printf(&c->out, "%s%s: %s", c->findings > 1 ? "; " : "", buf_text(&path),
                     text); /* full: the message is cut anyway */
    buf_fini(&path);
}

/* --- one value --- */

/* A whole number that JSON's 64 bits do not hold: it came as the text of its digits. */
static bool is_big(const json_t *v)
{
    return json_is_string(v) && json_is_big_integer(json_string_value(v), json_string_length(v));
}

static const char *choice_name(const json_t *v)
{
    switch (json_typeof(v)) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "a list";
    case JSON_STRING:
        return is_big(v) ? "a whole number of more than 64 bits" : "text";
    case JSON_INTEGER:
        return "an integer";
    case JSON_REAL:
        return "a number";
    case JSON_TRUE:
    case JSON_FALSE:
        return "a boolean";
    case JSON_NULL:
        return "null";
    }
    return "nothing";
}

static const char *wanted(const char *type)
{
    static const struct {
        const char *type, *text;
    } words[] = {
        { "string", "a text" },         { "integer", "an integer" }, { "number", "a number" },
        { "boolean", "true or false" }, { "date", "a date" },        { "list", "a list" },
        { "object", "an object" },
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i].type, type) == 0) {
            return words[i].text;
        }
    }
    return "a value";
}

static bool is_date(const json_t *v)
{
    int64_t us;
    return json_is_string(v) &&
           date_parse(json_string_value(v), json_string_length(v), NULL, &us, NULL) == 0;
}

static bool fits_type(const char *type, const json_t *v)
{
    if (strcmp(type, "string") == 0) {
        return json_is_string(v);
    } else if (strcmp(type, "integer") == 0) {
        return json_is_integer(v);
    } else if (strcmp(type, "number") == 0) {
        return json_is_number(v);
    } else if (strcmp(type, "boolean") == 0) {
        return json_is_boolean(v);
    } else if (strcmp(type, "date") == 0) {
        return is_date(v);
    } else if (strcmp(type, "list") == 0) {
        return json_is_array(v);
    } else if (strcmp(type, "object") == 0) {
        return json_is_object(v);
    }
    return true;
}

/* One @, something on both sides, no blanks: what every mail server asks for at least. */
static bool looks_like_email(const char *text)
{
    const char *at = strchr(text, '@');
    return at != NULL && at != text && at[1] != '\0' && strchr(at + 1, '@') == NULL &&
           strpbrk(text, " \t\r\n<>") == NULL;
}

static bool is_url(const char *text, size_t len)
{
    struct url u;
    if (url_parse(text, len, &u, NULL) == -1) {
        return false;
    }
    url_fini(&u);
    return true;
}

bool schema_fits_format(const char *format, const char *text, size_t len)
{
    int64_t us;
    if (strcmp(format, "email") == 0) {
        return looks_like_email(text);
    }
    if (strcmp(format, "url") == 0) {
        return is_url(text, len);
    }
    return strcmp(format, "date-time") != 0 || date_parse(text, len, NULL, &us, NULL) == 0;
}

static void check_limits(struct check *c, const struct descriptor *d, const json_t *v,
                         const struct place *at)
{
    if (d->allowed != NULL && !json_list_has(d->allowed, v)) {
        size_t len;
        char *list = json_text(d->allowed, &len);
        find(c, at, "must be one of %s", list);
        free(list);
    }
    if (d->max > 0 && json_is_string(v) &&
        utf8_count(json_string_value(v), json_string_length(v)) > (size_t)d->max) {
        find(c, at, "is longer than %lld %s", (long long)d->max,
             plural(d->max, "character", "characters"));
    } else if (d->max > 0 && json_is_array(v) && json_array_size(v) > (size_t)d->max) {
        find(c, at, "has more than %lld %s", (long long)d->max, plural(d->max, "item", "items"));
    }
    if (d->format != NULL && json_is_string(v) &&
        !schema_fits_format(d->format, json_string_value(v), json_string_length(v))) {
        find(c, at,
             strcmp(d->format, "email") == 0 ? "is not an e-mail address"
             : strcmp(d->format, "url") == 0 ? "is not a URL; write it like https://api.example.com"
                                             : "is not a date; write it like 2026-11-23T10:00:00Z");
    }
}

/* A whole number in an integer's place, as JSON from elsewhere has it (5.0), becomes an integer;
 * an empty table of Lua, which is neither list nor object, becomes what the field wants. The new
 * value, or NULL where it stays as it is. */
static json_t *adapted(const char *type, const json_t *v)
{
    if (type == NULL) {
        return NULL;
    }
    if (strcmp(type, "integer") == 0 && json_is_real(v)) {
        double real = json_real_value(v);
        bool is_whole = real == floor(real) && fabs(real) < 9007199254740992.0;
        return is_whole ? json_integer((json_int_t)real) : NULL;
    } else if (strcmp(type, "list") == 0 && json_is_object(v) && json_object_size(v) == 0) {
        return json_array();
    } else if (strcmp(type, "object") == 0 && json_is_array(v) && json_array_size(v) == 0) {
        return json_object();
    }
    return NULL;
}

static void check_object(struct check *c, const json_t *schema, json_t *input,
                         const struct place *above);

static void check_value(struct check *c, const struct descriptor *d, json_t *v,
                        const struct place *at);

static void check_items(struct check *c, const json_t *of, json_t *list, const struct place *above)
{
    struct descriptor d = read_descriptor(of);
    size_t i;
    json_t *item;
    json_array_foreach (list, i, item) {
        struct place at = { .above = above, .item = i + 1 };
        json_t *better = adapted(d.type, item);
        if (better != NULL) {
            json_array_set_new(list, i, better);
        }
        check_value(c, &d, json_array_get(list, i), &at);
    }
}

static void check_value(struct check *c, const struct descriptor *d, json_t *v,
                        const struct place *at)
{
    if (json_is_null(v) && d->is_nullable) {
        return;
    }
    if (d->type == NULL || !fits_type(d->type, v)) {
        const char *what = d->type != NULL ? d->type : "any";
        if (strcmp(what, "date") == 0 && json_is_string(v)) {
            find(c, at, "is not a date; write it like 2026-11-23T10:00:00Z");
        } else {
            find(c, at, "must be %s, is %s", wanted(what), choice_name(v));
        }
        return;
    }
    check_limits(c, d, v, at);
    if (c->depth >= SHAPE_DEPTH_MAX) {
        return;
    }
    c->depth++;
    if (d->fields != NULL && json_is_object(v)) {
        check_object(c, d->fields, v, at);
    } else if (d->of != NULL && json_is_array(v)) {
        check_items(c, d->of, v, at);
    }
    c->depth--;
}

/* --- objects --- */

/* Fills the field in or finds it missing; the value to check, or NULL: there is none. */
static json_t *settle_field(struct check *c, json_t *input, const struct descriptor *d,
                            const struct place *at)
{
    json_t *v = json_object_get(input, at->name);
    if (json_is_null(v) && !d->is_nullable) {
        json_object_del(input, at->name);
        v = NULL;
    }
    if (v != NULL) {
        json_t *better = adapted(d->type, v);
        if (better != NULL) {
            json_object_set_new(input, at->name, better);
        }
        return better != NULL ? better : v;
    }
    if (d->otherwise != NULL) {
        json_object_set_new(input, at->name, json_deep_copy(d->otherwise));
    } else if (!d->is_optional) {
        find(c, at, "is missing");
    }
    return NULL;
}

static void check_needed_fields(struct check *c, const json_t *input, const struct descriptor *d,
                                const struct place *at)
{
    if (d->needs != NULL && !json_is_true(json_object_get(input, d->needs))) {
        find(c, at, "%s%s%s", d->why != NULL ? d->why : "needs ", d->why != NULL ? "" : d->needs,
             d->why != NULL ? "" : " to be true");
    }
}

static void find_unknown_fields(struct check *c, const json_t *schema, const struct place *at)
{
    const char *names[SCHEMA_FIELDS_MAX + 1];
    size_t count = 0;
    const char *key;
    json_t *d;
    json_object_foreach ((json_t *)schema, key, d) {
        if (count < SCHEMA_FIELDS_MAX) {
            names[count++] = key;
        }
    }
    names[count] = NULL;
    const char *closest = diag_closest(at->name, names);
    if (closest != NULL) {
        find(c, at, "is unknown, did you mean %s?", closest);
    } else {
        find(c, at, "is unknown");
    }
}

static void check_object(struct check *c, const json_t *schema, json_t *input,
                         const struct place *above)
{
    struct place at = { .above = above };
    const char *name;
    json_t *v;
    json_object_foreach ((json_t *)schema, name, v) {
        struct descriptor d = read_descriptor(v);
        at.name = name;
        json_t *value = settle_field(c, input, &d, &at);
        if (value != NULL) {
            check_value(c, &d, value, &at);
            check_needed_fields(c, input, &d, &at);
        }
    }
    json_object_foreach (input, name, v) {
        if (json_object_get(schema, name) == NULL) {
            at.name = name;
            find_unknown_fields(c, schema, &at);
        }
    }
}

static int conclude_check(struct check *c, enum err_kind kind, struct err *e)
{
    int rc = 0;
    if (c->findings > FINDINGS_MAX) {
        rc = err_set(e, kind, "%s; and %d more", buf_text(&c->out), c->findings - FINDINGS_MAX);
    } else if (c->findings > 0) {
        rc = err_set(e, kind, "%s", buf_text(&c->out));
    }
    buf_fini(&c->out);
    return rc;
}

int schema_check(const json_t *schema, json_t *input, struct err *e)
{
    if (!json_is_object(input)) {
        return err_set(e, ERR_INVALID, "the input must be an object, is %s",
                       input != NULL ? choice_name(input) : "missing");
    }
    if (schema == NULL) {
        return 0;
    }
    struct check c = { .findings = 0 };
    buf_init(&c.out, 4096);
    json_t *none = json_is_object(schema) ? NULL : json_object(); /* Lua's {} may read as a list */
    check_object(&c, none != NULL ? none : schema, input, NULL);
    json_decref(none);
    return conclude_check(&c, ERR_INVALID, e);
}

static bool is_number(const char *type)
{
    return strcmp(type, "integer") == 0 || strcmp(type, "number") == 0;
}

int schema_check_output(const json_t *schema, const json_t *output, struct err *e)
{
    struct check c = { .findings = 0 };
    buf_init(&c.out, 4096);
    const char *name;
    json_t *descriptor;
    json_object_foreach ((json_t *)schema, name, descriptor) {
        json_t *v = json_object_get(output, name);
        struct descriptor d = read_descriptor(descriptor);
        struct place at = { .name = name };
        if (v == NULL || json_is_null(v)) {
            if (!d.is_optional && d.otherwise == NULL && !d.is_nullable) {
                find(&c, &at, "is missing");
            }
        } else if (d.type != NULL && !fits_type(d.type, v) && !(is_number(d.type) && is_big(v))) {
            find(&c, &at, "must be %s, is %s", wanted(d.type), choice_name(v));
        }
    }
    return conclude_check(&c, ERR_PROTOCOL, e);
}

/* --- what a schema holds --- */

bool schema_has_member(const json_t *schema, const char *key)
{
    const char *name;
    json_t *descriptor;
    json_object_foreach ((json_t *)schema, name, descriptor) {
        if (json_object_get(descriptor, key) != NULL) {
            return true;
        }
    }
    return false;
}

/* The depth of a schema is bounded: SHAPE_DEPTH_MAX. */
static bool is_or_holds(const json_t *descriptor, const char *type)
{
    const char *own = schema_type(descriptor);
    const json_t *of = json_object_get(descriptor, "of");
    return (own != NULL && strcmp(own, type) == 0) || (of != NULL && is_or_holds(of, type)) ||
           schema_has_type(json_object_get(descriptor, "fields"), type);
}

bool schema_has_type(const json_t *schema, const char *type)
{
    const char *name;
    json_t *descriptor;
    json_object_foreach ((json_t *)schema, name, descriptor) {
        if (is_or_holds(descriptor, type)) {
            return true;
        }
    }
    return false;
}
