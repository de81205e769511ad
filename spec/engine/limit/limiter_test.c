/* The limiter in virtual time: what is measured is when calls are sent, not when they are asked
 * for. */
#include "../service/fixture.h"

#include "limit/limiter.h"

enum { WAITERS = 500 };

struct stage;

struct waiter {
    struct limiter_wait wait;
    struct stage *s;
    int64_t sent_us; /* 0: not yet */
    int order;
    int64_t latency_us, answered_us;
    bool holds; /* keeps its slot until the test sends */
    struct err err;
};

struct stage {
    struct fixture *f;
    struct limiter *l;
    json_t *limits, *headers;
    bool is_answered_at_once;
    json_t *kept; /* the last state; is_keeping: not answered yet */
    int64_t kept_us;
    int keeps;
    bool is_keeping;
    struct waiter waiters[WAITERS];
};

static int sent_count;

static void send_now(struct waiter *one)
{
    one->sent_us = fix_mono_us;
    one->order = sent_count++;
    limiter_sent(one->s->l, &one->wait);
    if (one->s->is_answered_at_once) {
        (void)limiter_answered(one->s->l, &one->wait, NULL);
    }
}

static void on_ready(struct limiter_wait *w, const struct err *e)
{
    struct waiter *one = list_entry(w, struct waiter, wait);
    if (e != NULL) {
        one->err = *e;
    } else if (!one->holds) {
        send_now(one);
    } else {
        one->sent_us = -1;
    }
}

static void on_keep(void *ud, struct limiter *l)
{
    struct stage *s = ud;
    json_decref(s->kept);
    s->kept = limiter_state(l, false);
    s->kept_us = fix_wall_us;
    s->keeps++;
    s->is_keeping = true;
}

static void stage_limiter(struct stage *s, bool is_kept)
{
    s->l = limiter_new(&(struct limiter_opts){
        .loop = s->f->loop,
        .name = "crm",
        .limits = s->limits,
        .headers = s->headers,
        .keep = is_kept ? on_keep : NULL,
        .ud = s,
    });
}

static struct stage *stage_new(struct fixture *f, const char *limits, const char *headers)
{
    struct stage *s = xcalloc(1, sizeof *s);
    s->f = f;
    s->limits = fix_json(limits);
    s->headers = headers != NULL ? fix_json(headers) : NULL;
    stage_limiter(s, false);
    s->is_answered_at_once = true;
    sent_count = 0;
    return s;
}

static void stage_free(struct stage *s)
{
    for (int i = 0; i < WAITERS; i++) {
        limiter_cancel(s->l, &s->waiters[i].wait);
    }
    limiter_free(s->l);
    json_decref(s->kept);
    json_decref(s->limits);
    json_decref(s->headers);
    free(s);
}

static void ask(struct stage *s, int from, int to)
{
    for (int i = from; i < to; i++) {
        s->waiters[i].s = s;
        s->waiters[i].wait.ready = on_ready;
        limiter_wait(s->l, &s->waiters[i].wait);
    }
    fix_turn(s->f);
}

static int64_t answer(struct stage *s, int status, const char *name, const char *value)
{
    struct http_response res = { .status = status };
    if (name != NULL) {
        res.headers[res.header_count++] = (struct http_header){ name, value };
    }
    int64_t at = limiter_answered(s->l, &s->waiters[0].wait, &res);
    fix_turn(s->f);
    return at;
}

/* Lets time pass in small steps, until all are sent. */
static void run(struct stage *s, int count, int64_t step_us)
{
    for (int i = 0; i < 100000 && sent_count < count; i++) {
        fix_pass(s->f, step_us);
    }
    assert_int_equal(sent_count, count);
}

static void assert_never_more_than(const struct stage *s, int count, int limit, int64_t window_us)
{
    for (int i = 0; i < count; i++) {
        int in_window = 0;
        for (int k = 0; k < count; k++) {
            int64_t after = s->waiters[k].sent_us - s->waiters[i].sent_us;
            in_window += after >= 0 && after < window_us;
        }
        assert_true(in_window <= limit);
    }
}

static void no_window_holds_more_calls_than_the_limit(void **state)
{
    struct stage *s = stage_new(*state, "[{'requests':100,'per_ms':10000}]", NULL);
    ask(s, 0, 350);
    assert_int_equal(sent_count, 100);
    run(s, 350, 7000);
    assert_never_more_than(s, 350, 100, 10 * SECOND + 150000);
    stage_free(s);
}

