/* Messages over a socket pair. Both ends block: while one side thinks, the other waits, so there is
 * one order of things, whatever the machine does besides. */
#include "sim_wire.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"

enum { MESSAGE_MAX = 16 << 20, EXIT_ALONE = 3 };

static int read_all(int fd, void *out, size_t len)
{
    char *at = out;
    while (len > 0) {
        ssize_t n = read(fd, at, len);
        if (n == -1 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return -1;
        }
        at += n;
        len -= (size_t)n;
    }
    return 0;
}

static int write_all(int fd, const void *data, size_t len)
{
    const char *at = data;
    while (len > 0) {
        ssize_t n = send(fd, at, len, MSG_NOSIGNAL);
        if (n == -1 && errno == EINTR) {
            continue;
        }
        if (n == -1) {
            return -1;
        }
        at += n;
        len -= (size_t)n;
    }
    return 0;
}

static bool has_input(int fd, int timeout_ms)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };
    int rc;
    do {
        rc = poll(&p, 1, timeout_ms);
    } while (rc == -1 && errno == EINTR);
    return rc > 0;
}

char *wire_read(int fd, int timeout_ms, bool *is_silent)
{
    uint32_t len;
    *is_silent = !has_input(fd, timeout_ms);
    if (*is_silent || read_all(fd, &len, sizeof len) == -1 || len > MESSAGE_MAX) {
        return NULL;
    }
    char *text = xmalloc((size_t)len + 1);
    text[len] = '\0';
    if (read_all(fd, text, len) == -1) {
        free(text);
        return NULL;
    }
    return text;
}

int wire_write(int fd, const char *text, size_t len)
{
    uint32_t head = (uint32_t)len;
    return write_all(fd, &head, sizeof head) == -1 ? -1 : write_all(fd, text, len);
}

json_t *wire_ask(int fd, json_t *message)
{
    size_t len;
    char *text = json_text(message, &len);
    json_decref(message);
    bool is_silent = false;
    char *answer = wire_write(fd, text, len) == 0 ? wire_read(fd, -1, &is_silent) : NULL;
    free(text);
    json_t *v = answer != NULL ? json_parse_own(answer, strlen(answer), NULL) : NULL;
    free(answer);
    if (v == NULL) {
        _exit(EXIT_ALONE);
    }
    return v;
}
