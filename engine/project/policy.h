#pragma once

#include <stdint.h>

#include "project/check.h"

/* When a step that failed in a passing way is tried again.
 *   standard  8 tries, 5 s, 15 s, 45 s … at most 30 min apart: about an hour in all
 *   patient   32 tries, 30 s … at most 6 h apart: about three days, at most six
 *   once      1 try
 * Each delay is drawn evenly between zero and its full length (full jitter), so that many runs that
 * fail together do not come back together. */

/* The policy of a `retry:` node, a name or {tries, first, longest, factor, jitter, for}; NULL y:
 * the standard one. {tries, first_us, longest_us, factor, jitter, kinds?}; yours, or NULL. */
json_t *policy_read(struct diags *d, const struct yaml *y);

/* A duration between two limits in microseconds; 0 with the error recorded. */
int64_t policy_duration(struct diags *d, const struct yaml *y, const char *what, int64_t min_us,
                        int64_t max_us);
