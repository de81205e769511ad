#pragma once

#include <stdbool.h>

#include "format/json.h"

/* Many calls as one, where the service has an operation for it: what waits for the limiter and asks
 * the same of different objects goes along with the first of them that gets its slot. Nothing is
 * delayed for it. The operation's table says how (`batch`):
 *
 *   use       the operation that takes many
 *   each      the field of one call that names its object (or a list of them); into: where the list
 *             of all goes
 *   same      fields that have to be equal, and go along; fixed: constants
 *   most      objects in one request at most
 *   answers   where what happened to each is told: at (a path), id, ok {field: value}, message (a
 *             field), gives {field: [list, and added, and removed]}; without it the answer's `into`
 *             lists those that were done
 *
 * Only for calls that may be repeated without harm. Loop thread. */
struct service_call;

/* Whether another that waits for the limiter would take this call along. */
bool batch_has_leader(const struct service_call *call);
/* The call has its slot and is about to be sent: takes along those that wait and fit. True: its
 * request is now that for many, and they follow it. */
bool batch_fold(struct service_call *call);
/* Ends the call and those that it took along, each with its part of the answer. */
void batch_finish(struct service_call *call, const json_t *output);
