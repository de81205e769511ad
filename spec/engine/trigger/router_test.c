/* From an event to its runs: which recipes it starts, what their `if` and `key` make of it, and
 * that event and runs are written together or not at all. */
#include "fixture.h"

#include "base/fault.h"
#include "store/pause_row.h"
#include "../../support/kept_log.h"

#define EXPR(text) "{'t':'expr','s':'" text "','line':1}"

static struct id no_event;

static void a_second_event_of_a_key_starts_nothing_and_names_the_first(void **state)
{
    struct door d;
    door_open(&d, *state);
    door_add(&d, "greet", "received", "");
    world_start(&d.w);
    struct acceptance first = door_accept(&d, "received", "k1", "{}");
    assert_int_equal(first.runs, 1);
    struct acceptance second = door_accept(&d, "received", "k1", "{'other':1}");
    assert_true(second.is_duplicate);
    assert_int_equal(second.runs, 0);
    assert_memory_equal(second.id.bytes, first.id.bytes, ID_BYTES);
    assert_int_equal(door_counts(&d).by_state[RUN_DONE], 1);
    assert_int_equal(door_counts(&d).duplicates, 1);
    door_close(&d);
}

static void an_event_starts_the_recipes_of_all_its_names_each_once(void **state)
{
    struct door d;
    door_open(&d, *state);
    door_add(&d, "any", "received", "");
    door_add(&d, "lead", "hot", "");
    door_add(&d, "both", "received", "");
    router_add(d.router, "inbox", "hot", "both");
    router_add(d.router, "inbox", "received", "both"); /* said twice */
    world_start(&d.w);
    assert_int_equal(door_accept(&d, "received", "k1", "{'tags':['hot']}").runs, 3);
    assert_int_equal(door_accept(&d, "received", "k2", "{'tags':['cold']}").runs, 2);
    assert_int_equal(door_accept(&d, "nothing_of_ours", "k3", "{'tags':['hot']}").runs, 0);
    assert_int_equal(door_counts(&d).events, 3);
    door_close(&d);
}

static void an_if_that_says_no_leaves_a_skipped_run(void **state)
{
    struct door d;
    door_open(&d, *state);
    door_add(&d, "picky", "received", ",'if':" EXPR("event.n > 1"));
    world_start(&d.w);
    struct id id = door_accept(&d, "received", "k1", "{'n':1}").id;
    struct run_list *list = door_runs(&d, id, "picky");
    assert_int_equal(list->rows[0].state, RUN_SKIPPED);
    assert_int_equal(list->rows[0].err.kind, ERR_CANCELLED);
    assert_string_equal(list->rows[0].err.message, "if: event.n > 1 (event.n is 1)");
    run_list_free(list);
    id = door_accept(&d, "received", "k2", "{'n':2}").id;
    assert_int_equal(door_state(&d, id, "picky"), RUN_DONE);
    door_close(&d);
}

static void a_recipe_that_is_paused_leaves_skipped_runs_which_are_counted(void **state)
{
    struct door d;
    door_open(&d, *state);
    door_add(&d, "greet", "received", "");
    door_add(&d, "other", "received", "");
    world_start(&d.w);
    struct pause_add *p = pause_add_new("greet");
    p->row.who = xstrdup("ann");
    world_commit(&d.w, &p->op);
    pause_add_free(p);
    struct id id = door_accept(&d, "received", "k1", "{}").id;
    struct run_list *list = door_runs(&d, id, "greet");
    assert_int_equal(list->rows[0].state, RUN_SKIPPED);
    assert_string_equal(list->rows[0].err.message, RUN_SKIP_PAUSED);
    run_list_free(list);
    assert_int_equal(door_state(&d, id, "other"), RUN_DONE);
    struct pause_end end;
    pause_end_init(&end, "greet");
    world_commit(&d.w, &end.op);
    assert_int_equal(end.skipped, 1);
    id = door_accept(&d, "received", "k2", "{}").id;
    assert_int_equal(door_state(&d, id, "greet"), RUN_DONE);
    door_close(&d);
}

