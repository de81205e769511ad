/*
 * Holds a token, a key or a password: a value that must not be seen. The struct is opaque, so it
 * cannot be printed by mistake, and its bytes are forbidden in the log for as long as it lives.
 * Whoever holds it frees it, which scrubs the bytes. They are kept out of core dumps and swap
 * (secret_memory.h). One thread at a time.
 */
#include "base/secret.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret_memory.h"

struct secret {
    size_t len;
    char *bytes; /* and a NUL; memory of its own kind */
};

struct secret *secret_new(const char *bytes, size_t len)
{
    struct secret *s = xmalloc(sizeof(*s));
    s->bytes = secret_memory_take(len + 1);
    s->len = len;
    if (len > 0) {
        memcpy(s->bytes, bytes, len);
    }
    s->bytes[len] = '\0';
    log_forbid(s->bytes, len);
    return s;
}

struct secret *secret_take(char *bytes, size_t len)
{
    struct secret *s = secret_new(bytes, len);
    if (bytes != NULL) {
        secret_scrub(bytes, len);
    }
    free(bytes);
    return s;
}

void secret_free(struct secret *s)
{
    if (s == NULL) {
        return;
    }
    log_allow(s->bytes, s->len);
    secret_memory_give(s->bytes, s->len + 1);
    free(s);
}

const char *secret_bytes(const struct secret *s)
{
    return s->bytes;
}

size_t secret_len(const struct secret *s)
{
    return s->len;
}

void secret_scrub(void *data, size_t len)
{
    explicit_bzero(data, len);
}