static void calls_go_in_the_order_in_which_they_asked(void **state)
{
    struct stage *s = stage_new(*state, "[{'requests':3,'per_ms':1000}]", NULL);
    ask(s, 0, 20);
    run(s, 20, 50000);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(s->waiters[i].order, i);
    }
    stage_free(s);
}

static void a_slot_that_is_used_late_counts_from_then(void **state)
{
    struct stage *s = stage_new(*state, "[{'requests':2,'per_ms':10000}]", NULL);
    s->waiters[0].holds = s->waiters[1].holds = true;
    ask(s, 0, 4);
    assert_int_equal(s->waiters[1].sent_us, -1);
    fix_pass(*state, 9 * SECOND); /* the commit takes long */
    send_now(&s->waiters[0]);
    send_now(&s->waiters[1]);
    sent_count = 0;
    fix_pass(*state, 2 * SECOND); /* 11 s after the grant, 2 s after the bytes */
    assert_int_equal(sent_count, 0);
    fix_pass(*state, 9 * SECOND);
    assert_int_equal(sent_count, 2);
    stage_free(s);
}

static void a_slot_that_is_given_back_goes_to_the_next(void **state)
{
    struct stage *s = stage_new(*state, "[{'requests':1,'per_ms':10000}]", NULL);
    s->waiters[0].holds = true;
    ask(s, 0, 2);
    assert_int_equal(sent_count, 0);
    limiter_release(s->l, &s->waiters[0].wait);
    fix_turn(*state);
    assert_int_equal(sent_count, 1);
    stage_free(s);
}

static void who_cancels_is_passed_over(void **state)
{
    struct stage *s = stage_new(*state, "[{'requests':1,'per_ms':1000}]", NULL);
    ask(s, 0, 3);
    limiter_cancel(s->l, &s->waiters[1].wait);
    limiter_cancel(s->l, &s->waiters[1].wait);
    run(s, 2, 100000);
    assert_int_equal(s->waiters[1].sent_us, 0);
    assert_true(s->waiters[2].sent_us > 0);
    stage_free(s);
}

static void a_large_limit_is_kept_over_its_whole_window(void **state)
{
    struct stage *s = stage_new(*state, "[{'requests':2000,'per_ms':60000}]", NULL);
    for (int i = 0; i < 2000; i += WAITERS) {
        ask(s, 0, WAITERS);
        fix_pass(*state, SECOND);
    }
    assert_int_equal(sent_count, 2000);
    ask(s, 0, 1);
    fix_pass(*state, 55 * SECOND); /* 59 s after the first */
    assert_int_equal(sent_count, 2000);
    for (int i = 0; i < 40 && sent_count == 2000; i++) {
        fix_pass(*state, SECOND / 4);
    }
    assert_int_equal(sent_count, 2001);
    stage_free(s);
}

static void a_429_closes_it_for_as_long_as_the_service_says(void **state)
{
    struct stage *s =
        stage_new(*state, "[{'requests':100,'per_ms':10000}]", "{'interval_ms':'x-interval'}");
    s->is_answered_at_once = false;
    ask(s, 0, 1);
    assert_int_equal(answer(s, 429, "retry-after", "7"), fix_wall_us + 7 * SECOND);
    ask(s, 1, 2);
    fix_pass(*state, 7 * SECOND - 1);
    assert_int_equal(sent_count, 1);
    fix_pass(*state, 1);
    assert_int_equal(sent_count, 2);
    assert_int_equal(answer(s, 429, "x-interval", "3000"), fix_wall_us + 3 * SECOND + 200000);
    stage_free(s);
}

static void a_429_that_says_nothing_closes_it_for_a_window(void **state)
{
    struct stage *s = stage_new(*state, "[{'requests':100,'per_ms':10000}]", NULL);
    s->is_answered_at_once = false;
    ask(s, 0, 1);
    assert_int_equal(answer(s, 429, NULL, NULL), fix_wall_us + 10 * SECOND + 200000);
    stage_free(s);
}

