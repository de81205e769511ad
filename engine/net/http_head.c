/*
 * HTTP heads as text: which requests the client may send at all, the headers of an answer split in
 * place, and what the server refuses in a request. No allocation, no library; the caller owns all
 * memory. Any thread.
 */
#include "net/http_head.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

enum {
    HEADER_BYTES_MAX = 16 << 10
}; /* of one header that we send; services refuse less than that */

static bool is_token_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

bool http_is_token(const char *text, size_t max)
{
    size_t len = 0;
    while (len <= max && is_token_char(text[len])) {
        len++;
    }
    return len > 0 && len <= max && text[len] == '\0';
}

static bool is_field_value(const char *text)
{
    size_t len = 0;
    for (; len <= HEADER_BYTES_MAX && text[len] != '\0'; len++) {
        unsigned char c = (unsigned char)text[len];
        if ((c < ' ' && c != '\t') || c == 127) {
            return false;
        }
    }
    return len <= HEADER_BYTES_MAX;
}

/* Set by the client itself; a second one would contradict it. */
static bool belongs_to_connection(const char *name)
{
    static const char *const names[] = { "connection", "content-length",    "expect",  "keep-alive",
                                         "te",         "transfer-encoding", "trailer", "upgrade" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcasecmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

static int check_header(const struct http_header *h, struct err *e)
{
    if (h->name == NULL || !http_is_token(h->name, HTTP_NAME_MAX)) {
        return err_set(e, ERR_CONFIG, "a header's name is not a token");
    }
    if (belongs_to_connection(h->name)) {
        return err_set(e, ERR_CONFIG, "header %s is set by the engine", h->name);
    }
    if (h->value == NULL || !is_field_value(h->value)) {
        return err_set(e, ERR_CONFIG, "header %s: the value is too long or has control characters",
                       h->name);
    }
    return 0;
}

int http_head_check(const struct http_request *r, struct err *e)
{
    if (r->method == NULL || !http_is_token(r->method, HTTP_METHOD_MAX)) {
        return err_set(e, ERR_CONFIG, "the method is not a token");
    }
    if (strcmp(r->method, "CONNECT") == 0 || (strcmp(r->method, "HEAD") == 0 && r->body != NULL)) {
        return err_set(e, ERR_CONFIG, "method %s cannot be sent like this", r->method);
    }
    if (r->header_count > HTTP_HEADERS_MAX) {
        return err_set(e, ERR_CONFIG, "more than %d headers", HTTP_HEADERS_MAX);
    }
    for (size_t i = 0; i < r->header_count; i++) {
        if (check_header(&r->headers[i], e) == -1) {
            return -1;
        }
    }
    return 0;
}

bool http_method_is_safe(const char *method)
{
    return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0 ||
           strcmp(method, "OPTIONS") == 0 || strcmp(method, "TRACE") == 0;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Takes one line, line[len] not included. A folded line (RFC 9112, 5.2) begins with a blank:
 * dropped. */
static void parse_line(char *line, size_t len, struct http_response *r)
{
    char *colon = memchr(line, ':', len);
    if (colon == NULL || colon == line || r->header_count == HTTP_HEADERS_MAX) {
        return;
    }
    for (char *c = line; c < colon; c++) {
        if (!is_token_char(*c)) {
            return;
        }
        *c = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
    }
    char *value = colon + 1;
    char *end = line + len;
    while (value < end && is_blank(*value)) {
        value++;
    }
    while (end > value && is_blank(end[-1])) {
        end--;
    }
    *colon = '\0';
    *end = '\0';
    r->headers[r->header_count++] = (struct http_header){ line, value };
}

void http_head_parse(char *text, size_t len, struct http_response *r)
{
    char *end = text + len;
    char *line = memchr(text, '\n', len); /* behind the status line */
    while (line != NULL && line + 1 < end) {
        char *start = line + 1;
        line = memchr(start, '\n', (size_t)(end - start));
        parse_line(start, (size_t)((line != NULL ? line : end) - start), r);
    }
}

const char *http_response_header(const struct http_response *r, const char *lower_name)
{
    for (size_t i = 0; i < r->header_count; i++) {
        if (strcmp(r->headers[i].name, lower_name) == 0) {
            return r->headers[i].value;
        }
    }
    return NULL;
}

/* --- requests that come in --- */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* The byte of the escape "%XX" at text, or -1. */
static int escaped_byte(const char *text)
{
    int high = hex_digit(text[1]);
    int low = high == -1 ? -1 : hex_digit(text[2]);
    return low == -1 ? -1 : high * 16 + low;
}

bool http_target_is_good(const char *uri)
{
    bool is_path = true;
    for (const char *c = uri; *c != '\0'; c++) {
        is_path = is_path && *c != '?';
        int byte = *c == '%' ? escaped_byte(c) : 1;
        if (byte <= 0 || (byte == '/' && is_path) || (*c > 0 && *c <= ' ') || *c == 127) {
            return false;
        }
    }
    return true;
}

size_t http_target_decode(char *text)
{
    char *out = text;
    for (const char *c = text; *c != '\0'; c++) {
        int byte = *c == '%' ? escaped_byte(c) : -1;
        *out++ = byte > 0 ? (char)byte : *c;
        c += byte > 0 ? 2 : 0;
    }
    *out = '\0';
    return (size_t)(out - text);
}

void http_framing_note(struct http_framing *f, const char *name, const char *value)
{
    f->is_odd = f->is_odd || !http_is_token(name, HTTP_NAME_MAX);
    if (strcasecmp(name, "host") == 0) {
        f->hosts++;
    } else if (strcasecmp(name, "content-length") == 0) {
        f->lengths++;
    } else if (strcasecmp(name, "transfer-encoding") == 0) {
        f->lengths++;
        f->is_odd = f->is_odd || value == NULL || strcasecmp(value, "chunked") != 0;
    }
}

const char *http_framing_fault(const struct http_framing *f, bool needs_host)
{
    if (f->is_odd) {
        return "a header's name or the transfer encoding is malformed";
    }
    if (f->lengths > 1) {
        return "the request has more than one length";
    }
    if (f->hosts > 1 || (f->hosts == 0 && needs_host)) {
        return "the request must have one Host header";
    }
    return NULL;
}
