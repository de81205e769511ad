/* The HTTP client against a real server, against one that misbehaves byte by byte, and against a
 * TLS server: above all, that it knows whether a request may have arrived. */
#include "net_support.h"

#include <signal.h>

#include "base/log.h"
#include "base/mem.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "net/listener.h"
#include "net/process.h"

enum plan { ANSWER_OK, KEEP, DROP, ECHO, DROP_SECOND };

struct fixture {
    struct loop *loop;
    struct http_server *server;
    struct http_client *client;
    enum plan plan;
    struct exchange *kept;
    int request_count;
    char base[96]; /* "http://127.0.0.1:port" */
};

/* How a call ended. */
struct ending {
    int count;
    enum err_kind kind;
    int status;
    char message[ERR_MESSAGE_MAX];
    char body[4096];
    size_t body_len;
    char type[64];
    char cookie[64];
    size_t header_count;
    char peer[64];
};

static void note_end(void *ud, const struct http_response *res, const struct err *e)
{
    struct ending *end = ud;
    end->count++;
    assert_true((res == NULL) != (e == NULL));
    if (e != NULL) {
        end->kind = e->kind;
        end->status = e->status;
        (void)snprintf(end->message, sizeof end->message, "%s", e->message);
        return;
    }
    end->status = res->status;
    end->body_len = res->body.len;
    end->header_count = res->header_count;
    (void)snprintf(end->body, sizeof end->body, "%s", buf_text(&res->body));
    (void)snprintf(end->peer, sizeof end->peer, "%s", res->peer);
    const char *type = http_response_header(res, "content-type");
    const char *cookie = http_response_header(res, "x-cookie");
    (void)snprintf(end->type, sizeof end->type, "%s", type != NULL ? type : "");
    (void)snprintf(end->cookie, sizeof end->cookie, "%s", cookie != NULL ? cookie : "");
}

static void echo(struct exchange *x)
{
    size_t len = 0;
    const char *body = exchange_body(x, &len);
    json_t *all = json_object();
    json_object_set_new(all, "method", json_string(exchange_method(x)));
    json_object_set_new(all, "body", json_stringn(body, len));
    json_object_set_new(all, "headers", exchange_headers(x));
    exchange_answer_json(x, 200, all);
    json_decref(all);
}

static void on_request(void *ud, struct exchange *x)
{
    struct fixture *f = ud;
    f->request_count++;
    enum plan plan = f->plan;
    if (strcmp(exchange_path(x), "/kept") == 0) {
        plan = KEEP;
    } else if (plan == DROP_SECOND) {
        plan = f->request_count == 2 ? DROP : ANSWER_OK;
    }
    switch (plan) {
    case ANSWER_OK:
        exchange_add_header(x, "X-Cookie", "crumbs");
        exchange_answer(x, 201, "text/plain", "fine", 4);
        break;
    case KEEP:
        f->kept = x;
        break;
    case DROP:
        exchange_drop(x);
        break;
    case ECHO:
        echo(x);
        break;
    case DROP_SECOND:
        break;
    }
}

static int start(void **state)
{
    struct fixture *f = xcalloc(1, sizeof(*f));
    f->loop = loop_new();
    struct http_server_opts o = {
        .listen = "127.0.0.1:0", .body_max = 1 << 20, .on_request = on_request, .ud = f
    };
    struct err e = ERR_INIT;
    f->server = http_server_new(f->loop, &o, &e);
    assert_non_null(f->server);
    f->client = http_client_new(f->loop, NULL);
    (void)snprintf(f->base, sizeof f->base, "http://%s", http_server_address(f->server));
    *state = f;
    return 0;
}

static int finish(void **state)
{
    struct fixture *f = *state;
    f->client->free(f->client);
    http_server_free(f->server);
    loop_free(f->loop);
    free(f);
    clock_replace(NULL);
    return 0;
}

static const char *url(struct fixture *f, const char *path)
{
    static char text[256];
    (void)snprintf(text, sizeof text, "%s%s", f->base, path);
    return text;
}

static void await(struct fixture *f, const struct ending *end)
{
    while (end->count == 0) {
        loop_turn(f->loop, true);
    }
    assert_int_equal(end->count, 1);
}

