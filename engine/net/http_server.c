/*
 * HTTP in: libmicrohttpd without a thread of its own. Its epoll descriptor is watched by the loop; as
 * that one is edge-triggered inside, a tick asks after each turn whether there is work left that no
 * edge will tell of.
 *
 * A guest is a connection, an exchange one request on it. The library calls handle_request: once with
 * the head, then for each piece of the body, then with nothing more to come: then the exchange is
 * handed to on_request. Where that does not answer at once the connection is suspended, and resumed by
 * the answer, upon which the library calls again and gets it. A suspended connection is not polled, so
 * a client that leaves meanwhile is noticed only when its answer is sent; until then the exchange is
 * whole, and safe to answer.
 *
 * Time: a guest has slow_us, from its beginning or from the end of its last request, to bring a whole
 * request, however it trickles; that is also how long an idle connection is kept. One list in the
 * order of the deadlines (they are all the same distance away) and one timer serve all guests. The
 * library's own time-out, on the system's clock, covers clients that do not read their answer.
 *
 * The exchange belongs to the library's request: made when the request line is there, put back when the
 * library says that the request is over. Loop thread only.
 */
#include "net/http_server.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <microhttpd.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "net/linger.h"
#include "net/listener.h"

enum {
    SLOW_DEFAULT_US = 20 * 1000 * 1000,
    CONNECTIONS_DEFAULT = 4096,
    CONNECTION_MEMORY = 64 << 10, /* the head of a request, and the piece of the body being read */
    BODY_KEPT_MAX = 64 << 10,     /* a larger buffer is freed with its exchange */
    POOL_MAX = 256,               /* exchanges kept for reuse */
    EXTRA_HEADERS_MAX = 16,
    LAST_RUNS = 8, /* of the library when it ends, so that small answers leave */
};

struct http_server {
    struct loop *loop;
    struct MHD_Daemon *daemon;
    struct watch *watch;
    struct alarm *alarm; /* the library's own time-outs */
    struct timer slow;   /* the first deadline of `waiting` */
    struct lingerers *lingerers;
    struct list waiting; /* guests that owe a request, by deadline */
    struct list open;    /* exchanges that are handed over and not answered */
    struct list pool;
    int pool_len;
    int open_count;
    int listen_fd; /* ours once the library has given it back, else -1 */
    size_t body_max;
    int64_t slow_us;
    void (*on_request)(void *ud, struct exchange *x);
    void *ud;
    bool must_run; /* the library has work that no edge will tell of */
    bool is_alarm_set;
    bool is_quiet; /* accepts no more */
    char address[ADDRESS_TEXT];
};

struct guest {
    struct list link; /* of `waiting` */
    struct http_server *server;
    struct exchange *x; /* the request under way, or NULL */
    int fd;
    int64_t deadline_us;
    bool must_linger; /* was refused while it still sends */
};

enum exchange_state {
    X_NEW,      /* the request line is there */
    X_READING,  /* the head is there */
    X_OPEN,     /* handed over */
    X_ANSWERED, /* `response` is queued now or when the library calls next */
    X_DROPPED
};

struct exchange {
    struct list link; /* of `open` or `pool` */
    struct http_server *server;
    struct guest *guest;
    struct MHD_Connection *conn;
    enum exchange_state state;
    bool is_bad;        /* the URL has a bad escape */
    bool is_in_handler; /* within on_request: the answer needs no resuming */
    const char *method; /* the library's, as is path */
    const char *path;
    struct buf body;
    struct MHD_Response *response;
    int status;
    struct {
        char *name;
        char *value;
    } extra[EXTRA_HEADERS_MAX];
    int extra_count;
    void *data;
    void (*free_data)(void *);
    char peer[ADDRESS_TEXT];
};

/* --- deadlines ----------------------------------------------------------------------------------- */

/* Tells a client that sends too slowly or too much, past the library, which takes no answer before
 * the whole body. The text fits into any socket's buffer; where it does not, there is no reader. */
static void send_refusal(struct guest *g, const char *status_line)
{
    char text[160];
    int len = snprintf(text, sizeof(text), "HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
                       status_line);
    assert(len > 0 && (size_t)len < sizeof(text));
    (void)send(g->fd, text, (size_t)len, MSG_NOSIGNAL | MSG_DONTWAIT); /* nobody to tell of a failure */
}

