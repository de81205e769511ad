/* Buffers: they grow, they stop at their maximum, and they stay C strings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

static void an_empty_buffer_has_an_empty_text(void **state)
{
    struct buf b;
    buf_init(&b, 10);
    assert_string_equal(buf_text(&b), "");
    assert_null(b.data);
    size_t len = 99;
    char *taken = buf_take(&b, &len);
    assert_string_equal(taken, "");
    assert_int_equal(len, 0);
    free(taken);
    buf_fini(&b);
}

static void appends_join_and_end_in_a_nul(void **state)
{
    struct buf b;
    buf_init(&b, 1000);
    assert_int_equal(buf_puts(&b, "ab"), 0);
    assert_int_equal(buf_putc(&b, 'c'), 0);
    assert_int_equal(buf_printf(&b, "-%d-%s", 7, "x"), 0);
    assert_int_equal(buf_append(&b, "\0z", 2), 0);
    assert_int_equal(b.len, 9);
    assert_memory_equal(b.data, "abc-7-x\0z", 10);
    buf_fini(&b);
}

static void an_append_fits_exactly_up_to_the_maximum(void **state)
{
    for (size_t max = 0; max < 300; max++) {
        struct buf b;
        buf_init(&b, max);
        for (size_t i = 0; i < max; i++) {
            assert_int_equal(buf_putc(&b, 'x'), 0);
        }
        assert_int_equal(buf_putc(&b, 'x'), -1);
        assert_int_equal(b.len, max);
        buf_fini(&b);
    }
}

static void an_append_that_does_not_fit_changes_nothing(void **state)
{
    struct buf b;
    buf_init(&b, 4);
    assert_int_equal(buf_puts(&b, "abc"), 0);
    assert_int_equal(buf_puts(&b, "de"), -1);
    assert_string_equal(buf_text(&b), "abc");
    assert_int_equal(buf_printf(&b, "%s", "long text"), -1);
    assert_string_equal(buf_text(&b), "abc");
    buf_fini(&b);
}

static void a_full_buffer_refuses_even_what_would_fit(void **state)
{
    struct buf b;
    buf_init(&b, 4);
    assert_int_equal(buf_puts(&b, "abcde"), -1);
    assert_true(b.is_full);
    assert_int_equal(buf_putc(&b, 'x'), -1);
    assert_int_equal(b.len, 0);
    buf_clear(&b);
    assert_int_equal(buf_putc(&b, 'x'), 0);
    buf_fini(&b);
    assert_int_equal(buf_puts(&b, "abcd"), 0);
    buf_fini(&b);
}

static void a_huge_length_is_refused_without_overflow(void **state)
{
    struct buf b;
    buf_init(&b, SIZE_MAX - 1);
    assert_int_equal(buf_putc(&b, 'x'), 0);
    assert_int_equal(buf_append(&b, "y", SIZE_MAX - 1), -1);
    assert_string_equal(buf_text(&b), "x");
    buf_fini(&b);
}

static void taking_hands_over_the_bytes(void **state)
{
    struct buf b;
    buf_init(&b, 100);
    assert_int_equal(buf_puts(&b, "mine"), 0);
    size_t len;
    char *taken = buf_take(&b, &len);
    assert_int_equal(len, 4);
    assert_string_equal(taken, "mine");
    assert_null(b.data);
    assert_int_equal(b.max, 100);
    free(taken);
}

static void clearing_keeps_the_memory(void **state)
{
    struct buf b;
    buf_init(&b, 100);
    assert_int_equal(buf_puts(&b, "something"), 0);
    const char *before = b.data;
    buf_clear(&b);
    assert_ptr_equal(b.data, before);
    assert_string_equal(buf_text(&b), "");
    buf_fini(&b);
}

static void single_bytes_keep_to_the_maximum(void **state)
{
    struct buf b;
    buf_init(&b, 200);
    for (int i = 0; i < 200; i++) {
        assert_int_equal(buf_putc(&b, (char)('a' + i % 26)), 0);
    }
    assert_int_equal(buf_putc(&b, 'x'), -1);
    assert_true(b.is_full);
    assert_int_equal(b.len, 200);
    assert_int_equal(strlen(b.data), 200);
    buf_clear(&b);
    b.max = 3; /* smaller than the memory that it has */
    assert_int_equal(buf_puts(&b, "abc"), 0);
    assert_int_equal(buf_putc(&b, 'd'), -1);
    assert_int_equal(buf_putc(&b, 'd'), -1);
    assert_string_equal(b.data, "abc");
    buf_fini(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(single_bytes_keep_to_the_maximum),
        cmocka_unit_test(an_empty_buffer_has_an_empty_text),
        cmocka_unit_test(appends_join_and_end_in_a_nul),
        cmocka_unit_test(an_append_fits_exactly_up_to_the_maximum),
        cmocka_unit_test(an_append_that_does_not_fit_changes_nothing),
        cmocka_unit_test(a_full_buffer_refuses_even_what_would_fit),
        cmocka_unit_test(a_huge_length_is_refused_without_overflow),
        cmocka_unit_test(taking_hands_over_the_bytes),
        cmocka_unit_test(clearing_keeps_the_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
