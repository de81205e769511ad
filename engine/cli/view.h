#pragma once

#include "cli/cli.h"
#include "store/event.h"
#include "store/run.h"

/* Events and runs as JSON, with the field names that others rely on. All results are yours. */

/* {id connection type key received_at runs duplicate_of} */
json_t *view_event(const struct event_row *row);
/* {id recipe event_id key state attempts step due_at created_at updated_at
 * error{kind,message,status}} */
json_t *view_run(const struct run_row *row);
/* [{name state attempts started_at ended_at due_at input output error effects}], in the order they
 * began. Calls that a step made, the items of a step with `each`, and the steps of a group or of a
 * called recipe are its effects, by their whole path; a step that has only those yet is told by
 * them. due_at: until when a `waiting` one waits. */
json_t *view_steps(const struct journal_row *rows, size_t count);
/* Adds to a run's error where in the recipe it stands, {file line}, as the row of the step at hand
 * tells it; nothing where no row does. */
void view_add_place(json_t *run, const struct journal_row *rows, size_t count);
/* "2026-11-23T10:15:30.000Z", or null for 0. */
json_t *view_time(int64_t wall_us);
/* The value that a JSON text holds, null for NULL, and the text itself where it is no JSON. */
json_t *view_value(const char *text, size_t len);

/* What an id on the command line names. */
enum view_kind { VIEW_RUN, VIEW_EVENT };
/* Finds an event or a run by its id or by the end of it (6 characters or more, looked for in the
 * newest 1,000 of each). ERR_NOT_FOUND; ERR_CONFLICT where several end like that. */
int view_find(struct store *s, const char *text, enum view_kind *kind, struct id *id,
              struct err *e);

/* --since: RFC 3339, a date, or a duration back from now ("2h"). 0, or -1 after saying what is
 * wrong; absent: 0. */
int view_since(const struct cli *c, int64_t *since_us);
