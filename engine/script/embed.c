/* The files that are built into the program: a table that spec/tools/embed.sh writes when the
 * program is built, in order of names, ended by a row of zeros. Nothing is copied; any thread. */
#include "script/embed.h"

#include <string.h>

extern const struct embedded embedded_files[];

static size_t count_files(void)
{
    size_t count = 0;
    while (embedded_files[count].name != NULL) {
        count++;
    }
    return count;
}

const struct embedded *embed_at(size_t index)
{
    return index < count_files() ? &embedded_files[index] : NULL;
}

const struct embedded *embed_find(const char *name)
{
    for (const struct embedded *f = embedded_files; f->name != NULL; f++) {
        if (strcmp(f->name, name) == 0) {
            return f;
        }
    }
    return NULL;
}
