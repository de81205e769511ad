/* The limiter in virtual time: what is measured is when calls are sent, not when they are asked
 * for. */
#include "fixture.h"

#include "service/limiter.h"

enum { WAITERS = 500 };

struct waiter {
    struct limiter_wait wait;
    struct limiter *l;
    int64_t sent_us; /* 0: not yet */
    int order;
    bool holds; /* keeps its slot until the test sends */
    struct err err;
};

static int sent_count;

static void on_ready(struct limiter_wait *w, const struct err *e)
{
    struct waiter *one = list_entry(w, struct waiter, wait);
    if (e != NULL) {
        one->err = *e;
    } else if (!one->holds) {
        one->sent_us = fix_mono_us;
        one->order = sent_count++;
        limiter_sent(one->l);
    } else {
        one->sent_us = -1;
    }
}

struct stage {
    struct fixture *f;
    struct limiter *l;
    json_t *limits, *headers;
    struct waiter waiters[WAITERS];
};

static struct stage *stage_new(struct fixture *f, const char *limits, const char *headers)
{
    struct stage *s = xcalloc(1, sizeof *s);
    s->f = f;
    s->limits = fix_json(limits);
    s->headers = headers != NULL ? fix_json(headers) : NULL;
    s->l = limiter_new(f->loop, "crm", s->limits, s->headers);
    sent_count = 0;
    return s;
}

static void stage_free(struct stage *s)
{
    limiter_free(s->l);
    json_decref(s->limits);
    json_decref(s->headers);
    free(s);
}

static void ask(struct stage *s, int from, int to)
{
    for (int i = from; i < to; i++) {
        s->waiters[i].l = s->l;
        s->waiters[i].wait.ready = on_ready;
        list_init(&s->waiters[i].wait.link);
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
    int64_t at = limiter_answered(s->l, &res);
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
    limiter_sent(s->l);
    limiter_sent(s->l);
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
    limiter_release(s->l);
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
    ask(s, 0, 100);
    assert_int_equal(sent_count, 1); /* what the process before this one sent is not known */
    (void)answer(s, 200, "x-left", "5");
    assert_int_equal(sent_count, 6);
    stage_free(s);
}

static void the_window_is_the_one_that_the_service_names(void **state)
{
    struct stage *s = stage_new(*state, "[{'requests':100,'per_ms':10000}]",
                                "{'max':'x-max','interval_ms':'x-interval'}");
    ask(s, 0, 1);
    struct http_response res = { .status = 200, .header_count = 2 };
    res.headers[0] = (struct http_header){ "x-max", "5" };
    res.headers[1] = (struct http_header){ "x-interval", "1000" };
    (void)limiter_answered(s->l, &res);
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
    ask(s, 0, 50);
    assert_int_equal(sent_count, 1);
    (void)limiter_answered(s->l, NULL); /* no answer: nothing was learned */
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
    ask(s, 0, 1);
    (void)answer(s, 429, "x-daily", "0");
    ask(s, 1, 3);
    assert_int_equal(s->waiters[1].err.kind, ERR_RATE_LIMITED);
    assert_int_equal(s->waiters[2].err.kind, ERR_RATE_LIMITED);
    assert_int_equal(s->waiters[1].err.retry_at_us, fix_wall_us + 15 * 60 * SECOND);
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
        WITH(the_window_is_the_one_that_the_service_names),
        WITH(a_young_process_sends_one_call_at_a_time_until_it_knows_more),
        WITH(remaining_zero_closes_it_for_the_interval),
        WITH(who_would_wait_too_long_is_sent_away_with_a_time),
        WITH(without_limits_nobody_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
