/* The loop's order, and timers: in order, never early, in virtual time. */
#include "net_support.h"

#include <pthread.h>
#include <signal.h>

#include "base/list.h"
#include "base/mem.h"

struct probe {
    struct timer timer;
    int id;
    int64_t fired_at_us;
};

static int order[64];
static int order_len;

static void note(int id)
{
    assert_in_range(order_len, 0, 63);
    order[order_len++] = id;
}

static void note_probe(struct timer *t)
{
    struct probe *p = list_entry(t, struct probe, timer);
    p->fired_at_us = clock_mono_us();
    note(p->id);
}

static int start(void **state)
{
    order_len = 0;
    *state = loop_new();
    return 0;
}

static int finish(void **state)
{
    loop_free(*state);
    clock_replace(NULL);
    return 0;
}

static void timers_fire_in_the_order_of_their_due_times(void **state)
{
    struct loop *l = *state;
    stop_clock();
    struct probe p[4];
    const int64_t delays[] = { 3000, 1000, 2000, 1000 };
    for (int i = 0; i < 4; i++) {
        p[i].id = i;
        timer_init(&p[i].timer, l, note_probe);
        timer_start(&p[i].timer, delays[i]);
    }
    move_clock(l, 3000);
    assert_int_equal(order_len, 4);
    const int expected[] = { 1, 3, 2, 0 };
    assert_memory_equal(order, expected, sizeof expected);
}

static void a_timer_never_fires_early_by_a_microsecond(void **state)
{
    struct loop *l = *state;
    stop_clock();
    struct probe p = { .id = 1 };
    timer_init(&p.timer, l, note_probe);
    timer_start(&p.timer, 1001);
    move_clock(l, 1000);
    assert_int_equal(order_len, 0);
    assert_true(timer_is_armed(&p.timer));
    move_clock(l, 1);
    assert_int_equal(order_len, 1);
    assert_false(timer_is_armed(&p.timer));
    move_clock(l, 5000);
    assert_int_equal(order_len, 1);
}

static void a_timer_in_real_time_is_not_early_either(void **state)
{
    struct loop *l = *state;
    struct probe p = { .id = 1 };
    timer_init(&p.timer, l, note_probe);
    int64_t due = clock_mono_us() + 1500;
    timer_start(&p.timer, 1500);
    while (order_len == 0) {
        loop_turn(l, true);
    }
    assert_true(p.fired_at_us >= due);
}

static void a_stopped_timer_does_not_fire(void **state)
{
    struct loop *l = *state;
    stop_clock();
    struct probe p = { .id = 1 };
    timer_init(&p.timer, l, note_probe);
    timer_start(&p.timer, 10);
    timer_stop(&p.timer);
    timer_stop(&p.timer);
    move_clock(l, 20);
    assert_int_equal(order_len, 0);
}

static void starting_a_timer_again_moves_it(void **state)
{
    struct loop *l = *state;
    stop_clock();
    struct probe p = { .id = 1 };
    timer_init(&p.timer, l, note_probe);
    timer_start(&p.timer, 10);
    timer_start(&p.timer, 100);
    assert_int_equal(loop_next_due_us(l), still_now_us + 100);
    move_clock(l, 50);
    assert_int_equal(order_len, 0);
    move_clock(l, 50);
    assert_int_equal(order_len, 1);
}

static void a_delay_below_zero_is_due_at_once_and_the_longest_never(void **state)
{
    struct loop *l = *state;
    stop_clock();
    struct probe p[2] = { { .id = 0 }, { .id = 1 } };
    timer_init(&p[0].timer, l, note_probe);
    timer_init(&p[1].timer, l, note_probe);
    timer_start(&p[0].timer, INT64_MAX);
    timer_start(&p[1].timer, -5);
    move_clock(l, 0);
    assert_int_equal(order_len, 1);
    assert_int_equal(order[0], 1);
    assert_int_equal(loop_next_due_us(l), INT64_MAX);
    timer_stop(&p[0].timer);
    assert_int_equal(loop_next_due_us(l), -1);
}

static void restart_at_once(struct timer *t)
{
    note_probe(t);
    timer_start(t, 0);
}

static void a_timer_that_starts_itself_again_fires_once_a_turn(void **state)
{
    struct loop *l = *state;
    stop_clock();
    struct probe p[2] = { { .id = 0 }, { .id = 1 } };
    timer_init(&p[0].timer, l, restart_at_once);
    timer_init(&p[1].timer, l, note_probe);
    timer_start(&p[0].timer, 0);
    timer_start(&p[1].timer, 0);
    loop_turn(l, false);
    assert_int_equal(order_len, 2);
    loop_turn(l, false);
    assert_int_equal(order_len, 3);
    timer_stop(&p[0].timer);
}

