/*
 * Memory that is always there: each function returns what was asked for or ends the process, so
 * that no caller carries an out-of-memory path that no test can reach. What comes from outside is
 * bounded before it gets here (buf.h). The caller owns what it gets and frees it with free(). Any
 * thread.
 */
#include "base/mem.h"

#include <assert.h>
#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
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

/* --- giving back --- */

/* A debugger's breakpoints are written into the pages that would go. */
static bool is_traced(void)
{
    char text[2048];
    int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    ssize_t len = fd != -1 ? read(fd, text, sizeof text - 1) : -1;
    if (fd != -1) {
        (void)close(fd); /* nothing was written */
    }
    text[len > 0 ? len : 0] = '\0';
    return strstr(text, "TracerPid:\t0\n") == NULL;
}

/* Whether the loader has written into the code of the object; no library of a Linux distribution is
 * made like that. */
static bool has_text_relocations(const struct dl_phdr_info *object)
{
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        if (part->p_type != PT_DYNAMIC) {
            continue;
        }
        const ElfW(Dyn) *entry = (const void *)(object->dlpi_addr + part->p_vaddr);
        for (; entry->d_tag != DT_NULL; entry++) {
            if (entry->d_tag == DT_TEXTREL ||
                (entry->d_tag == DT_FLAGS && (entry->d_un.d_val & DF_TEXTREL) != 0)) {
                return true;
            }
        }
    }
    return false;
}

/* Only what cannot have been written to: all of it is in the file. */
static int drop_pages(struct dl_phdr_info *object, size_t size, void *ud)
{
    const uintptr_t page = *(const uintptr_t *)ud;
    for (int i = 0; i < object->dlpi_phnum && !has_text_relocations(object); i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        if (part->p_type != PT_LOAD || (part->p_flags & PF_W) != 0) {
            continue;
        }
        uintptr_t from = (object->dlpi_addr + part->p_vaddr) / page * page;
        uintptr_t to = object->dlpi_addr + part->p_vaddr + part->p_memsz;
        (void)madvise((void *)from, to - from, MADV_DONTNEED); /* if it fails they stay */
    }
    return 0;
}

void mem_give_back(void)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    (void)malloc_trim(0); /* says whether there was something */
    if (!is_traced()) {
        (void)dl_iterate_phdr(drop_pages, &page);
    }
}
