#pragma once

#include "connection/connection_state.h"

/* Looking for an effect of unknown outcome, as the operation's `probe` says: list what is there,
 * and compare. Pure. */
struct probe;

/* Copies input. ERR_UNKNOWN where the operation has no probe, or the input lacks what would be
 * compared. NULL on error. */
struct probe *probe_new(const struct connection *c, const struct operation *op, const json_t *input,
                        int64_t since_us, struct err *e);
void probe_free(struct probe *p);
const struct operation *probe_operation(const struct probe *p); /* that lists; borrowed */
json_t *probe_input(const struct probe *p); /* of that operation; new reference */
/* The wall time before which the effect may still be on its way. */
int64_t probe_earliest_us(const struct probe *p);
/* The output that the effect would have been answered with, or json null where it is not in the
 * list. New reference. */
json_t *probe_find(const struct probe *p, const json_t *list_output);
