/* The module `host` for trusted scripts: files. What Lua's own io lacks: whole files in one call, a
 * line that is appended and flushed in one write, temporary folders and their removal. Calls give
 * nil and an error object where the system refuses. Loop thread. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <lauxlib.h>

#include "base/buf.h"
#include "base/fd.h"
#include "base/mem.h"
#include "host/host_impl.h"
#include "script/embed.h"
#include "script/strand.h"

enum { READ_MAX = 64 << 20, READ_STEP = 1 << 16, WALK_FDS = 16 };

/* A path with no NUL in it.   [-0, +0, raises] */
static const char *check_path_argument(lua_State *L, int index)
{
    size_t len;
    const char *path = luaL_checklstring(L, index, &len);
    luaL_argcheck(L, len > 0 && strlen(path) == len, index, "a path expected");
    return path;
}

static int push_errno(lua_State *L, const char *what, const char *path)
{
    struct err e = ERR_INIT;
    enum err_kind kind = errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
    (void)err_set(&e, kind, "cannot %s %s: %m", what, path);
    return host_push_failure(L, &e);
}

static int push_true(lua_State *L)
{
    lua_pushboolean(L, true);
    return 1;
}

/* --- read and write --- */

static void buf_close(void *ptr)
{
    buf_fini(ptr);
    free(ptr);
}

static int read_fd(int fd, struct buf *out)
{
    char chunk[READ_STEP];
    for (;;) {
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n == 0) {
            return 0;
        }
        if (n == -1 && errno != EINTR) {
            return -1;
        }
        if (n > 0 && buf_append(out, chunk, (size_t)n) == -1) {
            errno = EFBIG;
            return -1;
        }
    }
}

/* host.read_file(path) -> text | nil, error; at most 64 MiB   [-1, +1|2, raises] */
static int host_read_file(lua_State *L)
{
    const char *path = check_path_argument(L, 1);
    void **box = box_push(L, buf_close);
    struct buf *text = xcalloc(1, sizeof *text);
    buf_init(text, READ_MAX);
    *box = text;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd == -1) {
        return push_errno(L, "open", path);
    }
    int rc = read_fd(fd, text);
    int saved = errno;
    (void)close(fd); /* only read */
    errno = saved;
    if (rc == -1) {
        return push_errno(L, "read", path);
    }
    lua_pushlstring(L, buf_text(text), text->len);
    return 1;
}

/* host.write_file(path, text[, mode]) -> true | nil, error; the file is replaced
 *   [-3, +1|2, raises] */
static int host_write_file(lua_State *L)
{
    const char *path = check_path_argument(L, 1);
    size_t len;
    const char *text = luaL_checklstring(L, 2, &len);
    lua_Integer mode = luaL_optinteger(L, 3, 0644);
    luaL_argcheck(L, mode >= 0 && mode <= 07777, 3, "a file mode expected");
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, (mode_t)mode);
    if (fd == -1) {
        return push_errno(L, "write", path);
    }
    int rc = fd_write_all(fd, text, len);
    int saved = errno;
    if (close(fd) == -1 && rc == 0) {
        return push_errno(L, "write", path);
    }
    errno = saved;
    return rc == 0 ? push_true(L) : push_errno(L, "write", path);
}

/* --- append --- */

static void forget_file(struct host *h, int at)
{
    (void)close(h->files[at].fd); /* every line was flushed by its own write */
    free(h->files[at].path);
    h->files[at] = h->files[--h->file_count];
}

void host_files_close(struct host *h)
{
    while (h->file_count > 0) {
        forget_file(h, 0);
    }
}

/* Whether the name no longer leads to this file: it was removed meanwhile. */
static bool is_gone(int fd)
{
    struct stat st;
    return fstat(fd, &st) == -1 || st.st_nlink == 0;
}

/* The descriptor that appends to a path: kept open from the first line on. -1 with errno. */
static int append_file(struct host *h, const char *path)
{
    for (int i = 0; i < h->file_count; i++) {
        if (strcmp(h->files[i].path, path) == 0) {
            if (!is_gone(h->files[i].fd)) {
                return h->files[i].fd;
            }
            forget_file(h, i);
            break;
        }
    }
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (fd == -1) {
        return -1;
    }
    if (h->file_count == HOST_FILES_MAX) {
        forget_file(h, 0);
    }
    h->files[h->file_count++] = (struct host_file){ .path = xstrdup(path), .fd = fd };
    return fd;
}

/* host.append_line(path, text[, is_synced]) -> true | nil, error   [-3, +1|2, raises]
 * Adds a line break where there is none. The line is with the system when this returns; on the
 * disk, with is_synced. */
static int host_append_line(lua_State *L)
{
    struct host *h = host_of(L);
    const char *path = check_path_argument(L, 1);
    size_t len;
    const char *text = luaL_checklstring(L, 2, &len);
    if (len == 0 || text[len - 1] != '\n') {
        lua_pushvalue(L, 2);
        lua_pushliteral(L, "\n");
        lua_concat(L, 2);
        text = lua_tolstring(L, -1, &len);
    }
    int fd = append_file(h, path);
    if (fd == -1) {
        return push_errno(L, "open", path);
    }
    if (fd_write_all(fd, text, len) == -1 || (lua_toboolean(L, 3) && fdatasync(fd) == -1)) {
        return push_errno(L, "append to", path);
    }
    return push_true(L);
}

/* --- folders --- */

static const char *temp_folder(void)
{
    const char *folder = getenv("TMPDIR");
    return folder != NULL && folder[0] == '/' ? folder : "/tmp";
}

/* host.mkdtemp([name]) -> path of a new folder below the system's folder for temporary files
 *   [-1, +1|2, raises] */
