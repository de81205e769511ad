/*
 * Takes HTTP requests: libmicrohttpd without a thread of its own. Its epoll descriptor is watched
 * by the loop; as that one is edge-triggered inside, a tick asks after each turn whether there is
 * work left that no edge will tell of.
 *
 * A guest is a connection, an exchange one request on it. The library calls handle_request: once
 * with the head, then for each piece of the body, then with nothing more to come: then the exchange
 * is handed to on_request. Where that does not answer at once the connection is suspended, and
 * resumed by the answer, upon which the library calls again and gets it. A suspended connection is
 * not polled, so a client that leaves meanwhile is noticed only when its answer is sent; until then
 * the exchange is whole, and safe to answer.
 *
 * Connections are accepted here and given to the library: its own way of accepting stops for good
 * where descriptors run out while it has none of them. Here it is tried again, and a connection that
 * is one too many waits in the system's queue.
 *
 * Time: a guest has slow_us, from its beginning or from the end of its last request, to bring a
 * whole request, however it trickles; that is also how long an idle connection is kept. One list in
 * the order of the deadlines (they are all the same distance away) and one timer serve all guests.
 * The library's own time-out, on the system's clock, covers clients that do not read their answer.
 *
 * Known of libmicrohttpd 0.9.75: a header line that begins with a colon ends the head there,
 * unseen, and what follows counts as the next request; a proxy in front must refuse such a line, as
 * all the common ones do. Its own refusals (400, 413, 414, 431 for what it cannot parse) are pages
 * of HTML, some with the head in them twice.
 *
 * The exchange belongs to the library's request: made when the request line is there, put back when
 * the library says that the request is over. Loop thread only.
 */
#include "net/http_server.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "net/http_head.h"
#include "net/http_server_impl.h"
#include "net/tls.h"

enum {
    SLOW_DEFAULT_US = 20 * 1000 * 1000,
    CONNECTIONS_DEFAULT = 4096,
    CONNECTION_MEMORY = 16 << 10, /* a request's head, a piece of its body; cleared for each */
    BODIES_DEFAULT = 64 << 20,
    ACCEPT_AT_ONCE = 64,          /* then others have their turn */
    ACCEPT_AGAIN_US = 100 * 1000, /* after a lack of descriptors */
    TELL_EVERY_US = 10 * 1000 * 1000,
    LAST_RUNS = 8, /* of the library when it ends, so that small answers leave */
};

/* --- deadlines --- */

/* Tells a client that sends too slowly or too much, past the library, which takes no answer before
 * the whole body. The text fits into any socket's buffer; where it does not, there is no reader.
 * Within TLS nothing can be said past the library: the connection just ends. */