static struct ending call(struct fixture *f, struct http_request r)
{
    struct ending end = { 0 };
    r.may_be_private = true;
    assert_non_null(f->client->send(f->client, &r, note_end, &end));
    assert_int_equal(end.count, 0); /* never from within send */
    await(f, &end);
    return end;
}

static void an_answer_brings_status_headers_body_and_peer(void **state)
{
    struct fixture *f = *state;
    struct ending end = call(f, (struct http_request){ .method = "GET", .url = url(f, "/a") });
    assert_int_equal(end.kind, ERR_NONE);
    assert_int_equal(end.status, 201);
    assert_string_equal(end.body, "fine");
    assert_string_equal(end.type, "text/plain");
    assert_string_equal(end.cookie, "crumbs");
    assert_string_equal(end.peer, "127.0.0.1");
}

static json_t *echoed(const struct ending *end)
{
    struct err e = ERR_INIT;
    json_t *all = json_parse(end->body, end->body_len, &e);
    assert_non_null(all);
    return all;
}

static void method_headers_and_body_arrive_as_given(void **state)
{
    struct fixture *f = *state;
    f->plan = ECHO;
    struct http_header headers[] = { { "Authorization", "Bearer x" },
                                     { "X-Empty", "" },
                                     { "Content-Type", "application/json" } };
    static const char *const methods[] = { "POST", "PUT", "PATCH", "DELETE", "GET" };
    for (int i = 0; i < 5; i++) {
        struct ending end = call(f, (struct http_request){ .method = methods[i],
                                                           .url = url(f, "/a"),
                                                           .headers = headers,
                                                           .header_count = 3,
                                                           .body = "{\"a\":1}",
                                                           .body_len = 7 });
        json_t *all = echoed(&end);
        assert_string_equal(json_get_text(all, "method"), methods[i]);
        assert_string_equal(json_get_text(all, "body"), "{\"a\":1}");
        assert_string_equal(json_path_text(all, "headers.authorization"), "Bearer x");
        assert_string_equal(json_path_text(all, "headers.x-empty"), "");
        assert_string_equal(json_path_text(all, "headers.content-type"), "application/json");
        assert_null(json_path_text(all, "headers.expect"));
        json_decref(all);
    }
}

static void curl_adds_no_type_of_its_own(void **state)
{
    struct fixture *f = *state;
    f->plan = ECHO;
    static char big[64 << 10];
    memset(big, 'x', sizeof big);
    struct ending end = call(f, (struct http_request){ .method = "POST", .url = url(f, "/a") });
    json_t *all = echoed(&end);
    assert_null(json_path_text(all, "headers.content-type"));
    assert_string_equal(json_path_text(all, "headers.content-length"), "0");
    json_decref(all);
    f->plan = ANSWER_OK;
    end = call(f, (struct http_request){
                      .method = "POST", .url = url(f, "/a"), .body = big, .body_len = sizeof big });
    assert_int_equal(end.status, 201);
    end = call(f, (struct http_request){ .method = "HEAD", .url = url(f, "/a") });
    assert_int_equal(end.status, 201);
    assert_int_equal(end.body_len, 0);
}

/* Calls one after another use the same handle of curl. */
static void a_call_leaves_nothing_to_the_next(void **state)
{
    struct fixture *f = *state;
    f->plan = ECHO;
    struct http_header headers[] = { { "Authorization", "Bearer x" }, { "User-Agent", "mine" } };
    static const char *const methods[] = { "GET", "DELETE", "OPTIONS", "POST", "HEAD", "GET" };
    for (int i = 0; i < 6; i++) {
        struct ending end = call(f, (struct http_request){ .method = "POST",
                                                           .url = url(f, "/a?key=1"),
                                                           .headers = headers,
                                                           .header_count = 2,
                                                           .body = "{\"a\":1}",
                                                           .body_len = 7 });
        json_t *all = echoed(&end);
        assert_string_equal(json_path_text(all, "headers.user-agent"), "mine");
        json_decref(all);
        end = call(f, (struct http_request){ .method = methods[i], .url = url(f, "/b") });
        if (strcmp(methods[i], "HEAD") == 0) {
            assert_int_equal(end.body_len, 0);
            continue;
        }
        all = echoed(&end);
        assert_string_equal(json_get_text(all, "method"), methods[i]);
        assert_string_equal(json_get_text(all, "body"), "");
        assert_null(json_path_text(all, "headers.authorization"));
        assert_string_equal(json_path_text(all, "headers.user-agent"), "ladle");
        assert_string_equal(json_path_text(all, "headers.accept-encoding"), "gzip");
        json_decref(all);
    }
}

