/* `make reference`: writes the reference of the tables of connectors and actions into its files. */
#include <stdlib.h>

#include "connector_reference.h"

static int write_anew(const char *path)
{
    char *text = reference_read(path);
    char *filled = text != NULL ? reference_filled(path, text) : NULL;
    FILE *file = filled != NULL ? fopen(path, "w") : NULL;
    bool is_written = file != NULL && fputs(filled, file) != EOF;
    is_written = file != NULL && fclose(file) != EOF && is_written;
    if (!is_written) {
        (void)fprintf(stderr, "%s: cannot be written, or does not have its two marks\n", path);
    }
    free(filled);
    free(text);
    return is_written ? 0 : 1;
}

int main(void)
{
    int code = 0;
    for (const char *const *path = reference_files; *path != NULL; path++) {
        code |= write_anew(*path);
    }
    return code;
}
