/* What the engine answers about itself, through the real server. */
#include "../net/net_support.h"
#include "../run/fixture.h"

#include "http/status.h"

struct desk {
    struct world w;
    struct status_opts o;
    struct http_server *server;
};

static void on_request(void *ud, struct exchange *x)
{
    status_handle(&((struct desk *)ud)->o, x);
}

static void set_up(struct desk *d, struct fixture *f)
{
    struct err e = ERR_INIT;
    world_open(&d->w, f);
    world_start(&d->w);
    d->o = (struct status_opts){ .store = f->store, .runner = d->w.runner };
    d->server = http_server_new(
        f->loop,
        &(struct http_server_opts){
            .listen = "127.0.0.1:0", .body_max = 100, .on_request = on_request, .ud = d },
        &e);
    assert_non_null(d->server);
}

static void tear_down(struct desk *d)
{
    http_server_free(d->server);
    world_close(&d->w);
}

static const char *ask(struct desk *d, const char *line, const char *headers)
{
    static struct raw_answer a;
    a = (struct raw_answer){ .len = 0 };
    int fd = raw_connect(http_server_address(d->server));
    char *text = xasprintf("%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s\r\n", line, headers);
    raw_send(fd, text);
    free(text);
    raw_await(d->w.f->loop, fd, &a, NULL);
    close(fd);
    return a.text;
}

static void health_is_told_to_anybody(void **state)
{
    struct desk d;
    set_up(&d, *state);
    const char *answer = ask(&d, "GET /healthz", "X-Forwarded-For: 203.0.113.9\r\n");
    assert_contains(answer, "HTTP/1.1 200 ");
    assert_contains(answer, "\"status\":\"ok\"");
    answer = ask(&d, "HEAD /healthz", "");
    assert_contains(answer, "HTTP/1.1 200 ");
    assert_null(strstr(answer, "status"));
    tear_down(&d);
}

static void metrics_are_told_on_this_machine_only(void **state)
{
    static const char *const others[] = { "X-Forwarded-For: 203.0.113.9\r\n",
                                          "Forwarded: for=203.0.113.9\r\n" };
    struct desk d;
    set_up(&d, *state);
    const char *answer = ask(&d, "GET /metrics", "");
    assert_contains(answer, "HTTP/1.1 200 ");
    assert_contains(answer, "Content-Type: text/plain; version=0.0.4");
    assert_contains(answer, "\nladle_runs_active 0\n");
    assert_contains(answer, "\nladle_store_queue 0\n");
    for (int i = 0; i < 2; i++) {
        answer = ask(&d, "GET /metrics", others[i]);
        assert_contains(answer, "HTTP/1.1 403 ");
        assert_null(strstr(answer, "ladle_runs_active"));
    }
    tear_down(&d);
}

static void other_paths_and_methods_are_refused(void **state)
{
    static const char *const nothing[] = { "GET /", "GET /health", "GET /healthz/", "GET /metric" };
    static const char *const wrong[] = { "POST /healthz", "DELETE /metrics" };
    struct desk d;
    set_up(&d, *state);
    for (int i = 0; i < 4; i++) {
        assert_contains(ask(&d, nothing[i], ""), "HTTP/1.1 404 ");
    }
    for (int i = 0; i < 2; i++) {
        assert_contains(ask(&d, wrong[i], "Content-Length: 0\r\n"), "HTTP/1.1 405 ");
    }
    tear_down(&d);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fix_setup, fix_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(health_is_told_to_anybody),
        TEST(metrics_are_told_on_this_machine_only),
        TEST(other_paths_and_methods_are_refused),
    };
    return cmocka_run_group_tests_name("admin/admin", tests, NULL, NULL);
}