static void many_calls_at_once_all_end(void **state)
{
    struct fixture *f = *state;
    enum { CALLS = 500 };
    static struct ending ends[CALLS];
    memset(ends, 0, sizeof ends);
    for (int i = 0; i < CALLS; i++) {
        struct http_request r = { .method = i % 2 ? "GET" : "POST",
                                  .url = url(f, "/a"),
                                  .may_be_private = true };
        f->client->send(f->client, &r, note_end, &ends[i]);
    }
    for (int i = 0; i < CALLS; i++) {
        await(f, &ends[i]);
        assert_int_equal(ends[i].status, 201);
    }
    assert_int_equal(f->request_count, CALLS);
}

/* --- was it sent? --- */

static void a_refused_connection_is_unreachable(void **state)
{
    struct fixture *f = *state;
    struct err e = ERR_INIT;
    int fd = listener_open("127.0.0.1:0", &e);
    char address[ADDRESS_TEXT];
    listener_address(fd, address);
    close(fd);
    char target[128];
    (void)snprintf(target, sizeof target, "http://%s/", address);
    struct ending end = call(
        f, (struct http_request){ .method = "POST", .url = target, .body = "x", .body_len = 1 });
    assert_int_equal(end.kind, ERR_UNREACHABLE);
}

static void an_answer_that_does_not_come_is_unknown(void **state)
{
    struct fixture *f = *state;
    f->plan = DROP;
    struct ending end = call(f, (struct http_request){ .method = "POST", .url = url(f, "/a") });
    assert_int_equal(end.kind, ERR_UNKNOWN);
    assert_int_equal(f->request_count, 1);
    end = call(f, (struct http_request){ .method = "GET", .url = url(f, "/a") });
    assert_int_equal(end.kind, ERR_UNKNOWN);
    assert_int_equal(f->request_count, 2);
}

/* The first call leaves a connection behind; the second goes out on it, arrives, and gets no
 * answer. */
static void a_post_is_never_sent_a_second_time_by_itself(void **state)
{
    struct fixture *f = *state;
    f->plan = DROP_SECOND;
    static const char *const methods[] = { "POST", "PUT", "PATCH", "DELETE" };
    for (int i = 0; i < 4; i++) {
        f->request_count = 0;
        struct http_request r = {
            .method = methods[i], .url = url(f, "/a"), .body = "x", .body_len = 1
        };
        struct ending end = call(f, r);
        assert_int_equal(end.status, 201);
        end = call(f, r);
        assert_int_equal(end.kind, ERR_UNKNOWN);
        assert_int_equal(f->request_count, 2);
        end = call(f, r); /* and the client goes on */
        assert_int_equal(end.status, 201);
    }
}

static void a_get_on_a_connection_that_breaks_is_sent_again(void **state)
{
    struct fixture *f = *state;
    f->plan = DROP_SECOND;
    struct http_request r = { .method = "GET", .url = url(f, "/a") };
    struct ending end = call(f, r);
    end = call(f, r);
    assert_int_equal(end.kind, ERR_NONE);
    assert_int_equal(end.status, 201);
    assert_int_equal(f->request_count, 3);
}

static void time_that_runs_out_before_the_answer_is_unknown(void **state)
{
    struct fixture *f = *state;
    stop_clock();
    f->plan = KEEP;
    struct ending end = { 0 };
    struct http_request r = {
        .method = "POST", .url = url(f, "/a"), .may_be_private = true, .timeout_us = 3 * SECOND_US
    };
    f->client->send(f->client, &r, note_end, &end);
    while (f->kept == NULL) {
        loop_turn(f->loop, false);
    }
    move_clock(f->loop, 3 * SECOND_US - 1);
    assert_int_equal(end.count, 0);
    move_clock(f->loop, 1);
    assert_int_equal(end.count, 1);
    assert_int_equal(end.kind, ERR_UNKNOWN);
    exchange_answer(f->kept, 200, NULL, NULL, 0);
    turn_some(f->loop);
    assert_int_equal(end.count, 1);
}

