#pragma once

#include "store/db.h"

/* Makes sure that the database is a store of this version: makes the tables of a new one, brings an
 * older one up to date. ERR_CONFIG where it belongs to another program, is of a newer ladle, or
 * (read only) of an older one. */
int schema_open(struct db *db, bool is_read_only, struct err *e);
