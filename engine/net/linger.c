/*
 * Closes connections so that their clients still get the answer: a copy of the descriptor keeps the
 * connection from being reset after its owner has closed it; the sending side is shut, and what the
 * client still sends is read and thrown away, until it stops or has had its time or its bytes. The
 * copies belong to this file. Loop thread.
 */
#include "net/linger.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/list.h"
#include "base/mem.h"

enum {
    LINGERERS_MAX = 64,          /* more than that are reset */
    LINGER_US = 2 * 1000 * 1000, /* a client that reads at all has its answer by then */
    LINGER_BYTES = 16 << 20,
    PIECES_PER_TURN = 16,
};

struct lingerers {
    struct loop *loop;
    struct list all;
    int count;
};

struct lingerer {
    struct list link;
    struct lingerers *home;
    struct watch *watch;
    struct timer limit;
    int fd;
    size_t bytes_left;
};

static void end_linger(struct lingerer *g)
{
    timer_stop(&g->limit);
    watch_free(g->watch);
    (void)close(g->fd); /* nothing of value is lost */
    list_remove(&g->link);
    g->home->count--;
    free(g);
}

static void on_linger_limit(struct timer *t)
{
    end_linger(list_entry(t, struct lingerer, limit));
}

/* Bounded per turn, as a fast sender could keep the loop here. */
static void on_linger_readable(void *ud, int events)
{
    struct lingerer *g = ud;
    char waste[16 << 10];
    for (int i = 0; i < PIECES_PER_TURN; i++) {
        ssize_t n = recv(g->fd, waste, sizeof waste, MSG_DONTWAIT);
        if (n == -1 && (errno == EAGAIN || errno == EINTR)) {
            return;
        }
        if (n <= 0 || (size_t)n >= g->bytes_left) {
            end_linger(g);
            return;
        }
        g->bytes_left -= (size_t)n;
    }
}

struct lingerers *lingerers_new(struct loop *l)
{
    struct lingerers *ls = xcalloc(1, sizeof(*ls));
    ls->loop = l;
    list_init(&ls->all);
    return ls;
}

void lingerers_free(struct lingerers *ls)
{
    if (ls == NULL) {
        return;
    }
    while (!list_is_empty(&ls->all)) {
        end_linger(list_entry(ls->all.next, struct lingerer, link));
    }
    free(ls);
}

int lingerers_count(const struct lingerers *ls)
{
    return ls->count;
}

void lingerers_add(struct lingerers *ls, int fd)
{
    int copy = ls->count < LINGERERS_MAX ? fcntl(fd, F_DUPFD_CLOEXEC, 0) : -1;
    if (copy == -1) {
        return;
    }
    struct lingerer *g = xcalloc(1, sizeof(*g));
    g->home = ls;
    g->fd = copy;
    g->bytes_left = LINGER_BYTES;
    timer_init(&g->limit, ls->loop, on_linger_limit);
    list_push_back(&ls->all, &g->link);
    ls->count++;
    g->watch = watch_new(ls->loop, copy, on_linger_readable, g);
    if (g->watch == NULL) {
        end_linger(g);
        return;
    }
    (void)shutdown(copy, SHUT_WR); /* fails where the client has gone already */
    watch_set(g->watch, LOOP_READ);
    timer_start(&g->limit, LINGER_US);
}
