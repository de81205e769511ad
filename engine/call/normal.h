#pragma once

#include <stdbool.h>

#include "format/json.h"

/* Whether a value that a service gives back is the one that was sent, where services change the form
 * of what they are sent. `forms` is a list of words, or NULL; each takes away one difference:
 *
 *   space   white space, of any kind and anywhere
 *   html    tags, and entities for characters; white space too, as tags stand for it
 *   case    of the letters A to Z
 *   number  12.50, "12.5" and 12.5
 *   date    one moment in whole seconds, however it is written
 *
 * Without a word white space around a text does not count, as no service is trusted to keep it.
 * Pure. */
bool normal_is_same(const json_t *sent, const json_t *there, const json_t *forms);
/* Whether the text has the mark in it, in whatever form it came back. */
bool normal_has(const json_t *there, const char *mark);
