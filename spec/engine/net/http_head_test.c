/* HTTP heads as text: what an answer's head says, and what a request may not. */
#include "net_support.h"

#include "net/http_head.h"

static struct http_response parse(char *text)
{
    struct http_response r = {0};
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
    size_t len = (size_t)snprintf(text, sizeof(text), "HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < HTTP_HEADERS_MAX + 10; i++) {
        len += (size_t)snprintf(text + len, sizeof(text) - len, "h%d: %d\r\n", i, i);
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

static enum err_kind check(const char *method, const char *name, const char *value)
{
    struct http_header h = {name, value};
    struct http_request r = {.method = method, .headers = &h, .header_count = 1};
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
    memset(value, 'x', sizeof(value) - 1);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_in_lower_case_and_values_trimmed),
        cmocka_unit_test(lines_that_are_no_headers_are_dropped),
        cmocka_unit_test(headers_past_the_maximum_are_dropped),
        cmocka_unit_test(a_head_of_one_line_or_none_has_no_headers),
        cmocka_unit_test(a_request_cannot_smuggle_a_second_one),
        cmocka_unit_test(headers_of_the_connection_are_not_the_caller_s),
        cmocka_unit_test(a_header_that_no_service_takes_is_refused),
        cmocka_unit_test(only_methods_that_change_nothing_are_safe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