static struct probe *victim;

static void stop_victim(struct timer *t)
{
    timer_stop(&victim->timer);
}

static void free_itself(struct timer *t)
{
    note(9);
    free(list_entry(t, struct probe, timer));
}

static void a_timer_may_stop_another_that_is_due_too_and_free_itself(void **state)
{
    struct loop *l = *state;
    stop_clock();
    struct probe p[2] = { { .id = 0 }, { .id = 1 } };
    struct probe *own = xcalloc(1, sizeof(*own));
    victim = &p[1];
    timer_init(&p[0].timer, l, stop_victim);
    timer_init(&p[1].timer, l, note_probe);
    timer_init(&own->timer, l, free_itself);
    timer_start(&p[0].timer, 1);
    timer_start(&p[1].timer, 2);
    timer_start(&own->timer, 3);
    move_clock(l, 10);
    assert_int_equal(order_len, 1);
    assert_int_equal(order[0], 9);
}

enum { MANY = 2000 };
static int64_t last_due_us;
static int many_fired;

static void check_ascending(struct timer *t)
{
    assert_true(t->due_us >= last_due_us);
    assert_true(t->due_us <= clock_mono_us());
    last_due_us = t->due_us;
    many_fired++;
}

static void two_thousand_timers_of_which_half_are_stopped_keep_their_order(void **state)
{
    struct loop *l = *state;
    stop_clock();
    static struct timer many[MANY];
    uint32_t x = 12345;
    last_due_us = many_fired = 0;
    for (int i = 0; i < MANY; i++) {
        x = x * 1664525u + 1013904223u;
        timer_init(&many[i], l, check_ascending);
        timer_start(&many[i], x % 100000);
    }
    for (int i = 0; i < MANY; i += 2) {
        timer_stop(&many[i]);
    }
    for (int step = 0; step < 100; step++) {
        move_clock(l, 1000);
    }
    assert_int_equal(many_fired, MANY / 2);
}

static bool tick_once_more(void *ud)
{
    int *left = ud;
    note(100 + *left);
    return --*left > 0;
}

static void ticks_run_behind_timers_and_ask_not_to_sleep(void **state)
{
    struct loop *l = *state;
    stop_clock();
    int first = 3;
    int second = 1;
    struct probe p = { .id = 1 };
    timer_init(&p.timer, l, note_probe);
    timer_start(&p.timer, 0);
    loop_add_tick(l, tick_once_more, &first);
    loop_add_tick(l, tick_once_more, &second);
    loop_turn(l, false);
    const int expected[] = { 1, 103, 101 };
    assert_int_equal(order_len, 3);
    assert_memory_equal(order, expected, sizeof expected);
    loop_remove_tick(l, tick_once_more, &second);
    loop_turn(l, true); /* would sleep for good, had the tick not asked for more */
    loop_turn(l, true);
    assert_int_equal(order_len, 5);
    loop_remove_tick(l, tick_once_more, &first);
}

static void a_turn_that_was_asked_for_again_does_not_sleep_once(void **state)
{
    struct loop *l = *state;
    int left = 1;
    loop_add_tick(l, tick_once_more, &left);
    loop_again(l);
    loop_turn(l, true); /* would sleep for good */
    assert_int_equal(order_len, 1);
    loop_remove_tick(l, tick_once_more, &left);
}

static struct loop *tick_loop;

static bool remove_itself(void *ud)
{
    note(5);
    loop_remove_tick(tick_loop, remove_itself, ud);
    return false;
}

static void a_tick_may_remove_itself(void **state)
{
    tick_loop = *state;
    loop_add_tick(tick_loop, remove_itself, NULL);
    loop_turn(tick_loop, false);
    loop_turn(tick_loop, false);
    assert_int_equal(order_len, 1);
}

static void *wake_often(void *ud)
{
    for (int i = 0; i < 100; i++) {
        loop_wake(ud);
    }
    return NULL;
}

static void note_wake(void *ud)
{
    note(*(int *)ud);
}

static void a_wake_from_another_thread_ends_the_sleep(void **state)
{
    struct loop *l = *state;
    int ids[] = { 1, 2 };
    loop_on_wake(l, note_wake, &ids[0]);
    loop_on_wake(l, note_wake, &ids[1]);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, wake_often, l), 0);
    loop_turn(l, true);
    while (order_len < 2) {
        loop_turn(l, true);
    }
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(order[0], 1);
    assert_int_equal(order[1], 2);
    loop_turn(l, false);
    order_len = 0;
    loop_off_wake(l, note_wake, &ids[0]);
    loop_wake(l);
    loop_turn(l, true);
    assert_int_equal(order_len, 1);
    assert_int_equal(order[0], 2);
}

