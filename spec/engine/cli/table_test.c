/* Tables: what a terminal gets and what a pipe gets. stdout is a file here, so the window has the
 * usual 100 columns. */
#include "fixture.h"

#include "base/log.h"

static const char *const heads[] = { "NAME", "N", "WHAT", NULL };

/* Prints one table of these rows and gives what came out; yours. */
static char *print_rows(struct fixture *f, bool is_terminal, const char *const rows[][4],
                        size_t count)
{
    struct cli c = { .is_terminal = is_terminal };
    struct table *t = table_new(heads);
    for (size_t i = 0; i < count; i++) {
        table_row(t, rows[i]);
    }
    fflush(stdout);
    int out = fix_redirect(f, STDOUT_FILENO, ".table", "wb");
    table_print(t, &c);
    fflush(stdout);
    fix_put_back(out, STDOUT_FILENO);
    return fix_read(f, ".table");
}

static void a_pipe_gets_tabs_and_whole_cells(void **state)
{
    struct fixture *f = *state;
    char wide[301];
    memset(wide, 'x', 300);
    wide[300] = '\0';
    const char *const rows[][4] = { { "a", "1", wide, NULL } };
    char *text = print_rows(f, false, rows, 1);
    char *expected = xasprintf("NAME\tN\tWHAT\na\t1\t%s\n", wide);
    assert_string_equal(text, expected);
    free(expected);
    free(text);
}

static void columns_line_up_by_what_a_reader_sees(void **state)
{
    struct fixture *f = *state;
    const char *const rows[][4] = {
        { "José", "1", "one", NULL },
        { "e\xcc\x81", "22", "combining", NULL },
        { "日本", "3", "wide", NULL },
        { NULL, "4", "no name", NULL },
    };
    char *text = print_rows(f, true, rows, 4);
    assert_string_equal(text,
                        "NAME  N   WHAT\n"
                        "José  1   one\n"
                        "e\xcc\x81     22  combining\n"
                        "日本  3   wide\n"
                        "      4   no name\n");
    free(text);
}

static void a_row_is_cut_to_the_window(void **state)
{
    struct fixture *f = *state;
    char wide[301];
    memset(wide, 'x', 300);
    wide[300] = '\0';
    const char *const rows[][4] = { { "name", "1", wide, NULL } };
    char *text = print_rows(f, true, rows, 1);
    const char *line = strchr(text, '\n') + 1;
    assert_int_equal(strcspn(line, "\n"), 100 + 2); /* the ellipsis is three bytes and one column */
    assert_contains(line, "x…\n");
    free(text);
}

static void the_first_column_is_never_cut(void **state)
{
    struct fixture *f = *state;
    char wide[151];
    memset(wide, 'x', 150);
    wide[150] = '\0';
    const char *const rows[][4] = { { wide, "1", wide, NULL } };
    char *text = print_rows(f, true, rows, 1);
    assert_int_equal(strspn(strchr(text, '\n') + 1, "x"), 150);
    assert_contains(text, "  1  xxxxxxxxxxx…\n");
    free(text);
}

static void what_would_move_the_cursor_becomes_spaces(void **state)
{
    struct fixture *f = *state;
    const char *const rows[][4] = {
        { "a\x1b[2Jb", "1\n2", "c\td\x7f", NULL },
        { "\xc2\x9b"
          "31m",
          "\x9b", "x\xe2\x80\xaey", NULL },
    };
    char *text = print_rows(f, false, rows, 2);
    assert_string_equal(text, "NAME\tN\tWHAT\na [2Jb\t1 2\tc d \n  31m\t \tx   y\n");
    free(text);
}

static void a_forbidden_text_is_blotted_out(void **state)
{
    struct fixture *f = *state;
    const char *const rows[][4] = { { "a", "1", "token: hunter2hunter2.", NULL } };
    log_forbid("hunter2hunter2", 14);
    char *text = print_rows(f, false, rows, 1);
    log_allow("hunter2hunter2", 14);
    assert_contains(text, "token: **************.");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_pipe_gets_tabs_and_whole_cells, fix_setup, fix_teardown),
        cmocka_unit_test_setup_teardown(columns_line_up_by_what_a_reader_sees, fix_setup,
                                        fix_teardown),
        cmocka_unit_test_setup_teardown(a_row_is_cut_to_the_window, fix_setup, fix_teardown),
        cmocka_unit_test_setup_teardown(the_first_column_is_never_cut, fix_setup, fix_teardown),
        cmocka_unit_test_setup_teardown(what_would_move_the_cursor_becomes_spaces, fix_setup,
                                        fix_teardown),
        cmocka_unit_test_setup_teardown(a_forbidden_text_is_blotted_out, fix_setup, fix_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
