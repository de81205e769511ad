/* Diagnostics: what a person sees of a file's errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format/diag.h"

static char *printed;

static const char *print(struct diags *d)
{
    struct buf out;
    buf_init(&out, 1 << 20);
    diags_print(d, &out);
    free(printed);
    printed = buf_take(&out, NULL);
    return printed;
}

static int forget(void **state)
{
    free(printed);
    printed = NULL;
    return 0;
}

static struct diags *diags_of(const char *text)
{
    struct diags *d = diags_new("a.yaml");
    diags_set_text(d, text, strlen(text));
    return d;
}

static void an_error_shows_its_line_a_caret_and_what_to_do(void **state)
{
    struct diags *d = diags_of("recipe: x\n  stpe: y\n");
    diags_add(d, 2, 3, "did you mean \"step\"?", "unknown key \"%s\"", "stpe");
    assert_string_equal(print(d),
                        "a.yaml:2:3: unknown key \"stpe\"\n"
                        "    2 |   stpe: y\n"
                        "      |   ^\n"
                        "      = did you mean \"step\"?\n");
    diags_free(d);
}

static void errors_are_sorted_by_place_and_kept_once(void **state)
{
    struct diags *d = diags_of("");
    diags_add(d, 9, 1, NULL, "late");
    diags_add(d, 0, 0, NULL, "whole");
    diags_add(d, 2, 7, NULL, "b");
    diags_add(d, 2, 3, NULL, "a");
    diags_add(d, 2, 7, NULL, "b");
    diags_add(d, 2, 7, NULL, "c");
    assert_int_equal(d->count, 5);
    assert_string_equal(print(d),
                        "a.yaml: whole\na.yaml:2:3: a\na.yaml:2:7: b\na.yaml:2:7: c\n"
                        "a.yaml:9:1: late\n");
    diags_free(d);
}

static void a_warning_is_no_error_and_says_what_it_is(void **state)
{
    struct diags *d = diags_of("a: 1\nb: 2\n");
    diags_warn(d, 2, 1, "take it out", "never read: %s", "b");
    diags_warn(d, 2, 1, NULL, "never read: b");
    diags_warn(d, 1, 4, NULL, "one");
    diags_add(d, 2, 4, NULL, "two");
    assert_int_equal(d->count, 1);
    assert_int_equal(d->warning_count, 2);
    assert_string_equal(print(d),
                        "a.yaml:2:4: two\n    2 | b: 2\n      |    ^\n"
                        "a.yaml:1:4: warning: one\n    1 | a: 1\n      |    ^\n"
                        "a.yaml:2:1: warning: never read: b\n    2 | b: 2\n      | ^\n"
                        "      = take it out\n");
    json_t *errors = diags_json(d), *warnings = diags_warnings_json(d);
    assert_int_equal(json_array_size(errors), 1);
    assert_int_equal(json_array_size(warnings), 2);
    assert_string_equal(json_path_text(warnings, "1.hint"), "take it out");
    json_decref(errors);
    json_decref(warnings);
    diags_free(d);
}

static void warnings_past_the_most_are_counted_apart_from_errors(void **state)
{
    struct diags *d = diags_of("");
    for (int i = 0; i < DIAG_MAX + 3; i++) {
        diags_warn(d, 0, 0, NULL, "w%d", i);
    }
    assert_int_equal(d->warnings_dropped, 3);
    assert_int_equal(d->count + d->dropped, 0);
    assert_non_null(strstr(print(d), "a.yaml: 3 more warnings are not shown\n"));
    diags_free(d);
}

static void the_caret_counts_characters(void **state)
{
    struct diags *d = diags_of("\xc3\xa9\xe2\x82\xac\tx\r\n");
    diags_add(d, 1, 4, NULL, "here");
    assert_string_equal(print(d),
                        "a.yaml:1:4: here\n"
                        "    1 | \xc3\xa9\xe2\x82\xac x\n"
                        "      |    ^\n");
    diags_free(d);
}

static void of_a_long_line_the_part_around_the_column_is_shown(void **state)
{
    char text[3001];
    memset(text, '.', 3000);
    text[2000] = 'X';
    text[3000] = '\0';
    struct diags *d = diags_of(text);
    diags_add(d, 1, 2001, NULL, "here");
    print(d);
    char *save = NULL;
    strtok_r(printed, "\n", &save);
    char *line = strtok_r(NULL, "\n", &save);
    char *caret = strtok_r(NULL, "\n", &save);
    assert_true(strlen(line) < 130);
    /* The first "…" has three bytes and one column. */
    assert_int_equal(strchr(line, 'X') - line - 2, strchr(caret, '^') - caret);
    diags_free(d);
}

