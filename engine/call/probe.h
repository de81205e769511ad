#pragma once

#include "connection/connection_state.h"

/* Looking for an effect of unknown outcome, as the operation's `probe` says: list what is there,
 * and tell the effect by a mark that was sent with it, or compare. Pure. */
struct probe;

/* The mark of an effect, from a text that names it and no other (as long as the service keeps it, so
 * in every try the same). Yours; NULL where the operation has no room for one, or this input. */
char *probe_mark(const struct operation *op, const json_t *input, const char *effect);
/* Puts the mark into an input that probe_mark was asked about. */
void probe_put_mark(const struct operation *op, json_t *input, const char *mark);
/* Whether this input has it. */
bool probe_has_mark(const struct operation *op, const json_t *input, const char *mark);

/* Copies input. mark: the effect was sent with it; NULL: without one. ERR_UNKNOWN where the operation
 * has no probe, or the input lacks what would be compared. NULL on error. */
struct probe *probe_new(const struct connection *c, const struct operation *op, const json_t *input,
                        int64_t since_us, const char *mark, struct err *e);
void probe_free(struct probe *p);
const struct operation *probe_operation(const struct probe *p); /* that lists; borrowed */
json_t *probe_input(const struct probe *p); /* of that operation; new reference */
/* What the list has, a new reference:
 *
 *   fits   the items that are the effect, or equal to it: {id, output: as if it had been answered}
 *   near   the ids of items that were made since the call and are not equal: one may be the effect in
 *          a form that the connector does not tell; never with a mark
 *   is_cut there may be more items than the list has */
json_t *probe_read(const struct probe *p, const json_t *list_output);

/* The id of what an effect made, by its output; yours, NULL where there is none. */
char *probe_made_id(const struct operation *op, const json_t *output);
/* How long after the call it is looked for at the earliest. */
int64_t probe_first_us(const struct operation *op);