static void an_http_date_is_understood_as_retry_after(void **state)
{
    struct http_response res = { .status = 503, .header_count = 1 };
    res.headers[0] = (struct http_header){ "retry-after", "Mon, 23 Nov 2026 10:00:30 GMT" };
    assert_int_equal(limiter_retry_after(&res), fix_wall_us + 30 * SECOND);
    static const char *const senseless[] = { "",
                                             "soon",
                                             "-3",
                                             "Mon, 99 Nov 2026 10:00:30 GMT",
                                             "Mon, 23 Nov 2020 10:00:00 GMT",
                                             "99999999999999999999" };
    for (size_t i = 0; i < sizeof senseless / sizeof *senseless; i++) {
        res.headers[0].value = senseless[i];
        assert_int_equal(limiter_retry_after(&res), 0);
    }
    res.headers[0].value = "999999999"; /* believed for a day at most */
    assert_int_equal(limiter_retry_after(&res), fix_wall_us + 24 * 3600 * SECOND);
}

static void what_others_used_up_is_taken_over_from_the_headers(void **state)
{
    struct stage *s = stage_new(*state, "[{'requests':100,'per_ms':10000}]",
                                "{'remaining':'x-left','max':'x-max'}");
    s->is_answered_at_once = false;
    ask(s, 0, 100);
    assert_int_equal(sent_count, 1); /* what the process before this one sent is not known */
    (void)answer(s, 200, "x-left", "5");
    assert_int_equal(sent_count, 6);
    stage_free(s);
}

static void a_service_never_makes_the_limit_larger_than_the_table(void **state)
{
    struct stage *s = stage_new(*state, "[{'requests':10,'per_ms':10000}]", "{'max':'x-max'}");
    s->is_answered_at_once = false;
    ask(s, 0, 1);
    (void)answer(s, 200, "x-max", "50");
    s->is_answered_at_once = true;
    ask(s, 1, 60);
    assert_int_equal(sent_count, 10);
    stage_free(s);
}

static void each_window_is_kept_to(void **state)
{
    static const char *const orders[] = {
        "[{'requests':10,'per_ms':1000},{'requests':15,'per_ms':60000}]",
        "[{'requests':15,'per_ms':60000},{'requests':10,'per_ms':1000}]",
    };
    for (int i = 0; i < 2; i++) {
        struct stage *s = stage_new(*state, orders[i], NULL);
        ask(s, 0, 30);
        assert_int_equal(sent_count, 10);
        fix_pass(*state, 2 * SECOND);
        assert_int_equal(sent_count, 15);
        fix_pass(*state, 50 * SECOND);
        assert_int_equal(sent_count, 15);
        stage_free(s);
    }
}

static void the_window_is_the_one_that_the_service_names(void **state)
{
    struct stage *s = stage_new(*state, "[{'requests':100,'per_ms':10000}]",
                                "{'max':'x-max','interval_ms':'x-interval'}");
    s->is_answered_at_once = false;
    ask(s, 0, 1);
    struct http_response res = { .status = 200, .header_count = 2 };
    res.headers[0] = (struct http_header){ "x-max", "5" };
    res.headers[1] = (struct http_header){ "x-interval", "1000" };
    (void)limiter_answered(s->l, &s->waiters[0].wait, &res);
    s->is_answered_at_once = true;
    ask(s, 1, 30);
    assert_int_equal(sent_count, 5);
    run(s, 30, 10000);
    assert_never_more_than(s, 30, 5, SECOND + 100000);
    assert_true(s->waiters[29].sent_us - s->waiters[0].sent_us < 8 * SECOND);
    stage_free(s);
}

static void a_young_process_sends_one_call_at_a_time_until_it_knows_more(void **state)
{
    struct stage *s =
        stage_new(*state, "[{'requests':100,'per_ms':10000}]", "{'remaining':'x-left'}");
    s->is_answered_at_once = false;
    ask(s, 0, 50);
    assert_int_equal(sent_count, 1);
    (void)limiter_answered(s->l, &s->waiters[0].wait, NULL); /* no answer: nothing was learned */
    fix_turn(*state);
    assert_int_equal(sent_count, 2);
    fix_pass(*state, 10 * SECOND + 200000); /* what it does not know is out of the window */
    assert_int_equal(sent_count, 50);
    stage_free(s);
}

