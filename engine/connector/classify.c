/*
 * Names the kind of error (base/err.h) that an HTTP answer of a service is. A connector's rules are
 * looked at in their order: status, a text in the message (any case), a path that must be there.
 * The first that fits names the kind, and may take a detail from the body (the id of a duplicate),
 * add the scopes that the operation needs, or a sentence. What none fits goes by its status. Pure;
 * the loop thread.
 */
#include "connector/classify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"

enum { MESSAGE_MAX = 300, SAID_MAX = 4000 /* of what is searched for secrets */ };

/* --- what the service says --- */

static void add_answer_text(struct buf *out, const char *text)
{
    size_t len = strlen(text);
    if (len > 0 && out->len < MESSAGE_MAX) {
        (void)buf_puts(out, out->len > 0 ? "; " : "");
        (void)buf_append(out, text, utf8_cut(text, len, SAID_MAX - MESSAGE_MAX)); /* it fits */
    }
}

/* A text, a list of texts, or an object with one of them inside; two levels are enough for all
 * shapes known. */
static void add_value(struct buf *out, const json_t *v, int depth)
{
    if (json_is_string(v)) {
        add_answer_text(out, json_string_value(v));
    } else if (json_is_array(v)) {
        size_t i;
        json_t *one;
        json_array_foreach (v, i, one) {
            if (depth > 0) {
                add_value(out, one, depth - 1);
            }
        }
    } else if (json_is_object(v) && depth > 0) {
        json_t *message = json_object_get(v, "message");
        add_value(out, message != NULL ? message : json_object_get(v, "code"), depth - 1);
        json_t *constraints = json_object_get(v, "constraints");
        const char *key;
        json_t *one;
        json_object_foreach (constraints, key, one) {
            add_value(out, one, 0);
        }
    }
}

static bool is_text_answer(const struct http_response *res)
{
    const char *type = http_response_header(res, "content-type");
    return type == NULL || strcasestr(type, "html") == NULL;
}

char *classify_message(const struct http_response *res, const json_t *body)
{
    static const char *const members[] = {
        "message", "error_description", "error", "detail", "title", "errors", NULL
    };
    struct buf out;
    buf_init(&out, SAID_MAX + 100);
    for (const char *const *m = members; *m != NULL && out.len == 0; m++) {
        add_value(&out, json_object_get(body, *m), 3);
    }
    if (out.len == 0 && body == NULL && is_text_answer(res) &&
        utf8_is_valid(res->body.data, res->body.len)) {
        (void)buf_append(&out, res->body.data,
                         utf8_cut(res->body.data, res->body.len, SAID_MAX)); /* it fits */
    }
    /* The secrets go first: one that the cut splits would no longer be found. */
    size_t len;
    char *text = buf_take(&out, &len);
    (void)log_redact(text, len);
    text[utf8_cut(text, len, MESSAGE_MAX)] = '\0';
    return text;
}

char *classify_answer(const struct http_response *res)
{
    if (res->body.len == 0 || !utf8_is_valid(res->body.data, res->body.len)) {
        return NULL;
    }
    /* The secrets go first: one that the cut splits would no longer be found. */
    size_t len = res->body.len < 4 * ANSWER_MAX ? res->body.len : 4 * ANSWER_MAX;
    char *text = xstrndup(res->body.data, len);
    (void)log_redact(text, len);
    text[utf8_cut(text, len, ANSWER_MAX)] = '\0';
    return text;
}

/* --- rules --- */

static bool status_fits(const json_t *wanted, int status)
{
    if (wanted == NULL || (json_is_integer(wanted) && json_integer_value(wanted) == status)) {
        return true;
    }
    size_t i;
    json_t *one;
    json_array_foreach (wanted, i, one) {
        if (json_is_integer(one) && json_integer_value(one) == status) {
            return true;
        }
    }
    return false;
}

static bool rule_fits(const json_t *rule, int status, const char *message, const json_t *body)
{
    const char *text = json_get_text(rule, "message");
    const char *has = json_get_text(rule, "has");
    return status_fits(json_object_get(rule, "status"), status) &&
           (text == NULL || strcasestr(message, text) != NULL) &&
           (has == NULL || json_path(body, has) != NULL);
}

static const json_t *find_rule(const struct connector *c, int status, const char *message,
                               const json_t *body)
{
    size_t i;
    json_t *rule;
    json_array_foreach (json_object_get(connector_table(c), "classify"), i, rule) {
        if (rule_fits(rule, status, message, body)) {
            return rule;
        }
    }
    return NULL;
}

static enum err_kind kind_of_status(int status)
{
    switch (status) {
    case 401:
        return ERR_EXPIRED;
    case 402:
    case 403:
        return ERR_FORBIDDEN;
    case 404:
    case 410:
        return ERR_NOT_FOUND;
    case 408:
    case 425:
        return ERR_UNAVAILABLE;
    case 409:
    case 412:
        return ERR_CONFLICT;
    case 413:
        return ERR_TOO_LARGE;
    case 429:
        return ERR_RATE_LIMITED;
    }
    return status >= 500 ? ERR_UNAVAILABLE : status >= 400 ? ERR_INVALID : ERR_PROTOCOL;
}

/* "contacts.write", "a, b"; "" where none are known. */
static void scopes_text(const struct operation *op, char *out, size_t size)
{
    struct buf b;
    buf_init(&b, size - 1);
    size_t i;
    json_t *one;
    json_array_foreach (op != NULL ? op->scopes : NULL, i, one) {
        (void)buf_printf(&b, "%s%s", i > 0 ? ", " : "", json_string_value(one)); /* full: cut */
    }
    (void)snprintf(out, size, "%s", buf_text(&b));
    buf_fini(&b);
}

static void say(const struct operation *op, const json_t *rule, const char *message, struct err *e)
{
    const char *name = op != NULL ? op->name : "the service";
    const char *sentence = json_get_text(rule, "say");
    char scopes[128] = "";
    if (json_is_true(json_object_get(rule, "scopes"))) {
        scopes_text(op, scopes, sizeof scopes);
    }
    int status = e->status;
    if (*scopes != '\0') {
        (void)err_set(e, e->kind, "%s needs the scope %s, which the token was not granted (%d: %s)",
                      name, scopes, status, message);
    } else if (sentence != NULL) {
        (void)err_set(e, e->kind, "%s: %s (%d: %s)", name, sentence, status, message);
    } else {
        (void)err_set(e, e->kind, "%s was answered %d%s%s", name, status,
                      *message != '\0' ? ": " : "", message);
    }
    e->status = status;
}

void classify(const struct connector *c, const struct operation *op,
              const struct http_response *res, const json_t *body, struct err *e)
{
    char *message = classify_message(res, body);
    const json_t *rule = find_rule(c, res->status, message, body);
    const char *kind = json_get_text(rule, "kind");
    *e = (struct err){ .kind = kind != NULL ? err_kind_parse(kind) : kind_of_status(res->status),
                       .status = res->status };
    say(op, rule, message, e);
    const char *path = json_get_text(rule, "detail");
    const char *detail = path != NULL ? json_path_text(body, path) : NULL;
    if (detail != NULL) {
        (void)snprintf(e->detail, sizeof e->detail, "%s",
                       detail); /* an id that is too long is cut */
    }
    free(message);
}