static void note_and_stop(void *ud, int signum)
{
    note(signum);
    loop_stop(ud);
}

static void a_signal_arrives_in_the_loop(void **state)
{
    struct loop *l = *state;
    struct err e = ERR_INIT;
    assert_int_equal(loop_on_signal(l, SIGTERM, note_and_stop, l, &e), 0);
    assert_int_equal(raise(SIGTERM), 0);
    loop_run(l);
    assert_int_equal(order_len, 1);
    assert_int_equal(order[0], SIGTERM);
    assert_int_equal(loop_on_signal(l, SIGKILL, note_and_stop, l, &e), -1);
    assert_int_equal(e.kind, ERR_IO);
}

static void note_events(void *ud, int events)
{
    note(events);
}

static void a_watch_tells_what_a_descriptor_is_ready_for(void **state)
{
    struct loop *l = *state;
    int fds[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    struct watch *w = watch_new(l, fds[0], note_events, NULL);
    assert_non_null(w);
    watch_set(w, LOOP_READ);
    loop_turn(l, false);
    assert_int_equal(order_len, 0);
    assert_int_equal(write(fds[1], "x", 1), 1);
    loop_turn(l, true);
    assert_int_equal(order_len, 1);
    assert_int_equal(order[0], LOOP_READ);
    watch_set(w, LOOP_WRITE);
    loop_turn(l, true);
    assert_int_equal(order[1], LOOP_WRITE);
    watch_set(w, 0);
    loop_turn(l, false);
    assert_int_equal(order_len, 2);
    watch_free(w);
    watch_free(NULL);
    close(fds[0]);
    close(fds[1]);
}

static void note_alarm(void *ud)
{
    note(*(int *)ud);
}

static void an_alarm_rings_while_the_clock_stands_still(void **state)
{
    struct loop *l = *state;
    stop_clock();
    int id = 4;
    struct alarm *a = alarm_new(l, note_alarm, &id);
    alarm_set(a, 0);
    while (order_len == 0) {
        loop_turn(l, true);
    }
    alarm_set(a, 0);
    alarm_set(a, -1);
    loop_turn(l, false);
    assert_int_equal(order_len, 1);
    alarm_free(a);
    alarm_free(NULL);
}

static struct probe late;

static void start_late(void *ud)
{
    timer_start(&late.timer, 0);
}

/* libuv runs its timers before it polls; the sleep must see what they have started. */
static void a_timer_started_by_an_alarm_does_not_wait_for_the_next_event(void **state)
{
    struct loop *l = *state;
    late.id = 1;
    timer_init(&late.timer, l, note_probe);
    struct alarm *a = alarm_new(l, start_late, NULL);
    for (int i = 0; i < 20; i++) {
        alarm_set(a, i % 2);
        order_len = 0;
        while (order_len == 0) {
            loop_turn(l, true);
        }
    }
    alarm_free(a);
}

static void a_loop_freed_with_armed_timers_disarms_them(void **state)
{
    struct loop *l = loop_new();
    struct probe p = { .id = 1 };
    timer_init(&p.timer, l, note_probe);
    timer_start(&p.timer, 1000);
    loop_free(l);
    assert_false(timer_is_armed(&p.timer));
    timer_stop(&p.timer);
}

#define T(name) cmocka_unit_test_setup_teardown(name, start, finish)

int main(void)
{
    (void)alarm(TEST_LIMIT_S);
    const struct CMUnitTest tests[] = {
        T(timers_fire_in_the_order_of_their_due_times),
        T(a_timer_never_fires_early_by_a_microsecond),
        T(a_timer_in_real_time_is_not_early_either),
        T(a_stopped_timer_does_not_fire),
        T(starting_a_timer_again_moves_it),
        T(a_delay_below_zero_is_due_at_once_and_the_longest_never),
        T(a_timer_that_starts_itself_again_fires_once_a_turn),
        T(a_timer_may_stop_another_that_is_due_too_and_free_itself),
        T(two_thousand_timers_of_which_half_are_stopped_keep_their_order),
        T(ticks_run_behind_timers_and_ask_not_to_sleep),
        T(a_turn_that_was_asked_for_again_does_not_sleep_once),
        T(a_tick_may_remove_itself),
        T(a_wake_from_another_thread_ends_the_sleep),
        T(a_signal_arrives_in_the_loop),
        T(a_watch_tells_what_a_descriptor_is_ready_for),
        T(an_alarm_rings_while_the_clock_stands_still),
        T(a_timer_started_by_an_alarm_does_not_wait_for_the_next_event),
        T(a_loop_freed_with_armed_timers_disarms_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
