/*
 * Sends HTTP requests: libcurl's multi socket interface on the loop. Curl says which descriptors it
 * watches and when it wants to be called; we tell it what happened and collect what is finished.
 *
 * What was sent is the question that everything above asks, so each failure is sorted by it: curl
 * counts the bytes of the request that it gave to a connection (CURLINFO_REQUEST_SIZE, over all its
 * own attempts). 0 means that the peer cannot have acted.
 *
 * Curl sends a request again, whatever its method, when a connection that it reuses breaks before
 * the first byte of an answer, although the peer may have acted on it by then. It asks on_prereq
 * before each attempt, and that allows a second one only where nothing was sent or the method is
 * safe; else the call ends as UNKNOWN. So no POST, PUT, PATCH or DELETE reaches a peer twice
 * through one http_send. To make the case rare, such a request does not go out on a connection that
 * was idle for longer than servers commonly keep one.
 *
 * HTTP/1.1 only: with one call on a connection, "was sent" is a fact of that call alone.
 *
 * A call owns its easy handle, its copy of the request and its buffers, and goes into a small pool
 * when it is over. What holds for every call is said to the handle once, as curl takes longer to
 * forget and to be told than to send; what differs is said each time (hand_to_curl). The limit of a call's time is a timer of ours, so that it follows a replaced
 * clock; curl's own time-keeping runs on an alarm. Loop thread only; curl resolves names on threads
 * of its own, which are left behind, not waited for, when a call ends first.
 */
#include "net/http_client.h"

#include <arpa/inet.h>
#include <assert.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <curl/curl.h>

#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "format/url.h"
#include "net/http_head.h"
#include "net/sockets.h"

enum {
    PER_HOST_DEFAULT = 64,
    IDLE_CONNECTIONS_MAX = 256,
    POOL_MAX = 64,                    /* calls kept for reuse */
    BUFFER_KEPT_MAX = 64 << 10,       /* a larger one is freed with its call */
    LINES_MAX = HTTP_HEADERS_MAX + 4, /* what is sent besides what the caller gives */
    LINES_BYTES_MAX = 2 << 20,        /* what http_head_check lets pass fits */
    TIMEOUT_DEFAULT_US = 30 * 1000 * 1000,
    CONNECT_DEFAULT_US = 10 * 1000 * 1000,
    FORGET_MAX = 8 << 10, /* of curl's blocks that are overwritten when they are freed */
    IDLE_MAX_S = 60,
    IDLE_UNSAFE_MAX_S =
        4, /* below the 5 s that Node.js keeps an idle connection, the least of the common */
};

struct client {
    struct http_client base; /* first: what callers hold */
    struct loop *loop;
    CURLM *multi; /* NULL: no call was made yet */
    struct alarm *alarm;
    struct list calls;       /* under way */
    struct list pool;        /* for reuse */
    struct sockets *sockets; /* that curl watches */
    int pool_len;
    int max_per_host;
    char *ca_file;
    char *user_agent;
};

struct http_call {
    struct list link;
    struct client *client;
    CURL *easy;
    struct buf lines;                     /* of the request's head, a NUL behind each */
    struct curl_slist headers[LINES_MAX]; /* into lines */
    size_t line_count;
    struct buf body;    /* of the request */
    struct timer limit; /* of the whole call */
    int64_t timeout_us;
    http_done_fn done;
    void *ud;
    struct err refusal; /* why it was never handed to curl; kind ERR_NONE: it was */
    char why[CURL_ERROR_SIZE];
    char address[64]; /* that was tried last */
    struct buf head;
    size_t head_bytes; /* of all heads, interim answers and trailers included */
    struct http_response res;
    bool is_safe;
    bool may_be_private;
    bool is_private; /* refused for its address */
    bool is_too_large;
    bool has_body_begun;
    bool may_be_sent; /* in this call: what the handle knows is not of the one before */
    bool has_query;   /* in its URL, which may hold a key */
};

static void reap(struct client *c);

