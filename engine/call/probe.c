/*
 * Looks at the service for the effect of a call whose answer was lost. After a call that was sent
 * and never answered nobody knows whether it took effect. For an operation with a `probe` this can
 * be looked up: `list` names an operation that reads, `from` maps its fields to fields of the
 * call's input, `with` adds constants. Of the `items` in its answer the effect is
 *
 *   where it was sent with a mark, the one that has the mark;
 *   else each that was not made before the call (`date`) and is equal in all fields of `match` that
 *   the call gave, in the forms that services give values back in (`forms`, normal.h). Whose it is
 *   where there are several, and what it means that there is none yet, is judged by who asks
 *   (run/looks.c).
 *
 * Pure; loop thread.
 */
#include "call/probe.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "call/normal.h"
#include "call/request.h"
#include "connector/paging.h"
#include "connector/schema.h"
#include "crypto/sign.h"
#include "format/date.h"

enum {
    FIRST_DEFAULT_MS = 5000,
    FIRST_MAX_MS = 60000,
    MARK_LEN = 12,              /* hexadecimal digits: 48 bits, among the items of one list */
    SKEW_US = 60 * 1000 * 1000, /* between the service's clock and ours */
};

struct probe {
    const struct operation *op;
    const struct operation *list;
    const json_t *how; /* op->probe */
    json_t *input;     /* of op, filled in */
    int64_t since_us;
    char *mark; /* or NULL */
};

/* --- marks --- */

static const json_t *room_of(const struct operation *op)
{
    return json_object_get(op->probe, "mark");
}

/* The mark by itself, or what is put at the end of a text. Yours. */
static char *marked_text(const json_t *room, const char *text, const char *mark)
{
    return json_get_bool(room, "alone", false) ? xstrdup(mark)
                                               : xasprintf("%s [ladle %s]", text, mark);
}

static bool has_room(const struct operation *op, const json_t *input)
{
    const json_t *room = room_of(op);
    const char *field = json_get_text(room, "field");
    if (field == NULL) {
        return false;
    }
    const char *given = json_get_text(input, field);
    bool is_alone = json_get_bool(room, "alone", false);
    int64_t most = json_get_int(json_object_get(op->input, field), "max", 0);
    char *text = marked_text(room, given != NULL ? given : "", "123456789012");
    bool fits = most == 0 || (int64_t)utf8_count(text, strlen(text)) <= most;
    free(text);
    /* A field of its own that the step fills in is the step's. */
    return fits && (is_alone ? json_object_get(input, field) == NULL : given != NULL);
}

char *probe_mark(const struct operation *op, const json_t *input, const char *effect)
{
    char hex[SIGN_SHA256_HEX + 1];
    if (!has_room(op, input)) {
        return NULL;
    }
    sign_sha256_hex(effect, strlen(effect), hex);
    return xstrndup(hex, MARK_LEN);
}

void probe_put_mark(const struct operation *op, json_t *input, const char *mark)
{
    const char *field = json_get_text(room_of(op), "field");
    const char *given = json_get_text(input, field);
    char *text = marked_text(room_of(op), given != NULL ? given : "", mark);
    json_object_set_new(input, field, json_string(text));
    free(text);
}

bool probe_has_mark(const struct operation *op, const json_t *input, const char *mark)
{
    const char *field = json_get_text(room_of(op), "field");
    return field != NULL && normal_has(json_object_get(input, field), mark);
}

/* --- the question --- */

static bool is_given(const json_t *input, const char *name)
{
    json_t *v = json_object_get(input, name);
    return v != NULL && !json_is_null(v);
}

static bool can_compare(const json_t *how, const json_t *input)
{
    json_t *match = json_object_get(how, "match");
    size_t i;
    json_t *name;
    json_array_foreach (match, i, name) {
        if (is_given(input, json_string_value(name))) {
            return true;
        }
    }
    return false;
}

struct probe *probe_new(const struct connection *c, const struct operation *op, const json_t *input,
                        int64_t since_us, const char *mark, struct err *e)
{
    if (op->probe == NULL) {
        (void)err_set(e, ERR_UNKNOWN,
                      "whether %s took effect is unknown, and it cannot be looked for", op->name);
        return NULL;
    }
    if (mark == NULL && !can_compare(op->probe, input)) {
        (void)err_set(
            e, ERR_UNKNOWN,
            "whether %s took effect is unknown, and its input has nothing to look for it by",
            op->name);
        return NULL;
    }
    const struct operation *list =
        connector_operation(op->connector, json_get_text(op->probe, "list"));
    if (list == NULL) { /* of an area: the name may be that of any file */
        (void)err_set(e, ERR_UNKNOWN,
                      "whether %s took effect is unknown, and there is no operation '%s' to look "
                      "for it with",
                      op->name, json_get_text(op->probe, "list"));
        return NULL;
    }
    struct probe *p = xcalloc(1, sizeof *p);
    p->op = op;
    p->how = op->probe;
    p->list = list;
    p->input = json_deep_copy(input);
    p->since_us = since_us;
    p->mark = xstrdup_or_null(mark);
    (void)request_check(c, op, p->input, NULL); /* it was fine when the call was made */
    return p;
}

