/* The HTTP server, seen through plain sockets: what it takes, what it refuses, and that an exchange
 * is safe to answer whatever the client did meanwhile. */
#include "net_support.h"

#include "base/mem.h"
#include "net/http_server.h"

/* What the handler does with a request. */
enum plan { ANSWER_OK, KEEP, DROP, ECHO_ALL };

struct fixture {
    struct loop *loop;
    struct http_server *server;
    enum plan plan;
    struct exchange *kept[8];
    int kept_count;
    int request_count;
    int freed_count;
    char body[64];
    char peer[64];
};

static void echo_all(struct exchange *x)
{
    json_t *all = json_object();
    size_t len = 0;
    const char *body = exchange_body(x, &len);
    json_object_set_new(all, "method", json_string(exchange_method(x)));
    json_object_set_new(all, "path", json_string(exchange_path(x)));
    json_object_set_new(all, "body", json_stringn(body, len));
    json_object_set_new(all, "headers", exchange_headers(x));
    json_object_set_new(all, "query", exchange_query_all(x));
    json_object_set_new(all, "target", json_string(exchange_target(x)));
    static const char *const hidden[] = { "x-secret", "authorization", NULL };
    struct buf put;
    buf_init(&put, 64 << 10);
    assert_int_equal(exchange_put_headers(x, hidden, &put), 0);
    json_object_set_new(all, "put", json_stringn(buf_text(&put), put.len));
    buf_fini(&put);
    char *list = exchange_header_list(x, "x-list");
    json_object_set_new(all, "list", list != NULL ? json_string(list) : json_null());
    free(list);
    const char *one = exchange_query(x, "One");
    json_object_set_new(all, "one", one != NULL ? json_string(one) : json_null());
    exchange_answer_json(x, 200, all);
    json_decref(all);
}

static void on_request(void *ud, struct exchange *x)
{
    struct fixture *f = ud;
    f->request_count++;
    size_t len = 0;
    const char *body = exchange_body(x, &len);
    (void)snprintf(f->body, sizeof f->body, "%.*s", (int)len, body);
    (void)snprintf(f->peer, sizeof f->peer, "%s", exchange_peer(x));
    switch (f->plan) {
    case ANSWER_OK:
        exchange_add_header(x, "X-Extra", "yes");
        exchange_answer(x, 200, "text/plain", "fine", 4);
        break;
    case KEEP:
        f->kept[f->kept_count++] = x;
        break;
    case DROP:
        exchange_drop(x);
        break;
    case ECHO_ALL:
        echo_all(x);
        break;
    }
}

enum { BODY_MAX = 1000 };

static void serve(struct fixture *f, const char *listen_on)
{
    struct http_server_opts o = { .listen = listen_on,
                                  .body_max = BODY_MAX,
                                  .slow_us = 5 * SECOND_US,
                                  .on_request = on_request,
                                  .ud = f };
    struct err e = ERR_INIT;
    f->server = http_server_new(f->loop, &o, &e);
    assert_non_null(f->server);
}

static int start(void **state)
{
    struct fixture *f = xcalloc(1, sizeof(*f));
    stop_clock();
    f->loop = loop_new();
    serve(f, "127.0.0.1:0");
    *state = f;
    return 0;
}

static int finish(void **state)
{
    struct fixture *f = *state;
    http_server_free(f->server);
    loop_free(f->loop);
    free(f);
    clock_replace(NULL);
    return 0;
}

static int dial(struct fixture *f)
{
    return raw_connect(http_server_address(f->server));
}

/* Sends one request on a connection of its own and waits until the server closes. */
static struct raw_answer ask(struct fixture *f, const char *request)
{
    static struct raw_answer a;
    a = (struct raw_answer){ .len = 0 };
    int fd = dial(f);
    raw_send(fd, request);
    raw_await(f->loop, fd, &a, NULL);
    close(fd);
    return a;
}

static bool has(const struct raw_answer *a, const char *part)
{
    return strstr(a->text, part) != NULL;
}

#define CLOSE "Host: x\r\nConnection: close\r\n\r\n"

static void a_request_is_answered_at_once(void **state)
{
    struct fixture *f = *state;
    struct raw_answer a = ask(f, "GET /a HTTP/1.1\r\n" CLOSE);
    assert_true(has(&a, "HTTP/1.1 200 "));
    assert_true(has(&a, "X-Extra: yes\r\n"));
    assert_true(has(&a, "Content-Type: text/plain\r\n"));
    assert_true(has(&a, "\r\n\r\nfine"));
    assert_int_equal(http_server_open_count(f->server), 0);
    assert_string_equal(f->peer, "127.0.0.1");
}

