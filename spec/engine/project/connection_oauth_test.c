/* What a connection with OAuth must say in ladle.yaml, told with its place. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "project/connection.h"

/* A connector that leaves everything to the connection, and one that knows its service. */
static const char OPEN[] =
    "{\"name\":\"open\",\"auth\":{\"kinds\":[\"none\",\"oauth\"]},\"config\":{"
    "\"grant\":{\"1\":\"string\",\"optional\":true,"
    "\"enum\":[\"authorization_code\",\"client_credentials\"]},"
    "\"client\":{\"1\":\"string\",\"optional\":true,\"enum\":[\"body\",\"basic\",\"none\"]},"
    "\"encoding\":{\"1\":\"string\",\"optional\":true,\"enum\":[\"form\",\"json\"]},"
    "\"params\":{\"1\":\"object\",\"optional\":true,\"fields\":{"
    "\"authorize\":{\"1\":\"object\",\"optional\":true}}}},"
    "\"events\":{},\"operations\":{}}";
static const char CRM[] =
    "{\"name\":\"crm\",\"auth\":{\"kinds\":[\"oauth\"],\"authorize_url\":\"https://a.test\","
    "\"token_url\":\"/token\"},\"events\":{},\"operations\":{}}";

static json_t *open_table, *crm_table;

static json_t *find_connector(void *ud, const char *name)
{
    return strcmp(name, "open") == 0 ? open_table : strcmp(name, "crm") == 0 ? crm_table : NULL;
}

static int up(void **state)
{
    open_table = json_parse(OPEN, strlen(OPEN), NULL);
    crm_table = json_parse(CRM, strlen(CRM), NULL);
    return open_table != NULL && crm_table != NULL ? 0 : -1;
}

static int down(void **state)
{
    json_decref(open_table);
    json_decref(crm_table);
    return 0;
}

/* The errors of one connection, a line each. */
static void says(const char *text, const char *expected)
{
    const struct project_hooks hooks = { .find_connector = find_connector };
    struct diags *d = diags_new("ladle.yaml");
    struct yaml *y = yaml_parse(text, strlen(text), d);
    assert_non_null(y);
    json_decref(connection_read(d, &hooks, ".", y, "x"));
    struct buf out;
    buf_init(&out, 1 << 16);
    json_t *list = diags_json(d), *item;
    size_t i;
    json_array_foreach (list, i, item) {
        (void)buf_printf(&out, "%d:%d %s\n", (int)json_get_int(item, "line", -1),
                         (int)json_get_int(item, "column", -1), json_get_text(item, "message"));
    }
    json_decref(list);
    assert_string_equal(buf_text(&out), expected);
    buf_fini(&out);
    yaml_tree_free(y);
    diags_free(d);
}

#define ADDRESSES "token_url: https://b.test, authorize_url: https://a.test, "
#define CLIENT    "client_id: a, client_secret: b"

static void a_whole_one_is_taken(void **state)
{
    says("{ connector: crm, auth: oauth, accept_installs: true, " CLIENT " }", "");
    says("{ connector: open, auth: oauth, encoding: json, " ADDRESSES CLIENT " }", "");
    says("{ connector: open, auth: oauth, " ADDRESSES "client: none, client_id: a }", "");
    says(
        "{ connector: open, auth: oauth, token_url: https://b.test, grant: "
        "client_credentials, " CLIENT " }",
        "");
}

static void what_is_missing_is_named(void **state)
{
    says("{ connector: crm, auth: oauth }",
         "1:1 a connection with `auth: oauth` needs `client_id`\n"
         "1:1 a connection with `auth: oauth` needs `client_secret`\n");
    says("{ connector: open, auth: oauth, " CLIENT " }",
         "1:1 a connection with `auth: oauth` needs `token_url`\n"
         "1:1 a connection with `auth: oauth` needs `authorize_url`\n");
}

static void what_does_not_go_together_is_refused(void **state)
{
    says("{ connector: open, grant: client_credentials }",
         "1:20 `grant` has no meaning without `auth: oauth`\n");
    says(
        "{ connector: open, auth: oauth, token_url: https://b.test, grant: client_credentials,\n"
        "  client: none, accept_installs: true, client_id: a }",
        "2:3 client credentials need a client that proves who it is\n"
        "2:17 with `grant: client_credentials` nobody installs anything\n");
    says("{ connector: open, auth: oauth, " ADDRESSES CLIENT
         ",\n"
         "  params: { authorize: { prompt: login, state: x } } }",
         "2:41 `params` cannot set `state`\n");
    says("{ connector: open, auth: oauth, encoding: hex, " ADDRESSES CLIENT " }",
         "1:43 `encoding` is one of: form, json\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_one_is_taken),
        cmocka_unit_test(what_is_missing_is_named),
        cmocka_unit_test(what_does_not_go_together_is_refused),
    };
    return cmocka_run_group_tests(tests, up, down);
}
