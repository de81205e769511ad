/* `ladle send` and `ladle connect` against a real server on the loopback: what it is sent, and what
 * is made of its answers. The server turns its own loop on its own thread, as another process
 * would. */
#include "fixture.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/buf.h"
#include "crypto/sign.h"
#include "format/url.h"
#include "net/http_server.h"

struct peer {
    pthread_t thread;
    struct loop *loop;
    struct http_server *server;
    atomic_bool is_stopping;
    int status;         /* of the next answers */
    const char *answer; /* their body */
    /* Written by the server's thread while the command waits for its answer, read after it. */
    int requests;
    char *path, *body, *content_type, *signature;
};

static void keep(char **slot, const char *text, size_t len)
{
    free(*slot);
    *slot = text != NULL ? xstrndup(text, len) : NULL;
}

static void keep_header(char **slot, const struct exchange *x, const char *name)
{
    const char *text = exchange_header(x, name);
    keep(slot, text, text != NULL ? strlen(text) : 0);
}

static void on_request(void *ud, struct exchange *x)
{
    struct peer *p = ud;
    size_t len;
    const char *body = exchange_body(x, &len);
    p->requests++;
    keep(&p->body, body, len);
    keep(&p->path, exchange_path(x), strlen(exchange_path(x)));
    keep_header(&p->content_type, x, "content-type");
    keep_header(&p->signature, x, "x-signature");
    if (p->signature == NULL) {
        keep_header(&p->signature, x, "x-ghl-signature");
    }
    exchange_answer(x, p->status, "application/json", p->answer, strlen(p->answer));
}

static void on_wake(void *ud)
{
    struct peer *p = ud;
    if (atomic_load(&p->is_stopping)) {
        loop_stop(p->loop);
    }
}

static void *serve(void *ud)
{
    struct peer *p = ud;
    loop_run(p->loop);
    return NULL;
}

static void peer_start(struct peer *p, int status, const char *answer)
{
    struct err e = ERR_INIT;
    *p = (struct peer){ .loop = loop_new(), .status = status, .answer = answer };
    loop_on_wake(p->loop, on_wake, p);
    p->server = http_server_new(
        p->loop,
        &(struct http_server_opts){
            .listen = "127.0.0.1:0", .body_max = 1 << 20, .on_request = on_request, .ud = p },
        &e);
    assert_non_null(p->server);
    assert_int_equal(pthread_create(&p->thread, NULL, serve, p), 0);
}

static void peer_stop(struct peer *p)
{
    atomic_store(&p->is_stopping, true);
    loop_wake(p->loop);
    assert_int_equal(pthread_join(p->thread, NULL), 0);
    http_server_free(p->server);
    loop_free(p->loop);
    free(p->path);
    free(p->body);
    free(p->content_type);
    free(p->signature);
}

/* The project of these tests: as the engine would listen at the peer's address. */
static void write_project(struct fixture *f, const struct peer *p)
{
    char *text = xasprintf(
        "listen: %s\n"
        "connections:\n"
        "  crm:\n"
        "    connector: highlevel\n"
        "    auth: oauth\n"
        "    client_id: my-client\n"
        "    client_secret: my-client-secret\n"
        "    location: loc1\n"
        "    base_url: http://%s\n"
        "    redirect_uri: https://hooks.example.com/oauth/callback\n"
        "  inbox:\n"
        "    connector: webhook\n"
        "    verify: hmac_sha256\n"
        "    header: X-Signature\n"
        "    secret: inbox-secret-value\n"
        "    prefix: sha256=\n"
        "  forms:\n"
        "    connector: webhook\n"
        "    verify: token\n"
        "    secret: path token+value\n",
        http_server_address(p->server), http_server_address(p->server));
    fix_write_text(f, "ladle.yaml", text);
    free(text);
}

static const char stored[] =
    "{\"id\":\"0199f3a2-7c11-7d3e-8a54-3f1b2c4d5e6f\",\"duplicate\":false,\"runs\":1}";

static json_t *body_of(const struct peer *p)
{
    json_t *v = json_parse(p->body, strlen(p->body), NULL);
    assert_non_null(v);
    return v;
}

/* --- send --- */

