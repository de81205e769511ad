#pragma once

#include <stddef.h>

/* A light reading of an expression's text: it finds the names of steps and of field maps that stand
 * in it literally. It skips strings and comments and knows no grammar beyond that; the real
 * compiler (hooks.check_expression) has the last word on syntax. */
enum scan_what {
    SCAN_STEP,     /* steps.NAME or steps["NAME"] */
    SCAN_STEP_ANY, /* steps used in another way, such as steps[x]: no name is known */
    SCAN_MAP,      /* map_fields("NAME", …) or map_each("NAME", …) */
    SCAN_MAP_ANY,  /* the same with a name that is computed */
    SCAN_PAGES, /* pages(CONNECTION.OPERATION, …): both names with the dot, or pages("…", …) */
    SCAN_PAGES_ANY, /* the same with a name that is computed */
    SCAN_ITEM,      /* item */
    SCAN_ERROR      /* error */
};

/* Called for each find, in the order of the text; name is not NUL-terminated, and NULL where none
 * is known. */
typedef void (*scan_fn)(void *ud, enum scan_what what, const char *name, size_t len);
void scan_expression(const char *text, size_t len, scan_fn fn, void *ud);
