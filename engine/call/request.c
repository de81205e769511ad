/*
 * Builds the HTTP request of an operation from the connector's table and the step's input. Two
 * kinds of operations: one with a path has its fields laid out by name (in the path, in `query`,
 * the rest in a JSON body), one with `free` takes a URL, query, headers and a body from its input,
 * and may go to the hosts that the connection allows and nowhere else. What comes from a recipe is
 * checked before it becomes part of a line: no control characters, no path tricks, no header that
 * the client itself owns. Pure; loop thread.
 */
#include "call/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/secret.h"
#include "connector/schema.h"
#include "format/date.h"
#include "format/json.h"
#include "format/url.h"

/* Frees a text that may hold a secret. */
static void free_secret_text(char *text, size_t len)
{
    if (text != NULL) {
        secret_scrub(text, len);
    }
    free(text);
}

void request_fini(struct request *r)
{
    for (size_t i = 0; i < r->header_count; i++) {
        free(r->names[i]);
        free_secret_text(r->values[i], strlen(r->values[i]));
    }
    free_secret_text(r->url, r->url != NULL ? strlen(r->url) : 0);
    free(r->host);
    free_secret_text(r->body, r->body_len);
    *r = (struct request){ .url = NULL };
}

/* --- the input --- */

static void fill_from_settings(const struct connection *c, const struct operation *op,
                               json_t *input)
{
    const char *name;
    json_t *d;
    json_object_foreach (op->input, name, d) {
        const char *key = json_get_text(d, "from_connection");
        json_t *own = key != NULL ? json_object_get(c->config, key) : NULL;
        json_t *given = json_object_get(input, name);
        if (own != NULL && (given == NULL || json_is_null(given))) {
            json_object_set(input, name, own);
        }
    }
}

/* A field that the connection could have filled in, and has not, is missing after all. */
static int check_filled(const struct connection *c, const struct operation *op, const json_t *input,
                        struct err *e)
{
    const char *name;
    json_t *d;
    json_object_foreach (op->input, name, d) {
        const char *key = json_get_text(d, "from_connection");
        if (key != NULL && json_object_get(input, name) == NULL) {
            return err_set(e, ERR_INVALID,
                           "%s: is missing; give it, or say `%s` on connection %s in ladle.yaml",
                           name, key, c->name);
        }
    }
    return 0;
}

static int check_one_of(const struct operation *op, const json_t *input, struct err *e)
{
    json_t *list = json_object_get(op->table, "one_of");
    size_t i;
    json_t *one;
    json_array_foreach (list, i, one) {
        json_t *v = json_object_get(input, json_string_value(one));
        if (v != NULL && !json_is_null(v)) {
            return 0;
        }
    }
    if (json_array_size(list) == 0) {
        return 0;
    }
    struct buf names;
    buf_init(&names, 256);
    json_array_foreach (list, i, one) {
        (void)buf_printf(&names, "%s%s", i > 0 ? " or " : "",
                         json_string_value(one)); /* full: cut */
    }
    (void)err_set(e, ERR_INVALID, "needs %s", buf_text(&names));
    buf_fini(&names);
    return -1;
}

/* A date as services take it: in UTC, with whole seconds. One without an offset is local to the
 * project. NULL for what is none. */
static json_t *utc_date(const struct connection *c, const json_t *v)
{
    int64_t us;
    if (!json_is_string(v) ||
        date_parse(json_string_value(v), json_string_length(v), c->env->zone, &us, NULL) == -1) {
        return NULL;
    }
    struct civil t = civil_from_us(us, NULL);
    return json_sprintf("%04d-%02d-%02dT%02d:%02d:%02dZ", t.year, t.month, t.day, t.hour, t.minute,
                        t.second);
}

static void settle_dates(const struct connection *c, const json_t *schema, json_t *input);

/* The dates within a value; what it becomes itself where it is one, else NULL. The schema's depth
 * is bounded (SHAPE_DEPTH_MAX), and so is this. */
