/* The reference in the documentation is what the tables of shapes say. */
#include "fixture.h"

#include "../../tools/connector_reference.h"

static void the_documentation_has_the_reference_of_today(void **state)
{
    for (const char *const *path = reference_files; *path != NULL; path++) {
        char *text = reference_read(*path);
        assert_non_null(text);
        char *filled = reference_filled(*path, text);
        assert_non_null(filled);
        if (strcmp(text, filled) != 0) {
            fail_msg("%s is not up to date: run `make reference`", *path);
        }
        free(filled);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_documentation_has_the_reference_of_today),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
