/*
 * How long a program takes from exec to its first answered webhook: starts it, tries to connect
 * until it listens, and posts once. Prints the milliseconds from just before the fork to the end
 * of the answer, stops the program with SIGTERM and waits for its end.
 *
 *     first HOST:PORT PATH PROGRAM [ARGS…]
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

enum { WAIT_US = 10 * 1000 * 1000, PAUSE_NS = 200 * 1000 };

static pid_t start(char **argv)
{
    pid_t pid = fork();
    if (pid == 0) {
        int log = open("first.log", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        if (log != -1) {
            (void)dup2(log, STDOUT_FILENO); /* else it writes where we write */
            (void)dup2(log, STDERR_FILENO);
        }
        execv(argv[0], argv);
        _exit(127);
    }
    return pid;
}

/* A connection once the program listens; -1 after WAIT_US. */
static int connect_soon(const struct sockaddr_in *address, int64_t began_us)
{
    while (clock_mono_us() < began_us + WAIT_US) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (connect(fd, (const struct sockaddr *)address, sizeof *address) == 0) {
            return fd;
        }
        (void)close(fd);
        (void)nanosleep(&(struct timespec){ .tv_nsec = PAUSE_NS }, NULL);
    }
    return -1;
}

/* Posts, and reads until the answer has begun: it comes in one piece. True for a 2xx. */
static int post(int fd, const char *host, const char *path)
{
    char body[64], text[1024];
    int body_len = snprintf(body, sizeof body, "{\"delivery\":%lld}", (long long)clock_wall_us());
    int len = snprintf(text, sizeof text,
                       "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n"
                       "Content-Length: %d\r\n\r\n%s",
                       path, host, body_len, body);
    if (len >= (int)sizeof text || send(fd, text, (size_t)len, MSG_NOSIGNAL) != len) {
        return 0;
    }
    ssize_t got = recv(fd, text, sizeof text - 1, 0);
    return got > 10 && strncmp(text, "HTTP/1.1 2", 10) == 0;
}

int main(int argc, char **argv)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    char host[64] = "";
    char *colon = argc > 3 ? strrchr(argv[1], ':') : NULL;
    if (colon == NULL) {
        fputs("usage: first HOST:PORT PATH PROGRAM [ARGS…]\n", stderr);
        return 2;
    }
    (void)snprintf(host, sizeof host, "%.*s", (int)(colon - argv[1]), argv[1]);
    address.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
    if (inet_pton(AF_INET, host, &address.sin_addr) != 1) {
        fprintf(stderr, "first: %s is no IPv4 address\n", host);
        return 2;
    }
    int64_t began_us = clock_mono_us();
    pid_t pid = start(argv + 3);
    int fd = connect_soon(&address, began_us);
    int is_good = fd != -1 && post(fd, argv[1], argv[2]);
    int64_t took_us = clock_mono_us() - began_us;
    (void)kill(pid, SIGTERM); /* it may have ended by itself */
    while (waitpid(pid, NULL, 0) == -1 && errno == EINTR) {
    }
    if (!is_good) {
        fputs("first: no answer of 2xx; the program's output is in first.log\n", stderr);
        return 1;
    }
    printf("%.1f\n", (double)took_us / 1000);
    return 0;
}
