#pragma once

#include "run/effect.h"

/* Looks for an effect of unknown outcome until it is known, or a person must decide (promise P4).
 *
 * It is looked for after the operation's `grace_ms`, twice that, four times … and at last once its
 * effect must have come to show: `lag_ms` of the connector (`lag` of the connection) after it was
 * sent, or the call's own time-out where that is longer. Between two looks the run waits as a row;
 * what decides when the next one is due is the time at which the call was sent, so a restart goes on
 * with them. Each look stands in the error of the effect's row, as `looks`.
 *
 *   found     the effect is done, with what was found as its output
 *   absent    after the last look: the call failed, and is made again by the step's policy
 *   else      the run is parked: there are several that it may be, or one that may be it in a form
 *             that the connector does not tell, or the service does not let us look
 *
 * Loop thread. */

/* A call ended as unknown just now. False: it cannot be looked for. */
bool looks_plan(struct effect *fx);
/* A later attempt finds it in the journal. Ends in effect_succeed, effect_fail or effect_send. */
void looks_begin(struct effect *fx, const struct journal_row *row);
void looks_cancel(struct effect *fx);
/* The effect is known to have made this: others that look will not take it. In the row that is DONE,
 * and in memory until that is stored. */
void looks_note_made(struct effect *fx, struct journal_row *row, const json_t *output);
