/* YAML: the tree with its marks, everything that is refused, and bytes that mean harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format/yaml.h"

static struct diags *d;
static struct yaml *root;

static int begin(void **state)
{
    d = diags_new("t.yaml");
    root = NULL;
    return 0;
}

static int end(void **state)
{
    yaml_tree_free(root);
    diags_free(d);
    return 0;
}

static struct yaml *parse(const char *text)
{
    end(NULL);
    begin(NULL);
    root = yaml_parse(text, strlen(text), d);
    return root;
}

static struct yaml *parse_good(const char *text)
{
    parse(text);
    if (root == NULL || d->count > 0) {
        fail_msg("%s:%d:%d: %s", text, d->items[0].line, d->items[0].column, d->items[0].message);
    }
    return root;
}

/* The first error is at that place and says that. */
static void assert_error(const char *text, int line, int column, const char *message)
{
    parse(text);
    assert_true(d->count > 0);
    const struct diag *it = &d->items[0];
    if (it->line != line || it->column != column || strstr(it->message, message) == NULL) {
        fail_msg("%d:%d: %s", it->line, it->column, it->message);
    }
}

static void assert_hint(const char *hint)
{
    assert_non_null(d->items[0].hint);
    if (strstr(d->items[0].hint, hint) == NULL) {
        fail_msg("%s", d->items[0].hint);
    }
}

static void a_tree_holds_raw_texts_in_their_order(void **state)
{
    parse_good("b: no\na:\n  - 0x10\n  - 'it''s'\n  - \"tab\\t\"\nc: {x: 1, y: []}\n");
    assert_int_equal(root->kind, YAML_MAP);
    assert_int_equal(root->count, 3);
    assert_string_equal(root->keys[0]->text, "b");
    assert_string_equal(yaml_get(root, "b")->text, "no");
    const struct yaml *list = yaml_get(root, "a");
    assert_int_equal(list->kind, YAML_LIST);
    assert_int_equal(list->count, 3);
    assert_string_equal(list->items[0]->text, "0x10");
    assert_string_equal(list->items[1]->text, "it's");
    assert_string_equal(list->items[2]->text, "tab\t");
    assert_string_equal(yaml_get(yaml_get(root, "c"), "x")->text, "1");
    assert_int_equal(yaml_get(yaml_get(root, "c"), "y")->count, 0);
    assert_null(yaml_get(root, "z"));
    assert_null(yaml_get(list, "a"));
    assert_null(yaml_get(NULL, "a"));
}

static void marks_count_lines_and_characters_from_1(void **state)
{
    parse_good("\xc3\xa9: \xe2\x82\xac\nlist:\n  - \xf0\x9f\x98\x80: [a, b]\r\nx: 'y'\n");
    assert_int_equal(root->keys[0]->column, 1);
    assert_int_equal(root->items[0]->line, 1);
    assert_int_equal(root->items[0]->column, 4);
    const struct yaml *inner = yaml_get(root, "list")->items[0];
    assert_true(inner->line == 3 && inner->column == 5);
    assert_true(inner->items[0]->items[1]->line == 3 && inner->items[0]->items[1]->column == 12);
    assert_true(root->keys[2]->line == 4 && root->keys[2]->column == 1);
}

static void plain_texts_are_told_from_quoted_and_block_ones(void **state)
{
    parse_good("a: x\nb: 'x'\nc: \"x\"\nd: |\n  x\ne: >\n  x\nf:\n");
    assert_true(yaml_get(root, "a")->is_plain);
    assert_false(yaml_get(root, "b")->is_plain);
    assert_false(yaml_get(root, "c")->is_plain);
    assert_false(yaml_get(root, "d")->is_plain);
    assert_false(yaml_get(root, "e")->is_plain);
    assert_true(yaml_get(root, "f")->is_plain);
    assert_string_equal(yaml_get(root, "d")->text, "x\n");
    assert_string_equal(yaml_get(root, "f")->text, "");
}

