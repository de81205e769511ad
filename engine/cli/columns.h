#pragma once

#include <stddef.h>

/* What text takes of a line on a terminal, and the pieces of it that fit. */

/* How wide the terminal is, at least 40; 100 where stdout is none. */
size_t columns_window(void);
/* A copy without control characters and without secrets, so that nothing from outside moves the
 * cursor; yours. */
char *columns_clean(const char *text);
size_t columns_of(const char *text);
/* Writes characters of the text to stdout, up to `room` columns; *used tells how many it took. Gives
 * what is left of the text. */
const char *columns_put(const char *text, size_t room, size_t *used);
/* The end of the text that takes at most `room` columns. */
const char *columns_tail(const char *text, size_t room);
/* Bytes of the text that go on a line of that width: up to a blank, or, where a word is longer, as
 * many characters as fit. */
size_t columns_line(const char *text, size_t width);
