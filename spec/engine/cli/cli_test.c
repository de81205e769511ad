/* What all commands share: times as people read them, exit codes, the place of the key file. */
#include "fixture.h"

#include "base/clock.h"
#include "cli/commands.h"
#include "project/secrets.h"

static int64_t now_us = INT64_C(1764000000000000);

static int64_t fixed_time(void *ud)
{
    (void)ud;
    return now_us;
}

static void no_random(void *ud, void *out, size_t len)
{
    (void)ud;
    memset(out, 7, len);
}

static void a_time_is_told_in_its_largest_unit(void **state)
{
    static const struct clock fixed = { fixed_time, fixed_time, no_random, NULL };
    static const struct {
        int64_t seconds;
        const char *text;
    } cases[] = { { 0, "0 s ago" },        { -59, "59 s ago" },  { -60, "1 min ago" },
                  { -3599, "59 min ago" }, { -7200, "2 h ago" }, { -86400 * 3, "3 d ago" },
                  { 90, "in 1 min" } };
    char text[40];
    clock_replace(&fixed);
    for (size_t i = 0; i < sizeof cases / sizeof(*cases); i++) {
        cli_ago(now_us + cases[i].seconds * 1000000, text, sizeof text);
        assert_string_equal(text, cases[i].text);
    }
    cli_ago(0, text, sizeof text);
    assert_string_equal(text, "");
    clock_replace(NULL);
}

static void a_pipe_gets_exact_times(void **state)
{
    char text[40];
    cli_when(&(struct cli){ .is_terminal = false }, INT64_C(1764000000000000), text, sizeof text);
    assert_string_equal(text, "2025-11-24T16:00:00.000Z");
}

static void the_exit_code_follows_the_kind_of_error(void **state)
{
    static const struct {
        enum err_kind kind;
        int code;
    } cases[] = { { ERR_NOT_FOUND, CLI_NO },
                  { ERR_CONFLICT, CLI_NO },
                  { ERR_AUTH, CLI_NO },
                  { ERR_CONFIG, CLI_USAGE },
                  { ERR_INVALID, CLI_USAGE },
                  { ERR_UNREACHABLE, CLI_UNREACHABLE },
                  { ERR_UNKNOWN, CLI_UNREACHABLE },
                  { ERR_TLS, CLI_UNREACHABLE },
                  { ERR_STORE, CLI_UNREACHABLE },
                  { ERR_UNAVAILABLE, CLI_UNREACHABLE } };
    struct fixture *f = *state;
    struct cli c = { .command = commands_find(commands_groups(), "runs") };
    for (size_t i = 0; i < sizeof cases / sizeof(*cases); i++) {
        struct err e;
        (void)err_set(&e, cases[i].kind, "why");
        fflush(stderr);
        int old = fix_redirect(f, STDERR_FILENO, ".stderr", "wb");
        int code = cli_fail(&c, &e);
        fflush(stderr);
        fix_put_back(old, STDERR_FILENO);
        assert_int_equal(code, cases[i].code);
        char *said = fix_read(f, ".stderr");
        assert_string_equal(said, "ladle runs: why\n");
        free(said);
    }
}

static void the_key_lies_beside_the_store(void **state)
{
    static const struct {
        const char *store, *key;
    } cases[] = { { "sqlite:data/ladle.db", "/p/data/key" },
                  { "sqlite:ladle.db", "/p/key" },
                  { "sqlite:/var/lib/ladle/x.db", "/var/lib/ladle/key" },
                  { "postgres://user@host/db", "/p/data/key" } };
    for (size_t i = 0; i < sizeof cases / sizeof(*cases); i++) {
        struct project p = { .folder = (char *)"/p", .store = (char *)cases[i].store };
        char *path = secrets_key_path(&p);
        assert_string_equal(path, cases[i].key);
        free(path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_time_is_told_in_its_largest_unit),
        cmocka_unit_test(a_pipe_gets_exact_times),
        cmocka_unit_test_setup_teardown(the_exit_code_follows_the_kind_of_error, fix_setup,
                                        fix_teardown),
        cmocka_unit_test(the_key_lies_beside_the_store),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
