#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <microhttpd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/list.h"
#include "net/http_server.h"
#include "net/linger.h"
#include "net/listener.h"

/* What http_server.c (connections and requests) and http_server_exchange.c (what a handler sees,
 * and answers) know in common. For these two only. */
enum { EXTRA_HEADERS_MAX = 16 };

struct http_server {
    struct loop *loop;
    struct MHD_Daemon *daemon;
    struct watch *watch;
    struct alarm *alarm;     /* the library's own time-outs */
    struct watch *accepting; /* of listen_fd; NULL: it accepts no more */
    struct timer accept_timer;
    int64_t told_us; /* when it last told that it cannot accept */
    unsigned guests_max;
    struct timer slow; /* the first deadline of `waiting` */
    struct lingerers *lingerers;
    struct list waiting; /* guests that owe a request, by deadline */
    struct list open;    /* exchanges that are handed over and not answered */
    struct list pool;    /* exchanges for reuse */
    int pool_len;
    int open_count;
    int guest_count;
    int listen_fd;
    size_t body_max;
    size_t bodies_max;
    size_t body_bytes; /* of all exchanges that the library knows */
    bool (*seems_good)(void *ud, const struct exchange *x);
    int64_t slow_us;
    void (*on_request)(void *ud, struct exchange *x);
    void *ud;
    bool must_run; /* the library has work that no edge will tell of */
    bool is_alarm_set;
    bool is_tls;
    bool is_quiet; /* accepts no more */
    char address[ADDRESS_TEXT];
};

struct guest {
    struct list link; /* of `waiting` */
    struct http_server *server;
    struct exchange *x; /* the request under way, or NULL */
    int fd;
    int64_t deadline_us;
    bool must_linger;        /* was refused while it may still send */
    char peer[ADDRESS_TEXT]; /* "": not asked for yet */
};

enum exchange_state {
    X_NEW,      /* the request line is there */
    X_READING,  /* the head is there */
    X_OPEN,     /* handed over */
    X_ANSWERED, /* `response` is queued now or when the library calls next */
    X_DROPPED
};

struct exchange {
    struct list link; /* of `open` or `pool` */
    struct http_server *server;
    struct guest *guest;
    struct MHD_Connection *conn;
    enum exchange_state state;
    bool is_bad;        /* the URL is malformed */
    bool is_in_handler; /* within on_request: the answer needs no resuming */
    const char *method; /* the library's, as is path */
    const char *path;
    char *target; /* as it was sent, where it is not the path */
    struct buf body;
    size_t counted; /* bytes of it in server.body_bytes */
    bool is_judged; /* seems_good was asked, and said: */
    bool is_good;
    struct MHD_Response *response;
    int status;
    struct {
        char *name;
        char *value;
    } extra[EXTRA_HEADERS_MAX];
    int extra_count;
    void *data;
    void (*free_data)(void *);
};

struct exchange *exchange_new(struct http_server *s, struct guest *g, struct MHD_Connection *conn);
void exchange_open(struct exchange *x);  /* from now on it is the handler's */
void exchange_close(struct exchange *x); /* the library is done with the request */
void exchange_free(struct exchange *x);

/* The server's own answer, before the exchange is anybody's. The connection ends with it, as a body
 * may be under way. */
enum MHD_Result exchange_refuse(struct exchange *x, int status, enum err_kind kind,
                                const char *why);
/* Gives the library what exchange_answer has made. */
enum MHD_Result exchange_queue(struct exchange *x);
