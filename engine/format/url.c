/*
 * Reads URLs, encodes their parts, and judges the addresses that they lead to. The parser is strict
 * on purpose: where two programs read one URL differently, a request ends at another host than the
 * one that was checked. So there is no user info, no backslash, no number that is an address in
 * disguise, and a host is compared in one spelling only. Pure; any thread.
 */
#include "format/url.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/ascii.h"
#include "base/mem.h"

enum { PORT_HTTP = 80, PORT_HTTPS = 443, PORT_MAX = 65535, LABEL_MAX = 63, FORM_FIELDS_MAX = 1000 };

/* --- character classes --- */

static bool is_unreserved(char c)
{
    return ascii_is_alpha(c) || ascii_is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

/* What RFC 3986 allows unescaped in a query; a path has all of it but the question mark. */
static bool is_query_char(char c)
{
    return is_unreserved(c) || (c != '\0' && strchr("!$&'()*+,;=:@/?", c) != NULL);
}

/* The byte that the escape at text stands for, or -1. */
static int escape_value(const char *text, size_t len)
{
    if (len < 3 || text[0] != '%') {
        return -1;
    }
    int high = ascii_hex_value(text[1]);
    int low = ascii_hex_value(text[2]);
    return high == -1 || low == -1 ? -1 : high * 16 + low;
}

/* --- parsing --- */

struct part {
    const char *at;
    size_t len;
};

static int refuse_url(struct err *e, const char *why)
{
    return err_set(e, ERR_INVALID, "not a usable URL: %s", why);
}

static bool begins_with(struct part text, const char *word)
{
    size_t len = strlen(word);
    return text.len >= len && strncasecmp(text.at, word, len) == 0;
}

static int take_scheme(struct part *rest, struct url *out, struct err *e)
{
    static const char http[] = "http://";
    static const char https[] = "https://";
    out->is_tls = begins_with(*rest, https);
    if (!out->is_tls && !begins_with(*rest, http)) {
        return refuse_url(e, "it must begin with https:// or http://");
    }
    size_t n = strlen(out->is_tls ? https : http);
    rest->at += n;
    rest->len -= n;
    out->port = out->is_tls ? PORT_HTTPS : PORT_HTTP;
    return 0;
}

/* Digits only, 1 … 65535. */
static int parse_port(struct part text, struct url *out, struct err *e)
{
    int port = 0;
    if (text.len == 0 || text.len > 5) {
        return refuse_url(e, "the port is not a number from 1 to 65535");
    }
    for (size_t i = 0; i < text.len; i++) {
        if (!ascii_is_digit(text.at[i])) {
            return refuse_url(e, "the port is not a number from 1 to 65535");
        }
        port = port * 10 + (text.at[i] - '0');
    }
    if (port < 1 || port > PORT_MAX) {
        return refuse_url(e, "the port is not a number from 1 to 65535");
    }
    out->port = port;
    return 0;
}

static int parse_ipv6(struct part text, struct url *out, struct err *e)
{
    char copy[INET6_ADDRSTRLEN];
    struct in6_addr addr;
    if (text.len >= sizeof copy || memchr(text.at, '\0', text.len) != NULL) {
        return refuse_url(e, "what stands in brackets is not an IPv6 address");
    }
    memcpy(copy, text.at, text.len);
    copy[text.len] = '\0';
    if (inet_pton(AF_INET6, copy, &addr) != 1 ||
        inet_ntop(AF_INET6, &addr, out->host, sizeof out->host) == NULL) {
        return refuse_url(e, "what stands in brackets is not an IPv6 address");
    }
    return 0;
}

/* Whether curl or a resolver could take the name for an address: "127.1", "2130706433",
 * "0x7f.1". */
static bool ends_in_number(const char *host)
{
    const char *dot = strrchr(host, '.');
    const char *last = dot != NULL ? dot + 1 : host;
    if (last[0] == '0' && last[1] == 'x') {
        return last[2 + strspn(last + 2, "0123456789abcdef")] == '\0';
    }
    return last[strspn(last, "0123456789")] == '\0';
}

static int parse_name(struct part text, struct url *out, struct err *e)
{
    size_t label = 0;
    if (text.len == 0 || text.len > URL_HOST_MAX) {
        return refuse_url(e, "the host is missing or too long");
    }
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c == '.' && label == 0) {
            return refuse_url(e, "the host has an empty part");
        }
        label = c == '.' ? 0 : label + 1;
        if (label > LABEL_MAX) {
            return refuse_url(e, "a part of the host is longer than 63 characters");
        }
        if (!ascii_is_alpha(c) && !ascii_is_digit(c) && c != '-' && c != '.' && c != '_') {
            return refuse_url(e, c == '@'
                                     ? "it may not hold a user name or password"
                                     : "the host holds a character that host names do not have");
        }
        out->host[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    out->host[text.len] = '\0';
    if (label == 0) {
        return refuse_url(e, "the host ends with a dot");
    }
    struct in_addr addr;
    if (ends_in_number(out->host) && inet_pton(AF_INET, out->host, &addr) != 1) {
        return refuse_url(e, "the host is a number but not an IPv4 address such as 192.0.2.1");
    }
    return 0;
}

/* "host", "host:port", "[::1]:port". */
static int parse_authority(struct part text, struct url *out, struct err *e)
{
    if (text.len > 0 && text.at[0] == '[') {
        const char *close = memchr(text.at, ']', text.len);
        if (close == NULL) {
            return refuse_url(e, "a bracket is not closed");
        }
        size_t n = (size_t)(close - text.at) + 1;
        if (parse_ipv6((struct part){ text.at + 1, n - 2 }, out, e) == -1) {
            return -1;
        }
        if (n == text.len) {
            return 0;
        }
        if (text.at[n] != ':') {
            return refuse_url(e, "there is something else than a port behind the brackets");
        }
        return parse_port((struct part){ text.at + n + 1, text.len - n - 1 }, out, e);
    }
    if (memchr(text.at, '@', text.len) != NULL) {
        return refuse_url(e, "it may not hold a user name or password");
    }
    const char *colon = memchr(text.at, ':', text.len);
    size_t n = colon != NULL ? (size_t)(colon - text.at) : text.len;
    if (parse_name((struct part){ text.at, n }, out, e) == -1) {
        return -1;
    }
    return colon == NULL ? 0 : parse_port((struct part){ colon + 1, text.len - n - 1 }, out, e);
}

static int check_chars(struct part text, struct err *e)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '%') {
            if (escape_value(text.at + i, text.len - i) == -1) {
                return refuse_url(e, "a % is not followed by two hexadecimal digits");
            }
            i += 2;
        } else if (!is_query_char(text.at[i])) {
            return refuse_url(e, "it holds a character that must be percent-encoded");
        }
    }
    return 0;
}

