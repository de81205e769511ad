#pragma once

#include <stddef.h>

#include "run/runner.h"

/* Runs that wait for their turn at a connection. A run whose call could not begin within about a
 * second (the limit is used up, the service is down, or enough runs are at it) ends its attempt and
 * waits as a row; the rows of a connection are taken again, the oldest of each recipe first, as
 * there is room for their calls. Who comes later does not overtake them.
 *
 * A connection may have as many runs in memory at its calls as there is room left for those of
 * others: one that is slow takes half of it, a second a third, and there is always some left. Loop
 * thread. */
struct turns;

/* Hands over a run whose turn it is; its load is taken. */
typedef void (*turns_take_fn)(struct runner *r, struct run_load *load);
struct turns_opts {
    struct runner *runner;
    struct loop *loop;
    turns_take_fn take;
};

struct turns *turns_new(const struct turns_opts *o);
void turns_free(struct turns *t);
/* Learns from the store where runs wait. */
void turns_start(struct turns *t);
/* The end of a turn of the loop: takes those whose turn it is, `room` at most, and so many bytes of
 * events. */
void turns_turn(struct turns *t, size_t room, size_t bytes_max);

/* A call of a run begins at the connection; has_turn: the run was taken for it. 0: it is counted
 * until turns_leave. -1: the run is to wait; *e is ERR_TURN. */
int turns_enter(struct turns *t, const char *connection, bool has_turn, struct err *e);
void turns_leave(struct turns *t, const char *connection);

/* A run is about to be written as one that waits there; and it is written, or will not be. */
void turns_await(struct turns *t, const char *connection);
void turns_written(struct turns *t, const char *connection);
