/* Deliveries through the real server: the answer to each kind of trouble, and that nothing of one
 * that is refused is kept. */
#include "../trigger/fixture.h"

#include <sys/stat.h>

#include "base/fault.h"

static void on_request(void *ud, struct exchange *x)
{
    hooks_handle(((struct door *)ud)->hooks, x);
}

static void serve(struct door *d)
{
    struct err e = ERR_INIT;
    d->hooks = hooks_new(&(struct hooks_opts){
        .router = d->router, .service = d->w.f->service, .project_folder = d->w.f->folder });
    d->server = http_server_new(d->w.f->loop,
                                &(struct http_server_opts){ .listen = "127.0.0.1:0",
                                                            .body_max = HOOKS_BODY_MAX,
                                                            .on_request = on_request,
                                                            .ud = d },
                                &e);
    assert_non_null(d->server);
}

static void set_up(struct door *d, struct fixture *f)
{
    door_open(d, f);
    door_add(d, "greet", "received", "");
    fix_add(f, "guarded", f->connectors[0],
            "{'connector':'inbox','auth':'none','verify':'token','secret':'open-sesame-1',"
            "'header':'X-Token'}");
    world_start(&d->w);
    serve(d);
}

/* One request on a connection of its own; the answer, and everything that follows from it. */
static struct raw_answer ask(struct door *d, const char *method, const char *path,
                             const char *headers, const char *body)
{
    static struct raw_answer a;
    a = (struct raw_answer){ .len = 0 };
    int fd = raw_connect(http_server_address(d->server));
    char *text = xasprintf(
        "%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s"
        "Content-Length: %zu\r\n\r\n%s",
        method, path, headers, strlen(body), body);
    raw_send(fd, text);
    free(text);
    raw_await(d->w.f->loop, fd, &a, NULL);
    close(fd);
    fix_settle(d->w.f);
    return a;
}

static void assert_status(const struct raw_answer *a, int status)
{
    char expected[32];
    snprintf(expected, sizeof expected, "HTTP/1.1 %d ", status);
    if (strncmp(a->text, expected, strlen(expected)) != 0) {
        fail_msg("not %d: %s", status, a->text);
    }
}

#define JSON_BODY "Content-Type: application/json\r\n"

static void a_delivery_is_answered_when_it_is_stored_and_told_apart_from_its_copy(void **state)
{
    struct door d;
    set_up(&d, *state);
    struct raw_answer a = ask(&d, "POST", "/hooks/inbox", JSON_BODY, "{\"n\":1}");
    assert_status(&a, 202);
    assert_contains(a.text, "\"duplicate\":false,\"runs\":1}");
    assert_int_equal(door_counts(&d).events, 1);
    a = ask(&d, "POST", "/hooks/inbox", JSON_BODY, "{\"n\":1, \"again\":true}");
    assert_status(&a, 200);
    assert_contains(a.text, "\"duplicate\":true,\"runs\":0}");
    assert_int_equal(door_counts(&d).by_state[RUN_DONE], 1);
    door_close(&d);
}

static void what_is_no_hook_is_not_found(void **state)
{
    static const char *const paths[] = { "/hooks/", "/hooks/nobody", "/hooks/inbo",
                                         "/hooks//inbox" };
    struct door d;
    set_up(&d, *state);
    for (int i = 0; i < 4; i++) {
        struct raw_answer a = ask(&d, "POST", paths[i], JSON_BODY, "{}");
        assert_status(&a, 404);
    }
    assert_int_equal(door_counts(&d).events, 0);
    door_close(&d);
}

static void a_hook_takes_nothing_but_post(void **state)
{
    static const char *const methods[] = { "GET", "PUT", "DELETE" };
    struct door d;
    set_up(&d, *state);
    for (int i = 0; i < 3; i++) {
        struct raw_answer a = ask(&d, methods[i], "/hooks/inbox", "", "");
        assert_status(&a, 405);
        assert_contains(a.text, "Allow: POST\r\n");
    }
    door_close(&d);
}

static void a_delivery_that_is_not_verified_leaves_no_trace(void **state)
{
    static const char *const headers[] = { "", "X-Token: \r\n", "X-Token: open-sesame-2\r\n" };
    struct door d;
    set_up(&d, *state);
    for (int i = 0; i < 3; i++) {
        struct raw_answer a = ask(&d, "POST", "/hooks/guarded", headers[i], "{\"n\":1}");
        assert_status(&a, 401);
        assert_null(strstr(a.text, "open-sesame"));
    }
    assert_int_equal(door_counts(&d).events, 0);
    struct raw_answer a =
        ask(&d, "POST", "/hooks/guarded", "X-Token: open-sesame-1\r\n" JSON_BODY, "{\"n\":1}");
    assert_status(&a, 202);
    door_close(&d);
}

static void what_could_be_a_credential_is_not_kept_with_the_event(void **state)
{
    struct door d;
    set_up(&d, *state);
    struct raw_answer a = ask(&d, "POST", "/hooks/guarded",
                              "X-Token: open-sesame-1\r\nAuthorization: Bearer s3cr3t\r\n"
                              "Cookie: sid=s3cr3t\r\nX-Fine: yes\r\n" JSON_BODY,
                              "{\"n\":1}");
    assert_status(&a, 202);
    struct event_list *list = event_list_new();
    list->limit = 10;
    world_commit(&d.w, &list->op);
    assert_int_equal(list->count, 1);
    assert_contains(list->rows[0].headers, "\"x-fine\":\"yes\"");
    assert_null(strstr(list->rows[0].headers, "s3cr3t"));
    assert_null(strstr(list->rows[0].headers, "open-sesame"));
    event_list_free(list);
    door_close(&d);
}