static void a_comment_behind_a_plain_text_is_noticed(void **state)
{
    parse_good(
        "a: = #list\n"
        "b: = x  # two\n"
        "c: '= x' # quoted\n"
        "d: = x#y\n"
        "e: = \xe2\x82\xac\xe2\x82\xac #z\n"
        "f: = x\n"
        "# a line of its own\n"
        "g: [ = a #in a list\n"
        "  , b ]\n"
        "h: = multi\n"
        "  line # behind the second\n"
        "i: = end #");
    assert_string_equal(yaml_get(root, "a")->text, "=");
    assert_true(yaml_get(root, "a")->is_cut_by_comment);
    assert_true(yaml_get(root, "b")->is_cut_by_comment);
    assert_false(yaml_get(root, "c")->is_cut_by_comment);
    assert_false(yaml_get(root, "d")->is_cut_by_comment);
    assert_string_equal(yaml_get(root, "d")->text, "= x#y");
    assert_true(yaml_get(root, "e")->is_cut_by_comment);
    assert_false(yaml_get(root, "f")->is_cut_by_comment);
    assert_true(yaml_get(root, "g")->items[0]->is_cut_by_comment);
    assert_false(yaml_get(root, "g")->items[1]->is_cut_by_comment);
    assert_true(yaml_get(root, "h")->is_cut_by_comment);
    assert_true(yaml_get(root, "i")->is_cut_by_comment);
}

static void a_byte_order_mark_and_one_document_line_are_allowed(void **state)
{
    parse_good(
        "\xef\xbb\xbf"
        "a: = x #c\n");
    assert_int_equal(root->keys[0]->column, 1);
    assert_true(yaml_get(root, "a")->is_cut_by_comment);
    parse_good("# first\n---\na: 1\n...\n");
    assert_string_equal(yaml_get(root, "a")->text, "1");
}

static void the_root_may_be_a_list_or_a_text(void **state)
{
    assert_int_equal(parse_good("- a\n- b\n")->count, 2);
    assert_string_equal(parse_good("just text")->text, "just text");
    assert_string_equal(parse_good("''")->text, "");
}

static void an_empty_file_is_an_error(void **state)
{
    static const char *const empty[] = { "",      "\n\n",         "# only a comment\n",
                                         "---\n", "\xef\xbb\xbf", "---\n...\n" };
    for (size_t i = 0; i < sizeof empty / sizeof empty[0]; i++) {
        assert_error(empty[i], 1, 1, "empty");
        assert_null(root);
    }
}

static void anchors_aliases_and_tags_are_refused_each_at_its_place(void **state)
{
    parse("a: &x 1\nb: *x\nc: !!str 2\nd: !mine {e: 1}\nf: &y [1]\n");
    assert_non_null(root);
    assert_int_equal(d->count, 5);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(d->items[i].line, i + 1);
        assert_int_equal(d->items[i].column, 4);
        assert_non_null(d->items[i].hint);
    }
    assert_non_null(strstr(d->items[0].message, "&x"));
    assert_non_null(strstr(d->items[1].message, "*x"));
}

static void duplicate_keys_are_refused_and_the_first_one_stays(void **state)
{
    parse("a: 1\nb: {c: 1, 'c': 2}\n\"a\": [2, {x: 1}]\na: 3\n");
    assert_int_equal(d->count, 3);
    assert_true(d->items[0].line == 2 && d->items[0].column == 11);
    assert_true(d->items[1].line == 3 && d->items[1].column == 1);
    assert_non_null(strstr(d->items[1].message, "\"a\" is here already, in line 1"));
    assert_int_equal(root->count, 2);
    assert_string_equal(yaml_get(root, "a")->text, "1");
}

static void keys_that_are_no_text_are_refused_with_their_values(void **state)
{
    parse("[a, b]: 1\n{c: 1}: {d: 2}\n? [x]\n: y\ne: 3\n");
    assert_int_equal(d->count, 3);
    assert_non_null(strstr(d->items[0].message, "a key must be a text"));
    assert_int_equal(root->count, 1);
    assert_string_equal(yaml_get(root, "e")->text, "3");
}

static void a_second_document_is_refused(void **state)
{
    assert_error("a: 1\n---\nb: 2\n", 2, 1, "one document");
    assert_null(root);
}

static char *nested(const char *open, const char *close, int depth)
{
    size_t open_len = strlen(open);
    size_t close_len = strlen(close);
    char *text = calloc(1, (size_t)depth * (open_len + close_len) + 1);
    for (int i = 0; i < depth; i++) {
        memcpy(text + (size_t)i * open_len, open, open_len);
        memcpy(text + (size_t)depth * open_len + (size_t)i * close_len, close, close_len);
    }
    return text;
}

