/* Finds the sample of an event: a file beside the connectors, or built into the program. Read by
 * commands and while recipes are checked, never by the running engine. */
#include "project/sample_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "project/folder.h"
#include "script/embed.h"

enum { SAMPLE_MAX = 1 << 20 };

static json_t *parse_sample(const char *name, const char *text, size_t len, struct err *e)
{
    json_t *v = json_parse(text, len, e);
    if (v == NULL) {
        (void)err_prefix(e, "the sample %s", name); /* told by NULL */
    }
    return v;
}

/* A project's own sample stands before one that is built in, as its connectors do. */
static json_t *read_own(const char *folder, const char *name, struct err *e)
{
    char *path = xasprintf("%s/%s", folder, name);
    size_t len;
    char *text = folder_read(path, SAMPLE_MAX, &len, e);
    json_t *v = text != NULL ? parse_sample(name, text, len, e) : NULL;
    free(text);
    free(path);
    return v;
}

json_t *sample_file_read(const char *folder, const char *sample, struct err *e)
{
    (void)err_set(e, ERR_NOT_FOUND, "there is no sample %.100s", sample);
    if (strstr(sample, "..") != NULL) {
        return NULL;
    }
    char *name = xasprintf("scripts/connectors/%s", sample);
    json_t *v = folder != NULL ? read_own(folder, name, e) : NULL;
    const struct embedded *built_in = v != NULL ? NULL : embed_find(name);
    if (built_in != NULL && e->kind == ERR_NOT_FOUND) {
        v = parse_sample(name, built_in->data, built_in->len, e);
    }
    free(name);
    return v;
}
