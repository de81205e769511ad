#pragma once

/* A way to the disk (a VFS of SQLite) for a connection that writes: its write-ahead log goes out in
 * few large writes. SQLite writes each page and the 24 bytes before it on their own. */
struct sqlite_log;

struct sqlite_log *sqlite_log_new(void);
const char *sqlite_log_name(const struct sqlite_log *l); /* for sqlite3_open_v2; borrowed */
void sqlite_log_free(struct sqlite_log *l); /* the connection is closed; NULL is allowed */
