#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/loop.h"

/* What the tests of this layer share: a clock that stands still, and a TCP client made of plain
 * sockets that says exactly what it is told to. A test that hangs is ended by SIGALRM. */
enum { TEST_LIMIT_S = 30, SECOND_US = 1000 * 1000 };

static int64_t still_now_us;

static int64_t still_us(void *ud)
{
    return still_now_us;
}

static void still_random(void *ud, void *out, size_t len)
{
    memset(out, 7, len);
}

static const struct clock still_clock = { still_us, still_us, still_random, NULL };

static inline void stop_clock(void)
{
    still_now_us = 1000 * (int64_t)SECOND_US;
    clock_replace(&still_clock);
}

static inline void move_clock(struct loop *l, int64_t us)
{
    still_now_us += us;
    loop_turn(l, false);
}

static inline int put_clock_back(void **state)
{
    clock_replace(NULL);
    return 0;
}

/* Connects to "127.0.0.1:port"; not blocking afterwards. */
static inline int raw_connect(const char *address)
{
    struct sockaddr_in a = { .sin_family = AF_INET };
    const char *colon = strrchr(address, ':');
    assert_non_null(colon);
    a.sin_port = htons((uint16_t)strtol(colon + 1, NULL, 10));
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_not_equal(fd, -1);
    assert_int_equal(connect(fd, (const struct sockaddr *)&a, sizeof a), 0);
    assert_int_not_equal(fcntl(fd, F_SETFL, O_NONBLOCK), -1);
    return fd;
}

static inline void raw_send(int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

struct raw_answer {
    char text[16 << 10];
    size_t len;
    bool is_closed;
};

/* Reads what is there. */
static inline void raw_read(int fd, struct raw_answer *a)
{
    ssize_t n = recv(fd, a->text + a->len, sizeof a->text - 1 - a->len, MSG_DONTWAIT);
    if (n > 0) {
        a->len += (size_t)n;
        a->text[a->len] = '\0';
    } else if (n == 0 || errno != EAGAIN) {
        a->is_closed = true;
    }
}

/* Turns the loop until `part` has come (twice where `times` is 2), or the peer has closed. */
static inline void raw_await(struct loop *l, int fd, struct raw_answer *a, const char *part)
{
    a->text[a->len] = '\0';
    while (!a->is_closed && (part == NULL || strstr(a->text, part) == NULL)) {
        loop_turn(l, false);
        raw_read(fd, a);
    }
}

/* Turns that find nothing to do, where something may still be under way in the system. */
static inline void turn_some(struct loop *l)
{
    for (int i = 0; i < 50; i++) {
        loop_turn(l, false);
    }
}
