/* JSON: exact numbers, kept order, strict reading, bounded depth. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format/json.h"

static json_t *parse(const char *text)
{
    struct err e = ERR_INIT;
    json_t *v = json_parse(text, strlen(text), &e);
    if (v == NULL) {
        fail_msg("%s: %s", text, e.message);
    }
    return v;
}

static void assert_same(const char *text, const char *expected)
{
    json_t *v = parse(text);
    size_t len;
    char *out = json_text(v, &len);
    assert_string_equal(out, expected);
    assert_int_equal(len, strlen(expected));
    free(out);
    json_decref(v);
}

static void assert_refused(const char *text, size_t len)
{
    struct err e = ERR_INIT;
    json_t *v = json_parse(text, len, &e);
    if (v != NULL) {
        json_decref(v);
        fail_msg("accepted: %.*s", (int)len, text);
    }
    assert_int_equal(e.kind, ERR_INVALID);
    assert_non_null(strstr(e.message, "line"));
}

static void any_type_may_stand_alone(void **state)
{
    assert_same("null", "null");
    assert_same(" true ", "true");
    assert_same("\"x\"", "\"x\"");
    assert_same("-0", "0");
    assert_same("[]", "[]");
    assert_same("{ }", "{}");
}

static void keys_keep_their_order_and_empty_lists_stay_lists(void **state)
{
    assert_same("{\"z\": [], \"a\": {}, \"m\": [1, [2]]}", "{\"z\":[],\"a\":{},\"m\":[1,[2]]}");
}

static void integers_are_exact_to_64_bits(void **state)
{
    assert_same("[9007199254740993,9223372036854775807,-9223372036854775808]",
                "[9007199254740993,9223372036854775807,-9223372036854775808]");
}

static void an_integer_beyond_64_bits_keeps_its_digits_as_a_text(void **state)
{
    assert_same(
        "{\"n\": 5, \"9223372036854775808\": [9223372036854775808, "
        "-9223372036854775809, -9223372036854775808, 123456789012345678901234567890]}",
        "{\"n\":5,\"9223372036854775808\":[\"9223372036854775808\","
        "\"-9223372036854775809\",-9223372036854775808,"
        "\"123456789012345678901234567890\"]}");
    assert_same("18446744073709551616", "\"18446744073709551616\"");
    assert_same("[1e30,123456789012345678901234567890.0]", "[1e+30,1.2345678901234568e+29]");
}

static void a_text_is_a_big_integer_where_64_bits_do_not_hold_it(void **state)
{
    static const char *const big[] = { "9223372036854775808", "-9223372036854775809",
                                       "99999999999999999999", "0009223372036854775808" };
    static const char *const small[] = { "9223372036854775807",
                                         "-9223372036854775808",
                                         "0000000000000000000000001",
                                         "",
                                         "-",
                                         "--9223372036854775809",
                                         "9223372036854775808x",
                                         "9223372036854775808.0",
                                         "+9223372036854775808" };
    for (size_t i = 0; i < sizeof big / sizeof *big; i++) {
        assert_true(json_is_big_integer(big[i], strlen(big[i])));
    }
    for (size_t i = 0; i < sizeof small / sizeof *small; i++) {
        assert_false(json_is_big_integer(small[i], strlen(small[i])));
    }
}

static void reals_are_written_as_short_as_they_read_back(void **state)
{
    assert_same("[0.1, 19.99, 1.0, 1e300, -2.5e-7, 100000000000000000000.0]",
                "[0.1,19.99,1.0,1e+300,-2.5e-07,1e+20]");
    assert_same("[0.30000000000000004, 5e-324, 1.7976931348623157e308]",
                "[0.30000000000000004,4.94065645841247e-324,1.7976931348623157e+308]");
}

static void a_real_too_large_for_any_number_is_refused(void **state)
{
    assert_refused("1e999", 5);
}

static void text_survives_with_all_its_characters(void **state)
{
    assert_same("\"\\u0000\\u001f\\n\\t\\r\\\"\\\\\\/\\u20ac\xc3\xa9\\ud83d\\ude00\"",
                "\"\\u0000\\u001f\\n\\t\\r\\\"\\\\/\xe2\x82\xac\xc3\xa9\xf0\x9f\x98\x80\"");
}

static void what_is_not_one_json_document_is_refused(void **state)
{
    static const char *const wrong[] = {
        "",
        " ",
        "{",
        "[1,]",
        "{\"a\":1,}",
        "{'a':1}",
        "[1] 2",
        "01",
        "nul",
        "NaN",
        "\"a",
        "\"\\x\"",
        "[1 2]",
        "// x\n1",
        "+1",
        ".5",
        "\"\\ud800\"",
        "{\"a\" 1}",
        "{1:2}",
        "\"a\nb\"",
        "-",
        "]",
        "{\"\\u0000\":1}",
        "\xef\xbb\xbf{}",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_refused(wrong[i], strlen(wrong[i]));
    }
    assert_refused("1\0", 2);
    assert_refused("\0", 1);
}

static void duplicate_keys_are_refused(void **state)
{
    static const char flat[] = "{\"a\":1,\"a\":2}";
    static const char deep[] = "[{\"a\":{\"b\":1,\"b\":1}}]";
    assert_refused(flat, sizeof flat - 1);
    assert_refused(deep, sizeof deep - 1);
}

static void bytes_that_are_not_utf8_are_refused(void **state)
{
    assert_refused("\"\xff\"", 3);
    assert_refused("\"\xc0\xaf\"", 4);
    assert_refused("\"\xed\xa0\x80\"", 5);
}

static void an_error_names_the_place_and_quotes_nothing(void **state)
{
    const char *text = "{\n \"token\": \"my-secret-token\" oops";
    struct err e = ERR_INIT;
    assert_null(json_parse(text, strlen(text), &e));
    assert_non_null(strstr(e.message, "line 2"));
    assert_null(strstr(e.message, "oops"));
    assert_null(strstr(e.message, "secret"));
    text = "{\"key-of-secret\":1,\"key-of-secret\":2}";
    assert_null(json_parse(text, strlen(text), &e));
    assert_null(strstr(e.message, "key-of-secret"));
}

static char *nested(char open, char close, int depth)
{
    char *text = calloc(1, 2 * (size_t)depth + 2);
    memset(text, open, (size_t)depth);
    text[depth] = '1';
    memset(text + depth + 1, close, (size_t)depth);
    return text;
}

static void nesting_is_allowed_up_to_the_maximum_only(void **state)
{
    char *fits = nested('[', ']', JSON_DEPTH_MAX);
    char *deep = nested('[', ']', JSON_DEPTH_MAX + 1);
    char *abyss = nested('[', ']', 1000000);
    json_t *v = parse(fits);
    json_decref(v);
    assert_refused(deep, strlen(deep));
    assert_refused(abyss, strlen(abyss));
    free(fits);
    free(deep);
    free(abyss);
}

static void what_is_accepted_can_be_wrapped_written_and_read_again(void **state)
{
    char *fits = nested('[', ']', JSON_DEPTH_MAX);
    json_t *v = json_pack("{s:[{s:o}]}", "records", "event", parse(fits));
    size_t len;
    char *text = json_text(v, &len);
    assert_non_null(text);
    assert_null(json_parse(text, len, NULL));
    json_t *back = json_parse_own(text, len, NULL);
    assert_true(json_equal(back, v));
    char *abyss = nested('[', ']', JSON_OWN_DEPTH_MAX + 1);
    assert_null(json_parse_own(abyss, strlen(abyss), NULL));
    json_decref(back);
    json_decref(v);
    free(abyss);
    free(text);
    free(fits);
}

static void brackets_in_texts_are_not_nesting(void **state)
{
    char text[400] = "\"";
    memset(text + 1, '[', 300);
    memcpy(text + 301, "\\\"[[\"", 6);
    json_t *v = parse(text);
    assert_int_equal(json_string_length(v), 303);
    json_decref(v);
}

static void sorted_text_does_not_depend_on_the_order_of_keys(void **state)
{
    json_t *a = parse("{\"b\":{\"y\":1,\"x\":[{\"q\":1,\"p\":2}]},\"a\":2,\"B\":3}");
    json_t *b = parse("{\"B\":3,\"a\":2,\"b\":{\"x\":[{\"p\":2,\"q\":1}],\"y\":1}}");
    char *a_text = json_text_sorted(a);
    char *b_text = json_text_sorted(b);
    assert_string_equal(a_text, "{\"B\":3,\"a\":2,\"b\":{\"x\":[{\"p\":2,\"q\":1}],\"y\":1}}");
    assert_string_equal(a_text, b_text);
    free(a_text);
    free(b_text);
    json_decref(a);
    json_decref(b);
}

static void appending_says_when_there_is_no_room(void **state)
{
    json_t *v = parse("{\"a\":[1,2,3],\"b\":\"text\"}");
    const size_t whole = strlen("{\"a\":[1,2,3],\"b\":\"text\"}");
    for (size_t max = 0; max <= whole; max++) {
        struct buf out;
        buf_init(&out, max);
        assert_int_equal(json_append(&out, v), max == whole ? 0 : -1);
        buf_fini(&out);
    }
    json_decref(v);
}

static void a_value_without_end_is_not_written(void **state)
{
    json_t *v = json_array();
    for (int i = 0; i < 1000; i++) {
        json_t *outer = json_array();
        json_array_append_new(outer, v);
        v = outer;
    }
    assert_null(json_text(v, NULL));
    assert_null(json_text_sorted(v));
    json_decref(v);
}

static void a_path_walks_objects_and_lists(void **state)
{
    json_t *v = parse("{\"a\":{\"b\":[{\"c\":\"here\"},2]},\"0\":\"zero\",\"\":{\"x\":1}}");
    assert_string_equal(json_path_text(v, "a.b.0.c"), "here");
    assert_string_equal(json_path_text(v, "0"), "zero");
    assert_int_equal(json_integer_value(json_path(v, "a.b.1")), 2);
    assert_ptr_equal(json_path(v, ""), v);
    assert_null(json_path(v, "a.b.2"));
    assert_null(json_path(v, "a.b.00"));
    assert_null(json_path(v, "a.b.-1"));
    assert_null(json_path(v, "a.b.x"));
    assert_null(json_path(v, "a.b.0.c.d"));
    assert_null(json_path(v, "nothing.at.all"));
    assert_null(json_path(v, "a.b.99999999999999999999"));
    assert_null(json_path(NULL, "a"));
    assert_null(json_path_text(v, "a.b.1"));
    json_decref(v);
}

static void members_have_defaults(void **state)
{
    json_t *v = parse("{\"t\":\"x\",\"i\":-7,\"r\":1.5,\"b\":true}");
    assert_string_equal(json_get_text(v, "t"), "x");
    assert_null(json_get_text(v, "i"));
    assert_null(json_get_text(NULL, "t"));
    assert_int_equal(json_get_int(v, "i", 1), -7);
    assert_int_equal(json_get_int(v, "r", 1), 1);
    assert_int_equal(json_get_int(NULL, "i", 1), 1);
    assert_true(json_get_bool(v, "b", false));
    assert_true(json_get_bool(v, "t", true));
    assert_false(json_get_bool(NULL, "b", false));
    json_decref(v);
}

/* Cuts and single changed bytes of a document: each is either a value or an error, never a crash.
 */
