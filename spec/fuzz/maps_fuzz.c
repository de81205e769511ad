/* Field maps: any text is a map of known converters, or has errors. */
#include "fuzz.h"

#include "recipe/maps.h"

static bool is_converter(const char *name)
{
    for (const char *const *c = map_converters(); *c != NULL; c++) {
        if (strcmp(*c, name) == 0) {
            return true;
        }
    }
    return false;
}

static void check_field(const json_t *field)
{
    const char *convert = json_get_text(field, "convert");
    FUZZ_CHECK(json_array_size(json_object_get(field, "from")) > 0);
    FUZZ_CHECK(json_get_text(field, "to") != NULL);
    FUZZ_CHECK(convert == NULL || is_converter(convert));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct diags *d = diags_new("maps/contact.yaml");
    json_t *map = map_parse("contact", (const char *)data, size, d);
    FUZZ_CHECK((map != NULL) == (d->count + d->dropped == 0));
    size_t i;
    json_t *field;
    json_array_foreach (map, i, field) {
        check_field(field);
    }
    FUZZ_CHECK(json_array_size(map) <= MAP_FIELDS_MAX);
    json_decref(map);
    diags_free(d);
    return 0;
}