/* The bytes up to the first of `stops`, cut off the front of rest. */
static struct part take_until(struct part *rest, const char *stops)
{
    size_t n = 0;
    while (n < rest->len && (rest->at[n] == '\0' || strchr(stops, rest->at[n]) == NULL)) {
        n++;
    }
    struct part out = { rest->at, n };
    rest->at += n;
    rest->len -= n;
    return out;
}

static int parse_tail(struct part rest, struct url *out, struct err *e)
{
    struct part path = take_until(&rest, "?#");
    struct part query = { NULL, 0 };
    if (rest.len > 0 && rest.at[0] == '?') {
        query = take_until(&rest, "#");
        query.at++;
        query.len--;
    }
    struct part fragment = { rest.at, 0 };
    if (rest.len > 0) {
        fragment = (struct part){ rest.at + 1, rest.len - 1 };
    }
    if (check_chars(path, e) == -1 || (query.at != NULL && check_chars(query, e) == -1) ||
        check_chars(fragment, e) == -1) {
        return -1;
    }
    out->path = path.len > 0 ? xstrndup(path.at, path.len) : xstrdup("/");
    out->query = query.at != NULL ? xstrndup(query.at, query.len) : NULL;
    return 0;
}

int url_parse(const char *text, size_t len, struct url *out, struct err *e)
{
    *out = (struct url){ .path = NULL };
    if (len > URL_MAX) {
        return err_set(e, ERR_TOO_LARGE, "a URL is longer than %d bytes", URL_MAX);
    }
    struct part rest = { text, len };
    if (take_scheme(&rest, out, e) == -1) {
        return -1;
    }
    struct part authority = take_until(&rest, "/?#");
    if (parse_authority(authority, out, e) == -1) {
        return -1;
    }
    return parse_tail(rest, out, e);
}

