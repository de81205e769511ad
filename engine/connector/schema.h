#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "format/json.h"

/* Input and output schemas, field -> descriptor. A descriptor is a list-like object:
 * {"1":"string"} or ["string"] is the type; members: optional (bool), enum (list), default,
 * label, format ("date-time", "email", "url"), of (descriptor of a list's items), fields (schema of
 * an object), max (characters of a text, items of a list), nullable (bool); needs (a boolean field
 * that must be true where this one is given) and why; from_connection (a key of the connection's
 * config that fills it in); engine (bool: not sent). Types: string integer number boolean date
 * list object any. A field is required unless it is optional or has a default. */
const char *schema_type(const json_t *descriptor);
bool schema_is_required(const json_t *descriptor);

/* Checks input (an object) against a schema: unknown fields, missing ones, wrong types; the
 * message names every one (up to 8), with a suggestion for unknown names. Fills defaults in;
 * drops a null that is not allowed, as it says the same as leaving the field out; makes a whole
 * number of an integer field an integer. ERR_INVALID. */
int schema_check(const json_t *schema, json_t *input, struct err *e);

/* Whether a text has the form that `format` names ("email", "date-time", "url"); other formats take
 * all. */
bool schema_fits_format(const char *format, const char *text, size_t len);

/* Checks that an answer has what the output schema promises; more fields than those are fine.
 * ERR_PROTOCOL. */
int schema_check_output(const json_t *schema, const json_t *output, struct err *e);

/* Whether a schema is well formed; ERR_CONFIG with the path of what is not. */
int schema_validate(const json_t *schema, struct err *e);
