/* Sends many API calls that want the same of different objects as one request. Whoever has the slot
 * leads; who follows it gives up its place in the limiter's queue and gets its part of the answer.
 * An object that the service refuses is an error of those who named it, and of nobody else. A
 * request for many that is refused as a whole says nothing about any of them: then each goes alone
 * (call.c), and the connection folds no more until the next start. */
#include "call/batch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/metrics.h"
#include "call/call_state.h"
#include "connection/account.h"
#include "format/json.h"

enum { MOST_DEFAULT = 50, MOST_MAX = 500 };

static const json_t *how_of(const struct service_call *call)
{
    return call->op->batch;
}

static const char *word(const struct service_call *call, const char *key)
{
    const char *text = json_get_text(how_of(call), key);
    return text != NULL ? text : "";
}

/* --- who goes along --- */

/* One that was folded stays what it is: those that follow it would lose their part if it went along
 * with another while it waits for a new token. */
static bool may_fold(const struct service_call *call)
{
    return json_is_object(how_of(call)) && call->is_idempotent && call->probe == NULL &&
           !call->is_alone && call->many == NULL && !call->c->refuses_batches;
}

static bool is_same_kind(const struct service_call *a, const struct service_call *b)
{
    size_t i;
    json_t *field;
    json_array_foreach (json_object_get(how_of(a), "same"), i, field) {
        const char *name = json_string_value(field);
        json_t *x = json_object_get(a->input, name), *y = json_object_get(b->input, name);
        if (x != y && (x == NULL || y == NULL || !json_equal(x, y))) {
            return false;
        }
    }
    return true;
}

static bool fits_batch(const struct service_call *call, const struct service_call *other)
{
    return other != call && other->stage == STAGE_LIMIT && other->c == call->c &&
           other->op == call->op && may_fold(other) && is_same_kind(call, other);
}

/* The objects that a call names: one, or a list. New reference. */
static json_t *objects_of(const struct service_call *call)
{
    json_t *v = json_object_get(call->input, word(call, "each"));
    return json_is_array(v) ? json_incref(v) : json_pack("[O]", v);
}

static size_t most_of(const struct service_call *call)
{
    int64_t most = json_get_int(how_of(call), "most", MOST_DEFAULT);
    return (size_t)(most < 2 ? 2 : most < MOST_MAX ? most : MOST_MAX);
}

/* Adds the call's objects, if there is room for all of them. */
static bool add_objects(json_t *list, const struct service_call *call, size_t most)
{
    json_t *objects = objects_of(call);
    bool has_room = json_array_size(list) + json_array_size(objects) <= most;
    size_t i;
    json_t *one;
    json_array_foreach (objects, i, one) {
        if (has_room && !json_list_has(list, one)) {
            json_array_append(list, one);
        }
    }
    json_decref(objects);
    return has_room;
}

/* Calls that go along, at most as many as there is room for; their objects are in `list`. None
 * where the call alone names more objects than a request takes. Yours. */
static struct service_call **choose_calls(struct service_call *call, json_t *list, size_t *count)
{
    size_t most = most_of(call);
    struct service_call **chosen = xcalloc(most, sizeof *chosen);
    struct list *calls = &call->set->calls;
    bool has_room = add_objects(list, call, most);
    *count = 0;
    for (struct list *at = calls->next; has_room && at != calls && *count < most; at = at->next) {
        struct service_call *other = list_entry(at, struct service_call, link);
        if (fits_batch(call, other) && add_objects(list, other, most)) {
            chosen[(*count)++] = other;
        }
    }
    return chosen;
}

/* --- the request for many --- */

static json_t *input_of(const struct service_call *call, json_t *list)
{
    json_t *fixed = json_object_get(how_of(call), "fixed");
    json_t *input = json_is_object(fixed) ? json_deep_copy(fixed) : json_object();
    size_t i;
    json_t *field;
    json_array_foreach (json_object_get(how_of(call), "same"), i, field) {
        json_t *v = json_object_get(call->input, json_string_value(field));
        if (v != NULL) {
            json_object_set(input, json_string_value(field), v);
        }
    }
    json_object_set(input, word(call, "into"), list);
    return input;
}

/* Builds the request of the operation that takes many. */
static int build_many(const struct service_call *call, const struct operation *op, json_t *list,
                      struct request *out)
{
    json_t *input = input_of(call, list);
    int rc = request_check(call->c, op, input, NULL);
    if (rc == 0) {
        rc = request_build(out, call->c, op, input, NULL, NULL);
    }
    json_decref(input);
    return rc;
}