static void drop_slow(struct guest *g)
{
    list_remove(&g->link);
    if (g->x != NULL && g->x->state == X_READING) {
        send_refusal(g, "408 Request Timeout");
    }
    /* The library then reads the end of the connection and takes it down. */
    (void)shutdown(g->fd, SHUT_RDWR); /* fails where the client has gone already */
}

static void on_slow(struct timer *t)
{
    struct http_server *s = list_entry(t, struct http_server, slow);
    int64_t now = clock_mono_us();
    while (!list_is_empty(&s->waiting)) {
        struct guest *g = list_entry(s->waiting.next, struct guest, link);
        if (g->deadline_us > now) {
            timer_start(t, g->deadline_us - now);
            return;
        }
        drop_slow(g);
    }
}

static void await_request(struct guest *g)
{
    struct http_server *s = g->server;
    g->deadline_us = clock_mono_us() + s->slow_us;
    list_push_back(&s->waiting, &g->link);
    if (!timer_is_armed(&s->slow)) {
        timer_start(&s->slow, s->slow_us);
    }
}

/* --- exchanges and their memory ------------------------------------------------------------------ */

static struct exchange *new_exchange(struct http_server *s, struct guest *g, struct MHD_Connection *conn)
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
    x->peer[0] = '\0';
    return x;
}

