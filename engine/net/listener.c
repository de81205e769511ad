/*
 * Listening sockets for the HTTP server: a socket that we bind ourselves can say which address is
 * wrong, and on which port it ended up. Nothing is kept; the caller owns the descriptor.
 */
#include "net/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BACKLOG = 1024 };

union any_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

/* Up to five digits, 0 … 65535. */
static bool parse_port(const char *text, in_port_t *port)
{
    size_t len = strspn(text, "0123456789");
    if (len == 0 || len > 5 || text[len] != '\0') {
        return false;
    }
    long value = strtol(text, NULL, 10);
    *port = htons((uint16_t)value);
    return value <= 65535;
}

static bool parse_v4(const char *host, struct sockaddr_in *out)
{
    const char *numeric = strcmp(host, "localhost") == 0 ? "127.0.0.1"
                          : strcmp(host, "*") == 0       ? "0.0.0.0"
                                                         : host;
    out->sin_family = AF_INET;
    return inet_pton(AF_INET, numeric, &out->sin_addr) == 1;
}

/* Takes the host apart from the port at the last colon, and the brackets from an IPv6 address. */
static bool parse_address(const char *text, union any_address *out)
{
    *out = (union any_address){ 0 };
    char host[ADDRESS_TEXT];
    const char *colon = strrchr(text, ':');
    if (colon == NULL || (size_t)(colon - text) >= sizeof host) {
        return false;
    }
    size_t len = (size_t)(colon - text);
    memcpy(host, text, len);
    host[len] = '\0';
    if (len > 2 && host[0] == '[' && host[len - 1] == ']') {
        host[len - 1] = '\0';
        out->v6.sin6_family = AF_INET6;
        return inet_pton(AF_INET6, host + 1, &out->v6.sin6_addr) == 1 &&
               parse_port(colon + 1, &out->v6.sin6_port);
    }
    return parse_v4(host, &out->v4) && parse_port(colon + 1, &out->v4.sin_port);
}

static socklen_t address_size(const struct sockaddr *a)
{
    return a->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
}

static int bind_and_listen(int fd, const union any_address *a)
{
    int yes = 1;
    int no = 0;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == -1) {
        return -1;
    }
    /* "[::]" serves IPv4 as well, whatever the system's default is. */
    if (a->any.sa_family == AF_INET6 &&
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no) == -1) {
        return -1;
    }
    if (bind(fd, &a->any, address_size(&a->any)) == -1) {
        return -1;
    }
    return listen(fd, BACKLOG);
}

/* An address that listener_open would take. */
static int read_listen_address(const char *address, union any_address *out, struct err *e)
{
    return parse_address(address, out)
               ? 0
               : err_set(e, ERR_CONFIG, "\"%.80s\" is no address and port to listen on", address);
}

int listener_check(const char *address, struct err *e)
{
    union any_address a;
    return read_listen_address(address, &a, e);
}

int listener_open(const char *address, struct err *e)
{
    union any_address a;
    if (read_listen_address(address, &a, e) == -1) {
        return -1;
    }
    int fd = socket(a.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd == -1) {
        return err_set(e, ERR_CONFIG, "listen on %s: %s", address, strerror(errno));
    }
    if (bind_and_listen(fd, &a) == -1) {
        err_set(e, ERR_CONFIG, "listen on %s: %s", address, strerror(errno));
        (void)close(fd); /* nothing was written */
        return -1;
    }
    return fd;
}

void address_format(const struct sockaddr *a, char out[ADDRESS_TEXT])
{
    out[0] = '\0';
    if (a == NULL) {
        return;
    }
    if (a->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)a;
        (void)inet_ntop(AF_INET, &v4->sin_addr, out, ADDRESS_TEXT); /* is long enough */
    } else if (a->sa_family == AF_INET6) {
        const struct in6_addr *v6 = &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr;
        if (IN6_IS_ADDR_V4MAPPED(v6)) {
            (void)inet_ntop(AF_INET, &v6->s6_addr[12], out, ADDRESS_TEXT);
        } else {
            (void)inet_ntop(AF_INET6, v6, out, ADDRESS_TEXT);
        }
    }
}

void listener_address(int fd, char out[ADDRESS_TEXT])
{
    union any_address a = { 0 };
    socklen_t len = sizeof a;
    out[0] = '\0';
    if (getsockname(fd, &a.any, &len) == -1) {
        return;
    }
    char host[INET6_ADDRSTRLEN];
    bool is_v6 = a.any.sa_family == AF_INET6;
    const void *bytes = is_v6 ? (const void *)&a.v6.sin6_addr : (const void *)&a.v4.sin_addr;
    if (inet_ntop(a.any.sa_family, bytes, host, sizeof host) == NULL) {
        return;
    }
    (void)snprintf(out, ADDRESS_TEXT, is_v6 ? "[%s]:%d" : "%s:%d", host,
                   ntohs(is_v6 ? a.v6.sin6_port : a.v4.sin_port));
}
