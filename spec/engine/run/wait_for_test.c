/* Runs that wait for an event: act.wait_for (run/lua_act.c), and what the store tells of it. */
#include "shop.h"

#include "base/log.h"

#define HOPE(more)                                                                                 \
    "{'step':'hope','wait_for':{'connection':'shop','event':'paid'},'timeout_us':3600000000,"      \
    "'with':{'t':'map','v':{'id':" EXPR("event.id") "}}" more "}"
#define THANK ORDER_WITH("thank", EXPR("steps.hope.payer"), "")

static const char PAID[] = "{'id':7,'payer':'Jane'}";

/* An event of the shop on its way into the store, as the router submits it. */
struct payment {
    struct event_put *put;
    json_t *json;
    bool is_stored;
};

static void submit_payment(struct world *w, struct payment *p)
{
    static const char *const names[] = { "paid", NULL };
    p->json = fix_json(PAID);
    p->is_stored = false;
    p->put = event_put_new();
    p->put->event.connection = xstrdup("shop");
    p->put->event.type = xstrdup("paid");
    p->put->event.received_us = fix_wall_us;
    p->put->event.payload = json_text(p->json, &p->put->event.payload_len);
    p->put->event.is_routed = true;
    p->put->json = p->json;
    p->put->names = names;
    p->put->op.done = fix_barrier_done;
    p->put->op.ud = &p->is_stored;
    store_submit(w->f->store, &p->put->op);
}

static void payment_fini(struct payment *p)
{
    assert_true(p->is_stored);
    assert_int_equal(p->put->woken_count, 1);
    event_put_free(p->put);
    json_decref(p->json);
}

/* The event comes, and the runs that it woke are looked for. */
static void pay(struct world *w)
{
    struct payment p;
    submit_payment(w, &p);
    fix_settle(w->f);
    payment_fini(&p);
    runner_poke(w->runner);
    fix_settle(w->f);
}

static struct err error_of_run(struct world *w)
{
    struct run_list *list = world_read_run(w, the_run);
    struct err e = list->rows[0].err;
    run_list_free(list);
    return e;
}

static void the_event_is_what_the_step_comes_to(void **state)
{
    struct world w;
    open_world(&w, *state, "[" HOPE("") "," THANK "]", "");
    begin(&w, "{'id':7}");
    assert_state(&w, RUN_WAITING);
    assert_int_equal(runner_active(w.runner), 0);
    pay(&w);
    assert_int_equal(w.f->http.count, 1);
    assert_contains(w.f->http.sent[0].body, "Jane");
    world_close(&w);
}

static void it_ends_when_its_time_is_over_and_not_before(void **state)
{
    struct world w;
    open_world(&w, *state, "[" HOPE("") "," THANK "]", "");
    begin(&w, "{'id':7}");
    pass(&w, 3599 * SECOND);
    assert_state(&w, RUN_WAITING);
    pass(&w, 2 * SECOND);
    assert_state(&w, RUN_DEAD);
    assert_int_equal(error_of_run(&w).kind, ERR_TIMEOUT);
    world_close(&w);
}

static void its_end_is_final_whatever_the_policy_says(void **state)
{
    struct world w;
    open_world(&w, *state, "[" HOPE(",'retry':" TWICE) "]", "");
    begin(&w, "{'id':7}");
    pass(&w, 3601 * SECOND);
    assert_state(&w, RUN_DEAD);
    world_close(&w);
}

static void its_time_is_counted_from_its_first_attempt(void **state)
{
    struct world w;
    open_world(&w, *state, "[" HOPE("") "]", "");
    begin(&w, "{'id':7}");
    pass(&w, 1800 * SECOND);
    ask_run(&w, RUN_REQUEST_RETRY); /* it is walked again, and waits on */
    assert_state(&w, RUN_WAITING);
    pass(&w, 1801 * SECOND);
    assert_state(&w, RUN_DEAD);
    world_close(&w);
}

/* The run is claimed as its time is over, and the event is stored before it can say so. */
static void an_event_of_the_last_moment_counts(void **state)
{
    struct world w;
    struct payment p;
    open_world(&w, *state, "[" HOPE("") "," THANK "]", "");
    begin(&w, "{'id':7}");
    fix_wall_us += 3601 * SECOND;
    fix_mono_us += 3601 * SECOND;
    loop_turn(w.f->loop, false); /* the claim is on its way */
    submit_payment(&w, &p);
    fix_settle(w.f);
    fix_settle(w.f);
    payment_fini(&p);
    assert_int_equal(w.f->http.count, 1);
    assert_contains(w.f->http.sent[0].body, "Jane");
    world_close(&w);
}

/* Its row is there while another branch works; the run must not go to sleep for an hour then. */
static void an_event_that_comes_while_the_run_works_is_seen_at_once(void **state)
{
    struct world w;
    open_world(&w, *state,
               "[{'step':'p','parallel':[" HOPE("") "," ORDER("a", "tea") "]}," THANK "]", "");
    begin(&w, "{'id':7}");
    assert_int_equal(w.f->http.count, 1);
    struct payment p;
    submit_payment(&w, &p);
    fix_settle(w.f);
    payment_fini(&p);
    answer(&w, 0, 200, "{}");
    assert_int_equal(w.f->http.count, 2);
    assert_contains(w.f->http.sent[1].body, "Jane");
    world_close(&w);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fix_setup, fix_teardown)

int main(void)
{
    log_set_level(LOG_OFF);
    const struct CMUnitTest tests[] = {
        TEST(the_event_is_what_the_step_comes_to),
        TEST(it_ends_when_its_time_is_over_and_not_before),
        TEST(its_end_is_final_whatever_the_policy_says),
        TEST(its_time_is_counted_from_its_first_attempt),
        TEST(an_event_of_the_last_moment_counts),
        TEST(an_event_that_comes_while_the_run_works_is_seen_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
