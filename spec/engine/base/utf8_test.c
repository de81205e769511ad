/* UTF-8: what is a character, and what only looks like one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"

static void characters_have_one_to_four_bytes(void **state)
{
    assert_int_equal(utf8_char("a", 1), 1);
    assert_int_equal(utf8_char("\0", 1), 1);
    assert_int_equal(utf8_char("\xc3\xa9", 2), 2);
    assert_int_equal(utf8_char("\xe2\x82\xac", 3), 3);
    assert_int_equal(utf8_char("\xf0\x9f\x98\x80", 4), 4);
    assert_int_equal(utf8_char("\xf4\x8f\xbf\xbf", 4), 4);
}

static void what_rfc_3629_excludes_is_no_character(void **state)
{
    static const char *const wrong[] = {
        "\x80",
        "\xbf",
        "\xc0\x80",
        "\xc1\xbf",
        "\xe0\x9f\xbf",
        "\xed\xa0\x80",
        "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80",
        "\xff",
        "\xc3(",
        "\xe2\x82(",
        "\xf0\x9f\x98(",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(utf8_char(wrong[i], strlen(wrong[i])), 0);
        assert_false(utf8_is_valid(wrong[i], strlen(wrong[i])));
    }
}

static void a_character_that_is_cut_off_is_none(void **state)
{
    assert_int_equal(utf8_char("\xf0\x9f\x98\x80", 3), 0);
    assert_int_equal(utf8_char("\xc3\xa9", 1), 0);
    assert_int_equal(utf8_char("", 0), 0);
}

static void counting_takes_a_bad_byte_for_one(void **state)
{
    assert_int_equal(utf8_count("h\xc3\xa9\xff!", 5), 4);
    assert_int_equal(utf8_count("", 0), 0);
}

static void control_characters_are_known_in_both_blocks(void **state)
{
    assert_true(utf8_is_control("\0", 1));
    assert_true(utf8_is_control("\x1f", 1));
    assert_true(utf8_is_control("\x7f", 1));
    assert_true(utf8_is_control("\xc2\x80", 2));
    assert_true(utf8_is_control("\xc2\x9f", 2));
    assert_false(utf8_is_control(" ", 1));
    assert_false(utf8_is_control("\xc2\xa0", 2));
    assert_false(utf8_is_control("\xc3\x80", 2));
}

static void trimming_takes_away_half_a_character_only(void **state)
{
    const char *text = "a\xf0\x9f\x98\x80";
    assert_int_equal(utf8_trim(text, 5), 5);
    assert_int_equal(utf8_trim(text, 4), 1);
    assert_int_equal(utf8_trim(text, 3), 1);
    assert_int_equal(utf8_trim(text, 2), 1);
    assert_int_equal(utf8_trim(text, 1), 1);
    assert_int_equal(utf8_trim(text, 0), 0);
    assert_int_equal(utf8_trim("\x80\x80\x80\x80", 4), 4);
    assert_int_equal(utf8_trim("a\xff", 2), 2);
}

static void a_cut_falls_between_characters(void **state)
{
    const char *text =
        "a\xe2\x82\xac"
        "b";
    assert_int_equal(utf8_cut(text, 5, 0), 0);
    assert_int_equal(utf8_cut(text, 5, 1), 1);
    assert_int_equal(utf8_cut(text, 5, 3), 1);
    assert_int_equal(utf8_cut(text, 5, 4), 4);
    assert_int_equal(utf8_cut(text, 5, 100), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(characters_have_one_to_four_bytes),
        cmocka_unit_test(what_rfc_3629_excludes_is_no_character),
        cmocka_unit_test(a_character_that_is_cut_off_is_none),
        cmocka_unit_test(counting_takes_a_bad_byte_for_one),
        cmocka_unit_test(control_characters_are_known_in_both_blocks),
        cmocka_unit_test(trimming_takes_away_half_a_character_only),
        cmocka_unit_test(a_cut_falls_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
