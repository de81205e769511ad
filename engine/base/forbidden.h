#pragma once

#include <stddef.h>

/* The texts that nobody may see, in the forms in which they turn up: as they are, in base64 (also
 * within a longer text), in hex, percent-encoded, and as JSON writes them. log.h is the way in.
 * Texts of less than FORBIDDEN_MIN bytes are ignored, as they would be found in anything. Any
 * thread; find only between lock and unlock. */
enum { FORBIDDEN_MIN = 8 };

void forbidden_add(const char *text, size_t len);
/* Once for each add. */
void forbidden_remove(const char *text, size_t len);

void forbidden_lock(void);
void forbidden_unlock(void);
/* The first place from *at on where a form begins: moves *at there and returns the length of the
 * longest form that begins there. 0: there is none, and *at is of no use. */
size_t forbidden_find(const char *text, size_t len, size_t *at);
/* The length of the longest form there is. */
size_t forbidden_longest(void);
