#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/id.h"

/* One SQL statement, prepared once per connection and kept. A statement is named by its text, a
 * static string: the connection finds the prepared form by the text's address. Parameters are $1,
 * $2 … in the order in which they first appear; one that is not bound is null.
 *
 * Binding cannot fail where it stands: a failure to prepare or to bind is kept and comes out of
 * query_next or query_run. So a use reads straight down: query, binds, run. */
struct db;
struct query;

struct query *db_query(struct db *db, const char *sql); /* never NULL; owned by the connection */

void query_bind_int(struct query *q, int param, int64_t value);
void query_bind_id(struct query *q, int param, const struct id *id); /* a zero id is null */
/* Borrowed until the query ends; NULL is null. */
void query_bind_text(struct query *q, int param, const char *text);
void query_bind_text_n(struct query *q, int param, const char *text, size_t len);
void query_bind_bytes(struct query *q, int param, const void *data, size_t len);

/* 1: there is a row, 0: there is none left, -1: an error. After 0 and -1 the query has ended. */
int query_next(struct query *q, struct err *e);
/* Ends a query that is left before its last row; unbinds. May be called twice. */
void query_end(struct query *q);
/* Runs a statement whose rows nobody wants, to its end; 0 or -1. */
int query_run(struct query *q, struct err *e);
/* The same, and tells how many rows it changed: that many, or -1. */
int64_t query_change(struct query *q, struct err *e);

/* Columns of the current row, from 0. Null gives 0, the zero id, or NULL. */
int64_t query_int(struct query *q, int column);
struct id query_id(struct query *q, int column);
char *query_text(struct query *q, int column);                /* yours */
char *query_text_n(struct query *q, int column, size_t *len); /* yours */
void *query_bytes(struct query *q, int column, size_t *len);  /* yours */
const char *query_peek_text(struct query *q, int column);     /* borrowed until the next row */
