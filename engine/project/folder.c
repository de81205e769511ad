/* Reading the files of a project folder: bounded, regular files only (a pipe or a device would hang
 * the start), and with errors that name the file. The caller owns what comes back. Blocking, so not
 * for the running loop. */

#include "project/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

static int fail_io(struct err *e, const char *what, const char *path)
{
    enum err_kind kind = errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_IO;
    return err_set(e, kind, "cannot %s %s: %s", what, path, strerror(errno));
}

/* Opens without waiting for a pipe's other end; -1 for anything but a regular file. */
static int open_regular(const char *path, struct err *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd == -1) {
        return fail_io(e, "open", path);
    }
    struct stat st;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        return fd;
    }
    (void)close(fd); /* it was only read from */
    return err_set(e, ERR_IO, "%s is not a file", path);
}

static int read_whole_file(int fd, struct buf *out, const char *path, struct err *e)
{
    char block[16384];
    for (;;) {
        ssize_t n = read(fd, block, sizeof block);
        if (n == 0) {
            return 0;
        }
        if (n == -1 && errno == EINTR) {
            continue;
        }
        if (n == -1) {
            return fail_io(e, "read", path);
        }
        if (buf_append(out, block, (size_t)n) != 0) {
            return err_set(e, ERR_TOO_LARGE, "%s is larger than %zu bytes", path, out->max);
        }
    }
}

char *folder_read(const char *path, size_t max, size_t *len, struct err *e)
{
    int fd = open_regular(path, e);
    if (fd == -1) {
        return NULL;
    }
    struct buf b;
    buf_init(&b, max);
    char *text = NULL;
    if (read_whole_file(fd, &b, path, e) == 0) {
        text = buf_take(&b, len);
    }
    buf_fini(&b);
    (void)close(fd); /* it was only read from */
    return text;
}

static int cmp_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Collects the names; -1 past max. */
static int collect_names(DIR *dir, char **names, size_t max, size_t *count)
{
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        if (entry->d_name[0] == '.') {
            continue;
        }
        if (*count == max) {
            return -1;
        }
        names[(*count)++] = xstrdup(entry->d_name);
    }
    return 0;
}

char **folder_names(const char *path, size_t max, size_t *count, struct err *e)
{
    *count = 0;
    char **names = xcalloc(max + 1, sizeof *names);
    DIR *dir = opendir(path);
    if (dir == NULL && errno == ENOENT) {
        return names;
    }
    if (dir == NULL) {
        (void)fail_io(e, "list", path);
        folder_free_names(names);
        return NULL;
    }
    int rc = collect_names(dir, names, max, count);
    (void)closedir(dir); /* it was only read from */
    if (rc != 0) {
        (void)err_set(e, ERR_TOO_LARGE, "%s holds more than %zu files", path, max);
        folder_free_names(names);
        return NULL;
    }
    qsort(names, *count, sizeof *names, cmp_names);
    return names;
}

void folder_free_names(char **names)
{
    for (size_t i = 0; names != NULL && names[i] != NULL; i++) {
        free(names[i]);
    }
    free(names);
}

bool folder_ends_with(const char *name, const char *end)
{
    size_t len = strlen(name);
    size_t end_len = strlen(end);
    return len > end_len && strcmp(name + len - end_len, end) == 0;
}

bool folder_is_recipe(const char *name)
{
    return folder_ends_with(name, ".yaml") && !folder_ends_with(name, "_test.yaml");
}
