#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "format/diag.h"
#include "format/json.h"
#include "format/yaml.h"

/* "a text", "an integer" …: what a descriptor (connector/schema.h; NULL: any) takes, for messages. */
const char *literal_type_name(const json_t *descriptor);
/* Whether a text with `${…}` in it can stand in such a field: it is always text. */
bool literal_takes_text(const json_t *descriptor);

/* Reads a text as the type that the descriptor names (NULL, or any: a JSON number is a number, true
 * and false are booleans, the rest is text; is_plain false: always text), and checks the
 * descriptor's enum and max. A wrong one is an error at `at`, with `what` as its subject
 * ("`dueDate`"). Yours, or NULL. */
json_t *literal_read(struct diags *d, const struct yaml *at, const char *what, const char *text,
                     size_t len, bool is_plain, const json_t *descriptor);

/* The whole tree below a node as JSON, typed by the descriptor where it names types, without
 * expressions or holes. Errors are recorded. Yours, or NULL. */
json_t *literal_tree(struct diags *d, const struct yaml *y, const char *what,
                     const json_t *descriptor);
