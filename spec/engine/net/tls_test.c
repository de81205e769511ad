/* TLS on a port of our own, with certificates that openssl makes for the test: what is served, what
 * is refused, and a renewal that nobody notices. */
#include "net_support.h"

#include <sys/stat.h>

#include "base/log.h"
#include "base/mem.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "net/tls.h"

struct fixture {
    char folder[64];
    struct loop *loop;
    struct tls *tls;
    struct http_server *server;
    struct exchange *kept;
    bool must_keep;
};

static void on_request(void *ud, struct exchange *x)
{
    struct fixture *f = ud;
    size_t len;
    const char *body = exchange_body(x, &len);
    if (f->must_keep) {
        f->kept = x;
        return;
    }
    exchange_answer(x, 200, "text/plain", body, len);
}

static char *file(struct fixture *f, const char *name)
{
    return xasprintf("%s/%s", f->folder, name);
}

static void run(const char *command)
{
    if (system(command) != 0) {
        fail_msg("%s", command);
    }
}

/* NAME.pem and NAME.key, which trusts itself. */
static void make_pair(struct fixture *f, const char *name)
{
    char *command = xasprintf(
        "cd '%s' && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 "
        "-nodes -days 2 -subj /CN=%s -addext subjectAltName=IP:127.0.0.1 "
        "-keyout %s.key -out %s.pem 2>openssl.log",
        f->folder, name, name, name);
    run(command);
    free(command);
}

/* Puts a pair where the server looks for it, as a renewal does. */
static void install(struct fixture *f, const char *certificate, const char *key)
{
    char *command = xasprintf(
        "cd '%s' && cp %s new.pem && cp %s new.key && chmod 600 new.key && "
        "mv new.key key.pem && mv new.pem cert.pem",
        f->folder, certificate, key);
    run(command);
    free(command);
}

static struct tls *open_tls(struct fixture *f, const char *certificate, const char *key,
                            struct err *e)
{
    char *paths[2] = { file(f, certificate), file(f, key) };
    struct tls *t = tls_new(f->loop, &(struct tls_files){ paths[0], paths[1] }, e);
    free(paths[0]);
    free(paths[1]);
    return t;
}

