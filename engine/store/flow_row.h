#pragma once

#include "store/store.h"

/* Authorisations that are under way. Each is a sealed value among the secrets (secret_row.h), under
 * FLOW_PREFIX and a digest of its state, so that `ladle key rotate` re-wraps it with the others; it
 * is read with secret_get and listed with secret_list. */
#define FLOW_PREFIX  "flow:"
#define FLOW_KEEP_US (INT64_C(24) * 3600 * 1000000) /* after its last change */

/* Writes one, in place of exactly the bytes that were read before: so of two who take the same flow
 * one wins. ERR_CONFLICT where the row holds others, or is gone; for a new one, where it is there.
 * A new one also removes those that are older than FLOW_KEEP_US. */
struct flow_put {
    struct store_op op;
    char *name;      /* owned */
    uint8_t *before; /* owned; NULL: the flow is new */
    size_t before_len;
    uint8_t *sealed; /* owned */
    size_t len;
};
struct flow_put *flow_put_new(const char *name, uint8_t *sealed_taken, size_t len);
void flow_put_free(struct flow_put *p); /* NULL is allowed */
