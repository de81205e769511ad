/* Descriptors of a library: kept ones are watched on, what is closed is forgotten. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "net/sockets.h"

struct fixture {
    struct loop *loop;
    struct sockets *sockets;
    int pair[2]; /* ours, theirs */
    int count;   /* of calls, and the last one */
    int fd, events;
    int done_count;
};

static void on_ready(void *ud, int fd, int events)
{
    struct fixture *f = ud;
    f->count++;
    f->fd = fd;
    f->events = events;
}

static void on_done(void *ud)
{
    struct fixture *f = ud;
    f->done_count++;
}

static int start(void **state)
{
    struct fixture *f = xcalloc(1, sizeof *f);
    f->loop = loop_new();
    f->sockets = sockets_new(f->loop, on_ready, on_done, f);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, f->pair), 0);
    *state = f;
    return 0;
}

static int stop(void **state)
{
    struct fixture *f = *state;
    sockets_free(f->sockets);
    close(f->pair[0]);
    close(f->pair[1]);
    loop_free(f->loop);
    free(f);
    return 0;
}

static void turn(struct fixture *f)
{
    for (int i = 0; i < 3; i++) {
        loop_turn(f->loop, false);
    }
}

static void say(struct fixture *f)
{
    assert_int_equal(write(f->pair[1], "x", 1), 1);
}

static void hear(struct fixture *f)
{
    char c;
    assert_int_equal(read(f->pair[0], &c, 1), 1);
}

static void what_is_wanted_is_told(void **state)
{
    struct fixture *f = *state;
    sockets_want(f->sockets, f->pair[0], LOOP_READ);
    turn(f);
    assert_int_equal(f->count, 0);
    say(f);
    loop_turn(f->loop, false);
    assert_int_equal(f->count, 1);
    assert_int_equal(f->done_count, 1);
    assert_int_equal(f->fd, f->pair[0]);
    assert_int_equal(f->events, LOOP_READ);
    sockets_want(f->sockets, f->pair[0], LOOP_READ | LOOP_WRITE);
    loop_turn(f->loop, false);
    assert_int_equal(f->events, LOOP_READ | LOOP_WRITE);
    hear(f);
    sockets_want(f->sockets, f->pair[0], 0);
    f->count = 0;
    say(f);
    turn(f);
    assert_int_equal(f->count, 0);
}

static void a_kept_one_is_told_again_once_it_is_wanted(void **state)
{
    struct fixture *f = *state;
    sockets_opened(f->sockets, f->pair[0]);
    sockets_want(f->sockets, f->pair[0], LOOP_READ);
    sockets_want(f->sockets, f->pair[0], 0);
    for (int i = 0; i < 3; i++) {
        say(f); /* while nobody wants it */
        turn(f);
        assert_int_equal(f->count, i);
        sockets_want(f->sockets, f->pair[0], LOOP_READ);
        loop_turn(f->loop, false);
        assert_int_equal(f->count, i + 1);
        hear(f);
        sockets_want(f->sockets, f->pair[0], 0);
    }
}

/* A loop that sleeps would not come back from it; one that is woken again and again would. */
static void a_kept_one_that_nobody_wants_does_not_keep_the_loop_awake(void **state)
{
    struct fixture *f = *state;
    sockets_opened(f->sockets, f->pair[0]);
    sockets_want(f->sockets, f->pair[0], LOOP_READ);
    sockets_want(f->sockets, f->pair[0], 0);
    say(f);
    turn(f);
    int before = f->done_count;
    turn(f);
    assert_int_equal(f->done_count, before);
}

static void a_number_that_is_used_again_is_watched_anew(void **state)
{
    struct fixture *f = *state;
    int old = f->pair[0];
    sockets_opened(f->sockets, old);
    sockets_want(f->sockets, old, LOOP_READ);
    sockets_want(f->sockets, old, 0);
    sockets_closing(f->sockets, old);
    close(f->pair[0]);
    close(f->pair[1]);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, f->pair), 0);
    assert_int_equal(f->pair[0], old);
    sockets_want(f->sockets, old, LOOP_READ); /* not kept: nobody has said so */
    say(f);
    turn(f);
    assert_true(f->count > 0);
    sockets_want(f->sockets, old, 0);
}

static void the_end_of_a_peer_is_told(void **state)
{
    struct fixture *f = *state;
    sockets_want(f->sockets, f->pair[0], LOOP_READ);
    assert_int_equal(shutdown(f->pair[1], SHUT_RDWR), 0);
    loop_turn(f->loop, false);
    assert_int_equal(f->count, 1);
    assert_int_equal(f->events & LOOP_READ, LOOP_READ);
    sockets_want(f->sockets, f->pair[0], 0);
}

static void a_descriptor_that_cannot_be_watched_is_no_end(void **state)
{
    struct fixture *f = *state;
    int fd = dup(f->pair[0]);
    close(fd);
    sockets_want(f->sockets, fd, LOOP_READ);
    turn(f);
    assert_int_equal(f->count, 0);
    sockets_want(f->sockets, fd, 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(what_is_wanted_is_told),
        T(a_kept_one_is_told_again_once_it_is_wanted),
        T(a_kept_one_that_nobody_wants_does_not_keep_the_loop_awake),
        T(a_number_that_is_used_again_is_watched_anew),
        T(the_end_of_a_peer_is_told),
        T(a_descriptor_that_cannot_be_watched_is_no_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
