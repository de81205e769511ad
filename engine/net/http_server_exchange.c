/*
 * Exchanges: one request as its handler sees it, and how it ends. An exchange is made for a request
 * of the library's and lives until the library says that the request is over; the handler's part of
 * it ends earlier, with the answer. Then it goes into a pool, with its buffer, so that a request
 * costs no allocation of ours but for its answer. Loop thread only.
 */
#include "net/http_server.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "net/http_server_impl.h"

enum {
    BODY_KEPT_MAX = 64 << 10, /* a larger buffer is freed with its exchange */
    POOL_MAX = 256,
    HEADER_LIST_MAX = 32 << 10, /* more than a whole head */
};

/* --- exchanges and their memory --- */

struct exchange *exchange_new(struct http_server *s, struct guest *g, struct MHD_Connection *conn)
{
    struct list *first = list_pop(&s->pool);
    struct exchange *x;
    if (first != NULL) {
        s->pool_len--;
        x = list_entry(first, struct exchange, link);
    } else {
        x = xcalloc(1, sizeof(*x));
        list_init(&x->link);
        buf_init(&x->body, s->body_max);
    }
    x->server = s;
    x->guest = g;
    x->conn = conn;
    x->state = X_NEW;
    x->is_bad = false;
    return x;
}

void exchange_free(struct exchange *x)
{
    free(x->target);
    buf_fini(&x->body);
    free(x);
}

static void forget_extra(struct exchange *x)
{
    for (int i = 0; i < x->extra_count; i++) {
        free(x->extra[i].name);
        free(x->extra[i].value);
    }
    x->extra_count = 0;
}

void exchange_open(struct exchange *x)
{
    x->state = X_OPEN;
    list_push_back(&x->server->open, &x->link);
    x->server->open_count++;
}

/* The user's part of the exchange is over, answered or not. */
static void end_exchange(struct exchange *x, enum exchange_state state)
{
    x->state = state;
    list_remove(&x->link);
    x->server->open_count--;
    forget_extra(x);
    void (*free_data)(void *) = x->free_data;
    x->free_data = NULL;
    if (free_data != NULL) {
        free_data(x->data);
    }
    x->data = NULL;
}

void exchange_close(struct exchange *x)
{
    struct http_server *s = x->server;
    if (x->state == X_OPEN) {
        end_exchange(x, X_DROPPED);
    }
    if (x->response != NULL) {
        MHD_destroy_response(x->response); /* the client left before it was queued */
        x->response = NULL;
    }
    free(x->target);
    x->target = NULL;
    if (s->pool_len == POOL_MAX) {
        exchange_free(x);
        return;
    }
    if (x->body.cap > BODY_KEPT_MAX) {
        buf_fini(&x->body);
    } else {
        buf_clear(&x->body);
    }
    s->pool_len++;
    list_push_front(&s->pool, &x->link);
}

/* --- answers --- */

static void add_response_header(struct MHD_Response *r, const char *name, const char *value)
{
    if (MHD_add_response_header(r, name, value) != MHD_YES) {
        log_warn("http", "the answer's header %s has characters that a header cannot have", name);
    }
}

static struct MHD_Response *make_response(const struct exchange *x, const char *content_type,
                                          const char *body, size_t len)
{
    /* The library takes the bytes without const and copies them. */
    struct MHD_Response *r =
        MHD_create_response_from_buffer(len, (void *)(uintptr_t)body, MHD_RESPMEM_MUST_COPY);
    if (r == NULL) {
        abort(); /* no memory: as xmalloc does */
    }
    if (content_type != NULL) {
        add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, content_type);
    }
    for (int i = 0; i < x->extra_count; i++) {
        add_response_header(r, x->extra[i].name, x->extra[i].value);
    }
    return r;
}

enum MHD_Result exchange_queue(struct exchange *x)
{
    enum MHD_Result rc = MHD_queue_response(x->conn, (unsigned)x->status, x->response);
    MHD_destroy_response(x->response); /* the queue holds its own reference */
    x->response = NULL;
    return rc;
}

static char *error_text(const struct err *e, size_t *len)
{
    json_t *body = json_pack("{s:{s:s,s:s%}}", "error", "kind", err_kind_name(e->kind), "message",
                             e->message, utf8_cut(e->message, strlen(e->message), ERR_MESSAGE_MAX));
    if (body == NULL) { /* the message is not UTF-8 */
        body = json_pack("{s:{s:s,s:s}}", "error", "kind", err_kind_name(e->kind), "message", "");
    }
    char *text = json_text(body, len);
    json_decref(body);
    return text;
}

