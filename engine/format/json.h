#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/err.h"

/* The only file that includes jansson.h: the rest of the engine gets json_t through this header.
 * Integers are exact: one beyond 64 bits becomes the text of its digits. Empty arrays stay arrays,
 * the order of keys is kept. */
enum { JSON_DEPTH_MAX = 64, JSON_OWN_DEPTH_MAX = 4 * JSON_DEPTH_MAX };

/* Parses one document of any type and nothing after it. Refuses duplicate keys, bytes that are not
 * UTF-8 and nesting over JSON_DEPTH_MAX; an integer beyond 64 bits becomes a text. NULL and
 * ERR_INVALID with line and column. The result is yours (json_decref). */
json_t *json_parse(const char *text, size_t len, struct err *e);
/* The same for what the engine wrote itself (journal, records): it wraps values from outside in
 * others, so that nesting up to JSON_OWN_DEPTH_MAX is read and written. */
json_t *json_parse_own(const char *text, size_t len, struct err *e);
/* Whether a text is such an integer: digits, perhaps behind a minus, and too many for 64 bits. */
bool json_is_big_integer(const char *text, size_t len);
/* Compact text, keys in their order; yours (free). Never NULL for a value that json_parse or the
 * Lua codec made. */
char *json_text(const json_t *v, size_t *len);
char *json_text_sorted(const json_t *v);           /* keys sorted: for hashes. Yours. */
int json_append(struct buf *out, const json_t *v); /* -1 where out is full */
int json_append_text(struct buf *out, const char *text, size_t len); /* UTF-8, as a JSON text */

/* As json_decref, for a value that holds secrets: texts that nobody else refers to are overwritten
 * first. NULL is allowed. */
void json_forget(json_t *v);
/* Removes a member of an object, and forgets it. */
void json_forget_member(json_t *object, const char *key);

/* Walks "a.b.0.c"; borrowed, NULL where anything is missing. */
json_t *json_path(const json_t *v, const char *path);
/* The text at that path, or NULL where it is missing or not text. Borrowed. */
const char *json_path_text(const json_t *v, const char *path);
/* Members, by name, of an object that may be NULL. */
const char *json_get_text(const json_t *v, const char *key);
char *json_copy_text(const json_t *v, const char *key); /* the same, yours */
/* Sets a member; with text NULL, or one that is not UTF-8, it does nothing. */
void json_set_text(json_t *object, const char *key, const char *text);
int64_t json_get_int(const json_t *v, const char *key, int64_t otherwise);
bool json_get_bool(const json_t *v, const char *key, bool otherwise);
/* The moment of a date, in microseconds since 1970; 0 where there is none. */
int64_t json_get_date(const json_t *v, const char *key);
/* Whether a list holds an equal value, or that text; false where it is no list. */
bool json_list_has(const json_t *list, const json_t *v);
bool json_list_has_text(const json_t *list, const char *text);
/* The names of an object's members in their order, NULL-terminated. The array is yours. */
const char **json_names(const json_t *object);
const char **json_texts(const json_t *list); /* likewise the texts of a list, which may be NULL */
/* The text as JSON, null for NULL. One that is not UTF-8 (an error's, cut within a character) says
 * so in its place. */
json_t *json_text_or_null(const char *text);
