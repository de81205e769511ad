/* The forms in which services give values back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "call/normal.h"

struct row {
    const char *sent, *there, *form; /* form NULL: none */
    bool is_same;
};

static json_t *value(const char *text)
{
    return json_loads(text, JSON_DECODE_ANY, NULL);
}

static void check(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        json_t *a = value(rows[i].sent), *b = value(rows[i].there);
        json_t *forms = rows[i].form != NULL ? json_pack("[s]", rows[i].form) : NULL;
        assert_non_null(a);
        assert_non_null(b);
        if (normal_is_same(a, b, forms) != rows[i].is_same) {
            fail_msg("%s, given back as %s, form %s", rows[i].sent, rows[i].there,
                     rows[i].form != NULL ? rows[i].form : "none");
        }
        json_decref(a);
        json_decref(b);
        json_decref(forms);
    }
}

#define CHECK(rows) check(rows, sizeof rows / sizeof *rows)

static void each_form_takes_one_difference_away(void **state)
{
    static const struct row rows[] = {
        { "\"a b\"", "\" a b\\n\"", NULL, true },
        { "\"a b\"", "\"a  b\"", NULL, false },
        { "\"a b\"", "\"a\\u00a0\\n b\"", "space", true },
        { "\"a b\"", "\"<p>a b</p>\"", "space", false },
        { "\"A b\"", "\"a B\"", "case", true },
        { "\"A b\"", "\"a B\"", "html", false },
        { "12.5", "\"12.50\"", "number", true },
        { "12.5", "\"12.50\"", NULL, false },
        { "\"12\"", "12.0", "number", true },
        { "\"12 or so\"", "12", "number", false },
        { "\"2026-11-25T11:00:00+01:00\"", "\"2026-11-25T10:00:00.250Z\"", "date", true },
        { "\"2026-11-25T11:00:00+01:00\"", "\"2026-11-25T10:00:01Z\"", "date", false },
        { "true", "true", NULL, true },
        { "true", "\"true\"", "html", false },
        { "{\"a\":1}", "{\"a\":1}", NULL, true },
        { "\"a\"", "null", "html", false },
    };
    CHECK(rows);
}

static void html_is_the_text_in_it(void **state)
{
    static const struct row rows[] = {
        { "\"R&D\"", "\"R&amp;D\"", "html", true },
        { "\"R&D\"", "\"R&amp;amp;D\"", "html", true },
        { "\"a\\nb\"", "\"<p>a</p><p>b</p>\"", "html", true },
        { "\"a\\nb\"", "\"a<br/>b\"", "html", true },
        { "\"x < y & z\"", "\"<div class='n'>x &lt; y &amp; z</div>\"", "html", true },
        { "\"about <roof>\"", "\"<p>about &lt;roof&gt;</p>\"", "html", true },
        { "\"\\u20ac 5 \\ud83d\\ude00\"", "\"&#8364; 5 &#x1F600;\"", "html", true },
        { "\"it's \\\"so\\\"\"", "\"it&#39;s &quot;so&quot;\"", "html", true },
        { "\"R&D\"", "\"R&B\"", "html", false },
        { "\"a & b;\"", "\"a & b;\"", "html", true },
        { "\"&unknown; &#0; &#x; &\"", "\"&unknown; &#0; &#x; &amp;\"", "html", true },
        { "\"a < b\"", "\"a\"", "html", false },
        { "\"<\"", "\"<\"", "html", true },
        { "\"\"", "\"<p></p>\"", "html", true },
    };
    CHECK(rows);
}

static void a_mark_is_found_in_any_form(void **state)
{
    json_t *text = json_string("<p>R&amp;D [<b>LADLE</b>&#32;3F9A2B7C1D0E]</p>");
    assert_true(normal_has(text, "3f9a2b7c1d0e"));
    assert_false(normal_has(text, "3f9a2b7c1d0f"));
    assert_false(normal_has(NULL, "3f9a2b7c1d0e"));
    json_decref(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_form_takes_one_difference_away),
        cmocka_unit_test(html_is_the_text_in_it),
        cmocka_unit_test(a_mark_is_found_in_any_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