enum MHD_Result exchange_refuse(struct exchange *x, int status, enum err_kind kind, const char *why)
{
    struct err e = ERR_INIT;
    err_set(&e, kind, "%s", why);
    size_t len = 0;
    char *text = error_text(&e, &len);
    x->response = make_response(x, "application/json", text, len);
    free(text);
    add_response_header(x->response, MHD_HTTP_HEADER_CONNECTION, "close");
    x->guest->must_linger = true;
    x->status = status;
    x->state = X_ANSWERED;
    return exchange_queue(x);
}

/* --- what a handler sees of an exchange --- */

const char *exchange_method(const struct exchange *x)
{
    return x->method;
}

const char *exchange_path(const struct exchange *x)
{
    return x->path;
}

const char *exchange_target(const struct exchange *x)
{
    return x->target != NULL ? x->target : x->path;
}

struct search {
    const char *name;
    const char *value;
};

/* Query names are compared as they are; the library's own look-up ignores case. */
static enum MHD_Result match_field(void *ud, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    struct search *s = ud;
    if (strcmp(name, s->name) != 0) {
        return MHD_YES;
    }
    s->value = value != NULL ? value : "";
    return MHD_NO;
}

const char *exchange_query(const struct exchange *x, const char *name)
{
    struct search s = { name, NULL };
    (void)MHD_get_connection_values(x->conn, MHD_GET_ARGUMENT_KIND, match_field,
                                    &s); /* the count */
    return s.value;
}

static enum MHD_Result collect_field(void *ud, enum MHD_ValueKind kind, const char *name,
                                     const char *value)
{
    json_t *all = ud;
    if (json_object_get(all, name) == NULL) {
        json_object_set_new(all, name, json_string(value != NULL ? value : ""));
    }
    return MHD_YES;
}

json_t *exchange_query_all(const struct exchange *x)
{
    json_t *all = json_object();
    (void)MHD_get_connection_values(x->conn, MHD_GET_ARGUMENT_KIND, collect_field,
                                    all); /* the count */
    return all;
}

const char *exchange_header(const struct exchange *x, const char *name)
{
    return MHD_lookup_connection_value(x->conn, MHD_HEADER_KIND, name);
}

struct joining {
    const char *name;
    struct buf text;
    int count;
};

static enum MHD_Result join_header(void *ud, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    struct joining *j = ud;
    if (strcasecmp(name, j->name) == 0) {
        (void)buf_puts(&j->text, j->count++ > 0 ? ", " : ""); /* the head itself is bounded */
        (void)buf_puts(&j->text, value != NULL ? value : "");
    }
    return MHD_YES;
}

char *exchange_header_list(const struct exchange *x, const char *name)
{
    struct joining j = { .name = name, .count = 0 };
    buf_init(&j.text, HEADER_LIST_MAX);
    (void)MHD_get_connection_values(x->conn, MHD_HEADER_KIND, join_header, &j); /* the count */
    char *text = j.count > 0 ? buf_take(&j.text, NULL) : NULL;
    buf_fini(&j.text);
    return text;
}

/* Header values are bytes; what is not UTF-8 is taken as ISO 8859-1 (RFC 9110, 5.5). */
static json_t *header_text(const char *value, size_t len)
{
    if (utf8_is_valid(value, len)) {
        return json_stringn_nocheck(value, len);
    }
    struct buf text;
    buf_init(&text, len * 2);
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)value[i];
        if (c >= 0x80) {
            (void)buf_putc(&text, (char)(0xc0 | (c >> 6))); /* two bytes for each fit */
            c = 0x80 | (c & 0x3f);
        }
        (void)buf_putc(&text, (char)c);
    }
    json_t *out = json_stringn(text.data, text.len);
    buf_fini(&text);
    return out;
}

static enum MHD_Result collect_header(void *ud, enum MHD_ValueKind kind, const char *name,
                                      const char *value)
{
    json_t *all = ud;
    char *lower = xstrdup(name);
    for (char *c = lower; *c != '\0'; c++) {
        *c = (char)tolower((unsigned char)*c);
    }
    const char *text = value != NULL ? value : "";
    const char *before = json_string_value(json_object_get(all, lower));
    if (before == NULL) {
        json_object_set_new(all, lower, header_text(text, strlen(text)));
    } else { /* RFC 9110, 5.3: fields of one name are a list */
        char *both = xasprintf("%s, %s", before, text);
        json_object_set_new(all, lower, header_text(both, strlen(both)));
        free(both);
    }
    free(lower);
    return MHD_YES;
}

json_t *exchange_headers(const struct exchange *x)
{
    json_t *all = json_object();
    (void)MHD_get_connection_values(x->conn, MHD_HEADER_KIND, collect_header, all); /* the count */
    return all;
}

struct header_list {
    struct {
        const char *name, *value;
    } all[HTTP_HEADERS_MAX];
    size_t count;
    const char *const *hidden;
};

static bool is_hidden(const struct header_list *list, const char *name)
{
    for (const char *const *h = list->hidden; *h != NULL; h++) {
        if (strcasecmp(*h, name) == 0) {
            return true;
        }
    }
    return false;
}