static void remaining_zero_closes_it_for_the_interval(void **state)
{
    struct stage *s =
        stage_new(*state, "[{'requests':100,'per_ms':10000}]", "{'remaining':'x-left'}");
    s->is_answered_at_once = false;
    ask(s, 0, 1);
    (void)answer(s, 200, "x-left", "0");
    ask(s, 1, 2);
    fix_pass(*state, 10 * SECOND);
    assert_int_equal(sent_count, 1);
    fix_pass(*state, 300000);
    assert_int_equal(sent_count, 2);
    stage_free(s);
}

static void who_would_wait_too_long_is_sent_away_with_a_time(void **state)
{
    struct stage *s =
        stage_new(*state, "[{'requests':100,'per_ms':10000}]", "{'daily_remaining':'x-daily'}");
    s->is_answered_at_once = false;
    ask(s, 0, 1);
    (void)answer(s, 429, "x-daily", "0");
    ask(s, 1, 3);
    assert_int_equal(s->waiters[1].err.kind, ERR_RATE_LIMITED);
    assert_int_equal(s->waiters[2].err.kind, ERR_RATE_LIMITED);
    assert_int_equal(s->waiters[1].err.retry_at_us, fix_wall_us + 15 * 60 * SECOND);
    stage_free(s);
}

/* --- short waits --- */

static void ask_short(struct stage *s, int from, int to)
{
    for (int i = from; i < to; i++) {
        s->waiters[i].wait.is_short = true;
    }
    ask(s, from, to);
}

static void one_that_closes_sends_away_who_waits_a_second_at_most(void **state)
{
    struct stage *s = stage_new(*state, "[{'requests':10,'per_ms':1000}]", NULL);
    s->is_answered_at_once = false;
    ask(s, 0, 10);
    ask(s, 10, 12);
    ask_short(s, 12, 14);
    (void)answer(s, 429, "retry-after", "7");
    fix_pass(*state, 200000);
    assert_int_equal(s->waiters[12].err.kind, ERR_RATE_LIMITED);
    assert_int_equal(s->waiters[13].err.kind, ERR_RATE_LIMITED);
    assert_int_equal(s->waiters[10].err.kind, ERR_NONE);
    fix_pass(*state, 7 * SECOND);
    assert_true(s->waiters[10].sent_us > 0);
    stage_free(s);
}

static void where_there_is_no_room_it_says_when(void **state)
{
    struct stage *s = stage_new(*state, "[{'requests':2,'per_ms':10000}]", NULL);
    struct err e = ERR_INIT;
    assert_int_equal(limiter_check(s->l, false, &e), 0);
    ask(s, 0, 2);
    assert_int_equal(limiter_check(s->l, false, &e), -1);
    assert_int_equal(e.kind, ERR_RATE_LIMITED);
    assert_int_equal(e.status, 0);
    assert_int_equal(e.retry_at_us, fix_wall_us + 10 * SECOND + 200000);
    stage_free(s);
}

static void room_is_what_begins_within_a_second_beside_those_that_wait(void **state)
{
    struct stage *s = stage_new(*state, "[{'requests':10,'per_ms':10000}]", NULL);
    assert_int_equal(limiter_room(s->l, false), 10);
    assert_int_equal(limiter_room(s->l, true), 8);
    ask(s, 0, 4);
    assert_int_equal(limiter_room(s->l, false), 6);
    fix_pass(*state, 3 * SECOND);
    ask(s, 4, 10);
    assert_int_equal(limiter_room(s->l, false), 0);
    fix_pass(*state, 6300000); /* 900 ms before the first four leave the window */
    assert_int_equal(limiter_room(s->l, false), 4);
    ask(s, 10, 13);
    assert_int_equal(limiter_room(s->l, false), 1);
    stage_free(s);
}

static void a_limit_by_parts_knows_its_room_too(void **state)
{
    struct stage *s = stage_new(*state, "[{'requests':2560,'per_ms':256000}]", NULL);
    ask(s, 0, 1);
    fix_pass(*state, 300 * SECOND);
    assert_int_equal(limiter_room(s->l, false), 2560);
    ask(s, 1, 101);
    assert_int_equal(limiter_room(s->l, false), 2460);
    fix_pass(*state, 257 * SECOND - 100000); /* within a second the oldest part ends */
    assert_int_equal(limiter_room(s->l, false), 2560);
    stage_free(s);
}

