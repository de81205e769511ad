#pragma once

/* Files that a test makes. Included behind cmocka.h. */

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

static inline void text_file_put(const char *folder, const char *name, const char *text)
{
    char *path = xasprintf("%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fputs(text, f) >= 0, 1);
    assert_int_equal(fclose(f), 0);
    free(path);
}
