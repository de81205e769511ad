/*
 * Memory that is always there: each function returns what was asked for or ends the process, so
 * that no caller carries an out-of-memory path that no test can reach. What comes from outside is
 * bounded before it gets here (buf.h). The caller owns what it gets and frees it with free(). Any
 * thread.
 */
#include "base/mem.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SMALL_MAX = 1024 };

/* Uses no memory itself: write(2) of a constant, then SIGABRT for a core file. */
static _Noreturn void die(void)
{
    static const char text[] = "ladle: out of memory\n";
    if (write(STDERR_FILENO, text, sizeof text - 1) == -1) {
        abort();
    }
    abort();
}

void *xmalloc(size_t size)
{
    void *p = malloc(size == 0 ? 1 : size);
    if (p == NULL) {
        die();
    }
    return p;
}

/* What malloc keeps at hand for a thread (glibc: up to 1032 bytes) calloc does not use, so that a
 * small block is had sooner by clearing what malloc gives. */
void *xcalloc(size_t count, size_t size)
{
    size_t len = 0;
    if (!__builtin_mul_overflow(count, size, &len) && len <= SMALL_MAX) {
        return memset(xmalloc(len), 0, len);
    }
    void *p = calloc(count, size);
    if (p == NULL) {
        die();
    }
    return p;
}

void *xrealloc(void *old, size_t size)
{
    void *p = realloc(old, size == 0 ? 1 : size);
    if (p == NULL) {
        die();
    }
    return p;
}

char *xstrdup(const char *text)
{
    return xstrndup(text, strlen(text));
}

char *xstrdup_or_null(const char *text)
{
    return text != NULL ? xstrdup(text) : NULL;
}

char *xstrndup(const char *text, size_t len)
{
    assert(len < SIZE_MAX);
    char *copy = xmalloc(len + 1);
    if (len > 0) {
        memcpy(copy, text, len);
    }
    copy[len] = '\0';
    return copy;
}

void *xmemdup(const void *data, size_t len)
{
    void *copy = xmalloc(len);
    if (len > 0) {
        memcpy(copy, data, len);
    }
    return copy;
}

char *xasprintf(const char *fmt, ...)
{
    char *text = NULL;
    va_list ap;
    va_start(ap, fmt);
    int n = vasprintf(&text, fmt, ap);
    va_end(ap);
    if (n < 0) {
        die();
    }
    return text;
}