static void nesting_is_allowed_up_to_the_maximum_only(void **state)
{
    char *fits = nested("[", "]", YAML_DEPTH_MAX);
    char *deep = nested("[", "]", YAML_DEPTH_MAX + 1);
    char *abyss = nested("- ", "", 100000);
    char *maps = nested("{a: ", "}", 50000);
    parse_good(fits);
    assert_error(deep, 1, YAML_DEPTH_MAX + 1, "nested more than 32 levels");
    assert_null(root);
    assert_error(abyss, 1, 2 * YAML_DEPTH_MAX + 1, "nested more than 32 levels");
    assert_error(maps, 1, 4 * YAML_DEPTH_MAX + 1, "nested more than 32 levels");
    free(fits);
    free(deep);
    free(abyss);
    free(maps);
}

static void size_and_number_of_values_are_bounded(void **state)
{
    char *big = malloc(YAML_BYTES_MAX + 1);
    memset(big, ' ', YAML_BYTES_MAX + 1);
    assert_null(yaml_parse(big, YAML_BYTES_MAX + 1, d));
    assert_non_null(strstr(d->items[0].message, "larger than 1024 KiB"));
    for (size_t i = 0; i + 2 < YAML_BYTES_MAX; i += 2) {
        memcpy(big + i, "-\n", 2);
    }
    big[YAML_BYTES_MAX - 1] = '\0';
    assert_error(big, 100000, 2, "more than 100000 values");
    assert_null(root);
    free(big);
}

static void a_map_of_many_keys_is_read_in_good_time(void **state)
{
    struct buf b;
    buf_init(&b, YAML_BYTES_MAX);
    for (int i = 0; i < 49000; i++) {
        buf_printf(&b, "key%d: 1\n", i);
    }
    assert_int_equal(parse_good(b.data)->count, 49000);
    /* All on one line: the look-ups of marks may not start over for each. */
    buf_clear(&b);
    for (int i = 0; i < 49000; i++) {
        buf_puts(&b, i == 0 ? "[= a" : ",= a");
    }
    buf_puts(&b, "]");
    assert_int_equal(parse_good(b.data)->count, 49000);
    buf_fini(&b);
}

static void an_expression_that_yaml_cannot_read_is_told_to_be_quoted(void **state)
{
    static const char *const texts[] = {
        "a: 1\nx: = t[\"a: b\"]\n",
        "do:\n  - with:\n      x: = f(\"a: b\")\n",
        "x:\n  - = t[\"a: b\"]: y\n",
        "x: = a #b\n   c\n",
        "x: = { a: 1 }\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        parse(texts[i]);
        assert_null(root);
        assert_int_equal(d->count, 1);
        assert_hint("put the whole expression in quotes");
    }
}

static void syntax_errors_say_what_to_do(void **state)
{
    assert_error("a:\n\tb: 1\n", 2, 1, "tab");
    assert_hint("spaces");
    assert_error("a: 'x\nb: 1\n", 1, 4, "a quote is not closed");
    assert_error("a: \"x\nb: 1\n", 1, 4, "a quote is not closed");
    assert_error("a: @x\n", 1, 4, "a text cannot begin with @");
    assert_hint("quotes");
    assert_error("a: `x`\n", 1, 4, "a text cannot begin with `");
    assert_error("a: %x\n", 1, 4, "a text cannot begin with %");
    assert_error("a: b: c\n", 1, 5, "a \": \" stands where none can be");
    assert_error("a: 1\nb\nc: 2\n", 2, 1, "a key without");
    assert_error("a: 1\n  b: 2\n", 2, 4, "a \": \" stands where none can be");
    assert_error("a:\n  b: 1\n c: 2\n", 3, 2, "does not fit");
    assert_error("a:\n  - 1\n  b: 2\n", 3, 3, "does not fit");
    assert_error("a: [1, 2\nb: 3\n", 1, 4, "a list in [ ] is not closed");
    assert_error("a: {b: 1\n", 1, 4, "not closed");
    assert_error("a: \"\\q\"\n", 1, 5, "backslash");
    assert_error("a: 'x' y\n", 1, 8, "does not fit");
    assert_error("a: | text\n", 1, 4, "nothing may follow");
    assert_error("a: *\n", 1, 4, "a name is missing");
    assert_error("a: - b\n", 1, 4, "a list begins where none can be");
    assert_error("a: ]\n", 1, 4, "a value is missing here");
}

static void errors_before_a_syntax_error_are_kept(void **state)
{
    parse("a: &x 1\nb: 1\nb: 2\nc: 'open\n");
    assert_null(root);
    assert_int_equal(d->count, 3);
}

