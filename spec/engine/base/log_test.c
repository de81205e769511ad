/* The log: whole lines, escapes, and no secret whatever the message does. */
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/secret.h"

static char path[] = "/tmp/log_test_XXXXXX";
static int out_fd = -1;
static char text[256 * 1024];

static int64_t fixed_time(void *ud)
{
    return INT64_C(1795428930123456); /* 2026-11-23T10:15:30.123Z */
}

static void no_random(void *ud, void *out, size_t len)
{
    memset(out, 0, len);
}

static const struct clock fixed = { fixed_time, fixed_time, no_random, NULL };

static int setup(void **state)
{
    clock_replace(&fixed);
    log_set_level(LOG_INFO);
    log_set_json(false);
    log_to(out_fd);
    return ftruncate(out_fd, 0) == 0 && lseek(out_fd, 0, SEEK_SET) == 0 ? 0 : -1;
}

static int teardown(void **state)
{
    log_to(STDERR_FILENO);
    clock_replace(NULL);
    return 0;
}

static const char *logged(void)
{
    ssize_t n = pread(out_fd, text, sizeof text - 1, 0);
    assert_true(n >= 0);
    text[n] = '\0';
    return text;
}

static void a_line_has_time_level_area_and_text(void **state)
{
    log_warn("net", "lost %d", 3);
    assert_string_equal(logged(), "2026-11-23T10:15:30.123Z warn  net: lost 3\n");
}

static void a_json_line_is_one_object(void **state)
{
    log_set_json(true);
    log_error("net", "a \"quoted\" \\ text\n\x01\xc2\x9b");
    assert_string_equal(logged(),
                        "{\"time\":\"2026-11-23T10:15:30.123Z\",\"level\":\"error\",\"area\":"
                        "\"net\",\"text\":\"a \\\"quoted\\\" \\\\ text\\u000a\\u0001\\u009b\"}\n");
}

static void levels_below_the_set_one_are_silent(void **state)
{
    log_debug("x", "no");
    assert_string_equal(logged(), "");
    log_set_level(LOG_DEBUG);
    log_debug("x", "yes");
    assert_non_null(strstr(logged(), "debug x: yes"));
    log_set_level(LOG_OFF);
    log_error("x", "quiet");
    log_write(LOG_OFF, "x", "quiet");
    assert_null(strstr(logged(), "quiet"));
}

static void levels_are_known_by_name(void **state)
{
    enum log_level level = LOG_DEBUG;
    assert_int_equal(log_parse_level("warn", &level), 0);
    assert_int_equal(level, LOG_WARN);
    assert_int_equal(log_parse_level("off", &level), 0);
    assert_int_equal(log_parse_level("WARN", &level), -1);
    assert_int_equal(level, LOG_OFF);
}

static void nobody_can_forge_a_line_or_move_the_cursor(void **state)
{
    log_info("x", "one\n2026 info y: two\r\x1b[31m\x7f\xc2\x85\xff");
    assert_string_equal(logged(),
                        "2026-11-23T10:15:30.123Z info  x: one\\n2026 info y: two\\x0d"
                        "\\x1b[31m\\x7f\\u0085\\xff\n");
}

static void a_line_is_cut_at_4_kib_between_characters(void **state)
{
    char *big = malloc(20001);
    for (int i = 0; i < 20000; i += 2) {
        memcpy(big + i, "\xc3\xa9", 2);
    }
    big[20000] = '\0';
    for (int is_json = 0; is_json < 2; is_json++) {
        setup(NULL);
        log_set_json(is_json == 1);
        log_info("x", "%s", big);
        size_t len = strlen(logged());
        assert_true(len > 4000 && len <= 4096);
        assert_string_equal(text + len - (is_json ? 6 : 4), is_json ? "…\"}\n" : "…\n");
    }
    free(big);
}