static int host_mkdtemp(lua_State *L)
{
    const char *name = luaL_optstring(L, 1, "ladle");
    luaL_argcheck(L, strchr(name, '/') == NULL, 1, "a name without '/' expected");
    const char *pattern = lua_pushfstring(L, "%s/%s-XXXXXX", temp_folder(), name);
    size_t len = lua_rawlen(L, -1);
    char *path = lua_newuserdatauv(L, len + 1, 0);
    memcpy(path, pattern, len + 1);
    if (mkdtemp(path) == NULL) {
        return push_errno(L, "make", path);
    }
    lua_pushlstring(L, path, len);
    return 1;
}

/* host.mkdir(path) -> true | nil, error; one that is there is fine   [-1, +1|2, raises] */
static int host_mkdir(lua_State *L)
{
    const char *path = check_path_argument(L, 1);
    struct stat st;
    if (mkdir(path, 0755) == 0) {
        return push_true(L);
    }
    int saved = errno;
    if (saved == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
        return push_true(L);
    }
    errno = saved;
    return push_errno(L, "make", path);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)at;
    return kind == FTW_DP || kind == FTW_DNR ? rmdir(path) : unlink(path);
}

/* Whether `path`, real as realpath gives it, lies below the system's folder for temporary files. */
static bool is_temporary(const char *path)
{
    char real[PATH_MAX];
    if (realpath(temp_folder(), real) == NULL) {
        return false;
    }
    size_t len = strlen(real);
    return strncmp(path, real, len) == 0 && path[len] == '/' && path[len + 1] != '\0';
}

/* host.rm_rf(path) -> true | nil, error   [-1, +1|2, raises]
 * Removes a folder and all in it, without following links, and only below the folder for temporary
 * files: anything else is an error. One that is not there is fine. */
static int host_rm_rf(lua_State *L)
{
    const char *path = check_path_argument(L, 1);
    char real[PATH_MAX];
    struct stat st;
    if (lstat(path, &st) == -1) {
        return errno == ENOENT ? push_true(L) : push_errno(L, "remove", path);
    }
    if (S_ISLNK(st.st_mode) || realpath(path, real) == NULL || !is_temporary(real)) {
        return luaL_error(L, "rm_rf: %s is not below %s", path, temp_folder());
    }
    if (nftw(real, remove_one, WALK_FDS, FTW_DEPTH | FTW_PHYS) != 0) {
        return push_errno(L, "remove", path);
    }
    return push_true(L);
}

static void dir_close(void *ptr)
{
    (void)closedir(ptr); /* only read */
}

/* host.list(path) -> names, in no order | nil, error   [-1, +1|2, raises] */
static int host_list(lua_State *L)
{
    const char *path = check_path_argument(L, 1);
    void **box = box_push(L, dir_close);
    DIR *dir = opendir(path);
    if (dir == NULL) {
        return push_errno(L, "open", path);
    }
    *box = dir;
    lua_newtable(L); // names
    lua_Integer count = 0;
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            lua_pushstring(L, entry->d_name);
            lua_rawseti(L, -2, ++count);
        }
    }
    return 1;
}

static const char *kind_name(mode_t mode)
{
    return S_ISREG(mode) ? "file" : S_ISDIR(mode) ? "folder" : S_ISLNK(mode) ? "link" : "other";
}

/* host.stat(path) -> {kind, size, mode, modified_ms} | nil, error   [-1, +1|2, raises] */
static int host_stat(lua_State *L)
{
    const char *path = check_path_argument(L, 1);
    struct stat st;
    if (lstat(path, &st) == -1) {
        return push_errno(L, "look at", path);
    }
    lua_createtable(L, 0, 4);
    lua_pushstring(L, kind_name(st.st_mode));
    lua_setfield(L, -2, "kind");
    lua_pushinteger(L, st.st_size);
    lua_setfield(L, -2, "size");
    lua_pushinteger(L, st.st_mode & 07777);
    lua_setfield(L, -2, "mode");
    lua_pushinteger(L, (lua_Integer)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000);
    lua_setfield(L, -2, "modified_ms");
    return 1;
}

/* host.embedded(name) -> the text of a file that is built into the program, or nil
 *   [-1, +1, raises] */
static int host_embedded(lua_State *L)
{
    const struct embedded *file = embed_find(luaL_checkstring(L, 1));
    if (file == NULL) {
        lua_pushnil(L);
    } else {
        lua_pushlstring(L, file->data, file->len);
    }
    return 1;
}

/* host.embedded_names([prefix]) -> names of the files that are built in, sorted
 *   [-1, +1, raises] */
static int host_embedded_names(lua_State *L)
{
    const char *prefix = luaL_optstring(L, 1, "");
    lua_newtable(L); // names
    lua_Integer count = 0;
    const struct embedded *file;
    for (size_t i = 0; (file = embed_at(i)) != NULL; i++) {
        if (strncmp(file->name, prefix, strlen(prefix)) == 0) {
            lua_pushstring(L, file->name);
            lua_rawseti(L, -2, ++count);
        }
    }
    return 1;
}

static const luaL_Reg file_functions[] = {
    { "append_line", host_append_line },
    { "embedded", host_embedded },
    { "embedded_names", host_embedded_names },
    { "list", host_list },
    { "mkdir", host_mkdir },
    { "mkdtemp", host_mkdtemp },
    { "read_file", host_read_file },
    { "rm_rf", host_rm_rf },
    { "stat", host_stat },
    { "write_file", host_write_file },
    { NULL, NULL },
};

void host_file_open(lua_State *L, struct host *h)
{
    host_set_functions(L, h, file_functions);
}