static int start(void **state)
{
    struct fixture *f = xcalloc(1, sizeof *f);
    struct err e = ERR_INIT;
    log_set_level(LOG_OFF);
    stop_clock();
    f->loop = loop_new();
    snprintf(f->folder, sizeof f->folder, "/tmp/ladle-tls-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    make_pair(f, "one");
    make_pair(f, "two");
    install(f, "one.pem", "one.key");
    f->tls = open_tls(f, "cert.pem", "key.pem", &e);
    if (f->tls == NULL) {
        fail_msg("%s", e.message);
    }
    f->server = http_server_new(f->loop,
                                &(struct http_server_opts){ .listen = "127.0.0.1:0",
                                                            .body_max = 100000,
                                                            .tls = f->tls,
                                                            .on_request = on_request,
                                                            .ud = f },
                                &e);
    assert_non_null(f->server);
    *state = f;
    return 0;
}

static int finish(void **state)
{
    struct fixture *f = *state;
    char *command = xasprintf("rm -rf '%s'", f->folder);
    http_server_free(f->server);
    tls_free(f->tls);
    loop_free(f->loop);
    run(command);
    free(command);
    free(f);
    clock_replace(NULL);
    return 0;
}

/* --- a client --- */

struct reply {
    bool is_done;
    int status;
    struct err err;
    char *body;
};

static void on_reply(void *ud, const struct http_response *res, const struct err *e)
{
    struct reply *r = ud;
    r->is_done = true;
    r->err = e != NULL ? *e : ERR_INIT;
    r->status = res != NULL ? res->status : 0;
    r->body = res != NULL ? xstrndup(buf_text(&res->body), res->body.len) : NULL;
}

/* Trusts one certificate alone. */
static struct http_client *client_of(struct fixture *f, const char *name)
{
    char *name_pem = xasprintf("%s.pem", name), *ca = file(f, name_pem);
    struct http_client *c =
        http_client_new(f->loop, &(struct http_client_opts){ .user_agent = "test", .ca_file = ca });
    free(ca);
    free(name_pem);
    return c;
}

static void post(struct fixture *f, struct http_client *c, const char *body, size_t len,
                 struct reply *r)
{
    char *url = xasprintf("https://%s/", http_server_address(f->server));
    *r = (struct reply){ .is_done = false };
    (void)c->send(
        c,
        &(struct http_request){
            .method = "POST", .url = url, .body = body, .body_len = len, .may_be_private = true },
        on_reply, r);
    free(url);
}

static int ask(struct fixture *f, struct http_client *c)
{
    struct reply r;
    post(f, c, "hello", 5, &r);
    while (!r.is_done) {
        loop_turn(f->loop, true);
    }
    free(r.body);
    return r.err.kind == ERR_NONE ? r.status : -(int)r.err.kind;
}

/* One that is new, so with a handshake of its own. */
static int ask_anew(struct fixture *f, const char *trusted)
{
    struct http_client *c = client_of(f, trusted);
    int result = ask(f, c);
    c->free(c);
    return result;
}

/* Lets the server look at its files, and waits until it has. */
static void look(struct fixture *f)
{
    move_clock(f->loop, 5 * SECOND_US);
    while (!tls_is_idle(f->tls)) {
        loop_turn(f->loop, true);
    }
}

/* --- tests --- */

static void a_request_comes_and_goes_within_tls(void **state)
{
    struct fixture *f = *state;
    enum { LONG = 90000 };
    char *body = xcalloc(LONG + 1, 1);
    memset(body, 'x', LONG);
    struct http_client *c = client_of(f, "one");
    for (int i = 0; i < 3; i++) {
        struct reply r;
        post(f, c, body, LONG, &r);
        while (!r.is_done) {
            loop_turn(f->loop, true);
        }
        assert_int_equal(r.status, 200);
        assert_string_equal(r.body, body);
        free(r.body);
    }
    assert_int_equal(http_server_connection_count(f->server), 1);
    c->free(c);
    free(body);
}

static void an_answer_may_come_later(void **state)
{
    struct fixture *f = *state;
    struct http_client *c = client_of(f, "one");
    struct reply r;
    f->must_keep = true;
    post(f, c, "hello", 5, &r);
    while (f->kept == NULL) {
        loop_turn(f->loop, true);
    }
    assert_false(r.is_done);
    exchange_answer(f->kept, 202, NULL, "", 0);
    while (!r.is_done) {
        loop_turn(f->loop, true);
    }
    assert_int_equal(r.status, 202);
    free(r.body);
    c->free(c);
}

static void plain_http_gets_no_answer(void **state)
{
    struct fixture *f = *state;
    int fd = raw_connect(http_server_address(f->server));
    struct raw_answer a = { .len = 0 };
    raw_send(fd, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    raw_await(f->loop, fd, &a, NULL);
    assert_null(strstr(a.text, "HTTP/1.1 "));
    assert_int_equal(ask_anew(f, "one"), 200);
}

static void a_stranger_to_the_certificate_does_not_talk(void **state)
{
    assert_int_equal(ask_anew(*state, "two"), -(int)ERR_TLS);
}

static void a_renewal_is_for_new_connections(void **state)
{
    struct fixture *f = *state;
    struct http_client *old = client_of(f, "one");
    assert_int_equal(ask(f, old), 200);
    install(f, "two.pem", "two.key");
    assert_int_equal(ask_anew(f, "one"), 200); /* not looked at yet */
    look(f);
    assert_int_equal(ask_anew(f, "two"), 200);
    assert_int_equal(ask_anew(f, "one"), -(int)ERR_TLS);
    assert_int_equal(ask(f, old), 200); /* on the connection that it has */
    install(f, "one.pem", "one.key");
    look(f);
    assert_int_equal(ask_anew(f, "one"), 200);
    old->free(old);
}

static void files_that_are_no_pair_change_nothing(void **state)
{
    struct fixture *f = *state;
    install(f, "one.pem", "two.key");
    look(f);
    assert_int_equal(ask_anew(f, "one"), 200);
    install(f, "two.pem", "openssl.log");
    look(f);
    assert_int_equal(ask_anew(f, "one"), 200);
    char *command = xasprintf("rm '%s/cert.pem'", f->folder);
    run(command);
    look(f);
    assert_int_equal(ask_anew(f, "one"), 200);
    install(f, "two.pem", "two.key");
    look(f);
    assert_int_equal(ask_anew(f, "two"), 200);
    free(command);
}

static void an_end_while_it_looks_is_no_harm(void **state)
{
    struct fixture *f = *state;
    install(f, "two.pem", "two.key");
    move_clock(f->loop, 5 * SECOND_US); /* finish() finds it under way */
    assert_false(tls_is_idle(f->tls));
}

static void expect_refusal(struct fixture *f, const char *certificate, const char *key,
                           const char *says)
{
    struct err e = ERR_INIT;
    char *paths[2] = { file(f, certificate), file(f, key) };
    assert_int_equal(tls_check(&(struct tls_files){ paths[0], paths[1] }, &e), -1);
    assert_int_equal(e.kind, ERR_CONFIG);
    if (strstr(e.message, says) == NULL) {
        fail_msg("%s", e.message);
    }
    free(paths[0]);
    free(paths[1]);
}

static void what_is_no_certificate_with_its_key_is_an_error(void **state)
{
    struct fixture *f = *state;
    char *open_key = file(f, "two.key"), *no_key = file(f, "openssl.log");
    assert_int_equal(chmod(no_key, 0600), 0);
    free(no_key);
    expect_refusal(f, "none.pem", "one.key", "cannot open");
    expect_refusal(f, "one.pem", "none.key", "cannot open");
    expect_refusal(f, "one.key", "one.key", "holds no certificate");
    expect_refusal(f, "one.pem", "openssl.log", "private key");
    expect_refusal(f, "one.pem", "two.key", "is not the one of the certificate");
    expect_refusal(f, ".", "two.key", "not a file");
    assert_int_equal(chmod(open_key, 0644), 0);
    expect_refusal(f, "two.pem", "two.key", "chmod 600");
    assert_int_equal(chmod(open_key, 0640), 0); /* a group may read it, as Debian's ssl-cert does */
    char *certificate = file(f, "two.pem");
    struct err e = ERR_INIT;
    assert_int_equal(tls_check(&(struct tls_files){ certificate, open_key }, &e), 0);
    free(certificate);
    free(open_key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH(test) cmocka_unit_test_setup_teardown(test, start, finish)
        WITH(a_request_comes_and_goes_within_tls),
        WITH(an_answer_may_come_later),
        WITH(plain_http_gets_no_answer),
        WITH(a_stranger_to_the_certificate_does_not_talk),
        WITH(a_renewal_is_for_new_connections),
        WITH(files_that_are_no_pair_change_nothing),
        WITH(an_end_while_it_looks_is_no_harm),
        WITH(what_is_no_certificate_with_its_key_is_an_error),
    };
    (void)alarm(TEST_LIMIT_S);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