static void the_longest_line_of_escapes_ends_properly(void **state)
{
    char big[5000];
    memset(big, 1, sizeof big - 1);
    big[sizeof big - 1] = '\0';
    log_set_json(true);
    log_info("a very long area \x01\x01\x01\x01\x01", "%s", big);
    size_t len = strlen(logged());
    assert_true(len <= 4096);
    assert_string_equal(text + len - 3, "\"}\n");
}

static void a_forbidden_text_never_appears(void **state)
{
    log_forbid("hunter2hunter2", 14);
    log_info("x", "token=hunter2hunter2&a=hunter2hunter2.");
    assert_string_equal(logged(), "2026-11-23T10:15:30.123Z info  x: token=[secret]&a=[secret].\n");
    log_allow("hunter2hunter2", 14);
    log_info("x", "hunter2hunter2");
    assert_non_null(strstr(logged(), "x: hunter2hunter2"));
}

static void texts_that_share_a_beginning_are_told_apart(void **state)
{
    log_forbid("eyJhbGciOne", 11);
    log_forbid("eyJhbGciOneAndMore", 18);
    log_forbid("eyJhbGciTwo", 11);
    log_info("x", "<eyJhbGciOneAndMore> <eyJhbGciOne> <eyJhbGciTwo> <eyJhbGciThree>");
    assert_non_null(strstr(logged(), "<[secret]> <[secret]> <[secret]> <eyJhbGciThree>"));
    log_allow("eyJhbGciOne", 11);
    log_allow("eyJhbGciOneAndMore", 18);
    log_allow("eyJhbGciTwo", 11);
}

static void overlapping_texts_are_covered_whole(void **state)
{
    log_forbid("abcdefgh", 8);
    log_forbid("efghijklmn", 10);
    log_info("x", "-abcdefghijklmn-");
    assert_non_null(strstr(logged(), "x: -[secret]-\n"));
    char copy[] = "-abcdefghijklmn-";
    assert_int_equal(log_redact(copy, strlen(copy)), 2);
    assert_string_equal(copy, "-**************-");
    log_allow("abcdefgh", 8);
    log_allow("efghijklmn", 10);
}

static void a_text_forbidden_twice_stays_until_both_allow_it(void **state)
{
    log_forbid("sharedsecret", 12);
    log_forbid("sharedsecret", 12);
    log_allow("sharedsecret", 12);
    log_info("x", "sharedsecret");
    assert_null(strstr(logged(), "sharedsecret"));
    log_allow("sharedsecret", 12);
    log_allow("sharedsecret", 12);
    log_info("x", "sharedsecret");
    assert_non_null(strstr(logged(), "sharedsecret"));
}

static void short_texts_are_not_forbidden(void **state)
{
    log_forbid("1234567", 7);
    log_info("x", "1234567");
    assert_non_null(strstr(logged(), "1234567"));
    log_allow("1234567", 7);
}

/* The line is cut at 4 KiB: a secret across the cut must not show its first half. */
static void a_cut_shows_no_half_of_a_secret(void **state)
{
    char secret[201];
    for (size_t i = 0; i < 200; i++) {
        secret[i] = (char)('A' + i % 26);
    }
    secret[200] = '\0';
    log_forbid(secret, 200);
    char *big = malloc(100001);
    /* Every place around the cut of the line, and the one of the formatted text (64 KiB). */
    for (size_t at = 3900; at < 4100; at += 7) {
        setup(NULL);
        memset(big, '.', 5000);
        memcpy(big + at, secret, 201);
        log_info("x", "%s", big);
        assert_null(strstr(logged(), "ABCDEFGH"));
    }
    /* Six secrets of 10 KiB shrink to nothing, so that the end of the formatted text is in the
     * line. */
    char *large = malloc(10001);
    memset(large, 'q', 10000);
    memcpy(large, "ABCDEFGH", 8);
    large[10000] = '\0';
    log_forbid(large, 10000);
    setup(NULL);
    for (size_t i = 0; i < 10; i++) {
        memcpy(big + i * 10000, large, 10001);
    }
    log_info("x", "%s", big);
    assert_null(strstr(logged(), "ABCDEFGH"));
    assert_null(strstr(logged(), "qqqq"));
    log_allow(large, 10000);
    log_allow(secret, 200);
    free(large);
    free(big);
}

