#pragma once

#include "format/json.h"
#include "store/run.h"

/* What a journal row says of errors, in its `error`: {kind, message, status?, detail?, answer?} of
 * the last try, and `tries`, the failed ones before it, oldest first: {kind, message, at, …}. A row
 * that is DONE has only `tries`; with one try it has none of this. At most the last TRIES_MAX are
 * kept, their messages cut to TRIES_MESSAGE bytes. */
enum { TRIES_MAX = 20, TRIES_MESSAGE = 300 };

/* The `detail` of an error that is no failed try, and is not kept: nothing was sent yet, or an effect was
 * looked for (its looks stand in `looks` of the error of the call itself: {at, found}). */
#define TRIES_TURN "turn"
#define TRIES_LOOK "look"

/* The failed tries that the row tells of, its own error the last; NULL: none. Yours. */
json_t *tries_of(const struct journal_row *row);
/* The `error` of that row once it is DONE: JSON text, yours; NULL: it had no failed try. `kind` is
 * of an end that is no success, or NULL. */
char *tries_of_done(const struct journal_row *row, const char *kind);
