/*
 * A load generator: N clients on one thread, each with a kept-alive connection and one POST at a
 * time, for some seconds. Every body is new (a number that no other body of the process has), so
 * that nothing is answered as a duplicate. Prints one line: answers of 2xx a second, the median
 * and the 99th percentile of the time that an answer took in milliseconds, and how many answers
 * were no 2xx or never came. Exit 1 where there was one of those.
 *
 *     load HOST:PORT PATH CLIENTS SECONDS
 *
 * It is plain epoll with one buffer per client, to take as little as possible of the processor
 * that it shares with the program that is measured.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

enum {
    CLIENTS_MAX = 4096,
    REQUEST_MAX = 1024,
    ANSWER_MAX = 4096,
    SLOT_US = 50,    /* width of a slot of the histogram of times */
    SLOTS = 200000,  /* 10 s; what took longer counts in the last slot */
    DRAIN_MS = 5000, /* how long the last answers are waited for */
};

struct client {
    int fd;
    int64_t began_us;
    size_t out_len;
    size_t sent;
    size_t in_len;
    bool is_busy;
    char out[REQUEST_MAX];
    char in[ANSWER_MAX + 1];
};

static struct {
    struct sockaddr_in address;
    const char *host;
    const char *path;
    int epoll;
    int64_t end_us;
    uint64_t number; /* of the next body */
    uint64_t good;   /* answered before the end */
    uint64_t bad;
    uint64_t open; /* clients that wait for an answer */
    uint32_t slots[SLOTS];
} load;

static void die(const char *what)
{
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(2);
}

static void watch(struct client *c, int operation, uint32_t events)
{
    struct epoll_event event = { .events = events, .data.ptr = c };
    if (epoll_ctl(load.epoll, operation, c->fd, &event) == -1) {
        die("epoll_ctl");
    }
}

static void connect_client(struct client *c)
{
    int one = 1;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd == -1 ||
        connect(c->fd, (struct sockaddr *)&load.address, sizeof load.address) == -1) {
        die("connect");
    }
    (void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one); /* only slower without */
    watch(c, EPOLL_CTL_ADD, EPOLLIN);
}

/* Requests are far smaller than a socket's buffer, so the write blocks only where the peer is
 * stuck. */
static void send_rest(struct client *c)
{
    while (c->sent < c->out_len) {
        ssize_t n = send(c->fd, c->out + c->sent, c->out_len - c->sent, MSG_NOSIGNAL);
        if (n == -1 && errno == EINTR) {
            continue;
        }
        if (n == -1) {
            die("send");
        }
        c->sent += (size_t)n;
    }
}

static void send_next(struct client *c)
{
    char body[REQUEST_MAX / 2];
    int body_len = snprintf(body, sizeof body,
                            "{\"delivery\":\"%d-%llu\",\"type\":\"lead\",\"name\":\"Ada Byron\","
                            "\"email\":\"ada@example.com\",\"phone\":\"+31612345678\",\"tags\":"
                            "[\"lead\",\"web\"],\"source\":\"the form on the front page\"}",
                            (int)getpid(), (unsigned long long)load.number++);
    int len = snprintf(c->out, sizeof c->out,
                       "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n"
                       "Content-Length: %d\r\n\r\n%s",
                       load.path, load.host, body_len, body);
    if (len >= (int)sizeof c->out) {
        fputs("load: the path is too long\n", stderr);
        exit(2);
    }
    c->out_len = (size_t)len;
    c->sent = c->in_len = 0;
    c->is_busy = true;
    c->began_us = clock_mono_us();
    load.open++;
    send_rest(c);
}

/* The length of the answer at the beginning of the text, or 0 where it is not whole yet. */
static size_t whole_length(const char *text, size_t len)
{
    const char *end = memmem(text, len, "\r\n\r\n", 4);
    const char *field = end != NULL ? strcasestr(text, "\r\ncontent-length:") : NULL;
    if (field == NULL || field > end) {
        return 0;
    }
    size_t head = (size_t)(end - text) + 4;
    size_t body = strtoul(field + strlen("\r\ncontent-length:"), NULL, 10);
    return len >= head + body ? head + body : 0;
}

