#pragma once

/* What the tests of this layer share. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "connector/connector_shape.h"
#include "script/catalog.h"

/* All that was found, for the log of a test that fails. */
static inline void fail_with(struct diags *d)
{
    struct buf out;
    buf_init(&out, 1 << 20);
    diags_print(d, &out);
    print_error("%s\n", buf_text(&out));
    buf_fini(&out);
    fail();
}

/* JSON with ' for ". Yours. */
static inline json_t *json_of(const char *text)
{
    struct err e = ERR_INIT;
    char *copy = xstrdup(text);
    for (char *p = copy; *p != '\0'; p++) {
        *p = *p == '\'' ? '"' : *p;
    }
    json_t *v = json_parse(copy, strlen(copy), &e);
    if (v == NULL) {
        print_error("%s in %s\n", e.message, copy);
        fail();
    }
    free(copy);
    return v;
}
