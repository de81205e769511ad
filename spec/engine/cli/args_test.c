/* The words of the command line: what is read, and what is refused with which words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/args.h"

static const struct option options[] = {
    { "limit", "N", "so many" },
    { "all", NULL, "all of them" },
    { "set", "FIELD=VALUE…", "a field" },
    { NULL, NULL, NULL },
};
static const struct command list_command = {
    .name = "list", .args = "[NAME] [OTHER]", .args_max = 2, .options = options
};
static const struct command raw_command = {
    .name = "raw", .args = "FILE [ARGS…]", .args_min = 1, .args_max = -1, .is_args_raw = true
};
static const struct command *const commands[] = { &list_command, &raw_command, NULL };
static const struct command_group groups[] = { { "All", commands }, { NULL, NULL } };

struct parsed {
    struct cli c;
    enum args_what what;
    struct err e;
    int result;
    char *argv[16];
};

/* The words are string constants that nobody writes to. */
static void parse_words(struct parsed *p, const char *const *words)
{
    int argc = 1;
    *p = (struct parsed){ .c = { .folder = "." }, .argv = { (char *)"ladle" } };
    for (; words[argc - 1] != NULL; argc++) {
        p->argv[argc] = (char *)words[argc - 1];
    }
    p->result = args_parse(argc, p->argv, groups, &p->c, &p->what, &p->e);
}

#define parse(p, ...) parse_words(p, (const char *const[]){ __VA_ARGS__, NULL })

static void options_stand_before_between_and_behind_arguments(void **state)
{
    struct parsed p;
    parse(&p, "--json", "list", "--limit", "5", "one", "-C", "shop", "two", "--all");
    assert_int_equal(p.result, 0);
    assert_int_equal(p.what, ARGS_RUN);
    assert_ptr_equal(p.c.command, &list_command);
    assert_int_equal(p.c.arg_count, 2);
    assert_string_equal(p.c.args[0], "one");
    assert_string_equal(p.c.args[1], "two");
    assert_string_equal(cli_option(&p.c, "limit"), "5");
    assert_string_equal(cli_option(&p.c, "all"), "");
    assert_string_equal(p.c.folder, "shop");
    assert_true(p.c.is_json);
}

static void a_value_may_stand_behind_an_equals_sign(void **state)
{
    struct parsed p;
    parse(&p, "list", "--limit=7", "--set=a=b", "-Cshop");
    assert_int_equal(p.result, 0);
    assert_string_equal(cli_option(&p.c, "limit"), "7");
    assert_string_equal(cli_option(&p.c, "set"), "a=b");
    assert_string_equal(p.c.folder, "shop");
}

static void a_repeated_option_keeps_every_value_in_order(void **state)
{
    struct parsed p;
    parse(&p, "list", "--set", "a=1", "--set", "b=2");
    int pos = 0;
    assert_int_equal(p.result, 0);
    assert_string_equal(cli_option_next(&p.c, "set", &pos), "a=1");
    assert_string_equal(cli_option_next(&p.c, "set", &pos), "b=2");
    assert_null(cli_option_next(&p.c, "set", &pos));
}

static void two_dashes_end_the_options(void **state)
{
    struct parsed p;
    parse(&p, "list", "--", "--limit", "-x");
    assert_int_equal(p.result, 0);
    assert_int_equal(p.c.arg_count, 2);
    assert_string_equal(p.c.args[0], "--limit");
    assert_null(cli_option(&p.c, "limit"));
}

static void a_single_dash_is_an_argument_and_a_value(void **state)
{
    struct parsed p;
    parse(&p, "list", "-", "--set", "-");
    assert_int_equal(p.result, 0);
    assert_string_equal(p.c.args[0], "-");
    assert_string_equal(cli_option(&p.c, "set"), "-");
}

static void what_follows_the_file_of_a_raw_command_is_left_alone(void **state)
{
    struct parsed p;
    parse(&p, "raw", "--json", "file", "--json", "--help", "-C", "x");
    assert_int_equal(p.result, 0);
    assert_int_equal(p.what, ARGS_RUN);
    assert_int_equal(p.c.arg_count, 5);
    assert_string_equal(p.c.args[1], "--json");
    assert_string_equal(p.c.args[4], "x");
    assert_string_equal(p.c.folder, ".");
}

