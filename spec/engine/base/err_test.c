/* Errors: set, prefixed, cut, named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/utf8.h"

static void setting_returns_minus_one_and_fills_all_fields(void **state)
{
    struct err e = { .kind = ERR_IO, .status = 500, .retry_at_us = 9, .detail = "old" };
    assert_int_equal(err_set(&e, ERR_INVALID, "bad %s", "thing"), -1);
    assert_int_equal(e.kind, ERR_INVALID);
    assert_string_equal(e.message, "bad thing");
    assert_int_equal(e.status, 0);
    assert_int_equal(e.retry_at_us, 0);
    assert_string_equal(e.detail, "");
}

static void nobody_has_to_ask_for_the_error(void **state)
{
    assert_int_equal(err_set(NULL, ERR_INVALID, "bad"), -1);
    assert_int_equal(err_prefix(NULL, "context"), -1);
    assert_int_equal(err_about(NULL, "listen"), -1);
}

static void an_error_may_quote_itself(void **state)
{
    struct err e;
    err_set(&e, ERR_IO, "disk");
    err_set(&e, ERR_STORE, "store: %s", e.message);
    assert_string_equal(e.message, "store: disk");
}

static void a_prefix_keeps_the_rest_of_the_error(void **state)
{
    struct err e = ERR_INIT;
    err_set(&e, ERR_RATE_LIMITED, "slow down");
    e.status = 429;
    assert_int_equal(err_prefix(&e, "step %d", 2), -1);
    assert_string_equal(e.message, "step 2: slow down");
    assert_int_equal(e.status, 429);
    assert_int_equal(e.kind, ERR_RATE_LIMITED);
}

static void the_setting_that_is_wrong_stays_through_a_prefix(void **state)
{
    struct err e;
    err_set(&e, ERR_CONFIG, "it has no query");
    assert_int_equal(err_about(&e, "base_url"), -1);
    err_prefix(&e, "connection crm");
    assert_string_equal(e.detail, "base_url");
    err_set(&e, ERR_CONFIG, "another");
    assert_string_equal(e.detail, "");
}

static void a_long_message_is_cut_between_characters(void **state)
{
    for (int shift = 0; shift < 5; shift++) {
        char text[2 * ERR_MESSAGE_MAX];
        memset(text, 'x', (size_t)shift);
        size_t at = (size_t)shift;
        while (at + 4 < sizeof text) {
            memcpy(text + at, "\xf0\x9f\x98\x80", 5);
            at += 4;
        }
        struct err e;
        err_set(&e, ERR_INVALID, "%s", text);
        size_t len = strlen(e.message);
        assert_true(len > ERR_MESSAGE_MAX - 5 && len < ERR_MESSAGE_MAX);
        assert_true(utf8_is_valid(e.message, len));
        err_prefix(&e, "%s", "abc");
        assert_true(strlen(e.message) < ERR_MESSAGE_MAX);
        assert_true(utf8_is_valid(e.message, strlen(e.message)));
        assert_memory_equal(e.message, "abc: ", 5);
    }
}

static void every_kind_has_a_name_of_its_own_that_reads_back(void **state)
{
    for (int i = 0; i < ERR_KIND_COUNT; i++) {
        const char *name = err_kind_name((enum err_kind)i);
        assert_non_null(name);
        assert_int_equal(err_kind_parse(name), i);
    }
    assert_string_equal(err_kind_name(ERR_RATE_LIMITED), "rate_limited");
    assert_int_equal(err_kind_parse("no such kind"), ERR_INTERNAL);
    assert_string_equal(err_kind_name((enum err_kind)99), "internal");
    assert_string_equal(err_kind_name((enum err_kind) - 1), "internal");
}

static void only_what_time_can_heal_is_retryable(void **state)
{
    const enum err_kind retryable[] = { ERR_STORE,        ERR_STORE_FULL, ERR_UNREACHABLE,
                                        ERR_TLS,          ERR_TIMEOUT,    ERR_UNAVAILABLE,
                                        ERR_RATE_LIMITED, ERR_EXPIRED,    ERR_TURN };
    const size_t count = sizeof retryable / sizeof retryable[0];
    size_t found = 0;
    for (int i = 0; i < ERR_KIND_COUNT; i++) {
        found += err_is_retryable((enum err_kind)i);
    }
    assert_int_equal(found, count);
    for (size_t i = 0; i < count; i++) {
        assert_true(err_is_retryable(retryable[i]));
    }
    assert_false(err_is_retryable(ERR_UNKNOWN));
    assert_false(err_is_retryable((enum err_kind)99));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(setting_returns_minus_one_and_fills_all_fields),
        cmocka_unit_test(nobody_has_to_ask_for_the_error),
        cmocka_unit_test(an_error_may_quote_itself),
        cmocka_unit_test(a_prefix_keeps_the_rest_of_the_error),
        cmocka_unit_test(the_setting_that_is_wrong_stays_through_a_prefix),
        cmocka_unit_test(a_long_message_is_cut_between_characters),
        cmocka_unit_test(every_kind_has_a_name_of_its_own_that_reads_back),
        cmocka_unit_test(only_what_time_can_heal_is_retryable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
