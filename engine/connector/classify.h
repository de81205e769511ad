#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "connector/connector.h"
#include "net/http_client.h"

/* What an answer means. The connector's rules come first, then the status alone. */
enum { ANSWER_MAX = 2048 };

/* Fills `e` with the kind, the status and what the service says, for an answer that is not 2xx.
 * body is the answer's body as JSON, or NULL where it is none. `op` may be NULL (the token
 * endpoint). Secrets are removed from the message. */
void classify(const struct connector *c, const struct operation *op,
              const struct http_response *res, const json_t *body, struct err *e);

/* What the service says went wrong: `message` as text, list or object, else `error`, else
 * `detail`, else the text itself; bounded. Yours. */
char *classify_message(const struct http_response *res, const json_t *body);

/* The first ANSWER_MAX bytes of a body as text, whole characters, with secrets removed; NULL for
 * none. Yours. */
char *classify_answer(const struct http_response *res);