static void damaged_documents_are_survived(void **state)
{
    static const char text[] =
        "{\"a\":[1,-2.5e3,\"x\\u20ac\\n\",{\"b\":null}],\"c\":123456789012345678901}";
    const size_t len = sizeof text - 1;
    char copy[sizeof text];
    for (size_t cut = 0; cut < len; cut++) {
        assert_refused(text, cut);
    }
    for (size_t at = 0; at < len; at++) {
        for (int byte = 0; byte < 256; byte++) {
            memcpy(copy, text, sizeof text);
            copy[at] = (char)byte;
            json_t *v = json_parse(copy, len, NULL);
            if (v != NULL) {
                char *out = json_text(v, NULL);
                assert_non_null(out);
                free(out);
            }
            json_decref(v);
        }
    }
}

/* Parses what others send, and compares; whether it was mended. */
static bool mends(const char *text, const char *expected)
{
    struct err e = ERR_INIT;
    bool was_mended;
    json_t *v = json_parse_event(text, strlen(text), &was_mended, &e);
    if (v == NULL) {
        fail_msg("%s: %s", text, e.message);
    }
    char *out = json_text(v, NULL);
    assert_string_equal(out, expected);
    free(out);
    json_decref(v);
    return was_mended;
}

static void half_of_a_character_is_kept_as_a_mark_in_what_others_send(void **state)
{
    assert_true(mends("[\"cut \\ud83d\"]", "[\"cut \xef\xbf\xbd\"]"));
    assert_true(mends("[\"\\uDE00 first\"]", "[\"\xef\xbf\xbd first\"]"));
    assert_true(mends("[\"\\ud83d\\ud83d\\ude00\"]", "[\"\xef\xbf\xbd\xf0\x9f\x98\x80\"]"));
    assert_false(mends("[\"\\ud83d\\ude00\"]", "[\"\xf0\x9f\x98\x80\"]"));
    assert_false(mends("[\"\\\\ud83d\"]", "[\"\\\\ud83d\"]"));
    assert_null(json_parse("[\"\\ud83d\"]", 10, NULL));
    bool was_mended;
    assert_null(json_parse_event("[\"\\ud83d\"", 9, &was_mended, NULL));
    assert_false(was_mended);
}

