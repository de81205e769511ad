#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "connection/connection_state.h"
#include "format/json.h"
#include "net/http_client.h"

/* From an operation and its input to an HTTP request, all but the token. It owns its bytes. */
enum { REQUEST_HEADERS_MAX = 32, REQUEST_BODY_MAX = 4 << 20 };

struct request {
    char method[8];
    char *url;
    char *host;
    char *names[REQUEST_HEADERS_MAX];
    char *values[REQUEST_HEADERS_MAX];
    size_t header_count;
    char *body; /* NULL: none */
    size_t body_len;
    bool may_be_private;
    bool may_have_token; /* it goes to the host that the connection's token is for */
};

/* Puts in what the connection knows (fields with from_connection) and defaults, checks the input
 * against the schema and the operation's further rules, and brings dates into one form.
 * ERR_INVALID, names the operation. */
int request_check(const struct connection *c, const struct operation *op, json_t *input,
                  struct err *e);
/* Builds it of a checked input. key: sent where the operation names an idempotency_header; may
 * be NULL. ERR_INVALID, ERR_CONFIG, ERR_TOO_LARGE. */
int request_build(struct request *r, const struct connection *c, const struct operation *op,
                  const json_t *input, const char *key, struct err *e);
void request_fini(struct request *r);                               /* may be called twice */
bool request_has_header(const struct request *r, const char *name); /* in any case */
/* The header that the connection's token goes into, and the word before it ("" for none); both
 * borrowed. */
void request_token_header(const struct connection *c, const char **header, const char **scheme);
