/* The second private token: used once the first is refused, for good, and committed before. */
#include "../service/fixture.h"

#include "../service/lua_table.h"
#include "base/log.h"
#include "token/token_pair.h"

struct asked {
    int count;
    struct err err;
};

static void on_asked(void *ud, const struct err *e)
{
    struct asked *a = ud;
    a->count++;
    a->err = e != NULL ? *e : ERR_INIT;
}

static struct connection *crm(struct fixture *f, const char *config)
{
    struct connection *c =
        fix_add(f, "crm", fix_connector(f, "highlevel", connector_file("highlevel")), config);
    fix_start(f);
    return c;
}

static const char *const STORED = "{'auth':'token','location':'L1'}";
static const char *const GIVEN =
    "{'auth':'token','location':'L1','token':'pit-first','token_next':'pit-second'}";

static struct asked store(struct fixture *f, struct connection *c, const char *text, bool is_next)
{
    struct asked a = { .count = 0 };
    struct secret *value = secret_new(text, strlen(text));
    (is_next ? token_store_next : token_store)(c, value, on_asked, &a);
    secret_free(value);
    fix_settle(f);
    assert_int_equal(a.count, 1);
    return a;
}

/* A connection with pit-first stored, and pit-second beside it. */
static struct connection *with_both(struct fixture *f)
{
    struct connection *c = crm(f, STORED);
    assert_int_equal(store(f, c, "pit-first", false).err.kind, ERR_NONE);
    assert_int_equal(store(f, c, "pit-second", true).err.kind, ERR_NONE);
    return c;
}

static const char *token_of(const struct sent *s)
{
    return sent_header(s, "Authorization");
}

/* Begins a call, has its first request refused, and looks at what follows. */
static void begin_refused(struct fixture *f, struct connection *c, struct outcome *o)
{
    size_t first = f->http.count;
    (void)fix_call(f, c, "get_contact", "{'contactId':'c1'}", o);
    assert_int_equal(f->http.count, first + 1);
    fix_answer(f, first, 401, NULL, "{'message':'Invalid Private Integration token'}");
    fix_settle(f);
}

static bool is_stored(struct fixture *f, const char *name)
{
    struct secret_list *list = secret_list_new(name);
    struct store_op *op = &list->op;
    bool is_read = false;
    op->done = fix_barrier_done;
    op->ud = &is_read;
    store_submit_read(f->store, op);
    while (!is_read) {
        loop_turn(f->loop, true);
    }
    bool is = list->count > 0;
    secret_list_free(list);
    return is;
}

static void a_refused_token_gives_way_to_the_second_and_the_call_goes_on(void **state)
{
    struct fixture *f = *state;
    struct connection *c = with_both(f);
    struct outcome o = { .count = 0 };
    begin_refused(f, c, &o);
    assert_int_equal(o.count, 0);
    assert_int_equal(f->http.count, 2);
    assert_string_equal(token_of(&f->http.sent[0]), "Bearer pit-first");
    assert_string_equal(token_of(&f->http.sent[1]), "Bearer pit-second");
    fix_answer(f, 1, 200, NULL, "{'contact':{'id':'c1'}}");
    fix_settle(f);
    assert_int_equal(o.count, 1);
    assert_int_equal(o.err.kind, ERR_NONE);
    assert_false(connection_is_broken(c));
    assert_false(is_stored(f, "token-next:"));
    outcome_fini(&o);
}

static void the_switch_survives_a_restart(void **state)
{
    struct fixture *f = *state;
    struct outcome o = { .count = 0 };
    struct connection *c = with_both(f);
    begin_refused(f, c, &o);
    fix_restart(f);
    c = crm(f, STORED);
    assert_string_equal(secret_bytes(token_access(c->token)), "pit-second");
    outcome_fini(&o);
}

static void the_age_of_the_second_token_is_kept_by_the_switch(void **state)
{
    struct fixture *f = *state;
    struct outcome o = { .count = 0 };
    struct connection *c = with_both(f);
    int64_t stored_us = fix_wall_us;
    fix_pass(f, 86400 * SECOND);
    begin_refused(f, c, &o);
    struct secret_get *get = secret_get_new("token:crm");
    bool is_read = false;
    get->op.done = fix_barrier_done;
    get->op.ud = &is_read;
    store_submit_read(f->store, &get->op);
    while (!is_read) {
        loop_turn(f->loop, true);
    }
    assert_true(get->stored_us <= stored_us);
    secret_get_free(get);
    outcome_fini(&o);
}

static void without_a_second_token_the_connection_breaks(void **state)
{
    struct fixture *f = *state;
    struct connection *c = crm(f, STORED);
    (void)store(f, c, "pit-first", false);
    struct outcome o = { .count = 0 };
    begin_refused(f, c, &o);
    assert_int_equal(o.count, 1);
    assert_int_equal(o.err.kind, ERR_AUTH);
    assert_contains(o.err.message, "ladle connect crm");
    assert_true(connection_is_broken(c));
    outcome_fini(&o);
}

static void a_second_token_that_is_refused_too_ends_in_broken_and_not_in_a_loop(void **state)
{
    struct fixture *f = *state;
    struct connection *c = with_both(f);
    struct outcome o = { .count = 0 };
    begin_refused(f, c, &o);
    fix_answer(f, 1, 401, NULL, "{'message':'Invalid Private Integration token'}");
    fix_settle(f);
    assert_int_equal(o.count, 1);
    assert_int_equal(o.err.kind, ERR_AUTH);
    outcome_fini(&o);
    begin_refused(f, c, &o);
    assert_true(connection_is_broken(c));
    assert_int_equal(f->http.count, 3);
    outcome_fini(&o);
}

