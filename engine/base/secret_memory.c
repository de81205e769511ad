/*
 * Gives out the memory in which secrets lie, kept out of core dumps and swap: blocks of four sizes,
 * cut from chunks that are mapped for this alone (MADV_DONTDUMP, mlock where the limit allows);
 * what is larger has a mapping of its own. Chunks are kept, so the process holds as many as it
 * needed at most. Secrets are few and short-lived, so a mutex around the lists is enough. Under a
 * sanitizer the blocks come from malloc, which then finds overruns and leaks.
 */
#include "base/secret_memory.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/mem.h"
#include "base/secret.h"

#ifdef LADLE_SANITIZED

void *secret_memory_take(size_t len)
{
    return xmalloc(len > 0 ? len : 1);
}

void secret_memory_give(void *data, size_t len)
{
    if (data != NULL) {
        secret_scrub(data, len);
    }
    free(data);
}

#else

enum { CHUNK = 16 << 10, SIZES = 4, PAGE = 4096 };

struct block {
    struct block *next;
};

static const size_t sizes[SIZES] = { 64, 256, 1024, 4096 };
static struct block *spare[SIZES]; /* under lock */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *map(size_t len)
{
    void *at = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) {
        abort();
    }
    (void)madvise(at, len, MADV_DONTDUMP); /* the process is not dumped anyhow (harden.h) */
    (void)mlock(at, len);                  /* the limit may be low */
    return at;
}

static size_t whole_pages(size_t len)
{
    return (len + PAGE - 1) / PAGE * PAGE;
}

/* Which list serves this length; SIZES: none. */
static size_t size_of(size_t len)
{
    size_t i = 0;
    while (i < SIZES && sizes[i] < len) {
        i++;
    }
    return i;
}

static void refill(size_t size)
{
    char *chunk = map(CHUNK);
    for (size_t at = 0; at < CHUNK; at += sizes[size]) {
        struct block *b = (struct block *)(void *)(chunk + at);
        b->next = spare[size];
        spare[size] = b;
    }
}

static void set_lock(int (*change)(pthread_mutex_t *))
{
    int rc = change(&lock);
    assert(rc == 0);
}

void *secret_memory_take(size_t len)
{
    size_t size = size_of(len);
    if (size == SIZES) {
        return map(whole_pages(len));
    }
    set_lock(pthread_mutex_lock);
    if (spare[size] == NULL) {
        refill(size);
    }
    struct block *b = spare[size];
    spare[size] = b->next;
    set_lock(pthread_mutex_unlock);
    return b;
}

void secret_memory_give(void *data, size_t len)
{
    size_t size = size_of(len);
    if (data == NULL) {
        return;
    }
    secret_scrub(data, len);
    if (size == SIZES) {
        (void)munmap(data, whole_pages(len)); /* fails for a wrong address only */
        return;
    }
    struct block *b = data;
    set_lock(pthread_mutex_lock);
    b->next = spare[size];
    spare[size] = b;
    set_lock(pthread_mutex_unlock);
}

#endif
