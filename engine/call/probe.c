/*
 * Looks at the service for the effect of a call whose answer was lost. After a call that was sent
 * and never answered nobody knows whether it took effect. For an operation with a `probe` this can
 * be looked up: `list` names an operation that reads, `from` maps its fields to fields of the
 * call's input, `with` adds constants; of the `items` in its answer one is the effect if all fields
 * of `match` that the call gave are equal (dates as moments, those in `fold` in any case) and,
 * where the item has a `date`, it is not older than the call. Two effects that are equal in all
 * this cannot be told apart; the newest is taken.
 *
 * The list is read `grace_ms` after the call was started at the earliest: what was sent just before
 * a crash may still be on its way through the service. Pure; loop thread.
 */
#include "call/probe.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "call/request.h"
#include "connector/schema.h"
#include "format/date.h"

enum {
    GRACE_DEFAULT_MS = 5000,
    GRACE_MAX_MS = 60000,
    SKEW_US = 60 * 1000 * 1000, /* between the service's clock and ours */
};

struct probe {
    const struct operation *op;
    const struct operation *list;
    const json_t *how; /* op->probe */
    json_t *input;     /* of op, filled in */
    int64_t since_us;
};

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
                        int64_t since_us, struct err *e)
{
    if (op->probe == NULL) {
        (void)err_set(e, ERR_UNKNOWN,
                      "whether %s took effect is unknown, and it cannot be looked for", op->name);
        return NULL;
    }
    if (!can_compare(op->probe, input)) {
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
    (void)request_check(c, op, p->input, NULL); /* it was fine when the call was made */
    return p;
}

void probe_free(struct probe *p)
{
    if (p != NULL) {
        json_decref(p->input);
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

int64_t probe_earliest_us(const struct probe *p)
{
    int64_t grace_ms = json_get_int(p->how, "grace_ms", GRACE_DEFAULT_MS);
    return p->since_us + (grace_ms < 0              ? 0
                          : grace_ms < GRACE_MAX_MS ? grace_ms
                                                    : GRACE_MAX_MS) *
                             1000;
}

/* --- comparing --- */

static bool moment(const json_t *v, int64_t *us)
{
    return json_is_string(v) &&
           date_parse(json_string_value(v), json_string_length(v), NULL, us, NULL) == 0;
}

static bool is_same_date(const json_t *a, const json_t *b)
{
    int64_t a_us, b_us;
    /* Whole seconds are sent, so that is what can be equal. */
    return moment(a, &a_us) && moment(b, &b_us) && a_us / 1000000 == b_us / 1000000;
}

static void trim(const char **text, size_t *len)
{
    while (*len > 0 && strchr(" \t\r\n", (*text)[*len - 1]) != NULL) {
        (*len)--;
    }
    while (*len > 0 && strchr(" \t\r\n", **text) != NULL) {
        (*text)++;
        (*len)--;
    }
}

static bool is_same_text(const json_t *a, const json_t *b, bool is_folded)
{
    if (!json_is_string(a) || !json_is_string(b)) {
        return false;
    }
    const char *x = json_string_value(a), *y = json_string_value(b);
    size_t x_len = json_string_length(a), y_len = json_string_length(b);
    trim(&x, &x_len);
    trim(&y, &y_len);
    return x_len == y_len && (is_folded ? strncasecmp(x, y, x_len) == 0 : memcmp(x, y, x_len) == 0);
}

static bool is_folded(const struct probe *p, const char *name)
{
    return json_list_has_text(json_object_get(p->how, "fold"), name);
}

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
    if (type != NULL && strcmp(type, "date") == 0) {
        return is_same_date(sent, there);
    }
    return json_equal(sent, there) || is_same_text(sent, there, is_folded(p, name));
}

/* When the item was made, by itself; 0 where it does not say. */
static int64_t made_us(const struct probe *p, const json_t *item)
{
    const char *path = json_get_text(p->how, "date");
    int64_t us = 0;
    return path != NULL && moment(json_path(item, path), &us) ? us : 0;
}

static bool is_effect(const struct probe *p, const json_t *item)
{
    int64_t made = made_us(p, item);
    if (!json_is_object(item) || (made != 0 && made < p->since_us - SKEW_US)) {
        return false;
    }
    size_t i;
    json_t *name;
    json_array_foreach (json_object_get(p->how, "match"), i, name) {
        if (!field_fits(p, json_string_value(name), item)) {
            return false;
        }
    }
    return true;
}

json_t *probe_find(const struct probe *p, const json_t *list_output)
{
    json_t *found = NULL;
    size_t i;
    json_t *item;
    json_array_foreach (json_path(list_output, json_get_text(p->how, "items")), i, item) {
        if (is_effect(p, item) && (found == NULL || made_us(p, item) >= made_us(p, found))) {
            found = item;
        }
    }
    if (found == NULL) {
        return json_null();
    }
    json_t *out = json_object();
    json_object_set(out, json_get_text(p->how, "as"), found);
    return out;
}
