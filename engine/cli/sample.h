#pragma once

#include "cli/cli.h"

/* The sample events of connectors, which are built into the program (a project's own connectors
 * bring theirs in scripts/connectors/), and what `ladle send` changes in one, so that it is an
 * event of its own. */

/* The trigger that a word names: by its name ("contact_created") or the service's type
 * ("ContactCreate"); NULL where there is none. The word itself, or borrowed from a table. */
const char *sample_event(const struct areas *areas, const json_t *connector_table,
                         const char *word);
/* The sample of a trigger (its table and its name) as JSON. NULL and ERR_NOT_FOUND where it has
 * none, ERR_CONFLICT where nothing is delivered for it from outside. Yours. */
json_t *sample_load(const char *folder, const json_t *event_table, const char *event,
                    struct err *e);
/* Gives an event what tells it apart: a fresh id under each path that it is deduplicated by (else
 * in webhookId, submissionId or id), and the current time in `timestamp`. dedupe is a list of
 * paths, or NULL. */
void sample_freshen(json_t *event, const json_t *dedupe);
/* "field=value" for a top-level field. The value stays text where the field holds text; else it is
 * read as JSON, or is text where it is none. ERR_CONFIG. */
int sample_set(json_t *event, const char *assignment, struct err *e);
