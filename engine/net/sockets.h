#pragma once

#include "net/loop.h"

/* Descriptors that a library opens, watches and closes, in an epoll of their own. One that is kept
 * (a connection between two calls) stays in it while nobody wants it, so that to use it again costs
 * no system call. Loop thread. */
struct sockets;

/* fn(ud, fd, events) for each that is ready, then done(ud) once. NULL without descriptors left
 * (logged). */
struct sockets *sockets_new(struct loop *l, void (*fn)(void *ud, int fd, int events),
                            void (*done)(void *ud), void *ud);
void sockets_free(struct sockets *s); /* NULL is allowed */

/* fd is a new one, and will be told of before it is closed: it is kept. */
void sockets_opened(struct sockets *s, int fd);
void sockets_closing(struct sockets *s, int fd);
/* LOOP_READ and LOOP_WRITE, or 0: nobody wants it now. One that is not kept must be given up so
 * before it is closed. */
void sockets_want(struct sockets *s, int fd, int events);
