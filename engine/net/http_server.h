#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "format/json.h"
#include "net/http_client.h"
#include "net/loop.h"

/* HTTP in (libmicrohttpd, its epoll descriptor in the loop, connections suspended until they are
 * answered). A request is handed over once its body is whole; the server itself answers 413, 408,
 * 431 and 400. */
struct http_server;
struct tls;
struct exchange; /* one request and its answer */

struct http_server_opts {
    const char *listen;  /* "127.0.0.1:8420", "[::1]:0"; port 0: any */
    size_t body_max;     /* bytes; over it 413 */
    int64_t slow_us;     /* a request that is not whole by then is dropped; 0: 20 s */
    int connections_max; /* 0: 4096 */
    struct tls *tls;     /* of tls.h, borrowed; NULL: plain HTTP */
    /* Must answer every exchange once, at once or later. */
    void (*on_request)(void *ud, struct exchange *x);
    void *ud;
};

struct http_server *http_server_new(struct loop *l, const struct http_server_opts *o,
                                    struct err *e);
/* Stops to accept; exchanges that are open are still answered. */
void http_server_quiesce(struct http_server *s);
/* Answers what is open with 503 and closes. The exchanges are gone then: who keeps one learns it
 * through exchange_set_data's free_ud. Not from within on_request. */
void http_server_free(struct http_server *s);
const char *
http_server_address(const struct http_server *s); /* "127.0.0.1:43211", the real port; borrowed */
int http_server_open_count(const struct http_server *s); /* exchanges that are not answered */
int http_server_connection_count(const struct http_server *s);

/* Borrowed until the exchange is answered. */
const char *exchange_method(const struct exchange *x);
const char *exchange_path(const struct exchange *x);   /* decoded, without the query, UTF-8 */
const char *exchange_target(const struct exchange *x); /* path and query as they were sent */
const char *exchange_query(const struct exchange *x,
                           const char *name);         /* decoded, the first, or NULL */
json_t *exchange_query_all(const struct exchange *x); /* object of texts; yours */
const char *exchange_header(const struct exchange *x, const char *name); /* any case, or NULL */
/* All lines of that name joined by ", " (RFC 9110, 5.3); yours, or NULL. */
char *exchange_header_list(const struct exchange *x, const char *name);
json_t *exchange_headers(const struct exchange *x); /* names in lower case; yours */
/* The same as members of a JSON object, without its braces, and without the names of `hidden`, a
 * list that ends with NULL. At most HTTP_HEADERS_MAX of them; -1 where out is full. */
int exchange_put_headers(const struct exchange *x, const char *const hidden[], struct buf *out);
const char *exchange_body(const struct exchange *x, size_t *len);
const char *exchange_peer(const struct exchange *x); /* the peer's address, without port */

/* Answers; body is copied. content_type NULL: none. After it x is gone. */
void exchange_answer(struct exchange *x, int status, const char *content_type, const char *body,
                     size_t len);
void exchange_add_header(struct exchange *x, const char *name,
                         const char *value); /* copies, up to 16; before the answer */
void exchange_answer_json(struct exchange *x, int status, const json_t *body);
/* {"error":{"kind","message"}} */
void exchange_answer_error(struct exchange *x, int status, const struct err *e);
/* Closes the connection without an answer, as a broken service does. After it x is gone. */
void exchange_drop(struct exchange *x);
/* A place for the handler's own data; free_ud is called when the exchange ends, answered or not. */
void exchange_set_data(struct exchange *x, void *ud, void (*free_ud)(void *));
