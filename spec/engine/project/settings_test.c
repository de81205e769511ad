/* The table of the keys of ladle.yaml: every example in it and in the page that is made from it is
 * a ladle.yaml that loads, with the connectors that are built in; and the page is up to date. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../tools/settings_reference.h"
#include "../../support/text_file.h"
#include "project/catalogue.h"
#include "project/project.h"

enum { TEXT_MAX = 4096 };

static const char PEM[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAi2HR1srL4o18O8BRa7gVJY7G7bupbN3H9AwJrHCDiOg=\n"
    "-----END PUBLIC KEY-----\n";

/* What an example needs beside it; without a line here, a connection of http. */
static const struct beside {
    const char *path, *lines;
} BESIDE[] = {
    { "connections.NAME.connector", "location: x" },
    { "connections.NAME.auth", "connector: highlevel\nclient_id: a\nclient_secret: b" },
    { "connections.NAME.accept_installs",
      "connector: highlevel\nauth: oauth\nclient_id: a\nclient_secret: b" },
    { "connections.NAME.token_next", "connector: highlevel\nauth: token\ntoken: a" },
    { "connections.NAME.verify", "connector: webhook\nsecret: a" },
    { "connections.NAME.secret", "connector: webhook\nverify: token" },
    { "connections.NAME.secret_previous", "connector: webhook\nverify: token\nsecret: a" },
    { "connections.NAME.secrets", "connector: webhook\nverify: token" },
    { "connections.NAME.user", "connector: webhook\nverify: basic\nsecret: a" },
    { "connections.NAME.header", "connector: webhook\nverify: hmac_sha256\nsecret: a" },
    { "connections.NAME.prefix", "connector: webhook\nverify: hmac_sha256\nsecret: a\nheader: X" },
    { "connections.NAME.encoding",
      "connector: webhook\nverify: hmac_sha256\nsecret: a\nheader: X" },
    { "connections.NAME.timestamp",
      "connector: webhook\nverify: hmac_sha256\nsecret: a\nheader: X" },
    { "connections.NAME.signed", "connector: webhook\nverify: hmac_sha256\nsecret: a\nheader: X" },
    { "connections.NAME.tolerance",
      "connector: webhook\nverify: hmac_sha256\nsecret: a\nheader: X\ntimestamp: Y" },
};

static char folder[64];

static int up(void **state)
{
    (void)snprintf(folder, sizeof folder, "/tmp/ladle-settings-XXXXXX");
    assert_non_null(mkdtemp(folder));
    char *keys = xasprintf("%s/keys", folder);
    assert_int_equal(mkdir(keys, 0700), 0);
    free(keys);
    text_file_put(folder, "keys/sandbox.pem", PEM);
    text_file_put(folder, "keys/new.pem", PEM);
    return setenv("CRM_CLIENT_ID", "an-id", 1);
}

static int down(void **state)
{
    static const char *const names[] = { "ladle.yaml", "keys/sandbox.pem", "keys/new.pem", "keys",
                                         "" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *path = xasprintf("%s/%s", folder, names[i]);
        (void)remove(path);
        free(path);
    }
    return unsetenv("CRM_CLIENT_ID");
}

/* The text is a ladle.yaml without errors. */
static void loads(const char *text)
{
    text_file_put(folder, "ladle.yaml", text);
    struct catalogue *c = catalogue_new(folder);
    struct diags *d = diags_new("ladle.yaml");
    struct project *p = project_load(folder, catalogue_hooks(c), d);
    struct buf out;
    buf_init(&out, 1 << 20);
    diags_print(d, &out);
    if (p == NULL || d->count > 0) {
        fail_msg("%s\n%s", text, buf_text(&out));
    }
    buf_fini(&out);
    project_free(p);
    diags_free(d);
    catalogue_free(c);
}

/* --- the examples of the table --- */

/* Lines of `beside`, but for a key that the example itself gives. */
static void put_beside(struct buf *out, size_t depth, const char *lines, const char *key)
{
    size_t len = strlen(key);
    for (const char *at = lines; *at != '\0';) {
        size_t n = strcspn(at, "\n");
        if (strncmp(at, key, len) != 0 || at[len] != ':') {
            (void)buf_printf(out, "%*s%.*s\n", (int)(2 * depth), "", (int)n, at);
        }
        at += n + (at[n] == '\n');
    }
}