static void redacting_keeps_the_length(void **state)
{
    char copy[] = "say correcthorse twice: correcthorse";
    size_t len = strlen(copy);
    log_forbid("correcthorse", 12);
    assert_int_equal(log_redact(copy, len), 2);
    assert_string_equal(copy, "say ************ twice: ************");
    assert_int_equal(log_redact(copy, len), 0);
    assert_int_equal(log_redact(copy, 0), 0);
    log_allow("correcthorse", 12);
}

static void secrets_are_forbidden_while_they_live(void **state)
{
    struct secret *s = secret_new("my-api-key-1", 12);
    log_info("x", "key my-api-key-1");
    assert_non_null(strstr(logged(), "key [secret]"));
    secret_free(s);
    log_info("x", "key my-api-key-1");
    assert_non_null(strstr(logged(), "key my-api-key-1"));
}

static void many_secrets_are_all_found(void **state)
{
    struct secret *all[500];
    char value[32];
    for (int i = 0; i < 500; i++) {
        snprintf(value, sizeof value, "%03d-secret-%03d", i * 7919 % 1000, i);
        all[i] = secret_new(value, strlen(value));
    }
    for (int i = 0; i < 500; i++) {
        snprintf(value, sizeof value, "%03d-secret-%03d", i * 7919 % 1000, i);
        size_t len = strlen(value);
        assert_int_equal(log_redact(value, len), 1);
    }
    for (int i = 0; i < 500; i++) {
        secret_free(all[(i * 37) % 500]);
    }
    char plain[] = "000-secret-000";
    assert_int_equal(log_redact(plain, strlen(plain)), 0);
}

static void *write_lines(void *ud)
{
    for (int i = 0; i < 500; i++) {
        struct secret *s = secret_new("thread-secret", 13);
        log_info("thread", "begin thread-secret end");
        secret_free(s);
    }
    return NULL;
}

static void lines_of_several_threads_do_not_mix(void **state)
{
    int fd = open(path, O_RDWR | O_APPEND);
    assert_int_not_equal(fd, -1);
    log_to(fd);
    struct secret *s = secret_new("thread-secret", 13);
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, write_lines, NULL), 0);
    }
    for (int i = 0; i < 3; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    secret_free(s);
    close(fd);
    log_to(out_fd);
    static const char line[] = "2026-11-23T10:15:30.123Z info  thread: begin [secret] end\n";
    assert_int_equal(strlen(logged()), 1500 * (sizeof line - 1));
    for (size_t i = 0; i < 1500; i++) {
        assert_memory_equal(text + i * (sizeof line - 1), line, sizeof line - 1);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_line_has_time_level_area_and_text),
        TEST(a_json_line_is_one_object),
        TEST(levels_below_the_set_one_are_silent),
        TEST(levels_are_known_by_name),
        TEST(nobody_can_forge_a_line_or_move_the_cursor),
        TEST(a_line_is_cut_at_4_kib_between_characters),
        TEST(the_longest_line_of_escapes_ends_properly),
        TEST(a_forbidden_text_never_appears),
        TEST(texts_that_share_a_beginning_are_told_apart),
        TEST(overlapping_texts_are_covered_whole),
        TEST(a_text_forbidden_twice_stays_until_both_allow_it),
        TEST(short_texts_are_not_forbidden),
        TEST(a_cut_shows_no_half_of_a_secret),
        TEST(redacting_keeps_the_length),
        TEST(secrets_are_forbidden_while_they_live),
        TEST(many_secrets_are_all_found),
        TEST(lines_of_several_threads_do_not_mix),
    };
    out_fd = mkstemp(path);
    if (out_fd == -1) {
        return 1;
    }
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    close(out_fd);
    unlink(path);
    return failed;
}