static void the_rate_is_that_of_the_shortest_window(void **state)
{
    struct stage *s = stage_new(
        *state, "[{'requests':100,'per_ms':10000},{'requests':200000,'per_ms':86400000}]", NULL);
    assert_int_equal(limiter_rate(s->l), 9); /* a margin for two clocks is in it */
    stage_free(s);
}

static void one_that_is_closed_for_long_has_no_room(void **state)
{
    struct stage *s = stage_new(*state, "[{'requests':10,'per_ms':1000}]", NULL);
    s->is_answered_at_once = false;
    ask(s, 0, 1);
    (void)answer(s, 429, "retry-after", "7");
    assert_int_equal(limiter_room(s->l, false), 0);
    fix_pass(*state, 6100000);
    assert_int_equal(limiter_room(s->l, false), 10);
    stage_free(s);
}

/* --- promise P6 --- */

static void answer_late(struct stage *s, int count)
{
    for (int i = 0; i < count; i++) {
        struct waiter *one = &s->waiters[i];
        if (one->sent_us > 0 && one->answered_us == 0 &&
            fix_mono_us >= one->sent_us + one->latency_us) {
            one->answered_us = fix_mono_us;
            (void)limiter_answered(s->l, &one->wait, NULL);
        }
    }
}

/* The service counts a call at any moment between its first byte and its answer; the worst for us
 * is late for one and at once for another. */
static void assert_service_counts_at_most(const struct stage *s, int count, int limit,
                                          int64_t window_us)
{
    for (int i = 0; i < count; i++) {
        int in_window = 0;
        for (int k = 0; k < count; k++) {
            const struct waiter *one = &s->waiters[k];
            in_window += one->answered_us >= s->waiters[i].answered_us &&
                         one->sent_us < s->waiters[i].answered_us + window_us;
        }
        assert_true(in_window <= limit);
    }
}

static void whatever_the_network_does_the_service_counts_no_more_than_it_allows(void **state)
{
    struct stage *s = stage_new(*state, "[{'requests':20,'per_ms':5000}]", NULL);
    s->is_answered_at_once = false;
    for (int seed = 0; seed < 8; seed++) {
        sent_count = 0;
        memset(s->waiters, 0, sizeof s->waiters);
        int asked = 0;
        for (int step = 0; step < 20000 && sent_count < 300; step++) {
            int more = (int)clock_random_below(4) == 0 ? (int)clock_random_below(25) : 0;
            for (int i = 0; i < more && asked < 300; i++, asked++) {
                s->waiters[asked].latency_us = (int64_t)clock_random_below(3 * SECOND);
                s->waiters[asked].wait.is_backfill = clock_random_below(2) == 0;
                ask(s, asked, asked + 1);
            }
            fix_pass(*state, 10000 + (int64_t)clock_random_below(300000));
            answer_late(s, asked);
        }
        assert_int_equal(sent_count, 300);
        fix_pass(*state, 10 * SECOND);
        answer_late(s, 300);
        assert_service_counts_at_most(s, 300, 20, 5 * SECOND);
        fix_pass(*state, 10 * SECOND);
    }
    stage_free(s);
}

/* --- fairness --- */

static void ask_as(struct stage *s, int from, int to, const char *group, bool is_backfill)
{
    for (int i = from; i < to; i++) {
        s->waiters[i].wait.group = group;
        s->waiters[i].wait.is_backfill = is_backfill;
    }
    ask(s, from, to);
}

static int sent_of(const struct stage *s, int from, int to)
{
    int count = 0;
    for (int i = from; i < to; i++) {
        count += s->waiters[i].sent_us > 0;
    }
    return count;
}

static void recipes_take_turns(void **state)
{
    struct stage *s = stage_new(*state, "[{'requests':10,'per_ms':1000}]", NULL);
    ask(s, 0, 10); /* the window is full */
    ask_as(s, 10, 200, "busy", false);
    ask_as(s, 200, 205, "quiet", false);
    fix_pass(*state, 1200000);
    assert_int_equal(sent_of(s, 10, 200), 5);
    assert_int_equal(sent_of(s, 200, 205), 5);
    stage_free(s);
}

