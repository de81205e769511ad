#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "format/json.h"

/* URLs of http and https (RFC 3986), bounded and checked: no user info, no control characters. */
enum { URL_MAX = 8192, URL_HOST_MAX = 255 };

struct url {
    bool is_tls;
    char host[URL_HOST_MAX + 1]; /* lower case; an IPv6 address without its brackets */
    int port;                    /* the scheme's where none is given */
    char *path;                  /* begins with "/", query and fragment not included; owned */
    char *query;                 /* without "?", or NULL; owned */
};

int url_parse(const char *text, size_t len, struct url *out, struct err *e);
void url_fini(struct url *u);
/* Percent-encodes everything but unreserved characters, once. */
int url_encode(struct buf *out, const char *text, size_t len);
/* Decodes %XX (and "+" where is_form); NUL and bad escapes are ERR_INVALID. */
int url_decode(struct buf *out, const char *text, size_t len, bool is_form, struct err *e);
/* "a=1&b=2" of an object's members; arrays repeat the key, null is left out, objects are
 * refused. */
int url_encode_form(struct buf *out, const json_t *fields, struct err *e);
/* An object of texts; a key that comes again makes a list. At most 1,000 fields. Yours, or NULL. */
json_t *url_decode_form(const char *text, size_t len, struct err *e);

/* Networks, "203.0.113.0/24", "::1". */
struct cidr {
    uint8_t addr[16]; /* IPv4 as ::ffff:a.b.c.d */
    int bits;         /* 0 … 128 */
};
int cidr_parse(const char *text, struct cidr *out, struct err *e);
bool cidr_contains(const struct cidr *c, const char *ip);
/* "127.0.0.1", "10.2.3.4", "fe80::1", "::ffff:10.0.0.1" … : not an address of the public internet
 * (RFC 6890). True also for text that is no address. */
bool ip_is_private(const char *ip);
bool ip_is_loopback(const char *ip); /* also the name "localhost" */