static const char *lines_beside(const char *path)
{
    for (size_t i = 0; i < sizeof BESIDE / sizeof *BESIDE; i++) {
        if (strcmp(BESIDE[i].path, path) == 0) {
            return BESIDE[i].lines;
        }
    }
    return "connector: http\nbase_url: https://api.example.com";
}

/* The other keys that must be there, with the examples that they have. */
static void put_needed(struct buf *out, size_t depth, const struct setting *keys, const char *name)
{
    for (const struct setting *k = keys; k->name != NULL; k++) {
        if (k->is_needed && strcmp(k->name, name) != 0 && strcmp(k->name, "connector") != 0) {
            (void)buf_printf(out, "%*s%s: %s\n", (int)(2 * depth), "", k->name, k->example);
        }
    }
}

/* The line of one name on the way to the row: a key, a name that the user chooses, or an item. */
static size_t put_name(struct buf *out, size_t depth, const char *name)
{
    int len = (int)strcspn(name, "[");
    bool is_chosen = strcmp(name, "NAME") == 0;
    (void)buf_printf(out, "%*s%.*s:\n", (int)(2 * depth), "", is_chosen ? 1 : len,
                     is_chosen ? "x" : name);
    if (name[len] == '[') {
        (void)buf_printf(out, "%*s-\n", (int)(2 * ++depth), "");
    }
    return depth + 1;
}

/* A ladle.yaml with the row's example and what that needs. */
static void try_example(const struct setting *keys, const struct setting *k, const char *path)
{
    struct buf out;
    buf_init(&out, TEXT_MAX);
    size_t depth = 0;
    char *parents = xstrdup(path), *rest = parents, *name;
    while ((name = strsep(&rest, ".")) != NULL && rest != NULL) {
        depth = put_name(&out, depth, name);
        if (strcmp(name, "NAME") == 0) {
            put_beside(&out, depth, lines_beside(path),
                       keys == settings_of_connection() ? k->name : "");
        }
    }
    put_needed(&out, depth, keys, k->name);
    (void)buf_printf(&out, "%*s%s: %s\n", (int)(2 * depth), "", k->name, k->example);
    loads(buf_text(&out));
    free(parents);
    buf_fini(&out);
}

static size_t try_map(const struct setting *keys, const char *path);

/* The rows within a value. */
static size_t try_inner(const struct setting *k, const char *path)
{
    if (k == NULL) {
        return 0;
    }
    size_t count = k->kind == SETTING_MAP ? try_map(k->keys, path) : 0;
    char *inner = xasprintf(k->kind == SETTING_LIST ? "%s[]" : "%s.NAME", path);
    count += try_inner(k->of, inner) + try_inner(k->otherwise, path);
    free(inner);
    return count;
}

static size_t try_map(const struct setting *keys, const char *path)
{
    size_t count = 0;
    for (const struct setting *k = keys; k->name != NULL; k++, count++) {
        char *own = *path != '\0' ? xasprintf("%s.%s", path, k->name) : xstrdup(k->name);
        if (k->says == NULL || k->example == NULL) {
            fail_msg("%s has no sentence or no example", own);
        }
        try_example(keys, k, own);
        count += try_inner(k, own);
        free(own);
    }
    return count;
}

static void every_example_of_the_table_loads(void **state)
{
    assert_true(try_map(settings_of_project(), "") > 40);
}

/* --- the page --- */

static void every_example_of_the_page_loads(void **state)
{
    char *page = reference_page();
    assert_non_null(page);
    size_t count = 0;
    for (char *at = strstr(page, "```yaml\n"); at != NULL; at = strstr(at, "```yaml\n")) {
        at += strlen("```yaml\n");
        char *end = strstr(at, "```");
        assert_non_null(end);
        *end = '\0';
        loads(at);
        at = end + 1;
        count++;
    }
    assert_true(count > 0);
    free(page);
}

static void the_page_has_the_reference_of_today(void **state)
{
    char *page = reference_page();
    assert_non_null(page);
    char *filled = reference_filled(page);
    assert_non_null(filled);
    if (strcmp(page, filled) != 0) {
        fail_msg("%s is not up to date: run `make reference`", PAGE);
    }
    free(filled);
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_example_of_the_table_loads),
        cmocka_unit_test(every_example_of_the_page_loads),
        cmocka_unit_test(the_page_has_the_reference_of_today),
    };
    return cmocka_run_group_tests_name("settings", tests, up, down);
}
