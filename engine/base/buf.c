/*
 * A growing byte buffer with a maximum, for all that a user or a peer can make large. The memory
 * doubles up to the maximum, with one byte more for a NUL, so that `data` is always a C string too.
 * Once an append has not fitted, all later ones fail as well, until the buffer is cleared or given
 * up: a chain of appends with a hole in it would be worse than none. The owner of the struct owns
 * the bytes. One thread at a time.
 */
#include "base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { BUF_FIRST = 64 };

void buf_init(struct buf *b, size_t max)
{
    assert(max < SIZE_MAX);
    *b = (struct buf){ .max = max };
}

void buf_fini(struct buf *b)
{
    free(b->data);
    buf_init(b, b->max);
}

void buf_clear(struct buf *b)
{
    b->len = 0;
    b->is_full = false;
    if (b->data != NULL) {
        b->data[0] = '\0';
    }
}

/* Makes room for `more` bytes and a NUL. */
static int reserve(struct buf *b, size_t more)
{
    if (b->is_full || more > b->max - b->len) {
        b->is_full = true;
        return -1;
    }
    size_t needed = b->len + more + 1;
    if (needed <= b->cap) {
        return 0;
    }
    size_t cap = b->cap < BUF_FIRST ? BUF_FIRST : b->cap;
    while (cap < needed && cap <= b->max / 2) {
        cap *= 2;
    }
    if (cap < needed) {
        cap = b->max + 1;
    }
    b->data = xrealloc(b->data, cap);
    b->cap = cap;
    return 0;
}

int buf_append(struct buf *b, const void *data, size_t len)
{
    if (reserve(b, len) == -1) {
        return -1;
    }
    if (len > 0) {
        memcpy(b->data + b->len, data, len);
    }
    b->len += len;
    b->data[b->len] = '\0';
    return 0;
}

int buf_puts(struct buf *b, const char *text)
{
    return buf_append(b, text, strlen(text));
}

int buf_putc(struct buf *b, char c)
{
    if (b->is_full || b->len >= b->max || b->len + 1 >= b->cap) {
        return buf_append(b, &c, 1);
    }
    b->data[b->len++] = c;
    b->data[b->len] = '\0';
    return 0;
}

int buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    int result = -1;
    if (n < 0) {
        b->is_full = true; /* passing INT_MAX is the only way to get here */
    } else if (reserve(b, (size_t)n) == 0) {
        (void)vsnprintf(b->data + b->len, (size_t)n + 1, fmt, again); /* measured above */
        b->len += (size_t)n;
        result = 0;
    }
    va_end(again);
    return result;
}

char *buf_take(struct buf *b, size_t *len)
{
    char *data = b->data != NULL ? b->data : xstrdup("");
    if (len != NULL) {
        *len = b->len;
    }
    buf_init(b, b->max);
    return data;
}

const char *buf_text(const struct buf *b)
{
    return b->data != NULL ? b->data : "";
}