static void send_refusal(struct guest *g, const char *status_line)
{
    if (g->server->is_tls) {
        return;
    }
    char text[160];
    int len =
        snprintf(text, sizeof text, "HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
                 status_line);
    assert(len > 0 && (size_t)len < sizeof text);
    (void)send(g->fd, text, (size_t)len,
               MSG_NOSIGNAL | MSG_DONTWAIT); /* nobody to tell of a failure */
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

/* --- requests --- */

static enum MHD_Result note_framing(void *ud, enum MHD_ValueKind kind, const char *name,
                                    const char *value)
{
    http_framing_note(ud, name, value);
    return MHD_YES;
}

/* NULL where all is well. */
static const char *fault_of_head(const struct exchange *x, const char *version)
{
    if (x->is_bad || x->path[0] != '/') {
        return "the URL is not one that this server takes";
    }
    if (!http_is_token(x->method, HTTP_METHOD_MAX)) {
        return "the method is malformed";
    }
    struct http_framing f = { 0 };
    (void)MHD_get_connection_values(x->conn, MHD_HEADER_KIND, note_framing, &f); /* the count */
    return http_framing_fault(&f, strcmp(version, MHD_HTTP_VERSION_1_1) == 0);
}

/* The library has checked that the length is a number. */
static bool is_announced_too_large(const struct exchange *x)
{
    const char *text = exchange_header(x, MHD_HTTP_HEADER_CONTENT_LENGTH);
    if (text == NULL) {
        return false;
    }
    errno = 0;
    unsigned long long len = strtoull(text, NULL, 10);
    return errno != 0 || len > x->server->body_max;
}

/* The head is there. */
static enum MHD_Result begin_request(struct exchange *x, const char *version)
{
    const char *fault = fault_of_head(x, version);
    if (fault != NULL) {
        return exchange_refuse(x, MHD_HTTP_BAD_REQUEST, ERR_INVALID, fault);
    }
    if (is_announced_too_large(x)) {
        return exchange_refuse(x, MHD_HTTP_CONTENT_TOO_LARGE, ERR_TOO_LARGE,
                               "the body is too large");
    }
    x->state = X_READING;
    return MHD_YES;
}

/* --- the bytes of all --- */

/* Judged by its head once, as many may be asked for often. */
static bool is_good(struct exchange *x)
{
    const struct http_server *s = x->server;
    if (!x->is_judged) {
        x->is_judged = true;
        x->is_good = s->seems_good != NULL && s->seems_good(s->ud, x);
    }
    return x->is_good;
}

/* Answers 503, and lets go of the body at once; the library takes the connection down. */
static void drop_body(struct exchange *x)
{
    send_refusal(x->guest, "503 Service Unavailable\r\nRetry-After: 5");
    (void)shutdown(x->guest->fd, SHUT_RDWR); /* fails where the client has gone already */
    list_remove(&x->guest->link);
    x->server->body_bytes -= x->counted;
    x->counted = 0;
    buf_fini(&x->body);
    x->state = X_DROPPED;
}

/* The one that has waited longest of those that are not whole: of them that seem good, or of the
 * others. NULL: none. */
static struct exchange *find_unfinished(struct http_server *s, bool good)
{
    list_each (link, &s->waiting) {
        struct exchange *x = list_entry(link, struct guest, link)->x;
        if (x != NULL && x->state == X_READING && x->counted > 0 && is_good(x) == good) {
            return x;
        }
    }
    return NULL;
}

static void make_room(struct http_server *s)
{
    while (s->body_bytes > s->bodies_max) {
        struct exchange *x = find_unfinished(s, false);
        x = x != NULL ? x : find_unfinished(s, true);
        if (x == NULL) {
            return; /* what is whole is about to be answered */
        }
        drop_body(x);
    }
}

static void count_body(struct exchange *x)
{
    x->server->body_bytes += x->body.cap - x->counted;
    x->counted = x->body.cap;
}

static enum MHD_Result take_body(struct exchange *x, const char *data, size_t *len)
{
    if (buf_append(&x->body, data, *len) == -1) {
        x->guest->must_linger = true;
        send_refusal(x->guest, "413 Content Too Large");
        return MHD_NO;
    }
    count_body(x);
    make_room(x->server);
    *len = 0;
    return x->state == X_DROPPED ? MHD_NO : MHD_YES;
}

static enum MHD_Result hand_over(struct exchange *x)
{
    struct http_server *s = x->server;
    list_remove(&x->guest->link);
    if (s->is_quiet) {
        return exchange_refuse(x, MHD_HTTP_SERVICE_UNAVAILABLE, ERR_UNAVAILABLE,
                               "the server is stopping");
    }
    exchange_open(x);
    x->is_in_handler = true;
    s->on_request(s->ud, x);
    x->is_in_handler = false;
    if (x->state == X_OPEN) {
        MHD_suspend_connection(x->conn);
        return MHD_YES;
    }
    return x->state == X_ANSWERED ? exchange_queue(x) : MHD_NO;
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
        return begin_request(x, version);
    case X_READING:
        return *len > 0 ? take_body(x, data, len) : hand_over(x);
    case X_ANSWERED:
        return exchange_queue(x);
    case X_OPEN: /* suspended: the library does not call */
    case X_DROPPED:
        break;
    }
    return MHD_NO;
}

/* --- URLs --- */

static struct guest *guest_of(struct MHD_Connection *conn)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(conn, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    assert(info != NULL && info->socket_context != NULL); /* on_connection has set it */
    return info->socket_context;
}