static enum MHD_Result list_header(void *ud, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    struct header_list *list = ud;
    if (list->count == HTTP_HEADERS_MAX) {
        return MHD_NO; /* enough */
    }
    if (!is_hidden(list, name) && utf8_is_valid(name, strlen(name))) {
        list->all[list->count].name = name;
        list->all[list->count++].value = value != NULL ? value : "";
    }
    return MHD_YES;
}

static bool is_repeated(const struct header_list *list, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (strcasecmp(list->all[k].name, list->all[i].name) == 0) {
            return true;
        }
    }
    return false;
}

/* `text` is room to work in. */
static void put_name(const char *name, struct buf *text, struct buf *out)
{
    buf_clear(text);
    for (const char *c = name; *c != '\0'; c++) {
        (void)buf_putc(text, (char)tolower((unsigned char)*c)); /* the head itself is bounded */
    }
    (void)json_append_text(out, buf_text(text), text->len);
}

/* Fields of one name are a list (RFC 9110, 5.3). */
static void put_values(const struct header_list *list, size_t i, struct buf *text, struct buf *out)
{
    buf_clear(text);
    (void)buf_puts(text, list->all[i].value); /* bounded as above */
    for (size_t k = i + 1; k < list->count; k++) {
        if (strcasecmp(list->all[k].name, list->all[i].name) == 0) {
            (void)buf_puts(text, ", ");
            (void)buf_puts(text, list->all[k].value);
        }
    }
    if (utf8_is_valid(buf_text(text), text->len)) {
        (void)json_append_text(out, buf_text(text), text->len);
        return;
    }
    json_t *value = header_text(buf_text(text), text->len);
    (void)json_append(out, value);
    json_decref(value);
}

int exchange_put_headers(const struct exchange *x, const char *const hidden[], struct buf *out)
{
    struct header_list list = { .count = 0, .hidden = hidden };
    struct buf text;
    buf_init(&text, HEADER_LIST_MAX);
    (void)MHD_get_connection_values(x->conn, MHD_HEADER_KIND, list_header, &list); /* the count */
    for (size_t i = 0; i < list.count; i++) {
        if (!is_repeated(&list, i)) {
            (void)buf_puts(out, i > 0 ? "," : "");
            put_name(list.all[i].name, &text, out);
            (void)buf_putc(out, ':');
            put_values(&list, i, &text, out);
        }
    }
    buf_fini(&text);
    return out->is_full ? -1 : 0;
}

const char *exchange_body(const struct exchange *x, size_t *len)
{
    *len = x->body.len;
    return buf_text(&x->body);
}

const char *exchange_peer(const struct exchange *x)
{
    struct guest *g = x->guest;
    if (g->peer[0] == '\0') { /* formatted on first use */
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(x->conn, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
        address_format(info != NULL ? info->client_addr : NULL, g->peer);
    }
    return g->peer;
}

/* --- how an exchange ends --- */

static void resume_exchange(struct exchange *x)
{
    if (!x->is_in_handler) {
        MHD_resume_connection(x->conn);
        x->server->must_run = true;
        loop_again(x->server->loop); /* the server's tick may be over in this turn */
    }
}

void exchange_answer(struct exchange *x, int status, const char *content_type, const char *body,
                     size_t len)
{
    assert(x->state == X_OPEN);
    x->response = make_response(x, content_type, len > 0 ? body : "", len);
    x->status = status;
    if (x->server->is_quiet) {
        add_response_header(x->response, MHD_HTTP_HEADER_CONNECTION, "close");
    }
    end_exchange(x, X_ANSWERED);
    resume_exchange(x);
}

void exchange_add_header(struct exchange *x, const char *name, const char *value)
{
    assert(x->state == X_OPEN);
    if (x->extra_count == EXTRA_HEADERS_MAX) {
        log_warn("http", "an answer has more than %d headers: %s is left out", EXTRA_HEADERS_MAX,
                 name);
        return;
    }
    x->extra[x->extra_count].name = xstrdup(name);
    x->extra[x->extra_count++].value = xstrdup(value);
}

void exchange_answer_json(struct exchange *x, int status, const json_t *body)
{
    size_t len = 0;
    char *text = json_text(body, &len);
    exchange_answer(x, status, "application/json", text, len);
    free(text);
}

void exchange_answer_error(struct exchange *x, int status, const struct err *e)
{
    size_t len = 0;
    char *text = error_text(e, &len);
    exchange_answer(x, status, "application/json", text, len);
    free(text);
}

void exchange_drop(struct exchange *x)
{
    assert(x->state == X_OPEN);
    end_exchange(x, X_DROPPED);
    resume_exchange(x);
}

void exchange_set_data(struct exchange *x, void *ud, void (*free_ud)(void *))
{
    x->data = ud;
    x->free_data = free_ud;
}
