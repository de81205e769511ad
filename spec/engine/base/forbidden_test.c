/* Forbidden texts are found in each form in which they turn up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/forbidden.h"
#include "base/log.h"

static const char SECRET[] = "s3cr\"t/7+ \\x\n~\x01-end";

/* Whether the text is found in the form `as`, alone and within others. */
static void assert_found(const char *as)
{
    char text[512];
    int len = snprintf(text, sizeof text, "before %s after", as);
    assert_true(log_redact(text, (size_t)len) > 0);
    assert_null(strstr(text, as));
    assert_non_null(strstr(text, "before "));
    assert_non_null(strstr(text, " after"));
}

static int forbid(void **state)
{
    log_forbid(SECRET, sizeof SECRET - 1);
    return 0;
}

static int allow(void **state)
{
    log_allow(SECRET, sizeof SECRET - 1);
    return 0;
}

static void as_it_is(void **state)
{
    assert_found(SECRET);
}

static void in_hex(void **state)
{
    char lower[100] = "", upper[100] = "";
    for (size_t i = 0; i < sizeof SECRET - 1; i++) {
        snprintf(lower + 2 * i, 3, "%02x", (unsigned char)SECRET[i]);
        snprintf(upper + 2 * i, 3, "%02X", (unsigned char)SECRET[i]);
    }
    assert_found(lower);
    assert_found(upper);
}

static void percent_encoded(void **state)
{
    assert_found("s3cr%22t%2F7%2B%20%5Cx%0A~%01-end");
    assert_found("s3cr%22t%2f7%2b%20%5cx%0a~%01-end");
    assert_found("s3cr%22t%2F7%2B+%5Cx%0A~%01-end");
}

static void as_json_writes_it(void **state)
{
    assert_found("s3cr\\\"t/7+ \\\\x\\n~\\u0001-end");
    assert_found("s3cr\\\"t\\/7+ \\\\x\\n~\\u0001-end");
    assert_found("s3cr\\\\\\\"t/7+ \\\\\\\\x\\\\n~\\\\u0001-end");
}

/* RFC 4648, of all the bytes. */
static void base64(const char *bytes, size_t len, const char *letters, char *out)
{
    size_t bits = 0, n = 0;
    uint32_t held = 0;
    for (size_t i = 0; i < len; i++) {
        held = held << 8 | (unsigned char)bytes[i];
        for (bits += 8; bits >= 6; bits -= 6) {
            out[n++] = letters[held >> (bits - 6) & 63];
        }
    }
    out[n] = '\0';
}

static void in_base64_at_any_place_of_a_longer_text(void **state)
{
    static const char usual[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    static const char url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (size_t before = 0; before < 7; before++) {
        char plain[100], text[200], whole[200];
        int len = snprintf(plain, sizeof plain, "%.*s%s:more", (int)before, "user-id", SECRET);
        for (int k = 0; k < 2; k++) {
            base64(plain, (size_t)len, k == 0 ? usual : url, text);
            memcpy(whole, text, sizeof whole);
            assert_true(log_redact(text, strlen(text)) > 0);
            /* All but the characters that share bits with a neighbour. */
            size_t from = (before * 8 + 5) / 6, to = (before + sizeof SECRET - 1) * 8 / 6;
            for (size_t i = from; i < to; i++) {
                assert_int_equal(text[i], '*');
            }
            assert_memory_equal(text, whole, before * 8 / 6);
        }
    }
}

static void what_is_forbidden_twice_stays_until_both_allow_it(void **state)
{
    char text[64];
    log_forbid("another-secret", 14);
    log_forbid("another-secret", 14);
    log_allow("another-secret", 14);
    snprintf(text, sizeof text, "%s", "another-secret");
    assert_int_equal(log_redact(text, strlen(text)), 1);
    log_allow("another-secret", 14);
    snprintf(text, sizeof text, "%s", "another-secret");
    assert_int_equal(log_redact(text, strlen(text)), 0);
    assert_found(SECRET);
}

static void many_texts_are_kept_apart(void **state)
{
    char text[64];
    for (int i = 0; i < 3000; i++) {
        int len = snprintf(text, sizeof text, "token-%06d-of-many", i * 7919);
        log_forbid(text, (size_t)len);
    }
    for (int i = 0; i < 3000; i++) {
        int len = snprintf(text, sizeof text, "token-%06d-of-many", i * 7919);
        if (i % 2 == 0) {
            log_allow(text, (size_t)len);
        }
    }
    for (int i = 0; i < 3000; i++) {
        int len = snprintf(text, sizeof text, "token-%06d-of-many", i * 7919);
        assert_int_equal(log_redact(text, (size_t)len), i % 2);
    }
    for (int i = 1; i < 3000; i += 2) {
        int len = snprintf(text, sizeof text, "token-%06d-of-many", i * 7919);
        log_allow(text, (size_t)len);
    }
    forbidden_lock();
    assert_true(forbidden_longest() > 0);
    forbidden_unlock();
}

static void short_texts_are_not_looked_for(void **state)
{
    char text[] = "seven77";
    log_forbid(text, 7);
    assert_int_equal(log_redact(text, 7), 0);
    log_allow(text, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_it_is),
        cmocka_unit_test(in_hex),
        cmocka_unit_test(percent_encoded),
        cmocka_unit_test(as_json_writes_it),
        cmocka_unit_test(in_base64_at_any_place_of_a_longer_text),
        cmocka_unit_test(what_is_forbidden_twice_stays_until_both_allow_it),
        cmocka_unit_test(many_texts_are_kept_apart),
        cmocka_unit_test(short_texts_are_not_looked_for),
    };
    return cmocka_run_group_tests(tests, forbid, allow);
}
