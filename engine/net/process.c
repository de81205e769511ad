/*
 * Starts child processes for trusted scripts, through uv_spawn. A struct process belongs to its
 * maker until process_free; where the child still runs then, the handle stays in the loop, only to
 * collect the child's end, and frees itself. Loop thread.
 */
#include "net/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <uv.h>

#include "base/log.h"
#include "base/mem.h"
#include "net/uv_loop.h"

struct process {
    uv_process_t uv; /* first: its close callback frees the whole */
    void (*on_exit)(void *ud, int64_t status, int signum);
    void *ud;
    bool is_orphan; /* freed by its maker before its end */
    bool has_exited;
};

static void free_process(uv_handle_t *h)
{
    free(h);
}

static void on_uv_exit(uv_process_t *uv, int64_t status, int signum)
{
    struct process *p = (struct process *)uv;
    p->has_exited = true;
    if (p->is_orphan) {
        uv_close((uv_handle_t *)uv, free_process);
    } else if (p->on_exit != NULL) {
        p->on_exit(p->ud, status, signum);
    }
}

/* The descriptor for the child's output, or -1. */
static int open_output(const char *path, struct err *e)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd == -1) {
        err_set(e, ERR_IO, "open %s: %s", path, strerror(errno));
    }
    return fd;
}

static int spawn(struct loop *l, struct process *p, const struct process_opts *o, int out_fd)
{
    /* uv_spawn takes the texts without const, and does not change them. */
    uv_stdio_container_t stdio[3] = {
        { .flags = UV_IGNORE },
        { .flags = UV_INHERIT_FD, .data.fd = out_fd != -1 ? out_fd : STDOUT_FILENO },
        { .flags = UV_INHERIT_FD, .data.fd = out_fd != -1 ? out_fd : STDERR_FILENO },
    };
    uv_process_options_t options = {
        .exit_cb = on_uv_exit,
        .file = o->argv[0],
        .args = (char **)(uintptr_t)o->argv,
        .env = (char **)(uintptr_t)o->env,
        .cwd = o->cwd,
        .stdio = stdio,
        .stdio_count = 3,
    };
    return uv_spawn(loop_uv(l), &p->uv, &options);
}

struct process *process_spawn(struct loop *l, const struct process_opts *o, struct err *e)
{
    int out_fd = -1;
    if (o->output_path != NULL && (out_fd = open_output(o->output_path, e)) == -1) {
        return NULL;
    }
    struct process *p = xcalloc(1, sizeof(*p));
    p->on_exit = o->on_exit;
    p->ud = o->ud;
    int rc = spawn(l, p, o, out_fd);
    if (out_fd != -1) {
        (void)close(out_fd); /* the child has its own; nothing was written through this one */
    }
    if (rc != 0) {
        err_set(e, ERR_IO, "start %s: %s", o->argv[0], uv_strerror(rc));
        uv_close((uv_handle_t *)&p->uv, free_process);
        return NULL;
    }
    return p;
}

int process_pid(const struct process *p)
{
    return p->uv.pid;
}

void process_kill(struct process *p, int signum)
{
    if (p->has_exited) {
        return; /* the number may be another process's by now */
    }
    int rc = uv_process_kill(&p->uv, signum);
    if (rc != 0) {
        log_warn("process", "send signal %d to %d: %s", signum, p->uv.pid, uv_strerror(rc));
    }
}

void process_free(struct process *p)
{
    if (p == NULL) {
        return;
    }
    if (p->has_exited) {
        uv_close((uv_handle_t *)&p->uv, free_process);
        return;
    }
    p->is_orphan = true;
    uv_unref((uv_handle_t *)&p->uv);
}