/* The request line is there; what is returned comes back as *ours. */
static void *on_request_line(void *ud, const char *uri, struct MHD_Connection *conn)
{
    struct guest *g = guest_of(conn);
    g->x = exchange_new(ud, g, conn);
    g->x->is_bad = !http_target_is_good(uri);
    g->x->target = strpbrk(uri, "%?+") != NULL ? xstrdup(uri) : NULL;
    return g->x;
}

/* Decodes the path and each name and value of the query in place; "+" is a space there already. */
static size_t unescape(void *ud, struct MHD_Connection *conn, char *text)
{
    struct guest *g = guest_of(conn);
    size_t len = http_target_decode(text);
    if (g->x != NULL && !utf8_is_valid(text, len)) {
        g->x->is_bad = true;
    }
    return len;
}

/* --- accepting --- */

static void accept_soon(struct http_server *s, int64_t delay_us)
{
    if (s->accepting != NULL && !timer_is_armed(&s->accept_timer)) {
        timer_start(&s->accept_timer, delay_us);
    }
}

static void tell_full(struct http_server *s, int error)
{
    int64_t now = clock_mono_us();
    if (s->told_us == 0 || now - s->told_us >= TELL_EVERY_US) {
        s->told_us = now;
        log_warn("http", "%s accepts no connection for now: %s", s->address,
                 strerror(error)); /* EMFILE: too many open files */
    }
}

/* Whether another try makes sense at once. */
static bool accept_one(struct http_server *s)
{
    struct sockaddr_storage peer;
    socklen_t len = sizeof peer;
    if ((unsigned)s->guest_count >= s->guests_max) {
        watch_set(s->accepting, 0); /* until one leaves */
        return false;
    }
    int fd = accept4(s->listen_fd, (struct sockaddr *)&peer, &len, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd != -1) {
        /* It closes the socket where it does not take it. */
        (void)MHD_add_connection(s->daemon, fd, (struct sockaddr *)&peer, len);
        s->must_run = true;
        return true;
    }
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        tell_full(s, errno);
        watch_set(s->accepting, 0); /* it stays readable */
        accept_soon(s, ACCEPT_AGAIN_US);
    }
    return errno == EINTR || errno == ECONNABORTED;
}

static void on_acceptable(void *ud, int events)
{
    struct http_server *s = ud;
    watch_set(s->accepting, LOOP_READ);
    for (int i = 0; i < ACCEPT_AT_ONCE && accept_one(s); i++) {
    }
    loop_again(s->loop);
}

static void on_accept_timer(struct timer *t)
{
    on_acceptable(list_entry(t, struct http_server, accept_timer), LOOP_READ);
}

/* --- the library's events --- */

static void on_connection(void *ud, struct MHD_Connection *conn, void **ours,
                          enum MHD_ConnectionNotificationCode what)
{
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(conn, MHD_CONNECTION_INFO_CONNECTION_FD);
        struct guest *g = xcalloc(1, sizeof(*g));
        g->server = ud;
        g->fd = info->connect_fd;
        g->server->guest_count++;
        list_init(&g->link);
        await_request(g);
        *ours = g;
        return;
    }
    struct guest *g = *ours;
    list_remove(&g->link);
    g->server->guest_count--;
    accept_soon(g->server, 0); /* there may have been one too many */
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
    exchange_close(x);
    list_remove(&g->link);
    await_request(g);
}

static void on_log(void *ud, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
static void on_log(void *ud, const char *fmt, va_list ap)
{
    char text[512];
    (void)vsnprintf(text, sizeof text, fmt, ap); /* cut where it is longer */
    log_debug("http", "%.*s", (int)strcspn(text, "\n"), text);
}

static void run_library(struct http_server *s)
{
    s->must_run = false;
    (void)MHD_run(s->daemon); /* fails only for a daemon with threads */
}

static void on_server_readable(void *ud, int events)
{
    run_library(ud);
}

static void on_server_alarm(void *ud)
{
    struct http_server *s = ud;
    s->is_alarm_set = false;
    run_library(s);
}

/* All connections have the same time-out, so an alarm that is set never comes too late for a newer
 * one. */
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

/* --- life of the server --- */

/* Not more than the process may open, less some for everything else. */
static unsigned connection_limit(int wanted)
{
    rlim_t limit = wanted > 0 ? (rlim_t)wanted : CONNECTIONS_DEFAULT;
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && limit > files.rlim_cur - files.rlim_cur / 4) {
        limit = files.rlim_cur - files.rlim_cur / 4;
    }
    return (unsigned)limit;
}