static void a_sample_arrives_as_an_event_of_its_own(void **state)
{
    struct fixture *f = *state;
    struct peer p;
    peer_start(&p, 202, stored);
    write_project(f, &p);
    assert_int_equal(
        fix_run(f, "send", "ContactCreate", "--set", "email=jane@example.com", "--json"), CLI_OK);
    assert_string_equal(p.path, "/hooks/crm");
    assert_string_equal(p.content_type, "application/json");
    json_t *first = body_of(&p);
    assert_text_at(first, "type", "ContactCreate");
    assert_text_at(first, "email", "jane@example.com");
    assert_text_at(first, "locationId", "loc1");
    json_t *said = fix_line(f, 0);
    assert_text_at(said, "type", "contact_created");
    assert_text_at(said, "connection", "crm");
    assert_int_equal(json_get_int(said, "status", 0), 202);
    assert_text_at(said, "answer.id", "0199f3a2-7c11-7d3e-8a54-3f1b2c4d5e6f");
    assert_int_equal(fix_run(f, "send", "contact_created"), CLI_OK);
    assert_contains(f->out, "202: stored as event 0199f3a2");
    json_t *second = body_of(&p);
    assert_string_not_equal(json_get_text(first, "webhookId"), json_get_text(second, "webhookId"));
    json_decref(said);
    json_decref(first);
    json_decref(second);
    peer_stop(&p);
}

static void a_delivery_is_signed_with_the_test_key(void **state)
{
    struct fixture *f = *state;
    struct peer p;
    struct err e = ERR_INIT;
    peer_start(&p, 202, stored);
    write_project(f, &p);
    assert_int_equal(fix_run(f, "send", "contact_created"), CLI_OK);
    char *pem = fix_read(f, "data/test-webhook-key.pub.pem");
    struct sign_key *key = sign_key_parse(pem, strlen(pem), &e);
    struct buf signature;
    buf_init(&signature, 100);
    assert_int_equal(base64_decode(&signature, p.signature, strlen(p.signature), &e), 0);
    assert_true(sign_verify(key, p.body, strlen(p.body), (uint8_t *)signature.data, signature.len));
    buf_fini(&signature);
    sign_key_free(key);
    free(pem);
    peer_stop(&p);
}

static void a_delivery_is_signed_with_the_connections_secret(void **state)
{
    struct fixture *f = *state;
    struct peer p;
    peer_start(&p, 202, stored);
    write_project(f, &p);
    assert_int_equal(fix_run(f, "send", "received", "--to", "inbox"), CLI_OK);
    uint8_t digest[SIGN_DIGEST_MAX];
    size_t len = sign_hmac(SIGN_SHA256, "inbox-secret-value", 18, p.body, strlen(p.body), digest);
    struct buf expected;
    buf_init(&expected, 200);
    (void)buf_puts(&expected, "sha256=");
    (void)hex_encode(&expected, digest, len);
    assert_string_equal(p.signature, buf_text(&expected));
    buf_fini(&expected);
    peer_stop(&p);
}

static void a_token_stands_in_the_address(void **state)
{
    struct fixture *f = *state;
    struct peer p;
    peer_start(&p, 202, stored);
    write_project(f, &p);
    assert_int_equal(fix_run(f, "send", "received", "--to", "forms"), CLI_OK);
    assert_string_equal(p.path, "/hooks/forms/path token+value");
    assert_null(p.signature);
    assert_null(strstr(f->out, "token value"));
    peer_stop(&p);
}

static void a_file_goes_out_byte_by_byte_as_is(void **state)
{
    struct fixture *f = *state;
    struct peer p;
    peer_start(&p, 202, stored);
    write_project(f, &p);
    fix_write_text(f, "event.json", "{ \"id\" : \"mine\" }\n");
    char *path = fix_path(f, "event.json");
    assert_int_equal(fix_run(f, "send", path, "--to", "inbox", "--as-is"), CLI_OK);
    assert_string_equal(p.body, "{ \"id\" : \"mine\" }\n");
    assert_int_equal(fix_run(f, "send", path, "--to", "inbox"), CLI_OK);
    json_t *v = body_of(&p);
    assert_string_not_equal(json_get_text(v, "id"), "mine");
    json_decref(v);
    fix_write_text(f, "event.json", "{ broken");
    assert_int_equal(fix_run(f, "send", path, "--to", "inbox"), CLI_OK);
    assert_string_equal(p.body, "{ broken");
    assert_int_equal(fix_run(f, "send", path, "--to", "inbox", "--set", "a=1"), CLI_USAGE);
    assert_int_equal(fix_run(f, "send", path, "--as-is", "--set", "a=1"), CLI_USAGE);
    free(path);
    peer_stop(&p);
}