static void free_exchange(struct exchange *x)
{
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

/* The library is done with the request. */
static void put_back(struct exchange *x)
{
    struct http_server *s = x->server;
    if (x->state == X_OPEN) {
        end_exchange(x, X_DROPPED);
    }
    if (x->response != NULL) {
        MHD_destroy_response(x->response); /* the client left before it was queued */
        x->response = NULL;
    }
    if (s->pool_len == POOL_MAX) {
        free_exchange(x);
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

/* --- answers ------------------------------------------------------------------------------------- */

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
    if (x->server->is_quiet) {
        add_response_header(r, MHD_HTTP_HEADER_CONNECTION, "close");
    }
    return r;
}

static enum MHD_Result queue_response(struct exchange *x)
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

/* The server's own answer, before the exchange is anybody's. */
static enum MHD_Result refuse(struct exchange *x, int status, enum err_kind kind, const char *why)
{
    struct err e = ERR_INIT;
    err_set(&e, kind, "%s", why);
    size_t len = 0;
    char *text = error_text(&e, &len);
    x->response = make_response(x, "application/json", text, len);
    x->status = status;
    x->state = X_ANSWERED;
    free(text);
    return queue_response(x);
}

/* --- requests ------------------------------------------------------------------------------------ */

static const char *head_value(const struct exchange *x, const char *name)
{
    return MHD_lookup_connection_value(x->conn, MHD_HEADER_KIND, name);
}

/* The library has checked that the length is a number. */
static bool is_announced_too_large(const struct exchange *x)
{
    const char *text = head_value(x, MHD_HTTP_HEADER_CONTENT_LENGTH);
    if (text == NULL) {
        return false;
    }
    errno = 0;
    unsigned long long len = strtoull(text, NULL, 10);
    return errno != 0 || len > x->server->body_max;
}

/* The head is there. */
static enum MHD_Result begin_request(struct exchange *x)
{
    x->state = X_READING;
    if (x->is_bad || x->path[0] != '/') {
        return refuse(x, MHD_HTTP_BAD_REQUEST, ERR_INVALID, "the URL is not one that this server takes");
    }
    if (head_value(x, MHD_HTTP_HEADER_CONTENT_LENGTH) != NULL &&
        head_value(x, MHD_HTTP_HEADER_TRANSFER_ENCODING) != NULL) {
        x->guest->must_linger = true;
        return refuse(x, MHD_HTTP_BAD_REQUEST, ERR_INVALID, "two lengths of the body contradict each other");
    }
    if (is_announced_too_large(x)) {
        x->guest->must_linger = true;
        return refuse(x, MHD_HTTP_CONTENT_TOO_LARGE, ERR_TOO_LARGE, "the body is too large");
    }
    return MHD_YES;
}

static enum MHD_Result take_body(struct exchange *x, const char *data, size_t *len)
{
    if (buf_append(&x->body, data, *len) == -1) {
        x->guest->must_linger = true;
        send_refusal(x->guest, "413 Content Too Large");
        return MHD_NO;
    }
    *len = 0;
    return MHD_YES;
}

static enum MHD_Result hand_over(struct exchange *x)
{
    struct http_server *s = x->server;
    list_remove(&x->guest->link);
    if (s->is_quiet) {
        return refuse(x, MHD_HTTP_SERVICE_UNAVAILABLE, ERR_UNAVAILABLE, "the server is stopping");
    }
    x->state = X_OPEN;
    list_push_back(&s->open, &x->link);
    s->open_count++;
    x->is_in_handler = true;
    s->on_request(s->ud, x);
    x->is_in_handler = false;
    if (x->state == X_OPEN) {
        MHD_suspend_connection(x->conn);
        return MHD_YES;
    }
    return x->state == X_ANSWERED ? queue_response(x) : MHD_NO;
}

static enum MHD_Result handle_request(void *ud, struct MHD_Connection *conn, const char *url,
                                      const char *method, const char *version, const char *data,
                                      size_t *len, void **ours)
{
    struct exchange *x = *ours;
    switch (x->state) {
    case X_NEW:
        x->path = url;
        x->method = method;
        return begin_request(x);
    case X_READING:
        return *len > 0 ? take_body(x, data, len) : hand_over(x);
    case X_ANSWERED:
        return queue_response(x);
    case X_OPEN: /* suspended: the library does not call */
    case X_DROPPED:
        break;
    }
    return MHD_NO;
}

/* --- URLs ---------------------------------------------------------------------------------------- */

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The byte of the escape "%XX" at text, or -1. */
static int escaped_byte(const char *text)
{
    int high = hex_digit(text[1]);
    int low = high == -1 ? -1 : hex_digit(text[2]);
    return low == -1 ? -1 : high * 16 + low;
}

/* No broken escape and no NUL; in the path no escaped slash either, which would be one more level to
 * whoever decodes it first, and none to whoever does not. */
static bool has_good_escapes(const char *uri)
{
    bool is_path = true;
    for (const char *c = uri; *c != '\0'; c++) {
        is_path = is_path && *c != '?';
        int byte = *c == '%' ? escaped_byte(c) : ' ';
        if (byte <= 0 || (byte == '/' && is_path)) {
            return false;
        }
    }
    return true;
}

static struct guest *guest_of(struct MHD_Connection *conn)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(conn, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    assert(info != NULL && info->socket_context != NULL); /* on_connection has set it */
    return info->socket_context;
}

/* The request line is there; what is returned comes back as *ours. */
static void *on_request_line(void *ud, const char *uri, struct MHD_Connection *conn)
{
    struct guest *g = guest_of(conn);
    g->x = new_exchange(ud, g, conn);
    g->x->is_bad = !has_good_escapes(uri);
    return g->x;
}

/* Decodes the path and each name and value of the query in place; "+" is a space there already. */
static size_t unescape(void *ud, struct MHD_Connection *conn, char *text)
{
    struct guest *g = guest_of(conn);
    char *out = text;
    for (const char *c = text; *c != '\0'; c++) {
        int byte = *c == '%' ? escaped_byte(c) : -1;
        *out++ = byte > 0 ? (char)byte : *c;
        c += byte > 0 ? 2 : 0;
    }
    *out = '\0';
    size_t len = (size_t)(out - text);
    if (g->x != NULL && !utf8_is_valid(text, len)) {
        g->x->is_bad = true;
    }
    return len;
}

/* --- the library's events ------------------------------------------------------------------------ */

static void on_connection(void *ud, struct MHD_Connection *conn, void **ours,
                          enum MHD_ConnectionNotificationCode what)
{
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info = MHD_get_connection_info(conn, MHD_CONNECTION_INFO_CONNECTION_FD);
        struct guest *g = xcalloc(1, sizeof(*g));
        g->server = ud;
        g->fd = info->connect_fd;
        list_init(&g->link);
        await_request(g);
        *ours = g;
        return;
    }
    struct guest *g = *ours;
    list_remove(&g->link);
    if (g->must_linger) {
        lingerers_add(g->server->lingerers, g->fd);
    }
    free(g);
}

static void on_completed(void *ud, struct MHD_Connection *conn, void **ours,
                         enum MHD_RequestTerminationCode how)
{
    struct exchange *x = *ours;
    if (x == NULL) {
        return;
    }
    *ours = NULL;
    struct guest *g = x->guest;
    g->x = NULL;
    put_back(x);
    list_remove(&g->link);
    await_request(g);
}

static void on_log(void *ud, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
static void on_log(void *ud, const char *fmt, va_list ap)
{
    char text[512];
    (void)vsnprintf(text, sizeof(text), fmt, ap); /* cut where it is longer */
    log_debug("http", "%.*s", (int)strcspn(text, "\n"), text);
}

static void run_library(struct http_server *s)
{
    s->must_run = false;
    (void)MHD_run(s->daemon); /* fails only for a daemon with threads */
}

static void on_readable(void *ud, int events)
{
    run_library(ud);
}

static void on_alarm(void *ud)
{
    struct http_server *s = ud;
    s->is_alarm_set = false;
    run_library(s);
}

/* All connections have the same time-out, so an alarm that is set never comes too late for a newer one. */
static bool on_tick(void *ud)
{
    struct http_server *s = ud;
    if (s->must_run) {
        run_library(s);
    }
    MHD_UNSIGNED_LONG_LONG wait_ms = 0;
    if (MHD_get_timeout(s->daemon, &wait_ms) != MHD_YES) {
        return s->must_run;
    }
    if (wait_ms == 0) {
        s->must_run = true;
    } else if (!s->is_alarm_set) {
        s->is_alarm_set = true;
        alarm_set(s->alarm, wait_ms > INT32_MAX ? INT32_MAX : (int64_t)wait_ms);
    }
    return s->must_run;
}

/* --- life of the server -------------------------------------------------------------------------- */

static struct MHD_Daemon *start_daemon(struct http_server *s, const struct http_server_opts *o)
{
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    unsigned limit = o->connections_max > 0 ? (unsigned)o->connections_max : CONNECTIONS_DEFAULT;
    unsigned idle_s = (unsigned)((s->slow_us + 999999) / 1000000);
    return MHD_start_daemon(
        flags, 0, NULL, NULL, handle_request, s,                     /* no port: a socket of ours */
        MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL,                    /* first, for the others' errors */
        MHD_OPTION_LISTEN_SOCKET, s->listen_fd,                      //
        MHD_OPTION_CONNECTION_LIMIT, limit,                          //
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, 0u,                      //
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY, //
        MHD_OPTION_CONNECTION_TIMEOUT, idle_s,                       //
        MHD_OPTION_STRICT_FOR_CLIENT, 1,                             //
        MHD_OPTION_URI_LOG_CALLBACK, on_request_line, s,             //
        MHD_OPTION_UNESCAPE_CALLBACK, unescape, s,                   //
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, s,              //
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, s,                //
        MHD_OPTION_END);
}

static int daemon_fd(struct MHD_Daemon *d)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(d, MHD_DAEMON_INFO_EPOLL_FD);
    assert(info != NULL); /* it was started with MHD_USE_EPOLL */
    return info->epoll_fd;
}

static struct http_server *new_server(struct loop *l, const struct http_server_opts *o)
{
    struct http_server *s = xcalloc(1, sizeof(*s));
    s->loop = l;
    s->body_max = o->body_max;
    s->slow_us = o->slow_us > 0 ? o->slow_us : SLOW_DEFAULT_US;
    s->on_request = o->on_request;
    s->ud = o->ud;
    list_init(&s->waiting);
    list_init(&s->open);
    list_init(&s->pool);
    timer_init(&s->slow, l, on_slow);
    return s;
}

struct http_server *http_server_new(struct loop *l, const struct http_server_opts *o, struct err *e)
{
    int fd = listener_open(o->listen, e);
    if (fd == -1) {
        return NULL;
    }
    struct http_server *s = new_server(l, o);
    s->listen_fd = fd;
    listener_address(fd, s->address);
    s->daemon = start_daemon(s, o);
    if (s->daemon == NULL) {
        err_set(e, ERR_CONFIG, "serve on %s: the HTTP server does not start", o->listen);
        (void)close(fd); /* nothing was written */
        free(s);
        return NULL;
    }
    s->alarm = alarm_new(l, on_alarm, s);
    s->lingerers = lingerers_new(l);
    s->watch = watch_new(l, daemon_fd(s->daemon), on_readable, s);
    assert(s->watch != NULL); /* an epoll descriptor that nobody else watches */
    watch_set(s->watch, LOOP_READ);
    loop_add_tick(l, on_tick, s);
    return s;
}

void http_server_quiesce(struct http_server *s)
{
    if (s->is_quiet) {
        return;
    }
    s->is_quiet = true;
    int fd = MHD_quiesce_daemon(s->daemon);
    if (fd != MHD_INVALID_SOCKET) {
        (void)close(fd); /* nothing was written */
    }
    s->must_run = true;
}

static void answer_stopping(struct exchange *x)
{
    struct err e = ERR_INIT;
    err_set(&e, ERR_UNAVAILABLE, "the server is stopping");
    exchange_answer_error(x, MHD_HTTP_SERVICE_UNAVAILABLE, &e);
}

void http_server_free(struct http_server *s)
{
    if (s == NULL) {
        return;
    }
    http_server_quiesce(s);
    while (!list_is_empty(&s->open)) {
        answer_stopping(list_entry(s->open.next, struct exchange, link));
    }
    for (int i = 0; i < LAST_RUNS; i++) {
        run_library(s);
    }
    watch_free(s->watch);
    loop_remove_tick(s->loop, on_tick, s);
    MHD_stop_daemon(s->daemon); /* every guest and exchange ends in here */
    timer_stop(&s->slow);
    alarm_free(s->alarm);
    lingerers_free(s->lingerers);
    for (struct list *it = list_pop(&s->pool); it != NULL; it = list_pop(&s->pool)) {
        free_exchange(list_entry(it, struct exchange, link));
    }
    free(s);
}

const char *http_server_address(const struct http_server *s)
{
    return s->address;
}

int http_server_open_count(const struct http_server *s)
{
    return s->open_count;
}

/* --- what a handler sees of an exchange ---------------------------------------------------------- */

const char *exchange_method(const struct exchange *x)
{
    return x->method;
}

const char *exchange_path(const struct exchange *x)
{
    return x->path;
}

struct search {
    const char *name;
    const char *value;
};

/* Query names are compared as they are; the library's own look-up ignores case. */
static enum MHD_Result match_field(void *ud, enum MHD_ValueKind kind, const char *name, const char *value)
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
    struct search s = {name, NULL};
    (void)MHD_get_connection_values(x->conn, MHD_GET_ARGUMENT_KIND, match_field, &s); /* the count */
    return s.value;
}