static void all_calls_in_flight_share_one_switch(void **state)
{
    struct fixture *f = *state;
    struct connection *c = with_both(f);
    struct outcome o[4] = { { .count = 0 } };
    for (size_t i = 0; i < 4; i++) {
        (void)fix_call(f, c, "get_contact", "{'contactId':'c1'}", &o[i]);
    }
    for (size_t i = 0; i < 4; i++) {
        fix_answer(f, i, 401, NULL, "{'message':'no'}");
    }
    fix_settle(f);
    for (size_t i = 4; i < 8; i++) { /* a new token has a limit of its own: its first call learns */
        assert_string_equal(token_of(&f->http.sent[i]), "Bearer pit-second");
        fix_answer(f, i, 200, NULL, "{'contact':{'id':'c1'}}");
        fix_settle(f);
    }
    assert_int_equal(f->http.count, 8);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(o[i].err.kind, ERR_NONE);
        outcome_fini(&o[i]);
    }
}

static void the_second_token_is_not_used_before_the_switch_is_committed(void **state)
{
    struct fixture *f = *state;
    struct connection *c = with_both(f);
    struct outcome o = { .count = 0 };
    (void)fix_call(f, c, "get_contact", "{'contactId':'c1'}", &o);
    fix_arm("store.commit_full=fail*"); /* so it is not, for as long as we like */
    fix_answer(f, 0, 401, NULL, "{'message':'no'}");
    fix_settle(f);
    assert_string_equal(secret_bytes(token_access(c->token)), "pit-first");
    assert_int_equal(f->http.count, 1);
    fault_disarm();
    fix_await_store(f);
    fix_settle(f);
    assert_string_equal(secret_bytes(token_access(c->token)), "pit-second");
    outcome_fini(&o);
}

static void what_makes_no_sense_as_a_second_token_is_refused(void **state)
{
    struct fixture *f = *state;
    struct connection *c = crm(f, STORED);
    struct asked a = store(f, c, "pit-second", true);
    assert_int_equal(a.err.kind, ERR_CONFLICT);
    assert_contains(a.err.message, "leave --next out");
    (void)store(f, c, "pit-first", false);
    a = store(f, c, "pit-first", true);
    assert_int_equal(a.err.kind, ERR_CONFLICT);
    assert_contains(a.err.message, "already");
    assert_false(is_stored(f, "token-next:"));
}

static void a_new_first_token_that_another_process_stored_comes_before_the_second(void **state)
{
    struct fixture *f = *state;
    struct connection *c = with_both(f);
    struct token_pair pair = { .access = secret_new("pit-third", 9) };
    uint8_t *sealed;
    size_t len;
    token_pair_seal(&pair, f->vault, "token:crm", &sealed, &len);
    token_pair_fini(&pair);
    struct secret_put *put = secret_put_new("token:crm", sealed, len);
    bool is_written = false;
    put->op.done = fix_barrier_done;
    put->op.ud = &is_written;
    store_submit(f->store, &put->op);
    while (!is_written) {
        loop_turn(f->loop, true);
    }
    secret_put_free(put);
    struct outcome o = { .count = 0 };
    begin_refused(f, c, &o);
    assert_string_equal(token_of(&f->http.sent[1]), "Bearer pit-third");
    assert_true(is_stored(f, "token-next:"));
    outcome_fini(&o);
}

static void configured_tokens_switch_and_stay_switched(void **state)
{
    struct fixture *f = *state;
    struct connection *c = crm(f, GIVEN);
    assert_null(json_object_get(connection_config(c), "token_next"));
    struct outcome o = { .count = 0 };
    begin_refused(f, c, &o);
    assert_string_equal(token_of(&f->http.sent[1]), "Bearer pit-second");
    outcome_fini(&o);
    fix_restart(f);
    c = crm(f, GIVEN);
    assert_string_equal(secret_bytes(token_access(c->token)), "pit-second");
}

static void a_new_configured_token_counts_again(void **state)
{
    struct fixture *f = *state;
    struct connection *c = crm(f, GIVEN);
    struct outcome o = { .count = 0 };
    begin_refused(f, c, &o);
    outcome_fini(&o);
    fix_restart(f);
    c = crm(f, "{'auth':'token','location':'L1','token':'pit-third','token_next':'pit-second'}");
    assert_string_equal(secret_bytes(token_access(c->token)), "pit-third");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fix_setup, fix_teardown)

int main(void)
{
    log_set_level(LOG_OFF);
    const struct CMUnitTest tests[] = {
        TEST(a_refused_token_gives_way_to_the_second_and_the_call_goes_on),
        TEST(the_switch_survives_a_restart),
        TEST(the_age_of_the_second_token_is_kept_by_the_switch),
        TEST(without_a_second_token_the_connection_breaks),
        TEST(a_second_token_that_is_refused_too_ends_in_broken_and_not_in_a_loop),
        TEST(all_calls_in_flight_share_one_switch),
        TEST(the_second_token_is_not_used_before_the_switch_is_committed),
        TEST(what_makes_no_sense_as_a_second_token_is_refused),
        TEST(a_new_first_token_that_another_process_stored_comes_before_the_second),
        TEST(configured_tokens_switch_and_stay_switched),
        TEST(a_new_configured_token_counts_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
