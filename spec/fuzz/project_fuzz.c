/* ladle.yaml: any text is a project, or has errors; and the holes for secrets of what was accepted
 * can be filled. Each input is written to a folder of its own kind, as the loader reads files. */
#include "fuzz.h"

#include <unistd.h>

#include "project/fill.h"
#include "real_hooks.h"

static char folder[] = "/tmp/ladle-fuzz-XXXXXX";

static void remove_folder(void)
{
    char *path = xasprintf("%s/ladle.yaml", folder);
    (void)unlink(path); /* it is there but for an input that never came */
    (void)rmdir(folder);
    free(path);
}

static void write_project(const uint8_t *data, size_t size)
{
    static bool is_made;
    if (!is_made) {
        FUZZ_CHECK(mkdtemp(folder) != NULL);
        (void)atexit(remove_folder); /* else the folder stays */
        is_made = true;
    }
    char *path = xasprintf("%s/ladle.yaml", folder);
    FILE *f = fopen(path, "w");
    FUZZ_CHECK(f != NULL);
    FUZZ_CHECK(size == 0 || fwrite(data, size, 1, f) == 1);
    FUZZ_CHECK(fclose(f) == 0);
    free(path);
}

static char *find_secret(void *ud, const char *name)
{
    return strlen(name) % 2 == 0 ? xstrdup("a secret of the vault") : NULL;
}

static void fill(const struct project *p)
{
    const char *name;
    json_t *config;
    json_object_foreach (p->connections, name, config) {
        struct err e = ERR_INIT;
        json_t *filled = fill_secrets(config, &(struct fill){ .find = find_secret }, &e);
        FUZZ_CHECK(filled != NULL || e.kind == ERR_CONFIG);
        json_decref(filled);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    write_project(data, size);
    struct diags *d = diags_new("ladle.yaml");
    struct project *p = project_load(folder, &real_hooks, d);
    FUZZ_CHECK((p != NULL) == (d->count + d->dropped == 0));
    if (p != NULL) {
        fill(p);
    }
    project_free(p);
    diags_free(d);
    return 0;
}