static struct MHD_Daemon *start_daemon(struct http_server *s, const struct http_server_opts *o)
{
    unsigned flags = MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME |
                     MHD_USE_ERROR_LOG | (o->tls != NULL ? MHD_USE_TLS : 0);
    struct MHD_OptionItem plain = { MHD_OPTION_END, 0, NULL };
    struct MHD_OptionItem secure[] = {
        { MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)tls_priorities() },
        { MHD_OPTION_HTTPS_CERT_CALLBACK, 0, tls_callback() },
        { MHD_OPTION_END, 0, NULL },
    };
    unsigned idle_s = (unsigned)((s->slow_us + 999999) / 1000000);
    return MHD_start_daemon(flags, 0, NULL, NULL, handle_request, s, /* no port: a socket of ours */
                            MHD_OPTION_EXTERNAL_LOGGER, on_log,
                            NULL, /* first, for the others' errors */
                            MHD_OPTION_CONNECTION_LIMIT, s->guests_max,                    //
                            MHD_OPTION_PER_IP_CONNECTION_LIMIT, 0u,                        //
                            MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY, //
                            MHD_OPTION_CONNECTION_TIMEOUT, idle_s,                         //
                            MHD_OPTION_URI_LOG_CALLBACK, on_request_line, s,               //
                            MHD_OPTION_UNESCAPE_CALLBACK, unescape, s,                     //
                            MHD_OPTION_NOTIFY_CONNECTION, on_connection, s,                //
                            MHD_OPTION_NOTIFY_COMPLETED, on_completed, s,                  //
                            MHD_OPTION_ARRAY, o->tls != NULL ? secure : &plain,            //
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
    s->bodies_max = o->bodies_max > 0 ? o->bodies_max : BODIES_DEFAULT;
    s->seems_good = o->seems_good;
    s->guests_max = connection_limit(o->connections_max);
    s->slow_us = o->slow_us > 0 ? o->slow_us : SLOW_DEFAULT_US;
    s->on_request = o->on_request;
    s->ud = o->ud;
    s->is_tls = o->tls != NULL;
    list_init(&s->waiting);
    list_init(&s->open);
    list_init(&s->pool);
    timer_init(&s->slow, l, on_slow);
    timer_init(&s->accept_timer, l, on_accept_timer);
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
    s->alarm = alarm_new(l, on_server_alarm, s);
    s->lingerers = lingerers_new(l);
    s->watch = watch_new(l, daemon_fd(s->daemon), on_server_readable, s);
    assert(s->watch != NULL); /* an epoll descriptor that nobody else watches */
    watch_set(s->watch, LOOP_READ);
    s->accepting = watch_new(l, s->listen_fd, on_acceptable, s);
    assert(s->accepting != NULL); /* a socket of ours */
    watch_set(s->accepting, LOOP_READ);
    loop_add_tick(l, on_tick, s);
    return s;
}

void http_server_quiesce(struct http_server *s)
{
    if (s->is_quiet) {
        return;
    }
    s->is_quiet = true;
    timer_stop(&s->accept_timer);
    watch_free(s->accepting);
    s->accepting = NULL;
    (void)close(s->listen_fd); /* nothing was written */
    s->must_run = true;
    loop_again(s->loop);
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
        exchange_free(list_entry(it, struct exchange, link));
    }
    free(s);
}

const char *http_server_address(const struct http_server *s)
{
    return s->address;
}

int http_server_connection_count(const struct http_server *s)
{
    return s->guest_count;
}

int http_server_open_count(const struct http_server *s)
{
    return s->open_count;
}
