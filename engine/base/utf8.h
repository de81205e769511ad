#pragma once

#include <stdbool.h>
#include <stddef.h>

/* UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. */

/* The bytes of the character at text, 1 … 4; 0 where none is valid there or len is 0. */
size_t utf8_char(const char *text, size_t len);
bool utf8_is_valid(const char *text, size_t len);
/* The characters in text; each byte that is not part of a valid one counts as one. */
size_t utf8_count(const char *text, size_t len);
/* Whether the valid character of n bytes at text is a control character: C0, DEL or C1. */
bool utf8_is_control(const char *text, size_t n);
/* The length of text[0..len) without the beginning of a character whose end was cut off. */
size_t utf8_trim(const char *text, size_t len);
/* The largest length up to max that does not cut a character of text[0..len) in two. */
size_t utf8_cut(const char *text, size_t len, size_t max);
