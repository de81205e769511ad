#pragma once

#include <stddef.h>

#include "format/json.h"

/* A light reading of an expression's text: it finds the paths that begin with a name of the
 * environment, and the names of field maps and operations that stand in it literally. It skips
 * strings and comments and knows no grammar beyond that; the real compiler (hooks.check_expression)
 * has the last word on syntax. */
enum scan_what {
    SCAN_PATH,    /* event.a.b, steps["a-b"].c, inputs, item.tags[1]: see struct find */
    SCAN_MAP,     /* map_fields("NAME", …) or map_each("NAME", …) */
    SCAN_MAP_ANY, /* the same with a name that is computed */
    SCAN_PAGES, /* pages(CONNECTION.OPERATION, …): both names with the dot, or pages("…", …) */
    SCAN_PAGES_ANY, /* the same with a name that is computed */
};

enum { SCAN_SEGMENTS_MAX = 32 };

/* A find. Of a path `name` is its first name, and `path` all of it as in a plan: names, and integers
 * for items of a list; it ends where a name is computed (steps.a[x].c has two). */
struct find {
    enum scan_what what;
    const char *name; /* not NUL-terminated; NULL where none is known */
    size_t len;
    const json_t *path; /* borrowed for the call; NULL but for a path */
};

/* Called for each find, in the order of the text. */
typedef void (*scan_fn)(void *ud, const struct find *f);
void scan_expression(const char *text, size_t len, scan_fn fn, void *ud);