static void no_command_asks_for_the_list(void **state)
{
    struct parsed p;
    parse_words(&p, (const char *const[]){ NULL });
    assert_int_equal(p.result, 0);
    assert_int_equal(p.what, ARGS_LIST);
    parse(&p, "--help");
    assert_int_equal(p.what, ARGS_LIST);
    parse(&p, "--version");
    assert_int_equal(p.what, ARGS_VERSION);
}

static void help_wins_over_everything_that_is_wrong(void **state)
{
    struct parsed p;
    parse(&p, "list", "--nonsense", "a", "b", "c", "--help");
    assert_int_equal(p.result, 0);
    assert_int_equal(p.what, ARGS_HELP);
    parse(&p, "help", "list");
    assert_int_equal(p.what, ARGS_HELP);
    assert_ptr_equal(p.c.command, &list_command);
}

static void json_is_found_behind_what_is_wrong(void **state)
{
    struct parsed p;
    parse(&p, "list", "--nonsense", "--json");
    assert_int_equal(p.result, -1);
    assert_true(p.c.is_json);
}

struct refusal {
    const char *words[6];
    const char *message;
};

static void a_wrong_word_is_named_with_what_may_be_meant(void **state)
{
    static const struct refusal refusals[] = {
        { { "lst" }, "there is no command \"lst\"; is \"list\" meant?" },
        { { "zzzzzz" }, "there is no command \"zzzzzz\"; `ladle --help` lists them" },
        { { "list", "--lmit", "5" }, "there is no option --lmit; is --limit meant?" },
        { { "list", "--limit" }, "--limit needs a value" },
        { { "list", "--limit", "--all" }, "--limit needs a value" },
        { { "list", "--all=yes" }, "--all takes no value" },
        { { "list", "--limit", "1", "--limit", "2" }, "--limit is given twice" },
        { { "list", "-x" }, "there is no option -x" },
        { { "list", "-C" }, "-C needs a folder" },
        { { "list", "--json=1" }, "--json takes no value" },
        { { "list", "--log", "loud" },
          "--log loud: the levels are debug, info, warn, error and off" },
        { { "--limit", "5", "list" }, "there is no option --limit before a command" },
        { { "list", "a", "b", "c" }, "\"c\" is one word too many: ladle list [NAME] [OTHER]" },
        { { "raw" }, "something is missing: ladle raw FILE [ARGS…]" },
    };
    for (size_t i = 0; i < sizeof refusals / sizeof(*refusals); i++) {
        struct parsed p;
        parse_words(&p, refusals[i].words);
        assert_int_equal(p.result, -1);
        assert_int_equal(p.e.kind, ERR_CONFIG);
        assert_string_equal(p.e.message, refusals[i].message);
    }
}

static void more_repeats_than_the_maximum_are_refused(void **state)
{
    const char *words[CLI_REPEATS_MAX + 3] = { "list" };
    char *argv[CLI_REPEATS_MAX + 4] = { (char *)"ladle" };
    for (int i = 0; i < CLI_REPEATS_MAX + 1; i++) {
        words[i + 1] = "--set=a=1";
    }
    int argc = 1;
    for (; words[argc - 1] != NULL; argc++) {
        argv[argc] = (char *)words[argc - 1];
    }
    struct cli c = { .folder = "." };
    enum args_what what;
    struct err e = ERR_INIT;
    assert_int_equal(args_parse(argc, argv, groups, &c, &what, &e), -1);
    assert_string_equal(e.message, "--set is given more than 64 times");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_stand_before_between_and_behind_arguments),
        cmocka_unit_test(a_value_may_stand_behind_an_equals_sign),
        cmocka_unit_test(a_repeated_option_keeps_every_value_in_order),
        cmocka_unit_test(two_dashes_end_the_options),
        cmocka_unit_test(a_single_dash_is_an_argument_and_a_value),
        cmocka_unit_test(what_follows_the_file_of_a_raw_command_is_left_alone),
        cmocka_unit_test(no_command_asks_for_the_list),
        cmocka_unit_test(help_wins_over_everything_that_is_wrong),
        cmocka_unit_test(json_is_found_behind_what_is_wrong),
        cmocka_unit_test(a_wrong_word_is_named_with_what_may_be_meant),
        cmocka_unit_test(more_repeats_than_the_maximum_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
