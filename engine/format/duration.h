#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* "30s", "5 min", "2 days", "1h 30m", "500ms": a number (up to 3 decimals) and a unit (ms s sec
 * second(s) m min minute(s) h hour(s) d day(s) w week(s)), several parts allowed. At most 10 years.
 * A bare number is refused: its unit is unknown. Microseconds in *us; 0, or -1 and ERR_INVALID. */
int duration_parse(const char *text, size_t len, int64_t *us, struct err *e);
/* "2 days", "1 h 30 min", "500 ms": the two largest units. */
void duration_format(int64_t us, char *out, size_t size);
