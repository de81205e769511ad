/* The connectors that are built in have the shape that the documentation describes, each with all
 * of its areas. */
#include "fixture.h"

#include "script/catalog.h"
#include "script/embed.h"

static void check(const struct shape *shape, const char *path, json_t *table)
{
    struct diags *d = diags_new(path);
    if (table == NULL || shape_check(shape, table, d) == -1) {
        fail_with(d);
    }
    diags_free(d);
    json_decref(table);
}

/* "scripts/connectors/highlevel/calendars.lua": "highlevel/calendars". Yours; NULL for what is no
 * connector. */
static char *connector_path(const char *file)
{
    static const char folder[] = "scripts/connectors/", end[] = ".lua";
    size_t len = strlen(file);
    if (strncmp(file, folder, sizeof folder - 1) != 0 || len < sizeof end ||
        strcmp(file + len - (sizeof end - 1), end) != 0) {
        return NULL;
    }
    return xstrndup(file + sizeof folder - 1, len - (sizeof folder - 1) - (sizeof end - 1));
}

static void every_file_of_the_program_has_its_shape(void **state)
{
    size_t connectors = 0, parts = 0;
    const struct embedded *file;
    for (size_t i = 0; (file = embed_at(i)) != NULL; i++) {
        struct err e = ERR_INIT;
        char *path = connector_path(file->name);
        char *slash = path != NULL ? strchr(path, '/') : NULL;
        if (slash != NULL) {
            check(connector_part_shape(slash + 1), path, catalog_part(NULL, path, &e));
            parts++;
        } else if (path != NULL) {
            check(connector_shape(), path, catalog_connector(NULL, path, &e));
            connectors++;
        }
        free(path);
    }
    assert_true(connectors >= 6);
    assert_true(parts >= 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_file_of_the_program_has_its_shape),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