static void a_place_outside_the_text_is_no_problem(void **state)
{
    struct diags *d = diags_of("one\n");
    diags_add(d, 1, 500, NULL, "right of it");
    diags_add(d, 2, 1, NULL, "the empty line at the end");
    diags_add(d, 77, 1, NULL, "below");
    diags_add(d, -5, -5, NULL, "nowhere");
    print(d);
    diags_free(d);
    d = diags_new("b.yaml");
    diags_add(d, 3, 0, NULL, "no text");
    assert_string_equal(print(d), "b.yaml:3: no text\n");
    diags_free(d);
}

static void what_moves_a_terminals_cursor_is_not_printed(void **state)
{
    struct diags *d = diags_of("a\x1b[2Jb\xff\n");
    diags_add(d, 1, 1, "hint\x1b", "bad \x1b[31m \xc2\x9b text\xe2\x82");
    const char *text = print(d);
    assert_null(strchr(text, 0x1b));
    assert_null(strstr(text, "\xc2\x9b"));
    assert_null(strchr(text, (char)0xff));
    json_t *v = diags_json(d);
    assert_non_null(json_get_text(json_array_get(v, 0), "message"));
    json_decref(v);
    diags_free(d);
}

static void more_than_the_maximum_are_counted(void **state)
{
    struct diags *d = diags_of("");
    for (int i = 1; i <= DIAG_MAX + 7; i++) {
        diags_add(d, i, 1, NULL, "error");
    }
    assert_int_equal(d->count, DIAG_MAX);
    assert_int_equal(d->dropped, 7);
    assert_non_null(strstr(print(d), "a.yaml: 7 more errors are not shown\n"));
    diags_free(d);
}

static void long_messages_are_cut(void **state)
{
    struct diags *d = diags_of("");
    diags_add(d, 1, 1, NULL, "%0*d", 100000, 1);
    assert_true(strlen(d->items[0].message) < 1000);
    diags_free(d);
}

static void programs_get_a_list(void **state)
{
    struct diags *d = diags_of("x\n");
    diags_add(d, 2, 1, NULL, "second");
    diags_add(d, 1, 1, "do this", "first");
    json_t *v = diags_json(d);
    char *text = json_text(v, NULL);
    assert_string_equal(text,
                        "[{\"file\":\"a.yaml\",\"line\":1,\"column\":1,\"message\":\"first\","
                        "\"hint\":\"do this\"},{\"file\":\"a.yaml\",\"line\":2,\"column\":1,"
                        "\"message\":\"second\",\"hint\":null}]");
    free(text);
    json_decref(v);
    diags_free(d);
    diags_free(NULL);
}

static void the_closest_word_is_suggested(void **state)
{
    static const char *const words[] = {
        "step", "use", "with", "retry", "timeout", "on_error", NULL
    };
    assert_string_equal(diag_closest("stpe", words), "step");
    assert_string_equal(diag_closest("steps", words), "step");
    assert_string_equal(diag_closest("ues", words), "use");
    assert_string_equal(diag_closest("onerror", words), "on_error");
    assert_string_equal(diag_closest("timeoot", words), "timeout");
    assert_string_equal(diag_closest("retry", words), "retry");
}

static void what_is_not_close_is_not_suggested(void **state)
{
    static const char *const words[] = { "step", "use", "x", NULL };
    static const char *const none[] = { NULL };
    char huge[5000];
    memset(huge, 'a', sizeof huge - 1);
    huge[sizeof huge - 1] = '\0';
    assert_null(diag_closest("something", words));
    assert_null(diag_closest("y", words));
    assert_null(diag_closest("", words));
    assert_null(diag_closest("step", none));
    assert_null(diag_closest(huge, words));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(an_error_shows_its_line_a_caret_and_what_to_do, forget),
        cmocka_unit_test_teardown(errors_are_sorted_by_place_and_kept_once, forget),
        cmocka_unit_test_teardown(a_warning_is_no_error_and_says_what_it_is, forget),
        cmocka_unit_test_teardown(warnings_past_the_most_are_counted_apart_from_errors, forget),
        cmocka_unit_test_teardown(the_caret_counts_characters, forget),
        cmocka_unit_test_teardown(of_a_long_line_the_part_around_the_column_is_shown, forget),
        cmocka_unit_test_teardown(a_place_outside_the_text_is_no_problem, forget),
        cmocka_unit_test_teardown(what_moves_a_terminals_cursor_is_not_printed, forget),
        cmocka_unit_test_teardown(more_than_the_maximum_are_counted, forget),
        cmocka_unit_test_teardown(long_messages_are_cut, forget),
        cmocka_unit_test_teardown(programs_get_a_list, forget),
        cmocka_unit_test_teardown(the_closest_word_is_suggested, forget),
        cmocka_unit_test_teardown(what_is_not_close_is_not_suggested, forget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
