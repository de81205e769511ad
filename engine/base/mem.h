#pragma once

#include <stddef.h>

/* Our own out-of-memory aborts; so none of these returns NULL. What a user or a peer can make large
 * is bounded before it gets here (buf.h). Free with free(). */
void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *old, size_t size);
char *xstrdup(const char *text);
char *xstrdup_or_null(const char *text);      /* NULL stays NULL */
char *xstrndup(const char *text, size_t len); /* copies len bytes, then a NUL */
void *xmemdup(const void *data, size_t len);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Gives back what the process holds and does not need: freed memory, and the pages of the program
 * and its libraries, which come again from their files where they are touched. For the end of a
 * start, most of whose code never runs again. */
void mem_give_back(void);
