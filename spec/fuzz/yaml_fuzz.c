/* YAML: any bytes become a tree within the limits, or errors that have a place and can be shown. */
#include "fuzz.h"

#include "format/yaml.h"

/* Every node has a place; a map's pairs are whole, no key comes twice; no collection is nested too
 * deep, and its scalars are one level further down. */
static void check_tree(const struct yaml *y, int depth)
{
    FUZZ_CHECK(depth <= YAML_DEPTH_MAX || (y->kind == YAML_SCALAR && depth == YAML_DEPTH_MAX + 1));
    FUZZ_CHECK(y->line >= 1 && y->column >= 1);
    if (y->kind == YAML_SCALAR) {
        FUZZ_CHECK(y->text != NULL && y->text[y->len] == '\0' && strlen(y->text) == y->len);
        return;
    }
    for (size_t i = 0; i < y->count; i++) {
        if (y->kind == YAML_MAP) {
            FUZZ_CHECK(y->keys[i]->kind == YAML_SCALAR);
            FUZZ_CHECK(yaml_get(y, y->keys[i]->text) == y->items[i]);
        }
        check_tree(y->items[i], depth + 1);
    }
}

static void show(struct diags *d)
{
    struct buf out;
    buf_init(&out, 4 << 20);
    diags_print(d, &out);
    FUZZ_CHECK(d->count == 0 || out.len > 0);
    buf_fini(&out);
    json_decref(diags_json(d));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct diags *d = diags_new("f.yaml");
    struct yaml *y = yaml_parse((const char *)data, size, d);
    FUZZ_CHECK(y != NULL || d->count > 0);
    if (y != NULL) {
        check_tree(y, 1);
    }
    show(d);
    yaml_tree_free(y);
    diags_free(d);
    return 0;
}