static void a_body_that_cannot_be_read_is_the_senders_fault(void **state)
{
    static const char *const bodies[] = { "", "{", "[1", "{\"a\":\"\xff\"}" };
    struct door d;
    set_up(&d, *state);
    for (int i = 0; i < 4; i++) {
        struct raw_answer a = ask(&d, "POST", "/hooks/inbox", JSON_BODY, bodies[i]);
        assert_status(&a, 400);
    }
    assert_int_equal(door_counts(&d).events, 0);
    door_close(&d);
}

static void a_store_that_is_full_asks_the_sender_to_come_again(void **state)
{
    struct err e = ERR_INIT;
    struct door d;
    set_up(&d, *state);
    assert_int_equal(fault_arm("store.commit_full=fail", &e), 0);
    struct raw_answer a = ask(&d, "POST", "/hooks/inbox", JSON_BODY, "{\"n\":1}");
    fault_disarm();
    assert_status(&a, 503);
    assert_contains(a.text, "Retry-After: 5\r\n");
    a = ask(&d, "POST", "/hooks/inbox", JSON_BODY, "{\"n\":1}");
    assert_status(&a, 202);
    door_close(&d);
}

/* --- connectors that read a delivery with a function --- */

static const char RECEIVE[] =
    "local json = require 'json'\n"
    "return { receive = function(body)\n"
    "  local events = json.decode(body)\n"
    "  if events.loop then while true do end end\n"
    "  return { events = events }\n"
    "end }\n";

static void add_batch(struct door *d)
{
    struct fixture *f = d->w.f;
    char path[400];
    snprintf(path, sizeof path, "%s/scripts", f->folder);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/scripts/connectors", f->folder);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/scripts/connectors/batch.lua", f->folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(RECEIVE, file) >= 0);
    assert_int_equal(fclose(file), 0);
    fix_add(f, "batch",
            fix_connector(
                f, "batch",
                fix_json("{'name':'batch','auth':{'kinds':['none']},'operations':{},"
                         "'receive':{'function':true},'webhook':{'verify':'config'," SCHEMES "},"
                         "'events':{'item':{'summary':'s'}}}")),
            "{'connector':'batch','auth':'none','verify':'none'}");
}

static void set_up_batch(struct door *d, struct fixture *f)
{
    door_open(d, f);
    add_batch(d);
    door_add(d, "greet", "received", "");
    router_add(d->router, "batch", "item", "greet");
    world_start(&d->w);
    serve(d);
}

static void several_events_of_one_delivery_are_answered_together(void **state)
{
    struct door d;
    set_up_batch(&d, *state);
    static const char body[] =
        "[{\"type\":\"item\",\"key\":\"a\",\"payload\":{}},"
        "{\"type\":\"item\",\"key\":\"b\",\"payload\":{}}]";
    struct raw_answer a = ask(&d, "POST", "/hooks/batch", JSON_BODY, body);
    assert_status(&a, 202);
    assert_contains(a.text, "\"duplicate\":false,\"runs\":2}");
    a = ask(&d, "POST", "/hooks/batch", JSON_BODY, body);
    assert_status(&a, 200);
    assert_int_equal(door_counts(&d).by_state[RUN_DONE], 2);
    door_close(&d);
}

static void a_delivery_of_several_is_refused_whole(void **state)
{
    static const char *const bodies[] = {
        "[]",
        "[{\"type\":\"item\",\"payload\":{}},{\"type\":\"item\"}]",
        "{\"loop\":true}",
        "no json",
        "7",
    };
    struct door d;
    set_up_batch(&d, *state);
    for (int i = 0; i < 5; i++) {
        struct raw_answer a = ask(&d, "POST", "/hooks/batch", JSON_BODY, bodies[i]);
        if (strncmp(a.text, "HTTP/1.1 400 ", 13) != 0 &&
            strncmp(a.text, "HTTP/1.1 500 ", 13) != 0) {
            fail_msg("%s: %s", bodies[i], a.text);
        }
    }
    assert_int_equal(door_counts(&d).events, 0);
    door_close(&d);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fix_setup, fix_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_delivery_is_answered_when_it_is_stored_and_told_apart_from_its_copy),
        TEST(what_is_no_hook_is_not_found),
        TEST(a_hook_takes_nothing_but_post),
        TEST(a_delivery_that_is_not_verified_leaves_no_trace),
        TEST(what_could_be_a_credential_is_not_kept_with_the_event),
        TEST(a_body_that_cannot_be_read_is_the_senders_fault),
        TEST(a_store_that_is_full_asks_the_sender_to_come_again),
        TEST(several_events_of_one_delivery_are_answered_together),
        TEST(a_delivery_of_several_is_refused_whole),
    };
    return cmocka_run_group_tests_name("trigger/hooks", tests, NULL, NULL);
}
