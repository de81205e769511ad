#pragma once

#include <stddef.h>

#include "format/diag.h"
#include "format/json.h"
#include "project/project.h"

/* Field maps: recipes/maps/NAME.yaml.
 *   map: contact
 *   fields:
 *     - contactId -> contact_id
 *     - dateAdded -> created_at | date
 * They say which field of a service becomes which field of ours, and through which converter. */
enum { MAP_BYTES_MAX = 256 << 10, MAP_FIELDS_MAX = 500 };

/* The names of the converters, NULL-terminated: date day phone email number text lower bool. */
const char *const *map_converters(void);

/* One map in its normal form, a list of {from:[name…], to:"name", convert?:"date"}; errors in d.
 * `name` is what the map must call itself. Yours, or NULL where there is any error. */
json_t *map_parse(const char *name, const char *text, size_t len, struct diags *d);

/* Finds maps/NAME.yaml in the project's recipes folder, else through
 * hooks.find_source("maps/NAME"). The file's errors are in *d (yours), also where the result is
 * NULL; both are NULL where there is no such map. */
json_t *map_load(const char *name, const struct project *p, const struct project_hooks *h,
                 struct diags **d);
