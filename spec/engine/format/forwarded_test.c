/* Who sent a request through proxies: what strangers write is not believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "format/forwarded.h"

static struct cidr trusted[2];

static int setup(void **state)
{
    return cidr_parse("10.0.0.0/8", &trusted[0], NULL) |
           cidr_parse("2001:db8:1::/48", &trusted[1], NULL);
}

/* NULL: nobody can tell. */
static const char *client(const char *peer, const char *xff, const char *forwarded)
{
    static char out[FORWARDED_TEXT];
    struct forwarded f = { .peer = peer, .x_forwarded_for = xff, .forwarded = forwarded };
    return forwarded_client(trusted, 2, &f, out) ? out : NULL;
}

static void a_stranger_is_not_asked_whom_it_speaks_for(void **state)
{
    assert_string_equal(client("203.0.113.9", "198.51.100.1", NULL), "203.0.113.9");
    assert_string_equal(client("203.0.113.9", NULL, "for=10.0.0.1"), "203.0.113.9");
    assert_string_equal(client("203.0.113.9", "garbage", "garbage"), "203.0.113.9");
    assert_null(client(NULL, "198.51.100.1", NULL));
}

static void a_proxy_vouches_for_the_hop_before_it_only(void **state)
{
    assert_string_equal(client("10.0.0.1", "198.51.100.1", NULL), "198.51.100.1");
    assert_string_equal(client("10.0.0.1", "10.9.9.9, 203.0.113.1, 198.51.100.1", NULL),
                        "198.51.100.1");
    assert_string_equal(client("10.0.0.1", "203.0.113.1, 198.51.100.1 ,\t10.0.0.2", NULL),
                        "198.51.100.1");
    assert_string_equal(client("10.0.0.1", "nonsense, 198.51.100.1", NULL), "198.51.100.1");
    assert_string_equal(client("2001:db8:1::1", "2001:db8:2::7", NULL), "2001:db8:2::7");
}

static void a_proxy_that_says_nothing_has_sent_it_itself(void **state)
{
    assert_string_equal(client("10.0.0.1", NULL, NULL), "10.0.0.1");
    assert_string_equal(client("10.0.0.1", "10.0.0.7, 10.0.0.2", NULL), "10.0.0.7");
}

static void ports_brackets_and_spellings_do_not_matter(void **state)
{
    assert_string_equal(client("10.0.0.1", "198.51.100.1:4711", NULL), "198.51.100.1");
    assert_string_equal(client("10.0.0.1", "[2001:DB8:2:0::7]:4711", NULL), "2001:db8:2::7");
    assert_string_equal(client("10.0.0.1", "2001:db8:2::7,,", NULL), "2001:db8:2::7");
    assert_string_equal(client("::ffff:10.0.0.1", "198.51.100.1", NULL), "198.51.100.1");
}

static void forwarded_is_read_too(void **state)
{
    assert_string_equal(client("10.0.0.1", NULL, "for=198.51.100.1"), "198.51.100.1");
    assert_string_equal(client("10.0.0.1", NULL, "For=\"[2001:db8:2::7]:4711\";proto=https"),
                        "2001:db8:2::7");
    assert_string_equal(
        client("10.0.0.1", NULL,
               "for=1.2.3.4, proto=http; for=198.51.100.1;by=\"a,b\\\",for=9.9.9.9\""),
        "198.51.100.1");
    assert_string_equal(client("10.0.0.1", NULL, "for=198.51.100.1, for=10.0.0.9"), "198.51.100.1");
}

static void what_is_hidden_or_broken_is_not_known(void **state)
{
    static const char *const bad[] = { "unknown",
                                       "198.51.100.1, unknown, 10.0.0.2",
                                       "",
                                       " , ",
                                       "198.51.100.300",
                                       "[2001:db8::1",
                                       "1.2.3.4.5",
                                       "localhost" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_null(client("10.0.0.1", bad[i], NULL));
    }
    assert_null(client("10.0.0.1", NULL, "for=_hidden"));
    assert_null(client("10.0.0.1", NULL, "for=unknown"));
    assert_null(client("10.0.0.1", NULL, "for=198.51.100.1, proto=https"));
    assert_null(client("10.0.0.1", NULL, "for=\"198.51.100.1"));
    assert_null(client("10.0.0.1", NULL, ""));
}

/* A proxy writes one of the two and hands the other on as the sender wrote it. */
static void two_headers_must_agree(void **state)
{
    assert_null(client("10.0.0.1", "198.51.100.1", "for=203.0.113.5"));
    assert_null(client("10.0.0.1", "198.51.100.1", "garbage"));
    assert_string_equal(client("10.0.0.1", "198.51.100.1", "for=198.51.100.1"), "198.51.100.1");
}

static void a_chain_has_a_bound(void **state)
{
    char text[40 * FORWARDED_HOPS_MAX] = "198.51.100.1";
    for (int i = 1; i < FORWARDED_HOPS_MAX; i++) {
        strncat(text, ",10.0.0.2", sizeof text - strlen(text) - 1);
    }
    assert_string_equal(client("10.0.0.1", text, NULL), "198.51.100.1");
    strncat(text, ",10.0.0.2", sizeof text - strlen(text) - 1);
    assert_null(client("10.0.0.1", text, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stranger_is_not_asked_whom_it_speaks_for),
        cmocka_unit_test(a_proxy_vouches_for_the_hop_before_it_only),
        cmocka_unit_test(a_proxy_that_says_nothing_has_sent_it_itself),
        cmocka_unit_test(ports_brackets_and_spellings_do_not_matter),
        cmocka_unit_test(forwarded_is_read_too),
        cmocka_unit_test(what_is_hidden_or_broken_is_not_known),
        cmocka_unit_test(two_headers_must_agree),
        cmocka_unit_test(a_chain_has_a_bound),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