static void assert_told(struct kept_log *kept, const char *expected)
{
    const char *text = kept_log_take(kept);
    if (strstr(text, expected) == NULL) {
        print_error("\"%s\" is not in: %s\n", expected, text);
        fail();
    }
}

static void runs_that_never_begin_are_told_in_the_log(void **state)
{
    struct door d;
    struct kept_log kept;
    door_open(&d, *state);
    door_add(&d, "picky", "received", ",'if':" EXPR("event.n > 1"));
    door_add(&d, "broken", "hot", ",'if':" EXPR("event.n.m.o > 1"));
    world_start(&d.w);
    kept_log_begin(&kept);
    (void)door_accept(&d, "received", "k1", "{'n':1}");
    assert_told(&kept, " was skipped: if: event.n > 1 (event.n is 1)\n");
    (void)door_accept(&d, "received", "k2", "{'n':2,'tags':['hot']}");
    assert_told(&kept, "run: broken: run ");
    kept_log_end(&kept);
    door_close(&d);
}

/* A recipe whose runs of one key get along as `mode` says, and wait for two days. */
static void add_waiting(struct door *d, const char *mode)
{
    char *text = xasprintf("{'plan':{'recipe':'keyed','key':" EXPR("event.who") ",%s,"
                           "'do':[{'step':'nap','wait':{'t':'lit','v':'2 days'}}]},"
                           "'inputs':{},'timezone':'UTC'}",
                           mode);
    world_add(&d->w, "keyed", "keyed", fix_json(text));
    router_add(d->router, "inbox", "received", "keyed");
    world_start(&d->w);
    free(text);
}

static void assert_stands_back(struct fixture *f, const char *mode, const char *line)
{
    struct door d;
    struct kept_log kept;
    door_open(&d, f);
    add_waiting(&d, mode);
    kept_log_begin(&kept);
    (void)door_accept(&d, "received", "k1", "{'who':'ann'}");
    (void)door_accept(&d, "received", "k2", "{'who':'ann'}");
    (void)door_accept(&d, "received", "k3", "{'who':'ann'}");
    assert_told(&kept, line);
    kept_log_end(&kept);
    door_close(&d);
}

static void a_run_that_another_of_its_key_is_before_is_told_in_the_log(void **state)
{
    assert_stands_back(*state, "'mode':'drop'",
                       "was skipped: another run of its key has not ended\n");
}

static void a_run_that_a_newer_one_took_the_place_of_is_told_in_the_log(void **state)
{
    assert_stands_back(*state, "'mode':'latest'",
                       "was skipped: a newer event of its key took its place\n");
}

static void a_run_that_was_folded_into_another_is_told_in_the_log(void **state)
{
    assert_stands_back(*state, "'settle_us':5000000",
                       "was skipped: a newer event took its place while it settled\n");
}

static void an_if_that_fails_makes_a_dead_run_and_keeps_the_event_and_the_others(void **state)
{
    struct door d;
    door_open(&d, *state);
    door_add(&d, "broken", "received", ",'if':" EXPR("event.n.m.o > 1"));
    door_add(&d, "fine", "received", "");
    world_start(&d.w);
    struct acceptance a = door_accept(&d, "received", "k1", "{'n':1}");
    assert_int_equal(a.err.kind, ERR_NONE);
    assert_int_equal(a.runs, 2);
    assert_int_equal(door_state(&d, a.id, "fine"), RUN_DONE);
    struct run_list *list = door_runs(&d, a.id, "broken");
    assert_int_equal(list->rows[0].state, RUN_DEAD);
    assert_int_equal(list->rows[0].err.kind, ERR_SCRIPT);
    run_list_free(list);
    assert_int_equal(door_counts(&d).unrouted, 0); /* its run_dead was looked for, and routed */
    assert_int_equal(door_counts(&d).events, 2);
    door_close(&d);
}