void url_fini(struct url *u)
{
    free(u->path);
    free(u->query);
    u->path = u->query = NULL;
}

/* --- encoding --- */

int url_encode(struct buf *out, const char *text, size_t len)
{
    int rc = 0;
    for (size_t i = 0; i < len && rc == 0; i++) {
        rc = is_unreserved(text[i]) ? buf_putc(out, text[i])
                                    : buf_printf(out, "%%%02X", (unsigned char)text[i]);
    }
    return rc;
}

int url_decode(struct buf *out, const char *text, size_t len, bool is_form, struct err *e)
{
    for (size_t i = 0; i < len; i++) {
        int c = (unsigned char)text[i];
        if (c == '%') {
            c = escape_value(text + i, len - i);
            if (c == -1) {
                return err_set(e, ERR_INVALID, "a %% is not followed by two hexadecimal digits");
            }
            i += 2;
        } else if (c == '+' && is_form) {
            c = ' ';
        }
        if (c == 0) {
            return err_set(e, ERR_INVALID, "an encoded text holds the character NUL");
        }
        if (buf_putc(out, (char)c) == -1) {
            return err_set(e, ERR_TOO_LARGE, "a decoded text is longer than %zu bytes", out->max);
        }
    }
    return 0;
}

/* The text of a scalar in `scratch`; -1 for objects and lists. */
static int scalar_text(struct buf *scratch, const json_t *v)
{
    buf_clear(scratch);
    if (json_is_string(v)) {
        return buf_append(scratch, json_string_value(v), json_string_length(v));
    }
    return json_is_object(v) || json_is_array(v) ? -1 : json_append(scratch, v);
}

static int encode_field(struct buf *out, const char *key, const json_t *v, struct err *e)
{
    if (json_is_null(v)) {
        return 0;
    }
    struct buf scratch;
    buf_init(&scratch, out->max);
    int rc = scalar_text(&scratch, v);
    if (rc == -1) {
        buf_fini(&scratch);
        return err_set(e, ERR_INVALID, "the form field %.100s is not a text, number or boolean",
                       key);
    }
    if (out->len > 0) {
        (void)buf_putc(out, '&'); /* a full buffer stays full: the last call tells */
    }
    (void)url_encode(out, key, strlen(key));
    (void)buf_putc(out, '=');
    (void)url_encode(out, buf_text(&scratch), scratch.len);
    buf_fini(&scratch);
    return out->is_full ? err_set(e, ERR_TOO_LARGE, "a form is longer than %zu bytes", out->max)
                        : 0;
}

int url_encode_form(struct buf *out, const json_t *fields, struct err *e)
{
    if (!json_is_object(fields)) {
        return err_set(e, ERR_INVALID, "form fields are not an object");
    }
    json_t *walked = (json_t *)(uintptr_t)fields; /* jansson's iterators want it so */
    for (void *it = json_object_iter(walked); it != NULL; it = json_object_iter_next(walked, it)) {
        const char *key = json_object_iter_key(it);
        const json_t *v = json_object_iter_value(it);
        size_t count = json_is_array(v) ? json_array_size(v) : 1;
        for (size_t i = 0; i < count; i++) {
            if (encode_field(out, key, json_is_array(v) ? json_array_get(v, i) : v, e) == -1) {
                return -1;
            }
        }
    }
    return 0;
}

