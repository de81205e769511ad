/* HTTP heads as text: what an answer's head says, and what a request may not. */
#include "net_support.h"

#include "net/http_head.h"

static struct http_response parse(char *text)
{
    struct http_response r = { 0 };
    http_head_parse(text, strlen(text), &r);
    return r;
}

static void names_are_in_lower_case_and_values_trimmed(void **state)
{
    char text[] = "HTTP/1.1 200 OK\r\nContent-TYPE: \t text/plain \r\nX-Empty:\r\n\r\n";
    struct http_response r = parse(text);
    assert_int_equal(r.header_count, 2);
    assert_string_equal(http_response_header(&r, "content-type"), "text/plain");
    assert_string_equal(http_response_header(&r, "x-empty"), "");
    assert_null(http_response_header(&r, "missing"));
}

static void lines_that_are_no_headers_are_dropped(void **state)
{
    char text[] = "HTTP/1.1 200 OK\r\nno colon\r\n: no name\r\n folded: line\r\na: b\r\n\r\n";
    struct http_response r = parse(text);
    assert_int_equal(r.header_count, 1);
    assert_string_equal(http_response_header(&r, "a"), "b");
}

static void headers_past_the_maximum_are_dropped(void **state)
{
    static char text[HTTP_HEADERS_MAX * 16 * 2];
    size_t len = (size_t)snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < HTTP_HEADERS_MAX + 10; i++) {
        len += (size_t)snprintf(text + len, sizeof text - len, "h%d: %d\r\n", i, i);
    }
    struct http_response r = parse(text);
    assert_int_equal(r.header_count, HTTP_HEADERS_MAX);
    assert_string_equal(http_response_header(&r, "h63"), "63");
    assert_null(http_response_header(&r, "h64"));
}

static void a_head_of_one_line_or_none_has_no_headers(void **state)
{
    char one[] = "HTTP/1.1 200 OK";
    assert_int_equal(parse(one).header_count, 0);
    char none[] = "";
    assert_int_equal(parse(none).header_count, 0);
}

static void any_bytes_are_parsed_without_harm(void **state)
{
    static const char alphabet[] = "aB:\r\n\t \0x";
    uint32_t seed = 1;
    for (int i = 0; i < 20000; i++) {
        char *text = malloc(41); /* of its own, so that a sanitizer sees its end */
        assert_non_null(text);
        size_t len = (size_t)i % 40;
        for (size_t j = 0; j < len; j++) {
            seed = seed * 1664525u + 1013904223u;
            text[j] = alphabet[(seed >> 16) % (sizeof alphabet - 1)];
        }
        struct http_response r = { 0 };
        http_head_parse(text, len, &r);
        for (size_t h = 0; h < r.header_count; h++) {
            assert_in_range(strlen(r.headers[h].name) + strlen(r.headers[h].value), 1, len);
        }
        free(text);
    }
}

static enum err_kind check(const char *method, const char *name, const char *value)
{
    struct http_header h = { name, value };
    struct http_request r = { .method = method, .headers = &h, .header_count = 1 };
    struct err e = ERR_INIT;
    return http_head_check(&r, &e) == 0 ? ERR_NONE : e.kind;
}

static void a_request_cannot_smuggle_a_second_one(void **state)
{
    assert_int_equal(check("GET", "X-Fine", "a\tb"), ERR_NONE);
    assert_int_equal(check("GET", "X", "a\r\nY: b"), ERR_CONFIG);
    assert_int_equal(check("GET", "X", "a\nb"), ERR_CONFIG);
    assert_int_equal(check("GET", "X", "a\177"), ERR_CONFIG);
    assert_int_equal(check("GET", "X: a\r\nY", "b"), ERR_CONFIG);
    assert_int_equal(check("GET", "", "b"), ERR_CONFIG);
    assert_int_equal(check("GET", "X Y", "b"), ERR_CONFIG);
    assert_int_equal(check("GET /x", "X", "b"), ERR_CONFIG);
    assert_int_equal(check("", "X", "b"), ERR_CONFIG);
    assert_int_equal(check(NULL, "X", "b"), ERR_CONFIG);
    assert_int_equal(check("CONNECT", "X", "b"), ERR_CONFIG);
}