static enum MHD_Result collect_field(void *ud, enum MHD_ValueKind kind, const char *name, const char *value)
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
    (void)MHD_get_connection_values(x->conn, MHD_GET_ARGUMENT_KIND, collect_field, all); /* the count */
    return all;
}

const char *exchange_header(const struct exchange *x, const char *name)
{
    return head_value(x, name);
}

/* Header values are bytes; what is not UTF-8 is taken as ISO 8859-1 (RFC 9110, 5.5). */
static json_t *header_text(const char *value, size_t len)
{
    if (utf8_is_valid(value, len)) {
        return json_stringn(value, len);
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

static enum MHD_Result collect_header(void *ud, enum MHD_ValueKind kind, const char *name, const char *value)
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

const char *exchange_body(const struct exchange *x, size_t *len)
{
    *len = x->body.len;
    return buf_text(&x->body);
}

const char *exchange_peer(const struct exchange *x)
{
    struct exchange *cache = (struct exchange *)(uintptr_t)x; /* formatted on first use */
    if (x->peer[0] == '\0') {
        const union MHD_ConnectionInfo *info = MHD_get_connection_info(x->conn, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
        address_format(info != NULL ? info->client_addr : NULL, cache->peer);
    }
    return x->peer;
}

/* --- how an exchange ends ------------------------------------------------------------------------ */

static void resume(struct exchange *x)
{
    if (!x->is_in_handler) {
        MHD_resume_connection(x->conn);
        x->server->must_run = true;
    }
}

void exchange_answer(struct exchange *x, int status, const char *content_type, const char *body, size_t len)
{
    assert(x->state == X_OPEN);
    x->response = make_response(x, content_type, len > 0 ? body : "", len);
    x->status = status;
    end_exchange(x, X_ANSWERED);
    resume(x);
}

void exchange_add_header(struct exchange *x, const char *name, const char *value)
{
    assert(x->state == X_OPEN && x->extra_count < EXTRA_HEADERS_MAX);
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
    resume(x);
}

void exchange_set_data(struct exchange *x, void *ud, void (*free_ud)(void *))
{
    x->data = ud;
    x->free_data = free_ud;
}

void *exchange_data(const struct exchange *x)
{
    return x->data;
}
