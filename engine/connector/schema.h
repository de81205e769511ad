#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "format/json.h"

/* Input and output schemas, field -> descriptor. A descriptor is a list-like object:
 * {"1":"string"} or ["string"] is the type; its other members are those of "A descriptor" in
 * scripts/connectors/README.md, and its shape was checked (connector/connector_shape.h). A field is
 * required unless it is optional or has a default. */
const char *schema_type(const json_t *descriptor);
bool schema_is_required(const json_t *descriptor);

/* Whether a descriptor of the schema itself has that member; whether one of that type stands in it,
 * at any depth. */
bool schema_has_member(const json_t *schema, const char *key);
bool schema_has_type(const json_t *schema, const char *type);

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
