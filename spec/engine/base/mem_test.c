/* Memory that is always there, also where nothing is asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

static void asking_for_nothing_gives_something_to_free(void **state)
{
    void *all[] = { xmalloc(0), xcalloc(0, 8), xcalloc(8, 0), xrealloc(NULL, 0), xmemdup("", 0) };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        assert_non_null(all[i]);
        free(all[i]);
    }
}

static void copies_end_in_a_nul_and_keep_their_bytes(void **state)
{
    char *whole = xstrdup("text");
    char *part = xstrndup("text", 2);
    char *binary = xstrndup("a\0b", 3);
    char *nothing = xstrndup(NULL, 0);
    assert_string_equal(whole, "text");
    assert_string_equal(part, "te");
    assert_memory_equal(binary, "a\0b", 4);
    assert_string_equal(nothing, "");
    free(whole);
    free(part);
    free(binary);
    free(nothing);
}

static void cleared_memory_is_zero_and_grown_memory_keeps_its_bytes(void **state)
{
    char *p = xcalloc(4, 4);
    for (int i = 0; i < 16; i++) {
        assert_int_equal(p[i], 0);
    }
    memcpy(p, "abc", 4);
    p = xrealloc(p, 100000);
    assert_string_equal(p, "abc");
    free(p);
}

static void memory_that_was_used_before_is_cleared(void **state)
{
    for (size_t size = 1; size < 5000; size += 13) {
        free(memset(xmalloc(size), 0xff, size));
        unsigned char *p = xcalloc(1, size);
        for (size_t i = 0; i < size; i++) {
            assert_int_equal(p[i], 0);
        }
        free(p);
    }
}

static const char constant[] = "a text of the program's own file";
static char variable[] = "a text that was changed";

static void what_is_given_back_is_there_when_it_is_touched(void **state)
{
    char *kept = xstrdup("a text of the heap");
    variable[0] = 'A';
    mem_give_back();
    mem_give_back();
    assert_string_equal(kept, "a text of the heap");
    assert_string_equal(constant, "a text of the program's own file");
    assert_string_equal(variable, "A text that was changed");
    free(kept);
}

static void text_is_formatted_at_any_length(void **state)
{
    char *text = xasprintf("%05d|%*s", 42, 5000, "x");
    assert_int_equal(strlen(text), 5006);
    assert_memory_equal(text, "00042|", 6);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asking_for_nothing_gives_something_to_free),
        cmocka_unit_test(copies_end_in_a_nul_and_keep_their_bytes),
        cmocka_unit_test(cleared_memory_is_zero_and_grown_memory_keeps_its_bytes),
        cmocka_unit_test(memory_that_was_used_before_is_cleared),
        cmocka_unit_test(what_is_given_back_is_there_when_it_is_touched),
        cmocka_unit_test(text_is_formatted_at_any_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
