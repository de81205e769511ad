/* Lingering closes: the peer gets no reset, and nobody holds us for long. */
#include "net_support.h"

#include "net/linger.h"

struct fixture {
    struct loop *loop;
    struct lingerers *lingerers;
};

static int start(void **state)
{
    static struct fixture f;
    stop_clock();
    f.loop = loop_new();
    f.lingerers = lingerers_new(f.loop);
    *state = &f;
    return 0;
}

static int finish(void **state)
{
    struct fixture *f = *state;
    lingerers_free(f->lingerers);
    loop_free(f->loop);
    clock_replace(NULL);
    return 0;
}

/* Our end is closed at once, as its owner does; the peer's is returned. */
static int linger_on_one(struct fixture *f)
{
    int fds[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    lingerers_add(f->lingerers, fds[0]);
    close(fds[0]);
    return fds[1];
}

static void what_the_peer_still_sends_is_taken_until_it_stops(void **state)
{
    struct fixture *f = *state;
    int peer = linger_on_one(f);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(send(peer, "more", 4, MSG_NOSIGNAL), 4);
        loop_turn(f->loop, false);
    }
    char c;
    assert_int_equal(recv(peer, &c, 1, MSG_DONTWAIT), 0); /* our sending side is shut */
    assert_int_equal(lingerers_count(f->lingerers), 1);
    close(peer);
    turn_some(f->loop);
    assert_int_equal(lingerers_count(f->lingerers), 0);
}

static void a_peer_that_never_stops_has_two_seconds(void **state)
{
    struct fixture *f = *state;
    int peer = linger_on_one(f);
    move_clock(f->loop, 2 * SECOND_US - 1);
    assert_int_equal(lingerers_count(f->lingerers), 1);
    move_clock(f->loop, 1);
    assert_int_equal(lingerers_count(f->lingerers), 0);
    assert_int_equal(send(peer, "x", 1, MSG_NOSIGNAL), -1);
    close(peer);
}

static void a_peer_that_sends_without_end_is_cut(void **state)
{
    struct fixture *f = *state;
    static char piece[64 << 10];
    int peer = linger_on_one(f);
    size_t sent = 0;
    while (lingerers_count(f->lingerers) > 0) {
        ssize_t n = send(peer, piece, sizeof piece, MSG_NOSIGNAL | MSG_DONTWAIT);
        sent += n > 0 ? (size_t)n : 0;
        loop_turn(f->loop, false);
    }
    assert_in_range(sent, 16 << 20, 18 << 20);
    close(peer);
}

static void not_more_than_sixty_four_linger(void **state)
{
    struct fixture *f = *state;
    int peers[70];
    for (int i = 0; i < 70; i++) {
        peers[i] = linger_on_one(f);
    }
    assert_int_equal(lingerers_count(f->lingerers), 64);
    char c;
    assert_int_equal(recv(peers[69], &c, 1, MSG_DONTWAIT), 0); /* closed like any other */
    lingerers_free(f->lingerers);
    f->lingerers = NULL;
    assert_int_equal(send(peers[0], "x", 1, MSG_NOSIGNAL), -1);
    for (int i = 0; i < 70; i++) {
        close(peers[i]);
    }
}

#define T(name) cmocka_unit_test_setup_teardown(name, start, finish)

int main(void)
{
    (void)alarm(TEST_LIMIT_S);
    const struct CMUnitTest tests[] = {
        T(what_the_peer_still_sends_is_taken_until_it_stops),
        T(a_peer_that_never_stops_has_two_seconds),
        T(a_peer_that_sends_without_end_is_cut),
        T(not_more_than_sixty_four_linger),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
