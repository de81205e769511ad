#pragma once

/* A command on a terminal of a given width: a pseudo terminal whose other end a thread reads, as a
 * window would, so that no output is too long for it. */

#include <fcntl.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "base/buf.h"
#include "fixture.h"

struct terminal {
    int master, slave;
    pthread_t reader;
    struct buf shown;
};

static inline void *terminal_read(void *ud)
{
    struct terminal *t = ud;
    char bytes[4096];
    ssize_t n;
    while ((n = read(t->master, bytes, sizeof bytes)) > 0) { /* EIO: nobody has the other end */
        (void)buf_append(&t->shown, bytes, (size_t)n);
    }
    return NULL;
}

/* As a program finds it, but for what a terminal makes of line ends. */
static inline void terminal_open(struct terminal *t, unsigned short columns)
{
    struct winsize size = { .ws_row = 24, .ws_col = columns };
    struct termios modes;
    buf_init(&t->shown, FIX_OUTPUT_MAX);
    t->master = posix_openpt(O_RDWR | O_NOCTTY);
    assert_int_not_equal(t->master, -1);
    assert_int_equal(grantpt(t->master), 0);
    assert_int_equal(unlockpt(t->master), 0);
    t->slave = open(ptsname(t->master), O_RDWR | O_NOCTTY);
    assert_int_not_equal(t->slave, -1);
    assert_int_equal(ioctl(t->slave, TIOCSWINSZ, &size), 0);
    assert_int_equal(tcgetattr(t->slave, &modes), 0);
    modes.c_oflag &= ~(tcflag_t)OPOST;
    assert_int_equal(tcsetattr(t->slave, TCSANOW, &modes), 0);
    assert_int_equal(pthread_create(&t->reader, NULL, terminal_read, t), 0);
}

/* All that was shown; yours. */
static inline char *terminal_close(struct terminal *t)
{
    assert_int_equal(close(t->slave), 0);
    assert_int_equal(pthread_join(t->reader, NULL), 0);
    assert_int_equal(close(t->master), 0);
    return buf_take(&t->shown, NULL);
}

static inline int terminal_take(const struct terminal *t, int fd)
{
    int old = dup(fd);
    assert_int_not_equal(dup2(t->slave, fd), -1);
    return old;
}

/* Runs a command on a terminal on which `input` is typed; what it shows, errors among it, is f->out. */
static inline int fix_run_typed(struct fixture *f, unsigned short columns, const char *input,
                                const char *const *words)
{
    struct terminal t;
    terminal_open(&t, columns);
    fflush(stdout);
    fflush(stderr);
    int in = terminal_take(&t, STDIN_FILENO), out = terminal_take(&t, STDOUT_FILENO);
    int err = terminal_take(&t, STDERR_FILENO);
    assert_int_equal(write(t.master, input, strlen(input)), strlen(input));
    int code = fix_call(f, words);
    fflush(stdout);
    fflush(stderr);
    fix_put_back(in, STDIN_FILENO);
    fix_put_back(out, STDOUT_FILENO);
    fix_put_back(err, STDERR_FILENO);
    free(f->out);
    f->out = terminal_close(&t);
    return code;
}

#define fix_run_wide(f, columns, ...)                                                              \
    fix_run_typed(f, columns, "", (const char *const[]){ __VA_ARGS__, NULL })

/* No line is wider; what is looked at has no wide or combining characters. */
static inline void assert_fits(const char *shown, size_t columns)
{
    size_t width = 0;
    for (const char *at = shown, *line = shown; *at != '\0'; at++) {
        width = *at == '\n' ? 0 : width + ((*at & 0xc0) != 0x80);
        if (width > columns) {
            print_error("wider than %zu: %.*s\nin: %s\n", columns, (int)strcspn(line, "\n"), line,
                        shown);
            fail();
        }
        line = *at == '\n' ? at + 1 : line;
    }
}