static void a_connection_carries_many_requests(void **state)
{
    struct fixture *f = *state;
    int fd = dial(f);
    for (int i = 0; i < 5; i++) {
        struct raw_answer a = { .len = 0 };
        raw_send(fd, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
        raw_await(f->loop, fd, &a, "fine");
        assert_false(a.is_closed);
        assert_string_equal(f->body, "abc");
    }
    assert_int_equal(f->request_count, 5);
    close(fd);
}

static void requests_that_arrive_together_are_answered_in_order(void **state)
{
    struct fixture *f = *state;
    f->plan = ECHO_ALL;
    struct raw_answer a = ask(f,
                              "GET /first HTTP/1.1\r\nHost: x\r\n\r\n"
                              "GET /second HTTP/1.1\r\nHost: x\r\n\r\n"
                              "GET /third HTTP/1.1\r\n" CLOSE);
    const char *first = strstr(a.text, "\"/first\"");
    const char *second = strstr(a.text, "\"/second\"");
    const char *third = strstr(a.text, "\"/third\"");
    assert_true(first != NULL && first < second && second < third);
}

static void a_body_that_comes_in_pieces_is_handed_over_whole(void **state)
{
    struct fixture *f = *state;
    int fd = dial(f);
    struct raw_answer a = { .len = 0 };
    raw_send(fd, "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    turn_some(f->loop);
    raw_send(fd, "3\r\nabc\r\n");
    turn_some(f->loop);
    raw_send(fd, "2\r\nde\r\n");
    turn_some(f->loop);
    assert_int_equal(f->request_count, 0);
    raw_send(fd, "0\r\n\r\n");
    raw_await(f->loop, fd, &a, "fine");
    assert_string_equal(f->body, "abcde");
    close(fd);
}

static void an_exchange_may_be_answered_later(void **state)
{
    struct fixture *f = *state;
    f->plan = KEEP;
    int fd = dial(f);
    struct raw_answer a = { .len = 0 };
    raw_send(fd, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi");
    while (f->kept_count == 0) {
        loop_turn(f->loop, false);
    }
    turn_some(f->loop);
    assert_int_equal(http_server_open_count(f->server), 1);
    size_t len = 0;
    assert_memory_equal(exchange_body(f->kept[0], &len), "hi", 2);
    assert_string_equal(exchange_path(f->kept[0]), "/a");
    exchange_answer(f->kept[0], 202, NULL, NULL, 0);
    assert_int_equal(http_server_open_count(f->server), 0);
    raw_await(f->loop, fd, &a, "\r\n\r\n");
    assert_true(has(&a, "HTTP/1.1 202 "));
    assert_true(has(&a, "Content-Length: 0\r\n"));
    f->plan = ANSWER_OK; /* and the connection goes on */
    raw_send(fd, "GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
    raw_await(f->loop, fd, &a, "fine");
    assert_false(a.is_closed);
    close(fd);
}

static void ring(void *ud)
{
    ++*(int *)ud;
}

/* A loop that spins would turn many thousand times in the fifth of a second that this one sleeps.
 */
static void the_loop_sleeps_while_an_exchange_is_open(void **state)
{
    struct fixture *f = *state;
    f->plan = KEEP;
    int fd = dial(f);
    raw_send(fd, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    while (f->kept_count == 0) {
        loop_turn(f->loop, false);
    }
    turn_some(f->loop);
    int rung = 0;
    struct alarm *a = alarm_new(f->loop, ring, &rung);
    alarm_set(a, 200);
    int turns = 0;
    while (rung == 0) {
        loop_turn(f->loop, true);
        turns++;
    }
    assert_in_range(turns, 1, 20);
    alarm_free(a);
    exchange_answer(f->kept[0], 200, NULL, NULL, 0);
    close(fd);
}

static bool answer_kept(void *ud)
{
    struct fixture *f = ud;
    if (f->kept_count > 0) {
        exchange_answer(f->kept[--f->kept_count], 200, "text/plain", "ticked", 6);
    }
    return false;
}

/* That tick runs behind the server's own, after which the loop sleeps. */
static void an_answer_from_a_later_tick_is_sent_without_another_event(void **state)
{
    struct fixture *f = *state;
    f->plan = KEEP;
    loop_add_tick(f->loop, answer_kept, f);
    for (int i = 0; i < 20; i++) {
        int fd = dial(f);
        raw_send(fd, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
        struct raw_answer a = { .len = 0 };
        while (!has(&a, "ticked")) {
            loop_turn(f->loop, true);
            raw_read(fd, &a);
        }
        close(fd);
    }
    loop_remove_tick(f->loop, answer_kept, f);
}

static void count_free(void *ud)
{
    ++*(int *)ud;
}

static void data_of_an_exchange_is_freed_when_it_is_answered(void **state)
{
    struct fixture *f = *state;
    f->plan = KEEP;
    int fd = dial(f);
    raw_send(fd, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    while (f->kept_count == 0) {
        loop_turn(f->loop, false);
    }
    exchange_set_data(f->kept[0], &f->freed_count, count_free);
    exchange_answer(f->kept[0], 200, NULL, NULL, 0);
    assert_int_equal(f->freed_count, 1);
    turn_some(f->loop);
    close(fd);
    turn_some(f->loop);
    assert_int_equal(f->freed_count, 1);
}

static void an_exchange_whose_client_left_is_safe_to_answer(void **state)
{
    struct fixture *f = *state;
    f->plan = KEEP;
    int fd[2] = { dial(f), dial(f) };
    raw_send(fd[0], "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi");
    raw_send(fd[1], "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi");
    while (f->kept_count < 2) {
        loop_turn(f->loop, false);
    }
    struct linger reset = { .l_onoff = 1, .l_linger = 0 };
    assert_int_equal(setsockopt(fd[0], SOL_SOCKET, SO_LINGER, &reset, sizeof reset), 0);
    close(fd[0]); /* by a reset */
    close(fd[1]); /* in good order */
    turn_some(f->loop);
    assert_int_equal(http_server_open_count(f->server), 2);
    size_t len = 0;
    assert_memory_equal(exchange_body(f->kept[0], &len), "hi", 2);
    exchange_answer(f->kept[0], 200, "text/plain", "late", 4);
    exchange_drop(f->kept[1]);
    turn_some(f->loop);
    assert_int_equal(http_server_open_count(f->server), 0);
    f->plan = ANSWER_OK;
    struct raw_answer a = ask(f, "GET /a HTTP/1.1\r\n" CLOSE);
    assert_true(has(&a, "fine"));
}

static void a_dropped_exchange_closes_the_connection_without_an_answer(void **state)
{
    struct fixture *f = *state;
    f->plan = DROP;
    struct raw_answer a = ask(f, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_int_equal(a.len, 0);
    f->plan = KEEP;
    int fd = dial(f);
    raw_send(fd, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    while (f->kept_count == 0) {
        loop_turn(f->loop, false);
    }
    exchange_drop(f->kept[0]);
    raw_await(f->loop, fd, &a, NULL);
    assert_int_equal(a.len, 0);
    close(fd);
}

static void a_body_that_is_announced_too_large_is_refused_unread(void **state)
{
    struct fixture *f = *state;
    struct raw_answer a = ask(f, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\nabc");
    assert_true(has(&a, "HTTP/1.1 413 "));
    assert_true(has(&a, "\"too_large\""));
    assert_int_equal(f->request_count, 0);
}

static void a_body_that_grows_too_large_is_refused(void **state)
{
    struct fixture *f = *state;
    char request[2000];
    int len = snprintf(
        request, sizeof request,
        "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n%01001d\r\n", 7);
    assert_in_range(len, 1001, 1999);
    struct raw_answer a = ask(f, request);
    assert_true(has(&a, "HTTP/1.1 413 "));
    assert_int_equal(f->request_count, 0);
}

static void a_client_that_sends_on_after_a_413_still_gets_it(void **state)
{
    struct fixture *f = *state;
    int fd = dial(f);
    struct raw_answer a = { .len = 0 };
    raw_send(fd, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n");
    static char piece[32 << 10];
    size_t sent = 0;
    while (sent < 2 << 20) {
        ssize_t n = send(fd, piece, sizeof piece, MSG_NOSIGNAL | MSG_DONTWAIT);
        assert_true(n > 0 || errno == EAGAIN); /* no reset */
        sent += n > 0 ? (size_t)n : 0;
        loop_turn(f->loop, false);
    }
    raw_await(f->loop, fd, &a, NULL);
    assert_true(has(&a, "HTTP/1.1 413 "));
    close(fd);
    turn_some(f->loop);
}

static void a_body_of_exactly_the_maximum_is_taken(void **state)
{
    struct fixture *f = *state;
    char request[2000];
    (void)snprintf(
        request, sizeof request,
        "POST /a HTTP/1.1\r\nContent-Length: 1000\r\nHost: x\r\nConnection: close\r\n\r\n%01000d",
        7);
    struct raw_answer a = ask(f, request);
    assert_true(has(&a, "fine"));
}

static void a_client_that_waits_for_a_go_ahead_gets_it(void **state)
{
    struct fixture *f = *state;
    int fd = dial(f);
    struct raw_answer a = { .len = 0 };
    raw_send(fd,
             "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    raw_await(f->loop, fd, &a, "100 Continue\r\n\r\n");
    raw_send(fd, "abc");
    raw_await(f->loop, fd, &a, "fine");
    assert_string_equal(f->body, "abc");
    close(fd);
}

/* The server has closed, by the clock that was moved and not by one of the library's own. */
static void assert_closed(struct fixture *f, int fd, struct raw_answer *a)
{
    turn_some(f->loop);
    for (int i = 0; i < 3 && !a->is_closed; i++) {
        raw_read(fd, a);
    }
    assert_true(a->is_closed);
    close(fd);
}

/* Turns until the server has seen what was sent, then lets time pass. */
static struct raw_answer send_and_wait_too_long(struct fixture *f, int fd, const char *part)
{
    static struct raw_answer a;
    a = (struct raw_answer){ .len = 0 };
    raw_send(fd, part);
    for (int i = 0; i < 4; i++) {
        turn_some(f->loop);
        raw_read(fd, &a);
        assert_false(a.is_closed);
        move_clock(f->loop, SECOND_US);
    }
    move_clock(f->loop, SECOND_US);
    assert_closed(f, fd, &a);
    return a;
}

static void a_head_that_trickles_is_dropped(void **state)
{
    struct fixture *f = *state;
    int fd = dial(f);
    turn_some(f->loop);
    struct raw_answer a = send_and_wait_too_long(f, fd, "POST /a HTTP/1.1\r\nHost:");
    assert_int_equal(f->request_count, 0);
    assert_int_equal(a.len, 0);
}

static void a_body_that_trickles_is_answered_408_and_dropped(void **state)
{
    struct fixture *f = *state;
    int fd = dial(f);
    turn_some(f->loop);
    struct raw_answer a =
        send_and_wait_too_long(f, fd, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab");
    assert_true(has(&a, "HTTP/1.1 408 "));
    assert_int_equal(f->request_count, 0);
}

static void an_idle_connection_is_closed_and_an_open_exchange_is_not(void **state)
{
    struct fixture *f = *state;
    f->plan = KEEP;
    int idle = dial(f);
    int busy = dial(f);
    turn_some(f->loop);
    raw_send(busy, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    while (f->kept_count == 0) {
        loop_turn(f->loop, false);
    }
    struct raw_answer a = { .len = 0 };
    move_clock(f->loop, 5 * SECOND_US);
    assert_closed(f, idle, &a);
    move_clock(f->loop, 500 * (int64_t)SECOND_US);
    exchange_answer(f->kept[0], 200, "text/plain", "patience", 8);
    struct raw_answer b = { .len = 0 };
    raw_await(f->loop, busy, &b, "patience");
    assert_false(b.is_closed);
    turn_some(f->loop);
    move_clock(f->loop, 5 * SECOND_US - 1); /* idle again, from the end of its answer */
    turn_some(f->loop);
    raw_read(busy, &b);
    assert_false(b.is_closed);
    move_clock(f->loop, 1);
    assert_closed(f, busy, &b);
}

static void paths_and_queries_are_decoded_once(void **state)
{
    struct fixture *f = *state;
    f->plan = ECHO_ALL;
    struct raw_answer a = ask(
        f, "GET /a%20b%2525+c?One=x%26y+z&one=low&empty&%41=%C3%A9&One=again HTTP/1.1\r\n" CLOSE);
    assert_true(has(&a, "\"path\":\"/a b%25+c\""));
    assert_true(has(&a, "\"one\":\"x&y z\""));
    assert_true(
        has(&a, "\"target\":\"/a%20b%2525+c?One=x%26y+z&one=low&empty&%41=%C3%A9&One=again\""));
    assert_true(
        has(&a, "\"query\":{\"One\":\"x&y z\",\"one\":\"low\",\"empty\":\"\",\"A\":\"\xc3\xa9\"}"));
}

static void urls_with_bad_escapes_are_refused(void **state)
{
    struct fixture *f = *state;
    static const char *const urls[] = { "/%00",   "/a%0",     "/a%",     "/%zz",
                                        "/a%2Fb", "/a%2fb",   "/?x=%00", "/?x=%",
                                        "/%ff",   "/?x=%c3x", "/?%fe",   "http://other/path",
                                        "*" };
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        char request[200];
        (void)snprintf(request, sizeof request, "GET %s HTTP/1.1\r\n" CLOSE, urls[i]);
        struct raw_answer a = ask(f, request);
        assert_true(has(&a, "HTTP/1.1 400 "));
    }
    assert_int_equal(f->request_count, 0);
    struct raw_answer a = ask(f, "GET /a?x=%2F HTTP/1.1\r\n" CLOSE);
    assert_true(has(&a, "fine"));
}

static void headers_are_told_in_lower_case_and_joined(void **state)
{
    struct fixture *f = *state;
    f->plan = ECHO_ALL;
    struct raw_answer a =
        ask(f,
            "GET /a HTTP/1.1\r\nX-One: 1\r\nX-List: a, b\r\nx-one: 2\r\nx-list: c\r\n"
            "X-Latin: \xe9\r\n" CLOSE);
    assert_true(has(&a, "\"list\":\"a, b, c\""));
    assert_true(has(&a, "\"target\":\"/a\""));
    assert_true(has(&a, "\"x-one\":\"1, 2\""));
    assert_true(has(&a, "\"x-latin\":\"\xc3\xa9\""));
    assert_true(has(&a, "\"host\":\"x\""));
}

/* The text of `put` in the answer, with braces around it. */
static json_t *put_headers(const struct raw_answer *a)
{
    const char *body = strstr(a->text, "\r\n\r\n");
    json_t *all = json_parse(body + 4, strlen(body + 4), NULL);
    char *text = xasprintf("{%s}", json_get_text(all, "put"));
    json_t *headers = json_parse(text, strlen(text), NULL);
    free(text);
    json_decref(all);
    assert_non_null(headers);
    return headers;
}

static void headers_are_put_without_the_hidden_ones(void **state)
{
    struct fixture *f = *state;
    f->plan = ECHO_ALL;
    struct raw_answer a =
        ask(f,
            "GET /a HTTP/1.1\r\nX-SECRET: s\r\nX-One: \"1\\\r\nX-List: a\r\nx-one: 2\r\n"
            "AUTHORIZATION: me\r\nX-Latin: \xe9\r\nx-ONE: 3\r\n" CLOSE);
    json_t *headers = put_headers(&a);
    assert_string_equal(json_get_text(headers, "x-one"), "\"1\\, 2, 3");
    assert_string_equal(json_get_text(headers, "x-list"), "a");
    assert_string_equal(json_get_text(headers, "x-latin"), "\xc3\xa9");
    assert_string_equal(json_get_text(headers, "host"), "x");
    assert_null(json_object_get(headers, "x-secret"));
    assert_null(json_object_get(headers, "authorization"));
    json_decref(headers);
}

static void headers_are_put_up_to_their_maximum(void **state)
{
    struct fixture *f = *state;
    f->plan = ECHO_ALL;
    struct buf request;
    buf_init(&request, 8192);
    (void)buf_puts(&request, "GET /a HTTP/1.1\r\n");
    for (int i = 0; i < 2 * HTTP_HEADERS_MAX; i++) {
        (void)buf_printf(&request, "X-%d: %d\r\n", i, i);
    }
    (void)buf_puts(&request, CLOSE);
    struct raw_answer a = ask(f, request.data);
    json_t *headers = put_headers(&a);
    assert_int_equal(json_object_size(headers), HTTP_HEADERS_MAX);
    assert_string_equal(json_get_text(headers, "x-0"), "0");
    json_decref(headers);
    buf_fini(&request);
}

static void broken_requests_are_refused_and_harm_nothing(void **state)
{
    struct fixture *f = *state;
    static const char *const requests[] = {
        "\r\n\r\n\r\n",
        "nonsense\r\n\r\n",
        "GET /a HTTP/1.1\r\nno colon\r\n" CLOSE,
        "GET /a HTTP/1.1\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
        "GET /a HTTP/1.1\r\nX : y\r\n" CLOSE,
        "GET /a HTTP/1.1\r\nX(): y\r\n" CLOSE,
        "G@T /a HTTP/1.1\r\n" CLOSE,
        "GET /a b HTTP/1.1\r\n" CLOSE,
        "GET /a\tb HTTP/1.1\r\n" CLOSE,
        "POST /a HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n" CLOSE "ab",
        "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked, identity\r\n" CLOSE "0\r\n\r\n",
        "POST /a HTTP/1.1\r\nTransfer-Encoding: gzip\r\n" CLOSE "0\r\n\r\n",
        "POST /a HTTP/1.1\r\nContent-Length: x\r\n" CLOSE,
        "POST /a HTTP/1.1\r\nContent-Length: -1\r\n" CLOSE,
        "POST /a HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n" CLOSE,
        "POST /a HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n" CLOSE "0\r\n\r\n",
        "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" CLOSE "xyz\r\n",
        "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" CLOSE "ffffffffffffffffff\r\n",
    };
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        int fd = dial(f);
        raw_send(fd, requests[i]);
        assert_int_equal(shutdown(fd, SHUT_WR), 0);
        struct raw_answer a = { .len = 0 };
        raw_await(f->loop, fd, &a, NULL);
        if (has(&a, "HTTP/1.1 200 ")) {
            fail_msg("accepted: %s", requests[i]);
        }
        close(fd);
    }
    assert_int_equal(f->request_count, 0);
}

static void a_head_that_is_too_large_is_refused(void **state)
{
    struct fixture *f = *state;
    size_t len = 100 << 10;
    char *request = xmalloc(len + 64);
    int start_len = snprintf(request, 64, "GET /a HTTP/1.1\r\nHost: x\r\nX: ");
    memset(request + start_len, 'x', len);
    int fd = dial(f);
    struct raw_answer a = { .len = 0 };
    for (size_t sent = 0; sent < len && !a.is_closed;) {
        ssize_t n = send(fd, request + sent, len - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        sent += n > 0 ? (size_t)n : 0;
        loop_turn(f->loop, false);
        raw_read(fd, &a);
    }
    raw_await(f->loop, fd, &a, NULL);
    assert_int_equal(f->request_count, 0);
    assert_true(a.len == 0 || has(&a, "HTTP/1.1 431 ") || has(&a, "HTTP/1.1 413 "));
    close(fd);
    free(request);
}

static void a_stopped_server_answers_what_is_open_and_accepts_no_more(void **state)
{
    struct fixture *f = *state;
    f->plan = KEEP;
    int fd = dial(f);
    int idle = dial(f);
    raw_send(fd, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    while (f->kept_count == 0) {
        loop_turn(f->loop, false);
    }
    turn_some(f->loop);
    char address[64];
    (void)snprintf(address, sizeof address, "%s", http_server_address(f->server));
    http_server_quiesce(f->server);
    http_server_quiesce(f->server);
    turn_some(f->loop);
    struct raw_answer a = { .len = 0 };
    raw_send(idle, "GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
    raw_await(f->loop, idle, &a, NULL);
    assert_true(has(&a, "HTTP/1.1 503 "));
    exchange_answer(f->kept[0], 200, "text/plain", "still", 5);
    a = (struct raw_answer){ .len = 0 };
    raw_await(f->loop, fd, &a, NULL);
    assert_true(has(&a, "still"));
    assert_true(has(&a, "Connection: close"));
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    to.sin_port = htons((uint16_t)strtol(strrchr(address, ':') + 1, NULL, 10));
    int late = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(late, (struct sockaddr *)&to, sizeof to), -1);
    close(late);
    close(fd);
    close(idle);
}

static void a_freed_server_answers_open_exchanges_with_503(void **state)
{
    struct fixture *f = *state;
    f->plan = KEEP;
    int fd = dial(f);
    raw_send(fd, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    while (f->kept_count == 0) {
        loop_turn(f->loop, false);
    }
    exchange_set_data(f->kept[0], &f->freed_count, count_free);
    http_server_free(f->server);
    f->server = NULL;
    assert_int_equal(f->freed_count, 1);
    struct raw_answer a = { .len = 0 };
    raw_await(f->loop, fd, &a, NULL);
    assert_true(has(&a, "HTTP/1.1 503 "));
    assert_true(has(&a, "\"unavailable\""));
    close(fd);
}

/* The library's own time-out, in real time: the answer does not fit into the sockets' buffers. */
static void a_client_that_does_not_read_its_answer_is_dropped(void **state)
{
    struct fixture *f = *state;
    f->plan = KEEP;
    http_server_free(f->server);
    struct http_server_opts o = { .listen = "127.0.0.1:0", .body_max = BODY_MAX, .slow_us = 1 };
    o.on_request = on_request;
    o.ud = f;
    struct err e = ERR_INIT;
    f->server = http_server_new(f->loop, &o, &e);
    assert_non_null(f->server);
    int fd = dial(f);
    raw_send(fd, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    while (f->kept_count == 0) {
        loop_turn(f->loop, false);
    }
    size_t len = 64 << 20;
    char *body = xcalloc(1, len);
    exchange_answer(f->kept[0], 200, NULL, body, len);
    free(body);
    assert_int_equal(http_server_connection_count(f->server), 1);
    while (http_server_connection_count(f->server) > 0) {
        loop_turn(f->loop, true);
    }
    close(fd);
}

static void surplus_headers_and_malformed_ones_are_left_out(void **state)
{
    struct fixture *f = *state;
    f->plan = KEEP;
    int fd = dial(f);
    raw_send(fd, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    while (f->kept_count == 0) {
        loop_turn(f->loop, false);
    }
    exchange_add_header(f->kept[0], "X-Bad", "a\r\nX-Smuggled: yes");
    for (int i = 0; i < 20; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "X-%02d", i);
        exchange_add_header(f->kept[0], name, "v");
    }
    exchange_answer(f->kept[0], 200, "text/plain", "fine", 4);
    struct raw_answer a = { .len = 0 };
    raw_await(f->loop, fd, &a, "fine");
    assert_true(has(&a, "X-14: v\r\n"));
    assert_false(has(&a, "X-15: v\r\n"));
    assert_false(has(&a, "Smuggled"));
    close(fd);
}

static void errors_are_answered_as_json(void **state)
{
    struct fixture *f = *state;
    f->plan = KEEP;
    int fd = dial(f);
    raw_send(fd, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    while (f->kept_count == 0) {
        loop_turn(f->loop, false);
    }
    struct err e = ERR_INIT;
    err_set(&e, ERR_NOT_FOUND, "no \"thing\"");
    exchange_answer_error(f->kept[0], 404, &e);
    struct raw_answer a = { .len = 0 };
    raw_await(f->loop, fd, &a, "}}");
    assert_true(has(&a, "HTTP/1.1 404 "));
    assert_true(has(&a, "{\"error\":{\"kind\":\"not_found\",\"message\":\"no \\\"thing\\\"\"}}"));
    close(fd);
}

static enum err_kind try_listen(struct fixture *f, const char *address, struct err *e)
{
    struct http_server_opts o = {
        .listen = address, .body_max = 10, .on_request = on_request, .ud = f
    };
    struct http_server *s = http_server_new(f->loop, &o, e);
    http_server_free(s);
    return s != NULL ? ERR_NONE : e->kind;
}

static void an_address_that_cannot_be_bound_is_an_error_that_names_it(void **state)
{
    struct fixture *f = *state;
    struct err e = ERR_INIT;
    assert_int_equal(try_listen(f, http_server_address(f->server), &e), ERR_CONFIG);
    assert_non_null(strstr(e.message, http_server_address(f->server)));
    static const char *const bad[] = { "127.0.0.1",   "127.0.0.1:", "127.0.0.1:70000",
                                       "127.0.0.1:x", "::1:80",     "[::1]",
                                       "name:80",     "",           "256.1.1.1:1",
                                       ":80" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(try_listen(f, bad[i], &e), ERR_CONFIG);
    }
    assert_int_equal(try_listen(f, "localhost:0", &e), ERR_NONE);
    assert_int_equal(try_listen(f, "[::1]:0", &e), ERR_NONE);
}

static void an_ipv6_address_serves_too(void **state)
{
    struct fixture *f = *state;
    http_server_free(f->server);
    serve(f, "[::]:0");
    assert_non_null(strstr(http_server_address(f->server), "[::]:"));
    struct raw_answer a = ask(f, "GET /a HTTP/1.1\r\n" CLOSE); /* over IPv4 */
    assert_true(has(&a, "fine"));
    assert_string_equal(f->peer, "127.0.0.1");
}

static const char whole_request[] =
    "POST /a%20b?c=%41&d HTTP/1.1\r\nHost: x\r\nX-Y: z\r\n"
    "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\nT: u\r\n\r\n";

static void a_request_cut_in_two_anywhere_is_taken(void **state)
{
    struct fixture *f = *state;
    for (size_t cut = 1; cut < sizeof whole_request - 1; cut++) {
        int fd = dial(f);
        struct raw_answer a = { .len = 0 };
        assert_int_equal(send(fd, whole_request, cut, MSG_NOSIGNAL), (ssize_t)cut);
        turn_some(f->loop);
        assert_int_equal(f->request_count, (int)cut - 1);
        raw_send(fd, whole_request + cut);
        raw_await(f->loop, fd, &a, "fine");
        assert_string_equal(f->body, "abcd");
        close(fd);
    }
}

static void a_client_that_leaves_anywhere_in_a_request_harms_nothing(void **state)
{
    struct fixture *f = *state;
    for (size_t cut = 0; cut < sizeof whole_request - 1; cut++) {
        int fd = dial(f);
        assert_int_equal(send(fd, whole_request, cut, MSG_NOSIGNAL), (ssize_t)cut);
        loop_turn(f->loop, false);
        close(fd);
        loop_turn(f->loop, false);
    }
    turn_some(f->loop);
    assert_int_equal(f->request_count, 0);
    assert_int_equal(http_server_open_count(f->server), 0);
}

static void a_thousand_connections_that_come_and_go_leave_nothing(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 100; i++) {
        int fds[10];
        for (int j = 0; j < 10; j++) {
            fds[j] = dial(f);
            raw_send(fds[j], j % 2 == 0 ? "GET /a HTTP/1.1\r\nHost: x\r\n\r\n" : "GET /a HT");
            loop_turn(f->loop, false);
        }
        for (int j = 0; j < 10; j++) {
            close(fds[j]);
        }
    }
    while (f->request_count < 500) {
        loop_turn(f->loop, false);
    }
    assert_int_equal(http_server_open_count(f->server), 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, start, finish)

int main(void)
{
    (void)alarm(TEST_LIMIT_S);
    const struct CMUnitTest tests[] = {
        T(a_request_is_answered_at_once),
        T(a_connection_carries_many_requests),
        T(requests_that_arrive_together_are_answered_in_order),
        T(a_body_that_comes_in_pieces_is_handed_over_whole),
        T(an_exchange_may_be_answered_later),
        T(the_loop_sleeps_while_an_exchange_is_open),
        T(an_answer_from_a_later_tick_is_sent_without_another_event),
        T(data_of_an_exchange_is_freed_when_it_is_answered),
        T(an_exchange_whose_client_left_is_safe_to_answer),
        T(a_dropped_exchange_closes_the_connection_without_an_answer),
        T(a_body_that_is_announced_too_large_is_refused_unread),
        T(a_body_that_grows_too_large_is_refused),
        T(a_client_that_sends_on_after_a_413_still_gets_it),
        T(a_body_of_exactly_the_maximum_is_taken),
        T(a_client_that_waits_for_a_go_ahead_gets_it),
        T(a_head_that_trickles_is_dropped),
        T(a_body_that_trickles_is_answered_408_and_dropped),
        T(an_idle_connection_is_closed_and_an_open_exchange_is_not),
        T(paths_and_queries_are_decoded_once),
        T(urls_with_bad_escapes_are_refused),
        T(headers_are_told_in_lower_case_and_joined),
        T(headers_are_put_without_the_hidden_ones),
        T(headers_are_put_up_to_their_maximum),
        T(broken_requests_are_refused_and_harm_nothing),
        T(a_head_that_is_too_large_is_refused),
        T(a_stopped_server_answers_what_is_open_and_accepts_no_more),
        T(a_freed_server_answers_open_exchanges_with_503),
        T(a_client_that_does_not_read_its_answer_is_dropped),
        T(surplus_headers_and_malformed_ones_are_left_out),
        T(errors_are_answered_as_json),
        T(an_address_that_cannot_be_bound_is_an_error_that_names_it),
        T(an_ipv6_address_serves_too),
        T(a_request_cut_in_two_anywhere_is_taken),
        T(a_client_that_leaves_anywhere_in_a_request_harms_nothing),
        T(a_thousand_connections_that_come_and_go_leave_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
