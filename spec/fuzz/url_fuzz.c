/* URLs, forms, escapes and networks. The first line is read as a URL, as a form and as text to be
 * escaped; the second as a network, the third as an address. A URL that we take must mean the same
 * host and port to curl, which sends the request: where two programs read one URL differently, it
 * goes to another host than the one that was checked. */
#include "fuzz.h"

#include <arpa/inet.h>

#include <curl/curl.h>

#include "format/url.h"

static char *curl_part(CURLU *u, CURLUPart what)
{
    char *part = NULL;
    FUZZ_CHECK(curl_url_get(u, what, &part, CURLU_DEFAULT_PORT) == CURLUE_OK);
    return part;
}

static bool is_same_host(const char *ours, const char *theirs)
{
    size_t len = strlen(theirs);
    if (theirs[0] != '[') {
        return strcasecmp(ours, theirs) == 0;
    }
    struct in6_addr a, b;
    char *inner = xstrndup(theirs + 1, len - 2);
    bool is_same = inet_pton(AF_INET6, ours, &a) == 1 && inet_pton(AF_INET6, inner, &b) == 1 &&
                   memcmp(&a, &b, sizeof a) == 0;
    free(inner);
    return is_same;
}

static void check_with_curl(const char *text, const struct url *ours)
{
    CURLU *u = curl_url();
    if (curl_url_set(u, CURLUPART_URL, text, 0) == CURLUE_OK) {
        char *host = curl_part(u, CURLUPART_HOST);
        char *port = curl_part(u, CURLUPART_PORT);
        char *scheme = curl_part(u, CURLUPART_SCHEME);
        FUZZ_CHECK(is_same_host(ours->host, host));
        FUZZ_CHECK(strtol(port, NULL, 10) == ours->port);
        FUZZ_CHECK(ours->is_tls == (strcmp(scheme, "https") == 0));
        curl_free(host);
        curl_free(port);
        curl_free(scheme);
    }
    curl_url_cleanup(u);
}

static void check_url(const char *text)
{
    struct err e = ERR_INIT;
    struct url u;
    if (url_parse(text, strlen(text), &u, &e) == -1) {
        FUZZ_CHECK(e.kind == ERR_INVALID || e.kind == ERR_TOO_LARGE);
        return;
    }
    FUZZ_CHECK(u.path[0] == '/' && u.port >= 1 && u.port <= 65535 && u.host[0] != '\0');
    FUZZ_CHECK(strpbrk(u.host, "@/?#\\ \t\r\n") == NULL);
    check_with_curl(text, &u);
    url_fini(&u);
}

/* What is escaped is told again. */
static void check_escapes(const char *text, size_t len)
{
    struct err e = ERR_INIT;
    struct buf coded, plain;
    buf_init(&coded, 1 << 20);
    buf_init(&plain, 1 << 20);
    FUZZ_CHECK(url_encode(&coded, text, len) == 0);
    FUZZ_CHECK(url_decode(&plain, buf_text(&coded), coded.len, false, &e) == 0);
    FUZZ_CHECK(plain.len == len && memcmp(buf_text(&plain), text, len) == 0);
    buf_clear(&plain);
    (void)url_decode(&plain, text, len, true, &e); /* may be refused */
    buf_fini(&coded);
    buf_fini(&plain);
}

/* A form gives the same fields after it was written again. */
static void check_form(const char *text, size_t len)
{
    struct err e = ERR_INIT;
    struct buf again;
    buf_init(&again, 4 << 20);
    json_t *fields = url_decode_form(text, len, &e);
    if (fields != NULL) {
        FUZZ_CHECK(url_encode_form(&again, fields, &e) == 0);
        json_t *second = url_decode_form(buf_text(&again), again.len, &e);
        FUZZ_CHECK(second != NULL && json_equal(fields, second));
        json_decref(second);
    }
    json_decref(fields);
    buf_fini(&again);
}

static void check_network(const char *network, const char *ip)
{
    struct err e = ERR_INIT;
    struct cidr c;
    char one[80];
    unsigned char bytes[16];
    (void)ip_is_loopback(ip); /* any text is fine */
    bool is_private = ip_is_private(ip);
    bool is_address = inet_pton(AF_INET, ip, bytes) == 1 || inet_pton(AF_INET6, ip, bytes) == 1;
    FUZZ_CHECK(is_address || is_private);
    if (cidr_parse(network, &c, &e) == 0) {
        FUZZ_CHECK(c.bits >= 0 && c.bits <= 128);
        FUZZ_CHECK(is_address || !cidr_contains(&c, ip));
    }
    if (is_address && strlen(ip) < sizeof one) {
        FUZZ_CHECK(cidr_parse(ip, &c, &e) == 0 && cidr_contains(&c, ip));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = fuzz_input(data, size);
    char *text = fuzz_line(&in);
    char *network = fuzz_line(&in);
    char *ip = fuzz_line(&in);
    if (strlen(text) <= 64 << 10) {
        check_url(text);
        check_escapes(text, strlen(text));
        check_form(text, strlen(text));
    }
    check_network(network, ip);
    free(text);
    free(network);
    free(ip);
    return 0;
}
