#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/list.h"
#include "net/loop.h"
#include "store/tries.h"

/* Whose turn it is to have a connection: no more calls go to one host at once than there are seats,
 * and further ones wait here, in their order, before anything of them is committed as begun. So what
 * waits for a connection has not begun, its time-out does not run, and a stop takes it back. Loop
 * thread. */
struct seats;

enum {
    SEATS_PER_HOST = 64,
    /* As long a call waits in memory; then it is told a moment at which it makes sense to come
     * again, so that its run waits in the store. */
    SEATS_WAIT_US = 1000 * 1000
};

/* The `detail` of an error that says: not yet its turn. Nothing was sent. */
#define SEATS_TURN TRIES_TURN

/* A place in the queue, and then a seat; embedded by its owner, zeroed but for `ready`. */
struct seat_wait {
    struct list link;
    struct seat_host *host; /* NULL: it neither waits nor has a seat */
    bool is_seated;
    int64_t since_us; /* monotonic; it waits, or has its seat, since then */
    /* Called in the loop. e NULL: the seat is the owner's, until seats_leave. Else the place is
     * gone: ERR_UNAVAILABLE with the time to come again and SEATS_TURN. */
    void (*ready)(struct seat_wait *w, const struct err *e);
};

struct seats *seats_new(struct loop *l);
void seats_free(struct seats *s); /* nobody waits or sits any more */
/* Scheme, host and port of a URL: what a connection is kept for. Yours. */
char *seats_origin(const char *url);
/* How many who do not stand in line yet have a seat within that time, as fast as seats came free of
 * late. */
int64_t seats_room(const struct seats *s, const char *origin, int64_t within_us);
/* True: the seat is there, and ready is not called. False: ready is called later. `origin`: scheme,
 * host and port; copied. */
bool seats_take(struct seats *s, const char *origin, struct seat_wait *w);
/* Gives the seat back, or the place in the queue; may be called twice. */
void seats_leave(struct seats *s, struct seat_wait *w);
/* A stop: whoever waits, or would have to, is sent away. */
void seats_close(struct seats *s);
