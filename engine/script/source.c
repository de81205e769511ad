/* Where Lua sources are: the project's scripts/ folder, then the files built into the program; the
 * engine's own lib/ and connectors first, so that a project's file cannot take their place (and with
 * it the tokens that go to a service). Names are checked before they become paths. Files are read at
 * load time, when the loop may wait for a disk. */
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

/* scripts/NAME.lua, or, for a plain name, an action that is shipped; NULL where there is none. */
static const struct embedded *find_embedded(const char *name)
{
    static const char *const folders[] = { "scripts", "scripts/actions" };
    const struct embedded *f = NULL;
    for (size_t i = 0; f == NULL && i < sizeof folders / sizeof *folders; i++) {
        char *path = xasprintf("%s/%s.lua", folders[i], name);
        f = embed_find(path);
        free(path);
    }
    return f;
}

static char *read_embedded(const char *name, size_t *len)
{
    const struct embedded *f = find_embedded(name);
    if (f == NULL) {
        return NULL;
    }
    *len = f->len;
    return xstrndup(f->data, f->len);
}

static bool is_under(const char *path, const char *folder)
{
    return strncmp(path, folder, strlen(folder)) == 0;
}

char *source_find(const char *project_folder, const char *name, size_t *len)
{
    if (!source_is_name(name)) {
        return NULL;
    }
    bool is_lib = is_under(name, "lib/"), is_connector = is_under(name, "connectors/");
    char *text = is_lib || is_connector ? read_embedded(name, len) : NULL;
    if (text == NULL && project_folder != NULL) {
        text = read_project(project_folder, name, len);
    }
    if (text == NULL && !is_lib && !is_connector) {
        text = read_embedded(name, len);
    }
    return text;
}

bool source_is_shadow(const char *project_folder, const char *name)
{
    const struct embedded *f = source_is_name(name) ? find_embedded(name) : NULL;
    size_t len = 0;
    char *own = f != NULL ? read_project(project_folder, name, &len) : NULL;
    bool is_other = own != NULL && (len != f->len || memcmp(own, f->data, len) != 0);
    free(own);
    return is_other;
}

/* "lib.walk" and "scripts.lib.walk" as "lib/walk"; yours. */
static char *module_path(const char *name)
{
    static const char prefix[] = "scripts.";
    if (is_under(name, prefix)) {
        name += strlen(prefix);
    }
    char *path = xstrdup(name);
    for (char *c = path; *c != '\0'; c++) {
        *c = *c == '.' ? '/' : *c;
    }
    return path;
}

bool source_is_built_in(const char *name)
{
    char *path = module_path(name);
    bool is_one = source_is_name(path) && find_embedded(path) != NULL;
    free(path);
    return is_one;
}

bool source_is_reserved(const char *name)
{
    char *path = module_path(name);
    bool is_one =
        is_under(path, "lib/") || (is_under(path, "connectors/") && source_is_built_in(name));
    free(path);
    return is_one;
}

bool source_is_ours(void *ud, const char *name)
{
    return source_is_reserved(name) || source_is_built_in(name);
}

char *source_find_module(void *project_folder, const char *name, size_t *len)
{
    char *path = module_path(name);
    char *text = source_find(project_folder, path, len);
    free(path);
    return text;
}
