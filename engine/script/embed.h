#pragma once

#include <stddef.h>

/* Files built into the program: scripts/ (Lua), recipes/ and the sample events. Names as in the
 * source tree. */
struct embedded {
    const char *name; /* "scripts/lib/walk.lua" */
    const char *data;
    size_t len;
};
const struct embedded *embed_find(const char *name); /* or NULL */
const struct embedded *embed_at(size_t index);       /* in order of names; NULL past the end */