/* A recipe whose runs wait for two days, so that they stay. */
#define KEYED                                                                                      \
    "{'plan':{'recipe':'keyed','key':" EXPR("event.who")                                           \
    ",'do':[{'step':'nap','wait':{'t':'lit','v':'2 days'}}]},'inputs':{},'timezone':'UTC'}"

static void runs_of_one_key_stand_in_line_those_of_others_do_not(void **state)
{
    struct door d;
    door_open(&d, *state);
    world_add(&d.w, "keyed", "keyed", fix_json(KEYED));
    router_add(d.router, "inbox", "received", "keyed");
    world_start(&d.w);
    struct id first = door_accept(&d, "received", "k1", "{'who':'ann'}").id;
    struct id second = door_accept(&d, "received", "k2", "{'who':'ann'}").id;
    struct id other = door_accept(&d, "received", "k3", "{'who':'bob'}").id;
    struct id keyless = door_accept(&d, "received", "k4", "{}").id;
    assert_int_equal(door_state(&d, first, "keyed"), RUN_WAITING);
    assert_int_equal(door_state(&d, second, "keyed"), RUN_QUEUED);
    assert_int_equal(door_state(&d, other, "keyed"), RUN_WAITING);
    assert_int_equal(door_state(&d, keyless, "keyed"), RUN_WAITING);
    struct run_list *list = door_runs(&d, second, "keyed");
    assert_string_equal(list->rows[0].key, "ann");
    run_list_free(list);
    fix_pass(d.w.f, 2 * 86400 * SECOND + SECOND);
    fix_settle(d.w.f);
    fix_settle(d.w.f);
    assert_int_equal(door_state(&d, first, "keyed"), RUN_DONE);
    assert_int_equal(door_state(&d, second, "keyed"), RUN_WAITING);
    door_close(&d);
}

static void
an_event_that_cannot_be_stored_starts_nothing_and_is_new_when_it_comes_again(void **state)
{
    struct err e = ERR_INIT;
    struct door d;
    door_open(&d, *state);
    door_add(&d, "greet", "received", "");
    world_start(&d.w);
    assert_int_equal(fault_arm("store.commit_full=fail", &e), 0);
    struct acceptance a = door_accept(&d, "received", "k1", "{}");
    fault_disarm();
    assert_int_equal(a.err.kind, ERR_STORE_FULL);
    assert_int_equal(runner_active(d.w.runner), 0);
    assert_int_equal(door_counts(&d).events, 0);
    a = door_accept(&d, "received", "k1", "{}");
    assert_int_equal(a.err.kind, ERR_NONE);
    assert_false(a.is_duplicate);
    assert_int_equal(door_counts(&d).by_state[RUN_DONE], 1);
    door_close(&d);
}

/* A recipe with a key whose run begins with a call that may be repeated, so it goes at once. */
static void door_add_looking(struct door *d)
{
    world_connect(&d->w, "shop",
                  "{'name':'shop','base_url':'https://shop.example','auth':{'kinds':['none']},"
                  "'operations':{'look':{'method':'GET','path':'/look'}}}");
    world_add(
        &d->w, "looks", "looks",
        fix_json("{'plan':{'recipe':'looks','needs':{'shop':'shop'},'key':" EXPR(
            "event.who") ",'do':[{'step':'l','use':{'connection':'shop','operation':'look'}}]},"
                         "'inputs':{},'timezone':'UTC'}"));
    router_add(d->router, "inbox", "received", "looks");
}