static void in_a_recipe_the_first_goes_first(void **state)
{
    struct stage *s = stage_new(*state, "[{'requests':2,'per_ms':1000}]", NULL);
    ask_as(s, 0, 6, "a", false);
    ask_as(s, 6, 12, "b", false);
    limiter_cancel(s->l, &s->waiters[3].wait);
    run(s, 11, 100000);
    for (int i = 1; i < 6; i++) {
        assert_true(i == 3 || s->waiters[i].sent_us >= s->waiters[i - 1].sent_us);
    }
    assert_int_equal(s->waiters[3].sent_us, 0);
    stage_free(s);
}

static void backfills_leave_a_fifth_of_the_window_for_events(void **state)
{
    struct stage *s = stage_new(*state, "[{'requests':10,'per_ms':1000}]", NULL);
    ask_as(s, 0, 100, "replay", true);
    assert_int_equal(sent_of(s, 0, 100), 8);
    ask_as(s, 100, 110, "event", false);
    assert_int_equal(sent_of(s, 100, 110), 2);
    fix_pass(*state, 1200000);
    assert_int_equal(sent_of(s, 100, 110), 10); /* four of five slots */
    assert_int_equal(sent_of(s, 0, 100), 10);
    stage_free(s);
}

static void events_without_end_do_not_starve_a_backfill(void **state)
{
    struct stage *s = stage_new(*state, "[{'requests':10,'per_ms':1000}]", NULL);
    ask_as(s, 0, 400, "event", false);
    ask_as(s, 400, 450, "replay", true);
    for (int i = 0; i < 10; i++) {
        fix_pass(*state, 1200000);
    }
    assert_true(sent_of(s, 400, 450) >= 15);
    assert_true(sent_of(s, 0, 400) >= 75);
    stage_free(s);
}

/* --- over a restart --- */

static void commit(struct stage *s)
{
    assert_true(s->is_keeping);
    s->is_keeping = false;
    limiter_kept(s->l);
    fix_turn(s->f);
}

/* The process dies with what was committed, and another begins. */
static void restart(struct stage *s, bool is_clean)
{
    json_t *state = is_clean ? limiter_state(s->l, true) : json_incref(s->kept);
    int64_t at_us = is_clean ? fix_wall_us : s->kept_us;
    for (int i = 0; i < WAITERS; i++) {
        limiter_cancel(s->l, &s->waiters[i].wait);
    }
    limiter_free(s->l);
    stage_limiter(s, true);
    s->is_keeping = false;
    limiter_restore(s->l, state, at_us);
    json_decref(state);
}

static struct stage *kept_stage(struct fixture *f, const char *limits)
{
    struct stage *s = stage_new(f, limits, NULL);
    limiter_free(s->l);
    stage_limiter(s, true);
    return s;
}

static void no_call_goes_that_a_crash_would_forget(void **state)
{
    struct stage *s = kept_stage(*state, "[{'requests':100,'per_ms':10000}]");
    ask(s, 0, 100);
    assert_int_equal(sent_count, 0);
    commit(s);
    assert_int_equal(sent_count, 20);
    fix_pass(*state, 20 * SECOND); /* the store has no room */
    assert_int_equal(sent_count, 20);
    assert_int_equal(s->keeps, 2); /* asked for once, when half of the first was used up */
    commit(s);
    assert_int_equal(sent_count, 30);
    stage_free(s);
}

static void a_crash_lets_nobody_pass_the_limit(void **state)
{
    struct stage *s = kept_stage(*state, "[{'requests':20,'per_ms':5000}]");
    for (int crash = 0; crash < 60; crash++) {
        int first = crash * 8;
        ask(s, first, first + 8);
        for (uint64_t n = clock_random_below(5); n > 0 && s->is_keeping; n--) {
            commit(s);
        }
        fix_pass(*state, (int64_t)clock_random_below(2 * SECOND));
        if (s->keeps > 0) {
            restart(s, clock_random_below(3) == 0);
        }
    }
    int used = 0;
    for (int i = 0; i < 480; i++) {
        int in_window = 0;
        for (int k = 0; k < 480; k++) {
            int64_t after = s->waiters[k].sent_us - s->waiters[i].sent_us;
            in_window += s->waiters[k].sent_us > 0 && after >= 0 && after < 5 * SECOND;
        }
        used += s->waiters[i].sent_us > 0;
        assert_true(s->waiters[i].sent_us == 0 || in_window <= 20);
    }
    assert_true(used > 20);
    stage_free(s);
}