static void take_along(struct service_call *call, struct service_call **chosen, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        call_leave_limit(chosen[i]);
        call_follow(chosen[i], call);
    }
    metric_add(metrics_counter("ladle_calls_folded_total",
                               "Calls that went along with another as one request.", "connection",
                               connection_root(call->c)->name),
               (int64_t)count);
}

bool batch_fold(struct service_call *call)
{
    if (!may_fold(call)) {
        return call->many != NULL;
    }
    size_t count;
    json_t *list = json_array();
    struct service_call **chosen = choose_calls(call, list, &count);
    const struct operation *op =
        count > 0 ? connector_operation(call->c->connector, word(call, "use")) : NULL;
    struct request request = { .url = NULL };
    if (op != NULL && build_many(call, op, list, &request) == 0) {
        request_fini(&call->request);
        call->request = request;
        call->many = op;
        take_along(call, chosen, count);
    }
    free(chosen);
    json_decref(list);
    return call->many != NULL;
}

/* --- the answer --- */

/* What is told of one object; NULL: nothing. Borrowed. */
static json_t *report_of(const json_t *answers, const json_t *output, const json_t *object)
{
    const char *at = json_get_text(answers, "at");
    const char *id = json_get_text(answers, "id");
    size_t i;
    json_t *one;
    json_array_foreach (at != NULL ? json_path(output, at) : NULL, i, one) {
        if (id != NULL && json_equal(json_object_get(one, id), object)) {
            return one;
        }
    }
    return NULL;
}

static bool is_ok(const json_t *answers, const json_t *report)
{
    const char *field;
    json_t *wanted;
    json_object_foreach (json_object_get(answers, "ok"), field, wanted) {
        if (!json_equal(json_object_get(report, field), wanted)) {
            return false;
        }
    }
    return report != NULL;
}

/* [list, added, removed]: the first with the second and without the third. */
static json_t *list_given(const json_t *how, const json_t *report)
{
    json_t *out = json_array();
    json_t *removed = json_object_get(report, json_string_value(json_array_get(how, 2)));
    for (size_t part = 0; part < 2; part++) {
        size_t i;
        json_t *one;
        json_array_foreach (json_object_get(report, json_string_value(json_array_get(how, part))),
                            i, one) {
            if (!json_list_has(removed, one) && !json_list_has(out, one)) {
                json_array_append(out, one);
            }
        }
    }
    return out;
}

static void finish_refused(struct service_call *call, const char *why)
{
    struct err e = ERR_INIT;
    (void)err_set(&e, ERR_INVALID, "%s.%s: %s", call->c->name, call->op->name,
                  why != NULL ? why : "the service did not do it");
    call_finish(call, NULL, &e, NULL);
}

/* An answer that tells of each object. */
static void finish_reported(struct service_call *call, const json_t *answers, const json_t *output)
{
    json_t *report = report_of(answers, output, json_object_get(call->input, word(call, "each")));
    if (!is_ok(answers, report)) {
        const char *field = json_get_text(answers, "message");
        finish_refused(call, field != NULL ? json_get_text(report, field) : NULL);
        return;
    }
    json_t *out = json_object();
    const char *name;
    json_t *how;
    json_object_foreach (json_object_get(answers, "gives"), name, how) {
        json_object_set_new(out, name, list_given(how, report));
    }
    call_finish(call, out, NULL, NULL);
    json_decref(out);
}

/* An answer that lists what was done: each gets those of its own. */
static void finish_listed(struct service_call *call, const json_t *output)
{
    json_t *done = json_object_get(output, word(call, "into"));
    json_t *objects = objects_of(call), *own = json_array();
    size_t i;
    json_t *one;
    json_array_foreach (objects, i, one) {
        if (json_list_has(done, one)) {
            json_array_append(own, one);
        }
    }
    json_decref(objects);
    if (json_array_size(own) == 0) {
        json_decref(own);
        finish_refused(call, NULL);
        return;
    }
    json_t *out = json_copy((json_t *)output);
    json_object_set_new(out, word(call, "into"), own);
    call_finish(call, out, NULL, NULL);
    json_decref(out);
}

static void finish_batched(struct service_call *call, const json_t *output)
{
    json_t *answers = json_object_get(how_of(call), "answers");
    if (answers != NULL) {
        finish_reported(call, answers, output);
    } else {
        finish_listed(call, output);
    }
}

void batch_finish(struct service_call *call, const json_t *output)
{
    while (!list_is_empty(&call->followers)) {
        finish_batched(list_entry(call->followers.next, struct service_call, follow_link), output);
    }
    finish_batched(call, output);
}
