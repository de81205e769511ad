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

/* An id for a table: its end on a terminal, where it is enough and room is short; else all of it. */
void view_id(const struct cli *c, const struct id *id, char out[ID_TEXT + 1]);

/* What an id on the command line names. */
enum view_kind { VIEW_RUN, VIEW_EVENT };
/* Finds an event or a run by its id, or by a beginning or end of it that no other has (at least 4
 * characters). ERR_NOT_FOUND; ERR_CONFLICT, with the candidates, where several begin or end like
 * that; ERR_INVALID. */
int view_find(struct store *s, const char *text, enum view_kind *kind, struct id *id,
              struct err *e);
/* The same among runs alone. ERR_CONFLICT too where only an event has such an id, with `instead`:
 * what to do about an event ("`ladle replay` runs it again"). */
int view_find_run(struct store *s, const char *text, const char *instead, struct id *id,
                  struct err *e);

/* --since: RFC 3339, a date, or a duration back from now ("2h"). 0, or -1 after saying what is
 * wrong; absent: 0. */
int view_since(const struct cli *c, int64_t *since_us);