static void a_refused_signature_says_what_to_write_where(void **state)
{
    struct fixture *f = *state;
    struct peer p;
    peer_start(&p, 401,
               "{\"error\":{\"kind\":\"auth\",\"message\":\"the signature does not fit\"}}");
    write_project(f, &p);
    assert_int_equal(fix_run(f, "send", "contact_created"), CLI_NO);
    assert_contains(f->err, "401: the signature does not fit");
    assert_contains(f->err, "test-webhook-key.pub.pem");
    assert_contains(f->err, "public_keys");
    assert_int_equal(fix_run(f, "send", "contact_created", "--json"), CLI_NO);
    json_t *v = fix_line(f, 0);
    assert_text_at(v, "error.kind", "auth");
    json_decref(v);
    peer_stop(&p);
}

static void a_duplicate_is_told(void **state)
{
    struct fixture *f = *state;
    struct peer p;
    peer_start(&p, 200,
               "{\"id\":\"0199f3a2-7c11-7d3e-8a54-3f1b2c4d5e6f\",\"duplicate\":true,\"runs\":0}");
    write_project(f, &p);
    assert_int_equal(fix_run(f, "send", "contact_created"), CLI_OK);
    assert_contains(f->out, "200: a duplicate of event 0199f3a2");
    peer_stop(&p);
}

static void an_engine_that_cannot_take_it_or_is_not_there_exits_3(void **state)
{
    struct fixture *f = *state;
    struct peer p;
    peer_start(&p, 503, "{}");
    write_project(f, &p);
    assert_int_equal(fix_run(f, "send", "contact_created"), CLI_UNREACHABLE);
    peer_stop(&p);
    assert_int_equal(fix_run(f, "send", "contact_created"), CLI_UNREACHABLE);
    assert_contains(f->err, "does `ladle run` listen there?");
}

static void what_cannot_be_sent_is_wrong_usage(void **state)
{
    struct fixture *f = *state;
    struct peer p;
    peer_start(&p, 202, stored);
    write_project(f, &p);
    assert_int_equal(fix_run(f, "send", "contact_crated"), CLI_USAGE);
    assert_contains(f->err, "is \"contact_created\" meant?");
    assert_int_equal(fix_run(f, "send", "received"), CLI_USAGE);
    assert_contains(f->err, "--to");
    assert_int_equal(fix_run(f, "send", "activity_added"), CLI_USAGE);
    assert_contains(f->err, "records add activity");
    static const char *const own[] = { "run_dead", "ladle.run_dead", "ladle.breaker_open" };
    for (int i = 0; i < 3; i++) {
        assert_int_equal(fix_run(f, "send", own[i]), CLI_USAGE);
        assert_contains(f->err, "an event of the engine itself");
    }
    assert_int_equal(fix_run(f, "send", "ladle.nothing"), CLI_USAGE);
    assert_contains(f->err, "no connection of ladle.yaml has such a trigger");
    assert_int_equal(fix_run(f, "send", "received", "--to", "nobody"), CLI_USAGE);
    assert_int_equal(fix_run(f, "send", "contact_created", "--key", "/nonexistent.pem"), CLI_NO);
    assert_int_equal(p.requests, 0);
    peer_stop(&p);
}

/* --- connect --- */

static const char tokens[] =
    "{\"access_token\":\"the-access-token\",\"refresh_token\":\"the-refresh-"
    "token\",\"expires_in\":86399,\"scope\":\"contacts.write\","
    "\"locationId\":\"loc1\"}";

static void assert_connection(struct fixture *f, const char *expected)
{
    assert_int_equal(fix_run(f, "connections", "--json"), CLI_OK);
    json_t *v = fix_line(f, 0);
    assert_text_at(v, "name", "crm");
    assert_text_at(v, "state", expected);
    json_decref(v);
}

