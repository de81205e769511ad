/* Words that go with a number. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/plural.h"

static void only_one_is_one(void **state)
{
    (void)state;
    assert_string_equal(plural(1, "run goes", "runs go"), "run goes");
    static const int64_t many[] = { 0, 2, 11, 101, -1, INT64_MAX };
    for (size_t i = 0; i < sizeof many / sizeof *many; i++) {
        assert_string_equal(plural(many[i], "run goes", "runs go"), "runs go");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(only_one_is_one) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
