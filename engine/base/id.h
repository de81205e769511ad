#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* UUIDv7 (RFC 9562, 5.7; 12 bits of rand_a as a counter within the millisecond, method 1), so ids
 * made by one process sort in the order they were made. */
enum { ID_BYTES = 16, ID_TEXT = 36, ID_SHORT = 12 };

struct id {
    uint8_t bytes[ID_BYTES];
};

struct id id_new(void);
/* All further ids sort after this one, whatever the clock says. */
void id_continue(const struct id *last);
/* By how much ids are ahead of the clock; 0 in ordinary life. */
int64_t id_ahead_us(void);
bool id_is_zero(const struct id *id);
int id_cmp(const struct id *a, const struct id *b); /* <0, 0, >0 in order of time */
void id_format(const struct id *id, char out[ID_TEXT + 1]);
/* The end of the same: 48 random bits, enough to name it in one store. */
void id_format_short(const struct id *id, char out[ID_SHORT + 1]);
/* Accepts exactly 36 characters, any case; 0 or -1. */
int id_parse(const char *text, size_t len, struct id *out);
int64_t id_time_ms(const struct id *id); /* milliseconds since 1970 */
