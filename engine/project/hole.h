#pragma once

#include "project/check.h"

/* The holes of ladle.yaml: ${env.NAME}, filled when it is loaded, and ${secret.name}, which stays a
 * hole until the vault is open (fill.h). "$${" stands for the characters "${". */

/* A scalar with its holes filled: a JSON string; {"secret":"x"} where it is one secret and nothing
 * else; {"join":[text | {"secret":"x"} …]} where a secret stands within longer text. An unset
 * variable is an error. Yours, or NULL. */
json_t *hole_fill(struct diags *d, const struct yaml *y, const char *what);

/* Whether a value (of hole_fill) waits for a secret. */
bool hole_is_open(const json_t *v);