static void bytes_that_are_no_text_are_refused_at_their_place(void **state)
{
    assert_error("a: 1\nb: \xff\n", 2, 4, "not UTF-8");
    assert_error(
        "\xff\xfe"
        "a",
        1, 1, "not UTF-8");
    assert_error("a: \xc0\x80\n", 1, 4, "not UTF-8");
    assert_error("\xc3\xa9: \x01\n", 1, 4, "control character");
    assert_error("a: \xc2\x9b\n", 1, 4, "control character");
    assert_error("a: 1\rb: 2\n", 1, 5, "carriage return");
    assert_error("a: x\xe2\x80\xa8y\n", 1, 5, "line separator");
    assert_error("a: \xef\xbb\xbfx\n", 1, 4, "invisible");
    static const char with_nul[] = "a: x\0y\n";
    end(NULL);
    begin(NULL);
    root = yaml_parse(with_nul, sizeof with_nul - 1, d);
    assert_null(root);
    assert_int_equal(d->items[0].column, 5);
}

static void an_escaped_nul_is_refused(void **state)
{
    parse("a: \"x\\0y\"\n\"k\\0\": 1\n");
    assert_int_equal(d->count, 2);
    assert_non_null(strstr(d->items[0].message, "NUL"));
    assert_string_equal(yaml_get(root, "a")->text, "x");
    assert_int_equal(yaml_get(root, "a")->len, 1);
}

static void the_diagnostics_get_the_text(void **state)
{
    parse("a: &x 1\n");
    struct buf out;
    buf_init(&out, 10000);
    diags_print(d, &out);
    assert_non_null(strstr(buf_text(&out), "    1 | a: &x 1\n      |    ^\n"));
    buf_fini(&out);
}

/* Whatever stands in the file, the end is a tree or an error. */
static void check(const char *text, size_t len)
{
    end(NULL);
    begin(NULL);
    root = yaml_parse(text, len, d);
    if (root == NULL) {
        assert_true(d->count > 0);
    }
    struct buf out;
    buf_init(&out, 1 << 20);
    diags_print(d, &out);
    buf_fini(&out);
}

static void damaged_and_random_files_are_survived(void **state)
{
    static const char good[] =
        "recipe: x\nneeds: {crm: highlevel}\nwhen:\n  - crm.new_lead\n"
        "if: = not has(event.tags, 'a') # c\ndo:\n  - step: a\n    with:\n"
        "      t: |\n        two\n        lines\n      u: \"q\\x41\"\n  - &b *c\n";
    const size_t len = sizeof good - 1;
    char copy[sizeof good];
    for (size_t cut = 0; cut < len; cut++) {
        check(good, cut);
    }
    static const char marks[] = "\n\t :-?[]{},#&*!|>'\"%@`\\~\xff\x01\xe2=.";
    for (size_t at = 0; at < len; at++) {
        for (size_t i = 0; i < sizeof marks; i++) {
            memcpy(copy, good, sizeof good);
            copy[at] = marks[i];
            check(copy, len);
        }
    }
    uint32_t seed = 7;
    for (int round = 0; round < 3000; round++) {
        char noise[120];
        for (size_t i = 0; i < sizeof noise; i++) {
            seed = seed * 1664525 + 1013904223;
            noise[i] = marks[(seed >> 16) % (sizeof marks - 4)];
            noise[i] = (seed >> 28) < 4 ? 'a' : noise[i];
        }
        check(noise, sizeof noise);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_tree_holds_raw_texts_in_their_order),
        TEST(marks_count_lines_and_characters_from_1),
        TEST(plain_texts_are_told_from_quoted_and_block_ones),
        TEST(a_comment_behind_a_plain_text_is_noticed),
        TEST(a_byte_order_mark_and_one_document_line_are_allowed),
        TEST(the_root_may_be_a_list_or_a_text),
        TEST(an_empty_file_is_an_error),
        TEST(anchors_aliases_and_tags_are_refused_each_at_its_place),
        TEST(duplicate_keys_are_refused_and_the_first_one_stays),
        TEST(keys_that_are_no_text_are_refused_with_their_values),
        TEST(a_second_document_is_refused),
        TEST(nesting_is_allowed_up_to_the_maximum_only),
        TEST(size_and_number_of_values_are_bounded),
        TEST(a_map_of_many_keys_is_read_in_good_time),
        TEST(an_expression_that_yaml_cannot_read_is_told_to_be_quoted),
        TEST(syntax_errors_say_what_to_do),
        TEST(errors_before_a_syntax_error_are_kept),
        TEST(bytes_that_are_no_text_are_refused_at_their_place),
        TEST(an_escaped_nul_is_refused),
        TEST(the_diagnostics_get_the_text),
        TEST(damaged_and_random_files_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
