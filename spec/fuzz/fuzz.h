#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* What the fuzz targets share. A target is one file NAME_fuzz.c with the function below; it is
 * linked with libFuzzer by `make fuzz`, and with fuzz_main.c by `make test`, which replays the
 * corpus. The corpus is spec/fuzz/corpus/NAME/, small files that a person made. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold for every input. */
#define FUZZ_CHECK(holds)                                                                          \
    do {                                                                                           \
        if (!(holds)) {                                                                            \
            (void)fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #holds);       \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/* An input that is read in parts: lines first, the rest as it is. */
struct fuzz_input {
    const char *data;
    size_t len;
};

static inline struct fuzz_input fuzz_input(const uint8_t *data, size_t size)
{
    return (struct fuzz_input){ .data = (const char *)data, .len = size };
}

/* The next line without its end, as a text of its own, so that reading past it is seen; "" once
 * there is none. Yours. */
static inline char *fuzz_line(struct fuzz_input *in)
{
    const char *end = in->len > 0 ? memchr(in->data, '\n', in->len) : NULL;
    size_t len = end != NULL ? (size_t)(end - in->data) : in->len;
    char *line = xstrndup(in->data != NULL ? in->data : "", len);
    size_t used = end != NULL ? len + 1 : len;
    in->data = in->data != NULL ? in->data + used : NULL;
    in->len -= used;
    return line;
}

/* What is left, in a block of exactly its size. Yours. */
static inline char *fuzz_rest(const struct fuzz_input *in)
{
    char *rest = xmalloc(in->len > 0 ? in->len : 1);
    if (in->len > 0) {
        memcpy(rest, in->data, in->len);
    }
    return rest;
}
