#pragma once

#include "connection/connection_state.h"

/* What a call gives back for an answer. 0: *output is a new reference. -1: classified error;
 * ERR_PROTOCOL where a 2xx answer makes no sense. host stands in the output of records that were
 * sent somewhere. */
int answer_read(const struct connection *c, const struct operation *op, const char *host,
                const struct http_response *res, json_t **output, struct err *e);
