/* The light reading of expressions: which names it finds, and what it steps over. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "recipe/scan.h"

/* "event/tags/1 " for a path, "map:contact " for the rest. */
static void note(void *ud, const struct find *f)
{
    static const char *const words[] = { "", "map", "map?", "pages", "pages?" };
    struct buf *out = ud;
    size_t i;
    json_t *part;
    if (f->what != SCAN_PATH) {
        (void)buf_printf(out, "%s:%.*s ", words[f->what], (int)f->len,
                         f->name != NULL ? f->name : "");
        return;
    }
    assert_int_equal(f->len, json_string_length(json_array_get(f->path, 0)));
    json_array_foreach ((json_t *)f->path, i, part) {
        (void)buf_puts(out, i > 0 ? "/" : "");
        if (json_is_string(part)) {
            (void)buf_puts(out, json_string_value(part));
        } else {
            (void)buf_printf(out, "#%d", (int)json_integer_value(part));
        }
    }
    (void)buf_putc(out, ' ');
}

static void finds(const char *text, const char *expected)
{
    struct buf out;
    buf_init(&out, 4096);
    scan_expression(text, strlen(text), note, &out);
    assert_string_equal(buf_text(&out), expected);
    buf_fini(&out);
}

static void paths_go_by_dot_and_by_bracket(void **state)
{
    finds("steps.a.x + steps[\"b-c\"].y .. steps . d", "steps/a/x steps/b-c/y steps/d ");
    finds("event['a b'] [ 2 ].c[\"d\"]", "event/a b/#2/c/d ");
    finds("x..steps.a", "x steps/a ");
    finds("#event.tags", "event/tags ");
    finds("f(item.a, item)", "f item/a item ");
}

static void a_path_ends_where_a_name_is_computed(void **state)
{
    finds("steps[name].a or pairs(steps)", "steps name or pairs steps ");
    finds("steps['a' .. 'b'].c", "steps ");
    finds("event.a[event.b].c", "event/a event/b ");
    finds("event[[f]].c", "event ");
    finds("event.a[0].b event.a[1e3] event.a[-1] event.a[1234567]",
          "event/a event/a event/a event/a ");
    finds("event.name:lower().x", "event/name ");
}

static void fields_and_keys_of_that_name_are_no_paths(void **state)
{
    finds("event.steps.a", "event/steps/a ");
    finds("event:steps()", "event ");
    finds("{ steps = 1, item = 2 }", "");
    finds("steps.a == 1", "steps/a ");
    finds("item == 1", "item ");
}

static void strings_and_comments_are_stepped_over(void **state)
{
    finds("'steps.a' .. \"steps.b\\\"steps.c\" .. [[steps.d]] .. [==[ ]] steps.e ]==]", "");
    finds("1 -- steps.a", "");
    finds("1 --[[ steps.a ]] + steps.b", "steps/b ");
    finds("1 --[==[ ]] steps.a\n]==] + steps.b", "steps/b ");
}

static void literal_names_of_field_maps_are_found(void **state)
{
    finds("map_fields(\"contact\", event)", "map:contact event ");
    finds("map_each('task', steps.tasks.tasks)", "map:task steps/tasks/tasks ");
    finds("map_fields(name, event)", "map?: name event ");
    finds("map_fields('a' .. b, event)", "map?: b event ");
    finds("x.map_fields('a', b)", "x/map_fields b ");
}

static void hostile_texts_end(void **state)
{
    finds("", "");
    finds("steps", "steps ");
    finds("steps.", "steps ");
    finds("steps[", "steps ");
    finds("steps['", "steps ");
    finds("'\\", "");
    finds("[[", "");
    finds("[=", "");
    finds("--[==[", "");
    finds("map_fields(", "map?: ");
    finds("1e5.steps.a", "");
}

static void a_path_has_an_end(void **state)
{
    struct buf text;
    buf_init(&text, 4096);
    (void)buf_puts(&text, "event");
    for (int i = 0; i < 100; i++) {
        (void)buf_puts(&text, ".a");
    }
    struct buf out;
    buf_init(&out, 4096);
    scan_expression(buf_text(&text), text.len, note, &out);
    assert_int_equal(out.len, strlen("event") + (SCAN_SEGMENTS_MAX - 1) * strlen("/a") + 1);
    buf_fini(&out);
    buf_fini(&text);
}

static void count_find(void *ud, const struct find *f)
{
    (*(size_t *)ud)++;
    assert_true(f->name != NULL || f->len == 0);
    assert_int_equal(f->path != NULL, f->what == SCAN_PATH);
}

static void any_bytes_end(void **state)
{
    uint32_t seed = 3;
    size_t finds_count = 0;
    for (int i = 0; i < 5000; i++) {
        char *text = malloc(40); /* of its exact size, so that a read past its end is found */
        for (int n = 0; n < 40; n++) {
            seed = seed * 1664525u + 1013904223u;
            text[n] = "steps.[]='\"-\\ \nmap_fields(item,error1"[(seed >> 16) % 38];
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
    finds("pages(crm.search, { a = 1 })", "pages:crm.search crm/search ");
    finds("pages( crm.search )", "pages:crm.search crm/search ");
    finds("pages(\"my-crm.search\", {})", "pages:my-crm.search ");
    finds("pages(crm . search)", "pages?: crm/search ");
    finds("pages(crm[name], {})", "pages?: crm name ");
    finds("pages(crm.a .. crm.b)", "pages?: crm/a crm/b ");
    finds("pages", "pages?: ");
    finds("event.pages.x", "event/pages/x ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operations_that_answer_in_pages_are_found),
        cmocka_unit_test(paths_go_by_dot_and_by_bracket),
        cmocka_unit_test(a_path_ends_where_a_name_is_computed),
        cmocka_unit_test(fields_and_keys_of_that_name_are_no_paths),
        cmocka_unit_test(strings_and_comments_are_stepped_over),
        cmocka_unit_test(literal_names_of_field_maps_are_found),
        cmocka_unit_test(hostile_texts_end),
        cmocka_unit_test(a_path_has_an_end),
        cmocka_unit_test(any_bytes_end),
    };
    return cmocka_run_group_tests_name("scan", tests, NULL, NULL);
}
