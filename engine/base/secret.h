#pragma once

#include <stddef.h>

/* A value that must not be seen: kept in memory of its own, forbidden in the log while it lives,
 * scrubbed when it is freed. Only secret_bytes lends it out. */
struct secret;

struct secret *secret_new(const char *bytes, size_t len); /* copies; len may be 0 */
struct secret *secret_take(char *bytes, size_t len);      /* copies, then scrubs and frees bytes */
void secret_free(struct secret *s);                       /* NULL is allowed */
const char *secret_bytes(const struct secret *s);         /* borrowed, NUL-terminated */
size_t secret_len(const struct secret *s);
/* Overwrites memory in a way that the compiler keeps. */
void secret_scrub(void *data, size_t len);
