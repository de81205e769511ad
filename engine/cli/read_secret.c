/* Reads a secret from a person or a pipe, for the commands that store one. The terminal's echo is
 * put back however the reading ends, also by Ctrl-C: signals are held back meanwhile. The bytes
 * never pass a stdio buffer, which would keep a copy. */
#include "cli/read_secret.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>

#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/secret_memory.h"

struct silence {
    bool is_on;
    struct termios before;
    sigset_t signals;
};

static void echo_off(struct silence *quiet)
{
    quiet->is_on = tcgetattr(STDIN_FILENO, &quiet->before) == 0;
    if (!quiet->is_on) {
        return;
    }
    sigset_t held;
    sigemptyset(&held);
    sigaddset(&held, SIGINT);
    sigaddset(&held, SIGTERM);
    sigaddset(&held, SIGTSTP);
    (void)sigprocmask(SIG_BLOCK, &held,
                      &quiet->signals); /* fails for a wrong first argument only */
    struct termios silent = quiet->before;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH,
                    &silent); /* at worst the value is shown to who types it */
}

static void echo_on(const struct silence *quiet)
{
    if (quiet->is_on) {
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet->before); /* nothing else can be tried */
        (void)sigprocmask(SIG_SETMASK, &quiet->signals, NULL);    /* as above */
        (void)fputs("\n", stderr);                                /* a lost line end is harmless */
    }
}

/* Reads to the end, or to the end of a line; 0, or -1. One byte more than the maximum tells that it
 * is passed. */
static int read_bytes(bool is_line, char *bytes, size_t *len, struct err *e)
{
    *len = 0;
    while (*len <= READ_SECRET_MAX) {
        ssize_t n = read(STDIN_FILENO, bytes + *len, READ_SECRET_MAX + 1 - *len);
        if (n == -1 && errno == EINTR) {
            continue;
        }
        if (n == -1) {
            return err_set(e, ERR_IO, "reading the value: %s", strerror(errno));
        }
        *len += (size_t)n;
        if (n == 0 || (is_line && memchr(bytes, '\n', *len) != NULL)) {
            return 0;
        }
    }
    return err_set(e, ERR_TOO_LARGE, "the value is longer than %d bytes", READ_SECRET_MAX);
}

static void trim_line_end(char *bytes, size_t *len)
{
    if (*len > 0 && bytes[*len - 1] == '\n') {
        (*len)--;
    }
    if (*len > 0 && bytes[*len - 1] == '\r') {
        (*len)--;
    }
}

struct secret *read_secret(const char *prompt, struct err *e)
{
    bool is_terminal = isatty(STDIN_FILENO) == 1;
    struct silence quiet = { .is_on = false };
    char *bytes = secret_memory_take(READ_SECRET_MAX + 1);
    size_t len;
    struct secret *value = NULL;
    if (is_terminal) {
        (void)fputs(prompt, stderr); /* a prompt that is not seen is harmless */
        echo_off(&quiet);
    }
    int result = read_bytes(is_terminal, bytes, &len, e);
    echo_on(&quiet);
    if (result == 0) {
        trim_line_end(bytes, &len);
        value = len > 0 ? secret_new(bytes, len) : NULL;
        if (value == NULL) {
            (void)err_set(e, ERR_INVALID, "the value is empty; type it, or hand it in on stdin");
        }
    }
    secret_memory_give(bytes, READ_SECRET_MAX + 1); /* overwrites */
    return value;
}