static void a_code_becomes_a_stored_token(void **state)
{
    struct fixture *f = *state;
    struct peer p;
    peer_start(&p, 200, tokens);
    write_project(f, &p);
    assert_connection(f, "new");
    const char *const words[] = { "connect", "crm", "--code", "-", NULL };
    assert_int_equal(fix_run_with(f, "the-code\n", words), CLI_OK);
    assert_string_equal(p.path, "/oauth/token");
    json_t *form = url_decode_form(p.body, strlen(p.body), NULL);
    assert_text_at(form, "grant_type", "authorization_code");
    assert_text_at(form, "code", "the-code");
    assert_text_at(form, "client_id", "my-client");
    assert_text_at(form, "redirect_uri", "https://hooks.example.com/oauth/callback");
    json_decref(form);
    assert_null(strstr(f->out, "the-access-token"));
    assert_contains(f->out, "crm: connected");
    assert_connection(f, "connected");
    peer_stop(&p);
}

static void a_code_that_is_refused_leaves_things_as_they_were(void **state)
{
    struct fixture *f = *state;
    struct peer p;
    peer_start(&p, 400, "{\"error\":\"invalid_grant\",\"error_description\":\"no such code\"}");
    write_project(f, &p);
    assert_int_equal(fix_run(f, "connect", "crm", "--code", "wrong-code", "--json"), CLI_NO);
    json_t *v = fix_line(f, 0);
    assert_text_at(v, "error.kind", "auth");
    json_decref(v);
    assert_connection(f, "new");
    peer_stop(&p);
    assert_int_equal(fix_run(f, "connect", "crm", "--refresh-token", "x"), CLI_UNREACHABLE);
}

static void the_link_to_authorise_holds_what_the_service_needs(void **state)
{
    struct fixture *f = *state;
    struct peer p;
    peer_start(&p, 200, tokens);
    write_project(f, &p);
    assert_int_equal(fix_run(f, "connect", "crm", "--no-wait", "--json"), CLI_OK);
    json_t *v = fix_line(f, 0);
    const char *link = json_get_text(v, "authorize_url");
    assert_contains(link, "client_id=my-client");
    assert_contains(link, "redirect_uri=https%3A%2F%2Fhooks.example.com%2Foauth%2Fcallback");
    json_decref(v);
    assert_int_equal(fix_run(f, "connect", "crm", "--no-wait"), CLI_OK);
    assert_contains(f->out, "ladle connect crm --code -");
    assert_int_equal(p.requests, 0);
    peer_stop(&p);
}

static void one_way_at_a_time_and_only_one_that_fits(void **state)
{
    struct fixture *f = *state;
    struct peer p;
    peer_start(&p, 200, tokens);
    write_project(f, &p);
    assert_int_equal(fix_run(f, "connect", "crm", "--code", "a", "--token", "b"), CLI_USAGE);
    assert_int_equal(fix_run(f, "connect", "crm", "--token", "given-token"), CLI_USAGE);
    assert_int_equal(fix_run(f, "connect", "inbox"), CLI_USAGE);
    assert_int_equal(fix_run(f, "connect", "cmr"), CLI_USAGE);
    assert_contains(f->err, "is \"crm\" meant?");
    assert_int_equal(p.requests, 0);
    peer_stop(&p);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fix_setup, fix_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_sample_arrives_as_an_event_of_its_own),
        TEST(a_delivery_is_signed_with_the_test_key),
        TEST(a_delivery_is_signed_with_the_connections_secret),
        TEST(a_token_stands_in_the_address),
        TEST(a_file_goes_out_byte_by_byte_as_is),
        TEST(a_refused_signature_says_what_to_write_where),
        TEST(a_duplicate_is_told),
        TEST(an_engine_that_cannot_take_it_or_is_not_there_exits_3),
        TEST(what_cannot_be_sent_is_wrong_usage),
        TEST(a_code_becomes_a_stored_token),
        TEST(a_code_that_is_refused_leaves_things_as_they_were),
        TEST(the_link_to_authorise_holds_what_the_service_needs),
        TEST(one_way_at_a_time_and_only_one_that_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