static json_t *settled(const struct connection *c, const json_t *d, json_t *v)
{
    const char *type = schema_type(d);
    if (type != NULL && strcmp(type, "date") == 0) {
        return utc_date(c, v);
    }
    json_t *of = json_is_object(d) ? json_object_get(d, "of") : NULL;
    size_t i;
    json_t *item;
    if (of != NULL && json_is_array(v)) {
        json_array_foreach (v, i, item) {
            json_t *better = settled(c, of, item);
            if (better != NULL) {
                json_array_set_new(v, i, better);
            }
        }
    } else if (json_is_object(d)) {
        settle_dates(c, json_object_get(d, "fields"), v);
    }
    return NULL;
}

static void settle_dates(const struct connection *c, const json_t *schema, json_t *input)
{
    const char *name;
    json_t *d;
    json_object_foreach ((json_t *)schema, name, d) {
        json_t *better = settled(c, d, json_object_get(input, name));
        if (better != NULL) {
            json_object_set_new(input, name, better);
        }
    }
}

int request_check(const struct connection *c, const struct operation *op, json_t *input,
                  struct err *e)
{
    const char *why = json_get_text(op->table, "unsupported");
    if (why != NULL) {
        return err_set(e, ERR_INVALID, "%s cannot be called from here: %s", op->name, why);
    }
    if (op->is_filled) {
        fill_from_settings(c, op, input);
    }
    if (schema_check(op->input, input, e) == -1 ||
        (op->is_filled && check_filled(c, op, input, e) == -1) ||
        check_one_of(op, input, e) == -1) {
        return err_prefix(e, "input of %s", op->name);
    }
    if (op->has_dates) {
        settle_dates(c, op->input, input);
    }
    return 0;
}

/* --- values --- */

static bool is_engine_side(const struct operation *op, const char *name)
{
    json_t *d = json_object_get(op->input, name);
    return json_is_object(d) && json_is_true(json_object_get(d, "engine"));
}

/* Text and numbers as text; NULL for what has no plain text. Yours. */
static char *plain_text(const json_t *v)
{
    if (json_is_string(v)) {
        return xstrdup(json_string_value(v));
    } else if (json_is_integer(v)) {
        return xasprintf("%lld", (long long)json_integer_value(v));
    } else if (json_is_real(v)) {
        return xasprintf("%.17g", json_real_value(v));
    } else if (json_is_boolean(v)) {
        return xstrdup(json_is_true(v) ? "true" : "false");
    }
    return NULL;
}

/* --- headers --- */

/* A token of RFC 9110, 5.6.2. */
static bool is_header_name(const char *name)
{
    return *name != '\0' && strlen(name) <= 128 &&
           strspn(
               name,
               "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~") ==
               strlen(name);
}

static bool is_header_value(const char *value)
{
    for (const char *p = value; *p != '\0'; p++) {
        if (((unsigned char)*p < 0x20 && *p != '\t') || *p == 0x7f) {
            return false;
        }
    }
    return strlen(value) <= 8192;
}

/* Headers that frame the message belong to the client. */
static bool is_reserved(const char *name)
{
    static const char *const names[] = { "host",       "content-length", "transfer-encoding",
                                         "connection", "upgrade",        "te",
                                         "trailer",    "expect",         NULL };
    for (const char *const *n = names; *n != NULL; n++) {
        if (strcasecmp(*n, name) == 0) {
            return true;
        }
    }
    return false;
}

