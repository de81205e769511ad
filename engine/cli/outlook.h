#pragma once

#include "format/json.h"
#include "store/run.h"

/* What a run that has not ended well waits for, what is known, and what a person can do, from its
 * row and its steps. Adds to `v`, which is view_run with `steps`:
 *   waits    [{step, for, event, match, until}], for: "time", "event" or "retry"
 *   unknown  [{step, sent_at, input, error}]: calls of a parked run whose outcome nobody knows
 *   advice   [text], a line each; commands among them stand between backquotes */
void outlook_add(json_t *v, const struct run_row *row);