static void headers_of_the_connection_are_not_the_caller_s(void **state)
{
    assert_int_equal(check("POST", "Content-Length", "3"), ERR_CONFIG);
    assert_int_equal(check("POST", "transfer-encoding", "chunked"), ERR_CONFIG);
    assert_int_equal(check("POST", "Expect", "100-continue"), ERR_CONFIG);
    assert_int_equal(check("POST", "Content-Type", "text/plain"), ERR_NONE);
}

static void a_header_that_no_service_takes_is_refused(void **state)
{
    static char value[20 << 10];
    memset(value, 'x', sizeof value - 1);
    assert_int_equal(check("GET", "X", value), ERR_CONFIG);
}

static void only_methods_that_change_nothing_are_safe(void **state)
{
    assert_true(http_method_is_safe("GET"));
    assert_true(http_method_is_safe("HEAD"));
    assert_false(http_method_is_safe("POST"));
    assert_false(http_method_is_safe("PUT"));
    assert_false(http_method_is_safe("DELETE"));
    assert_false(http_method_is_safe("get"));
}

static void a_target_has_no_escapes_that_can_be_read_in_two_ways(void **state)
{
    static const char *const good[] = { "/", "/a%20b", "/a?b=%2F%2f", "/%C3%A9", "/a+b?c+d", "*" };
    static const char *const bad[] = { "/%",   "/%4",   "/%4g",    "/%00",  "/%2F",  "/a%2fb?c",
                                       "/a b", "/a\tb", "/a\177b", "/?a=%", "/?%0g", "/?a=%00" };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(http_target_is_good(good[i]));
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(http_target_is_good(bad[i]));
    }
}

static void escapes_are_decoded_once_and_broken_ones_kept(void **state)
{
    char text[] = "a%2541%20%C3%a9%00%zz%4";
    assert_int_equal(http_target_decode(text), strlen("a%41 \xc3\xa9%00%zz%4"));
    assert_string_equal(text, "a%41 \xc3\xa9%00%zz%4");
}

static bool is_refused(bool needs_host, const char *const *headers)
{
    struct http_framing f = { 0 };
    for (; headers[0] != NULL; headers += 2) {
        http_framing_note(&f, headers[0], headers[1]);
    }
    return http_framing_fault(&f, needs_host) != NULL;
}

#define HEADERS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void a_request_has_one_length_and_one_host(void **state)
{
    assert_false(is_refused(true, HEADERS("Host", "x")));
    assert_false(is_refused(true, HEADERS("hOST", "x", "content-length", "1")));
    assert_false(is_refused(true, HEADERS("Host", "x", "Transfer-Encoding", "Chunked")));
    assert_false(is_refused(false, HEADERS("Accept", "x")));
    assert_true(is_refused(true, HEADERS("Accept", "x")));
    assert_true(is_refused(false, HEADERS("Host", "x", "host", "x")));
    assert_true(is_refused(false, HEADERS("Content-Length", "1", "Content-Length", "1")));
    assert_true(is_refused(false, HEADERS("Content-Length", "1", "Transfer-Encoding", "chunked")));
    assert_true(is_refused(false, HEADERS("Transfer-Encoding", "gzip, chunked")));
    assert_true(is_refused(false, HEADERS("Transfer-Encoding", NULL)));
    assert_true(is_refused(false, HEADERS("Content-Length ", "1")));
    assert_true(is_refused(false, HEADERS("", "1")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_in_lower_case_and_values_trimmed),
        cmocka_unit_test(lines_that_are_no_headers_are_dropped),
        cmocka_unit_test(headers_past_the_maximum_are_dropped),
        cmocka_unit_test(a_head_of_one_line_or_none_has_no_headers),
        cmocka_unit_test(any_bytes_are_parsed_without_harm),
        cmocka_unit_test(a_request_cannot_smuggle_a_second_one),
        cmocka_unit_test(headers_of_the_connection_are_not_the_caller_s),
        cmocka_unit_test(a_header_that_no_service_takes_is_refused),
        cmocka_unit_test(only_methods_that_change_nothing_are_safe),
        cmocka_unit_test(a_target_has_no_escapes_that_can_be_read_in_two_ways),
        cmocka_unit_test(escapes_are_decoded_once_and_broken_ones_kept),
        cmocka_unit_test(a_request_has_one_length_and_one_host),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