void probe_free(struct probe *p)
{
    if (p != NULL) {
        json_decref(p->input);
        free(p->mark);
        free(p);
    }
}

const struct operation *probe_operation(const struct probe *p)
{
    return p->list;
}

json_t *probe_input(const struct probe *p)
{
    json_t *with = json_object_get(p->how, "with");
    json_t *out = json_is_object(with) ? json_deep_copy(with) : json_object();
    const char *field;
    json_t *from;
    json_object_foreach (json_object_get(p->how, "from"), field, from) {
        json_t *v = json_object_get(p->input, json_string_value(from));
        if (v != NULL) {
            json_object_set(out, field, v);
        }
    }
    return out;
}

int64_t probe_first_us(const struct operation *op)
{
    int64_t ms = json_get_int(op->probe, "grace_ms", FIRST_DEFAULT_MS);
    return (ms < 0 ? 0 : ms < FIRST_MAX_MS ? ms : FIRST_MAX_MS) * 1000;
}

/* --- comparing --- */

static bool field_fits(const struct probe *p, const char *name, const json_t *item)
{
    json_t *sent = json_object_get(p->input, name), *there = json_object_get(item, name);
    const char *type = schema_type(json_object_get(p->op->input, name));
    if (sent == NULL || json_is_null(sent)) {
        return true;
    }
    if (json_is_false(sent) && there == NULL) {
        return true; /* some services leave out what is false */
    }
    const json_t *forms = json_object_get(json_object_get(p->how, "forms"), name);
    if (type != NULL && strcmp(type, "date") == 0) {
        json_t *date = json_pack("[s]", "date");
        bool is_same = normal_is_same(sent, there, date);
        json_decref(date);
        return is_same;
    }
    return normal_is_same(sent, there, forms);
}

static bool is_equal(const struct probe *p, const json_t *item)
{
    size_t i;
    json_t *name;
    json_array_foreach (json_object_get(p->how, "match"), i, name) {
        if (!field_fits(p, json_string_value(name), item)) {
            return false;
        }
    }
    return true;
}

/* When the item was made, by itself; 0 where it does not say. */
static int64_t made_us(const struct probe *p, const json_t *item)
{
    const char *path = json_get_text(p->how, "date");
    const json_t *v = path != NULL ? json_path(item, path) : NULL;
    int64_t us = 0;
    return json_is_string(v) &&
                   date_parse(json_string_value(v), json_string_length(v), NULL, &us, NULL) == 0
               ? us
               : 0;
}

static bool has_mark(const struct probe *p, const json_t *item)
{
    const json_t *room = room_of(p->op);
    const char *at = json_get_text(room, "at");
    return normal_has(json_path(item, at != NULL ? at : json_get_text(room, "field")), p->mark);
}

/* A service's id as text; NULL where the item has none. Yours. */
static char *id_of(const struct operation *op, const json_t *item)
{
    const char *name = json_get_text(op->probe, "id");
    const json_t *id = json_path(item, name != NULL ? name : "id");
    if (json_is_integer(id)) {
        return xasprintf("%lld", (long long)json_integer_value(id));
    }
    return json_is_string(id) ? xstrdup(json_string_value(id)) : NULL;
}

char *probe_made_id(const struct operation *op, const json_t *output)
{
    const char *as = json_get_text(op->probe, "as");
    return as != NULL ? id_of(op, json_object_get(output, as)) : NULL;
}

static json_t *fit_of(const struct probe *p, json_t *item)
{
    char *id = id_of(p->op, item);
    json_t *fit = json_object();
    json_t *output = json_object();
    json_object_set(output, json_get_text(p->how, "as"), item);
    json_object_set_new(fit, "output", output);
    json_set_text(fit, "id", id);
    free(id);
    return fit;
}

static void sort_item(const struct probe *p, json_t *item, json_t *fits, json_t *near)
{
    int64_t made = made_us(p, item);
    bool is_older = made != 0 && made < p->since_us - SKEW_US;
    if (p->mark != NULL ? has_mark(p, item) : !is_older && is_equal(p, item)) {
        json_array_append_new(fits, fit_of(p, item));
    } else if (p->mark == NULL && made != 0 && !is_older) {
        char *id = id_of(p->op, item);
        json_array_append_new(near, json_string(id != NULL ? id : ""));
        free(id);
    }
}

/* The list was asked for by the page, and the page is full. */
static bool is_cut(const struct probe *p, size_t count)
{
    json_t *pages = paging_of(p->list->table);
    const char *size = json_get_text(pages, "size");
    int64_t most = size != NULL ? json_get_int(json_object_get(p->how, "with"), size, 0) : 0;
    json_decref(pages);
    return most > 0 && (int64_t)count >= most;
}

json_t *probe_read(const struct probe *p, const json_t *list_output)
{
    json_t *fits = json_array(), *near = json_array();
    json_t *items = json_path(list_output, json_get_text(p->how, "items"));
    size_t i;
    json_t *item;
    json_array_foreach (items, i, item) {
        if (json_is_object(item)) {
            sort_item(p, item, fits, near);
        }
    }
    return json_pack("{s:o, s:o, s:b}", "fits", fits, "near", near, "is_cut",
                     is_cut(p, json_array_size(items)));
}
