/*
 * Turns the HTTP answer of a service into the output of an operation. Most operations answer JSON
 * that their output schema describes; those with output_as 'response' hand back status, headers and
 * body. Some statuses say in another way that all is well: what a DELETE should remove is gone
 * (when_missing), what a POST should add is there (when_conflict). Pure; loop thread.
 */
#include "call/answer.h"

#include <string.h>

#include "base/utf8.h"
#include "connector/classify.h"
#include "connector/schema.h"

static bool is_json(const struct http_response *res)
{
    const char *type = http_response_header(res, "content-type");
    return type != NULL && strcasestr(type, "json") != NULL;
}

static json_t *text_body(const struct http_response *res)
{
    if (!utf8_is_valid(buf_text(&res->body), res->body.len) ||
        memchr(buf_text(&res->body), '\0', res->body.len) != NULL) {
        return json_null();
    }
    return json_stringn(buf_text(&res->body), res->body.len);
}

static json_t *headers_object(const struct http_response *res)
{
    json_t *out = json_object();
    for (size_t i = 0; i < res->header_count; i++) {
        json_set_text(out, res->headers[i].name, res->headers[i].value);
    }
    return out;
}

/* {status, headers, body}; a body that is no text is null. */
static json_t *whole_response(const struct http_response *res, json_t *body)
{
    json_t *out = json_object();
    json_object_set_new(out, "status", json_integer(res->status));
    json_object_set_new(out, "headers", headers_object(res));
    json_object_set_new(out, "body",
                        body != NULL && is_json(res) ? json_incref(body) : text_body(res));
    return out;
}

static bool needs_output(const struct operation *op)
{
    const char *name;
    json_t *d;
    json_object_foreach (op->output, name, d) {
        if (schema_is_required(d)) {
            return true;
        }
    }
    return false;
}

/* {ours: "theirs"}: a field that the service has begun to spell in another way is there under both
 * names. */
static void add_spellings(const struct operation *op, json_t *output)
{
    const char *ours;
    json_t *theirs;
    json_object_foreach (json_object_get(op->table, "also"), ours, theirs) {
        json_t *own = json_object_get(output, ours);
        json_t *other = json_object_get(output, json_string_value(theirs));
        if (own == NULL && other != NULL) {
            json_object_set(output, ours, other);
        } else if (other == NULL && own != NULL) {
            json_object_set(output, json_string_value(theirs), own);
        }
    }
}

static int json_output(const struct operation *op, const struct http_response *res, json_t *body,
                       json_t **output, struct err *e)
{
    if (json_is_object(body)) {
        add_spellings(op, body);
    }
    if (!json_is_object(body) && needs_output(op)) {
        return err_set(e, ERR_PROTOCOL, "%s was answered %d with a body that is no JSON object",
                       op->name, res->status);
    }
    if (op->output != NULL && json_is_object(body) &&
        schema_check_output(op->output, body, e) == -1) {
        return err_prefix(e, "the answer to %s", op->name);
    }
    *output = body != NULL ? json_incref(body) : json_object();
    return 0;
}

/* A fixed output of the connector's table; an empty Lua table may read as a list. */
static json_t *fixed(const json_t *table)
{
    return json_is_object(table) ? json_deep_copy(table) : json_object();
}

static void add_report(const struct operation *op, const char *host, int status, json_t *output)
{
    if (op->is_local && json_is_object(output)) {
        json_object_set_new(output, "sent_to", json_string(host));
        json_object_set_new(output, "status", json_integer(status));
    }
}

static int read_body(const struct connection *c, const struct operation *op,
                     const struct http_response *res, json_t *body, json_t **output, struct err *e)
{
    const char *as = json_get_text(op->table, "output_as");
    json_t *when_missing = json_object_get(op->table, "when_missing");
    json_t *when_conflict = json_object_get(op->table, "when_conflict");
    if (res->status == 404 && when_missing != NULL) {
        *output = fixed(when_missing);
    } else if (res->status == 409 && when_conflict != NULL) {
        *output = fixed(when_conflict);
    } else if (res->status < 200 || res->status > 299) {
        classify(c->connector, op, res, body, e);
        return -1;
    } else if (as != NULL && strcmp(as, "response") == 0) {
        *output = whole_response(res, body);
    } else {
        return json_output(op, res, body, output, e);
    }
    return 0;
}

int answer_read(const struct connection *c, const struct operation *op, const char *host,
                const struct http_response *res, json_t **output, struct err *e)
{
    json_t *body = res->body.len > 0 ? json_parse(res->body.data, res->body.len, NULL) : NULL;
    int rc = read_body(c, op, res, body, output, e);
    if (rc == 0) {
        add_report(op, host, res->status, *output);
    } else {
        e->status = res->status;
    }
    json_decref(body);
    return rc;
}
