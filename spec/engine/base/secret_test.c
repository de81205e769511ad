/* Secrets: lent out in one way only, scrubbed. That they stay out of the log is in log_test.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/secret.h"

static void a_secret_keeps_its_bytes_and_ends_in_a_nul(void **state)
{
    struct secret *s = secret_new("ab\0cd", 5);
    assert_int_equal(secret_len(s), 5);
    assert_memory_equal(secret_bytes(s), "ab\0cd", 6);
    secret_free(s);
}

static void a_secret_may_be_empty(void **state)
{
    struct secret *s = secret_new(NULL, 0);
    assert_int_equal(secret_len(s), 0);
    assert_string_equal(secret_bytes(s), "");
    secret_free(s);
    s = secret_take(NULL, 0);
    assert_string_equal(secret_bytes(s), "");
    secret_free(s);
    secret_free(NULL);
}

static void taking_frees_what_was_handed_over(void **state)
{
    char *plain = xstrdup("open sesame!");
    struct secret *s = secret_take(plain, strlen(plain));
    assert_string_equal(secret_bytes(s), "open sesame!");
    secret_free(s);
}

static void scrubbing_leaves_zeros(void **state)
{
    char text[] = "open sesame!";
    secret_scrub(text, 4);
    assert_memory_equal(text, "\0\0\0\0 sesame!", sizeof text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_secret_keeps_its_bytes_and_ends_in_a_nul),
        cmocka_unit_test(a_secret_may_be_empty),
        cmocka_unit_test(taking_frees_what_was_handed_over),
        cmocka_unit_test(scrubbing_leaves_zeros),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
