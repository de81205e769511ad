/* URLs, forms, networks: strict where a loose reading would reach another host. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format/url.h"

static void assert_url(const char *text, bool is_tls, const char *host, int port, const char *path,
                       const char *query)
{
    struct url u;
    struct err e = ERR_INIT;
    if (url_parse(text, strlen(text), &u, &e) == -1) {
        fail_msg("%s: %s", text, e.message);
    }
    assert_int_equal(u.is_tls, is_tls);
    assert_string_equal(u.host, host);
    assert_int_equal(u.port, port);
    assert_string_equal(u.path, path);
    if (query == NULL) {
        assert_null(u.query);
    } else {
        assert_string_equal(u.query, query);
    }
    url_fini(&u);
    url_fini(&u);
}

static void the_parts_of_a_url_are_found(void **state)
{
    assert_url("https://api.example.com/contacts/1?a=b&c=%20#top", true, "api.example.com", 443,
               "/contacts/1", "a=b&c=%20");
    assert_url("http://example.com", false, "example.com", 80, "/", NULL);
    assert_url("HTTPS://Example.COM:8443?", true, "example.com", 8443, "/", "");
    assert_url("http://localhost:1/", false, "localhost", 1, "/", NULL);
    assert_url("http://192.0.2.1:65535/x", false, "192.0.2.1", 65535, "/x", NULL);
    assert_url("https://my_host-1.test/~a/(b);c,d=e@f:g", true, "my_host-1.test", 443,
               "/~a/(b);c,d=e@f:g", NULL);
    assert_url("https://a.test#frag?x", true, "a.test", 443, "/", NULL);
    assert_url("https://3com.test/", true, "3com.test", 443, "/", NULL);
}

static void ipv6_stands_in_brackets_and_has_one_spelling(void **state)
{
    assert_url("http://[::1]:8420/x", false, "::1", 8420, "/x", NULL);
    assert_url("http://[2001:DB8:0:0::1]/", false, "2001:db8::1", 80, "/", NULL);
}

static void what_could_be_read_in_two_ways_is_refused(void **state)
{
    static const char *const wrong[] = {
        "",
        "https:",
        "https://",
        "https:///x",
        "ftp://a.test/",
        "//a.test/",
        "a.test",
        "https:/a.test",
        "https://user@a.test/",
        "https://user:pw@a.test/",
        "https://a.test@evil.test/",
        "https://a.test\\@evil.test/",
        "https://a.test:x/",
        "https://a.test:0/",
        "https://a.test:65536/",
        "https://a.test:/",
        "https://a.test:80:80/",
        "https://a..test/",
        "https://.a.test/",
        "https://a.test./",
        "https://a b.test/",
        "https://a%2etest/",
        "https://\xc3\xbc.test/",
        "https://a.test/a b",
        "https://a.test/\n",
        "https://a.test/%",
        "https://a.test/%2",
        "https://a.test/%zz",
        "https://a.test/{id}",
        "https://a.test/?q=<x>",
        "https://a.test/#^",
        "https://a.test/\xc3\xa9",
        "https://[::1",
        "https://[::1]x/",
        "https://[::1]80/",
        "https://[fe80::1%25eth0]/",
        "https://[1.2.3.4]/",
        "https://[]/",
        "https://2130706433/",
        "https://127.1/",
        "https://0x7f.0.0.1/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://1.2.3.4.5/",
        "https://1.2.3/",
        "https://256.1.1.1/",
        " https://a.test/",
        "https://a.test/|",
        "https://a.test/\\",
        "https://[0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:1]/",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct url u;
        struct err e = ERR_INIT;
        if (url_parse(wrong[i], strlen(wrong[i]), &u, &e) == 0) {
            fail_msg("\"%s\" was accepted", wrong[i]);
        }
        assert_int_equal(e.kind, ERR_INVALID);
        url_fini(&u);
    }
    struct url u;
    assert_int_equal(url_parse("https://a.te\0st/", 16, &u, NULL), -1);
    assert_int_equal(url_parse("https://a.test/\0", 16, &u, NULL), -1);
    assert_int_equal(url_parse("https://[::1\0]/", 15, &u, NULL), -1);
}

static void hosts_and_urls_have_a_longest(void **state)
{
    char text[URL_MAX + 10];
    struct url u;
    struct err e = ERR_INIT;
    int n = snprintf(text, sizeof text, "https://%064d.test/", 0);
    text[8] = 'a';
    assert_int_equal(url_parse(text, (size_t)n, &u, &e), -1);
    n = snprintf(text, sizeof text, "https://");
    for (int i = 0; i < 128; i++) {
        n += snprintf(text + n, sizeof text - (size_t)n, "a.");
    }
    n += snprintf(text + n, sizeof text - (size_t)n, "test/");
    assert_int_equal(url_parse(text, (size_t)n, &u, &e), -1);
    memset(text, 'a', sizeof text);
    memcpy(text, "https://a.test/", 15);
    assert_int_equal(url_parse(text, URL_MAX + 1, &u, &e), -1);
    assert_int_equal(e.kind, ERR_TOO_LARGE);
    assert_int_equal(url_parse(text, URL_MAX, &u, &e), 0);
    url_fini(&u);
}

static void encoding_leaves_only_unreserved_characters(void **state)
{
    struct buf out;
    buf_init(&out, 1000);
    assert_int_equal(url_encode(&out, "aZ09-._~ /?&=+%\xc3\xa9\0", 18), 0);
    assert_string_equal(buf_text(&out), "aZ09-._~%20%2F%3F%26%3D%2B%25%C3%A9%00");
    buf_fini(&out);
    buf_init(&out, 4);
    assert_int_equal(url_encode(&out, "a b", 3), -1);
    buf_fini(&out);
}

static void decoding_reads_what_encoding_wrote(void **state)
{
    char all[255];
    for (int i = 0; i < 255; i++) {
        all[i] = (char)(i + 1);
    }
    struct buf coded;
    struct buf back;
    buf_init(&coded, 1000);
    buf_init(&back, 1000);
    assert_int_equal(url_encode(&coded, all, sizeof all), 0);
    assert_int_equal(url_decode(&back, coded.data, coded.len, false, NULL), 0);
    assert_int_equal(back.len, sizeof all);
    assert_memory_equal(back.data, all, sizeof all);
    buf_fini(&coded);
    buf_fini(&back);
}

static void a_plus_is_a_space_in_forms_only(void **state)
{
    struct buf out;
    buf_init(&out, 100);
    assert_int_equal(url_decode(&out, "a+b%2bc", 7, false, NULL), 0);
    assert_string_equal(buf_text(&out), "a+b+c");
    buf_clear(&out);
    assert_int_equal(url_decode(&out, "a+b%2Bc", 7, true, NULL), 0);
    assert_string_equal(buf_text(&out), "a b+c");
    buf_fini(&out);
}

static void bad_escapes_and_nul_are_refused(void **state)
{
    static const char *const wrong[] = { "%", "a%2", "%g0", "%0g", "%00", "%%41" };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct buf out;
        struct err e = ERR_INIT;
        buf_init(&out, 100);
        assert_int_equal(url_decode(&out, wrong[i], strlen(wrong[i]), false, &e), -1);
        assert_int_equal(e.kind, ERR_INVALID);
        buf_fini(&out);
    }
    struct buf out;
    struct err e = ERR_INIT;
    buf_init(&out, 2);
    assert_int_equal(url_decode(&out, "abc", 3, false, &e), -1);
    assert_int_equal(e.kind, ERR_TOO_LARGE);
    buf_fini(&out);
}

static void a_form_is_made_of_an_objects_members(void **state)
{
    static const char text[] =
        "{\"a b\":\"x&y\",\"n\":5,\"r\":1.5,\"t\":true,\"none\":null,"
        "\"l\":[1,\"two\",null],\"empty\":[],\"e\":\"\"}";
    json_t *fields = json_parse(text, sizeof text - 1, NULL);
    struct buf out;
    buf_init(&out, 1000);
    assert_int_equal(url_encode_form(&out, fields, NULL), 0);
    assert_string_equal(buf_text(&out), "a%20b=x%26y&n=5&r=1.5&t=true&l=1&l=two&e=");
    buf_fini(&out);
    struct err e = ERR_INIT;
    buf_init(&out, 10);
    assert_int_equal(url_encode_form(&out, fields, &e), -1);
    assert_int_equal(e.kind, ERR_TOO_LARGE);
    buf_fini(&out);
    json_decref(fields);
}

static void a_form_cannot_hold_objects(void **state)
{
    static const char *const wrong[] = { "{\"a\":{}}", "{\"a\":[{}]}", "{\"a\":[[1]]}", "[1]",
                                         "1" };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        json_t *fields = json_parse(wrong[i], strlen(wrong[i]), NULL);
        struct buf out;
        struct err e = ERR_INIT;
        buf_init(&out, 100);
        assert_int_equal(url_encode_form(&out, fields, &e), -1);
        assert_int_equal(e.kind, ERR_INVALID);
        buf_fini(&out);
        json_decref(fields);
    }
}

static void assert_form(const char *text, const char *expected)
{
    json_t *fields = url_decode_form(text, strlen(text), NULL);
    assert_non_null(fields);
    char *out = json_text(fields, NULL);
    assert_string_equal(out, expected);
    free(out);
    json_decref(fields);
}

static void a_form_decodes_to_texts_and_lists(void **state)
{
    assert_form("", "{}");
    assert_form("a=1&b=x+y%21&c", "{\"a\":\"1\",\"b\":\"x y!\",\"c\":\"\"}");
    assert_form("a=1&&a=2&a=3&", "{\"a\":[\"1\",\"2\",\"3\"]}");
    assert_form("a=b=c", "{\"a\":\"b=c\"}");
}

static void a_form_of_bad_bytes_or_too_many_fields_is_refused(void **state)
{
    struct err e = ERR_INIT;
    assert_null(url_decode_form("a=%ff", 5, &e));
    assert_int_equal(e.kind, ERR_INVALID);
    assert_null(url_decode_form("a=1&b=%0", 8, &e));
    assert_null(url_decode_form("%00=1", 5, &e));
    assert_null(url_decode_form("\xff=1", 3, &e));
    struct buf many;
    buf_init(&many, 100000);
    for (int i = 0; i < 1000; i++) {
        buf_puts(&many, "a=1&");
    }
    json_t *fields = url_decode_form(many.data, many.len, NULL);
    assert_int_equal(json_array_size(json_path(fields, "a")), 1000);
    json_decref(fields);
    buf_puts(&many, "b=1");
    assert_null(url_decode_form(many.data, many.len, &e));
    assert_int_equal(e.kind, ERR_TOO_LARGE);
    buf_fini(&many);
}

static bool is_in(const char *net, const char *ip)
{
    struct cidr c;
    struct err e = ERR_INIT;
    if (cidr_parse(net, &c, &e) == -1) {
        fail_msg("%s", e.message);
    }
    return cidr_contains(&c, ip);
}

static void networks_contain_their_addresses(void **state)
{
    assert_true(is_in("203.0.113.0/24", "203.0.113.255"));
    assert_false(is_in("203.0.113.0/24", "203.0.114.0"));
    assert_true(is_in("10.0.0.0/9", "10.127.255.255"));
    assert_false(is_in("10.0.0.0/9", "10.128.0.0"));
    assert_true(is_in("192.0.2.7", "192.0.2.7"));
    assert_false(is_in("192.0.2.7", "192.0.2.6"));
    assert_true(is_in("0.0.0.0/0", "8.8.8.8"));
    assert_false(is_in("0.0.0.0/0", "2001:db8::1"));
    assert_true(is_in("10.0.0.0/8", "::ffff:10.1.2.3"));
    assert_true(is_in("2001:db8::/33", "2001:db8:7fff::1"));
    assert_false(is_in("2001:db8::/33", "2001:db8:8000::1"));
    assert_true(is_in("::1", "::1"));
    assert_true(is_in("::/0", "1.2.3.4"));
    assert_false(is_in("10.0.0.0/8", "not an address"));
}

static void what_is_no_network_is_refused(void **state)
{
    static const char *const wrong[] = {
        "",
        "/8",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/8x",
        "10.0.0/8",
        "010.0.0.0/8",
        "::/129",
        "::1/0128",
        "example.com",
        "10.0.0.0/ 8",
        "fe80::1%lo",
        "1.2.3.4/99999999999",
        "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct cidr c;
        struct err e = ERR_INIT;
        if (cidr_parse(wrong[i], &c, &e) == 0) {
            fail_msg("\"%s\" was accepted", wrong[i]);
        }
        assert_int_equal(e.kind, ERR_INVALID);
    }
}

static void addresses_outside_the_public_internet_are_private(void **state)
{
    static const char *const all[] = {
        "0.0.0.0",
        "0.1.2.3",
        "10.2.3.4",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.9",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "::127.0.0.1",
        "64:ff9b::10.0.0.1",
        "64:ff9b:1::1",
        "100::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "2001::1",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "3fff::1",
        "5f00::1",
        "fe80::1%eth0",
        "localhost",
        "",
        "10.1",
        "1.2.3.4 ",
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (!ip_is_private(all[i])) {
            fail_msg("%s counts as public", all[i]);
        }
    }
}

static void addresses_of_the_public_internet_are_not_private(void **state)
{
    static const char *const all[] = {
        "1.1.1.1",         "8.8.8.8",         "9.255.255.255",   "11.0.0.0",
        "100.63.255.255",  "100.128.0.0",     "126.255.255.255", "128.0.0.1",
        "169.253.0.1",     "172.15.255.255",  "172.32.0.0",      "192.0.1.1",
        "192.167.255.255", "192.169.0.0",     "198.17.255.255",  "198.20.0.0",
        "203.0.114.1",     "223.255.255.255", "::ffff:8.8.8.8",  "64:ff9b::8.8.8.8",
        "2606:4700::1111", "2a00:1450::1",    "2002:808:808::1", "2001:200::1",
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (ip_is_private(all[i])) {
            fail_msg("%s counts as private", all[i]);
        }
    }
}

static void loopback_has_several_names(void **state)
{
    assert_true(ip_is_loopback("127.0.0.1"));
    assert_true(ip_is_loopback("127.9.9.9"));
    assert_true(ip_is_loopback("::1"));
    assert_true(ip_is_loopback("::ffff:127.0.0.1"));
    assert_true(ip_is_loopback("LocalHost"));
    assert_false(ip_is_loopback("10.0.0.1"));
    assert_false(ip_is_loopback("0.0.0.0"));
    assert_false(ip_is_loopback("localhost.example.com"));
    assert_false(ip_is_loopback(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_parts_of_a_url_are_found),
        cmocka_unit_test(ipv6_stands_in_brackets_and_has_one_spelling),
        cmocka_unit_test(what_could_be_read_in_two_ways_is_refused),
        cmocka_unit_test(hosts_and_urls_have_a_longest),
        cmocka_unit_test(encoding_leaves_only_unreserved_characters),
        cmocka_unit_test(decoding_reads_what_encoding_wrote),
        cmocka_unit_test(a_plus_is_a_space_in_forms_only),
        cmocka_unit_test(bad_escapes_and_nul_are_refused),
        cmocka_unit_test(a_form_is_made_of_an_objects_members),
        cmocka_unit_test(a_form_cannot_hold_objects),
        cmocka_unit_test(a_form_decodes_to_texts_and_lists),
        cmocka_unit_test(a_form_of_bad_bytes_or_too_many_fields_is_refused),
        cmocka_unit_test(networks_contain_their_addresses),
        cmocka_unit_test(what_is_no_network_is_refused),
        cmocka_unit_test(addresses_outside_the_public_internet_are_private),
        cmocka_unit_test(addresses_of_the_public_internet_are_not_private),
        cmocka_unit_test(loopback_has_several_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
