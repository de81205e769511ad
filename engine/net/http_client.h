#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "net/loop.h"

/* HTTP out (libcurl's multi socket interface): keep-alive, time-outs, size limits, TLS verified, no
 * redirects followed, no proxy from the environment, http and https only. */
enum { HTTP_HEADERS_MAX = 64, HTTP_BODY_MAX = 8 << 20 };

struct http_header {
    const char *name;
    const char *value;
};

/* All of it is borrowed during http_send only. */
struct http_request {
    const char *method;
    const char *url;
    const struct http_header *headers;
    size_t header_count;
    const char *body; /* NULL: none */
    size_t body_len;
    int64_t timeout_us;  /* from the first byte on, and for what is before it; 0: 30 s */
    int64_t connect_us;  /* 0: 10 s */
    size_t body_max;     /* of the answer; 0: HTTP_BODY_MAX */
    bool may_be_private; /* the resolved address may be loopback or private */
};

struct http_response {
    int status;
    struct http_header headers[HTTP_HEADERS_MAX]; /* names in lower case */
    size_t header_count;
    struct buf body;
    char peer[64]; /* the address that answered */
};

const char *http_response_header(const struct http_response *r,
                                 const char *lower_name); /* or NULL */

/* A request whose method is not safe (POST, PUT, PATCH, DELETE) is given to a peer at most once; a
 * safe one may be sent again where a kept connection broke. timeout_us runs on the clock of
 * base/clock.h, connect_us (name look-up, connection, handshake) on the system's own.
 *
 * Called once from the loop, never from within http_send. Either res (borrowed during the call) or
 * e: UNREACHABLE and TLS (nothing was sent), UNKNOWN (something was sent, the answer did not come
 * or broke off; time-out included), TOO_LARGE and PROTOCOL (an answer began), CONFIG (bad URL,
 * refused address). */
typedef void (*http_done_fn)(void *ud, const struct http_response *res, const struct err *e);

struct http_call;

/* What the engine knows of an HTTP client; tests and the simulator put their own in its place. */
struct http_client {
    struct http_call *(*send)(struct http_client *c, const struct http_request *r,
                              http_done_fn done, void *ud);
    /* done is not called any more; before its end only. Whether something of it has left. */
    bool (*cancel)(struct http_client *c, struct http_call *call);
    void (*free)(struct http_client *c); /* cancels what is in flight; not from within done */
};

struct http_client_opts {
    int max_per_host;    /* connections to one host; 0: 96 */
    const char *ca_file; /* NULL: the system's */
    const char *user_agent;
};

struct http_client *http_client_new(struct loop *l, const struct http_client_opts *o);