/* A listener that accepts nothing: its backlog takes the connection, the TLS greeting gets no
 * reply. */
static void time_that_runs_out_before_anything_was_sent_is_unreachable(void **state)
{
    struct fixture *f = *state;
    struct err e = ERR_INIT;
    int fd = listener_open("127.0.0.1:0", &e);
    char address[ADDRESS_TEXT];
    listener_address(fd, address);
    char target[128];
    (void)snprintf(target, sizeof target, "https://%s/", address);
    stop_clock();
    struct ending end = { 0 };
    struct http_request r = {
        .method = "POST", .url = target, .may_be_private = true, .timeout_us = SECOND_US
    };
    f->client->send(f->client, &r, note_end, &end);
    turn_some(f->loop);
    move_clock(f->loop, SECOND_US);
    assert_int_equal(end.count, 1);
    assert_int_equal(end.kind, ERR_UNREACHABLE);
    close(fd);
}

/* --- a server that says exactly what it is told --- */

/* Accepts one connection, reads the request's head, says `text`, and closes. */
static struct ending call_script(struct fixture *f, const char *text, size_t len,
                                 struct http_request r)
{
    struct err e = ERR_INIT;
    int listener = listener_open("127.0.0.1:0", &e);
    char address[ADDRESS_TEXT];
    listener_address(listener, address);
    char target[128];
    (void)snprintf(target, sizeof target, "http://%s/", address);
    r.url = target;
    r.may_be_private = true;
    struct ending end = { 0 };
    f->client->send(f->client, &r, note_end, &end);
    int fd = -1;
    while (fd == -1) {
        loop_turn(f->loop, false);
        fd = accept(listener, NULL, NULL);
    }
    static struct raw_answer request;
    request.len = 0;
    raw_await(f->loop, fd, &request, "\r\n\r\n");
    for (size_t sent = 0; sent < len && end.count == 0;) {
        ssize_t n = send(fd, text + sent, len - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        sent += n > 0 ? (size_t)n : 0;
        loop_turn(f->loop, false);
    }
    close(fd);
    await(f, &end);
    close(listener);
    return end;
}

static struct ending call_text(struct fixture *f, const char *text)
{
    return call_script(f, text, strlen(text), (struct http_request){ .method = "POST" });
}

static void an_answer_that_breaks_off_is_unknown(void **state)
{
    struct fixture *f = *state;
    struct ending end = call_text(f, "HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\nabc");
    assert_int_equal(end.kind, ERR_UNKNOWN);
    assert_int_equal(end.status, 201);
    assert_int_equal(call_text(f, "HTTP/1.1 20").kind, ERR_UNKNOWN);
    assert_int_equal(
        call_text(f, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab").kind,
        ERR_UNKNOWN);
}

/* At each of its bytes: an interim answer before it, its status line, its head, its body. */
static void an_answer_that_breaks_off_anywhere_is_unknown(void **state)
{
    struct fixture *f = *state;
    static const char whole[] =
        "HTTP/1.1 100 Continue\r\nX-A: b\r\n\r\n"
        "HTTP/1.1 200 OK\r\nX-Long: a\r\nContent-Length: 3\r\n\r\nabc";
    static const char *const methods[] = { "GET", "POST" };
    for (size_t len = 0; len + 1 < sizeof whole; len++) {
        for (int i = 0; i < 2; i++) {
            struct ending end =
                call_script(f, whole, len, (struct http_request){ .method = methods[i] });
            if (end.kind != ERR_UNKNOWN) {
                fail_msg("%s, cut after %zu bytes: %s, status %d", methods[i], len,
                         end.kind == ERR_NONE ? "an answer" : end.message, end.status);
            }
        }
    }
    struct ending end =
        call_script(f, whole, sizeof whole - 1, (struct http_request){ .method = "GET" });
    assert_string_equal(end.body, "abc");
}

static void an_answer_that_is_not_http_is_a_protocol_error(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(call_text(f, "220 mail.example ESMTP ready\r\n").kind, ERR_PROTOCOL);
    assert_int_equal(
        call_text(f, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nplain")
            .kind,
        ERR_PROTOCOL);
}

static void an_interim_answer_is_not_the_answer(void **state)
{
    struct fixture *f = *state;
    struct ending end =
        call_text(f,
                  "HTTP/1.1 103 Early Hints\r\nX-Cookie: early\r\n\r\n"
                  "HTTP/1.1 200 OK\r\nX-Cookie: late\r\nContent-Length: 2\r\n\r\nok");
    assert_int_equal(end.status, 200);
    assert_string_equal(end.cookie, "late");
    assert_int_equal(end.header_count, 2);
}

static void trailers_are_not_headers(void **state)
{
    struct fixture *f = *state;
    struct ending end = call_text(
        f,
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Cookie: t\r\n\r\n");
    assert_int_equal(end.status, 200);
    assert_string_equal(end.body, "ok");
    assert_string_equal(end.cookie, "");
}

static void a_redirect_is_an_answer_like_any_other(void **state)
{
    struct fixture *f = *state;
    struct ending end = call_text(
        f, "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
    assert_int_equal(end.status, 302);
}

static void a_body_over_its_maximum_is_too_large(void **state)
{
    struct fixture *f = *state;
    static const char text[] = "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world";
    struct http_request r = { .method = "GET", .body_max = 10 };
    struct ending end = call_script(f, text, strlen(text), r);
    assert_int_equal(end.kind, ERR_TOO_LARGE);
    assert_int_equal(end.status, 200);
    r.body_max = 11;
    end = call_script(f, text, strlen(text), r);
    assert_int_equal(end.kind, ERR_NONE);
    assert_string_equal(end.body, "hello world");
}

static void a_compressed_body_counts_in_full(void **state)
{
    struct fixture *f = *state;
    /* gzip of 1000 times "a" */
    static const unsigned char packed[] = { 0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00,
                                            0x02, 0xff, 0x4b, 0x4c, 0x1c, 0x05, 0xa3, 0x60,
                                            0x14, 0x0c, 0x77, 0x00, 0x00, 0x03, 0xda, 0x38,
                                            0x9a, 0xe8, 0x03, 0x00, 0x00 };
    static char text[256];
    int len = snprintf(text, sizeof text,
                       "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n",
                       sizeof packed);
    memcpy(text + len, packed, sizeof packed);
    struct http_request r = { .method = "GET", .body_max = 999 };
    struct ending end = call_script(f, text, (size_t)len + sizeof packed, r);
    assert_int_equal(end.kind, ERR_TOO_LARGE);
    r.body_max = 1000;
    end = call_script(f, text, (size_t)len + sizeof packed, r);
    assert_int_equal(end.kind, ERR_NONE);
    assert_int_equal(end.body_len, 1000);
}

static void a_head_over_its_maximum_is_too_large(void **state)
{
    struct fixture *f = *state;
    size_t size = 400 << 10;
    char *text = xmalloc(size);
    size_t len = (size_t)snprintf(text, size, "HTTP/1.1 200 OK\r\n");
    while (len < size - 100) {
        len += (size_t)snprintf(text + len, size - len, "X-Header: %050d\r\n", 7);
    }
    struct ending end = call_script(f, text, len, (struct http_request){ .method = "GET" });
    assert_int_equal(end.kind, ERR_TOO_LARGE);
    memset(text + 30, 'x', size - 30); /* the same in one line */
    end = call_script(f, text, size, (struct http_request){ .method = "GET" });
    assert_int_equal(end.kind, ERR_TOO_LARGE);
    free(text);
}

static void headers_past_the_maximum_are_dropped(void **state)
{
    struct fixture *f = *state;
    static char text[8 << 10];
    size_t len = (size_t)snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n");
    for (int i = 0; i < 100; i++) {
        len += (size_t)snprintf(text + len, sizeof text - len, "X-%d: %d\r\n", i, i);
    }
    len += (size_t)snprintf(text + len, sizeof text - len, "\r\n");
    struct ending end = call_script(f, text, len, (struct http_request){ .method = "GET" });
    assert_int_equal(end.status, 200);
    assert_int_equal(end.header_count, HTTP_HEADERS_MAX);
}

/* --- what is refused before it is sent --- */

static struct ending call_public(struct fixture *f, const char *target)
{
    struct ending end = { 0 };
    struct http_request r = { .method = "GET", .url = target };
    f->client->send(f->client, &r, note_end, &end);
    assert_int_equal(end.count, 0);
    await(f, &end);
    return end;
}

static void a_private_address_is_refused_unless_allowed(void **state)
{
    struct fixture *f = *state;
    char target[128];
    const char *port = strrchr(f->base, ':');
    static const char *const hosts[] = { "127.0.0.1", "localhost",  "[::1]", "[::ffff:127.0.0.1]",
                                         "0.0.0.0",   "2130706433", "127.1" };
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        (void)snprintf(target, sizeof target, "http://%s%s/", hosts[i], port);
        struct ending end = call_public(f, target);
        assert_int_equal(end.kind, ERR_CONFIG);
    }
    assert_int_equal(f->request_count, 0);
}

static void a_connection_that_another_call_opened_is_no_way_around(void **state)
{
    struct fixture *f = *state;
    struct ending end = call(f, (struct http_request){ .method = "GET", .url = url(f, "/a") });
    assert_int_equal(end.status, 201);
    end = call_public(f, url(f, "/a"));
    assert_int_equal(end.kind, ERR_CONFIG);
    assert_non_null(strstr(end.message, "127.0.0.1"));
    assert_int_equal(f->request_count, 1);
}

static void a_request_that_makes_no_sense_is_refused(void **state)
{
    struct fixture *f = *state;
    static const char *const urls[] = { NULL,
                                        "",
                                        "example.com",
                                        "ftp://example.com/",
                                        "file:///etc/passwd",
                                        "http://",
                                        "http://user:secret@example.com/",
                                        "http://exa mple.com/",
                                        "http://example.com/\r\nX: y" };
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        struct ending end = call(f, (struct http_request){ .method = "GET", .url = urls[i] });
        assert_int_equal(end.kind, ERR_CONFIG);
    }
    struct http_header bad = { "X", "a\r\nY: b" };
    struct ending end =
        call(f, (struct http_request){
                    .method = "GET", .url = url(f, "/"), .headers = &bad, .header_count = 1 });
    assert_int_equal(end.kind, ERR_CONFIG);
    end = call(f, (struct http_request){ .method = "G T", .url = url(f, "/") });
    assert_int_equal(end.kind, ERR_CONFIG);
    assert_int_equal(f->request_count, 0);
}

/* --- cancelling --- */

static void a_cancelled_call_never_ends(void **state)
{
    struct fixture *f = *state;
    f->plan = KEEP;
    struct ending end = { 0 };
    struct http_request r = { .method = "POST", .url = url(f, "/a"), .may_be_private = true };
    struct http_call *c = f->client->send(f->client, &r, note_end, &end);
    (void)f->client->cancel(f->client, c); /* before anything happened */
    c = f->client->send(f->client, &r, note_end, &end);
    while (f->kept == NULL) {
        loop_turn(f->loop, false);
    }
    (void)f->client->cancel(f->client, c); /* in flight */
    exchange_answer(f->kept, 200, NULL, NULL, 0);
    r.url = "nonsense";
    c = f->client->send(f->client, &r, note_end, &end);
    (void)f->client->cancel(f->client, c); /* refused, and not yet told */
    turn_some(f->loop);
    assert_int_equal(end.count, 0);
    assert_int_equal(f->request_count, 1);
}

struct chain {
    struct fixture *f;
    struct http_call *other;
    struct ending first;
    struct ending second;
};

static void cancel_other_and_send(void *ud, const struct http_response *res, const struct err *e)
{
    struct chain *c = ud;
    note_end(&c->first, res, e);
    (void)c->f->client->cancel(c->f->client, c->other);
    struct http_request r = { .method = "GET", .url = url(c->f, "/b"), .may_be_private = true };
    c->f->client->send(c->f->client, &r, note_end, &c->second);
}

static void a_call_s_end_may_cancel_another_and_send_the_next(void **state)
{
    struct fixture *f = *state;
    struct chain c = { .f = f };
    struct ending never = { 0 };
    struct http_request r = { .method = "GET", .url = url(f, "/a"), .may_be_private = true };
    f->client->send(f->client, &r, cancel_other_and_send, &c);
    r.url = url(f, "/kept");
    c.other = f->client->send(f->client, &r, note_end, &never);
    await(f, &c.second);
    turn_some(f->loop);
    assert_int_equal(c.first.count, 1);
    assert_int_equal(c.second.status, 201);
    assert_int_equal(never.count, 0);
}

static void a_client_freed_with_calls_in_flight_leaves_nothing(void **state)
{
    struct fixture *f = *state;
    f->plan = KEEP;
    struct http_client *own = http_client_new(
        f->loop, &(struct http_client_opts){ .max_per_host = 2, .user_agent = "x" });
    struct ending end = { 0 };
    for (int i = 0; i < 5; i++) {
        struct http_request r = { .method = "POST", .url = url(f, "/a"), .may_be_private = true };
        own->send(own, &r, note_end, &end);
    }
    while (f->request_count < 2) {
        loop_turn(f->loop, false);
    }
    turn_some(f->loop);
    assert_int_equal(f->request_count, 2); /* the limit per host */
    own->free(own);
    turn_some(f->loop);
    assert_int_equal(end.count, 0);
}

/* --- TLS --- */

struct tls {
    char folder[64];
    char key[96];
    char cert[96];
    char log[96];
    struct process *server;
    char port[16];
};

static void note_exit(void *ud, int64_t status, int signum)
{
    *(int64_t *)ud = status + 1000 * signum;
}

static void run(struct fixture *f, const char *const *argv, const char *log)
{
    int64_t status = -1;
    struct err e = ERR_INIT;
    struct process_opts o = {
        .argv = argv, .output_path = log, .on_exit = note_exit, .ud = &status
    };
    struct process *p = process_spawn(f->loop, &o, &e);
    assert_non_null(p);
    while (status == -1) {
        loop_turn(f->loop, true);
    }
    assert_int_equal(status, 0);
    process_free(p);
}

/* The server says "ACCEPT 127.0.0.1:port" once it listens. */
static void await_port(struct fixture *f, struct tls *t)
{
    for (;;) {
        char text[1024] = "";
        FILE *file = fopen(t->log, "r");
        if (file != NULL) {
            text[fread(text, 1, sizeof text - 1, file)] = '\0';
            fclose(file);
        }
        const char *accept = strstr(text, "ACCEPT 127.0.0.1:");
        if (accept != NULL && strchr(accept, '\n') != NULL) {
            (void)snprintf(t->port, sizeof t->port, "%d", (int)strtol(accept + 17, NULL, 10));
            return;
        }
        loop_turn(f->loop, false);
    }
}

static void start_tls(struct fixture *f, struct tls *t)
{
    (void)snprintf(t->folder, sizeof t->folder, "/tmp/ladle-tls-XXXXXX");
    assert_non_null(mkdtemp(t->folder));
    (void)snprintf(t->key, sizeof t->key, "%s/key.pem", t->folder);
    (void)snprintf(t->cert, sizeof t->cert, "%s/cert.pem", t->folder);
    (void)snprintf(t->log, sizeof t->log, "%s/log", t->folder);
    const char *const make[] = { "openssl",
                                 "req",
                                 "-x509",
                                 "-newkey",
                                 "ec",
                                 "-pkeyopt",
                                 "ec_paramgen_curve:P-256",
                                 "-nodes",
                                 "-days",
                                 "2",
                                 "-subj",
                                 "/CN=localhost",
                                 "-addext",
                                 "subjectAltName=DNS:localhost",
                                 "-keyout",
                                 t->key,
                                 "-out",
                                 t->cert,
                                 NULL };
    run(f, make, "/dev/null");
    const char *const serve[] = { "openssl", "s_server", "-accept", "127.0.0.1:0", "-cert",
                                  t->cert,   "-key",     t->key,    "-www",        NULL };
    struct err e = ERR_INIT;
    static int64_t ignored;
    struct process_opts o = {
        .argv = serve, .output_path = t->log, .on_exit = note_exit, .ud = &ignored
    };
    t->server = process_spawn(f->loop, &o, &e);
    assert_non_null(t->server);
    await_port(f, t);
}

static void stop_tls(struct tls *t)
{
    process_kill(t->server, SIGKILL);
    process_free(t->server);
    (void)unlink(t->key);
    (void)unlink(t->cert);
    (void)unlink(t->log);
    assert_int_equal(rmdir(t->folder), 0);
}

static struct ending call_tls(struct fixture *f, struct http_client *client, const struct tls *t,
                              const char *host)
{
    char target[128];
    (void)snprintf(target, sizeof target, "https://%s:%s/", host, t->port);
    struct http_request r = { .method = "GET", .url = target, .may_be_private = true };
    struct ending end = { 0 };
    client->send(client, &r, note_end, &end);
    await(f, &end);
    return end;
}

static void a_certificate_must_be_trusted_and_of_that_name(void **state)
{
    struct fixture *f = *state;
    struct tls t;
    start_tls(f, &t);
    struct ending end = call_tls(f, f->client, &t, "localhost"); /* nobody vouches for it */
    assert_int_equal(end.kind, ERR_TLS);
    struct http_client *trusting =
        http_client_new(f->loop, &(struct http_client_opts){ .ca_file = t.cert });
    end = call_tls(f, trusting, &t, "127.0.0.1"); /* another name */
    assert_int_equal(end.kind, ERR_TLS);
    end = call_tls(f, trusting, &t, "localhost");
    assert_int_equal(end.kind, ERR_NONE);
    assert_int_equal(end.status, 200);
    trusting->free(trusting);
    stop_tls(&t);
}

static void tls_to_a_server_without_it_sends_nothing(void **state)
{
    struct fixture *f = *state;
    char target[128];
    (void)snprintf(target, sizeof target, "https://%s/", http_server_address(f->server));
    struct ending end = call(
        f, (struct http_request){ .method = "POST", .url = target, .body = "x", .body_len = 1 });
    assert_int_equal(end.kind, ERR_TLS);
    assert_int_equal(f->request_count, 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, start, finish)

int main(void)
{
    (void)alarm(TEST_LIMIT_S);
    const struct CMUnitTest tests[] = {
        T(an_answer_brings_status_headers_body_and_peer),
        T(method_headers_and_body_arrive_as_given),
        T(curl_adds_no_type_of_its_own),
        T(a_call_leaves_nothing_to_the_next),
        T(many_calls_at_once_all_end),
        T(a_refused_connection_is_unreachable),
        T(an_answer_that_does_not_come_is_unknown),
        T(a_post_is_never_sent_a_second_time_by_itself),
        T(a_get_on_a_connection_that_breaks_is_sent_again),
        T(time_that_runs_out_before_the_answer_is_unknown),
        T(time_that_runs_out_before_anything_was_sent_is_unreachable),
        T(an_answer_that_breaks_off_is_unknown),
        T(an_answer_that_breaks_off_anywhere_is_unknown),
        T(an_answer_that_is_not_http_is_a_protocol_error),
        T(an_interim_answer_is_not_the_answer),
        T(trailers_are_not_headers),
        T(a_redirect_is_an_answer_like_any_other),
        T(a_body_over_its_maximum_is_too_large),
        T(a_compressed_body_counts_in_full),
        T(a_head_over_its_maximum_is_too_large),
        T(headers_past_the_maximum_are_dropped),
        T(a_private_address_is_refused_unless_allowed),
        T(a_connection_that_another_call_opened_is_no_way_around),
        T(a_request_that_makes_no_sense_is_refused),
        T(a_cancelled_call_never_ends),
        T(a_call_s_end_may_cancel_another_and_send_the_next),
        T(a_client_freed_with_calls_in_flight_leaves_nothing),
        T(a_certificate_must_be_trusted_and_of_that_name),
        T(tls_to_a_server_without_it_sends_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
