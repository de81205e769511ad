#pragma once

#include "base/err.h"
#include "format/json.h"

/* The sample of an event, by its name in the connector's table ("samples/highlevel/new_lead.json"):
 * the project's own (folder; may be NULL), else the one that is built in. Yours; NULL and
 * ERR_NOT_FOUND where there is none, ERR_INVALID where it is no JSON. */
json_t *sample_file_read(const char *folder, const char *sample, struct err *e);
