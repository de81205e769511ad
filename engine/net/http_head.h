#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "net/http_client.h"

/* The head of an HTTP message, without a library: what may be sent, and what an answer's head says.
 */
enum { HTTP_HEAD_BYTES_MAX = 64 << 10, HTTP_METHOD_MAX = 20, HTTP_NAME_MAX = 256 };

/* Splits an answer's head, status line included, in place: r's headers point into text afterwards,
 * names in lower case, values trimmed. Headers past HTTP_HEADERS_MAX are dropped, and so are lines
 * that are none. text[len] must be writable. */
void http_head_parse(char *text, size_t len, struct http_response *r);

/* Refuses what would break the framing of the request or smuggle a second one into it: a method or
 * a name that is no token, control characters, and the headers that belong to the connection. */
int http_head_check(const struct http_request *r, struct err *e); /* ERR_CONFIG */

/* A token of RFC 9110, 5.6.2, of 1 to max bytes: what methods and the names of headers are. */
bool http_is_token(const char *text, size_t max);

/* GET, HEAD, OPTIONS or TRACE: RFC 9110 calls them safe, sending one twice changes nothing. */
bool http_method_is_safe(const char *method);

/* Whether the server takes this request target: no broken escape, no NUL, no blank or control
 * character; in the path no escaped slash either, which would be one more level to whoever decodes
 * it first, and none to whoever does not. */
bool http_target_is_good(const char *uri);
/* Decodes the escapes in place; returns the length. Broken ones and %00 stay as they are. */
size_t http_target_decode(char *text);

/* What decides where a request ends and who is addressed. Start from {0}, note each header. */
struct http_framing {
    int hosts;
    int lengths; /* Content-Length and Transfer-Encoding together */
    bool is_odd; /* a name that is no token, or an encoding that is not understood */
};

void http_framing_note(struct http_framing *f, const char *name, const char *value);
/* What two parties could read in two ways is refused (RFC 9112, 3.2 and 6.3), so that a proxy in
 * front of us and we agree where a request ends. Why, or NULL where all is well. */
const char *http_framing_fault(const struct http_framing *f, bool needs_host);