static void note(const struct client *c)
{
    int64_t now_us = clock_mono_us();
    bool is_good = strncmp(c->in, "HTTP/1.1 2", 10) == 0;
    if (!is_good && load.bad == 0) {
        fprintf(stderr, "load: answered: %.*s\n", (int)strcspn(c->in, "\r"), c->in);
    }
    load.bad += !is_good;
    if (is_good && now_us <= load.end_us) {
        int64_t slot = (now_us - c->began_us) / SLOT_US;
        load.good++;
        load.slots[slot < SLOTS ? slot : SLOTS - 1]++;
    }
}

static void on_closed(struct client *c)
{
    load.bad++;
    load.open--;
    c->is_busy = false;
    (void)close(c->fd); /* it takes itself out of the epoll set */
    if (clock_mono_us() < load.end_us) {
        connect_client(c);
        send_next(c);
    }
}

static void on_readable(struct client *c)
{
    ssize_t n = recv(c->fd, c->in + c->in_len, ANSWER_MAX - c->in_len, 0);
    if (n == -1 && errno == EINTR) {
        return;
    }
    if (n <= 0) {
        if (c->is_busy) {
            on_closed(c);
        } else {
            (void)epoll_ctl(load.epoll, EPOLL_CTL_DEL, c->fd, NULL); /* its work is done */
        }
        return;
    }
    c->in_len += (size_t)n;
    c->in[c->in_len] = '\0';
    if (whole_length(c->in, c->in_len) == 0) {
        return;
    }
    note(c);
    c->is_busy = false;
    load.open--;
    if (clock_mono_us() < load.end_us) {
        send_next(c);
    }
}

static void run(struct client *clients, int count)
{
    for (int i = 0; i < count; i++) {
        send_next(&clients[i]);
    }
    struct epoll_event events[256];
    while (load.open > 0 && clock_mono_us() < load.end_us + DRAIN_MS * INT64_C(1000)) {
        int n = epoll_wait(load.epoll, events, 256, 100);
        for (int i = 0; i < n; i++) {
            on_readable(events[i].data.ptr);
        }
    }
    load.bad += load.open;
}

/* The time in milliseconds that the share of all answers did not pass. */
static double percentile(double share)
{
    uint64_t wanted = (uint64_t)((double)load.good * share), seen = 0;
    for (int i = 0; i < SLOTS; i++) {
        seen += load.slots[i];
        if (seen > wanted) {
            return (double)(i + 1) * SLOT_US / 1000;
        }
    }
    return 0;
}

static void read_address(char *text)
{
    char *colon = strrchr(text, ':');
    load.host = xstrdup(text);
    load.address.sin_family = AF_INET;
    load.address.sin_port = htons((uint16_t)(colon != NULL ? strtoul(colon + 1, NULL, 10) : 0));
    if (colon != NULL) {
        *colon = '\0';
    }
    if (colon == NULL || inet_pton(AF_INET, text, &load.address.sin_addr) != 1) {
        fprintf(stderr, "load: %s is no IPv4 address with a port\n", load.host);
        exit(2);
    }
}

int main(int argc, char **argv)
{
    int count = argc == 5 ? (int)strtol(argv[3], NULL, 10) : 0;
    double seconds = argc == 5 ? strtod(argv[4], NULL) : 0;
    if (count < 1 || count > CLIENTS_MAX || seconds <= 0) {
        fputs("usage: load HOST:PORT PATH CLIENTS SECONDS\n", stderr);
        return 2;
    }
    read_address(argv[1]);
    load.path = argv[2];
    load.epoll = epoll_create1(EPOLL_CLOEXEC);
    struct client *clients = xcalloc((size_t)count, sizeof *clients);
    for (int i = 0; i < count; i++) {
        connect_client(&clients[i]);
    }
    load.end_us = clock_mono_us() + (int64_t)(seconds * 1e6);
    run(clients, count);
    printf("%.0f %.2f %.2f %llu\n", (double)load.good / seconds, percentile(0.5), percentile(0.99),
           (unsigned long long)load.bad);
    free(clients);
    return load.bad > 0;
}
