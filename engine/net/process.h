#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "net/loop.h"

/* Child processes. Standard output and error go to files or are inherited. */
struct process;

struct process_opts {
    const char *const *argv; /* NULL-terminated */
    const char *const *env;  /* "NAME=value", NULL-terminated; NULL: our own */
    const char *cwd;         /* NULL: our own */
    const char *output_path; /* stdout and stderr, appended; NULL: inherited */
    void (*on_exit)(void *ud, int64_t status, int signum);
    void *ud;
};

struct process *process_spawn(struct loop *l, const struct process_opts *o,
                              struct err *e); /* NULL on error */
int process_pid(const struct process *p);
void process_kill(struct process *p, int signum);
void process_free(struct process *p); /* does not kill; on_exit is not called any more */
