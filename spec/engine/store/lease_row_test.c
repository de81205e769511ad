/* Leases: one holder at a time, whatever becomes of it. */
#include "fixture.h"

#include "crypto/sign.h"
#include "store/lease_row.h"

#define SECOND INT64_C(1000000)

/* Stores a token, as it is sealed, under that lease ("": none); 0, or -1 with the error. */
static int put_token(struct fixture *f, const char *sealed, const char *owner, const char *expected,
                     struct err *e)
{
    struct connection_put *p = connection_put_new();
    p->row = (struct connection_row){ .name = xstrdup("crm"), .state = xstrdup("connected") };
    p->token_name = xstrdup("token:crm");
    p->sealed = xmemdup(sealed, strlen(sealed));
    p->len = strlen(sealed);
    snprintf(p->lease_owner, sizeof p->lease_owner, "%s", owner);
    snprintf(p->lease_expected, sizeof p->lease_expected, "%s", expected);
    int rc = store_exec(f->store, &p->op, e);
    connection_put_free(p);
    return rc;
}

static void digest(const char *sealed, char out[65])
{
    sign_sha256_hex(sealed, strlen(sealed), out);
}

/* Tries to take the lease of crm, where the token "one" is known. */
static struct lease_take take(struct fixture *f, const char *owner)
{
    struct lease_take *l = lease_take_new("crm", owner);
    digest("one", l->expected);
    fix_exec(f, &l->op);
    struct lease_take out = *l;
    lease_take_free(l);
    return out;
}

static void end(struct fixture *f, const char *owner, bool is_unclear)
{
    struct lease_end *l = lease_end_new("crm", owner, is_unclear);
    fix_exec(f, &l->op);
    lease_end_free(l);
}

static void setup_token(struct fixture *f)
{
    struct err e = ERR_INIT;
    assert_int_equal(put_token(f, "one", "", "", &e), 0);
}

static void one_holds_it_until_it_ends(void **state)
{
    struct fixture *f = *state;
    setup_token(f);
    assert_int_equal(take(f, "engine:a").verdict, LEASE_TAKEN);
    struct lease_take other = take(f, "engine:b");
    assert_int_equal(other.verdict, LEASE_HELD);
    assert_int_equal(other.until_us, fix_now_us + LEASE_LENGTH_US);
    assert_int_equal(take(f, "engine:a").verdict, LEASE_TAKEN); /* its own, again */
    end(f, "engine:b", false);                                  /* not its lease */
    assert_int_equal(take(f, "engine:b").verdict, LEASE_HELD);
    end(f, "engine:a", false);
    other = take(f, "engine:b");
    assert_int_equal(other.verdict, LEASE_TAKEN);
    assert_false(other.is_unclear);
}

static void a_token_that_changed_is_to_be_looked_at(void **state)
{
    struct fixture *f = *state;
    struct err e = ERR_INIT;
    assert_int_equal(put_token(f, "two", "", "", &e), 0);
    assert_int_equal(take(f, "engine:a").verdict, LEASE_STALE);
}

static void of_a_dead_holder_it_comes_free_and_says_so(void **state)
{
    struct fixture *f = *state;
    setup_token(f);
    (void)take(f, "engine:a");
    fix_now_us += LEASE_LENGTH_US + LEASE_SLACK_US - 1;
    assert_int_equal(take(f, "engine:b").verdict, LEASE_HELD); /* clocks may differ */
    fix_now_us += 1;
    struct lease_take next = take(f, "engine:b");
    assert_int_equal(next.verdict, LEASE_TAKEN);
    assert_true(next.is_unclear);
}

static void a_lost_answer_is_told_to_the_next(void **state)
{
    struct fixture *f = *state;
    setup_token(f);
    (void)take(f, "engine:a");
    end(f, "engine:a", true);
    struct lease_take next = take(f, "engine:b");
    assert_int_equal(next.verdict, LEASE_TAKEN);
    assert_true(next.is_unclear);
}

static void a_clock_that_was_put_back_does_not_hold_it_for_ever(void **state)
{
    struct fixture *f = *state;
    setup_token(f);
    (void)take(f, "engine:a");
    fix_now_us -= 3600 * SECOND;
    assert_int_equal(take(f, "engine:b").verdict, LEASE_TAKEN);
}

static void it_ends_with_the_new_token(void **state)
{
    struct fixture *f = *state;
    struct err e = ERR_INIT;
    char one[65];
    digest("one", one);
    setup_token(f);
    (void)take(f, "engine:a");
    assert_int_equal(put_token(f, "two", "engine:a", one, &e), 0);
    assert_int_equal(put_token(f, "one", "", "", &e), 0);
    assert_false(take(f, "engine:b").is_unclear);
}

static void who_comes_too_late_does_not_replace_a_newer_token(void **state)
{
    struct fixture *f = *state;
    struct err e = ERR_INIT;
    char one[65];
    digest("one", one);
    setup_token(f);
    (void)take(f, "engine:a");
    fix_now_us += LEASE_LENGTH_US + LEASE_SLACK_US;
    (void)take(f, "engine:b");
    /* Slow, but nobody has another token: what it brings is the newest. */
    assert_int_equal(put_token(f, "two", "engine:a", one, &e), 0);
    assert_int_equal(put_token(f, "three", "engine:b", one, &e), -1);
    assert_int_equal(e.kind, ERR_CONFLICT);
    struct secret_get *get = secret_get_new("token:crm");
    fix_exec(f, &get->op);
    assert_int_equal(get->len, 3);
    assert_memory_equal(get->sealed, "two", 3);
    secret_get_free(get);
}

static void an_engine_that_starts_ends_those_of_the_one_before(void **state)
{
    struct fixture *f = *state;
    setup_token(f);
    (void)take(f, "engine:a");
    struct lease_abandon abandon;
    lease_abandon_init(&abandon);
    fix_exec(f, &abandon.op);
    struct lease_take next = take(f, "engine:b");
    assert_int_equal(next.verdict, LEASE_TAKEN);
    assert_true(next.is_unclear);
    end(f, "engine:b", false);
    (void)take(f, "tool:c"); /* a command may be alive */
    fix_exec(f, &abandon.op);
    assert_int_equal(take(f, "engine:b").verdict, LEASE_HELD);
}

#define WITH(name) cmocka_unit_test_setup_teardown(name, fix_setup, fix_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(one_holds_it_until_it_ends),
        WITH(a_token_that_changed_is_to_be_looked_at),
        WITH(of_a_dead_holder_it_comes_free_and_says_so),
        WITH(a_lost_answer_is_told_to_the_next),
        WITH(a_clock_that_was_put_back_does_not_hold_it_for_ever),
        WITH(it_ends_with_the_new_token),
        WITH(who_comes_too_late_does_not_replace_a_newer_token),
        WITH(an_engine_that_starts_ends_those_of_the_one_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
