/*
 * What libuv has for a descriptor (a handle, a test whether it can be watched, its end one turn
 * later) costs more than a short call. So curl's descriptors stand in an epoll that is ours, and
 * libuv watches that one, which is ready while one of them is.
 *
 * A table under the descriptor's number says what the kernel was told and what is wanted. They may
 * differ for a kept one only: it goes on being watched while nobody wants it; should it become
 * ready then (its peer has closed it), it is taken out, and put back when it is wanted again. What
 * is closed leaves the epoll by itself, so the table must hear of it (sockets_closing).
 */
#include "net/sockets.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"

enum { READY_MAX = 64 };

struct place {
    unsigned char told, wanted; /* LOOP_READ | LOOP_WRITE */
    bool is_kept;
};

struct sockets {
    int epoll;
    struct watch *watch;
    struct place *places; /* by descriptor */
    int room;
    void (*fn)(void *ud, int fd, int events);
    void (*done)(void *ud);
    void *ud;
};

static struct place *slot_of(struct sockets *s, int fd)
{
    if (fd >= s->room) {
        int room = fd + 1 > 2 * s->room ? fd + 1 : 2 * s->room;
        s->places = xrealloc(s->places, (size_t)room * sizeof *s->places);
        memset(s->places + s->room, 0, (size_t)(room - s->room) * sizeof *s->places);
        s->room = room;
    }
    return &s->places[fd];
}

static void watch_socket(struct sockets *s, int fd, struct place *p, int events)
{
    struct epoll_event e = { .events = (events & LOOP_READ ? EPOLLIN : 0u) |
                                       (events & LOOP_WRITE ? EPOLLOUT : 0u),
                             .data.fd = fd };
    int op = p->told == 0 ? EPOLL_CTL_ADD : events == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;
    if (p->told == events) {
        return;
    }
    if (epoll_ctl(s->epoll, op, fd, &e) == -1) {
        log_error("net", "watch descriptor %d: %s", fd,
                  strerror(errno)); /* its call runs out of time */
        events = 0;
    }
    p->told = (unsigned char)events;
}

void sockets_opened(struct sockets *s, int fd)
{
    *slot_of(s, fd) = (struct place){ .is_kept = true };
}

void sockets_closing(struct sockets *s, int fd)
{
    *slot_of(s, fd) = (struct place){ .is_kept = false };
}

void sockets_want(struct sockets *s, int fd, int events)
{
    struct place *p = slot_of(s, fd);
    p->wanted = (unsigned char)events;
    if (events != 0 || !p->is_kept) {
        watch_socket(s, fd, p, events);
    }
}

static void take_socket_event(struct sockets *s, const struct epoll_event *e)
{
    int fd = e->data.fd;
    struct place *p = slot_of(s, fd);
    if (p->wanted == 0) {
        watch_socket(s, fd, p, 0);
        return;
    }
    int events = (e->events & EPOLLIN ? LOOP_READ : 0) | (e->events & EPOLLOUT ? LOOP_WRITE : 0) |
                 (e->events & (EPOLLERR | EPOLLHUP) ? LOOP_READ | LOOP_WRITE : 0);
    s->fn(s->ud, fd, events);
}

/* A descriptor may be closed, and its number taken by another, while those behind it wait for their
 * turn: then it is told of something that is not there, which a socket that does not block takes. */
static void on_ready(void *ud, int ready)
{
    struct sockets *s = ud;
    struct epoll_event events[READY_MAX];
    int count = epoll_wait(s->epoll, events, READY_MAX, 0); /* -1: interrupted, so the next time */
    for (int i = 0; i < count; i++) {
        take_socket_event(s, &events[i]);
    }
    s->done(s->ud);
}

struct sockets *sockets_new(struct loop *l, void (*fn)(void *ud, int fd, int events),
                            void (*done)(void *ud), void *ud)
{
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct watch *watch = NULL;
    struct sockets *s = xcalloc(1, sizeof *s);
    if (epoll != -1) {
        watch = watch_new(l, epoll, on_ready, s);
    }
    if (watch == NULL) {
        log_error("net", "no descriptor for calls: %s", strerror(errno));
        if (epoll != -1) {
            (void)close(epoll); /* nothing was written */
        }
        free(s);
        return NULL;
    }
    *s = (struct sockets){ .epoll = epoll, .watch = watch, .fn = fn, .done = done, .ud = ud };
    watch_set(watch, LOOP_READ);
    return s;
}

void sockets_free(struct sockets *s)
{
    if (s == NULL) {
        return;
    }
    watch_free(s->watch);
    (void)close(s->epoll); /* nothing was written */
    free(s->places);
    free(s);
}
