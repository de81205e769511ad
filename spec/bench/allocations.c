/*
 * Counts what a process allocates, for bench/run.sh: loaded with LD_PRELOAD it stands before malloc,
 * calloc and realloc, and at the end writes their number into the file that ALLOCATIONS names. What
 * is asked for while the real ones are looked up comes from a little memory of its own.
 */
#include <dlfcn.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *(*real_malloc)(size_t size);
static void *(*real_calloc)(size_t count, size_t size);
static void *(*real_realloc)(void *old, size_t size);
static void (*real_free)(void *data);

static atomic_long count;

static char early[4096];
static size_t early_used;

static void find(void *function, const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    memcpy(function, &found, sizeof found);
}

/* False while it is under way. */
static int look_up(void)
{
    static int is_under_way;
    if (real_free != NULL) {
        return 1;
    }
    if (is_under_way) {
        return 0;
    }
    is_under_way = 1;
    find(&real_malloc, "malloc");
    find(&real_calloc, "calloc");
    find(&real_realloc, "realloc");
    find(&real_free, "free");
    return 1;
}

static int is_early(const void *data)
{
    return (const char *)data >= early && (const char *)data < early + sizeof early;
}

static void *take_early(size_t size)
{
    size_t used = early_used;
    early_used += (size + 15) / 16 * 16;
    return early_used <= sizeof early ? early + used : NULL;
}

void *malloc(size_t size)
{
    atomic_fetch_add_explicit(&count, 1, memory_order_relaxed);
    return look_up() ? real_malloc(size) : take_early(size);
}

void *calloc(size_t n, size_t size)
{
    atomic_fetch_add_explicit(&count, 1, memory_order_relaxed);
    return look_up() ? real_calloc(n, size) : take_early(n * size); /* never used before: zero */
}

void *realloc(void *old, size_t size)
{
    atomic_fetch_add_explicit(&count, 1, memory_order_relaxed);
    return look_up() ? real_realloc(old, size) : NULL; /* the look-up does not grow anything */
}

void free(void *data)
{
    if (!is_early(data) && look_up()) {
        real_free(data);
    }
}

__attribute__((destructor)) static void tell(void)
{
    const char *path = getenv("ALLOCATIONS");
    FILE *f = path != NULL ? fopen(path, "w") : NULL;
    if (f != NULL) {
        (void)fprintf(f, "%ld\n", atomic_load(&count)); /* nobody reads a file that is not whole */
        (void)fclose(f);
    }
}
