/* The light reading of expressions: which names it finds, and what it steps over. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "recipe/scan.h"

static void note(void *ud, enum scan_what what, const char *name, size_t len)
{
    static const char *const words[] = { "step",  "step?",  "map",  "map?",
                                         "pages", "pages?", "item", "error" };
    struct buf *out = ud;
    (void)buf_printf(out, "%s:%.*s ", words[what], (int)len, name != NULL ? name : "");
}

static void finds(const char *text, const char *expected)
{
    struct buf out;
    buf_init(&out, 4096);
    scan_expression(text, strlen(text), note, &out);
    assert_string_equal(buf_text(&out), expected);
    buf_fini(&out);
}

static void steps_are_found_by_dot_and_by_bracket(void **state)
{
    finds("steps.a.x + steps[\"b-c\"].y .. steps . d", "step:a step:b-c step:d ");
    finds("steps[ 'e' ] == steps[[f]]", "step:e step?: ");
    finds("steps[name] or pairs(steps)", "step?: step?: ");
    finds("steps['a' .. 'b']", "step?: ");
}

static void fields_and_keys_of_that_name_are_no_steps(void **state)
{
    finds("event.steps.a", "");
    finds("event:steps()", "");
    finds("{ steps = 1, item = 2 }", "");
    finds("x..steps.a", "step:a ");
    finds("steps.a == 1", "step:a ");
    finds("item == 1", "item: ");
}

static void strings_and_comments_are_stepped_over(void **state)
{
    finds("'steps.a' .. \"steps.b\\\"steps.c\" .. [[steps.d]] .. [==[ ]] steps.e ]==]", "");
    finds("1 -- steps.a", "");
    finds("1 --[[ steps.a ]] + steps.b", "step:b ");
    finds("1 --[==[ ]] steps.a\n]==] + steps.b", "step:b ");
}

static void literal_names_of_field_maps_are_found(void **state)
{
    finds("map_fields(\"contact\", event)", "map:contact ");
    finds("map_each('task', steps.tasks.tasks)", "map:task step:tasks ");
    finds("map_fields(name, event)", "map?: ");
    finds("map_fields('a' .. b, event)", "map?: ");
    finds("x.map_fields('a', b)", "");
}

static void item_and_error_are_found(void **state)
{
    finds("item.id .. error.message .. event.item .. event.error", "item: error: ");
}

static void hostile_texts_end(void **state)
{
    finds("", "");
    finds("steps", "step?: ");
    finds("steps.", "step?: ");
    finds("steps[", "step?: ");
    finds("steps['", "step?: ");
    finds("'\\", "");
    finds("[[", "");
    finds("[=", "");
    finds("--[==[", "");
    finds("map_fields(", "map?: ");
    finds("1e5.steps.a", "");
}

static void count_find(void *ud, enum scan_what what, const char *name, size_t len)
{
    (*(size_t *)ud)++;
    assert_true(name != NULL || len == 0);
}

static void any_bytes_end(void **state)
{
    uint32_t seed = 3;
    size_t finds_count = 0;
    for (int i = 0; i < 5000; i++) {
        char *text = malloc(40); /* of its exact size, so that a read past its end is found */
        for (int n = 0; n < 40; n++) {
            seed = seed * 1664525u + 1013904223u;
            text[n] = "steps.[]='\"-\\ \nmap_fields(item,error"[(seed >> 16) % 37];
        }
        scan_expression(text, 40, count_find, &finds_count);
        memcpy(text, "steps", 5);
        text[5] = ' ';
        scan_expression(text, 5, count_find, &finds_count);
        free(text);
    }
    assert_true(finds_count >= 5000);
}

static void operations_that_answer_in_pages_are_found(void **state)
{
    finds("pages(crm.search, { a = 1 })", "pages:crm.search ");
    finds("pages( crm.search )", "pages:crm.search ");
    finds("pages(\"my-crm.search\", {})", "pages:my-crm.search ");
    finds("pages(crm . search)", "pages?: ");
    finds("pages(crm[name], {})", "pages?: ");
    finds("pages(crm.a .. crm.b)", "pages?: ");
    finds("pages", "pages?: ");
    finds("event.pages.x", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operations_that_answer_in_pages_are_found),
        cmocka_unit_test(steps_are_found_by_dot_and_by_bracket),
        cmocka_unit_test(fields_and_keys_of_that_name_are_no_steps),
        cmocka_unit_test(strings_and_comments_are_stepped_over),
        cmocka_unit_test(literal_names_of_field_maps_are_found),
        cmocka_unit_test(item_and_error_are_found),
        cmocka_unit_test(hostile_texts_end),
        cmocka_unit_test(any_bytes_end),
    };
    return cmocka_run_group_tests_name("scan", tests, NULL, NULL);
}
