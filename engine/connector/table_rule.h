#pragma once

#include "connector/shape.h"

/* Rules of the shapes in connector_shape.c: of a text, and of a table. */

/* It is a field of the operation's input, or of the schema that it stands in; a boolean one. */
void table_names_field(struct shape_walk *w, const char *text);
void table_names_flag(struct shape_walk *w, const char *text);
/* It is an operation or an event of this connector. Where the connector has parts, and in a part,
 * it may stand in another file: then any name will do. */
void table_names_operation(struct shape_walk *w, const char *text);
void table_names_event(struct shape_walk *w, const char *text);
/* It is an operation with the method GET, of the same table but in a part. */
void table_names_reading(struct shape_walk *w, const char *text);
/* It is a path whose {fields} are fields of the input. */
void table_has_path(struct shape_walk *w, const char *text);

void table_is_operation(struct shape_walk *w, const json_t *table);
void table_is_event(struct shape_walk *w, const json_t *table);
void table_is_condition(struct shape_walk *w, const json_t *table);
void table_is_way(struct shape_walk *w, const json_t *table);
void table_is_pages(struct shape_walk *w, const json_t *table);
void table_is_store(struct shape_walk *w, const json_t *table);
void table_is_accounts(struct shape_walk *w, const json_t *table);
void table_is_webhook(struct shape_walk *w, const json_t *table);