bool request_has_header(const struct request *r, const char *name)
{
    for (size_t i = 0; i < r->header_count; i++) {
        if (strcasecmp(r->names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* Sets a header; one that is there already is replaced. Takes value. */
static int set_header(struct request *r, const char *name, char *value, struct err *e)
{
    if (value == NULL || !is_header_name(name) || !is_header_value(value) || is_reserved(name)) {
        free(value);
        return err_set(e, ERR_INVALID,
                       "headers: '%.64s' is not allowed, or its value is no plain text", name);
    }
    for (size_t i = 0; i < r->header_count; i++) {
        if (strcasecmp(r->names[i], name) == 0) {
            free(r->values[i]);
            r->values[i] = value;
            return 0;
        }
    }
    if (r->header_count == REQUEST_HEADERS_MAX) {
        free(value);
        return err_set(e, ERR_TOO_LARGE, "headers: more than %d", REQUEST_HEADERS_MAX);
    }
    r->names[r->header_count] = xstrdup(name);
    r->values[r->header_count++] = value;
    return 0;
}

static int set_headers(struct request *r, const json_t *object, struct err *e)
{
    const char *name;
    json_t *v;
    json_object_foreach ((json_t *)object, name, v) {
        if (set_header(r, name, plain_text(v), e) == -1) {
            return -1;
        }
    }
    return 0;
}

/* Those of the settings that hold keys. */
static int set_secret_headers(struct request *r, const struct connection *c, struct err *e)
{
    const struct connection *owner = c->parent != NULL ? c->parent : c;
    for (size_t i = 0; i < owner->header_secret_count; i++) {
        const struct header_secret *h = &owner->header_secrets[i];
        if (set_header(r, h->name, xstrdup(secret_bytes(h->value)), e) == -1) {
            return -1;
        }
    }
    return 0;
}

static int set_fixed_headers(struct request *r, const struct connection *c,
                             const struct operation *op, const char *key, struct err *e)
{
    const char *key_header = op->idempotency_header;
    if (set_headers(r, json_object_get(connector_table(c->connector), "headers"), e) == -1 ||
        set_headers(r, json_object_get(op->table, "headers"), e) == -1 ||
        set_headers(r, json_object_get(c->config, "headers"), e) == -1 ||
        set_secret_headers(r, c, e) == -1) {
        return -1;
    }
    return key_header != NULL && key != NULL ? set_header(r, key_header, xstrdup(key), e) : 0;
}

void request_token_header(const struct connection *c, const char **header, const char **scheme)
{
    json_t *auth = json_object_get(connector_table(c->connector), "auth");
    const char *header_key = json_get_text(auth, "header_config");
    const char *own_header = header_key != NULL ? connection_text(c, header_key) : NULL;
    const char *own_scheme = connection_text(c, "scheme");
    *header = own_header != NULL ? own_header : json_get_text(auth, "header");
    *header = *header != NULL ? *header : "Authorization";
    *scheme = json_get_text(auth, "scheme");
    if (own_header != NULL && strcasecmp(own_header, "Authorization") != 0) {
        *scheme = ""; /* an API key stands alone */
    }
    *scheme = own_scheme != NULL ? own_scheme : *scheme != NULL ? *scheme : "";
}

/* --- bodies --- */

static int set_json_body(struct request *r, const json_t *v, struct err *e)
{
    struct buf out;
    buf_init(&out, REQUEST_BODY_MAX);
    if (json_append(&out, v) == -1) {
        buf_fini(&out);
        return err_set(e, ERR_TOO_LARGE, "the body passes %d bytes", REQUEST_BODY_MAX);
    }
    free(r->body);
    r->body = buf_take(&out, &r->body_len);
    return set_header(r, "Content-Type", xstrdup("application/json"), e);
}

static int set_form_body(struct request *r, const json_t *fields, struct err *e)
{
    struct buf out;
    buf_init(&out, REQUEST_BODY_MAX);
    if (url_encode_form(&out, fields, e) == -1) {
        buf_fini(&out);
        return err_prefix(e, "form");
    }
    r->body = buf_take(&out, &r->body_len);
    return set_header(r, "Content-Type", xstrdup("application/x-www-form-urlencoded"), e);
}

/* --- operations with a path --- */

static int add_path_value(struct buf *url, const json_t *input, const char *name, struct err *e)
{
    char *text = plain_text(json_object_get(input, name));
    if (text == NULL || *text == '\0' || strcmp(text, ".") == 0 || strcmp(text, "..") == 0) {
        free(text);
        return err_set(e, ERR_INVALID, "%s: must be an id", name);
    }
    (void)url_encode(url, text, strlen(text)); /* full: found by the URL's check */
    free(text);
    return 0;
}

/* Appends the path with its fields filled in, and notes which they are. */
static int add_path(struct buf *url, const char *path, const json_t *input, json_t *used,
                    struct err *e)
{
    while (*path != '\0') {
        size_t plain = strcspn(path, "{");
        (void)buf_append(url, path, plain);
        path += plain;
        if (*path == '\0') {
            break;
        }
        size_t len = strcspn(path + 1, "}");
        char *name = xstrndup(path + 1, len);
        json_array_append_new(used, json_string(name));
        int rc = add_path_value(url, input, name, e);
        free(name);
        if (rc == -1) {
            return -1;
        }
        path += len + 2; /* its shape was checked: the } is there */
    }
    return 0;
}

static int add_query(struct buf *url, const json_t *fields, struct err *e)
{
    struct buf query;
    buf_init(&query, URL_MAX);
    int rc = url_encode_form(&query, fields, e);
    if (rc == 0 && query.len > 0) {
        (void)buf_putc(url, memchr(buf_text(url), '?', url->len) != NULL ? '&' : '?');
        (void)buf_append(url, query.data, query.len); /* full: found by the URL's check */
    }
    buf_fini(&query);
    return rc == 0 ? 0 : err_prefix(e, "query");
}

/* Fields of the input: those in `only`, or where that is NULL all that are in
 * neither other list. New reference. */
static json_t *select_fields(const struct operation *op, const json_t *input, const json_t *only,
                             const json_t *but_a, const json_t *but_b)
{
    json_t *out = json_object();
    const char *name;
    json_t *v;
    json_object_foreach ((json_t *)input, name, v) {
        bool is_wanted = only != NULL
                             ? json_list_has_text(only, name)
                             : !json_list_has_text(but_a, name) && !json_list_has_text(but_b, name);
        if (is_wanted && !is_engine_side(op, name)) {
            json_object_set(out, name, v);
        }
    }
    return out;
}

static bool has_body(const struct operation *op)
{
    return json_object_get(op->table, "body") != NULL || strcmp(op->method, "POST") == 0 ||
           strcmp(op->method, "PUT") == 0 || strcmp(op->method, "PATCH") == 0;
}

/* Lists that go into the query as one text, with commas; the others are repeated, item by item. */
static void join_lists(json_t *query, const json_t *names)
{
    size_t i, k;
    json_t *name, *item;
    json_array_foreach (names, i, name) {
        json_t *list = json_object_get(query, json_string_value(name));
        struct buf text;
        buf_init(&text, URL_MAX);
        json_array_foreach (list, k, item) {
            char *plain = plain_text(item);
            (void)buf_printf(&text, "%s%s", k > 0 ? "," : "", plain != NULL ? plain : "");
            free(plain); /* a full buffer: found by the URL's check */
        }
        if (json_is_array(list)) {
            json_object_set_new(query, json_string_value(name),
                                json_stringn(buf_text(&text), text.len));
        }
        buf_fini(&text);
    }
}

/* The JSON body: the fields that are left, or the one that is all of it. New reference, or NULL. */
static json_t *body_of(const struct operation *op, const json_t *input, const json_t *used)
{
    const char *whole = json_get_text(op->table, "body_as");
    if (whole != NULL) {
        return json_incref(json_object_get(input, whole));
    }
    return select_fields(op, input, json_object_get(op->table, "body"), used,
                         json_object_get(op->table, "query"));
}

static int build_url(struct buf *url, const struct operation *op, const json_t *input, json_t *used,
                     struct err *e)
{
    if (add_path(url, op->path, input, used, e) == -1) {
        return -1;
    }
    json_t *list = json_object_get(op->table, "query");
    json_t *query = list != NULL ? select_fields(op, input, list, NULL, NULL) : json_object();
    join_lists(query, json_object_get(op->table, "joined"));
    int rc = add_query(url, query, e);
    json_decref(query);
    return rc;
}

static const char *encoding_of(const struct operation *op)
{
    const char *encoding = json_get_text(op->table, "encoding");
    return encoding != NULL ? encoding : "json";
}

static int build_by_path(struct request *r, const struct connection *c, const struct operation *op,
                         const json_t *input, struct err *e)
{
    if (c->base_url == NULL) {
        return err_set(e, ERR_CONFIG, "connection %s has no base_url", c->name);
    }
    json_t *used = json_array();
    struct buf url;
    buf_init(&url, URL_MAX);
    (void)buf_puts(&url, c->base_url);
    int rc = build_url(&url, op, input, used, e);
    if (rc == 0 && has_body(op)) {
        json_t *body = body_of(op, input, used);
        bool is_form = strcmp(encoding_of(op), "form") == 0;
        rc = body == NULL ? 0 : is_form ? set_form_body(r, body, e) : set_json_body(r, body, e);
        json_decref(body);
    }
    if (rc == 0 && url.is_full) {
        rc = err_set(e, ERR_TOO_LARGE, "its URL passes %d bytes", URL_MAX);
    }
    r->url = buf_take(&url, NULL);
    r->may_be_private = c->may_be_private;
    r->may_have_token = true;
    json_decref(used);
    return rc;
}

/* --- free operations --- */

/* "host", "*.host", "host:8080"; a port that is not said is the scheme's own. */
static bool host_fits(const char *pattern, const struct url *u)
{
    const char *colon = strchr(pattern, ':');
    bool is_bracketed =
        *pattern == '[' || (colon != NULL && strchr(colon + 1, ':') != NULL); /* an IPv6 address */
    size_t len = colon != NULL && !is_bracketed ? (size_t)(colon - pattern) : strlen(pattern);
    int port = colon != NULL && !is_bracketed ? (int)strtol(colon + 1, NULL, 10)
               : u->is_tls                    ? 443
                                              : 80;
    if (port != u->port) {
        return false;
    }
    size_t host_len = strlen(u->host);
    if (len > 2 && pattern[0] == '*' && pattern[1] == '.') {
        return host_len > len - 1 && strcasecmp(u->host + host_len - (len - 1), pattern + 1) == 0;
    }
    return host_len == len && strncasecmp(pattern, u->host, len) == 0;
}

static bool host_in(const json_t *list, const struct url *u)
{
    size_t i;
    json_t *one;
    json_array_foreach (list, i, one) {
        if (json_is_string(one) && host_fits(json_string_value(one), u)) {
            return true;
        }
    }
    return false;
}

/* Whether u is on the host, port and scheme of the URL `text` (which may be NULL). */
static bool is_same_origin(const char *text, const struct url *u)
{
    struct url other;
    if (text == NULL || url_parse(text, strlen(text), &other, NULL) == -1) {
        return false;
    }
    bool is_same =
        other.is_tls == u->is_tls && other.port == u->port && strcmp(other.host, u->host) == 0;
    url_fini(&other);
    return is_same;
}

/* Decides where a free call may go, and with what. */
static int admit(struct request *r, const struct connection *c, const json_t *how, struct err *e)
{
    const char *config_key = json_get_text(how, "url_config");
    const char *own = config_key != NULL ? connection_text(c, config_key) : NULL;
    struct url u;
    if (url_parse(r->url, strlen(r->url), &u, e) == -1) {
        return err_prefix(e, "url");
    }
    r->host = xstrdup(u.host);
    bool is_own = is_same_origin(c->base_url, &u) || is_same_origin(own, &u);
    bool is_vendors = u.is_tls && host_in(json_object_get(how, "hosts"), &u);
    bool is_allowed =
        is_own || is_vendors || host_in(json_object_get(c->config, "allow_hosts"), &u);
    r->may_have_token = is_own;
    r->may_be_private = connection_may_be_private(c, r->url, is_own);
    url_fini(&u);
    return is_allowed
               ? 0
               : err_set(e, ERR_INVALID,
                         "url: %s is neither the host of connection %s nor in its allow_hosts",
                         r->host, c->name);
}

/* The URL of a free call: as given, or under base_url. Yours. */
static char *free_url(const struct connection *c, const char *given, struct err *e)
{
    if (given == NULL || *given == '\0') {
        (void)err_set(e, ERR_INVALID, "url: is missing");
        return NULL;
    }
    if (strstr(given, "://") != NULL) {
        return xstrdup(given);
    }
    if (c->base_url == NULL) {
        (void)err_set(e, ERR_INVALID,
                      "url: '%.100s' is relative, and connection %s has no base_url", given,
                      c->name);
        return NULL;
    }
    struct buf url;
    buf_init(&url, strlen(c->base_url) + 1 + strlen(given));
    (void)buf_puts(&url, c->base_url); /* it has their length */
    (void)buf_puts(&url, *given == '/' || *given == '?' ? "" : "/");
    (void)buf_puts(&url, given);
    return buf_take(&url, NULL);
}

/* The input's value for a part of a free call ("query"), or NULL. Borrowed. */
static json_t *input_part(const json_t *how, const json_t *input, const char *key)
{
    const char *field = json_get_text(how, key);
    json_t *v = field != NULL ? json_object_get(input, field) : NULL;
    return json_is_null(v) && strcmp(key, "json") != 0 ? NULL : v;
}

static int set_text_body(struct request *r, const json_t *text, struct err *e)
{
    r->body_len = json_string_length(text);
    if (r->body_len > REQUEST_BODY_MAX) {
        return err_set(e, ERR_TOO_LARGE, "the body passes %d bytes", REQUEST_BODY_MAX);
    }
    r->body = xstrndup(json_string_value(text), r->body_len);
    return set_header(r, "Content-Type", xstrdup("text/plain; charset=utf-8"), e);
}

static int set_wrapped_body(struct request *r, const json_t *how, const json_t *input, json_t *v,
                            struct err *e)
{
    json_t *wrap = input_part(how, input, "wrap");
    if (!json_is_string(wrap)) {
        return set_json_body(r, v, e);
    }
    json_t *outer = json_object();
    json_object_set(outer, json_string_value(wrap), v);
    int rc = set_json_body(r, outer, e);
    json_decref(outer);
    return rc;
}

static int set_free_body(struct request *r, const json_t *how, const json_t *input, struct err *e)
{
    json_t *json = input_part(how, input, "json"), *form = input_part(how, input, "form"),
           *text = input_part(how, input, "text");
    if ((json != NULL) + (form != NULL) + (text != NULL) > 1) {
        return err_set(e, ERR_INVALID, "give one of json, form and text");
    }
    if (json != NULL) {
        return set_wrapped_body(r, how, input, json, e);
    }
    if (form != NULL) {
        return set_form_body(r, form, e);
    }
    return text != NULL ? set_text_body(r, text, e) : 0;
}

/* Adds the query; a GET has no body, so what would be its JSON body is part of the query. */
static int set_free_query(struct request *r, const json_t *how, const json_t *input, bool is_get,
                          struct err *e)
{
    struct buf url;
    buf_init(&url, URL_MAX);
    (void)buf_append(&url, r->url, strcspn(r->url, "#"));
    json_t *query = input_part(how, input, "query"),
           *json = is_get ? input_part(how, input, "json") : NULL;
    int rc = query != NULL ? add_query(&url, query, e) : 0;
    if (rc == 0 && json != NULL) {
        rc = add_query(&url, json, e);
    }
    if (rc == 0 && url.is_full) {
        rc = err_set(e, ERR_TOO_LARGE, "the URL passes %d bytes", URL_MAX);
    }
    free(r->url);
    r->url = buf_take(&url, NULL);
    return rc;
}

static void set_method(struct request *r, const char *method)
{
    if (method != NULL) {
        (void)snprintf(r->method, sizeof r->method, "%s",
                       method); /* the schema allows none that is longer */
    }
}

static int build_free(struct request *r, const struct connection *c, const struct operation *op,
                      const json_t *input, struct err *e)
{
    const json_t *how = op->free;
    r->url = free_url(c, json_string_value(input_part(how, input, "url")), e);
    if (r->url == NULL || admit(r, c, how, e) == -1) {
        return -1;
    }
    set_method(r, json_string_value(input_part(how, input, "method")));
    bool is_get = strcmp(r->method, "GET") == 0;
    if (set_free_query(r, how, input, is_get, e) == -1 ||
        (!is_get && set_free_body(r, how, input, e) == -1)) {
        return -1;
    }
    json_t *headers = input_part(how, input, "headers");
    return headers != NULL ? set_headers(r, headers, e)
                           : 0; /* last: a recipe may name another content type */
}

int request_build(struct request *r, const struct connection *c, const struct operation *op,
                  const json_t *input, const char *key, struct err *e)
{
    *r = (struct request){ .url = NULL };
    if (op->method == NULL) {
        return err_set(e, ERR_INTERNAL, "%s is no call", op->name);
    }
    set_method(r, op->method);
    int rc = set_fixed_headers(r, c, op, key, e);
    if (rc == 0) {
        rc = op->path != NULL ? build_by_path(r, c, op, input, e) : build_free(r, c, op, input, e);
    }
    if (rc == 0 && r->host == NULL) {
        struct url u;
        rc = url_parse(r->url, strlen(r->url), &u, e);
        if (rc == 0) {
            r->host = xstrdup(u.host);
            url_fini(&u);
        }
    }
    if (rc == -1) {
        request_fini(r);
        return err_prefix(e, "%s", op->name);
    }
    return 0;
}