/* Decodes into a text of its own; NULL and an error where it is not UTF-8. */
static json_t *decode_text(struct part text, struct err *e)
{
    struct buf out;
    buf_init(&out, text.len);
    json_t *v = NULL;
    if (url_decode(&out, text.at, text.len, true, e) == 0) {
        v = json_stringn(buf_text(&out), out.len);
        if (v == NULL) {
            err_set(e, ERR_INVALID, "a form field is not UTF-8");
        }
    }
    buf_fini(&out);
    return v;
}

/* Sets the field, or appends to it where it is there already. Takes value; 0 or -1. */
static int add_field(json_t *fields, const char *key, json_t *value)
{
    json_t *old = json_object_get(fields, key);
    if (old == NULL) {
        return json_object_set_new(fields, key, value);
    }
    if (json_is_array(old)) {
        return json_array_append_new(old, value);
    }
    json_t *list = json_array();
    int rc = json_array_append(list, old);
    rc |= json_array_append_new(list, value);
    rc |= json_object_set_new(fields, key, list);
    return rc == 0 ? 0 : -1;
}

static int decode_field(json_t *fields, struct part pair, struct err *e)
{
    struct part rest = pair;
    struct part name = take_until(&rest, "=");
    struct part text = rest.len > 0 ? (struct part){ rest.at + 1, rest.len - 1 } : rest;
    json_t *key = decode_text(name, e);
    json_t *value = key != NULL ? decode_text(text, e) : NULL;
    int rc = -1;
    if (value != NULL) {
        rc = add_field(fields, json_string_value(key), value);
    }
    json_decref(key);
    return rc;
}

json_t *url_decode_form(const char *text, size_t len, struct err *e)
{
    json_t *fields = json_object();
    struct part rest = { text, len };
    int count = 0;
    while (rest.len > 0) {
        struct part pair = take_until(&rest, "&");
        if (rest.len > 0) {
            rest.at++;
            rest.len--;
        }
        if (pair.len == 0) {
            continue;
        }
        if (++count > FORM_FIELDS_MAX) {
            err_set(e, ERR_TOO_LARGE, "a form has more than %d fields", FORM_FIELDS_MAX);
            json_decref(fields);
            return NULL;
        }
        if (decode_field(fields, pair, e) == -1) {
            json_decref(fields);
            return NULL;
        }
    }
    return fields;
}

/* --- addresses --- */

static const uint8_t v4_prefix[16] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

/* Any address as 16 bytes, IPv4 mapped into IPv6; 0 or -1. */
static int parse_ip(const char *text, uint8_t out[16])
{
    if (inet_pton(AF_INET, text, out + 12) == 1) {
        memcpy(out, v4_prefix, 12);
        return 0;
    }
    return inet_pton(AF_INET6, text, out) == 1 ? 0 : -1;
}

static bool has_prefix(const uint8_t addr[16], const uint8_t prefix[16], int bits)
{
    size_t bytes = (size_t)bits / 8;
    if (memcmp(addr, prefix, bytes) != 0) {
        return false;
    }
    int left = bits % 8;
    return left == 0 || (addr[bytes] ^ prefix[bytes]) >> (8 - left) == 0;
}