static void what_must_not_begin_calls_nobody(void **state)
{
    struct door d;
    door_open(&d, *state);
    door_add_looking(&d);
    world_start(&d.w);
    fix_arm("store.commit_full=fail"); /* the event is not stored */
    assert_int_equal(door_accept(&d, "received", "k1", "{'who':'ann'}").err.kind, ERR_STORE_FULL);
    fault_disarm();
    assert_int_equal(d.w.f->http.count, 0);
    assert_int_equal(door_accept(&d, "received", "k1", "{'who':'ann'}").runs, 1);
    assert_int_equal(d.w.f->http.count, 1);
    (void)door_accept(&d, "received", "k1", "{'who':'bob'}"); /* a duplicate */
    assert_int_equal(d.w.f->http.count, 1);
    (void)door_accept(&d, "received", "k2", "{'who':'ann'}"); /* behind the first */
    assert_int_equal(d.w.f->http.count, 1);
    (void)door_accept(&d, "received", "k3", "{'who':'bob'}");
    assert_int_equal(d.w.f->http.count, 2);
    door_close(&d);
}

static void a_burst_is_run_when_it_has_settled_although_nothing_else_happens(void **state)
{
    struct door d;
    door_open(&d, *state);
    door_add(&d, "calm", "received", ",'settle_us':10000000");
    world_start(&d.w);
    struct id id = door_accept(&d, "received", "k1", "{}").id;
    fix_pass(d.w.f, 9 * SECOND);
    fix_settle(d.w.f);
    assert_int_equal(door_state(&d, id, "calm"), RUN_QUEUED);
    fix_pass(d.w.f, 2 * SECOND);
    fix_settle(d.w.f);
    assert_int_equal(door_state(&d, id, "calm"), RUN_DONE);
    door_close(&d);
}

static void a_run_that_an_event_wakes_goes_on_at_once(void **state)
{
    struct door d;
    door_open(&d, *state);
    door_add(&d, "hopes", "received", "");
    world_add(&d.w, "hopes", "hopes-2",
              fix_json("{'plan':{'recipe':'hopes','needs':{},'if':" EXPR(
                  "event.asks") ",'do':[{'step':'hope','timeout_us':3600000000,"
                                "'wait_for':{'connection':'inbox','event':'received'},"
                                "'with':{'t':'map','v':{'answers':" EXPR(
                                    "event.asks") "}}}]},"
                                                  "'inputs':{},'timezone':'UTC'}"));
    world_start(&d.w);
    struct id id = door_accept(&d, "received", "k1", "{'asks':7}").id;
    assert_int_equal(door_state(&d, id, "hopes"), RUN_WAITING);
    (void)door_accept(&d, "received", "k2", "{'answers':7}");
    assert_int_equal(door_state(&d, id, "hopes"), RUN_DONE);
    door_close(&d);
}

static struct event_put *unrouted(const char *key)
{
    struct event_put *put = event_put_new();
    put->event.connection = xstrdup("inbox");
    put->event.type = xstrdup("received");
    put->event.key = xstrdup(key);
    put->event.received_us = fix_wall_us;
    put->event.payload = xstrdup("{}");
    put->event.payload_len = 2;
    return put;
}

static void store_unrouted(struct door *d, const char *key)
{
    struct event_put *put = unrouted(key);
    world_commit(&d->w, &put->op);
    event_put_free(put);
}

static void events_that_others_stored_are_found_and_routed_once(void **state)
{
    struct door d;
    enum { COUNT = 250 }; /* more than one look finds */
    door_open(&d, *state);
    door_add(&d, "greet", "received", "");
    world_start(&d.w);
    for (int i = 0; i < COUNT; i++) {
        char key[16];
        snprintf(key, sizeof key, "k%d", i);
        store_unrouted(&d, key);
    }
    assert_int_equal(door_counts(&d).unrouted, COUNT);
    router_scan(d.router);
    router_scan(d.router); /* while one looks */
    while (!router_is_idle(d.router) || runner_active(d.w.runner) > 0) {
        loop_turn(d.w.f->loop, false);
    }
    fix_settle(d.w.f);
    assert_int_equal(door_counts(&d).unrouted, 0);
    assert_int_equal(door_counts(&d).by_state[RUN_DONE], COUNT);
    struct run_list *list = door_runs(&d, no_event, "greet");
    assert_int_equal(list->count, 100); /* a page */
    run_list_free(list);
    door_close(&d);
}

