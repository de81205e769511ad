#pragma once

#include "store/db.h"

/* Makes sure that the database is a store of this version: makes the tables of a new one, brings an
 * older one of version N up to date, after copying it to <path>.vN. ERR_CONFIG where it belongs to
 * another program, is of a newer ladle, or (read only) of an older one. */
int schema_open(struct db *db, bool is_read_only, struct err *e);

/* Copies the database at `from` to the file at `part`, which is made anew. */
int schema_copy_part(const char *from, const char *part, struct err *e);