int cidr_parse(const char *text, struct cidr *out, struct err *e)
{
    char addr[INET6_ADDRSTRLEN];
    size_t len = strcspn(text, "/");
    struct cidr net = { .bits = 128 };
    if (len >= sizeof addr) {
        return err_set(e, ERR_INVALID, "\"%.60s\" is not an IP address or network", text);
    }
    memcpy(addr, text, len);
    addr[len] = '\0';
    if (parse_ip(addr, net.addr) == -1) {
        return err_set(e, ERR_INVALID, "\"%.60s\" is not an IP address or network", text);
    }
    if (text[len] == '/') {
        const char *digits = text + len + 1;
        int max = strchr(addr, ':') == NULL ? 32 : 128;
        int bits = 0;
        size_t n = strspn(digits, "0123456789");
        for (size_t i = 0; i < n && i < 4; i++) {
            bits = bits * 10 + (digits[i] - '0');
        }
        if (n == 0 || n > 3 || digits[n] != '\0' || bits > max) {
            return err_set(e, ERR_INVALID, "\"%.60s\": the part after / is a number from 0 to %d",
                           text, max);
        }
        net.bits = bits + (128 - max);
    }
    *out = net;
    return 0;
}

bool cidr_contains(const struct cidr *c, const char *ip)
{
    uint8_t addr[16];
    return parse_ip(ip, addr) == 0 && has_prefix(addr, c->addr, c->bits);
}

/* The special-purpose blocks of IPv4 that are not globally reachable (RFC 6890 and its
 * registry). */
static const struct {
    uint8_t addr[4];
    int bits;
} v4_special[] = {
    { { 0, 0, 0, 0 }, 8 },      { { 10, 0, 0, 0 }, 8 },     { { 100, 64, 0, 0 }, 10 },
    { { 127, 0, 0, 0 }, 8 },    { { 169, 254, 0, 0 }, 16 }, { { 172, 16, 0, 0 }, 12 },
    { { 192, 0, 0, 0 }, 24 },   { { 192, 0, 2, 0 }, 24 },   { { 192, 88, 99, 0 }, 24 },
    { { 192, 168, 0, 0 }, 16 }, { { 198, 18, 0, 0 }, 15 },  { { 198, 51, 100, 0 }, 24 },
    { { 203, 0, 113, 0 }, 24 }, { { 224, 0, 0, 0 }, 4 },    { { 240, 0, 0, 0 }, 4 },
};

static bool is_special_v4(const uint8_t addr[4])
{
    uint8_t whole[16] = { 0 };
    memcpy(whole, addr, 4);
    for (size_t i = 0; i < sizeof v4_special / sizeof v4_special[0]; i++) {
        uint8_t prefix[16] = { 0 };
        memcpy(prefix, v4_special[i].addr, 4);
        if (has_prefix(whole, prefix, v4_special[i].bits)) {
            return true;
        }
    }
    return false;
}

bool ip_is_private(const char *ip)
{
    static const uint8_t nat64[16] = { 0x00, 0x64, 0xff, 0x9b };
    static const uint8_t six_to_four[16] = { 0x20, 0x02 };
    static const uint8_t global[16] = { 0x20 };          /* 2000::/3, all that is assigned */
    static const uint8_t protocols[16] = { 0x20, 0x01 }; /* 2001::/23, Teredo among them */
    static const uint8_t examples[16] = { 0x20, 0x01, 0x0d, 0xb8 };
    static const uint8_t more_examples[16] = { 0x3f, 0xff }; /* 3fff::/20, RFC 9637 */
    uint8_t addr[16];
    if (parse_ip(ip, addr) == -1) {
        return true;
    }
    if (has_prefix(addr, v4_prefix, 96) || has_prefix(addr, nat64, 96)) {
        return is_special_v4(addr + 12);
    }
    if (has_prefix(addr, six_to_four, 16)) {
        return is_special_v4(addr + 2);
    }
    return !has_prefix(addr, global, 3) || has_prefix(addr, protocols, 23) ||
           has_prefix(addr, examples, 32) || has_prefix(addr, more_examples, 20);
}

bool ip_is_loopback(const char *ip)
{
    static const uint8_t v6[16] = { [15] = 1 };
    static const uint8_t v4[16] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127 };
    uint8_t addr[16];
    if (strcasecmp(ip, "localhost") == 0) {
        return true;
    }
    return parse_ip(ip, addr) == 0 && (has_prefix(addr, v6, 128) || has_prefix(addr, v4, 104));
}
