/* The module `host` for trusted scripts: what they ask of the machine. Loop thread. */
#include <limits.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <lauxlib.h>

#include "base/mem.h"
#include "host/host_impl.h"

/* host.env(name) -> text or nil   [-1, +1, raises] */
static int host_env(lua_State *L)
{
    lua_pushstring(L, getenv(luaL_checkstring(L, 1)));
    return 1;
}

/* host.is_terminal([stream]) -> boolean; "stdout", "stderr" or "stdin"   [-1, +1, raises] */
static int host_is_terminal(lua_State *L)
{
    static const char *const names[] = { "stdin", "stdout", "stderr", NULL };
    lua_pushboolean(L, isatty(luaL_checkoption(L, 1, "stdout", names)));
    return 1;
}

/* host.pid() -> our process id   [-0, +1, -] */
static int host_pid(lua_State *L)
{
    lua_pushinteger(L, getpid());
    return 1;
}

/* host.cwd() -> the folder that we run in   [-0, +1, raises] */
static int host_cwd(lua_State *L)
{
    char path[PATH_MAX];
    if (getcwd(path, sizeof path) == NULL) {
        return luaL_error(L, "the working folder is gone");
    }
    lua_pushstring(L, path);
    return 1;
}

/* host.program() -> the path of this program, to start it once more   [-0, +1, raises] */
static int host_program(lua_State *L)
{
    char path[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", path, sizeof path);
    if (len == -1 || (size_t)len == sizeof path) {
        return luaL_error(L, "cannot find the program's own file");
    }
    lua_pushlstring(L, path, (size_t)len);
    return 1;
}

/* A port that was handed out: its socket stays bound, without listening. So the system gives the
 * port to nobody who asks for any, in whatever process, while a program that names the port, as
 * listener.c does, can have it. */
struct held_port {
    struct host_thing thing;
    int fd;
};

static void held_port_close(struct host_thing *t)
{
    struct held_port *held = list_entry(t, struct held_port, thing);
    (void)close(held->fd); /* nothing was sent */
    host_thing_fini(&held->thing);
    free(held);
}

/* The port of a socket that is bound to any port of the loopback address, or -1. */
static int bind_any(int fd)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof at;
    int yes = 1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == -1 ||
        bind(fd, (struct sockaddr *)&at, sizeof at) == -1 ||
        getsockname(fd, (struct sockaddr *)&at, &len) == -1) {
        return -1;
    }
    return ntohs(at.sin_port);
}

/* host.free_port() -> a port of 127.0.0.1 that nobody listens on, kept until the host ends for who
 * names it
 *   [-0, +1, raises] */
static int host_free_port(lua_State *L)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int port = fd == -1 ? -1 : bind_any(fd);
    if (port == -1) {
        if (fd != -1) {
            (void)close(fd); /* nothing was sent */
        }
        return luaL_error(L, "no free port");
    }
    struct held_port *held = xmalloc(sizeof *held);
    held->fd = fd;
    host_thing_init(&held->thing, host_of(L), held_port_close);
    lua_pushinteger(L, port);
    return 1;
}

static const luaL_Reg system_functions[] = {
    { "cwd", host_cwd },
    { "env", host_env },
    { "free_port", host_free_port },
    { "is_terminal", host_is_terminal },
    { "pid", host_pid },
    { "program", host_program },
    { NULL, NULL },
};

void host_system_open(lua_State *L, struct host *h)
{
    host_set_functions(L, h, system_functions);
}
