/* Where Lua sources are: the project's scripts/ folder, then the files built into the program; the
 * engine's own lib/ first, so that a project's file cannot take its place. Names are checked before
 * they become paths. Files are read at load time, when the loop may wait for a disk. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "script/catalog.h"
#include "script/embed.h"

enum {
    SOURCE_MAX = 1 << 20, /* bytes of one file */
    SOURCE_NAME_MAX = 100
};

bool source_is_name(const char *name)
{
    size_t len = strlen(name);
    char last = '/';
    for (size_t i = 0; i < len; i++) {
        char c = name[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!is_letter && c != '_' && (c != '-' && c != '/')) {
            return false;
        }
        if (c == '/' && last == '/') {
            return false;
        }
        last = c;
    }
    return len > 0 && len <= SOURCE_NAME_MAX && last != '/';
}

/* All of a regular file; NULL where it is none, too large or cannot be read. Yours. */
static char *read_source(int fd, size_t *len)
{
    struct stat st;
    if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode) || st.st_size > SOURCE_MAX) {
        return NULL;
    }
    struct buf b;
    char part[16 * 1024];
    ssize_t n = 0;
    buf_init(&b, SOURCE_MAX);
    do {
        n = read(fd, part, sizeof part);
    } while ((n == -1 && errno == EINTR) || (n > 0 && buf_append(&b, part, (size_t)n) == 0));
    char *text = n == 0 ? buf_take(&b, len) : NULL;
    buf_fini(&b);
    return text;
}

static char *read_project(const char *folder, const char *name, size_t *len)
{
    char *path = xasprintf("%s/scripts/%s.lua", folder, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a named pipe must not stop us */
    char *text = fd != -1 ? read_source(fd, len) : NULL;
    if (fd != -1) {
        (void)close(fd); /* was only read */
    }
    free(path);
    return text;
}

/* scripts/NAME.lua, or, for a plain name, an action that is shipped. */
static char *read_embedded(const char *name, size_t *len)
{
    static const char *const folders[] = { "scripts", "scripts/actions" };
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char *path = xasprintf("%s/%s.lua", folders[i], name);
        const struct embedded *f = embed_find(path);
        free(path);
        if (f != NULL) {
            *len = f->len;
            return xstrndup(f->data, f->len);
        }
    }
    return NULL;
}

char *source_find(const char *project_folder, const char *name, size_t *len)
{
    if (!source_is_name(name)) {
        return NULL;
    }
    bool is_lib = strncmp(name, "lib/", 4) == 0;
    char *text = is_lib ? read_embedded(name, len) : NULL;
    if (text == NULL && project_folder != NULL) {
        text = read_project(project_folder, name, len);
    }
    if (text == NULL && !is_lib) {
        text = read_embedded(name, len);
    }
    return text;
}

char *source_find_module(void *project_folder, const char *name, size_t *len)
{
    static const char prefix[] = "scripts.";
    if (strncmp(name, prefix, strlen(prefix)) == 0) {
        name += strlen(prefix);
    }
    char *path = xstrdup(name);
    for (char *c = path; *c != '\0'; c++) {
        *c = *c == '.' ? '/' : *c;
    }
    char *text = source_find(project_folder, path, len);
    free(path);
    return text;
}
