/* Field maps: their normal form and what each mistake says. */

#include "fixture.h"

#include "recipe/maps.h"

static json_t *load(const char *text, char **errors)
{
    struct diags *d = diags_new("m.yaml");
    json_t *map = map_parse("m", text, strlen(text), d);
    *errors = diags_text(d);
    diags_free(d);
    return map;
}

static void refuse(const char *text, const char *expected)
{
    char *errors = NULL;
    json_t *map = load(text, &errors);
    assert_string_equal(errors, expected);
    assert_null(map);
    free(errors);
}

static void a_map_becomes_a_list_of_fields(void **state)
{
    char *errors = NULL;
    json_t *map = load(
        "map: m\nsummary: x\nfields:\n  - contactId -> contact_id\n"
        "  -   a.b-c.0   ->   d  |  phone  \n",
        &errors);
    json_t *want = parse(
        "[{\"from\":[\"contactId\"],\"to\":\"contact_id\"},"
        "{\"from\":[\"a\",\"b-c\",\"0\"],\"to\":\"d\",\"convert\":\"phone\"}]");
    assert_string_equal(errors, "");
    assert_true(json_equal(map, want));
    json_decref(want);
    json_decref(map);
    free(errors);
}

static void all_errors_come_at_once(void **state)
{
    refuse(
        "map: other\nfelds: x\nfields:\n  - a -> b | dat\n  - a b -> c\n  - a -> b\n  - a ->\n"
        "  - a -> b |\n  - [x]\n  - a\n",
        "1:6 this file holds the map `m`, not `other` (the file's name and the map's name are "
        "the same)\n"
        "2:1 unknown word `felds` in a field map (did you mean `fields`?)\n"
        "4:5 there is no converter `dat` (did you mean `date`?)\n"
        "5:5 `a b` is no path to a field (names joined by dots, such as appointment.startTime)\n"
        "6:5 `b` is filled twice\n"
        "7:5 `a ->` is no line of a field map (write `from -> to` or `from -> to | converter`)\n"
        "8:5 `a -> b |` is no line of a field map (write `from -> to` or `from -> to | "
        "converter`)\n"
        "9:5 a field of a map takes one value, not a list\n"
        "10:5 `a` is no line of a field map (write `from -> to` or `from -> to | converter`)\n");
}

static void a_map_needs_its_name_and_fields(void **state)
{
    refuse("summary: x\n",
           "1:1 a field map begins with `map: m`\n1:1 a field map needs `fields`\n");
    refuse("map: m\nfields: []\n", "2:9 a field map has 1 to 500 fields\n");
}

static void broken_bytes_never_crash_the_loader(void **state)
{
    const char *good = "map: m\nfields:\n  - contactId -> contact_id\n  - a.b -> c | date\n";
    size_t len = strlen(good);
    char *text = xstrdup(good);
    uint32_t seed = 11;
    for (int i = 0; i < 3000; i++) {
        memcpy(text, good, len);
        for (int n = 0; n < 3; n++) {
            seed = seed * 1664525u + 1013904223u;
            text[(seed >> 8) % len] = "\n:- |>.[]{}#'\"\xff\x01z"[(seed >> 20) % 17];
        }
        struct diags *d = diags_new("m.yaml");
        json_t *map = map_parse("m", text, len, d);
        assert_true((map != NULL) == (d->count + d->dropped == 0));
        json_decref(map);
        diags_free(d);
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_map_becomes_a_list_of_fields),
        cmocka_unit_test(all_errors_come_at_once),
        cmocka_unit_test(a_map_needs_its_name_and_fields),
        cmocka_unit_test(broken_bytes_never_crash_the_loader),
    };
    return cmocka_run_group_tests_name("maps", tests, world_up, world_down);
}
