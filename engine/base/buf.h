#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A growing byte buffer that cannot pass the maximum given at its creation. An append that would
 * pass it changes nothing, sets `is_full` and returns -1, and so do all appends after it until the
 * buffer is cleared, so a chain of appends is checked once at its end. `data` is NUL-terminated
 * once anything was appended, NULL before. */
struct buf {
    char *data;
    size_t len;
    size_t cap;
    size_t max;
    bool is_full;
};

void buf_init(struct buf *b, size_t max);
void buf_fini(struct buf *b);  /* frees; the buffer may be used again with the same maximum */
void buf_clear(struct buf *b); /* keeps the memory */
int buf_append(struct buf *b, const void *data, size_t len);
int buf_puts(struct buf *b, const char *text);
int buf_putc(struct buf *b, char c);
int buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *buf_take(struct buf *b, size_t *len); /* yours, never NULL, NUL-terminated; empties b */
const char *buf_text(const struct buf *b);  /* borrowed, never NULL */