static void what_others_send_may_be_nested_two_hundred_levels(void **state)
{
    char text[2 * 201 + 1];
    bool was_mended;
    for (int depth = 200; depth <= 201; depth++) {
        memset(text, '[', (size_t)depth);
        memset(text + depth, ']', (size_t)depth);
        json_t *v = json_parse_event(text, 2 * (size_t)depth, &was_mended, NULL);
        assert_int_equal(v != NULL, depth == 200);
        json_decref(v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_type_may_stand_alone),
        cmocka_unit_test(keys_keep_their_order_and_empty_lists_stay_lists),
        cmocka_unit_test(integers_are_exact_to_64_bits),
        cmocka_unit_test(an_integer_beyond_64_bits_keeps_its_digits_as_a_text),
        cmocka_unit_test(a_text_is_a_big_integer_where_64_bits_do_not_hold_it),
        cmocka_unit_test(reals_are_written_as_short_as_they_read_back),
        cmocka_unit_test(a_real_too_large_for_any_number_is_refused),
        cmocka_unit_test(text_survives_with_all_its_characters),
        cmocka_unit_test(what_is_not_one_json_document_is_refused),
        cmocka_unit_test(duplicate_keys_are_refused),
        cmocka_unit_test(bytes_that_are_not_utf8_are_refused),
        cmocka_unit_test(an_error_names_the_place_and_quotes_nothing),
        cmocka_unit_test(nesting_is_allowed_up_to_the_maximum_only),
        cmocka_unit_test(what_is_accepted_can_be_wrapped_written_and_read_again),
        cmocka_unit_test(half_of_a_character_is_kept_as_a_mark_in_what_others_send),
        cmocka_unit_test(what_others_send_may_be_nested_two_hundred_levels),
        cmocka_unit_test(brackets_in_texts_are_not_nesting),
        cmocka_unit_test(sorted_text_does_not_depend_on_the_order_of_keys),
        cmocka_unit_test(appending_says_when_there_is_no_room),
        cmocka_unit_test(a_value_without_end_is_not_written),
        cmocka_unit_test(a_path_walks_objects_and_lists),
        cmocka_unit_test(members_have_defaults),
        cmocka_unit_test(damaged_documents_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