/* The look is on its way when an event comes behind it. */
static void what_is_stored_during_a_look_is_found_by_the_next(void **state)
{
    struct door d;
    door_open(&d, *state);
    door_add(&d, "greet", "received", "");
    world_start(&d.w);
    router_scan(d.router);
    struct event_put *put = unrouted("k1");
    bool is_stored = false;
    put->op.done = fix_barrier_done;
    put->op.ud = &is_stored;
    store_submit(d.w.f->store, &put->op);
    router_scan(d.router);
    fix_settle(d.w.f);
    assert_true(is_stored);
    event_put_free(put);
    assert_int_equal(door_counts(&d).unrouted, 0);
    assert_int_equal(door_counts(&d).by_state[RUN_DONE], 1);
    door_close(&d);
}

/* The look for it, the runs that are made, and what a run that is dead from the start makes. */
static void a_stored_event_gets_its_runs_whichever_commit_fails(void **state)
{
    struct door d;
    door_open(&d, *state);
    door_add(&d, "greet", "received", "");
    world_start(&d.w);
    for (int at = 1; at <= 3; at++) {
        char key[16], fault[40];
        snprintf(key, sizeof key, "k%d", at);
        snprintf(fault, sizeof fault, "store.commit_full=fail@%d", at);
        store_unrouted(&d, key);
        fix_arm(fault);
        router_scan(d.router);
        while (!router_is_idle(d.router) || !runner_is_idle(d.w.runner)) {
            loop_turn(d.w.f->loop, true);
        }
        fault_disarm();
        assert_int_equal(door_counts(&d).unrouted, 0);
        assert_int_equal(door_counts(&d).by_state[RUN_DONE], at);
    }
    door_close(&d);
}

static void during_a_stop_what_is_stored_is_left_to_the_next_start(void **state)
{
    struct door d;
    door_open(&d, *state);
    door_add(&d, "greet", "received", "");
    world_start(&d.w);
    store_unrouted(&d, "k1");
    router_scan(d.router); /* on its way when the stop begins */
    router_quiesce(d.router);
    router_scan(d.router);
    fix_settle(d.w.f);
    assert_true(router_is_idle(d.router));
    assert_int_equal(door_counts(&d).unrouted, 1);
    struct acceptance a = door_accept(&d, "received", "k2", "{}"); /* was read before the stop */
    assert_int_equal(a.err.kind, ERR_NONE);
    assert_int_equal(a.runs, 1);
    door_close(&d);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fix_setup, fix_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_second_event_of_a_key_starts_nothing_and_names_the_first),
        TEST(an_event_starts_the_recipes_of_all_its_names_each_once),
        TEST(an_if_that_says_no_leaves_a_skipped_run),
        TEST(a_recipe_that_is_paused_leaves_skipped_runs_which_are_counted),
        TEST(runs_that_never_begin_are_told_in_the_log),
        TEST(a_run_that_another_of_its_key_is_before_is_told_in_the_log),
        TEST(a_run_that_a_newer_one_took_the_place_of_is_told_in_the_log),
        TEST(a_run_that_was_folded_into_another_is_told_in_the_log),
        TEST(an_if_that_fails_makes_a_dead_run_and_keeps_the_event_and_the_others),
        TEST(runs_of_one_key_stand_in_line_those_of_others_do_not),
        TEST(an_event_that_cannot_be_stored_starts_nothing_and_is_new_when_it_comes_again),
        TEST(what_must_not_begin_calls_nobody),
        TEST(a_burst_is_run_when_it_has_settled_although_nothing_else_happens),
        TEST(a_run_that_an_event_wakes_goes_on_at_once),
        TEST(what_is_stored_during_a_look_is_found_by_the_next),
        TEST(a_stored_event_gets_its_runs_whichever_commit_fails),
        TEST(during_a_stop_what_is_stored_is_left_to_the_next_start),
        TEST(events_that_others_stored_are_found_and_routed_once),
    };
    return cmocka_run_group_tests_name("trigger/router", tests, NULL, NULL);
}
