#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* The event loop (libuv) and its one visible order: poll → callbacks → due timers → the tick
 * functions in the order they were added → sleep. Everything but loop_wake is for the loop thread.
 */
struct loop;

struct loop *loop_new(void);
void loop_free(struct loop *l); /* every watch, timer and process must be gone */
void loop_run(struct loop *l);  /* until loop_stop */
void loop_stop(struct loop *l);
/* One turn: waits at most until something happens (or not at all), for tests and blocking tools. */
void loop_turn(struct loop *l, bool may_wait);

/* A timer on the monotonic clock of base/clock.h, embedded by its owner; in virtual time it fires
 * when that clock is moved and loop_turn is called. It fires once, never early. */
struct timer {
    int64_t due_us; /* private */
    uint64_t order; /* private: equal due times fire in the order of their start */
    int index;      /* private: place in the heap, 0 if not armed */
    void (*fn)(struct timer *t);
    struct loop *loop;
};

void timer_init(struct timer *t, struct loop *l, void (*fn)(struct timer *));
void timer_start(struct timer *t, int64_t delay_us); /* again: moves it */
void timer_stop(struct timer *t);                    /* may be called twice */
bool timer_is_armed(const struct timer *t);
/* When the earliest timer is due, in monotonic time, or -1: how far a test in virtual time may
 * jump. */
int64_t loop_next_due_us(const struct loop *l);

/* Runs at the end of every turn, before the sleep; returning true asks not to sleep, as there is
 * more to do. */
void loop_add_tick(struct loop *l, bool (*fn)(void *ud), void *ud);
void loop_remove_tick(struct loop *l, bool (*fn)(void *ud), void *ud);

/* The next turn does not sleep: for work that came up behind its own tick. Loop thread. */
void loop_again(struct loop *l);

/* From any thread: the loop wakes and calls every fn (once for any number of wakes). */
void loop_on_wake(struct loop *l, void (*fn)(void *ud), void *ud);
void loop_off_wake(struct loop *l, void (*fn)(void *ud), void *ud);
void loop_wake(struct loop *l);

/* fn(ud, signum) in the loop, until the loop is freed; SIGTERM and SIGINT only make sense. SIGPIPE
 * is ignored from loop_new on, as the libraries below write to sockets that may be closed.
 * (loop_new also raises the soft limit of open descriptors to the hard one.) */
int loop_on_signal(struct loop *l, int signum, void (*fn)(void *ud, int signum), void *ud,
                   struct err *e);

/* A watched descriptor, for the other files of net/. After an error on it both events are reported
 * and the watch pauses until watch_set; it may be freed from within fn. */
enum { LOOP_READ = 1, LOOP_WRITE = 2 };
struct watch;
struct watch *watch_new(struct loop *l, int fd, void (*fn)(void *ud, int events), void *ud);
void watch_set(struct watch *w, int events); /* 0: pause */
void watch_free(struct watch *w);            /* NULL is allowed; before the descriptor is closed */

/* An alarm in the system's own time, whatever clock is replaced: for libraries with a clock of
 * their own, which ask to be called again. Everything else uses a timer. Rings once per alarm_set.
 */
struct alarm;
struct alarm *alarm_new(struct loop *l, void (*fn)(void *ud), void *ud);
void alarm_set(struct alarm *a, int64_t delay_ms); /* below 0: off */
void alarm_free(struct alarm *a);                  /* NULL is allowed */