/* --- curl and the loop --- */

static void on_socket(void *ud, int fd, int events)
{
    struct client *c = ud;
    int mask =
        (events & LOOP_READ ? CURL_CSELECT_IN : 0) | (events & LOOP_WRITE ? CURL_CSELECT_OUT : 0);
    int running = 0;
    CURLMcode rc = curl_multi_socket_action(c->multi, fd, mask, &running);
    assert(rc == CURLM_OK);
}

static void on_sockets_done(void *ud)
{
    reap(ud);
}

static void on_curl_alarm(void *ud)
{
    struct client *c = ud;
    int running = 0;
    CURLMcode rc = curl_multi_socket_action(c->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    assert(rc == CURLM_OK);
    reap(c);
}

static int set_alarm(CURLM *multi, long timeout_ms, void *ud)
{
    struct client *c = ud;
    alarm_set(c->alarm, timeout_ms);
    return 0;
}

static int set_watch(CURL *easy, curl_socket_t fd, int what, void *ud, void *socket_ud)
{
    struct client *c = ud;
    bool is_wanted = what != CURL_POLL_REMOVE;
    sockets_want(c->sockets, fd,
                 (is_wanted && (what & CURL_POLL_IN) ? LOOP_READ : 0) |
                     (is_wanted && (what & CURL_POLL_OUT) ? LOOP_WRITE : 0));
    return 0;
}

/* --- during a call --- */

static long sent_bytes(const struct http_call *call)
{
    long sent = 0;
    if (call->may_be_sent) {
        (void)curl_easy_getinfo(call->easy, CURLINFO_REQUEST_SIZE, &sent); /* known since 7.4.1 */
    }
    return sent;
}

static int status_of(const struct http_call *call)
{
    long status = 0;
    if (call->may_be_sent) {
        (void)curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
    }
    return (int)status;
}

/* Every address that a name resolved to passes here, so a name cannot lead to a private one. */
static curl_socket_t open_socket(void *ud, curlsocktype purpose, struct curl_sockaddr *a)
{
    struct http_call *call = ud;
    const void *bytes =
        a->family == AF_INET6
            ? (const void *)&((const struct sockaddr_in6 *)(const void *)&a->addr)->sin6_addr
            : (const void *)&((const struct sockaddr_in *)(const void *)&a->addr)->sin_addr;
    if (inet_ntop(a->family, bytes, call->address, sizeof call->address) == NULL) {
        return CURL_SOCKET_BAD;
    }
    if (!call->may_be_private && ip_is_private(call->address)) {
        call->is_private = true;
        return CURL_SOCKET_BAD;
    }
    int fd = socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
    if (fd == -1) {
        return CURL_SOCKET_BAD;
    }
    sockets_opened(call->client->sockets, fd);
    return fd;
}

/* A connection outlives the call that opened it. */
static int close_socket(void *ud, curl_socket_t fd)
{
    struct client *c = ud;
    sockets_closing(c->sockets, fd);
    return close(fd);
}

/* Connected, handshake done, nothing sent in this attempt. A connection that another call opened
 * may be a private one, which this call must not use. */
static int on_prereq(void *ud, char *peer, char *local, int peer_port, int local_port)
{
    struct http_call *call = ud;
    (void)snprintf(call->res.peer, sizeof call->res.peer, "%s", peer);
    (void)snprintf(call->address, sizeof call->address, "%s", peer);
    call->is_private = !call->may_be_private && ip_is_private(peer);
    if (call->is_private) {
        return CURL_PREREQFUNC_ABORT;
    }
    call->may_be_sent = true;
    return sent_bytes(call) == 0 || call->is_safe ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

static bool is_status_line(const char *line, size_t len)
{
    return len >= 5 && memcmp(line, "HTTP/", 5) == 0;
}

/* Called per line. An interim answer's head gives way to the next; trailers are only counted. */
static size_t on_header(char *line, size_t one, size_t len, void *ud)
{
    struct http_call *call = ud;
    call->head_bytes += len;
    if (call->head_bytes > HTTP_HEAD_BYTES_MAX) {
        call->is_too_large = true;
        return 0;
    }
    if (call->has_body_begun) {
        return len;
    }
    if (is_status_line(line, len)) {
        buf_clear(&call->head);
    }
    return buf_append(&call->head, line, len) == 0 ? len : 0; /* fits: counted above */
}

static size_t on_body(char *data, size_t one, size_t len, void *ud)
{
    struct http_call *call = ud;
    call->has_body_begun = true;
    if (buf_append(&call->res.body, data, len) == -1) {
        call->is_too_large = true;
        return 0;
    }
    return len;
}

/* --- the end of a call --- */

static bool is_tls_failure(CURLcode code)
{
    return code == CURLE_SSL_CONNECT_ERROR || code == CURLE_PEER_FAILED_VERIFICATION ||
           code == CURLE_SSL_CERTPROBLEM || code == CURLE_SSL_CIPHER ||
           code == CURLE_SSL_ISSUER_ERROR || code == CURLE_SSL_INVALIDCERTSTATUS ||
           code == CURLE_SSL_CACERT_BADFILE || code == CURLE_SSL_ENGINE_INITFAILED;
}

static enum err_kind kind_unsent(CURLcode code)
{
    if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL) {
        return ERR_CONFIG;
    }
    return is_tls_failure(code) ? ERR_TLS : ERR_UNREACHABLE;
}

/* UNSUPPORTED_PROTOCOL is an answer that is not HTTP/1; OUT_OF_MEMORY a header line over curl's own
 * limit (its allocator does not fail before ours). */
static enum err_kind kind_sent(CURLcode code)
{
    switch ((int)code) {
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return ERR_PROTOCOL;
    case CURLE_OUT_OF_MEMORY:
        return ERR_TOO_LARGE;
    default:
        return ERR_UNKNOWN;
    }
}

static void explain_curl(const struct http_call *call, CURLcode code, struct err *e)
{
    const char *why = call->why[0] != '\0' ? call->why : curl_easy_strerror(code);
    if (call->is_private) {
        err_set(e, ERR_CONFIG,
                "the address %s is a private one; allow_private: true lets a connection use it",
                call->address);
    } else if (call->is_too_large) {
        err_set(e, ERR_TOO_LARGE, "the answer is larger than %zu bytes, or its head than %d",
                call->res.body.max, HTTP_HEAD_BYTES_MAX);
    } else if (sent_bytes(call) == 0) {
        err_set(e, kind_unsent(code), "nothing was sent: %s", why);
    } else if (code == CURLE_ABORTED_BY_CALLBACK) {
        err_set(e, ERR_UNKNOWN, "sent, then the connection was closed without an answer");
    } else {
        err_set(e, kind_sent(code), "sent, but no whole answer came: %s", why);
    }
    e->status = status_of(call);
}

/* Answers carry tokens, too. */
static void reset_buf(struct buf *b)
{
    if (b->len > 0) {
        secret_scrub(b->data, b->len);
    }
    if (b->cap > BUFFER_KEPT_MAX) {
        buf_fini(b);
    } else {
        buf_clear(b);
    }
}

static void free_call(struct http_call *call)
{
    curl_easy_cleanup(call->easy);
    buf_fini(&call->lines);
    buf_fini(&call->body);
    buf_fini(&call->head);
    buf_fini(&call->res.body);
    free(call);
}

/* Curl keeps a URL and its parts until the next call of the handle, which may be long; what stood
 * in a head or a body is gone from curl with the call. */
static void forget_call(struct http_call *call)
{
    reset_buf(&call->lines);
    reset_buf(&call->body);
    reset_buf(&call->head);
    reset_buf(&call->res.body);
    if (call->has_query) {
        curl_easy_cleanup(call->easy);
        call->easy = NULL;
    }
}

static void recycle(struct http_call *call)
{
    struct client *c = call->client;
    forget_call(call);
    if (c->pool_len == POOL_MAX) {
        free_call(call);
        return;
    }
    c->pool_len++;
    list_push_front(&c->pool, &call->link);
}

/* Takes the call from curl and from the list; its handle still knows what happened. */
static void detach(struct http_call *call)
{
    timer_stop(&call->limit);
    list_remove(&call->link);
    if (call->refusal.kind == ERR_NONE) {
        CURLMcode rc = curl_multi_remove_handle(call->client->multi, call->easy);
        assert(rc == CURLM_OK);
    }
}

static void fail_transfer(struct http_call *call, const struct err *e)
{
    detach(call);
    call->done(call->ud, NULL, e);
    recycle(call);
}

static void succeed_transfer(struct http_call *call)
{
    struct http_response *res = &call->res;
    res->status = status_of(call);
    if (call->head.len > 0) {
        http_head_parse(call->head.data, call->head.len, res);
    }
    detach(call);
    call->done(call->ud, res, NULL);
    recycle(call);
}

static void finish_transfer(struct http_call *call, CURLcode code)
{
    if (code == CURLE_OK) {
        succeed_transfer(call);
        return;
    }
    struct err e = ERR_INIT;
    explain_curl(call, code, &e);
    fail_transfer(call, &e);
}

static void reap(struct client *c)
{
    int left = 0;
    for (CURLMsg *m = curl_multi_info_read(c->multi, &left); m != NULL;
         m = curl_multi_info_read(c->multi, &left)) {
        struct http_call *call = NULL;
        (void)curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &call); /* set for each handle */
        if (m->msg == CURLMSG_DONE) {
            finish_transfer(call, m->data.result); /* m is gone after it */
        }
    }
}

