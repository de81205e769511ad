#pragma once

#include <stddef.h>

#include "base/err.h"
#include "net/http_client.h"

/* The head of an HTTP message, without a library: what may be sent, and what an answer's head says. */
enum { HTTP_HEAD_BYTES_MAX = 64 << 10, HTTP_METHOD_MAX = 20 };

/* Splits an answer's head, status line included, in place: r's headers point into text afterwards,
 * names in lower case, values trimmed. Headers past HTTP_HEADERS_MAX are dropped, and so are lines
 * that are none. text[len] must be writable. */
void http_head_parse(char *text, size_t len, struct http_response *r);

/* Refuses what would break the framing of the request or smuggle a second one into it: a method or a
 * name that is no token, control characters, and the headers that belong to the connection. */
int http_head_check(const struct http_request *r, struct err *e); /* ERR_CONFIG */

/* GET, HEAD, OPTIONS or TRACE: RFC 9110 calls them safe, sending one twice changes nothing. */
_Bool http_method_is_safe(const char *method);