static void the_day_is_remembered_over_a_stop(void **state)
{
    struct stage *s = kept_stage(*state, "[{'requests':5000,'per_ms':86400000}]");
    ask(s, 0, 400);
    while (s->is_keeping) {
        commit(s);
    }
    assert_int_equal(sent_count, 400);
    restart(s, true);
    fix_wall_us += 3600 * SECOND; /* the machine was off */
    json_t *kept = limiter_state(s->l, true);
    const json_t *window = json_array_get(json_object_get(kept, "windows"), 0);
    const json_t *group = json_array_get(json_object_get(window, "calls"), 0);
    assert_int_equal(json_integer_value(json_array_get(group, 1)), 400);
    assert_int_equal(json_get_int(kept, "open", -1), 0);
    json_decref(kept);
    stage_free(s);
}

static void what_the_service_said_of_its_limit_is_remembered(void **state)
{
    struct stage *s = stage_new(*state, "[{'requests':100,'per_ms':10000}]",
                                "{'max':'x-max','interval_ms':'x-interval'}");
    s->is_answered_at_once = false;
    ask(s, 0, 1);
    (void)answer(s, 200, "x-max", "5");
    restart(s, true);
    fix_pass(*state, 20 * SECOND);
    ask(s, 1, 100);
    while (s->is_keeping) {
        commit(s);
    }
    assert_int_equal(sent_count, 6);
    stage_free(s);
}

static void what_is_idle_writes_nothing(void **state)
{
    struct stage *s = kept_stage(*state, "[{'requests':100,'per_ms':10000}]");
    ask(s, 0, 1);
    commit(s);
    int keeps = s->keeps;
    for (int i = 0; i < 100; i++) {
        fix_pass(*state, 10 * SECOND);
    }
    assert_int_equal(s->keeps, keeps);
    stage_free(s);
}

static void without_limits_nobody_waits(void **state)
{
    struct stage *s = stage_new(*state, "[]", NULL);
    ask(s, 0, WAITERS);
    assert_int_equal(sent_count, WAITERS);
    stage_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH(test) cmocka_unit_test_setup_teardown(test, fix_setup, fix_teardown)
        WITH(no_window_holds_more_calls_than_the_limit),
        WITH(calls_go_in_the_order_in_which_they_asked),
        WITH(a_slot_that_is_used_late_counts_from_then),
        WITH(a_slot_that_is_given_back_goes_to_the_next),
        WITH(who_cancels_is_passed_over),
        WITH(a_large_limit_is_kept_over_its_whole_window),
        WITH(a_429_closes_it_for_as_long_as_the_service_says),
        WITH(a_429_that_says_nothing_closes_it_for_a_window),
        WITH(an_http_date_is_understood_as_retry_after),
        WITH(what_others_used_up_is_taken_over_from_the_headers),
        WITH(a_service_never_makes_the_limit_larger_than_the_table),
        WITH(each_window_is_kept_to),
        WITH(the_window_is_the_one_that_the_service_names),
        WITH(a_young_process_sends_one_call_at_a_time_until_it_knows_more),
        WITH(remaining_zero_closes_it_for_the_interval),
        WITH(who_would_wait_too_long_is_sent_away_with_a_time),
        WITH(whatever_the_network_does_the_service_counts_no_more_than_it_allows),
        WITH(recipes_take_turns),
        WITH(in_a_recipe_the_first_goes_first),
        WITH(backfills_leave_a_fifth_of_the_window_for_events),
        WITH(events_without_end_do_not_starve_a_backfill),
        WITH(no_call_goes_that_a_crash_would_forget),
        WITH(a_crash_lets_nobody_pass_the_limit),
        WITH(the_day_is_remembered_over_a_stop),
        WITH(what_the_service_said_of_its_limit_is_remembered),
        WITH(what_is_idle_writes_nothing),
        WITH(one_that_closes_sends_away_who_waits_a_second_at_most),
        WITH(where_there_is_no_room_it_says_when),
        WITH(room_is_what_begins_within_a_second_beside_those_that_wait),
        WITH(a_limit_by_parts_knows_its_room_too),
        WITH(the_rate_is_that_of_the_shortest_window),
        WITH(one_that_is_closed_for_long_has_no_room),
        WITH(without_limits_nobody_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
