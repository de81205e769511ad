#pragma once

#include "format/json.h"

/* How the answers of an operation come in pages, in the form that scripts/lib/pages.lua reads: what
 * its table says (`pages`), else what its fields say in the usual words (skip and limit, page and
 * pageSize, pageToken, startAfterId …), where its answer has exactly one list. NULL: it answers
 * at once, or in a way that is not known. New reference. */
json_t *paging_of(const json_t *operation);
