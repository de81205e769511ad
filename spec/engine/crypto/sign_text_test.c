/* Base64 and hexadecimal: RFC 4648's vectors, both ways, and one spelling only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/sign.h"

/* RFC 4648, 10. */
static const char *const vectors[][3] = {
    { "", "", "" },
    { "f", "Zg==", "66" },
    { "fo", "Zm8=", "666f" },
    { "foo", "Zm9v", "666f6f" },
    { "foob", "Zm9vYg==", "666f6f62" },
    { "fooba", "Zm9vYmE=", "666f6f6261" },
    { "foobar", "Zm9vYmFy", "666f6f626172" },
};

enum { VECTORS = sizeof vectors / sizeof vectors[0] };

static void the_vectors_of_rfc_4648_are_encoded(void **state)
{
    for (size_t i = 0; i < VECTORS; i++) {
        struct buf out;
        buf_init(&out, 100);
        size_t len = strlen(vectors[i][0]);
        assert_int_equal(base64_encode(&out, vectors[i][0], len), 0);
        assert_string_equal(buf_text(&out), vectors[i][1]);
        buf_clear(&out);
        assert_int_equal(hex_encode(&out, vectors[i][0], len), 0);
        assert_string_equal(buf_text(&out), vectors[i][2]);
        buf_clear(&out);
        assert_int_equal(base64url_encode(&out, vectors[i][0], len), 0);
        assert_int_equal(out.len, strcspn(vectors[i][1], "="));
        assert_memory_equal(buf_text(&out), vectors[i][1], out.len);
        buf_fini(&out);
    }
}

static void the_vectors_of_rfc_4648_are_decoded_with_and_without_padding(void **state)
{
    for (size_t i = 0; i < VECTORS; i++) {
        struct buf out;
        buf_init(&out, 100);
        const char *text = vectors[i][1];
        assert_int_equal(base64_decode(&out, text, strlen(text), NULL), 0);
        assert_string_equal(buf_text(&out), vectors[i][0]);
        buf_clear(&out);
        assert_int_equal(base64_decode(&out, text, strcspn(text, "="), NULL), 0);
        assert_string_equal(buf_text(&out), vectors[i][0]);
        buf_clear(&out);
        assert_int_equal(hex_decode(&out, vectors[i][2], strlen(vectors[i][2]), NULL), 0);
        assert_string_equal(buf_text(&out), vectors[i][0]);
        buf_fini(&out);
    }
}

static void every_byte_comes_back_in_both_alphabets(void **state)
{
    uint8_t all[257];
    for (size_t i = 0; i < sizeof all; i++) {
        all[i] = (uint8_t)(i * 151);
    }
    int (*const encoders[])(struct buf *, const void *, size_t) = { base64_encode,
                                                                    base64url_encode };
    for (size_t e = 0; e < 2; e++) {
        for (size_t len = 0; len <= sizeof all; len++) {
            struct buf text;
            struct buf back;
            buf_init(&text, 1000);
            buf_init(&back, 1000);
            assert_int_equal(encoders[e](&text, all, len), 0);
            assert_int_equal(base64_decode(&back, buf_text(&text), text.len, NULL), 0);
            assert_int_equal(back.len, len);
            assert_memory_equal(buf_text(&back), all, len);
            buf_fini(&text);
            buf_fini(&back);
        }
    }
}

static void only_one_spelling_is_accepted(void **state)
{
    static const char *const wrong[] = {
        "Z",    "Zg=",  "Zg===",    "Z===",     "=",     "==",         "====",
        "Zh==", "Zm9=", "Zm9v=",    "Zm9v====", "Zm 9v", "Zm9v\n",     "Zm\n9v",
        "-+AA", "/_AA", "Zg==Zg==", "Zm9v!",    "Z=g=",  "\xc3\xa9ZZ",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct buf out;
        struct err e = ERR_INIT;
        buf_init(&out, 100);
        if (base64_decode(&out, wrong[i], strlen(wrong[i]), &e) == 0) {
            fail_msg("\"%s\" was accepted", wrong[i]);
        }
        assert_int_equal(e.kind, ERR_INVALID);
        buf_fini(&out);
    }
    struct buf out;
    buf_init(&out, 100);
    assert_int_equal(base64_decode(&out, "Zm9v\0", 5, NULL), -1);
    assert_int_equal(base64_decode(&out, "Zm\0v", 4, NULL), -1);
    buf_fini(&out);
}

static void hexadecimal_digits_come_in_pairs_of_any_case(void **state)
{
    struct buf out;
    struct err e = ERR_INIT;
    buf_init(&out, 100);
    assert_int_equal(hex_decode(&out, "fFaA09", 6, NULL), 0);
    assert_memory_equal(buf_text(&out), "\xff\xaa\x09", 3);
    assert_int_equal(hex_decode(&out, "abc", 3, &e), -1);
    assert_int_equal(hex_decode(&out, "0x", 2, &e), -1);
    assert_int_equal(hex_decode(&out, "g0", 2, &e), -1);
    assert_int_equal(hex_decode(&out, "a ", 2, &e), -1);
    assert_int_equal(e.kind, ERR_INVALID);
    buf_fini(&out);
}

static void what_does_not_fit_is_reported(void **state)
{
    struct buf out;
    struct err e = ERR_INIT;
    buf_init(&out, 2);
    assert_int_equal(base64_encode(&out, "foo", 3), -1);
    buf_clear(&out);
    assert_int_equal(hex_encode(&out, "fo", 2), -1);
    buf_clear(&out);
    assert_int_equal(base64_decode(&out, "Zm9v", 4, &e), -1);
    assert_int_equal(e.kind, ERR_TOO_LARGE);
    buf_clear(&out);
    assert_int_equal(hex_decode(&out, "666f6f", 6, &e), -1);
    assert_int_equal(e.kind, ERR_TOO_LARGE);
    buf_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_vectors_of_rfc_4648_are_encoded),
        cmocka_unit_test(the_vectors_of_rfc_4648_are_decoded_with_and_without_padding),
        cmocka_unit_test(every_byte_comes_back_in_both_alphabets),
        cmocka_unit_test(only_one_spelling_is_accepted),
        cmocka_unit_test(hexadecimal_digits_come_in_pairs_of_any_case),
        cmocka_unit_test(what_does_not_fit_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