/* The time is up, or the call was refused before it began. */
static void on_time_up(struct timer *t)
{
    struct http_call *call = list_entry(t, struct http_call, limit);
    struct err e = call->refusal;
    if (e.kind == ERR_NONE) {
        bool was_sent = sent_bytes(call) > 0;
        err_set(&e, was_sent ? ERR_UNKNOWN : ERR_UNREACHABLE, "%s within %lld ms",
                was_sent ? "sent, but no whole answer came" : "nothing was sent: no connection",
                (long long)(call->timeout_us / 1000));
        e.status = status_of(call);
    }
    fail_transfer(call, &e);
}

/* --- the start of a call --- */

/* An easy option fails only for lack of memory or for a libcurl that is older than the one we need.
 */
#define SET(easy, option, value)                                                                   \
    do {                                                                                           \
        CURLcode set_rc_ = curl_easy_setopt(easy, option, value);                                  \
        assert(set_rc_ == CURLE_OK);                                                               \
    } while (0)

static void set_policy(CURL *h, const struct client *c)
{
    SET(h, CURLOPT_NOSIGNAL, 1L);
    SET(h, CURLOPT_QUICK_EXIT, 1L); /* else ending a call waits for its name look-up */
    SET(h, CURLOPT_PROTOCOLS_STR, "http,https");
    SET(h, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(h, CURLOPT_FOLLOWLOCATION, 0L);
    SET(h, CURLOPT_PROXY, "");
    SET(h, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(h, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    SET(h, CURLOPT_PATH_AS_IS, 1L);
    SET(h, CURLOPT_ACCEPT_ENCODING, "gzip"); /* read it, too; what is sent says set_headers */
    SET(h, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(h, CURLOPT_SSL_VERIFYPEER, 1L);
    SET(h, CURLOPT_SSL_VERIFYHOST, 2L);
    if (c->ca_file != NULL) {
        SET(h, CURLOPT_CAINFO, c->ca_file);
    }
}

static void set_callbacks(struct http_call *call)
{
    CURL *h = call->easy;
    SET(h, CURLOPT_PRIVATE, call);
    SET(h, CURLOPT_ERRORBUFFER, call->why);
    SET(h, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    SET(h, CURLOPT_OPENSOCKETDATA, call);
    SET(h, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
    SET(h, CURLOPT_CLOSESOCKETDATA, call->client);
    SET(h, CURLOPT_PREREQFUNCTION, on_prereq);
    SET(h, CURLOPT_PREREQDATA, call);
    SET(h, CURLOPT_HEADERFUNCTION, on_header);
    SET(h, CURLOPT_HEADERDATA, call);
    SET(h, CURLOPT_WRITEFUNCTION, on_body);
    SET(h, CURLOPT_WRITEDATA, call);
}

static void make_handle(struct http_call *call)
{
    call->easy = curl_easy_init();
    if (call->easy == NULL) {
        abort(); /* no memory: as xmalloc does */
    }
    set_policy(call->easy, call->client);
    set_callbacks(call);
}

static bool has_request_header(const struct http_request *r, const char *name)
{
    for (size_t i = 0; i < r->header_count; i++) {
        if (strcasecmp(r->headers[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static void put_head_line(struct http_call *call, const char *name, const char *mark,
                          const char *value)
{
    (void)buf_puts(&call->lines, name); /* fit: see LINES_BYTES_MAX */
    (void)buf_puts(&call->lines, mark);
    (void)buf_puts(&call->lines, value);
    (void)buf_putc(&call->lines, '\0');
    call->line_count++;
}

/* Curl reads the list where it is; it is ours. */
static void list_lines(struct http_call *call)
{
    char *at = call->lines.data;
    for (size_t i = 0; i < call->line_count; i++) {
        bool is_last = i + 1 == call->line_count;
        call->headers[i] = (struct curl_slist){ at, is_last ? NULL : &call->headers[i + 1] };
        at += strlen(at) + 1;
    }
    SET(call->easy, CURLOPT_HTTPHEADER, call->headers);
}

/* A header of our own, where the caller has not given it. */
static void put_default(struct http_call *call, const struct http_request *r, const char *name,
                        const char *value)
{
    if (!has_request_header(r, name)) {
        put_head_line(call, name, ": ", value);
    }
}

/* Curl's own Expect (which costs a round trip) and its form type are taken away; "Name;" is how
 * curl is told of a header without a value. Curl formats byte by byte, and what has an option of
 * its own twice: so these headers are lines, and short. */
static void set_headers(struct http_call *call, const struct http_request *r)
{
    call->line_count = 0;
    put_head_line(call, "Expect:", "", "");
    for (size_t i = 0; i < r->header_count; i++) {
        const struct http_header *h = &r->headers[i];
        put_head_line(call, h->name, h->value[0] != '\0' ? ": " : ";", h->value);
    }
    if (!has_request_header(r, "content-type")) {
        put_head_line(call, "Content-Type:", "", "");
    }
    put_default(call, r, "User-Agent", call->client->user_agent);
    put_default(call, r, "Accept-Encoding", "gzip");
    list_lines(call);
}

/* Methods that carry a body say "Content-Length: 0" where they have none; servers ask for it. */
static bool takes_body(const char *method)
{
    return strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0 ||
           strcmp(method, "PATCH") == 0;
}

/* The first option takes back what the call before said of its method and its body. */
static void set_method(struct http_call *call, const struct http_request *r)
{
    CURL *h = call->easy;
    SET(h, CURLOPT_HTTPGET, 1L);
    if (strcmp(r->method, "HEAD") == 0) {
        SET(h, CURLOPT_CUSTOMREQUEST, NULL);
        SET(h, CURLOPT_NOBODY, 1L);
        return;
    }
    if (r->body != NULL || takes_body(r->method)) {
        size_t len = r->body != NULL ? r->body_len : 0;
        call->body.max = len;
        (void)buf_append(&call->body, r->body != NULL ? r->body : "", len); /* its very length */
        SET(h, CURLOPT_POST, 1L);
        SET(h, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)len);
        SET(h, CURLOPT_POSTFIELDS, buf_text(&call->body));
    }
    SET(h, CURLOPT_CUSTOMREQUEST, r->method);
}

static long to_ms(int64_t us)
{
    int64_t ms = us / 1000 + (us % 1000 != 0);
    return ms > INT32_MAX ? INT32_MAX : (long)ms;
}

static void set_limits(struct http_call *call, const struct http_request *r)
{
    int64_t connect_us = r->connect_us > 0 ? r->connect_us : CONNECT_DEFAULT_US;
    call->timeout_us = r->timeout_us > 0 ? r->timeout_us : TIMEOUT_DEFAULT_US;
    call->res.body.max = r->body_max > 0 ? r->body_max : HTTP_BODY_MAX;
    SET(call->easy, CURLOPT_CONNECTTIMEOUT_MS, to_ms(connect_us));
    SET(call->easy, CURLOPT_MAXAGE_CONN, (long)(call->is_safe ? IDLE_MAX_S : IDLE_UNSAFE_MAX_S));
}

static struct http_call *new_call(struct client *c)
{
    struct list *first = list_pop(&c->pool);
    if (first != NULL) {
        c->pool_len--;
        return list_entry(first, struct http_call, link);
    }
    struct http_call *call = xcalloc(1, sizeof(*call));
    call->client = c;
    list_init(&call->link);
    buf_init(&call->lines, LINES_BYTES_MAX);
    buf_init(&call->body, 0);
    buf_init(&call->head, HTTP_HEAD_BYTES_MAX);
    buf_init(&call->res.body, HTTP_BODY_MAX);
    return call;
}

static void begin_transfer(struct http_call *call, const struct http_request *r)
{
    call->refusal = ERR_INIT;
    call->why[0] = call->address[0] = call->res.peer[0] = '\0';
    call->head_bytes = call->res.header_count = 0;
    call->res.status = 0;
    call->is_safe = r->method != NULL && http_method_is_safe(r->method);
    call->may_be_private = r->may_be_private;
    call->is_private = call->is_too_large = call->has_body_begun = call->may_be_sent = false;
    list_push_back(&call->client->calls, &call->link);
    timer_init(&call->limit, call->client->loop, on_time_up);
}

static int check_request(const struct http_request *r, struct err *e)
{
    struct url url;
    if (r->url == NULL) {
        return err_set(e, ERR_CONFIG, "no URL");
    }
    if (url_parse(r->url, strnlen(r->url, URL_MAX + 1), &url, e) == -1) {
        e->kind = ERR_CONFIG;
        return -1;
    }
    url_fini(&url);
    return http_head_check(r, e);
}

static void hand_to_curl(struct http_call *call, const struct http_request *r)
{
    if (call->easy == NULL) {
        make_handle(call);
    }
    set_limits(call, r);
    set_method(call, r);
    set_headers(call, r);
    SET(call->easy, CURLOPT_URL, r->url);
    call->has_query = strchr(r->url, '?') != NULL;
    CURLMcode rc = curl_multi_add_handle(call->client->multi, call->easy);
    if (rc != CURLM_OK) {
        err_set(&call->refusal, ERR_INTERNAL, "start a call: %s", curl_multi_strerror(rc));
    }
}

/* --- life --- */

static CURLM *new_multi(struct client *c)
{
    CURLM *m = curl_multi_init();
    if (m == NULL) {
        abort(); /* no memory: as xmalloc does */
    }
    (void)curl_multi_setopt(m, CURLMOPT_SOCKETFUNCTION,
                            set_watch); /* fail only for unknown options */
    (void)curl_multi_setopt(m, CURLMOPT_SOCKETDATA, c);
    (void)curl_multi_setopt(m, CURLMOPT_TIMERFUNCTION, set_alarm);
    (void)curl_multi_setopt(m, CURLMOPT_TIMERDATA, c);
    (void)curl_multi_setopt(m, CURLMOPT_MAX_HOST_CONNECTIONS, (long)c->max_per_host);
    (void)curl_multi_setopt(m, CURLMOPT_MAXCONNECTS, (long)IDLE_CONNECTIONS_MAX);
    return m;
}

/* Curl keeps heads of requests, with their tokens, in memory that it frees as it is. What is small
 * enough to be one is overwritten; its large buffers are used again and again, and would cost more
 * than they tell. */
static void forget_memory(void *data)
{
    size_t len = data != NULL ? malloc_usable_size(data) : 0;
    if (len > 0 && len <= FORGET_MAX) {
        secret_scrub(data, len);
    }
    free(data);
}

/* A block that grows may move, and leaves its text behind: so it moves here. */
static void *grow_memory(void *old, size_t size)
{
    size_t len = old != NULL ? malloc_usable_size(old) : 0;
    if (len == 0 || len > FORGET_MAX || size <= len) {
        return realloc(old, size);
    }
    void *data = malloc(size);
    if (data != NULL) {
        memcpy(data, old, len);
        forget_memory(old);
    }
    return data;
}

/* At the first call: what curl and its TLS set up is 2 MB, and a good part of the time to start. */
static int start_curl(struct client *c, struct err *e)
{
    c->sockets = sockets_new(c->loop, on_socket, on_sockets_done, c);
    if (c->sockets == NULL) {
        return err_set(e, ERR_UNREACHABLE, "nothing was sent: no descriptor is left");
    }
    CURLcode rc = curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc, forget_memory, grow_memory,
                                       strdup, calloc);
    assert(rc == CURLE_OK);
    c->alarm = alarm_new(c->loop, on_curl_alarm, c);
    c->multi = new_multi(c);
    return 0;
}

static void stop_curl(struct client *c)
{
    /* Curl closes the idle connections here, and may still call set_watch and set_alarm. */
    CURLMcode rc = curl_multi_cleanup(c->multi);
    assert(rc == CURLM_OK);
    sockets_free(c->sockets);
    alarm_free(c->alarm);
    curl_global_cleanup();
}

static struct http_call *client_send(struct http_client *base, const struct http_request *r,
                                     http_done_fn done, void *ud)
{
    struct client *c = (struct client *)base;
    struct http_call *call = new_call(c);
    begin_transfer(call, r);
    call->done = done;
    call->ud = ud;
    if (check_request(r, &call->refusal) == 0 &&
        (c->multi != NULL || start_curl(c, &call->refusal) == 0)) {
        hand_to_curl(call, r);
    }
    /* A refused call ends through its timer too, so that done never comes from within send. */
    timer_start(&call->limit, call->refusal.kind == ERR_NONE ? call->timeout_us : 0);
    return call;
}

static void client_cancel(struct http_client *base, struct http_call *call)
{
    assert(call->client == (struct client *)base);
    detach(call);
    recycle(call);
}

static void client_free(struct http_client *base)
{
    struct client *c = (struct client *)base;
    while (!list_is_empty(&c->calls)) {
        client_cancel(base, list_entry(c->calls.next, struct http_call, link));
    }
    for (struct list *it = list_pop(&c->pool); it != NULL; it = list_pop(&c->pool)) {
        free_call(list_entry(it, struct http_call, link));
    }
    if (c->multi != NULL) {
        stop_curl(c);
    }
    free(c->ca_file);
    free(c->user_agent);
    free(c);
}

struct http_client *http_client_new(struct loop *l, const struct http_client_opts *o)
{
    struct client *c = xcalloc(1, sizeof(*c));
    c->base = (struct http_client){ client_send, client_cancel, client_free };
    c->loop = l;
    list_init(&c->calls);
    list_init(&c->pool);
    c->max_per_host = o != NULL && o->max_per_host > 0 ? o->max_per_host : PER_HOST_DEFAULT;
    c->ca_file = o != NULL && o->ca_file != NULL ? xstrdup(o->ca_file) : NULL;
    c->user_agent = xstrdup(o != NULL && o->user_agent != NULL ? o->user_agent : "ladle");
    return &c->base;
}
